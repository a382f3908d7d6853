// SPDX-License-Identifier: MIT
// compile() before made-up kernels: what is enforced, what is refused, what is lost, and in which words.
#include "shim/plan.h"

#include <sys/socket.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <initializer_list>
#include <string>
#include <vector>

#include "shim/closures.h"
#include "tests/support/print_plan.h"

using namespace landshim;
using namespace landshim::tests;

namespace {

constexpr Action kAllowed{ActionKind::kAllow, 0};
Action denied(int error) { return {ActionKind::kDeny, static_cast<std::uint16_t>(error)}; }

Action socket_of(const Plan& plan, std::uint64_t family, std::uint64_t type, std::uint64_t protocol = 0) { return decided(plan.filter, "socket", {family, type, protocol, 0, 0, 0}); }
Action pair_of(const Plan& plan, std::uint64_t family, std::uint64_t type) { return decided(plan.filter, "socketpair", {family, type, 0, 0, 0, 0}); }
Action call_of(const Plan& plan, std::string_view call) { return decided(plan.filter, call, {0, 0, 0, 0, 0, 0}); }

bool closed(const Plan& plan, Closure closure) { return plan.filter.closures[static_cast<std::size_t>(closure)]; }

std::vector<std::string> words_of(const std::vector<Loss>& losses) {
  std::vector<std::string> out;
  for (const Loss& loss : losses) out.push_back((loss.origin.written() ? std::to_string(loss.origin.line) + ": " : "") + loss.what);
  return out;
}

std::string contradiction(const std::string& text) {
  try {
    made_up_policy(text);
  } catch (const std::exception& fault) {
    return fault.what();
  }
  return {};
}

constexpr const char* kAccept = "; or accept the loss with unsupported = warn in [policy]";

const std::string kReadUsr = "[filesystem]\nread = /usr\n";

std::string needs(int abi) { return " needs Landlock ABI " + std::to_string(abi) + " (Linux " + abi_row(abi).linux_version + ")"; }

// What a policy that writes no more than a path lacks on a kernel of this ABI.
std::vector<std::string> usual_losses(int abi) {
  std::vector<std::string> out;
  if (abi < 2) out.push_back("renames and links across directories are refused even where writing is granted; granting them" + needs(2));
  if (abi < 5) out.push_back("ioctl on any device that can be opened is allowed; closing it" + needs(5));
  if (abi < 6) out.push_back("abstract UNIX sockets outside can be reached; abstract_unix = deny" + needs(6));
  if (abi < 6) out.push_back("processes outside can be signalled; signals = deny" + needs(6));
  return out;
}

Host host_without_landlock(int landlock_error) {
  Host host = made_up_host(0);
  host.landlock_error = landlock_error;
  return host;
}

}  // namespace

TEST_CASE("on every ABI a policy handles all rights, ports and scopes of that kernel", "[plan]") {
  for (int abi = 1; abi <= kNewestAbi + 1; ++abi) {
    INFO("ABI " << abi);
    const Plan plan = made_up_plan(kReadUsr, made_up_host(abi));
    const AbiRow& row = abi_row(abi);
    CHECK(plan.ruleset.used);
    CHECK(plan.ruleset.abi == (abi > kNewestAbi ? kNewestAbi : abi));
    CHECK(plan.ruleset.handled_fs == row.fs);
    CHECK(plan.ruleset.handled_net == row.net);
    CHECK(plan.ruleset.scoped == row.scopes);
    CHECK_FALSE(plan.all_threads);
    CHECK(plan.given_up.empty());
    CHECK(words_of(plan.missing) == usual_losses(abi));
    CHECK(closed(plan, Closure::kTruncation) == (abi < 3));
  }
}

TEST_CASE("a kernel newer than landshim is told the same as the newest that it knows", "[plan]") {
  for (const std::string& text : {kReadUsr, std::string("[policy]\nmode = full-access\n"), std::string("[network]\nconnect_udp = 53\n")})
    CHECK(made_up_plan(text, made_up_host(11)) == made_up_plan(text, made_up_host(10)));
}

TEST_CASE("a composite word grants what the kernel has of it, and no more than it says", "[plan]") {
  const struct {
    const char* word;
    Rights rights;
  } words[] = {{"read", kRead}, {"read_exec", kReadExec}, {"write", kWrite}, {"read_write", kReadWrite}, {"read_write_exec", kReadWriteExec}, {"device", kDevice}};
  for (const auto& word : words)
    for (int abi = 1; abi <= kNewestAbi; ++abi) {
      INFO(word.word << " on ABI " << abi);
      const Plan plan = made_up_plan(std::string("[filesystem]\n") + word.word + " = -/srv/data\n", made_up_host(abi));
      REQUIRE(plan.ruleset.paths.size() == 2);
      const PlannedPath& path = plan.ruleset.paths[0];
      CHECK(path.path == "/srv/data");
      CHECK(path.rights == (word.rights & abi_row(abi).fs));
      CHECK(path.missing_ok);
      CHECK(path.key == word.word);
      CHECK(path.origin == Origin{0, 2});
      CHECK(path.makes_writable == ((word.rights & (kWrite | kMakeChar | kMakeBlock)) != 0));
      CHECK(plan.ruleset.paths[1].key == "always");
      CHECK(plan.ruleset.paths[1].rights == kReadFile);
    }
}

TEST_CASE("a right asked for by name is a demand: an older kernel is refused", "[plan]") {
  for (const RightName& right : all_rights()) {
    if (right.right == kResolveUnix) continue;
    const int since = first_abi_with(right.right);
    for (int abi = 1; abi <= kNewestAbi; ++abi) {
      INFO(right.word << " on ABI " << abi);
      const std::string text = std::string("[filesystem]\n") + right.word + " = /usr\n";
      const std::string kernel = "; this kernel has Landlock ABI " + std::to_string(abi) + ". Use a newer kernel";
      if (abi >= since) {
        CHECK(made_up_plan(text, made_up_host(abi)).ruleset.paths.front().rights == right.right);
        continue;
      }
      CHECK(refusal(text, made_up_host(abi)) == "made-up.ini:2: " + std::string(right.word) + needs(since) + kernel + kAccept);
      const Plan weaker = made_up_plan("[policy]\nunsupported = warn\n" + text, made_up_host(abi));
      CHECK(words_of(weaker.given_up) == std::vector<std::string>{"4: " + std::string(right.word) + needs(since) + kernel});
      CHECK(words_of(weaker.missing) == usual_losses(abi));
      for (const PlannedPath& path : weaker.ruleset.paths) CHECK(path.key == "always");
    }
  }
}

