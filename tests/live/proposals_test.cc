// SPDX-License-Identifier: MIT
// Random denials: the lines that a followed run proposes go into its policy as they are written, until the command does
// all that it does without one. LANDSHIM_SEED chooses others.
#include <catch2/catch.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include "shim/descriptor.h"
#include "tests/live/followed.h"
#include "tests/support/json.h"

using namespace landshim::tests;
using landshim::Descriptor;

namespace {

constexpr int kRounds = 6;
constexpr int kLeastDenied = 100;  // of all trials

std::uint64_t seed() {
  const char* const chosen = std::getenv("LANDSHIM_SEED");
  return chosen == nullptr ? 20'260'101 : std::strtoull(chosen, nullptr, 0);
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }
  bool one_in(std::size_t count) { return below(count) == 0; }
  const std::string& of(const Words& words) { return words[below(words.size())]; }

 private:
  std::mt19937_64 engine_;
};

// What the language has marks for, what a shell or a terminal takes for more than it is, and what is no ASCII.
const Words kNames = {"plain",   "two words",  " before", "after ", "a,b",    "quote\"d", "apostrophe'", "#hash",  "semi;colon", "x ; y",      "dollar$HOME", "$$",    "${PWD}", "star*",    "what?", "[set]",
                      "back\\s", "-dash",      "~tilde",  "ünï",    "漢字",   "= equals", "-p",          "50%",    "a & b",      "(x)",        "read = x",    "!x",    "...",    "a\\\"b\\", "]", "x; to allow: y",
                      "a and [ipc] signals = allow", "\xe2\x80\xaenoitcerid", "\xc2\x85next"};
// The language cannot hold these, and need not where they are in a directory that it can.
const Words kNamesOfFiles = {"\xff\xfe", "new\nline", "tab\t", "\x1b[31mred", "cut\xe2\x82"};

struct Entry {
  std::string path;
  mode_t kind;
  std::string text{};   // of a link, where it leads
  mode_t mode = 0644;
};

std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/')); }
bool beneath(const std::string& path, const std::string& directory) { return path == directory || path.starts_with(directory + "/"); }

// Directories and files of random names, made anew for every run.
class World {
 public:
  explicit World(Random& random) : random_(random), base_(place_ / "w") {
    make({base_, S_IFDIR});
    root_ = base_ + "/" + random.of(kNames);
    make({root_, S_IFDIR});
    directories_.push_back(root_);
    for (std::size_t i = 3 + random.below(3); i > 0; --i) directories_.push_back(directory_in(random.of(directories_)));
    for (const std::string& directory : directories_)
      for (int i = 0; i < 2; ++i) files_.push_back(file_in(directory));
    outside_ = make({directory_in(root_) + "/outside", S_IFREG, "text\n"});
  }

  std::string directory() { return random_.of(directories_); }
  // Not the root.
  std::string inner() { return directories_[1 + random_.below(directories_.size() - 1)]; }
  std::string file() { return random_.of(files_); }
  std::string other_than(const std::string& directory) {
    for (;;)
      if (const std::string other = this->directory(); other != directory) return other;
  }
  std::string new_name(const std::string& directory, bool of_file = true) {
    const std::string name = of_file && random_.one_in(8) ? random_.of(kNamesOfFiles) : random_.of(kNames);
    return directory + "/" + name + "." + std::to_string(++names_);
  }
  std::string directory_in(const std::string& directory) { return make({new_name(directory, false), S_IFDIR, {}, 0755}); }
  std::string file_in(const std::string& directory, const std::string& text = "text\n", mode_t mode = 0644) { return make({new_name(directory), S_IFREG, text, mode}); }
  std::string link_to(const std::string& target) { return make({new_name(root_), S_IFLNK, target}); }
  std::string make(Entry entry) {
    entries_.push_back(entry);
    return entry.path;
  }
  // With nothing in its name that the first line of a script cannot hold.
  std::string plain_directory() {
    const std::string path = base_ + "/i" + std::to_string(++names_);
    return make({path, S_IFDIR});
  }

  const std::string& root() const { return root_; }
  const Words& files() const { return files_; }
  const Words& directories() const { return directories_; }
  const std::string& outside() const { return outside_; }

  void build() const {
    std::filesystem::remove_all(base_);
    for (const Entry& entry : entries_) {
      if (entry.kind == S_IFDIR) std::filesystem::create_directory(entry.path);
      else if (entry.kind == S_IFLNK) std::filesystem::create_symlink(entry.text, entry.path);
      else std::ofstream(entry.path, std::ios::binary) << entry.text;
      if (entry.kind == S_IFREG) chmod(entry.path.c_str(), entry.mode);
    }
  }

  // Times only where a command has set them to long ago.
  std::string state() const {
    std::vector<std::string> lines;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(base_)) {
      const std::string path = entry.path().string();
      struct stat info {};
      lstat(path.c_str(), &info);
      std::string line = path + " " + std::to_string(info.st_mode) + " " + std::to_string(info.st_uid) + " " + std::to_string(info.st_nlink);
      if (S_ISREG(info.st_mode)) line += " " + contents(path);
      if (S_ISLNK(info.st_mode)) line += " " + std::filesystem::read_symlink(path).string();
      if (info.st_mtim.tv_sec < 1'200'000'000) line += " " + std::to_string(info.st_mtim.tv_sec);
      lines.push_back(line);
    }
    std::sort(lines.begin(), lines.end());
    std::string out;
    for (const std::string& line : lines) out += line + "\n";
    return out;
  }

