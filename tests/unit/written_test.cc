// SPDX-License-Identifier: MIT
// Options become a policy: what each writes, and that a path given on the command line means itself.
#include "shim/command/written.h"

#include <catch2/catch.hpp>

#include <random>
#include <set>

#include "config/load.h"
#include "config/parse.h"
#include "config/rights.h"
#include "tests/support/world.h"

using namespace landshim;
using namespace landshim::command;

namespace {

std::string text_of(const std::vector<Given>& given, bool host_runtime = false) {
  const Result<Written> written = write_policy(given, "/here", host_runtime);
  INFO((written ? "" : written.error().what));
  REQUIRE(written);
  return written->text;
}

std::string error_of(const std::vector<Given>& given, const std::string& directory = "/here") {
  const Result<Written> written = write_policy(given, directory, false);
  REQUIRE_FALSE(written);
  CHECK(written.error().where.empty());
  return written.error().what;
}

std::string setting(const std::string& value) { return text_of({{"--set", value}}); }
std::string setting_error(const std::string& value) { return error_of({{"--set", value}}); }

Loaded read_back(const std::string& text) {
  Surroundings surroundings;
  surroundings.at_start = false;
  surroundings.directory = "/here";
  return load_text(text, kCommandLine, surroundings);
}

std::vector<std::string> paths_of(Loaded loaded, const std::string& key) {
  Surroundings surroundings;
  surroundings.at_start = false;
  expand(loaded, surroundings);
  std::vector<std::string> out;
  for (const PathRule& rule : loaded.policy.path_rules) {
    CHECK_FALSE(rule.pattern);
    CHECK_FALSE(rule.missing_ok);
    if (rule.key == key) out.push_back(rule.path);
  }
  return out;
}

// Signs that mean something to the language, letters of several lengths in UTF-8, and blanks.
const std::vector<std::string> kPieces = {",", " ", "\t", "#", ";", " #", " ;", "\"", "\\", "\\\"", "$", "$$", "${HOME}", "${", "*", "?", "[", "]", "[a-z]", "[*]", "[!a]", "{a,b}", "~", "-", "=", "%", "%20", ":", "'", "`", "a", "Z", "0", ".x", "é", "漢", "\xf0\x9f\xa6\x80", "\xc2\x85"};

std::string random_name(std::mt19937& random) {
  std::string out;
  for (std::size_t left = 1 + random() % 6; left > 0; --left) out += kPieces[random() % kPieces.size()];
  return out;
}

}  // namespace

TEST_CASE("each option writes its key in its section, and sections stand in their order", "[written]") {
  CHECK(text_of({{"--connect-tcp", "80,443"}, {"--bind-tcp", "8000-8010"}, {"--read", "a"}, {"--read-exec", "/usr"}, {"--write", "w"}, {"--read-write", "/x"}, {"--mode", "strict"}, {"--profile", "web"}, {"--read", "b"}}) ==
        "[policy]\nmode = strict\ninclude = \"web\"\n\n"
        "[filesystem]\nread = \"/here/a\"\nread_exec = \"/usr\"\nwrite = \"/here/w\"\nread_write = \"/x\"\nread = \"/here/b\"\n\n"
        "[network]\nconnect_tcp = 80,443\nbind_tcp = 8000-8010\n");
  CHECK(text_of({{"--connect-tcp", ""}}) == "[network]\nconnect_tcp =\n");
  CHECK(text_of({}).empty());
}

TEST_CASE("every option names a key that the language has", "[written]") {
  std::set<std::string> words;
  for (const PolicyOption& option : policy_options()) {
    INFO(option.word);
    CHECK(find_key(option.section, option.key) != nullptr);
    CHECK(words.insert(option.word).second);
    CHECK(std::string(option.word).starts_with("--"));
  }
  CHECK(words.size() == 8);
}

