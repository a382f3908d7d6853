// SPDX-License-Identifier: MIT
// The options of landshim run: a policy that they write, and where and how long the command runs.
#include <catch2/catch.hpp>

#include <pty.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

// A home without profiles: what the machine has must not stand in for our own.
Start landshim_run(const std::vector<std::string>& words, const std::string& directory = "") {
  Start start{{built("landshim"), "run"}, {{"HOME", "/nonexistent"}}, {"XDG_CONFIG_HOME"}};
  start.command.insert(start.command.end(), words.begin(), words.end());
  start.directory = directory;
  return start;
}

Outcome run_with(const std::vector<std::string>& words, const std::string& directory = "") { return run(landshim_run(words, directory)); }

void check_ends(const Outcome& outcome, int status, const std::string& words) {
  INFO("status " << outcome.status << " signal " << outcome.signal << "\nstdout: " << outcome.out << "\nstderr: " << outcome.err);
  CHECK(outcome.status == status);
  CHECK(outcome.out.empty());
  CHECK(one_line(outcome.err, "landshim: "));
  CHECK(outcome.err.find(words) != std::string::npos);
}

std::vector<std::string> joined(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// The witness is no program of the host: each run grants it. What it then says is the answer to `attempt`.
std::string said_by(const std::vector<std::string>& options, const std::string& attempt) {
  const Outcome outcome = run_with(joined(joined({"--read-exec", built("tests")}, options), {"--", witness(), attempt}));
  INFO(outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  REQUIRE(outcome.out.starts_with("main\n"));
  return outcome.out.substr(5);
}

// Whether the shell's words work: its own status, under these options.
int sh(const std::vector<std::string>& options, const std::string& text, const std::string& directory = "") {
  return run_with(joined(options, {"--", "sh", "-c", text}), directory).status;
}

}  // namespace

TEST_CASE("--read grants reading its path and nothing beside it", "[live][run]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string granted = scratch.file("a, b $HOME [x] *?", "x");
  const std::string other = scratch.file("other", "x");
  CHECK(said_by({"--read", granted}, "read=" + granted) == "read 0\n");
  CHECK(said_by({"--read", granted}, "read=" + other) == said_of("read", EACCES));
  CHECK(said_by({"--read", granted}, "write=" + granted) == said_of("write", EACCES));
  CHECK(contents(granted) == "x");
  CHECK(run({{witness(), "read=" + other}, {}, {}}).out == "main\nread 0\n");
}

TEST_CASE("a pattern given with --read is a name, and given with --set a pattern", "[live][run]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string a = scratch.file("a", "x");
  check_ends(run_with({"--read", scratch / "*", "--", "true"}), 125, "command line:3: --read " + (scratch / "*") + ": read = ");
  CHECK(sh({"--set", "read=" + (scratch / "*")}, "cat " + a) == 0);
  const std::string star = scratch.file("*", "x");
  CHECK(sh({"--read", star}, "cat " + a) == 1);
  CHECK(sh({"--read", star}, "cat '" + star + "'") == 0);
}

TEST_CASE("--write, --read-write and --read-exec grant what they say", "[live][run]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string place = scratch.directory("place");
  const std::string program = scratch / "place/program";
  std::filesystem::copy_file("/bin/true", program);
  CHECK(sh({"--write", place}, "echo x >place/w", scratch.path()) == 0);
  CHECK(contents(scratch / "place/w") == "x\n");
  CHECK(sh({"--write", place}, "cat place/w", scratch.path()) == 1);
  CHECK(sh({"--read-write", place}, "echo y >place/w && cat place/w", scratch.path()) == 0);
  CHECK(sh({"--read-write", place}, "place/program", scratch.path()) == 126);
  CHECK(sh({"--read-exec", place}, "place/program", scratch.path()) == 0);
  CHECK(sh({"--read-exec", place}, "echo z >place/w", scratch.path()) == 2);
  CHECK(contents(scratch / "place/w") == "y\n");
}

TEST_CASE("--connect-tcp and --bind-tcp open their ports and no other", "[live][run]") {
  REQUIRE_ABI(4);
  const auto answer = [&](const std::string& verb, const std::vector<std::string>& options) {
    return run_with(joined(joined({"--read-exec", built("tests")}, options), {"--", built("tests/victim"), "stream", verb, "4", "38117", "0"})).status;
  };
  CHECK(answer("bind", {"--bind-tcp", "38117"}) == 0);
  CHECK(answer("bind", {"--bind-tcp", "38110-38116,38118"}) == EACCES);
  CHECK(answer("bind", {"--connect-tcp", "38117"}) == EACCES);
  CHECK(answer("connect", {"--connect-tcp", "38117"}) == ECONNREFUSED);
  CHECK(answer("connect", {"--connect-tcp", "38118"}) == EACCES);
  CHECK(answer("connect", {"--bind-tcp", "38117"}) == EACCES);
  CHECK(answer("connect", {}) == EACCES);
}

TEST_CASE("--mode and --profile say what a policy file would", "[live][run]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const Scratch work;
  CHECK(sh({"--mode", "readonly"}, "cat /etc/passwd && ! echo x >f", work.path()) == 0);
  CHECK_FALSE(exists(work / "f"));
  CHECK(sh({"--mode", "full-access"}, "echo x >f", work.path()) == 0);
  const std::string profile = scratch.file("mine.ini", "[filesystem]\nread = /etc\n");
  CHECK(sh({"--profile", profile}, "cat /etc/passwd") == 0);
  CHECK(sh({"--read", "/usr"}, "cat /etc/passwd") == 1);
  Start named = landshim_run({"--profile", "mine", "--", "cat", "/etc/passwd"});
  named.environment["XDG_CONFIG_HOME"] = scratch / "config";
  scratch.directory("config/landshim");
  scratch.file("config/landshim/mine.ini", "[filesystem]\nread = /etc\n");
  CHECK(run(named).status == 0);
  check_ends(run_with({"--profile", "mine", "--", "true"}), 125, "command line:2: --profile mine: include = mine: no profile of this name");
}

TEST_CASE("--set closes and opens what its key does", "[live][run]") {
  REQUIRE_ABI(1);
  CHECK(said_by({"--set", "read=/proc"}, "status=NoNewPrivs") == "status 1\n");
  CHECK(sh({}, "uname") == 0);
  CHECK(sh({"--set", "uname=deny ENOSYS"}, "uname") == 1);
  CHECK(run_with({"--set", "environment.set=COLOUR=red", "--", "sh", "-c", "echo $COLOUR"}).out == "red\n");
  CHECK(sh({"--set", "runtime=none", "--read-exec", "/usr", "--read-exec", "/lib64", "--read-exec", "/bin", "--read-exec", "/lib"}, "true") == 0);
}

TEST_CASE("options are added to the policy of -p or LANDSHIM_POLICY, and a later single value wins", "[live][run]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string secret = scratch.file("secret", "x");
  const Scratch rules;
  const std::string policy = rules.file("policy.ini", "[policy]\nmode = full-access\n");
  const std::string files = rules.file("files.ini", base_policy());
  CHECK(run_with({"-p", files, "--", "cat", secret}).status == 1);
  CHECK(run_with({"-p", files, "--read", secret, "--", "cat", secret}).out == "x");
  CHECK(run_with({"-p", "files.ini", "--read", scratch.path(), "--", "cat", secret}, rules.path()).out == "x");
  CHECK(run_with({"-p", policy, "--mode", "readonly", "--", "sh", "-c", "echo x >" + (scratch / "f")}).status == 2);
  Start named = landshim_run({"--read", secret, "--", "cat", secret});
  named.environment["LANDSHIM_POLICY"] = files;
  CHECK(run(named).out == "x");
  // Nothing is added to a policy that has a file: this one does not let a program start.
  const std::string bare = rules.file("bare.ini", "[filesystem]\nread = /etc\n");
  check_ends(run_with({"-p", bare, "--read", secret, "--", "cat", secret}), 126, "the command cannot be started");
  check_ends(run_with({"-p", rules / "none.ini", "--read", secret, "--", "cat", secret}), 125, "command line:2: -p " + (rules / "none.ini") + ": include = ");
  named.environment["LANDSHIM_POLICY"] = rules / "none.ini";
  check_ends(run(named), 125, "command line:2: LANDSHIM_POLICY " + (rules / "none.ini"));
}

TEST_CASE("--print-policy prints a policy that is as good as the options, and starts nothing", "[live][run]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string secret = scratch.file("a secret", "x");
  const std::string mark = scratch / "started";
  const Outcome printed = run_with({"--read", "a secret", "--connect-tcp", "443", "--print-policy", "--", "touch", mark}, scratch.path());
  CHECK(printed.status == 0);
  CHECK(printed.err.empty());
  CHECK(printed.out == "[filesystem]\nruntime = host\nread = \"" + secret + "\"\n\n[network]\nconnect_tcp = 443\n");
  CHECK_FALSE(exists(mark));
  const Scratch rules;
  CHECK(run_with({"-p", rules.file("printed.ini", printed.out), "--", "cat", secret}).out == "x");
  CHECK(run_with({"--print-policy"}).out == contents("config/profiles/workspace.ini"));
  CHECK(run_with({"-p", "x.ini", "--print-policy"}, "/").out == "[policy]\ninclude = \"/x.ini\"\n");
  CHECK(run_with({"--mode", "full-access", "--print-policy"}).out == "[policy]\nmode = full-access\n");
  CHECK(run_with({"--set", "filesystem.access=all", "--print-policy"}).out == "[filesystem]\naccess = all\n");
}

TEST_CASE("without a policy a command runs under the profile workspace, in silence", "[live][run]") {
  REQUIRE_ABI(1);
  const Scratch work;
  const Scratch outside;
  const std::string readable = outside.file("readable", "x");
  Start start = landshim_run({"--", "sh", "-c", "cat " + readable + " && echo y >mine && ! { echo z >" + (outside / "new") + "; } 2>/dev/null"}, work.path());
  start.environment["TMPDIR"] = work.directory("tmp");
  const Outcome outcome = run(start);
  CHECK(outcome.status == 0);
  CHECK(outcome.out == "x");
  CHECK(outcome.err.empty());
  CHECK(contents(work / "mine") == "y\n");
  CHECK_FALSE(exists(outside / "new"));
  CHECK(run({{"sh", "-c", "echo z >" + (outside / "new")}, {}, {}}).status == 0);
  CHECK(exists(outside / "new"));
}

TEST_CASE("what is held without a policy is the command's own workspace; a profile of that name is the user's by -p", "[live][run]") {
  REQUIRE_ABI(1);
  const Scratch home;
  const Scratch work;
  home.directory(".config/landshim");
  home.file(".config/landshim/workspace.ini", "[policy]\nmode = readonly\n");
  Start start = landshim_run({"--", "touch", work / "f"}, work.path());
  start.environment["HOME"] = home.path();
  CHECK(run(start).status == 0);
  CHECK(exists(work / "f"));
  start.command = {built("landshim"), "run", "-p", "workspace", "--", "touch", work / "g"};
  CHECK(run(start).status == 1);
  CHECK_FALSE(exists(work / "g"));
  CHECK(contents(home / ".config/landshim/workspace.ini") == "[policy]\nmode = readonly\n");
}

TEST_CASE("without a policy nothing is started where the home directory would be writable", "[live][run]") {
  REQUIRE_ABI(1);
  const Scratch above;
  const std::string home = above.directory("home");
  const std::string project = above.directory("home/project");
  REQUIRE(symlink(home.c_str(), (above / "elsewhere").c_str()) == 0);
  const auto in = [&](const std::string& directory, std::vector<std::string> options, const std::string& named) {
    Start start = landshim_run(joined(std::move(options), {"--", "touch", "started"}), directory);
    start.environment["HOME"] = named;
    return run(start);
  };
  const std::string refused = "the command could change the working directory, and your home directory is in it; start it in a project's directory";
  for (const std::string& named : {home, above / "elsewhere", home + "/"}) {
    check_refused(in(home, {}, named), refused);
    check_refused(in(above.path(), {}, named), refused);
    check_refused(in(project, {"--chdir", home}, named), refused);
  }
  CHECK_FALSE(exists(home + "/started"));
  CHECK_FALSE(exists(above / "started"));
  // With the home directory beside or above, unknown, or by the word of whoever starts it.
  CHECK(in(project, {}, home).status == 0);
  CHECK(exists(project + "/started"));
  CHECK(in(home, {}, project + "/none").status == 0);
  CHECK(in(above.path(), {"--mode", "workspace-write"}, "/nonexistent").status == 0);
}

TEST_CASE("a workspace alone means mode = workspace-write", "[live][run]") {
  REQUIRE_ABI(1);
  const Scratch work;
  const Scratch outside;
  const std::vector<std::string> options = {"--set", "workspace=" + work.path(), "--set", "udp=allow"};
  CHECK(run_with(joined(options, {"--print-policy"})).out == "[policy]\nmode = workspace-write\nworkspace = " + work.path() + "\n\n[network]\nudp = allow\n");
  for (const auto& [path, allowed] : {std::pair<std::string, bool>{work / "f", true}, {outside / "f", false}}) {
    Start start = landshim_run(joined(options, {"--", "touch", path}), outside.path());
    start.environment["TMPDIR"] = work.directory("tmp");
    CHECK((run(start).status == 0) == allowed);
    CHECK(exists(path) == allowed);
  }
}

TEST_CASE("a policy of options is narrowed by the same options in another directory", "[live][run]") {
  REQUIRE_ABI(1);
  const Scratch work;
  work.directory("inner");
  const std::string inner = built("landshim") + " run --read-write . --read-exec " + built("landshim") + " -- sh -c 'echo x >../outer; echo x >within'";
  const std::vector<std::string> options = {"--read-write", ".", "--read-exec", built("landshim")};
  CHECK(sh(options, "echo x >outer && rm outer && cd inner && " + inner, work.path()) == 0);
  CHECK_FALSE(exists(work / "outer"));
  CHECK(exists(work / "inner/within"));
}

TEST_CASE("options that cannot be used end with 2, and policies that cannot with 125, in one line", "[live][run]") {
  const Scratch scratch;
  const std::string mark = scratch / "started";
  const auto with = [&](std::vector<std::string> words) { return run_with(joined(std::move(words), {"--", "touch", mark})); };
  check_ends(with({"--set", "access=all"}), 2, "run: --set access=all: access is a key of [filesystem] and [network]; write --set filesystem.access=...; see landshim help");
  check_ends(with({"--set", "raed=/x"}), 2, "did you mean 'read'?");
  check_ends(with({"--set", "read"}), 2, "expected KEY=VALUE");
  check_ends(with({"--read", ""}), 2, "--read: the name is empty");
  check_ends(with({"--read", "/a\nb"}), 2, "--read /a\\x0ab: a line end stands in it");
  check_ends(with({"--profile", "-x"}), 2, "no profile can have this name");
  check_ends(run_with({"--read"}), 2, "run: --read: 1 required PATH missing");
  check_ends(run_with({"--read", "/x"}), 2, "run: a command is missing");
  check_ends(with({"--raed", "/x"}), 2, "--raed: no such option; did you mean '--read'?");
  check_ends(with({"--mode", "readnly"}), 125, "command line:2: --mode readnly: mode = readnly: expected strict");
  check_ends(with({"--connect-tcp", "0"}), 125, "command line:5: --connect-tcp 0: connect_tcp = 0: expected a port");
  check_ends(with({"--read", "/no/such/place"}), 125, "command line:3: --read /no/such/place: read = /no/such/place: there is no such path");
  check_ends(with({"--read", "/a\xff"}), 125, "--read /a\\xff: the line is not UTF-8");
  check_ends(with({"--set", "memory_max=1T", "--set", "network.upd=deny"}), 125, "upd: no such key in [network]");
  check_ends(with({"--mode", "readonly", "--mode", "strict"}), 125, "--mode strict: mode was given already, in line 2");
  CHECK_FALSE(exists(mark));
}

TEST_CASE("--chdir starts the command elsewhere, and leaves policies and paths where the caller is", "[live][run]") {
  REQUIRE_ABI(1);
  const Scratch caller;
  const Scratch work;
  const Scratch rules;
  const std::string secret = caller.file("secret", "x");
  work.file("mine", "y");
  CHECK(run_with({"--chdir", work.path(), "--", "pwd"}, caller.path()).out == work.path() + "\n");
  Start workspace = landshim_run({"--chdir", work.path(), "--", "sh", "-c", "echo z >newer && ! { echo z >" + secret + "; } 2>/dev/null"}, caller.path());
  workspace.environment["TMPDIR"] = work.directory("tmp");
  CHECK(run(workspace).status == 0);
  CHECK(exists(work / "newer"));
  CHECK(contents(secret) == "x");
  CHECK(run_with({"--chdir", work.path(), "--read", "secret", "--", "cat", secret}, caller.path()).out == "x");
  CHECK(run_with({"--chdir", work.path(), "--set", "read=secret", "--", "cat", secret}, caller.path()).out == "x");
  CHECK(run_with({"--chdir", work.path(), "--read", "secret", "--", "cat", work / "mine"}, caller.path()).status == 1);
  rules.file("rules.ini", base_policy() + "read = ${PWD}\n");
  CHECK(run_with({"--chdir", work.path(), "-p", "rules.ini", "--", "cat", "mine"}, rules.path()).out == "y");
  CHECK(run_with({"--chdir", work.path(), "-p", "rules.ini", "--", "cat", secret}, rules.path()).status == 1);
  work.file("own", "#!/bin/sh\necho own\n", 0755);
  CHECK(run_with({"--chdir", work.path(), "--", "./own"}, "/").out == "own\n");
  check_ends(run_with({"--chdir", work / "none", "--", "true"}), 125, "--chdir " + (work / "none") + ": the directory cannot be entered: no such file or directory (ENOENT)");
}

TEST_CASE("with --timeout a command that ends in time ends as it does without", "[live][run][timeout]") {
  REQUIRE_ABI(1);
  const auto timed = [](const std::string& text) { return run_with({"--timeout", "1m", "--mode", "readonly", "--", "sh", "-c", text}); };
  CHECK(timed("exit 0").status == 0);
  CHECK(timed("exit 7").status == 7);
  for (const int number : {9, 15, 11, 1}) CHECK(timed("kill -" + std::to_string(number) + " $$").signal == number);
  Start start = landshim_run({"--timeout", "60", "--", "cat"});
  start.input = "input";
  CHECK(run(start).out == "input");
  const std::string mask = "grep -E 'Sig(Blk|Ign|Cgt)' /proc/self/status";
  CHECK(timed(mask).out == run({{"sh", "-c", mask}, {}, {}}).out);
  check_ends(run_with({"--timeout", "9", "--mode", "readnly", "--", "true"}), 125, "command line:2");
  check_ends(run_with({"--timeout", "9", "--", "no-such-command-anywhere"}), 127, "not in PATH");
  // Whoever starts landshim may ignore the end of its children.
  CHECK(run({{"sh", "-c", "trap '' CHLD; exec \"$0\" run --timeout 9 --mode readonly -- sh -c 'exit 5'", built("landshim")}, {}, {"LANDSHIM_POLICY"}}).status == 5);
}

TEST_CASE("when its time is up a command is asked to end, and its status is 124", "[live][run][timeout]") {
  REQUIRE_ABI(1);
  CHECK(run_with({"--timeout", "1", "--mode", "readonly", "--", "sleep", "60"}).status == 124);
  const Outcome asked = run_with({"--timeout", "1s", "--mode", "readonly", "--", "sh", "-c", "trap 'echo asked; exit 3' TERM; while :; do sleep 0.1; done"});
  CHECK(asked.status == 124);
  CHECK(asked.out == "asked\n");
  CHECK(asked.err.empty());
  // A stopped one as well.
  CHECK(run_with({"--timeout", "1", "--mode", "readonly", "--", "sh", "-c", "kill -STOP $$"}).status == 124);
}

TEST_CASE("a command that does not end when asked is killed, with all that it left behind", "[live][run][timeout]") {
  REQUIRE_ABI(1);
  const Outcome outcome = run_with({"--timeout", "1", "--mode", "readonly", "--", "sh", "-c", "trap '' TERM; setsid sleep 300 & echo $!; while :; do sleep 1; done"});
  CHECK(outcome.status == 124);
  CHECK_FALSE(outcome.timed_out);
  const pid_t left = std::atoi(outcome.out.c_str());
  REQUIRE(left > 1);
  CHECK(kill(left, 0) == -1);
  CHECK(errno == ESRCH);
}

TEST_CASE("with --timeout signals are passed on, and the command stays in its process group", "[live][run][timeout]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string landshim = built("landshim") + " run --timeout 30 --mode workspace-write --set workspace=" + scratch.path() + " -- ";
  for (const char* name : {"HUP", "TERM", "USR1", "USR2"}) {
    INFO(name);
    const Outcome outcome = run({{"sh", "-c", "mkfifo ready; " + landshim + "sh -c 'trap \"echo got; exit 3\" " + name + "; echo x >ready; while :; do sleep 0.1; done' & read x <ready; kill -" + name + " $!; wait $!; echo $?; rm ready"}, {}, {}, scratch.path()});
    CHECK(outcome.out == "got\n3\n");
    CHECK(outcome.err.empty());
  }
  const Outcome group = run({{"sh", "-c", "cut -d' ' -f5 /proc/self/stat; " + landshim + "cut -d' ' -f5 /proc/self/stat"}, {}, {}, scratch.path()});
  const std::vector<std::string> groups = lines_of(group.out);
  REQUIRE(groups.size() == 2);
  CHECK(groups[0] == groups[1]);
}

TEST_CASE("with --timeout what a terminal sends reaches the command once", "[live][run][timeout]") {
  REQUIRE_ABI(1);
  int terminal = -1;
  const std::string landshim = built("landshim");
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  REQUIRE(child >= 0);
  if (child == 0) {
    unsetenv("LANDSHIM_POLICY");
    execl(landshim.c_str(), "landshim", "run", "--timeout", "30", "--mode", "readonly", "--", "sh", "-c", "trap 'echo [int]' INT; echo [ready]; sleep 2; sleep 1; echo [end]; exit 6", nullptr);
    _exit(201);
  }
  std::string said;
  bool typed = false;
  char buffer[256];
  for (ssize_t got; (got = read(terminal, buffer, sizeof buffer)) > 0;) {
    said.append(buffer, static_cast<std::size_t>(got));
    if (typed || said.find("[ready]") == std::string::npos) continue;
    typed = write(terminal, "\x03", 1) == 1;
  }
  close(terminal);
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  INFO(said);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 6);
  const std::size_t first = said.find("[int]");
  CHECK(first != std::string::npos);
  CHECK(said.find("[int]", first + 1) == std::string::npos);
  CHECK(said.find("[end]") != std::string::npos);
}

