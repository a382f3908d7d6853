// SPDX-License-Identifier: MIT
// What [environment] does to the environment of a program, in the memory where it stands.
#pragma once

#include "shim/plan.h"

namespace landshim {

/// Takes variables away and sets others. What goes is also wiped: /proc/self/environ shows that memory. New values
/// live in memory that is never given back, since the environment points to it. `room` is how many variables the list
/// has place for: before main it cannot be replaced, since libc takes the list on the stack, and more are an error. 0: it
/// can be replaced.
Result<Done> edit_environment(const PlannedEnvironment& plan, char**& environment, std::size_t room);

/// How many variables a list holds.
std::size_t count_variables(const char* const* environment);

}  // namespace landshim
