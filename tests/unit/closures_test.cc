// SPDX-License-Identifier: MIT
#include "shim/closures.h"

#include <catch2/catch.hpp>
#include <cerrno>
#include <initializer_list>
#include <set>
#include <string>

#include "config/syscalls.h"
#include "shim/call_plan.h"
#include "tests/support/print_plan.h"

using namespace landshim;
using namespace landshim::tests;

namespace {

// A policy in which this closure and as little else as possible is in force.
std::string policy_with(Closure closure) {
  const std::string files = "[filesystem]\nread_write = /usr\nmetadata = allow\n";
  const std::string open_ipc = "[ipc]\nsysv = allow\nmqueue = allow\nkeyring = allow\n";
  const std::string all = "[network]\naccess = all\n";
  const std::string no_profile = "[syscalls]\nprofile = none\n";
  switch (closure) {
    case Closure::kFastOpen:
    case Closure::kUpperLayers:
    case Closure::kIoUringNetwork: return files + open_ipc + "[network]\nconnect_tcp = 443\n" + no_profile;
    case Closure::kIoUringUnix: return files + open_ipc + "[network]\naccess = all\nunix = deny\n" + no_profile;
    case Closure::kListen: return files + open_ipc + "[network]\naccess = all\nlisten = deny\n" + no_profile;
    case Closure::kSysv: return files + "[ipc]\nsysv = deny\nmqueue = allow\nkeyring = allow\n" + all + no_profile;
    case Closure::kMqueue: return files + "[ipc]\nsysv = allow\nmqueue = deny\nkeyring = allow\n" + all + no_profile;
    case Closure::kKeyring: return files + "[ipc]\nsysv = allow\nmqueue = allow\nkeyring = deny\n" + all + no_profile;
    case Closure::kScheduling: return files + open_ipc + "scheduling = deny\n" + all + no_profile;
    case Closure::kLimitsOfOthers:
    case Closure::kSubvolumes:
    case Closure::kSetId:
    case Closure::kTruncation: return files + open_ipc + all + no_profile;
    case Closure::kModesAndTimes: return "[filesystem]\nread_write = /usr\nmetadata = deny\n" + open_ipc + all + no_profile;
    case Closure::kOwner:
    case Closure::kAttributes:
    case Closure::kIoUringMetadata: return "[filesystem]\nread_write = /usr\nmetadata = modes\n" + open_ipc + all + no_profile;
    case Closure::kMemfd: return files + open_ipc + all + no_profile + "[process]\nmemfd = deny\n";
    case Closure::kMemfdExec: return files + open_ipc + all + no_profile + "[process]\nmemfd = noexec\n";
    case Closure::kWriteExecute: return files + open_ipc + all + no_profile + "[process]\nwrite_execute = deny\n";
    case Closure::kExecve: return files + open_ipc + all + no_profile + "[process]\nexecve = deny\n";
    case Closure::kModules:
    case Closure::kBoot:
    case Closure::kClocks:
    case Closure::kMounts:
    case Closure::kNamespaces:
    case Closure::kTracing:
    case Closure::kIoUring:
    case Closure::kTerminal:
    case Closure::kHandles:
    case Closure::kPersonality:
    case Closure::kMachine:
    case Closure::kObsolete: break;
  }
  return files + open_ipc + all;
}

std::uint64_t meeting(const Test& test) {
  switch (test.op) {
    case Compare::kAnyBit: return test.mask & (~test.mask + 1);
    case Compare::kNotEqual: return test.value + 1;
    case Compare::kEqual:
    case Compare::kMaskedEqual:
    case Compare::kLess:
    case Compare::kLessEqual:
    case Compare::kGreater:
    case Compare::kGreaterEqual: break;
  }
  return test.value;
}

}  // namespace

TEST_CASE("every row of the table names a call, answers with an errno, and tests arguments that exist", "[closures]") {
  CHECK(closure_rows().size() > 150);
  for (const ClosureRow& row : closure_rows()) {
    INFO(row.call);
    const SyscallName* known = find_syscall(row.call);
    REQUIRE(known != nullptr);
    CHECK((row.error == EPERM || row.error == EACCES || row.error == ENOSYS || row.error == EOPNOTSUPP || row.error == ENOTTY || row.error == ENOPROTOOPT));
    REQUIRE(row.tests <= 2);
    for (int i = 0; i < row.tests; ++i) {
      const Test& test = row.all_of[i];
      CHECK(test.arg < 6);
      if (test.op == Compare::kMaskedEqual) CHECK((test.value & ~test.mask) == 0);
      if (test.op == Compare::kAnyBit) CHECK(test.mask != 0);
      // 32 bits where the kernel reads an int. Bits under a mask of 32 bits are the same in a long.
      if (test.narrow && test.op != Compare::kAnyBit && test.op != Compare::kMaskedEqual) CHECK(((known->narrow >> test.arg) & 1) == 1);
      if (!test.narrow) CHECK(((known->narrow >> test.arg) & 1) == 0);
    }
  }
}

