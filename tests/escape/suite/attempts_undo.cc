// SPDX-License-Identifier: MIT
// Roads back: something that might loosen the policy, and then a look into a forbidden file. Without a policy each ends with 0.
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

#include "tests/escape/suite/attempts.h"

extern char** environ;

namespace landshim::escape {

namespace {

constexpr auto N = Trace::kNone;
constexpr auto W = Trace::kWorld;

int reads() { return read_from(open(outside("file"), O_RDONLY | O_CLOEXEC)); }
int writes() { return write_to(open(outside("file"), O_WRONLY | O_CLOEXEC)); }

// A Landlock domain that grants everything, on top.
void granted_anew() {
  const std::uint64_t handled[3] = {0x7fff, 0, 0};
  const long ruleset = syscall(444, handled, sizeof handled, 0);
  const struct __attribute__((packed)) {
    std::uint64_t rights;
    std::int32_t fd;
  } rule{0x7fff, open("/", O_PATH | O_CLOEXEC)};
  syscall(445, ruleset, 1, &rule, 0);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  syscall(446, ruleset, 0);
}

void filtered_anew(unsigned flags) {
  sock_filter program[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog code{1, program};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &code);
}

// The answers that landshim's filter gives for its identity, given by another filter.
void identity_forged(std::uint32_t answer_of) {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x4c53484d, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | answer_of),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog code{6, program};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &code);
}

// This program once more, with other words and another environment.
int anew(std::vector<std::string> before, const char* attempt, std::vector<std::string> environment) {
  const std::string given[] = {std::string("outside=") + text("outside"), std::string("inside=") + text("inside")};
  before.push_back(text("self"));
  before.push_back(attempt);
  for (const std::string& word : given) before.push_back(word);
  std::vector<char*> words;
  for (std::string& word : before) words.push_back(word.data());
  words.push_back(nullptr);
  std::vector<char*> variables;
  for (std::string& variable : environment) variables.push_back(variable.data());
  variables.push_back(nullptr);
  pid_t child = 0;
  if (const int error = posix_spawn(&child, words[0], nullptr, nullptr, words.data(), variables.data()); error != 0) return error;
  return status_of(child);
}

std::string wide() { return inside("wide.ini"); }