TEST_CASE("without Landlock a policy on files is refused, and the message tells which want it is and both ways out", "[plan]") {
  const std::string what = "closing any path ([filesystem], mode)" + needs(1) + "; ";
  const std::string at = "made-up.ini:2: ";
  CHECK(refusal(kReadUsr, made_up_host(0)) == at + what + "this kernel has no Landlock (ENOSYS; CONFIG_SECURITY_LANDLOCK). Use a newer kernel" + kAccept);
  CHECK(refusal(kReadUsr, host_without_landlock(EOPNOTSUPP)) == at + what + "Landlock is disabled at boot (EOPNOTSUPP). Add landlock to the kernel's lsm= list" + kAccept);
  CHECK(refusal(kReadUsr, host_without_landlock(EPERM)) ==
        at + what + "Landlock is blocked here: not permitted (EPERM); an outer sandbox forbids landlock_create_ruleset(2). Start it outside that sandbox" + kAccept);
  // Written nowhere, it is the file itself that asks: what a policy does not mention is denied.
  CHECK(refusal("[network]\naccess = none\n", made_up_host(0)).starts_with("made-up.ini: closing any path"));
  CHECK(refusal("[policy]\nname = x\nmode = readonly\n", made_up_host(0)).starts_with("made-up.ini:3: closing any path"));
}

TEST_CASE("without Landlock a policy that leaves files alone holds by its filter", "[plan]") {
  const Plan plan = made_up_plan("[policy]\nmode = full-access\n", made_up_host(0));
  CHECK_FALSE(plan.ruleset.used);
  CHECK(plan.ruleset.paths.empty());
  CHECK(plan.filter.used);
  CHECK(socket_of(plan, AF_INET, SOCK_STREAM) == denied(EACCES));
  CHECK(words_of(plan.missing) == std::vector<std::string>{"abstract UNIX sockets outside can be reached; abstract_unix = deny" + needs(6), "processes outside can be signalled; signals = deny" + needs(6),
                                                           "there is no Landlock domain: processes outside can be traced (ptrace) and signalled"});
}

TEST_CASE("unsupported = warn gives up the demands that fail, each with its line, and nothing else", "[plan]") {
  const std::string text =
      "[policy]\nunsupported = warn\n[filesystem]\nread = /usr\nioctl_dev = -/dev/dri\n[network]\nconnect_tcp = 443\nconnect_unix = -/run/x\n[ipc]\nsignals = deny\n";
  const auto lost = [&](int abi) { return words_of(made_up_plan(text, made_up_host(abi)).given_up); };
  const auto line = [](int number, const std::string& what, int since, int abi) {
    return std::to_string(number) + ": " + what + needs(since) + "; this kernel has Landlock ABI " + std::to_string(abi) + ". Use a newer kernel";
  };
  const std::string reach = "reaching UNIX sockets by path only where allowed";
  for (const int abi : {1, 2, 3})
    CHECK(lost(abi) == std::vector<std::string>{line(5, "ioctl_dev", 5, abi), line(8, reach, 9, abi), line(7, "connect_tcp by port", 4, abi), line(7, "closing bind_tcp", 4, abi), line(10, "signals = deny", 6, abi)});
  CHECK(lost(4) == std::vector<std::string>{line(5, "ioctl_dev", 5, 4), line(8, reach, 9, 4), line(10, "signals = deny", 6, 4)});
  CHECK(lost(5) == std::vector<std::string>{line(8, reach, 9, 5), line(10, "signals = deny", 6, 5)});
  for (const int abi : {6, 7, 8}) CHECK(lost(abi) == std::vector<std::string>{line(8, reach, 9, abi)});
  for (const int abi : {9, 10, 11}) CHECK(lost(abi).empty());
}

TEST_CASE("every demand that unsupported = warn gives up is refused without it, in the same words", "[plan]") {
  const std::string rest = "[filesystem]\nread = /usr\ntruncate = /usr\nrefer = /usr\n[network]\nconnect_tcp = 443\nbind_udp = 53\nunix = own\n[ipc]\nsignals = deny\nabstract_unix = deny\n";
  int demands = 0;
  for (int abi = 0; abi <= kNewestAbi; ++abi) {
    INFO("ABI " << abi);
    const Compiled strict = compile(made_up_policy("[policy]\nunsupported = fail\n" + rest), made_up_host(abi));
    const Plan weaker = made_up_plan("[policy]\nunsupported = warn\n" + rest, made_up_host(abi));
    REQUIRE(strict.refused.size() == weaker.given_up.size());
    for (std::size_t i = 0; i < weaker.given_up.size(); ++i) {
      CHECK(strict.refused[i].what == weaker.given_up[i].what + kAccept);
      CHECK(strict.refused[i].where == "made-up.ini:" + std::to_string(weaker.given_up[i].origin.line));
      ++demands;
    }
    CHECK(strict.plan.missing == weaker.missing);
  }
  CHECK(demands > 30);
}

TEST_CASE("a warned start without Landlock still has the filter", "[plan]") {
  const Plan plan = made_up_plan("[policy]\nunsupported = warn\n" + kReadUsr, made_up_host(0));
  CHECK_FALSE(plan.ruleset.used);
  CHECK(plan.ruleset.paths.empty());
  REQUIRE(plan.given_up.size() == 1);
  CHECK(plan.given_up[0].origin == Origin{0, 4});
  CHECK(plan.filter.used);
  CHECK(call_of(plan, "mount") == denied(EPERM));
}

TEST_CASE("without seccomp filters a policy is refused, and with a warning loses the filter alone", "[plan]") {
  Host host = made_up_host(7);
  host.seccomp = false;
  host.seccomp_error = EINVAL;
  const std::string what =
      "seccomp filters are not to be had here (invalid argument (EINVAL)); nothing of [network], [ipc] and [syscalls] would hold. Use a kernel with CONFIG_SECCOMP_FILTER, outside a sandbox that blocks seccomp(2)";
  CHECK(refusal(kReadUsr, host) == "made-up.ini: " + what + kAccept);
  const Plan plan = made_up_plan("[policy]\nunsupported = warn\n" + kReadUsr, host);
  CHECK_FALSE(plan.filter.used);
  CHECK(plan.ruleset.used);
  CHECK(plan.ruleset.handled_fs == abi_row(7).fs);
  CHECK(words_of(plan.given_up) == std::vector<std::string>{what});
}

TEST_CASE("threads that are there already are bound together from ABI 8 on, else the start is refused, warning or not", "[plan]") {
  for (const char* prefix : {"", "[policy]\nunsupported = warn\n"})
    for (int abi = 1; abi <= kNewestAbi + 1; ++abi) {
      INFO("ABI " << abi);
      Host host = made_up_host(abi);
      host.many_threads = true;
      if (abi >= 8) {
        CHECK(made_up_plan(prefix + kReadUsr, host).all_threads);
        continue;
      }
      CHECK(refusal(prefix + kReadUsr, host) ==
            "made-up.ini: this process has more than one thread already, and only the one that starts landshim could be held; binding all needs Landlock ABI 8 (Linux 7.0). Use landshim run, which starts before any thread");
    }
}

