// SPDX-License-Identifier: MIT
// landshim run --explain-denials: what is told, and that nothing else is other than in a run without it.
#include <catch2/catch.hpp>

#include <pty.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <climits>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/live/followed.h"
#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

// One denial, of this beginning and end; pids differ.
void check_told(const Outcome& outcome, const std::string& beginning, const std::string& end) {
  INFO(everything(outcome) << "\nexpected: " << beginning << " ... " << end);
  const Words lines = told(outcome);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].starts_with("denied " + beginning));
  CHECK(lines[0].find(end) != std::string::npos);
}

// The proposals of all denials, as lines of a policy.
std::string proposed(const Outcome& outcome) {
  std::string out;
  for (const std::string& line : told(outcome)) {
    const std::string mark = "; to allow: ";
    const std::size_t at = line.find(mark);
    if (!line.starts_with("denied ") || at == line.npos) continue;
    std::string rest = line.substr(at + mark.size());
    for (std::size_t next = 0; (next = rest.find(" and [")) != rest.npos;) rest.replace(next, 5, "\n");
    for (const std::string& one : lines_of(rest)) out += one.substr(0, one.find(' ')) + "\n" + one.substr(one.find(' ') + 1) + "\n";
  }
  return out;
}

int count_of(const std::string& text, const std::string& part) {
  int out = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != text.npos; at += part.size()) ++out;
  return out;
}

// Until a condition holds, for ten seconds at most.
template <class Condition>
bool becomes(const Condition& condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

bool alive(pid_t process) { return kill(process, 0) == 0; }

}  // namespace

TEST_CASE("a followed run tells a denial in the words of landshim ask, once", "[live][follow]") {
  REQUIRE_ABI(3);
  const Scratch tree;
  tree.directory("open");
  const std::string file = tree.file("open/file", "keep me");
  const Held held(base_policy() + "read = " + (tree / "open") + "\n");
  const std::string line = std::to_string(count_of(base_policy(), "\n") + 1);
  const Outcome outcome = held.followed(victim_words({"storm", "3", "write", file}));
  CHECK(outcome.status == EACCES);
  const std::string why = "nearest rule read = " + (tree / "open") + " (" + held.policy() + ":" + line + "); to allow: [filesystem] write = " + (tree / "open");
  check_told(outcome, "write " + file + " (victim, pid ", ", 3 times): " + why);
  CHECK(told(outcome)[0].ends_with(why));
  CHECK(outcome.out.empty());
  CHECK(contents(file) == "keep me");
  const Outcome asked = run({{built("landshim"), "ask", held.policy(), "write", file}, {}, {}});
  CHECK(asked.out == "denied: write " + file + " (EACCES): " + why + "\n");
  // What is allowed is not told, and neither is what is not there.
  const Outcome allowed = held.followed({"sh", "-c", "cat \"$0\"; test -e /none; cd /none 2>/dev/null; cat /none 2>/dev/null; exit 3", file});
  CHECK(allowed.status == 3);
  CHECK(allowed.out == "keep me");
  CHECK(allowed.err == "");
}

