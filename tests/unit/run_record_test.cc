// SPDX-License-Identifier: MIT
// Event lines as landshim writes them, and as nobody should.
#include "shim/command/run_record.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace landshim::command;

namespace {

// An event of the run R, each a microsecond after the one before.
std::string event(const std::string& name, const std::string& members, const std::string& run = "R") {
  static unsigned clock = 0;
  const std::string number = std::to_string(1'000'000 + ++clock).substr(1);
  return R"({"v":1,"time":"2026-01-02T00:00:00.)" + number + R"(Z","run":")" + run + R"(","event":")" + name + "\"" + (members.empty() ? "" : "," + members) + "}\n";
}
std::string start(unsigned pid, unsigned parent, const std::string& program) {
  return event("start", "\"pid\":" + std::to_string(pid) + ",\"parent\":" + std::to_string(parent) + ",\"program\":\"" + program + R"(","arguments":["x"],"directory":"/")");
}
std::string end(unsigned pid) { return event("end", "\"pid\":" + std::to_string(pid) + ",\"status\":0"); }
std::string opened(unsigned pid, const std::string& path, const std::string& access = "read") {
  return event("open", "\"pid\":" + std::to_string(pid) + ",\"path\":\"" + path + "\",\"access\":\"" + access + "\"");
}
std::string denied(unsigned pid, const std::string& target, unsigned again = 0) {
  return event("denied", "\"pid\":" + std::to_string(pid) + R"(,"program":"/bin/p","what":"read","error":"EACCES","rule":{"line":"read = /a","where":"p.ini:3"},"to_allow":["[filesystem] read = /b"],"target":")" +
                             target + "\",\"again\":" + std::to_string(again));
}

Record read(const std::string& text, std::size_t piece = std::string::npos) {
  RecordReader reader;
  for (std::size_t at = 0; at < text.size(); at += std::min(piece, text.size() - at)) reader.feed(std::string_view(text).substr(at, piece));
  reader.end_file();
  return std::move(reader).finish();
}

std::size_t process_of(const Record& record, const std::string& program) {
  for (std::size_t i = 0; i < record.processes.size(); ++i)
    if (record.processes[i].program == program) return i;
  FAIL(program);
  return 0;
}

}  // namespace

