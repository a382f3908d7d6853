// SPDX-License-Identifier: MIT
// realpath(3) itself, not the checked one of the GNU C library: programs of musl have no other.
#undef _FORTIFY_SOURCE
#include "config/paths.h"

#include <dirent.h>
#include <glob.h>
#include <sys/auxv.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <utility>

#include "config/accounts.h"
#include "config/keys.h"
#include "config/raw_call.h"

namespace landshim {

namespace {

constexpr int kMaxNesting = 8;
constexpr int kMaxLinks = 40;  // path_resolution(7)

bool is_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
  return true;
}

// How much of the text means itself, as a path and as a pattern.
std::size_t plain_part(std::string_view text) {
  const auto means_more = [](char c) { return c == '$' || c == '*' || c == '?' || c == '[' || c == '\\'; };
  std::size_t size = 0;
  while (size < text.size() && !means_more(text[size])) ++size;
  return size;
}

// Text that is both a path and a pattern: what variables hold is literal, what the policy says may be a pattern.
class Builder {
 public:
  Builder(std::string_view directory, const Surroundings& surroundings) : directory_(directory), surroundings_(surroundings) {}

  Result<Done> add(std::string_view text, int depth = 0) {
    if (depth > kMaxNesting) return Error{"variables are nested more than " + std::to_string(kMaxNesting) + " deep"};
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (const std::size_t plain = plain_part(text.substr(i)); plain > 0) {
        path += text.substr(i, plain);
        pattern += text.substr(i, plain);
        i += plain - 1;
        continue;
      }
      if (text[i] != '$') {
        literal(text[i], true);
        continue;
      }
      if (i + 1 < text.size() && std::string_view("$*?[").find(text[i + 1]) != std::string_view::npos) {
        literal(text[++i], false);
        continue;
      }
      if (text.substr(i, 2) != "${") return Error{"a lone '$'; write ${NAME} for a variable, $$ for a dollar sign"};
      const std::size_t end = closing_brace(text, i + 2);
      if (end == std::string_view::npos) return Error{"'${' has no '}'"};
      if (Result<Done> done = add_variable(text.substr(i + 2, end - i - 2), depth); !done) return done.error();
      i = end;
    }
    return Done{};
  }

  Result<Done> add_variable(std::string_view inside, int depth) {
    const std::size_t colon = inside.find(":-");
    const std::string_view name = inside.substr(0, colon);
    if (!is_name(name)) return Error{"${" + std::string(inside) + "}: not a variable; write ${NAME} or ${NAME:-default}"};
    const std::string value = look_up(name);
    if (!value.empty()) {
      for (const char c : value) literal(c, false);
      return Done{};
    }
    if (colon != std::string_view::npos) return add(inside.substr(colon + 2), depth + 1);
    const std::string shown = "${" + std::string(name) + "}";
    if (name == "PWD") return Error{"${PWD}: the working directory is gone or out of reach"};
    if (name == "EXE") return Error{"${EXE}: the program cannot be told; is /proc mounted?"};
    if (surroundings_.privileged)
      return Error{shown + ": in a privileged start no variable is taken from the environment; write the path itself, or " + "${" + std::string(name) + ":-default}"};
    return Error{shown + " is unset or empty; set it, or write ${" + std::string(name) + ":-default}"};
  }

  std::string path{};
  std::string pattern{};
  bool is_pattern = false;

 private:
  static std::size_t closing_brace(std::string_view text, std::size_t from) {
    int open = 1;
    for (std::size_t i = from; i < text.size(); ++i) {
      if (text.substr(i, 2) == "${") ++open;
      if (text[i] == '}' && --open == 0) return i;
    }
    return std::string_view::npos;
  }

  std::string look_up(std::string_view name) const {
    if (name == "PWD") return working_directory();
    if (name == "POLICY_DIR") return std::string(directory_);
    if (name == "UID") return std::to_string(raw_call(SYS_getuid));
    if (name == "EXE") {
      if (!surroundings_.program.empty()) return surroundings_.program;
      return surroundings_.at_start ? program_of_this_process() : "${EXE}";
    }
    if (surroundings_.privileged) return {};
    const char* value = variable(surroundings_, name);
    return value == nullptr ? std::string() : std::string(value);
  }

