// SPDX-License-Identifier: MIT
// What is said of a faulty policy, in whole lines, kept in tests/golden/messages with the policy beside it; and that no
// message of the sources is without a test. LANDSHIM_UPDATE_GOLDEN=1 writes the answers anew.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "config/load.h"
#include "config/syscalls.h"
#include "shim/filter.h"
#include "shim/place.h"
#include "tests/support/print_plan.h"

using namespace landshim;
using namespace landshim::tests;

namespace {

namespace fs = std::filesystem;

constexpr const char* kGolden = "tests/golden/messages";

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

// --- the policies and what is said of them ---

struct Case {
  std::string title;
  std::vector<std::string> machine;          // "abi 3"
  std::map<std::string, std::string> files;  // policy.ini and those beside it
  std::string input;                         // all of it, as it stands
  std::string said;
};

struct Golden {
  std::string head;
  std::vector<Case> cases;
};

// \xNN is a byte that a text file should not have.
std::string bytes_of(const std::string& line) {
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line.compare(i, 2, "\\x") != 0 || i + 4 > line.size() || !isxdigit(line[i + 2]) || !isxdigit(line[i + 3])) {
      out += line[i];
      continue;
    }
    out += static_cast<char>(std::stoi(line.substr(i + 2, 2), nullptr, 16));
    i += 3;
  }
  return out;
}

Golden read_golden(const fs::path& path) {
  Golden out;
  bool answers = false;
  std::string file;
  std::istringstream lines(contents(path));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("=== ")) {
      out.cases.push_back({line.substr(4), {}, {}, {}, {}});
      answers = false;
      file = "policy.ini";
    } else if (out.cases.empty()) {
      out.head += line + "\n";
    } else if (line == "---") {
      answers = true;
    } else if (answers) {
      if (!line.empty()) out.cases.back().said += line + "\n";
    } else {
      Case& one = out.cases.back();
      one.input += line + "\n";
      if (line.starts_with("@ ")) one.machine.push_back(line.substr(2));
      else if (line.starts_with("+++ ")) file = line.substr(4);
      else one.files[file] += bytes_of(line) + "\n";
    }
  }
  return out;
}

std::string written(const Golden& golden) {
  std::string out = golden.head;
  for (std::size_t i = 0; i < golden.cases.size(); ++i) {
    const Case& one = golden.cases[i];
    out += "=== " + one.title + "\n" + one.input + "---\n" + one.said + (i + 1 < golden.cases.size() ? "\n" : "");
  }
  return out;
}

int number_of(const std::string& error) {
  for (int i = 1; i < 134; ++i)
    if (errno_name(i) == error) return i;
  return 0;
}

Host host_of(const std::vector<std::string>& machine) {
  Host host = made_up_host(10);
  for (const std::string& line : machine) {
    const std::string word = line.substr(0, line.find(' '));
    const std::string value = line.size() > word.size() ? line.substr(word.size() + 1) : "";
    if (word == "abi") {
      host.abi = std::stoi(value);
      host.landlock_error = host.abi == 0 ? ENOSYS : 0;
    }
    if (word == "landlock") host.landlock_error = number_of(value);
    if (word == "seccomp") {
      host.seccomp = false;
      host.seccomp_error = number_of(value);
    }
    if (word == "threads") (value == "many" ? host.many_threads : host.threads_known) = value == "many";
    if (word == "capabilities") host.capabilities = ~std::uint64_t{0} >> 23;
    if (word == "command") host.execs = host.may_fork = true;
    if (word == "group") host.group_error = value;
  }
  return host;
}

