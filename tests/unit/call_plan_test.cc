// SPDX-License-Identifier: MIT
// Which answer a call gets when several lines, the profile and the sections speak of it.
#include "shim/call_plan.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <random>
#include <string>
#include <vector>

#include "config/syscalls.h"
#include "shim/filter.h"
#include "tests/support/print_plan.h"

using namespace landshim;
using namespace landshim::tests;

namespace {

constexpr Action kAllowed{ActionKind::kAllow, 0};
constexpr Action kKilled{ActionKind::kKill, 0};
Action denied(int error) { return {ActionKind::kDeny, static_cast<std::uint16_t>(error)}; }

PlannedCall lseek(std::vector<CallRule> rules, Action otherwise) { return {"lseek", std::move(rules), otherwise}; }

Filter filter_of(const std::string& text) { return made_up_plan(text, made_up_host(7)).filter; }

Action answer(const std::string& text, std::string_view call, std::uint64_t arg0 = 0, std::uint64_t arg1 = 0, std::uint64_t arg2 = 0) { return decided(filter_of(text), call, {arg0, arg1, arg2, 0, 0, 0}); }

Condition equal(std::uint8_t arg, std::uint64_t value) { return {arg, Compare::kEqual, false, value, 0}; }

// Written from the language's words, apart from decide().
bool oracle_holds(const Condition& c, std::uint64_t value) {
  if (c.narrow) value &= 0xffffffff;
  if (c.op == Compare::kEqual) return value == c.value;
  if (c.op == Compare::kNotEqual) return value != c.value;
  if (c.op == Compare::kLess) return value < c.value;
  if (c.op == Compare::kLessEqual) return !(value > c.value);
  if (c.op == Compare::kGreater) return value > c.value;
  if (c.op == Compare::kGreaterEqual) return !(value < c.value);
  if (c.op == Compare::kMaskedEqual) return (value & c.mask) == c.value;
  return (value & c.mask) != 0;
}

Action oracle_decides(const PlannedCall& call, const std::uint64_t (&args)[6]) {
  for (const CallRule& rule : call.rules) {
    std::size_t met = 0;
    for (const Condition& condition : rule.all_of) met += oracle_holds(condition, args[condition.arg]) ? 1U : 0U;
    if (met == rule.all_of.size()) return rule.action;
  }
  return call.otherwise;
}

constexpr std::uint64_t kSpace[] = {0, 1, 2, 3, 0xffffffff, std::uint64_t{1} << 32, (std::uint64_t{1} << 32) + 1, ~std::uint64_t{0}};

PlannedCall random_call(std::mt19937& chance, bool deny_only) {
  const auto action = [&]() -> Action {
    static const Action all[] = {{ActionKind::kAllow, 0}, {ActionKind::kLog, 0}, {ActionKind::kTrace, 1}, {ActionKind::kDeny, EPERM}, {ActionKind::kDeny, EACCES}, {ActionKind::kTrap, 0}, {ActionKind::kKillThread, 0}, {ActionKind::kKill, 0}};
    return deny_only ? all[chance() % 2 == 0 ? 0 : 3] : all[chance() % std::size(all)];
  };
  PlannedCall out{"lseek", {}, action()};
  const std::size_t rules = chance() % 5;
  for (std::size_t i = 0; i < rules; ++i) {
    CallRule rule{action(), {}};
    const std::size_t conditions = chance() % 3;
    for (std::size_t j = 0; j < conditions; ++j) {
      Condition condition;
      condition.arg = static_cast<std::uint8_t>(chance() % 2);
      condition.op = static_cast<Compare>(chance() % 8);
      condition.narrow = chance() % 2 == 0;
      condition.value = condition.narrow ? kSpace[chance() % 5] : kSpace[chance() % std::size(kSpace)];
      condition.mask = condition.narrow ? kSpace[1 + chance() % 4] : kSpace[1 + chance() % (std::size(kSpace) - 1)];
      if (condition.op == Compare::kMaskedEqual) condition.value &= condition.mask;
      rule.all_of.push_back(condition);
    }
    out.rules.push_back(std::move(rule));
  }
  return out;
}

}  // namespace

TEST_CASE("a rule list decides by its first rule that fits, with every comparison the language has", "[call_plan]") {
  std::mt19937 chance(7);
  std::size_t compared = 0;
  for (int round = 0; round < 3000; ++round) {
    const PlannedCall call = random_call(chance, false);
    for (const std::uint64_t a : kSpace)
      for (const std::uint64_t b : kSpace) {
        const std::uint64_t args[6] = {a, b, 0, 0, 0, 0};
        ++compared;
        if (decide(call, args) != oracle_decides(call, args)) FAIL("round " << round << ", arguments " << a << ", " << b);
      }
  }
  CHECK(compared == 3000 * 64);
}

