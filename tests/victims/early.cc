// SPDX-License-Identifier: MIT
// libearly.so: linked -z initfirst as the shim is, and loaded after it, so its constructor runs before that of the
// shim. EARLY=thread: a thread that stays; EARLY=files N, memory N: that limit from then on.
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

// No getenv(3) this early: the environment comes as the third argument.
__attribute__((constructor)) void start(int, char**, char** environment) {
  for (char** entry = environment; *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, "EARLY=", 6) != 0) continue;
    const char* what = *entry + 6;
    pthread_t thread;
    if (std::strcmp(what, "thread") == 0 && pthread_create(&thread, nullptr, stay, nullptr) != 0) _exit(201);
    if (std::strncmp(what, "files ", 6) == 0) limit(RLIMIT_NOFILE, what + 6);
    if (std::strncmp(what, "memory ", 7) == 0) limit(RLIMIT_AS, what + 7);
  }
}

}  // namespace
