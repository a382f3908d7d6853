// SPDX-License-Identifier: MIT
#include "tests/escape/suite/world.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/fs.h>
#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <mqueue.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "tests/escape/suite/attempts.h"
#include "tests/support/world.h"

namespace landshim::escape {

namespace {

using tests::built;
using tests::Scratch;

constexpr int kSeconds = 5;
constexpr int kUserKeyring = -4;
bool is_apart = false;
bool is_alone = false;  // apart, and in a namespace of processes

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

// Out of the way of the numbers that attempts inherit.
int high(int fd) {
  if (fd < 0) fail("a descriptor");
  const int moved = fcntl(fd, F_DUPFD_CLOEXEC, 100);
  close(fd);
  return moved;
}

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(high(fd)) {}
  Fd(Fd&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

std::string numbers(std::initializer_list<long> values) {
  std::string out;
  for (const long value : values) out += " " + std::to_string(value);
  return out + "\n";
}

// --- files ---

std::string attributes_of(const std::string& path) {
  char names[4096];
  std::string out;
  const ssize_t size = llistxattr(path.c_str(), names, sizeof names);
  for (ssize_t at = 0; at < size; at += static_cast<ssize_t>(std::strlen(names + at)) + 1) {
    char value[4096];
    const ssize_t length = lgetxattr(path.c_str(), names + at, value, sizeof value);
    out += std::string(names + at) + "=" + std::string(value, length > 0 ? static_cast<std::size_t>(length) : 0) + ";";
  }
  return out;
}

std::string look_at_file(const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return path + " gone\n";
  std::string out = path + attributes_of(path) + numbers({info.st_mode, info.st_uid, info.st_gid, static_cast<long>(info.st_nlink), static_cast<long>(info.st_ino), info.st_size,
                                                          info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_ctim.tv_sec, info.st_ctim.tv_nsec});
  if (!S_ISREG(info.st_mode)) return out;
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOATIME);
  int flags = 0;
  char bytes[64] = {};
  if (fd >= 0 && ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0) out += numbers({flags});
  if (fd >= 0 && read(fd, bytes, sizeof bytes) >= 0) out.append(bytes, sizeof bytes);
  if (fd >= 0) close(fd);
  return out;
}

std::vector<std::string> sorted(const std::string& directory) {
  std::vector<std::string> out{directory};
  std::error_code ignored;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory, ignored)) out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

std::string look_at_tree(const std::string& directory) {
  std::string out;
  for (const std::string& path : sorted(directory)) out += look_at_file(path);
  return out;
}

// Names, for tidying up.
std::string names_in(const std::string& directory) {
  std::string out;
  for (const std::string& path : sorted(directory)) {
    struct stat info {};
    lstat(path.c_str(), &info);
    out += path + numbers({info.st_mode, info.st_size, static_cast<long>(info.st_nlink), info.st_mtim.tv_nsec, info.st_ctim.tv_nsec});
  }
  return out;
}

// A file that lends rights to who starts it is a way out, wherever it lies.
std::string lenders_in(const std::string& directory) {
  std::string out;
  for (const std::string& path : sorted(directory)) {
    struct stat info {};
    if (lstat(path.c_str(), &info) == 0 && ((info.st_mode & (S_ISUID | S_ISGID)) != 0 || lgetxattr(path.c_str(), "security.capability", nullptr, 0) > 0)) out += path + numbers({info.st_mode});
  }
  return out;
}

// --- a process outside ---

struct Shared {
  std::atomic<long> signals;
  std::atomic<long> signals_to_leader;
  char byte;
};

Shared* shared = nullptr;

class Outsider {
 public:
  Outsider(const std::string& directory, const std::string& file) {
    shared = static_cast<Shared*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    memory_ = shared;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) fail("pipe");
    pid_ = fork();
    if (pid_ == 0) live(directory, file, ends[1]);
    close(ends[1]);
    if (read(ends[0], &held_, sizeof held_) != sizeof held_) fail("a process outside");
    close(ends[0]);
  }
  ~Outsider() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    munmap(memory_, 4096);
  }
  Outsider(const Outsider&) = delete;
  Outsider& operator=(const Outsider&) = delete;

  pid_t pid() const { return pid_; }
  int held() const { return held_; }
  long address() const { return reinterpret_cast<long>(&memory_->byte); }

  std::string look() const {
    siginfo_t ended{};
    waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT);
    cpu_set_t set;
    CPU_ZERO(&set);
    sched_getaffinity(pid_, sizeof set, &set);
    rlimit time{};
    rlimit files{};
    prlimit(pid_, RLIMIT_CPU, nullptr, &time);
    prlimit(pid_, RLIMIT_NOFILE, nullptr, &files);
    return numbers({ended.si_pid, memory_->signals, memory_->signals_to_leader, memory_->byte, getpriority(PRIO_PROCESS, static_cast<id_t>(pid_)), syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, pid_), CPU_COUNT(&set), sched_getscheduler(pid_),
                    static_cast<long>(time.rlim_cur), static_cast<long>(files.rlim_cur)}) +
           tests::contents("/proc/" + std::to_string(pid_) + "/oom_score_adj");
  }

 private:
  [[noreturn]] static void live(const std::string& directory, const std::string& file, int report) {
    prctl(PR_SET_DUMPABLE, 1);
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);  // where Yama asks, so that the attempts work without a policy
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    signal(SIGUSR1, [](int) { ++shared->signals; });
    const int held = open(file.c_str(), O_RDWR | O_CLOEXEC);
    if (chdir(directory.c_str()) != 0 || write(report, &held, sizeof held) != sizeof held) _exit(1);
    for (;;) pause();
  }
  Shared* memory_ = nullptr;
  pid_t pid_ = -1;
  int held_ = -1;
};

