// SPDX-License-Identifier: MIT
// Door 1: the constructor of liblandshim.so. It runs before main, and with -z initfirst before the constructors of
// every library: main starts under the policy, or the process ends with status 125. No way out in between.
#include <cerrno>

#include "shim/arrive.h"
#include "shim/restrict.h"

namespace {

// The environment is the one that the kernel laid behind the arguments, which glibc passes to constructors. Not
// `environ`: a program may have a variable of that name, and the loader would take that.
__attribute__((constructor)) void start(int count, char** arguments, char** environment) {
  const int kept_errno = errno;
  // Another C library passes nothing, and these are what happened to be in the registers; a library that is loaded
  // later is given what the program has made of its environment.
  if (arguments == nullptr || environment != arguments + count + 1 || arguments[count] != nullptr)
    landshim::refuse({"the loader does not pass the environment of the start: this is no start by the GNU C library; use landshim run"});
  landshim::arrive(environment, {"LD_PRELOAD", true, arguments});
  errno = kept_errno;
}

}  // namespace
