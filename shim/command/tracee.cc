// SPDX-License-Identifier: MIT
#include "shim/command/tracee.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace landshim::command {

namespace {

constexpr int kMaxLinks = 40;            // path_resolution(7)
constexpr std::size_t kMaxText = 65536;  // of a file of /proc
constexpr int kLook = O_PATH | O_CLOEXEC;

bool same_file(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

bool on_proc(int fd) {
  struct statfs system {};
  return fstatfs(fd, &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
}

pid_t number_in(const std::string& status, std::string_view key) {
  const std::size_t at = status.find(key);
  return at == std::string::npos ? 0 : static_cast<pid_t>(std::strtol(status.c_str() + at + key.size(), nullptr, 10));
}

// Name by name: a link may lead to the root of the process, and /proc/self is another for it than for this process.
class Walk {
 public:
  Walk(const Tracee& tracee, std::string path, bool follow) : tracee_(tracee), rest_(std::move(path)), follow_(follow) {}

  Place run(Descriptor root, Descriptor start) {
    root_ = std::move(root);
    if (fstat(root_.get(), &root_info_) != 0) return failed(errno);
    if (rest_.empty()) return failed(ENOENT);
    out_.wants_directory = rest_.ends_with('/');
    out_.end = std::move(start);
    if (rest_.starts_with('/')) out_.error = to_root();
    else if (out_.end.get() < 0 || fstat(out_.end.get(), &out_.info) != 0) return failed(errno);
    while (out_.error == 0 && !rest_.empty()) out_.error = step(next_name());
    if (out_.error == 0 && out_.wants_directory && !S_ISDIR(out_.info.st_mode)) out_.error = ENOTDIR;
    if (out_.error != 0 && !out_.missing()) return failed(out_.error);
    return std::move(out_);
  }

 private:
  static Place failed(int error) {
    Place out;
    out.error = error == 0 ? EINVAL : error;
    return out;
  }

  std::string next_name() {
    const std::size_t slash = std::min(rest_.find('/'), rest_.size());
    std::string name = rest_.substr(0, slash);
    rest_.erase(0, std::min(rest_.find_first_not_of('/', slash), rest_.size()));
    return name;
  }

  int to_root() {
    out_.end.reset(fcntl(root_.get(), F_DUPFD_CLOEXEC, 0));
    out_.info = root_info_;
    rest_.erase(0, std::min(rest_.find_first_not_of('/'), rest_.size()));
    return out_.end.get() < 0 ? errno : 0;
  }

  int step(const std::string& name) {
    if (name.empty()) return 0;
    if (!S_ISDIR(out_.info.st_mode)) return ENOTDIR;
    out_.searched.push_back(out_.info);
    const bool by_name = name != "." && name != "..";
    // The root of the process is its own parent.
    if (name == "." || (name == ".." && same_file(out_.info, root_info_))) return take_name({});
    if (name.size() > NAME_MAX) return ENAMETOOLONG;
    Descriptor next(openat(out_.end.get(), name.c_str(), kLook | O_NOFOLLOW));
    if (next.get() < 0) return missing(name, errno);
    struct stat info {};
    if (fstat(next.get(), &info) != 0) return errno;
    if (S_ISLNK(info.st_mode) && (follow_ || !rest_.empty() || out_.wants_directory)) return follow(std::move(next), name);
    out_.directory = std::move(out_.end);
    out_.directory_info = out_.info;
    out_.end = std::move(next);
    out_.info = info;
    return take_name(by_name ? name : "");
  }

  int take_name(const std::string& name) {
    out_.name = name;
    if (name.empty()) out_.directory.reset();
    return 0;
  }

  int missing(const std::string& name, int error) {
    if (error != ENOENT || !rest_.empty()) {
      out_.directory.reset();
      out_.end.reset();
      return error;
    }
    out_.directory = std::move(out_.end);
    out_.directory_info = out_.info;
    out_.end.reset();
    out_.name = name;
    return ENOENT;
  }

  int follow(Descriptor link, const std::string& name) {
    if (++links_ > kMaxLinks) return ELOOP;
    char buffer[PATH_MAX];
    const ssize_t size = readlinkat(link.get(), "", buffer, sizeof buffer);
    if (size < 0) return errno;
    std::string text(buffer, static_cast<std::size_t>(size));
    if (on_proc(link.get())) {
      if (name == "self") text = std::to_string(tracee_.process());
      else if (name == "thread-self") text = std::to_string(tracee_.process()) + "/task/" + std::to_string(tracee_.thread());
      else if (!is_ordinary(text)) return jump(name);
    }
    if (text.empty()) return ENOENT;
    rest_ = rest_.empty() ? text : text + "/" + rest_;
    if (rest_.size() > std::size_t{PATH_MAX} * 4) return ENAMETOOLONG;
    return text.starts_with('/') ? to_root() : 0;
  }

  // "self/mounts" and the like; the links that the kernel resolves itself have the text of a path, or "pipe:[1]".
  static bool is_ordinary(const std::string& text) { return text.starts_with("self/") || text.starts_with("thread-self/"); }

  int jump(const std::string& name) {
    Descriptor next(openat(out_.end.get(), name.c_str(), kLook));
    if (next.get() < 0 || fstat(next.get(), &out_.info) != 0) return errno;
    out_.end = std::move(next);
    return take_name({});
  }

  const Tracee& tracee_;
  std::string rest_;
  bool follow_;
  Place out_{};
  Descriptor root_{};
  struct stat root_info_ {};
  int links_ = 0;
};

}  // namespace

int Tracee::read(std::uint64_t address, void* to, std::size_t size) const {
  const iovec mine{to, size};
  const iovec theirs{reinterpret_cast<void*>(static_cast<std::uintptr_t>(address)), size};
  const ssize_t got = process_vm_readv(thread_, &mine, 1, &theirs, 1, 0);
  if (got < 0) return errno;
  return static_cast<std::size_t>(got) == size ? 0 : EFAULT;
}

int Tracee::read_path(std::uint64_t address, std::string& path) const {
  static const std::uint64_t page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  char buffer[PATH_MAX];
  const std::size_t first = std::min<std::size_t>(page - address % page, sizeof buffer);
  const iovec mine{buffer, sizeof buffer};
  // In two parts: what lies behind the page in which a path ends need not be mapped.
  const iovec theirs[2] = {{reinterpret_cast<void*>(static_cast<std::uintptr_t>(address)), first}, {reinterpret_cast<void*>(static_cast<std::uintptr_t>(address + first)), sizeof buffer - first}};
  const ssize_t got = process_vm_readv(thread_, &mine, 1, theirs, first == sizeof buffer ? 1 : 2, 0);
  if (got < 0) return errno;
  const void* const end = std::memchr(buffer, '\0', static_cast<std::size_t>(got));
  if (end == nullptr) return static_cast<std::size_t>(got) == sizeof buffer ? ENAMETOOLONG : EFAULT;
  path.assign(buffer, static_cast<std::size_t>(static_cast<const char*>(end) - buffer));
  return 0;
}

Descriptor Tracee::start(const std::string& path, int from) const {
  const std::string name = path.starts_with('/') ? "root" : from == AT_FDCWD ? "cwd" : "fd/" + std::to_string(from);
  return Descriptor(open(proc(name).c_str(), kLook));
}

Place Tracee::find(const std::string& path, int from, bool follow) const {
  Descriptor first = start(path, from);
  Descriptor root = first.get() < 0 ? Descriptor() : start("/", from);
  if (root.get() >= 0) return Walk(*this, path, follow).run(std::move(root), std::move(first));
  Place out;
  out.error = errno;
  return out;
}

Place Tracee::find_without_links(const std::string& path, int from) const {
  Place out;
  out.error = EAGAIN;
  const bool absolute = path.starts_with('/');
  // What lies above a directory may be out of the root of the process.
  if (path.empty() || (!absolute && path.find("..") != path.npos)) return out;
  const Descriptor first = start(path, from);
  open_how how{};
  how.flags = kLook;
  how.resolve = RESOLVE_NO_SYMLINKS | (absolute ? RESOLVE_IN_ROOT : 0);
  out.end.reset(static_cast<int>(syscall(SYS_openat2, first.get(), path.c_str(), &how, sizeof how)));
  out.error = out.end.get() >= 0 && fstat(out.end.get(), &out.info) == 0 ? 0 : errno;
  return out;
}

Place Tracee::opened(int fd) const {
  Place out;
  out.end.reset(open(proc("fd/" + std::to_string(fd)).c_str(), kLook));
  if (out.end.get() < 0 || fstat(out.end.get(), &out.info) != 0) out.error = errno;
  return out;
}

Descriptor Tracee::copy_of(int fd) const {
  const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, this->process(), 0U)));
  return Descriptor(process.get() < 0 ? -1 : static_cast<int>(syscall(SYS_pidfd_getfd, process.get(), fd, 0U)));
}