  // Escaped in the pattern: a backslash of the policy, and of a variable whatever glob(7) reads, in brackets too.
  void literal(char c, bool may_be_pattern) {
    const auto one_of = [c](std::string_view signs) { return signs.find(c) != std::string_view::npos; };
    path += c;
    if (may_be_pattern && one_of("*?[")) is_pattern = true;
    if (may_be_pattern ? c == '\\' : one_of("*?[]\\-") || (pattern.ends_with('[') && one_of("!^.:="))) pattern += '\\';
    pattern += c;
  }

  std::string_view directory_;
  const Surroundings& surroundings_;
};

// "//" and "/./" say nothing; ".." is left to the kernel, which follows links first.
std::string tidy(std::string_view path) {
  const auto untidy = [path](std::size_t i) { return path[i] == '/' && (i + 1 == path.size() || path[i + 1] == '/' || path[i + 1] == '.'); };
  std::size_t checked = 0;
  while (checked < path.size() && !untidy(checked)) ++checked;
  if (checked == path.size()) return std::string(path);
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '/' && !out.empty() && out.back() == '/') continue;
    if (path[i] == '.' && !out.empty() && out.back() == '/' && (i + 1 == path.size() || path[i + 1] == '/')) continue;
    out += path[i];
  }
  while (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

std::string directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(slash == 0 ? std::string_view("/") : path.substr(0, slash));
}

struct Matches {
  glob_t found{};
  ~Matches() { globfree(&found); }
};

// A directory that went away meanwhile is no error; one that cannot be read could hide a match.
int keep_unreadable(const char*, int os_error) { return os_error == ENOENT || os_error == ENOTDIR ? 0 : 1; }

class Expansion {
 public:
  Expansion(Policy& policy, const Surroundings& surroundings, std::vector<Fault>& faults) : policy_(policy), surroundings_(surroundings), faults_(faults) {}

  void run() {
    add_mode();
    policy_.path_rules.reserve(policy_.path_items.size() + policy_.sources.size() + 1);
    for (const PathItem& item : policy_.path_items) add_item(item);
    add_runtime();
    take_exceptions();
    add_always();
    add_hidden();
    for (Source& source : policy_.sources)
      if (!source.path.empty()) find_chain(source, true);
    for (Source& place : policy_.absent) find_chain(place, false);
    add_log();
  }

 private:
  // Its directory is made by nobody: a log that begins where it was not meant is none.
  void add_log() {
    Log& log = policy_.log;
    if (log.to != LogTo::kFile) return;
    const Origin origin = log.file.origin;
    const std::string written = "file = " + log.file.value;
    if (log.file.value.starts_with('-')) return fault(origin, written + ": a log that may be missing is no log; remove the '-'");
    Result<ExpandedItem> expanded = expand_item(log.file.value, base_of(policy_.sources[origin.file]), surroundings_);
    if (!expanded) return fault(origin, written + ": " + expanded.error().what);
    if (!expanded->pattern.empty()) return fault(origin, written + ": patterns are not read here; name the file");
    log.target = {std::move(expanded->path), "the log", {}};
    find_chain(log.target, false);
  }

  // Landlock only grants: a path is taken out of a rule by granting what lies beside it, level by level.
  void take_exceptions() {
    for (const PathItem& item : policy_.except_items) {
      for (const std::string& path : found(item)) take(path, item);
      if (full_) return;
    }
  }

  void take(const std::string& excepted, const PathItem& item) {
    if (excepted == "/") return fault(item.origin, "except = /: nothing would be left of any rule; remove the rules instead");
    std::vector<PathRule> rules;
    rules.swap(policy_.path_rules);
    counted_ = 0;  // all that stays is added again
    bool met = false;
    for (PathRule& rule : rules) {
      const std::string path = real(rule.path);
      const bool above = path == "/" || (excepted.size() > path.size() && excepted.starts_with(path) && excepted[path.size()] == '/');
      // What stands for a wider rule goes with it; a rule that was written beneath the path stays.
      const bool gone = rule.beside && path.starts_with(excepted + "/");
      if (!above && path != excepted && !gone) {
        if (!add(std::move(rule))) return;
        continue;
      }
      met = true;
      if (gone) continue;
      if (path == excepted) {
        if (rule.beside || rule.key == "mode" || rule.key == "runtime") continue;
        fault(item.origin, "except = " + item.text + " takes all of " + rule.key + " = " + rule.path + " away; remove that rule instead");
        return;
      }
      note_links(rule.path, path, rule.key, rule.origin);
      if (!grant_siblings(path, excepted, rule, item)) return;
    }
    // A missing path may lie where another exception has left nothing that could be taken away.
    if (!met && !item.text.starts_with('-')) fault(item.origin, "except = " + item.text + ": no rule covers this path; remove the line");
  }

