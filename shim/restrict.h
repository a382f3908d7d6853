// SPDX-License-Identifier: MIT
// What both doors do once they have a policy: expand, probe, compile, enforce.
#pragma once

#include <string>
#include <vector>

#include "config/command_rules.h"
#include "config/load.h"
#include "shim/plan.h"

namespace landshim {

/// How a door differs from the other.
struct Door {
  bool may_fork = false;  ///< it can put a process of its own between
  bool execs = false;     ///< it ends in execve(2)
  bool ready_filter = false;  ///< it looks at no call of the filter
};

/// The plan for a loaded policy in this process: expand, probe, compile. Changes nothing.
Result<Plan> make_plan(Loaded loaded, const Surroundings& surroundings, const Door& door);

/// The plans of the layers that the rules of [command NAME] put over a policy, those left out that are in force already.
/// Changes nothing. They belong after the policy's own plan.
Result<std::vector<Plan>> make_layers(const Policy& policy, const Narrowing& narrowing, const Surroundings& surroundings, const Door& door);

/// Why a command is not started: the line of a rule with action = deny.
Error denial(const Policy& policy, const CommandRule& rule, const std::string& command_line);

/// The lines that tell what unsupported = warn let go.
std::vector<std::string> loss_lines(const Plan& plan);

/// Writes `landshim: TEXT` to standard error in one write(2) and ends the process with status 125: no stdio, no atexit.
[[noreturn]] void refuse(const Error& error);

/// The same line without the end.
void say(std::string_view text);

/// The exit status of every refusal.
constexpr int kRefused = 125;

/// The exit status where a rule of [command NAME] denies a command; a shell gives it for what cannot be started.
constexpr int kDenied = 126;

}  // namespace landshim
