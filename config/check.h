// SPDX-License-Identifier: MIT
// Contradictions inside a policy: faults that no kernel is needed to see.
#pragma once

#include <vector>

#include "config/parse.h"
#include "config/policy.h"

namespace landshim {

/// Adds what contradicts itself in `policy` to `faults`, naming both lines.
void check(const Policy& policy, std::vector<Fault>& faults);

}  // namespace landshim
