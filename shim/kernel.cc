// SPDX-License-Identifier: MIT
#include "shim/kernel.h"

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statfs.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "config/raw_call.h"
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
#ifdef LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON
static_assert(kRecordPrograms == LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON);
#endif
#ifdef LANDLOCK_RESTRICT_SELF_TSYNC
static_assert(kRestrictAllThreads == LANDLOCK_RESTRICT_SELF_TSYNC);
#endif
static_assert(kCapChown == CAP_CHOWN && kCapSetPcap == CAP_SETPCAP);

#ifndef SYS_landlock_create_ruleset
#error "the system headers are older than Linux 5.13"
#endif

template <class... Words>
int call(long number, Words... words) {
  return static_cast<int>(raw_call(number, words...));
}

}  // namespace

int landlock_abi() { return call(SYS_landlock_create_ruleset, nullptr, 0UL, LANDLOCK_CREATE_RULESET_VERSION); }

int create_ruleset(int abi, Rights handled_fs, NetRights handled_net, Scopes scoped) {
  const RulesetAttribute attribute{handled_fs, handled_net, scoped};
  const std::size_t size = abi < 4 ? 8 : abi < 6 ? 16 : 24;
  return call(SYS_landlock_create_ruleset, &attribute, size, 0UL);
}

int open_path(const char* path) { return raw_open(path, O_PATH); }

int open_without_links(const char* path) {
  const open_how how{O_PATH | O_CLOEXEC, 0, RESOLVE_NO_SYMLINKS};
  return call(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
}

int open_entry(int directory, const char* name) { return call(SYS_openat, directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC); }

int open_behind(int directory, const char* name) { return call(SYS_openat, directory, name, O_PATH | O_CLOEXEC); }

int read_link(int link, std::span<char> text) {
  const int size = call(SYS_readlinkat, link, "", text.data(), text.size());
  return size >= 0 && static_cast<std::size_t>(size) == text.size() ? -ENAMETOOLONG : size;
}

bool is_of_proc(int link) {
  struct statfs info {};
  return call(SYS_fstatfs, link, &info) == 0 && info.f_type == PROC_SUPER_MAGIC;
}

int describe(int fd, PathInfo& info) {
  struct stat found {};
  if (const int result = raw_status(fd, found); result < 0) return result;
  info = {S_ISDIR(found.st_mode), S_ISLNK(found.st_mode), {found.st_dev, found.st_ino}};
  return 0;
}

int add_path_rule(int ruleset, int path, Rights rights) {
  const landlock_path_beneath_attr attribute{rights, path};
  return call(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &attribute, 0UL);
}

int add_port_rule(int ruleset, std::uint16_t port, NetRights rights) {
  const NetPortAttribute attribute{rights, port};
  return call(SYS_landlock_add_rule, ruleset, kRuleNetPort, &attribute, 0UL);
}

int set_no_new_privs() { return call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL); }

int restrict_self(int ruleset, std::uint32_t flags) { return call(SYS_landlock_restrict_self, ruleset, flags); }

int seccomp_available() {
  std::uint32_t action = SECCOMP_RET_KILL_PROCESS;
  return call(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0U, &action);
}

int load_filter(std::span<const sock_filter> program, bool all_threads) {
  const sock_fprog whole{static_cast<unsigned short>(program.size()), const_cast<sock_filter*>(program.data())};
  const int result = call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, all_threads ? SECCOMP_FILTER_FLAG_TSYNC : 0UL, &whole);
  // With TSYNC a positive answer is the thread that could not be bound.
  return result > 0 ? -EBUSY : result;
}

int single_threaded() { return call(SYS_unshare, CLONE_THREAD); }

std::uint64_t permitted_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  if (call(SYS_capget, &header, data) != 0) return 0;
  return data[0].permitted | (static_cast<std::uint64_t>(data[1].permitted) << 32);
}

int drop_bounding(int capability) { return call(SYS_prctl, PR_CAPBSET_DROP, static_cast<unsigned long>(capability), 0UL, 0UL, 0UL); }

