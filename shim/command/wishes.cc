// SPDX-License-Identifier: MIT
#include "shim/command/wishes.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>

#include "shim/command/ground.h"
#include "shim/command/object.h"
#include "shim/command/target.h"
#include "shim/walk.h"

namespace landshim::command {

namespace {

constexpr std::size_t kMaxWords = 512;       // of a command line
constexpr std::size_t kMaxArguments = 4096;  // bytes of them
constexpr int kMaxScripts = 5;           // execve(2)
constexpr unsigned kMaxMessages = 16;    // of one sendmmsg(2) that are looked at
constexpr int kCapNetBindService = 10;
constexpr int kCapMakeNode = 27;
constexpr int kCapChown = 0;
constexpr int kCapFowner = 3;
constexpr int kCapKill = 5;
constexpr int kSignals = 65;              // signal(7): 0 asks whether it may be sent
constexpr std::uint64_t kRenameNoReplace = 1;
constexpr std::uint64_t kRenameExchange = 2;

int number(std::uint64_t argument) { return static_cast<int>(static_cast<std::uint32_t>(argument)); }

FileId id_of(const struct stat& info) { return {info.st_dev, info.st_ino}; }

Rights making(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR: return kMakeDir;
    case S_IFLNK: return kMakeSym;
    case S_IFIFO: return kMakeFifo;
    case S_IFSOCK: return kMakeSock;
    case S_IFCHR: return kMakeChar;
    case S_IFBLK: return kMakeBlock;
    default: return kMakeReg;
  }
}

Rights removing(mode_t mode) { return S_ISDIR(mode) ? kRemoveDir : kRemoveFile; }

bool searchable(const Credentials& who, const std::vector<struct stat>& searched) {
  return std::all_of(searched.begin(), searched.end(), [&](const struct stat& directory) { return modes_allow(who, directory, kMayExecute); });
}

bool mounted(int fd, unsigned long flag) {
  struct statvfs system {};
  return fstatvfs(fd, &system) == 0 && (system.f_flag & flag) != 0;
}

bool of_process(const std::string& path) { return path.starts_with("/proc/") && path.size() > 6 && path[6] >= '0' && path[6] <= '9'; }

std::string path_of(int opened) {
  char buffer[PATH_MAX];
  const ssize_t size = readlink(("/proc/self/fd/" + std::to_string(opened)).c_str(), buffer, sizeof buffer);
  return size < 0 ? "" : std::string(buffer, static_cast<std::size_t>(size));
}

class Asked {
 public:
  Asked(const Tracee& tracee, const Called& call, const Known& known) : tracee_(tracee), call_(call), known_(known) {}

  Wishes run() {
    for (const Way& way : ways())
      if (call_.name == way.call) (this->*way.look)();
    return std::move(out_);
  }

 private:
  struct Way {
    std::string_view call;
    void (Asked::*look)();
  };
  static std::span<const Way> ways();

  std::uint64_t argument(int at) const { return call_.arguments[at]; }
  int descriptor(int at) const { return number(call_.arguments[at]); }

  // --- deeds ---

  using Possible = std::function<bool(const Credentials&)>;

  static Possible may_use(const Place& place, unsigned modes) {
    return [searched = place.searched, info = place.info, modes](const Credentials& who) { return searchable(who, searched) && modes_allow(who, info, modes); };
  }
  static Possible may_make(const Place& place, int capability = -1) {
    return [searched = place.searched, directory = place.directory_info, capability](const Credentials& who) {
      return searchable(who, searched) && modes_allow(who, directory, kMayWrite | kMayExecute) && (capability < 0 || who.capable(capability));
    };
  }
  static Possible may_remove(const Place& place) {
    return [searched = place.searched, directory = place.directory_info, info = place.info](const Credentials& who) { return searchable(who, searched) && modes_allow_removal(who, directory, info); };
  }
  static Possible may_set(const Place& place, int capability) {
    return [searched = place.searched, owner = place.info.st_uid, capability](const Credentials& who) { return searchable(who, searched) && (who.uid == owner || who.capable(capability)); };
  }

  bool tells(LogEvents kind) const { return (known_.told & kind) != 0; }

  static std::string path_to(const Place& place) {
    if (place.there()) return path_of(place.end.get());
    const std::string directory = path_of(place.directory.get());
    return (directory == "/" ? "" : directory) + "/" + place.name;
  }

  void tell_open(const Place& place, const char* access, unsigned modes) {
    const bool writes = (modes & kMayWrite) != 0 && S_ISREG(place.info.st_mode);
    if (tells(kLogFile) && !(writes && unwritable(place.end.get()))) out_.deeds.push_back({OpenEvent{tracee_.process(), path_to(place), access, {}}, may_use(place, modes)});
  }
  void tell_change(const char* what, const Place& place, Possible possible, const Place* to = nullptr) {
    if (!tells(kLogFile) || unwritable(place.directory.get() >= 0 ? place.directory.get() : place.end.get())) return;
    const std::string after = to == nullptr ? "" : path_of(to->directory.get()) + "/" + to->name;
    out_.deeds.push_back({ChangeEvent{tracee_.process(), what, path_to(place), after, {}}, std::move(possible)});
  }

