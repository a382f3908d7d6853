// SPDX-License-Identifier: MIT
#include "shim/command/processes.h"

#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "shim/command/tracee.h"

namespace landshim::command {

namespace {

// ioctl_pidfd(2), Linux 6.13; the status of one that has been waited for, Linux 6.15.
struct PidfdInfo {
  std::uint64_t mask;
  std::uint64_t cgroup;
  std::uint32_t ids[11];
  std::int32_t exit_code;
};
constexpr rlim_t kForLooking = 32;  // descriptors
constexpr unsigned long kGetInfo = _IOWR(0xFF, 11, PidfdInfo);
constexpr std::uint64_t kInfoExit = 1U << 3;

std::optional<int> status_by_kernel(int pidfd) {
  PidfdInfo info{};
  info.mask = kInfoExit;
  if (ioctl(pidfd, kGetInfo, &info) != 0 || (info.mask & kInfoExit) == 0) return std::nullopt;
  return info.exit_code;
}

// exit_code, the 52nd field of proc_pid_stat(5), which a process has until it is waited for.
std::optional<int> status_of_zombie(pid_t process) {
  const std::string stat = Tracee(process).text_of("stat");
  const std::size_t name_end = stat.rfind(") ");
  if (name_end == stat.npos || stat[name_end + 2] != 'Z') return std::nullopt;
  std::size_t at = name_end + 2;
  for (int field = 3; field < 52 && at != stat.npos; ++field) at = stat.find(' ', at + 1);
  if (at == stat.npos) return std::nullopt;
  return static_cast<int>(std::strtol(stat.c_str() + at, nullptr, 10));
}

}  // namespace

bool Processes::add(pid_t process, int waiting) {
  if (known_.contains(process)) return false;
  // The program can start as many as it likes, and whoever looks at its calls needs some too.
  Descriptor pidfd(static_cast<int>(syscall(SYS_pidfd_open, process, 0U)));
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur < static_cast<rlim_t>(pidfd.get()) + kForLooking) return false;
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  wanted.data.u64 = static_cast<std::uint64_t>(process);
  if (pidfd.get() < 0 || epoll_ctl(waiting, EPOLL_CTL_ADD, pidfd.get(), &wanted) != 0) return false;
  known_.emplace(process, Known{std::move(pidfd), {}});
  return true;
}

void Processes::note_status(pid_t process, int status) {
  if (const auto at = known_.find(process); at != known_.end()) at->second.status = (status & 0xff) << 8;
}

EndEvent Processes::take(pid_t process) {
  EndEvent out{.pid = process, .status = {}, .signal = {}};
  const auto at = known_.find(process);
  if (at == known_.end()) return out;
  // Its number is its own until it has been waited for, and from then on the kernel knows.
  std::optional<int> status = status_by_kernel(at->second.pidfd.get());
  if (!status) status = status_of_zombie(process);
  // Waited for in between.
  if (!status) status = status_by_kernel(at->second.pidfd.get());
  if (!status) status = at->second.status;
  if (status && WIFEXITED(*status)) out.status = WEXITSTATUS(*status);
  else if (status) out.signal = WTERMSIG(*status);
  known_.erase(at);
  return out;
}

}  // namespace landshim::command
