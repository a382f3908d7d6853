// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cerrno>

#include "tests/live/files.h"

using namespace landshim::tests;

namespace {

// A refused start: status 125 and this one line.
void check_refused(const PolicyPlace& place, const std::string& policy, const std::string& message, const std::map<std::string, std::string>& environment = {}) {
  const Outcome outcome = place.run_victim(policy, {"nothing"}, environment);
  INFO(policy);
  CHECK(outcome.status == 125);
  CHECK(outcome.out.empty());
  CHECK(outcome.err == "landshim: " + place.policy() + ":" + message + "\n");
}

// Only what stands beside the program runs in these: nothing of the host is granted.
std::string rule(const std::string& line) { return "[filesystem]\n" + line + "\n"; }

}  // namespace

TEST_CASE("a missing path keeps the program from starting, and the line says how to accept it", "[live][paths]") {
  const Tree tree;
  const PolicyPlace place;
  const std::string missing = tree / "not-there";
  check_refused(place, rule("read = " + missing), "2: read = " + missing + ": there is no such path; correct it, or write -" + missing + " if it may be missing");
  check_refused(place, rule("read = " + (tree / "dir") + "\n\nwrite = /usr/bin, " + missing), "4: write = " + missing + ": there is no such path; correct it, or write -" + missing + " if it may be missing");
  // A file on the way is as good as nothing.
  const std::string beneath = tree / "file/beneath";
  check_refused(place, rule("read = " + beneath), "2: read = " + beneath + ": there is no such path; correct it, or write -" + beneath + " if it may be missing");
  std::filesystem::create_symlink("nowhere", tree / "dangling");
  check_refused(place, rule("read = " + (tree / "dangling")), "2: read = " + (tree / "dangling") + ": there is no such path; correct it, or write -" + (tree / "dangling") + " if it may be missing");
  std::filesystem::create_symlink("circle", tree / "circle");
  check_refused(place, rule("read = " + (tree / "circle")), "2: read = " + (tree / "circle") + ": the path cannot be opened: too many symbolic links (ELOOP)");
}

TEST_CASE("a leading minus bears a missing path, and grants one that is there", "[live][landlock][paths]") {
  const Tree tree;
  const PolicyPlace place;
  const std::string policy = rule("read = -" + (tree / "not-there") + ", -" + (tree / "dir") + ", -" + (tree / "file/beneath"));
  CHECK(place.run_victim(policy, {"read", tree / "dir/inside"}).status == 0);
  CHECK(place.run_victim(policy, {"read", tree / "file"}).status == EACCES);
  // What takes the name later is not granted: there was nothing that the rule could bind to.
  const std::string later = rule("read = -" + (tree / "later") + "\nmake_reg = " + tree.path() + "\nremove_file = " + tree.path());
  CHECK(place.run_victim(later, {"rename-read", tree / "old", tree / "later"}).status == EACCES);
  CHECK(exists(tree / "later"));
  CHECK(place.run_victim(later, {"read", tree / "later"}).status == 0);
  CHECK(tried({"read", tree / "file"}) == 0);
}

TEST_CASE("a path that this user cannot reach keeps the program from starting", "[live][paths]") {
  const Scratch scratch;
  const std::string closed = scratch.directory("closed", 0700);
  std::filesystem::create_directory(closed + "/inside");
  const Scratch policies;
  const std::string policy = policies.file("policy.ini", rule("read = " + closed + "/inside"));
  Start start = start_victim({"nothing"});
  start.as_nobody = is_root();
  if (!is_root()) chmod(closed.c_str(), 0);
  const Outcome outcome = run_with(policy, start);
  CHECK(outcome.status == 125);
  CHECK(outcome.err == "landshim: " + policy + ":2: read = " + closed + "/inside: the path cannot be opened: permission denied (EACCES)\n");
  chmod(closed.c_str(), 0755);
  CHECK(run_with(policy, start).status == 0);
}

