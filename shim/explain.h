// SPDX-License-Identifier: MIT
// Plan -> words: what is granted, what each line became on this kernel, what is not enforced, what stays possible.
#pragma once

#include <string>
#include <vector>

#include "shim/plan.h"
#include "shim/survey.h"

namespace landshim {

/// The plan for people, many lines. `surveys` has one entry for each plan.ruleset.paths, in order: what it is on this
/// machine, or why it cannot be granted.
std::string explain(const Policy& policy, const Plan& plan, const std::vector<Result<Survey>>& surveys);

/// What this plan does not stop: one line each, with the key that would close it, if there is one.
std::vector<std::string> still_possible(const Policy& policy, const Plan& plan);

}  // namespace landshim
