// SPDX-License-Identifier: MIT
// The options of a subcommand. CLI11 stands behind them, a header of 9,000 lines that this one keeps from the subcommands.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace landshim::command {

/// An option or an argument, as a Subcommand has made it.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  /// What the help has for the value.
  Option value_name(const std::string& name) const;
  /// What the help has for the value and all that it would tell beside it.
  Option help_text(const std::string& text) const;
  Option required() const;
  /// A value of the type int, from lowest to highest.
  Option between(int lowest, int highest) const;
  /// One of these words; the help tells which is taken where none is given.
  Option one_of(const std::vector<std::string>& words) const;
  /// For a list: each time the option is given it takes one value.
  Option one_value_each() const;
  Option excludes(Option other) const;

 private:
  CLI::Option* option_;
};

/// A subcommand, as add_subcommand() has made it.
class Subcommand {
 public:
  explicit Subcommand(CLI::App* app) : app_(app) {}

  /// `names`: "-o,--output", or without dashes the name of an argument. `out` is set when the command line is parsed, and
  /// has to live until then; what it holds before is what is taken where the option is not given.
  Option add_flag(const char* names, bool& out, const char* help);
  Option add_option(const char* names, std::string& out, const char* help);
  Option add_option(const char* names, std::optional<std::string>& out, const char* help);
  Option add_option(const char* names, int& out, const char* help);
  Option add_option(const char* names, std::optional<int>& out, const char* help);
  Option add_options(const char* names, std::vector<std::string>& out, const char* help);

  /// What happens when the command line names this subcommand, after its options were set; gives the exit status, which
  /// goes to `status`.
  void action(int& status, std::function<int()> act);

 private:
  CLI::App* app_;
};

/// It belongs to the command line `app`.
Subcommand add_subcommand(CLI::App& app, const char* name, const char* help);

}  // namespace landshim::command
