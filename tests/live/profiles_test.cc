// SPDX-License-Identifier: MIT
// Each profile with real programs: what it lets work, and what it stops. `landshim run` brings the profiles along.
#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>

#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

using Words = std::vector<std::string>;

const char* const kPython = "/usr/bin/python3";

/// A home, a working directory and a directory for temporary files, and beside them a place that no profile grants.
class Place {
 public:
  Place() {
    for (const char* name : {"home", "work", "tmp", "outside", "policies"}) scratch_.directory(name, 0777);
    scratch_.file("outside/file", "mine");
  }
  std::string operator/(const std::string& name) const { return scratch_ / name; }
  std::string file(const std::string& name, const std::string& text, mode_t mode = 0644) const { return scratch_.file(name, text, mode); }

  Start start(Words command) const {
    Start start{std::move(command), {{"HOME", scratch_ / "home"}, {"TMPDIR", scratch_ / "tmp"}}, {"XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"}, scratch_ / "work"};
    start.seconds = 60;
    return start;
  }
  Start held(const std::string& policy, Words command) const {
    Words words{built("landshim"), "run", "-p", scratch_.file("policies/policy.ini", policy), "--"};
    words.insert(words.end(), command.begin(), command.end());
    return start(std::move(words));
  }

 private:
  Scratch scratch_;
};

std::string including(const std::string& profiles, const std::string& more = {}) { return "[policy]\ninclude = " + profiles + "\n" + more; }

/// Python code that does one thing: 0, or the errno of it.
Words attempt(const std::string& code) {
  return {kPython, "-c", "import os, socket, sys\ntry:\n  exec(sys.argv[1])\n  print(0)\nexcept OSError as error:\n  print(error.errno)\n", code};
}

