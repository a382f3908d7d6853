// SPDX-License-Identifier: MIT
// Filter of a Plan -> seccomp program: a binary search over the numbers of calls, and over the values that an argument is
// compared with. Where a ready filter decides most calls, those of [syscalls] are searched in front of it. The rules of
// libseccomp cannot say what a plan says (a call's own default, the first of several rules, 32-bit arguments, twice the
// same argument), and making them at each start costs more than all the rest: libseccomp gives the numbers (shim/make),
// and is the oracle of the tests.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "shim/call_numbers.h"
#include "shim/plan.h"

namespace landshim {

/// The whole program, at most BPF_MAXINSNS instructions, or why there is none: too many rules.
Result<std::vector<sock_filter>> assemble(const Filter& filter);

/// AUDIT_ARCH_* of a table; 0: this architecture has no 32-bit table that landshim knows.
std::uint32_t audit_arch(CallTable table);

}  // namespace landshim
