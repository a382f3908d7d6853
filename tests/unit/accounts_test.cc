// SPDX-License-Identifier: MIT
#include "config/accounts.h"

#include <catch2/catch.hpp>

namespace landshim {
namespace {

using Lines = std::vector<std::string>;
using Ids = std::vector<std::uint32_t>;

constexpr std::string_view kPasswd =
    "root:x:0:0:root:/root:/bin/bash\n"
    "broken\n"
    "nonumber:x:many:1:::\n"
    "daemon:x:1:1::/:/usr/sbin/nologin\n"
    "daemon:x:99:99::/:\n"
    "alice:x:1000:100:Alice:/home/alice:/bin/sh\n"
    "groupless:x:1001::Nobody's:/:\n"
    "4000:x:1002:1002::/:\n"
    "last:x:1003:1003::/:";  // no newline
constexpr std::string_view kGroup =
    "root:x:0:\n"
    "audio:x:29:alice,bob\n"
    "video:x:44:bob,alice\n"
    "alicex:x:45:alicex\n"
    "nogroup:x:65534:\n"
    "broken:x:no:alice\n"
    "users:x:100:alice";

struct Found {
  Policy policy;
  Lines faults;
};

Found find(const char* user, const char* group = nullptr, const std::vector<const char*>& groups = {}, std::string_view passwd = kPasswd) {
  Found out;
  if (user != nullptr) out.policy.user = {{user}, {0, 2}};
  if (group != nullptr) out.policy.group = {{group}, {0, 3}};
  for (const char* name : groups) out.policy.groups.push_back({name});
  if (!groups.empty()) out.policy.groups_origin = {0, 4};
  std::vector<Fault> faults;
  find_accounts(out.policy, passwd, kGroup, faults);
  for (const Fault& fault : faults) out.faults.push_back(std::to_string(fault.origin.line) + ": " + fault.what);
  return out;
}

}  // namespace

TEST_CASE("a user brings its group, and the groups that list it", "[accounts]") {
  const Found found = find("alice");
  CHECK(found.faults.empty());
  CHECK(found.policy.uid == Setting<std::uint32_t>{1000, {0, 2}});
  CHECK(found.policy.gid == Setting<std::uint32_t>{100, {0, 2}});
  CHECK(found.policy.gids == Setting<Ids>{{29, 44, 100}, {0, 2}});
}

TEST_CASE("a user of no group's list has no further groups", "[accounts]") {
  const Found found = find("daemon");
  CHECK(found.policy.uid.value == 1);
  CHECK(found.policy.gid.value == 1);
  CHECK(found.policy.gids == Setting<Ids>{{}, {0, 2}});
  CHECK(find("last").policy.gid.value == 1003);
}

TEST_CASE("a user by number brings what /etc/passwd knows of it", "[accounts]") {
  const Found found = find("1000");
  CHECK(found.policy.uid.value == 1000);
  CHECK(found.policy.gid.value == 100);
  CHECK(found.policy.gids.value == Ids{29, 44, 100});
  // A name of digits is a number: nobody could tell otherwise.
  CHECK(find("4000", "0").policy.uid.value == 4000);
}

TEST_CASE("a number that /etc/passwd does not know needs a group as well", "[accounts]") {
  CHECK(find("4242").faults == Lines{"2: user = 4242: /etc/passwd does not know its group; write group as well"});
  CHECK(find("groupless").faults == Lines{"2: user = groupless: /etc/passwd does not know its group; write group as well"});
  const Found found = find("4242", "7");
  CHECK(found.faults.empty());
  CHECK(found.policy.uid.value == 4242);
  CHECK(found.policy.gid == Setting<std::uint32_t>{7, {0, 3}});
  CHECK(found.policy.gids == Setting<Ids>{{}, {0, 2}});
}

TEST_CASE("groups that are written take the place of those of the user", "[accounts]") {
  const Found found = find("alice", "nogroup", {"video", "7"});
  CHECK(found.policy.gid == Setting<std::uint32_t>{65534, {0, 3}});
  CHECK(found.policy.gids == Setting<Ids>{{44, 7}, {0, 4}});
  const Found alone = find(nullptr, nullptr, {"audio"});
  CHECK_FALSE(alone.policy.uid.written());
  CHECK_FALSE(alone.policy.gid.written());
  CHECK(alone.policy.gids == Setting<Ids>{{29}, {0, 4}});
  const Found group = find(nullptr, "audio");
  CHECK(group.policy.gid.value == 29);
  CHECK_FALSE(group.policy.gids.written());
}

TEST_CASE("accounts that nobody knows are told with their line", "[accounts]") {
  CHECK(find("nemo").faults == Lines{"2: user = nemo: no such user in /etc/passwd; name it by number"});
  CHECK(find("nonumber").faults == Lines{"2: user = nonumber: no such user in /etc/passwd; name it by number"});
  CHECK(find("alice", "nemo").faults == Lines{"3: group = nemo: no such group in /etc/group; name it by number"});
  CHECK(find("alice", "audio", {"audio", "nemo"}).faults == Lines{"4: groups = nemo: no such group in /etc/group; name it by number"});
  CHECK(find("alice", "broken").faults == Lines{"3: group = broken: no such group in /etc/group; name it by number"});
}

TEST_CASE("numbers that mean \"leave it\" to the kernel are no accounts", "[accounts]") {
  CHECK(find("4294967295", "0").faults.size() == 1);
  CHECK(find("-1", "0").faults.size() == 1);
  CHECK(find("0", "4294967295").faults.size() == 1);
  CHECK(find("4294967294", "0").faults.empty());
}

TEST_CASE("an empty user database knows root by number only", "[accounts]") {
  CHECK(find("root", nullptr, {}, "").faults.size() == 1);
  CHECK(find("0", "0", {}, "").policy.uid.value == 0);
}

TEST_CASE("without accounts in a policy the databases are not read", "[accounts]") {
  Policy policy;
  std::vector<Fault> faults;
  find_accounts(policy, faults);
  CHECK(faults.empty());
  CHECK(policy == Policy{});
}

TEST_CASE("the databases of this machine know root", "[accounts]") {
  Policy policy;
  policy.user = {{"root"}, {0, 1}};
  std::vector<Fault> faults;
  find_accounts(policy, faults);
  CHECK(faults.empty());
  CHECK(policy.uid == Setting<std::uint32_t>{0, {0, 1}});
  CHECK(policy.gid.value == 0);
}

}  // namespace landshim
