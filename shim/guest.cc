// SPDX-License-Identifier: MIT
// The C++ runtime as a guest can afford it: what the standard library would answer with an exception or an abort ends
// in a refusal. Linked into liblandshim.so alone, and seen by nobody else.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <string_view>
#include <utility>

#include "shim/guest.h"
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

// Memory for the time of the arrival, given back as a whole: not the program's malloc, which may be one of its own, and
// whose heap would stay. Blocks of one size are used again; a large one only while it is the last.
class Arena {
 public:
  void begin(std::span<char> memory) {
    *this = Arena{};
    at_ = memory.data();
    end_ = at_ + memory.size();
  }

  void* get(std::size_t size) {
    size = rounded(size);
    if (Block*& free = free_list(size); size <= kLargestKept && free != nullptr) return std::exchange(free, free->next);
    if (size > static_cast<std::size_t>(end_ - at_) && !grow(size)) return nullptr;
    return std::exchange(at_, at_ + size);
  }

  void put_back(void* memory, std::size_t size) {
    if (memory == nullptr) return;
    size = rounded(size);
    char* const begin = static_cast<char*>(memory);
    if (begin + size == at_) at_ = begin;
    else if (size <= kLargestKept) free_list(size) = new (memory) Block{free_list(size)};
  }

  void unmap() {
    while (chunks_ != nullptr) {
      const Chunk chunk = *chunks_;
      landshim::kernel::unmap_memory(chunks_, chunk.size);
      chunks_ = chunk.next;
    }
  }

 private:
  struct Block {
    Block* next;
  };
  struct alignas(16) Chunk {
    Chunk* next;
    std::size_t size;
  };
  static constexpr std::size_t kLargestKept = 512;
  static constexpr std::size_t kFirstChunk = 32 << 10;
  static constexpr std::size_t kLargestChunk = 128 << 10;

  static std::size_t rounded(std::size_t size) { return (std::max<std::size_t>(size, 1) + 15) & ~std::size_t{15}; }
  Block*& free_list(std::size_t size) { return free_[std::min(size, kLargestKept) / 16]; }

  bool grow(std::size_t size) {
    const std::size_t wanted = std::max(next_chunk_, (size + sizeof(Chunk) + 4095) & ~std::size_t{4095});
    if (wanted < size) return false;
    void* const memory = landshim::kernel::map_memory(wanted, true);
    if (memory == nullptr) return false;
    next_chunk_ = std::min(2 * next_chunk_, kLargestChunk);
    chunks_ = new (memory) Chunk{chunks_, wanted};
    at_ = reinterpret_cast<char*>(chunks_ + 1);
    end_ = static_cast<char*>(memory) + wanted;
    return true;
  }

  Chunk* chunks_ = nullptr;
  std::size_t next_chunk_ = kFirstChunk;
  char* at_ = nullptr;
  char* end_ = nullptr;
  Block* free_[kLargestKept / 16 + 1] = {};
};

constinit Arena arena;

void* allocate(std::size_t size) {
  void* memory = arena.get(size);
  if (memory == nullptr) out_of_memory();
  return memory;
}

}  // namespace

namespace landshim {

void lend_memory(std::span<char> memory) { arena.begin(memory); }

void unmap_memory() { arena.unmap(); }

}  // namespace landshim

extern "C" {

// inih knows no sizes when it gives memory back, so they stand before the blocks.
void* malloc(std::size_t size) {
  auto* const block = size > PTRDIFF_MAX ? nullptr : static_cast<std::size_t*>(arena.get(size + 16));
  if (block == nullptr) return nullptr;
  *block = size;
  return block + 2;
}

void free(void* memory) {
  if (memory == nullptr) return;
  std::size_t* const block = static_cast<std::size_t*>(memory) - 2;
  arena.put_back(block, *block + 16);
}

void* realloc(void* memory, std::size_t size) {
  void* const out = malloc(size);
  if (out == nullptr || memory == nullptr) return out;
  std::memcpy(out, memory, std::min(size, static_cast<std::size_t*>(memory)[-2]));
  free(memory);
  return out;
}

}  // extern "C"

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
// Algorithms ask so for a buffer that they can do without.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return arena.get(size); }
// Of unknown size: it comes back with all the rest.
void operator delete(void*) noexcept {}
void operator delete[](void*) noexcept {}
void operator delete(void* memory, std::size_t size) noexcept { arena.put_back(memory, size); }
void operator delete[](void* memory, std::size_t size) noexcept { arena.put_back(memory, size); }

namespace std {

const nothrow_t nothrow{};

void __throw_length_error(const char*) { out_of_range(); }
void __throw_logic_error(const char*) { out_of_range(); }
void __throw_out_of_range_fmt(const char*, ...) { out_of_range(); }
void __throw_bad_alloc() { out_of_memory(); }
void __throw_bad_array_new_length() { out_of_memory(); }

}  // namespace std