int set_capabilities(std::uint64_t permitted, std::uint64_t inheritable) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  for (int i = 0; i < 2; ++i) {
    data[i].effective = data[i].permitted = static_cast<std::uint32_t>(permitted >> (32 * i));
    data[i].inheritable = static_cast<std::uint32_t>(inheritable >> (32 * i));
  }
  return call(SYS_capset, &header, data);
}

int use_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  if (const int result = call(SYS_capget, &header, data); result < 0) return result;
  bool missing = false;
  for (__user_cap_data_struct& half : data) {
    missing = missing || half.effective != half.permitted;
    half.effective = half.permitted;
  }
  return missing ? call(SYS_capset, &header, data) : 0;
}

int raise_ambient(int capability) { return call(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, static_cast<unsigned long>(capability), 0UL, 0UL); }

int keep_capabilities_once() { return call(SYS_prctl, PR_SET_KEEPCAPS, 1UL, 0UL, 0UL, 0UL); }

void get_ids(Ids& users, Ids& groups, std::vector<std::uint32_t>& supplementary) {
  call(SYS_getresuid, &users.real, &users.effective, &users.saved);
  call(SYS_getresgid, &groups.real, &groups.effective, &groups.saved);
  const int count = call(SYS_getgroups, 0, nullptr);
  supplementary.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
  if (count > 0) call(SYS_getgroups, count, supplementary.data());
}

// Of this thread alone.
int set_groups(std::span<const std::uint32_t> groups) { return call(SYS_setgroups, groups.size(), groups.data()); }
int set_group(std::uint32_t gid) { return call(SYS_setresgid, gid, gid, gid); }
int set_user(std::uint32_t uid) { return call(SYS_setresuid, uid, uid, uid); }

namespace {

constexpr int kResources[kLimitCount] = {RLIMIT_AS, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_FSIZE, RLIMIT_CORE, RLIMIT_MEMLOCK, RLIMIT_CPU, RLIMIT_NOFILE, RLIMIT_NPROC};
static_assert(kUnlimited == RLIM64_INFINITY);

}  // namespace

int get_limit(Limit limit, std::uint64_t& soft, std::uint64_t& hard) {
  rlimit64 found{};
  if (const int result = call(SYS_prlimit64, 0, kResources[static_cast<std::size_t>(limit)], nullptr, &found); result < 0) return result;
  soft = found.rlim_cur;
  hard = found.rlim_max;
  return 0;
}

int set_limit(Limit limit, std::uint64_t soft, std::uint64_t hard) {
  const rlimit64 wanted{soft, hard};
  return call(SYS_prlimit64, 0, kResources[static_cast<std::size_t>(limit)], &wanted, nullptr);
}

int close_descriptors(std::uint32_t first, std::uint32_t last) { return call(SYS_close_range, first, last, 0U); }

int set_umask(int mask) {
  call(SYS_umask, mask);
  return 0;
}

int set_nice(int nice) { return call(SYS_setpriority, PRIO_PROCESS, 0, nice); }

int set_dumpable(bool dumpable) { return call(SYS_prctl, PR_SET_DUMPABLE, dumpable ? 1UL : 0UL, 0UL, 0UL, 0UL); }

int set_parent_death_signal(int number) { return call(SYS_prctl, PR_SET_PDEATHSIG, static_cast<unsigned long>(number), 0UL, 0UL, 0UL); }

int write_file(const char* path, std::string_view text) {
  const int fd = raw_open(path, O_WRONLY);
  if (fd < 0) return fd;
  const int wrote = write(fd, text);
  raw_close(fd);
  return wrote < 0 ? wrote : static_cast<std::size_t>(wrote) == text.size() ? 0 : -EIO;
}

int make_directory(const char* path) { return call(SYS_mkdirat, AT_FDCWD, path, 0755); }

int remove_directory(const char* path) { return call(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR); }

int enter_directory(const char* path) { return call(SYS_chdir, path); }

int make_empty_file(const char* path) {
  const int fd = raw_open(path, O_WRONLY | O_CREAT | O_EXCL, 0444);
  return fd < 0 ? fd : close(fd);
}

