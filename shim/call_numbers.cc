// SPDX-License-Identifier: MIT
#include "shim/call_numbers.h"

#include "config/syscalls.h"
#include "shim/made.h"

namespace landshim {

int call_number(CallTable table, std::string_view call) {
  const SyscallName* known = find_syscall(call);
  return known == nullptr ? -1 : made::numbers(table)[known - all_syscalls().data()];
}

bool native_has(std::string_view call) { return call_number(CallTable::kNative, call) >= 0; }

std::span<const NumberedCall> numbered_calls(CallTable table) { return made::by_number(table); }

}  // namespace landshim
