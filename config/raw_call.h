// SPDX-License-Identifier: MIT
// System calls without the functions of the C library: a program may define functions of the same names, and in a
// library that it preloads they would answer in their place.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <type_traits>

namespace landshim {

namespace raw {

template <class T>
long word(T value) {
  if constexpr (std::is_pointer_v<T>) return reinterpret_cast<long>(value);
  else return static_cast<long>(value);
}
inline long word(std::nullptr_t) { return 0; }

#if defined(__x86_64__) && defined(__LP64__)

inline long call(long number, const long (&words)[6]) {
  long result;
  register long fourth asm("r10") = words[3];
  register long fifth asm("r8") = words[4];
  register long sixth asm("r9") = words[5];
  asm volatile("syscall" : "=a"(result) : "a"(number), "D"(words[0]), "S"(words[1]), "d"(words[2]), "r"(fourth), "r"(fifth), "r"(sixth) : "rcx", "r11", "memory");
  return result;
}

// The C library gives the kernel's own struct stat on.
inline int status(int directory, const char* path, struct stat& out, int flags) {
  return static_cast<int>(call(SYS_newfstatat, {directory, word(path), word(&out), flags, 0, 0}));
}

#elif defined(__aarch64__) && defined(__LP64__)

inline long call(long number, const long (&words)[6]) {
  register long which asm("x8") = number;
  register long first asm("x0") = words[0];
  register long second asm("x1") = words[1];
  register long third asm("x2") = words[2];
  register long fourth asm("x3") = words[3];
  register long fifth asm("x4") = words[4];
  register long sixth asm("x5") = words[5];
  asm volatile("svc 0" : "+r"(first) : "r"(which), "r"(second), "r"(third), "r"(fourth), "r"(fifth), "r"(sixth) : "memory");
  return first;
}

inline int status(int directory, const char* path, struct stat& out, int flags) {
  return static_cast<int>(call(SYS_newfstatat, {directory, word(path), word(&out), flags, 0, 0}));
}

#else

inline long call(long number, const long (&words)[6]) {
  const int kept_errno = errno;
  const long result = ::syscall(number, words[0], words[1], words[2], words[3], words[4], words[5]);
  const long answer = result == -1 ? -errno : result;
  errno = kept_errno;
  return answer;
}

inline int status(int directory, const char* path, struct stat& out, int flags) { return ::fstatat(directory, path, &out, flags) == 0 ? 0 : -errno; }

#endif

}  // namespace raw

/// The answer of the kernel: 0 or more, or a negated errno. `errno` stays as it is.
template <class... Words>
long raw_call(long number, Words... words) {
  static_assert(sizeof...(words) <= 6);
  return raw::call(number, {raw::word(words)...});
}

/// open(2) without a controlling terminal, close-on-exec: a descriptor, or a negated errno.
inline int raw_open(const char* path, int flags, unsigned mode = 0) { return static_cast<int>(raw_call(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC | O_NOCTTY, mode)); }
inline void raw_close(int fd) { raw_call(SYS_close, fd); }

/// fstat(2), stat(2) and lstat(2): 0, or a negated errno.
inline int raw_status(int fd, struct stat& out) { return raw::status(fd, "", out, AT_EMPTY_PATH); }
inline int raw_status(const char* path, struct stat& out) { return raw::status(AT_FDCWD, path, out, 0); }
inline int raw_link_status(const char* path, struct stat& out) { return raw::status(AT_FDCWD, path, out, AT_SYMLINK_NOFOLLOW); }

}  // namespace landshim
