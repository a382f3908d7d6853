// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cerrno>
#include <set>

#include "tests/live/files.h"

using namespace landshim::tests;

namespace {

using Rights = std::set<std::string>;

const Rights kReading{"read_file", "read_dir"};
const Rights kWriting{"write_file", "truncate", "make_reg", "make_dir", "make_sym", "make_fifo", "make_sock", "remove_file", "remove_dir", "refer"};

Rights both(Rights a, const Rights& b) {
  a.insert(b.begin(), b.end());
  return a;
}

struct Key {
  std::string word;
  Rights grants;
};

std::vector<Key> keys() {
  std::vector<Key> out;
  for (const char* word : {"execute", "write_file", "read_file", "read_dir", "remove_dir", "remove_file", "make_char", "make_dir", "make_reg", "make_sock", "make_fifo",
                           "make_block", "make_sym", "refer", "truncate", "ioctl_dev"})
    out.push_back({word, {word}});
  const Rights exec{"execute"};
  out.push_back({"read", kReading});
  out.push_back({"read_exec", both(kReading, exec)});
  out.push_back({"write", kWriting});
  out.push_back({"read_write", both(kReading, kWriting)});
  out.push_back({"read_write_exec", both(both(kReading, kWriting), exec)});
  out.push_back({"device", {"read_file", "write_file", "ioctl_dev"}});
  return out;
}

// landlock(7): EXDEV where REFER alone is missing, EACCES everywhere else.
int expected(const TreeAttempt& attempt, const Rights& granted) {
  bool refer_missing = false;
  for (const std::string& right : attempt.rights) {
    if (granted.count(right) != 0) continue;
    if (right != "refer") return EACCES;
    refer_missing = true;
  }
  if (refer_missing) return EXDEV;
  return attempt.needs_root && !is_root() ? EPERM : 0;
}

}  // namespace

TEST_CASE("without a policy every attempt on the tree works", "[live][files]") {
  for (const TreeAttempt& attempt : tree_attempts()) {
    INFO(attempt.name);
    const Tree tree;
    const std::string before = tree.look_at_all();
    const bool allowed = is_root() || !attempt.needs_root;
    CHECK(tried(tree.here(attempt.words)) == (allowed ? 0 : EPERM));
    CHECK((tree.look_at_all() != before) == (allowed && attempt.changes));
  }
}

TEST_CASE("each key of [filesystem] grants exactly its rights on a directory", "[live][landlock][files]") {
  REQUIRE_ABI(5);
  for (const Key& key : keys()) {
    for (const TreeAttempt& attempt : tree_attempts()) {
      INFO(key.word << ": " << attempt.name);
      const Tree tree;
      const std::string before = tree.look_at_all();
      const int want = expected(attempt, key.grants);
      CHECK(tried_under(base_policy() + key.word + " = " + tree.path() + "\n[process]\ncapabilities = all\n", tree.here(attempt.words)) == want);
      // open(2) makes the file before it asks whether it may be written.
      const bool left_behind = want != 0 && attempt.name == "create and open" && key.grants.count("make_reg") != 0;
      CHECK((tree.look_at_all() != before) == ((want == 0 && attempt.changes) || left_behind));
    }
  }
}

TEST_CASE("a program that may make files and not write them leaves an empty file behind", "[live][landlock][files]") {
  const Tree tree;
  CHECK(tried_under(base_policy() + "make_reg = " + tree.path() + "\n", {"create", tree / "new"}) == EACCES);
  CHECK(exists(tree / "new"));
  CHECK(contents(tree / "new").empty());
  CHECK(tried({"create", tree / "newer"}) == 0);
}

TEST_CASE("rights of two keys on one directory add up", "[live][landlock][files]") {
  REQUIRE_ABI(3);
  const Tree tree;
  const std::string policy = base_policy() + "remove_file = " + tree.path() + "\nmake_reg = " + tree.path() + "\n";
  CHECK(tried_under(policy, {"rename", tree / "file", tree / "new"}) == 0);
  CHECK(contents(tree / "new") == "keep me");
  CHECK(tried_under(policy, {"read", tree / "new"}) == EACCES);
  CHECK(tried_under(policy + "read = " + tree.path() + "\n", {"read", tree / "new"}) == 0);
}

