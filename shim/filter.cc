// SPDX-License-Identifier: MIT
#include "shim/filter.h"

#include <linux/audit.h>
#include <linux/bpf_common.h>
#include <linux/seccomp.h>
#include <seccomp.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include "config/syscalls.h"
#include "shim/call_plan.h"
#include "shim/identity.h"

namespace landshim {

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kNativeArch = AUDIT_ARCH_X86_64;
constexpr std::uint32_t kCompatArch = AUDIT_ARCH_I386;
constexpr std::uint32_t kNativeToken = SCMP_ARCH_X86_64;
constexpr std::uint32_t kCompatToken = SCMP_ARCH_X86;
// x32 shares the architecture and sets this bit in the number: <asm/unistd.h>, __X32_SYSCALL_BIT.
constexpr std::uint32_t kForeignNumbers = 0x40000000;
#elif defined(__aarch64__)
constexpr std::uint32_t kNativeArch = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t kCompatArch = AUDIT_ARCH_ARM;
constexpr std::uint32_t kNativeToken = SCMP_ARCH_AARCH64;
constexpr std::uint32_t kCompatToken = SCMP_ARCH_ARM;
constexpr std::uint32_t kForeignNumbers = 0;
#else
#error "landshim knows the call tables of x86_64 and aarch64"
#endif
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the low half of an argument comes first");

struct NumberedCall {
  char name[28];
  int number;
};

// Younger than libseccomp 2.5; from 424 on every architecture has the same numbers.
constexpr NumberedCall kYoung[] = {
    {"cachestat", 451},       {"fchmodat2", 452},     {"map_shadow_stack", 453}, {"futex_wake", 454},       {"futex_wait", 455},
    {"futex_requeue", 456},   {"statmount", 457},     {"listmount", 458},        {"lsm_get_self_attr", 459}, {"lsm_set_self_attr", 460},
    {"lsm_list_modules", 461}, {"mseal", 462},        {"setxattrat", 463},       {"getxattrat", 464},       {"listxattrat", 465},
    {"removexattrat", 466},   {"open_tree_attr", 467}, {"file_getattr", 468},    {"file_setattr", 469},     {"listns", 470},
    {"rseq_slice_yield", 471}, {"futex_waitv", 449},  {"set_mempolicy_home_node", 450},
};

#if defined(__x86_64__)
// i386 has these since Linux 4.3 and 5.1, beside socketcall and ipc, through which libseccomp sends them.
constexpr NumberedCall kDirect[] = {
    {"socket", 359},  {"socketpair", 360}, {"bind", 361},    {"connect", 362}, {"listen", 363},  {"accept4", 364}, {"getsockopt", 365}, {"setsockopt", 366},
    {"getsockname", 367}, {"getpeername", 368}, {"sendto", 369}, {"sendmsg", 370}, {"recvfrom", 371}, {"recvmsg", 372}, {"shutdown", 373}, {"recvmmsg", 337},
    {"sendmmsg", 345}, {"semget", 393},    {"semctl", 394},  {"shmget", 395},  {"shmctl", 396},  {"shmat", 397},   {"shmdt", 398},      {"msgget", 399},
    {"msgsnd", 400},  {"msgrcv", 401},     {"msgctl", 402},
};
#endif

using Code = std::vector<sock_filter>;

constexpr std::uint16_t kLoad = BPF_LD | BPF_W | BPF_ABS;
constexpr std::uint16_t kJumpEqual = BPF_JMP | BPF_JEQ | BPF_K;
constexpr std::uint16_t kJumpGreater = BPF_JMP | BPF_JGT | BPF_K;
constexpr std::uint16_t kJumpGreaterEqual = BPF_JMP | BPF_JGE | BPF_K;
constexpr std::uint16_t kJumpBits = BPF_JMP | BPF_JSET | BPF_K;
constexpr std::uint16_t kJump = BPF_JMP | BPF_JA;
constexpr std::uint16_t kAnd = BPF_ALU | BPF_AND | BPF_K;
constexpr std::uint16_t kReturn = BPF_RET | BPF_K;

constexpr sock_filter instruction(std::uint16_t code, std::uint32_t k, std::uint8_t jt = 0, std::uint8_t jf = 0) { return {code, jt, jf, k}; }
constexpr sock_filter load(std::size_t offset) { return instruction(kLoad, static_cast<std::uint32_t>(offset)); }

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
  return SECCOMP_RET_KILL_PROCESS;
}

