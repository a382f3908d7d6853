// SPDX-License-Identifier: MIT
#include "shim/explain.h"

#include <algorithm>
#include <utility>

#include "config/call_line.h"
#include "config/command_rules.h"
#include "config/keys.h"
#include "config/values.h"
#include "shim/call_plan.h"

namespace landshim {

namespace {

constexpr const char* kOnlyMeant = "deny was meant, allow is in force: see below";

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

// What lets these calls through, each once: "FILE:LINE".
std::vector<std::string> lines_that_open(const Policy& policy, const std::vector<std::string_view>& calls) {
  std::vector<std::string> out;
  for (const CallLine& line : policy.call_lines) {
    const std::string at = where(policy, line.origin);
    if (line.action.kind < ActionKind::kDeny && std::find(calls.begin(), calls.end(), line.call) != calls.end() && std::find(out.begin(), out.end(), at) == out.end()) out.push_back(at);
  }
  return out;
}

// What the profile closes by default and this filter does not, with what would close it.
std::vector<std::string> open_of_profile(const Policy& policy, const Filter& filter) {
  std::vector<std::string> out;
  for (std::size_t i = static_cast<std::size_t>(kFirstOfProfile); i < kClosures; ++i) {
    const auto closure = static_cast<Closure>(i);
    const std::vector<std::string_view> calls = open_calls(filter, closure);
    if (calls.empty()) continue;
    std::string line = closure == Closure::kIoUring ? "doing through io_uring what the filter closes for calls, setting set-user-ID bits among it" : words(closure).closes + std::string(", as far as the user may");
    line += ": profile = default";
    if (filter.closures[i]) line += ", and no line that allows " + listed({calls.begin(), calls.end()}) + " (" + listed(lines_that_open(policy, calls)) + ")";
    out.push_back(std::move(line));
  }
  return out;
}

class Writer {
 public:
  Writer(const Policy& policy, const Plan& plan, const std::vector<Result<Survey>>& surveys) : policy_(policy), plan_(plan), network_(network_choice(policy)), surveys_(surveys) {}

  std::string run() {
    line("policy " + plan_.name + (plan_.name == plan_.sources.front().shown ? "" : " (" + plan_.sources.front().shown + ")") + ", " + domain());
    for (std::size_t i = 1; i < plan_.sources.size(); ++i) line("  includes " + plan_.sources[i].shown);
    files();
    network();
    ipc();
    process();
    namespaces();
    environment();
    calls();
    commands();
    log();
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
    const std::vector<PlannedPath>& paths = plan_.ruleset.paths;
    for (std::size_t i = 0; i < paths.size(); ++i) {
      std::size_t last = i;
      while (last + 1 < paths.size() && paths[i].beside && alike(paths[i], paths[last + 1])) ++last;
      if (last == i) file(paths[i], surveys_[i]);
      else line("  " + padded(granted(paths[i]), 26) + padded(parent(paths[i]) + "/...", 34) + std::to_string(last - i + 1) + " entries, one by one" + at(paths[i].origin));
      i = last;
    }
    if (policy_.runtime.value == Runtime::kProgram) line("  runtime = program: the files mapped when the program starts");
    for (const std::string& loss : policy_.except_losses) line("  except: " + loss);
    static constexpr const char* kLevels[] = {"deny: no mode, owner, time or attribute of any file can be changed", "modes: modes (without set-id bits) and times can be changed, attributes not",
                                              "allow: all metadata that the user may change"};
    const Metadata metadata = metadata_choice(policy_);
    line("  metadata = " + std::string(kLevels[static_cast<std::size_t>(metadata)]) + (plan_.filter.used || metadata == Metadata::kAllow ? "" : ": not in force, see below"));
  }

  // Entries of one directory that stand for one wider rule.
  static bool alike(const PlannedPath& a, const PlannedPath& b) { return b.beside && a.key == b.key && a.origin == b.origin && a.rights == b.rights && parent(a) == parent(b); }

  static std::string parent(const PlannedPath& path) { return path.path.substr(0, path.path.rfind('/')); }

  std::string granted(const PlannedPath& path) const {
    std::string what = path.key;
    if (path.key == "always") what = "read_file";
    if (path.key == "mode" || path.key == "runtime") what = words(path.rights | (path.makes_writable && path.rights != kDevice ? kWrite & ~plan_.ruleset.handled_fs : 0)) + " (" + path.key + ")";
    return what;
  }

