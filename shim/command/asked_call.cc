// SPDX-License-Identifier: MIT
#include "shim/command/asked_call.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

// The filter knows an asked call by the place it is made from, whatever its number: all others go on.
#if defined(__x86_64__)
asm(R"(
.text
.hidden landshim_asked_call
.hidden landshim_asked_call_end
.globl landshim_asked_call
.globl landshim_asked_call_end
.type landshim_asked_call, @function
landshim_asked_call:
  movq %rdi, %rax
  movq %rsi, %r11
  movq 0(%r11), %rdi
  movq 8(%r11), %rsi
  movq 16(%r11), %rdx
  movq 24(%r11), %r10
  movq 32(%r11), %r8
  movq 40(%r11), %r9
  syscall
landshim_asked_call_end:
  ret
.size landshim_asked_call, .-landshim_asked_call
)");
#elif defined(__aarch64__)
asm(R"(
.text
.hidden landshim_asked_call
.hidden landshim_asked_call_end
.globl landshim_asked_call
.globl landshim_asked_call_end
.type landshim_asked_call, %function
landshim_asked_call:
  mov x8, x0
  mov x9, x1
  ldp x0, x1, [x9]
  ldp x2, x3, [x9, #16]
  ldp x4, x5, [x9, #32]
  svc #0
landshim_asked_call_end:
  ret
.size landshim_asked_call, .-landshim_asked_call
)");
#endif

extern "C" long landshim_asked_call(long number, const std::uint64_t* arguments);
extern "C" const char landshim_asked_call_end[];

namespace landshim::command {

namespace {

constexpr std::uint16_t kLoad = BPF_LD | BPF_W | BPF_ABS;
constexpr std::uint16_t kJumpEqual = BPF_JMP | BPF_JEQ | BPF_K;
constexpr std::uint16_t kReturn = BPF_RET | BPF_K;
constexpr std::uint32_t kPointer = offsetof(seccomp_data, instruction_pointer);  // its low half: both machines are little-endian

}  // namespace

int intercept_asked_calls() {
  const auto place = reinterpret_cast<std::uint64_t>(landshim_asked_call_end);
  sock_filter code[] = {
      {kLoad, 0, 0, kPointer},
      {kJumpEqual, 0, 3, static_cast<std::uint32_t>(place)},
      {kLoad, 0, 0, kPointer + 4},
      {kJumpEqual, 0, 1, static_cast<std::uint32_t>(place >> 32)},
      {kReturn, 0, 0, SECCOMP_RET_USER_NOTIF},
      {kReturn, 0, 0, SECCOMP_RET_ALLOW},
  };
  const sock_fprog program{sizeof code / sizeof code[0], code};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -errno;
  const long listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
  return listener < 0 ? -errno : static_cast<int>(listener);
}

long asked_call(long number, const std::uint64_t (&arguments)[6]) { return landshim_asked_call(number, arguments); }

void answer_asked_call(int listener) {
  seccomp_notif asked{};
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0) return;
  seccomp_notif_resp answer{};
  answer.id = asked.id;
  answer.val = kPassed;
  // It fails when the asking process has gone.
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) != 0) return;
}

}  // namespace landshim::command
