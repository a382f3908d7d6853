// SPDX-License-Identifier: MIT
// landshim run, check, explain, help, version: what they answer, and how they end.
#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

Outcome landshim_with(const std::vector<std::string>& words) {
  std::vector<std::string> command{built("landshim")};
  command.insert(command.end(), words.begin(), words.end());
  return run({command, {}, {}});
}

void check_ends(const Outcome& outcome, int status, const std::string& words) {
  INFO("status " << outcome.status << " signal " << outcome.signal << "\nstdout: " << outcome.out << "\nstderr: " << outcome.err);
  CHECK(outcome.status == status);
  CHECK(outcome.out.empty());
  CHECK(one_line(outcome.err, "landshim: "));
  CHECK(outcome.err.find(words) != std::string::npos);
}

}  // namespace

TEST_CASE("landshim used wrongly says so in one line and ends with 2", "[live][command]") {
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", base_policy());
  check_ends(landshim_with({}), 2, "see landshim help");
  check_ends(landshim_with({"rum"}), 2, "rum: no such subcommand; did you mean 'run'?");
  check_ends(landshim_with({""}), 2, "no such subcommand");
  check_ends(landshim_with({"touch", "x"}), 2, "touch: no such subcommand; to start a command: landshim run [-p POLICY] -- touch; see");
  check_ends(landshim_with({"--", "touch"}), 2, "to start a command: landshim run [-p POLICY] -- COMMAND");
  check_ends(landshim_with({"my.ini", "touch"}), 2, "to start a command under that policy: landshim run -p my.ini -- COMMAND");
  check_ends(landshim_with({"run", "--net", "touch"}), 2, "run: --net: no such option; here it is --connect-tcp PORTS, or --set network.access=all");
  check_ends(landshim_with({"run", "--rw=/tmp", "touch"}), 2, "run: --rw=/tmp: no such option; here it is --read-write");
  check_ends(landshim_with({"run", "no-such.ini", "--", "touch"}), 127, "no-such.ini: the command is not in PATH; is it a policy? then: landshim run -p no-such.ini -- COMMAND");
  check_ends(landshim_with({"run", policy, "--", "touch"}), 126, "is it a policy? then: landshim run -p " + policy + " -- COMMAND");
  check_ends(landshim_with({"help", "rum"}), 2, "help: rum: no such subcommand");
  check_ends(landshim_with({"run"}), 2, "run: a command is missing");
  check_ends(landshim_with({"run", "--"}), 2, "run: a command is missing");
  check_ends(landshim_with({"run", "-p"}), 2, "run: --policy: 1 required POLICY missing");
  check_ends(landshim_with({"run", "-p", policy}), 2, "run: a command is missing");
  check_ends(landshim_with({"run", "-x", "/bin/true"}), 2, "run: -x: no such option");
  check_ends(landshim_with({"run", "--polcy", policy, "/bin/true"}), 2, "run: --polcy: no such option; did you mean '--policy'?");
  check_ends(landshim_with({"check"}), 2, "check: POLICY is missing");
  check_ends(landshim_with({"explain"}), 2, "explain: POLICY is missing");
  check_ends(landshim_with({"explain", policy, policy}), 2, "one argument too many");
}

TEST_CASE("landshim help and version answer on standard output", "[live][command]") {
  for (const char* word : {"help", "--help", "-h"}) {
    const Outcome outcome = landshim_with({word});
    CHECK(outcome.status == 0);
    CHECK(outcome.out.find("Usage: landshim [OPTIONS] SUBCOMMAND") != std::string::npos);
    for (const char* subcommand : {"run", "check", "explain"}) CHECK(outcome.out.find(std::string("\n  ") + subcommand + " ") != std::string::npos);
    CHECK(outcome.err.empty());
  }
  const Outcome run = landshim_with({"help", "run"});
  CHECK(run.status == 0);
  CHECK(run.out == landshim_with({"run", "--help"}).out);
  CHECK(run.out.find("--print-policy") != std::string::npos);
  for (const char* word : {"version", "--version", "-V"}) {
    const Outcome outcome = landshim_with({word});
    CHECK(outcome.status == 0);
    CHECK(one_line(outcome.out, "landshim "));
    CHECK(outcome.out.find_first_not_of("0123456789.\n", 9) == std::string::npos);
    CHECK(outcome.err.empty());
  }
}