/// The world of the policies: an empty one, but for a file and two directories.
class World {
 public:
  World() {
    std::string pattern = (fs::temp_directory_path() / "landshim-messages-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = fs::canonical(pattern).string();
    std::ofstream(path_ + "/file") << "x\n";
    for (const char* directory : {"/dir", "/other"}) fs::create_directory(path_ + directory);
  }
  ~World() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  std::string said_of(const Case& one) const {
    for (const auto& [name, text] : one.files) std::ofstream(path_ + "/" + name, std::ios::binary) << text;
    std::string out;
    for (const std::string& line : lines_of(one)) out += "landshim: " + without_place(line) + "\n";
    for (const auto& [name, text] : one.files) fs::remove(path_ + "/" + name);
    return out;
  }

 private:
  std::vector<std::string> lines_of(const Case& one) const {
    static const char* const environment[] = {"TMPDIR=/tmp", "EMPTY=", nullptr};
    Surroundings surroundings;
    surroundings.environment = environment;
    surroundings.at_start = false;
    Loaded loaded = load(path_ + "/policy.ini", surroundings);
    if (!loaded.policy.path_items.empty() || loaded.faults.empty()) expand(loaded, surroundings);
    std::vector<std::string> out;
    for (const Error& fault : loaded.faults) out.push_back(text(fault));
    if (!out.empty()) return out;
    const Compiled compiled = compile(loaded.policy, host_of(one.machine));
    for (const Error& error : compiled.refused) out.push_back(text(error));
    if (!out.empty()) return out;
    for (const Loss& loss : compiled.plan.given_up) out.push_back(text({"not enforced: " + loss.what, place(compiled.plan, loss.origin), 0}));
    if (const Result<std::vector<sock_filter>> program = assemble(compiled.plan.filter); !program) out.push_back(text(program.error()));
    return out;
  }

  std::string without_place(std::string line) const {
    for (std::size_t at = 0; (at = line.find(path_ + "/", at)) != std::string::npos;) line.erase(at, path_.size() + 1);
    for (std::size_t at = 0; (at = line.find(path_, at)) != std::string::npos;) line.replace(at, path_.size(), ".");
    constexpr std::string_view kInstalled = LANDSHIM_PREFIX "/share";
    if (const std::size_t at = line.find(kInstalled); at != std::string::npos) line.replace(at, kInstalled.size(), "PREFIX/share");
    return line;
  }

  std::string path_;
};

// --- the messages of the sources ---

/// A string of C++ with what stands beside it joined, and whether it is given to one of the words that make messages.
struct Literal {
  std::string text;
  bool is_message = false;
  bool is_raw = false;  // tables and programs are written so
};

class Reader {
 public:
  explicit Reader(const std::string& code) : code_(code) {}

  std::vector<Literal> run() {
    while (at_ < code_.size()) step();
    return std::move(out_);
  }

 private:
  // Who gives what stands in its brackets to a user, and who to a compiler, or to the page of help.
  static bool makes_messages(const std::string& word) {
    static const std::set<std::string> kWords = {"Error", "Fault", "fault", "misused", "refuse", "refused", "failed", "say", "broken", "wrong", "cannot_watch", "clash", "demand"};
    return kWords.count(word) > 0;
  }
  static bool is_silent(const std::string& word) {
    static const std::set<std::string> kWords = {"static_assert", "asm", "add_option", "add_options", "add_flag", "add_subcommand", "remark", "about", "lost"};
    return kWords.count(word) > 0;
  }

  bool starts(const char* with) const { return code_.compare(at_, std::char_traits<char>::length(with), with) == 0; }
  void skip_to(const std::string& end) { at_ = std::min(code_.find(end, at_), code_.size()); }

  void step() {
    const char c = code_[at_];
    if (starts("//") || (c == '#' && line_begins())) return skip_to("\n");
    if (starts("R\"")) return raw();
    if (c == '"') return string();
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++at_;
      return;
    }
    joins_ = false;
    if (c == '\'') return character();
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') return word();
    if (c == '(' || c == '{') open_.push_back(is_silent(word_) ? kSilent : makes_messages(word_) && group() != kSilent ? kMessages : group());
    if ((c == ')' || c == '}') && !open_.empty()) open_.pop_back();
    word_.clear();
    ++at_;
  }

