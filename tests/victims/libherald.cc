// SPDX-License-Identifier: MIT
// libherald.so: a library with a constructor and a resolver of an indirect function.
#include "tests/victims/herald.h"

extern "C" int herald_library_constructor();
extern "C" int herald_library_resolver();
extern "C" void (*resolve_of_library())();

namespace {

int by_constructor = -1;
int by_resolver = -1;

void nothing() {}

__attribute__((constructor)) void construct() { by_constructor = herald("library-constructor"); }

}  // namespace

extern "C" {

void (*resolve_of_library())() {
  by_resolver = herald("library-resolver");
  return nothing;
}

__attribute__((ifunc("resolve_of_library"))) void herald_resolved();
}

int herald_library_constructor() { return by_constructor; }

int herald_library_resolver() {
  herald_resolved();
  return by_resolver;
}
