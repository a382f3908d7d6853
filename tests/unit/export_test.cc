// SPDX-License-Identifier: MIT
// Policies in the words of other sandboxes: nothing of a policy goes without a word, and the words are theirs.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "config/keys.h"
#include "shim/call_plan.h"
#include "shim/command/exact_calls.h"
#include "shim/command/export.h"
#include "shim/command/mounts.h"
#include "shim/filter.h"
#include "tests/support/json.h"
#include "tests/support/print_plan.h"
#include "tests/support/world.h"

using namespace landshim;
using namespace landshim::command;
using namespace landshim::tests;

namespace {

constexpr const char* kGolden = "tests/golden/export";

struct Format {
  const char* word;
  std::function<Exported(const Look&)> make;
};
const std::vector<Format>& formats() {
  static const std::vector<Format> all{{"oci", export_oci}, {"systemd", export_systemd}, {"bubblewrap", [](const Look& look) { return export_bubblewrap(look, false); }}, {"seatbelt", export_seatbelt}};
  return all;
}

// As landshim export sees a policy, on a made-up host.
Look look(const std::string& text, Host host) {
  Look out;
  out.policy = made_up_policy(text);
  host.may_fork = true;
  host.group_parent = "/sys/fs/cgroup";
  out.host = host;
  Compiled compiled = compile(out.policy, host);
  for (const Error& error : compiled.refused) FAIL(landshim::text(error));
  out.plan = std::move(compiled.plan);
  Surveys surveys = survey(out.plan);
  for (const Result<Survey>& path : surveys.paths)
    if (!path) FAIL(landshim::text(path.error()));
  out.surveys = std::move(surveys.paths);
  return out;
}
Look look(const std::string& text) { return look(text, made_up_host(10)); }

bool has(const std::vector<Lost>& losses, const std::string& words) {
  return std::any_of(losses.begin(), losses.end(), [&](const Lost& lost) { return lost.what.find(words) != std::string::npos; });
}

// What differs from one architecture to another stays out of what is kept.
std::string portable(const std::string& format, const std::string& text) {
  if (format == "oci") {
    auto document = nlohmann::ordered_json::parse(text);
    document["linux"].erase("seccomp");
    return document.dump(2) + "\n";
  }
  std::istringstream in(text);
  std::string out;
  for (std::string line; std::getline(in, line);)
    if (!line.starts_with("SystemCallFilter=")) out += line + "\n";
  return out;
}

std::string everything(const Exported& exported) {
  std::string out = exported.text;
  for (const Lost& lost : exported.losses) out += lost.where + ": " + lost.what + "\n";
  return out;
}

// Balanced, with strings and comments as Scheme has them; gives the symbols that stand where an operation does.
std::set<std::string> scheme_symbols(const std::string& text) {
  std::set<std::string> out;
  int depth = 0;
  std::string word;
  std::vector<std::string> heads;
  const auto finish = [&] {
    if (!word.empty()) {
      REQUIRE(depth > 0);
      if (heads.back().empty()) heads.back() = word;
      else if (depth == 1 && heads.back() == "allow") out.insert(word);
    }
    word.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ';') {
      i = std::min(text.find('\n', i), text.size());
    } else if (c == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i)
        if (text[i] == '\\') ++i;
      REQUIRE(i < text.size());
    } else if (c == '(') {
      finish();
      ++depth;
      heads.emplace_back();
    } else if (c == ')') {
      finish();
      REQUIRE(depth > 0);
      --depth;
      heads.pop_back();
    } else if (c == ' ' || c == '\n') {
      finish();
    } else {
      word += c;
    }
  }
  finish();
  CHECK(depth == 0);
  return out;
}

}  // namespace

TEST_CASE("what a policy becomes in the words of others is what is kept beside it", "[export][golden]") {
  const bool update = std::getenv("LANDSHIM_UPDATE_GOLDEN") != nullptr;
  std::size_t policies = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kGolden)) {
    if (entry.path().extension() != ".ini") continue;
    ++policies;
    const Look seen = look(contents(entry.path().string()));
    for (const Format& format : formats()) {
      const std::string now = portable(format.word, format.make(seen).text);
      const std::string kept = std::filesystem::path(entry.path()).replace_extension(format.word).string();
      if (update) std::ofstream(kept, std::ios::binary | std::ios::trunc) << now;
      INFO(kept << ": if the change is right: LANDSHIM_UPDATE_GOLDEN=1\n" << now);
      CHECK(contents(kept) == now);
    }
  }
  CHECK(policies >= 3);
}

