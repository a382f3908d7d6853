// SPDX-License-Identifier: MIT
// The kernel's own view of a run that is followed: its records, held against what was told.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "shim/command/agreement.h"
#include "shim/command/audit_socket.h"

namespace landshim::command {

/// What has come in.
struct KernelNews {
  std::vector<std::size_t> confirmed{};   ///< told denials, by the numbers that expect() was given
  std::vector<KernelEvent> untold{};      ///< what is left of events when those are taken out
};

class KernelView {
 public:
  explicit KernelView(AuditSocket records) : records_(std::move(records)) {}

  int descriptor() const { return records_.descriptor(); }
  /// The process that put the policy in force, by the program of this one.
  void made_by(pid_t process);
  void nested() { agreement_.nested(); }
  void expect(std::size_t told, const std::string& program, const std::vector<KernelDenial>& records) { agreement_.expect(told, program, records); }

  void excuse(const std::string& program, const std::vector<KernelDenial>& records) { agreement_.excuse(program, records); }

  /// What is there by now; bounded.
  KernelNews read();
  /// The run is over: what is still on its way. `doubted`: something told was not confirmed, and whole() has to be true
  /// only where the kernel would have recorded it.
  KernelNews finish(bool doubted);

  /// Whether what is not recorded did not happen.
  bool whole() const { return agreement_.whole() && lost_ == 0 && proven_; }
  /// Records that were lost; at the end, all of them.
  std::uint64_t lost() const { return lost_ + agreement_.lost(); }

 private:
  KernelNews news(bool all);

  AuditSocket records_;
  Agreement agreement_{};
  std::uint64_t lost_ = 0;
  bool proven_ = true;
};

}  // namespace landshim::command
