// SPDX-License-Identifier: MIT
// Tries one thing and answers with the errno as exit status: 0 it worked. 200: wrong use.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

// By version and weak: the static victim does without, and its linker would warn of the plain name.
extern "C" void* dynamic_open(const char* file, int mode) __attribute__((weak));
extern "C" char* dynamic_error() __attribute__((weak));
__asm__(".symver dynamic_open, dlopen@GLIBC_2.34\n.symver dynamic_error, dlerror@GLIBC_2.34");

namespace {

constexpr int kWrongUse = 200;

int answer(long result) { return result < 0 ? errno : 0; }

int try_open(const char* path, int flags) {
  const int fd = open(path, flags | O_CLOEXEC, 0644);
  if (fd < 0) return errno;
  char byte;
  if ((flags & O_ACCMODE) == O_RDONLY && (flags & O_DIRECTORY) == 0 && read(fd, &byte, 1) < 0) return errno;
  return 0;
}

struct Attempt {
  const char* word;
  int arguments;
  int (*run)(char** arguments);
};

long number(const char* text) { return std::strtol(text, nullptr, 0); }

int try_words(char** words);

// A word of `call`: "=TEXT" points to the text, "int:N" to 256 bytes that begin with N; "fd:", "w:", "rw:" and "path:"
// open the file that follows; anything else is a number.
long call_argument(const char* text) {
  const std::string_view word(text);
  static std::uint64_t bytes[6][32];
  static int used = 0;
  if (word.starts_with("=")) return reinterpret_cast<long>(text + 1);
  if (word.starts_with("int:")) {
    std::uint64_t* const place = bytes[used++ % 6];
    place[0] = std::strtoull(text + 4, nullptr, 0);
    return reinterpret_cast<long>(place);
  }
  const struct {
    const char* prefix;
    int flags;
  } kinds[] = {{"fd:", O_RDONLY}, {"w:", O_WRONLY}, {"rw:", O_RDWR}, {"path:", O_PATH}};
  for (const auto& kind : kinds) {
    if (!word.starts_with(kind.prefix)) continue;
    const int fd = open(text + std::strlen(kind.prefix), kind.flags | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) _exit(errno);
    return fd;
  }
  return static_cast<long>(std::strtoull(text, nullptr, 0));
}

int raw_call(char** words) {
  long values[7] = {};
  for (int i = 0; i < 7 && words[i] != nullptr; ++i) values[i] = call_argument(words[i]);
  return answer(syscall(values[0], values[1], values[2], values[3], values[4], values[5], values[6]));
}

int status_of(pid_t child);

// Opens a name that another thread changes all the while: from `closed`, which must never open, to `open`.
int race(const char* closed, const char* open_one, int times) {
  static char name[PATH_MAX];
  static std::atomic<bool> over;
  static std::atomic<bool> begun;
  const char* names[] = {closed, open_one};
  pthread_t thread;
  const auto body = [](void* data) -> void* {
    auto* const both = static_cast<const char**>(data);
    for (unsigned i = 0; !over; ++i) std::memcpy(name, both[i % 2], std::strlen(both[i % 2]) + 1), begun = i > 0;
    return nullptr;
  };
  if (pthread_create(&thread, nullptr, body, names) != 0) return errno;
  while (!begun) sched_yield();
  int wrong = 0;
  struct stat secret {};
  for (int i = 0; i < times; ++i) {
    const int fd = open(name, O_RDONLY | O_CLOEXEC);
    struct stat info {};
    if (fd >= 0 && fstat(fd, &info) == 0 && stat(closed, &secret) == 0 && info.st_ino == secret.st_ino) wrong = 1;
    if (fd >= 0) close(fd);
  }
  over = true;
  pthread_join(thread, nullptr);
  return wrong;
}

int try_words(char** words);

// Ends its parent, and says what two calls answer from then on.
int orphaned(const char* file) {
  const pid_t parent = getppid();
  if (kill(parent, SIGKILL) != 0) return errno;
  while (getppid() == parent) usleep(1000);
  char* const none[] = {nullptr};
  const int fd = open(file, O_RDONLY | O_CLOEXEC);
  std::printf("open %d\n", fd < 0 ? errno : 0);
  execve("/none", none, none);
  std::printf("exec %d\n", errno);
  std::fflush(stdout);
  return 0;
}

// As many children at once, each with the same attempt; the answer of the last.
int storm(int count, char** words) {
  int out = 0;
  std::vector<pid_t> children;
  for (int i = 0; i < count; ++i) {
    const pid_t child = fork();
    if (child < 0) return errno;
    if (child == 0) _exit(try_words(words));
    children.push_back(child);
  }
  for (const pid_t child : children) out = status_of(child);
  return out;
}

// Opens and closes while a timer goes off whose handler asks for calls to be restarted: how often one was broken off.
int alarmed(const char* path) {
  struct sigaction action {};
  action.sa_handler = [](int) {};
  action.sa_flags = SA_RESTART;
  sigaction(SIGALRM, &action, nullptr);
  const itimerval often{{0, 500}, {0, 500}};
  setitimer(ITIMER_REAL, &often, nullptr);
  int broken = 0;
  for (int i = 0; i < 2000; ++i) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == EINTR) ++broken;
    if (fd >= 0) close(fd);
  }
  return broken < 100 ? broken : 100;
}

