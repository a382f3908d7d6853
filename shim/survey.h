// SPDX-License-Identifier: MIT
// What a plan meets on this machine, looked at without being put in force: for check, explain and ask.
#pragma once

#include <vector>

#include "shim/plan.h"

namespace landshim {

/// What a path of a plan is on this machine.
struct Survey {
  bool missing = false;     ///< and that is fine
  bool directory = false;
  Rights rights = 0;        ///< what remains of the rights there
  FileId id{};              ///< what the rule binds to; none of ${EXE}, which is known when a program starts
};

struct Surveys {
  std::vector<Result<Survey>> paths;  ///< one for each of plan.ruleset.paths, in order
  std::vector<Error> others;          ///< faults of what is no rule
};

/// Errors are those that a start would tell: missing, out of reach, a policy made writable, a link that could be turned.
Surveys survey(const Plan& plan);

}  // namespace landshim
