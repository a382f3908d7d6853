// SPDX-License-Identifier: MIT
// What doctor says of each key of the language, for hosts that are made up.
#include <catch2/catch.hpp>

#include <cerrno>
#include <set>
#include <string>

#include "shim/command/features.h"

using namespace landshim;
using command::Feature;
using command::features;
using command::Holder;

namespace {

constexpr std::uint64_t kAllCapabilities = ~std::uint64_t{0};

Host host_with(int abi, std::uint64_t capabilities = kAllCapabilities) {
  Host host;
  host.abi = abi;
  host.landlock_error = abi > 0 ? 0 : ENOSYS;
  host.seccomp = true;
  host.threads_known = true;
  host.may_fork = true;
  host.capabilities = capabilities;
  host.uid = capabilities != 0 ? 0 : 1000;
  host.group_parent = "/sys/fs/cgroup/own";
  return host;
}

Feature feature_of(const Host& host, const std::string& demand, Section section) {
  for (Feature& feature : features(host))
    if (feature.demand == demand && feature.section == section) return feature;
  FAIL("no feature " << demand);
  return {};
}

bool held(const Feature& feature, Holder holder) { return feature.held_by[static_cast<std::size_t>(holder)]; }

}  // namespace

TEST_CASE("doctor tries every key and every right of the language", "[doctor]") {
  std::set<std::pair<Section, std::string>> wanted;
  for (const KeyInfo& key : all_keys()) wanted.insert({key.section, key.word});
  for (const RightName& right : all_rights()) wanted.insert({Section::kFilesystem, right.word});
  wanted.insert({Section::kSyscalls, "NAME"});
  std::set<std::pair<Section, std::string>> found;
  for (const Feature& feature : features(host_with(kNewestAbi))) found.insert({feature.section, feature.key});
  CHECK(found == wanted);
}

TEST_CASE("nothing of the language is refused on a host that has everything", "[doctor]") {
  for (const Feature& feature : features(host_with(kNewestAbi))) {
    INFO(feature.demand << ": " << feature.refused);
    CHECK(feature.refused.empty());
    CHECK_FALSE(feature.stand_in);
    CHECK(feature.first_abi == 0);
  }
  CHECK(command::missing_hardening(host_with(kNewestAbi)).empty());
}

TEST_CASE("doctor tells which part of a plan a key changes", "[doctor]") {
  const Host host = host_with(kNewestAbi);
  const struct {
    Section section;
    const char* demand;
    std::set<Holder> holders;
  } kCases[] = {
      {Section::kFilesystem, "read", {Holder::kLandlock}},
      {Section::kFilesystem, "metadata = deny", {Holder::kSeccomp}},
      {Section::kNetwork, "access = none", {Holder::kLandlock, Holder::kSeccomp}},
      {Section::kNetwork, "bind_tcp", {Holder::kLandlock}},
      {Section::kNetwork, "vsock", {Holder::kSeccomp}},
      {Section::kIpc, "signals = deny", {Holder::kLandlock}},
      {Section::kIpc, "sysv = deny", {Holder::kSeccomp}},
      {Section::kSyscalls, "NAME, @group", {Holder::kSeccomp}},
      {Section::kProcess, "nice", {Holder::kProcess}},
      {Section::kLimits, "memory_max", {Holder::kGroup}},
      {Section::kNamespaces, "pid", {Holder::kNamespaces}},
      {Section::kEnvironment, "unset", {Holder::kEnvironment}},
      {Section::kAudit, "file", {Holder::kFollower}},
      {Section::kAudit, "level", {Holder::kFollower}},
      {Section::kPolicy, "version = 1", {}},
  };
  for (const auto& one : kCases) {
    INFO(one.demand);
    const Feature feature = feature_of(host, one.demand, one.section);
    for (std::size_t i = 0; i < command::kHolders; ++i) CHECK(feature.held_by[i] == one.holders.contains(static_cast<Holder>(i)));
  }
}