TEST_CASE("a timeout that is none is refused", "[live][run][timeout]") {
  for (const char* time : {"0", "", "soon", "5d", "-1", "unlimited", "1.5"}) {
    INFO(time);
    check_ends(run_with({"--timeout", time, "--", "true"}), 2, "run: --timeout " + std::string(time) + ": expected a time such as 90, 90s, 5m or 2h");
  }
}

namespace {

// The command and its library as they are installed, to be spoilt.
struct Installed {
  Scratch prefix;
  std::string command = prefix.directory("bin") + "/landshim";
  std::string library = prefix.directory("lib") + "/liblandshim.so";
  Scratch rules;
  std::string policy = rules.file("policy.ini", base_policy() + "read = /proc\n");
  Scratch work;
  std::string mark = work / "mark";

  Installed() {
    std::filesystem::copy_file(built("landshim"), command);
    std::filesystem::copy_file(built("liblandshim.so"), library);
    chmod(library.c_str(), 0644);
  }
  Start start(const std::vector<std::string>& command_line) const {
    Start out = landshim_run(joined({"--preload", "-p", policy, "--"}, command_line), work.path());
    out.command[0] = command;
    return out;
  }
};

// Whatever the loader says of the library, the last line is ours, and main has not run.
void check_not_started(const Outcome& outcome, const std::string& mark, const std::string& words) {
  INFO("status " << outcome.status << " signal " << outcome.signal << "\nstdout: " << outcome.out << "\nstderr: " << outcome.err);
  CHECK_FALSE(outcome.timed_out);
  CHECK(outcome.status == 125);
  CHECK(outcome.out.empty());
  const std::vector<std::string> said = lines_of(outcome.err);
  REQUIRE_FALSE(said.empty());
  CHECK(said.back().starts_with("landshim: "));
  CHECK(said.back().find(words) != std::string::npos);
  CHECK_FALSE(exists(mark));
}

}  // namespace

