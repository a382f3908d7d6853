// SPDX-License-Identifier: MIT
// Event lines, landshim(1), to the record of what was run: everything said once, with how often it happened. The lines may
// be hostile: what is no event is counted, and nothing in one is believed. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace landshim::command {

constexpr std::size_t kMaxEventLine = 64 * 1024;
/// Runs, processes, deeds and denials that a record keeps; the events of those beyond are counted.
constexpr std::size_t kMaxKept = 500'000;

/// What a program did, in the order of deed_words().
enum class Deed : std::uint8_t {
  kRead, kList, kExecute, kWrite, kReadWrite, kCreate, kRemove, kRename, kLink, kTruncate, kMode, kOwner, kTimes, kConnect, kBind, kListen, kSend,
};
constexpr std::size_t kDeeds = 17;
const char* deed_word(Deed deed);

/// How a process or a run ended; neither: nothing tells.
struct End {
  std::optional<std::uint64_t> status;
  std::string signal;
};

struct Run {
  std::string id;
  std::string policy;
  std::string identity;
  std::optional<std::uint64_t> abi;
  std::optional<std::uint64_t> uid;
  std::vector<std::string> given_up;
  std::vector<std::string> command;
  std::int64_t first = 0;   ///< microseconds since 1970, of its earliest event
  std::int64_t last = 0;
  End end;
  std::optional<std::uint64_t> told_events;   ///< what its summary counts
  std::uint64_t events = 0;                   ///< what was read
  std::uint64_t lost = 0;
  std::vector<std::string> lost_why;          ///< each reason once
};

/// A program in a process: a process that executes another becomes a second one, whose parent is the first.
struct Process {
  std::size_t run = 0;
  std::uint64_t pid = 0;
  std::uint64_t parent_pid = 0;
  std::optional<std::size_t> parent;   ///< never in a circle
  bool replaced = false;               ///< the parent is the same process before
  std::string program;
  std::vector<std::string> arguments;
  bool cut = false;
  std::string directory;
  std::optional<std::int64_t> start;   ///< none: nothing told of its start
  std::optional<std::int64_t> stop;
  End end;
};

/// What processes did, each once: process, deed, path or address, the path renamed or linked to or the family, an errno.
using DeedKey = std::tuple<std::size_t, Deed, std::string, std::string, std::string>;

/// Run, process number, program, what, target, error: a later line with the same only counts on.
using DenialKey = std::tuple<std::size_t, std::uint64_t, std::string, std::string, std::string, std::string>;

struct RecordedDenial {
  std::size_t process = 0;
  std::string rule;    ///< the line that decided; empty: none does
  std::string where;
  std::vector<std::string> to_allow;
  std::uint64_t lines = 0;   ///< that told of it without a count
  std::uint64_t again = 0;
  std::uint64_t times() const { return lines > again + 1 ? lines : again + 1; }
};

/// Lines that are no event, by what is wrong with them.
struct Unread {
  std::uint64_t too_long = 0;
  std::uint64_t not_utf8 = 0;
  std::uint64_t not_json = 0;
  std::uint64_t cut_off = 0;         ///< not JSON, and the file ends there without a newline
  std::uint64_t other_version = 0;
  std::uint64_t unknown_event = 0;
  std::uint64_t wrong = 0;           ///< a member is missing or is not what it should be
  std::uint64_t all() const { return too_long + not_utf8 + not_json + cut_off + other_version + unknown_event + wrong; }
};

struct Record {
  std::vector<Run> runs;
  std::vector<Process> processes;
  std::map<DeedKey, std::uint64_t> deeds;
  std::map<DenialKey, RecordedDenial> denials;
  std::uint64_t events = 0;
  std::uint64_t left_out = 0;   ///< events, for there were too many different ones
  Unread unread;
};

/// "3 not JSON, 1 cut off"; empty: every line was an event.
std::string unread_words(const Unread& unread);

class RecordReader {
 public:
  explicit RecordReader(std::size_t most = kMaxKept) : most_(most) {}
  /// The next bytes of a file; lines may be torn anywhere.
  void feed(std::string_view bytes);
  /// The file ends: the next byte begins another. Gives the events that it had.
  std::uint64_t end_file();
  Record finish() &&;

 private:
  void line(std::string_view text, bool whole);

  std::size_t most_;
  Record record_{};
  std::string begun_{};
  bool skipping_ = false;
  std::uint64_t before_ = 0;
  std::map<std::string, std::size_t> runs_{};
  std::map<std::pair<std::size_t, std::uint64_t>, std::size_t> newest_{};
};

}  // namespace landshim::command