TEST_CASE("a followed run ends, says and is answered as one that is not followed", "[live][follow]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  tree.file("file", "text");
  tree.directory("closed", 0700);
  tree.file("closed/file", "secret");
  tree.file("mode", "x", 0);
  const Held held(base_policy() + "read_exec = -/usr/libexec, " + (tree / "file") + "\nread_write = -/dev/tty\n[syscalls]\ngetpgid = deny EIO\nsysinfo = kill\n@swap = deny ENOSYS\ngetsid = trap\numask = deny EPERM if arg0 == 7\n");
  const std::string t = tree.path();
  const Words commands[] = {
      {"true"}, {"false"}, {"sh", "-c", "exit 7"}, {"sh", "-c", "kill -TERM $$"}, {"sh", "-c", "kill -KILL $$"}, {"sh", "-c", "kill -SEGV $$"},
      {"cat", t + "/file"}, {"cat", t + "/closed/file"}, {"cat", t + "/none"}, {"ls", t}, {"mkdir", t + "/new"}, {"rm", "-f", t + "/file"}, {"mv", t + "/file", t + "/closed/other"},
      {"sh", "-c", "echo out; echo err >&2; exit 5"}, {"sh", "-c", "cat <" + t + "/file | tr a-z A-Z | sort"}, {"sh", "-c", "for i in 1 2 3 4 5 6 7 8; do (sleep 0.0$i; echo $i) & done | sort"},
      {"no-such-command-anywhere"}, {t + "/file"}, {t}, {"sh", "-c", t + "/mode"}, {"sh", "-c", "ulimit -n 64; cat " + t + "/file"}, {"sh", "-c", "grep -E 'Sig(Blk|Ign|Cgt|Pnd)|ShdPnd|NoNewPrivs|Seccomp:' /proc/self/status"},
      victim_words({"call", std::to_string(SYS_getpgid), "0"}), victim_words({"call", std::to_string(SYS_sysinfo), "int:0"}), victim_words({"call", std::to_string(SYS_swapoff), "=/x"}),
      victim_words({"trapped", std::to_string(SYS_getsid), "0"}), victim_words({"call", std::to_string(SYS_umask), "7"}), victim_words({"call", std::to_string(SYS_umask), "077"}),
      victim_words({"socket", "2", "1", "0"}), victim_words({"socket", "2", "2", "0"}), victim_words({"socket", "16", "3", "0"}), victim_words({"call", "9999"}),
      victim_words({"fork"}), victim_words({"thread", std::to_string(SYS_getpid)}), victim_words({"kill", "1", "0"}), victim_words({"kill-inside", "15"}), victim_words({"alarmed", (t + "/file").c_str()}),
      victim_words({"read", t + "/closed/file"}, "tests/victim-static"), victim_words({"vforked", "/bin/true", "x"}), victim_words({"spawned", t + "/file", "x"}),
  };
  for (const Words& command : commands) {
    INFO(command[0] << " " << (command.size() > 1 ? command[1] : "") << " " << command.back());
    const Outcome plain = held.plain(command);
    const Outcome followed = held.followed(command);
    INFO("plain: " << everything(plain) << "\nfollowed: " << everything(followed));
    CHECK(followed.status == plain.status);
    CHECK(followed.signal == plain.signal);
    CHECK(followed.out == plain.out);
    // Its own lines come last.
    std::string own;
    for (const std::string& line : lines_of(followed.err))
      if (!line.starts_with("landshim: denied ")) own += line + "\n";
    CHECK(own == plain.err);
  }
  CHECK(contents(tree / "file") == "text");
  CHECK(contents(tree / "closed/file") == "secret");
}

TEST_CASE("every way to change or read a tree is seen when it is denied, and works as proposed", "[live][follow]") {
  REQUIRE_ABI(3);
  int passed = 0;
  for (const char* program : {"tests/victim", "tests/victim-static"})
    for (const TreeAttempt& attempt : tree_attempts()) {
      INFO(program << ": " << attempt.name);
      const Tree tree;
      const std::string base = base_policy() + (attempt.needs_root && is_root() ? "[process]\ncapabilities = all\n" : "");
      const Held held(base);
      const std::string before = tree.look_at_all();
      const Words words = tree.here(attempt.words);
      Outcome outcome = held.followed(victim_words(words, program));
      CHECK(outcome.status == EACCES);
      CHECK(tree.look_at_all() == before);
      if (attempt.needs_root && !is_root()) {
        // The user could not do it without the policy.
        CHECK(told(outcome) == Words{});
        continue;
      }
      CHECK_FALSE(told(outcome).empty());
      std::string policy = base;
      for (int round = 0; round < 4 && outcome.status != 0; ++round) {
        const std::string more = proposed(outcome);
        INFO(everything(outcome) << "\n" << policy);
        REQUIRE_FALSE(more.empty());
        policy += more;
        held.set(policy);
        outcome = held.followed(victim_words(words, program));
      }
      INFO(everything(outcome) << "\n" << policy);
      CHECK(outcome.status == 0);
      CHECK(told(outcome) == Words{});
      CHECK((tree.look_at_all() == before) != attempt.changes);
      if (outcome.status == 0) ++passed;
    }
  CHECK(passed >= 40);
}

