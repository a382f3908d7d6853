// SPDX-License-Identifier: MIT
// What ordinary programs do all day, in the places that a policy grants them.
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#include <atomic>
#include <vector>

#include "tests/escape/suite/attempts.h"

extern char** environ;

namespace landshim::escape {

namespace {

constexpr auto N = Trace::kNone;
constexpr int kWrong = kWrongUse;

int truly(bool holds) { return holds ? 0 : errno != 0 ? errno : kWrong; }

int runs(std::vector<const char*> words) {
  if (access(words[0], X_OK) != 0 && errno == ENOENT) return kNotInstalled;
  words.push_back(nullptr);
  pid_t child = 0;
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY, 0);
  if (const int error = posix_spawn(&child, words[0], &quiet, nullptr, const_cast<char**>(words.data()), environ); error != 0) return error;
  const int status = status_of(child);
  return status == 0 ? 0 : kWrong;
}

int made(const char* name) { return open(inside(name), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644); }

// A server and a client within the policy.
int talks(Address at, int type) {
  const int server = socket(at.storage.ss_family, type, 0);
  const int on = 1;
  if (server < 0) return errno;
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(server, at.get(), at.size) != 0 || listen(server, 4) != 0) return errno;
  return 0;
}

int talks_by_unix(const char* name, int type) {
  Address at = local(name);
  const int server = socket(AF_UNIX, type, 0);
  if (server < 0 || bind(server, at.get(), at.size) != 0) return errno;
  const int client = socket(AF_UNIX, type, 0);
  if (type == SOCK_DGRAM) return answer(sendto(client, "x", 1, 0, at.get(), at.size));
  if (listen(server, 4) != 0 || connect(client, at.get(), at.size) != 0) return errno;
  const int peer = accept4(server, nullptr, nullptr, SOCK_CLOEXEC);
  char byte = 0;
  return truly(peer >= 0 && write(client, "x", 1) == 1 && read(peer, &byte, 1) == 1 && byte == 'x');
}

int locks(int command) {
  const int fd = made("locked");
  struct flock lock {};
  lock.l_type = F_WRLCK;
  return fd < 0 ? errno : answer(fcntl(fd, command, &lock));
}

