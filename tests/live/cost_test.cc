// SPDX-License-Identifier: MIT
// What holding adds to a start, counted and not timed, so that it cannot grow unseen. Figures that fall are to be
// recorded anew as well: then the next growth is seen.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/count.h"
#include "tests/support/skip.h"
#include "tests/support/world.h"
#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

struct Figures {
  long instructions;  // in user mode
  long calls;
};

struct Recorded {
  const char* what;
  const char* more;  // lines behind the twelve paths
  Figures ordinary;  // above those of the same start without the library
  Figures root;      // who gives up capabilities besides
};

// Of /bin/true; x86_64, GNU C library 2.36, g++ 12.
constexpr Recorded kRecorded[] = {
    {"twelve paths, ports and scopes", "", {136958, 83}, {137517, 116}},
    {"the same and five lines of [syscalls]", "[syscalls]\nptrace = deny\nmount = kill\nsocket = deny EACCES if arg0 == 17\n@clock = deny\npersonality = deny\n", {254041, 83}, {254417, 116}},
};

constexpr const char* kPolicy =
    "[filesystem]\nexecute = /usr/bin\nread = /usr, /etc, /opt, /srv, /home, /var/log, /var/lib\nread_write = /var/tmp, /dev/shm\ndevice = /dev/null, /dev/tty\n"
    "[network]\nconnect_tcp = 443, 80, 53\nbind_tcp = 8080\n[ipc]\nsignals = deny\n";

StartCount counted(const std::vector<std::string>& variables, bool instructions) {
  StartCount out;
  std::string error;
  const bool done = (instructions ? count_start : look_at_start)({"/bin/true"}, variables, out, error);
  INFO(error);
  REQUIRE(done);
  return out;
}

std::vector<std::string> with_library(const std::string& policy) { return {"LD_PRELOAD=" + shim(), "LANDSHIM_POLICY=" + policy}; }

}  // namespace

#if defined(__x86_64__)
TEST_CASE("a start costs no more instructions and system calls than were recorded", "[live][cost]") {
  REQUIRE_ABI(7);
  if (__GNUC__ != 12) return skip("the figures are those of g++ 12");
  const Scratch scratch;
  const StartCount bare = counted({}, true);
  for (const Recorded& recorded : kRecorded) {
    const StartCount held = counted(with_library(scratch.file("policy.ini", std::string(kPolicy) + recorded.more)), true);
    const Figures& before = geteuid() == 0 ? recorded.root : recorded.ordinary;
    const long instructions = held.instructions - bare.instructions;
    const long calls = held.calls - bare.calls;
    INFO(recorded.what << ": " << instructions << " instructions, " << calls << " calls; recorded are " << before.instructions << " and " << before.calls << " (tests/live/cost_test.cc)");
    CHECK(instructions * 100 <= before.instructions * 103);
    CHECK(calls * 100 <= before.calls * 103);
    // Recorded anew, or the next growth would not be seen.
    CHECK(instructions * 100 >= before.instructions * 90);
    CHECK(calls * 100 >= before.calls * 90);
  }
}

TEST_CASE("a start leaves no heap and no mapping but the library, and at most 160 KiB of private memory", "[live][cost]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const StartCount bare = counted({}, false);
  std::string many = std::string(kPolicy) + "[filesystem]\n";
  // More than the memory that is lent: what is mapped besides goes back.
  for (int i = 0; i < 1000; ++i) many += "read = -/nowhere/at/all/" + std::to_string(i) + "\n";
  for (const std::string& text : {std::string(kPolicy), many}) {
    const StartCount held = counted(with_library(scratch.file("policy.ini", text)), false);
    CHECK(held.heap_kb == bare.heap_kb);
    // Code, constants and data, headers, and what the loader protected: as any library.
    CHECK(held.mappings - bare.mappings <= 5);
    CHECK(held.dirty_kb - bare.dirty_kb > 0);
    CHECK(held.dirty_kb - bare.dirty_kb <= 160);
  }
}
#endif
