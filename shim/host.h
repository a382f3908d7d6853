// SPDX-License-Identifier: MIT
// Host: what this kernel and this process can do. Asked once, changes nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/policy.h"

namespace landshim {

/// A limit as it is: RLIM_INFINITY is kUnlimited.
struct HostLimit {
  std::uint64_t soft = kUnlimited;
  std::uint64_t hard = kUnlimited;
  bool operator==(const HostLimit&) const = default;
};

struct Host {
  int abi = 0;                   ///< Landlock ABI; 0: none
  int landlock_error = 0;        ///< errno of the question, when abi is 0: ENOSYS absent, EOPNOTSUPP disabled, else blocked
  bool seccomp = false;          ///< filters with all actions, Linux 4.14
  int seccomp_error = 0;         ///< errno of the question, when seccomp is false
  bool many_threads = false;     ///< this process has more than one thread
  bool threads_known = false;    ///< false: neither the kernel nor /proc told
  std::uint64_t capabilities = 0; ///< permitted: bit N is capability N, capabilities(7)
  std::uint32_t uid = 0;         ///< effective
  std::uint32_t gid = 0;
  bool one_uid = true;           ///< the real and the saved one are the same
  bool one_gid = true;
  std::vector<std::uint32_t> groups; ///< supplementary
  bool may_fork = false;         ///< the door can put a process of its own between: landshim run
  bool execs = false;            ///< the door ends in execve(2): landshim run
  bool ready_filter = false;     ///< the door loads the filter and looks at no call of it: ready ones will do
  HostLimit limits[kLimitCount]; ///< getrlimit(2), by Limit
  std::string group_parent;      ///< a cgroup 2 directory in which a group can be made; empty: none
  std::string group_error;       ///< and why
  bool operator==(const Host&) const = default;
};

/// Asks the kernel all but what follows.
Host probe();

/// Fills the limits of `host`: asked only for policies that need them.
void probe_limits(Host& host);

/// Fills the group facts of `host`: asked only for policies that need them. cgroups(7).
void probe_group(Host& host);

/// What the kernel says of a policy, by its identity: seccomp filters of landshim answer a prctl(2) that no bare kernel
/// answers. Asked of the kernel alone, so no environment variable can forge it.
enum class InForce : std::uint8_t { kNothing, kAnotherPolicy, kThisPolicy };
InForce ask_in_force(std::uint64_t identity);

}  // namespace landshim
