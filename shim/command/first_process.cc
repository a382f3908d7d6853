// SPDX-License-Identifier: MIT
#include "shim/command/first_process.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "shim/restrict.h"

namespace landshim::command {

namespace {

// What people and supervisors send to end or steer a program.
constexpr int kPassedOn[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH};

// The parent that a policy speaks of is that of this process. The signal of its end comes under a number of its own:
// the one that is wanted may be one that nobody can catch, or that comes for other reasons too.
const int kParentEnded = SIGRTMAX;

volatile pid_t passed_to = 0;
volatile int parent_ended_becomes = 0;

void pass_on(int number) {
  if (passed_to > 0) kill(passed_to, number == kParentEnded ? parent_ended_becomes : number);
}

sigset_t all_passed_on() {
  sigset_t out;
  sigemptyset(&out);
  for (const int number : kPassedOn) sigaddset(&out, number);
  sigaddset(&out, kParentEnded);
  return out;
}

// Reaps until `child` ends, and ends as it did.
[[noreturn]] void stand_for(pid_t child, int parent_ended, sigset_t blocked) {
  passed_to = child;
  parent_ended_becomes = parent_ended;
  struct sigaction action {};
  action.sa_handler = pass_on;
  for (const int number : kPassedOn) sigaction(number, &action, nullptr);
  if (parent_ended != 0) {
    sigaction(kParentEnded, &action, nullptr);
    sigdelset(&blocked, kParentEnded);
  }
  sigprocmask(SIG_SETMASK, &blocked, nullptr);
  for (;;) {
    int status = 0;
    const pid_t ended = waitpid(-1, &status, 0);
    if (ended < 0 && errno == EINTR) continue;
    if (ended < 0) _exit(kRefused);
    if (ended == child) _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  }
}

pid_t fork_once() {
  const pid_t child = fork();
  if (child < 0) refuse({"the pid namespace has no first process", {}, errno});
  // The command must not outlive those that stand for it.
  if (child == 0) prctl(PR_SET_PDEATHSIG, SIGKILL);
  return child;
}

}  // namespace

void enter_pid_namespace(pid_t parent, int at_its_end) {
  // They wait until there is who passes them on: the first process of a namespace would miss them.
  const sigset_t passed = all_passed_on();
  sigset_t before;
  sigprocmask(SIG_BLOCK, &passed, &before);
  // Ignored, it would hide how the command ended.
  struct sigaction ordinary {};
  struct sigaction found {};
  ordinary.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &ordinary, &found);
  // Of this process alone: children do not inherit it.
  if (at_its_end != 0 && prctl(PR_SET_PDEATHSIG, kParentEnded) != 0) refuse({"parent_death_signal cannot be set", {}, errno});
  if (const pid_t first = fork_once(); first > 0) {
    // The parent ended before that was said.
    if (at_its_end != 0 && getppid() != parent) raise(kParentEnded);
    stand_for(first, at_its_end == 0 ? 0 : kParentEnded, before);
  }
  if (const pid_t command = fork_once(); command > 0) stand_for(command, at_its_end, before);
  sigaction(SIGCHLD, &found, nullptr);
  sigprocmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace landshim::command
