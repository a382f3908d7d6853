// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <signal.h>
#include <sys/wait.h>

#include <cerrno>

#include "tests/live/files.h"

using namespace landshim::tests;

namespace {

constexpr int kNewestKnown = 10;

std::string with_abi(int abi, const std::string& lines = {}) { return "[policy]\nabi = " + std::to_string(abi) + "\n" + base_policy() + lines; }

int newest_here() { return std::min(kernel_abi(), kNewestKnown); }

// A process outside, to be signalled.
class Bystander {
 public:
  Bystander() : pid_(fork()) {
    if (pid_ == 0)
      for (;;) pause();
  }
  ~Bystander() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Bystander(const Bystander&) = delete;
  Bystander& operator=(const Bystander&) = delete;
  std::string pid() const { return std::to_string(pid_); }

 private:
  pid_t pid_;
};

std::string needs(int abi) {
  const char* const linux_version = abi == 10 ? "7.2" : abi == 9 ? "7.1" : abi == 8 ? "7.0" : abi == 7 ? "6.15" : "6.12";
  return " needs Landlock ABI " + std::to_string(abi) + " (Linux " + linux_version + "); this kernel has Landlock ABI " + std::to_string(kernel_abi()) + ". Use a newer kernel";
}

}  // namespace

TEST_CASE("abi = N gives the rights of that ABI and no others", "[live][landlock][abi]") {
  const Bystander bystander;
  for (int abi = 1; abi <= newest_here(); ++abi) {
    INFO("abi = " << abi);
    const Tree tree;
    const std::string writing_lines = "read_write = " + tree.path() + "\n";
    // ABI 1: the thirteen rights of the first kernel.
    CHECK(tried_under(with_abi(abi), {"read", tree / "file"}) == EACCES);
    CHECK(tried_under(with_abi(abi), {"create", tree / "new"}) == EACCES);
    CHECK(tried_under(with_abi(abi, writing_lines), {"create", tree / "new"}) == 0);
    // ABI 2: REFER. Before it, moving across directories is denied even where writing is granted.
    CHECK(tried_under(with_abi(abi, writing_lines), {"rename", tree / "dir/inside", tree / "other/moved"}) == (abi >= 2 ? 0 : EXDEV));
    CHECK(exists(tree / "other/moved") == (abi >= 2));
    // ABI 3: TRUNCATE. Before it, the filter closes truncate() everywhere, and open() for reading that empties.
    CHECK(tried_under(with_abi(abi, writing_lines), {"truncate", tree / "file"}) == (abi >= 3 ? 0 : EACCES));
    CHECK(contents(tree / "file") == (abi >= 3 ? "" : "keep me"));
    CHECK(tried_under(with_abi(abi, "read = " + tree.path() + "\n"), {"truncate", tree / "old"}) == EACCES);
    CHECK(tried_under(with_abi(abi, "read = " + tree.path() + "\n"), {"open-truncate", tree / "old"}) == EACCES);
    CHECK(contents(tree / "old") == "older");
    CHECK(tried_under(with_abi(abi, writing_lines), {"call", call_number(SYS_openat), "-100", "=" + (tree / "old"), std::to_string(O_WRONLY | O_TRUNC)}) == 0);
    CHECK(contents(tree / "old").empty());
    // ABI 4: TCP ports.
    const Outcome ports = run_under(with_abi(abi, "[network]\nconnect_tcp = 443\n"), start_victim({"nothing"}));
    CHECK(ports.status == (abi >= 4 ? 0 : 125));
    // ABI 5: IOCTL_DEV.
    CHECK(tried_under(with_abi(abi, "read_write = /dev/ptmx\n"), {"call", call_number(SYS_ioctl), "rw:/dev/ptmx", "0x5413", "int:0"}) == (abi >= 5 ? EACCES : 0));
    CHECK(tried_under(with_abi(abi, "device = /dev/ptmx\n"), {"call", call_number(SYS_ioctl), "rw:/dev/ptmx", "0x5413", "int:0"}) == 0);
    // ABI 6: scopes.
    CHECK(tried_under(with_abi(abi), {"kill", bystander.pid(), "0"}) == (abi >= 6 ? EPERM : 0));
  }
  CHECK(tried({"kill", bystander.pid(), "0"}) == 0);
}

TEST_CASE("abi = auto takes all that the kernel has", "[live][landlock][abi]") {
  REQUIRE_ABI(6);
  const Bystander bystander;
  for (const std::string& policy : {base_policy(), "[policy]\nabi = auto\n" + base_policy()}) {
    CHECK(tried_under(policy, {"kill", bystander.pid(), "0"}) == EPERM);
    CHECK(tried_under(policy + "read_write = /dev/ptmx\n", {"call", call_number(SYS_ioctl), "rw:/dev/ptmx", "0x5413", "int:0"}) == EACCES);
  }
}

TEST_CASE("an ABI that this kernel lacks is refused, with what it has and the way out", "[live][abi]") {
  if (kernel_abi() >= kNewestKnown) return skip("this kernel has every ABI that landshim knows");
  const PolicyPlace place;
  for (int abi = kernel_abi() + 1; abi <= kNewestKnown; ++abi) {
    const Outcome outcome = place.run_victim(with_abi(abi));
    CHECK(outcome.status == 125);
    CHECK(outcome.err == "landshim: " + place.policy() + ":2: abi = " + std::to_string(abi) + needs(abi) + "; or accept the loss with unsupported = warn in [policy]\n");
  }
}

