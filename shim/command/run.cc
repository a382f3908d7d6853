// SPDX-License-Identifier: MIT
// Enforces in its own process, then becomes the command: what a preload cannot hold (static, set-user-ID, programs of
// another libc) is held as well, since the kernel passes the policy on.
#include <fcntl.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>

#include "config/load.h"
#include "config/values.h"
#include "shim/command/command.h"
#include "shim/command/follow.h"
#include "shim/command/library.h"
#include "shim/command/mounts.h"
#include "shim/command/options.h"
#include "shim/command/preload_run.h"
#include "shim/command/profiles.h"
#include "shim/command/target.h"
#include "shim/command/stand_by.h"
#include "shim/command/start.h"
#include "shim/command/written.h"
#include "shim/host.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

struct Request {
  std::optional<std::string> policy;
  std::vector<std::vector<std::string>> values = std::vector<std::vector<std::string>>(policy_options().size());
  std::vector<std::string> settings;
  bool print_policy = false;
  std::optional<std::string> directory;
  std::optional<std::string> timeout;
  bool preload = false;
  bool explain_denials = false;
  std::optional<std::string> denials_json;
  std::vector<std::string> command;

  bool followed() const { return explain_denials || denials_json; }
};

// The policy in force, before it is read: a name, or a text that stands on the command line.
struct Chosen {
  std::string named;
  bool has_text = false;
  bool complete = false;  // it says itself what a program needs to start
  std::vector<Given> given;
  Written written;
};

std::vector<Given> given_by(const Request& request) {
  std::vector<Given> out;
  for (std::size_t i = 0; i < request.values.size(); ++i)
    for (const std::string& value : request.values[i]) out.push_back({policy_options()[i].word, value});
  for (const std::string& value : request.settings) out.push_back({"--set", value});
  return out;
}

// Empty is not the same as none: whoever writes -p "$POLICY" means one.
std::optional<std::string> named_by(const Request& request) {
  std::optional<std::string> named = request.policy;
  const char* const value = getenv("LANDSHIM_POLICY");
  if (!named && value != nullptr) named = value;
  if (named && named->empty()) refuse({request.policy ? "no policy: the name given with -p is empty" : "no policy: LANDSHIM_POLICY is empty; set it, or unset it for the profile workspace"});
  return named;
}

Result<Chosen> choose(const Request& request, const std::string& directory) {
  Chosen out;
  const std::optional<std::string> named = named_by(request);
  out.given = given_by(request);
  out.complete = named || out.given.empty();
  out.has_text = !named || !out.given.empty() || request.print_policy;
  if (!out.has_text) {
    out.named = *named;
    return out;
  }
  if (named) out.given.insert(out.given.begin(), {request.policy ? "-p" : "LANDSHIM_POLICY", *named});
  if (out.given.empty()) {
    // Of that name there may be another: what nobody named is looked up nowhere.
    out.written.text = own_profile("workspace");
    return out;
  }
  Result<Written> written = write_policy(out.given, directory, false);
  if (!written) return written.error();
  out.written = std::move(*written);
  return out;
}

bool is_default(const Chosen& chosen) { return chosen.has_text && chosen.given.empty(); }

// A policy of options alone gets what lets a program start, unless something in it does so. A workspace has one meaning.
Result<Loaded> load_chosen(Chosen& chosen, const Surroundings& surroundings) {
  if (!chosen.has_text) return load(chosen.named, surroundings);
  if (is_default(chosen)) return load_text(chosen.written.text, "the profile workspace", surroundings);
  Loaded loaded = load_text(chosen.written.text, kCommandLine, surroundings);
  const Policy& policy = loaded.policy;
  if (!chosen.complete && !policy.workspace.empty() && !policy.mode.written()) {
    chosen.given.insert(chosen.given.begin(), {"--mode", "workspace-write"});
    Result<Written> written = write_policy(chosen.given, surroundings.directory, false);
    if (!written) return written.error();
    chosen.written = std::move(*written);
    return load_text(chosen.written.text, kCommandLine, surroundings);
  }
  if (chosen.complete || policy.runtime.written() || policy.mode.value != Mode::kStrict || policy.file_access.value == FileAccess::kAll) return loaded;
  Result<Written> written = write_policy(chosen.given, surroundings.directory, true);
  if (!written) return written.error();
  chosen.written = std::move(*written);
  return load_text(chosen.written.text, kCommandLine, surroundings);
}

[[noreturn]] void refuse_chosen(const Chosen& chosen, const Error& error) { refuse(with_option(chosen.written, error)); }

int print_policy(Chosen& chosen, const Surroundings& surroundings) {
  if (const Result<Loaded> loaded = load_chosen(chosen, surroundings); !loaded) refuse(loaded.error());
  return print(chosen.written.text) ? 0 : 1;
}

