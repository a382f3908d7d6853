// SPDX-License-Identifier: MIT
// Everything that can fail for the policy's sake comes before the first call that cannot be taken back. Each order
// below has its reason beside it.
#include "shim/enforce.h"

#include <cerrno>

#include "shim/descriptor.h"
#include "shim/filter.h"
#include "shim/host.h"
#include "shim/kernel.h"
#include "shim/namespaces.h"
#include "shim/open_rules.h"
#include "shim/place.h"
#include "shim/process.h"

namespace landshim {

namespace {

Error failed(const Plan& plan, std::string what, int result) { return {std::move(what), place(plan, {}), -result}; }

// Descriptors that are done with, closed by one call where their numbers follow each other.
class Closing {
 public:
  Closing() = default;
  Closing(const Closing&) = delete;
  Closing& operator=(const Closing&) = delete;
  ~Closing() { close(); }

  void add(Descriptor done) {
    if (count_ == kMost || (count_ > 0 && done.get() != first_ + count_)) close();
    if (count_ == 0) first_ = done.get();
    done.release();
    ++count_;
  }

  // False: there was none.
  bool close() {
    const int count = std::exchange(count_, 0);
    if (count == 0) return false;
    // Linux 5.9, and an outer filter may forbid it.
    if (count > 1 && kernel::close_descriptors(static_cast<std::uint32_t>(first_), static_cast<std::uint32_t>(first_ + count - 1)) == 0) return true;
    for (int i = 0; i < count; ++i) kernel::close(first_ + i);
    return true;
  }

 private:
  static constexpr int kMost = 32;  // a process may have few
  int first_ = 0;
  int count_ = 0;
};

Result<Done> add_rules(const Plan& plan, int ruleset) {
  RuleOpener opener(plan);
  Closing closing;
  for (const PlannedPath& path : plan.ruleset.paths) {
    if (path.rights == 0) continue;  // nothing of it is known to this kernel; compile() has said so
    Result<OpenedRule> opened = opener.open(path);
    // Those that wait to be closed may have been the last that there were.
    if (!opened && (opened.error().os_error == EMFILE || opened.error().os_error == ENFILE) && closing.close()) opened = opener.open(path);
    if (!opened) return opened.error();
    if (opened->fd.get() < 0) continue;
    if (const int result = kernel::add_path_rule(ruleset, opened->fd.get(), opened->rights); result < 0)
      return Error{words(path) + ": the kernel refuses this rule", place(plan, path.origin), -result};
    closing.add(std::move(opened->fd));
  }
  closing.close();
  // The ruleset is not in force yet, and with a lever in it never will be.
  if (std::vector<Lever> levers = opener.levers(); !levers.empty()) return std::move(levers.front().error);
  for (const PlannedPort& port : plan.ruleset.ports)
    if (const int result = kernel::add_port_rule(ruleset, port.port, port.rights); result < 0)
      return Error{"port " + std::to_string(port.port) + ": the kernel refuses this rule", place(plan, port.origin), -result};
  return Done{};
}

Result<Done> restrict_to(const Plan& plan, int ruleset) {
  const int result = kernel::restrict_self(ruleset, (plan.all_threads ? kRestrictAllThreads : 0) | (plan.ruleset.recorded ? kRecordPrograms : 0));
  if (result == -E2BIG) return failed(plan, "16 Landlock policies are in force already, one in the other, and the kernel takes no more; start this program under fewer", result);
  if (result < 0) return failed(plan, "Landlock cannot be put in force", result);
  return Done{};
}

Result<Done> enforce_without_filter(const Plan& plan) {
  // Files of /proc and of the control group are written, which the mounts below may make read-only.
  if (Result<Done> done = set_by_files(plan); !done) return done;
  // Before the ruleset: its rules bind to what the paths name afterwards. Landlock would forbid it later.
  if (Result<Done> arranged = arrange_mounts(plan); !arranged) return arranged;
  const int created = plan.ruleset.used ? kernel::create_ruleset(plan.ruleset.abi, plan.ruleset.handled_fs, plan.ruleset.handled_net, plan.ruleset.scoped) : -1;
  if (plan.ruleset.used && created < 0) return failed(plan, "a Landlock ruleset cannot be made", created);
  Descriptor ruleset(created);
  if (plan.ruleset.used)
    if (Result<Done> added = add_rules(plan, created); !added) return added;
  // After the descriptors of the ruleset, which a limit of open files may forbid.
  if (Result<Done> done = set_resources(plan); !done) return done;
  if (Result<Done> done = set_privileges(plan); !done) return done;
  // Both calls below ask for it, where the process is not root; and what it starts must not gain privileges either way.
  if (const int result = kernel::set_no_new_privs(); result < 0) return failed(plan, "no_new_privs cannot be set", result);
  if (plan.ruleset.used)
    if (Result<Done> done = restrict_to(plan, created); !done) return done;
  // The filter may forbid closing: the descriptor would stay with the program, or the attempt end it.
  ruleset.reset();
  return close_inherited(plan);
}

// All of the ranges, but one descriptor.
std::vector<DescriptorRange> without(const std::vector<DescriptorRange>& ranges, std::uint32_t kept) {
  std::vector<DescriptorRange> out;
  for (const DescriptorRange& range : ranges) {
    const bool has = range.first <= kept && kept <= range.last;
    if (!has) out.push_back(range);
    if (has && range.first < kept) out.push_back({range.first, kept - 1});
    if (has && kept < range.last) out.push_back({kept + 1, range.last});
  }
  return out;
}

// The kernel says so itself, or it is not so.
Result<Done> prove(const Plan& plan) {
  if (ask_in_force(plan.filter.identity) != InForce::kThisPolicy) return failed(plan, "the kernel took the filter and does not answer for it; another sandbox stands in between", 0);
  return Done{};
}

}  // namespace

std::string place(const Plan& plan, Origin origin) {
  const std::size_t file = origin.file < plan.sources.size() ? origin.file : 0;
  if (plan.sources.empty()) return {};
  const std::string& shown = plan.sources[file].shown;
  return origin.written() ? shown + ":" + std::to_string(origin.line) : shown;
}

Result<Done> enforce_followed(Plan plan, const std::vector<Plan>& layers, Handover& handover) {
  const LogEvents told = static_cast<LogEvents>(handover.told | (plan.log.used() ? plan.log.events.value : 0));
  plan.ruleset.recorded = handover.recorded && plan.ruleset.abi >= kRecordingAbi;
  const Result<FollowedFilter> filter = followed_filter(plan, Following::kHeld, told);
  if (!filter) return Error{filter.error().what, place(plan, {}), 0};
  if (Result<Done> done = handover.start_courier(); !done) return done;
  plan.process.close = without(plan.process.close, static_cast<std::uint32_t>(handover.end()));
  if (Result<Done> done = enforce_without_filter(plan); !done) return done;
  for (const Plan& layer : layers)
    if (Result<Done> done = enforce(layer); !done) return done;
  if (Result<Done> done = handover.load(*filter); !done) return done;
  return prove(plan);
}

Result<Done> enforce(const Plan& plan) {
  Result<std::vector<sock_filter>> program = std::vector<sock_filter>{};
  if (plan.filter.used) program = assemble(plan.filter);
  if (!program) return Error{program.error().what, place(plan, {}), 0};
  if (Result<Done> done = enforce_without_filter(plan); !done || !plan.filter.used) return done;
  // Last: the filter may forbid the calls above it.
  if (const int result = kernel::load_filter(*program, plan.all_threads); result < 0) return failed(plan, "the seccomp filter cannot be loaded", result);
  return prove(plan);
}

}  // namespace landshim
