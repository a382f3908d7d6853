// SPDX-License-Identifier: MIT
// Functions of the C library in the small, for the library alone: to look one up costs more than these do, to use it
// costs pages of its code, and the program may define its own.
#undef _FORTIFY_SOURCE
#include <ctype.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#include <stdio.h>

#include <cstddef>
#include <cstdint>

#if defined(__x86_64__)
namespace {

// The first and the last of them, which may overlap: all of 1 to 2 times their size.
template <class Part>
void* copy_ends(void* to, const void* from, std::size_t size) {
  struct [[gnu::packed, gnu::may_alias]] Bytes {
    Part part;
  };
  const std::size_t last = size - sizeof(Part);
  const Bytes a = *static_cast<const Bytes*>(from);
  const Bytes b = *reinterpret_cast<const Bytes*>(static_cast<const char*>(from) + last);
  *static_cast<Bytes*>(to) = a;
  *reinterpret_cast<Bytes*>(static_cast<char*>(to) + last) = b;
  return to;
}

}  // namespace
#endif

extern "C" {

#if defined(__x86_64__)
// To begin to repeat takes as long as copying many bytes: most are few.
void* memcpy(void* to, const void* from, std::size_t size) {
  if (size <= 32) {
    if (size >= 16) return copy_ends<__m128i_u>(to, from, size);
    if (size >= 8) return copy_ends<std::uint64_t>(to, from, size);
    if (size >= 4) return copy_ends<std::uint32_t>(to, from, size);
    if (size >= 2) return copy_ends<std::uint16_t>(to, from, size);
    return size == 0 ? to : copy_ends<char>(to, from, size);
  }
  void* const out = to;
  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
  return out;
}

void* memset(void* to, int byte, std::size_t size) {
  void* const out = to;
  asm volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(byte) : "memory");
  return out;
}
#else
void* memcpy(void* to, const void* from, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) static_cast<char*>(to)[i] = static_cast<const char*>(from)[i];
  return to;
}

void* memset(void* to, int byte, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) static_cast<char*>(to)[i] = static_cast<char>(byte);
  return to;
}
#endif

void* memmove(void* to, const void* from, std::size_t size) {
  if (static_cast<std::size_t>(static_cast<char*>(to) - static_cast<const char*>(from)) >= size) return memcpy(to, from, size);
  while (size-- > 0) static_cast<char*>(to)[size] = static_cast<const char*>(from)[size];
  return to;
}

#if defined(__SSE2__)
// Bit N: byte N of the 16 at `aligned` is the one that is looked for. An aligned look never leaves the page.
static unsigned found(const void* aligned, int byte) {
  const __m128i bytes = _mm_load_si128(static_cast<const __m128i*>(aligned));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(static_cast<char>(byte)))));
}

std::size_t strlen(const char* text) {
  const auto skipped = reinterpret_cast<std::uintptr_t>(text) % 16;
  const char* at = text - skipped;
  unsigned end = found(at, 0) >> skipped << skipped;
  while (end == 0) end = found(at += 16, 0);
  return static_cast<std::size_t>(at - text) + static_cast<std::size_t>(__builtin_ctz(end));
}

void* memchr(const void* text, int byte, std::size_t size) {
  const char* const begin = static_cast<const char*>(text);
  const auto skipped = reinterpret_cast<std::uintptr_t>(text) % 16;
  for (const char* at = begin - skipped; size != 0 && at - begin < static_cast<std::ptrdiff_t>(size); at += 16) {
    unsigned hits = found(at, byte);
    if (at < begin) hits = hits >> skipped << skipped;
    if (hits == 0) continue;
    const char* const hit = at + __builtin_ctz(hits);
    return hit - begin < static_cast<std::ptrdiff_t>(size) ? const_cast<char*>(hit) : nullptr;
  }
  return nullptr;
}
#else
std::size_t strlen(const char* text) {
  const char* end = text;
  while (*end != '\0') ++end;
  return static_cast<std::size_t>(end - text);
}

void* memchr(const void* text, int byte, std::size_t size) {
  const auto* x = static_cast<const unsigned char*>(text);
  for (std::size_t i = 0; i < size; ++i)
    if (x[i] == static_cast<unsigned char>(byte)) return const_cast<unsigned char*>(x + i);
  return nullptr;
}
#endif

int memcmp(const void* a, const void* b, std::size_t size) {
  const auto *x = static_cast<const unsigned char*>(a), *y = static_cast<const unsigned char*>(b);
  for (std::size_t i = 0; i < size; ++i)
    if (x[i] != y[i]) return x[i] - y[i];
  return 0;
}

char* strchr(const char* text, int byte) {
  for (; *text != static_cast<char>(byte); ++text)
    if (*text == '\0') return nullptr;
  return const_cast<char*>(text);
}

int strncmp(const char* a, const char* b, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i)
    if (a[i] != b[i] || a[i] == '\0') return static_cast<unsigned char>(a[i]) - static_cast<unsigned char>(b[i]);
  return 0;
}

int strcmp(const char* a, const char* b) { return strncmp(a, b, SIZE_MAX); }

// <ctype.h> of the C library, for inih: white space is all that it asks for.
const unsigned short** __ctype_b_loc() {
  struct Table {
    unsigned short kinds[384] = {};
    constexpr Table() {
      kinds[128 + ' '] = _ISspace;
      for (char space = '\t'; space <= '\r'; ++space) kinds[128 + space] = _ISspace;
    }
  };
  static constexpr Table kTable;
  static const unsigned short* const kKinds = kTable.kinds + 128;
  return const_cast<const unsigned short**>(&kKinds);
}

// The parts of inih that open files. The policy is read by our own.
FILE* fopen64(const char*, const char*) { return nullptr; }
int fclose(FILE*) { return 0; }
char* fgets(char*, int, FILE*) { return nullptr; }

}  // extern "C"
