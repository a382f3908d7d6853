// SPDX-License-Identifier: MIT
#include "shim/command/start.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>

#include "shim/command/command.h"
#include "shim/command/first_process.h"
#include "shim/command/own_privileges.h"
#include "shim/command/target.h"
#include "shim/enforce.h"
#include "shim/environment.h"
#include "shim/host.h"
#include "shim/namespaces.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

void tell_privileges(const std::string& program) {
  if (const std::string privileges = own_privileges(program); !privileges.empty()) say(text({program + ": under a policy it starts without what " + privileges + " would give it"}));
}

Result<Done> enforce_layers(const std::vector<Plan>& layers) {
  for (const Plan& layer : layers) {
    if (Result<Done> done = enforce(layer); !done) return done;
    for (const std::string& line : loss_lines(layer)) say(line);
  }
  return Done{};
}

}  // namespace

int cannot_start(const std::string& program, int error) {
  std::string what = program + ": the command cannot be started";
  // execve(2): what the file demands and the bounding set lacks is an error, for root as well.
  if (error == EPERM) what += has_file_capabilities(program) ? "; its file demands capabilities, does the policy keep them?" : "; does a line of [syscalls] deny execve?";
  if (error == EACCES) what += "; does the policy grant read_exec on it and on its interpreter or loader?";
  say(text({what, {}, error}));
  return error == ENOENT ? kNotFound : kCannotStart;
}

Result<Done> add_started(const Policy& policy, const std::string& program, Surroundings& surroundings) {
  if (policy.runtime.value == Runtime::kNone) return Done{};
  Result<Started> started = what_starts(program);
  if (!started) return started.error();
  surroundings.started = std::move(started->files);
  surroundings.mapped = std::move(started->libraries);
  return Done{};
}

Result<Done> put_in_force(Loaded loaded, const std::vector<Plan>& layers, const Surroundings& surroundings, pid_t parent, Handover* handover) {
  if (ask_in_force(loaded.policy.identity) == InForce::kThisPolicy) {
    if (handover != nullptr) return Error{"this policy is in force already, and what it denies is seen only by who follows from its start"};
    tell_privileges(surroundings.program);
    return enforce_layers(layers);
  }
  const Result<Plan> plan = make_plan(std::move(loaded), surroundings, {true, true, handover == nullptr});
  if (!plan) return plan.error();
  if (Result<Done> done = edit_environment(plan->environment, environ, 0); !done) return done;
  if (Result<Done> done = enter_namespaces(*plan); !done) return done;
  if (plan->namespaces.enter[static_cast<std::size_t>(Namespace::kPid)]) enter_pid_namespace(parent, plan->process.parent_death_signal.value);
  // Said while the calls that say it are open.
  tell_privileges(surroundings.program);
  if (Result<Done> done = handover == nullptr ? enforce(*plan) : enforce_followed(*plan, layers, *handover); !done) return done;
  for (const std::string& line : loss_lines(*plan)) say(line);
  return handover == nullptr ? enforce_layers(layers) : Done{};
}

// A filter without privileges takes no_new_privs: seccomp(2).
Result<Done> follow_freely(Loaded loaded, const Surroundings& surroundings, Handover& handover) {
  const Result<Plan> plan = make_plan(std::move(loaded), surroundings, {true, true});
  if (!plan) return plan.error();
  const Result<FollowedFilter> filter = followed_filter(*plan, Following::kFree);
  if (!filter) return filter.error();
  tell_privileges(surroundings.program);
  if (Result<Done> done = handover.start_courier(); !done) return done;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return Error{"privileges cannot be given up for ever", {}, errno};
  return handover.load(*filter);
}

int become(const Command& command) {
  std::string program = command.program;
  std::vector<char*> words;
  for (const std::string& word : command.words) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  // The file that was found and looked at, not a second search of PATH.
  execv(program.c_str(), words.data());
  // A script that has an interpreter is not sh's: what it named was granted as a program, and is none.
  if (errno != ENOEXEC || command.is_interpreted) return cannot_start(program, errno);
  // As a shell would: a text without #! is a script of sh.
  std::vector<char*> script{const_cast<char*>("/bin/sh"), program.data()};
  script.insert(script.end(), words.begin() + 1, words.end());
  execv(script[0], script.data());
  return cannot_start(program, errno);
}

}  // namespace landshim::command
