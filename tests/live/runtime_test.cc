// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cerrno>
#include <functional>

#include "tests/live/files.h"

using namespace landshim::tests;

namespace {

const std::string kNone = "[filesystem]\nruntime = none\n";
const std::string kProgram = "[filesystem]\nruntime = program\n";
const std::string kHost = "[filesystem]\nruntime = host\n";

// Part of the C library's package, and of no program here. By its path: a search goes on after a refusal, and ends with ENOENT.
std::string other_library() {
  for (const char* directory : {"/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64", "/lib"})
    if (exists(std::string(directory) + "/libresolv.so.2")) return std::string(directory) + "/libresolv.so.2";
  throw std::runtime_error("this host has no libresolv.so.2");
}

}  // namespace

TEST_CASE("runtime = none grants nothing of the host: a program that is mapped already runs, and no other starts", "[live][landlock][runtime]") {
  CHECK(tried_under(kNone, {"nothing"}) == 0);
  CHECK(tried_under(kNone, {"executed", "/bin/true", "-"}) == EACCES);
  CHECK(tried_under(kNone, {"load-library", other_library()}) == EACCES);
  CHECK(tried_under(kNone, {"list", "/usr/lib"}) == EACCES);
  CHECK(tried_under(kNone, {"read", "/etc/ld.so.cache"}) == EACCES);
  CHECK(tried({"executed", "/bin/true", "-"}) == 0);
  CHECK(tried({"load-library", other_library()}) == 0);
  // Nothing grants reading the program anew, so the command cannot start it.
  CHECK(run_by_command(kNone, start_victim({"nothing"})).status == 126);
}

TEST_CASE("runtime = program grants the files of this program and no other", "[live][landlock][runtime]") {
  for (const bool preload : {true, false}) {
    INFO((preload ? "preload" : "command"));
    const auto under = [&](const Words& words) { return answer_of(preload ? run_under(kProgram, start_victim(words)) : run_by_command(kProgram, start_victim(words))); };
    CHECK(under({"nothing"}) == 0);
    CHECK(under({"read", built("tests/victim")}) == 0);
    CHECK(under({"read", "/etc/ld.so.cache"}) == 0);
    CHECK(under({"executed", built("tests/victim"), "nothing"}) == 0);
    CHECK(under({"load-library", other_library()}) == EACCES);
    CHECK(under({"load-library", "libc.so.6"}) == 0);
    CHECK(under({"executed", "/bin/true", "-"}) == EACCES);
    CHECK(under({"executed", "/bin/sh", "-c", "exit 0"}) == EACCES);
    CHECK(under({"executed", built("tests/victim-static"), "nothing"}) == EACCES);
    CHECK(under({"list", "/usr/bin"}) == EACCES);
    CHECK(under({"list", built("tests")}) == EACCES);
    CHECK(under({"read", "/etc/passwd"}) == EACCES);
  }
}

TEST_CASE("runtime = program starts a static program, and a script with its interpreter, through the command", "[live][landlock][runtime]") {
  CHECK(run_by_command(kProgram, start_victim({"nothing"}, "tests/victim-static")).status == 0);
  CHECK(answer_of(run_by_command(kProgram, start_victim({"executed", built("tests/victim"), "nothing"}, "tests/victim-static"))) == EACCES);
  const Scratch scratch;
  const std::string script = scratch.file("script", "#!/bin/sh\necho ran\nread -r line < /etc/passwd || echo held\n", 0755);
  const Outcome outcome = run_by_command(kProgram, {{script}, {}, {}});
  CHECK(outcome.out == "ran\nheld\n");
}

TEST_CASE("runtime = host lets any program of the host start and load its libraries", "[live][landlock][runtime]") {
  CHECK(tried_under(kHost, {"load-library", other_library()}) == 0);
  CHECK(tried_under(kHost, {"executed", "/bin/true", "-"}) == 0);
  CHECK(run_under(kHost, {{"sh", "-c", "ls / >/dev/null 2>&1 || env true && echo started"}, {}, {}}).out == "started\n");
  CHECK(tried_under(kHost, {"list", "/usr/bin"}) == 0);
  CHECK(tried_under(kHost, {"executed", built("tests/victim"), "nothing"}) == 0);
}

TEST_CASE("runtime starts programs of the host in a user namespace that has no number for root", "[live][landlock][runtime]") {
  REQUIRE_ABI(1);
  if (run({{"/usr/bin/unshare", "-U", "true"}, {}, {}}).status != 0) return skip("needs user namespaces");
  for (const std::string& policy : {kHost, kProgram}) {
    const Scratch place;
    const Outcome outcome = run({{"/usr/bin/unshare", "-U", built("landshim"), "run", "-p", place.file("policy.ini", policy), "--", "/usr/bin/stat", "-c", "%u", "/usr/bin/stat"}, {}, {}});
    CHECK(outcome.err.empty());
    CHECK(outcome.out == "65534\n");
  }
}

