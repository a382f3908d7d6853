// SPDX-License-Identifier: MIT
#include "config/paths.h"

#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/support/world.h"

namespace landshim {
namespace {

using tests::Scratch;
using Lines = std::vector<std::string>;

// An environment of its own, never that of the runner.
class World {
 public:
  explicit World(Lines entries = {}) : entries_(std::move(entries)) {
    for (const std::string& entry : entries_) pointers_.push_back(entry.c_str());
    pointers_.push_back(nullptr);
    around.environment = pointers_.data();
    around.program = "/usr/bin/program";
    around.shim = "/usr/lib/shim.so";
  }
  Surroundings around{};

 private:
  Lines entries_;
  std::vector<const char*> pointers_{};
};

ExpandedItem item(std::string_view text, const World& world = World(), std::string_view directory = "/etc/policies") {
  const Result<ExpandedItem> out = expand_item(text, directory, world.around);
  INFO(text);
  if (!out) FAIL(out.error().what);
  return *out;
}

std::string path(std::string_view text, const World& world = World()) { return item(text, world).path; }

std::string fault(std::string_view text, const World& world = World()) {
  const Result<ExpandedItem> out = expand_item(text, "/etc/policies", world.around);
  INFO(text);
  REQUIRE_FALSE(out);
  CHECK(out.error().where.empty());
  return out.error().what;
}

struct Expanded {
  Policy policy;
  Lines faults;  // "LINE: what"
  // The paths that the policy's own lines and keys gave.
  Lines of(std::string_view key) const {
    Lines out;
    for (const PathRule& rule : policy.path_rules)
      if (rule.key == key) out.push_back(rule.path);
    return out;
  }
};

Expanded expanded(Policy policy, const World& world, const std::string& file) {
  policy.sources.push_back({file, "p.ini", {}});
  Expanded out{std::move(policy), {}};
  std::vector<Fault> faults;
  expand(out.policy, world.around, faults);
  for (const Fault& fault : faults) out.faults.push_back(std::to_string(fault.origin.line) + ": " + fault.what);
  return out;
}

Policy reading(const Lines& items) {
  Policy policy;
  for (const std::string& text : items) policy.path_items.push_back({text, kRead, "read", {0, static_cast<std::uint32_t>(policy.path_items.size() + 1)}});
  return policy;
}

TEST_CASE("an absolute path stays, a relative one begins at the policy's directory", "[paths]") {
  CHECK(path("/usr/lib") == "/usr/lib");
  CHECK(path("data") == "/etc/policies/data");
  CHECK(path("./data") == "/etc/policies/data");
  CHECK(path("../data") == "/etc/policies/../data");
  CHECK(path(".") == "/etc/policies");
  CHECK(item("data", World(), "/").path == "/data");
}

TEST_CASE("double slashes, dots and a slash at the end say nothing", "[paths]") {
  CHECK(path("//usr///lib/") == "/usr/lib");
  CHECK(path("/usr/./lib/.") == "/usr/lib");
  CHECK(path("/") == "/");
  CHECK(path("///") == "/");
  CHECK(path("/.") == "/");
  CHECK(path("/./.") == "/");
  CHECK(path("/usr/.hidden/..lib/a.") == "/usr/.hidden/..lib/a.");
}

TEST_CASE("'..' is left to the kernel, which follows links first", "[paths]") {
  CHECK(path("/a/../b") == "/a/../b");
  CHECK(path("/..") == "/..");
}

TEST_CASE("a leading - accepts that a path is missing", "[paths]") {
  CHECK_FALSE(item("/opt").missing_ok);
  CHECK(item("-/opt").missing_ok);
  CHECK(item("-/opt").path == "/opt");
  CHECK(item("- /opt").path == "/opt");
  CHECK(item("-opt").path == "/etc/policies/opt");
  CHECK(item("--opt").path == "/etc/policies/-opt");
  CHECK(item("-~/x", World({"HOME=/home/me"})).path == "/home/me/x");
  CHECK(fault("-") == "the path is missing");
  CHECK(fault("") == "the path is missing");
}

TEST_CASE("~/ is the home directory", "[paths]") {
  const World world({"HOME=/home/me"});
  CHECK(path("~/x", world) == "/home/me/x");
  CHECK(path("~", world) == "/home/me");
  CHECK(path("~/", world) == "/home/me");
  CHECK(path("/a/~/b", world) == "/a/~/b");
  CHECK(path("x~", world) == "/etc/policies/x~");
  CHECK(fault("~root/x", world) == "~user is not read; write the path of that home");
  CHECK(fault("~/x") == "${HOME} is unset or empty; set it, or write ${HOME:-default}");
}

TEST_CASE("variables come from the environment", "[paths]") {
  const World world({"A=/a", "AB=/ab", "EMPTY=", "EQUALS=x=y", "A=/second", "REL=rel"});
  CHECK(path("${A}/x", world) == "/a/x");
  CHECK(path("/x${A}${AB}", world) == "/x/a/ab");
  CHECK(path("/${EQUALS}", world) == "/x=y");
  CHECK(path("${REL}/x", world) == "/etc/policies/rel/x");
  CHECK(fault("${B}", world) == "${B} is unset or empty; set it, or write ${B:-default}");
  CHECK(fault("${EMPTY}/x", world) == "${EMPTY} is unset or empty; set it, or write ${EMPTY:-default}");
  CHECK(fault("-${B}", world) == "${B} is unset or empty; set it, or write ${B:-default}");
  CHECK(fault("${a}", world) == "${a} is unset or empty; set it, or write ${a:-default}");
}

TEST_CASE("a default stands for a variable that is unset or empty", "[paths]") {
  const World world({"A=/a", "EMPTY="});
  CHECK(path("${B:-/tmp}/x", world) == "/tmp/x");
  CHECK(path("${EMPTY:-/tmp}/x", world) == "/tmp/x");
  CHECK(path("${A:-/tmp}/x", world) == "/a/x");
  CHECK(path("${B:-}/x", world) == "/x");
  CHECK(path("${B:-a:-b}", world) == "/etc/policies/a:-b");
}

TEST_CASE("defaults nest, up to eight deep", "[paths]") {
  const World world({"D=/d"});
  CHECK(path("${A:-${B:-${D}}}/x", world) == "/d/x");
  CHECK(path("${A:-${B:-/b}${D}}", world) == "/b/d");
  CHECK(path("${D:-${B}}", world) == "/d");
  CHECK(fault("${A:-${B}}", world) == "${B} is unset or empty; set it, or write ${B:-default}");
  std::string nested = "/end";
  for (int i = 0; i < 8; ++i) nested = "${A:-" + nested + "}";
  CHECK(path(nested, world) == "/end");
  CHECK(fault("${A:-" + nested + "}", world) == "variables are nested more than 8 deep");
}

TEST_CASE("a path that comes out empty is refused, not taken for the policy's directory", "[paths]") {
  constexpr const char* kNothing = "nothing is left once the variables are filled in; a path cannot be empty";
  CHECK(fault("${B:-}") == kNothing);
  CHECK(fault("-${B:-}") == kNothing);
  CHECK(fault("${A:-${B:-}}") == kNothing);
}

TEST_CASE("four variables need no environment", "[paths]") {
  char buffer[PATH_MAX];
  REQUIRE(getcwd(buffer, sizeof buffer) != nullptr);
  CHECK(path("${PWD}/x") == std::string(buffer == std::string("/") ? "" : buffer) + "/x");
  CHECK(path("${POLICY_DIR}/x") == "/etc/policies/x");
  CHECK(path("/run/user/${UID}") == "/run/user/" + std::to_string(getuid()));
  CHECK(path("${EXE}") == "/usr/bin/program");
}

TEST_CASE("the environment cannot replace the four variables", "[paths]") {
  const World world({"PWD=/evil", "POLICY_DIR=/evil", "UID=evil", "EXE=/evil"});
  for (const char* text : {"${PWD}", "${POLICY_DIR}", "/${UID}", "${EXE}"}) CHECK(path(text, world).find("evil") == std::string::npos);
}

TEST_CASE("${PWD} is the real working directory, whatever its name holds", "[paths]") {
  const Scratch scratch;
  const std::string odd = scratch.directory("a*b [c], $d");
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(odd);
  const ExpandedItem out = item("${PWD}/x");
  const ExpandedItem pattern = item("${PWD}/*");
  std::filesystem::current_path(before);
  CHECK(out.path == odd + "/x");
  CHECK(out.pattern.empty());
  CHECK_FALSE(pattern.pattern.empty());
}

TEST_CASE("without a program that starts, ${EXE} stands for itself when a policy is only looked at", "[paths]") {
  World world;
  world.around.program.clear();
  world.around.at_start = false;
  CHECK(path("${EXE}", world) == "${EXE}");
  world.around.at_start = true;
  char self[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", self, sizeof self);
  REQUIRE(size > 0);
  CHECK(path("${EXE}", world) == std::string(self, static_cast<std::size_t>(size)));
}

TEST_CASE("$$ is a dollar sign, and never the start of a variable", "[paths]") {
  const World world({"A=/a"});
  CHECK(path("/x$$y") == "/x$y");
  CHECK(path("/x$$$$") == "/x$$");
  CHECK(path("/$${A}", world) == "/${A}");
  CHECK(path("/$$${A}", world) == "/$/a");
  CHECK(path("$${A}/x", world) == "/etc/policies/${A}/x");
  CHECK(path("$${EXE}", world) == "/etc/policies/${EXE}");
}

TEST_CASE("a dollar sign before a sign of patterns takes its meaning away", "[paths]") {
  const ExpandedItem plain = item("/a$*b$?c$[d]");
  CHECK(plain.path == "/a*b?c[d]");
  CHECK(plain.pattern.empty());
  const ExpandedItem beside = item("/a$*/*.c");
  CHECK(beside.path == "/a*/*.c");
  CHECK(beside.pattern == "/a\\*/*.c");
  CHECK(path("/$$*") == "/$*");
  CHECK_FALSE(item("/$$*").pattern.empty());
  CHECK(item("/$$$*").pattern.empty());
}

TEST_CASE("a dollar sign that is no variable is refused", "[paths]") {
  constexpr const char* kLone = "a lone '$'; write ${NAME} for a variable, $$ for a dollar sign";
  for (const char* text : {"$", "/a$", "$HOME/x", "/a$ b", "$(id)", "/$$$x"}) CHECK(fault(text) == kLone);
  for (const char* text : {"${", "/${A", "/${A:-${B}"}) CHECK(fault(text) == "'${' has no '}'");
  for (const char* name : {"", "1A", "A-B", "A B", "a.b", "A:", "A:+x", "A-x", ":-x", "\xc3\xa9", "${A}"})
    CHECK(fault("${" + std::string(name) + "}") == "${" + std::string(name) + "}: not a variable; write ${NAME} or ${NAME:-default}");
}

TEST_CASE("a privileged start takes no variable from the environment", "[paths]") {
  World world({"A=/evil", "HOME=/evil"});
  world.around.privileged = true;
  CHECK(fault("${A}/x", world) == "${A}: in a privileged start no variable is taken from the environment; write the path itself, or ${A:-default}");
  CHECK(fault("~/x", world) == "${HOME}: in a privileged start no variable is taken from the environment; write the path itself, or ${HOME:-default}");
  CHECK(path("${A:-/safe}/x", world) == "/safe/x");
  CHECK(path("${POLICY_DIR}/${UID}", world) == "/etc/policies/" + std::to_string(getuid()));
  CHECK(path("${EXE}", world) == "/usr/bin/program");
}

TEST_CASE("only what the policy itself writes can be a pattern", "[paths]") {
  for (const char* text : {"/a/*", "/a?", "/[ab]", "/a/*/b"}) CHECK_FALSE(item(text).pattern.empty());
  for (const char* text : {"/a", "/a]", "/a\\b", "/{a,b}", "/!a"}) CHECK(item(text).pattern.empty());
  const World world({"V=/a*[b]?,c\\"});
  CHECK(item("${V}", world).pattern.empty());
  CHECK(path("${V}", world) == "/a*[b]?,c\\");
  CHECK_FALSE(item("${B:-/x*}", world).pattern.empty());
}

// --- on the disk ---

TEST_CASE("a pattern becomes its matches, sorted", "[paths]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", "");
  for (const char* name : {"c.x", "a.x", "b.x", "a.y", ".x"}) scratch.file(name, "");
  const Expanded out = expanded(reading({scratch / "*.x"}), World(), policy);
  CHECK(out.faults.empty());
  CHECK(out.of("read") == Lines{scratch / "a.x", scratch / "b.x", scratch / "c.x"});
  for (const PathRule& rule : out.policy.path_rules) {
    if (rule.key != "read") continue;
    CHECK_FALSE(rule.pattern);
    CHECK(rule.rights == kRead);
    CHECK(rule.origin == Origin{0, 1});
  }
}

TEST_CASE("*, ? and brackets match as in glob(7), relative to the policy too", "[paths]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", "");
  scratch.directory("d1");
  scratch.directory("d2");
  for (const char* name : {"d1/a", "d1/b", "d2/a", "d2/c", "d2/]", "d2/-"}) scratch.file(name, "");
  const auto found = [&](const char* text) { return expanded(reading({text}), World(), policy).of("read"); };
  CHECK(found("d?/a") == Lines{scratch / "d1/a", scratch / "d2/a"});
  CHECK(found("d*/[bc]") == Lines{scratch / "d1/b", scratch / "d2/c"});
  CHECK(found("d[1-2]/a") == Lines{scratch / "d1/a", scratch / "d2/a"});
  CHECK(found("d2/[!a-c]") == Lines{scratch / "d2/-", scratch / "d2/]"});
  CHECK(found("d2/[]]*") == Lines{scratch / "d2/]"});
  CHECK(found("./d1//*") == Lines{scratch / "d1/a", scratch / "d1/b"});
}

TEST_CASE("a pattern without a match is a missing path", "[paths]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", "");
  const Expanded out = expanded(reading({scratch / "none*", "-" + (scratch / "nor?"), scratch / "nowhere/*"}), World(), policy);
  CHECK(out.faults.empty());
  REQUIRE(out.of("read") == Lines{scratch / "none*", scratch / "nor?", scratch / "nowhere/*"});
  CHECK(out.policy.path_rules[0].pattern);
  CHECK_FALSE(out.policy.path_rules[0].missing_ok);
  CHECK(out.policy.path_rules[1].pattern);
  CHECK(out.policy.path_rules[1].missing_ok);
}

