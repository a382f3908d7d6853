// SPDX-License-Identifier: MIT
// Every attempt of tests/escape/suite under every policy: contained by what it should be, or open and told by explain; and
// what ordinary programs do works. As root and as an ordinary user: as whom this runs.
#include <catch2/catch.hpp>

#include <sstream>
#include <string>
#include <vector>

#include "tests/support/world.h"

using namespace landshim::tests;

namespace {

struct Line {
  std::string verdict, user, policy, kind, name, words;
};

// One run for all tests: most of its time goes into trying everything without a policy first.
const std::vector<Line>& lines() {
  static const std::vector<Line> all = [] {
    Start start{{built("tests/suite"), "--all"}, {}, {}};
    start.seconds = 900;
    const Outcome outcome = run(start);
    INFO(outcome.err);
    CHECK((outcome.status == 0 || outcome.status == 1));
    std::vector<Line> out;
    std::istringstream text(outcome.out);
    for (std::string line; std::getline(text, line);) {
      std::istringstream words(line);
      Line one;
      for (std::string* word : {&one.verdict, &one.user, &one.policy, &one.kind, &one.name, &one.words}) std::getline(words, *word, '\t');
      out.push_back(one);
    }
    return out;
  }();
  return all;
}

int count(const std::string& policy, const std::string& kind, const std::string& verdict) {
  int out = 0;
  for (const Line& line : lines()) out += line.policy == policy && line.kind == kind && line.verdict == verdict ? 1 : 0;
  return out;
}

void holds(const std::string& policy) {
  int attempts = 0;
  for (const Line& line : lines()) {
    if (line.policy != policy) continue;
    INFO(line.kind << " " << line.name << ": " << line.words);
    CHECK(line.verdict != "WRONG");
    attempts += line.kind == "attempt" && line.verdict != "not-provable" ? 1 : 0;
  }
  CHECK(attempts == count("none", "attempt", "works"));
  CHECK(count(policy, "attempt", "contained") > 200);
  CHECK(count(policy, "thing", "working") >= 40);
}

}  // namespace

TEST_CASE("without a policy more than 200 ways out work, and every ordinary thing", "[escape][suite]") {
  REQUIRE_ABI(6);
  CHECK(count("none", "attempt", "works") > 200);
  CHECK(count("none", "thing", "works") >= 80);
  for (const Line& line : lines()) {
    INFO(line.name << ": " << line.words);
    if (line.policy == "none") CHECK(line.verdict != "WRONG");
    if (line.policy == "none" && line.kind == "thing") CHECK(line.verdict != "not-provable");
  }
}

TEST_CASE("no way out but those that explain tells: a policy that reads", "[escape][suite]") {
  REQUIRE_ABI(6);
  holds("reading");
}

TEST_CASE("no way out but those that explain tells: mode = workspace-write", "[escape][suite]") {
  REQUIRE_ABI(6);
  holds("workspace");
}

TEST_CASE("no way out but those that explain tells: a client of one port", "[escape][suite]") {
  REQUIRE_ABI(6);
  holds("client");
}

TEST_CASE("no way out but those that explain tells: a server of one port", "[escape][suite]") {
  REQUIRE_ABI(6);
  holds("server");
}

TEST_CASE("no way out but those that explain tells: profile = strict", "[escape][suite]") {
  REQUIRE_ABI(6);
  holds("strict");
}

TEST_CASE("no way out but those that explain tells: every section closed", "[escape][suite]") {
  REQUIRE_ABI(6);
  holds("everything");
}
