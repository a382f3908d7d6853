// SPDX-License-Identifier: MIT
#include "shim/explain.h"

#include "shim/command/command.h"
#include "shim/command/look.h"
#include "shim/restrict.h"

namespace landshim::command {

int explain(Arguments arguments) {
  if (arguments.size() != 1) return misused("explain: name one policy");
  const Look look = look_at(arguments[0]);
  for (const Error& fault : look.faults) say(text(fault));
  if (!look.faults.empty()) return 1;
  return print(landshim::explain(look.policy, look.plan, look.surveys)) ? 0 : 1;
}

}  // namespace landshim::command
