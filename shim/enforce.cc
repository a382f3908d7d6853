// SPDX-License-Identifier: MIT
// Everything that can fail for the policy's sake comes before the first call that cannot be taken back. Each order
// below has its reason beside it.
#include "shim/enforce.h"

#include <algorithm>
#include <cerrno>

#include "shim/filter.h"
#include "shim/kernel.h"
#include "shim/namespaces.h"
#include "shim/place.h"
#include "shim/process.h"

namespace landshim {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) kernel::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

// "read = /x" as written; "mode: /tmp" for a path that another key brought along.
std::string words(const PlannedPath& path) {
  const bool implied = path.key == "mode" || path.key == "runtime" || path.key == "always";
  return path.key + (implied ? ": " : " = ") + path.path;
}

Error failed(const Plan& plan, std::string what, int result) { return {std::move(what), place(plan, {}), -result}; }

bool is_missing(int result) { return result == -ENOENT || result == -ENOTDIR; }

Error cannot_open(const Plan& plan, const PlannedPath& path, int result) {
  std::string what = words(path);
  if (result == -ENOENT || result == -ENOTDIR)
    what += path.pattern ? ": the pattern matches nothing; correct it, or write -" + path.path + " if that is fine"
                         : ": there is no such path; correct it, or write -" + path.path + " if it may be missing";
  else
    what += ": the path cannot be opened";
  return {std::move(what), place(plan, path.origin), is_missing(result) ? 0 : -result};
}

struct Opened {
  int fd = -1;
  bool directory = false;
  Rights rights = 0;  // 0: missing, and that is fine
};

// Looks at the very inode that the rule will bind to.
Result<Opened> open_rule(const Plan& plan, const PlannedPath& path) {
  const int fd = path.pattern ? -ENOENT : kernel::open_path(path.path.c_str());
  // What the host lists and this user cannot reach, such as another home in PATH, is no use to the program either.
  const bool out_of_reach = fd == -EACCES && path.key == "runtime";
  if ((is_missing(fd) || out_of_reach) && path.missing_ok) return Opened{};
  if (fd < 0) return cannot_open(plan, path, fd);
  kernel::PathInfo info;
  if (const int result = kernel::describe(fd, info); result < 0) {
    kernel::close(fd);
    return Error{words(path) + ": the path cannot be looked at", place(plan, path.origin), -result};
  }
  if (path.makes_writable)
    for (const Source& source : plan.sources)
      if (std::find(source.chain.begin(), source.chain.end(), info.id) != source.chain.end()) {
        kernel::close(fd);
        return Error{words(path) + ": this makes the policy " + source.path + " writable for the program that it holds; move the policy elsewhere, or grant less", place(plan, path.origin), 0};
      }
  const Rights rights = info.directory ? path.rights : path.rights & kOnFiles;
  if (rights == 0) {
    kernel::close(fd);
    return Error{words(path) + ": this right means nothing on a file; name its directory", place(plan, path.origin), 0};
  }
  return Opened{fd, info.directory, rights};
}

Result<Done> add_rules(const Plan& plan, int ruleset) {
  for (const PlannedPath& path : plan.ruleset.paths) {
    if (path.rights == 0) continue;  // nothing of it is known to this kernel; compile() has said so
    Result<Opened> opened = open_rule(plan, path);
    if (!opened) return opened.error();
    if (opened->fd < 0) continue;
    const Descriptor keep(opened->fd);
    if (const int result = kernel::add_path_rule(ruleset, opened->fd, opened->rights); result < 0)
      return Error{words(path) + ": the kernel refuses this rule", place(plan, path.origin), -result};
  }
  for (const PlannedPort& port : plan.ruleset.ports)
    if (const int result = kernel::add_port_rule(ruleset, port.port, port.rights); result < 0)
      return Error{"port " + std::to_string(port.port) + ": the kernel refuses this rule", place(plan, port.origin), -result};
  return Done{};
}

Result<Done> restrict_to(const Plan& plan, int ruleset) {
  const int result = kernel::restrict_self(ruleset, plan.all_threads ? kRestrictAllThreads : 0);
  if (result == -E2BIG) return failed(plan, "16 Landlock policies are in force already, one in the other, and the kernel takes no more; start this program under fewer", result);
  if (result < 0) return failed(plan, "Landlock cannot be put in force", result);
  return Done{};
}

}  // namespace

std::string place(const Plan& plan, Origin origin) {
  const std::size_t file = origin.file < plan.sources.size() ? origin.file : 0;
  if (plan.sources.empty()) return {};
  const std::string& shown = plan.sources[file].shown;
  return origin.written() ? shown + ":" + std::to_string(origin.line) : shown;
}

Result<Done> enforce(const Plan& plan) {
  Result<std::vector<sock_filter>> program = std::vector<sock_filter>{};
  if (plan.filter.used) program = assemble(plan.filter);
  if (!program) return Error{program.error().what, place(plan, {}), 0};
  // Files of /proc and of the control group are written, which the mounts below may make read-only.
  if (Result<Done> done = set_by_files(plan); !done) return done;
  // Before the ruleset: its rules bind to what the paths name afterwards. Landlock would forbid it later.
  if (Result<Done> arranged = arrange_mounts(plan); !arranged) return arranged;
  const int created = plan.ruleset.used ? kernel::create_ruleset(plan.ruleset.abi, plan.ruleset.handled_fs, plan.ruleset.handled_net, plan.ruleset.scoped) : -1;
  if (plan.ruleset.used && created < 0) return failed(plan, "a Landlock ruleset cannot be made", created);
  Descriptor ruleset(created);
  if (plan.ruleset.used)
    if (Result<Done> added = add_rules(plan, created); !added) return added;
  // After the descriptors of the ruleset, which a limit of open files may forbid.
  if (Result<Done> done = set_resources(plan); !done) return done;
  if (Result<Done> done = set_privileges(plan); !done) return done;
  // Both calls below ask for it, where the process is not root; and what it starts must not gain privileges either way.
  if (const int result = kernel::set_no_new_privs(); result < 0) return failed(plan, "no_new_privs cannot be set", result);
  if (plan.ruleset.used)
    if (Result<Done> done = restrict_to(plan, created); !done) return done;
  // The filter may forbid closing: the descriptor would stay with the program, or the attempt end it.
  ruleset.close();
  if (Result<Done> done = close_inherited(plan); !done) return done;
  if (!plan.filter.used) return Done{};
  // Last: the filter may forbid the calls above it.
  if (const int result = kernel::load_filter(*program, plan.all_threads); result < 0) return failed(plan, "the seccomp filter cannot be loaded", result);
  // The kernel says so itself, or it is not so.
  if (ask_in_force(plan.filter.identity) != InForce::kThisPolicy) return failed(plan, "the kernel took the filter and does not answer for it; another sandbox stands in between", 0);
  return Done{};
}

Result<Survey> survey(const Plan& plan, const PlannedPath& path) {
  Result<Opened> opened = open_rule(plan, path);
  if (!opened) return opened.error();
  if (opened->fd < 0) return Survey{true, false, 0};
  kernel::close(opened->fd);
  return Survey{false, opened->directory, opened->rights};
}

}  // namespace landshim
