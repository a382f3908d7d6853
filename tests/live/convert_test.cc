// SPDX-License-Identifier: MIT
// landshim convert: what it reads and writes, how it ends, and that a converted policy holds as its source meant.
#include <catch2/catch.hpp>

#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

Outcome convert(const std::vector<std::string>& words, const std::string& input = {}, const std::map<std::string, std::string>& environment = {}) {
  std::vector<std::string> command{built("landshim"), "convert"};
  command.insert(command.end(), words.begin(), words.end());
  return run({command, environment, {"LL_FS_RO", "LL_FS_RW"}, {}, input});
}

void check_ends(const Outcome& outcome, int status, const std::string& words) {
  INFO("status " << outcome.status << " signal " << outcome.signal << "\nstdout: " << outcome.out << "\nstderr: " << outcome.err);
  CHECK(outcome.status == status);
  CHECK(outcome.out.empty());
  CHECK(one_line(outcome.err, "landshim: "));
  CHECK(outcome.err.find(words) != std::string::npos);
}

}  // namespace

TEST_CASE("landshim convert used wrongly says so in one line and ends with 2", "[live][convert]") {
  check_ends(convert({}), 2, "convert: FORMAT is missing");
  check_ends(convert({"landrunn", "x"}), 2, "no such format; there are landrun, sandboxec, sandboxer, landlockconfig; did you mean 'landrun'?");
  check_ends(convert({"sandboxec"}), 2, "convert: FILE is missing");
  check_ends(convert({"landrun"}), 2, "the command line of landrun is missing");
  check_ends(convert({"landrun", "file", "--", "--ro", "/"}), 2, "a file or words after --, not both");
  check_ends(convert({"sandboxer", "--", "x"}), 2, "not from words after --");
  check_ends(convert({"sandboxec", "a", "b"}), 2, "one argument too many");
  check_ends(convert({"landrun", "--outptu", "x"}), 2, "no such option; did you mean '--output'?");
}

TEST_CASE("landshim convert ends with 1 and one line where there is nothing to convert", "[live][convert]") {
  const Scratch scratch;
  check_ends(convert({"sandboxec", scratch / "none.yaml"}), 1, "none.yaml: the file cannot be read: no such file or directory (ENOENT)");
  check_ends(convert({"sandboxec", scratch.directory("directory")}), 1, "is a directory (EISDIR)");
  check_ends(convert({"sandboxec", scratch.file("bad.yaml", "fs:\n  - r\n")}), 1, "bad.yaml:2: r: expected RIGHTS:PATH");
  check_ends(convert({"landlockconfig", "-"}, "{ nothing"), 1, "standard input:1: this is no JSON");
  check_ends(convert({"sandboxer"}), 1, "LL_FS_RO is missing");
  check_ends(convert({"landrun", "--", "--rx", "/", "id"}), 1, "argument 1: --rx: no option of landrun");
  check_ends(convert({"landrun", "-o", scratch / "none/policy.ini", "--", "id"}), 1, "the file cannot be made");
  // A policy has a limit of its own.
  std::string many = "fs:\n";
  for (int i = 0; i < 5000; ++i) many += "  - r:/" + std::to_string(i) + "\n";
  check_ends(convert({"sandboxec", "-"}, many), 1, "more than 4096 paths");
}

TEST_CASE("landshim convert reads arguments, the environment, files and standard input, and writes where it is told", "[live][convert]") {
  const Scratch scratch;
  const Outcome words = convert({"landrun", "--", "--ro", "/etc", "id", "-u", "--", "x"});
  CHECK(words.status == 0);
  CHECK(words.out.find("It started: id -u -- x\n") != std::string::npos);
  CHECK(words.out.find("\nread = /etc\n") != std::string::npos);
  const Outcome environment = convert({"sandboxer"}, {}, {{"LL_FS_RO", "/usr"}, {"LL_FS_RW", ""}, {"LL_TCP_BIND", "80"}});
  CHECK(environment.status == 0);
  CHECK(environment.out.find("\nread_exec = -/usr\n") != std::string::npos);
  CHECK(environment.out.find("\nbind_tcp = 80\n") != std::string::npos);
  const std::string policy = scratch / "out.ini";
  const Outcome file = convert({"landlockconfig", "-", "-o", policy}, "{\"abi\": 6, \"ruleset\": [{\"scoped\": [\"abi.all\"]}]}");
  CHECK(file.status == 0);
  CHECK(file.out.empty());
  CHECK(contents(policy).find("signals = deny") != std::string::npos);
  CHECK(run({{built("landshim"), "check", policy}, {}, {}}).status == 0);
}

