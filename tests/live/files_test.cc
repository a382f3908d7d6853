// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cerrno>

#include "tests/live/files.h"

using namespace landshim::tests;

namespace {

const char* const kStrict = "[policy]\nmode = strict\n";

// All answers of one victim in one policy, a line for each attempt, each in a tree of its own.
template <class Run>
std::string answers(const Run& run_it, const std::string& victim_name, const std::string& policy) {
  std::string out;
  for (const TreeAttempt& attempt : tree_attempts()) {
    const Tree tree;
    std::string text = policy;
    for (std::size_t at; (at = text.find('@')) != text.npos;) text.replace(at, 1, tree.path());
    out += attempt.name + ": " + std::to_string(answer_of(run_it(text, start_victim(tree.here(attempt.words), victim_name)))) + "\n";
  }
  return out;
}

// Where a fault would let a child go free, it would read this.
struct Forbidden {
  Tree tree;
  std::string file = tree / "file";
  std::string policy = base_policy() + "read_exec = " + (tree / "dir") + "\n";
};

}  // namespace

TEST_CASE("under strict and nothing else, every attempt on files is denied and changes nothing", "[live][landlock][files]") {
  for (const std::string& policy : {std::string(kStrict), std::string("[filesystem]\nruntime = none\n"), std::string("[policy]\nversion = 1\n"), base_policy()}) {
    for (const TreeAttempt& attempt : tree_attempts()) {
      INFO(policy << attempt.name);
      const Tree tree;
      const std::string before = tree.look_at_all();
      CHECK(tried_under(policy, tree.here(attempt.words)) == EACCES);
      CHECK(tree.look_at_all() == before);
    }
  }
}

TEST_CASE("strict denies the root, the devices and the program's own directory as well", "[live][landlock][files]") {
  for (const Words& words : {Words{"list", "/"}, Words{"read", "/etc/passwd"}, Words{"write", "/dev/null"}, Words{"read", "/dev/zero"}, Words{"list", "/proc"}, Words{"read", "/proc/self/status"},
                             Words{"list", built("tests")}, Words{"read", built("tests/victim")}, Words{"executed", built("tests/victim"), "nothing"}}) {
    INFO(words[0] << " " << words[1]);
    CHECK(tried(words) == 0);
    CHECK(tried_under(kStrict, words) == EACCES);
  }
}

TEST_CASE("a confined program runs on when everything is denied", "[live][landlock][files]") {
  CHECK(tried_under(kStrict, {"nothing"}) == 0);
  CHECK(tried_under(kStrict, {"forked", "nothing"}) == 0);
  CHECK(tried_under(kStrict, {"threaded", "nothing"}) == 0);
}

TEST_CASE("landshim run gives the same answers as the preload, to a static program too", "[live][landlock][files]") {
  REQUIRE_ABI(3);
  for (const char* line : {"", "read = @\n", "write = @\n", "read_write_exec = @/dir, @/other\n"}) {
    const std::string policy = base_policy() + line;
    INFO(policy);
    const std::string preloaded = answers(run_under, "tests/victim", policy);
    CHECK(preloaded.find(std::to_string(EACCES)) != preloaded.npos);
    CHECK(answers(run_by_command, "tests/victim", policy) == preloaded);
    CHECK(answers(run_by_command, "tests/victim-static", policy) == preloaded);
  }
}

TEST_CASE("landshim run cannot start what the policy does not grant, and says so", "[live][files]") {
  const Outcome outcome = run_by_command(kStrict, start_victim({"nothing"}));
  CHECK(outcome.status == 126);
  CHECK(outcome.err == "landshim: " + built("tests/victim") + ": the command cannot be started; does the policy grant read_exec on it and on its interpreter or loader?: permission denied (EACCES)\n");
}

