// SPDX-License-Identifier: MIT
// Roads to the metadata of a file that is not granted, and to a set-user-ID file of one's own making.
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/io_uring.h>
#include <mqueue.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

#include "tests/escape/suite/attempts.h"

namespace landshim::escape {

namespace {

constexpr auto W = Trace::kWorld;
constexpr long kFchmodat2 = 452;
constexpr long kSetxattrat = 463;
constexpr long kRemovexattrat = 466;
constexpr long kFileSetattr = 469;

std::string fd_path(int fd) { return "/proc/self/fd/" + std::to_string(fd); }
int path_only() { return open(outside("file"), O_PATH | O_CLOEXEC); }

struct ValueOf {
  std::uint64_t value;
  std::uint32_t size;
  std::uint32_t flags;
};

// Flags of an inode can be set through a descriptor that was opened for reading.
int flags_by(int fd, unsigned long request) {
  int flags = 0;
  if (ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0) return errno;
  flags |= FS_NOATIME_FL;
  return answer(syscall(SYS_ioctl, fd, request, &flags));
}

int extended_flags_by(int fd, unsigned long request) {
  fsxattr attributes{};
  if (ioctl(fd, FS_IOC_FSGETXATTR, &attributes) != 0) return errno;
  attributes.fsx_xflags |= FS_XFLAG_NOATIME;
  return answer(syscall(SYS_ioctl, fd, request, &attributes));
}

int own_file(const char* name) { return open(inside(name), O_RDONLY | O_CREAT | O_CLOEXEC, 0755); }

const Attempt kAttempts[] = {
    // --- modes, times ---
#ifdef SYS_chmod
    {"chmod", "chmod(2)", W, [] { return answer(syscall(SYS_chmod, outside("file"), 0600)); }},
    {"utime", "utime(2)", W, [] { const utimbuf times{1, 1}; return answer(syscall(SYS_utime, outside("file"), &times)); }},
    {"utimes", "utimes(2)", W, [] { const timeval times[2] = {{1, 0}, {1, 0}}; return answer(syscall(SYS_utimes, outside("file"), times)); }},
    {"futimesat", "futimesat(2)", W, [] { const timeval times[2] = {{1, 0}, {1, 0}}; return answer(syscall(SYS_futimesat, AT_FDCWD, outside("file"), times)); }},
#endif
    {"chmod-fchmodat", "fchmodat(2)", W, [] { return answer(syscall(SYS_fchmodat, AT_FDCWD, outside("file"), 0600)); }},
    {"chmod-fchmodat2", "fchmodat2(2)", W, [] { return answer(syscall(kFchmodat2, AT_FDCWD, outside("file"), 0600, 0)); }},
    {"chmod-empty-path", "fchmodat2(2) of an O_PATH descriptor", W, [] { return answer(syscall(kFchmodat2, path_only(), "", 0600, AT_EMPTY_PATH)); }},
    {"chmod-proc-fd", "fchmodat(2) of /proc/self/fd", W, [] { return answer(fchmodat(AT_FDCWD, fd_path(path_only()).c_str(), 0600, 0)); }},
    {"chmod-inherited", "fchmod(2) of an inherited file", W, [] { return answer(fchmod(kOpenFile, 0600)); }},
    {"chmod-directory", "fchmodat(2) beneath an inherited directory", W, [] { return answer(fchmodat(kOpenDirectory, "file", 0600, 0)); }},
    {"chmod-symlink", "fchmodat(2) of a symbolic link in a granted directory", W, [] { return answer(fchmodat(AT_FDCWD, inside("way"), 0600, 0)); }},
    {"chmod-high-bits", "fchmodat(2), bits above 32 set", W, [] { return answer(syscall(SYS_fchmodat, (0x7L << 32) | 0xffffff9cL, outside("file"), (1L << 32) | 0600)); }},
    {"chmod-socket", "fchmodat(2) of a socket outside", W, [] { return answer(fchmodat(AT_FDCWD, outside("stream"), 0600, 0)); }},
    {"utimensat", "utimensat(2)", W, [] { const timespec times[2] = {{1, 0}, {1, 0}}; return answer(syscall(SYS_utimensat, AT_FDCWD, outside("file"), times, 0)); }},
    {"utimensat-now", "utimensat(2), the present time", W, [] { return answer(syscall(SYS_utimensat, AT_FDCWD, outside("file"), nullptr, 0)); }},
    {"utimensat-inherited", "utimensat(2) of an inherited file", W, [] { const timespec times[2] = {{1, 0}, {1, 0}}; return answer(syscall(SYS_utimensat, kOpenFile, nullptr, times, 0)); }},
    {"utimensat-empty-path", "utimensat(2) of an O_PATH descriptor", W,
     [] { const timespec times[2] = {{1, 0}, {1, 0}}; return answer(syscall(SYS_utimensat, path_only(), "", times, AT_EMPTY_PATH)); }},
    {"utimensat-link", "utimensat(2) of a symbolic link", W,
     [] { const timespec times[2] = {{1, 0}, {1, 0}}; return answer(syscall(SYS_utimensat, AT_FDCWD, outside("link"), times, AT_SYMLINK_NOFOLLOW)); }},

    // --- owner ---
#ifdef SYS_chown
    {"chown", "chown(2)", W, [] { return answer(syscall(SYS_chown, outside("file"), -1, getegid())); }},
    {"lchown", "lchown(2)", W, [] { return answer(syscall(SYS_lchown, outside("file"), -1, getegid())); }},
#endif
    {"chown-fchownat", "fchownat(2)", W, [] { return answer(fchownat(AT_FDCWD, outside("file"), static_cast<uid_t>(-1), getegid(), 0)); }},
    {"chown-inherited", "fchown(2) of an inherited file", W, [] { return answer(fchown(kOpenFile, static_cast<uid_t>(-1), getegid())); }},
    {"chown-empty-path", "fchownat(2) of an O_PATH descriptor", W, [] { return answer(fchownat(path_only(), "", static_cast<uid_t>(-1), getegid(), AT_EMPTY_PATH)); }},
    {"chown-away", "fchownat(2), to another user", W, [] { return answer(fchownat(AT_FDCWD, outside("file"), 12345, 12345, 0)); }},

    // --- attributes and flags ---
    {"setxattr", "setxattr(2)", W, [] { return answer(setxattr(outside("file"), "user.new", "x", 1, 0)); }},
    {"setxattr-link", "lsetxattr(2)", W, [] { return answer(lsetxattr(outside("file"), "user.new", "x", 1, 0)); }},
    {"setxattr-inherited", "fsetxattr(2) of an inherited file", W, [] { return answer(fsetxattr(kOpenFile, "user.new", "x", 1, 0)); }},
    {"setxattr-at", "setxattrat(2)", W,
     [] {
       const ValueOf value{reinterpret_cast<std::uint64_t>("x"), 1, 0};
       return answer(syscall(kSetxattrat, AT_FDCWD, outside("file"), 0, "user.new", &value, sizeof value));
     }},
    {"setxattr-proc-fd", "setxattr(2) of /proc/self/fd", W, [] { return answer(setxattr(fd_path(path_only()).c_str(), "user.new", "x", 1, 0)); }},
    {"setxattr-list", "an access control list", W,
     [] {
       // Version 2; owner rw, group r, mask r, others r: linux/posix_acl_xattr.h.
       const std::uint32_t list[] = {2, 0x00060001, 0xffffffff, 0x00070002, 1000, 0x00040004, 0xffffffff, 0x00070010, 0xffffffff, 0x00040020, 0xffffffff};
       return answer(setxattr(outside("file"), "system.posix_acl_access", list, sizeof list, 0));
     }},
    {"removexattr", "removexattr(2)", W, [] { return answer(removexattr(outside("file"), "user.note")); }},
    {"removexattr-link", "lremovexattr(2)", W, [] { return answer(lremovexattr(outside("file"), "user.note")); }},
    {"removexattr-inherited", "fremovexattr(2) of an inherited file", W, [] { return answer(fremovexattr(kOpenFile, "user.note")); }},
    {"removexattr-at", "removexattrat(2)", W, [] { return answer(syscall(kRemovexattrat, AT_FDCWD, outside("file"), 0, "user.note")); }},
    {"setxattr-ring", "io_uring SETXATTR", W,
     [] {
       io_uring_sqe entry{};
       entry.opcode = IORING_OP_SETXATTR;
       entry.addr = reinterpret_cast<std::uint64_t>("user.new");
       entry.addr2 = reinterpret_cast<std::uint64_t>("x");
       entry.addr3 = reinterpret_cast<std::uint64_t>(outside("file"));
       entry.len = 1;
       const int result = through_ring(entry);
       return result < 0 ? -result : 0;
     }},
    {"setxattr-ring-inherited", "io_uring FSETXATTR of an inherited file", W,
     [] {
       io_uring_sqe entry{};
       entry.opcode = IORING_OP_FSETXATTR;
       entry.fd = kOpenFile;
       entry.addr = reinterpret_cast<std::uint64_t>("user.new");
       entry.addr2 = reinterpret_cast<std::uint64_t>("x");
       entry.len = 1;
       const int result = through_ring(entry);
       return result < 0 ? -result : 0;
     }},
    {"flags-inherited", "FS_IOC_SETFLAGS on an inherited file", W, [] { return flags_by(kOpenFile, FS_IOC_SETFLAGS); }},
    {"flags-high-bits", "FS_IOC_SETFLAGS, bits above 32 set", W, [] { return flags_by(kOpenFile, FS_IOC_SETFLAGS | (1UL << 32)); }},
    {"flags-32-bit", "FS_IOC32_SETFLAGS", W, [] { return flags_by(kOpenFile, FS_IOC32_SETFLAGS); }},
    {"flags-open", "FS_IOC_SETFLAGS after open(2)", W, [] { const int fd = open(outside("file"), O_RDONLY); return fd < 0 ? errno : flags_by(fd, FS_IOC_SETFLAGS); }},
    {"flags-extended", "FS_IOC_FSSETXATTR on an inherited file", W, [] { return extended_flags_by(kOpenFile, FS_IOC_FSSETXATTR); }},
    {"flags-version", "FS_IOC_SETVERSION on an inherited file", W, [] { int version = 7; return answer(ioctl(kOpenFile, FS_IOC_SETVERSION, &version)); }},
    {"flags-file-setattr", "file_setattr(2)", W,
     [] {
       struct { std::uint64_t flags; std::uint32_t rest[4]; } const attributes{FS_XFLAG_NOATIME, {}};
       return answer(syscall(kFileSetattr, AT_FDCWD, outside("file"), &attributes, sizeof attributes, 0));
     }},
    {"flags-verity", "FS_IOC_ENABLE_VERITY on an inherited file", W, [] { std::uint32_t argument[32] = {1, 1, 4096}; return answer(ioctl(kOpenFile, 0x40806685, argument)); }},

    // --- set-user-ID ---
#ifdef SYS_chmod
    {"set-id-chmod", "chmod(2)", W, [] { own_file("planted"); return answer(syscall(SYS_chmod, inside("planted"), 04755)); }},
    {"set-id-open", "open(2)", W, [] { return answer(syscall(SYS_open, inside("planted"), O_WRONLY | O_CREAT, 04755)); }},
    {"set-id-creat", "creat(2)", W, [] { return answer(syscall(SYS_creat, inside("planted"), 04755)); }},
    {"set-id-mknod", "mknod(2)", W, [] { return answer(syscall(SYS_mknod, inside("planted"), S_IFREG | 04755, 0)); }},
    {"set-id-mkdir", "mkdir(2)", W, [] { return syscall(SYS_mkdir, inside("planted"), 02755) != 0 ? errno : answer(syscall(SYS_chmod, inside("planted"), 02755)); }},
#endif
    {"set-id-fchmod", "fchmod(2)", W, [] { return answer(fchmod(own_file("planted"), 04755)); }},
    {"set-id-fchmodat", "fchmodat(2)", W, [] { own_file("planted"); return answer(syscall(SYS_fchmodat, AT_FDCWD, inside("planted"), 04755)); }},
    {"set-id-fchmodat2", "fchmodat2(2)", W, [] { own_file("planted"); return answer(syscall(kFchmodat2, AT_FDCWD, inside("planted"), 04755, 0)); }},
    {"set-id-group", "fchmodat(2), set-group-ID", W, [] { own_file("planted"); return answer(syscall(SYS_fchmodat, AT_FDCWD, inside("planted"), 02755)); }},
    {"set-id-high-bits", "fchmodat(2), bits above 32 set", W, [] { own_file("planted"); return answer(syscall(SYS_fchmodat, AT_FDCWD, inside("planted"), (1L << 32) | 04755)); }},
    {"set-id-openat", "openat(2)", W, [] { return answer(syscall(SYS_openat, AT_FDCWD, inside("planted"), O_WRONLY | O_CREAT, 04755)); }},
    {"set-id-openat-high-bits", "openat(2), bits above 32 set", W, [] { return answer(syscall(SYS_openat, AT_FDCWD, inside("planted"), (1L << 33) | O_WRONLY | O_CREAT, (1L << 33) | 04755)); }},
    {"set-id-openat2", "openat2(2)", W,
     [] {
       const std::uint64_t how[3] = {O_WRONLY | O_CREAT, 04755, 0};
       return answer(syscall(437, AT_FDCWD, inside("planted"), how, sizeof how));
     }},
    {"set-id-mknodat", "mknodat(2)", W, [] { return answer(mknodat(AT_FDCWD, inside("planted"), S_IFREG | 04755, 0)); }},
    {"set-id-tmpfile", "O_TMPFILE, linked afterwards", W,
     [] {
       const long fd = syscall(SYS_openat, AT_FDCWD, text("inside"), O_WRONLY | O_TMPFILE, 04755);
       return fd < 0 ? errno : answer(linkat(AT_FDCWD, fd_path(static_cast<int>(fd)).c_str(), AT_FDCWD, inside("planted"), AT_SYMLINK_FOLLOW));
     }},
    {"set-id-ring", "io_uring OPENAT", W,
     [] {
       io_uring_sqe entry{};
       entry.opcode = IORING_OP_OPENAT;
       entry.fd = AT_FDCWD;
       entry.addr = reinterpret_cast<std::uint64_t>(inside("planted"));
       entry.open_flags = O_WRONLY | O_CREAT;
       entry.len = 04755;
       const int result = through_ring(entry);
       return result < 0 ? -result : 0;
     }},
    {"set-id-forbidden-file", "chmod of a forbidden file", W, [] { return answer(syscall(SYS_fchmodat, AT_FDCWD, outside("file"), 04755)); }},
    {"file-capability", "a file capability on a file of one's own", W,
     [] {
       own_file("planted");
       const std::uint32_t capability[5] = {0x02000001, 1U << 21, 0, 0, 0};
       return answer(setxattr(inside("planted"), "security.capability", capability, sizeof capability, 0));
     }},
};

}  // namespace

std::span<const Attempt> attempts_on_metadata() { return kAttempts; }

}  // namespace landshim::escape