TEST_CASE("a converted command line of landrun holds the program as it says", "[live][convert]") {
  REQUIRE_ABI(5);
  const Scratch scratch;
  const Scratch outside;
  scratch.directory("readable");
  const std::string readable = scratch.file("readable/file", "x");
  const std::string writable = scratch.directory("writable");
  const std::string secret = outside.file("secret", "x");
  const Outcome made = convert({"landrun", "--", "--ldd", "--add-exec", "--ro", scratch / "readable", "--rw", writable, "--env", "HOME", witness()});
  REQUIRE(made.status == 0);
  const Start start{{witness(), "read=" + readable, "write=" + readable, "create=" + writable + "/new", "read=" + secret}, {}, {}};
  const Outcome free = run(start);
  CHECK(free.out == "main\nread 0\nwrite 0\ncreate 0\nread 0\n");
  const Outcome held = run_by_command(made.out, start);
  INFO(held.err);
  CHECK(held.out == "main\nread 0\nwrite 13\ncreate 0\nread 13\n");
}

TEST_CASE("a converted policy of every format holds the program as its source says", "[live][convert]") {
  REQUIRE_ABI(4);
  const Scratch scratch;
  const Scratch outside;
  const std::string readable = scratch.directory("readable");
  const std::string file = scratch.file("readable/file", "x");
  const std::string writable = scratch.directory("writable");
  const std::string secret = outside.file("secret", "x");
  const std::string programs = built("tests");
  const std::string program = programs + "/witness-static";
  const std::string toml = "abi = 4\n[[ruleset]]\nhandled_access_fs = [\"abi.all\"]\nhandled_access_net = [\"connect_tcp\"]\n"
                           "[[path_beneath]]\nallowed_access = [\"abi.read_execute\"]\nparent = [\"" + programs + "\"]\n"
                           "[[path_beneath]]\nallowed_access = [\"read_file\", \"read_dir\"]\nparent = [\"" + readable + "\"]\n"
                           "[[path_beneath]]\nallowed_access = [\"abi.read_write\"]\nparent = [\"" + writable + "\"]\n"
                           "[[net_port]]\nallowed_access = [\"connect_tcp\"]\nport = [9]\n";
  const std::string json = R"({"abi": 4, "ruleset": [{"handledAccessFs": ["abi.all"], "handledAccessNet": ["connect_tcp"]}], "pathBeneath": [{"allowedAccess": ["abi.read_execute"], "parent": [")" + programs +
                           R"("]}, {"allowedAccess": ["read_file", "read_dir"], "parent": [")" + readable + R"("]}, {"allowedAccess": ["abi.read_write"], "parent": [")" + writable +
                           R"("]}], "netPort": [{"allowedAccess": ["connect_tcp"], "port": [9]}]})";
  const std::pair<const char*, Outcome> made[] = {
      {"landrun", convert({"landrun", "--", "--rox", programs, "--ro", readable, "--rw", writable, "--connect-tcp", "9", program})},
      {"sandboxer", convert({"sandboxer"}, {}, {{"LL_FS_RO", programs + ":" + readable}, {"LL_FS_RW", writable}, {"LL_TCP_CONNECT", "9"}})},
      {"sandboxec", convert({"sandboxec", "-"}, "fs: [ \"rx:" + programs + "\", \"r:" + readable + "\", \"rw:" + writable + "\" ]\nnet: [ \"c:9\" ]\n")},
      {"landlockconfig, TOML", convert({"landlockconfig", scratch.file("policy.toml", toml)})},
      {"landlockconfig, JSON", convert({"landlockconfig", "-"}, json)},
  };
  for (const auto& [format, converted] : made) {
    INFO(format << ": " << converted.err << converted.out);
    REQUIRE(converted.status == 0);
    const std::string created = writable + "/new";
    const Start start{{program, "read=" + file, "write=" + file, "create=" + created, "read=" + secret, "connect=9", "connect=10"}, {}, {}};
    CHECK(run(start).out == "main\nread 0\nwrite 0\ncreate 0\nread 0\nconnect 111\nconnect 111\n");
    CHECK(run({{"rm", created}, {}, {}}).status == 0);
    const Outcome held = run_by_command(converted.out, start);
    INFO(held.err);
    CHECK(held.out == "main\nread 0\nwrite 13\ncreate 0\nread 13\nconnect 111\nconnect 13\n");
    CHECK(exists(created));
    CHECK(contents(file) == "x");
  }
}

