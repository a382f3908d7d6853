// SPDX-License-Identifier: MIT
#include "shim/command/question.h"

#include <algorithm>

#include "config/call_line.h"
#include "config/keys.h"
#include "config/syscalls.h"
#include "config/values.h"
#include "shim/filter.h"

namespace landshim::command {

namespace {

struct VerbWord {
  const char* word;
  Verb verb;
};
constexpr VerbWord kVerbs[] = {
    {"read", Verb::kRead}, {"write", Verb::kWrite}, {"exec", Verb::kExec}, {"create", Verb::kCreate}, {"remove", Verb::kRemove}, {"list", Verb::kList},
    {"truncate", Verb::kTruncate}, {"connect", Verb::kConnect}, {"bind", Verb::kBind}, {"unix", Verb::kUnix}, {"call", Verb::kCall},
};

std::string nearest_words(const Nearest& nearest) { return nearest.best().empty() ? "" : "; did you mean '" + std::string(nearest.best()) + "'?"; }

Result<Verb> verb_of(const std::string& word) {
  Nearest nearest(word);
  std::string all;
  for (const VerbWord& known : kVerbs) {
    if (word == known.word) return known.verb;
    nearest.offer(known.word);
    all += (all.empty() ? "" : ", ") + std::string(known.word);
  }
  return Error{word + ": no such question" + (nearest.best().empty() ? "; expected " + all : nearest_words(nearest))};
}

// 443, 443/tcp, 443/udp.
Result<Done> take_port(Question& question) {
  std::string_view text = question.target;
  question.udp = text.ends_with("/udp");
  if (question.udp || text.ends_with("/tcp")) text.remove_suffix(4);
  const std::optional<std::uint64_t> port = whole_number(text, 65535);
  if (!port) return Error{question.shown + ": expected a port from 0 to 65535, such as 443 or 443/udp"};
  question.port = static_cast<std::uint16_t>(*port);
  return Done{};
}

Result<Done> take_call(Question& question, const std::vector<std::string>& words, std::size_t& at) {
  const SyscallName* known = find_syscall(question.target);
  if (known == nullptr) {
    Nearest nearest(question.target);
    for (const SyscallName& call : all_syscalls()) nearest.offer(call.name);
    return Error{question.target + ": no such system call" + nearest_words(nearest)};
  }
  if (!native_has(known->name)) return Error{question.target + ": this architecture has no such system call"};
  for (; at < words.size(); ++at) {
    const Result<std::uint64_t> value = parse_argument(words[at]);
    if (!value) return Error{question.shown + ": " + value.error().what};
    if (question.arguments.size() == 6) return Error{question.shown + ": a system call has six arguments at most"};
    question.arguments.push_back(*value);
    question.shown += " " + words[at];
  }
  return Done{};
}

Result<Done> take_target(Question& question) {
  if (question.target.empty()) return Error{question.shown + ": the path is empty"};
  if (question.target.find('\0') != std::string::npos) return Error{question.shown + ": a path has no zero bytes"};
  if (question.verb == Verb::kUnix && question.target == "@") return Error{question.shown + ": the name of the abstract socket is missing"};
  return Done{};
}

}  // namespace

Result<Question> take_question(const std::vector<std::string>& words, std::size_t& at) {
  const std::string word = words[at++];
  const Result<Verb> verb = verb_of(word);
  if (!verb) return verb.error();
  if (at == words.size()) return Error{word + ": what to " + word + " is missing"};
  Question question{.verb = *verb, .target = words[at++], .shown = word};
  question.shown += " " + question.target;
  const bool port = *verb == Verb::kConnect || *verb == Verb::kBind;
  const Result<Done> done = port ? take_port(question) : *verb == Verb::kCall ? take_call(question, words, at) : take_target(question);
  if (!done) return done.error();
  return question;
}

Result<Question> parse_question(std::string_view line) {
  constexpr std::string_view kBlank = " \t";
  const auto trimmed = [&](std::string_view text) {
    const std::size_t first = text.find_first_not_of(kBlank);
    return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(kBlank) - first + 1);
  };
  line = trimmed(line);
  std::vector<std::string> words{std::string(line.substr(0, line.find_first_of(kBlank)))};
  std::string_view rest = trimmed(line.substr(words[0].size()));
  while (words[0] == "call" && rest.find_first_of(kBlank) != rest.npos) {
    words.emplace_back(rest.substr(0, rest.find_first_of(kBlank)));
    rest = trimmed(rest.substr(words.back().size()));
  }
  if (!rest.empty()) words.emplace_back(rest);
  std::size_t at = 0;
  return take_question(words, at);
}

}  // namespace landshim::command
