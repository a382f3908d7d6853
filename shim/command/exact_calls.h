// SPDX-License-Identifier: MIT
// Rules of a filter in the form that libseccomp takes: no order, at most one comparison of each argument, all 64 bits of
// it, and no rule that answers as the rest does.
#pragma once

#include <optional>
#include <vector>

#include "shim/plan.h"

namespace landshim::command {

/// The rules of one call, where what none of them fits answers `rest`. The same answers as the call's own, but that where
/// everything is denied the errno may be another of its own, and that a rule which closes may close a little more: where
/// high bits are set of which the kernel reads only the low ones. None: it would take too many rules.
std::optional<std::vector<CallRule>> exact_rules(const PlannedCall& call, Action rest);

}  // namespace landshim::command
