// SPDX-License-Identifier: MIT
#include "shim/filter.h"

#include <linux/audit.h>
#include <linux/bpf_common.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <span>

#include "config/syscall_table.h"
#include "shim/call_plan.h"
#include "shim/identity.h"

namespace landshim {

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kNativeArch = AUDIT_ARCH_X86_64;
constexpr std::uint32_t kCompatArch = AUDIT_ARCH_I386;
// x32 shares the architecture and sets this bit in the number: <asm/unistd.h>, __X32_SYSCALL_BIT.
constexpr std::uint32_t kForeignNumbers = 0x40000000;
#elif defined(__aarch64__)
constexpr std::uint32_t kNativeArch = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t kCompatArch = AUDIT_ARCH_ARM;
constexpr std::uint32_t kForeignNumbers = 0;
#else
#error "landshim knows the call tables of x86_64 and aarch64"
#endif
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the low half of an argument comes first");

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

// "If all conditions hold, return"; false when the conditions are too many for a jump of 255.
bool add_rule(Code& code, const CallRule& rule) {
  const std::size_t begin = code.size();
  for (const Condition& condition : rule.all_of) {
    const std::size_t first = code.size();
    add_condition(code, condition);
    for (std::size_t i = first; i < code.size(); ++i)
      for (std::uint8_t* target : {&code[i].jt, &code[i].jf})
        if (*target == kHolds) *target = static_cast<std::uint8_t>(code.size() - i - 1);
  }
  if (code.size() - begin > 200) return false;
  for (std::size_t i = begin; i < code.size(); ++i)
    for (std::uint8_t* target : {&code[i].jt, &code[i].jf})
      if (*target == kFails) *target = static_cast<std::uint8_t>(code.size() - i);
  code.push_back(answer(rule.action));
  return true;
}

// Rules that compare the same bits of the same argument with one value each: no two of them fit at once, unless they are alike.
bool compares_alike(const CallRule& a, const CallRule& b) {
  const auto compares = [](const CallRule& rule) {
    return rule.all_of.size() == 1 && rule.all_of[0].narrow && rule.all_of[0].value <= 0xffff'ffff && (rule.all_of[0].op == Compare::kEqual || rule.all_of[0].op == Compare::kMaskedEqual);
  };
  if (!compares(a) || !compares(b)) return false;
  const Condition &x = a.all_of[0], &y = b.all_of[0];
  return x.arg == y.arg && x.op == y.op && (x.op == Compare::kEqual || x.mask == y.mask);
}

// A binary search over the values of such rules, as ioctl(2) has many: the argument is loaded once, and each answer stands
// once, behind the search.
class ValueSearch {
 public:
  explicit ValueSearch(std::span<const CallRule> rules) : first_(rules.front().all_of[0]) {
    for (const CallRule& rule : rules) {
      const Value value{static_cast<std::uint32_t>(rule.all_of[0].value), action_number(rule.action)};
      const auto at = std::lower_bound(values_.begin(), values_.end(), value, [](const Value& a, const Value& b) { return a.value < b.value; });
      if (at == values_.end() || at->value != value.value) values_.insert(at, value);  // of two that are alike the first decides
    }
  }

  // False: too long for a jump of 255.
  bool add_to(Code& code) {
    search(0, values_.size());
    const std::size_t end = steps_.size() + actions_.size();
    if (end > 200) return false;
    code.push_back(load(offsetof(seccomp_data, args) + 8U * first_.arg));
    if (first_.op == Compare::kMaskedEqual) code.push_back(instruction(kAnd, static_cast<std::uint32_t>(first_.mask)));
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const auto distance = [&](std::size_t target) { return static_cast<std::uint8_t>((target >= kAnswers ? steps_.size() + (target - kAnswers) : target) - i - 1); };
      const Step& step = steps_[i];
      code.push_back(instruction(step.how, step.k, distance(step.yes), distance(step.no == kNowhere ? end : step.no)));
    }
    for (const Action action : actions_) code.push_back(answer(action));
    return true;
  }

 private:
  struct Value {
    std::uint32_t value;
    std::size_t action;
  };
  struct Step {
    std::uint16_t how;
    std::uint32_t k;
    std::size_t yes, no;  // steps, or answers from kAnswers on
  };
  static constexpr std::size_t kAnswers = 1 << 20;
  static constexpr std::size_t kNowhere = ~std::size_t{0};  // none of the values
  static constexpr std::size_t kFew = 3;                    // are tried one after the other

  std::size_t action_number(Action action) {
    const auto at = std::find(actions_.begin(), actions_.end(), action);
    if (at == actions_.end()) return actions_.push_back(action), actions_.size() - 1;
    return static_cast<std::size_t>(at - actions_.begin());
  }