TEST_CASE("with --preload a dynamic program runs under the policy, as itself and unwatched", "[live][run][preload]") {
  REQUIRE_ABI(1);
  const Installed here;
  const Scratch outside;
  const std::string secret = outside.file("secret", "x");
  check_said(run(here.start({witness(), "read=" + secret, "status=TracerPid", "status=NoNewPrivs", "variable=LD_PRELOAD", "variable=LANDSHIM_POLICY"})),
             "read 13\nstatus 0\nstatus 1\nvariable none\nvariable " + here.policy + "\n");
  CHECK(run({{witness(), "read=" + secret}, {}, {}}).out == "main\nread 0\n");
  CHECK(run(here.start({"sh", "-c", "exit 7"})).status == 7);
  CHECK(run(here.start({"sh", "-c", "kill -TERM $$"})).signal == 15);
  Start input = here.start({"cat"});
  input.input = "input";
  CHECK(run(input).out == "input");
  // The process is the one that was started, and has no child that it did not make.
  const std::string text = "echo $$; exec " + here.command + " run --preload -p " + here.policy + " -- sh -c 'echo $$; cat /proc/self/task/*/children; wait'";
  const std::vector<std::string> numbers = lines_of(run({{"sh", "-c", text}, {}, {}}).out);
  REQUIRE(numbers.size() >= 2);
  CHECK(numbers[0] == numbers[1]);
  const std::string mask = "grep -E 'Sig(Blk|Ign|Cgt|Pnd)|ShdPnd' /proc/self/status";
  CHECK(run(here.start({"sh", "-c", mask})).out == run({{"sh", "-c", mask}, {}, {}}).out);
}

