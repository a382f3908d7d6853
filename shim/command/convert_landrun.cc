// SPDX-License-Identifier: MIT
// A command line of landrun (0.1, https://github.com/Zouuup/landrun): what its options grant is in its sandbox.go, how
// they are read in its README.
#include <optional>

#include "config/values.h"
#include "shim/command/convert.h"
#include "shim/command/draft.h"

namespace landshim::command {

namespace {

// What it gives to a directory; of a file, the rights that mean something there.
constexpr Rights kLandrunWrite = kWrite | kMakeChar | kMakeBlock | kIoctlDev;

enum class Option : std::uint8_t {
  kRo, kRox, kRw, kRwx, kUnix, kBind, kConnect, kEnv, kBestEffort, kFreeFiles, kFreeNetwork, kFreeScoped, kIgnoreMissing, kLdd, kAddExec,
  kLog, kLogFlag,
};

struct OptionRow {
  char word[26];
  Option option;
  bool value;
};

constexpr OptionRow kOptions[] = {
    {"ro", Option::kRo, true},
    {"rox", Option::kRox, true},
    {"rw", Option::kRw, true},
    {"rwx", Option::kRwx, true},
    {"unix", Option::kUnix, true},
    {"bind-tcp", Option::kBind, true},
    {"connect-tcp", Option::kConnect, true},
    {"env", Option::kEnv, true},
    {"best-effort", Option::kBestEffort, false},
    {"unrestricted-filesystem", Option::kFreeFiles, false},
    {"unrestricted-network", Option::kFreeNetwork, false},
    {"unrestricted-scoped", Option::kFreeScoped, false},
    {"ignore-missing", Option::kIgnoreMissing, false},
    {"ldd", Option::kLdd, false},
    {"add-exec", Option::kAddExec, false},
    {"log-level", Option::kLog, true},
    {"log-disable-originating", Option::kLogFlag, false},
    {"log-enable-subprocesses", Option::kLogFlag, false},
    {"log-disable-subdomains", Option::kLogFlag, false},
};

struct Given {
  std::string word;   ///< the option as it was written
  std::string value;
  std::string where;
};

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string() : std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

class Landrun {
 public:
  explicit Landrun(const Foreign& foreign) : foreign_(foreign), draft_(foreign) {}

  Result<std::string> run() {
    Result<std::vector<Word>> words = foreign_.words.empty() ? shell_words(foreign_.text, foreign_.name) : Result<std::vector<Word>>(foreign_.words);
    if (!words) return words.error();
    if (Result<Done> done = read(*words); !done) return done.error();
    about();
    for (const auto step : {&Landrun::files, &Landrun::program, &Landrun::network, &Landrun::scopes, &Landrun::environment})
      if (Result<Done> done = (this->*step)(); !done) return done.error();
    return draft_.text();
  }

 private:
  // Options end at the first word that is none: the command's own words follow.
  Result<Done> read(const std::vector<Word>& words) {
    std::size_t at = 0;
    if (!words.empty() && (words[0].text == "landrun" || words[0].text.ends_with("/landrun"))) ++at;
    for (; at < words.size(); ++at) {
      const Word& word = words[at];
      if (word.text == "--") {
        ++at;
        break;
      }
      if (word.text.size() < 2 || word.text[0] != '-') break;
      const std::string_view bare = std::string_view(word.text).substr(word.text.starts_with("--") ? 2 : 1);
      const std::size_t equals = bare.find('=');
      const OptionRow* const row = find(bare.substr(0, equals));
      if (row == nullptr) return unknown(word, bare.substr(0, equals));
      std::string value = equals == std::string_view::npos ? "" : std::string(bare.substr(equals + 1));
      if (row->value && equals == std::string_view::npos) {
        if (at + 1 == words.size()) return Error{word.text + ": its value is missing", word.where};
        value = words[++at].text;
      }
      if (Result<Done> done = take(*row, word, value, equals != std::string_view::npos); !done) return done;
    }
    for (; at < words.size(); ++at) command_.push_back(words[at].text);
    return Done{};
  }

  static const OptionRow* find(std::string_view word) {
    for (const OptionRow& row : kOptions)
      if (word == row.word) return &row;
    return nullptr;
  }

  static Error unknown(const Word& word, std::string_view bare) {
    Nearest nearest(bare);
    for (const OptionRow& row : kOptions) nearest.offer(row.word);
    return {word.text + ": no option of landrun that landshim knows; remove it, and see whether the policy still says what you mean" +
                (nearest.best().empty() ? "" : "; did you mean '--" + std::string(nearest.best()) + "'?"),
            word.where};
  }

  // Lists are separated by commas, as landrun's own parser does it.
  Result<Done> take(const OptionRow& row, const Word& word, const std::string& value, bool value_given) {
    const auto which = static_cast<std::size_t>(row.option);
    const std::string shown = "--" + std::string(row.word);
    if (!row.value) {
      if (value_given && value != "true" && value != "false") return Error{word.text + ": expected true or false", word.where};
      given_[which].clear();
      if (!value_given || value == "true") given_[which].push_back({shown, {}, word.where});
      return Done{};
    }
    for (std::size_t at = 0; at <= value.size();) {
      const std::size_t comma = std::min(value.find(',', at), value.size());
      given_[which].push_back({shown, trimmed(std::string_view(value).substr(at, comma - at)), word.where});
      at = comma + 1;
    }
    return Done{};
  }

  const std::vector<Given>& given(Option option) const { return given_[static_cast<std::size_t>(option)]; }
  bool has(Option option) const { return !given(option).empty(); }