  void search(std::size_t first, std::size_t last) {
    if (last - first <= kFew) {
      for (std::size_t i = first; i < last; ++i) steps_.push_back({kJumpEqual, values_[i].value, kAnswers + values_[i].action, i + 1 < last ? steps_.size() + 1 : kNowhere});
      return;
    }
    const std::size_t middle = first + (last - first) / 2;
    const std::size_t here = steps_.size();
    steps_.push_back({kJumpGreaterEqual, values_[middle].value, 0, here + 1});
    search(first, middle);
    steps_[here].yes = steps_.size();
    search(middle, last);
  }

  Condition first_;
  std::vector<Value> values_{};
  std::vector<Action> actions_{};
  std::vector<Step> steps_{};
};

// All rules of a call, in their order; false when one of them is too long.
bool add_rules(Code& code, const std::vector<CallRule>& rules) {
  bool fit = true;
  for (std::size_t i = 0; i < rules.size();) {
    std::size_t end = i + 1;
    while (end < rules.size() && compares_alike(rules[i], rules[end])) ++end;
    if (end - i > 1 && ValueSearch(std::span(rules).subspan(i, end - i)).add_to(code)) {
      i = end;
      continue;
    }
    for (; i < end; ++i) fit = add_rule(code, rules[i]) && fit;
  }
  return fit;
}

// Numbers from `first` on (to the next segment) are decided by these rules, and then by `otherwise`.
struct Segment {
  std::uint32_t first = 0;
  Action otherwise{};
  const std::vector<CallRule>* rules = nullptr;  // null: none
  bool answers_identity = false;
  bool goes_on = false;  // what stands behind the search decides
};

bool alike(const Segment& a, const Segment& b) {
  if (a.answers_identity || b.answers_identity || a.goes_on || b.goes_on || a.otherwise != b.otherwise) return false;
  return a.rules == b.rules || (a.rules != nullptr && b.rules != nullptr && *a.rules == *b.rules);
}

constexpr const char* kBehindSocketcall[] = {"socket", "socketpair", "listen", "sendto", "sendmsg", "sendmmsg", "connect", "bind", "accept", "accept4", "recvfrom", "recvmsg", "recvmmsg",
                                             "getsockopt", "setsockopt", "getsockname", "getpeername", "shutdown", "send", "recv"};

bool behind_socketcall(std::string_view call) {
  return std::any_of(std::begin(kBehindSocketcall), std::end(kBehindSocketcall), [&](const char* behind) { return call == behind; });
}

// The architecture is told, the number loaded, foreign numbers are answered: what Assembler writes before it searches.
constexpr std::size_t kHead = kForeignNumbers != 0 ? 6 : 4;

// Writes the program from its end to its beginning, so that every jump knows how far it goes.
class Assembler {
 public:
  explicit Assembler(const Filter& filter) : filter_(filter) {
    for (const PlannedCall& call : filter.calls) calls_[place_of(call.call)] = &call;
  }

  Result<std::vector<sock_filter>> run() {
    constexpr std::size_t kOrdinary = 512;
    reversed_.reserve(kOrdinary);
    if (filter_.compat) {
      if (audit_arch(CallTable::kCompat) == 0) return Error{"architectures = native, compat: this architecture has no 32-bit calls that landshim knows"};
      made_.reserve(filter_.calls.size() + 3);
      add_table(CallTable::kCompat);
    }
    const std::size_t compat = reversed_.size();
    add_table(CallTable::kNative);
    const std::size_t native = reversed_.size() - compat;
    // A program of a foreign call table could not even exit: it ends here.
    reversed_.push_back(answer({ActionKind::kKill, 0}));
    reversed_.push_back(instruction(kJumpEqual, kNativeArch, 1, 0));
    if (filter_.compat) {
      reversed_.push_back(instruction(kJump, static_cast<std::uint32_t>(native) + 2));
      reversed_.push_back(instruction(kJumpEqual, kCompatArch, 0, 1));
    }
    reversed_.push_back(load(offsetof(seccomp_data, arch)));
    return finished(0);
  }

  // The calls of the filter alone, to stand behind the head of a program of `size` instructions which decides all others.
  Result<std::vector<sock_filter>> run_before(std::size_t size) {
    std::vector<Segment> segments;
    std::uint32_t next = 0;
    for (const NumberedCall& call : numbered_calls(CallTable::kNative)) {
      if (calls_[call.name] == nullptr) continue;
      if (call.number > next) segments.push_back({next, {}, nullptr, false, true});
      const Segment segment = segment_of(CallTable::kNative, call);
      if (segments.empty() || !alike(segments.back(), segment)) segments.push_back(segment);
      next = call.number + 1U;
    }
    segments.push_back({next, {}, nullptr, false, true});
    fall_into(add_search(segments, 0, segments.size()));
    return finished(size);
  }