TEST_CASE("abi takes auto or a number that landshim knows", "[live][abi]") {
  const PolicyPlace place;
  for (const char* value : {"0", "11", "-1", "seven", "7.0", "all"}) {
    const Outcome outcome = place.run_victim(std::string("[policy]\nabi = ") + value + "\n");
    CHECK(outcome.status == 125);
    CHECK(outcome.err == "landshim: " + place.policy() + ":2: abi = " + value + ": expected auto, or a Landlock ABI from 1 to 10\n");
  }
}

TEST_CASE("a right that the ABI lacks is refused by name, with its line, the kernel it needs and the ways out", "[live][abi]") {
  const PolicyPlace place;
  struct Case {
    int abi;
    const char* line;
    const char* what;
  };
  for (const Case& row : {Case{1, "refer = /usr", "refer needs Landlock ABI 2 (Linux 5.19)"}, Case{4, "ioctl_dev = /dev/null", "ioctl_dev needs Landlock ABI 5 (Linux 6.10)"},
                          Case{3, "[network]\nconnect_tcp = 443", "connect_tcp by port needs Landlock ABI 4 (Linux 6.7)"}, Case{5, "[ipc]\nsignals = deny", "signals = deny needs Landlock ABI 6 (Linux 6.12)"},
                          Case{5, "[ipc]\nabstract_unix = deny", "abstract_unix = deny needs Landlock ABI 6 (Linux 6.12)"}}) {
    const std::string text = row.line;
    const std::string policy = "[policy]\nabi = " + std::to_string(row.abi) + "\n[filesystem]\nread = /usr\n" + text + "\n";
    const std::string line = text.find('\n') == text.npos ? "5" : "6";
    INFO(policy);
    const Outcome outcome = place.run_victim(policy);
    CHECK(outcome.status == 125);
    CHECK(outcome.err == "landshim: " + place.policy() + ":" + line + ": " + row.what + "; abi = " + std::to_string(row.abi) +
                             " leaves it out. Raise abi in [policy]; or accept the loss with unsupported = warn in [policy]\n");
    CHECK(place.run_victim("[filesystem]\nread = /usr\n" + text + "\n").status == 0);
  }
}

TEST_CASE("unsupported = warn starts the program, with a line for each loss and its own status", "[live][abi]") {
  const PolicyPlace place;
  const std::string policy = "[policy]\nabi = 3\nunsupported = warn\n" + base_policy() + "[network]\nconnect_tcp = 443\n[ipc]\nsignals = deny\n";
  const Bystander bystander;
  const Outcome outcome = place.run_victim(policy, {"read", "/etc/passwd"});
  CHECK(outcome.status == EACCES);
  CHECK(outcome.out.empty());
  const auto lost = [&](const std::string& line, const std::string& what, const std::string& needed) {
    return "landshim: " + place.policy() + ":" + line + ": not enforced: " + what + " needs Landlock ABI " + needed + "; abi = 3 leaves it out. Raise abi in [policy]\n";
  };
  CHECK(outcome.err == lost("9", "connect_tcp by port", "4 (Linux 6.7)") + lost("9", "closing bind_tcp", "4 (Linux 6.7)") + lost("11", "signals = deny", "6 (Linux 6.12)"));
  CHECK(place.run_victim(policy, {"nothing"}).status == 0);
  CHECK(place.run_victim(policy, {"kill", bystander.pid(), "0"}).status == 0);
  // What the ABI has is enforced all the same.
  CHECK(place.run_victim(policy, {"truncate", place.policy()}).status == EACCES);
}

TEST_CASE("with unsupported = warn an ABI above the kernel's becomes the kernel's", "[live][landlock][abi]") {
  if (kernel_abi() >= kNewestKnown) return skip("this kernel has every ABI that landshim knows");
  REQUIRE_ABI(6);
  const PolicyPlace place;
  const Bystander bystander;
  const Outcome outcome = place.run_victim("[policy]\nabi = 10\nunsupported = warn\n" + base_policy(), {"kill", bystander.pid(), "0"});
  CHECK(outcome.status == EPERM);
  CHECK(outcome.err == "landshim: " + place.policy() + ":2: not enforced: abi = 10" + needs(10) + "\n");
}

TEST_CASE("unsupported = warn says nothing where nothing is lost", "[live][abi]") {
  const PolicyPlace place;
  const Outcome outcome = place.run_victim("[policy]\nunsupported = warn\n" + base_policy());
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
}

TEST_CASE("landshim run gives the same refusals and the same warnings", "[live][abi]") {
  const PolicyPlace place;
  for (const char* unsupported : {"fail", "warn"}) {
    const Outcome preload = place.run_victim(std::string("[policy]\nabi = 4\nunsupported = ") + unsupported + "\n" + base_policy() + "ioctl_dev = /dev/null\n", {"read", "/etc/passwd"});
    Words command{built("landshim"), "run", "-p", place.policy(), "--", built("tests/victim"), "read", "/etc/passwd"};
    const Outcome by_command = run({command, {}, {}});
    CHECK(by_command.status == preload.status);
    CHECK(by_command.err == preload.err);
    CHECK_FALSE(preload.err.empty());
  }
}

TEST_CASE("version 1 is read, and a newer one asks for a newer landshim", "[live][abi]") {
  const PolicyPlace place;
  CHECK(place.run_victim("[policy]\nversion = 1\n").status == 0);
  const Outcome outcome = place.run_victim("[policy]\nversion = 2\n");
  CHECK(outcome.status == 125);
  CHECK(outcome.err == "landshim: " + place.policy() + ":2: version 2 of the policy language needs a newer landshim; this one reads version 1\n");
}
