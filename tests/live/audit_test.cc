// SPDX-License-Identifier: MIT
// [audit]: what the log of a held run says, by all three doors, and that the run is otherwise as without it.
#include <catch2/catch.hpp>

#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <thread>

#include "tests/live/files.h"
#include "tests/support/json.h"
#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

enum class Door { kRun, kPreload, kAudit };
constexpr Door kDoors[] = {Door::kRun, Door::kPreload, Door::kAudit};
constexpr const char* kDoorNames[] = {"landshim run", "LD_PRELOAD", "LD_AUDIT"};

const std::string kAllEvents = "events = policy, exec, file, network, denial\n";

std::string everything(const Outcome& outcome) { return "status " + std::to_string(outcome.status) + " signal " + std::to_string(outcome.signal) + "\nstdout: " + outcome.out + "\nstderr: " + outcome.err; }

// A policy with a log, in places of their own.
class Logged {
 public:
  explicit Logged(const std::string& rules, const std::string& audit = kAllEvents) { set(rules, audit); }

  void set(const std::string& rules, const std::string& audit = kAllEvents) { write("[audit]\nfile = " + log() + "\n" + audit, rules); }
  // The whole of [audit].
  void write(const std::string& audit, const std::string& rules = base_policy()) { policy_ = rules_.file("policy.ini", rules + audit); }

  const std::string& policy() const { return policy_; }
  std::string log() const { return logs_ / "log"; }
  const std::string& directory() const { return logs_.path(); }
  std::string text() const { return exists(log()) ? contents(log()) : ""; }
  void forget() const { unlink(log().c_str()); }

  Start start(Door door, const Words& command, const std::string& directory = "/") const {
    Start out{command, {{"HOME", "/nonexistent"}, {"LC_ALL", "C"}}, {}, directory};
    if (door == Door::kRun) {
      out.command = {built("landshim"), "run", "-p", policy_, "--"};
      out.command.insert(out.command.end(), command.begin(), command.end());
    } else {
      out.environment["LANDSHIM_POLICY"] = policy_;
      if (door == Door::kPreload) out.environment["LD_PRELOAD"] = shim();
      else out.environment["LD_AUDIT"] = built("liblandshim-audit.so");
    }
    return out;
  }
  Outcome by(Door door, const Words& command, const std::string& directory = "/") const { return run(start(door, command, directory)); }

  // Each line is one object of this run's kind.
  std::vector<Json> events() const {
    std::vector<Json> out;
    for (const std::string& line : lines_of(text())) {
      INFO(line);
      Json one = json_or_none(line);
      REQUIRE_FALSE(one.is_discarded());
      CHECK(one["v"] == 1);
      out.push_back(std::move(one));
    }
    return out;
  }
  std::vector<Json> events(const std::string& kind) const {
    std::vector<Json> out;
    for (Json& one : events())
      if (one["event"] == kind) out.push_back(std::move(one));
    return out;
  }

 private:
  Scratch rules_;
  Scratch logs_;
  std::string policy_;
};

Words victim_words(Words words, const std::string& name = "tests/victim") {
  words.insert(words.begin(), built(name));
  return words;
}

// Those that have all of these values.
int count(const std::vector<Json>& events, const Json& like) {
  return static_cast<int>(std::count_if(events.begin(), events.end(), [&](const Json& one) {
    for (const auto& [key, value] : like.items())
      if (!one.contains(key) || one[key] != value) return false;
    return true;
  }));
}

// Open, change and network events on what lies beneath a directory.
int deeds_beneath(const Logged& logged, const std::string& directory) {
  int out = 0;
  for (const Json& one : logged.events())
    if ((one["event"] == "open" || one["event"] == "change") && one["path"].get<std::string>().starts_with(directory)) ++out;
  return out;
}