// The library holds the command, and whether it does is seen from here.
void put_library_in_force(const Policy& policy, const std::string& program) {
  for (const Source& source : policy.sources)
    if (source.path.empty()) refuse({"--preload: the library reads policies from files, and " + source.shown + " stands in none; write one, or use landshim run without --preload"});
  if (policy.dumpable.written() && !policy.dumpable.value) refuse({"--preload: a process that is not dumpable cannot be watched; leave dumpable out, or use LD_PRELOAD", where(policy, policy.dumpable.origin)});
  const Result<std::string> library = find_library(Library::kPreload);
  if (!library) refuse(library.error());
  if (const Result<Done> read = check_loader_path(*library); !read) refuse(read.error());
  if (const Result<Done> done = check_loader(program); !done) refuse(done.error());
  prepare_environment(*library, policy.sources.front().path);
  if (const Result<Done> done = watch_start(program, policy.identity); !done) refuse(done.error());
}

// What goes with what is known before anything is looked at; empty: all is well.
std::string misuse(const Request& request, std::uint64_t& seconds) {
  if (request.timeout) {
    const Result<std::uint64_t> time = parse_duration(*request.timeout);
    if (!time || *time == 0 || *time == kUnlimited) return "--timeout " + *request.timeout + ": expected a time such as 90, 90s, 5m or 2h";
    seconds = *time;
  }
  if (!request.preload) return {};
  if (request.followed()) return std::string("--preload and ") + (request.explain_denials ? "--explain-denials" : "--denials-json") + " do not go together: a program held by the library is not followed";
  if (const std::vector<Given> given = given_by(request); !given.empty())
    return "--preload and " + given.front().option + " do not go together: the library reads its policy from a file; --print-policy writes one";
  if (!named_by(request)) return "--preload: the library reads its policy from a file; give one with -p, or set LANDSHIM_POLICY";
  return {};
}

// The policy is the caller's, wherever the command starts.
void change_directory(const std::string& directory, Chosen& chosen, const std::string& from) {
  const bool is_path = chosen.named.find('/') != std::string::npos || chosen.named.ends_with(".ini");
  if (is_path && chosen.named[0] != '/' && from.empty()) refuse({chosen.named + ": a relative name, and the working directory is gone; give an absolute path"});
  if (is_path && chosen.named[0] != '/') chosen.named = (from == "/" ? "" : from) + "/" + chosen.named;
  if (chdir(directory.c_str()) != 0) refuse({"--chdir " + directory + ": the directory cannot be entered", {}, errno});
}

// Keys, settings and what is run at the next login would be the command's to change, and nobody has said so.
bool default_gives_home_away() {
  const char* const home = getenv("HOME");
  if (home == nullptr || home[0] != '/') return false;
  const std::unique_ptr<char, void (*)(void*)> real(realpath(home, nullptr), free);
  return real && beneath(real.get(), working_directory());
}

// Relative to the caller's directory. Nobody waits for the reader of a pipe.
Descriptor open_denials(const Request& request) {
  if (!request.denials_json || request.print_policy) return Descriptor();
  Descriptor out = above_standard(Descriptor(open(request.denials_json->c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600)));
  if (out.get() < 0) refuse({"--denials-json " + *request.denials_json + ": the file cannot be written", {}, errno});
  return out;
}

// What the policy says of its log, its path filled in.
Telling telling_of(const Request& request, Descriptor denials, Loaded loaded, const Surroundings& surroundings) {
  Telling out;
  out.lines = request.explain_denials;
  out.command = request.command;
  if (denials.get() >= 0) out.logs.push_back(Log::of(std::move(denials), kLogDenial));
  if (!loaded.policy.log.used()) return out;
  expand(loaded, surroundings);
  if (!loaded.faults.empty()) refuse(loaded.faults.front());
  if (const Result<Done> done = out.add_log(loaded.policy); !done) refuse(done.error());
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) out += (i == 0 ? "" : " ") + words[i];
  return out;
}

// What the rules of [command NAME] say of the words that are started. The library is started with other words where the
// command is a script: those of its interpreter.
Result<std::vector<Plan>> make_layers(const Policy& policy, const Narrowing& found, const Surroundings& surroundings, bool preload, bool is_interpreted) {
  if (!preload) return landshim::make_layers(policy, found, surroundings, {true, true});
  if (const CommandRule* const rule = found.no_network != nullptr ? found.no_network : found.readonly; rule != nullptr && is_interpreted)
    return Error{"[command " + rule->name + "] narrows this script, which the library meets as a command line of its interpreter; leave --preload out", where(policy, rule->origin)};
  return std::vector<Plan>{};
}

