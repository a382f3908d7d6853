// SPDX-License-Identifier: MIT
// A preload that does nothing: what the loader takes for any.
__attribute__((visibility("hidden"))) void hold(void) {}
