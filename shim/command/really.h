// SPDX-License-Identifier: MIT
// Questions put to the kernel: each is tried in a child under the whole policy, and what it would change is not done or
// undone. `landshim ask --really`.
#pragma once

#include <string>
#include <vector>

#include "shim/command/question.h"
#include "shim/verdict.h"

namespace landshim::command {

/// How the kernel answered.
struct Trial {
  std::string not_tried{};   ///< why; empty: it was tried
  bool allowed = false;
  bool hidden = false;       ///< something else lies over the path
  int error = 0;             ///< the errno of the denial
  int signal = 0;            ///< SIGSYS in its place
  int without_policy = 0;    ///< the errno of a denial that has nothing to do with the policy
};

struct Tried {
  const Question* question;
  const Access* access;
};

/// Tries all of them, in order. Errors: the policy cannot be put in force.
Result<std::vector<Trial>> try_all(const Plan& plan, const std::vector<Tried>& questions);

}  // namespace landshim::command
