// SPDX-License-Identifier: MIT
#include "config/call_line.h"

#include <cerrno>
#include <climits>

#include <linux/sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>

namespace landshim {
namespace {

Action action(std::string_view text) {
  const Result<Action> out = parse_action(text);
  INFO(text);
  REQUIRE(out);
  return *out;
}

std::string action_fault(std::string_view text) {
  const Result<Action> out = parse_action(text);
  INFO(text);
  REQUIRE_FALSE(out);
  CHECK(out.error().where.empty());
  CHECK(out.error().os_error == 0);
  return out.error().what;
}

CallLine line(std::string_view call, std::string_view text) {
  const Result<CallLine> out = parse_call_line(call, text);
  INFO(call << " = " << text);
  if (!out) FAIL(out.error().what);
  return *out;
}

// The one condition of `deny if TEXT`. In mmap argument 1 has 64 bits, in socket every argument has 32.
Condition condition(std::string_view call, const std::string& text) {
  const CallLine out = line(call, "deny if " + text);
  REQUIRE(out.all_of.size() == 1);
  return out.all_of[0];
}

std::string fault(std::string_view call, std::string_view text) {
  const Result<CallLine> out = parse_call_line(call, text);
  INFO(call << " = " << text);
  REQUIRE_FALSE(out);
  return out.error().what;
}

std::string condition_fault(const std::string& text) { return fault("mmap", "deny if " + text); }

TEST_CASE("every action is read, denying with EPERM unless an error is named", "[call_line]") {
  CHECK(action("allow") == Action{ActionKind::kAllow, 0});
  CHECK(action("deny") == Action{ActionKind::kDeny, EPERM});
  CHECK(action("kill") == Action{ActionKind::kKill, 0});
  CHECK(action("kill-thread") == Action{ActionKind::kKillThread, 0});
  CHECK(action("trap") == Action{ActionKind::kTrap, 0});
  CHECK(action("log") == Action{ActionKind::kLog, 0});
  CHECK(action("trace 7") == Action{ActionKind::kTrace, 7});
  CHECK(action(" \t deny \t ") == Action{ActionKind::kDeny, EPERM});
}

TEST_CASE("errors are named as in man pages, or given by number", "[call_line]") {
  CHECK(action("deny EACCES").data == EACCES);
  CHECK(action("deny ENOSYS").data == ENOSYS);
  CHECK(action("deny EAGAIN").data == EAGAIN);
  CHECK(action("deny EWOULDBLOCK").data == EWOULDBLOCK);
  CHECK(action("deny 1").data == 1);
  CHECK(action("deny 0x0d").data == 13);
  CHECK(action("deny 015").data == 13);
  CHECK(action("deny 4095").data == 4095);
}

TEST_CASE("an error that the kernel would cut or that would fake success is refused", "[call_line]") {
  for (const char* name : {"0", "4096", "65536", "4294967297", "-1", "EFOO", "eacces", "1x", "E", "18446744073709551617"})
    CHECK(action_fault("deny " + std::string(name)) == std::string(name) + ": not an error name such as EACCES");
}

TEST_CASE("a trace message has 16 bits", "[call_line]") {
  CHECK(action("trace 0").data == 0);
  CHECK(action("trace 65535").data == 65535);
  for (const char* text : {"trace", "trace x", "trace 65536", "trace -1"}) CHECK(action_fault(text) == "trace takes a message from 0 to 65535");
}

TEST_CASE("an unknown action is refused with the nearest that exists", "[call_line]") {
  CHECK(action_fault("dney") == "dney: no such action; did you mean 'deny'?");
  CHECK(action_fault("kill_thread") == "kill_thread: no such action; did you mean 'kill-thread'?");
  CHECK(action_fault("Allow") == "Allow: no such action; did you mean 'allow'?");
  CHECK(action_fault("banana") == "banana: no such action; expected allow, deny, deny ERRNO, kill, kill-thread, trap, log or trace N");
  CHECK(action_fault("") == "an action is missing; expected allow, deny, deny ERRNO, kill, kill-thread, trap, log or trace N");
}

TEST_CASE("nothing may follow an action", "[call_line]") {
  CHECK(action_fault("allow EPERM") == "EPERM: nothing is expected here");
  CHECK(action_fault("deny EPERM EACCES") == "EACCES: nothing is expected here");
  CHECK(action_fault("deny ; mine") == ";: not an error name such as EACCES");
  CHECK(action_fault("allow, deny") == ",: nothing is expected here");
  CHECK(action_fault("kill # mine") == "#: nothing is expected here");
  CHECK(action_fault("deny if arg0 == 1") == "if: nothing is expected here");
}

TEST_CASE("a line without a condition is its action", "[call_line]") {
  const CallLine out = line("ptrace", "kill");
  CHECK(out.call == "ptrace");
  CHECK(out.action == Action{ActionKind::kKill, 0});
  CHECK(out.all_of.empty());
  CHECK(line("ptrace", "deny EACCES").action.data == EACCES);
}

TEST_CASE("every comparison is read", "[call_line]") {
  CHECK(condition("mmap", "arg1 == 5") == Condition{1, Compare::kEqual, false, 5, 0});
  CHECK(condition("mmap", "arg1 != 5") == Condition{1, Compare::kNotEqual, false, 5, 0});
  CHECK(condition("mmap", "arg1 < 5") == Condition{1, Compare::kLess, false, 5, 0});
  CHECK(condition("mmap", "arg1 <= 5") == Condition{1, Compare::kLessEqual, false, 5, 0});
  CHECK(condition("mmap", "arg1 > 5") == Condition{1, Compare::kGreater, false, 5, 0});
  CHECK(condition("mmap", "arg1 >= 5") == Condition{1, Compare::kGreaterEqual, false, 5, 0});
  CHECK(condition("mmap", "arg1 & 0xf == 5") == Condition{1, Compare::kMaskedEqual, false, 5, 0xf});
}

TEST_CASE("blanks around signs are free", "[call_line]") {
  CHECK(condition("mmap", "arg1==5") == condition("mmap", "arg1 == 5"));
  CHECK(condition("mmap", "\targ1&0xf==1|4") == condition("mmap", "arg1 & 0xf == 1 | 4"));
  CHECK(condition("mmap", "arg1<=5") == condition("mmap", "arg1 <= 5"));
}

TEST_CASE("every argument has its number", "[call_line]") {
  for (int i = 0; i <= 5; ++i) CHECK(condition("mmap", "arg" + std::to_string(i) + " == 1").arg == i);
  for (const char* arg : {"arg6", "arg", "arg00", "arg-1", "Arg0", "args", "a0", "0"})
    CHECK(condition_fault(std::string(arg) + " == 1") == std::string(arg) + ": expected arg0 to arg5 at the start of a condition");
}

TEST_CASE("numbers are read as C writes them", "[call_line]") {
  CHECK(condition("mmap", "arg1 == 0").value == 0);
  CHECK(condition("mmap", "arg1 == 12").value == 12);
  CHECK(condition("mmap", "arg1 == 0x1F").value == 31);
  CHECK(condition("mmap", "arg1 == 0X1f").value == 31);
  CHECK(condition("mmap", "arg1 == 0755").value == 0755);
  CHECK(condition("mmap", "arg1 == 00").value == 0);
  CHECK(condition("mmap", "arg1 == 18446744073709551615").value == UINT64_MAX);
  CHECK(condition("mmap", "arg1 == 0xffffffffffffffff").value == UINT64_MAX);
}

TEST_CASE("a negative number is two's complement, as far as 64 bits hold it", "[call_line]") {
  CHECK(condition("mmap", "arg1 == -1").value == UINT64_MAX);
  CHECK(condition("mmap", "arg1 == -0x10").value == UINT64_MAX - 15);
  CHECK(condition("mmap", "arg1 == -9223372036854775808").value == std::uint64_t{1} << 63);
  for (const char* number : {"-9223372036854775809", "-18446744073709551615"})
    CHECK(condition_fault("arg1 == " + std::string(number)) == std::string(number) + ": neither a number nor a constant that landshim knows");
}

TEST_CASE("what is no number is refused", "[call_line]") {
  for (const char* number : {"18446744073709551616", "0x", "0x10000000000000000", "08", "12ab", "1.5", "5-3"}) {
    const std::string what = condition_fault("arg1 == " + std::string(number));
    INFO(number);
    CHECK((what.find(": neither a number nor a constant that landshim knows") != std::string::npos || what.find("expected 'and', or nothing") != std::string::npos));
  }
  CHECK(condition_fault("arg1 == 08") == "08: neither a number nor a constant that landshim knows");
  CHECK(condition_fault("arg1 == 1.5") == ".: expected 'and', or nothing");
  CHECK(condition_fault("arg1 == 5 - 3") == "-: expected 'and', or nothing");
}

TEST_CASE("constants have the kernel's values, and | joins them", "[call_line]") {
  CHECK(condition("socket", "arg0 == AF_PACKET").value == AF_PACKET);
  CHECK(condition("ioctl", "arg1 == TIOCSTI").value == TIOCSTI);
  CHECK(condition("clone", "arg0 & CLONE_NEWUSER == CLONE_NEWUSER") == condition("clone", "arg0 & 0x10000000 == 0x10000000"));
  CHECK(condition("clone", "arg0 & CLONE_NEWUSER|CLONE_NEWNET == CLONE_NEWNET").mask == (CLONE_NEWUSER | CLONE_NEWNET));
  CHECK(condition("mmap", "arg2 == PROT_READ | PROT_EXEC").value == 5);
  CHECK(condition("mmap", "arg2 == 1 | 2 | 4").value == 7);
}

TEST_CASE("an argument alone is a number, a constant or several joined by |, and nothing more", "[call_line]") {
  const auto value = [](std::string_view text) { return parse_argument(text); };
  CHECK(*value("0x10") == 16);
  CHECK(*value("-1") == ~std::uint64_t{0});
  CHECK(*value("AF_UNIX") == AF_UNIX);
  CHECK(*value("AF_UNIX|0x80000") == (AF_UNIX | 0x80000));
  for (const char* wrong : {"", "x", "1 2", "1|", "AF_UNIX == 1"}) {
    INFO(wrong);
    CHECK_FALSE(value(wrong));
  }
}

TEST_CASE("an unknown constant is refused with the nearest that exists", "[call_line]") {
  CHECK(condition_fault("arg0 == AF_PACKTE") == "AF_PACKTE: neither a number nor a constant that landshim knows; did you mean AF_PACKET?");
  CHECK(condition_fault("arg0 == af_packet").starts_with("af_packet: neither a number nor a constant that landshim knows"));
}

TEST_CASE("where the kernel reads an int, 32 bits are compared", "[call_line]") {
  CHECK(condition("socket", "arg0 == 17") == Condition{0, Compare::kEqual, true, 17, 0});
  CHECK(condition("ioctl", "arg1 == TIOCSTI").narrow);
  CHECK_FALSE(condition("ioctl", "arg2 == 1").narrow);
  CHECK_FALSE(condition("mmap", "arg1 == 1").narrow);
  CHECK(condition("personality", "arg0 == -1").value == 0xffffffff);
  CHECK(condition("personality", "arg0 == 0xffffffff").value == 0xffffffff);
  CHECK(condition("openat", "arg0 == AT_FDCWD").value == 0xffffff9c);
  CHECK(condition("socket", "arg0 == -2147483648").value == 0x80000000);
  CHECK(condition("socket", "arg1 & -1 == 3") == Condition{1, Compare::kMaskedEqual, true, 3, 0xffffffff});
}

TEST_CASE("a value that 32 bits cannot hold is refused where only 32 are read", "[call_line]") {
  constexpr const char* kWide = "the kernel reads only 32 bits of this argument; the value has more";
  CHECK(fault("socket", "deny if arg0 == 0x100000000") == kWide);
  CHECK(fault("socket", "deny if arg0 == -2147483649") == kWide);
  CHECK(fault("socket", "deny if arg1 & 0x100000000 == 0") == kWide);
  CHECK(fault("socket", "deny if arg1 & 0xf == 0x100000001") == kWide);
  CHECK(condition("mmap", "arg1 == 0x100000000").value == 0x100000000);
}

TEST_CASE("a masked comparison that can never hold is refused", "[call_line]") {
  constexpr const char* kOutside = "the value has bits outside its mask: the condition can never be met";
  CHECK(condition_fault("arg1 & 0xf == 0x10") == kOutside);
  CHECK(condition_fault("arg1 & 0 == 1") == kOutside);
  CHECK(condition("mmap", "arg1 & 0xf == 0").value == 0);
}

TEST_CASE("after a mask only == is read", "[call_line]") {
  for (const char* sign : {"!=", "<", "<=", ">", ">="}) CHECK(condition_fault("arg1 & 0xf " + std::string(sign) + " 1") == std::string(sign) + ": expected == after the mask");
  CHECK(condition_fault("arg1 & 0xf") == "a comparison is missing: expected == after the mask");
  CHECK(condition_fault("arg1 &") == "a value is missing at the end");
}

TEST_CASE("what is no comparison is refused", "[call_line]") {
  for (const char* sign : {"=", "!", "|", "*=", ","}) CHECK(condition_fault("arg1 " + std::string(sign) + " 1") == std::string(sign) + ": expected one of == != < <= > >= or & MASK ==");
  CHECK(condition_fault("arg1 === 1") == "=: neither a number nor a constant that landshim knows");
  CHECK(condition_fault("arg1") == "a comparison is missing: expected one of == != < <= > >= or & MASK ==");
  CHECK(condition_fault("arg1 ==") == "a value is missing at the end");
  CHECK(condition_fault("arg1 == 1 |") == "a value is missing at the end");
}

TEST_CASE("conditions are joined by 'and', an argument may come twice", "[call_line]") {
  const CallLine out = line("socket", "deny EACCES if arg0 == AF_INET and arg1 & 0xf == 3 and arg0 != 0");
  CHECK(out.action == Action{ActionKind::kDeny, EACCES});
  REQUIRE(out.all_of.size() == 3);
  CHECK(out.all_of[0] == Condition{0, Compare::kEqual, true, AF_INET, 0});
  CHECK(out.all_of[1] == Condition{1, Compare::kMaskedEqual, true, 3, 0xf});
  CHECK(out.all_of[2] == Condition{0, Compare::kNotEqual, true, 0, 0});
  CHECK(line("socket", "allow if arg0 == 1").action.kind == ActionKind::kAllow);
  CHECK(line("socket", "trace 9 if arg0 == 1").action == Action{ActionKind::kTrace, 9});
}

TEST_CASE("what follows an action is 'if' or nothing, what follows a condition 'and' or nothing", "[call_line]") {
  CHECK(fault("socket", "allow when arg0 == 1") == "when: expected 'if', or nothing");
  CHECK(fault("socket", "allow ; mine") == ";: expected 'if', or nothing");
  CHECK(fault("socket", "deny EPERM, kill") == ",: expected 'if', or nothing");
  CHECK(fault("socket", "deny if arg0 == 1 or arg1 == 2") == "or: expected 'and', or nothing");
  CHECK(fault("socket", "deny if arg0 == 1 && arg1 == 2") == "&: expected 'and', or nothing");
  CHECK(fault("socket", "deny if arg0 == 1 # mine") == "#: expected 'and', or nothing");
  CHECK(fault("socket", "deny if") == "a condition is missing: expected arg0 to arg5 at the start of a condition");
  CHECK(fault("socket", "deny if arg0 == 1 and") == "a condition is missing: expected arg0 to arg5 at the start of a condition");
  CHECK(fault("socket", "").starts_with("an action is missing"));
}

TEST_CASE("actions and conditions are said in words that read the same", "[call_line]") {
  CHECK(words(Action{ActionKind::kDeny, EPERM}) == "deny EPERM");
  CHECK(words(Action{ActionKind::kDeny, 4095}) == "deny 4095");
  CHECK(words(Action{ActionKind::kTrace, 7}) == "trace 7");
  CHECK(words(Action{ActionKind::kKillThread, 0}) == "kill-thread");
  CHECK(words(Condition{1, Compare::kEqual, false, 5, 0}) == "arg1 == 5");
  CHECK(words(Condition{1, Compare::kGreaterEqual, false, 0x1000, 0}) == "arg1 >= 0x1000");
  CHECK(words(Condition{1, Compare::kMaskedEqual, false, 5, 0xf}) == "arg1 & 0xf == 0x5");
  CHECK(words(Condition{1, Compare::kAnyBit, false, 0, 0x30}) == "arg1 has a bit of 0x30");
  for (const char* text : {"allow", "log", "trap", "kill", "kill-thread", "trace 65535", "deny EACCES", "deny 4095"}) CHECK(words(action(text)) == text);
  for (const char* text : {"arg0 == 1", "arg1 != 0x400", "arg2 < 0x100000000", "arg3 <= 7", "arg4 > 7", "arg1 >= 7", "arg1 & 0xff == 0x10"}) CHECK(words(condition("mmap", text)) == text);
}

}  // namespace
}  // namespace landshim
