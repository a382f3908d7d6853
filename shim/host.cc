// SPDX-License-Identifier: MIT
#include "shim/host.h"

#include <sys/stat.h>

#include <cerrno>

#include "shim/kernel.h"

namespace landshim {

Host probe() {
  Host host;
  const int abi = kernel::landlock_abi();
  if (abi > 0) host.abi = abi;
  else host.landlock_error = abi == 0 ? EINVAL : -abi;
  host.seccomp_error = -kernel::seccomp_available();
  host.seccomp = host.seccomp_error == 0;
  const int alone = kernel::single_threaded();
  if (alone == 0 || alone == -EINVAL) {
    host.threads_known = true;
    host.many_threads = alone != 0;
  } else {
    // The call is blocked, by an outer filter: /proc counts a directory for each thread, beside "." and "..".
    struct stat tasks {};
    host.threads_known = stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink >= 3;
    host.many_threads = host.threads_known && tasks.st_nlink > 3;
  }
  host.may_chown = kernel::has_capability(kernel::kCapChown);
  return host;
}

InForce ask_in_force(std::uint64_t identity) {
  switch (kernel::ask_identity(identity)) {
    case kernel::Identity::kThis: return InForce::kThisPolicy;
    case kernel::Identity::kOther: return InForce::kAnotherPolicy;
    case kernel::Identity::kNone: break;
  }
  return InForce::kNothing;
}

}  // namespace landshim
