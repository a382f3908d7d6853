// SPDX-License-Identifier: MIT
// The front door on real files: names, includes, places, limits of files, privileged starts; faults as people see them.
#include "config/load.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <random>

#include <catch2/catch.hpp>

#include "tests/support/world.h"

namespace landshim {
namespace {

using tests::Scratch;
using Lines = std::vector<std::string>;

// An environment of its own, never that of the runner.
class World {
 public:
  explicit World(Lines entries = {}) : entries_(std::move(entries)) {
    for (const std::string& entry : entries_) pointers_.push_back(entry.c_str());
    pointers_.push_back(nullptr);
    around.environment = pointers_.data();
    around.program = "/usr/bin/program";
    around.shim = "/usr/lib/shim.so";
  }
  Surroundings around{};

 private:
  Lines entries_;
  std::vector<const char*> pointers_{};
};

// Faults as one line each; the scratch directory is shown as DIR.
Lines shown(const Loaded& loaded, const Scratch& scratch) {
  Lines out;
  for (const Error& error : loaded.faults) {
    std::string line = text(error);
    for (std::size_t at = line.find(scratch.path()); at != std::string::npos; at = line.find(scratch.path())) line.replace(at, scratch.path().size(), "DIR");
    out.push_back(line);
  }
  return out;
}

Lines faults_of(const Scratch& scratch, const std::string& named, const World& world = World()) { return shown(load(named, world.around), scratch); }

Policy good(const std::string& named, const World& world = World()) {
  Loaded loaded = load(named, world.around);
  for (const Error& error : loaded.faults) FAIL_CHECK(text(error));
  return std::move(loaded.policy);
}

Lines paths_of(const Policy& policy) {
  Lines out;
  for (const PathItem& item : policy.path_items) out.push_back(item.text);
  return out;
}

class WorkingDirectory {
 public:
  explicit WorkingDirectory(const std::string& path) : before_(std::filesystem::current_path()) { std::filesystem::current_path(path); }
  ~WorkingDirectory() { std::filesystem::current_path(before_); }

