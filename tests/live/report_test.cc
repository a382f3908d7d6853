// SPDX-License-Identifier: MIT
// landshim report from the outside: what it reads and writes. How its page looks and acts: make check-report.
#include <catch2/catch.hpp>

#include <sys/stat.h>

#include "tests/live/files.h"
#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

// An event of a process that opened a path.
std::string opened(const std::string& path, const std::string& run = "5f1d2c3b4a596877") {
  return R"({"v":1,"time":"2026-03-14T09:26:53.589793Z","run":")" + run + R"(","event":"open","pid":7,"access":"read","path":")" + path + "\"}\n";
}

Outcome report(const Scratch& scratch, std::vector<std::string> words, const std::string& input = {}, bool as_nobody = false) {
  words.insert(words.begin(), {built("landshim"), "report"});
  Start start{std::move(words), {}, {}};
  start.directory = scratch.path();
  start.input = input;
  start.as_nobody = as_nobody;
  return run(start);
}

void check_silent(const Outcome& outcome) {
  INFO("status " << outcome.status << "\nstdout: " << outcome.out << "\nstderr: " << outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.empty());
}

std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t begin = text.rfind(before);
  REQUIRE(begin != std::string::npos);
  const std::size_t end = text.find(after, begin + before.size());
  REQUIRE(end != std::string::npos);
  return text.substr(begin + before.size(), end - begin - before.size());
}

std::string base64_sha256(const std::string& text) {
  const Outcome outcome = run({{"/bin/sh", "-c", "openssl dgst -sha256 -binary | base64"}, {}, {}, {}, text});
  return outcome.out.substr(0, outcome.out.size() - 1);
}

}  // namespace

TEST_CASE("a report has what all its records tell, from files and from standard input", "[live][report]") {
  const Scratch scratch;
  scratch.file("one.jsonl", opened("/first/file"));
  // No newline at its end, and the next file begins a line of its own.
  scratch.file("two.jsonl", opened("/second/file", "b").substr(0, opened("/second/file", "b").size() - 1));
  check_silent(report(scratch, {"one.jsonl", "-", "two.jsonl", "-o", "report.html"}, opened("/third/file", "c")));
  const std::string page = contents(scratch / "report.html");
  CHECK(page.starts_with("<!doctype html>\n"));
  CHECK(page.ends_with("</html>\n"));
  const std::string record = between(page, "<script type=\"application/json\" id=\"record\">", "</script>");
  for (const char* name : {"\"first\"", "\"second\"", "\"third\"", "\"events\":3"}) CHECK(record.find(name) != std::string::npos);
  CHECK(page.find("{{") == page.rfind("{{"));
}

TEST_CASE("a report lets its browser take nothing but its own style and script", "[live][report]") {
  const Scratch scratch;
  check_silent(report(scratch, {"-", "-o", "report.html"}, opened("/a")));
  const std::string page = contents(scratch / "report.html");
  CHECK(between(page, "script-src 'sha256-", "'") == base64_sha256(between(page, "\n<script>", "</script>")));
  CHECK(between(page, "style-src 'sha256-", "'") == base64_sha256(between(page, "<style>", "</style>")));
  CHECK(page.find("default-src 'none'") != std::string::npos);
}

TEST_CASE("a report is written over nothing unless it is told to, and as its user's umask has it", "[live][report]") {
  const Scratch scratch;
  scratch.file("record.jsonl", opened("/a"));
  scratch.file("report.html", "before\n");
  const Outcome refused = report(scratch, {"record.jsonl", "-o", "report.html"});
  CHECK(refused.status == 1);
  CHECK(refused.err == "landshim: report.html: the file exists; give another name, or --force\n");
  CHECK(contents(scratch / "report.html") == "before\n");
  check_silent(report(scratch, {"record.jsonl", "-o", "report.html", "--force"}));
  CHECK(contents(scratch / "report.html").find("<!doctype html>") == 0);
  const Outcome masked = run({{"/bin/sh", "-c", "umask 027; exec \"$0\" report record.jsonl -o own.html", built("landshim")}, {}, {}, scratch.path()});
  check_silent(masked);
  struct stat info {};
  REQUIRE(stat((scratch / "own.html").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0640);
}

TEST_CASE("lines that are no event are told in one line, and leave a report of the others", "[live][report]") {
  const Scratch scratch;
  const Outcome outcome = report(scratch, {"-", "-o", "report.html"}, "x\n" + opened("/kept") + std::string(70000, 'y') + "\n\xff\n" + std::string(30000, '[') + "\n{\"v\":1,");
  CHECK(outcome.status == 0);
  CHECK(outcome.out.empty());
  CHECK(outcome.err == "landshim: lines that are no event were left out, and the report says so: 2 not JSON, 1 not UTF-8, 1 longer than 64 KiB, 1 cut off at the end\n");
  const std::string page = contents(scratch / "report.html");
  CHECK(page.find("\"kept\"") != std::string::npos);
  CHECK(page.find("2 not JSON, 1 not UTF-8, 1 longer than 64 KiB, 1 cut off at the end") != std::string::npos);
}

TEST_CASE("names in a record stay names in the bytes of a report", "[live][report]") {
  const Scratch scratch;
  check_silent(report(scratch, {"-", "-o", "report.html"}, opened("/</script><script>alert(1)</script>") + opened("/<!--<script>") + opened("/\\u001b[31m\\u202e")));
  const std::string record = between(contents(scratch / "report.html"), "id=\"record\">", "</script>\n<script>");
  CHECK(record.find('<') == std::string::npos);
  CHECK(record.find("\\u003cscript>alert(1)\\u003c") != std::string::npos);
  CHECK(record.find('\x1b') == std::string::npos);
  CHECK(record.find("\xe2\x80\xae") == std::string::npos);
}

TEST_CASE("a record that may not be read gives no report", "[live][report][root]") {
  const Scratch scratch;
  scratch.directory("out", 0777);
  scratch.file("mine.jsonl", opened("/a"), 0600);
  const Outcome outcome = report(scratch, {"mine.jsonl", "-o", "out/report.html"}, {}, true);
  CHECK(outcome.status == 1);
  CHECK(outcome.err == "landshim: mine.jsonl: the record cannot be read: permission denied (EACCES)\n");
  CHECK_FALSE(exists(scratch / "out/report.html"));
  check_silent(report(scratch, {"mine.jsonl", "-o", "out/report.html"}));
}
