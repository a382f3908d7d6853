// SPDX-License-Identifier: MIT
// [syscalls]: the profiles, the lines of a policy, and what neither can undo. Every call is made raw.
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <set>
#include <sstream>

#include "shim/closures.h"
#include "shim/filter.h"
#include "tests/support/world.h"

using namespace landshim::tests;
using landshim::Closure;
using landshim::ClosureRow;

namespace {

constexpr int kKilled = 1000 + SIGSYS;

std::string calls_section(const std::string& lines) { return base_policy() + "[syscalls]\n" + lines; }

template <class... Words>
Victim raw(long number, Words... words) {
  return victim("raw", std::to_string(number), words...);
}

using Arguments = std::array<std::uint64_t, 6>;

struct RawCall {
  long number;
  Arguments arguments;
};

std::vector<int> answers(const std::string& policy, const std::vector<RawCall>& all) {
  Start start{{built("tests/victim"), "calls"}, {}, {}};
  for (const RawCall& each : all) {
    start.input += std::to_string(each.number);
    for (const std::uint64_t argument : each.arguments) start.input += " " + std::to_string(argument);
    start.input += "\n";
  }
  const Outcome outcome = policy.empty() ? run(start) : run_under(policy, start);
  INFO(outcome.err);
  REQUIRE(outcome.status == 0);
  std::vector<int> out;
  std::istringstream in(outcome.out);
  for (int answer; in >> answer;) out.push_back(answer);
  REQUIRE(out.size() == all.size());
  return out;
}

constexpr std::uint64_t kBad = ~std::uint64_t{0};  // no descriptor, no address, no known flag

/// Arguments that do no harm where the call is open: all bad, but where that would mean something.
Arguments harmless(std::string_view call) {
  static const std::map<std::string_view, Arguments> kOthers = {
      {"msgget", {0x4c53484d, 0, 0, 0, 0, 0}},             // a queue that does not exist
      {"open_by_handle_at", {kBad, kBad, 0, 0, 0, 0}},     // flags 0: no truncation
      {"fanotify_init", {0x10000000, 0, 0, 0, 0, 0}},      // no such flag
      {"sysfs", {99, 0, 0, 0, 0, 0}},
  };
  const auto found = kOthers.find(call);
  return found == kOthers.end() ? Arguments{kBad, kBad, kBad, kBad, kBad, kBad} : found->second;
}

/// The arguments that meet the tests of a row; `high`: with bits that the kernel does not look at.
Arguments meeting(const ClosureRow& row, bool high) {
  Arguments out = harmless(row.call);
  for (int i = 0; i < row.tests; ++i) {
    const landshim::Test& test = row.all_of[i];
    std::uint64_t& argument = out[test.arg];
    if (test.op == landshim::Compare::kEqual || test.op == landshim::Compare::kMaskedEqual) argument = test.value;
    if (test.op == landshim::Compare::kAnyBit) argument = test.mask;
    // With these no child and no namespace is made where the call is open.
    if (std::string_view(row.call) == "clone" || std::string_view(row.call) == "unshare") argument |= CLONE_SIGHAND | 1;
    if (high && test.narrow && test.op != landshim::Compare::kNotEqual) argument |= std::uint64_t{1} << 32;
  }
  return out;
}

struct Row {
  const ClosureRow* row;
  RawCall call;
};

std::vector<Row> native_rows(bool profile, bool high) {
  std::vector<Row> out;
  for (const ClosureRow& row : landshim::closure_rows())
    if ((row.closure >= landshim::kFirstOfProfile) == profile)
      if (const int number = landshim::call_number(landshim::CallTable::kNative, row.call); number >= 0) out.push_back({&row, {number, meeting(row, high)}});
  return out;
}

std::vector<int> answers(const std::string& policy, const std::vector<Row>& rows) {
  std::vector<RawCall> all;
  for (const Row& row : rows) all.push_back(row.call);
  return answers(policy, all);
}

std::string refusal(const std::string& policy_file) {
  const Outcome outcome = run({{"true"}, {{"LANDSHIM_POLICY", policy_file}, {"LD_PRELOAD", built("liblandshim.so")}}, {}});
  CHECK(outcome.status == 125);
  CHECK(outcome.out.empty());
  return outcome.err;
}

int victim_static_under(const std::string& policy, std::vector<std::string> words) {
  words.insert(words.begin(), built("tests/victim-static"));
  const Outcome outcome = run_by_command(policy, {words, {}, {}});
  INFO(outcome.err);
  CHECK(outcome.err.empty());
  return outcome.signal != 0 ? 1000 + outcome.signal : outcome.status;
}

}  // namespace

