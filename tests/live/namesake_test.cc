// SPDX-License-Identifier: MIT
// Programs that define a name of the C library themselves, which comes first wherever the name is looked for: neither
// their variables nor their system calls are believed.
#include <catch2/catch.hpp>

#include <cerrno>

#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

constexpr const char* kNames[] = {"environ", "getenv", "secure_getenv", "syscall", "prctl", "open", "read", "fstat", "none"};

struct Place {
  Scratch rules;
  Scratch outside;
  std::string secret = outside.file("secret", "x");
  std::string wide = rules.file("wide.ini", "[policy]\nmode = full-access\n");
  std::string policy = rules.file("policy.ini", base_policy());

  Outcome start(const std::string& name, const std::string& policy_of_start) const {
    Start start = with_shim({built("tests/namesake-" + name), secret}, policy_of_start);
    start.directory = rules.path();
    return run(start);
  }
};

}  // namespace

TEST_CASE("a program that takes a name of the C library is held as any other", "[live][doors][namesake]") {
  REQUIRE_ABI(1);
  const Place place;
  for (const char* name : kNames) {
    INFO(name);
    const Outcome control = run({{built(std::string("tests/namesake-") + name), place.secret}, {}, {}});
    CHECK(control.out == "read 0\n");
    CHECK(place.start(name, place.wide).out == "read 0\n");
    const Outcome held = place.start(name, place.policy);
    INFO(held.err);
    CHECK(held.status == 0);
    CHECK(held.out == "read " + std::to_string(EACCES) + "\n");
    CHECK(held.err.empty());
  }
}

TEST_CASE("a program that takes a name of the C library cannot turn a refusal into a start", "[live][doors][namesake]") {
  const Place place;
  const std::string faulty = place.rules.file("faulty.ini", "[filesystem]\nraed = /\n");
  for (const char* name : kNames) {
    INFO(name);
    check_refused(place.start(name, faulty), "faulty.ini:2: raed: no such key in [filesystem]");
    check_refused(place.start(name, ""), "no policy: LANDSHIM_POLICY is not set");
    check_refused(place.start(name, place.rules / "missing.ini"), "missing.ini: the policy cannot be read");
  }
}

TEST_CASE("the shim takes no variable of the C library, and what it calls there answers for no system call", "[live][doors][namesake]") {
  const Outcome names = run({{"nm", "-D", "--undefined-only", shim()}, {}, {}});
  REQUIRE(names.status == 0);
  CHECK(names.out.find("dl_iterate_phdr@") != std::string::npos);
  for (const char* name : {"malloc", "free", "memcpy", "strlen", "strcmp", "environ", "__environ", "stderr", "stdout", "getenv", "secure_getenv", "open", "read", "stat", "fstat", "lstat", "readlink", "mmap", "mount", "unshare", "sigaction", "_exit"}) {
    INFO(name);
    CHECK(names.out.find(std::string(" ") + name + "@") == std::string::npos);
  }
}
