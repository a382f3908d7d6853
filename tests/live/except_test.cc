// SPDX-License-Identifier: MIT
// `except` as the kernel has it: what is taken out, what stays, and what is lost beside it.
#include <catch2/catch.hpp>

#include <cerrno>

#include "tests/live/files.h"
#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

// A directory with something to take out, and links that lead there and elsewhere.
class Place {
 public:
  Place() {
    tree.directory("keys/deep");
    tree.directory("work/sub");
    tree.directory("elsewhere");
    tree.file("keys/key", "secret");
    tree.file("keys/deep/key", "secret");
    tree.file("work/file", "x");
    tree.file("work/sub/file", "x");
    tree.file("note", "x");
    tree.file("note.key", "secret");
    tree.file("elsewhere/file", "x");
    outside.file("file", "secret");
    std::filesystem::create_symlink(outside.path(), tree / "out");
    std::filesystem::create_symlink("keys", tree / "in");
    std::filesystem::create_symlink("work", tree / "beside");
  }
  std::string rules(const std::string& lines) const {
    std::string text = base_policy() + lines;
    for (std::size_t at; (at = text.find('@')) != text.npos;) text.replace(at, 1, tree.path());
    return text;
  }
  int try_it(const std::string& policy, Words words) const {
    for (std::string& word : words)
      if (word[0] == '@') word.replace(0, 1, tree.path());
    return tried_under(policy, words);
  }
  Scratch tree;
  Scratch outside;
};

Outcome ended(Outcome (*door)(const std::string&, Start), const std::string& policy) { return door(policy, start_victim({"nothing"})); }

}  // namespace

TEST_CASE("a directory that is taken out is closed with all beneath it, and the rest stays open", "[live][landlock][except]") {
  REQUIRE_ABI(3);
  const Place place;
  const std::string wide = place.rules("read_write = @\n");
  const std::string policy = place.rules("read_write = @\nexcept = @/keys\n");
  const std::string before = snapshot(place.tree / "keys");
  CHECK(place.try_it(wide, {"read", "@/keys/key"}) == 0);
  CHECK(place.try_it(wide, {"list", "@/keys"}) == 0);
  for (const Words& words : std::vector<Words>{{"read", "@/keys/key"}, {"read", "@/in/key"}, {"read", "@/keys/deep/key"}, {"list", "@/keys"}, {"list", "@/keys/deep"}, {"write", "@/keys/key"},
                                               {"truncate", "@/keys/key"}, {"create", "@/keys/new"}, {"unlink", "@/keys/key"}, {"mkdir", "@/keys/new"}}) {
    INFO(words[0] << " " << words[1]);
    CHECK(place.try_it(policy, words) == EACCES);
  }
  CHECK(snapshot(place.tree / "keys") == before);
  CHECK(place.try_it(policy, {"read", "@/note"}) == 0);
  CHECK(place.try_it(policy, {"write", "@/work/sub/file"}) == 0);
  CHECK(place.try_it(policy, {"list", "@/work"}) == 0);
  CHECK(place.try_it(policy, {"create", "@/work/new"}) == 0);
  CHECK(exists(place.tree / "work/new"));
  // A name in a directory that is open does not open what it led to.
  CHECK(place.try_it(policy, {"rename", "@/keys/key", "@/work/key"}) != 0);
  CHECK(place.try_it(wide, {"rename", "@/keys/key", "@/work/key"}) == 0);
}

TEST_CASE("a file is taken out by either door", "[live][landlock][except]") {
  REQUIRE_ABI(1);
  const Place place;
  const std::string policy = place.rules("read = @\nexcept = @/note.key\n");
  for (Outcome (*const door)(const std::string&, Start) : {run_under, run_by_command}) {
    CHECK(answer_of(door(policy, start_victim({"read", place.tree / "note.key"}))) == EACCES);
    CHECK(answer_of(door(policy, start_victim({"read", place.tree / "note"}))) == 0);
  }
  CHECK(place.try_it(place.rules("read = @\n"), {"read", "@/note.key"}) == 0);
}

