// SPDX-License-Identifier: MIT
// landshim ask: what it answers, how it ends, and that its verdict is the kernel's.
#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>

#include "config/syscalls.h"
#include "shim/closures.h"
#include "shim/filter.h"
#include "tests/live/files.h"
#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

Outcome ask(std::vector<std::string> words, const std::string& input = {}) {
  words.insert(words.begin(), {built("landshim"), "ask"});
  return run({std::move(words), {}, {}, "/", input, 60});
}

void check_wrong(const Outcome& outcome, const std::string& words) {
  INFO("status " << outcome.status << "\nstdout: " << outcome.out << "\nstderr: " << outcome.err);
  CHECK(outcome.status == 2);
  CHECK(one_line(outcome.err, "landshim: "));
  CHECK(outcome.err.find(words) != std::string::npos);
}

// A tree, and a policy beside it.
struct Ground {
  Scratch place;
  Scratch tree;
  std::string policy;

  explicit Ground(const std::string& more = "") {
    tree.directory("open");
    tree.file("open/file", "keep me");
    policy = place.file("policy.ini", "[filesystem]\nread = " + (tree / "open") + "\n" + more);
  }
};

// A name that is bound and waits.
class Listener {
 public:
  explicit Listener(const std::string& path) : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || listen(fd_, 64) != 0) throw std::runtime_error("no socket at " + path);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { close(fd_); }

 private:
  int fd_;
};

}  // namespace

TEST_CASE("landshim ask answers in one line with the line that decides", "[live][ask]") {
  REQUIRE_ABI(4);
  const Ground ground("[network]\nconnect_tcp = 443\n[syscalls]\ngetpid = deny EIO if arg0 == 7\n");
  const std::string file = ground.tree / "open/file";
  const std::string rule = "read = " + (ground.tree / "open");
  const Outcome allowed = ask({ground.policy, "read", file, "connect", "443"});
  CHECK(allowed.status == 0);
  CHECK(allowed.err.empty());
  CHECK(allowed.out == "allowed: read " + file + ", by " + ground.policy + ":2 " + rule + "\nallowed: connect 443, by " + ground.policy + ":4 connect_tcp = 443\n");
  const Outcome denied = ask({ground.policy, "write", file});
  CHECK(denied.status == 1);
  CHECK(denied.err.empty());
  CHECK(denied.out == "denied: write " + file + " (EACCES): nearest rule " + rule + " (" + ground.policy + ":2); to allow: [filesystem] write = " + (ground.tree / "open") + "\n");
  CHECK(ask({ground.policy, "create", ground.tree / "x"}).out == "denied: create " + (ground.tree / "x") + " (EACCES): no rule covers it; to allow: [filesystem] write = " + ground.tree.path() + "\n");
  CHECK(ask({ground.policy, "call", "shmget", "0"}).out == "denied: call shmget 0 (EACCES): [ipc] sysv = deny (a default); to allow: [ipc] sysv = allow\n");
  CHECK(ask({ground.policy, "call", "getpid", "7"}).out == "denied: call getpid 7 (EIO): [syscalls] getpid = deny EIO if arg0 == 7 (" + ground.policy + ":6)\n");
  CHECK(ask({ground.policy, "call", "getpid"}).out.starts_with("allowed: call getpid, but with some arguments denied (EIO): "));
  CHECK(ask({ground.policy, "call", "ioctl", "0", "TIOCSTI"}).status == 1);
  CHECK(ask({ground.policy, "call", "lseek", "0", "-1"}).out == "allowed: call lseek 0 -1; the policy leaves it alone\n");
  CHECK(ask({ground.policy, "connect", "53/udp"}).status == 1);
}

