// SPDX-License-Identifier: MIT
// [namespaces]: what a program sees of the host from inside them, as root and as an ordinary user, and what it leaves.
#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <sstream>

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

struct User {
  const char* name;
  bool nobody;
};

// Root where the tests are root, and an ordinary user.
std::vector<User> users() {
  std::vector<User> out{{"an ordinary user", true}};
  if (is_root()) out.push_back({"root", false});
  return out;
}

Start as(const User& user, Start start) {
  start.as_nobody = user.nobody && is_root();
  return start;
}

Start perl(const std::string& code, std::vector<std::string> arguments = {}) {
  Start start{{"/usr/bin/perl", "-e", code}, {}, {}};
  start.command.insert(start.command.end(), arguments.begin(), arguments.end());
  return start;
}

Start shell(const std::string& text) { return {{"/bin/sh", "-c", text}, {}, {}}; }

// What any program needs, /proc to look at itself, and nothing beneath /tmp, which may be hidden.
const std::string kBase = "[filesystem]\nruntime = host\ndevice = /dev/null\nread = /proc\n";

std::string said(const Outcome& outcome) {
  INFO("status " << outcome.status << " signal " << outcome.signal << "\nstdout: " << outcome.out << "\nstderr: " << outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  return outcome.out;
}

std::string number(int value) { return std::to_string(value) + "\n"; }

bool may_unshare(const User& user) { return run(as(user, {{"/usr/bin/unshare", "-r", "true"}, {}, {}})).status == 0; }

#define REQUIRE_USER_NAMESPACES()                                              \
  if (!may_unshare({"an ordinary user", true})) {                              \
    landshim::tests::skip("needs user namespaces for ordinary users");         \
    return;                                                                    \
  }                                                                            \
  static_assert(true, "a semicolon follows")

#define REQUIRE_ROOT()                  \
  if (!is_root()) {                     \
    landshim::tests::skip("needs root"); \
    return;                             \
  }                                     \
  static_assert(true, "a semicolon follows")

std::string field(const std::string& status, const std::string& name) {
  for (const std::string& line : lines_of(status))
    if (line.starts_with(name + ":")) return line.substr(line.find_first_not_of(" \t", name.size() + 1));
  return "missing";
}

// The identities of all namespaces, one a line.
const Start kIdentities = perl("print map { $_ . ' ' . readlink(qq{/proc/self/ns/$_}) . qq{\\n} } qw(user net ipc uts mnt pid cgroup)");

std::vector<std::string> changed(const std::string& before, const std::string& after) {
  const std::vector<std::string> a = lines_of(before);
  const std::vector<std::string> b = lines_of(after);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
    if (a[i] != b[i]) out.push_back(a[i].substr(0, a[i].find(' ')));
  return out;
}

using Names = std::vector<std::string>;

// A server on a port of 127.0.0.1, outside of every namespace.
class Server {
 public:
  Server() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    if (bind(fd_, reinterpret_cast<sockaddr*>(&at), size) != 0 || listen(fd_, 8) != 0 || getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size) != 0) throw std::runtime_error("no server");
    port_ = ntohs(at.sin_port);
  }
  ~Server() { close(fd_); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  std::string port() const { return std::to_string(port_); }

 private:
  int fd_;
  int port_ = 0;
};

// A tree with a part that may be read and one that may be written.
class Place {
 public:
  Place() {
    tree.directory("readable");
    tree.file("readable/file", "old");
    tree.directory("writable", 0777);
    tree.file("writable/file", "old", 0666);
  }
  std::string rules(const std::string& lines = {}) const {
    return kBase + "read = " + tree / "readable" + "\nread_write = " + tree / "writable" + "\nmetadata = allow\n" + lines;
  }
  Scratch tree{};
};

std::string chmod_code() { return "print chmod(0600, $ARGV[0]) ? 0 : $! + 0, qq{\\n};"; }

}  // namespace

