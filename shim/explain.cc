// SPDX-License-Identifier: MIT
#include "shim/explain.h"

#include <algorithm>

#include "config/call_line.h"

namespace landshim {

namespace {

constexpr const char* kOnlyMeant = "deny was meant, allow is in force: see below";

class Writer {
 public:
  Writer(const Policy& policy, const Plan& plan, const std::vector<Result<Survey>>& surveys) : policy_(policy), plan_(plan), network_(network_choice(policy)), surveys_(surveys) {}

  std::string run() {
    line("policy " + plan_.name + (plan_.name == plan_.sources.front().shown ? "" : " (" + plan_.sources.front().shown + ")") + ", " + domain());
    for (std::size_t i = 1; i < plan_.sources.size(); ++i) line("  includes " + plan_.sources[i].shown);
    files();
    network();
    ipc();
    calls();
    losses("Given up (unsupported = warn)", plan_.given_up);
    losses("Not enforced, since this kernel cannot", plan_.missing);
    line("");
    line("Still possible");
    for (const std::string& open : still_possible(policy_, plan_)) line("  " + open);
    return std::move(out_);
  }

 private:
  std::string domain() const {
    if (!plan_.ruleset.used) return "without Landlock";
    return "Landlock ABI " + std::to_string(plan_.ruleset.abi);
  }

  void files() {
    line("");
    if (!restricts_files(policy_)) return line("Files: left alone");
    line(plan_.ruleset.handled_fs == 0 ? "Files: rules were meant, none is in force: see below" : "Files: what no line below covers is denied (EACCES)");
    for (std::size_t i = 0; i < plan_.ruleset.paths.size(); ++i) file(plan_.ruleset.paths[i], surveys_[i]);
    if (policy_.runtime.value == Runtime::kProgram) line("  runtime = program: the files mapped when the program starts");
    static constexpr const char* kLevels[] = {"deny: no mode, owner, time or attribute of any file can be changed", "modes: modes (without set-id bits) and times can be changed, attributes not",
                                              "allow: all metadata that the user may change"};
    const Metadata metadata = metadata_choice(policy_);
    line("  metadata = " + std::string(kLevels[static_cast<std::size_t>(metadata)]) + (plan_.filter.used || metadata == Metadata::kAllow ? "" : ": not in force, see below"));
  }

  void file(const PlannedPath& path, const Result<Survey>& survey) {
    std::string what = path.key;
    if (path.key == "always") what = "read_file";
    if (path.key == "mode" || path.key == "runtime") what = words(path.rights | (path.makes_writable && path.rights != kDevice ? kWrite & ~plan_.ruleset.handled_fs : 0)) + " (" + path.key + ")";
    std::string row = "  " + padded(what, 26) + padded(path.path, 34);
    if (!survey) row += "REFUSED: " + survey.error().what;
    else if (survey->missing) row += "missing, which is fine";
    else row += survey->directory ? "directory" : "file: " + words(survey->rights);
    if (path.key == "always") row += ", always granted";
    else row += at(path.origin);
    line(row);
  }

  void network() {
    line("");
    if (network_.access == NetworkAccess::kAll) line("Network: left alone" + at(policy_.network.origin));
    if (network_.access == NetworkAccess::kNone) line("Network: none" + std::string(plan_.filter.used ? ": no socket but UNIX ones can be made (EACCES)" : " was meant, sockets can be made: see below") + at(policy_.network.origin));
    if (network_.access == NetworkAccess::kRules) {
      line("Network: by rules" + at(policy_.network.origin));
      const bool tcp = policy_.connect_tcp.granted() || policy_.bind_tcp.granted();
      ports("connect_tcp", policy_.connect_tcp, kConnectTcp, tcp);
      ports("bind_tcp", policy_.bind_tcp, kBindTcp, tcp);
      if (policy_.connect_udp.written() || policy_.bind_udp.written()) {
        ports("connect_udp", policy_.connect_udp, kConnectSendUdp, network_.udp);
        ports("bind_udp", policy_.bind_udp, kBindUdp, network_.udp);
      } else {
        line("  " + padded("udp", 14) + (network_.udp ? "allow: any address and port" : plan_.filter.used ? "deny: no UDP socket can be made (EACCES)" : kOnlyMeant) + at(policy_.udp.origin));
      }
    }
    static constexpr const char* kUnix[] = {"deny: no new UNIX sockets but stream and seqpacket pairs (EACCES)", "own: only sockets made inside, or listed, can be reached", "allow"};
    std::string unix_words = kUnix[static_cast<std::size_t>(network_.unix_sockets)];
    if (network_.unix_sockets == UnixAccess::kOwn && (plan_.ruleset.handled_fs & kResolveUnix) == 0) unix_words = "own was meant, allow is in force: see below";
    if (network_.unix_sockets == UnixAccess::kDeny && !plan_.filter.used) unix_words = kOnlyMeant;
    line("  " + padded("unix", 14) + unix_words + at(policy_.unix_sockets.origin));
    line("  " + padded("listen", 14) + (network_.listen ? "allow" : plan_.filter.used ? "deny (EACCES)" : kOnlyMeant) + at(policy_.listen.origin));
  }

