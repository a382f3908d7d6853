// SPDX-License-Identifier: MIT
// Roads to what processes share: System V objects, message queues, key rings, the terminal.
#include <fcntl.h>
#include <linux/keyctl.h>
#include <mqueue.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/escape/suite/attempts.h"

namespace landshim::escape {

namespace {

constexpr auto N = Trace::kNone;
constexpr auto W = Trace::kWorld;
constexpr unsigned long kHigh = 1UL << 32;
constexpr int kUserKeyring = -4;  // KEY_SPEC_USER_KEYRING

key_t key() { return static_cast<key_t>(number("key")); }

int injected(unsigned long request, int fd) {
  char byte = 'i';
  return answer(syscall(SYS_ioctl, fd, request, &byte));
}

long found_key() { return syscall(SYS_keyctl, KEYCTL_SEARCH, kUserKeyring, "user", text("key_name"), 0); }

const Attempt kAttempts[] = {
    // --- System V ---
    {"shared-memory", "shmget(2) and shmat(2)", W,
     [] {
       const int id = shmget(key(), 0, 0);
       if (id < 0) return errno;
       auto* const at = static_cast<char*>(shmat(id, nullptr, 0));
       if (at == reinterpret_cast<char*>(-1)) return errno;
       *at = 'x';
       return 0;
     }},
    {"shared-memory-by-number", "shmat(2) by number", W,
     [] {
       auto* const at = static_cast<char*>(shmat(static_cast<int>(number("shm")), nullptr, 0));
       if (at == reinterpret_cast<char*>(-1)) return errno;
       *at = 'x';
       return 0;
     }},
    {"shared-memory-remove", "shmctl(2), IPC_RMID", W, [] { return answer(shmctl(static_cast<int>(number("shm")), IPC_RMID, nullptr)); }},
    {"shared-memory-new", "shmget(2), IPC_PRIVATE", N, [] { const int id = shmget(IPC_PRIVATE, 4096, 0600); if (id >= 0) shmctl(id, IPC_RMID, nullptr); return id < 0 ? errno : 0; }},
    {"semaphore", "semop(2)", W, [] { sembuf up{0, 1, 0}; return answer(semop(static_cast<int>(number("sem")), &up, 1)); }},
    {"semaphore-timed", "semtimedop(2)", W, [] { sembuf up{0, 1, 0}; return answer(semtimedop(static_cast<int>(number("sem")), &up, 1, nullptr)); }},
    {"semaphore-set", "semctl(2), SETVAL", W, [] { return answer(semctl(static_cast<int>(number("sem")), 0, SETVAL, 7)); }},
    {"semaphore-find", "semget(2)", N, [] { return answer(semget(key(), 0, 0)); }},
    {"queue-send", "msgsnd(2)", W, [] { const struct { long type; char body[4]; } message{1, "x"}; return answer(msgsnd(static_cast<int>(number("msg")), &message, 1, IPC_NOWAIT)); }},
    {"queue-receive", "msgrcv(2)", W, [] { struct { long type; char body[64]; } message{}; return answer(msgrcv(static_cast<int>(number("msg")), &message, 64, 0, IPC_NOWAIT)); }},
    {"queue-find", "msgget(2)", N, [] { return answer(msgget(key(), 0)); }},
    {"queue-remove", "msgctl(2), IPC_RMID", W, [] { return answer(msgctl(static_cast<int>(number("msg")), IPC_RMID, nullptr)); }},

    // --- POSIX message queues ---
    {"mqueue-send", "mq_open(3) and mq_send(3)", W, [] { const mqd_t queue = mq_open(text("mqueue"), O_WRONLY); return queue < 0 ? errno : answer(mq_send(queue, "x", 1, 0)); }},
    {"mqueue-receive", "mq_open(3) and mq_receive(3)", W, [] { const mqd_t queue = mq_open(text("mqueue"), O_RDONLY | O_NONBLOCK); char body[8192]; return queue < 0 ? errno : answer(mq_receive(queue, body, sizeof body, nullptr)); }},
    {"mqueue-create", "mq_open(3), a new queue", N,
     [] {
       const std::string name = std::string(text("mqueue")) + "-new";
       const mqd_t queue = mq_open(name.c_str(), O_RDWR | O_CREAT, 0600, nullptr);
       if (queue >= 0) mq_unlink(name.c_str());
       return queue < 0 ? errno : 0;
     }},
    {"mqueue-unlink", "mq_unlink(3)", W, [] { return answer(mq_unlink(text("mqueue"))); }},

    // --- key rings ---
    {"key-add", "add_key(2)", W, [] { return answer(syscall(SYS_add_key, "user", text("key_name"), "changed", 7, kUserKeyring)); }},
    {"key-read", "keyctl(2), KEYCTL_READ", N, [] { char value[64]; const long id = found_key(); return id < 0 ? errno : answer(syscall(SYS_keyctl, KEYCTL_READ, id, value, sizeof value)); }},
    {"key-update", "keyctl(2), KEYCTL_UPDATE", W, [] { const long id = found_key(); return id < 0 ? errno : answer(syscall(SYS_keyctl, KEYCTL_UPDATE, id, "changed", 7)); }},
    {"key-unlink", "keyctl(2), KEYCTL_UNLINK", W, [] { const long id = found_key(); return id < 0 ? errno : answer(syscall(SYS_keyctl, KEYCTL_UNLINK, id, kUserKeyring)); }},
    {"key-request", "request_key(2)", N, [] { return answer(syscall(SYS_request_key, "user", text("key_name"), nullptr, 0)); }},
    {"key-session", "keyctl(2), KEYCTL_JOIN_SESSION_KEYRING", N, [] { return answer(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr)); }},
    {"key-persistent", "keyctl(2), KEYCTL_GET_PERSISTENT", N, [] { return answer(syscall(SYS_keyctl, KEYCTL_GET_PERSISTENT, -1, -2)); }},

