// SPDX-License-Identifier: MIT
// Policies that landshim learns: what they grant, what they leave closed, and what becomes of it when they are used.
#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/world.h"

using namespace landshim::tests;

namespace {

using Words = std::vector<std::string>;

/// A place to learn in, that TMPDIR does not hold.
class Place {
 public:
  Place() {
    work_ = scratch_.directory("work");
    scratch_.directory("home");
    scratch_.directory("tmp");
    out_ = scratch_ / "learned.ini";
  }
  std::string operator/(const std::string& name) const { return work_ + "/" + name; }
  const std::string& work() const { return work_; }
  const std::string& out() const { return out_; }
  std::string outside(const std::string& name) const { return scratch_ / name; }
  std::string file(const std::string& name, const std::string& text) const { return scratch_.file("work/" + name, text); }
  std::string beside(const std::string& name, const std::string& text) const { return scratch_.file(name, text); }

  Outcome landshim(Words words, const std::string& input = {}) const {
    words.insert(words.begin(), built("landshim"));
    Start start{words, {{"HOME", scratch_ / "home"}, {"TMPDIR", scratch_ / "tmp"}, {"LC_ALL", "C"}, {"PATH", "/usr/bin:/bin:/usr/sbin:/sbin"}}, {}};
    start.directory = work_;
    start.input = input;
    start.seconds = 60;
    return run(start);
  }
  Outcome learn(const std::string& text, Words options = {}) const {
    Words words{"learn"};
    words.insert(words.end(), options.begin(), options.end());
    for (const char* word : {"--", "sh", "-c"}) words.emplace_back(word);
    words.push_back(text);
    return landshim(words);
  }
  Outcome learn_file(const std::string& text, Words options = {}) const {
    options.insert(options.end(), {"-o", out_, "--force"});
    return learn(text, options);
  }
  Outcome held(const std::string& text) const { return landshim({"run", "-p", out_, "--", "sh", "-c", text}); }

