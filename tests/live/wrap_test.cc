// SPDX-License-Identifier: MIT
// landshim env and wrap: the lines are read back by their readers, the wrappers are started, also when landshim has gone.
#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

using Words = std::vector<std::string>;

/// An installation of its own, that can be taken away.
class Installed {
 public:
  explicit Installed(const std::string& directory = "bin") : directory_(scratch_.directory(directory)) {
    for (const char* name : {"landshim", "liblandshim.so", "liblandshim-audit.so"}) std::filesystem::copy_file(built(name), directory_ + "/" + name);
    scratch_.directory("policies");
    scratch_.directory("out", 0777);
    scratch_.file("secret", "mine");
  }
  std::string operator/(const std::string& name) const { return scratch_ / name; }
  std::string file(const std::string& name, const std::string& text, mode_t mode = 0644) const { return scratch_.file(name, text, mode); }
  std::string policy(const std::string& name = "policy.ini", const std::string& more = {}) const { return scratch_.file("policies/" + name, base_policy() + more); }
  std::string library(const std::string& name = "liblandshim.so") const { return std::filesystem::canonical(directory_).string() + "/" + name; }
  Outcome run_command(Words words) const {
    words.insert(words.begin(), directory_ + "/landshim");
    return run({words, {}, {}});
  }
  void remove_all() const { std::filesystem::remove_all(directory_); }
  void remove_library() const { std::filesystem::remove(library()); }

 private:
  Scratch scratch_;
  std::string directory_;
};

void check_silent(const Outcome& outcome, int status = 0) {
  INFO("status " << outcome.status << "\nstdout: " << outcome.out << "\nstderr: " << outcome.err);
  CHECK(outcome.status == status);
  CHECK(outcome.err.empty());
}

void check_fails(const Outcome& outcome, int status, const std::string& words) {
  INFO("status " << outcome.status << "\nstdout: " << outcome.out << "\nstderr: " << outcome.err);
  CHECK(outcome.status == status);
  CHECK(outcome.out.empty());
  CHECK(one_line(outcome.err, "landshim: "));
  CHECK(outcome.err.find(words) != std::string::npos);
}

/// What the wrapper says with the words that tell the witness to read the secret.
Outcome start(const Installed& place, const std::string& wrapper, Words more = {}) {
  Words words{place / wrapper, "read=" + (place / "secret")};
  words.insert(words.end(), more.begin(), more.end());
  Start start{words, {}, {}};
  start.directory = "/";
  return run(start);
}

/// Nothing of the program ran.
void check_not_started(const Outcome& outcome, int status) {
  INFO("status " << outcome.status << "\nstdout: " << outcome.out << "\nstderr: " << outcome.err);
  CHECK(outcome.status == status);
  CHECK(outcome.out.empty());
  CHECK_FALSE(outcome.err.empty());
}

}  // namespace

// --- env ---

TEST_CASE("landshim env gives a shell two lines that hold what it starts", "[live][env]") {
  REQUIRE_ABI(1);
  const Installed place;
  const std::string policy = place.policy("it's $(a) \"policy\".ini");
  const Outcome lines = place.run_command({"env", policy});
  check_silent(lines);
  const std::string held = "eval \"$1\" && exec " + witness() + " read=" + (place / "secret") + " variable=LANDSHIM_POLICY variable=LD_PRELOAD";
  check_said(run({{"sh", "-c", held, "sh", lines.out}, {}, {}}), "read 13\nvariable " + policy + "\nvariable none\n");
  check_said(run({{"sh", "-c", held, "sh", ":"}, {}, {}}), "read 0\nvariable none\nvariable none\n");
}

TEST_CASE("in a user namespace where root has no number, its library is still root's", "[live][root][env]") {
  REQUIRE_ABI(1);
  const Installed place;
  const std::string policy = place.policy();
  const auto within = [&](const std::string& command) {
    Start start{{"unshare", "--map-root-user", "sh", "-c", command}, {}, {}};
    start.as_nobody = true;
    return run(start);
  };
  CHECK(within("stat -c %u " + place.library()).out == "65534\n");
  const Outcome lines = within(place / "bin/landshim env " + policy);
  check_silent(lines);
  CHECK(lines.out.find("LD_PRELOAD='" + place.library()) != std::string::npos);
}