template <class Condition>
bool becomes(const Condition& condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

// Starts it, in a process group of its own and without output, and does not wait.
pid_t spawn(Start start) {
  const pid_t child = fork();
  if (child != 0) return child;
  setpgid(0, 0);
  for (const auto& [name, value] : start.environment) setenv(name.c_str(), value.c_str(), 1);
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(null, STDOUT_FILENO);
  dup2(null, STDERR_FILENO);
  std::vector<char*> words;
  for (std::string& word : start.command) words.push_back(word.data());
  words.push_back(nullptr);
  execvp(words[0], words.data());
  _exit(99);
}

// The same started by a shell, that does something before.
Start after(const std::string& shell, Start start) {
  std::string line = shell + "exec env";
  for (const auto& [name, value] : start.environment) line += " " + name + "='" + value + "'";
  for (const std::string& word : start.command) line += " '" + word + "'";
  start.command = {"bash", "-c", line};
  start.environment.clear();
  return start;
}

// How many processes have a command line of this beginning, its words apart by blanks.
int running(const std::string& beginning) {
  int out = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline");
    std::string line((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    std::replace(line.begin(), line.end(), '\0', ' ');
    out += line.starts_with(beginning) ? 1 : 0;
  }
  return out;
}

char state_of(pid_t process) {
  const std::string path = "/proc/" + std::to_string(process) + "/stat";
  const std::string text = exists(path) ? contents(path) : "";
  const std::size_t end = text.rfind(") ");
  return end == text.npos ? '-' : text[end + 2];
}

}  // namespace

TEST_CASE("a log begins with its policy, tells what runs, and ends with a summary, by every door", "[live][audit]") {
  REQUIRE_ABI(1);
  const Scratch place;
  for (const Door door : kDoors) {
    const Logged logged(base_policy() + "read = " + place.path() + "\n");
    const Outcome outcome = logged.by(door, {"/bin/sh", "-c", "cat \"$0/none\"; env true; exit 3", place.path()}, place.path());
    INFO(kDoorNames[static_cast<int>(door)] << everything(outcome) << logged.text());
    CHECK(outcome.status == 3);
    const std::vector<Json> all = logged.events();
    REQUIRE(all.size() > 4);
    CHECK(all.front()["event"] == "policy");
    CHECK(all.front()["policy"] == logged.policy());
    CHECK(all.front()["uid"] == geteuid());
    CHECK(all.front()["command"] == Json({"/bin/sh", "-c", "cat \"$0/none\"; env true; exit 3", place.path()}));
    CHECK(all.back()["event"] == "summary");
    CHECK(all.back()["status"] == 3);
    CHECK(all.back()["denials"] == 0);
    CHECK(all.back()["events"] == all.size() - 1);
    for (const Json& one : all) CHECK(one["run"] == all.front()["run"]);
    // The first is the program itself, whoever started it.
    const std::vector<Json> starts = logged.events("start");
    REQUIRE(starts.size() >= 4);
    CHECK(starts[0]["program"] == std::filesystem::canonical("/bin/sh").string());
    CHECK(starts[0]["arguments"] == all.front()["command"]);
    CHECK(starts[0]["directory"] == place.path());
    CHECK(starts[1]["arguments"] == Json({"cat", place.path() + "/none"}));
    CHECK(starts[1]["parent"] == starts[0]["pid"]);
    CHECK(starts[2]["arguments"] == Json({"env", "true"}));
    CHECK(starts[3]["arguments"] == Json({"true"}));
    CHECK(starts[3]["pid"] == starts[2]["pid"]);
    const std::vector<Json> ends = logged.events("end");
    CHECK(ends.size() == 3);
    CHECK(count(ends, {{"pid", starts[0]["pid"]}, {"status", 3}}) == 1);
    CHECK(count(ends, {{"pid", starts[1]["pid"]}, {"status", 1}}) == 1);
    CHECK(count(ends, {{"pid", starts[2]["pid"]}, {"status", 0}}) == 1);
    struct stat info {};
    REQUIRE(stat(logged.log().c_str(), &info) == 0);
    CHECK((info.st_mode & 07777) == 0600);
  }
}

TEST_CASE("how a program ended is told of orphans, of the killed, and of those that nobody waits for", "[live][audit]") {
  REQUIRE_ABI(6);
  for (const Door door : kDoors) {
    const Logged logged(base_policy(), "events = exec\n");
    const std::string sh = "/bin/sh";
    const std::string text = "trap '' CHLD; sh -c 'exit 5' & wait; (sh -c 'sleep 0.2; exit 6' & ) ; sh -c 'kill -KILL $$'; sh -c 'kill -SEGV $$'; sleep 0.6; exit 4";
    const Outcome outcome = logged.by(door, {sh, "-c", text});
    INFO(kDoorNames[static_cast<int>(door)] << everything(outcome) << logged.text());
    CHECK(outcome.status == 4);
    const std::vector<Json> ends = logged.events("end");
    CHECK(count(ends, {{"status", 4}}) == 1);
    CHECK(count(ends, {{"status", 5}}) == 1);
    CHECK(count(ends, {{"status", 6}}) == 1);
    CHECK(count(ends, {{"signal", SIGKILL}}) == 1);
    CHECK(count(ends, {{"signal", SIGSEGV}}) == 1);
    // Only what was asked for.
    for (const Json& one : logged.events()) CHECK((one["event"] == "start" || one["event"] == "end" || one["event"] == "summary"));
  }
}

TEST_CASE("what changes a tree is told as it is, and when it is denied as denied alone", "[live][audit]") {
  REQUIRE_ABI(3);
  int told = 0;
  int at = 0;
  for (const TreeAttempt& attempt : tree_attempts()) {
    if (attempt.needs_root) continue;
    const char* const program = ++at % 2 == 0 ? "tests/victim" : "tests/victim-static";
    INFO(program << ": " << attempt.name);
    const Tree tree;
    Logged logged(base_policy() + "read_write_exec = " + tree.path() + "\n");
    const Outcome done = logged.by(Door::kRun, victim_words(tree.here(attempt.words), program));
    INFO(everything(done) << logged.text());
    CHECK(done.status == 0);
    CHECK(logged.events("denied").empty());
    // A file without a name is told of where it gets one.
    const bool nameless = attempt.name == "open a nameless file";
    const bool starts = attempt.name == "execute";
    CHECK((starts ? logged.events("start").size() == 2 : deeds_beneath(logged, tree.path()) > 0) != nameless);
    ++told;
    logged.forget();
    logged.set(base_policy());
    const Tree other;
    const std::string before = other.look_at_all();
    const Outcome denied = logged.by(Door::kRun, victim_words(other.here(attempt.words), program));
    INFO(everything(denied) << logged.text());
    CHECK(denied.status == EACCES);
    CHECK(other.look_at_all() == before);
    CHECK_FALSE(logged.events("denied").empty());
    CHECK(deeds_beneath(logged, other.path()) == 0);
    for (const Json& one : logged.events("start")) CHECK_FALSE(one["program"].get<std::string>().starts_with(other.path()));
  }
  CHECK(told >= 24);
}

TEST_CASE("each kind of change names its files, by paths, directories, descriptors and threads", "[live][audit]") {
  REQUIRE_ABI(3);
  const std::string here = "0xffffffffffffff9c";
  struct Case {
    Words words;
    Json like;
  };
  for (const Door door : kDoors) {
    const Tree tree;
    const Logged logged(base_policy() + "read_write = " + tree.path() + "\nmetadata = allow\n" + (is_root() ? "[process]\ncapabilities = all\n" : ""), "events = file\nlevel = all\n");
    const auto change = [](const char* what, const std::string& path, const std::string& to = "") {
      Json out{{"event", "change"}, {"what", what}, {"path", path}};
      if (!to.empty()) out["to"] = to;
      return out;
    };
    const auto open = [](const char* access, const std::string& path) { return Json{{"event", "open"}, {"access", access}, {"path", path}}; };
    const std::string own = std::to_string(geteuid());
    const Case cases[] = {
        {{"read", tree / "link"}, open("read", tree / "file")},
        {{"list", tree / "dir"}, open("list", tree / "dir")},
        {{"write", tree / "old"}, open("write", tree / "old")},
        {{"threaded", "forked", "read", tree / "other/theirs"}, open("read", tree / "other/theirs")},
        {{"call", std::to_string(SYS_openat), "path:" + (tree / "dir"), "=inside", "2"}, open("read_write", tree / "dir/inside")},
        {{"create", tree / "made"}, change("create", tree / "made")},
        {{"mkdir", tree / "dir/new"}, change("create", tree / "dir/new")},
        {{"truncate", tree / "file"}, change("truncate", tree / "file")},
        {{"call", std::to_string(SYS_ftruncate), "w:" + (tree / "old"), "1"}, change("truncate", tree / "old")},
        {{"chmod", tree / "file", "0600"}, change("mode", tree / "file")},
        {{"call", std::to_string(SYS_fchmod), "w:" + (tree / "old"), "0600"}, change("mode", tree / "old")},
        {{"call", std::to_string(SYS_fchownat), here, "=" + (tree / "old"), own, "0xffffffffffffffff", "0"}, change("owner", tree / "old")},
        {{"call", std::to_string(SYS_utimensat), here, "=" + (tree / "old"), "0", "0"}, change("times", tree / "old")},
        {{"call", std::to_string(SYS_utimensat), "w:" + (tree / "other/theirs"), "0", "0", "0"}, change("times", tree / "other/theirs")},
        {{"call", std::to_string(SYS_linkat), here, "=" + (tree / "file"), here, "=" + (tree / "second"), "0"}, change("link", tree / "file", tree / "second")},
        {{"rename", tree / "second", tree / "third"}, change("rename", tree / "second", tree / "third")},
        {{"call", std::to_string(SYS_unlinkat), "path:" + tree.path(), "=third", "0"}, change("remove", tree / "third")},
        {{"call", std::to_string(SYS_unlinkat), here, "=" + (tree / "empty"), std::to_string(AT_REMOVEDIR)}, change("remove", tree / "empty")},
    };
    for (const Case& one : cases) {
      INFO(kDoorNames[static_cast<int>(door)] << " " << one.words[0] << " " << text_of(one.like));
      logged.forget();
      const Outcome outcome = logged.by(door, victim_words(one.words));
      INFO(everything(outcome) << logged.text());
      CHECK(outcome.status == 0);
      CHECK(count(logged.events(), one.like) == 1);
      CHECK(logged.events("denied").empty());
    }
  }
}

TEST_CASE("what is not there or closed by file modes is told neither as done nor as denied", "[live][audit]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  tree.file("none", "x", 0);
  tree.directory("shut");
  tree.file("shut/file", "x");
  chmod((tree / "shut").c_str(), 0);
  const Logged logged(base_policy() + "read_write = " + tree.path() + (is_root() ? "\n[process]\ncapabilities = none\nuser = 65534\ngroup = 65534\ngroups = 65534\n" : "\n"));
  for (const Words& words : {Words{"read", tree / "none"}, Words{"read", tree / "shut/file"}, Words{"read", tree / "missing"}, Words{"unlink", tree / "missing"}, Words{"rename", tree / "missing", tree / "new"},
                             Words{"mkdir", tree / "shut"}, Words{"unlink", tree / "shut/file"}, Words{"write", tree / "shut"}}) {
    INFO(words[0] << " " << words[1]);
    const Outcome outcome = logged.by(Door::kRun, victim_words(words));
    INFO(everything(outcome) << logged.text());
    CHECK((outcome.status == EACCES || outcome.status == ENOENT || outcome.status == EEXIST || outcome.status == EISDIR));
    CHECK(logged.events("denied").empty());
    CHECK(deeds_beneath(logged, tree.path()) == 0);
  }
  chmod((tree / "shut").c_str(), 0700);
  CHECK(contents(tree / "shut/file") == "x");
}

TEST_CASE("addresses are told: tcp, udp and both kinds of unix sockets", "[live][audit]") {
  REQUIRE_ABI(4);
  const Scratch place;
  const Logged logged(base_policy() + "read_write = " + place.path() + "\n[network]\naccess = all\n", "events = network\n");
  const auto check = [&](const Words& words, const Json& like) {
    for (const char* program : {"tests/victim", "tests/victim-static"}) {
      logged.forget();
      unlink((place / "socket").c_str());
      const Outcome outcome = logged.by(program == std::string("tests/victim") ? Door::kPreload : Door::kRun, victim_words(words, program));
      INFO(words[0] << " " << words[1] << " " << text_of(like) << everything(outcome) << logged.text());
      CHECK(count(logged.events("network"), like) == 1);
    }
  };
  check({"stream", "connect", "4", "9", "0"}, {{"what", "connect"}, {"family", "tcp"}, {"address", "127.0.0.1"}, {"port", 9}});
  check({"stream", "connect", "6", "9", "0"}, {{"what", "connect"}, {"family", "tcp"}, {"address", "::1"}, {"port", 9}});
  check({"stream", "bind", "4", "64999", "0"}, {{"what", "bind"}, {"family", "tcp"}, {"port", 64999}});
  check({"stream", "listen", "4", "0", "0"}, {{"what", "listen"}, {"family", "tcp"}});
  check({"udp-send", "4", "9"}, {{"what", "send"}, {"family", "udp"}, {"address", "127.0.0.1"}, {"port", 9}});
  check({"udp-bind", "4", "64998"}, {{"what", "bind"}, {"family", "udp"}, {"port", 64998}});
  check({"unix", "talk", "stream", place / "socket"}, {{"what", "bind"}, {"family", "unix"}, {"path", place / "socket"}});
  check({"unix", "talk", "stream", place / "socket"}, {{"what", "connect"}, {"family", "unix"}, {"path", place / "socket"}});
  const std::string abstract = "@landshim-audit-" + std::to_string(getpid());
  check({"unix", "talk", "stream", abstract}, {{"what", "connect"}, {"family", "unix"}, {"path", abstract}});
  Logged closed(base_policy() + "[network]\nconnect_tcp = 443\n", "events = network, denial\n");
  CHECK(closed.by(Door::kRun, victim_words({"stream", "connect", "4", "9", "0"})).status == EACCES);
  CHECK(closed.events("network").empty());
  CHECK(count(closed.events("denied"), {{"what", "connect"}, {"target", "9"}}) == 1);
}

TEST_CASE("the same of a process is told once, or each time with level = all", "[live][audit]") {
  REQUIRE_ABI(1);
  const Scratch place;
  const std::string file = place.file("file", "x");
  for (const bool all : {false, true}) {
    const Logged logged(base_policy() + "read = " + place.path() + "\n", std::string("events = file\n") + (all ? "level = all\n" : ""));
    const Outcome outcome = logged.by(Door::kPreload, {"/bin/sh", "-c", ": <\"$0\"; : <\"$0\"; : <\"$0\"; (: <\"$0\"; : <\"$0\"); true", file});
    INFO(everything(outcome) << logged.text());
    CHECK(outcome.status == 0);
    // Of the shell, and of what it forks.
    CHECK(count(logged.events("open"), {{"path", file}}) == (all ? 5 : 2));
  }
}

TEST_CASE("only the calls that the events need are asked for", "[live][audit]") {
  REQUIRE_ABI(1);
  const Scratch place;
  const std::string file = place.file("file", "x");
  const struct {
    const char* events;
    bool asks_open;
    bool asks_exec;
  } kCases[] = {{"policy", false, false}, {"exec", false, true}, {"network", false, true}, {"file", true, true}, {"policy, denial", true, true}};
  for (const auto& one : kCases)
    for (const Door door : {Door::kRun, Door::kPreload}) {
      INFO(one.events << " " << kDoorNames[static_cast<int>(door)]);
      const Logged logged(base_policy() + "read = " + place.path() + "\n", std::string("events = ") + one.events + "\n[ipc]\nsignals = allow\n");
      // With the follower dead, what is asked for fails with ENOSYS, and the rest does not.
      const Outcome outcome = logged.by(door, victim_words({"orphaned", file}));
      INFO(everything(outcome) << logged.text());
      CHECK(outcome.out == std::string("open ") + std::to_string(one.asks_open ? ENOSYS : 0) + "\nexec " + std::to_string(one.asks_exec ? ENOSYS : ENOENT) + "\n");
    }
}

namespace {

constexpr const char* kWritesLog = ": this lets the program that is held write the log ";
constexpr const char* kOrReplaces = " of [audit], or put another in its place; move the log elsewhere, or grant less";

}  // namespace

TEST_CASE("a policy that makes its log writable is refused, and nothing runs", "[live][audit]") {
  REQUIRE_ABI(1);
  const Scratch place;
  const std::string above = place.directory("above/logs");
  const std::string log = place.file("above/logs/log", "");
  const struct {
    std::string rules;
    const char* why;
  } kCases[] = {
      {base_policy() + "read_write = " + log + "\n", kWritesLog},
      {base_policy() + "read_write = " + above + "\n", kWritesLog},
      {base_policy() + "make_reg = " + above + "\n", kWritesLog},
      {base_policy() + "make_dir = " + (place / "above") + "\n", kWritesLog},
      {"[policy]\nmode = workspace-write\nworkspace = " + above + "\n", kWritesLog},
      {"[filesystem]\naccess = all\n", "every file is writable under this policy, and so is the log; write rules in [filesystem], or log to syslog or stderr"},
      {"[policy]\nmode = full-access\n", "every file is writable under this policy, and so is the log; write rules in [filesystem], or log to syslog or stderr"},
  };
  for (const auto& one : kCases) {
    Logged here(base_policy());
    here.write("[audit]\nfile = " + log + "\n", one.rules);
    for (const Door door : kDoors) {
      INFO(one.rules << kDoorNames[static_cast<int>(door)]);
      const Outcome outcome = here.by(door, {"/bin/sh", "-c", "echo main"});
      check_refused(outcome, one.why);
      if (one.why == kWritesLog) CHECK(outcome.err.find(log + kOrReplaces) != std::string::npos);
    }
  }
  // The control: a rule beside it.
  const Logged beside(base_policy() + "read_write = " + place.path() + "\n");
  CHECK(beside.by(Door::kPreload, {"/bin/sh", "-c", "echo main"}).out == "main\n");
}

TEST_CASE("a log that cannot be one is refused before the command runs", "[live][audit]") {
  REQUIRE_ABI(1);
  const Scratch place;
  place.file("other", "keep me");
  std::filesystem::create_symlink("other", place / "link");
  std::filesystem::create_symlink("nothing", place / "dangling");
  REQUIRE(link((place / "other").c_str(), (place / "twin").c_str()) == 0);
  place.directory("directory");
  REQUIRE(mkfifo((place / "fifo").c_str(), 0600) == 0);
  struct Case {
    std::string file;
    const char* why;
    std::string before = {};
  };
  std::vector<Case> cases = {
      {place / "missing/log", "the directory of the log cannot be opened"},
      {place / "link", "the log is a link; name what it leads to"},
      {place / "dangling", "the log is a link; name what it leads to"},
      {place / "twin", "the file has more than one name, and another may be a file that is no log; remove it, or name another"},
      {place / "directory", "cannot be opened"},
      {place / "fifo", "nobody reads this pipe or socket"},
      {"fd:9", "this descriptor is not open; open it where the program is started, as in ", "exec 9>&-; "},
      {"fd:9", "this descriptor is open for reading only", "exec 9</dev/null; "},
  };
  if (!exists("/dev/log")) cases.push_back({"syslog", "no syslog daemon reads"});
  if (is_root()) {
    const std::string theirs = place.file("theirs", "theirs");
    REQUIRE(chown(theirs.c_str(), 65534, 65534) == 0);
    cases.push_back({theirs, "the file belongs to another user; remove it, or name another"});
    const std::string pipe = place / "their-fifo";
    REQUIRE((mkfifo(pipe.c_str(), 0666) == 0 && chown(pipe.c_str(), 65534, 65534) == 0));
    cases.push_back({pipe, "the file belongs to another user; remove it, or name another", "exec 8<>\"" + pipe + "\"; "});
  }
  for (const Case& one : cases)
    for (const Door door : kDoors) {
      INFO(one.file << " " << kDoorNames[static_cast<int>(door)]);
      Logged logged(base_policy());
      logged.write("[audit]\nfile = " + one.file + "\n");
      const Start start = logged.start(door, {"/bin/sh", "-c", "echo main"});
      check_refused(run(one.before.empty() ? start : after(one.before, start)), one.why);
    }
  CHECK(contents(place / "other") == "keep me");
  CHECK_FALSE(exists(place / "nothing"));
}

TEST_CASE("a descriptor of the caller's takes the log, and the program does not have it", "[live][audit]") {
  REQUIRE_ABI(1);
  const Scratch place;
  for (const Door door : kDoors) {
    INFO(kDoorNames[static_cast<int>(door)]);
    Logged logged(base_policy());
    logged.write("[audit]\nfile = fd:7\nevents = exec\n", base_policy() + "read = /proc\n");
    const std::string list = "ls /proc/self/fd | tr '\\n' ' '; (echo forged >&7) 2>/dev/null; echo end";
    std::string text = "exec 7>>'" + (place / "log") + "'; exec ";
    if (door == Door::kRun) text += built("landshim") + " run -p " + logged.policy() + " -- ";
    else text += std::string("env ") + (door == Door::kPreload ? "LD_PRELOAD=" + shim() : "LD_AUDIT=" + built("liblandshim-audit.so")) + " LANDSHIM_POLICY=" + logged.policy() + " ";
    const Outcome outcome = run({{"bash", "-c", text + "/bin/sh -c \"$0\"", list}, {}, {}});
    INFO(everything(outcome));
    CHECK(outcome.status == 0);
    CHECK(outcome.out.find('7') == std::string::npos);
    CHECK(outcome.out.ends_with("end\n"));
    const std::string log = contents(place / "log");
    CHECK(log.starts_with("{"));
    CHECK(log.find("\nforged") == std::string::npos);
    CHECK(log.find("\"event\":\"summary\"") != std::string::npos);
    unlink((place / "log").c_str());
  }
}

TEST_CASE("the program cannot reach the log through its follower", "[live][audit]") {
  REQUIRE_ABI(6);
  for (const Door door : kDoors) {
    INFO(kDoorNames[static_cast<int>(door)]);
    const Logged logged(base_policy() + "read_write = /proc\n", "events = policy\n[syscalls]\nprofile = none\n");
    const std::string text =
        "w=$PPID; kill -0 $w 2>/dev/null && echo killed; for s in TERM STOP KILL CONT; do kill -$s $w 2>/dev/null && echo sent $s; done; for f in 0 1 2 3 4 5 6 7 8 9 10; do (echo forged >/proc/$w/fd/$f) 2>/dev/null && echo wrote $f; done; "
        "(echo x >/proc/$w/mem) 2>/dev/null && echo memory; (echo forged >>'" + logged.log() + "') 2>/dev/null && echo appended; (: >'" + logged.log() + "') 2>/dev/null && echo emptied; rm -f '" + logged.log() + "' 2>/dev/null; \"$0\" poke $w 0; echo $?; \"$0\" pidfd-getfd $w 5; echo $?";
    const Outcome outcome = logged.by(door, {"/bin/sh", "-c", text, built("tests/victim")});
    INFO(everything(outcome) << logged.text());
    CHECK(outcome.status == 0);
    const Words lines = lines_of(outcome.out);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] != "0");
    CHECK(lines[1] != "0");
    CHECK(logged.events().size() == 2);
  }
}

