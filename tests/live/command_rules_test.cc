// SPDX-License-Identifier: MIT
// [command NAME] at every door: what is denied does not start, what is narrowed stays so with all that it starts, and
// what the rules do not see is still held by the rest of the policy.
#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>

#include "tests/support/json.h"
#include "tests/support/world.h"

using namespace landshim::tests;

namespace {

// Nothing but the rules holds, and one call by which the policy is known.
const std::string kOpen = "[policy]\nmode = full-access\n[network]\naccess = all\n[syscalls]\ngetppid = deny EXDEV\n";

enum class Way { kRun, kPreload, kAudit, kRunPreload };
constexpr Way kWays[] = {Way::kRun, Way::kPreload, Way::kAudit, Way::kRunPreload};
// Where what a program starts is seen as well.
constexpr Way kWithLibrary[] = {Way::kPreload, Way::kAudit, Way::kRunPreload};
const char* const kWords[] = {"landshim run", "LD_PRELOAD", "LD_AUDIT", "landshim run --preload"};

const char* words(Way way) { return kWords[static_cast<int>(way)]; }

Outcome start(Way way, const std::string& policy, std::vector<std::string> command, std::map<std::string, std::string> environment = {}, const std::string& directory = {}) {
  std::vector<std::string> before;
  if (way == Way::kRun) before = {built("landshim"), "run", "-p", policy, "--"};
  if (way == Way::kRunPreload) before = {built("landshim"), "run", "--preload", "-p", policy, "--"};
  if (way == Way::kPreload || way == Way::kAudit) environment["LANDSHIM_POLICY"] = policy;
  if (way == Way::kPreload) environment["LD_PRELOAD"] = built("liblandshim.so");
  if (way == Way::kAudit) environment["LD_AUDIT"] = built("liblandshim-audit.so");
  before.insert(before.end(), command.begin(), command.end());
  return run({before, std::move(environment), {}, directory});
}

std::string rule(const std::string& name, const std::string& match, const std::string& keys) { return "[command " + name + "]\nmatch = " + match + "\n" + keys + "\n"; }

std::string victim_path() { return built("tests/victim"); }
std::string inet() { return std::to_string(AF_INET) + " " + std::to_string(SOCK_STREAM) + " 0"; }

std::vector<std::string> shell(const std::string& text) { return {"/bin/sh", "-c", text}; }
std::vector<std::string> try_socket(const std::string& program = victim_path()) { return {program, "socket", std::to_string(AF_INET), std::to_string(SOCK_STREAM), "0"}; }

const char* const kFilters = "grep -o 'Seccomp_filters:.*[0-9]' /proc/self/status";

int own_filters() {
  const std::string status = contents("/proc/self/status");
  const std::size_t at = status.find("Seccomp_filters:");
  return at == std::string::npos ? -1 : std::stoi(status.substr(at + 16));
}

}  // namespace

TEST_CASE("a command that a rule denies does not start, and says by which line", "[live][commands]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", kOpen + rule("make", "victim (mkdir|create) [^ ]*/made$", "action = deny"));
  const std::string made = scratch / "made";
  const std::vector<std::string> command{victim_path(), "mkdir", made};
  for (const Way way : kWays) {
    INFO(words(way));
    const Outcome outcome = start(way, policy, command);
    CHECK(outcome.status == 126);
    CHECK(outcome.out.empty());
    CHECK(outcome.err == "landshim: " + policy + ":9: [command make] does not let this command start (action = deny): " + victim_path() + " mkdir " + made + "\n");
    CHECK_FALSE(exists(made));
    CHECK(start(way, policy, {victim_path(), "mkdir", scratch / words(way)}).status == 0);
    CHECK(exists(scratch / words(way)));
  }
  CHECK(run({command, {}, {}}).status == 0);
  CHECK(exists(made));
}

TEST_CASE("a command without network makes no socket, of whatever family", "[live][commands]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", kOpen + rule("net", "victim socket", "network = none"));
  for (const int family : {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK}) {
    const std::vector<std::string> command{victim_path(), "socket", std::to_string(family), std::to_string(family == AF_NETLINK ? SOCK_RAW : SOCK_STREAM), "0"};
    const int before = run({command, {}, {}}).status;
    CHECK((before == 0 || (family == AF_INET6 && before == EAFNOSUPPORT)));
    for (const Way way : kWays) {
      INFO(words(way) << ", family " << family);
      CHECK(start(way, policy, command).status == EACCES);
      // Other words of the same program: the rule does not mean them.
      std::vector<std::string> other{victim_path(), "forked"};
      other.insert(other.end(), command.begin() + 1, command.end());
      CHECK(start(way, policy, other).status == before);
    }
  }
}

