// SPDX-License-Identifier: MIT
// The filter for people says what the bytes say: each line is held against its instruction, each path against the simulator.
#include <catch2/catch.hpp>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <sstream>
#include <string>
#include <vector>

#include "config/load.h"
#include "config/syscalls.h"
#include "shim/command/disassembly.h"
#include "shim/filter.h"
#include "shim/plan.h"
#include "tests/support/simulator.h"

using namespace landshim;
using command::disassembly;
using command::pseudo_code;

namespace {

Filter filter_of(const std::string& text) {
  Surroundings nothing;
  nothing.at_start = false;
  Loaded loaded = load_text(text, "policy", nothing);
  REQUIRE(loaded.faults.empty());
  Host host;
  host.abi = kNewestAbi;
  host.seccomp = true;
  host.threads_known = true;
  Compiled compiled = compile(loaded.policy, host);
  REQUIRE(compiled.refused.empty());
  return compiled.plan.filter;
}

std::vector<sock_filter> program_of(const std::string& text) {
  const Result<std::vector<sock_filter>> program = assemble(filter_of(text));
  REQUIRE(program);
  return *program;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

// Follows the words of a disassembly, as a reader would, for one call. Gives the answer in words.
std::string read_along(const std::vector<std::string>& text, const seccomp_data& data) {
  std::uint64_t loaded = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::istringstream words(text[at].substr(0, text[at].find("; ")));
    std::string number;
    std::string verb;
    words >> number >> verb;
    REQUIRE(number == std::to_string(at));
    std::string rest;
    std::getline(words, rest);
    rest = rest.substr(std::min(rest.size(), rest.find_first_not_of(' ')));
    rest = rest.substr(0, rest.find_last_not_of(' ') + 1);
    if (verb == "load") {
      if (rest == "architecture") loaded = data.arch;
      else if (rest == "call") loaded = static_cast<std::uint32_t>(data.nr);
      else loaded = rest.ends_with(".low") ? data.args[rest[3] - '0'] & 0xffffffff : data.args[rest[3] - '0'] >> 32;
      ++at;
    } else if (verb == "and") {
      loaded &= std::stoull(rest, nullptr, 0);
      ++at;
    } else if (verb == "goto") {
      at = std::stoul(rest);
    } else if (verb == "if") {
      const std::size_t yes = rest.find(" goto ");
      const std::size_t no = rest.find(" else ");
      const std::string condition = rest.substr(0, yes);
      bool holds = false;
      for (const char* how : {" == ", " >= ", " > ", " has a bit of "}) {
        const std::size_t place = condition.find(how);
        if (place == std::string::npos) continue;
        const std::string operand = condition.substr(place + std::string(how).size());
        const std::uint64_t value = operand == "x86_64" ? AUDIT_ARCH_X86_64 : operand == "i386" ? AUDIT_ARCH_I386 : operand == "aarch64" ? AUDIT_ARCH_AARCH64 : operand == "arm" ? AUDIT_ARCH_ARM : std::stoull(operand, nullptr, 0);
        const std::string word = how;
        holds = word == " == " ? loaded == value : word == " >= " ? loaded >= value : word == " > " ? loaded > value : (loaded & value) != 0;
        break;
      }
      at = holds ? std::stoul(rest.substr(yes + 6)) : std::stoul(rest.substr(no + 6));
    } else {
      return verb + (rest.empty() ? "" : " " + rest);
    }
  }
  return "fell off the end";
}

std::string in_words(std::uint32_t returned) {
  switch (returned & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW: return "allow";
    case SECCOMP_RET_ERRNO: return "deny " + std::string(errno_name(static_cast<int>(returned & SECCOMP_RET_DATA)));
    case SECCOMP_RET_LOG: return "log";
    case SECCOMP_RET_TRAP: return "trap";
    case SECCOMP_RET_KILL_PROCESS: return "kill";
    default: return "other";
  }
}

const char* const kPolicies[] = {
    "[network]\nconnect_tcp = 80\n",
    "[policy]\nmode = readonly\n[syscalls]\nprofile = strict\nptrace = kill if arg0 == PTRACE_ATTACH\nopenat = log if arg2 & 3 == 1 and arg0 > 5\nlseek = trap if arg1 >= 0x100000001\n",
    "[network]\naccess = all\n[syscalls]\nprofile = none\narchitectures = native, compat\nswapon = deny ENOSYS\n",
};

}  // namespace

