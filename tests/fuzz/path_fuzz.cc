// SPDX-License-Identifier: MIT
// First line: the directory of the policy; second: an item; the rest: NAME=value lines of a made-up environment.
// A path comes out absolute and tidy, and what a variable holds stays literal, in the path and in the pattern.
#include "config/paths.h"

#include <fnmatch.h>

#include <cstring>

#include "tests/fuzz/claim.h"

using namespace landshim;

namespace {

std::string unescaped(std::string_view pattern) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    out += pattern[i];
  }
  return out;
}

void check_tidy(const std::string& path, std::string_view item) {
  CLAIM(path.starts_with('/'), std::string(item) + " became " + path);
  CLAIM(path.find("//") == std::string::npos, path);
  CLAIM((path + "/").find("/./") == std::string::npos, path);
  CLAIM(path == "/" || !path.ends_with('/'), path);
}

void check_item(std::string_view item, std::string_view directory, const Surroundings& surroundings) {
  const Result<ExpandedItem> out = expand_item(item, directory, surroundings);
  if (!out) {
    CLAIM(!out.error().what.empty() && out.error().where.empty(), item);
    return;
  }
  check_tidy(out->path, item);
  CLAIM(out->missing_ok == item.starts_with('-'), item);
  if (item.find_first_of("*?[") == std::string_view::npos) CLAIM(out->pattern.empty(), item);
  if (!out->pattern.empty()) CLAIM(unescaped(out->pattern) == out->path, out->pattern + " / " + out->path);
  if (item.find_first_of("$~-*?[\\") == std::string_view::npos) {
    // Nothing to fill in: the item itself, or below the directory.
    const Result<ExpandedItem> full = expand_item(item.starts_with('/') ? std::string(item) : std::string(directory) + "/" + std::string(item), "/elsewhere", surroundings);
    if (directory.find_first_of("$*?[") == std::string_view::npos) CLAIM(full && full->path == out->path, item);
  }
}

// A variable with signs of patterns beside a real pattern: only what it says matches.
void check_literal(const std::string& value) {
  const std::string entry = "V=" + value;
  const char* const environment[] = {entry.c_str(), nullptr};
  const Surroundings surroundings{environment, false, true, "/bin/true", "/lib/shim.so", {}, {}};
  const Result<ExpandedItem> star = expand_item("/p/x${V}x/*", "/etc", surroundings);
  CLAIM(star && !star->pattern.empty(), value);
  std::string inside = star->path;
  CLAIM(inside.ends_with("/*"), inside);
  inside.pop_back();
  CLAIM(fnmatch(star->pattern.c_str(), (inside + "zz").c_str(), FNM_PATHNAME) == 0, star->pattern + " / " + inside);
  CLAIM(fnmatch(star->pattern.c_str(), ("/q" + inside + "zz").c_str(), FNM_PATHNAME) != 0, star->pattern);
  if (value.find('/') != std::string::npos) return;
  // In brackets, each of its bytes and no other.
  const Result<ExpandedItem> bracket = expand_item("/p/[${V}]", "/etc", surroundings);
  CLAIM(bracket && !bracket->pattern.empty(), value);
  for (int c = 0x21; c < 0x7f; ++c) {
    if (c == '/') continue;
    const std::string path = std::string("/p/") + static_cast<char>(c);
    CLAIM((fnmatch(bracket->pattern.c_str(), path.c_str(), FNM_PATHNAME) == 0) == (value.find(static_cast<char>(c)) != std::string::npos), bracket->pattern + " / " + path);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Environment and policy hold no NUL.
  if (size > 4096 || std::memchr(data, 0, size) != nullptr) return 0;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string directory = "/" + std::string(fuzz::take_line(text));
  const std::string_view item = fuzz::take_line(text);
  std::vector<std::string> entries;
  while (!text.empty()) entries.emplace_back(fuzz::take_line(text));
  std::vector<const char*> environment;
  for (const std::string& entry : entries) environment.push_back(entry.c_str());
  environment.push_back(nullptr);
  Surroundings surroundings{environment.data(), false, true, "/usr/bin/program", "/lib/shim.so", {}, {}};
  check_item(item, directory, surroundings);
  surroundings.privileged = true;
  check_item(item, directory, surroundings);
  const Result<ExpandedItem> bare = expand_item(item, directory, surroundings);
  surroundings.environment = nullptr;
  const Result<ExpandedItem> without = expand_item(item, directory, surroundings);
  CLAIM(static_cast<bool>(bare) == static_cast<bool>(without) && (!bare || (bare->path == without->path && bare->pattern == without->pattern)), item);
  bool ascii = !item.empty();
  for (const char c : item) ascii = ascii && c > ' ' && c < 0x7f;
  if (ascii) check_literal(std::string(item));
  return 0;
}