TEST_CASE("landshim ask proposes neither the root, nor a home directory, nor the place of the policy", "[live][ask]") {
  REQUIRE_ABI(1);
  const Ground ground;
  const auto line = [](const Outcome& outcome) { return outcome.out.substr(std::min(outcome.out.find("(EACCES)"), outcome.out.size())); };
  CHECK(line(ask({ground.policy, "list", "/"})) == "(EACCES): no rule covers it\n");
  CHECK(line(ask({ground.policy, "create", "/x"})) == "(EACCES): no rule covers it\n");
  CHECK(line(ask({ground.policy, "list", "/home"})) == "(EACCES): no rule covers it\n");
  CHECK(line(ask({ground.policy, "create", ground.place / "x"})) == "(EACCES): no rule covers it\n");
  CHECK(line(ask({ground.policy, "read", "/dev/null"})) == "(EACCES): no rule covers it; to allow: [filesystem] read = /dev/null\n");
  const std::string home = ground.tree.directory("home");
  ground.tree.file("home/notes", "");
  Start start{{built("landshim"), "ask", ground.policy, "list", home, "read", home + "/notes"}, {{"HOME", home}}, {}};
  const Outcome outcome = run(start);
  CHECK(outcome.out == "denied: list " + home + " (EACCES): no rule covers it\ndenied: read " + home + "/notes (EACCES): no rule covers it; to allow: [filesystem] read = " + home + "/notes\n");
}

TEST_CASE("landshim ask that is asked wrongly ends with 2 and says what is wrong", "[live][ask]") {
  REQUIRE_ABI(1);
  const Ground ground;
  const std::string file = ground.tree / "open/file";
  std::filesystem::create_symlink("nowhere", ground.tree / "dangling");
  std::filesystem::create_symlink("loop", ground.tree / "loop");
  check_wrong(ask({}), "ask: POLICY is missing");
  check_wrong(ask({ground.policy}), "ask: QUESTION is missing");
  check_wrong(ask({ground.policy, "read"}), "read: what to read is missing");
  check_wrong(ask({ground.policy, "raed", file}), "raed: no such question; did you mean 'read'?");
  check_wrong(ask({ground.policy, "frobnicate", file}), "frobnicate: no such question; expected read, write, exec");
  check_wrong(ask({ground.policy, "read", ""}), "read : the path is empty");
  check_wrong(ask({ground.policy, "read", ground.tree / "none"}), "none: there is no such path");
  check_wrong(ask({ground.policy, "read", ground.tree / "dangling"}), "dangling: there is no such path");
  check_wrong(ask({ground.policy, "read", ground.tree / "loop"}), "the links on the way form a loop");
  check_wrong(ask({ground.policy, "read", file + "/x"}), "something on the way is no directory");
  check_wrong(ask({ground.policy, "read", "/" + std::string(5000, 'x')}), "the path is too long");
  check_wrong(ask({ground.policy, "create", ground.tree / std::string(5000, 'x')}), "the path is too long");
  check_wrong(ask({ground.policy, "create", ground.tree / ".."}), "the last name of the path must be that of a file");
  check_wrong(ask({ground.policy, "remove", ground.tree / "none"}), "none: there is no such path");
  check_wrong(ask({ground.policy, "write", ground.tree / "open"}), "this is a directory");
  check_wrong(ask({ground.policy, "list", file}), "this is no directory");
  check_wrong(ask({ground.policy, "unix", file}), "this is no socket");
  check_wrong(ask({ground.policy, "unix", "@"}), "the name of the abstract socket is missing");
  check_wrong(ask({ground.policy, "connect", "65536"}), "expected a port from 0 to 65535");
  check_wrong(ask({ground.policy, "bind", "80/sctp"}), "expected a port");
  check_wrong(ask({ground.policy, "call", "getpidd"}), "getpidd: no such system call; did you mean 'getpid'?");
  check_wrong(ask({ground.policy, "call", "ioctl", "0", "TIOCSTY"}), "TIOCSTY: neither a number nor a constant that landshim knows; did you mean TIOCSTI?");
  check_wrong(ask({ground.policy, "call", "ioctl", "0", "1", "2", "3", "4", "5", "6"}), "six arguments");
  check_wrong(ask({ground.policy, "--from", "/no/such/file"}), "/no/such/file: the questions cannot be read");
  check_wrong(ask({ground.policy, "--from", "-", "read", file}), "cannot be given together");
  check_wrong(ask({ground.policy, "--abi", "11", "read", file}), "--abi");
  const std::string forged = ask({ground.policy, "read", ground.tree / "a\nlandshim: good"}).err;
  CHECK(one_line(forged, "landshim: "));
}

