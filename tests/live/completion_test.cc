// SPDX-License-Identifier: MIT
// `landshim completion`: what each shell makes of the scripts.
#include <catch2/catch.hpp>

#include "tests/live/files.h"

using namespace landshim::tests;

namespace {

std::string script_for(const std::string& shell) {
  const Outcome outcome = run({{built("landshim"), "completion", shell}, {}, {}});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  return outcome.out;
}

// What bash offers for the last of the words.
std::string offered(const std::string& script, const std::string& words) {
  const Scratch scratch;
  const std::string text = ". \"$1\"; COMP_WORDS=(landshim " + words + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _landshim; printf '%s\\n' \"${COMPREPLY[@]}\"";
  const Outcome outcome = run({{"bash", "-c", text, "bash", scratch.file("landshim", script)}, {}, {}});
  INFO(outcome.err);
  CHECK(outcome.err.empty());
  return "\n" + outcome.out;
}

bool has(const std::string& list, const std::string& word) { return list.find("\n" + word + "\n") != std::string::npos; }

}  // namespace

TEST_CASE("bash completes subcommands, options, profiles, and the command that is run", "[live][completion]") {
  const std::string script = script_for("bash");
  CHECK(has(offered(script, "exp"), "explain"));
  CHECK_FALSE(has(offered(script, "exp"), "check"));
  CHECK(has(offered(script, "explain --"), "--diff"));
  CHECK(has(offered(script, "run --pol"), "--policy"));
  CHECK(has(offered(script, "run -p workspace"), "workspace"));
  CHECK(has(offered(script, "run -p workspace -- bas"), "bash"));
  CHECK_FALSE(has(offered(script, "run -p x bash --pol"), "--policy"));
}

TEST_CASE("zsh and fish read their scripts without a fault", "[live][completion]") {
  const Scratch scratch;
  for (const char* shell : {"zsh", "fish"}) {
    INFO(shell);
    const std::string file = scratch.file(shell, script_for(shell));
    CHECK(run({{shell, "-n", file}, {{"HOME", scratch.path()}}, {}}).status == 0);
    CHECK(contents(file).find("explain") != std::string::npos);
  }
  const Outcome outcome = run({{"fish", "--no-config", "-c", "source \"$argv[1]\"; complete -C 'landshim explain --d'", scratch / "fish"}, {{"HOME", scratch.path()}}, {}});
  INFO(outcome.err);
  CHECK(outcome.out.starts_with("--diff"));
}

TEST_CASE("another shell is told apart", "[live][completion]") {
  const Outcome outcome = run({{built("landshim"), "completion", "tcsh"}, {}, {}});
  CHECK(outcome.status == 2);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.starts_with("landshim: completion: "));
}
