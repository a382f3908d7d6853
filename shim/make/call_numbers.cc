// SPDX-License-Identifier: MIT
// Prints the source of the tables of call numbers, as libseccomp knows them. Alone sees seccomp.h.
#include <linux/audit.h>
#include <seccomp.h>

#include <cstdio>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

#include "config/syscalls.h"

namespace {

using landshim::all_syscalls;

#if defined(__x86_64__)
constexpr std::uint32_t kNative = SCMP_ARCH_X86_64;
constexpr std::uint32_t kCompat = SCMP_ARCH_X86;
#elif defined(__aarch64__)
constexpr std::uint32_t kNative = SCMP_ARCH_AARCH64;
constexpr std::uint32_t kCompat = SCMP_ARCH_ARM;
#else
#error "landshim knows the call tables of x86_64 and aarch64"
#endif

struct Row {
  std::string_view name;
  int number;
};

// Younger than libseccomp 2.5; from 424 on every architecture has the same numbers.
constexpr Row kYoung[] = {
    {"cachestat", 451},       {"fchmodat2", 452},     {"map_shadow_stack", 453}, {"futex_wake", 454},       {"futex_wait", 455},
    {"futex_requeue", 456},   {"statmount", 457},     {"listmount", 458},        {"lsm_get_self_attr", 459}, {"lsm_set_self_attr", 460},
    {"lsm_list_modules", 461}, {"mseal", 462},        {"setxattrat", 463},       {"getxattrat", 464},       {"listxattrat", 465},
    {"removexattrat", 466},   {"open_tree_attr", 467}, {"file_getattr", 468},    {"file_setattr", 469},     {"listns", 470},
    {"rseq_slice_yield", 471}, {"futex_waitv", 449},  {"set_mempolicy_home_node", 450},
};

#if defined(__x86_64__)
// i386 has these since Linux 4.3 and 5.1, beside socketcall and ipc, through which libseccomp sends them.
constexpr Row kDirect[] = {
    {"socket", 359},  {"socketpair", 360}, {"bind", 361},    {"connect", 362}, {"listen", 363},  {"accept4", 364}, {"getsockopt", 365}, {"setsockopt", 366},
    {"getsockname", 367}, {"getpeername", 368}, {"sendto", 369}, {"sendmsg", 370}, {"recvfrom", 371}, {"recvmsg", 372}, {"shutdown", 373}, {"recvmmsg", 337},
    {"sendmmsg", 345}, {"semget", 393},    {"semctl", 394},  {"shmget", 395},  {"shmctl", 396},  {"shmat", 397},   {"shmdt", 398},      {"msgget", 399},
    {"msgsnd", 400},  {"msgrcv", 401},     {"msgctl", 402},
};
#else
constexpr Row kDirect[] = {{"", -1}};
#endif

int number_of(std::uint32_t architecture, std::string_view call) {
  for (const Row& row : kYoung)
    if (row.name == call) return row.number;
  if (architecture == kCompat)
    for (const Row& row : kDirect)
      if (row.name == call) return row.number;
  const int number = seccomp_syscall_resolve_name_arch(architecture, std::string(call).c_str());
  return number < 0 ? -1 : number;
}

void print(const char* table, std::uint32_t architecture) {
  std::map<int, std::size_t> by_number;
  std::printf("constexpr std::int32_t k%sNumbers[] = {", table);
  for (std::size_t i = 0; i < all_syscalls().size(); ++i) {
    const int number = number_of(architecture, all_syscalls()[i].name);
    std::printf("%d,", number);
    // Of two names for one number, the first.
    if (number >= 0) by_number.emplace(number, i);
  }
  std::printf("};\nconstexpr NumberedCall k%sCalls[] = {", table);
  for (const auto& [number, name] : by_number) std::printf("{%d,%zu},", number, name);
  std::printf("};\n");
}

}  // namespace

int main() {
  std::printf("#include \"shim/made.h\"\nnamespace landshim::made {\nnamespace {\n");
  print("Native", kNative);
  print("Compat", kCompat);
  std::printf("}\n"
              "std::span<const std::int32_t> numbers(CallTable table) { return table == CallTable::kNative ? std::span(kNativeNumbers) : std::span(kCompatNumbers); }\n"
              "std::span<const NumberedCall> by_number(CallTable table) {\n"
              "  if (table == CallTable::kNative) return kNativeCalls;\n"
              "  return kCompatCalls;\n"
              "}\n"
              "}\n");
}