TEST_CASE("the roads to a denied file are seen: descriptors, links, threads, children and raw calls", "[live][follow]") {
  REQUIRE_ABI(3);
  const Tree tree;
  std::filesystem::create_symlink(tree / "dir", tree / "away");
  std::filesystem::create_symlink("dir/../away/inside", tree / "deep");
  const Held held(base_policy());
  const std::string file = tree / "file";
  const std::string inside = tree / "dir/inside";
  const std::string self = built("tests/victim-static");
  const struct {
    Words words;
    std::string target;
  } kRoads[] = {
      {{"read", tree / "link"}, file},
      {{"read", tree / "deep"}, inside},
      {{"read", "/proc/self/root" + file}, file},
      {{"read", "/../.././" + file}, file},
      {{"call", std::to_string(SYS_openat), "path:" + (tree / "dir"), "=inside", "0"}, inside},
      {{"call", std::to_string(SYS_openat), "path:" + (tree / "dir"), "=../file", "0"}, file},
      {{"call", std::to_string(SYS_openat), "0xffffffffffffff9c", "=" + file, "0"}, file},
#ifdef SYS_open
      {{"call", std::to_string(SYS_open), "=" + file, "0"}, file},
      {{"call", std::to_string(SYS_unlink), "=" + file}, file},
      {{"call", std::to_string(SYS_creat), "=" + file, "0600"}, file},
#endif
      {{"threaded", "read", file}, file},
      {{"forked", "read", file}, file},
      {{"threaded", "forked", "threaded", "read", file}, file},
      {{"forked", "forked", "threaded", "read", tree / "link"}, file},
      {{"executed", self, "read", file}, file},
      {{"vforked", self, "read", file}, file},
      {{"spawned", self, "read", file}, file},
      {{"spawned", tree / "program", "nothing"}, tree / "program"},
      {{"vforked", tree / "program", "nothing"}, tree / "program"},
  };
  for (const auto& road : kRoads) {
    INFO(road.words[0] << " " << road.words[1]);
    const Outcome outcome = held.followed(victim_words(road.words));
    INFO(everything(outcome));
    const Words lines = told(outcome);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].find(" " + road.target + " (") != std::string::npos);
    CHECK(contents(file) == "keep me");
  }
  // From where the process is, whatever lies above.
  const Outcome relative = held.followed(victim_words({"read", "../file"}), tree / "dir");
  check_told(relative, "read " + file + " (victim", "no rule covers it");
}

TEST_CASE("hostile names, memory and directories are told as they are, or not at all", "[live][follow]") {
  REQUIRE_ABI(3);
  const Scratch tree;
  const Held held(base_policy());
  const std::string evil = tree.path() + "/a\nlandshim: denied \x1b[31m\xff\xc3";
  std::ofstream(evil) << "x";
  const Outcome named = held.followed(victim_words({"read", evil}));
  CHECK(named.status == EACCES);
  check_told(named, "read " + tree.path() + "/a\\x0alandshim: denied \\x1b[31m\\xff\\xc3 (victim", "no rule covers it");
  CHECK(named.err.find('\x1b') == std::string::npos);

  const std::string openat = std::to_string(SYS_openat);
  for (const char* nowhere : {"8", "0", "0xffffffffffffff00", "0x7fffffffffff"}) {
    INFO(nowhere);
    const Outcome outcome = held.followed(victim_words({"call", openat, "0xffffffffffffff9c", nowhere, "0"}));
    CHECK(outcome.status == EFAULT);
    CHECK(told(outcome) == Words{});
  }
  for (const std::size_t size : {std::size_t{PATH_MAX} - 1, std::size_t{PATH_MAX}, std::size_t{PATH_MAX} * 4}) {
    std::string path = tree.path();
    while (path.size() + 2 < size) path += "/.";
    const Outcome outcome = held.followed(victim_words({"read", path.size() + 1 == size ? path + "/" : path}));
    const Outcome plain = held.plain(victim_words({"read", path.size() + 1 == size ? path + "/" : path}));
    CHECK(outcome.status == plain.status);
    CHECK(told(outcome).size() == (plain.status == EACCES ? 1U : 0U));
  }
  const Outcome long_name = held.followed(victim_words({"read", tree / std::string(300, 'n')}));
  CHECK(long_name.status == ENAMETOOLONG);
  CHECK(told(long_name) == Words{});
  std::filesystem::create_symlink("loop", tree / "loop");
  const Outcome loop = held.followed(victim_words({"read", tree / "loop"}));
  CHECK(loop.status == ELOOP);
  CHECK(told(loop) == Words{});
  // A pipe is looked at and never opened: nobody waits.
  REQUIRE(mkfifo((tree / "pipe").c_str(), 0644) == 0);
  check_told(held.followed(victim_words({"read", tree / "pipe"})), "read " + (tree / "pipe"), "no rule covers it");

  const Held working(base_policy() + "read_write = " + tree.directory("work") + "\n");
  const Outcome removed = working.followed(victim_words({"in-removed", tree / "work/gone", "read", "../x"}));
  CHECK(removed.status == ENOENT);
  CHECK(told(removed) == Words{});
  const Outcome outside = working.followed(victim_words({"in-removed", tree / "work/gone", "read", evil}));
  CHECK(outside.status == EACCES);
  CHECK(told(outside).size() == 1);
}

