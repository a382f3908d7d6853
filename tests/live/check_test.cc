// SPDX-License-Identifier: MIT
// landshim check: what it finds on this machine, and in which form it tells.
#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <set>

#include "tests/support/json.h"
#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

const std::string kHost = "[filesystem]\nruntime = host\n";
const std::string kTwoTrees = "; grant read_exec and write on different trees\n";

// With a home and an environment in which nothing is to be found.
Start checking(const std::vector<std::string>& words) {
  Start start{{built("landshim"), "check"}, {}, {}};
  start.command.insert(start.command.end(), words.begin(), words.end());
  start.environment = {{"HOME", "/nonexistent"}};
  start.unset = {"XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "DOCKER_HOST", "DBUS_SESSION_BUS_ADDRESS"};
  return start;
}

Outcome check(const std::vector<std::string>& words) { return run(checking(words)); }

// The findings of one code among those of a policy.
std::vector<std::string> found(const Start& start, const std::string& code) {
  const Outcome outcome = run(start);
  INFO(outcome.err);
  CHECK(outcome.status == 0);
  std::vector<std::string> out;
  for (const std::string& line : lines_of(outcome.err))
    if (line.find(" " + code + ": ") != std::string::npos) out.push_back(line.substr(line.find(code)));
  return out;
}

std::vector<std::string> found(const std::string& policy, const std::string& code) { return found(checking({policy}), code); }

using None = std::vector<std::string>;

// The file of a socket; nobody answers there.
void make_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE(path.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  close(fd);
}

}  // namespace

TEST_CASE("landshim check tells findings on standard error and counts them on standard output", "[live][check]") {
  const Scratch scratch;
  const std::string app = scratch.directory("app");
  const std::string policy = scratch.file("policy.ini", kHost + "read_write_exec = " + app + "\n[process]\numask = 000\n");
  const std::string said = "landshim: " + policy + ":3: warning LS012: write and execute on " + app + ": what is written there can be run" + kTwoTrees + "landshim: " + policy +
                           ":5: note LS060: umask: what the program creates can be written by every user of this machine; write umask = 022 or 077\n";
  for (const auto& [words, status] : std::vector<std::pair<std::vector<std::string>, int>>{{{}, 0}, {{"--level", "error"}, 0}, {{"--level", "warning"}, 1}, {{"--level=note"}, 1}}) {
    std::vector<std::string> all = words;
    all.push_back(policy);
    const Outcome outcome = check(all);
    CHECK(outcome.status == status);
    CHECK(outcome.err == said);
    CHECK(outcome.out == policy + ": 1 warning, 1 note\n");
  }
  const std::string note = scratch.file("note.ini", kHost + "[process]\numask = 000\n");
  CHECK(check({"--level", "warning", note}).status == 0);
  CHECK(check({"--level", "note", note}).status == 1);
  for (const auto& [level, status] : std::vector<std::pair<std::string, int>>{{"error", 0}, {"note", 1}}) {
    const Outcome quiet = check({"--quiet", "--level", level, policy});
    CHECK(quiet.status == status);
    CHECK(quiet.out + quiet.err == "");
  }
}

TEST_CASE("findings stand beside faults, in the order of the lines", "[live][check]") {
  const Scratch scratch;
  const std::string app = scratch.directory("app");
  const std::string policy = scratch.file("policy.ini", "[filesystem]\nread_write_exec = " + app + "\nraed = /\n[process]\numask = 0\n");
  const Outcome outcome = check({policy});
  CHECK(outcome.status == 1);
  CHECK(outcome.out == policy + ": 1 error, 1 warning, 1 note\n");
  const std::vector<std::string> lines = lines_of(outcome.err);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].find(":2: warning LS012: ") != std::string::npos);
  CHECK(lines[1] == "landshim: " + policy + ":3: raed: no such key in [filesystem]; did you mean 'read'?");
  CHECK(lines[2].find(":5: note LS060: ") != std::string::npos);
}

