// SPDX-License-Identifier: MIT
// Policies of other tools: what becomes of them, and what of texts that are none.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "config/load.h"
#include "shim/command/convert.h"
#include "tests/support/world.h"

using namespace landshim;
using namespace landshim::command;

namespace {

constexpr const char* kGolden = "tests/golden/convert";

// A machine that is the same everywhere.
Kind made_up_look(const std::string& path) {
  if (path.starts_with("/dev/") && path != "/dev/pts") return Kind::kFile;
  if (path.ends_with(".json")) return Kind::kFile;
  return path.starts_with("/opt/") || path.starts_with("/srv/") ? Kind::kNothing : Kind::kDirectory;
}

const char* const kEnvironment[] = {"HOME=/home/somebody", "PATH=/usr/bin:/bin", nullptr};

Foreign foreign(const std::string& name, const std::string& text, std::vector<Word> words = {}) {
  Surroundings surroundings;
  surroundings.environment = kEnvironment;
  surroundings.at_start = false;
  return {name, text, std::move(words), surroundings, made_up_look};
}

using Convert = Result<std::string> (*)(const Foreign&);

Convert converter(const std::string& name) {
  if (name.ends_with(".landrun")) return convert_landrun;
  if (name.ends_with(".sandboxer")) return convert_sandboxer;
  if (name.ends_with(".yaml")) return convert_sandboxec;
  if (name.ends_with(".toml") || name.ends_with(".json")) return convert_landlockconfig;
  return nullptr;
}

Loaded loaded(const std::string& policy) {
  Surroundings surroundings;
  surroundings.environment = kEnvironment;
  surroundings.at_start = false;
  return load_text(policy, "converted", surroundings);
}

// The rights that a policy writes for one item, all its lines together.
Rights rights_of(const Policy& policy, const std::string& item) {
  Rights out = 0;
  for (const PathItem& path : policy.path_items)
    if (path.text == item || path.text == "-" + item) out |= path.rights;
  return out;
}

Result<std::string> landrun(const std::vector<std::string>& words) {
  std::vector<Word> given;
  for (std::size_t i = 0; i < words.size(); ++i) given.push_back({words[i], "argument " + std::to_string(i + 1)});
  return convert_landrun(foreign("the command line", {}, std::move(given)));
}

Policy policy_of(const Result<std::string>& converted) {
  INFO((converted ? *converted : text(converted.error())));
  REQUIRE(converted);
  Loaded out = loaded(*converted);
  for (const Error& fault : out.faults) FAIL(text(fault));
  return out.policy;
}

// One line, with its place, and nothing raw in it.
void check_refused(const Result<std::string>& converted, const std::string& where, const std::string& what) {
  REQUIRE_FALSE(converted);
  const std::string line = text(converted.error());
  INFO(line);
  CHECK(line.find(what) != std::string::npos);
  CHECK(converted.error().where.starts_with(where));
  CHECK(std::none_of(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }));
}

constexpr Rights kAllOfWriting = kWrite | kMakeChar | kMakeBlock | kIoctlDev;

}  // namespace

TEST_CASE("what becomes of a policy of another tool is what is kept beside it", "[convert][golden]") {
  const bool update = std::getenv("LANDSHIM_UPDATE_GOLDEN") != nullptr;
  std::size_t policies = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kGolden)) {
    const std::string name = entry.path().filename().string();
    const Convert convert = converter(name);
    if (convert == nullptr) continue;
    ++policies;
    const Result<std::string> now = convert(foreign(name, tests::contents(entry.path().string())));
    INFO(name << ": " << (now ? "" : text(now.error())));
    REQUIRE(now);
    const std::string kept = entry.path().string() + ".ini";
    if (update) std::ofstream(kept, std::ios::binary | std::ios::trunc) << *now;
    INFO("if the change is right: LANDSHIM_UPDATE_GOLDEN=1\n" << *now);
    CHECK(tests::contents(kept) == *now);
    const Loaded policy = loaded(*now);
    CHECK(policy.faults.empty());
  }
  CHECK(policies >= 10);
}