 private:
  Random& random_;
  Scratch place_;
  std::string base_;
  std::string root_;
  std::string outside_;
  Words directories_{};
  Words files_{};
  std::vector<Entry> entries_{};
  int names_ = 0;
};

// Sockets of this process, which is outside of every policy.
class Outside {
 public:
  Outside() : name("landshim-proposals-" + std::to_string(getpid())), tcp_(listener(SOCK_STREAM, port)), other_(listener(SOCK_STREAM, other_port)), udp_(listener(SOCK_DGRAM, udp_port)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
    abstract_ = listening(address, offsetof(sockaddr_un, sun_path) + 1 + name.size());
    address = {};
    address.sun_family = AF_UNIX;
    path = place_ / "a socket";
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    named_ = listening(address, sizeof address);
    chmod(path.c_str(), 0777);
  }
  static std::uint16_t free_port() {
    std::uint16_t out = 0;
    listener(SOCK_DGRAM, out);
    return out;
  }

  std::string name;
  std::string path;
  std::uint16_t port = 0;
  std::uint16_t other_port = 0;
  std::uint16_t udp_port = 0;

 private:
  static Descriptor listener(int type, std::uint16_t& port) {
    Descriptor out(socket(AF_INET, type | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(out.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    if (type == SOCK_STREAM) REQUIRE(listen(out.get(), 4096) == 0);
    REQUIRE(getsockname(out.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port = ntohs(address.sin_port);
    return out;
  }
  static Descriptor listening(const sockaddr_un& address, std::size_t size) {
    Descriptor out(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(bind(out.get(), reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size)) == 0);
    REQUIRE(listen(out.get(), 4096) == 0);
    return out;
  }

  Scratch place_;
  Descriptor tcp_;
  Descriptor other_;
  Descriptor udp_;
  Descriptor abstract_;
  Descriptor named_;
};

struct Line {
  std::string section;
  std::string key;
  std::string value;
};

struct Operation {
  Words command;
  Words touches{};              // no line may name anything but these, their directories, and what lies beneath them
  std::vector<Line> policy{};   // without which nothing would be denied
  std::string directory = "/";
  std::string input{};
  bool level = false;           // no rules but on the tree: Landlock lets nothing go where it would gain rights
  Words sibling{};              // what nobody asked for, and how it ends under the last policy
  int sibling_status = 0;
};

Words call(long number, Words arguments) {
  arguments.insert(arguments.begin(), {built("tests/victim"), "call", std::to_string(number)});
  return arguments;
}
Words python(const std::string& text, const Words& arguments = {}) {
  Words out{"/usr/bin/python3", "-I", "-S", "-c", "import os, socket, signal, sys\na = [os.fsencode(x) for x in sys.argv[1:]]\n" + text};
  out.insert(out.end(), arguments.begin(), arguments.end());
  return out;
}
Words shell(const std::string& text, const Words& arguments) {
  Words out{"sh", "-c", text, "sh"};
  out.insert(out.end(), arguments.begin(), arguments.end());
  return out;
}

struct Kind {
  const char* name;
  Operation (*make)(World& world, const Outside& outside);
};

const std::string kHere = std::to_string(AT_FDCWD);

// --- reading ---

const Kind kReading[] = {
    {"read", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{{"cat", "--", f}, {f}}; }},
    {"read by redirection", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{shell("cat <\"$1\"", {f}), {f}}; }},
    {"read from where the process is",
     [](World& w, const Outside&) {
       const std::string f = w.file();
       return Operation{.command = {"cat", "./" + f.substr(f.rfind('/') + 1)}, .touches = {f}, .directory = parent_of(f)};
     }},
    {"read through links", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{{"cat", "--", w.link_to(w.link_to(f))}, {f}}; }},
    {"read again by descriptor", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{victim_words({"reopen", f}), {f}}; }},
    {"read many", [](World& w, const Outside&) { const std::string a = w.file(), b = w.file(); return Operation{{"sort", "--", a, b}, {a, b}}; }},
    {"read by python", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{python("print(open(a[0]).read())", {f}), {f}}; }},
    {"read beneath", [](World& w, const Outside&) { const std::string d = w.inner(); return Operation{{"grep", "-rc", "e", "--", d}, {d}}; }},
    {"list", [](World& w, const Outside&) { const std::string d = w.directory(); return Operation{{"ls", "-a", "--", d}, {d}}; }},
    {"list beneath", [](World& w, const Outside&) { const std::string d = w.inner(); return Operation{{"find", d, "-type", "d"}, {d}}; }},
    {"archive", [](World& w, const Outside&) { const std::string d = w.inner(); return Operation{shell("tar -C \"$1\" --sort=name --mtime=@0 -cf - . | cksum", {d}), {d}}; }},
};

