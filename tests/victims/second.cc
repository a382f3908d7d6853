// SPDX-License-Identifier: MIT
// libsecond.so: a second library to preload. Says on standard output that its constructor ran.
#include <unistd.h>

namespace {

__attribute__((constructor)) void start() {
  if (write(STDOUT_FILENO, "second\n", 7) < 0) _exit(201);
}

}  // namespace
