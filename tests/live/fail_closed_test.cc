// SPDX-License-Identifier: MIT
// Whatever goes wrong before main, main does not run: status 125 and one line.
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <future>
#include <thread>

#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

Outcome start_witness(const std::string& policy) { return run(with_shim({witness()}, policy)); }

// The witness behind an outer seccomp filter: "CALL=ERRNO ...".
Outcome behind_filter(const std::string& calls, const std::string& policy) {
  return run(script("exec $VICTIMS/outer " + calls + " -- $SHIMMED $WITNESS", policy));
}

bool held(const Outcome& outcome, const std::string& denied) {
  const bool never_ran = outcome.out.empty() && (outcome.signal != 0 || outcome.status == 125 || outcome.status == 127);
  return !outcome.timed_out && (never_ran || (outcome.status == 0 && outcome.out == "main\n" + denied));
}

}  // namespace

TEST_CASE("with the shim and without a policy a program does not start", "[live][fail-closed]") {
  Start start = with_shim({witness()}, "");
  check_refused(run(start), "LANDSHIM_POLICY is not set");
  start.environment.erase("LANDSHIM_POLICY");
  check_refused(run(start), "LANDSHIM_POLICY is not set");
  start.environment.erase("LD_PRELOAD");
  check_said(run(start), "");
}

TEST_CASE("an environment that names no policy starts a program under the one in force, and no other", "[live][fail-closed]") {
  const Scratch scratch;
  const std::string secret = scratch.file("secret", "x");
  const std::string policy = scratch.file("policy.ini", base_policy());
  Start start = script("unset LANDSHIM_POLICY; LD_PRELOAD=$SHIM exec $WITNESS read=" + secret, policy);
  check_refused(run(start), "LANDSHIM_POLICY is not set");
  start.environment["LD_PRELOAD"] = shim();
  start.environment["LANDSHIM_POLICY"] = policy;
  check_said(run(start), said_of("read", EACCES));
}

TEST_CASE("a policy that is no readable regular file stops the program", "[live][fail-closed]") {
  const Scratch scratch;
  check_refused(start_witness(scratch / "missing.ini"), "missing.ini: the policy cannot be read: no such file or directory (ENOENT)");
  check_refused(start_witness("no-profile-of-this-name"), "no profile of this name");
  check_refused(start_witness(scratch.file("empty.ini", "")), "empty.ini: the policy says nothing");
  check_refused(start_witness(scratch.file("comment.ini", "; nothing\n")), "comment.ini: the policy says nothing");
  check_refused(start_witness(scratch.directory("directory.ini")), "directory.ini: this is a directory");
  check_refused(start_witness("/dev/null"), "/dev/null: this is no regular file");
  check_refused(start_witness("/dev/zero"), "/dev/zero: this is no regular file");
  check_refused(start_witness(scratch.file("large.ini", base_policy() + std::string(1 << 20, '\n'))), "large.ini: the policy is larger than 1 MiB");
  check_refused(start_witness(scratch.file("file.ini", "x") + "/policy.ini"), "a part of the path is no directory (ENOTDIR)");
  REQUIRE(symlink("loop.ini", (scratch / "loop.ini").c_str()) == 0);
  check_refused(start_witness(scratch / "loop.ini"), "(ELOOP)");
  check_said(start_witness(scratch.file("good.ini", base_policy())), "");
}

