// SPDX-License-Identifier: MIT
// Plan: exactly what the kernel will be told, and what was given up. Plain data; compile() decides all of it.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/policy.h"
#include "shim/closures.h"
#include "shim/host.h"
#include "shim/landlock_abi.h"
#include "shim/made.h"

namespace landshim {

/// These rights beneath what the path names. On a file, those of them that mean something there (kOnFiles).
struct PlannedPath {
  std::string path;
  Rights rights = 0;
  bool missing_ok = false;
  bool pattern = false;          ///< a pattern that matched nothing: missing
  bool beside = false;           ///< granted in place of a wider rule, out of which `except` took something
  bool makes_writable = false;   ///< may not sit on or above a policy file, or a place where one is looked for
  std::string key;               ///< the word of the policy that granted it
  Origin origin{};
  bool operator==(const PlannedPath&) const = default;
};

struct PlannedPort {
  std::uint16_t port = 0;
  NetRights rights = 0;
  Origin origin{};
  bool operator==(const PlannedPort&) const = default;
};

/// What landlock_create_ruleset(2), landlock_add_rule(2) and landlock_restrict_self(2) are told.
struct Ruleset {
  bool used = false;
  int abi = 0;
  Rights handled_fs = 0;
  NetRights handled_net = 0;
  Scopes scoped = 0;
  bool recorded = false;             ///< kRecordPrograms; who follows a run wants it, and no policy
  std::vector<PlannedPath> paths;
  std::vector<PlannedPort> ports;
  bool operator==(const Ruleset&) const = default;
};

/// Decides when all conditions hold.
struct CallRule {
  Action action{};
  std::vector<Condition> all_of;
  bool operator==(const CallRule&) const = default;
};

/// What becomes of one call: the first rule that fits decides, else `otherwise`. The name lives as long as the program.
struct PlannedCall {
  std::string_view call;
  std::vector<CallRule> rules;
  Action otherwise{};
  bool operator==(const PlannedCall&) const = default;
};

/// What seccomp(2) is told.
struct Filter {
  bool used = false;
  std::uint64_t identity = 0;
  Action otherwise{};                ///< for calls that have a number but no entry
  bool compat = false;               ///< the 32-bit call table under the same rules; else it is closed
  std::vector<PlannedCall> calls;    ///< sorted by name, each once
  std::bitset<kClosures> closures;   ///< which demands closed them, for explain
  FilterChoices choices{};           ///< of a policy that has no more to say of calls
  const ReadyFilter* ready = nullptr;  ///< decides all calls but `calls`, which are those of [syscalls] alone then
  bool operator==(const Filter&) const = default;
};

/// Something that is not enforced, and why.
struct Loss {
  std::string what;
  Origin origin{};
  bool operator==(const Loss&) const = default;
};

/// A limit for the process and all it starts; both soft and hard, never above what they are.
struct PlannedLimit {
  Limit limit{};
  std::uint64_t soft = kUnlimited;
  std::uint64_t hard = kUnlimited;
  bool lowers = false;               ///< false: the present limit is as low already
  Origin origin{};
  bool operator==(const PlannedLimit&) const = default;
};

struct PlannedProcess {
  bool set_capabilities = false;
  std::uint64_t capabilities = 0;    ///< what is left in every set
  bool drop_bounding = false;
  bool ambient = false;              ///< what it starts keeps them as well, though the user is not root
  Setting<std::uint32_t> uid, gid;
  Setting<std::vector<std::uint32_t>> gids;
  std::vector<DescriptorRange> close;
  Setting<int> umask, nice, oom_score_adj, parent_death_signal;
  Setting<bool> dumpable;
  std::vector<PlannedLimit> limits;
  bool operator==(const PlannedProcess&) const = default;
};

/// A control group of its own: cgroups(7), version 2.
struct PlannedGroup {
  bool used = false;
  std::string parent;                ///< a directory of the cgroup file system
  std::uint64_t memory_max = kUnlimited;  ///< bytes
  std::uint64_t cpu_quota = kUnlimited;   ///< percent of one processor
  std::uint64_t tasks_max = kUnlimited;
  Origin origin{};
  bool operator==(const PlannedGroup&) const = default;
};

struct PlannedNamespaces {
  bool used = false;
  bool enter[kNamespaceCount] = {};  ///< by Namespace
  std::uint32_t uid = 0;             ///< user and group that the user namespace maps to themselves
  std::uint32_t gid = 0;
  bool read_only = false;            ///< remount read-only what the policy does not make writable
  bool private_tmp = false;
  std::vector<PlannedPath> hide;
  Origin origin{};
  bool operator==(const PlannedNamespaces&) const = default;
};

/// Empty, and gone with the program, where private_tmp is set.
constexpr const char* kCoveredByPrivateTmp[] = {"/tmp", "/var/tmp"};

/// What becomes of the environment. Names are patterns: fnmatch(3).
struct PlannedEnvironment {
  std::vector<std::string> keep;     ///< empty: all
  std::vector<std::string> unset;
  std::vector<std::string> set;      ///< NAME=value
  bool operator==(const PlannedEnvironment&) const = default;
};

struct Plan {
  std::string name;
  std::vector<Source> sources;
  std::vector<Source> absent;      ///< where a policy was looked for in vain: nothing may become writable there
  std::vector<Followed> followed;  ///< must still lead where they led, and by links that the program cannot change
  bool all_threads = false;        ///< bind every thread at once: Landlock ABI 8, SECCOMP_FILTER_FLAG_TSYNC
  Ruleset ruleset;
  Filter filter;
  PlannedProcess process;
  PlannedGroup group;
  PlannedNamespaces namespaces;
  PlannedEnvironment environment;
  Log log;
  std::vector<Loss> given_up;      ///< demands that unsupported = warn let go
  std::vector<Loss> missing;       ///< hardening nobody asked for, which this kernel lacks
  bool operator==(const Plan&) const = default;
};

/// A plan, or why there is none: `refused` is empty exactly when the plan may be enforced.
struct Compiled {
  Plan plan;
  std::vector<Error> refused;
};

/// What `policy` becomes on `host`. Pure: asks nobody. A demand that the host cannot enforce is refused, or with
/// unsupported = warn listed in plan.given_up.
Compiled compile(const Policy& policy, const Host& host);

/// Whether a capability is left to the program.
bool keeps_capability(const PlannedProcess& process, const Host& host, int capability);

/// What is in force of the sockets of a policy once its defaults are resolved.
struct NetworkChoice {
  NetworkAccess access = NetworkAccess::kNone;
  UnixAccess unix_sockets = UnixAccess::kDeny;
  bool listen = false;
  bool udp = false;
};
NetworkChoice network_choice(const Policy& policy);

/// The level of [filesystem] metadata, its default resolved.
Metadata metadata_choice(const Policy& policy);

/// "read = /x" as written; "mode: /tmp" for a path that another key brought along.
std::string words(const PlannedPath& path);

/// Whether what such a rule covers stays writable where the rest is mounted read-only. Devices can be written on a
/// read-only mount as well.
bool opens_files(const PlannedPath& path);

/// Whether [filesystem] restricts files at all.
bool restricts_files(const Policy& policy);

}  // namespace landshim