TEST_CASE("of two authors the stricter answer counts, whatever both lists look like", "[call_plan]") {
  std::mt19937 chance(11);
  std::size_t compared = 0;
  std::size_t both_denied = 0;
  for (int round = 0; round < 6000; ++round) {
    const PlannedCall a = random_call(chance, round % 3 == 0);
    const PlannedCall b = random_call(chance, round % 5 == 0);
    for (const auto& [first, second] : {std::pair{a, b}, std::pair{b, a}}) {
      const PlannedCall both = combined(first, second);
      for (const std::uint64_t x : kSpace)
        for (const std::uint64_t y : kSpace) {
          const std::uint64_t args[6] = {x, y, 0, 0, 0, 0};
          const Action one = oracle_decides(first, args);
          const Action other = oracle_decides(second, args);
          const Action got = oracle_decides(both, args);
          ++compared;
          // Equally strict: either of the two.
          const bool right = one.kind == other.kind ? got == one || got == other : got == (one.kind > other.kind ? one : other);
          if (!right) FAIL("round " << round << ", arguments " << x << ", " << y);
          both_denied += one.kind == ActionKind::kDeny && other.kind == ActionKind::kDeny && one != other;
        }
    }
  }
  CHECK(compared == 6000 * 2 * 64);
  CHECK(both_denied > 1000);
}

TEST_CASE("a closure whose calls some arguments pass is never said to be closed, whatever the rules look like", "[call_plan]") {
  std::mt19937 chance(13);
  std::size_t open = 0;
  std::size_t closed = 0;
  for (int round = 0; round < 4000; ++round) {
    PlannedCall call = random_call(chance, round % 3 == 0);
    call.call = "clone";
    if (round % 2 == 0) call.rules.insert(call.rules.begin(), {denied(EPERM), {{0, Compare::kAnyBit, true, 0, 0x7e020000}}});
    Filter filter;
    filter.otherwise = denied(EPERM);
    filter.calls = {call};
    const bool said_open = !open_calls(filter, Closure::kNamespaces).empty();
    // CLONE_NEWUSER, with other bits and without.
    for (const std::uint64_t a : {std::uint64_t{0x10000000}, std::uint64_t{0x10000011}, std::uint64_t{0xffffffff}, ~std::uint64_t{0}, (std::uint64_t{1} << 32) + 0x10000000})
      for (const std::uint64_t b : kSpace)
        if (oracle_decides(call, {a, b, 0, 0, 0, 0}).kind < ActionKind::kDeny && !said_open) FAIL("round " << round << ", arguments " << a << ", " << b);
    open += said_open;
    closed += !said_open;
  }
  CHECK(open > 500);
  CHECK(closed > 500);
}

TEST_CASE("a list that only closes stands before the other list, unmultiplied", "[call_plan]") {
  const PlannedCall closes = lseek({{denied(EPERM), {equal(0, 1)}}, {denied(EPERM), {equal(0, 2)}}}, kAllowed);
  const PlannedCall other = lseek({{denied(EACCES), {equal(1, 1)}}, {{ActionKind::kLog, 0}, {equal(1, 2)}}}, kAllowed);
  CHECK(combined(closes, other).rules.size() == 4);
  CHECK(combined(other, closes).rules.size() == 4);
}

TEST_CASE("actions stand in the kernel's order of strictness", "[call_plan]") {
  const Action order[] = {{ActionKind::kAllow, 0}, {ActionKind::kLog, 0}, {ActionKind::kTrace, 5}, {ActionKind::kDeny, EIO}, {ActionKind::kTrap, 0}, {ActionKind::kKillThread, 0}, {ActionKind::kKill, 0}};
  for (std::size_t i = 0; i < std::size(order); ++i)
    for (std::size_t j = 0; j < std::size(order); ++j) CHECK(combined(lseek({}, order[i]), lseek({}, order[j])).otherwise == order[std::max(i, j)]);
}

TEST_CASE("of several lines for one call the strictest that fits decides, in whatever order they are written", "[call_plan]") {
  const std::string lines[] = {"lseek = allow if arg1 < 100\n", "lseek = deny EIO if arg1 < 50\n", "lseek = kill if arg1 < 10\n", "lseek = log if arg1 < 200\n"};
  int order[] = {0, 1, 2, 3};
  do {
    std::string text = "[syscalls]\n";
    for (const int i : order) text += lines[i];
    INFO(text);
    CHECK(answer(text, "lseek", 0, 5) == kKilled);
    CHECK(answer(text, "lseek", 0, 10) == denied(EIO));
    CHECK(answer(text, "lseek", 0, 49) == denied(EIO));
    CHECK(answer(text, "lseek", 0, 50).kind == ActionKind::kLog);
    CHECK(answer(text, "lseek", 0, 150).kind == ActionKind::kLog);
    CHECK(answer(text, "lseek", 0, 200) == kAllowed);
  } while (std::next_permutation(std::begin(order), std::end(order)));
}

