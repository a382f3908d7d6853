// SPDX-License-Identifier: MIT
#include "tests/support/count.h"

#include <elf.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <sstream>

namespace landshim::tests {

namespace {

#if defined(__x86_64__)

std::string of_process(pid_t process, const char* file) { return "/proc/" + std::to_string(process) + "/" + file; }

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

// A process that stops at the end of its execve; 0 and `error` where there is none.
class Traced {
 public:
  Traced(const std::vector<std::string>& words, const std::vector<std::string>& variables, std::string& error) : error_(error) {
    const std::vector<char*> arguments = pointers(words);
    const std::vector<char*> environment = pointers(variables);
    process_ = fork();
    if (process_ == 0) {
      // The same addresses each time: what lies on one page lies on one page the next time.
      personality(ADDR_NO_RANDOMIZE);
      if (ptrace(PTRACE_TRACEME, 0, 0, 0) == 0) execve(arguments[0], arguments.data(), environment.data());
      _exit(127);
    }
    stopped_ = process_ > 0 && wait();
    if (process_ < 0) error_ = std::strerror(errno);
    if (stopped_ && ptrace(PTRACE_SETOPTIONS, process_, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) != 0) fail("PTRACE_SETOPTIONS");
    if (stopped_) find_entry();
  }
  ~Traced() {
    if (!stopped_) return;
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  Traced(const Traced&) = delete;
  Traced& operator=(const Traced&) = delete;

  bool stopped() const { return stopped_; }
  pid_t process() const { return process_; }

  // Counts instructions up to the entry point.
  bool step_to_entry(long& instructions) {
    while (stopped_ && at() != entry_) {
      if (ptrace(PTRACE_SINGLESTEP, process_, 0, pass_on_) != 0) return fail("PTRACE_SINGLESTEP");
      if (!wait()) return false;
      ++instructions;
    }
    return stopped_;
  }

  // Counts calls up to there.
  bool run_to_entry(long& calls) {
    // Not by a debug register, which virtual machines take and do not serve.
    constexpr long kBreakpoint = 0xcc;
    if (ptrace(PTRACE_POKETEXT, process_, entry_, kBreakpoint) != 0) return fail("PTRACE_POKETEXT");
    bool entering = true;
    while (stopped_ && at() != entry_ + 1) {
      if (ptrace(PTRACE_SYSCALL, process_, 0, pass_on_) != 0) return fail("PTRACE_SYSCALL");
      if (!wait()) return false;
      if (!in_call_) continue;
      calls += entering ? 1 : 0;
      entering = !entering;
    }
    return stopped_;
  }

 private:
  bool fail(const char* what) {
    error_ = std::string(what) + ": " + std::strerror(errno);
    return false;
  }

  bool wait() {
    int status = 0;
    if (waitpid(process_, &status, 0) != process_) return fail("waitpid");
    stopped_ = WIFSTOPPED(status);
    if (!stopped_) error_ = "it ended before its first instruction, with " + (WIFEXITED(status) ? "status " + std::to_string(WEXITSTATUS(status)) : "signal " + std::to_string(WTERMSIG(status)));
    in_call_ = stopped_ && WSTOPSIG(status) == (SIGTRAP | 0x80);
    pass_on_ = stopped_ && !in_call_ && WSTOPSIG(status) != SIGTRAP ? WSTOPSIG(status) : 0;
    return stopped_;
  }

  unsigned long at() const { return static_cast<unsigned long>(ptrace(PTRACE_PEEKUSER, process_, offsetof(user, regs.rip), 0)); }

  void find_entry() {
    std::ifstream file(of_process(process_, "auxv"), std::ios::binary);
    Elf64_auxv_t one{};
    while (file.read(reinterpret_cast<char*>(&one), sizeof one))
      if (one.a_type == AT_ENTRY) entry_ = one.a_un.a_val;
  }

  std::string& error_;
  pid_t process_ = 0;
  unsigned long entry_ = 0;
  bool stopped_ = false;
  bool in_call_ = false;
  int pass_on_ = 0;
};

long field_of(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name)) return std::stol(line.substr(name.size()));
  return -1;
}

void look_at_memory(pid_t process, StartCount& out) {
  out.dirty_kb = field_of(of_process(process, "smaps_rollup"), "Anonymous:");
  std::ifstream maps(of_process(process, "maps"));
  for (std::string line; std::getline(maps, line); ++out.mappings) {
    if (!line.ends_with("[heap]")) continue;
    const std::size_t dash = line.find('-');
    out.heap_kb += (std::stol(line.substr(dash + 1), nullptr, 16) - std::stol(line.substr(0, dash), nullptr, 16)) / 1024;
  }
  std::ifstream stat(of_process(process, "stat"));
  std::string all;
  std::getline(stat, all);
  // proc_pid_stat(5): the name may hold blanks, minflt is the 8th field behind it.
  std::istringstream rest(all.substr(all.rfind(')') + 1));
  std::string field;
  for (int i = 0; i < 8; ++i) rest >> field;
  out.faults = std::stol(field);
}

#endif

}  // namespace

bool count_start(const std::vector<std::string>& words, const std::vector<std::string>& variables, StartCount& out, std::string& error) {
  if (!look_at_start(words, variables, out, error)) return false;
#if defined(__x86_64__)
  Traced again(words, variables, error);
  return again.stopped() && again.step_to_entry(out.instructions);
#else
  return false;
#endif
}

bool look_at_start(const std::vector<std::string>& words, const std::vector<std::string>& variables, StartCount& out, std::string& error) {
#if defined(__x86_64__)
  out = {};
  Traced run(words, variables, error);
  if (!run.stopped() || !run.run_to_entry(out.calls)) return false;
  look_at_memory(run.process(), out);
  return true;
#else
  (void)words, (void)variables, (void)out;
  error = "instructions are counted on x86_64 alone";
  return false;
#endif
}

}  // namespace landshim::tests