TEST_CASE("a policy that others are added to is included first, by its whole path or as a profile", "[written]") {
  CHECK(text_of({{"-p", "x.ini"}, {"--mode", "readonly"}}) == "[policy]\ninclude = \"/here/x.ini\"\nmode = readonly\n");
  CHECK(text_of({{"-p", "dir/x"}}) == "[policy]\ninclude = \"/here/dir/x\"\n");
  CHECK(text_of({{"-p", "/x $*, #.ini"}}) == "[policy]\ninclude = \"/x $$$*, #.ini\"\n");
  CHECK(text_of({{"LANDSHIM_POLICY", "web"}, {"--profile", "./-x"}}) == "[policy]\ninclude = \"web\"\ninclude = \"/here/./-x\"\n");
  CHECK(error_of({{"--profile", "-web"}}) == "--profile -web: no profile can have this name; a file is named with a '/'");
  CHECK(error_of({{"-p", "a$b"}}).find("no profile can have this name") != std::string::npos);
  CHECK(error_of({{"--profile", ""}}) == "--profile: the name is empty");
}

TEST_CASE("runtime = host is added first where it is asked for, and nothing else is", "[written]") {
  CHECK(text_of({{"--read", "/x"}}, true) == "[filesystem]\nruntime = host\nread = \"/x\"\n");
  CHECK(text_of({{"--mode", "strict"}}, true) == "[policy]\nmode = strict\n\n[filesystem]\nruntime = host\n");
}

TEST_CASE("--set writes any key, as it is given, in the one section that has it", "[written]") {
  CHECK(setting("network=yes") == "[namespaces]\nnetwork = yes\n");
  CHECK(setting("udp=deny") == "[network]\nudp = deny\n");
  CHECK(setting("memfd=noexec") == "[process]\nmemfd = noexec\n");
  CHECK(setting("ioctl_dev=/dev/x, \"/dev/y\"") == "[filesystem]\nioctl_dev = /dev/x, \"/dev/y\"\n");
  CHECK(setting("read=-/opt/*, ${HOME}/x") == "[filesystem]\nread = -/opt/*, ${HOME}/x\n");
  CHECK(setting("set=A=b") == "[environment]\nset = A=b\n");
  CHECK(setting("udp = deny") == "[network]\nudp =  deny\n");
  CHECK(setting("connect_tcp=") == "[network]\nconnect_tcp =\n");
  CHECK(setting("network.access=none") == "[network]\naccess = none\n");
  CHECK(setting("filesystem.access=all") == "[filesystem]\naccess = all\n");
  CHECK(setting("include=./x.ini") == "[policy]\ninclude = ./x.ini\n");
}

TEST_CASE("--set writes a system call by its name, unless a key has that name", "[written]") {
  CHECK(setting("ptrace=deny ENOSYS") == "[syscalls]\nptrace = deny ENOSYS\n");
  CHECK(setting("@mount=kill") == "[syscalls]\n@mount = kill\n");
  CHECK(setting("-arch_prctl=deny") == "[syscalls]\n-arch_prctl = deny\n");
  CHECK(setting("read=/x") == "[filesystem]\nread = /x\n");
  CHECK(setting("listen=deny") == "[network]\nlisten = deny\n");
  CHECK(setting("syscalls.read=deny") == "[syscalls]\nread = deny\n");
}

TEST_CASE("--set refuses a key that two sections have, one that none has, and what is no setting", "[written]") {
  CHECK(setting_error("access=none") == "--set access=none: access is a key of [filesystem] and [network]; write --set filesystem.access=...");
  CHECK(setting_error("user=x") == "--set user=x: user is a key of [process] and [namespaces]; write --set process.user=...");
  CHECK(setting_error("raed=/x") == "--set raed=/x: no section has the key raed; did you mean 'read'?");
  CHECK(setting_error("qqqqqq=1") == "--set qqqqqq=1: no section has the key qqqqqq");
  CHECK(setting_error("netwrok.udp=deny") == "--set netwrok.udp=deny: no such section; did you mean 'network'?");
  for (const char* wrong : {"read", "", "=x", ".read=x", "network.=x", "network.[policy]=x", "network.#=x", "network.;x=y", "network. udp=x", "net work.udp=x"}) {
    INFO(wrong);
    const Result<Written> written = write_policy(std::vector<Given>{{"--set", wrong}}, "/here", false);
    CHECK_FALSE(written);
  }
  CHECK(setting_error("read") == "--set read: expected KEY=VALUE or SECTION.KEY=VALUE");
}