sock_filter answer(Action action) { return instruction(kReturn, returned(action)); }

// Jump targets inside one condition, before they are distances.
constexpr std::uint8_t kHolds = 0xfe;
constexpr std::uint8_t kFails = 0xff;

// Leaves at kHolds or kFails, or falls off its end when it holds.
void add_condition(Code& code, const Condition& condition) {
  const auto low = static_cast<std::uint32_t>(condition.value);
  const auto high = static_cast<std::uint32_t>(condition.value >> 32);
  const auto low_mask = static_cast<std::uint32_t>(condition.mask);
  const auto high_mask = static_cast<std::uint32_t>(condition.mask >> 32);
  const std::size_t offset = offsetof(seccomp_data, args) + 8U * condition.arg;
  const auto load_low = [&] { code.push_back(load(offset)); };
  const auto load_high = [&] { code.push_back(load(offset + 4)); };
  const auto jump = [&](std::uint16_t how, std::uint32_t k, std::uint8_t yes, std::uint8_t no) { code.push_back(instruction(how, k, yes, no)); };
  const bool wide = !condition.narrow;
  switch (condition.op) {
    case Compare::kEqual:
      if (wide) {
        load_high();
        jump(kJumpEqual, high, 0, kFails);
      }
      load_low();
      jump(kJumpEqual, low, kHolds, kFails);
      return;
    case Compare::kNotEqual:
      if (wide) {
        load_high();
        jump(kJumpEqual, high, 0, kHolds);
      }
      load_low();
      jump(kJumpEqual, low, kFails, kHolds);
      return;
    case Compare::kGreater:
    case Compare::kGreaterEqual:
      if (wide) {
        load_high();
        jump(kJumpGreater, high, kHolds, 0);
        jump(kJumpEqual, high, 0, kFails);
      }
      load_low();
      jump(condition.op == Compare::kGreater ? kJumpGreater : kJumpGreaterEqual, low, kHolds, kFails);
      return;
    case Compare::kLess:
    case Compare::kLessEqual:
      if (wide) {
        load_high();
        jump(kJumpGreater, high, kFails, 0);
        jump(kJumpEqual, high, 0, kHolds);
      }
      load_low();
      jump(condition.op == Compare::kLess ? kJumpGreaterEqual : kJumpGreater, low, kFails, kHolds);
      return;
    case Compare::kMaskedEqual:
      if (wide && (high_mask != 0 || high != 0)) {
        load_high();
        code.push_back(instruction(kAnd, high_mask));
        jump(kJumpEqual, high, 0, kFails);
      }
      load_low();
      code.push_back(instruction(kAnd, low_mask));
      jump(kJumpEqual, low, kHolds, kFails);
      return;
    case Compare::kAnyBit:
      if (wide && high_mask != 0) {
        load_high();
        jump(kJumpBits, high_mask, kHolds, 0);
      }
      load_low();
      jump(kJumpBits, low_mask, kHolds, kFails);
      return;
  }
}

// Appends "if all conditions hold, return"; false when the conditions are too many for a jump of 255.
bool add_rule(Code& code, const CallRule& rule) {
  Code body;
  for (const Condition& condition : rule.all_of) {
    Code part;
    add_condition(part, condition);
    for (std::size_t i = 0; i < part.size(); ++i) {
      const std::size_t to_end = part.size() - i - 1;
      for (std::uint8_t* target : {&part[i].jt, &part[i].jf})
        if (*target == kHolds) *target = static_cast<std::uint8_t>(to_end);
    }
    body.insert(body.end(), part.begin(), part.end());
  }
  if (body.size() > 200) return false;
  for (std::size_t i = 0; i < body.size(); ++i)
    for (std::uint8_t* target : {&body[i].jt, &body[i].jf})
      if (*target == kFails) *target = static_cast<std::uint8_t>(body.size() - i);
  code.insert(code.end(), body.begin(), body.end());
  code.push_back(answer(rule.action));
  return true;
}

// Numbers from `first` on (to the next segment) are decided by this code.
struct Segment {
  std::uint32_t first;
  Code code;
};

bool same_code(const Code& a, const Code& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](const sock_filter& x, const sock_filter& y) { return x.code == y.code && x.jt == y.jt && x.jf == y.jf && x.k == y.k; });
}

