// SPDX-License-Identifier: MIT
#include "config/items.h"

#include <catch2/catch.hpp>

namespace landshim {
namespace {

using List = std::vector<std::string>;

List list(std::string_view value) {
  const Result<List> out = items(value);
  INFO(value);
  REQUIRE(out);
  return *out;
}

std::string fault(std::string_view value) {
  const Result<List> out = items(value);
  INFO(value);
  REQUIRE_FALSE(out);
  CHECK(out.error().where.empty());
  CHECK(out.error().os_error == 0);
  return out.error().what;
}

std::string one(std::string_view value) {
  const Result<std::string> out = single_item(value);
  INFO(value);
  REQUIRE(out);
  return *out;
}

std::string single_fault(std::string_view value) {
  const Result<std::string> out = single_item(value);
  INFO(value);
  REQUIRE_FALSE(out);
  return out.error().what;
}

constexpr const char* kOpenQuote = "a quote is not closed";
constexpr const char* kEscape = "inside quotes a backslash stands only before a quote or another backslash; write \\\\ for one";
constexpr const char* kEmptyValue = "the value is empty; remove the line or give it a value";
constexpr const char* kEmptyItem = "an empty item before a comma; remove the comma, or quote what it belongs to";
constexpr const char* kEmptyLast = "an empty item after the last comma; remove the comma";

TEST_CASE("a list is separated by commas and its items are trimmed", "[items]") {
  CHECK(list("/etc") == List{"/etc"});
  CHECK(list("/etc,/usr") == List{"/etc", "/usr"});
  CHECK(list("  /etc \t,\t /usr ,/a b  c ") == List{"/etc", "/usr", "/a b  c"});
}

TEST_CASE("quotes protect commas, blanks and comment signs", "[items]") {
  CHECK(list(R"("/a, b", c)") == List{"/a, b", "c"});
  CHECK(list(R"(" /a ")") == List{" /a "});
  CHECK(list("\"\t/a\"") == List{"\t/a"});
  CHECK(list(R"("/a ; b # c")") == List{"/a ; b # c"});
  CHECK(list(R"("; a", "# b")") == List{"; a", "# b"});
}

TEST_CASE("quotes may stand around a part of an item", "[items]") {
  CHECK(list(R"(/opt/"my, dir"/x)") == List{"/opt/my, dir/x"});
  CHECK(list(R"(-"/a, b")") == List{"-/a, b"});
  CHECK(list(R"("a" "b")") == List{"a b"});
  CHECK(list(R"("a" )") == List{"a"});
  CHECK(list(R"("a " )") == List{"a "});
}

TEST_CASE("inside quotes, and only there, a backslash escapes a quote or itself", "[items]") {
  CHECK(list(R"("a\"b")") == List{R"(a"b)"});
  CHECK(list(R"("a\\b")") == List{R"(a\b)"});
  CHECK(list(R"("\\")") == List{R"(\)"});
  CHECK(list(R"(a\b)") == List{R"(a\b)"});
  CHECK(list(R"(a\,b)") == List{R"(a\)", "b"});
  CHECK(fault(R"("a\n")") == kEscape);
  CHECK(fault(R"("a\ ")") == kEscape);
  CHECK(fault(R"("a\,")") == kEscape);
  CHECK(fault(R"("a\)") == kEscape);
}

TEST_CASE("an open quote is refused", "[items]") {
  for (const char* value : {"\"", "\"a", "a, \"b", "a\"b", R"("a\")", "\"a\"b\""}) CHECK(fault(value) == kOpenQuote);
}

TEST_CASE("an empty value is refused", "[items]") {
  for (const char* value : {"", " ", "\t", "\"\""}) {
    CHECK(fault(value) == kEmptyValue);
    CHECK(single_fault(value) == kEmptyValue);
  }
}

TEST_CASE("an empty item is refused wherever it stands", "[items]") {
  CHECK(fault(",a") == kEmptyItem);
  CHECK(fault("a,,b") == kEmptyItem);
  CHECK(fault("a, ,b") == kEmptyItem);
  CHECK(fault("a, \"\", b") == kEmptyItem);
  CHECK(fault(",") == kEmptyItem);
  CHECK(fault("a,") == kEmptyLast);
  CHECK(fault("a, ") == kEmptyLast);
  CHECK(fault("a, \"\"") == kEmptyLast);
}

TEST_CASE("a comment after a value is refused, and said to be one", "[items]") {
  const auto words = [](char sign) { return std::string("a comment stands on a line of its own; quote the value if it has a '") + sign + "' after a blank"; };
  CHECK(fault("/etc ; mine") == words(';'));
  CHECK(fault("/etc # mine") == words('#'));
  CHECK(fault("/etc\t# mine") == words('#'));
  CHECK(fault("/etc, ; mine") == words(';'));
  CHECK(fault("; mine") == words(';'));
  CHECK(fault("#") == words('#'));
  CHECK(single_fault("a ; b") == words(';'));
}

TEST_CASE("a comment sign inside a word is text", "[items]") {
  CHECK(list("/a;b") == List{"/a;b"});
  CHECK(list("/a#b, c;") == List{"/a#b", "c;"});
  CHECK(list("\"a\"#b") == List{"a#b"});
}

TEST_CASE("a single value keeps its commas", "[items]") {
  CHECK(one("a, b") == "a, b");
  CHECK(one(" a,") == "a,");
  CHECK(one(",") == ",");
  CHECK(one(R"("a, \"b\"" )") == R"(a, "b")");
  CHECK(single_fault("\"a") == kOpenQuote);
  CHECK(single_fault(R"("\x")") == kEscape);
}

TEST_CASE("other characters than blank and tab are never trimmed", "[items]") {
  CHECK(list("\xc2\xa0/a\xc2\xa0") == List{"\xc2\xa0/a\xc2\xa0"});
  CHECK(list("'a'") == List{"'a'"});
}

TEST_CASE("a long list is read to its end", "[items]") {
  std::string value;
  for (int i = 0; i < 5000; ++i) value += (i == 0 ? "/" : ", /") + std::to_string(i);
  const List out = list(value);
  REQUIRE(out.size() == 5000);
  CHECK(out.front() == "/0");
  CHECK(out.back() == "/4999");
}

}  // namespace
}  // namespace landshim
