// SPDX-License-Identifier: MIT
// [network] unix, connect_unix and listen: which UNIX sockets can be made and reached, and who may listen.
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <stdexcept>

#include "tests/support/world.h"

using namespace landshim::tests;

namespace {

std::string network(const std::string& lines) { return base_policy() + "[network]\n" + lines; }

/// A server of the test process on a path.
class Server {
 public:
  Server(const std::string& path, int type) : type_(type), fd_(socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::strncpy(at.sun_path, path.c_str(), sizeof at.sun_path - 1);
    if (bind(fd_, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0 || (type != SOCK_DGRAM && listen(fd_, 16) != 0)) throw std::runtime_error("a server cannot be set up");
    chmod(path.c_str(), 0777);
  }
  ~Server() { close(fd_); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Connections or datagrams since the last look.
  int arrived() {
    int count = 0;
    char byte = 0;
    if (type_ == SOCK_DGRAM) {
      while (recv(fd_, &byte, 1, MSG_DONTWAIT) == 1) ++count;
      return count;
    }
    for (int peer; (peer = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0; close(peer)) ++count;
    return count;
  }

 private:
  int type_;
  int fd_;
};

/// Every way to a server on a path: the attempt, the type of the socket, and whether it makes a new socket (or only a pair).
struct Way {
  const char* verb;
  const char* type;
  bool pair;
};
constexpr Way kWays[] = {{"connect", "stream", false},   {"connect", "seqpacket", false}, {"connect", "dgram", false},
                         {"send", "dgram", false},       {"pair-connect", "dgram", true}, {"pair-send", "dgram", true}};

int type_of(const Way& way) { return std::strcmp(way.type, "stream") == 0 ? SOCK_STREAM : std::strcmp(way.type, "seqpacket") == 0 ? SOCK_SEQPACKET : SOCK_DGRAM; }

std::string refusal(const std::string& policy_file) {
  const Outcome outcome = run({{"true"}, {{"LANDSHIM_POLICY", policy_file}, {"LD_PRELOAD", built("liblandshim.so")}}, {}});
  CHECK(outcome.status == 125);
  CHECK(outcome.out.empty());
  return outcome.err;
}

}  // namespace

TEST_CASE("with unix = deny no socket on the disk is reached, by a new socket or by a pair", "[live][network]") {
  const Scratch scratch;
  int number = 0;
  for (const Way& way : kWays) {
    INFO(way.verb << " " << way.type);
    const std::string path = scratch / std::to_string(number++);
    Server server(path, type_of(way));
    CHECK(victim("unix", way.verb, way.type, path).without_policy() == 0);
    CHECK(server.arrived() == 1);
    for (const std::string& policy : {base_policy(), network("access = none\n"), network("access = all\nunix = deny\n"), network("access = rules\nunix = deny\n"), network("access = none\n[syscalls]\nprofile = none\n")}) {
      INFO(policy);
      CHECK(victim("unix", way.verb, way.type, path).under(policy) == EACCES);
      CHECK(victim("unix", way.verb, way.type, path).under(policy + "[filesystem]\nread_write_exec = " + scratch.path() + "\n") == EACCES);
    }
    CHECK(server.arrived() == 0);
  }
}

TEST_CASE("unix = deny closes sockets and datagram pairs, and leaves stream and seqpacket pairs", "[live][network]") {
  const std::string policy = network("access = all\nunix = deny\n");
  const std::string make = std::to_string(SYS_socket);
  const std::string pair = std::to_string(SYS_socketpair);
  for (const char* type : {"1", "2", "3", "5"}) {
    CHECK(victim("raw", make, "1", type, "0").without_policy() == 0);
    CHECK(victim("raw", make, "1", type, "0").under(policy) == EACCES);
    CHECK(victim("raw", make, "0x100000001", type, "0").under(policy) == EACCES);
    CHECK(victim("raw", pair, "1", type, "0", "p").without_policy() == 0);
  }
  CHECK(victim("raw", pair, "1", "1", "0", "p").under(policy) == 0);
  CHECK(victim("raw", pair, "1", "5", "0", "p").under(policy) == 0);
  CHECK(victim("raw", pair, "1", "0x80005", "0", "p").under(policy) == 0);
  CHECK(victim("raw", pair, "1", "2", "0", "p").under(policy) == EACCES);
  CHECK(victim("raw", pair, "1", "3", "0", "p").under(policy) == EACCES);
  CHECK(victim("raw", pair, "0x100000001", "0x100080002", "0", "p").under(policy) == EACCES);
}

TEST_CASE("with unix = allow sockets on the disk are reached", "[live][network]") {
  const Scratch scratch;
  int number = 0;
  for (const Way& way : kWays) {
    INFO(way.verb << " " << way.type);
    const std::string path = scratch / std::to_string(number++);
    Server server(path, type_of(way));
    for (const std::string& policy : {network("unix = allow\n"), network("access = none\nunix = allow\n"), network("access = all\nunix = allow\n")}) {
      INFO(policy);
      CHECK(victim("unix", way.verb, way.type, path).under(policy) == 0);
      CHECK(server.arrived() == 1);
    }
  }
}

TEST_CASE("unix = own is meant by default where the network is not none, and explain says where it is allow", "[live][network]") {
  if (kernel_abi() >= 9) return skip("this kernel rules UNIX sockets by path");
  const Scratch scratch;
  int number = 0;
  for (const Way& way : kWays) {
    const std::string path = scratch / std::to_string(number++);
    Server server(path, type_of(way));
    for (const std::string& policy : {network("access = rules\n"), network("connect_tcp =\n"), network("access = all\n")}) {
      INFO(way.verb << " " << way.type << "\n" << policy);
      CHECK(victim("unix", way.verb, way.type, path).under(policy) == 0);
      CHECK(server.arrived() == 1);
      const Outcome told = run({{built("landshim"), "explain", scratch.file("policy.ini", policy)}, {}, {}});
      CHECK(told.status == 0);
      CHECK(told.out.find("own was meant, allow is in force") != std::string::npos);
      CHECK(told.out.find("every UNIX socket on the disk can be reached; unix = own needs Landlock ABI 9 (Linux 7.1)") != std::string::npos);
      CHECK(told.out.find("reaching every UNIX socket on the disk") != std::string::npos);
    }
  }
}

TEST_CASE("a program with unix = own talks to a server of its own", "[live][network]") {
  REQUIRE_ABI(4);
  for (const char* type : {"stream", "seqpacket", "dgram"}) {
    const Scratch scratch;
    CHECK(victim("unix", "talk", type, scratch / "control").without_policy() == 0);
    CHECK(victim("unix", "talk", type, scratch / "inside").under(network("access = rules\n[filesystem]\nwrite = " + scratch.path() + "\n")) == 0);
    CHECK(exists(scratch / "inside"));
    // Making the socket's file is a right of [filesystem].
    CHECK(victim("unix", "talk", type, scratch / "unwritable").under(network("access = rules\n")) == EACCES);
    CHECK_FALSE(exists(scratch / "unwritable"));
  }
}

TEST_CASE("unix = own and connect_unix, written, are demands that a kernel before ABI 9 fails", "[live][network]") {
  if (kernel_abi() >= 9) return skip("this kernel rules UNIX sockets by path");
  const Scratch scratch;
  const std::string rest = " needs Landlock ABI 9 (Linux 7.1); this kernel has Landlock ABI " + std::to_string(kernel_abi()) + ". Use a newer kernel; or accept the loss with unsupported = warn in [policy]\n";
  for (const std::string& line : {std::string("unix = own"), "connect_unix = " + scratch.path()}) {
    const std::string policy = scratch.file("policy.ini", base_policy() + "[network]\n" + line + "\n");
    CHECK(refusal(policy) == "landshim: " + policy + ":6: reaching UNIX sockets by path only where allowed" + rest);
    const Outcome warned = run_under("[policy]\nunsupported = warn\n" + base_policy() + "[network]\n" + line + "\n", {{built("tests/victim"), "socket", "1", "1", "0"}, {}, {}});
    CHECK(warned.status == 0);
    CHECK(warned.err.find("not enforced: reaching UNIX sockets by path only where allowed needs Landlock ABI 9") != std::string::npos);
  }
}

TEST_CASE("listen has the default that its neighbours give it, and a written one wins", "[live][network]") {
  REQUIRE_ABI(4);
  struct Combination {
    const char* lines;
    int answer;
  };
  // A socket that is no socket: the kernel says EBADF when the filter lets the call through.
  const std::string listening = std::to_string(SYS_listen);
  CHECK(victim("raw", listening, "-1", "1").without_policy() == EBADF);
  for (const Combination& each : {
           Combination{"", EACCES},
           Combination{"access = none\n", EACCES},
           Combination{"access = none\nunix = allow\n", EBADF},
           Combination{"access = rules\n", EBADF},
           Combination{"access = rules\nunix = deny\n", EACCES},
           Combination{"access = rules\nunix = allow\n", EBADF},
           Combination{"connect_tcp = 80\n", EBADF},
           Combination{"connect_tcp = 80\nunix = deny\n", EACCES},
           Combination{"bind_tcp = 8080\nunix = deny\n", EBADF},
           Combination{"bind_tcp = *\nunix = deny\n", EBADF},
           Combination{"bind_tcp =\nunix = deny\n", EACCES},
           Combination{"access = all\n", EBADF},
           Combination{"access = all\nunix = deny\n", EBADF},
           Combination{"access = none\nlisten = allow\n", EBADF},
           Combination{"unix = deny\nlisten = allow\n", EBADF},
           Combination{"access = rules\nlisten = deny\n", EACCES},
           Combination{"bind_tcp = *\nlisten = deny\n", EACCES},
           Combination{"unix = allow\nlisten = deny\n", EACCES},
           Combination{"access = all\nlisten = deny\n", EACCES},
       }) {
    INFO(each.lines);
    CHECK(victim("raw", listening, "-1", "1").under(network(each.lines)) == each.answer);
    CHECK(victim("raw", listening, "0xffffffff", "1").under(network(each.lines)) == each.answer);
  }
}

TEST_CASE("listen = deny closes every listening socket, UNIX ones and those without a bind too", "[live][network]") {
  REQUIRE_ABI(4);
  const Scratch scratch;
  const std::string files = "[filesystem]\nwrite = " + scratch.path() + "\n";
  CHECK(victim("stream", "listen", "4", "0", "0").without_policy() == 0);
  CHECK(victim("stream", "listen", "4", "0", "0").under(network("bind_tcp = *\n")) == 0);
  CHECK(victim("stream", "listen", "4", "0", "0").under(network("bind_tcp = *\nlisten = deny\n")) == EACCES);
  CHECK(victim("unix", "talk", "stream", scratch / "open").under(network("unix = allow\n" + files)) == 0);
  CHECK(victim("unix", "talk", "stream", scratch / "closed").under(network("unix = allow\nlisten = deny\n" + files)) == EACCES);
  // Datagram sockets do not listen.
  CHECK(victim("unix", "talk", "dgram", scratch / "datagram").under(network("unix = allow\nlisten = deny\n" + files)) == 0);
}
