// SPDX-License-Identifier: MIT
// Policy and Host -> Plan. Decides everything and calls nothing.
#include "shim/plan.h"

#include <cerrno>

#include "shim/call_plan.h"
#include "shim/demands.h"
#include "shim/process_plan.h"

namespace landshim {

namespace {

constexpr int kCapChown = 0;  // capabilities(7)

bool single_right(std::string_view key) {
  for (const RightName& right : all_rights())
    if (key == right.word) return true;
  return false;
}

bool port_written(const Policy& policy) {
  return policy.connect_tcp.written() || policy.bind_tcp.written() || policy.connect_udp.written() || policy.bind_udp.written();
}

bool socket_key_written(const Policy& policy) {
  if (policy.udp.written() || policy.listen.written() || policy.unix_sockets.written() || policy.connect_unix.written()) return true;
  for (const auto& family : policy.families)
    if (family.written()) return true;
  return false;
}

class Compiler {
 public:
  Compiler(const Policy& policy, const Host& host) : policy_(policy), host_(host), network_(network_choice(policy)) {}

  Compiled run() {
    plan_.name = policy_.name.written() ? policy_.name.value : policy_.sources.empty() ? "" : policy_.sources.front().shown;
    plan_.sources = policy_.sources;
    plan_.absent = policy_.absent;
    plan_.followed = policy_.followed;
    plan_.log = policy_.log;
    choose_abi();
    if (host_.seccomp) plan_.filter.used = true;
    else demands_.demand({}, "seccomp filters are not to be had here (" + os_words(host_.seccomp_error) + "); nothing of [network], [ipc] and [syscalls] would hold. Use a kernel with CONFIG_SECCOMP_FILTER, outside a sandbox that blocks seccomp(2)");
    threads();
    stand_ins_.starts = host_.execs;
    stand_ins_.ready = host_.ready_filter;
    files();
    unix_sockets();
    ports();
    scopes();
    commands();
    plan_.ruleset.abi = row().abi;
    plan_.ruleset.used = row().abi > 0 && (plan_.ruleset.handled_fs | plan_.ruleset.handled_net | plan_.ruleset.scoped) != 0;
    if (!plan_.ruleset.used) demands_.missing("there is no Landlock domain: processes outside can be traced (ptrace) and signalled");
    log();
    plan_process(policy_, host_, plan_, demands_);
    plan_filter(policy_, network_, stand_ins_, keeps_capability(plan_.process, host_, kCapChown), plan_.filter, refused_);
    return {std::move(plan_), std::move(refused_)};
  }

 private:
  const AbiRow& row() const { return abi_row(abi_); }

  void choose_abi() {
    abi_ = host_.abi > kNewestAbi ? kNewestAbi : host_.abi;
    if (!policy_.abi.written() || policy_.abi.value == 0) return;
    if (policy_.abi.value > abi_) return demand_abi(policy_.abi.origin, "abi = " + std::to_string(policy_.abi.value), policy_.abi.value);
    abi_ = policy_.abi.value;
  }

  // The program must not write it, and not take over who does.
  void log() {
    const Log& log = policy_.log;
    if (!log.used()) return;
    if (log.to == LogTo::kFile && !restricts_files(policy_))
      demands_.refuse(log.file.origin, "file = " + log.file.value + ": every file is writable under this policy, and so is the log; write rules in [filesystem], or log to syslog or stderr");
    else if (!plan_.ruleset.used) demands_.refuse(log.file.origin, "file = " + log.file.value + ": without a Landlock domain the program could trace the process that writes the log; use a kernel with Landlock, or remove [audit]");
  }

  // "this kernel has Landlock ABI 2", or why it has none.
  std::string kernel_has() const {
    if (policy_.abi.value != 0 && host_.abi >= policy_.abi.value) return "abi = " + std::to_string(policy_.abi.value) + " leaves it out";
    if (host_.abi > 0) return "this kernel has Landlock ABI " + std::to_string(host_.abi);
    switch (host_.landlock_error) {
      case ENOSYS: return "this kernel has no Landlock (ENOSYS; CONFIG_SECURITY_LANDLOCK)";
      case EOPNOTSUPP: return "Landlock is disabled at boot (EOPNOTSUPP)";
      default: return "Landlock is blocked here: " + os_words(host_.landlock_error) + "; an outer sandbox forbids landlock_create_ruleset(2)";
    }
  }

  // The way out that keeps the demand.
  std::string way_out(int abi) const {
    if (host_.abi >= abi) return "Raise abi in [policy]";
    if (host_.abi > 0 || host_.landlock_error == ENOSYS) return "Use a newer kernel";
    return host_.landlock_error == EOPNOTSUPP ? "Add landlock to the kernel's lsm= list" : "Start it outside that sandbox";
  }

