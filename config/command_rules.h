// SPDX-License-Identifier: MIT
// The rules of [command NAME]: which of them a command line meets, and what they come to. Asks nobody.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/policy.h"

namespace landshim {

/// What is wrong with an expression, and what would be right; empty: nothing.
std::string expression_fault(const std::string& expression);

/// The rules that a command line meets, in their order, to the first that has an action: that one ends the search.
/// Fails where memory does.
Result<std::vector<const CommandRule*>> matching(const Policy& policy, const std::string& command_line);

/// What these rules come to: the first that asks for each, or null.
struct Narrowing {
  const CommandRule* denied = nullptr;
  const CommandRule* no_network = nullptr;
  const CommandRule* readonly = nullptr;
  bool destructive = false;
};
Narrowing narrowing(const std::vector<const CommandRule*>& rules);

/// What a rule does, in the words of the language: "network = none, filesystem = readonly".
std::string words(const CommandRule& rule);

}  // namespace landshim
