// SPDX-License-Identifier: MIT
// Tables of fixed-size characters: a pointer in them would be a relocation in every program the shim is loaded into.
// Numbers come from the C library where it has a name for them, since architectures differ; the rest is kernel ABI.
#include "config/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace landshim {

namespace {

// The bits are the types of the kernel's SYSCALL_DEFINEs, argument 0 rightmost: x86_64 and aarch64, which agree on all;
// for a call that neither has, 32-bit x86 and arm. Linux 6.1 and 6.12 agree too.
constexpr SyscallName kSyscalls[] = {
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

// A group a paragraph: its name, then its members, groups among them. They are systemd's; a call that systemd has in no
// group yet stands beside the one it succeeds (futex_wait, uprobe, ...). open_tree is in two: it opens, and it mounts.
constexpr char kGroups[] = R"(
@default @sandbox arch_prctl brk cacheflush clock_getres clock_getres_time64 clock_gettime clock_gettime64
  clock_nanosleep clock_nanosleep_time64 execve exit exit_group futex futex_requeue futex_time64 futex_wait
  futex_waitv futex_wake get_robust_list get_thread_area getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups
  getgroups32 getpgid getpgrp getpid getppid getrandom getresgid getresgid32 getresuid getresuid32 getrlimit getsid
  gettid gettimeofday getuid getuid32 lsm_get_self_attr lsm_list_modules map_shadow_stack membarrier mmap mmap2
  mprotect mseal munmap nanosleep pause prlimit64 restart_syscall riscv_flush_icache riscv_hwprobe rseq
  rseq_slice_yield rt_sigreturn sched_getaffinity sched_yield set_robust_list set_thread_area set_tid_address set_tls
  sigreturn time ugetrlimit uprobe uretprobe
@aio io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit io_uring_enter
  io_uring_register io_uring_setup
@basic-io _llseek close close_range dup dup2 dup3 llseek lseek pread64 preadv preadv2 pwrite64 pwritev pwritev2 read
  readv write writev
@chown chown chown32 fchown fchown32 fchownat lchown lchown32
@clock adjtimex clock_adjtime clock_adjtime64 clock_settime clock_settime64 settimeofday
@cpu-emulation modify_ldt subpage_prot switch_endian vm86 vm86old
@debug lookup_dcookie perf_event_open pidfd_getfd ptrace rtas s390_runtime_instr sys_debug_setcontext
@file-system access cachestat chdir chmod close creat faccessat faccessat2 fallocate fchdir fchmod fchmodat fchmodat2
  fcntl fcntl64 fgetxattr file_getattr file_setattr flistxattr fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs
  fstatfs64 ftruncate ftruncate64 futimesat getcwd getdents getdents64 getxattr getxattrat inotify_add_watch
  inotify_init inotify_init1 inotify_rm_watch lgetxattr link linkat listmount listxattr listxattrat llistxattr
  lremovexattr lsetxattr lstat lstat64 mkdir mkdirat mknod mknodat newfstatat oldfstat oldlstat oldstat open open_tree
  openat openat2 readlink readlinkat removexattr removexattrat rename renameat renameat2 rmdir setxattr setxattrat
  stat stat64 statfs statfs64 statmount statx symlink symlinkat truncate truncate64 unlink unlinkat utime utimensat
  utimensat_time64 utimes
@io-event _newselect epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait
  epoll_wait_old eventfd eventfd2 poll ppoll ppoll_time64 pselect6 pselect6_time64 select
@ipc ipc memfd_create mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend
  mq_timedsend_time64 mq_unlink msgctl msgget msgrcv msgsnd pipe pipe2 process_madvise process_vm_readv
  process_vm_writev semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget
@keyring add_key keyctl request_key
@memlock mlock mlock2 mlockall munlock munlockall
@module delete_module finit_module init_module
@mount chroot fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree open_tree_attr pivot_root umount
  umount2
@network-io accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg
  recvmmsg_time64 recvmsg send sendmmsg sendmsg sendto setsockopt shutdown socket socketcall socketpair
@obsolete _sysctl afs_syscall bdflush break create_module ftime get_kernel_syms getpmsg gtty idle lock mpx prof profil
  putpmsg query_module security sgetmask ssetmask stime stty sysfs tuxcall ulimit uselib ustat vserver
@pkey pkey_alloc pkey_free pkey_mprotect
@privileged @chown @clock @module @raw-io @reboot @swap _sysctl acct bpf capset chroot fanotify_init fanotify_mark
  nfsservctl open_by_handle_at pivot_root quotactl quotactl_fd setdomainname setfsuid setfsuid32 setgroups setgroups32
  sethostname setresuid setresuid32 setreuid setreuid32 setuid setuid32 vhangup
@process capget clone clone3 execveat fork getrusage kill pidfd_open pidfd_send_signal prctl rt_sigqueueinfo
  rt_tgsigqueueinfo setns swapcontext tgkill times tkill unshare vfork wait4 waitid waitpid
@raw-io ioperm iopl pciconfig_iobase pciconfig_read pciconfig_write s390_pci_mmio_read s390_pci_mmio_write
@reboot kexec_file_load kexec_load reboot
@resources ioprio_set mbind migrate_pages move_pages nice sched_setaffinity sched_setattr sched_setparam
  sched_setscheduler set_mempolicy set_mempolicy_home_node setpriority setrlimit
@sandbox landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp
@setuid setgid setgid32 setgroups setgroups32 setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid
  setreuid32 setuid setuid32
@signal rt_sigaction rt_sigpending rt_sigprocmask rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 sigaction
  sigaltstack signal signalfd signalfd4 sigpending sigprocmask sigsuspend
@swap swapoff swapon
@sync fdatasync fsync msync sync sync_file_range sync_file_range2 syncfs
@system-service @aio @basic-io @chown @default @file-system @io-event @ipc @keyring @memlock @network-io @process
  @resources @setuid @signal @sync @timer arm_fadvise64_64 capget capset copy_file_range fadvise64 fadvise64_64 flock
  get_mempolicy getcpu getpriority ioctl ioprio_get kcmp madvise mremap name_to_handle_at oldolduname olduname
  personality readahead readdir remap_file_pages sched_get_priority_max sched_get_priority_min sched_getattr
  sched_getparam sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_yield sendfile sendfile64
  setfsgid setfsgid32 setfsuid setfsuid32 setpgid setsid splice sysinfo tee umask uname userfaultfd vmsplice
@timer alarm getitimer setitimer timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64
  timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64
  times
)";

// Every call of kSyscalls, so it needs no paragraph.
constexpr char kKnown[] = "@known";

constexpr std::uint64_t negative(long long value) { return static_cast<std::uint64_t>(value); }

// glibc calls it 0 on 64 bits, where open(2) adds it unasked; the kernel still has the bit.
#if defined(__aarch64__) || defined(__arm__)
constexpr std::uint64_t kLargeFile = 0400000;
#else
constexpr std::uint64_t kLargeFile = 0100000;
#endif

struct Constant {
  char name[40];
  std::uint64_t value;
};

constexpr Constant kConstants[] = {
    {"ADDR_COMPAT_LAYOUT", 0x200000}, {"ADDR_LIMIT_32BIT", 0x800000}, {"ADDR_LIMIT_3GB", 0x8000000},
    {"ADDR_NO_RANDOMIZE", 0x40000}, {"AF_ALG", AF_ALG}, {"AF_APPLETALK", AF_APPLETALK}, {"AF_ASH", AF_ASH},
    {"AF_ATMPVC", AF_ATMPVC}, {"AF_ATMSVC", AF_ATMSVC}, {"AF_AX25", AF_AX25}, {"AF_BLUETOOTH", AF_BLUETOOTH},
    {"AF_BRIDGE", AF_BRIDGE}, {"AF_CAIF", AF_CAIF}, {"AF_CAN", AF_CAN}, {"AF_DECnet", AF_DECnet},
    {"AF_ECONET", AF_ECONET}, {"AF_FILE", AF_FILE}, {"AF_IB", AF_IB}, {"AF_IEEE802154", AF_IEEE802154},
    {"AF_INET", AF_INET}, {"AF_INET6", AF_INET6}, {"AF_IPX", AF_IPX}, {"AF_IRDA", AF_IRDA}, {"AF_ISDN", AF_ISDN},
    {"AF_IUCV", AF_IUCV}, {"AF_KCM", AF_KCM}, {"AF_KEY", AF_KEY}, {"AF_LLC", AF_LLC}, {"AF_LOCAL", AF_LOCAL},
    {"AF_MCTP", 45}, {"AF_MPLS", AF_MPLS}, {"AF_NETBEUI", AF_NETBEUI}, {"AF_NETLINK", AF_NETLINK},
    {"AF_NETROM", AF_NETROM}, {"AF_NFC", AF_NFC}, {"AF_PACKET", AF_PACKET}, {"AF_PHONET", AF_PHONET},
    {"AF_PPPOX", AF_PPPOX}, {"AF_QIPCRTR", AF_QIPCRTR}, {"AF_RDS", AF_RDS}, {"AF_ROSE", AF_ROSE},
    {"AF_ROUTE", AF_ROUTE}, {"AF_RXRPC", AF_RXRPC}, {"AF_SECURITY", AF_SECURITY}, {"AF_SMC", AF_SMC},
    {"AF_SNA", AF_SNA}, {"AF_TIPC", AF_TIPC}, {"AF_UNIX", AF_UNIX}, {"AF_UNSPEC", AF_UNSPEC}, {"AF_VSOCK", AF_VSOCK},
    {"AF_WANPIPE", AF_WANPIPE}, {"AF_X25", AF_X25}, {"AF_XDP", AF_XDP}, {"ARCH_ENABLE_TAGGED_ADDR", 0x4002},
    {"ARCH_GET_CPUID", 0x1011}, {"ARCH_GET_FS", 0x1003}, {"ARCH_GET_GS", 0x1004}, {"ARCH_GET_UNTAG_MASK", 0x4001},
    {"ARCH_GET_XCOMP_GUEST_PERM", 0x1024}, {"ARCH_GET_XCOMP_PERM", 0x1022}, {"ARCH_GET_XCOMP_SUPP", 0x1021},
    {"ARCH_SET_CPUID", 0x1012}, {"ARCH_SET_FS", 0x1002}, {"ARCH_SET_GS", 0x1001}, {"ARCH_SHSTK_DISABLE", 0x5002},
    {"ARCH_SHSTK_ENABLE", 0x5001}, {"ARCH_SHSTK_LOCK", 0x5003}, {"ARCH_SHSTK_STATUS", 0x5005},
    {"ARCH_SHSTK_UNLOCK", 0x5004}, {"AT_EACCESS", AT_EACCESS}, {"AT_EMPTY_PATH", 0x1000},
    {"AT_EXECVE_CHECK", 0x10000}, {"AT_FDCWD", negative(AT_FDCWD)}, {"AT_HANDLE_CONNECTABLE", 2},
    {"AT_HANDLE_FID", 0x200}, {"AT_HANDLE_MNT_ID_UNIQUE", 1}, {"AT_NO_AUTOMOUNT", AT_NO_AUTOMOUNT},
    {"AT_RECURSIVE", AT_RECURSIVE}, {"AT_REMOVEDIR", AT_REMOVEDIR}, {"AT_STATX_DONT_SYNC", AT_STATX_DONT_SYNC},
    {"AT_STATX_FORCE_SYNC", AT_STATX_FORCE_SYNC}, {"AT_STATX_SYNC_AS_STAT", AT_STATX_SYNC_AS_STAT},
    {"AT_STATX_SYNC_TYPE", AT_STATX_SYNC_TYPE}, {"AT_SYMLINK_FOLLOW", AT_SYMLINK_FOLLOW},
    {"AT_SYMLINK_NOFOLLOW", AT_SYMLINK_NOFOLLOW}, {"BLKBSZGET", BLKBSZGET}, {"BLKBSZSET", BLKBSZSET},
    {"BLKDISCARD", 0x1277}, {"BLKFLSBUF", BLKFLSBUF}, {"BLKGETSIZE", BLKGETSIZE}, {"BLKGETSIZE64", BLKGETSIZE64},
    {"BLKROGET", BLKROGET}, {"BLKROSET", BLKROSET}, {"BLKRRPART", BLKRRPART}, {"BLKSECDISCARD", 0x127d},
    {"BLKSSZGET", BLKSSZGET}, {"BLKZEROOUT", 0x127f}, {"BPF_BTF_LOAD", 18}, {"BPF_LINK_CREATE", 28},
    {"BPF_MAP_CREATE", 0}, {"BPF_MAP_DELETE_ELEM", 3}, {"BPF_MAP_GET_NEXT_KEY", 4}, {"BPF_MAP_LOOKUP_ELEM", 1},
    {"BPF_MAP_UPDATE_ELEM", 2}, {"BPF_OBJ_GET", 7}, {"BPF_OBJ_PIN", 6}, {"BPF_PROG_ATTACH", 8},
    {"BPF_PROG_DETACH", 9}, {"BPF_PROG_LOAD", 5}, {"BPF_PROG_TEST_RUN", 10}, {"BPF_RAW_TRACEPOINT_OPEN", 17},
    {"BPF_TOKEN_CREATE", 36}, {"CLOCK_BOOTTIME", CLOCK_BOOTTIME}, {"CLOCK_BOOTTIME_ALARM", CLOCK_BOOTTIME_ALARM},
    {"CLOCK_MONOTONIC", CLOCK_MONOTONIC}, {"CLOCK_MONOTONIC_COARSE", CLOCK_MONOTONIC_COARSE},
    {"CLOCK_MONOTONIC_RAW", CLOCK_MONOTONIC_RAW}, {"CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID},
    {"CLOCK_REALTIME", CLOCK_REALTIME}, {"CLOCK_REALTIME_ALARM", CLOCK_REALTIME_ALARM},
    {"CLOCK_REALTIME_COARSE", CLOCK_REALTIME_COARSE}, {"CLOCK_TAI", CLOCK_TAI},
    {"CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID}, {"CLONE_CHILD_CLEARTID", CLONE_CHILD_CLEARTID},
    {"CLONE_CHILD_SETTID", CLONE_CHILD_SETTID}, {"CLONE_CLEAR_SIGHAND", 0x100000000},
    {"CLONE_DETACHED", CLONE_DETACHED}, {"CLONE_FILES", CLONE_FILES}, {"CLONE_FS", CLONE_FS},
    {"CLONE_INTO_CGROUP", 0x200000000}, {"CLONE_IO", CLONE_IO}, {"CLONE_NEWCGROUP", CLONE_NEWCGROUP},
    {"CLONE_NEWIPC", CLONE_NEWIPC}, {"CLONE_NEWNET", CLONE_NEWNET}, {"CLONE_NEWNS", CLONE_NEWNS},
    {"CLONE_NEWPID", CLONE_NEWPID}, {"CLONE_NEWTIME", 0x80}, {"CLONE_NEWUSER", CLONE_NEWUSER},
    {"CLONE_NEWUTS", CLONE_NEWUTS}, {"CLONE_PARENT", CLONE_PARENT}, {"CLONE_PARENT_SETTID", CLONE_PARENT_SETTID},
    {"CLONE_PIDFD", CLONE_PIDFD}, {"CLONE_PTRACE", CLONE_PTRACE}, {"CLONE_SETTLS", CLONE_SETTLS},
    {"CLONE_SIGHAND", CLONE_SIGHAND}, {"CLONE_SYSVSEM", CLONE_SYSVSEM}, {"CLONE_THREAD", CLONE_THREAD},
    {"CLONE_UNTRACED", CLONE_UNTRACED}, {"CLONE_VFORK", CLONE_VFORK}, {"CLONE_VM", CLONE_VM},
    {"CLOSE_RANGE_CLOEXEC", 4}, {"CLOSE_RANGE_UNSHARE", 2}, {"CSIGNAL", 0xff}, {"EFD_CLOEXEC", EFD_CLOEXEC},
    {"EFD_NONBLOCK", EFD_NONBLOCK}, {"EFD_SEMAPHORE", EFD_SEMAPHORE}, {"EPOLL_CLOEXEC", EPOLL_CLOEXEC},
    {"EPOLL_CTL_ADD", EPOLL_CTL_ADD}, {"EPOLL_CTL_DEL", EPOLL_CTL_DEL}, {"EPOLL_CTL_MOD", EPOLL_CTL_MOD},
    {"FALLOC_FL_COLLAPSE_RANGE", 8}, {"FALLOC_FL_INSERT_RANGE", 32}, {"FALLOC_FL_KEEP_SIZE", 1},
    {"FALLOC_FL_PUNCH_HOLE", 2}, {"FALLOC_FL_UNSHARE_RANGE", 64}, {"FALLOC_FL_ZERO_RANGE", 16},
    {"FAN_CLASS_CONTENT", 4}, {"FAN_CLASS_NOTIF", 0}, {"FAN_CLASS_PRE_CONTENT", 8}, {"FAN_CLOEXEC", 1},
    {"FAN_MARK_ADD", 1}, {"FAN_MARK_FILESYSTEM", 0x100}, {"FAN_MARK_FLUSH", 0x80}, {"FAN_MARK_MOUNT", 0x10},
    {"FAN_MARK_REMOVE", 2}, {"FAN_NONBLOCK", 2}, {"FAN_REPORT_FID", 0x200}, {"FAN_REPORT_PIDFD", 0x80},
    {"FDPIC_FUNCPTRS", 0x80000}, {"FD_CLOEXEC", FD_CLOEXEC}, {"FIBMAP", 1}, {"FICLONE", 0x40049409},
    {"FICLONERANGE", 0x4020940d}, {"FIDEDUPERANGE", 0xc0189436}, {"FIFREEZE", 0xc0045877}, {"FIGETBSZ", 2},
    {"FIOASYNC", FIOASYNC}, {"FIOCLEX", FIOCLEX}, {"FIOGETOWN", FIOGETOWN}, {"FIONBIO", FIONBIO},
    {"FIONCLEX", FIONCLEX}, {"FIONREAD", FIONREAD}, {"FIOQSIZE", FIOQSIZE}, {"FIOSETOWN", FIOSETOWN},
    {"FITHAW", 0xc0045878}, {"FITRIM", 0xc0185879}, {"FSCONFIG_CMD_CREATE", 6}, {"FSCONFIG_CMD_CREATE_EXCL", 8},
    {"FSCONFIG_CMD_RECONFIGURE", 7}, {"FSCONFIG_SET_BINARY", 2}, {"FSCONFIG_SET_FD", 5}, {"FSCONFIG_SET_FLAG", 0},
    {"FSCONFIG_SET_PATH", 3}, {"FSCONFIG_SET_PATH_EMPTY", 4}, {"FSCONFIG_SET_STRING", 1}, {"FSMOUNT_CLOEXEC", 1},
    {"FSOPEN_CLOEXEC", 1}, {"FSPICK_CLOEXEC", 1}, {"FSPICK_EMPTY_PATH", 8}, {"FSPICK_NO_AUTOMOUNT", 4},
    {"FSPICK_SYMLINK_NOFOLLOW", 2}, {"FS_IOC32_GETFLAGS", 0x80046601}, {"FS_IOC32_GETVERSION", 0x80047601},
    {"FS_IOC32_SETFLAGS", 0x40046602}, {"FS_IOC32_SETVERSION", 0x40047602},
    {"FS_IOC_ADD_ENCRYPTION_KEY", 0xc0506617}, {"FS_IOC_FIEMAP", 0xc020660b}, {"FS_IOC_FSGETXATTR", 0x801c581f},
    {"FS_IOC_FSSETXATTR", 0x401c5820}, {"FS_IOC_GETFLAGS", _IOR('f', 1, long)}, {"FS_IOC_GETFSLABEL", 0x81009431},
    {"FS_IOC_GETUUID", 0x80111500}, {"FS_IOC_GETVERSION", _IOR('v', 1, long)},
    {"FS_IOC_GET_ENCRYPTION_KEY_STATUS", 0xc080661a}, {"FS_IOC_GET_ENCRYPTION_NONCE", 0x8010661b},
    {"FS_IOC_GET_ENCRYPTION_POLICY", 0x400c6615}, {"FS_IOC_GET_ENCRYPTION_POLICY_EX", 0xc0096616},
    {"FS_IOC_GET_ENCRYPTION_PWSALT", 0x40106614}, {"FS_IOC_REMOVE_ENCRYPTION_KEY", 0xc0406618},
    {"FS_IOC_REMOVE_ENCRYPTION_KEY_ALL_USERS", 0xc0406619}, {"FS_IOC_SETFLAGS", _IOW('f', 2, long)},
    {"FS_IOC_SETFSLABEL", 0x41009432}, {"FS_IOC_SETVERSION", _IOW('v', 2, long)},
    {"FS_IOC_SET_ENCRYPTION_POLICY", 0x800c6613}, {"FUTEX2_PRIVATE", 128}, {"FUTEX2_SIZE_U32", 2},
    {"FUTEX_CLOCK_REALTIME", 0x100}, {"FUTEX_CMP_REQUEUE", 4}, {"FUTEX_CMP_REQUEUE_PI", 12}, {"FUTEX_FD", 2},
    {"FUTEX_LOCK_PI", 6}, {"FUTEX_LOCK_PI2", 13}, {"FUTEX_PRIVATE_FLAG", 128}, {"FUTEX_REQUEUE", 3},
    {"FUTEX_TRYLOCK_PI", 8}, {"FUTEX_UNLOCK_PI", 7}, {"FUTEX_WAIT", 0}, {"FUTEX_WAIT_BITSET", 9},
    {"FUTEX_WAIT_REQUEUE_PI", 11}, {"FUTEX_WAKE", 1}, {"FUTEX_WAKE_BITSET", 10}, {"FUTEX_WAKE_OP", 5},
    {"F_ADD_SEALS", F_ADD_SEALS}, {"F_CREATED_QUERY", 1028}, {"F_DUPFD", F_DUPFD},
    {"F_DUPFD_CLOEXEC", F_DUPFD_CLOEXEC}, {"F_DUPFD_QUERY", 1027}, {"F_EXLCK", F_EXLCK}, {"F_GETDELEG", 1039},
    {"F_GETFD", F_GETFD}, {"F_GETFL", F_GETFL}, {"F_GETLEASE", F_GETLEASE}, {"F_GETLK", F_GETLK},
    {"F_GETLK64", F_GETLK64}, {"F_GETOWN", F_GETOWN}, {"F_GETOWN_EX", F_GETOWN_EX}, {"F_GETPIPE_SZ", F_GETPIPE_SZ},
    {"F_GETSIG", F_GETSIG}, {"F_GET_FILE_RW_HINT", F_GET_FILE_RW_HINT}, {"F_GET_RW_HINT", F_GET_RW_HINT},
    {"F_GET_SEALS", F_GET_SEALS}, {"F_LOCK", F_LOCK}, {"F_NOTIFY", F_NOTIFY}, {"F_OFD_GETLK", F_OFD_GETLK},
    {"F_OFD_SETLK", F_OFD_SETLK}, {"F_OFD_SETLKW", F_OFD_SETLKW}, {"F_OK", F_OK}, {"F_OWNER_GID", F_OWNER_GID},
    {"F_OWNER_PGRP", F_OWNER_PGRP}, {"F_OWNER_PID", F_OWNER_PID}, {"F_OWNER_TID", F_OWNER_TID}, {"F_RDLCK", F_RDLCK},
    {"F_SEAL_EXEC", 32}, {"F_SEAL_FUTURE_WRITE", F_SEAL_FUTURE_WRITE}, {"F_SEAL_GROW", F_SEAL_GROW},
    {"F_SEAL_SEAL", F_SEAL_SEAL}, {"F_SEAL_SHRINK", F_SEAL_SHRINK}, {"F_SEAL_WRITE", F_SEAL_WRITE},
    {"F_SETDELEG", 1040}, {"F_SETFD", F_SETFD}, {"F_SETFL", F_SETFL}, {"F_SETLEASE", F_SETLEASE},
    {"F_SETLK", F_SETLK}, {"F_SETLK64", F_SETLK64}, {"F_SETLKW", F_SETLKW}, {"F_SETLKW64", F_SETLKW64},
    {"F_SETOWN", F_SETOWN}, {"F_SETOWN_EX", F_SETOWN_EX}, {"F_SETPIPE_SZ", F_SETPIPE_SZ}, {"F_SETSIG", F_SETSIG},
    {"F_SET_FILE_RW_HINT", F_SET_FILE_RW_HINT}, {"F_SET_RW_HINT", F_SET_RW_HINT}, {"F_SHLCK", F_SHLCK},
    {"F_TEST", F_TEST}, {"F_TLOCK", F_TLOCK}, {"F_ULOCK", F_ULOCK}, {"F_UNLCK", F_UNLCK}, {"F_WRLCK", F_WRLCK},
    {"GETALL", GETALL}, {"GETNCNT", GETNCNT}, {"GETPID", GETPID}, {"GETVAL", GETVAL}, {"GETZCNT", GETZCNT},
    {"GRND_INSECURE", GRND_INSECURE}, {"GRND_NONBLOCK", GRND_NONBLOCK}, {"GRND_RANDOM", GRND_RANDOM},
    {"GRPQUOTA", 1}, {"IN_ACCESS", IN_ACCESS}, {"IN_ALL_EVENTS", IN_ALL_EVENTS}, {"IN_ATTRIB", IN_ATTRIB},
    {"IN_CLOEXEC", IN_CLOEXEC}, {"IN_CLOSE", IN_CLOSE}, {"IN_CLOSE_NOWRITE", IN_CLOSE_NOWRITE},
    {"IN_CLOSE_WRITE", IN_CLOSE_WRITE}, {"IN_CREATE", IN_CREATE}, {"IN_DELETE", IN_DELETE},
    {"IN_DELETE_SELF", IN_DELETE_SELF}, {"IN_DONT_FOLLOW", IN_DONT_FOLLOW}, {"IN_EXCL_UNLINK", IN_EXCL_UNLINK},
    {"IN_IGNORED", IN_IGNORED}, {"IN_ISDIR", IN_ISDIR}, {"IN_MASK_ADD", IN_MASK_ADD},
    {"IN_MASK_CREATE", IN_MASK_CREATE}, {"IN_MODIFY", IN_MODIFY}, {"IN_MOVE", IN_MOVE},
    {"IN_MOVED_FROM", IN_MOVED_FROM}, {"IN_MOVED_TO", IN_MOVED_TO}, {"IN_MOVE_SELF", IN_MOVE_SELF},
    {"IN_NONBLOCK", IN_NONBLOCK}, {"IN_ONESHOT", IN_ONESHOT}, {"IN_ONLYDIR", IN_ONLYDIR}, {"IN_OPEN", IN_OPEN},
    {"IN_Q_OVERFLOW", IN_Q_OVERFLOW}, {"IN_UNMOUNT", IN_UNMOUNT}, {"IOPRIO_CLASS_BE", 2}, {"IOPRIO_CLASS_IDLE", 3},
    {"IOPRIO_CLASS_NONE", 0}, {"IOPRIO_CLASS_RT", 1}, {"IOPRIO_WHO_PGRP", 2}, {"IOPRIO_WHO_PROCESS", 1},
    {"IOPRIO_WHO_USER", 3}, {"IORING_ENTER_EXT_ARG", 8}, {"IORING_ENTER_GETEVENTS", 1},
    {"IORING_ENTER_REGISTERED_RING", 16}, {"IORING_ENTER_SQ_WAIT", 4}, {"IORING_ENTER_SQ_WAKEUP", 2},
    {"IORING_REGISTER_BUFFERS", 0}, {"IORING_REGISTER_BUFFERS2", 15}, {"IORING_REGISTER_BUFFERS_UPDATE", 16},
    {"IORING_REGISTER_ENABLE_RINGS", 12}, {"IORING_REGISTER_EVENTFD", 4}, {"IORING_REGISTER_EVENTFD_ASYNC", 7},
    {"IORING_REGISTER_FILES", 2}, {"IORING_REGISTER_FILES2", 13}, {"IORING_REGISTER_FILES_UPDATE", 6},
    {"IORING_REGISTER_FILES_UPDATE2", 14}, {"IORING_REGISTER_FILE_ALLOC_RANGE", 25},
    {"IORING_REGISTER_IOWQ_AFF", 17}, {"IORING_REGISTER_IOWQ_MAX_WORKERS", 19}, {"IORING_REGISTER_PBUF_RING", 22},
    {"IORING_REGISTER_PERSONALITY", 9}, {"IORING_REGISTER_PROBE", 8}, {"IORING_REGISTER_RESTRICTIONS", 11},
    {"IORING_REGISTER_RING_FDS", 20}, {"IORING_REGISTER_SYNC_CANCEL", 24}, {"IORING_UNREGISTER_BUFFERS", 1},
    {"IORING_UNREGISTER_EVENTFD", 5}, {"IORING_UNREGISTER_FILES", 3}, {"IORING_UNREGISTER_IOWQ_AFF", 18},
    {"IORING_UNREGISTER_PBUF_RING", 23}, {"IORING_UNREGISTER_PERSONALITY", 10}, {"IORING_UNREGISTER_RING_FDS", 21},
    {"IPC_CREAT", IPC_CREAT}, {"IPC_EXCL", IPC_EXCL}, {"IPC_NOWAIT", IPC_NOWAIT}, {"IPC_PRIVATE", IPC_PRIVATE},
    {"IPC_RMID", IPC_RMID}, {"IPC_SET", IPC_SET}, {"IPC_STAT", IPC_STAT}, {"IPPROTO_AGGFRAG", 144},
    {"IPPROTO_AH", IPPROTO_AH}, {"IPPROTO_BEETPH", IPPROTO_BEETPH}, {"IPPROTO_DCCP", IPPROTO_DCCP},
    {"IPPROTO_DSTOPTS", IPPROTO_DSTOPTS}, {"IPPROTO_EGP", IPPROTO_EGP}, {"IPPROTO_ENCAP", IPPROTO_ENCAP},
    {"IPPROTO_ESP", IPPROTO_ESP}, {"IPPROTO_ETHERNET", IPPROTO_ETHERNET}, {"IPPROTO_FRAGMENT", IPPROTO_FRAGMENT},
    {"IPPROTO_GRE", IPPROTO_GRE}, {"IPPROTO_HOPOPTS", IPPROTO_HOPOPTS}, {"IPPROTO_ICMP", IPPROTO_ICMP},
    {"IPPROTO_ICMPV6", IPPROTO_ICMPV6}, {"IPPROTO_IGMP", IPPROTO_IGMP}, {"IPPROTO_IP", IPPROTO_IP},
    {"IPPROTO_IPIP", IPPROTO_IPIP}, {"IPPROTO_IPV6", IPPROTO_IPV6}, {"IPPROTO_L2TP", 115},
    {"IPPROTO_MPLS", IPPROTO_MPLS}, {"IPPROTO_MPTCP", 262}, {"IPPROTO_MTP", IPPROTO_MTP},
    {"IPPROTO_NONE", IPPROTO_NONE}, {"IPPROTO_PIM", IPPROTO_PIM}, {"IPPROTO_PUP", IPPROTO_PUP},
    {"IPPROTO_RAW", IPPROTO_RAW}, {"IPPROTO_ROUTING", IPPROTO_ROUTING}, {"IPPROTO_RSVP", IPPROTO_RSVP},
    {"IPPROTO_SCTP", IPPROTO_SCTP}, {"IPPROTO_SMC", 256}, {"IPPROTO_TCP", IPPROTO_TCP}, {"IPPROTO_UDP", IPPROTO_UDP},
    {"IPPROTO_UDPLITE", IPPROTO_UDPLITE}, {"IPV6_TRANSPARENT", IPV6_TRANSPARENT}, {"IP_HDRINCL", IP_HDRINCL},
    {"IP_TRANSPARENT", IP_TRANSPARENT}, {"ITIMER_PROF", ITIMER_PROF}, {"ITIMER_REAL", ITIMER_REAL},
    {"ITIMER_VIRTUAL", ITIMER_VIRTUAL}, {"KCMP_EPOLL_TFD", 7}, {"KCMP_FILE", 0}, {"KCMP_FILES", 2}, {"KCMP_FS", 3},
    {"KCMP_IO", 5}, {"KCMP_SIGHAND", 4}, {"KCMP_SYSVSEM", 6}, {"KCMP_VM", 1}, {"KEXEC_FILE_NO_INITRAMFS", 4},
    {"KEXEC_FILE_ON_CRASH", 2}, {"KEXEC_FILE_UNLOAD", 1}, {"KEXEC_ON_CRASH", 1}, {"KEXEC_PRESERVE_CONTEXT", 2},
    {"KEYCTL_ASSUME_AUTHORITY", 16}, {"KEYCTL_CAPABILITIES", 31}, {"KEYCTL_CHOWN", 4}, {"KEYCTL_CLEAR", 7},
    {"KEYCTL_DESCRIBE", 6}, {"KEYCTL_DH_COMPUTE", 23}, {"KEYCTL_GET_KEYRING_ID", 0}, {"KEYCTL_GET_PERSISTENT", 22},
    {"KEYCTL_GET_SECURITY", 17}, {"KEYCTL_INSTANTIATE", 12}, {"KEYCTL_INSTANTIATE_IOV", 20},
    {"KEYCTL_INVALIDATE", 21}, {"KEYCTL_JOIN_SESSION_KEYRING", 1}, {"KEYCTL_LINK", 8}, {"KEYCTL_MOVE", 30},
    {"KEYCTL_NEGATE", 13}, {"KEYCTL_PKEY_DECRYPT", 26}, {"KEYCTL_PKEY_ENCRYPT", 25}, {"KEYCTL_PKEY_QUERY", 24},
    {"KEYCTL_PKEY_SIGN", 27}, {"KEYCTL_PKEY_VERIFY", 28}, {"KEYCTL_READ", 11}, {"KEYCTL_REJECT", 19},
    {"KEYCTL_RESTRICT_KEYRING", 29}, {"KEYCTL_REVOKE", 3}, {"KEYCTL_SEARCH", 10}, {"KEYCTL_SESSION_TO_PARENT", 18},
    {"KEYCTL_SETPERM", 5}, {"KEYCTL_SET_REQKEY_KEYRING", 14}, {"KEYCTL_SET_TIMEOUT", 15}, {"KEYCTL_UNLINK", 9},
    {"KEYCTL_UPDATE", 2}, {"KEYCTL_WATCH_KEY", 32}, {"KEY_SPEC_GROUP_KEYRING", negative(-6)},
    {"KEY_SPEC_PROCESS_KEYRING", negative(-2)}, {"KEY_SPEC_REQKEY_AUTH_KEY", negative(-7)},
    {"KEY_SPEC_REQUESTOR_KEYRING", negative(-8)}, {"KEY_SPEC_SESSION_KEYRING", negative(-3)},
    {"KEY_SPEC_THREAD_KEYRING", negative(-1)}, {"KEY_SPEC_USER_KEYRING", negative(-4)},
    {"KEY_SPEC_USER_SESSION_KEYRING", negative(-5)}, {"LINUX_REBOOT_CMD_CAD_OFF", 0},
    {"LINUX_REBOOT_CMD_CAD_ON", 0x89abcdef}, {"LINUX_REBOOT_CMD_HALT", 0xcdef0123},
    {"LINUX_REBOOT_CMD_KEXEC", 0x45584543}, {"LINUX_REBOOT_CMD_POWER_OFF", 0x4321fedc},
    {"LINUX_REBOOT_CMD_RESTART", 0x1234567}, {"LINUX_REBOOT_CMD_RESTART2", 0xa1b2c3d4},
    {"LINUX_REBOOT_CMD_SW_SUSPEND", 0xd000fce2}, {"LINUX_REBOOT_MAGIC1", 0xfee1dead},
    {"LINUX_REBOOT_MAGIC2", 0x28121969}, {"LOCK_EX", LOCK_EX}, {"LOCK_MAND", LOCK_MAND}, {"LOCK_NB", LOCK_NB},
    {"LOCK_READ", LOCK_READ}, {"LOCK_RW", LOCK_RW}, {"LOCK_SH", LOCK_SH}, {"LOCK_UN", LOCK_UN},
    {"LOCK_WRITE", LOCK_WRITE}, {"LOOP_CHANGE_FD", 0x4c06}, {"LOOP_CLR_FD", 0x4c01}, {"LOOP_CONFIGURE", 0x4c0a},
    {"LOOP_CTL_ADD", 0x4c80}, {"LOOP_CTL_GET_FREE", 0x4c82}, {"LOOP_CTL_REMOVE", 0x4c81},
    {"LOOP_GET_STATUS64", 0x4c05}, {"LOOP_SET_BLOCK_SIZE", 0x4c09}, {"LOOP_SET_CAPACITY", 0x4c07},
    {"LOOP_SET_DIRECT_IO", 0x4c08}, {"LOOP_SET_FD", 0x4c00}, {"LOOP_SET_STATUS64", 0x4c04}, {"MADV_COLD", MADV_COLD},
    {"MADV_COLLAPSE", 25}, {"MADV_DODUMP", MADV_DODUMP}, {"MADV_DOFORK", MADV_DOFORK},
    {"MADV_DONTDUMP", MADV_DONTDUMP}, {"MADV_DONTFORK", MADV_DONTFORK}, {"MADV_DONTNEED", MADV_DONTNEED},
    {"MADV_DONTNEED_LOCKED", MADV_DONTNEED_LOCKED}, {"MADV_FREE", MADV_FREE}, {"MADV_GUARD_INSTALL", 102},
    {"MADV_GUARD_REMOVE", 103}, {"MADV_HUGEPAGE", MADV_HUGEPAGE}, {"MADV_HWPOISON", MADV_HWPOISON},
    {"MADV_KEEPONFORK", MADV_KEEPONFORK}, {"MADV_MERGEABLE", MADV_MERGEABLE}, {"MADV_NOHUGEPAGE", MADV_NOHUGEPAGE},
    {"MADV_NORMAL", MADV_NORMAL}, {"MADV_PAGEOUT", MADV_PAGEOUT}, {"MADV_POPULATE_READ", MADV_POPULATE_READ},
    {"MADV_POPULATE_WRITE", MADV_POPULATE_WRITE}, {"MADV_RANDOM", MADV_RANDOM}, {"MADV_REMOVE", MADV_REMOVE},
    {"MADV_SEQUENTIAL", MADV_SEQUENTIAL}, {"MADV_SOFT_OFFLINE", 101}, {"MADV_UNMERGEABLE", MADV_UNMERGEABLE},
    {"MADV_WILLNEED", MADV_WILLNEED}, {"MADV_WIPEONFORK", MADV_WIPEONFORK},
#ifdef MAP_32BIT  // x86 alone
    {"MAP_32BIT", MAP_32BIT},
#endif
    {"MAP_ANON", MAP_ANON}, {"MAP_ANONYMOUS", MAP_ANONYMOUS}, {"MAP_DENYWRITE", MAP_DENYWRITE}, {"MAP_DROPPABLE", 8},
    {"MAP_EXECUTABLE", MAP_EXECUTABLE}, {"MAP_FILE", MAP_FILE}, {"MAP_FIXED", MAP_FIXED},
    {"MAP_FIXED_NOREPLACE", MAP_FIXED_NOREPLACE}, {"MAP_GROWSDOWN", MAP_GROWSDOWN}, {"MAP_HUGETLB", MAP_HUGETLB},
    {"MAP_LOCKED", MAP_LOCKED}, {"MAP_NONBLOCK", MAP_NONBLOCK}, {"MAP_NORESERVE", MAP_NORESERVE},
    {"MAP_POPULATE", MAP_POPULATE}, {"MAP_PRIVATE", MAP_PRIVATE}, {"MAP_SHARED", MAP_SHARED},
    {"MAP_SHARED_VALIDATE", MAP_SHARED_VALIDATE}, {"MAP_STACK", MAP_STACK}, {"MAP_SYNC", MAP_SYNC},
    {"MAP_TYPE", MAP_TYPE}, {"MCL_CURRENT", MCL_CURRENT}, {"MCL_FUTURE", MCL_FUTURE}, {"MCL_ONFAULT", MCL_ONFAULT},
    {"MEMBARRIER_CMD_FLAG_CPU", 1}, {"MEMBARRIER_CMD_GLOBAL", 1}, {"MEMBARRIER_CMD_GLOBAL_EXPEDITED", 2},
    {"MEMBARRIER_CMD_PRIVATE_EXPEDITED", 8}, {"MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ", 128},
    {"MEMBARRIER_CMD_QUERY", 0}, {"MEMBARRIER_CMD_SHARED", 1}, {"MFD_ALLOW_SEALING", MFD_ALLOW_SEALING},
    {"MFD_CLOEXEC", MFD_CLOEXEC}, {"MFD_EXEC", 16}, {"MFD_HUGETLB", MFD_HUGETLB}, {"MFD_NOEXEC_SEAL", 8},
    {"MLOCK_ONFAULT", MLOCK_ONFAULT}, {"MMAP_PAGE_ZERO", 0x100000}, {"MNT_DETACH", MNT_DETACH},
    {"MNT_EXPIRE", MNT_EXPIRE}, {"MNT_FORCE", MNT_FORCE}, {"MODULE_INIT_COMPRESSED_FILE", 4},
    {"MODULE_INIT_IGNORE_MODVERSIONS", 1}, {"MODULE_INIT_IGNORE_VERMAGIC", 2}, {"MOUNT_ATTR_IDMAP", 0x100000},
    {"MOUNT_ATTR_NOATIME", 0x10}, {"MOUNT_ATTR_NODEV", 4}, {"MOUNT_ATTR_NODIRATIME", 0x80}, {"MOUNT_ATTR_NOEXEC", 8},
    {"MOUNT_ATTR_NOSUID", 2}, {"MOUNT_ATTR_NOSYMFOLLOW", 0x200000}, {"MOUNT_ATTR_RDONLY", 1},
    {"MOUNT_ATTR_STRICTATIME", 0x20}, {"MOVE_MOUNT_BENEATH", 0x200}, {"MOVE_MOUNT_F_AUTOMOUNTS", 2},
    {"MOVE_MOUNT_F_EMPTY_PATH", 4}, {"MOVE_MOUNT_F_SYMLINKS", 1}, {"MOVE_MOUNT_SET_GROUP", 0x100},
    {"MOVE_MOUNT_T_AUTOMOUNTS", 0x20}, {"MOVE_MOUNT_T_EMPTY_PATH", 0x40}, {"MOVE_MOUNT_T_SYMLINKS", 0x10},
    {"MPOL_BIND", 2}, {"MPOL_DEFAULT", 0}, {"MPOL_F_ADDR", 2}, {"MPOL_F_MEMS_ALLOWED", 4}, {"MPOL_F_NODE", 1},
    {"MPOL_F_NUMA_BALANCING", 0x2000}, {"MPOL_F_RELATIVE_NODES", 0x4000}, {"MPOL_F_STATIC_NODES", 0x8000},
    {"MPOL_INTERLEAVE", 3}, {"MPOL_LOCAL", 4}, {"MPOL_MF_MOVE", 2}, {"MPOL_MF_MOVE_ALL", 4}, {"MPOL_MF_STRICT", 1},
    {"MPOL_PREFERRED", 1}, {"MPOL_PREFERRED_MANY", 5}, {"MREMAP_DONTUNMAP", MREMAP_DONTUNMAP},
    {"MREMAP_FIXED", MREMAP_FIXED}, {"MREMAP_MAYMOVE", MREMAP_MAYMOVE}, {"MSGCTL", 14}, {"MSGGET", 13},
    {"MSGRCV", 12}, {"MSGSND", 11}, {"MSG_BATCH", MSG_BATCH}, {"MSG_CMSG_CLOEXEC", MSG_CMSG_CLOEXEC},
    {"MSG_CONFIRM", MSG_CONFIRM}, {"MSG_COPY", MSG_COPY}, {"MSG_CTRUNC", MSG_CTRUNC},
    {"MSG_DONTROUTE", MSG_DONTROUTE}, {"MSG_DONTWAIT", MSG_DONTWAIT}, {"MSG_EOR", MSG_EOR},
    {"MSG_ERRQUEUE", MSG_ERRQUEUE}, {"MSG_EXCEPT", MSG_EXCEPT}, {"MSG_FASTOPEN", MSG_FASTOPEN}, {"MSG_FIN", MSG_FIN},
    {"MSG_MORE", MSG_MORE}, {"MSG_NOERROR", MSG_NOERROR}, {"MSG_NOSIGNAL", MSG_NOSIGNAL}, {"MSG_OOB", MSG_OOB},
    {"MSG_PEEK", MSG_PEEK}, {"MSG_PROXY", MSG_PROXY}, {"MSG_RST", MSG_RST}, {"MSG_SOCK_DEVMEM", 0x2000000},
    {"MSG_SYN", MSG_SYN}, {"MSG_TRUNC", MSG_TRUNC}, {"MSG_TRYHARD", MSG_TRYHARD}, {"MSG_WAITALL", MSG_WAITALL},
    {"MSG_WAITFORONE", MSG_WAITFORONE}, {"MSG_ZEROCOPY", MSG_ZEROCOPY}, {"MS_ASYNC", MS_ASYNC}, {"MS_BIND", MS_BIND},
    {"MS_DIRSYNC", MS_DIRSYNC}, {"MS_INVALIDATE", MS_INVALIDATE}, {"MS_I_VERSION", MS_I_VERSION},
    {"MS_LAZYTIME", MS_LAZYTIME}, {"MS_MANDLOCK", MS_MANDLOCK}, {"MS_MGC_MSK", MS_MGC_MSK},
    {"MS_MGC_VAL", MS_MGC_VAL}, {"MS_MOVE", MS_MOVE}, {"MS_NOATIME", MS_NOATIME}, {"MS_NODEV", MS_NODEV},
    {"MS_NODIRATIME", MS_NODIRATIME}, {"MS_NOEXEC", MS_NOEXEC}, {"MS_NOSUID", MS_NOSUID},
    {"MS_NOSYMFOLLOW", MS_NOSYMFOLLOW}, {"MS_NOUSER", 0x80000000}, {"MS_POSIXACL", MS_POSIXACL},
    {"MS_PRIVATE", MS_PRIVATE}, {"MS_RDONLY", MS_RDONLY}, {"MS_REC", MS_REC}, {"MS_RELATIME", MS_RELATIME},
    {"MS_REMOUNT", MS_REMOUNT}, {"MS_SHARED", MS_SHARED}, {"MS_SILENT", MS_SILENT}, {"MS_SLAVE", MS_SLAVE},
    {"MS_STRICTATIME", MS_STRICTATIME}, {"MS_SYNC", MS_SYNC}, {"MS_SYNCHRONOUS", MS_SYNCHRONOUS},
    {"MS_UNBINDABLE", MS_UNBINDABLE}, {"NETLINK_AUDIT", 9}, {"NETLINK_CONNECTOR", 11}, {"NETLINK_CRYPTO", 21},
    {"NETLINK_DNRTMSG", 14}, {"NETLINK_ECRYPTFS", 19}, {"NETLINK_FIB_LOOKUP", 10}, {"NETLINK_FIREWALL", 3},
    {"NETLINK_GENERIC", 16}, {"NETLINK_INET_DIAG", 4}, {"NETLINK_IP6_FW", 13}, {"NETLINK_ISCSI", 8},
    {"NETLINK_KOBJECT_UEVENT", 15}, {"NETLINK_NETFILTER", 12}, {"NETLINK_NFLOG", 5}, {"NETLINK_RDMA", 20},
    {"NETLINK_ROUTE", 0}, {"NETLINK_SCSITRANSPORT", 18}, {"NETLINK_SELINUX", 7}, {"NETLINK_SMC", 22},
    {"NETLINK_SOCK_DIAG", 4}, {"NETLINK_USERSOCK", 2}, {"NETLINK_XFRM", 6}, {"NS_GET_MNTNS_ID", 0x8008b705},
    {"NS_GET_NSTYPE", 0xb703}, {"NS_GET_OWNER_UID", 0xb704}, {"NS_GET_PARENT", 0xb702}, {"NS_GET_USERNS", 0xb701},
    {"OPEN_TREE_CLOEXEC", O_CLOEXEC}, {"OPEN_TREE_CLONE", 1}, {"O_ACCMODE", O_ACCMODE}, {"O_APPEND", O_APPEND},
    {"O_ASYNC", O_ASYNC}, {"O_CLOEXEC", O_CLOEXEC}, {"O_CREAT", O_CREAT}, {"O_DIRECT", O_DIRECT},
    {"O_DIRECTORY", O_DIRECTORY}, {"O_DSYNC", O_DSYNC}, {"O_EXCL", O_EXCL}, {"O_FSYNC", O_FSYNC},
    {"O_LARGEFILE", kLargeFile}, {"O_NDELAY", O_NDELAY}, {"O_NOATIME", O_NOATIME}, {"O_NOCTTY", O_NOCTTY},
    {"O_NOFOLLOW", O_NOFOLLOW}, {"O_NONBLOCK", O_NONBLOCK}, {"O_PATH", O_PATH}, {"O_RDONLY", O_RDONLY},
    {"O_RDWR", O_RDWR}, {"O_RSYNC", O_RSYNC}, {"O_SYNC", O_SYNC}, {"O_TMPFILE", O_TMPFILE}, {"O_TRUNC", O_TRUNC},
    {"O_WRONLY", O_WRONLY}, {"PERF_FLAG_FD_CLOEXEC", 8}, {"PERF_FLAG_FD_NO_GROUP", 1}, {"PERF_FLAG_FD_OUTPUT", 2},
    {"PERF_FLAG_PID_CGROUP", 4}, {"PER_BSD", 0x6}, {"PER_HPUX", 0x10}, {"PER_IRIX32", 0x4000009},
    {"PER_IRIX64", 0x400000b}, {"PER_IRIXN32", 0x400000a}, {"PER_ISCR4", 0x4000005}, {"PER_LINUX", 0x0},
    {"PER_LINUX32", 0x8}, {"PER_LINUX32_3GB", 0x8000008}, {"PER_LINUX_32BIT", 0x800000},
    {"PER_LINUX_FDPIC", 0x80000}, {"PER_MASK", 0xff}, {"PER_OSF4", 0xf}, {"PER_OSR5", 0x6000003},
    {"PER_RISCOS", 0xc}, {"PER_SCOSVR3", 0x7000003}, {"PER_SOLARIS", 0x400000d}, {"PER_SUNOS", 0x4000006},
    {"PER_SVR3", 0x5000002}, {"PER_SVR4", 0x4100001}, {"PER_UW7", 0x410000e}, {"PER_WYSEV386", 0x5000004},
    {"PER_XENIX", 0x5000007}, {"PF_ALG", PF_ALG}, {"PF_BLUETOOTH", PF_BLUETOOTH}, {"PF_CAN", PF_CAN},
    {"PF_INET", PF_INET}, {"PF_INET6", PF_INET6}, {"PF_KEY", PF_KEY}, {"PF_LOCAL", PF_LOCAL}, {"PF_MCTP", 45},
    {"PF_NETLINK", PF_NETLINK}, {"PF_PACKET", PF_PACKET}, {"PF_TIPC", PF_TIPC}, {"PF_UNIX", PF_UNIX},
    {"PF_UNSPEC", PF_UNSPEC}, {"PF_VSOCK", PF_VSOCK}, {"PF_XDP", PF_XDP}, {"PIDFD_NONBLOCK", O_NONBLOCK},
    {"PIDFD_SIGNAL_PROCESS_GROUP", 4}, {"PIDFD_SIGNAL_THREAD", 1}, {"PIDFD_SIGNAL_THREAD_GROUP", 2},
    {"PIDFD_THREAD", O_EXCL}, {"PKEY_DISABLE_ACCESS", PKEY_DISABLE_ACCESS},
    {"PKEY_DISABLE_WRITE", PKEY_DISABLE_WRITE}, {"POSIX_FADV_DONTNEED", POSIX_FADV_DONTNEED},
    {"POSIX_FADV_NOREUSE", POSIX_FADV_NOREUSE}, {"POSIX_FADV_NORMAL", POSIX_FADV_NORMAL},
    {"POSIX_FADV_RANDOM", POSIX_FADV_RANDOM}, {"POSIX_FADV_SEQUENTIAL", POSIX_FADV_SEQUENTIAL},
    {"POSIX_FADV_WILLNEED", POSIX_FADV_WILLNEED}, {"PRIO_MAX", PRIO_MAX}, {"PRIO_MIN", negative(PRIO_MIN)},
    {"PRIO_PGRP", PRIO_PGRP}, {"PRIO_PROCESS", PRIO_PROCESS}, {"PRIO_USER", PRIO_USER}, {"PRJQUOTA", 2},
    {"PROT_EXEC", PROT_EXEC}, {"PROT_GROWSDOWN", PROT_GROWSDOWN}, {"PROT_GROWSUP", PROT_GROWSUP},
    {"PROT_NONE", PROT_NONE}, {"PROT_READ", PROT_READ}, {"PROT_WRITE", PROT_WRITE}, {"PR_CAPBSET_DROP", 24},
    {"PR_CAPBSET_READ", 23}, {"PR_CAP_AMBIENT", 47}, {"PR_CAP_AMBIENT_CLEAR_ALL", 4}, {"PR_CAP_AMBIENT_IS_SET", 1},
    {"PR_CAP_AMBIENT_LOWER", 3}, {"PR_CAP_AMBIENT_RAISE", 2}, {"PR_FUTEX_HASH", 78}, {"PR_GET_AUXV", 0x41555856},
    {"PR_GET_CHILD_SUBREAPER", 37}, {"PR_GET_DUMPABLE", 3}, {"PR_GET_ENDIAN", 19}, {"PR_GET_FPEMU", 9},
    {"PR_GET_FPEXC", 11}, {"PR_GET_FP_MODE", 46}, {"PR_GET_IO_FLUSHER", 58}, {"PR_GET_KEEPCAPS", 7},
    {"PR_GET_MDWE", 66}, {"PR_GET_MEMORY_MERGE", 68}, {"PR_GET_NAME", 16}, {"PR_GET_NO_NEW_PRIVS", 39},
    {"PR_GET_PDEATHSIG", 2}, {"PR_GET_SECCOMP", 21}, {"PR_GET_SECUREBITS", 27}, {"PR_GET_SHADOW_STACK_STATUS", 74},
    {"PR_GET_SPECULATION_CTRL", 52}, {"PR_GET_TAGGED_ADDR_CTRL", 56}, {"PR_GET_THP_DISABLE", 42},
    {"PR_GET_TID_ADDRESS", 40}, {"PR_GET_TIMERSLACK", 30}, {"PR_GET_TIMING", 13}, {"PR_GET_TSC", 25},
    {"PR_GET_UNALIGN", 5}, {"PR_LOCK_SHADOW_STACK_STATUS", 76}, {"PR_MCE_KILL", 33}, {"PR_MDWE_NO_INHERIT", 2},
    {"PR_MDWE_REFUSE_EXEC_GAIN", 1}, {"PR_MPX_DISABLE_MANAGEMENT", 44}, {"PR_MPX_ENABLE_MANAGEMENT", 43},
    {"PR_PAC_GET_ENABLED_KEYS", 61}, {"PR_PAC_RESET_KEYS", 54}, {"PR_PAC_SET_ENABLED_KEYS", 60},
    {"PR_RSEQ_SLICE_EXTENSION", 79}, {"PR_SCHED_CORE", 62}, {"PR_SCHED_CORE_CREATE", 1}, {"PR_SCHED_CORE_GET", 0},
    {"PR_SCHED_CORE_SCOPE_PROCESS_GROUP", 2}, {"PR_SCHED_CORE_SCOPE_THREAD", 0},
    {"PR_SCHED_CORE_SCOPE_THREAD_GROUP", 1}, {"PR_SCHED_CORE_SHARE_FROM", 3}, {"PR_SCHED_CORE_SHARE_TO", 2},
    {"PR_SET_CHILD_SUBREAPER", 36}, {"PR_SET_DUMPABLE", 4}, {"PR_SET_ENDIAN", 20}, {"PR_SET_FPEMU", 10},
    {"PR_SET_FPEXC", 12}, {"PR_SET_FP_MODE", 45}, {"PR_SET_IO_FLUSHER", 57}, {"PR_SET_KEEPCAPS", 8},
    {"PR_SET_MDWE", 65}, {"PR_SET_MEMORY_MERGE", 67}, {"PR_SET_MM", 35}, {"PR_SET_MM_ARG_END", 9},
    {"PR_SET_MM_ARG_START", 8}, {"PR_SET_MM_AUXV", 12}, {"PR_SET_MM_BRK", 7}, {"PR_SET_MM_END_CODE", 2},
    {"PR_SET_MM_END_DATA", 4}, {"PR_SET_MM_ENV_END", 11}, {"PR_SET_MM_ENV_START", 10}, {"PR_SET_MM_EXE_FILE", 13},
    {"PR_SET_MM_START_BRK", 6}, {"PR_SET_MM_START_CODE", 1}, {"PR_SET_MM_START_DATA", 3},
    {"PR_SET_MM_START_STACK", 5}, {"PR_SET_NAME", 15}, {"PR_SET_NO_NEW_PRIVS", 38}, {"PR_SET_PDEATHSIG", 1},
    {"PR_SET_PTRACER", 0x59616d61}, {"PR_SET_PTRACER_ANY", negative(-1)}, {"PR_SET_SECCOMP", 22},
    {"PR_SET_SECUREBITS", 28}, {"PR_SET_SHADOW_STACK_STATUS", 75}, {"PR_SET_SPECULATION_CTRL", 53},
    {"PR_SET_SYSCALL_USER_DISPATCH", 59}, {"PR_SET_TAGGED_ADDR_CTRL", 55}, {"PR_SET_THP_DISABLE", 41},
    {"PR_SET_TIMERSLACK", 29}, {"PR_SET_TIMING", 14}, {"PR_SET_TSC", 26}, {"PR_SET_UNALIGN", 6},
    {"PR_SET_VMA", 0x53564d41}, {"PR_SET_VMA_ANON_NAME", 0}, {"PR_SME_GET_VL", 64}, {"PR_SME_SET_VL", 63},
    {"PR_SME_SET_VL_ONEXEC", 0x40000}, {"PR_SPEC_DISABLE", 4}, {"PR_SPEC_DISABLE_NOEXEC", 16}, {"PR_SPEC_ENABLE", 2},
    {"PR_SPEC_FORCE_DISABLE", 8}, {"PR_SPEC_INDIRECT_BRANCH", 1}, {"PR_SPEC_NOT_AFFECTED", 0}, {"PR_SPEC_PRCTL", 1},
    {"PR_SPEC_STORE_BYPASS", 0}, {"PR_SVE_GET_VL", 51}, {"PR_SVE_SET_VL", 50}, {"PR_SYS_DISPATCH_OFF", 0},
    {"PR_SYS_DISPATCH_ON", 1}, {"PR_TIMER_CREATE_RESTORE_IDS", 77}, {"PR_TSC_ENABLE", 1}, {"PR_TSC_SIGSEGV", 2},
    {"PTRACE_ATTACH", PTRACE_ATTACH}, {"PTRACE_CONT", PTRACE_CONT}, {"PTRACE_DETACH", PTRACE_DETACH},
    {"PTRACE_GETEVENTMSG", PTRACE_GETEVENTMSG}, {"PTRACE_GETFPREGS", 14}, {"PTRACE_GETREGS", 12},
    {"PTRACE_GETREGSET", PTRACE_GETREGSET}, {"PTRACE_GETSIGINFO", PTRACE_GETSIGINFO},
    {"PTRACE_GETSIGMASK", PTRACE_GETSIGMASK}, {"PTRACE_GET_RSEQ_CONFIGURATION", 0x420f},
    {"PTRACE_GET_SYSCALL_INFO", PTRACE_GET_SYSCALL_INFO}, {"PTRACE_INTERRUPT", PTRACE_INTERRUPT},
    {"PTRACE_KILL", PTRACE_KILL}, {"PTRACE_LISTEN", PTRACE_LISTEN}, {"PTRACE_O_EXITKILL", PTRACE_O_EXITKILL},
    {"PTRACE_O_SUSPEND_SECCOMP", PTRACE_O_SUSPEND_SECCOMP}, {"PTRACE_O_TRACECLONE", PTRACE_O_TRACECLONE},
    {"PTRACE_O_TRACEEXEC", PTRACE_O_TRACEEXEC}, {"PTRACE_O_TRACEEXIT", PTRACE_O_TRACEEXIT},
    {"PTRACE_O_TRACEFORK", PTRACE_O_TRACEFORK}, {"PTRACE_O_TRACESECCOMP", PTRACE_O_TRACESECCOMP},
    {"PTRACE_O_TRACESYSGOOD", PTRACE_O_TRACESYSGOOD}, {"PTRACE_O_TRACEVFORK", PTRACE_O_TRACEVFORK},
    {"PTRACE_O_TRACEVFORKDONE", PTRACE_O_TRACEVFORKDONE}, {"PTRACE_PEEKDATA", PTRACE_PEEKDATA},
    {"PTRACE_PEEKSIGINFO", PTRACE_PEEKSIGINFO}, {"PTRACE_PEEKTEXT", PTRACE_PEEKTEXT},
    {"PTRACE_PEEKUSER", PTRACE_PEEKUSER}, {"PTRACE_POKEDATA", PTRACE_POKEDATA}, {"PTRACE_POKETEXT", PTRACE_POKETEXT},
    {"PTRACE_POKEUSER", PTRACE_POKEUSER}, {"PTRACE_SECCOMP_GET_FILTER", PTRACE_SECCOMP_GET_FILTER},
    {"PTRACE_SECCOMP_GET_METADATA", PTRACE_SECCOMP_GET_METADATA}, {"PTRACE_SEIZE", PTRACE_SEIZE},
    {"PTRACE_SETFPREGS", 15}, {"PTRACE_SETOPTIONS", PTRACE_SETOPTIONS}, {"PTRACE_SETREGS", 13},
    {"PTRACE_SETREGSET", PTRACE_SETREGSET}, {"PTRACE_SETSIGINFO", PTRACE_SETSIGINFO},
    {"PTRACE_SETSIGMASK", PTRACE_SETSIGMASK}, {"PTRACE_SET_SYSCALL_INFO", 0x4212}, {"PTRACE_SINGLEBLOCK", 33},
    {"PTRACE_SINGLESTEP", PTRACE_SINGLESTEP}, {"PTRACE_SYSCALL", PTRACE_SYSCALL}, {"PTRACE_SYSEMU", 31},
    {"PTRACE_SYSEMU_SINGLESTEP", 32}, {"PTRACE_TRACEME", PTRACE_TRACEME}, {"P_ALL", P_ALL}, {"P_PGID", P_PGID},
    {"P_PID", P_PID}, {"P_PIDFD", P_PIDFD}, {"Q_GETFMT", 0x800004}, {"Q_GETINFO", 0x800005},
    {"Q_GETNEXTQUOTA", 0x800009}, {"Q_GETQUOTA", 0x800007}, {"Q_QUOTAOFF", 0x800003}, {"Q_QUOTAON", 0x800002},
    {"Q_SETINFO", 0x800006}, {"Q_SETQUOTA", 0x800008}, {"Q_SYNC", 0x800001}, {"RB_AUTOBOOT", RB_AUTOBOOT},
    {"RB_DISABLE_CAD", RB_DISABLE_CAD}, {"RB_ENABLE_CAD", RB_ENABLE_CAD}, {"RB_HALT_SYSTEM", RB_HALT_SYSTEM},
    {"RB_KEXEC", RB_KEXEC}, {"RB_POWER_OFF", RB_POWER_OFF}, {"RB_SW_SUSPEND", RB_SW_SUSPEND},
    {"READ_IMPLIES_EXEC", 0x400000}, {"RENAME_EXCHANGE", 2}, {"RENAME_NOREPLACE", 1}, {"RENAME_WHITEOUT", 4},
    {"RLIMIT_AS", RLIMIT_AS}, {"RLIMIT_CORE", RLIMIT_CORE}, {"RLIMIT_CPU", RLIMIT_CPU}, {"RLIMIT_DATA", RLIMIT_DATA},
    {"RLIMIT_FSIZE", RLIMIT_FSIZE}, {"RLIMIT_LOCKS", RLIMIT_LOCKS}, {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
    {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE}, {"RLIMIT_NICE", RLIMIT_NICE}, {"RLIMIT_NOFILE", RLIMIT_NOFILE},
    {"RLIMIT_NPROC", RLIMIT_NPROC}, {"RLIMIT_OFILE", RLIMIT_OFILE}, {"RLIMIT_RSS", RLIMIT_RSS},
    {"RLIMIT_RTPRIO", RLIMIT_RTPRIO}, {"RLIMIT_RTTIME", RLIMIT_RTTIME}, {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
    {"RLIMIT_STACK", RLIMIT_STACK}, {"RLIM_INFINITY", RLIM_INFINITY}, {"RSEQ_FLAG_UNREGISTER", 1},
    {"RUSAGE_CHILDREN", negative(RUSAGE_CHILDREN)}, {"RUSAGE_LWP", RUSAGE_LWP}, {"RUSAGE_SELF", RUSAGE_SELF},
    {"RUSAGE_THREAD", RUSAGE_THREAD}, {"RWF_APPEND", 16}, {"RWF_ATOMIC", 64}, {"RWF_DONTCACHE", 128},
    {"RWF_DSYNC", 2}, {"RWF_HIPRI", 1}, {"RWF_NOAPPEND", 32}, {"RWF_NOSIGNAL", 256}, {"RWF_NOWAIT", 8},
    {"RWF_SYNC", 4}, {"R_OK", R_OK}, {"SCHED_BATCH", SCHED_BATCH}, {"SCHED_DEADLINE", SCHED_DEADLINE},
    {"SCHED_EXT", 7}, {"SCHED_FIFO", SCHED_FIFO}, {"SCHED_IDLE", SCHED_IDLE}, {"SCHED_ISO", SCHED_ISO},
    {"SCHED_NORMAL", 0}, {"SCHED_OTHER", SCHED_OTHER}, {"SCHED_RESET_ON_FORK", SCHED_RESET_ON_FORK},
    {"SCHED_RR", SCHED_RR}, {"SECCOMP_FILTER_FLAG_LOG", 2}, {"SECCOMP_FILTER_FLAG_NEW_LISTENER", 8},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", 4}, {"SECCOMP_FILTER_FLAG_TSYNC", 1}, {"SECCOMP_FILTER_FLAG_TSYNC_ESRCH", 16},
    {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", 32}, {"SECCOMP_GET_ACTION_AVAIL", 2}, {"SECCOMP_GET_NOTIF_SIZES", 3},
    {"SECCOMP_MODE_DISABLED", 0}, {"SECCOMP_MODE_FILTER", 2}, {"SECCOMP_MODE_STRICT", 1},
    {"SECCOMP_RET_ALLOW", 0x7fff0000}, {"SECCOMP_RET_ERRNO", 0x50000}, {"SECCOMP_RET_KILL_PROCESS", 0x80000000},
    {"SECCOMP_RET_KILL_THREAD", 0}, {"SECCOMP_RET_LOG", 0x7ffc0000}, {"SECCOMP_RET_TRACE", 0x7ff00000},
    {"SECCOMP_RET_TRAP", 0x30000}, {"SECCOMP_RET_USER_NOTIF", 0x7fc00000}, {"SECCOMP_SET_MODE_FILTER", 1},
    {"SECCOMP_SET_MODE_STRICT", 0}, {"SEEK_CUR", SEEK_CUR}, {"SEEK_DATA", SEEK_DATA}, {"SEEK_END", SEEK_END},
    {"SEEK_HOLE", SEEK_HOLE}, {"SEEK_SET", SEEK_SET}, {"SEMCTL", 3}, {"SEMGET", 2}, {"SEMOP", 1}, {"SEMTIMEDOP", 4},
    {"SEM_UNDO", SEM_UNDO}, {"SETALL", SETALL}, {"SETVAL", SETVAL}, {"SFD_CLOEXEC", SFD_CLOEXEC},
    {"SFD_NONBLOCK", SFD_NONBLOCK}, {"SHMAT", 21}, {"SHMCTL", 24}, {"SHMDT", 22}, {"SHMGET", 23},
    {"SHM_EXEC", SHM_EXEC}, {"SHM_HUGETLB", SHM_HUGETLB}, {"SHM_LOCK", SHM_LOCK}, {"SHM_NORESERVE", SHM_NORESERVE},
    {"SHM_RDONLY", SHM_RDONLY}, {"SHM_REMAP", SHM_REMAP}, {"SHM_RND", SHM_RND}, {"SHM_UNLOCK", SHM_UNLOCK},
    {"SHORT_INODE", 0x1000000}, {"SHUT_RD", SHUT_RD}, {"SHUT_RDWR", SHUT_RDWR}, {"SHUT_WR", SHUT_WR},
    {"SIGABRT", SIGABRT}, {"SIGALRM", SIGALRM}, {"SIGBUS", SIGBUS}, {"SIGCHLD", SIGCHLD}, {"SIGCLD", SIGCLD},
    {"SIGCONT", SIGCONT}, {"SIGFPE", SIGFPE}, {"SIGHUP", SIGHUP}, {"SIGILL", SIGILL}, {"SIGINT", SIGINT},
    {"SIGIO", SIGIO}, {"SIGIOT", SIGIOT}, {"SIGKILL", SIGKILL}, {"SIGPIPE", SIGPIPE}, {"SIGPOLL", SIGPOLL},
    {"SIGPROF", SIGPROF}, {"SIGPWR", SIGPWR}, {"SIGQUIT", SIGQUIT}, {"SIGSEGV", SIGSEGV}, {"SIGSTKFLT", SIGSTKFLT},
    {"SIGSTOP", SIGSTOP}, {"SIGSYS", SIGSYS}, {"SIGTERM", SIGTERM}, {"SIGTRAP", SIGTRAP}, {"SIGTSTP", SIGTSTP},
    {"SIGTTIN", SIGTTIN}, {"SIGTTOU", SIGTTOU}, {"SIGURG", SIGURG}, {"SIGUSR1", SIGUSR1}, {"SIGUSR2", SIGUSR2},
    {"SIGVTALRM", SIGVTALRM}, {"SIGWINCH", SIGWINCH}, {"SIGXCPU", SIGXCPU}, {"SIGXFSZ", SIGXFSZ},
    {"SIG_BLOCK", SIG_BLOCK}, {"SIG_SETMASK", SIG_SETMASK}, {"SIG_UNBLOCK", SIG_UNBLOCK},
    {"SIOCADDMULTI", SIOCADDMULTI}, {"SIOCADDRT", SIOCADDRT}, {"SIOCATMARK", SIOCATMARK}, {"SIOCDARP", SIOCDARP},
    {"SIOCDELMULTI", SIOCDELMULTI}, {"SIOCDELRT", SIOCDELRT}, {"SIOCDIFADDR", SIOCDIFADDR}, {"SIOCDRARP", SIOCDRARP},
    {"SIOCGARP", SIOCGARP}, {"SIOCGIFADDR", SIOCGIFADDR}, {"SIOCGIFBR", SIOCGIFBR},
    {"SIOCGIFBRDADDR", SIOCGIFBRDADDR}, {"SIOCGIFCONF", SIOCGIFCONF}, {"SIOCGIFDSTADDR", SIOCGIFDSTADDR},
    {"SIOCGIFFLAGS", SIOCGIFFLAGS}, {"SIOCGIFHWADDR", SIOCGIFHWADDR}, {"SIOCGIFINDEX", SIOCGIFINDEX},
    {"SIOCGIFMAP", SIOCGIFMAP}, {"SIOCGIFMTU", SIOCGIFMTU}, {"SIOCGIFNAME", SIOCGIFNAME},
    {"SIOCGIFNETMASK", SIOCGIFNETMASK}, {"SIOCGIFPFLAGS", SIOCGIFPFLAGS}, {"SIOCGIFSLAVE", SIOCGIFSLAVE},
    {"SIOCGIFTXQLEN", SIOCGIFTXQLEN}, {"SIOCGPGRP", SIOCGPGRP}, {"SIOCGRARP", SIOCGRARP}, {"SIOCSARP", SIOCSARP},
    {"SIOCSIFADDR", SIOCSIFADDR}, {"SIOCSIFBR", SIOCSIFBR}, {"SIOCSIFBRDADDR", SIOCSIFBRDADDR},
    {"SIOCSIFDSTADDR", SIOCSIFDSTADDR}, {"SIOCSIFFLAGS", SIOCSIFFLAGS}, {"SIOCSIFHWADDR", SIOCSIFHWADDR},
    {"SIOCSIFHWBROADCAST", SIOCSIFHWBROADCAST}, {"SIOCSIFLINK", SIOCSIFLINK}, {"SIOCSIFMAP", SIOCSIFMAP},
    {"SIOCSIFMTU", SIOCSIFMTU}, {"SIOCSIFNAME", SIOCSIFNAME}, {"SIOCSIFNETMASK", SIOCSIFNETMASK},
    {"SIOCSIFPFLAGS", SIOCSIFPFLAGS}, {"SIOCSIFSLAVE", SIOCSIFSLAVE}, {"SIOCSIFTXQLEN", SIOCSIFTXQLEN},
    {"SIOCSPGRP", SIOCSPGRP}, {"SIOCSRARP", SIOCSRARP}, {"SOCK_CLOEXEC", SOCK_CLOEXEC}, {"SOCK_DCCP", SOCK_DCCP},
    {"SOCK_DGRAM", SOCK_DGRAM}, {"SOCK_NONBLOCK", SOCK_NONBLOCK}, {"SOCK_PACKET", SOCK_PACKET},
    {"SOCK_RAW", SOCK_RAW}, {"SOCK_RDM", SOCK_RDM}, {"SOCK_SEQPACKET", SOCK_SEQPACKET}, {"SOCK_STREAM", SOCK_STREAM},
    {"SOL_ALG", SOL_ALG}, {"SOL_BLUETOOTH", SOL_BLUETOOTH}, {"SOL_CAIF", SOL_CAIF}, {"SOL_DCCP", SOL_DCCP},
    {"SOL_IP", SOL_IP}, {"SOL_IPV6", SOL_IPV6}, {"SOL_IUCV", SOL_IUCV}, {"SOL_KCM", SOL_KCM}, {"SOL_LLC", SOL_LLC},
    {"SOL_MCTP", SOL_MCTP}, {"SOL_MPTCP", 284}, {"SOL_NETBEUI", SOL_NETBEUI}, {"SOL_NETLINK", SOL_NETLINK},
    {"SOL_NFC", SOL_NFC}, {"SOL_PACKET", SOL_PACKET}, {"SOL_PNPIPE", SOL_PNPIPE}, {"SOL_PPPOL2TP", SOL_PPPOL2TP},
    {"SOL_RAW", SOL_RAW}, {"SOL_RDS", SOL_RDS}, {"SOL_RXRPC", SOL_RXRPC}, {"SOL_SCTP", 132}, {"SOL_SMC", SOL_SMC},
    {"SOL_SOCKET", SOL_SOCKET}, {"SOL_TCP", 6}, {"SOL_TIPC", SOL_TIPC}, {"SOL_TLS", 282}, {"SOL_UDP", 17},
    {"SOL_XDP", SOL_XDP}, {"SO_ACCEPTCONN", SO_ACCEPTCONN}, {"SO_ATTACH_BPF", SO_ATTACH_BPF},
    {"SO_ATTACH_FILTER", SO_ATTACH_FILTER}, {"SO_BINDTODEVICE", SO_BINDTODEVICE},
    {"SO_BINDTOIFINDEX", SO_BINDTOIFINDEX}, {"SO_BPF_EXTENSIONS", SO_BPF_EXTENSIONS}, {"SO_BROADCAST", SO_BROADCAST},
    {"SO_BUF_LOCK", SO_BUF_LOCK}, {"SO_CNX_ADVICE", SO_CNX_ADVICE}, {"SO_COOKIE", SO_COOKIE}, {"SO_DEBUG", SO_DEBUG},
    {"SO_DETACH_BPF", SO_DETACH_BPF}, {"SO_DETACH_FILTER", SO_DETACH_FILTER},
    {"SO_DETACH_REUSEPORT_BPF", SO_DETACH_REUSEPORT_BPF}, {"SO_DOMAIN", SO_DOMAIN}, {"SO_DONTROUTE", SO_DONTROUTE},
    {"SO_ERROR", SO_ERROR}, {"SO_INCOMING_CPU", SO_INCOMING_CPU}, {"SO_INCOMING_NAPI_ID", SO_INCOMING_NAPI_ID},
    {"SO_KEEPALIVE", SO_KEEPALIVE}, {"SO_LINGER", SO_LINGER}, {"SO_LOCK_FILTER", SO_LOCK_FILTER},
    {"SO_MARK", SO_MARK}, {"SO_MAX_PACING_RATE", SO_MAX_PACING_RATE}, {"SO_MEMINFO", SO_MEMINFO},
    {"SO_NETNS_COOKIE", SO_NETNS_COOKIE}, {"SO_NOFCS", SO_NOFCS}, {"SO_NO_CHECK", SO_NO_CHECK},
    {"SO_OOBINLINE", SO_OOBINLINE}, {"SO_PASSCRED", SO_PASSCRED}, {"SO_PASSPIDFD", 76}, {"SO_PASSRIGHTS", 83},
    {"SO_PASSSEC", SO_PASSSEC}, {"SO_PEEK_OFF", SO_PEEK_OFF}, {"SO_PEERCRED", SO_PEERCRED},
    {"SO_PEERGROUPS", SO_PEERGROUPS}, {"SO_PEERNAME", SO_PEERNAME}, {"SO_PEERPIDFD", 77}, {"SO_PEERSEC", SO_PEERSEC},
    {"SO_PREFER_BUSY_POLL", SO_PREFER_BUSY_POLL}, {"SO_PRIORITY", SO_PRIORITY}, {"SO_PROTOCOL", SO_PROTOCOL},
    {"SO_RCVBUF", SO_RCVBUF}, {"SO_RCVBUFFORCE", SO_RCVBUFFORCE}, {"SO_RCVLOWAT", SO_RCVLOWAT},
    {"SO_RCVMARK", SO_RCVMARK}, {"SO_RCVPRIORITY", 82}, {"SO_RCVTIMEO", SO_RCVTIMEO},
    {"SO_RESERVE_MEM", SO_RESERVE_MEM}, {"SO_REUSEADDR", SO_REUSEADDR}, {"SO_REUSEPORT", SO_REUSEPORT},
    {"SO_RXQ_OVFL", SO_RXQ_OVFL}, {"SO_SELECT_ERR_QUEUE", SO_SELECT_ERR_QUEUE}, {"SO_SNDBUF", SO_SNDBUF},
    {"SO_SNDBUFFORCE", SO_SNDBUFFORCE}, {"SO_SNDLOWAT", SO_SNDLOWAT}, {"SO_SNDTIMEO", SO_SNDTIMEO},
    {"SO_TIMESTAMP", SO_TIMESTAMP}, {"SO_TIMESTAMPING", SO_TIMESTAMPING}, {"SO_TIMESTAMPNS", SO_TIMESTAMPNS},
    {"SO_TXREHASH", SO_TXREHASH}, {"SO_TXTIME", SO_TXTIME}, {"SO_TYPE", SO_TYPE}, {"SO_ZEROCOPY", SO_ZEROCOPY},
    {"SPLICE_F_GIFT", SPLICE_F_GIFT}, {"SPLICE_F_MORE", SPLICE_F_MORE}, {"SPLICE_F_MOVE", SPLICE_F_MOVE},
    {"SPLICE_F_NONBLOCK", SPLICE_F_NONBLOCK}, {"STICKY_TIMEOUTS", 0x4000000}, {"SWAP_FLAG_DISCARD", 0x10000},
    {"SWAP_FLAG_DISCARD_ONCE", 0x20000}, {"SWAP_FLAG_DISCARD_PAGES", 0x40000},
    {"SWAP_FLAG_PREFER", SWAP_FLAG_PREFER}, {"SYNC_FILE_RANGE_WAIT_AFTER", SYNC_FILE_RANGE_WAIT_AFTER},
    {"SYNC_FILE_RANGE_WAIT_BEFORE", SYNC_FILE_RANGE_WAIT_BEFORE}, {"SYNC_FILE_RANGE_WRITE", SYNC_FILE_RANGE_WRITE},
    {"SYNC_FILE_RANGE_WRITE_AND_WAIT", SYNC_FILE_RANGE_WRITE_AND_WAIT}, {"SYS_ACCEPT", 5}, {"SYS_ACCEPT4", 18},
    {"SYS_BIND", 2}, {"SYS_CONNECT", 3}, {"SYS_GETPEERNAME", 7}, {"SYS_GETSOCKNAME", 6}, {"SYS_GETSOCKOPT", 15},
    {"SYS_LISTEN", 4}, {"SYS_RECV", 10}, {"SYS_RECVFROM", 12}, {"SYS_RECVMMSG", 19}, {"SYS_RECVMSG", 17},
    {"SYS_SEND", 9}, {"SYS_SENDMMSG", 20}, {"SYS_SENDMSG", 16}, {"SYS_SENDTO", 11}, {"SYS_SETSOCKOPT", 14},
    {"SYS_SHUTDOWN", 13}, {"SYS_SOCKET", 1}, {"SYS_SOCKETPAIR", 8}, {"S_IEXEC", S_IEXEC}, {"S_IFBLK", S_IFBLK},
    {"S_IFCHR", S_IFCHR}, {"S_IFDIR", S_IFDIR}, {"S_IFIFO", S_IFIFO}, {"S_IFLNK", S_IFLNK}, {"S_IFMT", S_IFMT},
    {"S_IFREG", S_IFREG}, {"S_IFSOCK", S_IFSOCK}, {"S_IREAD", S_IREAD}, {"S_IRGRP", S_IRGRP}, {"S_IROTH", S_IROTH},
    {"S_IRUSR", S_IRUSR}, {"S_IRWXG", S_IRWXG}, {"S_IRWXO", S_IRWXO}, {"S_IRWXU", S_IRWXU}, {"S_ISGID", S_ISGID},
    {"S_ISUID", S_ISUID}, {"S_ISVTX", S_ISVTX}, {"S_IWGRP", S_IWGRP}, {"S_IWOTH", S_IWOTH}, {"S_IWRITE", S_IWRITE},
    {"S_IWUSR", S_IWUSR}, {"S_IXGRP", S_IXGRP}, {"S_IXOTH", S_IXOTH}, {"S_IXUSR", S_IXUSR}, {"TCFLSH", TCFLSH},
    {"TCGETA", TCGETA}, {"TCGETS", TCGETS}, {"TCGETS2", 0x802c542a}, {"TCP_CONGESTION", 13}, {"TCP_FASTOPEN", 23},
    {"TCP_FASTOPEN_CONNECT", 30}, {"TCP_MD5SIG", 14}, {"TCP_NODELAY", 1}, {"TCP_REPAIR", 19}, {"TCP_ULP", 31},
    {"TCSBRK", TCSBRK}, {"TCSBRKP", TCSBRKP}, {"TCSETA", TCSETA}, {"TCSETAF", TCSETAF}, {"TCSETAW", TCSETAW},
    {"TCSETS", TCSETS}, {"TCSETS2", 0x402c542b}, {"TCSETSF", TCSETSF}, {"TCSETSF2", 0x402c542d},
    {"TCSETSW", TCSETSW}, {"TCSETSW2", 0x402c542c}, {"TCXONC", TCXONC}, {"TFD_CLOEXEC", TFD_CLOEXEC},
    {"TFD_NONBLOCK", TFD_NONBLOCK}, {"TFD_TIMER_ABSTIME", TFD_TIMER_ABSTIME},
    {"TFD_TIMER_CANCEL_ON_SET", TFD_TIMER_CANCEL_ON_SET}, {"TIMER_ABSTIME", TIMER_ABSTIME}, {"TIOCCBRK", TIOCCBRK},
    {"TIOCCONS", TIOCCONS}, {"TIOCEXCL", TIOCEXCL}, {"TIOCGETD", TIOCGETD}, {"TIOCGEXCL", TIOCGEXCL},
    {"TIOCGICOUNT", TIOCGICOUNT}, {"TIOCGISO7816", 0x80285442}, {"TIOCGLCKTRMIOS", TIOCGLCKTRMIOS},
    {"TIOCGPGRP", TIOCGPGRP}, {"TIOCGPKT", TIOCGPKT}, {"TIOCGPTLCK", TIOCGPTLCK}, {"TIOCGPTN", TIOCGPTN},
    {"TIOCGPTPEER", TIOCGPTPEER}, {"TIOCGRS485", TIOCGRS485}, {"TIOCGSERIAL", TIOCGSERIAL}, {"TIOCGSID", TIOCGSID},
    {"TIOCGSOFTCAR", TIOCGSOFTCAR}, {"TIOCGWINSZ", TIOCGWINSZ}, {"TIOCINQ", TIOCINQ}, {"TIOCLINUX", TIOCLINUX},
    {"TIOCMBIC", TIOCMBIC}, {"TIOCMBIS", TIOCMBIS}, {"TIOCMGET", TIOCMGET}, {"TIOCMIWAIT", TIOCMIWAIT},
    {"TIOCMSET", TIOCMSET}, {"TIOCNOTTY", TIOCNOTTY}, {"TIOCNXCL", TIOCNXCL}, {"TIOCOUTQ", TIOCOUTQ},
    {"TIOCPKT", TIOCPKT}, {"TIOCSBRK", TIOCSBRK}, {"TIOCSCTTY", TIOCSCTTY}, {"TIOCSETD", TIOCSETD},
    {"TIOCSIG", TIOCSIG}, {"TIOCSISO7816", 0xc0285443}, {"TIOCSLCKTRMIOS", TIOCSLCKTRMIOS}, {"TIOCSPGRP", TIOCSPGRP},
    {"TIOCSPTLCK", TIOCSPTLCK}, {"TIOCSRS485", TIOCSRS485}, {"TIOCSSERIAL", TIOCSSERIAL},
    {"TIOCSSOFTCAR", TIOCSSOFTCAR}, {"TIOCSTI", TIOCSTI}, {"TIOCSWINSZ", TIOCSWINSZ}, {"TIOCVHANGUP", TIOCVHANGUP},
    {"TUNGETDEVNETNS", 0x54e3}, {"TUNGETFEATURES", 0x800454cf}, {"TUNGETIFF", 0x800454d2},
    {"TUNGETSNDBUF", 0x800454d3}, {"TUNGETVNETBE", 0x800454df}, {"TUNGETVNETHDRSZ", 0x800454d7},
    {"TUNGETVNETLE", 0x800454dd}, {"TUNSETCARRIER", 0x400454e2}, {"TUNSETDEBUG", 0x400454c9},
    {"TUNSETFILTEREBPF", 0x800454e1}, {"TUNSETGROUP", 0x400454ce}, {"TUNSETIFF", 0x400454ca},
    {"TUNSETIFINDEX", 0x400454da}, {"TUNSETLINK", 0x400454cd}, {"TUNSETNOCSUM", 0x400454c8},
    {"TUNSETOFFLOAD", 0x400454d0}, {"TUNSETOWNER", 0x400454cc}, {"TUNSETPERSIST", 0x400454cb},
    {"TUNSETQUEUE", 0x400454d9}, {"TUNSETSNDBUF", 0x400454d4}, {"TUNSETSTEERINGEBPF", 0x800454e0},
    {"TUNSETTXFILTER", 0x400454d1}, {"TUNSETVNETBE", 0x400454de}, {"TUNSETVNETHDRSZ", 0x400454d8},
    {"TUNSETVNETLE", 0x400454dc}, {"UFFD_USER_MODE_ONLY", 1}, {"UMOUNT_NOFOLLOW", UMOUNT_NOFOLLOW},
    {"UNAME26", 0x20000}, {"USERFAULTFD_IOC_NEW", 0xaa00}, {"USRQUOTA", 0}, {"WCONTINUED", WCONTINUED},
    {"WEXITED", WEXITED}, {"WHOLE_SECONDS", 0x2000000}, {"WNOHANG", WNOHANG}, {"WNOWAIT", WNOWAIT},
    {"WSTOPPED", WSTOPPED}, {"WUNTRACED", WUNTRACED}, {"W_OK", W_OK}, {"XATTR_CREATE", XATTR_CREATE},
    {"XATTR_REPLACE", XATTR_REPLACE}, {"X_OK", X_OK},
};

struct ErrorName {
  char name[16];
  std::uint16_t value;
};

// In the order of the numbers; of two names for one number the preferred comes first.
constexpr ErrorName kErrors[] = {
    {"EPERM", EPERM}, {"ENOENT", ENOENT}, {"ESRCH", ESRCH}, {"EINTR", EINTR}, {"EIO", EIO}, {"ENXIO", ENXIO},
    {"E2BIG", E2BIG}, {"ENOEXEC", ENOEXEC}, {"EBADF", EBADF}, {"ECHILD", ECHILD}, {"EAGAIN", EAGAIN},
    {"EWOULDBLOCK", EWOULDBLOCK}, {"ENOMEM", ENOMEM}, {"EACCES", EACCES}, {"EFAULT", EFAULT}, {"ENOTBLK", ENOTBLK},
    {"EBUSY", EBUSY}, {"EEXIST", EEXIST}, {"EXDEV", EXDEV}, {"ENODEV", ENODEV}, {"ENOTDIR", ENOTDIR},
    {"EISDIR", EISDIR}, {"EINVAL", EINVAL}, {"ENFILE", ENFILE}, {"EMFILE", EMFILE}, {"ENOTTY", ENOTTY},
    {"ETXTBSY", ETXTBSY}, {"EFBIG", EFBIG}, {"ENOSPC", ENOSPC}, {"ESPIPE", ESPIPE}, {"EROFS", EROFS},
    {"EMLINK", EMLINK}, {"EPIPE", EPIPE}, {"EDOM", EDOM}, {"ERANGE", ERANGE}, {"EDEADLK", EDEADLK},
    {"EDEADLOCK", EDEADLOCK}, {"ENAMETOOLONG", ENAMETOOLONG}, {"ENOLCK", ENOLCK}, {"ENOSYS", ENOSYS},
    {"ENOTEMPTY", ENOTEMPTY}, {"ELOOP", ELOOP}, {"ENOMSG", ENOMSG}, {"EIDRM", EIDRM}, {"ECHRNG", ECHRNG},
    {"EL2NSYNC", EL2NSYNC}, {"EL3HLT", EL3HLT}, {"EL3RST", EL3RST}, {"ELNRNG", ELNRNG}, {"EUNATCH", EUNATCH},
    {"ENOCSI", ENOCSI}, {"EL2HLT", EL2HLT}, {"EBADE", EBADE}, {"EBADR", EBADR}, {"EXFULL", EXFULL},
    {"ENOANO", ENOANO}, {"EBADRQC", EBADRQC}, {"EBADSLT", EBADSLT}, {"EBFONT", EBFONT}, {"ENOSTR", ENOSTR},
    {"ENODATA", ENODATA}, {"ETIME", ETIME}, {"ENOSR", ENOSR}, {"ENONET", ENONET}, {"ENOPKG", ENOPKG},
    {"EREMOTE", EREMOTE}, {"ENOLINK", ENOLINK}, {"EADV", EADV}, {"ESRMNT", ESRMNT}, {"ECOMM", ECOMM},
    {"EPROTO", EPROTO}, {"EMULTIHOP", EMULTIHOP}, {"EDOTDOT", EDOTDOT}, {"EBADMSG", EBADMSG},
    {"EOVERFLOW", EOVERFLOW}, {"ENOTUNIQ", ENOTUNIQ}, {"EBADFD", EBADFD}, {"EREMCHG", EREMCHG}, {"ELIBACC", ELIBACC},
    {"ELIBBAD", ELIBBAD}, {"ELIBSCN", ELIBSCN}, {"ELIBMAX", ELIBMAX}, {"ELIBEXEC", ELIBEXEC}, {"EILSEQ", EILSEQ},
    {"ERESTART", ERESTART}, {"ESTRPIPE", ESTRPIPE}, {"EUSERS", EUSERS}, {"ENOTSOCK", ENOTSOCK},
    {"EDESTADDRREQ", EDESTADDRREQ}, {"EMSGSIZE", EMSGSIZE}, {"EPROTOTYPE", EPROTOTYPE}, {"ENOPROTOOPT", ENOPROTOOPT},
    {"EPROTONOSUPPORT", EPROTONOSUPPORT}, {"ESOCKTNOSUPPORT", ESOCKTNOSUPPORT}, {"EOPNOTSUPP", EOPNOTSUPP},
    {"ENOTSUP", ENOTSUP}, {"EPFNOSUPPORT", EPFNOSUPPORT}, {"EAFNOSUPPORT", EAFNOSUPPORT}, {"EADDRINUSE", EADDRINUSE},
    {"EADDRNOTAVAIL", EADDRNOTAVAIL}, {"ENETDOWN", ENETDOWN}, {"ENETUNREACH", ENETUNREACH}, {"ENETRESET", ENETRESET},
    {"ECONNABORTED", ECONNABORTED}, {"ECONNRESET", ECONNRESET}, {"ENOBUFS", ENOBUFS}, {"EISCONN", EISCONN},
    {"ENOTCONN", ENOTCONN}, {"ESHUTDOWN", ESHUTDOWN}, {"ETOOMANYREFS", ETOOMANYREFS}, {"ETIMEDOUT", ETIMEDOUT},
    {"ECONNREFUSED", ECONNREFUSED}, {"EHOSTDOWN", EHOSTDOWN}, {"EHOSTUNREACH", EHOSTUNREACH}, {"EALREADY", EALREADY},
    {"EINPROGRESS", EINPROGRESS}, {"ESTALE", ESTALE}, {"EUCLEAN", EUCLEAN}, {"ENOTNAM", ENOTNAM},
    {"ENAVAIL", ENAVAIL}, {"EISNAM", EISNAM}, {"EREMOTEIO", EREMOTEIO}, {"EDQUOT", EDQUOT}, {"ENOMEDIUM", ENOMEDIUM},
    {"EMEDIUMTYPE", EMEDIUMTYPE}, {"ECANCELED", ECANCELED}, {"ENOKEY", ENOKEY}, {"EKEYEXPIRED", EKEYEXPIRED},
    {"EKEYREVOKED", EKEYREVOKED}, {"EKEYREJECTED", EKEYREJECTED}, {"EOWNERDEAD", EOWNERDEAD},
    {"ENOTRECOVERABLE", ENOTRECOVERABLE}, {"ERFKILL", ERFKILL}, {"EHWPOISON", EHWPOISON},
};

template <typename Row, std::size_t Count>
constexpr bool sorted_by_name(const Row (&rows)[Count]) {
  for (std::size_t i = 1; i < Count; ++i)
    if (std::string_view(rows[i - 1].name) >= std::string_view(rows[i].name)) return false;
  return true;
}

static_assert(sorted_by_name(kSyscalls));
static_assert(sorted_by_name(kConstants));

template <typename Row, std::size_t Count>
const Row* find_by_name(const Row (&rows)[Count], std::string_view name) {
  const auto before = [](const Row& row, std::string_view wanted) { return row.name < wanted; };
  const Row* row = std::lower_bound(std::begin(rows), std::end(rows), name, before);
  return row != std::end(rows) && row->name == name ? row : nullptr;
}

/// Cuts the next word off the front of the text; empty at its end.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(" \n"));
  text.remove_prefix(word.size());
  return word;
}

/// Cuts the next paragraph off the front of the groups: "@aio io_cancel ..."; empty at their end.
std::string_view take_group(std::string_view& groups) {
  groups.remove_prefix(std::min(groups.find('@'), groups.size()));
  const std::string_view group = groups.substr(0, groups.find("\n@"));
  groups.remove_prefix(group.size());
  return group;
}

void add_members(std::string_view wanted, std::vector<std::string_view>& members) {
  std::string_view groups = kGroups;
  std::string_view group = take_group(groups);
  while (!group.empty() && take_word(group) != wanted) group = take_group(groups);
  for (std::string_view word = take_word(group); !word.empty(); word = take_word(group)) {
    if (word.starts_with('@'))
      add_members(word, members);
    else if (std::find(members.begin(), members.end(), word) == members.end())
      members.push_back(word);
  }
}

}  // namespace

const SyscallName* find_syscall(std::string_view name) { return find_by_name(kSyscalls, name); }

std::span<const SyscallName> all_syscalls() { return kSyscalls; }

std::vector<std::string_view> group_members(std::string_view group) {
  std::vector<std::string_view> members;
  if (group == kKnown)
    for (const SyscallName& call : kSyscalls) members.emplace_back(call.name);
  else
    add_members(group, members);
  return members;
}

std::vector<std::string_view> all_groups() {
  std::vector<std::string_view> names;
  std::string_view groups = kGroups;
  for (std::string_view group = take_group(groups); !group.empty(); group = take_group(groups))
    names.push_back(take_word(group));
  names.emplace_back(kKnown);
  return names;
}

std::optional<std::uint64_t> find_constant(std::string_view name) {
  if (const Constant* constant = find_by_name(kConstants, name)) return constant->value;
  return std::nullopt;
}

std::vector<std::string_view> all_constants() {
  std::vector<std::string_view> names;
  names.reserve(std::size(kConstants));
  for (const Constant& constant : kConstants) names.emplace_back(constant.name);
  return names;
}

std::optional<int> find_errno(std::string_view name) {
  for (const ErrorName& error : kErrors)
    if (error.name == name) return error.value;
  return std::nullopt;
}

std::string_view errno_name(int value) {
  for (const ErrorName& error : kErrors)
    if (error.value == value) return error.name;
  return {};
}

}  // namespace landshim