TEST_CASE("a reader of the disassembly comes to the answer of the program", "[filter]") {
  for (const char* policy : kPolicies) {
    INFO(policy);
    const std::vector<sock_filter> program = program_of(policy);
    const std::vector<std::string> text = lines(disassembly(program));
    REQUIRE(text.size() == program.size());
    for (const std::uint32_t arch : {audit_arch(CallTable::kNative), audit_arch(CallTable::kCompat), std::uint32_t{0}})
      for (const std::uint64_t argument : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{7}, std::uint64_t{16}, std::uint64_t{0x100000001}, ~std::uint64_t{0}})
        for (int number : {0, 1, 2, 8, 16, 41, 53, 56, 101, 157, 165, 167, 250, 257, 318, 321, 359, 425, 435, 452, 469, 513, 600, 100000, 0x40000001, -1}) {
          seccomp_data data{number, arch, 0, {argument, argument, argument, argument, argument, argument}};
          INFO(number << " " << arch << " " << argument);
          CHECK(read_along(text, data) == in_words(tests::simulate(program, data)));
        }
  }
}

TEST_CASE("the disassembly names calls, tables and answers", "[filter]") {
  const std::string text = disassembly(program_of(kPolicies[0]));
  CHECK(text.find("   0  load architecture\n") == 0);
  CHECK(text.find("if architecture == ") != std::string::npos);
  CHECK(text.find("kill") != std::string::npos);
  CHECK(text.find("; socket\n") != std::string::npos);
  CHECK(text.find("deny EACCES") != std::string::npos);
  CHECK(text.find("(io_uring_setup)") != std::string::npos);
  CHECK(text.find("never reached") == std::string::npos);
}

TEST_CASE("the disassembly of bytes that landshim did not make stays within them", "[filter]") {
  const sock_filter strange[] = {{0x20, 0, 0, 60}, {0x15, 200, 3, 1}, {0x05, 0, 0, 0xffffffff}, {0x87, 0, 0, 7}, {0x06, 0, 0, 0x7fc00000}};
  const std::string text = disassembly(strange);
  CHECK(lines(text).size() == 5);
  CHECK(text.find("code 0x87, 0x7") != std::string::npos);
  CHECK(text.find("0x7fc00000") != std::string::npos);
  CHECK(disassembly({}).empty());
}

TEST_CASE("the pseudo code has every call with a rule once, and the rest", "[filter]") {
  for (const char* policy : kPolicies) {
    const Filter filter = filter_of(policy);
    const std::string text = pseudo_code(filter);
    INFO(text);
    std::size_t named = 0;
    for (const std::string& line : lines(text)) {
      if (line.empty() || line.starts_with("  ") || line.starts_with("call table") || line.starts_with("every other") || line.starts_with("numbers")) continue;
      std::istringstream words(line);
      for (std::string word; words >> word;) {
        while (word.ends_with(',') || word.ends_with(':')) word.pop_back();
        CHECK(find_syscall(word) != nullptr);
        ++named;
      }
      CHECK(line.size() <= 102);
    }
    CHECK(named == filter.calls.size());
    CHECK(text.find("every other call:\n") != std::string::npos);
  }
  const std::string strict = pseudo_code(filter_of(kPolicies[1]));
  CHECK(strict.find("ptrace:\n  if arg0 == 16: kill\n") != std::string::npos);
  CHECK(strict.find("every other call:\n  deny EPERM\n") != std::string::npos);
  CHECK(strict.find("does not know:\n  deny ENOSYS\n") != std::string::npos);
  CHECK(pseudo_code(filter_of(kPolicies[2])).find(" or ") != std::string::npos);
}
