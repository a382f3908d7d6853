// SPDX-License-Identifier: MIT
#include "shim/host.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>

#include "config/raw_call.h"
#include "shim/kernel.h"

namespace landshim {

Host probe() {
  Host host;
  const int abi = kernel::landlock_abi();
  if (abi > 0) host.abi = abi;
  else host.landlock_error = abi == 0 ? EINVAL : -abi;
  host.seccomp_error = -kernel::seccomp_available();
  host.seccomp = host.seccomp_error == 0;
  const int alone = kernel::single_threaded();
  if (alone == 0 || alone == -EINVAL) {
    host.threads_known = true;
    host.many_threads = alone != 0;
  } else {
    // The call is blocked, by an outer filter: /proc counts a directory for each thread, beside "." and "..".
    struct stat tasks {};
    host.threads_known = raw_status("/proc/self/task", tasks) == 0 && tasks.st_nlink >= 3;
    host.many_threads = host.threads_known && tasks.st_nlink > 3;
  }
  host.capabilities = kernel::permitted_capabilities();
  kernel::Ids users;
  kernel::Ids groups;
  kernel::get_ids(users, groups, host.groups);
  host.uid = users.effective;
  host.gid = groups.effective;
  host.one_uid = users.real == users.effective && users.saved == users.effective;
  host.one_gid = groups.real == groups.effective && groups.saved == groups.effective;
  return host;
}

void probe_limits(Host& host) {
  for (std::size_t i = 0; i < kLimitCount; ++i) kernel::get_limit(static_cast<Limit>(i), host.limits[i].soft, host.limits[i].hard);
}

namespace {

std::string read_text(const char* path) {
  std::string out;
  const int fd = raw_open(path, O_RDONLY);
  if (fd < 0) return out;
  char buffer[4096];
  long got = 0;
  while ((got = raw_call(SYS_read, fd, buffer, sizeof buffer)) > 0 || got == -EINTR)
    if (got > 0) out.append(buffer, static_cast<std::size_t>(got));
  raw_close(fd);
  return out;
}

// The mount point of the cgroup 2 file system: field 5 of the line whose type, after " - ", is cgroup2. proc(5).
std::string group_mount(std::string_view mounts) {
  while (!mounts.empty()) {
    const std::string_view line = mounts.substr(0, mounts.find('\n'));
    mounts.remove_prefix(std::min(line.size() + 1, mounts.size()));
    if (line.find(" - cgroup2 ") == std::string_view::npos) continue;
    std::size_t at = 0;
    for (int field = 1; field < 5; ++field) at = line.find(' ', at) + 1;
    return std::string(line.substr(at, line.find(' ', at) - at));
  }
  return {};
}

bool has_words(const std::string& text, std::string_view word) {
  return (" " + text.substr(0, text.find('\n')) + " ").find(" " + std::string(word) + " ") != std::string::npos;
}

}  // namespace

void probe_group(Host& host) {
  const std::string mount = group_mount(read_text("/proc/self/mountinfo"));
  if (mount.empty()) {
    host.group_error = "no cgroup 2 file system is mounted";
    return;
  }
  const std::string groups = read_text("/proc/self/cgroup");
  const std::size_t line = groups.find("0::/");
  std::string own = line == std::string::npos ? "/" : groups.substr(line + 3, groups.find('\n', line) - line - 3);
  // A group that has members cannot hand its controllers on, the root excepted: a sibling of the own group then.
  for (const std::string& group : {own, own.substr(0, std::max<std::size_t>(1, own.rfind('/')))}) {
    const std::string path = mount + (group == "/" ? "" : group);
    const std::string controllers = read_text((path + "/cgroup.subtree_control").c_str());
    if (raw_call(SYS_faccessat, AT_FDCWD, path.c_str(), W_OK) != 0) host.group_error = path + " is not writable";
    else if (!has_words(controllers, "memory") || !has_words(controllers, "cpu") || !has_words(controllers, "pids")) host.group_error = path + " does not hand on memory, cpu and pids (cgroup.subtree_control)";
    else host.group_parent = path;
    if (!host.group_parent.empty()) return;
  }
}

InForce ask_in_force(std::uint64_t identity) {
  switch (kernel::ask_identity(identity)) {
    case kernel::Identity::kThis: return InForce::kThisPolicy;
    case kernel::Identity::kOther: return InForce::kAnotherPolicy;
    case kernel::Identity::kNone: break;
  }
  return InForce::kNothing;
}

}  // namespace landshim