  // Everything in `directory` but the way to `excepted`, then the same one level down. Links are left out: a rule on
  // a link is a rule on its target, which may lie anywhere.
  bool grant_siblings(std::string directory, const std::string& excepted, const PathRule& rule, const PathItem& item) {
    while (directory != excepted) {
      const std::string prefix = directory == "/" ? "/" : directory + "/";
      const std::string next = prefix + excepted.substr(prefix.size(), excepted.find('/', prefix.size()) - prefix.size());
      DIR* stream = opendir(directory.c_str());
      if (stream == nullptr && errno == ENOENT) {  // it is not there, and neither is what lies beneath it
        if (rule.missing_ok || directory != real(rule.path)) return true;
        fault(rule.origin, rule.key + " = " + rule.path + ": there is no such path; correct it, or write -" + rule.path + " if it may be missing");
        return false;
      }
      if (stream == nullptr) {
        fault(item.origin, "except = " + item.text + ": " + directory + " cannot be listed, so its other entries cannot be granted one by one", errno);
        return false;
      }
      std::vector<std::string> names;
      errno = 0;
      while (const dirent* entry = readdir(stream)) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != ".." && prefix + std::string(name) != next) names.emplace_back(name);
        errno = 0;
      }
      const int failed = errno;
      closedir(stream);
      if (failed != 0) {
        fault(item.origin, "except = " + item.text + ": " + directory + " cannot be listed", failed);
        return false;
      }
      std::sort(names.begin(), names.end());
      // Known by its inode as well: a file system may list it in another case, and a file may have a second name there.
      struct stat way {};
      const bool there = raw_link_status(next.c_str(), way) == 0;
      for (const std::string& name : names) {
        struct stat info {};
        if (raw_link_status((prefix + name).c_str(), info) != 0 || S_ISLNK(info.st_mode)) continue;
        if (there && info.st_dev == way.st_dev && info.st_ino == way.st_ino) continue;
        if (!S_ISDIR(info.st_mode) && (rule.rights & kOnFiles) == 0) continue;
        if (!add({prefix + name, rule.rights, true, false, true, rule.key, rule.origin})) return false;
      }
      policy_.except_losses.push_back(rule.key + " = " + rule.path + ": " + directory + " itself cannot be listed or changed, and what is created in it later is denied");
      directory = next;
    }
    return true;
  }

  // The real paths of an item, matches of a pattern included. A missing one stands for what may be created there.
  std::vector<std::string> found(const PathItem& item) {
    std::vector<PathRule> kept;
    const std::size_t counted = std::exchange(counted_, 0);
    kept.swap(policy_.path_rules);
    add_item(item);
    kept.swap(policy_.path_rules);
    counted_ = counted;
    std::vector<std::string> out;
    for (const PathRule& rule : kept) {
      if (rule.pattern && rule.missing_ok) continue;
      struct stat info {};
      if (rule.pattern || (!rule.missing_ok && raw_status(rule.path.c_str(), info) != 0)) {
        fault(item.origin, item.key + " = " + item.text + ": there is no such path; correct it, or write -" + item.text + " if it may be missing");
        continue;
      }
      out.push_back(real(rule.path));
      note_links(rule.path, out.back(), item.key, item.origin);
    }
    return out;
  }

  void note_links(const std::string& path, const std::string& real, const std::string& key, Origin origin) {
    if (path != real) policy_.followed.push_back({path, real, key, origin});
  }

  // realpath(3); of a path that does not exist, that of its parent, and its name.
  static std::string real(const std::string& path) {
    char buffer[PATH_MAX];
    if (realpath(path.c_str(), buffer) != nullptr) return buffer;
    if (path == "/" || path.find('/') == std::string::npos) return path;
    const std::string parent = real(directory_of(path));
    return (parent == "/" ? "" : parent) + path.substr(path.rfind('/'));
  }

  void add_hidden() {
    for (const PathItem& item : policy_.hide_items)
      for (std::string& path : found(item)) {
        if (path == "/") return fault(item.origin, "hide = /: nothing would be left to start; name what lies beneath it");
        policy_.hidden.push_back({std::move(path), 0, item.text.starts_with('-'), false, false, "hide", item.origin});
      }
  }

  // Where the relative paths of a policy begin.
  std::string base_of(const Source& source) const { return source.path.empty() ? text_directory(surroundings_) : directory_of(source.path); }

  void add_item(const PathItem& item) {
    if (base_.empty() || base_file_ != item.origin.file) {
      base_file_ = item.origin.file;
      base_ = base_of(policy_.sources[base_file_]);
    }
    Result<ExpandedItem> expanded = expand_item(item.text, base_, surroundings_);
    if (!expanded) return fault(item.origin, item.key + " = " + item.text + ": " + expanded.error().what);
    PathRule rule{std::move(expanded->path), item.rights, expanded->missing_ok, false, false, item.key, item.origin};
    if (expanded->pattern.empty()) {
      add(std::move(rule));
      return;
    }
    Matches matches;
    const int failed = glob(expanded->pattern.c_str(), GLOB_NOSORT, keep_unreadable, &matches.found);
    if (failed == GLOB_NOSPACE) return fault(item.origin, item.key + " = " + item.text + ": no memory for the pattern", ENOMEM);
    if (failed == GLOB_ABORTED) return fault(item.origin, item.key + " = " + item.text + ": a directory of the pattern cannot be read", EACCES);
    if (matches.found.gl_pathc == 0) {
      rule.pattern = true;
      add(std::move(rule));
      return;
    }
    std::vector<std::string> paths(matches.found.gl_pathv, matches.found.gl_pathv + matches.found.gl_pathc);
    std::sort(paths.begin(), paths.end());
    for (std::string& path : paths) {
      rule.path = std::move(path);
      if (!add(rule)) return;
    }
  }

  void add_mode() {
    if (policy_.mode.value != Mode::kReadonly && policy_.mode.value != Mode::kWorkspaceWrite) return;
    const Origin origin = policy_.mode.origin;
    add({"/", kReadExec, false, false, false, "mode", origin});
    for (const char* device : {"/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/ptmx", "/dev/pts"})
      add({device, kDevice, true, false, false, "mode", origin});
    if (policy_.mode.value != Mode::kWorkspaceWrite) return;
    if (policy_.workspace.empty()) {
      if (surroundings_.at_start || !working_directory().empty()) add_item({"${PWD}", kReadWriteExec, "mode", origin});
    }
    for (PathItem item : policy_.workspace) {
      item.rights = kReadWriteExec;
      add_item(item);
    }
    add_item({"-${TMPDIR:-/tmp}", kReadWrite, "mode", origin});
    add({"/dev/shm", kReadWrite, true, false, false, "mode", origin});
  }

  void add_runtime() {
    const Origin origin = policy_.runtime.origin;
    if (policy_.runtime.value == Runtime::kNone) return;
    add({"/etc/ld.so.cache", kReadFile, true, false, false, "runtime", origin});
    const std::string program = surroundings_.program.empty() && surroundings_.at_start ? program_of_this_process() : surroundings_.program;
    if (!program.empty()) add_runtime_file(program);
    // Files for `host` too: beside a program or a script lies whatever its owner put there.
    for (const std::string& file : surroundings_.started) add_runtime_file(file);
    if (policy_.runtime.value == Runtime::kProgram) {
      for (const std::string& file : surroundings_.mapped) add_runtime_file(file);
      return;
    }
    // ld.so(8): the default directories of both bit widths, and what hosts put beside them.
    for (const char* directory : {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32",
                                  "/usr/lib64", "/usr/libx32", "/usr/libexec", "/usr/local/bin", "/usr/local/sbin", "/usr/local/lib"})
      add_runtime_directory(directory);
    for (const std::string& file : surroundings_.mapped)
      if (file != surroundings_.shim) add_runtime_directory(directory_of(file));
    if (surroundings_.privileged) return;
    for (const char* name : {"PATH", "LD_LIBRARY_PATH"})
      if (const char* value = variable(surroundings_, name)) add_search_path(name, value);
  }

  // What a second arrival of the shim needs: itself, and the policy, to learn that it is in force already.
  void add_always() {
    if (policy_.mode.value == Mode::kFullAccess || policy_.file_access.value == FileAccess::kAll) return;
    // What is hidden is as good as missing.
    const bool missing_ok = policy_.private_tmp.value || !policy_.hide_items.empty();
    for (const Source& source : policy_.sources)
      if (!source.path.empty()) add({source.path, kReadFile, missing_ok, false, false, "always", {}});
    if (!surroundings_.shim.empty()) add({surroundings_.shim, kReadFile, missing_ok, false, false, "always", {}});
  }

  void add_search_path(const char* name, std::string_view value) {
    while (!value.empty()) {
      const std::size_t end = std::min(value.find_first_of(":;"), value.size());
      const std::string directory = tidy(value.substr(0, end));
      value.remove_prefix(std::min(end + 1, value.size()));
      if (directory.empty() || directory[0] != '/') continue;  // searched from the working directory: no part of the host
      if (is_root(directory)) return fault(policy_.runtime.origin, std::string("runtime = host: ") + name + " holds \"" + directory + "\", which would grant everything; take it out of the variable");
      add_runtime_directory(directory);
    }
  }

  // By whatever name: "/usr/..", or a link.
  static bool is_root(const std::string& directory) {
    struct stat named {};
    struct stat root {};
    return directory == "/" || (raw_status(directory.c_str(), named) == 0 && raw_status("/", root) == 0 && named.st_dev == root.st_dev && named.st_ino == root.st_ino);
  }

  void add_runtime_file(const std::string& file) { add({file, kReadFile | kExecute, false, false, false, "runtime", policy_.runtime.origin}); }

  void add_runtime_directory(std::string directory) {
    for (const PathRule& rule : policy_.path_rules)
      if (rule.key == "runtime" && rule.path == directory) return;
    add({std::move(directory), kReadExec, true, false, false, "runtime", policy_.runtime.origin});
  }

  // The policy, and all that is passed on the way to it from "/", links followed one by one: whoever can change a
  // directory among them, the one that holds a link too, can change the policy. Of one that is absent, as far as it goes.
  void find_chain(Source& source, bool exists) {
    std::string at = "/";
    std::string rest = source.path;
    note(source, at, exists);
    for (int links = 0; !rest.empty();) {
      const std::size_t slash = std::min(rest.find('/'), rest.size());
      const std::string name = rest.substr(0, slash);
      rest.erase(0, slash + 1);
      if (name.empty() || name == ".") continue;
      if (name == "..") {
        at = directory_of(at);
        continue;
      }
      std::string next = (at == "/" ? "" : at) + "/" + name;
      bool link = false;
      if (!note(source, next, exists, &link)) return;
      if (!link) {
        at = std::move(next);
        continue;
      }
      const std::string target = link_text(next);
      if (target.empty() || ++links > kMaxLinks) return fault({}, source.shown + ": the real path of the policy cannot be told", ELOOP);
      rest = target + "/" + rest;
      if (rest[0] == '/') at = "/";
    }
  }

  // Empty: it is none. Not inlined: the buffer would lie on the stack of all that is called meanwhile.
  [[gnu::noinline]] static std::string link_text(const std::string& path) {
    char target[PATH_MAX];
    const long size = raw_call(SYS_readlinkat, AT_FDCWD, path.c_str(), target, sizeof target);
    return std::string(target, size < 0 ? 0 : static_cast<std::size_t>(size));
  }

  // A link is no part of the chain: whoever can turn it can change the directory that holds it.
  bool note(Source& source, const std::string& path, bool exists, bool* link = nullptr) {
    struct stat info {};
    if (const int result = raw_link_status(path.c_str(), info); result < 0) {
      if (exists || (result != -ENOENT && result != -ENOTDIR)) fault({}, path + ": cannot be looked at", -result);
      return false;
    }
    if (link != nullptr && S_ISLNK(info.st_mode)) return *link = true;
    const FileId id{info.st_dev, info.st_ino};
    if (std::find(source.chain.begin(), source.chain.end(), id) == source.chain.end()) source.chain.push_back(id);
    return true;
  }

  // "/" that comes from a variable or from where the program happens to start opens everything to writing: no one means that.
  bool add(PathRule rule) {
    if (is(rule.path, "/") && (rule.rights & kChanging) != 0 && is(rule.key, "mode")) {
      fault(rule.origin, "this mode would make \"/\" writable, the working directory or ${TMPDIR} at start; write workspace = PATH, or set another TMPDIR");
      return true;
    }
    // What landshim adds on its own does not count.
    const bool own = is(rule.key, "mode") || is(rule.key, "runtime") || is(rule.key, "always");
    if (!own && ++counted_ > kMaxPathRules) {
      if (!full_) fault(rule.origin, "more than " + std::to_string(kMaxPathRules) + " path rules once patterns are expanded; grant a directory instead of its files");
      full_ = true;
      return false;
    }
    policy_.path_rules.push_back(std::move(rule));
    return true;
  }

  void fault(Origin origin, std::string what, int os_error = 0) { faults_.push_back({origin, std::move(what), os_error}); }

  Policy& policy_;
  const Surroundings& surroundings_;
  std::vector<Fault>& faults_;
  std::size_t counted_ = 0;
  bool full_ = false;
  std::string base_{};            // where the relative paths of the file with this index begin
  std::uint16_t base_file_ = 0;
};

}  // namespace

