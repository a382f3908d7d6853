// SPDX-License-Identifier: MIT
// A filter's answer to one system call, and what of the policy gives it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shim/plan.h"

namespace landshim {

/// A system call on the way, with the arguments that a program passes.
struct CallMade {
  std::string_view name{};
  std::uint64_t arguments[6] = {};
  bool any_arguments = false;    ///< asked of the call as such
};

/// What decides: a rule, a key or a line in the policy's words, and where it stands (nowhere: a default).
struct Reason {
  std::string words{};
  Origin origin{};
  bool operator==(const Reason&) const = default;
};

/// The answer of a filter, and where it denies, why.
struct CallAnswer {
  bool allowed = true;
  bool some_arguments = false;        ///< allowed, but for some arguments denied for this reason
  int error = 0;                      ///< errno that the program sees
  int signal = 0;                     ///< SIGSYS in its place
  Reason reason{};
  std::vector<std::string> to_allow{};  ///< lines that together would allow it; none: no line would, but changing the one that decides
};
CallAnswer answer(const Policy& policy, const Plan& plan, const CallMade& call);

}  // namespace landshim