TEST_CASE("landshim env makes the names absolute, and speaks as each place reads", "[live][env]") {
  REQUIRE_ABI(1);
  const Installed place;
  place.policy("a b%\".ini");
  const std::string policy = place / "policies/a b%\".ini";
  const auto said = [&](const std::string& kind) {
    Start start{{place / "bin/landshim", "env", "./a b%\".ini", "--for", kind}, {}, {}};
    start.directory = place / "policies";
    const Outcome outcome = run(start);
    check_silent(outcome);
    return outcome.out;
  };
  const std::string library = place.library();
  const std::string directory = place / "policies/./";
  CHECK(said("docker") == "LANDSHIM_POLICY=" + directory + "a b%\".ini\nLD_PRELOAD=" + library + "\n");
  CHECK(said("github") == said("docker"));
  CHECK(said("cron") == "LANDSHIM_POLICY='" + directory + "a b%\".ini'\nLD_PRELOAD=\"" + library + "\"\n");
  CHECK(said("systemd") == "Environment=\"LANDSHIM_POLICY=" + directory + "a b%%\\\".ini\"\nEnvironment=\"LD_PRELOAD=" + library + "\"\n");
  const std::string json = place.file("out/json", said("json"));
  const Outcome read = run({{"/usr/bin/python3", "-c", "import json, sys\nd = json.load(open(sys.argv[1]))\nprint(d['LANDSHIM_POLICY'] + '|' + d['LD_PRELOAD'])", json}, {}, {}});
  CHECK(read.out == directory + "a b%\".ini|" + library + "\n");
}

TEST_CASE("the lines for docker and GitHub are read back to the very values", "[live][env]") {
  REQUIRE_ABI(1);
  const Installed place;
  const std::string policy = place.policy("$HOME 'x' #y \\.ini");
  const Outcome lines = place.run_command({"env", policy, "--for", "docker"});
  check_silent(lines);
  const std::string file = place.file("out/lines", lines.out);
  const Outcome read = run({{"sh", "-c", "while IFS= read -r line; do export \"$line\"; done <" + file + "; exec " + witness() + " variable=LANDSHIM_POLICY read=" + (place / "secret")}, {}, {}});
  check_said(read, "variable " + policy + "\nread 13\n");
}

TEST_CASE("landshim env --audit names the library for LD_AUDIT", "[live][env]") {
  REQUIRE_ABI(1);
  const Installed place;
  const Outcome lines = place.run_command({"env", place.policy(), "--audit"});
  check_silent(lines);
  CHECK(lines.out.find("export LD_AUDIT='" + place.library("liblandshim-audit.so") + "'\n") != std::string::npos);
  check_said(run({{"sh", "-c", "eval \"$1\" && exec " + witness() + " read=" + (place / "secret"), "sh", lines.out}, {}, {}}), "read 13\n");
  check_fails(place.run_command({"env", place.file("policies/program.ini", "[filesystem]\nruntime = program\n"), "--audit"}), 125, "program.ini:2: runtime = program");
}

TEST_CASE("landshim env refuses a policy with a fault, and one that the library could not find", "[live][env]") {
  REQUIRE_ABI(1);
  const Installed place;
  check_fails(place.run_command({"env", place.file("policies/bad.ini", "[filesystem]\nraed = /\n")}), 125, "bad.ini:2: raed");
  check_fails(place.run_command({"env", place / "none.ini"}), 125, "cannot be read");
  check_fails(place.run_command({"env", "base"}), 125, "stands in no file");
  check_fails(place.run_command({"env", place.file("policies/includes.ini", "[policy]\ninclude = base\n")}), 125, "which comes with the command alone");
  check_fails(place.run_command({"env", place.policy("a\nb.ini")}), 125, "control characters");
  check_fails(place.run_command({"env", place.policy("\xff.ini")}), 125, "no UTF-8");
  check_fails(place.run_command({"env", place.policy("both ' and \".ini"), "--for", "cron"}), 125, "both kinds of quotes");
  check_fails(place.run_command({"env", place.policy(), "--for", "nowhere"}), 2, "env: ");
  check_fails(place.run_command({"env"}), 2, "POLICY is missing");
}

TEST_CASE("landshim env refuses a library that the loader would ignore", "[live][env]") {
  REQUIRE_ABI(1);
  for (const char* directory : {"a blank", "a:colon", "a$ORIGIN"}) {
    INFO(directory);
    const Installed place(directory);
    check_fails(place.run_command({"env", place.policy()}), 125, directory[1] == ' ' ? "at a blank" : directory[1] == ':' ? "at a colon" : "expands '$'");
  }
  const Installed place;
  std::filesystem::resize_file(place.library(), 100);
  check_fails(place.run_command({"env", place.policy()}), 125, "the loader ignores it");
  place.remove_library();
  check_fails(place.run_command({"env", place.policy()}), 125, "neither beside this command");
}

// --- wrap ---