TEST_CASE("with --preload scripts, texts, timeouts and other preloaded libraries work as without", "[live][run][preload]") {
  REQUIRE_ABI(1);
  const Installed here;
  for (const char* first : {"#!/bin/sh\n", ""}) {
    const std::string file = here.prefix.file("bin/script", std::string(first) + "echo \"$1\"\n", 0755);
    Start start = here.start({file, "word"});
    start.command[4] = here.rules.file("scripts.ini", base_policy() + "read_exec = " + here.prefix.path() + "\n");
    CHECK(run(start).out == "word\n");
  }
  Start timed = here.start({"sleep", "60"});
  timed.command.insert(timed.command.begin() + 2, {"--timeout", "1"});
  CHECK(run(timed).status == 124);
  Start last = here.start({"sh", "-c", "/bin/true; echo $?"});
  last.command[4] = here.rules.file("last.ini", base_policy() + "[process]\nexecve = deny\n");
  CHECK(run(last).out == "126\n");
  Start other = here.start({witness(), "variable=LD_PRELOAD"});
  other.environment["LD_PRELOAD"] = built("tests/libsecond.so");
  other.command[4] = here.rules.file("other.ini", base_policy());
  const Outcome outcome = run(other);
  CHECK(outcome.status == 0);
  CHECK(outcome.out.find("variable " + built("tests/libsecond.so")) != std::string::npos);
}