TEST_CASE("every key of the language can be set, with its section or without where one section has it", "[written]") {
  for (const KeyInfo& key : all_keys()) {
    if (key.section == Section::kCommand) continue;  // below
    std::string section;
    for (const SectionInfo& info : all_sections())
      if (info.section == key.section) section = info.word;
    const std::string word = key.word;
    const std::string expected = "[" + section + "]\n" + word + " = x\n";
    INFO(word);
    CHECK(setting(section + "." + word + "=x") == expected);
    std::size_t sections = 0;
    for (const KeyInfo& other : all_keys())
      if (word == other.word && other.section != Section::kCommand) ++sections;
    if (sections == 1) CHECK(setting(word + "=x") == expected);
    else CHECK(setting_error(word + "=x").find("is a key of") != std::string::npos);
  }
  for (const RightName& right : all_rights()) CHECK(setting(std::string(right.word) + "=/x") == "[filesystem]\n" + std::string(right.word) + " = /x\n");
}

TEST_CASE("a rule of [command NAME] can be set by its name", "[written][commands]") {
  const std::vector<Given> given{{"--set", "command git push.match=^git push"}, {"--set", "command a.b.match = x"}, {"--set", "command git push.action=deny"}};
  const Result<Written> written = write_policy(given, "/here", false);
  REQUIRE(written);
  CHECK(written->text == "[command git push]\nmatch = ^git push\naction = deny\n\n[command a.b]\nmatch =  x\n");
  for (const char* word : {"match", "action", "filesystem", "destructive"}) {
    const std::string key = word;
    CHECK(setting_error(key + "=x") == "--set " + key + "=x: " + key + " is a key of [command NAME]; write --set 'command NAME." + key + "=...'");
  }
  CHECK(setting_error("command.match=x") == "--set command.match=x: a rule of [command NAME] has a name; write --set 'command NAME.match=...'");
  for (const char* wrong : {"command .match=x", "command  .match=x", "command a].match=x", "command [a.match=x", "command x=y", "command a.=y"}) {
    INFO(wrong);
    CHECK_FALSE(write_policy(std::vector<Given>{{"--set", wrong}}, "/here", false));
  }
}

TEST_CASE("a value with a line end is refused, whatever the option", "[written]") {
  for (const char* option : {"-p", "--profile", "--read", "--connect-tcp", "--mode", "--set"})
    for (const char* value : {"read=/a\n[network]\naccess=all", "/a\nb", "/a\r", "\n"}) {
      INFO(option << " " << value);
      CHECK(error_of({{option, value}}).find("a line end stands in it") != std::string::npos);
    }
}

TEST_CASE("a relative path without a working directory is refused", "[written]") {
  CHECK(error_of({{"--read", "x"}}, "").find("the working directory is gone") != std::string::npos);
  CHECK(error_of({{"-p", "./x"}}, "").find("the working directory is gone") != std::string::npos);
  CHECK(write_policy(std::vector<Given>{{"--read", "/x"}}, "", false));
  CHECK(error_of({{"--read", ""}}) == "--read: the name is empty");
}

TEST_CASE("a fault in the text names its line and repeats the option that wrote it", "[written]") {
  const std::vector<Given> given = {{"--read", "/x"}, {"--connect-tcp", "70000"}, {"--set", "network.upd=deny"}, {"--mode", "readnly"}};
  const Result<Written> written = write_policy(given, "/here", false);
  REQUIRE(written);
  const Loaded loaded = read_back(written->text);
  std::vector<std::string> said;
  for (const Error& fault : loaded.faults) said.push_back(text(with_option(*written, fault)));
  REQUIRE(said.size() == 3);
  CHECK(said[0].starts_with("command line:2: --mode readnly: mode = readnly: expected strict"));
  CHECK(said[1].starts_with("command line:8: --connect-tcp 70000: connect_tcp = 70000: expected a port"));
  CHECK(said[2].starts_with("command line:9: --set network.upd=deny: upd: no such key in [network]; did you mean 'udp'?"));
  CHECK(with_option(*written, {"what", "policy.ini:2", 0}).what == "what");
  CHECK(with_option(*written, {"what", "command line:1", 0}).what == "what");
  CHECK(with_option(*written, {"what", "command line:999", 0}).what == "what");
}