TEST_CASE("a pattern grants what it matches at start, and nothing that comes later", "[live][landlock][paths]") {
  const Tree tree;
  const PolicyPlace place;
  const std::string by_star = rule("read = " + tree.path() + "/*ile");
  CHECK(place.run_victim(by_star, {"read", tree / "file"}).status == 0);
  CHECK(place.run_victim(by_star, {"read", tree / "old"}).status == EACCES);
  CHECK(place.run_victim(rule("read = " + tree.path() + "/o?d"), {"read", tree / "old"}).status == 0);
  CHECK(place.run_victim(rule("read = " + tree.path() + "/[n-p]ld"), {"read", tree / "old"}).status == 0);
  CHECK(place.run_victim(rule("read = " + tree.path() + "/[a-m]ld, " + (tree / "dir")), {"nothing"}).status == 125);
  // Directories in the middle as well; a directory that matches is granted with all beneath.
  CHECK(place.run_victim(rule("read = " + tree.path() + "/*/insid?"), {"read", tree / "dir/inside"}).status == 0);
  CHECK(place.run_victim(rule("read = " + tree.path() + "/d*"), {"read", tree / "dir/inside"}).status == 0);
  const std::string write_all = rule("read_write = " + tree.path() + "/*\nmake_reg = " + tree.path() + "\nrefer = " + tree.path() + "\nremove_file = " + tree.path());
  CHECK(place.run_victim(write_all, {"rename-read", tree / "file", tree / "renamed"}).status == 0);
}

TEST_CASE("a file that matches a pattern but came after the start is not granted", "[live][landlock][paths]") {
  const Tree tree;
  const PolicyPlace place;
  const std::string policy = rule("read_write = " + tree.path() + "/*ile\nmake_reg = " + tree.path());
  CHECK(place.run_victim(policy, {"create", tree / "newfile"}).status == EACCES);
  REQUIRE(exists(tree / "newfile"));
  CHECK(place.run_victim(policy, {"write", tree / "newfile"}).status == 0);
}

TEST_CASE("a pattern without a match is a missing path", "[live][paths]") {
  const Tree tree;
  const PolicyPlace place;
  const std::string pattern = tree.path() + "/*.nothing";
  check_refused(place, rule("read = " + pattern), "2: read = " + pattern + ": the pattern matches nothing; correct it, or write -" + pattern + " if that is fine");
  CHECK(place.run_victim(rule("read = -" + pattern)).status == 0);
  // Hidden names want their dot, as in a shell.
  std::filesystem::copy_file(tree / "file", tree / ".hidden.nothing");
  CHECK(place.run_victim(rule("read = " + pattern)).status == 125);
  CHECK(place.run_victim(rule("read = " + tree.path() + "/.*.nothing"), {"read", tree / ".hidden.nothing"}).status == 0);
}

TEST_CASE("a name that looks like a pattern can be granted through a variable, or by a pattern that says so", "[live][landlock][paths]") {
  const Tree tree;
  const PolicyPlace place;
  std::filesystem::copy_file(tree / "file", tree / "a*b");
  std::filesystem::copy_file(tree / "file", tree / "aXb");
  const std::map<std::string, std::string> names{{"NAMED", tree / "a*b"}};
  CHECK(place.run_victim(rule("read = ${NAMED}"), {"read", tree / "a*b"}, names).status == 0);
  CHECK(place.run_victim(rule("read = ${NAMED}"), {"read", tree / "aXb"}, names).status == EACCES);
  CHECK(place.run_victim(rule("read = " + tree.path() + "/a[*]b"), {"read", tree / "a*b"}).status == 0);
  CHECK(place.run_victim(rule("read = " + tree.path() + "/a[*]b"), {"read", tree / "aXb"}).status == EACCES);
}

TEST_CASE("what a variable holds is one path, commas and dollars included", "[live][landlock][paths]") {
  const Tree tree;
  const PolicyPlace place;
  for (const char* name : {"with, comma", "with $dollar ${HOME}", "with \"quotes\"", " blank ", "-dash", "~", "back\\slash"}) {
    INFO(name);
    const std::string directory = tree.path() + "/" + name;
    std::filesystem::create_directory(directory);
    std::filesystem::copy_file(tree / "file", directory + "/file");
    const std::map<std::string, std::string> names{{"NAMED", directory}};
    CHECK(place.run_victim(rule("read = ${NAMED}"), {"read", directory + "/file"}, names).status == 0);
    CHECK(place.run_victim(rule("read = ${NAMED}"), {"read", tree / "file"}, names).status == EACCES);
  }
}

TEST_CASE("quotes protect commas, blanks and comment signs of a path", "[live][landlock][paths]") {
  const Tree tree;
  const PolicyPlace place;
  for (const char* name : {"with, comma", " blank ", "semi ; colon", "hash # mark"}) {
    INFO(name);
    const std::string directory = tree.path() + "/" + name;
    std::filesystem::create_directory(directory);
    std::filesystem::copy_file(tree / "file", directory + "/file");
    CHECK(place.run_victim(rule("read = \"" + directory + "\""), {"read", directory + "/file"}).status == 0);
  }
  const std::string quoted = tree.path() + "/a \"b\" \\ c";
  std::filesystem::copy_file(tree / "file", quoted);
  CHECK(place.run_victim(rule("read = \"" + tree.path() + "/a \\\"b\\\" \\\\ c\", -${TREE}-nothing"), {"nothing"}, {{"TREE", tree.path()}}).status == 0);
}

