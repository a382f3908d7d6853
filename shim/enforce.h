// SPDX-License-Identifier: MIT
// Plan -> kernel. The only stage that changes the process for good; decides nothing.
#pragma once

#include "shim/plan.h"

namespace landshim {

/// Tells the kernel what the plan says, in one order. Until it succeeds, nothing may run: an error can leave the
/// process restricted in part, and never free. Namespaces are entered before: enter_namespaces().
Result<Done> enforce(const Plan& plan);

/// The same without its last step, the filter: for who loads another that answers alike.
Result<Done> enforce_without_filter(const Plan& plan);

}  // namespace landshim
