// SPDX-License-Identifier: MIT
// What a followed program does against who follows it: it hangs nobody, ends nobody, and makes nobody tell a lie.
#include <catch2/catch.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "tests/live/followed.h"
#include "tests/support/json.h"

using namespace landshim::tests;

namespace {

Words hostile(Words words) { return victim_words(std::move(words), "tests/hostile"); }

int denials_of(const Outcome& outcome, const std::string& beginning) {
  const Words lines = told(outcome);
  return static_cast<int>(std::count_if(lines.begin(), lines.end(), [&](const std::string& line) { return line.starts_with("denied " + beginning); }));
}

// landshim by a shell that changes what it starts with: its own command line is "$@".
Outcome by_shell(const Held& held, const std::string& text, const Words& options, const Words& command) {
  Start start = held.start(options, command);
  start.command.insert(start.command.begin(), {"bash", "-c", text, "bash"});
  return run(start);
}

}  // namespace

TEST_CASE("memory that ends, or that nobody may read, is answered as the kernel answers it", "[live][follow][hostile]") {
  REQUIRE_ABI(6);
  const Scratch tree;
  const std::string closed = tree.file("secret", "x");
  const Held held(base_policy() + "[network]\naccess = rules\nunix = allow\n");
  for (const char* how : {"whole", "endless", "forbidden", "gone"}) {
    INFO(how);
    const Words command = hostile({"edge", how, closed});
    const Outcome outcome = held.followed(command);
    INFO(everything(outcome));
    CHECK(outcome.status == (std::string_view(how) == "whole" ? EACCES : EFAULT));
    CHECK(outcome.status == held.plain(command).status);
    CHECK(denials_of(outcome, "read " + closed) == (std::string_view(how) == "whole" ? 1 : 0));
    CHECK(told(outcome).size() == (std::string_view(how) == "whole" ? 1U : 0U));
  }
  for (const char* how : {"whole", "beyond", "endless"}) {
    INFO(how);
    const Words command = hostile({"edge-of-address", how, tree / "none"});
    const Outcome outcome = held.followed(command);
    INFO(everything(outcome));
    CHECK(outcome.status == held.plain(command).status);
    CHECK(outcome.status != 0);
    CHECK(told(outcome) == Words{});
  }
  const Outcome message = held.followed(hostile({"edge-of-message", tree / "none"}));
  CHECK(message.status == EFAULT);
  CHECK(told(message) == Words{});
}

TEST_CASE("two thousand threads are answered each", "[live][follow][hostile]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  const std::string closed = tree.file("secret", "x");
  const Held held(base_policy());
  const Outcome outcome = held.followed(hostile({"threads", "2000", closed}));
  INFO(everything(outcome));
  CHECK(outcome.status == EACCES);
  REQUIRE(told(outcome).size() == 1);
  CHECK(told(outcome)[0].find(", 2001 times): ") != std::string::npos);
}

TEST_CASE("a thread that is not the first becomes another program while others call", "[live][follow][hostile]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  const std::string closed = tree.file("secret", "x");
  const std::string other = tree.file("other", "x");
  const Held held(base_policy());
  for (int i = 0; i < 5; ++i) {
    const Outcome outcome = held.followed(hostile({"exec-by-thread", closed, built("tests/victim"), "read", other}));
    INFO(everything(outcome));
    CHECK(outcome.status == EACCES);
    CHECK(denials_of(outcome, "read " + other + " (victim, pid ") == 1);
    CHECK(denials_of(outcome, "read " + closed + " (victim, ") == 0);
  }
}

TEST_CASE("a process that is ended or stopped in the middle of a call holds up nobody", "[live][follow][hostile]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  const std::string closed = tree.file("secret", "x");
  const Held held(base_policy());
  const Outcome outcome = held.followed(hostile({"broken-off", "150", closed}));
  INFO(everything(outcome));
  CHECK_FALSE(outcome.timed_out);
  CHECK(outcome.status == EACCES);
  CHECK(denials_of(outcome, "read " + closed + " (hostile, ") == 1);
  CHECK(told(outcome).size() == 1);
}

TEST_CASE("processes that are gone, and directories too deep for a path, are no obstacle", "[live][follow][hostile]") {
  REQUIRE_ABI(3);
  const Scratch tree;
  const std::string closed = tree.file("secret", "x");
  const std::string work = tree.directory("work");
  const Held held(base_policy() + "read_write = " + work + "\n");
  for (int i = 0; i < 20; ++i) {
    const Outcome gone = held.followed(hostile({"gone-process", "x"}));
    INFO(everything(gone));
    CHECK(gone.status == 0);
    CHECK(told(gone).size() <= 1);
  }
  const Outcome deep = held.followed(hostile({"deep", work, closed}));
  INFO(everything(deep));
  CHECK(deep.status == EACCES);
  CHECK(denials_of(deep, "read " + closed) == 1);
  CHECK(told(deep).size() == 1);
}

