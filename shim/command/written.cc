// SPDX-License-Identifier: MIT
#include "shim/command/written.h"

#include <algorithm>
#include <cstdlib>

#include "config/rights.h"
#include "config/syscalls.h"

namespace landshim::command {

namespace {

constexpr PolicyOption kOptions[] = {
    {"--profile", "NAME", Section::kPolicy, "include", ValueKind::kPolicy, "add a profile or a policy file"},
    {"--mode", "MODE", Section::kPolicy, "mode", ValueKind::kLiteral, "strict, readonly, workspace-write or full-access"},
    {"--read", "PATH", Section::kFilesystem, "read", ValueKind::kPath, "may be read"},
    {"--read-exec", "PATH", Section::kFilesystem, "read_exec", ValueKind::kPath, "may be read and executed"},
    {"--write", "PATH", Section::kFilesystem, "write", ValueKind::kPath, "may be written and changed"},
    {"--read-write", "PATH", Section::kFilesystem, "read_write", ValueKind::kPath, "may be read, written and changed"},
    {"--connect-tcp", "PORTS", Section::kNetwork, "connect_tcp", ValueKind::kLiteral, "TCP ports to connect to: 80,443 8000-8010 *"},
    {"--bind-tcp", "PORTS", Section::kNetwork, "bind_tcp", ValueKind::kLiteral, "TCP ports to serve on"},
};

// What protects commas, blanks and comment signs: config/items.h.
std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// No variable and no pattern: config/paths.h.
std::string literal_path(std::string_view path, const std::string& directory) {
  std::string out;
  const std::string whole = path.starts_with('/') ? std::string(path) : (directory == "/" ? "" : directory) + "/" + std::string(path);
  for (const char c : whole) {
    if (c == '$' || c == '*' || c == '?' || c == '[') out += '$';
    out += c;
  }
  return in_quotes(out);
}

Result<std::string> value_of(const Given& given, ValueKind kind, const std::string& directory) {
  const std::string& value = given.value;
  if (kind == ValueKind::kLiteral) return value;
  if (value.empty()) return Error{given.option + ": the name is empty"};
  const bool is_path = kind == ValueKind::kPath || value.find('/') != value.npos || value.ends_with(".ini");
  if (is_path && directory.empty() && value[0] != '/') return Error{given.option + " " + value + ": a relative name, and the working directory is gone; give an absolute path"};
  if (is_path) return literal_path(value, directory);
  if (value[0] == '-' || value.find('$') != value.npos) return Error{given.option + " " + value + ": no profile can have this name; a file is named with a '/'"};
  return in_quotes(value);
}

const char* word_of(Section section) {
  for (const SectionInfo& info : all_sections())
    if (info.section == section) return info.word;
  return "";
}

// A key has no other signs, and a line that began with one of them would be none.
bool may_be_key(std::string_view key) {
  for (const char c : key)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '@')) return false;
  return !key.empty();
}

std::vector<Section> sections_with(std::string_view key) {
  std::vector<Section> out;
  for (const KeyInfo& info : all_keys())
    if (key == info.word && info.section != Section::kCommand) out.push_back(info.section);
  if (find_right(key) && std::find(out.begin(), out.end(), Section::kFilesystem) == out.end()) out.push_back(Section::kFilesystem);
  // A call that shares its name with a key (read, listen) is meant with its section only.
  const std::string_view call = key.starts_with('-') ? key.substr(1) : key;
  if (out.empty() && (find_syscall(call) != nullptr || !group_members(call).empty())) out.push_back(Section::kSyscalls);
  return out;
}

Result<Section> only_section(const std::string& shown, std::string_view key) {
  const std::vector<Section> sections = sections_with(key);
  if (sections.size() == 1) return sections[0];
  std::string what = shown + ": " + std::string(key) + " is a key of ";
  for (std::size_t i = 0; i < sections.size(); ++i) what += (i == 0 ? "[" : i + 1 == sections.size() ? " and [" : ", [") + std::string(word_of(sections[i])) + "]";
  if (!sections.empty()) return Error{what + "; write --set " + word_of(sections[0]) + "." + std::string(key) + "=..."};
  if (find_key(Section::kCommand, key) != nullptr) return Error{shown + ": " + std::string(key) + " is a key of [command NAME]; write --set 'command NAME." + std::string(key) + "=...'"};
  Nearest nearest(key);
  for (const KeyInfo& info : all_keys()) nearest.offer(info.word);
  for (const RightName& right : all_rights()) nearest.offer(right.word);
  return Error{shown + ": no section has the key " + std::string(key) + (nearest.best().empty() ? "" : "; did you mean '" + std::string(nearest.best()) + "'?")};
}

