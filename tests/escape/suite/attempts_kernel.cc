// SPDX-License-Identifier: MIT
// Roads into the kernel: what changes the machine, and calls that ordinary programs never need.
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/fanotify.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/klog.h>
#include <sys/personality.h>
#include <sys/quota.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/escape/suite/attempts.h"

namespace landshim::escape {

namespace {

constexpr auto N = Trace::kNone;
constexpr auto W = Trace::kWorld;

int enters(unsigned long flags) { return answer(syscall(SYS_unshare, flags)); }

int cloned(unsigned long flags) {
#if defined(__x86_64__)
  const long child = syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
#else
  const long child = syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, 0, nullptr);
#endif
  if (child == 0) _exit(0);
  return status_of(static_cast<pid_t>(child));
}

int cloned_by_structure(std::uint64_t flags) {
  std::uint64_t arguments[8] = {flags};
  arguments[4] = SIGCHLD;
  const long child = syscall(435 /* clone3 */, arguments, sizeof arguments);
  if (child == 0) _exit(0);
  return status_of(static_cast<pid_t>(child));
}

// Bounded: a hundredth of what would trouble a machine.
int memory_used() {
  constexpr std::size_t kSize = std::size_t{64} << 20;
  void* const memory = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  return memory == MAP_FAILED ? errno : 0;
}

int processes_used() {
  pid_t children[16];
  int made = 0;
  int error = 0;
  while (made < 16 && error == 0) {
    children[made] = fork();
    if (children[made] == 0) {
      pause();
      _exit(0);
    }
    if (children[made] < 0) error = errno;
    else ++made;
  }
  for (int i = 0; i < made; ++i) {
    kill(children[i], SIGKILL);
    waitpid(children[i], nullptr, 0);
  }
  return error;
}

int processor_used() {
  timespec used{};
  do
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0) return errno;
  while (used.tv_sec == 0 && used.tv_nsec < 50'000'000);
  return 0;
}