TEST_CASE("no descriptor on which calls are asked is ever the program's", "[live][audit]") {
  REQUIRE_ABI(1);
  const Logged logged(base_policy());
  for (int i = 0; i < 15; ++i)
    for (const Door door : kDoors) CHECK(logged.by(door, {built("tests/thief")}).out == "found 0\n");
}

TEST_CASE("libraries that are loaded beside the shim are held, and no part of the follower", "[live][audit]") {
  REQUIRE_ABI(1);
  const Scratch place;
  // What the policy reads of the loader's variables, both sides read alike.
  const Logged logged(base_policy() + "read = ${LD_BIND_NOW}\nread_exec = " + built("tests") + "\n", "events = exec\n");
  for (const std::string& order : {shim() + ":" + built("tests/libeager.so"), built("tests/libeager.so") + ":" + shim()}) {
    logged.forget();
    Start start = logged.start(Door::kPreload, {"/bin/sleep", "30"});
    start.environment["LD_PRELOAD"] = order;
    start.environment["LD_BIND_NOW"] = place.path();
    const pid_t watcher = spawn(start);
    REQUIRE(watcher > 0);
    CHECK(becomes([&] { return logged.events("start").size() == 1; }));
    const auto maps = [](pid_t process) { return contents("/proc/" + std::to_string(process) + "/maps"); };
    CHECK(maps(watcher).find("libeager.so") == std::string::npos);
    CHECK(maps(watcher).find("/landshim\n") != std::string::npos);
    CHECK(maps(logged.events("start").front()["pid"].get<pid_t>()).find("libeager.so") != std::string::npos);
    kill(watcher, SIGTERM);
    int status = 0;
    CHECK(waitpid(watcher, &status, 0) == watcher);
    CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM));
  }
}

