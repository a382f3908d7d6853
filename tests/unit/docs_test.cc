// SPDX-License-Identifier: MIT
// The manual pages and the README know every word and number of the code, and no others.
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "config/keys.h"
#include "config/load.h"
#include "config/parse.h"
#include "config/policy.h"
#include "config/rights.h"
#include "config/syscalls.h"
#include "shim/closures.h"
#include "shim/command/command.h"
#include "shim/command/run_record.h"
#include "shim/command/stand_by.h"
#include "shim/command/written.h"
#include "shim/identity.h"
#include "shim/landlock_abi.h"
#include "shim/lint.h"
#include "shim/restrict.h"
#include "tests/support/world.h"

using namespace landshim;

namespace {

using Words = std::set<std::string>;

const char* const kLanguage = "config/landshim.ini.5";

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  INFO(path);
  REQUIRE_FALSE(out.str().empty());
  return out.str();
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> out;
  std::istringstream in(line);
  for (std::string word; in >> word;)
    if (word != "," && word != "." && word != ";") out.push_back(word);
  return out;
}

// The lines between a heading (".Ss [network]", ".Sh DIAGNOSTICS") and the next of its kind or a higher one.
std::vector<std::string> part(const std::string& page, const std::string& heading) {
  std::vector<std::string> out;
  bool inside = false;
  for (const std::string& line : lines(read(page))) {
    const bool section = line.starts_with(".Sh ");
    if (section || (line.starts_with(".Ss ") && heading.starts_with(".Ss "))) {
      inside = line == heading;
      continue;
    }
    if (inside) out.push_back(line);
  }
  INFO(page << ": " << heading);
  REQUIRE_FALSE(out.empty());
  return out;
}

// The words of the entries ".It MACRO word , word".
Words entries(const std::vector<std::string>& part, const std::string& macro) {
  Words out;
  for (const std::string& line : part)
    if (line.starts_with(".It " + macro + " "))
      for (const std::string& word : words_of(line.substr(5 + macro.size()))) CHECK(out.insert(word).second);
  return out;
}

Words backticked(const std::string& text) {
  Words out;
  for (std::size_t at = text.find('`'); at != std::string::npos; at = text.find('`', at + 1)) {
    const std::size_t end = text.find('`', at + 1);
    if (end == std::string::npos) break;
    out.insert(text.substr(at + 1, end - at - 1));
    at = end;
  }
  return out;
}

std::vector<std::string> cells(const std::string& row) {
  std::vector<std::string> out;
  std::istringstream in(row.substr(1));
  for (std::string cell; std::getline(in, cell, '|');) {
    const std::size_t first = cell.find_first_not_of(' ');
    out.push_back(first == std::string::npos ? "" : cell.substr(first, cell.find_last_not_of(' ') - first + 1));
  }
  return out;
}

// Every piece of code that can make a message.
std::string sources() {
  std::string out;
  for (const char* directory : {"config", "shim", "shim/command"})
    for (const auto& entry : std::filesystem::directory_iterator(directory))
      if (entry.path().extension() == ".cc") out += read(entry.path().string());
  return out;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
  return text;
}

}  // namespace

TEST_CASE("landshim.ini(5) has an entry for every key of every section, and for no other word", "[docs]") {
  for (const SectionInfo& section : all_sections()) {
    INFO("[" << section.word << "]");
    Words keys;
    for (const KeyInfo& key : all_keys())
      if (key.section == section.section) keys.insert(key.word);
    if (section.section == Section::kFilesystem)
      for (const RightName& right : all_rights()) keys.insert(right.word);
    CHECK(entries(part(kLanguage, ".Ss [" + std::string(section.word) + "]"), "Ic") == keys);
  }
}

TEST_CASE("landshim.ini(5) has a subsection for every section, and for no other word", "[docs]") {
  Words sections;
  for (const SectionInfo& section : all_sections()) sections.insert("[" + std::string(section.word) + "]");
  Words headings;
  for (const std::string& line : lines(read(kLanguage)))
    if (line.starts_with(".Ss [")) headings.insert(line.substr(4));
  CHECK(headings == sections);
}

TEST_CASE("landshim.ini(5) has an entry for every group of system calls, and for no other", "[docs]") {
  Words groups;
  for (const std::string_view group : all_groups()) groups.emplace(group);
  CHECK(entries(part(kLanguage, ".Ss Groups of system calls"), "Li") == groups);
}

