// SPDX-License-Identifier: MIT
// Door 1: the constructor of liblandshim.so. It runs before main, and with -z initfirst before the constructors of
// every library: main starts under the policy, or the process ends with status 125. No way out in between.
#include <cerrno>
#include <string_view>

#include "shim/arrive.h"
#include "shim/restrict.h"
#include "shim/start_stack.h"

namespace {

// Loaded by the program itself the library is in no list.
bool is_listed(char** environment) {
  for (char** variable = environment; *variable != nullptr; ++variable)
    if (std::string_view(*variable).starts_with("LD_PRELOAD=")) return true;
  return false;
}

// The environment is the one that the kernel laid behind the arguments, which glibc passes to constructors. Not
// `environ`: a program may have a variable of that name, and the loader would take that.
__attribute__((constructor)) void start(int count, char** arguments, char** environment) {
  const int kept_errno = errno;
  // A library that is loaded later is given what the program has made of its environment. Another C library passes
  // nothing, and these are what happened to be in the registers.
  if (arguments == nullptr || environment != arguments + count + 1 || arguments[count] != nullptr) {
    const landshim::StackOfStart found = landshim::stack_of_start(__builtin_frame_address(0));
    if (found.words == nullptr || found.words == arguments || !is_listed(found.environment))
      landshim::refuse({"the loader does not pass the environment of the start: this is no start of a program; use landshim run"});
    arguments = found.words;
    environment = found.environment;
  }
  landshim::arrive(environment, {"LD_PRELOAD", true, arguments});
  errno = kept_errno;
}

}  // namespace