TEST_CASE("every call that the default profile closes answers its errno, high bits or not", "[live][syscalls]") {
  for (const bool high : {false, true}) {
    const std::vector<Row> rows = native_rows(true, high);
    REQUIRE(rows.size() > 60);
    const std::vector<int> control = answers("", rows);
    const std::string sections_open = "[policy]\nmode = full-access\n[network]\naccess = all\n[ipc]\nsysv = allow\nmqueue = allow\nkeyring = allow\n[process]\ncapabilities = all\n";
    const std::vector<int> closed = answers(sections_open, rows);
    const std::vector<int> strictly = answers(base_policy() + "[syscalls]\nprofile = strict\n", rows);
    const std::vector<int> open = answers(sections_open + "[syscalls]\nprofile = none\n", rows);
    int told_apart = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      INFO(rows[i].row->call << ", high bits " << high);
      CHECK(closed[i] == rows[i].row->error);
      CHECK(open[i] == control[i]);
      // The allow list leaves most of these out: EPERM then.
      CHECK((strictly[i] == rows[i].row->error || strictly[i] == EPERM));
      // An ordinary user may be told EPERM by the kernel; a call that the kernel no longer has is ENOSYS either way.
      if (control[i] != rows[i].row->error) ++told_apart;
      else CHECK((geteuid() != 0 || rows[i].row->closure == Closure::kObsolete || rows[i].row->error == ENOSYS));
    }
    CHECK(told_apart > (geteuid() == 0 ? 50 : 15));
  }
}

TEST_CASE("every call that the sections close answers its errno, high bits or not", "[live][syscalls]") {
  // abi = 2 brings in what stands in for a missing right to truncate.
  const std::string policy = "[policy]\nabi = 2\n" + base_policy() + "[ipc]\nscheduling = deny\n[process]\ncapabilities = all\nmemfd = deny\nwrite_execute = deny\nexecve = deny\n[syscalls]\nprofile = none\n";
  for (const bool high : {false, true}) {
    const std::vector<Row> rows = native_rows(false, high);
    REQUIRE(rows.size() > 60);
    const std::vector<int> control = answers("", rows);
    const std::vector<int> closed = answers(policy, rows);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      INFO(rows[i].row->call << ", high bits " << high << ", closure " << static_cast<int>(rows[i].row->closure));
      CHECK(closed[i] == rows[i].row->error);
      CHECK(control[i] != rows[i].row->error);
    }
  }
}

TEST_CASE("terminal injection is closed, whatever stands in the high bits", "[live][syscalls]") {
  for (const unsigned long command : {0x5412UL, 0x541cUL, 0x541dUL, 0x5423UL})  // TIOCSTI, TIOCLINUX, TIOCCONS, TIOCSETD
    for (const unsigned long high : {0UL, 1UL << 32, 0xffffffffUL << 32}) {
      const std::string word = std::to_string(command | high);
      CHECK(raw(SYS_ioctl, "-1", word, "p").without_policy() == EBADF);
      CHECK(raw(SYS_ioctl, "-1", word, "p").under(base_policy()) == EPERM);
      CHECK(raw(SYS_ioctl, "-1", word, "p").under(calls_section("profile = none\n")) == EBADF);
    }
  CHECK(raw(SYS_ioctl, "-1", std::to_string(TIOCGWINSZ), "p").under(base_policy()) == EBADF);
}