TEST_CASE("landrun's options become exactly the rights that landrun gives", "[convert]") {
  const Policy policy = policy_of(landrun({"--ro", "/etc", "--rox=/usr", "-rw", "/tmp", "--rwx", "/var", "--rw", "/dev/null", "--", "id"}));
  CHECK(rights_of(policy, "/etc") == kRead);
  CHECK(rights_of(policy, "/usr") == kReadExec);
  CHECK(rights_of(policy, "/tmp") == (kRead | kAllOfWriting));
  CHECK(rights_of(policy, "/var") == (kReadExec | kAllOfWriting));
  // Of a file, the rights that mean something there.
  CHECK((rights_of(policy, "/dev/null") & kOnFiles) == (kReadFile | kWriteFile | kTruncate | kIoctlDev));
  CHECK((rights_of(policy, "/dev/null") & (kMakeChar | kMakeBlock)) == 0);
  CHECK(policy.network.value == NetworkAccess::kNone);
  CHECK(policy.unsupported.value == Unsupported::kFail);
  REQUIRE(policy.unset_variables.size() == 1);
  CHECK(policy.unset_variables[0].text == "*");
}

TEST_CASE("one path of landrun with two options has the rights of both", "[convert]") {
  const Policy policy = policy_of(landrun({"--ro", "/srv", "--rox", "/srv", "--rw", "/a", "--rox", "/a", "id"}));
  CHECK(rights_of(policy, "/srv") == kReadExec);
  CHECK(rights_of(policy, "/a") == (kReadExec | kAllOfWriting));
}

TEST_CASE("the words after the command's name are the command's own", "[convert]") {
  const Policy policy = policy_of(landrun({"/usr/bin/landrun", "--ro", "/etc", "ls", "--rwx", "/"}));
  CHECK(rights_of(policy, "/") == 0);
  CHECK(rights_of(policy, "/etc") == kRead);
}

TEST_CASE("ports, variables and switches of landrun are taken over", "[convert]") {
  const Policy policy = policy_of(landrun({"--connect-tcp", "80,443", "--connect-tcp", "53", "--bind-tcp", "0", "--env", "HOME,A=b", "--unrestricted-scoped", "--best-effort=true", "--ldd", "--unix", "/run/x", "id"}));
  CHECK(policy.connect_tcp.ranges.size() == 3);
  CHECK(policy.bind_tcp.ranges.size() == 1);
  CHECK(policy.keep_variables.size() == 1);
  CHECK(policy.set_variables.size() == 1);
  CHECK(policy.abstract_unix.value == Permission::kAllow);
  CHECK(policy.signals.value == Permission::kAllow);
  CHECK(policy.unsupported.value == Unsupported::kWarn);
  CHECK(policy.runtime.value == Runtime::kProgram);
  CHECK(policy.connect_unix.written());
  CHECK(policy_of(landrun({"--unrestricted-network", "--unrestricted-filesystem", "id"})).file_access.value == FileAccess::kAll);
}

TEST_CASE("a path of another tool is taken literally, whatever signs it has", "[convert]") {
  for (const std::string path : {"/a b", "/a;b", "/#x", "/a\"b", "/a\\b", "/$HOME", "/${HOME}", "/a*b?c[d]", "/-x", "/\xc3\xa4", "/ end ", "/~"}) {
    INFO(path);
    const Policy policy = policy_of(landrun({"--ro=" + path, "id"}));
    // landrun's own reader takes blanks off at the ends.
    const std::string meant = path == "/ end " ? "/ end" : path;
    REQUIRE(policy.path_items.size() == 1);
    CHECK(policy.path_items[0].rights == kRead);
    const tests::Scratch scratch;
    // What it expands to here is that very name: as a file beneath a scratch directory.
    const std::string inside = scratch / meant.substr(1);
    scratch.file(meant.substr(1), "x");
    scratch.file("aXbYc", "x");
    Loaded there = loaded(*landrun({"--ro=" + inside, "id"}));
    Surroundings surroundings;
    surroundings.environment = kEnvironment;
    surroundings.at_start = false;
    expand(there, surroundings);
    CHECK(there.faults.empty());
    std::vector<std::string> paths;
    for (const PathRule& rule : there.policy.path_rules)
      if (rule.key == "read") paths.push_back(rule.path);
    CHECK(paths == std::vector<std::string>{inside});
  }
  for (const std::string path : {"relative", "-x", "~", "."}) {
    INFO(path);
    const Policy policy = policy_of(landrun({"--ro=" + path, "id"}));
    REQUIRE(policy.path_items.size() == 1);
    CHECK(policy.path_items[0].text == (path == "." ? "${PWD}" : "${PWD}/" + path));
  }
}

