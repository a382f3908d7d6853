// SPDX-License-Identifier: MIT
#include "shim/verdict.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <map>
#include <string>
#include <vector>

#include "config/syscalls.h"
#include "shim/filter.h"
#include "tests/support/print_plan.h"

using namespace landshim;
using namespace landshim::tests;

namespace {

// A made-up disk: every path is an inode of its own, its number by its name.
class Disk {
 public:
  FileId id(const std::string& path) { return {1, numbers_.emplace(path, numbers_.size() + 1).first->second}; }

  std::vector<FileId> chain(std::string path) {
    std::vector<FileId> out{id(path)};
    while (path != "/") {
      path = path.rfind('/') == 0 ? "/" : path.substr(0, path.rfind('/'));
      out.push_back(id(path));
    }
    return out;
  }

  Wanted wanted(const std::string& path, Rights rights, bool changes = false) {
    Wanted out{.rights = rights, .changes = changes, .path = path};
    out.chain = chain(path);
    out.grants = {{out.chain[0], path}};
    return out;
  }

 private:
  std::map<std::string, std::uint64_t> numbers_{};
};

struct World {
  Policy policy;
  Plan plan;
  Disk disk{};
  std::vector<std::string> files{};   // rules on these lose what only directories have

  explicit World(const std::string& text, int abi = 10, std::vector<std::string> plain = {}) : policy(made_up_policy(text)), plan(made_up_plan(text, made_up_host(abi))), files(std::move(plain)) {}

  Verdict ask(const Access& access) {
    std::vector<Ground> grounds;
    for (const PlannedPath& path : plan.ruleset.paths) {
      const bool file = std::find(files.begin(), files.end(), path.path) != files.end();
      grounds.push_back(path.path.find("missing") != std::string::npos ? Ground{} : Ground{disk.id(path.path), file ? path.rights & kOnFiles : path.rights, path.path});
    }
    for (const PlannedPath& path : plan.namespaces.hide) grounds.push_back({{}, 0, path.path});
    if (plan.namespaces.private_tmp)
      for (const char* path : kCoveredByPrivateTmp) grounds.push_back({{}, 0, path});
    return verdict(policy, plan, grounds, access);
  }

  Verdict file(const std::string& path, Rights rights, bool changes = false) {
    Access access;
    access.files = {disk.wanted(path, rights, changes)};
    return ask(access);
  }

  Verdict call(const std::string& name, std::vector<std::uint64_t> arguments) {
    CallMade made{.name = find_syscall(name)->name, .any_arguments = arguments.empty()};
    for (std::size_t i = 0; i < arguments.size(); ++i) made.arguments[i] = arguments[i];
    Access access;
    access.calls = {made};
    return ask(access);
  }

  Verdict port(NetRights right, std::uint16_t number) {
    const bool udp = right == kConnectSendUdp || right == kBindUdp;
    const bool connects = right == kConnectTcp || right == kConnectSendUdp;
    Access access;
    access.calls = {{.name = "socket", .arguments = {AF_INET, udp ? std::uint64_t{SOCK_DGRAM} : std::uint64_t{SOCK_STREAM}, 0}}, {.name = connects ? "connect" : "bind"}};
    access.net = right;
    access.port = number;
    return ask(access);
  }

  Verdict unix_socket(const std::string& path) {
    Access access;
    access.calls = {{.name = "socket", .arguments = {AF_UNIX, SOCK_STREAM, 0}}, {.name = "connect"}};
    access.abstract_unix = path.empty();
    if (!path.empty()) access.files = {disk.wanted(path, kResolveUnix)};
    return ask(access);
  }
};

// "EACCES read = /etc:2 > [filesystem] write = /x"; allowed: "allowed by read = /etc:2".
std::string told(const Verdict& verdict) {
  std::string out = verdict.allowed ? (verdict.some_arguments ? "allowed in part" : "allowed") : verdict.signal != 0 ? "SIGSYS" : verdict.hidden ? "hidden" : std::string(errno_name(verdict.error));
  if (verdict.nearest) out += " nearest";
  for (const Reason& reason : verdict.reasons) out += " " + reason.words + ":" + std::to_string(reason.origin.line);
  for (const std::string& line : verdict.to_allow) out += " > " + line;
  return out;
}

const std::string kFiles = "[filesystem]\nread = /etc, -/missing\nread_write = /srv/data\nread_exec = /usr\nwrite = /srv/data/log\n";

}  // namespace

