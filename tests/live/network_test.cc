// SPDX-License-Identifier: MIT
// [network]: which sockets can be made, which ports reached. The servers stand in the test process and count what arrives.
#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "tests/support/world.h"

using namespace landshim::tests;

namespace {

std::string network(const std::string& lines) { return base_policy() + "[network]\n" + lines; }

/// Listens on one port of IPv4 and IPv6 alike.
class Server {
 public:
  explicit Server(int type = SOCK_STREAM) : type_(type), fd_(socket(AF_INET6, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_in6 at{};
    at.sin6_family = AF_INET6;
    socklen_t size = sizeof at;
    if (bind(fd_, reinterpret_cast<sockaddr*>(&at), size) != 0 || (type == SOCK_STREAM && listen(fd_, 16) != 0)) throw std::runtime_error("a server cannot be set up");
    getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin6_port);
  }
  ~Server() { close(fd_); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  unsigned number() const { return port_; }
  std::string port() const { return std::to_string(port_); }

  /// Connections that came with data, or datagrams, since the last look. A connection without data counts as 1000.
  int arrived() {
    int count = 0;
    char byte = 0;
    if (type_ == SOCK_DGRAM) {
      while (recv(fd_, &byte, 1, MSG_DONTWAIT) == 1) ++count;
      return count;
    }
    for (int peer; (peer = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0; close(peer)) {
      pollfd ready{peer, POLLIN, 0};
      count += poll(&ready, 1, 2000) == 1 && read(peer, &byte, 1) == 1 ? 1 : 1000;
    }
    return count;
  }

 private:
  int type_;
  int fd_;
  unsigned port_ = 0;
};

/// A server whose port is far from that of another.
std::unique_ptr<Server> far_from(const Server& other) {
  for (std::vector<std::unique_ptr<Server>> tried;;) {
    tried.push_back(std::make_unique<Server>());
    const auto distance = static_cast<int>(tried.back()->number()) - static_cast<int>(other.number());
    if (distance > 20 || distance < -20) return std::move(tried.back());
  }
}

struct Socket {
  int family;
  int type;
  int protocol;
  int answer = 0;
};

constexpr int kMptcp = 262;
constexpr int kSmc = 256;
constexpr unsigned long kHigh = 1UL << 32;

std::vector<Socket> every_socket() {
  std::vector<Socket> out;
  for (int family = 0; family <= 45; ++family)
    for (int type = 1; type <= 10; ++type) out.push_back({family, type, 0});
  for (const int family : {AF_INET, AF_INET6})
    for (const auto& [type, protocol] : std::vector<std::pair<int, int>>{{SOCK_STREAM, IPPROTO_TCP}, {SOCK_STREAM, IPPROTO_SCTP}, {SOCK_STREAM, kMptcp}, {SOCK_STREAM, kSmc}, {SOCK_STREAM, kSmc + 1},
                                                                         {SOCK_DGRAM, IPPROTO_UDP}, {SOCK_DGRAM, IPPROTO_UDPLITE}, {SOCK_DGRAM, IPPROTO_ICMP}, {SOCK_DGRAM, IPPROTO_ICMPV6}, {SOCK_RAW, IPPROTO_RAW},
                                                                         {SOCK_RAW, IPPROTO_ICMP}, {SOCK_RAW, IPPROTO_TCP}, {SOCK_SEQPACKET, IPPROTO_SCTP}, {SOCK_DCCP, IPPROTO_DCCP}})
      out.push_back({family, type, protocol});
  for (const int protocol : {1, 4, 6, 9, 12, 15, 16}) out.push_back({AF_NETLINK, SOCK_RAW, protocol});
  return out;
}

std::vector<int> calls(const std::string& policy, const std::string& lines) {
  Start start{{built("tests/victim"), "calls"}, {}, {}};
  start.input = lines;
  // With all capabilities of root, so that the kernel itself answers as it does without a policy.
  const Outcome outcome = policy.empty() ? run(start) : run_under(policy + "[process]\ncapabilities = all\n", start);
  INFO(outcome.err);
  REQUIRE(outcome.status == 0);
  std::vector<int> out;
  std::istringstream in(outcome.out);
  for (int answer; in >> answer;) out.push_back(answer);
  return out;
}

int call(const std::string& policy, long number, std::vector<unsigned long> arguments) {
  std::string line = std::to_string(number);
  for (const unsigned long argument : arguments) line += " " + std::to_string(argument);
  const std::vector<int> answers = calls(policy, line + "\n");
  REQUIRE(answers.size() == 1);
  return answers[0];
}

/// Every socket with its answer; `high`: the same with bits set that the kernel does not look at, `flags`: or'ed to the type.
std::vector<Socket> sweep(const std::string& policy, bool high = false, int flags = 0) {
  std::vector<Socket> all = every_socket();
  std::string lines;
  for (const Socket& each : all) {
    lines += std::to_string(SYS_socket);
    for (const int argument : {each.family, each.type | flags, each.protocol}) lines += " " + std::to_string(static_cast<unsigned long>(argument) + (high ? kHigh : 0));
    lines += "\n";
  }
  const std::vector<int> answers = calls(policy, lines);
  REQUIRE(answers.size() == all.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i].answer = answers[i];
  return all;
}

bool is_internet(const Socket& each) { return each.family == AF_INET || each.family == AF_INET6; }
bool is_tcp(const Socket& each) { return is_internet(each) && each.type == SOCK_STREAM && (each.protocol == 0 || each.protocol == IPPROTO_TCP); }
bool is_udp(const Socket& each) { return is_internet(each) && each.type == SOCK_DGRAM && (each.protocol == 0 || each.protocol == IPPROTO_UDP); }
bool is_mptcp(const Socket& each) { return is_internet(each) && each.type == SOCK_STREAM && each.protocol == kMptcp; }
bool is_route(const Socket& each) { return each.family == AF_NETLINK && each.protocol == 0; }
bool is_unix(const Socket& each) { return each.family == AF_UNIX; }
bool open_by_rules(const Socket& each) { return is_tcp(each) || is_route(each) || is_unix(each); }

using Which = std::function<bool(const Socket&)>;

/// Open sockets answer as without the policy, the rest EACCES (Multipath TCP: EPROTONOSUPPORT).
void check_open(const std::vector<Socket>& control, const std::vector<Socket>& under, const Which& open, bool rules = true) {
  REQUIRE(control.size() == under.size());
  for (std::size_t i = 0; i < under.size(); ++i) {
    const Socket& each = under[i];
    INFO("socket(" << each.family << ", " << each.type << ", " << each.protocol << ")");
    CHECK(each.answer == (open(each) ? control[i].answer : rules && is_mptcp(each) ? EPROTONOSUPPORT : EACCES));
  }
}

int answer_of(const std::vector<Socket>& all, int family, int type, int protocol) {
  for (const Socket& each : all)
    if (each.family == family && each.type == type && each.protocol == protocol) return each.answer;
  return -1;
}

/// One namespace of its own, where anybody may make ICMP datagram sockets.
std::vector<std::string> with_ping(std::vector<std::string> command) {
  std::vector<std::string> out{"unshare", "-n", "sh", "-c", "echo 0 65534 >/proc/sys/net/ipv4/ping_group_range && shim=$1 && shift && LD_PRELOAD=$shim exec \"$@\"", "sh"};
  out.insert(out.end(), command.begin(), command.end());
  return out;
}

}  // namespace

TEST_CASE("without the policy the sockets of these tests can be made, and none answers EACCES", "[live][network]") {
  const std::vector<Socket> control = sweep("");
  for (const int family : {AF_INET, AF_INET6}) {
    CHECK(answer_of(control, family, SOCK_STREAM, 0) == 0);
    CHECK(answer_of(control, family, SOCK_DGRAM, 0) == 0);
    CHECK(answer_of(control, family, SOCK_DGRAM, IPPROTO_UDPLITE) == 0);
    CHECK(answer_of(control, family, SOCK_STREAM, kMptcp) == 0);
  }
  CHECK(answer_of(control, AF_UNIX, SOCK_STREAM, 0) == 0);
  CHECK(answer_of(control, AF_UNIX, SOCK_RAW, 0) == 0);
  CHECK(answer_of(control, AF_NETLINK, SOCK_RAW, 0) == 0);
  CHECK(answer_of(control, AF_NETLINK, SOCK_RAW, 16) == 0);
  if (geteuid() == 0) {
    CHECK(answer_of(control, AF_INET, SOCK_RAW, IPPROTO_RAW) == 0);
    CHECK(answer_of(control, AF_INET, SOCK_PACKET, 0) == 0);
    CHECK(answer_of(control, AF_PACKET, SOCK_RAW, 0) == 0);
  }
  for (const Socket& each : control)
    if (!(is_internet(each) && each.type == SOCK_DGRAM && (each.protocol == IPPROTO_ICMP || each.protocol == IPPROTO_ICMPV6))) {
      INFO("socket(" << each.family << ", " << each.type << ", " << each.protocol << ")");
      CHECK(each.answer != EACCES);
    }
}

TEST_CASE("with access = none no socket of any family and type can be made", "[live][network]") {
  const std::string written = network("access = none\n");
  const auto nothing = [](const Socket&) { return false; };
  const std::vector<Socket> control = sweep("");
  check_open(control, sweep(written), nothing, false);
  check_open(control, sweep(written, true), nothing, false);
  check_open(control, sweep(written, false, SOCK_CLOEXEC | SOCK_NONBLOCK), nothing, false);
  SECTION("and a policy without [network] means the same") { check_open(control, sweep(base_policy()), nothing, false); }
  SECTION("nor with profile = none") { check_open(control, sweep(written + "[syscalls]\nprofile = none\n"), nothing, false); }
}

TEST_CASE("with access = none only stream and seqpacket pairs of UNIX sockets can be made", "[live][network]") {
  const std::string policy = network("access = none\n");
  const auto pair = [](const std::string& under, int family, int type, bool high = false) {
    const std::string bits = high ? "0x1" : "0x0";
    char line[128];
    std::snprintf(line, sizeof line, "%ld %s%08x %s%08x 0 p\n", static_cast<long>(SYS_socketpair), bits.c_str(), family, bits.c_str(), type);
    return calls(under, line).at(0);
  };
  for (const int type : {SOCK_STREAM, SOCK_SEQPACKET})
    for (const int flags : {0, static_cast<int>(SOCK_CLOEXEC), static_cast<int>(SOCK_CLOEXEC) | static_cast<int>(SOCK_NONBLOCK)}) CHECK(pair(policy, AF_UNIX, type | flags) == 0);
  for (const int type : {SOCK_DGRAM, SOCK_RAW})
    for (const bool high : {false, true}) {
      CHECK(pair("", AF_UNIX, type, high) == 0);
      CHECK(pair(policy, AF_UNIX, type, high) == EACCES);
      CHECK(pair(policy, AF_UNIX, type | SOCK_CLOEXEC, high) == EACCES);
    }
  CHECK(pair("", AF_INET, SOCK_STREAM) == EOPNOTSUPP);
  CHECK(pair(policy, AF_INET, SOCK_STREAM) == EACCES);
}

TEST_CASE("with access = none nothing reaches a server on loopback", "[live][network]") {
  Server server;
  Server datagrams(SOCK_DGRAM);
  for (const char* family : {"4", "6", "mapped"}) {
    CHECK(victim("stream", "connect", family, server.port(), "0").without_policy() == 0);
    CHECK(server.arrived() == 1);
    CHECK(victim("udp-send", family, datagrams.port()).without_policy() == 0);
    CHECK(datagrams.arrived() == 1);
    CHECK(victim("stream", "connect", family, server.port(), "0").under(base_policy()) == EACCES);
    CHECK(victim("udp-send", family, datagrams.port()).under(base_policy()) == EACCES);
  }
  CHECK(server.arrived() == 0);
  CHECK(datagrams.arrived() == 0);
}

TEST_CASE("a program may connect to the granted TCP port and to no other", "[live][network]") {
  REQUIRE_ABI(4);
  Server granted;
  const std::unique_ptr<Server> other = far_from(granted);
  const std::string near = std::to_string(granted.number() - 3) + "-" + std::to_string(std::min(granted.number() + 3, 65535U));
  for (const std::string& ports : {granted.port(), near, "1, " + granted.port() + ",2", granted.port() + "-" + granted.port()}) {
    const std::string policy = network("connect_tcp = " + ports + "\n");
    INFO(policy);
    for (const char* family : {"4", "6", "mapped"})
      for (const char* protocol : {"0", "6"}) {
        CHECK(victim("stream", "connect", family, granted.port(), protocol).under(policy) == 0);
        CHECK(granted.arrived() == 1);
        CHECK(victim("stream", "connect", family, other->port(), protocol).under(policy) == EACCES);
        CHECK(other->arrived() == 0);
      }
  }
  CHECK(victim("stream", "connect", "4", other->port(), "0").without_policy() == 0);
  CHECK(other->arrived() == 1);
}

TEST_CASE("two lines of connect_tcp add up", "[live][network]") {
  REQUIRE_ABI(4);
  Server one;
  Server two;
  const std::string policy = network("connect_tcp = " + one.port() + "\nconnect_tcp = " + two.port() + "\n");
  CHECK(victim("stream", "connect", "4", one.port(), "0").under(policy) == 0);
  CHECK(victim("stream", "connect", "4", two.port(), "0").under(policy) == 0);
  CHECK(one.arrived() + two.arrived() == 2);
}

TEST_CASE("connect_tcp = * lets a program connect anywhere, and still bind nowhere", "[live][network]") {
  REQUIRE_ABI(4);
  Server server;
  const std::string policy = network("connect_tcp = *\n");
  for (const char* family : {"4", "6", "mapped"}) CHECK(victim("stream", "connect", family, server.port(), "0").under(policy) == 0);
  CHECK(server.arrived() == 3);
  CHECK(victim("fast-open", "sendto", "4", server.port()).under(policy) == 0);
  CHECK(server.arrived() == 1);
  CHECK(victim("stream", "bind", "4", "0", "0").under(policy) == EACCES);
  CHECK(victim("stream", "connect", "4", server.port(), "262").under(policy) == EPROTONOSUPPORT);
  CHECK(server.arrived() == 0);
}

TEST_CASE("an empty list of ports grants none, and sockets can be made all the same", "[live][network]") {
  REQUIRE_ABI(4);
  Server server;
  const std::string policy = network("connect_tcp =\nbind_tcp =\n");
  CHECK(victim("socket", "2", "1", "0").under(policy) == 0);
  for (const char* family : {"4", "6", "mapped"}) {
    CHECK(victim("stream", "connect", family, server.port(), "0").under(policy) == EACCES);
    CHECK(victim("stream", "bind", family, "0", "0").under(policy) == EACCES);
  }
  CHECK(server.arrived() == 0);
}

TEST_CASE("a program may bind the granted TCP port and no other", "[live][network]") {
  REQUIRE_ABI(4);
  // Free ports: bound for a moment, and given back.
  std::string granted;
  std::string other;
  {
    const Server one;
    const Server two;
    granted = one.port();
    other = two.port();
  }
  for (const char* family : {"4", "6", "mapped"}) {
    CHECK(victim("stream", "bind", family, other, "0").without_policy() == 0);
    CHECK(victim("stream", "bind", family, granted, "0").under(network("bind_tcp = " + granted + "\n")) == 0);
    CHECK(victim("stream", "bind", family, other, "0").under(network("bind_tcp = " + granted + "\n")) == EACCES);
    CHECK(victim("stream", "bind", family, "0", "0").under(network("bind_tcp = " + granted + "\n")) == EACCES);
    CHECK(victim("stream", "bind", family, "0", "0").under(network("bind_tcp = 0\n")) == 0);
    CHECK(victim("stream", "bind", family, other, "0").under(network("bind_tcp = 0\n")) == EACCES);
    CHECK(victim("stream", "bind", family, other, "0").under(network("bind_tcp = *\n")) == 0);
    CHECK(victim("stream", "bind", family, "0", "0").under(network("bind_tcp = *\n")) == 0);
  }
  Server server;
  CHECK(victim("stream", "connect", "4", server.port(), "0").under(network("bind_tcp = *\n")) == EACCES);
  CHECK(server.arrived() == 0);
}

TEST_CASE("with access = rules only TCP, route queries and UNIX sockets can be made", "[live][network]") {
  REQUIRE_ABI(4);
  const std::string policy = network("connect_tcp = 80\n");
  const std::vector<Socket> control = sweep("");
  check_open(control, sweep(policy), open_by_rules);
  check_open(control, sweep(policy, true), open_by_rules);
  check_open(control, sweep(policy, false, SOCK_CLOEXEC), open_by_rules);
  check_open(control, sweep(policy, true, SOCK_CLOEXEC | SOCK_NONBLOCK), open_by_rules);
  SECTION("access = rules alone opens the same") { check_open(control, sweep(network("access = rules\n")), open_by_rules); }
  SECTION("profile = none changes nothing of it") { check_open(control, sweep(policy + "[syscalls]\nprofile = none\n"), open_by_rules); }
}

TEST_CASE("a comparison of sockets looks at the 32 bits that the kernel looks at", "[live][network]") {
  REQUIRE_ABI(4);
  const std::string policy = network("connect_tcp = 80\n");
  for (const unsigned long high : {0UL, kHigh, kHigh << 31, ~0UL << 32}) {
    CHECK(call("", SYS_socket, {AF_INET | high, SOCK_DGRAM | high, high}) == 0);
    CHECK(call(policy, SYS_socket, {AF_INET | high, SOCK_DGRAM | high, high}) == EACCES);
    CHECK(call("", SYS_socket, {AF_INET | high, SOCK_STREAM | high, kMptcp | high}) == 0);
    CHECK(call(policy, SYS_socket, {AF_INET | high, SOCK_STREAM | high, kMptcp | high}) == EPROTONOSUPPORT);
    CHECK(call(policy, SYS_socket, {AF_INET | high, SOCK_STREAM | SOCK_CLOEXEC | high, IPPROTO_TCP | high}) == 0);
    CHECK(call("", SYS_sendto, {~0UL, 0, 0, MSG_FASTOPEN | high, 0, 0}) == EBADF);
    CHECK(call(policy, SYS_sendto, {~0UL, 0, 0, MSG_FASTOPEN | high, 0, 0}) == EOPNOTSUPP);
  }
}

TEST_CASE("Multipath TCP reaches no port", "[live][network]") {
  REQUIRE_ABI(4);
  Server server;
  CHECK(victim("stream", "connect", "4", server.port(), "262").without_policy() == 0);
  CHECK(server.arrived() == 1);
  CHECK(victim("stream", "bind", "4", "0", "262").without_policy() == 0);
  // Not even a granted one: Landlock does not see which.
  const std::string policy = network("connect_tcp = " + server.port() + "\nbind_tcp = 0\n");
  CHECK(victim("stream", "connect", "4", server.port(), "262").under(policy) == EPROTONOSUPPORT);
  CHECK(victim("stream", "connect", "6", server.port(), "262").under(policy) == EPROTONOSUPPORT);
  CHECK(victim("stream", "bind", "4", "0", "262").under(policy) == EPROTONOSUPPORT);
  CHECK(server.arrived() == 0);
}

TEST_CASE("TCP Fast Open delivers nothing", "[live][network]") {
  REQUIRE_ABI(4);
  Server server;
  const std::string policy = network("connect_tcp = 1\n");
  for (const char* how : {"sendto", "sendmsg", "sendmmsg"})
    for (const char* family : {"4", "6", "mapped"}) {
      INFO(how << ", " << family);
      CHECK(victim("fast-open", how, family, server.port()).without_policy() == 0);
      CHECK(server.arrived() == 1);
      CHECK(victim("fast-open", how, family, server.port()).under(policy) == EOPNOTSUPP);
      CHECK(server.arrived() == 0);
    }
  // Sending without the flag, and the socket option, are Landlock's to see.
  CHECK(victim("stream", "delayed", "4", server.port(), "0").without_policy() == 0);
  CHECK(server.arrived() == 1);
  CHECK(victim("stream", "delayed", "4", server.port(), "0").under(policy) == EACCES);
  CHECK(server.arrived() == 0);
  CHECK(call(policy, SYS_sendto, {~0UL, 0, 0, 0, 0, 0}) == EBADF);
}

TEST_CASE("io_uring cannot be used where the network is ruled, with any profile", "[live][network]") {
  REQUIRE_ABI(4);
  for (const std::string& policy : {network("access = none\n"), network("connect_tcp = 80\n"), network("connect_tcp = *\nbind_tcp = *\nudp = allow\n[syscalls]\nprofile = none\n")})
    for (const long number : {SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register}) CHECK(call(policy, number, {~0UL, ~0UL, ~0UL, ~0UL, ~0UL}) == ENOSYS);
  CHECK(call("", SYS_io_uring_setup, {~0UL, ~0UL}) == EFAULT);
  CHECK(call("", SYS_io_uring_enter, {~0UL, 0, 0, 0}) == EBADF);
  CHECK(call("", SYS_io_uring_register, {~0UL, 0, 0, 0}) != ENOSYS);
}

TEST_CASE("with access = all every socket can be made, and every port reached", "[live][network]") {
  Server server;
  const std::string policy = network("access = all\n");
  const std::vector<Socket> control = sweep("");
  check_open(control, sweep(policy), [](const Socket&) { return true; });
  CHECK(victim("stream", "connect", "4", server.port(), "0").under(policy) == 0);
  CHECK(victim("stream", "connect", "4", server.port(), "262").under(policy) == 0);
  CHECK(victim("fast-open", "sendto", "4", server.port()).under(policy) == 0);
  CHECK(server.arrived() == 3);
  CHECK(victim("stream", "bind", "4", "0", "0").under(policy) == 0);
  CHECK(victim("stream", "listen", "4", "0", "0").under(policy) == 0);
  CHECK(victim("raw", std::to_string(SYS_socketpair), "1", "2", "0", "p").under(policy) == 0);
}

TEST_CASE("UDP is denied unless it is allowed", "[live][network]") {
  REQUIRE_ABI(4);
  Server datagrams(SOCK_DGRAM);
  const std::vector<Socket> control = sweep("");
  for (const std::string& lines : {std::string("connect_tcp = 80\n"), std::string("udp = deny\n"), std::string("connect_tcp = *\nudp = deny\n")}) {
    INFO(lines);
    CHECK(victim("udp-send", "4", datagrams.port()).under(network(lines)) == EACCES);
    CHECK(victim("udp-bind", "4", "0").under(network(lines)) == EACCES);
  }
  CHECK(datagrams.arrived() == 0);
  const std::string policy = network("udp = allow\n");
  for (const char* family : {"4", "6", "mapped"}) {
    CHECK(victim("udp-send", family, datagrams.port()).under(policy) == 0);
    CHECK(victim("udp-bind", family, "0").under(policy) == 0);
  }
  CHECK(datagrams.arrived() == 3);
  check_open(control, sweep(policy), [](const Socket& each) { return open_by_rules(each) || is_udp(each); });
  Server server;
  CHECK(victim("stream", "connect", "4", server.port(), "0").under(policy) == EACCES);
  CHECK(server.arrived() == 0);
}

TEST_CASE("UDP by port is a demand that a kernel before ABI 10 fails", "[live][network]") {
  REQUIRE_ABI(4);
  if (kernel_abi() >= 10) return skip("this kernel rules UDP by port");
  const Scratch scratch;
  // Binding alone demands that sending is closed, and that is told first.
  for (const auto& [word, what] : std::map<std::string, std::string>{{"connect_udp", "connect_udp by port"}, {"bind_udp", "closing connect_udp"}}) {
    const std::string policy = scratch.file("udp.ini", "[network]\n" + word + " = 53\n" + base_policy());
    const Outcome outcome = run({{"true"}, {{"LANDSHIM_POLICY", policy}, {"LD_PRELOAD", built("liblandshim.so")}}, {}});
    CHECK(outcome.status == 125);
    CHECK(outcome.out.empty());
    CHECK(outcome.err == "landshim: " + policy + ":2: " + what + " needs Landlock ABI 10 (Linux 7.2); this kernel has Landlock ABI " + std::to_string(kernel_abi()) +
                             ". Use a newer kernel; or accept the loss with unsupported = warn in [policy]\n");
  }
  SECTION("and unsupported = warn starts all the same, with a line of what is lost") {
    const Outcome outcome = run_under("[policy]\nunsupported = warn\n" + base_policy() + "[network]\nconnect_udp = 53\n", {{built("tests/victim"), "nothing"}, {}, {}});
    CHECK(outcome.status == 0);
    CHECK(outcome.err.find("not enforced: connect_udp by port needs Landlock ABI 10") != std::string::npos);
  }
}

TEST_CASE("each key of a family opens that family and nothing else", "[live][network]") {
  REQUIRE_ABI(4);
  const std::vector<Socket> control = sweep("");
  const auto family = [](int number) { return [number](const Socket& each) { return each.family == number; }; };
  const auto type = [](int wanted, std::vector<int> protocols) {
    return [=](const Socket& each) { return is_internet(each) && each.type == wanted && std::count(protocols.begin(), protocols.end(), each.protocol) == 1; };
  };
  const std::vector<std::pair<std::string, Which>> keys = {
      {"netlink", family(AF_NETLINK)}, {"packet", family(AF_PACKET)}, {"vsock", family(AF_VSOCK)}, {"xdp", family(44)}, {"alg", family(AF_ALG)}, {"bluetooth", family(AF_BLUETOOTH)},
      {"can", family(AF_CAN)}, {"tipc", family(AF_TIPC)}, {"smc", family(43)}, {"rds", family(AF_RDS)}, {"qipcrtr", family(42)}, {"nfc", family(AF_NFC)}, {"kcm", family(41)},
      {"raw", [](const Socket& each) { return is_internet(each) && each.type == SOCK_RAW; }},
      {"icmp", type(SOCK_DGRAM, {IPPROTO_ICMP, IPPROTO_ICMPV6})}, {"udplite", type(SOCK_DGRAM, {IPPROTO_UDPLITE})}, {"dccp", type(SOCK_DCCP, {IPPROTO_DCCP})}, {"mptcp", type(SOCK_STREAM, {kMptcp})},
      {"sctp", [](const Socket& each) { return is_internet(each) && (each.type == SOCK_STREAM || each.type == SOCK_SEQPACKET) && each.protocol == IPPROTO_SCTP; }},
  };
  for (const auto& [word, opens] : keys) {
    INFO(word);
    const Which& opened = opens;
    const bool netlink = word == "netlink";
    check_open(control, sweep(network(word + " = allow\n")), [&](const Socket& each) { return open_by_rules(each) || opened(each); });
    check_open(control, sweep(network("connect_tcp = 80\n" + word + " = deny\n")), [&](const Socket& each) { return open_by_rules(each) && (!netlink || !is_route(each)); });
  }
}

TEST_CASE("what a key of a family opens can be used", "[live][network]") {
  REQUIRE_ABI(4);
  Server server;
  CHECK(victim("stream", "connect", "4", server.port(), "262").under(network("mptcp = allow\n")) == 0);
  CHECK(server.arrived() == 1);
  CHECK(victim("socket", "2", "2", "136").under(network("udplite = allow\n")) == 0);
  CHECK(victim("socket", "16", "3", "9").under(network("netlink = allow\n")) == 0);
  CHECK(victim("socket", "40", "1", "0").under(network("vsock = allow\n")) == victim("socket", "40", "1", "0").without_policy());
}

TEST_CASE("ICMP datagram sockets are denied unless they are allowed", "[live][root][network]") {
  REQUIRE_ABI(4);
  if (geteuid() != 0) return skip("needs root, to let this group ping");
  const auto ping = [](const std::string& lines) {
    Start start{with_ping({lines.empty() ? "" : built("liblandshim.so"), built("tests/victim"), "socket", "2", "2", "1"}), {}, {}};
    const Scratch place;
    if (!lines.empty()) start.environment["LANDSHIM_POLICY"] = place.file("policy.ini", network(lines));
    const Outcome outcome = run(start);
    INFO(outcome.err);
    CHECK(outcome.err.empty());
    return outcome.status;
  };
  CHECK(ping("") == 0);
  CHECK(ping("icmp = allow\n") == 0);
  CHECK(ping("connect_tcp = 80\n") == EACCES);
  CHECK(ping("udp = allow\n") == EACCES);
  CHECK(ping("access = none\n") == EACCES);
}
