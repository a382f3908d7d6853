// SPDX-License-Identifier: MIT
// Three doors, and the code that is there before them: each row of doors.h is tried as it stands, whatever it says.
#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <set>

#include "tests/live/doors.h"
#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

std::string audit_shim() { return built("liblandshim-audit.so"); }

/// LD_AUDIT for the shim, and `policy` as LANDSHIM_POLICY.
Start with_audit(std::vector<std::string> command, const std::string& policy) {
  Start start{std::move(command), {}, {}};
  start.environment = {{"LD_AUDIT", audit_shim()}, {"LANDSHIM_POLICY", policy}};
  return start;
}

// How a command is started, in all. The carrier is a dynamic program that is held and becomes the command.
enum class Way { kBare, kPreload, kPreloadByEnv, kCarrier, kAudit, kCommand };
constexpr Way kWays[] = {Way::kPreload, Way::kPreloadByEnv, Way::kCarrier, Way::kAudit, Way::kCommand};
const char* const kWayWords[] = {"no door", "LD_PRELOAD", "env LD_PRELOAD=... PROGRAM", "LD_PRELOAD=... env PROGRAM", "LD_AUDIT", "landshim run"};

DoorKind door_of(Way way) {
  switch (way) {
    case Way::kBare:
    case Way::kPreload:
    case Way::kPreloadByEnv: return DoorKind::kPreload;
    case Way::kCarrier: return DoorKind::kCarrier;
    case Way::kAudit: return DoorKind::kAudit;
    case Way::kCommand: return DoorKind::kCommand;
  }
  return DoorKind::kPreload;
}

Start through(Way way, std::vector<std::string> command, const std::string& policy) {
  const auto before = [&](std::vector<std::string> words) {
    words.insert(words.end(), command.begin(), command.end());
    return words;
  };
  switch (way) {
    case Way::kBare: return {command, {}, {}};
    case Way::kPreload: return with_shim(command, policy);
    case Way::kPreloadByEnv: return {before({"/usr/bin/env", "LD_PRELOAD=" + shim(), "LANDSHIM_POLICY=" + policy}), {}, {}};
    case Way::kCarrier: return with_shim(before({"/usr/bin/env"}), policy);
    case Way::kAudit: return with_audit(command, policy);
    case Way::kCommand: return {before({built("landshim"), "run", "-p", policy, "--"}), {}, {}};
  }
  return {};
}

// One start of a program of doors.h: its command, and the directory in which its early code makes files.
struct Attempt {
  Scratch programs;
  Scratch rules;
  Scratch work;
  std::vector<std::string> command;
  std::string answers = work.path();
  std::string policy = rules.file("policy.ini", base_policy() + "read_exec = " + programs.path() + "\n");
  bool as_nobody = false;

  explicit Attempt(std::string_view program) {
    const std::string child = program.ends_with("child") ? work.directory("child") : "";
    if (program == "script") {
      command = {programs.file("script", "#!" + built("tests/herald") + "\n", 0755)};
    } else if (program == "set-user-ID") {
      command = {programs / "herald"};
      std::filesystem::copy_file(built("tests/herald-alone"), command[0]);
      REQUIRE(chmod(command[0].c_str(), 04755) == 0);
      REQUIRE(chmod(work.path().c_str(), 0777) == 0);
      as_nobody = true;
    } else if (!child.empty()) {
      answers = child;
      command = {built("tests/herald"), "child", built(program == "child" ? "tests/herald" : program == "static child" ? "tests/herald-static" : "tests/herald-musl")};
    } else {
      command = {built("tests/" + std::string(program))};
    }
  }

  Outcome run_through(Way way) const {
    Start start = through(way, command, policy);
    start.directory = work.path();
    start.as_nobody = as_nobody;
    return run(start);
  }
};

