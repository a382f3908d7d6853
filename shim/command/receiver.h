// SPDX-License-Identifier: MIT
// The follower's side of a Handover.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "config/result.h"
#include "shim/descriptor.h"
#include "shim/handover.h"

namespace landshim::command {

class Receiver {
 public:
  /// `awaited`: the other side waits to be greeted.
  explicit Receiver(Descriptor end, bool awaited = false) : end_(std::move(end)), awaited_(awaited) {}

  /// Tells the other side, where it waits for that, that this one is there, and whether the kernel is to record denials.
  /// False: the other is gone.
  bool greet(bool recorded) const;
  void close() { end_.reset(); }
  /// The other side is the program already, and executes none to become it.
  bool from_within() const { return awaited_; }
  /// What is readable when something has arrived; negative: all has, or nothing will.
  int descriptor() const { return end_.get(); }
  /// Takes what has arrived. The descriptor on which is asked; negative: not yet, or with descriptor() none will come.
  Descriptor receive();
  /// The filter by which is answered: it comes before.
  const std::vector<sock_filter>& truth() const { return truth_; }

 private:
  Descriptor end_;
  bool awaited_;
  std::vector<sock_filter> truth_{};
};

/// Both sides of a followed run that has not begun. One process has both after a fork, and closes the other's.
struct Sides {
  Handover giver;
  Receiver taker;
};
Result<Sides> make_sides();

}  // namespace landshim::command