// --- servers ---

class Server {
 public:
  Server() = default;
  Server(int family, int type, int protocol, Address at) : listens_(type != SOCK_DGRAM) {
    const int made = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (made < 0) return;  // what this kernel lacks nobody can reach
    fd_ = Fd(made);
    const int on = 1;
    const int off = 0;
    setsockopt(fd_.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    setsockopt(fd_.get(), IPPROTO_TCP, TCP_FASTOPEN, &on, sizeof on);
    if (bind(fd_.get(), at.get(), at.size) != 0 || (listens_ && listen(fd_.get(), 64) != 0)) fail("a server");
  }
  long port() const {
    sockaddr_in6 at{};
    socklen_t size = sizeof at;
    getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&at), &size);
    return ntohs(at.sin6_port);
  }
  // Connections and datagrams so far.
  long arrived() {
    char bytes[256];
    if (fd_.get() < 0) return 0;
    if (listens_)
      for (int peer; (peer = accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC)) >= 0; close(peer)) ++count_;
    else
      while (recv(fd_.get(), bytes, sizeof bytes, MSG_DONTWAIT) >= 0) ++count_;
    return count_;
  }

 private:
  Fd fd_{};
  bool listens_ = true;
  long count_ = 0;
};

Address any_port() {
  Address out;
  sockaddr_in6 at{};
  at.sin6_family = AF_INET6;
  std::memcpy(&out.storage, &at, out.size = sizeof at);
  return out;
}

Server internet(int type, int protocol) {
  // Where there is no IPv6, the attempts by IPv6 prove nothing, and say so.
  Address at = any_port();
  const int probe = socket(AF_INET6, type, 0);
  if (probe >= 0) {
    close(probe);
    return {AF_INET6, type, protocol, at};
  }
  return {AF_INET, type, protocol, loopback(Internet::kFour, 0)};
}

Server on_disk(int type, const std::string& path) { return {AF_UNIX, type, 0, local(path.c_str())}; }

// --- System V, queues, keys ---