  void file(const PlannedPath& path, const Result<Survey>& survey) {
    std::string row = "  " + padded(granted(path), 26) + padded(path.path, 34);
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
      if (plan_.filter.closures[i]) closure(static_cast<Closure>(i));
    std::string_view last;
    for (const CallLine& call : policy_.call_lines) {
      if (call.word == last && call.word != call.call) continue;  // once for a group
      last = call.word;
      std::string row = "  " + padded(call.word, 20) + words(call.action);
      for (std::size_t i = 0; i < call.all_of.size(); ++i) row += (i == 0 ? " if " : " and ") + words(call.all_of[i]);
      line(row + at(call.origin));
    }
  }

  void closure(Closure closure) {
    const std::vector<std::string_view> calls = open_calls(plan_.filter, closure);
    if (calls.empty()) return line("  closed: " + padded(words(closure).closes, 68) + words(closure).demand);
    line("  reopened: " + padded(words(closure).closes, 66) + listed({calls.begin(), calls.end()}) + " by " + listed(lines_that_open(policy_, calls)));
  }

  void process() {
    const PlannedProcess& process = plan_.process;
    std::vector<std::string> rows;
    const auto row = [&](const char* word, const std::string& value, Origin origin) { rows.push_back("  " + padded(word, 20) + value + at(origin)); };
    if (process.uid.written()) row("user", std::to_string(process.uid.value), process.uid.origin);
    if (process.gid.written()) row("group", std::to_string(process.gid.value), process.gid.origin);
    if (process.gids.written()) row("groups", numbers(process.gids.value), process.gids.origin);
    if (process.set_capabilities || policy_.capabilities.written()) row("capabilities", process.set_capabilities ? capabilities(process.capabilities) : "as they are", policy_.capabilities.origin);
    if (!process.close.empty()) row("inherit_fds", "others are closed", policy_.inherit_fds_origin);
    for (const auto& [word, setting] : {std::pair{"nice", &process.nice}, {"oom_score_adj", &process.oom_score_adj}, {"parent_death_signal", &process.parent_death_signal}})
      if (setting->written()) row(word, std::to_string(setting->value), setting->origin);
    if (process.umask.written()) row("umask", octal(process.umask.value), process.umask.origin);
    if (process.dumpable.written()) row("dumpable", process.dumpable.value ? "yes" : "no, until it starts another program", process.dumpable.origin);
    for (const PlannedLimit& limit : process.limits) {
      std::string word;
      for (const KeyInfo& key : all_keys())
        if (key.key == Key::kLimit && key.detail == static_cast<std::uint8_t>(limit.limit)) word = key.word;
      row(word.c_str(), limit.lowers ? (limit.hard == kUnlimited ? "unlimited" : std::to_string(limit.hard)) : "the present limit is as low already", limit.origin);
    }
    if (plan_.group.used) row("control group", "in " + plan_.group.parent, plan_.group.origin);
    if (rows.empty()) return;
    line("");
    line("Process");
    for (const std::string& text : rows) line(text);
  }

  void namespaces() {
    const PlannedNamespaces& namespaces = plan_.namespaces;
    if (!namespaces.used) return;
    line("");
    std::string list;
    for (const KeyInfo& key : all_keys())
      if (key.key == Key::kNamespace && namespaces.enter[key.detail]) list += (list.empty() ? "" : ", ") + std::string(key.word);
    line("Namespaces of its own: " + list + at(namespaces.origin));
    for (const PlannedPath& path : namespaces.hide) line("  " + padded("hide", 20) + path.path + at(path.origin));
    if (namespaces.private_tmp) line("  private_tmp         /tmp and /var/tmp are empty, and go with the program" + at(policy_.private_tmp.origin));
    if (namespaces.read_only) line("  what the policy does not make writable is mounted read-only, its metadata too");
  }

  void environment() {
    const PlannedEnvironment& environment = plan_.environment;
    if (environment.keep.empty() && environment.unset.empty() && environment.set.empty()) return;
    line("");
    line("Environment");
    for (const VariableItem& item : policy_.keep_variables) line("  " + padded("keep", 20) + item.text + at(item.origin));
    for (const VariableItem& item : policy_.unset_variables) line("  " + padded("unset", 20) + item.text + at(item.origin));
    for (const VariableItem& item : policy_.set_variables) line("  " + padded("set", 20) + item.text + at(item.origin));
  }

