// SPDX-License-Identifier: MIT
#include "shim/command/look.h"

#include <unistd.h>

#include "config/load.h"
#include "shim/filter.h"
#include "shim/host.h"

namespace landshim::command {

Look look_at(std::string_view named) {
  Surroundings surroundings;
  surroundings.environment = environ;
  surroundings.at_start = false;
  Loaded loaded = load(named, surroundings);
  // Paths are worth a look even beside other faults: all of them are told in one go.
  if (!loaded.policy.sources.empty() && (loaded.faults.empty() || !loaded.policy.path_items.empty())) expand(loaded, surroundings);
  Look look;
  look.faults = std::move(loaded.faults);
  look.policy = std::move(loaded.policy);
  if (look.policy.sources.empty()) return look;
  Host host = probe();
  host.threads_known = true;
  host.many_threads = false;
  Compiled compiled = compile(look.policy, host);
  if (look.faults.empty())
    for (Error& error : compiled.refused) look.faults.push_back(std::move(error));
  look.plan = std::move(compiled.plan);
  for (const PlannedPath& path : look.plan.ruleset.paths) {
    // ${EXE} is known when a program starts.
    const bool later = path.path.starts_with("${EXE}");
    look.surveys.push_back(later ? Result<Survey>(Survey{false, false, path.rights & kOnFiles}) : survey(look.plan, path));
    if (!look.surveys.back()) look.faults.push_back(look.surveys.back().error());
  }
  if (look.plan.filter.used)
    if (Result<std::vector<sock_filter>> program = assemble(look.plan.filter); !program) look.faults.push_back({program.error().what, look.plan.sources.front().shown, 0});
  return look;
}

}  // namespace landshim::command
