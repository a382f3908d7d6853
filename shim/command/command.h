// SPDX-License-Identifier: MIT
// Door 2: the subcommands of landshim, a file each. Each adds its options to the command line, and acts in a callback
// that gives the exit status.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace landshim::command {

/// What a shell would answer: 126 found and not to be started, 127 not found. 2: wrong use of landshim itself.
constexpr int kUsage = 2;
constexpr int kCannotStart = 126;
constexpr int kNotFound = 127;

/// Each adds its subcommand; chosen, it acts while the command line is parsed, and sets `status`.
/// `command`: the words after the options, which are the started program's own.
void add_run(CLI::App& app, const std::vector<std::string>& command, int& status);
void add_check(CLI::App& app, int& status);
void add_explain(CLI::App& app, int& status);
void add_ask(CLI::App& app, int& status);
void add_completion(CLI::App& app, int& status);
void add_doctor(CLI::App& app, int& status);
void add_profiles(CLI::App& app, int& status);
void add_env(CLI::App& app, int& status);
void add_wrap(CLI::App& app, int& status);
void add_report(CLI::App& app, int& status);
void add_filter(CLI::App& app, int& status);
void add_learn(CLI::App& app, const std::vector<std::string>& command, int& status);
/// `arguments`: the words after "--".
void add_convert(CLI::App& app, const std::vector<std::string>& arguments, int& status);
void add_export(CLI::App& app, int& status);

/// `words`: the name of this program, `watch`, and what the library writes behind it. Returns when they are wrong.
int watch(const std::vector<std::string>& words);

/// Says what is wrong with the arguments, and how to ask for help; gives kUsage.
int misused(const std::string& what);

/// Writes to standard output; false (said on standard error) when it cannot be written.
bool print(const std::string& text);

}  // namespace landshim::command
