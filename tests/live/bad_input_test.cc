// SPDX-License-Identifier: MIT
// Bad words, bad files and bad surroundings for every subcommand: the exit status is the right one, what is wrong stands
// in one line, no output is lost unnoticed, and nothing is left half done.
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "tests/live/files.h"
#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

// A directory with a policy that is good, inputs that are not, and what each subcommand is asked there.
class Place {
 public:
  Place() {
    good = home_.file("good.ini", "[policy]\nmode = readonly\n");
    home_.file("bad.ini", "[filesystem]\nraed = /\n");
    home_.file("bytes.ini", "[filesystem]\nread = /\xff\n");
    home_.file("landrun", "landrun --ro /usr ls\n");
    home_.file("good.jsonl", "{\"v\":1,\"time\":\"2026-03-14T09:26:53.589793Z\",\"run\":\"5f1d2c3b4a596877\",\"event\":\"summary\",\"status\":0}\n");
    home_.directory("dir");
    home_.directory("out", 0777);
    REQUIRE(mkfifo((home_ / "fifo.ini").c_str(), 0644) == 0);
  }

  std::string operator/(const std::string& name) const { return home_ / name; }

  // landshim with these words, started here.
  Outcome run_landshim(Words words, const std::map<std::string, std::string>& environment = {}) const {
    words.insert(words.begin(), built("landshim"));
    Start start{std::move(words), environment, {"HOME", "XDG_CONFIG_HOME"}};
    start.directory = home_.path();
    return run(start);
  }

  // The same by sh, which does something before and redirects.
  Outcome run_by_shell(const std::string& before, const Words& words, const std::string& after = "") const {
    Start start{{"/bin/bash", "-c", before + " exec \"$LANDSHIM\" \"$@\" " + after, "sh"}, {{"LANDSHIM", built("landshim")}}, {"HOME", "XDG_CONFIG_HOME"}};
    start.command.insert(start.command.end(), words.begin(), words.end());
    start.directory = home_.path();
    return run(start);
  }

  std::set<std::string> written() const {
    std::set<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(home_ / "out")) out.insert(entry.path().filename());
    return out;
  }

  std::string good;

 private:
  Scratch home_;
};

std::string told(const Outcome& outcome) { return "status " + std::to_string(outcome.status) + " signal " + std::to_string(outcome.signal) + "\nstdout: " + outcome.out + "\nstderr: " + outcome.err; }

std::string joined(const Words& words) {
  std::string out = "landshim";
  for (const std::string& word : words) out += " '" + word + "'";
  return out;
}

void check_ends(const Outcome& outcome, int status, const std::string& words) {
  INFO(told(outcome));
  CHECK_FALSE(outcome.timed_out);
  CHECK(outcome.status == status);
  CHECK(outcome.out.empty());
  CHECK(one_line(outcome.err, "landshim: "));
  CHECK(outcome.err.find(words) != std::string::npos);
}

// What each subcommand does well: most print.
struct Use {
  Words words;
  bool prints = true;
};

std::vector<Use> uses() {
  return {{{"run", "-p", "good.ini", "--", "/bin/true"}, false},
          {{"check", "good.ini"}},
          {{"explain", "good.ini"}},
          {{"explain", "--json", "good.ini"}},
          {{"ask", "good.ini", "read", "/etc/passwd"}},
          {{"doctor"}},
          {{"env", "good.ini"}},
          {{"wrap", "good.ini", "/bin/true", "-o", "out/wrapper", "--force"}, false},
          {{"filter", "good.ini"}},
          {{"profiles"}},
          {{"profiles", "base"}},
          {{"convert", "landrun", "landrun"}},
          {{"convert", "landrun", "landrun", "-o", "out/converted.ini"}, false},
          {{"report", "good.jsonl", "-o", "out/report.html", "--force"}, false},
          {{"export", "oci", "good.ini", "--lossy"}},
          {{"completion", "bash"}},
          {{"run", "--read", "dir", "--print-policy"}},
          {{"help"}},
          {{"run", "--help"}},
          {{"version"}}};
}

// doctor tells by its status what this machine lacks.
bool is_status_of(const Use& use, int status) { return status == 0 || (use.words.front() == "doctor" && status == 1); }

bool is_unclean(const std::string& text) {
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n') || static_cast<unsigned char>(c) >= 0x7f) return true;
  return false;
}

}  // namespace

TEST_CASE("each subcommand takes what it does well, and says nothing on standard error", "[live][bad-input]") {
  const Place place;
  for (const Use& use : uses()) {
    const Outcome outcome = place.run_landshim(use.words);
    INFO(joined(use.words) << "\n" << told(outcome));
    CHECK(is_status_of(use, outcome.status));
    CHECK(outcome.out.empty() != use.prints);
    CHECK(outcome.err.empty());
  }
  CHECK(place.written() == std::set<std::string>{"converted.ini", "report.html", "wrapper"});
}

