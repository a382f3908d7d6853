// SPDX-License-Identifier: MIT
// What a run tells to programs: JSON Lines, an object a line, at most 64 KiB each. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace landshim::command {

struct PolicyEvent {
  std::string policy;                  ///< as messages name it
  std::string identity;                ///< hex digits
  int abi = 0;
  std::vector<std::string> given_up;
  std::vector<std::string> command;
  std::uint32_t uid = 0;
};

struct StartEvent {
  int pid = 0;
  int parent = 0;
  std::string program;                 ///< the real path of the file
  std::vector<std::string> arguments;  ///< cut at 4 KiB in all
  std::string directory;
  std::vector<std::string> rules{};    ///< of [command NAME]: those that meet it
  bool destructive = false;            ///< one of them says so
};

/// One of both.
struct EndEvent {
  int pid = 0;
  std::optional<int> status;
  std::optional<int> signal;
};

struct OpenEvent {
  int pid = 0;
  std::string path;
  std::string access;                  ///< "read", "write", "read_write", "list", "execute"
  std::optional<int> result;           ///< 0 or an errno, where it is known
};

struct ChangeEvent {
  int pid = 0;
  std::string what;                    ///< "create", "remove", "rename", "link", "truncate", "mode", "owner", "times"
  std::string path;
  std::string to;                      ///< of "rename" and "link"
  std::optional<int> result;
};

struct NetworkEvent {
  int pid = 0;
  std::string what;                    ///< "connect", "bind", "listen", "send"
  std::string family;                  ///< "tcp", "udp", "unix", or another
  std::string address;
  std::optional<std::uint16_t> port;
  std::string path;                    ///< of "unix"
  std::optional<int> result;
};

struct DeniedEvent {
  int pid = 0;
  std::string program{};
  std::string what{};                  ///< a verb of `landshim ask`
  std::string target{};
  int error = 0;
  std::optional<std::string> rule{};   ///< in the policy's words; none: no rule decides
  std::string where{};                 ///< FILE:LINE of it; empty: a default
  std::vector<std::string> to_allow{};
  std::uint64_t again = 0;
  std::optional<bool> kernel{};        ///< whether the kernel's audit has it too; none: nobody knows
  bool followed = true;                ///< seen before the call went on; else by the kernel's audit alone
};

struct LostEvent {
  std::uint64_t events = 0;
  std::string why;
};

struct SummaryEvent {
  std::optional<int> status;
  std::optional<int> signal;
  std::uint64_t denials = 0;
  std::uint64_t events = 0;
};

using Event = std::variant<PolicyEvent, StartEvent, EndEvent, OpenEvent, ChangeEvent, NetworkEvent, DeniedEvent, LostEvent, SummaryEvent>;

/// Bytes of a line, its newline among them.
constexpr std::size_t kMaxLine = 65536;

/// When it happened, and in which run.
struct Moment {
  std::int64_t seconds = 0;            ///< since 1970
  std::int64_t microseconds = 0;
  std::uint64_t run = 0;
};

/// "2026-01-31T12:00:00.000000Z".
std::string time_of(const Moment& moment);
/// The run, 16 hex digits.
std::string run_of(const Moment& moment);

/// The line, with its newline, `longest` bytes at most (not below 4096): strings are cut where it would be longer. A string that is not UTF-8 gets a sibling KEY_hex with all of its bytes; what it cannot
/// say is U+FFFD in it. All is ASCII: nothing in a line drives a terminal.
std::string event_line(const Moment& moment, const Event& event, std::size_t longest = kMaxLine);

/// The same for people: "2026-01-31T12:00:00.000000Z 0123456789abcdef denied read /etc/shadow (cat, pid 71): EACCES; to allow: ...".
std::string event_text(const Moment& moment, const Event& event, std::size_t longest = kMaxLine);

}  // namespace landshim::command
