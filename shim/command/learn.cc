// SPDX-License-Identifier: MIT
// Runs a command freely and looks on, writes the policy that it would need, and runs it again under that one.
#include <fcntl.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>

#include "shim/command/command.h"
#include "shim/command/convert.h"
#include "shim/command/facts.h"
#include "shim/command/follow.h"
#include "shim/command/ground.h"
#include "shim/command/json.h"
#include "shim/command/learned.h"
#include "shim/command/look.h"
#include "shim/command/options.h"
#include "shim/command/output.h"
#include "shim/command/profiles.h"
#include "shim/command/stand_by.h"
#include "shim/command/start.h"
#include "shim/command/target.h"
#include "shim/command/written.h"
#include "shim/host.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

constexpr int kMaxRounds = 3;
constexpr const char* kShown = "the learned policy";

struct Request {
  std::optional<std::string> out;
  std::optional<std::string> base;
  std::optional<std::string> merge;
  int runs = 1;
  bool force = false;
  bool no_replay = false;
  std::vector<std::string> command;
};

/// How a run ended, and what was denied in it.
struct Replay {
  int status = 0;                          // wait(2)
  std::vector<std::string> denials;        // "write /x, by sh"
  std::size_t sockets = 0;                 // UNIX sockets for services that are not there
  std::uint64_t lost = 0;                  // what was asked and not told
  Needs needs;                             // the lines that would allow them
};

std::string ended(int status) { return WIFEXITED(status) ? "exit " + std::to_string(WEXITSTATUS(status)) : "signal " + std::to_string(WTERMSIG(status)); }

std::string counted(std::size_t count, const char* word) { return std::to_string(count) + " " + word + (count == 1 ? "" : "s"); }

Surroundings surroundings_of(const Command& command) {
  Surroundings out;
  out.environment = environ;
  out.own_profile = own_profile;
  out.privileged = getauxval(AT_SECURE) != 0;
  out.directory = working_directory();
  out.program = program_behind(command.program);
  return out;
}

// The process that waits for the command, and the command: neither returns.
[[noreturn]] void run_under(const Command& command, const std::string& text, Telling telling) {
  const bool is_free = telling.needs.get() >= 0;
  Surroundings surroundings = surroundings_of(command);
  Loaded loaded = load_text(text, kShown, surroundings);
  if (!loaded.faults.empty()) refuse(loaded.faults.front());
  if (const Result<Done> done = add_started(loaded.policy, command.program, surroundings); !done) refuse(done.error());
  Result<Sides> sides = make_sides();
  if (!sides) refuse(sides.error());
  sides->giver.told = telling.told();
  Follower follower(*sides, std::move(telling), loaded, surroundings);
  const pid_t parent = fork_and_stand_by({0, getppid(), loaded.policy.parent_death_signal.value, &follower});
  const Result<Done> done = is_free ? follow_freely(std::move(loaded), surroundings, sides->giver) : put_in_force(std::move(loaded), {}, surroundings, parent, &sides->giver);
  if (!done) refuse(done.error());
  _exit(become(command));
}

// What keys send is for the command.
class Waiting {
 public:
  Waiting() {
    struct sigaction ignored {};
    ignored.sa_handler = SIG_IGN;
    sigaction(SIGINT, &ignored, &interrupt_);
    sigaction(SIGQUIT, &ignored, &quit_);
  }
  ~Waiting() { give_back(); }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  void give_back() const {
    sigaction(SIGINT, &interrupt_, nullptr);
    sigaction(SIGQUIT, &quit_, nullptr);
  }

 private:
  struct sigaction interrupt_ {};
  struct sigaction quit_ {};
};

