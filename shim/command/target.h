// SPDX-License-Identifier: MIT
// The program that `landshim run` is to start: where it is, and what it needs.
#pragma once

#include <string>
#include <vector>

#include "config/result.h"

namespace landshim::command {

/// The file that execvp(3) would start for `name`: itself when it has a '/', else the first match in PATH. `os_error`
/// of the error is ENOENT when there is none, EACCES when one cannot be executed.
Result<std::string> find_program(const std::string& name);

/// user_namespaces(7): where root has no number, its files show the one that stands for all without a number.
bool is_root(uid_t owner);
/// The interpreter that the first line of a script names; empty: it is none, or cannot be read.
std::string interpreter(const std::string& file);

/// It begins with #! and the name of an interpreter.
bool is_script(const std::string& file);

/// The program itself (for a script its interpreter), absolute.
std::string program_behind(const std::string& file);

/// All that execve(2) opens for a program: the file, the interpreters of a script, the loader.
std::vector<std::string> started_files(const std::string& file);

/// What a program needs to start, for `runtime`.
struct Started {
  std::vector<std::string> files;      ///< scripts, their interpreter or the program itself, its loader
  std::vector<std::string> libraries;  ///< as find_libraries() gives them
};

/// By reading files alone: nothing of the program runs. Errors: its loader is none of the system's, or its libraries
/// are named in too many places.
Result<Started> what_starts(const std::string& file);

/// What the kernel executes when it starts `file`: the interpreters of scripts and the loader, real paths; the file
/// itself is not among them. Only what is there.
std::vector<std::string> needed_to_start(const std::string& file);

}  // namespace landshim::command