int unshare_namespaces(const bool (&namespaces)[kNamespaceCount]) {
  constexpr int kCloneNewCgroup = 0x02000000;
  constexpr int kFlags[kNamespaceCount] = {CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWNS, CLONE_NEWPID, kCloneNewCgroup};
  int flags = 0;
  for (std::size_t i = 0; i < kNamespaceCount; ++i) flags |= namespaces[i] ? kFlags[i] : 0;
  return flags == 0 ? 0 : call(SYS_unshare, flags);
}

int make_mounts_private() { return call(SYS_mount, nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr); }

int mount_tmpfs(const char* path, const char* options, bool read_only) {
  return call(SYS_mount, "tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV | (read_only ? MS_RDONLY | MS_NOEXEC : 0UL), options);
}

int mount_proc(const char* path) { return call(SYS_mount, "proc", path, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr); }

int bind(const char* from, const char* to) { return call(SYS_mount, from, to, nullptr, MS_BIND | MS_REC, nullptr); }

int unmount(const char* path) { return call(SYS_umount2, path, MNT_DETACH); }

namespace {
constexpr unsigned kRecursive = 0x8000;  // AT_RECURSIVE
}

int set_read_only(const char* path) {
  constexpr std::uint64_t kReadOnly = 1;  // MOUNT_ATTR_RDONLY
  const std::uint64_t attributes[4] = {kReadOnly, 0, 0, 0};
  return call(SYS_mount_setattr, AT_FDCWD, path, kRecursive, attributes, sizeof attributes);
}

int copy_tree(const char* path) {
  constexpr unsigned kClone = 1;  // OPEN_TREE_CLONE
  return call(SYS_open_tree, AT_FDCWD, path, kClone | kRecursive | O_CLOEXEC);
}

int place_tree(int tree, const char* path) {
  constexpr unsigned kFromEmptyPath = 0x04;  // MOVE_MOUNT_F_EMPTY_PATH
  constexpr unsigned kFollowLinks = 0x10;    // MOVE_MOUNT_T_SYMLINKS
  return call(SYS_move_mount, tree, "", AT_FDCWD, path, kFromEmptyPath | kFollowLinks);
}

int raise_loopback() {
  const int fd = call(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return fd;
  ifreq request{};
  std::memcpy(request.ifr_name, "lo", 3);
  request.ifr_flags = IFF_UP;
  const int result = call(SYS_ioctl, fd, SIOCSIFFLAGS, &request);
  close(fd);
  return result;
}

Identity ask_identity(std::uint64_t identity) {
  const auto ask = [](std::uint64_t low, std::uint64_t high, std::uint64_t which) { return -call(SYS_prctl, kIdentityOption, low, high, which, 0UL); };
  if (identity != 0 && ask(identity & 0xffffffff, identity >> 32, kAskThis) == kAnswerThis) return Identity::kThis;
  return ask(0, 0, kAskSome) == kAnswerSome ? Identity::kOther : Identity::kNone;
}

int process_number() { return call(SYS_getpid); }

void* map_memory(std::size_t bytes, bool at_once) {
  const long result = raw_call(SYS_mmap, nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | (at_once ? MAP_POPULATE : 0), -1, 0);
  return result < 0 && result > -4096 ? nullptr : reinterpret_cast<void*>(result);
}

void map_ahead(std::uintptr_t begin, std::size_t bytes) {
  constexpr int kPopulateWrite = 23;  // MADV_POPULATE_WRITE
  constexpr std::uintptr_t kPage = 4096;  // where pages are larger the call fails, and nothing is lost
  const std::uintptr_t first = begin & ~(kPage - 1);
  call(SYS_madvise, first, ((begin + bytes + kPage - 1) & ~(kPage - 1)) - first, kPopulateWrite);
}

void* map_shared(std::size_t bytes) {
  const long result = raw_call(SYS_mmap, nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return result < 0 && result > -4096 ? nullptr : reinterpret_cast<void*>(result);
}

void unmap_memory(void* memory, std::size_t bytes) { raw_call(SYS_munmap, memory, bytes); }

bool is_there(int process) { return call(SYS_kill, process, 0) == 0; }

int fork_process() {
  int* number = nullptr;
  const int own = call(SYS_gettid);
  // What the C library has set there is the number itself: glibc. Others use the address for something else.
  if (call(SYS_prctl, PR_GET_TID_ADDRESS, &number, 0UL, 0UL, 0UL) != 0 || number == nullptr || *number != own) return -ENOTSUP;
  void* robust = nullptr;
  std::size_t size = 0;
  const bool has_robust = call(SYS_get_robust_list, 0, &robust, &size) == 0 && robust != nullptr;
  // x86 and others differ in where the address stands; the other place is not looked at.
  const int child = call(SYS_clone, CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, 0UL, 0UL, number, number);
  // A child begins without: set_robust_list(2).
  if (child == 0 && has_robust) call(SYS_set_robust_list, robust, size);
  return child;
}

int clone_beside() { return call(SYS_clone, CLONE_FILES | CLONE_PARENT | SIGCHLD, 0UL, 0UL, 0UL, 0UL); }

int execute(const char* path, const char* const* arguments, const char* const* environment) { return call(SYS_execve, path, arguments, environment); }

std::uint64_t block_signals() {
  const std::uint64_t all = ~std::uint64_t{0};
  std::uint64_t before = 0;
  call(SYS_rt_sigprocmask, SIG_BLOCK, &all, &before, sizeof before);
  return before;
}

void set_signal_mask(std::uint64_t mask) { call(SYS_rt_sigprocmask, SIG_SETMASK, &mask, nullptr, sizeof mask); }

int make_sockets(int (&ends)[2]) { return call(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends); }

int keep_on_exec(int fd) { return call(SYS_fcntl, fd, F_SETFD, 0); }

int above_standard(int fd) {
  if (fd < 0 || fd > 2) return fd;
  const int moved = call(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 3);
  close(fd);
  return moved;
}

int send(int socket, std::string_view message) {
  const int sent = call(SYS_sendto, socket, message.data(), message.size(), MSG_NOSIGNAL, nullptr, 0);
  return sent < 0 ? sent : static_cast<std::size_t>(sent) == message.size() ? 0 : -EMSGSIZE;
}

int send_descriptor(int socket, int fd) {
  char byte = 0;
  iovec part{&byte, 1};
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof fd)] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = space;
  message.msg_controllen = sizeof space;
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof fd);
  std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  const int sent = call(SYS_sendmsg, socket, &message, MSG_NOSIGNAL);
  return sent == 1 ? 0 : sent < 0 ? sent : -EIO;
}

