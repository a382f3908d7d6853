// SPDX-License-Identifier: MIT
// Side roads to a socket, to a forbidden port and into processes outside: each is contained, or open and told so.
#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <stdexcept>

#include "tests/support/world.h"

using namespace landshim::tests;

namespace {

std::string network(const std::string& lines) { return base_policy() + "[network]\n" + lines; }

/// Policies that grant no port at all.
std::vector<std::string> closed_policies() { return {network("access = none\n"), network("access = rules\n"), network("connect_tcp = 1\n"), network("connect_tcp = 1\n[syscalls]\nprofile = none\n")}; }

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {
    if (fd < 0) throw std::runtime_error(std::string("a descriptor cannot be had: ") + std::strerror(errno));
  }
  ~Fd() { close(fd_); }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const { return fd_; }
  std::string word() const { return std::to_string(fd_); }

 private:
  int fd_;
};

Fd make(int family, int type, int protocol = 0) { return Fd(socket(family, type | SOCK_CLOEXEC, protocol)); }

sockaddr_in loopback(unsigned port = 0) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<std::uint16_t>(port));
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return at;
}

unsigned port_of(int fd) {
  sockaddr_in at{};
  socklen_t size = sizeof at;
  getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size);
  return ntohs(at.sin_port);
}

void connect_to(int fd, unsigned port) {
  const sockaddr_in to = loopback(port);
  REQUIRE(connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
}

/// A server on loopback in the test process.
class Server {
 public:
  explicit Server(int type = SOCK_STREAM) : type_(type), fd_(make(AF_INET, type | SOCK_NONBLOCK)) {
    const sockaddr_in at = loopback();
    if (bind(fd_.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 || (type == SOCK_STREAM && listen(fd_.get(), 16) != 0)) throw std::runtime_error("a server cannot be set up");
  }
  unsigned number() const { return port_of(fd_.get()); }
  std::string port() const { return std::to_string(number()); }
  const Fd& fd() const { return fd_; }

  /// Connections that came with data, or datagrams, since the last look. A connection without data counts as 1000.
  int arrived() {
    int count = 0;
    char byte = 0;
    if (type_ == SOCK_DGRAM) {
      while (recv(fd_.get(), &byte, 1, MSG_DONTWAIT) == 1) ++count;
      return count;
    }
    for (int peer; (peer = accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC)) >= 0; close(peer)) {
      pollfd ready{peer, POLLIN, 0};
      count += poll(&ready, 1, 2000) == 1 && read(peer, &byte, 1) == 1 ? 1 : 1000;
    }
    return count;
  }

 private:
  int type_;
  Fd fd_;
};

/// A victim that inherits descriptors; an empty policy is none.
int inheriting(const std::string& policy, std::initializer_list<const Fd*> kept, std::vector<std::string> words) {
  words.insert(words.begin(), built("tests/victim"));
  Start start{std::move(words), {}, {}};
  for (const Fd* fd : kept) start.keep.push_back(fd->get());
  const Outcome outcome = policy.empty() ? run(start) : run_under(policy, start);
  INFO(outcome.err);
  CHECK(outcome.err.empty());
  return outcome.signal != 0 ? 1000 + outcome.signal : outcome.status;
}

bool byte_waits(int fd) {
  pollfd ready{fd, POLLIN, 0};
  char byte = 0;
  return poll(&ready, 1, 2000) == 1 && read(fd, &byte, 1) == 1 && byte == 'x';
}

std::string explained(const std::string& policy) {
  const Scratch scratch;
  const Outcome outcome = run({{built("landshim"), "explain", scratch.file("policy.ini", policy)}, {}, {}});
  CHECK(outcome.status == 0);
  return outcome.out;
}

const char* const kInheritedIsOpen = "using the descriptors that the program was started with, whatever they lead to";

/// A process outside, of the same user; its memory is shared with the test.
class Outsider {
 public:
  explicit Outsider(bool busy = false) : byte_(static_cast<char*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))), pid_(fork()) {
    if (pid_ != 0) return;
    // Where Yama asks, so that the attempts work without the policy.
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
    for (;;)
      if (!busy) pause();
  }
  ~Outsider() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    munmap(byte_, 4096);
  }
  Outsider(const Outsider&) = delete;
  Outsider& operator=(const Outsider&) = delete;

  std::string pid() const { return std::to_string(pid_); }
  std::string address() const { return std::to_string(reinterpret_cast<std::uintptr_t>(byte_)); }
  char byte() const { return *static_cast<volatile char*>(byte_); }
  bool alive() const {
    siginfo_t info{};
    return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
  }
  bool traced() const {
    const std::string status = contents("/proc/" + pid() + "/status");
    return status.find("TracerPid:\t0\n") == std::string::npos;
  }
  bool ends_by_signal() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFSIGNALED(status);
  }

 private:
  char* byte_;
  pid_t pid_;
};

}  // namespace

