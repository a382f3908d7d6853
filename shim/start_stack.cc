// SPDX-License-Identifier: MIT
// execve(2): the number of words, the words, null, the environment, null, the auxiliary vector. What lies below is the
// loader's, whose remains could look alike: only where the vector says what the kernel says of this start is it taken.
#include "shim/start_stack.h"

#include <elf.h>
#include <sys/auxv.h>

#include <cstdint>

#include "config/raw_call.h"

namespace landshim {

namespace {

class Stack {
 public:
  explicit Stack(std::uintptr_t from) : from_(from) {}

  // 0 and `ended` above the stack.
  std::uintptr_t at(std::uintptr_t address) {
    constexpr std::uintptr_t kPage = 4096;
    const std::uintptr_t page = address & ~(kPage - 1);
    unsigned char there = 0;
    if (page != known_ && raw_call(SYS_mincore, page, kPage, &there) != 0) ended_ = true;
    if (ended_) return 0;
    known_ = page;
    return *reinterpret_cast<const std::uintptr_t*>(address);
  }

  // Behind a list of pointers into what lies above it, and the null at its end; 0: this is none.
  std::uintptr_t behind_list(std::uintptr_t address, std::uintptr_t most) {
    for (std::uintptr_t count = 0; count <= most; ++count, address += sizeof address) {
      const std::uintptr_t value = at(address);
      if (value == 0) return ended_ ? 0 : address + sizeof address;
      if (value <= from_) return 0;
    }
    return 0;
  }

  bool ended() const { return ended_; }

 private:
  std::uintptr_t from_;
  std::uintptr_t known_ = 1;
  bool ended_ = false;
};

bool is_vector_of_this_start(Stack& stack, std::uintptr_t address) {
  constexpr int kMostEntries = 64;
  int same = 0;
  for (int i = 0; i < kMostEntries; ++i, address += 2 * sizeof address) {
    const std::uintptr_t type = stack.at(address);
    if (stack.ended()) return false;
    if (type == AT_NULL) return same == 3;
    if (type == AT_RANDOM || type == AT_ENTRY || type == AT_PHDR) same += stack.at(address + sizeof address) == getauxval(type);
  }
  return false;
}

}  // namespace

StackOfStart stack_of_start(void* from) {
  if (raw_call(SYS_gettid) != raw_call(SYS_getpid)) return {};
  constexpr std::uintptr_t kWord = sizeof(std::uintptr_t);
  constexpr std::uintptr_t kMostPointers = 1 << 20;
  const auto first = (reinterpret_cast<std::uintptr_t>(from) + kWord - 1) & ~(kWord - 1);
  Stack stack(first);
  for (std::uintptr_t address = first;; address += kWord) {
    const std::uintptr_t count = stack.at(address);
    if (stack.ended()) return {};
    if (count == 0 || count > kMostPointers) continue;
    const std::uintptr_t environment = stack.behind_list(address + kWord, count);
    if (environment != address + (count + 2) * kWord) continue;
    const std::uintptr_t vector = stack.behind_list(environment, kMostPointers);
    if (vector != 0 && is_vector_of_this_start(stack, vector)) return {reinterpret_cast<char**>(address + kWord), reinterpret_cast<char**>(environment)};
  }
}

}  // namespace landshim
