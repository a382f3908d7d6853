// SPDX-License-Identifier: MIT
// Answers go through shared memory: the policy may close every call that could carry them.
#include "shim/command/really.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <ctime>

#include "shim/call_plan.h"
#include "shim/command/asked_call.h"
#include "shim/command/first_process.h"
#include "shim/enforce.h"
#include "shim/filter.h"
#include "shim/namespaces.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

constexpr int kCheckOnly = 0x10000;  // AT_EXECVE_CHECK, Linux 6.14
constexpr int kSecondsWithoutAnswer = 20;
constexpr unsigned kMemoryDevices = 1;  // major number of null, zero, full, random

enum class State : std::uint8_t { kWaiting, kBegun, kAnswered, kUntried };

struct Answer {
  State state;
  bool hidden;
  int error;   // 0 or an errno; below zero the signal that ended the child
};

// What a child leaves behind, in memory that it has in common with its parent.
class Shared {
 public:
  explicit Shared(std::size_t count) : size_(kRefusalSize + count * sizeof(Answer)), memory_(mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {}
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  ~Shared() {
    if (good()) munmap(memory_, size_);
  }
  bool good() const { return memory_ != MAP_FAILED; }
  const char* refusal() const { return static_cast<const char*>(memory_); }
  void refuse(const std::string& why) const { std::memcpy(memory_, why.c_str(), std::min(why.size(), kRefusalSize - 1)); }
  Answer& answer(std::size_t i) const { return reinterpret_cast<Answer*>(static_cast<char*>(memory_) + kRefusalSize)[i]; }

 private:
  static constexpr std::size_t kRefusalSize = 4096;
  std::size_t size_;
  void* memory_;
};

// One question, ready: what a child that may call nothing else needs.
struct Probe {
  const Question* question = nullptr;
  const Access* access = nullptr;
  std::string not_tried{};
  std::string path{};      // what is opened, made or removed
  bool compare = false;    // something else may lie over the path
  bool away = false;       // the network is another: connect where only a route would lead
  int held = -1;           // an abstract socket that waits outside
};

bool directory_asked(const Access& access) { return (access.calls[0].name == "mkdirat") || access.calls[0].arguments[2] == AT_REMOVEDIR; }

// --- in the child ---

int call_at(const Probe& probe, std::size_t i, long number, std::uint64_t second) {
  const std::uint64_t(&arguments)[6] = probe.access->calls[i].arguments;
  return static_cast<int>(syscall(number, arguments[0], second, arguments[2], arguments[3], arguments[4], arguments[5]));
}

std::uint64_t address_of(const void* pointer) { return reinterpret_cast<std::uint64_t>(pointer); }

// What comes afterwards may end the process.
void settle(Answer& answer, int error) {
  answer.error = error;
  answer.state = error < 0 ? State::kUntried : State::kAnswered;
}

int opened(int fd, Answer& answer, const Probe& probe) {
  if (fd < 0) return errno;
  struct stat info {};
  if (probe.compare && fstat(fd, &info) == 0) answer.hidden = FileId{info.st_dev, info.st_ino} != probe.access->files[0].chain[0];
  settle(answer, 0);
  close(fd);
  return 0;
}

int try_socket(const Probe& probe, Answer& answer) {
  const std::uint64_t(&arguments)[6] = probe.access->calls[0].arguments;
  const int fd = socket(static_cast<int>(arguments[0]), static_cast<int>(arguments[1]), 0);
  if (fd < 0) return errno;
  sockaddr_in internet{};
  internet.sin_family = AF_INET;
  internet.sin_port = htons(probe.question->port);
  internet.sin_addr.s_addr = htonl(probe.away ? 0xc0000201 : INADDR_LOOPBACK);  // 192.0.2.1: RFC 5737
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  std::memcpy(local.sun_path, probe.path.data(), std::min(probe.path.size(), sizeof local.sun_path));
  const bool unix_socket = arguments[0] == AF_UNIX;
  const auto* address = unix_socket ? reinterpret_cast<const sockaddr*>(&local) : reinterpret_cast<const sockaddr*>(&internet);
  const auto size = static_cast<socklen_t>(unix_socket ? offsetof(sockaddr_un, sun_path) + probe.path.size() : sizeof internet);
  const int result = probe.question->verb == Verb::kBind ? bind(fd, address, size) : connect(fd, address, size);
  const int error = result == 0 ? 0 : errno;
  settle(answer, error);
  close(fd);
  return error;
}

// Stopped by the kernel where the new program would begin, and killed there. Where not even that can be had: -1.
int start_and_stop(const std::string& path) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  const pid_t child = fork();
  if (child == 0) {
    // Without its tracer it would run on.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int error = -1;
    char* const words[] = {const_cast<char*>(path.c_str()), nullptr};
    char* const none[] = {nullptr};
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0) {
      execve(path.c_str(), words, none);
      error = errno;
    }
    _exit(write(ends[1], &error, sizeof error) == sizeof error ? 0 : 1);
  }
  close(ends[1]);
  int error = -1;
  int status = 0;
  if (child > 0) {
    if (read(ends[0], &error, sizeof error) == 0) error = 0;
    const bool stopped = waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status);
    kill(child, SIGKILL);
    if (stopped) waitpid(child, &status, 0);
    else if (error == 0) error = -1;
  }
  close(ends[0]);
  return error;
}

