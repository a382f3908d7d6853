// SPDX-License-Identifier: MIT
// Roads around the rules on files: those that are closed, and those that stay open and are documented.
#include <catch2/catch.hpp>

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <atomic>
#include <cerrno>
#include <thread>

#include "tests/live/files.h"

using namespace landshim::tests;

namespace {

const std::string kHere = std::to_string(AT_FDCWD);
const std::string kLinkat = call_number(SYS_linkat);

// A forbidden tree, and a directory that may be read and written.
struct World {
  Tree tree;
  Scratch granted;
  std::string file = tree / "file";
  std::string policy = base_policy() + "read_write = " + granted.path() + "\n";
  int held(const Words& words) const { return tried_under(policy, words); }
  int held_with(const std::string& lines, const Words& words) const { return tried_under(policy + lines, words); }
};

// A process outside that everybody of the same user may look into.
class Outsider {
 public:
  explicit Outsider(const char* directory = "/") : pid_(fork()) {
    if (pid_ != 0) return;
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (chdir(directory) != 0) _exit(1);
    for (;;) pause();
  }
  ~Outsider() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Outsider(const Outsider&) = delete;
  Outsider& operator=(const Outsider&) = delete;
  std::string pid() const { return std::to_string(pid_); }

 private:
  pid_t pid_;
};

const char kSecret[] = "in the memory of the runner";

std::string secret_address() { return std::to_string(reinterpret_cast<std::uintptr_t>(kSecret)); }

}  // namespace

// --- closed ---

TEST_CASE("closed: a hard link from a forbidden directory into a writable one", "[escape][landlock]") {
  REQUIRE_ABI(2);
  const World world;
  const std::string before = world.tree.look_at_all();
  CHECK(world.held({"call", kLinkat, kHere, "=" + world.file, kHere, "=" + (world.granted / "linked"), "0"}) == EXDEV);
  CHECK(world.tree.look_at_all() == before);
  // Linking a descriptor is for CAP_DAC_READ_SEARCH, or since Linux 6.10 for who opened it: open(2).
  const int by_descriptor = tried({"call", kLinkat, "path:" + world.file, "=", kHere, "=" + (world.granted / "control"), std::to_string(AT_EMPTY_PATH)});
  REQUIRE((by_descriptor == 0 || by_descriptor == ENOENT));
  const std::string before_descriptor = world.tree.look_at_all();
  CHECK(world.held({"call", kLinkat, "path:" + world.file, "=", kHere, "=" + (world.granted / "linked"), std::to_string(AT_EMPTY_PATH)}) == (by_descriptor == 0 ? EXDEV : ENOENT));
  CHECK(world.tree.look_at_all() == before_descriptor);
  CHECK_FALSE(exists(world.granted / "linked"));
  CHECK(tried({"call", kLinkat, kHere, "=" + world.file, kHere, "=" + (world.granted / "linked"), "0"}) == 0);
}

TEST_CASE("closed: moving a forbidden file into a writable directory, or out of one", "[escape][landlock]") {
  REQUIRE_ABI(2);
  const World world;
  const std::string mine = world.granted.file("mine", "mine");
  const std::string before = world.tree.look_at_all();
  const std::string exchange = call_number(SYS_renameat2);
  CHECK(world.held({"rename", world.file, world.granted / "moved"}) == EACCES);
  CHECK(world.held({"rename", world.tree / "dir", world.granted / "moved"}) == EACCES);
  CHECK(world.held({"rename", mine, world.tree / "new"}) == EACCES);
  CHECK(world.held({"rename", mine, world.file}) == EACCES);
  CHECK(world.held({"call", exchange, kHere, "=" + mine, kHere, "=" + world.file, "2"}) == EACCES);
  CHECK(world.tree.look_at_all() == before);
  CHECK(contents(mine) == "mine");
  CHECK(tried({"rename", world.file, world.granted / "moved"}) == 0);
}

TEST_CASE("closed: a symbolic link of one's own to a forbidden file", "[escape][landlock]") {
  const World world;
  const std::string before = world.tree.look_at_all();
  REQUIRE(world.held({"call", call_number(SYS_symlinkat), "=" + world.file, kHere, "=" + (world.granted / "way")}) == 0);
  REQUIRE(world.held({"call", call_number(SYS_symlinkat), "=" + world.tree.path(), kHere, "=" + (world.granted / "ways")}) == 0);
  for (const std::string& way : {world.granted / "way", world.granted / "ways/file"}) {
    CHECK(tried({"read", way}) == 0);
    CHECK(world.held({"read", way}) == EACCES);
    CHECK(world.held({"write", way}) == EACCES);
    CHECK(world.held({"truncate", way}) == EACCES);
  }
  CHECK(world.held({"create", world.granted / "ways/new"}) == EACCES);
  CHECK(world.tree.look_at_all() == before);
}