TEST_CASE("no new namespace can be had", "[live][syscalls]") {
  const int flags[] = {CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP, 0x80};
  for (const int flag : flags) {
    INFO(flag);
    const std::string word = std::to_string(static_cast<unsigned>(flag));
    const std::string wide = std::to_string(static_cast<unsigned long>(static_cast<unsigned>(flag)) | (1UL << 32));
    if (geteuid() == 0) CHECK(raw(SYS_unshare, word).without_policy() == 0);
    CHECK(raw(SYS_unshare, word).under(base_policy()) == EPERM);
    CHECK(raw(SYS_unshare, wide).under(base_policy()) == EPERM);
    if (flag == 0x80) continue;  // a signal number in clone(2)
    // CLONE_SIGHAND without CLONE_VM: no child is made where the call is open.
    const std::string child = std::to_string(static_cast<unsigned>(flag) | CLONE_SIGHAND);
    CHECK(raw(SYS_clone, child, "0", "0", "0", "0").without_policy() == EINVAL);
    CHECK(raw(SYS_clone, child, "0", "0", "0", "0").under(base_policy()) == EPERM);
    CHECK(raw(SYS_clone, std::to_string((static_cast<unsigned long>(static_cast<unsigned>(flag)) | (1UL << 33)) | CLONE_SIGHAND), "0", "0", "0", "0").under(base_policy()) == EPERM);
  }
  CHECK(raw(SYS_unshare, std::to_string(CLONE_FILES)).under(base_policy()) == 0);
  CHECK(raw(SYS_setns, "-1", "0").without_policy() == EBADF);
  CHECK(raw(SYS_setns, "-1", "0").under(base_policy()) == EPERM);
  CHECK(raw(SYS_clone3, "-1", "64").without_policy() == EFAULT);
  CHECK(raw(SYS_clone3, "-1", "64").under(base_policy()) == ENOSYS);
}

TEST_CASE("processes and threads can be started where clone3 is closed", "[live][syscalls]") {
  for (const std::string& policy : {base_policy(), calls_section("profile = strict\n"), calls_section("profile = none\n")}) {
    CHECK(victim("fork").under(policy) == 0);
    CHECK(victim("thread", std::to_string(SYS_getpid)).under(policy) == 0);
  }
  CHECK(victim("fork").without_policy() == 0);
}

TEST_CASE("personalities that weaken memory protection are refused, asking is not", "[live][syscalls]") {
  for (const char* harmful : {"0x0400000", "0x0100000", "6", "0x100400000"}) {  // READ_IMPLIES_EXEC, MMAP_PAGE_ZERO, PER_BSD
    CHECK(raw(SYS_personality, harmful).without_policy() == 0);
    CHECK(raw(SYS_personality, harmful).under(base_policy()) == EPERM);
  }
  for (const char* fine : {"0xffffffff", "0", "0x0040000", "0x0008", "0x0020000"}) CHECK(raw(SYS_personality, fine).under(base_policy()) == 0);
}

TEST_CASE("a line of [syscalls] gives a call its answer", "[live][syscalls]") {
  CHECK(raw(SYS_getppid).without_policy() == 0);
  CHECK(raw(SYS_getppid).under(calls_section("getppid = allow\n")) == 0);
  CHECK(raw(SYS_getppid).under(calls_section("getppid = log\n")) == 0);
  CHECK(raw(SYS_getppid).under(calls_section("getppid = deny\n")) == EPERM);
  CHECK(raw(SYS_getppid).under(calls_section("getppid = deny EACCES\n")) == EACCES);
  CHECK(raw(SYS_getppid).under(calls_section("getppid = deny ENOSYS\n")) == ENOSYS);
  CHECK(raw(SYS_getppid).under(calls_section("getppid = deny 39\n")) == ENOTEMPTY);
  CHECK(raw(SYS_getppid).under(calls_section("getppid = kill\n")) == kKilled);
  CHECK(raw(SYS_getppid).under(calls_section("getppid = kill-thread\n")) == kKilled);
  CHECK(raw(SYS_getppid).under(calls_section("getppid = trap\n")) == kKilled);
  // Nobody traces.
  CHECK(raw(SYS_getppid).under(calls_section("getppid = trace 7\n")) == ENOSYS);
  // A neighbour is as it was.
  CHECK(raw(SYS_getpgid, "0").under(calls_section("getppid = kill\n")) == 0);
}