TEST_CASE("rights are united on the way up, as Landlock does", "[verdict]") {
  World world(kFiles);
  CHECK(told(world.file("/etc/hosts", kReadFile)) == "allowed read = /etc:2");
  CHECK(told(world.file("/etc", kReadDir)) == "allowed read = /etc:2");
  CHECK(told(world.file("/usr/bin/cat", kReadFile | kExecute)) == "allowed read_exec = /usr:4");
  CHECK(told(world.file("/srv/data/log", kReadFile | kWriteFile)) == "allowed write = /srv/data/log:5 read_write = /srv/data:3");
  CHECK(told(world.file("/srv/data/a/b", kWriteFile)) == "allowed read_write = /srv/data:3");
  CHECK(told(world.file("/srv", kReadDir)) == "EACCES nearest > [filesystem] read = /srv");
  CHECK(told(world.file("/missing/x", kReadFile)) == "EACCES nearest > [filesystem] read = /missing/x");
}

TEST_CASE("a denial names the rule on the deepest directory and a line that would allow it", "[verdict]") {
  World world(kFiles, 10, {"/srv/data/log"});
  CHECK(told(world.file("/etc/hosts", kWriteFile)) == "EACCES nearest read = /etc:2 > [filesystem] write = /etc/hosts");
  CHECK(told(world.file("/srv/data/log", kExecute | kReadFile)) == "EACCES nearest write = /srv/data/log:5 > [filesystem] read_exec = /srv/data/log");
  CHECK(told(world.file("/srv/data", kMakeChar)) == "EACCES nearest read_write = /srv/data:3 > [filesystem] make_char = /srv/data");
  CHECK(told(world.file("/home/me", kReadDir)) == "EACCES nearest > [filesystem] read = /home/me");
  Access nowhere;
  nowhere.files = {world.disk.wanted("/home/me", kReadDir)};
  nowhere.files[0].grants.clear();
  CHECK(told(world.ask(nowhere)) == "EACCES nearest");
  // A line that makes the policy itself writable would never start.
  World own(kFiles);
  own.plan.sources[0].chain = own.disk.chain("/work/policy.ini");
  CHECK(told(own.file("/work", kMakeReg)) == "EACCES nearest");
  CHECK(told(own.file("/work", kReadDir)) == "EACCES nearest > [filesystem] read = /work");
  CHECK(told(own.file("/work/other", kWriteFile)) == "EACCES nearest > [filesystem] write = /work/other");
}

TEST_CASE("what a kernel cannot hold back is allowed, and truncation has its stand-in", "[verdict]") {
  for (int abi = 1; abi <= kNewestAbi; ++abi) {
    INFO("ABI " << abi);
    World world("[filesystem]\nread = /etc\nwrite = /srv\n", abi);
    CHECK(world.file("/etc/hosts", kTruncate).allowed == (abi < 3));
    CHECK(world.file("/srv/x", kTruncate).allowed);
    CHECK(told(world.call("truncate", {0, 0})) == (abi < 3 ? "EACCES [filesystem], for Landlock's TRUNCATE:0" : "allowed"));
    CHECK(world.call("openat", {0, 0, O_RDONLY | O_TRUNC}).allowed == (abi >= 3));
    CHECK(world.call("openat", {0, 0, O_WRONLY | O_TRUNC}).allowed);
    CHECK(world.file("/etc/x", kIoctlDev).allowed == (abi < 5));
    CHECK(world.file("/etc/hosts", kWriteFile).error == EACCES);
  }
  World without("[filesystem]\naccess = all\n");
  CHECK(told(without.file("/etc/hosts", kWriteFile)) == "allowed");
}

TEST_CASE("a path that except took out of a wider rule is told so", "[verdict]") {
  World world("[filesystem]\nread = /etc\n");
  world.policy.except_items.push_back({"/srv/secret", 0, "except", {0, 3}});
  CHECK(told(world.file("/srv/secret/key", kReadFile)) == "EACCES except = /srv/secret:3");
  CHECK(told(world.file("/srv/secrets", kReadFile)) == "EACCES nearest > [filesystem] read = /srv/secrets");
}

