// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cerrno>
#include <cstdlib>

#include "tests/live/files.h"

using namespace landshim::tests;

namespace {

// A directory that is not beneath /tmp, which workspace-write makes writable.
class Elsewhere {
 public:
  Elsewhere() {
    std::string pattern = "/var/tmp/landshim-test-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = pattern;
    chmod(path_.c_str(), 0755);
  }
  ~Elsewhere() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Elsewhere(const Elsewhere&) = delete;
  Elsewhere& operator=(const Elsewhere&) = delete;
  const std::string& path() const { return path_; }
  std::string file(const std::string& name, const std::string& text) const {
    const Scratch maker;
    std::filesystem::copy_file(maker.file(name, text), path_ + "/" + name, std::filesystem::copy_options::overwrite_existing);
    return path_ + "/" + name;
  }

 private:
  std::string path_{};
};

const std::string kReadonly = "[policy]\nmode = readonly\n";
const std::string kWorkspaceWrite = "[policy]\nmode = workspace-write\n";

// workspace-write from a working directory, with a TMPDIR; the policy lies out of its reach.
struct Workspace {
  Elsewhere place;
  Elsewhere policies;
  std::string work = place.path() + "/work";
  std::string temporary = place.path() + "/temporary";
  Workspace() {
    std::filesystem::create_directories(work);
    std::filesystem::create_directories(temporary);
    place.file("outside", "outside");
  }
  int under(const std::string& policy, const Words& words, const std::string& directory = {}) const {
    Start start = start_victim(words);
    start.directory = directory.empty() ? work : directory;
    start.environment["TMPDIR"] = temporary;
    return answer_of(run_with(policies.file("policy.ini", policy), start));
  }
};

}  // namespace

TEST_CASE("readonly reads and executes everything and writes nothing", "[live][landlock][modes]") {
  REQUIRE_ABI(3);
  for (const TreeAttempt& attempt : tree_attempts()) {
    INFO(attempt.name);
    const Tree tree;
    const std::string before = tree.look_at_all();
    const bool reads = attempt.rights == Words{"read_file"} || attempt.rights == Words{"read_dir"} || attempt.rights[0] == "execute";
    CHECK(tried_under(kReadonly, tree.here(attempt.words)) == (reads ? 0 : EACCES));
    CHECK(tree.look_at_all() == before);
  }
  CHECK(tried_under(kReadonly, {"list", "/"}) == 0);
  CHECK(tried_under(kReadonly, {"executed", "/bin/true", "-"}) == 0);
  CHECK(tried({"executed", "/bin/true", "-"}) == 0);
}

TEST_CASE("readonly writes the harmless devices, and no metadata", "[live][landlock][modes]") {
  for (const char* device : {"/dev/null", "/dev/zero", "/dev/full", "/dev/ptmx"}) {
    INFO(device);
    CHECK(tried_under(kReadonly, {"write", device}) == 0);
  }
  const Tree tree;
  const std::string before = tree.look_at_all();
  CHECK(tried_under(kReadonly, {"chmod", tree / "file", "0600"}) == EPERM);
  CHECK(tree.look_at_all() == before);
  CHECK(tried_under(kReadonly, {"call", call_number(SYS_ioctl), "rw:/dev/ptmx", "0x5413", "int:0"}) == 0);
  CHECK(tried_under(kReadonly, {"create", "/dev/shm/landshim-test"}) == EACCES);
  CHECK_FALSE(exists("/dev/shm/landshim-test"));
  CHECK(tried({"chmod", tree / "file", "0600"}) == 0);
}

TEST_CASE("a mode and rules add up", "[live][landlock][modes]") {
  REQUIRE_ABI(3);
  const Tree tree;
  const std::string policy = kReadonly + "[filesystem]\nwrite = " + (tree / "dir") + "\n";
  CHECK(tried_under(policy, {"create", tree / "dir/new"}) == 0);
  CHECK(tried_under(policy, {"create", tree / "new"}) == EACCES);
  CHECK(exists(tree / "dir/new"));
  CHECK_FALSE(exists(tree / "new"));
}

TEST_CASE("workspace-write writes the working directory, TMPDIR and /dev/shm, and nothing else", "[live][landlock][modes]") {
  REQUIRE_ABI(3);
  const Workspace world;
  const std::string before = look(world.place.path() + "/outside") + look(world.place.path());
  CHECK(world.under(kWorkspaceWrite, {"create", "new"}) == 0);
  CHECK(exists(world.work + "/new"));
  CHECK(world.under(kWorkspaceWrite, {"create", world.temporary + "/new"}) == 0);
  CHECK(exists(world.temporary + "/new"));
  const std::string shared = "/dev/shm/" + world.place.path().substr(9);
  CHECK(world.under(kWorkspaceWrite, {"create", shared}) == 0);
  CHECK(unlink(shared.c_str()) == 0);
  CHECK(world.under(kWorkspaceWrite, {"rename", world.work + "/new", world.temporary + "/moved"}) == 0);
  CHECK(exists(world.temporary + "/moved"));
  CHECK(world.under(kWorkspaceWrite, {"read", "../outside"}) == 0);
  CHECK(world.under(kWorkspaceWrite, {"write", "../outside"}) == EACCES);
  CHECK(world.under(kWorkspaceWrite, {"create", "../new"}) == EACCES);
  CHECK(world.under(kWorkspaceWrite, {"create", "/tmp/landshim-test-not-there"}) == EACCES);
  CHECK(world.under(kWorkspaceWrite, {"create", "/var/tmp/landshim-test-not-there"}) == EACCES);
  CHECK(look(world.place.path() + "/outside") + look(world.place.path()) == before);
  CHECK_FALSE(exists("/tmp/landshim-test-not-there"));
  CHECK(tried({"write", world.place.path() + "/outside"}) == 0);
}

