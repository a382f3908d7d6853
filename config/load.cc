// SPDX-License-Identifier: MIT
#include "config/load.h"

#include <algorithm>
#include <cerrno>

#include "config/check.h"
#include "config/interpret.h"
#include "config/items.h"
#include "config/parse.h"
#include "config/paths.h"
#include "config/raw_call.h"

#ifndef LANDSHIM_PREFIX
#define LANDSHIM_PREFIX "/usr/local"
#endif

namespace landshim {

namespace {

constexpr std::size_t kMaxIncludeDepth = 8;
constexpr std::size_t kMaxFiles = 256;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) raw_close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

struct File {
  std::string text;
  FileId id;
};

bool same_moment(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec &&
         a.st_ctim.tv_sec == b.st_ctim.tv_sec && a.st_ctim.tv_nsec == b.st_ctim.tv_nsec;
}

Result<File> read_file(const std::string& path, bool privileged) {
  // O_NONBLOCK: a FIFO in the place of a policy must not hang the program.
  const Descriptor file(raw_open(path.c_str(), O_RDONLY | O_NONBLOCK));
  const auto unreadable = [](long result) { return Error{"the policy cannot be read", {}, static_cast<int>(-result)}; };
  if (file.get() < 0) return unreadable(file.get());
  struct stat before {};
  if (const int result = raw_status(file.get(), before); result < 0) return unreadable(result);
  if (S_ISDIR(before.st_mode)) return Error{"this is a directory; name a policy file"};
  if (!S_ISREG(before.st_mode)) return Error{"this is no regular file; name a policy file"};
  if (privileged && (before.st_uid != 0 || (before.st_mode & (S_IWGRP | S_IWOTH)) != 0))
    return Error{"a privileged start reads only policies that root owns and nobody else may write; mend the file's owner and mode"};
  if (before.st_size > static_cast<off_t>(kMaxFile)) return Error{"the policy is larger than 1 MiB; divide it, or grant directories"};
  File out{std::string(static_cast<std::size_t>(before.st_size) + 1, '\0'), {before.st_dev, before.st_ino}};
  std::size_t used = 0;
  while (used < out.text.size()) {
    const std::size_t room = out.text.size() - used;
    const long got = raw_call(SYS_read, file.get(), out.text.data() + used, room);
    if (got == -EINTR) continue;
    if (got < 0) return unreadable(got);
    used += static_cast<std::size_t>(got);
    // All that was there, and there was room for more: this was the end.
    if (got == 0 || (used + 1 == out.text.size() && static_cast<std::size_t>(got) < room)) break;
  }
  struct stat after {};
  if (const int result = raw_status(file.get(), after); result < 0) return unreadable(result);
  if (used != static_cast<std::size_t>(before.st_size) || !same_moment(before, after))
    return Error{"the policy changed while it was read; start again"};
  out.text.resize(used);
  return out;
}

bool is_path(std::string_view named) { return named.find('/') != std::string_view::npos || named.ends_with(".ini"); }

// Whether a line may be an include or begin a section [command NAME]: none is where none may be. Paths are full of such
// words; a key stands at the beginning of its line.
bool may_say_more(std::string_view text) {
  if (text.find("[command") != std::string_view::npos) return true;
  for (std::size_t at = text.find("include"); at != std::string_view::npos; at = text.find("include", at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && (static_cast<unsigned char>(text[begin - 1]) <= ' ' || static_cast<unsigned char>(text[begin - 1]) >= 0x7f) && text[begin - 1] != '\n') --begin;
    if (begin == 0 || text[begin - 1] == '\n') return true;
  }
  return false;
}

// FNV-1a. It tells policies apart; whoever can choose a policy's text has no need to forge it.
class Fingerprint {
 public:
  void add(std::string_view bytes) {
    for (const char c : bytes) add_byte(static_cast<unsigned char>(c));
    add_byte(0);
  }
  std::uint64_t value() const { return value_ == 0 ? 1 : value_; }

 private:
  void add_byte(unsigned byte) { value_ = (value_ ^ byte) * 0x100000001b3; }
  std::uint64_t value_ = 0xcbf29ce484222325;
};

class Loader {
 public:
  Loader(const Surroundings& surroundings, Policy& policy, std::vector<Fault>& faults) : surroundings_(surroundings), policy_(policy), faults_(faults) {}

  std::vector<Statement> run(std::string_view named) {
    std::vector<Statement> statements;
    if (named.empty()) faults_.push_back({{}, "the name of the policy is empty; give a file or a profile", 0});
    else include(named, {}, {}, false, statements);
    return finished(std::move(statements));
  }

  std::optional<LoneFile> run_alone(std::string_view named) {
    if (named.empty()) return std::nullopt;
    const Result<Found> found = is_path(named) ? find_file(named, {}) : find_profile(named, {});
    if (!found || found->path.empty() || may_say_more(found->file.text)) return std::nullopt;
    fingerprint_.add(found->path);
    fingerprint_.add(found->file.text);
    return LoneFile{found->path, fingerprint_.value()};
  }