TEST_CASE("a FIFO in the place of a policy stops the program instead of hanging it", "[live][fail-closed]") {
  const Scratch scratch;
  const std::string fifo = scratch / "policy.ini";
  REQUIRE(mkfifo(fifo.c_str(), 0644) == 0);
  Start start = with_shim({witness()}, fifo);
  start.seconds = 5;
  check_refused(run(start), "policy.ini: this is no regular file");
  const int writer = open(fifo.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(writer >= 0);
  const std::string text = base_policy();
  CHECK(write(writer, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  check_refused(run(start), "policy.ini: this is no regular file");
  close(writer);
}

TEST_CASE("a policy that the user may not read stops the program", "[live][fail-closed]") {
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", base_policy(), 0000);
  Start start = with_shim({witness()}, policy);
  start.as_nobody = geteuid() == 0;
  start.environment["PATH"] = "/usr/bin:/bin";
  check_refused(run(start), "policy.ini: the policy cannot be read: permission denied (EACCES)");
  REQUIRE(chmod(policy.c_str(), 0444) == 0);
  check_said(run(start), "");
}

TEST_CASE("a directory of PATH that the user cannot reach stops nobody", "[live][fail-closed]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  scratch.directory("home/bin");
  REQUIRE(chmod((scratch / "home").c_str(), 0000) == 0);
  Start start = with_shim({witness(), "read=/etc/passwd"}, scratch.file("policy.ini", base_policy()));
  start.as_nobody = geteuid() == 0;
  start.environment["PATH"] = "/usr/bin:/bin:" + (scratch / "home/bin") + ":" + (scratch / "missing");
  check_said(run(start), said_of("read", EACCES));
  // One that the policy writes is a demand.
  start.environment["LANDSHIM_POLICY"] = scratch.file("policy.ini", reading(scratch / "home/bin"));
  check_refused(run(start), "policy.ini:5: read = " + (scratch / "home/bin") + ": the path cannot be opened: permission denied (EACCES)");
  REQUIRE(chmod((scratch / "home").c_str(), 0755) == 0);
}

TEST_CASE("a pattern in a directory that is not there is a missing path", "[live][fail-closed]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  check_refused(start_witness(scratch.file("policy.ini", reading("/nowhere/at/all/*"))), "policy.ini:5: read = /nowhere/at/all/*: the pattern matches nothing");
  check_said(start_witness(scratch.file("policy.ini", reading("-/nowhere/at/all/*, -/etc/passwd/*"))), "");
}

TEST_CASE("a fault anywhere in a policy or what it includes stops the program and names its line", "[live][fail-closed]") {
  const Scratch scratch;
  const struct {
    const char* text;
    const char* words;
  } kFaults[] = {
      {"mode = strict\n", "policy.ini:1: "},
      {"[filesystem]\nraed = /\n", "policy.ini:2: raed: no such key in [filesystem]; did you mean 'read'?"},
      {"[filesytem]\nread = /\n", "policy.ini:1: "},
      {"[filesystem]\nread =\n", "policy.ini:2: read"},
      {"[filesystem]\nread = /nowhere/at/all\n", "policy.ini:2: read = /nowhere/at/all: there is no such path"},
      {"[filesystem]\nread = /nowhere/at/all/*\n", "policy.ini:2: read = /nowhere/at/all/*: the pattern matches nothing"},
      {"[filesystem]\nread = ${LANDSHIM_TEST_UNSET}\n", "policy.ini:2: read = ${LANDSHIM_TEST_UNSET}"},
      {"[filesystem]\nread = /\nexcept = /\n", "policy.ini:3: except = /: nothing would be left of any rule; remove the rules instead"},
      {"[filesystem]\nread = \"/etc\n", "policy.ini:2: read"},
      {"[filesystem]\nmake_dir = /etc/passwd\n", "policy.ini:2: make_dir = /etc/passwd"},
      {"[filesystem]\nread_write = ${POLICY_DIR}\n", "policy.ini:2: read_write = "},
      {"[network]\nconnect_tcp = 65536\n", "policy.ini:2: connect_tcp"},
      {"[network]\naccess = none\n\nconnect_tcp = 80\n", "policy.ini:"},
      {"[network]\naccess = none\naccess = all\n", "policy.ini:3: access was given already, in line 2"},
      {"[syscalls]\nopenatt = deny\n", "policy.ini:2: openatt: no such system call; did you mean 'openat'?"},
      {"[syscalls]\nopenat = deny if arg9 == 1\n", "policy.ini:2: "},
      {"[policy]\nversion = 2\n", "policy.ini:2: version 2 of the policy language needs a newer landshim"},
      {"[policy]\ninclude = policy.ini\n", "policy.ini: the file includes itself"},
      {"[policy]\ninclude = missing.ini\n", "policy.ini:2: include = "},
      {"[policy]\ninclude = bad.ini\n", "bad.ini:3: "},
      {"[audit]\nfile = fd:x\n", "policy.ini:2: file = fd:x: expected the number of an open descriptor, such as fd:3"},
  };
  scratch.file("bad.ini", "[network]\n\nudp = perhaps\n");
  for (const auto& fault : kFaults) {
    INFO(fault.text);
    check_refused(start_witness(scratch.file("policy.ini", fault.text)), fault.words);
  }
  const std::string long_line = "[policy]\nname = " + std::string(70000, 'x') + "\n";
  check_refused(start_witness(scratch.file("policy.ini", long_line)), "policy.ini:2: ");
  check_refused(start_witness(scratch.file("policy.ini", std::string("[policy]\nname = a\0b\n", 20))), "policy.ini:2: ");
  check_said(start_witness(scratch.file("policy.ini", base_policy())), "");
}

TEST_CASE("no byte of a policy or its name can forge a second line of a refusal", "[live][fail-closed]") {
  const Scratch scratch;
  check_refused(start_witness(scratch.file("a\nlandshim: b.ini", "[filesystem]\nraed = /\n")), "a\\x0alandshim: b.ini:2: raed");
  check_refused(start_witness(scratch.file("policy.ini", "[filesystem]\nread = /\x1b[2J\n")), "policy.ini:2: ");
}

TEST_CASE("a policy that changes while it is read stops the program", "[live][fail-closed]") {
  if (run({{"strace", "-V"}, {}, {}}).status != 0) return skip("needs strace");
  const Scratch scratch;
  // Where the shim waits: after the first read, before the last look at the file.
  for (const char* delayed : {"read:delay_exit=1500000:when=1", "fstat,newfstatat:delay_enter=1500000:when=2"}) {
    for (const bool same_size : {false, true}) {
      INFO(delayed << (same_size ? ", same size" : ", longer"));
      const std::string policy = scratch.file("policy.ini", base_policy() + "# a\n");
      const std::string log = scratch.file("log", "");
      Start start{{"strace", "-o", log, "-P", policy, "-e", std::string("inject=") + delayed, "-E", "LD_PRELOAD=" + shim(), "-E", "LANDSHIM_POLICY=" + policy, witness()}, {}, {}};
      auto outcome = std::async(std::launch::async, [&] { return run(start); });
      // The open is in the log as soon as the file is open, and the delay is longer than this wait.
      for (int i = 0; i < 1000 && contents(log).find("policy.ini") == std::string::npos; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      if (same_size) {
        const int fd = open(policy.c_str(), O_WRONLY | O_CLOEXEC);
        REQUIRE(fd >= 0);
        CHECK(pwrite(fd, "b", 1, static_cast<off_t>(base_policy().size() + 2)) == 1);
        close(fd);
      } else {
        std::ofstream(policy, std::ios::app) << "# more\n";
      }
      check_refused(outcome.get(), "policy.ini: the policy changed while it was read");
      CHECK(contents(log).find("DELAYED") != std::string::npos);
    }
  }
}

TEST_CASE("a policy that another program writes all the time gives a whole policy or none", "[live][fail-closed]") {
  const Scratch scratch;
  const std::string secret = scratch.file("secret", "x");
  const std::string policy = scratch.file("policy.ini", base_policy());
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      // In the middle of a write the file is empty, or ends anywhere.
      std::ofstream file(policy, std::ios::binary);
      file << base_policy() << std::flush << "# " << std::string(static_cast<std::size_t>(i % 4000), 'x') << "\n";
    }
  });
  int refused = 0;
  int started = 0;
  for (int i = 0; i < 150; ++i) {
    const Outcome outcome = run(with_shim({witness(), "read=" + secret}, policy));
    INFO(outcome.status << " " << outcome.out << outcome.err);
    CHECK((outcome.status == 125 ? outcome.out.empty() && one_line(outcome.err, "landshim: ") : outcome.out == "main\nread 13\n"));
    ++(outcome.status == 125 ? refused : started);
  }
  stop = true;
  writer.join();
  CHECK(refused + started == 150);
  check_said(run(with_shim({witness(), "read=" + secret}, policy)), "read 13\n");
}

TEST_CASE("a demand that Landlock is too old for stops the program and names the ABI it needs", "[live][fail-closed]") {
  REQUIRE_ABI(5);
  const Scratch scratch;
  const struct {
    int abi;
    const char* demand;
    const char* words;
    std::size_t losses;
  } kDemands[] = {
      {1, "[filesystem]\nrefer = /tmp\n", "refer needs Landlock ABI 2 (Linux 5.19); abi = 1 leaves it out", 1},
      {4, "[filesystem]\nioctl_dev = /dev/null\n", "ioctl_dev needs Landlock ABI 5 (Linux 6.10); abi = 4 leaves it out", 1},
      {3, "[network]\nconnect_tcp = 80\nbind_tcp = *\n", "connect_tcp by port needs Landlock ABI 4 (Linux 6.7); abi = 3 leaves it out", 1},
      {3, "[network]\nbind_tcp = 80\nconnect_tcp = *\n", "bind_tcp by port needs Landlock ABI 4", 1},
      // No port to connect to is a demand as well, told after the one that was written.
      {3, "[network]\nbind_tcp = 80\n", "bind_tcp by port needs Landlock ABI 4", 2},
      {5, "[ipc]\nsignals = deny\n", "signals = deny needs Landlock ABI 6 (Linux 6.12)", 1},
      {5, "[ipc]\nabstract_unix = deny\n", "abstract_unix = deny needs Landlock ABI 6", 1},
      {5, "[network]\nconnect_unix = /tmp\n", "reaching UNIX sockets by path only where allowed needs Landlock ABI 9", 1},
      {5, "[network]\nunix = own\n", "reaching UNIX sockets by path only where allowed needs Landlock ABI 9", 1},
      {5, "[network]\nconnect_udp = 53\nbind_udp = *\n", "connect_udp by port needs Landlock ABI 10", 1},
  };
  for (const auto& demand : kDemands) {
    INFO(demand.demand);
    const std::string asked = "[policy]\nabi = " + std::to_string(demand.abi) + "\n" + demand.demand;
    check_refused(start_witness(scratch.file("policy.ini", asked)), std::string("policy.ini:4: ") + demand.words);
    const Outcome accepted = start_witness(scratch.file("policy.ini", asked + "[policy]\nunsupported = warn\n" + base_policy()));
    INFO(accepted.err);
    CHECK(accepted.status == 0);
    CHECK(accepted.out == "main\n");
    CHECK(lines_of(accepted.err).size() == demand.losses);
    for (const std::string& line : lines_of(accepted.err)) CHECK(line.rfind("landshim: " + (scratch / "policy.ini") + ":4: not enforced: ", 0) == 0);
  }
  if (kernel_abi() < 10) check_refused(start_witness(scratch.file("policy.ini", "[policy]\nabi = 10\n")), "policy.ini:2: abi = 10 ");
}

TEST_CASE("with unsupported = warn a program starts, and each loss is one line", "[live][fail-closed]") {
  REQUIRE_ABI(5);
  const Scratch scratch;
  const std::string secret = scratch.file("secret", "x");
  const std::string policy = scratch.file("policy.ini", "[policy]\nunsupported = warn\nabi = 3\n[ipc]\nsignals = deny\n[network]\nconnect_tcp = 80\nbind_tcp = 90\n" + base_policy());
  const Outcome outcome = run(with_shim({witness(), "read=" + secret, "packet"}, policy));
  CHECK(outcome.status == 0);
  CHECK(outcome.out == "main\nread 13\npacket 13\n");
  const std::vector<std::string> lines = lines_of(outcome.err);
  REQUIRE(lines.size() == 3);
  for (const std::string& line : lines) CHECK(line.rfind("landshim: " + policy + ":", 0) == 0);
  CHECK(outcome.err.find(":5: not enforced: signals = deny needs") != std::string::npos);
  CHECK(outcome.err.find(":7: not enforced: connect_tcp by port needs") != std::string::npos);
  CHECK(outcome.err.find(":8: not enforced: bind_tcp by port needs") != std::string::npos);
}

TEST_CASE("where Landlock is absent, disabled or blocked a program does not start", "[live][fail-closed]") {
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", base_policy());
  check_refused(behind_filter("landlock_create_ruleset=38", policy), "this kernel has no Landlock (ENOSYS");
  check_refused(behind_filter("landlock_create_ruleset=95", policy), "Landlock is disabled at boot (EOPNOTSUPP");
  check_refused(behind_filter("landlock_create_ruleset=1", policy), "Landlock is blocked here: not permitted (EPERM); an outer sandbox forbids");
  check_refused(behind_filter("landlock_create_ruleset=13", policy), "Landlock is blocked here: permission denied (EACCES)");
  REQUIRE_ABI(1);
  check_refused(behind_filter("landlock_add_rule=1", policy), "the kernel refuses this rule: not permitted (EPERM)");
  check_refused(behind_filter("landlock_restrict_self=1", policy), "policy.ini: Landlock cannot be put in force: not permitted (EPERM)");
  check_refused(behind_filter("landlock_restrict_self=7", policy), "16 Landlock policies are in force already");
  check_said(behind_filter("", policy), "");
  const std::string by_command = " -- " + built("landshim") + " run -p $POLICY $WITNESS";
  for (const char* error : {"38", "95", "1"}) check_refused(run(script("exec $VICTIMS/outer landlock_create_ruleset=" + std::string(error) + by_command, policy)), "Landlock");
  check_refused(run(script("exec $VICTIMS/outer seccomp=1" + by_command, policy)), "seccomp");
  check_said(run(script("exec $VICTIMS/outer" + by_command, policy)), "");
}

TEST_CASE("without Landlock unsupported = warn starts a program under the rest of the policy", "[live][fail-closed]") {
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", "[policy]\nunsupported = warn\n" + base_policy());
  for (const std::string& door : {std::string("$SHIMMED"), built("landshim") + " run -p $POLICY"}) {
    const Outcome outcome = run(script("exec $VICTIMS/outer landlock_create_ruleset=38 -- " + door + " $WITNESS packet chmod=" + policy, policy));
    INFO(door << "\n" << outcome.err);
    CHECK(outcome.status == 0);
    CHECK(outcome.out == "main\npacket 13\nchmod 1\n");
    CHECK(one_line(outcome.err, "landshim: "));
    CHECK(outcome.err.find("not enforced: ") != std::string::npos);
  }
}

TEST_CASE("where seccomp is blocked a program does not start", "[live][fail-closed]") {
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", base_policy());
  check_refused(behind_filter("seccomp=1", policy), "seccomp filters are not to be had here (not permitted (EPERM))");
  check_refused(behind_filter("seccomp=38", policy), "seccomp filters are not to be had here (the kernel does not have this call (ENOSYS))");
  check_refused(behind_filter("seccomp=38 landlock_create_ruleset=38", policy), "(ENOSYS)");
}

TEST_CASE("an outer filter that hides how many threads there are does not hide it from /proc", "[live][fail-closed]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", base_policy());
  check_said(behind_filter("unshare=1", policy), "");
  if (kernel_abi() >= 8) return;
  check_refused(run(script("EARLY=thread; export EARLY; exec $VICTIMS/outer unshare=1 -- $SHIMMED $VICTIMS/witness-early", policy)), "this process has more than one thread already");
}

TEST_CASE("a policy under 16 others stops the program and says why", "[live][fail-closed]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", base_policy() + "read = /, /proc\n");
  std::string command = "exec ";
  for (int i = 0; i < 17; ++i) {
    const std::string layer = scratch.file("layer" + std::to_string(i) + ".ini", "# " + std::to_string(i) + "\n" + base_policy() + "read = " + built("landshim") + ", /\nread_exec = " + built("") + "\n");
    command += built("landshim") + " run -p " + layer + " ";
    const Outcome outcome = run(script(command + "$WITNESS", policy));
    if (i < 16) check_said(outcome, "");
    else check_refused(outcome, "16 Landlock policies are in force already");
  }
}

TEST_CASE("without a descriptor for its policy a program does not start", "[live][fail-closed]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", base_policy());
  Start start = with_shim({built("tests/witness-early")}, policy);
  // The limit comes from a constructor ahead of the shim: under a lower one the loader itself would stop.
  for (const char* files : {"files 0", "files 3"}) {
    start.environment["EARLY"] = files;
    check_refused(run(start), "policy.ini: the policy cannot be read: no descriptor left in this process (EMFILE)");
  }
  start.environment["EARLY"] = "files 4";
  check_refused(run(start), "no descriptor left in this process (EMFILE)");
  start.environment["EARLY"] = "files 5";
  check_said(run(start), "");
  for (const char* limit : {"0", "1", "2", "3"}) {
    const Outcome outcome = run(script(std::string("ulimit -n ") + limit + " && exec $SHIMMED $WITNESS", policy));
    INFO(outcome.err);
    CHECK(outcome.status != 0);
    CHECK(outcome.out.empty());
  }
  check_refused(run(script("ulimit -n 4 && exec $SHIMMED $WITNESS", policy)), "no descriptor left in this process (EMFILE)");
  check_said(run(script("ulimit -n 5 && exec $SHIMMED $WITNESS", policy)), "");
}

TEST_CASE("however little memory is left no program runs outside its policy", "[live][fail-closed]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string secret = scratch.file("secret", "x");
  // A short policy needs no memory but the stack.
  std::string text = base_policy();
  for (int i = 0; i < 400; ++i) text += "read = -/nowhere/at/all/" + std::to_string(i) + "\n";
  const std::string policy = scratch.file("policy.ini", text);
  int refused = 0;
  int ran = 0;
  const auto look = [&](const Outcome& outcome, std::size_t limit) {
    INFO("limit " << limit << " status " << outcome.status << " signal " << outcome.signal << "\n" << outcome.out << outcome.err);
    CHECK(held(outcome, "read 13\n"));
    // env(1) has the same status, and 127 is the loader's.
    const bool ours = outcome.status == 125 && outcome.err.rfind("env: ", 0) != 0;
    if (ours) CHECK(one_line(outcome.err, "landshim: no memory to put the policy in force"));
    if (ours) ++refused;
    if (outcome.status == 0) ++ran;
  };
  // From too little for the loader to enough; then from the constructor on.
  for (std::size_t limit = 1536; limit < 12288; limit += 24) look(run(script("ulimit -v " + std::to_string(limit) + " && exec $SHIMMED $WITNESS read=" + secret, policy)), limit);
  CHECK(ran > 0);
  const int ran_before = ran;
  Start start = with_shim({built("tests/witness-early"), "read=" + secret}, policy);
  for (std::size_t limit = 0; limit < (16U << 20); limit += 32768) {
    start.environment["EARLY"] = "memory " + std::to_string(limit);
    look(run(start), limit);
  }
  CHECK(refused > 0);
  CHECK(ran > ran_before);
}

TEST_CASE("a thread that a constructor started before the shim is not left outside the policy", "[live][fail-closed]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  Start start = with_shim({built("tests/witness-early"), "status=Threads"}, scratch.file("policy.ini", base_policy() + "read = /proc\n"));
  check_said(run(start), "status 1\n");
  start.environment["EARLY"] = "thread";
  // From ABI 8 on Landlock binds all threads at once.
  if (kernel_abi() >= 8) check_said(run(start), "status 2\n");
  else check_refused(run(start), "policy.ini: this process has more than one thread already");
  start.environment.erase("LD_PRELOAD");
  check_said(run(start), "status 2\n");
}

TEST_CASE("closed standard descriptors change neither a refusal nor a start", "[live][fail-closed]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string bad = scratch.file("bad.ini", "[filesystem]\nraed = /\n");
  const std::string good = scratch.file("good.ini", base_policy());
  for (const char* closed : {"<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"}) {
    INFO(closed);
    const Outcome refused = run(script(std::string("exec $SHIMMED $WITNESS ") + closed, bad));
    CHECK(refused.status == 125);
    CHECK(refused.out.empty());
    if (std::string(closed).find("2>&-") == std::string::npos) CHECK(one_line(refused.err, "landshim: " + bad + ":2: raed"));
    CHECK(contents(bad) == "[filesystem]\nraed = /\n");
    const Outcome started = run(script(std::string("exec $SHIMMED $WITNESS ") + closed, good));
    CHECK(started.status == 0);
    CHECK(started.err.empty());
  }
}

TEST_CASE("a standard error that nobody reads turns no refusal into a signal", "[live][fail-closed]") {
  const Scratch scratch;
  const std::string bad = scratch.file("bad.ini", "[filesystem]\nraed = /\n");
  const std::string broken = "mkfifo " + (scratch / "fifo") + " && exec 3<>" + (scratch / "fifo") + " && exec 4>" + (scratch / "fifo") + " && exec 3>&- && exec ";
  // The control: this pipe is broken.
  const Outcome control = run(script(broken + "/bin/echo x >&4", bad));
  CHECK(control.signal == 13);
  REQUIRE(unlink((scratch / "fifo").c_str()) == 0);
  const Outcome outcome = run(script(broken + "$SHIMMED $WITNESS 2>&4", bad));
  CHECK(outcome.status == 125);
  CHECK(outcome.out.empty());
  REQUIRE(unlink((scratch / "fifo").c_str()) == 0);
  // A loss that nobody reads about must not end the program either.
  const std::string warned = scratch.file("warn.ini", "[policy]\nunsupported = warn\nabi = 1\n[network]\nconnect_tcp = 80\n" + base_policy());
  const Outcome warning = run(script(broken + "$SHIMMED $WITNESS 2>&4", warned));
  CHECK(warning.status == 0);
  CHECK(warning.out == "main\n");
}

TEST_CASE("no memory to say why still means no start", "[live][fail-closed]") {
  const Scratch scratch;
  Start start = with_shim({built("tests/witness-early")}, scratch.file("bad.ini", "[filesystem]\nraed = /\n"));
  for (const char* early : {"memory 0", "memory 4096"}) {
    start.environment["EARLY"] = early;
    const Outcome outcome = run(start);
    CHECK(outcome.out.empty());
    CHECK((outcome.status == 125 || outcome.signal != 0));
  }
}
