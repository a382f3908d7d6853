// SPDX-License-Identifier: MIT
// The C++ runtime as a guest can afford it: what the standard library would answer with an exception or an abort ends
// in a refusal. Linked into liblandshim.so alone, and seen by nobody else.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <new>
#include <string_view>

#include "shim/kernel.h"
#include "shim/restrict.h"

namespace {

// Not refuse(): that would ask for memory.
[[noreturn]] void end(std::string_view line) {
  const landshim::kernel::SignalWords ignored{{reinterpret_cast<unsigned long>(SIG_IGN)}};
  for (const int signal : landshim::kernel::kSignalsOfWriting) landshim::kernel::set_action(signal, &ignored, nullptr);
  landshim::kernel::write(STDERR_FILENO, line);
  landshim::kernel::end(landshim::kRefused);
}

constexpr std::string_view kNoMemory = "landshim: no memory to put the policy in force; raise the limit (ulimit -v) or free memory\n";
constexpr std::string_view kBug = "landshim: a value is out of its range: this is a bug in landshim\n";

[[noreturn]] void out_of_memory() { end(kNoMemory); }
[[noreturn]] void out_of_range() { end(kBug); }

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