  // `open`: sockets that use these ports can be made.
  void ports(const char* word, const Ports& ports, NetRights right, bool open) {
    std::string list;
    for (const PortRange& range : ports.ranges) {
      if (!list.empty()) list += ", ";
      list += std::to_string(range.first);
      if (range.last != range.first) list += "-" + std::to_string(range.last);
    }
    if (ports.any) list = "any port";
    if (list.empty()) list = "none (EACCES)";
    if (!ports.any && (plan_.ruleset.handled_net & right) == 0 && (open || !plan_.filter.used)) list += " was meant, any port is in force: see below";
    line("  " + padded(word, 14) + list + at(ports.origin));
  }

  void ipc() {
    line("");
    line("IPC");
    const auto row = [&](const char* word, const Setting<Permission>& setting, bool in_force) {
      const bool deny = setting.value == Permission::kDeny;
      line("  " + padded(word, 14) + (!deny ? "allow" : in_force ? "deny" : kOnlyMeant) + at(setting.origin));
    };
    row("abstract_unix", policy_.abstract_unix, (plan_.ruleset.scoped & kScopeAbstractUnix) != 0);
    row("signals", policy_.signals, (plan_.ruleset.scoped & kScopeSignal) != 0);
    row("sysv", policy_.sysv, plan_.filter.used);
    row("mqueue", policy_.mqueue, plan_.filter.used);
    row("keyring", policy_.keyring, plan_.filter.used);
    row("scheduling", policy_.scheduling, plan_.filter.used);
  }

  void calls() {
    line("");
    if (!plan_.filter.used) return line("System calls: no filter");
    static constexpr const char* kProfiles[] = {"default", "strict", "none"};
    line("System calls: profile = " + std::string(kProfiles[static_cast<std::size_t>(policy_.call_profile.value)]) + at(policy_.call_profile.origin) + "; what no line names: " + words(plan_.filter.otherwise) + at(policy_.call_default.origin));
    line("  a foreign call table " + std::string(plan_.filter.compat ? "of 32 bits is held to the same rules" : "ends the process (SIGSYS)"));
    for (std::size_t i = 0; i < kClosures; ++i)
      if (plan_.filter.closures[i]) line("  closed: " + padded(words(static_cast<Closure>(i)).closes, 68) + words(static_cast<Closure>(i)).demand);
    std::string_view last;
    for (const CallLine& call : policy_.call_lines) {
      if (call.word == last && call.word != call.call) continue;  // once for a group
      last = call.word;
      std::string row = "  " + padded(call.word, 20) + words(call.action);
      for (std::size_t i = 0; i < call.all_of.size(); ++i) row += (i == 0 ? " if " : " and ") + words(call.all_of[i]);
      line(row + at(call.origin));
    }
  }

  void losses(const char* title, const std::vector<Loss>& losses) {
    if (losses.empty()) return;
    line("");
    line(title);
    for (const Loss& loss : losses) line("  " + loss.what + at(loss.origin));
  }

  std::string at(Origin origin) const { return origin.written() ? "  [" + where(policy_, origin) + "]" : ""; }