  void log() {
    const Log& log = plan_.log;
    if (!log.used() && !log.events.written() && !log.format.written() && !log.level.written() && !log.on_error.written()) return;
    line("");
    if (!log.used()) return line("Log: none, since no file of [audit] says where");
    line("Log: " + (log.to == LogTo::kFile ? log.target.path : log.file.value) + at(log.file.origin));
    static constexpr const char* kEvents[] = {"policy", "exec", "file", "network", "denial"};
    std::string events;
    for (std::size_t i = 0; i < std::size(kEvents); ++i)
      if (((log.events.value >> i) & 1) != 0) events += (events.empty() ? "" : ", ") + std::string(kEvents[i]);
    line("  " + padded("events", 20) + events + at(log.events.origin));
    line("  " + padded("level", 20) + (log.level.value == LogLevel::kAll ? "all" : "distinct: of a process, the same once") + at(log.level.origin));
    line("  " + padded("on_error", 20) + (log.on_error.value == OnError::kStop ? "stop: the program is ended, with status 125" : "continue: what cannot be written is lost, and counted") + at(log.on_error.origin));
    line("  another process asks before each call that is told of: it tells what was asked, and the kernel decides");
    line("  with the library the program goes on as a child of the process that was started, under another number");
  }

  void commands() {
    if (policy_.commands.empty()) return;
    line("");
    line("Commands: rules for programs that start with landshim in place, first to last; an action ends the search");
    for (const CommandRule& rule : policy_.commands) line("  " + padded(rule.name, 20) + padded(rule.match.value, 34) + does(rule) + at(rule.origin));
    line("  Seen are the command of landshim run, and with LD_PRELOAD or LD_AUDIT the program and what it starts with the library still listed.");
    line("  These rules guard against mistakes: a program can be renamed, copied, called by a script or with other words. The other sections are the boundary.");
  }

  static std::string does(const CommandRule& rule) {
    if (rule.action.value == Permission::kDeny) return "is not started (status 126)" + std::string(rule.destructive.value ? ", destructive" : "");
    std::string out;
    const auto add = [&](bool written, const char* text) {
      if (written) out += (out.empty() ? "" : ", ") + std::string(text);
    };
    add(rule.no_network.value, "no network");
    add(rule.readonly.value, "writes no file");
    add(rule.destructive.value, "destructive");
    add(rule.action.written() || out.empty(), "no later rule is looked at");
    return out;
  }

  static std::string numbers(const std::vector<std::uint32_t>& numbers) {
    std::string out;
    for (const std::uint32_t number : numbers) out += (out.empty() ? "" : ", ") + std::to_string(number);
    return out.empty() ? "none" : out;
  }

  static std::string capabilities(std::uint64_t set) {
    std::string out;
    for (int i = 0; i < kCapabilityCount; ++i)
      if (((set >> i) & 1) != 0) out += (out.empty() ? "" : ", ") + std::string(capability_name(i));
    return out.empty() ? "none" : out;
  }

