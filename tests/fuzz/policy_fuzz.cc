// SPDX-License-Identifier: MIT
// Text -> parse, interpret, check, compile for a made-up host of every ABI, assemble; no file and no kernel is asked.
// The filter is run on made-up calls and must answer what the plan says.
#include <linux/seccomp.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <iterator>

#include "config/check.h"
#include "config/command_rules.h"
#include "config/interpret.h"
#include "config/paths.h"
#include "shim/call_plan.h"
#include "shim/explain.h"
#include "shim/filter.h"
#include "shim/identity.h"
#include "shim/layer.h"
#include "shim/plan.h"
#include "tests/fuzz/claim.h"

using namespace landshim;

namespace {

const char* const kEnvironment[] = {"HOME=/home/a", "TMPDIR=/tmp", "LIST=/a,/b*", "EMPTY=", nullptr};

Host host_with(int abi, bool many_threads) {
  Host host;
  host.abi = abi;
  host.landlock_error = abi == 0 ? ENOSYS : 0;
  host.seccomp = true;
  host.threads_known = true;
  host.many_threads = many_threads;
  return host;
}

// As expand() does it, but for what only a disk can tell.
void expand_without_disk(Policy& policy, const Surroundings& surroundings, std::vector<Fault>& faults) {
  for (const PathItem& item : policy.path_items) {
    const Result<ExpandedItem> out = expand_item(item.text, "/etc/landshim", surroundings);
    if (out) policy.path_rules.push_back({out->path, item.rights, out->missing_ok, !out->pattern.empty(), false, item.key, item.origin});
    else faults.push_back({item.origin, out.error().what, 0});
  }
  if (policy.mode.value == Mode::kReadonly || policy.mode.value == Mode::kWorkspaceWrite) policy.path_rules.push_back({"/", kReadExec, false, false, false, "mode", policy.mode.origin});
}

// --- the filter, as the kernel runs it ---

using Code = std::vector<sock_filter>;

void check_program(const Code& code) {
  CLAIM(!code.empty() && code.size() <= BPF_MAXINSNS, "length of the program");
  for (std::size_t i = 0; i < code.size(); ++i) {
    const sock_filter& at = code[i];
    switch (at.code) {
      case BPF_LD | BPF_W | BPF_ABS: CLAIM(at.k % 4 == 0 && at.k < sizeof(seccomp_data), "a load inside the data"); break;
      case BPF_JMP | BPF_JA: CLAIM(at.k < code.size() - i - 1, "a jump inside the program"); break;
      case BPF_JMP | BPF_JEQ | BPF_K:
      case BPF_JMP | BPF_JGT | BPF_K:
      case BPF_JMP | BPF_JGE | BPF_K:
      case BPF_JMP | BPF_JSET | BPF_K: CLAIM(std::max(at.jt, at.jf) < code.size() - i - 1, "a jump inside the program"); break;
      case BPF_ALU | BPF_AND | BPF_K: break;
      case BPF_RET | BPF_K: break;
      default: CLAIM(false, "an instruction that seccomp takes");
    }
  }
  CLAIM(code.back().code == (BPF_RET | BPF_K), "an answer at the end");
}

std::uint32_t run(const Code& code, const seccomp_data& data) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const sock_filter& at = code[i];
    switch (at.code) {
      case BPF_LD | BPF_W | BPF_ABS: __builtin_memcpy(&value, reinterpret_cast<const char*>(&data) + at.k, 4); break;
      case BPF_JMP | BPF_JA: i += at.k; break;
      case BPF_JMP | BPF_JEQ | BPF_K: i += value == at.k ? at.jt : at.jf; break;
      case BPF_JMP | BPF_JGT | BPF_K: i += value > at.k ? at.jt : at.jf; break;
      case BPF_JMP | BPF_JGE | BPF_K: i += value >= at.k ? at.jt : at.jf; break;
      case BPF_JMP | BPF_JSET | BPF_K: i += (value & at.k) != 0 ? at.jt : at.jf; break;
      case BPF_ALU | BPF_AND | BPF_K: value &= at.k; break;
      default: return at.k;
    }
  }
  CLAIM(false, "the program ends with an answer");
  return 0;
}