TEST_CASE("children of every kind are held", "[live][landlock][files]") {
  const Forbidden world;
  const std::string dynamic = built("tests/victim");
  const std::string fixed = built("tests/victim-static");
  std::vector<Words> roads{{}, {"forked"}, {"threaded"}, {"forked", "forked", "threaded"}, {"executed", dynamic}, {"executed", fixed}, {"vforked", dynamic}, {"vforked", fixed},
                           {"spawned", dynamic}, {"spawned", fixed}, {"forked", "executed", fixed, "vforked", dynamic}};
  for (Words road : roads) {
    Words inside = road;
    inside.insert(inside.end(), {"read", world.tree / "dir/inside"});
    road.insert(road.end(), {"read", world.file});
    std::string shown;
    for (const std::string& word : road) shown += word + " ";
    INFO(shown);
    CHECK(tried(road) == 0);
    CHECK(tried_under(world.policy, road) == EACCES);
    CHECK(tried_under(world.policy, inside) == 0);
    CHECK(answer_of(run_by_command(world.policy, start_victim(road))) == EACCES);
  }
}

TEST_CASE("a shell, its pipes and its background jobs are held", "[live][landlock][files]") {
  const Forbidden world;
  for (const std::string& text : {"cat " + world.file, "true | cat " + world.file, "cat " + world.file + " & wait $!", "sh -c 'exec cat " + world.file + "'", "(cd / && cat " + world.file + ")",
                                  "env -i /bin/cat " + world.file, "while read -r line; do echo \"$line\"; done < " + world.file}) {
    INFO(text);
    const Start start{{"sh", "-c", "{ " + text + "\n} 2>&1"}, {}, {}};
    const Outcome held = run_under(world.policy, start);
    CHECK(held.status > 0);
    CHECK(held.out.find("keep me") == held.out.npos);
    CHECK(held.out.find("ermission denied") != held.out.npos);
    const Outcome by_command = run_by_command(world.policy, start);
    CHECK(by_command.out.find("keep me") == by_command.out.npos);
    CHECK(by_command.out.find("ermission denied") != by_command.out.npos);
  }
  CHECK(run({{"sh", "-c", "cat " + world.file}, {}, {}}).out == "keep me");
}

TEST_CASE("a script is held, and needs execute and read on itself alone", "[live][landlock][files]") {
  const Tree tree;
  const Scratch scripts;
  const std::string script = scripts.file("script", "#!/bin/sh\ncat " + (tree / "file") + "\n", 0755);
  CHECK(run({{script}, {}, {}}).out == "keep me");
  const Start through_victim = start_victim({"executed", script, "-"});
  const std::string granted = base_policy() + "read_exec = " + script + "\n";
  const Outcome held = run_under(granted, through_victim);
  CHECK(held.status == 1);
  CHECK(held.out.empty());
  CHECK(held.err.find("cat: ") != held.err.npos);
  CHECK(run_by_command(granted, {{script}, {}, {}}).status == 1);
  CHECK(answer_of(run_under(base_policy() + "read = " + script + "\n", through_victim)) == EACCES);
  CHECK(run_under(granted + "read = " + (tree / "file") + "\n", through_victim).out == "keep me");
}

TEST_CASE("a script whose interpreter is not granted does not start", "[live][landlock][files]") {
  const Tree tree;
  const Scratch scripts;
  std::filesystem::copy_file(tree / "program", scripts / "interpreter");
  const std::string script = scripts.file("script", "#!" + (scripts / "interpreter") + " nothing\n", 0755);
  CHECK(tried({"executed", script, "-"}) == 0);
  const std::string script_alone = base_policy() + "read_exec = " + script + "\n";
  CHECK(tried_under(script_alone, {"executed", script, "-"}) == EACCES);
  CHECK(tried_under(script_alone + "read_exec = " + (scripts / "interpreter") + "\n", {"executed", script, "-"}) == 0);
}

