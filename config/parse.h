// SPDX-License-Identifier: MIT
// Text -> statements: `key = value` lines with their section and line. inih reads them; what it would bend is refused.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/keys.h"

namespace landshim {

/// Longest line of a policy, in bytes without its end; largest policy file, in bytes.
constexpr std::size_t kMaxLine = 64 * 1024;
constexpr std::size_t kMaxFile = 1024 * 1024;

/// Something wrong with a policy, and where.
struct Fault {
  Origin origin{};
  std::string what;
  int os_error = 0;
};

struct Statement {
  Section section = Section::kPolicy;
  std::string key;    ///< empty where a section [command NAME] begins: the value is NAME
  std::string value;  ///< blanks at both ends removed, quotes still in place
  Origin origin{};
};

/// Every `key = value` of `text` in order, and where a rule of [command NAME] begins, adding what is wrong with it to `faults`. Sections that this version does
/// not have are reported once each and left out. `file` becomes the file of every Origin.
std::vector<Statement> parse(std::string_view text, std::uint16_t file, std::vector<Fault>& faults);

}  // namespace landshim
