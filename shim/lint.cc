// SPDX-License-Identifier: MIT
// Asks each part for its findings, and takes away those that comments of the policy allow.
#include "shim/lint.h"

#include <algorithm>

#include "shim/lint_parts.h"

namespace landshim {

namespace {

constexpr std::string_view kBlanks = " \t\r\v\f";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// `# landshim: allow LS012` above a line.
struct Allowance {
  Code code{};
  Origin comment{};
  std::uint32_t line = 0;  ///< which it is for; 0: none
  bool whole = false;      ///< it stands above the first section: for findings about the policy as a whole
  bool used = false;
};

// Comments are gone once a policy is read, so its text is looked at again.
class Comments {
 public:
  Comments(std::string_view text, std::uint16_t file, Lint& lint, std::vector<Allowance>& out) : text_(text), file_(file), lint_(lint), out_(out) {}

  void run() {
    std::uint32_t number = 0;
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t end = std::min(text_.find('\n', at), text_.size());
      const std::string_view line = trimmed(text_.substr(at, end - at));
      at = end + 1;
      ++number;
      if (line.starts_with('#') || line.starts_with(';')) {
        comment(trimmed(line.substr(1)), number);
        continue;
      }
      if (!line.empty())
        for (std::size_t i = open_; i < out_.size(); ++i) out_[i].line = number;
      open_ = out_.size();
      in_head_ = in_head_ && !line.starts_with('[');
    }
  }

 private:
  void comment(std::string_view words, std::uint32_t number) {
    constexpr std::string_view kSign = "landshim:";
    if (!words.starts_with(kSign)) return;
    words = trimmed(words.substr(kSign.size()));
    constexpr std::string_view kAllow = "allow";
    if (!words.starts_with(kAllow) || (words.size() > kAllow.size() && kBlanks.find(words[kAllow.size()]) == std::string_view::npos)) return;
    const Origin origin{file_, number};
    std::size_t codes = 0;
    for (std::string_view rest = words.substr(kAllow.size());; ++codes) {
      rest.remove_prefix(std::min(rest.find_first_not_of(" \t,"), rest.size()));
      const std::string_view word = rest.substr(0, rest.find_first_of(" \t,"));
      // What follows the codes is the reason, for readers.
      if (!word.starts_with("LS")) break;
      allow(word, origin);
      rest.remove_prefix(word.size());
    }
    if (codes == 0) lint_.found(Code::kUnknownAllow, origin, "landshim: allow names no code", "write one such as LS012; landshim check --list has them");
  }

  void allow(std::string_view word, Origin origin) {
    const std::optional<Code> code = find_code(word);
    if (!code) return lint_.found(Code::kUnknownAllow, origin, std::string(word) + ": there is no finding of this code", "landshim check --list has them");
    if (code_info(*code).level == Level::kError) return lint_.found(Code::kUnknownAllow, origin, std::string(word) + " is a fault, which no comment can allow", "mend the line");
    out_.push_back({*code, origin, 0, in_head_ && file_ == 0, false});
  }

  std::string_view text_;
  std::uint16_t file_;
  Lint& lint_;
  std::vector<Allowance>& out_;
  std::size_t open_ = out_.size();
  bool in_head_ = true;
};

bool allowed(const Finding& finding, std::vector<Allowance>& allowances) {
  bool found = false;
  for (Allowance& allowance : allowances) {
    const bool here = finding.origin.written() ? allowance.line == finding.origin.line && allowance.comment.file == finding.origin.file : allowance.whole;
    if (!here || allowance.code != finding.code) continue;
    allowance.used = true;
    found = true;
  }
  return found;
}

void take_allowed(Lint& lint) {
  std::vector<Allowance> allowances;
  for (std::size_t i = 0; i < lint.facts.texts.size(); ++i) Comments(lint.facts.texts[i], static_cast<std::uint16_t>(i), lint, allowances).run();
  std::erase_if(lint.findings, [&](const Finding& finding) { return allowed(finding, allowances); });
  // Beside faults something may have gone unseen, and on another machine it may be found.
  const auto elsewhere = [&](const Allowance& allowance) {
    for (std::size_t i = 0; i < lint.plan.ruleset.paths.size() && i < lint.facts.paths.size(); ++i)
      if (lint.plan.ruleset.paths[i].origin == Origin{allowance.comment.file, allowance.line} && lint.facts.paths[i].kind == Kind::kMissing) return true;
    return lint.faults || code_info(allowance.code).of_machine;
  };
  for (const Allowance& allowance : allowances)
    if (!allowance.used && !elsewhere(allowance))
      lint.found(Code::kIdleAllow, allowance.comment, "allows " + code_name(allowance.code) + ", which is not found " + (allowance.line == 0 ? "here" : "in line " + std::to_string(allowance.line)), "remove it from the comment");
}

// One line may be many rules, by a pattern or a long list: the first stands for all. Sorted, they stand side by side.
std::vector<Finding> first_of_each_line(std::vector<Finding> findings) {
  std::vector<Finding> out;
  for (std::size_t i = 0; i < findings.size();) {
    std::size_t more = 0;
    std::size_t next = i + 1;
    for (; next < findings.size() && findings[next].origin == findings[i].origin && findings[next].code == findings[i].code; ++next)
      if (findings[next] != findings[next - 1]) ++more;
    out.push_back(std::move(findings[i]));
    if (more != 0) out.back().message += " (and " + std::to_string(more) + " more in this line)";
    i = next;
  }
  return out;
}

}  // namespace

