// SPDX-License-Identifier: MIT
// Every key with every value that it has, and with one that it has not; the words of each fault with their place.
#include "config/interpret.h"

#include <cerrno>

#include <catch2/catch.hpp>

#include "config/syscalls.h"

namespace landshim {
namespace {

using Lines = std::vector<std::string>;

struct Read {
  Policy policy;
  Lines faults;  // "p.ini:LINE: what"
};

Read read(std::string_view text) {
  Read out;
  out.policy.sources.push_back({"/etc/p.ini", "p.ini", {}});
  std::vector<Fault> faults;
  const std::vector<Statement> statements = parse(text, 0, faults);
  interpret(statements, out.policy, faults);
  for (const Fault& fault : faults) out.faults.push_back("p.ini:" + std::to_string(fault.origin.line) + ": " + fault.what);
  return out;
}

Policy good(std::string_view text) {
  Read out = read(text);
  INFO(text);
  for (const std::string& fault : out.faults) FAIL_CHECK(fault);
  return std::move(out.policy);
}

Lines faults_of(std::string_view text) { return read(text).faults; }

// One word after the other for one key, each giving the value beside it.
template <class T>
void check_words(const std::string& section, const std::string& key, Setting<T> Policy::*setting, std::initializer_list<std::pair<const char*, T>> words, const std::string& expected) {
  INFO("[" << section << "] " << key);
  for (const auto& [word, value] : words) {
    for (const std::string& written : {std::string(word), "\"" + std::string(word) + "\"", " " + std::string(word) + "\t"}) {
      const Policy policy = good("[" + section + "]\n" + key + " = " + written + "\n");
      CHECK((policy.*setting).value == value);
      CHECK((policy.*setting).origin == Origin{0, 2});
    }
  }
  const std::string head = "[" + section + "]\n" + key + " = ";
  const std::string at = "p.ini:2: " + key;
  CHECK(faults_of(head + "banana\n") == Lines{at + " = banana: expected " + expected});
  CHECK(faults_of(head + "\n") == Lines{at + ": the value is empty; remove the line or give it a value"});
  CHECK(faults_of(head + "\"\n") == Lines{at + ": a quote is not closed"});
  const std::string first = words.begin()->first;
  CHECK(faults_of(head + first + ", " + first + "\n").size() == 1);
  CHECK(faults_of(head + first + " ; mine\n") == Lines{at + ": a comment stands on a line of its own; quote the value if it has a ';' after a blank"});
  CHECK(faults_of(head + first + "\n" + key + " = " + first + "\n") == Lines{"p.ini:3: " + key + " was given already, in line 2; keep one of the two lines"});
}

using enum Permission;

TEST_CASE("a policy that says nothing is the strict default", "[interpret]") {
  const Policy policy = good("[policy]\n");
  CHECK_FALSE(policy.mode.written());
  CHECK(policy.mode.value == Mode::kStrict);
  CHECK(policy.unsupported.value == Unsupported::kFail);
  CHECK(policy.abi.value == 0);
  CHECK(policy.runtime.value == Runtime::kNone);
  CHECK(policy.file_access.value == FileAccess::kRules);
  CHECK(policy.network.value == NetworkAccess::kNone);
  for (const Setting<Permission>* setting : {&policy.udp, &policy.listen, &policy.abstract_unix, &policy.signals, &policy.sysv, &policy.mqueue, &policy.keyring}) CHECK(setting->value == kDeny);
  for (const Setting<Permission>& family : policy.families) CHECK(family.value == kDeny);
  CHECK(policy.scheduling.value == kAllow);
  CHECK(policy.call_profile.value == CallProfile::kDefault);
  CHECK_FALSE(policy.compat.value);
  CHECK(policy.path_items.empty());
  CHECK(policy.workspace.empty());
}

TEST_CASE("every key with a choice of words takes each of them and no other", "[interpret]") {
  check_words<Mode>("policy", "mode", &Policy::mode, {{"strict", Mode::kStrict}, {"readonly", Mode::kReadonly}, {"workspace-write", Mode::kWorkspaceWrite}, {"full-access", Mode::kFullAccess}},
                    "strict, readonly, workspace-write or full-access");
  check_words<Unsupported>("policy", "unsupported", &Policy::unsupported, {{"fail", Unsupported::kFail}, {"warn", Unsupported::kWarn}}, "fail or warn");
  check_words<Runtime>("filesystem", "runtime", &Policy::runtime, {{"none", Runtime::kNone}, {"program", Runtime::kProgram}, {"host", Runtime::kHost}}, "none, program or host");
  check_words<FileAccess>("filesystem", "access", &Policy::file_access, {{"rules", FileAccess::kRules}, {"all", FileAccess::kAll}}, "rules or all");
  check_words<Metadata>("filesystem", "metadata", &Policy::metadata, {{"deny", Metadata::kDeny}, {"modes", Metadata::kModes}, {"allow", Metadata::kAllow}}, "deny, modes or allow");
  check_words<NetworkAccess>("network", "access", &Policy::network, {{"none", NetworkAccess::kNone}, {"rules", NetworkAccess::kRules}, {"all", NetworkAccess::kAll}}, "none, rules or all");
  check_words<Permission>("network", "udp", &Policy::udp, {{"deny", kDeny}, {"allow", kAllow}}, "deny or allow");
  check_words<Permission>("network", "listen", &Policy::listen, {{"deny", kDeny}, {"allow", kAllow}}, "deny or allow");
  check_words<UnixAccess>("network", "unix", &Policy::unix_sockets, {{"deny", UnixAccess::kDeny}, {"own", UnixAccess::kOwn}, {"allow", UnixAccess::kAllow}}, "deny, own or allow");
  check_words<Permission>("ipc", "abstract_unix", &Policy::abstract_unix, {{"deny", kDeny}, {"allow", kAllow}}, "deny or allow");
  check_words<Permission>("ipc", "signals", &Policy::signals, {{"deny", kDeny}, {"allow", kAllow}}, "deny or allow");
  check_words<Permission>("ipc", "sysv", &Policy::sysv, {{"deny", kDeny}, {"allow", kAllow}}, "deny or allow");
  check_words<Permission>("ipc", "mqueue", &Policy::mqueue, {{"deny", kDeny}, {"allow", kAllow}}, "deny or allow");
  check_words<Permission>("ipc", "keyring", &Policy::keyring, {{"deny", kDeny}, {"allow", kAllow}}, "deny or allow");
  check_words<Permission>("ipc", "scheduling", &Policy::scheduling, {{"deny", kDeny}, {"allow", kAllow}}, "deny or allow");
  check_words<CallProfile>("syscalls", "profile", &Policy::call_profile, {{"default", CallProfile::kDefault}, {"strict", CallProfile::kStrict}, {"none", CallProfile::kNone}}, "default, strict or none");
}

TEST_CASE("every address family is denied or allowed by its own key", "[interpret]") {
  std::size_t seen = 0;
  for (const KeyInfo& key : all_keys()) {
    if (key.key != Key::kFamily) continue;
    ++seen;
    const std::string word = key.word;
    for (const Permission value : {kDeny, kAllow}) {
      const Policy policy = good("[network]\n" + word + " = " + (value == kDeny ? "deny" : "allow") + "\n");
      for (std::size_t i = 0; i < kFamilies; ++i) CHECK(policy.families[i] == (i == key.detail ? Setting<Permission>{value, {0, 2}} : Setting<Permission>{}));
    }
    CHECK(faults_of("[network]\n" + word + " = yes\n") == Lines{"p.ini:2: " + word + " = yes: expected deny or allow"});
    CHECK(faults_of("[network]\n" + word + " = deny\n" + word + " = allow\n") == Lines{"p.ini:3: " + word + " was given already, in line 2; keep one of the two lines"});
  }
  CHECK(seen == kFamilies);
}

TEST_CASE("a mistyped value is refused with the nearest that exists", "[interpret]") {
  CHECK(faults_of("[policy]\nmode = strcit\n") == Lines{"p.ini:2: mode = strcit: expected strict, readonly, workspace-write or full-access; did you mean 'strict'?"});
  CHECK(faults_of("[policy]\nmode = Strict\n") == Lines{"p.ini:2: mode = Strict: expected strict, readonly, workspace-write or full-access; did you mean 'strict'?"});
  CHECK(faults_of("[network]\nudp = allowed\n") == Lines{"p.ini:2: udp = allowed: expected deny or allow"});
  CHECK(faults_of("[network]\nudp = alow\n") == Lines{"p.ini:2: udp = alow: expected deny or allow; did you mean 'allow'?"});
}

TEST_CASE("version 1 is read, a later one needs a newer landshim", "[interpret]") {
  CHECK(good("[policy]\nversion = 1\n") == good("[policy]\n"));
  for (const char* version : {"2", "3", "10", "999999"})
    CHECK(faults_of("[policy]\nversion = " + std::string(version) + "\n") ==
          Lines{"p.ini:2: version " + std::string(version) + " of the policy language needs a newer landshim; this one reads version 1"});
  for (const char* version : {"0", "-1", "1.0", "one", "1, 2", "0x1", "+1"})
    CHECK(faults_of("[policy]\nversion = " + std::string(version) + "\n") == Lines{"p.ini:2: version = " + std::string(version) + ": expected 1"});
  CHECK(faults_of("[policy]\nversion =\n") == Lines{"p.ini:2: version: the value is empty; remove the line or give it a value"});
}

TEST_CASE("a name is any text", "[interpret]") {
  CHECK(good("[policy]\nname = web, \"a b\"\n").name == Setting<std::string>{"web, a b", {0, 2}});
  CHECK(good("[policy]\nname = \xc3\xa9\n").name.value == "\xc3\xa9");
  CHECK(faults_of("[policy]\nname =\n") == Lines{"p.ini:2: name: the value is empty; remove the line or give it a value"});
}

TEST_CASE("abi is auto or a Landlock ABI that the language knows", "[interpret]") {
  CHECK(good("[policy]\nabi = auto\n").abi == Setting<int>{0, {0, 2}});
  for (int abi = 1; abi <= 10; ++abi) CHECK(good("[policy]\nabi = " + std::to_string(abi) + "\n").abi == Setting<int>{abi, {0, 2}});
  for (const char* abi : {"0", "11", "-1", "Auto", "1x", "99999999999999999999"})
    CHECK(faults_of("[policy]\nabi = " + std::string(abi) + "\n") == Lines{"p.ini:2: abi = " + std::string(abi) + ": expected auto, or a Landlock ABI from 1 to 10"});
}

TEST_CASE("every right has a key that grants it to its paths", "[interpret]") {
  Lines words = {"read", "read_exec", "write", "read_write", "read_write_exec", "device"};
  for (const RightName& right : all_rights()) words.push_back(right.word);
  CHECK(words.size() == 23);
  for (const std::string& word : words) {
    const Policy policy = good("[filesystem]\n" + word + " = /a, \"/b, c\"\n" + word + " = /d\n");
    const Rights rights = *find_right(word);
    CHECK(policy.path_items == std::vector<PathItem>{{"/a", rights, word, {0, 2}}, {"/b, c", rights, word, {0, 2}}, {"/d", rights, word, {0, 3}}});
    CHECK(faults_of("[filesystem]\n" + word + " =\n") == Lines{"p.ini:2: " + word + ": the value is empty; remove the line or give it a value"});
    CHECK(faults_of("[filesystem]\n" + word + " = /a,\n") == Lines{"p.ini:2: " + word + ": an empty item after the last comma; remove the comma"});
  }
}

TEST_CASE("workspace adds up and grants nothing by itself", "[interpret]") {
  const Policy policy = good("[policy]\nmode = workspace-write\nworkspace = a, b\nworkspace = c\n");
  REQUIRE(policy.workspace.size() == 3);
  CHECK(policy.workspace[2] == PathItem{"c", 0, "workspace", {0, 4}});
  CHECK(policy.path_items.empty());
}

TEST_CASE("connect_unix lists sockets by path", "[interpret]") {
  const Policy policy = good("[network]\nconnect_unix = /run/a\nconnect_unix = /run/b\n");
  CHECK(policy.connect_unix == Origin{0, 2});
  REQUIRE(policy.path_items.size() == 2);
  CHECK(policy.path_items[1] == PathItem{"/run/b", kResolveUnix, "connect_unix", {0, 3}});
}

TEST_CASE("except keeps its paths apart from those of the rules", "[interpret]") {
  const Policy policy = good("[filesystem]\nread = /a\nexcept = /a/b, -/a/c\nexcept = /a/*.key\n");
  CHECK(policy.path_items.size() == 1);
  CHECK(policy.except_items == std::vector<PathItem>{{"/a/b", 0, "except", {0, 3}}, {"-/a/c", 0, "except", {0, 3}}, {"/a/*.key", 0, "except", {0, 4}}});
}

// --- ports ---

struct PortKey {
  const char* word;
  Ports Policy::*ports;
  unsigned lowest;
};
constexpr PortKey kPortKeys[] = {{"connect_tcp", &Policy::connect_tcp, 1}, {"bind_tcp", &Policy::bind_tcp, 0}, {"connect_udp", &Policy::connect_udp, 1}, {"bind_udp", &Policy::bind_udp, 0}};

TEST_CASE("ports are numbers, ranges and * for any, and add up", "[interpret]") {
  for (const PortKey& key : kPortKeys) {
    const std::string word = key.word;
    const Ports ports = good("[network]\n" + word + " = 443, 8000-8010\n" + word + " = 65535, 7-7\n").*key.ports;
    CHECK(ports.origin == Origin{0, 2});
    CHECK_FALSE(ports.any);
    CHECK(ports.ranges == std::vector<PortRange>{{443, 443, {0, 2}}, {8000, 8010, {0, 2}}, {65535, 65535, {0, 3}}, {7, 7, {0, 3}}});
    const Ports any = good("[network]\n" + word + " = *, 80\n").*key.ports;
    CHECK(any.any);
    CHECK(any.granted());
  }
}

TEST_CASE("an empty port list means none", "[interpret]") {
  for (const PortKey& key : kPortKeys) {
    const Ports ports = good("[network]\n" + std::string(key.word) + " =\n").*key.ports;
    CHECK(ports.written());
    CHECK_FALSE(ports.granted());
  }
}

TEST_CASE("port 0 may be bound, not connected to", "[interpret]") {
  for (const PortKey& key : kPortKeys) {
    const std::string text = "[network]\n" + std::string(key.word) + " = 0\n";
    if (key.lowest == 0) CHECK((good(text).*key.ports).ranges == std::vector<PortRange>{{0, 0, {0, 2}}});
    else CHECK(faults_of(text) == Lines{"p.ini:2: " + std::string(key.word) + " = 0: expected a port from 1 to 65535, a range such as 8000-8010, or *"});
  }
}

TEST_CASE("what is no port is refused, each item on its own", "[interpret]") {
  for (const PortKey& key : kPortKeys) {
    const std::string word = key.word;
    const std::string expected = ": expected a port from " + std::to_string(key.lowest) + " to 65535, a range such as 8000-8010, or *";
    for (const char* item : {"65536", "-1", "80-", "-80", "90-80", "80-90-100", "http", "80/tcp", "0x50", "+80", "80 - 90", "**", "*80", "1-65536", "4294967377"})
      CHECK(faults_of("[network]\n" + word + " = " + item + "\n") == Lines{"p.ini:2: " + word + " = " + item + expected});
    CHECK(faults_of("[network]\n" + word + " = http, 80, https\n") == Lines{"p.ini:2: " + word + " = http" + expected, "p.ini:2: " + word + " = https" + expected});
    CHECK(faults_of("[network]\n" + word + " = 80,\n") == Lines{"p.ini:2: " + word + ": an empty item after the last comma; remove the comma"});
    CHECK(faults_of("[network]\n" + word + " = 80 # web\n") == Lines{"p.ini:2: " + word + ": a comment stands on a line of its own; quote the value if it has a '#' after a blank"});
  }
}

TEST_CASE("4096 ports are read, one more is refused", "[interpret]") {
  CHECK(good("[network]\nconnect_tcp = 1-4096\n").connect_tcp.ranges.size() == 1);
  CHECK(good("[network]\nconnect_tcp = 1-4000\nbind_tcp = 1-96\n").bind_tcp.ranges.size() == 1);
  CHECK(faults_of("[network]\nconnect_tcp = 1-4097\n") == Lines{"p.ini:2: connect_tcp: more than 4096 ports; write * for any port"});
  CHECK(faults_of("[network]\nconnect_tcp = 1-4000\nbind_tcp = 1-97\n") == Lines{"p.ini:3: bind_tcp: more than 4096 ports; write * for any port"});
  CHECK(faults_of("[network]\nbind_tcp = 0-65535\n") == Lines{"p.ini:2: bind_tcp: more than 4096 ports; write * for any port"});
}

TEST_CASE("4096 paths are read, one more is refused", "[interpret]") {
  std::string text = "[filesystem]\n";
  for (int i = 0; i < 4096; ++i) text += "read = /" + std::to_string(i) + "\n";
  CHECK(good(text).path_items.size() == 4096);
  CHECK(faults_of(text + "read = /more\n") == Lines{"p.ini:4098: more than 4096 paths; grant a directory instead of its files"});
}

// --- [syscalls] ---

TEST_CASE("the default of [syscalls] is allow, deny with any error, or kill", "[interpret]") {
  CHECK(good("[syscalls]\ndefault = allow\n").call_default == Setting<Action>{{ActionKind::kAllow, 0}, {0, 2}});
  CHECK(good("[syscalls]\ndefault = deny\n").call_default == Setting<Action>{{ActionKind::kDeny, EPERM}, {0, 2}});
  CHECK(good("[syscalls]\ndefault = deny ENOSYS\n").call_default == Setting<Action>{{ActionKind::kDeny, ENOSYS}, {0, 2}});
  CHECK(good("[syscalls]\ndefault = kill\n").call_default == Setting<Action>{{ActionKind::kKill, 0}, {0, 2}});
  for (const char* action : {"trap", "log", "kill-thread", "trace 1"})
    CHECK(faults_of("[syscalls]\ndefault = " + std::string(action) + "\n") == Lines{"p.ini:2: default: expected allow, deny, deny ERRNO or kill"});
  CHECK(faults_of("[syscalls]\ndefault = deny EFOO\n") == Lines{"p.ini:2: default: EFOO: not an error name such as EACCES"});
  CHECK(faults_of("[syscalls]\ndefault = allow if arg0 == 1\n") == Lines{"p.ini:2: default: if: nothing is expected here"});
  CHECK(faults_of("[syscalls]\ndefault =\n") == Lines{"p.ini:2: default: an action is missing; expected allow, deny, deny ERRNO, kill, kill-thread, trap, log or trace N"});
  CHECK(faults_of("[syscalls]\ndefault = allow\ndefault = deny\n") == Lines{"p.ini:3: default was given already, in line 2; keep one of the two lines"});
}

TEST_CASE("architectures are native, or native and compat", "[interpret]") {
  CHECK(good("[syscalls]\narchitectures = native\n").compat == Setting<bool>{false, {0, 2}});
  CHECK(good("[syscalls]\narchitectures = native, compat\n").compat == Setting<bool>{true, {0, 2}});
  CHECK(good("[syscalls]\narchitectures = compat, native\n").compat.value);
  CHECK(faults_of("[syscalls]\narchitectures = compat\n") == Lines{"p.ini:2: architectures: native is always among them; write native, compat"});
  CHECK(faults_of("[syscalls]\narchitectures = native, x32\n") == Lines{"p.ini:2: architectures = x32: expected native, or native, compat"});
  CHECK(faults_of("[syscalls]\narchitectures =\n") == Lines{"p.ini:2: architectures: the value is empty; remove the line or give it a value"});
}

TEST_CASE("a line of [syscalls] names a call, and may come again", "[interpret]") {
  const Policy policy = good("[syscalls]\nsocket = deny EACCES if arg0 == 17\nsocket = kill\n");
  REQUIRE(policy.call_lines.size() == 2);
  CHECK(policy.call_lines[0].call == "socket");
  CHECK(policy.call_lines[0].word == "socket");
  CHECK_FALSE(policy.call_lines[0].missing_ok);
  CHECK(policy.call_lines[0].origin == Origin{0, 2});
  CHECK(policy.call_lines[0].all_of == std::vector<Condition>{{0, Compare::kEqual, true, 17, 0}});
  CHECK(policy.call_lines[1].action.kind == ActionKind::kKill);
}

TEST_CASE("every system call can be named", "[interpret]") {
  std::string text = "[syscalls]\n";
  for (const SyscallName& call : all_syscalls()) text += std::string(call.name) + " = deny\n";
  const Policy policy = good(text);
  REQUIRE(policy.call_lines.size() == all_syscalls().size());
  for (std::size_t i = 0; i < policy.call_lines.size(); ++i) CHECK(policy.call_lines[i].call == all_syscalls()[i].name);
}

TEST_CASE("a leading - accepts that this architecture lacks a call", "[interpret]") {
  const Policy policy = good("[syscalls]\n-uselib = deny\n");
  REQUIRE(policy.call_lines.size() == 1);
  CHECK(policy.call_lines[0].call == "uselib");
  CHECK(policy.call_lines[0].word == "uselib");
  CHECK(policy.call_lines[0].missing_ok);
  CHECK(faults_of("[syscalls]\n-nocall = deny\n") == Lines{"p.ini:2: nocall: no such system call"});
}

TEST_CASE("a group is its calls, with or without those of this architecture", "[interpret]") {
  for (const std::string_view group : all_groups()) {
    const Policy policy = good("[syscalls]\n" + std::string(group) + " = deny ENOSYS\n");
    std::vector<std::string_view> calls;
    for (const CallLine& line : policy.call_lines) {
      calls.push_back(line.call);
      CHECK(line.word == group);
      CHECK(line.missing_ok);
      CHECK(line.action == Action{ActionKind::kDeny, ENOSYS});
      CHECK(line.origin == Origin{0, 2});
    }
    CHECK(calls == group_members(group));
  }
  CHECK(good("[syscalls]\n-@mount = deny\n").call_lines.size() == group_members("@mount").size());
}

TEST_CASE("a wrong value beside a group is one fault", "[interpret]") {
  CHECK(faults_of("[syscalls]\n@mount = dney\n") == Lines{"p.ini:2: @mount: dney: no such action; did you mean 'deny'?"});
}

TEST_CASE("an unknown call or group is refused with the nearest that exists", "[interpret]") {
  CHECK(faults_of("[syscalls]\nsokcet = deny\n") == Lines{"p.ini:2: sokcet: no such system call; did you mean 'socket'?"});
  CHECK(faults_of("[syscalls]\nprofil = none\n").size() == 1);  // a call of old, so a wrong action
  CHECK(faults_of("[syscalls]\nproflie = none\n") == Lines{"p.ini:2: proflie: no such system call; did you mean 'profile'?"});
  CHECK(faults_of("[syscalls]\n@muont = deny\n") == Lines{"p.ini:2: @muont: no such group of system calls; did you mean '@mount'?"});
  CHECK(faults_of("[syscalls]\n@banana = deny\n") == Lines{"p.ini:2: @banana: no such group of system calls"});
  CHECK(faults_of("[syscalls]\n@ = deny\n").size() == 1);
  CHECK(faults_of("[syscalls]\n- = deny\n").size() == 1);
}

// --- keys ---

TEST_CASE("an unknown key is refused with the nearest that exists in its section", "[interpret]") {
  CHECK(faults_of("[filesystem]\nraed = /a\n") == Lines{"p.ini:2: raed: no such key in [filesystem]; did you mean 'read'?"});
  CHECK(faults_of("[filesystem]\nmake_dirs = /a\n") == Lines{"p.ini:2: make_dirs: no such key in [filesystem]; did you mean 'make_dir'?"});
  CHECK(faults_of("[policy]\nMode = strict\n") == Lines{"p.ini:2: Mode: no such key in [policy]; did you mean 'mode'?"});
  CHECK(faults_of("[network]\nconnect-tcp = 80\n") == Lines{"p.ini:2: connect-tcp: no such key in [network]; did you mean 'connect_tcp'?"});
  CHECK(faults_of("[ipc]\nsignal = deny\n") == Lines{"p.ini:2: signal: no such key in [ipc]; did you mean 'signals'?"});
  CHECK(faults_of("[policy]\nbanana = x\n") == Lines{"p.ini:2: banana: no such key in [policy]"});
  CHECK(faults_of("[policy]\nna me = x\n") == Lines{"p.ini:2: na me: no such key in [policy]; did you mean 'name'?"});
}

TEST_CASE("a key of another section is refused with the name of that section", "[interpret]") {
  CHECK(faults_of("[network]\nread = /a\n") == Lines{"p.ini:2: read: no such key in [network]; it belongs to [filesystem]"});
  CHECK(faults_of("[policy]\nmake_dir = /a\n") == Lines{"p.ini:2: make_dir: no such key in [policy]; it belongs to [filesystem]"});
  CHECK(faults_of("[filesystem]\nconnect_tcp = 80\n") == Lines{"p.ini:2: connect_tcp: no such key in [filesystem]; it belongs to [network]"});
  CHECK(faults_of("[filesystem]\nmode = strict\n") == Lines{"p.ini:2: mode: no such key in [filesystem]; it belongs to [policy]"});
  CHECK(faults_of("[policy]\nsysv = deny\n") == Lines{"p.ini:2: sysv: no such key in [policy]; it belongs to [ipc]"});
  CHECK(faults_of("[ipc]\nprofile = none\n") == Lines{"p.ini:2: profile: no such key in [ipc]; it belongs to [syscalls]"});
}

TEST_CASE("a key of a section is not one of another, whatever its value", "[interpret]") {
  for (const KeyInfo& key : all_keys())
    for (const SectionInfo& section : all_sections()) {
      if (section.section == Section::kSyscalls || find_key(section.section, key.word) != nullptr) continue;
      const bool named = section.section == Section::kCommand;
      const Lines faults = faults_of("[" + std::string(section.word) + (named ? " x" : "") + "]\n" + std::string(key.word) + " = x\n");
      INFO("[" << section.word << "] " << key.word);
      REQUIRE(faults.size() == 1);
      CHECK(faults[0].find("no such key in [" + std::string(section.word) + (named ? " x], which can only narrow" : "]") + "; it belongs to [") != std::string::npos);
    }
}

TEST_CASE("a single value given three times names the first line each time", "[interpret]") {
  CHECK(faults_of("[policy]\nmode = strict\nmode = readonly\n[policy]\nmode = strict\n") ==
        Lines{"p.ini:3: mode was given already, in line 2; keep one of the two lines", "p.ini:5: mode was given already, in line 2; keep one of the two lines"});
}

TEST_CASE("the same word in two sections is no duplicate", "[interpret]") {
  const Policy policy = good("[filesystem]\naccess = all\n[network]\naccess = all\n");
  CHECK(policy.file_access.origin.line == 2);
  CHECK(policy.network.origin.line == 4);
}

TEST_CASE("the first of two values stands, so that later checks speak of it", "[interpret]") {
  CHECK(read("[policy]\nmode = readonly\nmode = strict\n").policy.mode == Setting<Mode>{Mode::kReadonly, {0, 2}});
}

TEST_CASE("all faults are found at once", "[interpret]") {
  CHECK(faults_of("[policy]\nmode = x\nabi = y\n[network]\nudp = z\nbanana = 1\n[syscalls]\nread = q\n").size() == 5);
}

TEST_CASE("a value of 64 KiB is read to its end", "[interpret]") {
  std::string list = "/0";
  for (int i = 1; i < 4000; ++i) list += ", /" + std::to_string(i) + "/abcdefgh";
  REQUIRE(list.size() > 60000);
  REQUIRE(list.size() + 7 <= kMaxLine);
  const Policy policy = good("[filesystem]\nread = " + list + "\n");
  REQUIRE(policy.path_items.size() == 4000);
  CHECK(policy.path_items.back().text == "/3999/abcdefgh");
}

}  // namespace
}  // namespace landshim