TEST_CASE("a name that a thread changes while it is opened gives nothing away", "[live][follow]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  tree.directory("open");
  const std::string closed = tree.file("secret", "secret");
  const std::string open = tree.file("open/file", "open");
  const Held held(base_policy() + "read = " + (tree / "open") + "\n");
  const Outcome outcome = held.followed(victim_words({"racing", closed, open, "3000"}));
  INFO(everything(outcome));
  CHECK(outcome.status == 0);
  for (const std::string& line : told(outcome)) CHECK(line.starts_with("denied "));
}

TEST_CASE("a storm of processes is answered to the last, and its denials are bounded", "[live][follow]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  const std::string closed = tree.file("secret", "secret");
  const Held held(base_policy());
  const Outcome outcome = held.followed(victim_words({"storm", "150", "read", closed}));
  CHECK(outcome.status == EACCES);
  check_told(outcome, "read " + closed, ", 150 times): ");
  // Names without end: a hundred are told, and how many are not.
  for (int i = 0; i < 1100; ++i) tree.file("f" + std::to_string(i), "");
  const Outcome many = held.followed({"bash", "-c", "cd \"$0\"; i=0; while [ $i -lt 1100 ]; do : <f$i; i=$((i+1)); done; true", tree.path()});
  const Words lines = told(many);
  REQUIRE(lines.size() == 101);
  CHECK(lines.back().starts_with("and at most 1"));
  CHECK(lines.back().ends_with(" more"));
}

TEST_CASE("what file modes deny is not told", "[live][follow]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  tree.file("none", "x", 0);
  tree.file("plain", "x", 0644);
  tree.directory("shut");
  tree.file("shut/file", "x");
  tree.directory("sticky", 01777);
  chmod((tree / "shut").c_str(), 0);
  const Held held(base_policy() + (is_root() ? "[process]\ncapabilities = none\nuser = 65534\ngroup = 65534\ngroups = 65534\n" : ""));
  if (is_root()) {
    tree.file("sticky/theirs", "x", 0600);
    const Outcome sticky = held.followed(victim_words({"unlink", tree / "sticky/theirs"}));
    CHECK(sticky.status == EACCES);
    CHECK(told(sticky) == Words{});
  }
  for (const char* name : {"none", "shut/file"}) {
    INFO(name);
    const Outcome outcome = held.followed(victim_words({"read", tree / name}));
    CHECK(outcome.status == EACCES);
    CHECK(told(outcome) == Words{});
  }
  const Outcome run_text = held.followed(victim_words({"executed", tree / "plain", "x"}));
  CHECK(run_text.status == EACCES);
  CHECK(told(run_text) == Words{});
  const Outcome written = held.followed(victim_words({"write", "/etc/passwd"}));
  CHECK(written.status == EACCES);
  CHECK(told(written) == Words{});
  check_told(held.followed(victim_words({"read", tree / "plain"})), "read " + (tree / "plain"), "no rule covers it");
  chmod((tree / "shut").c_str(), 0700);
}

TEST_CASE("in another root, paths are those of the process", "[live][follow][root]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  tree.directory("root/inner");
  const std::string file = tree.file("root/inner/file", "x");
  std::filesystem::create_symlink("/inner/file", tree / "root/link");
  const Held held(base_policy() + "[process]\ncapabilities = all\n[syscalls]\nchroot = allow\n");
  for (const char* name : {"/inner/file", "/link", "/../../inner/file", "inner/../link"}) {
    INFO(name);
    const Outcome outcome = held.followed(victim_words({"chrooted", tree / "root", "read", name}));
    CHECK(outcome.status == EACCES);
    check_told(outcome, "read " + file + " (victim", "no rule covers it");
  }
}