  static std::string octal(int value) {
    std::string out;
    for (int shift = 6; shift >= 0; shift -= 3) out += static_cast<char>('0' + ((value >> shift) & 7));
    return out;
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
    out.push_back("locking a file that may be read, for which others then wait (flock, leases): grant no reading of it");
  }
  if (restricts_files(policy) && std::any_of(plan.ruleset.paths.begin(), plan.ruleset.paths.end(), [](const PlannedPath& path) { return path.makes_writable; }))
    out.push_back("widening its own next start, where a writable place holds landshim itself, or leads by another mount or a second hard link to a policy or to a link that a rule goes through: grant no writing there");
  if (restricts_files(policy) && plan.ruleset.handled_fs == 0) out.push_back("reading, writing and running every file that the user may: Landlock ABI 1");
  if (!plan.filter.used) out.push_back("every system call, with what [network], [ipc], [syscalls] and metadata would close: a kernel with seccomp filters");
  out.push_back(plan.process.close.empty() ? "using the descriptors that the program was started with, whatever they lead to: inherit_fds" : "using the descriptors that inherit_fds keeps, whatever they lead to");
  if (plan.namespaces.read_only && metadata != Metadata::kDeny) out.push_back("changing " + std::string(metadata == Metadata::kModes ? "modes and times" : "all metadata") + " where the policy makes files writable, and of the program's own file with LD_PRELOAD or LD_AUDIT (/proc/self/exe): metadata = deny");
  else if (metadata == Metadata::kModes) out.push_back("changing modes and times of any file the user owns: metadata = deny");
  if (metadata == Metadata::kAllow && !plan.namespaces.read_only) out.push_back("changing modes, times, owner and attributes of any file, as far as the user may: metadata = deny or modes");
  const bool tcp = policy.connect_tcp.granted() || policy.bind_tcp.granted();
  if (network.access == NetworkAccess::kRules && tcp && (plan.ruleset.handled_net & (kConnectTcp | kBindTcp)) == 0 && !(policy.connect_tcp.any && policy.bind_tcp.any))
    out.push_back("reaching and offering every TCP port: access = none (by port: Landlock ABI 4)");
  if (network.access == NetworkAccess::kRules && network.listen && !policy.bind_tcp.any && (tcp || (plan.ruleset.handled_net & kBindTcp) != 0)) out.push_back("listening on a random TCP port, by listen(2) without bind(2): listen = deny");
  if (network.access == NetworkAccess::kRules && network.udp && (plan.ruleset.handled_net & kConnectSendUdp) == 0) out.push_back("sending UDP to any address: udp = deny");
  if (network.access == NetworkAccess::kAll) out.push_back("reaching every network address: access = rules or none");
  if (std::any_of(plan.ruleset.paths.begin(), plan.ruleset.paths.end(), [](const PlannedPath& path) { return path.path == "/dev/pts" && path.key == "mode"; }))
    out.push_back("reading and writing the user's other terminals, beneath /dev/pts: device rules in place of mode");
  if (network.unix_sockets != UnixAccess::kDeny && (plan.ruleset.handled_fs & kResolveUnix) == 0) out.push_back("reaching every UNIX socket on the disk whose mode allows it, such as those of D-Bus or Docker: unix = deny");
  if ((plan.ruleset.scoped & kScopeAbstractUnix) == 0 && network.unix_sockets != UnixAccess::kDeny) out.push_back("reaching abstract UNIX sockets outside: abstract_unix = deny (Landlock ABI 6)");
  if ((plan.ruleset.scoped & kScopeSignal) == 0) out.push_back("sending signals to processes outside: signals = deny (Landlock ABI 6)");
  if (!plan.namespaces.enter[static_cast<std::size_t>(Namespace::kPid)]) out.push_back("seeing that a process exists, its session, priority, affinity and limits, by its number: pid = yes in [namespaces]");
  if (policy.scheduling.value == Permission::kAllow) out.push_back("changing priority and affinity of the user's other processes: scheduling = deny");
  if (!plan.namespaces.enter[static_cast<std::size_t>(Namespace::kNetwork)]) out.push_back("seeing the names and hardware addresses of network interfaces, by ioctl(2) on any socket: network = yes in [namespaces]");
  out.push_back("seeing the machine: its name, kernel, memory, load and mounts (uname, sysinfo, listmount)");
  out.push_back(plan.process.limits.empty() && !plan.group.used ? "using up memory, processor time, processes and disk: [limits]" : "using up what [limits] leave of memory, processor time, processes and disk");
  if (plan.filter.used)
    for (std::string& line : open_of_profile(policy, plan.filter)) out.push_back(std::move(line));
  if (plan.filter.otherwise.kind == ActionKind::kAllow) out.push_back("system calls that are younger than this landshim: profile = strict");
  if (plan.process.capabilities != 0) out.push_back("using the capabilities that are left: capabilities = none");
  if (policy.memfd.value == Memfd::kAllow && restricts_files(policy)) out.push_back("executing code from a file in memory (memfd_create): memfd = noexec or deny");
  if (policy.write_execute.value == Permission::kAllow) out.push_back("making memory that is writable and executable: write_execute = deny");
  else out.push_back("executing code written into a granted file and mapped from it, into what a program's own file asks for (a writable code segment, an executable stack), or by ptrace into a child: write_execute looks at the calls of a program alone");
  if (!policy.commands.empty()) out.push_back("starting what a rule of [command NAME] denies or narrows under another name, in other words, from a script or without the library: the other sections");
  out.push_back("with LD_PRELOAD, code that runs before or within the shim: IFUNC resolvers, audit modules, another initfirst library, functions of the program that have names of the C library: landshim run");
  return out;
}

std::string explain(const Policy& policy, const Plan& plan, const std::vector<Result<Survey>>& surveys) { return Writer(policy, plan, surveys).run(); }

}  // namespace landshim