TEST_CASE("ports are ruled by number, 0 and any among them", "[verdict]") {
  World rules("[network]\nconnect_tcp = 443, 8000-8001\nbind_tcp = 0\nconnect_udp = 53\n");
  CHECK(told(rules.port(kConnectTcp, 443)) == "allowed connect_tcp = 443:2");
  CHECK(told(rules.port(kConnectTcp, 8001)) == "allowed connect_tcp = 8001:2");
  CHECK(told(rules.port(kConnectTcp, 80)) == "EACCES nearest connect_tcp:2 > [network] connect_tcp = 80");
  CHECK(told(rules.port(kBindTcp, 0)) == "allowed bind_tcp = 0:3");
  CHECK(told(rules.port(kBindTcp, 80)) == "EACCES nearest bind_tcp:3 > [network] bind_tcp = 80");
  CHECK(told(rules.port(kConnectSendUdp, 53)) == "allowed connect_udp = 53:4");
  CHECK(told(rules.port(kBindUdp, 53)) == "EACCES nearest > [network] bind_udp = 53");
  World any("[network]\nconnect_tcp = *\nudp = allow\n");
  CHECK(told(any.port(kConnectTcp, 1)) == "allowed connect_tcp = *:2");
  CHECK(told(any.port(kConnectSendUdp, 1)) == "allowed udp = allow:3");
  CHECK(told(any.port(kBindTcp, 1)) == "EACCES nearest > [network] bind_tcp = 1");
  World all("[network]\naccess = all\n");
  CHECK(told(all.port(kBindTcp, 1)) == "allowed access = all:2");
}

TEST_CASE("without a network no socket is made, and the lines that would open one are told", "[verdict]") {
  World none("[network]\naccess = none\n");
  CHECK(told(none.port(kConnectTcp, 443)) == "EACCES [network] access = none:2 > [network] access = rules > [network] connect_tcp = 443");
  World unwritten("[filesystem]\nread = /etc\n");
  CHECK(told(unwritten.port(kConnectTcp, 443)) == "EACCES [network] access = none:0 > [network] connect_tcp = 443");
  CHECK(told(unwritten.port(kConnectSendUdp, 53)) == "EACCES [network] access = none:0 > [network] connect_udp = 53");
  World old("[network]\naccess = rules\n", 3);
  CHECK(told(old.port(kConnectTcp, 443)) == "EACCES [network] access = rules:2 > [network] connect_tcp = * > [network] bind_tcp = *");
  CHECK(told(old.port(kConnectSendUdp, 53)) == "EACCES [network] udp = deny:0 > [network] udp = allow");
  CHECK(told(old.call("socket", {AF_NETLINK, SOCK_RAW, 9})) == "EACCES [network] netlink = deny:0 > [network] netlink = allow");
  CHECK(told(old.call("socket", {AF_NETLINK, SOCK_RAW, 0})) == "allowed");
  CHECK(told(old.call("socket", {AF_INET, SOCK_STREAM, 132})) == "EACCES [network] sctp = deny:0 > [network] sctp = allow");
}

TEST_CASE("UNIX sockets are held by path, by scope or not made at all", "[verdict]") {
  World deny("[network]\naccess = rules\nunix = deny\n");
  CHECK(told(deny.unix_socket("/run/x")) == "EACCES [network] unix = deny:3 > [network] connect_unix = /run/x");
  CHECK(told(deny.unix_socket("")) == "EACCES [network] unix = deny:3 > [network] unix = own > [ipc] abstract_unix = allow");
  World own("[network]\nconnect_unix = /run/x\n");
  CHECK(told(own.unix_socket("/run/x")) == "allowed connect_unix = /run/x:2");
  CHECK(told(own.unix_socket("/run/y")) == "EACCES nearest > [network] connect_unix = /run/y");
  CHECK(told(own.unix_socket("")) == "EPERM [ipc] abstract_unix = deny:0 > [ipc] abstract_unix = allow");
  World old("[network]\naccess = rules\n", 5);
  CHECK(told(old.unix_socket("/run/y")) == "allowed");
  CHECK(told(old.unix_socket("")) == "allowed");
}

