// SPDX-License-Identifier: MIT
// landshim run --preload: the command is held by liblandshim.so instead of from outside. The loader ignores a library
// that it cannot load, so the start is watched, and nobody's main begins before the kernel has said that the policy is
// in force.
#pragma once

#include <cstdint>
#include <string>

#include "config/result.h"

namespace landshim::command {

/// Whether the loader of this program can take a library in. Errors: static, another libc, another architecture, a
/// start with privileges of its own.
Result<Done> check_loader(const std::string& program);

/// What the environment says before: LD_PRELOAD with the library, LANDSHIM_POLICY.
void prepare_environment(const std::string& library, const std::string& policy);

/// Puts a watcher beside this process, which then becomes `program`: before the first instruction of the program proper,
/// the watcher has the process itself ask the kernel for the policy of this identity. If it is in force, the watcher
/// goes away; else the process ends with status 125. It ends too when the watcher does.
Result<Done> watch_start(const std::string& program, std::uint64_t identity);

}  // namespace landshim::command
