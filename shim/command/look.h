// SPDX-License-Identifier: MIT
// A policy looked at without being put in force: what check and explain have in common.
#pragma once

#include <string_view>
#include <vector>

#include "shim/enforce.h"
#include "shim/plan.h"

namespace landshim::command {

struct Look {
  std::vector<Error> faults;             ///< all of them, of the file and of this machine
  Policy policy;
  Plan plan;                             ///< only when the file itself is good
  std::vector<Result<Survey>> surveys;   ///< one for each path of the plan
};

Look look_at(std::string_view named);

}  // namespace landshim::command