// --- changing ---

const Kind kChanging[] = {
    {"write", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{shell("echo new >\"$1\"", {f}), {f}}; }},
    {"append", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{shell("echo more >>\"$1\"", {f}), {f}}; }},
    {"write in place", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{.command = {"dd", "status=none", "conv=notrunc", "of=" + f}, .touches = {f}, .input = "xy"}; }},
    {"read and write", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{shell("exec 3<>\"$1\" && echo xy >&3 && cat <&3", {f}), {f}}; }},
    {"tee", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{.command = {"tee", "--", f}, .touches = {f}, .input = "xy\n"}; }},
    {"truncate", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{victim_words({"truncate", f}), {f}}; }},
    {"empty by reading", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{victim_words({"open-truncate", f}), {f}}; }},
    {"cut", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{{"truncate", "-s", "2", "--", f}, {f}}; }},
    {"edit", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{{"sed", "-i", "s/e/E/", "--", f}, {f}}; }},
    {"sort over itself", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{{"sort", "-o", f, "--", f}, {f}}; }},
    {"create", [](World& w, const Outside&) { const std::string n = w.new_name(w.directory()); return Operation{shell("echo x >\"$1\"", {n}), {n}}; }},
    {"touch", [](World& w, const Outside&) { const std::string n = w.new_name(w.directory()); return Operation{{"touch", "--", n}, {n}}; }},
    {"copy", [](World& w, const Outside&) { const std::string f = w.file(), n = w.new_name(w.directory()); return Operation{{"cp", "--", f, n}, {f, n}}; }},
    {"install", [](World& w, const Outside&) { const std::string f = w.file(), n = w.new_name(w.directory()); return Operation{{"install", "-m", "600", "--", f, n}, {f, n}}; }},
    {"make a directory", [](World& w, const Outside&) { const std::string n = w.new_name(w.directory()); return Operation{{"mkdir", "--", n}, {n}}; }},
    {"make directories", [](World& w, const Outside&) { const std::string n = w.new_name(w.directory(), false); return Operation{{"mkdir", "-p", "--", n + "/a/b"}, {n}}; }},
    {"make a pipe", [](World& w, const Outside&) { const std::string n = w.new_name(w.directory()); return Operation{{"mkfifo", "--", n}, {n}}; }},
    {"make a link", [](World& w, const Outside&) { const std::string n = w.new_name(w.directory()); return Operation{{"ln", "-s", "--", "somewhere", n}, {n}}; }},
    {"make a socket", [](World& w, const Outside&) { const std::string n = w.new_name(w.directory()); return Operation{call(SYS_mknodat, {kHere, "=" + n, std::to_string(S_IFSOCK | 0600), "0"}), {n}}; }},
    {"bind a socket", [](World& w, const Outside&) { const std::string d = w.directory(), n = d + "/s"; return Operation{.command = python("socket.socket(socket.AF_UNIX).bind(b's')"), .touches = {n}, .directory = d}; }},
    {"make a device", [](World& w, const Outside&) { const std::string n = w.new_name(w.directory()); return Operation{.command = {"mknod", "--", n, "c", "1", "3"}, .touches = {n}, .policy = {{"process", "capabilities", "all"}}}; }},
    {"open a nameless file", [](World& w, const Outside&) { const std::string d = w.directory(); return Operation{call(SYS_openat, {kHere, "=" + d, std::to_string(O_TMPFILE | O_RDWR), "0600"}), {d}}; }},
    {"remove", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{{"rm", "-f", "--", f}, {f}}; }},
    {"remove a directory", [](World& w, const Outside&) { const std::string d = w.directory_in(w.directory()); return Operation{{"rmdir", "--", d}, {d}}; }},
    {"remove all", [](World& w, const Outside&) { const std::string d = w.inner(); return Operation{{"rm", "-rf", "--", d}, {d}}; }},
    {"find and remove", [](World& w, const Outside&) { const std::string d = w.inner(); return Operation{{"find", d, "-type", "f", "-delete"}, {d}}; }},
    {"rename", [](World& w, const Outside&) { const std::string f = w.file(), n = w.new_name(parent_of(f)); return Operation{{"mv", "--", f, n}, {f, n}}; }},
    {"rename over", [](World& w, const Outside&) { const std::string f = w.file(), n = w.file_in(parent_of(f)); return Operation{victim_words({"rename", f, n}), {f, n}}; }},
    {"move", [](World& w, const Outside&) { const std::string f = w.file(), n = w.new_name(w.other_than(parent_of(f))); return Operation{{"mv", "--", f, n}, {f, n}}; }},
    {"rename across", [](World& w, const Outside&) { const std::string f = w.file(), n = w.new_name(w.other_than(parent_of(f))); return Operation{.command = victim_words({"rename", f, n}), .touches = {f, n}, .level = true}; }},
    {"rename a directory", [](World& w, const Outside&) { const std::string d = w.directory_in(w.directory()), n = w.new_name(parent_of(d), false); return Operation{victim_words({"rename", d, n}), {d, n}}; }},
    {"rename a directory across", [](World& w, const Outside&) { const std::string d = w.directory_in(w.directory()), n = w.new_name(w.other_than(parent_of(d)), false); return Operation{.command = victim_words({"rename", d, n}), .touches = {d, n}, .level = true}; }},
    {"exchange", [](World& w, const Outside&) { const std::string a = w.file(), b = w.file_in(w.other_than(parent_of(a))); return Operation{.command = call(SYS_renameat2, {kHere, "=" + a, kHere, "=" + b, "2"}), .touches = {a, b}, .level = true}; }},
    {"link", [](World& w, const Outside&) { const std::string f = w.file(), n = w.new_name(parent_of(f)); return Operation{{"ln", "--", f, n}, {f, n}}; }},
    {"link across", [](World& w, const Outside&) { const std::string f = w.file(), n = w.new_name(w.other_than(parent_of(f))); return Operation{.command = {"ln", "--", f, n}, .touches = {f, n}, .level = true}; }},
    {"copy all", [](World& w, const Outside&) { const std::string d = w.directory_in(w.root()); w.file_in(d); w.file_in(w.directory_in(d)); const std::string n = w.new_name(w.inner(), false); return Operation{{"cp", "-r", "--", d, n}, {d, n}}; }},
    {"replace by python", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{python("open(a[0] + b'~', 'w').write('new')\nos.replace(a[0] + b'~', a[0])", {f}), {f, f + "~"}}; }},
};

