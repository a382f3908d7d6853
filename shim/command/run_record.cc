// SPDX-License-Identifier: MIT
#include "shim/command/run_record.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "config/utf8.h"
#include "shim/command/json.h"

namespace landshim::command {

namespace {

using Event = JsonMap;
using Newest = std::map<std::pair<std::size_t, std::uint64_t>, std::size_t>;

constexpr const char* kDeedWords[] = {"read", "list", "execute", "write", "read_write", "create", "remove", "rename", "link", "truncate", "mode", "owner", "times", "connect", "bind", "listen", "send"};
static_assert(std::size(kDeedWords) == kDeeds);

// What a page can still say exactly, as a number of JavaScript.
constexpr std::uint64_t kMostNumber = (std::uint64_t{1} << 53) - 1;
constexpr std::uint64_t kMostPid = 0x7fff'ffff;

std::optional<unsigned> digits(std::string_view text) {
  unsigned out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return {};
  return out;
}

// RFC 3339 in UTC: 2026-01-31T23:59:59.123456Z.
std::optional<std::int64_t> time_of(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00.000000Z";
  if (text.size() != kShape.size()) return {};
  for (std::size_t i = 0; i < kShape.size(); ++i)
    if (kShape[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != kShape[i]) return {};
  const auto part = [&](std::size_t at, std::size_t length) { return *digits(text.substr(at, length)); };
  const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(part(0, 4))), std::chrono::month(part(5, 2)), std::chrono::day(part(8, 2))};
  if (!day.ok() || part(11, 2) > 23 || part(14, 2) > 59 || part(17, 2) > 60) return {};
  const std::int64_t seconds = std::chrono::sys_days(day).time_since_epoch().count() * std::int64_t{86400} + part(11, 2) * 3600 + part(14, 2) * 60 + part(17, 2);
  return seconds * 1'000'000 + part(20, 6);
}

std::optional<std::string> bytes_of_hex(const std::string& hex) {
  if (hex.size() % 2 != 0) return {};
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    unsigned char byte = 0;
    const auto [end, error] = std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
    if (error != std::errc() || end != hex.data() + i + 2) return {};
    out += static_cast<char>(byte);
  }
  return out;
}

/// The members of an event. One that is not what it should be makes all of it wrong.
class Members {
 public:
  explicit Members(const Event& event) : event_(event) {}
  const Event& event() const { return event_; }
  bool good() const { return good_; }
  void spoil() { good_ = false; }

  bool has(const char* key) const {
    const auto found = event_.find(key);
    return found != event_.end() && !found->is_null();
  }

  /// The bytes that KEY_hex has, where there is such a member.
  std::string text(const char* key) {
    const std::string exact = std::string(key) + "_hex";
    const std::string* shown = string(key);
    if (shown == nullptr || !event_.contains(exact)) return shown == nullptr ? "" : *shown;
    const std::string* const hex = string(exact.c_str());
    const std::optional<std::string> bytes = hex == nullptr ? std::nullopt : bytes_of_hex(*hex);
    if (!bytes) spoil();
    return bytes.value_or("");
  }
  std::string text_or_none(const char* key) { return has(key) ? text(key) : ""; }

  std::uint64_t number(const char* key, std::uint64_t most = kMostNumber) {
    const auto found = event_.find(key);
    if (found != event_.end() && found->is_number_unsigned() && found->get<std::uint64_t>() <= most) return found->get<std::uint64_t>();
    spoil();
    return 0;
  }
  std::optional<std::uint64_t> number_or_none(const char* key, std::uint64_t most = kMostNumber) {
    return has(key) ? std::optional(number(key, most)) : std::nullopt;
  }

  std::vector<std::string> texts(const char* key) {
    std::vector<std::string> out;
    const auto found = event_.find(key);
    if (found == event_.end() || !found->is_array()) spoil();
    else
      for (const Event& one : *found)
        if (one.is_string()) out.push_back(one.get<std::string>());
        else spoil();
    return out;
  }
  std::vector<std::string> texts_or_none(const char* key) { return has(key) ? texts(key) : std::vector<std::string>{}; }