TEST_CASE("workspace-write executes what is made in the workspace and in TMPDIR, as it executes everything", "[live][landlock][modes]") {
  REQUIRE_ABI(3);
  const Workspace world;
  for (const std::string& directory : {world.work, world.temporary}) std::filesystem::copy_file(built("tests/victim-static"), directory + "/program");
  CHECK(world.under(kWorkspaceWrite, {"executed", world.work + "/program", "nothing"}) == 0);
  CHECK(world.under(kWorkspaceWrite, {"executed", world.temporary + "/program", "nothing"}) == 0);
  CHECK(world.under(kWorkspaceWrite, {"chmod", world.work + "/program", "0700"}) == 0);
}

TEST_CASE("without TMPDIR workspace-write writes /tmp", "[live][landlock][modes]") {
  REQUIRE_ABI(3);
  const Workspace world;
  const Scratch scratch;
  Start start = start_victim({"create", scratch / "new"});
  start.directory = world.work;
  start.unset = {"TMPDIR"};
  const std::string policy = world.policies.file("policy.ini", kWorkspaceWrite);
  if (scratch.path().rfind("/tmp/", 0) != 0) return skip("the scratch directories of this run are not beneath /tmp");
  CHECK(answer_of(run_with(policy, start)) == 0);
  CHECK(exists(scratch / "new"));
}

TEST_CASE("workspace names what may be written instead of the working directory", "[live][landlock][modes]") {
  REQUIRE_ABI(3);
  const Workspace world;
  std::filesystem::create_directories(world.place.path() + "/other");
  const std::string policy = kWorkspaceWrite + "workspace = " + world.place.path() + "/other, -/nowhere/at/all\n";
  CHECK(world.under(policy, {"create", world.place.path() + "/other/new"}) == 0);
  CHECK(exists(world.place.path() + "/other/new"));
  CHECK(world.under(policy, {"create", "new"}) == EACCES);
  CHECK_FALSE(exists(world.work + "/new"));
  CHECK(world.under(kWorkspaceWrite, {"create", "new"}) == 0);
}

TEST_CASE("workspace-write never makes / writable", "[live][modes]") {
  const Workspace world;
  const std::string policy = world.policies.file("policy.ini", kWorkspaceWrite);
  const std::string expected = "landshim: " + policy + ":2: this mode would make \"/\" writable, the working directory or ${TMPDIR} at start; write workspace = PATH, or set another TMPDIR\n";
  Start start = start_victim({"nothing"});
  start.environment["TMPDIR"] = world.temporary;
  start.directory = "/";
  const Outcome from_root = run_with(policy, start);
  CHECK(from_root.status == 125);
  CHECK(from_root.err == expected);
  start.directory = world.work;
  for (const char* root : {"/", "//", "/.", "/./"}) {
    start.environment["TMPDIR"] = root;
    const Outcome outcome = run_with(policy, start);
    CHECK(outcome.status == 125);
    CHECK(outcome.err == expected);
  }
  start.environment["TMPDIR"] = "/tmp/..";
  CHECK(run_with(policy, start).status == 125);
  start.environment["TMPDIR"] = world.temporary;
  CHECK(run_with(policy, start).status == 0);
}

TEST_CASE("workspace-write does not start where its own policy would be writable", "[live][modes]") {
  const Workspace world;
  const Elsewhere here;
  const std::string policy = here.file("policy.ini", kWorkspaceWrite);
  Start start = start_victim({"nothing"});
  start.environment["TMPDIR"] = world.temporary;
  start.directory = here.path();
  const Outcome outcome = run_with(policy, start);
  CHECK(outcome.status == 125);
  CHECK(outcome.err.find("this makes the policy " + policy + " writable for the program that it holds") != outcome.err.npos);
  start.directory = world.work;
  CHECK(run_with(policy, start).status == 0);
}

TEST_CASE("workspace without workspace-write is refused, with both lines", "[live][modes]") {
  const PolicyPlace place;
  const Outcome outcome = place.run_victim("[policy]\nmode = readonly\nworkspace = /tmp\n");
  CHECK(outcome.status == 125);
  CHECK(outcome.err == "landshim: " + place.policy() + ":3: workspace has an effect only with mode = workspace-write; see mode in line 2; keep one of the two\n");
}

TEST_CASE("full-access leaves files alone and enforces the other sections", "[live][modes]") {
  const Tree tree;
  const std::string policy = "[policy]\nmode = full-access\n";
  CHECK(tried_under(policy, {"create", tree / "new"}) == 0);
  CHECK(exists(tree / "new"));
  CHECK(tried_under(policy, {"rename", tree / "dir/inside", tree / "other/moved"}) == 0);
  CHECK(tried_under(policy, {"chmod", tree / "file", "0600"}) == 0);
  CHECK(tried_under(policy, {"socket", "2", "1", "0"}) == EACCES);
  CHECK(tried({"socket", "2", "1", "0"}) == 0);
}
