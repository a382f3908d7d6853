// SPDX-License-Identifier: MIT
// Text -> statements -> items. A value is the bytes that stand after '=' in its line, no more and no less; every line
// that is neither blank nor comment is answered; quoting items and reading them again gives the same items.
#include <optional>

#include "config/items.h"
#include "config/parse.h"
#include "tests/fuzz/claim.h"

using namespace landshim;

namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  return first == std::string_view::npos ? std::string_view{} : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::vector<std::string_view> lines_of(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::vector<std::string_view> out;
  while (!text.empty()) {
    std::string_view line = fuzz::take_line(text);
    if (line.ends_with('\r')) line.remove_suffix(1);
    out.push_back(line);
  }
  return out;
}

std::string_view word_of(Section section) {
  for (const SectionInfo& info : all_sections())
    if (info.section == section) return info.word;
  return {};
}

std::string quoted(const std::string& item) {
  std::string out = "\"";
  for (const char c : item) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// Reads the file as a person would: headers, then keys. Every statement and every fault must be found on the way.
void check_against_lines(std::string_view text, const std::vector<Statement>& statements, const std::vector<Fault>& faults) {
  const std::vector<std::string_view> lines = lines_of(text);
  auto statement = statements.begin();
  auto fault = faults.begin();
  std::optional<Section> section;
  bool refused = false;  // inside a section that was refused
  for (std::uint32_t number = 1; number <= lines.size(); ++number) {
    const std::string_view line = lines[number - 1];
    const std::string_view words = trimmed(line);
    const bool has_statement = statement != statements.end() && statement->origin.line == number;
    const bool has_fault = fault != faults.end() && fault->origin.line == number;
    CLAIM(!(has_statement && has_fault), line);
    if (has_fault) {
      CLAIM(!fault->what.empty() && !fault->what.ends_with("bug in landshim"), line);
      ++fault;
    }
    if (words.empty() || words[0] == ';' || words[0] == '#') {
      CLAIM(!has_statement, line);
      continue;  // a comment that is no plain text is a fault as well
    }
    if (words[0] == '[') {
      if (has_fault) {
        // A line that is no text at all leaves the section as it is; a section that is refused takes its keys along.
        const std::string& what = std::prev(fault)->what;
        if (!what.starts_with('[') && !what.starts_with("text after") && !what.starts_with("the section has no")) continue;
        section.reset();
        refused = true;
        continue;
      }
      CLAIM(words.back() == ']', line);
      const std::string_view name = words.substr(1, words.size() - 2);
      const SectionInfo* found = find_section(name.substr(0, name.find_first_of(kBlanks)));
      CLAIM(found != nullptr, line);
      section = found->section;
      refused = false;
      // A rule for commands begins with its name.
      CLAIM(has_statement == (section == Section::kCommand), line);
      if (!has_statement) continue;
      CLAIM(statement->section == *section && statement->key.empty() && statement->value == trimmed(name.substr(name.find_first_of(kBlanks))) && !statement->value.empty(), line);
      ++statement;
      continue;
    }
    if (!has_statement) {
      CLAIM(has_fault || (refused && !section), line);
      continue;
    }
    CLAIM(section && statement->section == *section, line);
    const std::size_t equals = words.find('=');
    CLAIM(equals != std::string_view::npos, line);
    CLAIM(statement->key == trimmed(words.substr(0, equals)), line);
    CLAIM(statement->value == trimmed(words.substr(equals + 1)), line);
    CLAIM(line.size() <= kMaxLine, "length");
    ++statement;
  }
  CLAIM(statement == statements.end(), "statements in the order of their lines");
  CLAIM(fault == faults.end(), "faults in the order of their lines, at most one each");
}

void check_alone(const Statement& statement) {
  if (statement.key.empty()) return;
  std::vector<Fault> faults;
  const bool named = statement.section == Section::kCommand;
  const std::string text = "[" + std::string(word_of(statement.section)) + (named ? " a" : "") + "]\n" + statement.key + "=" + statement.value;
  const std::vector<Statement> again = parse(text, 7, faults);
  if (statement.key.size() + 1 + statement.value.size() > kMaxLine) return;
  CLAIM(faults.empty() && again.size() == (named ? 2 : 1), text);
  CLAIM(again.back().section == statement.section && again.back().key == statement.key && again.back().value == statement.value, text);
  CLAIM((again.back().origin == Origin{7, 2}), text);
}

void check_items(const std::string& value) {
  const Result<std::vector<std::string>> list = items(value);
  const Result<std::string> one = single_item(value);
  if (list) {
    CLAIM(!list->empty(), value);
    std::string joined;
    for (const std::string& item : *list) {
      CLAIM(!item.empty(), value);
      joined += (joined.empty() ? "" : " , ") + quoted(item);
    }
    const Result<std::vector<std::string>> again = items(joined);
    CLAIM(again && *again == *list, joined);
    if (list->size() == 1) CLAIM(one && *one == list->front(), value);
  } else {
    CLAIM(!list.error().what.empty() && list.error().where.empty(), value);
  }
  if (one) {
    CLAIM(!one->empty(), value);
    const Result<std::string> again = single_item(quoted(*one));
    CLAIM(again && *again == *one, value);
    // Without a sign that means something, the value is the bytes themselves.
    if (value.find('"') == std::string::npos) CLAIM(*one == trimmed(value), value);
  }
  if (value.find_first_of("\",") == std::string::npos) CLAIM(static_cast<bool>(list) == static_cast<bool>(one), value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<Fault> faults;
  const std::vector<Statement> statements = parse(text, 0, faults);
  check_against_lines(text, statements, faults);
  for (const Statement& statement : statements) {
    check_alone(statement);
    check_items(statement.value);
  }
  for (const Fault& fault : faults) {
    const std::string shown = landshim::text(Error{fault.what, "p.ini:1", fault.os_error});
    for (const char c : shown) CLAIM(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, shown);
  }
  return 0;
}