  // A number may have separators: 1'000.
  void word() {
    const std::size_t begin = at_;
    const bool number = std::isdigit(static_cast<unsigned char>(code_[at_])) != 0;
    while (at_ < code_.size() && (std::isalnum(static_cast<unsigned char>(code_[at_])) != 0 || code_[at_] == '_' || (number && code_[at_] == '\''))) ++at_;
    word_ = code_.substr(begin, at_ - begin);
  }

  void character() {
    for (++at_; at_ < code_.size() && code_[at_] != '\''; ++at_)
      if (code_[at_] == '\\') ++at_;
    ++at_;
  }

  void string() {
    std::string text;
    for (++at_; at_ < code_.size() && code_[at_] != '"'; ++at_) {
      if (code_[at_] == '\\') {
        ++at_;
        text += code_[at_] == 'n' ? '\n' : code_[at_] == 't' ? '\t' : code_[at_];
      } else {
        text += code_[at_];
      }
    }
    ++at_;
    add(text, false);
  }

  void raw() {
    const std::size_t open = code_.find('(', at_);
    const std::string end = ")" + code_.substr(at_ + 2, open - at_ - 2) + "\"";
    const std::size_t close = std::min(code_.find(end, open), code_.size());
    add(code_.substr(open + 1, close - open - 1), true);
    at_ = std::min(close + end.size(), code_.size());
  }

  void add(const std::string& text, bool is_raw) {
    if (joins_) out_.back().text += text;
    else if (group() != kSilent) out_.push_back({text, group() == kMessages, is_raw});
    else return;
    joins_ = true;
  }

  bool line_begins() const {
    const std::size_t before = at_ == 0 ? std::string::npos : code_.find_last_not_of(" \t", at_ - 1);
    return before == std::string::npos || code_[before] == '\n';
  }

  enum Group { kPlain, kMessages, kSilent };
  Group group() const { return open_.empty() ? kPlain : open_.back(); }

  const std::string& code_;
  std::size_t at_ = 0;
  bool joins_ = false;
  std::string word_{};
  std::vector<Group> open_{};
  std::vector<Literal> out_{};
};

// What explains, lists and draws speaks in other tests.
bool speaks_of_faults(const fs::path& path) {
  const std::string name = path.filename().string();
  for (const char* other : {"lint", "explain", "closures", "strict_calls", "call_reason", "verdict"})
    if (name.starts_with(other)) return false;
  return true;
}

// Where every string is part of a message, given to its maker or not.
bool says_messages_alone(const fs::path& path) {
  if (path.parent_path() != "shim/command") return true;
  for (const char* name : {"run.cc", "target.cc", "held_start.cc", "library.cc", "question.cc"})
    if (path.filename() == name) return true;
  return false;
}

// Without what joins it to others; empty: too short to be told from others.
std::string distinctive(const std::string& text) {
  constexpr const char* kAround = " \n;:,.()'";
  const std::size_t first = text.find_first_not_of(kAround);
  if (first == std::string::npos) return {};
  const std::string out = text.substr(first, text.find_last_not_of(kAround) + 1 - first);
  return out.size() >= 12 && out.find(' ') != std::string::npos ? out : "";
}

// Each with a file that has it.
std::map<std::string, std::string> messages() {
  std::map<std::string, std::string> out;
  for (const char* directory : {"config", "shim", "shim/command"})
    for (const auto& entry : fs::directory_iterator(directory)) {
      if (entry.path().extension() != ".cc" || !speaks_of_faults(entry.path())) continue;
      const std::string code = contents(entry.path());
      for (const Literal& literal : Reader(code).run())
        if (literal.is_message || (says_messages_alone(entry.path()) && !literal.is_raw))
          if (const std::string text = distinctive(literal.text); !text.empty()) out.emplace(text, entry.path().string());
    }
  return out;
}

