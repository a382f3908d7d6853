// SPDX-License-Identifier: MIT
// Names of calls -> their numbers. The tables are made from libseccomp's when landshim is built (shim/make), so that no
// start looks a name up.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace landshim {

/// One call table a filter can see.
enum class CallTable : std::uint8_t { kNative, kCompat };

/// The number of a call in a table; negative: it has none.
int call_number(CallTable table, std::string_view call);

/// Whether the architecture that landshim was built for has this call.
bool native_has(std::string_view call);

/// A number of a table, and the place of its name in all_syscalls().
struct NumberedCall {
  std::uint32_t number;
  std::uint16_t name;
};

/// Sorted by number, each once. Empty: this architecture has no such table that landshim knows.
std::span<const NumberedCall> numbered_calls(CallTable table);

}  // namespace landshim
