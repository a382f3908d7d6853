// SPDX-License-Identifier: MIT
// Host: what this kernel and this process can do. Asked once, changes nothing.
#pragma once

#include <cstdint>

namespace landshim {

struct Host {
  int abi = 0;                   ///< Landlock ABI; 0: none
  int landlock_error = 0;        ///< errno of the question, when abi is 0: ENOSYS absent, EOPNOTSUPP disabled, else blocked
  bool seccomp = false;          ///< filters with all actions, Linux 4.14
  int seccomp_error = 0;         ///< errno of the question, when seccomp is false
  bool many_threads = false;     ///< this process has more than one thread
  bool threads_known = false;    ///< false: neither the kernel nor /proc told
  bool may_chown = false;        ///< CAP_CHOWN, capabilities(7)
  bool operator==(const Host&) const = default;
};

/// Asks the kernel.
Host probe();

/// What the kernel says of a policy, by its identity: seccomp filters of landshim answer a prctl(2) that no bare kernel
/// answers. Asked of the kernel alone, so no environment variable can forge it.
enum class InForce : std::uint8_t { kNothing, kAnotherPolicy, kThisPolicy };
InForce ask_in_force(std::uint64_t identity);

}  // namespace landshim
