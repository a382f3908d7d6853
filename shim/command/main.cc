// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <exception>
#include <string_view>

#include "config/keys.h"
#include "shim/command/command.h"
#include "shim/command/output.h"
#include "shim/restrict.h"

namespace landshim::command {

int misused(const std::string& what) {
  say(text({what + "; see landshim help", {}, 0}));
  return kUsage;
}

bool print(const std::string& text) {
  const int error = write_all(STDOUT_FILENO, text);
  if (error != 0) say(landshim::text({"standard output cannot be written", {}, error}));
  return error == 0;
}

namespace {

// The innermost subcommand that the words name.
CLI::App* chosen(CLI::App& app) {
  CLI::App* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  return at;
}

std::string named(CLI::App& app) { return app.get_parent() == nullptr ? "" : app.get_name() + ": "; }

// Whoever names no subcommand means to start something.
std::string nearest_subcommand(CLI::App& app, const std::string& word) {
  Nearest nearest(word);
  for (const CLI::App* one : app.get_subcommands(nullptr)) nearest.offer(one->get_name());
  if (!nearest.best().empty()) return "; did you mean '" + std::string(nearest.best()) + "'?";
  if (word.ends_with(".ini")) return "; to start a command under that policy: landshim run -p " + printable(word) + " -- COMMAND";
  return "; to start a command: landshim run [-p POLICY] -- " + (word.empty() || word[0] == '-' ? "COMMAND" : printable(word));
}

// What other sandboxes call an option of `landshim run`.
struct ForeignOption {
  const char* word;
  const char* own;
};
constexpr ForeignOption kForeignOptions[] = {
    {"--ro", "--read"},     {"--ro-bind", "--read"},  {"--rox", "--read-exec"},      {"--rw", "--read-write"},
    {"--bind", "--read-write"}, {"--rwx", "--set read_write_exec=PATH"}, {"--net", "--connect-tcp PORTS, or --set network.access=all"}, {"--network", "--connect-tcp PORTS, or --set network.access=all"},
    {"--unrestricted-network", "--set network.access=all"}, {"--unrestricted-filesystem", "--mode full-access"}, {"--best-effort", "--set unsupported=warn"}, {"--env", "--set environment.keep=NAME"},
};

std::string nearest_option(CLI::App& app, const std::string& word) {
  if (app.get_name() == "run")
    for (const ForeignOption& foreign : kForeignOptions)
      if (word.substr(0, word.find('=')) == foreign.word) return std::string("; here it is ") + foreign.own;
  Nearest nearest(word);
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  for (const std::string& name : names) nearest.offer(name);
  return nearest.best().empty() ? "" : "; did you mean '" + std::string(nearest.best()) + "'?";
}

int wrong_words(CLI::App& app, const CLI::ParseError& error) {
  CLI::App& at = *chosen(app);
  const std::vector<std::string> left = app.remaining(true);
  // Told first: what is missing may stand there, mistyped.
  if (!left.empty()) {
    const std::string& word = left.front();
    const std::string shown = word.empty() ? "''" : printable(word);
    if (&at == &app) return misused(shown + ": no such subcommand" + nearest_subcommand(app, word));
    if (word.size() > 1 && word[0] == '-') return misused(named(at) + shown + ": no such option" + nearest_option(at, word));
    return misused(named(at) + shown + ": one argument too many");
  }
  if (&at == &app) return misused("a subcommand is missing");
  const std::string_view required = " is required";
  std::string what = error.what();
  if (what.ends_with(required)) what.replace(what.size() - required.size(), required.size(), " is missing");
  return misused(named(at) + printable(what));
}

// Cuts off where the options of `landshim run` and `learn` end: at "--", or at the first word that is neither an option nor the
// value of one. CLI11 would look into the command's own arguments.
std::vector<std::string> cut_command(const CLI::App& run, std::vector<std::string>& words) {
  std::size_t at = 2;
  std::size_t end = words.size();
  for (; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (word.size() < 2 || word[0] != '-') break;
    if (word == "--") {
      end = at++;
      break;
    }
    const bool is_long = word[1] == '-';
    const CLI::Option* const option = run.get_option_no_throw(is_long ? word.substr(0, word.find('=')) : word.substr(0, 2));
    const bool value_inside = is_long ? word.find('=') != word.npos : word.size() > 2;
    if (option != nullptr && option->get_items_expected_max() > 0 && !value_inside) ++at;
  }
  std::vector<std::string> command(words.begin() + static_cast<std::ptrdiff_t>(std::min(at, words.size())), words.end());
  words.resize(std::min(end, at));
  return command;
}

// The words after "--", which `landshim convert` takes as another tool's.
std::vector<std::string> cut_after_dashes(std::vector<std::string>& words) {
  const auto dashes = std::find(words.begin(), words.end(), "--");
  std::vector<std::string> after(dashes == words.end() ? dashes : dashes + 1, words.end());
  words.erase(dashes, words.end());
  return after;
}

// What is opened later must not become a standard descriptor, and take what is said or be read from. These can be neither
// read nor written, and what a command is started as finds them closed as they were.
Result<Done> fill_closed_descriptors() {
  for (int fd = 0; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) continue;
    if (const int opened = open("/", O_PATH | O_CLOEXEC); opened != fd) return Error{"a standard descriptor is closed, and nothing can take its place", {}, opened < 0 ? errno : 0};
  }
  return Done{};
}

int run_words(std::vector<std::string> words) {
  CLI::App app("landshim: holds an unmodified program to a policy", "landshim");
  int status = 0;
  app.require_subcommand(1);
  app.set_help_flag("-h,--help", "print this, or the options of a subcommand");
  app.footer(
      "POLICY is a file (with a '/' or ending in .ini) or the name of a profile. Without the command:\n"
      "  LANDSHIM_POLICY=policy.ini LD_PRELOAD=liblandshim.so COMMAND\n"
      "See landshim(1), landshim.ini(5), liblandshim(7).");
  std::vector<std::string> command;
  add_run(app, command, status);
  add_learn(app, command, status);
  add_check(app, status);
  add_explain(app, status);
  add_ask(app, status);
  add_completion(app, status);
  add_doctor(app, status);
  add_profiles(app, status);
  add_env(app, status);
  add_wrap(app, status);
  add_report(app, status);
  add_filter(app, status);
  add_convert(app, command, status);
  add_export(app, status);
  std::string helped;
  CLI::App* const help = app.add_subcommand("help", "print this, or the options of a subcommand");
  help->add_option("SUBCOMMAND", helped, "whose options");
  help->callback([&] {
    const std::vector<CLI::App*> found = app.get_subcommands([&](const CLI::App* one) { return one->get_name() == helped; });
    // help() of an app is that of its chosen subcommand.
    if (helped.empty()) status = print(app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal)) ? 0 : 1;
    else if (found.empty()) status = misused("help: " + printable(helped) + ": no such subcommand");
    else status = print(found.front()->help("landshim")) ? 0 : 1;
  });
  app.add_subcommand("version", "print the version")->callback([&] { status = print("landshim " LANDSHIM_VERSION "\n") ? 0 : 1; });
  app.set_version_flag("-V,--version", "landshim " LANDSHIM_VERSION);
  if (words.size() > 1 && (words[1] == "run" || words[1] == "learn")) command = cut_command(*app.get_subcommand(words[1]), words);
  if (words.size() > 1 && words[1] == "convert") command = cut_after_dashes(words);
  try {
    // CLI11 takes them from behind, without the program's name.
    if (!words.empty()) words.erase(words.begin());
    std::reverse(words.begin(), words.end());
    app.parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
    return print(chosen(app) == &app ? app.help() : chosen(app)->help("landshim")) ? 0 : 1;
  } catch (const CLI::CallForVersion& version) {
    return print(std::string(version.what()) + "\n") ? 0 : 1;
  } catch (const CLI::ParseError& error) {
    return wrong_words(app, error);
  }
  return status;
}

}  // namespace

}  // namespace landshim::command

int main(int count, char** words) {
  if (const landshim::Result<landshim::Done> done = landshim::command::fill_closed_descriptors(); !done) landshim::refuse(done.error());
  // Nothing has been started: what is thrown here leaves nothing half done.
  try {
    if (count > 1 && std::string_view(words[1]) == "watch") return landshim::command::watch({words, words + count});
    return landshim::command::run_words({words, words + count});
  } catch (const std::exception& error) {
    landshim::say(landshim::text({std::string("internal error: ") + error.what(), {}, 0}));
    return landshim::kRefused;
  }
}
