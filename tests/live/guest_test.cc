// SPDX-License-Identifier: MIT
// The shim is a guest: a program finds itself as it would without it, but for what the policy takes.
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

// What the program `state` sees, LANDSHIM_POLICY aside, which the control does not have.
std::string without_policy_variable(const std::string& text) {
  std::string out;
  for (const std::string& line : lines_of(text))
    if (line.rfind("variable LANDSHIM_POLICY=", 0) != 0) out += line + "\n";
  return out;
}

struct Place {
  Scratch rules;
  Scratch outside;
  std::string policy = rules.file("policy.ini", base_policy() + "read = /proc\n[process]\ncapabilities = all\n");
  std::string secret = outside.file("secret", "x");
};

void check_unchanged(const std::string& preparation, const std::string& arguments = "") {
  const Place place;
  const std::string tail = " $VICTIMS/state " + arguments;
  const Outcome control = run(script(preparation + "exec env" + tail, place.policy));
  const Outcome held = run(script(preparation + "exec $SHIMMED" + tail, place.policy));
  INFO(preparation);
  CHECK(control.status == 0);
  CHECK(held.status == 0);
  CHECK(held.err.empty());
  CHECK(control.out.find("fd 1 ") != std::string::npos);
  CHECK(without_policy_variable(held.out) == control.out);
}

// Any program, under a policy that lets it read everything and write nothing; `denied` is what it says of the write.
void check_interpreter(const std::string& program, const std::vector<std::string>& arguments, const std::string& file, const std::string& denied) {
  if (run({{program, "--version"}, {}, {}}).status != 0) return skip("needs " + program);
  std::vector<std::string> command{program};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const std::string policy = "[policy]\nmode = readonly\n";
  Start start{command, {}, {}};
  start.seconds = 60;
  const Outcome control = run(start);
  INFO(program << "\n" << control.err);
  CHECK(control.status == 0);
  CHECK(control.out == "written\n");
  CHECK(contents(file) == "x");
  REQUIRE(unlink(file.c_str()) == 0);
  for (const Outcome& outcome : {run_under(policy, start), run_by_command(policy, start)}) {
    INFO(program << "\n" << outcome.err);
    CHECK(outcome.status == 0);
    CHECK(outcome.out == denied + "\n");
    CHECK_FALSE(exists(file));
  }
}

}  // namespace

TEST_CASE("a confined program finds descriptors, signals, umask, directory, arguments, errno and identity as they were", "[live][guest]") {
  REQUIRE_ABI(1);
  check_unchanged("");
  check_unchanged("umask 027; cd /usr/share; ", "a 'b  c' '' '--option=\"x\"'");
  check_unchanged("trap '' USR1 PIPE TERM CHLD; ");
  check_unchanged("exec 5</dev/null 7>>/dev/null 9<>/dev/null; ");
  check_unchanged("exec <&-; ");
  check_unchanged("exec <&- 2>&-; ");
  check_unchanged("ulimit -n 20; ");
}

TEST_CASE("a confined program finds its environment in the same order, the shim's entry aside", "[live][guest]") {
  REQUIRE_ABI(1);
  const Place place;
  const std::string pairs = "env -i B=2 A=1 %s EMPTY= 'BLANK=a b' C=3 $VICTIMS/state";
  const auto with = [&](const std::string& middle) {
    std::string text = pairs;
    return text.replace(text.find("%s"), 2, middle);
  };
  const Outcome control = run(script(with("LANDSHIM_POLICY=$POLICY"), place.policy));
  for (const char* middle : {"LD_PRELOAD=$SHIM LANDSHIM_POLICY=$POLICY", "LANDSHIM_POLICY=$POLICY LD_PRELOAD=$SHIM"}) {
    const Outcome held = run(script(with(middle), place.policy));
    CHECK(held.status == 0);
    CHECK(held.out == control.out);
    CHECK(held.err.empty());
  }
  CHECK(control.out.find("variable B=2\nvariable A=1\nvariable LANDSHIM_POLICY=" + place.policy + "\nvariable EMPTY=\nvariable BLANK=a b\nvariable C=3\n") != std::string::npos);
}

TEST_CASE("a signal that is blocked at the start stays blocked and is not lost", "[live][guest]") {
  REQUIRE_ABI(1);
  const Place place;
  const std::string block =
      "perl -MPOSIX -e 'sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGUSR1, SIGHUP)) or die; kill USR1 => $$; exec @ARGV' ";
  const Outcome control = run(script(block + "env $VICTIMS/state", place.policy));
  if (control.status != 0) return skip("needs perl");
  const Outcome held = run(script(block + "$SHIMMED $VICTIMS/state", place.policy));
  CHECK(control.out.find("SigPnd:\t0000000000000000") != std::string::npos);
  CHECK(control.out.find("SigBlk:\t0000000000000201") != std::string::npos);
  CHECK(without_policy_variable(held.out) == control.out);
}

