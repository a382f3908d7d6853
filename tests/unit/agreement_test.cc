// SPDX-License-Identifier: MIT
#include "shim/command/agreement.h"

#include <catch2/catch.hpp>

#include <cerrno>

using namespace landshim;
using namespace landshim::command;

namespace {

constexpr std::uint64_t kOwn = 0x20;

KernelRecord seen(std::uint64_t serial, KernelDenial denial, std::int64_t milliseconds = 1000) { return {serial, milliseconds, std::move(denial)}; }
KernelDenial on(Rights rights, const std::string& path, std::uint64_t inode = 0, std::uint64_t domain = kOwn) { return {.domain = domain, .fs = rights, .path = path, .inode = inode}; }
KernelRecord called(std::uint64_t serial, const std::string& program = "/bin/a", int error = EACCES) { return {serial, 1000, KernelCall{0, 257, error, 7, program}}; }
KernelRecord made(std::uint64_t domain = kOwn, int process = 5, const std::string& program = "/usr/bin/landshim") { return {1, 1000, KernelDomain{domain, process, program}}; }

Agreement started() {
  Agreement out;
  out.made_by(5, "landshim");
  out.add(made());
  return out;
}

// The one event that comes of these denials, and what was told of it.
std::vector<std::size_t> told_of(Agreement& agreement, const std::vector<KernelDenial>& denials, std::size_t left, const std::string& program = "/bin/a", int error = EACCES) {
  static std::uint64_t serial = 100;
  ++serial;
  for (const KernelDenial& denial : denials) agreement.add(seen(serial, denial));
  agreement.add(called(serial, program, error));
  std::vector<KernelEvent> events = agreement.take(false);
  REQUIRE(events.size() == 1);
  std::vector<std::size_t> out = agreement.match(events[0]);
  CHECK(events[0].denials.size() == left);
  return out;
}

using Told = std::vector<std::size_t>;

}  // namespace

TEST_CASE("the domain of a run is that of the process that put its policy in force, and no other's", "[follow]") {
  Agreement agreement;
  agreement.made_by(5, "landshim");
  agreement.add(seen(10, on(kReadFile, "/x")));
  agreement.add(seen(11, on(kReadFile, "/y", 0, 0x10)));
  agreement.add(called(10));
  agreement.add(called(11));
  CHECK(agreement.take(false).empty());
  agreement.add(made(0x10, 6));
  agreement.add(made(0x11, 5, "/usr/bin/other"));
  CHECK(agreement.take(false).empty());
  // It comes behind the first denial.
  agreement.add(made());
  const std::vector<KernelEvent> events = agreement.take(false);
  REQUIRE(events.size() == 1);
  CHECK(events[0].denials == std::vector<KernelDenial>{on(kReadFile, "/x")});
  CHECK(events[0].call.process == 7);
  // A later one by the same process lies inside it.
  agreement.add(made(0x30));
  agreement.add(seen(12, on(kReadFile, "/z", 0, 0x30)));
  agreement.add(called(12));
  CHECK(agreement.take(true).empty());
  CHECK(agreement.whole());
}

TEST_CASE("a domain that is seen before its maker is known is remembered", "[follow]") {
  Agreement agreement;
  agreement.add(seen(10, on(kReadFile, "/x")));
  agreement.add(made());
  agreement.made_by(5, "landshim");
  CHECK(agreement.take(true).size() == 1);
}

TEST_CASE("with domains inside, the first is not guessed, and what is not recorded stays open", "[follow]") {
  Agreement agreement;
  agreement.made_by(5, "landshim");
  CHECK(agreement.whole());
  agreement.nested();
  CHECK_FALSE(agreement.whole());
  agreement.add(seen(10, on(kReadFile, "/x")));
  agreement.add(made());
  CHECK(agreement.take(true).empty());
}

TEST_CASE("a record is about what was told of the same right and the same file, port, socket or process", "[follow]") {
  Agreement agreement = started();
  agreement.expect(0, "/bin/a", {on(kReadFile, "/x", 11, 0)});
  agreement.expect(1, "/bin/a", {on(kWriteFile | kTruncate, "/x", 11, 0)});
  agreement.expect(2, "/bin/a", {{.net = kConnectTcp, .port = 9}});
  agreement.expect(3, "/bin/a", {{.scopes = kScopeSignal, .process = 1}});
  agreement.expect(4, "/bin/a", {{.scopes = kScopeAbstractUnix, .path = "@x"}});
  agreement.expect(5, "/bin/a", {on(kWriteFile | kReadFile, "/dir", 12, 0)});
  CHECK(told_of(agreement, {on(kReadFile, "/x")}, 0) == Told{0});
  CHECK(told_of(agreement, {on(kReadFile, "/root/of/x", 11)}, 0) == Told{0});
  CHECK(told_of(agreement, {on(kWriteFile, "/x", 11)}, 0) == Told{1});
  CHECK(told_of(agreement, {on(kReadFile | kWriteFile, "/x", 11)}, 0) == Told{0, 1});
  CHECK(told_of(agreement, {on(kExecute, "/x", 11)}, 1).empty());
  CHECK(told_of(agreement, {on(kReadFile, "/y", 13)}, 1).empty());
  CHECK(told_of(agreement, {{.domain = kOwn, .net = kConnectTcp, .port = 9}}, 0) == Told{2});
  CHECK(told_of(agreement, {{.domain = kOwn, .net = kBindTcp, .port = 9}}, 1).empty());
  CHECK(told_of(agreement, {{.domain = kOwn, .net = kConnectTcp, .port = 8}}, 1).empty());
  CHECK(told_of(agreement, {{.domain = kOwn, .scopes = kScopeSignal, .process = 1}}, 0) == Told{3});
  CHECK(told_of(agreement, {{.domain = kOwn, .scopes = kScopeSignal, .process = 2}}, 1).empty());
  CHECK(told_of(agreement, {{.domain = kOwn, .scopes = kScopeAbstractUnix, .path = "@x"}}, 0) == Told{4});
  CHECK(told_of(agreement, {{.domain = kOwn, .blockers = "ptrace", .process = 1}}, 1).empty());
  // A file without a name is its directory's.
  CHECK(told_of(agreement, {on(kWriteFile | kReadFile, "/dir/#77 (deleted)", 77)}, 0) == Told{5});
}

