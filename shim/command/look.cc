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

class Faults {
 public:
  explicit Faults(Look& look) : look_(look) {}
  void add(Error fault, FaultOf of) { all_.emplace_back(std::move(fault), of); }
  bool none() const { return all_.empty(); }
  // In the order of the lines.
  void tell() {
    std::stable_sort(all_.begin(), all_.end(), [&](const auto& a, const auto& b) { return place(look_.policy, a.first) < place(look_.policy, b.first); });
    for (auto& [fault, of] : all_) {
      look_.faults.push_back(std::move(fault));
      look_.fault_of.push_back(of);
    }
  }

 private:
  Look& look_;
  std::vector<std::pair<Error, FaultOf>> all_{};
};

}  // namespace

std::pair<std::size_t, unsigned long> place(const Policy& policy, const Error& fault) {
  const std::size_t colon = std::min(fault.where.rfind(':'), fault.where.size());
  for (std::size_t i = 0; i < policy.sources.size(); ++i) {
    const std::string& shown = policy.sources[i].shown;
    if (fault.where == shown) return {i, 0};
    if (colon < fault.where.size() && fault.where.compare(0, colon, shown) == 0) return {i, strtoul(fault.where.c_str() + colon + 1, nullptr, 10)};
  }
  return {policy.sources.size(), 0};
}

Look look_at(const Looked& looked) {
  Surroundings surroundings;
  surroundings.environment = environ;
  surroundings.at_start = false;
  surroundings.own_profile = own_profile;
  surroundings.privileged = getauxval(AT_SECURE) != 0;
  Loaded loaded = looked.text ? load_text(*looked.text, looked.name, surroundings) : load(looked.name, surroundings);
  // Paths are worth a look even beside other faults: all of them are told in one go.
  const std::size_t of_text = loaded.faults.size();
  if (!loaded.policy.sources.empty() && (loaded.faults.empty() || !loaded.policy.path_items.empty())) expand(loaded, surroundings);
  Look look;
  Faults faults(look);
  for (std::size_t i = 0; i < loaded.faults.size(); ++i) faults.add(std::move(loaded.faults[i]), i < of_text ? FaultOf::kPolicy : FaultOf::kPlace);
  look.policy = std::move(loaded.policy);
  if (look.policy.sources.empty()) {
    faults.tell();
    return look;
  }
  Host host = probe();
  host.threads_known = true;
  host.many_threads = false;
  host.may_fork = true;
  probe_limits(host);
  probe_group(host);
  if (looked.abi) {
    host.abi = *looked.abi;
    host.landlock_error = host.abi > 0 ? 0 : ENOSYS;
  }
  look.host = host;
  Compiled compiled = compile(look.policy, host);
  if (faults.none())
    for (Error& error : compiled.refused) faults.add(std::move(error), FaultOf::kMachine);
  look.plan = std::move(compiled.plan);
  Surveys surveys = survey(look.plan);
  for (const Result<Survey>& path : surveys.paths)
    if (!path) faults.add(path.error(), FaultOf::kPlace);
  for (Error& error : surveys.others) faults.add(std::move(error), FaultOf::kPlace);
  look.surveys = std::move(surveys.paths);
  if (look.plan.filter.used)
    if (Result<std::vector<sock_filter>> program = assemble(look.plan.filter); !program) faults.add({program.error().what, look.plan.sources.front().shown, 0}, FaultOf::kMachine);
  faults.tell();
  return look;
}

}  // namespace landshim::command
