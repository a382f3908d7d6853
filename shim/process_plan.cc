// SPDX-License-Identifier: MIT
#include "shim/process_plan.h"

#include <algorithm>

#include "config/values.h"

namespace landshim {

namespace {

constexpr std::uint64_t bit(int capability) { return std::uint64_t{1} << capability; }

// <linux/capability.h>: chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, setfcap.
constexpr std::uint64_t kOrdinaryRoot = bit(0) | bit(1) | bit(3) | bit(4) | bit(5) | bit(6) | bit(7) | bit(8) | bit(10) | bit(31);
constexpr int kSetGid = 6;
constexpr int kSetUid = 7;
constexpr int kSetPcap = 8;

class ProcessPlanner {
 public:
  ProcessPlanner(const Policy& policy, const Host& host, Plan& plan, Demands& demands) : policy_(policy), host_(host), plan_(plan), demands_(demands) {}

  void run() {
    namespaces();
    accounts();
    capabilities();
    descriptors();
    values();
    limits();
    group();
    environment();
    one_thread();
  }

 private:
  bool has(int capability) const { return (host_.capabilities & bit(capability)) != 0; }

  void namespaces() {
    PlannedNamespaces& out = plan_.namespaces;
    for (std::size_t i = 0; i < kNamespaceCount; ++i) {
      out.enter[i] = policy_.namespaces[i].value;
      if (out.enter[i] && !out.origin.written()) out.origin = policy_.namespaces[i].origin;
    }
    const bool hides = !policy_.hide_items.empty();
    out.private_tmp = policy_.private_tmp.value;
    const Setting<bool>& mount = policy_.namespaces[static_cast<std::size_t>(Namespace::kMount)];
    if (mount.written() && !mount.value && (hides || out.private_tmp))
      return demands_.refuse(mount.origin, "mount = no contradicts hide and private_tmp, which need a mount namespace; remove one of the two");
    if (hides && !out.origin.written()) out.origin = policy_.hide_items.front().origin;
    if (out.private_tmp && !out.origin.written()) out.origin = policy_.private_tmp.origin;
    out.enter[static_cast<std::size_t>(Namespace::kMount)] |= hides || out.private_tmp;
    out.used = std::any_of(std::begin(out.enter), std::end(out.enter), [](bool entered) { return entered; });
    if (!out.used) return;
    constexpr int kSysAdmin = 21;
    const Setting<bool>& user = policy_.namespaces[static_cast<std::size_t>(Namespace::kUser)];
    bool& enter_user = out.enter[static_cast<std::size_t>(Namespace::kUser)];
    if (!has(kSysAdmin)) {
      if (user.written() && !user.value) return demands_.refuse(user.origin, "user = no, and this start has no privilege (CAP_SYS_ADMIN) to enter other namespaces without one; write user = yes");
      enter_user = true;
    }
    out.uid = host_.uid;
    out.gid = host_.gid;
    if (out.enter[static_cast<std::size_t>(Namespace::kPid)] && !host_.may_fork)
      demands_.refuse(policy_.namespaces[static_cast<std::size_t>(Namespace::kPid)].origin, "pid = yes holds only what a program starts, not the program itself; use landshim run");
    out.read_only = out.enter[static_cast<std::size_t>(Namespace::kMount)] && restricts_files(policy_);
    for (const PathRule& path : policy_.hidden) out.hide.push_back({path.path, 0, path.missing_ok, path.pattern, false, false, path.key, path.origin});
  }

  void accounts() {
    PlannedProcess& out = plan_.process;
    if (!policy_.uid.written() && !policy_.gid.written() && !policy_.gids.written()) return;
    const Origin origin = policy_.uid.written() ? policy_.uid.origin : policy_.gid.written() ? policy_.gid.origin : policy_.gids.origin;
    const bool user_stays = !policy_.uid.written() || (policy_.uid.value == host_.uid && host_.one_uid);
    const bool groups_stay = policy_.gid.value == host_.gid && host_.one_gid && other_groups(policy_.gids.value) == other_groups(host_.groups);
    const bool only_user = !policy_.group.written() && !policy_.groups_origin.written();
    if (only_user && user_stays && groups_stay) return;
    if ((!user_stays && !has(kSetUid)) || !has(kSetGid))
      return demands_.refuse(origin, "changing user or groups needs a privileged start (CAP_SETUID, CAP_SETGID); start landshim as root, or remove the line");
    if (plan_.namespaces.enter[static_cast<std::size_t>(Namespace::kUser)])
      return demands_.refuse(origin, "a user namespace has one user only; remove user and groups here, or user = yes in [namespaces]");
    out.uid = policy_.uid;
    out.gid = policy_.gid;
    out.gids = policy_.gids;
  }

  // As a set, and without the group that the process has anyway: logins list it, and it gives nothing more.
  std::vector<std::uint32_t> other_groups(std::vector<std::uint32_t> groups) const {
    std::erase(groups, policy_.gid.value);
    std::sort(groups.begin(), groups.end());
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
    return groups;
  }