TEST_CASE("every variable that needs no environment has its value", "[live][landlock][paths]") {
  const Tree tree;
  const PolicyPlace place;
  CHECK(place.run_victim(rule("read = ${PWD}"), {"read", "inside"}, {{"PWD", "/"}}, tree / "dir").status == 0);
  CHECK(place.run_victim(rule("read = ${PWD}"), {"read", "../file"}, {{"PWD", "/"}}, tree / "dir").status == EACCES);
  CHECK(place.run_victim(rule("read = ${POLICY_DIR}"), {"list", place.path()}, {{"POLICY_DIR", "/"}}).status == 0);
  CHECK(place.run_victim(rule("read = ${POLICY_DIR}"), {"list", "/"}, {{"POLICY_DIR", "/"}}).status == EACCES);
  CHECK(place.run_victim(rule("read = ${EXE}"), {"read", built("tests/victim")}, {{"EXE", "/"}}).status == 0);
  CHECK(place.run_victim(rule("read = ${EXE}"), {"read", "/etc/passwd"}, {{"EXE", "/"}}).status == EACCES);
  const std::string uid = std::to_string(geteuid());
  std::filesystem::copy_file(tree / "file", tree.path() + "/" + uid);
  CHECK(place.run_victim(rule("read = " + tree.path() + "/${UID}"), {"read", tree / uid}, {{"UID", "nobody"}}).status == 0);
  CHECK(place.run_victim(rule("read = " + tree.path() + "/${UID}"), {"read", tree / "file"}).status == EACCES);
}

TEST_CASE("variables of the environment, their defaults and the home directory are filled in", "[live][landlock][paths]") {
  const Tree tree;
  const PolicyPlace place;
  const std::map<std::string, std::string> environment{{"PLACE", tree / "dir"}, {"HOME", tree / "dir"}, {"EMPTY", ""}};
  for (const std::string& path : {std::string("${PLACE}"), std::string("${PLACE}/inside"), std::string("${UNSET_HERE:-" + (tree / "dir") + "}"), std::string("${EMPTY:-" + (tree / "dir") + "}"),
                                  std::string("${UNSET_HERE:-${PLACE}}"), std::string("~/"), std::string("~"), std::string("~/inside"), std::string("${HOME}/inside")}) {
    INFO(path);
    CHECK(place.run_victim(rule("read = " + path), {"read", tree / "dir/inside"}, environment).status == 0);
    CHECK(place.run_victim(rule("read = " + path), {"read", tree / "file"}, environment).status == EACCES);
  }
  std::filesystem::copy_file(tree / "file", tree / "$");
  CHECK(place.run_victim(rule("read = " + tree.path() + "/$$"), {"read", tree / "$"}).status == 0);
}

TEST_CASE("a variable without a value, or that is none, keeps the program from starting", "[live][paths]") {
  const PolicyPlace place;
  check_refused(place, rule("read = ${LANDSHIM_TEST_UNSET}/x"), "2: read = ${LANDSHIM_TEST_UNSET}/x: ${LANDSHIM_TEST_UNSET} is unset or empty; set it, or write ${LANDSHIM_TEST_UNSET:-default}");
  check_refused(place, rule("read = ${EMPTY}"), "2: read = ${EMPTY}: ${EMPTY} is unset or empty; set it, or write ${EMPTY:-default}", {{"EMPTY", ""}});
  check_refused(place, rule("read = /usr/$HOME"), "2: read = /usr/$HOME: a lone '$'; write ${NAME} for a variable, $$ for a dollar sign");
  check_refused(place, rule("read = ~root/x"), "2: read = ~root/x: ~user is not read; write the path of that home");
}

TEST_CASE("relative paths start at the directory of the policy", "[live][landlock][paths]") {
  const Tree tree;
  const Scratch maker;
  const std::string policy = tree / "policy.ini";
  std::filesystem::copy_file(maker.file("policy.ini", rule("read = dir, ./other/../old")), policy);
  for (const char* directory : {"", "/"}) {
    Start start = start_victim({"read", tree / "dir/inside"});
    start.directory = directory;
    CHECK(run_with(policy, start).status == 0);
    start.command = start_victim({"read", tree / "old"}).command;
    CHECK(run_with(policy, start).status == 0);
    start.command = start_victim({"read", tree / "file"}).command;
    CHECK(run_with(policy, start).status == EACCES);
  }
  // The same through a relative name of the policy.
  Start start = start_victim({"read", "dir/inside"});
  start.directory = tree.path();
  CHECK(run_with("./policy.ini", start).status == 0);
  CHECK(run_with("policy.ini", start).status == 0);
  start.command = start_victim({"read", "file"}).command;
  CHECK(run_with("policy.ini", start).status == EACCES);
}

