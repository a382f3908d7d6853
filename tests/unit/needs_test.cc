// SPDX-License-Identifier: MIT
#include "shim/command/needs.h"

#include <catch2/catch.hpp>

namespace landshim::command {
namespace {

const std::string kHostile = std::string("/a b,c\"\\\n\x01\x7f\x80\xff\xc3\xa4$*#'") + '\0' + "end";

Wanted wanted(const std::string& path, Rights rights) { return {.rights = rights, .changes = (rights & kChanging) != 0, .path = path, .chain = {{1, 2}, {~0ULL, ~0ULL}}}; }

void check_same(const Needs& a, const Needs& b) {
  REQUIRE(a.files.size() == b.files.size());
  for (const auto& [path, need] : a.files) {
    REQUIRE(b.files.count(path) == 1);
    const FileNeed& other = b.files.at(path);
    CHECK(need.wanted.path == other.wanted.path);
    CHECK(need.wanted.rights == other.wanted.rights);
    CHECK(need.wanted.changes == other.wanted.changes);
    CHECK(need.wanted.device == other.wanted.device);
    CHECK(need.wanted.chain == other.wanted.chain);
    CHECK(need.directory == other.directory);
    CHECK(need.names == other.names);
    CHECK(need.programs == other.programs);
  }
  REQUIRE(a.ports.size() == b.ports.size());
  for (const auto& [port, need] : a.ports) CHECK(need.programs == b.ports.at(port).programs);
  REQUIRE(a.lines.size() == b.lines.size());
  for (const auto& [lines, need] : a.lines) {
    REQUIRE(b.lines.count(lines) == 1);
    CHECK(need.what == b.lines.at(lines).what);
    CHECK(need.programs == b.lines.at(lines).programs);
  }
  CHECK(a.impossible == b.impossible);
  CHECK(a.unseen == b.unseen);
}

TEST_CASE("needs go from one process to another as they are, whatever bytes names are made of", "[needs]") {
  Needs needs;
  needs.add_file(wanted(kHostile, kReadFile), false, "", kHostile);
  needs.add_file(wanted("/w", kMakeReg | kWriteFile), true, kHostile, "sh");
  Wanted device = wanted("/dev/x", kReadFile | kIoctlDev);
  device.device = true;
  needs.add_file(device, false, "", "x");
  needs.add_port(kConnectTcp, 65535, kHostile);
  needs.add_port(kBindUdp, 0, "x");
  needs.add_lines({"[ipc] sysv = allow", kHostile}, kHostile, kHostile);
  needs.add_impossible(kHostile, kHostile);
  needs.unseen = ~0ULL;
  const Result<Needs> read = needs_of(as_text(needs));
  REQUIRE(read);
  check_same(needs, *read);
  for (int byte = 0; byte < 256; ++byte) {
    Needs one;
    one.add_file(wanted(std::string("/") + static_cast<char>(byte), kReadFile), false, "", std::string(1, static_cast<char>(byte)));
    const Result<Needs> again = needs_of(as_text(one));
    REQUIRE(again);
    check_same(one, *again);
  }
}

TEST_CASE("no needs are needs too", "[needs]") {
  const Result<Needs> read = needs_of(as_text({}));
  REQUIRE(read);
  CHECK(read->empty());
}

TEST_CASE("what is no such text is refused, and so is a part of one", "[needs]") {
  Needs needs;
  needs.add_file(wanted("/a", kReadFile), false, "n", "p");
  const std::string whole = as_text(needs);
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK_FALSE(needs_of(whole.substr(0, size)));
  for (const char* text : {"[]", "null", "{}", "1", "\xff", R"({"files": 1, "ports": [], "lines": [], "impossible": [], "unseen": 0})", R"({"files": [["/a"]], "ports": [], "lines": [], "impossible": [], "unseen": 0})",
                           R"({"files": [], "ports": [["x", 1, []]], "lines": [], "impossible": [], "unseen": 0})", R"({"files": [], "ports": [], "lines": [[[1], "", []]], "impossible": [], "unseen": 0})",
                           R"({"files": [], "ports": [], "lines": [], "impossible": [], "unseen": "many"})"}) {
    INFO(text);
    const Result<Needs> read = needs_of(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().what == "what the run needed did not arrive whole");
  }
}

TEST_CASE("rights, names and programs of one path add up, within a run and over several", "[needs]") {
  Needs one;
  one.add_file(wanted("/w", kMakeReg), true, "a", "sh");
  one.add_file(wanted("/w", kReadDir), true, "", "ls");
  Needs two;
  two.add_file(wanted("/w", kRemoveFile), true, "b", "rm");
  two.add_port(kConnectTcp, 80, "curl");
  two.add_lines({"[ipc] sysv = allow"}, "call shmget", "x");
  two.add_impossible("call mount", "y");
  two.unseen = 3;
  one.add(two);
  const FileNeed& need = one.files.at("/w");
  CHECK(need.wanted.rights == (kMakeReg | kReadDir | kRemoveFile));
  CHECK(need.wanted.changes);
  CHECK(need.names == std::set<std::string>{"a", "b"});
  CHECK(need.programs == std::set<std::string>{"ls", "rm", "sh"});
  CHECK(one.ports.count({kConnectTcp, 80}) == 1);
  CHECK(one.lines.at({"[ipc] sysv = allow"}).programs == std::set<std::string>{"x"});
  CHECK(one.impossible.at("call mount") == std::set<std::string>{"y"});
  CHECK(one.unseen == 3);
}

TEST_CASE("of the names in a directory only so many are kept", "[needs]") {
  Needs needs;
  for (int i = 0; i < 1000; ++i) needs.add_file(wanted("/w", kMakeReg), true, std::to_string(i), "sh");
  CHECK(needs.files.at("/w").names.size() == Needs::kMostNames);
}

}  // namespace
}  // namespace landshim::command
