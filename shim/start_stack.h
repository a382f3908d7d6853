// SPDX-License-Identifier: MIT
// What the kernel lays on the stack of a start, for loaders that do not tell where: musl's.
#pragma once

namespace landshim {

struct StackOfStart {
  char** words = nullptr;        ///< null at the end; itself null: nothing was found
  char** environment = nullptr;
};

/// Looks upwards from `from`, an address on the stack of the first thread. Every page is asked for before it is read.
StackOfStart stack_of_start(void* from);

}  // namespace landshim