TEST_CASE("a program with a log finds itself as it would without", "[live][audit]") {
  REQUIRE_ABI(1);
  const std::string rules = base_policy() + "read = /proc\n[process]\ncapabilities = all\n";
  const Logged logged(rules, "events = policy\n");
  const Scratch plain;
  const std::string policy = plain.file("policy.ini", rules);
  const auto without_policy = [](const std::string& text) {
    std::string out;
    for (const std::string& line : lines_of(text))
      if (!line.starts_with("variable LANDSHIM_POLICY=")) out += line + "\n";
    return out;
  };
  for (const char* before : {"", "umask 027; cd /usr/share; ", "trap '' USR1 PIPE TERM CHLD; ", "exec 5</dev/null 7>>/dev/null 9<>/dev/null; ", "exec <&-; ", "exec <&- 2>&-; ", "ulimit -n 20; "}) {
    INFO(before);
    for (const std::string& variable : {"LD_PRELOAD=" + shim(), "LD_AUDIT=" + built("liblandshim-audit.so")}) {
      const auto started = [&](const std::string& with) { return run({{"/bin/sh", "-c", std::string(before) + "exec env " + variable + " LANDSHIM_POLICY=" + with + " " + built("tests/state") + " a 'b  c' ''"}, {}, {}}); };
      const Outcome control = started(policy);
      const Outcome outcome = started(logged.policy());
      INFO(everything(outcome));
      CHECK(control.status == 0);
      CHECK(outcome.status == 0);
      CHECK(outcome.err == control.err);
      CHECK(without_policy(outcome.out) == without_policy(control.out));
      CHECK(logged.events("summary").size() == 1);
      logged.forget();
    }
  }
}