TEST_CASE("landshim run without a good policy ends with 125 and starts nothing", "[live][command]") {
  const Scratch scratch;
  const std::string mark = scratch / "started";
  const std::string bad = scratch.file("bad.ini", "[filesystem]\nraed = /\n");
  check_ends(landshim_with({"run", "-p", "", "touch", mark}), 125, "no policy: the name given with -p is empty");
  check_ends(run({{built("landshim"), "run", "touch", mark}, {{"LANDSHIM_POLICY", ""}}, {}}), 125, "no policy: LANDSHIM_POLICY is empty");
  check_ends(landshim_with({"run", "-p", bad, "touch", mark}), 125, "bad.ini:2: raed: no such key");
  check_ends(landshim_with({"run", "-p", scratch / "none.ini", "touch", mark}), 125, "none.ini: the policy cannot be read");
  check_ends(landshim_with({"run", "-p", "no-such-profile", "touch", mark}), 125, "no profile of this name");
  Start from_environment{{built("landshim"), "run", "touch", mark}, {{"LANDSHIM_POLICY", bad}}, {}};
  check_ends(run(from_environment), 125, "bad.ini:2: raed");
  CHECK_FALSE(exists(mark));
  CHECK(run({{"touch", mark}, {}, {}}).status == 0);
  CHECK(exists(mark));
}

TEST_CASE("landshim run says 127 for a command that is not there and 126 for one that cannot be started", "[live][command]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  // Not runtime = host: that grants the command itself.
  const std::string policy = scratch.file("policy.ini", "[filesystem]\nread_exec = -/bin, -/lib, -/lib64, -/usr/lib, -/usr/bin, " + scratch.directory("bin") + "\n");
  const auto start = [&](const std::string& command) { return landshim_with({"run", "-p", policy, "--", command}); };
  check_ends(start("no-such-command-anywhere"), 127, "no-such-command-anywhere: the command is not in PATH");
  check_ends(start(scratch / "bin/none"), 127, "bin/none: the command cannot be started: no such file or directory (ENOENT)");
  check_ends(start(""), 127, "empty");
  check_ends(start(scratch.file("bin/script", "#!/no/such/interpreter\n", 0755)), 127, "bin/script: the command cannot be started");
  check_ends(start(scratch.file("bin/text", "echo x\n", 0644)), 126, "bin/text: the command cannot be started: permission denied (EACCES)");
  check_ends(start(scratch / "bin"), 126, "bin: the command cannot be started");
  check_ends(start(policy + "/below"), 126, "(ENOTDIR)");
  // The policy grants no execution: of the program, and of the interpreter alone.
  std::filesystem::copy_file(witness(), scratch / "denied");
  check_ends(start(scratch / "denied"), 126, "does the policy grant read_exec on it and on its interpreter or loader?: permission denied (EACCES)");
  std::filesystem::copy_file("/bin/sh", scratch / "sh");
  check_ends(start(scratch.file("bin/by-denied", "#!" + (scratch / "sh") + "\n", 0755)), 126, "permission denied (EACCES)");
  CHECK(run({{scratch / "denied"}, {}, {}}).out == "main\n");
}

TEST_CASE("landshim run hands on arguments, exit status, signals and standard descriptors", "[live][command]") {
  REQUIRE_ABI(1);
  const auto under = [](const std::vector<std::string>& command) { return run_by_command(base_policy(), {command, {}, {}, {}, "input"}); };
  CHECK(under({"sh", "-c", "exit 7"}).status == 7);
  CHECK(under({"sh", "-c", "kill -KILL $$"}).signal == 9);
  CHECK(under({"cat"}).out == "input");
  CHECK(under({"sh", "-c", "echo \"$0\" \"$@\"", "--", "-p", "", "a  b"}).out == "-- -p  a  b\n");
  const Outcome state = run_by_command(base_policy() + "read = /proc\n[process]\ncapabilities = all\n", {{built("tests/state"), "a", "b c"}, {}, {}});
  const Outcome control = run({{built("tests/state"), "a", "b c"}, {}, {}});
  CHECK(state.status == 0);
  CHECK(state.out == control.out);
  CHECK(state.err.empty());
}

TEST_CASE("landshim run with a closed standard output finds the libraries of the program all the same", "[live][command]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", "[filesystem]\nruntime = program\n");
  for (const char* closed : {"", ">&-", "<&-", "<&- >&-", "2>&-", "<&- >&- 2>&-"}) {
    INFO(closed);
    const Outcome outcome = run(script(built("landshim") + " run -p $POLICY $WITNESS read=" + policy + " read=/etc/passwd " + closed, policy));
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
    if (std::string(closed).find(">&-") == std::string::npos || std::string(closed) == "2>&-") CHECK(outcome.out == "main\nread 0\nread 13\n");
  }
}