TEST_CASE("runtime = host grants no configuration, no home, no device and no writing", "[live][landlock][runtime]") {
  const Scratch scratch;
  const std::string file = scratch.file("file", "keep me");
  for (const Words& words : {Words{"read", "/etc/passwd"}, Words{"list", "/"}, Words{"list", "/etc"}, Words{"list", "/tmp"}, Words{"write", "/dev/null"}, Words{"read", file}, Words{"list", "/proc"},
                             Words{"executed", built("tests/victim-static"), "nothing"}}) {
    INFO(words[0] << " " << words[1]);
    CHECK(tried(words) == 0);
    CHECK(tried_under(kHost, words) == EACCES);
  }
  CHECK(tried_under(kHost, {"create", "/usr/bin/landshim-test"}) == EACCES);
  CHECK_FALSE(exists("/usr/bin/landshim-test"));
}

TEST_CASE("runtime = host takes the directories of PATH and LD_LIBRARY_PATH", "[live][landlock][runtime]") {
  const Tree tree;
  std::filesystem::copy_file(tree / "program", tree / "dir/program");
  for (const char* name : {"PATH", "LD_LIBRARY_PATH"}) {
    INFO(name);
    Start start = start_victim({"executed", tree / "dir/program", "nothing"});
    CHECK(answer_of(run_under(kHost, start)) == EACCES);
    // A relative entry is searched where the program stands: no part of the host.
    start.environment[name] = "/usr/bin:dir";
    start.directory = tree.path();
    CHECK(answer_of(run_under(kHost, start)) == EACCES);
    start.environment[name] = "/usr/bin:/nowhere/at/all:" + (tree / "dir");
    CHECK(answer_of(run_under(kHost, start)) == 0);
    start.command = start_victim({"executed", tree / "program", "nothing"}).command;
    CHECK(answer_of(run_under(kHost, start)) == EACCES);
    start.command = start_victim({"create", tree / "dir/new"}).command;
    CHECK(answer_of(run_under(kHost, start)) == EACCES);
  }
}

TEST_CASE("runtime = host grants a program in a home through every door, and nothing that lies beside it", "[live][landlock][runtime]") {
  const Scratch home;
  const std::string program = home / "program";
  std::filesystem::copy_file(built("tests/victim"), program);
  const std::string secret = home.file("secret", "top secret\n", 0755);
  std::filesystem::copy_file(built("tests/victim-static"), home / "other");
  std::filesystem::create_directory(home / "dir");
  const PolicyPlace place;
  REQUIRE(place.run_victim(kHost).status == 0);
  const auto start = [&](Words words) {
    words.insert(words.begin(), program);
    return Start{words, {}, {}};
  };
  const std::function<int(Words)> ways[] = {
      [&](const Words& words) { return answer_of(run_by_command(kHost, start(words))); },
      [&](const Words& words) { return answer_of(run_under(kHost, start(words))); },
      [&](const Words& words) {
        Start audited = start(words);
        audited.environment = {{"LD_AUDIT", built("liblandshim-audit.so")}, {"LANDSHIM_POLICY", place.policy()}};
        return answer_of(run(audited));
      },
  };
  for (const auto& under : ways) {
    INFO(&under - ways);
    CHECK(under({"nothing"}) == 0);
    CHECK(under({"read", program}) == 0);
    CHECK(under({"executed", program, "nothing"}) == 0);
    CHECK(under({"read", secret}) == EACCES);
    CHECK(under({"executed", home / "other", "nothing"}) == EACCES);
    CHECK(under({"list", home.path()}) == EACCES);
    CHECK(under({"list", home / "dir"}) == EACCES);
  }
  for (const Words& words : {Words{"read", secret}, Words{"executed", home / "other", "nothing"}, Words{"list", home.path()}}) CHECK(answer_of(run(start(words))) == 0);
  // The carrier is another program: what it becomes needs a line.
  CHECK(run_under(kHost, {{"/usr/bin/env", program, "nothing"}, {}, {}}).status == 126);
  CHECK(run_under(kHost + "read_exec = " + program + "\n", {{"/usr/bin/env", program, "nothing"}, {}, {}}).status == 0);
}

TEST_CASE("runtime = host grants a script and its interpreter in a home, and nothing that lies beside them", "[live][landlock][runtime]") {
  const Scratch home;
  home.directory("bin");
  home.directory("shells");
  std::filesystem::copy_file("/bin/sh", home / "shells/sh");
  const std::string secret = home.file("bin/secret", "top secret\n");
  const std::string other = home.file("shells/secret", "top secret\n");
  const std::string body = "\necho ran\nread -r line < " + secret + " || echo held\nread -r line < " + other + " || echo held\n";
  for (const std::string& interpreter : {std::string("/bin/sh"), home / "shells/sh"}) {
    const std::string script = home.file("bin/script", "#!" + interpreter + body, 0755);
    INFO(interpreter);
    CHECK(run({{script}, {}, {}}).out == "ran\n");
    const Outcome outcome = run_by_command(kHost, {{script}, {}, {}});
    CHECK(outcome.status == 0);
    CHECK(outcome.out == "ran\nheld\nheld\n");
  }
}