TEST_CASE("closed: forbidden paths by way of /proc", "[escape][landlock]") {
  const World world;
  const std::string lines = "read = /proc\n";
  const Outsider outsider(world.tree.path().c_str());
  for (const std::string& road : {std::string("/proc/self/root"), std::string("/proc/self/task/../root"), std::string("/proc/thread-self/root")}) {
    INFO(road);
    CHECK(tried({"read", road + world.file}) == 0);
    CHECK(world.held_with(lines, {"read", road + world.file}) == EACCES);
    CHECK(world.held(Words{"read", road + world.file}) == EACCES);
  }
  // Another process's links: not even to what is granted, since they belong to a process outside.
  const std::string mine = world.granted.file("mine", "mine");
  for (const std::string& road : {"/proc/" + outsider.pid() + "/root" + world.file, "/proc/" + outsider.pid() + "/root" + mine, "/proc/" + outsider.pid() + "/cwd/file"}) {
    INFO(road);
    CHECK(tried({"read", road}) == 0);
    CHECK(world.held_with(lines, {"read", road}) == EACCES);
  }
  CHECK(world.held({"read", "/proc/self/root" + mine}) == 0);
}

TEST_CASE("closed: opening anew what was opened without any right", "[escape][landlock]") {
  const World world;
  CHECK(tried({"reopen", world.file}) == 0);
  CHECK(world.held({"reopen", world.file}) == EACCES);
  CHECK(world.held_with("read = /proc\n", {"reopen", world.file}) == EACCES);
  CHECK(world.held({"call", call_number(SYS_openat), "path:" + world.tree.path(), "=file", "0"}) == EACCES);
  CHECK(world.held({"call", call_number(SYS_read), "path:" + world.file, "int:0", "1"}) == EBADF);
}

TEST_CASE("closed: modes by way of a descriptor that grants nothing", "[escape][seccomp]") {
  const World world;
  const std::string before = world.tree.look_at_all();
  const std::string lines = "metadata = deny\n";
  // What an O_PATH descriptor answers to fchmod without a policy.
  CHECK(tried({"call", call_number(SYS_fchmod), "path:" + world.file, "0600"}) == EBADF);
  CHECK(world.held_with(lines, {"call", call_number(SYS_fchmod), "path:" + world.file, "0600"}) == EPERM);
  CHECK(world.held_with(lines, {"chmod-through-proc", world.file, "0600"}) == EPERM);
  CHECK(world.held_with(lines, {"call", "452", "path:" + world.file, "=", "0600", std::to_string(AT_EMPTY_PATH)}) == EPERM);
  CHECK(world.tree.look_at_all() == before);
  CHECK(tried({"chmod-through-proc", world.file, "0600"}) == 0);
}

TEST_CASE("closed: another root directory", "[escape][landlock]") {
  const World world;
  const std::string no_profile = "[syscalls]\nprofile = none\n[process]\ncapabilities = all\n";
  const Words chroot{"call", call_number(SYS_chroot), "=" + world.tree.path()};
  CHECK(tried(chroot) == (is_root() ? 0 : EPERM));
  CHECK(world.held(chroot) == EPERM);
  // And one that the profile leaves would not help: rules hold by inode, not by name.
  if (!is_root()) return;
  CHECK(world.held_with(no_profile, {"call", call_number(SYS_chroot), "=" + world.tree.path()}) == 0);
}

TEST_CASE("closed: mounts, with and without the profile", "[escape][landlock]") {
  const World world;
  const std::string before = world.tree.look_at_all();
  const Words bind{"call", call_number(SYS_mount), "=" + world.tree.path(), "=" + world.granted.path(), "=none", std::to_string(4096), "0"};
  const Words tree_of{"call", call_number(SYS_open_tree), kHere, "=" + world.tree.path(), "1"};
  CHECK(world.held(bind) == EPERM);
  CHECK(world.held(tree_of) == ENOSYS);
  CHECK(world.held({"call", call_number(SYS_fsopen), "=tmpfs", "0"}) == ENOSYS);
  CHECK(world.held({"call", call_number(SYS_umount2), "=/proc", "2"}) == EPERM);
  CHECK(world.held({"call", call_number(SYS_pivot_root), "=" + world.granted.path(), "=" + world.granted.path()}) == EPERM);
  CHECK(world.held_with("[syscalls]\nprofile = none\n", bind) == EPERM);
  CHECK_FALSE(exists(world.granted / "file"));
  CHECK(world.tree.look_at_all() == before);
  if (!is_root()) return;
  // The control undoes itself: in a mount namespace of its own.
  const Outcome control = run({{"unshare", "-m", built("tests/victim"), "call", call_number(SYS_mount), "=" + world.tree.path(), "=" + world.granted.path(), "=none", "4096", "0"}, {}, {}});
  if (control.err.find("unshare") == control.err.npos) CHECK(control.status == 0);  // in a container it may not be permitted
}

