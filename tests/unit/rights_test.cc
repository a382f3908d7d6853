// SPDX-License-Identifier: MIT
#include "config/rights.h"

#include <linux/landlock.h>

#include <set>
#include <sstream>
#include <vector>

#include <catch2/catch.hpp>

namespace landshim {
namespace {

struct Known {
  const char* word;
  int bit;
};

// landlock(7), and the header of a kernel that has all of them.
constexpr Known kKnown[] = {
    {"execute", 0},   {"write_file", 1}, {"read_file", 2}, {"read_dir", 3},   {"remove_dir", 4}, {"remove_file", 5}, {"make_char", 6}, {"make_dir", 7},   {"make_reg", 8},
    {"make_sock", 9}, {"make_fifo", 10}, {"make_block", 11}, {"make_sym", 12}, {"refer", 13},     {"truncate", 14},   {"ioctl_dev", 15}, {"resolve_unix", 16},
};

Rights of(std::initializer_list<const char*> list) {
  Rights out = 0;
  for (const char* word : list) {
    const std::optional<Rights> right = find_right(word);
    REQUIRE(right);
    out |= *right;
  }
  return out;
}

TEST_CASE("every right of Landlock has one word, in the order of the kernel's bits", "[rights]") {
  REQUIRE(all_rights().size() == std::size(kKnown));
  for (std::size_t i = 0; i < std::size(kKnown); ++i) {
    CHECK(std::string(all_rights()[i].word) == kKnown[i].word);
    CHECK(all_rights()[i].right == Rights{1} << kKnown[i].bit);
    CHECK(find_right(kKnown[i].word) == Rights{1} << kKnown[i].bit);
    CHECK(words(all_rights()[i].right) == kKnown[i].word);
  }
}

TEST_CASE("the bits are the kernel's own", "[rights]") {
  CHECK(kExecute == LANDLOCK_ACCESS_FS_EXECUTE);
  CHECK(kWriteFile == LANDLOCK_ACCESS_FS_WRITE_FILE);
  CHECK(kReadFile == LANDLOCK_ACCESS_FS_READ_FILE);
  CHECK(kReadDir == LANDLOCK_ACCESS_FS_READ_DIR);
  CHECK(kRemoveDir == LANDLOCK_ACCESS_FS_REMOVE_DIR);
  CHECK(kRemoveFile == LANDLOCK_ACCESS_FS_REMOVE_FILE);
  CHECK(kMakeChar == LANDLOCK_ACCESS_FS_MAKE_CHAR);
  CHECK(kMakeDir == LANDLOCK_ACCESS_FS_MAKE_DIR);
  CHECK(kMakeReg == LANDLOCK_ACCESS_FS_MAKE_REG);
  CHECK(kMakeSock == LANDLOCK_ACCESS_FS_MAKE_SOCK);
  CHECK(kMakeFifo == LANDLOCK_ACCESS_FS_MAKE_FIFO);
  CHECK(kMakeBlock == LANDLOCK_ACCESS_FS_MAKE_BLOCK);
  CHECK(kMakeSym == LANDLOCK_ACCESS_FS_MAKE_SYM);
#ifdef LANDLOCK_ACCESS_FS_REFER
  CHECK(kRefer == LANDLOCK_ACCESS_FS_REFER);
#endif
#ifdef LANDLOCK_ACCESS_FS_TRUNCATE
  CHECK(kTruncate == LANDLOCK_ACCESS_FS_TRUNCATE);
#endif
#ifdef LANDLOCK_ACCESS_FS_IOCTL_DEV
  CHECK(kIoctlDev == LANDLOCK_ACCESS_FS_IOCTL_DEV);
#endif
#ifdef LANDLOCK_ACCESS_FS_RESOLVE_UNIX
  CHECK(kResolveUnix == LANDLOCK_ACCESS_FS_RESOLVE_UNIX);
#endif
}

TEST_CASE("the composite words grant what the language says", "[rights]") {
  CHECK(find_right("read") == of({"read_file", "read_dir"}));
  CHECK(find_right("read_exec") == of({"read_file", "read_dir", "execute"}));
  CHECK(find_right("write") == of({"write_file", "truncate", "make_reg", "make_dir", "make_sym", "make_fifo", "make_sock", "remove_file", "remove_dir", "refer"}));
  CHECK(find_right("read_write") == of({"read", "write"}));
  CHECK(find_right("read_write_exec") == of({"read_exec", "write"}));
  CHECK(find_right("device") == of({"read_file", "write_file", "ioctl_dev"}));
}

TEST_CASE("no composite word makes device nodes or reaches sockets", "[rights]") {
  for (const char* word : {"read", "read_exec", "write", "read_write", "read_write_exec", "device"})
    CHECK((of({word}) & of({"make_char", "make_block", "resolve_unix"})) == 0);
}

TEST_CASE("a word that is no right is not found", "[rights]") {
  for (const char* word : {"", "Read", "read ", "reads", "read_", "except", "runtime", "metadata", "execut", "execute2", "exec"}) CHECK_FALSE(find_right(word));
}

TEST_CASE("only what means something on a file that is no directory is left on one", "[rights]") {
  CHECK(kOnFiles == of({"execute", "write_file", "read_file", "truncate", "ioctl_dev", "resolve_unix"}));
  CHECK(kChanging == (of({"write"}) | of({"make_char", "make_block"})));
}

TEST_CASE("a set of rights is said in the fewest words that mean exactly it", "[rights]") {
  CHECK(words(0) == "nothing");
  CHECK(words(kRead) == "read");
  CHECK(words(kReadExec) == "read_exec");
  CHECK(words(kWrite) == "write");
  CHECK(words(kReadWrite) == "read_write");
  CHECK(words(kReadWriteExec) == "read_write_exec");
  CHECK(words(kDevice) == "device");
  CHECK(words(kReadExec | kMakeDir) == "read_exec, make_dir");
  CHECK(words(kReadFile | kExecute) == "execute, read_file");
  CHECK(words(kReadWrite | kIoctlDev) == "read_write, ioctl_dev");
}

TEST_CASE("any set of rights, said in words and read again, is the same set", "[rights]") {
  std::size_t wrong = 0;
  for (Rights rights = 1; rights < (Rights{1} << 17); ++rights) {
    Rights again = 0;
    std::istringstream said(words(rights));
    for (std::string word; std::getline(said >> std::ws, word, ',');) again |= find_right(word).value_or(Rights{1} << 31);
    if (again != rights) ++wrong;
  }
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace landshim
