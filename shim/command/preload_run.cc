// SPDX-License-Identifier: MIT
// The kernel facts that the watcher stands on, ptrace(2): a seized process stops at its execve before the first
// instruction of the new program (PTRACE_O_TRACEEXEC), dies with its tracer (PTRACE_O_EXITKILL), and runs on as before
// once it is let go. The loader of glibc runs the constructors of preloaded libraries before it jumps to AT_ENTRY.
#include "shim/command/preload_run.h"

#include <elf.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "shim/command/object.h"
#include "shim/command/own_privileges.h"
#include "shim/identity.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

constexpr const char* kInstead = "; use landshim run without --preload";

using Registers = user_regs_struct;
using Arguments = std::array<std::uint64_t, 5>;

#if defined(__x86_64__)
constexpr unsigned kMachine = EM_X86_64;
constexpr std::uint8_t kTrap[] = {0xcc};                  // int3
constexpr std::uint8_t kCallAndTrap[] = {0x0f, 0x05, 0xcc};  // syscall; int3
constexpr std::uint64_t kPastTrap = 1;                    // int3 reports the address behind itself
std::uint64_t counter(const Registers& registers) { return registers.rip; }
void set_counter(Registers& registers, std::uint64_t address) { registers.rip = address; }
std::uint64_t stack(const Registers& registers) { return registers.rsp; }
std::int64_t answer(const Registers& registers) { return static_cast<std::int64_t>(registers.rax); }
void set_call(Registers& registers, long number, const Arguments& arguments) {
  registers.rax = static_cast<std::uint64_t>(number);
  registers.orig_rax = ~0ULL;  // no call that could be restarted
  registers.rdi = arguments[0];
  registers.rsi = arguments[1];
  registers.rdx = arguments[2];
  registers.r10 = arguments[3];
  registers.r8 = arguments[4];
}
#elif defined(__aarch64__)
constexpr unsigned kMachine = EM_AARCH64;
constexpr std::uint8_t kTrap[] = {0x00, 0x00, 0x20, 0xd4};                                  // brk #0
constexpr std::uint8_t kCallAndTrap[] = {0x01, 0x00, 0x00, 0xd4, 0x00, 0x00, 0x20, 0xd4};  // svc #0; brk #0
constexpr std::uint64_t kPastTrap = 0;
std::uint64_t counter(const Registers& registers) { return registers.pc; }
void set_counter(Registers& registers, std::uint64_t address) { registers.pc = address; }
std::uint64_t stack(const Registers& registers) { return registers.sp; }
std::int64_t answer(const Registers& registers) { return static_cast<std::int64_t>(registers.regs[0]); }
void set_call(Registers& registers, long number, const Arguments& arguments) {
  registers.regs[8] = static_cast<std::uint64_t>(number);
  for (std::size_t i = 0; i < arguments.size(); ++i) registers.regs[i] = arguments[i];
}
#else
#error "how a call is made by hand on this architecture is not known"
#endif

// Where the trap of kCallAndTrap reports itself, counted from the call.
constexpr std::uint64_t kAfterCall = sizeof kCallAndTrap - sizeof kTrap + kPastTrap;

template <class T>
void* as_pointer(T number) {
  return reinterpret_cast<void*>(static_cast<std::uintptr_t>(number));
}

// The side that watches. Nothing is taken for granted: whatever is not as expected ends the process that is watched.
class Watcher {
 public:
  Watcher(pid_t target, const std::string& program, std::uint64_t identity) : target_(target), program_(program), identity_(identity) {}

  // 0 or an errno.
  int seize() {
    process_ = static_cast<int>(syscall(SYS_pidfd_open, target_, 0U));
    if (process_ < 0) return errno;
    return ptrace(PTRACE_SEIZE, target_, nullptr, as_pointer(PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC)) == 0 ? 0 : errno;
  }