TEST_CASE("with --preload a static program is refused and its main never runs", "[live][run][preload]") {
  const Installed here;
  const std::vector<std::string> command = {built("tests/witness-static"), "create=" + here.mark};
  check_not_started(run(here.start(command)), here.mark, "the loader of " + command[0] + " takes no preload: it is static; use landshim run without --preload");
  CHECK(run({command, {}, {}}).status == 0);
  CHECK(exists(here.mark));
}

TEST_CASE("with --preload a program of musl is refused, and nothing of it runs", "[live][run][preload]") {
  if (!exists(built("tests/herald-musl"))) return skip("tests/herald-musl is not built: musl-tools is not installed");
  const Installed here;
  check_not_started(run(here.start({built("tests/herald-musl")})), here.work / "main", "is that of musl, and how far it has come cannot be seen; use landshim run without --preload");
  CHECK(std::filesystem::is_empty(here.work.path()));
  Start control{{built("tests/herald-musl")}, {}, {}, here.work.path()};
  CHECK(run(control).status == 0);
  CHECK_FALSE(std::filesystem::is_empty(here.work.path()));
}

TEST_CASE("with --preload a set-user-ID program is refused and its main never runs", "[live][root][run][preload]") {
  if (geteuid() != 0) return skip("needs root, to make a set-user-ID program of another user");
  const Installed here;
  REQUIRE(chmod(here.work.path().c_str(), 0777) == 0);
  const std::string program = here.prefix / "bin/witness";
  std::filesystem::copy_file(witness(), program);
  for (const mode_t mode : {04755U, 02755U}) {
    REQUIRE(chmod(program.c_str(), mode) == 0);
    Start start = here.start({program, "create=" + here.mark});
    start.as_nobody = true;
    check_not_started(run(start), here.mark, mode == 04755 ? "a privileged one, by the set-user-ID bit" : "a privileged one, by the set-group-ID bit");
    // Root gains nothing by it, and neither does the loader stand back.
    start.as_nobody = false;
    start.command[4] = here.rules.file("root.ini", base_policy() + "read_exec = " + program + "\nread_write = " + here.work.path() + "\n");
    CHECK(run(start).status == 0);
    REQUIRE(unlink(here.mark.c_str()) == 0);
  }
}