TEST_CASE("landshim.ini(5) describes every profile as it describes itself, and no other", "[docs]") {
  std::map<std::string, std::string> in_page;
  std::string profile;
  int depth = 0;
  for (const std::string& line : part(kLanguage, ".Sh PROFILES")) {
    if (line.starts_with(".Bl ")) ++depth;
    if (line == ".El") --depth;
    if (line.starts_with(".It Ic ")) CHECK(in_page.emplace(profile = line.substr(7), "").second);
    else if (depth == 1 && !profile.empty()) in_page[profile] += line + " ";
  }
  Words found;
  for (const auto& entry : std::filesystem::directory_iterator("config/profiles")) {
    const std::string name = entry.path().stem().string();
    const std::string first = lines(read(entry.path().string())).front();
    INFO(name << ": " << first);
    REQUIRE(first.starts_with("; "));
    CHECK(first.ends_with('.'));
    CHECK(in_page[name].starts_with(first.substr(2) + " "));
    found.insert(name);
  }
  CHECK(found.size() == in_page.size());
}

TEST_CASE("landshim(1) has an entry for every subcommand, and a synopsis", "[docs]") {
  Words in_code;
  for (const auto& entry : std::filesystem::directory_iterator("shim/command")) {
    if (entry.path().extension() != ".cc") continue;
    const std::string text = read(entry.path().string());
    for (const std::string call : {"app.add_subcommand(\"", "= add_subcommand(app, \""})
      for (std::size_t at = text.find(call); at != std::string::npos; at = text.find(call, at + 1)) in_code.insert(text.substr(at + call.size(), text.find('"', at + call.size()) - at - call.size()));
  }
  CHECK(in_code.size() >= 10);
  Words in_page;
  int depth = 0;
  for (const std::string& line : part("shim/landshim.1", ".Sh DESCRIPTION")) {
    if (line.starts_with(".Bl ")) ++depth;
    if (line == ".El") --depth;
    if (depth == 1 && line.starts_with(".It Cm ")) CHECK(in_page.insert(line.substr(7)).second);
  }
  CHECK(in_page == in_code);
  Words in_synopsis;
  for (const std::string& line : part("shim/landshim.1", ".Sh SYNOPSIS"))
    if (line.starts_with(".Cm "))
      for (const std::string& word : words_of(line.substr(4)))
        if (word != "|") in_synopsis.insert(word);
  CHECK(in_synopsis == in_code);
}

TEST_CASE("landshim.ini(5) tells of every closure its words, its calls and their answers", "[docs]") {
  // {closes, demand} -> "EPERM", or "EPERM, by arguments" -> calls
  using Answers = std::map<std::string, Words>;
  std::map<std::pair<std::string, std::string>, Answers> in_code;
  for (std::size_t i = 0; i < kClosures; ++i) {
    const ClosureWords& named = words(static_cast<Closure>(i));
    Answers& answers = in_code[{named.closes, named.demand}];
    for (const ClosureRow& row : closure_rows())
      if (row.closure == static_cast<Closure>(i)) answers[std::string(errno_name(row.error)) + (row.tests == 0 ? "" : ", by arguments")].insert(row.call);
  }
  std::map<std::pair<std::string, std::string>, Answers> in_page;
  Answers* answers = nullptr;
  std::string closes;
  std::string answer;
  for (const std::string& line : part(kLanguage, ".Sh WHAT IS CLOSED")) {
    if (line == ".El") break;
    if (line.starts_with(".It ")) closes = line.substr(4);
    else if (line.starts_with(".Pq Li ")) answers = &in_page[{closes, line.substr(8, line.size() - 9)}];
    else if (line.ends_with(":")) answer = line.substr(0, line.size() - 1);
    else if (answers != nullptr && line.starts_with(".Ic "))
      for (const std::string& call : words_of(line.substr(4))) CHECK((*answers)[answer].insert(call).second);
  }
  CHECK(in_page == in_code);
}

TEST_CASE("the modes and other choices that landshim.ini(5) names are those that the language takes", "[docs]") {
  const Surroundings nothing;
  const tests::Scratch scratch;
  for (const SectionInfo& section : all_sections()) {
    std::string key;
    int depth = 0;
    std::size_t choices = 0;
    for (const std::string& line : part(kLanguage, ".Ss [" + std::string(section.word) + "]")) {
      if (line.starts_with(".Bl ")) ++depth;
      if (line == ".El") --depth;
      if (line.starts_with(".It Ic ")) key = words_of(line.substr(7)).front();
      if (depth != 2 || !line.starts_with(".It Cm ")) continue;
      ++choices;
      const std::string choice = line.substr(7);
      const std::string begin = std::string(section.word) + (section.section == Section::kCommand ? " x]\nmatch = x\n" : "]\n");
      const std::string statement = "[" + begin + key + " = " + choice;
      INFO(statement);
      CHECK(load(scratch.file("good.ini", statement + "\n"), nothing).faults.empty());
      CHECK(load(scratch.file("bad.ini", statement + "x\n"), nothing).faults.size() == 1);
    }
    const Section those[] = {Section::kPolicy, Section::kFilesystem, Section::kNetwork, Section::kSyscalls};
    if (std::find(std::begin(those), std::end(those), section.section) != std::end(those)) CHECK(choices >= 3);
  }
}