const Attempt kAttempts[] = {
    {"undo-domain", "a second Landlock domain that grants everything", N, [] { granted_anew(); return reads(); }},
    {"undo-domain-write", "the same, and writing", W, [] { granted_anew(); return writes(); }},
    {"undo-domains", "sixteen more Landlock domains", N, [] { for (int i = 0; i < 16; ++i) granted_anew(); return reads(); }},
    {"undo-domain-child", "a second domain in a child", N, [] { return in_child([] { granted_anew(); return reads(); }); }},
    {"undo-filter", "a seccomp filter that allows everything", N, [] { filtered_anew(0); return reads(); }},
    {"undo-filter-call", "the same, and a call of the profile", N, [] { filtered_anew(0); return answer(unshare(CLONE_NEWUSER)); }},
    {"undo-filter-threads", "the same for all threads", N, [] { filtered_anew(SECCOMP_FILTER_FLAG_TSYNC); return answer(unshare(CLONE_NEWUSER)); }},
    {"undo-filter-listener", "a filter with a listener", N, [] { filtered_anew(SECCOMP_FILTER_FLAG_NEW_LISTENER); return answer(unshare(CLONE_NEWUSER)); }},
    {"undo-seccomp-mode", "prctl(2), PR_SET_SECCOMP to none", N, [] { prctl(PR_SET_SECCOMP, 0, 0, 0, 0); return answer(unshare(CLONE_NEWUSER)); }},
    {"undo-no-new-privileges", "prctl(2), PR_SET_NO_NEW_PRIVS to 0", N, [] { prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0); return reads(); }},
    {"undo-dumpable", "prctl(2), PR_SET_DUMPABLE, and /proc/self/root", N, [] { prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); return read_from(open((std::string("/proc/self/root") + outside("file")).c_str(), O_RDONLY)); }},
    {"undo-identity", "the identity prctl, by chance", N, [] { for (unsigned long i = 0; i < 4; ++i) prctl(0x4c53484d, i, i, i, i); return reads(); }},
    {"undo-identity-forged", "an identity forged, and a second landshim with a wide policy", N, [] { identity_forged(3978); return anew({text("landshim"), "run", "-p", wide(), "--"}, "read-openat", {}); }},
    {"undo-landshim", "a second landshim with a wide policy", N, [] { return anew({text("landshim"), "run", "-p", wide(), "--"}, "read-openat", {}); }},
    {"undo-environment", "another policy and a preload in the environment", N, [] { return anew({}, "read-openat", {"LANDSHIM_POLICY=" + wide(), std::string("LD_PRELOAD=") + text("preload")}); }},
    {"undo-environment-empty", "an empty environment", N, [] { return anew({}, "read-openat", {}); }},
    {"undo-environment-names", "variables of landshim, made up", N, [] { return anew({}, "read-openat", {"LANDSHIM_POLICY=", "LANDSHIM_DISABLE=1", "LD_PRELOAD=", "LD_LIBRARY_PATH=/nonexistent"}); }},
    {"undo-preload", "a preload of one's own", N, [] { return anew({}, "read-openat", {std::string("LD_PRELOAD=") + inside("way")}); }},
    {"undo-loader", "this program through the loader", N, [] { return anew({text("loader")}, "read-openat", {}); }},
    {"undo-exec", "execve(2)", N, [] { return anew({}, "read-openat", {"PATH=/usr/bin:/bin"}); }},
    {"undo-child", "fork(2)", N, [] { return in_child(reads); }},
    {"undo-child-vfork", "vfork(2)", N,
     [] {
       const char* const path = outside("file");
       const pid_t child = vfork();
       if (child == 0) {
         const long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
         _exit(fd < 0 ? errno : 0);
       }
       return status_of(child);
     }},
    {"undo-child-orphan", "a child that outlives its parent", N,
     [] {
       int ends[2];
       if (pipe(ends) != 0) return errno;
       const pid_t parent = fork();
       if (parent == 0) {
         if (fork() == 0) {
           setsid();
           usleep(20'000);
           const char result = static_cast<char>(reads());
           _exit(write(ends[1], &result, 1) == 1 ? 0 : 1);
         }
         _exit(0);
       }
       waitpid(parent, nullptr, 0);
       close(ends[1]);
       char result = 0;
       return read(ends[0], &result, 1) == 1 ? result : kWrongUse;
     }},
    {"undo-sibling", "clone(2) with CLONE_PARENT: a child of the parent outside", N,
     [] {
       auto* const result = static_cast<int*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
       *result = -1;
#if defined(__x86_64__)
       const long child = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
#else
       const long child = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, 0, nullptr);
#endif
       if (child < 0) return errno;
       if (child == 0) {
         *result = reads();
         _exit(0);
       }
       for (int i = 0; i < 200 && *static_cast<volatile int*>(result) < 0; ++i) usleep(5000);
       return *result < 0 ? kWrongUse : *result;
     }},
    {"undo-thread", "a thread", N,
     [] {
       pthread_t thread;
       static int result = kWrongUse;
       if (const int error = pthread_create(&thread, nullptr, [](void*) -> void* { result = reads(); return nullptr; }, nullptr); error != 0) return error;
       pthread_join(thread, nullptr);
       return result;
     }},
    {"undo-thread-raw", "clone(2) with shared memory and files", N,
     [] {
       static char stack[65536];
       static int result = kWrongUse;
       static const char* path;
       path = outside("file");
       const int child = clone([](void*) -> int {
         const long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
         result = fd < 0 ? errno : 0;
         return 0;
       }, stack + sizeof stack, CLONE_VM | CLONE_FILES | CLONE_FS | SIGCHLD, nullptr);
       if (child < 0) return errno;
       waitpid(child, nullptr, 0);
       return result;
     }},
    {"undo-signal-handler", "a signal handler", N,
     [] {
       static int result = kWrongUse;
       signal(SIGUSR2, [](int) { result = reads(); });
       raise(SIGUSR2);
       return result;
     }},
    {"undo-session", "setsid(2) in a child", N, [] { return in_child([] { setsid(); return reads(); }); }},
    {"undo-user", "another user and back", N, [] { syscall(SYS_setresuid, -1, 65534, 0); syscall(SYS_setresuid, -1, 0, -1); return reads(); }},
    {"undo-capabilities", "capset(2) of all that there are", N,
     [] {
       const std::uint32_t header[2] = {0x20080522, 0};
       const std::uint32_t all[6] = {~0U, ~0U, ~0U, 0x1ff, 0x1ff, 0x1ff};
       syscall(SYS_capset, header, all);
       prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 21, 0, 0);
       return reads();
     }},
    {"undo-capabilities-exec", "a privilege that execve(2) might give back to root", N, [] { return anew({}, "raise-priority", {}); }},
    {"undo-traced-sibling", "PTRACE_TRACEME by a child, and its calls changed", N,
     [] {
       return in_child([] {
         ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
         return reads();
       });
     }},
};

}  // namespace

std::span<const Attempt> attempts_at_undoing() { return kAttempts; }

}  // namespace landshim::escape
