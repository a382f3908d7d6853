// SPDX-License-Identifier: MIT
#include "shim/command/denials.h"

#include <catch2/catch.hpp>

using namespace landshim::command;

namespace {

Denial denial(const std::string& program, const std::string& what, const std::string& target, int pid = 7) { return {{.pid = pid, .program = program, .what = what, .target = target, .error = 13}, "why"}; }

}  // namespace

TEST_CASE("a denial is one of a program, what and target; the first is told, and how often", "[follow]") {
  Denials all;
  CHECK(all.add(denial("/bin/a", "read", "/x")));
  CHECK_FALSE(all.add(denial("/bin/a", "read", "/x", 8)));
  CHECK(all.add(denial("/bin/b", "read", "/x")));
  CHECK(all.add(denial("/bin/a", "write", "/x")));
  CHECK(all.add(denial("/bin/a", "read", "/y")));
  CHECK(all.count() == 5);
  const std::vector<std::string> expected = {"denied read /x (a, pid 7, 2 times): why", "denied read /x (b, pid 7): why", "denied write /x (a, pid 7): why", "denied read /y (a, pid 7): why"};
  CHECK(all.lines() == expected);
}

TEST_CASE("one call that is denied for two reasons is told twice", "[follow]") {
  Denials all;
  Denial first = denial("a", "call", "socket");
  CHECK(all.add(first));
  first.why = "another";
  CHECK(all.add(first));
  CHECK(all.lines().size() == 2);
}

TEST_CASE("as many denials as a program likes are told in a bounded number of lines", "[follow]") {
  Denials all;
  for (std::size_t i = 0; i < kMaxTold; ++i) all.add(denial("a", "read", "/" + std::to_string(i)));
  CHECK(all.lines().size() == kMaxTold);
  for (std::size_t i = 0; i < 3; ++i) all.add(denial("a", "write", "/" + std::to_string(i)));
  CHECK(all.lines().size() == kMaxTold + 1);
  CHECK(all.lines().back() == "and 3 more");
  for (std::size_t i = 0; i < 2 * kMaxDenials; ++i) all.add(denial("a", "exec", "/" + std::to_string(i)));
  CHECK(all.all().size() == kMaxDenials);
  CHECK(all.dropped() == kMaxTold + 3 + 2 * kMaxDenials - kMaxDenials);
  CHECK(all.lines().size() == kMaxTold + 1);
  CHECK(all.lines().back() == "and at most " + std::to_string(2 * kMaxDenials + 3) + " more");
}

TEST_CASE("where the follower and the kernel's records differ, the line says who has seen it", "[follow]") {
  Denials all;
  CHECK_FALSE(all.find(denial("a", "read", "/x")));
  for (const char* target : {"/both", "/asked", "/unknown"}) all.add(denial("a", "read", target));
  Denial alone = denial("", "read", "/alone", 0);
  alone.event.kernel = true;
  alone.event.followed = false;
  CHECK(all.add(alone));
  REQUIRE(all.find(denial("a", "read", "/both")) == std::size_t{0});
  all.settle(0, true);
  all.settle(1, false);
  all.repeat(3);
  CHECK(all.count() == 5);
  const std::vector<std::string> expected = {"denied read /both (a, pid 7): why", "denied read /asked (a, pid 7, the kernel denied nothing): why", "denied read /unknown (a, pid 7): why",
                                             "denied read /alone (some program, 2 times, seen by the kernel alone): why"};
  CHECK(all.lines() == expected);
  // Then the follower has seen it as well.
  all.follow(3);
  CHECK(all.lines()[3] == "denied read /alone (some program, 2 times): why");
}
