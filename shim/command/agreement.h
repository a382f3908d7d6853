// SPDX-License-Identifier: MIT
// Holds what the follower told against what the kernel recorded of the same run: pure, and bounded whatever comes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "shim/command/kernel_records.h"

namespace landshim::command {

constexpr std::size_t kMaxOpenEvents = 512;   ///< of which the call, or whose domain it is, is not known yet
constexpr std::size_t kMaxExpected = 4096;
constexpr std::size_t kNotTold = static_cast<std::size_t>(-1);

/// What the kernel denied in one call.
struct KernelEvent {
  std::vector<KernelDenial> denials{};
  KernelCall call{};               ///< process 0: the kernel records no calls
};

class Agreement {
 public:
  /// Whose domain is followed: the process that put the policy in force, and the last name of its program then.
  void made_by(int process, std::string program);
  /// Domains inside it are made from now on. They answer first, and where this one was not seen yet it could be taken for one.
  void nested() { nested_ = true; }

  /// A denial of this number was told, about a program; the kernel would record it as one of these.
  void expect(std::size_t told, const std::string& program, const std::vector<KernelDenial>& records);

  /// The same of what is not told, since it would fail without the policy as well.
  void excuse(const std::string& program, const std::vector<KernelDenial>& records) { expect(kNotTold, program, records); }

  void add(KernelRecord record);

  /// Events of the domain that are complete. `all`: nothing more will come.
  std::vector<KernelEvent> take(bool all);

  /// The told denials that an event is about; what nobody told stays in it.
  std::vector<std::size_t> match(KernelEvent& event) const;

  /// Whether what is not recorded did not happen, as far as the records were read.
  bool whole() const { return !nested_ && lost_ == 0; }
  /// Events that had to be forgotten before it was known whose they are.
  std::uint64_t lost() const { return lost_; }

 private:
  struct Open {
    KernelEvent event{};
    std::int64_t milliseconds = 0;
    bool complete = false;
  };
  struct Expected {
    std::size_t told;
    std::string program;
    KernelDenial record;
  };
  bool known() const { return domain_ != 0; }
  void look_at(const KernelDomain& domain);
  void bound();

  int process_ = 0;
  std::string program_{};
  bool nested_ = false;
  std::uint64_t domain_ = 0;
  std::int64_t newest_ = 0;
  std::uint64_t lost_ = 0;
  std::vector<KernelDomain> early_{};              // before it was known whose domain it is
  std::map<std::uint64_t, Open> open_{};           // by serial
  std::vector<Expected> expected_{};
};

}  // namespace landshim::command
