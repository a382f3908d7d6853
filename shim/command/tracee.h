// SPDX-License-Identifier: MIT
// A process that waits in a call, seen from outside: its memory, its descriptors and its paths. Nothing it has is trusted
// or waited for. What was read is its own only if the call still waits afterwards: the process may have gone, and its
// number be another's.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "shim/command/credentials.h"
#include "shim/descriptor.h"

namespace landshim::command {

/// Where a path leads.
struct Place {
  int error = 0;                          ///< the errno of the way; ENOENT with a `directory`: only the last name is missing
  Descriptor directory{};                 ///< the one that holds the last name; negative: none is known
  struct stat directory_info {};
  std::string name{};                     ///< the last name; empty: the path ends in `.`, `..`, a link of the kernel, or is empty
  Descriptor end{};                       ///< O_PATH; negative: missing
  struct stat info {};
  bool wants_directory = false;           ///< it ends in a slash
  std::vector<struct stat> searched{};    ///< every directory on the way

  bool there() const { return end.get() >= 0; }
  bool missing() const { return !there() && error == ENOENT && directory.get() >= 0; }
};

class Tracee {
 public:
  explicit Tracee(pid_t thread) : thread_(thread) {}

  /// Bytes of its memory: 0 or an errno, EFAULT where nothing is mapped. Any other errno: it cannot be looked at.
  int read(std::uint64_t address, void* to, std::size_t size) const;
  /// A path: at most PATH_MAX with its end, else ENAMETOOLONG.
  int read_path(std::uint64_t address, std::string& path) const;

  /// As the process would find it, in its root and from its working directory or `from`. `follow`: a link at the end too.
  Place find(const std::string& path, int from, bool follow) const;
  /// The end alone, where there is no link on the way; ENOENT: nothing is there. Any other error: find() may know.
  Place find_without_links(const std::string& path, int from) const;
  /// What a descriptor is of.
  Place opened(int fd) const;
  /// A copy of one of its descriptors; negative: none.
  Descriptor copy_of(int fd) const;

  std::optional<Credentials> credentials() const;
  /// The process that the thread is one of; 0: not known.
  pid_t process() const;
  pid_t parent() const;
  /// The file that it executes; empty: not known.
  std::string program() const;
  /// One of its files of /proc, or a link there; empty: there is none.
  std::string text_of(const std::string& name) const;
  std::string link_of(const std::string& name) const;

  pid_t thread() const { return thread_; }

 private:
  Descriptor start(const std::string& path, int from) const;
  const std::string& status() const;
  std::string proc(const std::string& name) const { return "/proc/" + std::to_string(thread_) + "/" + name; }

  pid_t thread_;
  mutable std::string status_{};        // of /proc, read once: it waits
};

}  // namespace landshim::command