class Objects {
 public:
  explicit Objects(const std::string& name) : key_(static_cast<key_t>(0x4c530000 + std::hash<std::string>{}(name) % 0x10000)), name_(name) {
    shm_ = shmget(key_, 4096, IPC_CREAT | 0666);
    sem_ = semget(key_, 1, IPC_CREAT | 0666);
    msg_ = msgget(key_, IPC_CREAT | 0666);
    if (shm_ >= 0) at_ = static_cast<char*>(shmat(shm_, nullptr, 0));
    if (sem_ >= 0) semctl(sem_, 0, SETVAL, 1);
    const struct {
      long type;
      char body[8];
    } message{1, "message"};
    if (msg_ >= 0) msgsnd(msg_, &message, sizeof message.body, IPC_NOWAIT);
    queue_ = mq_open(("/" + name_).c_str(), O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0666, nullptr);
    if (queue_ >= 0) mq_send(queue_, "message", 7, 0);
    id_ = syscall(SYS_add_key, "user", name_.c_str(), "payload", 7, kUserKeyring);
    shm_path_ = "/dev/shm/" + name_;
    const int file = open(shm_path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file >= 0 && write(file, "payload", 7) != 7) fail(shm_path_);
    if (file >= 0) close(file);
  }
  ~Objects() {
    if (at_ != nullptr) shmdt(at_);
    shmctl(shm_, IPC_RMID, nullptr);
    semctl(sem_, 0, IPC_RMID);
    msgctl(msg_, IPC_RMID, nullptr);
    mq_close(queue_);
    mq_unlink(("/" + name_).c_str());
    syscall(SYS_keyctl, KEYCTL_UNLINK, id_, kUserKeyring);
    unlink(shm_path_.c_str());
  }
  Objects(const Objects&) = delete;
  Objects& operator=(const Objects&) = delete;

  std::map<std::string, std::string> words() const {
    return {{"key", std::to_string(key_)}, {"shm", std::to_string(shm_)}, {"sem", std::to_string(sem_)}, {"msg", std::to_string(msg_)}, {"mqueue", "/" + name_}, {"key_name", name_}, {"shm_path", shm_path_}};
  }
  std::string look() const {
    msqid_ds messages{};
    shmid_ds memory{};
    mq_attr queue{};
    char payload[64] = {};
    const long shm = shmctl(shm_, IPC_STAT, &memory);
    const long msg = msgctl(msg_, IPC_STAT, &messages);
    const long waiting = mq_getattr(queue_, &queue);
    const mqd_t named = mq_open(("/" + name_).c_str(), O_RDONLY | O_CLOEXEC);
    if (named >= 0) mq_close(named);
    const long id = syscall(SYS_keyctl, KEYCTL_SEARCH, kUserKeyring, "user", name_.c_str(), 0);
    const long size = id < 0 ? -1 : syscall(SYS_keyctl, KEYCTL_READ, id, payload, sizeof payload);
    return numbers({shm, memory.shm_perm.mode, at_ == nullptr ? 0 : *at_, semctl(sem_, 0, GETVAL), msg, static_cast<long>(messages.msg_qnum), waiting, queue.mq_curmsgs, named >= 0, id, size}) + payload + look_at_file(shm_path_);
  }

 private:
  key_t key_;
  std::string name_;
  int shm_ = -1, sem_ = -1, msg_ = -1;
  char* at_ = nullptr;
  mqd_t queue_ = -1;
  long id_ = -1;
  std::string shm_path_;
};

// --- one attempt ---

struct Terminal {
  Fd master, slave;
  Terminal() {
    int ends[2];
    if (openpty(ends, ends + 1, nullptr, nullptr, nullptr) != 0) fail("a terminal");
    master = Fd(ends[0]);
    slave = Fd(ends[1]);
    termios modes{};
    tcgetattr(slave.get(), &modes);
    cfmakeraw(&modes);  // what is injected counts at once
    tcsetattr(slave.get(), TCSANOW, &modes);
  }
  std::string look() const {
    termios modes{};
    int input = 0;
    int output = 0;
    int discipline = 0;
    winsize size{};
    ioctl(slave.get(), TIOCGWINSZ, &size);
    tcgetattr(slave.get(), &modes);
    ioctl(slave.get(), FIONREAD, &input);
    ioctl(master.get(), FIONREAD, &output);
    ioctl(slave.get(), TIOCGETD, &discipline);
    return numbers({input, output, discipline, static_cast<long>(modes.c_lflag), size.ws_col});
  }
};

int placed(int fd, int number) {
  if (fd < 0) return -1;
  const int result = dup2(fd, number);
  if (fd != number) close(fd);
  return result;
}

// A file that was open for writing waits in a socket, as SCM_RIGHTS.
void pass(const std::string& file) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return;
  const int fd = open(file.c_str(), O_RDWR);
  char byte = 'x';
  iovec part{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  sendmsg(ends[0], &message, 0);
  close(fd);
  close(ends[0]);
  placed(ends[1], kPassed);
}

