// SPDX-License-Identifier: MIT
// suite [--user root|nobody] [--only NAME[,NAME]] [--peer NAME] [--survey]: every attempt, first free, then under each policy.
// One line each that is not as expected, then a line of counts for each policy. Ends with 1 on a new open road or a broken thing.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "tests/escape/suite/attempts.h"
#include "tests/escape/suite/expected.h"
#include "tests/support/world.h"

namespace landshim::escape {

namespace {

constexpr int kWorkers = 2;

struct Task {
  std::string name;
  bool ordinary = false;
  bool leaves_trace = false;
};

struct Options {
  bool as_nobody = false;
  bool survey = false;
  std::set<std::string> only;
  std::string peer;
};

struct Job {
  const Options* options;
  const std::vector<Task>* tasks;
  int worker;
  int report;
};

std::vector<Task> all_tasks(const Options& options) {
  std::istringstream list(tests::run({{tests::built("tests/attempts"), "--list"}, {}, {}}).out);
  std::vector<Task> out;
  for (std::string line; std::getline(list, line);) {
    std::istringstream words(line);
    Task task;
    std::string kind;
    std::string trace;
    std::getline(words, task.name, '\t');
    std::getline(words, kind, '\t');
    std::getline(words, trace, '\t');
    task.ordinary = kind == "ordinary";
    task.leaves_trace = trace == "w";
    if (options.only.empty() || options.only.contains(task.name)) out.push_back(task);
  }
  return out;
}

// Lines beneath "Still possible".
std::set<std::string> still_possible(const std::string& policy, const std::string& temporary) {
  std::istringstream text(tests::run({{tests::built("landshim"), "explain", policy}, {{"TMPDIR", temporary}}, {}}).out);
  std::set<std::string> out;
  bool there = false;
  for (std::string line; std::getline(text, line);) {
    if (line == "Still possible") there = true;
    else if (there && line.starts_with("  ")) out.insert(line.substr(2));
  }
  return out;
}

std::string shown(int status) {
  if (status == 0) return "0";
  if (status == 2000) return "no end in time";
  if (status == kWrongUse) return "wrong use";
  if (status == kNotTried) return "not tried";
  if (status > 1000) return std::string("signal ") + strsignal(status - 1000);
  const char* const name = strerrorname_np(status);
  return name != nullptr ? name : "status " + std::to_string(status);
}

// One worker, with a world of its own. Reports lines: POLICY, NAME, VERDICT, WORDS.
class Worker {
 public:
  explicit Worker(const Job& job) : job_(job), user_(geteuid() == 0 ? kRoot : kOrdinary) {}

  void run() {
    // Free first: an attempt that does nothing here proves nothing under a policy.
    for (std::size_t i = static_cast<std::size_t>(job_.worker); i < job_.tasks->size(); i += kWorkers) {
      const Task& task = (*job_.tasks)[i];
      free_[task.name] = world_.run({}, task.name, task.leaves_trace);
      const Ending& ending = free_[task.name];
      say("none", task, works_free(task, ending) ? "works" : ending.status == kNotInstalled ? "missing" : "not-provable", shown(ending.status) + (ending.status == 0 && !works_free(task, ending) ? ", and nothing changed" : ""));
    }
    if (!job_.options->peer.empty()) return peers();
    for (const NamedPolicy& policy : policies()) under(policy);
  }

 private:
  static bool works_free(const Task& task, const Ending& before) { return before.status == 0 && (!task.leaves_trace || before.changed); }

  void under(const NamedPolicy& policy) {
    const std::string file = world_.policies() + "/" + policy.name + ".ini";
    std::ofstream(file) << policy_text(policy.under, world_);
    const std::set<std::string> possible = still_possible(file, world_.inside() + "/tmp");
    if (possible.empty()) return say(policy.name, {"explain", false, false}, "WRONG", "explain says nothing");
    for (std::size_t i = static_cast<std::size_t>(job_.worker); i < job_.tasks->size(); i += kWorkers) {
      const Task& task = (*job_.tasks)[i];
      const Ending& before = free_[task.name];
      if (!task.ordinary && !works_free(task, before)) {
        say(policy.name, task, "not-provable", shown(before.status));
        continue;
      }
      const Ending ending = world_.run({tests::built("landshim"), "run", "-p", file, "--"}, task.name, task.leaves_trace);
      if (job_.options->survey) say(policy.name, task, "survey", std::to_string(ending.status) + (ending.changed ? "*" : "") + (ending.started ? "" : "!"));
      else if (!ending.started && ending.status != 1000 + SIGSYS) say(policy.name, task, "WRONG", "it did not start: " + ending.said);
      else if (task.ordinary) thing(policy, task, before, ending);
      else attempt(policy, task, ending, possible);
    }
  }