TEST_CASE("a run with a log ends, says and reads as one without, by every door", "[live][audit]") {
  REQUIRE_ABI(6);
  for (const Door door : kDoors) {
    const Logged logged(base_policy() + "read = /proc\n");
    const auto shell = [&](const std::string& text) { return logged.by(door, {"/bin/sh", "-c", text}); };
    INFO(kDoorNames[static_cast<int>(door)]);
    CHECK(shell("exit 7").status == 7);
    for (const int number : {SIGTERM, SIGKILL, SIGSEGV, SIGPIPE}) CHECK(shell("kill -" + std::to_string(number) + " $$").signal == number);
    Start fed = logged.start(door, {"/bin/sh", "-c", "cat; echo words >&2; (sleep 0.1; echo late) & wait"});
    fed.input = "input\n";
    const Outcome outcome = run(fed);
    CHECK(outcome.out == "input\nlate\n");
    CHECK(outcome.err == "words\n");
    // Numbers of processes and threads agree.
    for (const Words& words : {Words{"fork"}, Words{"thread", std::to_string(SYS_getpid)}, Words{"kill-inside", "15"}, Words{"forked", "threaded", "nothing"}}) CHECK(logged.by(door, victim_words(words)).status == logged.by(Door::kRun, victim_words(words)).status);
    if (run({{"perl", "-e", "1"}, {}, {}}).status == 0) CHECK(logged.by(door, {"perl", "-e", "$SIG{USR1} = sub { print \"caught\\n\" }; kill USR1 => $$; print getppid() != $$ ? \"own\\n\" : \"\""}).out == "caught\nown\n");
  }
}

TEST_CASE("signals and stops reach a program whose log is written beside it", "[live][audit]") {
  REQUIRE_ABI(6);
  for (const Door door : kDoors) {
    INFO(kDoorNames[static_cast<int>(door)]);
    const Logged logged(base_policy(), "events = exec\n");
    const pid_t watcher = spawn(logged.start(door, {"sh", "-c", "trap 'exit 9' TERM; while :; do sleep 0.05; done"}));
    REQUIRE(watcher > 0);
    REQUIRE(becomes([&] { return logged.events("start").size() >= 2; }));
    const auto command = logged.events("start").front()["pid"].get<pid_t>();
    CHECK(command != watcher);
    kill(command, SIGSTOP);
    int status = 0;
    CHECK(waitpid(watcher, &status, WUNTRACED) == watcher);
    CHECK(WIFSTOPPED(status));
    CHECK(state_of(command) == 'T');
    kill(watcher, SIGCONT);
    CHECK(becomes([&] { return state_of(command) != 'T'; }));
    kill(watcher, SIGTERM);
    CHECK(waitpid(watcher, &status, 0) == watcher);
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 9));
  }
}

