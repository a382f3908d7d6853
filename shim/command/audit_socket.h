// SPDX-License-Identifier: MIT
// The records of the kernel's audit, beside whoever else reads them: netlink(7), the group AUDIT_NLGRP_READLOG. Nothing is
// switched on, set or asked for here.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "shim/command/kernel_records.h"
#include "shim/descriptor.h"

namespace landshim::command {

class AuditSocket {
 public:
  using Take = std::function<void(KernelRecord)>;

  /// None: auditing is off, is another's to see (CAP_AUDIT_READ, CAP_AUDIT_CONTROL, the first namespaces), or Landlock
  /// does not tell it what it denies to programs (ABI 7).
  static std::optional<AuditSocket> at_hand();

  int descriptor() const { return records_.get(); }
  /// Hands over what has arrived, of what parse_record() knows; a bounded number of records.
  void read(const Take& take);
  /// Until nothing has come for a moment; bounded, too.
  void drain(const Take& take);
  /// Whether the kernel records denials still, and all before this one have been read: a process that begins and ends here
  /// is denied a look at the root directory.
  bool proves(const Take& take);
  /// Times that this reader came too late.
  std::uint64_t overruns() const { return overruns_; }
  /// The same, and records that the kernel dropped for all readers since at_hand().
  std::uint64_t lost();

 private:
  AuditSocket() = default;
  struct Status {
    bool enabled = false;
    std::uint32_t lost = 0;
  };
  static std::optional<Status> status();

  Descriptor records_{};
  std::uint32_t lost_before_ = 0;
  std::uint64_t overruns_ = 0;
};

}  // namespace landshim::command