TEST_CASE("landshim check --json gives faults and findings in one document", "[live][check]") {
  const Scratch scratch;
  const std::string app = scratch.directory("app");
  const std::string bad = scratch.file("bad.ini", "[filesystem]\nraed = /\nread = /nowhere\nread_write_exec = " + app + "\n");
  const std::string good = scratch.file("good.ini", kHost);
  const Outcome outcome = check({"--json", bad, good, scratch / "none.ini"});
  CHECK(outcome.status == 1);
  CHECK(outcome.err.empty());
  const Json document = json_of(outcome.out);
  REQUIRE(document.size() == 1);
  const Json& policies = document.at("policies");
  REQUIRE(policies.size() == 3);
  const Json findings = Json::array({
      {{"code", "LS001"}, {"level", "error"}, {"file", bad}, {"line", 2}, {"message", "raed: no such key in [filesystem]; did you mean 'read'?"}, {"remedy", ""}},
      {{"code", "LS003"}, {"level", "error"}, {"file", bad}, {"line", 3}, {"message", "read = /nowhere: there is no such path; correct it, or write -/nowhere if it may be missing"}, {"remedy", ""}},
      {{"code", "LS012"}, {"level", "warning"}, {"file", bad}, {"line", 4}, {"message", "write and execute on " + app + ": what is written there can be run"}, {"remedy", "grant read_exec and write on different trees"}},
  });
  CHECK(policies[0] == Json{{"file", bad}, {"findings", findings}, {"counts", {{"error", 2}, {"warning", 1}, {"note", 0}, {"left_out", 0}}}});
  CHECK(policies[1] == Json{{"file", good}, {"findings", Json::array()}, {"counts", {{"error", 0}, {"warning", 0}, {"note", 0}, {"left_out", 0}}}});
  REQUIRE(policies[2].at("findings").size() == 1);
  CHECK(policies[2]["findings"][0]["line"] == 0);
  CHECK(policies[2]["findings"][0]["file"] == scratch / "none.ini");
  CHECK(check({"--json", good}).status == 0);
}

TEST_CASE("what this kernel cannot do has a code of its own", "[live][check]") {
  if (kernel_abi() >= 10) return skip("this kernel has Landlock ABI 10");
  const Scratch scratch;
  const Json document = json_of(check({"--json", scratch.file("policy.ini", kHost + "[network]\nconnect_udp = 53\n")}).out);
  const Json& findings = document.at("policies").at(0).at("findings");
  std::set<std::string> codes;
  for (const Json& finding : findings)
    if (finding.at("level") == "error") codes.insert(finding.at("code"));
  CHECK(codes == std::set<std::string>{"LS002"});
}

TEST_CASE("landshim check --list and --explain tell all codes", "[live][check]") {
  const Outcome list = check({"--list"});
  CHECK(list.status == 0);
  CHECK(list.err.empty());
  const std::vector<std::string> lines = lines_of(list.out);
  CHECK(lines.size() > 40);
  CHECK(std::count(lines.begin(), lines.end(), "LS012  warning  write and execute on one tree") == 1);
  for (const std::string& line : lines) {
    const std::string code = line.substr(0, 5);
    const Outcome outcome = check({"--explain", code});
    INFO(outcome.out);
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
    CHECK(outcome.out.rfind(code + " (", 0) == 0);
    for (const std::string& part : {line.substr(16), std::string("\n\nExample:\n\n  "), std::string("\n\nWhat to do:\n\n  ")}) CHECK(outcome.out.find(part) != std::string::npos);
    for (const std::string& row : lines_of(outcome.out)) CHECK(row.size() <= 110);
  }
}

TEST_CASE("the examples of faults have them", "[live][check]") {
  const Scratch scratch;
  for (const auto& [code, text] : std::vector<std::pair<std::string, std::string>>{{"LS001", "[filesystem]\nraed = /usr\n"}, {"LS003", "[filesystem]\nread = /no/such/place\n"}}) {
    CHECK(json_of(check({"--json", scratch.file("policy.ini", text)}).out).at("policies").at(0).at("findings").at(0).at("code") == code);
    std::string shown = "\n  ";
    for (const char c : text.substr(0, text.size() - 1)) shown += c == '\n' ? "\n  " : std::string(1, c);
    CHECK(check({"--explain", code}).out.find(shown + "\n") != std::string::npos);
  }
}