int number_of(const Outcome& outcome) {
  INFO("status " << outcome.status << ", signal " << outcome.signal << "\nstdout: " << outcome.out << "\nstderr: " << outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  return outcome.out.empty() ? -1 : std::stoi(outcome.out);
}

int tried_free(const Place& place, const std::string& code) { return number_of(run(place.start(attempt(code)))); }
int tried(const Place& place, const std::string& policy, const std::string& code) { return number_of(run(place.held(policy, attempt(code)))); }

void check_denied(const Place& place, const std::string& policy, const std::string& code, int error) {
  INFO(policy << code);
  CHECK(tried_free(place, code) == 0);
  CHECK(tried(place, policy, code) == error);
}

void check_works(const Outcome& outcome, const std::string& out) {
  INFO("status " << outcome.status << ", signal " << outcome.signal << "\nstdout: " << outcome.out << "\nstderr: " << outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.out == out);
  CHECK(outcome.err.empty());
}

/// The same output held as free.
void check_same(const Place& place, const std::string& policy, const Words& command) {
  const Outcome control = run(place.start(command));
  INFO(command[0]);
  REQUIRE(control.status == 0);
  REQUIRE_FALSE(control.out.empty());
  check_works(run(place.held(policy, command)), control.out);
}

std::string quoted(const std::string& text) { return "'" + text + "'"; }
std::string reading_code(const std::string& path) { return "open(" + quoted(path) + ").read(1)"; }
std::string connecting(int port) { return "socket.create_connection(('127.0.0.1', " + std::to_string(port) + ")).close()"; }

/// Creating a file works without the policy, answers EACCES with it (EROFS where the rest is mounted read-only), and there
/// is none afterwards.
void check_cannot_create(const Place& place, const std::string& policy, const std::string& path, int error = EACCES) {
  check_denied(place, policy, "open(" + quoted(path) + ", 'x').close(); os.unlink(" + quoted(path) + ")", error);
  CHECK_FALSE(exists(path));
}

/// A TCP server of this process, on a port of its own.
class Listener {
 public:
  Listener() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(listen(fd_, 16) == 0);
    REQUIRE(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  ~Listener() { close(fd_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  int port() const { return port_; }

 private:
  int fd_;
  int port_ = 0;
};

/// A port that nobody uses at the moment.
int free_port() { return Listener().port(); }

void check_no_network(const Place& place, const std::string& policy) {
  const Listener server;
  check_denied(place, policy, connecting(server.port()), EACCES);
  check_denied(place, policy, "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)", EACCES);
  check_denied(place, policy, "socket.socket(socket.AF_UNIX)", EACCES);
}

bool may_enter_namespaces() { return run({{"unshare", "-r", "-m", "-n", "true"}, {}, {}}).status == 0; }

}  // namespace

TEST_CASE("landshim profiles lists every profile with its first line, and prints one", "[live][profiles]") {
  const Place place;
  const Outcome list = run(place.start({built("landshim"), "profiles"}));
  CHECK(list.status == 0);
  CHECK(list.err.empty());
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("config/profiles")) {
    const std::string name = entry.path().stem().string();
    const std::string text = contents(entry.path().string());
    INFO(name);
    REQUIRE(text.starts_with("; "));
    CHECK(("\n" + list.out).find("\n" + name + std::string(22 - name.size(), ' ') + text.substr(2, text.find('\n') - 1)) != std::string::npos);
    check_works(run(place.start({built("landshim"), "profiles", name})), text);
    ++count;
  }
  CHECK(static_cast<std::size_t>(std::count(list.out.begin(), list.out.end(), '\n')) == count);
}

TEST_CASE("landshim profiles tells where a profile was found and which others it stands in place of", "[live][profiles]") {
  const Place place;
  std::filesystem::create_directories(place / "home/.config/landshim");
  const std::string path = place.file("home/.config/landshim/tmp.ini", "\n# My own\033[2J place\n[filesystem]\nread = /etc\n");
  place.file("home/.config/landshim/mine.ini", "[filesystem]\nread = /etc\n; too late\n");
  std::filesystem::create_directory(place / "home/.config/landshim/broken.ini");
  const Outcome list = run(place.start({built("landshim"), "profiles"}));
  CHECK(list.status == 0);
  CHECK(list.out.find("\ntmp                   My own\\x1b[2J place\n                      " + path + "\n                      in place of the one with the command\n") != std::string::npos);
  CHECK(list.out.find("\nmine                  \n                      " + (place / "home/.config/landshim/mine.ini") + "\n") != std::string::npos);
  CHECK(list.out.find("\nbroken                is no file that can be read\n") != std::string::npos);
  check_works(run(place.start({built("landshim"), "profiles", "tmp"})), contents(path));
  const Outcome broken = run(place.start({built("landshim"), "profiles", "broken"}));
  CHECK(broken.status == 1);
  CHECK(one_line(broken.err, "landshim: " + (place / "home/.config/landshim/broken.ini") + ": the profile is no file"));
  const Outcome none = run(place.start({built("landshim"), "profiles", "bsae"}));
  CHECK(none.status == 1);
  CHECK(none.out.empty());
  CHECK(none.err == "landshim: there is no profile bsae; did you mean 'base'?\n");
  // On a terminal a text cannot drive it.
  const Outcome shown = run(place.start({"script", "-qec", built("landshim") + " profiles tmp", "/dev/null"}));
  CHECK(shown.out.find('\033') == std::string::npos);
  CHECK(shown.out.find("My own\\x1b[2J place") != std::string::npos);
}

TEST_CASE("landshim profiles --json has the list, and one with its text", "[live][profiles]") {
  const Place place;
  std::filesystem::create_directories(place / "home/.config/landshim");
  const std::string path = place.file("home/.config/landshim/tmp.ini", "; Mine\n[filesystem]\nread = /etc\n");
  const auto value = [&](const Words& words, const std::string& expression) {
    Words command{"sh", "-c", "\"$@\" --json | /usr/bin/python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' \"$EXPRESSION\"", "sh", built("landshim"), "profiles"};
    command.insert(command.end(), words.begin(), words.end());
    Start start = place.start(command);
    start.environment["EXPRESSION"] = expression;
    return run(start).out;
  };
  CHECK(value({}, "[p['place'] + '|' + p['description'] + '|' + p['shadows'][0] for p in d if p['name'] == 'tmp'][0]") == path + "|Mine|with the command\n");
  CHECK(value({}, "[(p['place'], p['shadows'], p['fault']) for p in d if p['name'] == 'base'][0]") == "('with the command', [], None)\n");
  CHECK(value({"tmp"}, "d['text']") == contents(path) + "\n");
  CHECK(value({"shm"}, "d['name']") == "shm\n");
}

TEST_CASE("every profile is good, wherever it is started", "[live][profiles]") {
  REQUIRE_ABI(4);
  const Place place;
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("config/profiles")) {
    const std::string name = entry.path().stem().string();
    INFO(name);
    const Outcome checked = run(place.start({built("landshim"), "check", name}));
    CHECK(checked.status == 0);
    // Which services of the host can be reached is the host's to tell, and nothing else is found.
    for (const std::string& line : lines_of(checked.err)) CHECK(line.find(": warning LS022: ") != std::string::npos);
    if (checked.err.empty()) CHECK(checked.out == name + ": good\n");
    CHECK(run(place.start({built("landshim"), "explain", name})).status == 0);
    ++count;
  }
  CHECK(count == 15);
}

TEST_CASE("the isolation profiles refuse to start without HOME, as they would not know where keys lie", "[live][profiles]") {
  REQUIRE_ABI(4);
  const Place place;
  for (const char* name : {"isolation-default", "isolation-enhanced", "isolation-maximum"}) {
    INFO(name);
    Start start = place.start({built("landshim"), "run", "-p", name, "--", "touch", "mark"});
    start.environment.erase("HOME");
    start.unset.push_back("HOME");
    check_refused(run(start), "${HOME} is unset or empty");
    CHECK_FALSE(exists(place / "work/mark"));
  }
  for (const char* name : {"build", "desktop", "workspace"}) {
    INFO(name);
    Start start = place.start({built("landshim"), "run", "-p", name, "--", "true"});
    start.environment.erase("HOME");
    start.unset.push_back("HOME");
    check_works(run(start), "");
  }
}

TEST_CASE("base lets date, python3 and locale know the host, and shows no file of the user", "[live][profiles]") {
  REQUIRE_ABI(4);
  const Place place;
  const std::string policy = including("base");
  check_same(place, policy, {"locale", "-a"});
  check_same(place, policy, {"date", "-d", "@0"});
  check_same(place, policy, {"sh", "-c", "TZ=America/New_York date -d @0"});
  check_same(place, policy, {kPython, "-c", "import json, pwd, ssl, sqlite3; print(pwd.getpwuid(0).pw_name)"});
  check_same(place, policy, {"perl", "-MJSON::PP", "-e", "print encode_json([1])"});
  check_works(run(place.start({built("landshim"), "run", "-p", "base", "--", "sh", "-c", "echo x >/dev/null && head -c1 /dev/zero | wc -c"})), "1\n");

  check_denied(place, policy, reading_code(place / "outside/file"), EACCES);
  check_denied(place, policy, "os.listdir(" + quoted(place / "home") + ")", EACCES);
  check_cannot_create(place, policy, place / "work/new");
  check_cannot_create(place, policy, place / "tmp/new");
  check_no_network(place, policy);
  CHECK(contents(place / "outside/file") == "mine");
}

TEST_CASE("dns lets a program reach port 53 by TCP, and no other port and no UDP", "[live][profiles]") {
  REQUIRE_ABI(4);
  const Place place;
  const std::string policy = including("base, dns");
  // Nobody listens: reaching the port is told from being kept from it.
  const int reached = tried_free(place, connecting(53));
  CHECK((reached == ECONNREFUSED || reached == 0));
  CHECK(tried(place, policy, connecting(53)) == reached);
  const Listener server;
  check_denied(place, policy, connecting(server.port()), EACCES);
  check_denied(place, policy, "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)", EACCES);
  check_works(run(place.held(policy, {"sh", "-c", "echo $RES_OPTIONS; cat /etc/hosts >/dev/null"})), "use-vc\n");
  check_denied(place, policy, reading_code(place / "outside/file"), EACCES);
}

TEST_CASE("dns lets getent find a name at a server that is asked by TCP", "[live][root][profiles]") {
  REQUIRE_ABI(4);
  if (run({{"unshare", "-m", "-n", "true"}, {}, {}}).status != 0) return skip("needs to enter namespaces, for a name server of its own");
  const Place place;
  const std::string server = place.file("outside/server.py",
                                        "import socket, struct, fcntl, sys\n"
                                        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                                        "fcntl.ioctl(s, 0x8914, struct.pack('16sH14x', b'lo', 1))\n"  // SIOCSIFFLAGS, IFF_UP
                                        "s = socket.socket()\n"
                                        "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
                                        "s.bind(('127.0.0.1', 53)); s.listen(8)\n"
                                        "print('ready', flush=True)\n"
                                        "while True:\n"
                                        "  c, _ = s.accept()\n"
                                        "  n = struct.unpack('>H', c.recv(2))[0]\n"
                                        "  q = c.recv(n)\n"
                                        "  end = q.index(b'\\0', 12) + 5\n"
                                        "  wants_a = q[end - 4:end - 2] == b'\\0\\1'\n"
                                        "  a = q[:2] + struct.pack('>HHHHH', 0x8180, 1, int(wants_a), 0, 0) + q[12:end]\n"
                                        "  if wants_a: a += b'\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\0\\1\\0\\4' + bytes([192, 0, 2, 7])\n"
                                        "  c.sendall(struct.pack('>H', len(a)) + a); c.close()\n");
  const std::string resolver = place.file("outside/resolv.conf", "nameserver 127.0.0.1\n");
  const std::string nsswitch = place.file("outside/nsswitch.conf", "hosts: files dns\n");
  const auto lookup = [&](const std::string& policy) {
    const std::string file = place.file("policies/lookup.ini", policy);
    const std::string text = "mount --bind " + resolver + " $(readlink -f /etc/resolv.conf) && mount --bind " + nsswitch + " /etc/nsswitch.conf && mkfifo " + (place / "tmp/ready") + " && " + kPython + " " + server + " >" +
                             (place / "tmp/ready") + " & server=$!; until [ -p " + (place / "tmp/ready") + " ]; do sleep 0.05; done; read -r x <" + (place / "tmp/ready") + "; " + built("landshim") + " run -p " + file +
                             " -- getent hosts name.example; echo $?; kill $server; rm " + (place / "tmp/ready");
    return run(place.start({"unshare", "-m", "-n", "sh", "-c", text}));
  };
  const Outcome found = lookup(including("base, dns"));
  INFO(found.out << found.err);
  CHECK(found.out.find("192.0.2.7") != std::string::npos);
  CHECK(found.out.find("\n0\n") != std::string::npos);
  const Outcome closed = lookup(including("base", "[environment]\nset = RES_OPTIONS=use-vc\n[filesystem]\nread = /etc\n"));
  INFO(closed.out << closed.err);
  CHECK(closed.out == "2\n");
}

TEST_CASE("tls lets openssl check a certificate against the host's store, and opens neither keys nor ports", "[live][profiles]") {
  REQUIRE_ABI(4);
  const std::string store = "/etc/ssl/certs/ca-certificates.crt";
  if (!exists(store)) return skip("needs the package ca-certificates");
  const Place place;
  const std::string policy = including("base, tls", "[filesystem]\nread = " + (place / "outside") + "\n");
  const Outcome root = run(place.start({"sh", "-c", "openssl x509 -in " + store + " -out " + (place / "outside/root.pem")}));
  REQUIRE(root.status == 0);
  const Words verify{"openssl", "verify", "-no-CApath", "-no-CAstore", "-CAfile", store, place / "outside/root.pem"};
  check_works(run(place.held(policy, verify)), (place / "outside/root.pem") + ": OK\n");
  const Outcome closed = run(place.held(including("base", "[filesystem]\nread = " + (place / "outside") + "\n"), verify));
  CHECK(closed.status != 0);
  CHECK(closed.out.find(": OK") == std::string::npos);
  check_no_network(place, including("base, tls"));
  check_cannot_create(place, including("base, tls"), place / "work/new");
}

TEST_CASE("tls keeps the host's own keys closed, for root as well", "[live][root][profiles]") {
  REQUIRE_ABI(4);
  if (!std::filesystem::is_directory("/etc/ssl/private")) return skip("this host has no /etc/ssl/private");
  const Place place;
  check_denied(place, including("base, tls"), "os.listdir('/etc/ssl/private')", EACCES);
}

TEST_CASE("tty lets script give a shell with job control a terminal of its own", "[live][profiles]") {
  REQUIRE_ABI(4);
  const Place place;
  const std::string policy = including("base, tty", "[network]\nunix = allow\n");
  const Words jobs{"script", "-qec", "bash --norc --noprofile -ic 'sleep 5 & jobs; kill %1; wait %1; echo $?; tty >/dev/null && echo on a terminal'", "/dev/null"};
  const Outcome control = run(place.start(jobs));
  INFO(control.out << control.err);
  REQUIRE(control.out.find("on a terminal") != std::string::npos);
  const Outcome held = run(place.held(policy, jobs));
  INFO(held.out << held.err);
  CHECK(held.status == 0);
  CHECK(held.out.find("Running") != std::string::npos);
  CHECK(held.out.find("143") != std::string::npos);
  CHECK(held.out.find("on a terminal") != std::string::npos);
  CHECK(held.out.find("no job control") == std::string::npos);
  // Without the profile there is no terminal to be had.
  const std::string opening = "os.openpty()";
  check_denied(place, including("base"), opening, EACCES);
  CHECK(tried(place, policy, opening) == 0);
  // Typing into a terminal stays closed: what it would run is not held.
  const std::string typed =
      "import fcntl, pty\npid, fd = pty.fork()\nif pid == 0:\n  try: fcntl.ioctl(0, 0x5412, b'x')\n  except OSError as error: os._exit(error.errno)\n  os._exit(0)\n"
      "status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])\nif status: raise OSError(status, 'TIOCSTI')";
  if (const int free = tried_free(place, typed); free == 0) CHECK(tried(place, policy, typed) == EPERM);
  else CHECK(free == EIO);  // dev.tty.legacy_tiocsti = 0
}

TEST_CASE("tmp lets temporary files be made in TMPDIR, and in no other place", "[live][profiles]") {
  REQUIRE_ABI(4);
  const Place place;
  const std::string policy = including("base, tmp");
  check_works(run(place.held(policy, {"sh", "-c", "file=$(mktemp) && echo text >$file && cat $file && rm $file"})), "text\n");
  check_works(run(place.held(policy, {kPython, "-c", "import tempfile\nwith tempfile.TemporaryDirectory() as d: print(d.startswith('" + (place / "tmp/") + "'))"})), "True\n");
  check_cannot_create(place, including("base"), place / "tmp/new");
  check_cannot_create(place, policy, place / "outside/new");
  check_cannot_create(place, policy, place / "work/new");
  check_no_network(place, policy);
}

TEST_CASE("shm lets processes share memory by name, which base alone does not", "[live][profiles]") {
  REQUIRE_ABI(4);
  const Place place;
  const std::string code = "import _posixshmem, mmap\nname = '/landshim-' + str(os.getpid())\nfd = _posixshmem.shm_open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode=0o600)\n_posixshmem.shm_unlink(name)";
  CHECK(tried(place, including("base, shm"), code) == 0);
  check_denied(place, including("base"), code, EACCES);
  check_cannot_create(place, including("base, shm"), place / "tmp/new");
  check_no_network(place, including("base, shm"));
}

TEST_CASE("workspace lets programs work in their directory, and change nothing beside it", "[live][profiles]") {
  REQUIRE_ABI(4);
  const Place place;
  const std::string policy = including("workspace");
  check_works(run(place.held(policy, {"sh", "-c", "mkdir a && echo text >a/b && mv a c && cat c/b " + (place / "outside/file") + " && rm -r c"})), "text\nmine");
  check_works(run(place.held(policy, {"sh", "-c", "echo x >\"$TMPDIR/x\" && rm \"$TMPDIR/x\""})), "");
  check_cannot_create(place, policy, place / "outside/new");
  check_cannot_create(place, policy, place / "home/new");
  check_denied(place, policy, "os.truncate(" + quoted(place / "outside/file") + ", 4)", EACCES);
  CHECK(contents(place / "outside/file") == "mine");
  check_no_network(place, policy);
}

TEST_CASE("readonly lets programs see and start everything and change nothing", "[live][profiles]") {
  REQUIRE_ABI(4);
  const Place place;
  const std::string policy = including("readonly");
  place.file("outside/script", "#!/bin/sh\necho started\n", 0755);
  check_works(run(place.held(policy, {"sh", "-c", "cat " + (place / "outside/file") + "; " + (place / "outside/script") + " && echo x >/dev/null"})), "minestarted\n");
  for (const char* name : {"work/new", "tmp/new", "home/new", "outside/new"}) check_cannot_create(place, policy, place / name);
  check_denied(place, policy, "os.rename(" + quoted(place / "outside/file") + ", " + quoted(place / "outside/file") + ")\nos.truncate(" + quoted(place / "outside/file") + ", 4)", EACCES);
  check_denied(place, policy, "os.chmod(" + quoted(place / "outside/file") + ", 0o644)", EPERM);
  CHECK(contents(place / "outside/file") == "mine");
  check_no_network(place, policy);
}

TEST_CASE("no-network leaves pairs of sockets, and closes every other", "[live][profiles]") {
  REQUIRE_ABI(4);
  const Place place;
  const std::string policy = including("base, no-network");
  check_no_network(place, policy);
  for (const char* type : {"STREAM", "SEQPACKET"}) CHECK(tried(place, policy, std::string("a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_") + type + "); a.send(b'x'); assert b.recv(1) == b'x'") == 0);
  check_denied(place, policy, "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)", EACCES);
  check_denied(place, policy, "a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)\ntry: a.listen()\nexcept OSError as error:\n  if error.errno != 22: raise", EACCES);
  check_denied(place, policy, "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)", EACCES);
}

TEST_CASE("server lets a web server offer its port, and keeps it from others", "[live][profiles]") {
  REQUIRE_ABI(4);
  const Place place;
  const int port = free_port();
  const std::string policy = including("server", "[network]\nbind_tcp = " + std::to_string(port) + "\n[filesystem]\nread = " + (place / "outside") + "\n");
  place.held(policy, {"true"});  // writes the policy
  const std::string serve = built("landshim") + " run -p " + (place / "policies/policy.ini") + " -- " + kPython + " -m http.server --bind 127.0.0.1 --directory " + (place / "outside") + " " + std::to_string(port);
  const std::string text = serve + " >" + (place / "tmp/log") + " 2>&1 & server=$!; n=0; until curl -fs http://127.0.0.1:" + std::to_string(port) + "/file; do n=$((n + 1)); [ $n -lt 100 ] || break; sleep 0.1; done; kill $server";
  const Outcome served = run(place.start({"sh", "-c", text}));
  INFO(served.out << served.err << contents(place / "tmp/log"));
  CHECK(served.out == "mine");
  const auto binding = [](int number) { return "s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(('127.0.0.1', " + std::to_string(number) + ")); s.listen()"; };
  CHECK(tried(place, policy, binding(port)) == 0);
  check_denied(place, policy, binding(free_port()), EACCES);
  const Listener other;
  check_denied(place, policy, connecting(other.port()), EACCES);
  check_denied(place, policy, reading_code(place / "policies/policy.ini") + "\nos.listdir(" + quoted(place / "home") + ")", EACCES);
  check_denied(place, policy, "os.memfd_create('x', 0)", EACCES);
  CHECK(tried(place, policy, "os.memfd_create('x', 8)") == 0);  // MFD_NOEXEC_SEAL
  check_works(run(place.held(policy, {"sh", "-c", "ulimit -c"})), "0\n");
}

TEST_CASE("build lets make and gcc build and start a program in their directory alone", "[live][profiles]") {
  REQUIRE_ABI(4);
  const Place place;
  const std::string policy = including("build");
  place.file("work/main.c", "#include <stdio.h>\nint main(void) { puts(\"built\"); return 0; }\n");
  place.file("work/Makefile", "all: main\n\t./main\nmain: main.c\n\tgcc -O1 -o $@ $<\n\ttouch -d @0 stamp && chmod 600 stamp\n");
  check_works(run(place.held(policy, {"make", "-s"})), "built\n");
  CHECK(exists(place / "work/main"));
  CHECK(std::filesystem::is_empty(place / "tmp"));
  check_cannot_create(place, policy, place / "outside/new");
  check_denied(place, policy, reading_code(place / "outside/file"), EACCES);
  check_denied(place, policy, "os.chmod(" + quoted(place / "work/main.c") + ", 0o4755)", EPERM);
  check_no_network(place, policy);
}

TEST_CASE("build keeps the passwords of the host closed, for root as well", "[live][root][profiles]") {
  REQUIRE_ABI(4);
  const Place place;
  check_denied(place, including("build"), reading_code("/etc/shadow"), EACCES);
  CHECK(tried(place, including("build"), reading_code("/etc/hostname")) == 0);
}

TEST_CASE("desktop shows fonts, reaches sockets of the display, and keeps the user's files closed", "[live][profiles]") {
  REQUIRE_ABI(6);
  const Place place;
  const std::string policy = including("desktop");
  check_same(place, policy, {"fc-list", ":", "family"});
  check_same(place, policy, {"fc-match", "sans"});
  const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = "landshim-display-" + std::to_string(getpid());
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  REQUIRE(bind(server, reinterpret_cast<sockaddr*>(&address), static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size())) == 0);
  REQUIRE(listen(server, 8) == 0);
  const std::string reaching = "socket.socket(socket.AF_UNIX).connect(chr(0) + '" + name + "')";
  CHECK(tried(place, policy, reaching) == 0);
  check_denied(place, including("base", "[network]\nunix = allow\n"), reaching, EPERM);
  close(server);
  check_denied(place, policy, reading_code(place / "outside/file"), EACCES);
  check_denied(place, policy, "os.listdir(" + quoted(place / "home") + ")", EACCES);
  check_cannot_create(place, policy, place / "home/new");
  const Listener other;
  check_denied(place, policy, connecting(other.port()), EACCES);
}

