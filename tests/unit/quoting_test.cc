// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <string>

#include "shim/command/quoting.h"

using namespace landshim::command;

TEST_CASE("a word of sh stays one word, whatever is in it", "[quoting]") {
  CHECK(shell_quoted("/a/b") == "'/a/b'");
  CHECK(shell_quoted("") == "''");
  CHECK(shell_quoted("it's $HOME `x` \"y\" \\ \n;") == "'it'\\''s $HOME `x` \"y\" \\ \n;'");
}

TEST_CASE("an assignment in a unit keeps quotes, backslashes and per cent signs", "[quoting]") {
  CHECK(systemd_assignment("A", "/a b") == "\"A=/a b\"");
  CHECK(systemd_assignment("A", "100% \"x\" \\y $HOME 'z'") == "\"A=100%% \\\"x\\\" \\\\y $HOME 'z'\"");
}

TEST_CASE("a crontab knows quotes and no escapes", "[quoting]") {
  CHECK(*cron_value("/a b%") == "\"/a b%\"");
  CHECK(*cron_value("/a\"b") == "'/a\"b'");
  CHECK(*cron_value("/it's") == "\"/it's\"");
  CHECK_FALSE(cron_value("/a\"b'c"));
}

TEST_CASE("a line that others read is UTF-8 without control characters", "[quoting]") {
  for (const char* good : {"", "/a b", "/\xc3\xa4", "/\xe2\x82\xac", "/\xf0\x9f\x98\x80", "$%'\"\\"}) {
    INFO(good);
    CHECK(is_plain_line(good));
  }
  for (const char* bad : {"/a\nb", "/a\tb", "/\x1b[2J", "/\x7f", "/\xff", "/\xc3", "/\xc0\xaf", "/\xe0\x80\x80", "/\xed\xa0\x80", "/\xf4\x90\x80\x80", "/\x80", "/\xc2\x9b", "/\xe2\x80\xae"}) {
    INFO(bad);
    CHECK_FALSE(is_plain_line(bad));
  }
}