 private:
  Result<std::vector<sock_filter>> finished(std::size_t beside) {
    const std::size_t size = reversed_.size() + beside;
    if (!too_many_in_.empty()) return Error{std::string(too_many_in_) + ": too many conditions in one line of [syscalls]"};
    if (size > BPF_MAXINSNS) return Error{"the filter would need " + std::to_string(size) + " instructions, and the kernel takes 4096; write fewer conditions in [syscalls]"};
    return Code(reversed_.rbegin(), reversed_.rend());
  }

  // Decides every number of one table.
  void add_table(CallTable which) {
    const std::vector<Segment> segments = segments_of(which);
    fall_into(add_search(segments, 0, segments.size()));
    if (which == CallTable::kNative && kForeignNumbers != 0) {
      reversed_.push_back(answer({ActionKind::kDeny, ENOSYS}));
      reversed_.push_back(instruction(kJumpGreaterEqual, kForeignNumbers, 0, 1));
    }
    reversed_.push_back(load(offsetof(seccomp_data, nr)));
  }

  // Between known numbers, the answer for unknown ones; neighbours that answer alike become one.
  std::vector<Segment> segments_of(CallTable which) {
    std::vector<Segment> out;
    out.reserve(numbered_calls(which).size());
    const auto add = [&](const Segment& segment) {
      if (out.empty() || !alike(out.back(), segment)) out.push_back(segment);
    };
    const Action unknown = filter_.otherwise.kind >= ActionKind::kDeny ? Action{ActionKind::kDeny, ENOSYS} : filter_.otherwise;
    std::uint32_t next = 0;
    for (const NumberedCall& call : numbered_calls(which)) {
      if (call.number > next) add({next, unknown});
      add(segment_of(which, call));
      next = call.number + 1U;
    }
    add({next, unknown});
    // Before Linux 5.4 these reach calls of x32 without its bit: seccomp(2).
    if (which == CallTable::kNative && kForeignNumbers != 0) {
      add({512, {ActionKind::kDeny, ENOSYS}});
      add({548, unknown});
    }
    return out;
  }

  Segment segment_of(CallTable which, const NumberedCall& call) {
    Segment out{call.number, filter_.otherwise, nullptr, call.name == syscall_place("prctl")};
    const PlannedCall* planned = calls_[call.name];
    if (which == CallTable::kCompat) planned = in_compat(all_syscalls()[call.name].name, planned);
    if (planned == nullptr) return out;
    out.otherwise = planned->otherwise;
    if (!planned->rules.empty()) out.rules = &planned->rules;
    return out;
  }

  // A binary search over the segments, the number being loaded. Gives where in reversed_ it begins.
  std::size_t add_search(const std::vector<Segment>& segments, std::size_t first, std::size_t last) {
    if (last - first == 1) return add_segment(segments[first]);
    const std::size_t middle = first + (last - first) / 2;
    std::size_t from = add_search(segments, middle, last);
    std::size_t below = add_search(segments, first, middle);
    // Either is brought near where it is too far for the jump, which comes after both.
    if (reversed_.size() + 1 - from > 255) from = jump_to(from);
    if (reversed_.size() - below > 255) below = jump_to(below);
    return add(instruction(kJumpGreaterEqual, segments[middle].first, distance(from), distance(below)));
  }

  std::size_t add(sock_filter instruction) { return reversed_.push_back(instruction), reversed_.size() - 1; }
  std::size_t jump_to(std::size_t place) { return add(instruction(kJump, static_cast<std::uint32_t>(reversed_.size() - place - 1))); }
  std::uint8_t distance(std::size_t place) const { return static_cast<std::uint8_t>(reversed_.size() - place - 1); }

  // What is written next goes on there.
  void fall_into(std::size_t place) {
    if (place + 1 != reversed_.size()) jump_to(place);
  }

  // The same answer is written once for all who are near.
  std::size_t add_answer(Action action) {
    constexpr std::size_t kNear = 200;
    for (const Answer& each : answers_)
      if (each.action == action && reversed_.size() - each.place < kNear) return each.place;
    note_answer(action, reversed_.size());
    return add(answer(action));
  }

  void note_answer(Action action, std::size_t place) {
    for (Answer& each : answers_)
      if (each.action == action) return void(each.place = place);
    answers_.push_back({action, place});
  }

