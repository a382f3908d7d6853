// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

namespace landshim::command {

/// After the pid namespace was entered: forks twice and returns in the grandchild, which goes on to become the command.
/// The child is the first process of the namespace and reaps; this process waits outside, passes signals on, and ends
/// with the command's status (128 + N when signal N ended it). pid_namespaces(7). When `parent`, which started this
/// process, ends, the command gets `at_its_end`; 0: nothing.
void enter_pid_namespace(pid_t parent, int at_its_end);

}  // namespace landshim::command
