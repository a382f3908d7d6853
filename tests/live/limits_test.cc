// SPDX-License-Identifier: MIT
// [limits]: what the kernel says of each, what meets it, and control groups as far as this machine has them.
#include <catch2/catch.hpp>

#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <cerrno>

#include "shim/host.h"
#include "shim/process.h"
#include "tests/live/files.h"
#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

struct Door {
  const char* name;
  Outcome (*start)(const std::string& policy, Start start);
};
const Door kDoors[] = {{"preload", run_under}, {"landshim run", run_by_command}};

std::string limits(const std::string& lines) { return base_policy() + "read = /proc\n[limits]\n" + lines; }

Start perl(const std::string& code, std::vector<std::string> arguments = {}) {
  Start start{{"/usr/bin/perl", "-e", code}, {}, {}};
  start.command.insert(start.command.end(), arguments.begin(), arguments.end());
  return start;
}

Start as_nobody(Start start) {
  start.as_nobody = is_root();
  return start;
}

std::string said(const Outcome& outcome) {
  INFO("status " << outcome.status << " signal " << outcome.signal << "\nstderr: " << outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  return outcome.out;
}

// "soft hard" of a row of /proc/self/limits.
std::string row(const Outcome& outcome, const std::string& name) {
  for (const std::string& line : lines_of(said(outcome)))
    if (line.starts_with(name + " ")) {
      std::istringstream words(line.substr(26));
      std::string soft, hard;
      words >> soft >> hard;
      return soft + " " + hard;
    }
  return "missing";
}

const Start kLimits{{"/bin/cat", "/proc/self/limits"}, {}, {}};
const Start kLimitsOfChild{{"/bin/sh", "-c", "cat /proc/self/limits; :"}, {}, {}};

std::string number(int value) { return std::to_string(value) + "\n"; }

// What `body` answers in a child that exits with it.
template <class Body>
int in_child(Body body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

}  // namespace

TEST_CASE("each limit is lowered, soft and hard, for children too", "[live][limits]") {
  const struct {
    const char* line;
    const char* name;
    const char* wanted;
  } rows[] = {
      {"address_space = 4G", "Max address space", "4294967296 4294967296"},
      {"data = 1.5G", "Max data size", "1610612736 1610612736"},
      {"stack = 1M", "Max stack size", "1048576 1048576"},
      {"file_size = 64K", "Max file size", "65536 65536"},
      {"core = 0", "Max core file size", "0 0"},
      {"locked_memory = 4K", "Max locked memory", "4096 4096"},
      {"cpu_time = 5m", "Max cpu time", "300 300"},
      {"open_files = 40", "Max open files", "40 40"},
      {"processes = 3000", "Max processes", "3000 3000"},
  };
  for (const auto& limit : rows) {
    INFO(limit.line);
    CHECK(row(run(kLimits), limit.name) != limit.wanted);
    for (const Door& door : kDoors)
      for (const Start& start : {kLimits, kLimitsOfChild}) CHECK(row(door.start(limits(std::string(limit.line) + "\n"), start), limit.name) == limit.wanted);
    CHECK(row(run_under(limits(std::string(limit.line) + "\n"), as_nobody(kLimits)), limit.name) == limit.wanted);
  }
}

TEST_CASE("limits that nobody wrote stay as they are", "[live][limits]") {
  const std::string before = said(run(kLimits));
  for (const Door& door : kDoors) {
    CHECK(said(door.start(base_policy() + "read = /proc\n", kLimits)) == before);
    CHECK(said(door.start(limits("open_files = unlimited\naddress_space = unlimited\ncpu_time = unlimited\n"), kLimits)) == before);
  }
}

TEST_CASE("no limit is raised, the soft one neither", "[live][limits]") {
  const Scratch place;
  const auto started = [&](const char* shell, const std::string& value) {
    const std::string policy = place.file("policy.ini", limits("open_files = " + value + "\n"));
    return row(run({{"/bin/sh", "-c", std::string(shell) + "; exec " + built("landshim") + " run -p " + policy + " cat /proc/self/limits"}, {}, {}}), "Max open files");
  };
  CHECK(started("ulimit -n 100", "5000") == "100 100");
  CHECK(started("ulimit -Sn 50; ulimit -Hn 100", "5000") == "50 100");
  CHECK(started("ulimit -Sn 50; ulimit -Hn 100", "70") == "50 70");
  CHECK(started("ulimit -Sn 50; ulimit -Hn 100", "20") == "20 20");
}

TEST_CASE("a limit that was lowered cannot be raised again", "[live][limits]") {
  // RLIMIT_NOFILE to 1000, soft and hard.
  const std::string code = "$new = pack 'QQ', 1000, 1000; $r = syscall(" + std::to_string(SYS_prlimit64) + ", 0, " + std::to_string(RLIMIT_NOFILE) + ", $new, 0); print $r < 0 ? $! + 0 : 0, qq{\\n}";
  CHECK(said(run(perl(code))) == "0\n");
  for (const Door& door : kDoors) CHECK(said(door.start(limits("open_files = 40\n"), perl(code))) == number(EPERM));
}

TEST_CASE("a program that computes longer than cpu_time is ended", "[live][limits]") {
  // A timer on the clock that the limit is held by, getrlimit(2) and setitimer(2): what times(2) tells runs ahead of it where
  // a hypervisor takes processors away.
  const auto compute = [](int milliseconds) {
    const std::string code = "$SIG{PROF} = sub { print qq{done\\n}; exit }; my $once = pack 'q4', 0, 0, int($ARGV[0] / 1000), $ARGV[0] % 1000 * 1000;"
                             "syscall(" + std::to_string(SYS_setitimer) + ", " + std::to_string(ITIMER_PROF) + ", $once, 0) == 0 or die; 1 while 1";
    Start start{{"/usr/bin/perl", "-e", code, std::to_string(milliseconds)}, {}, {}};
    start.seconds = 120;
    return start;
  };
  const Start busy = compute(1500);
  CHECK(said(run(busy)) == "done\n");
  for (const Door& door : kDoors) {
    INFO(door.name);
    const Outcome outcome = door.start(limits("cpu_time = 1s\n"), busy);
    CHECK(outcome.out.empty());
    // The soft limit is the hard one: setrlimit(2) sends SIGKILL there.
    CHECK(outcome.signal == SIGKILL);
  }
  CHECK(said(run_under(limits("cpu_time = 1m\n"), compute(300))) == "done\n");
}

TEST_CASE("open_files: the next descriptor is refused", "[live][limits]") {
  const Start start = perl("my @all; for (1 .. 100) { open my $f, '<', '/dev/null' or do { print $! + 0, ' ', fileno $all[-1], qq{\\n}; exit }; push @all, $f } print qq{all\\n}");
  CHECK(said(run(start)) == "all\n");
  for (const Door& door : kDoors) CHECK(said(door.start(limits("open_files = 20\n"), start)) == std::to_string(EMFILE) + " 19\n");
}

TEST_CASE("few open files leave landshim itself enough", "[live][limits]") {
  for (const Door& door : kDoors) CHECK(row(door.start(limits("open_files = 4\n"), kLimits), "Max open files") == "4 4");
}

TEST_CASE("file_size: a file grows so far, then comes a signal or EFBIG", "[live][limits]") {
  const Scratch scratch;
  const std::string policy = base_policy() + "read_write = " + scratch.path() + "\n[limits]\nfile_size = 4K\n";
  const std::string code = "open my $f, '>', $ARGV[0] or die; syswrite $f, 'x' x 4000 or die; syswrite $f, 'x' x 1000; print defined(syswrite $f, 'x') ? 0 : $! + 0, qq{\\n}";
  CHECK(said(run(perl("$SIG{XFSZ} = 'IGNORE'; " + code, {scratch / "control"}))) == "0\n");
  CHECK(contents(scratch / "control").size() == 5001);
  for (const Door& door : kDoors) {
    INFO(door.name);
    std::filesystem::remove(scratch / "file");
    CHECK(said(door.start(policy, perl("$SIG{XFSZ} = 'IGNORE'; " + code, {scratch / "file"}))) == number(EFBIG));
    CHECK(contents(scratch / "file").size() == 4096);
    std::filesystem::remove(scratch / "file");
    CHECK(door.start(policy, perl(code, {scratch / "file"})).signal == SIGXFSZ);
    CHECK(contents(scratch / "file").size() == 4096);
  }
}

TEST_CASE("address_space and data: more memory is refused", "[live][limits]") {
  const std::string map = "$r = syscall(" + std::to_string(SYS_mmap) + ", 0, 1 << 30, 3, 0x22, -1, 0); print $r < 0 ? $! + 0 : 0, qq{\\n}";
  CHECK(said(run(perl(map))) == "0\n");
  for (const Door& door : kDoors)
    for (const char* line : {"address_space = 512M\n", "data = 512M\n"}) {
      INFO(door.name << ": " << line);
      CHECK(said(door.start(limits(line), perl(map))) == number(ENOMEM));
    }
  for (const Door& door : kDoors) CHECK(said(door.start(limits("address_space = 4G\ndata = 4G\n"), perl(map))) == "0\n");
}

TEST_CASE("locked_memory: more is refused, to root as well", "[live][limits]") {
  const std::string lock = "$m = syscall(" + std::to_string(SYS_mmap) + ", 0, 65536, 3, 0x22, -1, 0); $r = syscall(" + std::to_string(SYS_mlock) + ", $m, 65536); print $r < 0 ? $! + 0 : 0, qq{\\n}";
  REQUIRE(said(run(perl(lock))) == "0\n");
  for (const Door& door : kDoors) {
    CHECK(said(door.start(limits("locked_memory = 32K\n"), perl(lock))) == number(ENOMEM));
    CHECK(said(door.start(limits("locked_memory = 0\n"), perl(lock))) == number(EPERM));
    CHECK(said(door.start(limits("locked_memory = 64K\n"), perl(lock))) == "0\n");
  }
}

TEST_CASE("stack: a recursion ends where the stack does", "[live][limits]") {
  const Start deep{{"/bin/bash", "-c", "f() { [ $1 -eq 0 ] || f $(($1 - 1)); }; f 2000 && echo done"}, {}, {}};
  CHECK(run(deep).out == "done\n");
  for (const Door& door : kDoors) {
    const Outcome outcome = door.start(limits("stack = 256K\n"), deep);
    CHECK(outcome.signal == SIGSEGV);
    CHECK(outcome.out.empty());
  }
}

TEST_CASE("processes: the user may start no further one, root may", "[live][limits]") {
  const Start start = perl("my $child = fork; print defined $child ? ($child ? qq{forked\\n} : '') : $! + 0 . qq{\\n}; exit if defined $child && !$child; wait");
  CHECK(said(run(as_nobody(start))) == "forked\n");
  for (const Door& door : kDoors) {
    INFO(door.name);
    CHECK(said(door.start(limits("processes = 1\n"), as_nobody(start))) == number(EAGAIN));
    if (is_root()) CHECK(said(door.start(limits("processes = 1\n"), start)) == "forked\n");
  }
}

TEST_CASE("limits of a control group are demands that fail, with the reason, where none can be made", "[live][limits][cgroup]") {
  landshim::Host host;
  landshim::probe_group(host);
  if (!host.group_parent.empty()) return skip("a control group can be made here");
  CHECK_FALSE(host.group_error.empty());
  const std::string wanted = "memory_max, cpu_quota and tasks_max need a cgroup 2 in which this user may make a group: " + host.group_error + ". Use systemd-run --user --scope, or a delegated group";
  for (const Door& door : kDoors)
    for (const char* line : {"memory_max = 1G", "cpu_quota = 50%", "tasks_max = 100"}) {
      INFO(door.name << ": " << line);
      const Outcome refused = door.start("[limits]\n" + std::string(line) + "\n" + base_policy(), kLimits);
      check_refused(refused, "policy.ini:2: " + wanted + "; or accept the loss with unsupported = warn in [policy]\n");
      const Outcome warned = door.start("[policy]\nunsupported = warn\n" + base_policy() + "[limits]\n" + line + "\n", {{"/bin/echo", "started"}, {}, {}});
      CHECK(warned.status == 0);
      CHECK(warned.out == "started\n");
      CHECK(one_line(warned.err, "landshim: "));
      CHECK(warned.err.find("not enforced: " + wanted + "\n") != std::string::npos);
    }
}

TEST_CASE("a control group that cannot be made or set up leaves nothing behind", "[live][limits][cgroup]") {
  const Scratch scratch;
  const auto joined = [](const std::string& parent, const std::string& expected) {
    return in_child([&] {
      landshim::Plan plan;
      plan.sources.push_back({"/etc/p.ini", "p.ini", {}});
      plan.group = {true, parent, 1 << 20, 150, 20, {0, 7}};
      const landshim::Result<landshim::Done> done = landshim::set_by_files(plan);
      if (done) return 1;
      const std::string wanted = "p.ini:7: " + parent + "/landshim-" + std::to_string(getpid()) + expected;
      return landshim::text(done.error()) == wanted ? 0 : 2;
    });
  };
  // No control group, so its files are missing.
  CHECK(joined(scratch.path(), ": the control group cannot be set up: no such file or directory (ENOENT)") == 0);
  CHECK(std::filesystem::is_empty(scratch.path()));
  CHECK(joined(scratch / "none", ": the control group cannot be made: no such file or directory (ENOENT)") == 0);
}

TEST_CASE("a process joins a control group of its own, and takes an empty one of its number over", "[live][root][limits][cgroup]") {
  std::string mount;
  for (const std::string& line : lines_of(contents("/proc/self/mounts")))
    if (line.find(" cgroup2 ") != std::string::npos) mount = line.substr(line.find(' ') + 1, line.find(' ', line.find(' ') + 1) - line.find(' ') - 1);
  if (mount.empty() || access(mount.c_str(), W_OK) != 0) return skip("needs a cgroup 2 in which groups can be made");
  for (const bool there : {false, true}) {
    INFO(there);
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    const pid_t child = fork();
    if (child == 0) {
      const std::string own = mount + "/landshim-" + std::to_string(getpid());
      if (there && mkdir(own.c_str(), 0755) != 0) _exit(3);
      landshim::Plan plan;
      plan.group.used = true;
      plan.group.parent = mount;
      const landshim::Result<landshim::Done> done = landshim::set_by_files(plan);
      const std::string answer = done ? contents("/proc/self/cgroup") : landshim::text(done.error());
      _exit(write(ends[1], answer.data(), answer.size()) < 0);
    }
    close(ends[1]);
    char buffer[4096];
    const ssize_t got = read(ends[0], buffer, sizeof buffer);
    close(ends[0]);
    int status = -1;
    waitpid(child, &status, 0);
    const std::string own = "/landshim-" + std::to_string(child);
    const std::string answer(buffer, got > 0 ? static_cast<std::size_t>(got) : 0);
    INFO(answer);
    CHECK(status == 0);
    CHECK(("\n" + answer).find("\n0::" + own + "\n") != std::string::npos);
    CHECK(rmdir((mount + own).c_str()) == 0);
  }
}