TEST_CASE("with --preload a library that the loader ignores stops the program before its main", "[live][run][preload]") {
  const Installed here;
  const std::vector<std::string> command = {witness(), "create=" + here.mark};
  std::filesystem::remove(here.library);
  here.prefix.file("lib/liblandshim.so", "no library");
  check_not_started(run(here.start(command)), here.mark, "its loader has not taken liblandshim.so in");
  here.prefix.file("lib/liblandshim.so", "");
  check_not_started(run(here.start(command)), here.mark, "its loader has not taken liblandshim.so in");
  std::filesystem::remove(here.library);
  // One that loads and puts nothing in force.
  std::filesystem::copy_file(built("liblandshim-audit.so"), here.library);
  check_not_started(run(here.start(command)), here.mark, "its loader has not taken liblandshim.so in");
  std::filesystem::remove(here.library);
  check_not_started(run(here.start(command)), here.mark, "liblandshim.so is neither beside this command nor in ../lib");
}

TEST_CASE("with --preload a library that others could write is refused", "[live][run][preload]") {
  const Installed here;
  const std::vector<std::string> command = {witness(), "create=" + here.mark};
  for (const mode_t mode : {0666U, 0664U}) {
    REQUIRE(chmod(here.library.c_str(), mode) == 0);
    check_not_started(run(here.start(command)), here.mark, here.library + ": others than root and this user could change it, by " + here.library);
  }
  REQUIRE(chmod(here.library.c_str(), 0644) == 0);
  REQUIRE(chmod((here.prefix / "lib").c_str(), 0777) == 0);
  check_not_started(run(here.start(command)), here.mark, "could change it, by " + (here.prefix / "lib"));
  REQUIRE(chmod((here.prefix / "lib").c_str(), 0755) == 0);
  CHECK(run(here.start({witness()})).status == 0);
}

