// SPDX-License-Identifier: MIT
#include "shim/command/target.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>

#include "config/surroundings.h"
#include "shim/command/libraries.h"
#include "shim/command/object.h"

namespace landshim::command {

namespace {

constexpr int kMaxScripts = 5;  // execve(2): interpreters that are scripts themselves

std::string absolute(const std::string& path) { return path.starts_with('/') ? path : working_directory() + "/" + path; }

std::string read_start(const std::string& file, std::size_t size) {
  std::string out(size, '\0');
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return {};
  const ssize_t got = pread(fd, out.data(), size, 0);
  close(fd);
  out.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return out;
}

std::vector<std::string> scripts_and_program(const std::string& file) {
  std::vector<std::string> out{file};
  for (int i = 0; i < kMaxScripts; ++i) {
    const std::string next = interpreter(out.back());
    if (next.empty()) break;
    out.push_back(absolute(next));
  }
  return out;
}

bool only_root_writes(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && is_root(info.st_uid) && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

// The program names its loader itself, so it may name anything, a secret that would be granted as its loader. Gives the
// real path of what only root can have put where it lies, and what is called and made like a loader.
Result<std::string> system_loader(const std::string& path) {
  char real[PATH_MAX];
  if (realpath(path.c_str(), real) == nullptr) return Error{"its loader " + path + " cannot be looked at", {}, errno};
  const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
  bool good = path.starts_with('/') && (name.starts_with("ld-") || name.starts_with("ld.so") || name.starts_with("ld64.so")) && read_object(real).has_value() && only_root_writes("/");
  for (std::string at = real; good && !at.empty(); at.erase(at.rfind('/'))) good = only_root_writes(at);
  if (!good) return Error{"its loader " + path + " is none of the system's: named ld-..., and with every directory above it writable by root alone"};
  return std::string(real);
}

}  // namespace

bool is_root(uid_t owner) {
  constexpr uid_t kNoNumber = 65534;
  struct stat top {};
  return owner == 0 || (owner == kNoNumber && stat("/", &top) == 0 && top.st_uid == kNoNumber);
}

std::string interpreter(const std::string& file) {
  const std::string start = read_start(file, 256);  // BINPRM_BUF_SIZE
  if (!start.starts_with("#!")) return {};
  const std::size_t first = start.find_first_not_of(" \t", 2);
  if (first == std::string::npos) return {};
  return start.substr(first, start.find_first_of(" \t\r\n", first) - first);
}

Result<std::string> find_program(const std::string& name) {
  if (name.empty()) return Error{"the name of the command is empty", {}, ENOENT};
  if (name.find('/') != std::string::npos) {
    struct stat info {};
    if (stat(name.c_str(), &info) != 0) return Error{name + ": the command cannot be started", {}, errno};
    if (S_ISDIR(info.st_mode) || access(name.c_str(), X_OK) != 0) return Error{name + ": the command cannot be started", {}, EACCES};
    return absolute(name);
  }
  const char* path = getenv("PATH");
  std::string_view rest = path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path;
  int worst = ENOENT;
  for (bool more = true; more;) {
    const std::size_t colon = rest.find(':');
    more = colon != std::string_view::npos;
    const std::string_view directory = rest.substr(0, colon);
    if (more) rest.remove_prefix(colon + 1);
    const std::string file = (directory.empty() ? std::string(".") : std::string(directory)) + "/" + name;
    struct stat info {};
    if (stat(file.c_str(), &info) != 0 || S_ISDIR(info.st_mode)) continue;
    if (access(file.c_str(), X_OK) == 0) return absolute(file);
    worst = EACCES;
  }
  return Error{name + ": the command is not in PATH", {}, worst};
}

bool is_script(const std::string& file) { return !interpreter(file).empty(); }

std::string program_behind(const std::string& file) {
  const std::string program = scripts_and_program(file).back();
  char real[PATH_MAX];
  return realpath(program.c_str(), real) == nullptr ? program : real;
}

std::vector<std::string> needed_to_start(const std::string& file) {
  std::vector<std::string> out;
  char real[PATH_MAX];
  const std::vector<std::string> files = started_files(file);
  for (std::size_t i = 1; i < files.size(); ++i)
    if (realpath(files[i].c_str(), real) != nullptr) out.emplace_back(real);
  return out;
}

std::vector<std::string> started_files(const std::string& file) {
  std::vector<std::string> out = scripts_and_program(file);
  if (const std::optional<Object> object = read_object(out.back()); object && !object->loader.empty()) out.push_back(object->loader);
  return out;
}

Result<Started> what_starts(const std::string& file) {
  Started out{scripts_and_program(file), {}};
  const std::string program = out.files.back();
  const std::optional<Object> object = read_object(program);
  if (!object || object->loader.empty()) return out;
  const auto refused = [&](const Error& error) { return Error{"runtime cannot grant what " + program + " needs: " + error.what + "; leave runtime out and grant its files by name", {}, error.os_error}; };
  Result<std::string> loader = system_loader(object->loader);
  if (!loader) return refused(loader.error());
  out.files.push_back(std::move(*loader));
  const char* search = getenv("LD_LIBRARY_PATH");
  Result<std::vector<std::string>> libraries = find_libraries(program, *object, search == nullptr ? "" : search);
  if (!libraries) return refused(libraries.error());
  out.libraries = std::move(*libraries);
  return out;
}

}  // namespace landshim::command
