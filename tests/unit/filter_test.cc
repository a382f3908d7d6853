// SPDX-License-Identifier: MIT
// The assembled seccomp program, run in a simulator: against decide(), and against libseccomp wherever it can say the
// same.
#include "shim/filter.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <fstream>
#include <initializer_list>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "config/syscalls.h"
#include "shim/call_plan.h"
#include "shim/identity.h"
#include "tests/support/print_plan.h"
#include "tests/support/simulator.h"

using namespace landshim;
using namespace landshim::tests;

namespace {

using Arguments = std::uint64_t[6];
struct Point {
  std::uint64_t args[6] = {};
};

constexpr std::uint64_t kEdges[] = {0, 1, 2, 3, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, std::uint64_t{1} << 32, (std::uint64_t{1} << 32) + 1, 0x7fffffffffffffff, std::uint64_t{1} << 63, ~std::uint64_t{1}, ~std::uint64_t{0}};

constexpr int kNumbers = 600;

Program program_of(const Filter& filter) {
  Result<std::vector<sock_filter>> program = assemble(filter);
  if (!program) throw std::runtime_error(program.error().what);
  return *program;
}

Filter filter_of(const std::string& text, int abi = 7) { return made_up_plan(text, made_up_host(abi)).filter; }

seccomp_data data_of(std::uint32_t arch, std::uint32_t number, const Arguments& args) {
  seccomp_data data{};
  data.nr = static_cast<int>(number);
  data.arch = arch;
  data.instruction_pointer = 0x7f0012345678;
  std::copy(std::begin(args), std::end(args), data.args);
  return data;
}

std::uint32_t answer_to(const Program& program, std::uint32_t arch, std::uint32_t number, const Arguments& args) { return simulate(program, data_of(arch, number, args)); }

std::uint32_t returned(Action action) {
  switch (action.kind) {
    case ActionKind::kAllow: return SECCOMP_RET_ALLOW;
    case ActionKind::kLog: return SECCOMP_RET_LOG;
    case ActionKind::kTrace: return SECCOMP_RET_TRACE | action.data;
    case ActionKind::kDeny: return SECCOMP_RET_ERRNO | action.data;
    case ActionKind::kTrap: return SECCOMP_RET_TRAP;
    case ActionKind::kKillThread: return SECCOMP_RET_KILL_THREAD;
    case ActionKind::kKill: return SECCOMP_RET_KILL_PROCESS;
  }
  return 0;
}

constexpr std::uint32_t kNoSuchCall = SECCOMP_RET_ERRNO | ENOSYS;

const std::map<std::uint32_t, std::string_view>& names(CallTable table) {
  static const auto make = [](CallTable which) {
    std::map<std::uint32_t, std::string_view> out;
    for (const SyscallName& known : all_syscalls())
      if (const int number = call_number(which, known.name); number >= 0) out[static_cast<std::uint32_t>(number)] = known.name;
    return out;
  };
  static const std::map<std::uint32_t, std::string_view> native = make(CallTable::kNative);
  static const std::map<std::uint32_t, std::string_view> compat = make(CallTable::kCompat);
  return table == CallTable::kNative ? native : compat;
}

// What a filter promises for a call of a table, from the plan alone; `call`: its entry, null where it has none. socketcall
// and ipc have tests of their own.
std::uint32_t expected(const Filter& filter, const PlannedCall* call, CallTable table, std::uint32_t number, const Arguments& args) {
  const auto unknown = filter.otherwise.kind >= ActionKind::kDeny ? kNoSuchCall : returned(filter.otherwise);
#if defined(__x86_64__)
  if (table == CallTable::kNative && (number >= 0x40000000 || (number >= 512 && number < 548))) return kNoSuchCall;
#endif
  const auto name = names(table).find(number);
  if (name == names(table).end()) return unknown;
  const auto low = [&](int arg) { return static_cast<std::uint32_t>(args[arg]); };
  if (name->second == "prctl" && low(0) == kIdentityOption) {
    if (low(3) == kAskSome) return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(kAnswerSome);
    if (low(3) == kAskThis && low(1) == static_cast<std::uint32_t>(filter.identity) && low(2) == static_cast<std::uint32_t>(filter.identity >> 32)) return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(kAnswerThis);
  }
  return returned(call == nullptr ? filter.otherwise : decide(*call, args));
}

// Values at which the rules of a call change their answer, and their neighbours.
std::vector<std::uint64_t> interesting(const PlannedCall* call, int arg) {
  std::set<std::uint64_t> out(std::begin(kEdges), std::end(kEdges));
  if (call != nullptr)
    for (const CallRule& rule : call->rules)
      for (const Condition& condition : rule.all_of) {
        if (condition.arg != arg) continue;
        for (const std::uint64_t value : std::initializer_list<std::uint64_t>{condition.value, condition.mask, ~condition.mask, condition.value | ~condition.mask, condition.mask & (~condition.mask + 1)})
          for (const std::uint64_t near : {value, value - 1, value + 1, value | std::uint64_t{1} << 32, value | 0xdeadbeef00000000, value << 32, value ^ 0x800, value & 0xffffffff}) out.insert(near);
      }
  return {out.begin(), out.end()};
}

std::uint64_t satisfying(const Condition& condition) {
  switch (condition.op) {
    case Compare::kEqual:
    case Compare::kLessEqual:
    case Compare::kGreaterEqual:
    case Compare::kMaskedEqual: return condition.value;
    case Compare::kNotEqual:
    case Compare::kGreater: return condition.value + 1;
    case Compare::kLess: return condition.value - 1;
    case Compare::kAnyBit: return condition.mask;
  }
  return 0;
}

// Arguments for a call: one edge at a time on several grounds, each rule just met with one argument then moved off, and chance.
std::vector<Point> points(const PlannedCall* call, std::mt19937_64& chance, int random) {
  std::vector<Point> out{{}, {{~0ULL, ~0ULL, ~0ULL, ~0ULL, ~0ULL, ~0ULL}}};
  std::vector<Point> grounds{{}};
  std::vector<std::uint64_t> values[6];
  for (int arg = 0; arg < 6; ++arg) values[arg] = interesting(call, arg);
  if (call != nullptr)
    for (const CallRule& rule : call->rules) {
      Point ground;
      for (const Condition& condition : rule.all_of) ground.args[condition.arg] |= satisfying(condition);
      if (grounds.size() < 24) grounds.push_back(ground);
    }
  for (const Point& ground : grounds)
    for (int arg = 0; arg < 6; ++arg)
      for (const std::uint64_t value : values[arg]) {
        out.push_back(ground);
        out.back().args[arg] = value;
      }
  for (int i = 0; i < random; ++i) {
    Point point;
    for (int arg = 0; arg < 6; ++arg) point.args[arg] = chance() % 4 == 0 ? chance() : values[arg][chance() % values[arg].size()];
    out.push_back(point);
  }
  return out;
}

// The program against the plan, over every number. Gives how many points were compared.
std::size_t compare(const Program& program, const Filter& filter, CallTable table, std::size_t* mismatches) {
  std::mt19937_64 chance(20240607);
  std::size_t compared = 0;
  for (std::uint32_t number = 0; number <= kNumbers; ++number) {
    const auto name = names(table).find(number);
    if (table == CallTable::kCompat && name != names(table).end() && (name->second == "socketcall" || name->second == "ipc")) continue;
    const PlannedCall* call = name == names(table).end() ? nullptr : find_call(filter, name->second);
    for (Point& point : points(call, chance, call != nullptr && !call->rules.empty() ? 300 : 10)) {
      // What the 32-bit entry passes: high halves of 0.
      if (table == CallTable::kCompat)
        for (std::uint64_t& value : point.args) value &= 0xffffffff;
      const std::uint32_t got = answer_to(program, audit_arch(table), number, point.args);
      const std::uint32_t want = expected(filter, call, table, number, point.args);
      ++compared;
      if (got == want) continue;
      if ((*mismatches)++ == 0) {
        std::ostringstream what;
        what << std::hex << "number " << std::dec << number << std::hex;
        for (const std::uint64_t value : point.args) what << " 0x" << value;
        UNSCOPED_INFO(what.str() << ": " << answer_words(got) << " instead of " << answer_words(want));
      }
    }
  }
  return compared;
}

std::size_t compare(const Filter& filter, CallTable table, std::size_t* mismatches) { return compare(program_of(filter), filter, table, mismatches); }

struct Named {
  const char* what;
  std::string text;
  int abi = 7;
};

const std::vector<Named>& policies() {
  static const std::vector<Named> all = [] {
    std::vector<Named> out{
        {"the defaults", ""},
        {"access = none", "[network]\naccess = none\n"},
        {"access = rules", "[network]\naccess = rules\n"},
        {"access = all", "[network]\naccess = all\n"},
        {"unix = deny", "[network]\nunix = deny\nconnect_tcp = 443\n"},
        {"unix = own", "[network]\nunix = own\n", 9},
        {"unix = allow", "[network]\nunix = allow\nudp = allow\n"},
        {"all with unix = deny", "[network]\naccess = all\nunix = deny\n"},
        {"every family", "[network]\nnetlink = allow\npacket = allow\nraw = allow\nvsock = allow\nxdp = allow\nalg = allow\nicmp = allow\nudplite = allow\nsctp = allow\ndccp = allow\nmptcp = allow\nudp = allow\n"},
        {"no TCP on ABI 3", "[network]\naccess = rules\n", 3},
        {"truncation on ABI 2", "[filesystem]\nread_write = /usr\n", 2},
        {"metadata = deny", "[filesystem]\nread_write = /usr\nmetadata = deny\n"},
        {"metadata = modes", "[filesystem]\nread_write = /usr\nmetadata = modes\n"},
        {"metadata = allow", "[filesystem]\nread_write = /usr\nmetadata = allow\n"},
        {"scheduling = deny", "[ipc]\nscheduling = deny\nsysv = allow\nmqueue = allow\nkeyring = allow\n"},
        {"strict", "[syscalls]\nprofile = strict\n"},
        {"strict with rules", "[network]\nconnect_tcp = 443\n[ipc]\nscheduling = deny\n[syscalls]\nprofile = strict\n@mount = kill\n"},
        {"no profile", "[syscalls]\nprofile = none\n"},
        {"default = deny", "[syscalls]\ndefault = deny\n@system-service = allow\n"},
        {"default = deny EACCES", "[network]\naccess = rules\n[syscalls]\ndefault = deny EACCES\n@default = allow\n@basic-io = allow\n"},
        {"default = kill", "[syscalls]\ndefault = kill\nprofile = none\n@system-service = allow\n"},
        {"lines of every kind",
         "[filesystem]\nmetadata = allow\n[network]\naccess = all\n[syscalls]\nioctl = deny ENOTTY if arg1 == TIOCSTI\nioctl = allow if arg1 == TIOCLINUX\nclone = kill if arg0 & CLONE_NEWUSER == CLONE_NEWUSER\nmmap = deny EACCES if arg2 & 6 == 6\n"
         "mmap = trap if arg1 >= 0x100000000\nlseek = log if arg1 < 4096 and arg2 == 0\nlseek = trace 7 if arg1 > 0xffffffff\nread = kill-thread if arg2 != 1 and arg2 <= 0x10000\nwrite = deny EIO if arg1 == -1\n"
         "kill = deny ESRCH if arg0 == -1\nkill = deny EPERM if arg1 == 9 and arg0 > 1 and arg0 < 100\nprctl = deny EINVAL if arg0 == 4\nsocket = log if arg0 == AF_UNIX\nfcntl = kill if arg1 == 1 and arg1 == 2\n"
         "personality = allow\nio_uring_setup = allow\nmprotect = deny EACCES if arg2 & 4 == 4\nbrk = deny ENOMEM if arg0 & 0xfffffffff0000000 == 0x123450000000\n"},
    };
    // As many lines as one filter is likely ever to have.
    std::string many = "[network]\naccess = all\n[syscalls]\n";
    for (int i = 0; i < 120; ++i) many += "ioctl = deny ENOTTY if arg1 == " + std::to_string(0x5400 + 3 * i) + " and arg2 >= " + std::to_string(i) + "\n";
    for (int i = 0; i < 60; ++i) many += "mmap = deny EACCES if arg1 == " + std::to_string((std::uint64_t{1} << 32) * static_cast<unsigned>(i) + 7) + "\n";
    out.push_back({"many lines", many});
    return out;
  }();
  return all;
}

std::string with_compat(std::string text) {
  const std::size_t at = text.find("[syscalls]\n");
  if (at == std::string::npos) return text + "[syscalls]\narchitectures = native, compat\n";
  return text.insert(at + 11, "architectures = native, compat\n");
}

}  // namespace

