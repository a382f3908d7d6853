// SPDX-License-Identifier: MIT
// A system call that never happens: a filter of its own hands it to this process's parent, which answers. What the
// policy's filter says of it is stricter, and comes first: seccomp(2).
#pragma once

#include <cstdint>

namespace landshim::command {

/// What an asked call returns when no filter denies it. No errno is as far from zero.
constexpr long kPassed = 0x6c616e64;

/// Takes every call of asked_call() out of the kernel's hands, for good. Gives the descriptor on which they arrive, or a
/// negated errno. Sets no_new_privs.
int intercept_asked_calls();

/// Makes the call as a program would: kPassed or a negated errno, or the process ends by SIGSYS.
long asked_call(long number, const std::uint64_t (&arguments)[6]);

/// Answers one call that has arrived on `listener`.
void answer_asked_call(int listener);

}  // namespace landshim::command
