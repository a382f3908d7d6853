// SPDX-License-Identifier: MIT
// What a program asks for by a call, put as questions to the plan. Looks, and changes nothing.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "shim/command/events.h"
#include "shim/command/tracee.h"
#include "shim/verdict.h"

namespace landshim::command {

/// A call of a program that waits in it.
struct Called {
  std::string_view name{};       ///< lives as long as this process
  bool compat = false;           ///< of the 32-bit table
  std::uint64_t arguments[6] = {};
};

struct Wish {
  const char* what = "";         ///< a verb of `landshim ask`
  std::string target{};
  Access access{};
  int error = 0;                 ///< what a denial answers, where the verdict does not say it; 0: it does
  bool signals = false;          ///< a signal to a process outside: a denial of its own
  bool unix_socket = false;      ///< a socket of this kind is put to use
  /// Whether it could be without the policy.
  std::function<bool(const Credentials&)> possible = [](const Credentials&) { return true; };
};

/// What a call does where nothing denies it.
struct Deed {
  Event event;
  /// Whether it is done without the policy.
  std::function<bool(const Credentials&)> possible = [](const Credentials&) { return true; };
};

struct Wishes {
  std::vector<Wish> all{};
  std::vector<Deed> deeds{};
  int unseen = 0;                ///< the errno for which the process cannot be looked at
};

/// What is known of the run.
struct Known {
  const Plan& plan;
  std::function<bool(pid_t)> inside;                                        ///< whether a process is held by the same policy
  std::function<bool(const std::string& path, Rights)> granted;             ///< by the rules on the directories above, in short
  bool free = false;                                                        ///< nothing is in force: what the plan leaves alone is asked too
  LogEvents told = 0;                                                       ///< of which kinds deeds are wanted
  bool first = true;                                                        ///< the process is the one that the command began as
};

/// What fails whatever the policy says is no wish: paths that are not there, addresses of nothing, names that exist
/// already. Neither is what is granted for sure. A deed may still fail where the kernel knows more.
Wishes wishes_of(const Tracee& tracee, const Called& call, const Known& known);

}  // namespace landshim::command
