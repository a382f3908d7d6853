// SPDX-License-Identifier: MIT
#include "shim/survey.h"

#include <utility>

#include "shim/open_rules.h"

namespace landshim {

Surveys survey(const Plan& plan) {
  Surveys out;
  RuleOpener opener(plan);
  const std::vector<PlannedPath>& paths = plan.ruleset.paths;
  for (const PlannedPath& path : paths) {
    // ${EXE} is known when a program starts.
    if (path.path.starts_with("${EXE}")) {
      out.paths.push_back(Survey{.rights = path.rights & kOnFiles});
      continue;
    }
    Result<OpenedRule> opened = opener.open(path);
    if (!opened) out.paths.push_back(opened.error());
    else if (opened->fd.get() < 0) out.paths.push_back(Survey{.missing = true});
    else out.paths.push_back(Survey{false, opened->directory, opened->rights, opened->id});
  }
  for (Lever& lever : opener.levers()) {
    if (lever.path != nullptr) out.paths[static_cast<std::size_t>(lever.path - paths.data())] = std::move(lever.error);
    else out.others.push_back(std::move(lever.error));
  }
  return out;
}

}  // namespace landshim
