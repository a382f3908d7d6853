// SPDX-License-Identifier: MIT
// Door 3: la_version() of liblandshim-audit.so, rtld-audit(7). It runs before any code of the program and its
// libraries, IFUNC resolvers and preinit arrays included. Answering 0, it is unloaded again.
#include <unistd.h>

#include <cerrno>

#include "shim/arrive.h"

extern "C" __attribute__((visibility("default"))) unsigned la_version(unsigned);

unsigned la_version(unsigned) {
  const int kept_errno = errno;
  landshim::arrive(environ, {"LD_AUDIT", false, nullptr});
  errno = kept_errno;
  return 0;
}
