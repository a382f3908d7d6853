// SPDX-License-Identifier: MIT
// The profiles that come with the command: config/profiles/*.ini, as they stand there.
#pragma once

#include <span>
#include <string_view>

namespace landshim::command {

struct OwnProfile {
  std::string_view name;
  std::string_view text;
};

/// Sorted by name.
std::span<const OwnProfile> own_profiles();

/// The text of one of them; empty: there is none of this name. For Surroundings::own_profile.
std::string_view own_profile(std::string_view name);

}  // namespace landshim::command
