// SPDX-License-Identifier: MIT
#include "config/check.h"

namespace landshim {

namespace {

class Checker {
 public:
  Checker(const Policy& policy, std::vector<Fault>& faults) : policy_(policy), faults_(faults) {}

  void run() {
    files();
    network();
    commands();
    if (policy_.call_profile.value == CallProfile::kStrict && policy_.call_default.written() && policy_.call_default.value.kind == ActionKind::kAllow)
      clash(policy_.call_default.origin, "default = allow contradicts profile = strict, which allows what it lists", policy_.call_profile.origin, "profile");
  }

 private:
  void files() {
    const bool workspace_write = policy_.mode.value == Mode::kWorkspaceWrite;
    if (!policy_.workspace.empty() && !workspace_write)
      clash(policy_.workspace.front().origin, "workspace has an effect only with mode = workspace-write", policy_.mode.origin, "mode");
    const bool free_by_mode = policy_.mode.value == Mode::kFullAccess;
    if (!free_by_mode && policy_.file_access.value != FileAccess::kAll) return;
    const Origin freed = free_by_mode ? policy_.mode.origin : policy_.file_access.origin;
    const char* words = free_by_mode ? "mode = full-access" : "access = all";
    for (const PathItem& item : policy_.path_items) {
      if (item.rights == kResolveUnix) continue;
      return clash(item.origin, item.key + " contradicts " + words + ", which leaves files alone", freed, words);
    }
    if (policy_.runtime.written() && policy_.runtime.value != Runtime::kNone)
      clash(policy_.runtime.origin, std::string("runtime contradicts ") + words + ", which leaves files alone", freed, words);
    if (!free_by_mode && policy_.mode.written() && policy_.mode.value != Mode::kStrict)
      clash(policy_.mode.origin, "this mode restricts files, and access = all leaves them alone", freed, words);
    if (free_by_mode && policy_.file_access.written() && policy_.file_access.value == FileAccess::kRules)
      clash(policy_.file_access.origin, "access = rules contradicts mode = full-access", freed, words);
  }

  void network() {
    if (policy_.network.written() && policy_.network.value == NetworkAccess::kNone) {
      const char* words = "access = none";
      for (const NamedPorts& ports : named_ports())
        if (ports.value.granted()) clash(ports.value.origin, std::string(ports.word) + " contradicts access = none", policy_.network.origin, words);
      if (granted(policy_.udp)) clash(policy_.udp.origin, "udp = allow contradicts access = none", policy_.network.origin, words);
      for (const auto& family : policy_.families)
        if (granted(family)) clash(family.origin, "this socket family contradicts access = none", policy_.network.origin, words);
    }
    if (policy_.network.value == NetworkAccess::kAll) {
      for (const NamedPorts& ports : named_ports())
        if (ports.value.written()) clash(ports.value.origin, std::string(ports.word) + " contradicts access = all, which leaves the network alone", policy_.network.origin, "access = all");
      if (policy_.udp.written() && policy_.udp.value == Permission::kDeny) clash(policy_.udp.origin, "udp = deny contradicts access = all", policy_.network.origin, "access = all");
      for (const auto& family : policy_.families)
        if (family.written() && family.value == Permission::kDeny) clash(family.origin, "this line contradicts access = all", policy_.network.origin, "access = all");
    }
    if (policy_.udp.written())
      for (const Ports* ports : {&policy_.connect_udp, &policy_.bind_udp})
        if (ports->written()) clash(ports->origin, "UDP by port contradicts udp, which rules all ports at once", policy_.udp.origin, "udp");
    if (policy_.connect_unix.written() && policy_.unix_sockets.written() && policy_.unix_sockets.value != UnixAccess::kOwn)
      clash(policy_.connect_unix, "reaching sockets by path writes unix = own", policy_.unix_sockets.origin, "unix");
  }

  void commands() {
    for (const CommandRule& rule : policy_.commands) {
      const std::string name = "[command " + rule.name + "]";
      const bool narrows = rule.no_network.written() || rule.readonly.written();
      if (!rule.match.written()) fault(rule.origin, name + " says nothing of which commands it means; add match = and a regular expression over the command line");
      else if (!rule.does) fault(rule.origin, name + " does nothing; add action, network, filesystem or destructive");
      if (!narrows || !rule.action.written() || rule.action.value != Permission::kDeny) continue;
      const bool network = rule.no_network.written();
      clash(network ? rule.no_network.origin : rule.readonly.origin, (network ? "network = none" : "filesystem = readonly") + std::string(" has no effect on what action = deny does not start"), rule.action.origin, "action");
    }
  }

  struct NamedPorts {
    const Ports& value;
    const char* word;
  };
  std::vector<NamedPorts> named_ports() const {
    return {{policy_.connect_tcp, "connect_tcp"}, {policy_.bind_tcp, "bind_tcp"}, {policy_.connect_udp, "connect_udp"}, {policy_.bind_udp, "bind_udp"}};
  }

  static bool granted(const Setting<Permission>& setting) { return setting.written() && setting.value == Permission::kAllow; }

  void clash(Origin at, std::string what, Origin other, const std::string& word) {
    if (other.written()) what += "; see " + word + " in " + (other.file == at.file ? "line " + std::to_string(other.line) : where(policy_, other));
    if (other.written()) what += "; keep one of the two";
    fault(at, std::move(what));
  }

  void fault(Origin at, std::string what) { faults_.push_back({at, std::move(what), 0}); }

  const Policy& policy_;
  std::vector<Fault>& faults_;
};

}  // namespace

void check(const Policy& policy, std::vector<Fault>& faults) { Checker(policy, faults).run(); }

}  // namespace landshim
