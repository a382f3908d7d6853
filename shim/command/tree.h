// SPDX-License-Identifier: MIT
// YAML, TOML and JSON as one kind of tree, in which everything knows its place. tree.cc alone sees their libraries.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/result.h"

namespace landshim::command {

struct Tree {
  enum class Kind : std::uint8_t { kNothing, kText, kNumber, kTruth, kList, kTable };
  Kind kind = Kind::kNothing;
  std::string name;              ///< in a table
  std::string where;             ///< FILE:LINE; for JSON FILE and the way to it
  std::string text;              ///< kText; of YAML, any plain value as it is written
  std::int64_t number = 0;       ///< kNumber
  bool truth = false;            ///< kTruth
  std::vector<Tree> inside;      ///< kList, kTable
};

/// Deeper nesting, duplicate keys, values of other kinds and what each language forbids are errors with their place.
Result<Tree> read_yaml(const std::string& text, const std::string& name);
Result<Tree> read_toml(const std::string& text, const std::string& name);
Result<Tree> read_json(const std::string& text, const std::string& name);

/// "a list", for messages.
const char* kind_words(Tree::Kind kind);

}  // namespace landshim::command