namespace {

/// What every isolation profile lets work and stops.
void check_isolation(const std::string& name, int changing = EACCES) {
  const Place place;
  const std::string policy = including(name);
  INFO(name);
  std::filesystem::create_directories(place / "home/.ssh");
  std::filesystem::create_directories(place / "home/.config/gh");
  place.file("home/.ssh/id_ed25519", "key", 0666);
  place.file("home/.config/gh/hosts.yml", "token", 0666);
  place.file("home/notes", "notes", 0666);
  place.file("home/.netrc", "password", 0666);
  check_works(run(place.held(policy, {"sh", "-c", "echo text >a && cp a b && cat b ~/notes && rm a b"})), "text\nnotes");
  check_works(run(place.held(policy, {kPython, "-c", "import json, tempfile, subprocess\nopen('x.json', 'w').write(json.dumps([1]))\nwith tempfile.TemporaryFile() as f: f.write(b'x')\nprint(subprocess.run(['cat', 'x.json'], capture_output=True, text=True).stdout)"})), "[1]\n");
  for (const char* secret : {"home/.ssh/id_ed25519", "home/.config/gh/hosts.yml", "home/.netrc"}) check_denied(place, policy, reading_code(place / secret), EACCES);
  check_denied(place, policy, "os.listdir(" + quoted(place / "home/.ssh") + ")", EACCES);
  for (const char* path : {"home/new", "outside/new"}) check_cannot_create(place, policy, place / path, changing);
  check_no_network(place, policy);

  Start secrets = place.held(policy, {"env"});
  for (const char* variable : {"GITHUB_TOKEN", "npm_config_token", "AWS_ACCESS_KEY_ID", "PGPASSWORD", "MYSQL_PWD", "OPENAI_API_KEY", "SSH_AUTH_SOCK", "DATABASE_URL"}) secrets.environment[variable] = "se-cret";
  secrets.environment["EDITOR"] = "ordinary";
  const Outcome environment = run(secrets);
  CHECK(environment.status == 0);
  CHECK(environment.out.find("EDITOR=ordinary\n") != std::string::npos);
  CHECK(environment.out.find("PWD=") != std::string::npos);
  CHECK(environment.out.find("se-cret") == std::string::npos);
  // Nor in the memory where the kernel shows it.
  secrets = place.held(policy, {"cat", "/proc/self/environ"});
  secrets.environment["GITHUB_TOKEN"] = "se-cret";
  CHECK(run(secrets).out.find("se-cret") == std::string::npos);

  Start inherits = place.held(policy, attempt("os.read(7, 1)"));
  const int secret = open((place / "home/.netrc").c_str(), O_RDONLY | O_CLOEXEC);
  const int seventh = dup3(secret, 7, O_CLOEXEC);
  REQUIRE(seventh == 7);
  inherits.keep = {7};
  CHECK(number_of(run(inherits)) == EBADF);
  Start control = place.start(attempt("os.read(7, 1)"));
  control.keep = {7};
  CHECK(number_of(run(control)) == 0);
  close(7);
  close(secret);
  const Outcome left = run(place.held(policy, {"sh", "-c", "ulimit -c; grep -E '^Cap(Eff|Prm)' /proc/self/status"}));
  INFO(left.out << left.err);
  CHECK(left.out == "0\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n");
}

const Words kInit{"git", "init", "-q", "."};

/// git makes a commit in its directory, and tells of it.
void check_commit(const Place& place, const std::string& name) {
  INFO(name);
  const Words commit{"sh", "-c", "echo text >file && git add file && git -c user.name=n -c user.email=e@example commit -qm first && git log --format=%s && git status --porcelain"};
  check_works(run(place.held(including(name), commit)), "first\n");
}

void check_git(const std::string& name) {
  const Place place;
  check_works(run(place.held(including(name), kInit)), "");
  check_commit(place, name);
}

std::string calling(long number, const std::string& arguments) {
  return "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nif libc.syscall(" + std::to_string(number) + ", " + arguments + ") == -1: raise OSError(ctypes.get_errno(), 'call')";
}

/// What a level of isolation adds, with the errno that it gives; the level below lets it work.
void check_adds(const std::string& level, const std::string& below, const std::string& code, int error) {
  const Place place;
  INFO(level << ": " << code);
  CHECK(tried(place, including(below), code) == 0);
  CHECK(tried(place, including(level), code) == error);
}

const std::string kOwnFile = "open('own', 'w').close(); ";

}  // namespace