  void attempt(const NamedPolicy& policy, const Task& task, const Ending& ending, const std::set<std::string>& possible) {
    const Expected* const want = expected(task.name, policy.under, user_);
    const bool out = ending.status == 0 && (!task.leaves_trace || ending.changed);
    if (want == nullptr) return say(policy.name, task, "WRONG", std::string(out ? "a new open road" : "no expectation") + ": " + shown(ending.status));
    switch (want->kind) {
      case Kind::kContained:
        if (ending.status == want->error && !ending.changed && !out) return say(policy.name, task, "contained", want->what);
        return say(policy.name, task, "WRONG", "contained by " + want->what + " with " + shown(want->error) + " was expected; it is " + shown(ending.status) + (ending.changed ? ", AND THE WORLD CHANGED" : ""));
      case Kind::kOpen:
        if (!out) return say(policy.name, task, "WRONG", "it was open, and is " + shown(ending.status) + " now");
        if (!possible.contains(want->what)) return say(policy.name, task, "WRONG", "it is open, and explain does not say: " + want->what);
        return say(policy.name, task, "open", want->what);
      case Kind::kGranted: return say(policy.name, task, out ? "granted" : "WRONG", out ? want->what : "it was granted, and is " + shown(ending.status) + " now");
    }
  }

  void thing(const NamedPolicy& policy, const Task& task, const Ending& before, const Ending& ending) {
    if (before.status == kNotInstalled) return say(policy.name, task, "missing", "");
    if (before.status != 0) return say(policy.name, task, "WRONG", "it does not work without a policy: " + shown(before.status));
    const Refused* const more = refused(task.name, policy.under, user_);
    const int want = more == nullptr ? 0 : more->error;
    if (ending.status != want) return say(policy.name, task, "WRONG", shown(want) + " was expected, it is " + shown(ending.status) + " " + ending.said);
    say(policy.name, task, more == nullptr ? "working" : "refused", more == nullptr ? "" : more->needs);
  }

  void peers() {
    for (std::size_t i = static_cast<std::size_t>(job_.worker); i < job_.tasks->size(); i += kWorkers) {
      const Task& task = (*job_.tasks)[i];
      const Ending& before = free_[task.name];
      if (task.ordinary || !works_free(task, before)) continue;
      const Ending ending = world_.run(peer(), task.name, task.leaves_trace);
      const bool out = ending.status == 0 && (!task.leaves_trace || ending.changed);
      say(job_.options->peer.c_str(), task, !ending.started ? "not-started" : out ? "open" : "contained", shown(ending.status) + (ending.started ? "" : ": " + ending.said));
    }
  }

  std::vector<std::string> peer() const {
    if (job_.options->peer == "bwrap")
      return {"/usr/bin/bwrap", "--unshare-all", "--new-session", "--die-with-parent", "--ro-bind", "/", "/", "--bind", world_.inside(), world_.inside(), "--dev", "/dev", "--proc", "/proc"};
    return {"/usr/bin/firejail", "--quiet", "--noprofile", "--net=none", "--caps.drop=all", "--nonewprivs", "--seccomp", "--ipc-namespace", "--private-dev", "--read-only=/", "--read-write=" + world_.inside()};
  }

  void say(const char* policy, const Task& task, const char* verdict, const std::string& words) const {
    std::string line = std::string(policy) + "\t" + (task.ordinary ? "thing" : "attempt") + "\t" + task.name + "\t" + verdict + "\t" + words;
    for (char& byte : line)
      if (byte == '\n') byte = ' ';
    line += "\n";
    if (write(job_.report, line.data(), line.size()) < 0) _exit(1);
  }