  bool flag(const char* key) {
    if (!has(key)) return false;
    if (!event_.at(key).is_boolean()) spoil();
    return good_ && event_.at(key).get<bool>();
  }

  End end() {
    End out;
    if (has("status")) out.status = number("status", 255);
    else if (has("signal") && event_.at("signal").is_number()) out.signal = std::to_string(number("signal", 64));
    else out.signal = text("signal");
    return out;
  }

  /// "0", where all is well or nothing is known, is not told.
  std::string result() {
    if (!has("result")) return {};
    if (event_.at("result").is_string()) return text("result");
    if (const std::uint64_t error = number("result", 0); error != 0) spoil();
    return {};
  }

 private:
  const std::string* string(const char* key) {
    const auto found = event_.find(key);
    if (found != event_.end() && found->is_string()) return found->get_ptr<const Event::string_t*>();
    spoil();
    return nullptr;
  }

  const Event& event_;
  bool good_ = true;
};

std::optional<Deed> deed_of(const std::string& word, Deed first, Deed last) {
  for (std::size_t i = static_cast<std::size_t>(first); i <= static_cast<std::size_t>(last); ++i)
    if (word == kDeedWords[i]) return static_cast<Deed>(i);
  return {};
}

/// One event into the record, whole or not at all: its members are read before anything is changed.
class Taker {
 public:
  Taker(Record& record, Newest& newest, bool is_full, std::size_t run, std::int64_t time, Members& members) : record_(record), newest_(newest), is_full_(is_full), run_(run), time_(time), members_(members) {}

  /// False: there is no such event.
  bool take(const std::string& event) {
    if (event == "policy") policy();
    else if (event == "start") start();
    else if (event == "end") stop();
    else if (event == "open") deed("access", Deed::kRead, Deed::kReadWrite);
    else if (event == "change") deed("what", Deed::kCreate, Deed::kTimes);
    else if (event == "network") deed("what", Deed::kConnect, Deed::kSend);
    else if (event == "denied") denied();
    else if (event == "lost") lost();
    else if (event == "summary") summary();
    else return false;
    return true;
  }

 private:
  Run& run() { return record_.runs[run_]; }

  std::optional<std::size_t> find(std::uint64_t pid) const {
    const auto found = newest_.find({run_, pid});
    return found == newest_.end() ? std::nullopt : std::optional(found->second);
  }

  std::size_t add(std::uint64_t pid) {
    Process process;
    process.run = run_;
    process.pid = pid;
    record_.processes.push_back(std::move(process));
    newest_[{run_, pid}] = record_.processes.size() - 1;
    return record_.processes.size() - 1;
  }

  // A process that nothing told of has been there all the same: forked and no program started, or its event lost.
  std::size_t found_or_added(std::uint64_t pid) {
    const std::optional<std::size_t> found = find(pid);
    return found ? *found : add(pid);
  }

  void policy() {
    Run next = run();
    next.policy = members_.text("policy");
    next.identity = members_.text_or_none("identity");
    next.abi = members_.number_or_none("abi");
    next.uid = members_.number_or_none("uid");
    next.given_up = members_.texts_or_none("given_up");
    next.command = members_.texts("command");
    if (members_.good()) run() = std::move(next);
  }

  void start() {
    const std::uint64_t pid = members_.number("pid", kMostPid);
    const std::uint64_t parent = members_.number("parent", kMostPid);
    Process next;
    next.program = members_.text("program");
    next.arguments = members_.texts_or_none("arguments");
    next.cut = members_.flag("cut");
    next.directory = members_.text_or_none("directory");
    if (!members_.good()) return;
    if (is_full_) return left_out();
    const std::optional<std::size_t> before = find(pid);
    std::optional<std::size_t> above;
    // A process that has ended gave its number to another. One that lives and starts a program becomes that program.
    const bool lives = before && !record_.processes[*before].stop;
    const bool is_known = lives && record_.processes[*before].start.has_value();
    // With another parent it is another process, and the end of the one before was lost.
    const bool replaces = is_known && record_.processes[*before].parent_pid == parent;
    if (replaces) {
      above = before;
      record_.processes[*before].stop = time_;
    } else if (parent != pid) {
      above = find(parent);
    }
    const std::size_t at = lives && !is_known ? *before : add(pid);
    next.run = run_;
    next.pid = pid;
    next.parent = above;
    next.parent_pid = parent;
    next.replaced = replaces;
    next.start = time_;
    record_.processes[at] = std::move(next);
  }

