// SPDX-License-Identifier: MIT
#include "shim/command/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace landshim::command {

int write_all(int fd, std::string_view text) {
  struct sigaction ignored {};
  struct sigaction before {};
  ignored.sa_handler = SIG_IGN;
  sigaction(SIGXFSZ, &ignored, &before);
  int error = 0;
  while (!text.empty() && error == 0) {
    const ssize_t wrote = write(fd, text.data(), text.size());
    if (wrote > 0) text.remove_prefix(static_cast<std::size_t>(wrote));
    else if (wrote == 0) error = EIO;
    else if (errno != EINTR) error = errno;
  }
  sigaction(SIGXFSZ, &before, nullptr);
  return error;
}

sigset_t signals_that_end() {
  sigset_t out;
  sigemptyset(&out);
  for (const int number : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) sigaddset(&out, number);
  return out;
}

NewFile::NewFile(std::string path) : path_(std::move(path)), draft_(path_ + ".XXXXXX") {
  const sigset_t waiting = signals_that_end();
  sigprocmask(SIG_BLOCK, &waiting, &before_);
}

NewFile::~NewFile() {
  if (made_) unlink(draft_.c_str());
  sigprocmask(SIG_SETMASK, &before_, nullptr);
}

Result<Done> NewFile::write_text(std::string_view text, unsigned mode) {
  struct stat there {};
  if (stat(path_.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) return Error{S_ISDIR(there.st_mode) ? "this is a directory; name a file" : "this is no regular file; give another name", path_, 0};
  const int fd = mkostemp(draft_.data(), O_CLOEXEC);
  if (fd < 0) return Error{"the file cannot be made", path_, errno};
  made_ = true;
  int error = write_all(fd, text);
  if (error == 0 && (fchmod(fd, mode) != 0 || fsync(fd) != 0)) error = errno;
  if (close(fd) != 0 && error == 0) error = errno;
  if (error != 0) return Error{"the file cannot be written", path_, error};
  return Done{};
}

Result<Done> NewFile::place(bool force) {
  constexpr unsigned kNoReplace = 1;  // RENAME_NOREPLACE
  const long result = force ? rename(draft_.c_str(), path_.c_str()) : syscall(SYS_renameat2, AT_FDCWD, draft_.c_str(), AT_FDCWD, path_.c_str(), kNoReplace);
  if (result != 0 && errno == EEXIST) return Error{"the file exists; give another name, or --force", path_, 0};
  if (result != 0) return Error{"the file cannot take its place", path_, errno};
  made_ = false;
  return Done{};
}

}  // namespace landshim::command
