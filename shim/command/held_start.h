// SPDX-License-Identifier: MIT
// What env and wrap need before they write anything: a policy that proved good, and a library that the loader takes in.
#pragma once

#include <optional>
#include <string>

#include "config/policy.h"
#include "shim/command/library.h"

namespace landshim::command {

struct GoodPolicy {
  Policy policy;
  std::string path;  ///< absolute, of its file
};

/// The policy of this name, with its faults told on standard error: none when there is one, or when it stands in no file.
std::optional<GoodPolicy> good_policy(const std::string& name);

/// Whether the library can use the policy: profiles that come with the command alone are out of its reach, and LD_AUDIT
/// does not know what runtime = program means.
Result<Done> fits_library(const GoodPolicy& policy, Library library);

/// The absolute path of a library that loads.
Result<std::string> proved_library(Library library);

}  // namespace landshim::command
