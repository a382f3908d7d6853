// SPDX-License-Identifier: MIT
// A program that defines one name of the C library, NAMESAKE_..., and answers so that a shim which believed it would
// let it run free. Then it reads the file it is given, by calls of its own, and says how that went: "read 13".
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "tests/victims/herald.h"

namespace {

// Relative to the working directory: a policy that opens all.
[[maybe_unused]] constexpr char kWide[] = "wide.ini";
[[maybe_unused]] constexpr char kWideText[] = "[policy]\nmode = full-access\n";
[[maybe_unused]] constexpr int kAnswerThis = 3978;  // shim/identity.h

#if defined(__x86_64__)
constexpr long kRead = 0;
constexpr long kWrite = 1;
#elif defined(__aarch64__)
constexpr long kRead = 63;
constexpr long kWrite = 64;
#endif

long raw_open(const char* path) { return raw_call(kOpenat, AT_FDCWD, reinterpret_cast<long>(path), O_RDONLY | O_CLOEXEC, 0); }

[[maybe_unused]] bool is_policy(const char* path) {
  const size_t size = strlen(path);
  return size >= 4 && strcmp(path + size - 4, ".ini") == 0;
}

}  // namespace

extern "C" {

#if defined(NAMESAKE_environ)
char own_policy[] = "LANDSHIM_POLICY=wide.ini";
char* own_environment[] = {own_policy, nullptr};
extern char** environ;
char** environ = own_environment;

#elif defined(NAMESAKE_getenv)
char* getenv(const char* name) throw();
char* getenv(const char*) throw() { return const_cast<char*>(kWide); }

#elif defined(NAMESAKE_secure_getenv)
char* secure_getenv(const char* name) throw();
char* secure_getenv(const char*) throw() { return const_cast<char*>(kWide); }

#elif defined(NAMESAKE_syscall)
// Every question is answered as if the policy were in force, and every change as if it had been made.
long syscall(long number, ...) throw();
long syscall(long, ...) throw() {
  errno = kAnswerThis;
  return -1;
}

#elif defined(NAMESAKE_prctl)
int prctl(int option, ...) throw();
int prctl(int, ...) throw() { return 0; }

#elif defined(NAMESAKE_open)
int open(const char* path, int, ...) { return static_cast<int>(raw_open(is_policy(path) ? kWide : path)); }

#elif defined(NAMESAKE_read)
ssize_t read(int, void* out, size_t size) {
  const size_t given = size < sizeof kWideText - 1 ? size : sizeof kWideText - 1;
  memcpy(out, kWideText, given);
  return static_cast<ssize_t>(given);
}

#elif defined(NAMESAKE_fstat)
int fstat(int, struct stat* out) throw() {
  memset(out, 0, sizeof *out);
  out->st_mode = S_IFREG | 0644;
  return 0;
}
#endif

}  // extern "C"

int main(int count, char** arguments) {
  const long fd = raw_open(count > 1 ? arguments[1] : "");
  char byte;
  const long got = fd < 0 ? fd : raw_call(kRead, fd, reinterpret_cast<long>(&byte), 1, 0);
  char said[32] = "read ";
  char* at = said + 5;
  const int error = got < 0 ? static_cast<int>(-got) : 0;
  if (error > 99) *at++ = static_cast<char>('0' + error / 100);
  if (error > 9) *at++ = static_cast<char>('0' + error / 10 % 10);
  *at++ = static_cast<char>('0' + error % 10);
  *at++ = '\n';
  return raw_call(kWrite, 1, reinterpret_cast<long>(said), at - said, 0) < 0 ? 1 : 0;
}