TEST_CASE("where the threads cannot be counted the start is refused, warning or not", "[plan]") {
  Host host = made_up_host(10);
  host.threads_known = false;
  for (const char* prefix : {"", "[policy]\nunsupported = warn\n"})
    CHECK(refusal(prefix + kReadUsr, host) ==
          "made-up.ini: whether this process has more than one thread cannot be told: unshare(2) is blocked and /proc is not mounted. Mount /proc, or use landshim run");
}

TEST_CASE("abi = N means exactly the rights of ABI N, on any kernel that has them", "[plan]") {
  for (int abi = 1; abi <= kNewestAbi; ++abi)
    for (int host = 0; host <= kNewestAbi + 1; ++host) {
      INFO("abi = " << abi << " on ABI " << host);
      const std::string text = "[policy]\nabi = " + std::to_string(abi) + "\n[filesystem]\nread = /usr\n";
      if (host >= abi) {
        CHECK(made_up_plan(text, made_up_host(host)) == [&] {
          Plan same = made_up_plan(kReadUsr, made_up_host(abi));
          same.ruleset.paths[0].origin.line = 4;
          return same;
        }());
        continue;
      }
      const std::string kernel = host == 0 ? "this kernel has no Landlock (ENOSYS; CONFIG_SECURITY_LANDLOCK)" : "this kernel has Landlock ABI " + std::to_string(host);
      const std::string first = refusal(text, made_up_host(host));
      CHECK(first.substr(0, first.find('\n')) == "made-up.ini:2: abi = " + std::to_string(abi) + needs(abi) + "; " + kernel + ". Use a newer kernel" + kAccept);
      if (host == 0) continue;
      const Plan weaker = made_up_plan("[policy]\nabi = " + std::to_string(abi) + "\nunsupported = warn\n[filesystem]\nread = /usr\n", made_up_host(host));
      CHECK(weaker.ruleset.abi == host);
      CHECK(weaker.given_up.size() == 1);
    }
}

TEST_CASE("a demand that abi = N leaves out is refused with the advice to raise it", "[plan]") {
  CHECK(refusal("[policy]\nabi = 5\n[ipc]\nsignals = deny\n", made_up_host(7)) == "made-up.ini:4: signals = deny" + needs(6) + "; abi = 5 leaves it out. Raise abi in [policy]" + kAccept);
  CHECK(refusal("[policy]\nabi = 3\n[ipc]\nsignals = deny\n", made_up_host(5)) == "made-up.ini:4: signals = deny" + needs(6) + "; abi = 3 leaves it out. Use a newer kernel" + kAccept);
}

TEST_CASE("abi = auto is the kernel's own", "[plan]") {
  Plan plan = made_up_plan("[policy]\nabi = auto\n[filesystem]\nread = /usr\n", made_up_host(4));
  plan.ruleset.paths[0].origin.line = 2;
  CHECK(plan == made_up_plan(kReadUsr, made_up_host(4)));
}

TEST_CASE("where files are left alone, renames across directories are handled and granted everywhere", "[plan]") {
  for (const char* text : {"[policy]\nmode = full-access\n", "[filesystem]\naccess = all\n"})
    for (int abi = 1; abi <= kNewestAbi; ++abi) {
      INFO(text << " on ABI " << abi);
      const Plan plan = made_up_plan(text, made_up_host(abi));
      const Rights sockets = abi_row(abi).fs & kResolveUnix;
      CHECK(plan.ruleset.handled_fs == ((abi_row(abi).fs & kRefer) | sockets));
      CHECK_FALSE(closed(plan, Closure::kTruncation));
      if (abi < 2) {
        CHECK(plan.ruleset.paths.empty());
        continue;
      }
      REQUIRE(plan.ruleset.paths.size() == 1);
      CHECK(plan.ruleset.paths[0].path == "/");
      CHECK(plan.ruleset.paths[0].rights == kRefer);
      CHECK_FALSE(plan.ruleset.paths[0].makes_writable);
    }
}

TEST_CASE("below ABI 3 a filter closes truncation exactly: read-only opens that truncate, truncate, and openat2", "[plan]") {
  const Plan plan = made_up_plan(kReadUsr, made_up_host(2));
  const auto open = [&](std::uint64_t flags) { return decided(plan.filter, "open", {0, flags, 0, 0, 0, 0}); };
  const auto openat = [&](std::uint64_t flags) { return decided(plan.filter, "openat", {0, 0, flags, 0, 0, 0}); };
  constexpr std::uint64_t kTrunc = 01000;
  for (const std::uint64_t extra : {std::uint64_t{0}, std::uint64_t{02000000}, std::uint64_t{0100}, std::uint64_t{1} << 32}) {
    CHECK(open(0 | kTrunc | extra) == denied(EACCES));
    CHECK(openat(0 | kTrunc | extra) == denied(EACCES));
    CHECK(open(3 | kTrunc | extra) == denied(EACCES));
    CHECK(openat(3 | kTrunc | extra) == denied(EACCES));
    CHECK(open(1 | kTrunc | extra) == kAllowed);
    CHECK(openat(2 | kTrunc | extra) == kAllowed);
    CHECK(open(extra) == kAllowed);
    CHECK(openat(extra) == kAllowed);
  }
  CHECK(call_of(plan, "truncate") == denied(EACCES));
  CHECK(call_of(plan, "truncate64") == denied(EACCES));
  CHECK(call_of(plan, "ftruncate") == kAllowed);
  CHECK(call_of(plan, "openat2") == denied(ENOSYS));
  CHECK(call_of(made_up_plan(kReadUsr, made_up_host(3)), "truncate") == kAllowed);
  CHECK(decided(made_up_plan(kReadUsr, made_up_host(3)).filter, "open", {0, kTrunc, 0, 0, 0, 0}) == kAllowed);
}

TEST_CASE("below ABI 4 a policy by rules without TCP ports makes no TCP socket", "[plan]") {
  const std::string text = "[network]\naccess = rules\n";
  for (int abi = 1; abi <= kNewestAbi; ++abi) {
    INFO("ABI " << abi);
    const Plan plan = made_up_plan(text, made_up_host(abi));
    CHECK(plan.given_up.empty());
    for (const std::uint64_t family : std::initializer_list<std::uint64_t>{AF_INET, AF_INET6})
      for (const std::uint64_t protocol : std::initializer_list<std::uint64_t>{0, 6}) CHECK(socket_of(plan, family, SOCK_STREAM, protocol) == (abi < 4 ? denied(EACCES) : kAllowed));
    CHECK(plan.ruleset.ports.empty());
  }
}