TEST_CASE("no path rule is lost in silence, whatever the rules", "[export]") {
  const Scratch scratch;
  const std::vector<std::string> places{scratch.directory("a"), scratch.directory("a/b"), scratch.directory("a/b/c d"), scratch.file("a/file", "x"), scratch.directory("e"), "/usr", "/dev/null", "/proc", scratch / "none"};
  const std::vector<std::string> keys{"read", "read_exec", "write", "read_write", "read_write_exec", "device", "execute", "read_file", "write_file", "truncate", "ioctl_dev"};
  std::mt19937 random(4711);
  const auto pick = [&](const std::vector<std::string>& from) { return from[random() % from.size()]; };
  for (int round = 0; round < 50; ++round) {
    std::string text = "[filesystem]\n";
    for (auto rules = 1 + random() % 5; rules > 0; --rules) text += pick(keys) + " = \"-" + pick(places) + "\"\n";
    const Look seen = look(text);
    for (const Format& format : formats()) {
      const Exported made = format.make(seen);
      INFO(format.word << "\n" << text << "\n" << portable(format.word, made.text));
      const std::string all = everything(made);
      for (const PathItem& item : seen.policy.path_items) {
        // Shown by its own name, or with all that lies above it.
        bool told = false;
        for (std::string path = item.text.substr(1); !told && path.size() > 1; path.erase(path.rfind('/'))) told = all.find(path) != std::string::npos;
        CHECK(told);
      }
    }
  }
}

TEST_CASE("what is shown is never more than what is granted, but where a loss says so", "[export]") {
  const Scratch scratch;
  const std::string inside = scratch.directory("inside");
  for (const char* key : {"read", "read_exec", "write", "read_write", "read_write_exec", "device", "execute", "read_file", "read_dir", "write_file", "make_reg", "make_dir", "remove_file", "truncate", "ioctl_dev"}) {
    INFO(key);
    const Look seen = look("[filesystem]\n" + std::string(key) + " = " + inside + "\n");
    for (const bool no_execution : {true, false}) {
      Losses losses(seen);
      const Rights granted = *find_right(key);
      std::vector<Mount> mounts = plan_mounts(seen, {no_execution, false}, losses);
      std::erase_if(mounts, [&](const Mount& mount) { return mount.path != inside; });
      CHECK(mounts.size() <= 1);
      const bool wider = std::any_of(losses.all().begin(), losses.all().end(), [](const Lost& lost) { return lost.effect == Effect::kWider; });
      if (mounts.empty()) {
        CHECK(has(losses.all(), inside));
        continue;
      }
      CHECK((granted & kRead) == kRead);
      if (mounts[0].writable) CHECK(((granted & kWrite) == kWrite || wider));
      if (mounts[0].executable || !no_execution) CHECK(((granted & kExecute) != 0 || wider));
    }
  }
}

TEST_CASE("rights of a wider rule count beneath it", "[export]") {
  const Scratch scratch;
  const std::string above = scratch.directory("above");
  const std::string below = scratch.directory("above/below");
  const Look seen = look("[filesystem]\nread_write = " + above + "\nread_exec = " + below + "\n");
  Losses losses(seen);
  const std::vector<Mount> mounts = plan_mounts(seen, {true, false}, losses);
  REQUIRE(mounts.size() == 2);
  CHECK(mounts[0].path == above);
  CHECK(mounts[0].writable);
  CHECK_FALSE(mounts[0].executable);
  CHECK(mounts[1].path == below);
  CHECK(mounts[1].writable);
  CHECK(mounts[1].executable);
}

