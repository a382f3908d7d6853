// SPDX-License-Identifier: MIT
// The odd prctl: a policy that is in force is known by the kernel's own answer, whatever the environment says.
#include <catch2/catch.hpp>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <map>

#include "shim/identity.h"
#include "tests/support/world.h"

using namespace landshim::tests;

namespace {

/// A policy under which a shell can start the shim again and look at its own status in /proc.
std::string open_policy(const std::string& more = "") {
  return base_policy() + "read_exec = " + built("") + "\nread = /proc, " + std::filesystem::temp_directory_path().string() + "\n" + more;
}

std::string shim() { return built("liblandshim.so"); }

/// Runs a shell script under a policy. $SHIM is the shim, $POLICY the policy's file, $OTHER a file of another policy.
Outcome script(const Scratch& scratch, const std::string& policy, const std::string& other, const std::string& text, std::map<std::string, std::string> environment = {}) {
  Start start{{"/bin/sh", "-c", text}, std::move(environment), {}};
  const std::string file = scratch.file("policy.ini", policy);
  start.environment["LANDSHIM_POLICY"] = file;
  start.environment["LD_PRELOAD"] = shim();
  start.environment["SHIM"] = shim();
  start.environment["POLICY"] = file;
  start.environment["OTHER"] = scratch.file("other.ini", other);
  return run(start);
}

const char* const kFilters = "grep -o 'Seccomp_filters:.*[0-9]' /proc/self/status";

std::string filters(int count) { return "Seccomp_filters:\t" + std::to_string(count) + "\n"; }

/// Filters that the test process itself is under.
int own_filters() {
  const std::string status = contents("/proc/self/status");
  const std::size_t at = status.find("Seccomp_filters:");
  return at == std::string::npos ? -1 : std::stoi(status.substr(at + 16));
}

}  // namespace

TEST_CASE("no bare kernel answers the question for a policy", "[live][identity]") {
  CHECK(syscall(SYS_prctl, landshim::kIdentityOption, 0UL, 0UL, static_cast<unsigned long>(landshim::kAskSome), 0UL) == -1);
  CHECK(errno == EINVAL);
  const std::string number = std::to_string(SYS_prctl);
  const std::string option = std::to_string(landshim::kIdentityOption);
  CHECK(victim("raw", number, option, "0", "0", "1", "0").without_policy() == EINVAL);
  // The answers are above what an exit status can tell; their low byte is enough here.
  CHECK(victim("raw", number, option, "0", "0", "1", "0").under(base_policy()) == (landshim::kAnswerSome & 0xff));
  CHECK(victim("raw", number, option, "0", "0", "2", "0").under(base_policy()) == EINVAL);
  CHECK(victim("raw", number, option, "0", "0", "3", "0").under(base_policy()) == EINVAL);
  // The rest of prctl(2) is as it was: PR_GET_DUMPABLE.
  CHECK(victim("raw", number, std::to_string(PR_GET_DUMPABLE)).under(base_policy()) == 0);
  CHECK(victim("raw", number, option, "0", "0", "1", "0").under(base_policy() + "[syscalls]\nprctl = deny EXDEV\n") == (landshim::kAnswerSome & 0xff));
}

TEST_CASE("a policy that arrives a second time adds no filter", "[live][identity]") {
  const int before = own_filters();
  if (before < 0) return skip("this kernel does not count filters in /proc");
  const Scratch scratch;
  const std::string again = "LD_PRELOAD=$SHIM LANDSHIM_POLICY=$POLICY ";
  const Outcome once = script(scratch, open_policy(), "", kFilters);
  CHECK(once.out == filters(before + 1));
  for (const std::string& text : {again + kFilters, again + "sh -c \"" + again + kFilters + "\"", again + "env " + again + kFilters}) {
    const Outcome outcome = script(scratch, open_policy(), "", text);
    INFO(text << "\n" << outcome.err);
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
    CHECK(outcome.out == filters(before + 1));
  }
  SECTION("nor through landshim run") {
    const Outcome command = script(scratch, open_policy(), "", built("landshim") + " run -p $POLICY " + kFilters);
    INFO(command.err);
    CHECK(command.out == filters(before + 1));
  }
}

TEST_CASE("a policy that arrives a second time adds no Landlock layer", "[live][identity]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  // The kernel takes 16 layers; twenty arrivals of one policy, each inside the last, are one.
  const std::string text = "n=${N:-0}; if [ $n -lt 20 ]; then N=$((n+1)) LD_PRELOAD=$SHIM LANDSHIM_POLICY=$POLICY exec sh -c \"$TEXT\"; fi; echo $n";
  const Outcome outcome = script(scratch, open_policy(), "", text, {{"TEXT", text}});
  INFO(outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.out == "20\n");
}

TEST_CASE("another policy adds a filter, and both are in force", "[live][identity]") {
  const int before = own_filters();
  if (before < 0) return skip("this kernel does not count filters in /proc");
  const Scratch scratch;
  const Outcome outcome = script(scratch, open_policy(), open_policy("[syscalls]\ngetppid = deny EXDEV\n"), "LD_PRELOAD=$SHIM LANDSHIM_POLICY=$OTHER " + std::string(kFilters));
  INFO(outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.out == filters(before + 2));
  const std::string call = built("tests/victim") + " raw " + std::to_string(SYS_getppid);
  const std::string outer = open_policy("[syscalls]\ngetpgid = deny EXDEV\n");
  const std::string inner = open_policy("[syscalls]\ngetppid = deny ENOTEMPTY\n");
  const std::string other = built("tests/victim") + " raw " + std::to_string(SYS_getpgid) + " 0";
  const std::string start = "LD_PRELOAD=$SHIM LANDSHIM_POLICY=$OTHER ";
  CHECK(script(scratch, outer, inner, start + call).status == ENOTEMPTY);
  CHECK(script(scratch, outer, inner, start + other).status == EXDEV);
  CHECK(script(scratch, outer, inner, call).status == 0);
  CHECK(script(scratch, outer, inner, other).status == EXDEV);
}