TEST_CASE("in namespaces of the policy's own, files and denials are those that the process sees", "[live][follow]") {
  REQUIRE_ABI(1);
  if (run({{"unshare", "-Urm", "true"}, {}, {}}).status != 0) return skip("user namespaces cannot be had");
  const Scratch tree;
  const std::string mine = tree.file("mine", "x");
  for (const char* rule : {"", "read_write = /tmp\n"}) {
    const Held held(std::string("[filesystem]\nruntime = host\n") + rule + "[namespaces]\nmount = yes\npid = yes\nprivate_tmp = yes\n");
    const std::string text = "echo x >/tmp/new && cat /tmp/new && ls /tmp; test -e '" + mine + "' && echo seen; true </etc/passwd; kill -TERM $$";
    const Outcome plain = held.plain({"sh", "-c", text});
    const Outcome outcome = held.followed({"sh", "-c", text});
    INFO(everything(plain) << "\n" << everything(outcome));
    CHECK(outcome.status == plain.status);
    CHECK(outcome.out == plain.out);
    CHECK(outcome.out == (*rule == '\0' ? "" : "x\nnew\n"));
    const std::string all = outcome.err;
    CHECK(count_of(all, "denied read /etc/passwd (dash") + count_of(all, "denied read /etc/passwd (bash") == 1);
    CHECK(count_of(all, "denied create /tmp/new (") == (*rule == '\0' ? 1 : 0));
    for (const char* verb : {"list", "read", "write"}) CHECK(count_of(all, std::string("denied ") + verb + " /tmp") == 0);
  }
}

TEST_CASE("denied calls are told with the key or line that denies them", "[live][follow]") {
  REQUIRE_ABI(6);
  const Scratch tree;
  const std::string file = tree.file("file", "x");
  const Held held(base_policy() + "read_write = " + tree.path() + "\nmetadata = deny\n[syscalls]\ngetpgid = deny EIO\n");
  const std::string here = held.policy();
  check_told(held.followed(victim_words({"socket", "2", "1", "0"})), "call socket (victim", "[network] access = none (a default)");
  check_told(held.followed(victim_words({"call", std::to_string(SYS_fchmodat), "0xffffffffffffff9c", "=" + file, "0600"})), "call fchmodat", "[filesystem] metadata = deny (" + here + ":6); to allow: [filesystem] metadata = ");
  check_told(held.followed(victim_words({"call", std::to_string(SYS_getpgid), "0"})), "call getpgid", "[syscalls] getpgid = deny EIO (" + here + ":8)");
  check_told(held.followed(victim_words({"kill", std::to_string(getpid()), "0"})), "call kill " + std::to_string(getpid()), "[ipc] signals = deny (a default); to allow: [ipc] signals = allow");
  check_told(held.followed(victim_words({"call", std::to_string(SYS_mount), "=a", "=b", "=c", "0", "0"})), "call mount", "[syscalls] profile = ");
  // Of what is inside, nobody is kept.
  const Outcome own = held.followed(victim_words({"kill-inside", "15"}));
  CHECK(own.status == 0);
  CHECK(own.err == "");
  // What answers as an older kernel would is no denial.
  CHECK(held.followed(victim_words({"call", std::to_string(SYS_io_uring_setup), "1", "int:0"})).err == "");
  held.set(base_policy() + "[ipc]\nsignals = allow\n");
  const Outcome allowed = held.followed(victim_words({"kill", std::to_string(getpid()), "0"}));
  CHECK(allowed.status == 0);
  CHECK(allowed.err == "");
}

