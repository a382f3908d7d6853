// SPDX-License-Identifier: MIT
// How the descriptor on which calls are asked for comes from the process that becomes the command to its follower. No
// call of that process carries it: the policy may deny each, and the follower is not there yet to be asked.
#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <span>
#include <vector>

#include "config/result.h"
#include "shim/descriptor.h"

namespace landshim::command {

class Handover {
 public:
  /// Before the fork.
  static Result<Handover> make();

  /// In the process that becomes the command, before the policy is in force: starts a courier that shares its
  /// descriptors and not its policy, and is a child of its parent.
  Result<Done> start_courier();
  /// This one has to stay open until then.
  int courier_end() const { return far_.get(); }
  /// Loads a filter that asks. The courier takes the descriptor along; nothing of it stays here once a program is executed.
  Result<Done> load(std::span<const sock_filter> filter, std::span<const sock_filter> truth);

  /// In the follower, after the fork: what is readable when a descriptor has arrived.
  int arrival() const { return near_.get(); }
  void follow() { far_.reset(); }
  /// The descriptor; negative: none will come.
  Descriptor receive();
  /// The program that load() was given.
  std::vector<sock_filter> truth() const;

 private:
  struct Shared;
  Handover() = default;

  Descriptor near_{};         // of the follower
  Descriptor far_{};          // of the courier
  Shared* shared_ = nullptr;  // lives as long as the process
};

}  // namespace landshim::command
