// SPDX-License-Identifier: MIT
// Alone sees regex.h. What regcomp(3) would read otherwise than it was meant, or grow without bounds over, is refused.
#include "config/command_rules.h"

#include <regex.h>

#include <algorithm>

namespace landshim {

namespace {

// The C library makes a copy of what is repeated for each time: of ten signs in three levels, gigabytes.
constexpr std::size_t kMaxCopies = 2'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Reads an expression as far as what regcomp(3) says nothing about, or too late.
class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) {}

  std::string run() {
    while (at_ < text_.size() && fault_.empty()) step();
    return std::move(fault_);
  }

 private:
  void step() {
    const char c = text_[at_++];
    switch (c) {
      case '\\': return escape();
      case '[': return bracket();
      case '(': return open();
      case ')': return close();
      case '|':
      case '^':
      case '$': return nothing_to_repeat();
      case '*':
      case '?': return repeat(1);
      case '+': return repeat(2);
      case '{': return interval();
      default: return one_sign();
    }
  }

  void one_sign() {
    last_ = 1;
    repeated_ = false;
    add(1);
  }

  void nothing_to_repeat() {
    last_ = 0;
    repeated_ = false;
  }

  // regex(7), and what the GNU C library has beyond it. A letter that means nothing there would stand for itself.
  void escape() {
    if (at_ == text_.size()) return;  // regcomp(3) says so
    const char c = text_[at_++];
    if (is_digit(c)) return fault("\\" + std::string(1, c) + ": an extended regular expression has no back references; write what is meant");
    if (is_letter(c) && std::string_view("wWsSbB").find(c) == std::string_view::npos)
      return fault("\\" + std::string(1, c) + ": no escape of a POSIX extended regular expression; write a class such as [[:digit:]], or the letter alone");
    one_sign();
  }

  // Inside, a backslash is one.
  void bracket() {
    if (at_ < text_.size() && text_[at_] == '^') ++at_;
    if (at_ < text_.size() && text_[at_] == ']') ++at_;
    while (at_ < text_.size() && text_[at_] != ']') {
      const char kind = text_[at_] == '[' && at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
      const std::size_t end = kind == ':' || kind == '.' || kind == '=' ? text_.find(std::string{kind, ']'}, at_ + 2) : std::string_view::npos;
      at_ = end == std::string_view::npos ? at_ + 1 : end + 2;
    }
    ++at_;
    one_sign();
  }

  void open() {
    if (at_ < text_.size() && text_[at_] == '?') return fault("(?: a group of Perl; POSIX has plain groups only: write ( ) and [Aa] for letters of either case");
    outer_.push_back(sum_);
    sum_ = 0;
    nothing_to_repeat();
  }

  void close() {
    if (outer_.empty()) return fault(") closes a group that nothing has opened; for the sign itself write [)]");
    last_ = sum_ + 1;
    repeated_ = false;
    sum_ = outer_.back();
    outer_.pop_back();
    add(last_);
  }

  void repeat(std::size_t copies) {
    const std::string sign(1, text_[at_ - 1]);
    if (repeated_) return fault("two repetitions one after the other, the second by " + sign + ": POSIX has no lazy or possessive ones; remove one of the two");
    if (last_ == 0) return fault("nothing stands before " + sign + " that it could repeat; for the sign itself write [" + sign + "]");
    repeated_ = true;
    if (copies > 1) add(last_ * (copies - 1));
  }

  // {N}, {N,} or {N,M}
  void interval() {
    const std::size_t end = std::min(text_.find('}', at_), text_.size());
    std::size_t numbers[2] = {0, 0};
    std::size_t which = 0;
    bool well = end < text_.size() && at_ < end && text_[at_] != ',';
    for (std::size_t i = at_; i < end && well; ++i) {
      if (text_[i] == ',') well = which++ == 0;
      else if (!is_digit(text_[i])) well = false;
      else numbers[which] = std::min<std::size_t>(numbers[which] * 10 + static_cast<std::size_t>(text_[i] - '0'), kMaxCopies + 1);
    }
    if (!well) return fault("{ begins a repetition such as {2}, {2,} or {2,5}; for the sign itself write [{]");
    repeat(std::max<std::size_t>({1, numbers[0] + (which == 1 && text_[end - 1] == ',' ? 1 : 0), numbers[1]}));
    at_ = end + 1;
  }

