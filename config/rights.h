// SPDX-License-Identifier: MIT
// The one table: a filesystem right and its word in a policy, in explain and in the man page.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace landshim {

/// A set of filesystem rights. Bit N is the kernel's bit N of LANDLOCK_ACCESS_FS_*: landlock(7).
using Rights = std::uint32_t;

constexpr Rights kExecute = 1U << 0;
constexpr Rights kWriteFile = 1U << 1;
constexpr Rights kReadFile = 1U << 2;
constexpr Rights kReadDir = 1U << 3;
constexpr Rights kRemoveDir = 1U << 4;
constexpr Rights kRemoveFile = 1U << 5;
constexpr Rights kMakeChar = 1U << 6;
constexpr Rights kMakeDir = 1U << 7;
constexpr Rights kMakeReg = 1U << 8;
constexpr Rights kMakeSock = 1U << 9;
constexpr Rights kMakeFifo = 1U << 10;
constexpr Rights kMakeBlock = 1U << 11;
constexpr Rights kMakeSym = 1U << 12;
constexpr Rights kRefer = 1U << 13;
constexpr Rights kTruncate = 1U << 14;
constexpr Rights kIoctlDev = 1U << 15;
constexpr Rights kResolveUnix = 1U << 16;

/// What the composite keys of [filesystem] grant: landshim.ini(5).
constexpr Rights kRead = kReadFile | kReadDir;
constexpr Rights kReadExec = kRead | kExecute;
constexpr Rights kWrite = kWriteFile | kTruncate | kMakeReg | kMakeDir | kMakeSym | kMakeFifo | kMakeSock | kRemoveFile | kRemoveDir | kRefer;
constexpr Rights kReadWrite = kRead | kWrite;
constexpr Rights kReadWriteExec = kReadExec | kWrite;
constexpr Rights kDevice = kReadFile | kWriteFile | kIoctlDev;

/// Rights that mean something on a file that is no directory; the kernel refuses the others there with EINVAL.
constexpr Rights kOnFiles = kExecute | kWriteFile | kReadFile | kTruncate | kIoctlDev | kResolveUnix;

/// Rights that change what is on the disk, and those that change what the names in a directory stand for.
constexpr Rights kChanging = kWrite | kMakeChar | kMakeBlock;
constexpr Rights kNaming = kChanging & ~(kWriteFile | kTruncate);

struct RightName {
  char word[16];
  Rights right;
};

/// Every right with its word, in the order of the kernel's bits.
std::span<const RightName> all_rights();
std::optional<Rights> find_right(std::string_view word);

/// The shortest words for a set: composites first, "read_exec, make_dir"; "nothing" for none.
std::string words(Rights rights);

}  // namespace landshim