TEST_CASE("a rule follows the directory that it was bound to, not its name", "[live][landlock][paths]") {
  const Tree tree;
  const std::string policy = base_policy() + "read_exec = /usr\nread = " + (tree / "dir") + "\nmake_dir = " + tree.path() + "\nremove_dir = " + tree.path() + "\n";
  Start start{{"sh", "-c", "mv dir moved && cat moved/inside && mkdir dir && ! ls dir 2>/dev/null && echo closed"}, {}, {}};
  start.directory = tree.path();
  CHECK(run_under(policy, start).out == "insideclosed\n");
}

// Rules are opened many at a time: what waits to be closed must not take the last descriptors, nor any of the program's.
TEST_CASE("a process with few descriptors, some of them its own, opens the rules of a long policy", "[live][landlock][paths]") {
  const Scratch scratch;
  std::string policy = "[filesystem]\nruntime = host\nread = /proc\n";
  for (int i = 0; i < 70; ++i) policy += "read = " + scratch.directory("granted-" + std::to_string(i)) + "\n";
  const std::string last = scratch.file("granted-69/inside", "granted");
  const std::string outside = scratch.file("outside", "closed");
  const Scratch policies;
  const std::string path = policies.file("policy.ini", policy);
  const std::string seen = "echo /proc/self/fd/*; cat " + last + "; cat " + outside;
  const auto start = [&](const std::string& limit, bool held) {
    const std::string with = held ? "LANDSHIM_POLICY=" + path + " LD_PRELOAD=" + built("liblandshim.so") + " " : "";
    return run({{"/bin/sh", "-c", "exec 4</dev/null 7</dev/null 9</dev/null; ulimit -n " + limit + "; " + with + "exec /bin/sh -c '" + seen + "'"}, {}, {}});
  };
  for (const char* limit : {"10", "11", "12", "20", "64", "1024"}) {
    INFO("ulimit -n " << limit);
    const Outcome held = start(limit, true);
    CHECK(held.err == "cat: " + outside + ": Permission denied\n");
    const Outcome control = start(limit, false);
    CHECK(control.err.empty());
    // The same descriptors as without.
    CHECK(control.out == held.out + "closed");
    CHECK(held.out.find(" /proc/self/fd/4 /proc/self/fd/7 /proc/self/fd/9\ngranted") != std::string::npos);
  }
  // One is left: the ruleset takes it, and the rule that has none is told.
  const Outcome none = start("5", true);
  CHECK(none.status == 125);
  CHECK(none.out.empty());
  CHECK(none.err == "landshim: " + path + ":3: read = /proc: the path cannot be opened: no descriptor left in this process (EMFILE)\n");
  CHECK(start("5", false).out.find("/proc/self/fd/3") != std::string::npos);
}

TEST_CASE("an outer filter that forbids close_range leaves no descriptor open", "[live][landlock][paths]") {
  const Scratch scratch;
  std::string policy = "[filesystem]\nruntime = host\nread = /proc\n";
  for (int i = 0; i < 40; ++i) policy += "read = " + scratch.directory("granted-" + std::to_string(i)) + "\n";
  const std::string outside = scratch.file("outside", "closed");
  const Scratch policies;
  const std::string path = policies.file("policy.ini", policy);
  const std::string outer = policies.file("outer.ini", "[filesystem]\naccess = all\n[network]\naccess = all\n[syscalls]\nclose_range = deny ENOSYS\n");
  const auto start = [&](const std::string& with) {
    return run({{built("landshim"), "run", "-p", outer, "--", "/bin/sh", "-c", with + "exec /bin/sh -c 'echo /proc/self/fd/*; cat " + outside + "'"}, {}, {}});
  };
  const Outcome held = start("LANDSHIM_POLICY=" + path + " LD_PRELOAD=" + built("liblandshim.so") + " ");
  const Outcome control = start("");
  CHECK(control.out == held.out + "closed");
  CHECK(control.err.empty());
  CHECK(held.err == "cat: " + outside + ": Permission denied\n");
}