// The kernel's own check looks at one file, so each that would be opened is put to it; what the filter says of the call
// itself is asked first.
int try_program(const Probe& probe) {
  const long called = asked_call(SYS_execve, probe.access->calls[0].arguments);
  if (called != kPassed) return static_cast<int>(-called);
  const std::uint64_t check[6] = {static_cast<std::uint64_t>(AT_FDCWD), 0, 0, 0, kCheckOnly, 0};
  const char* const words[] = {probe.path.c_str(), nullptr};
  const char* const none[] = {nullptr};
  const bool checks = asked_call(SYS_execveat, check) == kPassed;
  for (const Wanted& file : probe.access->files) {
    const bool good = checks && syscall(SYS_execveat, AT_FDCWD, file.path.c_str(), words, none, kCheckOnly) == 0;
    if (!good && checks && errno != EINVAL) return errno;
    if (!good) return start_and_stop(probe.path);
  }
  return 0;
}

// 0 or an errno; -1: it could not be tried after all.
int try_one(const Probe& probe, Answer& answer) {
  switch (probe.question->verb) {
    case Verb::kRead:
    case Verb::kWrite:
    case Verb::kList: return opened(call_at(probe, 0, SYS_openat, address_of(probe.path.c_str())), answer, probe);
    case Verb::kCreate:
      if (directory_asked(*probe.access)) return call_at(probe, 0, SYS_mkdirat, address_of(probe.path.c_str())) == 0 ? 0 : errno;
      return opened(call_at(probe, 0, SYS_openat, address_of(probe.path.c_str())), answer, probe);
    case Verb::kRemove: return call_at(probe, 0, SYS_unlinkat, address_of(probe.path.c_str())) == 0 ? 0 : errno;
    // Longer than any file, with a limit of no bytes: refused after all checks, before anything changes.
    case Verb::kTruncate: return syscall(SYS_truncate, probe.path.c_str(), LLONG_MAX, 0, 0, 0, 0) == 0 ? 0 : errno;
    case Verb::kExec: return try_program(probe);
    case Verb::kConnect:
    case Verb::kBind:
    case Verb::kUnix: return try_socket(probe, answer);
    case Verb::kCall: {
      const long result = asked_call(call_number(CallTable::kNative, probe.question->target), probe.access->calls[0].arguments);
      return result == kPassed ? 0 : static_cast<int>(-result);
    }
  }
  return -1;
}

void send_descriptor(int to, int fd) {
  char byte = 0;
  iovec part{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof fd)] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (fd >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* const head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(head), &fd, sizeof fd);
  }
  if (sendmsg(to, &message, MSG_NOSIGNAL) < 0) _exit(kRefused);
}