TEST_CASE("landshim ask finds paths as open does: relative, through links and beneath odd names", "[live][ask]") {
  REQUIRE_ABI(1);
  const Ground ground;
  std::filesystem::create_directory_symlink(ground.tree / "open", ground.tree / "link");
  ground.tree.file("open/a file\t#1", "");
  ground.tree.directory("closed");
  ground.tree.file("closed/secret", "");
  std::filesystem::create_symlink("../closed/secret", ground.tree / "open/out");
  CHECK(ask({ground.policy, "read", ground.tree / "link/../open/./file"}).status == 0);
  CHECK(ask({ground.policy, "read", ground.tree / "link/file"}).status == 0);
  CHECK(ask({ground.policy, "read", ground.tree / "open/a file\t#1"}).status == 0);
  CHECK(ask({ground.policy, "read", ground.tree / "open/out"}).status == 1);
  Start start{{built("landshim"), "ask", ground.policy, "read", "file", "list", "."}, {}, {}, ground.tree / "open"};
  CHECK(run(start).status == 0);
  start.command = {built("landshim"), "ask", ground.policy, "list", ".."};
  CHECK(run(start).status == 1);
}

TEST_CASE("landshim ask with a policy that has faults ends with 125 and answers nothing", "[live][ask]") {
  const Scratch scratch;
  const std::string bad = scratch.file("bad.ini", "[filesystem]\nraed = /\nwirte = /\n");
  const Outcome outcome = ask({bad, "read", "/etc/passwd"});
  CHECK(outcome.status == 125);
  CHECK(outcome.out.empty());
  CHECK(lines_of(outcome.err).size() == 2);
  CHECK(outcome.err.find("bad.ini:2: raed: no such key") != std::string::npos);
  CHECK(ask({scratch / "none.ini", "read", "/etc/passwd"}).status == 125);
}

TEST_CASE("landshim ask holds a file of expectations against the policy", "[live][ask]") {
  REQUIRE_ABI(1);
  const Ground ground;
  const std::string open = ground.tree / "open";
  const std::string good = "# what it must do\r\n\n  allow read " + open + "/file  \r\n\tdeny\twrite " + open + "/file\nallow call getpid 1 2\nlist " + open + "\ndeny list /";
  const std::string file = ground.tree.file("good.txt", good);
  const Outcome held = ask({ground.policy, "--from", file});
  CHECK(held.status == 0);
  CHECK(held.err.empty());
  CHECK(held.out.ends_with(ground.policy + ": 4 of 4 expectations hold\n"));
  CHECK(lines_of(held.out).size() == 2);
  CHECK(ask({ground.policy, "--from", "-"}, good).out == held.out);
  const Outcome broken = ask({ground.policy, "--from", ground.tree.file("bad.txt", good + "\nallow write " + open + "/file\n")});
  CHECK(broken.status == 1);
  CHECK(one_line(broken.err, "landshim: " + (ground.tree / "bad.txt") + ":8: expected allow, but denied: write "));
  const Outcome wrong = ask({ground.policy, "--from", "-"}, "raed x\nallow read " + open + "/none\nread " + open + "/file\n");
  CHECK(wrong.status == 2);
  CHECK(lines_of(wrong.err).size() == 2);
  CHECK(wrong.err.starts_with("landshim: standard input:1: raed: no such question"));
  CHECK(wrong.out.starts_with("allowed: read "));
  // Questions alone expect nothing.
  CHECK(ask({ground.policy, "--from", "-"}, "write " + open + "/file\n").status == 0);
  CHECK(ask({ground.policy, "--from", "-"}, "").status == 0);
}