bool runs_here(std::string_view program) {
  if (program == "set-user-ID" && geteuid() != 0) {
    skip("needs root, to make a set-user-ID program of another user");
    return false;
  }
  if (program.find("musl") != std::string_view::npos && !exists(built("tests/herald-musl"))) {
    skip("tests/herald-musl is not built: musl-tools is not installed");
    return false;
  }
  return true;
}

std::vector<const DoorRow*> rows_of(std::string_view program) {
  std::vector<const DoorRow*> out;
  for (const DoorRow& row : door_rows())
    if (row.program == program) out.push_back(&row);
  return out;
}

void check_answer(const Attempt& attempt, const Outcome& outcome, const DoorRow& row, Answer answer) {
  INFO(row.program << ", " << row.code << ", answer " << static_cast<int>(answer));
  const std::vector<std::string> said = lines_of(outcome.out);
  const auto says = [&](int error) { return std::count(said.begin(), said.end(), std::string(row.code) + " " + std::to_string(error)); };
  const bool made = exists(attempt.answers + "/" + std::string(row.code));
  CHECK(made == (answer == Answer::kFree));
  if (answer == Answer::kHeld) CHECK(says(EACCES) == 1);
  if (answer == Answer::kFree && outcome.status == 0) CHECK(says(0) == 1);
  if (answer == Answer::kRefused) check_refused(outcome, "more than one thread");
}

void check_program(std::string_view program) {
  const std::vector<const DoorRow*> rows = rows_of(program);
  const Attempt control(program);
  const Outcome free = control.run_through(Way::kBare);
  INFO(free.out << free.err);
  CHECK(free.status == 0);
  for (const DoorRow* row : rows) check_answer(control, free, *row, Answer::kFree);
  // Every code that speaks has its row; the last line is the user.
  CHECK(lines_of(free.out).size() == rows.size() + 1);
  for (const Way way : kWays) {
    const Attempt attempt(program);
    const Outcome outcome = attempt.run_through(way);
    INFO(kWayWords[static_cast<int>(way)] << "\n" << outcome.out << outcome.err);
    CHECK_FALSE(outcome.timed_out);
    for (const DoorRow* row : rows) {
      Answer answer = row->answers[static_cast<int>(door_of(way))];
      if (answer == Answer::kRefused && kernel_abi() >= 8) answer = Answer::kHeld;
      check_answer(attempt, outcome, *row, answer);
    }
    if (attempt.as_nobody) CHECK(lines_of(outcome.out).back() == (rows[0]->answers[static_cast<int>(door_of(way))] == Answer::kFree ? "user 0" : "user 65534"));
  }
}

// The order of what is mapped differs from start to start.
std::vector<std::string> sorted_lines(const Outcome& outcome) {
  std::vector<std::string> out = lines_of(outcome.out);
  std::sort(out.begin(), out.end());
  return out;
}

struct AuditPlace {
  Scratch rules;
  Scratch outside;
  std::string secret = outside.file("secret", "x");
  std::string policy = rules.file("policy.ini", base_policy() + "read = /proc\n");

  Start witness_start(std::vector<std::string> words) const {
    words.insert(words.begin(), witness());
    return with_audit(words, policy);
  }
};

}  // namespace

TEST_CASE("constructors, preinit functions, resolvers and main of a dynamic program are held or not as the table of doors says", "[live][doors]") {
  REQUIRE_ABI(1);
  check_program("herald");
}

TEST_CASE("a library with the shim's own flag comes before a preloaded shim, and takes other constructors with it", "[live][doors]") {
  REQUIRE_ABI(1);
  check_program("herald-first");
}

TEST_CASE("a thread that a library starts before the shim is never left free in a program that runs on", "[live][doors]") {
  REQUIRE_ABI(1);
  check_program("herald-thread");
}

TEST_CASE("a function of the program that has a name of the C library runs within a preloaded shim, before the policy is in force", "[live][doors]") {
  REQUIRE_ABI(1);
  check_program("herald-namesake");
}

TEST_CASE("a static program is held by the command and by a carrier, and loads no library", "[live][doors]") {
  REQUIRE_ABI(1);
  check_program("herald-static");
}