TEST_CASE("closed: a user and mount namespace of one's own", "[escape][seccomp]") {
  const World world;
  const std::string flags = std::to_string(CLONE_NEWUSER | CLONE_NEWNS);
  const Words unshare{"call", call_number(SYS_unshare), flags};
  const int control = tried(unshare);
  CHECK(world.held(unshare) == EPERM);
  CHECK(world.held({"call", call_number(SYS_clone3), "int:0", "64"}) == ENOSYS);
  if (control != 0) return;  // no user namespaces here
  // Where the profile leaves them, Landlock still forbids every mount inside.
  const Outcome inside = run_under(world.policy + "read_exec = /usr, /bin\nread_write = /proc\n[syscalls]\nprofile = none\n",
                                   {{"unshare", "-U", "-m", "-r", built("tests/victim"), "call", call_number(SYS_mount), "=" + world.tree.path(), "=" + world.granted.path(), "=none", "4096", "0"}, {}, {}});
  CHECK(inside.status == EPERM);
  CHECK_FALSE(exists(world.granted / "file"));
}

TEST_CASE("closed: subvolumes of btrfs, made and removed on a directory that may only be read", "[escape][seccomp][root]") {
  if (contents("/proc/filesystems").find("\tbtrfs") == std::string::npos) return skip("this kernel has no btrfs");
  if (run({{"sh", "-c", "command -v mkfs.btrfs"}, {}, {}}).status != 0) return skip("needs btrfs-progs");
  const Scratch scratch;
  const std::string image = scratch.file("image", "");
  CHECK(truncate(image.c_str(), 128 << 20) == 0);
  REQUIRE(run({{"mkfs.btrfs", "-q", image}, {}, {}}).status == 0);
  struct Mounted {
    std::string place;
    ~Mounted() { umount2(place.c_str(), MNT_DETACH); }
  } const mounted{scratch.directory("mounted")};
  if (run({{"mount", "-o", "loop", image, mounted.place}, {}, {}}).status != 0) return skip("needs a loop device");
  const std::string reads = base_policy() + "read = " + mounted.place + "\n";
  CHECK(tried_under(reads, {"list", mounted.place}) == 0);
  CHECK(tried_under(reads, {"mkdir", mounted.place + "/plain"}) == EACCES);
  for (const char* version : {"", "-2"}) {
    INFO("version" << version);
    const auto way = [&](const char* what, const char* name) { return Words{"subvolume", what + std::string(version), mounted.place, name}; };
    CHECK(tried_under(reads, way("make", "new")) == ENOTTY);
    CHECK(tried_under(reads, way("copy", "copied")) == ENOTTY);
    CHECK_FALSE(exists(mounted.place + "/new"));
    CHECK_FALSE(exists(mounted.place + "/copied"));
    // Where the policy leaves files alone, so does this.
    CHECK(tried_under("[policy]\nmode = full-access\n", way("make", "new")) == 0);
    CHECK(tried(way("copy", "copied")) == 0);
    CHECK(exists(mounted.place + "/new"));
    CHECK(exists(mounted.place + "/copied"));
    CHECK(tried_under(reads, way("remove", "new")) == ENOTTY);
    CHECK(exists(mounted.place + "/new"));
    CHECK(tried(way("remove", "new")) == 0);
    CHECK(tried(way("remove", "copied")) == 0);
    CHECK_FALSE(exists(mounted.place + "/new"));
  }
}

TEST_CASE("closed: file handles, which know no path", "[escape][landlock]") {
  const World world;
  const Words by_handle{"open-by-handle", world.file, world.tree.path()};
  const int control = tried(by_handle);
  CHECK(world.held(by_handle) == EPERM);
  if (control != 0) return;  // open_by_handle_at(2) wants CAP_DAC_READ_SEARCH
  // Without the profile Landlock looks at where the file lies.
  const std::string no_profile = "[syscalls]\nprofile = none\n[process]\ncapabilities = all\n";
  CHECK(world.held_with(no_profile, {"open-by-handle", world.file, world.granted.path()}) == EACCES);
  CHECK(world.held_with(no_profile, {"open-by-handle", world.granted.file("mine", "mine"), world.granted.path()}) == 0);
}

