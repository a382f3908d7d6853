// SPDX-License-Identifier: MIT
// What a program asked for in a run and the policy it is measured by does not grant. Pure.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "shim/verdict.h"

namespace landshim::command {

/// Rights on a file or directory.
struct FileNeed {
  Wanted wanted{};                   ///< of all times together
  bool directory = false;
  std::set<std::string> names{};     ///< what was made in it or taken out of it, as far as kMostNames
  std::set<std::string> programs{};  ///< by their file names
};

/// What lines of the policy would allow: calls, sockets, signals.
struct LineNeed {
  std::string what{};                ///< "call ptrace"
  std::set<std::string> programs{};
};

struct PortNeed {
  std::set<std::string> programs{};
};

class Needs {
 public:
  static constexpr std::size_t kMostNames = 32;
  static constexpr std::size_t kMostFiles = 200'000;  ///< of one run; more are counted alone

  /// `name`: of the entry in a directory, empty otherwise.
  void add_file(const Wanted& wanted, bool directory, const std::string& name, const std::string& program);
  void add_port(NetRights right, std::uint16_t port, const std::string& program);
  void add_lines(const std::vector<std::string>& lines, const std::string& what, const std::string& program);
  /// Something that no line allows, in words.
  void add_impossible(const std::string& what, const std::string& program);
  void add(const Needs& other);

  bool empty() const { return files.empty() && ports.empty() && lines.empty() && impossible.empty(); }

  std::map<std::string, FileNeed> files{};                             ///< by path
  std::map<std::pair<NetRights, std::uint16_t>, PortNeed> ports{};
  std::map<std::vector<std::string>, LineNeed> lines{};                ///< "[ipc] sysv = allow"
  std::map<std::string, std::set<std::string>> impossible{};
  std::uint64_t unseen = 0;                                            ///< asked and not looked at
};

/// For the way from one process to another.
std::string as_text(const Needs& needs);
/// Errors: it is no such text.
Result<Needs> needs_of(const std::string& text);

}  // namespace landshim::command