int run(const Request& request) {
  const pid_t starter = getppid();
  Surroundings surroundings;
  surroundings.environment = environ;
  surroundings.own_profile = own_profile;
  surroundings.privileged = getauxval(AT_SECURE) != 0;
  surroundings.directory = working_directory();
  std::uint64_t seconds = 0;
  if (const std::string wrong = misuse(request, seconds); !wrong.empty()) return misused("run: " + wrong);
  Result<Chosen> chosen = choose(request, surroundings.directory);
  if (!chosen) return misused("run: " + text(chosen.error()));
  Descriptor denials = open_denials(request);
  if (request.directory) change_directory(*request.directory, *chosen, surroundings.directory);
  if (request.print_policy) return print_policy(*chosen, surroundings);
  if (is_default(*chosen) && default_gives_home_away())
    refuse({"without a policy the command could change the working directory, and your home directory is in it; start it in a project's directory, or say so: landshim run --mode workspace-write -- COMMAND"});
  Result<std::string> program = find_program(request.command[0]);
  if (!program) {
    Error error = program.error();
    if (request.command[0].ends_with(".ini")) error.what += "; is it a policy? then: landshim run -p " + request.command[0] + " -- COMMAND";
    say(text(error));
    return error.os_error == ENOENT ? kNotFound : kCannotStart;
  }
  surroundings.program = program_behind(*program);
  const bool is_interpreted = is_script(*program);
  if (access(surroundings.program.c_str(), F_OK) != 0) return cannot_start(*program, errno);
  Result<Loaded> loaded = load_chosen(*chosen, surroundings);
  if (!loaded) refuse(loaded.error());
  if (!loaded->faults.empty()) refuse_chosen(*chosen, loaded->faults.front());
  const std::string line = joined(request.command);
  const Result<std::vector<const CommandRule*>> rules = matching(loaded->policy, line);
  if (!rules) refuse(rules.error());
  const Narrowing found = narrowing(*rules);
  if (found.denied != nullptr) {
    say(text(denial(loaded->policy, *found.denied, line)));
    return kDenied;
  }
  const Result<std::vector<Plan>> layers = make_layers(loaded->policy, found, surroundings, request.preload, is_interpreted);
  if (!layers) refuse_chosen(*chosen, layers.error());
  StandBy task{seconds, starter, loaded->policy.parent_death_signal.value, nullptr};
  std::optional<Sides> sides;
  std::optional<Follower> follower;
  const bool in_force = ask_in_force(loaded->policy.identity) == InForce::kThisPolicy;
  if (!request.preload && !in_force)
    if (const Result<Done> done = add_started(loaded->policy, *program, surroundings); !done) refuse(done.error());
  // In force already, whoever put it there writes its log.
  if (request.followed() || (loaded->policy.log.used() && !request.preload && !in_force)) {
    Telling telling = telling_of(request, std::move(denials), *loaded, surroundings);
    Result<Sides> made = make_sides();
    if (!made) refuse(made.error());
    sides.emplace(std::move(*made)).giver.told = telling.told();
    task.companion = &follower.emplace(*sides, std::move(telling), *loaded, surroundings);
    if (std::optional<AuditSocket> records = AuditSocket::at_hand()) {
      follower->compare_with(std::move(*records));
      sides->giver.recorded = true;
    }
  }
  const pid_t parent = seconds == 0 && !follower ? starter : fork_and_stand_by(task);
  if (request.preload) put_library_in_force(loaded->policy, surroundings.program);
  else if (const Result<Done> done = put_in_force(std::move(*loaded), *layers, surroundings, parent, sides ? &sides->giver : nullptr); !done) refuse_chosen(*chosen, done.error());
  return become({request.command, std::move(*program), is_interpreted});
}

}  // namespace

void add_run(CLI::App& app, const std::vector<std::string>& command, int& status) {
  Subcommand words = add_subcommand(app, "run", "start a command under a policy; without one, under the profile workspace");
  auto request = std::make_shared<Request>();
  words.add_option("-p,--policy", request->policy, "a policy file or the name of a profile; else $LANDSHIM_POLICY").value_name("POLICY");
  for (std::size_t i = 0; i < policy_options().size(); ++i) {
    const PolicyOption& option = policy_options()[i];
    words.add_options(option.word, request->values[i], option.help).value_name(option.value_word).one_value_each();
  }
  words.add_options("--set", request->settings, "add any key, as the language writes it").value_name("[SECTION.]KEY=VALUE").one_value_each();
  words.add_flag("--print-policy", request->print_policy, "print the policy that the options write, and start nothing");
  words.add_option("--chdir", request->directory, "start the command there").value_name("DIR");
  words.add_option("--timeout", request->timeout, "end the command after this time, with status 124: 90 90s 5m 2h").value_name("TIME");
  words.add_flag("--preload", request->preload, "hold it by liblandshim.so, and prove that it is held before its main");
  words.add_flag("--explain-denials", request->explain_denials, "follow it, and tell what the policy denied it, and which line would allow that");
  words.add_option("--denials-json", request->denials_json, "the same as events, to a file, when they happen").value_name("FILE");
  words.action(status, [request, &command] {
    request->command = command;
    return command.empty() && !request->print_policy ? misused("run: a command is missing") : run(*request);
  });
}

}  // namespace landshim::command