  // --- looking ---

  // That it is not there is the call's affair; that it cannot be looked at is told.
  Place seen(Place place) {
    if (place.error == EMFILE || place.error == ENFILE || place.error == ENOMEM || place.error == EPERM) out_.unseen = place.error;
    return place;
  }
  Place find(const std::string& name, int from, bool follow) { return seen(tracee_.find(name, from, follow)); }
  // Its descriptors are closed to others where its memory is.
  Place at_descriptor(int fd) {
    Place place = seen(tracee_.opened(fd));
    if (place.error == EACCES) out_.unseen = place.error;
    return place;
  }
  Descriptor copy_of(int fd) {
    Descriptor copy = tracee_.copy_of(fd);
    if (copy.get() < 0 && errno != EBADF) out_.unseen = errno;
    return copy;
  }

  // --- memory ---

  // False: the call fails for that, or it cannot be looked at.
  bool path(int at, std::string& out) { return took(tracee_.read_path(argument(at), out)); }
  bool memory(std::uint64_t address, void* to, std::size_t size) { return took(tracee_.read(address, to, size)); }
  bool took(int error) {
    if (error != 0 && error != EFAULT && error != ENAMETOOLONG) out_.unseen = error;
    return error == 0;
  }

  // As the process finds it, as long as this one has descriptors.
  void out_of_descriptors(int error) {
    if (error == EMFILE || error == ENFILE) out_.unseen = error;
  }

  // --- files ---

  // Read-only, and not since the policy mounts it so.
  bool unwritable(int fd) const {
    struct statvfs outside {};
    return mounted(fd, ST_RDONLY) && (!known_.plan.namespaces.read_only || statvfs(path_of(fd).c_str(), &outside) != 0 || (outside.f_flag & ST_RDONLY) != 0);
  }

  // The file or directory that is opened; `holder`: the directory of a file.
  Result<Wanted> wanted_at(int opened, int holder, Rights rights) const {
    const Result<Found> found = found_at(opened);
    if (found && known_.granted(found->path, rights)) return Wanted{};
    if (found) return wanted_of(*found, rights);
    // Its path means another file here, or none: it lies on a mount of the process's own.
    Wanted out{.rights = rights, .path = path_of(opened)};
    struct stat info {};
    if (!out.path.starts_with('/') || fstat(opened, &info) != 0 || info.st_nlink == 0 || (!S_ISDIR(info.st_mode) && holder < 0)) return found.error();
    if (!S_ISDIR(info.st_mode)) out.chain.push_back(id_of(info));
    if (climb(S_ISDIR(info.st_mode) ? opened : holder, out.chain) != 0) return found.error();
    return out;
  }

  void add(const char* what, int opened, int holder, const std::string& name, Rights rights, bool changes, Possible possible) {
    Result<Wanted> wanted = wanted_at(opened, holder, rights);
    if (!wanted) out_of_descriptors(wanted.error().os_error);
    if (!wanted || wanted->chain.empty()) return;
    wanted->changes = changes;
    if (of_process(wanted->path)) leave_process(*wanted);
    const std::string target = name.empty() ? wanted->path : (wanted->path == "/" ? "" : wanted->path) + "/" + name;
    out_.all.push_back({.what = what, .target = target, .access = {.files = {std::move(*wanted)}}, .possible = std::move(possible)});
  }

  // A rule on what belongs to one process alone would be of no use at the next start.
  void leave_process(Wanted& wanted) const {
    const std::string own = "/proc/" + std::to_string(tracee_.process()) + "/";
    // To a rule, /proc/self is the first process alone.
    if (wanted.path.starts_with(own) && (known_.first || !known_.free)) wanted.path = "/proc/self/" + wanted.path.substr(own.size());
    wanted.grants.clear();
  }

  // On a file or directory that is there.
  void add_on(const char* what, const Place& place, Rights rights, unsigned modes) {
    const bool changes = (modes & kMayWrite) != 0 && (S_ISREG(place.info.st_mode) || S_ISDIR(place.info.st_mode));
    if (changes && unwritable(place.end.get())) return;
    add(what, place.end.get(), place.directory.get(), "", rights, changes && S_ISREG(place.info.st_mode), may_use(place, modes));
  }

  // On a name in a directory.
  void add_name(const char* what, const Place& place, Rights rights, Possible possible) {
    if (place.directory.get() < 0 || unwritable(place.directory.get())) return;
    add(what, place.directory.get(), -1, place.name, rights, true, std::move(possible));
  }

  void add_new(const Place& place, Rights rights, int capability = -1) {
    add_name("create", place, rights, may_make(place, capability));
  }

  void add_removal(const Place& place, Rights rights) { add_name("remove", place, rights, may_remove(place)); }