void inherit(const std::string& outside) {
  const std::string file = outside + "/file";
  placed(open(file.c_str(), O_RDONLY), kOpenFile);
  placed(open(outside.c_str(), O_RDONLY | O_DIRECTORY), kOpenDirectory);
  placed(open(file.c_str(), O_PATH), kPathOnly);
  placed(socket(AF_INET, SOCK_DGRAM, 0), kUdpSocket);
  placed(socket(AF_INET, SOCK_STREAM, 262), kMultipathSocket);
  placed(socket(AF_INET, SOCK_STREAM, 0), kTcpSocket);
  pass(file);
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0) {
    placed(ends[0], kDatagramPair);
    close(ends[1]);
  }
  placed(socket(AF_UNIX, SOCK_STREAM, 0), kUnixSocket);
  std::uint32_t parameters[30] = {};
  placed(static_cast<int>(syscall(SYS_io_uring_setup, 2, parameters)), kRing);
}

}  // namespace

struct World::State {
  Scratch scratch;
  std::string outside = scratch / "outside";
  std::string inside = scratch / "inside";
  std::unique_ptr<Outsider> outsider;
  std::unique_ptr<Objects> objects;
  Server tcp = internet(SOCK_STREAM, 0), granted = internet(SOCK_STREAM, 0), udp = internet(SOCK_DGRAM, 0), udplite = internet(SOCK_DGRAM, 136);
  Server stream, datagram, seqpacket;
  // Process numbers repeat from namespace to namespace, and not all of this lies in one: the directory is unique.
  std::string name = "escape-" + scratch.path().substr(scratch.path().size() - 6);
  std::string abstract = "@" + name;
  Server abstract_stream = on_disk(SOCK_STREAM, abstract), abstract_datagram = on_disk(SOCK_DGRAM, abstract + "-datagram");
  long free = 0;
  std::string tidy{};
  utsname names{};

  State() {
    if (!std::filesystem::exists(scratch.path())) fail(scratch.path());
    uname(&names);
    Server unused = internet(SOCK_STREAM, 0);
    free = unused.port();
    scratch.directory("policies");
    std::filesystem::copy_file(built("tests/attempts"), scratch / "program");
    fill();
  }

