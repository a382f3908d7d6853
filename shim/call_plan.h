// SPDX-License-Identifier: MIT
// The part of compile() that plans the filter: which call answers what. Pure.
#pragma once

#include <vector>

#include "shim/plan.h"

namespace landshim {

/// Where the filter takes the place of a Landlock that is too old, exactly.
struct StandIns {
  bool truncate = false;  ///< TRUNCATE, ABI 3
  bool tcp = false;       ///< no TCP at all, ABI 4
};

/// Fills `out` with the calls that the sections, the profile and the lines of [syscalls] decide. What contradicts
/// itself (a call allowed by name that a section closes whole) goes to `refused`.
void plan_filter(const Policy& policy, const Host& host, const NetworkChoice& network, const StandIns& stand_ins, Filter& out, std::vector<Error>& refused);

/// Both decide, the stricter answer counts.
PlannedCall combined(const PlannedCall& a, const PlannedCall& b);

/// What `call` answers to these arguments (64 bits each, as a program passes them).
Action decide(const PlannedCall& call, const std::uint64_t (&arguments)[6]);

}  // namespace landshim
