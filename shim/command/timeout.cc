// SPDX-License-Identifier: MIT
#include "shim/command/timeout.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <string>

#include "shim/restrict.h"

namespace landshim::command {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kGrace{5};
constexpr std::uint64_t kLongest = 1'000'000'000;  // 31 years, and no clock overflows

// What people and supervisors send to end or steer a program.
constexpr int kPassedOn[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH};

// How this process hears of its parent's end, which it passes on as the signal that is wanted.
const int kParentEnded = SIGRTMAX;

// Ended by a signal, the command is followed by the same one, so that a shell sees what it would without a timeout.
[[noreturn]] void end_as(int status) {
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  const int number = WTERMSIG(status);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  signal(number, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, number);
  kill(getpid(), number);
  sigprocmask(SIG_UNBLOCK, &only, nullptr);
  _exit(128 + number);
}

// PR_SET_CHILD_SUBREAPER: what the command left behind is a child of this process by now. Whoever forks faster than it
// is read is met in the next round.
[[noreturn]] void end_left_behind() {
  for (;;) {
    std::ifstream children("/proc/self/task/" + std::to_string(getpid()) + "/children");
    for (pid_t child = 0; children >> child;) kill(child, SIGKILL);
    const pid_t ended = waitpid(-1, nullptr, children.is_open() ? 0 : WNOHANG);
    if (ended == 0 || (ended < 0 && errno != EINTR)) _exit(kTimedOut);
  }
}

// What keys and windows make goes to the whole process group: the command has it already. SIGHUP goes to the leader of
// the session alone. termios(3), sigaction(2).
bool from_terminal(const siginfo_t& info) { return info.si_code == SI_KERNEL && (info.si_signo == SIGINT || info.si_signo == SIGQUIT || info.si_signo == SIGWINCH); }

class Watch {
 public:
  Watch(pid_t child, const sigset_t& waited, std::uint64_t seconds, int at_parents_end) : child_(child), waited_(waited), at_parents_end_(at_parents_end), until_(Clock::now() + std::chrono::seconds(std::min(seconds, kLongest))) {}

  [[noreturn]] void run() {
    for (;;) {
      siginfo_t info{};
      const int number = wait_for_signal(info);
      if (number < 0 && errno == EAGAIN) time_is_up();
      if (number == SIGCHLD) reap();
      else if (number == kParentEnded) kill(child_, at_parents_end_);
      else if (number > 0 && !from_terminal(info)) kill(child_, number);
    }
  }

 private:
  int wait_for_signal(siginfo_t& info) const {
    if (killed_) return sigwaitinfo(&waited_, &info);
    const auto left = std::max(std::chrono::nanoseconds(0), std::chrono::duration_cast<std::chrono::nanoseconds>(until_ - Clock::now()));
    const timespec wait{static_cast<time_t>(left.count() / 1'000'000'000), static_cast<long>(left.count() % 1'000'000'000)};
    return sigtimedwait(&waited_, &info, &wait);
  }

  void time_is_up() {
    kill(child_, timed_out_ ? SIGKILL : SIGTERM);
    // A stopped process takes SIGTERM only once it goes on.
    if (!timed_out_) kill(child_, SIGCONT);
    killed_ = timed_out_;
    timed_out_ = true;
    until_ = Clock::now() + kGrace;
  }

  void reap() const {
    int status = 0;
    for (pid_t ended = 0; (ended = waitpid(-1, &status, WNOHANG)) > 0;) {
      if (ended != child_) continue;
      if (timed_out_) end_left_behind();
      end_as(status);
    }
  }

  pid_t child_;
  const sigset_t& waited_;
  int at_parents_end_;
  Clock::time_point until_;
  bool timed_out_ = false;
  bool killed_ = false;
};

}  // namespace

pid_t fork_with_timeout(std::uint64_t seconds, pid_t parent, int at_its_end) {
  sigset_t waited;
  sigset_t before;
  sigemptyset(&waited);
  sigaddset(&waited, SIGCHLD);
  for (const int number : kPassedOn) sigaddset(&waited, number);
  if (at_its_end != 0) sigaddset(&waited, kParentEnded);
  // Blocked before the fork, so that none is lost; an ignored SIGCHLD would hide how the command ended.
  struct sigaction ignored {};
  struct sigaction ordinary {};
  ordinary.sa_handler = SIG_DFL;
  sigprocmask(SIG_BLOCK, &waited, &before);
  sigaction(SIGCHLD, &ordinary, &ignored);
  // Nothing that the command leaves behind gets away from here.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const pid_t own = getpid();
  const pid_t child = fork();
  if (child < 0) refuse({"the command cannot be started beside its timeout", {}, errno});
  if (child == 0) {
    sigaction(SIGCHLD, &ignored, nullptr);
    sigprocmask(SIG_SETMASK, &before, nullptr);
    return own;
  }
  if (at_its_end != 0) {
    prctl(PR_SET_PDEATHSIG, kParentEnded);
    // It ended before that was said.
    if (getppid() != parent) kill(child, at_its_end);
  }
  Watch(child, waited, seconds, at_its_end).run();
}

}  // namespace landshim::command
