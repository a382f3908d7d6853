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

volatile pid_t passed_to = 0;

void pass_on(int number) {
  if (passed_to > 0) kill(passed_to, number);
}

// Reaps until `child` ends, and ends as it did.
[[noreturn]] void stand_for(pid_t child) {
  passed_to = child;
  for (const int number : kPassedOn) {
    struct sigaction action {};
    action.sa_handler = pass_on;
    sigaction(number, &action, nullptr);
  }
  for (;;) {
    int status = 0;
    const pid_t ended = waitpid(-1, &status, 0);
    if (ended < 0 && errno == EINTR) continue;
    if (ended < 0) _exit(kRefused);
    if (ended == child) _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  }
}

void fork_once() {
  const pid_t child = fork();
  if (child < 0) refuse({"the pid namespace has no first process", {}, errno});
  if (child > 0) stand_for(child);
  // The command must not outlive those that stand for it.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
}

}  // namespace

void enter_pid_namespace() {
  fork_once();
  fork_once();
}

}  // namespace landshim::command