  static std::string needs(int abi) { return "needs Landlock ABI " + std::to_string(abi) + " (Linux " + abi_row(abi).linux_version + ")"; }

  void demand_abi(Origin origin, const std::string& what, int abi) {
    demands_.demand(origin, what + " " + needs(abi) + "; " + kernel_has() + ". " + way_out(abi));
  }

  void missing_abi(const std::string& what, int abi) { demands_.missing(what + " " + needs(abi)); }

  void threads() {
    if (!host_.threads_known) return demands_.refuse({}, "whether this process has more than one thread cannot be told: unshare(2) is blocked and /proc is not mounted. Mount /proc, or use landshim run");
    if (!host_.many_threads) return;
    plan_.all_threads = true;
    if (plan_.log.used()) demands_.refuse(plan_.log.file.origin, "this process has more than one thread already, and only the one that starts landshim could be followed for [audit]; use landshim run, which starts before any thread");
    if (host_.abi < 8) demands_.refuse({}, "this process has more than one thread already, and only the one that starts landshim could be held; binding all " + needs(8) + ". Use landshim run, which starts before any thread");
  }

  void files() {
    Ruleset& out = plan_.ruleset;
    if (!restricts_files(policy_)) {
      // REFER is denied by every layer that does not handle and grant it, if any layer handles a filesystem right.
      out.handled_fs = row().fs & kRefer;
      if (out.handled_fs != 0) out.paths.push_back({"/", kRefer, false, false, false, false, "refer", {}});
      return;
    }
    if (row().fs == 0) return demand_abi(first_file_line(), "closing any path ([filesystem], mode)", 1);
    out.handled_fs = row().fs & ~kResolveUnix;
    out.paths.reserve(policy_.path_rules.size());
    for (const PathRule& rule : policy_.path_rules) add(rule);
    if ((row().fs & kTruncate) == 0) stand_ins_.truncate = true;
    if ((row().fs & kRefer) == 0) missing_abi("renames and links across directories are refused even where writing is granted; granting them", 2);
    if ((row().fs & kIoctlDev) == 0) missing_abi("ioctl on any device that can be opened is allowed; closing it", 5);
  }

  Origin first_file_line() const {
    if (policy_.mode.written()) return policy_.mode.origin;
    return policy_.path_items.empty() ? Origin{} : policy_.path_items.front().origin;
  }

  void add(const PathRule& rule) {
    if (rule.rights == kResolveUnix) return;  // unix_sockets() decides
    // The composite words take what the kernel has; a right asked for by name must be there, or its rule means nothing.
    if ((rule.rights & ~row().fs) != 0 && single_right(rule.key)) return demand_abi(rule.origin, rule.key, first_abi_with(rule.rights));
    plan_.ruleset.paths.push_back({rule.path, rule.rights & row().fs, rule.missing_ok, rule.pattern, rule.beside, (rule.rights & kChanging) != 0, rule.key, rule.origin});
  }

  void unix_sockets() {
    if (network_.unix_sockets == UnixAccess::kAllow) return;
    if ((row().fs & kResolveUnix) == 0) {
      if (network_.unix_sockets == UnixAccess::kDeny) return;  // the filter closes making them
      const bool written = policy_.connect_unix.written() || policy_.unix_sockets.written();
      const Origin origin = policy_.connect_unix.written() ? policy_.connect_unix : policy_.unix_sockets.origin;
      if (written) return demand_abi(origin, "reaching UNIX sockets by path only where allowed", first_abi_with(kResolveUnix));
      return missing_abi("every UNIX socket on the disk can be reached; unix = own", first_abi_with(kResolveUnix));
    }
    plan_.ruleset.handled_fs |= kResolveUnix;
    for (const PathRule& rule : policy_.path_rules)
      if (rule.rights == kResolveUnix) plan_.ruleset.paths.push_back({rule.path, kResolveUnix, rule.missing_ok, rule.pattern, rule.beside, false, rule.key, rule.origin});
  }

  void ports() {
    if (network_.access == NetworkAccess::kAll) return;
    NetRights& handled = plan_.ruleset.handled_net;
    handled = row().net;
    if (network_.access == NetworkAccess::kNone) return;
    const bool no_tcp = !policy_.connect_tcp.granted() && !policy_.bind_tcp.granted();
    if (no_tcp && (row().net & kConnectTcp) == 0) stand_ins_.tcp = true;
    // A demand that fails is told at the key that was written.
    const bool bind_first = policy_.bind_tcp.written() && !policy_.connect_tcp.written();
    if (bind_first) add_ports(policy_.bind_tcp, kBindTcp, "bind_tcp", no_tcp);
    add_ports(policy_.connect_tcp, kConnectTcp, "connect_tcp", no_tcp);
    if (!bind_first) add_ports(policy_.bind_tcp, kBindTcp, "bind_tcp", no_tcp);
    if (network_.udp && !policy_.connect_udp.written() && !policy_.bind_udp.written()) {
      handled &= ~(kConnectSendUdp | kBindUdp);
      return;
    }
    add_ports(policy_.connect_udp, kConnectSendUdp, "connect_udp", !network_.udp);
    add_ports(policy_.bind_udp, kBindUdp, "bind_udp", !network_.udp);
  }