TEST_CASE("the sample's variables become exactly the rights that it gives", "[convert]") {
  const auto convert = [](const std::string& text) { return convert_sandboxer(foreign("vars", text)); };
  const Policy policy = policy_of(convert("LL_FS_RO=/usr LL_FS_RW=/tmp:/dev/null LL_TCP_BIND=0:80 LL_SCOPED=s ./sandboxer id"));
  CHECK(rights_of(policy, "/usr") == kReadExec);
  CHECK(rights_of(policy, "/tmp") == (kReadExec | kAllOfWriting));
  CHECK(policy.bind_tcp.ranges.size() == 2);
  CHECK(policy.connect_tcp.any);
  CHECK(policy.abstract_unix.value == Permission::kAllow);
  CHECK(policy.signals.value == Permission::kDeny);
  CHECK(policy.unsupported.value == Unsupported::kWarn);
  // Not set is everything, empty is nothing.
  CHECK(policy_of(convert("LL_FS_RO=\nLL_FS_RW=")).network.value == NetworkAccess::kAll);
  const Policy none = policy_of(convert("LL_FS_RO=\nLL_FS_RW=\nLL_TCP_BIND=\nLL_TCP_CONNECT=\n"));
  CHECK(none.connect_tcp.written());
  CHECK_FALSE(none.connect_tcp.granted());
  CHECK_FALSE(none.bind_tcp.granted());
  // Nothing is taken for granted.
  check_refused(convert(""), "vars", "LL_FS_RO is missing");
  check_refused(convert("LL_FS_RO=/"), "vars", "LL_FS_RW is missing");
  check_refused(convert("LL_FS_RO=/\nLL_FS_RW=\nLL_FS_RO=/usr"), "vars:3", "LL_FS_RO was given already");
  check_refused(convert("LL_FS_RO=/\nLL_FS_RW=\nLL_SCOPED=a:a"), "vars:3", "each once");
  check_refused(convert("LL_FS_RO=/\nLL_FS_RW=\nLL_TCP_BIND=http"), "vars:3", "expected a port");
  check_refused(convert("LL_FS_RO=/\nLL_FS_RW=\nLL_TCP_BIND=65536"), "vars:3", "expected a port");
  check_refused(convert("LL_FS_RO=${PATH}"), "vars:1", "in its own way");
  check_refused(convert("just words"), "vars:1", "expected NAME=value");
}

TEST_CASE("sandboxec's rights become exactly its own, and what it leaves alone stays so", "[convert]") {
  const auto convert = [](const std::string& text) { return convert_sandboxec(foreign("p.yaml", text)); };
  const Policy policy = policy_of(convert("fs: [ r:/etc, read_exec:/usr, w:/tmp, RW:/var, rwx:/home ]\nnet: [ b:80 ]\n"));
  CHECK(rights_of(policy, "/etc") == kRead);
  CHECK(rights_of(policy, "/usr") == kReadExec);
  CHECK(rights_of(policy, "/tmp") == (kAllOfWriting | kReadDir));
  CHECK(rights_of(policy, "/var") == (kRead | kAllOfWriting));
  CHECK(rights_of(policy, "/home") == (kReadExec | kAllOfWriting));
  CHECK_FALSE(policy.connect_tcp.granted());
  CHECK(policy.bind_tcp.ranges.size() == 1);
  CHECK(policy.abstract_unix.value == Permission::kAllow);
  CHECK(policy_of(convert("fs: [ r:/etc ]\n")).network.value == NetworkAccess::kAll);
  CHECK(policy_of(convert("net: [ c:1 ]\n")).file_access.value == FileAccess::kAll);
  // Without any rule it denies all.
  const Policy nothing = policy_of(convert("best-effort: false\n"));
  CHECK(nothing.file_access.value == FileAccess::kRules);
  CHECK(nothing.network.value == NetworkAccess::kNone);
  CHECK(nothing.signals.value == Permission::kDeny);
  // With an older ABI it has fewer rights to give.
  CHECK(rights_of(policy_of(convert("abi: 1\nfs: [ rw:/tmp ]\n")), "/tmp") == (kRead | (kAllOfWriting & ~(kRefer | kTruncate | kIoctlDev))));
}