TEST_CASE("a port that no line opens is told, with the line that would", "[live][follow]") {
  REQUIRE_ABI(4);
  const Held held(base_policy() + "[network]\nconnect_tcp = 443\nbind_tcp = 65000\n");
  for (const char* family : {"4", "6", "mapped"}) {
    INFO(family);
    check_told(held.followed(victim_words({"stream", "connect", family, "9", "0"})), "connect 9 (victim", "nearest rule connect_tcp (" + held.policy());
    check_told(held.followed(victim_words({"stream", "bind", family, "64999", "0"})), "bind 64999 (victim", "to allow: [network] bind_tcp = 64999");
  }
  check_told(held.followed(victim_words({"stream", "connect", "4", "9", "0"}, "tests/victim-static")), "connect 9 (victim-static", "to allow: [network] connect_tcp = 9");
  const Outcome allowed = held.followed(victim_words({"stream", "connect", "4", "443", "0"}));
  CHECK(allowed.status == ECONNREFUSED);
  CHECK(allowed.err == "");
}

TEST_CASE("an abstract socket of a process outside is told, one of a process inside works", "[live][follow]") {
  REQUIRE_ABI(6);
  const std::string name = "landshim-follow-" + std::to_string(getpid());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(bind(listener, reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size())) == 0);
  REQUIRE(listen(listener, 8) == 0);
  const Held held(base_policy() + "[network]\naccess = rules\nunix = allow\n");
  const Outcome outcome = held.followed(victim_words({"unix", "connect", "stream", "@" + name}));
  CHECK(outcome.status == EPERM);
  check_told(outcome, "unix @" + name + " (victim", "[ipc] abstract_unix = deny (a default); to allow: [ipc] abstract_unix = allow");
  const Outcome inside = held.followed(victim_words({"unix", "talk", "stream", "@" + name + "-own"}));
  CHECK(inside.status == held.plain(victim_words({"unix", "talk", "stream", "@" + name + "-own"})).status);
  CHECK(inside.err == "");
  close(listener);
}

TEST_CASE("when the follower is killed calls fail, and nothing that the policy denies is granted", "[live][follow]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  tree.directory("open");
  tree.file("open/file", "open");
  const std::string secret = tree.file("secret", "secret");
  REQUIRE(mkfifo((tree / "open/ready").c_str(), 0666) == 0);
  REQUIRE(mkfifo((tree / "open/go").c_str(), 0666) == 0);
  chmod((tree / "open").c_str(), 0777);
  const Held held(base_policy() + "read_write = " + (tree / "open") + "\n");
  const std::string inner = "exec 3>ready 4<go; echo x >&3; read x <&4; (: <file) 2>&1; (: <'" + secret + "') 2>&1; cat file 2>&1; echo end";
  const std::string text = "\"$0\" run -p \"$1\" --explain-denials -- sh -c \"$2\" >result 2>&1 & exec 4<ready 5>go; read x <&4; kill -KILL $!; wait $!; echo x >&5; while ! grep -q end result; do sleep 0.05; done; cat result";
  const Outcome outcome = run({{"sh", "-c", text, built("landshim"), held.policy(), inner}, {{"LC_ALL", "C"}}, {"LANDSHIM_POLICY"}, tree / "open", {}, 30});
  INFO(everything(outcome));
  CHECK_FALSE(outcome.timed_out);
  CHECK(outcome.out.find("Function not implemented") != std::string::npos);
  CHECK(outcome.out.find("secret\n") == std::string::npos);
  CHECK(outcome.out.find("end\n") != std::string::npos);
}

TEST_CASE("what a followed command leaves behind runs on under the policy, and nobody waits for it", "[live][follow]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  tree.directory("open", 0777);
  const std::string secret = tree.file("secret", "secret");
  const Held held(base_policy() + "read_write = " + (tree / "open") + "\n");
  const std::string text = "cd '" + (tree / "open") + "'; (exec >/dev/null 2>&1 </dev/null; sleep 0.5; cat '" + secret + "' >stolen; date >late; echo $? >status; sleep 300) & echo $!; exit 4";
  const auto before = std::chrono::steady_clock::now();
  const Outcome outcome = held.followed({"sh", "-c", text});
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(10));
  INFO(everything(outcome));
  CHECK(outcome.status == 4);
  const pid_t left = std::atoi(outcome.out.c_str());
  REQUIRE(left > 1);
  // Calls of what is left are answered: files open, and those that are denied do not.
  CHECK(becomes([&] { return contents(tree / "open/status") == "0\n"; }));
  CHECK_FALSE(contents(tree / "open/late").empty());
  CHECK(contents(tree / "open/stolen").empty());
  kill(left, SIGKILL);
  // And with the last of them goes who answers.
  const auto answering = [&] {
    for (const auto& entry : std::filesystem::directory_iterator("/proc"))
      if (contents(entry.path() / "cmdline").find(held.policy()) != std::string::npos) return true;
    return false;
  };
  run({{"pkill", "-KILL", "-P", std::to_string(left)}, {}, {}});
  CHECK(becomes([&] { return !alive(left); }));
  CHECK(becomes([&] { return !answering(); }));
}

