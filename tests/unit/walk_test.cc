// SPDX-License-Identifier: MIT
#include "shim/walk.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/support/skip.h"
#include "tests/support/world.h"

namespace landshim {
namespace {

using tests::Scratch;
using Paths = std::vector<std::string>;

FileId id_of(const std::string& path) {
  struct stat info {};
  INFO(path);
  REQUIRE(stat(path.c_str(), &info) == 0);
  return {info.st_dev, info.st_ino};
}

FileId id_of(const Descriptor& fd) {
  kernel::PathInfo info;
  REQUIRE(kernel::describe(fd.get(), info) == 0);
  return info.id;
}

// A directory and all above it, by its name.
std::vector<FileId> ids_up_from(std::filesystem::path path) {
  std::vector<FileId> out;
  for (; path != path.parent_path(); path = path.parent_path()) out.push_back(id_of(path));
  out.push_back(id_of("/"));
  return out;
}

Paths links_of(const Walk& walked) {
  Paths out;
  for (const Link& link : walked.links) out.push_back(link.path);
  return out;
}

TEST_CASE("a path without links is walked to what it names, and all above is known", "[walk]") {
  const Scratch scratch;
  const std::string directory = scratch.directory("directory");
  const std::string file = scratch.file("directory/file", "");
  for (const std::string& path : {directory, file, std::string("/")}) {
    const Walk walked = walk(path);
    INFO(path);
    CHECK(walked.error == 0);
    CHECK(walked.real == path);
    CHECK(id_of(walked.end) == id_of(path));
    CHECK(walked.links.empty());
    CHECK(chain_of(walked) == ids_up_from(path));
  }
  const Walk around = walk(directory + "/.//../directory/./file");
  CHECK(around.real == file);
  CHECK(chain_of(around) == ids_up_from(file));
}

TEST_CASE("links are followed as the kernel does, and each is told with the directories above it", "[walk]") {
  const Scratch scratch;
  scratch.directory("a");
  scratch.directory("a/b");
  scratch.directory("c");
  const std::string file = scratch.file("a/b/file", "");
  std::filesystem::create_symlink("../a/b", scratch / "c/relative");
  std::filesystem::create_symlink(scratch / "c/relative", scratch / "absolute");
  std::filesystem::create_symlink("../../c/../a/b/file", scratch / "a/b/link");
  const Walk walked = walk(scratch / "absolute/link");
  CHECK(walked.error == 0);
  CHECK(walked.real == file);
  CHECK(id_of(walked.end) == id_of(file));
  CHECK(walked.id == id_of(file));
  CHECK(links_of(walked) == Paths{scratch / "absolute", scratch / "c/relative", scratch / "a/b/link"});
  REQUIRE(walked.links.size() == 3);
  CHECK(walked.links[0].above == ids_up_from(scratch.path()));
  CHECK(walked.links[1].above == ids_up_from(scratch / "c"));
  CHECK(walked.links[2].above == ids_up_from(scratch / "a/b"));
  CHECK(chain_of(walked) == ids_up_from(file));
  // From "/" as well: by its own name, by "..", and to a file in it.
  CHECK(walk("/").id == id_of("/"));
  std::string up;
  for (std::size_t i = 0; i < ids_up_from(scratch.path()).size(); ++i) up += "../";
  std::filesystem::create_symlink(up + scratch.path().substr(1) + "/a", scratch / "up");
  const Walk upwards = walk(scratch / "up/b/link");
  CHECK(upwards.id == id_of(file));
  REQUIRE(upwards.links.size() == 2);
  CHECK(upwards.links[1].above == ids_up_from(scratch / "a/b"));
  CHECK(chain_of(upwards) == ids_up_from(file));
  std::filesystem::create_symlink("/", scratch / "root");
  const Walk root = walk(scratch / "root");
  CHECK(root.id == id_of("/"));
  CHECK(id_of(root.end) == id_of("/"));
  CHECK(chain_of(root) == ids_up_from("/"));
  const Walk beneath = walk((scratch / "root") + scratch.path() + "/absolute/link");
  CHECK(beneath.id == id_of(file));
  REQUIRE(beneath.links.size() == 4);
  CHECK(beneath.links[3].above == ids_up_from(scratch / "a/b"));
  // ".." is of the directory that was reached, not of the link.
  CHECK(walk(scratch / "absolute/..").real == scratch / "a");
}

TEST_CASE("what cannot be walked has the errno of the kernel, and the links that were met", "[walk]") {
  const Scratch scratch;
  scratch.file("file", "");
  scratch.directory("directory");
  std::filesystem::create_symlink("directory", scratch / "link");
  std::filesystem::create_symlink("loop", scratch / "loop");
  for (const auto& [path, error] : std::vector<std::pair<std::string, int>>{{"none", ENOENT}, {"none/more", ENOENT}, {"file/more", ENOTDIR}, {"file/..", ENOTDIR}, {"loop", ELOOP}, {"link/none", ENOENT}}) {
    INFO(path);
    const Walk walked = walk(scratch / path);
    CHECK(walked.error == -error);
    CHECK(walked.end.get() < 0);
    CHECK(open((scratch / path).c_str(), O_PATH | O_CLOEXEC) == -1);
    CHECK(errno == error);
  }
  const Walk missing = walk(scratch / "link/none/more");
  CHECK(missing.real == scratch / "directory/none/more");
  CHECK(links_of(missing) == Paths{scratch / "link"});
}

TEST_CASE("a link in another root, which is called / as well, is not taken for one of ours", "[walk]") {
  const Scratch scratch;
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t other = fork();
  if (other == 0) {
    const std::string& root = scratch.path();
    const bool moved = unshare(CLONE_NEWNS) == 0 && mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 && mount("tmpfs", root.c_str(), "tmpfs", 0, nullptr) == 0 &&
                       mkdir((root + "/old").c_str(), 0755) == 0 && mkdir((root + "/end").c_str(), 0755) == 0 && symlink("end", (root + "/link").c_str()) == 0 && chdir(root.c_str()) == 0 &&
                       syscall(SYS_pivot_root, ".", "old") == 0 && chroot(".") == 0;
    const char word = moved ? 'y' : 'n';
    if (write(ready[1], &word, 1) == 1) pause();
    _exit(0);
  }
  REQUIRE(other > 0);
  char word = 0;
  const bool told = read(ready[0], &word, 1) == 1;
  const std::string root = "/proc/" + std::to_string(other) + "/root";
  Walk walked;
  bool is_there = false;
  if (told && word == 'y') {
    is_there = std::filesystem::is_directory(root + "/link");
    walked = walk(root + "/link");
  }
  kill(other, SIGKILL);
  waitpid(other, nullptr, 0);
  close(ready[0]);
  close(ready[1]);
  REQUIRE(told);
  if (word != 'y') return tests::skip("needs a mount namespace");
  CHECK(is_there);
  // What lies above such a link is not beneath our root: that it cannot be told is an error, and no free link.
  CHECK(walked.error == -ELOOP);
  CHECK(walked.links.empty());
}

TEST_CASE("links of /proc lead where the kernel says, and count as nobody's", "[walk]") {
  const Scratch scratch;
  const std::string file = scratch.file("file", "");
  const Descriptor opened(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  const Walk walked = walk("/proc/self/fd/" + std::to_string(opened.get()));
  CHECK(walked.error == 0);
  CHECK(id_of(walked.end) == id_of(file));
  CHECK(walked.links.empty());
  const Walk directory = walk("/proc/self/cwd/..");
  CHECK(directory.error == 0);
  CHECK(id_of(directory.end) == id_of(".."));
  CHECK(directory.real == std::filesystem::current_path().parent_path());
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  const Descriptor in(ends[0]);
  const Descriptor out(ends[1]);
  const Walk nameless = walk("/proc/self/fd/" + std::to_string(ends[0]));
  CHECK(id_of(nameless.end) == id_of(in));
  CHECK(chain_of(nameless) == std::vector<FileId>{id_of(in)});
}

}  // namespace
}  // namespace landshim
