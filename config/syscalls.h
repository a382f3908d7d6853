// SPDX-License-Identifier: MIT
// The names that [syscalls] may use: calls, groups of calls, constants and errors.
// Names only: which number a call has, and whether this kernel has it, is asked elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace landshim {

/// A system call that some architecture of Linux has.
struct SyscallName {
  char name[31];
  /// Bit N: the kernel reads argument N as an int or something smaller, so its high 32 bits do not count.
  std::uint8_t narrow;
};

/// nullptr: no architecture has it.
const SyscallName* find_syscall(std::string_view name);

/// How many names there are.
constexpr std::size_t kSyscallCount = 562;

/// Sorted by name.
std::span<const SyscallName, kSyscallCount> all_syscalls();

/// Where all_syscalls() has a name that it has; of a name of its own without a search.
std::size_t place_of(std::string_view name);

/// The calls of a group such as "@mount", each once, groups within it taken apart. Empty: no such group.
std::vector<std::string_view> group_members(std::string_view group);

/// "@default", "@aio", ...: the groups of systemd.exec(5).
std::vector<std::string_view> all_groups();

/// AF_PACKET, TIOCSTI, CLONE_NEWUSER, ...; one below zero comes as 64 bits of two's complement.
std::optional<std::uint64_t> find_constant(std::string_view name);

/// Sorted by name.
std::vector<std::string_view> all_constants();

/// "EPERM" to its number.
std::optional<int> find_errno(std::string_view name);

/// The number to "EPERM"; of two names for one number, the one that man pages use. Empty: unknown.
std::string_view errno_name(int value);

}  // namespace landshim
