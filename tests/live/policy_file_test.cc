// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cerrno>

#include "tests/live/files.h"

using namespace landshim::tests;

namespace {

// A policy in a directory of its own, beside a directory that may be written.
struct Place {
  Scratch scratch;
  std::string policies = scratch.directory("policies");
  std::string work = scratch.directory("work");
  std::string policy = policies + "/policy.ini";

  std::string write(const std::string& lines) const { return scratch.file("policies/policy.ini", base_policy() + lines + "\n"); }

  Outcome start(const std::string& named, const Words& words = {"nothing"}) const {
    Start start = start_victim(words);
    start.directory = scratch.path();
    return run_with(named, start);
  }

  // Refused in line 5, the first after those of base_policy().
  void check_refused(const std::string& lines, const std::string& rule, const std::string& named) const {
    write(lines);
    INFO(lines << " as " << named);
    const std::string full = named[0] == '/' ? named : scratch.path() + "/" + named;
    const Outcome outcome = start(named);
    CHECK(outcome.status == 125);
    CHECK(outcome.err == "landshim: " + named + ":5: " + rule + ": this makes the policy " + full + " writable for the program that it holds; move the policy elsewhere, or grant less\n");
  }
  void check_refused(const std::string& rule) const { check_refused(rule, rule, policy); }
};

}  // namespace

TEST_CASE("a policy that makes itself writable does not start anything", "[live][policy-file]") {
  const Place place;
  const std::string& policies = place.policies;
  for (const std::string& path : {place.policy, policies, place.scratch.path(), std::string("/"), policies + "/", policies + "/../policies", place.work + "/../policies/policy.ini", "/tmp/../" + policies.substr(1)})
    place.check_refused("read_write = " + path, "read_write = " + (path.size() > 1 && path.back() == '/' ? path.substr(0, path.size() - 1) : path), place.policy);
}

TEST_CASE("any right that changes the policy or its directory is refused, alone too", "[live][policy-file]") {
  const Place place;
  for (const char* word : {"write", "read_write", "read_write_exec", "write_file", "truncate"}) place.check_refused(word + (" = " + place.policy));
  for (const char* word : {"write", "write_file", "truncate", "remove_file", "remove_dir", "make_reg", "make_dir", "make_sym", "refer"}) {
    place.check_refused(word + (" = " + place.policies));
    place.check_refused(word + (" = " + place.scratch.path()));
  }
  place.check_refused("device = " + place.policies);
}

TEST_CASE("reading and executing beside the policy is no fault, nor is writing elsewhere", "[live][policy-file]") {
  const Place place;
  for (const std::string& line : {"read_exec = " + place.policies, "read = " + place.scratch.path(), "read_write_exec = " + place.work, "read = " + place.policy}) {
    INFO(line);
    place.write(line);
    CHECK(place.start(place.policy).status == 0);
  }
}

TEST_CASE("links on the way to a rule do not hide that it makes the policy writable", "[live][policy-file]") {
  const Place place;
  std::filesystem::create_directory_symlink("../policies", place.work + "/to-directory");
  std::filesystem::create_symlink("../policies/policy.ini", place.work + "/to-file");
  place.check_refused("write = " + place.work + "/to-directory");
  place.check_refused("write = " + place.work + "/to-file");
  place.check_refused("write = " + place.work + "/to*", "write = " + place.work + "/to-directory", place.policy);
}

TEST_CASE("a policy reached through links is guarded where it lies and where its links lie", "[live][policy-file]") {
  const Place place;
  std::filesystem::create_symlink("../policies/policy.ini", place.work + "/link.ini");
  place.check_refused("write = " + place.work, "write = " + place.work, place.work + "/link.ini");
  place.check_refused("write = " + place.policies, "write = " + place.policies, place.work + "/link.ini");
  // Whoever can replace a link in the middle chooses the next policy.
  std::filesystem::create_directory_symlink("../policies", place.work + "/middle");
  place.check_refused("write = " + place.work, "write = " + place.work, place.work + "/middle/policy.ini");
  place.check_refused("write = " + place.policies, "write = " + place.policies, place.work + "/middle/policy.ini");
  // A link to a link to the directory.
  const std::string third = place.scratch.directory("third");
  std::filesystem::create_directory_symlink("../work/middle", third + "/first");
  place.check_refused("write = " + place.work, "write = " + place.work, third + "/first/policy.ini");
}

