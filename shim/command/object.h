// SPDX-License-Identifier: MIT
// What an ELF file says of how it wants to be started. The file may be hostile: nothing of it is run or mapped, and no
// number in it is believed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace landshim::command {

struct Object {
  unsigned char word = 0;            ///< ELFCLASS32 or ELFCLASS64
  std::uint16_t machine = 0;
  bool shared = false;               ///< ET_DYN: a library can be one
  std::string loader;                ///< PT_INTERP
  std::string name;                  ///< DT_SONAME
  std::vector<std::string> needed;   ///< DT_NEEDED, and the modules of DT_AUDIT and DT_DEPAUDIT
  std::string rpath;                 ///< DT_RPATH, directories separated by ':'
  std::string runpath;               ///< DT_RUNPATH
};

/// Nothing: no regular file that can be read, no ELF file of this byte order, or a broken one.
std::optional<Object> read_object(const std::string& file);

}  // namespace landshim::command
