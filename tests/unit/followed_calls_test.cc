// SPDX-License-Identifier: MIT
#include "shim/followed_calls.h"

#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <random>

#include "config/syscalls.h"
#include "shim/closures.h"
#include "shim/filter.h"
#include "shim/identity.h"
#include "tests/support/print_plan.h"
#include "tests/support/simulator.h"

using namespace landshim;
using namespace landshim::tests;

namespace {

const char* const kPolicies[] = {
    "[filesystem]\nread = /usr\n",
    "[policy]\nmode = full-access\n[network]\naccess = all\nunix = allow\n[ipc]\nsignals = allow\nabstract_unix = allow\n",
    "[filesystem]\nread = /usr\n[network]\nconnect_tcp = 443\nudp = allow\n[syscalls]\nprofile = strict\nopenat = kill if arg2 == 1\nkill = deny EIO if arg1 == 9\nsendto = log if arg0 == 3\n",
    "[filesystem]\nread = /usr\n[syscalls]\nprofile = none\narchitectures = native, compat\nconnect = deny ENOSYS\nexecve = trace 7\nopen = log\nrename = trap\nunlink = deny 1 if arg0 == 5\n",
    "[filesystem]\nread = /usr\n[syscalls]\narchitectures = native, compat\ndefault = deny\nread = allow\n-socketcall = allow\nsendmsg = kill-thread if arg2 & 1 == 1\n",
};

FollowedFilter filter_of(const std::string& policy, int abi = 10) {
  Result<FollowedFilter> out = followed_filter(made_up_plan(policy, made_up_host(abi)));
  INFO(policy);
  REQUIRE(out);
  return std::move(*out);
}

std::uint32_t answer(const Program& program, std::string_view call, std::initializer_list<std::uint64_t> arguments = {}) {
  seccomp_data data{call_number(CallTable::kNative, call), audit_arch(CallTable::kNative), 0, {}};
  std::copy(arguments.begin(), arguments.end(), data.args);
  return run_filter(program, data);
}

// Calls as programs make them, and as none does.
std::vector<seccomp_data> many_calls() {
  std::mt19937_64 chance(7);
  const std::uint64_t values[] = {0, 1, 2, 3, 5, 9, 4096, AF_UNIX, AF_NETLINK, 0x20000000, 0x80000, ~0ULL, 0xffff'ffffULL, 0x1'0000'0001ULL, 1U << 3, 06000, kIdentityOption, kAskSome, kAskThis};
  std::vector<seccomp_data> out;
  for (const CallTable table : {CallTable::kNative, CallTable::kCompat})
    for (int number = -1; number < 560; ++number)
      for (int i = 0; i < 40; ++i) {
        seccomp_data data{number == 559 ? 0x40000001 : number, audit_arch(table), 0, {}};
        for (auto& argument : data.args) argument = values[chance() % std::size(values)];
        out.push_back(data);
      }
  out.push_back({1, 0x1234, 0, {}});
  return out;
}

}  // namespace

TEST_CASE("the filter of a followed run answers as the policy's own, or asks where that allows or gives an errno", "[follow]") {
  const std::vector<seccomp_data> calls = many_calls();
  for (const char* policy : kPolicies)
    for (const int abi : {1, 6, 10}) {
      if (abi < 4 && std::string(policy).find("connect_tcp") != std::string::npos) continue;
      INFO(policy);
      const FollowedFilter filter = filter_of(policy, abi);
      CHECK(refused_because(filter.loaded).empty());
      CHECK(unreachable(filter.loaded).empty());
      int asked = 0;
      int wrong = 0;
      for (const seccomp_data& data : calls) {
        const std::uint32_t truth = simulate(filter.truth, data);
        const std::uint32_t loaded = simulate(filter.loaded, data);
        const std::uint32_t action = truth & SECCOMP_RET_ACTION_FULL;
        const bool may_ask = action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_ERRNO;
        wrong += loaded == truth || (may_ask && loaded == SECCOMP_RET_USER_NOTIF) ? 0 : 1;
        // An errno always asks, but for the two kinds that say something else.
        const std::uint32_t error = truth & SECCOMP_RET_DATA;
        wrong += action == SECCOMP_RET_ERRNO && loaded == truth && error != ENOSYS && error != kAnswerSome && error != kAnswerThis ? 1 : 0;
        asked += loaded == SECCOMP_RET_USER_NOTIF ? 1 : 0;
      }
      CHECK(wrong == 0);
      CHECK(asked > 100);
    }
}

TEST_CASE("whatever events a log wants, the filter is never more generous than the policy's own", "[follow][audit]") {
  const std::vector<seccomp_data> calls = many_calls();
  for (const char* policy : kPolicies)
    for (LogEvents told = 0; told <= kAllLogEvents; ++told) {
      INFO(policy << " " << int{told});
      const Result<FollowedFilter> filter = followed_filter(made_up_plan(policy, made_up_host(10)), Following::kHeld, told);
      REQUIRE(filter);
      CHECK(refused_because(filter->loaded).empty());
      int wrong = 0;
      int asked = 0;
      for (std::size_t i = told; i < calls.size(); i += 7) {
        const std::uint32_t truth = simulate(filter->truth, calls[i]);
        const std::uint32_t loaded = simulate(filter->loaded, calls[i]);
        const std::uint32_t action = truth & SECCOMP_RET_ACTION_FULL;
        asked += loaded == SECCOMP_RET_USER_NOTIF ? 1 : 0;
        wrong += loaded == truth || (loaded == SECCOMP_RET_USER_NOTIF && (action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_ERRNO)) ? 0 : 1;
      }
      CHECK(wrong == 0);
      // What is in force is known without asking.
      if ((told & ~kLogPolicy) == 0) CHECK(asked == 0);
      else if (policy == kPolicies[0]) CHECK(asked > 0);
    }
}

TEST_CASE("the follower evaluates a filter as the kernel does", "[follow]") {
  for (const char* policy : kPolicies) {
    const FollowedFilter filter = filter_of(policy);
    int wrong = 0;
    for (const seccomp_data& data : many_calls()) wrong += run_filter(filter.truth, data) == simulate(filter.truth, data) ? 0 : 1;
    CHECK(wrong == 0);
  }
  CHECK(run_filter({}, {}) == SECCOMP_RET_KILL_PROCESS);
  const sock_filter odd[] = {{0xffff, 0, 0, 0}};
  CHECK(run_filter(odd, {}) == SECCOMP_RET_KILL_PROCESS);
  const sock_filter outside[] = {{BPF_LD | BPF_W | BPF_ABS, 0, 0, sizeof(seccomp_data)}, {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
  CHECK(run_filter(outside, {}) == SECCOMP_RET_KILL_PROCESS);
  const sock_filter away[] = {{BPF_JMP | BPF_JA, 0, 0, 0xffff'ffff}, {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
  CHECK(run_filter(std::span(away).first(1), {}) == SECCOMP_RET_KILL_PROCESS);
}

TEST_CASE("only what the policy can refuse is asked for", "[follow]") {
  const Program files = filter_of("[filesystem]\nread = /usr\n[network]\naccess = all\nunix = allow\n[ipc]\nsignals = allow\nabstract_unix = allow\n").loaded;
  CHECK(answer(files, "openat") == SECCOMP_RET_USER_NOTIF);
  CHECK(answer(files, "execve") == SECCOMP_RET_USER_NOTIF);
  CHECK(answer(files, "read") == SECCOMP_RET_ALLOW);
  CHECK(answer(files, "kill") == SECCOMP_RET_ALLOW);
  CHECK(answer(files, "bind") == SECCOMP_RET_USER_NOTIF);
  CHECK(answer(files, "seccomp", {1, 0}) == SECCOMP_RET_ALLOW);
  CHECK(answer(files, "seccomp", {1, 8}) == SECCOMP_RET_USER_NOTIF);
  const Program open = filter_of("[filesystem]\naccess = all\nmetadata = allow\n[network]\nconnect_tcp = 443\n[ipc]\nabstract_unix = allow\n").loaded;
  CHECK(answer(open, "openat") == SECCOMP_RET_ALLOW);
  CHECK(answer(open, "kill") == SECCOMP_RET_USER_NOTIF);
  CHECK(answer(open, "connect") == SECCOMP_RET_USER_NOTIF);
  const Program sockets = filter_of("[filesystem]\nread = /usr\n[network]\nconnect_udp = 53\n").loaded;
  CHECK(answer(sockets, "sendto", {3, 1, 1, 0, 0, 0}) == SECCOMP_RET_ALLOW);
  CHECK(answer(sockets, "sendto", {3, 1, 1, 0, 4096, 16}) == SECCOMP_RET_USER_NOTIF);
  // A kernel that lacks the call asks nobody.
  CHECK(answer(files, "clone3") == (SECCOMP_RET_ERRNO | ENOSYS));
  CHECK(answer(files, "openat2") == (SECCOMP_RET_ERRNO | ENOSYS));
}

TEST_CASE("a filter whose calls are not spelled out is not followed", "[follow][ready]") {
  Host host = made_up_host(10);
  host.ready_filter = true;
  const Plan plan = made_up_plan("[filesystem]\nread = /usr\n", host);
  REQUIRE(plan.filter.ready != nullptr);
  const Result<FollowedFilter> followed = followed_filter(plan);
  REQUIRE_FALSE(followed);
  CHECK(followed.error().what == "a filter made beforehand cannot be followed: this is a bug in landshim");
}

TEST_CASE("a followed run needs a filter", "[follow]") {
  Plan plan = made_up_plan("[filesystem]\nread = /usr\n", made_up_host(7));
  plan.filter.used = false;
  const Result<FollowedFilter> filter = followed_filter(plan);
  REQUIRE_FALSE(filter);
  CHECK(filter.error().what == "a followed run needs a kernel with seccomp filters");
}