TEST_CASE("a TCP port is a demand: below ABI 4 it is refused", "[plan]") {
  CHECK(refusal("[network]\nconnect_tcp = 443\nbind_tcp = *\n", made_up_host(3)) == "made-up.ini:2: connect_tcp by port" + needs(4) + "; this kernel has Landlock ABI 3. Use a newer kernel" + kAccept);
  CHECK(refusal("[network]\nconnect_tcp = *\nbind_tcp = 80\n", made_up_host(3)) == "made-up.ini:3: bind_tcp by port" + needs(4) + "; this kernel has Landlock ABI 3. Use a newer kernel" + kAccept);
  // Any port to connect to, none to bind: that is a demand of the same line.
  CHECK(refusal("[network]\nconnect_tcp = *\n", made_up_host(3)) == "made-up.ini:2: closing bind_tcp" + needs(4) + "; this kernel has Landlock ABI 3. Use a newer kernel" + kAccept);
  CHECK(refusal("[network]\nconnect_tcp = *\nbind_tcp = *\n", made_up_host(1)).empty());
  // Written as none: no socket stands in for it.
  CHECK(refusal("[network]\nconnect_tcp =\nbind_tcp =\n", made_up_host(1)).empty());
}

TEST_CASE("ports become one rule each, ranges port by port, and any port is not handled", "[plan]") {
  const Plan plan = made_up_plan("[network]\nconnect_tcp = 443, 8000-8002\nbind_tcp = 0\nconnect_tcp = 65535\n", made_up_host(4));
  std::vector<PlannedPort> expected;
  for (const int port : {443, 8000, 8001, 8002}) expected.push_back({static_cast<std::uint16_t>(port), kConnectTcp, {0, 2}});
  expected.push_back({65535, kConnectTcp, {0, 4}});
  expected.push_back({0, kBindTcp, {0, 3}});
  CHECK(plan.ruleset.ports == expected);
  CHECK(plan.ruleset.handled_net == (kConnectTcp | kBindTcp));
  const Plan any = made_up_plan("[network]\nconnect_tcp = *\nbind_tcp = 80\n", made_up_host(4));
  CHECK(any.ruleset.handled_net == kBindTcp);
  CHECK(any.ruleset.ports == std::vector<PlannedPort>{{80, kBindTcp, {0, 3}}});
  const Plan whole = made_up_plan("[network]\nconnect_tcp = 65530-65535\n", made_up_host(4));
  CHECK(whole.ruleset.ports.size() == 6);
}

TEST_CASE("UDP by port needs ABI 10, all of UDP or none of it needs nothing", "[plan]") {
  const std::string kernel = "; this kernel has Landlock ABI 9. Use a newer kernel" + std::string(kAccept);
  CHECK(refusal("[network]\nconnect_udp = 53\n", made_up_host(9)) == "made-up.ini:2: connect_udp by port" + needs(10) + kernel + "\nmade-up.ini:2: closing bind_udp" + needs(10) + kernel);
  CHECK(refusal("[network]\nbind_udp = 53\nconnect_udp = *\n", made_up_host(9)) == "made-up.ini:2: bind_udp by port" + needs(10) + kernel);
  const Plan by_port = made_up_plan("[network]\nconnect_udp = 53\nbind_udp = 0\n", made_up_host(10));
  CHECK(by_port.ruleset.handled_net == abi_row(10).net);
  CHECK(by_port.ruleset.ports == std::vector<PlannedPort>{{53, kConnectSendUdp, {0, 2}}, {0, kBindUdp, {0, 3}}});
  CHECK(socket_of(by_port, AF_INET, SOCK_DGRAM) == kAllowed);
  for (int abi = 1; abi <= kNewestAbi; ++abi) {
    INFO("ABI " << abi);
    const Plan allowed = made_up_plan("[network]\nudp = allow\n", made_up_host(abi));
    CHECK((allowed.ruleset.handled_net & (kBindUdp | kConnectSendUdp)) == 0);
    CHECK(socket_of(allowed, AF_INET6, SOCK_DGRAM, 17) == kAllowed);
    for (const char* text : {"[network]\nudp = deny\n", "[network]\naccess = rules\n", "[network]\nconnect_udp =\nbind_udp =\n"}) {
      const Plan none = made_up_plan(text, made_up_host(abi));
      CHECK((none.ruleset.handled_net & (kBindUdp | kConnectSendUdp)) == (abi_row(abi).net & (kBindUdp | kConnectSendUdp)));
      CHECK(socket_of(none, AF_INET, SOCK_DGRAM) == denied(EACCES));
      CHECK(socket_of(none, AF_INET6, SOCK_DGRAM, 17) == denied(EACCES));
    }
  }
}

TEST_CASE("UNIX sockets by path need ABI 9 when a line asks for it, and are listed as missing when none does", "[plan]") {
  const std::string reach = "reaching UNIX sockets by path only where allowed" + needs(9);
  const std::string open = "every UNIX socket on the disk can be reached; unix = own" + needs(9);
  for (int abi = 1; abi <= kNewestAbi; ++abi) {
    INFO("ABI " << abi);
    const std::string kernel = "; this kernel has Landlock ABI " + std::to_string(abi) + ". Use a newer kernel" + kAccept;
    const Plan unasked = made_up_plan("[network]\naccess = rules\n", made_up_host(abi));
    const std::vector<std::string> missing = words_of(unasked.missing);
    CHECK((std::find(missing.begin(), missing.end(), open) != missing.end()) == (abi < 9));
    CHECK(socket_of(unasked, AF_UNIX, SOCK_STREAM) == kAllowed);
    const std::string own = "[network]\nunix = own\n";
    const std::string listed = "[network]\nconnect_unix = -/run/x\n";
    if (abi < 9) {
      CHECK(refusal(own, made_up_host(abi)) == "made-up.ini:2: " + reach + kernel);
      CHECK(refusal(listed, made_up_host(abi)) == "made-up.ini:2: " + reach + kernel);
    } else {
      CHECK((made_up_plan(own, made_up_host(abi)).ruleset.handled_fs & kResolveUnix) != 0);
      const Plan plan = made_up_plan(listed, made_up_host(abi));
      CHECK((plan.ruleset.handled_fs & kResolveUnix) != 0);
      CHECK(plan.ruleset.paths.back().path == "/run/x");
      CHECK(plan.ruleset.paths.back().rights == kResolveUnix);
    }
    // Closed by making none, on every kernel.
    const Plan none = made_up_plan("[network]\nunix = deny\n", made_up_host(abi));
    CHECK(socket_of(none, AF_UNIX, SOCK_STREAM) == denied(EACCES));
    CHECK(none.given_up.empty());
    // Left alone, on every kernel.
    const Plan allowed = made_up_plan("[network]\nunix = allow\n", made_up_host(abi));
    CHECK((allowed.ruleset.handled_fs & kResolveUnix) == 0);
    CHECK(socket_of(allowed, AF_UNIX, SOCK_STREAM) == kAllowed);
  }
}