 private:
  Scratch scratch_;
  std::string work_;
  std::string out_;
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string all_of(const Outcome& outcome) { return "status " + std::to_string(outcome.status) + "\nstdout: " + outcome.out + "\nstderr: " + outcome.err; }

const std::string kGood = "landshim: replay: exit 0, 0 denials";

}  // namespace

TEST_CASE("a learned policy lets the same command work, and keeps it from anything else", "[live][learn]") {
  REQUIRE_ABI(3);
  const Place place;
  const std::string wanted = place.file("wanted", "x");
  const std::string other = place.file("other", "y");
  const Outcome outcome = place.learn_file("cat wanted >/dev/null");
  INFO(all_of(outcome));
  CHECK(outcome.status == 0);
  CHECK(outcome.err.starts_with(kGood));
  const std::string policy = contents(place.out());
  INFO(policy);
  CHECK(policy.starts_with("# Learned from: sh -c 'cat wanted >/dev/null'\n[policy]\ninclude = base\n"));
  CHECK(has(policy, "# read by cat\nread = " + wanted + "\n"));
  CHECK(place.held("cat wanted").out == "x");
  const Outcome denied = place.held("cat other");
  CHECK(denied.status == 1);
  CHECK(denied.out.empty());
  CHECK(has(denied.err, "Permission denied"));
  CHECK(place.held("echo z >wanted").status != 0);
  CHECK(contents(wanted) == "x");
  CHECK(contents(other) == "y");
}

TEST_CASE("what is made is learned as its directory, what is replaced by rename too, and many files as theirs", "[live][learn]") {
  REQUIRE_ABI(3);
  const Place place;
  for (int i = 0; i < 30; ++i) place.file("in" + std::to_string(i), "x");
  REQUIRE(mkdir((place / "made").c_str(), 0777) == 0);
  const Outcome outcome = place.learn_file("cat in* >made/new && mv made/new made/all");
  INFO(all_of(outcome) << contents(place.out()));
  CHECK(outcome.status == 0);
  CHECK(outcome.err.starts_with(kGood));
  const std::string policy = contents(place.out());
  CHECK(has(policy, "read = " + place.work() + "\n"));
  CHECK(has(policy, "read_write = " + (place / "made") + "\n"));
  CHECK_FALSE(has(policy, "in17"));
  CHECK(place.held("echo again >made/second").status == 0);
  CHECK(place.held("echo again >third").status != 0);
  CHECK(exists(place / "made/second"));
  CHECK_FALSE(exists(place / "third"));
}

TEST_CASE("the home directory is never granted as a whole, and what that leaves is told", "[live][learn]") {
  REQUIRE_ABI(3);
  const Place place;
  const Outcome outcome = place.learn_file("echo x >\"$HOME/.one\"; cat \"$HOME/.one\" >/dev/null");
  INFO(all_of(outcome) << contents(place.out()));
  const std::string home = place.outside("home");
  CHECK(has(outcome.err, "landshim: not covered: create again or remove what it has made in " + home));
  CHECK(has(contents(place.out()), "# Not covered: create again or remove what it has made in " + home));
  CHECK(place.held("echo y >\"$HOME/.one\"").status == 0);
  CHECK(place.held("echo y >\"$HOME/.two\"").status != 0);
  CHECK(contents(home + "/.one") == "y\n");
  CHECK_FALSE(exists(home + "/.two"));
}

TEST_CASE("calls beyond the default are learned with the key that allows them", "[live][learn]") {
  REQUIRE_ABI(3);
  const Place place;
  place.file("mine", "x");
  const Outcome outcome = place.learn_file("chmod 600 mine");
  INFO(all_of(outcome) << contents(place.out()));
  CHECK(outcome.status == 0);
  CHECK(outcome.err.starts_with(kGood));
  CHECK(has(contents(place.out()), "metadata = modes\n"));
}

TEST_CASE("the learned run is as free as any, and ends as the command does", "[live][learn]") {
  REQUIRE_ABI(3);
  const Place place;
  const Outcome ended = place.learn_file("cat >got; exit 7", {"--no-replay"});
  CHECK(ended.status == 0);
  CHECK(has(ended.err, "landshim: the command ended with exit 7 while nothing held it"));
  CHECK(exists(place / "got"));
  const Outcome signalled = place.learn_file("kill -TERM $$", {"--no-replay"});
  CHECK(has(signalled.err, "ended with signal 15"));
  const Outcome unlike = place.learn_file("mkdir made");
  INFO(all_of(unlike));
  CHECK(unlike.status == 1);
  CHECK(has(unlike.err, "replay: exit 1, 0 denials; free it ended with exit 0"));
}

TEST_CASE("a replay that could not see every call says so beside its denials", "[live][learn]") {
  REQUIRE_ABI(3);
  const Place place;
  const std::string wanted = place.file("wanted", "x");
  const Words hiding{"learn", "--", built("tests/victim"), "undumpable", "read", wanted};
  const Outcome outcome = place.landshim(hiding);
  INFO(all_of(outcome));
  // Root sees it all the same.
  CHECK(has(outcome.err, " not seen") == (geteuid() != 0));
  CHECK(has(outcome.err, "could not be looked at") == (geteuid() != 0));
  CHECK_FALSE(has(place.landshim({"learn", "--", "cat", wanted}).err, " not seen"));
}

TEST_CASE("--merge adds lines to a policy and shows them, --base includes one, and both grant what was missing", "[live][learn]") {
  REQUIRE_ABI(3);
  const Place place;
  const std::string first = place.file("first", "1");
  const std::string second = place.file("second", "2");
  const std::string text = "# mine\n[filesystem]\nruntime = host\ndevice = /dev/null\nread = " + first + "\n";
  const std::string policy = place.beside("mine.ini", text);
  CHECK(place.landshim({"run", "-p", policy, "--", "cat", second}).status == 1);
  const Outcome merged = place.landshim({"learn", "--merge", policy, "--", "cat", first, second});
  INFO(all_of(merged) << contents(policy));
  CHECK(merged.status == 0);
  CHECK(has(merged.out, "+ read = " + second + "\n"));
  CHECK_FALSE(has(merged.out, "+ read = " + first));
  CHECK(contents(policy).starts_with(text + "\n# Learned from: cat "));
  CHECK(place.landshim({"run", "-p", policy, "--", "cat", first, second}).out == "12");
  const Outcome again = place.landshim({"learn", "--merge", policy, "--", "cat", first, second});
  CHECK(has(again.err, "nothing to add"));

  const Outcome based = place.landshim({"learn", "--base", policy, "-o", place.out(), "--", "cat", policy});
  INFO(all_of(based));
  CHECK(based.status == 0);
  CHECK(has(contents(place.out()), "include = \"" + policy + "\"\n"));
}

TEST_CASE("what cannot be learned or written ends with one line and its status", "[live][learn]") {
  REQUIRE_ABI(3);
  const Place place;
  const auto ends = [&](const Words& words, int status, const std::string& said) {
    const Outcome outcome = place.landshim(words);
    INFO(all_of(outcome));
    CHECK(outcome.status == status);
    CHECK(has(outcome.err, said));
  };
  ends({"learn"}, 2, "landshim: learn: a command is missing");
  ends({"learn", "--runs", "0", "true"}, 2, "learn: --runs");
  ends({"learn", "-o", "", "true"}, 2, "learn: --output: the name is empty");
  ends({"learn", "--merge", "x.ini", "-o", "y.ini", "true"}, 2, "learn: --merge and --output do not go together");
  ends({"learn", "--merge", "x.ini", "--base", "base", "true"}, 2, "learn: --merge and --base do not go together");
  ends({"learn", "no-such-command"}, 127, "no-such-command: the command is not in PATH");
  ends({"learn", "--base", "no-such-profile", "true"}, 125, "no profile of this name");
  ends({"learn", "--merge", place / "none.ini", "true"}, 125, "none.ini: the policy cannot be read");
  ends({"learn", "--merge", place.work(), "true"}, 125, "this is no regular file");
  const std::string there = place.beside("there.ini", "keep me");
  ends({"learn", "-o", there, "true"}, 1, "the file exists; give another name, or --force");
  CHECK(contents(there) == "keep me");
  // A policy that the command could change is none.
  ends({"learn", "-o", place / "inside.ini", "sh", "-c", "echo >made"}, 1, "the policy was not written: ");
  CHECK_FALSE(exists(place / "inside.ini"));
}

TEST_CASE("a name that holds a comma and another path is proposed as one path", "[live][learn][follow]") {
  REQUIRE_ABI(3);
  const Place place;
  REQUIRE(mkdir((place / "a, ").c_str(), 0777) == 0);
  place.file("a, /b", "x");
  const std::string policy = place.beside("held.ini", "[policy]\ninclude = base\n");
  const Outcome followed = place.landshim({"run", "-p", policy, "--explain-denials", "--", "cat", place / "a, /b"});
  INFO(all_of(followed));
  CHECK(followed.status == 1);
  CHECK(has(followed.err, "; to allow: [filesystem] read = \"" + (place / "a, ") + "\""));
  const std::string more = place.beside("more.ini", "[policy]\ninclude = base\n[filesystem]\nread = \"" + (place / "a, ") + "\"\n");
  CHECK(place.landshim({"run", "-p", more, "--", "cat", place / "a, /b"}).out == "x");
  REQUIRE(mkdir((place / "line\nend").c_str(), 0777) == 0);
  place.file("line\nend/c", "x");
  const Outcome unsayable = place.landshim({"run", "-p", policy, "--explain-denials", "--", "cat", place / "line\nend/c"});
  INFO(all_of(unsayable));
  CHECK(has(unsayable.err, "no rule covers it"));
  CHECK_FALSE(has(unsayable.err, "to allow"));
}

TEST_CASE("without -o the policy comes on standard output, and it is a good one", "[live][learn]") {
  REQUIRE_ABI(3);
  const Place place;
  place.file("a b, \"c\" $HOME*", "x");
  const Outcome outcome = place.learn("cat a* >/dev/null", {"--runs", "2"});
  INFO(all_of(outcome));
  CHECK(outcome.status == 0);
  CHECK(has(outcome.out, "# 2 runs.\n"));
  const std::string policy = place.beside("printed.ini", outcome.out);
  CHECK(place.landshim({"run", "-p", policy, "--", "sh", "-c", "cat a*"}).out == "x");
}