TEST_CASE("a command with files that are read only changes none, and reads as before", "[live][commands]") {
  REQUIRE_ABI(3);
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", kOpen + rule("ro", "victim .*/kept", "filesystem = readonly"));
  const std::string kept = scratch.file("kept", "kept\n", 0666);
  const std::string directory = scratch.directory("kept-directory", 0777);
  struct {
    std::vector<std::string> words;
    int error;
  } const tries[] = {{{"write", kept}, EACCES}, {{"truncate", kept}, EACCES}, {{"open-truncate", kept}, EACCES}, {{"unlink", kept}, EACCES}, {{"rename", kept, directory + "/kept"}, EACCES},
                     {{"create", directory + "/new"}, EACCES}, {{"mkdir", directory + "/new"}, EACCES}, {{"chmod", kept, "0640"}, EPERM}, {{"read", kept}, 0}, {{"list", directory}, 0}};
  for (const Way way : kWays)
    for (const auto& [arguments, error] : tries) {
      INFO(words(way) << ": " << arguments[0]);
      std::vector<std::string> command{victim_path()};
      command.insert(command.end(), arguments.begin(), arguments.end());
      CHECK(start(way, policy, command).status == error);
      CHECK(contents(kept) == "kept\n");
      CHECK_FALSE(exists(directory + "/new"));
      struct stat info {};
      REQUIRE(stat(kept.c_str(), &info) == 0);
      CHECK((info.st_mode & 0777) == 0666);
    }
  for (const Way way : kWays) {
    INFO(words(way));
    // Devices and the network are none of its business.
    const std::string devices = scratch.file(std::string("kept-") + words(way), "echo x >/dev/null && exec " + victim_path() + " socket " + inet() + "\n");
    const Outcome outcome = start(way, scratch.file("sh.ini", kOpen + rule("ro", "^/bin/sh .*/kept", "filesystem = readonly")), {"/bin/sh", devices});
    INFO(outcome.err);
    CHECK(outcome.status == 0);
    // And it could: the same without the rule, under the same policy.
    const std::string free = scratch.file("free.ini", kOpen);
    CHECK(start(way, free, {victim_path(), "create", directory + "/new"}).status == 0);
    CHECK(start(way, free, {victim_path(), "unlink", directory + "/new"}).status == 0);
    CHECK(start(way, free, {victim_path(), "chmod", kept, "0600"}).status == 0);
    CHECK(start(way, free, {victim_path(), "chmod", kept, "0666"}).status == 0);
  }
}

TEST_CASE("both narrowings of one rule, and those of several, are in force together", "[live][commands]") {
  REQUIRE_ABI(3);
  const Scratch scratch;
  const std::string kept = scratch.file("kept", "kept\n", 0666);
  const std::string text = victim_path() + " write " + kept + "; echo $?; " + victim_path() + " socket " + inet() + "; echo $?";
  const std::string both = std::to_string(EACCES) + "\n" + std::to_string(EACCES) + "\n";
  for (const std::string& rules : {rule("one", "^/bin/sh", "network = none\nfilesystem = readonly"), rule("a", "sh", "network = none") + rule("b", "-c", "filesystem = readonly")})
    for (const Way way : kWays) {
      INFO(words(way) << "\n" << rules);
      CHECK(start(way, scratch.file("p.ini", kOpen + rules), shell(text)).out == both);
      CHECK(start(way, scratch.file("free.ini", kOpen), shell(text)).out == "0\n0\n");
    }
}

TEST_CASE("an exception stands before what it is one of, and keeps what was narrowed before it", "[live][commands]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", kOpen + rule("net", "victim", "network = none") + rule("dry", "socket .* 0$", "action = allow") + rule("all", "victim", "action = deny"));
  for (const Way way : kWays) {
    INFO(words(way));
    CHECK(start(way, policy, try_socket()).status == EACCES);
    CHECK(start(way, policy, {victim_path(), "nothing"}).status == 126);
    CHECK(start(way, policy, {"/bin/true"}).status == 0);
  }
}

