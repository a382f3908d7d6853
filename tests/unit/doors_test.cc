// SPDX-License-Identifier: MIT
// The README's table of doors is the one that tests/live/doors_test.cc tries.
#include "tests/live/doors.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using namespace landshim::tests;

namespace {

std::string in_words(Answer answer) {
  switch (answer) {
    case Answer::kHeld: return "held";
    case Answer::kFree: return "**free**";
    case Answer::kRefused: return "refused";
  }
  return "";
}

std::string line_of(const DoorRow& row) {
  std::string line = "| " + std::string(row.words) + " |";
  for (const Answer answer : row.answers) line += " " + in_words(answer) + " |";
  return line;
}

}  // namespace

TEST_CASE("the README's table of doors is the one that is tried", "[docs][doors]") {
  std::vector<std::string> expected;
  for (const DoorRow& row : door_rows())
    if (!row.words.empty() && (expected.empty() || expected.back() != line_of(row))) expected.push_back(line_of(row));
  std::ifstream file("README.md");
  std::vector<std::string> found;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "| what is held | `LD_PRELOAD` | carrier | `LD_AUDIT` | `landshim run` |") inside = true;
    else if (line.empty()) inside = false;
    else if (inside && line.rfind("|--", 0) != 0) found.push_back(line);
  }
  CHECK(found == expected);
}

TEST_CASE("rows of one name in the table of doors answer alike", "[doors]") {
  std::map<std::string_view, std::string> lines;
  for (const DoorRow& row : door_rows()) {
    INFO(row.program << ", " << row.code);
    if (!row.words.empty()) CHECK(lines.emplace(row.words, line_of(row)).first->second == line_of(row));
  }
  CHECK(lines.size() > 8);
}