TEST_CASE("a program that traces another, both followed, changes nothing of what is answered", "[live][follow][hostile]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  const std::string closed = tree.file("secret", "x");
  const Held held(base_policy() + "device = /dev/tty\n");
  const Words command = {"strace", "-f", "-o", "/dev/null", built("tests/victim"), "forked", "read", closed};
  const Outcome plain = held.plain(command);
  const Outcome outcome = held.followed(command);
  INFO(everything(plain) << "\n" << everything(outcome));
  CHECK(plain.status == EACCES);
  CHECK(outcome.status == plain.status);
  CHECK(denials_of(outcome, "read " + closed + " (victim, ") == 1);
}

TEST_CASE("who follows a program cannot be stopped, ended or robbed by it", "[live][follow][hostile]") {
  REQUIRE_ABI(6);
  const Held held(base_policy());
  for (const char* how : {"stop", "kill", "queue"}) {
    INFO(how);
    const Outcome outcome = held.followed(hostile({"parent", how}));
    INFO(everything(outcome));
    CHECK(outcome.status == EPERM);
    CHECK(denials_of(outcome, std::string("call ") + (std::string_view(how) == "queue" ? "rt_sigqueueinfo " : "kill ")) == 1);
  }
  for (const char* policy : {"", "[ipc]\nsignals = allow\n"}) {
    held.set(base_policy() + policy);
    const Outcome robbed = held.followed(hostile({"parent", "descriptor"}));
    INFO(everything(robbed));
    CHECK(robbed.status == EPERM);
    CHECK(robbed.signal == 0);
  }
}

TEST_CASE("nobody who reads the events any more, and no room for them, ends the command", "[live][follow][hostile]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  const std::string closed = tree.file("secret", "x");
  const Held held(base_policy());
  const std::string events = held / "events";
  const Words command = {"bash", "-c", "sleep 0.2; : <\"$0\"; : <\"$0\"x; mkdir /none; kill -0 $PPID; echo end; exit 3", closed};
  const auto as_ever = [&](const char* how, const Outcome& outcome) {
    INFO(how << "\n" << everything(outcome));
    CHECK(outcome.status == 3);
    CHECK(outcome.signal == 0);
    CHECK(outcome.out == "end\n");
    CHECK(outcome.err.find("Function not implemented") == std::string::npos);
  };
  as_ever("read by nobody", by_shell(held, "exec 9> >(true); exec \"$@\"", {"--denials-json", "/dev/fd/9"}, command));
  as_ever("full", by_shell(held, "exec \"$@\"", {"--denials-json", "/dev/full"}, command));
  as_ever("no file may grow", by_shell(held, "ulimit -f 0; exec \"$@\"", {"--denials-json", events}, command));
  as_ever("standard error is read by nobody", by_shell(held, "exec \"$@\" 2> >(true)", {"--explain-denials"}, {"bash", "-c", "exec 2>/dev/null; sleep 0.2; : <\"$0\"; echo end; exit 3", closed}));
  as_ever("standard error is closed by the command", by_shell(held, "exec \"$@\"", {"--explain-denials"}, {"bash", "-c", "exec 2>&-; : <\"$0\"; echo end; exit 3", closed}));
}

TEST_CASE("with few descriptors a denial is told, or that it could not be looked at", "[live][follow][hostile]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  const std::string closed = tree.file("secret", "x");
  const Held held(base_policy());
  const Words command = victim_words({"read", closed}, "tests/victim-static");
  int told_all = 0;
  int told_less = 0;
  for (int i = 5; i < 20; ++i) {
    const Outcome outcome = by_shell(held, "ulimit -n " + std::to_string(i) + "; exec \"$@\"", {"--explain-denials"}, command);
    INFO(i << ": " << everything(outcome));
    if (outcome.status == 125) continue;  // of the start
    CHECK(outcome.status == EACCES);
    if (denials_of(outcome, "read " + closed) == 1) ++told_all;
    else if (outcome.err.find("calls could not be looked at: descriptors or memory ran out here (ulimit -n)") != std::string::npos) ++told_less;
    else CHECK_FALSE("told nothing");
  }
  CHECK(told_all > 5);
  CHECK(told_less > 0);
  // What the caller may have is used.
  const Outcome soft = by_shell(held, "ulimit -Sn 7; exec \"$@\"", {"--explain-denials"}, command);
  CHECK(denials_of(soft, "read " + closed) == 1);
}