TEST_CASE("a dynamic program needs its loader, a static one does not", "[live][landlock][files]") {
  const Tree tree;
  const std::string copy = tree / "dynamic";
  std::filesystem::copy_file(built("tests/victim"), copy);
  const std::string policy = "[filesystem]\nread_exec = " + tree.path() + "\n";
  CHECK(tried({"executed", copy, "nothing"}) == 0);
  CHECK(tried_under(policy, {"executed", copy, "nothing"}) == EACCES);
  CHECK(tried_under(policy, {"executed", tree / "program", "nothing"}) == 0);
  CHECK(tried_under(policy + "runtime = host\n", {"executed", copy, "nothing"}) == 0);
}

TEST_CASE("an inherited open file keeps what it was opened for", "[live][landlock][files]") {
  const Tree tree;
  const int reading_fd = open((tree / "file").c_str(), O_RDONLY | O_CLOEXEC);
  const int writing_fd = open((tree / "old").c_str(), O_WRONLY | O_CLOEXEC);
  REQUIRE(reading_fd >= 0);
  REQUIRE(writing_fd >= 0);
  Start start = start_victim({"call", call_number(SYS_read), std::to_string(reading_fd), "int:0", "1"});
  start.keep = {reading_fd, writing_fd};
  CHECK(answer_of(run_under(kStrict, start)) == 0);
  CHECK(answer_of(run_by_command(base_policy(), start)) == 0);
  start.command = start_victim({"call", call_number(SYS_write), std::to_string(writing_fd), "=X", "1"}).command;
  CHECK(answer_of(run_under(kStrict, start)) == 0);
  CHECK(contents(tree / "old") == "Xlder");
  start.command = start_victim({"call", call_number(SYS_ftruncate), std::to_string(writing_fd), "0"}).command;
  CHECK(answer_of(run_under(kStrict, start)) == 0);
  CHECK(contents(tree / "old").empty());
  // And not more: opening it anew asks the policy.
  start.command = start_victim({"read", "/proc/self/fd/" + std::to_string(reading_fd)}).command;
  CHECK(answer_of(run(start)) == 0);
  CHECK(answer_of(run_under(kStrict, start)) == EACCES);
  close(reading_fd);
  close(writing_fd);
}