TEST_CASE("a pattern through a directory that cannot be read is a fault, with - too", "[paths]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", "");
  const std::string closed = scratch.directory("closed", 0300);
  const Policy asked = reading({closed + "/*", "-" + closed + "/*"});
  const Lines expected = {"1: read = " + closed + "/*: a directory of the pattern cannot be read", "2: read = -" + closed + "/*: a directory of the pattern cannot be read"};
  // Root reads every directory.
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (geteuid() == 0 && (setgroups(0, nullptr) != 0 || setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0)) _exit(2);
    _exit(expanded(asked, World(), policy).faults == expected ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("what a variable holds is literal beside a pattern", "[paths]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", "");
  for (const char* name : {"a*b", "a[b]", "a?b", "a\\b", "axb", "ab", "[a-c]", "!x"}) {
    scratch.directory(name);
    scratch.file(std::string(name) + "/file", "");
  }
  for (const char* name : {"a*b", "a[b]", "a?b", "a\\b", "[a-c]", "!x"}) {
    const World world({"V=" + std::string(name)});
    CHECK(expanded(reading({scratch / "${V}/*"}), world, policy).of("read") == Lines{scratch / name + "/file"});
    CHECK(expanded(reading({scratch / "${V}/f?le"}), world, policy).of("read") == Lines{scratch / name + "/file"});
  }
}