  void add(std::size_t copies) {
    sum_ += copies;
    if (sum_ > kMaxCopies) fault("its repetitions come to more than " + std::to_string(kMaxCopies) + " signs; write * or + for large numbers");
  }

  void fault(std::string what) {
    if (fault_.empty()) fault_ = std::move(what);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t last_ = 0;       // what a repetition would repeat, in signs; 0: nothing
  bool repeated_ = false;      // and it is repeated already
  std::size_t sum_ = 0;        // of the group that is open
  std::vector<std::size_t> outer_{};
  std::string fault_{};
};

class Expression {
 public:
  explicit Expression(const std::string& text) : failed_(regcomp(&compiled_, text.c_str(), REG_EXTENDED | REG_NOSUB)) {}
  Expression(const Expression&) = delete;
  Expression& operator=(const Expression&) = delete;
  ~Expression() {
    if (failed_ == 0) regfree(&compiled_);
  }
  int failed() const { return failed_; }
  int match(const std::string& text) const { return regexec(&compiled_, text.c_str(), 0, nullptr, 0); }
  std::string words(int error) const {
    char buffer[128];
    regerror(error, &compiled_, buffer, sizeof buffer);
    return buffer;
  }

 private:
  regex_t compiled_{};
  int failed_;
};

}  // namespace

std::string expression_fault(const std::string& expression) {
  if (expression.empty()) return "expected a regular expression over the command line";
  if (expression.size() > kMaxExpression) return "longer than " + std::to_string(kMaxExpression) + " bytes; divide it into several rules";
  if (expression.size() > 1 && expression.front() == '"' && expression.back() == '"') return "an expression stands without quotes; for the signs themselves write [\"]";
  if (std::string why = Scan(expression).run(); !why.empty()) return why;
  const Expression compiled(expression);
  return compiled.failed() == 0 ? std::string() : "no regular expression: " + compiled.words(compiled.failed());
}

namespace {

// regexec(3) begins anew at each sign of a line, and a line may have a million. Held to the first, it reads on once.
std::string from_the_first(const std::string& expression) { return "^.*(" + expression + ")"; }

}  // namespace

Result<std::vector<const CommandRule*>> matching(const Policy& policy, const std::string& command_line) {
  std::vector<const CommandRule*> out;
  // glibc takes what follows a line feed for the beginning of a line, inside an expression. To all that a policy can hold
  // a carriage return is the same: it has no controls but tabs.
  std::string line = command_line;
  std::replace(line.begin(), line.end(), '\n', '\r');
  for (const CommandRule& rule : policy.commands) {
    const Expression expression(from_the_first(rule.match.value));
    const int answer = expression.failed() == 0 ? expression.match(line) : expression.failed();
    if (answer == REG_NOMATCH) continue;
    if (answer != 0) return Error{"[command " + rule.name + "]: whether it matches this command cannot be told: " + expression.words(answer), where(policy, rule.match.origin)};
    out.push_back(&rule);
    if (rule.action.written()) break;
  }
  return out;
}

Narrowing narrowing(const std::vector<const CommandRule*>& rules) {
  Narrowing out;
  for (const CommandRule* rule : rules) {
    if (rule->action.value == Permission::kDeny && out.denied == nullptr) out.denied = rule;
    if (rule->no_network.value && out.no_network == nullptr) out.no_network = rule;
    if (rule->readonly.value && out.readonly == nullptr) out.readonly = rule;
    out.destructive = out.destructive || rule->destructive.value;
  }
  return out;
}

std::string words(const CommandRule& rule) {
  std::string out;
  const auto add = [&](bool written, const char* text) {
    if (written) out += (out.empty() ? "" : ", ") + std::string(text);
  };
  add(rule.action.written(), rule.action.value == Permission::kDeny ? "action = deny" : "action = allow");
  add(rule.no_network.value, "network = none");
  add(rule.readonly.value, "filesystem = readonly");
  add(rule.destructive.value, "destructive = yes");
  return out;
}

}  // namespace landshim
