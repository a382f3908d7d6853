// SPDX-License-Identifier: MIT
#include "shim/command/held_start.h"

#include "shim/command/look.h"
#include "shim/restrict.h"

namespace landshim::command {

std::optional<GoodPolicy> good_policy(const std::string& name) {
  Look look = look_at({name, {}, {}});
  for (const Error& fault : look.faults) say(text(fault));
  if (!look.faults.empty()) return std::nullopt;
  const std::string path = look.policy.sources.front().path;
  if (path.empty()) {
    say(text({"this profile comes with the command and stands in no file; write it to one (landshim profiles " + name + " >FILE.ini), or install landshim", name, 0}));
    return std::nullopt;
  }
  return GoodPolicy{std::move(look.policy), path};
}

Result<Done> fits_library(const GoodPolicy& policy, Library library) {
  for (const Source& source : policy.policy.sources)
    if (source.path.empty()) return Error{"it includes the " + source.shown + ", which comes with the command alone; the library would not find it. Install landshim, or include a file", policy.path, 0};
  if (library == Library::kAudit && policy.policy.runtime.value == Runtime::kProgram)
    return Error{"runtime = program: LD_AUDIT comes before the program's libraries are known; write runtime = host", where(policy.policy, policy.policy.runtime.origin), 0};
  return Done{};
}

Result<std::string> proved_library(Library library) {
  Result<std::string> path = find_library(library);
  if (!path) return path;
  if (const Result<Done> proved = prove_library(library, *path); !proved) return proved.error();
  return path;
}

}  // namespace landshim::command