// A binary search over the segments, the number being loaded.
Code search(const std::vector<Segment>& segments, std::size_t first, std::size_t last) {
  if (last - first == 1) return segments[first].code;
  const std::size_t middle = first + (last - first) / 2;
  const Code below = search(segments, first, middle);
  const Code above = search(segments, middle, last);
  Code out;
  if (below.size() <= 255) {
    out.push_back(instruction(kJumpGreaterEqual, segments[middle].first, static_cast<std::uint8_t>(below.size()), 0));
  } else {
    out.push_back(instruction(kJumpGreaterEqual, segments[middle].first, 0, 1));
    out.push_back(instruction(kJump, static_cast<std::uint32_t>(below.size())));
  }
  out.insert(out.end(), below.begin(), below.end());
  out.insert(out.end(), above.begin(), above.end());
  return out;
}

class Assembler {
 public:
  explicit Assembler(const Filter& filter) : filter_(filter) {}

  Result<std::vector<sock_filter>> run() {
    Result<Code> native = table(CallTable::kNative);
    if (!native) return native.error();
    Code out{load(offsetof(seccomp_data, arch))};
    if (filter_.compat) {
      if (audit_arch(CallTable::kCompat) == 0) return Error{"architectures = native, compat: this architecture has no 32-bit calls that landshim knows"};
      Result<Code> compat = table(CallTable::kCompat);
      if (!compat) return compat.error();
      out.push_back(instruction(kJumpEqual, kCompatArch, 0, 1));
      out.push_back(instruction(kJump, static_cast<std::uint32_t>(native->size()) + 2));
      out.push_back(instruction(kJumpEqual, kNativeArch, 1, 0));
      out.push_back(answer({ActionKind::kKill, 0}));
      out.insert(out.end(), native->begin(), native->end());
      out.insert(out.end(), compat->begin(), compat->end());
    } else {
      // A program of a foreign call table could not even exit: it ends here.
      out.push_back(instruction(kJumpEqual, kNativeArch, 1, 0));
      out.push_back(answer({ActionKind::kKill, 0}));
      out.insert(out.end(), native->begin(), native->end());
    }
    if (out.size() > BPF_MAXINSNS)
      return Error{"the filter would need " + std::to_string(out.size()) + " instructions, and the kernel takes 4096; write fewer conditions in [syscalls]"};
    return out;
  }

 private:
  // The code for all numbers of one table: loads the number and never falls off its end.
  Result<Code> table(CallTable which) {
    std::vector<Segment> segments;
    for (const SyscallName& known : all_syscalls()) {
      const int number = call_number(which, known.name);
      if (number < 0) continue;
      Result<Code> code = call(which, known.name);
      if (!code) return code.error();
      segments.push_back({static_cast<std::uint32_t>(number), std::move(*code)});
    }
    // Before Linux 5.4 these reach calls of x32 without its bit: seccomp(2).
    if (which == CallTable::kNative && kForeignNumbers != 0)
      for (std::uint32_t number = 512; number < 548; ++number) segments.push_back({number, {answer({ActionKind::kDeny, ENOSYS})}});
    std::sort(segments.begin(), segments.end(), [](const Segment& a, const Segment& b) { return a.first < b.first; });
    segments = with_gaps(segments);
    Code out{load(offsetof(seccomp_data, nr))};
    if (which == CallTable::kNative && kForeignNumbers != 0) {
      out.push_back(instruction(kJumpGreaterEqual, kForeignNumbers, 0, 1));
      out.push_back(answer({ActionKind::kDeny, ENOSYS}));
    }
    const Code tree = search(segments, 0, segments.size());
    out.insert(out.end(), tree.begin(), tree.end());
    return out;
  }

  // Between known numbers, the answer for unknown ones; neighbours that answer alike become one.
  std::vector<Segment> with_gaps(const std::vector<Segment>& known) const {
    const Action unknown = filter_.otherwise.kind >= ActionKind::kDeny ? Action{ActionKind::kDeny, ENOSYS} : filter_.otherwise;
    const Code gap{answer(unknown)};
    std::vector<Segment> out;
    const auto add = [&](std::uint32_t first, const Code& code) {
      if (out.empty() || !same_code(out.back().code, code)) out.push_back({first, code});
    };
    std::uint32_t next = 0;
    for (const Segment& segment : known) {
      if (segment.first < next) continue;  // a second name for the same number
      if (segment.first > next) add(next, gap);
      add(segment.first, segment.code);
      next = segment.first + 1;
    }
    add(next, gap);
    return out;
  }

