// SPDX-License-Identifier: MIT
// Roads to a port that is not granted, and to sockets that know no ports.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/io_uring.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/escape/suite/attempts.h"

namespace landshim::escape {

namespace {

constexpr auto N = Trace::kNone;
constexpr auto W = Trace::kWorld;
constexpr int kMptcp = 262;
constexpr int kUdplite = 136;
constexpr int kSctp = 132;
constexpr int kSmc = 256;
constexpr int kL2tp = 115;

int makes(long family, long type, long protocol) { return answer(syscall(SYS_socket, family, type, protocol)); }

int family_of(Internet family) { return family == Internet::kFour ? AF_INET : AF_INET6; }

// Netlink families answer to who asks; making the socket is the road.
template <int Family, int Type, int Protocol>
int make() {
  return makes(Family, Type, Protocol);
}

int connects(int fd, Internet family) {
  if (fd < 0) return errno;
  Address to = loopback(family, number("tcp"));
  return connect(fd, to.get(), to.size) < 0 ? errno : write_to(fd);
}

int stream(Internet family, int protocol, int flags = 0) { return connects(socket(family_of(family), SOCK_STREAM | flags, protocol), family); }

int fast_open(int call) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return errno;
  Address to = loopback(Internet::kFour, number("tcp"));
  char byte = 'x';
  iovec part{&byte, 1};
  mmsghdr message{};
  message.msg_hdr.msg_name = to.get();
  message.msg_hdr.msg_namelen = to.size;
  message.msg_hdr.msg_iov = &part;
  message.msg_hdr.msg_iovlen = 1;
  if (call == 0) return answer(sendto(fd, &byte, 1, MSG_FASTOPEN, to.get(), to.size));
  if (call == 1) return answer(sendmsg(fd, &message.msg_hdr, MSG_FASTOPEN));
  if (call == 2) return answer(sendmmsg(fd, &message, 1, MSG_FASTOPEN));
  if (call == 3) return answer(syscall(SYS_sendto, fd, &byte, 1, (1L << 32) | MSG_FASTOPEN, to.get(), to.size));
  // Two messages: the second carries the flag on a socket that is connecting already.
  return sendmmsg(fd, &message, 1, MSG_FASTOPEN | MSG_DONTWAIT) < 0 && errno != EINPROGRESS ? errno : 0;
}

int binds(Internet family, int type, int protocol, long port) {
  const int fd = socket(family_of(family), type, protocol);
  Address at = loopback(family, port);
  return fd < 0 ? errno : answer(bind(fd, at.get(), at.size));
}

int datagram_to(int fd, Internet family, long port) {
  if (fd < 0) return errno;
  Address to = loopback(family, port);
  return answer(sendto(fd, "x", 1, 0, to.get(), to.size));
}

int ring_socket(int family, int type) {
  io_uring_sqe entry{};
  entry.opcode = IORING_OP_SOCKET;
  entry.fd = family;
  entry.off = static_cast<std::uint64_t>(type);
  const int fd = through_ring(entry);
  if (fd < 0) errno = -fd;
  return fd;
}

int ring_connect(int fd) {
  if (fd < 0) return errno;
  Address to = loopback(Internet::kFour, number("tcp"));
  io_uring_sqe entry{};
  entry.opcode = IORING_OP_CONNECT;
  entry.fd = fd;
  entry.addr = reinterpret_cast<std::uint64_t>(to.get());
  entry.off = to.size;
  const int result = through_ring(entry);
  return result < 0 ? -result : write_to(fd);
}

// A request that changes what others see: a route to a documentation address, taken away again.
int route_change() {
  const int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  if (fd < 0) return errno;
  struct {
    nlmsghdr header;
    rtmsg route;
    char attributes[64];
  } request{};
  const auto attribute = [&](std::uint16_t type, std::uint32_t value) {
    auto* const at = reinterpret_cast<rtattr*>(reinterpret_cast<char*>(&request) + NLMSG_ALIGN(request.header.nlmsg_len));
    at->rta_type = type;
    at->rta_len = RTA_LENGTH(sizeof value);
    memcpy(RTA_DATA(at), &value, sizeof value);
    request.header.nlmsg_len = NLMSG_ALIGN(request.header.nlmsg_len) + RTA_ALIGN(at->rta_len);
  };
  request.header.nlmsg_len = NLMSG_LENGTH(sizeof(rtmsg));
  request.header.nlmsg_type = RTM_NEWROUTE;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK;
  request.route.rtm_family = AF_INET;
  request.route.rtm_dst_len = 32;
  request.route.rtm_table = RT_TABLE_MAIN;
  request.route.rtm_protocol = RTPROT_STATIC;
  request.route.rtm_scope = RT_SCOPE_LINK;
  request.route.rtm_type = RTN_UNICAST;
  attribute(RTA_DST, htonl(0xc0000201));
  attribute(RTA_OIF, 1);
  const auto asked = [&]() -> int {
    if (send(fd, &request, request.header.nlmsg_len, 0) < 0) return errno;
    struct {
      nlmsghdr header;
      nlmsgerr error;
      char rest[512];
    } reply{};
    if (recv(fd, &reply, sizeof reply, 0) < 0) return errno;
    return -reply.error.error;
  };
  const int result = asked();
  request.header.nlmsg_type = RTM_DELROUTE;
  if (result == 0) asked();
  return result;
}

int interface_flags() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return errno;
  ifreq request{};
  strcpy(request.ifr_name, "lo");
  if (ioctl(fd, SIOCGIFFLAGS, &request) < 0) return errno;
  return answer(ioctl(fd, SIOCSIFFLAGS, &request));
}