TEST_CASE("each namespace is another one inside, and the others are the host's", "[live][namespaces]") {
  REQUIRE_USER_NAMESPACES();
  const std::pair<const char*, const char*> names[] = {{"network", "net"}, {"ipc", "ipc"}, {"uts", "uts"}, {"mount", "mnt"}, {"cgroup", "cgroup"}};
  for (const User& user : users()) {
    const std::string before = said(run(as(user, kIdentities)));
    for (const Door& door : {kPreload, kCommand}) {
      CHECK(changed(before, said(door.start(kBase, as(user, kIdentities)))).empty());
      for (const auto& [key, kernel] : names) {
        INFO(user.name << ", " << door.name << ", " << key);
        const std::string after = said(door.start(kBase + "[namespaces]\n" + key + " = yes\n", as(user, kIdentities)));
        CHECK(changed(before, after) == (user.nobody ? Names{"user", kernel} : Names{kernel}));
      }
      INFO(user.name << ", " << door.name);
      CHECK(changed(before, said(door.start(kBase + "[namespaces]\nuser = yes\n", as(user, kIdentities)))) == Names{"user"});
    }
    CHECK(changed(before, said(run_by_command(kBase + "[namespaces]\npid = yes\n", as(user, kIdentities)))) == (user.nobody ? Names{"user", "pid"} : Names{"pid"}));
    CHECK(changed(before, said(run_by_command(kBase + "[namespaces]\nuser = yes\nnetwork = yes\nipc = yes\nuts = yes\nmount = yes\npid = yes\ncgroup = yes\n", as(user, kIdentities)))).size() == 7);
  }
}

TEST_CASE("in a user namespace the user is itself, nobody else is there, and no capability is left", "[live][namespaces]") {
  REQUIRE_USER_NAMESPACES();
  const User nobody{"an ordinary user", true};
  const Start look = shell("cat /proc/self/status; cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups");
  const std::string uid = std::to_string(is_root() ? 65534 : geteuid());
  for (const Door& door : {kPreload, kCommand})
    for (const char* lines : {"user = yes\n", "network = yes\n", "mount = yes\n"}) {
      INFO(door.name << ": " << lines);
      const std::string out = said(door.start(kBase + "[namespaces]\n" + lines, as(nobody, look)));
      CHECK(field(out, "Uid") == uid + "\t" + uid + "\t" + uid + "\t" + uid);
      for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) CHECK(field(out, set) == "0000000000000000");
      const std::vector<std::string> all = lines_of(out);
      REQUIRE(all.size() > 3);
      std::istringstream map(all[all.size() - 3]);
      std::string inside, outside, count;
      map >> inside >> outside >> count;
      CHECK(inside + " " + outside + " " + count == uid + " " + uid + " 1");
      CHECK(all.back() == "deny");
    }
}

TEST_CASE("root keeps its ordinary capabilities in a user namespace, where they reach nothing of the host", "[live][root][namespaces]") {
  REQUIRE_ROOT();
  const Scratch scratch;
  const std::string theirs = scratch.file("theirs", "x", 0600);
  REQUIRE(chown(theirs.c_str(), 1234, 1234) == 0);
  const std::string policy = kBase + "read = " + scratch.path() + "\n";
  const Start start = perl("print open(my $f, '<', $ARGV[0]) ? 0 : $! + 0, qq{\\n}", {theirs});
  for (const Door& door : {kPreload, kCommand}) {
    CHECK(said(door.start(policy, start)) == "0\n");
    CHECK(said(door.start(policy + "[namespaces]\nuser = yes\n", start)) == number(EACCES));
    const std::string status = said(door.start(policy + "[namespaces]\nuser = yes\n", {{"/bin/cat", "/proc/self/status"}, {}, {}}));
    CHECK(field(status, "CapEff") == "00000000800005fb");
    CHECK(field(status, "CapBnd") == "00000000800005fb");
  }
}

TEST_CASE("in a network namespace there is a loopback interface, which is up, and nothing else", "[live][namespaces][network]") {
  REQUIRE_USER_NAMESPACES();
  const Server server;
  const std::string policy = kBase + "[network]\naccess = all\n";
  const Start look = shell("cat /proc/net/dev");
  // To the server outside; and to one of its own, over the interface inside.
  const Start talk = perl(
      "use Socket; sub new_socket { socket(my $s, PF_INET, SOCK_STREAM, 0) or die; $s } my $a = sub { sockaddr_in($_[0], inet_aton('127.0.0.1')) };"
      "print connect(new_socket(), $a->($ARGV[0])) ? 0 : $! + 0, qq{\\n}; my $l = new_socket(); bind $l, $a->(0) or die; listen $l, 1 or die; my ($p) = sockaddr_in(getsockname $l); print connect(new_socket(), $a->($p)) ? 0 : $! + 0, qq{\\n};",
      {server.port()});
  for (const User& user : users())
    for (const Door& door : {kPreload, kCommand}) {
      INFO(user.name << ", " << door.name);
      Names interfaces;
      for (const std::string& line : lines_of(said(door.start(policy + "[namespaces]\nnetwork = yes\n", as(user, look)))))
        if (const std::size_t colon = line.find(':'); colon != std::string::npos) interfaces.push_back(line.substr(line.find_first_not_of(' '), colon - line.find_first_not_of(' ')));
      std::erase_if(interfaces, [](const std::string& name) { return name.starts_with("tunl") || name.starts_with("gre") || name.starts_with("erspan") || name.starts_with("ip_vti") || name.starts_with("ip6") || name.starts_with("sit"); });
      CHECK(interfaces == Names{"lo"});
      CHECK(said(run(as(user, talk))) == "0\n0\n");
      CHECK(said(door.start(policy, as(user, talk))) == "0\n0\n");
      CHECK(said(door.start(policy + "[namespaces]\nnetwork = yes\n", as(user, talk))) == number(ECONNREFUSED) + "0\n");
    }
}

