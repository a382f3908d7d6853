// SPDX-License-Identifier: MIT
// Roads to UNIX sockets of processes outside, on the disk and abstract.
#include <fcntl.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/escape/suite/attempts.h"

namespace landshim::escape {

namespace {

constexpr auto W = Trace::kWorld;

int connected(long fd, const char* path) {
  if (fd < 0) return errno;
  Address to = local(path);
  return connect(static_cast<int>(fd), to.get(), to.size) < 0 ? errno : write_to(fd);
}

int sent(long fd, const char* path) {
  if (fd < 0) return errno;
  Address to = local(path);
  return answer(sendto(static_cast<int>(fd), "x", 1, 0, to.get(), to.size));
}

int pair(int type) {
  int ends[2];
  return socketpair(AF_UNIX, type, 0, ends) != 0 ? -1 : ends[0];
}

// call: 1 sendmsg, 2 sendmmsg; with a descriptor of one's own.
int sent_by_message(int fd, const char* path, int call) {
  if (fd < 0) return errno;
  Address to = local(path);
  char byte = 'x';
  iovec part{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  mmsghdr message{};
  message.msg_hdr.msg_name = to.get();
  message.msg_hdr.msg_namelen = to.size;
  message.msg_hdr.msg_iov = &part;
  message.msg_hdr.msg_iovlen = 1;
  message.msg_hdr.msg_control = control;
  message.msg_hdr.msg_controllen = sizeof control;
  cmsghdr* const header = CMSG_FIRSTHDR(&message.msg_hdr);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(header), &fd, sizeof fd);
  return call == 1 ? answer(sendmsg(fd, &message.msg_hdr, 0)) : answer(sendmmsg(fd, &message, 1, 0));
}

std::string by_descriptor(const char* name) {
  const int directory = open(text("outside"), O_PATH | O_DIRECTORY | O_CLOEXEC);
  return "/proc/self/fd/" + std::to_string(directory) + "/" + name;
}

std::string socket_by_descriptor(const char* name) { return "/proc/self/fd/" + std::to_string(open(outside(name), O_PATH | O_CLOEXEC)); }

const Attempt kAttempts[] = {
    {"unix-stream", "connect(2), stream", W, [] { return connected(socket(AF_UNIX, SOCK_STREAM, 0), outside("stream")); }},
    {"unix-stream-flags", "SOCK_CLOEXEC and SOCK_NONBLOCK", W, [] { return connected(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), outside("stream")); }},
    {"unix-stream-high-bits", "socket(2), bits above 32 set", W, [] { return connected(syscall(SYS_socket, (1L << 32) | AF_UNIX, (1L << 32) | SOCK_STREAM, 0), outside("stream")); }},
    {"unix-stream-protocol", "protocol PF_UNIX", W, [] { return connected(socket(AF_UNIX, SOCK_STREAM, AF_UNIX), outside("stream")); }},
    {"unix-seqpacket", "connect(2), SOCK_SEQPACKET", W, [] { return connected(socket(AF_UNIX, SOCK_SEQPACKET, 0), outside("seqpacket")); }},
    {"unix-datagram-connect", "connect(2), datagrams", W, [] { return connected(socket(AF_UNIX, SOCK_DGRAM, 0), outside("datagram")); }},
    {"unix-datagram-send", "sendto(2)", W, [] { return sent(socket(AF_UNIX, SOCK_DGRAM, 0), outside("datagram")); }},
    {"unix-datagram-sendmsg", "sendmsg(2), with a descriptor", W, [] { return sent_by_message(socket(AF_UNIX, SOCK_DGRAM, 0), outside("datagram"), 1); }},
    {"unix-datagram-sendmmsg", "sendmmsg(2), with a descriptor", W, [] { return sent_by_message(socket(AF_UNIX, SOCK_DGRAM, 0), outside("datagram"), 2); }},
    {"unix-raw-type", "SOCK_RAW, which the kernel takes for datagrams", W, [] { return sent(socket(AF_UNIX, SOCK_RAW, 0), outside("datagram")); }},
    {"unix-symlink", "a symbolic link in a granted directory", W, [] { return connected(socket(AF_UNIX, SOCK_STREAM, 0), inside("ways/stream")); }},
    {"unix-relative", "a relative path after chdir(2)", W, [] { return chdir(text("outside")) != 0 ? errno : connected(socket(AF_UNIX, SOCK_STREAM, 0), "stream"); }},
    {"unix-proc-directory", "beneath /proc/self/fd of a directory", W, [] { return connected(socket(AF_UNIX, SOCK_STREAM, 0), by_descriptor("stream").c_str()); }},
    {"unix-proc-socket", "/proc/self/fd of the socket", W, [] { return connected(socket(AF_UNIX, SOCK_STREAM, 0), socket_by_descriptor("stream").c_str()); }},
    {"unix-pair-connect", "connect(2) by one end of a datagram pair", W, [] { return connected(pair(SOCK_DGRAM), outside("datagram")); }},
    {"unix-pair-send", "sendto(2) by one end of a datagram pair", W, [] { return sent(pair(SOCK_DGRAM), outside("datagram")); }},
    {"unix-pair-sendmsg", "sendmsg(2) by one end of a datagram pair", W, [] { return sent_by_message(pair(SOCK_DGRAM), outside("datagram"), 1); }},
    {"unix-pair-sendmmsg", "sendmmsg(2) by one end of a datagram pair", W, [] { return sent_by_message(pair(SOCK_DGRAM), outside("datagram"), 2); }},
    {"unix-pair-raw-type", "a pair of SOCK_RAW", W, [] { return sent(pair(SOCK_RAW), outside("datagram")); }},
    {"unix-pair-flags", "a datagram pair with SOCK_CLOEXEC", W, [] { return sent(pair(SOCK_DGRAM | SOCK_CLOEXEC), outside("datagram")); }},
    {"unix-pair-high-bits", "a datagram pair, bits above 32 set", W,
     [] {
       int ends[2];
       return syscall(SYS_socketpair, (1L << 32) | AF_UNIX, (1L << 32) | SOCK_DGRAM, 0, ends) != 0 ? errno : sent(ends[0], outside("datagram"));
     }},
    {"unix-pair-inherited", "an inherited datagram pair", W, [] { return sent(kDatagramPair, outside("datagram")); }},
    {"unix-inherited", "an inherited stream socket", W, [] { return connected(kUnixSocket, outside("stream")); }},
    {"unix-abstract", "connect(2) to an abstract name", W, [] { return connected(socket(AF_UNIX, SOCK_STREAM, 0), text("abstract")); }},
    {"unix-abstract-datagram", "sendto(2) to an abstract name", W, [] { return sent(socket(AF_UNIX, SOCK_DGRAM, 0), text("abstract_datagram")); }},
    {"unix-abstract-datagram-connect", "connect(2) of datagrams to an abstract name", W, [] { return connected(socket(AF_UNIX, SOCK_DGRAM, 0), text("abstract_datagram")); }},
    {"unix-abstract-pair", "a datagram pair, to an abstract name", W, [] { return sent(pair(SOCK_DGRAM), text("abstract_datagram")); }},
    {"unix-abstract-bound", "sendto(2) from an autobound socket", W,
     [] {
       const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
       sockaddr nothing{};
       nothing.sa_family = AF_UNIX;
       if (fd < 0 || bind(fd, &nothing, sizeof nothing.sa_family) != 0) return errno;
       return sent(fd, text("abstract_datagram"));
     }},
    {"unix-abstract-inherited", "an inherited stream socket, to an abstract name", W, [] { return connected(kUnixSocket, text("abstract")); }},
    {"unix-ring", "io_uring CONNECT", W,
     [] {
       Address to = local(outside("stream"));
       const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
       if (fd < 0) return errno;
       io_uring_sqe entry{};
       entry.opcode = IORING_OP_CONNECT;
       entry.fd = fd;
       entry.addr = reinterpret_cast<std::uint64_t>(to.get());
       entry.off = to.size;
       const int result = through_ring(entry);
       return result < 0 ? -result : write_to(fd);
     }},
};

}  // namespace

std::span<const Attempt> attempts_on_unix_sockets() { return kAttempts; }

}  // namespace landshim::escape
