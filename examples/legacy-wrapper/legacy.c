// SPDX-License-Identifier: MIT
// Stands for an old program that cannot be rebuilt: it copies a spool file to a report, and does as the file says.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int count, char **arguments) {
  if (count != 3) return 2;
  FILE *in = fopen(arguments[1], "r");
  FILE *out = in == NULL ? NULL : fopen(arguments[2], "w");
  if (out == NULL) {
    fprintf(stderr, "legacy: %s\n", strerror(errno));
    return 1;
  }
  char line[500];
  while (fgets(line, sizeof line, in) != NULL) {
    // The hole: a line that begins with an exclamation mark is a command.
    if (line[0] == '!' && system(line + 1) != 0) fprintf(stderr, "legacy: a command failed\n");
    else fputs(line, out);
  }
  return fclose(out) == 0 ? 0 : 1;
}
