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

namespace landshim {

/// These rights beneath what the path names. On a file, those of them that mean something there (kOnFiles).
struct PlannedPath {
  std::string path;
  Rights rights = 0;
  bool missing_ok = false;
  bool pattern = false;          ///< a pattern that matched nothing: missing
  bool makes_writable = false;   ///< may not sit on or above a policy file
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
  bool operator==(const Filter&) const = default;
};

/// Something that is not enforced, and why.
struct Loss {
  std::string what;
  Origin origin{};
  bool operator==(const Loss&) const = default;
};

struct Plan {
  std::string name;
  std::vector<Source> sources;
  bool all_threads = false;        ///< bind every thread at once: Landlock ABI 8, SECCOMP_FILTER_FLAG_TSYNC
  Ruleset ruleset;
  Filter filter;
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

/// Whether [filesystem] restricts files at all.
bool restricts_files(const Policy& policy);

}  // namespace landshim