TEST_CASE("what a variable holds is literal inside brackets too", "[paths]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", "");
  for (const char* name : {"a", "b", "c", "-", "!", "^", "]", ":", "."}) {
    if (std::string(name) != ".") scratch.file(std::string("x") + name, "");
  }
  const auto found = [&](const char* value, const char* text) { return expanded(reading({scratch / text}), World({"V=" + std::string(value)}), policy).of("read"); };
  CHECK(found("a-c", "x[${V}]") == Lines{scratch / "x-", scratch / "xa", scratch / "xc"});
  CHECK(found("!a", "x[${V}]") == Lines{scratch / "x!", scratch / "xa"});
  CHECK(found("^a", "x[${V}]") == Lines{scratch / "x^", scratch / "xa"});
  CHECK(found("]a", "x[${V}]") == Lines{scratch / "x]", scratch / "xa"});
  CHECK(found(":alpha:", "x[[${V}]*]").empty() == false);
  CHECK(found(":a:", "x[[${V}]") == Lines{scratch / "x:", scratch / "xa"});
}

TEST_CASE("a backslash of the policy is a backslash", "[paths]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", "");
  for (const char* name : {"a\\x", "a*", "ab"}) scratch.file(name, "");
  CHECK(expanded(reading({"a\\*"}), World(), policy).of("read") == Lines{scratch / "a\\x"});
}

