// SPDX-License-Identifier: MIT
// `landshim explain` for programs, as another kernel, and beside another policy.
#include <catch2/catch.hpp>

#include "tests/live/files.h"
#include "tests/support/json.h"

using namespace landshim::tests;

namespace {

Outcome explained(Words words) {
  words.insert(words.begin(), {built("landshim"), "explain"});
  return run({std::move(words), {}, {}});
}

std::vector<std::string> grants(const Json& list) {
  std::vector<std::string> out;
  for (const Json& grant : list) out.push_back(grant["section"].get<std::string>() + ": " + grant["grant"].get<std::string>());
  return out;
}

}  // namespace

TEST_CASE("explain --json has every rule with its rights, its kind and its line", "[live][explain]") {
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", "[filesystem]\nread = " + scratch.path() + ", -" + scratch.path() + "/none\n[network]\nconnect_tcp = 443, 8000-8010\n[syscalls]\nuname = deny EACCES if arg0 == 5\n");
  const Outcome outcome = explained({policy, "--json"});
  REQUIRE(outcome.status == 0);
  CHECK(outcome.err.empty());
  const Json all = json_of(outcome.out);
  CHECK(all["version"] == 1);
  CHECK(all["sources"] == Json::array({policy}));
  CHECK(all["landlock_abi"] == kernel_abi());
  const Json& rules = all["filesystem"]["rules"];
  CHECK(rules[0] == Json({{"path", scratch.path()}, {"key", "read"}, {"kind", "directory"}, {"rights", {"read_file", "read_dir"}}, {"where", policy + ":2"}}));
  CHECK(rules[1]["kind"] == "missing");
  CHECK(all["network"]["connect_tcp"] == Json::array({{{"first", 443}, {"last", 443}}, {{"first", 8000}, {"last", 8010}}}));
  CHECK(all["syscalls"]["lines"][0] == Json({{"call", "uname"}, {"action", "deny EACCES"}, {"if", {"arg0 == 5"}}, {"where", policy + ":6"}}));
  CHECK(all["still_possible"].size() > 5);
}

TEST_CASE("explain --json stays JSON where a path is no text", "[live][explain]") {
  const Scratch scratch;
  const std::string odd = scratch.directory("a\xff\"b");
  const std::string policy = scratch.file("policy.ini", "[filesystem]\nread = " + scratch.path() + "/a*b\n");
  const Outcome outcome = explained({policy, "--json"});
  INFO(outcome.err);
  REQUIRE(outcome.status == 0);
  CHECK(json_of(outcome.out)["filesystem"]["rules"][0]["path"].get<std::string>().find("a\xef\xbf\xbd\"b") != std::string::npos);
  CHECK(explained({policy}).out.find("a\\xff\"b") != std::string::npos);
}

TEST_CASE("explain --abi shows a policy as another kernel would have it", "[live][explain]") {
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", "[filesystem]\nread = /usr\n");
  CHECK(explained({policy, "--abi", "2"}).out.find("Landlock ABI 2\n") != std::string::npos);
  CHECK(explained({policy, "--abi", "2"}).out.find("[filesystem], for Landlock's TRUNCATE") != std::string::npos);
  CHECK(explained({policy, "--abi", "10"}).out.find("[filesystem], for Landlock's TRUNCATE") == std::string::npos);
  const Outcome none = explained({policy, "--abi", "0"});
  CHECK(none.status == 1);
  CHECK(none.err.find("policy.ini:2: ") != std::string::npos);
  for (const char* wrong : {"11", "-1", "x", ""}) {
    const Outcome outcome = explained({policy, "--abi", wrong});
    CHECK(outcome.status == 2);
    CHECK(outcome.out.empty());
  }
}

TEST_CASE("explain --diff tells what each of two policies grants that the other does not", "[live][explain]") {
  const Scratch scratch;
  const std::string here = scratch.directory("here");
  const std::string one = scratch.file("one.ini", "[filesystem]\nread_exec = /usr\nread_write = " + here + "\n[network]\nconnect_tcp = 80, 443-445\n[ipc]\nsignals = allow\n");
  const std::string other = scratch.file("other.ini", "[filesystem]\nread = /, " + here + "\n[network]\nconnect_tcp = 443, 9000\n[syscalls]\nuname = deny\n[environment]\nunset = *TOKEN*\n");
  const Outcome outcome = explained({one, "--diff", other, "--json"});
  INFO(outcome.err);
  CHECK(outcome.status == 1);
  const Json all = json_of(outcome.out);
  std::vector<std::string> first = grants(all["only_first"]);
  REQUIRE(first.size() == 8);
  // As root changes of owner come on top, among the calls.
  CHECK(first.back().find("uname") != std::string::npos);
  first.resize(6);
  CHECK(first == std::vector<std::string>{"filesystem: execute /usr", "filesystem: write " + here, "network: connect_tcp 80, 444-445", "filesystem: metadata = modes", "ipc: signals = allow", "environment: seeing *TOKEN*"});
  CHECK(all["only_first"][2]["where"] == one + ":5");
  CHECK(grants(all["only_second"]) == std::vector<std::string>{"filesystem: read /", "network: connect_tcp 9000"});
  const Outcome people = explained({one, "--diff", other});
  CHECK(people.out.find("one.ini grants, and ") != std::string::npos);
  CHECK(people.out.find("  [network] connect_tcp 80, 444-445  [" + one + ":5]\n") != std::string::npos);
}

TEST_CASE("explain --diff of a policy with itself finds nothing and ends with 0", "[live][explain]") {
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", "[policy]\nmode = readonly\n[syscalls]\nprofile = strict\n[limits]\ncore = 0\n");
  const Outcome outcome = explained({policy, "--diff", policy});
  CHECK(outcome.status == 0);
  CHECK(outcome.out == policy + " grants, and " + policy + " does not:\n  nothing\n" + policy + " grants, and " + policy + " does not:\n  nothing\n");
  const std::string bad = scratch.file("bad.ini", "[filesystem]\nraed = /\n");
  CHECK(explained({policy, "--diff", bad}).status == 125);
  CHECK(explained({bad, "--diff", policy}).status == 125);
  CHECK(explained({policy, "--diff", scratch / "none.ini"}).status == 125);
}

TEST_CASE("explain is coloured on a terminal alone, and not with NO_COLOR", "[live][explain]") {
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", "[filesystem]\nread = /usr\n");
  const auto on_terminal = [&](const std::map<std::string, std::string>& environment) {
    Start start{{"script", "-qec", built("landshim") + " explain " + policy, "/dev/null"}, environment, {}};
    return run(start).out.find("\x1b[1m") != std::string::npos;
  };
  CHECK(explained({policy}).out.find('\x1b') == std::string::npos);
  CHECK(on_terminal({{"TERM", "xterm"}, {"NO_COLOR", ""}}));
  CHECK_FALSE(on_terminal({{"TERM", "xterm"}, {"NO_COLOR", "1"}}));
  CHECK_FALSE(on_terminal({{"TERM", "dumb"}, {"NO_COLOR", ""}}));
}
