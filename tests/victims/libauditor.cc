// SPDX-License-Identifier: MIT
// libauditor.so: another module of LD_AUDIT, rtld-audit(7). Says on standard output that it was asked.
#include <link.h>
#include <unistd.h>

extern "C" unsigned la_version(unsigned version);

unsigned la_version(unsigned version) {
  if (write(STDOUT_FILENO, "auditor\n", 8) < 0) _exit(201);
  return version < LAV_CURRENT ? version : LAV_CURRENT;
}
