// SPDX-License-Identifier: MIT
// The kernel's calls, thinly: each gives 0 or a positive result, or a negated errno. Alone sees <linux/landlock.h>.
#pragma once

#include <cstdint>
#include <span>

#include "config/policy.h"
#include "shim/landlock_abi.h"

struct sock_filter;

namespace landshim::kernel {

constexpr int kCapChown = 0;

/// landlock_create_ruleset(2) with LANDLOCK_CREATE_RULESET_VERSION: the ABI, 1 or more.
int landlock_abi();

/// A new ruleset: its descriptor (O_CLOEXEC). Only as much of the attribute is sent as `abi` knows.
int create_ruleset(int abi, Rights handled_fs, NetRights handled_net, Scopes scoped);

/// Opens a path for a rule: O_PATH, following links, O_CLOEXEC.
int open_path(const char* path);

struct PathInfo {
  bool directory = false;
  FileId id{};
};
/// What an opened path is: fstat(2).
int describe(int fd, PathInfo& info);

int add_path_rule(int ruleset, int path, Rights rights);
int add_port_rule(int ruleset, std::uint16_t port, NetRights rights);

/// prctl(2) PR_SET_NO_NEW_PRIVS.
int set_no_new_privs();

/// landlock_restrict_self(2).
int restrict_self(int ruleset, std::uint32_t flags);

/// 0 when seccomp filters with every action are to be had: SECCOMP_GET_ACTION_AVAIL, Linux 4.14.
int seccomp_available();

/// SECCOMP_SET_MODE_FILTER; `all_threads` adds SECCOMP_FILTER_FLAG_TSYNC.
int load_filter(std::span<const sock_filter> program, bool all_threads);

/// 0: this process has one thread; -EINVAL: more; other: the question is blocked. unshare(2) of CLONE_THREAD changes
/// nothing in a process of one thread and is refused in one of several.
int single_threaded();

bool has_capability(int capability);

enum class Identity : std::uint8_t { kNone, kOther, kThis };
Identity ask_identity(std::uint64_t identity);

int close(int fd);

}  // namespace landshim::kernel
