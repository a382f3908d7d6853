// SPDX-License-Identifier: MIT
#include "shim/command/disassembly.h"

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "config/call_line.h"
#include "config/syscalls.h"
#include "shim/filter.h"

namespace landshim::command {

namespace {

constexpr std::size_t kLineWidth = 100;
constexpr std::size_t kMostNames = 6;
constexpr std::uint32_t kHighest = 0xffff'ffff;

std::string hex(std::uint32_t value) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  do out.insert(out.begin(), kDigits[value & 15]);
  while ((value >>= 4) != 0);
  return "0x" + out;
}

std::string shown(std::uint32_t value) { return value < 4096 ? std::to_string(value) : hex(value); }

std::string table_name(CallTable table) {
  switch (audit_arch(table)) {
    case AUDIT_ARCH_X86_64: return "x86_64";
    case AUDIT_ARCH_I386: return "i386";
    case AUDIT_ARCH_AARCH64: return "aarch64";
    case AUDIT_ARCH_ARM: return "arm";
    default: return hex(audit_arch(table));
  }
}

std::string answer(std::uint32_t value) {
  const auto data = static_cast<std::uint16_t>(value & SECCOMP_RET_DATA);
  switch (value & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW: return words(Action{ActionKind::kAllow, 0});
    case SECCOMP_RET_LOG: return words(Action{ActionKind::kLog, 0});
    case SECCOMP_RET_TRACE: return words(Action{ActionKind::kTrace, data});
    case SECCOMP_RET_ERRNO: return words(Action{ActionKind::kDeny, data});
    case SECCOMP_RET_TRAP: return words(Action{ActionKind::kTrap, 0});
    case SECCOMP_RET_KILL_THREAD: return words(Action{ActionKind::kKillThread, 0});
    case SECCOMP_RET_KILL_PROCESS: return words(Action{ActionKind::kKill, 0});
    default: return hex(value);
  }
}

/// Both included.
struct Numbers {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

/// What is known where an instruction begins: what is loaded, and which calls can have come here.
struct State {
  enum class Loaded { kNothing, kArchitecture, kNumber, kOther } loaded = Loaded::kNothing;
  std::string word;  ///< the loaded value, as it is shown
  std::optional<CallTable> table;
  std::vector<Numbers> calls{{0, kHighest}};  ///< that the search among the numbers has sent here
};

class Disassembler {
 public:
  explicit Disassembler(std::span<const sock_filter> program) : program_(program), states_(program.size()) {
    for (const CallTable table : {CallTable::kNative, CallTable::kCompat}) {
      if (audit_arch(table) == 0) continue;
      for (const SyscallName& call : all_syscalls())
        if (const int number = call_number(table, call.name); number >= 0) names_[{table, static_cast<std::uint32_t>(number)}] = call.name;
    }
    if (!program.empty()) states_[0] = State{};
  }

  std::string run() {
    std::string out;
    for (std::size_t at = 0; at < program_.size(); ++at) {
      std::string line = std::to_string(at);
      line.insert(0, line.size() < 4 ? 4 - line.size() : 0, ' ');
      line += "  " + instruction(at);
      const std::string comes = comment(at);
      if (!comes.empty()) line.resize(std::max(line.size() + 2, std::size_t{48}), ' ');
      out += line + (comes.empty() ? "" : "; " + comes) + "\n";
    }
    return out;
  }

 private:
  // Jumps go forward only, so that one pass knows every way to an instruction before it comes there. An answer may be that
  // of a search and of tests; what it is told of are the calls of the search.
  void reach(std::size_t at, const State& state) {
    if (at >= states_.size()) return;
    std::optional<State>& known = states_[at];
    const bool searched = state.loaded == State::Loaded::kNumber;
    if (!known || (searched && known->loaded != State::Loaded::kNumber)) known = state;
    else if (searched) known->calls.insert(known->calls.end(), state.calls.begin(), state.calls.end());
  }

  std::string instruction(std::size_t at) {
    const sock_filter& code = program_[at];
    State state = states_[at].value_or(State{});
    switch (code.code) {
      case BPF_LD | BPF_W | BPF_ABS: return load(at, code.k, state);
      case BPF_ALU | BPF_AND | BPF_K:
        state.word += " & " + hex(code.k);
        reach(at + 1, state);
        return "and " + hex(code.k);
      case BPF_JMP | BPF_JA:
        reach(at + 1 + code.k, state);
        return "goto " + std::to_string(at + 1 + code.k);
      case BPF_RET | BPF_K: return answer(code.k);
      case BPF_JMP | BPF_JEQ | BPF_K: return jump(at, "==", state);
      case BPF_JMP | BPF_JGT | BPF_K: return jump(at, ">", state);
      case BPF_JMP | BPF_JGE | BPF_K: return jump(at, ">=", state);
      case BPF_JMP | BPF_JSET | BPF_K: return jump(at, "has a bit of", state);
      default:
        reach(at + 1, state);
        return "code " + hex(code.code) + ", " + hex(code.k);
    }
  }

