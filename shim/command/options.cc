// SPDX-License-Identifier: MIT
#include "shim/command/options.h"

#include <CLI/CLI.hpp>
#include <utility>

namespace landshim::command {

Option Option::value_name(const std::string& name) const { return Option(option_->type_name(name)); }
Option Option::help_text(const std::string& text) const { return Option(option_->option_text(text)); }
Option Option::required() const { return Option(option_->required()); }
Option Option::between(int lowest, int highest) const { return Option(option_->check(CLI::Range(lowest, highest))); }
Option Option::one_of(const std::vector<std::string>& words) const { return Option(option_->check(CLI::IsMember(words))->capture_default_str()); }
Option Option::one_value_each() const { return Option(option_->allow_extra_args(false)); }
Option Option::excludes(Option other) const { return option_->excludes(other.option_), *this; }

Option Subcommand::add_flag(const char* names, bool& out, const char* help) { return Option(app_->add_flag(names, out, help)); }
Option Subcommand::add_option(const char* names, std::string& out, const char* help) { return Option(app_->add_option(names, out, help)); }
Option Subcommand::add_option(const char* names, std::optional<std::string>& out, const char* help) { return Option(app_->add_option(names, out, help)); }
Option Subcommand::add_option(const char* names, int& out, const char* help) { return Option(app_->add_option(names, out, help)); }
Option Subcommand::add_option(const char* names, std::optional<int>& out, const char* help) { return Option(app_->add_option(names, out, help)); }
Option Subcommand::add_options(const char* names, std::vector<std::string>& out, const char* help) { return Option(app_->add_option(names, out, help)); }

void Subcommand::action(int& status, std::function<int()> act) {
  app_->callback([&status, act = std::move(act)] { status = act(); });
}

Subcommand add_subcommand(CLI::App& app, const char* name, const char* help) { return Subcommand(app.add_subcommand(name, help)); }

}  // namespace landshim::command