  void capabilities() {
    PlannedProcess& out = plan_.process;
    const std::uint64_t own = host_.capabilities;
    const bool becomes_ordinary = out.uid.written() && out.uid.value != 0;
    std::uint64_t keep = own;
    switch (policy_.capabilities.value) {
      case Keep::kDefault: keep = becomes_ordinary ? 0 : own & kOrdinaryRoot; break;
      case Keep::kNone: keep = 0; break;
      case Keep::kAll: break;
      case Keep::kListed: keep = policy_.kept_capabilities; break;
    }
    for (int i = 0; i < kCapabilityCount; ++i)
      if ((keep & bit(i) & ~own) != 0)
        return demands_.refuse(policy_.capabilities.origin, "capabilities = " + std::string(capability_name(i)) + ": this start does not have it; start landshim with it, or remove it");
    const bool in_user_namespace = plan_.namespaces.enter[static_cast<std::size_t>(Namespace::kUser)];
    out.set_capabilities = keep != own || becomes_ordinary || in_user_namespace;
    out.capabilities = keep;
    out.drop_bounding = out.set_capabilities && (has(kSetPcap) || in_user_namespace);
    out.ambient = keep != 0 && (becomes_ordinary || host_.uid != 0);
  }

  // What lies between the ranges that are kept.
  void descriptors() {
    // The log is not the program's to write.
    const auto log = static_cast<std::uint32_t>(policy_.log.descriptor);
    if (policy_.log.to == LogTo::kDescriptor) plan_.process.close.push_back({log, log});
    if (!policy_.inherit_fds_origin.written()) return;
    std::vector<DescriptorRange> keep = policy_.inherit_fds;
    std::sort(keep.begin(), keep.end(), [](const DescriptorRange& a, const DescriptorRange& b) { return a.first < b.first; });
    std::uint64_t next = 0;
    for (const DescriptorRange& range : keep) {
      if (range.first > next) plan_.process.close.push_back({static_cast<std::uint32_t>(next), range.first - 1});
      next = std::max<std::uint64_t>(next, std::uint64_t{range.last} + 1);
    }
    plan_.process.close.push_back({static_cast<std::uint32_t>(next), 0xffff'ffff});
  }

  void values() {
    PlannedProcess& out = plan_.process;
    out.umask = policy_.umask;
    out.nice = policy_.nice;
    out.oom_score_adj = policy_.oom_score_adj;
    out.parent_death_signal = policy_.parent_death_signal;
    out.dumpable = policy_.dumpable;
    if (host_.execs && policy_.dumpable.written())
      demands_.demand(policy_.dumpable.origin, "dumpable is undone when landshim run starts the program: prctl(2). Use the preload");
    if (host_.execs && policy_.execve.value == Permission::kDeny)
      demands_.demand(policy_.execve.origin, "execve = deny would keep landshim run from starting the program. Use the preload");
  }

  void limits() {
    for (std::size_t i = 0; i < kLimitCount; ++i) {
      const Setting<std::uint64_t>& wanted = policy_.limits[i];
      if (!wanted.written()) continue;
      const HostLimit& now = host_.limits[i];
      plan_.process.limits.push_back({static_cast<Limit>(i), std::min(now.soft, wanted.value), std::min(now.hard, wanted.value), wanted.value < now.soft || wanted.value < now.hard, wanted.origin});
    }
  }

  void group() {
    PlannedGroup& out = plan_.group;
    for (const Setting<std::uint64_t>* setting : {&policy_.memory_max, &policy_.cpu_quota, &policy_.tasks_max})
      if (setting->written() && setting->value != kUnlimited && !out.origin.written()) out.origin = setting->origin;
    if (!out.origin.written()) return;
    if (host_.group_parent.empty())
      return demands_.demand(out.origin, "memory_max, cpu_quota and tasks_max need a cgroup 2 in which this user may make a group: " + host_.group_error + ". Use systemd-run --user --scope, or a delegated group");
    const auto value = [](const Setting<std::uint64_t>& setting) { return setting.written() ? setting.value : kUnlimited; };
    out.used = true;
    out.parent = host_.group_parent;
    out.memory_max = value(policy_.memory_max);
    out.cpu_quota = value(policy_.cpu_quota);
    out.tasks_max = value(policy_.tasks_max);
  }

  void environment() {
    for (const VariableItem& item : policy_.keep_variables) plan_.environment.keep.push_back(item.text);
    // By these a library is with what the program starts, for the rules of [command NAME].
    if (!policy_.commands.empty() && !host_.execs && !plan_.environment.keep.empty())
      for (const char* name : {"LD_PRELOAD", "LD_AUDIT", "LANDSHIM_POLICY"}) plan_.environment.keep.emplace_back(name);
    for (const VariableItem& item : policy_.unset_variables) plan_.environment.unset.push_back(item.text);
    // One value for a name, the last: programs differ in which of two they would take.
    std::vector<std::string>& set = plan_.environment.set;
    for (const VariableItem& item : policy_.set_variables) {
      const std::string_view name = std::string_view(item.text).substr(0, item.text.find('=') + 1);
      std::erase_if(set, [&](const std::string& earlier) { return earlier.starts_with(name); });
      set.push_back(item.text);
    }
  }

  // Credentials and namespaces belong to a thread; the others would keep what this one gives up.
  void one_thread() {
    const PlannedProcess& process = plan_.process;
    if (plan_.all_threads && (process.set_capabilities || process.uid.written() || process.gid.written() || process.gids.written() || plan_.namespaces.used))
      demands_.refuse({}, "this process has more than one thread already, and only one would give up its privileges; use landshim run, which starts before any thread");
  }

  const Policy& policy_;
  const Host& host_;
  Plan& plan_;
  Demands& demands_;
};

}  // namespace

bool keeps_capability(const PlannedProcess& process, const Host& host, int capability) {
  return ((process.set_capabilities ? process.capabilities : host.capabilities) & bit(capability)) != 0;
}

void plan_process(const Policy& policy, const Host& host, Plan& plan, Demands& demands) { ProcessPlanner(policy, host, plan, demands).run(); }

}  // namespace landshim
