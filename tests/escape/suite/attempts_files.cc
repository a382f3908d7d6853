// SPDX-License-Identifier: MIT
// Roads to a file that is not granted: reading, writing, creating, renaming, linking, truncating, looking.
#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tests/escape/suite/attempts.h"

namespace landshim::escape {

namespace {

constexpr auto N = Trace::kNone;
constexpr auto W = Trace::kWorld;
constexpr long kOpenat2 = 437;

struct How {
  std::uint64_t flags;
  std::uint64_t mode;
  std::uint64_t resolve;
};

long openat2(const char* path, std::uint64_t flags, std::uint64_t mode = 0) {
  How how{flags, mode, 0};
  return syscall(kOpenat2, AT_FDCWD, path, &how, sizeof how);
}

long openat_call(long at, const char* path, int flags, int mode = 0644) { return syscall(SYS_openat, at, path, flags, mode); }

std::string fd_path(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

int path_only(const char* path, int more = 0) { return open(path, O_PATH | O_CLOEXEC | more); }

int ring_open(const char* path, int flags) {
  io_uring_sqe entry{};
  entry.opcode = IORING_OP_OPENAT;
  entry.fd = AT_FDCWD;
  entry.addr = reinterpret_cast<std::uint64_t>(path);
  entry.open_flags = static_cast<std::uint32_t>(flags | O_CLOEXEC);
  entry.len = 0644;
  const int fd = through_ring(entry);
  if (fd < 0) errno = -fd;
  return fd;
}

int ring_names(std::uint8_t operation, const char* first, const char* second, std::uint32_t len = 0) {
  io_uring_sqe entry{};
  entry.opcode = operation;
  entry.fd = AT_FDCWD;
  entry.addr = reinterpret_cast<std::uint64_t>(first);
  if (second != nullptr) entry.addr2 = reinterpret_cast<std::uint64_t>(second);
  entry.len = len;
  if (operation == IORING_OP_RENAMEAT || operation == IORING_OP_LINKAT) entry.len = static_cast<std::uint32_t>(AT_FDCWD);
  const int result = through_ring(entry);
  return result < 0 ? -result : 0;
}

int by_handle(const char* path, int flags) {
  alignas(file_handle) char place[sizeof(file_handle) + MAX_HANDLE_SZ] = {};
  auto* const handle = reinterpret_cast<file_handle*>(place);
  handle->handle_bytes = MAX_HANDLE_SZ;
  int mount_id = 0;
  if (name_to_handle_at(AT_FDCWD, path, handle, &mount_id, 0) != 0) return -1;
  const int at = open(text("inside"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return open_by_handle_at(at, handle, flags | O_CLOEXEC);
}

int bound_file() {
  if (mount(text("outside"), inside("mnt"), nullptr, MS_BIND, nullptr) != 0) return errno;
  const int result = read_from(open(inside("mnt/file"), O_RDONLY));
  umount2(inside("mnt"), MNT_DETACH);
  return result;
}

int under_own_mounts(int flags) {
  if (unshare(flags) != 0) return errno;
  mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  return bound_file();
}

long clone_tree(unsigned flags) { return syscall(428 /* open_tree */, AT_FDCWD, text("outside"), flags); }

// A file system of its own, reached by descriptor alone.
int new_file_system() {
  const long context = syscall(430 /* fsopen */, "tmpfs", 1);
  if (context < 0) return errno;
  if (syscall(431 /* fsconfig */, context, 6 /* create */, nullptr, nullptr, 0) < 0) return errno;
  const long made = syscall(432 /* fsmount */, context, 1, 0);
  return made < 0 ? errno : write_to(openat_call(made, "file", O_WRONLY | O_CREAT));
}

int pivoted() {
  if (unshare(CLONE_NEWNS) != 0) return errno;
  mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  if (mount(text("outside"), text("outside"), nullptr, MS_BIND, nullptr) != 0 || chdir(text("outside")) != 0) return errno;
  if (syscall(SYS_pivot_root, ".", ".") != 0) return errno;
  return read_from(open("/file", O_RDONLY));
}

int copied_into(int (*copy)(int from, int to)) {
  const int from = open(inside("own"), O_RDONLY | O_CLOEXEC);
  if (from < 0) return errno;
  const int to = open(outside("file"), O_WRONLY | O_CLOEXEC);
  if (to < 0) return errno;
  return copy(from, to);
}

int renamed(long from_at, const char* from, const char* to, unsigned flags) { return answer(syscall(SYS_renameat2, from_at, from, AT_FDCWD, to, flags)); }

int passed_descriptor() {
  char byte = 0;
  iovec part{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (recvmsg(kPassed, &message, 0) < 0) return errno;
  if (CMSG_FIRSTHDR(&message) == nullptr) return ENOENT;
  int fd = -1;
  memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
  return write_to(fd);
}

// The kernel writes the core file, with the rights of the one that dies: core(5).
int dumped() {
  rlimit limit{};
  getrlimit(RLIMIT_CORE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_CORE, &limit);
  if (chdir(text("outside")) != 0) return errno;
  const pid_t child = fork();
  if (child == 0) abort();
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status) && WCOREDUMP(status)) return 0;
  return EACCES;
}

int names_heard() {
  const int watch = inotify_init1(IN_CLOEXEC);
  if (watch < 0 || inotify_add_watch(watch, text("outside"), IN_OPEN | IN_ATTRIB) < 0) return errno;
  // Looking makes an event of its own where opening is refused.
  close(open(outside("file"), O_PATH));
  return 0;
}

const Attempt kAttempts[] = {
    // --- reading ---
#ifdef SYS_open
    {"read-open", "open(2)", N, [] { return read_from(syscall(SYS_open, outside("file"), O_RDONLY)); }},
#endif
    {"read-openat", "openat(2)", N, [] { return read_from(openat_call(AT_FDCWD, outside("file"), O_RDONLY)); }},
    {"read-openat-high-bits", "openat(2), set bits above 32 in the directory and the flags", N,
     [] { return read_from(syscall(SYS_openat, (0x7L << 32) | 0xffffff9cL, outside("file"), (1L << 40) | O_RDONLY, 0)); }},
    {"read-openat2", "openat2(2)", N, [] { return read_from(openat2(outside("file"), O_RDONLY)); }},
    {"read-by-directory", "openat(2) beneath an O_PATH directory", N, [] { return read_from(openat_call(path_only(text("outside")), "file", O_RDONLY)); }},
    {"read-inherited-directory", "openat(2) beneath an inherited directory", N, [] { return read_from(openat_call(kOpenDirectory, "file", O_RDONLY)); }},
    {"read-dotdot", "up from a granted directory and down again", N, [] { return read_from(openat_call(AT_FDCWD, inside("../outside/file"), O_RDONLY)); }},
    {"read-dotdot-descriptor", "up from a descriptor of a granted directory", N,
     [] { return read_from(openat_call(open(text("inside"), O_RDONLY | O_DIRECTORY), "../outside/file", O_RDONLY)); }},
    {"read-symlink", "a symbolic link in a granted directory", N, [] { return read_from(openat_call(AT_FDCWD, inside("way"), O_RDONLY)); }},
    {"read-symlink-directory", "beneath a symbolic link in a granted directory", N, [] { return read_from(openat_call(AT_FDCWD, inside("ways/file"), O_RDONLY)); }},
    {"read-proc-root", "/proc/self/root", N, [] { return read_from(open((std::string("/proc/self/root") + outside("file")).c_str(), O_RDONLY)); }},
    {"read-proc-cwd", "/proc/self/cwd after chdir(2)", N, [] { return chdir(text("outside")) != 0 ? errno : read_from(open("/proc/self/cwd/file", O_RDONLY)); }},
    {"read-proc-thread-root", "/proc/thread-self/root", N, [] { return read_from(open((std::string("/proc/thread-self/root") + outside("file")).c_str(), O_RDONLY)); }},
    {"read-reopen-path", "/proc/self/fd of an O_PATH descriptor", N, [] { return read_from(open(fd_path(path_only(outside("file"))).c_str(), O_RDONLY)); }},
    {"read-reopen-inherited-path", "/proc/self/fd of an inherited O_PATH descriptor", N, [] { return read_from(open(fd_path(kPathOnly).c_str(), O_RDONLY)); }},
    {"read-dev-fd", "/dev/fd of an O_PATH descriptor", N, [] { return read_from(open(("/dev/fd/" + std::to_string(path_only(outside("file")))).c_str(), O_RDONLY)); }},
    {"read-chdir", "a relative path after chdir(2)", N, [] { return chdir(text("outside")) != 0 ? errno : read_from(open("file", O_RDONLY)); }},
    {"read-fchdir", "a relative path after fchdir(2)", N, [] { return fchdir(path_only(text("outside"), O_DIRECTORY)) != 0 ? errno : read_from(open("file", O_RDONLY)); }},
    {"read-any-access-mode", "read and write at once", N, [] { return read_from(open(outside("file"), O_RDWR)); }},
    {"read-ring", "io_uring OPENAT", N, [] { return read_from(ring_open(outside("file"), O_RDONLY)); }},
    {"read-ring-openat2", "io_uring OPENAT2", N,
     [] {
       How how{O_RDONLY | O_CLOEXEC, 0, 0};
       io_uring_sqe entry{};
       entry.opcode = IORING_OP_OPENAT2;
       entry.fd = AT_FDCWD;
       entry.addr = reinterpret_cast<std::uint64_t>(outside("file"));
       entry.len = sizeof how;
       entry.off = reinterpret_cast<std::uint64_t>(&how);
       const int fd = through_ring(entry);
       return fd < 0 ? -fd : read_from(fd);
     }},
    {"read-handle", "open_by_handle_at(2)", N, [] { return read_from(by_handle(outside("file"), O_RDONLY)); }},
    {"read-mapped", "mmap(2) of the file", N,
     [] {
       const int fd = open(outside("file"), O_RDONLY);
       return fd < 0 ? errno : mmap(nullptr, 1, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED ? errno : 0;
     }},
    {"list", "open(2) of a directory", N, [] { return answer(open(text("outside"), O_RDONLY | O_DIRECTORY)); }},
    {"list-empty-path", "openat(2) of . beneath an O_PATH directory", N, [] { return answer(openat_call(path_only(text("outside")), ".", O_RDONLY | O_DIRECTORY)); }},
    {"read-chroot", "chroot(2)", N, [] { return chroot(text("outside")) != 0 ? errno : read_from(open("/file", O_RDONLY)); }},
    {"read-bind", "mount(2), bind", N, [] { return bound_file(); }},
    {"read-own-mounts", "a mount namespace", N, [] { return under_own_mounts(CLONE_NEWNS); }},
    {"read-user-namespace", "a user and a mount namespace", N, [] { return under_own_mounts(CLONE_NEWUSER | CLONE_NEWNS); }},
    {"read-user-namespace-chroot", "chroot(2) in a user namespace", N,
     [] { return unshare(CLONE_NEWUSER) != 0 || chroot(text("outside")) != 0 ? errno : read_from(open("/file", O_RDONLY)); }},
    {"read-open-tree", "open_tree(2)", N, [] { const long tree = clone_tree(0); return tree < 0 ? errno : read_from(openat_call(tree, "file", O_RDONLY)); }},
    {"read-open-tree-clone", "open_tree(2), a detached mount", N, [] { const long tree = clone_tree(1); return tree < 0 ? errno : read_from(openat_call(tree, "file", O_RDONLY)); }},
    {"read-moved-mount", "open_tree(2) and move_mount(2)", N,
     [] {
       const long tree = clone_tree(1);
       if (tree < 0 || syscall(429, tree, "", AT_FDCWD, inside("mnt"), 4) < 0) return errno;
       const int result = read_from(open(inside("mnt/file"), O_RDONLY));
       umount2(inside("mnt"), MNT_DETACH);
       return result;
     }},
    {"read-pivot", "pivot_root(2) in a mount namespace", N, [] { return pivoted(); }},
    {"new-file-system", "fsopen(2), fsmount(2): a file system of one's own", N, [] { return new_file_system(); }},
    {"pick-file-system", "fspick(2)", N, [] { return answer(syscall(433, AT_FDCWD, "/", 0)); }},
    {"mount-tmpfs", "mount(2) of a tmpfs", N, [] { const int result = answer(mount("none", inside("mnt"), "tmpfs", 0, nullptr)); umount2(inside("mnt"), MNT_DETACH); return result; }},
    {"mount-attributes", "mount_setattr(2)", N,
     [] {
       const std::uint64_t attributes[4] = {0, 0, MS_PRIVATE, 0};
       return answer(syscall(442, AT_FDCWD, "/", 0, attributes, sizeof attributes));
     }},
    {"unmount", "umount2(2)", N,
     [] {
       // A mount made for it, so that nothing is lost where it works.
       mount("none", inside("mnt"), "tmpfs", 0, nullptr);
       return answer(umount2(inside("mnt"), MNT_DETACH));
     }},
    {"read-process-root", "/proc/PID/root of a process outside", N, [] { return read_from(open((std::string("/proc/") + text("pid") + "/root" + outside("file")).c_str(), O_RDONLY)); }},
    {"read-process-cwd", "/proc/PID/cwd of a process outside", N, [] { return read_from(open((std::string("/proc/") + text("pid") + "/cwd/file").c_str(), O_RDONLY)); }},
    {"read-process-fd", "/proc/PID/fd of a process outside", N, [] { return read_from(open((std::string("/proc/") + text("pid") + "/fd/" + text("held")).c_str(), O_RDONLY)); }},
    {"read-inherited", "read(2) of an inherited file", N, [] { return read_from(kOpenFile); }},
    {"write-received", "write(2) to a file received over an inherited socket", W, [] { return passed_descriptor(); }},
    {"read-shared-memory", "an object of shm_open(3) outside", N, [] { return read_from(open(text("shm_path"), O_RDONLY)); }},
    {"read-etc-shadow", "a file of root's", N, [] { return read_from(open("/etc/shadow", O_RDONLY)); }},
    {"read-kernel-memory", "/dev/mem", N, [] { return answer(open("/dev/mem", O_RDONLY)); }},
    {"read-kernel-log", "/dev/kmsg", N, [] { return answer(open("/dev/kmsg", O_RDONLY | O_NONBLOCK)); }},
    {"read-disk", "a disk", N, [] { return answer(open("/dev/vda", O_RDONLY)); }},
    {"open-userfaultfd-device", "/dev/userfaultfd", N, [] { return answer(open("/dev/userfaultfd", O_RDWR)); }},
    {"open-kvm-device", "/dev/kvm", N, [] { return answer(open("/dev/kvm", O_RDWR)); }},
    {"open-tun-device", "/dev/net/tun", N, [] { return answer(open("/dev/net/tun", O_RDWR)); }},
    {"open-terminal-device", "/dev/ptmx, a new terminal", N, [] { return answer(open("/dev/ptmx", O_RDWR | O_NOCTTY)); }},

    // --- writing ---
#ifdef SYS_open
    {"write-open", "open(2)", W, [] { return write_to(syscall(SYS_open, outside("file"), O_WRONLY)); }},
    {"write-creat", "creat(2) of a file that is there", W, [] { return write_to(syscall(SYS_creat, outside("file"), 0644)); }},
#endif
    {"write-openat", "openat(2)", W, [] { return write_to(openat_call(AT_FDCWD, outside("file"), O_WRONLY)); }},
    {"write-openat2", "openat2(2)", W, [] { return write_to(openat2(outside("file"), O_WRONLY)); }},
    {"write-append", "O_APPEND", W, [] { return write_to(openat_call(AT_FDCWD, outside("file"), O_WRONLY | O_APPEND)); }},
    {"write-by-directory", "openat(2) beneath an O_PATH directory", W, [] { return write_to(openat_call(path_only(text("outside")), "file", O_WRONLY)); }},
    {"write-inherited-directory", "openat(2) beneath an inherited directory", W, [] { return write_to(openat_call(kOpenDirectory, "file", O_WRONLY)); }},
    {"write-dotdot", "up from a granted directory and down again", W, [] { return write_to(openat_call(AT_FDCWD, inside("../outside/file"), O_WRONLY)); }},
    {"write-symlink", "a symbolic link in a granted directory", W, [] { return write_to(openat_call(AT_FDCWD, inside("way"), O_WRONLY)); }},
    {"write-reopen-path", "/proc/self/fd of an O_PATH descriptor", W, [] { return write_to(open(fd_path(path_only(outside("file"))).c_str(), O_WRONLY)); }},
    {"write-reopen-inherited", "/proc/self/fd of an inherited file that was opened for reading", W, [] { return write_to(open(fd_path(kOpenFile).c_str(), O_WRONLY)); }},
    {"write-proc-root", "/proc/self/root", W, [] { return write_to(open((std::string("/proc/self/root") + outside("file")).c_str(), O_WRONLY)); }},
    {"write-process-root", "/proc/PID/root of a process outside", W, [] { return write_to(open((std::string("/proc/") + text("pid") + "/root" + outside("file")).c_str(), O_WRONLY)); }},
    {"write-process-fd", "/proc/PID/fd of a process outside", W, [] { return write_to(open((std::string("/proc/") + text("pid") + "/fd/" + text("held")).c_str(), O_WRONLY)); }},
    {"write-ring", "io_uring OPENAT", W, [] { return write_to(ring_open(outside("file"), O_WRONLY)); }},
    {"write-handle", "open_by_handle_at(2)", W, [] { return write_to(by_handle(outside("file"), O_WRONLY)); }},
    {"write-mapped", "mmap(2), shared", W,
     [] {
       const int fd = open(outside("file"), O_RDWR);
       if (fd < 0) return errno;
       auto* const byte = static_cast<char*>(mmap(nullptr, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
       if (byte == MAP_FAILED) return errno;
       *byte = 'x';
       return answer(msync(byte, 1, MS_SYNC));
     }},
    {"write-sendfile", "sendfile(2)", W, [] { return copied_into([](int from, int to) { return answer(sendfile(to, from, nullptr, 3)); }); }},
    {"write-copy-range", "copy_file_range(2)", W, [] { return copied_into([](int from, int to) { return answer(syscall(SYS_copy_file_range, from, nullptr, to, nullptr, 3, 0)); }); }},
    {"write-splice", "splice(2)", W,
     [] {
       return copied_into([](int from, int to) {
         int ends[2];
         if (pipe(ends) != 0 || splice(from, nullptr, ends[1], nullptr, 3, 0) < 0) return errno;
         return answer(splice(ends[0], nullptr, to, nullptr, 3, 0));
       });
     }},
    {"write-clone", "ioctl(2) FICLONE", W, [] { return copied_into([](int from, int to) { return answer(ioctl(to, FICLONE, from)); }); }},
    {"write-writev", "pwritev2(2)", W,
     [] {
       return copied_into([](int, int to) {
         char byte = 'x';
         const iovec part{&byte, 1};
         return answer(pwritev2(to, &part, 1, 0, 0));
       });
     }},
    {"write-fifo", "a named pipe with a reader outside", W, [] { return write_to(open(outside("fifo"), O_WRONLY | O_NONBLOCK)); }},
    {"write-core", "a core file", W, [] { return dumped(); }},
    {"write-shared-memory", "an object of shm_open(3) outside", W, [] { return write_to(open(text("shm_path"), O_WRONLY)); }},
    {"write-sysctl", "/proc/sys", N, [] { return answer(open("/proc/sys/kernel/core_pattern", O_WRONLY)); }},
    {"write-kernel-log", "/dev/kmsg", N, [] { return answer(open("/dev/kmsg", O_WRONLY)); }},
    {"write-full-device", "/dev/full", N, [] { return answer(open("/dev/full", O_WRONLY)); }},
    {"make-group", "mkdir(2) in the control group file system", N,
     [] {
       const std::string path = std::string(text("cgroup")) + "/escape-" + std::to_string(getpid());
       if (mkdir(path.c_str(), 0755) != 0) return errno;
       rmdir(path.c_str());
       return 0;
     }},

    // --- creating ---
#ifdef SYS_open
    {"create-open", "open(2)", W, [] { return answer(syscall(SYS_open, outside("new"), O_WRONLY | O_CREAT, 0644)); }},
    {"create-creat", "creat(2)", W, [] { return answer(syscall(SYS_creat, outside("new"), 0644)); }},
    {"create-mknod", "mknod(2)", W, [] { return answer(syscall(SYS_mknod, outside("new"), S_IFREG | 0644, 0)); }},
    {"create-mkdir", "mkdir(2)", W, [] { return answer(syscall(SYS_mkdir, outside("new"), 0755)); }},
    {"create-symlink", "symlink(2)", W, [] { return answer(syscall(SYS_symlink, "file", outside("new"))); }},
#endif
    {"create-openat", "openat(2)", W, [] { return answer(openat_call(AT_FDCWD, outside("new"), O_WRONLY | O_CREAT)); }},
    {"create-read-only", "openat(2), O_RDONLY with O_CREAT", W, [] { return answer(openat_call(AT_FDCWD, outside("new"), O_RDONLY | O_CREAT)); }},
    {"create-openat2", "openat2(2)", W, [] { return answer(openat2(outside("new"), O_WRONLY | O_CREAT, 0644)); }},
    {"create-by-directory", "openat(2) beneath an O_PATH directory", W, [] { return answer(openat_call(path_only(text("outside")), "new", O_WRONLY | O_CREAT)); }},
    {"create-symlink-directory", "beneath a symbolic link in a granted directory", W, [] { return answer(openat_call(AT_FDCWD, inside("ways/new"), O_WRONLY | O_CREAT)); }},
    {"create-tmpfile", "O_TMPFILE, linked afterwards", W,
     [] {
       const long fd = openat_call(AT_FDCWD, text("outside"), O_WRONLY | O_TMPFILE);
       return fd < 0 ? errno : answer(linkat(AT_FDCWD, fd_path(static_cast<int>(fd)).c_str(), AT_FDCWD, outside("new"), AT_SYMLINK_FOLLOW));
     }},
    {"create-mknodat", "mknodat(2)", W, [] { return answer(mknodat(AT_FDCWD, outside("new"), S_IFREG | 0644, 0)); }},
    {"create-fifo", "mknodat(2), a named pipe", W, [] { return answer(mknodat(AT_FDCWD, outside("new"), S_IFIFO | 0644, 0)); }},
    {"create-socket-node", "mknodat(2), a socket", W, [] { return answer(mknodat(AT_FDCWD, outside("new"), S_IFSOCK | 0644, 0)); }},
    {"create-device", "mknodat(2), a device", W, [] { return answer(mknodat(AT_FDCWD, outside("new"), S_IFCHR | 0644, makedev(1, 5))); }},
    {"create-device-inside", "mknodat(2), a device in a granted directory", N, [] { return answer(mknodat(AT_FDCWD, inside("device"), S_IFCHR | 0644, makedev(1, 1))); }},
    {"create-disk-inside", "mknodat(2), a disk in a granted directory", N, [] { return answer(mknodat(AT_FDCWD, inside("disk"), S_IFBLK | 0644, makedev(7, 0))); }},
    {"create-mkdirat", "mkdirat(2)", W, [] { return answer(mkdirat(AT_FDCWD, outside("new"), 0755)); }},
    {"create-symlinkat", "symlinkat(2)", W, [] { return answer(symlinkat("file", AT_FDCWD, outside("new"))); }},
    {"create-bind", "bind(2) of a UNIX socket", W,
     [] {
       Address at = local(outside("new"));
       const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
       return fd < 0 ? errno : answer(bind(fd, at.get(), at.size));
     }},
    {"create-ring", "io_uring MKDIRAT", W, [] { return ring_names(IORING_OP_MKDIRAT, outside("new"), nullptr, 0755); }},
    {"create-ring-symlink", "io_uring SYMLINKAT", W, [] { return ring_names(IORING_OP_SYMLINKAT, "file", outside("new")); }},

    // --- linking, renaming, removing ---
    {"link-out", "linkat(2) of a forbidden file into a granted directory", W, [] { return answer(linkat(AT_FDCWD, outside("file"), AT_FDCWD, inside("linked"), 0)); }},
    {"link-out-descriptor", "linkat(2) of an O_PATH descriptor, by /proc", W,
     [] { return answer(linkat(AT_FDCWD, fd_path(path_only(outside("file"))).c_str(), AT_FDCWD, inside("linked"), AT_SYMLINK_FOLLOW)); }},
    {"link-out-inherited", "linkat(2) of an inherited file, AT_EMPTY_PATH", W, [] { return answer(linkat(kOpenFile, "", AT_FDCWD, inside("linked"), AT_EMPTY_PATH)); }},
    {"link-out-read", "link(2) into a granted directory, and read there", W,
     [] { return linkat(AT_FDCWD, outside("file"), AT_FDCWD, inside("linked"), 0) != 0 ? errno : read_from(open(inside("linked"), O_RDONLY)); }},
    {"link-in", "linkat(2) of a granted file into a forbidden directory", W, [] { return answer(linkat(AT_FDCWD, inside("own"), AT_FDCWD, outside("new"), 0)); }},
    {"link-beside", "linkat(2) within a forbidden directory", W, [] { return answer(linkat(AT_FDCWD, outside("file"), AT_FDCWD, outside("new"), 0)); }},
    {"link-ring", "io_uring LINKAT", W, [] { return ring_names(IORING_OP_LINKAT, outside("file"), inside("linked")); }},
#ifdef SYS_rename
    {"rename-old", "rename(2) within a forbidden directory", W, [] { return answer(syscall(SYS_rename, outside("file"), outside("new"))); }},
#endif
    {"rename-out", "renameat2(2) of a forbidden file into a granted directory", W, [] { return renamed(AT_FDCWD, outside("file"), inside("moved"), 0); }},
    {"rename-out-directory", "renameat2(2) of a forbidden directory", W, [] { return renamed(AT_FDCWD, outside("dir"), inside("moved"), 0); }},
    {"rename-by-descriptor", "renameat2(2) beneath an inherited directory", W, [] { return renamed(kOpenDirectory, "file", inside("moved"), 0); }},
    {"rename-in", "renameat2(2) of a granted file into a forbidden directory", W, [] { return renamed(AT_FDCWD, inside("own"), outside("new"), 0); }},
    {"rename-over", "renameat2(2) of a granted file over a forbidden one", W, [] { return renamed(AT_FDCWD, inside("own"), outside("file"), 0); }},
    {"rename-exchange", "renameat2(2), RENAME_EXCHANGE", W, [] { return renamed(AT_FDCWD, inside("own"), outside("file"), RENAME_EXCHANGE); }},
    {"rename-whiteout", "renameat2(2), RENAME_WHITEOUT", W, [] { return renamed(AT_FDCWD, outside("file"), outside("new"), RENAME_WHITEOUT); }},
    {"rename-granted-directory", "renameat2(2) of the granted directory itself", W, [] { return renamed(AT_FDCWD, text("inside"), outside("new"), 0); }},
    {"rename-parent", "renameat2(2) of a forbidden file to the name of a granted one, and read", W,
     [] { return syscall(SYS_renameat2, AT_FDCWD, outside("file"), AT_FDCWD, inside("own"), 0) != 0 ? errno : read_from(open(inside("own"), O_RDONLY)); }},
    {"rename-ring", "io_uring RENAMEAT", W, [] { return ring_names(IORING_OP_RENAMEAT, outside("file"), inside("moved")); }},
#ifdef SYS_unlink
    {"remove-unlink", "unlink(2)", W, [] { return answer(syscall(SYS_unlink, outside("file"))); }},
    {"remove-rmdir", "rmdir(2)", W, [] { return answer(syscall(SYS_rmdir, outside("dir"))); }},
#endif
    {"remove-unlinkat", "unlinkat(2)", W, [] { return answer(unlinkat(AT_FDCWD, outside("file"), 0)); }},
    {"remove-by-descriptor", "unlinkat(2) beneath an inherited directory", W, [] { return answer(unlinkat(kOpenDirectory, "file", 0)); }},
    {"remove-directory", "unlinkat(2), AT_REMOVEDIR", W, [] { return answer(unlinkat(AT_FDCWD, outside("dir"), AT_REMOVEDIR)); }},
    {"remove-ring", "io_uring UNLINKAT", W, [] { return ring_names(IORING_OP_UNLINKAT, outside("file"), nullptr); }},

    // --- truncating ---
    {"truncate", "truncate(2)", W, [] { return answer(truncate(outside("file"), 0)); }},
    {"truncate-extend", "truncate(2) to a greater length", W, [] { return answer(truncate(outside("file"), 4096)); }},
    {"truncate-symlink", "truncate(2) of a symbolic link in a granted directory", W, [] { return answer(truncate(inside("way"), 0)); }},
    {"truncate-descriptor", "truncate(2) of /proc/self/fd of an O_PATH descriptor", W, [] { return answer(truncate(fd_path(path_only(outside("file"))).c_str(), 0)); }},
    {"truncate-inherited", "truncate(2) of /proc/self/fd of an inherited file", W, [] { return answer(truncate(fd_path(kOpenFile).c_str(), 0)); }},
    {"truncate-open", "open(2), O_RDONLY with O_TRUNC", W, [] { return answer(openat_call(AT_FDCWD, outside("file"), O_RDONLY | O_TRUNC)); }},
    {"truncate-access-mode-3", "open(2), access mode 3 with O_TRUNC", W, [] { return answer(openat_call(AT_FDCWD, outside("file"), O_ACCMODE | O_TRUNC)); }},
    {"truncate-openat2", "openat2(2), O_TRUNC", W, [] { return answer(openat2(outside("file"), O_RDONLY | O_TRUNC)); }},
    {"truncate-ring", "io_uring OPENAT, O_TRUNC", W, [] { return answer(ring_open(outside("file"), O_RDONLY | O_TRUNC)); }},
    {"truncate-ftruncate", "ftruncate(2) after open(2)", W, [] { const int fd = open(outside("file"), O_WRONLY); return fd < 0 ? errno : answer(ftruncate(fd, 0)); }},
    {"truncate-hole", "fallocate(2) after open(2)", W,
     [] {
       const int fd = open(outside("file"), O_WRONLY);
       return fd < 0 ? errno : answer(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4));
     }},

    // --- looking ---
    {"see-stat", "stat(2)", N, [] { struct stat info; return answer(fstatat(AT_FDCWD, outside("file"), &info, 0)); }},
    {"see-statx", "statx(2)", N, [] { struct statx info; return answer(statx(AT_FDCWD, outside("file"), 0, STATX_ALL, &info)); }},
    {"see-access", "access(2)", N, [] { return answer(access(outside("file"), R_OK)); }},
    {"see-readlink", "readlink(2)", N, [] { char to[64]; return answer(readlink(outside("link"), to, sizeof to)); }},
    {"see-getxattr", "getxattr(2)", N, [] { char value[64]; return answer(getxattr(outside("file"), "user.note", value, sizeof value)); }},
    {"see-listxattr", "listxattr(2)", N, [] { char names[256]; return answer(listxattr(outside("file"), names, sizeof names)); }},
    {"see-statfs", "statfs(2)", N, [] { struct statfs info; return answer(statfs(text("outside"), &info)); }},
    {"see-path-descriptor", "open(2), O_PATH", N, [] { return answer(path_only(outside("file"))); }},
    {"see-chdir", "chdir(2)", N, [] { return answer(chdir(text("outside"))); }},
    {"see-inotify", "inotify_add_watch(2)", N, [] { return names_heard(); }},
    {"see-handle", "name_to_handle_at(2)", N,
     [] {
       alignas(file_handle) char place[sizeof(file_handle) + MAX_HANDLE_SZ] = {};
       auto* const handle = reinterpret_cast<file_handle*>(place);
       handle->handle_bytes = MAX_HANDLE_SZ;
       int mount_id = 0;
       return answer(name_to_handle_at(AT_FDCWD, outside("file"), handle, &mount_id, 0));
     }},
    {"see-mounts", "listmount(2)", N,
     [] {
       struct { std::uint32_t size, spare; std::uint64_t id, parameter; } const asked{24, 0, ~std::uint64_t{0}, 0};
       std::uint64_t found[8] = {};
       return answer(syscall(458, &asked, found, 8, 0));
     }},
    {"lock-readable", "flock(2), exclusive, of a file that may be read", N, [] { const int fd = open(inside("readable"), O_RDONLY); return fd < 0 ? errno : answer(flock(fd, LOCK_EX | LOCK_NB)); }},
    {"lease-readable", "F_SETLEASE on a file that may be read", N, [] { const int fd = open(inside("readable"), O_RDONLY); return fd < 0 ? errno : answer(fcntl(fd, F_SETLEASE, F_RDLCK)); }},
};

}  // namespace

std::span<const Attempt> attempts_on_files() { return kAttempts; }

}  // namespace landshim::escape
