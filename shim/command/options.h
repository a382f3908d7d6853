// SPDX-License-Identifier: MIT
// The libraries of the command: CLI11 for its options, nlohmann::json for its JSON. Neither goes into the engine.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace landshim::command {

/// Keys stay in the order in which they were written.
using Json = nlohmann::ordered_json;

/// Writes a document to standard output, indented by two; bytes that are not UTF-8 become U+FFFD. False (said on
/// standard error) when it cannot be written.
bool print_json(const Json& document);

}  // namespace landshim::command