  void stop() {
    const std::uint64_t pid = members_.number("pid", kMostPid);
    End end = members_.end();
    if (!members_.good()) return;
    if (is_full_ && !find(pid)) return left_out();
    Process& process = record_.processes[found_or_added(pid)];
    process.stop = time_;
    process.end = std::move(end);
  }

  void deed(const char* key, Deed first, Deed last) {
    const std::uint64_t pid = members_.number("pid", kMostPid);
    const std::optional<Deed> what = deed_of(members_.text(key), first, last);
    const bool network = first == Deed::kConnect;
    std::string target = network ? address() : members_.text("path");
    std::string more = network ? members_.text("family") : what == Deed::kRename || what == Deed::kLink ? members_.text("to") : "";
    std::string result = members_.result();
    if (!what) members_.spoil();
    if (!members_.good()) return;
    if (is_full_) return left_out();
    record_.deeds[{found_or_added(pid), *what, std::move(target), std::move(more), std::move(result)}] += 1;
  }

  std::string address() {
    if (members_.has("path")) return members_.text("path");
    std::string out = members_.text_or_none("address");
    if (out.find(':') != std::string::npos) out = "[" + out + "]";
    if (const std::optional<std::uint64_t> port = members_.number_or_none("port", 65535)) out += ":" + std::to_string(*port);
    return out;
  }

  void denied() {
    const std::uint64_t pid = members_.number("pid", kMostPid);
    std::string program = members_.text("program");
    std::string what = members_.text("what");
    std::string target = members_.text("target");
    std::string error = members_.text_or_none("error");
    RecordedDenial next;
    next.to_allow = members_.texts_or_none("to_allow");
    const std::uint64_t again = members_.number_or_none("again", kMostNumber - 1).value_or(0);
    rule(next);
    if (!members_.good()) return;
    if (is_full_) return left_out();
    const auto [found, is_new] = record_.denials.try_emplace({run_, pid, program, std::move(what), std::move(target), std::move(error)}, std::move(next));
    RecordedDenial& denial = found->second;
    if (is_new) denial.process = found_or_added(pid);
    if (Process& process = record_.processes[denial.process]; process.program.empty()) process.program = std::move(program);
    denial.again = std::max(denial.again, again);
    if (again == 0) ++denial.lines;
  }

  void rule(RecordedDenial& denial) {
    if (!members_.has("rule")) return;
    const Event& event = members_.event().at("rule");
    if (!event.is_object()) return members_.spoil();
    Members inner(event);
    denial.rule = inner.text("line");
    denial.where = inner.text_or_none("where");
    if (!inner.good()) members_.spoil();
  }

  void lost() {
    const std::uint64_t events = members_.number("events");
    const std::string why = members_.text_or_none("why");
    if (!members_.good()) return;
    run().lost = std::min(run().lost + events, kMostNumber);
    std::vector<std::string>& all = run().lost_why;
    if (!why.empty() && all.size() < 20 && std::find(all.begin(), all.end(), why) == all.end()) all.push_back(why);
  }

  void summary() {
    End end = members_.end();
    members_.number_or_none("denials");
    const std::optional<std::uint64_t> events = members_.number_or_none("events");
    if (!members_.good()) return;
    run().end = std::move(end);
    run().told_events = events;
  }

  void left_out() { ++record_.left_out; }

  Record& record_;
  Newest& newest_;
  bool is_full_;
  std::size_t run_;
  std::int64_t time_;
  Members& members_;
};

