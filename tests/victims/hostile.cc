// SPDX-License-Identifier: MIT
// Does what is hard on who follows it. Answers with an errno as exit status, 0: it worked, as the victim does.
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr int kWrongUse = 200;

int answer(long result) { return result < 0 ? errno : 0; }
int number(const char* text) { return static_cast<int>(std::strtol(text, nullptr, 0)); }

int try_open(const char* path) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  const int error = answer(fd);
  if (fd >= 0) close(fd);
  return error;
}

// A page that ends with these bytes, and another behind it that nobody may read.
char* at_edge(const void* bytes, std::size_t size) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  char* const place = static_cast<char*>(mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  mprotect(place + page, page, PROT_NONE);
  return static_cast<char*>(std::memcpy(place + page - size, bytes, size));
}

// whole, endless: a path that ends with the page, with its zero or without; forbidden: behind it; gone: unmapped since.
int edge(std::string_view how, const char* path) {
  const std::size_t size = std::strlen(path) + (how == "endless" ? 0 : 1);
  char* const place = at_edge(path, size);
  if (how == "forbidden") return try_open(place + size);
  if (how == "gone") munmap(place - reinterpret_cast<std::uintptr_t>(place) % 4096, 4096);
  return try_open(place);
}

// connect(2) with what lies at the edge: whole; short of its path; longer than all memory.
int edge_of_address(std::string_view how, const char* path) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::strncpy(to.sun_path, path, sizeof to.sun_path - 1);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(path) + 1);
  auto* const place = reinterpret_cast<sockaddr*>(at_edge(&to, size));
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  return answer(syscall(SYS_connect, fd, place, how == "whole" ? size : how == "beyond" ? size + 1 : 0xffffffffU));
}

// sendmsg(2), sendmmsg(2) with a header of which the end is missing.
int edge_of_message(const char* path) {
  msghdr message{};
  message.msg_name = const_cast<char*>(path);
  message.msg_namelen = 110;
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  if (syscall(SYS_sendmmsg, fd, at_edge(&message, 12), 0xffffffffU, 0) != -1 || errno != EFAULT) return kWrongUse;
  return answer(syscall(SYS_sendmsg, fd, at_edge(&message, 12), 0));
}

std::atomic<int> last_error;
std::atomic<int> differing;

void* open_in_thread(void* path) {
  const int error = try_open(static_cast<const char*>(path));
  if (last_error.exchange(error) != error) ++differing;
  return nullptr;
}

// As many threads alive at once, each with one call.
int threads(int count, char* path) {
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  last_error = try_open(path);
  std::vector<pthread_t> all(static_cast<std::size_t>(count));
  for (pthread_t& thread : all)
    if (const int error = pthread_create(&thread, &small, open_in_thread, path); error != 0) return error;
  for (const pthread_t thread : all) pthread_join(thread, nullptr);
  return differing == 0 ? last_error.load() : kWrongUse;
}

// exec(2) by a thread that is not the first, while others call all the while.
int exec_by_thread(char** words) {
  pthread_t thread;
  for (int i = 0; i < 8; ++i)
    pthread_create(&thread, nullptr, [](void* path) -> void* {
      for (;;) try_open(static_cast<const char*>(path));
    }, words[0]);
  pthread_create(&thread, nullptr, [](void* all) -> void* {
    char** const arguments = static_cast<char**>(all);
    execv(arguments[1], arguments + 1);
    _exit(errno);
  }, words);
  pause();
  return kWrongUse;
}

// Children that do nothing but call, ended or stopped wherever they are.
int broken_off(int count, const char* path) {
  for (int i = 0; i < count; ++i) {
    const pid_t child = fork();
    if (child < 0) return errno;
    if (child == 0)
      for (;;) try_open(path);
    usleep(static_cast<useconds_t>(i * 37 % 900));
    if (i % 3 == 0) {
      kill(child, SIGSTOP);
      usleep(static_cast<useconds_t>(i * 53 % 700));
      // A stopped process holds up nobody else.
      if (const int error = try_open(path); error != EACCES) return error;
      if (i % 2 == 0) kill(child, SIGCONT);
    }
    kill(child, SIGKILL);
    if (waitpid(child, nullptr, 0) != child) return errno;
  }
  return try_open(path);
}

// The path of a process that is gone, and of one that goes.
int gone_process(const char*) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  const std::string path = "/proc/" + std::to_string(child);
  int error = try_open((path + "/status").c_str());
  if (error != EACCES && error != 0) return error;
  waitpid(child, nullptr, 0);
  if ((error = try_open((path + "/status").c_str())) != ENOENT) return error;
  return (error = try_open((path + "/cwd/x").c_str())) != ENOENT ? error : 0;
}

// A directory that lies deeper than any path can say.
int deep(const char* directory, const char* file) {
  const std::string name(250, 'd');
  if (chdir(directory) != 0) return errno;
  for (int i = 0; i < 20; ++i)
    if ((mkdir(name.c_str(), 0700) != 0 && errno != EEXIST) || chdir(name.c_str()) != 0) return errno;
  if (const int error = try_open("none"); error != ENOENT) return error;
  if (symlink(file, "link") != 0 && errno != EEXIST) return errno;
  return try_open("link");
}

// Names that differ, each of which is denied: the last answer.
int names(int count, const char* directory) {
  if (chdir(directory) != 0) return errno;
  int error = 0;
  for (int i = 0; i < count; ++i) error = answer(mkdir((std::to_string(i) + std::string(240, 'n')).c_str(), 0700));
  return error;
}

// All that its parent has, which is who follows it.
int parent(std::string_view how) {
  const pid_t process = getppid();
  if (how == "stop") return answer(kill(process, SIGSTOP));
  if (how == "kill") return answer(kill(process, SIGKILL));
  if (how == "all") return answer(kill(-1, SIGKILL));
  if (how == "queue") {
    siginfo_t info{};
    info.si_code = -1;
    return answer(syscall(SYS_rt_sigqueueinfo, process, SIGKILL, &info));
  }
  if (how == "descriptor") {
    const auto pidfd = static_cast<int>(syscall(SYS_pidfd_open, process, 0));
    if (pidfd < 0) return errno;
    for (int fd = 0; fd < 64; ++fd)
      if (syscall(SYS_pidfd_getfd, pidfd, fd, 0) >= 0) return 0;
    return errno;
  }
  return kWrongUse;
}

int run(char** a) {
  const std::string_view word(a[0]);
  if (word == "edge") return edge(a[1], a[2]);
  if (word == "edge-of-address") return edge_of_address(a[1], a[2]);
  if (word == "edge-of-message") return edge_of_message(a[1]);
  if (word == "threads") return threads(number(a[1]), a[2]);
  if (word == "exec-by-thread") return exec_by_thread(a + 1);
  if (word == "broken-off") return broken_off(number(a[1]), a[2]);
  if (word == "gone-process") return gone_process(a[1]);
  if (word == "deep") return deep(a[1], a[2]);
  if (word == "names") return names(number(a[1]), a[2]);
  if (word == "parent") return parent(a[1]);
  return kWrongUse;
}

}  // namespace

int main(int count, char** arguments) { return count < 3 ? kWrongUse : run(arguments + 1); }
