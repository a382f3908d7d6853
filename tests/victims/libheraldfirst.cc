// SPDX-License-Identifier: MIT
// libheraldfirst.so: linked -z initfirst as the shim is, so that of the two the one loaded last has its constructor
// first. Built with THREAD, libheraldthread.so: its constructor starts a thread, which tries when main asks it to.
#include "tests/victims/herald.h"

#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#ifdef THREAD
extern "C" int herald_thread();
#else
extern "C" int herald_first();
#endif

namespace {

#ifdef THREAD

int by_thread = -1;
sem_t asked;
sem_t answered;

void* serve(void*) {
  while (sem_wait(&asked) != 0) {
  }
  by_thread = herald("thread");
  sem_post(&answered);
  return nullptr;
}

__attribute__((constructor)) void construct() {
  pthread_t thread;
  if (sem_init(&asked, 0, 0) != 0 || sem_init(&answered, 0, 0) != 0 || pthread_create(&thread, nullptr, serve, nullptr) != 0) _exit(204);
}

#else

int by_constructor = -1;

__attribute__((constructor)) void construct() { by_constructor = herald("first"); }

#endif

}  // namespace

#ifdef THREAD
int herald_thread() {
  sem_post(&asked);
  while (sem_wait(&answered) != 0) {
  }
  return by_thread;
}
#else
int herald_first() { return by_constructor; }
#endif
