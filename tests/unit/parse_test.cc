// SPDX-License-Identifier: MIT
// What inih alone would cut, drop or join (it reads 199 bytes of a line and 49 of a name) is read whole or refused.
#include "config/parse.h"

#include <catch2/catch.hpp>

namespace landshim {
namespace {

struct Parsed {
  std::vector<Statement> statements;
  std::vector<Fault> faults;
};

Parsed read(std::string_view text) {
  Parsed out;
  out.statements = parse(text, 0, out.faults);
  return out;
}

// "LINE: what" of every fault.
std::vector<std::string> faults_of(std::string_view text) {
  std::vector<std::string> out;
  for (const Fault& fault : read(text).faults) out.push_back(std::to_string(fault.origin.line) + ": " + fault.what);
  return out;
}

// "LINE KEY=VALUE" of every statement of a text without faults.
std::vector<std::string> lines_of(std::string_view text) {
  const Parsed parsed = read(text);
  for (const Fault& fault : parsed.faults) FAIL_CHECK(fault.origin.line << ": " << fault.what);
  std::vector<std::string> out;
  for (const Statement& statement : parsed.statements) out.push_back(std::to_string(statement.origin.line) + " " + statement.key + "=" + statement.value);
  return out;
}

using Lines = std::vector<std::string>;

constexpr const char* kControl = "a control character stands in this line; policies are plain text";
constexpr const char* kNotUtf8 = "the line is not UTF-8";
constexpr const char* kTooLong = "the line is longer than 64 KiB; give the key again on a line of its own";
constexpr const char* kIndented = "expected key = value; an indented line does not continue the one above: give the key again";
const std::string kSections = "; there are [policy] [filesystem] [network] [ipc] [syscalls] [process] [limits] [namespaces] [environment] [audit] [command NAME]";
constexpr const char* kColon = "expected key = value; '=' stands between them, not ':'";
constexpr const char* kNoKeyValue = "expected key = value";

TEST_CASE("sections and keys are read with their lines", "[parse]") {
  const Parsed parsed = read("[policy]\nname = a\n\n[filesystem]\nread=/etc\nread\t=\t/usr\n");
  CHECK(parsed.faults.empty());
  REQUIRE(parsed.statements.size() == 3);
  CHECK(parsed.statements[0].section == Section::kPolicy);
  CHECK(parsed.statements[0].origin == Origin{0, 2});
  CHECK(parsed.statements[1].section == Section::kFilesystem);
  CHECK(parsed.statements[1].key == "read");
  CHECK(parsed.statements[1].value == "/etc");
  CHECK(parsed.statements[2].value == "/usr");
  CHECK(parsed.statements[2].origin == Origin{0, 6});
}

TEST_CASE("the origin carries the number of the file", "[parse]") {
  std::vector<Fault> faults;
  const std::vector<Statement> statements = parse("[policy]\nname = a\nx\n", 9, faults);
  REQUIRE(statements.size() == 1);
  CHECK(statements[0].origin == Origin{9, 2});
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].origin == Origin{9, 3});
}

TEST_CASE("a text of nothing has no statements and no faults", "[parse]") {
  for (const char* text : {"", "\n", "\r\n\r\n", "  \t\n", "; only\n# comments", "\xef\xbb\xbf", "[policy]\n"}) CHECK(lines_of(text).empty());
}

TEST_CASE("lines end with LF or CRLF, the last one with either or neither", "[parse]") {
  CHECK(lines_of("[policy]\r\nname = a\r\nmode = b\n") == Lines{"2 name=a", "3 mode=b"});
  CHECK(lines_of("[policy]\nname = a") == Lines{"2 name=a"});
  CHECK(lines_of("[policy]\r\nname = a\r") == Lines{"2 name=a"});
}