TEST_CASE("what a held program starts with the library again has the one follower", "[live][audit]") {
  REQUIRE_ABI(1);
  for (const Door door : kDoors) {
    INFO(kDoorNames[static_cast<int>(door)]);
    Logged logged("");
    logged.set(base_policy() + "read = " + logged.policy() + "\nread_exec = " + built("") + "\n");
    const std::string text = "LD_PRELOAD='" + shim() + "' sh -c 'exit 3'; LD_PRELOAD='" + shim() + "' LANDSHIM_POLICY='" + logged.policy() + "' sh -c 'LD_PRELOAD= true'; echo $?; '" + built("landshim") + "' run -p '" + logged.policy() + "' -- true; echo $?";
    const Outcome outcome = logged.by(door, {"/bin/sh", "-c", text});
    INFO(everything(outcome) << logged.text());
    CHECK(outcome.out == "0\n0\n");
    CHECK(logged.events("policy").size() == 1);
    CHECK(logged.events("summary").size() == 1);
    for (const Json& one : logged.events("start")) CHECK(count({one}, {{"arguments", {"landshim", "watch"}}}) == 0);
  }
}

TEST_CASE("a library without its command beside it starts nothing that has a log", "[live][audit]") {
  REQUIRE_ABI(1);
  const Scratch alone;
  std::filesystem::copy_file(shim(), alone / "liblandshim.so");
  const Logged logged(base_policy());
  Start start = logged.start(Door::kPreload, {"/bin/sh", "-c", "echo main"});
  start.environment["LD_PRELOAD"] = alone / "liblandshim.so";
  const Outcome outcome = run(start);
  if (exists("/usr/local/bin/landshim")) return skip("landshim is installed");
  check_refused(outcome, "a log needs the command landshim, which is neither beside the library nor in ../bin; install it, or use landshim run");
  CHECK_FALSE(exists(logged.log()));
}

TEST_CASE("with on_error = stop a log that cannot be written ends the command and all that it left", "[live][audit]") {
  REQUIRE_ABI(1);
  const Scratch place;
  for (const Door door : kDoors) {
    Logged logged(base_policy());
    const std::string text = "sleep 31.7 & (sleep 31.7 &) ; sleep 31.7";
    const auto check_stopped = [&](const Outcome& outcome, const char* why) {
      INFO(kDoorNames[static_cast<int>(door)] << everything(outcome));
      CHECK(outcome.status == 125);
      CHECK_FALSE(outcome.timed_out);
      CHECK(one_line(outcome.err, "landshim: "));
      CHECK(outcome.err.find("the log cannot be written, and so the command was ended (on_error = stop)") != std::string::npos);
      CHECK(outcome.err.find(why) != std::string::npos);
      CHECK(running("sleep 31.7 ") == 0);
    };
    logged.write("[audit]\nfile = /dev/full\n" + kAllEvents, base_policy());
    check_stopped(logged.by(door, {"/bin/sh", "-c", text}), "ENOSPC");
    // A file may grow so far, and no further: the first lines are whole.
    logged.set(base_policy());
    check_stopped(run(after("ulimit -f 1; ", logged.start(door, {"/bin/sh", "-c", text}))), "");
    CHECK(logged.text().find("\"event\":\"policy\"") != std::string::npos);
    logged.forget();
    // Nobody reads any more.
    REQUIRE((unlink((place / "pipe").c_str()) == 0 || errno == ENOENT));
    REQUIRE(mkfifo((place / "pipe").c_str(), 0600) == 0);
    logged.write("[audit]\nfile = " + (place / "pipe") + "\n" + kAllEvents, base_policy());
    const int reader = ::open((place / "pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    std::thread closing([reader] {
      char some[64];
      becomes([&] { return read(reader, some, sizeof some) > 0; });
      close(reader);
    });
    check_stopped(logged.by(door, {"/bin/sh", "-c", "sleep 0.5; " + text}), "EPIPE");
    closing.join();
  }
}

TEST_CASE("with on_error = continue a command goes on, and what was lost is counted", "[live][audit]") {
  REQUIRE_ABI(1);
  for (const Door door : kDoors) {
    INFO(kDoorNames[static_cast<int>(door)]);
    Logged logged(base_policy());
    logged.write("[audit]\nfile = /dev/full\non_error = continue\n" + kAllEvents, base_policy());
    const Outcome full = logged.by(door, {"/bin/sh", "-c", "true; env true; echo out; exit 4"});
    CHECK(full.status == 4);
    CHECK(full.out == "out\n");
    // There is room again once what fills the file is gone.
    const Scratch work;
    logged.set(base_policy() + "read_write = " + work.path() + "\n", "events = exec\non_error = continue\n");
    const std::string text = "for i in 1 2 3 4 5 6 7 8 9; do env true; done; : >go; while ! test -e gone; do :; done; env true; exit 4";
    const Start limited = after("ulimit -f 2; ", logged.start(door, {"/bin/sh", "-c", text}, work.path()));
    std::thread making_room([&] {
      becomes([&] { return exists(work / "go"); });
      std::filesystem::rename(logged.log(), logged.log() + ".1");
      work.file("gone", "");
    });
    const Outcome outcome = run(limited);
    making_room.join();
    INFO(everything(outcome) << logged.text());
    CHECK(outcome.status == 4);
    const std::vector<Json> lost = logged.events("lost");
    REQUIRE(lost.size() == 1);
    CHECK(lost[0]["events"] > 5);
    CHECK(logged.events().back()["event"] == "summary");
  }
}

TEST_CASE("a log that is moved or removed is begun anew, and no line is lost or torn", "[live][audit]") {
  REQUIRE_ABI(1);
  const Scratch work;
  for (const bool removed : {false, true}) {
    for (const char* name : {"go", "gone"}) unlink((work / name).c_str());
    const Logged logged(base_policy() + "read_write = " + work.path() + "\n", "events = policy, exec\n");
    std::string first;
    std::thread rotating([&] {
      becomes([&] { return exists(work / "go"); });
      first = logged.text();
      if (removed) unlink(logged.log().c_str());
      else std::filesystem::rename(logged.log(), logged.log() + ".1");
      work.file("gone", "");
    });
    const Outcome outcome = logged.by(Door::kPreload, {"/bin/sh", "-c", "env true; : >go; while ! test -e gone; do sleep 0.05; done; env env true; exit 4"}, work.path());
    rotating.join();
    INFO(everything(outcome) << first << "---\n" << logged.text());
    CHECK(outcome.status == 4);
    CHECK(first.find("\"event\":\"policy\"") != std::string::npos);
    CHECK(logged.events("policy").empty());
    CHECK(count(logged.events("start"), {{"arguments", {"env", "env", "true"}}}) == 1);
    CHECK(logged.events().back()["event"] == "summary");
    if (!removed) CHECK(contents(logged.log() + ".1").starts_with(first));
  }
  // What somebody put in its place is not written to.
  const Scratch other;
  const std::string victim = other.file("victim", "keep me");
  for (const char* name : {"go", "gone"}) unlink((work / name).c_str());
  const Logged logged(base_policy() + "read_write = " + work.path() + "\n", "events = policy, exec\n");
  std::thread turning([&] {
    becomes([&] { return exists(work / "go"); });
    std::filesystem::create_symlink(victim, logged.log() + ".new");
    std::filesystem::rename(logged.log() + ".new", logged.log());
    work.file("gone", "");
  });
  const Outcome outcome = logged.by(Door::kRun, {"/bin/sh", "-c", ": >go; while ! test -e gone; do sleep 0.05; done; env true; exit 4"}, work.path());
  turning.join();
  CHECK(outcome.status == 125);
  CHECK(contents(victim) == "keep me");
}

