// SPDX-License-Identifier: MIT
// What a rule of [command NAME] puts over the policy: a policy of its own, which leaves alone all that the rule does not
// name. The kernel lets it only narrow.
#pragma once

#include <cstdint>

#include "config/policy.h"

namespace landshim {

enum class Layer : std::uint8_t { kReadonly, kNoNetwork };

/// The layer as a policy, its line that of the rule. One for all rules of a policy: what is in force by one of them need
/// not come again by another.
Policy layer_policy(const Policy& policy, const CommandRule& rule, Layer layer);

}  // namespace landshim