  Result<Code> call(CallTable which, std::string_view name) const {
    Code out;
    if (name == "prctl") add_identity(out);
    const PlannedCall planned = which == CallTable::kCompat && (name == "socketcall" || name == "ipc" || name == "mmap") ? multiplexer(name) : planned_call(filter_, name);
    for (const CallRule& rule : planned.rules)
      if (!add_rule(out, which == CallTable::kCompat ? fitted(rule) : rule)) return Error{std::string(name) + ": too many conditions in one line of [syscalls]"};
    out.push_back(answer(planned.otherwise));
    return out;
  }

  // i386 multiplexers hide their arguments behind a pointer: closed, unless all that is behind them is as free as they
  // are, whatever a line or a profile says of the multiplexer itself.
  PlannedCall multiplexer(std::string_view name) const {
    const PlannedCall own = planned_call(filter_, name);
    ActionKind freest = own.otherwise.kind;
    for (const CallRule& rule : own.rules) freest = std::min(freest, rule.action.kind);
    for (const SyscallName& known : all_syscalls()) {
      const std::string_view call = known.name;
      const bool system_v = call.starts_with("shm") || call.starts_with("sem") || call.starts_with("msg");
      // i386 mmap(2) takes a structure as well; mmap2 is what programs use.
      if (!(name == "ipc" ? system_v : name == "mmap" ? call == "mmap2" : behind_socketcall(call))) continue;
      const PlannedCall behind = planned_call(filter_, call);
      if (!behind.rules.empty() || behind.otherwise.kind > freest) return combined(own, {name, {}, {ActionKind::kDeny, ENOSYS}});
    }
    return own;
  }

  static bool behind_socketcall(std::string_view call) {
    for (const char* behind : {"socket", "socketpair", "listen", "sendto", "sendmsg", "sendmmsg", "connect", "bind", "accept", "accept4", "recvfrom", "recvmsg", "recvmmsg",
                               "getsockopt", "setsockopt", "getsockname", "getpeername", "shutdown", "send", "recv"})
      if (call == behind) return true;
    return false;
  }

  // The 32-bit table passes 32-bit arguments with high halves of 0: -1 is 0xffffffff there, in a long as well.
  static CallRule fitted(const CallRule& rule) {
    CallRule out = rule;
    for (Condition& condition : out.all_of) {
      if (condition.value < 0xffff'ffff'8000'0000) continue;
      condition.narrow = true;
      condition.value &= 0xffff'ffff;
      condition.mask &= 0xffff'ffff;
    }
    return out;
  }

  void add_identity(Code& out) const {
    const auto is = [](std::uint8_t arg, std::uint64_t value) { return Condition{arg, Compare::kEqual, true, value, 0}; };
    const Condition option = is(0, kIdentityOption);
    add_rule(out, {{ActionKind::kDeny, kAnswerSome}, {option, is(3, kAskSome)}});
    add_rule(out, {{ActionKind::kDeny, kAnswerThis}, {option, is(1, filter_.identity & 0xffffffff), is(2, filter_.identity >> 32), is(3, kAskThis)}});
  }

  const Filter& filter_;
};

}  // namespace

std::uint32_t audit_arch(CallTable table) { return table == CallTable::kNative ? kNativeArch : kCompatArch; }

int call_number(CallTable table, std::string_view call) {
  for (const NumberedCall& young : kYoung)
    if (call == young.name) return young.number;
#if defined(__x86_64__)
  if (table == CallTable::kCompat)
    for (const NumberedCall& direct : kDirect)
      if (call == direct.name) return direct.number;
#endif
  const int number = seccomp_syscall_resolve_name_arch(table == CallTable::kNative ? kNativeToken : kCompatToken, std::string(call).c_str());
  return number < 0 ? -1 : number;
}

bool native_has(std::string_view call) { return call_number(CallTable::kNative, call) >= 0; }

Result<std::vector<sock_filter>> assemble(const Filter& filter) { return Assembler(filter).run(); }

}  // namespace landshim