TEST_CASE("the program answers as the plan decides, for every call number and edge argument", "[filter]") {
  std::size_t compared = 0;
  for (const Named& policy : policies()) {
    INFO(policy.what);
    std::size_t mismatches = 0;
    compared += compare(filter_of(policy.text, policy.abi), CallTable::kNative, &mismatches);
    CHECK(mismatches == 0);
  }
  CHECK(compared > 1'500'000);
}

#if defined(__x86_64__)
TEST_CASE("with compat, 32-bit calls are answered as the plan decides, and native ones as before", "[filter]") {
  std::size_t compared = 0;
  for (const Named& policy : policies()) {
    if (std::string(policy.what) == "many lines" || std::string(policy.what) == "lines of every kind") continue;  // values of 64 bits have a test of their own
    INFO(policy.what);
    const Filter filter = filter_of(with_compat(policy.text), policy.abi);
    REQUIRE(filter.compat);
    std::size_t mismatches = 0;
    compared += compare(filter, CallTable::kCompat, &mismatches);
    CHECK(mismatches == 0);
    compared += compare(filter, CallTable::kNative, &mismatches);
    CHECK(mismatches == 0);
  }
  CHECK(compared > 2'800'000);
}
#endif

TEST_CASE("every program is one that the kernel takes, with no dead code and no jump astray", "[filter]") {
  for (const Named& policy : policies())
    for (const bool compat : {false, true}) {
      INFO(policy.what << (compat ? ", compat" : ""));
      const Program program = program_of(filter_of(compat ? with_compat(policy.text) : policy.text, policy.abi));
      CHECK(refused_because(program).empty());
      CHECK(unreachable(program).empty());
      CHECK(program.size() <= BPF_MAXINSNS);
    }
  CHECK(program_of(filter_of("")).size() < 500);
}

