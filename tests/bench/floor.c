// SPDX-License-Identifier: MIT
// The least that holding a program can cost: the policy is compiled in, the filter is ready, and there is no C library.
// tests/bench/run writes the header with the tables. Nothing here is relocated, so the loader dirties none of its pages.
#include <asm/unistd.h>
#include <linux/capability.h>
#include <linux/fcntl.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>

#include FLOOR_POLICY

struct ruleset {
  unsigned long long files, network, scopes;
};
struct path_rule {
  unsigned long long rights;
  int parent;
} __attribute__((packed));
struct port_rule {
  unsigned long long rights, port;
};
enum { kPathRule = 1, kPortRule = 2 };

static inline __attribute__((always_inline)) long call(long number, long first, long second, long third, long fourth) {
#if defined(__x86_64__)
  long result;
  register long r10 __asm__("r10") = fourth;
  register long r8 __asm__("r8") = 0;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(first), "S"(second), "d"(third), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = first;
  register long x1 __asm__("x1") = second;
  register long x2 __asm__("x2") = third;
  register long x3 __asm__("x3") = fourth;
  register long x4 __asm__("x4") = 0;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
  return x0;
#else
#error "this machine's system calls are not known"
#endif
}

static inline __attribute__((always_inline)) long must(long result) {
  if (result < 0) call(__NR_exit_group, 125, 0, 0, 0);
  return result;
}

static inline __attribute__((always_inline)) void drop_capabilities(void) {
#if DROP_CAPABILITIES
  for (int each = 0; each < 64; ++each)
    if ((BOUNDING_DROP >> each) & 1) must(call(__NR_prctl, PR_CAPBSET_DROP, each, 0, 0));
  struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct sets[2];
  for (int half = 0; half < 2; ++half) {
    sets[half].effective = (unsigned)(CAPABILITIES >> (32 * half));
    sets[half].permitted = (unsigned)(CAPABILITIES >> (32 * half));
    sets[half].inheritable = (unsigned)(INHERITABLE >> (32 * half));
  }
  must(call(__NR_capset, (long)&head, (long)sets, 0, 0));
#endif
}

static inline __attribute__((always_inline)) void add_ports(int ruleset, const unsigned short* ports, int count, unsigned long long right) {
  for (int each = 0; each < count; ++each) {
    struct port_rule rule = {right, ports[each]};
    must(call(__NR_landlock_add_rule, ruleset, kPortRule, (long)&rule, 0));
  }
}

// What the program starts would be held once more.
static inline __attribute__((always_inline)) void leave_environment(char** environment) {
  static const char name[] = "LD_PRELOAD=";
  char** to = environment;
  for (char** from = environment; *from != 0; ++from) {
    int same = 0;
    while (name[same] != 0 && (*from)[same] == name[same]) ++same;
    if (name[same] != 0) *to++ = *from;
  }
  *to = 0;
}

// The loader's DT_INIT: an array of constructors would be relocated.
__attribute__((visibility("hidden"))) void hold(int count, char** words, char** environment) {
  (void)count;
  (void)words;
  struct ruleset ruleset = {FILES, NETWORK, SCOPES};
  const int held = (int)must(call(__NR_landlock_create_ruleset, (long)&ruleset, sizeof ruleset, 0, 0));
  const char* path = kPaths;
  for (int each = 0; each < PATHS; ++each) {
    struct path_rule rule = {kRights[each], (int)must(call(__NR_openat, AT_FDCWD, (long)path, O_PATH | O_CLOEXEC, 0))};
    must(call(__NR_landlock_add_rule, held, kPathRule, (long)&rule, 0));
    call(__NR_close, rule.parent, 0, 0, 0);
    while (*path != 0) ++path;
    ++path;
  }
  add_ports(held, kConnect, CONNECT_PORTS, 2);
  add_ports(held, kBind, BIND_PORTS, 1);
  drop_capabilities();
  must(call(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0));
  must(call(__NR_landlock_restrict_self, held, 0, 0, 0));
  call(__NR_close, held, 0, 0, 0);
#ifndef WITHOUT_FILTER
  struct sock_fprog program = {sizeof kFilter / sizeof *kFilter, (struct sock_filter*)kFilter};
  must(call(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, (long)&program, 0));
#endif
  leave_environment(environment);
}