  // `closed`: sockets that could use these ports cannot be made at all, so no port needs a rule.
  void add_ports(const Ports& ports, NetRights right, const char* word, bool closed) {
    if (ports.any) {
      plan_.ruleset.handled_net &= ~right;
      return;
    }
    if ((row().net & right) == 0) {
      if (closed) return;
      Origin origin = ports.origin;
      for (const Ports* other : {&policy_.connect_tcp, &policy_.bind_tcp, &policy_.connect_udp, &policy_.bind_udp})
        if (!origin.written()) origin = other->origin;
      return demand_abi(origin, ports.written() ? std::string(word) + " by port" : "closing " + std::string(word), first_abi_with(0, right));
    }
    for (const PortRange& range : ports.ranges)
      for (std::uint32_t port = range.first; port <= range.last; ++port) plan_.ruleset.ports.push_back({static_cast<std::uint16_t>(port), right, range.origin});
  }

  void scopes() {
    scope(policy_.abstract_unix, kScopeAbstractUnix, "abstract UNIX sockets outside can be reached; abstract_unix = deny", "abstract_unix = deny");
    scope(policy_.signals, kScopeSignal, "processes outside can be signalled; signals = deny", "signals = deny");
  }

  void scope(const Setting<Permission>& setting, Scopes scope, const char* open, const char* word) {
    if (setting.value == Permission::kAllow) return;
    if ((row().scopes & scope) != 0) plan_.ruleset.scoped |= scope;
    else if (setting.written()) demand_abi(setting.origin, word, first_abi_with(0, 0, scope));
    else missing_abi(open, first_abi_with(0, 0, scope));
  }

  // Told when the policy is put in force, not by the first command that a rule meets: layer.h.
  void commands() {
    for (const CommandRule& rule : policy_.commands)
      if (rule.readonly.value && row().fs == 0) demand_abi(rule.readonly.origin, "filesystem = readonly", 1);
    if (!policy_.commands.empty() && !host_.seccomp) demands_.missing("[command NAME] sees the program that is started, and nothing that it starts: no filter answers that the policy is in force");
  }

  const Policy& policy_;
  const Host& host_;
  NetworkChoice network_;
  int abi_ = 0;
  StandIns stand_ins_{};
  Plan plan_{};
  std::vector<Error> refused_{};
  Demands demands_{policy_, plan_, refused_};
};

}  // namespace

Compiled compile(const Policy& policy, const Host& host) { return Compiler(policy, host).run(); }

bool restricts_files(const Policy& policy) { return policy.mode.value != Mode::kFullAccess && policy.file_access.value != FileAccess::kAll; }

NetworkChoice network_choice(const Policy& policy) {
  NetworkChoice out;
  if (policy.network.written()) out.access = policy.network.value;
  else if (port_written(policy) || socket_key_written(policy)) out.access = NetworkAccess::kRules;
  if (policy.connect_unix.written()) out.unix_sockets = UnixAccess::kOwn;
  else if (policy.unix_sockets.written()) out.unix_sockets = policy.unix_sockets.value;
  else out.unix_sockets = out.access == NetworkAccess::kNone ? UnixAccess::kDeny : UnixAccess::kOwn;
  if (policy.listen.written()) out.listen = policy.listen.value == Permission::kAllow;
  else out.listen = out.access == NetworkAccess::kAll || out.unix_sockets != UnixAccess::kDeny || policy.bind_tcp.granted();
  out.udp = out.access == NetworkAccess::kAll || policy.udp.value == Permission::kAllow || policy.connect_udp.granted() || policy.bind_udp.granted();
  return out;
}

Metadata metadata_choice(const Policy& policy) {
  if (policy.metadata.written()) return policy.metadata.value;
  if (!restricts_files(policy)) return Metadata::kAllow;
  for (const PathRule& rule : policy.path_rules)
    if ((rule.rights & kChanging) != 0 && rule.rights != kDevice) return Metadata::kModes;
  return Metadata::kDeny;
}

std::string words(const PlannedPath& path) {
  const bool implied = path.key == "mode" || path.key == "runtime" || path.key == "always";
  return path.key + (implied ? ": " : " = ") + path.path;
}

bool opens_files(const PlannedPath& path) { return path.makes_writable && path.rights != kDevice; }

}  // namespace landshim
