// SPDX-License-Identifier: MIT
// What live tests stand on: scratch directories, children with a policy, victims. The test runner is never confined.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "tests/support/skip.h"

namespace landshim::tests {

/// The Landlock ABI of this kernel; 0: none.
int kernel_abi();

/// Absolute path of a file of the build ("liblandshim.so", "landshim", "tests/victim"): $LANDSHIM_BUILD or build.
std::string built(const std::string& name);

/// A directory of its own (mode 755), removed with all it holds.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::string& path() const { return path_; }
  /// A path beneath it; nothing is created.
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  /// Writes a file beneath it and gives its path.
  std::string file(const std::string& name, const std::string& contents, mode_t mode = 0644) const;
  /// Makes a directory beneath it and gives its path.
  std::string directory(const std::string& name, mode_t mode = 0755) const;

 private:
  std::string path_;
};

std::string contents(const std::string& path);
bool exists(const std::string& path);

/// How a child ended, and what it said.
struct Outcome {
  int status = -1;   ///< exit status; -1: ended by a signal
  int signal = 0;    ///< 0: it exited
  bool timed_out = false;
  std::string out;
  std::string err;
};

struct Start {
  std::vector<std::string> command;                 ///< looked up in PATH; must not be empty
  std::map<std::string, std::string> environment;   ///< set on top of the runner's own
  std::vector<std::string> unset;                   ///< taken from it
  std::string directory = {};                       ///< working directory; empty: the runner's
  std::string input = {};                           ///< standard input
  int seconds = 60;                                 ///< then the child is killed: it hangs, however slow the machine
  bool as_nobody = false;                           ///< as uid and gid 65534, no groups; only where the runner is root
  std::vector<int> keep = {};                       ///< descriptors that the child inherits beside 0, 1, 2
};

/// Starts a child and waits for it. LANDSHIM_POLICY and LD_PRELOAD of the runner are not passed on.
Outcome run(const Start& start);

/// The same under a policy, by LD_PRELOAD. `policy` is text: it is written to a file of its own, outside any scratch.
Outcome run_under(const std::string& policy, Start start);

/// The same through `landshim run -p`.
Outcome run_by_command(const std::string& policy, Start start);

/// A victim (tests/victims/victim.cc) and its answer: the errno, 0 when it worked, 1000 + N ended by signal N,
/// 2000 a timeout, 125 a refusal of landshim (no errno of Linux has that number for a victim: ENOTSUP is 95, EKEYREVOKED is 128).
class Victim {
 public:
  explicit Victim(std::vector<std::string> arguments, bool as_nobody = false) : arguments_(std::move(arguments)), as_nobody_(as_nobody) {}
  int without_policy() const;
  int under(const std::string& policy) const;

 private:
  std::vector<std::string> arguments_;
  bool as_nobody_;
};

template <class... Words>
Victim victim(Words... words) {
  return Victim({std::string(words)...});
}
template <class... Words>
Victim victim_as_nobody(Words... words) {
  return Victim({std::string(words)...}, true);
}

/// Policy lines that let any dynamic program of the host start: runtime = host and /dev/null.
std::string base_policy();

/// base_policy() and one more line of [filesystem].
std::string reading(const std::string& path);
std::string writing(const std::string& path);

}  // namespace landshim::tests

/// Skips the rest of a test below a Landlock ABI.
#define REQUIRE_ABI(n)                                                                       \
  if (landshim::tests::kernel_abi() < (n)) {                                                 \
    landshim::tests::skip("needs Landlock ABI " #n);                                         \
    return;                                                                                  \
  }                                                                                          \
  static_assert(true, "a semicolon follows")
