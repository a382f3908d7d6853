// SPDX-License-Identifier: MIT
#include "config/result.h"

#include <cerrno>
#include <set>

#include <catch2/catch.hpp>

namespace landshim {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return Error{"odd", "p.ini:3", EINVAL};
  return number / 2;
}

TEST_CASE("a result is a value or the reason why there is none", "[result]") {
  const Result<int> four = half(8);
  REQUIRE(four);
  CHECK(*four == 4);
  const Result<int> none = half(7);
  REQUIRE_FALSE(none);
  CHECK(none.error() == Error{"odd", "p.ini:3", EINVAL});
}

TEST_CASE("an error is one line: where, what, errno", "[result]") {
  CHECK(text(Error{"it is wrong", "p.ini:3", ENOENT}) == "p.ini:3: it is wrong: no such file or directory (ENOENT)");
  CHECK(text(Error{"it is wrong", "p.ini:3", 0}) == "p.ini:3: it is wrong");
  CHECK(text(Error{"it is wrong", "", 0}) == "it is wrong");
  CHECK(text(Error{"it is wrong", "", EACCES}) == "it is wrong: permission denied (EACCES)");
}

TEST_CASE("no name or value can forge a second line or drive a terminal", "[result]") {
  CHECK(printable("plain, UTF-8: \xc3\xa9 \xe2\x82\xac") == "plain, UTF-8: \xc3\xa9 \xe2\x82\xac");
  CHECK(printable("a\nb") == "a\\x0ab");
  CHECK(printable(std::string_view("a\0b", 3)) == "a\\x00b");
  CHECK(printable("\x1b[2J") == "\\x1b[2J");
  CHECK(printable("\t\r\x7f") == "\\x09\\x0d\\x7f");
  // U+009B, a control sequence introducer in one character; U+00A0 beside it is text.
  CHECK(printable("\xc2\x9b"
                  "2J") == "\\xc2\\x9b2J");
  CHECK(printable("\xc2\xa0") == "\xc2\xa0");
  // What is no UTF-8: cut off, U+009B as one byte, too long a form, half of a pair.
  CHECK(printable("\xc2") == "\\xc2");
  CHECK(printable("\x9b" "2J\xff") == "\\x9b2J\\xff");
  CHECK(printable("\xc0\xaf \xed\xa0\x80") == "\\xc0\\xaf \\xed\\xa0\\x80");
  // What shows a text in another order than it has: U+202E, U+2066, U+200F.
  CHECK(printable("a\xe2\x80\xae" "b") == "a\\xe2\\x80\\xae" "b");
  CHECK(printable("\xe2\x81\xa6\xe2\x80\x8f") == "\\xe2\\x81\\xa6\\xe2\\x80\\x8f");
  CHECK(printable("\xe2\x80\x93 \xe2\x80") == "\xe2\x80\x93 \\xe2\\x80");
  CHECK(text(Error{"line\none", "a\nb.ini:1", 0}) == "a\\x0ab.ini:1: line\\x0aone");
}

TEST_CASE("every byte below the blank is escaped and no other character of ASCII", "[result]") {
  for (int byte = 0; byte < 0x80; ++byte) {
    const std::string one(1, static_cast<char>(byte));
    CHECK((printable(one) == one) == (byte >= 0x20 && byte != 0x7f));
  }
}

TEST_CASE("an errno is named, in words where they help", "[result]") {
  CHECK(os_words(ENOENT) == "no such file or directory (ENOENT)");
  CHECK(os_words(EPERM) == "not permitted (EPERM)");
  CHECK(os_words(ELOOP) == "too many symbolic links (ELOOP)");
  CHECK(os_words(ENOTTY) == "ENOTTY");
  CHECK(os_words(ENAMETOOLONG) == "name too long (ENAMETOOLONG)");
  CHECK(os_words(ENFILE) == "no descriptor left in the system (ENFILE)");
  CHECK(os_words(ENOMEM) == "out of memory (ENOMEM)");
  CHECK(os_words(EIO) == "input/output error (EIO)");
  CHECK(os_words(EOPNOTSUPP) == "not supported (EOPNOTSUPP)");
  CHECK(os_words(EROFS) == "the file system is read-only (EROFS)");
  CHECK(os_words(ENOEXEC) == "not a format that can be started (ENOEXEC)");
  CHECK(os_words(ETXTBSY) == "a program that is being written (ETXTBSY)");
  CHECK(os_words(4000) == "errno 4000");
  std::set<std::string> seen;
  for (const int error : {ENOENT, EACCES, EPERM, ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG, EMFILE, ENFILE, ENOMEM, EIO, ENOSYS, EOPNOTSUPP, EINVAL, EINTR, E2BIG, EBADF, ENOSPC, EPIPE, EROFS, EFBIG, ENOEXEC, ETXTBSY})
    CHECK(seen.insert(os_words(error)).second);
}

TEST_CASE("an origin without a line was written nowhere", "[result]") {
  CHECK_FALSE(Origin{}.written());
  CHECK_FALSE(Origin{3, 0}.written());
  CHECK(Origin{0, 1}.written());
}

}  // namespace
}  // namespace landshim