// All that tests expect: strings of their code, and the golden files.
std::string expectations() {
  std::string out;
  for (const auto& entry : fs::recursive_directory_iterator("tests")) {
    const fs::path& path = entry.path();
    const std::string name = path.string();
    if (!entry.is_regular_file() || path.filename() == "unprovoked") continue;
    if (name.starts_with("tests/golden/")) out += contents(path) + "\n";
    if (path.extension() != ".cc" && path.extension() != ".h") continue;
    const std::string code = contents(path);
    for (const Literal& literal : Reader(code).run()) out += literal.text + "\n";
  }
  return out;
}

// The exceptions: a message a line, and above each group a comment that says why.
std::set<std::string> unprovoked() {
  std::set<std::string> out;
  std::istringstream lines(contents(fs::path(kGolden) / "unprovoked"));
  for (std::string line; std::getline(lines, line);)
    if (!line.empty() && line[0] != '#') out.insert(line);
  return out;
}

}  // namespace

TEST_CASE("what is said of each golden policy with faults is what stands beside it", "[golden][messages]") {
  const bool update = std::getenv("LANDSHIM_UPDATE_GOLDEN") != nullptr;
  const World world;
  for (const char* name : {"language.txt", "machine.txt"}) {
    const fs::path path = fs::path(kGolden) / name;
    Golden golden = read_golden(path);
    CHECK(golden.cases.size() >= 25);
    for (Case& one : golden.cases) {
      const std::string now = world.said_of(one);
      INFO(path.string() << ": " << one.title << "\n" << one.input);
      CHECK_FALSE(now.empty());
      if (update) one.said = now;
      else CHECK(now == one.said);
    }
    if (update) std::ofstream(path, std::ios::binary | std::ios::trunc) << written(golden);
    CHECK(written(golden) == contents(path));
  }
}

TEST_CASE("every message of the sources is expected by a test, or named as one that no test can provoke", "[golden][messages]") {
  const std::map<std::string, std::string> all = messages();
  const std::string expected = expectations();
  const std::set<std::string> exceptions = unprovoked();
  CHECK(all.size() >= 400);
  CHECK(exceptions.size() <= all.size() / 6);
  for (const auto& [text, file] : all) {
    const bool is_expected = expected.find(text) != std::string::npos;
    INFO(file << ": " << text);
    CHECK((is_expected || exceptions.count(text) == 1));
  }
  for (const std::string& text : exceptions) {
    INFO("tests/golden/messages/unprovoked: " << text);
    CHECK(all.count(text) == 1);
    CHECK(expected.find(text) == std::string::npos);
  }
}

TEST_CASE("a filter that is too long for the kernel is refused with its length", "[messages]") {
  std::string policy = "[syscalls]\n";
  for (int i = 0; i < 1500; ++i) policy += "ptrace = deny if arg0 == " + std::to_string(i) + " and arg1 == " + std::to_string(i) + "\n";
  const Result<std::vector<sock_filter>> program = assemble(made_up_plan(policy, made_up_host(10)).filter);
  REQUIRE_FALSE(program);
  CHECK(text(program.error()).starts_with("the filter would need "));
  CHECK(text(program.error()).ends_with(" instructions, and the kernel takes 4096; write fewer conditions in [syscalls]"));
}

TEST_CASE("strings of the sources are read as the compiler reads them", "[messages]") {
  const auto read = [](const std::string& code) {
    std::string out;
    for (const Literal& literal : Reader(code).run()) out += (literal.is_message ? "!" : "") + literal.text + "|";
    return out;
  };
  CHECK(read("a = \"x\\\"y\" \"z\"; // \"no\"\n#error \"no\"\n") == "x\"yz|");
  CHECK(read("return Error{\"one\" + f(\"two\", '\"'), {}, 0}; g(\"three\");") == "!one|!two|three|");
  CHECK(read("static_assert(a, \"no\"); add_flag(\"no\", fault(\"no\")); fault(\"yes\");") == "!yes|");
  CHECK(read("R\"x(a\"b)x\" R\"(c)\"") == "a\"bc|");
}
