// SPDX-License-Identifier: MIT
#include "config/keys.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace landshim {
namespace {

std::string nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  Nearest out(word);
  for (const std::string_view candidate : candidates) out.offer(candidate);
  return std::string(out.best());
}

// The language, version 1; the single-valued keys first.
const std::map<Section, std::pair<std::set<std::string>, std::set<std::string>>> kLanguage = {
    {Section::kPolicy, {{"version", "name", "mode", "unsupported", "abi"}, {"include", "workspace"}}},
    {Section::kFilesystem, {{"runtime", "access", "metadata"}, {"read", "read_exec", "write", "read_write", "read_write_exec", "device", "except"}}},
    {Section::kNetwork,
     {{"access", "udp", "listen", "unix", "netlink", "packet", "raw", "vsock", "xdp", "alg", "bluetooth", "can", "tipc", "smc", "rds", "qipcrtr", "nfc", "kcm", "icmp", "udplite", "sctp", "dccp", "mptcp"},
      {"connect_tcp", "bind_tcp", "connect_udp", "bind_udp", "connect_unix"}}},
    {Section::kIpc, {{"abstract_unix", "signals", "sysv", "mqueue", "keyring", "scheduling"}, {}}},
    {Section::kSyscalls, {{"profile", "default", "architectures"}, {}}},
    {Section::kProcess,
     {{"capabilities", "memfd", "user", "group", "groups", "inherit_fds", "umask", "nice", "oom_score_adj", "dumpable", "parent_death_signal", "write_execute", "execve"}, {}}},
    {Section::kLimits,
     {{"address_space", "data", "stack", "file_size", "core", "locked_memory", "cpu_time", "open_files", "processes", "memory_max", "cpu_quota", "tasks_max"}, {}}},
    {Section::kNamespaces, {{"user", "network", "ipc", "uts", "mount", "pid", "cgroup", "private_tmp"}, {"hide"}}},
    {Section::kAudit, {{"file", "events", "format", "level", "on_error"}, {}}},
    {Section::kEnvironment, {{}, {"keep", "unset", "set"}}},
    {Section::kCommand, {{"match", "action", "network", "filesystem", "destructive"}, {}}},
};

TEST_CASE("the keys are those of the language, each once", "[keys]") {
  std::map<Section, std::pair<std::set<std::string>, std::set<std::string>>> found;
  std::set<std::pair<Section, std::string>> seen;
  for (const KeyInfo& key : all_keys()) {
    CHECK(seen.insert({key.section, key.word}).second);
    auto& [single, several] = found[key.section];
    (key.single ? single : several).insert(key.word);
  }
  CHECK(found == kLanguage);
}

TEST_CASE("a key is found in its own section only", "[keys]") {
  for (const KeyInfo& key : all_keys()) {
    const KeyInfo* found = find_key(key.section, key.word);
    REQUIRE(found != nullptr);
    CHECK(found == &key);
  }
  CHECK(find_key(Section::kFilesystem, "access") != find_key(Section::kNetwork, "access"));
  CHECK(find_key(Section::kPolicy, "read") == nullptr);
  CHECK(find_key(Section::kIpc, "udp") == nullptr);
  CHECK(find_key(Section::kPolicy, "") == nullptr);
  CHECK(find_key(Section::kPolicy, "Mode") == nullptr);
  CHECK(find_key(Section::kPolicy, "mode ") == nullptr);
}

TEST_CASE("every address family and socket type has a key of its own", "[keys]") {
  std::set<int> details;
  for (const KeyInfo& key : all_keys())
    if (key.key == Key::kFamily) details.insert(key.detail);
  CHECK(details.size() == kFamilies);
  CHECK(*details.rbegin() == static_cast<int>(kFamilies) - 1);
}