TEST_CASE("landshim run takes its policy from -p before the environment", "[live][command]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const Scratch outside;
  const std::string secret = outside.file("secret", "x");
  Start start{{built("landshim"), "run", "-p", scratch.file("narrow.ini", base_policy()), witness(), "read=" + secret}, {{"LANDSHIM_POLICY", scratch.file("wide.ini", reading(outside.path()))}}, {}};
  check_said(run(start), "read 13\n");
  start.command.erase(start.command.begin() + 2, start.command.begin() + 4);
  check_said(run(start), "read 0\n");
}

TEST_CASE("landshim run holds static programs, scripts and texts without #!", "[live][command]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const Scratch outside;
  const std::string secret = outside.file("secret", "x");
  const std::string policy = base_policy() + "read_exec = " + scratch.path() + "\n";
  check_said(run_by_command(policy, {{built("tests/witness-static"), "read=" + secret}, {}, {}}), "read 13\n");
  CHECK(run({{built("tests/witness-static"), "read=" + secret}, {}, {}}).out == "main\nread 0\n");
  for (const char* first : {"#!/bin/sh\n", ""}) {
    const std::string text = scratch.file("script", std::string(first) + witness() + " read=\"$1\"; echo \"$@\"\n", 0755);
    const Outcome outcome = run_by_command(policy, {{text, secret, "b  c"}, {}, {}});
    INFO(outcome.err);
    CHECK(outcome.status == 0);
    CHECK(outcome.out == "main\nread 13\n" + secret + " b  c\n");
  }
}

TEST_CASE("a set-user-ID program gets no other identity under a policy", "[live][root][command]") {
  REQUIRE_ABI(1);
  if (geteuid() != 0) return skip("needs root, to make a set-user-ID program of another user");
  const Scratch scratch;
  const std::string program = scratch / "witness";
  std::filesystem::copy_file(witness(), program);
  REQUIRE(chmod(program.c_str(), 04755) == 0);
  const std::string secret = scratch.file("secret", "x", 0600);
  Start start{{program, "status=Uid", "read=" + secret}, {{"PATH", "/usr/bin:/bin"}}, {}};
  start.as_nobody = true;
  const Outcome control = run(start);
  if (control.out.find("65534\t0\t0\t0") == std::string::npos) return skip("set-user-ID bits have no effect here");
  CHECK(control.out == "main\nstatus 65534\t0\t0\t0\nread 0\n");
  const Outcome held = run_by_command(base_policy() + "read_exec = " + scratch.path() + "\nread = /proc\n", start);
  CHECK(held.status == 0);
  CHECK(held.out == "main\nstatus 65534\t65534\t65534\t65534\nread 13\n");
  CHECK(held.err == "landshim: " + program + ": under a policy it starts without what the set-user-ID bit would give it\n");
}

TEST_CASE("landshim check tells every fault of a policy at once, in the order of its lines", "[live][command]") {
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini",
                                          "[filesystem]\nraed = /\nread = /nowhere/at/all\nruntime = porgram\n"
                                          "[network]\nconnect_tcp = 70000\nudp = maybe\n"
                                          "[syscalls]\nopenatt = deny\n[sycalls]\n");
  const Outcome outcome = landshim_with({"check", policy});
  INFO(outcome.err);
  CHECK(outcome.status == 1);
  CHECK(outcome.out.empty());
  const std::vector<std::string> lines = lines_of(outcome.err);
  REQUIRE(lines.size() == 7);
  std::vector<std::string> beginnings;
  for (const int line : {2, 3, 4, 6, 7, 9, 10}) beginnings.push_back("landshim: " + policy + ":" + std::to_string(line) + ": ");
  for (std::size_t i = 0; i < lines.size(); ++i) CHECK(lines[i].rfind(beginnings[i], 0) == 0);
}

TEST_CASE("landshim check looks at every policy it is given", "[live][command]") {
  const Scratch scratch;
  const std::string good = scratch.file("good.ini", "[policy]\nmode = readonly\n");
  const std::string bad = scratch.file("bad.ini", "[filesystem]\nraed = /\n");
  const Outcome all_good = landshim_with({"check", good, good});
  CHECK(all_good.status == 0);
  CHECK(all_good.out == good + ": good\n" + good + ": good\n");
  CHECK(all_good.err.empty());
  const Outcome mixed = landshim_with({"check", bad, good, scratch / "none.ini"});
  CHECK(mixed.status == 1);
  CHECK(mixed.out == good + ": good\n");
  const std::vector<std::string> lines = lines_of(mixed.err);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].rfind("landshim: " + bad + ":2: raed", 0) == 0);
  CHECK(lines[1].rfind("landshim: " + (scratch / "none.ini") + ": ", 0) == 0);
}