  std::vector<Statement> run_text(std::string_view text, std::string_view shown) {
    std::vector<Statement> statements;
    if (text.size() > kMaxFile) faults_.push_back({{}, "the policy is larger than 1 MiB; divide it, or grant directories", 0});
    else read_text(text, {}, std::string(shown), statements);
    return finished(std::move(statements));
  }

 private:
  std::vector<Statement> finished(std::vector<Statement> statements) {
    policy_.identity = fingerprint_.value();
    if (statements.empty() && faults_.empty()) faults_.push_back({{}, "the policy says nothing; a policy has at least one line such as mode = strict", 0});
    return statements;
  }

  // Puts the statements of the file that `named` stands for into `out`, its own includes in their places.
  void include(std::string_view named, std::string_view directory, Origin from, bool missing_ok, std::vector<Statement>& out) {
    if (full_) return;
    if (depth_ > kMaxIncludeDepth) return fault(from, "include: more than " + std::to_string(kMaxIncludeDepth) + " files deep");
    if (policy_.sources.size() + missing_ >= kMaxFiles) {
      fault(from, "include: more than " + std::to_string(kMaxFiles) + " files");
      full_ = true;
      return;
    }
    Result<Found> found = is_path(named) ? find_file(named, directory) : find_profile(named, directory);
    if (!found) {
      const Error& error = found.error();
      if (missing_ok && is_missing(error)) {
        ++missing_;
        return;
      }
      if (from.written()) return fault(from, "include = " + std::string(named) + ": " + error.what, error.os_error);
      policy_.sources.push_back({std::string(named), std::string(named), {}});
      return fault({}, error.what, error.os_error);
    }
    if (std::find(open_.begin(), open_.end(), found->file.id) != open_.end())
      return fault(from, "include = " + std::string(named) + ": the file includes itself");
    open_.push_back(found->file.id);
    ++depth_;
    read_text(found->file.text, found->path, found->shown, out);
    --depth_;
    open_.pop_back();
  }

  void read_text(std::string_view text, const std::string& path, const std::string& shown, std::vector<Statement>& out) {
    const auto index = static_cast<std::uint16_t>(policy_.sources.size());
    policy_.sources.push_back({path, shown, {}});
    fingerprint_.add(path);
    fingerprint_.add(text);
    if (path.empty()) add_places();
    for (Statement& statement : parse(text, index, faults_)) {
      const bool includes = statement.section == Section::kPolicy && statement.key == "include";
      out.push_back(std::move(statement));
      if (includes) include_all(Statement(out.back()), path, out);
    }
  }

  // The same words mean other paths elsewhere, and there is no file that tells one from the other.
  void add_places() {
    fingerprint_.add(text_directory(surroundings_));
    fingerprint_.add(working_directory());
  }

  void include_all(const Statement& statement, const std::string& from_path, std::vector<Statement>& out) {
    Result<std::vector<std::string>> list = items(statement.value);
    if (!list) return fault(statement.origin, "include: " + list.error().what);
    const std::string directory = from_path.empty() ? text_directory(surroundings_) : from_path.substr(0, from_path.rfind('/'));
    for (const std::string& item : *list) {
      std::string_view name = item;
      const bool missing_ok = name.starts_with('-');
      if (missing_ok) name.remove_prefix(1);
      while (missing_ok && name.starts_with(' ')) name.remove_prefix(1);
      if (name.empty() || name.starts_with('-')) {
        fault(statement.origin, "include = " + item + ": expected a name after '-'");
        continue;
      }
      if (!is_path(name) && name.find('$') == std::string_view::npos) {
        include(name, directory, statement.origin, missing_ok, out);
        continue;
      }
      Result<ExpandedItem> expanded = expand_item(name, directory.empty() ? "/" : directory, surroundings_);
      if (!expanded) fault(statement.origin, "include = " + item + ": " + expanded.error().what);
      else if (!expanded->pattern.empty()) fault(statement.origin, "include = " + item + ": patterns are not read here; name each file");
      else include(expanded->path, directory, statement.origin, missing_ok, out);
    }
  }

  struct Found {
    File file;
    std::string path;
    std::string shown;
  };

  Result<Found> find_file(std::string_view named, std::string_view directory) {
    std::string path(named);
    if (path[0] != '/') {
      const std::string base = directory.empty() ? working_directory() : std::string(directory);
      if (base.empty()) return Error{"a relative name, and the working directory is gone; give an absolute path", {}, ENOENT};
      path = (base == "/" ? "" : base) + "/" + path;
    }
    if (surroundings_.privileged && !in_trusted_place(path))
      return Error{"a privileged start reads policies from " + trusted_places() + " only; install it there and give its name"};
    Result<File> file = read_file(path, surroundings_.privileged);
    if (file) return Found{std::move(*file), path, std::string(named)};
    if (is_missing(file.error())) policy_.absent.push_back({path, "the missing include", {}});
    return file.error();
  }

