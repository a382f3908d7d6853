// SPDX-License-Identifier: MIT
// What each key of the language becomes on a host. Asked of compile(): each key is written into a small policy, and the
// plans with and without it are compared.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/keys.h"
#include "shim/plan.h"

namespace landshim::command {

/// Who holds a key of a policy, by the part of the plan that it changes.
enum class Holder : std::uint8_t { kLandlock, kSeccomp, kProcess, kGroup, kNamespaces, kEnvironment, kFollower };
constexpr std::size_t kHolders = 7;

struct Feature {
  Section section{};
  std::string key;                ///< as in all_keys(); a right of [filesystem], or NAME for a line of [syscalls]
  std::string demand;             ///< what was tried, as people would say it: "unix = own"
  bool held_by[kHolders] = {};    ///< by Holder; none: landshim needs nobody for it
  bool stand_in = false;          ///< seccomp does what a newer Landlock would do
  std::string refused;            ///< why a policy with it is refused here; empty: it is not
  bool by_start = false;          ///< refused for want of privileges, not by the machine
  int first_abi = 0;              ///< refused here, and no more from this Landlock ABI on; 0: no ABI helps
  Plan plan;                      ///< of the policy that was tried
};

/// One for every key and right of the language in this version, in the order of the tables. Pure.
std::vector<Feature> features(const Host& host);

/// What landshim adds unasked where it can, and cannot here: the words of compile().
std::vector<std::string> missing_hardening(const Host& host);

/// The plan of a policy that enters one namespace and closes nothing; its refusal where there is none.
Result<Plan> plan_to_enter(Namespace which, const Host& host);

}  // namespace landshim::command
