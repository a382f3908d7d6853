// SPDX-License-Identifier: MIT
#include "shim/command/events.h"

#include <cstdio>
#include <ctime>

#include "config/utf8.h"
#include "shim/command/denial.h"
#include "shim/command/json.h"

namespace landshim::command {

namespace {

constexpr std::size_t kMaxArguments = 4096;
constexpr std::size_t kMaxText = 4096;  // of one string: a path is no longer
constexpr std::size_t kMaxList = 512;      // where strings are not cut

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char byte : bytes) {
    out += kDigits[static_cast<unsigned char>(byte) >> 4];
    out += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return out;
}

// The object that is written, and how long a string in it may be.
struct Object {
  Json json{};
  std::size_t longest = 0;
  bool cut = false;

  Json& operator[](const char* key) { return json[key]; }
  std::string fitting(const std::string& value) {
    cut = cut || value.size() > longest;
    return value.substr(0, longest);
  }
};

void add(Object& out, const char* key, const std::string& whole) {
  const std::string value = out.fitting(whole);
  out[key] = value;
  if (!is_utf8(value)) out.json[std::string(key) + "_hex"] = hex(value);
}

void add(Object& out, const char* key, const std::vector<std::string>& values) {
  Json list = Json::array();
  Json bytes = Json::array();
  bool all_utf8 = true;
  for (const std::string& whole : values) {
    if (list.size() == kMaxList * out.longest / kMaxText) {
      out.cut = true;
      break;
    }
    const std::string value = out.fitting(whole);
    list.push_back(value);
    bytes.push_back(hex(value));
    all_utf8 = all_utf8 && is_utf8(value);
  }
  out[key] = std::move(list);
  if (!all_utf8) out.json[std::string(key) + "_hex"] = std::move(bytes);
}

// Whole words, then the beginning of one; each counts as a byte more than it has.
void add_words(Object& out, const char* key, const std::vector<std::string>& words) {
  std::vector<std::string> fitting;
  std::size_t left = kMaxArguments;
  for (const std::string& word : words) {
    if (left == 0) break;
    fitting.push_back(word.substr(0, left - 1));
    out.cut = out.cut || fitting.back().size() < word.size();
    left -= fitting.back().size() + 1;
  }
  out.cut = out.cut || fitting.size() < words.size();
  add(out, key, fitting);
}

void add_result(Object& out, const std::optional<int>& result) {
  if (result) out["result"] = *result == 0 ? Json(0) : Json(error_word(*result));
}

void add_end(Object& out, const std::optional<int>& status, const std::optional<int>& signal) {
  if (status) out["status"] = *status;
  if (signal) out["signal"] = *signal;
}

struct Writer {
  Object& out;

  void operator()(const PolicyEvent& event) const {
    out["event"] = "policy";
    add(out, "policy", event.policy);
    out["identity"] = event.identity;
    out["abi"] = event.abi;
    add(out, "given_up", event.given_up);
    add_words(out, "command", event.command);
    out["uid"] = event.uid;
  }
  void operator()(const StartEvent& event) const {
    out["event"] = "start";
    out["pid"] = event.pid;
    out["parent"] = event.parent;
    add(out, "program", event.program);
    add_words(out, "arguments", event.arguments);
    add(out, "directory", event.directory);
    if (!event.rules.empty()) add(out, "rules", event.rules);
    if (event.destructive) out["destructive"] = true;
  }
  void operator()(const EndEvent& event) const {
    out["event"] = "end";
    out["pid"] = event.pid;
    add_end(out, event.status, event.signal);
  }
  void operator()(const OpenEvent& event) const {
    out["event"] = "open";
    out["pid"] = event.pid;
    add(out, "path", event.path);
    out["access"] = event.access;
    add_result(out, event.result);
  }
  void operator()(const ChangeEvent& event) const {
    out["event"] = "change";
    out["pid"] = event.pid;
    out["what"] = event.what;
    add(out, "path", event.path);
    if (!event.to.empty()) add(out, "to", event.to);
    add_result(out, event.result);
  }
  void operator()(const NetworkEvent& event) const {
    out["event"] = "network";
    out["pid"] = event.pid;
    out["what"] = event.what;
    out["family"] = event.family;
    if (!event.address.empty()) add(out, "address", event.address);
    if (event.port) out["port"] = *event.port;
    if (!event.path.empty()) add(out, "path", event.path);
    add_result(out, event.result);
  }
  void operator()(const DeniedEvent& event) const {
    out["event"] = "denied";
    out["pid"] = event.pid;
    add(out, "program", event.program);
    out["what"] = event.what;
    add(out, "target", event.target);
    out["error"] = error_word(event.error);
    out["rule"] = nullptr;
    if (event.rule) {
      Object rule{{}, out.longest, out.cut};
      add(rule, "line", *event.rule);
      add(rule, "where", event.where);
      out.cut = rule.cut;
      out["rule"] = std::move(rule.json);
    }
    add(out, "to_allow", event.to_allow);
    out["again"] = event.again;
    if (event.kernel) out["kernel"] = *event.kernel;
    if (!event.followed) out["followed"] = false;
  }
  void operator()(const LostEvent& event) const {
    out["event"] = "lost";
    out["events"] = event.events;
    add(out, "why", event.why);
  }
  void operator()(const SummaryEvent& event) const {
    out["event"] = "summary";
    add_end(out, event.status, event.signal);
    out["denials"] = event.denials;
    out["events"] = event.events;
  }
};

}  // namespace

std::string time_of(const Moment& moment) {
  const auto seconds = static_cast<std::time_t>(moment.seconds);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
  char out[48];
  std::snprintf(out, sizeof out, "%s.%06dZ", date, static_cast<int>(moment.microseconds % 1'000'000));
  return out;
}

std::string run_of(const Moment& moment) {
  char out[17];
  std::snprintf(out, sizeof out, "%016llx", static_cast<unsigned long long>(moment.run));
  return out;
}

std::string event_line(const Moment& moment, const Event& event, std::size_t longest) {
  for (std::size_t text = kMaxText;; text /= 4) {
    Object out{{{"v", 1}, {"time", time_of(moment)}, {"run", run_of(moment)}}, text};
    std::visit(Writer{out}, event);
    if (out.cut) out["cut"] = true;
    std::string line = json_ascii(out.json) + "\n";
    if (line.size() <= longest || text < 8) return line;
  }
}

}  // namespace landshim::command