 private:
  std::filesystem::path before_;
};

constexpr const char* kPolicy = "[policy]\nname = a\n";

// --- names and places ---

TEST_CASE("a name with a slash or ending in .ini is a path", "[load]") {
  const Scratch scratch;
  scratch.file("p.ini", kPolicy);
  scratch.file("plain", kPolicy);
  scratch.directory("sub");
  scratch.file("sub/q.ini", kPolicy);
  CHECK(good(scratch / "p.ini").sources[0].path == scratch / "p.ini");
  CHECK(good(scratch / "plain").sources[0].path == scratch / "plain");
  const WorkingDirectory here(scratch.path());
  const Policy relative = good("p.ini");
  CHECK(relative.sources[0].path == scratch / "p.ini");
  CHECK(relative.sources[0].shown == "p.ini");
  CHECK(good("./plain").sources[0].path == scratch / "./plain");
  CHECK(good("sub/q.ini").sources[0].path == scratch / "sub/q.ini");
}

TEST_CASE("a file that cannot be read is a fault with its errno", "[load]") {
  const Scratch scratch;
  scratch.file("file", "");
  CHECK(faults_of(scratch, scratch / "none.ini") == Lines{"DIR/none.ini: the policy cannot be read: no such file or directory (ENOENT)"});
  CHECK(faults_of(scratch, scratch / "file/p.ini") == Lines{"DIR/file/p.ini: the policy cannot be read: a part of the path is no directory (ENOTDIR)"});
  REQUIRE(symlink("loop.ini", (scratch / "loop.ini").c_str()) == 0);
  CHECK(faults_of(scratch, scratch / "loop.ini") == Lines{"DIR/loop.ini: the policy cannot be read: too many symbolic links (ELOOP)"});
  CHECK(faults_of(scratch, "") == Lines{"the name of the policy is empty; give a file or a profile"});
}

TEST_CASE("a relative name in a working directory that is gone is a fault", "[load]") {
  const Scratch scratch;
  const std::string gone = scratch.directory("gone");
  Lines faults;
  {
    const WorkingDirectory here(gone);
    REQUIRE(rmdir(gone.c_str()) == 0);
    faults = faults_of(scratch, "p.ini");
  }
  CHECK(faults == Lines{"p.ini: a relative name, and the working directory is gone; give an absolute path: no such file or directory (ENOENT)"});
}

TEST_CASE("any other name is a profile, looked up in three places", "[load]") {
  const World bare;
  CHECK(profile_places("web", bare.around) == Lines{"/etc/landshim/web.ini", LANDSHIM_PREFIX "/share/landshim/profiles/web.ini"});
  CHECK(profile_places("web", World({"HOME=/home/me"}).around) ==
        Lines{"/home/me/.config/landshim/web.ini", "/etc/landshim/web.ini", LANDSHIM_PREFIX "/share/landshim/profiles/web.ini"});
  CHECK(profile_places("web", World({"HOME=/home/me", "XDG_CONFIG_HOME=/c"}).around).front() == "/c/landshim/web.ini");
  CHECK(profile_places("web", World({"HOME=/home/me", "XDG_CONFIG_HOME="}).around).front() == "/home/me/.config/landshim/web.ini");
  CHECK(profile_places("web", World({"HOME=/home/me", "XDG_CONFIG_HOME=relative"}).around).front() == "/home/me/.config/landshim/web.ini");
  CHECK(profile_places("web", World({"HOME=relative"}).around).size() == 2);
}

TEST_CASE("a profile is found in XDG_CONFIG_HOME, or else in ~/.config", "[load]") {
  const Scratch scratch;
  scratch.directory("xdg");
  scratch.directory("xdg/landshim");
  const std::string by_xdg = scratch.file("xdg/landshim/web.ini", "[policy]\nname = xdg\n");
  scratch.directory("home");
  scratch.directory("home/.config");
  scratch.directory("home/.config/landshim");
  const std::string by_home = scratch.file("home/.config/landshim/web.ini", "[policy]\nname = home\n");
  const Policy xdg = good("web", World({"HOME=" + (scratch / "home"), "XDG_CONFIG_HOME=" + (scratch / "xdg")}));
  CHECK(xdg.name.value == "xdg");
  CHECK(xdg.sources[0].path == by_xdg);
  CHECK(xdg.sources[0].shown == by_xdg);
  const Policy home = good("web", World({"HOME=" + (scratch / "home")}));
  CHECK(home.name.value == "home");
  CHECK(home.sources[0].path == by_home);
}

TEST_CASE("an unknown profile lists the places where it was looked for", "[load]") {
  const Scratch scratch;
  CHECK(faults_of(scratch, "no-such-profile", World({"XDG_CONFIG_HOME=" + scratch.path()})) ==
        Lines{"no-such-profile: no profile of this name (a path has a '/' or ends in .ini); looked for DIR/landshim/no-such-profile.ini, /etc/landshim/no-such-profile.ini, " LANDSHIM_PREFIX
              "/share/landshim/profiles/no-such-profile.ini: no such file or directory (ENOENT)"});
}

TEST_CASE("a bare name that is a file beside the reader is told how to be written", "[load]") {
  const Scratch scratch;
  scratch.file("mine", "[policy]\nmode = readonly\n");
  scratch.file("p.ini", "[policy]\ninclude = mine\n");
  CHECK(faults_of(scratch, scratch / "p.ini") == Lines{"DIR/p.ini:2: include = mine: no profile of this name; for the file beside it write ./mine: no such file or directory (ENOENT)"});
  scratch.file("p.ini", "[policy]\ninclude = ./mine\n");
  CHECK(faults_of(scratch, scratch / "p.ini") == Lines{});
}

TEST_CASE("a profile that is there but cannot be read is not replaced by another", "[load]") {
  const Scratch scratch;
  scratch.directory("landshim");
  scratch.directory("landshim/web.ini");
  CHECK(faults_of(scratch, "web", World({"XDG_CONFIG_HOME=" + scratch.path()})) == Lines{"web: DIR/landshim/web.ini: this is a directory; name a policy file"});
}

// --- files ---

TEST_CASE("only a regular file is a policy", "[load]") {
  const Scratch scratch;
  const std::string fifo = scratch / "fifo.ini";
  REQUIRE(mkfifo(fifo.c_str(), 0644) == 0);
  scratch.directory("dir.ini");
  CHECK(faults_of(scratch, fifo) == Lines{"DIR/fifo.ini: this is no regular file; name a policy file"});
  CHECK(faults_of(scratch, "/dev/null") == Lines{"/dev/null: this is no regular file; name a policy file"});
  CHECK(faults_of(scratch, "/dev/zero") == Lines{"/dev/zero: this is no regular file; name a policy file"});
  CHECK(faults_of(scratch, scratch / "dir.ini") == Lines{"DIR/dir.ini: this is a directory; name a policy file"});
  CHECK(faults_of(scratch, scratch.path() + "/") == Lines{"DIR/: this is a directory; name a policy file"});
}

TEST_CASE("a policy that says nothing is a fault", "[load]") {
  const Scratch scratch;
  for (const char* nothing : {"", "\n", "# only a comment\n", "[policy]\n", "\xef\xbb\xbf"}) {
    scratch.file("p.ini", nothing);
    CHECK(faults_of(scratch, scratch / "p.ini") == Lines{"DIR/p.ini: the policy says nothing; a policy has at least one line such as mode = strict"});
  }
}

TEST_CASE("a file of 1 MiB is read, a larger one refused", "[load]") {
  const Scratch scratch;
  std::string text = kPolicy;
  while (text.size() < 1024 * 1024) text += "; " + std::string(std::min<std::size_t>(1000, 1024 * 1024 - text.size() - 2), 'c') + "\n";
  text.resize(1024 * 1024);
  scratch.file("p.ini", text);
  CHECK(good(scratch / "p.ini").name.value == "a");
  scratch.file("q.ini", text + "\n");
  CHECK(faults_of(scratch, scratch / "q.ini") == Lines{"DIR/q.ini: the policy is larger than 1 MiB; divide it, or grant directories"});
}

TEST_CASE("a policy that changes while it is read is refused", "[load]") {
  // Files of /proc tell no size beforehand, as if they grew meanwhile.
  const Scratch scratch;
  CHECK(faults_of(scratch, "/proc/self/status") == Lines{"/proc/self/status: the policy changed while it was read; start again"});
}

TEST_CASE("faults are told with file and line, all of them, in order", "[load]") {
  const Scratch scratch;
  scratch.file("p.ini", "[filesystem]\nraed = /a\nread: /b\n[network]\nudp = maybe\nudp = allow\nname = x\nread = \x01\n[policy]\nmode = readonly\nmode = strict\n");
  CHECK(faults_of(scratch, scratch / "p.ini") == Lines{
                                                     "DIR/p.ini:2: raed: no such key in [filesystem]; did you mean 'read'?",
                                                     "DIR/p.ini:3: expected key = value; '=' stands between them, not ':'",
                                                     "DIR/p.ini:5: udp = maybe: expected deny or allow",
                                                     "DIR/p.ini:6: udp was given already, in line 5; keep one of the two lines",
                                                     "DIR/p.ini:7: name: no such key in [network]; it belongs to [policy]",
                                                     "DIR/p.ini:8: a control character stands in this line; policies are plain text",
                                                     "DIR/p.ini:11: mode was given already, in line 10; keep one of the two lines",
                                                 });
}

TEST_CASE("contradictions take their place among the other faults", "[load]") {
  const Scratch scratch;
  scratch.file("p.ini", "[network]\naccess = none\nudp = allow\nx = y\n[policy]\nworkspace = w\n");
  CHECK(faults_of(scratch, scratch / "p.ini") == Lines{
                                                     "DIR/p.ini:3: udp = allow contradicts access = none; see access = none in line 2; keep one of the two",
                                                     "DIR/p.ini:4: x: no such key in [network]",
                                                     "DIR/p.ini:6: workspace has an effect only with mode = workspace-write",
                                                 });
}

TEST_CASE("a fault shows a value without what could drive a terminal", "[load]") {
  const Scratch scratch;
  scratch.file("p.ini", "[policy]\nmode = \xc2\x9b" "2J\n");
  CHECK(faults_of(scratch, scratch / "p.ini") == Lines{"DIR/p.ini:2: mode = \\xc2\\x9b2J: expected strict, readonly, workspace-write or full-access"});
}

TEST_CASE("faults of paths come with file and line as well", "[load]") {
  const Scratch scratch;
  scratch.file("p.ini", "[filesystem]\nread = /ok\nread = ${NOPE}\nread = -, $x\n");
  const World world;
  Loaded loaded = load(scratch / "p.ini", world.around);
  CHECK(loaded.faults.empty());
  expand(loaded, world.around);
  CHECK(shown(loaded, scratch) == Lines{
                                      "DIR/p.ini:3: read = ${NOPE}: ${NOPE} is unset or empty; set it, or write ${NOPE:-default}",
                                      "DIR/p.ini:4: read = -: the path is missing",
                                      "DIR/p.ini:4: read = $x: a lone '$'; write ${NAME} for a variable, $$ for a dollar sign",
                                  });
}

TEST_CASE("relative paths begin at the directory of the policy file", "[load]") {
  const Scratch scratch;
  scratch.directory("sub");
  scratch.file("sub/q.ini", "[filesystem]\nread = data, ${POLICY_DIR}/more\n");
  scratch.file("p.ini", "[policy]\ninclude = sub/q.ini\n[filesystem]\nread = data\n");
  const World world;
  Loaded loaded = load(scratch / "p.ini", world.around);
  expand(loaded, world.around);
  CHECK(shown(loaded, scratch).empty());
  Lines found;
  for (const PathRule& rule : loaded.policy.path_rules)
    if (rule.key == "read") found.push_back(rule.path);
  CHECK(found == Lines{scratch / "sub/data", scratch / "sub/more", scratch / "data"});
}

// --- what is told of a policy before it is parsed ---

TEST_CASE("a policy of one file is told by its text, and every one that may have more is not", "[load][lone]") {
  const Scratch scratch;
  const World world;
  const auto lone = [&](const std::string& text) { return lone_file(scratch.file("p.ini", text), world.around); };
  for (const std::string text : {"[filesystem]\nread = /usr/include\n", "# include nothing\n[filesystem]\nread = /command, include\n", "[policy]\nmode = strict", "[policy]\nname = include = x\n"}) {
    INFO(text);
    const std::optional<LoneFile> file = lone(text);
    REQUIRE(file);
    CHECK(file->path == scratch / "p.ini");
    CHECK(file->identity == load(scratch / "p.ini", world.around).policy.identity);
  }
  for (const std::string text : {"include = q.ini", "[policy]\ninclude = q.ini\n", "[policy]\n \t\v\finclude=q.ini\n", "\xef\xbb\xbfinclude = q.ini\n", "[policy]\r\ninclude = q.ini\r\n", "[command x]\nmatch = x\n", "  [command x]\nmatch = x\n"}) {
    INFO(text);
    CHECK_FALSE(lone(text));
  }
}

TEST_CASE("no text with an include or a rule of [command NAME] passes for a policy of one file", "[load][lone]") {
  const Scratch scratch;
  scratch.file("q.ini", "[filesystem]\nread = /q\n");
  const World world;
  std::mt19937 chance(20261125);
  const std::vector<std::string> pieces{"include", " = ", "q.ini", "\n", "[policy]", "[command ", "x]", "match = x", " ", "\t", "\r", "\v", ";", "#", "[", "]", "\"", "read = /usr/include", "[filesystem]", "\xef\xbb\xbf", "\xc3\xa9", "\\", "command"};
  std::size_t more = 0;
  std::size_t alone = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string text = chance() % 2 == 0 ? "[policy]\n" : "";
    for (auto count = chance() % 9; count > 0; --count) text += pieces[chance() % pieces.size()];
    text += chance() % 3 == 0 ? "\ninclude = q.ini\n" : "";
    const std::string path = scratch.file("p.ini", text);
    const Loaded loaded = load(path, world.around);
    const std::optional<LoneFile> file = lone_file(path, world.around);
    INFO(text);
    if (loaded.policy.sources.size() > 1 || !loaded.policy.commands.empty()) {
      ++more;
      CHECK_FALSE(file);
    } else if (file) {
      ++alone;
      CHECK(file->identity == loaded.policy.identity);
    }
  }
  CHECK(more > 300);
  CHECK(alone > 300);
}

// --- includes ---

TEST_CASE("an include is read in its place: rules add up, a later single value wins", "[load]") {
  const Scratch scratch;
  scratch.file("q.ini", "[policy]\nmode = readonly\nname = q\n[filesystem]\nread = /q\n[network]\nconnect_tcp = 2\n");
  scratch.file("p.ini", "[filesystem]\nread = /before\n[policy]\nmode = strict\ninclude = q.ini\nname = p\n[filesystem]\nread = /after\n[network]\nconnect_tcp = 3\n");
  const Policy policy = good(scratch / "p.ini");
  CHECK(paths_of(policy) == Lines{"/before", "/q", "/after"});
  CHECK(policy.mode == Setting<Mode>{Mode::kReadonly, {1, 2}});
  CHECK(policy.name == Setting<std::string>{"p", {0, 6}});
  REQUIRE(policy.connect_tcp.ranges.size() == 2);
  CHECK(policy.connect_tcp.ranges[0] == PortRange{2, 2, {1, 7}});
  CHECK(policy.connect_tcp.ranges[1] == PortRange{3, 3, {0, 10}});
  REQUIRE(policy.sources.size() == 2);
  CHECK(policy.sources[1].path == scratch / "q.ini");
}

TEST_CASE("an include of many files, by several lines, keeps their order", "[load]") {
  const Scratch scratch;
  for (const char* name : {"a", "b", "c, d"}) scratch.file(std::string(name) + ".ini", "[filesystem]\nread = /" + std::string(1, name[0]) + "\n");
  scratch.file("p.ini", "[policy]\ninclude = b.ini, \"c, d.ini\"\ninclude = a.ini\ninclude = a.ini\n");
  CHECK(paths_of(good(scratch / "p.ini")) == Lines{"/b", "/c", "/a", "/a"});
}

TEST_CASE("an include is relative to the file that includes it", "[load]") {
  const Scratch scratch;
  scratch.directory("one");
  scratch.directory("one/two");
  scratch.file("one/two/r.ini", "[filesystem]\nread = /r\n");
  scratch.file("one/q.ini", "[policy]\ninclude = two/r.ini\n");
  scratch.file("p.ini", "[policy]\ninclude = one/q.ini\n");
  CHECK(paths_of(good(scratch / "p.ini")) == Lines{"/r"});
  const WorkingDirectory elsewhere("/");
  CHECK(paths_of(good(scratch / "p.ini")) == Lines{"/r"});
}

TEST_CASE("an include may use variables and ~, and name a profile", "[load]") {
  const Scratch scratch;
  scratch.directory("landshim");
  scratch.file("landshim/base.ini", "[filesystem]\nread = /base\n");
  scratch.file("q.ini", "[filesystem]\nread = /q\n");
  scratch.file("p.ini", "[policy]\ninclude = base, ${D}/q.ini, ~/q.ini, ${POLICY_DIR}/q.ini\n");
  const World world({"XDG_CONFIG_HOME=" + scratch.path(), "D=" + scratch.path(), "HOME=" + scratch.path()});
  CHECK(paths_of(good(scratch / "p.ini", world)) == Lines{"/base", "/q", "/q", "/q"});
}

TEST_CASE("a missing include is a fault of its line, unless a leading - accepts it", "[load]") {
  const Scratch scratch;
  scratch.file("p.ini", "[policy]\nname = a\ninclude = none.ini\n");
  CHECK(faults_of(scratch, scratch / "p.ini") == Lines{"DIR/p.ini:3: include = DIR/none.ini: the policy cannot be read: no such file or directory (ENOENT)"});
  scratch.file("p.ini", "[policy]\nname = a\ninclude = no-such-profile\n");
  CHECK(faults_of(scratch, scratch / "p.ini") ==
        Lines{"DIR/p.ini:3: include = no-such-profile: no profile of this name (a path has a '/' or ends in .ini); looked for /etc/landshim/no-such-profile.ini, " LANDSHIM_PREFIX
              "/share/landshim/profiles/no-such-profile.ini: no such file or directory (ENOENT)"});
  scratch.file("q.ini", "[filesystem]\nread = /q\n");
  scratch.file("p.ini", "[policy]\ninclude = -none.ini, -no-such-profile, -q.ini, - q.ini, -none/none.ini\n");
  CHECK(paths_of(good(scratch / "p.ini")) == Lines{"/q", "/q"});
}

TEST_CASE("a leading - accepts only that a file is missing", "[load]") {
  const Scratch scratch;
  scratch.directory("dir.ini");
  scratch.file("bad.ini", "[policy]\nx = y\n");
  scratch.file("p.ini", "[policy]\ninclude = -dir.ini\ninclude = -bad.ini\ninclude = -${NOPE}/q.ini\n");
  CHECK(faults_of(scratch, scratch / "p.ini") == Lines{
                                                     "DIR/p.ini:2: include = DIR/dir.ini: this is a directory; name a policy file",
                                                     "DIR/p.ini:4: include = -${NOPE}/q.ini: ${NOPE} is unset or empty; set it, or write ${NOPE:-default}",
                                                     "DIR/bad.ini:2: x: no such key in [policy]",
                                                 });
}

TEST_CASE("a '-' without a name is a fault, two are no name", "[load]") {
  const Scratch scratch;
  scratch.file("q.ini", "[filesystem]\nread = /q\n");
  for (const char* item : {"-", "- ", "--q.ini", "- -q.ini"}) {
    scratch.file("p.ini", "[policy]\nname = a\ninclude = \"" + std::string(item) + "\"\n");
    CHECK(faults_of(scratch, scratch / "p.ini") == Lines{"DIR/p.ini:3: include = " + std::string(item) + ": expected a name after '-'"});
  }
}

TEST_CASE("an include is no pattern, and never empty", "[load]") {
  const Scratch scratch;
  scratch.file("q.ini", kPolicy);
  scratch.file("p.ini", "[policy]\ninclude = *.ini\ninclude =\ninclude = q.ini,\ninclude = q.ini ; mine\ninclude = ${NOPE:-}\n");
  CHECK(faults_of(scratch, scratch / "p.ini") == Lines{
                                                     "DIR/p.ini:2: include = *.ini: patterns are not read here; name each file",
                                                     "DIR/p.ini:3: include: the value is empty; remove the line or give it a value",
                                                     "DIR/p.ini:4: include: an empty item after the last comma; remove the comma",
                                                     "DIR/p.ini:5: include: a comment stands on a line of its own; quote the value if it has a ';' after a blank",
                                                     "DIR/p.ini:6: include = ${NOPE:-}: nothing is left once the variables are filled in; a path cannot be empty",
                                                 });
}

TEST_CASE("a cycle of includes is a fault, by whatever name it is closed", "[load]") {
  const Scratch scratch;
  scratch.file("p.ini", "[policy]\ninclude = p.ini\n");
  CHECK(faults_of(scratch, scratch / "p.ini") == Lines{"DIR/p.ini:2: include = DIR/p.ini: the file includes itself"});
  scratch.file("p.ini", "[policy]\ninclude = q.ini\n");
  scratch.file("q.ini", "[policy]\nname = q\ninclude = p.ini\n");
  CHECK(faults_of(scratch, scratch / "p.ini") == Lines{"DIR/q.ini:3: include = DIR/p.ini: the file includes itself"});
  REQUIRE(symlink("p.ini", (scratch / "other.ini").c_str()) == 0);
  scratch.file("q.ini", "[policy]\ninclude = other.ini\n");
  CHECK(faults_of(scratch, scratch / "p.ini") == Lines{"DIR/q.ini:2: include = DIR/other.ini: the file includes itself"});
}

TEST_CASE("includes go eight deep, not nine", "[load]") {
  const Scratch scratch;
  for (int i = 0; i < 9; ++i) scratch.file(std::to_string(i) + ".ini", "[policy]\ninclude = " + std::to_string(i + 1) + ".ini\n");
  scratch.file("9.ini", "[filesystem]\nread = /deep\n");
  CHECK(paths_of(good(scratch / "1.ini")) == Lines{"/deep"});
  CHECK(faults_of(scratch, scratch / "0.ini") == Lines{"DIR/8.ini:2: include: more than 8 files deep"});
}

TEST_CASE("two values in one file are a fault in an included file too, and named with it", "[load]") {
  const Scratch scratch;
  scratch.file("q.ini", "[policy]\nmode = strict\nmode = strict\n");
  scratch.file("p.ini", "[policy]\nmode = readonly\ninclude = q.ini\n");
  CHECK(faults_of(scratch, scratch / "p.ini") == Lines{"DIR/q.ini:3: mode was given already, in line 2; keep one of the two lines"});
}

TEST_CASE("a value before and one after an include are two values in one file", "[load]") {
  const Scratch scratch;
  scratch.file("q.ini", "[policy]\nmode = strict\n");
  scratch.file("p.ini", "[policy]\nmode = readonly\ninclude = q.ini\nmode = readonly\n");
  CHECK(faults_of(scratch, scratch / "p.ini") == Lines{"DIR/p.ini:4: mode was given already, in line 2; keep one of the two lines"});
}

TEST_CASE("a file included twice is no duplicate of itself", "[load]") {
  const Scratch scratch;
  scratch.file("q.ini", "[policy]\nmode = readonly\n");
  scratch.file("p.ini", "[policy]\ninclude = q.ini, q.ini\n");
  CHECK(good(scratch / "p.ini").mode.value == Mode::kReadonly);
}

TEST_CASE("a section of an included file does not reach into the file that includes it", "[load]") {
  const Scratch scratch;
  scratch.file("q.ini", "[network]\nudp = allow\n");
  scratch.file("p.ini", "[policy]\ninclude = q.ini\nname = mine\n");
  CHECK(good(scratch / "p.ini").name == Setting<std::string>{"mine", {0, 3}});
}

TEST_CASE("a contradiction across files names the line of the other", "[load]") {
  const Scratch scratch;
  scratch.file("q.ini", "[network]\naccess = none\n");
  scratch.file("p.ini", "[policy]\ninclude = q.ini\n[network]\nudp = allow\n");
  CHECK(faults_of(scratch, scratch / "p.ini") == Lines{"DIR/p.ini:4: udp = allow contradicts access = none; see access = none in DIR/q.ini:2; keep one of the two"});
}

// --- identity ---

TEST_CASE("the same text at the same place is the same policy", "[load]") {
  const Scratch scratch;
  scratch.file("p.ini", kPolicy);
  const std::uint64_t first = good(scratch / "p.ini").identity;
  CHECK(first != 0);
  scratch.file("p.ini", kPolicy);
  CHECK(good(scratch / "p.ini").identity == first);
  const WorkingDirectory here(scratch.path());
  CHECK(good("p.ini").identity == first);
}

TEST_CASE("a rule's name stands once in a policy, its includes counted", "[load][commands]") {
  const Scratch scratch;
  const std::string rule = "[command push]\nmatch = push\naction = deny\n";
  scratch.file("rules.ini", rule);
  CHECK(faults_of(scratch, scratch.file("p.ini", "[policy]\ninclude = rules.ini\n" + rule)) == Lines{"DIR/p.ini:3: [command push] stands in DIR/rules.ini:1 already; give one of the two another name"});
  CHECK(faults_of(scratch, scratch.file("p.ini", rule + "[policy]\ninclude = rules.ini\n")) == Lines{"DIR/rules.ini:1: [command push] stands in DIR/p.ini:1 already; give one of the two another name"});
  CHECK(faults_of(scratch, scratch.file("p.ini", rule + "\n" + rule)) == Lines{"DIR/p.ini:5: [command push] stands in line 1 already; give one of the two another name"});
  scratch.file("rules.ini", "[command fetch]\nmatch = fetch\naction = allow\n");
  const Policy policy = good(scratch.file("p.ini", rule + "[policy]\ninclude = rules.ini\n[command rm]\nmatch = rm\nfilesystem = readonly\n"));
  REQUIRE(policy.commands.size() == 3);
  CHECK(policy.commands[1].name == "fetch");
  CHECK(where(policy, policy.commands[1].origin) == (scratch / "rules.ini") + ":1");
  CHECK(policy.commands[2].name == "rm");
}

TEST_CASE("another text, another path or another include is another policy", "[load]") {
  const Scratch scratch;
  scratch.file("p.ini", kPolicy);
  const std::uint64_t first = good(scratch / "p.ini").identity;
  scratch.file("p.ini", std::string(kPolicy) + "\n");
  CHECK(good(scratch / "p.ini").identity != first);
  scratch.file("q.ini", kPolicy);
  CHECK(good(scratch / "q.ini").identity != first);

  scratch.file("p.ini", "[policy]\ninclude = q.ini\n");
  const std::uint64_t including = good(scratch / "p.ini").identity;
  scratch.file("q.ini", "[policy]\nname = b\n");
  const std::uint64_t changed = good(scratch / "p.ini").identity;
  CHECK(changed != including);
  scratch.file("p.ini", "[policy]\ninclude = -none.ini, q.ini\n");
  const std::uint64_t without = good(scratch / "p.ini").identity;
  scratch.file("none.ini", kPolicy);
  CHECK(good(scratch / "p.ini").identity != without);
}

// --- privileged starts ---

TEST_CASE("a privileged start reads no policy from elsewhere", "[load]") {
  const Scratch scratch;
  World world({"XDG_CONFIG_HOME=" + scratch.path(), "HOME=" + scratch.path()});
  world.around.privileged = true;
  scratch.file("p.ini", kPolicy);
  scratch.directory("landshim");
  scratch.file("landshim/no-such-profile.ini", kPolicy);
  constexpr const char* kElsewhere = ": a privileged start reads policies from /etc/landshim and " LANDSHIM_PREFIX "/share/landshim/profiles only; install it there and give its name";
  CHECK(faults_of(scratch, scratch / "p.ini", world) == Lines{std::string("DIR/p.ini") + kElsewhere});
  for (const std::string& name : {"/etc/landshim/../../" + scratch.path() + "/p.ini", std::string("/etc/landshim/sub/p.ini"), std::string("/etc/landshim2/p.ini"), std::string("/etc/p.ini")}) {
    const Loaded loaded = load(name, world.around);
    REQUIRE(loaded.faults.size() == 1);
    CHECK(text(loaded.faults[0]) == name + kElsewhere);
  }
  CHECK(faults_of(scratch, "no-such-profile", world) ==
        Lines{"no-such-profile: no profile of this name (a path has a '/' or ends in .ini); looked for /etc/landshim/no-such-profile.ini, " LANDSHIM_PREFIX
              "/share/landshim/profiles/no-such-profile.ini: no such file or directory (ENOENT)"});
  CHECK(profile_places("web", world.around) == Lines{"/etc/landshim/web.ini", LANDSHIM_PREFIX "/share/landshim/profiles/web.ini"});
}

// What a child says that has an /etc/landshim of its own, in a mount namespace of its own; "none" where it cannot have one.
std::string in_own_etc(const std::function<std::string()>& question) {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  const bool root = geteuid() == 0;
  const std::string uid = "0 " + std::to_string(geteuid()) + " 1";
  const std::string gid = "0 " + std::to_string(getegid()) + " 1";
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::string answer = "none";
    bool ready = unshare(CLONE_NEWNS | (root ? 0 : CLONE_NEWUSER)) == 0;
    if (ready && !root) {
      std::ofstream("/proc/self/setgroups") << "deny";
      std::ofstream("/proc/self/uid_map") << uid;
      std::ofstream("/proc/self/gid_map") << gid;
    }
    ready = ready && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 && mount("tmpfs", "/etc", "tmpfs", 0, nullptr) == 0 && mkdir("/etc/landshim", 0755) == 0;
    umask(022);
    if (ready) answer = question();
    if (write(ends[1], answer.data(), answer.size()) < 0) _exit(1);
    _exit(0);
  }
  close(ends[1]);
  std::string answer;
  char buffer[4096];
  for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) > 0;) answer.append(buffer, static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  return answer;
}