TEST_CASE("open: a connected socket that was inherited or received carries data, whatever the policy", "[escape][network]") {
  Server server;
  for (const std::string& policy : closed_policies()) {
    const Fd connected = make(AF_INET, SOCK_STREAM);
    connect_to(connected.get(), server.number());
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    const Fd here(ends[0]);
    const Fd there(ends[1]);
    char byte = 'x';
    iovec part{&byte, 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    const int passed = connected.get();
    std::memcpy(CMSG_DATA(header), &passed, sizeof passed);
    REQUIRE(sendmsg(here.get(), &message, 0) == 1);
    CHECK(inheriting(policy, {&there}, {"inherited", "receive", there.word(), "0"}) == 0);
    CHECK(server.arrived() == 1);
    CHECK(explained(policy).find(kInheritedIsOpen) != std::string::npos);
  }
}

TEST_CASE("open: an inherited listener accepts, whatever the policy", "[escape][network]") {
  for (const std::string& policy : closed_policies()) {
    const Server server;
    const Fd client = make(AF_INET, SOCK_STREAM);
    connect_to(client.get(), server.number());
    CHECK(inheriting(policy, {&server.fd()}, {"inherited", "accept", server.fd().word(), "0"}) == 0);
    CHECK(byte_waits(client.get()));
  }
}

TEST_CASE("open: an inherited UDP or Multipath TCP socket reaches any port", "[escape][network]") {
  Server datagrams(SOCK_DGRAM);
  Server server;
  for (const std::string& policy : closed_policies()) {
    const Fd udp = make(AF_INET, SOCK_DGRAM);
    CHECK(inheriting(policy, {&udp}, {"inherited", "send", udp.word(), datagrams.port()}) == 0);
    CHECK(inheriting(policy, {&udp}, {"inherited", "reconnect", udp.word(), datagrams.port()}) == 0);
    CHECK(datagrams.arrived() == 2);
    const Fd multipath = make(AF_INET, SOCK_STREAM, 262);
    CHECK(inheriting(policy, {&multipath}, {"inherited", "connect", multipath.word(), server.port()}) == 0);
    CHECK(server.arrived() == 1);
  }
}

TEST_CASE("an inherited TCP socket connects to no forbidden port, fresh or connected before", "[escape][network]") {
  REQUIRE_ABI(4);
  Server first;
  Server second;
  for (const char* verb : {"connect", "reconnect", "fast-open"}) {
    const bool fresh = std::string(verb) != "reconnect";
    const auto attempt = [&](const std::string& policy) {
      const Fd inherited = make(AF_INET, SOCK_STREAM);
      if (!fresh) connect_to(inherited.get(), first.number());
      return inheriting(policy, {&inherited}, {"inherited", verb, inherited.word(), second.port()});
    };
    INFO(verb);
    CHECK(attempt("") == 0);
    CHECK(second.arrived() == 1);
    for (const std::string& policy : closed_policies()) CHECK(attempt(policy) == (std::string(verb) == "fast-open" ? EOPNOTSUPP : EACCES));
    CHECK(attempt(network("connect_tcp = " + first.port() + "\n")) != 0);
    CHECK(second.arrived() == 0);
  }
}

TEST_CASE("an address without a family binds no forbidden port", "[escape][network]") {
  REQUIRE_ABI(4);
  CHECK(victim("stream", "bind-unspec", "4", "0", "0").without_policy() == 0);
  CHECK(victim("stream", "bind-unspec", "4", "0", "0").under(network("connect_tcp = 1\n")) == EACCES);
  CHECK(victim("stream", "bind-unspec", "4", "0", "0").under(network("bind_tcp = 0\n")) == 0);
}

TEST_CASE("open: an inherited datagram pair or UNIX socket reaches a socket on the disk", "[escape][network]") {
  const Scratch scratch;
  const std::string path = scratch / "socket";
  const Fd server = make(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK);
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  std::strncpy(at.sun_path, path.c_str(), sizeof at.sun_path - 1);
  REQUIRE(bind(server.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
  const std::string policy = network("access = none\n");
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) == 0);
  const Fd one(ends[0]);
  const Fd other(ends[1]);
  CHECK(inheriting(policy, {&one}, {"inherited", "connect-unix", one.word(), path}) == 0);
  CHECK(byte_waits(server.get()));
  const Fd single = make(AF_UNIX, SOCK_DGRAM);
  CHECK(inheriting(policy, {&single}, {"inherited", "connect-unix", single.word(), path}) == 0);
  CHECK(byte_waits(server.get()));
  // Those that the program would make itself are closed.
  for (const char* verb : {"pair-send", "pair-connect"}) {
    CHECK(victim("unix", verb, "dgram", path).without_policy() == 0);
    CHECK(byte_waits(server.get()));
    CHECK(victim("unix", verb, "dgram", path).under(policy) == EACCES);
  }
  char byte = 0;
  CHECK(recv(server.get(), &byte, 1, MSG_DONTWAIT) == -1);
}

TEST_CASE("io_uring opens nothing, a ring of its own or an inherited one", "[escape][network]") {
  struct Parameters {
    std::uint32_t words[30];
  } parameters{};
  const int made = static_cast<int>(syscall(SYS_io_uring_setup, 4, &parameters));
  if (made < 0) return skip(std::string("io_uring_setup: ") + std::strerror(errno));
  const Fd ring(made);
  const std::string enter = std::to_string(SYS_io_uring_enter);
  CHECK(inheriting("", {&ring}, {"raw", enter, ring.word(), "0", "0", "0", "0", "0"}) == 0);
  CHECK(inheriting("", {&ring}, {"raw", std::to_string(SYS_io_uring_setup), "4", "p"}) == 0);
  for (const std::string& policy : closed_policies()) {
    CHECK(inheriting(policy, {&ring}, {"raw", enter, ring.word(), "0", "0", "0", "0", "0"}) == ENOSYS);
    CHECK(inheriting(policy, {&ring}, {"raw", std::to_string(SYS_io_uring_register), ring.word(), "0", "0", "0"}) == ENOSYS);
    CHECK(inheriting(policy, {&ring}, {"raw", std::to_string(SYS_io_uring_setup), "4", "p"}) == ENOSYS);
  }
}

TEST_CASE("fast open, Multipath TCP and high bits reach no port, from a static program either", "[escape][network]") {
  REQUIRE_ABI(4);
  Server server;
  const std::string policy = network("connect_tcp = 1\n");
  const std::vector<std::pair<std::vector<std::string>, int>> attempts = {
      {{"fast-open", "sendto", "4", server.port()}, EOPNOTSUPP},
      {{"fast-open", "sendmsg", "4", server.port()}, EOPNOTSUPP},
      {{"fast-open", "sendmmsg", "4", server.port()}, EOPNOTSUPP},
      {{"stream", "delayed", "4", server.port(), "0"}, EACCES},
      {{"stream", "connect", "4", server.port(), "0"}, EACCES},
      {{"stream", "connect", "mapped", server.port(), "6"}, EACCES},
      {{"stream", "connect", "4", server.port(), "262"}, EPROTONOSUPPORT},
      {{"raw", std::to_string(SYS_socket), "0x100000002", "0x100080001", "0x100000106"}, EPROTONOSUPPORT},
      {{"raw", std::to_string(SYS_socket), "0x7fffffff00000002", "0xffffffff00000002", "0"}, EACCES},
  };
  for (const auto& [words, error] : attempts) {
    std::vector<std::string> command{built("tests/victim-static")};
    command.insert(command.end(), words.begin(), words.end());
    INFO(words[0] << " " << words[1]);
    CHECK(run({command, {}, {}}).status == 0);
    CHECK(server.arrived() == (words[0] == "raw" ? 0 : 1));
    CHECK(Victim(words).under(policy) == error);
    CHECK(run_by_command(policy, {command, {}, {}}).status == error);
  }
  CHECK(server.arrived() == 0);
}

TEST_CASE("the network redirections of bash reach nothing", "[escape][network]") {
  REQUIRE_ABI(4);
  if (!exists("/bin/bash")) return skip("needs bash");
  Server server;
  Server datagrams(SOCK_DGRAM);
  const std::string script = "printf x >/dev/tcp/127.0.0.1/" + server.port() + "; printf x >/dev/udp/127.0.0.1/" + datagrams.port();
  const Start start{{"/bin/bash", "-c", script}, {}, {}};
  CHECK(run(start).err.empty());
  CHECK(server.arrived() == 1);
  CHECK(datagrams.arrived() == 1);
  for (const std::string& policy : closed_policies()) {
    const Outcome outcome = run_under(policy, start);
    CHECK(outcome.status == 1);
    CHECK(outcome.err.find("/dev/tcp/127.0.0.1/" + server.port() + ": Permission denied") != std::string::npos);
    CHECK(outcome.err.find("/dev/udp/127.0.0.1/" + datagrams.port() + ": Permission denied") != std::string::npos);
  }
  CHECK(server.arrived() == 0);
  CHECK(datagrams.arrived() == 0);
}

TEST_CASE("open, and told: listen without bind takes a random port; listen = deny closes it", "[escape][network]") {
  REQUIRE_ABI(4);
  const char* const told = "listening on a random TCP port, by listen(2) without bind(2): listen = deny";
  const std::string policy = network("connect_tcp = 1\n");
  const Outcome open = run_under(policy, {{built("tests/victim"), "stream", "listen", "4", "0", "0"}, {}, {}});
  CHECK(open.status == 0);
  CHECK(std::stoi("0" + open.out) > 0);
  CHECK(explained(policy).find(told) != std::string::npos);
  const std::string closed = network("connect_tcp = 1\nlisten = deny\n");
  CHECK(victim("stream", "listen", "4", "0", "0").under(closed) == EACCES);
  CHECK(explained(closed).find(told) == std::string::npos);
  // An inherited socket is not exempt.
  const Fd inherited = make(AF_INET, SOCK_STREAM);
  CHECK(inheriting(closed, {&inherited}, {"inherited", "listen", inherited.word(), "0"}) == EACCES);
  CHECK(inheriting(network("access = none\n"), {&inherited}, {"inherited", "listen", inherited.word(), "0"}) == EACCES);
}

TEST_CASE("a process outside cannot be traced, written to, or robbed of a descriptor", "[escape][ipc]") {
  REQUIRE_ABI(1);
  const Outsider outsider;
  const std::string ptrace_call = std::to_string(SYS_ptrace);
  const std::vector<Victim> attempts = {
      victim("raw", ptrace_call, std::to_string(PTRACE_SEIZE), outsider.pid(), "0", "0"),
      victim("raw", ptrace_call, std::to_string(PTRACE_ATTACH), outsider.pid(), "0", "0"),
      victim("poke", outsider.pid(), outsider.address()),
      victim("pidfd-getfd", outsider.pid(), "0"),
  };
  for (const Victim& attempt : attempts)
    for (const std::string& policy : {base_policy(), base_policy() + "[syscalls]\nprofile = none\n", std::string("[policy]\nmode = full-access\n[network]\naccess = all\n[syscalls]\nprofile = none\n")}) CHECK(attempt.under(policy) == EPERM);
  CHECK(outsider.alive());
  CHECK_FALSE(outsider.traced());
  CHECK(outsider.byte() == '\0');
  for (const Victim& attempt : attempts) CHECK(attempt.without_policy() == 0);
  CHECK(outsider.byte() == 'x');
}

TEST_CASE("a process outside cannot be killed by its limits", "[escape][ipc]") {
  Outsider outsider(true);
  const Victim limit = victim("raw", std::to_string(SYS_prlimit64), outsider.pid(), std::to_string(RLIMIT_CPU), "p", "0");
  CHECK(limit.under(base_policy()) == EPERM);
  CHECK(limit.under("[policy]\nmode = full-access\n[network]\naccess = all\n[syscalls]\nprofile = none\n") == EPERM);
  usleep(1'200'000);
  CHECK(outsider.alive());
  CHECK(limit.without_policy() == 0);
  CHECK(outsider.ends_by_signal());
}
