// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "greeting.h"

int main(int count, char **arguments) {
  char buffer[100];
  puts(greeting(count > 1 ? arguments[1] : "nobody", buffer, sizeof buffer));
  return 0;
}
