// SPDX-License-Identifier: MIT
#include "shim/command/mounts.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>

namespace landshim::command {

namespace {

std::string real(const std::string& path) {
  char buffer[PATH_MAX];
  return realpath(path.c_str(), buffer) == nullptr ? path : buffer;
}

bool is_device(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode));
}

class Planner {
 public:
  Planner(const Look& look, const MountWords& can, Losses& losses) : look_(look), can_(can), losses_(losses) {}

  std::vector<Mount> run() {
    const std::vector<PlannedPath>& paths = look_.plan.ruleset.paths;
    for (const PlannedPath& path : paths) real_.push_back(real(path.path));
    for (std::size_t i = 0; i < paths.size(); ++i) add(i);
    std::stable_sort(mounts_.begin(), mounts_.end(), [](const Mount& a, const Mount& b) { return a.path.size() < b.path.size(); });
    std::vector<Mount> out;
    for (Mount& mount : mounts_)
      if (!shown_by_another(mount, out)) out.push_back(std::move(mount));
    if (look_.plan.namespaces.private_tmp)
      for (const char* directory : {"/tmp", "/var/tmp"}) make_private(directory, out);
    for (const Mount& mount : out) tell(mount);
    return out;
  }

 private:
  void add(std::size_t index) {
    const PlannedPath& path = look_.plan.ruleset.paths[index];
    const Survey& survey = *look_.surveys[index];
    // landshim itself and the policy need no place in a sandbox that is not landshim's.
    if (path.key == "always") return;
    // What landshim grants on its own where it is there.
    if (survey.missing && (path.key == "runtime" || path.key == "mode")) return;
    const std::string rule = path.key + " = " + path.path;
    if (path.path.starts_with("${EXE}")) return losses_.narrower(path.origin, rule + ": the program is known when it starts; add it");
    if (path.pattern) return losses_.narrower(path.origin, rule + ": the pattern matches nothing now");
    Mount mount{real_[index], {}, false, false, false, survey.directory || survey.missing, false, path.missing_ok, survey.missing, 0, rule, path.origin};
    if (path.path != mount.path) mount.names.push_back(path.path);
    mount.granted = effective(index, mount.directory);
    const Rights reading = mount.directory ? kRead : kReadFile;
    // To be seen is all that a socket needs to be reached.
    const bool only_reached = mount.granted == kResolveUnix;
    if (!only_reached && (mount.granted & reading) != reading) return losses_.narrower(path.origin, rule + ": what may not be read as well cannot be shown: " + words(mount.granted) + " is not granted");
    mount.devices = is_device(mount.path) || (mount.granted & kDevice) == kDevice;
    mount.writable = (mount.granted & writing(mount)) == writing(mount) || (mount.devices && mount.directory && (mount.granted & kWriteFile) != 0);
    mount.executable = (mount.granted & kExecute) != 0;
    const auto same = std::find_if(mounts_.begin(), mounts_.end(), [&](const Mount& one) { return one.path == mount.path; });
    if (same == mounts_.end()) return mounts_.push_back(std::move(mount));
    for (std::string& name : mount.names)
      if (std::find(same->names.begin(), same->names.end(), name) == same->names.end()) same->names.push_back(std::move(name));
    same->missing_ok = same->missing_ok && mount.missing_ok;
  }

  // Rights add up: those of the rules above and beside count here too.
  Rights effective(std::size_t index, bool directory) const {
    Rights out = 0;
    for (std::size_t i = 0; i < real_.size(); ++i)
      if (beneath(real_[index], real_[i]) && look_.plan.ruleset.paths[i].key != "always" && !look_.plan.ruleset.paths[i].pattern) out |= look_.plan.ruleset.paths[i].rights;
    return directory ? out : out & kOnFiles;
  }

  // All of writing, as far as it is ruled; a mount grants that or nothing.
  Rights writing(const Mount& mount) const { return (mount.directory ? kWrite : mount.devices ? kWriteFile : kWriteFile | kTruncate) & look_.plan.ruleset.handled_fs; }

