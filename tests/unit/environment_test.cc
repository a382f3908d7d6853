// SPDX-License-Identifier: MIT
// What [environment] makes of a list of variables, and what is left of them in memory.
#include "shim/environment.h"

#include <cstring>

#include <catch2/catch.hpp>

#include "tests/support/print_plan.h"

namespace landshim {
namespace {

using Lines = std::vector<std::string>;

// A list as the kernel lays it out: texts one after the other, pointers to them, null.
class List {
 public:
  explicit List(const Lines& entries) {
    for (const std::string& entry : entries) memory_ += entry + '\0';
    char* at = memory_.data();
    for (const std::string& entry : entries) {
      pointers_.push_back(at);
      at += entry.size() + 1;
    }
    pointers_.push_back(nullptr);
    environment = pointers_.data();
  }
  List(const List&) = delete;
  List& operator=(const List&) = delete;

  Lines now() const {
    Lines out;
    for (char** entry = environment; *entry != nullptr; ++entry) out.emplace_back(*entry);
    return out;
  }
  const std::string& memory() const { return memory_; }
  bool moved() const { return environment != pointers_.data(); }

  char** environment = nullptr;

 private:
  std::string memory_{};
  std::vector<char*> pointers_{};
};

const Lines kStart{"PATH=/bin", "HOME=/root", "API_TOKEN=hunter2", "LC_ALL=C", "LC_TIME=de", "EMPTY="};

Lines edited(const PlannedEnvironment& plan, std::size_t room = 0) {
  List list(kStart);
  const Result<Done> done = edit_environment(plan, list.environment, room);
  CHECK(done);
  return list.now();
}

}  // namespace

TEST_CASE("an environment that no key speaks of stays as it is", "[environment]") {
  List list(kStart);
  const std::string before = list.memory();
  CHECK(edit_environment({}, list.environment, 6));
  CHECK(list.now() == kStart);
  CHECK(list.memory() == before);
  CHECK(count_variables(list.environment) == 6);
}

TEST_CASE("unset takes away by name and by pattern", "[environment]") {
  CHECK(edited({{}, {"HOME"}, {}}) == Lines{"PATH=/bin", "API_TOKEN=hunter2", "LC_ALL=C", "LC_TIME=de", "EMPTY="});
  CHECK(edited({{}, {"*_TOKEN", "LC_*"}, {}}) == Lines{"PATH=/bin", "HOME=/root", "EMPTY="});
  CHECK(edited({{}, {"LC_?IME", "[EH]*"}, {}}) == Lines{"PATH=/bin", "API_TOKEN=hunter2", "LC_ALL=C"});
  CHECK(edited({{}, {"HOM", "OME", "home", "*=*", ""}, {}}) == kStart);
  CHECK(edited({{}, {"*"}, {}}).empty());
}

TEST_CASE("keep leaves what it names and nothing else", "[environment]") {
  CHECK(edited({{"PATH", "LC_*"}, {}, {}}) == Lines{"PATH=/bin", "LC_ALL=C", "LC_TIME=de"});
  CHECK(edited({{"NOTHING"}, {}, {}}).empty());
  CHECK(edited({{"*"}, {}, {}}) == kStart);
}

TEST_CASE("unset counts among what is kept as well", "[environment]") { CHECK(edited({{"LC_*", "HOME"}, {"LC_TIME"}, {}}) == Lines{"HOME=/root", "LC_ALL=C"}); }

TEST_CASE("set takes the place of what had the name, and is not judged by keep or unset", "[environment]") {
  CHECK(edited({{}, {}, {"HOME=/nowhere"}}) == Lines{"PATH=/bin", "API_TOKEN=hunter2", "LC_ALL=C", "LC_TIME=de", "EMPTY=", "HOME=/nowhere"});
  CHECK(edited({{"PATH"}, {"*"}, {"NEW=a=b", "OTHER="}}) == Lines{"NEW=a=b", "OTHER="});
}

TEST_CASE("what goes leaves nothing in memory, and what stays is not touched", "[environment]") {
  List list(kStart);
  REQUIRE(edit_environment({{}, {"*_TOKEN"}, {"HOME=/x"}}, list.environment, 6));
  CHECK(list.memory().find("hunter2") == std::string::npos);
  CHECK(list.memory().find("TOKEN") == std::string::npos);
  CHECK(list.memory().find("/root") == std::string::npos);
  CHECK(list.memory().find("PATH=/bin") != std::string::npos);
  CHECK(list.now() == Lines{"PATH=/bin", "LC_ALL=C", "LC_TIME=de", "EMPTY=", "HOME=/x"});
  CHECK_FALSE(list.moved());
}

TEST_CASE("a list that may not move takes as many variables as there is room for", "[environment]") {
  const Lines three{"A=1", "B=2", "C=3"};
  {
    List list(three);
    REQUIRE(edit_environment({{}, {"A", "B"}, {"D=4", "E=5"}}, list.environment, 3));
    CHECK(list.now() == Lines{"C=3", "D=4", "E=5"});
    CHECK_FALSE(list.moved());
  }
  List list(three);
  const Result<Done> done = edit_environment({{}, {"A", "B"}, {"D=4", "E=5", "F=6"}}, list.environment, 3);
  REQUIRE_FALSE(done);
  CHECK(done.error().what == "[environment] set: the program was started with 3 variables, and before main there is no room for more; set them outside, or use landshim run");
}

TEST_CASE("a list that may move grows as it must", "[environment]") {
  List list({"A=1"});
  PlannedEnvironment plan{{}, {}, {}};
  Lines wanted{"A=1"};
  for (int i = 0; i < 500; ++i) {
    plan.set.push_back("V" + std::to_string(i) + "=" + std::string(100, 'x'));
    wanted.push_back(plan.set.back());
  }
  REQUIRE(edit_environment(plan, list.environment, 0));
  CHECK(list.moved());
  CHECK(list.now() == wanted);
  List empty(Lines{});
  REQUIRE(edit_environment({{}, {}, {"A=1"}}, empty.environment, 0));
  CHECK(empty.now() == Lines{"A=1"});
}

TEST_CASE("an entry without a sign of equality is a name alone", "[environment]") {
  List list({"ODD", "A=1"});
  REQUIRE(edit_environment({{}, {"ODD"}, {}}, list.environment, 2));
  CHECK(list.now() == Lines{"A=1"});
}

TEST_CASE("the plan holds the environment as the policy writes it, the last value of a name alone", "[environment]") {
  const Plan plan = tests::made_up_plan("[environment]\nkeep = PATH, LC_*\nunset = *_TOKEN\nset = A=1, B=2, A=3\nset = AB=4\n", tests::made_up_host(10));
  CHECK(plan.environment == PlannedEnvironment{{"PATH", "LC_*"}, {"*_TOKEN"}, {"B=2", "A=3", "AB=4"}});
}

}  // namespace landshim
