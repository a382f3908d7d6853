// SPDX-License-Identifier: MIT
// Alone sees ini.h. inih cuts long lines and names, drops inline comments, reads an indented line as a second value
// and keeps no line numbers, so it never sees a line of the file itself: Feed hands it each one in a form that it
// cannot bend, and holds its answers against the line they belong to.
#include "config/parse.h"

#include <ini.h>

#include <algorithm>
#include <cstring>

#include "config/utf8.h"

namespace landshim {

namespace {

bool blank(char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool has_control(std::string_view text) {
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return true;
  return false;
}

// What most lines are made of: neither control characters nor longer ones.
bool is_plain(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c - 0x20) >= 0x5f) return false;
  return true;
}

// Bytes that inih would trim, or take for a comment. Letters are told first: most bytes are.
bool needs_escape(char c) { return static_cast<unsigned char>(c) <= ';' && (static_cast<unsigned char>(c) <= 0x20 || c == ';' || c == '#' || c == '%'); }

bool bent_in_key(char c) { return c == ':' || c == ';' || c == '#' || c == '"' || c == '[' || c == ']'; }

int hex_digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

class Feed {
 public:
  Feed(std::string_view text, std::uint16_t file, std::vector<Fault>& faults) : text_(text), file_(file), faults_(faults) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (text_.substr(0, 3) == kByteOrderMark) at_ = 3;
  }

