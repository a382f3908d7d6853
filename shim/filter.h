// SPDX-License-Identifier: MIT
// Filter of a Plan -> seccomp program. Alone sees seccomp.h: libseccomp knows the number of every call on every
// architecture. Its own rules cannot say what a plan says (a call's own default, the first of several rules, 32-bit
// arguments, twice the same argument), so the program is assembled here and libseccomp is its oracle in the tests.
#pragma once

#include <linux/filter.h>

#include <string_view>
#include <vector>

#include "shim/plan.h"

namespace landshim {

/// The whole program, at most BPF_MAXINSNS instructions, or why there is none: too many rules.
Result<std::vector<sock_filter>> assemble(const Filter& filter);

/// Whether the architecture that landshim was built for has this call.
bool native_has(std::string_view call);

/// One call table a filter can see.
enum class CallTable : std::uint8_t { kNative, kCompat };

/// AUDIT_ARCH_* of a table; 0: this architecture has no 32-bit table that landshim knows.
std::uint32_t audit_arch(CallTable table);

/// The number of a call in a table; negative: it has none.
int call_number(CallTable table, std::string_view call);

}  // namespace landshim
