// SPDX-License-Identifier: MIT
// Prints a file, as cat does, and says the error. Linked statically.
#include <errno.h>
#include <stdio.h>
#include <string.h>

int main(int count, char **arguments) {
  FILE *file = count == 2 ? fopen(arguments[1], "r") : NULL;
  if (file == NULL) {
    fprintf(stderr, "show: %s\n", strerror(errno));
    return 1;
  }
  for (int c; (c = getc(file)) != EOF;) putchar(c);
  return 0;
}