TEST_CASE("landshim ask answers as JSON, and as an older kernel would", "[live][ask]") {
  REQUIRE_ABI(3);
  const Ground ground;
  const std::string file = ground.tree / "open/file";
  const Outcome json = ask({ground.policy, "--json", "--really", "write", file});
  CHECK(json.status == 1);
  for (const char* part : {"\"version\": 1", "\"landlock_abi\": ", "\"where\": ", "\"allowed\": false", "\"answer\": \"EACCES\"", "\"nearest\": true", "\"words\": \"read = ", "\"to_allow\": [", "\"agrees\": true"}) CHECK(json.out.find(part) != std::string::npos);
  CHECK(json.err.empty());
  CHECK(ask({ground.policy, "--abi", "2", "truncate", file}).out.find("for Landlock's TRUNCATE") != std::string::npos);
  CHECK(ask({ground.policy, "--abi", "3", "truncate", file}).out.find("nearest rule read = ") != std::string::npos);
  CHECK(ask({ground.policy, "--abi", "0", "read", file}).status == 125);
}

TEST_CASE("landshim ask says when its standard output cannot be written, and ends with 1", "[live][ask]") {
  REQUIRE_ABI(1);
  const Ground ground;
  for (const char* more : {"", " --json", " --really"})
    for (const char* closed : {" >&-", " >/dev/full"}) {
      const Outcome outcome = run({{"sh", "-c", built("landshim") + " ask " + ground.policy + more + " read " + (ground.tree / "open/file") + closed}, {}, {}});
      CHECK(outcome.status == 1);
      CHECK(outcome.err.find("standard output cannot be written") != std::string::npos);
    }
}

TEST_CASE("landshim ask --really changes nothing and executes no call", "[live][ask]") {
  REQUIRE_ABI(2);
  const Ground ground;
  ground.tree.directory("all/dir");
  ground.tree.file("all/file", "keep me");
  std::filesystem::copy_file(built("tests/victim-static"), ground.tree / "all/program");
  const std::string policy = ground.place.file("all.ini", "[filesystem]\nread_write_exec = " + (ground.tree / "all") + "\n[syscalls]\nprofile = none\n");
  const std::string all = ground.tree / "all";
  ground.tree.file("all/set", "keep me", 06755);
  const std::string before = look(all + "/file") + look(all + "/program") + look(all + "/set");
  std::string questions;
  for (const std::string& one : {"read " + all + "/file", "write " + all + "/file", "truncate " + all + "/file", "truncate " + all + "/set", "remove " + all + "/file", "remove " + all + "/dir", "create " + all + "/new", "create " + all + "/new/",
                                "exec " + all + "/program", std::string("call exit_group 3"), std::string("call kill -1 9"), std::string("call pause 0"), std::string("call close 0")})
    questions += "allow " + one + "\n";
  const Outcome outcome = ask({policy, "--really", "--from", "-"}, questions);
  INFO(outcome.out << outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.out == policy + ": 13 of 13 expectations hold\n");
  CHECK(look(all + "/file") + look(all + "/program") + look(all + "/set") == before);
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(all)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  CHECK(names == std::vector<std::string>{"dir", "file", "program", "set"});
}