  void opened(const Place& place, std::uint64_t flags) {
    const std::uint64_t mode = flags & O_ACCMODE;
    const bool reads = mode == O_RDONLY || mode == O_RDWR;
    const bool writes = mode == O_WRONLY || mode == O_RDWR;
    if ((flags & O_PATH) != 0) return;
    if ((flags & O_TMPFILE) == O_TMPFILE) return nameless(place, reads);
    if (place.missing() && (flags & O_CREAT) != 0 && (flags & O_DIRECTORY) == 0 && !place.wants_directory) {
      tell_change("create", place, may_make(place));
      return add_new(place, kMakeReg | (writes ? kWriteFile : 0) | (reads ? kReadFile : 0));
    }
    const mode_t type = place.info.st_mode;
    if (!place.there() || ((flags & O_CREAT) != 0 && (flags & O_EXCL) != 0) || S_ISLNK(type)) return;
    if (S_ISDIR(type)) {
      if (writes || (flags & O_CREAT) != 0) return;
      tell_open(place, "list", kMayRead);
      return add_on("list", place, kReadDir, kMayRead);
    }
    if ((flags & O_DIRECTORY) != 0) return;
    const bool empties = (flags & O_TRUNC) != 0 && S_ISREG(type);
    const Rights rights = (reads ? kReadFile : 0) | (writes ? kWriteFile : 0) | (empties ? kTruncate : 0);
    const unsigned modes = (reads ? kMayRead : 0) | (writes || empties ? kMayWrite : 0);
    if (!S_ISSOCK(type)) tell_open(place, writes ? (reads ? "read_write" : "write") : "read", modes);
    if (empties) tell_change("truncate", place, may_use(place, modes));
    const std::size_t before = out_.all.size();
    add_on(writes ? "write" : empties ? "truncate" : "read", place, rights, modes);
    if (S_ISSOCK(type)) fails_anyway(before);
  }

  // Landlock denies it before the kernel finds out.
  void fails_anyway(std::size_t from) {
    for (std::size_t i = from; i < out_.all.size(); ++i) out_.all[i].possible = [](const Credentials&) { return false; };
  }

  void nameless(const Place& directory, bool reads) {
    if (!directory.there() || !S_ISDIR(directory.info.st_mode) || unwritable(directory.end.get())) return;
    const auto possible = [searched = directory.searched, info = directory.info](const Credentials& who) { return searchable(who, searched) && modes_allow(who, info, kMayWrite | kMayExecute); };
    add("create", directory.end.get(), -1, "", kWriteFile | (reads ? kReadFile : 0), true, possible);
  }

  void open_at(int from, int path_at, std::uint64_t flags) {
    std::string name;
    if (!path(path_at, name)) return;
    if (plainly_granted(name, from, flags)) return;
    const bool follow = (flags & O_NOFOLLOW) == 0 && !((flags & O_CREAT) != 0 && (flags & O_EXCL) != 0);
    opened(find(name, from, follow), flags);
  }

  // The common case in few looks: no links on the way, a rule on a directory above.
  bool plainly_granted(const std::string& name, int from, std::uint64_t flags) {
    if ((flags & (O_CREAT | O_PATH | O_TRUNC)) != 0) return (flags & O_PATH) != 0;
    const Place place = seen(tracee_.find_without_links(name, from));
    if (!place.there()) return place.error == ENOENT;
    const std::uint64_t mode = flags & O_ACCMODE;
    const Rights read = S_ISDIR(place.info.st_mode) ? kReadDir : kReadFile;
    const Rights rights = (mode != O_WRONLY ? read : 0) | (mode != O_RDONLY ? kWriteFile : 0);
    // Whether it is opened, the modes of the directories above say too.
    return !tells(kLogFile) && known_.granted(path_of(place.end.get()), rights);
  }

  void look_open() { open_at(AT_FDCWD, 0, argument(1)); }
  void look_creat() { open_at(AT_FDCWD, 0, O_CREAT | O_WRONLY | O_TRUNC); }
  void look_openat() { open_at(descriptor(0), 1, argument(2)); }

  void make_at(int from, int path_at, mode_t mode) {
    std::string name;
    if (!path(path_at, name)) return;
    const Place place = find(name, from, false);
    const bool device = (S_ISCHR(mode) || S_ISBLK(mode));
    if (!place.missing() || (place.wants_directory && !S_ISDIR(mode))) return;
    tell_change("create", place, may_make(place, device ? kCapMakeNode : -1));
    add_new(place, making(mode), device ? kCapMakeNode : -1);
  }
  static mode_t node(std::uint64_t mode) { return static_cast<mode_t>(mode) & S_IFMT; }

  void look_mkdir() { make_at(AT_FDCWD, 0, S_IFDIR); }
  void look_mkdirat() { make_at(descriptor(0), 1, S_IFDIR); }
  void look_mknod() { make_at(AT_FDCWD, 0, node(argument(1))); }
  void look_mknodat() { make_at(descriptor(0), 1, node(argument(2))); }
  void look_symlink() { make_at(AT_FDCWD, 1, S_IFLNK); }
  void look_symlinkat() { make_at(descriptor(1), 2, S_IFLNK); }

  void remove_at(int from, int path_at, bool directory) {
    std::string name;
    if (!path(path_at, name)) return;
    const Place place = find(name, from, false);
    if (!place.there() || place.name.empty()) return;
    const std::size_t before = out_.all.size();
    add_removal(place, directory ? kRemoveDir : kRemoveFile);
    if (S_ISDIR(place.info.st_mode) != directory) fails_anyway(before);
    else tell_change("remove", place, may_remove(place));
  }

