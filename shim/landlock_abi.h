// SPDX-License-Identifier: MIT
// One row per Landlock ABI: what each version of the kernel's interface can handle. Numbers only; landlock(7).
#pragma once

#include <cstdint>

#include "config/policy.h"
#include "config/rights.h"

namespace landshim {

/// A set of network rights. Bit N is the kernel's bit N of LANDLOCK_ACCESS_NET_*.
using NetRights = std::uint64_t;
constexpr NetRights kBindTcp = 1U << 0;
constexpr NetRights kConnectTcp = 1U << 1;
constexpr NetRights kBindUdp = 1U << 2;
constexpr NetRights kConnectSendUdp = 1U << 3;

/// A set of scopes: LANDLOCK_SCOPE_*.
using Scopes = std::uint64_t;
constexpr Scopes kScopeAbstractUnix = 1U << 0;
constexpr Scopes kScopeSignal = 1U << 1;

/// A flag of landlock_restrict_self(2): all threads of the process at once. ABI 8.
constexpr std::uint32_t kRestrictAllThreads = 1U << 3;

/// Another: the kernel's audit hears of what is denied to programs that are started, too. ABI 7.
constexpr std::uint32_t kRecordPrograms = 1U << 1;
constexpr int kRecordingAbi = 7;

struct AbiRow {
  int abi;
  char linux_version[8];
  Rights fs;
  NetRights net;
  Scopes scopes;
};

constexpr AbiRow kAbiRows[] = {
    {0, "none", 0, 0, 0},
    {1, "5.13", 0x1fff, 0, 0},
    {2, "5.19", 0x3fff, 0, 0},
    {3, "6.2", 0x7fff, 0, 0},
    {4, "6.7", 0x7fff, 0x3, 0},
    {5, "6.10", 0xffff, 0x3, 0},
    {6, "6.12", 0xffff, 0x3, 0x3},
    {7, "6.15", 0xffff, 0x3, 0x3},
    {8, "7.0", 0xffff, 0x3, 0x3},
    {9, "7.1", 0x1ffff, 0x3, 0x3},
    {10, "7.2", 0x1ffff, 0xf, 0x3},
};
constexpr int kNewestAbi = static_cast<int>(sizeof kAbiRows / sizeof kAbiRows[0]) - 1;
static_assert(kNewestAbi == static_cast<int>(kHighestAbi), "the language and the table know the same ABIs");

/// The row of an ABI; a newer one than the table knows is used as the newest that it does.
constexpr const AbiRow& abi_row(int abi) { return kAbiRows[abi < 0 ? 0 : abi > kNewestAbi ? kNewestAbi : abi]; }

/// The first ABI that has all of these.
constexpr int first_abi_with(Rights fs, NetRights net = 0, Scopes scopes = 0) {
  for (const AbiRow& row : kAbiRows)
    if ((fs & ~row.fs) == 0 && (net & ~row.net) == 0 && (scopes & ~row.scopes) == 0) return row.abi;
  return kNewestAbi;
}

}  // namespace landshim
