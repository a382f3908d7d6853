// SPDX-License-Identifier: MIT
#include "shim/kernel.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "shim/identity.h"

namespace landshim::kernel {

namespace {

// landlock_create_ruleset(2) as of ABI 10: older kernels take a shorter attribute, and E2BIG means a field they lack is not 0.
struct RulesetAttribute {
  std::uint64_t handled_access_fs;
  std::uint64_t handled_access_net;
  std::uint64_t scoped;
};

constexpr int kRuleNetPort = 2;  // LANDLOCK_RULE_NET_PORT, ABI 4
struct NetPortAttribute {
  std::uint64_t allowed_access;
  std::uint64_t port;  // host byte order
};

static_assert(kExecute == LANDLOCK_ACCESS_FS_EXECUTE && kWriteFile == LANDLOCK_ACCESS_FS_WRITE_FILE && kReadFile == LANDLOCK_ACCESS_FS_READ_FILE);
static_assert(kReadDir == LANDLOCK_ACCESS_FS_READ_DIR && kRemoveDir == LANDLOCK_ACCESS_FS_REMOVE_DIR && kRemoveFile == LANDLOCK_ACCESS_FS_REMOVE_FILE);
static_assert(kMakeChar == LANDLOCK_ACCESS_FS_MAKE_CHAR && kMakeDir == LANDLOCK_ACCESS_FS_MAKE_DIR && kMakeReg == LANDLOCK_ACCESS_FS_MAKE_REG);
static_assert(kMakeSock == LANDLOCK_ACCESS_FS_MAKE_SOCK && kMakeFifo == LANDLOCK_ACCESS_FS_MAKE_FIFO && kMakeBlock == LANDLOCK_ACCESS_FS_MAKE_BLOCK);
static_assert(kMakeSym == LANDLOCK_ACCESS_FS_MAKE_SYM);
#ifdef LANDLOCK_ACCESS_FS_REFER
static_assert(kRefer == LANDLOCK_ACCESS_FS_REFER);
#endif
#ifdef LANDLOCK_ACCESS_FS_TRUNCATE
static_assert(kTruncate == LANDLOCK_ACCESS_FS_TRUNCATE);
#endif
#ifdef LANDLOCK_ACCESS_FS_IOCTL_DEV
static_assert(kIoctlDev == LANDLOCK_ACCESS_FS_IOCTL_DEV);
#endif
#ifdef LANDLOCK_ACCESS_FS_RESOLVE_UNIX
static_assert(kResolveUnix == LANDLOCK_ACCESS_FS_RESOLVE_UNIX);
#endif
#ifdef LANDLOCK_ACCESS_NET_BIND_TCP
static_assert(kBindTcp == LANDLOCK_ACCESS_NET_BIND_TCP && kConnectTcp == LANDLOCK_ACCESS_NET_CONNECT_TCP);
static_assert(kRuleNetPort == LANDLOCK_RULE_NET_PORT);
#endif
#ifdef LANDLOCK_ACCESS_NET_BIND_UDP
static_assert(kBindUdp == LANDLOCK_ACCESS_NET_BIND_UDP && kConnectSendUdp == LANDLOCK_ACCESS_NET_CONNECT_SEND_UDP);
#endif
#ifdef LANDLOCK_SCOPE_SIGNAL
static_assert(kScopeAbstractUnix == LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET && kScopeSignal == LANDLOCK_SCOPE_SIGNAL);
#endif
#ifdef LANDLOCK_RESTRICT_SELF_TSYNC
static_assert(kRestrictAllThreads == LANDLOCK_RESTRICT_SELF_TSYNC);
#endif
static_assert(kCapChown == CAP_CHOWN);

#ifndef SYS_landlock_create_ruleset
#error "the system headers are older than Linux 5.13"
#endif

int answer(long result) { return result < 0 ? -errno : static_cast<int>(result); }

}  // namespace

int landlock_abi() { return answer(syscall(SYS_landlock_create_ruleset, nullptr, 0UL, LANDLOCK_CREATE_RULESET_VERSION)); }

int create_ruleset(int abi, Rights handled_fs, NetRights handled_net, Scopes scoped) {
  const RulesetAttribute attribute{handled_fs, handled_net, scoped};
  const std::size_t size = abi < 4 ? 8 : abi < 6 ? 16 : 24;
  return answer(syscall(SYS_landlock_create_ruleset, &attribute, size, 0UL));
}

int open_path(const char* path) { return answer(open(path, O_PATH | O_CLOEXEC)); }

int describe(int fd, PathInfo& info) {
  struct stat found {};
  if (fstat(fd, &found) != 0) return -errno;
  info = {S_ISDIR(found.st_mode), {found.st_dev, found.st_ino}};
  return 0;
}

int add_path_rule(int ruleset, int path, Rights rights) {
  const landlock_path_beneath_attr attribute{rights, path};
  return answer(syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &attribute, 0UL));
}

int add_port_rule(int ruleset, std::uint16_t port, NetRights rights) {
  const NetPortAttribute attribute{rights, port};
  return answer(syscall(SYS_landlock_add_rule, ruleset, kRuleNetPort, &attribute, 0UL));
}

int set_no_new_privs() { return answer(prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL)); }

int restrict_self(int ruleset, std::uint32_t flags) { return answer(syscall(SYS_landlock_restrict_self, ruleset, flags)); }

int seccomp_available() {
  std::uint32_t action = SECCOMP_RET_KILL_PROCESS;
  return answer(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0U, &action));
}

int load_filter(std::span<const sock_filter> program, bool all_threads) {
  const sock_fprog whole{static_cast<unsigned short>(program.size()), const_cast<sock_filter*>(program.data())};
  const long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, all_threads ? SECCOMP_FILTER_FLAG_TSYNC : 0UL, &whole);
  // With TSYNC a positive answer is the thread that could not be bound.
  return result > 0 ? -EBUSY : answer(result);
}

int single_threaded() { return answer(unshare(CLONE_THREAD)); }

bool has_capability(int capability) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  if (syscall(SYS_capget, &header, data) != 0) return false;
  return ((data[capability / 32].effective >> (capability % 32)) & 1) != 0;
}

Identity ask_identity(std::uint64_t identity) {
  const auto ask = [](std::uint64_t low, std::uint64_t high, std::uint64_t which) { return syscall(SYS_prctl, kIdentityOption, low, high, which, 0UL) == -1 ? errno : 0; };
  if (ask(identity & 0xffffffff, identity >> 32, kAskThis) == kAnswerThis) return Identity::kThis;
  return ask(0, 0, kAskSome) == kAnswerSome ? Identity::kOther : Identity::kNone;
}

int close(int fd) { return answer(::close(fd)); }

}  // namespace landshim::kernel
