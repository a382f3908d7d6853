// SPDX-License-Identifier: MIT
// nlohmann::json for the tests, read and written in one place: its parser and its writer take seconds to compile.
#pragma once

#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>
#include <string>

namespace landshim::tests {

using Json = nlohmann::json;

/// Throws where the text is no JSON.
Json json_of(const std::string& text);
/// Discarded where the text is no JSON.
Json json_or_none(const std::string& text);
/// On one line.
std::string text_of(const Json& document);

}  // namespace landshim::tests

template <>
struct Catch::StringMaker<landshim::tests::Json> {
  static std::string convert(const landshim::tests::Json& document) { return landshim::tests::text_of(document); }
};