  const Job& job_;
  Users user_;
  World world_{};
  std::map<std::string, Ending> free_{};
};

int work(void* job) {
  Worker(*static_cast<Job*>(job)).run();
  return 0;
}

struct Line {
  std::string policy, kind, name, verdict, words;
};

std::vector<Line> all_of_it(const Options& options, const std::vector<Task>& tasks) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) std::exit(1);
  pid_t workers[kWorkers];
  for (int i = 0; i < kWorkers; ++i) {
    workers[i] = fork();
    if (workers[i] != 0) continue;
    close(ends[0]);
    Job job{&options, &tasks, i, ends[1]};
    // firejail takes a process namespace for a sandbox, and starts the program without one.
    _exit(run_in({options.peer.empty(), options.as_nobody}, work, &job));
  }
  close(ends[1]);
  std::string text;
  char buffer[65536];
  for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(got));
  std::vector<Line> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Line one;
    std::getline(words, one.policy, '\t');
    std::getline(words, one.kind, '\t');
    std::getline(words, one.name, '\t');
    std::getline(words, one.verdict, '\t');
    std::getline(words, one.words, '\t');
    out.push_back(one);
  }
  for (const pid_t worker : workers) {
    int status = 0;
    waitpid(worker, &status, 0);
    if (status != 0) out.push_back({"none", "attempt", "the runner", "WRONG", "a worker did not come to its end"});
  }
  return out;
}

int count(const std::vector<Line>& lines, const std::string& policy, const std::string& kind, const std::string& verdict) {
  int out = 0;
  for (const Line& line : lines) out += line.policy == policy && line.kind == kind && line.verdict == verdict ? 1 : 0;
  return out;
}

// What the tables name must be there: else an attempt that was taken away would go unnoticed.
void check_tables(const std::vector<Task>& tasks, const Options& options, std::vector<Line>& lines) {
  if (!options.only.empty()) return;
  std::set<std::string> there;
  for (const Task& task : tasks) there.insert(task.name);
  std::set<std::string> twice;
  for (const Task& task : tasks)
    if (!twice.insert(task.name).second) lines.push_back({"none", "attempt", task.name, "WRONG", "two have this name"});
#if defined(__x86_64__)
  for (const std::string& name : named_in_tables())
    if (!there.contains(name)) lines.push_back({"none", "attempt", name, "WRONG", "the tables name it, and it is not there"});
#endif
}

int report(const Options& options, std::vector<Line> lines, bool words) {
  const char* const user = options.as_nobody ? "nobody" : geteuid() == 0 ? "root" : "user";
  int wrong = 0;
  for (const Line& line : lines) {
    if (words || line.verdict == "WRONG" || options.survey) std::printf("%s\t%s\t%s\t%s\t%s\t%s\n", line.verdict.c_str(), user, line.policy.c_str(), line.kind.c_str(), line.name.c_str(), line.words.c_str());
    wrong += line.verdict == "WRONG" ? 1 : 0;
  }
  if (!options.peer.empty()) {
    std::printf("peer\t%s\t%s\t%d\t%d\t%d\n", options.peer.c_str(), user, count(lines, options.peer, "attempt", "contained"), count(lines, options.peer, "attempt", "open"), count(lines, options.peer, "attempt", "not-started"));
    return wrong == 0 ? 0 : 1;
  }
  for (const NamedPolicy& policy : policies()) {
    const auto of = [&](const char* kind, const char* verdict) { return count(lines, policy.name, kind, verdict); };
    const int contained = of("attempt", "contained");
    const int open = of("attempt", "open");
    const int granted = of("attempt", "granted");
    std::printf("count\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", policy.name, user, contained + open + granted + of("attempt", "WRONG"), contained, open, granted, of("attempt", "not-provable"), of("thing", "working"),
                of("thing", "refused"), of("thing", "missing"), of("attempt", "WRONG") + of("thing", "WRONG"));
  }
  return wrong == 0 ? 0 : 1;
}

}  // namespace

}  // namespace landshim::escape

int main(int count, char** words) {
  using namespace landshim::escape;
  Options options;
  bool every_line = false;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const auto value = [&]() -> std::string { return i + 1 < count ? words[++i] : ""; };
    if (word == "--user") options.as_nobody = value() == "nobody";
    else if (word == "--survey") options.survey = true;
    else if (word == "--all") every_line = true;
    else if (word == "--peer") options.peer = value();
    else if (word == "--only") {
      std::istringstream list(value());
      for (std::string name; std::getline(list, name, ',');) options.only.insert(name);
    } else {
      std::fprintf(stderr, "suite [--user root|nobody] [--only NAME,...] [--peer bwrap|firejail] [--survey] [--all]\n");
      return 2;
    }
  }
  if (options.as_nobody && geteuid() != 0) options.as_nobody = false;
  const std::vector<Task> tasks = all_tasks(options);
  std::vector<Line> lines = all_of_it(options, tasks);
  if (options.peer.empty()) check_tables(tasks, options, lines);
  return report(options, std::move(lines), every_line);
}
