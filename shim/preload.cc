// SPDX-License-Identifier: MIT
// Door 1: the constructor of liblandshim.so. It runs before main, and with -z initfirst before the constructors of
// every library: main starts under the policy, or the process ends with status 125. No way out in between.
#include <unistd.h>

#include <cerrno>

#include "shim/arrive.h"

namespace {

// glibc passes the three arguments of main and has not set environ yet; musl passes none and has.
__attribute__((constructor)) void start(int, char**, char** arguments_environment) {
  const int kept_errno = errno;
  landshim::arrive(environ != nullptr ? environ : arguments_environment, {"LD_PRELOAD", true});
  errno = kept_errno;
}

}  // namespace
