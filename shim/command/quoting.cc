// SPDX-License-Identifier: MIT
#include "shim/command/quoting.h"

#include "config/result.h"

namespace landshim::command {

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

bool is_plain_line(const std::string& value) { return printable(value) == value; }

}  // namespace landshim::command