TEST_CASE("a fault of an item names its key, the item and the line", "[paths]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", "");
  CHECK(expanded(reading({"/ok", "${NOPE}/x", "$"}), World(), policy).faults ==
        Lines{"2: read = ${NOPE}/x: ${NOPE} is unset or empty; set it, or write ${NOPE:-default}", "3: read = $: a lone '$'; write ${NAME} for a variable, $$ for a dollar sign"});
}

TEST_CASE("more path rules than 4096, patterns expanded, are refused once", "[paths]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", "");
  scratch.directory("many");
  for (int i = 0; i < 2100; ++i) scratch.file("many/" + std::to_string(i), "");
  const Expanded half = expanded(reading({scratch / "many/*"}), World(), policy);
  CHECK(half.faults.empty());
  CHECK(half.of("read").size() == 2100);
  const Expanded full = expanded(reading({scratch / "many/*", scratch / "many/*"}), World(), policy);
  CHECK(full.faults == Lines{"2: more than 4096 path rules once patterns are expanded; grant a directory instead of its files"});
}

TEST_CASE("the shim and the policy are always readable where files are restricted", "[paths]") {
  const Scratch scratch;
  const std::string policy = scratch.file("p.ini", "");
  CHECK(expanded(Policy{}, World(), policy).of("always") == Lines{policy, "/usr/lib/shim.so"});
  Policy full;
  full.mode = {Mode::kFullAccess, {0, 1}};
  CHECK(expanded(full, World(), policy).policy.path_rules.empty());
  Policy all;
  all.file_access = {FileAccess::kAll, {0, 1}};
  CHECK(expanded(all, World(), policy).policy.path_rules.empty());
}

