// SPDX-License-Identifier: MIT
// A path walked name by name, by descriptors: what a path string says can change between two looks at it.
#pragma once

#include <string>
#include <vector>

#include "config/policy.h"
#include "shim/descriptor.h"

namespace landshim {

/// A symbolic link that was followed.
struct Link {
  std::string path;
  std::vector<FileId> above;  ///< the directory that holds it, and every directory above
};

struct Walk {
  Descriptor end{};           ///< what the path names: O_PATH
  FileId id{};                ///< of that
  Descriptor holder{};        ///< the directory that holds it, when it is none itself; negative: none is known
  int error = 0;              ///< a negated errno when there is none
  std::string real;           ///< the path without links; of a missing one, with the names that are left
  std::vector<Link> links;    ///< without those of /proc, which nobody can change
};

/// `path` is absolute.
Walk walk(const std::string& path);

/// What was walked to, and every directory above it. One that cannot be reached ends it: nothing is believed of it then.
std::vector<FileId> chain_of(const Walk& walked);

/// An opened directory and every directory above it, up to "/". 0, or a negated errno.
int climb(int directory, std::vector<FileId>& chain);

}  // namespace landshim
