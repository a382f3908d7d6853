// SPDX-License-Identifier: MIT
// calls time PASSES GRANTED WORK: nanoseconds of single calls, "NAME NANOSECONDS" a line.
// calls prove GRANTED WORK OUTSIDE PORT: what each of a list of attempts becomes, "ATTEMPT ERRNO" a line.
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace {

constexpr int kAllowedPort = 9;
constexpr int kForbiddenPort = 10;

long now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000L + time.tv_nsec;
}

sockaddr_in local(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int connect_to(int socket, int port) {
  const sockaddr_in address = local(port);
  return connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

// A file so many names beneath GRANTED; the directories are there.
std::string deep(const std::string& granted, int depth) {
  std::string path = granted + "/deep";
  for (int i = 0; i < depth - 2; ++i) path += "/d";
  return path + "/file";
}

struct Kind {
  const char* name;
  int times;  // of one pass
  std::function<bool()> call;
};

bool open_close(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  return file >= 0 && close(file) == 0;
}

std::vector<Kind> kinds(const std::string& granted, const std::string& work, int file, int pipe, int socket_of_tcp) {
  const std::string first = work + "/first";
  const std::string second = work + "/second";
  std::ofstream(first) << 'x';
  return {
      {"getpid", 20000, [] { return syscall(SYS_getpid) > 0; }},
      {"read", 20000, [file] { char byte; return pread(file, &byte, 1, 0) == 1; }},
      {"stat", 8000, [path = deep(granted, 2)] { struct stat found; return stat(path.c_str(), &found) == 0; }},
      {"mmap+munmap", 4000, [] { void* page = mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); return page != MAP_FAILED && munmap(page, 4096) == 0; }},
      {"ioctl", 20000, [pipe] { int waiting; return ioctl(pipe, FIONREAD, &waiting) == 0; }},
      {"socket+close", 3000, [] { const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); return made >= 0 && close(made) == 0; }},
      {"connect", 800, [socket_of_tcp] { return connect_to(socket_of_tcp, kAllowedPort) != 0 && errno != EACCES; }},
      {"openat+close, depth 2", 4000, [path = deep(granted, 2)] { return open_close(path); }},
      {"openat+close, depth 6", 4000, [path = deep(granted, 6)] { return open_close(path); }},
      {"openat+close, depth 12", 4000, [path = deep(granted, 12)] { return open_close(path); }},
      {"create+unlink", 800, [path = work + "/new"] { const int made = open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600); return made >= 0 && close(made) == 0 && unlink(path.c_str()) == 0; }},
      {"rename", 800, [first, second] { return rename(first.c_str(), second.c_str()) == 0 && rename(second.c_str(), first.c_str()) == 0; }},
  };
}

int time_calls(int passes, const std::string& granted, const std::string& work) {
  const int file = open(deep(granted, 2).c_str(), O_RDONLY | O_CLOEXEC);
  int ends[2];
  if (file < 0 || pipe2(ends, O_CLOEXEC) != 0) return 1;
  const int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const std::vector<Kind> all = kinds(granted, work, file, ends[0], tcp);
  // The first pass warms up, and is not told.
  for (int pass = -1; pass < passes; ++pass)
    for (const Kind& kind : all) {
      const long from = now();
      for (int i = 0; i < kind.times; ++i)
        if (!kind.call()) {
          std::fprintf(stderr, "calls: %s: %s\n", kind.name, std::strerror(errno));
          return 1;
        }
      if (pass >= 0) std::printf("%s %.1f\n", kind.name, static_cast<double>(now() - from) / kind.times);
    }
  return 0;
}

void tell(const std::string& attempt, bool done) { std::printf("%s %s\n", attempt.c_str(), done ? "done" : strerrorname_np(errno)); }

void try_open(const std::string& attempt, const std::string& path, int flags) {
  const int file = open(path.c_str(), flags | O_CLOEXEC, 0600);
  tell(attempt, file >= 0);
  if (file >= 0) close(file);
}