namespace {

// A line for each key that asks for something of its own: section, line.
const std::vector<std::pair<std::string, std::string>>& demands() {
  static const std::vector<std::pair<std::string, std::string>> lines{
      {"network", "connect_tcp = 443"}, {"network", "bind_tcp = 80"}, {"network", "udp = allow"}, {"network", "connect_udp = 53"}, {"network", "bind_udp = 53"}, {"network", "listen = deny"},
      {"network", "unix = allow"}, {"network", "connect_unix = /usr"}, {"network", "access = all"}, {"network", "netlink = allow"}, {"network", "packet = allow"}, {"network", "raw = allow"}, {"network", "icmp = allow"},
      {"ipc", "signals = allow"}, {"ipc", "sysv = allow"}, {"ipc", "mqueue = allow"}, {"ipc", "keyring = allow"}, {"ipc", "scheduling = deny"},
      {"syscalls", "profile = strict"}, {"syscalls", "default = deny"}, {"syscalls", "getpid = deny ENOSYS"}, {"syscalls", "getpid = kill"}, {"syscalls", "getpid = log"}, {"syscalls", "getpid = trap"},
      {"syscalls", "getpid = kill-thread"}, {"syscalls", "getpid = trace 7"}, {"syscalls", "kill = deny if arg1 == 9"}, {"syscalls", "@swap = kill"},
      {"process", "capabilities = all"}, {"process", "memfd = deny"}, {"process", "memfd = noexec"}, {"process", "inherit_fds = 1-2"}, {"process", "umask = 077"}, {"process", "nice = 3"},
      {"process", "oom_score_adj = 5"}, {"process", "dumpable = no"}, {"process", "parent_death_signal = TERM"}, {"process", "write_execute = deny"}, {"process", "execve = deny"}, {"process", "user = 65534"}, {"process", "groups = 65534"},
      {"limits", "address_space = 1G"}, {"limits", "data = 1G"}, {"limits", "stack = 1M"}, {"limits", "file_size = 1M"}, {"limits", "core = 0"}, {"limits", "locked_memory = 1M"}, {"limits", "cpu_time = 9s"},
      {"limits", "open_files = 9"}, {"limits", "processes = 9"}, {"limits", "memory_max = 1G"}, {"limits", "cpu_quota = 50%"}, {"limits", "tasks_max = 9"},
      {"namespaces", "network = yes"}, {"namespaces", "ipc = yes"}, {"namespaces", "uts = yes"}, {"namespaces", "mount = yes"}, {"namespaces", "pid = yes"}, {"namespaces", "cgroup = yes"}, {"namespaces", "user = yes"},
      {"namespaces", "hide = /etc/passwd"}, {"namespaces", "private_tmp = yes"}, {"environment", "keep = HOME"}, {"environment", "unset = HOME"}, {"environment", "unset = H*"}, {"environment", "set = A=b"},
      {"filesystem", "read = /etc"}, {"filesystem", "metadata = allow"}, {"filesystem", "read_exec = /etc"}, {"filesystem", "write = /tmp"}, {"filesystem", "read_write = /tmp"}, {"filesystem", "read_write_exec = /tmp"},
      {"filesystem", "device = /dev/null"}, {"filesystem", "except = /usr/bin"}, {"filesystem", "runtime = host"}, {"policy", "mode = readonly"},
      {"network", "vsock = allow"}, {"network", "xdp = allow"}, {"network", "alg = allow"}, {"network", "bluetooth = allow"}, {"network", "can = allow"}, {"network", "tipc = allow"}, {"network", "smc = allow"}, {"network", "rds = allow"},
      {"network", "qipcrtr = allow"}, {"network", "nfc = allow"}, {"network", "kcm = allow"}, {"network", "udplite = allow"}, {"network", "sctp = allow"}, {"network", "dccp = allow"}, {"network", "mptcp = allow"},
      {"ipc", "abstract_unix = allow"}, {"process", "group = 65534"}, {"syscalls", "architectures = native, compat"}, {"syscalls", "socketpair = kill"}, {"audit", "file = stderr"},
      {"command trial", "match = x\naction = deny"}, {"command trial", "action = deny\nmatch = x"}, {"command trial", "network = none\nmatch = x"}, {"command trial", "filesystem = readonly\nmatch = x"},
  };
  return lines;
}

}  // namespace

TEST_CASE("there is no key of which an export could not be tried", "[export]") {
  // These say how to read the others, or free what is ruled; a workspace is tried with its mode, and a log with its file.
  const std::set<std::string> others{"policy version", "policy name", "policy include", "policy unsupported", "policy abi", "policy workspace", "filesystem access", "audit events", "audit format", "audit level", "audit on_error", "command destructive"};
  std::set<std::string> tried = others;
  for (const auto& [section, line] : demands()) tried.insert(section.substr(0, section.find(' ')) + " " + line.substr(0, line.find(' ')));
  for (const KeyInfo& key : all_keys())
    for (const SectionInfo& section : all_sections())
      if (section.section == key.section) {
        INFO("[" << section.word << "] " << key.word);
        CHECK(tried.contains(std::string(section.word) + " " + key.word));
      }
}

TEST_CASE("every demand of a policy changes what is exported, or is named as lost", "[export]") {
  Host host = made_up_host(10);
  host.capabilities = (std::uint64_t{1} << 41) - 1;
  // A network that exists, so that its keys have something to narrow.
  const std::string base = "[filesystem]\nread_exec = /usr\n";
  // bubblewrap takes landshim's own filter.
  const auto all_of = [](const Format& format, const Look& seen) { return everything(format.make(seen)) + (std::string(format.word) == "bubblewrap" ? print_filter(seen.plan) : ""); };
  std::vector<std::string> before;
  for (const Format& format : formats()) before.push_back(all_of(format, look(base, host)));
  for (const auto& [section, line] : demands()) {
    const Look seen = look(base + "[" + section + "]\n" + line + "\n", host);
    for (std::size_t i = 0; i < before.size(); ++i) {
      const Format& format = formats()[i];
      // What Linux's own means alone can say, others lose as a whole: seatbelt tells that in one line.
      const bool linux_only = std::string(format.word) == "seatbelt" && (section == "ipc" || section == "network" || line.starts_with("architectures")) && (line.ends_with("= allow") || line == "listen = deny" || line.ends_with("compat"));
      // What is so there already: a network of its own, processes of its own, private mounts, an environment without the
      // starter's, a /tmp that no rule shows.
      const std::string word = format.word;
      const bool already = (word != "seatbelt" && line == "network = yes") || ((word == "oci" || word == "bubblewrap") && (line == "mount = yes" || line == "pid = yes")) || (word == "oci" && line.starts_with("unset")) || line == "abstract_unix = allow" ||
                           ((word == "oci" || word == "bubblewrap") && line == "private_tmp = yes");
      INFO(format.word << ": [" << section << "] " << line);
      if (!linux_only && !already) CHECK((all_of(format, seen) != before[i]));
    }
  }
}