TEST_CASE("kill ends the process, kill-thread the thread, trap is a signal that can be caught", "[live][syscalls]") {
  const std::string number = std::to_string(SYS_getppid);
  CHECK(victim("thread", number).without_policy() == 0);
  CHECK(victim("thread", number).under(calls_section("getppid = kill\n")) == kKilled);
  CHECK(victim("thread", number).under(calls_section("getppid = kill-thread\n")) == 0);
  CHECK(victim("trapped", number).without_policy() == 200);
  CHECK(victim("trapped", number).under(calls_section("getppid = trap\n")) == SYS_getppid);
  CHECK(victim("trapped", number).under(calls_section("getppid = kill\n")) == kKilled);
}

TEST_CASE("trace hands the call to a tracer, with its message", "[live][syscalls]") {
  const Scratch scratch;
  const std::string policy = "LANDSHIM_POLICY=" + scratch.file("policy.ini", calls_section("getppid = trace 4711\n"));
  const std::string preload = "LD_PRELOAD=" + built("liblandshim.so");
  const std::string program = built("tests/victim");
  const std::string number = std::to_string(SYS_getppid);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const char* const arguments[] = {program.c_str(), "raw", number.c_str(), nullptr};
    const char* const environment[] = {policy.c_str(), preload.c_str(), nullptr};
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    raise(SIGSTOP);
    execve(program.c_str(), const_cast<char* const*>(arguments), const_cast<char* const*>(environment));
    _exit(201);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSTOPPED(status));
  REQUIRE(ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) == 0);
  std::vector<unsigned long> messages;
  for (;;) {
    REQUIRE(ptrace(PTRACE_CONT, child, nullptr, nullptr) == 0);
    REQUIRE(waitpid(child, &status, 0) == child);
    if (!WIFSTOPPED(status)) break;
    unsigned long message = 0;
    if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_SECCOMP << 8)) && ptrace(PTRACE_GETEVENTMSG, child, nullptr, &message) == 0) messages.push_back(message);
  }
  // The tracer let it go on.
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(messages == std::vector<unsigned long>{4711});
}

