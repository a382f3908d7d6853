// SPDX-License-Identifier: MIT
#include "shim/command/target.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "config/load.h"
#include "shim/command/command.h"
#include "shim/enforce.h"
#include "shim/restrict.h"

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

// The interpreter of a script's first line; empty: no script.
std::string interpreter(const std::string& file) {
  const std::string start = read_start(file, 256);  // BINPRM_BUF_SIZE
  if (!start.starts_with("#!")) return {};
  const std::size_t first = start.find_first_not_of(" \t", 2);
  if (first == std::string::npos) return {};
  return start.substr(first, start.find_first_of(" \t\r\n", first) - first);
}

// PT_INTERP of an ELF file of this word size; empty: static, or nothing of ours.
std::string loader(const std::string& file) {
  const std::string start = read_start(file, 4096);
  if (start.size() < sizeof(Elf64_Ehdr) || !start.starts_with(ELFMAG) || start[EI_CLASS] != ELFCLASS64) return {};
  Elf64_Ehdr header;
  std::memcpy(&header, start.data(), sizeof header);
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    const std::size_t at = header.e_phoff + i * sizeof segment;
    if (header.e_phentsize != sizeof segment || at > start.size() || start.size() - at < sizeof segment) return {};
    std::memcpy(&segment, start.data() + at, sizeof segment);
    if (segment.p_type != PT_INTERP) continue;
    if (segment.p_offset > start.size() || start.size() - segment.p_offset < segment.p_filesz || segment.p_filesz == 0) return {};
    return std::string(start.data() + segment.p_offset, strnlen(start.data() + segment.p_offset, segment.p_filesz));
  }
  return {};
}

// The program names its loader itself, so it may name anything. What the system keeps as a loader is root's, nobody
// else can write it, and it is called like one.
bool is_system_loader(const std::string& path) {
  char real[PATH_MAX];
  struct stat info {};
  if (realpath(path.c_str(), real) == nullptr || stat(real, &info) != 0) return false;
  const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
  return S_ISREG(info.st_mode) && info.st_uid == 0 && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0 && (name.starts_with("ld-") || name.starts_with("ld.so") || name.starts_with("ld64.so"));
}

// Even so the loader lists under a policy of its own: it may read, and neither write nor reach a network.
[[noreturn]] void list(const std::string& loader_path, const std::string& file, Unsupported unsupported, int out) {
  Loaded loaded;
  loaded.policy.mode.value = Mode::kReadonly;
  loaded.policy.unsupported.value = unsupported;
  const Result<Plan> plan = make_plan(std::move(loaded), Surroundings{}, {});
  const Result<Done> held = plan ? enforce(*plan) : Result<Done>(plan.error());
  if (!held) {
    const std::string why = text(held.error());
    _exit(write(out, why.data(), why.size()) < 0 ? kNotFound : kRefused);
  }
  // The shim would look for a policy in a loader that only lists.
  unsetenv("LD_PRELOAD");
  unsetenv("LD_AUDIT");
  // With a closed standard output the pipe itself may have its number.
  const int moved = out == STDOUT_FILENO ? fcntl(STDOUT_FILENO, F_SETFD, 0) : dup2(out, STDOUT_FILENO);
  if (moved < 0) _exit(kNotFound);
  execl(loader_path.c_str(), loader_path.c_str(), "--list", file.c_str(), nullptr);
  _exit(kNotFound);
}

// What `LOADER --list FILE` prints: " libc.so.6 => /lib/libc.so.6 (0x...)", " /lib64/ld-linux.so.2 (0x...)".
Result<std::string> listed(const std::string& loader_path, const std::string& file, Unsupported unsupported) {
  constexpr const char* kInstead = "; leave runtime out and grant its files by name";
  if (!is_system_loader(loader_path)) return Error{"the libraries of " + file + " cannot be listed: its loader " + loader_path + " is none of the system's" + kInstead};
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Error{"the libraries of " + file + " cannot be listed", {}, errno};
  const pid_t child = fork();
  if (child == 0) list(loader_path, file, unsupported, ends[1]);
  close(ends[1]);
  std::string out;
  char buffer[4096];
  for (ssize_t got; child > 0 && ((got = read(ends[0], buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR));)
    if (got > 0) out.append(buffer, static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 1;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == kRefused) return Error{"the libraries of " + file + " cannot be listed: " + out};
  if (child < 0 || status != 0) return Error{"the libraries of " + file + " cannot be listed: " + loader_path + " --list fails" + kInstead};
  return out;
}

}  // namespace

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

std::string program_behind(const std::string& file) {
  std::string program = file;
  for (int i = 0; i < kMaxScripts; ++i) {
    const std::string next = interpreter(program);
    if (next.empty()) break;
    program = absolute(next);
  }
  char real[PATH_MAX];
  return realpath(program.c_str(), real) == nullptr ? program : real;
}

Result<std::vector<std::string>> mapped_files(const std::string& file, Unsupported unsupported) {
  std::vector<std::string> out;
  std::string program = file;
  for (int i = 0; i < kMaxScripts; ++i) {
    const std::string next = interpreter(program);
    if (next.empty()) break;
    out.push_back(program);
    program = absolute(next);
  }
  out.push_back(program);
  const std::string loader_path = loader(program);
  if (loader_path.empty()) return out;
  out.push_back(loader_path);
  Result<std::string> list = listed(loader_path, program, unsupported);
  if (!list) return list.error();
  for (std::size_t at = 0; at < list->size();) {
    const std::size_t end = std::min(list->find('\n', at), list->size());
    const std::string_view line = std::string_view(*list).substr(at, end - at);
    at = end + 1;
    const std::size_t slash = line.find('/');
    const std::size_t address = line.rfind(" (0x");
    if (slash != std::string_view::npos && address != std::string_view::npos && address > slash) {
      const std::size_t arrow = line.find("=> ");
      const std::size_t begin = arrow == std::string_view::npos ? slash : arrow + 3;
      out.emplace_back(line.substr(begin, address - begin));
    }
  }
  return out;
}

}  // namespace landshim::command
