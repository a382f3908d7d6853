// SPDX-License-Identifier: MIT
// What of a record stands in its page: everything, and nothing that a browser or a reader would take for something else.
#include "shim/command/report_page.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>
#include <sstream>

#include "config/utf8.h"
#include "tests/support/json.h"

using namespace landshim::command;
using landshim::tests::Json;
using landshim::tests::json_of;

namespace {

Record record_of(const std::vector<std::pair<DeedKey, std::uint64_t>>& deeds, std::size_t processes = 1) {
  Record out;
  out.runs.emplace_back().id = "R";
  out.processes.resize(processes);
  for (const auto& [key, times] : deeds) out.deeds[key] = times;
  return out;
}

std::string path_of(const Json& page, std::int64_t node) {
  std::string out;
  for (; node > 0; node = page["parents"].at(static_cast<std::size_t>(node)).get<std::int64_t>()) {
    const std::string name = page["names"].at(static_cast<std::size_t>(node)).get<std::string>();
    out = out.empty() ? name : name + "/" + out;
    if (page["parents"].at(static_cast<std::size_t>(node)).get<std::int64_t>() < 0) return out;
  }
  return "/" + out;
}

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  REQUIRE_FALSE(out.str().empty());
  return out.str();
}

}  // namespace

TEST_CASE("paths become one tree in which directories come before what is in them", "[report]") {
  const std::vector<std::string> paths = {"/", "/usr/lib/b", "/usr/lib", "/usr/lib-x", "/usr/lib/a", "//usr///bin/", "relative/x", "", "/" + std::string(5000, 'y') + "/z"};
  std::vector<std::pair<DeedKey, std::uint64_t>> deeds;
  for (const std::string& path : paths) deeds.push_back({{0, Deed::kRead, path, "", ""}, 1});
  const Json page = json_of(record_json(record_of(deeds)));
  REQUIRE(page["names"].size() == page["parents"].size());
  for (std::size_t i = 0; i < page["parents"].size(); ++i) CHECK(page["parents"][i].get<std::int64_t>() < static_cast<std::int64_t>(i));
  std::vector<std::string> found;
  for (std::size_t at = 0; at < page["deeds"].size(); at += 6) found.push_back(path_of(page, page["deeds"][at + 2].get<std::int64_t>()));
  const std::vector<std::string> expected = {"", "/", "/usr/bin", "/usr/lib", "/usr/lib-x", "/usr/lib/a", "/usr/lib/b", "/" + std::string(5000, 'y') + "/z", "relative/x"};
  CHECK(std::set<std::string>(found.begin(), found.end()) == std::set<std::string>(expected.begin(), expected.end()));
  // 0 is the root; usr, bin, lib, a, b, lib-x; three that are not taken apart.
  CHECK(page["names"].size() == 10);
}

TEST_CASE("processes are named by new numbers, parents first", "[report]") {
  Record record = record_of({{{0, Deed::kRead, "/a", "", ""}, 7}}, 4);
  record.processes[0].parent = 3;
  record.processes[3].parent = 1;
  for (std::size_t i = 0; i < 4; ++i) record.processes[i].pid = 10 + i;
  const Json page = json_of(record_json(record));
  REQUIRE(page["processes"].size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const std::int64_t parent = page["processes"][i][2].get<std::int64_t>();
    CHECK(parent < static_cast<std::int64_t>(i));
  }
  CHECK(page["processes"][page["deeds"][0].get<std::size_t>()][1] == 10);
  CHECK(page["deeds"][5] == 7);
}

TEST_CASE("whatever a name is made of, the page has it as visible characters without a '<'", "[report]") {
  for (const std::string& name : {std::string("</script><script>"), std::string("<!--"), std::string("a\0b", 3), std::string("\x1b[31m"), std::string("\xe2\x80\xae"), std::string("\xe2\x80\xa8"), std::string("\xef\xbb\xbf"),
                                  std::string("\xd8\x9c"), std::string("\xc2\xad"), std::string("\xf3\xa0\x81\x81"), std::string("\xff\xfe"), std::string("\xc2\x85"), std::string("\n")}) {
    Record record = record_of({{{0, Deed::kRead, "/" + name, "", name}, 1}, {{0, Deed::kConnect, name, name, name}, 1}});
    record.runs[0] = {name, name, name, {}, {}, {name}, {name}, 0, 0, {{}, name}, {}, 0, 0, {name}};
    record.processes[0].program = record.processes[0].directory = name;
    record.processes[0].arguments = {name};
    record.processes[0].end.signal = name;
    record.denials[{0, 1, name, name, name, name}] = {0, name, name, {name}, 1, 0};
    const std::string json = record_json(record);
    CHECK(landshim::is_utf8(json));
    CHECK(json.find('<') == std::string::npos);
    const std::string shown = json_of(json)["runs"][0]["id"].get<std::string>();
    INFO(shown);
    CHECK((name[0] == '<' ? shown == name : shown.find("\\x") != std::string::npos));
    for (const char* hidden : {"\xe2\x80\xae", "\xe2\x80\xa8", "\xef\xbb\xbf", "\xd8\x9c", "\xc2\xad", "\xf3\xa0\x81\x81", "\xc2\x85", "\x1b", "\n"}) CHECK(json.find(hidden) == std::string::npos);
    CHECK_NOTHROW(json_of(json));
  }
}

TEST_CASE("a page is its parts with the record between them, each put in once", "[report]") {
  Record record = record_of({});
  record.runs[0].id = "{{script}}{{record}}";
  const PageParts parts{"{{style-hash}} {{script-hash}} <{{style}}> <{{record}}> <{{script}}>", "body{}", "{{record}}", "S1=", "S2="};
  CHECK(page_of(record, parts) == "S1= S2= <body{}> <" + record_json(record) + "> <{{record}}>");
}

TEST_CASE("the page lets in one style and one script, puts data in as text alone, and asks nobody for anything", "[report]") {
  const std::string html = contents("shim/command/report/page.html");
  CHECK(html.find("content=\"default-src 'none'; style-src 'sha256-{{style-hash}}'; script-src 'sha256-{{script-hash}}'; base-uri 'none'; form-action 'none'\"") != std::string::npos);
  CHECK(html.find(" style=") == std::string::npos);
  CHECK(html.find(" on") == html.find(" only"));
  std::string all = html;
  for (const char* part : {"css", "js"}) all += contents(std::string("shim/command/report/page.") + part);
  for (const char* never : {"http:", "https:", "//cdn", "@import", "url(", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "import(", "fetch(", "XMLHttpRequest", ")part\""}) {
    INFO(never);
    CHECK(all.find(never) == std::string::npos);
  }
}
