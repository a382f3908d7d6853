// SPDX-License-Identifier: MIT
// Roads to a process outside: signals, its memory and descriptors, its limits and its share of the machine.
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/kcmp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "tests/escape/suite/attempts.h"

namespace landshim::escape {

namespace {

constexpr auto N = Trace::kNone;
constexpr auto W = Trace::kWorld;

pid_t pid() { return static_cast<pid_t>(number("pid")); }
void* address() { return reinterpret_cast<void*>(number("address")); }
std::string proc(const char* name) { return std::string("/proc/") + text("pid") + "/" + name; }
int reads(const char* name) { return read_from(open(proc(name).c_str(), O_RDONLY)); }
int writes(const char* name, const char* value) {
  const int fd = open(proc(name).c_str(), O_WRONLY);
  return fd < 0 ? errno : answer(write(fd, value, strlen(value)));
}
int pidfd() { return static_cast<int>(syscall(SYS_pidfd_open, pid(), 0)); }
constexpr long kHigh = 1L << 32;
// By one, since nobody but root can take it back.
int lower() { return getpriority(PRIO_PROCESS, 0) + 1; }

// A signal for whoever owns the descriptor, once something arrives on it.
int owned(int (*own)(int fd)) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return errno;
  if (own(ends[0]) != 0) return errno;
  if (fcntl(ends[0], F_SETSIG, SIGUSR1) != 0 || fcntl(ends[0], F_SETFL, O_ASYNC) != 0) return errno;
  // Where the signal is refused, it is in silence: the one outside knows.
  return write_to(ends[1]);
}

int queued(long call) {
  siginfo_t info{};
  info.si_signo = SIGUSR1;
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_uid = getuid();
  return call == 0 ? answer(syscall(SYS_rt_sigqueueinfo, pid(), SIGUSR1, &info)) : answer(syscall(SYS_rt_tgsigqueueinfo, pid(), pid(), SIGUSR1, &info));
}

int limits(int which, rlim_t soft) {
  rlimit limit{};
  if (syscall(SYS_prlimit64, pid(), which, nullptr, &limit) != 0) return errno;
  limit.rlim_cur = soft;
  return answer(syscall(SYS_prlimit64, pid(), which, &limit, nullptr));
}

int affinity(long of) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(0, &one);
  return answer(syscall(SYS_sched_setaffinity, of, sizeof one, &one));
}

struct Attributes {
  std::uint32_t size, policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::uint64_t runtime, deadline, period;
};

