// SPDX-License-Identifier: MIT
// The C++ runtime as a guest can afford it: what the standard library would answer with an exception or an abort ends
// in a refusal. Linked into liblandshim.so alone, and seen by nobody else.
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <new>

#include "shim/restrict.h"

namespace {

// Not refuse(): that would ask for memory.
[[noreturn]] void end(const char* line, std::size_t size) {
  signal(SIGPIPE, SIG_IGN);
  // Nothing can be done about a line that cannot be written.
  if (write(STDERR_FILENO, line, size) < 0) errno = 0;
  _exit(landshim::kRefused);
}

constexpr char kNoMemory[] = "landshim: no memory to put the policy in force; raise the limit (ulimit -v) or free memory\n";
constexpr char kBug[] = "landshim: a value is out of its range: this is a bug in landshim\n";

[[noreturn]] void out_of_memory() { end(kNoMemory, sizeof kNoMemory - 1); }
[[noreturn]] void out_of_range() { end(kBug, sizeof kBug - 1); }

void* allocate(std::size_t size) {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) out_of_memory();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
// Algorithms ask so for a buffer that they can do without.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size == 0 ? 1 : size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace std {

const nothrow_t nothrow{};

void __throw_length_error(const char*) { out_of_range(); }
void __throw_logic_error(const char*) { out_of_range(); }
void __throw_out_of_range_fmt(const char*, ...) { out_of_range(); }
void __throw_bad_alloc() { out_of_memory(); }
void __throw_bad_array_new_length() { out_of_memory(); }

}  // namespace std