TEST_CASE("what an older kernel refuses is told with the first ABI that has it", "[doctor]") {
  const struct {
    Section section;
    const char* demand;
    int abi;
  } kCases[] = {{Section::kFilesystem, "truncate", 3}, {Section::kNetwork, "connect_tcp", 4}, {Section::kIpc, "signals = deny", 6}, {Section::kNetwork, "unix = own", 9}, {Section::kNetwork, "bind_udp", 10}};
  for (const auto& one : kCases) {
    INFO(one.demand);
    for (int abi = 1; abi <= kNewestAbi; ++abi) {
      const Feature feature = feature_of(host_with(abi), one.demand, one.section);
      CHECK(feature.refused.empty() == (abi >= one.abi));
      CHECK(feature.first_abi == (abi >= one.abi ? 0 : one.abi));
      CHECK_FALSE(feature.by_start);
      if (abi < one.abi) CHECK(feature.refused.find("needs Landlock ABI " + std::to_string(one.abi)) != std::string::npos);
      // How to accept a loss is no fact about a machine.
      CHECK(feature.refused.find("unsupported") == std::string::npos);
    }
  }
}

TEST_CASE("doctor tells where seccomp stands in for a Landlock that is too old", "[doctor]") {
  for (int abi = 1; abi <= kNewestAbi; ++abi) {
    INFO(abi);
    const Feature truncation = feature_of(host_with(abi), "mode = strict", Section::kPolicy);
    CHECK(truncation.stand_in == (abi < 3));
    const Feature tcp = feature_of(host_with(abi), "access = rules without TCP", Section::kNetwork);
    CHECK(tcp.refused.empty());
    CHECK(tcp.stand_in == (abi < 4));
    CHECK(held(tcp, Holder::kLandlock) == (abi >= 4));
  }
  CHECK_FALSE(feature_of(host_with(1), "sysv = deny", Section::kIpc).stand_in);
}

TEST_CASE("without Landlock files are refused, and what seccomp holds alone is not", "[doctor]") {
  const Host host = host_with(0);
  CHECK_FALSE(feature_of(host, "read", Section::kFilesystem).refused.empty());
  CHECK(feature_of(host, "read", Section::kFilesystem).first_abi == 1);
  const Feature network = feature_of(host, "access = none", Section::kNetwork);
  CHECK(network.refused.empty());
  CHECK(held(network, Holder::kSeccomp));
  CHECK_FALSE(held(network, Holder::kLandlock));
}

TEST_CASE("without seccomp no policy holds, and doctor says so of every key", "[doctor]") {
  Host host = host_with(kNewestAbi);
  host.seccomp = false;
  host.seccomp_error = ENOSYS;
  for (const Feature& feature : features(host)) {
    INFO(feature.demand);
    CHECK(feature.refused.find("seccomp filters are not to be had here") == 0);
    CHECK(feature.first_abi == 0);
  }
}

TEST_CASE("what only a privileged start may do is told apart from what the machine lacks", "[doctor]") {
  const Host host = host_with(kNewestAbi, 0);
  for (const char* demand : {"user", "group", "groups"}) {
    const Feature feature = feature_of(host, demand, Section::kProcess);
    INFO(demand);
    CHECK(feature.refused.find("privileged start") != std::string::npos);
    CHECK(feature.by_start);
  }
  for (const Feature& feature : features(host)) {
    INFO(feature.demand << ": " << feature.refused);
    CHECK((feature.refused.empty() || feature.by_start));
  }
}

TEST_CASE("limits of memory and processor are refused where no control group can be made", "[doctor]") {
  Host host = host_with(kNewestAbi);
  host.group_parent.clear();
  host.group_error = "no cgroup 2 file system is mounted";
  for (const char* demand : {"memory_max", "cpu_quota", "tasks_max"}) {
    const Feature feature = feature_of(host, demand, Section::kLimits);
    CHECK(feature.refused.find(host.group_error) != std::string::npos);
    CHECK_FALSE(feature.by_start);
    CHECK(feature.first_abi == 0);
  }
  CHECK(feature_of(host, "open_files", Section::kLimits).refused.empty());
}

TEST_CASE("a plan to enter a namespace enters that one, by way of a user namespace where there is no privilege", "[doctor]") {
  for (std::size_t i = 0; i < kNamespaceCount; ++i)
    for (const std::uint64_t capabilities : {kAllCapabilities, std::uint64_t{0}}) {
      const Result<Plan> plan = command::plan_to_enter(static_cast<Namespace>(i), host_with(kNewestAbi, capabilities));
      REQUIRE(plan);
      for (std::size_t j = 0; j < kNamespaceCount; ++j)
        CHECK(plan->namespaces.enter[j] == (i == j || (capabilities == 0 && j == static_cast<std::size_t>(Namespace::kUser))));
      CHECK_FALSE(plan->namespaces.read_only);
    }
}