TEST_CASE("a byte order mark is skipped at the start and only there", "[parse]") {
  CHECK(lines_of("\xef\xbb\xbf[policy]\nname = a\n") == Lines{"2 name=a"});
  CHECK(lines_of("\xef\xbb\xbf; comment\n[policy]\nname = a\n") == Lines{"3 name=a"});
  CHECK(faults_of("\n\xef\xbb\xbf[policy]\n") == Lines{"2: a key before the first section; begin with a line such as [filesystem]"});
  CHECK(faults_of("\xef\xbb\xbf\xef\xbb\xbf[policy]\n") == Lines{"1: a key before the first section; begin with a line such as [filesystem]"});
  CHECK(lines_of("[policy]\nname = \xef\xbb\xbfx\n") == Lines{"2 name=\xef\xbb\xbfx"});
}

TEST_CASE("whole-line comments begin with ; or #, indented or not", "[parse]") {
  CHECK(lines_of("; a\n# b\n[policy]\n  ; c = d\n\t# [network]\nname = x\n;name = y\n") == Lines{"6 name=x"});
}

TEST_CASE("a comment sign in a value is handed on, never dropped", "[parse]") {
  CHECK(lines_of("[policy]\nname = a ; b # c\n") == Lines{"2 name=a ; b # c"});
  CHECK(lines_of("[policy]\nname = ; b\n") == Lines{"2 name=; b"});
  CHECK(lines_of("[policy]\nname = \"a ; b\"\n") == Lines{"2 name=\"a ; b\""});
}

TEST_CASE("an indented key is a key, an indented value is refused", "[parse]") {
  CHECK(lines_of("[filesystem]\n  read = /a\n\twrite = /b\n") == Lines{"2 read=/a", "3 write=/b"});
  CHECK(lines_of("  [filesystem]  \nread = /a\n") == Lines{"2 read=/a"});
  CHECK(faults_of("[filesystem]\nread = /a,\n  /b\n") == Lines{std::string("3: ") + kIndented});
  CHECK(faults_of("[filesystem]\nread = /a\n\t/b\n") == Lines{std::string("3: ") + kIndented});
  CHECK(faults_of("[filesystem]\nread = /a\n/b\n") == Lines{std::string("3: ") + kNoKeyValue});
}

TEST_CASE("a value keeps every byte between the blanks at its ends", "[parse]") {
  const std::string hard = "a%41%% %zz = [b] : 'c' \"d\" \\ \t ; # , = %";
  CHECK(lines_of("[policy]\nname =   " + hard + "  \t\n") == Lines{"2 name=" + hard});
  CHECK(lines_of("[policy]\nname == a\n") == Lines{"2 name== a"});
  CHECK(lines_of("[policy]\nname =\n") == Lines{"2 name="});
  CHECK(lines_of("[policy]\nname =   \t \n") == Lines{"2 name="});
  CHECK(lines_of("[policy]\nname = [policy]\n") == Lines{"2 name=[policy]"});
}

TEST_CASE("values of any length up to the limit come through whole, wherever inih would cut", "[parse]") {
  std::string wrong;
  const auto holds = [&](const std::string& value) {
    const Parsed parsed = read("[policy]\nname = " + value + "\nmode = after\n");
    return parsed.faults.empty() && parsed.statements.size() == 2 && parsed.statements[0].value == value && parsed.statements[1].value == "after" && parsed.statements[1].origin.line == 3;
  };
  for (std::size_t size = 1; size < 700; ++size) {
    std::string value(size, 'x');
    if (!holds(value)) wrong += " x" + std::to_string(size);
    for (std::size_t i = 1; i + 1 < size; ++i) value[i] = " ;#%\t=:["[i % 8];
    if (!holds(value)) wrong += " signs" + std::to_string(size);
    for (std::size_t i = 1; i + 1 < size; ++i) value[i] = ' ';
    if (!holds(value)) wrong += " blanks" + std::to_string(size);
  }
  CHECK(wrong.empty());
}