// --- programs ---

const Kind kPrograms[] = {
    {"start a program", [](World& w, const Outside&) { const std::string p = w.file_in(w.directory(), contents("/bin/echo"), 0755); return Operation{shell("\"$1\" said", {p}), {p}}; }},
    {"become a program", [](World& w, const Outside&) { const std::string p = w.file_in(w.directory(), contents("/bin/echo"), 0755); return Operation{{"env", p, "said"}, {p}}; }},
    {"spawn a program", [](World& w, const Outside&) { const std::string p = w.file_in(w.directory(), contents("/bin/true"), 0755); return Operation{victim_words({"spawned", p, "x"}), {p}}; }},
    {"start a script", [](World& w, const Outside&) { const std::string p = w.file_in(w.directory(), "#!/bin/sh\necho said\n", 0755); return Operation{{"env", p}, {p}}; }},
    {"read a script", [](World& w, const Outside&) { const std::string p = w.file_in(w.directory(), "echo said\n"); return Operation{{"sh", p}, {p}}; }},
    {"start a script of an interpreter that is denied",
     [](World& w, const Outside&) {
       const std::string i = w.make({w.plain_directory() + "/sh", S_IFREG, contents("/bin/sh"), 0755});
       const std::string p = w.file_in(w.directory(), "#!" + i + "\necho said\n", 0755);
       return Operation{{"env", p}, {p, i}};
     }},
    {"the command itself", [](World& w, const Outside&) { const std::string p = w.file_in(w.directory(), contents("/bin/echo"), 0755); return Operation{{p, "said"}, {p}}; }},
    {"the command is a script",
     [](World& w, const Outside&) {
       const std::string i = w.make({w.plain_directory() + "/sh", S_IFREG, contents("/bin/sh"), 0755});
       return Operation{{w.file_in(w.directory(), "#! " + i + " -e\necho said\n", 0755)}, {w.root(), i}};
     }},
};

// --- metadata: of any file, so the file itself is granted ---

Operation changed(World& w, Words command) {
  const std::string f = w.file();
  command.push_back(f);
  return {.command = std::move(command), .touches = {f}, .policy = {{"filesystem", "metadata", "deny"}}, .sibling = call(SYS_setxattr, {"=" + f, "=user.x", "=x", "1", "0"}), .sibling_status = EOPNOTSUPP};
}

const Kind kMetadata[] = {
    {"mode", [](World& w, const Outside&) { return changed(w, {"chmod", "600", "--"}); }},
    {"times", [](World& w, const Outside&) { return changed(w, {"touch", "-d", "@1000000000", "--"}); }},
    {"owner", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{.command = python("os.chown(a[0], -1, -1)", {f}), .touches = {f}, .policy = {{"filesystem", "metadata", "modes"}}}; }},
    {"attribute", [](World& w, const Outside&) { const std::string f = w.file(); return Operation{.command = call(SYS_setxattr, {"=" + f, "=user.x", "=x", "1", "0"}), .touches = {f}, .policy = {{"filesystem", "write_file", "FILES"}}}; }},
};

// --- sockets and signals ---

Operation tcp(const Outside& outside, const char* verb, const char* family) {
  const bool connects = std::string_view(verb) == "connect";
  const std::string port = std::to_string(connects ? outside.port : Outside::free_port());
  const std::string other = std::to_string(connects ? outside.other_port : Outside::free_port());
  return {.command = victim_words({"stream", verb, family, port, "0"}), .sibling = victim_words({"stream", verb, family, other, "0"}), .sibling_status = EACCES};
}

Operation socket_of(const char* family, const char* type, const char* protocol) {
  return {.command = victim_words({"socket", family, type, protocol}), .policy = {{"process", "capabilities", "all"}}};
}

