// SPDX-License-Identifier: MIT
// The allow list of profile = strict: what it has of the groups that it is drawn from, what it leaves out and why.
#include "shim/strict_calls.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "config/syscalls.h"
#include "shim/closures.h"
#include "shim/filter.h"
#include "tests/support/print_plan.h"

using namespace landshim;
using namespace landshim::tests;

namespace {

using Names = std::set<std::string_view>;

const std::string kAllOpen = "[policy]\nmode = full-access\n[network]\naccess = all\n[ipc]\nsysv = allow\nmqueue = allow\nkeyring = allow\n[syscalls]\nprofile = strict\n";

struct LeftOut {
  const char* reason;
  Names calls;
};
const LeftOut kLeftOut[] = {
    {"queues of work for the kernel: rich in faults, and io_uring sees no filter; who asks for them goes on without",
     {"io_cancel", "io_destroy", "io_getevents", "io_pgetevents", "io_pgetevents_time64", "io_setup", "io_submit", "io_uring_enter", "io_uring_register", "io_uring_setup"}},
    {"memory and state of other processes: debuggers, checkpoints, NUMA managers",
     {"process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "migrate_pages", "move_pages", "get_robust_list"}},
    {"tricks with pages, of use to attacks on the kernel and to few others; cachestat tells what others read",
     {"userfaultfd", "remap_file_pages", "vmsplice", "tee", "cachestat", "set_mempolicy_home_node"}},
    {"mounts, namespaces and file handles: past the paths that a policy names", {"open_tree", "listmount", "statmount", "setns", "name_to_handle_at"}},
    {"for file servers that act for others", {"setfsuid", "setfsuid32", "setfsgid", "setfsgid32"}},
    {"for the tools of security modules", {"lsm_get_self_attr", "lsm_list_modules"}},
    {"forms that no C library has used for long, most of 32-bit tables alone",
     {"epoll_ctl_old", "epoll_wait_old", "oldfstat", "oldlstat", "oldstat", "oldolduname", "olduname", "readdir", "nice", "signal", "sigaction", "sigpending", "sigprocmask", "sigsuspend"}},
};

Names list() {
  Names out;
  for (const StrictCall& call : strict_calls()) out.insert(call.name);
  return out;
}

Names groups() {
  Names out;
  for (const char* group : {"@system-service", "@sandbox", "@pkey"})
    for (const std::string_view call : group_members(group)) out.insert(call);
  return out;
}

Filter filter_of(const std::string& text) { return made_up_plan(text, made_up_host(7)).filter; }

}  // namespace

TEST_CASE("every call of the strict list is known to the language, and stands once", "[strict]") {
  CHECK(list().size() == strict_calls().size());
  for (const StrictCall& call : strict_calls()) {
    INFO(call.name);
    CHECK(find_syscall(call.name) != nullptr);
    CHECK(call.reason <= StrictReason::kLowers);
  }
}

TEST_CASE("the strict list is its groups, less what is left out for a reason", "[strict]") {
  Names left_out;
  for (const LeftOut& each : kLeftOut)
    for (const std::string_view call : each.calls) {
      INFO(call << ": " << each.reason);
      CHECK(left_out.insert(call).second);
      CHECK(groups().contains(call));
    }
  Names expected = groups();
  for (const std::string_view call : left_out) expected.erase(call);
  CHECK(list() == expected);
}

TEST_CASE("no call that the default profile closes whole is in the strict list but for clone3, which the C library tries first", "[strict]") {
  Names closed;
  for (const ClosureRow& row : closure_rows())
    if (row.closure >= kFirstOfProfile && row.tests == 0 && list().contains(row.call)) closed.insert(row.call);
  CHECK(closed == Names{"clone3"});
}

TEST_CASE("landshim.ini(5) gives the size of the strict list", "[strict][docs]") {
  std::ifstream file("config/landshim.ini.5");
  std::ostringstream page;
  page << file.rdbuf();
  const auto native = std::count_if(strict_calls().begin(), strict_calls().end(), [](const StrictCall& call) { return native_has(call.name); });
#if defined(__x86_64__)
  CHECK(page.str().find("An allow list of " + std::to_string(strict_calls().size()) + " calls, " + std::to_string(native) + " of which x86-64 has.\n") != std::string::npos);
#else
  CHECK(page.str().find("An allow list of " + std::to_string(strict_calls().size()) + " calls, ") != std::string::npos);
  CHECK(native > 200);
#endif
}

TEST_CASE("the strict profile denies every call outside of its list, and allows what no other closes of the list", "[strict]") {
  const Filter filter = filter_of(kAllOpen);
  CHECK(filter.otherwise == Action{ActionKind::kDeny, EPERM});
  Names ruled;
  for (const ClosureRow& row : closure_rows()) ruled.insert(row.call);
  std::size_t denied = 0;
  std::size_t allowed = 0;
  for (const SyscallName& known : all_syscalls()) {
    INFO(known.name);
    const Action answer = decided(filter, known.name, {0, 0, 0, 0, 0, 0});
    if (!list().contains(known.name)) {
      ++denied;
      // openat2 and its like are closed with another answer by a section or always.
      CHECK(answer == Action{ActionKind::kDeny, EPERM});
    } else if (!ruled.contains(known.name)) {
      ++allowed;
      CHECK(answer == Action{ActionKind::kAllow, 0});
    }
  }
  CHECK(denied + list().size() == all_syscalls().size());
  CHECK(allowed > 250);
}

TEST_CASE("a line of [syscalls] takes one more call into the strict list, and no other", "[strict]") {
  const Filter before = filter_of(kAllOpen);
  std::size_t taken = 0;
  for (const LeftOut& each : kLeftOut)
    for (const std::string_view call : each.calls) {
      if (!native_has(call)) continue;
      ++taken;
      INFO(call);
      const Filter after = filter_of(kAllOpen + std::string(call) + " = allow\n");
      for (const SyscallName& known : all_syscalls()) {
        const Action expected = call == known.name ? Action{ActionKind::kAllow, 0} : decided(before, known.name, {0, 0, 0, 0, 0, 0});
        if (decided(after, known.name, {0, 0, 0, 0, 0, 0}) != expected) FAIL(known.name);
      }
    }
  CHECK(taken > 20);
}