  [[noreturn]] void run() {
    for (;;) {
      const int status = next();
      if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXEC << 8))) set_trap();
      else if (WSTOPSIG(status) == SIGTRAP && entry_ != 0 && stands_at(entry_ + kPastTrap)) prove();
      else go_on(WSTOPSIG(status));
    }
  }

 private:
  // The next stop that means something here. A process that stops for its terminal or a SIGSTOP stays so: PTRACE_LISTEN.
  int next() {
    for (;;) {
      int status = 0;
      const pid_t seen = waitpid(target_, &status, __WALL);
      if (seen < 0 && errno == EINTR) continue;
      // Gone, or its first thread was replaced by another that execs: that one is nobody's tracee.
      if (seen < 0 || !WIFSTOPPED(status)) ended(seen < 0 ? SIGKILL : status);
      if (status >> 16 != PTRACE_EVENT_STOP) return status;
      const int number = WSTOPSIG(status);
      const bool stays = number == SIGSTOP || number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
      ptrace(stays ? PTRACE_LISTEN : PTRACE_CONT, target_, nullptr, nullptr);
    }
  }

  [[noreturn]] void ended(int status) {
    if (entry_ != 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
      say(text({program_ + ": it ended before its main, and nothing has proved that the policy was in force", {}, 0}));
    kill_it();
  }

  [[noreturn]] void kill_it() {
    syscall(SYS_pidfd_send_signal, process_, SIGKILL, nullptr, 0U);
    _exit(0);
  }

  [[noreturn]] void cannot_watch(const char* what) {
    say(text({program_ + ": " + what + kInstead, {}, 0}));
    kill_it();
  }

  void go_on(int number) {
    if (ptrace(PTRACE_CONT, target_, nullptr, as_pointer(number)) != 0 && errno != ESRCH) kill_it();
  }

  // A program of 32 bits has fewer bytes of them.
  bool read_registers(Registers& registers) {
    iovec room{&registers, sizeof registers};
    return ptrace(PTRACE_GETREGSET, target_, as_pointer(NT_PRSTATUS), &room) == 0 && room.iov_len == sizeof registers;
  }

  bool write_registers(Registers registers) {
    iovec room{&registers, sizeof registers};
    return ptrace(PTRACE_SETREGSET, target_, as_pointer(NT_PRSTATUS), &room) == 0;
  }

  bool stands_at(std::uint64_t address) {
    Registers registers;
    return read_registers(registers) && counter(registers) == address;
  }

  bool read_word(std::uint64_t address, std::uint64_t& word) const {
    errno = 0;
    word = static_cast<std::uint64_t>(ptrace(PTRACE_PEEKDATA, target_, as_pointer(address), nullptr));
    return errno == 0;
  }

  // The stack as execve(2) left it: the number of arguments, these, 0, the environment, 0, and the auxiliary vector.
  // Not /proc, which an outer policy may close.
  bool read_auxiliary(std::uint64_t at) {
    std::uint64_t word = 0;
    if (!read_word(at, word)) return false;
    at += (word + 2) * sizeof word;
    do {
      if (!read_word(at, word)) return false;
      at += sizeof word;
    } while (word != 0);
    for (std::uint64_t value = 0;; at += 2 * sizeof word) {
      if (!read_word(at, word) || !read_word(at + sizeof word, value)) return false;
      if (word == AT_NULL) return entry_ != 0;
      if (word == AT_ENTRY) entry_ = value;
      if (word == AT_BASE) has_loader_ = value != 0;
    }
  }

  template <std::size_t N>
  bool put_code(const std::uint8_t (&code)[N]) {
    static_assert(N <= sizeof(long));
    long word = kept_;
    std::memcpy(&word, code, N);
    return ptrace(PTRACE_POKETEXT, target_, as_pointer(entry_), word) == 0;
  }

  // A second execve, of code that comes before the library, begins here again.
  void set_trap() {
    Registers registers;
    if (!read_registers(registers)) cannot_watch("it is no program of this architecture, and its loader takes no preload");
    entry_ = 0;
    has_loader_ = false;
    std::uint64_t code = 0;
    if (!read_auxiliary(stack(registers)) || !read_word(entry_, code)) cannot_watch("its start cannot be watched; may it be read?");
    kept_ = static_cast<long>(code);
    if (!put_code(kTrap)) cannot_watch("its start cannot be watched");
    go_on(0);
  }

  // Lets the process make one call at its entry; false: it did not come back from it.
  bool call(Registers registers, long number, const Arguments& arguments) {
    set_counter(registers, entry_);
    set_call(registers, number, arguments);
    if (!put_code(kCallAndTrap) || !write_registers(registers)) return false;
    for (;;) {
      go_on(0);
      const int status = next();
      const int signal = WSTOPSIG(status);
      if (signal == SIGTRAP) return status >> 16 == 0 && stands_at(entry_ + kAfterCall);
      if (signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE || signal == SIGSYS) return false;
      // It waits until the process is its own again.
      sigaddset(&held_, signal);
    }
  }

  void prove() {
    Registers registers;
    Registers after;
    sigemptyset(&held_);
    const Arguments question = {kIdentityOption, identity_ & 0xffffffff, identity_ >> 32, kAskThis, 0};
    if (!read_registers(registers) || !call(registers, SYS_prctl, question) || !read_registers(after)) cannot_watch("its start cannot be watched");
    if (answer(after) != -kAnswerThis) refuse_it(registers);
    set_counter(registers, entry_);
    if (ptrace(PTRACE_POKETEXT, target_, as_pointer(entry_), kept_) != 0 || !write_registers(registers)) cannot_watch("its start cannot be watched");
    for (int number = 1; number < NSIG; ++number)
      if (sigismember(&held_, number) == 1) syscall(SYS_pidfd_send_signal, process_, number, nullptr, 0U);
    ptrace(PTRACE_DETACH, target_, nullptr, nullptr);
    _exit(0);
  }

  [[noreturn]] void refuse_it(const Registers& registers) {
    say(text({program_ + (has_loader_ ? ": its loader has not taken liblandshim.so in, or the policy changed meanwhile" : ": the loader of a static program takes no preload") + kInstead, {}, 0}));
    call(registers, SYS_exit_group, {kRefused});
    kill_it();
  }

  pid_t target_;
  const std::string& program_;
  std::uint64_t identity_;
  int process_ = -1;
  std::uint64_t entry_ = 0;
  bool has_loader_ = false;
  long kept_ = 0;
  sigset_t held_{};
};

