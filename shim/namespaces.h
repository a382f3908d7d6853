// SPDX-License-Identifier: MIT
// The part of enforce() that enters namespaces and arranges mounts: before Landlock, which would forbid both.
#pragma once

#include "shim/plan.h"

namespace landshim {

/// Enters the namespaces of a plan. A process that forks afterwards has its child in the pid namespace.
Result<Done> enter_namespaces(const Plan& plan);

/// Arranges the mounts of a plan, in the mount namespace that was entered: private, hidden, read-only.
Result<Done> arrange_mounts(const Plan& plan);

}  // namespace landshim