TEST_CASE("a program with a library of its own starts under runtime = host and program, and its own directory stays closed", "[live][landlock][runtime]") {
  if (run({{"sh", "-c", "command -v gcc"}, {}, {}}).status != 0) return skip("needs gcc");
  const Scratch home;
  const std::string secret = home.file("secret", "top secret\n");
  Start make{{"sh", "-ec", R"sh(
mkdir bin lib
cp secret bin; cp secret lib
echo 'int own(void) { return 0; }' | gcc -x c -shared -fPIC -o lib/libown.so -
printf '#include <errno.h>\n#include <fcntl.h>\nint own(void);\nint main(int n, char** v) { return open(v[1], O_RDONLY) < 0 ? errno : own(); }\n' | gcc -x c -o bin/program - -Llib -lown -Wl,-rpath,'$ORIGIN/../lib'
)sh"}, {}, {}};
  make.directory = home.path();
  const Outcome made = run(make);
  INFO(made.err);
  REQUIRE(made.status == 0);
  const auto start = [&](const std::string& file) { return Start{{home / "bin/program", home / file}, {}, {}}; };
  for (const std::string& policy : {kHost, kProgram}) {
    INFO(policy);
    for (const bool preload : {true, false}) {
      const auto under = [&](const std::string& file) { return answer_of(preload ? run_under(policy, start(file)) : run_by_command(policy, start(file))); };
      CHECK(under("lib/libown.so") == 0);
      CHECK(under("bin/program") == 0);
      CHECK(under("bin/secret") == EACCES);
      CHECK(under("secret") == EACCES);
      // With host, what lies beside its libraries is granted with them.
      CHECK(under("lib/secret") == (policy == kHost ? 0 : EACCES));
    }
  }
  CHECK(answer_of(run(start("bin/secret"))) == 0);
}

TEST_CASE("runtime = host does not start with / in a search path", "[live][runtime]") {
  const PolicyPlace place;
  for (const char* root : {"/", "//", "/."}) {
    const Outcome outcome = place.run_victim(kHost, {"nothing"}, {{"PATH", std::string("/usr/bin:") + root}});
    CHECK(outcome.status == 125);
    CHECK(outcome.err == "landshim: " + place.policy() + ":2: runtime = host: PATH holds \"/\", which would grant everything; take it out of the variable\n");
  }
  CHECK(place.run_victim(kHost, {"nothing"}, {{"PATH", "/usr/bin"}}).status == 0);
}

TEST_CASE("runtime = host bears directories of PATH that this user cannot reach", "[live][runtime]") {
  const Scratch scratch;
  const std::string closed = scratch.directory("closed", 0700);
  std::filesystem::create_directory(closed + "/bin");
  if (!is_root()) chmod(closed.c_str(), 0);
  Start start = start_victim({"nothing"});
  start.environment["PATH"] = closed + "/bin:/usr/bin:/bin";
  start.as_nobody = is_root();
  const Outcome outcome = run_under(kHost, start);
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  if (!is_root()) chmod(closed.c_str(), 0700);
}

TEST_CASE("the policy and the shim stay readable for the program, and only readable", "[live][landlock][runtime]") {
  const PolicyPlace place;
  const std::string shim = built("liblandshim.so");
  for (const std::string& policy : {kNone, kProgram, kHost, std::string("[policy]\nmode = strict\n")}) {
    INFO(policy);
    CHECK(place.run_victim(policy, {"read", place.policy()}).status == 0);
    CHECK(place.run_victim(policy, {"read", shim}).status == 0);
    CHECK(place.run_victim(policy, {"list", place.path()}).status == EACCES);
    CHECK(place.run_victim(policy, {"write", place.policy()}).status == EACCES);
    CHECK(place.run_victim(policy, {"unlink", place.policy()}).status == EACCES);
    CHECK(place.run_victim(policy, {"truncate", place.policy()}).status == EACCES);
    CHECK(place.run_victim(policy, {"write", shim}).status == EACCES);
    CHECK(contents(place.policy()) == policy);
  }
}

TEST_CASE("a second arrival of the shim finds its policy in force and says nothing", "[live][runtime]") {
  const PolicyPlace place;
  // Set anew: the first start has taken the shim out of LD_PRELOAD.
  const std::string again = "LD_PRELOAD=" + built("liblandshim.so");
  const Scratch other;
  const std::string policy = other.file("policy.ini", kHost);
  const Outcome outcome = run_with(policy, {{"sh", "-c", again + " sh -c 'read -r line < /etc/passwd || echo \"held ${LD_PRELOAD:-clean}\"' 2>&1 | grep -v ermission"}, {}, {}});
  CHECK(outcome.out == "held clean\n");
}