TEST_CASE("a time limit and following go together", "[live][follow]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  const std::string closed = tree.file("secret", "x");
  const Held held(base_policy());
  const Outcome in_time = run(held.start({"--explain-denials", "--timeout", "30"}, victim_words({"read", closed})));
  CHECK(in_time.status == EACCES);
  CHECK(told(in_time).size() == 1);
  const Outcome late = run(held.start({"--explain-denials", "--timeout", "1"}, {"sh", "-c", "setsid sleep 300 & echo $!; true <'" + closed + "'; sleep 60"}));
  CHECK(late.status == 124);
  CHECK(told(late).size() == 1);
  const pid_t left = std::atoi(late.out.c_str());
  REQUIRE(left > 1);
  CHECK_FALSE(alive(left));
}

TEST_CASE("a followed command stops and goes on as a job, and takes what the terminal sends", "[live][follow]") {
  REQUIRE_ABI(1);
  const Held held(base_policy() + "read_write = -/dev/tty\ndevice = -/dev/pts\n");
  int terminal = -1;
  const std::string landshim = built("landshim");
  // What is stopped between vfork(2) and its program holds up the shell that waits for it, which nobody can stop then.
  const std::string text = "trap 'echo [int]; exit 6' INT; trap 'echo [go on]' CONT; sleep 9 </dev/null >/dev/null 2>&1 & echo [ready]; while :; do wait; done";
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  REQUIRE(child >= 0);
  if (child == 0) {
    // The leader of a session is no job: its child is one, in a group of its own.
    const std::string job = "set -m; \"$0\" run -p \"$1\" --explain-denials -- sh -c \"$2\"; echo [stopped $?]; jobs; fg; echo [ended $?]";
    execl("/bin/bash", "bash", "-c", job.c_str(), landshim.c_str(), held.policy().c_str(), text.c_str(), nullptr);
    _exit(201);
  }
  std::string said;
  int typed = 0;
  char buffer[256];
  for (ssize_t got; (got = read(terminal, buffer, sizeof buffer)) > 0;) {
    said.append(buffer, static_cast<std::size_t>(got));
    if (typed == 0 && said.find("[ready]") != std::string::npos) typed += write(terminal, "\x1a", 1) == 1 ? 1 : 0;
    if (typed == 1 && said.find("[go on]") != std::string::npos) typed += write(terminal, "\x03", 1) == 1 ? 1 : 0;
  }
  close(terminal);
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  INFO(said);
  CHECK(said.find("[stopped 14") != std::string::npos);
  CHECK(said.find("[stopped 14") < said.find("[go on]"));
  CHECK(count_of(said, "[int]") == 1);
  CHECK(said.find("[ended 6]") != std::string::npos);
}

TEST_CASE("a listener of the program's own is refused while it is followed, and that is told", "[live][follow]") {
  REQUIRE_ABI(1);
  const Held held(base_policy());
  CHECK(held.plain(victim_words({"listen-for-calls"})).status == 0);
  const Outcome outcome = held.followed(victim_words({"listen-for-calls"}));
  CHECK(outcome.status == EBUSY);
  check_told(outcome, "call seccomp (victim", "not followed it would work");
  // And of two followers, the inner one.
  const Outcome twice = held.followed({built("landshim"), "run", "--mode", "readonly", "--explain-denials", "--", "true"});
  CHECK(twice.status == 125);
}

TEST_CASE("a process that hides its memory is answered, and counted", "[live][follow]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  const std::string closed = tree.file("secret", "x");
  const Held held(base_policy());
  const Outcome outcome = held.followed(victim_words({"undumpable", "read", closed}));
  CHECK(outcome.status == EACCES);
  if (is_root()) check_told(outcome, "read " + closed, "no rule covers it");
  else CHECK(outcome.err == "landshim: 1 calls could not be looked at: who made them hides its memory (not dumpable: prctl(2))\n");
}