  void about() {
    draft_.about("From a command line of landrun" + (foreign_.words.empty() ? " in " + foreign_.name : "") +
                 (command_.empty() ? "." : ". It started: " + shell_quoted(command_)));
    draft_.about("What landrun does not rule (UDP, UNIX sockets, modes of files, system calls) is ruled here by landshim's defaults, which are narrower: landshim explain lists them.");
    draft_.set(Section::kPolicy, "version", "1");
    if (has(Option::kBestEffort)) draft_.set(Section::kPolicy, "unsupported", "warn");
    for (const Option option : {Option::kLog, Option::kLogFlag})
      for (const Given& one : given(option)) draft_.lost(one.where, one.word + (one.value.empty() ? "" : " " + one.value) + ": what landrun and the kernel's audit log write");
  }

  Result<Done> files() {
    const std::pair<Option, Rights> rows[] = {{Option::kRo, kRead}, {Option::kRox, kReadExec}, {Option::kRw, kRead | kLandrunWrite}, {Option::kRwx, kReadExec | kLandrunWrite}};
    const bool free = has(Option::kFreeFiles);
    if (free) draft_.set(Section::kFilesystem, "access", "all");
    bool writes = false;
    for (const auto& [option, rights] : rows)
      for (const Given& one : given(option)) {
        Result<std::string> path = literal_path(one.value, one.where);
        if (!path) return path.error();
        if (free) draft_.lost(one.where, one.word + " " + one.value + ": has no effect beside --unrestricted-filesystem");
        else draft_.grant(*path, rights, has(Option::kIgnoreMissing));
        writes = writes || (!free && (rights & kWrite) != 0);
      }
    if (writes) draft_.remark(Section::kFilesystem, "--rw and --rwx of landrun include ioctl on devices and, for who may make them, device nodes.");
    return Done{};
  }

  Result<Done> program() {
    const bool ldd = has(Option::kLdd);
    if ((!ldd && !has(Option::kAddExec)) || has(Option::kFreeFiles)) return Done{};
    if (ldd) {
      draft_.remark(Section::kFilesystem, std::string("runtime = program stands for --ldd") + (has(Option::kAddExec) ? " and --add-exec" : "; it grants the program itself as well") + ", and lets /etc/ld.so.cache be read.");
      draft_.set(Section::kFilesystem, "runtime", "program");
      return Done{};
    }
    const Given& one = given(Option::kAddExec).front();
    if (!command_.empty() && command_[0].find('/') != std::string::npos) {
      Result<std::string> path = literal_path(command_[0], one.where);
      if (!path) return path.error();
      draft_.grant(*path, kReadExec, false);
    } else {
      draft_.remark(Section::kFilesystem, "${EXE} stands for --add-exec: the program that is started. Of a script it is the interpreter.");
      draft_.grant("${EXE}", kReadExec, false);
    }
    return Done{};
  }

  Result<Done> network() {
    const bool free = has(Option::kFreeNetwork);
    for (const auto& [option, key] : {std::pair{Option::kConnect, "connect_tcp"}, {Option::kBind, "bind_tcp"}})
      for (const Given& one : given(option)) {
        const std::optional<std::uint64_t> port = whole_number(one.value, 65535);
        if (!port) return Error{one.word + " " + one.value + ": expected a port from 0 to 65535", one.where};
        if (free) draft_.lost(one.where, one.word + " " + one.value + ": has no effect beside --unrestricted-network");
        else if (*port == 0 && option == Option::kConnect) draft_.lost(one.where, one.word + " 0: nothing can be reached at port 0");
        else draft_.add(Section::kNetwork, key, std::to_string(*port));
      }
    for (const Given& one : given(Option::kUnix)) {
      Result<std::string> path = literal_path(one.value, one.where);
      if (!path) return path.error();
      draft_.add(Section::kNetwork, "connect_unix", (has(Option::kIgnoreMissing) ? "-" : "") + *path);
    }
    if (free) {
      draft_.set(Section::kNetwork, "access", "all");
      return Done{};
    }
    const bool ports = has(Option::kConnect) || has(Option::kBind) || has(Option::kUnix);
    if (!ports) draft_.set(Section::kNetwork, "access", "none");
    draft_.remark(Section::kNetwork, std::string("landrun closes TCP alone. Programs that ask a name server need UDP: ") + (ports ? "add udp = allow." : "write udp = allow in place of access = none."));
    return Done{};
  }

  Result<Done> scopes() {
    if (!has(Option::kFreeScoped)) return Done{};
    draft_.set(Section::kIpc, "abstract_unix", "allow");
    draft_.set(Section::kIpc, "signals", "allow");
    return Done{};
  }

  Result<Done> environment() {
    bool kept = false;
    for (const Given& one : given(Option::kEnv)) {
      if (one.value.empty() || one.value[0] == '=') return Error{one.word + " " + one.value + ": expected NAME or NAME=value", one.where};
      const bool set = one.value.find('=') != std::string::npos;
      draft_.add(Section::kEnvironment, set ? "set" : "keep", set ? one.value : escaped_pattern(one.value));
      kept = kept || !set;
    }
    if (kept) return Done{};
    draft_.remark(Section::kEnvironment, "landrun passes on no variable that --env does not name.");
    draft_.set(Section::kEnvironment, "unset", "*");
    return Done{};
  }

  const Foreign& foreign_;
  Draft draft_;
  std::vector<Given> given_[static_cast<std::size_t>(Option::kLogFlag) + 1];
  std::vector<std::string> command_{};
};

}  // namespace

Result<std::string> convert_landrun(const Foreign& foreign) { return Landrun(foreign).run(); }

}  // namespace landshim::command