  std::vector<Statement> run() {
    statements_.reserve(std::min<std::size_t>(static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '=')), kExpected));
    // The return value is the line of inih's first complaint: every line it gets is well-formed, so there is none.
    const int complaint = ini_parse_stream(read_line, this, take_value, this);
    close();
    if (complaint != 0) fault("inih refused a line that was fit for it: this is a bug in landshim");
    return std::move(statements_);
  }

 private:
  static constexpr std::size_t kExpected = 8192;  // statements; a policy of more takes its memory as they come

  // The reader of ini_parse_stream(), as fgets(3): one line of at most size - 1 bytes.
  static char* read_line(char* buffer, int size, void* self) {
    return static_cast<Feed*>(self)->next(buffer, static_cast<std::size_t>(size));
  }

  // The handler: once for each piece of a value.
  static int take_value(void* self, const char* section, const char* key, const char* value) {
    return static_cast<Feed*>(self)->take(section, key, value) ? 1 : 0;
  }

  char* next(char* buffer, std::size_t size) {
    if (size < 64) return nullptr;  // no room even for the longest key
    if (!rest_.empty()) return piece(buffer, size, " ");
    close();
    while (at_ < text_.size()) {
      const std::string_view line = physical_line();
      if (!fit(line)) continue;
      const std::string_view words = trimmed(line);
      if (words.empty() || words[0] == ';' || words[0] == '#') continue;
      if (words[0] == '[') {
        if (!open_section(words)) continue;
        std::memcpy(buffer, "[", 1);
        std::memcpy(buffer + 1, section_->word, std::strlen(section_->word));
        std::strcpy(buffer + 1 + std::strlen(section_->word), "]\n");
        return buffer;
      }
      if (!open_statement(words, words.data() != line.data())) continue;
      return piece(buffer, size, statements_.back().key + " = ");
    }
    return nullptr;
  }

  std::string_view physical_line() {
    ++line_;
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    std::string_view line = text_.substr(at_, end - at_);
    at_ = end + 1;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
  }

  bool fit(std::string_view line) {
    if (line.size() > kMaxLine) return fault("the line is longer than 64 KiB; give the key again on a line of its own");
    if (is_plain(line)) return true;
    if (has_control(line)) return fault("a control character stands in this line; policies are plain text");
    if (!is_utf8(line)) return fault("the line is not UTF-8");
    return true;
  }

  bool open_section(std::string_view words) {
    section_ = nullptr;
    const std::size_t end = words.find(']');
    if (end == std::string_view::npos) return no_section("the section has no ']'");
    if (end + 1 != words.size()) return no_section("text after ']'; a comment stands on a line of its own");
    const std::string_view name = words.substr(1, end - 1);
    const std::string_view word = name.substr(0, static_cast<std::size_t>(std::find_if(name.begin(), name.end(), blank) - name.begin()));
    const SectionInfo* found = find_section(word);
    if (found == nullptr || (word != name && found->section != Section::kCommand)) {
      return no_section("[" + std::string(name) + "]: no such section" + right_section(name, word));
    }
    if (found->section == Section::kCommand && !open_command(trimmed(name.substr(word.size())))) return false;
    section_ = found;
    skipping_ = false;
    return true;
  }

  bool open_command(std::string_view name) {
    if (name.empty()) return no_section("[command] has no name; every rule has its own, as in [command push]");
    if (printable(name) != name) return no_section("[command " + std::string(name) + "]: a sign in this name cannot be shown; write plain words");
    statements_.push_back({Section::kCommand, {}, std::string(name), {file_, line_}});
    return true;
  }

  // Of a section that has a name, `word` is what stands before it.
  static std::string right_section(std::string_view name, std::string_view word) {
    Nearest nearest(name);
    for (const SectionInfo& section : all_sections()) nearest.offer(section.word);
    const std::string_view best = find_section(own_word(name)) != nullptr ? own_word(name) : nearest.best();
    if (!best.empty() && find_section(best)->section != Section::kCommand) return "; did you mean [" + std::string(best) + "]?";
    Nearest named(word);
    named.offer("command");
    if (!named.best().empty()) return "; did you mean [command NAME]?";
    std::string all = "; there are";
    for (const SectionInfo& section : all_sections())
      all += " [" + std::string(section.word) + (section.section == Section::kCommand ? " NAME]" : "]");
    return all;
  }

  bool no_section(std::string what) {
    skipping_ = true;  // what follows belongs to a section that was refused already
    return fault(std::move(what));
  }

  bool open_statement(std::string_view words, bool indented) {
    if (section_ == nullptr) return skipping_ ? false : fault("a key before the first section; begin with a line such as [filesystem]");
    const std::size_t equals = words.find('=');
    if (const std::size_t colon = words.substr(0, equals).find(':'); colon != std::string_view::npos && is_key(trimmed(words.substr(0, colon)))) return fault("expected key = value; '=' stands between them, not ':'");
    if (equals == std::string_view::npos)
      return fault(indented ? "expected key = value; an indented line does not continue the one above: give the key again"
                            : "expected key = value");
    const std::string_view key = trimmed(words.substr(0, equals));
    if (key.empty()) return fault("a value without a key; expected key = value");
    // inih takes ':' for '=' and stops at comment signs; its copy of a key holds 49 bytes, more than any key has.
    if (std::any_of(key.begin(), key.end(), bent_in_key) || key.size() > 48)
      return fault(std::string(key.substr(0, 48)) + ": no such key; expected key = value");
    statements_.push_back({section_->section, std::string(key), {}, {file_, line_}});
    rest_ = trimmed(words.substr(equals + 1));
    pieces_ = 0;
    answers_ = 0;
    open_ = true;
    return true;
  }

  // Of this section; calls and rights are not looked at.
  bool is_key(std::string_view word) const { return find_key(section_->section, word) != nullptr; }

  // As much of the value as fits, escaped. Further pieces begin with a blank: to inih, more values of the same key.
  char* piece(char* buffer, std::size_t size, std::string_view before) {
    std::size_t used = before.size();
    std::memcpy(buffer, before.data(), used);
    std::size_t taken = 0;
    while (taken < rest_.size() && used + 5 < size) {
      constexpr char kHex[] = "0123456789abcdef";
      const std::size_t most = std::min(rest_.size() - taken, size - 5 - used);
      std::size_t plain = 0;
      while (plain < most && !needs_escape(rest_[taken + plain])) ++plain;
      std::memcpy(buffer + used, rest_.data() + taken, plain);
      used += plain;
      taken += plain;
      if (plain == most) continue;
      const char c = rest_[taken++];
      buffer[used++] = '%';
      buffer[used++] = kHex[(static_cast<unsigned char>(c) >> 4) & 15];
      buffer[used++] = kHex[static_cast<unsigned char>(c) & 15];
    }
    rest_.remove_prefix(taken);
    std::strcpy(buffer + used, "\n");
    ++pieces_;
    return buffer;
  }

  bool take(const char* section, const char* key, std::string_view value) {
    if (!open_ || section_ == nullptr || std::strcmp(section, section_->word) != 0 || statements_.back().key != key) return false;
    std::string& out = statements_.back().value;
    for (std::size_t i = 0; i < value.size();) {
      if (value[i] == '%' && i + 2 < value.size()) {
        out += static_cast<char>(hex_digit(value[i + 1]) * 16 + hex_digit(value[i + 2]));
        i += 3;
        continue;
      }
      const std::size_t next = std::min(value.find('%', i + 1), value.size());
      out += value.substr(i, next - i);
      i = next;
    }
    ++answers_;
    return true;
  }

  // Each line answers for itself: a piece that inih lost would be a rule that is quietly shorter than what was written.
  void close() {
    if (open_ && answers_ != pieces_) fault("inih lost a part of this line: this is a bug in landshim");
    open_ = false;
  }

  bool fault(std::string what) {
    faults_.push_back({{file_, line_}, std::move(what), 0});
    return false;
  }

  std::string_view text_;
  std::uint16_t file_;
  std::vector<Fault>& faults_;
  std::vector<Statement> statements_{};
  std::size_t at_ = 0;
  std::uint32_t line_ = 0;
  const SectionInfo* section_ = nullptr;
  bool skipping_ = false;
  bool open_ = false;
  std::string_view rest_{};
  int pieces_ = 0;
  int answers_ = 0;
};

}  // namespace

std::vector<Statement> parse(std::string_view text, std::uint16_t file, std::vector<Fault>& faults) {
  return Feed(text, file, faults).run();
}

}  // namespace landshim
