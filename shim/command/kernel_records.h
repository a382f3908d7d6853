// SPDX-License-Identifier: MIT
// What the kernel's audit says of Landlock's denials: the text of a record to what it tells. Paths and names in it are
// programs' choices: a text that is not of a record's form tells nothing. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "config/rights.h"
#include "shim/landlock_abi.h"

namespace landshim::command {

/// The types of the records that are read: <linux/audit.h>, Linux 6.15.
constexpr int kCallRecord = 1300;
constexpr int kDenialRecord = 1423;
constexpr int kDomainRecord = 1424;

/// What a domain denied: one of the sets, or none of them where Landlock has another reason.
struct KernelDenial {
  std::uint64_t domain = 0;
  Rights fs = 0;
  NetRights net = 0;
  Scopes scopes = 0;
  std::string blockers{};        ///< as written
  std::string path{};            ///< as the process sees it; "@name": an abstract socket
  std::uint64_t inode = 0;       ///< 0: none
  std::uint16_t port = 0;
  int process = 0;               ///< that was to be reached
  bool operator==(const KernelDenial&) const = default;
};

/// Who made a domain: told with the first of its denials.
struct KernelDomain {
  std::uint64_t domain = 0;
  int process = 0;
  std::string program{};
  bool operator==(const KernelDomain&) const = default;
};

/// The call in which it happened.
struct KernelCall {
  std::uint32_t arch = 0;
  int number = -1;
  int error = 0;                 ///< 0: it did not fail
  int process = 0;
  std::string program{};
  bool operator==(const KernelCall&) const = default;
};

struct KernelRecord {
  std::uint64_t serial = 0;      ///< records of one event have one
  std::int64_t milliseconds = 0; ///< since 1970
  std::variant<KernelDenial, KernelDomain, KernelCall> of{};
};

/// None: of another type, the end of a domain, or not of this form.
std::optional<KernelRecord> parse_record(int type, std::string_view text);

}  // namespace landshim::command