TEST_CASE("scopes are unasked hardening below ABI 6, and a demand once a line writes them", "[plan]") {
  const struct {
    const char* word;
    Scopes scope;
    std::string missing;
  } scopes[] = {{"abstract_unix", kScopeAbstractUnix, "abstract UNIX sockets outside can be reached; abstract_unix = deny" + needs(6)},
                {"signals", kScopeSignal, "processes outside can be signalled; signals = deny" + needs(6)}};
  for (const auto& scope : scopes)
    for (int abi = 1; abi <= kNewestAbi; ++abi) {
      INFO(scope.word << " on ABI " << abi);
      const auto text = [&](const char* value) { return std::string("[ipc]\n") + scope.word + " = " + value + "\n"; };
      const Plan unasked = made_up_plan(kReadUsr, made_up_host(abi));
      const std::vector<std::string> missing = words_of(unasked.missing);
      CHECK((std::find(missing.begin(), missing.end(), scope.missing) != missing.end()) == (abi < 6));
      const Plan allowed = made_up_plan(text("allow"), made_up_host(abi));
      CHECK((allowed.ruleset.scoped & scope.scope) == 0);
      const std::vector<std::string> rest = words_of(allowed.missing);
      CHECK(std::find(rest.begin(), rest.end(), scope.missing) == rest.end());
      if (abi < 6) CHECK(refusal(text("deny"), made_up_host(abi)) == "made-up.ini:2: " + std::string(scope.word) + " = deny" + needs(6) + "; this kernel has Landlock ABI " + std::to_string(abi) + ". Use a newer kernel" + kAccept);
      else CHECK((made_up_plan(text("deny"), made_up_host(abi)).ruleset.scoped & scope.scope) != 0);
    }
}

TEST_CASE("[network] access is none, or rules as soon as a port or socket key is written", "[plan]") {
  const auto access = [](const std::string& text) { return network_choice(made_up_policy(text)).access; };
  CHECK(access("[filesystem]\nread = /usr\n") == NetworkAccess::kNone);
  for (const char* line : {"connect_tcp = 443", "bind_tcp = 80", "connect_udp = 53", "bind_udp = 53", "connect_tcp =", "udp = deny", "udp = allow", "listen = deny", "unix = deny", "unix = own", "connect_unix = -/run/x",
                           "netlink = deny", "raw = allow", "mptcp = allow"}) {
    INFO(line);
    CHECK(access(std::string("[network]\n") + line + "\n") == NetworkAccess::kRules);
  }
  for (const char* line : {"unix = own", "listen = allow"}) CHECK(access(std::string("[network]\naccess = none\n") + line + "\n") == NetworkAccess::kNone);
  CHECK(access("[network]\naccess = all\nunix = deny\n") == NetworkAccess::kAll);
  CHECK(access("[network]\naccess = rules\n") == NetworkAccess::kRules);
}

TEST_CASE("unix is deny with no network, else own, unless a line says otherwise", "[plan]") {
  const auto sockets = [](const std::string& text) { return network_choice(made_up_policy("[network]\n" + text)).unix_sockets; };
  CHECK(sockets("access = none\n") == UnixAccess::kDeny);
  CHECK(sockets("access = rules\n") == UnixAccess::kOwn);
  CHECK(sockets("access = all\n") == UnixAccess::kOwn);
  CHECK(sockets("connect_tcp = 443\n") == UnixAccess::kOwn);
  CHECK(sockets("access = none\nunix = allow\n") == UnixAccess::kAllow);
  CHECK(sockets("access = none\nconnect_unix = -/run/x\n") == UnixAccess::kOwn);
  CHECK(sockets("access = all\nunix = deny\n") == UnixAccess::kDeny);
}

TEST_CASE("listen is deny with unix = deny and nothing to bind, else allow, unless a line says otherwise", "[plan]") {
  const auto listen = [](const std::string& text) { return network_choice(made_up_policy("[network]\n" + text)).listen; };
  CHECK_FALSE(listen("access = none\n"));
  CHECK_FALSE(listen("unix = deny\n"));
  CHECK_FALSE(listen("unix = deny\nconnect_tcp = 443\n"));
  CHECK_FALSE(listen("unix = deny\nbind_tcp =\n"));
  CHECK(listen("unix = deny\nbind_tcp = 80\n"));
  CHECK(listen("unix = deny\nbind_tcp = *\n"));
  CHECK(listen("access = rules\n"));
  CHECK(listen("unix = own\n"));
  CHECK(listen("access = none\nunix = allow\n"));
  CHECK_FALSE(listen("access = rules\nlisten = deny\n"));
  CHECK(listen("access = none\nlisten = allow\n"));
  CHECK(call_of(made_up_plan("[network]\naccess = none\n", made_up_host(7)), "listen") == denied(EACCES));
  CHECK(call_of(made_up_plan("[network]\naccess = rules\n", made_up_host(7)), "listen") == kAllowed);
}

TEST_CASE("udp is deny unless it, a UDP port, or the whole network is allowed", "[plan]") {
  const auto udp = [](const std::string& text) { return network_choice(made_up_policy("[network]\n" + text)).udp; };
  CHECK_FALSE(udp("access = none\n"));
  CHECK_FALSE(udp("access = rules\n"));
  CHECK_FALSE(udp("udp = deny\n"));
  CHECK_FALSE(udp("connect_udp =\n"));
  CHECK(udp("udp = allow\n"));
  CHECK(udp("connect_udp = 53\n"));
  CHECK(udp("bind_udp = *\n"));
  CHECK(udp("access = all\n"));
}

TEST_CASE("metadata is deny while nothing is writable, else modes, and allow where files are left alone", "[plan]") {
  const auto level = [](const std::string& text) { return metadata_choice(made_up_policy(text)); };
  CHECK(level("[filesystem]\nread = /usr\n") == Metadata::kDeny);
  CHECK(level("[filesystem]\nread_exec = /usr\ndevice = /dev/null\n") == Metadata::kDeny);
  CHECK(level("[policy]\nmode = readonly\n") == Metadata::kDeny);
  for (const char* word : {"write", "read_write", "read_write_exec", "make_dir", "make_char", "write_file", "truncate", "remove_file", "refer"}) {
    INFO(word);
    CHECK(level(std::string("[filesystem]\n") + word + " = -/srv/data\n") == Metadata::kModes);
  }
  CHECK(level("[policy]\nmode = workspace-write\nworkspace = /srv\n") == Metadata::kModes);
  CHECK(level("[policy]\nmode = full-access\n") == Metadata::kAllow);
  CHECK(level("[filesystem]\naccess = all\n") == Metadata::kAllow);
  CHECK(level("[filesystem]\naccess = all\nmetadata = deny\n") == Metadata::kDeny);
  CHECK(level("[filesystem]\nread = /usr\nmetadata = allow\n") == Metadata::kAllow);
  CHECK(level("[filesystem]\nwrite = /srv\nmetadata = deny\n") == Metadata::kDeny);
  CHECK(level("[filesystem]\nread = /usr\nmetadata = modes\n") == Metadata::kModes);
}

