// SPDX-License-Identifier: MIT
#include "shim/restrict.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>

#include "shim/enforce.h"
#include "shim/host.h"
#include "shim/plan.h"

namespace landshim {

Result<std::vector<std::string>> restrict_this_process(Loaded loaded, const Surroundings& surroundings) {
  if (loaded.faults.empty()) expand(loaded, surroundings);
  if (!loaded.faults.empty()) return loaded.faults.front();
  const Compiled compiled = compile(loaded.policy, probe());
  if (!compiled.refused.empty()) return compiled.refused.front();
  if (Result<Done> done = enforce(compiled.plan); !done) return done.error();
  std::vector<std::string> lines;
  for (const Loss& loss : compiled.plan.given_up) {
    std::string at = where(loaded.policy, loss.origin);
    if (at.empty() && !loaded.policy.sources.empty()) at = loaded.policy.sources.front().shown;
    lines.push_back(text({"not enforced: " + loss.what, at, 0}));
  }
  return lines;
}

void say(std::string_view text) {
  std::string line = "landshim: " + std::string(text) + "\n";
  // A reader of standard error that has gone must not turn a status into a signal.
  struct sigaction ignored {};
  struct sigaction before {};
  ignored.sa_handler = SIG_IGN;
  const bool changed = sigaction(SIGPIPE, &ignored, &before) == 0;
  std::size_t done = 0;
  while (done < line.size()) {
    const ssize_t wrote = write(STDERR_FILENO, line.data() + done, line.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) break;
    done += static_cast<std::size_t>(wrote);
  }
  if (changed) sigaction(SIGPIPE, &before, nullptr);
}

void refuse(const Error& error) {
  say(text(error));
  _exit(kRefused);
}

}  // namespace landshim