TEST_CASE("signals restart calls that are followed, as others", "[live][follow]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  const std::string file = tree.file("file", "x");
  const Held held(reading(file));
  CHECK(held.followed(victim_words({"alarmed", file})).status == 0);
  CHECK(held.plain(victim_words({"alarmed", file})).status == 0);
}

TEST_CASE("denials are written as events, when they happen", "[live][follow]") {
  REQUIRE_ABI(3);
  const Scratch tree;
  const std::string closed = tree.file("secret", "x");
  const std::string evil = tree.path() + "/\xff\n";
  std::ofstream(evil) << "x";
  const Held held(base_policy());
  const std::string file = held / "events";
  const Outcome outcome = run(held.start({"--denials-json", file}, {"sh", "-c", ": <\"$0\"; : <\"$0\"; : <\"$1\"; exit 3", closed, evil}));
  CHECK(outcome.status == 2);
  const Outcome all = run(held.start({"--denials-json", file}, {"bash", "-c", ": <\"$0\"; : <\"$0\"; : <\"$1\"; exit 3", closed, evil}));
  CHECK(all.status == 3);
  CHECK(told(all) == Words{});
  std::string denied;
  for (const std::string& line : lines_of(contents(file)))
    if (line.find(tree.path()) != line.npos) denied += line + "\n";
  const Words lines = lines_of(denied);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].starts_with("{\"v\":1,\"time\":\"20"));
  CHECK(lines[0].find("\"event\":\"denied\",\"pid\":") != std::string::npos);
  CHECK(lines[0].find("\"what\":\"read\",\"target\":\"" + closed + "\",\"error\":\"EACCES\",\"rule\":null,\"to_allow\":[\"[filesystem] read = " + tree.path() + "\"],\"again\":0") != std::string::npos);
  CHECK(lines[1].find("\"target_hex\":\"") != std::string::npos);
  CHECK(lines[1].find("\\ufffd\\n\"") != std::string::npos);
  CHECK(lines[2].find("\"again\":1") != std::string::npos);
  CHECK(lines_of(contents(file)).back().find("\"event\":\"summary\",\"status\":3,\"denials\":") != std::string::npos);
  struct stat info {};
  CHECK(stat(file.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  const Outcome nowhere = run(held.start({"--denials-json", "/no/such/file"}, {"true"}));
  CHECK(nowhere.status == 125);
  CHECK(nowhere.err.find("--denials-json /no/such/file: the file cannot be written") != std::string::npos);
}

TEST_CASE("a followed command has the descriptors of its caller, and no others", "[live][follow]") {
  REQUIRE_ABI(1);
  const Scratch tree;
  tree.directory("out", 0777);
  const Held held("[policy]\nmode = full-access\n");
  for (const char* caller : {"", " <&-", " <&- >&-", " <&- >&- 2>&-", " 7</etc/passwd"})
    for (const char* options : {"", " --explain-denials", " --denials-json /dev/null"}) {
      const std::string list = tree / "out/list";
      const std::string text = "for i in 3 4 5 6 7 8 9; do eval \"exec $i<&-\"; done; exec '" + built("landshim") + "' run -p '" + held.policy() + "'" + options + " -- sh -c 'ls /proc/self/fd >" + list + "'" + caller;
      CHECK(run({{"bash", "-c", text}, {}, {"LANDSHIM_POLICY"}}).status == 0);
      static std::string expected;
      if (*options == '\0') expected = contents(list);
      INFO(caller << options);
      CHECK(contents(list) == expected);
      CHECK_FALSE(expected.empty());
    }
}

TEST_CASE("what goes not with following is refused", "[live][follow]") {
  REQUIRE_ABI(1);
  const Held held(base_policy());
  const Outcome preload = run(held.start({"--explain-denials", "--preload"}, {"true"}));
  CHECK(preload.status == 2);
  CHECK(one_line(preload.err, "landshim: run: --preload and --explain-denials do not go together"));
  const Outcome again = held.plain({built("landshim"), "run", "-p", held.policy(), "--explain-denials", "--", "true"});
  CHECK(again.status != 0);
}