TEST_CASE("landshim check used wrongly says so in one line and ends with 2", "[live][check]") {
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", kHost);
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{}, "check: POLICY is missing"},
      {{"--json"}, "check: POLICY is missing"},
      {{"--explain", "LS999"}, "check: --explain LS999: no such code"},
      {{"--explain", "LS01"}, "did you mean 'LS001'?"},
      {{"--explain", "x\ny"}, "x\\x0ay: no such code"},
      {{"--explain", ""}, "check: --explain : no such code"},
      {{"--explain"}, "check: --explain: 1 required"},
      {{"--explain", "LS012", policy}, "take no policy"},
      {{"--list", policy}, "take no policy"},
      {{"--level", "bad", policy}, "check: --level bad: expected error, warning or note"},
      {{"--json", "--quiet", policy}, "check: --json excludes --quiet"},
      {{"--jsn", policy}, "check: --jsn: no such option; did you mean '--json'?"},
      {{"-", "-"}, "standard input can be read once"},
  };
  for (const auto& [words, said] : cases) {
    const Outcome outcome = check(words);
    INFO(outcome.err);
    CHECK(outcome.status == 2);
    CHECK(outcome.out.empty());
    CHECK(one_line(outcome.err, "landshim: "));
    CHECK(outcome.err.find(said) != std::string::npos);
  }
}

TEST_CASE("landshim check - reads a policy from standard input", "[live][check]") {
  const Scratch scratch;
  const std::string good = scratch.file("good.ini", kHost);
  Start start = checking({"-", good});
  start.directory = scratch.path();
  scratch.directory("app");
  start.input = kHost + "read_write_exec = app\n";
  const Outcome outcome = run(start);
  CHECK(outcome.status == 0);
  CHECK(outcome.err == "landshim: stdin:3: warning LS012: write and execute on " + scratch.path() + "/app: what is written there can be run" + kTwoTrees);
  CHECK(outcome.out == "stdin: 1 warning\n" + good + ": good\n");
  start.command.pop_back();
  start.input = kHost + "# landshim: allow LS012\nread_write_exec = app\n";
  CHECK(run(start).out == "stdin: good\n");
  for (const auto& [input, said] : std::vector<std::pair<std::string, std::string>>{{"", "landshim: stdin: the policy says nothing"},
                                                                                   {std::string("\xff\0x", 3), "landshim: stdin:1: "}}) {
    start.input = input;
    const Outcome refused = run(start);
    INFO(refused.err);
    CHECK(refused.status == 1);
    CHECK(refused.err.rfind(said, 0) == 0);
  }
  const Outcome large = run(script(built("landshim") + " check - <" + scratch.file("large", std::string(2 << 20, '\n')), good));
  CHECK(large.status == 1);
  CHECK(large.err.rfind("landshim: stdin: the policy is larger than 1 MiB", 0) == 0);
  const Outcome closed = run(script(built("landshim") + " check - <&-", good));
  CHECK(closed.status == 1);
  CHECK(closed.err == "landshim: standard input cannot be read: no open descriptor (EBADF)\n");
}

TEST_CASE("landshim check says when what it found cannot be written, and ends with 1", "[live][check]") {
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", kHost + "[process]\numask = 0\n");
  for (const char* words : {"$POLICY", "--json $POLICY", "--list", "--explain LS012"})
    for (const char* closed : {">&-", ">/dev/full"}) {
      INFO(words << " " << closed);
      const Outcome outcome = run(script(built("landshim") + " check " + words + " " + closed, policy));
      CHECK(outcome.status == 1);
      CHECK(outcome.err.find("landshim: standard output cannot be written") != std::string::npos);
    }
  CHECK(run(script(built("landshim") + " check --quiet $POLICY >&-", policy)).status == 0);
}

TEST_CASE("of thousands of findings some hundred are told, and all are counted", "[live][check]") {
  const Scratch scratch;
  const std::string tree = scratch.directory("tree");
  std::string text = kHost + "read = " + tree + "\nread_write_exec = " + scratch.directory("app") + "\n";
  for (int i = 0; i < 4000; ++i) text += "read = " + tree + "\n";
  const std::string policy = scratch.file("policy.ini", text + "[process]\numask = 0\n");
  const Outcome outcome = check({policy});
  CHECK(outcome.status == 0);
  CHECK(outcome.out == policy + ": 1 warning, 4001 notes\n");
  const std::vector<std::string> lines = lines_of(outcome.err);
  CHECK(lines.size() == 201);
  CHECK(lines[0].find("LS012") != std::string::npos);
  CHECK(lines.back() == "landshim: " + policy + ": 3802 findings more, not shown");
  const Json report = json_of(check({"--json", policy}).out).at("policies").at(0);
  CHECK(report.at("findings").size() == 200);
  CHECK(report.at("counts") == Json{{"error", 0}, {"warning", 1}, {"note", 4001}, {"left_out", 3802}});
}