TEST_CASE("closed: io_uring, whose opens no filter sees", "[escape][landlock]") {
  const World world;
  const Words by_ring{"open-through-ring", world.file};
  const int control = tried(by_ring);
  CHECK(world.held(by_ring) == ENOSYS);
  CHECK(world.held_with("[syscalls]\nprofile = none\n", by_ring) == ENOSYS);
  if (control != 0) return;  // io_uring is not to be had here
  // Where every section leaves it, Landlock asks the same of it as of open(2).
  const std::string open_policy = "metadata = allow\n[network]\naccess = all\n[syscalls]\nprofile = none\n";
  CHECK(world.held_with(open_policy, by_ring) == EACCES);
  CHECK(world.held_with(open_policy, {"open-through-ring", world.granted.file("mine", "mine")}) == 0);
}

TEST_CASE("closed: the memory and the descriptors of processes outside", "[escape][landlock]") {
  const World world;
  const Outsider outsider;
  const std::string lines = "read_write = /proc\n[syscalls]\nprofile = none\n";
  const Words seize{"call", call_number(SYS_ptrace), "0x4206", outsider.pid(), "0", "0"};
  const Words attach{"call", call_number(SYS_ptrace), "16", outsider.pid(), "0", "0"};
  const Words copy{"read-memory", outsider.pid(), secret_address()};
  const Words memory{"open-memory", outsider.pid(), secret_address()};
  const Words descriptor{"pidfd-getfd", outsider.pid(), "0"};
  for (const Words& words : {seize, copy, memory, descriptor}) {
    INFO(words[0] << " " << words[1]);
    CHECK(tried(words) == 0);
    CHECK(world.held_with(lines, words) == (words[0] == "open-memory" ? EACCES : EPERM));
  }
  CHECK(world.held_with(lines, attach) == EPERM);
  CHECK(world.held(memory) == EACCES);
  for (const std::string& name : Words{"/fd/0", "/mem"}) {
    INFO(name);
    CHECK(world.held_with(lines, {"read", "/proc/" + outsider.pid() + name}) == EACCES);
  }
}

TEST_CASE("closed: the memory of the parent", "[escape][landlock]") {
  const World world;
  // The shell is the parent; it stands outside when only its child is held.
  const Start start{{"sh", "-c", built("landshim") + " run -p \"$0\" -- " + built("tests/victim") + " open-memory $$ 0x400000; echo $?", world.granted.file("policy.ini", base_policy() + "read_write = /proc\n")}, {}, {}};
  CHECK(run(start).out == std::to_string(EACCES) + "\n");
}

TEST_CASE("closed: a file that takes the name of a granted one is not granted", "[escape][landlock]") {
  const Tree tree;
  const std::string policy = base_policy() + "read = " + (tree / "file") + "\nmake_reg = " + tree.path() + "\nremove_file = " + tree.path() + "\n";
  CHECK(tried_under(policy, {"read", tree / "file"}) == 0);
  CHECK(tried_under(policy, {"rename-read", tree / "old", tree / "file"}) == EACCES);
  CHECK(contents(tree / "file") == "older");
  CHECK(tried({"read", tree / "file"}) == 0);
}

TEST_CASE("closed: starting anew with an emptied environment", "[escape][landlock]") {
  const World world;
  const Outcome outcome = run_under(world.policy, {{"env", "-i", built("tests/victim-static"), "read", world.file}, {}, {}});
  CHECK(outcome.status == EACCES);
  CHECK(run({{"env", "-i", built("tests/victim-static"), "read", world.file}, {}, {}}).status == 0);
}

TEST_CASE("closed: another policy in the environment of a child widens nothing", "[escape][landlock]") {
  const World world;
  const Scratch policies;
  const std::string wide = policies.file("wide.ini", "[policy]\nmode = full-access\n");
  const Outcome outcome = run_under(world.policy + "read = " + policies.path() + "\n",
                                    {{"env", "LANDSHIM_POLICY=" + wide, "LD_PRELOAD=" + built("liblandshim.so"), built("tests/victim"), "read", world.file}, {}, {}});
  CHECK(outcome.status == EACCES);
}

// --- open, and documented ---

