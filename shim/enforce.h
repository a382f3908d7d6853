// SPDX-License-Identifier: MIT
// Plan -> kernel. The only stage that changes the process for good; decides nothing.
#pragma once

#include "shim/plan.h"

namespace landshim {

/// Tells the kernel what the plan says, in one order. Until it succeeds, nothing may run: an error can leave the
/// process restricted in part, and never free. Namespaces are entered before: enter_namespaces().
Result<Done> enforce(const Plan& plan);

/// What a path of a plan is on this machine, without keeping it: for check and explain. Errors: missing, out of reach,
/// a policy file made writable.
struct Survey {
  bool missing = false;     ///< and that is fine
  bool directory = false;
  Rights rights = 0;        ///< what remains of the rights there
};
Result<Survey> survey(const Plan& plan, const PlannedPath& path);

}  // namespace landshim
