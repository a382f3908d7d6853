// SPDX-License-Identifier: MIT
#include "shim/command/difference.h"

#include <algorithm>
#include <bitset>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>

#include "config/call_line.h"
#include "config/command_rules.h"
#include "config/keys.h"
#include "config/syscalls.h"
#include "config/values.h"
#include "shim/call_plan.h"
#include "shim/filter.h"

namespace landshim::command {

namespace {

std::string real(const std::string& path) {
  std::error_code failed;
  const std::filesystem::path found = std::filesystem::weakly_canonical(path, failed);
  return failed ? path : found.string();
}

bool beneath(const std::string& path, const std::string& directory) {
  return directory == "/" || path == directory || (path.starts_with(directory) && path[directory.size()] == '/');
}

class Comparison {
 public:
  Comparison(const Look& one, const Look& other) : one_(one), other_(other) {}

  std::vector<Grant> run() {
    files();
    network();
    settings();
    capabilities();
    limits();
    namespaces();
    environment();
    calls();
    commands();
    return std::move(out_);
  }

 private:
  void grant(std::string section, std::string what, Origin origin = {}) { out_.push_back({std::move(section), std::move(what), origin}); }

  void files() {
    if (!restricts_files(other_.policy)) return;
    if (!restricts_files(one_.policy)) return grant("filesystem", "access = all: every file", one_.policy.mode.written() ? one_.policy.mode.origin : one_.policy.file_access.origin);
    std::vector<std::pair<std::string, Rights>> granted;
    for (std::size_t i = 0; i < other_.plan.ruleset.paths.size(); ++i)
      if (other_.surveys[i] && !other_.surveys[i]->missing) granted.emplace_back(real(other_.plan.ruleset.paths[i].path), other_.surveys[i]->rights);
    for (std::size_t i = 0; i < one_.plan.ruleset.paths.size(); ++i) {
      const PlannedPath& path = one_.plan.ruleset.paths[i];
      if (path.key == "always" || !one_.surveys[i] || one_.surveys[i]->missing) continue;
      const std::string place = real(path.path);
      Rights more = one_.surveys[i]->rights;
      for (const auto& [directory, rights] : granted)
        if (beneath(place, directory)) more &= ~rights;
      if (more != 0) grant("filesystem", words(more) + " " + path.path, path.origin);
    }
  }

  static std::bitset<65536> numbers(const Ports& ports) {
    std::bitset<65536> out;
    if (ports.any) out.set();
    for (const PortRange& range : ports.ranges)
      for (std::size_t port = range.first; port <= range.last; ++port) out.set(port);
    return out;
  }

  static std::string ranges(const std::bitset<65536>& ports) {
    if (ports.all()) return "*";
    std::string out;
    for (std::size_t first = 0; first < ports.size(); ++first) {
      if (!ports[first]) continue;
      std::size_t last = first;
      while (last + 1 < ports.size() && ports[last + 1]) ++last;
      out += (out.empty() ? "" : ", ") + std::to_string(first) + (last == first ? "" : "-" + std::to_string(last));
      first = last;
    }
    return out;
  }

  static std::bitset<65536> reached(const Look& look, const Ports& ports, bool other_way) {
    const NetworkAccess access = network_choice(look.policy).access;
    if (access == NetworkAccess::kAll || (access == NetworkAccess::kRules && other_way)) return std::bitset<65536>().set();
    return access == NetworkAccess::kNone ? std::bitset<65536>() : numbers(ports);
  }

  void ports(const char* word, Ports Policy::*key, bool udp) {
    const auto open = [&](const Look& look) { return reached(look, look.policy.*key, udp && network_choice(look.policy).udp && !(look.policy.*key).written()); };
    const std::bitset<65536> more = open(one_) & ~open(other_);
    if (more.any()) grant("network", std::string(word) + " " + ranges(more), (one_.policy.*key).written() ? (one_.policy.*key).origin : one_.policy.network.origin);
  }

