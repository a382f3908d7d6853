// SPDX-License-Identifier: MIT
#include "shim/command/exact_calls.h"

#include <algorithm>
#include <array>
#include <bit>

namespace landshim::command {

namespace {

constexpr std::size_t kMostRules = 1024;
constexpr std::uint64_t kAllBits = ~std::uint64_t{0};
constexpr std::uint64_t kLowBits = 0xffff'ffff;

// (argument & mask) == value.
struct Bits {
  std::uint8_t arg = 0;
  std::uint64_t mask = 0;
  std::uint64_t value = 0;
};

std::uint64_t width(const Condition& condition) { return condition.narrow ? kLowBits : kAllBits; }

// Every comparison is one of these, or another: for an order, one for each length of what both numbers have in common.
std::vector<Bits> alternatives(const Condition& condition) {
  const std::uint64_t all = width(condition);
  const std::uint64_t value = condition.value & all;
  std::vector<Bits> out;
  // Where the argument has bit N and the value has not, or the other way round, and above it they are equal.
  const auto differing = [&](bool with_bit, bool without_bit) {
    for (std::uint64_t bit = (all >> 1) + 1; bit != 0; bit >>= 1) {
      const bool set = (value & bit) != 0;
      if (set ? !without_bit : !with_bit) continue;
      const std::uint64_t mask = all & ~(bit - 1);
      out.push_back({condition.arg, mask, (value ^ bit) & mask});
    }
  };
  switch (condition.op) {
    case Compare::kEqual: out.push_back({condition.arg, all, value}); break;
    case Compare::kNotEqual: differing(true, true); break;
    case Compare::kLess: differing(false, true); break;
    case Compare::kLessEqual:
      differing(false, true);
      out.push_back({condition.arg, all, value});
      break;
    case Compare::kGreater: differing(true, false); break;
    case Compare::kGreaterEqual:
      differing(true, false);
      out.push_back({condition.arg, all, value});
      break;
    case Compare::kMaskedEqual: out.push_back({condition.arg, condition.mask & all, condition.value}); break;
    case Compare::kAnyBit:
      for (std::uint64_t bit = 1; bit != 0; bit <<= 1)
        if ((condition.mask & all & bit) != 0) out.push_back({condition.arg, bit, bit});
      break;
  }
  return out;
}

// A rule as conjunctions of bits; any of them is the rule.
struct Case {
  Action action{};
  std::vector<Bits> all_of;
};

bool add_cases(const CallRule& rule, std::vector<Case>& out) {
  std::vector<Case> cases{{rule.action, {}}};
  for (const Condition& condition : rule.all_of) {
    const std::vector<Bits> these = alternatives(condition);
    if (cases.size() * these.size() > 4 * kMostRules) return false;
    std::vector<Case> next;
    for (const Case& one : cases)
      for (const Bits& bits : these) {
        next.push_back(one);
        next.back().all_of.push_back(bits);
      }
    cases = std::move(next);
  }
  for (Case& one : cases) out.push_back(std::move(one));
  return true;
}

using Known = std::array<Bits, 6>;

Condition condition_of(const Bits& bits) {
  if (bits.mask == kAllBits) return {bits.arg, Compare::kEqual, false, bits.value, 0};
  return {bits.arg, Compare::kMaskedEqual, false, bits.value, bits.mask};
}

// Divides all arguments into parts that no two rules share, by the bits that the rules ask for, and writes down those that
// answer otherwise than the rest.
class Division {
 public:
  explicit Division(Action rest) : rest_(rest) {}

  bool run(const std::vector<Case>& cases, Action otherwise) {
    Known known;
    for (std::uint8_t i = 0; i < known.size(); ++i) known[i].arg = i;
    std::vector<const Case*> all;
    all.reserve(cases.size());
    for (const Case& one : cases) all.push_back(&one);
    return divide(known, all, otherwise);
  }

  std::vector<CallRule> out{};

 private:
  enum class Answer { kNever, kOpen, kAlways };

  bool divide(const Known& known, const std::vector<const Case*>& cases, Action otherwise) {
    std::vector<const Case*> left;
    left.reserve(cases.size());
    for (const Case* one : cases) {
      const Answer answer = asked_of(known, *one);
      if (answer == Answer::kAlways) {
        otherwise = one->action;
        break;
      }
      if (answer == Answer::kOpen) left.push_back(one);
    }
    while (!left.empty() && left.back()->action == otherwise) left.pop_back();
    const bool all_denied = otherwise.kind == ActionKind::kDeny && std::all_of(left.begin(), left.end(), [](const Case* one) { return one->action.kind == ActionKind::kDeny; });
    if (left.empty() || all_denied) return write(known, otherwise);
    if (++steps_ > 16 * kMostRules) return false;
    const Bits bits = most_asked(known, left);
    Known next = known;
    Bits& fixed = next[bits.arg];
    fixed.mask |= bits.mask;
    fixed.value |= bits.value;
    if (!divide(next, left, otherwise)) return false;
    std::uint64_t above = 0;
    for (std::uint64_t bit = std::uint64_t{1} << 63; bit != 0; bit >>= 1) {
      if ((bits.mask & bit) == 0) continue;
      next = known;
      fixed.mask |= above | bit;
      fixed.value |= (bits.value & above) | (~bits.value & bit);
      above |= bit;
      if (!divide(next, left, otherwise)) return false;
    }
    return true;
  }

