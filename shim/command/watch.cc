// SPDX-License-Identifier: MIT
// What a program held by the library becomes when its policy has a log: it waits for the child that goes on in its place,
// follows it, and writes the log. Started by the library alone: shim/watcher.cc has the words.
#include <fcntl.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "config/load.h"
#include "shim/command/command.h"
#include "shim/command/follow.h"
#include "shim/command/receiver.h"
#include "shim/command/stand_by.h"
#include "shim/command/tracee.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

// As shim/watcher.cc writes them, the program's own arguments behind.
struct Words {
  int socket = -1;
  pid_t child = 0;
  std::uint64_t identity = 0;
  std::string policy;
  Surroundings surroundings;
  std::vector<std::string> loader;   // variables
  std::vector<std::string> command;
};

template <class T>
bool read_number(const std::string& word, T& out) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
  return error == std::errc() && end == word.data() + word.size();
}

// The next so many words, their number before them.
bool read_list(const std::vector<std::string>& words, std::size_t& at, std::vector<std::string>& out) {
  std::size_t count = 0;
  if (at >= words.size() || !read_number(words[at], count) || count > words.size() - at - 1) return false;
  const auto first = words.begin() + static_cast<std::ptrdiff_t>(at) + 1;
  out.assign(first, first + static_cast<std::ptrdiff_t>(count));
  at += 1 + count;
  return true;
}

std::optional<Words> read(const std::vector<std::string>& words) {
  Words out;
  std::size_t at = 8;
  if (words.size() <= at || !read_number(words[2], out.socket) || !read_number(words[3], out.child) || !read_number(words[4], out.identity) || out.child <= 0 ||
      !read_list(words, at, out.surroundings.mapped) || !read_list(words, at, out.loader))
    return std::nullopt;
  out.policy = words[5];
  out.surroundings.privileged = getauxval(AT_SECURE) != 0;
  out.surroundings.shim = words[6];
  out.surroundings.program = words[7];
  out.command.assign(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
  return out;
}

// What the policy may speak of, and this process was started without.
void take_back(std::vector<std::string>& variables) {
  for (std::string& variable : variables) putenv(variable.data());
}

// Not every door knows it. The child waits, as it was started.
std::vector<std::string> command_of(pid_t child) {
  const std::string text = Tracee(child).text_of("cmdline");
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size(); at += out.back().size() + 1) out.emplace_back(text.c_str() + at);
  return out;
}

}  // namespace

int watch(const std::vector<std::string>& given) {
  const pid_t starter = getppid();
  std::optional<Words> words = read(given);
  // Not a descriptor that the caller left open for its log.
  if (!words || fcntl(words->socket, F_SETFD, FD_CLOEXEC) != 0) return misused("watch: the library liblandshim.so alone starts this");
  take_back(words->loader);
  words->surroundings.environment = environ;
  Loaded loaded = load(words->policy, words->surroundings);
  if (!loaded.faults.empty()) refuse(loaded.faults.front());
  if (loaded.policy.identity != words->identity) refuse({"the policy was changed while it was put in force; start again", words->policy, 0});
  Loaded expanded = loaded;
  expand(expanded, words->surroundings);
  if (!expanded.faults.empty()) refuse(expanded.faults.front());
  Telling telling;
  telling.command = words->command.empty() ? command_of(words->child) : std::move(words->command);
  if (const Result<Done> done = telling.add_log(expanded.policy); !done) refuse(done.error());
  const int at_its_end = loaded.policy.parent_death_signal.value;
  Sides sides{Handover(Descriptor()), Receiver(Descriptor(words->socket), true)};
  Follower follower(sides, std::move(telling), std::move(loaded), words->surroundings);
  if (std::optional<AuditSocket> records = AuditSocket::at_hand()) follower.compare_with(std::move(*records));
  stand_by({0, starter, at_its_end, &follower}, words->child);
}

}  // namespace landshim::command
