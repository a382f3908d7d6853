// SPDX-License-Identifier: MIT
// Between what the follower tells of a denial and how the kernel records it.
#pragma once

#include <string_view>
#include <vector>

#include "shim/command/agreement.h"
#include "shim/command/denials.h"
#include "shim/command/wishes.h"
#include "shim/verdict.h"

namespace landshim::command {

/// How the kernel would record that a wish is denied so; none: something else than Landlock denies it.
std::vector<KernelDenial> records_of(const Plan& plan, const Wish& wish, const Verdict& denied);

/// A denial that nobody told, and the record of it.
struct Untold {
  Denial denial{};
  KernelDenial record{};   ///< none: it is about more than one
};

/// What the rest of an event is about, told as the follower would; files are looked at as they are now. `call`: the name
/// of its call; empty: none is known.
std::vector<Untold> untold(const KernelEvent& event, std::string_view call, const Policy& policy, const Plan& plan, const std::vector<Ground>& grounds);

}  // namespace landshim::command