TEST_CASE("a relative name guards the policy as well", "[live][policy-file]") {
  const Place place;
  place.check_refused("write = " + place.policies, "write = " + place.policies, "policies/policy.ini");
  place.check_refused("write = " + place.scratch.path(), "write = " + place.scratch.path(), "policies/policy.ini");
}

TEST_CASE("a hard link to the policy cannot be granted for writing", "[live][policy-file]") {
  const Place place;
  place.write("");
  std::filesystem::create_hard_link(place.policy, place.work + "/hard");
  place.check_refused("write = " + place.work + "/hard");
}

TEST_CASE("included files are guarded like the policy itself", "[live][policy-file]") {
  const Place place;
  const std::string included = place.scratch.directory("included");
  const std::string part = place.scratch.file("included/part.ini", "[filesystem]\nread = /usr\n");
  const auto with = [&](const std::string& writable) {
    return place.start(place.scratch.file("policies/policy.ini", "[policy]\ninclude = " + part + "\n" + base_policy() + "read_write = " + writable + "\n"));
  };
  const Outcome outcome = with(included);
  CHECK(outcome.status == 125);
  CHECK(outcome.err == "landshim: " + place.policy + ":7: read_write = " + included + ": this makes the policy " + part + " writable for the program that it holds; move the policy elsewhere, or grant less\n");
  CHECK(with(place.work).status == 0);
  // What an included file grants counts too.
  const std::string grants = place.scratch.file("included/grants.ini", "[filesystem]\nread_write = " + place.policies + "\n");
  const Outcome from_part = place.start(place.scratch.file("policies/policy.ini", "[policy]\ninclude = " + grants + "\n"));
  CHECK(from_part.status == 125);
  CHECK(from_part.err.find("landshim: " + grants + ":2: read_write = " + place.policies + ": this makes the policy " + place.policy + " writable") == 0);
}

TEST_CASE("a policy whose writable directory holds a link to it stays as it is", "[live][landlock][policy-file]") {
  REQUIRE_ABI(3);
  const Place place;
  std::filesystem::create_symlink(place.policy, place.work + "/link");
  const std::string text = contents(place.write("read_write = " + place.work));
  CHECK(place.start(place.policy, {"write", place.work + "/link"}).status == EACCES);
  CHECK(place.start(place.policy, {"truncate", place.work + "/link"}).status == EACCES);
  CHECK(place.start(place.policy, {"rename", place.work + "/link", place.policy}).status == EACCES);
  CHECK(place.start(place.policy, {"call", call_number(SYS_linkat), "-100", "=" + place.policy, "-100", "=" + place.work + "/hard", "0"}).status == EXDEV);
  CHECK(contents(place.policy) == text);
  CHECK_FALSE(exists(place.work + "/hard"));
  CHECK(place.start(place.policy, {"create", place.work + "/new"}).status == 0);
  CHECK(tried({"write", place.work + "/link"}) == 0);
}

TEST_CASE("landshim run refuses a policy that makes itself writable, in the same words", "[live][policy-file]") {
  const Place place;
  place.write("write = " + place.policies);
  const Outcome preload = place.start(place.policy);
  Words command{built("landshim"), "run", "-p", place.policy, "--"};
  for (const std::string& word : start_victim({"nothing"}).command) command.push_back(word);
  const Outcome by_command = run({command, {}, {}});
  CHECK(by_command.status == 125);
  CHECK(by_command.err == preload.err);
}