TEST_CASE("the README's table of kernels is the engine's", "[docs]") {
  const auto added = [](const AbiRow& before, const AbiRow& row) {
    Words out;
    for (const RightName& right : all_rights())
      if ((row.fs & ~before.fs & right.right) != 0) out.insert(right.word);
    const std::pair<NetRights, const char*> ports[] = {{kBindTcp, "bind_tcp"}, {kConnectTcp, "connect_tcp"}, {kBindUdp, "bind_udp"}, {kConnectSendUdp, "connect_udp"}};
    for (const auto& [right, word] : ports)
      if ((row.net & ~before.net & right) != 0) out.insert(word);
    if ((row.scopes & ~before.scopes & kScopeAbstractUnix) != 0) out.insert("abstract_unix");
    if ((row.scopes & ~before.scopes & kScopeSignal) != 0) out.insert("signals");
    return out;
  };
  std::size_t row = 0;
  bool inside = false;
  for (const std::string& line : lines(read("README.md"))) {
    if (line.starts_with("| ABI |")) inside = true;
    else if (!line.starts_with("|")) inside = false;
    if (!inside || line.starts_with("| ABI |") || line.starts_with("|--")) continue;
    const std::vector<std::string> cell = cells(line);
    INFO(line);
    REQUIRE(row < std::size(kAbiRows));
    REQUIRE(cell.size() >= 3);
    CHECK(cell[0] == std::to_string(kAbiRows[row].abi));
    CHECK(cell[1] == kAbiRows[row].linux_version);
    CHECK(backticked(cell[2]) == added(row == 0 ? AbiRow{} : kAbiRows[row - 1], kAbiRows[row]));
    ++row;
  }
  CHECK(row == std::size(kAbiRows));
}

TEST_CASE("the ABI that landshim.ini(5) gives with a right is the first that has it", "[docs]") {
  std::vector<std::string> keys;
  std::size_t found = 0;
  for (const std::string& line : part(kLanguage, ".Ss [filesystem]")) {
    if (line.starts_with(".It Ic ")) keys = words_of(line.substr(7));
    if (!line.starts_with("ABI ")) continue;
    REQUIRE(keys.size() == 1);
    const auto right = find_right(keys.front());
    INFO(keys.front());
    REQUIRE(right);
    CHECK(line.substr(4, line.find_first_of(".;") - 4) == std::to_string(first_abi_with(*right)));
    ++found;
  }
  std::size_t later = 0;
  for (const RightName& right : all_rights())
    if (first_abi_with(right.right) > 1) ++later;
  CHECK(found == later);
}

TEST_CASE("every manual page and the README give the exit statuses of the code", "[docs]") {
  const std::string statuses[] = {std::to_string(kRefused), std::to_string(command::kCannotStart), std::to_string(command::kNotFound), std::to_string(command::kUsage), "1"};
  for (const char* page : {kLanguage, "shim/landshim.1", "shim/liblandshim.7"}) {
    std::string text;
    for (const std::string& line : part(page, ".Sh EXIT STATUS")) text += line + "\n";
    for (char& c : text)
      if (c == ',' || c == '.' || c == ';') c = ' ';
    const std::vector<std::string> found = words_of(text);
    for (const std::string& status : statuses) {
      INFO(page << ": " << status);
      CHECK(std::find(found.begin(), found.end(), status) != found.end());
    }
  }
  CHECK(entries(part("shim/landshim.1", ".Sh EXIT STATUS"), statuses[0]).empty());
  Words in_page;
  for (const std::string& line : part("shim/landshim.1", ".Sh EXIT STATUS"))
    if (line.starts_with(".It ")) in_page.insert(line.substr(4));
  Words in_code(std::begin(statuses), std::end(statuses));
  in_code.insert({"other", std::to_string(command::kTimedOut)});
  CHECK(in_page == in_code);

  Words in_readme;
  bool inside = false;
  for (const std::string& line : lines(read("README.md"))) {
    if (line.starts_with("| exit status |")) inside = true;
    else if (!line.starts_with("|")) inside = false;
    else if (inside && !line.starts_with("|--")) in_readme.insert(cells(line)[0]);
  }
  CHECK(in_readme == in_code);
}

