// SPDX-License-Identifier: MIT
// [environment]: what a program finds of the variables it was started with, and what stays of them in memory.
#include <catch2/catch.hpp>

#include "tests/live/files.h"
#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

struct Door {
  const char* name;
  bool preload;
};
const Door kDoors[] = {{"preload", true}, {"landshim run", false}};

std::string environment(const std::string& lines) { return base_policy() + "read = /proc\n[environment]\n" + lines; }

// Starts a command with these variables, PATH and what the door needs, and no others.
Outcome started(const Door& door, const std::string& policy, const std::string& variables, const std::string& command) {
  const Scratch place;
  const std::string file = place.file("policy.ini", policy);
  const std::string shimmed = door.preload ? "LD_PRELOAD=" + shim() + " LANDSHIM_POLICY=" + file + " " : "";
  const std::string run_it = door.preload ? "" : built("landshim") + " run -p " + file + " -- ";
  return run({{"/bin/sh", "-c", "exec env -i " + shimmed + "PATH=/usr/bin:/bin " + variables + " " + run_it + command}, {}, {}});
}

// Standard output without the variable that names the policy, lines sorted.
std::string said(const Outcome& outcome) {
  INFO("status " << outcome.status << "\nstderr: " << outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  std::vector<std::string> lines = lines_of(outcome.out);
  std::erase_if(lines, [](const std::string& line) { return line.starts_with("LANDSHIM_POLICY="); });
  std::sort(lines.begin(), lines.end());
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

const std::string kVariables = "HOME=/h API_TOKEN=hunter2 LC_ALL=C LC_TIME=C";

// The stack of the process, searched for a word that the command line holds in two parts only.
const std::string kSearchStack =
    "perl -e 'open M, \"<\", \"/proc/self/maps\" or die; for (<M>) { next unless /^(\\w+)-(\\w+) .*\\[stack\\]/; $a = hex $1; $l = hex($2) - $a } open F, \"<:raw\", \"/proc/self/mem\" or die $!; "
    "sysseek F, $a, 0; $got = sysread F, $b, $l; $n = \"hun\" . \"ter2\"; print $got > 8192 ? \"read\" : \"short\", index($b, $n) < 0 ? \" gone\\n\" : \" there\\n\"'";

}  // namespace

TEST_CASE("keep leaves only what it names", "[live][environment]") {
  for (const Door& door : kDoors) {
    INFO(door.name);
    CHECK(said(started(door, base_policy(), kVariables, "env")) == "API_TOKEN=hunter2\nHOME=/h\nLC_ALL=C\nLC_TIME=C\nPATH=/usr/bin:/bin\n");
    CHECK(said(started(door, environment("keep = PATH, LC_*\n"), kVariables, "env")) == "LC_ALL=C\nLC_TIME=C\nPATH=/usr/bin:/bin\n");
    CHECK(started(door, environment("keep = NOTHING\n"), kVariables, "/usr/bin/env").out.empty());
  }
}

TEST_CASE("unset takes variables away, for children too", "[live][environment]") {
  for (const Door& door : kDoors) {
    INFO(door.name);
    CHECK(said(started(door, environment("unset = *_TOKEN, LC_?IME\n"), kVariables, "env")) == "HOME=/h\nLC_ALL=C\nPATH=/usr/bin:/bin\n");
    CHECK(said(started(door, environment("unset = *_TOKEN\n"), kVariables, "sh -c 'echo \"[$API_TOKEN]\"; env | grep -c TOKEN; :'")) == "0\n[]\n");
  }
}

TEST_CASE("a variable that was taken away is in /proc/self/environ no more, nor anywhere on the stack", "[live][environment]") {
  for (const Door& door : kDoors) {
    INFO(door.name);
    const std::string plain = base_policy() + "read = /proc\n";
    CHECK(started(door, plain, kVariables, "cat /proc/self/environ").out.find("hunter2") != std::string::npos);
    const std::string left = started(door, environment("unset = API_TOKEN\n"), kVariables, "cat /proc/self/environ").out;
    CHECK(left.find("hunter2") == std::string::npos);
    CHECK(left.find("TOKEN") == std::string::npos);
    CHECK(left.find("HOME=/h") != std::string::npos);
    CHECK(said(started(door, plain, kVariables, kSearchStack)) == "read there\n");
    CHECK(said(started(door, environment("unset = API_TOKEN\n"), kVariables, kSearchStack)) == "read gone\n");
    CHECK(said(started(door, environment("keep = PATH\n"), kVariables, kSearchStack)) == "read gone\n");
    CHECK(said(started(door, environment("set = API_TOKEN=none\n"), kVariables, kSearchStack)) == "read gone\n");
  }
}

TEST_CASE("set gives a variable its value, literally", "[live][environment]") {
  for (const Door& door : kDoors) {
    INFO(door.name);
    CHECK(said(started(door, environment("set = HOME=/elsewhere\n"), kVariables, "env")) == "API_TOKEN=hunter2\nHOME=/elsewhere\nLC_ALL=C\nLC_TIME=C\nPATH=/usr/bin:/bin\n");
    CHECK(said(started(door, environment("unset = LC_*\nset = NEW=1, \"OTHER=${HOME}, *\"\n"), kVariables, "env")) == "API_TOKEN=hunter2\nHOME=/h\nNEW=1\nOTHER=${HOME}, *\nPATH=/usr/bin:/bin\n");
    CHECK(said(started(door, environment("keep = PATH\nset = A=1, B=2, A=3\n"), kVariables, "env")) == "A=3\nB=2\nPATH=/usr/bin:/bin\n");
    CHECK(said(started(door, environment("set = HOME=\n"), kVariables, "sh -c 'sh -c \"echo [\\$HOME]\"; :'")) == "[]\n");
  }
}

TEST_CASE("before main there is room for as many variables as the program was started with", "[live][environment]") {
  // PATH, HOME, LD_PRELOAD and LANDSHIM_POLICY: four. The shim's own entry goes and leaves room for one.
  CHECK(said(started(kDoors[0], environment("set = A=1\n"), "HOME=/h", "env")) == "A=1\nHOME=/h\nPATH=/usr/bin:/bin\n");
  check_refused(started(kDoors[0], environment("set = A=1, B=2\n"), "HOME=/h", "env"),
                "landshim: [environment] set: the program was started with 4 variables, and before main there is no room for more; set them outside, or use landshim run\n");
  CHECK(said(started(kDoors[0], environment("unset = HOME\nset = A=1, B=2\n"), "HOME=/h", "env")) == "A=1\nB=2\nPATH=/usr/bin:/bin\n");
}

TEST_CASE("landshim run sets as many variables as it is told", "[live][environment]") {
  std::string lines;
  std::vector<std::string> names{"HOME=/h", "PATH=/usr/bin:/bin"};
  for (int i = 0; i < 300; ++i) {
    names.push_back("V" + std::to_string(i) + "=" + std::to_string(i));
    lines += "set = " + names.back() + "\n";
  }
  std::sort(names.begin(), names.end());
  std::string wanted;
  for (const std::string& name : names) wanted += name + "\n";
  CHECK(said(started(kDoors[1], environment(lines), "HOME=/h", "env")) == wanted);
}

TEST_CASE("the policy's own variables are those of the start, not of what it sets", "[live][environment]") {
  const Scratch scratch;
  const std::string file = scratch.file("file", "x");
  for (const Door& door : kDoors) {
    INFO(door.name);
    const std::string policy = "[environment]\nunset = PLACE\n" + base_policy() + "read = ${PLACE}\n";
    CHECK(started(door, policy, "PLACE=" + scratch.path(), "cat " + file).out == "x");
  }
}

TEST_CASE("items of [environment] that mean nothing are refused with their line", "[live][environment]") {
  for (const Door& door : kDoors) {
    check_refused(started(door, "[environment]\nset = A\n", "", "env"), "policy.ini:2: set = A: expected NAME=value\n");
    check_refused(started(door, "[environment]\nkeep = PATH\nunset = A=1\n", "", "env"), "policy.ini:3: unset = A=1: expected the name of a variable, or a pattern\n");
  }
}