TEST_CASE("a static PIE is held by the command and by a carrier, and loads no library", "[live][doors]") {
  REQUIRE_ABI(1);
  check_program("herald-static-pie");
}

TEST_CASE("a set-user-ID program is held, and gains nothing, by the command and by a carrier alone", "[live][root][doors]") {
  REQUIRE_ABI(1);
  if (runs_here("set-user-ID")) check_program("set-user-ID");
}

TEST_CASE("a program of musl is held, its own constructors too, by a preload, the command and a carrier, and free with LD_AUDIT", "[live][doors]") {
  REQUIRE_ABI(1);
  if (runs_here("herald-musl")) check_program("herald-musl");
}

TEST_CASE("a script is as its interpreter", "[live][doors]") {
  REQUIRE_ABI(1);
  check_program("script");
}

TEST_CASE("all code of a child is held, dynamic or static", "[live][doors]") {
  REQUIRE_ABI(1);
  check_program("child");
  check_program("static child");
}

TEST_CASE("all code of a child of another C library is held", "[live][doors]") {
  REQUIRE_ABI(1);
  if (runs_here("musl child")) check_program("musl child");
}

TEST_CASE("every row of the table of doors is tried", "[live][doors]") {
  std::set<std::string_view> programs;
  for (const DoorRow& row : door_rows()) programs.insert(row.program);
  CHECK(programs == std::set<std::string_view>{"herald", "herald-first", "herald-thread", "herald-static", "herald-static-pie", "herald-namesake", "set-user-ID", "herald-musl", "script", "child", "static child", "musl child"});
}

TEST_CASE("a module of LD_AUDIT that the loader cannot load is ignored, and the program runs free", "[live][doors][audit]") {
  REQUIRE_ABI(1);
  const AuditPlace place;
  Start start = place.witness_start({"read=" + place.secret});
  start.environment["LD_AUDIT"] = place.outside / "missing.so";
  const Outcome outcome = run(start);
  CHECK(outcome.status == 0);
  CHECK(outcome.out == "main\nread 0\n");
  CHECK(outcome.err.find("cannot be loaded as audit interface") != std::string::npos);
}

TEST_CASE("LD_AUDIT leaves no object in the loader's lists and nothing mapped", "[live][doors][audit]") {
  REQUIRE_ABI(1);
  const AuditPlace place;
  const Outcome control = run({{built("tests/modules")}, {}, {}});
  const Outcome held = run(with_audit({built("tests/modules")}, place.policy));
  INFO(held.err);
  CHECK(held.status == 0);
  CHECK(control.out.find("object ") != std::string::npos);
  CHECK(control.out.find("/tests/modules\n") != std::string::npos);
  CHECK(control.out.find("namespaces 1\n") != std::string::npos);
  CHECK(held.out.find("liblandshim") == std::string::npos);
  CHECK(sorted_lines(held) == sorted_lines(control));
  // The other door does leave its library there: the look would find it.
  CHECK(run(with_shim({built("tests/modules")}, place.policy)).out.find("liblandshim.so\n") != std::string::npos);
}

TEST_CASE("with LD_AUDIT a program finds descriptors, signals, environment, errno and identity as they were", "[live][doors][audit]") {
  REQUIRE_ABI(1);
  const AuditPlace place;
  const std::string policy = place.rules.file("all.ini", contents(place.policy) + "[process]\ncapabilities = all\n");
  for (const char* preparation : {"", "umask 027; cd /usr/share; ", "trap '' USR1 PIPE; ", "exec 5</dev/null 7>>/dev/null; ", "exec <&- 2>&-; "}) {
    INFO(preparation);
    const std::string state = built("tests/state");
    const Outcome control = run({{"/bin/sh", "-c", std::string(preparation) + "exec env LANDSHIM_POLICY=" + policy + " " + state + " a 'b c'"}, {}, {}});
    const Outcome held = run({{"/bin/sh", "-c", std::string(preparation) + "exec env LD_AUDIT=" + audit_shim() + " LANDSHIM_POLICY=" + policy + " " + state + " a 'b c'"}, {}, {}});
    CHECK(control.status == 0);
    CHECK(control.out.find("fd 1 ") != std::string::npos);
    CHECK(held.out == control.out);
    CHECK(held.err.empty());
  }
}