TEST_CASE("words that no subcommand knows, lacks or has too many of end with 2 in one line", "[live][bad-input]") {
  const Place place;
  const struct {
    Words words;
    const char* said;
  } kCases[] = {
      {{"-x"}, "-x: no such subcommand"},
      {{""}, "'': no such subcommand"},
      {{"rum"}, "did you mean 'run'?"},
      {{"run"}, "run: a command is missing"},
      {{"run", "--nothing", "true"}, "run: --nothing: no such option"},
      {{"run", "-p"}, "run: --policy: 1 required POLICY missing"},
      {{"run", "--timeout", "", "true"}, "expected a time"},
      {{"run", "--timeout", "0", "true"}, "expected a time"},
      {{"run", "--set", "", "true"}, "expected KEY=VALUE"},
      {{"run", "--set", "nothing=x", "true"}, "no section has the key nothing"},
      {{"run", "--read", "", "true"}, "--read: the name is empty"},
      {{"run", "--preload", "true"}, "--preload: the library reads its policy from a file"},
      {{"check", "-x"}, "check: -x: no such option"},
      {{"check"}, "check: POLICY is missing"},
      {{"check", "--level", "", "good.ini"}, "expected error, warning or note"},
      {{"check", "--explain", ""}, "no such code"},
      {{"check", "--explain", "LS012", "good.ini"}, "take no policy"},
      {{"check", "--json", "--quiet", "good.ini"}, "--json excludes --quiet"},
      {{"check", "-", "-"}, "standard input can be read once"},
      {{"explain", "-x"}, "explain: -x: no such option"},
      {{"explain"}, "explain: POLICY is missing"},
      {{"explain", "good.ini", ""}, "explain: '': one argument too many"},
      {{"explain", "good.ini", "--abi", ""}, "explain: --abi: "},
      {{"explain", "good.ini", "--abi", "99"}, "explain: --abi: "},
      {{"explain", "good.ini", "--diff"}, "explain: --diff: 1 required"},
      {{"ask", "-x"}, "ask: -x: no such option"},
      {{"ask", "good.ini"}, "ask: QUESTION is missing"},
      {{"ask", "good.ini", ""}, "no such question"},
      {{"ask", "good.ini", "read"}, "what to read is missing"},
      {{"ask", "good.ini", "read", ""}, "the path is empty"},
      {{"ask", "good.ini", "read", "/no/such/path"}, "there is no such path"},
      {{"ask", "good.ini", "connect", "99999"}, "expected a port"},
      {{"ask", "good.ini", "--from", ""}, "ask: --from: the name is empty"},
      {{"ask", "good.ini", "--from", "none"}, "none: the questions cannot be read"},
      {{"ask", "good.ini", "--from", "dir"}, "dir: the questions cannot be read"},
      {{"ask", "good.ini", "--from", "/dev/zero"}, "/dev/zero: the questions are larger than 1 MiB"},
      {{"ask", "good.ini", "--from", "landrun", "read", "/"}, "a question and --from"},
      {{"doctor", "-x"}, "doctor: -x: no such option"},
      {{"doctor", "x"}, "doctor: x: one argument too many"},
      {{"env", "-x"}, "env: -x: no such option"},
      {{"env"}, "env: POLICY is missing"},
      {{"env", "good.ini", "x"}, "env: x: one argument too many"},
      {{"env", "good.ini", "--for", ""}, "env: --for: "},
      {{"env", "good.ini", "--for", "mars"}, "env: --for: mars not in"},
      {{"wrap", "-x"}, "wrap: -x: no such option"},
      {{"wrap", "good.ini"}, "wrap: PROGRAM is missing"},
      {{"wrap", "good.ini", "true"}, "wrap: --output is missing"},
      {{"wrap", "good.ini", "true", "-o"}, "wrap: --output: 1 required OUT missing"},
      {{"wrap", "good.ini", "true", "-o", ""}, "wrap: --output: the name is empty"},
      {{"wrap", "good.ini", "true", "-o", "out/x", "--kind", ""}, "wrap: --kind: "},
      {{"wrap", "good.ini", "true", "x", "-o", "out/x"}, "wrap: x: one argument too many"},
      {{"filter", "-x"}, "filter: -x: no such option"},
      {{"filter"}, "filter: POLICY is missing"},
      {{"filter", "good.ini", "x"}, "filter: x: one argument too many"},
      {{"filter", "good.ini", "--bpf", "--disassemble"}, "excludes"},
      {{"profiles", "-x"}, "profiles: -x: no such option"},
      {{"profiles", ""}, "profiles: the name is empty"},
      {{"profiles", "base", "x"}, "profiles: x: one argument too many"},
      {{"convert", "-x"}, "convert: -x: no such option"},
      {{"convert"}, "convert: FORMAT is missing"},
      {{"convert", ""}, "no such format"},
      {{"convert", "landrum", "landrun"}, "did you mean 'landrun'?"},
      {{"convert", "landrun"}, "the command line of landrun is missing"},
      {{"convert", "sandboxec"}, "convert: FILE is missing"},
      {{"convert", "landrun", "landrun", "-o"}, "convert: --output: 1 required FILE missing"},
      {{"convert", "landrun", "landrun", "-o", ""}, "convert: --output: the name is empty"},
      {{"convert", "landrun", "landrun", "x"}, "convert: x: one argument too many"},
      {{"export", "-x"}, "export: -x: no such option"},
      {{"export", "oci"}, "export: POLICY is missing"},
      {{"export", "", "good.ini"}, "no such format"},
      {{"export", "oci", "good.ini", "--null"}, "--null is for bubblewrap"},
      {{"export", "oci", "good.ini", "x"}, "export: x: one argument too many"},
      {{"report", "-x"}, "report: -x: no such option"},
      {{"report", "-o", "out/x"}, "report: RECORD is missing"},
      {{"report", "good.jsonl"}, "report: --output is missing"},
      {{"report", "good.jsonl", "-o"}, "report: --output: 1 required OUT missing"},
      {{"report", "good.jsonl", "-o", ""}, "report: --output: the name is empty"},
      {{"report", "good.jsonl", "-o", "out/x", "-o", "out/y"}, "report: --output: "},
      {{"completion", "-x"}, "completion: -x: no such option"},
      {{"completion"}, "completion: SHELL is missing"},
      {{"completion", ""}, "completion: SHELL: "},
      {{"completion", "bash", "x"}, "completion: x: one argument too many"},
      {{"help", "x"}, "help: x: no such subcommand"},
      {{"help", "run", "x"}, "help: x: one argument too many"},
      {{"help", "-x"}, "help: -x: no such option"},
      {{"version", ""}, "version: '': one argument too many"},
  };
  for (const auto& one : kCases) {
    INFO(joined(one.words));
    check_ends(place.run_landshim(one.words), 2, one.said);
  }
  CHECK(place.written().empty());
}

