// SPDX-License-Identifier: MIT
#include <fnmatch.h>

#include <algorithm>

#include "config/command_rules.h"
#include "shim/command/export.h"
#include "shim/place.h"

namespace landshim::command {

const char* word_of(Effect effect) { return effect == Effect::kWider ? "wider" : "narrower"; }

void Losses::add(Effect effect, Origin origin, std::string what) {
  Lost lost{effect, std::move(what), place(look_.plan, origin)};
  if (std::find(all_.begin(), all_.end(), lost) == all_.end()) all_.push_back(std::move(lost));
}

std::vector<std::string> loss_lines(const std::vector<Lost>& losses) {
  std::vector<std::string> out;
  for (const Lost& lost : losses) out.push_back(std::string(word_of(lost.effect)) + ": " + printable(lost.where) + ": " + printable(lost.what));
  return out;
}

bool starts_programs(const Look& look, std::string_view call) {
  return look.plan.filter.closures[static_cast<std::size_t>(Closure::kExecve)] && (call == "execve" || call == "execveat");
}

void common_losses(const Look& look, bool own_filter, Losses& losses) {
  const Policy& policy = look.policy;
  for (const Loss& loss : look.plan.given_up) losses.wider(loss.origin, loss.what);
  if (policy.runtime.value == Runtime::kProgram) losses.narrower(policy.runtime.origin, "runtime = program: the files that the program maps are known when it starts; add them");
  if (policy.dumpable.written()) losses.wider(policy.dumpable.origin, "dumpable: a process sets it for itself");
  if (policy.log.used()) losses.wider(policy.log.file.origin, "file = " + policy.log.file.value + ": landshim writes this log, and nobody does so in its place");
  for (const CommandRule& rule : policy.commands)
    if (rule.action.value == Permission::kDeny || rule.no_network.value || rule.readonly.value) losses.wider(rule.origin, "[command " + rule.name + "]: " + words(rule) + ": no word for command lines");
  if (policy.execve.value != Permission::kDeny) return;
  if (own_filter) losses.narrower(policy.execve.origin, "execve = deny: with this filter the program itself cannot be started; make one of a policy without this line");
  else losses.wider(policy.execve.origin, "execve = deny: it would keep the program itself from being started, and is left out");
}

bool own_processes(const Look& look) { return look.plan.namespaces.enter[static_cast<std::size_t>(Namespace::kPid)] || (look.plan.ruleset.scoped & kScopeSignal) != 0; }

bool own_network(const Look& look) { return network_choice(look.policy).access == NetworkAccess::kNone || look.plan.namespaces.enter[static_cast<std::size_t>(Namespace::kNetwork)]; }

void outside_losses(const Look& look, bool own_processes, Losses& losses) {
  const Policy& policy = look.policy;
  const Ruleset& ruleset = look.plan.ruleset;
  const UnixAccess sockets = network_choice(policy).unix_sockets;
  if (!own_processes && (ruleset.scoped & kScopeSignal) != 0) losses.wider(policy.signals.origin, "signals = deny: processes outside can be signalled, as far as their user is the same");
  if (!own_processes && ruleset.used) losses.wider({}, "processes outside can be traced (ptrace), as far as their user is the same");
  if ((ruleset.scoped & kScopeAbstractUnix) != 0 && !own_network(look) && sockets != UnixAccess::kDeny)
    losses.wider(policy.abstract_unix.origin, "abstract_unix = deny: abstract sockets in the network of the host can be reached");
  if (sockets == UnixAccess::kOwn && (ruleset.handled_fs & kResolveUnix) != 0)
    losses.wider(policy.connect_unix.written() ? policy.connect_unix : policy.unix_sockets.origin, "unix = own: UNIX sockets beneath what is shown can be reached");
}

bool is_unset(const Look& look, const std::string& name) {
  const std::vector<std::string>& patterns = look.plan.environment.unset;
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) { return fnmatch(pattern.c_str(), name.c_str(), 0) == 0; });
}

}  // namespace landshim::command
