// SPDX-License-Identifier: MIT
// config/ first: its keys and the kernel's rights share words, which -Wshadow sees in the other order only.
#include "config/call_line.h"
#include "config/check.h"
#include "config/interpret.h"
#include "config/parse.h"
#include "config/paths.h"

#include "tests/support/print_plan.h"

#include <cerrno>
#include <map>
#include <stdexcept>
#include <vector>

#include "shim/call_plan.h"

namespace landshim::tests {

namespace {

std::string listed(std::uint64_t bits, std::initializer_list<std::pair<std::uint64_t, const char*>> names) {
  std::string out;
  for (const auto& [bit, name] : names)
    if ((bits & bit) != 0) out += std::string(" ") + name;
  return out.empty() ? " nothing" : out;
}

std::string rights_by_name(Rights rights) {
  std::string out;
  for (const RightName& right : all_rights())
    if ((rights & right.right) != 0) out += std::string(" ") + right.word;
  return out.empty() ? " nothing" : out;
}

std::string nets_by_name(NetRights rights) {
  return listed(rights, {{kBindTcp, "bind_tcp"}, {kConnectTcp, "connect_tcp"}, {kBindUdp, "bind_udp"}, {kConnectSendUdp, "connect_udp"}});
}

std::string at(const Plan& plan, Origin origin) {
  return origin.written() ? "  [" + plan.sources.at(origin.file).shown + ":" + std::to_string(origin.line) + "]" : "";
}

std::string shown_path(const Plan& plan, const std::string& path) {
  for (const Source& source : plan.sources)
    if (source.path == path) return source.shown;
  return path;
}

std::string shown_condition(const Condition& condition) { return words(condition) + (condition.narrow ? "" : " (64 bits)"); }

}  // namespace

Policy made_up_policy(const std::string& text) {
  Policy policy;
  // A file that every host has stands in for the policy file, which expand() looks at.
  policy.sources.push_back({"/etc/passwd", "made-up.ini", {}});
  policy.identity = 0x0123'4567'89ab'cdef;
  std::vector<Fault> faults;
  interpret(parse(text, 0, faults), policy, faults);
  check(policy, faults);
  Surroundings surroundings;
  surroundings.at_start = false;
  if (faults.empty()) expand(policy, surroundings, faults);
  if (!faults.empty()) throw std::runtime_error(std::to_string(faults.front().origin.line) + ": " + faults.front().what);
  return policy;
}

Host made_up_host(int abi) {
  Host host;
  host.abi = abi;
  host.landlock_error = abi == 0 ? ENOSYS : 0;
  host.seccomp = true;
  host.threads_known = true;
  return host;
}

Plan made_up_plan(const std::string& text, const Host& host) {
  Compiled compiled = compile(made_up_policy(text), host);
  if (!compiled.refused.empty()) throw std::runtime_error(landshim::text(compiled.refused.front()));
  return std::move(compiled.plan);
}

std::string refusal(const std::string& text, const Host& host) {
  std::string out;
  for (const Error& error : compile(made_up_policy(text), host).refused) out += (out.empty() ? "" : "\n") + landshim::text(error);
  return out;
}

const PlannedCall* find_call(const Filter& filter, std::string_view call) {
  for (const PlannedCall& planned : filter.calls)
    if (planned.call == call) return &planned;
  return nullptr;
}

Action decided(const Filter& filter, std::string_view call, const std::uint64_t (&arguments)[6]) {
  const PlannedCall* planned = find_call(filter, call);
  return planned == nullptr ? filter.otherwise : decide(*planned, arguments);
}

std::string print_ruleset(const Plan& plan) {
  std::string out = std::string("threads: ") + (plan.all_threads ? "all" : "this one") + "\n";
  if (!plan.ruleset.used) return out + "landlock: none\n";
  out += "landlock: ABI " + std::to_string(plan.ruleset.abi) + "\n";
  out += "  handled files:" + rights_by_name(plan.ruleset.handled_fs) + "\n";
  out += "  handled ports:" + nets_by_name(plan.ruleset.handled_net) + "\n";
  out += "  scoped:" + listed(plan.ruleset.scoped, {{kScopeAbstractUnix, "abstract_unix"}, {kScopeSignal, "signals"}}) + "\n";
  for (const PlannedPath& path : plan.ruleset.paths)
    out += "  path " + shown_path(plan, path.path) + ":" + rights_by_name(path.rights) + " (" + path.key + (path.missing_ok ? ", may be missing" : "") + (path.pattern ? ", pattern" : "") +
           (path.makes_writable ? ", makes writable" : "") + ")" + at(plan, path.origin) + "\n";
  for (const PlannedPort& port : plan.ruleset.ports) out += "  port " + std::to_string(port.port) + ":" + nets_by_name(port.rights) + at(plan, port.origin) + "\n";
  return out;
}

std::string print_filter(const Plan& plan) {
  const Filter& filter = plan.filter;
  if (!filter.used) return "filter: none\n";
  std::string out = "filter: " + words(filter.otherwise) + (filter.compat ? ", 32-bit calls too" : "") + "\n";
  // Calls that answer alike whatever their arguments share a line.
  std::map<std::string, std::string> whole;
  for (const PlannedCall& call : filter.calls)
    if (call.rules.empty()) whole[words(call.otherwise)] += " " + std::string(call.call);
  for (const auto& [action, calls] : whole) out += "  " + action + ":" + calls + "\n";
  for (const PlannedCall& call : filter.calls) {
    if (call.rules.empty()) continue;
    out += "  " + std::string(call.call) + ":\n";
    for (const CallRule& rule : call.rules) {
      out += "    " + words(rule.action);
      for (std::size_t i = 0; i < rule.all_of.size(); ++i) out += (i == 0 ? " if " : " and ") + shown_condition(rule.all_of[i]);
      out += "\n";
    }
    out += "    else " + words(call.otherwise) + "\n";
  }
  return out;
}

std::string print_losses(const Plan& plan) {
  std::string out;
  for (const Loss& loss : plan.given_up) out += "given up: " + loss.what + at(plan, loss.origin) + "\n";
  for (const Loss& loss : plan.missing) out += "missing: " + loss.what + at(plan, loss.origin) + "\n";
  return out;
}

}  // namespace landshim::tests