TEST_CASE("several exceptions hold together, patterns and nested ones too, in any order", "[live][landlock][except]") {
  REQUIRE_ABI(1);
  const Place place;
  for (const char* lines : {"except = @/keys/deep, @/keys, @/note.key\n", "except = @/*.key\nexcept = @/keys/deep/key, @/keys\n", "except = @/[kn]*\n"}) {
    INFO(lines);
    const std::string policy = place.rules("read = @\n" + std::string(lines));
    CHECK(place.try_it(policy, {"read", "@/keys/key"}) == EACCES);
    CHECK(place.try_it(policy, {"read", "@/keys/deep/key"}) == EACCES);
    CHECK(place.try_it(policy, {"list", "@/keys/deep"}) == EACCES);
    CHECK(place.try_it(policy, {"read", "@/note.key"}) == EACCES);
    CHECK(place.try_it(policy, {"read", "@/work/sub/file"}) == 0);
  }
}

TEST_CASE("an exception deep in a tree leaves what lies beside it on every level", "[live][landlock][except]") {
  REQUIRE_ABI(1);
  const Place place;
  const std::string policy = place.rules("read = @\nexcept = @/keys/deep/key\n");
  place.tree.file("keys/deep/other", "x");
  CHECK(place.try_it(policy, {"read", "@/keys/deep/key"}) == EACCES);
  CHECK(place.try_it(policy, {"read", "@/keys/deep/other"}) == 0);
  CHECK(place.try_it(policy, {"read", "@/keys/key"}) == 0);
  CHECK(place.try_it(policy, {"read", "@/note"}) == 0);
  // What it costs: the directories on the way cannot be listed.
  CHECK(place.try_it(policy, {"list", "@"}) == EACCES);
  CHECK(place.try_it(policy, {"list", "@/keys/deep"}) == EACCES);
  CHECK(place.try_it(policy, {"list", "@/work"}) == 0);
}

TEST_CASE("a rule beneath an exception stays", "[live][landlock][except]") {
  REQUIRE_ABI(1);
  const Place place;
  const std::string policy = place.rules("read = @\nread_write = @/keys/deep\nexcept = @/keys\n");
  CHECK(place.try_it(policy, {"read", "@/keys/key"}) == EACCES);
  CHECK(place.try_it(policy, {"read", "@/keys/deep/key"}) == 0);
  CHECK(place.try_it(policy, {"create", "@/keys/deep/new"}) == 0);
  CHECK(exists(place.tree / "keys/deep/new"));
}

TEST_CASE("links beside an exception open nothing", "[live][landlock][except]") {
  REQUIRE_ABI(1);
  const Place place;
  const std::string policy = place.rules("read = @\nexcept = @/keys\n");
  CHECK(tried({"read", place.tree / "out/file"}) == 0);
  CHECK(place.try_it(policy, {"read", "@/out/file"}) == EACCES);
  CHECK(place.try_it(policy, {"read", place.outside / "file"}) == EACCES);
  CHECK(place.try_it(policy, {"read", "@/in/key"}) == EACCES);
  // A link to what is open for itself leads there.
  CHECK(place.try_it(policy, {"read", "@/beside/file"}) == 0);
}

TEST_CASE("what is created beside an exception later is denied", "[live][landlock][except]") {
  REQUIRE_ABI(1);
  const Place place;
  // The program waits until the file is there, which it may see, and tries it then.
  const std::string code = "open my $r, '>', $ARGV[1] or die; close $r; for (1 .. 200) { last if -e $ARGV[0]; select undef, undef, undef, 0.02 } print open(my $f, '<', $ARGV[0]) ? 0 : $! + 0, qq{\\n}";
  const auto answered = [&](const std::string& exception) {
    const std::string ready = place.tree / "work/ready";
    std::filesystem::remove(ready);
    std::filesystem::remove(place.tree / "later");
    Scratch policies;
    const std::string policy = policies.file("policy.ini", place.rules("read = @\nread_write = @/work\n" + exception));
    Start start{{"/bin/sh", "-c", built("landshim") + " run -p " + policy + " -- /usr/bin/perl -e \"$CODE\" \"$LATER\" \"$READY\" & i=0; while [ ! -e \"$READY\" ] && [ $i -lt 200 ]; do sleep 0.02; i=$((i+1)); done; echo x > \"$LATER\"; wait"}, {}, {}};
    start.environment = {{"CODE", code}, {"LATER", place.tree / "later"}, {"READY", ready}};
    return run(start).out;
  };
  CHECK(answered("") == "0\n");
  CHECK(answered("except = @/keys\n") == std::to_string(EACCES) + "\n");
}

