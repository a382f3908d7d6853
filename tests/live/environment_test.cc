// SPDX-License-Identifier: MIT
// The two variables of door 1: the shim takes itself, and only itself, out of LD_PRELOAD, and LANDSHIM_POLICY names
// the same file wherever a child goes.
#include <catch2/catch.hpp>

#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

struct Place {
  Scratch rules;
  Scratch libraries;
  Scratch outside;
  std::string a = libraries / "a.so";
  std::string b = libraries / "b.so";
  std::string secret = outside.file("secret", "x");
  std::string policy;

  Place() {
    std::filesystem::copy_file(built("tests/libsecond.so"), a);
    std::filesystem::copy_file(built("tests/libsecond.so"), b);
    policy = rules.file("policy.ini", base_policy() + "read = " + libraries.path() + ", " + built("") + ", /proc\n");
  }
  // Takes away what the two preloaded libraries say.
  Start start(const std::string& preload) const {
    Start out = with_shim({witness(), "read=" + secret, "variable=LD_PRELOAD", "status=Seccomp_filters"}, policy);
    out.environment["LD_PRELOAD"] = preload;
    return out;
  }
};

void check_left(const Start& start, const std::string& left, int loaded) {
  std::string second;
  for (int i = 0; i < loaded; ++i) second += "second\n";
  const Outcome outcome = run(start);
  INFO("LD_PRELOAD=" << start.environment.at("LD_PRELOAD") << "\n" << outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.out == second + "main\nread 13\nvariable " + left + "\nstatus 1\n");
  CHECK(outcome.err.empty());
}

}  // namespace

TEST_CASE("the shim takes itself out of LD_PRELOAD and leaves the others in their order", "[live][environment]") {
  REQUIRE_ABI(1);
  const Place place;
  const std::string& a = place.a;
  const std::string& b = place.b;
  const std::string s = shim();
  check_left(place.start(s), "none", 0);
  check_left(place.start(s + ":" + a), a, 1);
  check_left(place.start(a + ":" + s), a, 1);
  check_left(place.start(s + ":" + a + ":" + b), a + ":" + b, 2);
  check_left(place.start(a + ":" + s + ":" + b), a + ":" + b, 2);
  check_left(place.start(a + ":" + b + ":" + s), a + ":" + b, 2);
  check_left(place.start(b + " " + s + " " + a), b + " " + a, 2);
  check_left(place.start(a + " " + s), a, 1);
  check_left(place.start(s + " " + a), a, 1);
  check_left(place.start(s + ":" + s), "none", 0);
  check_left(place.start(s + " " + a + ":" + s), a, 1);
}

TEST_CASE("empty entries of LD_PRELOAD mean nothing", "[live][environment]") {
  REQUIRE_ABI(1);
  const Place place;
  check_left(place.start(":" + shim() + ":"), "none", 0);
  check_left(place.start("  " + shim() + "  "), "none", 0);
}

TEST_CASE("the shim knows itself by a link, a relative path, a bare name and $ORIGIN", "[live][environment]") {
  REQUIRE_ABI(1);
  const Place place;
  REQUIRE(symlink(shim().c_str(), (place.libraries / "link.so").c_str()) == 0);
  check_left(place.start((place.libraries / "link.so") + ":" + place.a), place.a, 1);
  check_left(place.start((place.libraries / "link.so") + ":" + shim()), "none", 0);
  Start relative = place.start("./liblandshim.so:" + place.a);
  relative.directory = built("");
  check_left(relative, place.a, 1);
  relative.environment["LD_PRELOAD"] = "tests/../liblandshim.so";
  check_left(relative, "none", 0);
  Start bare = place.start(place.a + ":liblandshim.so");
  bare.environment["LD_LIBRARY_PATH"] = built("");
  check_left(bare, place.a, 1);
  check_left(place.start("$ORIGIN/../liblandshim.so:" + place.a), place.a, 1);
}

TEST_CASE("the shim twice, as two files, is one policy in force", "[live][environment]") {
  REQUIRE_ABI(1);
  const Place place;
  const std::string copy = place.libraries / "copy.so";
  std::filesystem::copy_file(shim(), copy);
  check_left(place.start(shim() + ":" + copy), "none", 0);
  check_left(place.start(copy + ":" + place.a + ":" + shim()), place.a, 1);
}

TEST_CASE("children of a confined program see no shim in LD_PRELOAD and are held all the same", "[live][environment]") {
  REQUIRE_ABI(1);
  const Place place;
  Start start = place.start(shim());
  start.command = {"/bin/sh", "-c", "echo ${LD_PRELOAD-none}; cd /; " + witness() + " variable=LD_PRELOAD variable=LANDSHIM_POLICY read=" + place.secret};
  const Outcome outcome = run(start);
  CHECK(outcome.status == 0);
  CHECK(outcome.out == "none\nmain\nvariable none\nvariable " + place.policy + "\nread 13\n");
  CHECK(outcome.err.empty());
}

TEST_CASE("a relative policy and a profile are given to children by their absolute path", "[live][environment]") {
  REQUIRE_ABI(1);
  const Place place;
  Start start = with_shim({witness(), "variable=LANDSHIM_POLICY", "read=" + place.secret}, "");
  const auto named = [&](const std::string& name, const std::string& path) {
    start.environment["LANDSHIM_POLICY"] = name;
    INFO(name);
    check_said(run(start), "variable " + path + "\nread 13\n");
  };
  start.directory = place.rules.path();
  named(place.policy, place.policy);
  named("policy.ini", place.policy);
  named("./policy.ini", place.rules.path() + "/./policy.ini");
  start.directory = place.rules.directory("below");
  named("../policy.ini", place.rules.path() + "/below/../policy.ini");
  place.rules.directory("landshim");
  const std::string profile = place.rules.file("landshim/mine.ini", contents(place.policy));
  start.environment["XDG_CONFIG_HOME"] = place.rules.path();
  named("mine", profile);
  start.environment.erase("XDG_CONFIG_HOME");
  start.unset = {"XDG_CONFIG_HOME"};
  start.environment["HOME"] = place.rules.path();
  place.rules.directory(".config/landshim");
  named("mine", place.rules.file(".config/landshim/mine.ini", contents(place.policy)));
}

TEST_CASE("a policy whose name is longer than any path stops the program", "[live][environment]") {
  check_refused(run(with_shim({witness()}, "/" + std::string(5000, 'x') + ".ini")), "(ENAMETOOLONG)");
}
