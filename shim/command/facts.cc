// SPDX-License-Identifier: MIT
#include "shim/command/facts.h"

#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <link.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <filesystem>

#include "config/load.h"
#include "config/parse.h"
#include "config/values.h"
#include "shim/command/profiles.h"
#include "shim/command/target.h"

namespace landshim::command {

namespace {

constexpr std::size_t kMaxEntries = 4096;   // of a directory that is looked through
constexpr std::size_t kMaxPrograms = 64;    // of one directory
constexpr std::size_t kMaxLooked = 1024;    // programs of all rules
constexpr std::size_t kMaxSockets = 64;

std::string real_path(const std::string& path) {
  char buffer[PATH_MAX];
  return realpath(path.c_str(), buffer) == nullptr ? path : buffer;
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

// Whether `path` is `tree` or lies beneath it.
bool covers(const std::string& tree, const std::string& path) { return path == tree || path.starts_with(tree + "/"); }

bool is_directory(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

bool exists(const std::string& path) {
  struct stat info {};
  return lstat(path.c_str(), &info) == 0;
}

std::string read_whole(const std::string& path, std::size_t most) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) return {};
  std::string out(most, '\0');
  std::size_t used = 0;
  for (ssize_t got; used < most && (got = read(fd, out.data() + used, most - used)) > 0;) used += static_cast<std::size_t>(got);
  close(fd);
  out.resize(used);
  return out;
}

// The names in a directory, sorted.
std::vector<std::string> entries(const std::string& directory) {
  std::vector<std::string> out;
  DIR* const stream = opendir(directory.c_str());
  if (stream == nullptr) return out;
  for (const dirent* entry; out.size() < kMaxEntries && (entry = readdir(stream)) != nullptr;) out.emplace_back(entry->d_name);
  closedir(stream);
  std::sort(out.begin(), out.end());
  return out;
}

// One letter more, less or other, or two that changed places.
bool one_slip(const std::string& a, const std::string& b) {
  const std::string& shorter = a.size() < b.size() ? a : b;
  const std::string& longer = a.size() < b.size() ? b : a;
  if (longer.size() - shorter.size() > 1 || a == b) return false;
  const auto differs = std::mismatch(shorter.begin(), shorter.end(), longer.begin());
  const auto at = static_cast<std::size_t>(differs.first - shorter.begin());
  const std::string rest_a = shorter.substr(at);
  const std::string rest_b = longer.substr(at);
  if (shorter.size() != longer.size()) return rest_a == rest_b.substr(1);
  if (rest_a.substr(1) == rest_b.substr(1)) return true;
  return rest_a.size() > 1 && rest_a[0] == rest_b[1] && rest_a[1] == rest_b[0] && rest_a.substr(2) == rest_b.substr(2);
}

class Paths {
 public:
  explicit Paths(const Policy& policy) : policy_(policy) {}

  PathFacts look(const PlannedPath& path) {
    PathFacts out;
    out.real = out.entry = path.path;
    out.kind = Kind::kFile;
    // ${EXE} and the like are known when a program starts.
    if (!path.path.starts_with('/')) return out;
    const bool written = path.key != "mode" && path.key != "runtime" && path.key != "always";
    struct stat info {};
    if (path.pattern || stat(path.path.c_str(), &info) != 0) {
      out.kind = Kind::kMissing;
      if (written && !path.pattern) out.near = near_name(path.path);
      if (!path.pattern) out.entry = entry(path.path);
      return out;
    }
    out.real = with_self(real_path(path.path));
    out.entry = entry(path.path);
    struct stat itself {};
    out.link = lstat(path.path.c_str(), &itself) == 0 && S_ISLNK(itself.st_mode);
    out.kind = S_ISREG(info.st_mode) ? Kind::kFile : S_ISDIR(info.st_mode) ? Kind::kDirectory : S_ISSOCK(info.st_mode) ? Kind::kSocket : Kind::kOther;
    out.repository = out.kind == Kind::kDirectory && (is_directory(out.real + "/.git/hooks") || (out.real.ends_with("/.git") && is_directory(out.real + "/hooks")));
    // With runtime = program the loader of whatever is started is granted, and that is not known yet.
    if (written && (path.rights & kExecute) != 0 && policy_.runtime.value != Runtime::kProgram) programs(out);
    return out;
  }