TEST_CASE("a policy that is none is told in one line by every subcommand that reads one", "[live][bad-input]") {
  const Place place;
  const struct {
    const char* policy;
    const char* said;
  } kPolicies[] = {
      {"bad.ini", "bad.ini:2: raed: no such key"}, {"none.ini", "none.ini: the policy cannot be read"},   {"dir/", "dir/: this is a directory"},
      {"/dev/null", "this is no regular file"},    {"fifo.ini", "fifo.ini: this is no regular file"},     {"bytes.ini", "bytes.ini:2: the line is not UTF-8"},
      {"none", "no profile of this name"},         {"good.ini/x.ini", "a part of the path is no directory"},
  };
  const struct {
    Words words;  // "@" is the policy
    int status;
  } kUses[] = {
      {{"run", "-p", "@", "touch", "out/started"}, 125},
      {{"run", "--timeout", "9", "-p", "@", "touch", "out/started"}, 125},
      {{"run", "--preload", "-p", "@", "touch", "out/started"}, 125},
      {{"check", "@"}, 1},
      {{"explain", "@"}, 1},
      {{"explain", "good.ini", "--diff", "@"}, 125},
      {{"ask", "@", "read", "/"}, 125},
      {{"env", "@"}, 125},
      {{"wrap", "@", "true", "-o", "out/wrapper"}, 125},
      {{"filter", "@"}, 1},
      {{"export", "oci", "@"}, 1},
  };
  for (const auto& policy : kPolicies)
    for (const auto& use : kUses) {
      Words words = use.words;
      for (std::string& word : words)
        if (word == "@") word = policy.policy;
      INFO(joined(words));
      check_ends(place.run_landshim(words), use.status, policy.said);
    }
  for (const auto& use : kUses)
    if (use.words[0] != "run") {
      Words words = use.words;
      for (std::string& word : words)
        if (word == "@") word = "";
      check_ends(place.run_landshim(words), use.status, "the name of the policy is empty");
    }
  CHECK(place.written().empty());
}

