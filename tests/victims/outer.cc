// SPDX-License-Identifier: MIT
// An outer sandbox: `outer CALL=ERRNO... -- COMMAND` has the kernel answer these calls so, by a seccomp filter of its
// own, and becomes the command. Exit status 201: the filter cannot be had, 200: wrong use.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

struct Call {
  std::string_view word;
  long number;
};

constexpr Call kCalls[] = {
    {"landlock_create_ruleset", SYS_landlock_create_ruleset},
    {"landlock_add_rule", SYS_landlock_add_rule},
    {"landlock_restrict_self", SYS_landlock_restrict_self},
    {"seccomp", SYS_seccomp},
    {"unshare", SYS_unshare},
    {"getcwd", SYS_getcwd},
};

long number_of(std::string_view word) {
  for (const Call& call : kCalls)
    if (call.word == word) return call.number;
  return -1;
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<sock_filter> program{{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)}};
  int at = 1;
  for (; at < count && std::string_view(arguments[at]) != "--"; ++at) {
    const std::string_view item = arguments[at];
    const std::size_t end = item.find('=');
    const long number = number_of(item.substr(0, end));
    if (number < 0 || end == std::string_view::npos) return 200;
    const auto error = static_cast<std::uint32_t>(std::strtoul(arguments[at] + end + 1, nullptr, 10));
    program.push_back({BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<std::uint32_t>(number)});
    program.push_back({BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | error});
  }
  if (at + 1 >= count) return 200;
  program.push_back({BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW});
  const sock_fprog whole{static_cast<unsigned short>(program.size()), program.data()};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole) != 0) return 201;
  execvp(arguments[at + 1], arguments + at + 1);
  return 202;
}