TEST_CASE("an unconditional line decides where no stricter one fits", "[call_plan]") {
  CHECK(answer("[syscalls]\nlseek = deny EIO\nlseek = kill if arg1 == 3\n", "lseek", 0, 3) == kKilled);
  CHECK(answer("[syscalls]\nlseek = deny EIO\nlseek = kill if arg1 == 3\n", "lseek", 0, 4) == denied(EIO));
  CHECK(answer("[syscalls]\nlseek = deny EIO\nlseek = allow if arg1 == 3\n", "lseek", 0, 3) == denied(EIO));
  CHECK(answer("[syscalls]\nlseek = allow\nlseek = deny EIO if arg1 == 3\n", "lseek", 0, 3) == denied(EIO));
  CHECK(answer("[syscalls]\nlseek = allow\nlseek = deny EIO if arg1 == 3\n", "lseek", 0, 4) == kAllowed);
}

TEST_CASE("lines come before the profile, which speaks where none of them fits", "[call_plan]") {
  CHECK(answer("", "mount") == denied(EPERM));
  CHECK(answer("[syscalls]\nmount = allow\n", "mount") == kAllowed);
  CHECK(answer("[syscalls]\nmount = deny ENOSYS\n", "mount") == denied(ENOSYS));
  CHECK(answer("[syscalls]\nioctl = allow if arg1 == TIOCSTI\n", "ioctl", 0, 0x5412) == kAllowed);
  CHECK(answer("[syscalls]\nioctl = allow if arg1 == TIOCSTI\n", "ioctl", 0, 0x541c) == denied(EPERM));
  CHECK(answer("[syscalls]\nioctl = kill if arg1 == TIOCSTI\n", "ioctl", 0, 0x5412) == kKilled);
  CHECK(answer("[syscalls]\nclone = allow\n", "clone", 0x10000000) == kAllowed);
  CHECK(answer("[syscalls]\nclone = allow if arg0 == 17\n", "clone", 0x10000000) == denied(EPERM));
  CHECK(answer("[syscalls]\nclone = allow if arg0 == 17\n", "clone3") == denied(ENOSYS));
}

TEST_CASE("a line can make a call stricter than a section has it, and never freer", "[call_plan]") {
  CHECK(answer("[network]\nconnect_tcp = 443\n[syscalls]\nsocket = allow\n", "socket", 17, 3) == denied(EACCES));
  CHECK(answer("[network]\nconnect_tcp = 443\n[syscalls]\nsocket = kill if arg0 == 17\n", "socket", 17, 3) == kKilled);
  CHECK(answer("[network]\nconnect_tcp = 443\n[syscalls]\nsocket = kill if arg0 == 2\n", "socket", 2, 1) == kKilled);
  CHECK(answer("[network]\nconnect_tcp = 443\n[syscalls]\nsocket = kill if arg0 == 2\n", "socket", 10, 1) == kAllowed);
  CHECK(answer("[syscalls]\nprlimit64 = allow\n", "prlimit64", 7, 0, 0x1000) == denied(EPERM));
  CHECK(answer("[syscalls]\n@file-system = allow\n", "chmod") == denied(EPERM));
}

TEST_CASE("a group is a line for each of its calls", "[call_plan]") {
  for (const char* group : {"@mount", "@swap", "@clock", "@reboot", "@basic-io", "@process"}) {
    const Filter filter = filter_of(std::string("[network]\naccess = all\n[filesystem]\naccess = all\n[ipc]\nsysv = allow\nmqueue = allow\nkeyring = allow\n[syscalls]\n") + group + " = kill-thread\n");
    std::size_t calls = 0;
    for (const std::string_view call : group_members(group)) {
      INFO(group << ", " << call);
      CHECK(decided(filter, call, {0, 0, 0, 0, 0, 0}).kind == ActionKind::kKillThread);
      ++calls;
    }
    CHECK(calls >= 2);
    CHECK(decided(filter, "umask", {0, 0, 0, 0, 0, 0}) == kAllowed);
  }
}

TEST_CASE("a line for one call and one for its group: the stricter decides", "[call_plan]") {
  CHECK(answer("[syscalls]\n@mount = allow\nmount = kill\n", "mount") == kKilled);
  CHECK(answer("[syscalls]\n@mount = kill\nmount = allow\n", "mount") == kKilled);
  CHECK(answer("[syscalls]\n@mount = allow\nmount = kill\n", "pivot_root") == kAllowed);
}