TEST_CASE("a program with another heap starts under a policy and is held by it", "[live][guest]") {
  REQUIRE_ABI(1);
  const Place place;
  for (const char* heap : {"heap", "heap-jemalloc", "heap-tcmalloc", "heap-asan"}) {
    INFO(heap);
    const std::string program = built(std::string("tests/") + heap);
    if (!exists(program)) {
      skip(std::string(heap) + " is not built: its library is not installed");
      continue;
    }
    Start start{{program, place.secret}, {}, {}};
    CHECK(run(start).out == "main\nread 0\n");
    start = with_shim(start.command, place.policy);
    // An ASan program refuses any preload that is not ASan first.
    start.environment["ASAN_OPTIONS"] = "verify_asan_link_order=0";
    check_said(run(start), "read 13\n");
    check_said(run_by_command(contents(place.policy), {{program, place.secret}, {}, {}}), "read 13\n");
  }
}

TEST_CASE("a policy in a policy that ends programs for unmapping memory starts", "[live][guest]") {
  REQUIRE_ABI(1);
  const Place place;
  std::string many;
  for (int i = 0; i < 300; ++i) many += "read = -/nowhere/" + std::to_string(i) + "\n";
  const std::string inner = place.rules.file("inner.ini", base_policy() + many);
  // The library takes memory by multiples of 32 KiB, and none gives back memory like that in these programs.
  const auto outer = [&](const char* action) { return base_policy() + "read = " + inner + "\nread = " + built("liblandshim.so") + "\nread = " + place.outside.path() + "\n[syscalls]\nmunmap = " + action + " if arg1 & 0x7fff == 0\n"; };
  const Start start{{"/usr/bin/env", "LANDSHIM_POLICY=" + inner, "LD_PRELOAD=" + shim(), "/bin/cat", place.secret}, {{"LC_ALL", "C"}}, {}};
  CHECK(run({{"/bin/cat", place.secret}, {}, {}}).out == "x");
  for (const char* action : {"allow", "deny", "kill"}) {
    INFO(action);
    const Outcome held = run_under(outer(action), start);
    CHECK(held.signal == 0);
    CHECK(held.err == "/bin/cat: " + place.secret + ": Permission denied\n");
  }
}

TEST_CASE("a library's constructor is under the policy already", "[live][guest]") {
  REQUIRE_ABI(1);
  const Place place;
  Start start = with_shim({built("tests/eager")}, place.policy);
  start.environment["EAGER"] = place.secret;
  check_said(run(start), "eager 13\n");
  // The same constructor from a library that is preloaded beside the shim, on either side.
  for (const std::string& order : {shim() + ":" + built("tests/libeager.so"), built("tests/libeager.so") + ":" + shim()}) {
    start.environment["LD_PRELOAD"] = order;
    check_said(run(start), "eager 13\n");
  }
  start.environment.erase("LD_PRELOAD");
  check_said(run(start), "eager 0\n");
}

TEST_CASE("python, perl, node and java run under a policy that lets them read", "[live][guest]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string file = scratch / "file";
  check_interpreter("/usr/bin/python3", {"-c", "import errno\ntry:\n  open('" + file + "', 'w').write('x')\n  print('written')\nexcept OSError as e:\n  print(errno.errorcode[e.errno])"}, file, "EACCES");
  check_interpreter("perl", {"-e", "use Errno; if (open(my $f, '>', '" + file + "')) { print $f 'x'; close $f; print \"written\\n\" } else { print $!{EACCES} ? \"EACCES\\n\" : \"$!\\n\" }"}, file, "EACCES");
  check_interpreter("node", {"-e", "try { require('fs').writeFileSync('" + file + "', 'x'); console.log('written') } catch (e) { console.log(e.code) }"}, file, "EACCES");
  const std::string source = scratch.file("Write.java",
                                          "public class Write { public static void main(String[] a) throws Exception {"
                                          " try { java.nio.file.Files.writeString(java.nio.file.Path.of(\"" + file + "\"), \"x\"); System.out.println(\"written\"); }"
                                          " catch (java.nio.file.AccessDeniedException e) { System.out.println(\"EACCES\"); } } }");
  check_interpreter("java", {"-XX:-UsePerfData", source}, file, "EACCES");
}

TEST_CASE("a program that needs the library itself is held, and without a policy does not start", "[live][guest]") {
  REQUIRE_ABI(1);
  const Place place;
  Start start{{built("tests/witness-needs"), "read=" + place.secret, "variable=LD_PRELOAD"}, {}, {}};
  check_refused(run(start), "LANDSHIM_POLICY is not set");
  start.environment["LANDSHIM_POLICY"] = place.policy;
  check_said(run(start), "read 13\nvariable none\n");
  start.environment["LD_PRELOAD"] = shim();
  check_said(run(start), "read 13\nvariable none\n");
  start.environment["LANDSHIM_POLICY"] = place.outside / "missing.ini";
  check_refused(run(start), "missing.ini: the policy cannot be read");
}

TEST_CASE("what a policy lets through works as before", "[live][guest]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string policy = writing(scratch.path());
  const Outcome piped = run_under(policy, {{"/bin/sh", "-c", "seq 1000 | sort -n | tail -1; cat; echo words >&2; exit 7"}, {}, {}, {}, "input"});
  CHECK(piped.status == 7);
  CHECK(piped.out == "1000\ninput");
  CHECK(piped.err == "words\n");
  CHECK(run_under(policy, {{"/bin/sh", "-c", "kill -TERM $$"}, {}, {}}).signal == 15);
  CHECK(run_under(policy, {{"/bin/sh", "-c", "echo kept > " + (scratch / "file")}, {}, {}}).status == 0);
  CHECK(contents(scratch / "file") == "kept\n");
}