TEST_CASE("open: a forbidden file can be seen, though not read", "[escape][open]") {
  const World world;
  const std::string newfstatat = call_number(SYS_newfstatat);
  CHECK(world.held({"read", world.file}) == EACCES);
  CHECK(world.held({"call", newfstatat, kHere, "=" + world.file, "int:0", "0"}) == 0);
  CHECK(world.held({"call", newfstatat, kHere, "=" + (world.tree / "missing"), "int:0", "0"}) == ENOENT);
  CHECK(world.held({"call", call_number(SYS_faccessat), kHere, "=" + world.file, "4"}) == 0);
  CHECK(world.held({"call", call_number(SYS_readlinkat), kHere, "=" + (world.tree / "link"), "int:0", "64"}) == 0);
  CHECK(world.held({"call", call_number(SYS_chdir), "=" + world.tree.path()}) == 0);
  CHECK(world.held({"call", call_number(SYS_openat), kHere, "=" + world.file, std::to_string(O_PATH)}) == 0);
  CHECK(world.held({"call", call_number(SYS_llistxattr), "=" + world.file, "int:0", "64"}) == 0);
}

TEST_CASE("open: root that keeps all its capabilities, and nobody else, reads the environment and the maps of processes outside where /proc may be read", "[escape][open]") {
  const World world;
  const Outsider outsider;
  for (const char* name : {"/environ", "/maps"}) {
    INFO(name);
    // CAP_PERFMON and CAP_SYS_ADMIN go past Landlock's question here.
    CHECK(world.held_with("read = /proc\n[process]\ncapabilities = all\n", {"read", "/proc/" + outsider.pid() + name}) == (is_root() ? 0 : EACCES));
    CHECK(world.held_with("read = /proc\n", {"read", "/proc/" + outsider.pid() + name}) == EACCES);
    CHECK(world.held({"read", "/proc/" + outsider.pid() + name}) == EACCES);
  }
}

TEST_CASE("open: names made in a forbidden directory are heard through inotify", "[escape][open]") {
  const World world;
  std::atomic<bool> done = false;
  std::thread maker([&] {
    for (int i = 0; !done && i < 1000; ++i) {
      close(open((world.tree / ("made-" + std::to_string(i))).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
      usleep(5000);
    }
  });
  const Outcome outcome = run_under(world.policy, start_victim({"watch-names", world.tree.path()}));
  done = true;
  maker.join();
  CHECK(outcome.status == 0);
  CHECK(outcome.out.rfind("made-", 0) == 0);
  CHECK(world.held({"list", world.tree.path()}) == EACCES);
}

TEST_CASE("open: a file that may only be read runs through the loader", "[escape][open]") {
  const Tree tree;
  std::string loader;
  for (const char* name : {"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"})
    if (exists(name)) loader = name;
  if (loader.empty()) return skip("no loader of the GNU C library here");
  const Scratch programs;
  const std::string program = programs / "program";
  std::filesystem::copy_file(built("tests/victim"), program);
  const std::string policy = base_policy() + "read = " + program + "\n";
  CHECK(tried_under(policy, {"executed", program, "nothing"}) == EACCES);
  CHECK(tried_under(policy, {"executed", loader, program, "nothing"}) == 0);
  // What runs so is held like everything else.
  CHECK(tried_under(policy, {"executed", loader, program, "read", tree / "file"}) == EACCES);
}

TEST_CASE("open: what may be read may be mapped for execution, and be given to an interpreter", "[escape][open]") {
  const World world;
  const std::string script = world.granted.file("script", "echo ran\n");
  CHECK(world.held({"map-executable", world.granted.file("mine", "mine")}) == 0);
  CHECK(world.held({"map-executable", world.file}) == EACCES);
  CHECK(run_under(world.policy, {{"sh", script}, {}, {}}).out == "ran\n");
}

TEST_CASE("open: an inherited descriptor", "[escape][open]") {
  const World world;
  const int fd = open(world.file.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(fd >= 0);
  Start start = start_victim({"call", call_number(SYS_write), std::to_string(fd), "=X", "1"});
  start.keep = {fd};
  CHECK(answer_of(run_under(world.policy, start)) == 0);
  CHECK(contents(world.file) == "Xeep me");
  close(fd);
}

TEST_CASE("open: metadata of forbidden files, as far as metadata = modes leaves it", "[escape][open]") {
  const World world;
  CHECK(world.held({"write", world.file}) == EACCES);
  CHECK(world.held({"chmod", world.file, "0600"}) == 0);
  struct stat info {};
  REQUIRE(stat(world.file.c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0600);
}