  void look_unlink() { remove_at(AT_FDCWD, 0, false); }
  void look_rmdir() { remove_at(AT_FDCWD, 0, true); }
  void look_unlinkat() { remove_at(descriptor(0), 1, (number(argument(2)) & AT_REMOVEDIR) != 0); }

  // The kernel asks for this right in both directories, and answers EXDEV where nothing else is missing.
  void refer(const Place& from, const Place& to) {
    if (id_of(from.directory_info) == id_of(to.directory_info)) return;
    const std::size_t before = out_.all.size();
    add_new(to, kRefer);
    add_name("remove", from, kRefer, [searched = from.searched](const Credentials& who) { return searchable(who, searched); });
    for (std::size_t i = before; i < out_.all.size(); ++i) out_.all[i].error = EXDEV;
  }

  void rename_at(int from, int from_path, int to, int to_path, std::uint64_t flags) {
    std::string before;
    std::string after;
    if (!path(from_path, before) || !path(to_path, after)) return;
    const Place old = find(before, from, false);
    const Place next = find(after, to, false);
    const bool exchange = (flags & kRenameExchange) != 0;
    if (!old.there() || old.name.empty() || next.name.empty() || (!next.there() && !next.missing()) || old.directory_info.st_dev != next.directory_info.st_dev) return;
    if ((next.there() && (flags & kRenameNoReplace) != 0) || (exchange && !next.there())) return;
    if (S_ISDIR(old.info.st_mode) && above(old, next)) return;
    if (!next.there() || id_of(next.info) != id_of(old.info)) tell_change("rename", old, [from = may_remove(old), to = may_make(next)](const Credentials& who) { return from(who) && to(who); }, &next);
    add_removal(old, removing(old.info.st_mode) | (exchange ? making(next.info.st_mode) : 0));
    if (next.there()) add_removal(next, removing(next.info.st_mode));
    add_new(next, making(old.info.st_mode));
    refer(old, next);
  }

  // A directory cannot come to lie in itself.
  static bool above(const Place& directory, const Place& entry) {
    std::vector<FileId> chain;
    return climb(entry.directory.get(), chain) == 0 && std::find(chain.begin(), chain.end(), id_of(directory.info)) != chain.end();
  }

  void look_rename() { rename_at(AT_FDCWD, 0, AT_FDCWD, 1, 0); }
  void look_renameat() { rename_at(descriptor(0), 1, descriptor(2), 3, 0); }
  void look_renameat2() { rename_at(descriptor(0), 1, descriptor(2), 3, argument(4)); }

  void link_at(int from, int from_path, int to, int to_path, int flags) {
    std::string before;
    std::string after;
    if (!path(from_path, before) || !path(to_path, after)) return;
    const Place old = before.empty() && (flags & AT_EMPTY_PATH) != 0 ? at_descriptor(from) : find(before, from, (flags & AT_SYMLINK_FOLLOW) != 0);
    const Place next = find(after, to, false);
    if (!old.there() || !next.missing() || next.wants_directory || old.info.st_dev != next.directory_info.st_dev) return;
    const std::size_t made = out_.all.size();
    if (!S_ISDIR(old.info.st_mode)) tell_change("link", old, may_make(next), &next);
    add_new(next, making(old.info.st_mode));
    if (old.directory.get() >= 0) refer(old, next);
    if (S_ISDIR(old.info.st_mode)) fails_anyway(made);
  }

  void look_link() { link_at(AT_FDCWD, 0, AT_FDCWD, 1, 0); }
  void look_linkat() { link_at(descriptor(0), 1, descriptor(2), 3, number(argument(4))); }

  void look_truncate() {
    std::string name;
    if (!path(0, name)) return;
    const Place place = find(name, AT_FDCWD, true);
    if (!place.there() || !S_ISREG(place.info.st_mode)) return;
    tell_change("truncate", place, may_use(place, kMayWrite));
    add_on("truncate", place, kTruncate, kMayWrite);
  }

  // What a descriptor is open for, the kernel has asked before.
  void look_ftruncate() {
    const Place place = at_descriptor(descriptor(0));
    if (place.there() && S_ISREG(place.info.st_mode)) tell_change("truncate", place, [](const Credentials&) { return true; });
  }

  // --- metadata, of which Landlock knows nothing ---

  void set_at(const char* what, int from, const std::string& name, int flags, int capability) {
    const Place place = name.empty() ? at_descriptor(from) : find(name, from, (flags & AT_SYMLINK_NOFOLLOW) == 0);
    if (place.there()) tell_change(what, place, may_set(place, capability));
  }

  // An empty name, or none, means the descriptor.
  void set_by_path(const char* what, int from, int path_at, int flags, int capability) {
    std::string name;
    if (argument(path_at) != 0 && !path(path_at, name)) return;
    if (!name.empty() || path_at > 0) set_at(what, from, name, flags, capability);
  }