std::string Tracee::text_of(const std::string& name) const {
  const Descriptor file(open(proc(name).c_str(), O_RDONLY | O_CLOEXEC));
  std::string out;
  char buffer[4096];
  for (ssize_t got = 0; file.get() >= 0 && out.size() < kMaxText && (got = ::read(file.get(), buffer, sizeof buffer)) > 0;) out.append(buffer, static_cast<std::size_t>(got));
  return out;
}

std::string Tracee::link_of(const std::string& name) const {
  char buffer[PATH_MAX];
  const ssize_t size = readlink(proc(name).c_str(), buffer, sizeof buffer);
  return size < 0 ? "" : std::string(buffer, static_cast<std::size_t>(size));
}

std::optional<Credentials> Tracee::credentials() const {
  if (status().empty()) return std::nullopt;
  Credentials out = parse_credentials(status());
  // Capabilities in a user namespace of its own are none over the files of this one.
  char own[64];
  const ssize_t size = readlink("/proc/self/ns/user", own, sizeof own);
  if (size > 0 && link_of("ns/user") != std::string_view(own, static_cast<std::size_t>(size))) out.capabilities = 0;
  return out;
}

const std::string& Tracee::status() const {
  if (status_.empty()) status_ = text_of("status");
  return status_;
}

pid_t Tracee::process() const { return number_in(status(), "\nTgid:"); }

pid_t Tracee::parent() const { return number_in(status(), "\nPPid:"); }

std::string Tracee::program() const { return link_of("exe"); }

}  // namespace landshim::command
