// SPDX-License-Identifier: MIT
// Enforces in its own process, then becomes the command: what a preload cannot hold (static, set-user-ID, programs of
// another libc) is held as well, since the kernel passes the policy on.
#include <sys/auxv.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "config/load.h"
#include "shim/command/command.h"
#include "shim/command/first_process.h"
#include "shim/command/options.h"
#include "shim/command/profiles.h"
#include "shim/command/target.h"
#include "shim/enforce.h"
#include "shim/environment.h"
#include "shim/host.h"
#include "shim/namespaces.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

struct Request {
  std::string policy;
  std::vector<std::string> command;
};

int cannot_start(const std::string& program, int error) {
  std::string what = program + ": the command cannot be started";
  if (error == EPERM) what += "; does a line of [syscalls] deny execve?";
  if (error == EACCES) what += "; does the policy grant read_exec on it and on its interpreter or loader?";
  say(text({what, {}, error}));
  return error == ENOENT ? kNotFound : kCannotStart;
}

int run(const Request& request) {
  const pid_t parent = getppid();
  std::string named = request.policy;
  if (named.empty())
    if (const char* value = getenv("LANDSHIM_POLICY")) named = value;
  if (named.empty()) refuse({"no policy: give one with -p, or set LANDSHIM_POLICY"});
  Result<std::string> program = find_program(request.command[0]);
  if (!program) {
    say(text(program.error()));
    return program.error().os_error == ENOENT ? kNotFound : kCannotStart;
  }
  Surroundings surroundings;
  surroundings.environment = environ;
  surroundings.program = program_behind(*program);
  const bool is_interpreted = is_script(*program);
  surroundings.own_profile = own_profile;
  surroundings.privileged = getauxval(AT_SECURE) != 0;
  if (access(surroundings.program.c_str(), F_OK) != 0) return cannot_start(*program, errno);
  Loaded loaded = load(named, surroundings);
  if (!loaded.faults.empty()) refuse(loaded.faults.front());
  if (ask_in_force(loaded.policy.identity) != InForce::kThisPolicy) {
    if (loaded.policy.runtime.value != Runtime::kNone) {
      Result<Started> started = what_starts(*program);
      if (!started) refuse(started.error());
      surroundings.started = std::move(started->files);
      surroundings.mapped = std::move(started->libraries);
    }
    const Result<Plan> plan = make_plan(std::move(loaded), surroundings, {true, true});
    if (!plan) refuse(plan.error());
    if (const Result<Done> done = edit_environment(plan->environment, environ, 0); !done) refuse(done.error());
    if (const Result<Done> done = enter_namespaces(*plan); !done) refuse(done.error());
    if (plan->namespaces.enter[static_cast<std::size_t>(Namespace::kPid)]) enter_pid_namespace(parent, plan->process.parent_death_signal.value);
    if (const Result<Done> done = enforce(*plan); !done) refuse(done.error());
    for (const std::string& line : loss_lines(*plan)) say(line);
  }
  std::vector<char*> words;
  for (const std::string& word : request.command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  // The file that was found and looked at, not a second search of PATH.
  execv(program->c_str(), words.data());
  // A script that has an interpreter is not sh's: what it named was granted as a program, and is none.
  if (errno != ENOEXEC || is_interpreted) return cannot_start(*program, errno);
  // As a shell would: a text without #! is a script of sh.
  std::vector<char*> script{const_cast<char*>("/bin/sh"), program->data()};
  script.insert(script.end(), words.begin() + 1, words.end());
  execv(script[0], script.data());
  return cannot_start(*program, errno);
}

}  // namespace

void add_run(CLI::App& app, const std::vector<std::string>& command, int& status) {
  CLI::App* const words = app.add_subcommand("run", "start a command under a policy");
  auto request = std::make_shared<Request>();
  words->add_option("-p,--policy", request->policy, "a policy file or the name of a profile; else $LANDSHIM_POLICY")->type_name("POLICY");
  words->callback([request, &command, &status] {
    request->command = command;
    status = command.empty() ? misused("run: a command is missing") : run(*request);
  });
}

}  // namespace landshim::command
