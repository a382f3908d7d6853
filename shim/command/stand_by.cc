// SPDX-License-Identifier: MIT
#include "shim/command/stand_by.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "shim/restrict.h"

namespace landshim::command {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kGrace{5};
constexpr std::uint64_t kLongest = 1'000'000'000;  // 31 years, and no clock overflows

// What people and supervisors send to end or steer a program.
// The last three would stop this process, and the command may take them otherwise: it stops when that one has.
constexpr int kPassedOn[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH, SIGTSTP, SIGTTIN, SIGTTOU};

// How this process hears of its parent's end, which it passes on as the signal that is wanted.
const int kParentEnded = SIGRTMAX;

// Ended by a signal, the command is followed by the same one, so that a shell sees what it would without this process.
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
void end_left_behind() {
  for (;;) {
    std::ifstream children("/proc/self/task/" + std::to_string(getpid()) + "/children");
    for (pid_t child = 0; children >> child;) kill(child, SIGKILL);
    const pid_t ended = waitpid(-1, nullptr, children.is_open() ? 0 : WNOHANG);
    if (ended == 0 || (ended < 0 && errno != EINTR)) return;
  }
}

// What keys and windows make goes to the whole process group: the command has it already. SIGHUP goes to the leader of
// the session alone. termios(3), sigaction(2).
bool from_terminal(const signalfd_siginfo& info) { return info.ssi_code == SI_KERNEL && static_cast<int>(info.ssi_signo) != SIGHUP; }

bool is_stopped(pid_t process) {
  std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
  const std::string text((std::istreambuf_iterator<char>(stat)), std::istreambuf_iterator<char>());
  const std::size_t end = text.rfind(") ");
  return !stat.is_open() || end == text.npos || text[end + 2] == 'T';
}

class Watch {
 public:
  Watch(const StandBy& task, pid_t child, Descriptor signals) : task_(task), child_(child), signals_(std::move(signals)), until_(Clock::now() + std::chrono::seconds(std::min(task.seconds, kLongest))) {}

  [[noreturn]] void run() {
    // One that has ended already may have sent its signal while nobody held it back.
    reap();
    for (;;) {
      const int companion = task_.companion == nullptr ? -1 : task_.companion->descriptor();
      pollfd ready[] = {{signals_.get(), POLLIN, 0}, {companion, POLLIN, 0}};
      const int count = wait(ready);
      if (count == 0) time_is_up();
      if (count <= 0) continue;
      if (ready[1].revents != 0 && !task_.companion->serve()) refuse_all();
      if (ready[0].revents != 0) take_signal();
    }
  }

 private:
  int wait(pollfd (&ready)[2]) const {
    if (task_.seconds == 0 || killed_) return poll(ready, std::size(ready), -1);
    const auto left = std::max(std::chrono::nanoseconds(0), std::chrono::duration_cast<std::chrono::nanoseconds>(until_ - Clock::now()));
    const timespec time{static_cast<time_t>(left.count() / 1'000'000'000), static_cast<long>(left.count() % 1'000'000'000)};
    return ppoll(ready, std::size(ready), &time, nullptr);
  }

  void take_signal() {
    signalfd_siginfo info{};
    if (read(signals_.get(), &info, sizeof info) != sizeof info) return;
    const auto number = static_cast<int>(info.ssi_signo);
    if (number == SIGCHLD) reap();
    else if (number == kParentEnded) kill(child_, task_.at_its_end);
    // A shell continues the whole group.
    else if (number == SIGCONT ? is_stopped(child_) : !from_terminal(info)) kill(child_, number);
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
    for (pid_t changed = 0; (changed = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0;) {
      if (changed != child_) continue;
      if (WIFSTOPPED(status)) stop_as(WSTOPSIG(status));
      else end(status);
    }
  }

  // The shell that started this process sees a job that is stopped, and SIGCONT is passed on. A stopped process has no
  // clock: with a time limit, only what the terminal stops is the shell's to continue.
  void stop_as(int number) const {
    if (task_.seconds == 0 || number != SIGSTOP) raise(SIGSTOP);
  }

  [[noreturn]] void end(int status) const {
    if (timed_out_) end_left_behind();
    if (task_.companion != nullptr && !task_.companion->finish(status)) refuse_all();
    if (timed_out_) _exit(kTimedOut);
    if (task_.companion != nullptr) task_.companion->leave();
    end_as(status);
  }

  [[noreturn]] void refuse_all() const {
    kill(child_, SIGKILL);
    end_left_behind();
    _exit(kRefused);
  }

  const StandBy& task_;
  pid_t child_;
  Descriptor signals_;
  Clock::time_point until_;
  bool timed_out_ = false;
  bool killed_ = false;
};

// What the command's process gets back.
class Signals {
 public:
  // Blocked before the fork, so that none is lost; an ignored SIGCHLD would hide how the command ended.
  void take(const sigset_t& waited) {
    struct sigaction ordinary {};
    ordinary.sa_handler = SIG_DFL;
    sigprocmask(SIG_BLOCK, &waited, &mask_);
    sigaction(SIGCHLD, &ordinary, &child_);
  }

  void give_back() const {
    sigaction(SIGCHLD, &child_, nullptr);
    sigprocmask(SIG_SETMASK, &mask_, nullptr);
  }

 private:
  sigset_t mask_{};
  struct sigaction child_ {};
};

}  // namespace

Descriptor above_standard(Descriptor opened) {
  if (opened.get() < 0 || opened.get() > STDERR_FILENO) return opened;
  return Descriptor(fcntl(opened.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

namespace {

sigset_t waited_for(const StandBy& task) {
  sigset_t out;
  sigemptyset(&out);
  sigaddset(&out, SIGCHLD);
  for (const int number : kPassedOn) sigaddset(&out, number);
  if (task.at_its_end != 0) sigaddset(&out, kParentEnded);
  return out;
}

Descriptor arriving(const sigset_t& waited) {
  Descriptor out = above_standard(Descriptor(signalfd(-1, &waited, SFD_CLOEXEC)));
  if (out.get() < 0) refuse({"the command cannot be waited for", {}, errno});
  // Nothing that the command leaves behind gets away from here, and all of it has this process for an ancestor.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  return out;
}

[[noreturn]] void watch(const StandBy& task, pid_t child, Descriptor signals) {
  if (task.at_its_end != 0) {
    prctl(PR_SET_PDEATHSIG, kParentEnded);
    // It ended before that was said.
    if (getppid() != task.parent) kill(child, task.at_its_end);
  }
  if (task.companion != nullptr) task.companion->begin(child);
  Watch(task, child, std::move(signals)).run();
}

}  // namespace

pid_t fork_and_stand_by(const StandBy& task) {
  const sigset_t waited = waited_for(task);
  Signals signals;
  signals.take(waited);
  Descriptor arrived = arriving(waited);
  const pid_t own = getpid();
  const pid_t child = fork();
  if (child < 0) refuse({"the command cannot be started beside the process that waits for it", {}, errno});
  if (child == 0) {
    arrived.reset();
    signals.give_back();
    return own;
  }
  watch(task, child, std::move(arrived));
}

void stand_by(const StandBy& task, pid_t child) {
  const sigset_t waited = waited_for(task);
  Signals().take(waited);
  Descriptor arrived = arriving(waited);
  // The rest was held back so that none is lost meanwhile.
  sigprocmask(SIG_SETMASK, &waited, nullptr);
  watch(task, child, std::move(arrived));
}

}  // namespace landshim::command