TEST_CASE("in a pid namespace other processes are not there at all", "[live][namespaces][pid]") {
  REQUIRE_USER_NAMESPACES();
  const std::string open = kBase + "[ipc]\nsignals = allow\n[namespaces]\n";
  const Start start = perl("print qq{$$ }, getppid, qq{\\n}; print kill(0, $ARGV[0]) ? 0 : $! + 0, qq{\\n}; opendir D, '/proc'; print join(' ', sort { $a <=> $b } grep { /^\\d+$/ } readdir D), qq{\\n}", {std::to_string(getpid())});
  for (const User& user : users()) {
    INFO(user.name);
    const std::vector<std::string> before = lines_of(said(run_by_command(open + "uts = no\n", as(user, start))));
    REQUIRE(before.size() == 3);
    CHECK((before[1] == "0" || (user.nobody && is_root() && before[1] == std::to_string(EPERM))));
    CHECK((" " + before[2] + " ").find(" " + std::to_string(getpid()) + " ") != std::string::npos);
    // The first process of the namespace is landshim's own.
    CHECK(said(run_by_command(open + "pid = yes\nmount = yes\n", as(user, start))) == "2 1\n" + number(ESRCH) + "1 2\n");
    // Without a mount namespace /proc still lists the host's processes, and their numbers are nobody's here.
    const std::vector<std::string> no_mount = lines_of(said(run_by_command(open + "pid = yes\n", as(user, start))));
    REQUIRE(no_mount.size() == 3);
    CHECK(no_mount[0] == "2 1");
    CHECK(no_mount[1] == std::to_string(ESRCH));
  }
}

TEST_CASE("exit status and signals go through a pid namespace", "[live][namespaces][pid]") {
  REQUIRE_USER_NAMESPACES();
  const std::string policy = kBase + "[namespaces]\npid = yes\n";
  for (const User& user : users()) {
    INFO(user.name);
    for (const int status : {0, 3, 125, 255}) CHECK(run_by_command(policy, as(user, shell("exit " + std::to_string(status)))).status == status);
    for (const int signal : {SIGTERM, SIGKILL, SIGSEGV}) CHECK(run_by_command(policy, as(user, shell("kill -" + std::to_string(signal) + " $$"))).status == 128 + signal);
    Start input = as(user, {{"/bin/cat"}, {}, {}});
    input.input = "through";
    CHECK(said(run_by_command(policy, input)) == "through");
  }
  // Whoever starts landshim may ignore the end of its children; the program finds that as it was.
  const Scratch place;
  const std::string landshim = built("landshim") + " run -p " + place.file("policy.ini", policy) + " -- ";
  CHECK(run(shell("trap '' CHLD; exec " + landshim + "sh -c 'exit 5'")).status == 5);
  const auto ignored = [](const std::string& command) { return said(run(shell("trap '' CHLD; exec " + command + "grep SigIgn /proc/self/status"))); };
  CHECK(ignored(landshim) == ignored(""));
}

TEST_CASE("what people send to landshim reaches the program in its pid namespace", "[live][namespaces][pid]") {
  REQUIRE_USER_NAMESPACES();
  const Scratch place;
  const std::string policy = place.file("policy.ini", "[filesystem]\naccess = all\n[namespaces]\npid = yes\n");
  const std::string code = "for my $s (qw(HUP INT QUIT TERM USR1 USR2 CONT WINCH)) { $SIG{$s} = sub { print qq{$s\\n}; exit 7 } } $| = 1; print qq{ready\\n}; for (1 .. 100) { select undef, undef, undef, 0.05 } print qq{nothing came\\n}";
  for (const char* signal : {"HUP", "INT", "QUIT", "TERM", "USR1", "USR2", "CONT", "WINCH"}) {
    INFO(signal);
    // INT and QUIT are ignored in what sh starts in the background, unless it watches jobs.
    Start start = shell("set -m; mkfifo " + place / "fifo" + "; " + built("landshim") + " run -p " + policy + " -- /usr/bin/perl -e \"$CODE\" > " + place / "fifo" + " & exec 3<" + place / "fifo" +
                        "; read word <&3; kill -" + signal + " $!; read word <&3; echo $word; wait $!; echo $?");
    start.environment = {{"CODE", code}};
    CHECK(run(start).out == std::string(signal) + "\n7\n");
    std::filesystem::remove(place / "fifo");
  }
}

