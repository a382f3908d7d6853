// SPDX-License-Identifier: MIT
// [ipc]: abstract sockets, signals, System V, message queues, key rings, scheduling, and the limits of others.
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <linux/keyctl.h>
#include <mqueue.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <stdexcept>

#include "tests/support/world.h"

using namespace landshim::tests;

namespace {

std::string ipc(const std::string& lines) { return base_policy() + "[ipc]\n" + lines; }

template <class... Words>
Victim raw(long number, Words... words) {
  return victim("raw", std::to_string(number), words...);
}

/// A process outside the sandbox, of the same user, that waits.
class Outsider {
 public:
  Outsider() : pid_(fork()) {
    if (pid_ != 0) return;
    // The test framework's handlers are not for this process.
    for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) sigaction(signal, &kDefault, nullptr);
    for (;;) pause();
  }
  ~Outsider() {
    if (pid_ < 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Outsider(const Outsider&) = delete;
  Outsider& operator=(const Outsider&) = delete;

  pid_t number() const { return pid_; }
  std::string pid() const { return std::to_string(pid_); }
  bool alive() const {
    siginfo_t info{};
    return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
  }
  /// The signal that ended it.
  int ended_by() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFSIGNALED(status) ? WTERMSIG(status) : -1;
  }

 private:
  static constexpr struct sigaction kDefault {};
  pid_t pid_;
};

/// A server of the test process on an abstract name.
class AbstractServer {
 public:
  explicit AbstractServer(int type) : type_(type), name_("@landshim-test-" + std::to_string(getpid()) + "-" + std::to_string(type)), fd_(socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path + 1, name_.c_str() + 1, name_.size() - 1);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    if (bind(fd_, reinterpret_cast<sockaddr*>(&at), size) != 0 || (type != SOCK_DGRAM && listen(fd_, 16) != 0)) throw std::runtime_error("a server cannot be set up");
  }
  ~AbstractServer() { close(fd_); }
  AbstractServer(const AbstractServer&) = delete;
  AbstractServer& operator=(const AbstractServer&) = delete;

  const std::string& name() const { return name_; }
  int arrived() {
    int count = 0;
    char byte = 0;
    if (type_ == SOCK_DGRAM) {
      while (recv(fd_, &byte, 1, MSG_DONTWAIT) == 1) ++count;
      return count;
    }
    for (int peer; (peer = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0; close(peer)) ++count;
    return count;
  }

 private:
  int type_;
  std::string name_;
  int fd_;
};

std::string queue_name() { return "/landshim-test-" + std::to_string(getpid()); }

}  // namespace

TEST_CASE("abstract UNIX sockets outside cannot be reached unless abstract_unix = allow", "[live][ipc]") {
  REQUIRE_ABI(6);
  struct Way {
    const char* verb;
    const char* type;
    int number;
  };
  for (const Way& way : {Way{"connect", "stream", SOCK_STREAM}, Way{"connect", "seqpacket", SOCK_SEQPACKET}, Way{"connect", "dgram", SOCK_DGRAM}, Way{"send", "dgram", SOCK_DGRAM}, Way{"pair-send", "dgram", SOCK_DGRAM}}) {
    INFO(way.verb << " " << way.type);
    AbstractServer server(way.number);
    const Victim reaching = victim("unix", way.verb, way.type, server.name());
    CHECK(reaching.without_policy() == 0);
    CHECK(server.arrived() == 1);
    const std::string sockets = "[network]\nunix = allow\n";
    CHECK(reaching.under(base_policy() + sockets) == EPERM);
    CHECK(reaching.under(ipc("abstract_unix = deny\n" + sockets)) == EPERM);
    CHECK(reaching.under(base_policy() + "[network]\naccess = all\n") == EPERM);
    CHECK(server.arrived() == 0);
    CHECK(reaching.under(ipc("abstract_unix = allow\n" + sockets)) == 0);
    CHECK(server.arrived() == 1);
  }
}

TEST_CASE("abstract UNIX sockets of the sandbox's own can be reached", "[live][ipc]") {
  REQUIRE_ABI(6);
  const std::string name = "@landshim-test-own-" + std::to_string(getpid());
  for (const char* type : {"stream", "seqpacket", "dgram"}) CHECK(victim("unix", "talk", type, name).under(base_policy() + "[network]\nunix = allow\n") == 0);
}