TEST_CASE("a written key that a target cannot say is lost with its line", "[export]") {
  const std::string text =
      "[filesystem]\nread_exec = /usr\n[network]\nconnect_tcp = 443\n[process]\nnice = 3\n[namespaces]\npid = yes\n";
  const auto lost = [&](const Format& format, const char* where) {
    const Exported made = format.make(look(text));
    INFO(format.word << "\n" << everything(made));
    return std::any_of(made.losses.begin(), made.losses.end(), [&](const Lost& one) { return one.where == where && one.effect == Effect::kWider; });
  };
  for (const Format& format : formats()) {
    const std::string word = format.word;
    if (word != "seatbelt") CHECK(lost(format, "made-up.ini:4"));
    if (word != "systemd") CHECK(lost(format, "made-up.ini:6"));
    if (word == "systemd") CHECK(lost(format, "made-up.ini:8"));
  }
}

TEST_CASE("rules without order answer as the plan's own do", "[export]") {
  std::mt19937_64 random(99);
  const char* const policies[] = {
      "[filesystem]\nread = /usr\n",
      "[network]\nconnect_tcp = 443\nudp = allow\nicmp = allow\n[ipc]\nscheduling = deny\n",
      "[syscalls]\nprofile = strict\n",
      "[syscalls]\ndefault = kill\nread = allow\nwrite = deny if arg0 > 2\nioctl = allow if arg1 & 0xff00 == 0x5400\n",
      "[syscalls]\nkill = kill if arg1 == 9 and arg0 != 1\nkill = deny ENOSYS if arg1 >= 15\nclose = trap if arg0 < 3\nlseek = deny if arg1 <= 4096\nlseek = kill if arg1 > 0xffffffffffff0000\n[process]\nwrite_execute = deny\n",
  };
  std::size_t rules_seen = 0;
  for (const char* text : policies) {
    const Look seen = look(text);
    const Filter& filter = seen.plan.filter;
    for (const PlannedCall& call : filter.calls) {
      INFO(text << call.call);
      const std::optional<std::vector<CallRule>> rules = exact_rules(call, filter.otherwise);
      REQUIRE(rules);
      rules_seen += rules->size();
      for (const CallRule& rule : *rules) {
        CHECK(rule.action != filter.otherwise);
        std::set<int> arguments;
        for (const Condition& condition : rule.all_of) {
          CHECK(arguments.insert(condition.arg).second);
          CHECK_FALSE(condition.narrow);
          CHECK(condition.op != Compare::kAnyBit);
        }
      }
      // The numbers that the rules speak of, and their neighbours.
      std::vector<std::uint64_t> numbers{0, 1, 2, 0xffffffff, ~std::uint64_t{0}};
      for (const CallRule& rule : call.rules)
        for (const Condition& condition : rule.all_of)
          for (const std::uint64_t number : {condition.value, condition.mask, condition.value | condition.mask}) numbers.insert(numbers.end(), {number, number + 1, number - 1});
      for (int i = 0; i < 400; ++i) {
        std::uint64_t arguments[6];
        bool high = false;
        for (std::uint64_t& argument : arguments) {
          argument = random() % 8 == 0 ? random() : numbers[random() % numbers.size()];
          if (random() % 4 == 0) argument ^= std::uint64_t{1} << (random() % 32);
          if (random() % 4 != 0) argument &= 0xffffffff;
          high = high || argument > 0xffffffff;
        }
        const Action mine = decide(call, arguments);
        std::vector<Action> theirs;
        for (const CallRule& rule : *rules) {
          const PlannedCall one{call.call, {rule}, {ActionKind::kAllow, 4321}};
          if (const Action action = decide(one, arguments); action.data != 4321) theirs.push_back(action);
        }
        // No two of them differ: libseccomp would take either.
        for (const Action& action : theirs) CHECK(action == theirs.front());
        const Action answer = theirs.empty() ? filter.otherwise : theirs.front();
        if (high && answer.kind > mine.kind) continue;
        CHECK(answer.kind == mine.kind);
        if (mine.kind != ActionKind::kDeny) CHECK(answer == mine);
      }
    }
  }
  CHECK(rules_seen > 500);
}