  void fill() {
    std::filesystem::remove_all(outside);
    std::filesystem::remove_all(inside);
    for (const char* directory : {"outside", "outside/dir", "inside", "inside/mnt", "inside/tmp"}) scratch.directory(directory);
    const std::string file = scratch.file("outside/file", "keep me\n");
    setxattr(file.c_str(), "user.note", "note", 4, 0);
    scratch.file("outside/script", "#!/bin/sh\nexit 7\n", 0755);
    scratch.file("inside/script", "#!/bin/sh\nexit 7\n", 0755);
    scratch.file("inside/runnable", "#!/bin/sh\nexit 0\n", 0755);
    scratch.file("inside/own", "own file\n");
    scratch.file("inside/wide.ini", "[policy]\nmode = full-access\n[network]\naccess = all\n[syscalls]\nprofile = none\n");
    // What mkswap(8) writes: version 1, the last page, at 1024; the signature at the end of the page.
    std::string swap(10 * 4096, '\0');
    swap[1024] = 1;
    swap[1028] = 9;
    swap.replace(4086, 10, "SWAPSPACE2");
    if (geteuid() == 0) scratch.file("inside/swap", swap, 0600);
    std::filesystem::create_hard_link(scratch / "program", outside + "/program");
    std::filesystem::create_hard_link(scratch / "program", inside + "/readable");
    std::filesystem::create_symlink("file", outside + "/link");
    std::filesystem::create_symlink(outside + "/file", inside + "/way");
    std::filesystem::create_symlink(outside, inside + "/ways");
    mkfifo((outside + "/fifo").c_str(), 0666);
    stream = on_disk(SOCK_STREAM, outside + "/stream");
    datagram = on_disk(SOCK_DGRAM, outside + "/datagram");
    seqpacket = on_disk(SOCK_SEQPACKET, outside + "/seqpacket");
    reader = Fd(open((outside + "/fifo").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    other = Terminal();
    outsider.reset();
    outsider = std::make_unique<Outsider>(outside, file);
    objects.reset();
    objects = std::make_unique<Objects>(name);
    sethostname(names.nodename, std::strlen(names.nodename));
    setdomainname(names.domainname, std::strlen(names.domainname));
    setpriority(PRIO_PROCESS, 0, 0);
    syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, 0);
    tidy = names_in(inside);
  }

  std::string look() {
    utsname now{};
    uname(&now);
    int waiting = 0;
    ioctl(reader.get(), FIONREAD, &waiting);
    return look_at_tree(outside) + other.look() + lenders_in(inside) + outsider->look() + objects->look() + now.nodename + now.domainname +
           numbers({tcp.arrived(), udp.arrived(), udplite.arrived(), stream.arrived(), datagram.arrived(), seqpacket.arrived(), abstract_stream.arrived(), abstract_datagram.arrived(), waiting});
  }

  std::vector<std::string> words() const {
    std::map<std::string, std::string> all = objects->words();
    all["outside"] = outside;
    all["inside"] = inside;
    all["pid"] = std::to_string(outsider->pid());
    all["held"] = std::to_string(outsider->held());
    all["address"] = std::to_string(outsider->address());
    all["runner"] = std::to_string(getpid());
    all["tcp"] = std::to_string(tcp.port());
    all["udp"] = std::to_string(udp.port());
    all["udplite"] = std::to_string(udplite.port());
    all["granted_port"] = std::to_string(granted.port());
    all["free"] = std::to_string(free);
    all["abstract"] = abstract;
    all["abstract_datagram"] = abstract + "-datagram";
    all["terminal"] = ptsname(other.master.get());
    all["apart"] = is_apart ? "1" : "0";
    all["alone"] = is_alone ? "1" : "0";
    all["self"] = built("tests/attempts");
    all["landshim"] = built("landshim");
    all["preload"] = built("liblandshim.so");
    all["loader"] = std::filesystem::exists("/lib64/ld-linux-x86-64.so.2") ? "/lib64/ld-linux-x86-64.so.2" : "/lib/ld-linux-aarch64.so.1";
    all["cgroup"] = std::filesystem::exists("/sys/fs/cgroup/unified") ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup";
    std::vector<std::string> out;
    for (const auto& [key, value] : all) out.push_back(key + "=" + value);
    return out;
  }

  Fd reader;
  Terminal other;
};

World::World() : state_(std::make_unique<State>()) {}
World::~World() = default;
std::string World::policies() const { return state_->scratch / "policies"; }
std::string World::inside() const { return state_->inside; }
long World::granted_port() const { return state_->granted.port(); }
long World::free_port() const { return state_->free; }

namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

struct Launch {
  const Terminal* terminal;
  int output;   // what the attempt says
  int report;   // how it ended, from the leader of its session
  int release;  // closed when the world has been looked at
  std::string outside;
  std::vector<std::string> command, environment;
};

// Leads the session and stays: else the terminal would be hung up before anybody looks at it.
[[noreturn]] void lead(Launch& launch) {
  setsid();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  ioctl(launch.terminal->slave.get(), TIOCSCTTY, 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(launch.terminal->slave.get(), 0);
    dup2(launch.output, 1);
    dup2(launch.output, 2);
    inherit(launch.outside);
    const rlimit none{0, RLIM_INFINITY};
    setrlimit(RLIMIT_CORE, &none);
    const std::vector<char*> words = pointers(launch.command);
    const std::vector<char*> variables = pointers(launch.environment);
    execve(words[0], words.data(), variables.data());
    _exit(127);
  }
  for (const int number : {SIGHUP, SIGTTOU, SIGTTIN, SIGTERM}) signal(number, SIG_IGN);
  signal(SIGUSR1, [](int) { ++shared->signals_to_leader; });
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  char byte = 0;
  if (write(launch.report, &status, sizeof status) != sizeof status) _exit(1);
  while (read(launch.release, &byte, 1) < 0 && errno == EINTR) {
  }
  _exit(0);
}

std::string look_at_leader(pid_t leader) { return numbers({getpriority(PRIO_PROCESS, static_cast<id_t>(leader)), syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, leader)}); }

}  // namespace

