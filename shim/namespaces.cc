// SPDX-License-Identifier: MIT
#include "shim/namespaces.h"

#include <cerrno>

#include "config/raw_call.h"
#include "config/surroundings.h"
#include "shim/kernel.h"
#include "shim/place.h"

namespace landshim {

namespace {

class Entry {
 public:
  explicit Entry(const Plan& plan) : plan_(plan), wanted_(plan.namespaces) {}

  Result<Done> enter() {
    if (const int result = kernel::unshare_namespaces(wanted_.enter); result < 0) return forbidden(result);
    if (entered(Namespace::kUser))
      if (Result<Done> done = map_user(); !done) return done;
    if (entered(Namespace::kNetwork))
      if (const int result = kernel::raise_loopback(); result < 0) return failed("the loopback interface of the network namespace cannot be raised", result);
    return Done{};
  }

  Result<Done> mounts() {
    if (!entered(Namespace::kMount)) return Done{};
    const std::string directory = working_directory();
    if (const int result = kernel::make_mounts_private(); result < 0) return failed("the mounts cannot be made private", result);
    if (entered(Namespace::kPid))
      if (const int result = kernel::mount_proc("/proc"); result < 0) return failed("/proc of the pid namespace cannot be mounted", result);
    if (wanted_.private_tmp)
      for (const char* path : kCoveredByPrivateTmp)
        if (const int result = kernel::mount_tmpfs(path, "mode=1777", false); result < 0 && result != -ENOENT) return failed(std::string("private_tmp: ") + path + " cannot be mounted", result);
    if (Result<Done> done = hide(); !done) return done;
    if (wanted_.read_only)
      if (Result<Done> done = remount(); !done) return done;
    // The working directory lies under what was mounted over it: it would show what is hidden, and be read-only itself.
    if (directory.empty()) return failed("the working directory has no name by which it could be entered again after mounting; start elsewhere", 0);
    if (const int result = kernel::enter_directory(directory.c_str()); result < 0) return failed(directory + ": the working directory cannot be entered again after mounting; start elsewhere", result);
    return Done{};
  }

 private:
  bool entered(Namespace which) const { return wanted_.enter[static_cast<std::size_t>(which)]; }

  Error failed(std::string what, int result) const { return {std::move(what), place(plan_, wanted_.origin), -result}; }

  // Who forbids user namespaces differs from system to system.
  Error forbidden(int result) const {
    std::string what = "the namespaces cannot be entered; ";
    if (entered(Namespace::kUser))
      what += "unprivileged user namespaces may be off: see sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns, or an outer sandbox";
    else
      what += "an outer sandbox may forbid it";
    return failed(std::move(what), result);
  }

  // user_namespaces(7): the user is itself inside, and cannot change its groups.
  Result<Done> map_user() const {
    const std::string line = std::to_string(wanted_.uid) + " " + std::to_string(wanted_.uid) + " 1";
    const std::string group = std::to_string(plan_.namespaces.gid) + " " + std::to_string(plan_.namespaces.gid) + " 1";
    const int groups = kernel::write_file("/proc/self/setgroups", "deny");
    if (groups < 0 && groups != -ENOENT) return failed("/proc/self/setgroups cannot be written, which a user namespace needs", groups);
    if (const int result = kernel::write_file("/proc/self/uid_map", line); result < 0) return failed("/proc/self/uid_map cannot be written, which a user namespace needs", result);
    if (const int result = kernel::write_file("/proc/self/gid_map", group); result < 0) return failed("/proc/self/gid_map cannot be written, which a user namespace needs", result);
    return Done{};
  }

  // An empty directory or file over each. The empty file needs a place to be made in: the first of these directories,
  // covered for a moment.
  Result<Done> hide() {
    for (const PlannedPath& path : wanted_.hide) {
      struct stat info {};
      if (path.pattern || raw_status(path.path.c_str(), info) != 0) {
        if (path.missing_ok) continue;
        return Error{"hide = " + path.path + ": there is no such path; correct it, or write -" + path.path + " if it may be missing", place(plan_, path.origin), 0};
      }
      const int result = S_ISDIR(info.st_mode) ? kernel::mount_tmpfs(path.path.c_str(), "size=4k,mode=0555", true) : cover_file(path.path);
      if (result < 0) return Error{"hide = " + path.path + ": it cannot be covered", place(plan_, path.origin), -result};
    }
    return Done{};
  }

  static int cover_file(const std::string& path) {
    for (const std::string stage : {"/mnt", "/media", "/srv", "/opt", "/tmp", "/run"}) {
      if (path.starts_with(stage + "/")) continue;
      const int mounted = kernel::mount_tmpfs(stage.c_str(), "size=4k,mode=0755", false);
      if (mounted == -ENOENT || mounted == -ENOTDIR) continue;
      if (mounted < 0) return mounted;
      int result = kernel::make_empty_file((stage + "/empty").c_str());
      if (result == 0) result = kernel::bind((stage + "/empty").c_str(), path.c_str());
      if (result == 0) result = kernel::set_read_only(path.c_str());
      const int unmounted = kernel::unmount(stage.c_str());
      return result < 0 ? result : unmounted;
    }
    return -ENOENT;
  }

  struct Kept {
    const PlannedPath* path;
    int tree;
  };

  // Of what is writable a copy is taken before the rest becomes read-only, and laid over it: mounts that were read-only
  // before stay so in the copy.
  Result<Done> remount() {
    // Nobody would see a mount over the root, and there is nothing that could become read-only.
    for (const PlannedPath& path : plan_.ruleset.paths)
      if (opens_files(path) && path.path == "/") return Done{};
    std::vector<Kept> writable;
    Result<Done> done = copy_writable(writable);
    if (const int result = done ? kernel::set_read_only("/") : 0; result < 0) done = failed("the mounts cannot be made read-only; mount_setattr(2) needs Linux 5.12", result);
    for (const Kept& kept : writable) {
      if (const int result = done ? kernel::place_tree(kept.tree, kept.path->path.c_str()) : 0; result < 0) done = not_writable(*kept.path, result);
      kernel::close(kept.tree);
    }
    return done;
  }

  Result<Done> copy_writable(std::vector<Kept>& writable) const {
    for (const PlannedPath& path : plan_.ruleset.paths) {
      if (!opens_files(path) || path.pattern) continue;
      const int tree = kernel::copy_tree(path.path.c_str());
      if ((tree == -ENOENT || tree == -ENOTDIR) && path.missing_ok) continue;
      if (tree < 0) return not_writable(path, tree);
      writable.push_back({&path, tree});
    }
    return Done{};
  }

  Error not_writable(const PlannedPath& path, int result) const {
    return {path.key + " = " + path.path + ": it cannot be kept writable while the rest becomes read-only", place(plan_, path.origin), -result};
  }

  const Plan& plan_;
  const PlannedNamespaces& wanted_;
};

}  // namespace

Result<Done> enter_namespaces(const Plan& plan) { return plan.namespaces.used ? Entry(plan).enter() : Result<Done>(Done{}); }

Result<Done> arrange_mounts(const Plan& plan) { return plan.namespaces.used ? Entry(plan).mounts() : Result<Done>(Done{}); }

}  // namespace landshim
