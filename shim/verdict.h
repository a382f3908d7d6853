// SPDX-License-Identifier: MIT
// Plan and a question -> yes or no, and the line that decides. Pure: whoever explains, learns or logs a denial puts the
// question to the same plan that the kernel is given.
#pragma once

#include <string>
#include <vector>

#include "shim/call_reason.h"
#include "shim/plan.h"

namespace landshim {

/// What a path of a plan is on this machine: the inode that a rule binds to, and what remains of its rights there.
struct Ground {
  FileId id{};
  Rights rights = 0;     ///< 0: missing, and no rule
  std::string path{};    ///< its real path, since mounts go by path and not by inode; empty: missing
};

/// A path that a rule could name to grant what is missing.
struct Grant {
  FileId id{};
  std::string path{};
};

/// Rights that are wanted of one file or directory.
struct Wanted {
  Rights rights = 0;
  bool changes = false;          ///< the mount it lies on must be writable
  bool device = false;           ///< a character or block device
  std::string path{};              ///< absolute, no links
  std::vector<FileId> chain{};     ///< itself, and every directory above it up to the root of the mount tree
  std::vector<Grant> grants{};     ///< the best first; none that is too wide to be proposed
};

/// What a program wants: all of it must be allowed, and is looked at in the kernel's order.
struct Access {
  std::vector<CallMade> calls{};   ///< the filter sees them before anything else happens
  std::vector<Wanted> files{};
  NetRights net = 0;             ///< one of them, for `port`
  std::uint16_t port = 0;
  bool abstract_unix = false;    ///< an abstract socket of a process outside
};

struct Verdict {
  bool allowed = false;
  bool some_arguments = false;        ///< allowed, but for some arguments `reasons` denies it
  bool hidden = false;                ///< an empty file or directory lies over it
  int error = 0;                      ///< errno that the program sees
  int signal = 0;                     ///< SIGSYS in its place: the call ends the process
  bool nearest = false;               ///< denied since no rule grants it: `reasons` comes nearest, or is empty
  std::vector<Reason> reasons{};        ///< denied: the one that decides; allowed: the rules that grant it
  std::string path{};                   ///< denied: the file that is refused
  std::vector<std::string> to_allow{};  ///< "[filesystem] read = /dir": lines that together would allow it; none: no narrow line would
};

/// What becomes of an access under a plan. `grounds`: one for each of plan.ruleset.paths, then one for each of
/// plan.namespaces.hide, then those of kCoveredByPrivateTmp where the plan has private_tmp. File modes and capabilities are
/// not looked at: what the user could not do without the policy is not the policy's to allow.
Verdict verdict(const Policy& policy, const Plan& plan, const std::vector<Ground>& grounds, const Access& access);

}  // namespace landshim