const char* variable(const Surroundings& surroundings, std::string_view name) {
  if (surroundings.environment == nullptr) return nullptr;
  for (const char* const* entry = surroundings.environment; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (text.size() > name.size() && text.starts_with(name) && text[name.size()] == '=') return *entry + name.size() + 1;
  }
  return nullptr;
}

std::string working_directory() {
  char buffer[PATH_MAX];
  // getcwd(2) answers "(unreachable)/..." when the directory is outside the root.
  return raw_call(SYS_getcwd, buffer, sizeof buffer) > 0 && buffer[0] == '/' ? buffer : "";
}

std::string text_directory(const Surroundings& surroundings) { return surroundings.directory.empty() ? working_directory() : surroundings.directory; }

std::string program_of_this_process() {
  char buffer[PATH_MAX];
  const long size = raw_call(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", buffer, sizeof buffer);
  if (size > 0 && static_cast<std::size_t>(size) < sizeof buffer) return std::string(buffer, static_cast<std::size_t>(size));
  const auto* name = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  if (name == nullptr || *name == '\0') return {};
  return *name == '/' ? name : working_directory() + "/" + name;
}

Result<ExpandedItem> expand_item(std::string_view item, std::string_view directory, const Surroundings& surroundings) {
  ExpandedItem out;
  if (item.starts_with('-')) {
    out.missing_ok = true;
    item.remove_prefix(1);
    while (item.starts_with(' ')) item.remove_prefix(1);
  }
  if (item.empty()) return Error{"the path is missing"};
  // Most items are what they say.
  if (item[0] == '/' && plain_part(item) == item.size()) {
    out.path = tidy(item);
    return out;
  }
  Builder builder(directory, surroundings);
  if (item.starts_with('~')) {
    if (item.size() > 1 && item[1] != '/') return Error{"~user is not read; write the path of that home"};
    if (Result<Done> done = builder.add_variable("HOME", 0); !done) return done.error();
    item.remove_prefix(1);
  }
  if (Result<Done> done = builder.add(item); !done) return done.error();
  if (builder.path.empty()) return Error{"nothing is left once the variables are filled in; a path cannot be empty"};
  const bool unknown_program = !surroundings.at_start && surroundings.program.empty() && builder.path.starts_with("${EXE}");
  const bool relative = !builder.path.starts_with('/') && !unknown_program;
  if (relative) {
    Builder absolute(directory, surroundings);
    if (Result<Done> done = absolute.add_variable("POLICY_DIR", 0); !done) return done.error();
    builder.path = absolute.path + "/" + builder.path;
    builder.pattern = absolute.pattern + "/" + builder.pattern;
  }
  out.path = tidy(builder.path);
  if (builder.is_pattern) out.pattern = tidy(builder.pattern);
  return out;
}

void expand(Policy& policy, const Surroundings& surroundings, std::vector<Fault>& faults) {
  Expansion(policy, surroundings, faults).run();
  find_accounts(policy, faults);
}

}  // namespace landshim