  // The bits that are not known yet.
  static Bits unknown(const Known& known, const Bits& bits) {
    const std::uint64_t mask = bits.mask & ~known[bits.arg].mask;
    return {bits.arg, mask, bits.value & mask};
  }

  // Of the argument that most rules ask for, the fewest bits: they tell most of them apart at once.
  static Bits most_asked(const Known& known, const std::vector<const Case*>& cases) {
    std::array<std::size_t, 6> asked{};
    for (const Case* one : cases)
      for (const Bits& bits : one->all_of) asked[bits.arg] += unknown(known, bits).mask != 0 ? 1 : 0;
    const auto most = static_cast<std::uint8_t>(std::max_element(asked.begin(), asked.end()) - asked.begin());
    Bits fewest;
    for (const Case* one : cases)
      for (const Bits& bits : one->all_of) {
        if (bits.arg != most) continue;
        const Bits these = unknown(known, bits);
        if (these.mask != 0 && (fewest.mask == 0 || std::popcount(these.mask) < std::popcount(fewest.mask))) fewest = these;
      }
    return fewest;
  }

  static Answer asked_of(const Known& known, const Case& one) {
    bool open = false;
    for (const Bits& bits : one.all_of) {
      const Bits& fixed = known[bits.arg];
      if ((((bits.value ^ fixed.value) & bits.mask & fixed.mask) | (bits.value & ~bits.mask)) != 0) return Answer::kNever;
      open = open || (bits.mask & ~fixed.mask) != 0;
    }
    return open ? Answer::kOpen : Answer::kAlways;
  }

  bool write(const Known& known, Action action) {
    if (action == rest_) return true;
    if (out.size() == kMostRules) return false;
    CallRule rule{action, {}};
    for (const Bits& bits : known)
      if (bits.mask != 0) rule.all_of.push_back(condition_of(bits));
    out.push_back(std::move(rule));
    return true;
  }

  Action rest_;
  std::size_t steps_ = 0;
};

// A comparison that closes, as it stands: looked at with all 64 bits it holds for no less than before.
bool as_it_stands(const Condition& condition) {
  if (condition.op == Compare::kNotEqual || condition.op == Compare::kGreater || condition.op == Compare::kGreaterEqual) return true;
  return !condition.narrow && condition.op != Compare::kAnyBit && condition.op != Compare::kMaskedEqual;
}

// Rules that only close an open call need no order: each is written down as it is.
std::optional<std::vector<CallRule>> closing_rules(const PlannedCall& call) {
  std::vector<CallRule> out;
  for (const CallRule& rule : call.rules) {
    std::vector<CallRule> these{{rule.action, {}}};
    unsigned seen = 0;
    for (const Condition& condition : rule.all_of) {
      if ((seen & (1U << condition.arg)) != 0) return std::nullopt;
      seen |= 1U << condition.arg;
      std::vector<Condition> words;
      if (as_it_stands(condition)) words.push_back({condition.arg, condition.op, false, condition.value, 0});
      else
        for (const Bits& bits : alternatives(condition)) words.push_back(condition_of(bits));
      if (these.size() * words.size() + out.size() > kMostRules) return std::nullopt;
      std::vector<CallRule> next;
      for (const CallRule& one : these)
        for (const Condition& word : words) {
          next.push_back(one);
          next.back().all_of.push_back(word);
        }
      these = std::move(next);
    }
    out.insert(out.end(), these.begin(), these.end());
  }
  return out;
}

}  // namespace

std::optional<std::vector<CallRule>> exact_rules(const PlannedCall& call, Action rest) {
  const bool only_closes = call.otherwise == rest && rest.kind == ActionKind::kAllow &&
                           std::all_of(call.rules.begin(), call.rules.end(), [&](const CallRule& rule) { return rule.action == call.rules.front().action && rule.action.kind >= ActionKind::kDeny; });
  if (only_closes)
    if (std::optional<std::vector<CallRule>> rules = closing_rules(call)) return rules;
  std::vector<Case> cases;
  for (const CallRule& rule : call.rules)
    if (!add_cases(rule, cases)) return std::nullopt;
  Division division(rest);
  if (!division.run(cases, call.otherwise)) return std::nullopt;
  return std::move(division.out);
}

}  // namespace landshim::command