// What one run says, through memory that it writes and this process reads.
Result<std::string> run_once(const Command& command, const std::string& text, bool is_free, int& status) {
  const Descriptor said = above_standard(Descriptor(memfd_create("landshim", MFD_CLOEXEC)));
  if (said.get() < 0) return Error{"there is no memory for what a run says", {}, errno};
  Descriptor end(fcntl(said.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (end.get() < 0) return Error{"there is no descriptor for what a run says", {}, errno};
  const Waiting waiting;
  const pid_t runner = fork();
  if (runner < 0) return Error{"the command cannot be started beside the process that learns", {}, errno};
  if (runner == 0) {
    waiting.give_back();
    Telling telling;
    if (is_free) telling.needs = std::move(end);
    else telling.logs.push_back(Log::of(std::move(end), kLogDenial));
    run_under(command, text, std::move(telling));
  }
  while (waitpid(runner, &status, 0) < 0)
    if (errno != EINTR) return Error{"the run cannot be waited for", {}, errno};
  std::string out;
  char buffer[65536];
  off_t at = 0;
  for (ssize_t got = 0; (got = pread(said.get(), buffer, sizeof buffer, at)) > 0; at += got) out.append(buffer, static_cast<std::size_t>(got));
  return out;
}

Result<Replay> replay(const Command& command, const std::string& text) {
  Replay out;
  const Result<std::string> said = run_once(command, text, false, out.status);
  if (!said) return said.error();
  for (std::size_t at = 0; at < said->size();) {
    const std::size_t end = std::min(said->find('\n', at), said->size());
    const JsonMap event = json_map_of(said->substr(at, end - at));
    at = end + 1;
    if (!event.is_discarded() && event.value("event", "") == "lost") out.lost += event.value("events", std::uint64_t{0});
    if (event.is_discarded() || event.value("event", "") != "denied" || event.value("again", 0U) != 0) continue;
    const std::string program = event.value("program", "");
    const std::string what = event.value("what", "") + " " + of_any_process(event.value("target", ""));
    const std::string name = program.substr(program.rfind('/') + 1);
    const std::vector<std::string> lines = event.value("to_allow", std::vector<std::string>());
    // Free, it made one and reached nobody.
    if (what == "call socket" && std::any_of(lines.begin(), lines.end(), [](const std::string& line) { return line.starts_with("[network] unix = "); })) {
      ++out.sockets;
      continue;
    }
    out.denials.push_back(what + ", by " + name);
    if (lines.empty()) out.needs.add_impossible(what, name);
    else out.needs.add_lines(lines, what, name);
  }
  return out;
}

// --- the policy ---

// What a text leaves to be granted.
Needs left_by(const Needs& needs, const Look& look) {
  const std::vector<Ground> grounds = grounds_of(look.plan, look.surveys);
  Needs out = needs;
  std::erase_if(out.files, [&](const auto& file) { return verdict(look.policy, look.plan, grounds, {.files = {file.second.wanted}}).allowed; });
  const bool networked = network_choice(look.policy).access != NetworkAccess::kNone;
  std::erase_if(out.ports, [&](const auto& port) { return networked && verdict(look.policy, look.plan, grounds, {.net = port.first.first, .port = port.first.second}).allowed; });
  return out;
}

Neighbourhood neighbourhood(const Needs& needs) {
  Neighbourhood out;
  out.homes = home_directories();
  out.secrets = secret_places(out.homes);
  for (const auto& [path, need] : needs.files)
    for (const std::string& name : need.names) {
      const std::string entry = (path == "/" ? "" : path) + "/" + name;
      struct stat info {};
      if (lstat(entry.c_str(), &info) == 0 && S_ISREG(info.st_mode)) out.there.push_back(entry);
    }
  for (const auto& [path, need] : needs.files)
    if (struct stat info {}; lstat(path.c_str(), &info) != 0) out.gone.insert(path);
  std::sort(out.there.begin(), out.there.end());
  return out;
}

class Learning {
 public:
  Learning(const Request& request, Command command) : request_(request), command_(std::move(command)) {}

  int run() {
    if (const Result<Done> done = read_base(); !done) return refused(done.error());
    for (int i = 0; i < request_.runs; ++i)
      if (const Result<Done> done = learn_once(); !done) return refused(done.error());
    if (!WIFEXITED(learned_status_) || WEXITSTATUS(learned_status_) != 0) say(printable("the command ended with " + ended(learned_status_) + " while nothing held it; what is learned goes so far"));
    if (const Result<Done> done = write_lines(); !done) return refused(done.error());
    const bool good = request_.no_replay || replay_all();
    for (const std::string& one : uncovered_) say(printable("not covered: " + one));
    const Result<Done> written = write();
    if (!written) say(text(written.error()));
    return written && good ? 0 : 1;
  }

 private:
  static int refused(const Error& error) {
    say(text(error));
    return kRefused;
  }

  Result<Done> read_base() {
    const std::string base = request_.merge ? (request_.merge->find('/') == std::string::npos && !request_.merge->ends_with(".ini") ? "./" : "") + *request_.merge : request_.base.value_or("base");
    Result<Written> written = write_policy(std::vector<Given>{{"-p", base}}, working_directory(), false);
    if (!written) return written.error();
    base_ = request_.merge || request_.base ? written->text : "[policy]\ninclude = base\n";
    if (request_.merge)
      if (Result<Done> read = read_file(*request_.merge); !read) return read;
    Look look = look_at({base, {}, {}});
    if (!look.faults.empty()) return look.faults.front();
    return Done{};
  }

  Result<Done> read_file(const std::string& path) {
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    struct stat info {};
    if (file.get() < 0 || fstat(file.get(), &info) != 0) return Error{path + ": the policy cannot be read", {}, errno};
    if (!S_ISREG(info.st_mode)) return Error{path + ": this is no regular file"};
    mode_ = info.st_mode & 07777;
    char buffer[65536];
    ssize_t got = 0;
    while ((got = read(file.get(), buffer, sizeof buffer)) > 0) merged_.append(buffer, static_cast<std::size_t>(got));
    if (got < 0) return Error{path + ": the policy cannot be read", {}, errno};
    if (!merged_.empty() && !merged_.ends_with('\n')) merged_ += '\n';
    return Done{};
  }

  Result<Done> learn_once() {
    const Result<std::string> said = run_once(command_, base_, true, learned_status_);
    if (!said) return said.error();
    if (said->empty()) return Error{WIFEXITED(learned_status_) && WEXITSTATUS(learned_status_) == kRefused ? "nothing was learned: the command was not started" : "nothing was learned: the run did not tell what it saw"};
    Result<Needs> needs = needs_of(*said);
    if (!needs) return needs.error();
    needs_.add(*needs);
    return Done{};
  }

  // Profiles first, then lines for what they leave.
  Result<Done> write_lines() {
    const std::vector<std::string> wanted = fitting_profiles(needs_);
    for (const std::string& profile : wanted) {
      const Look without = look_at({kShown, includes(profiles_), {}});
      std::vector<std::string> more = profiles_;
      more.push_back(profile);
      const Look with = look_at({kShown, includes(more), {}});
      if (!with.faults.empty() || !without.faults.empty()) continue;
      const Needs before = left_by(needs_, without);
      const Needs after = left_by(needs_, with);
      if (after.files.size() + after.ports.size() < before.files.size() + before.ports.size()) profiles_ = std::move(more);
    }
    const Look look = look_at({kShown, includes(profiles_), {}});
    if (!look.faults.empty()) return look.faults.front();
    const Needs left = left_by(needs_, look);
    Learned learned = learned_lines(left, neighbourhood(left), profiles_);
    lines_ = std::move(learned.lines);
    uncovered_ = std::move(learned.uncovered);
    if (needs_.unseen > 0) uncovered_.push_back(counted(needs_.unseen, "call") + " that could not be looked at");
    // Of its own writing nothing is believed either.
    const Look whole = look_at({kShown, policy(), {}});
    if (!whole.faults.empty()) return whole.faults.front();
    return Done{};
  }

  std::string includes(const std::vector<std::string>& profiles) const {
    std::string out = base_;
    for (const std::string& profile : profiles) out += "include = " + profile + "\n";
    return out;
  }

  // As it is replayed: it stands in no file, and so in no place that it makes writable.
  std::string policy() const { return includes(profiles_) + "\n" + policy_text(lines_); }

  bool replay_all() {
    for (int round = 0;; ++round) {
      const Result<Replay> told = replay(command_, policy());
      if (!told) {
        say(text(told.error()));
        return false;
      }
      say(printable((round == 0 ? "replay: " : "replay " + std::to_string(round + 1) + ": ") + ended(told->status) + ", " + counted(told->denials.size(), "denial") + (told->sockets > 0 ? " but UNIX sockets for services that are not there" : "") + (told->lost > 0 ? ", and " + counted(told->lost, "call") + " not seen" : "") + (told->status != learned_status_ ? "; free it ended with " + ended(learned_status_) : "")));
      const bool good = told->denials.empty() && told->status == learned_status_;
      if (good || told->denials.empty() || round + 1 == kMaxRounds || !widen(told->needs)) {
        for (const std::string& one : told->denials) not_covered(one);
        return good;
      }
    }
  }

  // Once, whichever words tell why.
  void not_covered(const std::string& one) {
    if (std::none_of(uncovered_.begin(), uncovered_.end(), [&](const std::string& other) { return other.starts_with(one); })) uncovered_.push_back(one);
  }

  // What only a held run asks for. False: nothing was added.
  bool widen(const Needs& needs) {
    const std::string before = policy();
    const std::vector<LearnedLine> kept = lines_;
    Learned more = learned_lines(needs, neighbourhood(needs_), {});
    for (LearnedLine& line : more.lines) {
      line.why = "met in the replay: " + line.why;
      lines_.push_back(std::move(line));
    }
    if (look_at({kShown, policy(), {}}).faults.empty()) return policy() != before;
    lines_ = kept;
    return false;
  }

  // --- what is written ---

  std::string header() const {
    std::string out = "# Learned from: " + printable(shell_quoted(command_.words)) + "\n";
    if (request_.runs > 1) out += "# " + counted(static_cast<std::size_t>(request_.runs), "run") + ".\n";
    for (const std::string& one : uncovered_) out += "# Not covered: " + printable(one) + "\n";
    return out;
  }

  std::string added() const {
    std::string out;
    for (const std::string& profile : profiles_) out += (out.empty() ? "[policy]\ninclude = " : ", ") + profile;
    if (!out.empty()) out += "\n";
    const std::string lines = policy_text(lines_);
    if (!out.empty() && !lines.empty()) out += "\n";
    return out + lines;
  }

  Result<Done> write() {
    if (request_.merge) return write_merged();
    std::string text = header() + base_;
    for (const std::string& profile : profiles_) {
      text.pop_back();
      text += ", " + profile + "\n";
    }
    if (!lines_.empty()) text += "\n" + policy_text(lines_);
    if (!request_.out) return print(text) ? Result<Done>(Done{}) : Error{"the policy was not written"};
    return write_file(*request_.out, text, request_.force);
  }

  Result<Done> write_merged() {
    const std::string more = added();
    if (more.empty()) {
      say(printable(*request_.merge + ": nothing to add"));
      return Done{};
    }
    if (Result<Done> done = write_file(*request_.merge, merged_ + "\n" + header() + more, true); !done) return done;
    std::string shown;
    for (std::size_t at = 0; at < more.size();) {
      const std::size_t end = more.find('\n', at);
      shown += "+ " + more.substr(at, end + 1 - at);
      at = end + 1;
    }
    return print(shown) ? Result<Done>(Done{}) : Error{"what was added was not shown"};
  }

  Result<Done> write_file(const std::string& path, const std::string& text, bool force) const {
    // By its real place: whoever can change a directory that a name leads through can change what it leads to.
    const std::size_t slash = path.rfind('/');
    const std::unique_ptr<char, void (*)(void*)> directory(realpath(slash == path.npos ? "." : slash == 0 ? "/" : path.substr(0, slash).c_str(), nullptr), free);
    NewFile file(directory ? std::string(directory.get()) + "/" + path.substr(slash + 1) : path);
    if (Result<Done> done = file.write_text(text, mode_); !done) return done;
    // What the policy makes writable is no place for it, and lines may contradict those that were there.
    if (const Look look = look_at({file.draft(), {}, {}}); !look.faults.empty()) return Error{"the policy was not written: " + look.faults.front().what, path, look.faults.front().os_error};
    return file.place(force);
  }

  const Request& request_;
  Command command_;
  std::string base_{};
  std::string merged_{};
  unsigned mode_ = 0644;
  Needs needs_{};
  int learned_status_ = 0;
  std::vector<std::string> profiles_{};
  std::vector<LearnedLine> lines_{};
  std::vector<std::string> uncovered_{};
};

int learn(const Request& request) {
  if (request.merge && (request.base || request.out)) return misused(std::string("learn: --merge and ") + (request.base ? "--base" : "--output") + " do not go together: the file is the base, and is written");
  if (request.out && request.out->empty()) return misused("learn: --output: the name is empty");
  Result<std::string> program = find_program(request.command[0]);
  if (!program) {
    say(text(program.error()));
    return program.error().os_error == ENOENT ? kNotFound : kCannotStart;
  }
  const bool is_interpreted = is_script(*program);
  return Learning(request, {request.command, std::move(*program), is_interpreted}).run();
}

}  // namespace

void add_learn(CLI::App& app, const std::vector<std::string>& command, int& status) {
  Subcommand words = add_subcommand(app, "learn", "run a command freely, write the policy that it needs, and run it under that");
  auto request = std::make_shared<Request>();
  words.add_option("-o,--output", request->out, "the policy; else standard output").value_name("FILE");
  words.add_option("--runs", request->runs, "run it so often before the policy is written").value_name("N").between(1, 100);
  words.add_option("--base", request->base, "begin with this policy, and add what it denies").value_name("POLICY");
  words.add_option("--merge", request->merge, "the same, and add the lines to this file").value_name("FILE");
  words.add_flag("--force", request->force, "write over a file that exists");
  words.add_flag("--no-replay", request->no_replay, "do not run it under the policy");
  words.action(status, [request, &command] {
    request->command = command;
    return command.empty() ? misused("learn: a command is missing") : learn(*request);
  });
}

}  // namespace landshim::command
