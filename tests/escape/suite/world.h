// SPDX-License-Identifier: MIT
// What attempts to get out meet: a forbidden directory, a process, servers, shared objects, a terminal. All of it is
// looked at before and after. Where the runner is root it all lives in namespaces of its own, so that the machine is safe.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace landshim::escape {

/// How one attempt ended.
struct Ending {
  bool started = false;   ///< the program itself ran
  int status = 0;         ///< errno, 1000 + signal, or 2000: no end
  bool changed = false;   ///< the world is not what it was
  std::string said;       ///< what came on standard output and error
};

class World {
 public:
  World();
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// A place that no policy grants, for policy files; the others as attempts call them.
  std::string policies() const;
  std::string inside() const;
  long granted_port() const;
  long free_port() const;

  /// Starts the attempt behind `before` (landshim run -p POLICY --) in a session with a terminal, and looks at the world:
  /// for a while, where a trace is due, since signals and packets take their time.
  Ending run(const std::vector<std::string>& before, const std::string& attempt, bool trace_due);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Runs `work` in a child and gives its status: in namespaces of its own where the kernel lets it, one of processes among
/// them if that is wished; then as an ordinary user, if asked for.
struct Place {
  bool own_processes = true;
  bool as_nobody = false;
};
int run_in(Place place, int (*work)(void*), void* argument);

}  // namespace landshim::escape
