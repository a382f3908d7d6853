// SPDX-License-Identifier: MIT
// Which of the processes that were told of have ended, and how.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>

#include "shim/command/events.h"
#include "shim/descriptor.h"

namespace landshim::command {

class Processes {
 public:
  /// It is there now; `waiting`, an epoll(7), gets its number as data when it ends. As many are kept as there are
  /// descriptors for them, and some beside; of others no end is told. False: it is known, or cannot be.
  bool add(pid_t process, int waiting);
  /// It asks for its end: exit_group(2). What its parent sees, unless a signal comes first.
  void note_status(pid_t process, int status);
  bool empty() const { return known_.empty(); }
  /// It has ended.
  EndEvent take(pid_t process);

 private:
  struct Known {
    Descriptor pidfd;
    std::optional<int> status{};
  };

  std::map<pid_t, Known> known_{};
};

}  // namespace landshim::command
