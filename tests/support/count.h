// SPDX-License-Identifier: MIT
// What a start costs until the program's own first instruction, counted and not timed: the loader and the constructors
// of the libraries. The same start gives the same figures, whatever else the machine does.
#pragma once

#include <string>
#include <vector>

namespace landshim::tests {

/// Of one process, from the end of execve(2) to its entry point.
struct StartCount {
  long instructions = 0;  ///< in user mode; each turn of a `rep` counts
  long calls = 0;         ///< system calls
  long faults = 0;        ///< page faults that needed no disk
  long dirty_kb = 0;      ///< private memory written to, KiB; not pages of files that are on their way to the disk. One is the breakpoint's
  long heap_kb = 0;       ///< size of [heap], KiB
  long mappings = 0;
};

/// Starts `words` with `variables` (NAME=value) and ends it at its entry point. `error`: why there are no figures, among
/// them that the process ended before. x86_64 alone: the counting is the debugger's.
bool count_start(const std::vector<std::string>& words, const std::vector<std::string>& variables, StartCount& out, std::string& error);

/// The same without the instructions, each of which takes a stop and so the time of thousands.
bool look_at_start(const std::vector<std::string>& words, const std::vector<std::string>& variables, StartCount& out, std::string& error);

}  // namespace landshim::tests