TEST_CASE("a rule through a link to elsewhere is found, with its target", "[live][check]") {
  const Scratch scratch;
  const std::string target = scratch.directory("releases/7");
  scratch.directory("run");
  std::filesystem::create_symlink(target, scratch / "run/current");
  std::filesystem::create_symlink("7", scratch / "releases/newest");
  const std::string policy = scratch.file("policy.ini", kHost + "read = run/current\n");
  CHECK(found(policy, "LS042") == None{"LS042: read = " + (scratch / "run/current") + " is a link to " + target + ", and the rule is on that, as it is at start; name the target, or its directory if the link changes"});
  CHECK(found(scratch.file("beside.ini", kHost + "read = releases/newest, releases/7\n"), "LS042").empty());
  // Matches of a pattern, which nobody wrote one by one.
  for (const char* code : {"LS042", "LS032"}) CHECK(found(scratch.file("pattern.ini", kHost + "read = run/*, releases/*\n"), code).empty());
  CHECK(found(scratch.file("self.ini", kHost + "read = /proc/self\n"), "LS044").size() == 1);
  CHECK(found(scratch.file("self.ini", kHost + "read = /proc/self\n"), "LS013").empty());
}

TEST_CASE("a program that the policy cannot start for want of its loader is found, and does not start", "[live][check]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string bin = scratch.directory("bin");
  std::filesystem::copy_file("/bin/true", bin + "/tool");
  const std::string lacking = "[filesystem]\nread_exec = " + bin + "\nread = -/lib, -/lib64, -/usr/lib\n";
  const std::string policy = scratch.file("policy.ini", lacking);
  const None lines = found(policy, "LS040");
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].rfind("LS040: " + bin + "/tool needs /", 0) == 0);
  CHECK(run_by_command(lacking, {{bin + "/tool"}, {}, {}}).status == 126);
  const std::string loader = lines[0].substr(lines[0].rfind("read_exec = ") + 12);
  const std::string granted = lacking + "read_exec = " + loader + "\n";
  CHECK(found(scratch.file("granted.ini", granted), "LS040").empty());
  CHECK(run_by_command(granted, {{bin + "/tool"}, {}, {}}).status == 0);
  CHECK(found(scratch.file("program.ini", "[filesystem]\nruntime = program\nread_exec = " + bin + "\n"), "LS040").empty());
}

TEST_CASE("a script without its interpreter is found, one that nobody may execute is not", "[live][check]") {
  const Scratch scratch;
  const std::string tool = scratch.file("tool", "#!/bin/sh\nexit 0\n", 0755);
  const std::string policy = scratch.file("policy.ini", "[filesystem]\nread_exec = " + tool + "\n");
  const None lines = found(policy, "LS040");
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].rfind("LS040: " + tool + " needs " + std::filesystem::canonical("/bin/sh").string() + " to start", 0) == 0);
  REQUIRE(chmod(tool.c_str(), 0644) == 0);
  CHECK(found(policy, "LS040").empty());
  // What is cut short or strange is looked at and left alone.
  for (const std::string& start : {std::string("#!"), std::string("#! \n"), std::string("\177ELF"), std::string("\177ELF") + std::string(60, '\xff'), std::string()}) {
    scratch.file("tool", start, 0755);
    CHECK(found(policy, "LS040").empty());
  }
}

TEST_CASE("sockets of services that can be reached or replaced are found", "[live][check]") {
  const Scratch scratch;
  const std::string directory = scratch.directory("agent");
  const std::string path = directory + "/s";
  make_socket(path);
  const auto with = [&](const std::string& text) {
    Start start = checking({scratch.file("policy.ini", kHost + text)});
    start.environment["SSH_AUTH_SOCK"] = path;
    return start;
  };
  const None reached = found(with("[network]\nunix = allow\n"), "LS022");
  REQUIRE(reached.size() == 1);
  CHECK(reached[0].find("UNIX sockets are not ruled, and these services can be reached: ") != std::string::npos);
  CHECK(found(with("[network]\nunix = deny\n"), "LS022").empty());
  const None replaced = found(with("read_write = " + directory + "\n"), "LS026");
  CHECK(replaced == None{"LS026: read_write = " + directory + " holds the socket of the SSH agent, " + path + ": another can be put in its place, for others to connect to; grant a directory of its own, or private_tmp = yes in [namespaces]"});
  CHECK(found(with("read = " + directory + "\n"), "LS026").empty());
  // A name that is no socket, and one that nobody may connect to.
  std::filesystem::remove(path);
  scratch.file("agent/s", "");
  CHECK(found(with("read_write = " + directory + "\n"), "LS026").empty());
}

