// SPDX-License-Identifier: MIT
#include "tests/support/world.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/skip.h"

extern char** environ;

namespace landshim::tests {

namespace {

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

std::vector<std::string> environment_for(const Start& start) {
  std::map<std::string, std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    all[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
  }
  all.erase("LANDSHIM_POLICY");
  all.erase("LD_PRELOAD");
  for (const std::string& name : start.unset) all.erase(name);
  for (const auto& [name, value] : start.environment) all[name] = value;
  std::vector<std::string> out;
  for (const auto& [name, value] : all) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

std::string in_path(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  std::istringstream path(std::getenv("PATH") != nullptr ? std::getenv("PATH") : "/usr/bin:/bin");
  for (std::string directory; std::getline(path, directory, ':');)
    if (access((directory + "/" + name).c_str(), X_OK) == 0) return directory + "/" + name;
  return name;
}

struct Pipe {
  int read = -1;
  int write = -1;
  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) fail("pipe2");
    read = ends[0];
    write = ends[1];
  }
  ~Pipe() {
    close_read();
    close_write();
  }
  void close_read() {
    if (read >= 0) close(read);
    read = -1;
  }
  void close_write() {
    if (write >= 0) close(write);
    write = -1;
  }
};

[[noreturn]] void become(const Start& start, const std::string& program, char* const* arguments, char* const* environment, const Pipe& in, const Pipe& out, const Pipe& err) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setpgid(0, 0);
  // nohup(1) and background shells leave them ignored, and an ignored signal stays so across exec.
  for (const int number : {SIGHUP, SIGINT, SIGQUIT}) signal(number, SIG_DFL);
  dup2(in.read, 0);
  dup2(out.write, 1);
  dup2(err.write, 2);
  for (const int fd : start.keep) fcntl(fd, F_SETFD, 0);
  if (!start.directory.empty() && chdir(start.directory.c_str()) != 0) _exit(201);
  if (start.as_nobody && (setgroups(0, nullptr) != 0 || setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0)) _exit(202);
  execve(program.c_str(), arguments, environment);
  _exit(errno == ENOENT ? 127 : 126);
}

std::string policy_file(const Scratch& place, const std::string& policy) { return place.file("policy.ini", policy); }

}  // namespace

int kernel_abi() { return static_cast<int>(std::max(0L, syscall(SYS_landlock_create_ruleset, nullptr, 0UL, 1U))); }

std::string built(const std::string& name) {
  static const std::string directory = std::filesystem::absolute(std::getenv("LANDSHIM_BUILD") != nullptr ? std::getenv("LANDSHIM_BUILD") : "build").string();
  return directory + "/" + name;
}

Scratch::Scratch() {
  std::string pattern = std::filesystem::temp_directory_path().string() + "/landshim-test-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) fail("mkdtemp");
  path_ = pattern;
  chmod(path_.c_str(), 0755);
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Scratch::file(const std::string& name, const std::string& text, mode_t mode) const {
  const std::string path = *this / name;
  std::ofstream(path, std::ios::binary) << text;
  if (chmod(path.c_str(), mode) != 0) fail("chmod " + path);
  return path;
}

std::string Scratch::directory(const std::string& name, mode_t mode) const {
  const std::string path = *this / name;
  std::filesystem::create_directories(path);
  if (chmod(path.c_str(), mode) != 0) fail("chmod " + path);
  return path;
}

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

bool exists(const std::string& path) { return std::filesystem::exists(std::filesystem::symlink_status(path)); }

Outcome run(const Start& start) {
  std::vector<std::string> words = start.command;
  std::vector<std::string> variables = environment_for(start);
  const std::string program = in_path(words.at(0));
  const std::vector<char*> arguments = pointers(words);
  const std::vector<char*> environment = pointers(variables);
  Pipe in;
  Pipe out;
  Pipe err;
  const pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) become(start, program, arguments.data(), environment.data(), in, out, err);
  in.close_read();
  out.close_write();
  err.close_write();
  // Inputs are small: they fit into the pipe. A child that ends before it reads must not end the runner.
  if (!start.input.empty()) {
    const auto before = signal(SIGPIPE, SIG_IGN);
    if (write(in.write, start.input.data(), start.input.size()) < 0 && errno != EPIPE) fail("write");
    signal(SIGPIPE, before);
  }
  in.close_write();
  Outcome outcome;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(start.seconds);
  pollfd ends[2] = {{out.read, POLLIN, 0}, {err.read, POLLIN, 0}};
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    if (left <= 0 || poll(ends, 2, static_cast<int>(left)) == 0) {
      outcome.timed_out = true;
      kill(-child, SIGKILL);
      kill(child, SIGKILL);
      break;
    }
    for (int i = 0; i < 2; ++i) {
      if (ends[i].fd < 0 || ends[i].revents == 0) continue;
      char buffer[65536];
      const ssize_t got = read(ends[i].fd, buffer, sizeof buffer);
      if (got > 0) (i == 0 ? outcome.out : outcome.err).append(buffer, static_cast<std::size_t>(got));
      else ends[i].fd = -1;
    }
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) outcome.status = WEXITSTATUS(status);
  else outcome.signal = WTERMSIG(status);
  return outcome;
}

Outcome run_under(const std::string& policy, Start start) {
  const Scratch place;
  start.environment["LANDSHIM_POLICY"] = policy_file(place, policy);
  start.environment["LD_PRELOAD"] = built("liblandshim.so");
  return run(start);
}

Outcome run_by_command(const std::string& policy, Start start) {
  const Scratch place;
  std::vector<std::string> command = {built("landshim"), "run", "-p", policy_file(place, policy), "--"};
  command.insert(command.end(), start.command.begin(), start.command.end());
  start.command = std::move(command);
  return run(start);
}

namespace {

int answer(const Outcome& outcome) {
  if (outcome.timed_out) return 2000;
  return outcome.signal != 0 ? 1000 + outcome.signal : outcome.status;
}

Start start_of(const std::vector<std::string>& arguments, bool as_nobody) {
  Start start{{built("tests/victim")}, {}, {}};
  start.command.insert(start.command.end(), arguments.begin(), arguments.end());
  start.as_nobody = as_nobody && geteuid() == 0;
  return start;
}

}  // namespace

int Victim::without_policy() const { return answer(run(start_of(arguments_, as_nobody_))); }

int Victim::under(const std::string& policy) const { return answer(run_under(policy, start_of(arguments_, as_nobody_))); }

std::string base_policy() { return "[filesystem]\nruntime = host\nread_exec = " + built("tests") + "\ndevice = /dev/null\n"; }
std::string reading(const std::string& path) { return base_policy() + "read = " + path + "\n"; }
std::string writing(const std::string& path) { return base_policy() + "read_write = " + path + "\n"; }

}  // namespace landshim::tests
