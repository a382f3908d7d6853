// SPDX-License-Identifier: MIT
#include "shim/command/credentials.h"

#include <algorithm>
#include <charconv>

namespace landshim::command {

namespace {

constexpr int kCapDacOverride = 1;
constexpr int kCapDacReadSearch = 2;
constexpr int kCapFileOwner = 3;

std::string_view field(std::string_view status, std::string_view name) {
  for (std::size_t at = 0; at < status.size();) {
    const std::size_t end = std::min(status.find('\n', at), status.size());
    const std::string_view line = status.substr(at, end - at);
    if (line.starts_with(name) && line.size() > name.size() && line[name.size()] == ':') return line.substr(name.size() + 1);
    at = end + 1;
  }
  return {};
}

template <class Number>
std::vector<Number> numbers(std::string_view text, int base) {
  std::vector<Number> out;
  for (const char* at = text.data(); at != text.data() + text.size();) {
    Number value = 0;
    const auto [next, error] = std::from_chars(at, text.data() + text.size(), value, base);
    if (error == std::errc()) out.push_back(value);
    at = error == std::errc() ? next : at + 1;
  }
  return out;
}

}  // namespace

Credentials parse_credentials(std::string_view status) {
  Credentials out;
  const auto users = numbers<std::uint32_t>(field(status, "Uid"), 10);
  const auto groups = numbers<std::uint32_t>(field(status, "Gid"), 10);
  const auto capabilities = numbers<std::uint64_t>(field(status, "CapEff"), 16);
  if (users.size() == 4) {
    out.real_uid = users[0];
    out.effective_uid = users[1];
    out.uid = users[3];
  }
  if (groups.size() == 4) out.gid = groups[3];
  if (!capabilities.empty()) out.capabilities = capabilities[0];
  out.groups = numbers<std::uint32_t>(field(status, "Groups"), 10);
  return out;
}

bool modes_allow(const Credentials& who, const struct stat& file, unsigned wanted) {
  const bool directory = S_ISDIR(file.st_mode);
  const bool executable = directory || (file.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0;
  if (who.capable(kCapDacOverride) && ((wanted & kMayExecute) == 0 || executable)) return true;
  if (who.capable(kCapDacReadSearch) && (wanted == kMayRead || (directory && (wanted & kMayWrite) == 0))) return true;
  const bool in_group = file.st_gid == who.gid || std::find(who.groups.begin(), who.groups.end(), file.st_gid) != who.groups.end();
  const unsigned shift = file.st_uid == who.uid ? 6 : in_group ? 3 : 0;
  return (wanted & ~(file.st_mode >> shift)) == 0;
}

bool modes_allow_removal(const Credentials& who, const struct stat& directory, const struct stat& file) {
  if (!modes_allow(who, directory, kMayWrite | kMayExecute)) return false;
  return (directory.st_mode & S_ISVTX) == 0 || who.capable(kCapFileOwner) || file.st_uid == who.uid || directory.st_uid == who.uid;
}

}  // namespace landshim::command
