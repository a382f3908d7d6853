// SPDX-License-Identifier: MIT
#include "shim/command/receiver.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "shim/command/stand_by.h"

namespace landshim::command {

bool Receiver::greet(bool recorded) const { return !awaited_ || send(end_.get(), recorded ? "\1" : "\0", 1, MSG_NOSIGNAL) == 1; }

Descriptor Receiver::receive() {
  std::vector<sock_filter> program(BPF_MAXINSNS);
  iovec part{program.data(), program.size() * sizeof program[0]};
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = space;
  message.msg_controllen = sizeof space;
  const ssize_t got = recvmsg(end_.get(), &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return Descriptor();
  const cmsghdr* const header = CMSG_FIRSTHDR(&message);
  const bool carries = got == 1 && header != nullptr && header->cmsg_type == SCM_RIGHTS;
  if (!carries && got > 1 && truth_.empty()) {
    program.resize(static_cast<std::size_t>(got) / sizeof program[0]);
    truth_ = std::move(program);
    return Descriptor();
  }
  end_.reset();
  if (!carries || truth_.empty()) return Descriptor();
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
  return Descriptor(fd);
}

Result<Sides> make_sides() {
  int ends[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return Error{"a followed run needs a pair of sockets", {}, errno};
  Descriptor taken = above_standard(Descriptor(ends[0]));
  Descriptor given = above_standard(Descriptor(ends[1]));
  if (taken.get() < 0 || given.get() < 0) return Error{"a followed run needs two descriptors more", {}, errno};
  return Sides{Handover(std::move(given)), Receiver(std::move(taken))};
}

}  // namespace landshim::command