TEST_CASE("a line of 199, 200, 201 and 64 KiB bytes is read, one byte more is refused", "[parse]") {
  for (const std::size_t size : {std::size_t{199}, std::size_t{200}, std::size_t{201}, kMaxLine}) {
    const std::string value(size - 7, 'v');
    for (const char* end : {"\n", "\r\n", ""}) CHECK(lines_of("[policy]\nname = " + value + end) == Lines{"2 name=" + value});
  }
  const std::string longer(kMaxLine + 1 - 7, 'v');
  CHECK(faults_of("[policy]\nname = " + longer + "\nmode = a\n") == Lines{std::string("2: ") + kTooLong});
  CHECK(read("[policy]\nname = " + longer + "\nmode = a\n").statements.size() == 1);
  CHECK(faults_of("; " + std::string(kMaxLine, 'c')) == Lines{std::string("1: ") + kTooLong});
  CHECK(lines_of("; " + std::string(kMaxLine - 2, 'c')).empty());
}

TEST_CASE("a key of 48 bytes is handed on whole, a longer one is refused", "[parse]") {
  const std::string key(48, 'k');
  CHECK(lines_of("[policy]\n" + key + " = v\n") == Lines{"2 " + key + "=v"});
  CHECK(lines_of("[policy]\n" + key + " = " + std::string(400, 'v') + "\n") == Lines{"2 " + key + "=" + std::string(400, 'v')});
  for (const std::size_t size : {std::size_t{49}, std::size_t{50}, std::size_t{200}, std::size_t{5000}})
    CHECK(faults_of("[policy]\n" + std::string(size, 'k') + " = v\n") == Lines{"2: " + key + ": no such key; expected key = value"});
}

TEST_CASE("a long section name is never cut down to one that exists", "[parse]") {
  for (const std::size_t size : {std::size_t{49}, std::size_t{50}, std::size_t{199}, std::size_t{60000}}) {
    const std::string name = "policy" + std::string(size, 'y');
    CHECK(faults_of("[" + name + "]\nname = a\n") == Lines{"1: [" + name + "]: no such section" + kSections});
  }
  const std::string blanks = "policy" + std::string(300, ' ') + "x";
  CHECK(faults_of("[" + blanks + "]\n") == Lines{"1: [" + blanks + "]: no such section" + kSections});
}

TEST_CASE("`key: value` is refused", "[parse]") {
  CHECK(faults_of("[policy]\nname: a\n") == Lines{std::string("2: ") + kColon});
  CHECK(faults_of("[policy]\nname: a = b\n") == Lines{std::string("2: ") + kColon});
  CHECK(faults_of("[policy]\nna:me = b\n") == Lines{"2: na:me: no such key; expected key = value"});
}

TEST_CASE("signs that would end or open something are refused in a key", "[parse]") {
  for (const char* key : {"a;b", "a #b", "\"a\"", "a[b", "a]b"}) CHECK(faults_of("[policy]\n" + std::string(key) + " = v\n") == Lines{"2: " + std::string(key) + ": no such key; expected key = value"});
  CHECK(lines_of("[policy]\na b%20c = v\n") == Lines{"2 a b%20c=v"});
}

TEST_CASE("a line without a key or without '=' is refused", "[parse]") {
  CHECK(faults_of("[policy]\n= a\n") == Lines{"2: a value without a key; expected key = value"});
  CHECK(faults_of("[policy]\n  = a\n") == Lines{"2: a value without a key; expected key = value"});
  CHECK(faults_of("[policy]\nname\n") == Lines{std::string("2: ") + kNoKeyValue});
}

TEST_CASE("text after ']' is refused, and its keys are not read into another section", "[parse]") {
  const std::string text = "[policy]\nname = a\n[network] ; mine\naccess = all\n";
  CHECK(faults_of(text) == Lines{"3: text after ']'; a comment stands on a line of its own"});
  CHECK(read(text).statements.size() == 1);
  CHECK(faults_of("[network]x\n") == Lines{"1: text after ']'; a comment stands on a line of its own"});
  CHECK(faults_of("[a]]\n") == Lines{"1: text after ']'; a comment stands on a line of its own"});
}

TEST_CASE("a section without ']' is refused, its keys with it", "[parse]") {
  CHECK(faults_of("[policy\nname = a\n") == Lines{"1: the section has no ']'"});
  CHECK(faults_of("[policy]\n[\n") == Lines{"2: the section has no ']'"});
}

