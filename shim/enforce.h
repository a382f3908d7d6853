// SPDX-License-Identifier: MIT
// Plan -> kernel. The only stage that changes the process for good; decides nothing.
#pragma once

#include "shim/handover.h"
#include "shim/plan.h"

namespace landshim {

/// Tells the kernel what the plan says, in one order. Until it succeeds, nothing may run: an error can leave the
/// process restricted in part, and never free. Namespaces are entered before: enter_namespaces().
Result<Done> enforce(const Plan& plan);

/// The same with a filter that asks the follower, and answers alike. `layers` come before it, so that nobody is asked for what
/// they open: they deny on their own, and are stricter than asking.
Result<Done> enforce_followed(Plan plan, const std::vector<Plan>& layers, Handover& handover);

}  // namespace landshim
