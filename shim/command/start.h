// SPDX-License-Identifier: MIT
// From a policy that is loaded to a command that runs under it, in the place of this process.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "config/load.h"
#include "shim/handover.h"
#include "shim/plan.h"

namespace landshim::command {

/// A command, and what was found for its first word.
struct Command {
  std::vector<std::string> words;
  std::string program;           ///< as find_program() gives it
  bool is_interpreted = false;   ///< a script that names its interpreter
};

/// Says why, and gives the status: kNotFound or kCannotStart.
int cannot_start(const std::string& program, int error);

/// Gives the surroundings what of its files starts the program, for `runtime`.
Result<Done> add_started(const Policy& policy, const std::string& program, Surroundings& surroundings);

/// Puts a policy in force in this process, and over it the layers that its rules of [command NAME] ask for. Says what
/// privileges of its own the program loses, and what `unsupported = warn` lets go. `parent`: the process that started
/// this one. `handover`: to the follower; null: nobody follows.
Result<Done> put_in_force(Loaded loaded, const std::vector<Plan>& layers, const Surroundings& surroundings, pid_t parent, Handover* handover);

/// Puts nothing in force: what the policy would deny is told to the follower, and allowed.
Result<Done> follow_freely(Loaded loaded, const Surroundings& surroundings, Handover& handover);

/// Becomes the command. Returns a status when it cannot be started.
int become(const Command& command);

}  // namespace landshim::command