TEST_CASE("each level of metadata closes what it says", "[plan]") {
  Host root = made_up_host(7);
  root.capabilities = 1;  // CAP_CHOWN
  const auto answers = [](const Plan& plan) {
    return std::vector<bool>{call_of(plan, "fchmodat") == denied(EPERM), call_of(plan, "utimensat") == denied(EPERM), call_of(plan, "fchownat") == denied(EPERM), call_of(plan, "setxattr") == denied(EOPNOTSUPP),
                             call_of(plan, "file_setattr") == denied(EPERM), decided(plan.filter, "ioctl", {0, 0x40086602, 0, 0, 0, 0}) == denied(EPERM)};
  };
  const std::string files = "[filesystem]\nread_write = /srv\n";
  const Host user = made_up_host(7);
  CHECK(answers(made_up_plan(files + "metadata = deny\n", user)) == std::vector<bool>{true, true, true, true, true, true});
  CHECK(answers(made_up_plan(files + "metadata = deny\n", root)) == std::vector<bool>{true, true, true, true, true, true});
  CHECK(answers(made_up_plan(files + "metadata = modes\n", user)) == std::vector<bool>{false, false, true, true, true, true});
  CHECK(answers(made_up_plan(files, user)) == std::vector<bool>{false, false, true, true, true, true});
  // A privileged start keeps the owner by default; `modes`, once written, says that owners may not change.
  CHECK(answers(made_up_plan(files, root)) == std::vector<bool>{false, false, false, true, true, true});
  CHECK(answers(made_up_plan(files + "metadata = modes\n", root)) == std::vector<bool>{false, false, true, true, true, true});
  CHECK(answers(made_up_plan(files + "metadata = allow\n", user)) == std::vector<bool>{false, false, false, false, false, false});
  // Set-id bits stay closed at every level.
  for (const char* text : {"metadata = deny\n", "metadata = modes\n", "metadata = allow\n"})
    CHECK(decided(made_up_plan(files + text, user).filter, "fchmodat", {0, 0, 04755, 0, 0, 0}) == denied(EPERM));
}

TEST_CASE("no network means no socket of any kind, and pairs that cannot leave", "[plan]") {
  for (int abi = 1; abi <= kNewestAbi; ++abi) {
    INFO("ABI " << abi);
    const Plan plan = made_up_plan("[network]\naccess = none\n", made_up_host(abi));
    for (std::uint64_t family = 0; family < 50; ++family)
      for (const std::uint64_t type : std::initializer_list<std::uint64_t>{1, 2, 3, 4, 5, 6, 10}) CHECK(socket_of(plan, family, type) == denied(EACCES));
    CHECK(pair_of(plan, AF_UNIX, SOCK_STREAM) == kAllowed);
    CHECK(pair_of(plan, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC) == kAllowed);
    CHECK(pair_of(plan, AF_UNIX, SOCK_DGRAM) == denied(EACCES));
    CHECK(pair_of(plan, AF_UNIX, SOCK_RAW) == denied(EACCES));
    CHECK(pair_of(plan, AF_TIPC, SOCK_STREAM) == denied(EACCES));
    CHECK(call_of(plan, "io_uring_enter") == denied(ENOSYS));
    CHECK(plan.ruleset.ports.empty());
  }
}

TEST_CASE("the network by rules opens TCP and route queries, and closes every side door", "[plan]") {
  const Plan plan = made_up_plan("[network]\nconnect_tcp = 443\n", made_up_host(7));
  for (const std::uint64_t family : std::initializer_list<std::uint64_t>{AF_INET, AF_INET6}) {
    CHECK(socket_of(plan, family, SOCK_STREAM) == kAllowed);
    CHECK(socket_of(plan, family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 6) == kAllowed);
    CHECK(socket_of(plan, family, SOCK_STREAM, 262) == denied(EPROTONOSUPPORT));
    CHECK(socket_of(plan, family, SOCK_STREAM, 132) == denied(EACCES));
    CHECK(socket_of(plan, family, SOCK_DGRAM) == denied(EACCES));
    CHECK(socket_of(plan, family, SOCK_DGRAM, 1) == denied(EACCES));
    CHECK(socket_of(plan, family, SOCK_RAW, 6) == denied(EACCES));
    CHECK(socket_of(plan, family, SOCK_DCCP, 33) == denied(EACCES));
    CHECK(socket_of(plan, family, SOCK_SEQPACKET, 132) == denied(EACCES));
    // The kernel looks at 32 bits of the family, the type and the protocol.
    CHECK(socket_of(plan, family | (std::uint64_t{1} << 32), SOCK_STREAM, 262 | (std::uint64_t{1} << 32)) == denied(EPROTONOSUPPORT));
  }
  CHECK(socket_of(plan, AF_NETLINK, SOCK_RAW, 0) == kAllowed);
  for (std::uint64_t protocol = 1; protocol < 24; ++protocol) CHECK(socket_of(plan, AF_NETLINK, SOCK_RAW, protocol) == denied(EACCES));
  for (const std::uint64_t family : std::initializer_list<std::uint64_t>{AF_PACKET, AF_VSOCK, AF_XDP, AF_ALG, AF_BLUETOOTH, AF_CAN, AF_TIPC, AF_SMC, AF_RDS, AF_QIPCRTR, AF_NFC, AF_KCM, AF_KEY, AF_APPLETALK})
    CHECK(socket_of(plan, family, SOCK_STREAM) == denied(EACCES));
  constexpr std::uint64_t kFast = 0x20000000;
  CHECK(decided(plan.filter, "sendto", {3, 0, 0, kFast, 0, 0}) == denied(EOPNOTSUPP));
  CHECK(decided(plan.filter, "sendmsg", {3, 0, kFast | 0x4000, 0, 0, 0}) == denied(EOPNOTSUPP));
  CHECK(decided(plan.filter, "sendmmsg", {3, 0, 0, kFast, 0, 0}) == denied(EOPNOTSUPP));
  CHECK(decided(plan.filter, "sendto", {3, 0, 0, 0x4000, 0, 0}) == kAllowed);
  CHECK(call_of(plan, "io_uring_setup") == denied(ENOSYS));
}