TEST_CASE("what a program starts with the library in place meets the rules as well", "[live][commands]") {
  const Scratch scratch;
  const std::string made = scratch / "made";
  const std::string text = victim_path() + " mkdir " + made + "; echo $?; sh -c '" + victim_path() + " socket " + inet() + "; echo $?'";
  for (const std::string& base : {kOpen, base_policy() + "read_exec = " + built("") + "\n[network]\naccess = all\n", base_policy() + "read_exec = " + built("") + "\n[network]\naccess = all\n[syscalls]\nprofile = strict\n"})
    for (const Way way : kWithLibrary) {
      const std::string policy = scratch.file("p.ini", base + rule("make", "^[^ ]*/victim mkdir", "action = deny") + rule("net", "^[^ ]*/victim socket", "network = none"));
      const Outcome outcome = start(way, policy, shell(text));
      INFO(words(way) << "\n" << base << outcome.err);
      CHECK(outcome.out == "126\n" + std::to_string(EACCES) + "\n");
      CHECK(outcome.err.find("[command make] does not let this command start (action = deny): " + victim_path() + " mkdir " + made + "\n") != std::string::npos);
      CHECK_FALSE(exists(made));
    }
  CHECK(run({shell(text), {}, {}}).out == "0\n0\n");
}

TEST_CASE("what a narrowed command starts is as narrow, though no rule means it", "[live][commands]") {
  const Scratch scratch;
  const std::string inner = "sh -c \"sh -c '" + victim_path() + " socket " + inet() + "'\"";
  for (const Way way : kWays) {
    INFO(words(way));
    CHECK(start(way, scratch.file("p.ini", kOpen + rule("net", "^/bin/sh -c sh -c", "network = none")), shell(inner)).status == EACCES);
    CHECK(start(way, scratch.file("free.ini", kOpen + rule("net", "^nobody", "network = none")), shell(inner)).status == 0);
  }
}

TEST_CASE("a command that starts itself again and again has each layer once", "[live][commands]") {
  REQUIRE_ABI(1);
  const int before = own_filters();
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", kOpen + rule("deep", "DEPTH", "network = none\nfilesystem = readonly"));
  const std::string text = "n=${N:-0}; : DEPTH; if [ $n -lt 40 ]; then N=$((n+1)) exec sh -c \"$TEXT\"; fi; echo $n; " + std::string(kFilters) + "; " + victim_path() + " socket " + inet();
  for (const Way way : kWithLibrary) {
    const Outcome outcome = start(way, policy, shell(text), {{"TEXT", text}});
    INFO(words(way) << "\n" << outcome.err);
    CHECK(outcome.status == EACCES);
    CHECK(outcome.out == "40\n" + (before < 0 ? std::string() : "Seccomp_filters:\t" + std::to_string(before + 3) + "\n"));
    CHECK(outcome.err.empty());
  }
}

TEST_CASE("landshim run under its own policy holds the new command against the rules", "[live][commands]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", kOpen + rule("net", "^[^ ]*/victim socket", "network = none") + rule("make", "victim mkdir", "action = deny"));
  const std::string again = built("landshim") + " run -p " + policy + " -- " + victim_path();
  CHECK(start(Way::kRun, policy, shell(again + " socket " + inet())).status == EACCES);
  CHECK(start(Way::kRun, policy, shell(again + " forked socket " + inet())).status == 0);
  CHECK(start(Way::kRun, policy, shell(again + " mkdir " + (scratch / "made"))).status == 126);
  CHECK_FALSE(exists(scratch / "made"));
}