    // --- the terminal ---
    {"terminal-inject", "TIOCSTI", W, [] { return injected(TIOCSTI, kTerminal); }},
    {"terminal-inject-high-bits", "TIOCSTI, bits above 32 set", W, [] { return injected(kHigh | TIOCSTI, kTerminal); }},
    {"terminal-inject-sign", "TIOCSTI, sign-extended", W, [] { return injected(0xffffffff00000000UL | TIOCSTI, kTerminal); }},
    {"terminal-inject-opened", "TIOCSTI on /dev/tty", W, [] { const int fd = open("/dev/tty", O_RDWR); return fd < 0 ? errno : injected(TIOCSTI, fd); }},
    {"terminal-console-select", "TIOCLINUX", N, [] { return injected(TIOCLINUX, kTerminal); }},
    {"terminal-console-take", "TIOCCONS", N, [] { return answer(ioctl(kTerminal, TIOCCONS)); }},
    {"terminal-discipline", "TIOCSETD", W, [] { int discipline = 27; return answer(ioctl(kTerminal, TIOCSETD, &discipline)); }},
    {"terminal-discipline-same", "TIOCSETD to the one in force, bits above 32 set", N, [] { int discipline = 0; return answer(syscall(SYS_ioctl, kTerminal, kHigh | TIOCSETD, &discipline)); }},
    {"terminal-hang-up", "TIOCVHANGUP", N, [] { return answer(ioctl(kTerminal, TIOCVHANGUP)); }},
    {"terminal-hang-up-call", "vhangup(2)", N, [] { return answer(vhangup()); }},
    {"terminal-size", "TIOCSWINSZ, which signals the group in the foreground", W, [] { winsize size{}; return ioctl(kTerminal, TIOCGWINSZ, &size) != 0 ? errno : (++size.ws_col, answer(ioctl(kTerminal, TIOCSWINSZ, &size))); }},
    {"terminal-other-write", "write(2) to another terminal of the user", W, [] { return write_to(open(text("terminal"), O_WRONLY | O_NOCTTY)); }},
    {"terminal-other-read", "read(2) from another terminal of the user", N, [] { return answer(open(text("terminal"), O_RDONLY | O_NOCTTY | O_NONBLOCK)); }},
    {"terminal-other-size", "TIOCSWINSZ on another terminal of the user", W,
     [] {
       const int fd = open(text("terminal"), O_RDONLY | O_NOCTTY | O_NONBLOCK);
       winsize size{};
       size.ws_col = 11;
       return fd < 0 ? errno : answer(ioctl(fd, TIOCSWINSZ, &size));
     }},
    {"terminal-write", "write(2) to the inherited terminal", W, [] { return write_to(kTerminal); }},
    {"terminal-modes", "TCSETS on the inherited terminal", W, [] { char modes[64]; return ioctl(kTerminal, TCGETS, modes) != 0 ? errno : (modes[12] = static_cast<char>(modes[12] ^ 8), answer(ioctl(kTerminal, TCSETS, modes))); }},
};

}  // namespace

std::span<const Attempt> attempts_on_ipc() { return kAttempts; }

}  // namespace landshim::escape