void try_run(const std::string& attempt, const std::string& path) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return tell(attempt, false);
  const pid_t child = fork();
  if (child == 0) {
    execl(path.c_str(), path.c_str(), nullptr);
    const int fault = errno;
    _exit(write(ends[1], &fault, sizeof fault) == sizeof fault ? 126 : 127);
  }
  close(ends[1]);
  int fault = 0;
  const bool started = read(ends[0], &fault, sizeof fault) == 0;
  close(ends[0]);
  waitpid(child, nullptr, 0);
  errno = fault;
  tell(attempt, started);
}

void try_network(int bind_port) {
  int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  tell("TCP socket", tcp >= 0);
  tell("connect to a granted port", connect_to(tcp, kAllowedPort) == 0);
  close(tcp);
  tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  tell("connect to another port", connect_to(tcp, kForbiddenPort) == 0);
  close(tcp);
  for (const auto& [attempt, port] : {std::pair("bind to the granted port", bind_port), std::pair("bind to another port", bind_port + 1)}) {
    tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = local(port);
    const bool bound = bind(tcp, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    // Who else has the port does not matter.
    errno = errno == EADDRINUSE ? 0 : errno;
    tell(attempt, bound || errno == 0);
    close(tcp);
  }
  tcp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  tell("UDP socket", tcp >= 0);
}

void tell_status() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    for (const char* wanted : {"Cap", "NoNewPrivs:", "Seccomp"})
      if (line.starts_with(wanted)) std::printf("%s\n", line.replace(line.find('\t'), 1, " ").c_str());
}

int prove(const std::string& granted, const std::string& work, const std::string& outside, int bind_port) {
  tell_status();
  try_open("read beneath a granted directory", deep(granted, 12), O_RDONLY);
  try_open("read outside", outside + "/file", O_RDONLY);
  try_open("list outside", outside, O_RDONLY | O_DIRECTORY);
  try_open("list the root", "/", O_RDONLY | O_DIRECTORY);
  try_open("write what may be read", deep(granted, 2), O_WRONLY);
  try_open("create where nothing may be", granted + "/new", O_WRONLY | O_CREAT);
  try_open("create where that is granted", work + "/new", O_WRONLY | O_CREAT);
  try_open("truncate there", work + "/new", O_WRONLY | O_TRUNC);
  tell("rename there", rename((work + "/new").c_str(), (work + "/renamed").c_str()) == 0);
  tell("remove there", unlink((work + "/renamed").c_str()) == 0);
  tell("make a directory there", mkdir((work + "/directory").c_str(), 0700) == 0);
  tell("remove it", rmdir((work + "/directory").c_str()) == 0);
  tell("make a device there", mknod((work + "/device").c_str(), S_IFCHR | 0600, 0x103) == 0);
  unlink((work + "/device").c_str());
  try_open("write the granted device", "/dev/null", O_WRONLY);
  try_open("read the granted device", "/dev/urandom", O_RDONLY);
  try_open("write a device that may be read", "/dev/urandom", O_WRONLY);
  try_open("read another device", "/dev/zero", O_RDONLY);
  try_run("run a granted program", "/usr/bin/true");
  try_run("run what may only be written", work + "/true");
  try_network(bind_port);
  tell("signal who started this", kill(getppid(), 0) == 0);
  tell("new namespace", unshare(CLONE_NEWUSER) == 0);
  tell("key ring", syscall(SYS_keyctl, 0, -3, 0, 0, 0) >= 0);
  tell("io_uring", syscall(SYS_io_uring_setup, 1, nullptr) >= 0);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count == 5 && std::strcmp(words[1], "time") == 0) return time_calls(std::atoi(words[2]), words[3], words[4]);
  if (count == 6 && std::strcmp(words[1], "prove") == 0) return prove(words[2], words[3], words[4], std::atoi(words[5]));
  std::fprintf(stderr, "usage: calls time PASSES GRANTED WORK | calls prove GRANTED WORK OUTSIDE PORT\n");
  return 2;
}