int receive_descriptor(int from) {
  char byte = 0;
  iovec part{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  int fd = -1;
  if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) == 1)
    if (const cmsghdr* head = CMSG_FIRSTHDR(&message); head != nullptr && head->cmsg_type == SCM_RIGHTS) std::memcpy(&fd, CMSG_DATA(head), sizeof fd);
  return fd;
}

void put_in_force(const Plan& plan, const Shared& shared) {
  Result<Done> done = enter_namespaces(plan);
  if (done && plan.namespaces.enter[static_cast<std::size_t>(Namespace::kPid)]) enter_pid_namespace(getppid(), 0);
  if (done) done = enforce(plan);
  if (done) return;
  shared.refuse(text(done.error()));
  _exit(kRefused);
}

[[noreturn]] void try_in_child(const Plan* plan, const std::vector<Probe>& probes, std::size_t first, const Shared& shared, int channel) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGXFSZ, SIG_IGN);
  rlimit size{};
  getrlimit(RLIMIT_FSIZE, &size);
  size.rlim_cur = 0;
  // Without it, what is tried of truncate would be done.
  if (setrlimit(RLIMIT_FSIZE, &size) != 0) _exit(kRefused);
  const int listener = intercept_asked_calls();
  send_descriptor(channel, listener);
  close(channel);
  if (listener >= 0) close(listener);
  if (plan != nullptr) put_in_force(*plan, shared);
  for (std::size_t i = first; i < probes.size(); ++i) {
    Answer& answer = shared.answer(i);
    const Verb verb = probes[i].question->verb;
    const bool possible = probes[i].not_tried.empty() && (listener >= 0 || (verb != Verb::kCall && verb != Verb::kExec));
    answer.state = State::kBegun;
    settle(answer, possible ? try_one(probes[i], answer) : -1);
  }
  _exit(0);
}

// --- in the parent ---

class Parent {
 public:
  Parent(const Plan* plan, std::vector<Probe>& probes) : plan_(plan), probes_(probes), shared_(probes.size()) {}

  Result<std::vector<Trial>> run() {
    if (!shared_.good()) return Error{"no memory to try the questions in", {}, ENOMEM};
    for (Probe& probe : probes_) prepare(probe);
    Result<Done> done = Done{};
    std::size_t first = 0;
    while (done && first < probes_.size()) done = one_child(first);
    for (Probe& probe : probes_) clean_up(probe);
    if (!done) return done.error();
    std::vector<Trial> out;
    for (std::size_t i = 0; i < probes_.size(); ++i) out.push_back(trial(i));
    return out;
  }

 private:
  // What is removed must be there, and what is reached must wait.
  static void prepare(Probe& probe) {
    if (!probe.not_tried.empty()) return;
    if (probe.question->verb == Verb::kRemove) {
      const int made = directory_asked(*probe.access) ? mkdir(probe.path.c_str(), 0700) : open(probe.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
      if (made > 0) close(made);
      if (made < 0) probe.not_tried = "nothing can be made there to be removed: " + os_words(errno);
    }
    if (probe.access->abstract_unix) {
      probe.held = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      std::memcpy(address.sun_path, probe.path.data(), std::min(probe.path.size(), sizeof address.sun_path));
      // One that is bound already waits there itself.
      if (bind(probe.held, reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + probe.path.size())) == 0) listen(probe.held, 16);
    }
  }

  static void clean_up(Probe& probe) {
    if (!probe.not_tried.empty()) return;
    if (probe.question->verb == Verb::kRemove || probe.question->verb == Verb::kCreate) {
      if (directory_asked(*probe.access)) rmdir(probe.path.c_str());
      else unlink(probe.path.c_str());
    }
    if (probe.held >= 0) close(probe.held);
    probe.held = -1;
  }

