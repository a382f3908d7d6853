// SPDX-License-Identifier: MIT
#include "shim/command/draft.h"

#include <algorithm>
#include <climits>

#include "config/paths.h"
#include "config/utf8.h"

namespace landshim::command {

namespace {

constexpr std::size_t kWidth = 100;

// A comment, broken at blanks. What has none is broken anywhere: a line of a policy has an end.
void write_comment(std::string& out, std::string_view text, std::string_view indent = "") {
  const std::string shown = printable(text);
  std::string_view rest = shown;
  std::string_view before;
  while (!rest.empty()) {
    std::size_t end = std::min(kWidth, rest.size());
    if (end < rest.size()) {
      const std::size_t blank = rest.rfind(' ', end);
      if (blank != std::string_view::npos && blank > 0) end = blank;
      else
        while (end > 0 && (static_cast<unsigned char>(rest[end]) & 0xc0) == 0x80) --end;
    }
    out += "# ";
    out += before;
    out += rest.substr(0, end);
    out += '\n';
    rest.remove_prefix(end);
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    before = indent;
  }
}

bool plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80 || std::string_view("./_-+@%=:*?[]{}$~!").find(c) != std::string_view::npos;
}

// The composite keys first, then single rights.
std::vector<std::string> keys_of_rights() {
  std::vector<std::string> out;
  for (const KeyInfo& key : all_keys())
    if (key.key == Key::kPaths) out.emplace_back(key.word);
  for (const RightName& right : all_rights()) out.emplace_back(right.word);
  return out;
}

std::vector<std::string> split_words(const std::string& list) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(", ", at), list.size());
    out.push_back(list.substr(at, end - at));
    at = end + 2;
  }
  return out;
}

}  // namespace

std::string quoted_item(const std::string& item) {
  if (!item.empty() && std::all_of(item.begin(), item.end(), plain)) return item;
  std::string out = "\"";
  for (const char c : item) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string escaped_path(std::string_view part) {
  std::string out;
  for (const char c : part) {
    if (c == '$') out += "$$";
    else if (c == '*' || c == '?' || c == '[') out += std::string("[") + c + "]";
    else out += c;
  }
  return out;
}

std::string escaped_pattern(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '*' || c == '?' || c == '[') out += std::string("[") + c + "]";
    else if (c == '\\') out += "\\\\";
    else out += c;
  }
  return out;
}

std::string unfit(std::string_view text) {
  if (!is_utf8(text)) return "not UTF-8";
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return "a control character, which no policy can hold";
  return {};
}

Result<std::string> literal_path(std::string_view path, const std::string& where) {
  if (path.empty()) return Error{"a path is empty", where};
  if (path.size() >= PATH_MAX) return Error{"a path is longer than any that the kernel takes (" + std::to_string(path.size()) + " bytes)", where};
  if (const std::string why = unfit(path); !why.empty()) return Error{std::string(path) + ": the path has " + (why[0] == 'n' ? "bytes that are " : "") + why, where};
  if (path == "." || path == "./") return std::string("${PWD}");
  return path[0] == '/' ? escaped_path(path) : "${PWD}/" + escaped_path(path);
}

void Draft::about(std::string text) { about_.push_back(std::move(text)); }

void Draft::lost(const std::string& where, const std::string& what) { lost_.push_back(where.empty() ? what : where + ": " + what); }

void Draft::remark(Section section, std::string text) { parts_[section].remarks.push_back(std::move(text)); }

void Draft::set(Section section, const std::string& key, const std::string& value) { parts_[section].lines.push_back({key, {value}}); }

void Draft::add(Section section, const std::string& key, const std::string& item) {
  std::vector<Line>& lines = parts_[section].lines;
  const auto line = std::find_if(lines.begin(), lines.end(), [&](const Line& one) { return one.key == key; });
  if (line == lines.end()) lines.push_back({key, {quoted_item(item)}});
  else line->items.push_back(quoted_item(item));
}

void Draft::grant(const std::string& item, Rights rights, bool missing_ok) {
  for (Grant& grant : grants_)
    if (grant.item == item) {
      grant.rights |= rights;
      grant.missing_ok = grant.missing_ok && missing_ok;
      return;
    }
  grants_.push_back({item, rights, missing_ok});
}

Kind Draft::kind(const Grant& grant) const {
  const Result<ExpandedItem> found = expand_item(grant.item, working_directory(), foreign_.surroundings);
  return found && found->pattern.empty() ? foreign_.look(found->path) : Kind::kNothing;
}

// By name, a right of directories is an error on a file; the composite keys leave it out by themselves. Where nothing is
// now, either may come: the rights that hardly anything needs are left out there.
void Draft::write_grants(Part& part) const {
  constexpr Rights kSeldom = kMakeChar | kMakeBlock | kRefer;
  std::map<std::string, std::vector<std::string>> items;
  bool left_out = false;
  for (const Grant& grant : grants_) {
    const Kind here = kind(grant);
    for (const std::string& key : split_words(words(grant.rights))) {
      const Rights right = *find_right(key);
      const bool single = (right & (right - 1)) == 0;
      if (here == Kind::kFile && single && (right & kOnFiles) == 0) continue;
      if (here == Kind::kNothing && single && (right & kSeldom) != 0 && grant.rights != right) {
        left_out = true;
        continue;
      }
      items[key].push_back(quoted_item((grant.missing_ok ? "-" : "") + grant.item));
    }
  }
  if (left_out) part.remarks.push_back("Narrower: make_char, make_block and refer are left out where nothing is now, since they are errors on files.");
  for (const std::string& key : keys_of_rights())
    if (const auto found = items.find(key); found != items.end()) part.lines.push_back({key, found->second});
}

std::string Draft::text() const {
  std::string out;
  for (const std::string& paragraph : about_) {
    if (!out.empty()) out += "#\n";
    write_comment(out, paragraph);
  }
  if (!lost_.empty()) {
    out += "#\n# Not taken over:\n";
    for (const std::string& one : lost_) write_comment(out, "  " + one, "    ");
  }
  for (const SectionInfo& section : all_sections()) {
    const auto found = parts_.find(section.section);
    Part part = found == parts_.end() ? Part{} : found->second;
    if (section.section == Section::kFilesystem) write_grants(part);
    if (part.lines.empty() && part.remarks.empty()) continue;
    out += "\n[" + std::string(section.word) + "]\n";
    for (const std::string& remark : part.remarks) write_comment(out, remark);
    for (const Line& line : part.lines) {
      std::string row;
      for (const std::string& item : line.items) {
        if (!row.empty() && row.size() + item.size() > kWidth) {
          out += row + "\n";
          row.clear();
        }
        row += (row.empty() ? line.key + " = " : ", ") + item;
      }
      while (row.ends_with(' ')) row.pop_back();
      out += row + "\n";
    }
  }
  return out;
}

}  // namespace landshim::command
