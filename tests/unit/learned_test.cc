// SPDX-License-Identifier: MIT
#include "shim/command/learned.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/print_plan.h"

namespace landshim::command {
namespace {

using tests::made_up_policy;

constexpr Rights kMaking = kMakeReg | kWriteFile | kRemoveFile;

struct World {
  Needs needs{};
  Neighbourhood near{.homes = {"/home/u", "/root"}, .secrets = {"/home/u/.gnupg", "/home/u/.ssh"}};

  World& file(const std::string& path, Rights rights = kReadFile) {
    needs.add_file({.rights = rights, .path = path}, false, "", "p");
    return *this;
  }
  World& device(const std::string& path, Rights rights) {
    needs.add_file({.rights = rights, .device = true, .path = path}, false, "", "p");
    return *this;
  }
  World& directory(const std::string& path, Rights rights, const std::string& name = "") {
    needs.add_file({.rights = rights, .path = path}, true, name, "p");
    return *this;
  }
  World& line(const std::string& text, const std::string& what = "call x") {
    needs.add_lines({text}, what, "p");
    return *this;
  }
  Learned learned(const std::vector<std::string>& profiles = {}) {
    std::sort(near.there.begin(), near.there.end());
    return learned_lines(needs, near, profiles);
  }
  // Without comments and sections.
  std::vector<std::string> lines(const std::vector<std::string>& profiles = {}) {
    std::vector<std::string> out;
    for (const LearnedLine& one : learned(profiles).lines) out.push_back(one.key + " = " + one.value);
    return out;
  }
};

using Lines = std::vector<std::string>;

TEST_CASE("few files of a directory are named one by one, many become the directory", "[learned]") {
  World few;
  for (const char* name : {"a", "b", "c", "d"}) few.file("/etc/x/" + std::string(name));
  CHECK(few.lines() == Lines{"read = /etc/x/a", "read = /etc/x/b", "read = /etc/x/c", "read = /etc/x/d"});
  CHECK(few.file("/etc/x/e").lines() == Lines{"read = /etc/x"});
  World deep;
  for (int i = 0; i < 13; ++i) deep.file("/opt/x/" + std::to_string(i) + "/f");
  CHECK(deep.lines() == Lines{"read = /opt/x"});
}

TEST_CASE("what is executed in a directory that many files stand for is executed there", "[learned]") {
  World world;
  for (const char* name : {"a", "b", "c", "d"}) world.file("/opt/x/" + std::string(name));
  CHECK(world.file("/opt/x/run", kReadFile | kExecute).lines() == Lines{"read_exec = /opt/x"});
}

TEST_CASE("no number of files makes a line for what is everybody's, a home, or a place of keys", "[learned]") {
  for (const char* directory : {"", "/etc", "/usr", "/var", "/home", "/home/u", "/home/other", "/root", "/home/u/.ssh", "/home/u/.gnupg/private-keys-v1.d", "/tmp", "/run", "/var/tmp", "/sys/class", "/dev"}) {
    World world;
    for (int i = 0; i < 20; ++i) world.file(std::string(directory) + "/f" + std::to_string(i));
    INFO(directory);
    const Lines lines = world.lines();
    CHECK(lines.size() == 20);
    for (const std::string& line : lines) CHECK(line.starts_with("read = " + std::string(directory) + "/f"));
  }
}

TEST_CASE("a directory with a secret in it is not granted as a whole", "[learned]") {
  World world;
  world.near.secrets.push_back("/srv/app/key");
  CHECK(world.directory("/srv/app", kReadFile | kReadDir).file("/srv/app/key").file("/srv/app/other").lines() == Lines{"read_dir = /srv/app", "read = /srv/app/key", "read = /srv/app/other"});
}

TEST_CASE("listing a directory is granted as such, and what is read there is named", "[learned]") {
  CHECK(World().directory("/srv/x", kReadDir).file("/srv/x/a").lines() == Lines{"read_dir = /srv/x", "read = /srv/x/a"});
  CHECK(World().directory("/home/u", kReadDir).lines() == Lines{"read_dir = /home/u"});
  World root;
  root.directory("/", kReadDir);
  CHECK(root.lines().empty());
  CHECK(root.learned().uncovered == Lines{"list /, by p: no rule on the root is proposed"});
}

TEST_CASE("a directory in which files are made is granted with what lies in it", "[learned]") {
  CHECK(World().directory("/srv/x", kMaking, "o").file("/srv/x/in").file("/srv/x/sub/in", kReadFile | kWriteFile).lines() == Lines{"read_write = /srv/x"});
  CHECK(World().directory("/srv/x", kMaking, "o").file("/srv/x/o", kReadFile | kExecute).lines() == Lines{"read_write_exec = /srv/x"});
  CHECK(World().file("/srv/x", kWriteFile).lines() == Lines{"write = /srv/x"});
  CHECK(World().file("/srv/x", kWriteFile | kReadFile).lines() == Lines{"read_write = /srv/x"});
  CHECK(World().file("/srv/x", kWriteFile | kExecute).lines() == Lines{"read_write_exec = /srv/x"});
}

TEST_CASE("files that were made in a home are named one by one, as far as they are there", "[learned]") {
  World world;
  world.near.there = {"/home/u/.cache-of-it"};
  world.directory("/home/u", kMaking, ".cache-of-it").directory("/home/u", kMaking, ".gone");
  const Learned learned = world.learned();
  REQUIRE(learned.lines.size() == 1);
  CHECK(learned.lines[0].key + " = " + learned.lines[0].value == "read_write = -/home/u/.cache-of-it");
  CHECK(learned.uncovered == Lines{"create or remove in /home/u, by p: a rule would open all of it"});
}

TEST_CASE("shared temporary directories are granted to who makes files there that do not stay", "[learned]") {
  for (const char* directory : {"/tmp", "/var/tmp", "/dev/shm"}) {
    INFO(directory);
    CHECK(World().directory(directory, kMaking, "gone").lines() == Lines{"read_write = " + std::string(directory)});
    CHECK(World().directory(directory, kWriteFile | kReadFile).lines() == Lines{"read_write = " + std::string(directory)});
    World stays;
    stays.near.there = {std::string(directory) + "/stays"};
    CHECK(stays.directory(directory, kMaking, "stays").lines() == Lines{"read_write = -" + std::string(directory) + "/stays"});
  }
}

TEST_CASE("a path that is gone by the time of writing makes no line that could not be loaded", "[learned]") {
  World world;
  world.near.gone = {"/home/u/.gnupg/a.lock"};
  CHECK(world.file("/home/u/.gnupg/a.lock").file("/home/u/.gnupg/b").lines() == Lines{"read = /home/u/.gnupg/b"});
}

TEST_CASE("devices are granted as devices, each by its name", "[learned]") {
  World world;
  for (int i = 0; i < 8; ++i) world.device("/dev/x" + std::to_string(i), kReadFile | kWriteFile);
  const Lines lines = world.lines();
  CHECK(lines.size() == 8);
  for (const std::string& line : lines) CHECK(line.starts_with("device = /dev/x"));
}

TEST_CASE("what other processes have of their own can be read, and is never written", "[learned]") {
  World world;
  world.near.gone = {"/proc/12/maps"};
  world.file("/proc/12/maps").file("/proc/13/stat").file("/proc/12/comm", kWriteFile).file("/proc/14/comm", kWriteFile);
  CHECK(world.lines() == Lines{"read = /proc"});
  CHECK(world.learned().uncovered == Lines{"write /proc/PID/comm, by p: a rule would open all of /proc"});
  CHECK(World().file("/proc/self/task/12/comm", kWriteFile).lines() == Lines{"read_write = /proc/self/task"});
  CHECK(World().file("/proc/self/maps").lines() == Lines{"read = /proc/self/maps"});
}

TEST_CASE("one name stands for all processes and threads", "[learned]") {
  CHECK(of_any_process("/proc/12/maps") == "/proc/PID/maps");
  CHECK(of_any_process("/proc/self/maps") == "/proc/PID/maps");
  CHECK(of_any_process("/proc/12/task/13/comm") == "/proc/PID/task/TID/comm");
  CHECK(of_any_process("/proc/12/task/13") == "/proc/PID/task/TID");
  CHECK(of_any_process("/proc/12") == "/proc/PID");
  for (const char* other : {"", "/", "/proc", "/proc/", "/proc/sys/kernel", "/proc/selfish/x", "/procs/12/x", "/home/proc/12"}) CHECK(of_any_process(other) == other);
}

TEST_CASE("control groups have other names after the next start", "[learned]") {
  CHECK(World().file("/sys/fs/cgroup/a/b/memory.max").file("/sys/fs/cgroup/a/cpu.max").lines() == Lines{"read = /sys/fs/cgroup"});
  CHECK(World().file("/sys/fs/cgroup/a/cgroup.procs", kWriteFile).lines() == Lines{"write = /sys/fs/cgroup/a/cgroup.procs"});
}

TEST_CASE("ports make lines, and UNIX sockets alone keep the network closed", "[learned]") {
  World unix_alone;
  unix_alone.line("[network] access = none").line("[network] unix = allow");
  CHECK(unix_alone.lines() == Lines{"access = none", "unix = allow"});
  World both;
  both.line("[network] access = none").line("[network] unix = allow");
  both.needs.add_port(kConnectTcp, 443, "p");
  both.needs.add_port(kConnectTcp, 80, "p");
  both.needs.add_port(kBindTcp, 8080, "p");
  CHECK(both.lines() == Lines{"connect_tcp = 80, 443", "bind_tcp = 8080", "unix = allow"});
  CHECK(World().line("[network] access = none").line("[network] access = rules").lines() == Lines{"access = rules"});
}

TEST_CASE("names are looked up by the profile, over TCP", "[learned]") {
  World world;
  world.line("[network] udp = allow");
  world.needs.add_port(kConnectSendUdp, 53, "p");
  CHECK(fitting_profiles(world.needs) == Lines{"dns"});
  CHECK(world.lines({"dns"}).empty());
  CHECK(world.lines() == Lines{"udp = allow"});
  world.needs.add_port(kConnectSendUdp, 123, "p");
  CHECK(world.lines({"dns"}) == Lines{"udp = allow"});
}

TEST_CASE("profiles are tried for what is read and made in their places", "[learned]") {
  CHECK(fitting_profiles(World().file("/etc/ssl/certs/a.pem").needs) == Lines{"tls"});
  CHECK(fitting_profiles(World().file("/etc/ssl/private/a.pem").needs).empty());
  CHECK(fitting_profiles(World().device("/dev/tty", kReadFile).needs) == Lines{"tty"});
  CHECK(fitting_profiles(World().directory("/tmp", kMaking).directory("/dev/shm", kMaking).needs) == Lines{"tmp", "shm"});
  CHECK(fitting_profiles(World().directory("/tmp", kReadDir).needs).empty());
  CHECK(fitting_profiles({}).empty());
}

TEST_CASE("of several values of one key the widest stays", "[learned]") {
  CHECK(World().line("[filesystem] metadata = modes").line("[filesystem] metadata = allow").lines() == Lines{"metadata = allow"});
}

TEST_CASE("a line that was met as such opens no home, no keys and nothing that is everybody's", "[learned]") {
  for (const char* value : {"/", "/etc", "/home/u", "-/home/u", "/home", "/home/u/.ssh", "/home/u/.gnupg/sub", "/proc", "/run/user"}) {
    World world;
    world.line("[filesystem] read_write = " + std::string(value), "create " + std::string(value) + "/x");
    INFO(value);
    CHECK(world.lines().empty());
    CHECK(world.learned().uncovered.size() == 1);
  }
  CHECK(World().line("[filesystem] read = /home/u/.ssh/known_hosts", "read /home/u/.ssh/known_hosts").lines() == Lines{"read = /home/u/.ssh/known_hosts"});
  CHECK(World().line("[filesystem] read_write = /srv/x", "create /srv/x/y").lines() == Lines{"read_write = /srv/x"});
}

TEST_CASE("names are taken literally, and what is no text is told", "[learned]") {
  World world;
  for (const char* name : {"a b", "a,b", "$HOME", "${HOME}", "a*b", "a#b", "a;b", "a\"b", "a'b", "[x]", "~", "-a", "a\\b", "%i", "ä"}) world.file("/srv/" + std::string(name));
  world.file("/srv/\xff").file("/srv/a\nb");
  const Learned learned = world.learned();
  CHECK(learned.uncovered == Lines{"read /srv/a\nb: its name has a control character, which no policy can hold", "read /srv/\xff: its name is not UTF-8"});
  const Policy policy = made_up_policy(policy_text(learned.lines));
  Lines read;
  for (const PathRule& rule : policy.path_rules)
    if (rule.path.starts_with("/srv/")) read.push_back(rule.path);
  // Patterns that match these names alone, and none is there.
  CHECK(read == Lines{"/srv/$HOME", "/srv/${HOME}", "/srv/%i", "/srv/-a", "/srv/[[]x]", "/srv/a b", "/srv/a\"b", "/srv/a#b", "/srv/a'b", "/srv/a[*]b", "/srv/a,b", "/srv/a;b", "/srv/a\\b", "/srv/~", "/srv/ä"});
}

TEST_CASE("what is written is read back without a fault, whatever a program is called", "[learned]") {
  World world;
  world.file("/srv/in").directory("/srv/w", kMaking, "x").device("/dev/kvm", kReadFile | kWriteFile).line("[network] unix = allow").line("[filesystem] metadata = modes").line("[ipc] sysv = allow");
  world.needs.add_file({.rights = kReadFile, .path = "/srv/in"}, false, "", "evil\nread_write = /");
  world.needs.add_port(kConnectTcp, 1, "x");
  const Policy policy = made_up_policy(policy_text(world.learned().lines));
  std::vector<std::pair<std::string, std::string>> read;
  for (const PathRule& rule : policy.path_rules)
    if (rule.origin.written()) read.emplace_back(rule.key, rule.path);
  CHECK(read == std::vector<std::pair<std::string, std::string>>{{"read", "/srv/in"}, {"read_write", "/srv/w"}, {"device", "/dev/kvm"}});
}

TEST_CASE("paths of one directory that have one reason share lines", "[learned]") {
  World world;
  world.file("/etc/a/x").file("/etc/a/y").file("/etc/b/z");
  CHECK(policy_text(world.learned().lines) == "[filesystem]\n# read by p\nread = /etc/a/x, /etc/a/y\nread = /etc/b/z\n");
  World wide;
  for (const char c : {'a', 'b', 'c'}) wide.file("/etc/a/" + std::string(40, c));
  const std::string text = policy_text(wide.learned().lines);
  CHECK(std::count(text.begin(), text.end(), '\n') == 4);
}

}  // namespace
}  // namespace landshim::command
