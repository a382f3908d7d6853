// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <algorithm>
#include <cerrno>

#include "shim/command/events.h"

using namespace landshim::command;

namespace {

constexpr Moment kMoment{1'700'000'000, 5, 0xff};
const std::string kHead = "2023-11-14T22:13:20.000005Z 00000000000000ff ";

std::string told(const Event& event) {
  const std::string line = event_text(kMoment, event);
  REQUIRE(line.starts_with(kHead));
  REQUIRE(line.ends_with("\n"));
  return line.substr(kHead.size(), line.size() - kHead.size() - 1);
}

bool is_plain(const std::string& line) {
  return line.ends_with("\n") && std::all_of(line.begin(), line.end() - 1, [](char byte) { return byte >= ' ' && byte < 0x7f; });
}

}  // namespace

TEST_CASE("each kind of event is one line for people", "[audit][events]") {
  CHECK(told(PolicyEvent{"p.ini", "00ff", 7, {"udp"}, {"sh", "-c"}, 1000}) == "policy p.ini in force (identity 00ff, Landlock ABI 7, uid 1000): sh -c; given up: udp");
  CHECK(told(StartEvent{5, 4, "/bin/sh", {"sh", "x"}, "/tmp"}) == "start /bin/sh (pid 5, parent 4) in /tmp: sh x");
  CHECK(told(EndEvent{5, 3, {}}) == "end (pid 5): exit 3");
  CHECK(told(EndEvent{5, {}, 9}) == "end (pid 5): signal 9");
  CHECK(told(EndEvent{5, {}, {}}) == "end (pid 5): nobody saw how");
  CHECK(told(OpenEvent{5, "/x", "read", {}}) == "open read /x (pid 5)");
  CHECK(told(ChangeEvent{5, "rename", "/x", "/y", 0}) == "rename /x to /y (pid 5): done");
  CHECK(told(NetworkEvent{5, "connect", "tcp", "::1", 443, "", ECONNREFUSED}) == "connect tcp ::1 port 443 (pid 5): ECONNREFUSED");
  CHECK(told(NetworkEvent{5, "bind", "unix", "", {}, "/s", {}}) == "bind unix /s (pid 5)");
  CHECK(told(DeniedEvent{5, "/bin/sh", "write", "/x", EACCES, "read = /", "p.ini:2", {"a", "b"}, 2}) == "denied write /x (sh, pid 5, 3 times): EACCES; read = / (p.ini:2); to allow: a; b");
  CHECK(told(LostEvent{3, "too many"}) == "lost 3 events: too many");
  CHECK(told(SummaryEvent{0, {}, 2, 9}) == "summary: exit 0, 2 denials, 9 events");
}

TEST_CASE("no name begins a line for people, drives a terminal, or makes one longer than the limit", "[audit][events]") {
  const std::string evil = "/a\n" + kHead + "summary: exit 0\r\x1b[2J\x7f\xff\xc2\x9b";
  const std::string bad(70'000, '\xff');
  for (const std::string& text : {evil, bad})
    for (const Event& event : {Event(PolicyEvent{text, text, 1, {text}, {text}, 0}), Event(StartEvent{1, 1, text, {text, text}, text}), Event(OpenEvent{1, text, "read", {}}), Event(ChangeEvent{1, "rename", text, text, {}}),
                               Event(NetworkEvent{1, "connect", "unix", text, {}, text, {}}), Event(DeniedEvent{1, text, "read", text, 13, text, text, {text}, 1}), Event(LostEvent{1, text})})
      for (const std::size_t longest : {std::size_t{4096}, kMaxLine}) {
        const std::string line = event_text(kMoment, event, longest);
        INFO(event.index() << " " << longest << " " << line.size());
        CHECK(is_plain(line));
        CHECK(line.size() <= longest);
        CHECK(line.starts_with(kHead));
        if (&text == &bad) CHECK(line.ends_with("...\n"));
      }
}
