// SPDX-License-Identifier: MIT
// The part of compile() that plans the filter: which call answers what. Pure.
#pragma once

#include <vector>

#include "shim/plan.h"

namespace landshim {

/// What the host changes in a filter: where it takes the place of a Landlock that is too old, exactly, and what stays open.
struct StandIns {
  bool truncate = false;  ///< TRUNCATE, ABI 3
  bool tcp = false;       ///< no TCP at all, ABI 4
  bool starts = false;    ///< the door itself starts the program, so execve stays open
  bool ready = false;     ///< nobody looks at single calls: a filter that was made beforehand will do, behind the lines of [syscalls]
};

/// `may_chown`: CAP_CHOWN stays with the program. Fills `out` with the calls that the sections, the profile and the lines of [syscalls] decide. What contradicts
/// itself (a call allowed by name that a section closes whole) goes to `refused`.
void plan_filter(const Policy& policy, const NetworkChoice& network, const StandIns& stand_ins, bool may_chown, Filter& out, std::vector<Error>& refused);

/// Both decide, the stricter answer counts.
PlannedCall combined(PlannedCall a, PlannedCall b);

/// Whether a condition holds for these arguments (64 bits each, as a program passes them).
bool holds(const Condition& condition, const std::uint64_t (&arguments)[6]);

/// What `call` answers to these arguments.
Action decide(const PlannedCall& call, const std::uint64_t (&arguments)[6]);

/// The calls of a closure that the filter lets through all the same, wholly or in part.
std::vector<std::string_view> open_calls(const Filter& filter, Closure closure);

/// The call in a filter, with its entry or without.
PlannedCall planned_call(const Filter& filter, std::string_view call);

/// The key of [network] that would open this socket(2), where no key of TCP, UDP or UNIX sockets does.
Family socket_family(const std::uint64_t (&arguments)[6]);

/// Where the demand that a closure belongs to was written.
Origin origin_of(const Policy& policy, Closure closure);

}  // namespace landshim
