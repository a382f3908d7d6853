// SPDX-License-Identifier: MIT
// How the descriptor on which calls are asked for comes from the process that is to be followed to its follower. No call
// of that process carries it: the policy may deny each, and the follower is not there yet to be asked.
#pragma once

#include <linux/filter.h>

#include <span>

#include "config/result.h"
#include "shim/descriptor.h"
#include "shim/followed_calls.h"

namespace landshim {

class Handover {
 public:
  /// `end`: of a pair of sockets that keep messages apart (SOCK_SEQPACKET), the other end of which the follower reads.
  explicit Handover(Descriptor end) : end_(std::move(end)) {}

  /// What the follower is told of, beside what the policy's own log wants.
  LogEvents told = 0;
  /// The kernel is to record what is denied to programs that are started: from Landlock ABI 7 on.
  bool recorded = false;

  /// Before the policy is in force: starts a courier that shares the descriptors of this process and not its policy, and
  /// is a child of its parent.
  Result<Done> start_courier();
  /// This one has to stay open until then.
  int end() const { return end_.get(); }
  /// Tells the follower `filter.truth`, and loads `filter.loaded`, which asks. The courier takes the descriptor along;
  /// nothing of it stays here once a program is executed. Linux 5.0; 5.5 to let calls go on.
  Result<Done> load(const FollowedFilter& filter);

 private:
  struct Shared;

  Descriptor end_;
  Shared* shared_ = nullptr;  // lives as long as the process
};

}  // namespace landshim
