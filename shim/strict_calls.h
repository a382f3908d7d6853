// SPDX-License-Identifier: MIT
// The allow list of `profile = strict`. What the default profile and the sections close of it stays closed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace landshim {

/// Why a call is in the list.
enum class StrictReason : std::uint8_t {
  kTraced,   ///< ordinary programs were seen making it
  kForm,     ///< another form of one of those: the older, the newer, the one of another word size
  kRuntime,  ///< C libraries and language runtimes make it where the machine or the kernel asks for it
  kSection,  ///< a key of [ipc] decides on it
  kLowers,   ///< it gives up privileges, or asks for less
};

struct StrictCall {
  char name[29];
  StrictReason reason;
};

/// Sorted by name.
std::span<const StrictCall> strict_calls();

/// Where all_syscalls() has one of them.
std::size_t place(const StrictCall& call);

}  // namespace landshim