// The loopback interface: every network namespace has it, as number 1.
int asked_of_interface(unsigned long question) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return errno;
  ifreq asked{};
  asked.ifr_ifindex = 1;
  if (question != SIOCGIFNAME) strcpy(asked.ifr_name, "lo");
  return answer(ioctl(pair[0], question, &asked));
}

const Attempt kAttempts[] = {
    // --- TCP ---
    {"tcp-connect", "connect(2)", W, [] { return stream(Internet::kFour, 0); }},
    {"tcp-connect-6", "connect(2), IPv6", W, [] { return stream(Internet::kSix, 0); }},
    {"tcp-connect-mapped", "connect(2), IPv4 in IPv6", W, [] { return stream(Internet::kMapped, 0); }},
    {"tcp-connect-protocol", "IPPROTO_TCP named", W, [] { return stream(Internet::kFour, IPPROTO_TCP); }},
    {"tcp-connect-nonblocking", "SOCK_NONBLOCK and SOCK_CLOEXEC", W,
     [] {
       const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
       Address to = loopback(Internet::kFour, number("tcp"));
       return fd < 0 ? errno : connect(fd, to.get(), to.size) < 0 && errno != EINPROGRESS ? errno : write_to(fd);
     }},
    {"tcp-connect-high-bits", "socket(2), bits above 32 set", W,
     [] { return connects(static_cast<int>(syscall(SYS_socket, (1L << 32) | AF_INET, (1L << 35) | SOCK_STREAM, 1L << 40)), Internet::kFour); }},
    {"tcp-connect-inherited", "connect(2) of an inherited socket", W, [] { return connects(kTcpSocket, Internet::kFour); }},
    {"tcp-connect-again", "connect(2) to AF_UNSPEC, then to the port", W,
     [] {
       const int fd = socket(AF_INET, SOCK_STREAM, 0);
       if (fd < 0) return errno;
       sockaddr nowhere{};
       nowhere.sa_family = AF_UNSPEC;
       connect(fd, &nowhere, sizeof nowhere);
       return connects(fd, Internet::kFour);
     }},
    {"tcp-delayed-fast-open", "TCP_FASTOPEN_CONNECT", W,
     [] {
       const int fd = socket(AF_INET, SOCK_STREAM, 0);
       const int on = 1;
       if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof on) != 0) return errno;
       return connects(fd, Internet::kFour);
     }},
    {"tcp-connect-smc", "TCP_ULP: a TCP socket turned into SMC", W,
     [] {
       const int fd = socket(AF_INET, SOCK_STREAM, 0);
       if (fd < 0 || setsockopt(fd, IPPROTO_TCP, 31 /* TCP_ULP */, "smc", 3) != 0) return errno;
       return connects(fd, Internet::kFour);
     }},
    {"tcp-fast-open-sendto", "sendto(2), MSG_FASTOPEN", W, [] { return fast_open(0); }},
    {"tcp-fast-open-sendmsg", "sendmsg(2), MSG_FASTOPEN", W, [] { return fast_open(1); }},
    {"tcp-fast-open-sendmmsg", "sendmmsg(2), MSG_FASTOPEN", W, [] { return fast_open(2); }},
    {"tcp-fast-open-high-bits", "sendto(2), MSG_FASTOPEN with bits above 32", W, [] { return fast_open(3); }},
    {"tcp-fast-open-nonblocking", "sendmmsg(2), MSG_FASTOPEN and MSG_DONTWAIT", W, [] { return fast_open(4); }},
    {"tcp-fast-open-inherited", "MSG_FASTOPEN on an inherited socket", W,
     [] { Address to = loopback(Internet::kFour, number("tcp")); return answer(sendto(kTcpSocket, "x", 1, MSG_FASTOPEN, to.get(), to.size)); }},
    {"mptcp-connect", "Multipath TCP", W, [] { return stream(Internet::kFour, kMptcp); }},
    {"mptcp-connect-6", "Multipath TCP, IPv6", W, [] { return stream(Internet::kSix, kMptcp); }},
    {"mptcp-connect-high-bits", "Multipath TCP, bits above 32 set", W, [] { return connects(static_cast<int>(syscall(SYS_socket, AF_INET, SOCK_STREAM, (1L << 32) | kMptcp)), Internet::kFour); }},
    {"mptcp-connect-inherited", "an inherited Multipath TCP socket", W, [] { return connects(kMultipathSocket, Internet::kFour); }},
    {"mptcp-connect-flags", "Multipath TCP with SOCK_CLOEXEC", W, [] { return stream(Internet::kFour, kMptcp, SOCK_CLOEXEC); }},
    {"tcp-connect-ring", "io_uring CONNECT", W, [] { return ring_connect(socket(AF_INET, SOCK_STREAM, 0)); }},
    {"tcp-connect-ring-socket", "io_uring SOCKET and CONNECT", W, [] { return ring_connect(ring_socket(AF_INET, SOCK_STREAM)); }},
    {"tcp-bind", "bind(2)", N, [] { return binds(Internet::kFour, SOCK_STREAM, 0, number("free")); }},
    {"tcp-bind-6", "bind(2), IPv6", N, [] { return binds(Internet::kSix, SOCK_STREAM, 0, number("free")); }},
    {"tcp-bind-ephemeral", "bind(2), port 0", N, [] { return binds(Internet::kFour, SOCK_STREAM, 0, 0); }},
    {"tcp-bind-unspec", "bind(2), an address without a family", N,
     [] {
       const int fd = socket(AF_INET, SOCK_STREAM, 0);
       sockaddr_in any{};
       any.sin_port = htons(static_cast<std::uint16_t>(number("free")));
       return fd < 0 ? errno : answer(bind(fd, reinterpret_cast<sockaddr*>(&any), sizeof any));
     }},
    {"tcp-bind-inherited", "bind(2) of an inherited socket", N, [] { Address at = loopback(Internet::kFour, number("free")); return answer(bind(kTcpSocket, at.get(), at.size)); }},
    {"mptcp-bind", "Multipath TCP", N, [] { return binds(Internet::kFour, SOCK_STREAM, kMptcp, number("free")); }},
    {"mptcp-bind-inherited", "an inherited Multipath TCP socket", N, [] { Address at = loopback(Internet::kFour, number("free")); return answer(bind(kMultipathSocket, at.get(), at.size)); }},
    {"tcp-listen", "listen(2) without bind(2)", N, [] { const int fd = socket(AF_INET, SOCK_STREAM, 0); return fd < 0 ? errno : answer(listen(fd, 1)); }},
    {"tcp-listen-6", "listen(2) without bind(2), IPv6", N, [] { const int fd = socket(AF_INET6, SOCK_STREAM, 0); return fd < 0 ? errno : answer(listen(fd, 1)); }},
    {"tcp-listen-inherited", "listen(2) of an inherited socket", N, [] { return answer(listen(kTcpSocket, 1)); }},
    {"mptcp-listen", "listen(2) without bind(2), Multipath TCP", N, [] { const int fd = socket(AF_INET, SOCK_STREAM, kMptcp); return fd < 0 ? errno : answer(listen(fd, 1)); }},
    {"tcp-connect-namespace", "a user and a network namespace", N, [] { return unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0 ? errno : makes(AF_INET, SOCK_RAW, IPPROTO_ICMP); }},

    // --- datagrams ---
    {"udp-send", "sendto(2)", W, [] { return datagram_to(socket(AF_INET, SOCK_DGRAM, 0), Internet::kFour, number("udp")); }},
    {"udp-send-6", "sendto(2), IPv6", W, [] { return datagram_to(socket(AF_INET6, SOCK_DGRAM, 0), Internet::kSix, number("udp")); }},
    {"udp-connect", "connect(2) and write(2)", W,
     [] {
       const int fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
       Address to = loopback(Internet::kFour, number("udp"));
       return fd < 0 ? errno : connect(fd, to.get(), to.size) < 0 ? errno : write_to(fd);
     }},
    {"udp-flags", "SOCK_CLOEXEC and SOCK_NONBLOCK", W, [] { return datagram_to(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), Internet::kFour, number("udp")); }},
    {"udp-high-bits", "socket(2), bits above 32 set", W,
     [] { return datagram_to(static_cast<int>(syscall(SYS_socket, (1L << 32) | AF_INET, (1L << 32) | SOCK_DGRAM, (1L << 32) | IPPROTO_UDP)), Internet::kFour, number("udp")); }},
    {"udp-bind", "bind(2)", N, [] { return binds(Internet::kFour, SOCK_DGRAM, 0, number("free")); }},
    {"udp-inherited", "sendto(2) by an inherited socket", W, [] { return datagram_to(kUdpSocket, Internet::kFour, number("udp")); }},
    {"udp-ring", "io_uring SOCKET", W, [] { return datagram_to(ring_socket(AF_INET, SOCK_DGRAM), Internet::kFour, number("udp")); }},
    {"udplite-send", "UDP-Lite", W, [] { return datagram_to(socket(AF_INET, SOCK_DGRAM, kUdplite), Internet::kFour, number("udplite")); }},
    {"icmp-datagram", "an ICMP datagram socket", N, [] { return makes(AF_INET, SOCK_DGRAM, IPPROTO_ICMP); }},
    {"icmp-datagram-6", "an ICMPv6 datagram socket", N, [] { return makes(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6); }},

    // --- other protocols and families ---
    {"sctp-stream", "SCTP", N, make<AF_INET, SOCK_STREAM, kSctp>},
    {"sctp-seqpacket", "SCTP, SOCK_SEQPACKET", N, make<AF_INET, SOCK_SEQPACKET, kSctp>},
    {"dccp", "DCCP", N, make<AF_INET, SOCK_DCCP, 33>},
    {"smc-protocol", "SMC as a protocol of AF_INET", N, make<AF_INET, SOCK_STREAM, kSmc>},
    {"l2tp", "L2TP", N, make<AF_INET, SOCK_DGRAM, kL2tp>},
    {"raw-icmp", "a raw socket, ICMP", N, make<AF_INET, SOCK_RAW, IPPROTO_ICMP>},
    {"raw-tcp", "a raw socket, TCP", N, make<AF_INET, SOCK_RAW, IPPROTO_TCP>},
    {"raw-any", "a raw socket, IPPROTO_RAW", N, make<AF_INET, SOCK_RAW, IPPROTO_RAW>},
    {"raw-6", "a raw socket, IPv6", N, make<AF_INET6, SOCK_RAW, IPPROTO_ICMPV6>},
    {"raw-high-bits", "a raw socket, bits above 32 set", N, [] { return makes((1L << 32) | AF_INET, (1L << 32) | SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP); }},
    {"packet-raw", "AF_PACKET", N, make<AF_PACKET, SOCK_RAW, 0x0300>},
    {"packet-datagram", "AF_PACKET, SOCK_DGRAM", N, make<AF_PACKET, SOCK_DGRAM, 0x0300>},
    {"packet-old", "SOCK_PACKET, which the kernel turns into AF_PACKET", N, make<AF_INET, 10, 0x0300>},
    {"vsock", "AF_VSOCK", N, make<40, SOCK_STREAM, 0>},
    {"vsock-datagram", "AF_VSOCK, datagrams", N, make<40, SOCK_DGRAM, 0>},
    {"vsock-seqpacket", "AF_VSOCK, SOCK_SEQPACKET", N, make<40, SOCK_SEQPACKET, 0>},
    {"xdp", "AF_XDP", N, make<44, SOCK_RAW, 0>},
    {"alg", "AF_ALG", N, make<38, SOCK_SEQPACKET, 0>},
    {"key", "AF_KEY", N, make<15, SOCK_RAW, 2>},
    {"bluetooth", "AF_BLUETOOTH", N, make<31, SOCK_RAW, 1>},
    {"can", "AF_CAN", N, make<29, SOCK_RAW, 1>},
    {"tipc", "AF_TIPC", N, make<30, SOCK_STREAM, 0>},
    {"smc", "AF_SMC", N, make<43, SOCK_STREAM, 0>},
    {"rds", "AF_RDS", N, make<21, SOCK_SEQPACKET, 0>},
    {"kcm", "AF_KCM", N, make<41, SOCK_DGRAM, 0>},
    {"qipcrtr", "AF_QIPCRTR", N, make<42, SOCK_DGRAM, 0>},
    {"nfc", "AF_NFC", N, make<39, SOCK_SEQPACKET, 1>},
    {"phonet", "AF_PHONET", N, make<35, SOCK_DGRAM, 0>},
    {"ieee802154", "AF_IEEE802154", N, make<36, SOCK_DGRAM, 0>},
    {"rxrpc", "AF_RXRPC", N, make<33, SOCK_DGRAM, AF_INET>},
    {"pppox", "AF_PPPOX", N, make<24, SOCK_STREAM, 0>},
    {"x25", "AF_X25", N, make<9, SOCK_SEQPACKET, 0>},
    {"ax25", "AF_AX25", N, make<3, SOCK_DGRAM, 0>},
    {"appletalk", "AF_APPLETALK", N, make<5, SOCK_DGRAM, 0>},
    {"mctp", "AF_MCTP", N, make<45, SOCK_DGRAM, 0>},
    {"netlink-route", "netlink, routes", N, make<AF_NETLINK, SOCK_RAW, NETLINK_ROUTE>},
    {"netlink-generic", "netlink, generic", N, make<AF_NETLINK, SOCK_RAW, NETLINK_GENERIC>},
    {"netlink-audit", "netlink, audit", N, make<AF_NETLINK, SOCK_RAW, NETLINK_AUDIT>},
    {"netlink-netfilter", "netlink, netfilter", N, make<AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER>},
    {"netlink-xfrm", "netlink, IPsec", N, make<AF_NETLINK, SOCK_RAW, NETLINK_XFRM>},
    {"netlink-diag", "netlink, sock_diag", N, make<AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG>},
    {"netlink-events", "netlink, device events", N, make<AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT>},
    {"netlink-connector", "netlink, connector", N, make<AF_NETLINK, SOCK_RAW, NETLINK_CONNECTOR>},
    {"netlink-crypto", "netlink, crypto", N, make<AF_NETLINK, SOCK_RAW, NETLINK_CRYPTO>},
    {"netlink-scsi", "netlink, SCSI", N, make<AF_NETLINK, SOCK_RAW, NETLINK_SCSITRANSPORT>},
    {"netlink-fib", "netlink, FIB lookup", N, make<AF_NETLINK, SOCK_RAW, NETLINK_FIB_LOOKUP>},
    {"netlink-selinux", "netlink, SELinux", N, make<AF_NETLINK, SOCK_RAW, NETLINK_SELINUX>},
    {"netlink-datagram", "netlink by SOCK_DGRAM", N, make<AF_NETLINK, SOCK_DGRAM, NETLINK_SOCK_DIAG>},
    {"netlink-high-bits", "netlink, bits above 32 set", N, [] { return makes((1L << 32) | AF_NETLINK, SOCK_RAW, (1L << 32) | NETLINK_SOCK_DIAG); }},
    {"route-change", "a new route, by netlink", N, [] { return only_if("apart", route_change); }},
    {"see-interface", "the name of an interface, by any socket", N, [] { return asked_of_interface(SIOCGIFNAME); }},
    {"see-hardware-address", "the hardware address of an interface, by any socket", N, [] { return asked_of_interface(SIOCGIFHWADDR); }},
    {"interface-flags", "the flags of an interface, by ioctl", N, [] { return only_if("apart", interface_flags); }},
};

}  // namespace

std::span<const Attempt> attempts_on_the_network() { return kAttempts; }

}  // namespace landshim::escape