const Attempt kAttempts[] = {
    // --- signals ---
    {"signal-kill", "kill(2)", W, [] { return answer(kill(pid(), SIGUSR1)); }},
    {"signal-probe", "kill(2) with signal 0", N, [] { return answer(kill(pid(), 0)); }},
    {"signal-group", "kill(2) of a process group", W, [] { return answer(kill(-pid(), SIGUSR1)); }},
    {"signal-high-bits", "kill(2), bits above 32 set", W, [] { return answer(syscall(SYS_kill, kHigh | pid(), kHigh | SIGUSR1)); }},
    {"signal-parent", "kill(2) of the parent", N, [] { return answer(kill(static_cast<pid_t>(number("runner")), SIGURG)); }},
    {"signal-continue", "kill(2), SIGCONT", N, [] { return answer(kill(pid(), SIGCONT)); }},
    {"signal-tkill", "tkill(2)", W, [] { return answer(syscall(SYS_tkill, pid(), SIGUSR1)); }},
    {"signal-tgkill", "tgkill(2)", W, [] { return answer(syscall(SYS_tgkill, pid(), pid(), SIGUSR1)); }},
    {"signal-queue", "rt_sigqueueinfo(2)", W, [] { return queued(0); }},
    {"signal-queue-thread", "rt_tgsigqueueinfo(2)", W, [] { return queued(1); }},
    {"signal-pidfd", "pidfd_send_signal(2)", W, [] { const int fd = pidfd(); return fd < 0 ? errno : answer(syscall(SYS_pidfd_send_signal, fd, SIGUSR1, nullptr, 0)); }},
    {"signal-pidfd-group", "pidfd_send_signal(2) to the process group", W, [] { const int fd = pidfd(); return fd < 0 ? errno : answer(syscall(SYS_pidfd_send_signal, fd, SIGUSR1, nullptr, 4)); }},
    {"signal-pidfd-proc", "pidfd_send_signal(2) by a directory of /proc", W,
     [] {
       const int fd = open(proc("").c_str(), O_RDONLY | O_DIRECTORY);
       return fd < 0 ? errno : answer(syscall(SYS_pidfd_send_signal, fd, SIGUSR1, nullptr, 0));
     }},
    {"signal-owner", "F_SETOWN and O_ASYNC", W, [] { return owned([](int fd) { return fcntl(fd, F_SETOWN, pid()); }); }},
    {"signal-owner-group", "F_SETOWN of a process group", W, [] { return owned([](int fd) { return fcntl(fd, F_SETOWN, -pid()); }); }},
    {"signal-owner-thread", "F_SETOWN_EX of a thread", W,
     [] {
       return owned([](int fd) {
         const f_owner_ex owner{F_OWNER_TID, pid()};
         return fcntl(fd, F_SETOWN_EX, &owner);
       });
     }},
    {"signal-owner-ioctl", "FIOSETOWN", W, [] { return owned([](int fd) { int owner = pid(); return ioctl(fd, FIOSETOWN, &owner); }); }},
    {"signal-own-group", "kill(2) of one's own group, in which somebody stands outside", W, [] { signal(SIGUSR1, SIG_IGN); return answer(kill(0, SIGUSR1)); }},
    {"signal-everybody", "kill(2) of everybody", W, [] { return only_if("alone", [] { return answer(kill(-1, SIGUSR1)); }); }},

    // --- memory, descriptors ---
    {"ptrace-attach", "PTRACE_ATTACH", N, [] { return answer(ptrace(PTRACE_ATTACH, pid(), nullptr, nullptr)); }},
    {"ptrace-seize", "PTRACE_SEIZE", N, [] { return answer(ptrace(PTRACE_SEIZE, pid(), nullptr, nullptr)); }},
    {"memory-read", "process_vm_readv(2)", N,
     [] {
       char byte = 0;
       const iovec mine{&byte, 1};
       const iovec theirs{address(), 1};
       return answer(process_vm_readv(pid(), &mine, 1, &theirs, 1, 0));
     }},
    {"memory-write", "process_vm_writev(2)", W,
     [] {
       char byte = 'x';
       const iovec mine{&byte, 1};
       const iovec theirs{address(), 1};
       return answer(process_vm_writev(pid(), &mine, 1, &theirs, 1, 0));
     }},
    {"memory-proc-read", "/proc/PID/mem", N, [] { const int fd = open(proc("mem").c_str(), O_RDONLY); char byte; return fd < 0 ? errno : answer(pread(fd, &byte, 1, number("address"))); }},
    {"memory-proc-write", "/proc/PID/mem, for writing", W, [] { const int fd = open(proc("mem").c_str(), O_RDWR); return fd < 0 ? errno : answer(pwrite(fd, "x", 1, number("address"))); }},
    {"process-environ", "/proc/PID/environ", N, [] { return answer(open(proc("environ").c_str(), O_RDONLY)); }},
    {"process-maps", "/proc/PID/maps", N, [] { return reads("maps"); }},
    {"process-auxv", "/proc/PID/auxv", N, [] { return reads("auxv"); }},
    {"process-smaps", "/proc/PID/smaps", N, [] { return reads("smaps"); }},
    {"process-exe", "/proc/PID/exe", N, [] { return read_from(open(proc("exe").c_str(), O_RDONLY)); }},
    {"process-readlink", "readlink(2) of /proc/PID/cwd", N, [] { char to[256]; return answer(readlink(proc("cwd").c_str(), to, sizeof to)); }},
    {"process-status", "/proc/PID/status", N, [] { return reads("status"); }},
    {"process-command-line", "/proc/PID/cmdline", N, [] { return reads("cmdline"); }},
    {"process-stack", "/proc/PID/stack", N, [] { return reads("stack"); }},
    {"process-clear-refs", "/proc/PID/clear_refs", N, [] { return writes("clear_refs", "1"); }},
    {"process-coredump-filter", "/proc/PID/coredump_filter", N, [] { return writes("coredump_filter", "0x23"); }},
    {"process-timer-slack", "/proc/PID/timerslack_ns", N, [] { return writes("timerslack_ns", "60000"); }},
    {"process-out-of-memory", "/proc/PID/oom_score_adj", W, [] { return writes("oom_score_adj", "500"); }},
    {"process-autogroup", "/proc/PID/autogroup", N, [] { return writes("autogroup", "0"); }},
    {"pidfd-getfd", "pidfd_getfd(2)", W,
     [] {
       const int fd = pidfd();
       return fd < 0 ? errno : write_to(syscall(SYS_pidfd_getfd, fd, number("held"), 0));
     }},
    {"pidfd-namespace", "the mount namespace of a pidfd", N, [] { const int fd = pidfd(); return fd < 0 ? errno : answer(ioctl(fd, 0xff03, 0)); }},
    {"setns-proc", "setns(2) to a namespace of a process outside", N,
     [] {
       const int fd = open(proc("ns/uts").c_str(), O_RDONLY);
       return fd < 0 ? errno : answer(setns(fd, 0));
     }},
    {"setns-pidfd", "setns(2) by a pidfd", N, [] { const int fd = pidfd(); return fd < 0 ? errno : answer(setns(fd, CLONE_NEWUTS)); }},
    {"compare", "kcmp(2)", N, [] { return answer(syscall(SYS_kcmp, getpid(), pid(), KCMP_VM, 0, 0)); }},
    {"advise", "process_madvise(2)", N,
     [] {
       const int fd = pidfd();
       const iovec theirs{reinterpret_cast<void*>(number("address") & ~4095L), 4096};
       return fd < 0 ? errno : answer(syscall(SYS_process_madvise, fd, &theirs, 1, MADV_COLD, 0));
     }},
    {"robust-list", "get_robust_list(2)", N, [] { void* head; size_t size; return answer(syscall(SYS_get_robust_list, pid(), &head, &size)); }},
    {"move-pages", "move_pages(2)", N, [] { void* pages[1] = {address()}; int status[1]; return answer(syscall(SYS_move_pages, pid(), 1, pages, nullptr, status, 0)); }},
    {"migrate-pages", "migrate_pages(2)", N, [] { const unsigned long node = 1; return answer(syscall(SYS_migrate_pages, pid(), 2, &node, &node)); }},
    {"perf-outside", "perf_event_open(2) of a process outside", N,
     [] {
       std::uint32_t attributes[32] = {1 /* software */, sizeof attributes, 1 /* task clock */};
       attributes[10] = 0x60;  // not of the kernel, not of the hypervisor
       return answer(syscall(SYS_perf_event_open, attributes, pid(), -1, -1, 0));
     }},
    {"core-scheduling", "PR_SCHED_CORE", N, [] { return answer(prctl(62, 1, pid(), 0, 0)); }},

    // --- limits and priority ---
    {"limit-kill", "prlimit(2), RLIMIT_CPU", W, [] { return limits(RLIMIT_CPU, 3600); }},
    {"limit-files", "prlimit(2), RLIMIT_NOFILE", W, [] { return limits(RLIMIT_NOFILE, 64); }},
    {"limit-high-bits", "prlimit(2), bits above 32 set", W,
     [] {
       const rlimit limit{3600, RLIM_INFINITY};
       return answer(syscall(SYS_prlimit64, kHigh | pid(), RLIMIT_CPU, &limit, nullptr));
     }},
    {"limit-read", "prlimit(2), reading", N, [] { rlimit limit{}; return answer(syscall(SYS_prlimit64, pid(), RLIMIT_CPU, nullptr, &limit)); }},
    {"priority", "setpriority(2)", W, [] { return answer(setpriority(PRIO_PROCESS, static_cast<id_t>(pid()), lower())); }},
    {"priority-group", "setpriority(2) of a process group", W, [] { return answer(setpriority(PRIO_PGRP, static_cast<id_t>(pid()), lower())); }},
    {"priority-user", "setpriority(2) of a user, named", W, [] { return only_if("alone", [] { return answer(setpriority(PRIO_USER, getuid(), lower())); }); }},
    {"priority-own-user", "setpriority(2) of a user, 0: all that the caller owns", W, [] { return only_if("alone", [] { return answer(setpriority(PRIO_USER, 0, lower())); }); }},
    {"priority-own-group", "setpriority(2) of a process group, 0: that of the caller", W, [] { return answer(setpriority(PRIO_PGRP, 0, lower())); }},
    {"io-priority", "ioprio_set(2)", W, [] { return answer(syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, pid(), IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0))); }},
    {"io-priority-own-user", "ioprio_set(2) of a user, 0: all that the caller owns", W, [] { return only_if("alone", [] { return answer(syscall(SYS_ioprio_set, IOPRIO_WHO_USER, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0))); }); }},
    {"io-priority-own-group", "ioprio_set(2) of a process group, 0: that of the caller", W, [] { return answer(syscall(SYS_ioprio_set, IOPRIO_WHO_PGRP, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0))); }},
    {"affinity", "sched_setaffinity(2)", W, [] { return affinity(pid()); }},
    {"affinity-high-bits", "sched_setaffinity(2), bits above 32 set", W, [] { return affinity(kHigh | pid()); }},
    {"scheduler", "sched_setscheduler(2)", W, [] { const sched_param none{}; return answer(syscall(SYS_sched_setscheduler, pid(), SCHED_BATCH, &none)); }},
    {"scheduler-parameters", "sched_setparam(2)", N, [] { const sched_param none{}; return answer(syscall(SYS_sched_setparam, pid(), &none)); }},
    {"scheduler-attributes", "sched_setattr(2)", W, [] { const Attributes attributes{sizeof(Attributes), SCHED_BATCH, 0, 19, 0, 0, 0, 0}; return answer(syscall(SYS_sched_setattr, pid(), &attributes, 0)); }},
    {"see-affinity", "sched_getaffinity(2)", N, [] { cpu_set_t set; return answer(syscall(SYS_sched_getaffinity, pid(), sizeof set, &set)); }},
    {"see-priority", "getpriority(2)", N, [] { return answer(syscall(SYS_getpriority, PRIO_PROCESS, pid())); }},
    {"see-session", "getsid(2)", N, [] { return answer(getsid(pid())); }},
    {"see-process", "pidfd_open(2)", N, [] { return answer(pidfd()); }},

    // --- one's own means, by a privilege ---
    {"raise-limit", "a hard limit raised", N, [] { rlimit limit{}; getrlimit(RLIMIT_MEMLOCK, &limit); limit.rlim_max = RLIM_INFINITY; return answer(setrlimit(RLIMIT_MEMLOCK, &limit)); }},
    {"raise-priority", "a priority raised", N, [] { return answer(setpriority(PRIO_PROCESS, 0, -5)); }},
    {"realtime", "realtime scheduling", N, [] { const sched_param one{1}; return answer(syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &one)); }},
    {"change-user", "setuid(2)", N, [] { return answer(syscall(SYS_setresuid, 12345, 12345, 12345)); }},
    {"change-group", "setgid(2)", N, [] { return answer(syscall(SYS_setresgid, 12345, 12345, 12345)); }},
    {"change-groups", "setgroups(2)", N, [] { const gid_t groups[1] = {6}; return answer(syscall(SYS_setgroups, 1, groups)); }},
};

}  // namespace

std::span<const Attempt> attempts_on_processes() { return kAttempts; }

}  // namespace landshim::escape