TEST_CASE("a wrapper of each kind starts its program held, with its arguments and status, from anywhere", "[live][wrap]") {
  REQUIRE_ABI(1);
  const Installed place;
  const std::string policy = place.policy("it's a \"policy\".ini", "read_exec = " + (place / "out") + "\n");
  std::filesystem::copy_file(witness(), place / "out/the program's $HOME");
  for (const char* kind : {"run", "carrier", "needed"}) {
    INFO(kind);
    const std::string wrapper = std::string("out/by ") + kind;
    check_silent(place.run_command({"wrap", policy, place / "out/the program's $HOME", "-o", place / wrapper, "--kind", kind}));
    CHECK((std::filesystem::status(place / wrapper).permissions() & std::filesystem::perms::mask) == std::filesystem::perms(0755));
    check_said(start(place, wrapper), "read 13\n");
    // The witness ends with 200 at a word that it does not know: the status and the argument arrive.
    const Outcome unknown = start(place, wrapper, {"no \"such\" $word"});
    CHECK(unknown.status == 200);
    CHECK(unknown.out == "main\nread 13\n");
    CHECK(run({{"shellcheck", "-s", "sh", "-e", "SC2016", place / wrapper}, {}, {}}).out.empty());
  }
  CHECK(run({{witness(), "read=" + (place / "secret")}, {}, {}}).out == "main\nread 0\n");
}

TEST_CASE("no wrapper starts its program free when landshim is taken away", "[live][wrap]") {
  REQUIRE_ABI(1);
  const Installed place;
  const std::string policy = place.policy();
  for (const char* kind : {"run", "carrier", "needed"}) check_silent(place.run_command({"wrap", policy, witness(), "-o", place / ("out/" + std::string(kind)), "--kind", kind}));
  for (const char* kind : {"run", "carrier", "needed"}) check_said(start(place, std::string("out/") + kind), "read 13\n");
  place.remove_library();
  check_said(start(place, "out/run"), "read 13\n");
  check_not_started(start(place, "out/carrier"), 125);
  check_not_started(start(place, "out/needed"), 127);  // the loader's own
  check_not_started(start(place, "out/needed.held"), 127);
  place.remove_all();
  for (const char* kind : {"run", "carrier"}) check_fails(start(place, std::string("out/") + kind), 125, "was not started");
  check_not_started(start(place, "out/needed"), 127);
}

TEST_CASE("no wrapper starts its program free when the library or the policy is broken", "[live][wrap]") {
  REQUIRE_ABI(1);
  const Installed place;
  const std::string policy = place.policy();
  for (const char* kind : {"run", "carrier", "needed"}) check_silent(place.run_command({"wrap", policy, witness(), "-o", place / ("out/" + std::string(kind)), "--kind", kind}));
  const std::string whole = contents(place.library());
  // A file that is no library, and one of another word size: the loader only warns.
  for (const std::string& broken : {std::string("no library\n"), std::string("\177ELF\1") + whole.substr(5)}) {
    std::filesystem::remove(place.library());
    place.file("bin/liblandshim.so", broken, 0755);
    check_fails(start(place, "out/carrier"), 125, "the loader does not take in");
    check_not_started(start(place, "out/needed"), 127);
  }
  std::filesystem::remove(place.library());
  place.file("bin/liblandshim.so", whole, 0755);
  check_said(start(place, "out/carrier"), "read 13\n");
  place.file("policies/policy.ini", "[filesystem]\nraed = /\n");
  for (const char* kind : {"run", "carrier", "needed"}) check_fails(start(place, std::string("out/") + kind), 125, "policy.ini:2: raed");
  std::filesystem::remove(policy);
  for (const char* kind : {"run", "carrier", "needed"}) check_fails(start(place, std::string("out/") + kind), 125, "policy.ini: the policy cannot be read");
}

TEST_CASE("the shell of a carrier that the library did not enter refuses by itself", "[live][wrap]") {
  REQUIRE_ABI(1);
  const Installed place;
  check_silent(place.run_command({"wrap", place.policy(), witness(), "-o", place / "out/carrier", "--kind", "carrier"}));
  // The first proof is taken out: as if the library went away right after it.
  std::string text = contents(place / "out/carrier");
  const std::size_t proof = text.find("[ \"$status\" -eq 125 ]");
  REQUIRE(proof != std::string::npos);
  text.erase(proof, text.find('\n', proof) - proof);
  text.erase(text.find("[ -r \"$library\" ]"), text.find('\n', text.find("[ -r \"$library\" ]")) - text.find("[ -r \"$library\" ]"));
  place.file("out/unproved", text, 0755);
  check_said(start(place, "out/unproved"), "read 13\n");
  place.remove_library();
  const Outcome outcome = start(place, "out/unproved");
  INFO(outcome.err);
  CHECK(outcome.status == 125);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find("the loader did not take in " + place.library() + "; " + witness() + " was not started") != std::string::npos);
}