TEST_CASE("the first process of a pid namespace reaps what others leave", "[live][namespaces][pid]") {
  REQUIRE_USER_NAMESPACES();
  // Twenty grandchildren lose their parent and end; then no zombie is among the processes.
  const std::string code =
      "for (1 .. 20) { my $c = fork; die unless defined $c; if (!$c) { my $g = fork; die unless defined $g; select(undef, undef, undef, 0.1), exit unless $g; exit } waitpid $c, 0 }"
      "for (1 .. 100) { opendir D, '/proc'; @p = grep { /^\\d+$/ } readdir D; last if @p == 2; select undef, undef, undef, 0.05 }"
      "for (@p) { open F, '<', qq{/proc/$_/stat} or next; $z++ if <F> =~ /\\) Z / } print scalar(@p), ' ', $z + 0, qq{\\n}";
  for (const User& user : users()) CHECK(said(run_by_command(kBase + "[namespaces]\npid = yes\nmount = yes\n", as(user, perl(code)))) == "2 0\n");
}

TEST_CASE("nothing is left of a pid namespace when landshim is killed, nor when the program ends", "[live][namespaces][pid]") {
  REQUIRE_USER_NAMESPACES();
  const Scratch place;
  const std::string policy = place.file("policy.ini", "[filesystem]\naccess = all\n[namespaces]\npid = yes\n");
  const std::string mark = "landshim-mark-" + std::to_string(getpid());
  // Which processes have the mark on their command line; the one that looks has it in two parts.
  const std::string left = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do n=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -c \"^$MARK$\"); [ \"$n\" -gt 0 ] || break; sleep 0.1; done; echo \"left $n\"";
  const auto started = [&](const std::string& program, const std::string& then) {
    Start start = shell("mkfifo " + place / "fifo" + "; " + built("landshim") + " run -p " + policy + " -- " + program + " > " + place / "fifo" + " & exec 3<" + place / "fifo" + "; read word <&3; " + then + "; " + left);
    start.environment = {{"MARK", mark}};
    const std::string out = run(start).out;
    std::filesystem::remove(place / "fifo");
    return out;
  };
  const std::string lasting = "/usr/bin/perl -e '$| = 1; $SIG{TERM} = $SIG{HUP} = q{IGNORE}; fork; print qq{ready\\n}; sleep 30' $MARK";
  const std::string leaving = "/usr/bin/perl -e '$| = 1; if (!fork) { setpgrp; sleep 30 } print qq{ready\\n}; exit 0' $MARK";
  CHECK(started(lasting, "kill -9 $!; wait $! 2>/dev/null") == "left 0\n");
  CHECK(started(leaving, "wait $!") == "left 0\n");
}

TEST_CASE("a pid namespace is refused where the program is there already", "[live][namespaces][pid]") {
  check_refused(run_under("[namespaces]\npid = yes\n" + base_policy(), {{"/bin/true"}, {}, {}}), "policy.ini:2: pid = yes holds only what a program starts, not the program itself; use landshim run\n");
}