TEST_CASE("landlockconfig's rights become exactly its own, those that it does not handle are free", "[convert]") {
  const auto toml = [](const std::string& text) { return convert_landlockconfig(foreign("c.toml", text)); };
  const Policy policy = policy_of(toml("abi = 5\n[[ruleset]]\nhandled_access_fs = [\"abi.all\"]\n[[path_beneath]]\nallowed_access = [\"abi.read_write\"]\nparent = [\"/tmp\"]\n"));
  CHECK(rights_of(policy, "/tmp") == (kRead | kAllOfWriting));
  CHECK(rights_of(policy, "/") == 0);
  CHECK(policy.network.value == NetworkAccess::kAll);
  const Policy some = policy_of(toml("[[path_beneath]]\nallowed_access = [\"write_file\"]\nparent = [\"/tmp\"]\n"));
  CHECK(rights_of(some, "/tmp") == kWriteFile);
  CHECK((rights_of(some, "/") & kWriteFile) == 0);
  CHECK((rights_of(some, "/") & (kReadFile | kExecute | kMakeReg)) == (kReadFile | kExecute | kMakeReg));
  // The kernel denies refer everywhere where it is not handled.
  CHECK((rights_of(some, "/") & kRefer) == 0);
  // Both languages say the same.
  const auto json = convert_landlockconfig(foreign("c.toml", R"({"abi": 5, "ruleset": [{"handledAccessFs": ["abi.all"]}], "pathBeneath": [{"allowedAccess": ["abi.read_write"], "parent": ["/tmp"]}]})"));
  REQUIRE_FALSE(json);
  const Policy same = policy_of(convert_landlockconfig(foreign("-", R"({"abi": 5, "ruleset": [{"handledAccessFs": ["abi.all"]}], "pathBeneath": [{"allowedAccess": ["abi.read_write"], "parent": ["/tmp"]}]})")));
  CHECK(rights_of(same, "/tmp") == rights_of(policy, "/tmp"));
}

TEST_CASE("landrun's command lines that say nothing clear are refused with their place", "[convert]") {
  check_refused(landrun({"--rx", "/usr", "id"}), "argument 1", "no option of landrun that landshim knows");
  check_refused(landrun({"--rw"}), "argument 1", "its value is missing");
  check_refused(landrun({"--ldd=perhaps", "id"}), "argument 1", "expected true or false");
  check_refused(landrun({"--ro", "", "id"}), "argument 1", "a path is empty");
  check_refused(landrun({"--ro", "/etc\n[policy]", "id"}), "argument 1", "control character");
  check_refused(landrun({"--ro", "/\xff", "id"}), "argument 1", "not UTF-8");
  check_refused(landrun({"--ro", std::string(5000, 'a'), "id"}), "argument 1", "longer than any");
  check_refused(landrun({"--connect-tcp", "70000", "id"}), "argument 1", "expected a port");
  check_refused(landrun({"--env", "=x", "id"}), "argument 1", "expected NAME");
  const auto file = [](const std::string& text) { return convert_landrun(foreign("line.txt", text)); };
  check_refused(file("landrun --ro\n/etc --rw $HOME id"), "line.txt:2", "a shell would read '$'");
  check_refused(file("landrun --ro \"/a"), "line.txt:1", "a quote is not closed");
  check_refused(file("landrun --ro '/a"), "line.txt:1", "a quote is not closed");
  check_refused(file("landrun --ro ~/x"), "line.txt:1", "a shell would read '~'");
  check_refused(file("landrun --ro /a; rm -rf /"), "line.txt:1", "a shell would read ';'");
  check_refused(file(std::string("landrun --ro /a\0b", 17)), "line.txt:1", "control character");
}

