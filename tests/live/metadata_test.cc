// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <linux/fs.h>
#include <sys/ioctl.h>

#include <cerrno>

#include "tests/live/files.h"

using namespace landshim::tests;

namespace {

enum class Kind { kModes, kOwner, kAttributes, kFlags };

struct Change {
  std::string name;
  Kind kind;
  Words words;
};

const char* const kNow = "0";  // a null pointer for times: now

// FS_IOC_GETFLAGS: what the file system sets by itself may not be taken away.
int flags_of_new_files() {
  const Scratch scratch;
  const int fd = open(scratch.file("file", "").c_str(), O_RDONLY | O_CLOEXEC);
  int flags = 0;
  if (ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0) flags = 0;
  close(fd);
  return flags;
}

// Every call that changes what a file is besides its contents. The file stands at "@", its owner may change all of this.
std::vector<Change> changes() {
  const std::string here = std::to_string(AT_FDCWD);
  const std::string uid = std::to_string(geteuid() == 0 ? 1234 : geteuid());
  const auto ioctl = [](const char* request, const std::string& value) { return Words{"call", call_number(SYS_ioctl), "fd:@/file", request, value}; };
  const std::string flags = "int:" + std::to_string(0x40 | flags_of_new_files());
  std::vector<Change> out{
      {"fchmod", Kind::kModes, {"call", call_number(SYS_fchmod), "fd:@/file", "0600"}},
      {"fchmodat", Kind::kModes, {"call", call_number(SYS_fchmodat), here, "=@/file", "0600"}},
      {"fchmodat2", Kind::kModes, {"call", "452", here, "=@/file", "0600", "0"}},
      {"fchmodat2 on O_PATH", Kind::kModes, {"call", "452", "path:@/file", "=", "0600", std::to_string(AT_EMPTY_PATH)}},
      {"chmod through /proc/self/fd", Kind::kModes, {"chmod-through-proc", "@/file", "0600"}},
      {"utimensat", Kind::kModes, {"call", call_number(SYS_utimensat), here, "=@/file", kNow, "0"}},
      {"futimens", Kind::kModes, {"call", call_number(SYS_utimensat), "fd:@/file", "0", kNow, "0"}},
      {"fchown", Kind::kOwner, {"call", call_number(SYS_fchown), "fd:@/file", uid, uid}},
      {"fchownat", Kind::kOwner, {"call", call_number(SYS_fchownat), here, "=@/file", uid, uid, "0"}},
      {"setxattr", Kind::kAttributes, {"call", call_number(SYS_setxattr), "=@/file", "=user.new", "=x", "1", "0"}},
      {"lsetxattr", Kind::kAttributes, {"call", call_number(SYS_lsetxattr), "=@/file", "=user.new", "=x", "1", "0"}},
      {"fsetxattr", Kind::kAttributes, {"call", call_number(SYS_fsetxattr), "fd:@/file", "=user.new", "=x", "1", "0"}},
      {"setxattrat", Kind::kAttributes, {"setxattrat", "@/file", "user.new"}},
      {"removexattr", Kind::kAttributes, {"call", call_number(SYS_removexattr), "=@/file", "=user.old"}},
      {"lremovexattr", Kind::kAttributes, {"call", call_number(SYS_lremovexattr), "=@/file", "=user.old"}},
      {"fremovexattr", Kind::kAttributes, {"call", call_number(SYS_fremovexattr), "fd:@/file", "=user.old"}},
      {"removexattrat", Kind::kAttributes, {"call", "466", here, "=@/file", "0", "=user.old"}},
      // FS_XFLAG_NODUMP and FS_NODUMP_FL: <linux/fs.h>.
      {"file_setattr", Kind::kFlags, {"call", "469", here, "=@/file", "int:0x80", "24", "0"}},
      {"FS_IOC_SETFLAGS", Kind::kFlags, ioctl("0x40086602", flags)},
      {"FS_IOC_FSSETXATTR", Kind::kFlags, ioctl("0x401c5820", "int:0x80")},
  };
#ifdef SYS_chmod
  out.push_back({"chmod", Kind::kModes, {"call", call_number(SYS_chmod), "=@/file", "0600"}});
  out.push_back({"utime", Kind::kModes, {"call", call_number(SYS_utime), "=@/file", kNow}});
  out.push_back({"utimes", Kind::kModes, {"call", call_number(SYS_utimes), "=@/file", kNow}});
  out.push_back({"futimesat", Kind::kModes, {"call", call_number(SYS_futimesat), here, "=@/file", kNow}});
  out.push_back({"chown", Kind::kOwner, {"call", call_number(SYS_chown), "=@/file", uid, uid}});
  out.push_back({"lchown", Kind::kOwner, {"call", call_number(SYS_lchown), "=@/file", uid, uid}});
#endif
  return out;
}

// A tree whose file has an attribute and old times.
struct Marked {
  Tree tree;
  Marked() {
    const timespec old[2] = {{1, 0}, {1, 0}};
    if (setxattr((tree / "file").c_str(), "user.old", "x", 1, 0) != 0 || utimensat(AT_FDCWD, (tree / "file").c_str(), old, 0) != 0) throw std::runtime_error("the file system lacks attributes");
  }
};

// 0, or why this kernel or file system cannot do it at all.
int without_policy(const Change& change) {
  const Marked marked;
  const std::string before = marked.tree.look_at_all();
  const int answer = tried(marked.tree.here(change.words));
  INFO(change.name);
  CHECK((marked.tree.look_at_all() != before) == (answer == 0));
  return answer;
}

bool lacking(int answer) { return answer == ENOSYS || answer == EOPNOTSUPP || answer == ENOTTY; }

// Each change under a policy; `allowed` says which kinds the policy leaves.
void each_change(const std::string& lines, bool modes, bool owner, bool attributes, bool as_root_too = true) {
  for (const Change& change : changes()) {
    const int control = without_policy(change);
    if (lacking(control)) continue;
    INFO(lines << change.name);
    CHECK(control == 0);
    const Marked marked;
    const std::string before = marked.tree.look_at_all();
    std::string policy = base_policy() + lines;
    for (std::size_t at; (at = policy.find('@')) != policy.npos;) policy.replace(at, 1, marked.tree.path());
    const bool allowed = change.kind == Kind::kModes ? modes : change.kind == Kind::kOwner ? owner : attributes;
    if (change.kind == Kind::kOwner && !as_root_too && is_root()) continue;
    // Attributes: what a file system without them answers. Programs that copy access lists know no other way to go on.
    const int refusal = change.kind == Kind::kAttributes ? EOPNOTSUPP : EPERM;
    CHECK(tried_under(policy, marked.tree.here(change.words)) == (allowed ? 0 : refusal));
    CHECK((marked.tree.look_at_all() != before) == allowed);
  }
}

}  // namespace