  static std::string padded(std::string text, std::size_t width) {
    if (text.size() < width) text.append(width - text.size(), ' ');
    return text.back() == ' ' ? text : text + ' ';
  }

  void line(const std::string& text) { out_ += printable(text) + "\n"; }

  const Policy& policy_;
  const Plan& plan_;
  NetworkChoice network_;
  const std::vector<Result<Survey>>& surveys_;
  std::string out_{};
};

}  // namespace

std::vector<std::string> still_possible(const Policy& policy, const Plan& plan) {
  std::vector<std::string> out;
  const NetworkChoice network = network_choice(policy);
  const Metadata metadata = metadata_choice(policy);
  if (restricts_files(policy)) {
    out.push_back("seeing that a file exists, its size, owner, times and names: Landlock has no right for looking (stat, readlink, getxattr, inotify)");
    out.push_back("running a file that may be read through its interpreter or loader, or mapping it as code: grant no reading of it");
  }
  if (restricts_files(policy) && plan.ruleset.handled_fs == 0) out.push_back("reading, writing and running every file that the user may: Landlock ABI 1");
  if (!plan.filter.used) out.push_back("every system call, with what [network], [ipc], [syscalls] and metadata would close: a kernel with seccomp filters");
  out.push_back("using the descriptors that the program was started with, whatever they lead to");
  if (metadata == Metadata::kModes) out.push_back("changing modes and times of any file the user owns: metadata = deny");
  if (metadata == Metadata::kAllow) out.push_back("changing modes, times, owner and attributes of any file, as far as the user may: metadata = deny or modes");
  const bool tcp = policy.connect_tcp.granted() || policy.bind_tcp.granted();
  if (network.access == NetworkAccess::kRules && tcp && (plan.ruleset.handled_net & (kConnectTcp | kBindTcp)) == 0 && !(policy.connect_tcp.any && policy.bind_tcp.any))
    out.push_back("reaching and offering every TCP port: access = none (by port: Landlock ABI 4)");
  if (network.access == NetworkAccess::kRules && network.listen && !policy.bind_tcp.any && (tcp || (plan.ruleset.handled_net & kBindTcp) != 0)) out.push_back("listening on a random TCP port, by listen(2) without bind(2): listen = deny");
  if (network.access == NetworkAccess::kRules && network.udp && (plan.ruleset.handled_net & kConnectSendUdp) == 0) out.push_back("sending UDP to any address: udp = deny");
  if (network.access == NetworkAccess::kAll) out.push_back("reaching every network address: access = rules or none");
  if (network.unix_sockets != UnixAccess::kDeny && (plan.ruleset.handled_fs & kResolveUnix) == 0) out.push_back("reaching every UNIX socket on the disk whose mode allows it, such as those of D-Bus or Docker: unix = deny");
  if ((plan.ruleset.scoped & kScopeAbstractUnix) == 0 && network.unix_sockets != UnixAccess::kDeny) out.push_back("reaching abstract UNIX sockets outside: abstract_unix = deny (Landlock ABI 6)");
  if ((plan.ruleset.scoped & kScopeSignal) == 0) out.push_back("sending signals to processes outside: signals = deny (Landlock ABI 6)");
  if (policy.scheduling.value == Permission::kAllow) out.push_back("changing priority and affinity of the user's other processes: scheduling = deny");
  const auto closed = [&](Closure closure) { return plan.filter.closures[static_cast<std::size_t>(closure)]; };
  if (!closed(Closure::kIoUring) && !closed(Closure::kIoUringNetwork) && !closed(Closure::kIoUringMetadata)) out.push_back("doing through io_uring what the filter closes for calls: profile = default");
  if (plan.filter.otherwise.kind == ActionKind::kAllow) out.push_back("system calls that are younger than this landshim: profile = strict");
  out.push_back("using the capabilities that the program was started with: start it as an ordinary user");
  out.push_back("with LD_PRELOAD, code that runs before the shim: IFUNC resolvers, audit modules, another initfirst library: landshim run");
  return out;
}

std::string explain(const Policy& policy, const Plan& plan, const std::vector<Result<Survey>>& surveys) { return Writer(policy, plan, surveys).run(); }

}  // namespace landshim
