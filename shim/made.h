// SPDX-License-Identifier: MIT
// What is made when landshim is built, by the programs in shim/make. Tables without pointers: the host process relocates
// nothing for them.
#pragma once

#include <linux/filter.h>

#include <compare>
#include <cstdint>
#include <span>

#include "shim/call_numbers.h"

namespace landshim {

/// Everything that decides a filter where [syscalls] has no line and no default of its own.
struct FilterChoices {
  std::uint64_t closures = 0;  ///< bit N: Closure N
  std::uint32_t sockets = 0;   ///< what socket(2) and socketpair(2) look at, and the profile
  auto operator<=>(const FilterChoices&) const = default;
};

/// A seccomp program that assemble() made when landshim was built.
struct ReadyFilter {
  FilterChoices choices{};
  std::uint32_t first = 0;     ///< of made::instructions()
  std::uint16_t size = 0;
  std::uint16_t low = 0;       ///< the instruction that compares the low half of the policy's identity
  std::uint16_t high = 0;
};

}  // namespace landshim

namespace landshim::made {

/// As all_syscalls(): the number of each, -1 where it has none.
std::span<const std::int32_t> numbers(CallTable table);

/// numbered_calls().
std::span<const NumberedCall> by_number(CallTable table);

/// Sorted by choices.
std::span<const ReadyFilter> ready_filters();
std::span<const sock_filter> instructions();

}  // namespace landshim::made