 private:
  // What leads to the process that looks leads to the one that starts, later.
  static std::string with_self(const std::string& path) {
    const std::string self = "/proc/" + std::to_string(getpid());
    return covers(self, path) ? "/proc/self" + path.substr(self.size()) : path;
  }

  static std::string entry(const std::string& path) {
    if (path == "/") return path;
    const std::string directory = real_path(directory_of(path));
    return (directory == "/" ? "" : directory) + path.substr(path.rfind('/'));
  }

  std::string near_name(const std::string& path) {
    const std::string directory = directory_of(path);
    const std::string name = path.substr(path.rfind('/') + 1);
    // Short names are all alike.
    if (name.size() < 4) return {};
    if (directory != listed_) {
      listed_ = directory;
      names_ = entries(directory);
    }
    for (const std::string& entry : names_)
      if (one_slip(name, entry)) return (directory == "/" ? "" : directory) + "/" + entry;
    return {};
  }

  void programs(PathFacts& out) {
    if (out.kind == Kind::kFile) return program(out, out.real);
    if (out.kind != Kind::kDirectory) return;
    for (const std::string& name : entries(out.real)) {
      if (out.programs.size() >= kMaxPrograms || looked_ >= kMaxLooked) return;
      program(out, out.real + "/" + name);
    }
  }

  void program(PathFacts& out, const std::string& file) {
    struct stat info {};
    if (stat(file.c_str(), &info) != 0 || !S_ISREG(info.st_mode) || (info.st_mode & 0111) == 0) return;
    ++looked_;
    std::vector<std::string> needs = needed_to_start(file);
    if (!needs.empty()) out.programs.push_back({file, std::move(needs)});
  }

  const Policy& policy_;
  std::size_t looked_ = 0;
  std::string listed_{};             // the directory that was looked through last
  std::vector<std::string> names_{};
};

class Sockets {
 public:
  std::vector<ServiceSocket> run(const std::vector<std::string>& homes) {
    for (const Service& service : services()) {
      const std::string pattern = service.pattern;
      if (!pattern.starts_with('~')) expand(pattern, service.name);
      else for (const std::string& home : homes) expand(home + pattern.substr(1), service.name);
    }
    named("SSH_AUTH_SOCK", "", "the SSH agent");
    named("DOCKER_HOST", "unix://", "Docker");
    named("DBUS_SESSION_BUS_ADDRESS", "unix:path=", "D-Bus");
    return std::move(out_);
  }

 private:
  void expand(const std::string& pattern, const char* service) {
    glob_t found{};
    if (glob(pattern.c_str(), 0, nullptr, &found) == 0)
      for (std::size_t i = 0; i < found.gl_pathc; ++i) add(found.gl_pathv[i], service);
    globfree(&found);
  }

  void named(const char* variable, std::string_view before, const char* service) {
    const char* const value = getenv(variable);
    if (value == nullptr || !std::string_view(value).starts_with(before)) return;
    const std::string path = std::string(value).substr(before.size());
    if (path.starts_with('/')) add(path.substr(0, path.find(',')), service);
  }

  void add(const std::string& path, const char* service) {
    struct stat info {};
    struct stat above {};
    const std::string real = real_path(path);
    const std::string directory = directory_of(real);
    if (out_.size() >= kMaxSockets || stat(real.c_str(), &info) != 0 || !S_ISSOCK(info.st_mode) || access(real.c_str(), W_OK) != 0) return;
    for (const ServiceSocket& socket : out_)
      if (socket.path == real) return;
    const bool writable = stat(directory.c_str(), &above) == 0 && access(directory.c_str(), W_OK | X_OK) == 0;
    const bool own = geteuid() == 0 || info.st_uid == geteuid() || above.st_uid == geteuid();
    out_.push_back({real, service, writable && ((above.st_mode & S_ISVTX) == 0 || own)});
  }