TEST_CASE("rights add up along the path: a narrower rule never takes away", "[live][landlock][files]") {
  REQUIRE_ABI(3);
  const Tree tree;
  const std::string policy = base_policy() + "read = " + tree.path() + "\nwrite_file = " + (tree / "dir") + "\n";
  CHECK(tried_under(policy, {"read", tree / "dir/inside"}) == 0);
  CHECK(tried_under(policy, {"write", tree / "dir/inside"}) == 0);
  CHECK(tried_under(policy, {"write", tree / "file"}) == EACCES);
}

TEST_CASE("a rule on a file is a rule on that file alone", "[live][landlock][files]") {
  REQUIRE_ABI(3);
  const Tree tree;
  const std::string policy = base_policy() + "read_write_exec = " + (tree / "dir/inside") + ", " + (tree / "program") + "\n";
  const auto under = [&](const Words& words) { return tried_under(policy, tree.here(words)); };
  CHECK(under({"read", "@/dir/inside"}) == 0);
  CHECK(under({"call", call_number(SYS_write), "w:@/dir/inside", "=X", "1"}) == 0);
  CHECK(contents(tree / "dir/inside") == "Xnside");
  CHECK(under({"truncate", "@/dir/inside"}) == 0);
  CHECK(contents(tree / "dir/inside").empty());
  CHECK(under({"executed", "@/program", "nothing"}) == 0);
  const std::string before = tree.look_at_all();
  CHECK(under({"read", "@/file"}) == EACCES);
  CHECK(under({"list", "@/dir"}) == EACCES);
  CHECK(under({"create", "@/dir/new"}) == EACCES);
  // Making and removing are rights of the directory.
  CHECK(under({"unlink", "@/dir/inside"}) == EACCES);
  CHECK(under({"rename", "@/dir/inside", "@/dir/new"}) == EACCES);
  CHECK(under({"rename", "@/dir/inside", "@/other/new"}) == EACCES);
  CHECK(tree.look_at_all() == before);
  CHECK(tried(tree.here({"unlink", "@/dir/inside"})) == 0);
}

TEST_CASE("a rule through a symbolic link is a rule on its target", "[live][landlock][files]") {
  REQUIRE_ABI(3);
  const Tree tree;
  std::filesystem::create_directory_symlink("dir", tree / "way");
  for (const std::string& policy : {reading(tree / "way"), reading(tree / "way/"), reading(tree / "link")}) {
    INFO(policy);
    const bool file = policy.find("link") != policy.npos;
    for (const char* name : {"dir/inside", "way/inside"}) CHECK(tried_under(policy, {"read", tree / name}) == (file ? EACCES : 0));
    for (const char* name : {"file", "link"}) CHECK(tried_under(policy, {"read", tree / name}) == (file ? 0 : EACCES));
    CHECK(tried_under(policy, {"read", tree / "old"}) == EACCES);
  }
  CHECK(tried({"read", tree / "way/inside"}) == 0);
  // The link itself belongs to its own directory.
  CHECK(tried_under(writing(tree / "way"), {"unlink", tree / "way"}) == EACCES);
  CHECK(exists(tree / "way"));
  CHECK(tried({"unlink", tree / "way"}) == 0);
  CHECK_FALSE(exists(tree / "way"));
}

TEST_CASE("a link inside a granted directory opens nothing outside", "[live][landlock][files]") {
  const Tree tree;
  std::filesystem::create_symlink("../file", tree / "dir/out");
  CHECK(tried({"read", tree / "dir/out"}) == 0);
  CHECK(tried_under(reading(tree / "dir"), {"read", tree / "dir/out"}) == EACCES);
  CHECK(tried_under(reading(tree / "dir"), {"read", tree / "dir/../file"}) == EACCES);
  CHECK(tried_under(reading(tree / "dir"), {"read", tree / "dir/inside"}) == 0);
}

