// SPDX-License-Identifier: MIT
// A program with every kind of early code, its own and that of the libraries it is built with. Each says how it went:
// "preinit 13", an errno, 0: it ran free. `herald child PROGRAM` starts PROGRAM by vfork(2) in the directory "child".
#ifdef NAMESAKE
#include <link.h>
#endif
#include "tests/victims/herald.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" void (*resolve())();
// Of libherald.so, libheraldfirst.so and libheraldthread.so, where the program is built with them.
extern "C" __attribute__((weak)) int herald_library_constructor();
extern "C" __attribute__((weak)) int herald_library_resolver();
extern "C" __attribute__((weak)) int herald_first();
extern "C" __attribute__((weak)) int herald_thread();

namespace {

int by_preinit = -1;
int by_constructor = -1;

// DT_PREINIT_ARRAY, and IFUNC: musl has neither.
#ifdef __GLIBC__
int by_resolver = -1;

void preinit() { by_preinit = herald("preinit"); }
__attribute__((section(".preinit_array"), used)) void (*const kPreinit)() = preinit;

void nothing() {}
#endif

#ifdef NAMESAKE
int by_function = -1;
#endif

__attribute__((constructor)) void construct() { by_constructor = herald("constructor"); }

void say(const char* name, int error) {
  if (error >= 0) dprintf(STDOUT_FILENO, "%s %d\n", name, error);
}

int start_child(char** command) {
  if (chdir("child") != 0) return 201;
  const pid_t child = vfork();
  if (child == 0) {
    execv(command[0], command);
    _exit(202);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) return 203;
  return WEXITSTATUS(status);
}

}  // namespace

#ifdef __GLIBC__
extern "C" {

void (*resolve())() {
  by_resolver = herald("resolver");
  return nothing;
}

__attribute__((ifunc("resolve"))) void resolved();
}
#endif

#ifdef NAMESAKE
// Whoever looks for it finds this one: the program comes first.
extern "C" int dl_iterate_phdr(int (*)(dl_phdr_info*, size_t, void*), void*) {
  if (by_function < 0) by_function = herald("function");
  return 0;
}
#endif

int main(int count, char** arguments) {
  if (count > 2 && strcmp(arguments[1], "child") == 0) return start_child(arguments + 2);
#ifdef __GLIBC__
  resolved();
  say("resolver", by_resolver);
#endif
#ifdef NAMESAKE
  if (dl_iterate_phdr(nullptr, nullptr) == 0) say("function", by_function);
#endif
  say("preinit", by_preinit);
  say("constructor", by_constructor);
  if (herald_library_resolver != nullptr) say("library-resolver", herald_library_resolver());
  if (herald_library_constructor != nullptr) say("library-constructor", herald_library_constructor());
  if (herald_first != nullptr) say("first", herald_first());
  if (herald_thread != nullptr) say("thread", herald_thread());
  say("main", herald("main"));
  dprintf(STDOUT_FILENO, "user %d\n", static_cast<int>(geteuid()));
  return 0;
}
