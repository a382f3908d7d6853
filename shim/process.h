// SPDX-License-Identifier: MIT
// The parts of enforce() that change what the process is: group, values, limits, user, capabilities, descriptors.
#pragma once

#include "shim/plan.h"

namespace landshim {

/// Joins a control group of its own, and sets what the kernel takes through files of /proc: while they can be written.
Result<Done> set_by_files(const Plan& plan);

/// Sets priority, umask and limits.
Result<Done> set_resources(const Plan& plan);

/// Changes groups, group and user, and gives capabilities up, in the one order in which each step is still allowed.
Result<Done> set_privileges(const Plan& plan);

/// Closes inherited descriptors.
Result<Done> close_inherited(const Plan& plan);

}  // namespace landshim
