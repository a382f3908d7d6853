// SPDX-License-Identifier: MIT
const char *greeting(const char *name, char *buffer, unsigned long size);