TEST_CASE("fifty runs at once add whole lines to one log", "[live][audit]") {
  REQUIRE_ABI(1);
  const Logged logged(base_policy());
  std::string long_word(3000, 'w');
  std::string text = "i=0; while [ $i -lt 50 ]; do ";
  text += "if [ $((i % 2)) = 0 ]; then '" + built("landshim") + "' run -p '" + logged.policy() + "' -- env true " + long_word + "; else env LD_PRELOAD='" + shim() + "' LANDSHIM_POLICY='" + logged.policy() + "' env true " + long_word + "; fi & i=$((i+1)); done; wait";
  Start start{{"/bin/sh", "-c", text}, {}, {}};
  start.seconds = 60;
  const Outcome outcome = run(start);
  INFO(outcome.err);
  CHECK(outcome.status == 0);
  std::map<std::string, std::vector<Json>> runs;
  for (Json& one : logged.events()) runs[one["run"].get<std::string>()].push_back(std::move(one));
  CHECK(runs.size() == 50);
  for (const auto& [run, events] : runs) {
    INFO(run);
    CHECK(events.front()["event"] == "policy");
    CHECK(events.back()["event"] == "summary");
    CHECK(events.back()["events"] == events.size() - 1);
  }
}

TEST_CASE("when the follower of a log is killed calls fail, and nothing hangs or is granted", "[live][audit]") {
  REQUIRE_ABI(1);
  const Scratch place;
  const std::string file = place.file("file", "x");
  for (const Door door : kDoors) {
    INFO(kDoorNames[static_cast<int>(door)]);
    const Logged logged(base_policy() + "read = " + place.path() + "\n", kAllEvents + "[ipc]\nsignals = allow\n");
    const Outcome outcome = logged.by(door, victim_words({"orphaned", file}));
    CHECK_FALSE(outcome.timed_out);
    CHECK(outcome.signal == SIGKILL);
    CHECK(outcome.out == "open " + std::to_string(ENOSYS) + "\nexec " + std::to_string(ENOSYS) + "\n");
  }
}

TEST_CASE("a program that becomes a daemon is followed to its end", "[live][audit]") {
  REQUIRE_ABI(1);
  const Scratch work;
  const std::string file = work.file("file", "x");
  for (const Door door : kDoors) {
    INFO(kDoorNames[static_cast<int>(door)]);
    const Logged logged(base_policy() + "read = " + work.path() + "\n");
    const Outcome outcome = logged.by(door, {"/bin/sh", "-c", "(setsid sh -c 'sleep 0.5; cat \"$0\"; exit 8' \"$0\" >/dev/null 2>&1 </dev/null &); exit 2", file});
    CHECK(outcome.status == 2);
    CHECK_FALSE(outcome.timed_out);
    CHECK(logged.events("summary").empty());
    CHECK(becomes([&] { return !logged.events("summary").empty(); }));
    CHECK(count(logged.events("open"), {{"path", file}}) == 1);
    CHECK(count(logged.events("end"), {{"status", 8}}) == 1);
    CHECK(logged.events().back() == logged.events("summary").front());
    CHECK(logged.events().back()["status"] == 2);
  }
}

TEST_CASE("a run with a log ends when its time is up, and says so", "[live][audit]") {
  REQUIRE_ABI(1);
  const Logged logged(base_policy());
  Start start = logged.start(Door::kRun, {"sleep", "30"});
  start.command.insert(start.command.begin() + 2, {"--timeout", "1"});
  const Outcome outcome = run(start);
  CHECK(outcome.status == 124);
  CHECK(logged.events().back()["event"] == "summary");
  CHECK(logged.events().back()["signal"] == SIGTERM);
}

TEST_CASE("in namespaces of the policy's own the log is still the one outside", "[live][audit]") {
  REQUIRE_ABI(1);
  if (run({{"unshare", "-Urm", "true"}, {}, {}}).status != 0) return skip("user namespaces cannot be had");
  const Scratch place;
  const std::string file = place.file("file", "x");
  const Logged logged("[filesystem]\nruntime = host\nread_write = /tmp\n[namespaces]\nmount = yes\npid = yes\nprivate_tmp = yes\nhide = -" + place.path() + "\n");
  const Outcome outcome = logged.by(Door::kRun, {"sh", "-c", "echo forged >'" + logged.log() + "' 2>/dev/null; echo x >/tmp/new; cat /tmp/new; exit 6"});
  INFO(everything(outcome) << logged.text());
  CHECK(outcome.status == 6);
  CHECK(outcome.out == "x\n");
  CHECK(logged.events().front()["event"] == "policy");
  CHECK(logged.events().back()["status"] == 6);
  CHECK(count(logged.events("change"), {{"what", "create"}, {"path", "/tmp/new"}}) == 1);
  CHECK(count(logged.events("start"), {{"arguments", {"cat", "/tmp/new"}}}) == 1);
}

TEST_CASE("what a program hides from its follower is counted as lost, and what has no name is told", "[live][audit]") {
  REQUIRE_ABI(1);
  const Scratch place;
  const std::string file = place.file("file", "x");
  const Logged logged(base_policy() + "read_write = " + place.path() + "\nread_exec = ${LANDSHIM_TEST_PYTHON:-/usr}\nmetadata = allow\n");
  for (const Words& words : {Words{"undumpable", "read", file}, Words{"undumpable", "call", std::to_string(SYS_fchmod), "w:" + file, "0600"}}) {
    logged.forget();
    const Outcome outcome = logged.by(Door::kPreload, victim_words(words));
    INFO(everything(outcome) << logged.text());
    CHECK(outcome.status == 0);
    if (geteuid() != 0) CHECK(logged.events("lost").size() == 1);
    else CHECK(deeds_beneath(logged, file) > 0);
  }
  if (run({{"perl", "-e", "1"}, {}, {}}).status != 0) return skip("needs perl");
  logged.forget();
  const std::string text = "my $n = 'x'; my $fd = syscall(" + std::to_string(SYS_memfd_create) + ", $n, 0); open(my $in, '<:raw', '/bin/true') or die; local $/; my $all = <$in>; open(my $out, '>&=', $fd) or die; binmode $out; syswrite($out, $all); exec { \"/proc/self/fd/$fd\" } 'hidden'";
  const Outcome outcome = logged.by(Door::kPreload, {"perl", "-e", text});
  INFO(everything(outcome) << logged.text());
  CHECK(count(logged.events("start"), {{"arguments", {"hidden"}}}) == 1);
}

