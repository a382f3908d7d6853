// SPDX-License-Identifier: MIT
// Fixed-size characters: a pointer in the table would be a relocation in every program the shim is loaded into.
#include "shim/strict_calls.h"

#include <iterator>
#include <string_view>

#include "config/syscall_table.h"

namespace landshim {

namespace {

using enum StrictReason;

// Where it comes from: systemd's groups @system-service, @sandbox and @pkey, held against traces (strace -f, x86-64,
// glibc 2.36) of coreutils, util-linux, findutils, bash, dash, python3, perl, git, curl, openssl, sqlite3, gcc, clang,
// binutils, make, node, npm, java, tar, zip, ssh-keygen, ssh-agent, gpg, redis, nginx, tmux and apt at their ordinary
// tasks. The traces had no call that the groups lack. Of the groups are left out:
//   another queue of work for the kernel       io_*, io_uring_*
//   memory and state of other processes        process_vm_*, process_madvise, kcmp, move_pages, migrate_pages, get_robust_list
//   tricks with pages that only experts need   userfaultfd, remap_file_pages, vmsplice, tee, cachestat, set_mempolicy_home_node
//   mounts, namespaces, file handles           open_tree, listmount, statmount, setns, name_to_handle_at
//   for file servers and security modules      setfsuid, setfsgid, lsm_*
//   forms that no C library has used for long  epoll_*_old, oldstat, olduname, readdir, nice, signal, sigaction, ...
// clone3 and openat2 stay so that they answer ENOSYS, after which the C library takes the older call.
constexpr StrictCall kCalls[] = {
    {"_llseek", kForm}, {"_newselect", kForm}, {"accept", kTraced}, {"accept4", kTraced}, {"access", kTraced},
    {"add_key", kSection}, {"alarm", kTraced}, {"arch_prctl", kTraced}, {"arm_fadvise64_64", kForm}, {"bind", kTraced},
    {"brk", kTraced}, {"cacheflush", kRuntime}, {"capget", kTraced}, {"capset", kLowers}, {"chdir", kTraced},
    {"chmod", kTraced}, {"chown", kTraced}, {"chown32", kForm}, {"clock_getres", kTraced},
    {"clock_getres_time64", kForm}, {"clock_gettime", kTraced}, {"clock_gettime64", kForm},
    {"clock_nanosleep", kTraced}, {"clock_nanosleep_time64", kForm}, {"clone", kTraced}, {"clone3", kTraced},
    {"close", kTraced}, {"close_range", kTraced}, {"connect", kTraced}, {"copy_file_range", kTraced},
    {"creat", kTraced}, {"dup", kTraced}, {"dup2", kTraced}, {"dup3", kTraced}, {"epoll_create", kTraced},
    {"epoll_create1", kTraced}, {"epoll_ctl", kTraced}, {"epoll_pwait", kTraced}, {"epoll_pwait2", kRuntime},
    {"epoll_wait", kTraced}, {"eventfd", kForm}, {"eventfd2", kTraced}, {"execve", kTraced}, {"execveat", kRuntime},
    {"exit", kTraced}, {"exit_group", kTraced}, {"faccessat", kForm}, {"faccessat2", kTraced}, {"fadvise64", kTraced},
    {"fadvise64_64", kForm}, {"fallocate", kTraced}, {"fchdir", kTraced}, {"fchmod", kTraced}, {"fchmodat", kTraced},
    {"fchmodat2", kForm}, {"fchown", kTraced}, {"fchown32", kForm}, {"fchownat", kTraced}, {"fcntl", kTraced},
    {"fcntl64", kForm}, {"fdatasync", kTraced}, {"fgetxattr", kTraced}, {"file_getattr", kForm},
    {"file_setattr", kForm}, {"flistxattr", kTraced}, {"flock", kTraced}, {"fork", kForm}, {"fremovexattr", kForm},
    {"fsetxattr", kTraced}, {"fstat", kTraced}, {"fstat64", kForm}, {"fstatat64", kForm}, {"fstatfs", kTraced},
    {"fstatfs64", kForm}, {"fsync", kTraced}, {"ftruncate", kTraced}, {"ftruncate64", kForm}, {"futex", kTraced},
    {"futex_requeue", kRuntime}, {"futex_time64", kRuntime}, {"futex_wait", kRuntime}, {"futex_waitv", kRuntime},
    {"futex_wake", kRuntime}, {"futimesat", kForm}, {"get_mempolicy", kTraced}, {"get_thread_area", kRuntime},
    {"getcpu", kRuntime}, {"getcwd", kTraced}, {"getdents", kForm}, {"getdents64", kTraced}, {"getegid", kTraced},
    {"getegid32", kForm}, {"geteuid", kTraced}, {"geteuid32", kForm}, {"getgid", kTraced}, {"getgid32", kForm},
    {"getgroups", kTraced}, {"getgroups32", kForm}, {"getitimer", kRuntime}, {"getpeername", kTraced},
    {"getpgid", kTraced}, {"getpgrp", kTraced}, {"getpid", kTraced}, {"getppid", kTraced}, {"getpriority", kTraced},
    {"getrandom", kTraced}, {"getresgid", kTraced}, {"getresgid32", kForm}, {"getresuid", kTraced},
    {"getresuid32", kForm}, {"getrlimit", kForm}, {"getrusage", kTraced}, {"getsid", kRuntime},
    {"getsockname", kTraced}, {"getsockopt", kTraced}, {"gettid", kTraced}, {"gettimeofday", kRuntime},
    {"getuid", kTraced}, {"getuid32", kForm}, {"getxattr", kTraced}, {"getxattrat", kForm},
    {"inotify_add_watch", kTraced}, {"inotify_init", kTraced}, {"inotify_init1", kTraced},
    {"inotify_rm_watch", kTraced}, {"ioctl", kTraced}, {"ioprio_get", kRuntime}, {"ioprio_set", kTraced},
    {"ipc", kSection}, {"keyctl", kSection}, {"kill", kTraced}, {"landlock_add_rule", kLowers},
    {"landlock_create_ruleset", kLowers}, {"landlock_restrict_self", kLowers}, {"lchown", kForm}, {"lchown32", kForm},
    {"lgetxattr", kTraced}, {"link", kTraced}, {"linkat", kTraced}, {"listen", kTraced}, {"listxattr", kTraced},
    {"listxattrat", kForm}, {"llistxattr", kTraced}, {"llseek", kForm}, {"lremovexattr", kForm}, {"lseek", kTraced},
    {"lsetxattr", kForm}, {"lstat", kForm}, {"lstat64", kForm}, {"madvise", kTraced}, {"map_shadow_stack", kRuntime},
    {"mbind", kRuntime}, {"membarrier", kRuntime}, {"memfd_create", kTraced}, {"mkdir", kTraced}, {"mkdirat", kTraced},
    {"mknod", kForm}, {"mknodat", kTraced}, {"mlock", kTraced}, {"mlock2", kRuntime}, {"mlockall", kRuntime},
    {"mmap", kTraced}, {"mmap2", kForm}, {"mprotect", kTraced}, {"mq_getsetattr", kSection}, {"mq_notify", kSection},
    {"mq_open", kSection}, {"mq_timedreceive", kSection}, {"mq_timedreceive_time64", kSection},
    {"mq_timedsend", kSection}, {"mq_timedsend_time64", kSection}, {"mq_unlink", kSection}, {"mremap", kTraced},
    {"mseal", kRuntime}, {"msgctl", kSection}, {"msgget", kSection}, {"msgrcv", kSection}, {"msgsnd", kSection},
    {"msync", kTraced}, {"munlock", kRuntime}, {"munlockall", kRuntime}, {"munmap", kTraced}, {"nanosleep", kTraced},
    {"newfstatat", kTraced}, {"open", kTraced}, {"openat", kTraced}, {"openat2", kForm}, {"pause", kTraced},
    {"personality", kRuntime}, {"pidfd_open", kTraced}, {"pidfd_send_signal", kRuntime}, {"pipe", kForm},
    {"pipe2", kTraced}, {"pkey_alloc", kTraced}, {"pkey_free", kRuntime}, {"pkey_mprotect", kRuntime},
    {"poll", kTraced}, {"ppoll", kForm}, {"ppoll_time64", kForm}, {"prctl", kTraced}, {"pread64", kTraced},
    {"preadv", kForm}, {"preadv2", kTraced}, {"prlimit64", kTraced}, {"pselect6", kTraced}, {"pselect6_time64", kForm},
    {"pwrite64", kTraced}, {"pwritev", kForm}, {"pwritev2", kForm}, {"read", kTraced}, {"readahead", kRuntime},
    {"readlink", kTraced}, {"readlinkat", kTraced}, {"readv", kTraced}, {"recv", kForm}, {"recvfrom", kTraced},
    {"recvmmsg", kRuntime}, {"recvmmsg_time64", kForm}, {"recvmsg", kTraced}, {"removexattr", kTraced},
    {"removexattrat", kForm}, {"rename", kTraced}, {"renameat", kTraced}, {"renameat2", kTraced},
    {"request_key", kSection}, {"restart_syscall", kRuntime}, {"riscv_flush_icache", kRuntime},
    {"riscv_hwprobe", kRuntime}, {"rmdir", kTraced}, {"rseq", kTraced}, {"rseq_slice_yield", kRuntime},
    {"rt_sigaction", kTraced}, {"rt_sigpending", kRuntime}, {"rt_sigprocmask", kTraced}, {"rt_sigqueueinfo", kRuntime},
    {"rt_sigreturn", kTraced}, {"rt_sigsuspend", kTraced}, {"rt_sigtimedwait", kTraced},
    {"rt_sigtimedwait_time64", kForm}, {"rt_tgsigqueueinfo", kRuntime}, {"sched_get_priority_max", kRuntime},
    {"sched_get_priority_min", kRuntime}, {"sched_getaffinity", kTraced}, {"sched_getattr", kRuntime},
    {"sched_getparam", kTraced}, {"sched_getscheduler", kTraced}, {"sched_rr_get_interval", kTraced},
    {"sched_rr_get_interval_time64", kRuntime}, {"sched_setaffinity", kTraced}, {"sched_setattr", kRuntime},
    {"sched_setparam", kRuntime}, {"sched_setscheduler", kRuntime}, {"sched_yield", kTraced}, {"seccomp", kTraced},
    {"select", kForm}, {"semctl", kSection}, {"semget", kSection}, {"semop", kSection}, {"semtimedop", kSection},
    {"semtimedop_time64", kSection}, {"send", kForm}, {"sendfile", kTraced}, {"sendfile64", kForm},
    {"sendmmsg", kTraced}, {"sendmsg", kTraced}, {"sendto", kTraced}, {"set_mempolicy", kTraced},
    {"set_robust_list", kTraced}, {"set_thread_area", kRuntime}, {"set_tid_address", kTraced}, {"set_tls", kRuntime},
    {"setgid", kTraced}, {"setgid32", kForm}, {"setgroups", kTraced}, {"setgroups32", kForm}, {"setitimer", kTraced},
    {"setpgid", kTraced}, {"setpriority", kTraced}, {"setregid", kLowers}, {"setregid32", kLowers},
    {"setresgid", kTraced}, {"setresgid32", kForm}, {"setresuid", kTraced}, {"setresuid32", kForm},
    {"setreuid", kLowers}, {"setreuid32", kLowers}, {"setrlimit", kLowers}, {"setsid", kTraced},
    {"setsockopt", kTraced}, {"setuid", kTraced}, {"setuid32", kForm}, {"setxattr", kTraced}, {"setxattrat", kForm},
    {"shmat", kSection}, {"shmctl", kSection}, {"shmdt", kSection}, {"shmget", kSection}, {"shutdown", kTraced},
    {"sigaltstack", kTraced}, {"signalfd", kForm}, {"signalfd4", kTraced}, {"sigreturn", kRuntime}, {"socket", kTraced},
    {"socketcall", kForm}, {"socketpair", kTraced}, {"splice", kTraced}, {"stat", kTraced}, {"stat64", kForm},
    {"statfs", kTraced}, {"statfs64", kForm}, {"statx", kTraced}, {"swapcontext", kRuntime}, {"symlink", kTraced},
    {"symlinkat", kTraced}, {"sync", kTraced}, {"sync_file_range", kRuntime}, {"sync_file_range2", kForm},
    {"syncfs", kRuntime}, {"sysinfo", kTraced}, {"tgkill", kTraced}, {"time", kRuntime}, {"timer_create", kTraced},
    {"timer_delete", kRuntime}, {"timer_getoverrun", kRuntime}, {"timer_gettime", kRuntime}, {"timer_gettime64", kForm},
    {"timer_settime", kTraced}, {"timer_settime64", kForm}, {"timerfd_create", kRuntime}, {"timerfd_gettime", kRuntime},
    {"timerfd_gettime64", kForm}, {"timerfd_settime", kRuntime}, {"timerfd_settime64", kForm}, {"times", kTraced},
    {"tkill", kRuntime}, {"truncate", kTraced}, {"truncate64", kForm}, {"ugetrlimit", kForm}, {"umask", kTraced},
    {"uname", kTraced}, {"unlink", kTraced}, {"unlinkat", kTraced}, {"unshare", kLowers}, {"uprobe", kRuntime},
    {"uretprobe", kRuntime}, {"utime", kForm}, {"utimensat", kTraced}, {"utimensat_time64", kForm}, {"utimes", kForm},
    {"vfork", kTraced}, {"wait4", kTraced}, {"waitid", kRuntime}, {"waitpid", kForm}, {"write", kTraced},
    {"writev", kTraced},
};

constexpr SyscallPlaces<&StrictCall::name, StrictCall, std::size(kCalls)> kPlaces(kCalls);

static_assert([] {
  for (std::size_t i = 1; i < std::size(kCalls); ++i)
    if (std::string_view(kCalls[i - 1].name) >= kCalls[i].name) return false;
  return true;
}(), "sorted, each once");

}  // namespace

std::span<const StrictCall> strict_calls() { return kCalls; }

std::size_t place(const StrictCall& call) { return kPlaces.places[&call - kCalls]; }

}  // namespace landshim
