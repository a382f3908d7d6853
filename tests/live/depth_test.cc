// SPDX-License-Identifier: MIT
// One policy for a whole tree of processes: applied once, in force everywhere.
#include <catch2/catch.hpp>

#include <cerrno>

#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

// Starts itself again, $1 times deeper, and at the bottom becomes the command that follows.
constexpr const char* kNested =
    "#!/bin/sh\n"
    "depth=$1\n"
    "shift\n"
    "[ \"$depth\" -gt 0 ] || exec \"$@\"\n"
    "\"$0\" $((depth - 1)) \"$@\"\n";

std::string looks_at(const std::string& secret) {
  return " read=" + secret + " status=Seccomp_filters status=NoNewPrivs variable=LD_PRELOAD variable=LANDSHIM_POLICY";
}

std::string seen_at_the_bottom(const std::string& policy) {
  return "main\nread 13\nstatus 1\nstatus 1\nvariable none\nvariable " + policy + "\n";
}

}  // namespace

TEST_CASE("a script that starts itself 50 times deep is confined at the bottom, once", "[live][depth]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const Scratch outside;
  const std::string nested = scratch.file("nested.sh", kNested, 0755);
  const std::string policy = scratch.file("policy.ini", base_policy() + "read_exec = " + scratch.path() + "\nread = /proc\n");
  for (const char* program : {"witness", "witness-static"}) {
    Start start = with_shim({nested, "50", built(std::string("tests/") + program)}, "policy.ini");
    start.directory = scratch.path();
    start.seconds = 60;
    for (const std::string& word : {"read=" + outside.file("secret", "x"), std::string("status=Seccomp_filters"), std::string("status=NoNewPrivs"), std::string("variable=LD_PRELOAD"), std::string("variable=LANDSHIM_POLICY")})
      start.command.push_back(word);
    const Outcome outcome = run(start);
    INFO(program << "\n" << outcome.err);
    CHECK(outcome.status == 0);
    CHECK(outcome.out == seen_at_the_bottom(policy));
    CHECK(outcome.err.empty());
    start.environment.clear();
    CHECK(run(start).out == "main\nread 0\nstatus 0\nstatus 0\nvariable none\nvariable none\n");
  }
}

TEST_CASE("landshim run and the shim under one policy make one layer", "[live][depth]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const Scratch outside;
  const std::string policy = scratch.file("policy.ini", base_policy() + "read_exec = " + built("") + "\nread = /proc\n");
  // Twenty times: the kernel takes 16 layers.
  std::string command = "export LANDSHIM_POLICY=$POLICY; exec";
  for (int i = 0; i < 20; ++i) command += " " + built("landshim") + " run env LD_PRELOAD=$SHIM";
  const Outcome outcome = run(script(command + " $WITNESS" + looks_at(outside.file("secret", "x")), policy));
  INFO(outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.out == seen_at_the_bottom(policy));
}

TEST_CASE("another policy inside the first narrows it and cannot widen it", "[live][depth]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const Scratch outside;
  const std::string secret = outside.file("secret", "x");
  const std::string wide = scratch.file("wide.ini", "[policy]\nmode = readonly\n");
  const std::string narrow = scratch.file("narrow.ini", base_policy() + "read_exec = " + built("") + "\nread = /proc, " + wide + "\n");
  const std::string tail = " $WITNESS read=" + secret + " status=Seccomp_filters";
  const std::string run_word = built("landshim") + " run -p ";
  check_said(run(script("exec " + run_word + wide + tail, "")), "read 0\nstatus 1\n");
  check_said(run(script("exec " + run_word + wide + " " + run_word + narrow + tail, "")), "read 13\nstatus 2\n");
  check_said(run(script("exec " + run_word + narrow + " " + run_word + wide + tail, "")), "read 13\nstatus 2\n");
}

TEST_CASE("make -j8 with 500 children is confined in every one of them", "[live][depth]") {
  REQUIRE_ABI(1);
  if (run({{"make", "--version"}, {}, {}}).status != 0) return skip("needs make");
  const Scratch rules;
  const Scratch scratch;
  const Scratch outside;
  const std::string policy = rules.file("policy.ini", base_policy() + "read_write = " + scratch.path() + "\nread = /proc\n");
  scratch.file("Makefile",
               "all: $(addprefix child-,$(shell seq 500))\nchild-%:\n\t@$(WITNESS)" + looks_at(outside.file("secret", "x")) + " > $@\n");
  Start start = with_shim({"make", "-s", "-j8", "-C", scratch.path(), "WITNESS=" + witness()}, policy);
  start.seconds = 120;
  const Outcome outcome = run(start);
  INFO(outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.empty());
  int confined = 0;
  for (int i = 1; i <= 500; ++i) confined += contents(scratch / ("child-" + std::to_string(i))) == seen_at_the_bottom(policy) ? 1 : 0;
  CHECK(confined == 500);
}
