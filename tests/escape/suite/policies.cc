// SPDX-License-Identifier: MIT
#include "tests/escape/suite/policies.h"

#include "tests/support/world.h"

namespace landshim::escape {

namespace {

constexpr NamedPolicy kPolicies[] = {{kReading, "reading"}, {kWorkspace, "workspace"}, {kClient, "client"}, {kServer, "server"}, {kStrict, "strict"}, {kEverything, "everything"}};

}  // namespace

std::span<const NamedPolicy> policies() { return kPolicies; }

std::string policy_text(Under under, const World& world) {
  const std::string inside = world.inside();
  // What any of them needs to start, and the two doors, so that attempts can try them again.
  const std::string base = "[filesystem]\nruntime = host\nread_exec = " + tests::built("tests") + ", " + tests::built("landshim") + "\nread = " + tests::built("liblandshim.so") + "\ndevice = /dev/null\n";
  switch (under) {
    case kReading: return base + "read = " + inside + "\n";
    case kWorkspace: return "[policy]\nmode = workspace-write\nworkspace = " + inside + "\n";
    case kClient: return base + "read = " + inside + "\n[network]\nconnect_tcp = " + std::to_string(world.granted_port()) + "\n";
    case kServer: return base + "read_write = " + inside + "\n[network]\nbind_tcp = " + std::to_string(world.free_port()) + "\n";
    case kStrict: return base + "read_write_exec = " + inside + "\n[syscalls]\nprofile = strict\n";
    case kEverything:
    case kAll: break;
  }
  return base + "read_write = " + inside +
         "\nmetadata = deny\n"
         "[network]\naccess = none\nunix = deny\nlisten = deny\n"
         "[ipc]\nabstract_unix = deny\nsignals = deny\nsysv = deny\nmqueue = deny\nkeyring = deny\nscheduling = deny\n"
         "[process]\ncapabilities = none\nmemfd = deny\nwrite_execute = deny\ninherit_fds = 0-2\noom_score_adj = 900\nparent_death_signal = SIGKILL\n"
         "[limits]\ncore = 0\nopen_files = 256\n"
         "[namespaces]\nnetwork = yes\nmount = yes\n"
         "[environment]\nunset = LD_*\n";
}

}  // namespace landshim::escape
