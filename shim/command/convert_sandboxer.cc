// SPDX-License-Identifier: MIT
// The variables of the kernel's own sample, samples/landlock/sandboxer.c.
#include <optional>

#include "config/values.h"
#include "shim/command/convert.h"
#include "shim/command/draft.h"

namespace landshim::command {

namespace {

// ACCESS_FS_ROUGHLY_READ and ACCESS_FS_ROUGHLY_WRITE of the sample.
constexpr Rights kRoughlyRead = kReadExec;
constexpr Rights kRoughlyWrite = kWrite | kMakeChar | kMakeBlock | kIoctlDev;

bool is_assignment(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || (text[0] >= '0' && text[0] <= '9')) return false;
  for (const char c : text.substr(0, equals))
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
  return true;
}

class Sandboxer {
 public:
  explicit Sandboxer(const Foreign& foreign) : foreign_(foreign), draft_(foreign) {}

  Result<std::string> run() {
    if (Result<Done> done = read(); !done) return done.error();
    for (const char* needed : {"LL_FS_RO", "LL_FS_RW"})
      if (find(needed) == nullptr)
        return Error{std::string(needed) + " is missing: the sample starts nothing without it; an empty one means no path", foreign_.words.empty() ? foreign_.name : ""};
    draft_.about("From the variables of the kernel's sample sandboxer" + (foreign_.words.empty() ? " in " + foreign_.name : "") + (command_.empty() ? "." : ". It started: " + shell_quoted(command_)));
    draft_.about("What the sample does not rule (UDP, UNIX sockets, modes of files, system calls) is ruled here by landshim's defaults, which are narrower: landshim explain lists them.");
    draft_.remark(Section::kPolicy, "The sample enforces what the kernel can, and starts in any case.");
    draft_.set(Section::kPolicy, "version", "1");
    draft_.set(Section::kPolicy, "unsupported", "warn");
    for (const auto step : {&Sandboxer::files, &Sandboxer::network, &Sandboxer::scopes})
      if (Result<Done> done = (this->*step)(); !done) return done.error();
    for (const Word& one : variables_) leave(one);
    return draft_.text();
  }

 private:
  // Lines NAME=value, or the start of the sample as one would type it: variables, then the sample, then the command.
  Result<Done> read() {
    if (!foreign_.words.empty()) {
      variables_ = foreign_.words;
      return unique();
    }
    Result<std::vector<Word>> words = shell_words(foreign_.text, foreign_.name);
    if (!words) return words.error();
    bool started = false;
    for (Word& word : *words) {
      if (started) command_.push_back(word.text);
      else if (word.text == "export") continue;
      else if (is_assignment(word.text)) variables_.push_back(std::move(word));
      else if (word.text == "sandboxer" || word.text.ends_with("/sandboxer")) started = true;
      else return Error{word.text + ": expected NAME=value, or sandboxer and the command that it starts", word.where};
    }
    return unique();
  }