TEST_CASE("what namespaces cover is not there, and the rest is read-only", "[verdict]") {
  World world("[filesystem]\nread = /\nread_write = /srv, /tmp\n[namespaces]\nhide = /etc\nprivate_tmp = yes\n");
  CHECK(told(world.file("/etc", kReadDir)) == "hidden [namespaces] hide = /etc:5");
  CHECK(told(world.file("/etc/hosts", kReadFile)) == "ENOENT [namespaces] hide = /etc:5");
  CHECK(told(world.file("/tmp/x", kReadFile)) == "ENOENT [namespaces] private_tmp = yes:6 > [namespaces] private_tmp = no");
  CHECK(told(world.file("/tmp", kMakeReg, true)) == "allowed read_write = /tmp:3");
  CHECK(told(world.file("/srv/x", kWriteFile, true)) == "allowed read_write = /srv:3");
  CHECK(told(world.file("/usr/x", kWriteFile, true)).starts_with("EROFS "));
  CHECK(told(world.file("/usr/x", kWriteFile)) == "EACCES nearest read = /:2 > [filesystem] write = /usr/x");
  // Another name of the same file is where it was, and on another mount.
  Access link;
  link.files = {world.disk.wanted("/etc/hosts", kReadFile)};
  link.files[0].path = "/usr/link";
  CHECK(told(world.ask(link)) == "allowed read = /:2");
  link.files = {world.disk.wanted("/srv/x", kWriteFile, true)};
  link.files[0].path = "/usr/link";
  CHECK(told(world.ask(link)).starts_with("EROFS "));
  World network("[network]\nconnect_tcp = 443\n[namespaces]\nnetwork = yes\n");
  CHECK(told(network.port(kConnectTcp, 443)) == "ENETUNREACH [namespaces] network = yes:4 > [namespaces] network = no");
  CHECK(told(network.port(kConnectTcp, 80)) == "EACCES nearest connect_tcp:2 > [network] connect_tcp = 80");
}

TEST_CASE("a denied call is told by its section, its line, its profile or the default", "[verdict]") {
  World world("[syscalls]\nmount = deny ENOSYS\nlseek = kill if arg2 == 3\n@swap = trap\ngetuid = log\ngetgid = trace 7\n");
  CHECK(told(world.call("shmget", {0})) == "EACCES [ipc] sysv = deny:0 > [ipc] sysv = allow");
  CHECK(told(world.call("mount", {0})) == "ENOSYS [syscalls] mount = deny ENOSYS:2");
  CHECK(told(world.call("lseek", {0, 0, 3})) == "SIGSYS [syscalls] lseek = kill if arg2 == 3:3");
  CHECK(told(world.call("lseek", {0, 0, 2})) == "allowed");
  CHECK(told(world.call("lseek", {})) == "allowed in part [syscalls] lseek = kill if arg2 == 3:3");
  CHECK(told(world.call("swapon", {0})) == "SIGSYS [syscalls] @swap = trap:4");
  CHECK(told(world.call("getuid", {0})) == "allowed");
  CHECK(told(world.call("getgid", {0})) == "ENOSYS [syscalls] getgid = trace 7:6");
  CHECK(told(world.call("bpf", {})) == "EPERM [syscalls] profile = default:0 > [syscalls] bpf = allow");
  CHECK(told(world.call("ioctl", {0, 0x5412})) == "EPERM [syscalls] profile = default:0 > [syscalls] ioctl = allow if arg1 == 0x5412");
  CHECK(told(world.call("getpid", {0})) == "allowed");
  // The kernel reads 32 bits of an ioctl's number.
  CHECK(world.call("ioctl", {0, 0x1'0000'5412}).error == EPERM);
  World ring("[network]\naccess = all\nunix = deny\n[filesystem]\nmetadata = allow\n[syscalls]\nprofile = none\n");
  CHECK(told(ring.call("io_uring_setup", {1, 0})) == "ENOSYS [network] unix = deny:3 > [network] unix = allow");
  World silent("[network]\naccess = all\nlisten = deny\n[filesystem]\nmetadata = allow\n[syscalls]\nprofile = none\n");
  CHECK(told(silent.call("io_uring_enter", {1, 0})) == "ENOSYS [network] listen = deny:3 > [network] listen = allow");
  CHECK(told(silent.call("setsockopt", {1, 6, 31})) == "allowed");
  CHECK(told(world.call("setsockopt", {1, 6, 31})) == "ENOPROTOOPT [network] smc = deny:0 > [network] smc = allow");
  CHECK(told(world.call("mq_timedsend", {1})) == "EACCES [ipc] mqueue = deny:0 > [ipc] mqueue = allow");
  World strict("[syscalls]\nprofile = strict\n");
  CHECK(told(strict.call("kcmp", {0})) == "EPERM [syscalls] profile = strict:2 > [syscalls] kcmp = allow");
  CHECK(told(strict.call("read", {0})) == "allowed");
  World denying("[syscalls]\ndefault = deny EIO\nread = allow\n");
  CHECK(told(denying.call("kcmp", {0})) == "EIO [syscalls] default = deny EIO:2 > [syscalls] kcmp = allow");
  World execve("[process]\nexecve = deny\nmemfd = noexec\n");
  CHECK(told(execve.call("execve", {0})) == "EACCES [process] execve = deny:2 > [process] execve = allow");
  CHECK(told(execve.call("memfd_create", {0, 0})) == "EACCES [process] memfd = noexec:3 > [process] memfd = allow");
  CHECK(told(execve.call("memfd_create", {0, 8})) == "allowed");
}

