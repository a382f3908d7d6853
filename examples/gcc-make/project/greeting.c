// SPDX-License-Identifier: MIT
#include "greeting.h"

#include <stdio.h>

const char *greeting(const char *name, char *buffer, unsigned long size) {
  snprintf(buffer, size, "hello, %s", name);
  return buffer;
}
