// SPDX-License-Identifier: MIT
// What the command says, in whole lines, kept in tests/golden/messages with the command line above it.
// LANDSHIM_UPDATE_GOLDEN=1 writes the answers anew.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/live/files.h"
#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

struct Case {
  std::string line;
  std::string said;  // standard error, and "= STATUS"
};

struct Golden {
  std::string head;
  std::vector<Case> cases;
};

Golden read_golden(const std::string& path) {
  Golden out;
  std::istringstream lines(contents(path));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("$ ")) out.cases.push_back({line.substr(2), {}});
    else if (out.cases.empty()) out.head += line + "\n";
    else if (!line.empty()) out.cases.back().said += line + "\n";
  }
  return out;
}

std::string written(const Golden& golden) {
  std::string out = golden.head;
  for (std::size_t i = 0; i < golden.cases.size(); ++i) out += "$ " + golden.cases[i].line + "\n" + golden.cases[i].said + (i + 1 < golden.cases.size() ? "\n" : "");
  return out;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) text.replace(at, what.size(), by);
  return text;
}

/// The lines of one file are started one after the other in one directory.
class Place {
 public:
  Place() {
    home_.file("good.ini", "[policy]\nmode = readonly\n");
    home_.file("bad.ini", "[filesystem]\nraed = /\n");
    home_.directory("dir");
  }

  std::string said_of(const Case& one) const {
    Start start{{"/bin/sh", "-c", one.line}, {{"LANDSHIM", built("landshim")}, {"BUILD", built("")}, {"PATH", built("") + ":/usr/sbin:/usr/bin:/sbin:/bin"}}, {"HOME", "XDG_CONFIG_HOME"}};
    start.environment["BUILD"].pop_back();
    start.directory = home_.path();
    const Outcome outcome = run(start);
    std::string said = replaced(replaced(outcome.err, home_.path() + "/", ""), home_.path(), ".");
    said = replaced(said, LANDSHIM_PREFIX "/share", "PREFIX/share");
    return replaced(said, start.environment["BUILD"], "BUILD") + "= " + std::to_string(outcome.status) + "\n";
  }

 private:
  Scratch home_;
};

void check_golden(const std::string& name, std::size_t least) {
  const bool update = std::getenv("LANDSHIM_UPDATE_GOLDEN") != nullptr;
  const std::string path = "tests/golden/messages/" + name;
  Golden golden = read_golden(path);
  CHECK(golden.cases.size() >= least);
  const Place place;
  for (Case& one : golden.cases) {
    const std::string now = place.said_of(one);
    INFO(path << ": " << one.line);
    CHECK(now.starts_with("landshim: "));
    if (update) one.said = now;
    else CHECK(now == one.said);
  }
  if (update) std::ofstream(path, std::ios::binary | std::ios::trunc) << written(golden);
  CHECK(written(golden) == contents(path));
}

}  // namespace

TEST_CASE("what the command says when it is used wrongly is what stands in its golden file", "[live][golden][messages]") {
  REQUIRE_ABI(1);
  check_golden("command.txt", 100);
}

TEST_CASE("what landshim convert says of what it cannot take over is what stands in its golden file", "[live][golden][messages]") { check_golden("convert.txt", 70); }