const Attempt kAttempts[] = {
    // --- namespaces ---
    {"namespace-user", "unshare(2), user", N, [] { return enters(CLONE_NEWUSER); }},
    {"namespace-mount", "unshare(2), mount", N, [] { return enters(CLONE_NEWNS); }},
    {"namespace-network", "unshare(2), network", N, [] { return enters(CLONE_NEWNET); }},
    {"namespace-ipc", "unshare(2), IPC", N, [] { return enters(CLONE_NEWIPC); }},
    {"namespace-uts", "unshare(2), UTS", N, [] { return enters(CLONE_NEWUTS); }},
    {"namespace-pid", "unshare(2), PID", N, [] { return enters(CLONE_NEWPID); }},
    {"namespace-cgroup", "unshare(2), cgroup", N, [] { return enters(0x02000000); }},
    {"namespace-time", "unshare(2), time", N, [] { return enters(0x80); }},
    {"namespace-clone", "clone(2)", N, [] { return cloned(CLONE_NEWUSER); }},
    {"namespace-clone-high-bits", "clone(2), bits above 32 set", N, [] { return cloned((1UL << 40) | CLONE_NEWUSER); }},
    {"namespace-clone3", "clone3(2)", N, [] { return cloned_by_structure(CLONE_NEWUSER); }},
    {"namespace-all", "unshare(2), user with every other", N, [] { return enters(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWPID); }},
    {"namespace-host-name", "a user and a UTS namespace, and another name", N, [] { return unshare(CLONE_NEWUSER | CLONE_NEWUTS) != 0 ? errno : answer(sethostname("elsewhere", 9)); }},

    // --- the machine ---
    {"host-name", "sethostname(2)", W, [] { return only_if("apart", [] { return answer(sethostname("escaped", 7)); }); }},
    {"domain-name", "setdomainname(2)", W, [] { return only_if("apart", [] { return answer(setdomainname("escaped", 7)); }); }},
    {"clock-set", "clock_settime(2)", N, [] { return only_if("apart", [] { timespec now; clock_gettime(CLOCK_REALTIME, &now); return answer(syscall(SYS_clock_settime, CLOCK_REALTIME, &now)); }); }},
    {"clock-set-day", "settimeofday(2)", N, [] { return only_if("apart", [] { return answer(syscall(SYS_settimeofday, nullptr, nullptr)); }); }},
    {"clock-adjust", "clock_adjtime(2)", N, [] { return only_if("apart", [] { timex change{}; change.modes = ADJ_SETOFFSET; return answer(syscall(SYS_clock_adjtime, CLOCK_REALTIME, &change)); }); }},
    {"clock-adjust-old", "adjtimex(2)", N, [] { return only_if("apart", [] { timex change{}; change.modes = ADJ_SETOFFSET; return answer(syscall(SYS_adjtimex, &change)); }); }},
    {"clock-read", "adjtimex(2), reading", N, [] { timex change{}; return answer(syscall(SYS_adjtimex, &change)); }},
    {"swap-on", "swapon(2)", N,
     [] {
       return only_if("apart", [] {
         if (swapon(inside("swap"), 0) != 0) return errno;
         return answer(swapoff(inside("swap")));
       });
     }},
    {"accounting", "acct(2)", N, [] { return only_if("apart", [] { return answer(acct(nullptr)); }); }},
    {"accounting-file", "acct(2), a file outside", N, [] { return only_if("apart", [] { const int result = answer(acct(outside("file"))); if (result == 0) acct(nullptr); return result; }); }},
    {"quota", "quotactl(2)", N, [] { return answer(quotactl(QCMD(Q_SYNC, USRQUOTA), nullptr, 0, nullptr)); }},
    {"quota-descriptor", "quotactl_fd(2)", N, [] { return answer(syscall(443, kOpenDirectory, QCMD(Q_SYNC, USRQUOTA), 0, nullptr)); }},
    {"kernel-log", "syslog(2)", N, [] { return answer(klogctl(10, nullptr, 0)); }},
    {"kernel-log-read", "syslog(2), reading", N, [] { char text_of[64]; return answer(klogctl(3, text_of, sizeof text_of)); }},
    {"reboot", "reboot(2)", N, [] { return answer(syscall(SYS_reboot, 0, 0, 0, nullptr)); }},
    {"module-load", "init_module(2)", N, [] { return answer(syscall(SYS_init_module, "", 0, "")); }},
    {"module-load-file", "finit_module(2)", N, [] { return answer(syscall(SYS_finit_module, kOpenFile, "", 0)); }},
    {"module-unload", "delete_module(2)", N, [] { return answer(syscall(SYS_delete_module, "none", O_NONBLOCK)); }},
    {"kexec", "kexec_load(2)", N, [] { return answer(syscall(SYS_kexec_load, 0, 0, nullptr, 0)); }},
#ifdef SYS_kexec_file_load
    {"kexec-file", "kexec_file_load(2)", N, [] { return answer(syscall(SYS_kexec_file_load, -1, -1, 0, nullptr, 4)); }},
#endif

    // --- surface ---
    {"bpf-map", "bpf(2), a map", N,
     [] {
       bpf_attr attributes{};
       attributes.map_type = BPF_MAP_TYPE_ARRAY;
       attributes.key_size = 4;
       attributes.value_size = 4;
       attributes.max_entries = 1;
       return answer(syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes));
     }},
    {"bpf-next", "bpf(2), the programs of others", N,
     [] {
       bpf_attr attributes{};
       const long result = syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attributes, sizeof attributes);
       return result < 0 && errno == ENOENT ? 0 : answer(result);
     }},
    {"perf", "perf_event_open(2) of oneself", N,
     [] {
       std::uint32_t attributes[32] = {1, sizeof attributes, 1};
       attributes[10] = 0x60;
       return answer(syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0));
     }},
    {"perf-processor", "perf_event_open(2) of a processor", N,
     [] {
       std::uint32_t attributes[32] = {1, sizeof attributes, 0};
       return answer(syscall(SYS_perf_event_open, attributes, -1, 0, -1, 0));
     }},
    {"userfaultfd", "userfaultfd(2)", N, [] { return answer(syscall(SYS_userfaultfd, O_CLOEXEC)); }},
    {"userfaultfd-user", "userfaultfd(2), user mode only", N, [] { return answer(syscall(SYS_userfaultfd, O_CLOEXEC | 1)); }},
    {"fanotify", "fanotify_init(2)", N, [] { return answer(syscall(SYS_fanotify_init, FAN_CLASS_NOTIF | FAN_REPORT_FID, O_RDONLY)); }},
    {"fanotify-content", "fanotify_init(2), permission events", N, [] { return answer(syscall(SYS_fanotify_init, FAN_CLASS_CONTENT, O_RDONLY)); }},
    {"io-uring-setup", "io_uring_setup(2)", N, [] { io_uring_params parameters{}; return answer(syscall(SYS_io_uring_setup, 2, &parameters)); }},
    {"io-uring-inherited", "io_uring_enter(2) of an inherited ring", N, [] { return answer(syscall(SYS_io_uring_enter, kRing, 0, 0, 0, nullptr, 0)); }},
    {"io-uring-register", "io_uring_register(2) of an inherited ring", N, [] { return answer(syscall(SYS_io_uring_register, kRing, IORING_REGISTER_PERSONALITY, nullptr, 0)); }},
    {"personality", "personality(2), ADDR_COMPAT_LAYOUT", N, [] { return answer(personality(ADDR_COMPAT_LAYOUT)); }},
    {"personality-zero", "personality(2), MMAP_PAGE_ZERO", N, [] { return answer(personality(MMAP_PAGE_ZERO)); }},
    {"personality-high-bits", "personality(2), bits above 32 set", N, [] { return answer(syscall(SYS_personality, (1L << 32) | READ_IMPLIES_EXEC)); }},
#if defined(__x86_64__)
    {"descriptor-table", "modify_ldt(2)", N,
     [] {
       const std::uint32_t entry[4] = {0, 0, 0xfffff, 0x51};
       return answer(syscall(SYS_modify_ldt, 1, entry, sizeof entry));
     }},
    {"descriptor-table-read", "modify_ldt(2), reading", N, [] { char table[64]; return answer(syscall(SYS_modify_ldt, 0, table, sizeof table)); }},
    {"port-level", "iopl(2)", N, [] { return answer(syscall(SYS_iopl, 3)); }},
    {"port-permission", "ioperm(2)", N, [] { return answer(syscall(SYS_ioperm, 0x80, 1, 1)); }},
    {"old-ustat", "ustat(2)", N, [] { struct stat info; char result[32]; return stat("/", &info) != 0 ? errno : answer(syscall(SYS_ustat, info.st_dev, result)); }},
    {"old-sysfs", "sysfs(2)", N, [] { return answer(syscall(SYS_sysfs, 3)); }},
    {"old-uselib", "uselib(2)", N, [] { return answer(syscall(SYS_uselib, outside("program"))); }},
#endif

    // --- the machine, seen and used up ---
    {"see-machine", "uname(2)", N, [] { utsname machine; return answer(uname(&machine)); }},
    {"see-load", "sysinfo(2)", N, [] { struct sysinfo load; return answer(sysinfo(&load)); }},
    {"use-memory", "64 MiB written", N, memory_used},
    {"use-processes", "16 children at once", N, processes_used},
    {"use-processor", "50 ms of a processor", N, processor_used},
};

}  // namespace

std::span<const Attempt> attempts_on_the_kernel() { return kAttempts; }

}  // namespace landshim::escape