  static bool shown_by_another(const Mount& mount, const std::vector<Mount>& before) {
    const Mount* nearest = nullptr;
    for (const Mount& one : before)
      if (!one.missing && beneath(mount.path, one.path)) nearest = &one;
    return nearest != nullptr && mount.names.empty() && nearest->writable == mount.writable && nearest->executable == mount.executable && nearest->devices == mount.devices;
  }

  // What rules show beneath is not there any more.
  void make_private(const std::string& directory, std::vector<Mount>& mounts) const {
    const Mount* nearest = nullptr;
    for (const Mount& one : mounts)
      if (!one.missing && beneath(directory, one.path)) nearest = &one;
    Mount own;
    if (nearest != nullptr) own = *nearest;
    std::erase_if(mounts, [&](const Mount& one) { return beneath(one.path, directory); });
    if (own.path.empty()) return;
    own.path = directory;
    own.names.clear();
    own.empty = true;
    mounts.push_back(std::move(own));
  }

  void tell(const Mount& mount) {
    if (mount.empty) return;
    const auto wider = [&](const char* what) { losses_.wider(mount.origin, mount.rule + ": " + what); };
    const auto narrower = [&](const char* what) { losses_.narrower(mount.origin, mount.rule + ": " + what); };
    const Rights granted = mount.granted;
    if (granted == kResolveUnix) return;
    if (!mount.executable && !can_.no_execution && !mount.devices) wider("what is shown can be executed as well");
    if (!mount.writable && (granted & (kWrite | kMakeChar | kMakeBlock)) != 0) narrower("of writing, only all or nothing can be granted; it is shown read-only");
    if (mount.writable && mount.directory && (granted & writing(mount)) != writing(mount)) wider("beside the devices, files beneath can be made and removed");
    if (mount.writable && (granted & (kMakeChar | kMakeBlock)) != 0) narrower("device files made beneath cannot be opened");
    if (mount.devices && !mount.directory && (granted & kIoctlDev) == 0) wider("ioctl on the device is possible as well");
    if (mount.devices && !mount.directory && (granted & kWriteFile) == 0 && !can_.device_modes) wider("the device can be written as well, as far as its mode allows");
    if (!mount.devices && mount.directory && (beneath("/dev", mount.path) || beneath(mount.path, "/dev"))) narrower("devices beneath cannot be opened, but for those with a rule of their own");
  }

  const Look& look_;
  const MountWords& can_;
  Losses& losses_;
  std::vector<std::string> real_{};
  std::vector<Mount> mounts_{};
};

}  // namespace

bool beneath(const std::string& path, const std::string& above) {
  return above == "/" || path == above || (path.starts_with(above) && path[above.size()] == '/');
}

std::vector<Link> links_on_the_way(const std::string& path) {
  std::vector<Link> out;
  std::string at;
  std::string rest = path;
  for (int links = 0; !rest.empty() && links < 40;) {
    rest.erase(0, rest.find_first_not_of('/') == std::string::npos ? rest.size() : rest.find_first_not_of('/'));
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string name = rest.substr(0, slash);
    rest.erase(0, slash);
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      at.erase(std::min(at.rfind('/'), at.size()));
      continue;
    }
    const std::string next = at + "/" + name;
    char target[PATH_MAX];
    const ssize_t size = readlink(next.c_str(), target, sizeof target);
    if (size < 0 || static_cast<std::size_t>(size) == sizeof target) {
      at = next;
      continue;
    }
    ++links;
    out.push_back({next, std::string(target, static_cast<std::size_t>(size))});
    rest = out.back().target + rest;
    if (rest[0] == '/') at.clear();
  }
  return out;
}

std::vector<Mount> plan_mounts(const Look& look, const MountWords& can, Losses& losses) { return Planner(look, can, losses).run(); }

}  // namespace landshim::command
