// SPDX-License-Identifier: MIT
#include "shim/command/look.h"

#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "config/load.h"
#include "shim/command/profiles.h"
#include "shim/filter.h"
#include "shim/host.h"

namespace landshim::command {

namespace {

// The file and line that a fault names, as numbers.
std::pair<std::size_t, unsigned long> place(const Policy& policy, const Error& fault) {
  const std::size_t colon = std::min(fault.where.rfind(':'), fault.where.size());
  for (std::size_t i = 0; i < policy.sources.size(); ++i) {
    const std::string& shown = policy.sources[i].shown;
    if (fault.where == shown) return {i, 0};
    if (colon < fault.where.size() && fault.where.compare(0, colon, shown) == 0) return {i, strtoul(fault.where.c_str() + colon + 1, nullptr, 10)};
  }
  return {policy.sources.size(), 0};
}

}  // namespace

Look look_at(const Looked& looked) {
  Surroundings surroundings;
  surroundings.environment = environ;
  surroundings.at_start = false;
  surroundings.own_profile = own_profile;
  surroundings.privileged = getauxval(AT_SECURE) != 0;
  Loaded loaded = looked.text ? load_text(*looked.text, looked.name, surroundings) : load(looked.name, surroundings);
  // Paths are worth a look even beside other faults: all of them are told in one go.
  if (!loaded.policy.sources.empty() && (loaded.faults.empty() || !loaded.policy.path_items.empty())) expand(loaded, surroundings);
  Look look;
  look.faults = std::move(loaded.faults);
  look.policy = std::move(loaded.policy);
  if (look.policy.sources.empty()) return look;
  Host host = probe();
  host.threads_known = true;
  host.many_threads = false;
  host.may_fork = true;
  probe_group(host);
  if (looked.abi) {
    host.abi = *looked.abi;
    host.landlock_error = host.abi > 0 ? 0 : ENOSYS;
  }
  look.host = host;
  Compiled compiled = compile(look.policy, host);
  if (look.faults.empty())
    for (Error& error : compiled.refused) look.faults.push_back(std::move(error));
  look.plan = std::move(compiled.plan);
  Surveys surveys = survey(look.plan);
  for (const Result<Survey>& path : surveys.paths)
    if (!path) look.faults.push_back(path.error());
  for (Error& error : surveys.others) look.faults.push_back(std::move(error));
  look.surveys = std::move(surveys.paths);
  if (look.plan.filter.used)
    if (Result<std::vector<sock_filter>> program = assemble(look.plan.filter); !program) look.faults.push_back({program.error().what, look.plan.sources.front().shown, 0});
  std::stable_sort(look.faults.begin(), look.faults.end(), [&](const Error& a, const Error& b) { return place(look.policy, a) < place(look.policy, b); });
  return look;
}

}  // namespace landshim::command