TEST_CASE("readonly reads and executes everything and writes to nothing but a few devices", "[paths]") {
  const Scratch scratch;
  const std::string file = scratch.file("p.ini", "");
  Policy policy;
  policy.mode = {Mode::kReadonly, {0, 2}};
  const Expanded out = expanded(policy, World({"TMPDIR=/elsewhere"}), file);
  CHECK(out.faults.empty());
  CHECK(out.of("mode") == Lines{"/", "/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/ptmx", "/dev/pts"});
  for (const PathRule& rule : out.policy.path_rules) {
    if (rule.path == "/") CHECK(rule.rights == kReadExec);
    else if (rule.key == "mode") CHECK((rule.rights == kDevice && rule.missing_ok));
    if (rule.key == "mode") CHECK(rule.origin == Origin{0, 2});
  }
}

TEST_CASE("workspace-write adds the workspace, the directory for temporary files and /dev/shm", "[paths]") {
  const Scratch scratch;
  const std::string file = scratch.file("p.ini", "");
  Policy policy;
  policy.mode = {Mode::kWorkspaceWrite, {0, 2}};
  const auto rights_of = [](const Expanded& out, const std::string& name) {
    Rights rights = 0;
    for (const PathRule& rule : out.policy.path_rules)
      if (rule.path == name) rights |= rule.rights;
    return rights;
  };
  const std::string here = working_directory();
  const Expanded by_default = expanded(policy, World(), file);
  CHECK(by_default.faults.empty());
  CHECK(rights_of(by_default, here) == kReadWriteExec);
  CHECK(rights_of(by_default, "/tmp") == kReadWrite);
  CHECK(rights_of(by_default, "/dev/shm") == kReadWrite);
  CHECK(rights_of(by_default, "/") == kReadExec);

  policy.workspace = {{"sub", 0, "workspace", {0, 3}}, {"/srv/w", 0, "workspace", {0, 3}}};
  const Expanded named = expanded(policy, World({"TMPDIR=/my tmp*"}), file);
  CHECK(named.faults.empty());
  CHECK(named.of("workspace") == Lines{scratch / "sub", "/srv/w"});
  CHECK(rights_of(named, "/srv/w") == kReadWriteExec);
  CHECK(rights_of(named, "/my tmp*") == kReadWrite);
  CHECK(rights_of(named, "/tmp") == 0);
  CHECK(rights_of(named, here) == 0);
}

