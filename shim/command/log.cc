// SPDX-License-Identifier: MIT
#include "shim/command/log.h"

#include <fcntl.h>
#include <paths.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

#include "shim/command/stand_by.h"

namespace landshim::command {

namespace {

constexpr std::size_t kMaxMessage = 8192;  // of syslog: what common daemons take
constexpr int kPatience = 10'000;          // milliseconds for a reader to go on
constexpr int kOpen = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK;

// The program could have left its own name for somebody else's file there before it was held.
Result<Done> check_file(int fd) {
  struct stat info {};
  if (fstat(fd, &info) != 0) return Error{"the file cannot be looked at", {}, errno};
  if (S_ISDIR(info.st_mode) || S_ISBLK(info.st_mode)) return Error{"this is no file that a log could be added to"};
  if (info.st_uid != geteuid() && !(info.st_uid == 0 && !S_ISREG(info.st_mode))) return Error{"the file belongs to another user; remove it, or name another"};
  if (S_ISREG(info.st_mode) && info.st_nlink > 1) return Error{"the file has more than one name, and another may be a file that is no log; remove it, or name another"};
  return Done{};
}

Result<Descriptor> open_entry(int directory, const std::string& name) {
  Descriptor file = above_standard(Descriptor(openat(directory, name.c_str(), kOpen | O_CREAT, 0600)));
  if (file.get() < 0) {
    if (errno == ELOOP) return Error{"the log is a link; name what it leads to"};
    if (errno == ENXIO) return Error{"nobody reads this pipe or socket"};
    return Error{"the log cannot be opened", {}, errno};
  }
  if (Result<Done> good = check_file(file.get()); !good) return good.error();
  return Result<Descriptor>(std::move(file));
}

// Others may have the same open file, and not expect that it does not wait.
void let_it_wait(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK); }

Result<Descriptor> inherited(int fd) {
  const int flags = fcntl(fd, F_GETFD);
  if (flags < 0 || (flags & FD_CLOEXEC) != 0) return Error{"this descriptor is not open; open it where the program is started, as in " + std::to_string(fd) + ">>run.log"};
  if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY) return Error{"this descriptor is open for reading only"};
  Descriptor out(fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (out.get() < 0) return Error{"there is no descriptor for the log", {}, errno};
  return Result<Descriptor>(std::move(out));
}

Result<Descriptor> connect_syslog() {
  Descriptor out = above_standard(Descriptor(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)));
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::string(_PATH_LOG).copy(to.sun_path, sizeof to.sun_path - 1);
  if (out.get() < 0 || connect(out.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return Error{"no syslog daemon reads " _PATH_LOG, {}, errno};
  return Result<Descriptor>(std::move(out));
}

// A pipe takes no more at once without mixing it with what others write: pipe(7).
std::size_t longest_of(int fd) {
  struct stat info {};
  return fstat(fd, &info) == 0 && S_ISFIFO(info.st_mode) ? PIPE_BUF : kMaxLine;
}

}  // namespace

Result<Log> Log::open(const landshim::Log& settings) {
  Log out;
  out.to_ = settings.to;
  out.events_ = settings.events.value;
  out.format_ = settings.format.value;
  out.all_ = settings.level.value == LogLevel::kAll;
  out.stops_ = settings.on_error.value == OnError::kStop;
  out.shown_ = "file = " + settings.file.value;
  Result<Descriptor> opened = Descriptor();
  switch (settings.to) {
    case LogTo::kNowhere: break;
    case LogTo::kStandardError: opened = inherited(STDERR_FILENO); break;
    case LogTo::kDescriptor: opened = inherited(settings.descriptor); break;
    case LogTo::kSyslog: opened = connect_syslog(); break;
    case LogTo::kFile: {
      const std::string& path = settings.target.path;
      const std::size_t slash = path.rfind('/');
      out.name_ = path.substr(slash + 1);
      out.directory_ = above_standard(Descriptor(::open(slash == 0 ? "/" : path.substr(0, slash).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)));
      if (out.directory_.get() < 0) return Error{out.shown_ + ": the directory of the log cannot be opened", {}, errno};
      opened = open_entry(out.directory_.get(), out.name_);
      if (opened) let_it_wait(opened->get());
      break;
    }
  }
  if (!opened) return Error{out.shown_ + ": " + opened.error().what, {}, opened.error().os_error};
  out.fd_ = std::move(*opened);
  out.longest_ = settings.to == LogTo::kSyslog ? kMaxMessage : longest_of(out.fd_.get());
  return Result<Log>(std::move(out));
}

Log Log::of(Descriptor to, LogEvents events) {
  Log out;
  out.to_ = LogTo::kDescriptor;
  out.events_ = events;
  out.patient_ = out.is_waited_for_ = false;
  out.longest_ = longest_of(to.get());
  out.fd_ = std::move(to);
  return out;
}

int Log::write(const Moment& moment, const Event& event) {
  const std::string line = format_ == LogFormat::kJson ? event_line(moment, event, longest_) : event_text(moment, event, longest_);
  return to_ == LogTo::kSyslog ? write_syslog(line) : write_line(line);
}

int Log::look_for_rotation() {
  if (to_ != LogTo::kFile) return 0;
  struct stat named {};
  struct stat opened {};
  if (fstat(fd_.get(), &opened) != 0) return errno;
  if (!S_ISREG(opened.st_mode)) return 0;
  if (fstatat(directory_.get(), name_.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino) return 0;
  Result<Descriptor> file = open_entry(directory_.get(), name_);
  if (!file) return file.error().os_error != 0 ? file.error().os_error : EPERM;
  fd_ = std::move(*file);
  torn_ = false;
  return 0;
}

// Whoever waits here for ever holds up the program, and its signals.
bool Log::waits_for_room() {
  pollfd room{fd_.get(), POLLOUT, 0};
  const bool has = poll(&room, 1, patient_ ? kPatience : 0) != 0;
  patient_ = stops_ || (is_waited_for_ && has);
  return has;
}

int Log::write_line(std::string line) {
  if (const int error = look_for_rotation(); error != 0) return error;
  if (torn_) line.insert(line.begin(), '\n');
  if (!waits_for_room()) return EAGAIN;
  ssize_t wrote = 0;
  while ((wrote = ::write(fd_.get(), line.data(), line.size())) < 0 && errno == EINTR) {
  }
  if (wrote < 0) return errno;
  torn_ = static_cast<std::size_t>(wrote) < line.size();
  return torn_ ? ENOSPC : 0;
}

// RFC 3164, as the C library writes it: the daemon adds the time.
int Log::write_syslog(const std::string& line) {
  const std::string message = "<" + std::to_string(LOG_USER | LOG_INFO) + ">landshim[" + std::to_string(getpid()) + "]: " + line.substr(0, line.size() - 1);
  const auto send_once = [&] { return !waits_for_room() ? EAGAIN : ::send(fd_.get(), message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? errno : 0; };
  const int error = send_once();
  if (error != ECONNREFUSED && error != ENOTCONN && error != ECONNRESET) return error;
  // The daemon was started anew.
  Result<Descriptor> again = connect_syslog();
  if (!again) return error;
  fd_ = std::move(*again);
  return send_once();
}

}  // namespace landshim::command
