// SPDX-License-Identifier: MIT
// The table behind all_syscalls(), for tables that are made of its names at compile time.
#pragma once

#include <iterator>

#include "config/syscalls.h"

namespace landshim {

// The bits are the types of the kernel's SYSCALL_DEFINEs, argument 0 rightmost: x86_64 and aarch64, which agree on all;
// for a call that neither has, 32-bit x86 and arm. Linux 6.1 and 6.12 agree too.
inline constexpr SyscallName kSyscalls[kSyscallCount] = {
    {"_llseek", 0b010001}, {"_newselect", 0b000001}, {"_sysctl", 0}, {"accept", 0b000001}, {"accept4", 0b001001},
    {"access", 0b000010}, {"acct", 0}, {"add_key", 0b010000}, {"adjtimex", 0}, {"afs_syscall", 0},
    {"alarm", 0b000001}, {"arc_gettls", 0}, {"arc_settls", 0}, {"arc_usr_cmpxchg", 0}, {"arch_prctl", 0b000001},
    {"arm_fadvise64_64", 0b000011}, {"arm_sync_file_range", 0b000011}, {"atomic_barrier", 0},
    {"atomic_cmpxchg_32", 0}, {"bdflush", 0}, {"bind", 0b000101}, {"bpf", 0b000101}, {"break", 0}, {"breakpoint", 0},
    {"brk", 0}, {"cachectl", 0}, {"cacheflush", 0b000100}, {"cachestat", 0b001001}, {"capget", 0}, {"capset", 0},
    {"chdir", 0}, {"chmod", 0b000010}, {"chown", 0b000110}, {"chown32", 0b000110}, {"chroot", 0},
    {"clock_adjtime", 0b000001}, {"clock_adjtime64", 0b000001}, {"clock_getres", 0b000001},
    {"clock_getres_time64", 0b000001}, {"clock_gettime", 0b000001}, {"clock_gettime64", 0b000001},
    {"clock_nanosleep", 0b000011}, {"clock_nanosleep_time64", 0b000011}, {"clock_settime", 0b000001},
    {"clock_settime64", 0b000001}, {"clone", 0b000001}, {"clone3", 0}, {"close", 0b000001}, {"close_range", 0b000111},
    {"connect", 0b000101}, {"copy_file_range", 0b100101}, {"creat", 0b000010}, {"create_module", 0},
    {"delete_module", 0b000010}, {"dipc", 0}, {"dup", 0b000001}, {"dup2", 0b000011}, {"dup3", 0b000111},
    {"epoll_create", 0b000001}, {"epoll_create1", 0b000001}, {"epoll_ctl", 0b000111}, {"epoll_ctl_old", 0},
    {"epoll_pwait", 0b001101}, {"epoll_pwait2", 0b000101}, {"epoll_wait", 0b001101}, {"epoll_wait_old", 0},
    {"eventfd", 0b000001}, {"eventfd2", 0b000011}, {"exec_with_loader", 0}, {"execv", 0}, {"execve", 0},
    {"execveat", 0b010001}, {"exit", 0b000001}, {"exit_group", 0b000001}, {"faccessat", 0b000101},
    {"faccessat2", 0b001101}, {"fadvise64", 0b001001}, {"fadvise64_64", 0b111111}, {"fallocate", 0b000011},
    {"fanotify_init", 0b000011}, {"fanotify_mark", 0b001011}, {"fchdir", 0b000001}, {"fchmod", 0b000011},
    {"fchmodat", 0b000101}, {"fchmodat2", 0b001101}, {"fchown", 0b000111}, {"fchown32", 0b000111},
    {"fchownat", 0b011101}, {"fcntl", 0b000011}, {"fcntl64", 0b000011}, {"fdatasync", 0b000001},
    {"fgetxattr", 0b000001}, {"file_getattr", 0b010001}, {"file_setattr", 0b010001}, {"finit_module", 0b000101},
    {"flistxattr", 0b000001}, {"flock", 0b000011}, {"fork", 0}, {"fremovexattr", 0b000001}, {"fsconfig", 0b010011},
    {"fsetxattr", 0b010001}, {"fsmount", 0b000111}, {"fsopen", 0b000010}, {"fspick", 0b000101}, {"fstat", 0b000001},
    {"fstat64", 0}, {"fstatat64", 0b001001}, {"fstatfs", 0b000001}, {"fstatfs64", 0b000001}, {"fsync", 0b000001},
    {"ftime", 0}, {"ftruncate", 0b000001}, {"ftruncate64", 0b000001}, {"futex", 0b100110},
    {"futex_requeue", 0b001110}, {"futex_time64", 0b100110}, {"futex_wait", 0b101000}, {"futex_waitv", 0b010110},
    {"futex_wake", 0b001100}, {"futimesat", 0b000001}, {"get_kernel_syms", 0}, {"get_mempolicy", 0},
    {"get_robust_list", 0b000001}, {"get_thread_area", 0}, {"get_tls", 0}, {"getcpu", 0}, {"getcwd", 0},
    {"getdents", 0b000101}, {"getdents64", 0b000101}, {"getdomainname", 0}, {"getdtablesize", 0}, {"getegid", 0},
    {"getegid32", 0}, {"geteuid", 0}, {"geteuid32", 0}, {"getgid", 0}, {"getgid32", 0}, {"getgroups", 0b000001},
    {"getgroups32", 0b000001}, {"gethostname", 0}, {"getitimer", 0b000001}, {"getpagesize", 0},
    {"getpeername", 0b000001}, {"getpgid", 0b000001}, {"getpgrp", 0}, {"getpid", 0}, {"getpmsg", 0}, {"getppid", 0},
    {"getpriority", 0b000011}, {"getrandom", 0b000100}, {"getresgid", 0}, {"getresgid32", 0}, {"getresuid", 0},
    {"getresuid32", 0}, {"getrlimit", 0b000001}, {"getrusage", 0b000001}, {"getsid", 0b000001},
    {"getsockname", 0b000001}, {"getsockopt", 0b000111}, {"gettid", 0}, {"gettimeofday", 0}, {"getuid", 0},
    {"getuid32", 0}, {"getxattr", 0}, {"getxattrat", 0b000101}, {"getxgid", 0}, {"getxpid", 0}, {"getxuid", 0},
    {"gtty", 0}, {"idle", 0}, {"init_module", 0}, {"inotify_add_watch", 0b000101}, {"inotify_init", 0},
    {"inotify_init1", 0b000001}, {"inotify_rm_watch", 0b000011}, {"io_cancel", 0}, {"io_destroy", 0},
    {"io_getevents", 0}, {"io_pgetevents", 0}, {"io_pgetevents_time64", 0}, {"io_setup", 0b000001}, {"io_submit", 0},
    {"io_uring_enter", 0b001111}, {"io_uring_register", 0b001011}, {"io_uring_setup", 0b000001}, {"ioctl", 0b000011},
    {"ioperm", 0b000100}, {"iopl", 0b000001}, {"ioprio_get", 0b000011}, {"ioprio_set", 0b000111}, {"ipc", 0b000011},
    {"kcmp", 0b000111}, {"kern_features", 0}, {"kexec_file_load", 0b000011}, {"kexec_load", 0}, {"keyctl", 0b000001},
    {"kill", 0b000011}, {"landlock_add_rule", 0b001011}, {"landlock_create_ruleset", 0b000100},
    {"landlock_restrict_self", 0b000011}, {"lchown", 0b000110}, {"lchown32", 0b000110}, {"lgetxattr", 0},
    {"link", 0}, {"linkat", 0b010101}, {"listen", 0b000011}, {"listmount", 0b001000}, {"listns", 0b001000},
    {"listxattr", 0}, {"listxattrat", 0b000101}, {"llistxattr", 0}, {"llseek", 0b010001}, {"lock", 0},
    {"lookup_dcookie", 0}, {"lremovexattr", 0}, {"lseek", 0b000101}, {"lsetxattr", 0b010000},
    {"lsm_get_self_attr", 0b001001}, {"lsm_list_modules", 0b000100}, {"lsm_set_self_attr", 0b001101}, {"lstat", 0},
    {"lstat64", 0}, {"madvise", 0b000100}, {"map_shadow_stack", 0b000100}, {"mbind", 0b100000},
    {"membarrier", 0b000111}, {"memfd_create", 0b000010}, {"memfd_secret", 0b000001}, {"memory_ordering", 0},
    {"migrate_pages", 0b000001}, {"mincore", 0}, {"mkdir", 0b000010}, {"mkdirat", 0b000101}, {"mknod", 0b000110},
    {"mknodat", 0b001101}, {"mlock", 0}, {"mlock2", 0b000100}, {"mlockall", 0b000001}, {"mmap", 0b010000}, {"mmap2", 0b010000},
    {"modify_ldt", 0b000001}, {"mount", 0}, {"mount_setattr", 0b000101}, {"move_mount", 0b010101},
    {"move_pages", 0b100001}, {"mprotect", 0}, {"mpx", 0}, {"mq_getsetattr", 0b000001}, {"mq_notify", 0b000001},
    {"mq_open", 0b000110}, {"mq_timedreceive", 0b000001}, {"mq_timedreceive_time64", 0b000001},
    {"mq_timedsend", 0b001001}, {"mq_timedsend_time64", 0b001001}, {"mq_unlink", 0}, {"mremap", 0}, {"mseal", 0},
    {"msgctl", 0b000011}, {"msgget", 0b000011}, {"msgrcv", 0b010001}, {"msgsnd", 0b001001}, {"msync", 0b000100},
    {"multiplexer", 0}, {"munlock", 0}, {"munlockall", 0}, {"munmap", 0}, {"name_to_handle_at", 0b010001},
    {"nanosleep", 0}, {"newfstatat", 0b001001}, {"nfsservctl", 0}, {"nice", 0b000001}, {"old_adjtimex", 0},
    {"oldfstat", 0b000001}, {"oldlstat", 0}, {"oldolduname", 0}, {"oldstat", 0}, {"oldumount", 0}, {"olduname", 0},
    {"open", 0b000110}, {"open_by_handle_at", 0b000101}, {"open_tree", 0b000101}, {"open_tree_attr", 0b000101},
    {"openat", 0b001101}, {"openat2", 0b000001}, {"or1k_atomic", 0}, {"osf_fstat", 0}, {"osf_fstatfs", 0},
    {"osf_fstatfs64", 0}, {"osf_getdirentries", 0}, {"osf_getdomainname", 0}, {"osf_getitimer", 0},
    {"osf_getrusage", 0}, {"osf_getsysinfo", 0}, {"osf_gettimeofday", 0}, {"osf_lstat", 0}, {"osf_mount", 0},
    {"osf_proplist_syscall", 0}, {"osf_select", 0}, {"osf_set_program_attributes", 0}, {"osf_setitimer", 0},
    {"osf_setsysinfo", 0}, {"osf_settimeofday", 0}, {"osf_shmat", 0}, {"osf_sigprocmask", 0}, {"osf_sigstack", 0},
    {"osf_stat", 0}, {"osf_statfs", 0}, {"osf_statfs64", 0}, {"osf_swapon", 0}, {"osf_syscall", 0},
    {"osf_sysinfo", 0}, {"osf_usleep_thread", 0}, {"osf_utimes", 0}, {"osf_utsname", 0}, {"osf_wait4", 0},
    {"pause", 0}, {"pciconfig_iobase", 0}, {"pciconfig_read", 0}, {"pciconfig_write", 0},
    {"perf_event_open", 0b001110}, {"perfctr", 0}, {"personality", 0b000001}, {"pidfd_getfd", 0b000111},
    {"pidfd_open", 0b000011}, {"pidfd_send_signal", 0b001011}, {"pipe", 0}, {"pipe2", 0b000010}, {"pivot_root", 0},
    {"pkey_alloc", 0}, {"pkey_free", 0b000001}, {"pkey_mprotect", 0b001000}, {"poll", 0b000110}, {"ppoll", 0b000010},
    {"ppoll_time64", 0b000010}, {"prctl", 0b000001}, {"pread64", 0b000001}, {"preadv", 0}, {"preadv2", 0b100000},
    {"prlimit64", 0b000011}, {"process_madvise", 0b011001}, {"process_mrelease", 0b000011},
    {"process_vm_readv", 0b000001}, {"process_vm_writev", 0b000001}, {"prof", 0}, {"profil", 0},
    {"pselect6", 0b000001}, {"pselect6_time64", 0b000001}, {"ptrace", 0}, {"putpmsg", 0}, {"pwrite64", 0b000001},
    {"pwritev", 0}, {"pwritev2", 0b100000}, {"query_module", 0}, {"quotactl", 0b000101}, {"quotactl_fd", 0b000111},
    {"read", 0b000001}, {"readahead", 0b000001}, {"readdir", 0b000101}, {"readlink", 0b000100},
    {"readlinkat", 0b001001}, {"readv", 0}, {"reboot", 0b000111}, {"recv", 0b001001}, {"recvfrom", 0b001001},
    {"recvmmsg", 0b001101}, {"recvmmsg_time64", 0b001101}, {"recvmsg", 0b000101}, {"remap_file_pages", 0},
    {"removexattr", 0}, {"removexattrat", 0b000101}, {"rename", 0}, {"renameat", 0b000101}, {"renameat2", 0b010101},
    {"request_key", 0b001000}, {"restart_syscall", 0}, {"riscv_flush_icache", 0}, {"riscv_hwprobe", 0b010000},
    {"rmdir", 0}, {"rseq", 0b001110}, {"rseq_slice_yield", 0}, {"rt_sigaction", 0b000001}, {"rt_sigpending", 0},
    {"rt_sigprocmask", 0b000001}, {"rt_sigqueueinfo", 0b000011}, {"rt_sigreturn", 0}, {"rt_sigsuspend", 0},
    {"rt_sigtimedwait", 0}, {"rt_sigtimedwait_time64", 0}, {"rt_tgsigqueueinfo", 0b000111}, {"rtas", 0},
    {"s390_guarded_storage", 0b000001}, {"s390_pci_mmio_read", 0}, {"s390_pci_mmio_write", 0},
    {"s390_runtime_instr", 0b000011}, {"s390_sthyi", 0}, {"sched_get_affinity", 0},
    {"sched_get_priority_max", 0b000001}, {"sched_get_priority_min", 0b000001}, {"sched_getaffinity", 0b000011},
    {"sched_getattr", 0b001101}, {"sched_getparam", 0b000001}, {"sched_getscheduler", 0b000001},
    {"sched_rr_get_interval", 0b000001}, {"sched_rr_get_interval_time64", 0b000001}, {"sched_set_affinity", 0},
    {"sched_setaffinity", 0b000011}, {"sched_setattr", 0b000101}, {"sched_setparam", 0b000001},
    {"sched_setscheduler", 0b000011}, {"sched_yield", 0}, {"seccomp", 0b000011}, {"security", 0},
    {"select", 0b000001}, {"semctl", 0b000111}, {"semget", 0b000111}, {"semop", 0b000101}, {"semtimedop", 0b000101},
    {"semtimedop_time64", 0b000101}, {"send", 0b001001}, {"sendfile", 0b000011}, {"sendfile64", 0b000011},
    {"sendmmsg", 0b001101}, {"sendmsg", 0b000101}, {"sendto", 0b101001}, {"set_mempolicy", 0b000001},
    {"set_mempolicy_home_node", 0}, {"set_robust_list", 0}, {"set_thread_area", 0}, {"set_tid_address", 0},
    {"set_tls", 0}, {"setdomainname", 0b000010}, {"setfsgid", 0b000001}, {"setfsgid32", 0b000001},
    {"setfsuid", 0b000001}, {"setfsuid32", 0b000001}, {"setgid", 0b000001}, {"setgid32", 0b000001},
    {"setgroups", 0b000001}, {"setgroups32", 0b000001}, {"sethae", 0}, {"sethostname", 0b000010},
    {"setitimer", 0b000001}, {"setns", 0b000011}, {"setpgid", 0b000011}, {"setpgrp", 0}, {"setpriority", 0b000111},
    {"setregid", 0b000011}, {"setregid32", 0b000011}, {"setresgid", 0b000111}, {"setresgid32", 0b000111},
    {"setresuid", 0b000111}, {"setresuid32", 0b000111}, {"setreuid", 0b000011}, {"setreuid32", 0b000011},
    {"setrlimit", 0b000001}, {"setsid", 0}, {"setsockopt", 0b010111}, {"settimeofday", 0}, {"setuid", 0b000001},
    {"setuid32", 0b000001}, {"setxattr", 0b010000}, {"setxattrat", 0b000101}, {"sgetmask", 0}, {"shmat", 0b000101},
    {"shmctl", 0b000011}, {"shmdt", 0}, {"shmget", 0b000101}, {"shutdown", 0b000011}, {"sigaction", 0b000001},
    {"sigaltstack", 0}, {"signal", 0b000001}, {"signalfd", 0b000001}, {"signalfd4", 0b001001}, {"sigpending", 0},
    {"sigprocmask", 0b000001}, {"sigreturn", 0}, {"sigsuspend", 0}, {"socket", 0b000111}, {"socketcall", 0b000001},
    {"socketpair", 0b000111}, {"splice", 0b100101}, {"spu_create", 0b001110}, {"spu_run", 0b000001},
    {"ssetmask", 0b000001}, {"stat", 0}, {"stat64", 0}, {"statfs", 0}, {"statfs64", 0}, {"statmount", 0b001000},
    {"statx", 0b001101}, {"stime", 0}, {"stty", 0}, {"subpage_prot", 0}, {"swapcontext", 0}, {"swapoff", 0},
    {"swapon", 0b000010}, {"switch_endian", 0}, {"symlink", 0}, {"symlinkat", 0b000010}, {"sync", 0},
    {"sync_file_range", 0b001001}, {"sync_file_range2", 0b000011}, {"syncfs", 0b000001},
    {"sys_debug_setcontext", 0b000010}, {"syscall", 0}, {"sysfs", 0b000001}, {"sysinfo", 0}, {"syslog", 0b000101},
    {"sysmips", 0}, {"tee", 0b001011}, {"tgkill", 0b000111}, {"time", 0}, {"timer_create", 0b000001},
    {"timer_delete", 0b000001}, {"timer_getoverrun", 0b000001}, {"timer_gettime", 0b000001},
    {"timer_gettime64", 0b000001}, {"timer_settime", 0b000011}, {"timer_settime64", 0b000011}, {"timerfd", 0},
    {"timerfd_create", 0b000011}, {"timerfd_gettime", 0b000001}, {"timerfd_gettime64", 0b000001},
    {"timerfd_settime", 0b000011}, {"timerfd_settime64", 0b000011}, {"times", 0}, {"tkill", 0b000011},
    {"truncate", 0}, {"truncate64", 0}, {"tuxcall", 0}, {"ugetrlimit", 0b000001}, {"ulimit", 0}, {"umask", 0b000001},
    {"umount", 0}, {"umount2", 0b000010}, {"uname", 0}, {"unlink", 0}, {"unlinkat", 0b000101}, {"unshare", 0},
    {"uprobe", 0}, {"uretprobe", 0}, {"uselib", 0}, {"userfaultfd", 0b000001}, {"usr26", 0}, {"usr32", 0},
    {"ustat", 0b000001}, {"utime", 0}, {"utimensat", 0b001001}, {"utimensat_time64", 0b001001}, {"utimes", 0},
    {"utrap_install", 0}, {"vfork", 0}, {"vhangup", 0}, {"vm86", 0}, {"vm86old", 0}, {"vmsplice", 0b001001},
    {"vserver", 0}, {"wait4", 0b000101}, {"waitid", 0b001011}, {"waitpid", 0b000101}, {"write", 0b000001},
    {"writev", 0},
};

static_assert([] {
  for (std::size_t i = 1; i < std::size(kSyscalls); ++i)
    if (std::string_view(kSyscalls[i - 1].name) >= kSyscalls[i].name) return false;
  return true;
}(), "sorted, each once");

/// What the compiler names where syscall_place() finds nothing; it is nowhere.
void no_architecture_has_this_call();

/// The place of a name that is known when landshim is compiled; any other does not compile.
consteval std::uint16_t syscall_place(std::string_view name) {
  std::size_t first = 0;
  for (std::size_t last = kSyscallCount; last - first > 1;) {
    const std::size_t middle = first + (last - first) / 2;
    (std::string_view(kSyscalls[middle].name) <= name ? first : last) = middle;
  }
  if (kSyscalls[first].name != name) no_architecture_has_this_call();
  return static_cast<std::uint16_t>(first);
}

/// The places of the calls that rows of a table name, in the order of the rows.
template <auto Name, class Row, std::size_t Count>
struct SyscallPlaces {
  std::uint16_t places[Count] = {};
  consteval explicit SyscallPlaces(const Row (&rows)[Count]) {
    for (std::size_t i = 0; i < Count; ++i) places[i] = syscall_place(rows[i].*Name);
  }
};

}  // namespace landshim
