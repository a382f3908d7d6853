// SPDX-License-Identifier: MIT
// What `except` makes of the rules above it, and what `hide` names: paths only, no kernel.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <catch2/catch.hpp>

#include "config/interpret.h"
#include "config/paths.h"
#include "tests/support/world.h"

namespace landshim {
namespace {

using tests::Scratch;
using Lines = std::vector<std::string>;

struct Expanded {
  Policy policy;
  Lines faults;  // "LINE: what"

  // "key path" of the rules that the policy's lines gave, in their order.
  Lines rules() const {
    Lines out;
    for (const PathRule& rule : policy.path_rules)
      if (rule.key != "always") out.push_back(rule.key + " " + rule.path);
    return out;
  }
};

// A tree with one entry of each kind; "@" in a policy is its place. The policy file lies elsewhere.
class Place {
 public:
  Place() {
    tree_.directory("a/b/c");
    tree_.directory("a/d");
    tree_.directory("z");
    tree_.file("a/f", "x");
    tree_.file("a/b/g", "x");
    tree_.file("a/b/c/secret", "x");
    tree_.file("a/b/c/other", "x");
    std::filesystem::create_symlink("../z", tree_ / "a/link");
    std::filesystem::create_symlink("nowhere", tree_ / "a/dangling");
    policy_.file("policy.ini", "");
  }

  Expanded expand(std::string text, const Surroundings& surroundings = {}) const {
    for (std::size_t at; (at = text.find('@')) != text.npos;) text.replace(at, 1, tree_.path());
    Expanded out;
    out.policy.sources.push_back({policy_ / "policy.ini", "p.ini", {}});
    std::vector<Fault> faults;
    interpret(parse(text, 0, faults), out.policy, faults);
    landshim::expand(out.policy, surroundings, faults);
    for (const Fault& fault : faults) out.faults.push_back(std::to_string(fault.origin.line) + ": " + fault.what + (fault.os_error == 0 ? "" : " " + std::to_string(fault.os_error)));
    return out;
  }

  Lines here(Lines lines) const {
    for (std::string& line : lines)
      for (std::size_t at; (at = line.find('@')) != line.npos;) line.replace(at, 1, tree_.path());
    return lines;
  }
  const Scratch& tree() const { return tree_; }