TEST_CASE("the shim without a named policy goes on where one is in force, and refuses where none is", "[live][identity]") {
  const Scratch scratch;
  const std::string secret = scratch.file("secret", "secret\n");
  const std::string policy = base_policy() + "read_exec = " + built("") + "\n";
  for (const char* unnamed : {"unset LANDSHIM_POLICY; ", "LANDSHIM_POLICY=; "}) {
    const Outcome on = script(scratch, policy, "", unnamed + std::string("export LD_PRELOAD=$SHIM; sh -c 'echo on; cat " + secret + "'"));
    CHECK(on.out == "on\n");
    CHECK(on.status == 1);
    CHECK(on.err == "cat: " + secret + ": Permission denied\n");
  }
  for (const std::map<std::string, std::string>& environment : {std::map<std::string, std::string>{{"LD_PRELOAD", shim()}}, {{"LD_PRELOAD", shim()}, {"LANDSHIM_POLICY", ""}}}) {
    const Outcome refused = run({{"/bin/cat", secret}, environment, {}});
    CHECK(refused.status == 125);
    CHECK(refused.out.empty());
    CHECK(refused.err == "landshim: no policy: LANDSHIM_POLICY is not set; set it to a policy file or a profile, or take liblandshim.so out of LD_PRELOAD\n");
  }
  CHECK(run({{"/bin/cat", secret}, {}, {}}).out == "secret\n");
}

TEST_CASE("a forged environment loosens nothing", "[live][identity]") {
  const Scratch scratch;
  const std::string secret = scratch.file("secret", "secret\n");
  const std::string policy = base_policy() + "read_exec = " + built("") + "\n";
  const std::string lax = "[policy]\nmode = full-access\n[network]\naccess = all\n[syscalls]\nprofile = none\n";
  const std::string refused = "cat: " + secret + ": Permission denied\n";
  const auto cat = [&](const std::string& before) { return script(scratch, policy, lax, before + " cat " + secret); };
  // The lax policy's file cannot be read inside: refused, and not run freely.
  const Outcome unreadable = cat("LD_PRELOAD=$SHIM LANDSHIM_POLICY=$OTHER");
  CHECK(unreadable.status == 125);
  CHECK(unreadable.out.empty());
  // Where it can be read it is one more layer, and the first still holds.
  const Outcome stacked = script(scratch, policy + "read = " + (scratch / "other.ini") + "\n", lax, "LD_PRELOAD=$SHIM LANDSHIM_POLICY=$OTHER cat " + secret);
  CHECK(stacked.status == 1);
  CHECK(stacked.err == refused);
  for (const char* forged : {"LD_PRELOAD=", "LD_PRELOAD= LANDSHIM_POLICY=", "LANDSHIM=off", "LANDSHIM_DISABLE=1", "LANDSHIM_IN_FORCE=1", "LANDSHIM_ACTIVE=1", "LD_AUDIT=", "env -i"}) {
    INFO(forged);
    const Outcome outcome = cat(forged);
    CHECK(outcome.status == 1);
    CHECK(outcome.err == refused);
  }
  SECTION("nor does one that is there from the start") {
    for (const char* name : {"LANDSHIM_IN_FORCE", "LANDSHIM_ACTIVE", "LANDSHIM_DISABLE", "LANDSHIM_UNSUPPORTED", "LANDSHIM_IDENTITY"}) {
      Start start{{"/bin/sh", "-c", "cat " + secret}, {{name, "1"}}, {}};
      CHECK(run_under(policy, start).err == refused);
    }
  }
  CHECK(run({{"/bin/cat", secret}, {}, {}}).out == "secret\n");
}

TEST_CASE("sixteen policies can be in force, one in the other, and the seventeenth start is refused", "[live][identity]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string why = "16 Landlock policies are in force already, one in the other, and the kernel takes no more; start this program under fewer: too many layers (E2BIG)\n";
  std::vector<std::string> by_command;
  std::vector<std::string> by_preload;
  for (int i = 1; i <= 17; ++i) {
    const std::string policy = scratch.file(std::to_string(i) + ".ini", open_policy("[policy]\nname = layer " + std::to_string(i) + "\n"));
    by_command.insert(by_command.end(), {built("landshim"), "run", "-p", policy, "--"});
    // env starts the next; the shim has taken itself out of its environment by then.
    by_preload.insert(by_preload.end(), {"/usr/bin/env", "LD_PRELOAD=" + shim(), "LANDSHIM_POLICY=" + policy});
    if (i < 16) continue;
    for (const std::vector<std::string>& start : {by_command, by_preload}) {
      std::vector<std::string> command = start;
      command.insert(command.end(), {"/bin/echo", "held"});
      const Outcome outcome = run({command, {}, {}});
      INFO(outcome.err);
      CHECK(outcome.status == (i == 16 ? 0 : 125));
      CHECK(outcome.out == (i == 16 ? "held\n" : ""));
      if (i == 16) CHECK(outcome.err.empty());
      else if (start == by_preload) CHECK(outcome.err == "landshim: " + policy + ": " + why);
      else CHECK(outcome.err.find(why) != std::string::npos);
    }
  }
}