TEST_CASE("a mode never makes the root of all files writable by accident", "[paths]") {
  const Scratch scratch;
  const std::string file = scratch.file("p.ini", "");
  Policy policy;
  policy.mode = {Mode::kWorkspaceWrite, {0, 2}};
  constexpr const char* kRoot = "2: this mode would make \"/\" writable, the working directory or ${TMPDIR} at start; write workspace = PATH, or set another TMPDIR";
  for (const char* tmp : {"/", "//", "/."}) CHECK(expanded(policy, World({"TMPDIR=" + std::string(tmp)}), file).faults == Lines{kRoot});
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path("/");
  const Lines faults = expanded(policy, World(), file).faults;
  std::filesystem::current_path(before);
  CHECK(faults == Lines{kRoot});
}

TEST_CASE("runtime = program is the program and what is mapped with it", "[paths]") {
  const Scratch scratch;
  const std::string file = scratch.file("p.ini", "");
  Policy policy;
  policy.runtime = {Runtime::kProgram, {0, 4}};
  World world({"PATH=/opt/bin"});
  world.around.started = {"/home/script", "/lib64/ld.so"};
  world.around.mapped = {"/lib/libc.so.6"};
  const Expanded out = expanded(policy, world, file);
  CHECK(out.of("runtime") == Lines{"/etc/ld.so.cache", "/usr/bin/program", "/home/script", "/lib64/ld.so", "/lib/libc.so.6"});
  for (const PathRule& rule : out.policy.path_rules) {
    if (rule.path == "/etc/ld.so.cache") CHECK((rule.rights == kReadFile && rule.missing_ok));
    else if (rule.key == "runtime") CHECK((rule.rights == (kReadFile | kExecute) && !rule.missing_ok));
  }
  CHECK(expanded(Policy{}, world, file).of("runtime").empty());
}

TEST_CASE("runtime = host is the directories of programs and libraries, and those of the search paths", "[paths]") {
  const Scratch scratch;
  const std::string file = scratch.file("p.ini", "");
  Policy policy;
  policy.runtime = {Runtime::kHost, {0, 4}};
  World world({"PATH=/opt/bin:/usr/bin::relative:.:/opt/bin/", "LD_LIBRARY_PATH=/opt/lib;/opt/lib2"});
  world.around.program = "/home/program";
  world.around.started = {"/home/script", "/home/loader/ld.so"};
  world.around.mapped = {"/odd/place/libx.so"};
  const Lines found = expanded(policy, world, file).of("runtime");
  const auto has = [&](const std::string& name) { return std::count(found.begin(), found.end(), name); };
  for (const char* directory : {"/usr/bin", "/bin", "/usr/lib", "/lib64", "/opt/bin", "/opt/lib", "/opt/lib2", "/odd/place"}) CHECK(has(directory) == 1);
  // As files: not what lies beside them.
  for (const char* started : {"/home/program", "/home/script", "/home/loader/ld.so"}) CHECK(has(started) == 1);
  for (const char* directory : {"/home", "/home/loader"}) CHECK(has(directory) == 0);
  for (const std::string& name : found) CHECK(name.starts_with('/'));
  CHECK(has("/") == 0);

  world.around.privileged = true;
  const Lines privileged = expanded(policy, world, file).of("runtime");
  CHECK(std::count(privileged.begin(), privileged.end(), "/opt/bin") == 0);
  CHECK(std::count(privileged.begin(), privileged.end(), "/usr/bin") == 1);
}