 private:
  Scratch tree_;
  Scratch policy_;
};

const std::string kFiles = "[filesystem]\n";

}  // namespace

TEST_CASE("a directory is taken out of a rule by granting what lies beside it, without links", "[except]") {
  const Place place;
  const Expanded out = place.expand(kFiles + "read = @/a\nexcept = @/a/b\n");
  CHECK(out.faults.empty());
  CHECK(out.rules() == place.here({"read @/a/d", "read @/a/f"}));
  for (const PathRule& rule : out.policy.path_rules) {
    if (rule.key != "read") continue;
    CHECK(rule.beside);
    CHECK(rule.missing_ok);
    CHECK(rule.rights == kRead);
    CHECK(rule.origin == Origin{0, 2});
  }
  CHECK(out.policy.except_losses == place.here({"read = @/a: @/a itself cannot be listed or changed, and what is created in it later is denied"}));
}

TEST_CASE("a file deep beneath a rule is taken out level by level", "[except]") {
  const Place place;
  const Expanded out = place.expand(kFiles + "read_write = @/a\nexcept = @/a/b/c/secret\n");
  CHECK(out.faults.empty());
  CHECK(out.rules() == place.here({"read_write @/a/d", "read_write @/a/f", "read_write @/a/b/g", "read_write @/a/b/c/other"}));
  CHECK(out.policy.except_losses.size() == 3);
}

TEST_CASE("several exceptions in one directory are taken out of it one after the other", "[except]") {
  const Place place;
  for (const char* lines : {"except = @/a/b, @/a/f\n", "except = @/a/f, @/a/b\n", "except = @/a/f\nexcept = @/a/b\n", "except = @/a/[bf]\n"}) {
    INFO(lines);
    const Expanded out = place.expand(kFiles + "read = @/a\n" + lines);
    CHECK(out.faults == Lines{});
    CHECK(out.rules() == place.here({"read @/a/d"}));
  }
}

TEST_CASE("nested exceptions leave nothing of the inner one", "[except]") {
  const Place place;
  CHECK(place.expand(kFiles + "read = @/a\nexcept = @/a/b/c, @/a/b\n").rules() == place.here({"read @/a/d", "read @/a/f"}));
  // The other way round the inner one has no rule any more.
  CHECK(place.expand(kFiles + "read = @/a\nexcept = @/a/b, @/a/b/c\n").faults == place.here({"3: except = @/a/b/c: no rule covers this path; remove the line"}));
}

TEST_CASE("rules beneath an exception and beside it stay as they are", "[except]") {
  const Place place;
  const Expanded out = place.expand(kFiles + "read = @/a\nread_write = @/a/b/c\nread = @/z\nexcept = @/a/b\n");
  CHECK(out.faults.empty());
  CHECK(out.rules() == place.here({"read @/a/d", "read @/a/f", "read_write @/a/b/c", "read @/z"}));
}

TEST_CASE("every wider rule loses the exception", "[except]") {
  const Place place;
  const Expanded out = place.expand(kFiles + "read = @/a\nwrite = @/a/b\nexcept = @/a/b/c\n");
  CHECK(out.faults.empty());
  CHECK(out.rules() == place.here({"read @/a/d", "read @/a/f", "read @/a/b/g", "write @/a/b/g"}));
  CHECK(out.policy.except_losses.size() == 3);
}

TEST_CASE("a path whose name only begins alike is no exception", "[except]") {
  const Place place;
  place.tree().directory("ab");
  const Expanded out = place.expand(kFiles + "read = @/a, @/ab\nexcept = @/ab/x\n");
  CHECK(out.faults == place.here({"3: except = @/ab/x: there is no such path; correct it, or write -@/ab/x if it may be missing"}));
  CHECK(place.expand(kFiles + "read = @/ab\nexcept = @/a/b\n").faults == place.here({"3: except = @/a/b: no rule covers this path; remove the line"}));
}

TEST_CASE("rights that mean nothing on a file are not granted on the files beside", "[except]") {
  const Place place;
  CHECK(place.expand(kFiles + "make_dir = @/a\nexcept = @/a/b\n").rules() == place.here({"make_dir @/a/d"}));
}

TEST_CASE("rules and exceptions through links are those of their targets", "[except]") {
  const Place place;
  std::filesystem::create_symlink("a", place.tree() / "way");
  CHECK(place.expand(kFiles + "read = @/way\nexcept = @/a/b\n").rules() == place.here({"read @/a/d", "read @/a/f"}));
  CHECK(place.expand(kFiles + "read = @/a\nexcept = @/way/b/../b\n").rules() == place.here({"read @/a/d", "read @/a/f"}));
  // A link itself cannot be taken out: its target can.
  CHECK(place.expand(kFiles + "read = @/a\nexcept = @/a/link\n").faults == place.here({"3: except = @/a/link: no rule covers this path; remove the line"}));
}

TEST_CASE("an exception that is all of a rule, or none of any, is an error", "[except]") {
  const Place place;
  CHECK(place.expand(kFiles + "read = @/a\nexcept = @/a\n").faults == place.here({"3: except = @/a takes all of read = @/a away; remove that rule instead"}));
  CHECK(place.expand(kFiles + "read = @/a\nexcept = @/z\n").faults == place.here({"3: except = @/z: no rule covers this path; remove the line"}));
  CHECK(place.expand(kFiles + "except = @/z\n").faults == place.here({"2: except = @/z: no rule covers this path; remove the line"}));
  CHECK(place.expand("[policy]\nmode = full-access\n" + kFiles + "except = @/z\n").faults == place.here({"4: except = @/z: no rule covers this path; remove the line"}));
  CHECK(place.expand(kFiles + "read = /\nexcept = /\n").faults == Lines{"3: except = /: nothing would be left of any rule; remove the rules instead"});
}

TEST_CASE("an exception may be missing where a dash says so", "[except]") {
  const Place place;
  CHECK(place.expand(kFiles + "read = @/a\nexcept = @/a/none\n").faults == place.here({"3: except = @/a/none: there is no such path; correct it, or write -@/a/none if it may be missing"}));
  const Expanded out = place.expand(kFiles + "read = @/a\nexcept = -@/a/none/deep\n");
  CHECK(out.faults.empty());
  // Whatever is created at the way to it later is beside no rule.
  CHECK(out.rules() == place.here({"read @/a/b", "read @/a/d", "read @/a/f"}));
  CHECK(place.expand(kFiles + "read = @/a\nexcept = @/a/*.key\n").faults == place.here({"3: except = @/a/*.key: there is no such path; correct it, or write -@/a/*.key if it may be missing"}));
  CHECK(place.expand(kFiles + "read = @/a\nexcept = -@/a/*.key\n").rules() == place.here({"read @/a"}));
}

TEST_CASE("a missing rule above a missing exception is told as ever", "[except]") {
  const Place place;
  CHECK(place.expand(kFiles + "read = @/none\nexcept = -@/none/x\n").faults == place.here({"2: read = @/none: there is no such path; correct it, or write -@/none if it may be missing"}));
  const Expanded out = place.expand(kFiles + "read = -@/none, @/z\nexcept = -@/none/x\n");
  CHECK(out.faults.empty());
  CHECK(out.rules() == place.here({"read @/z"}));
}

TEST_CASE("a pattern takes out all that it matches", "[except]") {
  const Place place;
  place.tree().file("a/one.key", "");
  place.tree().file("a/two.key", "");
  const Expanded out = place.expand(kFiles + "read = @/a\nexcept = @/a/*.key\n");
  CHECK(out.faults == Lines{});
  CHECK(out.rules() == place.here({"read @/a/b", "read @/a/d", "read @/a/f"}));
}

TEST_CASE("a mode and the runtime lose an exception too, whole if need be", "[except]") {
  const Place place;
  const Expanded mode = place.expand("[policy]\nmode = readonly\n" + kFiles + "except = @/a/b\n");
  CHECK(mode.faults.empty());
  for (const PathRule& rule : mode.policy.path_rules) {
    INFO(rule.path);
    CHECK(rule.path != "/");
    CHECK_FALSE((rule.path + "/").starts_with(place.tree() / "a/b/"));
    CHECK_FALSE((place.tree() / "a/b").starts_with(rule.path + "/"));
  }
  const Lines rules = mode.rules();
  CHECK(std::find(rules.begin(), rules.end(), "mode " + place.tree().path() + "/a/d") != rules.end());
  CHECK(std::find(rules.begin(), rules.end(), "mode /usr") != rules.end());
  const Expanded device = place.expand("[policy]\nmode = readonly\n" + kFiles + "except = /dev/null\n");
  CHECK(device.faults.empty());
  const Lines left = device.rules();
  CHECK(std::find(left.begin(), left.end(), "mode /dev/null") == left.end());
  CHECK(std::find(left.begin(), left.end(), "mode /dev/zero") != left.end());
}

TEST_CASE("what is always granted is no part of an exception", "[except]") {
  const Place place;
  Scratch policies;
  Expanded out;
  out.policy.sources.push_back({policies.file("p.ini", ""), "p.ini", {}});
  std::vector<Fault> faults;
  interpret(parse(kFiles + "read = " + policies.path() + "\nexcept = " + policies / "p.ini" + "\n", 0, faults), out.policy, faults);
  expand(out.policy, {}, faults);
  CHECK(faults.empty());
  REQUIRE(out.policy.path_rules.size() == 1);
  CHECK(out.policy.path_rules[0].key == "always");
}

TEST_CASE("a second name beside the excepted file goes with it", "[except]") {
  const Place place;
  std::filesystem::create_hard_link(place.tree() / "a/f", place.tree() / "a/second");
  const Expanded out = place.expand(kFiles + "read = @/a\nexcept = @/a/f\n");
  CHECK(out.rules() == place.here({"read @/a/b", "read @/a/d"}));
}

TEST_CASE("several paths that may be missing are taken out of one rule, whether they are there or not", "[except]") {
  const Place place;
  const Expanded out = place.expand(kFiles + "read = @/a\nexcept = -@/a/b, -@/a/none, -@/a/neither/deeper, -@/elsewhere\n");
  CHECK(out.faults.empty());
  CHECK(out.rules() == place.here({"read @/a/d", "read @/a/f"}));
  CHECK(place.expand(kFiles + "read = @/a\nexcept = @/z\n").faults.size() == 1);
}

TEST_CASE("a directory that cannot be listed is an error, never a wider grant", "[except]") {
  const Place place;
  CHECK(chmod((place.tree() / "a").c_str(), 0111) == 0);
  // Root lists every directory: for a moment somebody else looks.
  const bool root = geteuid() == 0;
  if (root) REQUIRE(seteuid(65534) == 0);
  const Expanded out = place.expand(kFiles + "read = @/a\nexcept = @/a/b\n");
  if (root) REQUIRE(seteuid(0) == 0);
  CHECK(out.faults == place.here({"3: except = @/a/b: @/a cannot be listed, so its other entries cannot be granted one by one " + std::to_string(EACCES)}));
  CHECK(chmod((place.tree() / "a").c_str(), 0755) == 0);
}

TEST_CASE("an exception in a directory of too many entries is an error", "[except]") {
  const Place place;
  place.tree().directory("many");
  for (std::size_t i = 0; i <= kMaxPathRules + 1; ++i) place.tree().file("many/" + std::to_string(i), "");
  const Expanded out = place.expand(kFiles + "read = @/many\nexcept = @/many/7\n");
  CHECK(out.faults == Lines{"2: more than 4096 path rules once patterns are expanded; grant a directory instead of its files"});
  CHECK(std::filesystem::remove(place.tree() / "many/8"));
  CHECK(std::filesystem::remove(place.tree() / "many/9"));
  const Expanded fits = place.expand(kFiles + "read = @/many\nexcept = @/many/7\n");
  // 4,096 entries less the excepted one, and the policy file.
  CHECK(fits.faults.empty());
  CHECK(fits.policy.path_rules.size() == kMaxPathRules);
}

TEST_CASE("except reaches the sockets of connect_unix", "[except]") {
  const Place place;
  const Expanded out = place.expand(kFiles + "read = @/z\n[network]\nconnect_unix = @/a\n" + kFiles + "except = @/a/b\n");
  CHECK(out.faults.empty());
  CHECK(out.rules() == place.here({"read @/z", "connect_unix @/a/d", "connect_unix @/a/f"}));
}

TEST_CASE("hide names real paths, and missing ones only with a dash", "[except][hide]") {
  const Place place;
  const Expanded out = place.expand("[namespaces]\nhide = @/a/link, @/a/b/*, -@/none, -@/none*\n");
  CHECK(out.faults.empty());
  Lines hidden;
  for (const PathRule& rule : out.policy.hidden) hidden.push_back(rule.path + (rule.missing_ok ? " may be missing" : ""));
  CHECK(hidden == place.here({"@/z", "@/a/b/c", "@/a/b/g", "@/none may be missing"}));
  CHECK(place.expand("[namespaces]\nhide = @/none\n").faults == place.here({"2: hide = @/none: there is no such path; correct it, or write -@/none if it may be missing"}));
  CHECK(place.expand("[namespaces]\nhide = @/none*\n").faults == place.here({"2: hide = @/none*: there is no such path; correct it, or write -@/none* if it may be missing"}));
  CHECK(place.expand("[namespaces]\nhide = /\n").faults == Lines{"2: hide = /: nothing would be left to start; name what lies beneath it"});
}

}  // namespace landshim
