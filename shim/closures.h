// SPDX-License-Identifier: MIT
// What Landlock leaves open and a seccomp filter closes: one table of calls, each under the demand that closes it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "config/policy.h"

namespace landshim {

/// A demand that closes system calls, whole or by their arguments.
enum class Closure : std::uint8_t {
  // Demands of the sections of a policy.
  kFastOpen, kUpperLayers, kIoUringNetwork, kIoUringUnix, kListen, kSysv, kMqueue, kKeyring, kScheduling, kLimitsOfOthers,
  kModesAndTimes, kOwner, kAttributes, kIoUringMetadata, kSubvolumes, kSetId, kTruncation,
  kMemfd, kMemfdExec, kWriteExecute, kExecve,
  // The default profile of [syscalls].
  kModules, kBoot, kClocks, kMounts, kNamespaces, kTracing, kIoUring, kTerminal, kHandles, kPersonality, kMachine, kObsolete,
};
constexpr Closure kFirstOfProfile = Closure::kModules;
constexpr std::size_t kClosures = static_cast<std::size_t>(Closure::kObsolete) + 1;

/// A comparison that fits the table: 32-bit values.
struct Test {
  std::uint8_t arg;
  Compare op;
  bool narrow;
  std::uint32_t value;
  std::uint32_t mask;
};

/// This call answers `error` when all tests hold.
struct ClosureRow {
  char call[25];
  Closure closure;
  std::uint16_t error;
  std::uint8_t tests;
  Test all_of[2];
};

/// All rows; those of one call and closure stand in the order in which they are tried.
std::span<const ClosureRow> closure_rows();

/// Where all_syscalls() has the call of one of them.
std::size_t place(const ClosureRow& row);

/// What a closure is called in a policy, and what it closes, for people: {"[ipc] sysv = deny", "System V ..."}.
struct ClosureWords {
  char demand[40];
  char closes[96];
};
const ClosureWords& words(Closure closure);

Condition condition(const Test& test);

}  // namespace landshim
