// SPDX-License-Identifier: MIT
// attempts NAME KEY=VALUE...: writes one + and tries one thing. attempts --list names them all. Without a name: 7.
#include "tests/escape/suite/attempts.h"

#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace landshim::escape {

namespace {

std::span<char* const> given;

const char* lasting(const std::string& path) { return strdup(path.c_str()); }

}  // namespace

const char* text(const char* key) {
  const std::string start = std::string(key) + "=";
  for (const char* word : given)
    if (std::string_view(word).starts_with(start)) return word + start.size();
  std::fprintf(stderr, "no %s was given\n", key);
  _exit(kWrongUse);
}

long number(const char* key) { return std::strtol(text(key), nullptr, 0); }

const char* outside(const char* name) { return lasting(std::string(text("outside")) + "/" + name); }
const char* inside(const char* name) { return lasting(std::string(text("inside")) + "/" + name); }

int read_from(long fd) {
  char byte = 0;
  if (fd < 0) return errno;
  const ssize_t got = read(static_cast<int>(fd), &byte, 1);
  return got < 0 ? errno : got == 0 ? ENODATA : 0;
}

int write_to(long fd) { return fd < 0 ? errno : answer(write(static_cast<int>(fd), "x", 1)); }

int status_of(pid_t child) {
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return errno;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kWrongUse;
}

int in_child(int (*run)()) {
  const pid_t child = fork();
  if (child == 0) _exit(run());
  return status_of(child);
}

int only_if(const char* key, int (*run)()) { return number(key) == 0 ? kNotTried : run(); }

int through_ring(const io_uring_sqe& entry) {
  io_uring_params parameters{};
  const auto ring = static_cast<int>(syscall(SYS_io_uring_setup, 2, &parameters));
  if (ring < 0) return -errno;
  const std::size_t queue_size = parameters.sq_off.array + parameters.sq_entries * sizeof(std::uint32_t);
  const std::size_t done_size = parameters.cq_off.cqes + parameters.cq_entries * sizeof(io_uring_cqe);
  const auto map = [&](std::size_t size, std::uint64_t offset) {
    return static_cast<char*>(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, static_cast<off_t>(offset)));
  };
  char* const queue = map(queue_size, IORING_OFF_SQ_RING);
  char* const done = map(done_size, IORING_OFF_CQ_RING);
  auto* const entries = reinterpret_cast<io_uring_sqe*>(map(parameters.sq_entries * sizeof(io_uring_sqe), IORING_OFF_SQES));
  if (queue == MAP_FAILED || done == MAP_FAILED || reinterpret_cast<char*>(entries) == MAP_FAILED) return -errno;
  entries[0] = entry;
  *reinterpret_cast<std::uint32_t*>(queue + parameters.sq_off.array) = 0;
  __atomic_store_n(reinterpret_cast<std::uint32_t*>(queue + parameters.sq_off.tail), 1U, __ATOMIC_RELEASE);
  if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, nullptr, 0) < 0) return -errno;
  return reinterpret_cast<io_uring_cqe*>(done + parameters.cq_off.cqes)->res;
}

}  // namespace landshim::escape

int main(int count, char** words) {
  using namespace landshim::escape;
  const std::span<const Attempt> tables[] = {attempts_on_files(),     attempts_on_metadata(),     attempts_on_the_network(), attempts_on_unix_sockets(), attempts_on_processes(),
                                             attempts_on_ipc(),       attempts_at_running_code(), attempts_on_the_kernel(),  attempts_at_undoing(),      ordinary_things()};
  if (count < 2) return kRan;
  if (std::string_view(words[1]) == "--list") {
    for (const auto& table : tables)
      for (const Attempt& attempt : table)
        std::printf("%s\t%s\t%c\t%s\n", attempt.name, table.data() == ordinary_things().data() ? "ordinary" : "attempt", attempt.trace == Trace::kWorld ? 'w' : '-', attempt.tries);
    return 0;
  }
  given = {words + 2, static_cast<std::size_t>(count - 2)};
  for (const auto& table : tables)
    for (const Attempt& attempt : table) {
      if (std::string_view(words[1]) != attempt.name) continue;
      // Whoever holds this program let it start: what follows is the attempt's own answer.
      if (write(STDOUT_FILENO, "+", 1) != 1) return kWrongUse;
      errno = 0;
      return attempt.run();
    }
  return kWrongUse;
}
