// SPDX-License-Identifier: MIT
// The JSON of the command: nlohmann::json. It does not go into the engine. Read and written here alone: its parser and its
// writer are templates that take seconds to compile.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "shim/command/command.h"

namespace landshim::command {

/// Keys stay in the order in which they were written.
using Json = nlohmann::ordered_json;
/// Keys are found quickly, however many there are.
using JsonMap = nlohmann::json;

/// `look_on` is called with what is found. Throws Json::exception where the text is no JSON.
Json json_of(const std::string& text, const Json::parser_callback_t& look_on = nullptr);
/// Discarded where the text is no JSON.
JsonMap json_map_of(std::string_view text);

/// On one line. In all three, bytes that are not UTF-8 become U+FFFD.
std::string json_text(const Json& document);
/// On one line, other characters than those of ASCII as \u escapes.
std::string json_ascii(const Json& document);
/// Indented by two, with a newline at the end.
std::string json_lines(const Json& document);

/// Writes json_lines() to standard output. False (said on standard error) when it cannot be written.
inline bool print_json(const Json& document) { return print(json_lines(document)); }

}  // namespace landshim::command