  std::vector<ServiceSocket> out_{};
};

// The command, the libraries that are installed, and what this process was loaded with.
std::vector<std::string> own_files() {
  std::vector<std::string> out;
  const auto add = [&](const std::string& path) {
    if (exists(path)) out.push_back(real_path(path));
  };
  add("/proc/self/exe");
  add(LANDSHIM_PREFIX "/lib/liblandshim.so");
  add(LANDSHIM_PREFIX "/lib/liblandshim-audit.so");
  std::vector<std::string> loaded;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        if (info->dlpi_name != nullptr && *info->dlpi_name == '/') static_cast<std::vector<std::string>*>(data)->emplace_back(info->dlpi_name);
        return 0;
      },
      &loaded);
  for (const std::string& path : loaded) add(path);
  return out;
}

std::vector<std::string> policy_places() {
  Surroundings surroundings;
  surroundings.environment = environ;
  std::vector<std::string> out;
  for (const std::string& place : profile_places("any", surroundings)) out.push_back(real_path(directory_of(place)));
  return out;
}

std::vector<std::string> search_path() {
  std::vector<std::string> out;
  const char* const path = getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::string directory(rest.substr(0, rest.find(':')));
    rest.remove_prefix(std::min(directory.size() + 1, rest.size()));
    if (directory.starts_with('/') && is_directory(directory)) out.push_back(real_path(directory));
  }
  return out;
}

std::vector<std::string> variables() {
  std::vector<std::string> out;
  for (const char* const* entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    out.emplace_back(text.substr(0, text.find('=')));
  }
  return out;
}

// What messages call a policy that stands in no file.
constexpr std::string_view kProfile = "profile ";

std::string text_of(const Looked& looked, const Source& source, bool first) {
  if (!source.path.empty()) return read_whole(source.path, kMaxFile);
  if (first && looked.text) return *looked.text;
  return source.shown.starts_with(kProfile) ? std::string(own_profile(std::string_view(source.shown).substr(kProfile.size()))) : std::string();
}

bool is_packaged(const Source& source, std::string_view text) {
  if (text.empty()) return false;
  if (!source.path.empty()) return text == own_profile(std::filesystem::path(source.path).stem().string());
  const std::string_view shown = source.shown;
  return shown.starts_with(kProfile) && text == own_profile(shown.substr(kProfile.size()));
}

std::uint32_t first_free_port() {
  const std::string text = read_whole("/proc/sys/net/ipv4/ip_unprivileged_port_start", 16);
  const std::optional<std::uint64_t> port = whole_number(std::string_view(text).substr(0, text.find('\n')), 65535);
  return port ? static_cast<std::uint32_t>(*port) : Facts{}.first_free_port;
}

}  // namespace

std::vector<std::string> home_directories() {
  std::vector<std::string> out;
  const passwd* const user = getpwuid(getuid());
  for (const char* home : {static_cast<const char*>(getenv("HOME")), user == nullptr ? nullptr : static_cast<const char*>(user->pw_dir)}) {
    if (home == nullptr || *home != '/' || !is_directory(home)) continue;
    std::string real = real_path(home);
    if (real != "/" && std::find(out.begin(), out.end(), real) == out.end()) out.push_back(std::move(real));
  }
  return out;
}

Facts facts_of(const Looked& looked, const Look& look) {
  Facts out;
  Paths paths(look.policy);
  for (const PlannedPath& path : look.plan.ruleset.paths) out.paths.push_back(paths.look(path));
  out.homes = home_directories();
  for (std::string& place : secret_places(out.homes))
    if (exists(place)) out.secrets.push_back(std::move(place));
  out.sockets = Sockets().run(out.homes);
  out.landshim = own_files();
  out.policy_places = policy_places();
  out.search_path = search_path();
  out.variables = variables();
  for (std::size_t i = 0; i < look.policy.sources.size(); ++i) {
    out.texts.push_back(text_of(looked, look.policy.sources[i], i == 0));
    out.packaged.push_back(is_packaged(look.policy.sources[i], out.texts.back()));
  }
  out.first_free_port = first_free_port();
  return out;
}

}  // namespace landshim::command
