// SPDX-License-Identifier: MIT
#include "shim/command/machine.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

#include "config/values.h"
#include "shim/command/features.h"
#include "shim/command/library.h"
#include "shim/namespaces.h"

namespace landshim::command {

namespace {

constexpr unsigned kErrata = 1U << 1;  // LANDLOCK_CREATE_RULESET_ERRATA, Linux 6.15
constexpr int kAnswerMilliseconds = 1000;

// Files of /proc and /sys are short.
std::optional<std::string> first_line(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return std::nullopt;
  char buffer[4096];
  const ssize_t got = read(fd, buffer, sizeof buffer);
  close(fd);
  if (got < 0) return std::nullopt;
  const std::string text(buffer, static_cast<std::size_t>(got));
  return text.substr(0, text.find('\n'));
}

std::optional<std::string> sysctl(std::string name) {
  std::replace(name.begin(), name.end(), '.', '/');
  return first_line("/proc/sys/" + name);
}

std::vector<std::pair<std::string, int>> seccomp_actions() {
  constexpr std::pair<const char*, std::uint32_t> kActions[] = {
      {"kill_process", SECCOMP_RET_KILL_PROCESS}, {"kill_thread", SECCOMP_RET_KILL_THREAD}, {"trap", SECCOMP_RET_TRAP}, {"errno", SECCOMP_RET_ERRNO},
      {"user_notif", SECCOMP_RET_USER_NOTIF},     {"trace", SECCOMP_RET_TRACE},             {"log", SECCOMP_RET_LOG},   {"allow", SECCOMP_RET_ALLOW},
  };
  std::vector<std::pair<std::string, int>> out;
  for (const auto& [name, action] : kActions) out.emplace_back(name, syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0U, &action) == 0 ? 0 : errno);
  return out;
}

int try_io_uring() {
  char parameters[256] = {};  // struct io_uring_params is 120 bytes, all 0
  const long ring = syscall(SYS_io_uring_setup, 1U, parameters);
  if (ring < 0) return errno;
  close(static_cast<int>(ring));
  return 0;
}

// AUDIT_GET, netlink(7): answered with the state, or with an error such as EPERM.
void ask_audit(Machine& out) {
  struct {
    nlmsghdr header;
    union {
      audit_status status;
      nlmsgerr error;
      char room[512];
    } body;
  } message{};
  const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
  if (fd < 0) {
    out.audit = errno;
    return;
  }
  message.header.nlmsg_len = NLMSG_LENGTH(0);
  message.header.nlmsg_type = AUDIT_GET;
  message.header.nlmsg_flags = NLM_F_REQUEST;
  pollfd answer{fd, POLLIN, 0};
  if (send(fd, &message, message.header.nlmsg_len, 0) < 0) out.audit = errno;
  else if (poll(&answer, 1, kAnswerMilliseconds) <= 0) out.audit = ETIMEDOUT;
  else if (recv(fd, &message, sizeof message, 0) < static_cast<ssize_t>(NLMSG_HDRLEN)) out.audit = EIO;
  else if (message.header.nlmsg_type == NLMSG_ERROR) out.audit = -message.body.error.error;
  else if (message.header.nlmsg_type == AUDIT_GET) out.audit_enabled = static_cast<int>(message.body.status.enabled);
  else out.audit = EIO;
  close(fd);
}

// What a child says of entering and arranging a namespace; empty: it is in.
std::string try_namespace(Namespace which, const Host& host) {
  const Result<Plan> plan = plan_to_enter(which, host);
  if (!plan) return plan.error().what;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return text({"no pipe for the trial", {}, errno});
  const pid_t child = fork();
  if (child == 0) {
    Result<Done> done = enter_namespaces(*plan);
    if (done) done = arrange_mounts(*plan);
    const std::string said = done ? "" : text({done.error().what, {}, done.error().os_error});
    _exit(write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  const int fork_error = errno;
  close(ends[1]);
  std::string said;
  char buffer[4096];
  for (ssize_t got; child > 0 && ((got = read(ends[0], buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR));)
    if (got > 0) said.append(buffer, static_cast<std::size_t>(got));
  close(ends[0]);
  if (child < 0) return text({"no process for the trial", {}, fork_error});
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status == 0 || !said.empty() ? said : "the trial did not end by itself";
}

std::string c_library() {
#if defined(__GLIBC__)
  return std::string("glibc ") + gnu_get_libc_version();
#else
  return "musl";
#endif
}

void look_for_library(Machine& out) {
  const Result<std::string> found = find_library(Library::kPreload);
  if (!found) {
    out.library_fault = found.error().what;
    return;
  }
  out.library = *found;
  if (const Result<Done> proved = prove_library(Library::kPreload, *found); !proved) out.library_fault = proved.error().what;
}

}  // namespace

Machine look_at_machine() {
  Machine out;
  out.host = probe();
  out.host.threads_known = true;
  out.host.many_threads = false;
  out.host.may_fork = true;
  probe_limits(out.host);
  probe_group(out.host);
  utsname name{};
  if (uname(&name) == 0) {
    out.kernel = name.release;
    out.architecture = name.machine;
  }
  out.c_library = c_library();
  const long errata = syscall(SYS_landlock_create_ruleset, nullptr, 0UL, kErrata);
  out.errata = errata < 0 ? -errno : static_cast<int>(errata);
  out.modules = first_line("/sys/kernel/security/lsm");
  out.actions = seccomp_actions();
  for (const Sysctl& one : kSysctls) out.sysctls[one.name] = sysctl(one.name);
  for (std::size_t i = 0; i < kNamespaceCount; ++i) out.namespace_faults[i] = try_namespace(static_cast<Namespace>(i), out.host);
  out.io_uring = try_io_uring();
  ask_audit(out);
  out.audit_read = ((out.host.capabilities >> *find_capability("audit_read")) & 1) != 0;
  out.no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0UL, 0UL, 0UL, 0UL) == 1;
  const int mode = prctl(PR_GET_SECCOMP, 0UL, 0UL, 0UL, 0UL);
  out.seccomp_mode = mode < 0 ? -errno : mode;
  out.policy_in_force = ask_in_force(0) != InForce::kNothing;
  look_for_library(out);
  return out;
}

}  // namespace landshim::command