TEST_CASE("what a run was and how it ended is read", "[report]") {
  const Record record = read(event("policy", R"("policy":"p.ini","identity":"ab","abi":6,"given_up":["x"],"command":["make","-j4"],"uid":1000)") + event("lost", R"("events":3,"why":"slow")") +
                             event("lost", R"("events":4,"why":"slow")") + event("summary", R"("status":2,"denials":1,"events":9)"));
  REQUIRE(record.runs.size() == 1);
  const Run& run = record.runs[0];
  CHECK(run.id == "R");
  CHECK(run.policy == "p.ini");
  CHECK(run.abi == 6);
  CHECK(run.uid == 1000);
  CHECK(run.given_up == std::vector<std::string>{"x"});
  CHECK(run.command == std::vector<std::string>{"make", "-j4"});
  CHECK(run.lost == 7);
  CHECK(run.lost_why == std::vector<std::string>{"slow"});
  CHECK(run.end.status == 2);
  CHECK(run.told_events == 9);
  CHECK(run.events == 4);
  CHECK(run.last - run.first == 3);
  CHECK(run.first / 86'400'000'000 == 20455);  // 2026-01-02
  CHECK(record.unread.all() == 0);
}

TEST_CASE("what a process did is said once, with how often", "[report]") {
  const Record record = read(start(5, 1, "/bin/p") + opened(5, "/a") + opened(5, "/a") + opened(5, "/a", "write") + event("change", R"("pid":5,"what":"rename","path":"/a","to":"/b")") +
                             event("network", R"("pid":5,"what":"connect","family":"tcp","address":"::1","port":80,"result":"ECONNREFUSED")") + event("network", R"("pid":5,"what":"send","family":"unix","path":"/s","result":0)"));
  CHECK(record.events == 7);
  REQUIRE(record.deeds.size() == 5);
  CHECK(record.deeds.at({0, Deed::kRead, "/a", "", ""}) == 2);
  CHECK(record.deeds.at({0, Deed::kWrite, "/a", "", ""}) == 1);
  CHECK(record.deeds.at({0, Deed::kRename, "/a", "/b", ""}) == 1);
  CHECK(record.deeds.at({0, Deed::kConnect, "[::1]:80", "tcp", "ECONNREFUSED"}) == 1);
  CHECK(record.deeds.at({0, Deed::kSend, "/s", "unix", ""}) == 1);
}

TEST_CASE("a denial is counted by its lines, or by the count that a later line has", "[report]") {
  const Record record = read(denied(5, "/b") + denied(5, "/b", 41) + denied(5, "/c") + denied(5, "/c") + denied(5, "/c"));
  REQUIRE(record.denials.size() == 2);
  const RecordedDenial& first = record.denials.at({0, 5, "/bin/p", "read", "/b", "EACCES"});
  CHECK(first.times() == 42);
  CHECK(first.rule == "read = /a");
  CHECK(first.where == "p.ini:3");
  CHECK(first.to_allow == std::vector<std::string>{"[filesystem] read = /b"});
  CHECK(record.denials.at({0, 5, "/bin/p", "read", "/c", "EACCES"}).times() == 3);
  REQUIRE(record.processes.size() == 1);
  CHECK(record.processes[0].program == "/bin/p");
  CHECK_FALSE(record.processes[0].start);
}

TEST_CASE("a process that starts another program becomes its parent, and a number given anew is another process", "[report]") {
  const Record record = read(start(5, 1, "/bin/sh") + opened(5, "/a") + start(5, 1, "/bin/make") + opened(5, "/b") + start(6, 5, "/bin/cc") + end(5) + start(5, 6, "/bin/as") + opened(5, "/c") + start(5, 9, "/bin/ld"));
  REQUIRE(record.processes.size() == 5);
  const std::size_t make = process_of(record, "/bin/make");
  CHECK(record.processes[make].parent == process_of(record, "/bin/sh"));
  CHECK(record.processes[make].replaced);
  CHECK(record.processes[process_of(record, "/bin/cc")].parent == make);
  const std::size_t assembler = process_of(record, "/bin/as");
  CHECK(record.processes[assembler].parent == process_of(record, "/bin/cc"));
  CHECK_FALSE(record.processes[assembler].replaced);
  // Still alive for all that is known, with another parent: its end was lost.
  CHECK_FALSE(record.processes[process_of(record, "/bin/ld")].parent);
  CHECK(record.deeds.contains({make, Deed::kRead, "/b", "", ""}));
  CHECK(record.deeds.contains({assembler, Deed::kRead, "/c", "", ""}));
}

TEST_CASE("processes that name each other as parents are all there, and in no circle", "[report]") {
  std::string text;
  for (unsigned pid = 1; pid <= 50; ++pid) text += opened(pid, "/a");
  for (unsigned pid = 1; pid <= 50; ++pid) text += start(pid, pid % 50 + 1, "/bin/" + std::to_string(pid));
  text += start(60, 60, "/bin/own") + opened(70, "/late") + start(71, 70, "/bin/71");
  const Record record = read(text);
  REQUIRE(record.processes.size() == 53);
  std::size_t roots = 0;
  for (std::size_t i = 0; i < record.processes.size(); ++i) {
    std::size_t steps = 0;
    std::size_t at = i;
    for (; record.processes[at].parent && steps < 100; ++steps) at = *record.processes[at].parent;
    CHECK(steps < 100);
    roots += !record.processes[i].parent;
  }
  CHECK(roots == 3);
  CHECK(record.processes[process_of(record, "/bin/71")].pid == 71);
  CHECK(record.processes[*record.processes[process_of(record, "/bin/71")].parent].pid == 70);
}

TEST_CASE("bytes that are no UTF-8 come from the member beside", "[report]") {
  const Record record = read(event("open", R"("pid":5,"path":"\ufffd","path_hex":"2Fff","access":"read")"));
  REQUIRE(record.deeds.size() == 1);
  CHECK(std::get<2>(record.deeds.begin()->first) == "/\xff");
  for (const char* hex : {"\"f\"", "\"zz\"", "\"-1\"", "\"+1\"", "17"}) {
    const Record bad = read(event("open", std::string(R"("pid":5,"path":"a","access":"read","path_hex":)") + hex));
    INFO(hex);
    CHECK(bad.unread.wrong == 1);
    CHECK(bad.deeds.empty());
  }
}

TEST_CASE("runs are told apart by their name, and files may be several", "[report]") {
  RecordReader reader;
  reader.feed(event("open", R"("pid":5,"path":"/a","access":"read")", "one"));
  CHECK(reader.end_file() == 1);
  reader.feed("no\n");
  CHECK(reader.end_file() == 0);
  // The first file ended without a newline.
  reader.feed(event("open", R"("pid":5,"path":"/a","access":"read")", "two"));
  CHECK(reader.end_file() == 1);
  const Record record = std::move(reader).finish();
  CHECK(record.runs.size() == 2);
  CHECK(record.processes.size() == 2);
  CHECK(record.deeds.size() == 2);
}

TEST_CASE("lines that are no event are counted by what is wrong, and change nothing", "[report]") {
  const std::string good = opened(5, "/a");
  const std::string cut = good.substr(0, good.size() - 5);
  struct {
    std::string line;
    std::uint64_t Unread::*count;
  } const kLines[] = {
      {"no\n", &Unread::not_json},
      {"{\n", &Unread::not_json},
      {cut + "\n", &Unread::not_json},
      {std::string("{\"v\":1\0}\n", 9), &Unread::not_json},
      {std::string("\0\0\n", 3), &Unread::not_json},
      {std::string(30000, '[') + "\n", &Unread::not_json},
      {std::string(30000, '[') + std::string(30000, ']') + "\n", &Unread::wrong},
      {"\xff\xfe\n", &Unread::not_utf8},
      {"{\"a\":\"\xed\xa0\x80\"}\n", &Unread::not_utf8},
      {std::string(kMaxEventLine + 1, ' ') + "\n", &Unread::too_long},
      {std::string(1'000'000, 'x'), &Unread::too_long},
      {cut, &Unread::cut_off},
      {good.substr(0, 60) + "\xe2", &Unread::cut_off},
      {"{\"v\":2,\"event\":\"open\"}\n", &Unread::other_version},
      {"{\"v\":0}\n", &Unread::other_version},
      {event("opens", "\"pid\":1"), &Unread::unknown_event},
      {"[]\n", &Unread::wrong},
      {"17\n", &Unread::wrong},
      {"null\n", &Unread::wrong},
      {"{}\n", &Unread::wrong},
      {"{\"v\":\"1\"}\n", &Unread::wrong},
      {"{\"v\":-1}\n", &Unread::wrong},
      {"{\"v\":1,\"event\":\"end\",\"run\":\"R\",\"time\":\"2026-02-30T00:00:00.000000Z\",\"pid\":1,\"status\":0}\n", &Unread::wrong},
      {"{\"v\":1,\"event\":\"end\",\"run\":\"R\",\"time\":\"2026-02-03T00:00:00Z\",\"pid\":1,\"status\":0}\n", &Unread::wrong},
      {"{\"v\":1,\"event\":\"end\",\"run\":7,\"time\":\"2026-02-03T00:00:00.000000Z\",\"pid\":1,\"status\":0}\n", &Unread::wrong},
      {event("end", "\"pid\":1"), &Unread::wrong},
      {event("end", "\"pid\":1,\"status\":256"), &Unread::wrong},
      {event("end", "\"pid\":-1,\"status\":0"), &Unread::wrong},
      {event("end", "\"pid\":1.5,\"status\":0"), &Unread::wrong},
      {event("end", "\"pid\":99999999999999999999,\"status\":0"), &Unread::wrong},
      {event("start", "\"pid\":1,\"parent\":0"), &Unread::wrong},
      {event("start", "\"pid\":1,\"parent\":0,\"program\":\"/a\",\"arguments\":[1]"), &Unread::wrong},
      {event("start", "\"pid\":1,\"parent\":0,\"program\":\"/a\",\"cut\":\"yes\""), &Unread::wrong},
      {event("open", "\"pid\":1,\"path\":\"/a\",\"access\":\"create\""), &Unread::wrong},
      {event("open", "\"pid\":1,\"path\":[],\"access\":\"read\""), &Unread::wrong},
      {event("change", "\"pid\":1,\"path\":\"/a\",\"what\":\"rename\""), &Unread::wrong},
      {event("network", "\"pid\":1,\"what\":\"connect\",\"family\":\"tcp\",\"port\":65536"), &Unread::wrong},
      {event("open", "\"pid\":1,\"path\":\"/a\",\"access\":\"read\",\"result\":2"), &Unread::wrong},
      {event("denied", "\"pid\":1,\"program\":\"/a\",\"what\":\"read\",\"target\":\"/b\",\"rule\":\"read\""), &Unread::wrong},
      {event("denied", "\"pid\":1,\"program\":\"/a\",\"what\":\"read\",\"target\":\"/b\",\"rule\":{}"), &Unread::wrong},
      {event("denied", "\"pid\":1,\"program\":\"/a\",\"what\":\"read\",\"target\":\"/b\",\"again\":9007199254740993"), &Unread::wrong},
      {event("policy", "\"policy\":\"p\""), &Unread::wrong},
      {event("lost", "\"events\":null"), &Unread::wrong},
      {event("summary", "\"denials\":1"), &Unread::wrong},
  };
  for (const auto& one : kLines) {
    INFO(one.line.substr(0, 200));
    for (const std::size_t piece : {std::string::npos, std::size_t{7}}) {
      const Record alone = read(one.line, piece);
      CHECK(alone.unread.*one.count == 1);
      CHECK(alone.unread.all() == 1);
      CHECK(alone.runs.empty());
      CHECK(alone.processes.empty());
      CHECK(alone.events == 0);
    }
    if (!one.line.ends_with('\n')) continue;
    const Record among = read(good + one.line + good);
    CHECK(among.unread.all() == 1);
    CHECK(among.events == 2);
    CHECK(among.processes.size() == 1);
  }
}

TEST_CASE("a line of 64 KiB is an event, blank lines are nothing, and a last line needs no newline", "[report]") {
  std::string line = opened(5, "");
  line.insert(line.find("\"path\":\"") + 8, std::string(kMaxEventLine + 1 - line.size(), 'p'));
  REQUIRE(line.size() == kMaxEventLine + 1);
  CHECK(read(line).events == 1);
  CHECK(read(line, 4096).events == 1);
  std::string longer = line;
  longer.insert(longer.find("\"path\":\"") + 8, "p");
  CHECK(read(longer + line).unread.too_long == 1);
  CHECK(read(longer + line).events == 1);
  const Record record = read("\n\r\n  \n" + opened(5, "/a") + opened(5, "/b").substr(0, opened(5, "/b").size() - 1));
  CHECK(record.events == 2);
  CHECK(record.unread.all() == 0);
}

TEST_CASE("events beyond what a record keeps are counted", "[report]") {
  RecordReader reader(4);
  // A run, a process and two deeds.
  reader.feed(opened(5, "/a") + opened(5, "/b"));
  reader.feed(opened(5, "/c") + start(6, 5, "/bin/p") + denied(5, "/d") + end(7) + event("open", R"("pid":5,"path":"/a","access":"read")", "other") + end(5) + event("lost", R"("events":2)"));
  CHECK(reader.end_file() == 9);
  const Record record = std::move(reader).finish();
  CHECK(record.left_out == 5);
  CHECK(record.runs.size() == 1);
  CHECK(record.processes.size() == 1);
  CHECK(record.processes[0].end.status == 0);
  CHECK(record.deeds.size() == 2);
  CHECK(record.denials.empty());
  CHECK(record.runs[0].lost == 2);
}

TEST_CASE("what is wrong with lines is said in words", "[report]") {
  CHECK(unread_words({}).empty());
  Unread unread;
  unread.not_json = 3;
  unread.cut_off = 1;
  CHECK(unread_words(unread) == "3 not JSON, 1 cut off at the end");
  unread = {1, 2, 0, 0, 3, 4, 5};
  CHECK(unread_words(unread) == "2 not UTF-8, 1 longer than 64 KiB, 3 of another version, 4 of an unknown event, 5 with a member missing or of a wrong type");
}

TEST_CASE("any bytes changed in a record leave every line counted once", "[report]") {
  const std::string good = start(5, 1, "/bin/p") + opened(5, "/a") + denied(5, "/b") + event("change", R"("pid":5,"what":"link","path":"/a","to":"/b")") + end(5);
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    std::string bent = good;
    for (int changes = 0; changes < 3; ++changes) bent[random() % (bent.size() - 1)] = static_cast<char>(random());
    std::uint64_t blank = 0;
    const Record record = read(bent);
    for (std::size_t at = 0, end_of = 0; at < bent.size(); at = end_of + 1) {
      end_of = bent.find('\n', at);
      blank += bent.substr(at, end_of - at).find_first_not_of(" \t\r") == std::string::npos;
    }
    CHECK(record.events + record.unread.all() + blank == static_cast<std::uint64_t>(std::count(bent.begin(), bent.end(), '\n')));
  }
}