  Result<Found> find_profile(std::string_view name, std::string_view directory) {
    std::string searched;
    for (std::string& place : profile_places(name, surroundings_)) {
      Result<File> file = read_file(place, surroundings_.privileged);
      if (file) return Found{std::move(*file), place, place};
      // Only what is not there lets the search go on: a profile that cannot be read must not be replaced by another.
      if (!is_missing(file.error())) return Error{place + ": " + file.error().what, {}, file.error().os_error};
      policy_.absent.push_back({place, "profile " + std::string(name), {}});
      searched += (searched.empty() ? "" : ", ") + place;
    }
    // Found last: whoever installs a profile of this name means that one.
    if (surroundings_.own_profile != nullptr)
      if (const std::string_view text = surroundings_.own_profile(name); !text.empty()) return Found{{std::string(text), own_id(name)}, {}, "profile " + std::string(name)};
    const std::string beside = (directory.empty() ? "." : std::string(directory)) + "/" + std::string(name);
    if (!surroundings_.privileged && raw_call(SYS_faccessat, AT_FDCWD, beside.c_str(), F_OK) == 0) return Error{"no profile of this name; for the file beside it write ./" + std::string(name), {}, ENOENT};
    return Error{"no profile of this name (a path has a '/' or ends in .ini); looked for " + searched, {}, ENOENT};
  }

  static bool is_missing(const Error& error) { return error.os_error == ENOENT || error.os_error == ENOTDIR; }

  // Tells profiles that stand in no file apart, from each other and from files.
  static FileId own_id(std::string_view name) {
    Fingerprint print;
    print.add(name);
    return {~std::uint64_t{0}, print.value()};
  }

  static bool in_trusted_place(std::string_view path) {
    const std::string_view directory = path.substr(0, path.rfind('/'));
    return directory == "/etc/landshim" || directory == LANDSHIM_PREFIX "/share/landshim/profiles";
  }
  static std::string trusted_places() { return "/etc/landshim and " LANDSHIM_PREFIX "/share/landshim/profiles"; }

  void fault(Origin origin, std::string what, int os_error = 0) { faults_.push_back({origin, std::move(what), os_error}); }

  const Surroundings& surroundings_;
  Policy& policy_;
  std::vector<Fault>& faults_;
  std::vector<FileId> open_{};
  std::size_t depth_ = 0;
  std::size_t missing_ = 0;
  bool full_ = false;
  Fingerprint fingerprint_{};
};

std::vector<Error> in_order(const Policy& policy, std::vector<Fault> faults) {
  std::stable_sort(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) {
    return a.origin.file != b.origin.file ? a.origin.file < b.origin.file : a.origin.line < b.origin.line;
  });
  std::vector<Error> errors;
  for (Fault& fault : faults) {
    std::string at = where(policy, fault.origin);
    if (at.empty() && !policy.sources.empty()) at = policy.sources.front().shown;
    errors.push_back({std::move(fault.what), std::move(at), fault.os_error});
  }
  return errors;
}

void give_meaning(const std::vector<Statement>& statements, Loaded& out, std::vector<Fault>& faults) {
  interpret(statements, out.policy, faults);
  check(out.policy, faults);
  out.faults = in_order(out.policy, std::move(faults));
}

}  // namespace

std::string where(const Policy& policy, Origin origin) {
  if (!origin.written() || origin.file >= policy.sources.size()) return {};
  return policy.sources[origin.file].shown + ":" + std::to_string(origin.line);
}

std::vector<std::string> profile_places(std::string_view name, const Surroundings& surroundings) {
  std::vector<std::string> out;
  const std::string file = "/" + std::string(name) + ".ini";
  if (!surroundings.privileged) {
    const char* config = variable(surroundings, "XDG_CONFIG_HOME");
    const char* home = variable(surroundings, "HOME");
    // The XDG base directory specification: a relative value is to be ignored.
    if (config != nullptr && *config == '/') out.push_back(std::string(config) + "/landshim" + file);
    else if (home != nullptr && *home == '/') out.push_back(std::string(home) + "/.config/landshim" + file);
  }
  out.push_back("/etc/landshim" + file);
  out.push_back(LANDSHIM_PREFIX "/share/landshim/profiles" + file);
  return out;
}

std::optional<LoneFile> lone_file(std::string_view named, const Surroundings& surroundings) {
  Policy policy;
  std::vector<Fault> faults;
  return Loader(surroundings, policy, faults).run_alone(named);
}

Loaded load(std::string_view named, const Surroundings& surroundings) {
  Loaded out;
  std::vector<Fault> faults;
  give_meaning(Loader(surroundings, out.policy, faults).run(named), out, faults);
  return out;
}

Loaded load_text(std::string_view text, std::string_view shown, const Surroundings& surroundings) {
  Loaded out;
  std::vector<Fault> faults;
  give_meaning(Loader(surroundings, out.policy, faults).run_text(text, shown), out, faults);
  return out;
}

void expand(Loaded& loaded, const Surroundings& surroundings) {
  std::vector<Fault> faults;
  expand(loaded.policy, surroundings, faults);
  for (Error& error : in_order(loaded.policy, std::move(faults))) loaded.faults.push_back(std::move(error));
}

}  // namespace landshim