TEST_CASE("what the policy does not make writable is read-only, metadata and all", "[live][namespaces][mount]") {
  REQUIRE_USER_NAMESPACES();
  for (const User& user : users())
    for (const Door& door : {kPreload, kCommand}) {
      INFO(user.name << ", " << door.name);
      const Place place;
      if (user.nobody && is_root())
        for (const char* name : {"readable/file", "writable/file"}) REQUIRE(chown((place.tree / name).c_str(), 65534, 65534) == 0);
      const std::string readable = place.tree / "readable/file";
      const std::string writable = place.tree / "writable/file";
      const std::string mounted = place.rules("[namespaces]\nmount = yes\n");
      const std::string utime = "print utime(1, 1, $ARGV[0]) ? 0 : $! + 0, qq{\\n};";
      for (const std::string& code : {chmod_code(), utime}) {
        const std::string before = look(readable);
        CHECK(said(door.start(mounted, as(user, perl(code, {readable})))) == number(EROFS));
        CHECK(look(readable) == before);
        CHECK(said(door.start(place.rules(), as(user, perl(code, {readable})))) == "0\n");
        CHECK(said(door.start(mounted, as(user, perl(code, {writable})))) == "0\n");
      }
      struct stat info {};
      REQUIRE(stat(writable.c_str(), &info) == 0);
      CHECK((info.st_mode & 07777) == 0600);
      CHECK(info.st_mtime == 1);
      // The file of the host itself, not a copy; names come and go as ever; devices work.
      CHECK(said(door.start(mounted, as(user, shell("echo new > " + writable + "; mkdir " + place.tree / "writable/made; : > " + place.tree / "writable/x; mv " + place.tree / "writable/x " + place.tree / "writable/y; echo > /dev/null")))).empty());
      CHECK(contents(writable) == "new\n");
      CHECK(exists(place.tree / "writable/made"));
      CHECK(exists(place.tree / "writable/y"));
      // Whatever Landlock says of reading it goes on saying.
      CHECK(said(door.start(mounted, as(user, perl("print open(my $f, '<', $ARGV[0]) ? 0 : $! + 0, qq{\\n}", {"/etc/passwd"})))) == number(EACCES));
    }
}

TEST_CASE("open: a preloaded program reaches the metadata of its own file by /proc/self/exe, unless metadata is denied", "[live][namespaces][mount]") {
  REQUIRE_USER_NAMESPACES();
  for (const User& user : users()) {
    INFO(user.name);
    const Scratch place;
    const std::string program = place / "perl";
    std::filesystem::copy_file("/usr/bin/perl", program);
    if (user.nobody && is_root()) REQUIRE(chown(program.c_str(), 65534, 65534) == 0);
    const auto mode = [&] {
      struct stat info {};
      REQUIRE(stat(program.c_str(), &info) == 0);
      return info.st_mode & 07777;
    };
    const auto policy = [&](const char* metadata) { return kBase + "read_exec = " + place.path() + "\nmetadata = " + metadata + "\n[namespaces]\nmount = yes\n"; };
    const Start start = as(user, {{program, "-e", "print map { (chmod(0755, $_) ? 0 : $! + 0) . qq{\\n} } @ARGV", program, "/proc/self/exe"}, {}, {}});
    REQUIRE(chmod(program.c_str(), 0700) == 0);
    CHECK(said(run_by_command(policy("modes"), start)) == number(EROFS) + number(EROFS));
    CHECK(said(run_under(policy("deny"), start)) == number(EPERM) + number(EPERM));
    CHECK(mode() == 0700);
    CHECK(said(run_under(policy("modes"), start)) == number(EROFS) + "0\n");
    CHECK(mode() == 0755);
  }
}

TEST_CASE("a working directory that is writable stays so, by its relative name too", "[live][namespaces][mount]") {
  REQUIRE_USER_NAMESPACES();
  for (const User& user : users())
    for (const Door& door : {kPreload, kCommand}) {
      INFO(user.name << ", " << door.name);
      const Place place;
      Start start = as(user, shell("echo new > made && chmod 0644 made && cat ../readable/file && pwd"));
      start.directory = place.tree / "writable";
      CHECK(said(door.start(place.rules("[namespaces]\nmount = yes\n"), start)) == "old" + place.tree / "writable" + "\n");
      CHECK(contents(place.tree / "writable/made") == "new\n");
    }
}

TEST_CASE("a file that is writable stays so where its directory does not", "[live][namespaces][mount]") {
  REQUIRE_USER_NAMESPACES();
  for (const User& user : users()) {
    INFO(user.name);
    const Place place;
    const std::string file = place.tree.file("readable/one", "old", 0666);
    const std::string policy = kBase + "read = " + place.tree / "readable" + "\nwrite_file = " + file + "\n[namespaces]\nmount = yes\n";
    CHECK(said(run_by_command(policy, as(user, shell("echo new >> " + file)))).empty());
    CHECK(contents(file) == "oldnew\n");
  }
}

TEST_CASE("where everything may be written, nothing becomes read-only", "[live][namespaces][mount]") {
  REQUIRE_USER_NAMESPACES();
  const Place place;
  const Scratch apart;
  const std::string file = place.tree / "readable/file";
  REQUIRE(chmod(file.c_str(), 0644) == 0);
  if (is_root()) REQUIRE(chown(file.c_str(), 65534, 65534) == 0);
  for (const char* policy : {"[filesystem]\naccess = all\n[namespaces]\nmount = yes\n", "[policy]\nmode = full-access\n[namespaces]\nprivate_tmp = no\nmount = yes\n"})
    CHECK(said(run_by_command(policy, as({"an ordinary user", true}, perl(chmod_code(), {file})))) == "0\n");
}