  void look_chmod() { set_by_path("mode", AT_FDCWD, 0, 0, kCapFowner); }
  void look_fchmod() { set_at("mode", descriptor(0), "", 0, kCapFowner); }
  void look_fchmodat() { set_by_path("mode", descriptor(0), 1, 0, kCapFowner); }
  void look_fchmodat2() { set_by_path("mode", descriptor(0), 1, number(argument(3)), kCapFowner); }
  void look_chown() { set_by_path("owner", AT_FDCWD, 0, 0, kCapChown); }
  void look_lchown() { set_by_path("owner", AT_FDCWD, 0, AT_SYMLINK_NOFOLLOW, kCapChown); }
  void look_fchown() { set_at("owner", descriptor(0), "", 0, kCapChown); }
  void look_fchownat() { set_by_path("owner", descriptor(0), 1, number(argument(4)), kCapChown); }
  void look_utime() { set_by_path("times", AT_FDCWD, 0, 0, kCapFowner); }
  void look_futimesat() { set_by_path("times", descriptor(0), 1, 0, kCapFowner); }
  void look_utimensat() { set_by_path("times", descriptor(0), 1, number(argument(3)), kCapFowner); }

  // --- programs ---

  // The words at an address, as many as an event tells.
  std::vector<std::string> words_at(std::uint64_t address) {
    const std::size_t size = call_.compat ? sizeof(std::uint32_t) : sizeof(std::uint64_t);
    std::vector<std::string> out;
    for (std::size_t told = 0; address != 0 && out.size() < kMaxWords && told < kMaxArguments;) {
      std::uint64_t word = 0;
      std::string text;
      if (tracee_.read(address + out.size() * size, &word, size) != 0 || word == 0 || tracee_.read_path(word, text) != 0) break;
      told += text.size() + 1;
      out.push_back(std::move(text));
    }
    return out;
  }

  void tell_start(const std::string& program, int words_at_argument, Possible possible) {
    const pid_t process = tracee_.process();
    out_.deeds.push_back({StartEvent{process, tracee_.parent(), program, words_at(argument(words_at_argument)), tracee_.link_of("cwd")}, std::move(possible)});
  }

  void execute(Place place, int words_at_argument) {
    Access access;
    std::string target;
    std::vector<struct stat> searched;
    std::vector<struct stat> files;
    for (int i = 0; i <= kMaxScripts && place.there() && S_ISREG(place.info.st_mode) && !mounted(place.end.get(), ST_NOEXEC); ++i) {
      if (target.empty()) target = path_of(place.end.get());
      // What has no name any more no rule is on.
      Result<Wanted> wanted = wanted_at(place.end.get(), place.directory.get(), kExecute | kReadFile);
      if (!wanted) out_of_descriptors(wanted.error().os_error);
      if (wanted && !wanted->chain.empty()) access.files.push_back(std::move(*wanted));
      searched.insert(searched.end(), place.searched.begin(), place.searched.end());
      files.push_back(place.info);
      const std::string next = executed_next("/proc/self/fd/" + std::to_string(place.end.get()));
      if (next.empty()) break;
      place = find(next, AT_FDCWD, true);
    }
    const auto possible = [searched, files](const Credentials& who) {
      return searchable(who, searched) && std::all_of(files.begin(), files.end(), [&](const struct stat& file) { return modes_allow(who, file, kMayExecute); });
    };
    if (tells(kLogExec) && !target.empty()) tell_start(target, words_at_argument, possible);
    if (access.files.empty()) return;
    out_.all.push_back({.what = "exec", .target = target, .access = std::move(access), .possible = possible});
  }

  // What the kernel opens after this file, to start it: the interpreter of a script, or the loader.
  static std::string executed_next(const std::string& file) {
    if (std::string script = interpreter(file); !script.empty()) return script;
    const std::optional<Object> object = read_object(file);
    return object ? object->loader : "";
  }

  void look_execve() {
    std::string name;
    if (path(0, name)) execute(find(name, AT_FDCWD, true), 1);
  }

  void look_execveat() {
    std::string name;
    if (!path(1, name)) return;
    const int flags = number(argument(4));
    execute(name.empty() && (flags & AT_EMPTY_PATH) != 0 ? at_descriptor(descriptor(0)) : find(name, descriptor(0), (flags & AT_SYMLINK_NOFOLLOW) == 0), 2);
  }

  // --- sockets ---

  struct Kind {
    int family = 0;
    int type = 0;
    int protocol = 0;
  };

  Kind kind_of(int fd) {
    const Descriptor copy = copy_of(fd);
    Kind out;
    const auto ask = [&](int option, int& value) {
      socklen_t size = sizeof value;
      if (getsockopt(copy.get(), SOL_SOCKET, option, &value, &size) != 0) value = 0;
    };
    ask(SO_DOMAIN, out.family);
    ask(SO_TYPE, out.type);
    ask(SO_PROTOCOL, out.protocol);
    return out;
  }