TEST_CASE("conditions that take too many rules give none", "[export]") {
  CallRule rule{{ActionKind::kDeny, 1}, {}};
  for (std::uint8_t arg = 0; arg < 4; ++arg) rule.all_of.push_back({arg, Compare::kLess, true, 0xffffffff, 0});
  CHECK_FALSE(exact_rules({"read", {rule}, {}}, {}));
}

TEST_CASE("an exported container has the form that the runtime specification gives it", "[export]") {
  const Look seen = look("[policy]\nmode = workspace-write\nworkspace = /tmp\n[process]\numask = 022\n[limits]\nopen_files = 64\nmemory_max = 1G\ncpu_quota = 50%\n[namespaces]\nhide = /etc/passwd\nuser = yes\n[syscalls]\narchitectures = native, compat\n");
  const auto document = json_of(export_oci(seen).text);
  const auto only = [](const Json& object, const std::set<std::string>& known) {
    for (const auto& [key, value] : object.items()) {
      INFO(key);
      CHECK(known.contains(key));
    }
  };
  only(document, {"ociVersion", "process", "root", "mounts", "linux", "annotations"});
  only(document["process"], {"user", "noNewPrivileges", "capabilities", "rlimits", "oomScoreAdj", "env"});
  only(document["linux"], {"namespaces", "maskedPaths", "resources", "seccomp", "uidMappings", "gidMappings"});
  CHECK(document["process"]["noNewPrivileges"] == true);
  CHECK(document["process"]["rlimits"][0] == Json({{"type", "RLIMIT_NOFILE"}, {"hard", 64}, {"soft", 64}}));
  CHECK(document["linux"]["resources"]["cpu"]["quota"] == 50'000);
  for (const auto& mount : document["mounts"]) {
    only(mount, {"destination", "type", "source", "options"});
    CHECK(mount["destination"].get<std::string>().starts_with("/"));
  }
  const std::set<std::string> actions{"SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP", "SCMP_ACT_TRACE", "SCMP_ACT_LOG"};
  const std::set<std::string> operators{"SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ"};
  const auto& seccomp = document["linux"]["seccomp"];
  only(seccomp, {"defaultAction", "defaultErrnoRet", "architectures", "syscalls"});
  CHECK(actions.contains(seccomp["defaultAction"]));
  CHECK(seccomp["architectures"].size() == 2);
  CHECK(seccomp["syscalls"].size() > 20);
  for (const auto& entry : seccomp["syscalls"]) {
    only(entry, {"names", "action", "errnoRet", "args"});
    CHECK(actions.contains(entry["action"]));
    CHECK_FALSE(entry["names"].empty());
    if (!entry.contains("args")) continue;
    for (const auto& argument : entry["args"]) {
      only(argument, {"index", "value", "valueTwo", "op"});
      CHECK(argument["index"] <= 5);
      CHECK(operators.contains(argument["op"]));
    }
  }
}

TEST_CASE("exported directives are those of systemd 252", "[export]") {
  // systemd.exec(5), systemd.resource-control(5).
  const std::set<std::string> known{
      "NoNewPrivileges", "User", "Group", "SupplementaryGroups", "CapabilityBoundingSet", "AmbientCapabilities", "UMask", "Nice", "OOMScoreAdjust", "MemoryMax", "CPUQuota", "TasksMax", "PassEnvironment", "UnsetEnvironment",
      "Environment", "TemporaryFileSystem", "NoExecPaths", "ExecPaths", "ReadOnlyPaths", "ReadWritePaths", "BindPaths", "BindReadOnlyPaths", "PrivateTmp", "InaccessiblePaths", "PrivateUsers", "PrivateIPC", "ProtectHostname",
      "PrivateMounts", "PrivateNetwork", "DevicePolicy", "DeviceAllow", "RestrictAddressFamilies", "SocketBindDeny", "SocketBindAllow", "SystemCallArchitectures", "SystemCallErrorNumber", "SystemCallFilter", "RestrictSUIDSGID", "RestrictNamespaces",
      "LockPersonality", "MemoryDenyWriteExecute", "LimitAS", "LimitDATA", "LimitSTACK", "LimitFSIZE", "LimitCORE", "LimitMEMLOCK", "LimitCPU", "LimitNOFILE", "LimitNPROC"};
  std::set<std::string> seen;
  for (const char* text : {"[filesystem]\nread_exec = /usr\nread_write = /tmp\n[network]\nbind_tcp = 80\n[process]\nwrite_execute = deny\n[limits]\nopen_files = 9\n", "[policy]\nmode = workspace-write\nworkspace = /tmp\n[syscalls]\nprofile = strict\n"}) {
    std::istringstream in(export_systemd(look(text)).text);
    std::string section;
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("#")) continue;
      if (line.starts_with("[")) section = line;
      else {
        CHECK(section == "[Service]");
        const std::string word = line.substr(0, line.find('='));
        INFO(line);
        CHECK(known.contains(word));
        seen.insert(word);
      }
    }
  }
  for (const char* word : {"TemporaryFileSystem", "ReadOnlyPaths", "ReadWritePaths", "BindPaths", "ExecPaths", "SocketBindAllow", "MemoryDenyWriteExecute", "SystemCallErrorNumber"}) CHECK(seen.contains(word));
}