TEST_CASE("what the language cannot hold is refused at its option: control characters, and bytes that are no UTF-8", "[written]") {
  for (const char* path : {"/a\x01", "/a\x7f", "/a\xff", "/\xed\xa0\x80"}) {
    const Result<Written> written = write_policy(std::vector<Given>{{"--read", path}}, "/here", false);
    REQUIRE(written);
    const Loaded loaded = read_back(written->text);
    REQUIRE(loaded.faults.size() == 1);
    const Error fault = with_option(*written, loaded.faults[0]);
    CHECK(fault.where == "command line:2");
    CHECK(fault.what.starts_with("--read "));
  }
}

TEST_CASE("any path given on the command line comes out of the parser as itself", "[written]") {
  std::mt19937 random(20260101);
  for (int i = 0; i < 4000; ++i) {
    std::vector<Given> given;
    std::vector<std::string> expected;
    for (std::size_t count = 1 + random() % 3; count > 0; --count) {
      std::string path;
      for (std::size_t deep = 1 + random() % 3; deep > 0; --deep) path += "/" + random_name(random) + "x";
      const bool relative = random() % 4 == 0;
      given.push_back({"--read", relative ? path.substr(1) : path});
      expected.push_back(relative ? "/here" + path : path);
    }
    const std::string written = text_of(given);
    INFO(written);
    const Loaded loaded = read_back(written);
    REQUIRE(loaded.faults.empty());
    CHECK(paths_of(loaded, "read") == expected);
  }
}

TEST_CASE("bytes of any kind in a path come out as themselves or are refused by name", "[written]") {
  std::mt19937 random(7);
  std::size_t kept = 0;
  for (int i = 0; i < 4000; ++i) {
    std::string path = "/";
    for (std::size_t left = 1 + random() % 4; left > 0; --left) {
      const char c = static_cast<char>(1 + random() % (i % 2 == 0 ? 127 : 255));
      path += c == '/' || c == '.' ? 'x' : c;
    }
    const std::vector<Given> given = {{"--read-write", path}};
    const Result<Written> written = write_policy(given, "/here", false);
    if (!written) {
      CHECK(path.find_first_of("\r\n") != std::string::npos);
      continue;
    }
    const Loaded loaded = read_back(written->text);
    INFO(printable(path));
    if (loaded.faults.empty()) {
      ++kept;
      CHECK(paths_of(loaded, "read_write") == std::vector<std::string>{path});
    } else {
      CHECK(with_option(*written, loaded.faults.back()).what.starts_with("--read-write " + path + ": "));
    }
  }
  CHECK(kept > 1000);
}

TEST_CASE("files with any name are included by the very name", "[written]") {
  std::mt19937 random(11);
  const tests::Scratch scratch;
  for (int i = 0; i < 200; ++i) {
    const std::string path = scratch.file(random_name(random) + ".ini", "[filesystem]\nread = /one\n");
    const std::string written = text_of({{"-p", path}, {"--read", "/two"}});
    INFO(written);
    const Loaded loaded = read_back(written);
    REQUIRE(loaded.faults.empty());
    REQUIRE(loaded.policy.sources.size() == 2);
    CHECK(loaded.policy.sources[1].path == path);
    CHECK(loaded.policy.path_items.size() == 2);
  }
}

TEST_CASE("one text in two directories is two policies, and in one directory the same", "[written]") {
  Surroundings here;
  here.directory = "/here";
  Surroundings there;
  there.directory = "/there";
  const std::string same = "[filesystem]\nread = x\n";
  CHECK(load_text(same, kCommandLine, here).policy.identity == load_text(same, kCommandLine, here).policy.identity);
  CHECK(load_text(same, kCommandLine, here).policy.identity != load_text(same, kCommandLine, there).policy.identity);
  Loaded loaded = load_text(same, kCommandLine, there);
  expand(loaded, there);
  REQUIRE_FALSE(loaded.policy.path_rules.empty());
  CHECK(loaded.policy.path_rules[0].path == "/there/x");
}
