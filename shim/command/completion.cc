// SPDX-License-Identifier: MIT
// Completion scripts, made of the subcommands and options that the command really has.
#include <CLI/CLI.hpp>
#include <memory>

#include "shim/command/command.h"
#include "shim/command/options.h"
#include "shim/command/profiles.h"

namespace landshim::command {

namespace {

struct Word {
  std::string name;  // "--policy", "-p"
  std::string description;
  bool value;
};

std::vector<Word> options_of(const CLI::App& app) {
  std::vector<Word> out;
  for (const CLI::Option* option : app.get_options()) {
    const bool value = option->get_items_expected_max() > 0;
    for (const std::string& name : option->get_lnames()) out.push_back({"--" + name, option->get_description(), value});
    for (const std::string& name : option->get_snames()) out.push_back({"-" + name, option->get_description(), value});
  }
  return out;
}

std::vector<const CLI::App*> subcommands_of(const CLI::App& app) { return app.get_subcommands([](const CLI::App*) { return true; }); }

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::string names(const std::vector<Word>& options, bool with_value) {
  std::vector<std::string> out;
  for (const Word& option : options)
    if (!with_value || option.value) out.push_back(option.name);
  return joined(out);
}

std::string subcommand_names(const CLI::App& app) {
  std::vector<std::string> out;
  for (const CLI::App* one : subcommands_of(app)) out.push_back(one->get_name());
  return joined(out);
}

std::string profile_names() {
  std::vector<std::string> out;
  for (const OwnProfile& profile : own_profiles()) out.emplace_back(profile.name);
  return joined(out);
}

// In single quotes for a shell; fish takes \' inside them, bash and zsh end and begin them anew.
std::string quoted(const std::string& text, const char* quote = "'\\''") {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string(quote) : std::string(1, c);
  return out + "'";
}

std::string for_bash(const CLI::App& app) {
  std::string out = "# landshim: completion for bash. Made by: landshim completion bash\n"
                    "_landshim() {\n"
                    "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} options='' valued='' i\n"
                    "  COMPREPLY=()\n"
                    "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                    "    mapfile -t COMPREPLY < <(compgen -W '" + subcommand_names(app) + " --help --version' -- \"$cur\")\n"
                    "    return\n"
                    "  fi\n"
                    "  case ${COMP_WORDS[1]} in\n";
  for (const CLI::App* one : subcommands_of(app)) {
    const std::vector<Word> options = options_of(*one);
    out += "    " + one->get_name() + ") options='" + names(options, false) + "' valued='" + names(options, true) + "' ;;\n";
  }
  return out + "  esac\n"
               "  if [ \"${COMP_WORDS[1]}\" = run ]; then\n"
               "    # What follows the options is a command line of its own.\n"
               "    for ((i = 2; i < COMP_CWORD; i++)); do\n"
               "      if [ \"${COMP_WORDS[i]}\" = -- ]; then\n"
               "        i=$((i + 1))\n"
               "        break\n"
               "      fi\n"
               "      [[ ${COMP_WORDS[i]} == -* ]] || break\n"
               "      if [[ \" $valued \" == *\" ${COMP_WORDS[i]} \"* ]]; then i=$((i + 1)); fi\n"
               "    done\n"
               "    if [ \"$i\" -lt \"$COMP_CWORD\" ]; then\n"
               "      if declare -F _command_offset >/dev/null; then _command_offset \"$i\"; else mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); fi\n"
               "      return\n"
               "    fi\n"
               "    if [ \"$i\" -eq \"$COMP_CWORD\" ] && [[ $cur != -* ]]; then\n"
               "      mapfile -t COMPREPLY < <(compgen -c -- \"$cur\")\n"
               "      return\n"
               "    fi\n"
               "  fi\n"
               "  if [[ $cur == -* ]]; then\n"
               "    mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\")\n"
               "    return\n"
               "  fi\n"
               "  case $prev in\n"
               "    -p | --policy | --profile | --diff | check | explain | ask | env | wrap | filter | export | profiles)\n"
               "      mapfile -t COMPREPLY < <(compgen -W '" + profile_names() + "' -- \"$cur\"; compgen -f -- \"$cur\") ;;\n"
               "    *) mapfile -t COMPREPLY < <(compgen -f -- \"$cur\") ;;\n"
               "  esac\n"
               "}\n"
               "complete -o filenames -F _landshim landshim\n";
}

std::string for_zsh(const CLI::App& app) {
  std::string out = "#compdef landshim\n"
                    "# landshim: completion for zsh. Made by: landshim completion zsh\n"
                    "local -a subcommands options\n"
                    "subcommands=(\n";
  for (const CLI::App* one : subcommands_of(app)) out += "  " + quoted(one->get_name() + ":" + one->get_description()) + "\n";
  out += ")\n"
         "if ((CURRENT == 2)); then\n"
         "  _describe subcommand subcommands\n"
         "  return\n"
         "fi\n"
         "case ${words[2]} in\n";
  for (const CLI::App* one : subcommands_of(app)) {
    out += "  " + one->get_name() + ") options=(";
    for (const Word& option : options_of(*one)) out += " " + quoted(option.name + ":" + option.description);
    out += " ) ;;\n";
  }
  return out + "esac\n"
               "if [[ ${words[CURRENT]} == -* ]]; then\n"
               "  _describe option options\n"
               "elif [[ ${words[2]} == run ]]; then\n"
               "  _alternative 'commands:command:_command_names -e' 'files:file:_files' 'profiles:profile:(" + profile_names() + ")'\n"
               "else\n"
               "  _alternative 'files:file:_files' 'profiles:profile:(" + profile_names() + ")'\n"
               "fi\n";
}

std::string for_fish(const CLI::App& app) {
  std::string out = "# landshim: completion for fish. Made by: landshim completion fish\n";
  const char* const kQuote = "\\'";
  for (const CLI::App* one : subcommands_of(app)) {
    out += "complete -c landshim -n __fish_use_subcommand -f -a " + one->get_name() + " -d " + quoted(one->get_description(), kQuote) + "\n";
    for (const Word& option : options_of(*one)) {
      const bool is_long = option.name.starts_with("--");
      out += "complete -c landshim -n '__fish_seen_subcommand_from " + one->get_name() + "' " + (is_long ? "-l " + option.name.substr(2) : "-s " + option.name.substr(1)) + (option.value ? " -r" : "") + " -d " + quoted(option.description, kQuote) + "\n";
    }
  }
  out += "complete -c landshim -n '__fish_seen_subcommand_from run; and not __fish_contains_opt policy' -a '(__fish_complete_subcommand)'\n";
  return out + "complete -c landshim -n '__fish_seen_subcommand_from check explain ask env wrap filter export profiles' -a '" + profile_names() + "' -d profile\n";
}

}  // namespace

void add_completion(CLI::App& app, int& status) {
  Subcommand words = add_subcommand(app, "completion", "print the completion script of a shell");
  auto shell = std::make_shared<std::string>();
  words.add_option("SHELL", *shell, "bash, zsh or fish").required().one_of({"bash", "zsh", "fish"});
  words.action(status, [&app, shell] { return print(*shell == "bash" ? for_bash(app) : *shell == "zsh" ? for_zsh(app) : for_fish(app)) ? 0 : 1; });
}

}  // namespace landshim::command