TEST_CASE("every row is in force when its closure is, and answers with its errno", "[closures]") {
  for (const ClosureRow& row : closure_rows()) {
    INFO(row.call << " for " << words(row.closure).demand);
    const Plan plan = made_up_plan(policy_with(row.closure), made_up_host(row.closure == Closure::kTruncation ? 2 : 7));
    REQUIRE(plan.filter.closures[static_cast<std::size_t>(row.closure)]);
    std::uint64_t args[6] = {};
    for (int i = 0; i < row.tests; ++i) args[row.all_of[i].arg] |= meeting(row.all_of[i]);
    const Action got = decided(plan.filter, row.call, args);
    CHECK(got.kind == ActionKind::kDeny);
    CHECK(got.data == row.error);
  }
}

TEST_CASE("a call whose closure is not in force is free", "[closures]") {
  const Plan open = made_up_plan(policy_with(Closure::kLimitsOfOthers), made_up_host(7));
  std::set<std::string> always;
  for (const ClosureRow& row : closure_rows())
    if (open.filter.closures[static_cast<std::size_t>(row.closure)]) always.insert(row.call);
  CHECK(open.filter.closures.count() == 3);  // limits of others, subvolumes, set-user-ID bits
  for (const PlannedCall& call : open.filter.calls) {
    INFO(call.call);
    CHECK(always.count(std::string(call.call)) == 1);
  }
}

TEST_CASE("every closure has rows, and words for people", "[closures]") {
  for (std::size_t i = 0; i < kClosures; ++i) {
    const auto closure = static_cast<Closure>(i);
    INFO(i);
    std::size_t rows = 0;
    for (const ClosureRow& row : closure_rows()) rows += row.closure == closure;
    CHECK(rows > 0);
    CHECK_FALSE(std::string(words(closure).demand).empty());
    CHECK(std::string(words(closure).closes).size() > 5);
  }
}

TEST_CASE("no row of one closure is written twice", "[closures]") {
  std::set<std::string> seen;
  for (const ClosureRow& row : closure_rows()) {
    std::string key = row.call + std::to_string(static_cast<int>(row.closure));
    for (int i = 0; i < row.tests; ++i) key += "/" + std::to_string(row.all_of[i].arg) + "/" + std::to_string(static_cast<int>(row.all_of[i].op)) + "/" + std::to_string(row.all_of[i].value) + "/" + std::to_string(row.all_of[i].mask);
    INFO(key);
    CHECK(seen.insert(key).second);
  }
}

TEST_CASE("closing namespaces leaves threads and processes alone", "[closures]") {
  const Plan plan = made_up_plan("", made_up_host(7));
  const auto clone = [&](std::uint64_t flags) { return decided(plan.filter, "clone", {flags, 0, 0, 0, 0, 0}); };
  const auto unshare = [&](std::uint64_t flags) { return decided(plan.filter, "unshare", {flags, 0, 0, 0, 0, 0}); };
  for (const std::uint64_t flag : std::initializer_list<std::uint64_t>{0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000}) {
    INFO(flag);
    CHECK(clone(flag | 17).kind == ActionKind::kDeny);
    CHECK(clone(flag | 0x3d0f00 | (std::uint64_t{1} << 32)).kind == ActionKind::kDeny);
    CHECK(unshare(flag).kind == ActionKind::kDeny);
  }
  CHECK(unshare(0x80).kind == ActionKind::kDeny);
  CHECK(clone(0x3d0f00).kind == ActionKind::kAllow);       // pthread_create(3)
  CHECK(clone(0x01200011).kind == ActionKind::kAllow);     // fork(3)
  CHECK(clone(0x80 | 0x4111).kind == ActionKind::kAllow);  // a signal number there
  CHECK(unshare(0x00000600).kind == ActionKind::kAllow);   // files, fs
}

TEST_CASE("set-user-ID bits cannot be planted by any call that takes a mode", "[closures]") {
  const Plan plan = made_up_plan("[filesystem]\nread_write = /usr\nmetadata = allow\n", made_up_host(7));
  const struct {
    const char* call;
    int mode;
  } calls[] = {{"chmod", 1}, {"fchmod", 1}, {"creat", 1}, {"mkdir", 1}, {"mknod", 1}, {"fchmodat", 2}, {"fchmodat2", 2}, {"mkdirat", 2}, {"mknodat", 2}};
  for (const auto& row : calls)
    for (const std::uint64_t bit : std::initializer_list<std::uint64_t>{04000, 02000, 06000}) {
      INFO(row.call);
      std::uint64_t args[6] = {};
      args[row.mode] = bit | 0755;
      CHECK(decided(plan.filter, row.call, args) == Action{ActionKind::kDeny, EPERM});
      args[row.mode] = 01755;
      CHECK(decided(plan.filter, row.call, args).kind == ActionKind::kAllow);
    }
  const auto open = [&](std::uint64_t flags, std::uint64_t mode) { return decided(plan.filter, "openat", {0, 0, flags, mode, 0, 0}).kind; };
  CHECK(open(0101, 04755) == ActionKind::kDeny);
  CHECK(open(020200002, 02700) == ActionKind::kDeny);  // O_TMPFILE
  CHECK(open(0101, 0755) == ActionKind::kAllow);
  CHECK(open(2, 04755) == ActionKind::kAllow);  // no file is made: the mode is not read
  CHECK(decided(plan.filter, "openat2", {0, 0, 0, 0, 0, 0}) == Action{ActionKind::kDeny, ENOSYS});
}