TEST_CASE("the shim takes itself out of LD_AUDIT, and leaves the others, which are loaded", "[live][doors][audit]") {
  REQUIRE_ABI(1);
  const AuditPlace place;
  const Scratch modules;
  const std::string a = modules / "a.so";
  const std::string b = modules / "another-name.so";
  std::filesystem::copy_file(built("tests/libauditor.so"), a);
  std::filesystem::copy_file(built("tests/libauditor.so"), b);
  const std::string policy = place.rules.file("modules.ini", base_policy() + "read = /proc, " + modules.path() + "\n");
  const std::string s = audit_shim();
  struct {
    std::string value, left;
    int others;
  } const cases[] = {
      {s, "none", 0},     {s + ":" + a, a, 1},         {a + ":" + s, a, 1},         {s + ":" + a + ":" + b, a + ":" + b, 2}, {a + ":" + s + ":" + b, a + ":" + b, 2},
      {s + ":" + s, "none", 0}, {s + ":" + a + ":", a + ":", 1}, {b + ":" + a + ":" + s, b + ":" + a, 2}, {":" + s + ":", "none", 0}, {s + ":" + b, b, 1},
  };
  for (const auto& each : cases) {
    INFO("LD_AUDIT=" << each.value);
    Start start = with_audit({witness(), "read=" + place.secret, "variable=LD_AUDIT", "status=Seccomp_filters"}, policy);
    start.environment["LD_AUDIT"] = each.value;
    const Outcome outcome = run(start);
    std::string others;
    for (int i = 0; i < each.others; ++i) others += "auditor\n";
    INFO(outcome.err);
    CHECK(outcome.status == 0);
    CHECK(outcome.out == others + "main\nread 13\nvariable " + each.left + "\nstatus 1\n");
    CHECK(outcome.err.empty());
  }
}

TEST_CASE("LD_AUDIT and LD_PRELOAD of another library go together", "[live][doors][audit]") {
  REQUIRE_ABI(1);
  const AuditPlace place;
  Start start = place.witness_start({"read=" + place.secret, "variable=LD_AUDIT", "variable=LD_PRELOAD", "status=Seccomp_filters"});
  start.environment["LD_PRELOAD"] = built("tests/libsecond.so");
  const Outcome other = run(start);
  INFO(other.err);
  CHECK(other.out == "second\nmain\nread 13\nvariable none\nvariable " + built("tests/libsecond.so") + "\nstatus 1\n");
  CHECK(other.err.empty());
  // Both doors: one policy in force.
  const std::string policy = place.rules.file("both.ini", base_policy() + "read = /proc, " + shim() + "\n");
  start.environment["LANDSHIM_POLICY"] = policy;
  start.environment["LD_PRELOAD"] = shim();
  check_said(run(start), "read 13\nvariable none\nvariable none\nstatus 1\n");
}

TEST_CASE("LD_AUDIT without a policy, or with a faulty one, refuses the program", "[live][doors][audit]") {
  const AuditPlace place;
  Start start = place.witness_start({});
  start.environment.erase("LANDSHIM_POLICY");
  start.unset = {"LANDSHIM_POLICY"};
  check_refused(run(start), "LANDSHIM_POLICY is not set; set it to a policy file or a profile, or take liblandshim-audit.so out of LD_AUDIT");
  start.environment["LANDSHIM_POLICY"] = place.rules.file("faulty.ini", "[filesystem]\nraed = /\n");
  check_refused(run(start), "faulty.ini:2: raed: no such key in [filesystem]");
}