TEST_CASE("a family or type that a line allows can be made, and no other", "[plan]") {
  const struct {
    const char* word;
    std::uint64_t family, type, protocol;
  } rows[] = {{"packet", AF_PACKET, SOCK_RAW, 3},  {"vsock", AF_VSOCK, SOCK_STREAM, 0}, {"xdp", AF_XDP, SOCK_RAW, 0},          {"alg", AF_ALG, SOCK_SEQPACKET, 0},   {"bluetooth", AF_BLUETOOTH, SOCK_RAW, 1},
              {"can", AF_CAN, SOCK_RAW, 1},        {"tipc", AF_TIPC, SOCK_RDM, 0},      {"smc", AF_SMC, SOCK_STREAM, 0},       {"rds", AF_RDS, SOCK_SEQPACKET, 0},   {"qipcrtr", AF_QIPCRTR, SOCK_DGRAM, 0},
              {"nfc", AF_NFC, SOCK_SEQPACKET, 0},  {"kcm", AF_KCM, SOCK_DGRAM, 0},      {"icmp", AF_INET, SOCK_DGRAM, 1},      {"icmp", AF_INET6, SOCK_DGRAM, 58},   {"udplite", AF_INET, SOCK_DGRAM, 136},
              {"sctp", AF_INET6, SOCK_STREAM, 132}, {"sctp", AF_INET, SOCK_SEQPACKET, 132}, {"dccp", AF_INET, SOCK_DCCP, 33}, {"mptcp", AF_INET, SOCK_STREAM, 262}, {"raw", AF_INET, SOCK_RAW, 1},
              {"raw", AF_INET6, SOCK_RAW, 255},    {"netlink", AF_NETLINK, SOCK_RAW, 9}};
  for (const auto& row : rows) {
    INFO(row.word);
    const Plan plan = made_up_plan(std::string("[network]\n") + row.word + " = allow\n", made_up_host(7));
    CHECK(socket_of(plan, row.family, row.type, row.protocol) == kAllowed);
    for (const auto& other : rows) {
      if (std::string(other.word) == row.word) continue;
      INFO("beside it: " << other.word);
      CHECK(socket_of(plan, other.family, other.type, other.protocol).kind == ActionKind::kDeny);
    }
  }
  CHECK(socket_of(made_up_plan("[network]\nnetlink = deny\n", made_up_host(7)), AF_NETLINK, SOCK_RAW, 0) == denied(EACCES));
}

TEST_CASE("the whole network leaves every socket alone", "[plan]") {
  const Plan plan = made_up_plan("[network]\naccess = all\n", made_up_host(7));
  for (std::uint64_t family = 0; family < 50; ++family)
    for (const std::uint64_t type : std::initializer_list<std::uint64_t>{1, 2, 3, 5}) CHECK(socket_of(plan, family, type) == kAllowed);
  CHECK(plan.ruleset.handled_net == 0);
  CHECK(decided(plan.filter, "sendto", {3, 0, 0, 0x20000000, 0, 0}) == kAllowed);
  CHECK_FALSE(closed(plan, Closure::kIoUringNetwork));
  const Plan no_unix = made_up_plan("[network]\naccess = all\nunix = deny\n", made_up_host(7));
  CHECK(socket_of(no_unix, AF_UNIX, SOCK_STREAM) == denied(EACCES));
  CHECK(socket_of(no_unix, AF_INET, SOCK_DGRAM) == kAllowed);
  CHECK(pair_of(no_unix, AF_UNIX, SOCK_DGRAM) == denied(EACCES));
}

TEST_CASE("each key of [ipc] closes its own calls", "[plan]") {
  const struct {
    const char* word;
    const char* call;
    int error;
  } rows[] = {{"sysv", "shmget", EACCES}, {"sysv", "semop", EACCES}, {"sysv", "msgsnd", EACCES}, {"mqueue", "mq_open", EACCES}, {"mqueue", "mq_unlink", EACCES}, {"keyring", "keyctl", EPERM}, {"keyring", "add_key", EPERM}};
  for (const auto& row : rows) {
    INFO(row.word << ", " << row.call);
    CHECK(call_of(made_up_plan(kReadUsr, made_up_host(7)), row.call) == denied(row.error));
    CHECK(call_of(made_up_plan(std::string("[ipc]\n") + row.word + " = allow\n", made_up_host(7)), row.call) == kAllowed);
  }
  const Plan open = made_up_plan(kReadUsr, made_up_host(7));
  const Plan shut = made_up_plan("[ipc]\nscheduling = deny\n", made_up_host(7));
  for (const char* call : {"sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr", "prlimit64"}) {
    INFO(call);
    CHECK(decided(open.filter, call, {7, 0, 0, 0, 0, 0}) == kAllowed);
    CHECK(decided(shut.filter, call, {7, 0, 0, 0, 0, 0}) == denied(EPERM));
    CHECK(decided(shut.filter, call, {0, 0, 0, 0, 0, 0}) == kAllowed);
  }
  // Setting a limit of another process is refused in any case; reading it is not.
  CHECK(decided(open.filter, "prlimit64", {7, 0, 0x1000, 0, 0, 0}) == denied(EPERM));
  CHECK(decided(open.filter, "prlimit64", {7, 0, std::uint64_t{1} << 40, 0, 0, 0}) == denied(EPERM));
  CHECK(decided(open.filter, "prlimit64", {0, 0, 0x1000, 0, 0, 0}) == kAllowed);
}

TEST_CASE("a line that allows what a section closes is refused, and names both", "[plan]") {
  const Host host = made_up_host(7);
  CHECK(refusal("[network]\naccess = none\n[syscalls]\nsocket = allow\n", host) ==
        "made-up.ini:4: socket = allow cannot undo what [network] access = none closes (line 2); change that key, or remove this line");
  CHECK(refusal("[syscalls]\nsocket = allow\n", host) == "made-up.ini:2: socket = allow cannot undo what [network] access = none closes (a default); change that key, or remove this line");
  CHECK(refusal("[network]\nlisten = deny\n[syscalls]\nlisten = log\n", host) == "made-up.ini:4: listen = log cannot undo what [network] listen = deny closes (line 2); change that key, or remove this line");
  CHECK(refusal("[ipc]\nsysv = deny\n[syscalls]\nshmget = allow if arg1 < 5\n", host) ==
        "made-up.ini:4: shmget = allow cannot undo what [ipc] sysv = deny closes (line 2); change that key, or remove this line");
  CHECK(refusal("[ipc]\nmqueue = deny\n[syscalls]\nmq_open = trace 3\n", host) ==
        "made-up.ini:4: mq_open = trace cannot undo what [ipc] mqueue = deny closes (line 2); change that key, or remove this line");
  CHECK(refusal("[filesystem]\nread = /usr\nmetadata = deny\n[syscalls]\nchmod = allow\n", host) ==
        "made-up.ini:5: chmod = allow cannot undo what [filesystem] metadata = deny closes (line 3); change that key, or remove this line");
  CHECK(refusal("[network]\naccess = rules\n[syscalls]\nio_uring_setup = allow\n", host) ==
        "made-up.ini:4: io_uring_setup = allow cannot undo what [network] access closes (line 2); change that key, or remove this line");
  // A demand that the kernel lets go cannot save a contradiction.
  CHECK_FALSE(refusal("[policy]\nunsupported = warn\n[network]\naccess = none\n[syscalls]\nsocket = allow\n", host).empty());
}

