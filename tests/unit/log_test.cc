// SPDX-License-Identifier: MIT
#include "shim/command/log.h"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "tests/support/world.h"

using namespace landshim;
using namespace landshim::command;
using landshim::tests::contents;
using landshim::tests::Scratch;

namespace {

constexpr Moment kMoment{1'700'000'000, 0, 7};
const Event kSmall = LostEvent{1, "x"};

landshim::Log settings_of(const std::string& path, OnError on_error = OnError::kStop) {
  landshim::Log out;
  out.file = {path, {}};
  out.to = LogTo::kFile;
  out.target = {path, "the log", {}};
  out.on_error = {on_error, {}};
  return out;
}

std::string fault_of(const landshim::Log& settings) {
  const Result<command::Log> log = command::Log::open(settings);
  return log ? "" : log.error().what;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// No file may grow beyond that, until the end of the test.
class SizeLimit {
 public:
  explicit SizeLimit(rlim_t bytes) : ignored_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    set(bytes);
  }
  ~SizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, ignored_);
  }
  void set(rlim_t bytes) const {
    const rlimit now{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
  }
  void lift() const { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
  sighandler_t ignored_;
};

}  // namespace

TEST_CASE("a log is made for its owner alone, and added to", "[audit][log]") {
  const Scratch place;
  const std::string path = place / "log";
  for (int i = 0; i < 2; ++i) {
    Result<command::Log> log = command::Log::open(settings_of(path));
    REQUIRE(log);
    CHECK(log->write(kMoment, kSmall) == 0);
  }
  CHECK(contents(path) == event_line(kMoment, kSmall) + event_line(kMoment, kSmall));
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("what is no file of its own is not opened", "[audit][log]") {
  const Scratch place;
  const std::string other = place.file("other", "x");
  std::filesystem::create_symlink(other, place / "link");
  REQUIRE(link(other.c_str(), (place / "twin").c_str()) == 0);
  REQUIRE(mkfifo((place / "fifo").c_str(), 0600) == 0);
  CHECK(has(fault_of(settings_of(place / "link")), "is a link"));
  CHECK(has(fault_of(settings_of(place / "twin")), "more than one name"));
  CHECK(has(fault_of(settings_of(place / "fifo")), "nobody reads"));
  CHECK(has(fault_of(settings_of(place.path())), "cannot be opened"));
  CHECK(has(fault_of(settings_of(place / "none/log")), "the directory of the log cannot be opened"));
  landshim::Log numbered;
  numbered.file = {"fd:999", {}};
  numbered.to = LogTo::kDescriptor;
  numbered.descriptor = 999;
  CHECK(has(fault_of(numbered), "is not open"));
  CHECK(contents(other) == "x");
}

TEST_CASE("a pipe that belongs to nobody here is not written to", "[root][audit][log]") {
  if (geteuid() != 0) return;
  const Scratch place;
  const std::string pipe = place / "pipe";
  REQUIRE((mkfifo(pipe.c_str(), 0666) == 0 && chown(pipe.c_str(), 65534, 65534) == 0));
  const Descriptor reader(open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  CHECK(has(fault_of(settings_of(pipe)), "belongs to another user"));
  REQUIRE(chown(pipe.c_str(), geteuid(), getegid()) == 0);
  CHECK(fault_of(settings_of(pipe)) == "");
}

TEST_CASE("a log that was moved, removed or replaced is made anew, and no link is followed", "[audit][log]") {
  const Scratch place;
  const std::string path = place / "log";
  Result<command::Log> log = command::Log::open(settings_of(path));
  REQUIRE(log);
  const std::string line = event_line(kMoment, kSmall);
  CHECK(log->write(kMoment, kSmall) == 0);
  std::filesystem::rename(path, path + ".1");
  CHECK(log->write(kMoment, kSmall) == 0);
  CHECK(contents(path + ".1") == line);
  CHECK(contents(path) == line);
  std::filesystem::remove(path);
  CHECK(log->write(kMoment, kSmall) == 0);
  CHECK(contents(path) == line);
  const std::string other = place.file("other", "keep me");
  std::filesystem::remove(path);
  std::filesystem::create_symlink(other, path);
  CHECK(log->write(kMoment, kSmall) != 0);
  std::filesystem::remove(path);
  REQUIRE(link(other.c_str(), path.c_str()) == 0);
  CHECK(log->write(kMoment, kSmall) != 0);
  CHECK(contents(other) == "keep me");
  // It comes back when the place is free.
  std::filesystem::remove(path);
  CHECK(log->write(kMoment, kSmall) == 0);
  CHECK(contents(path) == line);
}

TEST_CASE("a line that was written in part is ended before the next", "[audit][log]") {
  const Scratch place;
  const std::string path = place / "log";
  Result<command::Log> log = command::Log::open(settings_of(path, OnError::kContinue));
  REQUIRE(log);
  const std::string line = event_line(kMoment, kSmall);
  const SizeLimit limit(line.size() + 10);
  CHECK(log->write(kMoment, kSmall) == 0);
  CHECK(log->write(kMoment, kSmall) == ENOSPC);
  CHECK(log->write(kMoment, kSmall) == EFBIG);
  limit.lift();
  CHECK(log->write(kMoment, kSmall) == 0);
  CHECK(contents(path) == line + line.substr(0, 10) + "\n" + line);
}

TEST_CASE("a full device and a closed pipe are errors, and lines of a pipe are not longer than it takes at once", "[audit][log]") {
  Result<command::Log> full = command::Log::open(settings_of("/dev/full"));
  REQUIRE(full);
  CHECK(full->write(kMoment, kSmall) == ENOSPC);
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
  Descriptor reader(ends[0]);
  command::Log piped = command::Log::of(Descriptor(ends[1]), kAllLogEvents);
  CHECK(piped.write(kMoment, DeniedEvent{1, std::string(5000, 'p'), "read", std::string(5000, 't'), EACCES, {}, "", {}, 0}) == 0);
  char buffer[65536];
  const ssize_t got = read(reader.get(), buffer, sizeof buffer);
  CHECK(got > 100);
  CHECK(got <= PIPE_BUF);
  CHECK(buffer[got - 1] == '\n');
  // Nobody waits for a reader that does not read.
  int lost = 0;
  for (int i = 0; i < 2000 && lost == 0; ++i) lost = piped.write(kMoment, kSmall);
  CHECK(lost == EAGAIN);
  reader.reset();
  const auto before = signal(SIGPIPE, SIG_IGN);
  CHECK(piped.write(kMoment, kSmall) == EPIPE);
  signal(SIGPIPE, before);
}
