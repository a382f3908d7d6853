// SPDX-License-Identifier: MIT
// Puts questions to a policy: what a program under it may do, which line decides, and which one would change that.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "config/parse.h"
#include "config/syscalls.h"
#include "shim/command/command.h"
#include "shim/command/denial.h"
#include "shim/command/fitting_profile.h"
#include "shim/command/ground.h"
#include "shim/command/json.h"
#include "shim/command/look.h"
#include "shim/command/options.h"
#include "shim/command/really.h"
#include "shim/host.h"
#include "shim/landlock_abi.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

struct Request {
  std::string policy;
  std::vector<std::string> words;
  std::optional<std::string> from;
  std::optional<int> abi;
  bool really = false;
  bool json = false;
};

struct Asked {
  Question question;
  std::string at;                    // FILE:LINE; empty: from the command line
  std::optional<bool> expected;
  Access access;
  Verdict verdict;
  std::optional<Trial> trial;        // with --really

  bool tried() const { return trial && trial->not_tried.empty(); }
  // The kernel has the last word.
  bool allowed() const { return tried() ? trial->allowed : verdict.allowed; }
  bool agree() const {
    if (verdict.allowed != trial->allowed) return false;
    return verdict.allowed || verdict.hidden || (verdict.error == trial->error && verdict.signal == trial->signal);
  }
};

// --- where questions come from ---