Ending World::run(const std::vector<std::string>& before, const std::string& attempt, bool trace_due) {
  State& state = *state_;
  const Terminal terminal;
  int output[2];
  int report[2];
  int release[2];
  if (pipe2(output, O_CLOEXEC) != 0 || pipe2(report, O_CLOEXEC) != 0 || pipe2(release, O_CLOEXEC) != 0) fail("pipe");
  const Fd out_read(output[0]);
  Fd out_write(output[1]);
  const Fd report_read(report[0]);
  Fd report_write(report[1]);
  Fd release_read(release[0]);
  Fd release_write(release[1]);
  Launch launch{&terminal, out_write.get(), report_write.get(), release_read.get(), state.outside, before, {}};
  launch.command.push_back(built("tests/attempts"));
  launch.command.push_back(attempt);
  for (const std::string& word : state.words()) launch.command.push_back(word);
  launch.environment = {"PATH=/usr/bin:/bin", "HOME=/nonexistent", "LC_ALL=C", "TMPDIR=" + state.inside + "/tmp"};
  const std::string was = state.look() + terminal.look() + look_at_leader(getpid());
  const pid_t leader = fork();
  if (leader < 0) fail("fork");
  if (leader == 0) {
    release_write = Fd();
    lead(launch);
  }
  out_write = Fd();
  report_write = Fd();
  release_read = Fd();
  Ending ending;
  pollfd ready{report_read.get(), POLLIN, 0};
  int status = 0;
  const bool ended = poll(&ready, 1, kSeconds * 1000) == 1 && read(report_read.get(), &status, sizeof status) == sizeof status;
  if (!ended) ending.status = 2000;
  else ending.status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  char said[4096];
  pollfd speaks{out_read.get(), POLLIN, 0};
  if (poll(&speaks, 1, 0) == 1)
    if (const ssize_t got = read(out_read.get(), said, sizeof said); got > 0) ending.said.assign(said, static_cast<std::size_t>(got));
  ending.started = ending.said.find('+') != std::string::npos;
  const auto looks = [&] { return state.look() + terminal.look() + look_at_leader(leader); };
  std::string is = looks();
  for (int i = 0; trace_due && ending.status == 0 && is == was && i < 100; ++i) {
    usleep(3000);
    is = looks();
  }
  ending.changed = is != was;
  release_write = Fd();
  if (!ended) kill(-leader, SIGKILL);
  if (!ended) kill(leader, SIGKILL);
  waitpid(leader, nullptr, 0);
  for (const pid_t outsider = state.outsider->pid();;) {  // what attempts left behind
    siginfo_t left{};
    if (waitid(P_ALL, 0, &left, WEXITED | WNOHANG | WNOWAIT) != 0 || left.si_pid == 0 || left.si_pid == outsider) break;
    waitpid(left.si_pid, nullptr, 0);
  }
  if (ending.changed || names_in(state.inside) != state.tidy) state.fill();
  return ending;
}

namespace {

bool raise_loopback() {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  const bool raised = ioctl(fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP), ioctl(fd, SIOCSIFFLAGS, &request) == 0);
  close(fd);
  return raised;
}

bool apart(int namespaces) {
  return mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 && raise_loopback() &&
         ((namespaces & CLONE_NEWPID) == 0 || mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0);
}

constexpr int kNamespaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET;

bool can_be_apart(int namespaces) {
  const pid_t child = fork();
  if (child == 0) {
    if (unshare(namespaces) != 0) _exit(1);
    const pid_t first = fork();
    if (first == 0) _exit(apart(namespaces) ? 0 : 1);
    int status = 1;
    waitpid(first, &status, 0);
    _exit(status == 0 ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  return status == 0;
}

int waited(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace

int run_in(Place place, int (*work)(void*), void* argument) {
  const int namespaces = kNamespaces | (place.own_processes ? CLONE_NEWPID : 0);
  is_apart = geteuid() == 0 && can_be_apart(namespaces);
  if (is_apart && unshare(namespaces) != 0) fail("unshare");
  is_alone = is_apart && place.own_processes;
  const pid_t child = fork();
  if (child != 0) return waited(child);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (is_apart && !apart(namespaces)) _exit(1);
  if (place.as_nobody && (setgroups(0, nullptr) != 0 || setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0)) _exit(1);
  prctl(PR_SET_DUMPABLE, 1);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  _exit(work(argument));
}

}  // namespace landshim::escape