TEST_CASE("the simulator refuses what the kernel refuses", "[filter]") {
  const sock_filter load{BPF_LD | BPF_W | BPF_ABS, 0, 0, 0};
  const sock_filter end{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
  CHECK(refused_because({load, end}).empty());
  CHECK_FALSE(refused_because({}).empty());
  CHECK_FALSE(refused_because({load}).empty());
  CHECK_FALSE(refused_because(Program(BPF_MAXINSNS + 1, end)).empty());
  CHECK(refused_because(Program(BPF_MAXINSNS, end)).empty());
  CHECK_FALSE(refused_because({{BPF_LD | BPF_W | BPF_ABS, 0, 0, 62}, end}).empty());
  CHECK_FALSE(refused_because({{BPF_LD | BPF_W | BPF_ABS, 0, 0, 64}, end}).empty());
  CHECK_FALSE(refused_because({{BPF_LD | BPF_B | BPF_ABS, 0, 0, 0}, end}).empty());
  CHECK_FALSE(refused_because({{BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0}, end}).empty());
  CHECK_FALSE(refused_because({{BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0}, end}).empty());
  CHECK_FALSE(refused_because({{BPF_JMP | BPF_JA, 0, 0, 1}, end}).empty());
  CHECK(unreachable({{BPF_JMP | BPF_JA, 0, 0, 1}, end, end}) == std::vector<std::size_t>{1});
}

TEST_CASE("too many conditions are refused, not cut", "[filter]") {
  std::string text = "[network]\naccess = all\n[syscalls]\n";
  for (int i = 0; i < 1200; ++i) text += "lseek = deny EIO if arg1 == " + std::to_string(i) + "\n";
  const Result<std::vector<sock_filter>> long_program = assemble(filter_of(text));
  REQUIRE_FALSE(long_program);
  CHECK(long_program.error().what.find("instructions, and the kernel takes 4096; write fewer conditions in [syscalls]") != std::string::npos);
  std::string line = "[syscalls]\nlseek = deny if arg1 != 1";
  for (int i = 2; i < 60; ++i) line += " and arg1 != " + std::to_string(i);
  const Result<std::vector<sock_filter>> wide = assemble(filter_of(line + "\n"));
  REQUIRE_FALSE(wide);
  CHECK(wide.error().what == "lseek: too many conditions in one line of [syscalls]");
}

TEST_CASE("a call that the segments push far away is still reached", "[filter]") {
  // Code of more than 255 instructions between a comparison and its target needs a long jump.
  std::string text = "[network]\naccess = all\n[syscalls]\ngetpid = deny EIO\nexit_group = deny EIO if arg0 == 3\n";
  for (int i = 0; i < 300; ++i) text += "write = deny EIO if arg2 == " + std::to_string(i * 2) + "\n";
  const Program program = program_of(filter_of(text));
  CHECK(refused_because(program).empty());
  const auto native = [&](const char* call, std::uint64_t arg0, std::uint64_t arg2) {
    return answer_to(program, audit_arch(CallTable::kNative), static_cast<std::uint32_t>(call_number(CallTable::kNative, call)), {arg0, 0, arg2, 0, 0, 0});
  };
  CHECK(native("getpid", 0, 0) == (SECCOMP_RET_ERRNO | EIO));
  CHECK(native("exit_group", 3, 0) == (SECCOMP_RET_ERRNO | EIO));
  CHECK(native("exit_group", 4, 0) == SECCOMP_RET_ALLOW);
  CHECK(native("write", 1, 598) == (SECCOMP_RET_ERRNO | EIO));
  CHECK(native("write", 1, 599) == SECCOMP_RET_ALLOW);
}

TEST_CASE("a foreign call table ends the process, but for 32 bits when compat is written", "[filter]") {
  const std::uint32_t foreign[] = {AUDIT_ARCH_PPC64, AUDIT_ARCH_S390X, AUDIT_ARCH_RISCV64, AUDIT_ARCH_MIPS, 0, 0xffffffff, audit_arch(CallTable::kNative) ^ 1};
  for (const Named& policy : policies()) {
    INFO(policy.what);
    const Program native = program_of(filter_of(policy.text, policy.abi));
    const Program both = program_of(filter_of(with_compat(policy.text), policy.abi));
    std::size_t numbers = 0;
    for (std::uint32_t number = 0; number <= kNumbers; ++number) {
      bool killed = true;
      for (const std::uint32_t arch : foreign) killed = killed && answer_to(native, arch, number, {}) == SECCOMP_RET_KILL_PROCESS && answer_to(both, arch, number, {}) == SECCOMP_RET_KILL_PROCESS;
      killed = killed && answer_to(native, audit_arch(CallTable::kCompat), number, {}) == SECCOMP_RET_KILL_PROCESS;
      if (!killed) FAIL("number " << number);
      ++numbers;
    }
    CHECK(numbers == kNumbers + 1);
  }
}

TEST_CASE("a number that landshim does not know is allowed only where the default is to allow", "[filter]") {
  const auto unknown = [](const std::string& text, std::uint32_t number) { return answer_to(program_of(filter_of(text)), audit_arch(CallTable::kNative), number, {}); };
  for (const std::uint32_t number : {400U, 500U, 600U, 1000U, 0x3fffffffU}) {
    INFO(number);
    CHECK(unknown("", number) == SECCOMP_RET_ALLOW);
    CHECK(unknown("[syscalls]\nprofile = strict\n", number) == kNoSuchCall);
    CHECK(unknown("[syscalls]\ndefault = deny\n", number) == kNoSuchCall);
    CHECK(unknown("[syscalls]\ndefault = deny EACCES\n", number) == kNoSuchCall);
    CHECK(unknown("[syscalls]\ndefault = kill\n", number) == kNoSuchCall);
  }
}

#if defined(__x86_64__)
TEST_CASE("numbers of x32 and -1 answer ENOSYS, whatever the policy says", "[filter]") {
  for (const Named& policy : policies()) {
    INFO(policy.what);
    const Program program = program_of(filter_of(policy.text, policy.abi));
    for (std::uint32_t number = 0; number <= kNumbers; ++number)
      if (answer_to(program, AUDIT_ARCH_X86_64, 0x40000000U | number, {}) != kNoSuchCall) FAIL("x32 number " << number);
    // Before Linux 5.4 these are calls of x32 without its bit.
    for (std::uint32_t number = 512; number < 548; ++number) CHECK(answer_to(program, AUDIT_ARCH_X86_64, number, {}) == kNoSuchCall);
    for (const std::uint32_t number : {0xffffffffU, 0xfffffffeU, 0x80000000U, 0x7fffffffU, 0x40000000U}) CHECK(answer_to(program, AUDIT_ARCH_X86_64, number, {}) == kNoSuchCall);
  }
  // The 32-bit table has no such bit: -1 is a number like any other that nobody knows.
  CHECK(answer_to(program_of(filter_of(with_compat(""))), AUDIT_ARCH_I386, 0xffffffffU, {}) == SECCOMP_RET_ALLOW);
  CHECK(answer_to(program_of(filter_of(with_compat("[syscalls]\nprofile = strict\n"))), AUDIT_ARCH_I386, 0xffffffffU, {}) == kNoSuchCall);
}

namespace {

std::uint32_t compat_answer(const std::string& text, const char* call, const Arguments& args) {
  const int number = call_number(CallTable::kCompat, call);
  if (number < 0) throw std::runtime_error(std::string(call) + " has no 32-bit number");
  return answer_to(program_of(filter_of(with_compat(text))), AUDIT_ARCH_I386, static_cast<std::uint32_t>(number), args);
}

}  // namespace

TEST_CASE("socketcall is closed as soon as a call behind it is ruled, however the policy came to allow it", "[filter]") {
  for (const char* text : {"", "[network]\naccess = none\n", "[network]\naccess = rules\n", "[network]\nlisten = deny\n", "[network]\naccess = all\nunix = deny\n", "[syscalls]\nprofile = strict\n",
                           "[syscalls]\ndefault = deny\n@network-io = allow\n", "[syscalls]\n-socketcall = allow\n", "[syscalls]\n-socketcall = log\n",
                           "[network]\naccess = all\n[syscalls]\nconnect = deny\n", "[network]\naccess = all\n[syscalls]\nsetsockopt = deny if arg1 == 6\n", "[network]\naccess = all\n[syscalls]\naccept = kill\n",
                           "[syscalls]\ndefault = deny EACCES\n-socketcall = allow\n"}) {
    INFO(text);
    for (const std::uint64_t which : std::initializer_list<std::uint64_t>{1, 2, 3, 4, 8, 9, 16, 20}) {
      const std::uint32_t got = compat_answer(text, "socketcall", {which, 0x1000, 0, 0, 0, 0});
      CHECK((got & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO);
    }
  }
  CHECK(compat_answer("", "socketcall", {1, 0, 0, 0, 0, 0}) == kNoSuchCall);
  CHECK(compat_answer("[syscalls]\nprofile = strict\n", "socketcall", {1, 0, 0, 0, 0, 0}) == kNoSuchCall);
  CHECK(compat_answer("[network]\naccess = all\n", "socketcall", {1, 0, 0, 0, 0, 0}) == SECCOMP_RET_ALLOW);
  CHECK(compat_answer("[network]\naccess = all\n[syscalls]\n@network-io = log\n", "socketcall", {1, 0, 0, 0, 0, 0}) == SECCOMP_RET_LOG);
  CHECK(compat_answer("[syscalls]\n-socketcall = kill\n", "socketcall", {1, 0, 0, 0, 0, 0}) == SECCOMP_RET_KILL_PROCESS);
  CHECK(compat_answer("[syscalls]\n-socketcall = kill if arg0 == 3\n", "socketcall", {3, 0, 0, 0, 0, 0}) == SECCOMP_RET_KILL_PROCESS);
  CHECK(compat_answer("[syscalls]\n-socketcall = kill if arg0 == 3\n", "socketcall", {1, 0, 0, 0, 0, 0}) == kNoSuchCall);
}

TEST_CASE("ipc is closed with System V, and as soon as a call behind it is ruled", "[filter]") {
  CHECK(compat_answer("", "ipc", {23, 0, 0, 0, 0, 0}) == (SECCOMP_RET_ERRNO | EACCES));
  CHECK(compat_answer("[ipc]\nsysv = allow\n", "ipc", {23, 0, 0, 0, 0, 0}) == SECCOMP_RET_ALLOW);
  CHECK(compat_answer("[ipc]\nsysv = allow\n[syscalls]\nprofile = strict\n", "ipc", {23, 0, 0, 0, 0, 0}) == SECCOMP_RET_ALLOW);
  CHECK(compat_answer("[ipc]\nsysv = allow\n[syscalls]\nshmget = deny\n", "ipc", {23, 0, 0, 0, 0, 0}) == kNoSuchCall);
  CHECK(compat_answer("[ipc]\nsysv = allow\n[syscalls]\nsemop = deny if arg2 > 5\n", "ipc", {1, 0, 0, 0, 0, 0}) == kNoSuchCall);
  CHECK(compat_answer("[ipc]\nsysv = allow\n[syscalls]\nprofile = strict\nmsgsnd = kill\n", "ipc", {11, 0, 0, 0, 0, 0}) == kNoSuchCall);
}

TEST_CASE("the direct socket and System V calls of i386 are ruled like the native ones", "[filter]") {
  for (const char* call : {"socket", "socketpair", "listen", "shmget", "shmat", "semget", "msgsnd"}) {
    INFO(call);
    CHECK(compat_answer("", call, {2, 1, 0, 0, 0, 0}) == (SECCOMP_RET_ERRNO | EACCES));
  }
  CHECK(compat_answer("[network]\nconnect_tcp = 443\n", "socket", {AF_INET, SOCK_STREAM, 6, 0, 0, 0}) == SECCOMP_RET_ALLOW);
  CHECK(compat_answer("[network]\nconnect_tcp = 443\n", "socket", {AF_INET, SOCK_STREAM, 262, 0, 0, 0}) == (SECCOMP_RET_ERRNO | EPROTONOSUPPORT));
  CHECK(compat_answer("[network]\nconnect_tcp = 443\n", "sendto", {3, 0, 0, 0x20000000, 0, 0}) == (SECCOMP_RET_ERRNO | EOPNOTSUPP));
  CHECK(compat_answer("", "ioctl", {0, 0x5412, 0, 0, 0, 0}) == (SECCOMP_RET_ERRNO | EPERM));
  CHECK(compat_answer("", "chown32", {0, 0, 0, 0, 0, 0}) == (SECCOMP_RET_ERRNO | EPERM));
  CHECK(compat_answer("", "umount", {0, 0, 0, 0, 0, 0}) == (SECCOMP_RET_ERRNO | EPERM));
  CHECK(compat_answer("", "stime", {0, 0, 0, 0, 0, 0}) == (SECCOMP_RET_ERRNO | EPERM));
  CHECK(compat_answer("", "clock_settime64", {0, 0, 0, 0, 0, 0}) == (SECCOMP_RET_ERRNO | EPERM));
  CHECK(compat_answer("", "utimensat_time64", {0, 0, 0, 0, 0, 0}) == (SECCOMP_RET_ERRNO | EPERM));
}

TEST_CASE("a value below zero fits the 32 bits that an i386 program passes", "[filter]") {
  // arg1 of lseek is 64 bits wide natively.
  const std::string text = "[syscalls]\nlseek = deny EIO if arg1 == -1\n";
  CHECK(compat_answer(text, "lseek", {0, 0xffffffff, 0, 0, 0, 0}) == (SECCOMP_RET_ERRNO | EIO));
  CHECK(compat_answer(text, "lseek", {0, 0xfffffffe, 0, 0, 0, 0}) == SECCOMP_RET_ALLOW);
  const Program program = program_of(filter_of(with_compat(text)));
  const auto lseek = static_cast<std::uint32_t>(call_number(CallTable::kNative, "lseek"));
  CHECK(answer_to(program, AUDIT_ARCH_X86_64, lseek, {0, 0xffffffff, 0, 0, 0, 0}) == SECCOMP_RET_ALLOW);
  CHECK(answer_to(program, AUDIT_ARCH_X86_64, lseek, {0, ~0ULL, 0, 0, 0, 0}) == (SECCOMP_RET_ERRNO | EIO));
}

TEST_CASE("call numbers are those of the kernel's headers, for both tables", "[filter]") {
  const auto check = [](const char* header, CallTable table) {
    std::ifstream file(std::string("/usr/include/x86_64-linux-gnu/asm/") + header);
    std::size_t compared = 0;
    for (std::string word, name; file >> word;) {
      if (word != "#define") continue;
      int number = 0;
      if (!(file >> name >> number) || !name.starts_with("__NR_")) {
        file.clear();
        continue;
      }
      name = name.substr(5);
      if (find_syscall(name) == nullptr) continue;
      INFO(header << ": " << name);
      ++compared;
      CHECK(call_number(table, name) == number);
    }
    return compared;
  };
  if (!std::ifstream("/usr/include/x86_64-linux-gnu/asm/unistd_32.h")) {
    WARN("no kernel headers here: nothing to compare with");
    SUCCEED();
    return;
  }
  CHECK(check("unistd_64.h", CallTable::kNative) > 340);
  CHECK(check("unistd_32.h", CallTable::kCompat) > 400);
}
#endif

TEST_CASE("no two names share a number, so that no rule hides behind another name", "[filter]") {
  for (const CallTable table : {CallTable::kNative, CallTable::kCompat}) {
    std::size_t known = 0;
    for (const SyscallName& call : all_syscalls()) known += call_number(table, call.name) >= 0;
    CHECK(known == names(table).size());
    CHECK(known > 300);
  }
}

TEST_CASE("the odd prctl tells which policy is in force, and no wrong one", "[filter]") {
  for (const char* text : {"", "[syscalls]\nprctl = kill\n", "[syscalls]\ndefault = kill\n", "[syscalls]\nprctl = deny if arg0 == 22\n"})
    for (const std::uint64_t identity : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0x0123456789abcdef}, ~std::uint64_t{0}, std::uint64_t{0xffffffff00000000}}) {
      INFO(text << identity);
      Filter filter = filter_of(with_compat(text));
      filter.identity = identity;
      const Program program = program_of(filter);
      const std::uint32_t otherwise = returned(decided(filter, "prctl", {kIdentityOption, 0, 0, 0, 0, 0}));
      for (const CallTable table : {CallTable::kNative, CallTable::kCompat}) {
        if (audit_arch(table) == 0) continue;
        const auto number = static_cast<std::uint32_t>(call_number(table, "prctl"));
        const auto ask = [&](std::uint64_t option, std::uint64_t low, std::uint64_t high, std::uint64_t which) { return answer_to(program, audit_arch(table), number, {option, low, high, which, 0, 0}); };
        const std::uint64_t low = identity & 0xffffffff;
        const std::uint64_t high = identity >> 32;
        const std::uint32_t yes = SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(kAnswerThis);
        CHECK(ask(kIdentityOption, low, high, kAskThis) == yes);
        CHECK(ask(kIdentityOption, 0, 0, kAskSome) == (SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(kAnswerSome)));
        for (int bit = 0; bit < 32; ++bit) {
          if (ask(kIdentityOption, low ^ (1U << bit), high, kAskThis) != otherwise) FAIL("low bit " << bit);
          if (ask(kIdentityOption, low, high ^ (1U << bit), kAskThis) != otherwise) FAIL("high bit " << bit);
        }
        CHECK(ask(kIdentityOption, low, high, 0) == otherwise);
        CHECK(ask(kIdentityOption, low, high, 3) == otherwise);
        if (low != high) CHECK(ask(kIdentityOption, high, low, kAskThis) == otherwise);
        CHECK(ask(kIdentityOption ^ 1, low, high, kAskThis) == returned(decided(filter, "prctl", {kIdentityOption ^ 1, low, high, kAskThis, 0, 0})));
      }
    }
}