  std::size_t add_segment(const Segment& segment) {
    if (segment.goes_on) return add(instruction(kJump, static_cast<std::uint32_t>(reversed_.size())));
    if (segment.rules == nullptr && !segment.answers_identity) return add_answer(segment.otherwise);
    code_.clear();
    if (segment.answers_identity) add_identity();
    if (segment.rules != nullptr && !add_rules(code_, *segment.rules)) too_many_in_ = name_of(segment.rules);
    code_.push_back(answer(segment.otherwise));
    note_answer(segment.otherwise, reversed_.size());
    reversed_.insert(reversed_.end(), code_.rbegin(), code_.rend());
    return reversed_.size() - 1;
  }

  std::string_view name_of(const std::vector<CallRule>* rules) const {
    for (const PlannedCall& call : filter_.calls)
      if (&call.rules == rules) return call.call;
    for (const PlannedCall& call : made_)
      if (&call.rules == rules) return call.call;
    return {};
  }

  // What becomes of a call of 32 bits; kept in made_ where that differs.
  const PlannedCall* in_compat(std::string_view name, const PlannedCall* planned) {
    if (name == "socketcall" || name == "ipc" || name == "mmap") made_.push_back(multiplexer(name));
    else if (planned != nullptr && !planned->rules.empty()) made_.push_back(*planned);
    else return planned;
    for (CallRule& rule : made_.back().rules) fit(rule);
    return &made_.back();
  }

  // i386 multiplexers hide their arguments behind a pointer: closed, unless all that is behind them is as free as they
  // are, whatever a line or a profile says of the multiplexer itself.
  PlannedCall multiplexer(std::string_view name) const {
    PlannedCall own = planned_call(filter_, name);
    ActionKind freest = own.otherwise.kind;
    for (const CallRule& rule : own.rules) freest = std::min(freest, rule.action.kind);
    for (const SyscallName& known : all_syscalls()) {
      const std::string_view call = known.name;
      const bool system_v = call.starts_with("shm") || call.starts_with("sem") || call.starts_with("msg");
      // i386 mmap(2) takes a structure as well; mmap2 is what programs use.
      if (!(name == "ipc" ? system_v : name == "mmap" ? call == "mmap2" : behind_socketcall(call))) continue;
      const PlannedCall behind = planned_call(filter_, call);
      if (!behind.rules.empty() || behind.otherwise.kind > freest) return combined(own, {own.call, {}, {ActionKind::kDeny, ENOSYS}});
    }
    return own;
  }

  // The 32-bit table passes 32-bit arguments with high halves of 0: -1 is 0xffffffff there, in a long as well.
  static void fit(CallRule& rule) {
    for (Condition& condition : rule.all_of) {
      if (condition.value < 0xffff'ffff'8000'0000) continue;
      condition.narrow = true;
      condition.value &= 0xffff'ffff;
      condition.mask &= 0xffff'ffff;
    }
  }

  void add_identity() {
    const auto is = [](std::uint8_t arg, std::uint64_t value) { return Condition{arg, Compare::kEqual, true, value, 0}; };
    const Condition option = is(0, kIdentityOption);
    add_rule(code_, {{ActionKind::kDeny, kAnswerSome}, {option, is(3, kAskSome)}});
    add_rule(code_, {{ActionKind::kDeny, kAnswerThis}, {option, is(1, filter_.identity & 0xffffffff), is(2, filter_.identity >> 32), is(3, kAskThis)}});
  }

  const Filter& filter_;
  const PlannedCall* calls_[kSyscallCount] = {};  // as all_syscalls(); null: the default of the filter
  std::vector<PlannedCall> made_{};
  Code reversed_{};
  Code code_{};  // of one call
  struct Answer {
    Action action;
    std::size_t place;  // in reversed_
  };
  std::vector<Answer> answers_{};
  std::string_view too_many_in_{};
};

}  // namespace

std::uint32_t audit_arch(CallTable table) { return table == CallTable::kNative ? kNativeArch : kCompatArch; }

Result<std::vector<sock_filter>> assemble(const Filter& filter) {
  if (filter.ready == nullptr) return Assembler(filter).run();
  const std::span<const sock_filter> made = made::instructions().subspan(filter.ready->first, filter.ready->size);
  Result<Code> first = Code{};
  if (!filter.calls.empty()) first = Assembler(filter).run_before(made.size());
  if (!first) return first.error();
  Code out;
  out.reserve(made.size() + first->size());
  // No jump of the head goes further than to what stands behind it.
  out.assign(made.begin(), made.begin() + kHead);
  out.insert(out.end(), first->begin(), first->end());
  out.insert(out.end(), made.begin() + kHead, made.end());
  const auto place = [&](std::size_t at) { return at < kHead ? at : at + first->size(); };
  out[place(filter.ready->low)].k = static_cast<std::uint32_t>(filter.identity);
  out[place(filter.ready->high)].k = static_cast<std::uint32_t>(filter.identity >> 32);
  return out;
}

}  // namespace landshim
