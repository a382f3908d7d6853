// SPDX-License-Identifier: MIT
// Prints every object of every namespace of the loader, then what is mapped: "object FILE", "namespaces N", "map FILE".
#include <link.h>
#include <cstdio>
#include <cstring>

namespace {

// <link.h> of glibc 2.35 has it as r_debug_extended; older ones have one namespace to show.
struct Extended {
  r_debug base;
  const Extended* next;
};

}  // namespace

int main() {
  int namespaces = 0;
  for (auto* at = reinterpret_cast<const Extended*>(&_r_debug); at != nullptr; at = at->base.r_version >= 2 ? at->next : nullptr) {
    if (at->base.r_map != nullptr) ++namespaces;
    for (const link_map* map = at->base.r_map; map != nullptr; map = map->l_next) std::printf("object %s\n", map->l_name);
  }
  std::printf("namespaces %d\n", namespaces);
  std::FILE* file = std::fopen("/proc/self/maps", "re");
  if (file == nullptr) return 201;
  char line[4352];
  while (std::fgets(line, sizeof line, file) != nullptr)
    if (const char* path = std::strchr(line, '/')) std::printf("map %s", path);
  std::fclose(file);
  return 0;
}