TEST_CASE("signals do not reach a process outside", "[live][ipc]") {
  REQUIRE_ABI(6);
  Outsider outsider;
  const std::string sigterm = std::to_string(SIGTERM);
  for (const std::string& policy : {base_policy(), ipc("signals = deny\n"), ipc("signals = deny\n[syscalls]\nprofile = none\n")}) {
    for (const char* signal : {"0", "15", "9", "19"}) {
      CHECK(victim("kill", outsider.pid(), signal).under(policy) == EPERM);
      CHECK(raw(SYS_tkill, outsider.pid(), signal).under(policy) == EPERM);
      CHECK(raw(SYS_tgkill, outsider.pid(), outsider.pid(), signal).under(policy) == EPERM);
    }
    // The test process itself, which started the victim.
    CHECK(victim("kill", std::to_string(getpid()), "0").under(policy) == EPERM);
    CHECK(victim("kill-inside", sigterm).under(policy) == 0);
    CHECK(victim("kill-inside", "9").under(policy) == 0);
  }
  CHECK(outsider.alive());
  CHECK(victim("kill", outsider.pid(), "0").without_policy() == 0);
  CHECK(raw(SYS_tgkill, outsider.pid(), outsider.pid(), "0").without_policy() == 0);
  CHECK(victim("kill", outsider.pid(), sigterm).without_policy() == 0);
  CHECK(outsider.ended_by() == SIGTERM);
}

TEST_CASE("with signals = allow a signal reaches a process outside", "[live][ipc]") {
  Outsider outsider;
  CHECK(victim("kill", outsider.pid(), std::to_string(SIGUSR1)).under(ipc("signals = allow\n")) == 0);
  CHECK(outsider.ended_by() == SIGUSR1);
}

TEST_CASE("System V shared memory, semaphores and queues are denied unless sysv = allow", "[live][ipc]") {
  const auto key = static_cast<key_t>(0x4c530000 + (getpid() & 0xffff));
  const std::string number = std::to_string(key);
  const int memory = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600);
  const int semaphores = semget(key, 1, IPC_CREAT | IPC_EXCL | 0600);
  const int queue = msgget(key, IPC_CREAT | IPC_EXCL | 0600);
  REQUIRE(memory >= 0);
  REQUIRE(semaphores >= 0);
  REQUIRE(queue >= 0);
  const std::string m = std::to_string(memory);
  const std::string s = std::to_string(semaphores);
  const std::string q = std::to_string(queue);
  // Last those that destroy what the calls before them use.
  const std::vector<Victim> attempts = {
      raw(SYS_shmget, number, "0", "0"), raw(SYS_shmat, m, "0", "0"), raw(SYS_shmctl, m, std::to_string(IPC_STAT), "p"), raw(SYS_semget, number, "1", "0"), raw(SYS_semctl, s, "0", "12"),
      raw(SYS_msgget, number, "0"), raw(SYS_msgctl, q, std::to_string(IPC_STAT), "p"),
      raw(SYS_shmctl, m, std::to_string(IPC_RMID), "0"), raw(SYS_semctl, s, "0", std::to_string(IPC_RMID)), raw(SYS_msgctl, q, std::to_string(IPC_RMID), "0")};
  for (const std::string& policy : {base_policy(), ipc("sysv = deny\n"), ipc("sysv = deny\n[syscalls]\nprofile = none\n")})
    for (const Victim& attempt : attempts) CHECK(attempt.under(policy) == EACCES);
  // Calls whose success needs more than one argument's care: the kernel's own answer is another.
  for (const auto& [call, error] : std::vector<std::pair<long, int>>{{SYS_shmdt, EINVAL}, {SYS_semop, E2BIG}, {SYS_semtimedop, EFAULT}, {SYS_msgsnd, EFAULT}, {SYS_msgrcv, EINVAL}}) {
    INFO(call);
    CHECK(raw(call, "-1", "-1", "-1", "-1", "-1").without_policy() == error);
    CHECK(raw(call, "-1", "-1", "-1", "-1", "-1").under(base_policy()) == EACCES);
  }
  // All three are still there, and the same attempts work where they may.
  CHECK(shmget(key, 0, 0) == memory);
  CHECK(semget(key, 0, 0) == semaphores);
  CHECK(msgget(key, 0) == queue);
  for (const Victim& attempt : attempts) CHECK(attempt.under(ipc("sysv = allow\n")) == 0);
  CHECK(shmget(key, 0, 0) == -1);
  CHECK(semget(key, 0, 0) == -1);
  CHECK(msgget(key, 0) == -1);
}

