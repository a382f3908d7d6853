// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace landshim::command {

/// The status when the time was up, as timeout(1) has it.
constexpr int kTimedOut = 124;

/// Forks and returns in the child, which goes on to become the command, in the same process group and with the signals
/// as they were; the result is its parent, this process. This one waits, passes signals on, and ends as the command
/// does: with its status, or by the signal that ended it. After `seconds` the command gets SIGTERM, 5 seconds later
/// SIGKILL; once it has ended, so does all that it left behind, and the status is kTimedOut. When `parent`, which
/// started this process, ends, the command gets `at_its_end`; 0: nothing.
pid_t fork_with_timeout(std::uint64_t seconds, pid_t parent, int at_its_end);

}  // namespace landshim::command
