// SPDX-License-Identifier: MIT
#include "shim/command/credentials.h"

#include <catch2/catch.hpp>

using namespace landshim::command;

namespace {

struct stat file(mode_t mode, unsigned uid = 10, unsigned gid = 20) {
  struct stat out {};
  out.st_mode = mode;
  out.st_uid = uid;
  out.st_gid = gid;
  return out;
}

Credentials user(std::uint32_t uid, std::uint32_t gid, std::vector<std::uint32_t> groups = {}) { return {.uid = uid, .gid = gid, .groups = std::move(groups)}; }

Credentials with(int capability) { return {.uid = 1, .gid = 1, .capabilities = 1ULL << capability}; }

}  // namespace

TEST_CASE("credentials are those of the file system, with groups and effective capabilities", "[follow]") {
  const Credentials out = parse_credentials("Name:\tUid:\t1\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nGroups:\t4 24 27 \nCapInh:\tff\nCapEff:\t000001ffffffffff\n");
  CHECK(out.real_uid == 1);
  CHECK(out.effective_uid == 2);
  CHECK(out.uid == 4);
  CHECK(out.gid == 8);
  CHECK(out.groups == std::vector<std::uint32_t>{4, 24, 27});
  CHECK(out.capabilities == 0x1ffffffffff);
  CHECK(out.capable(40));
  CHECK_FALSE(out.capable(41));
  CHECK(parse_credentials("").groups.empty());
  CHECK(parse_credentials("Groups:\nUid:\tx\n").uid == 0);
}

TEST_CASE("modes allow what the first class that fits has", "[follow]") {
  CHECK(modes_allow(user(10, 1), file(S_IFREG | 0400), kMayRead));
  CHECK_FALSE(modes_allow(user(10, 1), file(S_IFREG | 0044), kMayRead));
  CHECK(modes_allow(user(1, 20), file(S_IFREG | 0040), kMayRead));
  CHECK_FALSE(modes_allow(user(1, 20), file(S_IFREG | 0004), kMayRead));
  CHECK(modes_allow(user(1, 1, {3, 20}), file(S_IFREG | 0060), kMayRead | kMayWrite));
  CHECK(modes_allow(user(1, 1), file(S_IFREG | 0005), kMayRead | kMayExecute));
  CHECK_FALSE(modes_allow(user(1, 1), file(S_IFREG | 0774), kMayRead | kMayWrite));
}

TEST_CASE("capabilities allow what modes do not, and no file is executed that nobody may", "[follow]") {
  CHECK(modes_allow(with(1), file(S_IFREG), kMayRead | kMayWrite));
  CHECK_FALSE(modes_allow(with(1), file(S_IFREG | 0666), kMayExecute));
  CHECK(modes_allow(with(1), file(S_IFREG | 0100), kMayExecute));
  CHECK(modes_allow(with(1), file(S_IFDIR), kMayExecute | kMayWrite));
  CHECK(modes_allow(with(2), file(S_IFREG), kMayRead));
  CHECK_FALSE(modes_allow(with(2), file(S_IFREG), kMayWrite));
  CHECK(modes_allow(with(2), file(S_IFDIR), kMayExecute | kMayRead));
  CHECK_FALSE(modes_allow(with(2), file(S_IFDIR), kMayWrite));
  CHECK_FALSE(modes_allow(with(5), file(S_IFREG), kMayRead));
}

TEST_CASE("out of a sticky directory only what is one's own is taken", "[follow]") {
  const struct stat shared = file(S_IFDIR | S_ISVTX | 0777, 0, 0);
  CHECK(modes_allow_removal(user(10, 1), shared, file(S_IFREG)));
  CHECK_FALSE(modes_allow_removal(user(11, 1), shared, file(S_IFREG | 0666)));
  CHECK(modes_allow_removal(user(11, 1), file(S_IFDIR | S_ISVTX | 0777, 11, 0), file(S_IFREG)));
  CHECK(modes_allow_removal(user(11, 1), file(S_IFDIR | 0777, 0, 0), file(S_IFREG)));
  CHECK_FALSE(modes_allow_removal(user(11, 1), file(S_IFDIR | 0755, 0, 0), file(S_IFREG)));
  CHECK_FALSE(modes_allow_removal(with(3), file(S_IFDIR | S_ISVTX | 0755, 0, 0), file(S_IFREG)));
  CHECK(modes_allow_removal(with(3), shared, file(S_IFREG)));
}