const Kind kSockets[] = {
    {"connect", [](World&, const Outside& o) { return tcp(o, "connect", "4"); }},
    {"connect by a mapped address", [](World&, const Outside& o) { return tcp(o, "connect", "mapped"); }},
    {"bind", [](World&, const Outside& o) { return tcp(o, "bind", "4"); }},
    {"bind IPv6", [](World&, const Outside& o) { return tcp(o, "bind", "6"); }},
    {"listen", [](World&, const Outside&) { return Operation{python("s = socket.socket()\ns.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\ns.bind(('127.0.0.1', int(a[0])))\ns.listen()", {std::to_string(Outside::free_port())})}; }},
    {"listen without bind", [](World&, const Outside&) { return Operation{python("socket.socket().listen()")}; }},
    {"fast open", [](World&, const Outside& o) { return Operation{.command = victim_words({"fast-open", "sendto", "4", std::to_string(o.port)}), .policy = {{"network", "connect_tcp", std::to_string(o.port)}}}; }},
    {"send UDP", [](World&, const Outside& o) { return Operation{victim_words({"udp-send", "4", std::to_string(o.udp_port)})}; }},
    {"bind UDP", [](World&, const Outside&) { return Operation{victim_words({"udp-bind", "4", std::to_string(Outside::free_port())})}; }},
    {"abstract socket", [](World&, const Outside& o) { return Operation{.command = victim_words({"unix", "connect", "stream", "@" + o.name}), .sibling = victim_words({"kill", std::to_string(getpid()), "0"}), .sibling_status = EPERM}; }},
    {"named socket", [](World&, const Outside& o) { return Operation{victim_words({"unix", "connect", "stream", o.path})}; }},
    {"pair", [](World&, const Outside&) { return Operation{python("socket.socketpair()")}; }},
    {"netlink", [](World&, const Outside&) { return socket_of("16", "3", "0"); }},
    {"netlink of another kind", [](World&, const Outside&) { return socket_of("16", "3", "15"); }},
    {"packet", [](World&, const Outside&) { return socket_of("17", "3", "768"); }},
    {"raw", [](World&, const Outside&) { return socket_of("2", "3", "1"); }},
    {"ping", [](World&, const Outside&) { return socket_of("2", "2", "1"); }},
    {"mptcp", [](World&, const Outside&) { return socket_of("2", "1", "262"); }},
    {"udplite", [](World&, const Outside&) { return socket_of("2", "2", "136"); }},
    {"vsock", [](World&, const Outside&) { return socket_of("40", "1", "0"); }},
    {"algorithms", [](World&, const Outside&) { return socket_of("38", "5", "0"); }},
    {"signal", [](World&, const Outside&) { return Operation{victim_words({"kill", std::to_string(getpid()), "0"})}; }},
    {"signal to a thread", [](World&, const Outside&) { return Operation{call(SYS_tgkill, {std::to_string(getpid()), std::to_string(getpid()), "0"})}; }},
    {"signal by descriptor", [](World&, const Outside&) { return Operation{python("signal.pidfd_send_signal(os.pidfd_open(int(a[0])), 0)", {std::to_string(getpid())})}; }},
    {"queued signal", [](World&, const Outside&) { return Operation{victim_words({"raw", std::to_string(SYS_rt_sigqueueinfo), std::to_string(getpid()), "0", "p"})}; }},
};

// --- calls ---

// What takes a capability needs it as well, and no denial tells of that.
Operation denied_call(long number, Words arguments, std::vector<Line> policy = {}) {
  policy.push_back({"process", "capabilities", "all"});
  arguments.insert(arguments.begin(), {"raw", std::to_string(number)});
  return {.command = victim_words(std::move(arguments)), .policy = std::move(policy), .sibling = call(SYS_mount, {"=a", "=b", "=c", "0", "0"}), .sibling_status = EPERM};
}

