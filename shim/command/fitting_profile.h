// SPDX-License-Identifier: MIT
// A denial -> the profile that was made for what the program is about: one line in place of the five that follow.
#pragma once

#include <string_view>

#include "shim/verdict.h"

namespace landshim::command {

struct FittingProfile {
  std::string_view name;
  std::string_view purpose;  ///< "for looking up names, over TCP"
};

/// Empty: no profile fits, or the access is allowed.
FittingProfile fitting_profile(const Access& access, const Verdict& verdict);

}  // namespace landshim::command
