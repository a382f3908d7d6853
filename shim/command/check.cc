// SPDX-License-Identifier: MIT
#include <unistd.h>

#include "config/load.h"
#include "shim/command/command.h"
#include "shim/command/look.h"
#include "shim/restrict.h"

namespace landshim::command {

int check(Arguments arguments) {
  if (arguments.empty()) return misused("check: name one policy or more");
  int status = 0;
  for (const char* name : arguments) {
    const Look look = look_at(name);
    for (const Error& fault : look.faults) {
      say(text(fault));
      status = 1;
    }
    if (look.faults.empty() && !print(printable(name) + ": good\n")) return 1;
  }
  return status;
}

}  // namespace landshim::command