const Kind kCalls[] = {
    {"clock", [](World&, const Outside&) { return denied_call(SYS_adjtimex, {"p"}); }},
    {"log of the kernel", [](World&, const Outside&) { return denied_call(SYS_syslog, {"10"}); }},
    {"faults", [](World&, const Outside&) { return denied_call(SYS_userfaultfd, {"1"}); }},
    {"personality", [](World&, const Outside&) { return denied_call(SYS_personality, {"0x0040000"}); }},
    {"swap", [](World&, const Outside&) { return denied_call(SYS_swapoff, {"p"}); }},
    {"quota", [](World&, const Outside&) { return denied_call(SYS_quotactl, {"0x80000100", "0", "0", "0"}); }},
    {"performance", [](World&, const Outside&) { return denied_call(SYS_perf_event_open, {"p", "0", "0", "0", "0"}); }},
    {"handles", [](World&, const Outside&) { return denied_call(SYS_open_by_handle_at, {"-1", "p", "0"}); }},
    {"namespaces", [](World&, const Outside&) { return denied_call(SYS_unshare, {"0x10000000"}); }},
    {"shared memory", [](World&, const Outside&) { return denied_call(SYS_shmget, {"0x7ead0001", "1", "0"}); }},
    {"semaphores", [](World&, const Outside&) { return denied_call(SYS_semget, {"0x7ead0001", "1", "0"}); }},
    {"queues", [](World&, const Outside&) { return denied_call(SYS_mq_getsetattr, {"99", "0", "p"}); }},
    {"keys", [](World&, const Outside&) { return denied_call(SYS_keyctl, {"0", "-2", "0"}); }},
    {"priorities", [](World&, const Outside&) { return Operation{.command = python("os.setpriority(os.PRIO_PROCESS, os.getpid(), 0)"), .policy = {{"ipc", "scheduling", "deny"}}}; }},
    {"memory files", [](World&, const Outside&) { return denied_call(SYS_memfd_create, {"p", "0"}, {{"process", "memfd", "deny"}}); }},
    {"memory to write and execute", [](World&, const Outside&) { return denied_call(SYS_mmap, {"0", "4096", "7", "0x22", "-1", "0"}, {{"process", "write_execute", "deny"}}); }},
    {"what the strict list lacks", [](World&, const Outside&) { return denied_call(SYS_acct, {"1"}, {{"syscalls", "profile", "strict"}}); }},
    {"what the default denies", [](World&, const Outside&) { return denied_call(SYS_getpriority, {"0", "0"}, {{"syscalls", "profile", "strict"}}); }},
};

// --- policies ---

// As the language has it, whatever is in it.
std::string item(const std::string& path) {
  std::string out = "\"";
  for (const char c : path) {
    if (c == '"' || c == '\\') out += std::string("\\") + c;
    else if (c == '$') out += "$$";
    else if (c == '*' || c == '?' || c == '[') out += std::string("[") + c + "]";
    else out += c;
  }
  return out + "\"";
}

// The way back: the path in a line that was proposed.
std::string path_in(std::string value) {
  if (value.starts_with('"')) {
    std::string plain;
    for (std::size_t i = 1; i + 1 < value.size(); ++i) plain += value[i] == '\\' ? value[++i] : value[i];
    value = plain;
  }
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '$') out += value[++i];
    else if (value[i] == '[' && i + 2 < value.size()) out += value[i + 1], i += 2;
    else out += value[i];
  }
  return out;
}

// May be given once in a file: a line that is proposed takes the place of the one that is there.
bool is_single(const Line& line) {
  static const std::set<std::string> kMany = {"read", "read_exec", "write", "read_write", "read_write_exec", "device", "connect_tcp", "bind_tcp", "connect_udp", "bind_udp", "connect_unix", "workspace"};
  return (line.section != "syscalls" || line.key == "profile") && kMany.find(line.key) == kMany.end() && !line.key.starts_with("make_") && line.key != "read_file" && line.key != "write_file";
}

class PolicyText {
 public:
  void add(const Line& line) {
    const auto same = std::find_if(lines_.begin(), lines_.end(), [&](const Line& one) { return one.section == line.section && one.key == line.key; });
    if (same != lines_.end() && is_single(line)) *same = line;
    else lines_.push_back(line);
  }
  // "[filesystem] read = /srv"
  Line add_proposed(const std::string& text) {
    const std::size_t section = text.find("] ");
    const std::size_t value = text.find(" = ");
    INFO(text);
    REQUIRE(text.starts_with('['));
    REQUIRE(section < value);
    REQUIRE(value != text.npos);
    const Line line{text.substr(1, section - 1), text.substr(section + 2, value - section - 2), text.substr(value + 3)};
    add(line);
    return line;
  }
  std::string text() const {
    std::string out;
    for (const Line& line : lines_) out += "[" + line.section + "]\n" + line.key + " = " + line.value + "\n";
    return out;
  }

 private:
  std::vector<Line> lines_{};
};

PolicyText random_policy(Random& random, World& world, const Operation& operation) {
  static const Words kOnDirectories = {"read", "read_exec", "write", "read_write", "read_write_exec", "write_file", "read_file", "make_reg"};
  static const Words kOnFiles = {"read", "read_exec", "write", "read_write", "write_file"};
  PolicyText out;
  out.add({"filesystem", "runtime", "host"});
  out.add({"filesystem", "read_exec", built("tests")});
  if (!random.one_in(4)) out.add({"filesystem", "device", "/dev/null"});
  for (std::size_t i = operation.level ? 0 : random.below(3); i > 0; --i) {
    if (random.one_in(3)) out.add({"filesystem", random.of(kOnFiles), item(world.outside())});
    else out.add({"filesystem", random.of(kOnDirectories), item(world.inner())});
  }
  if (random.one_in(10)) out.add({"policy", "mode", "readonly"});
  if (random.one_in(4)) out.add({"network", "access", random.one_in(2) ? "none" : "rules"});
  else if (random.one_in(6)) out.add({"network", "bind_tcp", "443"});
  if (random.one_in(8)) out.add({"network", "unix", random.one_in(2) ? "deny" : "allow"});
  if (random.one_in(8)) out.add({"ipc", "signals", "deny"});
  if (random.one_in(8)) out.add({"syscalls", "profile", "default"});
  for (const Line& line : operation.policy)
    if (line.value == "FILES") out.add({line.section, line.key, item(operation.touches.front().starts_with(world.root()) ? world.root() : "/")});
    else out.add(line);
  return out;
}