  Result<Done> one_child(std::size_t& first) {
    int channel[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0) return Error{"the questions cannot be tried", {}, errno};
    const pid_t child = fork();
    if (child == 0) {
      close(channel[0]);
      try_in_child(plan_, probes_, first, shared_, channel[1]);
    }
    const int error = errno;
    close(channel[1]);
    const int listener = child > 0 ? receive_descriptor(channel[0]) : -1;
    close(channel[0]);
    if (child < 0) return Error{"the questions cannot be tried", {}, error};
    const int end = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
    const bool ended = serve(child, end, listener);
    if (end >= 0) close(end);
    if (listener >= 0) close(listener);
    if (end < 0) return Error{"trying needs pidfd_open(2), Linux 5.3"};
    if (!ended) return Error{"a question was not answered within " + std::to_string(kSecondsWithoutAnswer) + " seconds"};
    if (*shared_.refusal() != '\0') return Error{shared_.refusal()};
    return advance(first);
  }

  // Answers asked calls until the child ends.
  bool serve(pid_t child, int end, int listener) {
    pollfd waited[2] = {{end, POLLIN, 0}, {listener, POLLIN, 0}};
    bool alive = true;
    bool late = end < 0;
    while (alive && !late) {
      const int ready = poll(waited, 2, kSecondsWithoutAnswer * 1000);
      late = ready == 0;
      if (ready > 0 && (waited[1].revents & POLLIN) != 0) answer_asked_call(listener);
      else if (ready > 0 && waited[0].revents != 0) alive = false;
      else if (ready > 0) waited[1].fd = -1;  // nobody is left who could ask
    }
    if (late) kill(child, SIGKILL);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    signal_ = WIFSIGNALED(status) ? WTERMSIG(status) : WIFEXITED(status) && WEXITSTATUS(status) > 128 ? WEXITSTATUS(status) - 128 : 0;
    return !late;
  }

  // A child that ended in the middle answered with its end.
  Result<Done> advance(std::size_t& first) {
    std::size_t at = first;
    while (at < probes_.size() && (shared_.answer(at).state == State::kAnswered || shared_.answer(at).state == State::kUntried)) ++at;
    if (at == probes_.size()) {
      first = at;
      return Done{};
    }
    if (shared_.answer(at).state != State::kBegun && at == first) return Error{"the policy cannot be tried: its process ends before the first question"};
    if (shared_.answer(at).state == State::kBegun) {
      shared_.answer(at) = {State::kAnswered, false, -signal_};
      ++at;
    }
    first = at;
    return Done{};
  }

  // Errors that come after all checks.
  static bool harmless(const Probe& probe, int error) {
    switch (probe.question->verb) {
      case Verb::kConnect: return error == ECONNREFUSED || error == EINPROGRESS || error == EADDRNOTAVAIL;
      case Verb::kBind: return error == EADDRINUSE;
      case Verb::kUnix: return (error == ECONNREFUSED && !probe.access->abstract_unix) || error == EAGAIN || error == EPROTOTYPE;
      case Verb::kTruncate: return error == EFBIG;
      case Verb::kRead:
      case Verb::kWrite: return error == ENXIO;
      case Verb::kExec:
      case Verb::kCreate:
      case Verb::kRemove:
      case Verb::kList:
      case Verb::kCall: break;
    }
    return false;
  }

  Trial trial(std::size_t i) const {
    const Answer& answer = shared_.answer(i);
    Trial out;
    out.not_tried = probes_[i].not_tried;
    if (out.not_tried.empty() && answer.state == State::kUntried) out.not_tried = "the policy leaves no way to try it without doing it";
    if (!out.not_tried.empty()) return out;
    out.hidden = answer.hidden;
    if (answer.error < 0) out.signal = -answer.error;
    else if (!harmless(probes_[i], answer.error)) out.error = answer.error;
    out.allowed = out.error == 0 && out.signal == 0 && !out.hidden;
    return out;
  }

  const Plan* plan_;
  std::vector<Probe>& probes_;
  Shared shared_;
  int signal_ = 0;
};