TEST_CASE("keys in the home directory are found, by name and beneath a rule", "[live][check]") {
  const Scratch home;
  home.directory(".config/gcloud");
  home.directory(".ssh");
  home.directory("notes");
  const Scratch scratch;
  const auto with = [&](const std::string& path) {
    Start start = checking({scratch.file("policy.ini", kHost + "read = ${HOME}" + path + "\n")});
    start.environment["HOME"] = home.path();
    return start;
  };
  CHECK(found(with("/.ssh"), "LS018") == None{"LS018: read = " + (home / ".ssh") + ": keys or passwords lie here; grant what lies beside it, or take it out with except"});
  CHECK(found(with("/.config"), "LS018") == None{"LS018: read = " + (home / ".config") + " covers " + (home / ".config/gcloud") + ", where keys or passwords lie; grant what lies beside it, or take it out with except"});
  CHECK(found(with("/.config\nexcept = ${HOME}/.config/gcloud"), "LS018").empty());
  CHECK(found(with("/notes"), "LS018").empty());
  CHECK(found(with(""), "LS017").size() == 1);
  CHECK(found(with("\nexcept = ${HOME}/.ssh"), "LS017").empty());
}

TEST_CASE("names of secret variables are told, never what they hold", "[live][check]") {
  const Scratch scratch;
  Start start = checking({scratch.file("policy.ini", kHost + "[network]\nconnect_tcp = 443\nunix = deny\n[environment]\nkeep = MY_*\n")});
  start.environment["MY_API_TOKEN"] = "hunter2";
  const Outcome outcome = run(start);
  CHECK(outcome.err.find("note LS056: the network is open, and by their names these variables of the environment hold secrets: MY_API_TOKEN;") != std::string::npos);
  CHECK(outcome.err.find("hunter2") == std::string::npos);
  start.command.back() = scratch.file("closed.ini", kHost);
  CHECK(run(start).err.empty());
}

TEST_CASE("a name that is missing beside one that differs by a letter is found", "[live][check]") {
  const Scratch scratch;
  scratch.file("hosts", "");
  const std::string policy = scratch / "policy.ini";
  for (const char* slip : {"hosst", "host", "hostss", "hosts", "xosts"}) {
    if (std::string(slip) == "hosts") continue;
    scratch.file("policy.ini", kHost + "read = -" + (scratch / slip) + "\n");
    CHECK(found(policy, "LS031") == None{"LS031: read = " + (scratch / slip) + " is missing, and " + (scratch / "hosts") + " is there; correct the name, if that was meant"});
  }
  for (const char* other : {"hxyts", "guests", "hos", "nowhere/hosst"}) {
    scratch.file("policy.ini", kHost + "read = -" + (scratch / other) + "\n");
    CHECK(found(policy, "LS031").empty());
  }
}

TEST_CASE("a writable repository is found until its .git is taken out", "[live][check]") {
  const Scratch scratch;
  const std::string project = scratch.directory("project");
  scratch.directory("project/.git/hooks");
  scratch.directory("project/src");
  const Scratch elsewhere;
  const std::string policy = kHost + "read_write = " + project + "\n";
  CHECK(found(elsewhere.file("policy.ini", policy), "LS024").size() == 1);
  CHECK(found(elsewhere.file("policy.ini", policy + "except = " + project + "/.git\n"), "LS024").empty());
}

TEST_CASE("making landshim writable is found", "[live][check]") {
  const Scratch scratch;
  const std::string build = std::filesystem::canonical(built("landshim")).parent_path();
  const None lines = found(scratch.file("policy.ini", kHost + "write = " + build + "\n"), "LS019");
  CHECK(lines == None{"LS019: write = " + build + " makes " + build + "/landshim writable, which puts this policy in force; grant less, or install landshim elsewhere"});
  CHECK(found(scratch.file("policy.ini", kHost + "read = " + build + "\n"), "LS019").empty());
}

