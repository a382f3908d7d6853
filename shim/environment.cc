// SPDX-License-Identifier: MIT
#include "shim/environment.h"

#include <fnmatch.h>

#include <cerrno>
#include <cstring>

#include "shim/kernel.h"

namespace landshim {

namespace {

bool matches(const std::vector<std::string>& patterns, const std::string& name) {
  for (const std::string& pattern : patterns)
    if (fnmatch(pattern.c_str(), name.c_str(), 0) == 0) return true;
  return false;
}

std::string name_of(std::string_view entry) { return std::string(entry.substr(0, entry.find('='))); }

bool goes(const PlannedEnvironment& plan, const std::string& name) {
  if (!plan.keep.empty() && !matches(plan.keep, name)) return true;
  if (matches(plan.unset, name)) return true;
  for (const std::string& set : plan.set)
    if (name_of(set) == name) return true;
  return false;
}

}  // namespace

std::size_t count_variables(const char* const* environment) {
  std::size_t count = 0;
  while (environment[count] != nullptr) ++count;
  return count;
}

Result<Done> edit_environment(const PlannedEnvironment& plan, char**& environment, std::size_t room) {
  if (plan.keep.empty() && plan.unset.empty() && plan.set.empty()) return Done{};
  std::size_t kept = 0;
  for (char** entry = environment; *entry != nullptr; ++entry) {
    char* const text = *entry;
    if (goes(plan, name_of(text))) std::memset(text, 0, std::strlen(text));
    else environment[kept++] = text;
  }
  environment[kept] = nullptr;
  if (plan.set.empty()) return Done{};
  const std::size_t wanted = kept + plan.set.size();
  const bool move = wanted > room;
  if (move && room != 0)
    return Error{"[environment] set: the program was started with " + std::to_string(room) + " variables, and before main there is no room for more; set them outside, or use landshim run"};
  std::size_t bytes = move ? (wanted + 1) * sizeof(char*) : 0;
  const std::size_t texts = bytes;
  for (const std::string& set : plan.set) bytes += set.size() + 1;
  // Not malloc: the allocator of the host may be replaced later, and would meet memory that it never gave.
  void* memory = kernel::map_memory(bytes);
  if (memory == nullptr) return Error{"no memory for [environment] set", {}, ENOMEM};
  if (move) {
    std::memcpy(memory, environment, kept * sizeof(char*));
    environment = static_cast<char**>(memory);
  }
  char* text = static_cast<char*>(memory) + texts;
  for (const std::string& set : plan.set) {
    environment[kept++] = text;
    std::memcpy(text, set.c_str(), set.size() + 1);
    text += set.size() + 1;
  }
  environment[kept] = nullptr;
  return Done{};
}

}  // namespace landshim