TEST_CASE("programs and files that are none of the kind end as documented, in one line", "[live][bad-input]") {
  const Place place;
  const struct {
    Words words;
    int status;
    const char* said;
  } kCases[] = {
      {{"run", ""}, 127, "the name of the command is empty"},
      {{"run", "./none"}, 127, "./none: the command cannot be started: no such file or directory (ENOENT)"},
      {{"run", "no-such-program-anywhere"}, 127, "the command is not in PATH"},
      {{"run", "./dir"}, 126, "./dir: the command cannot be started: permission denied (EACCES)"},
      {{"run", "./landrun"}, 126, "./landrun: the command cannot be started: permission denied (EACCES)"},
      {{"run", "--chdir", "none", "true"}, 125, "--chdir none: the directory cannot be entered"},
      {{"run", "--chdir", "landrun", "true"}, 125, "--chdir landrun: the directory cannot be entered"},
      {{"run", "--chdir", "", "true"}, 125, "--chdir : the directory cannot be entered"},
      {{"run", "-p", "", "true"}, 125, "the name given with -p is empty"},
      {{"wrap", "good.ini", "", "-o", "out/x"}, 127, "the name of the command is empty"},
      {{"wrap", "good.ini", "./none", "-o", "out/x"}, 127, "./none: the command cannot be started"},
      {{"wrap", "good.ini", "./dir", "-o", "out/x"}, 126, "./dir: the command cannot be started"},
      {{"wrap", "good.ini", "true", "-o", "dir"}, 1, "dir: this is a directory; name a file"},
      {{"wrap", "good.ini", "true", "-o", "none/x"}, 1, "none/x: the file cannot be made"},
      {{"wrap", "good.ini", "true", "-o", "/proc/x"}, 1, "/proc/x: the file cannot be made"},
      {{"wrap", "good.ini", "true", "-o", "fifo.ini", "--force"}, 1, "fifo.ini: this is no regular file"},
      {{"report", "none", "-o", "out/x"}, 1, "none: the record cannot be read: no such file or directory (ENOENT)"},
      {{"report", "", "-o", "out/x"}, 1, "the record cannot be read: no such file or directory (ENOENT)"},
      {{"report", "dir", "-o", "out/x"}, 1, "dir: the record cannot be read: is a directory (EISDIR)"},
      {{"report", "good.jsonl", "landrun", "-o", "out/x"}, 1, "landrun: no line of it is an event of version 1"},
      {{"report", "/dev/null", "-o", "out/x"}, 1, "/dev/null: no line of it is an event of version 1"},
      {{"report", "good.jsonl", "-o", "dir"}, 1, "dir: this is a directory; name a file"},
      {{"report", "good.jsonl", "-o", "none/x"}, 1, "none/x: the file cannot be made"},
      {{"report", "good.jsonl", "-o", "/proc/x"}, 1, "/proc/x: the file cannot be made"},
      {{"report", "good.jsonl", "-o", "fifo.ini", "--force"}, 1, "fifo.ini: this is no regular file"},
      {{"report", "good.jsonl", "-o", "landrun"}, 1, "landrun: the file exists; give another name, or --force"},
      {{"report", "good.jsonl", "-o", "./good.jsonl", "--force"}, 1, "./good.jsonl: the report would take the place of its record; give another name"},
      {{"profiles", "none"}, 1, "there is no profile none"},
      {{"profiles", "../base"}, 1, "there is no profile ../base"},
      {{"convert", "landrun", "none"}, 1, "none: the file cannot be read"},
      {{"convert", "landrun", "dir"}, 1, "dir: the file cannot be read"},
      {{"convert", "landrun", "/dev/zero"}, 1, "/dev/zero: the file is larger than 1 MiB"},
      {{"convert", "sandboxec", "landrun"}, 1, "landrun"},
      {{"convert", "landrun", "landrun", "-o", "dir"}, 1, "dir: "},
      {{"convert", "landrun", "landrun", "-o", "none/x"}, 1, "none/x: "},
      {{"convert", "landrun", "landrun", "-o", "/proc/x"}, 1, "/proc/x: "},
  };
  for (const auto& one : kCases) {
    INFO(joined(one.words));
    check_ends(place.run_landshim(one.words), one.status, one.said);
  }
  CHECK(place.written().empty());
  CHECK(std::filesystem::is_fifo(place / "fifo.ini"));
}

TEST_CASE("no name from the command line can forge a line, drive a terminal, or be shown as other bytes", "[live][bad-input]") {
  const Place place;
  const std::vector<Words> kUses = {
      {"@"},
      {"run", "@"},
      {"run", "./@"},
      {"run", "-p", "@", "true"},
      {"run", "-p", "@.ini", "true"},
      {"run", "--set", "@", "true"},
      {"run", "--set", "read=@", "true"},
      {"run", "--read", "@", "true"},
      {"run", "--timeout", "@", "true"},
      {"run", "--chdir", "@", "true"},
      {"run", "--@", "true"},
      {"check", "@"},
      {"check", "@.ini"},
      {"check", "--level", "@", "good.ini"},
      {"check", "--explain", "@"},
      {"explain", "@"},
      {"explain", "good.ini", "--diff", "@"},
      {"explain", "good.ini", "--abi", "@"},
      {"ask", "@", "read", "/"},
      {"ask", "good.ini", "@", "x"},
      {"ask", "good.ini", "read", "/none/@"},
      {"ask", "good.ini", "call", "@"},
      {"ask", "good.ini", "connect", "@"},
      {"ask", "good.ini", "--from", "@"},
      {"env", "@"},
      {"env", "good.ini", "--for", "@"},
      {"wrap", "@", "true", "-o", "out/x"},
      {"wrap", "good.ini", "@", "-o", "out/x"},
      {"wrap", "good.ini", "true", "-o", "none/@"},
      {"wrap", "good.ini", "true", "-o", "out/x", "--kind", "@"},
      {"filter", "@"},
      {"profiles", "@"},
      {"convert", "@", "landrun"},
      {"convert", "landrun", "@"},
      {"convert", "landrun", "landrun", "-o", "none/@"},
      {"convert", "landrun", "--", "landrun", "--@"},
      {"export", "@", "good.ini"},
      {"export", "oci", "@"},
      {"report", "@", "-o", "out/x"},
      {"report", "good.jsonl", "-o", "none/@"},
      {"completion", "@"},
      {"help", "@"},
      {"version", "@"},
      {"doctor", "@"},
  };
  // Where one is refused for what it is, the other comes through.
  for (const std::string bytes : {"a\nlandshim: b\x1b[31m\xc2\x9b" "31m\xe2\x80\xae", "\xff\xfe\x9b" "31m"})
    for (Words words : kUses) {
      for (std::string& word : words)
        if (const std::size_t at = word.find('@'); at != std::string::npos) word.replace(at, 1, bytes);
      const Outcome outcome = place.run_landshim(words);
      INFO(joined(words) << "\n" << told(outcome));
      CHECK((outcome.status == 1 || outcome.status == 2 || (outcome.status >= 125 && outcome.status <= 127)));
      CHECK(outcome.out.empty());
      CHECK(one_line(outcome.err, "landshim: "));
      CHECK_FALSE(is_unclean(outcome.err));
    }
  CHECK(place.written().empty());
}