TEST_CASE("of two programs that were told, the one that the call was of is meant", "[follow]") {
  Agreement agreement = started();
  agreement.expect(0, "/bin/a", {on(kReadFile, "/x", 0, 0)});
  agreement.expect(1, "/bin/b", {on(kReadFile, "/x", 0, 0)});
  CHECK(told_of(agreement, {on(kReadFile, "/x")}, 0, "/bin/a") == Told{0});
  CHECK(told_of(agreement, {on(kReadFile, "/x")}, 0, "/bin/b") == Told{1});
  // Its root is another, or it has no name any more.
  CHECK(told_of(agreement, {on(kReadFile, "/x")}, 0, "/elsewhere/a") == Told{0, 1});
}

TEST_CASE("what would fail without the policy as well is not told for the kernel's record either", "[follow]") {
  Agreement agreement = started();
  agreement.excuse("/bin/a", {on(kRemoveFile, "/sticky", 0, 0)});
  CHECK(told_of(agreement, {on(kRemoveFile, "/sticky")}, 0).empty());
  agreement.expect(3, "/bin/a", {on(kRemoveFile, "/sticky", 0, 0)});
  CHECK(told_of(agreement, {on(kRemoveFile, "/sticky")}, 0) == Told{3});
}

TEST_CASE("one rename is two records, and told once", "[follow]") {
  Agreement agreement = started();
  agreement.expect(0, "/bin/a", {on(kMakeReg, "/new", 0, 0)});
  CHECK(told_of(agreement, {on(kRefer, "/old"), on(kMakeReg | kRefer, "/new")}, 0) == Told{0});
  agreement.expect(1, "/bin/a", {on(kRefer, "/new", 0, 0)});
  CHECK(told_of(agreement, {on(kRefer | kWriteFile, "/old"), on(kRefer | kIoctlDev, "/new")}, 0, "/bin/a", EXDEV) == Told{1});
  // What it would gain is another denial than what is written there.
  agreement.expect(2, "/bin/a", {on(kWriteFile, "/gain", 0, 0)});
  CHECK(told_of(agreement, {on(kWriteFile, "/gain"), on(kIoctlDev, "/new")}, 2, "/bin/a", EXDEV).empty());
}

TEST_CASE("where the kernel records no calls, events come without them", "[follow]") {
  Agreement agreement = started();
  agreement.add(seen(10, on(kReadFile, "/x"), 1000));
  CHECK(agreement.take(false).empty());
  agreement.add(seen(11, on(kReadFile, "/y"), 3000));
  std::vector<KernelEvent> events = agreement.take(false);
  REQUIRE(events.size() == 1);
  CHECK(events[0].call.process == 0);
  CHECK(events[0].denials[0].path == "/x");
  events = agreement.take(true);
  REQUIRE(events.size() == 1);
  CHECK(events[0].denials[0].path == "/y");
  CHECK(agreement.take(true).empty());
}

TEST_CASE("whatever the records are, a bounded number waits, and those that are forgotten are counted", "[follow]") {
  Agreement agreement;
  for (std::uint64_t i = 0; i < 3 * kMaxOpenEvents; ++i) agreement.add(seen(i + 10, on(kReadFile, "/x")));
  CHECK(agreement.lost() == 2 * kMaxOpenEvents);
  CHECK_FALSE(agreement.whole());
  agreement.made_by(5, "landshim");
  agreement.add(made());
  CHECK(agreement.take(true).size() == kMaxOpenEvents);

  Agreement known = started();
  for (std::uint64_t i = 0; i < 3 * kMaxOpenEvents; ++i) known.add(seen(i + 10, on(kReadFile, "/x", 0, 0x10)));
  CHECK(known.whole());
  for (std::uint64_t i = 0; i < 3 * kMaxOpenEvents; ++i) known.add(seen(5, on(kReadFile, "/x")));
  CHECK(known.lost() == 2 * kMaxOpenEvents);
  // A call of which nothing was denied, and one that says it twice.
  known.add(called(77));
  known.add(called(5));
  known.add(called(5));
  CHECK(known.take(false).size() == 1);
}
