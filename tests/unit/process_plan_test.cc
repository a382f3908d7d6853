// SPDX-License-Identifier: MIT
// What [process], [limits], [namespaces] and [environment] become on made-up hosts, what is refused, and how it is told.
#include "shim/process_plan.h"

#include <signal.h>

#include <algorithm>
#include <cerrno>

#include <catch2/catch.hpp>

#include "config/values.h"
#include "shim/explain.h"
#include "tests/support/print_plan.h"

using namespace landshim;
using namespace landshim::tests;

namespace {

constexpr std::uint64_t kEverything = (std::uint64_t{1} << kCapabilityCount) - 1;

std::uint64_t bits(std::initializer_list<const char*> names) {
  std::uint64_t out = 0;
  for (const char* name : names) out |= std::uint64_t{1} << *find_capability(name);
  return out;
}

const std::uint64_t kOrdinary = bits({"chown", "dac_override", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap", "net_bind_service", "setfcap"});

Host user_host() {
  Host host = made_up_host(10);
  host.uid = 1000;
  host.gid = 100;
  return host;
}

Host root_host() {
  Host host = made_up_host(10);
  host.capabilities = kEverything;
  return host;
}

Host command_host(Host host) {
  host.may_fork = true;
  host.execs = true;
  return host;
}

PlannedProcess process_of(const std::string& text, const Host& host) { return made_up_plan(text, host).process; }
PlannedNamespaces namespaces_of(const std::string& text, const Host& host) { return made_up_plan(text, host).namespaces; }

std::vector<std::string> entered(const PlannedNamespaces& namespaces) {
  static constexpr const char* kNames[] = {"user", "network", "ipc", "uts", "mount", "pid", "cgroup"};
  std::vector<std::string> out;
  for (std::size_t i = 0; i < kNamespaceCount; ++i)
    if (namespaces.enter[i]) out.push_back(kNames[i]);
  return out;
}

std::string told(const std::string& text, const Host& host) {
  const Policy policy = made_up_policy(text);
  const Compiled compiled = compile(policy, host);
  REQUIRE(compiled.refused.empty());
  const std::vector<Result<Survey>> surveys(compiled.plan.ruleset.paths.size(), Survey{false, true, kReadExec});
  return explain(policy, compiled.plan, surveys);
}

bool holds(const std::string& text, const std::string& part) {
  INFO(text);
  INFO("looked for: " << part);
  const bool found = text.find(part) != std::string::npos;
  CHECK(found);
  return found;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("an ordinary start keeps no capability, and nothing of the process is touched", "[process]") {
  const Plan plan = made_up_plan("", user_host());
  CHECK(plan.process == PlannedProcess{});
  CHECK_FALSE(plan.group.used);
  CHECK_FALSE(plan.namespaces.used);
  CHECK(plan.environment == PlannedEnvironment{});
}

TEST_CASE("a privileged start keeps the ordinary capabilities of root, as far as they are there", "[process]") {
  const PlannedProcess process = process_of("", root_host());
  CHECK(process.set_capabilities);
  CHECK(process.capabilities == kOrdinary);
  CHECK(process.drop_bounding);
  CHECK_FALSE(process.ambient);
  Host contained = root_host();
  contained.capabilities = bits({"chown", "kill", "sys_chroot"});
  const PlannedProcess less = process_of("", contained);
  CHECK(less.capabilities == bits({"chown", "kill"}));
  // Without CAP_SETPCAP the bounding set cannot be changed.
  CHECK_FALSE(less.drop_bounding);
}

TEST_CASE("capabilities are kept as the policy says", "[process]") {
  CHECK(process_of("[process]\ncapabilities = none\n", root_host()).capabilities == 0);
  CHECK(process_of("[process]\ncapabilities = none\n", root_host()).set_capabilities);
  const PlannedProcess all = process_of("[process]\ncapabilities = all\n", root_host());
  CHECK_FALSE(all.set_capabilities);
  CHECK(all.capabilities == kEverything);
  const PlannedProcess listed = process_of("[process]\ncapabilities = net_admin, sys_ptrace\n", root_host());
  CHECK(listed.capabilities == bits({"net_admin", "sys_ptrace"}));
  CHECK_FALSE(listed.ambient);
  CHECK(process_of("[process]\ncapabilities = none\n", user_host()).capabilities == 0);
  CHECK(process_of("[process]\ncapabilities = all\n", user_host()).capabilities == 0);
}

TEST_CASE("an ordinary user that has capabilities passes on what is kept", "[process]") {
  Host host = user_host();
  host.capabilities = bits({"net_bind_service", "net_raw"});
  const PlannedProcess process = process_of("[process]\ncapabilities = net_bind_service\n", host);
  CHECK(process.capabilities == bits({"net_bind_service"}));
  CHECK(process.set_capabilities);
  CHECK(process.ambient);
  CHECK_FALSE(process.drop_bounding);
}

TEST_CASE("a capability that the start lacks is refused by name", "[process]") {
  CHECK(refusal("[process]\ncapabilities = net_bind_service\n", user_host()) == "made-up.ini:2: capabilities = net_bind_service: this start does not have it; start landshim with it, or remove it");
  Host contained = root_host();
  contained.capabilities = kOrdinary;
  CHECK(refusal("[policy]\nunsupported = warn\n[process]\ncapabilities = chown, sys_admin\n", contained) ==
        "made-up.ini:4: capabilities = sys_admin: this start does not have it; start landshim with it, or remove it");
}

TEST_CASE("CAP_CHOWN decides by default whether owners may change", "[process]") {
  const auto owner_closed = [](const std::string& text) { return decided(made_up_plan("[filesystem]\nread_write = /usr\n" + text, root_host()).filter, "fchownat", {}).kind == ActionKind::kDeny; };
  CHECK_FALSE(owner_closed(""));
  CHECK_FALSE(owner_closed("[process]\ncapabilities = all\n"));
  CHECK(owner_closed("[process]\ncapabilities = none\n"));
  CHECK(owner_closed("[process]\ncapabilities = kill\n"));
  CHECK(owner_closed("[process]\nuser = 65534\ngroup = 65534\n"));
}

TEST_CASE("a change of user gives up all capabilities but those that are written", "[process]") {
  const PlannedProcess process = process_of("[process]\nuser = 65534\ngroup = 7\ngroups = 8, 9\n", root_host());
  CHECK(process.uid == Setting<std::uint32_t>{65534, {0, 2}});
  CHECK(process.gid == Setting<std::uint32_t>{7, {0, 3}});
  CHECK(process.gids == Setting<std::vector<std::uint32_t>>{{8, 9}, {0, 4}});
  CHECK(process.set_capabilities);
  CHECK(process.capabilities == 0);
  CHECK(process.drop_bounding);
  CHECK_FALSE(process.ambient);
  const PlannedProcess kept = process_of("[process]\nuser = 65534\ngroup = 7\ncapabilities = net_bind_service\n", root_host());
  CHECK(kept.capabilities == bits({"net_bind_service"}));
  CHECK(kept.ambient);
  // To root again: no user changes, so no capability goes for it.
  CHECK(process_of("[process]\nuser = 0\ngroup = 7\n", root_host()).capabilities == kOrdinary);
}

TEST_CASE("a change of user or group needs privileges, and none where nothing changes", "[process]") {
  const std::string wanted = "changing user or groups needs a privileged start (CAP_SETUID, CAP_SETGID); start landshim as root, or remove the line";
  CHECK(refusal("[process]\nuser = 65534\ngroup = 7\n", user_host()) == "made-up.ini:2: " + wanted);
  CHECK(refusal("[policy]\nname = x\n[process]\ngroup = 7\n", user_host()) == "made-up.ini:4: " + wanted);
  CHECK(refusal("[process]\ngroups = 7\n", user_host()) == "made-up.ini:2: " + wanted);
  CHECK(refusal("[policy]\nunsupported = warn\n[process]\ngroups = 7\n", user_host()) == "made-up.ini:4: " + wanted);
  Host half = root_host();
  half.capabilities = kEverything & ~bits({"setgid"});
  CHECK(refusal("[process]\nuser = 65534\ngroup = 7\n", half) == "made-up.ini:2: " + wanted);
  half.capabilities = kEverything & ~bits({"setuid"});
  CHECK(refusal("[process]\nuser = 65534\ngroup = 7\n", half) == "made-up.ini:2: " + wanted);
  CHECK(refusal("[process]\ngroup = 7\n", half).empty());
  CHECK(process_of("[process]\nuser = root\n", made_up_host(10)) == PlannedProcess{});
}

TEST_CASE("a user that is there already is a change of user all the same while another id or group is left", "[process]") {
  // nobody: group 65534, and no other.
  const std::string user = "[process]\nuser = 65534\n";
  Host same = made_up_host(10);
  same.uid = same.gid = 65534;
  Host logged_in = same;
  logged_in.groups = {65534};
  Host other_real = same;
  other_real.one_uid = false;
  Host other_group = same;
  other_group.gid = 0;
  Host other_real_group = same;
  other_real_group.one_gid = false;
  Host more_groups = same;
  more_groups.groups = {65534, 4};
  for (const Host& host : {same, logged_in}) CHECK(process_of(user, host) == PlannedProcess{});
  for (Host host : {other_real, other_group, other_real_group, more_groups}) {
    CHECK(refusal(user, host) == "made-up.ini:2: changing user or groups needs a privileged start (CAP_SETUID, CAP_SETGID); start landshim as root, or remove the line");
    host.capabilities = kEverything;
    const PlannedProcess process = process_of(user, host);
    CHECK(process.uid == Setting<std::uint32_t>{65534, {0, 2}});
    CHECK(process.gid == Setting<std::uint32_t>{65534, {0, 2}});
    CHECK(process.gids == Setting<std::vector<std::uint32_t>>{{}, {0, 2}});
    CHECK(process.capabilities == 0);
  }
  // The groups alone need no CAP_SETUID.
  more_groups.capabilities = bits({"setgid"});
  CHECK(process_of(user, more_groups).gids.written());
}

TEST_CASE("a user namespace has one user", "[process]") {
  CHECK(refusal("[process]\nuser = 65534\ngroup = 7\n[namespaces]\nuser = yes\n", root_host()) ==
        "made-up.ini:2: a user namespace has one user only; remove user and groups here, or user = yes in [namespaces]");
}

TEST_CASE("what lies between the descriptors to keep is closed", "[process]") {
  using Ranges = std::vector<DescriptorRange>;
  constexpr std::uint32_t kLast = 0xffff'ffff;
  const auto closed = [](const std::string& list) { return process_of("[process]\ninherit_fds = " + list + "\n", user_host()).close; };
  CHECK(closed("all").empty());
  CHECK(closed("0-2") == Ranges{{3, kLast}});
  CHECK(closed("0-2, 5") == Ranges{{3, 4}, {6, kLast}});
  CHECK(closed("5, 0-2") == Ranges{{3, 4}, {6, kLast}});
  CHECK(closed("3-5") == Ranges{{0, 2}, {6, kLast}});
  CHECK(closed("0-5, 2-3, 4") == Ranges{{6, kLast}});
  CHECK(closed("0, 2") == Ranges{{1, 1}, {3, kLast}});
  CHECK(closed("2147483647") == Ranges{{0, 0x7fff'fffe}, {0x8000'0000, kLast}});
}

TEST_CASE("values of [process] reach the plan with their lines", "[process]") {
  const PlannedProcess process = process_of("[process]\numask = 027\nnice = 5\noom_score_adj = -5\nparent_death_signal = KILL\ndumpable = no\n", user_host());
  CHECK(process.umask == Setting<int>{027, {0, 2}});
  CHECK(process.nice == Setting<int>{5, {0, 3}});
  CHECK(process.oom_score_adj == Setting<int>{-5, {0, 4}});
  CHECK(process.parent_death_signal == Setting<int>{SIGKILL, {0, 5}});
  CHECK(process.dumpable == Setting<bool>{false, {0, 6}});
}

TEST_CASE("dumpable and execve = deny cannot be had from a door that starts the program itself", "[process]") {
  const Host host = command_host(user_host());
  const std::string accept = "; or accept the loss with unsupported = warn in [policy]";
  CHECK(refusal("[process]\ndumpable = no\n", host) == "made-up.ini:2: dumpable is undone when landshim run starts the program: prctl(2). Use the preload" + accept);
  CHECK(refusal("[process]\ndumpable = yes\n", host) == "made-up.ini:2: dumpable is undone when landshim run starts the program: prctl(2). Use the preload" + accept);
  CHECK(refusal("[process]\nexecve = deny\n", host) == "made-up.ini:2: execve = deny would keep landshim run from starting the program. Use the preload" + accept);
  CHECK(refusal("[process]\nexecve = allow\n", host).empty());
  const Plan plan = made_up_plan("[policy]\nunsupported = warn\n[process]\nexecve = deny\ndumpable = no\n", host);
  CHECK(print_losses(plan) ==
        "given up: dumpable is undone when landshim run starts the program: prctl(2). Use the preload  [made-up.ini:5]\n"
        "given up: execve = deny would keep landshim run from starting the program. Use the preload  [made-up.ini:4]\n");
  // What was let go is not closed all the same: nothing could start.
  for (const char* call : {"execve", "execveat"}) CHECK(decided(plan.filter, call, {}).kind == ActionKind::kAllow);
  const Plan preload = made_up_plan("[process]\nexecve = deny\n", user_host());
  for (const char* call : {"execve", "execveat"}) CHECK(decided(preload.filter, call, {}) == Action{ActionKind::kDeny, EACCES});
}

TEST_CASE("memfd closes what it says", "[process]") {
  const auto answer = [](const std::string& word, std::uint64_t flags) { return decided(made_up_plan("[process]\nmemfd = " + word + "\n", user_host()).filter, "memfd_create", {0, flags, 0, 0, 0, 0}); };
  const Action no{ActionKind::kDeny, EACCES};
  const Action yes{};
  CHECK(answer("allow", 0) == yes);
  CHECK(answer("deny", 0) == no);
  CHECK(answer("deny", 8) == no);
  CHECK(answer("noexec", 0) == no);
  CHECK(answer("noexec", 3) == no);
  CHECK(answer("noexec", 0x10) == no);  // MFD_EXEC
  CHECK(answer("noexec", 8) == yes);
  CHECK(answer("noexec", 9) == yes);
  CHECK(decided(made_up_plan("[process]\nmemfd = deny\n", user_host()).filter, "memfd_secret", {}) == no);
}

TEST_CASE("write_execute closes mappings by their protection", "[process]") {
  const Plan plan = made_up_plan("[process]\nwrite_execute = deny\n[ipc]\nsysv = allow\n", user_host());
  const Action no{ActionKind::kDeny, EACCES};
  const Action yes{};
  const auto map = [&](std::uint64_t protection) { return decided(plan.filter, "mmap", {0, 4096, protection, 0, 0, 0}); };
  CHECK(map(3) == yes);
  CHECK(map(5) == yes);
  CHECK(map(6) == no);
  CHECK(map(7) == no);
  CHECK(map(0x1'0000'0007) == no);  // the kernel does not look at the high half
  for (const char* call : {"mprotect", "pkey_mprotect"}) {
    CHECK(decided(plan.filter, call, {0, 4096, 3, 0, 0, 0}) == yes);
    CHECK(decided(plan.filter, call, {0, 4096, 4, 0, 0, 0}) == no);
    CHECK(decided(plan.filter, call, {0, 4096, 7, 0, 0, 0}) == no);
  }
  CHECK(decided(plan.filter, "shmat", {0, 0, 0x8000, 0, 0, 0}) == no);
  CHECK(decided(plan.filter, "shmat", {0, 0, 0x1000, 0, 0, 0}) == yes);
  CHECK(decided(plan.filter, "personality", {0x0400000, 0, 0, 0, 0, 0}) == Action{ActionKind::kDeny, EPERM});
  CHECK(decided(plan.filter, "personality", {0xffffffff, 0, 0, 0, 0, 0}) == yes);
}

TEST_CASE("limits are lowered, never raised", "[limits]") {
  Host host = user_host();
  host.limits[static_cast<std::size_t>(Limit::kOpenFiles)] = {1024, 4096};
  const auto planned = [&](const std::string& value) { return process_of("[limits]\nopen_files = " + value + "\n", host).limits.at(0); };
  CHECK(planned("64") == PlannedLimit{Limit::kOpenFiles, 64, 64, true, {0, 2}});
  CHECK(planned("1024") == PlannedLimit{Limit::kOpenFiles, 1024, 1024, true, {0, 2}});
  CHECK(planned("2000") == PlannedLimit{Limit::kOpenFiles, 1024, 2000, true, {0, 2}});
  CHECK(planned("4096") == PlannedLimit{Limit::kOpenFiles, 1024, 4096, false, {0, 2}});
  CHECK(planned("9999") == PlannedLimit{Limit::kOpenFiles, 1024, 4096, false, {0, 2}});
  CHECK(planned("unlimited") == PlannedLimit{Limit::kOpenFiles, 1024, 4096, false, {0, 2}});
  CHECK(planned("0") == PlannedLimit{Limit::kOpenFiles, 0, 0, true, {0, 2}});
  CHECK(holds(told("[limits]\nopen_files = 64\ncore = 0\n", host), "\nProcess\n  core                0  [made-up.ini:3]\n  open_files          64  [made-up.ini:2]\n"));
  CHECK(holds(told("[limits]\nopen_files = 5000\n", host), "  open_files          the present limit is as low already  [made-up.ini:2]\n"));
}

TEST_CASE("limits of a group are demands that fail without a cgroup 2", "[limits]") {
  Host host = user_host();
  host.group_error = "no cgroup 2 file system is mounted";
  const std::string wanted = "memory_max, cpu_quota and tasks_max need a cgroup 2 in which this user may make a group: no cgroup 2 file system is mounted. Use systemd-run --user --scope, or a delegated group";
  for (const char* line : {"memory_max = 1G", "cpu_quota = 50%", "tasks_max = 20"})
    CHECK(refusal("[limits]\n" + std::string(line) + "\n", host) == "made-up.ini:2: " + wanted + "; or accept the loss with unsupported = warn in [policy]");
  const Plan plan = made_up_plan("[policy]\nunsupported = warn\n[limits]\nmemory_max = 1G\n", host);
  CHECK(print_losses(plan) == "given up: " + wanted + "  [made-up.ini:4]\n");
  CHECK_FALSE(plan.group.used);
  // Nothing is asked for.
  CHECK(refusal("[limits]\nmemory_max = unlimited\ntasks_max = unlimited\n", host).empty());
}

TEST_CASE("a group gets the limits that are written, 0 among them, and no others", "[limits]") {
  Host host = user_host();
  host.group_parent = "/sys/fs/cgroup/own";
  const Plan plan = made_up_plan("[limits]\nmemory_max = 1.5G\ncpu_quota = 150%\ntasks_max = 20\n", host);
  CHECK(plan.group == PlannedGroup{true, "/sys/fs/cgroup/own", 3ULL << 29, 150, 20, {0, 2}});
  CHECK(made_up_plan("[limits]\ntasks_max = 20\n", host).group == PlannedGroup{true, "/sys/fs/cgroup/own", kUnlimited, kUnlimited, 20, {0, 2}});
  CHECK(made_up_plan("[limits]\nmemory_max = 0\ntasks_max = unlimited\n", host).group == PlannedGroup{true, "/sys/fs/cgroup/own", 0, kUnlimited, kUnlimited, {0, 2}});
  CHECK(holds(told("[limits]\ntasks_max = 20\n", host), "  control group       in /sys/fs/cgroup/own  [made-up.ini:2]\n"));
}

TEST_CASE("an unprivileged start enters a user namespace as itself, a privileged one does not", "[namespaces]") {
  const PlannedNamespaces mine = namespaces_of("[namespaces]\nnetwork = yes\n", user_host());
  CHECK(entered(mine) == Words{"user", "network"});
  CHECK(mine.uid == 1000);
  CHECK(mine.gid == 100);
  CHECK(mine.origin == Origin{0, 2});
  CHECK(entered(namespaces_of("[namespaces]\nnetwork = yes\nipc = no\nuts = yes\ncgroup = yes\n", root_host())) == Words{"network", "uts", "cgroup"});
  CHECK(entered(namespaces_of("[namespaces]\nuser = yes\n", root_host())) == Words{"user"});
  CHECK_FALSE(namespaces_of("[namespaces]\nuser = no\nnetwork = no\n", user_host()).used);
  CHECK(refusal("[namespaces]\nnetwork = yes\nuser = no\n", user_host()) == "made-up.ini:3: user = no, and this start has no privilege (CAP_SYS_ADMIN) to enter other namespaces without one; write user = yes");
  CHECK(refusal("[namespaces]\nnetwork = yes\nuser = no\n", root_host()).empty());
}

TEST_CASE("inside a user namespace no capability is left that the start had not", "[namespaces]") {
  const PlannedProcess process = process_of("[namespaces]\nuser = yes\n", user_host());
  CHECK(process.set_capabilities);
  CHECK(process.capabilities == 0);
  CHECK(process.drop_bounding);
  CHECK(process_of("[process]\ncapabilities = all\n[namespaces]\nuser = yes\n", user_host()).capabilities == 0);
  CHECK(process_of("[namespaces]\nuser = yes\n", root_host()).capabilities == kOrdinary);
}

TEST_CASE("hide and private_tmp bring a mount namespace, which makes read-only what is not writable", "[namespaces]") {
  for (const char* line : {"hide = /usr/share", "private_tmp = yes", "mount = yes"}) {
    const PlannedNamespaces namespaces = namespaces_of("[namespaces]\n" + std::string(line) + "\n", root_host());
    CHECK(entered(namespaces) == Words{"mount"});
    CHECK(namespaces.origin == Origin{0, 2});
    CHECK(namespaces.read_only);
  }
  CHECK_FALSE(namespaces_of("[filesystem]\naccess = all\n[namespaces]\nmount = yes\n", root_host()).read_only);
  CHECK_FALSE(namespaces_of("[namespaces]\nnetwork = yes\n", root_host()).read_only);
  CHECK_FALSE(namespaces_of("[namespaces]\nprivate_tmp = no\n", root_host()).used);
  const PlannedNamespaces hidden = namespaces_of("[namespaces]\nhide = /usr/share, -/none\n", root_host());
  REQUIRE(hidden.hide.size() == 2);
  CHECK(hidden.hide[0].path == "/usr/share");
  CHECK_FALSE(hidden.hide[0].missing_ok);
  CHECK(hidden.hide[1].path == "/none");
  CHECK(hidden.hide[1].missing_ok);
  for (const char* line : {"hide = /usr/share", "private_tmp = yes"})
    CHECK(refusal("[namespaces]\n" + std::string(line) + "\nmount = no\n", root_host()) == "made-up.ini:3: mount = no contradicts hide and private_tmp, which need a mount namespace; remove one of the two");
}

TEST_CASE("where the policy itself may be hidden, its rule may be missing", "[namespaces]") {
  const auto always = [](const std::string& text) {
    for (const PlannedPath& path : made_up_plan(text, root_host()).ruleset.paths)
      if (path.key == "always") return path.missing_ok;
    FAIL("no such rule");
    return false;
  };
  CHECK(always("[namespaces]\nprivate_tmp = yes\n"));
  CHECK(always("[namespaces]\nhide = /usr/share\n"));
  CHECK_FALSE(always("[namespaces]\nmount = yes\n"));
}

TEST_CASE("a pid namespace needs a door that can put a process between", "[namespaces]") {
  CHECK(refusal("[namespaces]\npid = yes\n", root_host()) == "made-up.ini:2: pid = yes holds only what a program starts, not the program itself; use landshim run");
  CHECK(refusal("[policy]\nunsupported = warn\n[namespaces]\npid = yes\n", root_host()) == "made-up.ini:4: pid = yes holds only what a program starts, not the program itself; use landshim run");
  CHECK(entered(namespaces_of("[namespaces]\npid = yes\n", command_host(root_host()))) == Words{"pid"});
}

TEST_CASE("privileges and namespaces of a process with several threads are refused", "[process][namespaces]") {
  const std::string wanted = "made-up.ini: this process has more than one thread already, and only one would give up its privileges; use landshim run, which starts before any thread";
  Host user = user_host();
  user.many_threads = true;
  Host root = root_host();
  root.many_threads = true;
  CHECK(refusal("", user).empty());
  CHECK(refusal("", root) == wanted);
  CHECK(refusal("[process]\ncapabilities = all\n", root).empty());
  CHECK(refusal("[process]\ncapabilities = all\ngroup = 7\n", root) == wanted);
  CHECK(refusal("[namespaces]\nnetwork = yes\n", user) == wanted);
}

TEST_CASE("what becomes of the process is told line by line", "[process][explain]") {
  const std::string text = told(
      "[process]\nuser = 65534\ngroup = 7\ngroups = 8, 9\ncapabilities = net_bind_service, kill\ninherit_fds = 0-2\numask = 027\nnice = -5\noom_score_adj = 100\nparent_death_signal = TERM\ndumpable = no\n"
      "[namespaces]\nnetwork = yes\nhide = /usr/share\nprivate_tmp = yes\n[environment]\nkeep = PATH\nunset = A*\nset = B=1\n",
      root_host());
  CHECK(holds(text,
              "\nProcess\n"
              "  user                65534  [made-up.ini:2]\n"
              "  group               7  [made-up.ini:3]\n"
              "  groups              8, 9  [made-up.ini:4]\n"
              "  capabilities        kill, net_bind_service  [made-up.ini:5]\n"
              "  inherit_fds         others are closed  [made-up.ini:6]\n"
              "  nice                -5  [made-up.ini:8]\n"
              "  oom_score_adj       100  [made-up.ini:9]\n"
              "  parent_death_signal 15  [made-up.ini:10]\n"
              "  umask               027  [made-up.ini:7]\n"
              "  dumpable            no, until it starts another program  [made-up.ini:11]\n"
              "\nNamespaces of its own: network, mount  [made-up.ini:13]\n"
              "  hide                /usr/share  [made-up.ini:14]\n"
              "  private_tmp         /tmp and /var/tmp are empty, and go with the program  [made-up.ini:15]\n"
              "  what the policy does not make writable is mounted read-only, its metadata too\n"
              "\nEnvironment\n"
              "  keep                PATH  [made-up.ini:17]\n"
              "  unset               A*  [made-up.ini:18]\n"
              "  set                 B=1  [made-up.ini:19]\n"));
  CHECK(holds(told("[process]\ncapabilities = all\n", root_host()), "  capabilities        as they are  [made-up.ini:2]\n"));
  CHECK(holds(told("[process]\ncapabilities = none\n", root_host()), "  capabilities        none  [made-up.ini:2]\n"));
  CHECK(holds(told("[process]\ngroups = 0\n", root_host()), "  groups              0  [made-up.ini:2]\n"));
}

TEST_CASE("explain tells of an exception which entries stand for the rule, and what is lost", "[except][explain]") {
  const Policy policy = made_up_policy("[filesystem]\nread = /usr\nexcept = /usr/share\n");
  const Compiled compiled = compile(policy, user_host());
  REQUIRE(compiled.refused.empty());
  const auto beside = static_cast<std::size_t>(std::count_if(compiled.plan.ruleset.paths.begin(), compiled.plan.ruleset.paths.end(), [](const PlannedPath& path) { return path.beside; }));
  REQUIRE(beside > 1);
  const std::vector<Result<Survey>> surveys(compiled.plan.ruleset.paths.size(), Survey{false, true, kRead});
  const std::string text = explain(policy, compiled.plan, surveys);
  CHECK(holds(text, "  read                      /usr/...                          " + std::to_string(beside) + " entries, one by one  [made-up.ini:2]\n"));
  CHECK(holds(text, "  except: read = /usr: /usr itself cannot be listed or changed, and what is created in it later is denied\n"));
  CHECK(text.find("/usr/bin ") == std::string::npos);
}