  void network() {
    ports("connect_tcp", &Policy::connect_tcp, false);
    ports("bind_tcp", &Policy::bind_tcp, false);
    ports("connect_udp", &Policy::connect_udp, true);
    ports("bind_udp", &Policy::bind_udp, true);
    const NetworkChoice mine = network_choice(one_.policy);
    const NetworkChoice theirs = network_choice(other_.policy);
    if (mine.access > theirs.access) choice("network", "access", {"none", "rules", "all"}, static_cast<std::size_t>(mine.access), one_.policy.network.origin);
    if (mine.unix_sockets > theirs.unix_sockets) choice("network", "unix", {"deny", "own", "allow"}, static_cast<std::size_t>(mine.unix_sockets), one_.policy.unix_sockets.origin);
    if (mine.listen && !theirs.listen) grant("network", "listen = allow", one_.policy.listen.origin);
    for (const KeyInfo& key : all_keys())
      if (key.key == Key::kFamily) permission("network", key.word, one_.policy.families[key.detail], other_.policy.families[key.detail]);
  }

  void choice(const char* section, const std::string& key, std::initializer_list<const char*> names, std::size_t at, Origin origin) { grant(section, key + " = " + names.begin()[at], origin); }

  void permission(const char* section, const std::string& key, const Setting<Permission>& mine, const Setting<Permission>& theirs) {
    if (mine.value == Permission::kAllow && theirs.value == Permission::kDeny) grant(section, key + " = allow", mine.origin);
  }

  void settings() {
    const Policy& mine = one_.policy;
    const Policy& theirs = other_.policy;
    const Metadata level = metadata_choice(mine);
    if (level > metadata_choice(theirs)) choice("filesystem", "metadata", {"deny", "modes", "allow"}, static_cast<std::size_t>(level), mine.metadata.origin);
    permission("ipc", "abstract_unix", mine.abstract_unix, theirs.abstract_unix);
    permission("ipc", "signals", mine.signals, theirs.signals);
    permission("ipc", "sysv", mine.sysv, theirs.sysv);
    permission("ipc", "mqueue", mine.mqueue, theirs.mqueue);
    permission("ipc", "keyring", mine.keyring, theirs.keyring);
    permission("ipc", "scheduling", mine.scheduling, theirs.scheduling);
    permission("process", "write_execute", mine.write_execute, theirs.write_execute);
    permission("process", "execve", mine.execve, theirs.execve);
    if (mine.memfd.value < theirs.memfd.value) choice("process", "memfd", {"allow", "noexec", "deny"}, static_cast<std::size_t>(mine.memfd.value), mine.memfd.origin);
    if (!mine.inherit_fds_origin.written() && theirs.inherit_fds_origin.written()) grant("process", "inherit_fds = all");
  }

  void capabilities() {
    const auto kept = [](const Look& look) { return look.plan.process.set_capabilities ? look.plan.process.capabilities : look.host.capabilities; };
    const std::uint64_t more = kept(one_) & ~kept(other_);
    std::string list;
    for (int i = 0; i < kCapabilityCount; ++i)
      if (((more >> i) & 1) != 0) list += (list.empty() ? "" : ", ") + std::string(capability_name(i));
    if (!list.empty()) grant("process", "capabilities = " + list, one_.policy.capabilities.origin);
  }

  void limits() {
    for (const KeyInfo& key : all_keys()) {
      if (key.key != Key::kLimit) continue;
      const auto hard = [&](const Look& look) {
        for (const PlannedLimit& limit : look.plan.process.limits)
          if (static_cast<std::uint8_t>(limit.limit) == key.detail) return limit.hard;
        return look.host.limits[key.detail].hard;
      };
      if (hard(one_) > hard(other_)) grant("limits", std::string(key.word) + " = " + (hard(one_) == kUnlimited ? "unlimited" : std::to_string(hard(one_))), one_.policy.limits[key.detail].origin);
    }
  }

  void namespaces() {
    for (const KeyInfo& key : all_keys())
      if (key.key == Key::kNamespace && !one_.plan.namespaces.enter[key.detail] && other_.plan.namespaces.enter[key.detail]) grant("namespaces", std::string(key.word) + " = no", one_.policy.namespaces[key.detail].origin);
    for (const PlannedPath& hidden : other_.plan.namespaces.hide) {
      const auto& mine = one_.plan.namespaces.hide;
      if (std::none_of(mine.begin(), mine.end(), [&](const PlannedPath& path) { return path.path == hidden.path; })) grant("namespaces", "seeing " + hidden.path);
    }
    if (!one_.plan.namespaces.private_tmp && other_.plan.namespaces.private_tmp) grant("namespaces", "private_tmp = no", one_.policy.private_tmp.origin);
  }