TEST_CASE("with --preload the path of the library must be one that the loader reads", "[live][run][preload]") {
  const Installed here;
  here.prefix.directory("a b/bin");
  here.prefix.directory("a b/lib");
  std::filesystem::copy_file(here.command, here.prefix / "a b/bin/landshim");
  std::filesystem::copy_file(here.library, here.prefix / "a b/lib/liblandshim.so");
  Start start = here.start({witness(), "create=" + here.mark});
  start.command[0] = here.prefix / "a b/bin/landshim";
  check_not_started(run(start), here.mark, "the loader ends a name at a blank");
}

TEST_CASE("with --preload early code that becomes another program is stopped before the main of that one", "[live][run][preload]") {
  const Installed here;
  for (const char* other : {"tests/witness-static", "tests/witness"}) {
    INFO(other);
    Start start = here.start({built("tests/witness-early")});
    start.environment["EARLY"] = "exec " + built(other) + " create=" + here.mark;
    check_not_started(run(start), here.mark, std::string(other) == "tests/witness" ? "has not taken liblandshim.so in" : "the loader of a static program takes no preload");
    Start control{{built("tests/witness-early")}, start.environment, {}};
    CHECK(run(control).status == 0);
    CHECK(exists(here.mark));
    REQUIRE(unlink(here.mark.c_str()) == 0);
  }
  Start ends = here.start({built("tests/witness-early")});
  ends.environment["EARLY"] = "exit";
  const Outcome outcome = run(ends);
  CHECK(outcome.status == 0);
  CHECK(one_line(outcome.err, "landshim: " + built("tests/witness-early") + ": it ended before its main, and nothing has proved"));
}