bool covers(std::string_view tree, std::string_view path) {
  if (tree == "/" || tree == path) return true;
  return path.size() > tree.size() && path.starts_with(tree) && path[tree.size()] == '/';
}

Lint::Lint(const Policy& policy_, const Plan& plan_, const std::vector<Result<Survey>>& surveys, const Facts& facts_, bool faults_)
    : policy(policy_), plan(plan_), facts(facts_), faults(faults_), network(network_choice(policy_)) {
  const std::vector<PlannedPath>& paths = plan.ruleset.paths;
  for (std::size_t i = 0; i < paths.size() && i < surveys.size() && i < facts.paths.size(); ++i) {
    if (!surveys[i] || surveys[i]->missing || facts.paths[i].kind == Kind::kMissing || paths[i].key == "always" || !restricts_files(policy)) continue;
    const bool by_mode = paths[i].key == "mode" || paths[i].key == "workspace";
    by_path_.emplace(facts.paths[i].real, rules.size());
    rules.push_back({&paths[i], &facts.paths[i], surveys[i]->rights, by_mode, !by_mode && paths[i].key != "runtime"});
  }
}

void Lint::found(Code code, Origin origin, std::string message, std::string remedy) { findings.push_back({code, origin, std::move(message), std::move(remedy)}); }

std::string Lint::words(const Rule& rule) {
  const bool implied = rule.planned->key == "mode" || rule.planned->key == "runtime";
  return rule.planned->key + (implied ? ": " : " = ") + rule.planned->path;
}

std::string Lint::line(Origin origin, Origin from, std::string_view unwritten) const {
  if (!origin.written()) return std::string(unwritten);
  if (origin == from) return "this line";
  return origin.file == from.file ? "line " + std::to_string(origin.line) : where(policy, origin);
}

bool Lint::hidden(std::string_view path) const {
  if (plan.namespaces.private_tmp && (covers("/tmp", path) || covers("/var/tmp", path)) && path != "/tmp" && path != "/var/tmp") return true;
  for (const PlannedPath& hide : plan.namespaces.hide)
    if (covers(hide.path, path)) return true;
  return false;
}

std::vector<const Rule*> Lint::at_or_above(std::string_view path) const {
  std::vector<const Rule*> out;
  while (true) {
    const auto [first, last] = by_path_.equal_range(path);
    for (auto at = first; at != last; ++at) out.push_back(&rules[at->second]);
    const std::size_t slash = path.rfind('/');
    if (path.size() <= 1 || slash == std::string_view::npos) return out;
    path = slash == 0 ? "/" : path.substr(0, slash);
  }
}

Origin network_line(const Policy& policy) {
  if (policy.network.written()) return policy.network.origin;
  for (const Ports* ports : {&policy.connect_tcp, &policy.bind_tcp, &policy.connect_udp, &policy.bind_udp})
    if (ports->written()) return ports->origin;
  for (const Origin& origin : {policy.udp.origin, policy.unix_sockets.origin, policy.connect_unix, policy.listen.origin})
    if (origin.written()) return origin;
  for (const Setting<Permission>& family : policy.families)
    if (family.written()) return family.origin;
  return {};
}

std::vector<Finding> lint(const Policy& policy, const Plan& plan, const std::vector<Result<Survey>>& surveys, const Facts& facts, bool faults) {
  Lint lint(policy, plan, surveys, facts, faults);
  lint_places(lint);
  lint_rules(lint);
  lint_sockets(lint);
  lint_settings(lint);
  take_allowed(lint);
  std::erase_if(lint.findings, [&](const Finding& finding) {
    const std::size_t file = finding.origin.written() ? finding.origin.file : 0;
    return file < facts.packaged.size() && facts.packaged[file] && code_info(finding.code).level == Level::kNote;
  });
  std::stable_sort(lint.findings.begin(), lint.findings.end(), [](const Finding& a, const Finding& b) {
    if (a.origin != b.origin) return a.origin.file != b.origin.file ? a.origin.file < b.origin.file : a.origin.line < b.origin.line;
    return a.code < b.code;
  });
  return first_of_each_line(std::move(lint.findings));
}

}  // namespace landshim