TEST_CASE("landshim ask --really tells what is denied without the policy as well, and what it does not try", "[live][ask]") {
  REQUIRE_ABI(1);
  const Ground ground("[syscalls]\ngetpid = kill\ngetppid = trap\nexecveat = deny\ngetuid = trace 1\n");
  std::filesystem::copy_file(built("tests/victim-static"), ground.tree / "open/program");
  ground.tree.file("open/text", "x", 0644);
  const auto says = [&](const std::vector<std::string>& question, const std::string& words) {
    std::vector<std::string> asked{ground.policy, "--really"};
    asked.insert(asked.end(), question.begin(), question.end());
    const Outcome outcome = ask(asked);
    INFO(outcome.out << outcome.err);
    CHECK(outcome.out.find(words) != std::string::npos);
    return outcome.status;
  };
  CHECK(says({"exec", ground.tree / "open/program"}, "(EACCES)") == 1);
  CHECK(says({"call", "getpid", "0"}, "(SIGSYS): [syscalls] getpid = kill (" + ground.policy + ":4); the kernel agrees") == 1);
  CHECK(says({"call", "getppid", "0"}, "the kernel agrees") == 1);
  CHECK(says({"call", "getuid", "0"}, "not tried: a traced call") == 1);
  CHECK(says({"call", "getgid"}, "not tried: it was asked without arguments") == 0);
  CHECK(says({"write", "/dev/tty"}, "not tried: opening a pipe or a device") == 1);
  // The kernel's own check is closed: the program is stopped before it begins.
  const std::string open = ground.place.file("exec.ini", "[filesystem]\nread_exec = " + (ground.tree / "open") + "\n[syscalls]\nexecveat = deny\n");
  CHECK(ask({open, "--really", "exec", ground.tree / "open/program"}).out.ends_with("; the kernel agrees\n"));
  const Outcome mode = ask({open, "--really", "exec", ground.tree / "open/text"});
  CHECK(mode.status == 1);
  CHECK(mode.out.ends_with("; without the policy the kernel denies it too (EACCES)\n"));
}

TEST_CASE("a program under the policy gets the errors that landshim ask tells", "[live][ask]") {
  REQUIRE_ABI(3);
  const Tree tree;
  const PolicyPlace place;
  const std::string policy = base_policy() + "read = " + tree.path() + "\nwrite_file = " + (tree / "dir") + "\n[network]\naccess = none\n";
  place.run_victim(policy);
  const struct {
    Words question;
    Words victim;
    int error;
  } kCases[] = {
      {{"read", "@/file"}, {"read", "@/file"}, 0},        {{"list", "@/dir"}, {"list", "@/dir"}, 0},       {{"truncate", "@/file"}, {"truncate", "@/file"}, EACCES},
      {{"create", "@/new"}, {"create", "@/new"}, EACCES}, {{"create", "@/new/"}, {"mkdir", "@/new"}, EACCES}, {{"remove", "@/file"}, {"unlink", "@/file"}, EACCES},
  };
  for (const auto& one : kCases) {
    Words asked = tree.here(one.question);
    asked.insert(asked.begin(), {place.policy(), "--really"});
    const Outcome outcome = ask(asked);
    INFO(outcome.out << outcome.err);
    CHECK(outcome.status == (one.error == 0 ? 0 : 1));
    CHECK((outcome.out.find("(EACCES)") != outcome.out.npos) == (one.error == EACCES));
    CHECK(outcome.out.ends_with("; the kernel agrees\n"));
    CHECK(answer_of(place.run_victim(policy, tree.here(one.victim))) == one.error);
    // The control: without the policy it works.
    CHECK(tried(Tree().here(one.victim)) == 0);
  }
}

// --- the verdict and the kernel, on random worlds ---

namespace {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : source_(seed) {}
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(source_() % count); }
  bool one_in(std::size_t count) { return below(count) == 0; }
  template <class List>
  std::string of(const List& list) {
    return std::string(*(std::begin(list) + static_cast<std::ptrdiff_t>(below(std::size(list)))));
  }

 private:
  std::mt19937_64 source_;
};

struct RandomTree {
  Scratch scratch;
  std::vector<std::string> directories;
  std::vector<std::string> files;
  std::vector<std::string> sockets;
  std::vector<std::unique_ptr<Listener>> listeners;
  std::string mounts;      // shell commands, where the runner may mount

