// SPDX-License-Identifier: MIT
// What both doors do once they have a policy: expand, probe, compile, enforce.
#pragma once

#include <string>
#include <vector>

#include "config/load.h"
#include "shim/plan.h"

namespace landshim {

/// How a door differs from the other.
struct Door {
  bool may_fork = false;  ///< it can put a process of its own between
  bool execs = false;     ///< it ends in execve(2)
};

/// The plan for a loaded policy in this process: expand, probe, compile. Changes nothing.
Result<Plan> make_plan(Loaded loaded, const Surroundings& surroundings, const Door& door);

/// The lines that tell what unsupported = warn let go.
std::vector<std::string> loss_lines(const Plan& plan);

/// Writes `landshim: TEXT` to standard error in one write(2) and ends the process with status 125: no stdio, no atexit.
[[noreturn]] void refuse(const Error& error);

/// The same line without the end.
void say(std::string_view text);

/// The exit status of every refusal.
constexpr int kRefused = 125;

}  // namespace landshim
