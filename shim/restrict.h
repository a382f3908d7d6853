// SPDX-License-Identifier: MIT
// What both doors do once they have a policy: expand, probe, compile, enforce.
#pragma once

#include <string>
#include <vector>

#include "config/load.h"

namespace landshim {

/// Puts a loaded policy in force in this process and all it starts. Gives the lines that tell what unsupported = warn
/// let go; after an error nothing may run here.
Result<std::vector<std::string>> restrict_this_process(Loaded loaded, const Surroundings& surroundings);

/// Writes `landshim: TEXT` to standard error in one write(2) and ends the process with status 125: no stdio, no atexit.
[[noreturn]] void refuse(const Error& error);

/// The same line without the end.
void say(std::string_view text);

/// The exit status of every refusal.
constexpr int kRefused = 125;

}  // namespace landshim