TEST_CASE("a condition decides by arguments", "[live][syscalls]") {
  struct Case {
    const char* condition;
    const char* meets;
    const char* misses;
  };
  // lseek(2) on no descriptor: EBADF where it is open. arg1 is 64 bits wide, arg0 and arg2 are 32.
  for (const Case& each : {Case{"arg1 == 5", "5", "0x100000005"}, Case{"arg1 != 5", "0x100000005", "5"}, Case{"arg1 < 5", "4", "0x100000000"}, Case{"arg1 <= 5", "5", "6"}, Case{"arg1 > 5", "0x100000000", "5"},
                           Case{"arg1 >= 0x100000000", "0x100000000", "0xffffffff"}, Case{"arg1 & 0xf0 == 0x30", "0x3f", "0x70"}, Case{"arg1 & 0xf00000000 == 0x300000000", "0x3ffffffff", "0x0"}, Case{"arg1 == -1", "-1", "0xffffffff"}}) {
    const std::string policy = calls_section("lseek = deny EXDEV if " + std::string(each.condition) + "\n");
    INFO(each.condition);
    CHECK(raw(SYS_lseek, "-1", each.meets, "0").without_policy() == EBADF);
    CHECK(raw(SYS_lseek, "-1", each.meets, "0").under(policy) == EXDEV);
    CHECK(raw(SYS_lseek, "-1", each.misses, "0").under(policy) == EBADF);
  }
  SECTION("an argument that the kernel reads as an int is compared as one") {
    const std::string named = calls_section("lseek = deny EXDEV if arg0 == -1 and arg2 == 2\n");
    for (const char* fd : {"-1", "0xffffffff", "0x5ffffffff"}) {
      CHECK(raw(SYS_lseek, fd, "0", "0x100000002").under(named) == EXDEV);
      CHECK(raw(SYS_lseek, fd, "0", "1").under(named) == EBADF);
    }
  }
  SECTION("all conditions of a line must hold") {
    const std::string policy = calls_section("lseek = deny EXDEV if arg1 > 5 and arg1 < 10\n");
    CHECK(raw(SYS_lseek, "-1", "7", "0").under(policy) == EXDEV);
    CHECK(raw(SYS_lseek, "-1", "5", "0").under(policy) == EBADF);
    CHECK(raw(SYS_lseek, "-1", "10", "0").under(policy) == EBADF);
  }
  SECTION("of several lines that fit the strictest decides, in any order") {
    for (const std::string& lines : {std::string("lseek = allow if arg1 == 7\nlseek = deny EXDEV if arg1 > 5\nlseek = kill if arg1 > 100\n"), std::string("lseek = kill if arg1 > 100\nlseek = deny EXDEV if arg1 > 5\nlseek = allow if arg1 == 7\n")}) {
      CHECK(raw(SYS_lseek, "-1", "7", "0").under(calls_section(lines)) == EXDEV);
      CHECK(raw(SYS_lseek, "-1", "101", "0").under(calls_section(lines)) == kKilled);
      CHECK(raw(SYS_lseek, "-1", "3", "0").under(calls_section(lines)) == EBADF);
    }
  }
  SECTION("names of the kernel's constants are its numbers") {
    const std::string policy = calls_section("socket = deny EXDEV if arg0 == AF_NETLINK\nioctl = deny EXDEV if arg1 == TIOCGWINSZ\nclone = deny EXDEV if arg0 & CLONE_SIGHAND == CLONE_SIGHAND\n") + "[network]\naccess = all\n";
    CHECK(victim("socket", "16", "3", "0").without_policy() == 0);
    CHECK(victim("socket", "16", "3", "0").under(policy) == EXDEV);
    CHECK(victim("socket", "2", "1", "0").under(policy) == 0);
    CHECK(raw(SYS_ioctl, "-1", std::to_string(TIOCGWINSZ), "p").under(policy) == EXDEV);
    CHECK(raw(SYS_ioctl, "-1", std::to_string(TIOCSWINSZ), "p").under(policy) == EBADF);
    CHECK(raw(SYS_clone, std::to_string(CLONE_SIGHAND), "0", "0", "0", "0").under(policy) == EXDEV);
  }
}

TEST_CASE("a group is all of its calls", "[live][syscalls]") {
  const std::string policy = calls_section("@timer = deny EXDEV\n@setuid = deny\n");
  for (const long number : {SYS_timer_create, SYS_setitimer, SYS_timerfd_create, SYS_alarm}) {
    CHECK(raw(number, "-1", "-1", "-1").without_policy() != EXDEV);
    CHECK(raw(number, "-1", "-1", "-1").under(policy) == EXDEV);
  }
  for (const long number : {SYS_setuid, SYS_setresgid, SYS_setgroups}) CHECK(raw(number, "-1", "-1", "-1").under(policy) == EPERM);
  CHECK(raw(SYS_getuid).under(policy) == 0);
  // A call of the group named on its own: the stricter line decides, whichever comes first.
  CHECK(raw(SYS_alarm, "0").under(calls_section("@timer = deny EXDEV\nalarm = allow\n")) == EXDEV);
  CHECK(raw(SYS_alarm, "0").under(calls_section("alarm = kill\n@timer = deny EXDEV\n")) == kKilled);
}