TEST_CASE("an exported profile of macOS is balanced and uses operations that its own profiles use", "[export]") {
  const Scratch scratch;
  const std::string odd = scratch.directory("a \"quote\" and \\ and (");
  const std::set<std::string> known{"process-fork", "process-info*", "sysctl-read", "file-read-metadata", "signal", "file*", "process-exec*", "file-read*", "file-read-data", "file-map-executable", "file-write-data", "file-write-create",
                                    "file-write-unlink", "file-ioctl", "file-write-mode", "file-write-times", "file-write-owner", "file-write-flags", "file-write-xattr", "network*", "network-outbound", "network-inbound", "network-bind", "system-socket",
                                    "ipc-sysv*", "ipc-posix*"};
  std::set<std::string> seen;
  for (const std::string& text : {"[filesystem]\nread = \"" + scratch.path() + "/a \\\"quote\\\" and \\\\ and (\"\nmake_reg = /tmp\nread_exec = /usr\nread_write = /var/tmp\ndevice = /dev/null\n[network]\nconnect_tcp = 443\nbind_tcp = 80\nudp = allow\n[ipc]\nsysv = allow\n",
                                  std::string("[policy]\nmode = full-access\n[network]\naccess = all\n")}) {
    const Exported made = export_seatbelt(look(text));
    INFO(made.text);
    for (const std::string& symbol : scheme_symbols(made.text)) {
      INFO(symbol);
      CHECK(known.contains(symbol));
      seen.insert(symbol);
    }
  }
  CHECK(seen.size() >= 15);
  CHECK(exists(odd));
}

TEST_CASE("words for bwrap are ended by NULs and hold names as they are", "[export]") {
  const Scratch scratch;
  const std::string odd = scratch.directory("it's $HOME; `x`");
  const std::string policy = "[filesystem]\nread_exec = \"" + scratch.path() + "/it's $$HOME; `x`\"\n";
  const std::string words = export_bubblewrap(look(policy), true).text;
  CHECK(words.find("--ro-bind" + std::string(1, '\0') + odd + std::string(1, '\0') + odd + std::string(1, '\0')) != std::string::npos);
  CHECK(words.back() == '\0');
  CHECK(export_bubblewrap(look(policy), false).text.find("'" + scratch.path() + "/it'\\''s $HOME; `x`'") != std::string::npos);
}

TEST_CASE("no name of a policy becomes a command of the script", "[export]") {
  const Exported made = export_bubblewrap(look("[filesystem]\nread_exec = /usr\n[environment]\nkeep = \"A;touch x\", \"$(id)\", GOOD\n"), false);
  CHECK(made.text.find("${GOOD+--setenv GOOD \"$GOOD\"}") != std::string::npos);
  CHECK(has(made.losses, "no name of a variable"));
  std::istringstream in(made.text);
  for (std::string line; std::getline(in, line);)
    if (!line.starts_with("#")) CHECK(line.find("touch") == std::string::npos);
}

TEST_CASE("what unsupported = warn gave up is lost in every export", "[export]") {
  const Look seen = look("[policy]\nunsupported = warn\n[filesystem]\nread_exec = /usr\n[network]\nconnect_tcp = 443\n", made_up_host(3));
  for (const Format& format : formats()) {
    INFO(format.word);
    CHECK(has(format.make(seen).losses, "needs Landlock ABI 4"));
  }
}

