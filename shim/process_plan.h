// SPDX-License-Identifier: MIT
// The part of compile() that plans the process: privileges, descriptors, limits, namespaces, environment. Pure.
#pragma once

#include "shim/demands.h"

namespace landshim {

/// Fills plan.process, plan.group, plan.namespaces and plan.environment.
void plan_process(const Policy& policy, const Host& host, Plan& plan, Demands& demands);

}  // namespace landshim
