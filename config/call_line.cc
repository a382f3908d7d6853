// SPDX-License-Identifier: MIT
#include "config/call_line.h"

#include <cerrno>
#include <charconv>
#include <optional>

#include "config/keys.h"
#include "config/syscalls.h"

namespace landshim {

namespace {

constexpr std::uint64_t kLow32 = 0xffff'ffff;

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// Words, numbers, and the signs == != <= >= < > & | =
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) { advance(); }

  std::string_view peek() const { return token_; }
  bool done() const { return token_.empty(); }
  std::string_view take() {
    const std::string_view taken = token_;
    advance();
    return taken;
  }
  bool take_if(std::string_view wanted) {
    if (token_ != wanted) return false;
    advance();
    return true;
  }

 private:
  void advance() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\t')) text_.remove_prefix(1);
    std::size_t size = 0;
    const auto at = [&](std::size_t i) { return i < text_.size() ? text_[i] : '\0'; };
    if (is_word(at(0)) || (at(0) == '-' && is_word(at(1)))) {
      size = 1;
      // kill-thread is one word.
      while (is_word(at(size)) || (at(size) == '-' && is_word(at(size + 1)))) ++size;
    } else if (!text_.empty()) {
      size = at(1) == '=' ? 2 : 1;
    }
    token_ = text_.substr(0, size);
    text_.remove_prefix(size);
  }

  std::string_view text_;
  std::string_view token_{};
};

// Numbers as C writes them: 12, 0x1f, 0755, -1.
std::optional<std::uint64_t> number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.starts_with('0')) {
    base = 8;
  }
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (negative && value > std::uint64_t{1} << 63) return std::nullopt;
  return negative ? ~value + 1 : value;
}

Result<std::uint64_t> value_of(Tokens& tokens) {
  std::uint64_t all = 0;
  do {
    const std::string_view token = tokens.take();
    if (token.empty()) return Error{"a value is missing at the end"};
    std::optional<std::uint64_t> value = number(token);
    if (!value) value = find_constant(token);
    if (!value) {
      Nearest nearest(token);
      for (const std::string_view constant : all_constants()) nearest.offer(constant);
      std::string what = std::string(token) + ": neither a number nor a constant that landshim knows";
      if (!nearest.best().empty()) what += "; did you mean " + std::string(nearest.best()) + "?";
      return Error{what};
    }
    all |= *value;
  } while (tokens.take_if("|"));
  return all;
}

Result<Action> action_of(Tokens& tokens) {
  const std::string_view word = tokens.take();
  if (word == "allow") return Action{ActionKind::kAllow, 0};
  if (word == "log") return Action{ActionKind::kLog, 0};
  if (word == "trap") return Action{ActionKind::kTrap, 0};
  if (word == "kill-thread") return Action{ActionKind::kKillThread, 0};
  if (word == "kill") return Action{ActionKind::kKill, 0};
  if (word == "trace") {
    const std::optional<std::uint64_t> message = number(tokens.take());
    if (!message || *message > 0xffff) return Error{"trace takes a message from 0 to 65535"};
    return Action{ActionKind::kTrace, static_cast<std::uint16_t>(*message)};
  }
  if (word == "deny") {
    if (tokens.done() || tokens.peek() == "if") return Action{ActionKind::kDeny, EPERM};
    const std::string_view name = tokens.take();
    std::optional<std::uint64_t> value = number(name);
    if (!value)
      if (const std::optional<int> named = find_errno(name)) value = static_cast<std::uint64_t>(*named);
    // seccomp(2) cuts errno values at MAX_ERRNO; 0 would fake success.
    if (!value || *value == 0 || *value > 4095) return Error{std::string(name) + ": not an error name such as EACCES"};
    return Action{ActionKind::kDeny, static_cast<std::uint16_t>(*value)};
  }
  Nearest nearest(word);
  for (const std::string_view known : {"allow", "log", "trap", "kill-thread", "kill", "trace", "deny"}) nearest.offer(known);
  std::string what = word.empty() ? "an action is missing" : std::string(word) + ": no such action";
  if (nearest.best().empty()) return Error{what + "; expected allow, deny, deny ERRNO, kill, kill-thread, trap, log or trace N"};
  return Error{what + "; did you mean '" + std::string(nearest.best()) + "'?"};
}

std::optional<Compare> compare_of(std::string_view sign) {
  if (sign == "==") return Compare::kEqual;
  if (sign == "!=") return Compare::kNotEqual;
  if (sign == "<") return Compare::kLess;
  if (sign == "<=") return Compare::kLessEqual;
  if (sign == ">") return Compare::kGreater;
  if (sign == ">=") return Compare::kGreaterEqual;
  return std::nullopt;
}