TEST_CASE("an unknown section is refused with the nearest that exists", "[parse]") {
  CHECK(faults_of("[polcy]\n") == Lines{"1: [polcy]: no such section; did you mean [policy]?"});
  CHECK(faults_of("[file_system]\n") == Lines{"1: [file_system]: no such section; did you mean [filesystem]?"});
  CHECK(faults_of("[ policy ]\n") == Lines{"1: [ policy ]: no such section; did you mean [policy]?"});
  CHECK(faults_of("[Policy]\n") == Lines{"1: [Policy]: no such section; did you mean [policy]?"});
  CHECK(faults_of("[]\n") == Lines{"1: []: no such section" + kSections});
  CHECK(faults_of("[net]\n[seccomp]\n[files]\n") == Lines{"1: [net]: no such section; did you mean [network]?", "2: [seccomp]: no such section; did you mean [syscalls]?", "3: [files]: no such section; did you mean [filesystem]?"});
  CHECK(faults_of("[filesystem]\nread: /etc\nruntime : host=1\n") == Lines{"2: expected key = value; '=' stands between them, not ':'", "3: expected key = value; '=' stands between them, not ':'"});
  CHECK(faults_of("[banana]\n") == Lines{"1: [banana]: no such section" + kSections});
  CHECK(faults_of("[policy x]\n").size() == 1);
}

TEST_CASE("a rule of [command NAME] begins with its name, and its keys follow", "[parse][commands]") {
  const Parsed parsed = read("[command git push]\nmatch = x\n[ command x]\n");
  CHECK(parsed.faults.size() == 1);
  const Parsed two = read("[command git push]\nmatch = ^a  \"b\", ;c #d$\n\n[command\t  \xc3\xa9t\xc3\xa9 ]\n");
  CHECK(two.faults.empty());
  REQUIRE(two.statements.size() == 3);
  CHECK(two.statements[0].section == Section::kCommand);
  CHECK(two.statements[0].key.empty());
  CHECK(two.statements[0].value == "git push");
  CHECK(two.statements[0].origin == Origin{0, 1});
  CHECK(two.statements[1].key == "match");
  CHECK(two.statements[1].value == "^a  \"b\", ;c #d$");
  CHECK(two.statements[2].value == "\xc3\xa9t\xc3\xa9");
  CHECK(two.statements[2].origin == Origin{0, 4});
}

TEST_CASE("a rule of [command NAME] has a name that can be shown, and only this section has one", "[parse][commands]") {
  const std::string nameless = ": [command] has no name; every rule has its own, as in [command push]";
  CHECK(faults_of("[command]\nmatch = x\n[command ]\n[command\t]\n") == Lines{"1" + nameless, "3" + nameless, "4" + nameless});
  CHECK(faults_of("[command a\tb]\n") == Lines{"1: [command a\tb]: a sign in this name cannot be shown; write plain words"});
  CHECK(faults_of("[command a\xe2\x80\xae z]\n") == Lines{"1: [command a\xe2\x80\xae z]: a sign in this name cannot be shown; write plain words"});
  CHECK(faults_of("[command a]b]\n") == Lines{"1: text after ']'; a comment stands on a line of its own"});
  CHECK(faults_of("[command push\n") == Lines{"1: the section has no ']'"});
  CHECK(faults_of("[comand push]\nmatch = x\n[comand]\n") == Lines{"1: [comand push]: no such section; did you mean [command NAME]?", "3: [comand]: no such section; did you mean [command NAME]?"});
  CHECK(faults_of("[network x]\n") == Lines{"1: [network x]: no such section; did you mean [network]?"});
}

TEST_CASE("a key before the first section is refused", "[parse]") {
  CHECK(faults_of("name = a\n[policy]\n") == Lines{"1: a key before the first section; begin with a line such as [filesystem]"});
}