std::uint32_t answer(Action action) {
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

// Arguments at and beside each value of the call's conditions, with and without high bits.
void check_call(const Code& code, const PlannedCall& call) {
  const int number = call_number(CallTable::kNative, call.call);
  if (number < 0) return;
  std::vector<std::uint64_t> values = {0, 1, 0xffffffff, ~std::uint64_t{0}};
  for (const CallRule& rule : call.rules)
    for (const Condition& condition : rule.all_of)
      for (const std::uint64_t value : {condition.value, condition.mask}) {
        for (const std::uint64_t near : {value - 1, value, value + 1, value | (std::uint64_t{1} << 32), value ^ (std::uint64_t{1} << 63)}) values.push_back(near);
        if (values.size() > 200) break;
      }
  const auto ask = [&](const std::uint64_t (&arguments)[6]) {
    seccomp_data data{number, audit_arch(CallTable::kNative), 0, {}};
    std::copy(std::begin(arguments), std::end(arguments), std::begin(data.args));
    CLAIM(run(code, data) == answer(decide(call, arguments)), call.call);
  };
  std::uint64_t arguments[6] = {};
  // A rule's own values first, so that it fits; then one argument at a time leaves its place.
  for (const CallRule& rule : call.rules) {
    std::fill(std::begin(arguments), std::end(arguments), 0);
    for (const Condition& condition : rule.all_of) arguments[condition.arg] = condition.value;
    if (arguments[0] != kIdentityOption) ask(arguments);
    for (const Condition& condition : rule.all_of) {
      const std::uint64_t kept = arguments[condition.arg];
      for (const std::uint64_t value : values) {
        arguments[condition.arg] = value;
        if (static_cast<std::uint32_t>(arguments[0]) != kIdentityOption) ask(arguments);
      }
      arguments[condition.arg] = kept;
    }
  }
  for (const std::uint64_t value : values) {
    std::fill(std::begin(arguments), std::end(arguments), value);
    if (static_cast<std::uint32_t>(value) != kIdentityOption) ask(arguments);
  }
}

void check_filter(const Filter& filter) {
  for (std::size_t i = 0; i < filter.calls.size(); ++i) CLAIM(i == 0 || filter.calls[i - 1].call < filter.calls[i].call, filter.calls[i].call);
  const Result<Code> code = assemble(filter);
  if (!code) {
    CLAIM(!code.error().what.empty(), "why there is no program");
    return;
  }
  check_program(*code);
  std::size_t asked = 0;
  for (const PlannedCall& call : filter.calls)
    if (!call.rules.empty() || ++asked < 40) check_call(*code, call);
  // The answer to the odd prctl(2), to unknown numbers and to foreign tables.
  const std::uint32_t native = audit_arch(CallTable::kNative);
  const int prctl = call_number(CallTable::kNative, "prctl");
  CLAIM(run(*code, {prctl, native, 0, {kIdentityOption, 0, 0, kAskSome, 0, 0}}) == (SECCOMP_RET_ERRNO | kAnswerSome), "identity");
  CLAIM(run(*code, {prctl, native, 0, {kIdentityOption, filter.identity & 0xffffffff, filter.identity >> 32, kAskThis, 0, 0}}) == (SECCOMP_RET_ERRNO | kAnswerThis), "identity");
  const std::uint32_t unknown = filter.otherwise.kind >= ActionKind::kDeny ? SECCOMP_RET_ERRNO | ENOSYS : answer(filter.otherwise);
  CLAIM(run(*code, {9999, native, 0, {}}) == unknown, "a number that nobody knows");
  CLAIM(run(*code, {0, 0x1234, 0, {}}) == SECCOMP_RET_KILL_PROCESS, "a foreign call table");
  if (!filter.compat) CLAIM(run(*code, {0, audit_arch(CallTable::kCompat), 0, {}}) == SECCOMP_RET_KILL_PROCESS, "the 32-bit call table");
}

// --- plans ---

void check_plan(const Policy& policy, const Plan& plan, const Host& host) {
  const AbiRow& row = abi_row(plan.ruleset.abi);
  CLAIM(plan.ruleset.abi <= host.abi, "no ABI that the host lacks");
  CLAIM((plan.ruleset.handled_fs & ~row.fs) == 0 && (plan.ruleset.handled_net & ~row.net) == 0 && (plan.ruleset.scoped & ~row.scopes) == 0, "only what the ABI has");
  for (const PlannedPath& path : plan.ruleset.paths) CLAIM((path.rights & ~plan.ruleset.handled_fs) == 0, path.path);
  for (const PlannedPort& port : plan.ruleset.ports) CLAIM((port.rights & ~plan.ruleset.handled_net) == 0, std::to_string(port.port));
  CLAIM(plan.ruleset.ports.size() <= kMaxPorts, "ports");
  CLAIM(plan.given_up.empty() || policy.unsupported.value == Unsupported::kWarn, "nothing is given up that the policy does not let go");
  for (const std::string& line : still_possible(policy, plan)) CLAIM(!line.empty(), "still possible");
}

// Every expression that is taken can be tried, and what its rule puts over the policy can be planned.
void check_commands(const Policy& policy) {
  for (const std::string& line : {std::string(), std::string("git push --force"), std::string(300, 'a'), std::string("a\n\xff (")}) {
    const Result<std::vector<const CommandRule*>> rules = matching(policy, line);
    CLAIM(rules && rules->size() <= policy.commands.size(), line);
    const Narrowing found = narrowing(*rules);
    CLAIM(found.denied == nullptr || found.denied == rules->back(), line);
  }
  for (const CommandRule& rule : policy.commands) {
    CLAIM(expression_fault(rule.match.value).empty(), rule.match.value);
    for (const Layer layer : {Layer::kReadonly, Layer::kNoNetwork}) {
      Policy narrow = layer_policy(policy, rule, layer);
      CLAIM(narrow.identity != policy.identity && narrow.commands.empty(), rule.name);
      narrow.unsupported.value = Unsupported::kFail;
      narrow.abi = {};
      CLAIM(compile(narrow, host_with(kNewestAbi, false)).refused.empty(), rule.name);
    }
    if (&rule - policy.commands.data() == 8) break;
  }
}

void check_origin(Origin origin, std::uint32_t lines, const std::string& what) { CLAIM(origin.file == 0 && origin.line >= 1 && origin.line <= lines, what); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto lines = static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  std::vector<Fault> faults;
  const std::vector<Statement> statements = parse(text, 0, faults);
  Policy policy;
  policy.sources.push_back({"/etc/landshim/p.ini", "p.ini", {}});
  policy.identity = 0x0123456789abcdef;
  const std::size_t parsed = faults.size();
  interpret(statements, policy, faults);
  for (std::size_t i = parsed + 1; i < faults.size(); ++i) CLAIM(faults[i - 1].origin.line <= faults[i].origin.line, faults[i].what);
  check(policy, faults);
  const Surroundings surroundings{kEnvironment, false, true, "/usr/bin/program", "/lib/shim.so", {}, {}};
  CLAIM(policy.path_items.size() <= kMaxPathRules && policy.workspace.size() <= kMaxPathRules, "paths");
  for (const PathItem& item : policy.path_items) check_origin(item.origin, lines, item.text);
  for (const CallLine& line : policy.call_lines) check_origin(line.origin, lines, line.call);
  expand_without_disk(policy, surroundings, faults);
  for (const Fault& fault : faults) {
    CLAIM(!fault.what.empty(), "a fault says what is wrong");
    check_origin(fault.origin, lines, fault.what);
  }
  if (!faults.empty()) return 0;
  check_commands(policy);

  bool accepted_below = false;
  const bool many_threads = size % 7 == 1;
  for (int abi = 0; abi <= kNewestAbi + 1; ++abi) {
    Host host = host_with(abi, many_threads);
    host.capabilities = size % 3 == 0 ? 1 : 0;
    const Compiled compiled = compile(policy, host);
    for (const Error& refused : compiled.refused) CLAIM(!refused.what.empty() && refused.where.starts_with("p.ini"), refused.what);
    if (!compiled.refused.empty()) {
      CLAIM(!accepted_below, "what an older Landlock can hold, a newer one can");
      continue;
    }
    accepted_below = true;
    check_plan(policy, compiled.plan, host);
    if (static_cast<std::size_t>(abi) == size % (kNewestAbi + 2)) check_filter(compiled.plan.filter);
  }
  return 0;
}
