// SPDX-License-Identifier: MIT
// What file modes alone allow a process: what they deny is not the policy's doing. Pure.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace landshim::command {

constexpr unsigned kMayRead = 4;
constexpr unsigned kMayWrite = 2;
constexpr unsigned kMayExecute = 1;

struct Credentials {
  std::uint32_t uid = 0;                 ///< for files: the file system's
  std::uint32_t gid = 0;
  std::uint32_t real_uid = 0;
  std::uint32_t effective_uid = 0;
  std::vector<std::uint32_t> groups{};
  std::uint64_t capabilities = 0;        ///< effective: bit N is capability N

  bool capable(int capability) const { return (capabilities >> capability & 1) != 0; }
};

/// From the text of /proc/PID/status.
Credentials parse_credentials(std::string_view status);

/// Read, write and execute (search, of a directory) by mode, owner and capabilities: path_resolution(7), capabilities(7).
/// Access control lists are not looked at.
bool modes_allow(const Credentials& who, const struct stat& file, unsigned wanted);

/// Whether a name may be taken out of a directory: it can be written, and where it is sticky the file or it is one's own.
bool modes_allow_removal(const Credentials& who, const struct stat& directory, const struct stat& file);

}  // namespace landshim::command
