// SPDX-License-Identifier: MIT
// libearly.so: linked -z initfirst as the shim is, and loaded after it, so its constructor runs before that of the
// shim. EARLY=thread: a thread that stays; files N, memory N: that limit from then on; exec PROGRAM WORD: that program
// in its place, without an environment; exit: the end.
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace {

void* stay(void*) {
  for (;;) pause();
}

void limit(int which, const char* value) {
  rlimit now{};
  getrlimit(static_cast<__rlimit_resource_t>(which), &now);
  now.rlim_cur = std::strtoul(value, nullptr, 10);
  setrlimit(static_cast<__rlimit_resource_t>(which), &now);
}

void become(const char* words) {
  static char program[4096];
  std::strncpy(program, words, sizeof program - 1);
  char* const word = std::strchr(program, ' ');
  *word = '\0';
  char* const arguments[] = {program, word + 1, nullptr};
  char* const environment[] = {nullptr};
  execve(program, arguments, environment);
  _exit(201);
}

// No getenv(3) this early: the environment comes as the third argument.
__attribute__((constructor)) void start(int, char**, char** environment) {
  for (char** entry = environment; *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, "EARLY=", 6) != 0) continue;
    const char* what = *entry + 6;
    pthread_t thread;
    if (std::strcmp(what, "thread") == 0 && pthread_create(&thread, nullptr, stay, nullptr) != 0) _exit(201);
    if (std::strncmp(what, "files ", 6) == 0) limit(RLIMIT_NOFILE, what + 6);
    if (std::strncmp(what, "memory ", 7) == 0) limit(RLIMIT_AS, what + 7);
    if (std::strncmp(what, "exec ", 5) == 0) become(what + 5);
    if (std::strcmp(what, "exit") == 0) _exit(0);
  }
}

}  // namespace