int status_of(pid_t child) {
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return errno;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kWrongUse;
}

// The kernel's own structure for setxattrat(2), <linux/xattr.h> from 6.13 on.
int set_attribute_at(const char* path, const char* name) {
  const struct {
    std::uint64_t value;
    std::uint32_t size;
    std::uint32_t flags;
  } arguments = {reinterpret_cast<std::uint64_t>("x"), 1, 0};
  return answer(syscall(463, AT_FDCWD, path, 0, name, &arguments, sizeof arguments));
}

// What btrfs does on a directory that is open for reading: ioctl(2) with a name. WHAT: make, make-2, copy, copy-2, remove, remove-2.
int subvolume(const char* what, const char* directory, const char* name) {
  struct Way {
    const char* what;
    unsigned long request;
    bool second;
  };
  static constexpr Way kWays[] = {{"make", BTRFS_IOC_SUBVOL_CREATE, false}, {"make-2", BTRFS_IOC_SUBVOL_CREATE_V2, true},  {"copy", BTRFS_IOC_SNAP_CREATE, false},
                                  {"copy-2", BTRFS_IOC_SNAP_CREATE_V2, true}, {"remove", BTRFS_IOC_SNAP_DESTROY, false}, {"remove-2", BTRFS_IOC_SNAP_DESTROY_V2, true}};
  const int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno;
  for (const Way& way : kWays) {
    if (std::strcmp(what, way.what) != 0) continue;
    btrfs_ioctl_vol_args first{};
    btrfs_ioctl_vol_args_v2 second{};
    first.fd = second.fd = fd;
    std::strncpy(way.second ? second.name : first.name, name, 255);
    return answer(ioctl(fd, way.request, way.second ? static_cast<void*>(&second) : static_cast<void*>(&first)));
  }
  return kWrongUse;
}

int open_by_handle(const char* path, const char* mount) {
  alignas(file_handle) char place[sizeof(file_handle) + MAX_HANDLE_SZ] = {};
  auto* const handle = reinterpret_cast<file_handle*>(place);
  handle->handle_bytes = MAX_HANDLE_SZ;
  int mount_id = 0;
  if (name_to_handle_at(AT_FDCWD, path, handle, &mount_id, 0) != 0) return errno;
  const int at = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return answer(open_by_handle_at(at, handle, O_RDONLY | O_CLOEXEC));
}

