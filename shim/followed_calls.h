// SPDX-License-Identifier: MIT
// Which calls of a program its follower is shown, and the filter that shows them. Pure.
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <span>
#include <vector>

#include "shim/plan.h"

struct seccomp_data;

namespace landshim {

/// Both programs of a followed run.
struct FollowedFilter {
  std::vector<sock_filter> truth;   ///< what an unfollowed run loads: the follower answers by it
  std::vector<sock_filter> loaded;  ///< the same, but what denies with an errno asks the follower, and so do the followed calls
};

enum class Following : std::uint8_t {
  kHeld,  ///< the policy is in force
  kFree,  ///< nothing is: all that `truth` denies asks as well, and so does all that a policy may deny
};

/// What is told of a run that is followed for its denials alone.
constexpr LogEvents kToldDenials = kLogDenial;

/// `told`: the calls that these events need are asked for, those that succeed among them. Where `loaded` answers otherwise than by asking, it answers as `truth`: so it is never more generous, and what the
/// kernel makes of an asked call whose follower has gone is ENOSYS. What `truth` answers with ENOSYS is not asked for:
/// programs take it for a kernel that lacks the call. Errors: too many rules for the kernel.
/// That is so where the command is held.
Result<FollowedFilter> followed_filter(const Plan& plan, Following following = Following::kHeld, LogEvents told = kToldDenials);

/// What a program of assemble() returns for a call: SECCOMP_RET_*.
std::uint32_t run_filter(std::span<const sock_filter> program, const seccomp_data& call);

}  // namespace landshim