TEST_CASE("the library stays listed for rules alone, and by a name that leads to it from everywhere", "[live][commands]") {
  const Scratch scratch;
  const std::string with = scratch.file("with.ini", kOpen + rule("net", "victim socket", "network = none"));
  const std::string without = scratch.file("without.ini", kOpen);
  const std::string library = built("liblandshim.so");
  const std::string directory = library.substr(0, library.rfind('/'));
  const auto listed = [&](const std::string& preload, const std::string& policy, const std::string& text) {
    return run({shell(text), {{"LD_PRELOAD", preload}, {"LANDSHIM_POLICY", policy}}, {}, directory});
  };
  const std::string show = "echo $LD_PRELOAD";
  CHECK(listed(library, with, show).out == library + "\n");
  CHECK(listed("./liblandshim.so", with, show).out == directory + "/./liblandshim.so\n");
  CHECK(listed(library, without, show).out == "\n");
  CHECK(listed("./liblandshim.so", without, show).out == "\n");
  const std::string another = built("tests/libeager.so");
  CHECK(listed(another + ":./liblandshim.so", with, show).out == another + ":" + directory + "/./liblandshim.so\n");
  CHECK(listed("./liblandshim.so " + another, with, show).out == directory + "/./liblandshim.so " + another + "\n");
  const std::string elsewhere = "cd / && " + victim_path() + " socket " + inet();
  CHECK(listed("./liblandshim.so", with, elsewhere).status == EACCES);
  CHECK(listed("./liblandshim.so", with, elsewhere).err.empty());
  CHECK(listed("./liblandshim.so", without, elsewhere).status == 0);
}

TEST_CASE("the variables that bring the library along stay where a policy keeps others only", "[live][commands]") {
  const Scratch scratch;
  const std::string text = victim_path() + " socket " + inet() + "; echo $? $HIDDEN";
  const std::string keep = "[environment]\nkeep = PATH\n";
  for (const Way way : kWithLibrary) {
    INFO(words(way));
    CHECK(start(way, scratch.file("p.ini", kOpen + keep + rule("net", "victim socket", "network = none")), shell(text), {{"HIDDEN", "seen"}}).out == std::to_string(EACCES) + "\n");
    CHECK(start(way, scratch.file("free.ini", kOpen + keep), shell(text), {{"HIDDEN", "seen"}}).out == "0\n");
  }
}

