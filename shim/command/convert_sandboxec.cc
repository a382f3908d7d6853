// SPDX-License-Identifier: MIT
// The YAML of sandboxec (0.2 and later, https://github.com/sandboxec/sandboxec): keys in its README, rights in access.go
// of its library.
#include <algorithm>
#include <optional>

#include "config/values.h"
#include "shim/command/convert.h"
#include "shim/command/draft.h"
#include "shim/command/tree.h"
#include "shim/landlock_abi.h"

namespace landshim::command {

namespace {

// Its FS_WRITE lists directories as well.
constexpr Rights kItsWrite = kWrite | kReadDir | kMakeChar | kMakeBlock | kIoctlDev;

struct RightsRow {
  char word[16];
  char letters[4];
  Rights rights;
};
constexpr RightsRow kFileRights[] = {
    {"read", "r", kRead}, {"read_exec", "rx", kReadExec}, {"write", "w", kItsWrite}, {"read_write", "rw", kRead | kItsWrite}, {"read_write_exec", "rwx", kReadExec | kItsWrite},
};

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string::npos ? std::string() : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

class Sandboxec {
 public:
  explicit Sandboxec(const Foreign& foreign) : foreign_(foreign), draft_(foreign) {}

  Result<std::string> run() {
    Result<Tree> tree = read_yaml(foreign_.text, foreign_.name);
    if (!tree) return tree.error();
    if (tree->kind != Tree::Kind::kTable) return Error{"expected the keys of sandboxec, found " + std::string(kind_words(tree->kind)), foreign_.name};
    draft_.about("From a policy of sandboxec in " + foreign_.name + ".");
    draft_.about("What sandboxec does not rule (UDP, UNIX sockets, modes of files, system calls) is ruled here by landshim's defaults, which are narrower: landshim explain lists them.");
    if (Result<Done> done = keys(*tree); !done) return done.error();
    draft_.set(Section::kPolicy, "version", "1");
    if (best_effort_) draft_.set(Section::kPolicy, "unsupported", "warn");
    if (abi_ != 0) draft_.set(Section::kPolicy, "abi", std::to_string(abi_));
    for (const auto step : {&Sandboxec::files, &Sandboxec::network})
      if (Result<Done> done = (this->*step)(); !done) return done.error();
    scopes();
    return draft_.text();
  }

 private:
  // Its reader takes keys in any case.
  Result<Done> keys(const Tree& tree) {
    for (const Tree& item : tree.inside) {
      const std::string key = lower(item.name);
      if (std::any_of(seen_.begin(), seen_.end(), [&](const std::string& one) { return one == key; })) return Error{key + ": the key was given already", item.where};
      seen_.push_back(key);
      Result<Done> done = Done{};
      if (key == "best-effort") done = truth(item, best_effort_);
      else if (key == "ignore-if-missing") done = truth(item, missing_ok_);
      else if (key == "restrict-scoped") done = truth(item, scoped_);
      else if (key == "unsafe-host-runtime") done = truth(item, runtime_);
      else if (key == "abi") done = abi(item);
      else if (key == "mode") done = mode(item);
      else if (key == "fs") done = list(item, files_);
      else if (key == "net") done = list(item, ports_);
      else draft_.lost(item.where, printable(item.name) + ": no key of sandboxec that landshim knows. If it closes something, see whether this policy does so too");
      if (!done) return done;
    }
    return Done{};
  }

  static Result<Done> truth(const Tree& item, bool& out) {
    if (item.kind != Tree::Kind::kTruth) return Error{item.name + ": expected true or false", item.where};
    out = item.truth;
    return Done{};
  }

  Result<Done> abi(const Tree& item) {
    if (item.kind != Tree::Kind::kNumber || item.number > static_cast<std::int64_t>(kHighestAbi)) return Error{"abi: expected 0, or a Landlock ABI from 1 to " + std::to_string(kHighestAbi), item.where};
    abi_ = static_cast<int>(item.number);
    return Done{};
  }

  Result<Done> mode(const Tree& item) {
    const std::string word = item.kind == Tree::Kind::kText ? lower(trimmed(item.text)) : "";
    if (word != "run" && word != "mcp") return Error{"mode: expected run or mcp", item.where};
    if (word == "mcp") draft_.lost(item.where, "mode: mcp: landshim serves no commands, it starts one");
    return Done{};
  }

  static Result<Done> list(const Tree& item, std::vector<Tree>& out) {
    if (item.kind == Tree::Kind::kNothing) return Done{};
    if (item.kind != Tree::Kind::kList) return Error{item.name + ": expected a list, found " + kind_words(item.kind), item.where};
    for (const Tree& one : item.inside)
      if (one.kind != Tree::Kind::kText) return Error{item.name + ": expected RIGHTS:" + (item.name == "net" ? "PORT" : "PATH") + ", found " + kind_words(one.kind), one.where};
    out = item.inside;
    return Done{};
  }