TEST_CASE("POSIX message queues are denied unless mqueue = allow", "[live][ipc]") {
  const std::string name = queue_name();
  const mqd_t queue = mq_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600, nullptr);
  if (queue == static_cast<mqd_t>(-1) && errno == ENOSYS) return skip("this kernel has no message queues");
  REQUIRE(queue != static_cast<mqd_t>(-1));
  mq_close(queue);
  const auto there = [&] {
    const mqd_t again = mq_open(name.c_str(), O_RDONLY);
    if (again == static_cast<mqd_t>(-1)) return false;
    mq_close(again);
    return true;
  };
  // mq_open(2), not the library's function, takes the name without its slash.
  const Scratch scratch;
  for (const std::string& policy : {base_policy(), ipc("mqueue = deny\n"), ipc("mqueue = deny\n[syscalls]\nprofile = none\n")}) {
    CHECK(victim("mq-open", name).under(policy) == EACCES);
    CHECK(raw(SYS_mq_open, "-1", "0", "0", "0").under(policy) == EACCES);
    CHECK(raw(SYS_mq_unlink, "-1").under(policy) == EACCES);
  }
  CHECK(raw(SYS_mq_open, "-1", "0", "0", "0").without_policy() == EFAULT);
  CHECK(raw(SYS_mq_unlink, "-1").without_policy() == EFAULT);
  CHECK(raw(SYS_mq_open, "-1", "0", "0", "0").under(ipc("mqueue = allow\n")) == EFAULT);
  CHECK(raw(SYS_mq_unlink, "-1").under(ipc("mqueue = allow\n")) == EFAULT);
  // A descriptor from open(2) on a mounted mqueue is a queue as well.
  for (const long call : {SYS_mq_timedsend, SYS_mq_timedreceive, SYS_mq_notify, SYS_mq_getsetattr}) {
    INFO(call);
    CHECK(raw(call, "-1", "0", "0", "0").without_policy() != EACCES);
    CHECK(raw(call, "-1", "0", "0", "0").under(base_policy()) == EACCES);
    CHECK(raw(call, "-1", "0", "0", "0").under(ipc("mqueue = allow\n")) != EACCES);
  }
  CHECK(there());
  CHECK(victim("mq-unlink", name).under(base_policy()) == EACCES);
  CHECK(there());
  CHECK(victim("mq-open", name).without_policy() == 0);
  CHECK(victim("mq-unlink", name).under(ipc("mqueue = allow\n")) == 0);
  CHECK_FALSE(there());
}

TEST_CASE("message queues open where a rule covers a mounted mqueue, and only there", "[live][root][ipc]") {
  if (geteuid() != 0) return skip("needs root, to mount an mqueue");
  const Scratch scratch;
  const std::string place = scratch.directory("queues");
  const auto open_queue = [&](const std::string& policy) {
    Start start{{"unshare", "-m", "sh", "-c", "mount -t mqueue none \"$1\" && LD_PRELOAD=$2 exec \"$3\" mq-open \"$4\"", "sh", place, built("liblandshim.so"), built("tests/victim"), queue_name()}, {}, {}};
    start.environment["LANDSHIM_POLICY"] = scratch.file("policy.ini", policy);
    const Outcome outcome = run(start);
    INFO(outcome.err);
    CHECK(outcome.err.empty());
    return outcome.status;
  };
  CHECK(open_queue(ipc("mqueue = allow\n[filesystem]\nread_write = " + place + "\n")) == 0);
  mq_unlink(queue_name().c_str());
  CHECK(open_queue(ipc("mqueue = allow\n")) == EACCES);
  mq_unlink(queue_name().c_str());
  CHECK(open_queue(ipc("mqueue = deny\n[filesystem]\nread_write = " + place + "\n")) == EACCES);
  CHECK(mq_unlink(queue_name().c_str()) == -1);
}

TEST_CASE("the kernel's key rings are denied unless keyring = allow", "[live][ipc]") {
  const std::vector<std::pair<Victim, int>> attempts = {{raw(SYS_add_key, "-1", "-1", "0", "0", "0"), EFAULT}, {raw(SYS_request_key, "-1", "-1", "0", "0"), EFAULT}, {raw(SYS_keyctl, "-1"), EOPNOTSUPP}};
  if (attempts[2].first.without_policy() == ENOSYS) return skip("this kernel has no key rings");
  for (const auto& [attempt, error] : attempts) {
    CHECK(attempt.without_policy() == error);
    CHECK(attempt.under(base_policy()) == EPERM);
    CHECK(attempt.under(ipc("keyring = deny\n[syscalls]\nprofile = none\n")) == EPERM);
    CHECK(attempt.under(ipc("keyring = allow\n")) == error);
  }
  const Victim ask = raw(SYS_keyctl, std::to_string(KEYCTL_GET_KEYRING_ID), std::to_string(KEY_SPEC_PROCESS_KEYRING), "1");
  CHECK(ask.without_policy() == 0);
  CHECK(ask.under(base_policy()) == EPERM);
  CHECK(ask.under(ipc("keyring = allow\n")) == 0);
}