std::string loaded_in_words(const std::string& named, bool privileged) {
  World world({"A=/evil"});
  world.around.privileged = privileged;
  Loaded loaded = load(named, world.around);
  if (loaded.faults.empty()) expand(loaded, world.around);
  std::string out = loaded.policy.name.value;
  for (const Error& error : loaded.faults) out += "|" + text(error);
  return out;
}

TEST_CASE("a privileged start reads a policy of /etc/landshim that root owns and nobody else may write", "[load]") {
  const auto said = [](mode_t mode, uid_t owner, bool privileged, const std::string& named, const std::string& more = "") {
    return in_own_etc([=] {
      std::ofstream("/etc/landshim/web.ini") << "[policy]\nname = trusted\n" << more;
      std::ofstream("/etc/landshim/other.ini") << "[filesystem]\nread = /x\n";
      if (chmod("/etc/landshim/web.ini", mode) != 0 || (owner != 0 && chown("/etc/landshim/web.ini", owner, 0) != 0)) return std::string("none");
      return loaded_in_words(named, privileged);
    });
  };
  if (said(0644, 0, true, "web") == "none") return tests::skip("needs a mount namespace");
  constexpr const char* kMend = "a privileged start reads only policies that root owns and nobody else may write; mend the file's owner and mode";
  CHECK(said(0644, 0, true, "web") == "trusted");
  CHECK(said(0644, 0, true, "/etc/landshim/web.ini") == "trusted");
  CHECK(said(0664, 0, false, "web") == "trusted");
  for (const mode_t mode : {0664U, 0646U, 0666U}) {
    CHECK(said(mode, 0, true, "web") == std::string("|web: /etc/landshim/web.ini: ") + kMend);
    CHECK(said(mode, 0, true, "/etc/landshim/web.ini") == std::string("|/etc/landshim/web.ini: ") + kMend);
  }
  if (geteuid() == 0) CHECK(said(0644, 65534, true, "web") == std::string("|web: /etc/landshim/web.ini: ") + kMend);
  CHECK(said(0644, 0, true, "web", "include = other.ini, other\n") == "trusted");
  CHECK(said(0644, 0, true, "web", "include = /tmp/other.ini\n") ==
        "trusted|/etc/landshim/web.ini:3: include = /tmp/other.ini: a privileged start reads policies from /etc/landshim and " LANDSHIM_PREFIX "/share/landshim/profiles only; install it there and give its name");
  CHECK(said(0644, 0, true, "web", "[filesystem]\nread = ${A}/x\n") ==
        "trusted|/etc/landshim/web.ini:4: read = ${A}/x: ${A}: in a privileged start no variable is taken from the environment; write the path itself, or ${A:-default}");
  CHECK(said(0644, 0, false, "web", "[filesystem]\nread = ${A}/x\n") == "trusted");
}

