// SPDX-License-Identifier: MIT
// A policy looked at without being put in force: what check, explain and ask have in common.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "shim/plan.h"
#include "shim/survey.h"

namespace landshim::command {

/// What to look at: a policy by its name, or a text of its own that `name` stands for in messages.
struct Looked {
  std::string name;
  std::optional<std::string> text;
  std::optional<int> abi;                ///< as a kernel with this Landlock ABI would have it; else this kernel
};

/// What a fault is one of: the text, what the machine can do, what is there.
enum class FaultOf : std::uint8_t { kPolicy, kMachine, kPlace };

struct Look {
  std::vector<Error> faults;             ///< all of them, of the file and of this machine
  std::vector<FaultOf> fault_of;         ///< one for each
  Policy policy;
  Host host;
  Plan plan;                             ///< only when the file itself is good
  std::vector<Result<Survey>> surveys;   ///< one for each path of the plan
};

Look look_at(const Looked& looked);

/// The file and line that a fault of this policy names; line 0: the file as a whole. Another file: one beyond the sources.
std::pair<std::size_t, unsigned long> place(const Policy& policy, const Error& fault);

}  // namespace landshim::command