TEST_CASE("a line that a section leaves a meaning to is no contradiction", "[plan]") {
  const Host host = made_up_host(7);
  for (const char* text : {"[network]\naccess = none\n[syscalls]\n@network-io = allow\n", "[network]\naccess = none\n[syscalls]\nsocket = kill\n", "[network]\naccess = rules\n[syscalls]\nsocket = allow\n",
                           "[ipc]\nsysv = allow\n[syscalls]\nshmget = allow\n", "[ipc]\nkeyring = deny\n[syscalls]\nkeyctl = deny ENOSYS\n", "[syscalls]\nmount = allow\n"}) {
    INFO(text);
    CHECK(refusal(text, host).empty());
  }
  // The group has its effect where no section speaks, and none where one does.
  const Plan plan = made_up_plan("[network]\naccess = none\n[syscalls]\n@network-io = log\n", host);
  CHECK(socket_of(plan, AF_INET, SOCK_STREAM) == denied(EACCES));
  CHECK(call_of(plan, "connect").kind == ActionKind::kLog);
  CHECK(call_of(made_up_plan("[network]\naccess = none\n[syscalls]\nsocket = kill\n", host), "socket").kind == ActionKind::kKill);
}

TEST_CASE("io_uring opens when nothing but the profile closes it and a line allows it", "[plan]") {
  const std::string open = "[policy]\nmode = full-access\n[network]\naccess = all\n";
  CHECK(call_of(made_up_plan(open, made_up_host(7)), "io_uring_setup") == denied(ENOSYS));
  CHECK(call_of(made_up_plan(open + "[syscalls]\nio_uring_setup = allow\n", made_up_host(7)), "io_uring_setup") == kAllowed);
}

TEST_CASE("a section that closes what io_uring could do closes io_uring, whatever the profile and the lines", "[plan]") {
  const std::string network = "[network]\naccess = all\n";
  const std::string full = "[policy]\nmode = full-access\n";
  const std::string files = "[filesystem]\nread_write = /usr\nmetadata = ";
  for (const char* syscalls : {"", "[syscalls]\nprofile = none\n", "[syscalls]\n@known = allow\n"}) {
    for (const std::string& closed : {full + network + "unix = deny\n", full + network + "listen = deny\n", full + "[network]\naccess = rules\n", network + files + "modes\n", network + files + "deny\n"}) {
      INFO(closed << syscalls);
      for (const char* call : {"io_uring_setup", "io_uring_enter", "io_uring_register"}) CHECK(call_of(made_up_plan(closed + syscalls, made_up_host(7)), call) == denied(ENOSYS));
    }
    // Below ABI 3 opens that truncate are closed by the filter, and a ring could make them.
    CHECK(call_of(made_up_plan(network + files + "allow\n" + syscalls, made_up_host(2)), "io_uring_setup") == denied(ENOSYS));
  }
  CHECK(call_of(made_up_plan(network + files + "allow\n[syscalls]\nprofile = none\n", made_up_host(7)), "io_uring_setup") == kAllowed);
  CHECK(refusal(full + network + "unix = deny\n[syscalls]\nio_uring_setup = allow\n", made_up_host(7)) ==
        "made-up.ini:7: io_uring_setup = allow cannot undo what [network] unix = deny closes (line 5); change that key, or remove this line");
  CHECK(refusal(full + network + "listen = deny\n[syscalls]\nio_uring_setup = allow\n", made_up_host(7)) ==
        "made-up.ini:7: io_uring_setup = allow cannot undo what [network] listen = deny closes (line 5); change that key, or remove this line");
}

TEST_CASE("sections that contradict each other are faults of the file, and name both lines", "[plan]") {
  CHECK(contradiction("[filesystem]\naccess = all\nread = /usr\n") == "3: read contradicts access = all, which leaves files alone; see access = all in line 2; keep one of the two");
  CHECK(contradiction("[policy]\nmode = full-access\n[filesystem]\nread = /usr\n") == "4: read contradicts mode = full-access, which leaves files alone; see mode = full-access in line 2; keep one of the two");
  CHECK(contradiction("[network]\naccess = none\nconnect_tcp = 443\n") == "3: connect_tcp contradicts access = none; see access = none in line 2; keep one of the two");
  CHECK(contradiction("[network]\naccess = none\nudp = allow\n") == "3: udp = allow contradicts access = none; see access = none in line 2; keep one of the two");
  CHECK(contradiction("[network]\naccess = all\nbind_tcp = 80\n") == "3: bind_tcp contradicts access = all, which leaves the network alone; see access = all in line 2; keep one of the two");
  CHECK(contradiction("[network]\nudp = deny\nconnect_udp = 53\n") == "3: UDP by port contradicts udp, which rules all ports at once; see udp in line 2; keep one of the two");
  CHECK(contradiction("[network]\nunix = deny\nconnect_unix = -/run/x\n") == "3: reaching sockets by path writes unix = own; see unix in line 2; keep one of the two");
  CHECK(contradiction("[network]\naccess = none\nconnect_tcp =\n").empty());
}

TEST_CASE("a plan carries the name of its policy, or of its file", "[plan]") {
  CHECK(made_up_plan(kReadUsr, made_up_host(7)).name == "made-up.ini");
  CHECK(made_up_plan("[policy]\nname = A server\n", made_up_host(7)).name == "A server");
}

TEST_CASE("a plan carries where policies were looked for in vain, and what links were followed", "[plan]") {
  Policy policy;
  policy.sources = {{"/etc/p.ini", "p.ini", {}}};
  policy.absent = {{"/home/me/p.ini", "profile p", {{1, 2}}}};
  policy.followed = {{"/link", "/real", "hide", {0, 3}}};
  const Plan plan = compile(policy, made_up_host(kNewestAbi)).plan;
  CHECK(plan.absent == policy.absent);
  CHECK(plan.followed == policy.followed);
}

TEST_CASE("the same policy on the same host makes the same plan", "[plan]") {
  const std::string text = "[policy]\nmode = readonly\n[network]\nconnect_tcp = 443\n[syscalls]\n@mount = kill\nioctl = deny if arg1 == TIOCSTI\n";
  CHECK(made_up_plan(text, made_up_host(7)) == made_up_plan(text, made_up_host(7)));
  CHECK_FALSE(made_up_plan(text, made_up_host(7)) == made_up_plan(text, made_up_host(2 + 4)));
}

TEST_CASE("a log that the program could write, or whose writer it could trace, is refused", "[plan][audit]") {
  const std::string log = "[audit]\nfile = /var/log/run.log\n";
  CHECK(refusal("[filesystem]\nread = /usr\n" + log, made_up_host(6)) == "");
  CHECK(refusal("[filesystem]\naccess = all\n" + log, made_up_host(6)).find("every file is writable under this policy") != std::string::npos);
  CHECK(refusal("[policy]\nmode = full-access\n" + log, made_up_host(6)).find("every file is writable under this policy") != std::string::npos);
  CHECK(refusal("[filesystem]\naccess = all\n[audit]\nfile = stderr\n", made_up_host(6)) == "");
  CHECK(refusal("[filesystem]\naccess = all\n[audit]\nfile = stderr\n", made_up_host(0)).find("without a Landlock domain the program could trace the process that writes the log") != std::string::npos);
}
