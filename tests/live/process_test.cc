// SPDX-License-Identifier: MIT
// [process]: what a program keeps of what it was started with, by each door, as root and as an ordinary user.
#include <catch2/catch.hpp>

#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/shm.h>

#include <cerrno>
#include <csignal>

#include "tests/live/files.h"
#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

struct Door {
  const char* name;
  Outcome (*start)(const std::string& policy, Start start);
};
const Door kPreload{"preload", run_under};
const Door kCommand{"landshim run", run_by_command};

std::string process(const std::string& lines) { return base_policy() + "read = /proc\n[process]\n" + lines; }

Start perl(const std::string& code, std::vector<std::string> arguments = {}) {
  Start start{{"/usr/bin/perl", "-e", code}, {}, {}};
  start.command.insert(start.command.end(), arguments.begin(), arguments.end());
  return start;
}

Start as_nobody(Start start) {
  start.as_nobody = is_root();
  return start;
}

// "landshim: FILE:LINE: what" without the directory of the file.
std::string refusal_of(const Outcome& outcome) {
  INFO("status " << outcome.status << "\nstdout: " << outcome.out << "\nstderr: " << outcome.err);
  CHECK(outcome.status == 125);
  CHECK(outcome.out.empty());
  CHECK(one_line(outcome.err, "landshim: "));
  const std::size_t at = outcome.err.find("policy.ini");
  return at == std::string::npos ? outcome.err : outcome.err.substr(at);
}

std::string field(const std::string& status, const std::string& name) {
  for (const std::string& line : lines_of(status))
    if (line.starts_with(name + ":")) return line.substr(line.find_first_not_of(" \t", name.size() + 1) == std::string::npos ? line.size() : line.find_first_not_of(" \t", name.size() + 1));
  return "missing";
}

const Start kStatus{{"/bin/cat", "/proc/self/status"}, {}, {}};
const Start kStatusOfChild{{"/bin/sh", "-c", "cat /proc/self/status; :"}, {}, {}};

