// SPDX-License-Identifier: MIT
#include <cstdio>

extern "C" int eager_answer();

int main() {
  std::printf("main\neager %d\n", eager_answer());
  return 0;
}