// In a 32-bit argument -1 is 0xffffffff; other values above 32 bits can never be met and are a misunderstanding.
Result<std::uint64_t> fitted(std::uint64_t value, bool narrow) {
  if (!narrow || value <= kLow32) return value;
  if (value >= 0xffff'ffff'8000'0000) return value & kLow32;
  return Error{"the kernel reads only 32 bits of this argument; the value has more"};
}

Result<Condition> condition_of(Tokens& tokens, const SyscallName* call) {
  Condition condition;
  const std::string_view arg = tokens.take();
  if (arg.size() != 4 || !arg.starts_with("arg") || arg[3] < '0' || arg[3] > '5')
    return Error{(arg.empty() ? std::string("a condition is missing") : std::string(arg)) + ": expected arg0 to arg5 at the start of a condition"};
  condition.arg = static_cast<std::uint8_t>(arg[3] - '0');
  condition.narrow = call != nullptr && ((call->narrow >> condition.arg) & 1) != 0;
  const bool masked = tokens.take_if("&");
  if (masked) {
    Result<std::uint64_t> mask = value_of(tokens);
    if (!mask) return mask.error();
    Result<std::uint64_t> fit = fitted(*mask, condition.narrow);
    if (!fit) return fit.error();
    condition.mask = *fit;
    condition.op = Compare::kMaskedEqual;
  }
  const std::string_view sign = tokens.take();
  const std::optional<Compare> op = compare_of(sign);
  if (!op || (masked && *op != Compare::kEqual))
    return Error{(sign.empty() ? std::string("a comparison is missing") : std::string(sign)) + (masked ? ": expected == after the mask" : ": expected one of == != < <= > >= or & MASK ==")};
  if (!masked) condition.op = *op;
  Result<std::uint64_t> value = value_of(tokens);
  if (!value) return value.error();
  Result<std::uint64_t> fit = fitted(*value, condition.narrow);
  if (!fit) return fit.error();
  condition.value = *fit;
  if (masked && (condition.value & ~condition.mask) != 0) return Error{"the value has bits outside its mask: the condition can never be met"};
  return condition;
}

std::string hex(std::uint64_t value) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  do {
    out.insert(out.begin(), kDigits[value & 15]);
    value >>= 4;
  } while (value != 0);
  return "0x" + out;
}

std::string shown(std::uint64_t value) { return value < 1024 ? std::to_string(value) : hex(value); }

}  // namespace

Result<Action> parse_action(std::string_view text) {
  Tokens tokens(text);
  Result<Action> action = action_of(tokens);
  if (action && !tokens.done()) return Error{std::string(tokens.peek()) + ": nothing is expected here"};
  return action;
}

Result<CallLine> parse_call_line(std::string_view call, std::string_view text) {
  Tokens tokens(text);
  CallLine line;
  line.call = call;
  Result<Action> action = action_of(tokens);
  if (!action) return action.error();
  line.action = *action;
  if (tokens.done()) return line;
  if (!tokens.take_if("if")) return Error{std::string(tokens.peek()) + ": expected 'if', or nothing"};
  const SyscallName* known = find_syscall(call);
  do {
    Result<Condition> condition = condition_of(tokens, known);
    if (!condition) return condition.error();
    line.all_of.push_back(*condition);
  } while (tokens.take_if("and"));
  if (!tokens.done()) return Error{std::string(tokens.peek()) + ": expected 'and', or nothing"};
  return line;
}

Result<std::uint64_t> parse_argument(std::string_view text) {
  Tokens tokens(text);
  Result<std::uint64_t> value = value_of(tokens);
  if (value && !tokens.done()) return Error{std::string(text) + ": neither a number nor a constant that landshim knows"};
  return value;
}

std::string words(Action action) {
  switch (action.kind) {
    case ActionKind::kAllow: return "allow";
    case ActionKind::kLog: return "log";
    case ActionKind::kTrace: return "trace " + std::to_string(action.data);
    case ActionKind::kDeny: {
      const std::string_view name = errno_name(action.data);
      return "deny " + (name.empty() ? std::to_string(action.data) : std::string(name));
    }
    case ActionKind::kTrap: return "trap";
    case ActionKind::kKillThread: return "kill-thread";
    case ActionKind::kKill: return "kill";
  }
  return "kill";
}

std::string words(const Condition& condition) {
  const std::string arg = "arg" + std::to_string(condition.arg);
  switch (condition.op) {
    case Compare::kEqual: return arg + " == " + shown(condition.value);
    case Compare::kNotEqual: return arg + " != " + shown(condition.value);
    case Compare::kLess: return arg + " < " + shown(condition.value);
    case Compare::kLessEqual: return arg + " <= " + shown(condition.value);
    case Compare::kGreater: return arg + " > " + shown(condition.value);
    case Compare::kGreaterEqual: return arg + " >= " + shown(condition.value);
    case Compare::kMaskedEqual: return arg + " & " + hex(condition.mask) + " == " + hex(condition.value);
    case Compare::kAnyBit: return arg + " has a bit of " + hex(condition.mask);
  }
  return arg;
}

}  // namespace landshim