TEST_CASE("landshim(1) has an entry for every option that writes a policy", "[docs]") {
  Words in_page;
  std::string command;
  for (const std::string& line : part("shim/landshim.1", ".Sh DESCRIPTION")) {
    if (line.starts_with(".It Cm ")) command = line.substr(7);
    if (command == "run" && line.starts_with(".It Fl -")) CHECK(in_page.insert("-" + words_of(line.substr(7)).front()).second);
  }
  for (const command::PolicyOption& option : command::policy_options()) {
    INFO(option.word);
    CHECK(in_page.erase(option.word) == 1);
  }
  CHECK(in_page == Words{"--set", "--print-policy", "--chdir", "--timeout", "--explain-denials", "--denials-json", "--preload"});
}

TEST_CASE("landshim(1) has an entry for every event of a record, and every word of what was done", "[docs]") {
  const std::string code = read("shim/command/run_record.cc");
  Words events;
  const std::string compared = "(event == \"";
  for (std::size_t at = code.find(compared); at != std::string::npos; at = code.find(compared, at + 1)) events.insert(code.substr(at + compared.size(), code.find('"', at + compared.size()) - at - compared.size()));
  CHECK(events.size() == 9);
  const std::vector<std::string> page = part("shim/landshim.1", ".Sh EVENT LINES");
  CHECK(entries(page, "Cm") == events);
  Words deeds;
  for (std::size_t i = 0; i < command::kDeeds; ++i) deeds.insert(command::deed_word(static_cast<command::Deed>(i)));
  Words in_page;
  for (const std::string& line : page)
    if (line.starts_with(".Ic "))
      for (const std::string& word : words_of(line.substr(4))) CHECK(in_page.insert(word).second);
  CHECK(in_page == deeds);
}

TEST_CASE("liblandshim(7) gives the question and the answers of the policy in force", "[docs]") {
  std::string text;
  for (const std::string& line : part("shim/liblandshim.7", ".Sh IS A POLICY IN FORCE?")) text += line + "\n";
  std::ostringstream option;
  option << std::hex << kIdentityOption;
  CHECK(text.find("prctl(0x" + option.str() + ", low, high, question, 0)") != std::string::npos);
  CHECK(text.find(".It " + std::to_string(kAskSome) + " Ta 0 Ta " + std::to_string(kAnswerSome) + ",") != std::string::npos);
  CHECK(text.find(".It " + std::to_string(kAskThis) + " Ta identity Ta " + std::to_string(kAnswerThis) + ",") != std::string::npos);
}

TEST_CASE("the limits that landshim.ini(5) gives are those of the code", "[docs]") {
  const std::string page = replaced(read(kLanguage), "\n", " ");
  CHECK(page.find("a line " + std::to_string(kMaxLine / 1024) + " KiB, a file " + std::to_string(kMaxFile / 1024 / 1024) + " MiB, " + std::to_string(kMaxPathRules) +
                  " paths (and " + std::to_string(kMaxPathRules) + " path rules once patterns are expanded), " + std::to_string(kMaxPorts) + " ports in all port keys together") != std::string::npos);
  CHECK(page.find("A number from 1 to " + std::to_string(kHighestAbi) + " takes") != std::string::npos);
}

TEST_CASE("landshim.ini(5) has an entry for every code of check, with its level and title, and for no other", "[docs]") {
  std::vector<std::string> in_code;
  for (const CodeInfo& info : all_codes()) in_code.push_back(code_name(info.code) + " " + std::string(level_name(info.level)) + (info.of_machine ? "*" : "") + ": " + info.title + ".");
  std::vector<std::string> in_page;
  const std::vector<std::string> lines_of_part = part(kLanguage, ".Sh FINDINGS");
  for (std::size_t i = 0; i + 1 < lines_of_part.size(); ++i)
    if (lines_of_part[i].starts_with(".It Li LS")) in_page.push_back(lines_of_part[i].substr(7) + " " + lines_of_part[i + 1]);
  CHECK(in_page == in_code);
}

TEST_CASE("every message that landshim.ini(5) lists is one that the code gives", "[docs]") {
  const std::string code = sources();
  std::size_t messages = 0;
  for (const std::string& line : part(kLanguage, ".Sh DIAGNOSTICS")) {
    if (!line.starts_with(".It Li \"")) continue;
    ++messages;
    std::string message = line.substr(8, line.size() - 9);
    message = replaced(replaced(message, "\\&", ""), "\\(dq", "\\\"");
    for (std::size_t at = 0; at <= message.size();) {
      const std::size_t end = std::min(message.find("...", at), message.size());
      INFO(line);
      CHECK(code.find(message.substr(at, end - at)) != std::string::npos);
      at = end + 3;
    }
  }
  CHECK(messages >= 20);
}
