// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cerrno>

#include "tests/support/world.h"

using namespace landshim::tests;

TEST_CASE("a confined program cannot truncate a file it may only read", "[live][landlock]") {
  REQUIRE_ABI(3);
  const Scratch scratch;
  CHECK(victim("truncate", scratch.file("control", "x")).without_policy() == 0);
  const std::string file = scratch.file("kept", "keep me");
  CHECK(victim("truncate", file).under(reading(scratch.path())) == EACCES);
  CHECK(contents(file) == "keep me");
}

TEST_CASE("below Landlock ABI 3 a filter stands in for the missing right to truncate", "[live][seccomp]") {
  REQUIRE_ABI(2);
  const Scratch scratch;
  const std::string policy = "[policy]\nabi = 2\n" + reading(scratch.path());
  const std::string file = scratch.file("kept", "keep me");
  CHECK(victim("truncate", file).under(policy) == EACCES);
  CHECK(victim("open-truncate", file).under(policy) == EACCES);
  CHECK(victim("read", file).under(policy) == 0);
  CHECK(contents(file) == "keep me");
  CHECK(victim("open-truncate", file).without_policy() == 0);
  CHECK(contents(file).empty());
}