TEST_CASE("LD_AUDIT refuses runtime = program, which it comes too early for", "[live][doors][audit]") {
  const AuditPlace place;
  const std::string policy = place.rules.file("program.ini", "[filesystem]\nruntime = program\n");
  const Outcome outcome = run(with_audit({witness()}, policy));
  check_refused(outcome, policy + ":2: runtime = program: LD_AUDIT comes before the program's libraries are known; write runtime = host, or use LD_PRELOAD or landshim run\n");
}

TEST_CASE("with LD_AUDIT the program's libraries are opened under the policy, with a preload before it", "[live][doors][audit]") {
  REQUIRE_ABI(1);
  const AuditPlace place;
  const Scratch programs;
  std::filesystem::copy_file(built("tests/herald"), programs / "herald");
  std::filesystem::copy_file(built("tests/libherald.so"), programs / "libherald.so");
  const std::string policy = place.rules.file("one.ini", "[filesystem]\nruntime = host\nread_exec = " + (programs / "herald") + "\n");
  Start start = with_audit({programs / "herald"}, policy);
  start.directory = place.outside.path();
  const Outcome audited = run(start);
  CHECK(audited.status == 127);
  CHECK(audited.out.empty());
  CHECK(audited.err.find("libherald.so: cannot open shared object file") != std::string::npos);
  CHECK_FALSE(exists(place.outside / "library-resolver"));
  start = with_shim({programs / "herald"}, policy);
  start.directory = place.outside.path();
  CHECK(run(start).out.find("main 13\n") != std::string::npos);
}

TEST_CASE("a relative policy of LD_AUDIT is given on by its absolute path, long after the shim is gone", "[live][doors][audit]") {
  REQUIRE_ABI(1);
  const AuditPlace place;
  Start start = with_audit({"/bin/sh", "-c", "cd /; echo $LANDSHIM_POLICY; i=0; while [ $i -lt 2000 ]; do v$i=$i 2>/dev/null; i=$((i + 1)); done; " + witness() + " variable=LANDSHIM_POLICY variable=LD_AUDIT read=" + place.secret}, "policy.ini");
  start.directory = place.rules.path();
  const Outcome outcome = run(start);
  CHECK(outcome.status == 0);
  CHECK(outcome.out == place.policy + "\nmain\nvariable " + place.policy + "\nvariable none\nread 13\n");
  CHECK(outcome.err.empty());
}

TEST_CASE("python3, node, perl, git and bash start with LD_AUDIT and are held", "[live][doors][audit]") {
  REQUIRE_ABI(1);
  const AuditPlace place;
  const std::string policy = place.rules.file("readonly.ini", "[policy]\nmode = readonly\n");
  const std::string file = place.outside / "made";
  struct {
    std::vector<std::string> command;
    std::string words;
  } const cases[] = {
      {{"python3", "-c", "open('" + file + "', 'w')"}, "Permission denied"},
      {{"node", "-e", "require('fs').writeFileSync('" + file + "', 'x')"}, "EACCES"},
      {{"perl", "-e", "open(my $f, '>', '" + file + "') or die $!"}, "Permission denied"},
      {{"git", "init", "-q", file}, "Permission denied"},
      {{"bash", "-c", "echo x > " + file}, "Permission denied"},
  };
  for (const auto& each : cases) {
    INFO(each.command[0]);
    Start start{each.command, {}, {}};
    start.seconds = 60;
    const Outcome control = run(start);
    if (control.status == 127) {
      skip("needs " + each.command[0]);
      continue;
    }
    CHECK(control.status == 0);
    CHECK(exists(file));
    std::filesystem::remove_all(file);
    start = with_audit(each.command, policy);
    start.seconds = 60;
    const Outcome held = run(start);
    INFO(held.err);
    CHECK(held.status > 0);
    CHECK(held.status != 125);
    CHECK(held.err.find(each.words) != std::string::npos);
    CHECK_FALSE(exists(file));
  }
}