// A process can name one as its parent that turns out to be its own descendant: whoever would close a circle has none.
void open_circles(std::vector<Process>& processes) {
  constexpr std::size_t kUnseen = 0;
  std::vector<std::size_t> walks(processes.size(), kUnseen);
  for (std::size_t i = 0; i < processes.size(); ++i) {
    std::size_t at = i;
    while (walks[at] == kUnseen) {
      walks[at] = i + 1;
      const std::optional<std::size_t> above = processes[at].parent;
      if (!above) break;
      if (walks[*above] == i + 1) processes[at].parent.reset();
      else at = *above;
    }
  }
}

}  // namespace

const char* deed_word(Deed deed) { return kDeedWords[static_cast<std::size_t>(deed)]; }

std::string unread_words(const Unread& unread) {
  std::string out;
  const auto tell = [&](std::uint64_t count, const char* what) {
    if (count != 0) out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + what;
  };
  tell(unread.not_json, "not JSON");
  tell(unread.not_utf8, "not UTF-8");
  tell(unread.too_long, "longer than 64 KiB");
  tell(unread.cut_off, "cut off at the end");
  tell(unread.other_version, "of another version");
  tell(unread.unknown_event, "of an unknown event");
  tell(unread.wrong, "with a member missing or of a wrong type");
  return out;
}

void RecordReader::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    // Once a line is known to be too long, nothing of it is kept.
    if (!skipping_ && begun_.size() + part.size() > kMaxEventLine) {
      skipping_ = true;
      begun_.clear();
      ++record_.unread.too_long;
    }
    if (!skipping_) begun_ += part;
    if (end == bytes.npos) return;
    if (!skipping_) line(begun_, true);
    skipping_ = false;
    begun_.clear();
    bytes.remove_prefix(end + 1);
  }
}

std::uint64_t RecordReader::end_file() {
  if (!skipping_) line(begun_, false);
  skipping_ = false;
  begun_.clear();
  const std::uint64_t events = record_.events - before_;
  before_ = record_.events;
  return events;
}

void RecordReader::line(std::string_view text, bool whole) {
  if (text.find_first_not_of(" \t\r") == text.npos) return;
  Unread& unread = record_.unread;
  // A line that is cut may end within a character.
  if (whole && !is_utf8(text)) return void(++unread.not_utf8);
  const Event event = json_map_of(text);
  if (event.is_discarded()) return void(++(whole ? unread.not_json : unread.cut_off));
  if (!event.is_object()) return void(++unread.wrong);
  Members members(event);
  if (const std::uint64_t version = members.number("v"); members.good() && version != 1) return void(++unread.other_version);
  const std::string kind = members.text("event");
  const std::string id = members.text("run");
  const std::optional<std::int64_t> time = time_of(members.text("time"));
  if (!members.good() || !time) return void(++unread.wrong);
  // A run is there from its first good event on; until then nothing is known of it.
  const bool is_full = record_.runs.size() + record_.processes.size() + record_.deeds.size() + record_.denials.size() >= most_;
  const auto known = runs_.find(id);
  const std::size_t at = known == runs_.end() ? record_.runs.size() : known->second;
  if (known == runs_.end()) {
    if (is_full) {
      ++record_.left_out;
      ++record_.events;
      return;
    }
    record_.runs.emplace_back().id = id;
    record_.runs.back().first = record_.runs.back().last = *time;
  }
  const bool is_known = Taker(record_, newest_, is_full, at, *time, members).take(kind);
  if (!is_known) ++unread.unknown_event;
  else if (!members.good()) ++unread.wrong;
  if (!is_known || !members.good()) {
    if (known == runs_.end()) record_.runs.pop_back();
    return;
  }
  runs_.emplace(id, at);
  Run& run = record_.runs[at];
  run.first = std::min(run.first, *time);
  run.last = std::max(run.last, *time);
  ++run.events;
  ++record_.events;
}

Record RecordReader::finish() && {
  open_circles(record_.processes);
  return std::move(record_);
}

}  // namespace landshim::command