TEST_CASE("a section may come back", "[parse]") {
  CHECK(lines_of("[filesystem]\nread = /a\n[policy]\nname = x\n[filesystem]\nread = /b\n") == Lines{"2 read=/a", "4 name=x", "6 read=/b"});
}

TEST_CASE("control bytes are refused wherever they stand", "[parse]") {
  for (int byte = 0; byte < 0x20; ++byte) {
    if (byte == '\t' || byte == '\n') continue;
    const std::string control(1, static_cast<char>(byte));
    INFO(byte);
    CHECK(faults_of("[policy]\nname = a" + control + "b\n") == Lines{std::string("2: ") + kControl});
  }
  CHECK(faults_of("[policy]\nname = a\x7f\n") == Lines{std::string("2: ") + kControl});
  CHECK(faults_of("[policy]\nna\x01me = a\n") == Lines{std::string("2: ") + kControl});
  CHECK(faults_of("[policy]\n; a\x1b[2J\n") == Lines{std::string("2: ") + kControl});
  CHECK(faults_of("[poli\x01" "cy]\n") == Lines{std::string("1: ") + kControl});
  CHECK(faults_of("[policy]\nname = a\r\r\n") == Lines{std::string("2: ") + kControl});
  CHECK(faults_of("[policy]\rname = a\n") == Lines{std::string("1: ") + kControl});
  CHECK(faults_of("[policy]\n\v\n") == Lines{std::string("2: ") + kControl});
}

TEST_CASE("a NUL does not end the text", "[parse]") {
  using namespace std::string_literals;
  CHECK(faults_of("[policy]\nname = a\0b\nmode = x\n?\n"s) == Lines{std::string("2: ") + kControl, std::string("4: ") + kNoKeyValue});
  CHECK(read("\0\n[policy]\nname = a\n"s).statements.size() == 1);
}

TEST_CASE("UTF-8 is read, and nothing that only looks like it", "[parse]") {
  for (const char* good : {"\xc2\x80", "\xc3\xa9", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\xf0\x9f\x90\xa7"})
    CHECK(lines_of(std::string("[policy]\nname = ") + good + "\n") == Lines{std::string("2 name=") + good});
  const std::string bad[] = {
      "\x80", "\xbf",                                            // a continuation alone
      "\xc0\x80", "\xc0\xaf", "\xc1\xbf",                        // overlong, two bytes
      "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xf0\x80\x80\xaf", "\xf0\x8f\xbf\xbf",  // overlong
      "\xed\xa0\x80", "\xed\xbf\xbf",                            // surrogates
      "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe",    // above U+10FFFF
      "\xc3", "\xe2\x82", "\xf0\x9f\x90", "\xc3z", "\xe2\x82z",  // cut
  };
  for (const std::string& bytes : bad) {
    CHECK(faults_of("[policy]\nname = " + bytes + "\n") == Lines{std::string("2: ") + kNotUtf8});
    CHECK(faults_of("[policy]\n; " + bytes + "\n") == Lines{std::string("2: ") + kNotUtf8});
  }
  CHECK(faults_of("[policy]\nna\xff = x\n") == Lines{std::string("2: ") + kNotUtf8});
}

TEST_CASE("all faults are found at once, in the order of the lines", "[parse]") {
  CHECK(faults_of("a = b\n[polcy]\nx = y\n[policy]\nname: a\n= b\nname = \x01\n[policy] x\nq\n[audit]\nr\n[ipc]\ns\n") ==
        Lines{"1: a key before the first section; begin with a line such as [filesystem]", "2: [polcy]: no such section; did you mean [policy]?", std::string("5: ") + kColon,
              "6: a value without a key; expected key = value", std::string("7: ") + kControl, "8: text after ']'; a comment stands on a line of its own",
              std::string("11: ") + kNoKeyValue, std::string("13: ") + kNoKeyValue});
}

TEST_CASE("lines are counted past 65535", "[parse]") {
  std::string text = "[policy]\n" + std::string(70000, '\n') + "name = a\n";
  CHECK(lines_of(text) == Lines{"70002 name=a"});
}

}  // namespace
}  // namespace landshim
