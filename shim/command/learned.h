// SPDX-License-Identifier: MIT
// Needs -> the lines of a policy that a person would be glad to read. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "config/keys.h"
#include "shim/command/needs.h"

namespace landshim::command {

/// What is known of the machine.
struct Neighbourhood {
  std::vector<std::string> homes{};     ///< real paths
  std::vector<std::string> secrets{};   ///< secret_places()
  std::vector<std::string> there{};     ///< of the names in FileNeed::names, the paths that exist by now; sorted
  std::set<std::string> gone{};         ///< paths of needs that do not exist any more
};

/// A line with the section that it stands in, and why.
struct LearnedLine {
  Section section{};
  std::string key{};
  std::string value{};                  ///< as the language writes it
  std::string why{};
};

struct Learned {
  std::vector<LearnedLine> lines{};
  std::vector<std::string> uncovered{}; ///< what no line grants that a policy should have, and why
};

/// /proc/12/task/13/comm -> /proc/PID/task/TID/comm: one name for all processes.
std::string of_any_process(const std::string& path);

/// The profiles that are made for such a program: names of config/profiles/, beside base.
std::vector<std::string> fitting_profiles(const Needs& needs);

/// Lines that grant the needs: directories in place of many files, never a home directory or what holds keys as a whole.
/// `profiles`: those that are included, which say something of what is left out here.
Learned learned_lines(const Needs& needs, const Neighbourhood& near, const std::vector<std::string>& profiles);

/// The lines with their sections, a comment above each.
std::string policy_text(const std::vector<LearnedLine>& lines);

}  // namespace landshim::command