TEST_CASE("an output that cannot be written is told, and no success", "[live][bad-input]") {
  const Place place;
  for (const Use& use : uses()) {
    INFO(joined(use.words));
    for (const char* lost : {">&-", ">/dev/full"}) {
      INFO(lost);
      const Outcome outcome = place.run_by_shell("", use.words, lost);
      if (use.prints) check_ends(outcome, 1, "standard output cannot be written: ");
      else CHECK(outcome.status == 0);
    }
    // Nobody to tell: the status still does.
    if (use.prints) CHECK(place.run_by_shell("", use.words, "<&- >&- 2>&-").status == 1);
  }
  check_ends(place.run_by_shell("ulimit -f 0;", {"check", "good.ini"}, ">>landrun"), 1, "standard output cannot be written: larger than a file may become (EFBIG)");
  CHECK(contents(place / "landrun") == "landrun --ro /usr ls\n");
}

TEST_CASE("a reader of the output that has gone ends landshim by SIGPIPE, or with 1 where that is ignored", "[live][bad-input]") {
  const Place place;
  const std::string broken = "mkfifo out/pipe && exec 3<>out/pipe 4>out/pipe 3>&- && rm out/pipe;";
  for (const Use& use : uses()) {
    INFO(joined(use.words));
    const Outcome ignored = place.run_by_shell("trap '' PIPE; " + broken, use.words, ">&4");
    if (use.prints) check_ends(ignored, 1, "standard output cannot be written: nobody reads it (EPIPE)");
    else CHECK(ignored.status == 0);
  }
  for (const Words& words : {Words{"explain", "good.ini"}, Words{"help"}}) {
    const Outcome ended = place.run_by_shell(broken, words, ">&4");
    INFO(told(ended));
    CHECK(ended.signal == SIGPIPE);
    CHECK(ended.err.empty());
  }
}

TEST_CASE("a standard error that takes nothing changes neither the status nor the output", "[live][bad-input]") {
  const Place place;
  const std::string broken = "mkfifo out/pipe && exec 3<>out/pipe 4>out/pipe 3>&- && rm out/pipe;";
  for (const Use& use : uses()) {
    if (use.words[0] == "doctor") continue;
    const Outcome outcome = place.run_by_shell("", use.words, "2>&-");
    INFO(joined(use.words) << "\n" << told(outcome));
    CHECK(outcome.status == 0);
    CHECK(outcome.out.empty() != use.prints);
  }
  const struct {
    Words words;
    int status;
  } kFaults[] = {{{"run", "-p", "bad.ini", "touch", "out/started"}, 125}, {{"run", "--timeout", "9", "-p", "none", "touch", "out/started"}, 125}, {{"run", "no-such-program-anywhere"}, 127}, {{"run", "./dir"}, 126}, {{"run", "--nothing"}, 2},
                 {{"check", "bad.ini"}, 1}, {{"explain", "bad.ini"}, 1}, {{"ask", "bad.ini", "read", "/"}, 125}, {{"env", "bad.ini"}, 125}, {{"wrap", "good.ini", "true", "-o", "dir"}, 1}, {{"filter", "bad.ini"}, 1},
                 {{"profiles", "none"}, 1}, {{"convert", "landrun", "none"}, 1}, {{"export", "oci", "bad.ini"}, 1}, {{"report", "none", "-o", "out/x"}, 1}, {{"completion", "x"}, 2}};
  for (const auto& fault : kFaults)
    for (const std::string lost : {"2>&-", "2>/dev/full", "2>&4", "2>>landrun"}) {
      const Outcome outcome = place.run_by_shell(lost == "2>&4" ? broken : lost == "2>>landrun" ? "ulimit -f 0;" : "", fault.words, lost);
      INFO(joined(fault.words) << " " << lost << "\n" << told(outcome));
      CHECK(outcome.status == fault.status);
      CHECK(outcome.out.empty());
    }
  CHECK_FALSE(exists(place / "out/started"));
  CHECK(contents(place / "landrun") == "landrun --ro /usr ls\n");
}

TEST_CASE("a closed standard input is told by what reads it, and nothing else", "[live][bad-input]") {
  const Place place;
  for (const Use& use : uses()) {
    const Outcome outcome = place.run_by_shell("", use.words, "<&-");
    INFO(joined(use.words) << "\n" << told(outcome));
    CHECK(is_status_of(use, outcome.status));
    CHECK(outcome.err.empty());
  }
  check_ends(place.run_by_shell("", {"check", "-"}, "<&-"), 1, "standard input cannot be read: no open descriptor (EBADF)");
  check_ends(place.run_by_shell("", {"ask", "good.ini", "--from", "-"}, "<&-"), 2, "-: the questions cannot be read: no open descriptor (EBADF)");
  check_ends(place.run_by_shell("", {"convert", "landrun", "-"}, "<&-"), 1, "standard input: the file cannot be read: no open descriptor (EBADF)");
  check_ends(place.run_by_shell("", {"report", "-", "-o", "out/x"}, "<&-"), 1, "standard input: the record cannot be read: no open descriptor (EBADF)");
  check_ends(place.run_by_shell("", {"check", "-"}, "<dir"), 1, "standard input cannot be read: is a directory (EISDIR)");
}