// --- a trial ---

// The proposals in a line on standard error: after "to allow:", until the next part that no quotes enclose.
Words proposed_in(const std::string& line) {
  const std::string mark = "; to allow: ";
  std::size_t at = line.rfind(mark + "[");
  Words out;
  if (!line.starts_with("landshim: denied ") || at == line.npos) return out;
  std::string one;
  bool quoted = false;
  for (at += mark.size(); at < line.size(); ++at) {
    const std::string_view rest = std::string_view(line).substr(at);
    if (!quoted && rest.starts_with("; ")) break;
    if (!quoted && rest.starts_with(" and [")) {
      out.push_back(one);
      one.clear();
      at += 4;
      continue;
    }
    if (quoted && line[at] == '\\') one += line[at++];
    else if (line[at] == '"') quoted = !quoted;
    one += line[at];
  }
  out.push_back(one);
  return out;
}

class Trial {
 public:
  Trial(Random& random, const Kind& kind, const Outside& outside) : world_(random), operation_(kind.make(world_, outside)), policy_(random_policy(random, world_, operation_)), by_text_(random.one_in(3)), looks_around_(random.one_in(3)) {}

  // Whether the policy denied it at first.
  bool run() {
    world_.build();
    control_ = start(operation_.command);
    control_state_ = world_.state();
    world_.build();
    const std::string before = policy_.text();
    for (int round = 0;; ++round) {
      outcome_ = held();
      if (as_free()) {
        if (round > 0) check_narrow(before);
        return round > 0;
      }
      INFO(told());
      const bool goes_on = round < kRounds && take_proposals();
      CHECK(goes_on);
      if (!goes_on) return false;
      world_.build();
    }
  }

  int opened() const { return opened_; }

 private:
  Outcome start(const Words& command) const {
    return landshim::tests::run({command, {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}, {"HOME", "/nonexistent"}, {"LC_ALL", "C"}, {"TMPDIR", "/tmp"}}, {}, operation_.directory, operation_.input, 30});
  }

  Outcome under(const std::string& policy, Words options, const Words& command) const {
    Words words{built("landshim"), "run", "-p", place_.file("policy.ini", policy)};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back("--");
    words.insert(words.end(), command.begin(), command.end());
    return start(words);
  }

  Outcome held() const { return under(policy_.text(), {"--explain-denials", "--denials-json", place_ / "events"}, operation_.command); }

  bool as_free() const { return outcome_.status == control_.status && outcome_.signal == control_.signal && outcome_.out == control_.out && world_.state() == control_state_; }

  // Whether there are any that are new.
  bool take_proposals() {
    Words by_event;
    for (const std::string& line : lines_of(contents(place_ / "events"))) {
      const Json event = json_of(line);
      CHECK(std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c < 0x7f; }));
      if (event["event"] == "denied")
        for (const Json& proposal : event["to_allow"]) by_event.push_back(proposal);
    }
    Words by_text;
    for (const std::string& line : lines_of(outcome_.err))
      for (const std::string& proposal : proposed_in(line)) by_text.push_back(proposal);
    for (const std::string& line : by_text) CHECK(std::find(by_event.begin(), by_event.end(), line) != by_event.end());
    // What no terminal shows as it is stands in the events alone.
    for (const std::string& line : by_event)
      if (line.find("\xe2\x80\xae") != line.npos || line.find("\xc2\x85") != line.npos) by_text.push_back(line);
    bool more = false;
    const std::set<std::string> before(asked_.begin(), asked_.end());
    for (const std::string& line : by_text_ ? by_text : by_event) {
      INFO(line);
      // What is in force is not what was missing.
      CHECK(before.count(line) == 0);
      if (std::find(asked_.begin(), asked_.end(), line) != asked_.end()) continue;
      asked_.push_back(line);
      added_.push_back(policy_.add_proposed(line));
      more = true;
    }
    return more;
  }

  // Of what is in the world, who may now read or write what, beside what was proposed.
  void check_narrow(const std::string& before) {
    INFO(told());
    CHECK_FALSE(added_.empty());
    if (!operation_.sibling.empty()) {
      world_.build();
      CHECK(answer_of(under(policy_.text(), {}, operation_.sibling)) == operation_.sibling_status);
    }
    for (const Line& line : added_)
      if (line.value.find('/') != std::string::npos) check_place(path_in(line.value));
    if (!looks_around_) return;
    world_.build();
    const std::set<std::string> was = reached(before);
    for (const std::string& one : reached(policy_.text())) {
      if (was.count(one) != 0) continue;
      ++opened_;
      INFO(one);
      CHECK(std::any_of(added_.begin(), added_.end(), [&](const Line& line) { return beneath(one.substr(2), path_in(line.value)) && (one[0] == 'r' ? line.key.starts_with("read") : line.key.find("write") != std::string::npos); }));
    }
  }

  void check_place(const std::string& path) const {
    INFO(path);
    if (!beneath(path, parent_of(world_.root()))) return;
    CHECK(std::any_of(operation_.touches.begin(), operation_.touches.end(), [&](const std::string& touched) { return path == parent_of(touched) || beneath(path, touched); }));
  }

  std::set<std::string> reached(const std::string& policy) const {
    Words command{"bash", "-c", "for f; do { : <\"$f\"; } 2>&- && printf 'r %s\\0' \"$f\"; { : >>\"$f\"; } 2>&- && printf 'w %s\\0' \"$f\"; done; true", "bash"};
    command.insert(command.end(), world_.files().begin(), world_.files().end());
    command.push_back(world_.outside());
    const std::string out = under(policy, {}, command).out;
    std::set<std::string> all;
    for (std::size_t at = 0, end; at < out.size() && (end = out.find('\0', at)) != out.npos; at = end + 1) all.insert(out.substr(at, end - at));
    return all;
  }

  std::string told() const {
    std::string words;
    for (const std::string& word : operation_.command) words += " '" + word + "'";
    std::string lines;
    for (const std::string& line : asked_) lines += "  " + line + "\n";
    return "seed " + std::to_string(seed()) + ":" + words + "\nfree: " + std::to_string(control_.status) + " " + control_.out + control_.err + "\nheld: " + std::to_string(outcome_.status) + " " + outcome_.out + outcome_.err +
           "\nproposed" + (by_text_ ? " (text)" : "") + ":\n" + lines + "policy:\n" + policy_.text() + "wanted:\n" + control_state_ + "found:\n" + world_.state();
  }

  World world_;
  Operation operation_;
  PolicyText policy_;
  bool by_text_;
  bool looks_around_;
  Scratch place_;
  Outcome control_{};
  std::string control_state_{};
  Outcome outcome_{};
  Words asked_{};
  std::vector<Line> added_{};
  int opened_ = 0;
};

}  // namespace