  explicit RandomTree(Chance& chance) {
    directories = {scratch.path()};
    for (int i = 0; i < 14; ++i) {
      const std::string path = chance.of(directories) + "/d" + std::to_string(i);
      std::filesystem::create_directory(path);
      directories.push_back(path);
    }
    for (int i = 0; i < 20; ++i) {
      const std::string name = inside(chance) + "/f" + std::to_string(i);
      files.push_back(scratch.file(name.substr(scratch.path().size() + 1), "text"));
    }
    for (int i = 0; i < 4; ++i) add_program(inside(chance) + "/p" + std::to_string(i), i % 2 == 1);
    for (int i = 0; i < 5; ++i) {
      const std::string link = inside(chance) + "/h" + std::to_string(i);
      std::filesystem::create_hard_link(files[chance.below(20)], link);
      files.push_back(link);
    }
    for (int i = 0; i < 8; ++i) {
      const std::string link = inside(chance) + "/l" + std::to_string(i);
      const bool to_file = i % 2 == 0;
      std::filesystem::create_symlink(to_file ? files[chance.below(20)] : inside(chance), link);
      (to_file ? files : directories).push_back(link);
    }
    for (int i = 0; i < 3; ++i) {
      sockets.push_back(inside(chance) + "/s" + std::to_string(i));
      listeners.push_back(std::make_unique<Listener>(sockets.back()));
    }
    if (is_root()) mount(chance);
  }

  // The command, where the mounts are.
  Outcome landshim(const std::string& words, const std::string& input) const {
    std::vector<std::string> command{"sh", "-c", mounts + "exec " + built("landshim") + " " + words};
    if (!mounts.empty()) command.insert(command.begin(), {"unshare", "-m"});
    return run({std::move(command), {}, {}, "/", input, 60});
  }

  std::string inside(Chance& chance) { return directories[1 + chance.below(14)]; }

  std::string snapshot_of_files() const {
    std::string out;
    for (const std::string& file : files) out += look(std::filesystem::canonical(file).string());
    return out;
  }

 private:
  void add_program(const std::string& path, bool script) {
    const std::string name = path.substr(scratch.path().size() + 1);
    if (script) scratch.file(name, "#!" + files.back() + "\n", 0755);
    else std::filesystem::copy_file(built("tests/victim-static"), path);
    files.push_back(path);
  }

  void mount(Chance& chance) {
    const std::string over = scratch.directory("over");
    const std::string beneath = scratch.directory("beneath/again");
    const std::string onto = scratch.file("onto", "");
    mounts = "mount -t tmpfs none " + over + " && mkdir " + over + "/d && : >" + over + "/d/f && mount --bind " + inside(chance) + " " + over + "/d && ";
    mounts += "mount --bind " + scratch.path() + "/beneath " + beneath + " && mount --bind " + files[0] + " " + onto + " && ";
    directories.insert(directories.end(), {over, over + "/d", beneath, scratch / "beneath"});
    files.push_back(onto);
  }
};

const char* const kDirectoryKeys[] = {"read", "write", "read_exec", "read_write", "read_write_exec", "read_file", "read_dir", "make_reg", "make_dir", "remove_file", "remove_dir", "write_file", "execute", "truncate"};
const char* const kFileKeys[] = {"read", "write", "read_exec", "read_write", "read_file", "write_file", "execute"};
const char* const kPorts[] = {"0", "1", "80", "443", "8080", "65535"};
const std::vector<const char*> kDenials = {"deny", "deny ENOSYS", "deny EIO", "kill", "trap"};
const std::vector<const char*> kActions = {"deny", "deny ENOSYS", "deny EIO", "log", "kill", "trap", "allow"};
const char* const kValues[] = {"0", "1", "2", "0x80000", "AF_UNIX", "AF_INET", "AF_NETLINK", "SOCK_STREAM", "TIOCSTI", "4096"};
const char* const kArguments[] = {"0", "1", "2", "0x80000", "AF_UNIX", "AF_INET", "AF_NETLINK", "SOCK_STREAM", "TIOCSTI", "4096", "0x100000001", "-1"};