TEST_CASE("the sections are those of the language", "[keys]") {
  std::vector<std::string> now;
  for (const SectionInfo& section : all_sections()) {
    now.push_back(section.word);
    CHECK(find_section(section.word) == &section);
  }
  CHECK(now == std::vector<std::string>{"policy", "filesystem", "network", "ipc", "syscalls", "process", "limits", "namespaces", "environment", "audit", "command"});
  CHECK(find_section("Policy") == nullptr);
  CHECK(find_section("") == nullptr);
}

TEST_CASE("the nearest word is offered when one is near", "[keys]") {
  CHECK(nearest("raed", {"write", "read", "read_exec"}) == "read");
  CHECK(nearest("red", {"write", "read"}) == "read");
  CHECK(nearest("reed", {"write", "read"}) == "read");
  CHECK(nearest("reaad", {"write", "read"}) == "read");
  CHECK(nearest("conect_tpc", {"connect_udp", "connect_tcp"}) == "connect_tcp");
  CHECK(nearest("workspace_write", {"strict", "workspace-write"}) == "workspace-write");
}

TEST_CASE("of two words as near, the first is offered", "[keys]") {
  CHECK(nearest("fead", {"read", "lead"}) == "read");
  CHECK(nearest("fead", {"lead", "read"}) == "lead");
  CHECK(nearest("rea", {"raw", "read"}) == "read");
}

TEST_CASE("no word is offered when none is near", "[keys]") {
  CHECK(nearest("banana", {"read", "write", "device"}).empty());
  CHECK(nearest("x", {"xdp", "can"}).empty());
  CHECK(nearest("read", {}).empty());
  CHECK(nearest("", {"read"}).empty());
  CHECK(nearest(std::string(49, 'a'), {std::string_view("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")}).empty());
  CHECK(nearest(std::string(70000, 'a'), {"read"}).empty());
}

TEST_CASE("a word of 48 bytes is still compared", "[keys]") {
  const std::string word(48, 'a');
  CHECK(nearest(word.substr(0, 47) + "b", {word}) == word);
}

TEST_CASE("words of other sandboxes are told apart from those of the language, and lead to one of them", "[keys]") {
  for (const auto& [foreign, own] : std::map<std::string, std::string>{{"net", "network"}, {"seccomp", "syscalls"}, {"env", "environment"}}) {
    CHECK(own_word(foreign) == own);
    CHECK(find_section(own_word(foreign)) != nullptr);
    CHECK(find_section(foreign) == nullptr);
  }
  for (const auto& [foreign, own] : std::map<std::string, std::string>{{"rw", "read_write"}, {"ro", "read"}, {"exec", "read_exec"}, {"rwx", "read_write_exec"}, {"deny", "except"}}) {
    CHECK(own_word(foreign) == own);
    CHECK(find_key(Section::kFilesystem, own_word(foreign)) != nullptr);
    CHECK(find_key(Section::kFilesystem, foreign) == nullptr);
  }
  for (const char* foreign : {"tcp", "connect", "bind", "ports"}) CHECK(find_key(Section::kNetwork, own_word(foreign)) != nullptr);
  CHECK(own_word("banana").empty());
  CHECK(own_word("").empty());
}

TEST_CASE("the fuzzer's dictionary knows every section and key", "[keys]") {
  std::ifstream file("tests/fuzz/landshim.dict");
  if (!file) file.open("../tests/fuzz/landshim.dict");
  std::stringstream all;
  all << file.rdbuf();
  const std::string words = all.str();
  REQUIRE(words.find("# Keys") != std::string::npos);
  for (const SectionInfo& section : all_sections()) CHECK(words.find("\"[" + std::string(section.word) + "]\"") != std::string::npos);
  for (const KeyInfo& key : all_keys()) CHECK(words.find("\"" + std::string(key.word) + " = \"") != std::string::npos);
  for (const RightName& right : all_rights()) CHECK(words.find("\"" + std::string(right.word) + " = \"") != std::string::npos);
}

}  // namespace
}  // namespace landshim