#if defined(__x86_64__)
TEST_CASE("a call that this architecture lacks needs a leading -, and a group may hold such calls", "[call_plan]") {
  REQUIRE_FALSE(native_has("socketcall"));
  CHECK(refusal("[syscalls]\nsocketcall = deny\n", made_up_host(7)) == "made-up.ini:2: socketcall: this architecture has no such system call; write -socketcall where it may be missing");
  CHECK(refusal("[syscalls]\n-socketcall = deny\n", made_up_host(7)).empty());
  CHECK(refusal("[syscalls]\n@network-io = deny\n", made_up_host(7)).empty());
  CHECK(refusal("[syscalls]\n-read = deny EIO\n", made_up_host(7)).empty());
  CHECK(answer("[syscalls]\n-read = deny EIO\n", "read") == denied(EIO));
}
#endif

TEST_CASE("the default is for what no line names, and the profile's own list stands beside it", "[call_plan]") {
  CHECK(filter_of("").otherwise == kAllowed);
  CHECK(filter_of("[syscalls]\nprofile = strict\n").otherwise == denied(EPERM));
  CHECK(filter_of("[syscalls]\nprofile = none\n").otherwise == kAllowed);
  CHECK(filter_of("[syscalls]\ndefault = deny EACCES\n").otherwise == denied(EACCES));
  CHECK(filter_of("[syscalls]\ndefault = kill\n").otherwise == kKilled);
  const std::string text = "[syscalls]\ndefault = deny EIO\nlseek = allow\nread = allow if arg0 == 0\n";
  CHECK(answer(text, "lseek") == kAllowed);
  CHECK(answer(text, "read", 0) == kAllowed);
  CHECK(answer(text, "read", 1) == denied(EIO));
  CHECK(answer(text, "write") == denied(EIO));
  // A section that opens sockets of a kind does not open the call against a default that denies.
  CHECK(answer("[network]\nconnect_tcp = 443\n[syscalls]\ndefault = deny EIO\n", "socket", 2, 1).kind == ActionKind::kDeny);
}

TEST_CASE("the strict profile allows its list but for what the default profile closes, and denies the rest", "[call_plan]") {
  const Filter strict = filter_of("[network]\naccess = all\n[filesystem]\naccess = all\n[ipc]\nsysv = allow\nmqueue = allow\nkeyring = allow\n[syscalls]\nprofile = strict\n");
  for (const char* call : {"read", "openat", "mmap", "execve", "futex", "connect", "shmget", "seccomp", "landlock_restrict_self"}) {
    INFO(call);
    CHECK(decided(strict, call, {0, 0, 0, 0, 0, 0}) == kAllowed);
  }
  for (const char* call : {"mount", "bpf", "init_module", "reboot", "ptrace", "acct", "perf_event_open", "iopl", "io_uring_setup", "open_tree", "process_vm_readv"}) {
    INFO(call);
    CHECK(decided(strict, call, {0, 0, 0, 0, 0, 0}) == denied(EPERM));
  }
  CHECK(decided(strict, "clone3", {0, 0, 0, 0, 0, 0}) == denied(ENOSYS));
  CHECK(decided(strict, "openat2", {0, 0, 0, 0, 0, 0}) == denied(ENOSYS));
  CHECK(decided(strict, "clone", {0x10000000, 0, 0, 0, 0, 0}) == denied(EPERM));
  CHECK(decided(strict, "clone", {17, 0, 0, 0, 0, 0}) == kAllowed);
  CHECK(decided(strict, "ioctl", {0, 0x5412, 0, 0, 0, 0}) == denied(EPERM));
  CHECK(decided(filter_of("[syscalls]\nprofile = strict\nbpf = allow\n"), "bpf", {0, 0, 0, 0, 0, 0}) == kAllowed);
  CHECK(decided(filter_of("[syscalls]\nprofile = strict\n"), "shmget", {0, 0, 0, 0, 0, 0}) == denied(EACCES));
}

TEST_CASE("calls of a filter are sorted, each stands once, and none says what the default says anyway", "[call_plan]") {
  for (const char* text : {"", "[syscalls]\nprofile = strict\n", "[syscalls]\ndefault = kill\n@system-service = allow\n", "[network]\nconnect_tcp = 443\n[syscalls]\n@known = log\n"}) {
    INFO(text);
    const Filter filter = filter_of(text);
    CHECK(filter.calls.size() > 50);
    for (std::size_t i = 0; i < filter.calls.size(); ++i) {
      if (i > 0) CHECK(filter.calls[i - 1].call < filter.calls[i].call);
      CHECK(find_syscall(filter.calls[i].call) != nullptr);
      CHECK((!filter.calls[i].rules.empty() || filter.calls[i].otherwise != filter.otherwise));
    }
  }
}