TEST_CASE("with default = deny only what a line names is open, and a static program still runs", "[live][syscalls]") {
  const std::string open = "execve = allow\nbrk = allow\narch_prctl = allow\nset_tid_address = allow\nset_robust_list = allow\nrseq = allow\nprlimit64 = allow\nreadlinkat = allow\nreadlink = allow\ngetrandom = allow\nmprotect = allow\nexit_group = allow\nmmap = allow\nmunmap = allow\nnewfstatat = allow\nfutex = allow\n";
  const std::string deny = calls_section("profile = none\ndefault = deny\n" + open);
  CHECK(victim_static_under(deny, {"nothing"}) == 0);
  CHECK(victim_static_under(deny, {"raw", std::to_string(SYS_getppid)}) == EPERM);
  CHECK(victim_static_under(deny, {"raw", std::to_string(SYS_openat), "-100", "p", "0", "0"}) == EPERM);
  CHECK(victim_static_under(calls_section("profile = none\ndefault = deny EXDEV\n" + open), {"raw", std::to_string(SYS_getppid)}) == EXDEV);
  CHECK(victim_static_under(calls_section("profile = none\ndefault = deny\ngetppid = allow\n" + open), {"raw", std::to_string(SYS_getppid)}) == 0);
  CHECK(victim_static_under(calls_section("profile = none\ndefault = allow\n"), {"raw", std::to_string(SYS_getppid)}) == 0);
  SECTION("with default = kill the first other call ends the program") {
    const std::string kill = calls_section("profile = none\ndefault = kill\n" + open);
    CHECK(victim_static_under(kill, {"nothing"}) == 0);
    CHECK(victim_static_under(kill, {"raw", std::to_string(SYS_getppid)}) == kKilled);
  }
  SECTION("a call that landshim does not know answers ENOSYS, as the kernel would") {
    for (const std::string& number : {std::string("600"), std::string("1000"), std::to_string(0x3fffffff)}) {
      CHECK(raw(std::stol(number)).without_policy() == ENOSYS);
      CHECK(victim_static_under(deny, {"raw", number}) == ENOSYS);
      CHECK(victim_static_under(calls_section("profile = none\ndefault = kill\n" + open), {"raw", number}) == ENOSYS);
      CHECK(raw(std::stol(number)).under(base_policy()) == ENOSYS);
    }
  }
}

TEST_CASE("a filter that forbids everything but what a program needs leaves no descriptor of the shim behind", "[live][syscalls]") {
  // fcntl(F_GETFD) of the first number that a program would get: EBADF, it is free.
  const std::string policy = calls_section("profile = none\ndefault = deny EXDEV\nfcntl = allow\nwrite = allow\nexit_group = allow\n");
  CHECK(raw(SYS_fcntl, "3", "1").without_policy() == EBADF);
  CHECK(raw(SYS_fcntl, "3", "1").under(policy) == EBADF);
  CHECK(raw(SYS_close, "3").under(policy) == EXDEV);
  CHECK(raw(SYS_fcntl, "3", "1").under(calls_section("profile = none\ndefault = kill\nfcntl = allow\nbrk = allow\ngetrandom = allow\nexit_group = allow\n")) == EBADF);
}

