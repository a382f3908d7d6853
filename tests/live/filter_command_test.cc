// SPDX-License-Identifier: MIT
// landshim filter: its bytes are those that the kernel has.
#include <catch2/catch.hpp>

#include <linux/filter.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

using Words = std::vector<std::string>;

Outcome filter(Words words) {
  words.insert(words.begin(), {built("landshim"), "filter"});
  return run({words, {}, {}});
}

constexpr const char* kPolicies[] = {
    "[policy]\nmode = readonly\n",
    "[filesystem]\nruntime = host\n[network]\nconnect_tcp = 443\n",
    "[policy]\nmode = workspace-write\nworkspace = /var/empty-place\n[network]\naccess = none\n[syscalls]\nprofile = strict\nptrace = kill if arg0 == PTRACE_ATTACH\n[process]\nwrite_execute = deny\n",
};

// The newest filter of a program that landshim run has started and that stops at its first step.
std::string filter_of_started(const std::string& policy) {
  const pid_t child = fork();
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    execl(built("landshim").c_str(), "landshim", "run", "-p", policy.c_str(), "--", "/bin/true", nullptr);
    _exit(99);
  }
  // It stops after each execve: the command's own, its loader's child is another process, and /bin/true.
  int status = 0;
  std::string bytes;
  for (int starts = 0; waitpid(child, &status, 0) == child && WIFSTOPPED(status);) {
    if (WSTOPSIG(status) == SIGTRAP && ++starts == 2) {
      sock_filter program[BPF_MAXINSNS];
      const long count = ptrace(static_cast<__ptrace_request>(0x420c), child, nullptr, program);  // PTRACE_SECCOMP_GET_FILTER
      if (count > 0) bytes.assign(reinterpret_cast<const char*>(program), static_cast<std::size_t>(count) * sizeof program[0]);
    }
    ptrace(PTRACE_CONT, child, nullptr, WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status));
  }
  return bytes;
}

}  // namespace

TEST_CASE("landshim filter --bpf gives the bytes that the kernel is given", "[live][root][filter]") {
  REQUIRE_ABI(4);
  const Scratch scratch;
  for (const char* text : kPolicies) {
    INFO(text);
    const std::string policy = scratch.file("policy.ini", std::string(text).find("empty-place") == std::string::npos ? text : std::string(text).replace(std::string(text).find("/var/empty-place"), 16, scratch.directory("work")));
    Start start{{built("landshim"), "filter", policy, "--bpf"}, {{"TMPDIR", scratch.directory("tmp")}}, {}};
    setenv("TMPDIR", (scratch / "tmp").c_str(), 1);
    const Outcome bytes = run(start);
    CHECK(bytes.status == 0);
    CHECK(bytes.err.empty());
    REQUIRE(bytes.out.size() >= sizeof(sock_filter));
    const std::string in_kernel = filter_of_started(policy);
    unsetenv("TMPDIR");
    REQUIRE_FALSE(in_kernel.empty());
    CHECK(bytes.out.size() == in_kernel.size());
    CHECK((bytes.out == in_kernel));
  }
}

TEST_CASE("another sandbox takes the bytes of landshim filter --bpf", "[live][filter]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", "[policy]\nmode = readonly\n");
  const std::string bytes = scratch / "bytes";
  CHECK(run({{"sh", "-c", built("landshim") + " filter " + policy + " --bpf >" + bytes}, {}, {}}).status == 0);
  // As bubblewrap --seccomp does: no_new_privs, then the bytes.
  const std::string load = scratch.file("load.py",
                                        "import ctypes, os, sys, socket\nlibc = ctypes.CDLL(None, use_errno=True)\ncode = open(sys.argv[1], 'rb').read()\n"
                                        "class P(ctypes.Structure): _fields_ = [('n', ctypes.c_ushort), ('p', ctypes.c_char_p)]\n"
                                        "assert libc.prctl(38, 1, 0, 0, 0) == 0\nassert libc.prctl(22, 2, ctypes.byref(P(len(code) // 8, code)), 0, 0) == 0\n"
                                        "try: socket.socket()\nexcept OSError as error: print(error.errno)\nprint(os.getpid() > 0)\n");
  const Outcome held = run({{"/usr/bin/python3", load, bytes}, {}, {}});
  INFO(held.err);
  CHECK(held.out == std::to_string(EACCES) + "\nTrue\n");
}

TEST_CASE("landshim filter writes no bytes to a terminal", "[live][filter]") {
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", "[policy]\nmode = readonly\n");
  const Outcome outcome = run({{"script", "-qec", built("landshim") + " filter " + policy + " --bpf", "/dev/null"}, {}, {}});
  CHECK(outcome.status == 2);
  CHECK(outcome.out.find("landshim: filter: --bpf writes bytes, and standard output is a terminal") == 0);
  CHECK(std::count(outcome.out.begin(), outcome.out.end(), '\n') == 1);
}

TEST_CASE("landshim filter shows rules and instructions, for this kernel and for another", "[live][filter]") {
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", "[filesystem]\nread = /etc\n");
  const Outcome rules = filter({policy, "--abi", "5"});
  CHECK(rules.status == 0);
  CHECK(rules.err.empty());
  CHECK(rules.out.find("call table ") == 0);
  CHECK(filter({policy, "--pseudo", "--abi", "5"}).out == rules.out);
  // Below ABI 3 the filter stands in for Landlock: truncate(2) is closed.
  CHECK(rules.out.find("truncate") == std::string::npos);
  CHECK(filter({policy, "--abi", "2"}).out.find("truncate") != std::string::npos);
  const Outcome instructions = filter({policy, "--disassemble", "--abi", "5"});
  CHECK(instructions.status == 0);
  CHECK(instructions.out.find("   0  load architecture\n") == 0);
  const Outcome bytes = filter({policy, "--bpf", "--abi", "5"});
  CHECK(static_cast<std::size_t>(std::count(instructions.out.begin(), instructions.out.end(), '\n')) * 8 == bytes.out.size());
}

TEST_CASE("landshim filter tells faults as check does, and wrong use", "[live][filter]") {
  const Scratch scratch;
  const Outcome fault = filter({scratch.file("bad.ini", "[filesystem]\nraed = /\n")});
  CHECK(fault.status == 1);
  CHECK(fault.out.empty());
  CHECK(one_line(fault.err, "landshim: " + (scratch / "bad.ini") + ":2: raed"));
  const std::string policy = scratch.file("policy.ini", "[policy]\nmode = readonly\n");
  for (const Words& words : {Words{policy, "--bpf", "--pseudo"}, Words{policy, "--disassemble", "--pseudo"}, Words{policy, "--abi", "99"}, Words{policy, "--abi", "x"}, Words{}}) {
    const Outcome wrong = filter(words);
    CHECK(wrong.status == 2);
    CHECK(wrong.out.empty());
    CHECK(one_line(wrong.err, "landshim: filter: "));
  }
}
