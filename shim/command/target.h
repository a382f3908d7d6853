// SPDX-License-Identifier: MIT
// The program that `landshim run` is to start: where it is, and what the loader will map for it.
#pragma once

#include <string>
#include <vector>

#include "config/policy.h"

namespace landshim::command {

/// The file that execvp(3) would start for `name`: itself when it has a '/', else the first match in PATH. `os_error`
/// of the error is ENOENT when there is none, EACCES when one cannot be executed.
Result<std::string> find_program(const std::string& name);

/// The program itself (for a script its interpreter), absolute.
std::string program_behind(const std::string& file);

/// The scripts, loader and libraries of a program, as its own loader lists them. Errors: the loader cannot be started,
/// or not held while it lists; with unsupported = warn it is held as far as the kernel can.
Result<std::vector<std::string>> mapped_files(const std::string& file, Unsupported unsupported);

}  // namespace landshim::command
