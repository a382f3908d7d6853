// SPDX-License-Identifier: MIT
#include "shim/command/library.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>

#include "config/surroundings.h"
#include "shim/command/command.h"
#include "shim/command/target.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

std::string real_path(const std::string& path) {
  char buffer[PATH_MAX];
  return realpath(path.c_str(), buffer) == nullptr ? std::string() : buffer;
}

bool others_may_write(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return true;
  const bool sticky = S_ISDIR(info.st_mode) && (info.st_mode & S_ISVTX) != 0;
  return (!is_root(info.st_uid) && info.st_uid != geteuid()) || ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0 && !sticky);
}

// The file, or a directory on the way to it; empty: none.
std::string writable_by_others(const std::string& file) {
  for (std::string path = file; !path.empty(); path.erase(path.rfind('/')))
    if (others_may_write(path)) return path;
  return others_may_write("/") ? "/" : "";
}

[[noreturn]] void start(const std::string& command, const std::string& variable, const std::string& path) {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd <= STDERR_FILENO; ++fd) {
    if (null >= 0) dup2(null, fd);
    else close(fd);
  }
  for (const char* other : {"LD_PRELOAD", "LD_AUDIT"}) unsetenv(other);
  setenv(variable.c_str(), path.c_str(), 1);
  setenv("LANDSHIM_POLICY", "/nonexistent/landshim.ini", 1);
  execl(command.c_str(), command.c_str(), "version", nullptr);
  _exit(kCannotStart);
}

}  // namespace

std::string library_name(Library library) { return library == Library::kPreload ? "liblandshim.so" : "liblandshim-audit.so"; }

std::string library_variable(Library library) { return library == Library::kPreload ? "LD_PRELOAD" : "LD_AUDIT"; }

Result<std::string> find_library(Library library) {
  const std::string command = real_path(program_of_this_process());
  if (command.empty()) return Error{"where this command is cannot be told (/proc is not mounted?), and so not where " + library_name(library) + " is"};
  const std::string directory = command.substr(0, command.rfind('/'));
  const std::string beside = directory + "/" + library_name(library);
  const std::string installed = directory + "/../lib/" + library_name(library);
  for (const std::string& place : {beside, installed}) {
    const std::string real = real_path(place);
    if (real.empty()) continue;
    if (const std::string weak = writable_by_others(real); !weak.empty()) return Error{"others than root and this user could change it, by " + printable(weak) + "; mend its owner and mode", printable(real), 0};
    return real;
  }
  return Error{library_name(library) + " is neither beside this command nor in ../lib", directory, ENOENT};
}

Result<Done> prove_library(Library library, const std::string& path) {
  if (Result<Done> fits = check_loader_path(path); !fits) return fits;
  const std::string command = real_path(program_of_this_process());
  const pid_t child = fork();
  if (child < 0) return Error{"no process can be started to load it", {}, errno};
  if (child == 0) start(command, library_variable(library), path);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == kRefused) return Done{};
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return Error{"the loader ignores it, and programs run free: is it readable, built for this machine, on a file system that is not mounted noexec?", path, 0};
  return Error{"a program with it ends otherwise than by a refusal", path, 0};
}

Result<Done> check_loader_path(const std::string& path) {
  if (!path.starts_with('/')) return Error{"the path is not absolute", printable(path), 0};
  for (const char c : path) {
    const bool blank = c == ' ' || (c >= '\t' && c <= '\r');
    if (blank) return Error{"the loader ends a name at a blank; move it to a path without one", printable(path), 0};
    if (c == ':') return Error{"the loader ends a name at a colon; move it to a path without one", printable(path), 0};
    if (c == '$') return Error{"the loader expands '$'; move it to a path without one", printable(path), 0};
  }
  return Done{};
}

}  // namespace landshim::command
