// SPDX-License-Identifier: MIT
// Attempts to get out, and the things that ordinary programs do. Each answers 0 when it worked, else with the errno.
// The world they meet is made by the runner (tests/escape/suite/world.h) and comes as words on the command line.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <cerrno>
#include <cstdint>
#include <span>
#include <string>

struct io_uring_sqe;

namespace landshim::escape {

/// Where success can be seen from outside.
enum class Trace : std::uint8_t { kNone, kWorld };

struct Attempt {
  const char* name;
  const char* tries;
  Trace trace;
  int (*run)();
};

std::span<const Attempt> attempts_on_files();
std::span<const Attempt> attempts_on_metadata();
std::span<const Attempt> attempts_on_the_network();
std::span<const Attempt> attempts_on_unix_sockets();
std::span<const Attempt> attempts_on_processes();
std::span<const Attempt> attempts_on_ipc();
std::span<const Attempt> attempts_at_running_code();
std::span<const Attempt> attempts_on_the_kernel();
std::span<const Attempt> attempts_at_undoing();
std::span<const Attempt> ordinary_things();

constexpr int kRan = 7;             ///< what a program that was not to be run answers
constexpr int kWrongUse = 200;
constexpr int kNotInstalled = 201;  ///< an ordinary thing whose program is missing here
constexpr int kNotTried = 203;      ///< it would reach what is not the runner's

/// Descriptors that every attempt is started with.
enum Inherited : int { kTerminal = 0, kOpenFile = 20, kOpenDirectory, kPathOnly, kUdpSocket, kMultipathSocket, kTcpSocket, kPassed, kDatagramPair, kUnixSocket, kRing, kLastInherited = kRing };

/// What the runner said: text("outside"), number("pid").
const char* text(const char* key);
long number(const char* key);
/// A path in the forbidden directory, or in the one the policy may grant; they live as long as the program.
const char* outside(const char* name);
const char* inside(const char* name);

inline int answer(long result) { return result < 0 ? errno : 0; }
/// Closes nothing: the program ends soon.
int read_from(long fd);
int write_to(long fd);
int status_of(pid_t child);
/// A child tries it; its answer.
int in_child(int (*run)());
/// Where the runner has no namespaces of its own ("apart"; "alone": of processes too) this would meet what is not the
/// runner's: kNotTried.
int only_if(const char* key, int (*run)());
/// One submission through a ring of its own; a result, or -errno.
int through_ring(const io_uring_sqe& entry);

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};
enum class Internet : std::uint8_t { kFour, kSix, kMapped };
Address loopback(Internet family, long port);
/// A leading @ is an abstract name.
Address local(const char* path);

}  // namespace landshim::escape