  Result<Done> unique() const {
    for (std::size_t i = 0; i < variables_.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (name_of(variables_[i]) == name_of(variables_[j])) return Error{name_of(variables_[i]) + " was given already; keep one of the two", variables_[i].where};
    return Done{};
  }

  static std::string name_of(const Word& word) { return word.text.substr(0, word.text.find('=')); }

  const Word* find(std::string_view name) const {
    for (const Word& word : variables_)
      if (name_of(word) == name) return &word;
    return nullptr;
  }

  static std::vector<std::string> list(const Word& word) {
    std::vector<std::string> out;
    const std::string value = word.text.substr(word.text.find('=') + 1);
    if (value.empty()) return out;
    for (std::size_t at = 0; at <= value.size();) {
      const std::size_t end = std::min(value.find(':', at), value.size());
      out.push_back(value.substr(at, end - at));
      at = end + 1;
    }
    return out;
  }

  Result<Done> files() {
    bool writes = false;
    for (const auto& [name, rights] : {std::pair{"LL_FS_RO", kRoughlyRead}, {"LL_FS_RW", kRoughlyRead | kRoughlyWrite}}) {
      const Word& word = *find(name);
      for (const std::string& item : list(word)) {
        if (item.empty()) {
          draft_.lost(word.where, std::string(name) + ": an empty path between two colons, which grants nothing");
          continue;
        }
        Result<std::string> path = literal_path(item, word.where);
        if (!path) return path.error();
        draft_.grant(*path, rights, true);
        writes = writes || (rights & kWrite) != 0;
      }
    }
    if (writes) draft_.remark(Section::kFilesystem, "LL_FS_RW includes execution, ioctl on devices and, for who may make them, device nodes. The sample passes over missing paths.");
    return Done{};
  }

  Result<Done> network() {
    const Word* const connect = find("LL_TCP_CONNECT");
    const Word* const bind = find("LL_TCP_BIND");
    if (connect == nullptr && bind == nullptr) {
      draft_.remark(Section::kNetwork, "Neither LL_TCP_CONNECT nor LL_TCP_BIND is set: the sample leaves the network alone.");
      draft_.set(Section::kNetwork, "access", "all");
      return Done{};
    }
    draft_.remark(Section::kNetwork, "The sample closes TCP alone. Programs that ask a name server need UDP: add udp = allow.");
    for (const auto& [word, key] : {std::pair{connect, "connect_tcp"}, {bind, "bind_tcp"}}) {
      if (word == nullptr) {
        draft_.set(Section::kNetwork, key, "*");
        continue;
      }
      bool any = false;
      for (const std::string& item : list(*word)) {
        if (item.empty()) continue;
        const std::optional<std::uint64_t> port = whole_number(item, 65535);
        if (!port) return Error{name_of(*word) + ": " + item + ": expected a port from 0 to 65535", word->where};
        if (*port == 0 && word == connect) {
          draft_.lost(word->where, "LL_TCP_CONNECT: 0: nothing can be reached at port 0");
          continue;
        }
        draft_.add(Section::kNetwork, key, std::to_string(*port));
        any = true;
      }
      if (!any) draft_.set(Section::kNetwork, key, "");
    }
    return Done{};
  }

  Result<Done> scopes() {
    bool abstract = false;
    bool signals = false;
    if (const Word* const word = find("LL_SCOPED"))
      for (const std::string& item : list(*word)) {
        bool& scope = item == "a" ? abstract : signals;
        if ((item != "a" && item != "s") || scope) return Error{"LL_SCOPED: " + item + ": expected a (abstract UNIX sockets) and s (signals), each once", word->where};
        scope = true;
      }
    draft_.set(Section::kIpc, "abstract_unix", abstract ? "deny" : "allow");
    draft_.set(Section::kIpc, "signals", signals ? "deny" : "allow");
    return Done{};
  }

  // What is left: variables of other versions, and such as have nothing to do with the sample.
  void leave(const Word& word) {
    const std::string name = name_of(word);
    for (const char* known : {"LL_FS_RO", "LL_FS_RW", "LL_TCP_BIND", "LL_TCP_CONNECT", "LL_SCOPED"})
      if (name == known) return;
    if (name == "LL_FORCE_LOG") draft_.lost(word.where, "LL_FORCE_LOG: the kernel's audit log of denials, which landshim leaves as the kernel has it");
    else if (name.starts_with("LL_")) draft_.lost(word.where, name + ": a variable that landshim does not know. If it closes something, see whether this policy does so too");
    else if (foreign_.words.empty()) draft_.lost(word.where, name + ": no variable of the sample");
  }

  const Foreign& foreign_;
  Draft draft_;
  std::vector<Word> variables_{};
  std::vector<std::string> command_{};
};

}  // namespace

Result<std::string> convert_sandboxer(const Foreign& foreign) { return Sandboxer(foreign).run(); }

}  // namespace landshim::command