TEST_CASE("landshim check and explain start nothing and are not held themselves", "[live][command]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", base_policy());
  const Outcome outcome = run(script(built("landshim") + " check $POLICY && " + built("landshim") + " explain $POLICY >/dev/null && cat /etc/passwd >/dev/null && grep NoNewPrivs /proc/self/status", policy));
  CHECK(outcome.status == 0);
  CHECK(outcome.out == policy + ": good\nNoNewPrivs:\t0\n");
}

TEST_CASE("landshim explain says what a policy becomes with the Landlock of this kernel", "[live][command]") {
  REQUIRE_ABI(4);
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini",
                                          "[filesystem]\nread = /etc\nread_write = /tmp\nread = -/nowhere/at/all\n"
                                          "[network]\nconnect_tcp = 443, 8000-8010\n[syscalls]\nptrace = deny\n");
  const Outcome outcome = landshim_with({"explain", scratch.file("copy.ini", "[filesystem]\nread = /etc\n")});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.out.find("Landlock ABI " + std::to_string(std::min(kernel_abi(), 10))) != std::string::npos);
  // The policy would be writable under its own rules: /tmp holds it.
  const Outcome writable = landshim_with({"explain", policy});
  CHECK(writable.status == 1);
  CHECK(writable.out.empty());
  CHECK(one_line(writable.err, "landshim: " + policy + ":3: "));
  const Scratch work;
  const Outcome whole = landshim_with({"explain", scratch.file("whole.ini", "[policy]\nabi = 4\n[filesystem]\nread = /etc\nread_write = " + work.path() + "\nread = -/nowhere/at/all\n[network]\nconnect_tcp = 443, 8000-8010\n[syscalls]\nptrace = deny\n")});
  INFO(whole.out << whole.err);
  CHECK(whole.status == 0);
  CHECK(whole.err.empty());
  for (const std::string& words : {std::string("Landlock ABI 4"), "[" + (scratch / "whole.ini") + ":4]", work.path(), std::string("443, 8000-8010"), std::string("ptrace"),
                                   std::string("/nowhere/at/all"), std::string("missing, which is fine"), std::string("always granted"), std::string("needs Landlock ABI 6")})
    CHECK(whole.out.find(words) != std::string::npos);
}

TEST_CASE("landshim says when its standard output cannot be written, and ends with 1", "[live][command]") {
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", "[policy]\nmode = readonly\n");
  for (const char* words : {"help", "version", "check $POLICY", "explain $POLICY"})
    for (const char* closed : {">&-", ">/dev/full"}) {
      INFO(words << " " << closed);
      check_ends(run(script(built("landshim") + " " + words + " " + closed, policy)), 1, "standard output cannot be written");
      // Nobody to tell: the status still does.
      CHECK(run(script(built("landshim") + " " + words + " " + closed + " 2>&-", policy)).status == 1);
    }
  CHECK(contents(policy) == "[policy]\nmode = readonly\n");
}

TEST_CASE("landshim with a standard error that is closed or broken keeps its exit status", "[live][command]") {
  const Scratch scratch;
  const std::string bad = scratch.file("bad.ini", "[filesystem]\nraed = /\n");
  const std::string fifo = scratch / "fifo";
  const std::string broken = "mkfifo " + fifo + " && exec 3<>" + fifo + " && exec 4>" + fifo + " && exec 3>&- && rm " + fifo + " && exec ";
  CHECK(run(script(broken + "/bin/echo x >&4", bad)).signal == 13);
  const struct {
    const char* words;
    int status;
  } kCases[] = {{" rum", 2}, {" check $POLICY", 1}, {" explain $POLICY", 1}, {" run -p $POLICY /bin/true", 125}, {" run -p $POLICY no-such-command", 127}};
  for (const auto& one : kCases) {
    INFO(one.words);
    CHECK(run(script("exec " + built("landshim") + one.words + " 2>&-", bad)).status == one.status);
    const Outcome outcome = run(script(broken + built("landshim") + one.words + " 2>&4", bad));
    CHECK(outcome.status == one.status);
    CHECK(outcome.signal == 0);
  }
  CHECK(contents(bad) == "[filesystem]\nraed = /\n");
}