const Attempt kThings[] = {
    // --- threads and processes ---
    {"threads", "threads that share a lock", N,
     [] {
       static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
       static int count = 0;
       pthread_t threads[4];
       for (pthread_t& thread : threads)
         if (const int error = pthread_create(&thread, nullptr, [](void*) -> void* {
               for (int i = 0; i < 100; ++i) {
                 pthread_mutex_lock(&lock);
                 ++count;
                 pthread_mutex_unlock(&lock);
               }
               return nullptr;
             }, nullptr);
             error != 0)
           return error;
       for (const pthread_t& thread : threads) pthread_join(thread, nullptr);
       return truly(count == 400);
     }},
    {"own-affinity", "sched_setaffinity(2) of oneself", N,
     [] {
       cpu_set_t set;
       return sched_getaffinity(0, sizeof set, &set) != 0 ? errno : answer(sched_setaffinity(0, sizeof set, &set));
     }},
    {"thread-affinity", "pthread_setaffinity_np(3) of another thread", N,
     [] {
       pthread_t thread;
       cpu_set_t set;
       sched_getaffinity(0, sizeof set, &set);
       if (const int error = pthread_create(&thread, nullptr, [](void*) -> void* { usleep(20'000); return nullptr; }, nullptr); error != 0) return error;
       const int result = pthread_setaffinity_np(thread, sizeof set, &set);
       pthread_join(thread, nullptr);
       return result;
     }},
    {"thread-name", "pthread_setname_np(3) of oneself", N, [] { return pthread_setname_np(pthread_self(), "worker"); }},
    {"fork-server", "a server that forks for each request", N,
     [] {
       int ends[2];
       if (pipe2(ends, O_CLOEXEC) != 0) return errno;
       for (int i = 0; i < 5; ++i)
         if (fork() == 0) _exit(write(ends[1], "x", 1) == 1 ? 0 : 1);
       int good = 0;
       for (int status = 0; wait(&status) > 0;) good += status == 0 ? 1 : 0;
       return truly(good == 5);
     }},
    {"vfork", "vfork(2) and execve(2)", N,
     [] {
       const char* const words[] = {"true", nullptr};
       const pid_t child = vfork();
       if (child == 0) {
         execve("/bin/true", const_cast<char**>(words), environ);
         _exit(errno);
       }
       return status_of(child);
     }},
    {"spawn", "posix_spawn(3)", N, [] { return runs({"/bin/true"}); }},
    {"system", "system(3)", N, [] { return truly(system("exit 0") == 0); }},
    {"popen", "popen(3)", N,
     [] {
       FILE* const from = popen("echo word", "r");
       char line[16] = {};
       if (from == nullptr || fgets(line, sizeof line, from) == nullptr) return kWrong;
       return truly(pclose(from) == 0 && strcmp(line, "word\n") == 0);
     }},
    {"session", "setsid(2) in a child", N, [] { return in_child([] { return answer(setsid()); }); }},
    {"waitid", "waitid(2)", N,
     [] {
       const pid_t child = fork();
       if (child == 0) _exit(3);
       siginfo_t info{};
       return truly(waitid(P_PID, static_cast<id_t>(child), &info, WEXITED) == 0 && info.si_status == 3);
     }},
    {"pidfd", "pidfd_open(2) of a child, and a signal by it", N,
     [] {
       const pid_t child = fork();
       if (child == 0)
         for (;;) pause();
       const auto fd = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
       if (fd < 0 || syscall(SYS_pidfd_send_signal, fd, SIGTERM, nullptr, 0) != 0) return errno;
       int status = 0;
       return truly(waitpid(child, &status, 0) == child && WTERMSIG(status) == SIGTERM);
     }},
    {"signals", "signals to oneself, a child and a group", N,
     [] {
       static volatile sig_atomic_t caught = 0;
       signal(SIGUSR1, [](int) { caught = caught + 1; });
       if (raise(SIGUSR1) != 0 || kill(getpid(), SIGUSR1) != 0) return errno;
       const pid_t child = fork();
       if (child == 0) {
         setpgid(0, 0);
         for (;;) pause();
       }
       setpgid(child, child);
       int status = 0;
       if (kill(-child, SIGTERM) != 0) return errno;
       waitpid(child, &status, 0);
       return truly(caught == 2 && WIFSIGNALED(status));
     }},
    {"signal-thread", "pthread_kill(3)", N,
     [] {
       static std::atomic<int> caught = 0;
       signal(SIGUSR2, [](int) { ++caught; });
       pthread_t thread;
       if (const int error = pthread_create(&thread, nullptr, [](void*) -> void* { while (caught == 0) usleep(1000); return nullptr; }, nullptr); error != 0) return error;
       const int result = pthread_kill(thread, SIGUSR2);
       pthread_join(thread, nullptr);
       return result;
     }},
    {"signal-from-child", "a child that signals its parent", N,
     [] {
       static volatile sig_atomic_t caught = 0;
       signal(SIGUSR1, [](int) { caught = 1; });
       const int result = in_child([] { return answer(kill(getppid(), SIGUSR1)); });
       return result != 0 ? result : truly(caught == 1);
     }},
    {"trace-child", "ptrace(2) of a child", N,
     [] {
       const pid_t child = fork();
       if (child == 0) {
         if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(errno);
         raise(SIGSTOP);
         _exit(0);
       }
       int status = 0;
       waitpid(child, &status, 0);
       if (!WIFSTOPPED(status)) return WEXITSTATUS(status);
       if (ptrace(PTRACE_CONT, child, nullptr, nullptr) != 0) return errno;
       return status_of(child);
     }},
    {"child-memory", "process_vm_readv(2) of a child", N,
     [] {
       static char word[] = "word";
       const pid_t child = fork();
       if (child == 0)
         for (;;) pause();
       char copy[5] = {};
       const iovec mine{copy, 5};
       const iovec theirs{word, 5};
       const ssize_t got = process_vm_readv(child, &mine, 1, &theirs, 1, 0);
       const int result = got < 0 ? errno : 0;
       kill(child, SIGKILL);
       waitpid(child, nullptr, 0);
       return result;
     }},
    {"own-limits", "setrlimit(2) and prlimit(2) of oneself", N,
     [] {
       rlimit limit{};
       if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || setrlimit(RLIMIT_NOFILE, &limit) != 0) return errno;
       return answer(prlimit(0, RLIMIT_CORE, nullptr, &limit));
     }},
    {"nice", "nice(2)", N, [] { errno = 0; nice(1); return errno; }},
    {"umask", "umask(2)", N, [] { umask(027); return truly(umask(022) == 027); }},
    {"process-names", "prctl(2): name, death signal, subreaper", N,
     [] { return prctl(PR_SET_NAME, "name") != 0 || prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 ? errno : answer(prctl(PR_SET_CHILD_SUBREAPER, 1)); }},
    {"own-filter", "a sandbox of its own: no_new_privs and seccomp", N, [] { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ? errno : answer(prctl(PR_GET_SECCOMP)); }},

    // --- descriptors ---
    {"pipe", "pipe2(2)", N, [] { int ends[2]; char byte = 0; return truly(pipe2(ends, O_CLOEXEC) == 0 && write(ends[1], "x", 1) == 1 && read(ends[0], &byte, 1) == 1); }},
    {"socket-pair", "socketpair(2), stream", N, [] { int ends[2]; char byte = 0; return truly(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0 && write(ends[1], "x", 1) == 1 && read(ends[0], &byte, 1) == 1); }},
    {"socket-pair-packets", "socketpair(2), SOCK_SEQPACKET", N, [] { int ends[2]; return answer(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends)); }},
    {"socket-pair-datagrams", "socketpair(2), datagrams", N, [] { int ends[2]; return answer(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends)); }},
    {"passing-descriptors", "SCM_RIGHTS over a pair", N,
     [] {
       int ends[2];
       if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return errno;
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
       memcpy(CMSG_DATA(header), &ends[0], sizeof(int));
       if (sendmsg(ends[0], &message, 0) < 0) return errno;
       return answer(recvmsg(ends[1], &message, 0));
     }},
    {"epoll", "epoll(7)", N,
     [] {
       const int set = epoll_create1(EPOLL_CLOEXEC);
       const int fd = eventfd(1, EFD_CLOEXEC);
       epoll_event event{};
       event.events = EPOLLIN;
       return truly(set >= 0 && epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == 0 && epoll_wait(set, &event, 1, 1000) == 1);
     }},
    {"poll", "poll(2) and select(2)", N,
     [] {
       const int fd = eventfd(1, EFD_CLOEXEC);
       pollfd ready{fd, POLLIN, 0};
       fd_set set;
       FD_ZERO(&set);
       FD_SET(fd, &set);
       return truly(poll(&ready, 1, 1000) == 1 && select(fd + 1, &set, nullptr, nullptr, nullptr) == 1);
     }},
    {"eventfd", "eventfd(2)", N, [] { std::uint64_t value = 0; const int fd = eventfd(3, 0); return truly(fd >= 0 && read(fd, &value, 8) == 8 && value == 3); }},
    {"signalfd", "signalfd(2)", N,
     [] {
       sigset_t set;
       sigemptyset(&set);
       sigaddset(&set, SIGUSR1);
       sigprocmask(SIG_BLOCK, &set, nullptr);
       const int fd = signalfd(-1, &set, SFD_CLOEXEC);
       raise(SIGUSR1);
       signalfd_siginfo info{};
       return truly(fd >= 0 && read(fd, &info, sizeof info) == sizeof info && info.ssi_signo == SIGUSR1);
     }},
    {"timerfd", "timerfd_create(2)", N,
     [] {
       const int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
       const itimerspec soon{{0, 0}, {0, 1'000'000}};
       std::uint64_t ticks = 0;
       return truly(fd >= 0 && timerfd_settime(fd, 0, &soon, nullptr) == 0 && read(fd, &ticks, 8) == 8);
     }},
    {"timer", "timer_create(2) and setitimer(2)", N,
     [] {
       static volatile sig_atomic_t caught = 0;
       signal(SIGALRM, [](int) { caught = 1; });
       timer_t timer;
       const itimerspec soon{{0, 0}, {0, 1'000'000}};
       if (timer_create(CLOCK_MONOTONIC, nullptr, &timer) != 0 || timer_settime(timer, 0, &soon, nullptr) != 0) return errno;
       for (int i = 0; i < 1000 && caught == 0; ++i) usleep(1000);
       return truly(caught == 1);
     }},
    {"duplicates", "dup2(2), fcntl(2)", N, [] { const int fd = dup2(1, 40); return truly(fd == 40 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_DUPFD_CLOEXEC, 41) >= 41); }},
    {"close-range", "close_range(2)", N, [] { return answer(syscall(SYS_close_range, 50, ~0U, 0)); }},

    // --- memory ---
    {"private-futex", "futex(2)", N, [] { sem_t semaphore; return sem_init(&semaphore, 0, 1) != 0 || sem_wait(&semaphore) != 0 ? errno : answer(sem_post(&semaphore)); }},
    {"shared-futex", "futex(2) between processes", N,
     [] {
       auto* const semaphore = static_cast<sem_t*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
       if (sem_init(semaphore, 1, 0) != 0) return errno;
       const pid_t child = fork();
       if (child == 0) _exit(sem_post(semaphore));
       if (sem_wait(semaphore) != 0) return errno;
       return status_of(child);
     }},
    {"posix-shared-memory", "shm_open(3)", N,
     [] {
       const std::string name = "/escape-own-" + std::to_string(getpid());
       const int fd = shm_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
       if (fd < 0) return errno;
       shm_unlink(name.c_str());
       return ftruncate(fd, 4096) != 0 ? errno : mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ? errno : 0;
     }},
    {"file-in-memory", "memfd_create(2), sealed", N,
     [] {
       const int fd = memfd_create("data", MFD_CLOEXEC | MFD_ALLOW_SEALING);
       return fd < 0 || ftruncate(fd, 4096) != 0 ? errno : answer(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW));
     }},
    {"compiled-code", "memory that is writable and executable", N, [] { return mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno : 0; }},
    {"compiled-code-later", "memory made executable", N,
     [] {
       void* const at = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
       return answer(mprotect(at, 4096, PROT_READ | PROT_EXEC));
     }},
    {"protect", "mprotect(2), madvise(2), mremap(2)", N,
     [] {
       void* at = mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
       if (madvise(at, 8192, MADV_DONTNEED) != 0 || mprotect(at, 4096, PROT_READ) != 0) return errno;
       at = mremap(at, 4096, 16384, MREMAP_MAYMOVE);
       return at == MAP_FAILED ? errno : 0;
     }},
    {"lock-memory", "mlock(2)", N, [] { static char page[4096]; return mlock(page, sizeof page) != 0 ? errno : answer(munlock(page, sizeof page)); }},
    {"allocate", "malloc(3), much and little", N,
     [] {
       void* const much = malloc(64U << 20);
       void* const little = malloc(10);
       const bool good = much != nullptr && little != nullptr;
       free(much);
       free(little);
       return truly(good);
     }},

    // --- files ---
    {"read-file", "open(2) and read(2)", N, [] { return read_from(open(inside("own"), O_RDONLY)); }},
    {"map-file", "mmap(2) of a file", N, [] { const int fd = open(inside("own"), O_RDONLY); return fd < 0 ? errno : mmap(nullptr, 3, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED ? errno : 0; }},
    {"list-directory", "getdents(2)", N, [] { DIR* const list = opendir(text("inside")); return list == nullptr ? errno : readdir(list) == nullptr ? kWrong : closedir(list); }},
    {"look-at-file", "stat(2), statx(2), access(2), readlink(2)", N,
     [] {
       struct stat info;
       struct statx more;
       char to[256];
       return stat(inside("own"), &info) != 0 || statx(AT_FDCWD, inside("own"), 0, STATX_BASIC_STATS, &more) != 0 || access(inside("own"), R_OK) != 0 ? errno : answer(readlink(inside("way"), to, sizeof to));
     }},
    {"watch-file", "inotify(7)", N, [] { const int fd = inotify_init1(IN_CLOEXEC); return fd < 0 ? errno : answer(inotify_add_watch(fd, text("inside"), IN_MODIFY)); }},
    {"null-device", "/dev/null", N, [] { const int fd = open("/dev/null", O_RDWR); return write_to(fd); }},
    {"write-file", "open(2) and write(2)", N, [] { return write_to(made("made")); }},
    {"append-file", "O_APPEND", N, [] { return write_to(open(inside("own"), O_WRONLY | O_APPEND)); }},
    {"truncate-file", "ftruncate(2), truncate(2)", N, [] { const int fd = made("made"); return fd < 0 || ftruncate(fd, 100) != 0 ? errno : answer(truncate(inside("made"), 10)); }},
    {"temporary-file", "mkstemp(3), O_TMPFILE", N,
     [] {
       std::string name = inside("tmp-XXXXXX");
       if (const int fd = mkstemp(name.data()); fd < 0) return errno;
       return answer(open(text("inside"), O_RDWR | O_TMPFILE, 0600));
     }},
    {"rename-file", "rename(2), across directories", N, [] { if (made("made") < 0) return errno; mkdir(inside("made-directory"), 0755); return answer(rename(inside("made"), inside("made-directory/moved"))); }},
    {"replace-file", "a file written beside, and renamed over the old one", N, [] { return write_to(made("made")) != 0 ? errno : answer(rename(inside("made"), inside("own"))); }},
    {"hard-link", "link(2)", N, [] { return answer(link(inside("own"), inside("made-link"))); }},
    {"symbolic-link", "symlink(2)", N, [] { return symlink("own", inside("made-link")) != 0 ? errno : read_from(open(inside("made-link"), O_RDONLY)); }},
    {"named-pipe", "mkfifo(3)", N, [] { return mkfifo(inside("made-pipe"), 0600) != 0 ? errno : answer(open(inside("made-pipe"), O_RDWR)); }},
    {"remove-file", "unlink(2), rmdir(2)", N, [] { if (made("made") < 0) return errno; mkdir(inside("made-directory"), 0755); return unlink(inside("made")) != 0 ? errno : answer(rmdir(inside("made-directory"))); }},
    {"copy-file", "sendfile(2), splice(2), copy_file_range(2)", N,
     [] {
       const int from = open(inside("own"), O_RDONLY);
       const int to = made("made");
       if (from < 0 || to < 0 || sendfile(to, from, nullptr, 1) < 0 || copy_file_range(from, nullptr, to, nullptr, 1, 0) < 0) return errno;
       int ends[2];
       return pipe(ends) != 0 || splice(from, nullptr, ends[1], nullptr, 1, 0) < 0 ? errno : answer(splice(ends[0], nullptr, to, nullptr, 1, 0));
     }},
    {"lock-file", "flock(2)", N, [] { return answer(flock(open(inside("own"), O_RDONLY), LOCK_SH)); }},
    {"lock-record", "fcntl(2), F_SETLK", N, [] { return locks(F_SETLK); }},
    {"lock-open-file", "fcntl(2), F_OFD_SETLK", N, [] { return locks(F_OFD_SETLK); }},
    {"change-mode", "chmod(2) of a file of its own", N, [] { return fchmod(made("made"), 0600) != 0 ? errno : answer(chmod(inside("made"), 0755)); }},
    {"change-times", "utimensat(2) of a file of its own", N, [] { made("made"); const timespec times[2] = {{1, 0}, {1, 0}}; return answer(utimensat(AT_FDCWD, inside("made"), times, 0)); }},
    {"synchronize", "fsync(2), fallocate(2), posix_fadvise(3)", N, [] { const int fd = made("made"); return fd < 0 || fallocate(fd, 0, 0, 4096) != 0 || fdatasync(fd) != 0 ? errno : posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL); }},
    {"map-shared", "mmap(2), shared and writable", N,
     [] {
       const int fd = made("made");
       if (fd < 0 || ftruncate(fd, 4096) != 0) return errno;
       void* const at = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
       if (at == MAP_FAILED) return errno;
       memcpy(at, "x", 1);
       return answer(msync(at, 4096, MS_SYNC));
     }},

    // --- sockets ---
    {"unix-server", "a UNIX socket of its own", N, [] { return talks_by_unix(inside("made-socket"), SOCK_STREAM); }},
    {"unix-server-packets", "the same, SOCK_SEQPACKET", N, [] { return talks_by_unix(inside("made-socket"), SOCK_SEQPACKET); }},
    {"unix-server-datagrams", "the same, datagrams", N, [] { return talks_by_unix(inside("made-socket"), SOCK_DGRAM); }},
    {"unix-server-abstract", "the same, an abstract name", N, [] { return talks_by_unix(("@escape-own-" + std::to_string(getpid())).c_str(), SOCK_STREAM); }},
    {"tcp-client", "connect(2) to the granted port", N,
     [] {
       const int fd = socket(AF_INET, SOCK_STREAM, 0);
       Address to = loopback(Internet::kFour, number("granted_port"));
       return fd < 0 ? errno : connect(fd, to.get(), to.size) != 0 ? errno : write_to(fd);
     }},
    {"tcp-client-options", "socket options, getsockname(2), shutdown(2)", N,
     [] {
       const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
       Address to = loopback(Internet::kFour, number("granted_port"));
       const int on = 1;
       sockaddr_storage at{};
       socklen_t size = sizeof at;
       if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) != 0 || connect(fd, to.get(), to.size) != 0) return errno;
       return getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) != 0 || send(fd, "x", 1, MSG_NOSIGNAL) < 0 ? errno : answer(shutdown(fd, SHUT_WR));
     }},
    {"tcp-server", "bind(2) to the granted port, listen(2)", N, [] { return talks(loopback(Internet::kFour, number("free")), SOCK_STREAM); }},
    {"interfaces", "getting addresses by netlink", N, [] { return answer(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0)); }},
    {"udp", "a UDP socket, as for DNS: refused, not killed", N, [] { return answer(socket(AF_INET, SOCK_DGRAM, 0)); }},

    // --- the terminal ---
    {"terminal", "tcgetattr(3), window size, isatty(3)", N,
     [] {
       termios modes{};
       winsize size{};
       return isatty(kTerminal) != 1 || tcgetattr(kTerminal, &modes) != 0 ? errno : answer(ioctl(kTerminal, TIOCGWINSZ, &size));
     }},
    {"terminal-settings", "tcsetattr(3)", N, [] { termios modes{}; return tcgetattr(kTerminal, &modes) != 0 ? errno : answer(tcsetattr(kTerminal, TCSANOW, &modes)); }},
    {"job-control", "a process group of its own in the foreground, and back", N,
     [] {
       signal(SIGTTOU, SIG_IGN);
       const pid_t child = fork();
       if (child == 0) {
         setpgid(0, 0);
         raise(SIGSTOP);
         _exit(0);
       }
       setpgid(child, child);
       int status = 0;
       waitpid(child, &status, WUNTRACED);
       if (!WIFSTOPPED(status) || tcsetpgrp(kTerminal, child) != 0) return errno;
       if (kill(-child, SIGCONT) != 0) return errno;
       const int result = status_of(child);
       return tcsetpgrp(kTerminal, getpgrp()) != 0 ? errno : result;
     }},

    // --- the machine ---
    {"random", "getrandom(2)", N, [] { char bytes[16]; return answer(getrandom(bytes, sizeof bytes, 0)); }},
    {"system-names", "uname(2), sysinfo(2), getcpu(2), times(2)", N,
     [] {
       utsname names{};
       struct sysinfo info {};
       rusage usage{};
       return uname(&names) != 0 || sysinfo(&info) != 0 || getrusage(RUSAGE_SELF, &usage) != 0 ? errno : truly(sched_getcpu() >= 0);
     }},
    {"clocks", "clock_gettime(2), nanosleep(2)", N, [] { timespec now; const timespec soon{0, 1000}; return clock_gettime(CLOCK_REALTIME, &now) != 0 ? errno : answer(nanosleep(&soon, nullptr)); }},
    {"identity", "getresuid(2), getgroups(2), capget(2)", N, [] { uid_t ids[3]; gid_t groups[256]; return getresuid(ids, ids + 1, ids + 2) != 0 ? errno : answer(getgroups(256, groups)); }},
    {"asynchronous-io", "io_setup(2)", N, [] { void* context = nullptr; return answer(syscall(SYS_io_setup, 1, &context)); }},

    // --- programs ---
    {"shell", "sh: a pipe line", N, [] { return runs({"/bin/sh", "-c", "echo a | cat | grep -q a"}); }},
    {"shell-script", "a script that may be executed", N, [] { return runs({inside("runnable")}); }},
    {"bash", "bash: substitutions and redirections", N, [] { return runs({"/bin/bash", "-c", "x=$(echo b); [ \"$x\" = b ] && cat <<< \"$x\" > /dev/null && read -r y < <(echo c) && [ \"$y\" = c ]"}); }},
    {"perl", "perl", N, [] { return runs({"/usr/bin/perl", "-e", "open my $f, '<', '/dev/null' or die; my @l = sort map { $_ * 2 } 1..10; exit($l[0] == 10 ? 0 : 1)"}); }},
    {"python", "python3: a thread and a subprocess", N,
     [] { return runs({"/usr/bin/python3", "-I", "-c", "import threading, subprocess; t = threading.Thread(target=lambda: None); t.start(); t.join(); assert subprocess.run(['/bin/true']).returncode == 0"}); }},
    {"gdb", "gdb, a child stopped and let go", N, [] { return runs({"/usr/bin/gdb", "-nx", "-q", "-batch", "-ex", "set startup-with-shell off", "-ex", "starti", "-ex", "continue", "/bin/true"}); }},
    {"strace", "strace", N, [] { return runs({"/usr/bin/strace", "-f", "-o", "/dev/null", "/bin/true"}); }},
};

}  // namespace

std::span<const Attempt> ordinary_things() { return kThings; }

}  // namespace landshim::escape