struct Line {
  Section section;
  std::string text;
  std::string from;
  std::string name = {};  // of a section that has one
};

// "command NAME", the name as a section may have it.
bool names_command(std::string_view words) {
  return words.starts_with("command ") && words.find_first_not_of(' ', 8) != words.npos && words.find_first_of("[]") == words.npos;
}

Result<Line> line_of_setting(const Given& given) {
  const std::string shown = given.option + " " + given.value;
  const std::size_t equals = given.value.find('=');
  if (equals == given.value.npos) return Error{shown + ": expected KEY=VALUE or SECTION.KEY=VALUE"};
  std::string_view key = std::string_view(given.value).substr(0, equals);
  while (key.ends_with(' ')) key.remove_suffix(1);
  const std::size_t dot = key.starts_with("command ") ? key.rfind('.') : key.find('.');
  const std::string_view word = dot == key.npos ? std::string_view() : key.substr(0, dot);
  if (dot != key.npos) key.remove_prefix(dot + 1);
  if (!may_be_key(key)) return Error{shown + ": expected KEY=VALUE or SECTION.KEY=VALUE"};
  const std::string text = std::string(key) + " =" + (equals + 1 == given.value.size() ? "" : " ") + given.value.substr(equals + 1);
  if (dot == std::string_view::npos) {
    Result<Section> section = only_section(shown, key);
    if (!section) return section.error();
    return Line{*section, text, shown};
  }
  if (names_command(word)) return Line{Section::kCommand, text, shown, std::string(word.substr(8))};
  if (word == "command") return Error{shown + ": a rule of [command NAME] has a name; write --set 'command NAME." + std::string(key) + "=...'"};
  if (const SectionInfo* section = find_section(word)) return Line{section->section, text, shown};
  Nearest nearest(word);
  for (const SectionInfo& section : all_sections()) nearest.offer(section.word);
  return Error{shown + ": no such section" + (nearest.best().empty() ? "" : "; did you mean '" + std::string(nearest.best()) + "'?")};
}

Result<Line> line_of(const Given& given, const std::string& directory) {
  if (given.value.find_first_of("\r\n") != std::string::npos)
    return Error{given.option + " " + given.value + ": a line end stands in it, and no line of a policy can hold one; rename the file, or name its directory"};
  if (given.option == "--set") return line_of_setting(given);
  const PolicyOption* option = &kOptions[0];  // what is named without an option of its own is included
  for (const PolicyOption& one : kOptions)
    if (given.option == one.word) option = &one;
  Result<std::string> value = value_of(given, option->kind, directory);
  if (!value) return value.error();
  return Line{option->section, option->key + std::string(value->empty() ? " =" : " = ") + *value, given.option.empty() ? "" : given.option + " " + given.value};
}

}  // namespace

std::span<const PolicyOption> policy_options() { return kOptions; }

Result<Written> write_policy(std::span<const Given> given, const std::string& directory, bool host_runtime) {
  std::vector<Line> lines;
  if (host_runtime) lines.push_back({Section::kFilesystem, "runtime = host", ""});
  for (const Given& one : given) {
    Result<Line> line = line_of(one, directory);
    if (!line) return line.error();
    lines.push_back(std::move(*line));
  }
  Written out;
  const auto add = [&](const std::string& line, const std::string& from) {
    out.text += line + "\n";
    out.from.push_back(from);
  };
  for (const SectionInfo& section : all_sections()) {
    std::vector<std::string> names;
    for (const Line& line : lines)
      if (line.section == section.section && std::find(names.begin(), names.end(), line.name) == names.end()) names.push_back(line.name);
    for (const std::string& name : names) {
      if (!out.text.empty()) add("", "");
      add("[" + std::string(section.word) + (name.empty() ? "" : " " + name) + "]", "");
      for (const Line& line : lines)
        if (line.section == section.section && line.name == name) add(line.text, line.from);
    }
  }
  return out;
}

Error with_option(const Written& written, Error error) {
  const std::string prefix = std::string(kCommandLine) + ":";
  if (!error.where.starts_with(prefix)) return error;
  const std::size_t line = std::strtoul(error.where.c_str() + prefix.size(), nullptr, 10);
  if (line > 0 && line <= written.from.size() && !written.from[line - 1].empty()) error.what = written.from[line - 1] + ": " + error.what;
  return error;
}

}  // namespace landshim::command
