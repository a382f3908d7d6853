// SPDX-License-Identifier: MIT
#include "shim/command/events.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>

#include "shim/command/json.h"

using namespace landshim::command;

namespace {

constexpr Moment kMoment{1'700'000'000, 42, 0xabc};

// What stands in a line beside version, time and run.
std::string rest(const Event& event) {
  const std::string line = event_line(kMoment, event);
  const std::string head = "{\"v\":1,\"time\":\"2023-11-14T22:13:20.000042Z\",\"run\":\"0000000000000abc\",\"event\":";
  INFO(line);
  REQUIRE(line.starts_with(head));
  REQUIRE(line.ends_with("}\n"));
  CHECK(std::count(line.begin(), line.end(), '\n') == 1);
  CHECK(std::all_of(line.begin(), line.end() - 1, [](char byte) { return byte >= ' ' && byte < 0x7f; }));
  return line.substr(head.size(), line.size() - head.size() - 2);
}

}  // namespace

TEST_CASE("each kind of event is one line of JSON", "[follow][events]") {
  CHECK(rest(PolicyEvent{"p.ini", "00ff", 7, {"udp"}, {"sh", "-c", "x"}, 1000}) == R"("policy","policy":"p.ini","identity":"00ff","abi":7,"given_up":["udp"],"command":["sh","-c","x"],"uid":1000)");
  CHECK(rest(StartEvent{5, 4, "/bin/sh", {"sh"}, "/tmp"}) == R"("start","pid":5,"parent":4,"program":"/bin/sh","arguments":["sh"],"directory":"/tmp")");
  CHECK(rest(EndEvent{5, 3, {}}) == R"("end","pid":5,"status":3)");
  CHECK(rest(EndEvent{5, {}, 9}) == R"("end","pid":5,"signal":9)");
  CHECK(rest(OpenEvent{5, "/x", "read_write", {}}) == R"("open","pid":5,"path":"/x","access":"read_write")");
  CHECK(rest(OpenEvent{5, "/x", "read", ENOENT}) == R"("open","pid":5,"path":"/x","access":"read","result":"ENOENT")");
  CHECK(rest(ChangeEvent{5, "rename", "/x", "/y", 0}) == R"("change","pid":5,"what":"rename","path":"/x","to":"/y","result":0)");
  CHECK(rest(ChangeEvent{5, "remove", "/x", "", {}}) == R"("change","pid":5,"what":"remove","path":"/x")");
  CHECK(rest(NetworkEvent{5, "connect", "tcp", "::1", 443, "", {}}) == R"("network","pid":5,"what":"connect","family":"tcp","address":"::1","port":443)");
  CHECK(rest(NetworkEvent{5, "bind", "unix", "", {}, "/s", {}}) == R"("network","pid":5,"what":"bind","family":"unix","path":"/s")");
  CHECK(rest(DeniedEvent{5, "/bin/sh", "write", "/x", EACCES, "read = /", "p.ini:2", {"[filesystem] write = /d"}, 0}) ==
        R"("denied","pid":5,"program":"/bin/sh","what":"write","target":"/x","error":"EACCES","rule":{"line":"read = /","where":"p.ini:2"},"to_allow":["[filesystem] write = /d"],"again":0)");
  CHECK(rest(DeniedEvent{5, "/bin/sh", "write", "/x", 4000, {}, "", {}, 7}) == R"("denied","pid":5,"program":"/bin/sh","what":"write","target":"/x","error":"error 4000","rule":null,"to_allow":[],"again":7)");
  CHECK(rest(DeniedEvent{5, "/bin/sh", "write", "/x", EACCES, {}, "", {}, 0, false}).ends_with(R"("again":0,"kernel":false)"));
  CHECK(rest(DeniedEvent{5, "/bin/sh", "write", "/x", EACCES, {}, "", {}, 0, true, false}).ends_with(R"("again":0,"kernel":true,"followed":false)"));
  CHECK(rest(LostEvent{3, "too many"}) == R"("lost","events":3,"why":"too many")");
  CHECK(rest(SummaryEvent{0, {}, 2, 9}) == R"("summary","status":0,"denials":2,"events":9)");
}

TEST_CASE("a string that is not UTF-8 comes with all of its bytes", "[follow][events]") {
  CHECK(rest(OpenEvent{1, "/a\xff\n", "read", {}}) == R"("open","pid":1,"path":"/a\ufffd\n","path_hex":"2f61ff0a","access":"read")");
  CHECK(rest(StartEvent{1, 0, "/x", {"good", "\xc3"}, "/"}) == R"("start","pid":1,"parent":0,"program":"/x","arguments":["good","\ufffd"],"arguments_hex":["676f6f64","c3"],"directory":"/")");
  // What is UTF-8 is said, whatever it would do to a terminal.
  CHECK(rest(OpenEvent{1, "/\x1b[31m\x7f\xc2\x9b\xc3\xbc\"\\", "read", {}}) == R"("open","pid":1,"path":"/\u001b[31m\u007f\u009b\u00fc\"\\","access":"read")");
}

TEST_CASE("no line is longer than 64 KiB, and one that was cut says so", "[follow][events]") {
  const std::string bad(5000, '\xff');
  const std::vector<std::string> many(100'000, bad);
  const Event events[] = {PolicyEvent{bad, bad.substr(0, 16), 1, many, many, 0}, StartEvent{1, 1, bad, many, bad},  OpenEvent{1, bad, "read", {}},
                          ChangeEvent{1, "rename", bad, bad, {}},                NetworkEvent{1, "connect", "unix", bad, {}, bad, {}}, DeniedEvent{1, bad, "read", bad, 13, bad, bad, many, 1}};
  for (const Event& event : events) {
    const std::string line = event_line(kMoment, event);
    INFO(event.index() << " " << line.size());
    CHECK(line.size() <= 65536);
    CHECK(line.find("\"cut\":true") != std::string::npos);
    CHECK_FALSE(json_map_of(line).is_discarded());
  }
  // Arguments are cut at 4 KiB in all.
  const Json start = json_of(event_line(kMoment, StartEvent{1, 1, "/x", {std::string(3000, 'a'), std::string(3000, 'b'), "c"}, "/"}));
  CHECK(start["arguments"].size() == 2);
  CHECK(start["arguments"][0].get<std::string>().size() == 3000);
  CHECK(start["arguments"][1].get<std::string>().size() < 1100);
  CHECK(start["cut"] == true);
}