struct Sets {
  std::uint64_t inheritable, permitted, effective, bounding, ambient;
  bool operator==(const Sets&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Sets& sets) {
  return out << std::hex << sets.inheritable << ' ' << sets.permitted << ' ' << sets.effective << ' ' << sets.bounding << ' ' << sets.ambient << std::dec;
}

Sets sets_of(const Outcome& outcome) {
  INFO(outcome.err);
  CHECK(outcome.status == 0);
  const auto set = [&](const char* name) { return static_cast<std::uint64_t>(std::stoull("0x0" + field(outcome.out, name), nullptr, 16)); };
  return {set("CapInh"), set("CapPrm"), set("CapEff"), set("CapBnd"), set("CapAmb")};
}

constexpr std::uint64_t bit(int capability) { return std::uint64_t{1} << capability; }
constexpr std::uint64_t kOrdinary = bit(CAP_CHOWN) | bit(CAP_DAC_OVERRIDE) | bit(CAP_FOWNER) | bit(CAP_FSETID) | bit(CAP_KILL) | bit(CAP_SETGID) | bit(CAP_SETUID) | bit(CAP_SETPCAP) |
                                    bit(CAP_NET_BIND_SERVICE) | bit(CAP_SETFCAP);

#define REQUIRE_ROOT()                  \
  if (!is_root()) {                     \
    landshim::tests::skip("needs root"); \
    return;                             \
  }                                     \
  static_assert(true, "a semicolon follows")

// The answer of one raw call, as errno, and what comes before it: perl code that may use the results of calls.
// $x is a name of one byte, $e an empty one, $g a list of one group.
std::string call(long number, const std::string& arguments) { return "$x = 'x'; $e = ''; $g = pack 'L', 0; $r = syscall(" + std::to_string(number) + ", " + arguments + "); print $r < 0 ? $! + 0 : 0, qq{\\n};"; }

std::string number(int value) { return std::to_string(value) + "\n"; }

std::string said(const Outcome& outcome) {
  INFO("status " << outcome.status << " signal " << outcome.signal << "\nstderr: " << outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  return outcome.out;
}

}  // namespace

TEST_CASE("root keeps the ordinary capabilities and loses the others from all five sets, its children too", "[live][root][process][capabilities]") {
  REQUIRE_ROOT();
  const Sets before = sets_of(run(kStatus));
  REQUIRE((before.permitted & kOrdinary) == kOrdinary);
  REQUIRE(before.permitted != kOrdinary);
  for (const Door& door : {kPreload, kCommand}) {
    INFO(door.name);
    for (const Start& start : {kStatus, kStatusOfChild}) CHECK(sets_of(door.start(process("umask = 022\n"), start)) == Sets{0, kOrdinary, kOrdinary, kOrdinary, 0});
  }
}

TEST_CASE("what the lost capabilities did is done no more", "[live][root][process][capabilities]") {
  REQUIRE_ROOT();
  const Scratch scratch;
  const std::string mknod = call_number(SYS_mknodat);
  const auto make = [&](const std::string& name) { return Words{"call", mknod, std::to_string(AT_FDCWD), "=" + scratch / name, std::to_string(S_IFCHR | 0600), "0x103"}; };
  const std::string policy = base_policy() + "read_write = " + scratch.path() + "\nmake_char = " + scratch.path() + "\n";
  CHECK(tried(make("control")) == 0);
  CHECK(tried_under(policy + "[process]\ncapabilities = all\n", make("all")) == 0);
  CHECK(tried_under(policy + "[process]\ncapabilities = mknod\n", make("kept")) == 0);
  CHECK(tried_under(policy, make("default")) == EPERM);
  CHECK_FALSE(exists(scratch / "default"));
  CHECK(exists(scratch / "kept"));
  // Of the ordinary ones: not even root's own files of others.
  const std::string theirs = scratch.file("theirs", "x", 0600);
  REQUIRE(chown(theirs.c_str(), 1234, 1234) == 0);
  CHECK(tried_under(reading(scratch.path()), {"read", theirs}) == 0);
  CHECK(tried_under(reading(scratch.path()) + "[process]\ncapabilities = none\n", {"read", theirs}) == EACCES);
}

TEST_CASE("capabilities are kept as they are listed", "[live][root][process][capabilities]") {
  REQUIRE_ROOT();
  const Sets before = sets_of(run(kStatus));
  const std::uint64_t listed = bit(CAP_SYS_PTRACE) | bit(CAP_KILL);
  for (const Door& door : {kPreload, kCommand}) {
    INFO(door.name);
    CHECK(sets_of(door.start(process("capabilities = none\n"), kStatus)) == Sets{0, 0, 0, 0, 0});
    CHECK(sets_of(door.start(process("capabilities = CAP_SYS_PTRACE, kill\n"), kStatus)) == Sets{0, listed, listed, listed, 0});
    CHECK(sets_of(door.start(process("capabilities = all\n"), kStatus)) == before);
  }
}

TEST_CASE("an ordinary user has no capability and needs no line for it", "[live][process][capabilities]") {
  const Sets before = sets_of(run(as_nobody(kStatus)));
  CHECK(before.permitted == 0);
  for (const Door& door : {kPreload, kCommand})
    for (const char* line : {"umask = 022\n", "capabilities = none\n", "capabilities = all\n"}) {
      INFO(door.name << ": " << line);
      CHECK(sets_of(door.start(process(line), as_nobody(kStatus))) == before);
    }
}

TEST_CASE("a capability that the user lacks is refused with its line", "[live][process][capabilities]") {
  for (const Door& door : {kPreload, kCommand}) {
    INFO(door.name);
    CHECK(refusal_of(door.start("[process]\ncapabilities = chown\n" + base_policy(), as_nobody(kStatus))) == "policy.ini:2: capabilities = chown: this start does not have it; start landshim with it, or remove it\n");
  }
}

TEST_CASE("user, group and groups are changed for good", "[live][root][process][user]") {
  REQUIRE_ROOT();
  const std::string back = call(SYS_setresuid, "0, 0, 0") + call(SYS_setresgid, "0, 0, 0") + call(SYS_setgroups, "1, $g") + call(SYS_setresuid, "65534, 65534, 65534");
  REQUIRE(said(run(perl(back))) == "0\n0\n0\n0\n");
  for (const Door& door : {kPreload, kCommand}) {
    INFO(door.name);
    const Outcome named = door.start(process("user = nobody\n"), kStatus);
    CHECK(field(named.out, "Uid") == "65534\t65534\t65534\t65534");
    CHECK(field(named.out, "Gid") == "65534\t65534\t65534\t65534");
    CHECK(field(named.out, "Groups").find_first_of("0123456789") == std::string::npos);
    CHECK(sets_of(named) == Sets{0, 0, 0, 0, 0});
    const Outcome numbered = door.start(process("user = 4242\ngroup = 4343\ngroups = 7, daemon\n"), kStatus);
    CHECK(field(numbered.out, "Uid") == "4242\t4242\t4242\t4242");
    CHECK(field(numbered.out, "Gid") == "4343\t4343\t4343\t4343");
    CHECK(field(numbered.out, "Groups").substr(0, 3) == "1 7");
    CHECK(said(door.start(process("user = nobody\n"), perl(back))) == "1\n1\n1\n0\n");
    const Outcome group = door.start(process("group = 4343\n"), kStatus);
    CHECK(field(group.out, "Uid") == "0\t0\t0\t0");
    CHECK(field(group.out, "Gid") == "4343\t4343\t4343\t4343");
    CHECK(sets_of(group).permitted == kOrdinary);
  }
}

TEST_CASE("the new user reaches what it may, and root's files no more", "[live][root][process][user]") {
  REQUIRE_ROOT();
  const Scratch scratch;
  const std::string mine = scratch.file("mine", "x", 0600);
  const std::string policy = reading(scratch.path()) + "[process]\nuser = nobody\n";
  CHECK(tried_under(reading(scratch.path()), {"read", mine}) == 0);
  CHECK(tried_under(policy, {"read", mine}) == EACCES);
  CHECK(tried_under(policy, {"read", scratch.file("theirs", "x", 0644)}) == 0);
}

TEST_CASE("capabilities that are written survive the change of user, for children too", "[live][root][process][user][capabilities]") {
  REQUIRE_ROOT();
  constexpr std::uint64_t kKept = bit(CAP_NET_BIND_SERVICE);
  for (const Door& door : {kPreload, kCommand})
    for (const Start& start : {kStatus, kStatusOfChild}) {
      INFO(door.name << ": " << start.command[0]);
      const Outcome outcome = door.start(process("user = nobody\ncapabilities = net_bind_service\n"), start);
      CHECK(field(outcome.out, "Uid") == "65534\t65534\t65534\t65534");
      CHECK(sets_of(outcome) == Sets{kKept, kKept, kKept, kKept, kKept});
    }
}

TEST_CASE("a change of user that cannot be is refused with its line", "[live][process][user]") {
  const std::string unprivileged = "changing user or groups needs a privileged start (CAP_SETUID, CAP_SETGID); start landshim as root, or remove the line\n";
  for (const Door& door : {kPreload, kCommand}) {
    INFO(door.name);
    CHECK(refusal_of(door.start("[process]\nuser = root\n" + base_policy(), as_nobody(kStatus))) == "policy.ini:2: " + unprivileged);
    CHECK(refusal_of(door.start("[process]\numask = 0\ngroup = 7\n" + base_policy(), as_nobody(kStatus))) == "policy.ini:3: " + unprivileged);
    CHECK(refusal_of(door.start("[process]\ngroups = 7\n" + base_policy(), as_nobody(kStatus))) == "policy.ini:2: " + unprivileged);
    CHECK(refusal_of(door.start("[process]\nuser = no-such-user\n" + base_policy(), kStatus)) == "policy.ini:2: user = no-such-user: no such user in /etc/passwd; name it by number\n");
    CHECK(refusal_of(door.start("[process]\ngroups = 7, no-such-group\n" + base_policy(), kStatus)) == "policy.ini:2: groups = no-such-group: no such group in /etc/group; name it by number\n");
    if (is_root())
      CHECK(refusal_of(door.start("[process]\nuser = nobody\n[namespaces]\nuser = yes\n" + base_policy(), kStatus)) == "policy.ini:2: a user namespace has one user only; remove user and groups here, or user = yes in [namespaces]\n");
  }
}

TEST_CASE("user leaves no group and no id of another, also where the effective user is right already", "[live][root][process][user]") {
  REQUIRE_ROOT();
  const Scratch place;
  const std::string policy = place.file("policy.ini", process("user = nobody\n"));
  // Started with the effective user there, and as `ids` say.
  const auto started = [&](const std::string& ids, const std::string& command) { return run({{"/bin/sh", "-c", "exec setpriv " + ids + " " + command + " cat /proc/self/status"}, {}, {}}); };
  const std::string by_command = built("landshim") + " run -p " + policy + " --";
  const std::string by_preload = "env LD_PRELOAD=" + shim() + " LANDSHIM_POLICY=" + policy;
  const std::string privileges = " --inh-caps +setgid,+setuid --ambient-caps +setgid,+setuid";
  for (const std::string& door : {by_command, by_preload}) {
    INFO(door);
    // As it should be: with nobody's group in the list too, which logins add.
    for (const char* groups : {"--clear-groups", "--groups 65534"}) CHECK(field(started(std::string("--reuid 65534 --regid 65534 ") + groups, door).out, "Uid") == "65534\t65534\t65534\t65534");
    for (const char* ids : {"--reuid 65534 --regid 0 --clear-groups", "--reuid 65534 --regid 65534 --groups 0,4"}) {
      INFO(ids);
      const Outcome control = started(ids, "");
      CHECK((field(control.out, "Gid") != "65534\t65534\t65534\t65534" || field(control.out, "Groups").starts_with("0 4")));
      CHECK(refusal_of(started(ids, door)).find("changing user or groups needs a privileged start") != std::string::npos);
      const Outcome changed = started(ids + privileges, door);
      INFO(changed.err);
      CHECK(field(changed.out, "Uid") == "65534\t65534\t65534\t65534");
      CHECK(field(changed.out, "Gid") == "65534\t65534\t65534\t65534");
      CHECK(field(changed.out, "Groups").find_first_of("0123456789") == std::string::npos);
      CHECK(sets_of(changed).permitted == 0);
    }
  }
}

TEST_CASE("user leaves no real user of another", "[live][root][process][user]") {
  REQUIRE_ROOT();
  // Such a start counts as privileged for the loader: the policy lies where an administrator would put it.
  const Scratch place;
  const std::string policy = place.file("mixed.ini", process("user = nobody\n"));
  const std::string code = "print qq{$< $>\\n}; " + call(SYS_setresuid, "-1, 0, -1");
  const auto started = [&](const std::string& door) {
    Start start{{"/usr/bin/unshare", "-m", "/bin/sh", "-c",
                 "mount -t tmpfs none \"$PREFIX\"/share && mkdir -p \"$PREFIX\"/share/landshim/profiles && cp " + policy + " \"$PREFIX\"/share/landshim/profiles && exec setpriv --euid 65534 " + door + " perl -e \"$CODE\""}, {}, {}};
    start.environment = {{"CODE", code}, {"PREFIX", LANDSHIM_PREFIX}, {"HOME", "/nonexistent"}};
    start.unset = {"XDG_CONFIG_HOME"};
    return run(start);
  };
  if (!std::filesystem::is_directory(LANDSHIM_PREFIX "/share")) return skip("needs " LANDSHIM_PREFIX "/share");
  CHECK(said(started("")) == "0 65534\n0\n");
  CHECK(said(started(built("landshim") + " run -p mixed --")) == "65534 65534\n" + number(EPERM));
}

TEST_CASE("inherited descriptors are closed but those that are kept", "[live][process][descriptors]") {
  const Scratch scratch;
  std::vector<int> fds;
  for (int i = 0; i < 5; ++i) {
    const int plain = open(scratch.file("file" + std::to_string(i), "contents" + std::to_string(i)).c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(plain >= 0);
    fds.push_back(fcntl(plain, F_DUPFD_CLOEXEC, 60 + i));
    close(plain);
  }
  REQUIRE(fds == std::vector<int>{60, 61, 62, 63, 64});
  Start start = perl("use POSIX; for my $fd (60 .. 64) { my $b = ''; my $n = POSIX::read($fd, $b, 9); print defined $n ? $b : $! + 0, qq{\\n}; }");
  start.keep = fds;
  const auto rewind = [&] {
    for (const int fd : fds) lseek(fd, 0, SEEK_SET);
  };
  const std::string bad = std::to_string(EBADF) + "\n";
  CHECK(said(run(start)) == "contents0\ncontents1\ncontents2\ncontents3\ncontents4\n");
  for (const Door& door : {kPreload, kCommand}) {
    INFO(door.name);
    rewind();
    CHECK(said(door.start(process("inherit_fds = 0-2\n"), start)) == bad + bad + bad + bad + bad);
    CHECK(said(door.start(process("inherit_fds = 61-63, 0-2\n"), start)) == bad + "contents1\ncontents2\ncontents3\n" + bad);
    rewind();
    CHECK(said(door.start(process("inherit_fds = 0, 1, 2, 64\n"), start)) == bad + bad + bad + bad + "contents4\n");
    rewind();
    CHECK(said(door.start(process("inherit_fds = all\n"), start)) == "contents0\ncontents1\ncontents2\ncontents3\ncontents4\n");
    rewind();
    CHECK(said(door.start(process("umask = 022\n"), start)) == "contents0\ncontents1\ncontents2\ncontents3\ncontents4\n");
  }
  // What the program opens itself, and gives to its children, is its own affair.
  CHECK(said(run_under(process("inherit_fds = 0-2\n") + "[filesystem]\nread = " + scratch.path() + "\n", {{"/bin/sh", "-c", "exec 7<" + scratch / "file0" + "; cat <&7"}, {}, {}})) == "contents0");
  for (const int fd : fds) close(fd);
}

TEST_CASE("standard output can be closed like any other descriptor", "[live][process][descriptors]") {
  const Start start{{"/bin/sh", "-c", "echo said || exit 7"}, {}, {}};
  CHECK(said(run(start)) == "said\n");
  const Outcome outcome = run_under(process("inherit_fds = 0, 2\n"), start);
  CHECK(outcome.status == 7);
  CHECK(outcome.out.empty());
}

TEST_CASE("files in memory are allowed, sealed against execution, or denied", "[live][process][memfd]") {
  // Flags: none, MFD_CLOEXEC, MFD_EXEC, MFD_NOEXEC_SEAL and that with MFD_CLOEXEC.
  std::string code;
  for (const char* flags : {"0", "1", "0x10", "8", "9"}) code += call(SYS_memfd_create, std::string("$x, ") + flags);
  const std::string no = std::to_string(EACCES) + "\n";
  if (said(run(perl(code))) != "0\n0\n0\n0\n0\n") return skip("needs MFD_NOEXEC_SEAL, Linux 6.3");
  for (const Door& door : {kPreload, kCommand}) {
    INFO(door.name);
    CHECK(said(door.start(process("memfd = allow\n"), perl(code))) == "0\n0\n0\n0\n0\n");
    CHECK(said(door.start(process("memfd = noexec\n"), perl(code))) == no + no + no + "0\n0\n");
    CHECK(said(door.start(process("memfd = deny\n"), perl(code))) == no + no + no + no + no);
  }
}

TEST_CASE("a file in memory runs, unless it is sealed against it for good", "[live][process][memfd]") {
  // Copies a static program into memory, gives it back its execute bits, and becomes it.
  const auto code = [](const char* flags) {
    return "use POSIX; my $x = 'x'; my $fd = syscall(" + std::to_string(SYS_memfd_create) + ", $x, " + flags +
           "); die 'memfd' if $fd < 0; open my $in, '<', $ARGV[0] or die; binmode $in; local $/; my $all = <$in>; POSIX::write($fd, $all, length $all) == length $all or die 'write';"
           "my $mode = (stat qq{/proc/self/fd/$fd})[2]; print $mode & 0111 ? 'executable' : 'plain', qq{\\n}; $| = 1; print qq{};"
           "my $r = syscall(" + std::to_string(SYS_fchmod) + ", $fd, 0755); print $r < 0 ? $! + 0 : 0, qq{\\n}; exec {qq{/proc/self/fd/$fd}} 'victim', 'nothing'; print $! + 0, qq{\\n};";
  };
  const std::string program = built("tests/victim-static");
  if (run(perl("$x = 'x'; exit(syscall(" + std::to_string(SYS_memfd_create) + ", $x, 8) < 0)")).status != 0) return skip("needs MFD_NOEXEC_SEAL, Linux 6.3");
  const std::string policy = process("memfd = noexec\n[filesystem]\nmetadata = allow\n");
  CHECK(said(run(perl(code("0"), {program}))) == "executable\n0\n");
  CHECK(said(run_under(process("memfd = allow\n[filesystem]\nmetadata = allow\n"), perl(code("0"), {program}))) == "executable\n0\n");
  CHECK(said(run_under(policy, perl(code("8"), {program}))) == "plain\n" + std::to_string(EPERM) + "\n" + std::to_string(EACCES) + "\n");
}

TEST_CASE("memory cannot be writable and executable, neither at once nor later", "[live][process][memory]") {
  const std::string map = std::to_string(SYS_mmap);
  const auto mapped = [&](const char* protection) { return "my $m = syscall(" + map + ", 0, 4096, " + protection + ", 0x22, -1, 0); die 'mmap' if $m < 0;"; };
  const std::vector<std::string> attempts = {
      call(SYS_mmap, "0, 4096, 7, 0x22, -1, 0"),
      call(SYS_mmap, "0, 4096, 6, 0x22, -1, 0"),
      mapped("3") + call(SYS_mprotect, "$m, 4096, 5"),
      mapped("3") + call(SYS_mprotect, "$m, 4096, 7"),
      mapped("1") + call(SYS_mprotect, "$m, 4096, 4"),
      mapped("3") + call(SYS_pkey_mprotect, "$m, 4096, 5, -1"),
      "my $s = syscall(" + std::to_string(SYS_shmget) + ", 0, 4096, 0700 | 01000); die 'shmget' if $s < 0; my $r = syscall(" + std::to_string(SYS_shmat) +
          ", $s, 0, 0100000); my $e = $! + 0; syscall(" + std::to_string(SYS_shmctl) + ", $s, 0, 0); print $r < 0 ? $e : 0, qq{\\n};",
  };
  const std::vector<std::string> harmless = {call(SYS_mmap, "0, 4096, 3, 0x22, -1, 0"), call(SYS_mmap, "0, 4096, 5, 0x22, -1, 0"), mapped("3") + call(SYS_mprotect, "$m, 4096, 1"),
                                             mapped("5") + call(SYS_mprotect, "$m, 4096, 3"), call(SYS_personality, "0xffffffff")};
  const std::string policy = process("write_execute = deny\n[ipc]\nsysv = allow\n[syscalls]\nprofile = none\n");
  for (const Door& door : {kPreload, kCommand}) {
    for (const std::string& code : attempts) {
      INFO(door.name << ": " << code);
      CHECK(said(run(perl(code))) == "0\n");
      CHECK(said(door.start(policy, perl(code))) == std::to_string(EACCES) + "\n");
    }
    for (const std::string& code : harmless) {
      INFO(door.name << ": " << code);
      CHECK(said(door.start(policy, perl(code))) == "0\n");
    }
    // READ_IMPLIES_EXEC would make every later mapping executable.
    const std::string all = call(SYS_personality, "0x0400000");
    CHECK(said(run(perl(all))) == "0\n");
    CHECK(said(door.start(policy, perl(all))) == std::to_string(EPERM) + "\n");
  }
}

TEST_CASE("open: what is written to a file in memory can be mapped as code, unless memfd is denied too", "[live][process][memory]") {
  const std::string code = "$x = 'x'; $fd = syscall(" + std::to_string(SYS_memfd_create) + ", $x, 0); $w = syscall(" + std::to_string(SYS_ftruncate) + ", $fd, 4096); " +
                           call(SYS_mmap, "0, 4096, 3, 1, $fd, 0") + call(SYS_mmap, "0, 4096, 5, 1, $fd, 0");
  CHECK(said(run_under(process("write_execute = deny\n"), perl(code))) == "0\n0\n");
  CHECK(said(run_under(process("write_execute = deny\nmemfd = deny\n"), perl(code))) == number(EBADF) + number(EBADF));
}

TEST_CASE("without writable and executable memory, libraries, threads and interpreters still work", "[live][process][memory]") {
  const std::string policy = process("write_execute = deny\n");
  CHECK(tried_under(policy, {"load-library", "libm.so.6"}) == 0);
  CHECK(tried_under(policy, {"threaded", "nothing"}) == 0);
  CHECK(tried_under(policy, {"forked", "nothing"}) == 0);
  CHECK(said(run_under(policy, {{"/usr/bin/python3", "-I", "-c", "import json, threading, zlib, hashlib; t = threading.Thread(target=lambda: print(json.dumps(zlib.crc32(b'x')))); t.start(); t.join()"}, {}, {}})) ==
        "2363233923\n");
}

TEST_CASE("execve = deny: the program may start no other, and itself goes on", "[live][process][execve]") {
  const std::string policy = process("execve = deny\n");
  const Start by_descriptor = perl("open F, '<', $ARGV[0] or die; " + call(SYS_execveat, "fileno(F), $e, 0, 0, 0x1000"), {built("tests/victim-static")});
  CHECK(tried({"executed", built("tests/victim"), "nothing"}) == 0);
  CHECK(tried_under(policy, {"executed", built("tests/victim"), "nothing"}) == EACCES);
  CHECK(tried_under(policy, {"vforked", built("tests/victim"), "nothing"}) == EACCES);
  CHECK(tried_under(policy, {"spawned", built("tests/victim"), "nothing"}) == EACCES);
  CHECK(run(by_descriptor).status == 200);  // the victim, without a word
  CHECK(said(run_under(policy, by_descriptor)) == std::to_string(EACCES) + "\n");
  CHECK(tried_under(policy, {"forked", "nothing"}) == 0);
  CHECK(tried_under(policy, {"threaded", "nothing"}) == 0);
}

TEST_CASE("umask is set, for children too", "[live][process]") {
  const Scratch scratch;
  for (const Door& door : {kPreload, kCommand}) {
    INFO(door.name);
    const std::string place = scratch.directory(door.name == kPreload.name ? "a" : "b");
    const Outcome outcome = door.start(writing(scratch.path()) + "[process]\numask = 027\n", {{"/bin/sh", "-c", ": > " + place + "/file; mkdir " + place + "/directory; umask"}, {}, {}});
    CHECK(said(outcome) == "0027\n");
    struct stat file {};
    struct stat directory {};
    REQUIRE(stat((place + "/file").c_str(), &file) == 0);
    REQUIRE(stat((place + "/directory").c_str(), &directory) == 0);
    CHECK((file.st_mode & 07777) == 0640);
    CHECK((directory.st_mode & 07777) == 0750);
  }
}

TEST_CASE("nice is set, and raised only by who may", "[live][process]") {
  const Start start{{"/usr/bin/nice"}, {}, {}};
  REQUIRE(said(run(start)) == "0\n");
  for (const Door& door : {kPreload, kCommand}) {
    INFO(door.name);
    CHECK(said(door.start(process("nice = 7\n"), start)) == "7\n");
    CHECK(said(door.start(process("nice = 19\n"), as_nobody(start))) == "19\n");
    CHECK(refusal_of(door.start("[process]\nnice = -5\n" + base_policy(), as_nobody(start))) == "policy.ini:2: nice cannot be set (raising priority needs CAP_SYS_NICE): permission denied (EACCES)\n");
    // The capability goes, what it gave stays.
    if (is_root()) CHECK(said(door.start(process("nice = -5\n"), start)) == "-5\n");
  }
}

TEST_CASE("oom_score_adj is set, and lowered only by who may", "[live][process]") {
  const Start start{{"/bin/cat", "/proc/self/oom_score_adj"}, {}, {}};
  const int now = std::stoi(said(run(start)));
  for (const Door& door : {kPreload, kCommand}) {
    INFO(door.name);
    CHECK(said(door.start(process("oom_score_adj = 1000\n"), start)) == "1000\n");
    CHECK(said(door.start(process("oom_score_adj = 1000\n"), as_nobody(start))) == "1000\n");
    if (now > -1000)
      CHECK(refusal_of(door.start("[process]\noom_score_adj = -1000\n" + base_policy(), as_nobody(start))) ==
            "policy.ini:2: oom_score_adj cannot be set (/proc/self/oom_score_adj; lowering it needs CAP_SYS_RESOURCE): permission denied (EACCES)\n");
    if ((sets_of(run(kStatus)).permitted & bit(CAP_SYS_RESOURCE)) != 0) CHECK(said(door.start(process("oom_score_adj = -999\n"), start)) == "-999\n");
  }
}

TEST_CASE("dumpable is set until the program starts another", "[live][process]") {
  const Start start = perl("print syscall(" + std::to_string(SYS_prctl) + ", " + std::to_string(PR_GET_DUMPABLE) + ", 0, 0, 0, 0), qq{\\n}");
  REQUIRE(said(run(start)) == "1\n");
  CHECK(said(run_under(process("dumpable = no\n"), start)) == "0\n");
  CHECK(said(run_under(process("dumpable = no\n"), as_nobody(start))) == "0\n");
  CHECK(said(run_under(process("dumpable = yes\n"), start)) == "1\n");
  // A change of user ends it, unless the policy says otherwise.
  if (is_root()) {
    CHECK(said(run_under(process("user = nobody\n"), start)) != "1\n");
    CHECK(said(run_under(process("user = nobody\ndumpable = yes\n"), start)) == "1\n");
  }
}

TEST_CASE("what landshim run cannot do is refused by it, or let go and told", "[live][process]") {
  const std::string accept = "; or accept the loss with unsupported = warn in [policy]\n";
  const std::string dumpable = "dumpable is undone when landshim run starts the program: prctl(2). Use the preload";
  const std::string execve = "execve = deny would keep landshim run from starting the program. Use the preload";
  CHECK(refusal_of(run_by_command("[process]\ndumpable = no\n" + base_policy(), kStatus)) == "policy.ini:2: " + dumpable + accept);
  CHECK(refusal_of(run_by_command("[process]\nexecve = deny\n" + base_policy(), kStatus)) == "policy.ini:2: " + execve + accept);
  const Outcome outcome = run_by_command("[policy]\nunsupported = warn\n" + process("execve = deny\n"), {{"/bin/sh", "-c", "/bin/echo started; :"}, {}, {}});
  CHECK(outcome.status == 0);
  CHECK(outcome.out == "started\n");
  CHECK(one_line(outcome.err, "landshim: "));
  CHECK(outcome.err.find("not enforced: " + execve) != std::string::npos);
}

TEST_CASE("a program gets the signal that it asked for when its parent ends", "[live][process]") {
  const Scratch place;
  // The parent ends once the program is ready; the program holds standard output open until it knows.
  const std::string code = "$SIG{TERM} = sub { print qq{told\\n}; exit }; $| = 1; print qq{ready\\n}; open my $f, '>', $ARGV[0] or die; close $f; for (1 .. 40) { select undef, undef, undef, 0.05 } print qq{never told\\n};";
  const auto orphaned = [&](const std::string& start) {
    const std::string ready = place / "ready";
    std::filesystem::remove(ready);
    Start out{{"/bin/sh", "-c", start + " /usr/bin/perl -e \"$CODE\" \"$READY\" & i=0; while [ ! -e \"$READY\" ] && [ $i -lt 200 ]; do sleep 0.05; i=$((i+1)); done; kill -9 $$"}, {}, {}};
    out.environment = {{"CODE", code}, {"READY", ready}};
    return run(out).out;
  };
  const std::string open_policy = place.file("open.ini", "[filesystem]\naccess = all\n[process]\nparent_death_signal = SIGTERM\n");
  const std::string plain = place.file("plain.ini", "[filesystem]\naccess = all\n");
  CHECK(orphaned("env") == "ready\nnever told\n");
  CHECK(orphaned(built("landshim") + " run -p " + plain + " --") == "ready\nnever told\n");
  CHECK(orphaned(built("landshim") + " run -p " + open_policy + " --") == "ready\ntold\n");
  CHECK(orphaned(built("landshim") + " run --timeout 30 -p " + plain + " --") == "ready\nnever told\n");
  CHECK(orphaned(built("landshim") + " run --timeout 30 -p " + open_policy + " --") == "ready\ntold\n");
  CHECK(orphaned("env LD_PRELOAD=" + shim() + " LANDSHIM_POLICY=" + open_policy) == "ready\ntold\n");
}

TEST_CASE("in a pid namespace too a program gets the signal that it asked for when the parent of landshim ends", "[live][process][pid]") {
  if (run(as_nobody({{"/usr/bin/unshare", "-r", "true"}, {}, {}})).status != 0) return skip("needs user namespaces for ordinary users");
  const Scratch place;
  // The program tells of each signal as it comes; one that kills it leaves nothing to tell.
  const std::string code = "$SIG{$_} = eval qq{sub { print qq{$_\\n}; exit }} for qw(TERM ALRM CHLD); $| = 1; print qq{ready\n}; open my $f, '>', $ARGV[0] or die; close $f; for (1 .. 40) { select undef, undef, undef, 0.05 } print qq{never told\n};";
  for (const bool nobody : {true, false}) {
    if (!nobody && !is_root()) continue;
    const auto orphaned = [&](const std::string& number, const std::string& lines) {
      const std::string ready = place / "ready";
      std::filesystem::remove(ready);
      const std::string policy = place.file(number + ".ini", "[filesystem]\naccess = all\n[process]\n" + (number.empty() ? "" : "parent_death_signal = " + number + "\n") + lines);
      Start start{{"/bin/sh", "-c", built("landshim") + " run -p " + policy + " -- /usr/bin/perl -e \"$CODE\" \"$READY\" & i=0; while [ ! -e \"$READY\" ] && [ $i -lt 200 ]; do sleep 0.05; i=$((i+1)); done; kill -9 $$"}, {}, {}};
      start.environment = {{"CODE", code}, {"READY", ready}};
      return run(nobody ? as_nobody(start) : start).out;
    };
    REQUIRE(chmod(place.path().c_str(), 0777) == 0);
    const std::string pid = "[namespaces]\npid = yes\n";
    CHECK(orphaned("", pid) == "ready\nnever told\n");
    for (const char* lines : {"", "[namespaces]\npid = yes\n", "[namespaces]\npid = yes\nmount = yes\n"}) {
      INFO((nobody ? "an ordinary user" : "root") << ": " << lines);
      CHECK(orphaned("TERM", lines) == "ready\nTERM\n");
      CHECK(orphaned("ALRM", lines) == "ready\nALRM\n");
      CHECK(orphaned("17", lines) == "ready\nCHLD\n");
      CHECK(orphaned("KILL", lines) == "ready\n");
    }
  }
}