TEST_CASE("arguments of any bytes are matched, and shown on one line", "[live][commands]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", kOpen + rule("odd", "^/bin/echo a.b \xc3\xa9 *x", "action = deny"));
  for (const Way way : kWays) {
    INFO(words(way));
    const Outcome outcome = start(way, policy, {"/bin/echo", "a\nb", "\xc3\xa9", "", "x\x1b[1m\xff"});
    CHECK(outcome.status == 126);
    CHECK(outcome.out.empty());
    CHECK(outcome.err == "landshim: " + policy + ":9: [command odd] does not let this command start (action = deny): /bin/echo a\\x0ab \xc3\xa9  x\\x1b[1m\\xff\n");
    CHECK(start(way, policy, {"/bin/echo", "a\nbc"}).out == "a\nbc\n");
    const std::string tail = scratch.file("tail.ini", kOpen + rule("long", "z$", "action = deny"));
    CHECK(start(way, tail, {"/bin/true", std::string(100'000, 'a') + "z"}).status == 126);
    CHECK(start(way, tail, {"/bin/true", std::string(100'000, 'a')}).status == 0);
  }
}

// --- what the rules do not see ---

TEST_CASE("hole: a renamed copy escapes a rule, and is still held by the rest", "[live][commands]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", kOpen + rule("net", "/victim ", "network = none"));
  const std::string copy = scratch / "another";
  REQUIRE(run({{"/bin/cp", victim_path(), copy}, {}, {}}).status == 0);
  const std::string number = std::to_string(SYS_getppid);
  for (const Way way : kWays) {
    INFO(words(way));
    CHECK(start(way, policy, try_socket()).status == EACCES);
    CHECK(start(way, policy, try_socket(copy)).status == 0);
    CHECK(start(way, policy, {copy, "raw", number}).status == EXDEV);
  }
  CHECK(run({{copy, "raw", number}, {}, {}}).status == 0);
}

TEST_CASE("hole: a static program that a held one starts is not seen, and is still held by the rest", "[live][commands]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", kOpen + rule("net", "^[^ ]*/victim(-static)? ", "network = none"));
  const std::string fixed = built("tests/victim-static");
  for (const Way way : kWithLibrary) {
    INFO(words(way));
    CHECK(start(way, policy, shell(victim_path() + " socket " + inet())).status == EACCES);
    CHECK(start(way, policy, shell(fixed + " socket " + inet())).status == 0);
    CHECK(start(way, policy, shell(fixed + " raw " + std::to_string(SYS_getppid))).status == EXDEV);
  }
  // As the command of landshim run it is.
  CHECK(start(Way::kRun, policy, try_socket(fixed)).status == EACCES);
  CHECK(run({try_socket(fixed), {}, {}}).status == 0);
}

TEST_CASE("hole: landshim run sees its command and no more, and all of it is still held by the rest", "[live][commands]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", kOpen + rule("net", "^[^ ]*/victim ", "network = none"));
  CHECK(start(Way::kRun, policy, try_socket()).status == EACCES);
  CHECK(start(Way::kRun, policy, shell(victim_path() + " socket " + inet())).status == 0);
  CHECK(start(Way::kRun, policy, shell(victim_path() + " raw " + std::to_string(SYS_getppid))).status == EXDEV);
}

TEST_CASE("hole: a shell in between is met by its own command line alone", "[live][commands]") {
  const Scratch scratch;
  const std::string anchored = scratch.file("p.ini", kOpen + rule("make", "^[^ ]*/victim mkdir", "action = deny"));
  const std::string unanchored = scratch.file("q.ini", kOpen + rule("make", "victim mkdir", "action = deny"));
  const std::string spelt = scratch.file("r.ini", kOpen + rule("make", "victim mkdir", "action = deny"));
  const auto make = [&](const std::string& name) { return victim_path() + " mkdir " + (scratch / name); };
  CHECK(start(Way::kRun, anchored, shell(make("a"))).status == 0);
  CHECK(exists(scratch / "a"));
  CHECK(start(Way::kRun, unanchored, shell(make("b"))).status == 126);
  CHECK_FALSE(exists(scratch / "b"));
  CHECK(start(Way::kRun, spelt, shell("w=mkdir; " + victim_path() + " $w " + (scratch / "c"))).status == 0);
  CHECK(exists(scratch / "c"));
}

TEST_CASE("hole: who empties the environment is not seen, and is still held by the rest", "[live][commands]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", kOpen + rule("net", "^[^ ]*/victim ", "network = none"));
  const std::string number = std::to_string(SYS_getppid);
  for (const Way way : kWithLibrary)
    for (const std::string without : {"env -i ", "env -u LANDSHIM_POLICY ", "env -u LD_PRELOAD -u LD_AUDIT "}) {
      INFO(words(way) << ", " << without);
      CHECK(start(way, policy, shell(without + victim_path() + " socket " + inet())).status == 0);
      CHECK(start(way, policy, shell(without + victim_path() + " raw " + number)).status == EXDEV);
      CHECK(start(way, policy, shell(victim_path() + " socket " + inet())).status == EACCES);
    }
}

TEST_CASE("a script is its own words to landshim run and its interpreter's to the library, which --preload says", "[live][commands]") {
  const Scratch scratch;
  const std::string script = scratch.file("deploy", "#!/bin/sh\nexec " + victim_path() + " socket " + inet() + "\n", 0755);
  const std::string own = scratch.file("own.ini", kOpen + rule("own", "^[^ ]*/deploy", "network = none"));
  const std::string any = scratch.file("any.ini", kOpen + rule("any", "(^| )[^ ]*/deploy( |$)", "network = none"));
  CHECK(start(Way::kRun, own, {script}).status == EACCES);
  CHECK(start(Way::kPreload, own, {script}).status == 0);
  CHECK(start(Way::kPreload, any, {script}).status == EACCES);
  CHECK(start(Way::kAudit, any, {script}).status == EACCES);
  const Outcome refused = start(Way::kRunPreload, own, {script});
  CHECK(refused.status == 125);
  CHECK(refused.err == "landshim: " + own + ":7: [command own] narrows this script, which the library meets as a command line of its interpreter; leave --preload out\n");
  CHECK(start(Way::kRunPreload, scratch.file("deny.ini", kOpen + rule("own", "^[^ ]*/deploy", "action = deny")), {script}).status == 126);
}

// --- a start that cannot be held does not start ---

TEST_CASE("a layer that cannot be put in force stops the command", "[live][commands]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", "[policy]\nmode = full-access\n[network]\naccess = all\n[syscalls]\nlandlock_restrict_self = deny EXDEV\n" + rule("net", "victim socket", "network = none"));
  for (const Way way : kWays) {
    INFO(words(way));
    const Outcome outcome = start(way, policy, try_socket());
    CHECK(outcome.status == 125);
    CHECK(outcome.err.find("Landlock cannot be put in force") != std::string::npos);
    CHECK(start(way, policy, {victim_path(), "nothing"}).status == 0);
  }
}

TEST_CASE("a policy of which a rule is wrong starts nothing", "[live][commands]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", kOpen + rule("net", "(victim", "network = none"));
  for (const Way way : kWays) {
    INFO(words(way));
    const Outcome outcome = start(way, policy, {"/bin/true"});
    CHECK(outcome.status == 125);
    CHECK(outcome.err == "landshim: " + policy + ":8: match = (victim: no regular expression: Unmatched ( or \\(\n");
  }
}

// --- what is told ---

TEST_CASE("explain tells the rules for programs, and what another policy lacks of them", "[live][commands][command]") {
  const Scratch scratch;
  const std::string one = scratch.file("one.ini", kOpen + rule("a", "a", "action = allow") + rule("b", "b", "action = deny\ndestructive = yes") + rule("c", "c", "network = none\nfilesystem = readonly"));
  const std::string two = scratch.file("two.ini", kOpen + rule("c", "c", "network = none"));
  const Outcome outcome = run({{built("landshim"), "explain", "--json", one}, {}, {}});
  CHECK(outcome.status == 0);
  const Json rules = json_of(outcome.out)["commands"];
  REQUIRE(rules.size() == 3);
  CHECK(rules[0] == Json({{"name", "a"}, {"match", "a"}, {"action", "allow"}, {"network", nullptr}, {"filesystem", nullptr}, {"destructive", false}, {"where", one + ":7"}}));
  CHECK(rules[1] == Json({{"name", "b"}, {"match", "b"}, {"action", "deny"}, {"network", nullptr}, {"filesystem", nullptr}, {"destructive", true}, {"where", one + ":10"}}));
  CHECK(rules[2] == Json({{"name", "c"}, {"match", "c"}, {"action", nullptr}, {"network", "none"}, {"filesystem", "readonly"}, {"destructive", false}, {"where", one + ":14"}}));
  const Outcome difference = run({{built("landshim"), "explain", "--diff", two, one}, {}, {}});
  CHECK(difference.status == 1);
  CHECK(difference.out == one + " grants, and " + two + " does not:\n  [command a] action = allow: commands that match a  [" + one + ":9]\n" + two + " grants, and " + one +
                              " does not:\n  [command b] commands that match b, without action = deny, destructive = yes\n  [command c] commands that match c, without network = none, filesystem = readonly\n");
  CHECK(run({{built("landshim"), "explain", "--diff", one, one}, {}, {}}).status == 0);
}

TEST_CASE("rules are written on the command line of landshim run by their name", "[live][commands][command]") {
  const std::vector<std::string> begin{built("landshim"), "run", "--mode", "full-access", "--set", "network.access=all", "--set", "command net.match=victim socket", "--set", "command net.network=none"};
  std::vector<std::string> command = begin;
  command.push_back("--");
  for (const std::string& word : try_socket()) command.push_back(word);
  CHECK(run({command, {}, {}}).status == EACCES);
  std::vector<std::string> printed = begin;
  printed.push_back("--print-policy");
  CHECK(run({printed, {}, {}}).out.find("[command net]\nmatch = victim socket\nnetwork = none\n") != std::string::npos);
}

TEST_CASE("a followed run is narrowed as another, and what the rules deny is not told", "[live][commands][follow]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", kOpen + rule("net", "victim socket", "network = none") + rule("no", "victim nothing", "action = deny"));
  const auto followed = [&](std::vector<std::string> command) {
    command.insert(command.begin(), {built("landshim"), "run", "--explain-denials", "-p", policy, "--"});
    return run({command, {}, {}});
  };
  const Outcome outcome = followed(try_socket());
  INFO(outcome.err);
  CHECK(outcome.status == EACCES);
  CHECK(outcome.err.find("denied") == std::string::npos);
  CHECK(followed({victim_path(), "raw", std::to_string(SYS_getppid)}).status == EXDEV);
  CHECK(followed({victim_path(), "nothing"}).status == 126);
}
