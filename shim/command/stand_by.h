// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "shim/descriptor.h"

namespace landshim::command {

/// The status when the time was up, as timeout(1) has it.
constexpr int kTimedOut = 124;

/// The same under another number, where it has taken that of a standard stream which the caller has closed.
Descriptor above_standard(Descriptor opened);

/// Works beside the command, in the process that waits for it.
class Companion {
 public:
  virtual ~Companion() = default;
  /// The command's process has been started.
  virtual void begin(pid_t command) = 0;
  /// What to wait for, with poll(2).
  virtual int descriptor() const = 0;
  /// There is something on it. False: the command cannot go on, and why was said.
  virtual bool serve() = 0;
  /// The command has ended: wait(2). False: as above.
  virtual bool finish(int status) = 0;
  /// This process ends, and what the command left behind goes on.
  virtual void leave() = 0;
};

struct StandBy {
  std::uint64_t seconds = 0;      ///< 0: as long as it takes
  pid_t parent = 0;               ///< the process that started this one
  int at_its_end = 0;             ///< the signal that the command gets when that one ends; 0: none
  Companion* companion = nullptr;
};

/// Forks and returns in the child, which goes on to become the command, in the same process group and with the signals
/// as they were; the result is its parent, this process. This one waits, passes signals on, stops when the command is
/// stopped, and ends as the command does: with its status, or by the signal that ended it. After `seconds` the command
/// gets SIGTERM, 5 seconds later SIGKILL; once it has ended, so does all that it left behind, and the status is kTimedOut.
/// Where the companion says so, all of that is ended at once, and the status is kRefused.
pid_t fork_and_stand_by(const StandBy& task);

/// The same for a child that was started already, by this process with all signals held back.
[[noreturn]] void stand_by(const StandBy& task, pid_t child);

}  // namespace landshim::command