TEST_CASE("an inherited directory is no way in", "[live][landlock][files]") {
  const Tree tree;
  const int directory = open(tree.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  REQUIRE(directory >= 0);
  const std::string fd = std::to_string(directory);
  const std::vector<Words> attempts{
      {"call", call_number(SYS_openat), fd, "=file", "0"},
      {"call", call_number(SYS_openat), fd, "=.", std::to_string(O_DIRECTORY)},
      {"call", call_number(SYS_openat), fd, "=dir/../file", std::to_string(O_WRONLY)},
      {"call", call_number(SYS_openat), fd, "=made", std::to_string(O_WRONLY | O_CREAT), "0600"},
      {"call", call_number(SYS_mkdirat), fd, "=directory", "0755"},
      {"call", call_number(SYS_unlinkat), fd, "=old", "0"},
      {"call", call_number(SYS_renameat2), fd, "=file", fd, "=renamed", "0"},
  };
  Start start;
  start.keep = {directory};
  const std::string before = tree.look_at_all();
  for (const Words& words : attempts) {
    INFO(words[3]);
    start.command = start_victim(words).command;
    CHECK(answer_of(run_under(kStrict, start)) == EACCES);
    CHECK(answer_of(run_by_command(base_policy(), start)) == EACCES);
    CHECK(tree.look_at_all() == before);
  }
  // A directory that was opened before may still be listed: it is an open file.
  start.command = start_victim({"call", call_number(SYS_getdents64), fd, "int:0", "64"}).command;
  CHECK(answer_of(run_under(kStrict, start)) == 0);
  for (const Words& words : attempts) {
    start.command = start_victim(words).command;
    CHECK(answer_of(run(start)) == 0);
  }
  close(directory);
}

TEST_CASE("access = all leaves every file alone", "[live][files]") {
  for (const char* policy : {"[filesystem]\naccess = all\n[process]\ncapabilities = all\n", "[policy]\nmode = full-access\n[process]\ncapabilities = all\n"}) {
    for (const TreeAttempt& attempt : tree_attempts()) {
      INFO(policy << attempt.name);
      const Tree tree;
      const std::string before = tree.look_at_all();
      const bool allowed = is_root() || !attempt.needs_root;
      CHECK(tried_under(policy, tree.here(attempt.words)) == (allowed ? 0 : EPERM));
      CHECK((tree.look_at_all() != before) == (allowed && attempt.changes));
    }
    const Tree tree;
    CHECK(tried_under(policy, {"chmod", tree / "file", "0600"}) == 0);
    CHECK(tried_under(policy, {"call", call_number(SYS_setxattr), "=" + (tree / "file"), "=user.landshim", "=x", "1", "0"}) == 0);
    CHECK(tried_under(policy, {"call", call_number(SYS_ioctl), "rw:/dev/ptmx", "0x5413", "int:0"}) == 0);
  }
}

TEST_CASE("access = all still enforces the other sections", "[live][files]") {
  const char* const policy = "[filesystem]\naccess = all\n";
  CHECK(tried({"socket", "2", "1", "0"}) == 0);
  CHECK(tried_under(policy, {"socket", "2", "1", "0"}) == EACCES);
  CHECK(tried_under(policy, {"call", call_number(SYS_shmget), "0", "4096", "0600"}) == EACCES);
}

TEST_CASE("policies in one another: each narrows, and renames across directories work where all grant them", "[live][landlock][files]") {
  REQUIRE_ABI(2);
  const Scratch policies;
  const std::string free_files = policies.file("free.ini", "[filesystem]\naccess = all\n");
  for (const bool free_outside : {true, false}) {
    INFO((free_outside ? "access = all outside" : "access = all inside"));
    const Tree tree;
    const std::string rules = policies.file("rules.ini", base_policy() + "read_exec = " + policies.path() + ", " + built("landshim") + "\nread_write = " + tree.path() + "\n");
    const auto in_both = [&](const Words& words) {
      Words command{built("landshim"), "run", "-p", free_outside ? rules : free_files, "--"};
      const Words inner = start_victim(words).command;
      command.insert(command.end(), inner.begin(), inner.end());
      return answer_of(run_with(free_outside ? free_files : rules, {command, {}, {}}));
    };
    CHECK(in_both({"rename", tree / "dir/inside", tree / "other/moved"}) == 0);
    CHECK(contents(tree / "other/moved") == "inside");
    CHECK(in_both({"read", "/etc/passwd"}) == EACCES);
    CHECK(in_both({"read", tree / "file"}) == 0);
    CHECK(in_both({"executed", tree / "program", "nothing"}) == EACCES);
  }
}

TEST_CASE("a policy inside another grants nothing that the outer one denies", "[live][landlock][files]") {
  REQUIRE_ABI(2);
  const Tree tree;
  const Scratch policies;
  const std::string inner = policies.file("inner.ini", writing(tree.path()));
  const std::string outer = policies.file("outer.ini", base_policy() + "read_exec = " + policies.path() + ", " + built("landshim") + "\nread = " + (tree / "dir") + "\n");
  const auto in_both = [&](const std::string& file, const Words& words) {
    Words command{built("landshim"), "run", "-p", inner, "--"};
    const Words inside = start_victim(words).command;
    command.insert(command.end(), inside.begin(), inside.end());
    return answer_of(run_with(file, {command, {}, {}}));
  };
  const std::string before = tree.look_at_all();
  CHECK(in_both(outer, {"read", tree / "file"}) == EACCES);
  CHECK(in_both(outer, {"write", tree / "dir/inside"}) == EACCES);
  CHECK(in_both(outer, {"rename", tree / "dir/inside", tree / "other/moved"}) == EACCES);
  CHECK(in_both(outer, {"read", tree / "dir/inside"}) == 0);
  CHECK(tree.look_at_all() == before);
}