std::string random_policy(Chance& chance, const RandomTree& tree, int abi, bool namespaces) {
  std::string out = "[filesystem]\n";
  if (chance.one_in(12)) out += "access = all\n";
  else if (!chance.one_in(4)) out += "read_exec = /lib, -/lib64, /usr/lib\n";
  for (std::size_t i = out.ends_with("all\n") ? 0 : chance.below(9) + 1; i > 0; --i) {
    if (chance.one_in(3)) out += chance.of(kFileKeys) + " = " + chance.of(tree.files) + "\n";
    else {
      std::string key = chance.of(kDirectoryKeys);
      if (key == "truncate" && abi < 3) key = "read";
      out += key + " = " + chance.of(tree.directories) + "\n";
    }
  }
  if (chance.one_in(2)) out += std::string("metadata = ") + (chance.one_in(3) ? "deny" : chance.one_in(2) ? "modes" : "allow") + "\n";
  out += "[network]\n";
  const std::size_t kind = chance.below(4);
  if (kind == 0) out += "access = none\n";
  if (kind == 1) out += "access = all\n";
  if (kind >= 2 && abi >= 4) {
    out += "connect_tcp = 443, 79-81\n";
    if (chance.one_in(2)) out += "bind_tcp = " + (chance.one_in(4) ? "*" : chance.of(kPorts)) + "\n";
  } else if (kind >= 2) {
    out += "access = rules\n";
  }
  if (kind >= 2 && chance.one_in(2)) out += "udp = allow\n";
  if (chance.one_in(3)) out += std::string("unix = ") + (chance.one_in(2) ? "deny" : "allow") + "\n";
  if (chance.one_in(3)) out += "[ipc]\nabstract_unix = allow\n";
  out += "[ipc]\n";
  for (const char* key : {"sysv", "mqueue", "keyring", "scheduling"})
    if (chance.one_in(3)) out += std::string(key) + " = " + (chance.one_in(2) ? "allow" : "deny") + "\n";
  if (chance.one_in(5)) out += "[process]\nmemfd = noexec\nwrite_execute = deny\n";
  out += "[syscalls]\n";
  if (chance.one_in(4)) out += std::string("profile = ") + (chance.one_in(2) ? "strict" : "none") + "\n";
  for (const std::string& call : std::vector<std::string>{"getpid", "lseek", "fcntl", "personality", "dup3", "socketpair", "truncate", "unlinkat", "mkdirat"})
    if (chance.one_in(6)) out += call + " = " + chance.of(call == "truncate" ? kDenials : kActions) + (chance.one_in(2) ? std::string(" if arg") + (chance.one_in(2) ? "0" : "2") + " == " + chance.of(kValues) : "") + "\n";
  if (namespaces) out += "[namespaces]\nmount = yes\n" + std::string(chance.one_in(2) ? "network = yes\n" : "") + (chance.one_in(2) ? "pid = yes\n" : "");
  return out;
}

// A call that a row of the table closes, or one bit beside it.
std::string random_closed_call(Chance& chance) {
  const auto rows = landshim::closure_rows();
  const landshim::ClosureRow* row = nullptr;
  do row = &rows[chance.below(rows.size())];
  while (!landshim::native_has(row->call));
  std::uint64_t arguments[6] = {};
  for (int i = 0; i < row->tests; ++i) {
    const landshim::Test& test = row->all_of[i];
    std::uint64_t& argument = arguments[test.arg];
    argument |= test.value;
    if (test.op == landshim::Compare::kAnyBit) argument |= test.mask & -test.mask;
    if (test.op == landshim::Compare::kNotEqual) argument ^= 1;
    if (chance.one_in(4)) argument ^= std::uint64_t{1} << chance.below(64);
  }
  std::string out = "call " + std::string(row->call);
  for (const std::uint64_t argument : arguments) out += " " + std::to_string(argument);
  return out;
}

