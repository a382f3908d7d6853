// SPDX-License-Identifier: MIT
// count PROGRAM [ARGUMENT...]: what its start costs until its first own instruction, with the environment as it is.
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "tests/support/count.h"

int main(int count, char** words) {
  if (count < 2) {
    std::fprintf(stderr, "usage: count PROGRAM [ARGUMENT...]\n");
    return 2;
  }
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    // For the program alone: the counter itself is not held.
    const bool meant = std::strncmp(*variable, "COUNTED_", 8) == 0;
    variables.emplace_back(*variable + (meant ? 8 : 0));
  }
  landshim::tests::StartCount found;
  std::string error;
  if (!landshim::tests::count_start({words + 1, words + count}, variables, found, error)) {
    std::fprintf(stderr, "count: %s: %s\n", words[1], error.c_str());
    return 1;
  }
  std::printf("instructions %ld\ncalls %ld\nfaults %ld\nprivate_dirty_kb %ld\nheap_kb %ld\nmappings %ld\n", found.instructions, found.calls, found.faults, found.dirty_kb, found.heap_kb, found.mappings);
}