// Why a question is left to the verdict.
std::string reason_not_to_try(const Plan& plan, const Tried& tried, const std::string& path) {
  struct stat info {};
  for (const Wanted& wanted : tried.access->files)
    if (plan.namespaces.enter[static_cast<std::size_t>(Namespace::kPid)] && wanted.path.starts_with("/proc/") && wanted.path[6] >= '0' && wanted.path[6] <= '9')
      return "in a pid namespace the number is that of another process";
  switch (tried.question->verb) {
    case Verb::kRead:
    case Verb::kWrite:
      if (stat(path.c_str(), &info) != 0) return "";
      if (S_ISFIFO(info.st_mode) || S_ISBLK(info.st_mode) || (S_ISCHR(info.st_mode) && major(info.st_rdev) != kMemoryDevices)) return "opening a pipe or a device may have effects";
      return "";
    case Verb::kCall:
      if (tried.access->calls[0].any_arguments) return "it was asked without arguments";
      if (decide(planned_call(plan.filter, tried.access->calls[0].name), tried.access->calls[0].arguments).kind == ActionKind::kTrace) return "a traced call is answered by its tracer";
      return "";
    case Verb::kUnix: return tried.question->target.size() > sizeof(sockaddr_un::sun_path) - 1 ? "the name is too long for a socket" : "";
    case Verb::kExec:
    case Verb::kCreate:
    case Verb::kRemove:
    case Verb::kList:
    case Verb::kTruncate:
    case Verb::kConnect:
    case Verb::kBind: break;
  }
  return "";
}

std::vector<Probe> probes_of(const Plan& plan, const std::vector<Tried>& questions) {
  std::vector<Probe> out;
  for (const Tried& tried : questions) {
    Probe probe{.question = tried.question, .access = tried.access, .path = tried.question->target};
    const Verb verb = tried.question->verb;
    if (verb == Verb::kCreate || verb == Verb::kRemove) probe.path = tried.access->files[0].path + "/.landshim-ask-" + std::to_string(getpid()) + "-" + std::to_string(out.size());
    if (tried.access->abstract_unix) probe.path[0] = '\0';
    probe.not_tried = reason_not_to_try(plan, tried, probe.path);
    probe.compare = !plan.namespaces.hide.empty() && (verb == Verb::kRead || verb == Verb::kWrite || verb == Verb::kList);
    probe.away = verb == Verb::kConnect && plan.namespaces.enter[static_cast<std::size_t>(Namespace::kNetwork)];
    out.push_back(std::move(probe));
  }
  return out;
}

// What a trial needs of a plan: limits and groups decide on no question, and would be left behind. It ends with its
// parent in any case.
Plan trimmed(const Plan& plan) {
  Plan out = plan;
  out.process.limits.clear();
  out.group.used = false;
  out.process.parent_death_signal = {};
  std::erase_if(out.ruleset.paths, [](const PlannedPath& path) { return path.path.starts_with("${EXE}"); });
  return out;
}

}  // namespace

Result<std::vector<Trial>> try_all(const Plan& plan, const std::vector<Tried>& questions) {
  std::vector<Probe> probes = probes_of(plan, questions);
  const Plan held = trimmed(plan);
  Result<std::vector<Trial>> trials = Parent(&held, probes).run();
  if (!trials) return trials;
  std::vector<Probe> denied;
  for (std::size_t i = 0; i < probes.size(); ++i)
    if ((*trials)[i].not_tried.empty() && (*trials)[i].error != 0) denied.push_back(probes[i]);
  for (Probe& probe : denied) probe.compare = probe.away = false;
  const Result<std::vector<Trial>> controls = Parent(nullptr, denied).run();
  if (!controls) return controls.error();
  for (std::size_t i = 0, at = 0; i < probes.size(); ++i)
    if ((*trials)[i].not_tried.empty() && (*trials)[i].error != 0) (*trials)[i].without_policy = (*controls)[at++].error;
  return trials;
}

}  // namespace landshim::command
