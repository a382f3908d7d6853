// SPDX-License-Identifier: MIT
// The configuration of a container, for what runs them (crun, runc): https://github.com/opencontainers/runtime-spec,
// config.md and config-linux.md. What JSON cannot hold as comments stands in its annotations.
#include <algorithm>
#include <map>

#include "config/call_line.h"
#include "config/utf8.h"
#include "config/values.h"
#include "shim/command/exact_calls.h"
#include "shim/command/export.h"
#include "shim/command/mounts.h"
#include "shim/command/json.h"
#include "shim/filter.h"

namespace landshim::command {

namespace {

constexpr const char* kLimitNames[kLimitCount] = {"RLIMIT_AS", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_FSIZE", "RLIMIT_CORE", "RLIMIT_MEMLOCK", "RLIMIT_CPU", "RLIMIT_NOFILE", "RLIMIT_NPROC"};
constexpr std::uint64_t kPeriod = 100'000;  // microseconds: what the kernel takes where nobody says

std::string upper(std::string_view text) {
  std::string out;
  for (const char c : text) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

class Oci {
 public:
  explicit Oci(const Look& look) : look_(look), network_(network_choice(look.policy)), losses_(look) {}

  Exported run() {
    common_losses(look_, false, losses_);
    out_["ociVersion"] = "1.0.2";
    process();
    environment();
    files();
    namespaces();
    resources();
    if (look_.plan.filter.used) out_["linux"]["seccomp"] = seccomp();
    network();
    outside_losses(look_, own_processes(look_), losses_);
    Json& annotations = out_["annotations"];
    annotations["landshim.policy"] = look_.plan.name;
    std::size_t number = 0;
    for (const std::string& line : loss_lines(losses_.all())) annotations["landshim.loss." + std::to_string(++number)] = line;
    return {json_lines(out_), std::move(losses_.all())};
  }

 private:
  const Plan& plan() const { return look_.plan; }

  void process() {
    const PlannedProcess& planned = plan().process;
    Json& process = out_["process"];
    process["noNewPrivileges"] = true;
    user(process["user"]);
    if (planned.umask.written()) process["user"]["umask"] = planned.umask.value;
    Json kept = Json::array();
    for (int i = 0; i < kCapabilityCount; ++i)
      if (((planned.capabilities >> i) & 1) != 0) kept.push_back("CAP_" + upper(capability_name(i)));
    for (const char* set : {"bounding", "effective", "permitted"}) process["capabilities"][set] = kept;
    for (const char* set : {"inheritable", "ambient"}) process["capabilities"][set] = planned.ambient ? kept : Json::array();
    for (const PlannedLimit& limit : planned.limits)
      process["rlimits"].push_back({{"type", kLimitNames[static_cast<std::size_t>(limit.limit)]}, {"hard", limit.hard}, {"soft", limit.soft}});
    if (planned.oom_score_adj.written()) process["oomScoreAdj"] = planned.oom_score_adj.value;
    if (planned.nice.written()) losses_.wider(planned.nice.origin, "nice: no word for it");
    if (planned.parent_death_signal.written()) losses_.wider(planned.parent_death_signal.origin, "parent_death_signal: no word for it");
    if (!planned.close.empty()) losses_.wider(look_.policy.inherit_fds_origin, "inherit_fds: which descriptors are kept is said to the runtime, such as crun run --preserve-fds");
  }

  // Where no key changes them: the user and groups of the export itself.
  void user(Json& user) {
    const PlannedProcess& planned = plan().process;
    user["uid"] = planned.uid.written() ? planned.uid.value : look_.host.uid;
    user["gid"] = planned.gid.written() ? planned.gid.value : look_.host.gid;
    // A user namespace has one group only.
    if (plan().namespaces.enter[static_cast<std::size_t>(Namespace::kUser)]) return;
    for (const std::uint32_t gid : planned.gids.written() ? planned.gids.value : look_.host.groups) user["additionalGids"].push_back(gid);
  }

  // A container starts with the variables of its configuration alone.
  void environment() {
    for (const std::string& set : plan().environment.set) out_["process"]["env"].push_back(set);
    for (const VariableItem& item : look_.policy.keep_variables) losses_.narrower(item.origin, "keep = " + item.text + ": a container has no variable of its starter; add it to process.env");
  }

  bool writable_text(const Mount& mount) {
    if (is_utf8(mount.path) && std::all_of(mount.names.begin(), mount.names.end(), [](const std::string& name) { return is_utf8(name); })) return true;
    losses_.narrower(mount.origin, printable(mount.path) + ": JSON holds UTF-8 alone; this name is not shown");
    return false;
  }

  void files() {
    out_["root"] = {{"path", "rootfs"}, {"readonly", true}};
    Json& mounts = out_["mounts"] = Json::array();
    if (!restricts_files(look_.policy)) {
      out_["root"] = {{"path", "/"}, {"readonly", false}};
      if (plan().namespaces.private_tmp)
        for (const char* directory : {"/tmp", "/var/tmp"}) mounts.push_back(empty_mount(directory, true, true));
      hide();
      return;
    }
    const std::vector<Mount> shown = plan_mounts(look_, {true, false}, losses_);
    default_devices(shown);
    for (const Mount& mount : shown) {
      if (!writable_text(mount)) continue;
      if (mount.missing) {
        losses_.narrower(mount.origin, mount.rule + ": it is missing, and a container does not start without what it mounts");
        continue;
      }
      if (mount.path == "/") {
        out_["root"] = {{"path", "/"}, {"readonly", !mount.writable}};
        if (!mount.executable) losses_.wider(mount.origin, mount.rule + ": what lies in the root can be executed as well");
        continue;
      }
      if (mount.path == "/proc") {
        mounts.push_back({{"destination", "/proc"}, {"type", "proc"}, {"source", "proc"}, {"options", {"nosuid", "nodev", "noexec"}}});
        continue;
      }
      if (mount.empty) {
        mounts.push_back(empty_mount(mount.path, mount.writable, mount.executable));
        continue;
      }
      mounts.push_back(bind(mount, mount.path));
      for (const std::string& name : mount.names) mounts.push_back(bind(mount, name));
    }
    hide();
  }

  void hide() {
    for (const PlannedPath& path : plan().namespaces.hide) {
      if (is_utf8(path.path)) out_["linux"]["maskedPaths"].push_back(path.path);
      else losses_.wider(path.origin, "hide = " + path.path + ": JSON holds UTF-8 alone; it is not hidden");
    }
  }

  static Json empty_mount(const std::string& path, bool writable, bool executable) {
    Json options = Json::array({"nosuid", "nodev", "mode=1777"});
    if (!writable) options.push_back("ro");
    if (!executable) options.push_back("noexec");
    return {{"destination", path}, {"type", "tmpfs"}, {"source", "tmpfs"}, {"options", std::move(options)}};
  }

  // "ro" alone would leave writable what is mounted beneath a directory; beneath a file there is nothing, and crun takes the
  // recursive forms for directories only.
  static Json bind(const Mount& mount, const std::string& destination) {
    const std::string form = mount.directory ? "r" : "";
    Json options = Json::array({"rbind", mount.writable ? "rw" : form + "ro", form + "nosuid"});
    if (!mount.devices) options.push_back(form + "nodev");
    if (!mount.executable) options.push_back(form + "noexec");
    return {{"destination", destination}, {"type", "bind"}, {"source", mount.path}, {"options", std::move(options)}};
  }

  // config-linux.md, "Default Devices".
  void default_devices(const std::vector<Mount>& shown) {
    std::string others;
    for (const char* device : {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"})
      if (std::none_of(shown.begin(), shown.end(), [&](const Mount& mount) { return beneath(device, mount.path); })) others += (others.empty() ? "" : ", ") + std::string(device);
    if (!others.empty()) losses_.wider({}, "a container has devices that no rule grants: " + others);
  }

  void namespaces() {
    const auto enters = [&](Namespace one) { return plan().namespaces.enter[static_cast<std::size_t>(one)]; };
    Json& list = out_["linux"]["namespaces"] = Json::array({{{"type", "mount"}}});
    const auto add = [&](bool wanted, const char* type) {
      if (wanted) list.push_back({{"type", type}});
    };
    add(own_processes(look_), "pid");
    add(own_network(look_), "network");
    add(enters(Namespace::kIpc), "ipc");
    add(enters(Namespace::kUts), "uts");
    add(enters(Namespace::kCgroup), "cgroup");
    if (enters(Namespace::kUser)) {
      add(true, "user");
      for (const auto& [key, id] : {std::pair{"uidMappings", plan().namespaces.uid}, {"gidMappings", plan().namespaces.gid}}) out_["linux"][key].push_back({{"containerID", id}, {"hostID", id}, {"size", 1}});
    }
  }

  void resources() {
    const PlannedGroup& group = plan().group;
    if (!group.used) return;
    Json& resources = out_["linux"]["resources"];
    if (group.memory_max != kUnlimited) resources["memory"]["limit"] = group.memory_max;
    if (group.cpu_quota != kUnlimited) resources["cpu"] = {{"quota", group.cpu_quota * kPeriod / 100}, {"period", kPeriod}};
    if (group.tasks_max != kUnlimited) resources["pids"]["limit"] = group.tasks_max;
  }

  void network() {
    const Policy& policy = look_.policy;
    if (network_.access != NetworkAccess::kRules) return;
    ports(policy.connect_tcp, kConnectTcp, "connect_tcp");
    ports(policy.bind_tcp, kBindTcp, "bind_tcp");
    ports(policy.connect_udp, kConnectSendUdp, "connect_udp");
    ports(policy.bind_udp, kBindUdp, "bind_udp");
  }

  void ports(const Ports& ports, NetRights right, const char* word) {
    if ((plan().ruleset.handled_net & right) == 0) return;
    const bool tcp = (right & (kConnectTcp | kBindTcp)) != 0;
    const bool open = tcp ? look_.policy.connect_tcp.granted() || look_.policy.bind_tcp.granted() : network_.udp;
    if (open) losses_.wider(ports.origin, std::string(word) + " by port: every port can be used");
  }

  // --- system calls ---

  static Json action_of(Action action, const char* word, const char* number) {
    Json out;
    switch (action.kind) {
      case ActionKind::kAllow: out[word] = "SCMP_ACT_ALLOW"; break;
      case ActionKind::kLog: out[word] = "SCMP_ACT_LOG"; break;
      case ActionKind::kTrace: out[word] = "SCMP_ACT_TRACE"; break;
      case ActionKind::kDeny: out[word] = "SCMP_ACT_ERRNO"; break;
      case ActionKind::kTrap: out[word] = "SCMP_ACT_TRAP"; break;
      case ActionKind::kKillThread: out[word] = "SCMP_ACT_KILL_THREAD"; break;
      case ActionKind::kKill: out[word] = "SCMP_ACT_KILL_PROCESS"; break;
    }
    if (action.kind == ActionKind::kDeny || action.kind == ActionKind::kTrace) out[number] = action.data;
    return out;
  }

  static Json argument(const Condition& condition) {
    static constexpr const char* kWords[] = {"SCMP_CMP_EQ", "SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_GT", "SCMP_CMP_GE", "SCMP_CMP_MASKED_EQ"};
    const bool masked = condition.op == Compare::kMaskedEqual;
    Json out{{"index", condition.arg}, {"value", masked ? condition.mask : condition.value}};
    if (masked) out["valueTwo"] = condition.value;
    out["op"] = kWords[static_cast<std::size_t>(condition.op)];
    return out;
  }

  bool in_a_table(std::string_view call) const {
    if (starts_programs(look_, call)) return false;
    return call_number(CallTable::kNative, call) >= 0 || (plan().filter.compat && call_number(CallTable::kCompat, call) >= 0);
  }

  Json seccomp() {
    const Filter& filter = plan().filter;
    Json out = action_of(filter.otherwise, "defaultAction", "defaultErrnoRet");
    out["architectures"] = architectures(filter.compat);
    // Calls that are closed alike stand together.
    std::map<std::pair<std::uint8_t, std::uint16_t>, Json> whole;
    Json some = Json::array();
    for (const PlannedCall& call : filter.calls) {
      if (!in_a_table(call.call)) continue;
      std::optional<std::vector<CallRule>> rules = exact_rules(call, filter.otherwise);
      if (!rules) {
        losses_.narrower(origin_of(call.call), std::string(call.call) + ": its conditions take too many rules; it is closed");
        rules = {CallRule{{ActionKind::kDeny, 1}, {}}};
      }
      for (const CallRule& rule : *rules) {
        if (rule.all_of.empty()) {
          whole[{static_cast<std::uint8_t>(rule.action.kind), rule.action.data}].push_back(call.call);
          continue;
        }
        Json entry{{"names", {call.call}}};
        entry.update(action_of(rule.action, "action", "errnoRet"));
        for (const Condition& condition : rule.all_of) entry["args"].push_back(argument(condition));
        some.push_back(std::move(entry));
      }
    }
    if (look_.policy.execve.value == Permission::kDeny && filter.otherwise.kind != ActionKind::kAllow) whole[{static_cast<std::uint8_t>(ActionKind::kAllow), 0}].push_back("execve");
    out["syscalls"] = Json::array();
    for (auto& [action, names] : whole) {
      Json entry{{"names", std::move(names)}};
      entry.update(action_of({static_cast<ActionKind>(action.first), action.second}, "action", "errnoRet"));
      out["syscalls"].push_back(std::move(entry));
    }
    for (Json& entry : some) out["syscalls"].push_back(std::move(entry));
    return out;
  }

  Origin origin_of(std::string_view call) const {
    for (const CallLine& line : look_.policy.call_lines)
      if (line.call == call) return line.origin;
    return {};
  }

  static Json architectures(bool compat) {
#ifdef __x86_64__
    return compat ? Json::array({"SCMP_ARCH_X86_64", "SCMP_ARCH_X86"}) : Json::array({"SCMP_ARCH_X86_64"});
#else
    return compat ? Json::array({"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"}) : Json::array({"SCMP_ARCH_AARCH64"});
#endif
  }

  const Look& look_;
  NetworkChoice network_;
  Losses losses_;
  Json out_ = Json::object();
};

}  // namespace

Exported export_oci(const Look& look) { return Oci(look).run(); }

}  // namespace landshim::command