TEST_CASE("what is closed when a program is started by landshim is closed for the program", "[live][bad-input]") {
  REQUIRE_ABI(1);
  const Place place;
  const std::string out = place / "out/open";
  const std::string policy = place / "held.ini";
  std::ofstream(policy) << "[filesystem]\nruntime = host\nread = /proc, " + (place / "dir") + "\n";
  // Tells which descriptors are open to number 9.
  const std::string look = "r=; for n in 0 1 2 3 4 5 6 7 8; do [ -e /proc/$$/fd/$n ] && r=\"$r $n\"; done; echo \"is$r\" >&9";
  const std::string kDoors[] = {
      "",
      built("landshim") + " run -p " + policy + " -- ",
      built("landshim") + " run --timeout 9 -p " + policy + " -- ",
      built("landshim") + " run --preload -p " + policy + " -- ",
      built("landshim") + " run --read / --set inherit_fds=0-2,9 -- ",
      "env LANDSHIM_POLICY=" + policy + " LD_PRELOAD=" + built("liblandshim.so") + " ",
      "env LANDSHIM_POLICY=" + policy + " LD_AUDIT=" + built("liblandshim-audit.so") + " ",
  };
  const struct {
    const char* closed;
    const char* open;
  } kCases[] = {{"", "is 0 1 2\n"}, {"<&-", "is 1 2\n"}, {">&-", "is 0 2\n"}, {"2>&-", "is 0 1\n"}, {"<&- >&-", "is 2\n"}, {"<&- >&- 2>&-", "is\n"}};
  for (const std::string& door : kDoors)
    for (const auto& one : kCases) {
      std::filesystem::remove(out);
      Start start{{"/bin/bash", "-c", "exec 9>" + out + "; exec " + door + "/bin/sh -c \"$LOOK\" " + one.closed}, {{"LOOK", look}}, {}};
      const Outcome outcome = run(start);
      INFO("'" << door << "' " << one.closed << "\n" << told(outcome));
      CHECK(outcome.status == 0);
      CHECK(contents(out) == one.open);
      CHECK(outcome.err.empty());
    }
}

TEST_CASE("neither an unset HOME or PATH, a directory that is gone, nor the lack of a terminal changes an answer", "[live][bad-input]") {
  const Place place;
  const std::string gone = "mkdir out/gone; cd out/gone; rmdir ../gone;";
  for (const Use& use : uses()) {
    Words words = use.words;
    // What is named from the working directory is named from the root.
    for (std::string& word : words)
      if (word.ends_with("good.ini") || word == "good.jsonl" || word == "landrun" || word.starts_with("out/") || word == "dir")
        if (&word - words.data() != 1 || words[0] != "convert") word = place / word;
    const Outcome control = place.run_landshim(words);
    Start start{{"setsid", "-w", "/bin/sh", "-c", gone + " unset HOME PATH; exec \"$LANDSHIM\" \"$@\"", "sh"}, {{"LANDSHIM", built("landshim")}}, {"XDG_CONFIG_HOME"}};
    start.command.insert(start.command.end(), words.begin(), words.end());
    start.directory = place / "";
    const Outcome outcome = run(start);
    INFO(joined(words) << "\n" << told(outcome));
    CHECK(outcome.status == control.status);
    // What the working directory has to do with it, doctor tells.
    if (words[0] != "doctor") CHECK(outcome.out == control.out);
    CHECK(outcome.err.empty());
  }
  check_ends(place.run_by_shell(gone, {"check", "good.ini"}), 1, "a relative name, and the working directory is gone");
  check_ends(place.run_by_shell(gone, {"run", "-p", "good.ini", "true"}), 125, "a relative name, and the working directory is gone");
}

TEST_CASE("landshim needs no name of its own and no /proc", "[live][bad-input]") {
  REQUIRE_ABI(1);
  const Place place;
  // execve(2) of an empty list: Linux 5.18 puts an empty name there.
  int status = 0;
  const std::string command = built("landshim");
  const pid_t child = fork();
  if (child == 0) {
    char* const none[] = {nullptr};
    const int null = open("/dev/null", O_RDWR);
    dup2(null, 2);
    execve(command.c_str(), none, none);
    _exit(200);
  }
  REQUIRE(child > 0);
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 2));

  const std::string hide = "unshare -" + std::string(is_root() ? "" : "r") + "m -- /bin/sh -c 'mount -t tmpfs none /proc && exec \"$@\"' sh";
  if (place.run_by_shell("", {"version"}, "").status != 0 || run({{"/bin/sh", "-c", hide + " test ! -e /proc/self"}, {}, {}}).status != 0) return skip("needs a mount namespace to hide /proc in");
  for (const Use& use : uses()) {
    // In a user namespace nobody knows whom the library belongs to.
    if (!is_root() && use.words[0] == "env") continue;
    Start start{{"/bin/sh", "-c", "exec " + hide + " \"$LANDSHIM\" \"$@\"", "sh"}, {{"LANDSHIM", built("landshim")}}, {"HOME", "XDG_CONFIG_HOME"}};
    start.command.insert(start.command.end(), use.words.begin(), use.words.end());
    start.directory = place / "";
    const Outcome outcome = run(start);
    INFO(joined(use.words) << "\n" << told(outcome));
    CHECK(outcome.out.empty() != use.prints);
    CHECK(is_status_of(use, outcome.status));
    CHECK(outcome.err.empty());
  }
}