TEST_CASE("a text without a file has the name that it is given, and no file of its own", "[load]") {
  const Scratch scratch;
  scratch.file("part.ini", "[filesystem]\nread = beside\n");
  const WorkingDirectory there(scratch.path());
  const World world;
  Loaded loaded = load_text("[policy]\ninclude = ./part.ini\n[filesystem]\nread = here\nwrite = ${POLICY_DIR}/own\n", "command line", world.around);
  expand(loaded, world.around);
  REQUIRE(loaded.faults.empty());
  REQUIRE(loaded.policy.sources.size() == 2);
  CHECK(loaded.policy.sources[0].path.empty());
  Lines rules;
  for (const PathRule& rule : loaded.policy.path_rules) rules.push_back(rule.key + " " + rule.path);
  const std::string at = working_directory() + "/";
  CHECK(rules == Lines{"read " + at + "beside", "read " + at + "here", "write " + at + "own", "always " + at + "part.ini", "always /usr/lib/shim.so"});
  Loaded bad = load_text("[filesystem]\nraed = /\n", "command line", world.around);
  CHECK(shown(bad, scratch) == Lines{"command line:2: raed: no such key in [filesystem]; did you mean 'read'?"});
  CHECK(shown(load_text("", "command line", world.around), scratch) == Lines{"command line: the policy says nothing; a policy has at least one line such as mode = strict"});
  CHECK(load_text("[policy]\nmode = strict\n", "command line", world.around).policy.identity != load_text("[policy]\nmode = readonly\n", "command line", world.around).policy.identity);
}

