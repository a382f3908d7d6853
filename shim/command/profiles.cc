// SPDX-License-Identifier: MIT
#include "shim/command/profiles.h"

namespace landshim::command {

std::string_view own_profile(std::string_view name) {
  for (const OwnProfile& profile : own_profiles())
    if (profile.name == name) return profile.text;
  return {};
}

}  // namespace landshim::command