// One open through a ring: io_uring_setup(2), io_uring_enter(2), with no library.
int open_through_ring(const char* path) {
  io_uring_params parameters{};
  const int ring = static_cast<int>(syscall(SYS_io_uring_setup, 2, &parameters));
  if (ring < 0) return errno;
  const std::size_t queue_size = parameters.sq_off.array + parameters.sq_entries * sizeof(std::uint32_t);
  const std::size_t done_size = parameters.cq_off.cqes + parameters.cq_entries * sizeof(io_uring_cqe);
  const auto map = [&](std::size_t size, std::uint64_t offset) {
    return static_cast<char*>(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, static_cast<off_t>(offset)));
  };
  char* const queue = map(queue_size, IORING_OFF_SQ_RING);
  char* const done = map(done_size, IORING_OFF_CQ_RING);
  auto* const entries = reinterpret_cast<io_uring_sqe*>(map(parameters.sq_entries * sizeof(io_uring_sqe), IORING_OFF_SQES));
  if (queue == MAP_FAILED || done == MAP_FAILED || reinterpret_cast<char*>(entries) == MAP_FAILED) return errno;
  entries[0] = {};
  entries[0].opcode = IORING_OP_OPENAT;
  entries[0].fd = AT_FDCWD;
  entries[0].addr = reinterpret_cast<std::uint64_t>(path);
  entries[0].open_flags = O_RDONLY | O_CLOEXEC;
  *reinterpret_cast<std::uint32_t*>(queue + parameters.sq_off.array) = 0;
  __atomic_store_n(reinterpret_cast<std::uint32_t*>(queue + parameters.sq_off.tail), 1U, __ATOMIC_RELEASE);
  if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, nullptr, 0) < 0) return errno;
  const auto* const result = reinterpret_cast<io_uring_cqe*>(done + parameters.cq_off.cqes);
  return result->res < 0 ? -result->res : 0;
}

// The first name that is created in a directory, on standard output; ETIMEDOUT after five seconds.
int watch_names(const char* directory) {
  const int watch = inotify_init1(IN_CLOEXEC);
  if (watch < 0 || inotify_add_watch(watch, directory, IN_CREATE) < 0) return errno;
  pollfd ready{watch, POLLIN, 0};
  if (poll(&ready, 1, 5000) <= 0) return ETIMEDOUT;
  alignas(inotify_event) char buffer[4096];
  if (read(watch, buffer, sizeof buffer) <= 0) return errno;
  std::puts(reinterpret_cast<inotify_event*>(buffer)->name);
  return 0;
}

int read_memory(pid_t process, std::uint64_t address) {
  char byte = 0;
  const iovec mine{&byte, 1};
  const iovec theirs{reinterpret_cast<void*>(address), 1};
  return answer(process_vm_readv(process, &mine, 1, &theirs, 1, 0));
}

int open_memory(const char* process, std::uint64_t address) {
  const int memory = open((std::string("/proc/") + process + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  char byte = 0;
  return memory < 0 ? errno : answer(pread(memory, &byte, 1, static_cast<off_t>(address)));
}

// A raw system call from words: its number, then up to six arguments; "p" is the address of writable, zeroed memory.
long raw(char** words) {
  static char scratch[4096];
  std::memset(scratch, 0, sizeof scratch);
  long arguments[6] = {};
  for (int i = 0; i < 6 && words[1 + i] != nullptr; ++i)
    arguments[i] = std::strcmp(words[1 + i], "p") == 0 ? reinterpret_cast<long>(scratch) : static_cast<long>(std::strtoull(words[1 + i], nullptr, 0));
  return syscall(number(words[0]), arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}

// One raw call a line of standard input, one answer a line: for tables of calls. In a session of its own, without a terminal.
int try_calls() {
  if (const pid_t child = fork(); child != 0) {
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 201;
  }
  setsid();
  char line[256];
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    char* words[8] = {};
    int count = 0;
    for (char* word = std::strtok(line, " \n"); word != nullptr && count < 7; word = std::strtok(nullptr, " \n")) words[count++] = word;
    errno = 0;
    const long result = raw(words);
    std::printf("%d\n", answer(result));
    if (number(words[0]) == SYS_socket && result > 2) close(static_cast<int>(result));
  }
  std::fflush(stdout);
  _exit(0);
}

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

// "4", "6", or "mapped": IPv4 in an IPv6 socket. Loopback.
Address internet(std::string_view family, const char* port) {
  Address out;
  if (family == "4") {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(number(port)));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::memcpy(&out.storage, &to, out.size = sizeof to);
  } else {
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(static_cast<std::uint16_t>(number(port)));
    inet_pton(AF_INET6, family == "6" ? "::1" : "::ffff:127.0.0.1", &to.sin6_addr);
    std::memcpy(&out.storage, &to, out.size = sizeof to);
  }
  return out;
}

// A leading @ is an abstract name.
Address local(const char* path) {
  Address out;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::strncpy(to.sun_path, path, sizeof to.sun_path - 1);
  out.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(to.sun_path) + (path[0] == '@' ? 0 : 1));
  if (path[0] == '@') to.sun_path[0] = '\0';
  std::memcpy(&out.storage, &to, sizeof to);
  return out;
}

