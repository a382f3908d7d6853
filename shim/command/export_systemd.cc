// SPDX-License-Identifier: MIT
// Directives of a service: systemd.exec(5), systemd.resource-control(5), as of systemd 252.
#include <algorithm>
#include <map>
#include <tuple>

#include "config/call_line.h"
#include "config/syscalls.h"
#include "config/values.h"
#include "shim/command/export.h"
#include "shim/command/mounts.h"
#include "shim/filter.h"

namespace landshim::command {

namespace {

constexpr const char* kLimitWords[kLimitCount] = {"LimitAS", "LimitDATA", "LimitSTACK", "LimitFSIZE", "LimitCORE", "LimitMEMLOCK", "LimitCPU", "LimitNOFILE", "LimitNPROC"};

struct FamilyName {
  Family family;
  const char* word;
};
constexpr FamilyName kFamilyNames[] = {
    {Family::kNetlink, "AF_NETLINK"}, {Family::kPacket, "AF_PACKET"}, {Family::kVsock, "AF_VSOCK"}, {Family::kXdp, "AF_XDP"},         {Family::kAlg, "AF_ALG"}, {Family::kBluetooth, "AF_BLUETOOTH"}, {Family::kCan, "AF_CAN"},
    {Family::kTipc, "AF_TIPC"},       {Family::kSmc, "AF_SMC"},       {Family::kRds, "AF_RDS"},     {Family::kQipcrtr, "AF_QIPCRTR"}, {Family::kNfc, "AF_NFC"}, {Family::kKcm, "AF_KCM"},
};

std::string upper(std::string_view text) {
  std::string out;
  for (const char c : text) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

// A word of a list: systemd.syntax(7), "Quoting"; '%' begins a specifier.
std::string quoted(const std::string& text) {
  const bool plain = text.find_first_of(" \t\"'\\;#") == std::string::npos;
  std::string out = plain ? "" : "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
    if (c == '%') out += '%';
  }
  return plain ? out : out + "\"";
}

bool has_control(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_pattern(const std::string& text) { return text.find_first_of("*?[\\") != std::string::npos; }

class Systemd {
 public:
  explicit Systemd(const Look& look) : look_(look), network_(network_choice(look.policy)), losses_(look) {}

  Exported run() {
    common_losses(look_, false, losses_);
    say("NoNewPrivileges", "yes");
    process();
    limits();
    environment();
    files();
    namespaces();
    network();
    outside_losses(look_, false, losses_);
    if (look_.plan.filter.used) calls();
    std::string out = "# " + printable(look_.plan.name) + ", for a service of systemd 252 or later: a drop-in, such as NAME.service.d/landshim.conf.\n";
    if (look_.plan.filter.used) out += "# Of calls that it is too old to know, systemd says so and goes on.\n";
    for (const std::string& line : loss_lines(losses_.all())) out += "# " + line + "\n";
    return {out + "[Service]\n" + text_, std::move(losses_.all())};
  }

 private:
  const Plan& plan() const { return look_.plan; }
  void say(const std::string& word, const std::string& value) { text_ += word + "=" + value + "\n"; }
  bool enters(Namespace one) const { return plan().namespaces.enter[static_cast<std::size_t>(one)]; }

  void process() {
    const PlannedProcess& planned = plan().process;
    if (planned.uid.written()) say("User", std::to_string(planned.uid.value));
    if (planned.gid.written()) say("Group", std::to_string(planned.gid.value));
    std::string groups;
    for (const std::uint32_t gid : planned.gids.value) groups += (groups.empty() ? "" : " ") + std::to_string(gid);
    if (!groups.empty()) say("SupplementaryGroups", groups);
    if (look_.policy.groups_origin.written()) losses_.wider(look_.policy.groups_origin, "groups: those that the database of groups has for the user are joined as well");
    std::string kept;
    for (int i = 0; i < kCapabilityCount; ++i)
      if (((planned.capabilities >> i) & 1) != 0) kept += (kept.empty() ? "CAP_" : " CAP_") + upper(capability_name(i));
    say("CapabilityBoundingSet", kept);
    if (planned.ambient) say("AmbientCapabilities", kept);
    if (planned.umask.written()) {
      std::string octal;
      for (int shift = 9; shift >= 0; shift -= 3) octal += static_cast<char>('0' + ((planned.umask.value >> shift) & 7));
      say("UMask", octal);
    }
    if (planned.nice.written()) say("Nice", std::to_string(planned.nice.value));
    if (planned.oom_score_adj.written()) say("OOMScoreAdjust", std::to_string(planned.oom_score_adj.value));
    if (planned.parent_death_signal.written()) losses_.wider(planned.parent_death_signal.origin, "parent_death_signal: a service's parent is the manager");
    for (const DescriptorRange& range : look_.policy.inherit_fds)
      if (range.last > 2) losses_.narrower(look_.policy.inherit_fds_origin, "inherit_fds: a service inherits its standard descriptors alone; see OpenFile= and units of sockets");
    for (const DescriptorRange& range : planned.close)
      if (range.first <= 2) losses_.wider(look_.policy.inherit_fds_origin, "inherit_fds: a service has its standard descriptors; see StandardInput= and its like");
  }

  static std::string number(std::uint64_t value) { return value == kUnlimited ? "infinity" : std::to_string(value); }

  void limits() {
    for (const PlannedLimit& limit : plan().process.limits) say(kLimitWords[static_cast<std::size_t>(limit.limit)], number(limit.soft) + ":" + number(limit.hard));
    const PlannedGroup& group = plan().group;
    if (!group.used) return;
    if (group.memory_max != kUnlimited) say("MemoryMax", number(group.memory_max));
    if (group.cpu_quota != kUnlimited) say("CPUQuota", number(group.cpu_quota) + "%");
    if (group.tasks_max != kUnlimited) say("TasksMax", number(group.tasks_max));
  }

  // A service has no variable but those of its manager and its unit.
  void environment() {
    for (const auto* list : {&look_.policy.keep_variables, &look_.policy.unset_variables})
      for (const VariableItem& item : *list)
        if (list == &look_.policy.keep_variables || item.text == "*") losses_.wider(item.origin, "a service has variables of its manager (PATH, LANG, INVOCATION_ID and others); name them in UnsetEnvironment=");
    for (const VariableItem& item : look_.policy.keep_variables) {
      if (is_unset(look_, item.text)) continue;
      if (is_pattern(item.text)) losses_.narrower(item.origin, "keep = " + item.text + ": a pattern; name each variable");
      else say("PassEnvironment", quoted(item.text));
    }
    for (const VariableItem& item : look_.policy.unset_variables) {
      if (item.text == "*" || is_set(item.text)) continue;
      if (is_pattern(item.text)) losses_.wider(item.origin, "unset = " + item.text + ": a pattern; name each variable");
      else say("UnsetEnvironment", quoted(item.text));
    }
    for (const std::string& set : plan().environment.set) say("Environment", quoted(set));
  }

  // systemd takes a variable away after all others have set it.
  bool is_set(const std::string& name) const {
    const std::vector<std::string>& set = plan().environment.set;
    return std::any_of(set.begin(), set.end(), [&](const std::string& one) { return one.starts_with(name + "="); });
  }

  // What is bound has ':' between its parts, and no way to write one of its own that every version reads.
  bool can_be_written(const Mount& mount) {
    std::vector<std::string> all = mount.names;
    all.push_back(mount.path);
    for (const std::string& path : all) {
      if (!has_control(path) && path.find_first_of(":\\\"") == std::string::npos) continue;
      losses_.narrower(mount.origin, mount.rule + ": a name with ':', '\\', '\"' or a control character cannot be bound; it is not shown");
      return false;
    }
    return true;
  }

  void files() {
    if (restricts_files(look_.policy)) mounts();
    else if (plan().namespaces.private_tmp) say("PrivateTmp", "yes");
    for (const PlannedPath& path : plan().namespaces.hide) hide(path);
  }

  // NoExecPaths=/ beside TemporaryFileSystem=/ would take its place: of two directives for one path systemd mounts one.
  void mounts() {
    const std::vector<Mount> mounts = plan_mounts(look_, {true, true}, losses_);
    whole_ = std::any_of(mounts.begin(), mounts.end(), [](const Mount& mount) { return mount.path == "/"; });
    if (!whole_) say("TemporaryFileSystem", "/:ro");
    devices(mounts);
    for (const Mount& mount : mounts)
      if (can_be_written(mount)) show(mount);
    private_tmp(mounts);
  }

  void show(const Mount& mount) {
    const std::string sign = mount.missing_ok ? "-" : "";
    const bool bound = !whole_ && !mount.empty;
    const char* const word = bound ? (mount.writable ? "BindPaths" : "BindReadOnlyPaths") : mount.writable ? "ReadWritePaths" : "ReadOnlyPaths";
    const char* const execution = mount.executable ? "ExecPaths" : "NoExecPaths";
    say(word, quoted(sign + mount.path));
    say(execution, quoted(sign + mount.path));
    for (const std::string& name : mount.names) {
      if (!bound) continue;
      say(word, quoted(sign + mount.path + ":" + name));
      say(execution, quoted(sign + name));
    }
  }

  // Both directories come at once.
  void private_tmp(const std::vector<Mount>& mounts) {
    if (std::none_of(mounts.begin(), mounts.end(), [](const Mount& mount) { return mount.empty; })) return;
    say("PrivateTmp", "yes");
    for (const std::string directory : {"/tmp", "/var/tmp"})
      if (std::none_of(mounts.begin(), mounts.end(), [&](const Mount& mount) { return mount.empty && mount.path == directory; })) say("InaccessiblePaths", directory);
  }

  // A mount of systemd leaves devices what they are, and one that is read-only lets them be written.
  void devices(const std::vector<Mount>& mounts) {
    const bool any = std::any_of(mounts.begin(), mounts.end(), [](const Mount& mount) { return mount.devices && mount.directory && mount.path != "/dev/pts"; });
    if (any) return losses_.wider({}, "devices: every one that is shown can be opened, as far as its mode allows");
    say("DevicePolicy", "closed");
    for (const Mount& mount : mounts) {
      if (mount.devices && !mount.directory && !mount.missing && can_be_written(mount)) say("DeviceAllow", quoted(mount.path) + ((mount.granted & kReadFile) == 0 ? " w" : (mount.granted & kWriteFile) == 0 ? " r" : " rw"));
      if (!mount.devices && mount.directory && (beneath("/dev/null", mount.path) || beneath(mount.path, "/dev")))
        losses_.wider(mount.origin, mount.rule + ": /dev/null, zero, full, random, urandom, tty, ptmx and terminals can be opened for writing");
    }
  }

  void hide(const PlannedPath& path) {
    if (has_control(path.path)) losses_.wider(path.origin, "hide = " + path.path + ": a name with a control character cannot be written; it is not hidden");
    else say("InaccessiblePaths", quoted((path.missing_ok ? "-" : "") + path.path));
  }

  void namespaces() {
    if (enters(Namespace::kUser)) say("PrivateUsers", "yes");
    if (enters(Namespace::kIpc)) say("PrivateIPC", "yes");
    if (enters(Namespace::kUts)) say("ProtectHostname", "yes");
    if (enters(Namespace::kMount)) say("PrivateMounts", "yes");
    for (const auto& [one, word] : {std::pair{Namespace::kPid, "pid"}, {Namespace::kCgroup, "cgroup"}})
      if (enters(one)) losses_.wider(look_.policy.namespaces[static_cast<std::size_t>(one)].origin, std::string(word) + " = yes: no word for it in systemd 252");
  }

  // --- network ---

  bool granted(Family family) const { return look_.policy.families[static_cast<std::size_t>(family)].value == Permission::kAllow; }

  void network() {
    if (own_network(look_)) say("PrivateNetwork", "yes");
    if (network_.unix_sockets == UnixAccess::kDeny) losses_.wider(look_.policy.unix_sockets.origin, "unix = deny: pairs of datagram sockets can be made, and connected to a socket on the disk");
    if (network_.access == NetworkAccess::kAll) {
      if (network_.unix_sockets == UnixAccess::kDeny) say("RestrictAddressFamilies", "~AF_UNIX");
      return;
    }
    families();
    if (network_.access == NetworkAccess::kRules) ports();
  }

  void families() {
    std::string list = network_.unix_sockets == UnixAccess::kDeny ? "" : "AF_UNIX";
    const auto add = [&](const char* word) { list += (list.empty() ? "" : " ") + std::string(word); };
    const Policy& policy = look_.policy;
    if (network_.access == NetworkAccess::kRules) {
      const bool internet = policy.connect_tcp.granted() || policy.bind_tcp.granted() || network_.udp || granted(Family::kRaw) || granted(Family::kIcmp) || granted(Family::kUdplite) || granted(Family::kSctp) || granted(Family::kDccp) || granted(Family::kMptcp);
      if (internet) {
        add("AF_INET");
        add("AF_INET6");
        if (!network_.udp) losses_.wider(policy.udp.origin, "udp = deny: sockets of UDP can be made");
        losses_.wider(policy.network.origin, "Multipath TCP, SCTP and other protocols of the internet families can be used, as far as the kernel has them");
      }
      const Setting<Permission>& netlink = policy.families[static_cast<std::size_t>(Family::kNetlink)];
      for (const FamilyName& row : kFamilyNames)
        if (granted(row.family)) add(row.word);
      if (!netlink.written()) {
        add("AF_NETLINK");
        losses_.wider(policy.network.origin, "netlink: all of its protocols, not route queries alone");
      }
    }
    say("RestrictAddressFamilies", list.empty() ? "none" : list);
  }

  void ports() {
    const Policy& policy = look_.policy;
    const NetRights handled = plan().ruleset.handled_net;
    const bool tcp = policy.connect_tcp.granted() || policy.bind_tcp.granted();
    if (tcp && (handled & kConnectTcp) != 0) losses_.wider(policy.connect_tcp.origin, "connect_tcp by port: every port can be reached");
    if (network_.udp && (handled & kConnectSendUdp) != 0) losses_.wider(policy.connect_udp.origin, "connect_udp by port: every port can be reached");
    const bool bind_tcp = (handled & kBindTcp) != 0 && tcp;
    const bool bind_udp = (handled & kBindUdp) != 0 && network_.udp;
    if (!bind_tcp && !bind_udp) return;
    say("SocketBindDeny", "any");
    if (!bind_tcp) say("SocketBindAllow", "tcp");
    if (!bind_udp) say("SocketBindAllow", "udp");
    for (const auto& [ports, word, closed] : {std::tuple{&policy.bind_tcp, "tcp:", bind_tcp}, {&policy.bind_udp, "udp:", bind_udp}})
      for (const PortRange& range : ports->ranges) {
        if (!closed) continue;
        if (range.first == 0) losses_.narrower(range.origin, std::string("bind to port 0 (") + word + "): systemd has no word for a port of the kernel's choice");
        if (range.last != 0) say("SocketBindAllow", word + std::to_string(std::max<int>(1, range.first)) + (range.last > std::max<int>(1, range.first) ? "-" + std::to_string(range.last) : ""));
      }
  }

  // --- system calls ---

  void calls() {
    const Filter& filter = plan().filter;
    say("SystemCallArchitectures", !filter.compat ? "native" : audit_arch(CallTable::kCompat) == 0 ? "native" : compat_word());
    if (filter.compat) losses_.wider(look_.policy.compat.origin, "architectures = native, compat: programs of 32 bits can make sockets of every family, and memory that is writable and executable");
    if (lists_allowed()) allowed();
    else closed();
    arguments();
  }

  bool lists_allowed() const { return plan().filter.otherwise.kind >= ActionKind::kDeny; }

  static const char* compat_word() {
#ifdef __x86_64__
    return "native x86";
#else
    return "native arm";
#endif
  }

  // With a list of what is allowed, a call that is not in it is answered so.
  void allowed() {
    const Filter& filter = plan().filter;
    std::string list;
    for (const PlannedCall& call : filter.calls)
      if (known(call.call) && !closed_whole(call)) list += (list.empty() ? "" : " ") + std::string(call.call);
    if (look_.policy.execve.value == Permission::kDeny) list += " execve";
    if (filter.otherwise.kind == ActionKind::kDeny) say("SystemCallErrorNumber", std::string(errno_name(filter.otherwise.data)));
    say("SystemCallFilter", list);
  }

  // RestrictAddressFamilies= rules socket(2) by its family. Of other calls, what their arguments may open is closed.
  static bool closed_whole(const PlannedCall& call) {
    const bool rules_close = std::all_of(call.rules.begin(), call.rules.end(), [](const CallRule& rule) { return rule.action.kind >= ActionKind::kDeny; });
    const bool by_family = call.call == "socket" || call.call == "socketpair";
    return call.otherwise.kind >= ActionKind::kDeny && (rules_close || !by_family);
  }

  bool known(std::string_view call) const { return !starts_programs(look_, call) && (call_number(CallTable::kNative, call) >= 0 || (plan().filter.compat && call_number(CallTable::kCompat, call) >= 0)); }

  void closed() {
    std::map<std::string, std::string> by_answer;
    for (const PlannedCall& call : plan().filter.calls) {
      if (!known(call.call) || !closed_whole(call)) continue;
      std::string answer = call.otherwise.kind == ActionKind::kDeny ? std::string(errno_name(call.otherwise.data)) : "kill";
      if (answer.empty()) answer = std::to_string(call.otherwise.data);
      std::string& list = by_answer[answer];
      list += (list.empty() ? "" : " ") + std::string(call.call) + ":" + answer;
    }
    for (const auto& [answer, list] : by_answer) say("SystemCallFilter", "~" + list);
  }

  // By their arguments, systemd can rule these alone.
  void arguments() {
    const auto closes = [&](Closure one) { return plan().filter.closures[static_cast<std::size_t>(one)]; };
    if (closes(Closure::kSetId)) say("RestrictSUIDSGID", "yes");
    if (closes(Closure::kNamespaces)) say("RestrictNamespaces", "yes");
    if (closes(Closure::kPersonality)) say("LockPersonality", "yes");
    if (closes(Closure::kWriteExecute)) say("MemoryDenyWriteExecute", "yes");
    for (std::size_t i = 0; i < kClosures; ++i) {
      const auto closure = static_cast<Closure>(i);
      if (!plan().filter.closures[i] || closure == Closure::kSetId || closure == Closure::kNamespaces || closure == Closure::kPersonality || closure == Closure::kWriteExecute) continue;
      std::string calls;
      for (const ClosureRow& row : closure_rows())
        if (row.closure == closure && row.tests != 0 && known(row.call) && (" " + calls + ",").find(" " + std::string(row.call) + ",") == std::string::npos) calls += (calls.empty() ? "" : ", ") + std::string(row.call);
      if (!calls.empty()) losses_.wider({}, std::string(words(closure).demand) + ": " + words(closure).closes + ": no word for arguments, here of " + calls);
    }
    for (const CallLine& line : look_.policy.call_lines) {
      const auto lost = [&](const std::string& what) { losses_.wider(line.origin, line.word + " = " + words(line.action) + what); };
      if (!line.all_of.empty() && line.action.kind < ActionKind::kDeny) losses_.narrower(line.origin, line.word + " = " + words(line.action) + " if ...: conditions on arguments are not to be had; where the call is closed otherwise, it stays closed");
      else if (!line.all_of.empty()) lost(" if ...: conditions on arguments are not to be had");
      else if (lists_allowed() && line.action.kind >= ActionKind::kDeny) {
        if (line.action.kind > plan().filter.otherwise.kind) lost(": it is answered as all calls that are not listed");
      } else if (line.action.kind == ActionKind::kLog || line.action.kind == ActionKind::kTrace) lost(": it is allowed, without more");
      else if (line.action.kind == ActionKind::kTrap || line.action.kind == ActionKind::kKillThread) losses_.narrower(line.origin, line.word + " = " + words(line.action) + ": it ends the process");
    }
  }

  const Look& look_;
  NetworkChoice network_;
  Losses losses_;
  bool whole_ = false;   ///< the root is shown as it is
  std::string text_{};
};

}  // namespace

Exported export_systemd(const Look& look) { return Systemd(look).run(); }

}  // namespace landshim::command