TEST_CASE("isolation-default lets a program work in its directory, and keeps keys, secrets and the network from it", "[live][profiles]") {
  REQUIRE_ABI(4);
  check_isolation("isolation-default");
  check_git("isolation-default");
}

TEST_CASE("isolation-default keeps the passwords of the host closed, for root as well", "[live][root][profiles]") {
  REQUIRE_ABI(4);
  const Place place;
  check_denied(place, including("isolation-default"), reading_code("/etc/shadow"), EACCES);
  CHECK(tried(place, including("isolation-default"), reading_code("/etc/passwd")) == 0);
}

TEST_CASE("isolation-enhanced adds the list of calls, and closes code from memory and the priority of others", "[live][profiles]") {
  REQUIRE_ABI(4);
  check_isolation("isolation-enhanced");
  check_git("isolation-enhanced");
  check_adds("isolation-enhanced", "isolation-default", "os.memfd_create('x', 0)", EACCES);
  check_adds("isolation-enhanced", "isolation-default", "import subprocess\nwith subprocess.Popen(['sleep', '60']) as child:\n  try: os.setpriority(os.PRIO_PROCESS, child.pid, 10)\n  finally: child.kill()", EPERM);
  check_adds("isolation-enhanced", "isolation-default", "import threading\nos.sched_setaffinity(os.getpid(), os.sched_getaffinity(0))", EPERM);
  check_adds("isolation-enhanced", "isolation-default", calling(SYS_kcmp, "os.getpid(), os.getpid(), 3, 0, 0"), EPERM);
}