TEST_CASE("a profile of the program's own is found last, and includes others of its kind", "[load]") {
  const Scratch scratch;
  World world({"XDG_CONFIG_HOME=" + scratch.path()});
  world.around.own_profile = [](std::string_view name) -> std::string_view {
    if (name == "outer") return "[policy]\ninclude = inner\n[filesystem]\nread = /usr\n";
    if (name == "inner") return "[filesystem]\nread = /etc\n";
    if (name == "round") return "[policy]\ninclude = round\n";
    return {};
  };
  CHECK(paths_of(good("outer", world)) == Lines{"/etc", "/usr"});
  CHECK(good("outer", world).sources[1].shown == "profile inner");
  CHECK(faults_of(scratch, "round", world) == Lines{"profile round:2: include = round: the file includes itself"});
  CHECK(faults_of(scratch, "third", world).front().find("no profile of this name") != std::string::npos);
  scratch.directory("landshim");
  scratch.file("landshim/inner.ini", "[filesystem]\nread = /opt\n");
  CHECK(paths_of(good("outer", world)) == Lines{"/opt", "/usr"});
  world.around.own_profile = nullptr;
  CHECK(faults_of(scratch, "outer", world).front().find("no profile of this name") != std::string::npos);
}

TEST_CASE("each place that was looked for before the one that counts, or in vain, is known", "[load]") {
  const Scratch scratch;
  scratch.directory("landshim");
  scratch.file("landshim/found.ini", "[filesystem]\nread = /usr\n");
  World world({"XDG_CONFIG_HOME=" + scratch.path()});
  world.around.own_profile = [](std::string_view name) -> std::string_view { return name == "own" ? "[policy]\nmode = readonly\n" : ""; };
  const auto absent = [&](const Policy& policy) {
    Lines out;
    for (const Source& place : policy.absent) out.push_back(place.path + " for " + place.shown);
    return out;
  };
  const std::string named = scratch.file("p.ini", "[policy]\ninclude = -sub/none.ini, -./p.ini/x, found, -none\n");
  CHECK(absent(good(named, world)) == Lines{scratch / "sub/none.ini" + " for the missing include", scratch / "p.ini/x" + " for the missing include", scratch / "landshim/none.ini" + " for profile none",
                                            "/etc/landshim/none.ini for profile none", LANDSHIM_PREFIX "/share/landshim/profiles/none.ini for profile none"});
  CHECK(absent(good("own", world)) == Lines{scratch / "landshim/own.ini" + " for profile own", "/etc/landshim/own.ini for profile own", LANDSHIM_PREFIX "/share/landshim/profiles/own.ini for profile own"});
  CHECK(absent(good("found", world)).empty());
}

TEST_CASE("missing includes count among the files of a policy", "[load]") {
  const Scratch scratch;
  const auto with = [&](int count) {
    std::string list;
    for (int i = 0; i < count; ++i) list += (i == 0 ? "-none" : ", -none") + std::to_string(i) + ".ini";
    return scratch.file("p.ini", "[policy]\nmode = readonly\ninclude = " + list + "\n");
  };
  CHECK(good(with(255)).absent.size() == 255);
  CHECK(faults_of(scratch, with(256)) == Lines{"DIR/p.ini:3: include: more than 256 files"});
}

TEST_CASE("a rule that nobody wrote has no place", "[load]") {
  Policy policy;
  policy.sources.push_back({"/etc/p.ini", "p.ini", {}});
  CHECK(where(policy, {0, 7}) == "p.ini:7");
  CHECK(where(policy, {0, 0}).empty());
  CHECK(where(policy, {3, 7}).empty());
}

}  // namespace
}  // namespace landshim