  static std::string family_word(const Kind& kind) {
    static constexpr struct { int family; const char* word; } kFamilies[] = {{AF_UNIX, "unix"}, {AF_NETLINK, "netlink"}, {AF_PACKET, "packet"}, {AF_VSOCK, "vsock"}, {AF_ALG, "alg"}, {AF_BLUETOOTH, "bluetooth"}, {AF_CAN, "can"}, {AF_TIPC, "tipc"}};
    const bool internet = kind.family == AF_INET || kind.family == AF_INET6;
    if (internet && kind.type == SOCK_STREAM && kind.protocol == IPPROTO_TCP) return "tcp";
    if (internet && kind.type == SOCK_DGRAM && kind.protocol == IPPROTO_UDP) return "udp";
    if (internet) return "protocol " + std::to_string(kind.protocol);
    for (const auto& one : kFamilies)
      if (kind.family == one.family) return one.word;
    return "family " + std::to_string(kind.family);
  }

  static NetworkEvent network_event(pid_t process, const char* what, const Kind& kind, const sockaddr_storage& to, std::size_t length) {
    NetworkEvent out{.pid = process, .what = what, .family = family_word(kind), .address = {}, .port = {}, .path = {}, .result = {}};
    char text[INET6_ADDRSTRLEN] = "";
    if (to.ss_family == AF_INET || to.ss_family == AF_INET6) {
      const auto* const bytes = reinterpret_cast<const char*>(&to);
      const std::size_t at = to.ss_family == AF_INET ? offsetof(sockaddr_in, sin_addr) : offsetof(sockaddr_in6, sin6_addr);
      if (inet_ntop(to.ss_family, bytes + at, text, sizeof text) != nullptr) out.address = text;
      in_port_t port = 0;
      std::memcpy(&port, bytes + offsetof(sockaddr_in, sin_port), sizeof port);
      out.port = ntohs(port);
    }
    if (to.ss_family == AF_UNIX && length > offsetof(sockaddr_un, sun_path)) {
      const char* const name = reinterpret_cast<const char*>(&to) + offsetof(sockaddr_un, sun_path);
      const std::size_t size = length - offsetof(sockaddr_un, sun_path);
      out.path = *name == '\0' ? "@" + std::string(name + 1, size - 1) : std::string(name, strnlen(name, size));
    }
    return out;
  }

  // A name on the disk that is not there is reached by nobody, and one that is there is taken.
  void tell_network(int fd, const sockaddr_storage& to, std::size_t length, const char* what) {
    if (!tells(kLogNetwork)) return;
    NetworkEvent event = network_event(tracee_.process(), what, kind_of(fd), to, length);
    if (!event.path.empty() && event.path[0] != '@' && find(event.path, AT_FDCWD, true).there() == (std::string_view(what) == "bind")) return;
    out_.deeds.push_back({std::move(event)});
  }

  void look_listen() {
    if (!tells(kLogNetwork)) return;
    const Descriptor copy = copy_of(descriptor(0));
    sockaddr_storage own{};
    socklen_t length = sizeof own;
    if (copy.get() < 0 || getsockname(copy.get(), reinterpret_cast<sockaddr*>(&own), &length) != 0) return;
    out_.deeds.push_back({network_event(tracee_.process(), "listen", kind_of(descriptor(0)), own, std::min<std::size_t>(length, sizeof own))});
  }

  void reach(int fd, std::uint64_t address, std::uint64_t size, const char* what) {
    const bool bind = std::string_view(what) == "bind";
    sockaddr_storage to{};
    const std::size_t length = std::min<std::uint64_t>(size & 0xffff'ffff, sizeof to);
    if (address == 0 || length < sizeof to.ss_family || !memory(address, &to, length)) return;
    tell_network(fd, to, length, what);
    if (to.ss_family == AF_UNIX && bind) make_unix(fd, to, length);
    if (to.ss_family == AF_UNIX && known_.free) use_unix(to, length, bind);
    if (to.ss_family == AF_UNIX) return bind ? void() : reach_unix(to, length);
    if (to.ss_family != AF_INET && to.ss_family != AF_INET6) return;
    if (length < (to.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6) - sizeof(std::uint32_t))) return;
    in_port_t port = 0;
    std::memcpy(&port, reinterpret_cast<const char*>(&to) + offsetof(sockaddr_in, sin_port), sizeof port);
    const Kind kind = kind_of(fd);
    const bool tcp = kind.type == SOCK_STREAM && kind.protocol == IPPROTO_TCP;
    const bool udp = kind.type == SOCK_DGRAM && kind.protocol == IPPROTO_UDP;
    if (!tcp && !udp) return;
    reach_port(bind, udp, ntohs(port));
  }

  void reach_port(bool bind, bool udp, std::uint16_t port) {
    const NetRights right = udp ? (bind ? kBindUdp : kConnectSendUdp) : bind ? kBindTcp : kConnectTcp;
    const auto possible = [bind, port](const Credentials& who) { return !bind || port == 0 || port >= first_free_port() || who.capable(kCapNetBindService); };
    out_.all.push_back({.what = bind ? "bind" : "connect", .target = std::to_string(port) + (udp ? "/udp" : ""), .access = {.net = right, .port = port}, .possible = possible});
  }

  static int first_free_port() {
    std::FILE* const file = std::fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "re");
    int out = 1024;
    if (file == nullptr) return out;
    if (std::fscanf(file, "%d", &out) != 1) out = 1024;
    std::fclose(file);
    return out;
  }

