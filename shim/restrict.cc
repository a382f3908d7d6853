// SPDX-License-Identifier: MIT
#include "shim/restrict.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "shim/host.h"
#include "shim/kernel.h"
#include "shim/layer.h"
#include "shim/place.h"

namespace landshim {

Result<Plan> make_plan(Loaded loaded, const Surroundings& surroundings, const Door& door) {
  if (loaded.faults.empty()) expand(loaded, surroundings);
  if (!loaded.faults.empty()) return loaded.faults.front();
  Host host = probe();
  host.may_fork = door.may_fork;
  host.execs = door.execs;
  host.ready_filter = door.ready_filter;
  if (std::any_of(std::begin(loaded.policy.limits), std::end(loaded.policy.limits), [](const auto& limit) { return limit.written(); })) probe_limits(host);
  if (loaded.policy.memory_max.written() || loaded.policy.cpu_quota.written() || loaded.policy.tasks_max.written()) probe_group(host);
  Compiled compiled = compile(loaded.policy, host);
  if (!compiled.refused.empty()) return compiled.refused.front();
  return std::move(compiled.plan);
}

Result<std::vector<Plan>> make_layers(const Policy& policy, const Narrowing& narrowing, const Surroundings& surroundings, const Door& door) {
  std::vector<Plan> out;
  for (const Layer layer : {Layer::kReadonly, Layer::kNoNetwork}) {
    const CommandRule* const rule = layer == Layer::kReadonly ? narrowing.readonly : narrowing.no_network;
    if (rule == nullptr) continue;
    Loaded narrow{layer_policy(policy, *rule, layer), {}};
    // A command that starts itself again and again would come to the end of the kernel's 16 layers.
    if (ask_in_force(narrow.policy.identity) == InForce::kThisPolicy) continue;
    Result<Plan> plan = make_plan(std::move(narrow), surroundings, door);
    if (!plan) return plan.error();
    out.push_back(std::move(*plan));
  }
  return out;
}

Error denial(const Policy& policy, const CommandRule& rule, const std::string& command_line) {
  constexpr std::size_t kShown = 120;
  const std::string shown = command_line.size() > kShown ? command_line.substr(0, kShown) + "..." : command_line;
  return {"[command " + rule.name + "] does not let this command start (action = deny): " + shown, where(policy, rule.action.origin)};
}

std::vector<std::string> loss_lines(const Plan& plan) {
  std::vector<std::string> lines;
  for (const Loss& loss : plan.given_up) lines.push_back(text({"not enforced: " + loss.what, place(plan, loss.origin), 0}));
  return lines;
}

void say(std::string_view text) {
  std::string line = "landshim: " + std::string(text) + "\n";
  // A standard error that takes no more must not turn a status into a signal.
  const kernel::SignalWords ignored{{reinterpret_cast<unsigned long>(SIG_IGN)}};
  constexpr std::size_t kCount = std::size(kernel::kSignalsOfWriting);
  kernel::SignalWords before[kCount];
  bool changed[kCount];
  for (std::size_t i = 0; i < kCount; ++i) changed[i] = kernel::set_action(kernel::kSignalsOfWriting[i], &ignored, &before[i]) == 0;
  std::size_t done = 0;
  while (done < line.size()) {
    const int wrote = kernel::write(STDERR_FILENO, std::string_view(line).substr(done));
    if (wrote == -EINTR) continue;
    if (wrote <= 0) break;
    done += static_cast<std::size_t>(wrote);
  }
  for (std::size_t i = 0; i < kCount; ++i)
    if (changed[i]) kernel::set_action(kernel::kSignalsOfWriting[i], &before[i], nullptr);
}

void refuse(const Error& error) {
  say(text(error));
  kernel::end(kRefused);
}

}  // namespace landshim
