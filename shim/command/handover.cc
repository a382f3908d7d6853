// SPDX-License-Identifier: MIT
#include "shim/command/handover.h"

#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "shim/command/stand_by.h"

namespace landshim::command {

namespace {

constexpr int kNotYet = 0;

// Linux 5.19: once the follower has taken a call up, only a fatal signal takes it back. A call that any signal takes back
// would fail with EINTR where the program has not asked for it.
constexpr unsigned long kWaitKillable = 1UL << 5;

#ifndef SECCOMP_FILTER_FLAG_NEW_LISTENER
constexpr unsigned long kNewListener = 1UL << 3;
#else
constexpr unsigned long kNewListener = SECCOMP_FILTER_FLAG_NEW_LISTENER;
#endif

long load_filter(unsigned long flags, const sock_fprog& whole) { return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &whole); }

}  // namespace

struct Handover::Shared {
  std::atomic<int> listener;   // kNotYet, or one more than its number in the process that becomes the command
  std::uint32_t count;
  sock_filter truth[BPF_MAXINSNS];
};

namespace {

// Nothing is allocated and no lock is taken: this process began in the middle of another.
[[noreturn]] void carry(std::atomic<int>& listener, int end, pid_t from) {
  const timespec moment{0, 50'000};
  int fd = kNotYet;
  while ((fd = listener.load(std::memory_order_acquire)) == kNotYet) {
    if (kill(from, 0) != 0) _exit(1);
    nanosleep(&moment, nullptr);
  }
  --fd;
  char byte = 0;
  iovec part{&byte, 1};
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof fd)] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = space;
  message.msg_controllen = sizeof space;
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof fd);
  std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  const bool sent = sendmsg(end, &message, MSG_NOSIGNAL) == 1;
  // Also those of the process that becomes the command, unless it has executed a program by now, which closed them: with
  // one left there, its calls would wait for ever once the follower has gone.
  close(fd);
  close(end);
  _exit(sent ? 0 : 1);
}

}  // namespace

Result<Handover> Handover::make() {
  Handover out;
  int ends[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return Error{"a followed run needs a pair of sockets", {}, errno};
  out.near_ = above_standard(Descriptor(ends[0]));
  out.far_ = above_standard(Descriptor(ends[1]));
  if (out.near_.get() < 0 || out.far_.get() < 0) return Error{"a followed run needs two descriptors more", {}, errno};
  void* const memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return Error{"a followed run needs memory that two processes share", {}, errno};
  out.shared_ = static_cast<Shared*>(memory);
  return out;
}

Result<Done> Handover::start_courier() {
  near_.reset();
  const pid_t own = getpid();
  const long courier = syscall(SYS_clone, CLONE_FILES | CLONE_PARENT | SIGCHLD, 0UL, 0UL, 0UL, 0UL);
  if (courier < 0) return Error{"a followed run needs a process more", {}, errno};
  if (courier == 0) carry(shared_->listener, far_.get(), own);
  return Done{};
}

Result<Done> Handover::load(std::span<const sock_filter> filter, std::span<const sock_filter> truth) {
  shared_->count = static_cast<std::uint32_t>(truth.size());
  std::copy(truth.begin(), truth.end(), shared_->truth);
  const sock_fprog whole{static_cast<unsigned short>(filter.size()), const_cast<sock_filter*>(filter.data())};
  long listener = load_filter(kNewListener | kWaitKillable, whole);
  if (listener < 0 && errno == EINVAL) listener = load_filter(kNewListener, whole);
  if (listener < 0 && errno == EBUSY) return Error{"this process is followed already, and the kernel knows one follower alone"};
  if (listener < 0) return Error{"the filter that asks the follower cannot be loaded", {}, errno};
  // The courier closes it here as well.
  far_.release();
  // From here on every call may ask, and be answered only once the courier has been there.
  shared_->listener.store(static_cast<int>(listener) + 1, std::memory_order_release);
  return Done{};
}

Descriptor Handover::receive() {
  char byte = 0;
  iovec part{&byte, 1};
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = space;
  message.msg_controllen = sizeof space;
  const ssize_t got = recvmsg(near_.get(), &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return Descriptor();
  near_.reset();
  const cmsghdr* const header = CMSG_FIRSTHDR(&message);
  if (got != 1 || header == nullptr || header->cmsg_type != SCM_RIGHTS) return Descriptor();
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
  return Descriptor(fd);
}

std::vector<sock_filter> Handover::truth() const { return {shared_->truth, shared_->truth + std::min<std::size_t>(shared_->count, BPF_MAXINSNS)}; }

}  // namespace landshim::command