TEST_CASE("isolation-maximum adds namespaces, and closes modes, servers and code made at run time", "[live][profiles]") {
  REQUIRE_ABI(4);
  if (!may_enter_namespaces()) return skip("needs user namespaces");
  check_isolation("isolation-maximum", EROFS);
  check_adds("isolation-maximum", "isolation-enhanced", "os.memfd_create('x', 8)", EACCES);
  check_adds("isolation-maximum", "isolation-enhanced", kOwnFile + "os.chmod('own', 0o600)", EPERM);
  check_adds("isolation-maximum", "isolation-enhanced", kOwnFile + "os.utime('own', (0, 0))", EPERM);
  check_adds("isolation-maximum", "isolation-enhanced", "import mmap\nmmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)", EACCES);
  const Place place;
  const Outcome init = run(place.held(including("isolation-maximum"), kInit));
  CHECK(init.status == 128);
  CHECK(init.err.find("Operation not permitted") != std::string::npos);
  std::filesystem::remove_all(place / "work/.git");
  REQUIRE(run(place.start(kInit)).status == 0);
  check_commit(place, "isolation-maximum");
  const Words names{"sh", "-c", "for n in net ipc uts mnt pid; do readlink /proc/self/ns/$n; done"};
  const std::vector<std::string> outside = lines_of(run(place.held(including("isolation-enhanced"), names)).out);
  const std::vector<std::string> inside = lines_of(run(place.held(including("isolation-maximum"), names)).out);
  REQUIRE(outside.size() == 5);
  REQUIRE(inside.size() == 5);
  for (std::size_t i = 0; i < 4; ++i) CHECK(outside[i] != inside[i]);
  CHECK(outside[4] == inside[4]);
  Start steered = place.held(including("isolation-maximum"), {"env"});
  for (const char* variable : {"LD_LIBRARY_PATH", "PYTHONPATH", "NODE_OPTIONS", "PERL5LIB", "RUBYOPT", "BASH_ENV"}) steered.environment[variable] = "/nonexistent/steered";
  const Outcome environment = run(steered);
  CHECK(environment.status == 0);
  CHECK(environment.out.find("steered") == std::string::npos);
}
