// SPDX-License-Identifier: MIT
// Where events are written: a line each, whole or not at all, by whoever follows a run and never by what is followed.
#pragma once

#include <cstdint>
#include <string>

#include "config/policy.h"
#include "shim/command/events.h"
#include "shim/descriptor.h"

namespace landshim::command {

class Log {
 public:
  /// What a policy says of its log. Errors: it cannot be opened, it is a link, or a file of somebody else. A file is made
  /// with mode 0600, in a directory that is there.
  static Result<Log> open(const landshim::Log& settings);
  /// A file, a pipe or memory that is open already, all events of these kinds, as JSON; what cannot be written is lost.
  static Log of(Descriptor to, LogEvents events);

  LogEvents events() const { return events_; }
  bool all() const { return all_; }
  bool stops() const { return stops_; }
  /// Of the policy: FILE:LINE is added by the caller.
  const std::string& shown() const { return shown_; }

  /// 0, or the errno for which the line is lost. A file that was moved or removed (rotation) is made anew; one that fills
  /// up in the middle of a line ends with that part, and the next line begins on its own.
  int write(const Moment& moment, const Event& event);

 private:
  int write_line(std::string line);
  int write_syslog(const std::string& line);
  int look_for_rotation();
  bool waits_for_room();

  LogTo to_ = LogTo::kNowhere;
  LogEvents events_ = 0;
  LogFormat format_ = LogFormat::kJson;
  bool all_ = true;
  bool stops_ = false;
  std::string shown_{};
  Descriptor fd_{};
  Descriptor directory_{};          // of a file, which may be rotated
  std::string name_{};
  std::size_t longest_ = 0;         // of a line
  bool is_waited_for_ = true;       // a reader that is slow
  bool patient_ = true;             // unless it did not read for long
  bool torn_ = false;               // the last line was written in part
};

}  // namespace landshim::command