int stream(std::string_view verb, const char* family, const char* port, const char* protocol) {
  Address address = internet(family, port);
  const int fd = socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, static_cast<int>(number(protocol)));
  if (fd < 0) return errno;
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Two spellings of IPv4 that bind(2) knows.
  if (verb == "bind-unspec") {
    sockaddr_in any{};
    any.sin_port = htons(static_cast<std::uint16_t>(number(port)));
    return answer(bind(fd, reinterpret_cast<sockaddr*>(&any), sizeof any));
  }
  if (verb == "bind") return answer(bind(fd, address.get(), address.size));
  if (verb == "listen") {
    if (listen(fd, 1) < 0) return errno;
    sockaddr_in at{};
    socklen_t size = sizeof at;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) < 0) return errno;
    std::printf("%d\n", ntohs(at.sin_port));
    return 0;
  }
  if (verb == "delayed") setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof on);
  if (connect(fd, address.get(), address.size) < 0) return errno;
  return answer(write(fd, "x", 1));
}

int send_to(int fd, Address to, std::string_view how, int flags) {
  char byte = 'x';
  iovec part{&byte, 1};
  mmsghdr message{};
  message.msg_hdr.msg_name = &to.storage;
  message.msg_hdr.msg_namelen = to.size;
  message.msg_hdr.msg_iov = &part;
  message.msg_hdr.msg_iovlen = 1;
  if (how == "sendto") return answer(sendto(fd, &byte, 1, flags, to.get(), to.size));
  if (how == "sendmsg") return answer(sendmsg(fd, &message.msg_hdr, flags));
  if (how == "sendmmsg") return answer(sendmmsg(fd, &message, 1, flags));
  return kWrongUse;
}

int unix_type(std::string_view word) { return word == "stream" ? SOCK_STREAM : word == "seqpacket" ? SOCK_SEQPACKET : SOCK_DGRAM; }

// connect, send: by a new socket; pair-connect, pair-send: by one end of a pair; talk: with a server of its own.
int unix_socket(std::string_view verb, const char* type, const char* path) {
  Address to = local(path);
  int ends[2] = {-1, -1};
  if (verb.starts_with("pair-")) {
    if (socketpair(AF_UNIX, unix_type(type), 0, ends) < 0) return errno;
    verb.remove_prefix(5);
  } else if ((ends[0] = socket(AF_UNIX, unix_type(type), 0)) < 0) {
    return errno;
  }
  if (verb == "connect") return connect(ends[0], to.get(), to.size) < 0 ? errno : answer(write(ends[0], "x", 1));
  if (verb == "send") return send_to(ends[0], to, "sendto", 0);
  const int server = socket(AF_UNIX, unix_type(type), 0);
  if (server < 0 || bind(server, to.get(), to.size) < 0) return errno;
  if (unix_type(type) != SOCK_DGRAM && listen(server, 1) < 0) return errno;
  return answer(connect(ends[0], to.get(), to.size));
}