TEST_CASE("every call gets the answer of the plan, and every denial a reason, on every ABI", "[verdict]") {
  for (const char* text : {"[filesystem]\nread = /etc\n", "[filesystem]\nread_write = /srv\n[network]\nunix = deny\n[syscalls]\nprofile = strict\n",
                                 "[syscalls]\ndefault = deny\n@basic-io = allow\n", "[network]\nconnect_tcp = *\nbind_tcp = *\n[ipc]\nscheduling = deny\n"})
    for (const int abi : {4, 10}) {
      World world(text, abi);
      for (const SyscallName& known : all_syscalls())
        for (const std::uint64_t value : {0, 1, 2, 16}) {
          const Action action = decided(world.plan.filter, known.name, {value, value, value, value, value, value});
          const Verdict verdict = world.call(known.name, {value, value, value, value, value, value});
          const bool right = verdict.allowed == (action.kind < ActionKind::kDeny && action.kind != ActionKind::kTrace) && (verdict.allowed || (action.kind == ActionKind::kDeny && verdict.error == action.data));
          if (!right || (!verdict.allowed && (verdict.reasons.size() != 1 || verdict.reasons[0].words.empty()))) FAIL_CHECK(text << known.name << " " << value << " " << told(verdict));
        }
    }
  SUCCEED("all of them");
}

TEST_CASE("devices are granted as such, and temporary files beside the policy by a directory of the program's own", "[verdict]") {
  World world("[filesystem]\nread = /etc\n");
  Access null;
  null.files = {world.disk.wanted("/dev/null", kWriteFile, false)};
  null.files[0].device = true;
  CHECK(told(world.ask(null)) == "EACCES nearest > [filesystem] device = /dev/null");
  null.files[0].rights = kReadFile;
  CHECK(told(world.ask(null)) == "EACCES nearest > [filesystem] read = /dev/null");

  // No line makes the directory of the policy writable.
  Access made;
  made.files = {world.disk.wanted("/tmp", kMakeReg | kWriteFile, true)};
  for (Source& source : world.plan.sources) source.chain.push_back(world.disk.id("/tmp"));
  CHECK(told(world.ask(made)) == "EACCES nearest > [filesystem] read_write = /tmp > [namespaces] private_tmp = yes");
  World after("[filesystem]\nread = /etc\nread_write = /tmp\n[namespaces]\nprivate_tmp = yes\n");
  Access same;
  same.files = {after.disk.wanted("/tmp", kMakeReg | kWriteFile, true)};
  CHECK(told(after.ask(same)).starts_with("allowed"));
  made.files = {world.disk.wanted("/tmp", kRemoveFile, true)};
  CHECK(told(world.ask(made)) == "EACCES nearest");
}

TEST_CASE("the lines that are told do allow it", "[verdict]") {
  const auto section = [](const std::string& line) { return line.substr(0, line.find(' ')) + "\n" + line.substr(line.find(' ') + 1) + "\n"; };
  const std::string text = "[filesystem]\nread = /etc\n";
  int opened = 0;
  for (const int abi : {4, 7, 10}) {
    const auto opens = [&](const auto& ask) {
      World before(text, abi);
      const Verdict denied = ask(before);
      if (denied.allowed || denied.to_allow.empty()) return;
      std::string more = text;
      for (const std::string& line : denied.to_allow) more += section(line);
      INFO("ABI " << abi << ": " << told(denied) << "\n" << more);
      World after(more, abi);
      CHECK(told(ask(after)).starts_with("allowed"));
      ++opened;
    };
    for (const Rights right : {kReadFile, kWriteFile, kExecute | kReadFile, kTruncate, kMakeReg | kWriteFile, kRemoveDir}) opens([&](World& world) { return world.file("/srv/x", right); });
    for (const NetRights right : {kConnectTcp, kBindTcp, kConnectSendUdp, kBindUdp}) opens([&](World& world) { return world.port(right, 443); });
    opens([](World& world) { return world.unix_socket("/run/x"); });
    opens([](World& world) { return world.unix_socket(""); });
    for (const SyscallName& known : all_syscalls())
      if (native_has(known.name)) opens([&](World& world) { return world.call(known.name, {16, 3, 5, 0, 0, 0}); });
  }
  CHECK(opened > 300);
}