TEST_CASE("processes without number leave the follower what it needs to look", "[live][audit]") {
  REQUIRE_ABI(1);
  const Scratch place;
  const std::string file = place.file("file", "x");
  const Logged logged(base_policy() + "read = " + place.path() + "\n", "events = exec, file\n");
  const std::string inner = "i=0; while [ $i -lt 60 ]; do sleep 1 & i=$((i+1)); done; sleep 0.3; cat \"$0\"; wait";
  const Outcome outcome = run({{"/bin/sh", "-c", "ulimit -n 48; exec \"$@\"", "sh", built("landshim"), "run", "-p", logged.policy(), "--", "sh", "-c", inner, file}, {}, {}});
  INFO(everything(outcome));
  CHECK(outcome.status == 0);
  CHECK(logged.events("start").size() == 63);
  CHECK(count(logged.events("open"), {{"path", file}}) == 1);
}

TEST_CASE("a log for people has one line for each event, whatever names are in it", "[live][audit]") {
  REQUIRE_ABI(1);
  const Scratch place;
  const std::string evil = place.path() + "/a\n2026-01-01T00:00:00.000000Z 0123456789abcdef summary: exit 0 \x1b[31m\xff";
  std::ofstream(evil) << "x";
  const Logged logged(base_policy() + "read = " + place.path() + "\n", "events = file, exec, denial\nformat = text\n");
  const Outcome outcome = logged.by(Door::kPreload, victim_words({"forked", "read", evil}));
  INFO(everything(outcome) << logged.text());
  CHECK(outcome.status == 0);
  const std::string text = logged.text();
  CHECK(text.find("open read " + place.path() + "/a\\x0a2026") != std::string::npos);
  CHECK(std::all_of(text.begin(), text.end(), [](char byte) { return byte == '\n' || (byte >= ' ' && byte < 0x7f); }));
  int summaries = 0;
  for (const std::string& line : lines_of(text)) summaries += line.find(" summary: ") == 44 ? 1 : 0;
  CHECK(summaries == 1);
}

TEST_CASE("landshim report reads a log", "[live][audit]") {
  REQUIRE_ABI(1);
  const Scratch place;
  const Logged logged(base_policy());
  CHECK(logged.by(Door::kPreload, victim_words({"read", place.file("secret", "x")})).status == EACCES);
  const Outcome page = run({{built("landshim"), "report", "-o", place / "page.html", logged.log()}, {}, {}});
  INFO(everything(page));
  CHECK(page.status == 0);
  CHECK(contents(place / "page.html").find(place / "secret") != std::string::npos);
}

TEST_CASE("whatever call the kernel refuses, a program with a log is held or does not start", "[live][audit]") {
  REQUIRE_ABI(1);
  if (run({{"strace", "-qq", "-o", "/dev/null", "true"}, {}, {}}).status != 0) return skip("strace cannot trace here");
  const Scratch place;
  const std::string secret = place.file("secret", "x");
  const Logged logged(base_policy());
  int injected = 0;
  for (const char* fault : {"clone:error=EAGAIN:when=1", "clone:error=EAGAIN:when=2", "socketpair:error=EMFILE:when=1", "seccomp:error=EINVAL:when=1+", "seccomp:error=ENOMEM:when=2", "sendmsg:error=EPERM:when=1", "sendto:error=EPERM:when=1",
                            "recvfrom:error=ENOMEM:when=1", "recvmsg:error=EPERM:when=1", "recvmsg:error=EPERM:when=2", "epoll_create1:error=EMFILE:when=1", "epoll_ctl:error=ENOMEM:when=1", "epoll_ctl:error=ENOMEM:when=2",
                            "pidfd_open:error=EMFILE:when=1+", "fcntl:error=EMFILE:when=1", "execve:error=EACCES:when=2"})
    for (const Door door : {Door::kPreload, Door::kAudit}) {
      Start start = logged.start(door, {});
      const std::string variable = door == Door::kPreload ? "LD_PRELOAD" : "LD_AUDIT";
      start.command = {"strace", "-f", "-qq", "-o", place / "trace", "-E", variable + "=" + start.environment[variable], "-e", std::string("inject=") + fault, built("tests/victim"), "read", secret};
      start.environment.erase(variable);
      const Outcome outcome = run(start);
      INFO(fault << " " << kDoorNames[static_cast<int>(door)] << everything(outcome));
      CHECK_FALSE(outcome.timed_out);
      // ENOSYS where the follower could not begin; 127 of a loader that may open nothing.
      CHECK((outcome.status == EACCES || outcome.status == ENOSYS || outcome.status == 125 || outcome.status == 127));
      injected += contents(place / "trace").find("(INJECTED)") != std::string::npos ? 1 : 0;
    }
  CHECK(injected >= 24);
}

TEST_CASE("a policy that is refused is told so where its log cannot be written either", "[live][audit]") {
  const Scratch place;
  const std::string policy = place.file("p.ini", "[policy]\nmode = readonly\nabi = 10\n[audit]\nfile = /dev/full\n");
  if (kernel_abi() >= 10) return skip("the kernel has every Landlock ABI");
  const Outcome outcome = run({{built("landshim"), "run", "-p", policy, "--", "echo", "main"}, {}, {}});
  INFO(everything(outcome));
  CHECK(outcome.status == 125);
  CHECK(outcome.signal == 0);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find(policy + ":3: abi = 10 needs Landlock ABI 10") != std::string::npos);
  CHECK(outcome.err.find(policy + ":5: file = /dev/full: the log cannot be written") != std::string::npos);
}

TEST_CASE("what the library starts is nothing for people", "[live][audit]") {
  for (const Words& words : {Words{"watch"}, Words{"watch", "3", "1", "1", "/p", "/l", "/e", "0", "0"}, Words{"watch", "9999", "1", "1", "/p", "/l", "/e", "1", "0"}}) {
    Words all{built("landshim")};
    all.insert(all.end(), words.begin(), words.end());
    const Outcome outcome = run({all, {}, {}});
    CHECK(outcome.status == 2);
    CHECK(outcome.err.find("watch: the library liblandshim.so alone starts this") != std::string::npos);
  }
}