TEST_CASE("what a followed run proposes is enough for what was denied, and opens nothing else", "[live][follow][proposals]") {
  REQUIRE_ABI(6);
  Random random(seed());
  const Outside outside;
  int denied = 0;
  int opened = 0;
  const auto try_all = [&](const auto& kinds, int each) {
    for (const Kind& kind : kinds)
      for (int i = 0; i < each; ++i) {
        INFO(kind.name << ", seed " << seed());
        Trial trial(random, kind, outside);
        if (trial.run()) ++denied;
        opened += trial.opened();
      }
  };
  try_all(kReading, 2);
  try_all(kChanging, 2);
  try_all(kPrograms, 2);
  try_all(kMetadata, 1);
  try_all(kSockets, 1);
  try_all(kCalls, 1);
  INFO("seed " << seed());
  INFO(denied << " denied");
  CHECK(denied >= kLeastDenied);
  CHECK(opened > 0);
}

TEST_CASE("a line that a terminal would show otherwise is proposed in the events alone", "[live][follow][proposals]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  const Held held(base_policy());
  const std::string events = held / "events";
  for (const char* name : {"\xe2\x80\xaenoitcerid", "\xc2\x85next"}) {
    const std::string directory = tree.directory(name);
    const std::string file = tree.file(std::string(name) + "/file", "x");
    const Outcome outcome = run(held.start({"--explain-denials", "--denials-json", events}, victim_words({"read", file})));
    INFO(everything(outcome));
    CHECK(outcome.status == EACCES);
    REQUIRE(told(outcome).size() == 1);
    CHECK(told(outcome)[0].find("to allow") == std::string::npos);
    const Json event = json_of(lines_of(contents(events))[0]);
    CHECK(event["to_allow"] == Json::array({"[filesystem] read = " + directory}));
    CHECK(run({{built("landshim"), "ask", held.policy(), "read", file}, {}, {}}).out.find("to allow") == std::string::npos);
  }
}

TEST_CASE("a socket that cannot be bound to a path is told, with the line that lets it be made", "[live][follow][proposals]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  chmod(tree.path().c_str(), 0777);
  const std::string socket = tree / "socket";
  const std::string policy = base_policy() + "[network]\naccess = rules\nunix = allow\n";
  const Held held(policy);
  const Words command = victim_words({"unix", "talk", "stream", socket});
  const Outcome denied = held.followed(command);
  INFO(everything(denied));
  CHECK(denied.status == EACCES);
  REQUIRE(told(denied).size() == 1);
  CHECK(told(denied)[0].starts_with("denied create " + socket + " (victim, pid "));
  CHECK(told(denied)[0].ends_with("to allow: [filesystem] write = " + tree.path()));
  CHECK_FALSE(exists(socket));
  held.set(policy + "[filesystem]\nwrite = " + tree.path() + "\n");
  const Outcome allowed = held.followed(command);
  CHECK(allowed.status == 0);
  CHECK(told(allowed) == Words{});
  CHECK(exists(socket));
  // What is there already fails whatever the policy says.
  const Outcome again = held.followed(command);
  CHECK(again.status == EADDRINUSE);
  CHECK(told(again) == Words{});
}