std::string random_question(Chance& chance, const RandomTree& tree, const std::vector<std::string>& calls) {
  static const char* const kOnFile[] = {"read", "write", "truncate", "remove"};
  switch (chance.below(14)) {
    case 0:
    case 1:
    case 2: return chance.of(kOnFile) + " " + chance.of(tree.files);
    case 3: return "exec " + (chance.one_in(6) ? "/bin/true" : chance.of(tree.files));
    case 4: return "create " + chance.of(tree.directories) + "/new" + (chance.one_in(2) ? "/" : "");
    case 5: return "list " + chance.of(tree.directories);
    case 6: return "remove " + tree.directories[1 + chance.below(14)];
    case 7: return "connect " + chance.of(kPorts) + (chance.one_in(4) ? "/udp" : "");
    case 8: return "bind " + chance.of(kPorts) + (chance.one_in(4) ? "/udp" : "");
    case 9:
    case 10: return random_closed_call(chance);
    case 11: return "unix " + (chance.one_in(3) ? "@landshim-test-" + std::to_string(getpid()) : chance.of(tree.sockets));
    default: {
      std::string out = "call " + chance.of(calls);
      for (std::size_t i = chance.below(4) + 1; i > 0; --i) out += " " + chance.of(kArguments);
      return out;
    }
  }
}

std::vector<std::string> native_calls() {
  std::vector<std::string> out;
  for (const landshim::SyscallName& call : landshim::all_syscalls())
    if (landshim::native_has(call.name)) out.emplace_back(call.name);
  return out;
}

}  // namespace

TEST_CASE("the verdict is the kernel's answer for 10,000 random questions", "[live][ask]") {
  REQUIRE_ABI(1);
  const char* given = std::getenv("LANDSHIM_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 20'261'122;
  Chance chance(seed);
  const std::vector<std::string> calls = native_calls();
  const int highest = std::min(kernel_abi(), 10);
  const bool may_mount = is_root() || run({{"unshare", "-Urm", "true"}, {}, {}}).status == 0;
  int agreed = 0;
  int questions = 0;
  for (int world = 0; agreed < 10'000 && world < 200; ++world) {
    const Scratch place;
    RandomTree tree(chance);
    const std::string before = tree.snapshot_of_files();
    for (int i = 0; i < 5; ++i) {
      const int abi = 1 + static_cast<int>(chance.below(static_cast<std::size_t>(highest)));
      const std::string policy = random_policy(chance, tree, abi, may_mount && chance.one_in(5));
      std::string asked;
      constexpr int kBatch = 220;
      for (int n = 0; n < kBatch; ++n) asked += random_question(chance, tree, calls) + "\n";
      const std::string file = place.file("p.ini", policy);
      const Outcome outcome = tree.landshim("ask " + file + " --really --abi " + std::to_string(abi) + " --from -", asked);
      INFO("LANDSHIM_SEED=" << seed << ", world " << world << ", ABI " << abi << "\n" << policy << outcome.err);
      // Who refuses to start answers nothing.
      if (outcome.status == 125 && outcome.out.empty() && outcome.err.find("can turn the link") != std::string::npos) {
        const Outcome started = abi == highest ? tree.landshim("run -p " + file + " -- true", "") : outcome;
        CHECK(started.status == 125);
        CHECK(outcome.err.find(started.err) != std::string::npos);
        continue;
      }
      REQUIRE(outcome.status == 0);
      const std::vector<std::string> answers = lines_of(outcome.out);
      REQUIRE(answers.size() == kBatch);
      std::string wrong;
      for (const std::string& answer : answers) {
        ++questions;
        if (answer.ends_with("; the kernel agrees")) ++agreed;
        else if (answer.find("; not tried: ") == answer.npos && answer.find("; without the policy the kernel denies it too (") == answer.npos) wrong += answer + "\n";
      }
      CHECK(wrong == "");
    }
    CHECK(tree.snapshot_of_files() == before);
  }
  INFO(agreed << " of " << questions);
  CHECK(agreed >= 10'000);
}