TEST_CASE("with profile = strict ordinary programs run", "[live][syscalls]") {
  const Scratch scratch;
  const std::string file = scratch.file("text", "held\n");
  const std::string policy = reading(scratch.path()) + "[syscalls]\nprofile = strict\n";
  const auto says = [&](const std::vector<std::string>& command, const std::string& out) {
    if (!exists(command[0])) return;
    INFO(command[0]);
    for (const Outcome& outcome : {run_under(policy, {command, {}, {}}), run_by_command(policy, {command, {}, {}})}) {
      INFO(outcome.err);
      CHECK(outcome.status == 0);
      CHECK(outcome.err.empty());
      CHECK(outcome.out == out);
    }
  };
  says({"/bin/true"}, "");
  says({"/bin/ls", scratch.path()}, "text\n");
  says({"/bin/cat", file}, "held\n");
  says({"/bin/sh", "-c", "x=$(cat \"$0\"); echo \"$x\" | cat", file}, "held\n");
  says({"/bin/bash", "-c", "cat < \"$0\"", file}, "held\n");
  says({"/usr/bin/python3", "-I", "-c", "import sys, threading, subprocess; t = threading.Thread(target=print, args=('held',)); t.start(); t.join(); subprocess.run(['cat', sys.argv[1]])", file}, "held\nheld\n");
  says({"/usr/bin/perl", "-e", "print 'held', chr(10)"}, "held\n");
  SECTION("and what the allow list leaves out is denied") {
    CHECK(raw(SYS_ptrace, "-1", "0", "0", "0").without_policy() != EPERM);
    CHECK(raw(SYS_ptrace, "-1", "0", "0", "0").under(policy) == EPERM);
    CHECK(raw(SYS_pidfd_getfd, "-1", "0", "0").without_policy() == EBADF);
    CHECK(raw(SYS_pidfd_getfd, "-1", "0", "0").under(policy) == EPERM);
    CHECK(raw(600).under(policy) == ENOSYS);
    CHECK(raw(SYS_ptrace, "-1", "0", "0", "0").under(policy + "ptrace = allow\n") == raw(SYS_ptrace, "-1", "0", "0", "0").without_policy());
  }
}

TEST_CASE("with profile = none only the sections and the lines close calls", "[live][syscalls]") {
  const std::string policy = calls_section("profile = none\n");
  CHECK(raw(SYS_unshare, "-1").without_policy() == EINVAL);
  CHECK(raw(SYS_unshare, "-1").under(policy) == EINVAL);
  CHECK(raw(SYS_bpf, "-1", "-1", "-1").under(policy) == raw(SYS_bpf, "-1", "-1", "-1").without_policy());
  CHECK(raw(SYS_clone3, "-1", "64").under(policy) == EFAULT);
  CHECK(raw(SYS_chmod, "-1", "0").under(policy) == EPERM);
  CHECK(raw(SYS_shmget, "-1", "-1", "0").under(policy) == EACCES);
  CHECK(victim("socket", "2", "1", "0").under(policy) == EACCES);
  CHECK(raw(SYS_getppid).under(policy + "getppid = deny\n") == EPERM);
}

TEST_CASE("a line takes the place of what the profile says of a call", "[live][syscalls]") {
  const std::string open_sections = "[policy]\nmode = full-access\n[network]\naccess = all\n[filesystem]\nmetadata = allow\n";
  const Victim ring = raw(SYS_io_uring_setup, "-1", "-1");
  CHECK(ring.without_policy() == EFAULT);
  CHECK(ring.under(open_sections) == ENOSYS);
  CHECK(ring.under(open_sections + "[syscalls]\nio_uring_setup = allow\n") == EFAULT);
  CHECK(raw(SYS_io_uring_enter, "-1", "0", "0", "0").under(open_sections + "[syscalls]\nio_uring_setup = allow\n") == ENOSYS);
  CHECK(ring.under(base_policy() + "[network]\naccess = all\n[filesystem]\nmetadata = allow\n[syscalls]\nio_uring_setup = allow\n") == EFAULT);
  // A ring makes sockets, and listens.
  for (const char* closed : {"unix = deny\n", "listen = deny\n"}) CHECK(ring.under(open_sections + "[network]\n" + closed + "[syscalls]\n@known = allow\n") == ENOSYS);
  CHECK(ring.under(open_sections + "[syscalls]\n@known = allow\n") == EFAULT);
  CHECK(raw(SYS_unshare, "-1").under(calls_section("unshare = allow\n")) == EINVAL);
  CHECK(raw(SYS_setns, "-1", "0").under(calls_section("unshare = allow\n")) == EPERM);
  CHECK(raw(SYS_unshare, "-1").under(calls_section("unshare = deny EXDEV\n")) == EXDEV);
  // Where the line's condition does not hold, the profile goes on to speak.
  const std::string some = calls_section("ioctl = allow if arg1 == TIOCSTI\n");
  CHECK(raw(SYS_ioctl, "-1", std::to_string(TIOCSTI), "p").under(some) == EBADF);
  CHECK(raw(SYS_ioctl, "-1", std::to_string(TIOCCONS), "p").under(some) == EPERM);
}