Result<std::string> read_all(const std::string& path) {
  const int fd = path == "-" ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Error{"the questions cannot be read", path, errno};
  std::string out;
  char buffer[65536];
  ssize_t got = 0;
  while (out.size() <= kMaxFile && ((got = read(fd, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR)))
    if (got > 0) out.append(buffer, static_cast<std::size_t>(got));
  const int error = errno;
  close(fd);
  if (got < 0) return Error{"the questions cannot be read", path, error};
  if (out.size() > kMaxFile) return Error{"the questions are larger than 1 MiB; divide them", path};
  return out;
}

// "allow read /x", "deny read /x" or "read /x".
Result<Asked> parse_line(std::string_view line) {
  Asked asked;
  for (const auto& [word, expected] : {std::pair<std::string_view, bool>{"allow", true}, {"deny", false}})
    if (line.starts_with(word) && line.size() > word.size() && (line[word.size()] == ' ' || line[word.size()] == '\t')) {
      asked.expected = expected;
      line.remove_prefix(word.size());
      break;
    }
  Result<Question> question = parse_question(line);
  if (!question) return question.error();
  asked.question = std::move(*question);
  return asked;
}

class Asking {
 public:
  explicit Asking(const Request& request) : request_(request), look_(look_at({request.policy, {}, request.abi})) {}

  int run() {
    for (const Error& fault : look_.faults) say(text(fault));
    if (!look_.faults.empty()) return kRefused;
    grounds_ = grounds_of(look_.plan, look_.surveys);
    if (const Result<Done> done = !request_.from ? take_words() : take_file(); !done) return wrong(done.error());
    for (Asked& asked : all_) asked.verdict = verdict(look_.policy, look_.plan, grounds_, asked.access);
    if (request_.really)
      if (const Result<Done> done = try_them(); !done) {
        say(text(done.error()));
        return kRefused;
      }
    const bool told = request_.json ? print_json(document()) : tell();
    if (!told) return 1;
    return wrong_ ? kUsage : status();
  }

 private:
  int wrong(const Error& error) {
    say(text(error));
    wrong_ = true;
    return kUsage;
  }

  Result<Done> take_words() {
    for (std::size_t at = 0; at < request_.words.size();) {
      Result<Question> question = take_question(request_.words, at);
      if (!question) return question.error();
      Result<Access> access = access_of(*question);
      if (!access) return access.error();
      all_.push_back({.question = std::move(*question), .at = {}, .expected = {}, .access = std::move(*access), .verdict = {}, .trial = {}});
    }
    return Done{};
  }

  // All lines are asked, whatever is wrong with others.
  Result<Done> take_file() {
    const Result<std::string> questions = read_all(*request_.from);
    if (!questions) return questions.error();
    const std::string shown = *request_.from == "-" ? "standard input" : *request_.from;
    std::string_view rest = *questions;
    for (std::size_t number = 1; !rest.empty(); ++number) {
      std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      if (line.ends_with('\r')) line.remove_suffix(1);
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
      if (line.empty() || line.starts_with('#')) continue;
      const std::string at = shown + ":" + std::to_string(number);
      Result<Asked> asked = parse_line(line);
      Result<Access> access = asked ? access_of(asked->question) : Result<Access>(asked.error());
      if (!access) {
        wrong({access.error().what, at, access.error().os_error});
        continue;
      }
      asked->at = at;
      asked->access = std::move(*access);
      all_.push_back(std::move(*asked));
    }
    return Done{};
  }

  Result<Done> try_them() {
    if (look_.plan.ruleset.abi > probe().abi) return Error{"--really: this kernel has Landlock ABI " + std::to_string(probe().abi) + ", and cannot try what ABI " + std::to_string(look_.plan.ruleset.abi) + " would do"};
    std::vector<Tried> questions;
    for (const Asked& asked : all_) questions.push_back({&asked.question, &asked.access});
    Result<std::vector<Trial>> trials = try_all(look_.plan, questions);
    if (!trials) return trials.error();
    for (std::size_t i = 0; i < all_.size(); ++i) all_[i].trial = std::move((*trials)[i]);
    return Done{};
  }

  // --- what is told ---

  bool tell() const {
    std::string out;
    std::size_t expected = 0;
    for (const Asked& asked : all_) {
      if (!asked.expected) out += printable(line(asked)) + "\n";
      else if (++expected; !holds(asked)) say(printable(asked.at + ": expected " + (*asked.expected ? "allow" : "deny") + ", but " + line(asked)));
    }
    const auto held = std::count_if(all_.begin(), all_.end(), [](const Asked& asked) { return asked.expected && holds(asked); });
    if (expected > 0) out += printable(request_.policy) + ": " + std::to_string(held) + " of " + std::to_string(expected) + " expectations hold\n";
    return print(out);
  }

  static bool holds(const Asked& asked) { return !asked.expected || *asked.expected == asked.allowed(); }

  // Expectations alone decide where they are written; else the answers do.
  int status() const {
    const bool good = std::all_of(all_.begin(), all_.end(), [&](const Asked& asked) { return request_.from ? holds(asked) : asked.allowed(); });
    return good ? 0 : 1;
  }

  // Of a Verdict or a Trial.
  template <class Answer>
  static std::string answer_word(const Answer& answer) {
    return command::answer_word(answer.error, answer.signal, answer.hidden);
  }

  std::string line(const Asked& asked) const { return (asked.verdict.allowed ? "allowed: " : "denied: ") + asked.question.shown + (asked.verdict.allowed ? allowed(asked.verdict) : denied(asked)) + (asked.trial ? kernel(asked) : ""); }

  static std::string kernel(const Asked& asked) {
    const Trial& trial = *asked.trial;
    if (!trial.not_tried.empty()) return "; not tried: " + trial.not_tried;
    if (trial.without_policy != 0) return "; without the policy the kernel denies it too (" + error_word(trial.without_policy) + ")";
    if (asked.agree()) return "; the kernel agrees";
    return trial.allowed ? "; but the kernel allows it" : "; but the kernel denies it (" + answer_word(trial) + ")";
  }

  std::string allowed(const Verdict& verdict) const {
    if (verdict.some_arguments) return ", but with some arguments denied (" + answer_word(verdict) + "): " + decided(look_.plan, verdict.reasons.front());
    std::string out;
    for (const Reason& reason : verdict.reasons) out += (out.empty() ? ", by " : " and ") + where_written(look_.plan, reason) + (reason.origin.written() ? " " : "") + reason.words;
    return out.empty() ? "; the policy leaves it alone" : out;
  }

  std::string denied(const Asked& asked) const {
    return " (" + answer_word(asked.verdict) + "): " + why_denied(look_.plan, asked.verdict, asked.access);
  }

  Json document() const {
    Json answers = Json::array();
    for (const Asked& asked : all_) answers.push_back(document(asked));
    return {{"version", 1}, {"policy", request_.policy}, {"landlock_abi", look_.plan.ruleset.used ? Json(look_.plan.ruleset.abi) : Json(nullptr)}, {"answers", std::move(answers)}};
  }

  Json document(const Asked& asked) const {
    const Verdict& verdict = asked.verdict;
    Json out;
    out["question"] = asked.question.shown;
    if (!asked.at.empty()) out["where"] = asked.at;
    out["allowed"] = verdict.allowed;
    if (verdict.some_arguments) out["some_arguments_denied"] = true;
    if (!verdict.allowed || verdict.some_arguments) out["answer"] = answer_word(verdict);
    if (!verdict.path.empty()) out["path"] = verdict.path;
    if (verdict.nearest) out["nearest"] = true;
    Json reasons = Json::array();
    for (const Reason& reason : verdict.reasons) reasons.push_back({{"words", reason.words}, {"where", reason.origin.written() ? Json(where_written(look_.plan, reason)) : Json(nullptr)}});
    out["reasons"] = std::move(reasons);
    if (const std::vector<std::string> lines = lines_to_write(verdict); !lines.empty()) out["to_allow"] = lines;
    if (const FittingProfile profile = fitting_profile(asked.access, verdict); !profile.name.empty()) out["profile"] = profile.name;
    if (asked.trial) out["kernel"] = document(asked, *asked.trial);
    if (asked.expected) {
      out["expected"] = *asked.expected;
      out["holds"] = holds(asked);
    }
    return out;
  }

  static Json document(const Asked& asked, const Trial& trial) {
    Json out;
    if (!trial.not_tried.empty()) {
      out["not_tried"] = trial.not_tried;
      return out;
    }
    out["allowed"] = trial.allowed;
    if (!trial.allowed) out["answer"] = answer_word(trial);
    if (trial.without_policy != 0) out["without_policy"] = error_word(trial.without_policy);
    out["agrees"] = asked.agree();
    return out;
  }

  const Request& request_;
  Look look_;
  std::vector<Ground> grounds_{};
  std::vector<Asked> all_{};
  bool wrong_ = false;
};

int ask(const Request& request) {
  if (request.from && request.from->empty()) return misused("ask: --from: the name is empty");
  if (!request.from == request.words.empty()) return misused(request.words.empty() ? "ask: QUESTION is missing" : "ask: a question and --from cannot be given together");
  return Asking(request).run();
}

}  // namespace

void add_ask(CLI::App& app, int& status) {
  Subcommand words = add_subcommand(app, "ask", "tell whether a policy allows something, and which line decides");
  auto request = std::make_shared<Request>();
  words.add_option("POLICY", request->policy, "the policy").required();
  words.add_options("QUESTION", request->words, "read, write, exec, create, remove, list or truncate PATH; connect or bind PORT[/udp]; unix PATH or @NAME; call NAME [ARGUMENT...]");
  words.add_option("--from", request->from, "questions of a file (-: standard input), one a line, each after 'allow' or 'deny' where that is expected").value_name("FILE");
  words.add_option("--abi", request->abi, "as a kernel with this Landlock ABI would answer").value_name("N").between(0, kNewestAbi);
  words.add_flag("--really", request->really, "try it as well, in a process under the policy, without doing it");
  words.add_flag("--json", request->json, "answer as JSON");
  words.action(status, [request] { return ask(*request); });
}

}  // namespace landshim::command