TEST_CASE("landshim convert ends with one line and 1, whatever a file holds", "[live][convert]") {
  const auto repeated = [](const std::string& text, std::size_t times) {
    std::string out;
    while (times-- > 0) out += text;
    return out;
  };
  const auto with_nul = [](std::string text) {
    std::replace(text.begin(), text.end(), '@', '\0');
    return text;
  };
  // Each list holds the one before ten times.
  std::string bomb = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) bomb += "l" + std::to_string(i) + ": &l" + std::to_string(i) + " [" + repeated("*l" + std::to_string(i - 1) + ", ", 10) + "x]\n";
  const std::vector<std::pair<const char*, std::string>> texts{
      {"sandboxec", bomb},
      {"sandboxec", "fs: &fs\n  - *fs\n"},
      {"sandboxec", repeated("- ", 300'000)},
      {"sandboxec", repeated("{a: ", 200'000)},
      {"sandboxec", repeated("a:\n ", 10) + repeated("[", 500'000)},
      {"sandboxec", "abi: 99999999999999999999999999999999\n"},
      {"sandboxec", "abi: -1\n"},
      {"sandboxec", "net: [ \"c:99999999999999999999\" ]\n"},
      {"sandboxec", "fs: 3\n"},
      {"sandboxec", "fs: { r: /etc }\n"},
      {"sandboxec", "? [a, b]\n: c\n"},
      {"sandboxec", with_nul("fs: [ r:/etc@ ]\n")},
      {"sandboxec", "!!binary gICA\n"},
      {"sandboxec", "%YAML 9.9\n---\nfs: [\n"},
      {"landlockconfig", "{\"abi\": 1e400}"},
      {"landlockconfig", "{\"abi\": -3, \"ruleset\": []}"},
      {"landlockconfig", "{\"abi\": 99999999999999999999}"},
      {"landlockconfig", repeated("{\"a\":", 200'000)},
      {"landlockconfig", repeated("[", 900'000)},
      {"landlockconfig", "{\"unknown\": 1}"},
      {"landlockconfig", with_nul("{\"abi\": 4@}")},
      {"landlockconfig", "[[path_beneath]]\nport = 99999999999999999999\n"},
      {"landlockconfig", "abi = 0x7fffffffffffffffffff\n"},
      {"landlockconfig", "x = " + repeated("{a=", 200'000)},
      {"landlockconfig", "[" + repeated("a.", 200'000) + "a]\n"},
      {"landlockconfig", repeated("a.", 200'000) + "a = 1\n"},
      {"landrun", "landrun --ro " + repeated("'", 99'999) + "\n"},
      {"landrun", "landrun --connect-tcp 99999999999999999999 id\n"},
      {"landrun", "landrun --unknown=1 id\n"},
      {"landrun", with_nul("landrun --ro /@ id\n")},
      {"landrun", "\xff\xfe\n"},
      {"sandboxer", "LL_FS_RO=/\nLL_FS_RW=/\nLL_TCP_BIND=99999999999999999999\n"},
      {"sandboxer", with_nul("LL_FS_RO=/@\nLL_FS_RW=\n")},
  };
  const Scratch scratch;
  for (const auto& [format, text] : texts) {
    INFO(format << ": " << text.substr(0, 80));
    const bool json = text[0] == '{' || text.starts_with("[[[[");
    const Outcome outcome = convert({format, scratch.file(json ? "x.json" : "x.toml", text)});
    CHECK_FALSE(outcome.timed_out);
    check_ends(outcome, 1, scratch.path());
    CHECK(outcome.err.size() < 1000);
  }
}
