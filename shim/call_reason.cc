// SPDX-License-Identifier: MIT
// Goes the way of plan_filter() backwards: sections first, then the lines, the profile and the default.
#include "shim/call_reason.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "config/call_line.h"
#include "config/keys.h"
#include "shim/call_plan.h"
#include "shim/strict_calls.h"

namespace landshim {

namespace {

constexpr std::uint32_t kTypeMask = 0xf;

bool denies(const Action& action) { return action.kind >= ActionKind::kDeny || action.kind == ActionKind::kTrace; }

struct Closed {
  Reason reason{};
  std::vector<std::string> to_allow{};
  ActionKind kind = ActionKind::kDeny;  // of the answer
};

class Search {
 public:
  Search(const Policy& policy, const Plan& plan, const CallMade& call) : policy_(policy), plan_(plan), call_(call) {}

  CallAnswer run() {
    CallAnswer out;
    if (!plan_.filter.used) return out;
    const PlannedCall planned = planned_call(plan_.filter, call_.name);
    const Action action = call_.any_arguments ? any_denial(planned, out) : decide(planned, call_.arguments);
    if (!denies(action)) return out;
    out.allowed = out.some_arguments;
    if (action.kind == ActionKind::kDeny) out.error = action.data;
    else if (action.kind == ActionKind::kTrace) out.error = ENOSYS;  // nobody traces: seccomp(2)
    else out.signal = SIGSYS;
    tell(out);
    return out;
  }

 private:
  // Of the answers that some arguments get, the one that all get, or the first that denies.
  static Action any_denial(const PlannedCall& planned, CallAnswer& out) {
    const auto denying = std::find_if(planned.rules.begin(), planned.rules.end(), [](const CallRule& rule) { return denies(rule.action); });
    const bool some_allowed = !denies(planned.otherwise) || std::any_of(planned.rules.begin(), planned.rules.end(), [](const CallRule& rule) { return !denies(rule.action); });
    out.some_arguments = some_allowed && (denies(planned.otherwise) || denying != planned.rules.end());
    if (denies(planned.otherwise)) return planned.otherwise;
    return denying != planned.rules.end() ? denying->action : planned.otherwise;
  }

  void tell(CallAnswer& out) const {
    std::vector<Closed> sections;
    close_by_sections(sections);
    std::vector<Closed> all = sections;
    close_by_lines(all);
    if (all.size() == sections.size() && sections.empty()) all.push_back(network());
    const Closed& own = all.size() > sections.size() && (sections.empty() || all.back().kind > ActionKind::kDeny) ? all.back() : all.front();
    out.reason = own.reason;
    for (const Closed& closed : all) {
      if (closed.to_allow.empty()) {
        out.to_allow.clear();
        return;
      }
      for (const std::string& line : closed.to_allow)
        if (std::find(out.to_allow.begin(), out.to_allow.end(), line) == out.to_allow.end()) out.to_allow.push_back(line);
    }
  }

  bool fits(const std::vector<Condition>& conditions) const {
    return call_.any_arguments || std::all_of(conditions.begin(), conditions.end(), [&](const Condition& condition) { return holds(condition, call_.arguments); });
  }

  bool fits(const ClosureRow& row) const {
    if (call_.name != row.call || !plan_.filter.closures[static_cast<std::size_t>(row.closure)]) return false;
    std::vector<Condition> conditions;
    for (int i = 0; i < row.tests; ++i) conditions.push_back(condition(row.all_of[i]));
    return fits(conditions);
  }

  void close_by_sections(std::vector<Closed>& out) const {
    for (const ClosureRow& row : closure_rows())
      if (row.closure < kFirstOfProfile && fits(row)) out.push_back({{words(row.closure).demand, origin_of(policy_, row.closure)}, opening(row.closure)});
    if ((call_.name == "socket" || call_.name == "socketpair") && !call_.any_arguments && denied_by_network()) out.push_back(network());
  }

  // The line that opens what a section closes; none: nothing short of leaving the section out.
  static std::vector<std::string> opening(Closure closure) {
    const std::string_view demand = words(closure).demand;
    if (closure == Closure::kFastOpen) return {"[network] connect_tcp = *"};
    if (closure == Closure::kIoUringNetwork) return {"[network] access = all"};
    if (closure == Closure::kModesAndTimes) return {"[filesystem] metadata = modes"};
    if (demand == "[filesystem] metadata") return {"[filesystem] metadata = allow"};
    if (!demand.ends_with("= deny") && !demand.ends_with("= noexec")) return {};
    return {std::string(demand.substr(0, demand.find('='))) + "= allow"};
  }

  // What the lines, the profile or the default says, where it denies.
  void close_by_lines(std::vector<Closed>& out) const {
    std::vector<const CallLine*> lines;
    for (const CallLine& line : policy_.call_lines)
      if (line.call == call_.name && fits(line.all_of)) lines.push_back(&line);
    std::stable_sort(lines.begin(), lines.end(), [](const CallLine* a, const CallLine* b) { return a->action.kind > b->action.kind; });
    for (const CallLine* line : lines) {
      if (denies(line->action)) return out.push_back({{written(*line), line->origin}, {}, line->action.kind});
      if (!call_.any_arguments || line->all_of.empty()) return;
    }
    const bool listed = policy_.call_profile.value != CallProfile::kStrict || in_strict_list();
    for (const ClosureRow& row : closure_rows())
      if (row.closure >= kFirstOfProfile && listed && fits(row)) return out.push_back({{words(row.closure).demand, policy_.call_profile.origin}, {allowing(row)}});
    if (!denies(plan_.filter.otherwise) || (policy_.call_profile.value == CallProfile::kStrict && listed)) return;
    const std::string allow = "[syscalls] " + std::string(call_.name) + " = allow";
    if (policy_.call_default.written()) out.push_back({{"[syscalls] default = " + words(plan_.filter.otherwise), policy_.call_default.origin}, {allow}, plan_.filter.otherwise.kind});
    else out.push_back({{"[syscalls] profile = strict", policy_.call_profile.origin}, {allow}, plan_.filter.otherwise.kind});
  }