TEST_CASE("with too few descriptors an answer is the right one or none, and no command starts outside its policy", "[live][bad-input]") {
  REQUIRE_ABI(1);
  const Place place;
  std::vector<Use> all = uses();
  const Scratch outside;
  const std::string secret = outside.file("secret", "x");
  std::ofstream(place / "held.ini") << "[filesystem]\nruntime = host\nread_exec = " + built("tests") + "\n";
  for (const char* option : {"--timeout=9", "--preload", "--policy=held.ini"}) all.push_back({{"run", "-p", "held.ini", option, "--", witness(), "read=" + secret}});
  all[all.size() - 1].words.erase(all[all.size() - 1].words.begin() + 1, all[all.size() - 1].words.begin() + 3);
  for (const Use& use : all) {
    const Outcome control = place.run_landshim(use.words);
    INFO(told(control));
    if (use.words.back() == "read=" + secret) CHECK(control.out == "main\nread 13\n");
    for (const char* limit : {"3", "4", "5", "6"}) {
      if (use.words[0] != "run" && (*limit == '3' || *limit == '5')) continue;
      const Outcome outcome = place.run_by_shell(std::string("ulimit -n ") + limit + ";", use.words);
      INFO("ulimit -n " << limit << " " << joined(use.words) << "\n" << told(outcome));
      CHECK(outcome.signal == 0);
      if (outcome.status == 0) CHECK(outcome.out == control.out);
      else if (use.words[0] != "doctor") CHECK((outcome.out.empty() && std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1));
    }
  }
}

TEST_CASE("a file that -o names is there whole, or as it was before", "[live][bad-input]") {
  const Place place;
  const struct {
    Words words;
    const char* file;
  } kUses[] = {
      {{"wrap", "good.ini", "true", "--force", "-o", "out/kept"}, "kept"},
      {{"wrap", "good.ini", "true", "--force", "--kind", "carrier", "-o", "out/kept"}, "kept"},
      {{"wrap", "good.ini", "/bin/true", "--force", "--kind", "needed", "-o", "out/kept"}, "kept"},
      {{"convert", "landrun", "landrun", "-o", "out/kept"}, "kept"},
      {{"report", "good.jsonl", "--force", "-o", "out/kept"}, "kept"},
  };
  for (const auto& use : kUses) {
    INFO(joined(use.words));
    check_ends(place.run_by_shell("ulimit -f 0;", use.words), 1, "the file cannot be written: larger than a file may become (EFBIG)");
    CHECK(place.written().empty());
    std::ofstream(place / "out/kept") << "before\n";
    check_ends(place.run_by_shell("ulimit -f 0;", use.words), 1, "the file cannot be written: larger than a file may become (EFBIG)");
    CHECK(place.written() == std::set<std::string>{"kept"});
    CHECK(contents(place / "out/kept") == "before\n");
    std::filesystem::remove(place / "out/kept");
  }
  // A directory where nothing new can be made.
  if (!is_root()) {
    REQUIRE(chmod((place / "out").c_str(), 0555) == 0);
    for (const auto& use : kUses) check_ends(place.run_landshim(use.words), 1, "the file cannot be made: permission denied (EACCES)");
    REQUIRE(chmod((place / "out").c_str(), 0755) == 0);
  }
  CHECK(place.written().empty());
  const std::string full = "unshare -" + std::string(is_root() ? "" : "r") + "m -- /bin/bash -c 'mount -t tmpfs -o size=4k none out && { head -c 4096 /dev/zero >out/filler; }; \"$@\"; s=$?; ls -A out; exit $s' sh";
  if (run({{"/bin/sh", "-c", "unshare -" + std::string(is_root() ? "" : "r") + "m true"}, {}, {}}).status != 0) return skip("needs a mount namespace for a disk that is full");
  for (const auto& use : kUses) {
    // In a user namespace nobody knows whom the library belongs to.
    if (!is_root() && use.words[4] == "--kind") continue;
    Start start{{"/bin/sh", "-c", "exec " + full + " \"$LANDSHIM\" \"$@\"", "sh"}, {{"LANDSHIM", built("landshim")}}, {}};
    start.command.insert(start.command.end(), use.words.begin(), use.words.end());
    start.directory = place / "";
    const Outcome outcome = run(start);
    INFO(joined(use.words) << "\n" << told(outcome));
    CHECK(outcome.status == 1);
    CHECK(outcome.out == "filler\n");
    CHECK(one_line(outcome.err, "landshim: "));
    CHECK(outcome.err.find("no space left (ENOSPC)") != std::string::npos);
  }
}