TEST_CASE("a mount that was read-only before stays so beneath a writable path", "[live][root][namespaces][mount]") {
  REQUIRE_ROOT();
  const Place place;
  place.tree.directory("writable/inner");
  const Scratch policies;
  const std::string inner = place.tree / "writable/inner";
  // In a mount namespace of its own: a tmpfs in the writable directory, mounted read-only as containers do.
  const auto tried_with = [&](const std::string& lines) {
    const std::string policy = policies.file("policy.ini", place.rules(lines));
    return run({{"/usr/bin/unshare", "-m", "/bin/sh", "-c",
                 "mount -t tmpfs none " + inner + " && mount -o remount,bind,ro " + inner + " && exec " + built("landshim") + " run -p " + policy + " -- /usr/bin/perl -e 'print open(my $f, q{>}, $ARGV[0]) ? 0 : $! + 0, qq{\\n}' " + inner + "/file"},
                {},
                {}});
  };
  CHECK(said(tried_with("")) == number(EROFS));
  CHECK(said(tried_with("[namespaces]\nmount = yes\n")) == number(EROFS));
}

TEST_CASE("files of /proc are written before they are read-only", "[live][namespaces][mount]") {
  REQUIRE_USER_NAMESPACES();
  for (const User& user : users())
    for (const char* namespaces : {"mount = yes\n", "hide = -/nonexistent\n"})
      CHECK(said(run_by_command(kBase + "[process]\noom_score_adj = 1000\n[namespaces]\n" + namespaces, as(user, {{"/bin/cat", "/proc/self/oom_score_adj"}, {}, {}}))) == "1000\n");
}

TEST_CASE("a hidden directory is empty, a hidden file too, and neither can be uncovered", "[live][namespaces][hide]") {
  REQUIRE_USER_NAMESPACES();
  for (const User& user : users())
    for (const Door& door : {kPreload, kCommand}) {
      INFO(user.name << ", " << door.name);
      const Place place;
      place.tree.directory("readable/secret");
      place.tree.file("readable/secret/key", "secret");
      const std::string directory = place.tree / "readable/secret";
      const std::string file = place.tree / "readable/file";
      const std::string before = snapshot(place.tree / "readable");
      const std::string hidden = place.rules("[namespaces]\nhide = " + directory + ", " + file + ", -" + place.tree / "none" + "\n");
      const Start start = as(user, shell("ls -A " + directory + "; cat " + file + "; ls -A " + place.tree / "readable"));
      CHECK(said(door.start(place.rules(), start)) == "key\noldfile\nsecret\n");
      CHECK(said(door.start(hidden, start)) == "file\nsecret\n");
      const auto answer = [&](const std::string& code, const std::string& path) { return said(door.start(hidden + "[syscalls]\nprofile = none\n", as(user, perl(code, {path})))); };
      CHECK(answer("print open(my $f, '<', $ARGV[0]) ? 0 : $! + 0, qq{\\n}", directory + "/key") == number(ENOENT));
      // The policy has no word for unmounting: Landlock and the lost capabilities forbid it.
      CHECK(answer("$p = $ARGV[0]; print syscall(" + std::to_string(SYS_umount2) + ", $p, 2) < 0 ? $! + 0 : 0, qq{\\n}", directory) == number(EPERM));
      CHECK(answer("print open(my $f, '>>', $ARGV[0]) ? 0 : $! + 0, qq{\\n}", file) == number(user.nobody ? EACCES : EROFS));
      CHECK(snapshot(place.tree / "readable") == before);
    }
}

TEST_CASE("what is hidden is empty even where everything may be written", "[live][namespaces][hide]") {
  REQUIRE_USER_NAMESPACES();
  const Scratch scratch;
  const std::string file = scratch.file("secret", "secret", 0666);
  scratch.directory("directory", 0777);
  const std::string policy = "[filesystem]\naccess = all\n[namespaces]\nhide = " + file + ", " + scratch / "directory" + "\n";
  const std::string code = "print open(my $f, '>>', $ARGV[0]) ? 0 : $! + 0, qq{\\n}";
  for (const User& user : users()) {
    INFO(user.name);
    for (const std::string& path : {file, scratch / "directory/new"}) {
      // The mode of what covers them may come before the mount.
      const std::string answer = said(run_by_command(policy, as(user, perl(code, {path}))));
      CHECK((answer == number(EROFS) || (user.nobody && answer == number(EACCES))));
    }
    CHECK(said(run_by_command(policy, as(user, {{"/bin/cat", file}, {}, {}}))).empty());
  }
  CHECK(contents(file) == "secret");
  CHECK(std::filesystem::is_empty(scratch / "directory"));
}