// A descriptor that came with the start, or comes over one that did.
int inherited(std::string_view verb, int fd, const char* port) {
  Address to = internet("4", port);
  char byte = 'x';
  if (verb == "accept") {
    const int peer = accept(fd, nullptr, nullptr);
    return peer < 0 ? errno : answer(write(peer, "x", 1));
  }
  if (verb == "send") return answer(sendto(fd, &byte, 1, 0, to.get(), to.size));
  if (verb == "fast-open") return send_to(fd, to, "sendto", MSG_FASTOPEN);
  if (verb == "listen") return answer(listen(fd, 1));
  if (verb == "connect-unix") to = local(port);
  if (verb == "connect" || verb == "connect-unix") return connect(fd, to.get(), to.size) < 0 ? errno : answer(write(fd, "x", 1));
  if (verb == "reconnect") {
    sockaddr nowhere{};
    nowhere.sa_family = AF_UNSPEC;
    if (connect(fd, &nowhere, sizeof nowhere) < 0) return errno;
    return connect(fd, to.get(), to.size) < 0 ? errno : answer(write(fd, "x", 1));
  }
  if (verb != "receive") return kWrongUse;
  iovec part{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (recvmsg(fd, &message, 0) < 0) return errno;
  int received = -1;
  if (CMSG_FIRSTHDR(&message) == nullptr) return ENOENT;
  std::memcpy(&received, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof received);
  return answer(write(received, "x", 1));
}

void* call_and_return(void* words) {
  raw(static_cast<char**>(words));
  return nullptr;
}

// Every attempt leaves a trace in the world that the test can look at, or asks the kernel for something forbidden.
const Attempt kAttempts[] = {
    {"read", 1, [](char** a) { return try_open(a[0], O_RDONLY); }},
    {"list", 1, [](char** a) { return try_open(a[0], O_RDONLY | O_DIRECTORY); }},
    {"write", 1, [](char** a) { return try_open(a[0], O_WRONLY); }},
    {"create", 1, [](char** a) { return try_open(a[0], O_WRONLY | O_CREAT | O_EXCL); }},
    {"truncate", 1, [](char** a) { return answer(truncate(a[0], 0)); }},
    {"open-truncate", 1, [](char** a) { return try_open(a[0], O_RDONLY | O_TRUNC); }},
    {"unlink", 1, [](char** a) { return answer(unlink(a[0])); }},
    {"mkdir", 1, [](char** a) { return answer(mkdir(a[0], 0755)); }},
    {"rename", 2, [](char** a) { return answer(rename(a[0], a[1])); }},
    {"chmod", 2, [](char** a) { return answer(chmod(a[0], static_cast<mode_t>(number(a[1])))); }},
    {"exec", 1,
     [](char** a) {
       execl(a[0], a[0], "nothing", nullptr);
       return errno;
     }},
    // Files, by any call: the first word is the number.
    {"call", 1, raw_call},
    {"setxattrat", 2, [](char** a) { return set_attribute_at(a[0], a[1]); }},
    {"map-executable", 1,
     [](char** a) {
       const long fd = call_argument((std::string("fd:") + a[0]).c_str());
       return mmap(nullptr, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, static_cast<int>(fd), 0) == MAP_FAILED ? errno : 0;
     }},
    {"reopen", 1,
     [](char** a) {
       const long fd = call_argument((std::string("path:") + a[0]).c_str());
       return try_open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_RDONLY);
     }},
    {"chmod-through-proc", 2,
     [](char** a) {
       const long fd = call_argument((std::string("path:") + a[0]).c_str());
       return answer(chmod(("/proc/self/fd/" + std::to_string(fd)).c_str(), static_cast<mode_t>(number(a[1]))));
     }},
    {"load-library", 1,
     [](char** a) {
       if (dynamic_open == nullptr) return kWrongUse;
       if (dynamic_open(a[0], RTLD_NOW) != nullptr) return 0;
       const std::string_view why = dynamic_error();
       std::fprintf(stderr, "%s\n", why.data());
       return why.find(std::strerror(EACCES)) != why.npos ? EACCES : kWrongUse;
     }},
    {"subvolume", 3, [](char** a) { return subvolume(a[0], a[1], a[2]); }},
    {"open-by-handle", 2, [](char** a) { return open_by_handle(a[0], a[1]); }},
    {"open-through-ring", 1, [](char** a) { return open_through_ring(a[0]); }},
    {"watch-names", 1, [](char** a) { return watch_names(a[0]); }},
    {"rename-read", 2, [](char** a) { return rename(a[0], a[1]) != 0 ? errno : try_open(a[1], O_RDONLY); }},

    // Other processes.
    {"read-memory", 2, [](char** a) { return read_memory(static_cast<pid_t>(number(a[0])), std::strtoull(a[1], nullptr, 0)); }},
    {"open-memory", 2, [](char** a) { return open_memory(a[0], std::strtoull(a[1], nullptr, 0)); }},

    // The same attempt by another road: the words after it.
    {"forked", 1,
     [](char** a) {
       const pid_t child = fork();
       if (child == 0) _exit(try_words(a));
       return status_of(child);
     }},
    {"threaded", 1,
     [](char** a) {
       struct Work {
         char** words;
         int answer;
       } work{a, kWrongUse};
       pthread_t thread;
       const auto body = [](void* data) -> void* {
         auto* const mine = static_cast<Work*>(data);
         mine->answer = try_words(mine->words);
         return nullptr;
       };
       if (const int error = pthread_create(&thread, nullptr, body, &work); error != 0) return error;
       pthread_join(thread, nullptr);
       return work.answer;
     }},
    {"executed", 2,
     [](char** a) {
       execv(a[0], a);
       return errno;
     }},
    {"vforked", 2,
     [](char** a) {
       const pid_t child = vfork();
       if (child == 0) {
         execv(a[0], a);
         _exit(errno);
       }
       return status_of(child);
     }},
    {"spawned", 2,
     [](char** a) {
       pid_t child = 0;
       const int error = posix_spawn(&child, a[0], nullptr, nullptr, a, environ);
       return error != 0 ? error : status_of(child);
     }},

    {"socket", 3, [](char** a) { return answer(socket(static_cast<int>(number(a[0])), static_cast<int>(number(a[1])), static_cast<int>(number(a[2])))); }},
    {"connect", 1,
     [](char** a) {
       const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
       if (fd < 0) return errno;
       sockaddr_in to{};
       to.sin_family = AF_INET;
       to.sin_port = htons(static_cast<std::uint16_t>(number(a[0])));
       to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
       return answer(connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to));
     }},
    {"kill", 2, [](char** a) { return answer(kill(static_cast<pid_t>(number(a[0])), static_cast<int>(number(a[1])))); }},
    {"raw", 1, [](char** a) { return answer(raw(a)); }},
    {"calls", 0, [](char**) { return try_calls(); }},
    {"stream", 4, [](char** a) { return stream(a[0], a[1], a[2], a[3]); }},
    {"fast-open", 3,
     [](char** a) {
       const Address to = internet(a[1], a[2]);
       const int fd = socket(to.storage.ss_family, SOCK_STREAM, 0);
       return fd < 0 ? errno : send_to(fd, to, a[0], MSG_FASTOPEN);
     }},
    {"udp-send", 2,
     [](char** a) {
       const Address to = internet(a[0], a[1]);
       const int fd = socket(to.storage.ss_family, SOCK_DGRAM, 0);
       return fd < 0 ? errno : send_to(fd, to, "sendto", 0);
     }},
    {"udp-bind", 2,
     [](char** a) {
       Address to = internet(a[0], a[1]);
       const int fd = socket(to.storage.ss_family, SOCK_DGRAM, 0);
       return fd < 0 ? errno : answer(bind(fd, to.get(), to.size));
     }},
    {"unix", 3, [](char** a) { return unix_socket(a[0], a[1], a[2]); }},
    {"inherited", 3, [](char** a) { return inherited(a[0], static_cast<int>(number(a[1])), a[2]); }},
    {"mq-open", 1, [](char** a) { return answer(mq_open(a[0], O_RDWR | O_CREAT, 0600, nullptr)); }},
    {"mq-unlink", 1, [](char** a) { return answer(mq_unlink(a[0])); }},
    {"fork", 0,
     [](char**) {
       const pid_t child = fork();
       if (child == 0) _exit(0);
       return answer(waitpid(child, nullptr, 0));
     }},
    {"thread", 1,
     [](char** a) {
       pthread_t thread;
       if (const int error = pthread_create(&thread, nullptr, call_and_return, a); error != 0) return error;
       return pthread_join(thread, nullptr);
     }},
    {"kill-inside", 1,
     [](char** a) {
       const pid_t child = fork();
       if (child == 0)
         for (;;) pause();
       int status = 0;
       if (kill(child, static_cast<int>(number(a[0]))) < 0) return errno;
       waitpid(child, &status, 0);
       return WIFSIGNALED(status) && WTERMSIG(status) == number(a[0]) ? 0 : kWrongUse;
     }},
    // Answers with the call's number from siginfo_t: below 256.
    {"trapped", 1,
     [](char** a) {
       struct sigaction action {};
       action.sa_sigaction = [](int, siginfo_t* info, void*) { _exit(info->si_code == 1 ? info->si_syscall : kWrongUse); };
       action.sa_flags = SA_SIGINFO;
       sigaction(SIGSYS, &action, nullptr);
       raw(a);
       return kWrongUse;
     }},
    {"pidfd-getfd", 2,
     [](char** a) {
       const auto pidfd = static_cast<int>(syscall(SYS_pidfd_open, number(a[0]), 0));
       return pidfd < 0 ? errno : answer(syscall(SYS_pidfd_getfd, pidfd, number(a[1]), 0));
     }},
    // Overwrites one byte of another process.
    {"poke", 2,
     [](char** a) {
       char byte = 'x';
       const iovec from{&byte, 1};
       const iovec to{reinterpret_cast<void*>(static_cast<std::uintptr_t>(std::strtoull(a[1], nullptr, 0))), 1};
       return answer(process_vm_writev(static_cast<pid_t>(number(a[0])), &from, 1, &to, 1, 0));
     }},
    // In a directory that is gone.
    {"in-removed", 2,
     [](char** a) {
       if (mkdir(a[0], 0700) != 0 || chdir(a[0]) != 0 || rmdir(a[0]) != 0) return errno;
       return try_words(a + 1);
     }},
    {"chrooted", 2, [](char** a) { return chroot(a[0]) != 0 || chdir("/") != 0 ? errno : try_words(a + 1); }},
    {"orphaned", 1, [](char** a) { return orphaned(a[0]); }},
    {"undumpable", 1, [](char** a) { return prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL) != 0 ? errno : try_words(a); }},
    {"alarmed", 1, [](char** a) { return alarmed(a[0]); }},
    {"racing", 3, [](char** a) { return race(a[0], a[1], static_cast<int>(number(a[2]))); }},
    {"storm", 2, [](char** a) { return storm(static_cast<int>(number(a[0])), a + 1); }},
    {"listen-for-calls", 0,
     [](char**) {
       sock_filter allow{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
       const sock_fprog program{1, &allow};
       return answer(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
     }},
    {"nothing", 0, [](char**) { return 0; }},
};

// The attempt that the first word names, with the words after it.
int try_words(char** words) {
  int count = 0;
  while (words[count] != nullptr) ++count;
  for (const Attempt& attempt : kAttempts)
    if (std::string_view(words[0]) == attempt.word) return count - 1 < attempt.arguments ? kWrongUse : attempt.run(words + 1);
  return kWrongUse;
}

}  // namespace

int main(int count, char** arguments) { return count < 2 ? kWrongUse : try_words(arguments + 1); }