TEST_CASE("a missing exception is denied once it is there", "[live][landlock][except]") {
  REQUIRE_ABI(1);
  const Place place;
  const std::string policy = place.rules("read = @\nread_write = @/work\nexcept = -@/missing\n");
  CHECK(place.try_it(policy, {"read", "@/note"}) == 0);
  // Nothing may be created in the directory of the exception, nor moved there.
  CHECK(place.try_it(policy, {"create", "@/missing"}) == EACCES);
  const int moved = place.try_it(policy, {"rename", "@/work/file", "@/missing"});
  CHECK((moved == EACCES || moved == EXDEV));
  CHECK_FALSE(exists(place.tree / "missing"));
}

TEST_CASE("modes lose an exception", "[live][landlock][except]") {
  REQUIRE_ABI(1);
  const Place place;
  const std::string policy = "[policy]\nmode = readonly\n[filesystem]\nexcept = " + place.tree / "keys" + "\n";
  CHECK(place.try_it("[policy]\nmode = readonly\n", {"read", "@/keys/key"}) == 0);
  CHECK(place.try_it(policy, {"read", "@/keys/key"}) == EACCES);
  CHECK(place.try_it(policy, {"read", "@/note"}) == 0);
  CHECK(place.try_it(policy, {"read", "/etc/passwd"}) == 0);
}

TEST_CASE("exceptions that cannot be are refused with their line, by each door and by check", "[live][except]") {
  const Place place;
  const std::string at = place.tree.path();
  const struct {
    std::string lines;
    std::string wanted;
  } rows[] = {
      {"read = @\nexcept = @\n", "policy.ini:3: except = " + at + " takes all of read = " + at + " away; remove that rule instead\n"},
      {"read = @/work\nexcept = @/keys\n", "policy.ini:3: except = " + at + "/keys: no rule covers this path; remove the line\n"},
      {"read = @\nexcept = @/none\n", "policy.ini:3: except = " + at + "/none: there is no such path; correct it, or write -" + at + "/none if it may be missing\n"},
      {"read = @\nexcept = /\n", "policy.ini:3: except = /: nothing would be left of any rule; remove the rules instead\n"},
      {"access = all\nexcept = @/keys\n", "policy.ini:3: except = " + at + "/keys: no rule covers this path; remove the line\n"},
  };
  for (const auto& row : rows) {
    std::string policy = "[filesystem]\n" + row.lines;
    for (std::size_t i; (i = policy.find('@')) != policy.npos;) policy.replace(i, 1, at);
    INFO(policy);
    check_refused(ended(run_under, policy), row.wanted);
    check_refused(ended(run_by_command, policy), row.wanted);
    const Scratch policies;
    const Outcome checked = run({{built("landshim"), "check", policies.file("policy.ini", policy)}, {}, {}});
    CHECK(checked.status == 1);
    CHECK((checked.out + checked.err).find(row.wanted) != std::string::npos);
  }
}

TEST_CASE("explain tells what an exception costs", "[live][except]") {
  REQUIRE_ABI(1);
  const Place place;
  const Scratch policies;
  const Outcome outcome = run({{built("landshim"), "explain", policies.file("policy.ini", place.rules("read = @\nexcept = @/keys\n"))}, {}, {}});
  CHECK(outcome.status == 0);
  CHECK(outcome.out.find("4 entries, one by one") != std::string::npos);
  CHECK(outcome.out.find("  except: read = " + place.tree.path() + ": " + place.tree.path() + " itself cannot be listed or changed, and what is created in it later is denied\n") != std::string::npos);
}