TEST_CASE("a working directory that is hidden shows nothing by its relative name either", "[live][namespaces][hide]") {
  REQUIRE_USER_NAMESPACES();
  const Place place;
  const std::string policy = place.rules("[namespaces]\nhide = " + place.tree / "readable" + "\n");
  for (const User& user : users())
    for (const Door& door : {kPreload, kCommand}) {
      INFO(user.name << ", " << door.name);
      Start start = as(user, perl("opendir D, '.' or die $!; print join(' ', grep { !/^\\./ } readdir D), qq{\\n}; print open(my $f, '<', 'file') ? 0 : $! + 0, qq{\\n}"));
      start.directory = place.tree / "readable";
      CHECK(said(door.start(place.rules(), start)) == "file\n0\n");
      CHECK(said(door.start(policy, start)) == "\n" + number(ENOENT));
    }
}

TEST_CASE("open: a directory that was opened before leads beneath what covers it, unless inherit_fds closes it", "[live][namespaces][hide]") {
  REQUIRE_USER_NAMESPACES();
  const Place place;
  const std::string policy = place.rules("read = " + place.tree.path() + "\n[namespaces]\nhide = " + place.tree / "readable" + "\n");
  const int directory = open((place.tree / "readable").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  REQUIRE(directory >= 0);
  Start start = as({"an ordinary user", true}, perl("$p = 'file'; print syscall(" + std::to_string(SYS_openat) + ", $ARGV[0] + 0, $p, 0) < 0 ? $! + 0 : 0, qq{\n}", {std::to_string(directory)}));
  start.keep = {directory};
  CHECK(said(run_by_command(policy, start)) == "0\n");
  CHECK(said(run_by_command(policy + "[process]\ninherit_fds = 0-2\n", start)) == number(EBADF));
  close(directory);
}

TEST_CASE("hide is refused for what is not there, and for the root", "[live][namespaces][hide]") {
  const Scratch scratch;
  for (const Door& door : {kPreload, kCommand}) {
    INFO(door.name);
    check_refused(door.start("[namespaces]\nhide = " + scratch / "none" + "\n" + kBase, {{"/bin/true"}, {}, {}}), "policy.ini:2: hide = " + scratch / "none" + ": there is no such path; correct it, or write -" + scratch / "none" + " if it may be missing\n");
    check_refused(door.start("[namespaces]\nhide = /\n" + kBase, {{"/bin/true"}, {}, {}}), "policy.ini:2: hide = /: nothing would be left to start; name what lies beneath it\n");
    check_refused(door.start("[namespaces]\nmount = no\nhide = /usr/share\n" + kBase, {{"/bin/true"}, {}, {}}), "policy.ini:2: mount = no contradicts hide and private_tmp, which need a mount namespace; remove one of the two\n");
  }
}

TEST_CASE("private_tmp: /tmp and /var/tmp are empty, may be written, and go with the program", "[live][namespaces][private_tmp]") {
  REQUIRE_USER_NAMESPACES();
  const std::string mine = "/var/tmp/landshim-test-" + std::to_string(getpid());
  std::ofstream(mine) << "outside";
  for (const User& user : users())
    for (const Door& door : {kPreload, kCommand}) {
      INFO(user.name << ", " << door.name);
      const Scratch scratch;
      const std::string policy = kBase + "read_write = /tmp, /var/tmp\n[namespaces]\nprivate_tmp = yes\n";
      Start start = as(user, shell("ls -A /tmp /var/tmp; echo x > " + mine + "-inside; echo y > /tmp/landshim-inside; cat " + mine + "-inside; stat -c %a /tmp"));
      start.directory = "/";
      CHECK(said(door.start(policy, start)) == "/tmp:\n\n/var/tmp:\nx\n1777\n");
      CHECK_FALSE(exists(mine + "-inside"));
      CHECK_FALSE(exists("/tmp/landshim-inside"));
      CHECK(exists(scratch.path()));
    }
  CHECK(contents(mine) == "outside");
  std::filesystem::remove(mine);
}

TEST_CASE("a working directory without a name is told where mounts could leave it uncovered", "[live][namespaces][private_tmp]") {
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", "[policy]\nmode = readonly\n[namespaces]\nprivate_tmp = yes\n");
  const std::string gone = scratch.directory("gone");
  Start start{{"sh", "-c", "cd \"$1\" && rmdir \"$1\" && exec \"$2\" run -p \"$3\" -- cat ../policy.ini", "sh", gone, built("landshim"), policy}, {}, {}};
  const Outcome outcome = run(start);
  CHECK(outcome.status == 125);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find("the working directory has no name by which it could be entered again after mounting; start elsewhere") != std::string::npos);
}