int receive(int socket, std::span<char> message) {
  int got = -EINTR;
  while (got == -EINTR) got = call(SYS_recvfrom, socket, message.data(), message.size(), 0, nullptr, nullptr);
  return got;
}

void sleep(long nanoseconds) {
  const timespec time{0, nanoseconds};
  call(SYS_nanosleep, &time, nullptr);
}

int load_asking_filter(std::span<const sock_filter> program) {
  // Linux 5.19: once the follower has taken a call up, only a fatal signal takes it back. A call that any signal takes back
  // would fail with EINTR where the program has not asked for it.
  constexpr unsigned long kWaitKillable = 1UL << 5;
  constexpr unsigned long kNewListener = 1UL << 3;
  const sock_fprog whole{static_cast<unsigned short>(program.size()), const_cast<sock_filter*>(program.data())};
  const int listener = call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, kNewListener | kWaitKillable, &whole);
  return listener == -EINVAL ? call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, kNewListener, &whole) : listener;
}

int write(int fd, std::string_view text) { return call(SYS_write, fd, text.data(), text.size()); }

int set_action(int signal, const SignalWords* wanted, SignalWords* before) {
  constexpr std::size_t kMaskSize = 8;  // _NSIG / 8
  return call(SYS_rt_sigaction, signal, wanted, before, kMaskSize);
}

void end(int status) {
  // A follower that has gone answers the first with ENOSYS; the second ends a process of one thread.
  for (;;) {
    call(SYS_exit_group, status);
    call(SYS_exit, status);
  }
}

int close(int fd) { return call(SYS_close, fd); }

}  // namespace landshim::kernel
