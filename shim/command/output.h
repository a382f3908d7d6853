// SPDX-License-Identifier: MIT
#pragma once

#include <signal.h>

#include <string>
#include <string_view>

#include "config/result.h"

namespace landshim::command {

/// write(2) until all is written: 0, or an errno. A limit of file sizes is an errno too, and no signal.
int write_all(int fd, std::string_view text);

/// A file that takes its place whole, or not at all. As long as it is there, what usually ends a program waits, so that
/// no draft is left behind.
class NewFile {
 public:
  explicit NewFile(std::string path);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  /// Writes a draft beside it.
  Result<Done> write_text(std::string_view text, unsigned mode);
  /// Puts the draft in place; over a file that exists only with `force`.
  Result<Done> place(bool force);
  const std::string& draft() const { return draft_; }

 private:
  std::string path_;
  std::string draft_;
  bool made_ = false;
  sigset_t before_{};
};

/// What waits as long as a NewFile is there. A process that another program takes over undoes it.
sigset_t signals_that_end();

}  // namespace landshim::command
