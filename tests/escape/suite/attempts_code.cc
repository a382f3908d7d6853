// SPDX-License-Identifier: MIT
// Roads to code that is not granted, to memory that is writable and executable, and to other call tables.
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/escape/suite/attempts.h"

extern char** environ;

namespace landshim::escape {

namespace {

constexpr auto N = Trace::kNone;

#if defined(__x86_64__)
const unsigned char kReturn7[] = {0xb8, 7, 0, 0, 0, 0xc3};
const char* const kLoader = "/lib64/ld-linux-x86-64.so.2";
#elif defined(__aarch64__)
const unsigned char kReturn7[] = {0xe0, 0, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6};
const char* const kLoader = "/lib/ld-linux-aarch64.so.1";
#endif

// A program that says so when it ran.
int started(const char* file, const char* const* words) {
  const pid_t child = fork();
  if (child == 0) {
    execve(file, const_cast<char**>(words), environ);
    _exit(errno);
  }
  const int status = status_of(child);
  return status == kRan ? 0 : status;
}

int started_by(int (*start)()) {
  const int status = in_child(start);
  return status == kRan ? 0 : status;
}

int called(void* code) {
  if (code == MAP_FAILED) return errno;
  __builtin___clear_cache(static_cast<char*>(code), static_cast<char*>(code) + sizeof kReturn7);
  return reinterpret_cast<int (*)()>(code)() == kRan ? 0 : kWrongUse;
}

int in_memory(unsigned flags) {
  const auto fd = static_cast<int>(syscall(SYS_memfd_create, "code", flags));
  if (fd < 0) return -1;
  const int from = open(inside("readable"), O_RDONLY);
  if (from < 0) return -1;
  char buffer[65536];
  for (ssize_t got; (got = read(from, buffer, sizeof buffer)) > 0;)
    if (write(fd, buffer, static_cast<std::size_t>(got)) != got) return -1;
  return fd;
}

void* mapped(int protection, int flags, int fd) { return mmap(nullptr, 4096, protection, flags, fd, 0); }

int mapped_twice(int fd) {
  if (fd < 0 || ftruncate(fd, 4096) != 0) return errno;
  void* const writable = mapped(PROT_READ | PROT_WRITE, MAP_SHARED, fd);
  if (writable == MAP_FAILED) return errno;
  memcpy(writable, kReturn7, sizeof kReturn7);
  return called(mapped(PROT_READ | PROT_EXEC, MAP_SHARED, fd));
}

int changed_later(int (*change)(void*, std::size_t)) {
  void* const at = mapped(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  memcpy(at, kReturn7, sizeof kReturn7);
  return change(at, 4096) != 0 ? errno : called(at);
}

__attribute__((noinline)) int target_of_poke() {
  __asm__ volatile("nop;nop;nop;nop;nop;nop;nop;nop;nop;nop;nop;nop;nop;nop;nop;nop");
  return 3;
}

// A tracer writes through page protection: ptrace(2).
int poked() {
  const pid_t child = fork();
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(errno);
    raise(SIGSTOP);
    _exit(target_of_poke());
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return errno;
  if (!WIFSTOPPED(status)) return WEXITSTATUS(status);
  int result = 0;
  long word = 0;
  memcpy(&word, kReturn7, sizeof kReturn7 < sizeof word ? sizeof kReturn7 : sizeof word);
  if (result == 0) result = answer(ptrace(PTRACE_POKETEXT, child, reinterpret_cast<void*>(&target_of_poke), word));
  if (result != 0) {
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    return result;
  }
  ptrace(PTRACE_DETACH, child, nullptr, nullptr);
  const int ended = status_of(child);
  return ended == kRan ? 0 : ended;
}

const Attempt kAttempts[] = {
    // --- programs ---
    {"exec", "execve(2) of a program outside", N, [] { const char* const words[] = {"x", nullptr}; return started(outside("program"), words); }},
    {"exec-relative", "execve(2) after chdir(2)", N, [] { const char* const words[] = {"x", nullptr}; return chdir(text("outside")) != 0 ? errno : started("./program", words); }},
    {"exec-symlink", "execve(2) of a symbolic link in a granted directory", N, [] { const char* const words[] = {"x", nullptr}; return started(inside("ways/program"), words); }},
    {"exec-descriptor", "execveat(2) of an O_PATH descriptor", N,
     [] {
       return started_by([] {
         const char* const words[] = {"x", nullptr};
         syscall(SYS_execveat, open(outside("program"), O_PATH), "", words, environ, AT_EMPTY_PATH);
         return errno;
       });
     }},
    {"exec-proc-fd", "execve(2) of /proc/self/fd", N,
     [] { const char* const words[] = {"x", nullptr}; return started(("/proc/self/fd/" + std::to_string(open(outside("program"), O_PATH))).c_str(), words); }},
    {"exec-interpreter", "a script outside", N, [] { const char* const words[] = {"x", nullptr}; return started(outside("script"), words); }},
    {"exec-readable", "execve(2) of a file that may be read, not executed", N, [] { const char* const words[] = {"x", nullptr}; return started(inside("readable"), words); }},
    {"exec-readable-script", "execve(2) of a script that may be read, not executed", N, [] { const char* const words[] = {"x", nullptr}; return started(inside("script"), words); }},
    {"exec-loader", "the loader with a file that may be read, not executed", N, [] { const char* const words[] = {"x", inside("readable"), nullptr}; return started(kLoader, words); }},
    {"exec-loader-outside", "the loader with a file outside", N, [] { const char* const words[] = {"x", outside("program"), nullptr}; const int status = started(kLoader, words); return status == 127 ? EACCES : status; }},
    {"exec-shell", "sh with a script that may be read, not executed", N, [] { const char* const words[] = {"sh", inside("script"), nullptr}; return started("/bin/sh", words); }},
    {"exec-shell-outside", "sh with a script outside", N, [] { const char* const words[] = {"sh", outside("script"), nullptr}; const int status = started("/bin/sh", words); return status == 2 || status == 127 ? EACCES : status; }},
    {"exec-memory", "fexecve(3) of a file in memory", N,
     [] {
       return started_by([] {
         const int fd = in_memory(1);
         if (fd < 0) return errno;
         const char* const words[] = {"x", nullptr};
         syscall(SYS_execveat, fd, "", words, environ, AT_EMPTY_PATH);
         return errno;
       });
     }},
    {"exec-memory-proc", "a file in memory, by /proc/self/fd", N,
     [] {
       const int fd = in_memory(0);
       const char* const words[] = {"x", nullptr};
       return fd < 0 ? errno : started(("/proc/self/fd/" + std::to_string(fd)).c_str(), words);
     }},
    {"exec-written", "a file written in a granted directory", N,
     [] {
       const int fd = open(inside("written"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
       if (fd < 0) return errno;
       const char script[] = "#!/bin/sh\nexit 7\n";
       if (write(fd, script, sizeof script - 1) < 0) return errno;
       close(fd);
       const char* const words[] = {"x", nullptr};
       return started(inside("written"), words);
     }},
    {"exec-shared-memory", "a file written in /dev/shm", N,
     [] {
       const std::string path = std::string(text("shm_path")) + "-code";
       const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
       if (fd < 0) return errno;
       const char script[] = "#!/bin/sh\nexit 7\n";
       if (write(fd, script, sizeof script - 1) < 0) return errno;
       close(fd);
       const char* const words[] = {"x", nullptr};
       const int result = started(path.c_str(), words);
       unlink(path.c_str());
       return result;
     }},

    // --- memory ---
    {"map-code", "mmap(2), executable, of a file that may be read", N, [] { const int fd = open(inside("readable"), O_RDONLY); return fd < 0 ? errno : mapped(PROT_READ | PROT_EXEC, MAP_PRIVATE, fd) == MAP_FAILED ? errno : 0; }},
    {"map-code-outside", "mmap(2), executable, of a file outside", N, [] { const int fd = open(outside("file"), O_RDONLY); return fd < 0 ? errno : mapped(PROT_READ | PROT_EXEC, MAP_PRIVATE, fd) == MAP_FAILED ? errno : 0; }},
    {"map-write-execute", "mmap(2), writable and executable", N, [] { void* const at = mapped(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1); if (at == MAP_FAILED) return errno; memcpy(at, kReturn7, sizeof kReturn7); return called(at); }},
    {"map-write-execute-high-bits", "mmap(2), bits above 32 set", N,
     [] {
       void* const at = reinterpret_cast<void*>(syscall(SYS_mmap, nullptr, 4096, (1L << 32) | PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
       if (at == MAP_FAILED) return errno;
       memcpy(at, kReturn7, sizeof kReturn7);
       return called(at);
     }},
    {"protect-execute", "mprotect(2), executable later", N, [] { return changed_later([](void* at, std::size_t size) { return mprotect(at, size, PROT_READ | PROT_EXEC); }); }},
    {"protect-execute-key", "pkey_mprotect(2)", N, [] { return changed_later([](void* at, std::size_t size) { return static_cast<int>(syscall(SYS_pkey_mprotect, at, size, PROT_READ | PROT_EXEC, -1)); }); }},
    {"protect-implied", "READ_IMPLIES_EXEC", N,
     [] {
       if (personality(READ_IMPLIES_EXEC) < 0) return errno;
       void* const at = mapped(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
       if (at == MAP_FAILED) return errno;
       memcpy(at, kReturn7, sizeof kReturn7);
       return called(at);
     }},
    {"map-twice-memory", "a file in memory, mapped for writing and for execution", N, [] { const auto fd = static_cast<int>(syscall(SYS_memfd_create, "code", 0)); return mapped_twice(fd); }},
    {"map-twice-file", "a granted file, mapped for writing and for execution", N, [] { return mapped_twice(open(inside("code"), O_RDWR | O_CREAT, 0600)); }},
    {"map-twice-system-v", "System V memory, attached for writing and for execution", N,
     [] {
       const int id = shmget(IPC_PRIVATE, 4096, 0700);
       if (id < 0) return errno;
       void* const writable = shmat(id, nullptr, 0);
       void* const code = shmat(id, nullptr, SHM_EXEC | SHM_RDONLY);
       shmctl(id, IPC_RMID, nullptr);
       if (writable == reinterpret_cast<void*>(-1) || code == reinterpret_cast<void*>(-1)) return errno;
       memcpy(writable, kReturn7, sizeof kReturn7);
       return called(code);
     }},
    {"write-code-traced", "PTRACE_POKETEXT into the code of a child", N, [] { return poked(); }},
    {"write-code-proc", "/proc/self/mem", N,
     [] {
       const int fd = open("/proc/self/mem", O_RDWR);
       if (fd < 0) return errno;
       if (pwrite(fd, kReturn7, sizeof kReturn7, reinterpret_cast<off_t>(&target_of_poke)) < 0) return errno;
       return target_of_poke() == kRan ? 0 : kWrongUse;
     }},
    {"secret-memory", "memfd_secret(2)", N, [] { return answer(syscall(447, 0)); }},

#if defined(__x86_64__)
    // --- foreign call tables ---
    {"call-table-32", "int 0x80", N,
     [] {
       long result = 20;  // getpid
       __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
       return result == getpid() ? 0 : static_cast<int>(-result);
     }},
    {"call-table-x32", "an x32 number", N, [] { return syscall(0x40000000L | SYS_getpid) == getpid() ? 0 : errno; }},
    {"call-table-x32-open", "an x32 number of openat(2)", N, [] { return read_from(syscall(0x40000000L | SYS_openat, AT_FDCWD, outside("file"), O_RDONLY)); }},
#endif
};

}  // namespace

std::span<const Attempt> attempts_at_running_code() { return kAttempts; }

}  // namespace landshim::escape