TEST_CASE("a search path that holds the root is a fault, not a grant of everything", "[paths]") {
  const Scratch scratch;
  const std::string file = scratch.file("p.ini", "");
  Policy policy;
  policy.runtime = {Runtime::kHost, {0, 4}};
  for (const char* root : {"/", "//", "/.", "/./"})
    CHECK(expanded(policy, World({"PATH=/usr/bin:" + std::string(root)}), file).faults ==
          Lines{"4: runtime = host: PATH holds \"/\", which would grant everything; take it out of the variable"});
  const std::string link = scratch / "link";
  CHECK(symlink("/", link.c_str()) == 0);
  for (const std::string& root : {std::string("/usr/.."), link})
    CHECK(expanded(policy, World({"PATH=/usr/bin:" + root}), file).faults.at(0).find("which would grant everything; take it out of the variable") != std::string::npos);
}

TEST_CASE("the chain of a policy is its file and every directory above, of its real path and of its name", "[paths]") {
  const Scratch scratch;
  scratch.directory("real");
  scratch.directory("link");
  const std::string file = scratch.file("real/p.ini", "");
  REQUIRE(symlink(file.c_str(), (scratch / "link/p.ini").c_str()) == 0);
  const Expanded out = expanded(Policy{}, World(), scratch / "link/p.ini");
  CHECK(out.faults.empty());
  const std::vector<FileId>& chain = out.policy.sources[0].chain;
  for (const std::string& name : {file, scratch / "real", scratch / "link", scratch.path(), std::string("/")}) {
    struct stat info {};
    REQUIRE(stat(name.c_str(), &info) == 0);
    CHECK(std::count(chain.begin(), chain.end(), FileId{info.st_dev, info.st_ino}) == 1);
  }
}

TEST_CASE("the chain of a place where no policy is ends with what exists", "[paths]") {
  const Scratch scratch;
  scratch.directory("real");
  scratch.file("real/file", "");
  REQUIRE(symlink("real", (scratch / "link").c_str()) == 0);
  Policy policy;
  for (const char* name : {"link/none/p.ini", "real/file/p.ini", "link/none.ini"}) policy.absent.push_back({scratch / name, "profile p", {}});
  const Expanded out = expanded(std::move(policy), World(), scratch.file("p.ini", ""));
  CHECK(out.faults.empty());
  for (const Source& place : out.policy.absent) {
    INFO(place.path);
    CHECK(place.chain.size() == std::size_t(std::count(scratch.path().begin(), scratch.path().end(), '/')) + (place.path.ends_with("file/p.ini") ? 3 : 2));
    for (const std::string& name : {scratch / "real", scratch.path(), std::string("/")}) {
      struct stat info {};
      REQUIRE(stat(name.c_str(), &info) == 0);
      CHECK(std::count(place.chain.begin(), place.chain.end(), FileId{info.st_dev, info.st_ino}) == 1);
    }
  }
}

TEST_CASE("what except and hide have followed a link for is known", "[paths]") {
  const Scratch scratch;
  scratch.directory("real");
  scratch.file("real/secret", "");
  REQUIRE(symlink("real", (scratch / "link").c_str()) == 0);
  Policy policy;
  policy.path_items = {{scratch / "link", kRead, "read", {0, 2}}};
  policy.except_items = {{scratch / "real/secret", 0, "except", {0, 3}}};
  policy.hide_items = {{scratch / "link/secret", 0, "hide", {0, 5}}, {scratch / "real", 0, "hide", {0, 6}}, {"-" + scratch / "link/none", 0, "hide", {0, 7}}};
  const Expanded out = expanded(policy, World(), scratch.file("p.ini", ""));
  CHECK(out.faults.empty());
  CHECK(out.policy.followed == std::vector<Followed>{{scratch / "link", scratch / "real", "read", {0, 2}}, {scratch / "link/secret", scratch / "real/secret", "hide", {0, 5}}, {scratch / "link/none", scratch / "real/none", "hide", {0, 7}}});
}

TEST_CASE("an environment variable is found by its whole name", "[paths]") {
  const World world({"AB=1", "A=2", "A=3", "B", "C="});
  CHECK(std::string(variable(world.around, "A")) == "2");
  CHECK(std::string(variable(world.around, "AB")) == "1");
  CHECK(std::string(variable(world.around, "C")).empty());
  CHECK(variable(world.around, "B") == nullptr);
  CHECK(variable(world.around, "a") == nullptr);
  CHECK(variable(Surroundings{}, "A") == nullptr);
}

}  // namespace
}  // namespace landshim