TEST_CASE("a line cannot undo what a section closes, and the refusal names both", "[live][syscalls]") {
  const Scratch scratch;
  const auto told = [&](const std::string& text) { return scratch.file("policy.ini", text); };
  const std::string start = "landshim: " + (scratch / "policy.ini");
  CHECK(refusal(told("[network]\naccess = none\n[syscalls]\nsocket = allow\n")) == start + ":4: socket = allow cannot undo what [network] access = none closes (line 2); change that key, or remove this line\n");
  CHECK(refusal(told("[syscalls]\nsocket = allow\n")) == start + ":2: socket = allow cannot undo what [network] access = none closes (a default); change that key, or remove this line\n");
  CHECK(refusal(told("[ipc]\nsysv = deny\n[syscalls]\nshmget = log\n")) == start + ":4: shmget = log cannot undo what [ipc] sysv = deny closes (line 2); change that key, or remove this line\n");
  CHECK(refusal(told("[filesystem]\nmetadata = deny\n[syscalls]\nchmod = allow\n")) == start + ":4: chmod = allow cannot undo what [filesystem] metadata = deny closes (line 2); change that key, or remove this line\n");
  CHECK(refusal(told("[network]\naccess = rules\nlisten = deny\n[syscalls]\nlisten = allow\n")) == start + ":5: listen = allow cannot undo what [network] listen = deny closes (line 3); change that key, or remove this line\n");
  CHECK(refusal(told("[network]\naccess = rules\n[syscalls]\nio_uring_setup = allow\n")) == start + ":4: io_uring_setup = allow cannot undo what [network] access closes (line 2); change that key, or remove this line\n");
  CHECK(refusal(told("[network]\naccess = all\n[filesystem]\nmetadata = modes\n[syscalls]\nio_uring_setup = allow\n")) == start + ":6: io_uring_setup = allow cannot undo what [filesystem] metadata closes (line 4); change that key, or remove this line\n");
}

TEST_CASE("a line or a group that allows leaves what a section closes by arguments", "[live][syscalls]") {
  REQUIRE_ABI(4);
  const std::string policy = base_policy() + "[network]\nconnect_tcp = 80\n[syscalls]\nsocket = allow\nsendto = allow\nprlimit64 = allow\n@ipc = allow\n@network-io = allow\n";
  CHECK(victim("socket", "2", "2", "0").under(policy) == EACCES);
  CHECK(victim("socket", "2", "1", "262").under(policy) == EPROTONOSUPPORT);
  CHECK(victim("socket", "2", "1", "0").under(policy) == 0);
  CHECK(raw(SYS_sendto, "-1", "0", "0", std::to_string(MSG_FASTOPEN), "0", "0").under(policy) == EOPNOTSUPP);
  CHECK(raw(SYS_prlimit64, "1", "-1", "-1", "0").under(policy) == EPERM);
  CHECK(raw(SYS_shmget, "-1", "-1", "0").under(policy) == EACCES);
}

TEST_CASE("architectures = native and native, compat are both put in force, and the x32 table stays closed", "[live][syscalls]") {
  const std::string policies[] = {base_policy(), calls_section("architectures = native\n"), calls_section("architectures = native, compat\n"), calls_section("architectures = native, compat\nprofile = strict\n")};
  for (const std::string& policy : policies) {
    INFO(policy);
    CHECK(victim("nothing").under(policy) == 0);
    CHECK(raw(SYS_unshare, std::to_string(CLONE_NEWUTS)).under(policy) == EPERM);
#if defined(__x86_64__)
    CHECK(raw(SYS_getppid | 0x40000000L).under(policy) == ENOSYS);
    CHECK(raw(SYS_socket | 0x40000000L, "2", "2", "0").under(policy) == ENOSYS);
#endif
  }
}