// The loader that a program of this architecture names; nothing: it has none.
Result<std::string> loader_of(const std::string& program) {
  if (access(program.c_str(), R_OK) != 0) return Error{program + ": it cannot be read, and what cannot be read cannot be watched" + kInstead};
  const std::optional<Object> object = read_object(program);
  if (!object) return std::string("sh");  // a text: the shell starts
  if (object->word != ELFCLASS64 || object->machine != kMachine) return Error{program + ": it is no program of this architecture, and its loader takes no preload" + kInstead};
  return object->loader;
}

[[noreturn]] void watch(pid_t target, const std::string& program, std::uint64_t identity, int tell) {
  // What the terminal sends is for the command; a watcher that died of it would take the command along.
  setsid();
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  Watcher watcher(target, program, identity);
  // Yama lets a process be traced by its parents alone, or by whom it names itself: it waits for the number.
  const pid_t own = getpid();
  char ready = 0;
  if (write(tell, &own, sizeof own) != sizeof own || read(tell, &ready, 1) != 1) _exit(0);
  const int failed = watcher.seize();
  if (write(tell, &failed, sizeof failed) != sizeof failed || failed != 0) _exit(0);
  close(tell);
  watcher.run();
}

}  // namespace

Result<Done> check_loader(const std::string& program) {
  Result<std::string> loader = loader_of(program);
  if (!loader) return loader.error();
  const std::string why = "the loader of " + program + " takes no preload: ";
  if (const std::string privileges = own_privileges(program); !privileges.empty()) return Error{why + "the start is a privileged one, by " + privileges + kInstead};
  if (loader->empty()) return Error{why + "it is static" + kInstead};
  if (loader->find("ld-musl") != std::string::npos) return Error{"the loader of " + program + " is that of musl, and how far it has come cannot be seen" + kInstead};
  return Done{};
}

void prepare_environment(const std::string& library, const std::string& policy) {
  // Last: what others preload may want to be first, and of libraries with -z initfirst the last one is.
  const char* const others = getenv("LD_PRELOAD");
  setenv("LD_PRELOAD", others == nullptr || *others == '\0' ? library.c_str() : (std::string(others) + ":" + library).c_str(), 1);
  setenv("LANDSHIM_POLICY", policy.c_str(), 1);
}

Result<Done> watch_start(const std::string& program, std::uint64_t identity) {
  const pid_t target = getpid();
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return Error{"--preload: the start cannot be watched", {}, errno};
  const pid_t between = fork();
  if (between < 0) return Error{"--preload: the start cannot be watched", {}, errno};
  if (between == 0) {
    // Nobody's child: the command must not meet one that it never made.
    if (fork() != 0) _exit(0);
    close(ends[0]);
    watch(target, program, identity, ends[1]);
  }
  close(ends[1]);
  while (waitpid(between, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_t watcher = 0;
  int failed = EPIPE;
  if (read(ends[0], &watcher, sizeof watcher) == sizeof watcher) {
    // EINVAL: no Yama, no rule to make an exception of.
    prctl(PR_SET_PTRACER, watcher, 0, 0, 0);
    if (write(ends[0], "", 1) != 1 || read(ends[0], &failed, sizeof failed) != sizeof failed) failed = EPIPE;
  }
  close(ends[0]);
  if (failed != 0) return Error{std::string("--preload: the kernel does not let the start be watched (ptrace)") + kInstead, {}, failed};
  return Done{};
}

}  // namespace landshim::command