TEST_CASE("denials without end cost a bounded memory", "[live][follow][hostile]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  std::string directory = tree.path();
  while (directory.size() < 3500) {
    directory += "/" + std::string(200, 'd');
    std::filesystem::create_directory(directory);
  }
  chmod(directory.c_str(), 0777);
  const Held held(base_policy());
  // The peak of the process that follows, in KiB.
  const auto peak = [&](const char* names) {
    Start start = held.start({"--explain-denials", "--denials-json", "/dev/null"}, hostile({"names", names, directory}));
    start.command.insert(start.command.begin(), {"/usr/bin/python3", "-I", "-S", "-c", "import os, resource, sys\nstatus = os.spawnv(os.P_WAIT, sys.argv[1], sys.argv[1:])\nprint(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"});
    const Outcome outcome = run(start);
    INFO(outcome.out << outcome.err.substr(0, 2000));
    REQUIRE(outcome.out.starts_with(std::to_string(EACCES) + " "));
    return std::atoi(outcome.out.c_str() + 3);
  };
  const int few = peak("10");
  const int many = peak("1200");
  const int more = peak("6000");
  INFO(few << " " << many << " " << more);
  CHECK(many < few + 48 * 1024);
  CHECK(more < many + 2 * 1024);
}

TEST_CASE("the name of a program drives no terminal, in no line and in no event", "[live][follow][hostile]") {
  REQUIRE_ABI(3);
  const Scratch tree;
  const std::string closed = tree.file("secret", "x");
  const std::string evil = tree.path() + "/\x1b[2J\nlandshim: denied\xff\xe2\x80\xae";
  std::filesystem::copy_file(built("tests/victim-static"), evil);
  const Held held(base_policy() + "read_exec = " + tree.path() + "\n");
  const std::string file = held / "events";
  const std::string work = tree.path() + "/\x1b]0;x\x07\xff";
  const Outcome outcome = run(held.start({"--explain-denials", "--denials-json", file}, {evil, "mkdir", work}));
  INFO(everything(outcome));
  CHECK(outcome.status == EACCES);
  REQUIRE(told(outcome).size() == 1);
  CHECK(told(outcome)[0].find("/\\x1b]0;x\\x07\\xff (\\x1b[2J\\x0alandshim: denied\\xff\\xe2\\x80\\xae, pid ") != std::string::npos);
  const std::string events = contents(file);
  for (const char c : events) REQUIRE((c == '\n' || (c >= 0x20 && c < 0x7f)));
  for (const std::string& line : lines_of(events)) CHECK(json_of(line)["v"] == 1);
}

TEST_CASE("a run that nobody follows asks nobody, and is one process", "[live][follow]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  const Held held(base_policy());
  const std::string trace = tree / "trace";
  const auto traced = [&](const Words& options) {
    Start start = held.start(options, {"true"});
    start.command.insert(start.command.begin(), {"strace", "-f", "-o", trace, "-e", "trace=process,seccomp"});
    CHECK(run(start).status == 0);
    return contents(trace);
  };
  const std::string plain = traced({});
  const std::string followed = traced({"--explain-denials"});
  INFO(plain << "\n" << followed);
  CHECK(followed.find("NEW_LISTENER") != std::string::npos);
  CHECK(followed.find("clone(") != std::string::npos);
  CHECK(plain.find("seccomp(SECCOMP_SET_MODE_FILTER") != std::string::npos);
  for (const char* word : {"NEW_LISTENER", "USER_NOTIF", "clone", "fork("}) {
    INFO(word);
    CHECK(plain.find(word) == std::string::npos);
  }
  // That filter, as `landshim filter` gives it, has no instruction that asks.
  const std::string program = run({{built("landshim"), "filter", "--bpf", held.policy()}, {}, {}}).out;
  CHECK(plain.find("{len=" + std::to_string(program.size() / sizeof(sock_filter)) + ",") != std::string::npos);
  for (std::size_t at = 0; at < program.size(); at += sizeof(sock_filter)) {
    sock_filter op{};
    program.copy(reinterpret_cast<char*>(&op), sizeof op, at);
    if (BPF_CLASS(op.code) == BPF_RET) CHECK((op.k & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_USER_NOTIF);
  }
}