TEST_CASE("with scheduling = deny priority and affinity of others stay, and one's own may change", "[live][ipc]") {
  Outsider outsider;
  const std::string pid = outsider.pid();
  const std::string all = "[process]\ncapabilities = all\n";
  const std::string deny = ipc("scheduling = deny\n") + all;
  struct Case {
    Victim others;
    int error;      // the kernel's own, where the attempt is harmless
    Victim own;
    int own_error;
  };
  const std::vector<Case> cases = {
      {raw(SYS_sched_setaffinity, pid, "8", "p"), EINVAL, raw(SYS_sched_setaffinity, "0", "8", "p"), EINVAL},
      {raw(SYS_sched_setscheduler, pid, "0", "p"), 0, raw(SYS_sched_setscheduler, "0", "0", "p"), 0},
      {raw(SYS_sched_setparam, pid, "p"), 0, raw(SYS_sched_setparam, "0", "p"), 0},
      {raw(SYS_sched_setattr, pid, "p", "0"), 0, raw(SYS_sched_setattr, "0", "p", "0"), 0},
      {raw(SYS_setpriority, "0", pid, "0"), 0, raw(SYS_setpriority, "0", "0", "3"), 0},
      {raw(SYS_ioprio_set, "1", pid, "0x4004"), 0, raw(SYS_ioprio_set, "1", "0", "0x4004"), 0},
  };
  for (const Case& each : cases) {
    CHECK(each.others.without_policy() == each.error);
    CHECK(each.others.under(deny) == EPERM);
    CHECK(each.others.under(base_policy() + all) == each.error);
    CHECK(each.others.under(ipc("scheduling = allow\n") + all) == each.error);
    CHECK(each.own.under(deny) == each.own_error);
  }
  // With a number of its own a process is no better: the filter cannot know it.
  CHECK(raw(SYS_setpriority, "0", "0x100000000", "3").under(deny) == 0);
  CHECK(raw(SYS_setpriority, "0", std::to_string(outsider.number() + (1L << 32)), "3").under(deny) == EPERM);
  const Victim nice = raw(SYS_setpriority, "0", pid, "7");
  CHECK(nice.under(deny) == EPERM);
  CHECK(getpriority(PRIO_PROCESS, static_cast<id_t>(outsider.number())) == 0);
  CHECK(nice.under(base_policy() + all) == 0);
  CHECK(getpriority(PRIO_PROCESS, static_cast<id_t>(outsider.number())) == 7);
  // Reading is left but where prlimit64 would do it.
  CHECK(raw(SYS_getpriority, "0", pid).under(deny) == 0);
  CHECK(raw(SYS_sched_getaffinity, pid, "128", "p").under(deny) == 0);
  CHECK(raw(SYS_prlimit64, pid, "7", "0", "p").under(deny) == EPERM);
  CHECK(raw(SYS_prlimit64, "0", "7", "0", "p").under(deny) == 0);
}

TEST_CASE("the limits of another process cannot be set under any policy", "[live][ipc]") {
  Outsider outsider;
  const std::string pid = outsider.pid();
  const std::string limit = std::to_string(RLIMIT_FSIZE);
  rlimit before{};
  REQUIRE(prlimit(outsider.number(), RLIMIT_FSIZE, nullptr, &before) == 0);
  REQUIRE(before.rlim_cur != 0);
  for (const std::string& policy : {base_policy(), ipc("scheduling = allow\nsignals = allow\n"), base_policy() + "[syscalls]\nprofile = none\n", std::string("[policy]\nmode = full-access\n[network]\naccess = all\n[syscalls]\nprofile = none\n")}) {
    INFO(policy);
    CHECK(raw(SYS_prlimit64, pid, limit, "p", "0").under(policy) == EPERM);
    CHECK(raw(SYS_prlimit64, std::to_string(outsider.number() + (1L << 32)), limit, "p", "p").under(policy) == EPERM);
    CHECK(raw(SYS_prlimit64, pid, std::to_string(RLIMIT_CPU), "p", "0").under(policy) == EPERM);
    // A new limit in the upper half of the address space's word is a pointer all the same.
    CHECK(raw(SYS_prlimit64, pid, limit, "0x100000000", "0").under(policy) == EPERM);
    CHECK(raw(SYS_prlimit64, pid, limit, "0", "p").under(policy) == 0);
    CHECK(raw(SYS_prlimit64, "0", limit, "p", "0").under(policy) == 0);
    CHECK(raw(SYS_setrlimit, limit, "p").under(policy) == 0);
  }
  rlimit after{};
  REQUIRE(prlimit(outsider.number(), RLIMIT_FSIZE, nullptr, &after) == 0);
  CHECK(after.rlim_cur == before.rlim_cur);
  CHECK(after.rlim_max == before.rlim_max);
  CHECK(outsider.alive());
  CHECK(raw(SYS_prlimit64, pid, limit, "p", "0").without_policy() == 0);
  REQUIRE(prlimit(outsider.number(), RLIMIT_FSIZE, nullptr, &after) == 0);
  CHECK(after.rlim_cur == 0);
}
