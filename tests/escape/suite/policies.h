// SPDX-License-Identifier: MIT
// The six policies that attempts are made under.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "tests/escape/suite/world.h"

namespace landshim::escape {

enum Under : std::uint8_t { kReading = 1, kWorkspace = 2, kClient = 4, kServer = 8, kStrict = 16, kEverything = 32, kAll = 63 };

struct NamedPolicy {
  Under under;
  const char* name;
};
std::span<const NamedPolicy> policies();

/// The text of a policy, for the paths and ports of this world.
std::string policy_text(Under under, const World& world);

}  // namespace landshim::escape
