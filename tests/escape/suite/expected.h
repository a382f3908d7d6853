// SPDX-License-Identifier: MIT
// What becomes of every attempt under every policy: contained by what, open and documented, or granted.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tests/escape/suite/policies.h"

namespace landshim::escape {

enum class Kind : std::uint8_t { kContained, kOpen, kGranted };
enum Users : std::uint8_t { kRoot = 1, kOrdinary = 2, kAnyUser = 3 };

struct Expected {
  std::uint8_t under = 0;    ///< of Under
  std::uint8_t users = kAnyUser;
  Kind kind = Kind::kContained;
  std::string what;          ///< the closure or right; the whole line of explain; why the policy grants it
  int from_abi = 0;          ///< only on this Landlock ABI and newer ones
  int error = 0;             ///< contained: the errno; 0: refused in silence; 1000 + N: ended by signal N
};

/// The first one that fits; nullptr: nobody has thought about it.
const Expected* expected(const std::string& attempt, Under under, Users user);

/// Ordinary things work under every policy that grants what they need; these need more than some policies grant.
struct Refused {
  const char* thing;
  std::uint8_t under;
  std::uint8_t users;
  const char* needs;
  int error;
};
const Refused* refused(const std::string& thing, Under under, Users user);

/// Every attempt and thing that the tables name, to find what is no longer there.
std::vector<std::string> named_in_tables();

}  // namespace landshim::escape
