// SPDX-License-Identifier: MIT
// The front door: the name of a policy -> a checked Policy. The only file reading.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/policy.h"
#include "config/surroundings.h"

namespace landshim {

/// A policy, or what is wrong with it: `faults` is empty exactly when the policy may be used.
struct Loaded {
  Policy policy;
  std::vector<Error> faults;
};

/// A policy of one file, as far as that can be told without parsing it.
struct LoneFile {
  std::string path;            ///< absolute
  std::uint64_t identity = 0;  ///< what load() would give
};

/// Nothing: it may have more files or rules of [command NAME], or it cannot be read, which load() tells.
std::optional<LoneFile> lone_file(std::string_view named, const Surroundings& surroundings);

/// Reads, parses and checks the policy that `named` stands for, with its includes: a path when it has a '/' or ends in
/// .ini, else a profile looked up in the profile directories. Paths in it are not expanded yet.
Loaded load(std::string_view named, const Surroundings& surroundings);

/// The same for a policy that stands in no file: `shown` names it in messages, its relative paths begin at the working
/// directory.
Loaded load_text(std::string_view text, std::string_view shown, const Surroundings& surroundings);

/// Expands the paths of a loaded policy: variables, patterns, mode, runtime.
void expand(Loaded& loaded, const Surroundings& surroundings);

/// Where a profile of this name is looked for, in order.
std::vector<std::string> profile_places(std::string_view name, const Surroundings& surroundings);

}  // namespace landshim