  std::string load(std::size_t at, std::uint32_t offset, State state) {
    state.loaded = State::Loaded::kOther;
    if (offset == offsetof(seccomp_data, arch)) {
      state.loaded = State::Loaded::kArchitecture;
      state.word = "architecture";
    } else if (offset == offsetof(seccomp_data, nr)) {
      state.loaded = State::Loaded::kNumber;
      state.word = "call";
    } else if (offset >= offsetof(seccomp_data, args)) {
      const std::size_t place = offset - offsetof(seccomp_data, args);
      state.word = "arg" + std::to_string(place / 8) + (place % 8 == 0 ? ".low" : ".high");
    } else {
      state.word = "data[" + std::to_string(offset) + "]";
    }
    reach(at + 1, state);
    return "load " + state.word;
  }

  std::string jump(std::size_t at, const char* how, const State& state) {
    const sock_filter& code = program_[at];
    const std::size_t yes = at + 1 + code.jt;
    const std::size_t no = at + 1 + code.jf;
    State then = state;
    State otherwise = state;
    narrow(code, state, then, otherwise);
    reach(yes, then);
    reach(no, otherwise);
    return "if " + state.word + " " + how + " " + compared(code, state) + " goto " + std::to_string(yes) + " else " + std::to_string(no);
  }

  static void narrow(const sock_filter& code, const State& state, State& then, State& otherwise) {
    const bool equal = code.code == (BPF_JMP | BPF_JEQ | BPF_K);
    if (state.loaded == State::Loaded::kArchitecture && equal)
      for (const CallTable table : {CallTable::kNative, CallTable::kCompat})
        if (code.k == audit_arch(table)) then.table = table;
    if (state.loaded != State::Loaded::kNumber) return;
    if (equal) then.calls = {{code.k, code.k}};
    if (code.code != (BPF_JMP | BPF_JGE | BPF_K)) return;
    for (Numbers& numbers : then.calls) numbers.first = std::max(numbers.first, code.k);
    for (Numbers& numbers : otherwise.calls) numbers.last = std::min(numbers.last, code.k == 0 ? 0 : code.k - 1);
    const auto none = [](const Numbers& numbers) { return numbers.first > numbers.last; };
    std::erase_if(then.calls, none);
    std::erase_if(otherwise.calls, none);
  }

  std::string compared(const sock_filter& code, const State& state) const {
    if (state.loaded == State::Loaded::kArchitecture)
      for (const CallTable table : {CallTable::kNative, CallTable::kCompat})
        if (code.k == audit_arch(table)) return table_name(table);
    if (state.loaded != State::Loaded::kNumber || !state.table) return shown(code.k);
    const auto name = names_.find({*state.table, code.k});
    return shown(code.k) + (name == names_.end() ? "" : " (" + std::string(name->second) + ")");
  }

  // Where the search among the numbers ends, the calls that it has come down to.
  std::string comment(std::size_t at) const {
    if (!states_[at]) return "never reached";
    const State& state = *states_[at];
    const bool searches = BPF_CLASS(program_[at].code) == BPF_JMP;
    if (state.loaded != State::Loaded::kNumber || searches || !state.table) return {};
    std::string out;
    std::size_t count = 0;
    for (const Numbers& numbers : state.calls)
      for (auto name = names_.lower_bound({*state.table, numbers.first}); name != names_.end() && name->first.first == *state.table && name->first.second <= numbers.last; ++name)
        if (++count <= kMostNames) out += (out.empty() ? "" : ", ") + std::string(name->second);
    if (count == 0) return "no call that is known";
    return out + (count > kMostNames ? " and " + std::to_string(count - kMostNames) + " more" : "");
  }

  std::span<const sock_filter> program_;
  std::vector<std::optional<State>> states_;
  std::map<std::pair<CallTable, std::uint32_t>, std::string_view> names_{};
};

std::string wrapped(const std::vector<std::string_view>& names) {
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool last = i + 1 == names.size();
    if (column != 0 && column + names[i].size() + 3 > kLineWidth) {
      out += "\n";
      column = 0;
    }
    const std::string more = (column == 0 ? "" : " ") + std::string(names[i]) + (last ? "" : ",");
    out += more;
    column += more.size();
  }
  return out;
}

std::string rules(const PlannedCall& call) {
  std::string out;
  for (const CallRule& rule : call.rules) {
    out += "  if ";
    for (std::size_t i = 0; i < rule.all_of.size(); ++i) out += (i == 0 ? "" : " and ") + words(rule.all_of[i]);
    out += ": " + words(rule.action) + "\n";
  }
  return out + "  " + words(call.otherwise) + "\n";
}

}  // namespace

std::string disassembly(std::span<const sock_filter> program) { return Disassembler(program).run(); }

std::string pseudo_code(const Filter& filter) {
  std::string out = "call table " + table_name(CallTable::kNative);
  if (filter.compat && audit_arch(CallTable::kCompat) != 0) out += " or " + table_name(CallTable::kCompat);
  out += "; any other: kill\n\n";
  std::vector<std::pair<std::string, std::vector<std::string_view>>> groups;
  for (const PlannedCall& call : filter.calls) {
    const std::string text = rules(call);
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return group.first == text; });
    if (same != groups.end()) same->second.push_back(call.call);
    else groups.push_back({text, {call.call}});
  }
  for (const auto& [text, names] : groups) out += wrapped(names) + ":\n" + text + "\n";
  out += "every other call:\n  " + words(filter.otherwise) + "\n";
  if (filter.otherwise.kind >= ActionKind::kDeny) out += "\nnumbers that this landshim does not know:\n  " + words(Action{ActionKind::kDeny, ENOSYS}) + "\n";
  return out;
}

}  // namespace landshim::command