  // A name that is no abstract one is made in a directory.
  void make_unix(int fd, const sockaddr_storage& to, std::size_t length) {
    const char* const name = reinterpret_cast<const char*>(&to) + offsetof(sockaddr_un, sun_path);
    const std::size_t size = length - std::min(length, offsetof(sockaddr_un, sun_path));
    if (size == 0 || name[0] == '\0' || kind_of(fd).family != AF_UNIX) return;
    const Place place = find(std::string(name, strnlen(name, size)), AT_FDCWD, false);
    if (!place.missing() || place.wants_directory) return;
    tell_change("create", place, may_make(place));
    add_new(place, kMakeSock);
  }

  // Many a program looks for a service that is not there, and does without it and the socket.
  void use_unix(const sockaddr_storage& to, std::size_t length, bool bind) {
    const char* const name = reinterpret_cast<const char*>(&to) + offsetof(sockaddr_un, sun_path);
    const std::size_t size = length - std::min(length, offsetof(sockaddr_un, sun_path));
    const bool abstract = size > 0 && name[0] == '\0';
    const Place place = abstract || size == 0 ? Place{} : find(std::string(name, strnlen(name, size)), AT_FDCWD, true);
    if (!bind && !abstract && (!place.there() || !S_ISSOCK(place.info.st_mode))) return;
    out_.all.push_back({.what = "unix", .target = abstract ? "@" + std::string(name + 1, size - 1) : std::string(name, strnlen(name, size)), .unix_socket = true});
  }

  void reach_unix(const sockaddr_storage& to, std::size_t length) {
    const char* const name = reinterpret_cast<const char*>(&to) + offsetof(sockaddr_un, sun_path);
    const std::size_t size = length - std::min(length, offsetof(sockaddr_un, sun_path));
    if (size > 1 && name[0] == '\0') return reach_abstract(std::string(name + 1, size - 1));
    if (size == 0 || (known_.plan.ruleset.handled_fs & kResolveUnix) == 0) return;
    const Place place = find(std::string(name, strnlen(name, size)), AT_FDCWD, true);
    if (!place.there() || !S_ISSOCK(place.info.st_mode)) return;
    const Result<Found> found = found_at(place.end.get());
    if (found && made_outside(found->path)) add_on("unix", place, kResolveUnix, kMayWrite);
  }

  void reach_abstract(const std::string& name) {
    std::string shown = "@" + name;
    std::replace(shown.begin(), shown.end(), '\0', '@');
    if ((known_.plan.ruleset.scoped & kScopeAbstractUnix) == 0 || !made_outside(shown)) return;
    Wish wish{.what = "unix", .target = shown};
    wish.access.abstract_unix = true;
    out_.all.push_back(std::move(wish));
  }

  // There is a socket of this name, and no process that is held has it open: unix(7), /proc/net/unix.
  bool made_outside(const std::string& name) const {
    const std::string table = tracee_.text_of("net/unix");
    bool found = false;
    for (std::size_t at = 0; at < table.size();) {
      const std::size_t end = std::min(table.find('\n', at), table.size());
      const std::string line = table.substr(at, end - at);
      at = end + 1;
      char inode[32];
      int used = 0;
      if (std::sscanf(line.c_str(), "%*s %*s %*s %*s %*s %*s %31s %n", inode, &used) != 1 || used == 0 || line.compare(static_cast<std::size_t>(used), line.npos, name) != 0) continue;
      if (held_inside("socket:[" + std::string(inode) + "]")) return false;
      found = true;
    }
    return found;
  }

  bool held_inside(const std::string& socket) const {
    DIR* const processes = opendir("/proc");
    if (processes == nullptr) return false;
    bool found = false;
    while (const dirent* entry = found ? nullptr : readdir(processes)) {
      const auto process = static_cast<pid_t>(std::strtol(entry->d_name, nullptr, 10));
      found = process > 0 && known_.inside(process) && has_open(process, socket);
    }
    closedir(processes);
    return found;
  }

  static bool has_open(pid_t process, const std::string& socket) {
    const std::string place = "/proc/" + std::to_string(process) + "/fd";
    DIR* const files = opendir(place.c_str());
    if (files == nullptr) return false;
    bool found = false;
    while (const dirent* entry = found ? nullptr : readdir(files)) found = Tracee(process).link_of("fd/" + std::string(entry->d_name)) == socket;
    closedir(files);
    return found;
  }

  void look_connect() { reach(descriptor(0), argument(1), argument(2), "connect"); }
  void look_bind() { reach(descriptor(0), argument(1), argument(2), "bind"); }
  void look_sendto() { reach(descriptor(0), argument(4), argument(5), "send"); }

  // The first members of struct msghdr, of this table.
  void message(int fd, std::uint64_t address) {
    std::uint64_t to = 0;
    std::uint32_t parts[2] = {};
    if (call_.compat) {
      if (!memory(address, parts, sizeof parts)) return;
      return reach(fd, parts[0], parts[1], "send");
    }
    if (memory(address, &to, sizeof to) && memory(address + sizeof to, parts, sizeof parts[0])) reach(fd, to, parts[0], "send");
  }