TEST_CASE("where writing is granted, moving across directories never answers EXDEV", "[live][landlock][files]") {
  REQUIRE_ABI(2);
  for (const char* word : {"write", "read_write", "read_write_exec"}) {
    INFO(word);
    const Tree tree;
    const std::string policy = base_policy() + word + " = " + (tree / "dir") + ", " + (tree / "other") + "\n";
    CHECK(tried_under(policy, {"rename", tree / "dir/inside", tree / "other/moved"}) == 0);
    CHECK(contents(tree / "other/moved") == "inside");
    CHECK_FALSE(exists(tree / "dir/inside"));
    CHECK(tried_under(policy, {"call", call_number(SYS_linkat), "-100", "=" + (tree / "other/moved"), "-100", "=" + (tree / "dir/linked"), "0"}) == 0);
    CHECK(contents(tree / "dir/linked") == "inside");
  }
}

TEST_CASE("a file cannot be moved to where more could be done with it", "[live][landlock][files]") {
  REQUIRE_ABI(2);
  const Tree tree;
  const std::string before = tree.look_at_all();
  const std::string policy = base_policy() + "write = " + (tree / "dir") + "\nread_write = " + (tree / "other") + "\n";
  CHECK(tried_under(policy, {"rename", tree / "dir/inside", tree / "other/moved"}) == EXDEV);
  CHECK(tree.look_at_all() == before);
  // The other way it loses a right, and goes.
  CHECK(tried_under(policy, {"rename", tree / "other/theirs", tree / "dir/moved"}) == 0);
  CHECK(contents(tree / "dir/moved") == "theirs");
  CHECK(tried({"rename", tree / "dir/inside", tree / "other/moved"}) == 0);
}

TEST_CASE("device grants the ioctl calls of a device, and reading and writing alone do not", "[live][landlock][files]") {
  REQUIRE_ABI(5);
  // TIOCGWINSZ of a terminal opened inside; TCGETS of a device that is none: its own ENOTTY.
  const Words size{"call", call_number(SYS_ioctl), "rw:/dev/ptmx", "0x5413", "int:0"};
  const Words settings{"call", call_number(SYS_ioctl), "rw:/dev/zero", "0x5401", "int:0"};
  const auto with = [](const std::string& line) { return "[filesystem]\nruntime = host\nread_exec = " + built("tests") + "\n" + line; };
  CHECK(tried(size) == 0);
  CHECK(tried(settings) == ENOTTY);
  CHECK(tried_under(with("device = /dev/ptmx, /dev/zero\n"), size) == 0);
  CHECK(tried_under(with("device = /dev/ptmx, /dev/zero\n"), settings) == ENOTTY);
  CHECK(tried_under(with("device = /dev\n"), size) == 0);
  CHECK(tried_under(with("read_write = /dev/ptmx, /dev/zero\n"), size) == EACCES);
  CHECK(tried_under(with("read_write = /dev/ptmx, /dev/zero\n"), settings) == EACCES);
  CHECK(tried_under(with("read_write = /dev/ptmx, /dev/zero\nioctl_dev = /dev/ptmx\n"), size) == 0);
  CHECK(tried_under(with("read_write = /dev/ptmx, /dev/zero\nioctl_dev = /dev/ptmx\n"), settings) == EACCES);
  // ioctl_dev alone opens nothing.
  CHECK(tried_under(with("ioctl_dev = /dev/ptmx\n"), size) == EACCES);
  // FIOCLEX and FIONBIO belong to the descriptor, not to the device.
  CHECK(tried_under(with("read_write = /dev/zero\n"), {"call", call_number(SYS_ioctl), "rw:/dev/zero", "0x5451", "0"}) == 0);
  CHECK(tried_under(with("read_write = /dev/zero\n"), {"call", call_number(SYS_ioctl), "rw:/dev/zero", "0x5421", "int:0"}) == 0);
}

TEST_CASE("a right that means nothing on a file is refused there, with the line", "[live][files]") {
  const Tree tree;
  const PolicyPlace place;
  for (const char* word : {"read_dir", "remove_dir", "remove_file", "make_char", "make_dir", "make_reg", "make_sock", "make_fifo", "make_block", "make_sym", "refer"}) {
    const std::string line = std::string(word) + " = " + (tree / "file");
    const Outcome outcome = place.run_victim("[filesystem]\n" + line + "\n");
    CHECK(outcome.status == 125);
    CHECK(outcome.err == "landshim: " + place.policy() + ":2: " + line + ": this right means nothing on a file; name its directory\n");
  }
}