TEST_CASE("an exported service can make the sockets that its policy grants, and no others", "[export]") {
  const auto directives = [](const std::string& text, const std::string& word) {
    std::istringstream in(export_systemd(look(text)).text);
    std::string out;
    for (std::string line; std::getline(in, line);)
      if (line.starts_with(word + "=")) out += line.substr(word.size() + 1) + " ";
    return " " + out;
  };
  // A list of what is allowed has socket(2) in it, and its families are ruled.
  const std::string strict = "[network]\nconnect_tcp = 443\n[syscalls]\nprofile = strict\n";
  CHECK(directives(strict, "SystemCallFilter").find(" socket ") != std::string::npos);
  CHECK(directives(strict, "RestrictAddressFamilies") == " AF_UNIX AF_INET AF_INET6 AF_NETLINK ");
  CHECK(directives("[syscalls]\nprofile = strict\n", "SystemCallFilter").find(" socket ") == std::string::npos);
  // A call that a line closes is closed, whatever its family.
  CHECK(directives("[network]\nconnect_tcp = 443\n[syscalls]\nsocketpair = deny ENOSYS\n", "SystemCallFilter").find(" socketpair:") != std::string::npos);
  CHECK(directives("[network]\nconnect_tcp = 443\n", "SystemCallFilter").find("socketpair") == std::string::npos);
  // With access = all only UNIX sockets may be ruled, and what that leaves open is told.
  const std::string all = "[network]\naccess = all\nunix = deny\n";
  CHECK(directives(all, "RestrictAddressFamilies") == " ~AF_UNIX ");
  CHECK(has(export_systemd(look(all)).losses, "pairs of datagram sockets"));
}

TEST_CASE("a condition that opens a call is not made an open call, and is told as narrower", "[export]") {
  const Exported made = export_systemd(look("[syscalls]\ndefault = deny\nread = allow\nioctl = allow if arg1 == 0x5413\nwrite = allow\nwrite = deny if arg0 == 2\n"));
  INFO(everything(made));
  CHECK(made.text.find("\nSystemCallFilter=read write\n") != std::string::npos);
  const auto told = [&](Effect effect, const char* where) { return std::any_of(made.losses.begin(), made.losses.end(), [&](const Lost& lost) { return lost.effect == effect && lost.where == where; }); };
  CHECK(told(Effect::kNarrower, "made-up.ini:4"));
  CHECK(told(Effect::kWider, "made-up.ini:6"));
}

TEST_CASE("a variable that a policy takes away is not brought back, and one that it sets is not taken away", "[export]") {
  const Look seen = look("[environment]\nkeep = HOME, TERM\nunset = HOME, T*, GREETING\nset = GREETING=hello\n");
  const std::string script = export_bubblewrap(seen, false).text;
  CHECK(script.find("HOME+--setenv") == std::string::npos);
  CHECK(script.find("TERM+--setenv") == std::string::npos);
  CHECK(script.find("'--setenv' 'GREETING' 'hello'") + script.find("--setenv GREETING hello") < 2 * script.size());
  const std::string unit = export_systemd(seen).text;
  CHECK(unit.find("PassEnvironment") == std::string::npos);
  CHECK(unit.find("UnsetEnvironment=HOME\n") != std::string::npos);
  CHECK(unit.find("UnsetEnvironment=GREETING") == std::string::npos);
  CHECK(has(export_systemd(seen).losses, "variables of its manager"));
}

TEST_CASE("no name of a policy becomes a directive of its own", "[export]") {
  const Scratch scratch;
  const std::string odd = scratch.directory("x\nExecStartPre=/bin/false");
  Look seen = look("[filesystem]\nread_exec = /usr\n[namespaces]\nhide = /etc/passwd\n");
  seen.plan.namespaces.hide[0].path = odd;
  const Exported made = export_systemd(seen);
  CHECK(made.text.find("\nExecStartPre") == std::string::npos);
  CHECK(has(made.losses, "it is not hidden"));
  seen.plan.namespaces.hide[0].path = scratch / "\xff";
  CHECK(has(export_oci(seen).losses, "it is not hidden"));
  seen.plan.namespaces.hide[0].path = scratch / "none";
  CHECK(has(export_bubblewrap(seen, false).losses, "it is missing now"));
}

TEST_CASE("an exported container has the user that the policy leaves or names", "[export]") {
  const auto user = [](const std::string& text, Host host) { return json_of(export_oci(look(text, std::move(host))).text)["process"]["user"]; };
  Host host = made_up_host(10);
  host.uid = 1000;
  host.gid = 100;
  host.groups = {27, 44};
  CHECK(user("", host) == Json({{"uid", 1000}, {"gid", 100}, {"additionalGids", {27, 44}}}));
  CHECK(user("[namespaces]\nuser = yes\n", host) == Json({{"uid", 1000}, {"gid", 100}}));
  Host root = made_up_host(10);
  root.capabilities = (std::uint64_t{1} << 41) - 1;
  root.groups = {4};
  CHECK(user("[process]\nuser = 65534\ngroups = 27\n", root)["additionalGids"] == Json({27}));
  CHECK(user("[process]\nuser = 65534\ngroups = 27\n", root)["uid"] == 65534);
  // A group alone makes nobody the superuser.
  root.uid = 1000;
  CHECK(user("[process]\ngroup = 65534\n", root)["uid"] == 1000);
}

