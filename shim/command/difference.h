// SPDX-License-Identifier: MIT
// What one policy grants on this machine that another does not.
#pragma once

#include <string>
#include <vector>

#include "shim/command/look.h"

namespace landshim::command {

struct Grant {
  std::string section;  ///< as in the language: "filesystem"
  std::string what;     ///< "read_exec /usr", "connect_tcp 443, 8000-8010", "signals = allow"
  Origin origin{};      ///< of the policy that grants it; a default has none
  bool operator==(const Grant&) const = default;
};

/// Everything that `one` grants and `other` does not, by section. Both without faults. Paths are compared as they lie on
/// this machine, calls by what the filters answer.
std::vector<Grant> only_in(const Look& one, const Look& other);

}  // namespace landshim::command
