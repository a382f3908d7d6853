// SPDX-License-Identifier: MIT
// Door 2: the subcommands of landshim, a file each. Each takes its own arguments and gives the exit status.
#pragma once

#include <span>
#include <string>

namespace landshim::command {

/// What a shell would answer: 126 found and not to be started, 127 not found. 2: wrong use of landshim itself.
constexpr int kUsage = 2;
constexpr int kCannotStart = 126;
constexpr int kNotFound = 127;

using Arguments = std::span<char* const>;

int run(Arguments arguments);
int check(Arguments arguments);
int explain(Arguments arguments);

/// Says what is wrong with the arguments, and how to ask for help; gives kUsage.
int misused(const std::string& what);

/// Writes to standard output; false (said on standard error) when it cannot be written.
bool print(const std::string& text);

}  // namespace landshim::command