TEST_CASE("texts that are no YAML, TOML or JSON of these tools are refused in one line with their place", "[convert]") {
  const auto yaml = [](const std::string& text) { return convert_sandboxec(foreign("p.yaml", text)); };
  check_refused(yaml("fs:\n  - r:/a\n x: [\n"), "p.yaml:", "this is no YAML");
  check_refused(yaml("fs: yes\n"), "p.yaml:1", "expected a list");
  check_refused(yaml("- a\n"), "p.yaml", "expected the keys of sandboxec");
  check_refused(yaml(""), "p.yaml", "expected the keys of sandboxec");
  check_refused(yaml("fs: []\nfs: []\n"), "p.yaml:2", "given already");
  check_refused(yaml("fs: []\nFS: []\n"), "p.yaml:2", "given already");
  check_refused(yaml("fs:\n  - [r, /a]\n"), "p.yaml:2", "expected RIGHTS:PATH");
  check_refused(yaml("fs:\n  - x:/a\n"), "p.yaml:2", "expected RIGHTS:PATH");
  check_refused(yaml("fs:\n  - r:\n"), "p.yaml:2", "expected RIGHTS:PATH");
  check_refused(yaml("fs:\n  - 'r:'\n"), "p.yaml:2", "the path is empty");
  check_refused(yaml("fs:\n  - \"r:/a\\0b\"\n"), "p.yaml:2", "control character");
  check_refused(yaml("fs:\n  - \"r:/a\\n[policy]\"\n"), "p.yaml:2", "control character");
  check_refused(yaml("fs:\n  - r:/a$\n"), "p.yaml:2", "without the name of a variable");
  check_refused(yaml("net:\n  - c:99999\n"), "p.yaml:2", "expected RIGHTS:PORT");
  check_refused(yaml("best-effort: perhaps\n"), "p.yaml:1", "expected true or false");
  check_refused(yaml("abi: 99\n"), "p.yaml:1", "expected 0, or a Landlock ABI");
  check_refused(yaml("mode: serve\n"), "p.yaml:1", "expected run or mcp");
  check_refused(yaml("a: \xff\n"), "p.yaml:1", "not UTF-8");
  check_refused(yaml(std::string("fs:\n  - r:/a\0b\n", 15)), "p.yaml:2", "control character");
  check_refused(yaml("a: " + std::string(200'000, '[') + "\n"), "p.yaml", "");
  check_refused(yaml("a: &a [x]\nb: [*a, *a, *b]\n"), "p.yaml:2", "this is no YAML");
  std::string bomb = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    bomb += "l" + std::to_string(i) + ": &l" + std::to_string(i) + " [x";
    for (int k = 0; k < 10; ++k) bomb += ", *l" + std::to_string(i - 1);
    bomb += "]\n";
  }
  check_refused(yaml(bomb), "p.yaml", "more than 100000 values");
  check_refused(yaml("--- \na: 1\n--- \nb: 1\n"), "p.yaml", "more than one document");

  const auto toml = [](const std::string& text) { return convert_landlockconfig(foreign("c.toml", text)); };
  check_refused(toml("abi = \n"), "c.toml:1", "this is no TOML");
  check_refused(toml("abi = 1\nabi = 2\n"), "c.toml:2", "this is no TOML");
  // toml++ 3.3 fails an assertion of its own here.
  check_refused(toml("parent = [{tmp}\", \"\"]\n"), "c.toml", "this is no TOML");
  check_refused(toml(""), "c.toml", "says nothing");
  check_refused(toml("abi = 3\n"), "c.toml", "says nothing");
  check_refused(toml("abi = 0\n[[ruleset]]\n"), "c.toml:1", "from 1");
  check_refused(toml("abi = 77\n"), "c.toml:1", "newer than this landshim");
  check_refused(toml("abi = 1.5\n"), "c.toml:1", "a fraction");
  check_refused(toml("strange = 1\n"), "c.toml:1", "no such table");
  check_refused(toml("[[ruleset]]\n"), "c.toml:1", "the table is empty");
  check_refused(toml("[ruleset]\nscoped = [\"signal\"]\n"), "c.toml:1", "expected a list of tables");
  check_refused(toml("[[ruleset]]\nscoped = [\"everything\"]\n"), "c.toml:2", "no such scope");
  check_refused(toml("[[ruleset]]\nhandled_access_fs = [\"abi.all\"]\n"), "c.toml:2", "has no abi");
  check_refused(toml("[[path_beneath]]\nallowed_access = [\"read_file\"]\n"), "c.toml:1", "expected allowed_access and parent");
  check_refused(toml("[[path_beneath]]\nallowed_access = [\"read\"]\nparent = [\"/\"]\n"), "c.toml:2", "no right of files");
  check_refused(toml("[[path_beneath]]\nallowed_access = [\"read_file\"]\nparent = [\"${x}\"]\n"), "c.toml:3", "no such variable");
  check_refused(toml("[[path_beneath]]\nallowed_access = [\"read_file\"]\nparent = [\"/a\\u0000\"]\n"), "c.toml:3", "control character");
  check_refused(toml("[[net_port]]\nallowed_access = [\"bind_tcp\"]\nport = [70000]\n"), "c.toml:3", "from 0 to 65535");
  check_refused(toml("a = " + std::string(100'000, '[')), "c.toml", "");
  // Every dot of a key is one more table within another.
  std::string dotted;
  for (int i = 0; i < 200'000; ++i) dotted += "a.";
  check_refused(toml("\n" + dotted + "a = 1\n"), "c.toml:2", "more than 1000 dots in one line");
  check_refused(toml("\n[" + dotted + "a]\n"), "c.toml:2", "more than 1000 dots in one line");
  check_refused(toml(dotted.substr(0, 2000) + "a = 1\n"), "c.toml:1", "nested more than 16 deep");
  std::string nested;
  for (int i = 0; i < 300; ++i) nested += "x = [ { " + dotted.substr(0, 1900) + "a = [\n";
  check_refused(toml(nested), "c.toml", "this is no TOML");

  const auto json = [](const std::string& text) { return convert_landlockconfig(foreign("c.json", text)); };
  check_refused(json("{\n\n \"abi\": }"), "c.json:3", "this is no JSON");
  check_refused(json("{\"abi\": 1, \"abi\": 2}"), "c.json", "given already");
  check_refused(json("[]"), "c.json", "expected the tables");
  check_refused(json("{\"ruleset\": [{\"scoped\": [3]}]}"), "c.json: ruleset[0].scoped[0]", "expected a text");
  check_refused(json("{\"abi\": 18446744073709551615}"), "c.json", "too large");
  check_refused(json(std::string(500'000, '[')), "c.json", "nested more than");
  check_refused(json("{\"abi\": 1e400}"), "c.json", "a number is too large");
  check_refused(json(""), "c.json:1", "this is no JSON");
  check_refused(json(std::string("{\"a\0\": 1}", 9)), "c.json:1", "control character");
}

TEST_CASE("variables of landlockconfig that would make too many paths are refused", "[convert]") {
  std::string text = "[[variable]]\nname = \"x\"\nliteral = [";
  for (int i = 0; i < 100; ++i) text += "\"" + std::to_string(i) + "\", ";
  text += "]\n[[path_beneath]]\nallowed_access = [\"read_file\"]\nparent = [\"/${x}/${x}\"]\n";
  check_refused(convert_landlockconfig(foreign("c.toml", text)), "c.toml:6", "more than 4096 paths");
}

TEST_CASE("lines of a megabyte end no conversion but in an answer", "[convert]") {
  const std::string megabyte(1'000'000, 'a');
  check_refused(convert_sandboxec(foreign("p.yaml", "fs:\n  - r:/" + megabyte + "\n")), "p.yaml:2", "longer than any");
  check_refused(convert_landlockconfig(foreign("c.toml", "[[path_beneath]]\nallowed_access = [\"read_file\"]\nparent = [\"/" + megabyte + "\"]\n")), "c.toml:3", "longer than any");
  check_refused(convert_sandboxec(foreign("p.yaml", std::string(2'000'000, '#'))), "p.yaml", "larger than 1 MiB");
  // Comments of a policy end where its lines must.
  const Policy policy = policy_of(landrun({"--ro", "/etc", "echo", megabyte}));
  CHECK(rights_of(policy, "/etc") == kRead);
  CHECK(policy_of(convert_sandboxec(foreign("p.yaml", "strange: " + megabyte + "\nfs: [ r:/etc ]\n"))).path_items.size() == 1);
}
