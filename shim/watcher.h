// SPDX-License-Identifier: MIT
// How the library comes to a follower: one that is an ancestor of what it follows may look at it on every system, and the
// only process that can be one is the process that was started. It becomes the command landshim, which waits for a child
// that goes on in its place.
#pragma once

#include <string>
#include <vector>

#include "shim/handover.h"
#include "shim/plan.h"

namespace landshim {

/// What the follower has to know to make the same plan.
struct Watched {
  std::string library;               ///< absolute path of the library
  std::string program;               ///< Surroundings::program
  std::vector<std::string> mapped;   ///< Surroundings::mapped
  std::string policy;                ///< its path
  std::uint64_t identity = 0;        ///< of the policy
};

/// Returns in the child, when the follower is ready to log; `arguments` are the program's own. Errors: the command is not
/// beside the library, and what fork_process() tells. What the follower says itself ends the child too.
Result<Handover> start_watcher(const Plan& plan, const Watched& watched, const char* const* arguments, const char* const* environment);

}  // namespace landshim