  static PlannedCall planned(const Look& look, std::string_view name) {
    if (!look.plan.filter.used) return {name, {}, {ActionKind::kAllow, 0}};
    const auto& calls = look.plan.filter.calls;
    const auto at = std::lower_bound(calls.begin(), calls.end(), name, [](const PlannedCall& call, std::string_view wanted) { return call.call < wanted; });
    return at != calls.end() && at->call == name ? *at : PlannedCall{name, {}, look.plan.filter.otherwise};
  }

  static ActionKind freest(const PlannedCall& call) {
    ActionKind out = call.otherwise.kind;
    for (const CallRule& rule : call.rules) out = std::min(out, rule.action.kind);
    return out;
  }

  static ActionKind strictest(const PlannedCall& call) {
    ActionKind out = call.otherwise.kind;
    for (const CallRule& rule : call.rules) out = std::max(out, rule.action.kind);
    return out;
  }

  Origin line_of(std::string_view call) const {
    for (const CallLine& line : one_.policy.call_lines)
      if (line.call == call) return line.origin;
    return one_.policy.call_profile.origin;
  }

  // Calls of one kind and line stand together.
  void call(std::string_view name, const char* how) {
    const Origin origin = line_of(name);
    const std::string end = std::string("  (") + how + ")";
    for (Grant& grant : out_) {
      if (grant.section != "syscalls" || grant.origin != origin || !grant.what.ends_with(end)) continue;
      grant.what.insert(grant.what.size() - end.size(), ", " + std::string(name));
      return;
    }
    grant("syscalls", std::string(name) + end, origin);
  }

  void environment() {
    const auto has = [](const std::vector<VariableItem>& items, const std::string& text) { return std::any_of(items.begin(), items.end(), [&](const VariableItem& item) { return item.text == text; }); };
    for (const VariableItem& item : other_.policy.unset_variables)
      if (!has(one_.policy.unset_variables, item.text)) grant("environment", "seeing " + item.text);
    if (other_.policy.keep_variables.empty()) return;
    if (one_.policy.keep_variables.empty()) return grant("environment", "seeing every variable");
    for (const VariableItem& item : one_.policy.keep_variables)
      if (!has(other_.policy.keep_variables, item.text)) grant("environment", "seeing " + item.text, item.origin);
  }

  void calls() {
    for (const SyscallName& known : all_syscalls()) {
      if (!native_has(known.name)) continue;
      const PlannedCall mine = planned(one_, known.name);
      const PlannedCall theirs = planned(other_, known.name);
      if (mine == theirs) continue;
      if (freest(mine) < ActionKind::kDeny && freest(theirs) >= ActionKind::kDeny) call(known.name, strictest(mine) >= ActionKind::kDeny ? "by arguments" : "all uses");
      else if (strictest(mine) < ActionKind::kDeny && strictest(theirs) >= ActionKind::kDeny) call(known.name, "whatever its arguments");
      else if (strictest(mine) >= ActionKind::kDeny && strictest(theirs) >= ActionKind::kDeny && freest(mine) < ActionKind::kDeny) call(known.name, "by other arguments");
    }
  }

  // What the other narrows by a rule, unless a rule here does so by the same expression.
  void commands() {
    for (const CommandRule& theirs : other_.policy.commands) {
      if (theirs.action.value == Permission::kAllow && !theirs.no_network.value && !theirs.readonly.value) continue;
      const auto as_much = [&](const CommandRule& mine) {
        const bool denied = mine.action.value == Permission::kDeny;
        return mine.match.value == theirs.match.value && (denied || (theirs.action.value == Permission::kAllow && mine.no_network.value >= theirs.no_network.value && mine.readonly.value >= theirs.readonly.value));
      };
      if (std::none_of(one_.policy.commands.begin(), one_.policy.commands.end(), as_much)) grant("command " + theirs.name, "commands that match " + theirs.match.value + ", without " + words(theirs));
    }
    for (const CommandRule& mine : one_.policy.commands) {
      const auto same = [&](const CommandRule& theirs) { return theirs.match.value == mine.match.value && theirs.action.written() && theirs.action.value == mine.action.value; };
      if (mine.action.written() && mine.action.value == Permission::kAllow && std::none_of(other_.policy.commands.begin(), other_.policy.commands.end(), same))
        grant("command " + mine.name, "action = allow: commands that match " + mine.match.value, mine.action.origin);
    }
  }

  const Look& one_;
  const Look& other_;
  std::vector<Grant> out_{};
};

}  // namespace

std::vector<Grant> only_in(const Look& one, const Look& other) { return Comparison(one, other).run(); }

}  // namespace landshim::command
