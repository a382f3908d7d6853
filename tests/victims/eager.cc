// SPDX-License-Identifier: MIT
// libeager.so: its constructor opens the file EAGER names. The program that needs it tells how that ended.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

extern "C" int eager_answer();

namespace {

int found = -1;

__attribute__((constructor)) void start(int, char**, char** environment) {
  for (char** entry = environment; *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, "EAGER=", 6) != 0) continue;
    const int fd = open(*entry + 6, O_RDONLY | O_CLOEXEC);
    found = fd < 0 ? errno : 0;
    if (fd >= 0) close(fd);
  }
}

}  // namespace

int eager_answer() { return found; }
