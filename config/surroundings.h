// SPDX-License-Identifier: MIT
// What the start of a program lends to its policy. Filled by the doors; nothing here is trusted in a privileged start.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace landshim {

struct Surroundings {
  const char* const* environment = nullptr;  ///< NAME=value, as in environ(7)
  bool privileged = false;                   ///< AT_SECURE, getauxval(3): set-user-ID and the like
  bool at_start = true;                      ///< false: a policy is looked at, no program is started
  std::string program;                       ///< absolute path of the program that is started
  std::string shim;                          ///< absolute path of the shim or command, always readable
  std::vector<std::string> started;          ///< its scripts, interpreter and loader: for `runtime`, as files
  std::vector<std::string> mapped;           ///< libraries mapped when the program starts: for `runtime`
  std::string directory = {};                ///< where the paths of a text begin that stands in no file; empty: the working directory
  /// The text of a profile that comes with this program; empty: there is none. Null: it brings none along.
  std::string_view (*own_profile)(std::string_view name) = nullptr;
};

/// The value of an environment variable; null when there is none.
const char* variable(const Surroundings& surroundings, std::string_view name);

/// The working directory, as the kernel has it; empty when it is gone or cannot be reached.
std::string working_directory();

/// The same, or the one that stands in for it: Surroundings::directory.
std::string text_directory(const Surroundings& surroundings);

/// The program of this process; without /proc, the name that execve(2) was given. Empty: it cannot be told.
std::string program_of_this_process();

}  // namespace landshim