TEST_CASE("a wrapper of kind run and carrier holds static programs too, and needed refuses them", "[live][wrap]") {
  REQUIRE_ABI(1);
  const Installed place;
  const std::string policy = place.policy("static.ini");
  for (const char* kind : {"run", "carrier"}) {
    check_silent(place.run_command({"wrap", policy, built("tests/witness-static"), "-o", place / ("out/" + std::string(kind)), "--kind", kind}));
    check_said(start(place, std::string("out/") + kind), "read 13\n");
  }
  const Outcome refused = place.run_command({"wrap", policy, built("tests/witness-static"), "-o", place / "out/needed", "--kind", "needed"});
  CHECK(refused.status == 1);
  CHECK_FALSE(exists(place / "out/needed"));
  CHECK_FALSE(exists(place / "out/needed.held"));
  check_fails(place.run_command({"wrap", policy, place.file("out/script", "#!/bin/sh\n", 0755), "-o", place / "out/needed", "--kind", "needed"}), 1, "no ELF program");
  // The policy is what does not fit.
  check_fails(place.run_command({"wrap", place.file("deny.ini", contents(policy) + "[process]\nexecve = deny\n"), built("tests/witness-static"), "-o", place / "out/none", "--kind", "carrier"}), 125, "execve = deny would keep the carrier");
  CHECK_FALSE(exists(place / "out/none"));
}

TEST_CASE("landshim wrap writes whole files, and over none that exists without --force", "[live][wrap]") {
  REQUIRE_ABI(1);
  const Installed place;
  const std::string policy = place.policy();
  const std::string there = place.file("out/there", "keep me");
  for (const char* kind : {"run", "carrier", "needed"}) {
    INFO(kind);
    check_fails(place.run_command({"wrap", policy, witness(), "-o", there, "--kind", kind}), 1, "the file exists");
    CHECK(contents(there) == "keep me");
    std::filesystem::remove(there + ".held");
  }
  std::filesystem::create_symlink(there, place / "out/link");
  check_fails(place.run_command({"wrap", policy, witness(), "-o", place / "out/link"}), 1, "the file exists");
  check_silent(place.run_command({"wrap", policy, witness(), "-o", place / "out/link", "--force"}));
  CHECK(contents(there) == "keep me");
  CHECK_FALSE(std::filesystem::is_symlink(place / "out/link"));
  check_said(start(place, "out/link"), "read 13\n");
  check_silent(place.run_command({"wrap", policy, witness(), "-o", there, "--force"}));
  check_said(start(place, "out/there"), "read 13\n");
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(place / "out")) {
    INFO(entry.path());
    CHECK((entry.path().filename() == "there" || entry.path().filename() == "link"));
    ++files;
  }
  CHECK(files == 2);
}

TEST_CASE("landshim wrap refuses what would not hold, and says what would", "[live][wrap]") {
  REQUIRE_ABI(1);
  const Installed place;
  const std::string policy = place.policy();
  const std::string out = place / "out/wrapper";
  check_fails(place.run_command({"wrap", place.file("policies/bad.ini", "[filesystem]\nraed = /\n"), witness(), "-o", out}), 125, "bad.ini:2: raed");
  check_fails(place.run_command({"wrap", "base", witness(), "-o", out}), 125, "landshim profiles base");
  check_fails(place.run_command({"wrap", policy, place / "none", "-o", out}), 127, "cannot be started");
  check_fails(place.run_command({"wrap", policy, place.file("text", "x", 0644), "-o", out}), 126, "cannot be started");
  check_fails(place.run_command({"wrap", policy, witness(), "-o", place / "none/wrapper"}), 1, "the file cannot be made");
  check_fails(place.run_command({"wrap", policy, witness(), "-o", place / "out"}), 1, "this is a directory");
  check_fails(place.run_command({"wrap", policy, witness()}), 2, "wrap: ");
  const std::string program = place / "out/program";
  std::filesystem::copy_file(witness(), program);
  check_fails(place.run_command({"wrap", policy, program, "-o", program, "--force"}), 1, "the place of the program");
  check_fails(place.run_command({"wrap", place.file("policies/program.ini", "[filesystem]\nruntime = program\n"), witness(), "-o", out, "--kind", "carrier"}), 125, "program.ini:2: runtime = program");
  check_fails(place.run_command({"wrap", place.file("policies/execve.ini", "[process]\nexecve = deny\n"), witness(), "-o", out, "--kind", "carrier"}), 125, "execve.ini:2: execve = deny");
  check_fails(place.run_command({"wrap", place.file("policies/include.ini", "[policy]\ninclude = base\n"), witness(), "-o", out, "--kind", "carrier"}), 125, "comes with the command alone");
  Start without{{place / "bin/landshim", "wrap", policy, witness(), "-o", out, "--kind", "needed"}, {{"PATH", "/nonexistent"}}, {}};
  check_fails(run(without), 1, "patchelf, which is not in PATH");
  CHECK_FALSE(exists(out));
  CHECK_FALSE(exists(out + ".held"));
}
