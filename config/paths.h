// SPDX-License-Identifier: MIT
// Path items -> paths: variables, `~`, relative names, patterns. Looks at the disk only for patterns.
#pragma once

#include <vector>

#include "config/parse.h"
#include "config/policy.h"
#include "config/surroundings.h"

namespace landshim {

/// An item with its variables filled in and made absolute.
struct ExpandedItem {
  std::string path;         ///< what to open, when it is no pattern
  std::string pattern;      ///< for glob(3): text from variables is escaped; empty when the item has no pattern
  bool missing_ok = false;  ///< a leading '-'
};

/// Fills in variables and makes the item absolute, starting from `directory`, the directory of the policy file.
/// Errors (without a place): an unset or empty variable without default, `~user`, `$` without braces.
Result<ExpandedItem> expand_item(std::string_view item, std::string_view directory, const Surroundings& surroundings);

/// Fills policy.path_rules from its items, mode and runtime.
void expand(Policy& policy, const Surroundings& surroundings, std::vector<Fault>& faults);

}  // namespace landshim
