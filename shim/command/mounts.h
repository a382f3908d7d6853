// SPDX-License-Identifier: MIT
// The path rules of a plan as mounts: what sandboxes see that show a program only what it may use.
#pragma once

#include <string>
#include <vector>

#include "shim/command/export.h"

namespace landshim::command {

/// What a target can tell apart.
struct MountWords {
  bool no_execution;   ///< it can show a file that cannot be executed
  bool device_modes;   ///< it can show a device that cannot be written
};

struct Mount {
  std::string path;       ///< real, what is shown and where
  std::vector<std::string> names;   ///< where rules name it otherwise, since links are on the way
  bool writable = false;
  bool executable = false;
  bool devices = false;   ///< device files can be opened
  bool directory = false;
  bool empty = false;     ///< private_tmp: a directory of its own, whatever is there
  bool missing_ok = false;
  bool missing = false;   ///< it is not there now
  Rights granted = 0;     ///< by this rule and those above it
  std::string rule;       ///< for messages
  Origin origin{};
  bool operator==(const Mount&) const = default;
};

/// One for each path, wider ones before those beneath them; none for a path that a wider one shows as well. What a mount
/// cannot say goes to `losses`: rather less is shown than more, and what is shown too widely is told.
/// With private_tmp its directories are among them, as writable and executable as what the rules show there.
std::vector<Mount> plan_mounts(const Look& look, const MountWords& can, Losses& losses);

/// The links on the way to `path`, outermost first: where each stands, and what it holds.
struct Link {
  std::string path;
  std::string target;
};
std::vector<Link> links_on_the_way(const std::string& path);

/// Whether `path` is `above` or lies beneath it.
bool beneath(const std::string& path, const std::string& above);

}  // namespace landshim::command
