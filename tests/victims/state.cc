// SPDX-License-Identifier: MIT
// Prints all that a program can see of the way it was started, one thing a line.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

extern char** environ;

namespace {

int errno_of_constructor = -1;

__attribute__((constructor)) void look_early() { errno_of_constructor = errno; }

void print_descriptors() {
  DIR* directory = opendir("/proc/self/fd");
  if (directory == nullptr) {
    std::printf("fd cannot be listed: %d\n", errno);
    return;
  }
  while (const dirent* entry = readdir(directory)) {
    const int fd = std::atoi(entry->d_name);
    if (entry->d_name[0] == '.' || fd == dirfd(directory)) continue;
    std::printf("fd %d flags %#x mode %#x\n", fd, static_cast<unsigned>(fcntl(fd, F_GETFD)), static_cast<unsigned>(fcntl(fd, F_GETFL)));
  }
  closedir(directory);
}

void print_signals() {
  sigset_t mask;
  sigprocmask(SIG_BLOCK, nullptr, &mask);
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    const bool known = sigaction(signal, nullptr, &action) == 0;
    std::printf("signal %d blocked %d %s\n", signal, sigismember(&mask, signal), !known ? "reserved" : action.sa_handler == SIG_DFL ? "default" : action.sa_handler == SIG_IGN ? "ignored" : "handled");
  }
}

void print_status() {
  FILE* file = std::fopen("/proc/self/status", "re");
  char line[256];
  while (file != nullptr && std::fgets(line, sizeof line, file) != nullptr)
    for (const char* name : {"Threads:", "Umask:", "Uid:", "Gid:", "Groups:", "SigPnd:", "SigBlk:", "SigIgn:", "SigCgt:", "CapEff:", "CapBnd:"})
      if (std::strncmp(line, name, std::strlen(name)) == 0) std::printf("%s", line);
  if (file != nullptr) std::fclose(file);
}

}  // namespace

int main(int count, char** arguments) {
  const int errno_of_main = errno;
  std::printf("errno %d, in a constructor %d\n", errno_of_main, errno_of_constructor);
  for (int i = 0; i < count; ++i) std::printf("argument %d %s\n", i, arguments[i]);
  for (char** entry = environ; *entry != nullptr; ++entry) std::printf("variable %s\n", *entry);
  char directory[4096];
  std::printf("directory %s\n", getcwd(directory, sizeof directory) == nullptr ? "none" : directory);
  const mode_t mask = umask(0);
  umask(mask);
  std::printf("umask %o\n", static_cast<unsigned>(mask));
  print_descriptors();
  print_signals();
  print_status();
  return 0;
}