  void look_sendmsg() { message(descriptor(0), argument(1)); }
  void look_sendmmsg() {
    const std::uint64_t each = call_.compat ? 32 : 64;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(argument(2) & 0xffff'ffff, kMaxMessages); ++i) message(descriptor(0), argument(1) + i * each);
  }

  // The 32-bit table has all calls of sockets behind one: socketcall(2).
  void look_socketcall() {
    std::uint32_t values[6] = {};
    const auto take = [&](std::size_t count) { return memory(argument(1), values, count * sizeof values[0]); };
    Called inner{.name = "", .compat = true};
    std::size_t count = 3;
    switch (number(argument(0))) {
      case 2: inner.name = "bind"; break;
      case 3: inner.name = "connect"; break;
      case 4: inner.name = "listen"; break;
      case 11: inner.name = "sendto"; count = 6; break;
      case 16: inner.name = "sendmsg"; break;
      case 20: inner.name = "sendmmsg"; count = 4; break;
      default: return;
    }
    if (!take(count)) return;
    std::copy(values, values + 6, inner.arguments);
    Wishes behind = Asked(tracee_, inner, known_).run();
    out_ = std::move(behind);
  }

  // --- signals ---

  void signal(pid_t process, int which) {
    if (which < 0 || which >= kSignals) return;
    if (process <= 0 || known_.inside(process) || tracee_.link_of("ns/pid") != Tracee(getpid()).link_of("ns/pid")) return;
    const std::optional<Credentials> target = Tracee(process).credentials();
    if (!target) return;
    Wish wish{.what = "call", .target = std::string(call_.name) + " " + std::to_string(process), .error = EPERM, .signals = true};
    wish.possible = [real = target->real_uid](const Credentials& who) { return who.capable(kCapKill) || who.effective_uid == real || who.real_uid == real; };
    out_.all.push_back(std::move(wish));
  }

  void look_kill() { signal(descriptor(0), number(argument(1))); }
  // Of a thread, after its process.
  void look_tgkill() { signal(descriptor(0), number(argument(2))); }

  void look_pidfd() {
    const std::string info = tracee_.text_of("fdinfo/" + std::to_string(descriptor(0)));
    const std::size_t at = info.find("\nPid:");
    if (at != info.npos) signal(static_cast<pid_t>(std::strtol(info.c_str() + at + 5, nullptr, 10)), number(argument(1)));
  }

  const Tracee& tracee_;
  const Called& call_;
  const Known& known_;
  Wishes out_{};
};

std::span<const Asked::Way> Asked::ways() {
  static constexpr Way kWays[] = {
      {"open", &Asked::look_open},           {"openat", &Asked::look_openat},       {"creat", &Asked::look_creat},         {"execve", &Asked::look_execve},
      {"execveat", &Asked::look_execveat},   {"mkdir", &Asked::look_mkdir},         {"mkdirat", &Asked::look_mkdirat},   {"mknod", &Asked::look_mknod},         {"mknodat", &Asked::look_mknodat},
      {"symlink", &Asked::look_symlink},     {"symlinkat", &Asked::look_symlinkat}, {"link", &Asked::look_link},         {"linkat", &Asked::look_linkat},       {"rename", &Asked::look_rename},
      {"renameat", &Asked::look_renameat},   {"renameat2", &Asked::look_renameat2}, {"unlink", &Asked::look_unlink},     {"unlinkat", &Asked::look_unlinkat},   {"rmdir", &Asked::look_rmdir},
      {"truncate", &Asked::look_truncate},   {"truncate64", &Asked::look_truncate},
      {"ftruncate", &Asked::look_ftruncate}, {"ftruncate64", &Asked::look_ftruncate}, {"chmod", &Asked::look_chmod},     {"fchmod", &Asked::look_fchmod},       {"fchmodat", &Asked::look_fchmodat},
      {"fchmodat2", &Asked::look_fchmodat2}, {"chown", &Asked::look_chown},         {"lchown", &Asked::look_lchown},     {"fchown", &Asked::look_fchown},       {"fchownat", &Asked::look_fchownat},
      {"chown32", &Asked::look_chown},       {"lchown32", &Asked::look_lchown},     {"fchown32", &Asked::look_fchown},   {"utime", &Asked::look_utime},         {"utimes", &Asked::look_utime},
      {"futimesat", &Asked::look_futimesat}, {"utimensat", &Asked::look_utimensat}, {"utimensat_time64", &Asked::look_utimensat}, {"listen", &Asked::look_listen},
      {"connect", &Asked::look_connect},   {"bind", &Asked::look_bind},           {"sendto", &Asked::look_sendto},
      {"sendmsg", &Asked::look_sendmsg},     {"sendmmsg", &Asked::look_sendmmsg},   {"socketcall", &Asked::look_socketcall}, {"kill", &Asked::look_kill},       {"tkill", &Asked::look_kill},
      {"tgkill", &Asked::look_tgkill},         {"rt_sigqueueinfo", &Asked::look_kill}, {"rt_tgsigqueueinfo", &Asked::look_tgkill}, {"pidfd_send_signal", &Asked::look_pidfd},
  };
  return kWays;
}

}  // namespace

Wishes wishes_of(const Tracee& tracee, const Called& call, const Known& known) { return Asked(tracee, call, known).run(); }

}  // namespace landshim::command
