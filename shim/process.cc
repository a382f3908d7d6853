// SPDX-License-Identifier: MIT
#include "shim/process.h"

#include <cerrno>

#include "config/values.h"
#include "shim/kernel.h"
#include "shim/place.h"

namespace landshim {

namespace {

Result<Done> step(const Plan& plan, Origin origin, const char* what, int result) {
  if (result < 0) return Error{what, place(plan, origin), -result};
  return Done{};
}

Result<Done> join_group(const Plan& plan) {
  const PlannedGroup& group = plan.group;
  if (!group.used) return Done{};
  const std::string own = group.parent + "/landshim-" + std::to_string(kernel::process_number());
  constexpr std::uint64_t kPeriod = 100'000;  // microseconds: the default of cpu.max
  int made = kernel::make_directory(own.c_str());
  // Left behind by an earlier process of this number. Only an empty group can be removed.
  if (made == -EEXIST && kernel::remove_directory(own.c_str()) == 0) made = kernel::make_directory(own.c_str());
  if (made < 0) return Error{own + ": the control group cannot be made", place(plan, group.origin), -made};
  const auto write = [&](const char* file, const std::string& text) { return kernel::write_file((own + "/" + file).c_str(), text); };
  int result = 0;
  if (group.memory_max != kUnlimited) result = write("memory.max", std::to_string(group.memory_max));
  if (result == 0 && group.cpu_quota != kUnlimited) result = write("cpu.max", std::to_string(group.cpu_quota * kPeriod / 100) + " " + std::to_string(kPeriod));
  if (result == 0 && group.tasks_max != kUnlimited) result = write("pids.max", std::to_string(group.tasks_max));
  if (result == 0) result = write("cgroup.procs", "0");
  if (result < 0) kernel::remove_directory(own.c_str());
  return result < 0 ? Result<Done>(Error{own + ": the control group cannot be set up", place(plan, group.origin), -result}) : Result<Done>(Done{});
}

}  // namespace

Result<Done> set_by_files(const Plan& plan) {
  const PlannedProcess& process = plan.process;
  if (Result<Done> done = join_group(plan); !done) return done;
  if (process.oom_score_adj.written())
    return step(plan, process.oom_score_adj.origin, "oom_score_adj cannot be set (/proc/self/oom_score_adj; lowering it needs CAP_SYS_RESOURCE)",
                kernel::write_file("/proc/self/oom_score_adj", std::to_string(process.oom_score_adj.value)));
  return Done{};
}

Result<Done> set_resources(const Plan& plan) {
  const PlannedProcess& process = plan.process;
  if (process.nice.written())
    if (Result<Done> done = step(plan, process.nice.origin, "nice cannot be set (raising priority needs CAP_SYS_NICE)", kernel::set_nice(process.nice.value)); !done) return done;
  if (process.umask.written()) kernel::set_umask(process.umask.value);
  for (const PlannedLimit& limit : process.limits)
    if (limit.lowers)
      if (Result<Done> done = step(plan, limit.origin, "the limit cannot be set", kernel::set_limit(limit.limit, limit.soft, limit.hard)); !done) return done;
  return Done{};
}

Result<Done> set_privileges(const Plan& plan) {
  const PlannedProcess& process = plan.process;
  if (process.drop_bounding || process.gids.written() || process.gid.written() || process.uid.written())
    if (Result<Done> done = step(plan, {}, "capabilities cannot be used", kernel::use_capabilities()); !done) return done;
  // The bounding set first: it needs CAP_SETPCAP, which goes below.
  if (process.drop_bounding)
    for (int i = 0; i < kCapabilityCount; ++i) {
      if (((process.capabilities >> i) & 1) != 0) continue;
      const int result = kernel::drop_bounding(i);
      if (result < 0 && result != -EINVAL) return Error{"capabilities cannot be taken out of the bounding set", place(plan, {}), -result};
    }
  // Without it the change of user would take those that are to be kept.
  if (process.uid.written() && process.capabilities != 0)
    if (Result<Done> done = step(plan, process.uid.origin, "capabilities cannot be kept across the change of user", kernel::keep_capabilities_once()); !done) return done;
  // Groups before the group, the group before the user: each needs what the next gives up. setgroups(2).
  if (process.gids.written())
    if (Result<Done> done = step(plan, process.gids.origin, "the groups cannot be changed", kernel::set_groups(process.gids.value)); !done) return done;
  if (process.gid.written())
    if (Result<Done> done = step(plan, process.gid.origin, "the group cannot be changed", kernel::set_group(process.gid.value)); !done) return done;
  if (process.uid.written())
    if (Result<Done> done = step(plan, process.uid.origin, "the user cannot be changed", kernel::set_user(process.uid.value)); !done) return done;
  if (process.set_capabilities) {
    const std::uint64_t inheritable = process.ambient ? process.capabilities : 0;
    if (Result<Done> done = step(plan, {}, "capabilities cannot be given up", kernel::set_capabilities(process.capabilities, inheritable)); !done) return done;
    for (int i = 0; process.ambient && i < kCapabilityCount; ++i)
      if (((process.capabilities >> i) & 1) != 0)
        if (Result<Done> done = step(plan, {}, "capabilities cannot be passed on to children", kernel::raise_ambient(i)); !done) return done;
  }
  // Both are reset by a change of user: prctl(2).
  if (process.parent_death_signal.written())
    if (Result<Done> done = step(plan, process.parent_death_signal.origin, "parent_death_signal cannot be set", kernel::set_parent_death_signal(process.parent_death_signal.value)); !done) return done;
  if (process.dumpable.written()) return step(plan, process.dumpable.origin, "dumpable cannot be set", kernel::set_dumpable(process.dumpable.value));
  return Done{};
}

Result<Done> close_inherited(const Plan& plan) {
  for (const DescriptorRange& range : plan.process.close)
    if (Result<Done> done = step(plan, {}, "inherited descriptors cannot be closed; close_range(2) needs Linux 5.9", kernel::close_descriptors(range.first, range.last)); !done) return done;
  return Done{};
}

}  // namespace landshim
