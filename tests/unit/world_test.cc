// SPDX-License-Identifier: MIT
// What the tests themselves stand on.
#include "tests/support/world.h"

#include <catch2/catch.hpp>

using namespace landshim::tests;

TEST_CASE("a child that ends before it has read its input ends alone", "[world]") {
  Start start{{"/bin/true"}, {}, {}};
  start.input = std::string(1 << 20, 'x');  // more than a pipe takes
  const Outcome outcome = run(start);
  CHECK(outcome.status == 0);
  CHECK_FALSE(outcome.timed_out);
  start.command = {"/usr/bin/wc", "-c"};
  CHECK(run(start).out == "1048576\n");
}