// --- libseccomp as the oracle: more than 1,200,000 points in three tests ---

namespace {

class Oracle {
 public:
  explicit Oracle(std::uint32_t otherwise) : context_(seccomp_init(otherwise)) {
    if (context_ == nullptr) throw std::runtime_error("seccomp_init");
    seccomp_attr_set(context_, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  }
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;
  ~Oracle() { seccomp_release(context_); }

  int add(std::uint32_t action, int number, const std::vector<scmp_arg_cmp>& all_of) { return seccomp_rule_add_array(context_, action, number, static_cast<unsigned>(all_of.size()), all_of.data()); }

  Program program() const {
    const int file = memfd_create("program", MFD_CLOEXEC);
    if (file < 0 || seccomp_export_bpf(context_, file) != 0) throw std::runtime_error("seccomp_export_bpf");
    Program out(static_cast<std::size_t>(lseek(file, 0, SEEK_END)) / sizeof(sock_filter));
    const ssize_t size = pread(file, out.data(), out.size() * sizeof(sock_filter), 0);
    close(file);
    if (size != static_cast<ssize_t>(out.size() * sizeof(sock_filter))) throw std::runtime_error("the exported program");
    return out;
  }

 private:
  scmp_filter_ctx context_;
};

std::uint32_t libseccomp_action(Action action) {
  switch (action.kind) {
    case ActionKind::kAllow: return SCMP_ACT_ALLOW;
    case ActionKind::kLog: return SCMP_ACT_LOG;
    case ActionKind::kTrace: return SCMP_ACT_TRACE(action.data);
    case ActionKind::kDeny: return SCMP_ACT_ERRNO(action.data);
    case ActionKind::kTrap: return SCMP_ACT_TRAP;
    case ActionKind::kKillThread: return SCMP_ACT_KILL_THREAD;
    case ActionKind::kKill: return SCMP_ACT_KILL_PROCESS;
  }
  return 0;
}

// Empty: libseccomp has no such comparison. It compares 64 bits, and knows a mask with equality only.
std::optional<scmp_arg_cmp> libseccomp_condition(const Condition& condition) {
  const unsigned arg = condition.arg;
  if (condition.narrow) {
    if (condition.op == Compare::kEqual) return scmp_arg_cmp{arg, SCMP_CMP_MASKED_EQ, 0xffffffff, condition.value};
    if (condition.op == Compare::kMaskedEqual) return scmp_arg_cmp{arg, SCMP_CMP_MASKED_EQ, condition.mask, condition.value};
    return std::nullopt;
  }
  switch (condition.op) {
    case Compare::kEqual: return scmp_arg_cmp{arg, SCMP_CMP_EQ, condition.value, 0};
    case Compare::kNotEqual: return scmp_arg_cmp{arg, SCMP_CMP_NE, condition.value, 0};
    case Compare::kLess: return scmp_arg_cmp{arg, SCMP_CMP_LT, condition.value, 0};
    case Compare::kLessEqual: return scmp_arg_cmp{arg, SCMP_CMP_LE, condition.value, 0};
    case Compare::kGreater: return scmp_arg_cmp{arg, SCMP_CMP_GT, condition.value, 0};
    case Compare::kGreaterEqual: return scmp_arg_cmp{arg, SCMP_CMP_GE, condition.value, 0};
    case Compare::kMaskedEqual: return scmp_arg_cmp{arg, SCMP_CMP_MASKED_EQ, condition.mask, condition.value};
    case Compare::kAnyBit: return std::nullopt;
  }
  return std::nullopt;
}

// The same filter as libseccomp would write it; false where it cannot say it.
bool expressed(const Filter& filter, Oracle& oracle) {
  for (const PlannedCall& call : filter.calls) {
    const int number = call_number(CallTable::kNative, call.call);
    if (number < 0) continue;
    if (call.rules.empty()) {
      if (oracle.add(libseccomp_action(call.otherwise), number, {}) != 0) return false;
      continue;
    }
    if (call.otherwise != filter.otherwise || call.rules.size() > 1) return false;
    std::vector<scmp_arg_cmp> all_of;
    std::set<unsigned> used;
    for (const Condition& condition : call.rules[0].all_of) {
      const std::optional<scmp_arg_cmp> same = libseccomp_condition(condition);
      if (!same || !used.insert(condition.arg).second) return false;
      all_of.push_back(*same);
    }
    if (oracle.add(libseccomp_action(call.rules[0].action), number, all_of) != 0) return false;
  }
  return true;
}

// Both programs over every known number and edge argument. Numbers that nobody knows are left out where the default
// denies: libseccomp has no answer of its own for them. So is prctl with the odd option.
std::size_t compare_with_libseccomp(const Filter& filter, const Program& oracle, int random, std::size_t* mismatches) {
  const Program program = program_of(filter);
  std::mt19937_64 chance(19700101);
  std::size_t compared = 0;
  for (std::uint32_t number = 0; number <= kNumbers; ++number) {
    const auto name = names(CallTable::kNative).find(number);
    if (name == names(CallTable::kNative).end() && filter.otherwise.kind >= ActionKind::kDeny) continue;
    if (number >= 512 && number < 548) continue;  // x32 before Linux 5.4, which libseccomp does not close
    const PlannedCall* call = name == names(CallTable::kNative).end() ? nullptr : find_call(filter, name->second);
    for (const Point& point : points(call, chance, call != nullptr && !call->rules.empty() ? random : 5)) {
      const std::uint32_t ours = answer_to(program, audit_arch(CallTable::kNative), number, point.args);
      const std::uint32_t theirs = answer_to(oracle, audit_arch(CallTable::kNative), number, point.args);
      ++compared;
      if (ours != theirs && (*mismatches)++ == 0) UNSCOPED_INFO("number " << number << ": " << answer_words(ours) << ", libseccomp " << answer_words(theirs));
    }
  }
  return compared;
}

Filter bare(Action otherwise) {
  Filter out;
  out.used = true;
  out.identity = 0x0123456789abcdef;
  out.otherwise = otherwise;
  return out;
}

void set_call(Filter& filter, PlannedCall call) {
  const auto at = std::lower_bound(filter.calls.begin(), filter.calls.end(), call.call, [](const PlannedCall& a, std::string_view b) { return a.call < b; });
  if (at != filter.calls.end() && at->call == call.call) *at = std::move(call);
  else filter.calls.insert(at, std::move(call));
}

constexpr Action kAllowed{ActionKind::kAllow, 0};
constexpr Action kRefused{ActionKind::kDeny, EPERM};

}  // namespace

TEST_CASE("what the default profile closes whole, libseccomp closes alike", "[filter][libseccomp]") {
  std::size_t compared = 0;
  for (const char* text : {"", "[network]\naccess = all\n", "[filesystem]\nread_write = /usr\n", "[ipc]\nsysv = allow\n", "[syscalls]\n@mount = kill\n@clock = log\n@swap = trap\n@module = kill-thread\n"}) {
    INFO(text);
    Filter filter = filter_of(text);
    std::erase_if(filter.calls, [](const PlannedCall& call) { return !call.rules.empty(); });
    REQUIRE(filter.calls.size() > 90);
    Oracle oracle(SCMP_ACT_ALLOW);
    REQUIRE(expressed(filter, oracle));
    std::size_t mismatches = 0;
    compared += compare_with_libseccomp(filter, oracle.program(), 5, &mismatches);
    CHECK(mismatches == 0);
  }
  CHECK(compared > 250'000);
}

TEST_CASE("the strict profile's list of calls is libseccomp's allow list", "[filter][libseccomp]") {
  std::size_t compared = 0;
  for (const char* text : {"[network]\naccess = all\n[syscalls]\nprofile = strict\n", "[syscalls]\ndefault = deny EACCES\nprofile = none\n@basic-io = allow\n@process = allow\n", "[syscalls]\ndefault = kill\nprofile = none\n@default = allow\n"}) {
    INFO(text);
    Filter filter = filter_of(text);
    std::erase_if(filter.calls, [](const PlannedCall& call) { return !call.rules.empty(); });
    Oracle oracle(libseccomp_action(filter.otherwise));
    REQUIRE(expressed(filter, oracle));
    std::size_t mismatches = 0;
    compared += compare_with_libseccomp(filter, oracle.program(), 5, &mismatches);
    CHECK(mismatches == 0);
  }
  CHECK(compared > 100'000);
}

TEST_CASE("random single lines with every comparison that libseccomp has are answered alike", "[filter][libseccomp]") {
  std::mt19937_64 chance(42);
  const Action actions[] = {kRefused, {ActionKind::kDeny, EACCES}, {ActionKind::kKill, 0}, {ActionKind::kLog, 0}, {ActionKind::kTrap, 0}, {ActionKind::kTrace, 9}, {ActionKind::kKillThread, 0}};
  constexpr Compare kWide[] = {Compare::kEqual, Compare::kNotEqual, Compare::kLess, Compare::kLessEqual, Compare::kGreater, Compare::kGreaterEqual, Compare::kMaskedEqual};
  constexpr Compare kNarrow[] = {Compare::kEqual, Compare::kMaskedEqual};
  std::size_t compared = 0;
  for (int round = 0; round < 12; ++round) {
    Filter filter = bare(round % 3 == 2 ? kRefused : kAllowed);
    for (const auto& [number, name] : names(CallTable::kNative)) {
      if (name == "prctl" || chance() % 4 != 0) continue;
      Action action = actions[chance() % std::size(actions)];
      if (action == filter.otherwise) action = kAllowed;
      PlannedCall call{name, {{action, {}}}, filter.otherwise};
      const std::size_t conditions = 1 + chance() % 3;
      std::uint8_t arg = static_cast<std::uint8_t>(chance() % 4);
      for (std::size_t i = 0; i < conditions; ++i, ++arg) {
        Condition condition;
        condition.arg = arg;
        condition.narrow = chance() % 2 == 0;
        condition.op = condition.narrow ? kNarrow[chance() % std::size(kNarrow)] : kWide[chance() % std::size(kWide)];
        condition.value = chance() % 3 == 0 ? chance() : kEdges[chance() % std::size(kEdges)];
        if (condition.op == Compare::kMaskedEqual) {
          condition.mask = chance() % 2 == 0 ? chance() : kEdges[chance() % std::size(kEdges)];
          if (condition.mask == 0) condition.mask = 0xf;
          condition.value &= condition.mask;
        }
        if (condition.narrow) {
          condition.value &= 0xffffffff;
          condition.mask &= 0xffffffff;
          if (condition.op == Compare::kMaskedEqual && condition.mask == 0) condition.mask = 1;
          condition.value &= condition.op == Compare::kMaskedEqual ? condition.mask : ~std::uint64_t{0};
        }
        // A comparison that always or never holds, libseccomp folds or refuses.
        if (!condition.narrow && condition.op == Compare::kLess && condition.value == 0) condition.value = 5;
        call.rules[0].all_of.push_back(condition);
      }
      set_call(filter, std::move(call));
    }
    Oracle oracle(libseccomp_action(filter.otherwise));
    REQUIRE(expressed(filter, oracle));
    std::size_t mismatches = 0;
    compared += compare_with_libseccomp(filter, oracle.program(), 100, &mismatches);
    INFO("round " << round);
    CHECK(mismatches == 0);
  }
  CHECK(compared > 800'000);
}

TEST_CASE("libseccomp cannot give one call a default of its own beside arguments that it allows", "[filter][libseccomp]") {
  // socket: AF_UNIX and nothing else, EACCES, in a filter that allows other calls.
  const int number = call_number(CallTable::kNative, "socket");
  const scmp_arg_cmp is_unix{0, SCMP_CMP_MASKED_EQ, 0xffffffff, AF_UNIX};
  Oracle oracle(SCMP_ACT_ALLOW);
  CHECK(oracle.add(SCMP_ACT_ALLOW, number, {is_unix}) == -EACCES);
  CHECK(oracle.add(SCMP_ACT_ERRNO(EACCES), number, {}) == 0);
  CHECK(oracle.add(SCMP_ACT_ALLOW, number, {is_unix}) == -EACCES);
  const auto native = audit_arch(CallTable::kNative);
  CHECK(answer_to(oracle.program(), native, static_cast<std::uint32_t>(number), {AF_UNIX, 1, 0, 0, 0, 0}) == (SECCOMP_RET_ERRNO | EACCES));
  // The program assembled here can.
  Filter filter = bare(kAllowed);
  set_call(filter, {"socket", {{kAllowed, {{0, Compare::kEqual, true, AF_UNIX, 0}}}}, {ActionKind::kDeny, EACCES}});
  const Program program = program_of(filter);
  CHECK(answer_to(program, native, static_cast<std::uint32_t>(number), {AF_UNIX, 1, 0, 0, 0, 0}) == SECCOMP_RET_ALLOW);
  CHECK(answer_to(program, native, static_cast<std::uint32_t>(number), {AF_INET, 1, 0, 0, 0, 0}) == (SECCOMP_RET_ERRNO | EACCES));
}

TEST_CASE("libseccomp does not let the strictest of two overlapping rules decide", "[filter][libseccomp]") {
  const auto number = static_cast<std::uint32_t>(call_number(CallTable::kNative, "lseek"));
  const auto native = audit_arch(CallTable::kNative);
  const std::uint64_t both[6] = {0, 1, 2, 0, 0, 0};
  const Action strict{ActionKind::kKill, 0};
  // Either may be the stricter one: in one of the two orders libseccomp answers with the laxer.
  bool laxer = false;
  for (const bool first_is_strict : {true, false}) {
    const Action on_arg1 = first_is_strict ? strict : kRefused;
    const Action on_arg2 = first_is_strict ? kRefused : strict;
    Oracle oracle(SCMP_ACT_ALLOW);
    REQUIRE(oracle.add(libseccomp_action(on_arg1), static_cast<int>(number), {{1, SCMP_CMP_EQ, 1, 0}}) == 0);
    REQUIRE(oracle.add(libseccomp_action(on_arg2), static_cast<int>(number), {{2, SCMP_CMP_EQ, 2, 0}}) == 0);
    laxer = laxer || answer_to(oracle.program(), native, number, both) == returned(kRefused);
    Filter filter = bare(kAllowed);
    set_call(filter, {"lseek", {{strict, {{static_cast<std::uint8_t>(first_is_strict ? 1 : 2), Compare::kEqual, false, first_is_strict ? 1U : 2U, 0}}}, {kRefused, {{static_cast<std::uint8_t>(first_is_strict ? 2 : 1), Compare::kEqual, false, first_is_strict ? 2U : 1U, 0}}}}, kAllowed});
    CHECK(answer_to(program_of(filter), native, number, both) == SECCOMP_RET_KILL_PROCESS);
  }
  CHECK(laxer);
}

TEST_CASE("libseccomp refuses to compare one argument twice", "[filter][libseccomp]") {
  const int number = call_number(CallTable::kNative, "lseek");
  Oracle oracle(SCMP_ACT_ALLOW);
  CHECK(oracle.add(SCMP_ACT_ERRNO(EPERM), number, {{1, SCMP_CMP_GT, 10, 0}, {1, SCMP_CMP_LT, 20, 0}}) == -EINVAL);
  const Program program = program_of(filter_of("[syscalls]\nlseek = deny if arg1 > 10 and arg1 < 20\n"));
  for (std::uint64_t value = 0; value < 40; ++value)
    CHECK(answer_to(program, audit_arch(CallTable::kNative), static_cast<std::uint32_t>(number), {0, value, 0, 0, 0, 0}) == (value > 10 && value < 20 ? returned(kRefused) : SECCOMP_RET_ALLOW));
}

TEST_CASE("libseccomp takes an int for 64 bits, and so misses it with high bits set", "[filter][libseccomp]") {
  const auto number = static_cast<std::uint32_t>(call_number(CallTable::kNative, "ioctl"));
  Oracle oracle(SCMP_ACT_ALLOW);
  REQUIRE(oracle.add(SCMP_ACT_ERRNO(EPERM), static_cast<int>(number), {{1, SCMP_CMP_EQ, 0x5412, 0}}) == 0);
  const std::uint64_t odd[6] = {0, 0x5412 | (std::uint64_t{1} << 32), 0, 0, 0, 0};
  CHECK(answer_to(oracle.program(), audit_arch(CallTable::kNative), number, odd) == SECCOMP_RET_ALLOW);
  CHECK(answer_to(program_of(filter_of("[syscalls]\nprofile = none\nioctl = deny if arg1 == TIOCSTI\n")), audit_arch(CallTable::kNative), number, odd) == returned(kRefused));
}

TEST_CASE("call numbers are those of libseccomp", "[filter][libseccomp]") {
#if defined(__x86_64__)
  constexpr std::uint32_t kToken = SCMP_ARCH_X86_64;
#else
  constexpr std::uint32_t kToken = SCMP_ARCH_AARCH64;
#endif
  int compared = 0;
  for (const SyscallName& call : all_syscalls()) {
    const int theirs = seccomp_syscall_resolve_name_arch(kToken, call.name);
    if (theirs < 0) continue;
    INFO(call.name);
    CHECK(call_number(CallTable::kNative, call.name) == theirs);
    ++compared;
  }
  CHECK(compared > 300);
  for (const CallTable table : {CallTable::kNative, CallTable::kCompat}) {
    std::uint32_t above = 0;
    for (const NumberedCall& call : numbered_calls(table)) {
      CHECK(call.number >= above);
      CHECK(static_cast<std::uint32_t>(call_number(table, all_syscalls()[call.name].name)) == call.number);
      above = call.number + 1;
    }
  }
}

namespace {

bool same(const Program& a, const Program& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](const sock_filter& x, const sock_filter& y) { return x.code == y.code && x.jt == y.jt && x.jf == y.jf && x.k == y.k; });
}

// Of a door that looks at no call.
Filter ready_filter_of(const std::string& text, Host host) {
  host.ready_filter = true;
  return made_up_plan(text, host).filter;
}

Host made_up_root(int abi) {
  Host host = made_up_host(abi);
  host.capabilities = ~std::uint64_t{0};
  return host;
}

}  // namespace

TEST_CASE("a filter that was made beforehand is the one that the policy comes to, whatever the policy says", "[filter][ready]") {
  std::mt19937 chance(20261123);
  const auto one_of = [&](std::initializer_list<const char*> words) { return std::string(words.begin()[chance() % words.size()]); };
  int ready = 0;
  std::set<const ReadyFilter*> met;
  for (int i = 0; i < 12000; ++i) {
    std::string text = "[filesystem]\n" + one_of({"read = /usr\n", "read_write = /usr\n", "device = /dev/null\n", "access = all\n"});
    text += one_of({"", "", "metadata = deny\n", "metadata = modes\n", "metadata = allow\n"});
    text += "[network]\n" + one_of({"", "", "access = rules\n", "access = all\n"}) + one_of({"", "", "unix = deny\n", "unix = allow\n"}) + one_of({"", "", "udp = allow\n"}) + one_of({"", "", "listen = deny\n", "listen = allow\n"});
    text += one_of({"", "", "", "netlink = allow\n", "netlink = deny\n", "mptcp = allow\n", "smc = allow\n", "icmp = allow\nraw = allow\n"});
    text += "[ipc]\n" + one_of({"", "", "", "sysv = allow\n", "mqueue = allow\n", "keyring = allow\n", "scheduling = deny\n"});
    text += "[process]\n" + one_of({"", "", "", "memfd = noexec\n", "memfd = deny\n", "write_execute = deny\n", "execve = deny\n", "capabilities = all\n"});
    text += "[syscalls]\n" + one_of({"", "", "", "profile = strict\n", "profile = none\n", "default = deny\n", "getpid = deny\n", "architectures = native, compat\n"});
    INFO(text);
    const Host host = chance() % 2 == 0 ? made_up_host(chance() % 3 == 0 ? 2 : 9) : made_up_root(9);
    std::optional<Filter> filter;
    try {
      filter = ready_filter_of(text, host);
    } catch (const std::runtime_error&) {
      continue;  // refused: keys that contradict each other
    }
    if (filter->ready == nullptr) continue;
    const Filter spelled = made_up_plan(text, host).filter;
    CHECK(spelled.ready == nullptr);
    if (filter->calls.empty() && !same(program_of(*filter), program_of(spelled))) FAIL("the programs differ");
    ++ready;
    met.insert(filter->ready);
    CHECK((filter->calls.empty() || filter->calls.front().call == "getpid"));
  }
  CHECK(ready > 200);
  CHECK(met.size() > 30);
}

TEST_CASE("in front of a filter that was made beforehand lines of [syscalls] decide as they do in one that is made of all", "[filter][ready]") {
  std::mt19937 chance(20261124);
  const auto one_of = [&](std::initializer_list<const char*> words) { return std::string(words.begin()[chance() % words.size()]); };
  std::vector<Named> all = policies();
  for (int i = 0; i < 24; ++i) {
    std::string text = "[filesystem]\n" + one_of({"read = /usr\n", "read_write = /usr\n"}) + "[network]\n" + one_of({"", "access = none\n", "access = all\n", "connect_tcp = 443\n", "unix = deny\n", "udp = allow\n"});
    text += "[syscalls]\n" + one_of({"", "", "profile = strict\n"});
    for (int lines = 1 + static_cast<int>(chance() % 6); lines > 0; --lines)
      text += one_of({"@swap = deny ENOSYS\n", "@clock = kill\n", "@network-io = log\n", "@file-system = log\n", "-@keyring = trap\n", "-send = deny\n", "read = deny EIO if arg2 == 7\n", "personality = log\n", "ptrace = deny if arg0 == PTRACE_ATTACH\n",
                      "prctl = deny EINVAL if arg0 == 4\n", "prctl = deny\n", "socket = kill if arg0 == AF_VSOCK\n", "socket = deny EPERM\n", "socketpair = trap\n", "chmod = kill\n", "clone = deny EIO if arg0 & CLONE_NEWUSER == CLONE_NEWUSER\n", "ioctl = log if arg1 == TIOCLINUX\n",
                      "munmap = log\n", "writev = deny\n", "exit_group = log if arg0 > 3\n"});
    all.push_back({"by chance", text});
  }
  std::size_t compared = 0;
  int ready = 0;
  for (const Named& policy : all) {
    INFO(policy.what << "\n" << policy.text);
    std::optional<Filter> filter;
    try {
      filter = ready_filter_of(policy.text, made_up_host(policy.abi));
    } catch (const std::runtime_error&) {
      CHECK_THROWS(filter_of(policy.text, policy.abi));  // refused: a line contradicts a section
      continue;
    }
    if (filter->ready == nullptr || filter->calls.empty()) continue;
    ++ready;
    const Program program = program_of(*filter);
    CHECK(refused_because(program).empty());
    CHECK(program.size() <= BPF_MAXINSNS);
    std::size_t mismatches = 0;
    compared += compare(program, filter_of(policy.text, policy.abi), CallTable::kNative, &mismatches);
    CHECK(mismatches == 0);
  }
  CHECK(ready >= 20);
  CHECK(compared > 1'000'000);
}

TEST_CASE("no filter is too long because one that was made beforehand stands behind its lines", "[filter][ready]") {
  // One line for hundreds of calls: planned with all others these are neighbours that share their rules.
  const std::string wide = "[network]\naccess = all\n[syscalls]\n@system-service = deny EIO if arg5 == 0xdead0000 and arg4 == 77777 and arg3 == 12345\n";
  CHECK(ready_filter_of(wide, made_up_host(7)).ready == nullptr);
  CHECK(program_of(filter_of(wide)).size() < BPF_MAXINSNS);
  // As many lines as may stand there, each with the longest code and none like its neighbour.
  std::string text = "[syscalls]\n";
  int line = 0;
  for (const SyscallName& call : all_syscalls()) {
    if (line == 48 || call_number(CallTable::kNative, call.name) % 7 != 3) continue;
    text += std::string(call.name) + " = deny " + std::to_string(100 + line++) + " if arg5 & 0xffffffff00000001 == 0x1234567800000001\n";
  }
  REQUIRE(line == 48);
  for (const char* profile : {"", "profile = strict\n"}) {
    const Filter filter = ready_filter_of(text + profile, made_up_host(7));
    CHECK(filter.ready != nullptr);
    CHECK(filter.calls.size() == 48);
    CHECK(program_of(filter).size() < 1500);
    CHECK(ready_filter_of(text + profile + "getpid = deny\n", made_up_host(7)).ready == nullptr);
  }
}

TEST_CASE("ordinary policies come to a filter that was made beforehand, but for a default of their own and 32-bit calls", "[filter][ready]") {
  const char* const kOrdinary[] = {"[filesystem]\nread = /usr\n", "[filesystem]\nread_write = /usr\n", "[filesystem]\nread_write = /usr\n[network]\nconnect_tcp = 443\n", "[filesystem]\nread = /usr\n[network]\nbind_tcp = 80\n",
                                   "[filesystem]\nread = /usr\n[network]\nconnect_tcp = 53\nudp = allow\n", "[policy]\nmode = readonly\n", "[policy]\nmode = readonly\n[network]\naccess = all\n", "[syscalls]\nprofile = strict\n[filesystem]\nread = /usr\n"};
  for (const char* text : kOrdinary)
    for (const Host& host : {made_up_host(7), made_up_root(7), made_up_host(10)}) {
      INFO(text);
      CHECK(ready_filter_of(text, host).ready != nullptr);
    }
  const Filter with_line = ready_filter_of("[filesystem]\nread = /usr\n[syscalls]\ngetpid = deny\n", made_up_host(7));
  CHECK(with_line.ready != nullptr);
  REQUIRE(with_line.calls.size() == 1);
  CHECK(with_line.calls.front().call == "getpid");
  for (const char* lines : {"default = deny\n", "architectures = native, compat\n"}) {
    INFO(lines);
    CHECK(ready_filter_of(std::string("[filesystem]\nread = /usr\n[syscalls]\n") + lines, made_up_host(7)).ready == nullptr);
  }
}
