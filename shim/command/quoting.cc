// SPDX-License-Identifier: MIT
#include "shim/command/quoting.h"

#include "config/result.h"

namespace landshim::command {

namespace {

// The bytes that follow this one in UTF-8; -1: none can begin so.
int following(unsigned char first) {
  if (first < 0x80) return 0;
  if (first >= 0xc2 && first < 0xe0) return 1;
  if (first >= 0xe0 && first < 0xf0) return 2;
  return first >= 0xf0 && first < 0xf5 ? 3 : -1;
}

bool is_utf8(std::string_view value) {
  for (std::size_t at = 0; at < value.size(); ++at) {
    const auto first = static_cast<unsigned char>(value[at]);
    const int more = following(first);
    if (more < 0 || value.size() - at <= static_cast<std::size_t>(more)) return false;
    const auto second = static_cast<unsigned char>(more > 0 ? value[at + 1] : 0x80);
    // Forms that are too long, surrogates, and what lies beyond U+10FFFF.
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0) || (first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90)) return false;
    for (int i = 0; i < more; ++i)
      if ((static_cast<unsigned char>(value[++at]) & 0xc0) != 0x80) return false;
  }
  return true;
}

}  // namespace

std::string shell_quoted(std::string_view value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'') out += "'\\''";
    else out += c;
  }
  return out + "'";
}

std::string systemd_assignment(std::string_view name, std::string_view value) {
  std::string out = "\"" + std::string(name) + "=";
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '%') out += '%';
    out += c;
  }
  return out + "\"";
}

std::optional<std::string> cron_value(std::string_view value) {
  for (const char* quote : {"\"", "'"})
    if (value.find(*quote) == std::string_view::npos) return quote + std::string(value) + quote;
  return std::nullopt;
}

bool is_plain_line(const std::string& value) { return is_utf8(value) && printable(value) == value; }

}  // namespace landshim::command