  Result<Done> files() {
    if (files_.empty() && !runtime_) {
      if (ports_.empty() && !scoped_) return Done{};  // it denies all then, and so does a policy without rules
      draft_.remark(Section::kFilesystem, "No rule for files: sandboxec leaves them alone then.");
      draft_.set(Section::kFilesystem, "access", "all");
      return Done{};
    }
    if (runtime_) {
      draft_.remark(Section::kFilesystem, "Wider: runtime = host grants the directories of the host's libraries, unsafe-host-runtime the libraries that programs in PATH need.");
      draft_.set(Section::kFilesystem, "runtime", "host");
    }
    // Later versions pass over missing paths without being asked.
    const bool asked = std::find(seen_.begin(), seen_.end(), "ignore-if-missing") != seen_.end();
    bool writes = false;
    for (const Tree& one : files_) {
      const std::size_t colon = one.text.find(':');
      const std::string word = lower(trimmed(one.text.substr(0, colon)));
      const auto* const row = std::find_if(std::begin(kFileRights), std::end(kFileRights), [&](const RightsRow& known) { return word == known.word || word == known.letters; });
      if (colon == std::string::npos || row == std::end(kFileRights)) return Error{one.text + ": expected RIGHTS:PATH, with r, rx, w, rw or rwx", one.where};
      Result<std::string> path = its_path(trimmed(one.text.substr(colon + 1)), one.where);
      if (!path) return path.error();
      const Rights known = abi_ == 0 ? row->rights : row->rights & abi_row(abi_).fs;
      draft_.grant(*path, known, asked ? missing_ok_ : true);
      writes = writes || (known & kWrite) != 0;
    }
    if (writes) draft_.remark(Section::kFilesystem, "w, rw and rwx of sandboxec include ioctl on devices and, for who may make them, device nodes.");
    return Done{};
  }

  // It fills in $NAME, ${NAME} and ~/ itself, unset ones with nothing; here an unset variable is an error.
  Result<std::string> its_path(const std::string& text, const std::string& where) {
    if (text.empty()) return Error{"the path is empty", where};
    if (const Result<std::string> fit = literal_path(text, where); !fit) return fit.error();
    std::string out;
    std::string_view rest = text;
    if (rest == "~" || rest.starts_with("~/")) {
      out = "${HOME}";
      rest.remove_prefix(1);
    } else if (rest[0] != '/' && rest[0] != '$') {
      out = "${PWD}/";
    }
    while (!rest.empty()) {
      const std::size_t dollar = std::min(rest.find('$'), rest.size());
      out += escaped_path(rest.substr(0, dollar));
      rest.remove_prefix(dollar);
      if (rest.empty()) break;
      const bool braces = rest.substr(1, 1) == "{";
      const std::size_t first = braces ? 2 : 1;
      std::size_t end = first;
      while (end < rest.size() && (letter(rest[end]) || (end > first && rest[end] >= '0' && rest[end] <= '9'))) ++end;
      if (end == first || (braces && rest.substr(end, 1) != "}")) return Error{text + ": '$' without the name of a variable; write what the path is", where};
      out += "${" + std::string(rest.substr(first, end - first)) + "}";
      rest.remove_prefix(braces ? end + 1 : end);
    }
    return out;
  }

  Result<Done> network() {
    if (ports_.empty()) {
      if (files_.empty() && !runtime_ && !scoped_) {
        draft_.set(Section::kNetwork, "access", "none");
        return Done{};
      }
      draft_.remark(Section::kNetwork, "No rule for the network: sandboxec leaves it alone then.");
      draft_.set(Section::kNetwork, "access", "all");
      return Done{};
    }
    draft_.remark(Section::kNetwork, "sandboxec closes TCP alone. Programs that ask a name server need UDP: add udp = allow.");
    for (const Tree& one : ports_) {
      const std::size_t colon = one.text.find(':');
      const std::string word = lower(trimmed(one.text.substr(0, colon)));
      const bool bind = word == "bind" || word == "b" || word == "bind_connect" || word == "bc" || word == "cb";
      const bool connect = word == "connect" || word == "c" || word == "bind_connect" || word == "bc" || word == "cb";
      const std::optional<std::uint64_t> port = colon == std::string::npos ? std::nullopt : whole_number(trimmed(one.text.substr(colon + 1)), 65535);
      if ((!bind && !connect) || !port) return Error{one.text + ": expected RIGHTS:PORT, with b, c or bc and a port from 0 to 65535", one.where};
      if (connect && *port == 0) draft_.lost(one.where, one.text + ": nothing can be reached at port 0");
      else if (connect) draft_.add(Section::kNetwork, "connect_tcp", std::to_string(*port));
      if (bind) draft_.add(Section::kNetwork, "bind_tcp", std::to_string(*port));
    }
    return Done{};
  }

  void scopes() {
    // Without any rule it denies all, and by restrict-scoped these; else it leaves them alone.
    const bool denied = scoped_ || (files_.empty() && ports_.empty() && !runtime_);
    draft_.set(Section::kIpc, "abstract_unix", denied ? "deny" : "allow");
    draft_.set(Section::kIpc, "signals", denied ? "deny" : "allow");
  }

  const Foreign& foreign_;
  Draft draft_;
  std::vector<std::string> seen_{};
  bool best_effort_ = false, missing_ok_ = false, scoped_ = false, runtime_ = false;
  int abi_ = 0;
  std::vector<Tree> files_{}, ports_{};
};

}  // namespace

Result<std::string> convert_sandboxec(const Foreign& foreign) { return Sandboxec(foreign).run(); }

}  // namespace landshim::command