TEST_CASE("landshim convert -o writes through links and into what is no file, and keeps a mode", "[live][bad-input]") {
  const Place place;
  const std::string policy = place.run_landshim({"convert", "landrun", "landrun"}).out;
  REQUIRE_FALSE(policy.empty());
  CHECK(place.run_landshim({"convert", "landrun", "landrun", "-o", "/proc/self/fd/1"}).out == policy);
  CHECK(place.run_by_shell("", {"convert", "landrun", "landrun", "-o", "/proc/self/fd/1"}, ">out/by-shell").status == 0);
  CHECK(contents(place / "out/by-shell") == policy);
  std::ofstream(place / "out/target") << "before\n";
  REQUIRE(chmod((place / "out/target").c_str(), 0600) == 0);
  std::filesystem::create_symlink("target", place / "out/link");
  CHECK(place.run_landshim({"convert", "landrun", "landrun", "-o", "out/link"}).status == 0);
  CHECK(std::filesystem::is_symlink(place / "out/link"));
  CHECK(contents(place / "out/target") == policy);
  struct stat info {};
  REQUIRE(stat((place / "out/target").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  CHECK(place.run_by_shell("umask 027;", {"convert", "landrun", "landrun", "-o", "out/new"}).status == 0);
  REQUIRE(stat((place / "out/new").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0640);
  // A pipe whose writer is slow.
  const Outcome piped = run({{"/bin/bash", "-c", "exec " + built("landshim") + " convert landrun <(sleep 0.3; echo landrun --ro /usr ls)"}, {}, {}});
  INFO(told(piped));
  CHECK(piped.status == 0);
  CHECK(piped.out.find("ls") != std::string::npos);
}

TEST_CASE("a signal ends landshim as it ends any program, and leaves no draft behind", "[live][bad-input]") {
  const Place place;
  for (const Words& words : {Words{"check", "-"}, Words{"ask", "good.ini", "--from", "-"}, Words{"convert", "landrun", "-", "-o", "out/x"}}) {
    const Outcome outcome = place.run_by_shell("exec 3<>fifo.ini; (sleep 0.2; kill -TERM $$) >/dev/null 2>&1 &", words, "<&3");
    INFO(joined(words) << "\n" << told(outcome));
    CHECK(outcome.signal == SIGTERM);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.empty());
  }
  CHECK(place.written().empty());
  if (run({{"strace", "-o", "/dev/null", "/bin/true"}, {}, {}}).status != 0) return skip("needs strace, and leave to trace");
  // In the midst of writing: it ends, and what was asked for is there whole, or not at all.
  for (const char* call : {"fchmod", "fsync"})
    for (const Words& words : {Words{"wrap", "good.ini", "true", "-o", "out/x"}, Words{"convert", "landrun", "landrun", "-o", "out/x"}}) {
      std::filesystem::remove(place / "out/x");
      Start start{{"strace", "-qq", "-o", "/dev/null", "-e", std::string("trace=") + call, "-e", std::string("inject=") + call + ":signal=SIGTERM", built("landshim")}, {}, {}};
      start.command.insert(start.command.end(), words.begin(), words.end());
      start.directory = place / "";
      const Outcome outcome = run(start);
      INFO(call << " " << joined(words) << "\n" << told(outcome));
      CHECK(outcome.signal == SIGTERM);
      CHECK(place.written() == std::set<std::string>{"x"});
    }
}

TEST_CASE("landshim filter --bpf writes no bytes to a terminal", "[live][bad-input]") {
  const Place place;
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE(terminal >= 0);
  REQUIRE((grantpt(terminal) == 0 && unlockpt(terminal) == 0));
  check_ends(place.run_by_shell("", {"filter", "--bpf", "good.ini"}, std::string(">") + ptsname(terminal)), 2, "filter: --bpf writes bytes, and standard output is a terminal; send it to a file");
  CHECK(place.run_landshim({"filter", "--bpf", "good.ini"}).status == 0);
  close(terminal);
}

TEST_CASE("landshim ask --really does not try what this kernel is too old for", "[live][bad-input]") {
  const int newest = 10;
  if (kernel_abi() >= newest) return skip("needs a kernel that lacks the newest Landlock ABI");
  const Place place;
  const std::string words = "--really: this kernel has Landlock ABI " + std::to_string(kernel_abi()) + ", and cannot try what ABI " + std::to_string(newest) + " would do";
  check_ends(place.run_landshim({"ask", "good.ini", "--really", "--abi", std::to_string(newest), "read", "/"}), 125, words);
}

TEST_CASE("a program that may be started and not read is neither watched nor copied", "[live][bad-input]") {
  REQUIRE_ABI(1);
  const Place place;
  std::filesystem::copy_file(witness(), place / "blind");
  REQUIRE(chmod((place / "blind").c_str(), 0111) == 0);
  for (const Words& words : {Words{"run", "--preload", "-p", "good.ini", "./blind"}, Words{"wrap", "good.ini", "./blind", "-o", "out/x", "--kind", "needed"}}) {
    Start start{{built("landshim")}, {}, {"HOME", "XDG_CONFIG_HOME"}};
    start.command.insert(start.command.end(), words.begin(), words.end());
    start.directory = place / "";
    start.as_nobody = is_root();
    const bool runs = words[0] == "run";
    check_ends(run(start), runs ? 125 : 1, runs ? "it cannot be read, and what cannot be read cannot be watched" : "./blind: the program cannot be read");
  }
  CHECK(place.written().empty());
}