TEST_CASE("a working directory that is covered is told", "[live][namespaces][private_tmp]") {
  REQUIRE_USER_NAMESPACES();
  const std::string mine = "/var/tmp/landshim-test-" + std::to_string(getpid());
  std::filesystem::create_directory(mine);
  Start start{{"/bin/true"}, {}, {}};
  start.directory = mine;
  CHECK(run(start).status == 0);
  for (const Door& door : {kPreload, kCommand})
    check_refused(door.start("[namespaces]\nprivate_tmp = yes\n" + kBase, start), "policy.ini:2: " + mine + ": the working directory cannot be entered again after mounting; start elsewhere: no such file or directory (ENOENT)\n");
  std::filesystem::remove(mine);
}

TEST_CASE("namespaces that an outer policy forbids are refused with the reason, whatever unsupported says", "[live][namespaces]") {
  REQUIRE_USER_NAMESPACES();
  const Scratch place;
  const std::string outer = place.file("outer.ini", "[policy]\nmode = full-access\n[process]\ncapabilities = all\n");
  const std::string reason = "; unprivileged user namespaces may be off: see sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns, or an outer sandbox";
  for (const User& user : users()) {
    for (const char* lines : {"network = yes\n", "hide = /usr/share\n", "user = yes\n"}) {
      INFO(user.name << ": " << lines);
      const std::string inner = place.file("inner.ini", "[policy]\nunsupported = warn\n[namespaces]\n" + std::string(lines) + kBase);
      const bool user_namespace = user.nobody || std::string(lines) == "user = yes\n";
      const Outcome outcome = run(as(user, {{built("landshim"), "run", "-p", outer, "--", built("landshim"), "run", "-p", inner, "--", "/bin/true"}, {}, {}}));
      check_refused(outcome, "inner.ini:4: the namespaces cannot be entered" + (user_namespace ? reason : "; an outer sandbox may forbid it") + ": not permitted (EPERM)\n");
    }
  }
}

TEST_CASE("user = no is refused where the start could not do without", "[live][namespaces]") {
  for (const Door& door : {kPreload, kCommand}) {
    const Outcome outcome = door.start("[namespaces]\nuser = no\nnetwork = yes\n" + kBase, as({"an ordinary user", true}, {{"/bin/true"}, {}, {}}));
    check_refused(outcome, "policy.ini:2: user = no, and this start has no privilege (CAP_SYS_ADMIN) to enter other namespaces without one; write user = yes\n");
  }
}

TEST_CASE("a change of user works inside namespaces that root entered", "[live][root][namespaces]") {
  REQUIRE_ROOT();
  for (const Door& door : {kPreload, kCommand}) {
    const std::string out = said(door.start(kBase + "[process]\nuser = nobody\n[namespaces]\nnetwork = yes\nhide = /usr/lib/os-release\n", shell("cat /usr/lib/os-release; cat /proc/self/status; cat /proc/net/dev")));
    CHECK(field(out, "Uid") == "65534\t65534\t65534\t65534");
    CHECK(field(out, "CapEff") == "0000000000000000");
    CHECK(out.starts_with("Name:"));
  }
}

TEST_CASE("explain tells of namespaces, and a start leaves no trace of them on the host", "[live][namespaces]") {
  REQUIRE_USER_NAMESPACES();
  const Scratch place;
  const std::string mounts = contents("/proc/self/mountinfo");
  CHECK(said(run_by_command(kBase + "[namespaces]\nhide = " + place.path() + ", /etc/passwd\nnetwork = yes\n", as({"an ordinary user", true}, {{"/bin/cat", "/proc/self/comm"}, {}, {}}))) == "cat\n");
  CHECK(contents("/proc/self/mountinfo") == mounts);
  const Outcome told = run({{built("landshim"), "explain", place.file("policy.ini", kBase + "[namespaces]\npid = yes\nprivate_tmp = yes\n")}, {}, {}});
  CHECK(told.status == 0);
  CHECK(told.out.find(std::string("Namespaces of its own: ") + (is_root() ? "" : "user, ") + "mount, pid  [") != std::string::npos);
}
