// SPDX-License-Identifier: MIT
// The memory of a library that is a guest. Linked into each library, not into the engine.
#pragma once

#include <span>

namespace landshim {

/// The first memory that the library allocates from; what it needs beyond that is mapped.
void lend_memory(std::span<char> memory);

/// Unmaps what was mapped. Nothing that was allocated may be touched afterwards, by no destructor either.
void unmap_memory();

}  // namespace landshim
