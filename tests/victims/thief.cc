// SPDX-License-Identifier: MIT
// In its constructor, which comes right after the policy, it looks for a descriptor on which calls are asked for, and keeps
// what it finds. Prints how many there were.
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>

namespace {

int found = 0;

__attribute__((constructor)) void look_early() {
  for (int fd = 3; fd < 64; ++fd) {
    std::uint64_t nobody = 1;
    if (ioctl(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &nobody) != 0 && errno == ENOENT && dup(fd) >= 0) ++found;
  }
}

}  // namespace

int main() {
  std::printf("found %d\n", found);
  return 0;
}
