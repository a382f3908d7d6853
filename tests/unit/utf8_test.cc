// SPDX-License-Identifier: MIT
#include "config/utf8.h"

#include <catch2/catch.hpp>

namespace landshim {
namespace {

TEST_CASE("a character of UTF-8 has one to four bytes", "[utf8]") {
  CHECK(utf8_length("a", 0) == 1);
  CHECK(utf8_length("a\xc3\xa9", 1) == 2);
  CHECK(utf8_length("\xe2\x82\xac", 0) == 3);
  CHECK(utf8_length("\xf4\x8f\xbf\xbf", 0) == 4);
  CHECK(utf8_length("", 0) == 0);
  CHECK(utf8_length("a", 1) == 0);
}

TEST_CASE("bytes that RFC 3629 forbids begin no character", "[utf8]") {
  for (const char* bad : {"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82", "\xe2\x82" "a", "\xf0\x9f\x92"})
    CHECK(utf8_length(bad, 0) == 0);
  CHECK(is_utf8("plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x92\xa9"));
  CHECK(is_utf8(""));
  CHECK_FALSE(is_utf8("plain \xc3"));
}

}  // namespace
}  // namespace landshim
