// SPDX-License-Identifier: MIT
#include "shim/restrict.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <iterator>

#include "shim/host.h"
#include "shim/kernel.h"
#include "shim/place.h"

namespace landshim {

Result<Plan> make_plan(Loaded loaded, const Surroundings& surroundings, const Door& door) {
  if (loaded.faults.empty()) expand(loaded, surroundings);
  if (!loaded.faults.empty()) return loaded.faults.front();
  Host host = probe();
  host.may_fork = door.may_fork;
  host.execs = door.execs;
  if (loaded.policy.memory_max.written() || loaded.policy.cpu_quota.written() || loaded.policy.tasks_max.written()) probe_group(host);
  Compiled compiled = compile(loaded.policy, host);
  if (!compiled.refused.empty()) return compiled.refused.front();
  return std::move(compiled.plan);
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
