// SPDX-License-Identifier: MIT
// What the tests of files share: a tree to attack, the attacks, a look at all of it, and a start under a policy at a known place.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/world.h"

namespace landshim::tests {

using Words = std::vector<std::string>;

/// Everything that can be seen of one entry without following it, times of change included: equal means untouched.
inline std::string look(const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return path + " is missing\n";
  std::string out = path;
  const auto add = [&](auto number) { out += " " + std::to_string(number); };
  add(info.st_mode);
  add(info.st_uid);
  add(info.st_gid);
  add(info.st_nlink);
  add(info.st_size);
  add(info.st_mtim.tv_sec);
  add(info.st_mtim.tv_nsec);
  add(info.st_ctim.tv_sec);
  add(info.st_ctim.tv_nsec);
  char names[4096];
  const ssize_t size = llistxattr(path.c_str(), names, sizeof names);
  if (size > 0) out += " " + std::string(names, static_cast<std::size_t>(size));
  if (S_ISREG(info.st_mode) && info.st_size < 4096) out += " " + contents(path);
  if (S_ISLNK(info.st_mode)) out += " " + std::filesystem::read_symlink(path).string();
  return out + "\n";
}

/// look() at a directory and all beneath it.
inline std::string snapshot(const std::string& directory) {
  std::vector<std::string> paths{directory};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  std::string out;
  for (const std::string& path : paths) out += look(path);
  return out;
}

/// A directory with one entry of each kind that the attempts need, at "@".
class Tree {
 public:
  Tree() {
    scratch_.file("file", "keep me");
    scratch_.file("old", "older");
    scratch_.directory("empty");
    scratch_.directory("other");
    scratch_.file("other/theirs", "theirs");
    scratch_.directory("dir");
    scratch_.file("dir/inside", "inside");
    std::filesystem::copy_file(built("tests/victim-static"), scratch_ / "program");
    std::filesystem::create_symlink("file", scratch_ / "link");
  }
  const std::string& path() const { return scratch_.path(); }
  std::string operator/(const std::string& name) const { return scratch_ / name; }
  std::string look_at_all() const { return snapshot(path()); }

  /// The words with this tree in the place of "@".
  Words here(Words words) const {
    for (std::string& word : words)
      if (const std::size_t at = word.find('@'); at != word.npos) word.replace(at, 1, path());
    return words;
  }