TEST_CASE("processes outside that a target leaves in reach are told", "[export]") {
  for (const Format& format : formats()) {
    const std::string word = format.word;
    INFO(word);
    if (word == "seatbelt") continue;
    CHECK(has(format.make(look("[filesystem]\nread_exec = /usr\n")).losses, "can be traced") == (word == "systemd"));
    CHECK(has(format.make(look("[filesystem]\nread_exec = /usr\n[ipc]\nsignals = allow\n")).losses, "can be traced"));
    CHECK(has(format.make(look("[network]\nconnect_tcp = 443\n")).losses, "abstract_unix = deny"));
    CHECK_FALSE(has(format.make(look("[network]\nconnect_tcp = 443\n[ipc]\nabstract_unix = allow\n")).losses, "abstract_unix"));
    CHECK_FALSE(has(format.make(look("[filesystem]\nread_exec = /usr\n")).losses, "abstract_unix"));
  }
}

TEST_CASE("what a policy allows is no loss on macOS, what it denies is", "[export]") {
  const std::vector<Lost> granted = export_seatbelt(look("[ipc]\nmqueue = allow\nkeyring = allow\nscheduling = allow\n[process]\nmemfd = allow\nwrite_execute = allow\n[namespaces]\nprivate_tmp = no\n")).losses;
  for (const Lost& lost : granted) {
    INFO(lost.what);
    CHECK(lost.where == "made-up.ini");
  }
  CHECK(has(export_seatbelt(look("[process]\nmemfd = noexec\n")).losses, "memfd: no word"));
  CHECK(has(export_seatbelt(look("[ipc]\nscheduling = deny\n")).losses, "scheduling: no word"));
}

TEST_CASE("of two directives for one path systemd mounts one: none stands beside the empty root", "[export]") {
  for (const char* text : {"[filesystem]\nread = /usr\nread_write = /tmp\n", "[filesystem]\nread_exec = /usr\nread = /dev\n[namespaces]\nprivate_tmp = yes\n"}) {
    const std::string unit = export_systemd(look(text)).text;
    INFO(unit);
    CHECK(unit.find("\nTemporaryFileSystem=/:ro\n") != std::string::npos);
    for (const char* word : {"NoExecPaths", "ExecPaths", "ReadOnlyPaths", "BindReadOnlyPaths"}) CHECK(unit.find("\n" + std::string(word) + "=/\n") == std::string::npos);
  }
}

TEST_CASE("an exported /tmp of its own is what the rules make of /tmp", "[export]") {
  const auto tmpfs = [](const std::string& text, const std::string& path) -> std::string {
    const auto document = json_of(export_oci(look(text)).text);
    for (const auto& mount : document["mounts"])
      if (mount["destination"] == path) return mount["type"].get<std::string>() + " " + text_of(mount["options"]);
    return "none";
  };
  const std::string own = "[namespaces]\nprivate_tmp = yes\n";
  // Not granted: not there.
  const std::string nothing = "[filesystem]\nread_exec = /usr\n" + own;
  CHECK(tmpfs(nothing, "/tmp") == "none");
  CHECK(export_bubblewrap(look(nothing), false).text.find("/tmp") == std::string::npos);
  CHECK(export_systemd(look(nothing)).text.find("PrivateTmp") == std::string::npos);
  const std::string writable = "[filesystem]\nread_write = /tmp\n" + own;
  CHECK(tmpfs(writable, "/tmp") == "tmpfs [\"nosuid\",\"nodev\",\"mode=1777\",\"noexec\"]");
  CHECK(tmpfs(writable, "/var/tmp") == "none");
  const std::string unit = export_systemd(look(writable)).text;
  CHECK(unit.find("\nReadWritePaths=/tmp\nNoExecPaths=/tmp\nPrivateTmp=yes\nInaccessiblePaths=/var/tmp\n") != std::string::npos);
  CHECK(unit.find("BindPaths=/tmp") == std::string::npos);
  const std::string readable = "[filesystem]\nread_exec = /\n" + own;
  CHECK(tmpfs(readable, "/var/tmp") == "tmpfs [\"nosuid\",\"nodev\",\"mode=1777\",\"ro\"]");
  const std::string script = export_bubblewrap(look(readable), false).text;
  CHECK(script.find("--tmpfs /tmp") != std::string::npos);
  CHECK(script.find("--remount-ro /tmp") != std::string::npos);
  CHECK(export_bubblewrap(look(writable), false).text.find("--remount-ro") == std::string::npos);
  // What a rule names beneath is not there any more.
  const Scratch scratch;
  CHECK(scratch.path().starts_with("/tmp/"));
  CHECK(export_oci(look("[filesystem]\nread = " + scratch.path() + "\n" + own)).text.find(scratch.path()) == std::string::npos);
}