TEST_CASE("a program does put a link in the place of a path in a tree that it writes, and the finding says so", "[live][check]") {
  REQUIRE_ABI(3);
  const Scratch outside;
  outside.file("secret", "told");
  const Scratch work;
  const std::string tree = work.directory("tree");
  work.directory("tree/data", 0777);
  REQUIRE(chmod(tree.c_str(), 0777) == 0);
  const Scratch scratch;
  const std::string text = base_policy() + "read_write = " + tree + "\nread = " + tree + "/data\n";
  const std::string policy = scratch.file("policy.ini", text);
  CHECK(found(policy, "LS023").size() == 1);
  CHECK(run_by_command(text, {{"true"}, {}, {}}).status == 0);
  CHECK(run_by_command(text, {{"sh", "-c", "rmdir " + tree + "/data && ln -s " + outside.path() + " " + tree + "/data"}, {}, {}}).status == 0);
  const Outcome next = run_by_command(text, {{"cat", outside / "secret"}, {}, {}});
  CHECK(next.status == 125);
  CHECK(next.out.empty());
  CHECK(next.err.find("the program that is held can turn the link " + tree + "/data, which leads to " + outside.path()) != std::string::npos);
}

TEST_CASE("what an included file has is told with its name, and allowed in it", "[live][check]") {
  const Scratch scratch;
  const std::string app = scratch.directory("app");
  const std::string policy = scratch.file("policy.ini", kHost + "[policy]\ninclude = part.ini\n");
  scratch.file("part.ini", "[filesystem]\nread_write_exec = app\n");
  const Outcome outcome = check({policy});
  CHECK(outcome.err == "landshim: " + (scratch / "part.ini") + ":2: warning LS012: write and execute on " + app + ": what is written there can be run" + kTwoTrees);
  CHECK(outcome.out == policy + ": 1 warning\n");
  scratch.file("part.ini", "[filesystem]\n# landshim: allow LS012\nread_write_exec = app\n");
  CHECK(check({policy}).out == policy + ": good\n");
  scratch.file("part.ini", "# landshim: allow LS0012\n[filesystem]\nread = app\n");
  CHECK(check({policy}).err.rfind("landshim: " + (scratch / "part.ini") + ":1: warning LS004: LS0012: there is no finding of this code", 0) == 0);
}

TEST_CASE("names of files in findings cannot forge lines or break the document", "[live][check]") {
  const Scratch scratch;
  scratch.directory("d");
  scratch.file("d/a\nlandshim: x", "");
  scratch.file("d/b\xff", "");
  const std::string policy = scratch.file("policy.ini", kHost + "write_file = d/a*\nwrite_file = d/b*\n");
  const Outcome outcome = check({policy});
  const std::vector<std::string> lines = lines_of(outcome.err);
  CHECK(lines.size() == 2);
  CHECK(lines[0].find("d/a\\x0alandshim: x is a file") != std::string::npos);
  const Json findings = json_of(check({"--json", policy}).out).at("policies").at(0).at("findings");
  REQUIRE(findings.size() == 2);
  // Its bytes are no UTF-8, and the document is.
  CHECK(findings[1].at("message").get<std::string>().find("/d/b\xef\xbf\xbd is a file") != std::string::npos);
}

TEST_CASE("every policy of examples and profiles says nothing that is not meant", "[live][check]") {
  const Scratch work;
  for (const char* name : {"project", "downloads", "out", "site", "run", "in", "app", "venv", "job", "results", "data", "keys", "bin", "public", "upstream.git", "tmp", "home/src", "spool", "reports", "notes"}) work.directory(name);
  for (const char* name : {"nginx.conf", "redis.conf", "script.sql", "archive.tar.gz", "job.sh"}) work.file(name, "");
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("examples")) {
    if (entry.path().extension() != ".ini") continue;
    INFO(entry.path().string());
    // As it is installed: beside what its relative paths name, or one level above.
    const Scratch place;
    for (const char* name : {"etc/data", "etc/reports", "etc/notes", "etc/out", "spool", "reports"}) place.directory(name);
    place.file("etc/job.sh", "");
    const std::string policy = place.file("etc/policy.ini", contents(entry.path().string()));
    Start start = checking({"--json", policy});
    start.environment = {{"WORK", work.path()}, {"HOME", work / "home"}, {"TMPDIR", work / "tmp"}};
    start.directory = work / "project";
    const Json report = json_of(run(start).out).at("policies").at(0);
    INFO(text_of(report));
    // A program that is not installed here is a fault, and none of ours.
    for (const Json& finding : report.at("findings")) CHECK(finding.at("code") == "LS003");
    ++seen;
  }
  CHECK(seen >= 16);
  Start profile = checking({"workspace"});
  profile.directory = work / "project";
  profile.environment["TMPDIR"] = work / "tmp";
  CHECK(run(profile).out == "workspace: good\n");
}