TEST_CASE("metadata = deny: nobody's mode, owner, times or attributes change, not even where writing is granted", "[live][seccomp][metadata]") {
  each_change("read_write = @\nmetadata = deny\n", false, false, false);
}

TEST_CASE("metadata = modes: modes and times may change, owners, attributes and flags may not", "[live][seccomp][metadata]") {
  each_change("read_write = @\nmetadata = modes\n", true, false, false, false);
}

TEST_CASE("metadata = allow: everything may change that the user may change", "[live][metadata]") {
  each_change("read_write = @\nmetadata = allow\n", true, true, true);
}

TEST_CASE("metadata is deny while nothing is writable", "[live][seccomp][metadata]") {
  each_change("read = @\n", false, false, false);
  // Devices that may be written are no reason to let modes change: base_policy() grants /dev/null.
  each_change("read = @\ndevice = /dev/zero\n", false, false, false);
}

TEST_CASE("metadata is modes as soon as something is writable", "[live][seccomp][metadata]") {
  each_change("read = @\nwrite = @/dir\n", true, false, false, false);
}

TEST_CASE("metadata has no paths: it allows for forbidden files too what it allows", "[live][metadata]") {
  const Tree tree;
  const Scratch other;
  CHECK(tried_under(writing(other.path()), {"chmod", tree / "file", "0600"}) == 0);
  struct stat info {};
  REQUIRE(stat((tree / "file").c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0600);
}

TEST_CASE("with metadata = modes the owner may change only in a start that has the capability", "[live][seccomp][metadata]") {
  const Scratch scratch;
  const std::string file = scratch.file("file", "x");
  const auto give_to = [&](uid_t uid) { return Words{"call", call_number(SYS_fchownat), "-100", "=" + file, std::to_string(uid), std::to_string(uid), "0"}; };
  if (is_root()) {
    CHECK(tried_under(writing(scratch.path()), give_to(65534)) == 0);
    struct stat info {};
    REQUIRE(stat(file.c_str(), &info) == 0);
    CHECK(info.st_uid == 65534);
    CHECK(tried_under(writing(scratch.path()) + "metadata = deny\n", give_to(0)) == EPERM);
    REQUIRE(stat(file.c_str(), &info) == 0);
    CHECK(info.st_uid == 65534);
  }
  // An ordinary user, who may give a file to nobody but himself.
  Start start = start_victim(give_to(is_root() ? 65534 : geteuid()));
  start.as_nobody = is_root();
  CHECK(answer_of(run(start)) == 0);
  const std::string before = look(file);
  CHECK(answer_of(run_under(writing(scratch.path()), start)) == EPERM);
  CHECK(look(file) == before);
}

TEST_CASE("set-user-ID and set-group-ID bits are refused in every mode argument, whatever metadata says", "[live][seccomp][metadata]") {
  const std::string here = std::to_string(AT_FDCWD);
  const std::string creating = std::to_string(O_WRONLY | O_CREAT);
  for (const char* policy : {"read_write = @\n", "read_write = @\nmetadata = allow\n", "metadata = deny\nread_write = @\n"}) {
    for (const int bits : {S_ISUID, S_ISGID, S_ISUID | S_ISGID, S_ISUID | S_ISVTX}) {
      const std::string mode = std::to_string(bits | 0711);
      const std::string node = std::to_string(bits | 0600 | S_IFREG);
      std::vector<Words> attempts{
          {"call", call_number(SYS_fchmod), "fd:@/file", mode},
          {"call", call_number(SYS_fchmodat), here, "=@/file", mode},
          {"call", "452", here, "=@/file", mode, "0"},
          {"call", "452", "path:@/file", "=", mode, std::to_string(AT_EMPTY_PATH)},
          {"call", call_number(SYS_openat), here, "=@/new", creating, mode},
          {"call", call_number(SYS_openat), here, "=@/dir", std::to_string(O_WRONLY | O_TMPFILE), mode},
          {"call", call_number(SYS_mkdirat), here, "=@/new", mode},
          {"call", call_number(SYS_mknodat), here, "=@/new", node, "0"},
      };
#ifdef SYS_chmod
      attempts.push_back({"call", call_number(SYS_chmod), "=@/file", mode});
      attempts.push_back({"call", call_number(SYS_open), "=@/new", creating, mode});
      attempts.push_back({"call", call_number(SYS_creat), "=@/new", mode});
      attempts.push_back({"call", call_number(SYS_mkdir), "=@/new", mode});
      attempts.push_back({"call", call_number(SYS_mknod), "=@/new", node, "0"});
#endif
      for (const Words& words : attempts) {
        INFO(policy << words[1] << " " << mode);
        const Tree tree;
        const std::string before = tree.look_at_all();
        std::string text = base_policy() + policy;
        text.replace(text.find('@'), 1, tree.path());
        CHECK(tried_under(text, tree.here(words)) == EPERM);
        CHECK(tree.look_at_all() == before);
      }
    }
  }
}

TEST_CASE("without a policy the same set-id bits are set, and without bits the same calls work", "[live][metadata]") {
  const std::string here = std::to_string(AT_FDCWD);
  for (const char* mode : {"0711", "04711", "02711"}) {
    for (const Words& words : {Words{"call", call_number(SYS_fchmodat), here, "=@/file", mode}, Words{"call", call_number(SYS_openat), here, "=@/new", std::to_string(O_WRONLY | O_CREAT), mode},
                               Words{"call", call_number(SYS_mkdirat), here, "=@/new", mode}}) {
      const Tree free;
      CHECK(tried(free.here(words)) == 0);
      const Tree held;
      CHECK(tried_under(writing(held.path()), held.here(words)) == (std::string(mode) == "0711" ? 0 : EPERM));
    }
  }
  const Tree tree;
  REQUIRE(tried({"chmod", tree / "file", "04711"}) == 0);
  struct stat info {};
  REQUIRE(stat((tree / "file").c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 04711);
}

TEST_CASE("a mode is not looked at where open makes no file", "[live][metadata]") {
  const Tree tree;
  const Words words{"call", call_number(SYS_openat), std::to_string(AT_FDCWD), "=" + (tree / "file"), "0", "07777"};
  CHECK(tried(words) == 0);
  CHECK(tried_under(reading(tree.path()), words) == 0);
}

TEST_CASE("openat2, whose mode no filter can see, answers ENOSYS", "[live][seccomp][metadata]") {
  const Tree tree;
  // struct open_how of zeros: O_RDONLY.
  const Words words{"call", call_number(SYS_openat2), std::to_string(AT_FDCWD), "=" + (tree / "file"), "int:0", "24"};
  CHECK(tried(words) == 0);
  CHECK(tried_under(reading(tree.path()), words) == ENOSYS);
  CHECK(tried_under("[policy]\nmode = full-access\n", words) == ENOSYS);
}

TEST_CASE("programs that copy, archive and compile keep modes and times under the default", "[live][metadata]") {
  const Tree tree;
  const std::string policy = writing(tree.path()) + "read_exec = /usr\n";
  Start start{{"sh", "-c", "cp -p file copied && chmod 640 copied && touch -d @1000 copied && mv copied dir/ && stat -c '%a %Y' dir/copied"}, {}, {}};
  start.directory = tree.path();
  const Outcome copied = run_under(policy, start);
  CHECK(copied.out == "640 1000\n");
  CHECK(copied.err.empty());
  for (const char* command : {"install -m 600 file dir/installed", "cp -a dir dir2", "sed -i s/keep/kept/ file", "tar cf a.tar dir && tar xpf a.tar -C other", "gzip -k old"}) {
    INFO(command);
    start.command = {"sh", "-c", command};
    const Outcome outcome = run_under(policy, start);
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
  }
  CHECK(contents(tree / "file") == "kept me");
}