TEST_CASE("with --preload a fault of the policy is told once, by the command", "[live][run][preload]") {
  const Installed here;
  Start start = here.start({witness(), "create=" + here.mark});
  start.command[4] = here.rules.file("bad.ini", "[filesystem]\nraed = /\n");
  check_refused(run(start), "bad.ini:2: raed");
  // One that the library alone meets.
  start.command[4] = here.rules.file("missing.ini", base_policy() + "read = /no/such/place\n");
  check_refused(run(start), "missing.ini:5: read = /no/such/place");
  start.command[4] = here.rules.file("dump.ini", base_policy() + "[process]\ndumpable = no\n");
  check_refused(run(start), "dump.ini:6: --preload: a process that is not dumpable cannot be watched");
  start.command[4] = "workspace";
  check_refused(run(start), "--preload: the library reads policies from files, and profile workspace stands in none");
  CHECK_FALSE(exists(here.mark));
}

TEST_CASE("--preload goes with a policy in a file alone", "[live][run][preload]") {
  const Scratch scratch;
  const std::string mark = scratch / "mark";
  check_ends(run_with({"--preload", "--", "touch", mark}), 2, "run: --preload: the library reads its policy from a file; give one with -p");
  check_ends(run_with({"--preload", "-p", "x.ini", "--read", "/etc", "--", "touch", mark}), 2, "run: --preload and --read do not go together");
  check_ends(run_with({"--preload", "--set", "udp=deny", "--", "touch", mark}), 2, "run: --preload and --set do not go together");
  CHECK_FALSE(exists(mark));
}

TEST_CASE("where tracing is forbidden --preload starts nothing", "[live][run][preload]") {
  REQUIRE_ABI(1);
  const Installed here;
  const Start inner = here.start({witness(), "create=" + here.mark});
  const Outcome outcome = run_by_command(base_policy() + "read_exec = " + here.prefix.path() + "\nread = " + here.rules.path() + "\nread_write = " + here.work.path() + "\n[syscalls]\nptrace = deny\n", inner);
  check_not_started(outcome, here.mark, "the kernel does not let the start be watched (ptrace); use landshim run without --preload: not permitted (EPERM)");
  const Outcome control = run_by_command(base_policy() + "read_exec = " + here.prefix.path() + "\nread = " + here.rules.path() + "\nread_write = " + here.work.path() + "\n", here.start({witness()}));
  INFO(control.err);
  CHECK(control.status == 0);
  CHECK(control.out == "main\n");
}

TEST_CASE("capabilities of a file that a policy takes away are told before the start", "[live][root][run]") {
  REQUIRE_ABI(1);
  if (geteuid() != 0) return skip("needs root, to give a file capabilities");
  const Scratch scratch;
  const std::string program = scratch / "witness";
  std::filesystem::copy_file(witness(), program);
  // capabilities(7): version 2, effective; net_raw permitted.
  const std::uint32_t capability[] = {0x02000001, 1U << 13, 0, 0, 0};
  if (setxattr(program.c_str(), "security.capability", capability, sizeof capability, 0) != 0) return skip("files cannot have capabilities here");
  Start start = landshim_run({"--mode", "readonly", "--", program, "status=CapEff"});
  start.as_nobody = true;
  const std::string line = "landshim: " + program + ": under a policy it starts without what its file capabilities would give it\n";
  Outcome outcome = run(start);
  CHECK(outcome.status == 0);
  CHECK(outcome.out == "main\nstatus 0000000000000000\n");
  CHECK(outcome.err == line);
  Start control{{program, "status=CapEff"}, {}, {}};
  control.as_nobody = true;
  CHECK(run(control).out == "main\nstatus 0000000000002000\n");
  // Root's capabilities are not the file's, but a file that demands what the policy drops does not start: execve(2).
  start.as_nobody = false;
  check_ends(run(start), 126, "its file demands capabilities, does the policy keep them?: not permitted (EPERM)");
  start.command.insert(start.command.begin() + 2, {"--set", "capabilities=net_raw"});
  CHECK(run(start).err.empty());
  // Whoever is held already has lost it before.
  Start nested = landshim_run({"--mode", "readonly", "--", built("landshim"), "run", "--mode", "readonly", "--", program});
  nested.as_nobody = true;
  CHECK(run(nested).err.empty());
  // The library cannot come in: the start is a privileged one.
  const Installed here;
  Start preload = here.start({program, "create=" + here.mark});
  preload.as_nobody = true;
  check_not_started(run(preload), here.mark, "a privileged one, by its file capabilities");
}
