// SPDX-License-Identifier: MIT
// The JSON of the command: nlohmann::json. It does not go into the engine.
#pragma once

#include <nlohmann/json.hpp>

namespace landshim::command {

/// Keys stay in the order in which they were written.
using Json = nlohmann::ordered_json;

/// Writes a document to standard output, indented by two; bytes that are not UTF-8 become U+FFFD. False (said on
/// standard error) when it cannot be written.
bool print_json(const Json& document);

}  // namespace landshim::command
