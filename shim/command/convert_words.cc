// SPDX-License-Identifier: MIT
// Command lines as text: taken apart, and put together again, by the rules of sh(1).
#include "shim/command/convert.h"
#include "shim/command/draft.h"

namespace landshim::command {

namespace {

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

class Shell {
 public:
  Shell(const std::string& text, const std::string& name) : text_(text), name_(name) {}

  Result<std::vector<Word>> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') {
        finish();
        ++line_;
        ++at_;
      } else if (blank(c)) {
        finish();
        ++at_;
      } else if (c == '#' && !open_) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (c == '\\' && text_.compare(at_ + 1, 1, "\n") == 0) {
        ++line_;
        at_ += 2;
      } else if (std::string why = take(c); !why.empty()) {
        return Error{std::move(why), here()};
      }
    }
    finish();
    for (const Word& word : words_)
      if (const std::string why = unfit(word.text); !why.empty()) return Error{word.text.substr(0, 60) + ": " + why, word.where};
    return std::move(words_);
  }

 private:
  // One character, or a quoted text; gives what is wrong with it.
  std::string take(char c) {
    begin();
    if (c == '\'') return quoted_literally();
    if (c == '"') return quoted_for_the_shell();
    if (c == '\\') {
      if (at_ + 1 == text_.size()) return "a backslash at the end of the text quotes nothing";
      word_ += text_[at_ + 1];
      at_ += 2;
      return {};
    }
    const bool home = c == '~' && word_.empty();
    if (home || std::string_view("$`*?[{|&;<>()").find(c) != std::string_view::npos)
      return std::string("a shell would read '") + c + "' in its own way; write what becomes of it, quote it, or give the words themselves after --";
    word_ += c;
    ++at_;
    return {};
  }

  std::string quoted_literally() {
    const std::size_t end = text_.find('\'', at_ + 1);
    if (end == std::string::npos) return "a quote is not closed";
    append(std::string_view(text_).substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return {};
  }

  std::string quoted_for_the_shell() {
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return {};
      }
      if (c == '$' || c == '`') return std::string("a shell would read '") + c + "' in its own way; write what becomes of it, or quote it with '...'";
      const bool escapes = c == '\\' && at_ + 1 < text_.size() && std::string_view("$`\"\\\n").find(text_[at_ + 1]) != std::string_view::npos;
      if (escapes) ++at_;
      if (escapes && text_[at_] == '\n') ++line_;
      else append(std::string_view(text_).substr(at_, 1));
    }
    return "a quote is not closed";
  }

  void append(std::string_view part) {
    for (const char c : part)
      if (c == '\n') ++line_;
    word_ += part;
  }

  void begin() {
    if (!open_) where_ = here();
    open_ = true;
  }

  void finish() {
    if (open_) words_.push_back({std::move(word_), where_});
    word_.clear();
    open_ = false;
  }

  std::string here() const { return name_ + ":" + std::to_string(line_); }

  const std::string& text_;
  const std::string& name_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  bool open_ = false;
  std::string word_{};
  std::string where_{};
  std::vector<Word> words_{};
};

}  // namespace

Result<std::vector<Word>> shell_words(const std::string& text, const std::string& name) { return Shell(text, name).run(); }

std::string shell_quoted(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    const bool plain = !word.empty() && word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./_-+@%=:,") == std::string::npos;
    std::string shown = plain ? word : "'";
    if (!plain) {
      for (const char c : word) shown += c == '\'' ? std::string("'\\''") : std::string(1, c);
      shown += "'";
    }
    out += (out.empty() ? "" : " ") + shown;
  }
  return out;
}

}  // namespace landshim::command