 private:
  Scratch scratch_;
};

/// Something that a victim tries in a tree, and the rights that it takes, by their words.
struct TreeAttempt {
  std::string name;
  Words rights;
  Words words;
  bool changes = true;        ///< the tree is another one afterwards
  bool needs_root = false;    ///< EPERM for others
};

inline std::string call_number(long number) { return std::to_string(number); }

inline std::vector<TreeAttempt> tree_attempts() {
  const std::string mknod = call_number(SYS_mknodat);
  const std::string rename = call_number(SYS_renameat2);
  const std::string here = std::to_string(AT_FDCWD);
  return {
      {"read", {"read_file"}, {"read", "@/file"}, false},
      {"read through a link", {"read_file"}, {"read", "@/link"}, false},
      {"list", {"read_dir"}, {"list", "@/dir"}, false},
      {"write", {"write_file"}, {"call", call_number(SYS_write), "w:@/file", "=changed", "7"}},
      {"truncate", {"truncate"}, {"truncate", "@/file"}},
      {"ftruncate", {"write_file", "truncate"}, {"call", call_number(SYS_ftruncate), "w:@/file", "1"}},
      {"open and truncate", {"read_file", "truncate"}, {"open-truncate", "@/file"}},
      {"execute", {"execute", "read_file"}, {"executed", "@/program", "nothing"}, false},
      {"make a regular file", {"make_reg"}, {"call", mknod, here, "=@/new", std::to_string(S_IFREG | 0600), "0"}},
      {"make a directory", {"make_dir"}, {"mkdir", "@/new"}},
      {"make a symbolic link", {"make_sym"}, {"call", call_number(SYS_symlinkat), "=file", here, "=@/new"}},
      {"make a fifo", {"make_fifo"}, {"call", mknod, here, "=@/new", std::to_string(S_IFIFO | 0600), "0"}},
      {"make a socket", {"make_sock"}, {"call", mknod, here, "=@/new", std::to_string(S_IFSOCK | 0600), "0"}},
      {"make a character device", {"make_char"}, {"call", mknod, here, "=@/new", std::to_string(S_IFCHR | 0600), "0x103"}, true, true},
      {"make a block device", {"make_block"}, {"call", mknod, here, "=@/new", std::to_string(S_IFBLK | 0600), "0x700"}, true, true},
      {"remove a file", {"remove_file"}, {"unlink", "@/file"}},
      {"remove a directory", {"remove_dir"}, {"call", call_number(SYS_unlinkat), here, "=@/empty", std::to_string(AT_REMOVEDIR)}},
      {"rename", {"remove_file", "make_reg"}, {"rename", "@/file", "@/new"}},
      {"rename over another", {"remove_file", "make_reg"}, {"rename", "@/file", "@/old"}},
      {"rename a directory", {"remove_dir", "make_dir"}, {"rename", "@/dir", "@/new"}},
      {"rename across", {"remove_file", "make_reg", "refer"}, {"rename", "@/dir/inside", "@/other/new"}},
      {"rename a directory across", {"remove_dir", "make_dir", "refer"}, {"rename", "@/empty", "@/other/new"}},
      {"exchange", {"remove_file", "make_reg", "refer"}, {"call", rename, here, "=@/dir/inside", here, "=@/other/theirs", "2"}},
      {"link", {"make_reg"}, {"call", call_number(SYS_linkat), here, "=@/file", here, "=@/new", "0"}},
      {"link across", {"make_reg", "refer"}, {"call", call_number(SYS_linkat), here, "=@/file", here, "=@/other/new", "0"}},
      {"create and open", {"make_reg", "write_file"}, {"create", "@/new"}},
      {"open a nameless file", {"write_file"}, {"call", call_number(SYS_openat), here, "=@/dir", std::to_string(O_TMPFILE | O_WRONLY), "0600"}, false},
  };
}

/// A victim's answer, as Victim gives it.
inline int answer_of(const Outcome& outcome) { return outcome.timed_out ? 2000 : outcome.signal != 0 ? 1000 + outcome.signal : outcome.status; }

inline Start start_victim(Words words, const std::string& name = "tests/victim") {
  words.insert(words.begin(), built(name));
  return Start{std::move(words), {}, {}};
}

/// The words as arguments of the victim, free and under a policy.
inline int tried(Words words) { return answer_of(run(start_victim(std::move(words)))); }
inline int tried_under(const std::string& policy, Words words) { return answer_of(run_under(policy, start_victim(std::move(words)))); }

/// Under a policy file that the test has placed, by LD_PRELOAD.
inline Outcome run_with(const std::string& policy_file, Start start) {
  start.environment["LANDSHIM_POLICY"] = policy_file;
  start.environment["LD_PRELOAD"] = built("liblandshim.so");
  return run(start);
}

/// A scratch directory for policies alone, and how a start under each text ends.
class PolicyPlace {
 public:
  Outcome run_victim(const std::string& policy, Words words = {"nothing"}, const std::map<std::string, std::string>& environment = {}, const std::string& directory = {}) const {
    Start start = start_victim(std::move(words));
    start.environment = environment;
    start.directory = directory;
    return run_with(place_.file("policy.ini", policy), start);
  }
  std::string policy() const { return place_ / "policy.ini"; }
  const std::string& path() const { return place_.path(); }

 private:
  Scratch place_;
};

inline bool is_root() { return geteuid() == 0; }

}  // namespace landshim::tests