  bool in_strict_list() const {
    return std::any_of(strict_calls().begin(), strict_calls().end(), [&](const StrictCall& call) { return call_.name == call.name; });
  }

  static std::string written(const CallLine& line) {
    std::string out = "[syscalls] " + line.word + " = " + words(line.action);
    for (std::size_t i = 0; i < line.all_of.size(); ++i) out += (i == 0 ? " if " : " and ") + words(line.all_of[i]);
    return out;
  }

  // No wider than what is closed, where the language can say that.
  std::string allowing(const ClosureRow& row) const {
    const std::string line = "[syscalls] " + std::string(row.call) + " = allow";
    const bool one_value = row.tests == 1 && row.all_of[0].op == Compare::kEqual && !call_.any_arguments;
    return one_value ? line + " if " + words(condition(row.all_of[0])) : line;
  }

  // --- sockets: what plan_filter() does without the table ---

  bool denied_by_network() const {
    Policy bare = policy_;
    bare.call_lines.clear();
    bare.call_profile = {CallProfile::kNone, {}};
    bare.call_default = {};
    Filter filter;
    std::vector<Error> refused;
    // Only the stand-in for TCP matters to a socket: without it below ABI 4, none could be made.
    plan_filter(bare, network_choice(policy_), {false, (abi_row(plan_.ruleset.abi).net & kConnectTcp) == 0 && no_tcp(), false}, true, filter, refused);
    return denies(decide(planned_call(filter, call_.name), call_.arguments));
  }

  bool no_tcp() const { return network_choice(policy_).access == NetworkAccess::kRules && !policy_.connect_tcp.granted() && !policy_.bind_tcp.granted(); }

  Closed network() const {
    const NetworkChoice choice = network_choice(policy_);
    if (call_.arguments[0] == AF_UNIX && !call_.any_arguments) return unix_sockets(choice);
    Closed out = call_.name == "socket" && !call_.any_arguments ? by_family() : Closed{{"[network] access = rules", policy_.network.origin}, {}};
    if (call_.name == "socketpair") out.to_allow = {"[network] access = all"};
    if (choice.access != NetworkAccess::kNone) return out;
    out.reason = {"[network] access = none", policy_.network.origin};
    // A key of the network writes access = rules, where nothing else is written.
    if (call_.name == "socket" && (policy_.network.written() || out.to_allow.empty())) out.to_allow.insert(out.to_allow.begin(), "[network] access = rules");
    return out;
  }

  // What a socket of its family, type and protocol needs beside access = rules.
  Closed by_family() const {
    const auto family = static_cast<std::uint32_t>(call_.arguments[0]);
    const std::uint32_t type = static_cast<std::uint32_t>(call_.arguments[1]) & kTypeMask;
    const auto protocol = static_cast<std::uint32_t>(call_.arguments[2]);
    const bool internet = family == AF_INET || family == AF_INET6;
    if (internet && type == SOCK_DGRAM && (protocol == 0 || protocol == 17)) return {{"[network] udp = deny", policy_.udp.origin}, {"[network] udp = allow"}};
    if (internet && type == SOCK_STREAM && (protocol == 0 || protocol == 6)) {
      const bool by_port = (abi_row(plan_.ruleset.abi).net & kConnectTcp) != 0;
      return {{"[network] access = rules", policy_.network.origin}, by_port ? std::vector<std::string>{} : std::vector<std::string>{"[network] connect_tcp = *", "[network] bind_tcp = *"}};
    }
    const Family one = socket_family(call_.arguments);
    const KeyInfo* key = std::find_if(all_keys().data(), all_keys().data() + all_keys().size(), [&](const KeyInfo& known) { return known.key == Key::kFamily && known.detail == static_cast<std::uint8_t>(one); });
    return {{"[network] " + std::string(key->word) + " = deny", policy_.families[key->detail].origin}, {"[network] " + std::string(key->word) + " = allow"}};
  }

  Closed unix_sockets(const NetworkChoice& choice) const {
    std::vector<std::string> lines;
    if (choice.access == NetworkAccess::kNone && !policy_.network.written()) lines.push_back("[network] access = none");
    lines.push_back((abi_row(plan_.ruleset.abi).fs & kResolveUnix) != 0 ? "[network] unix = own" : "[network] unix = allow");
    return {{"[network] unix = deny", policy_.unix_sockets.origin}, std::move(lines)};
  }

  const Policy& policy_;
  const Plan& plan_;
  const CallMade& call_;
};

}  // namespace

CallAnswer answer(const Policy& policy, const Plan& plan, const CallMade& call) { return Search(policy, plan, call).run(); }

}  // namespace landshim
