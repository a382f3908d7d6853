// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "config/keys.h"
#include "config/parse.h"
#include "shim/command/command.h"
#include "shim/command/json.h"
#include "shim/command/look.h"
#include "shim/command/facts.h"
#include "shim/command/options.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

// Findings of one policy that are told; of more, warnings first.
constexpr std::size_t kMostTold = 200;

struct Options {
  std::vector<std::string> names;
  std::optional<std::string> explain;
  std::string level = "error";
  bool list = false;
  bool json = false;
  bool quiet = false;
};

// A fault or a finding.
struct Told {
  Code code{};
  std::size_t source = 0;
  unsigned long line = 0;
  std::string file;
  std::string message;
  std::string remedy;
  Level level() const { return code_info(code).level; }
};

struct Report {
  std::string file;
  std::vector<Told> told;          // in the order of the lines
  std::size_t counts[3] = {0, 0, 0};  // by Level
  std::size_t left_out = 0;
  std::size_t count(Level level) const { return counts[static_cast<std::size_t>(level)]; }
};

Code code_of(FaultOf fault) {
  switch (fault) {
    case FaultOf::kPolicy: return Code::kPolicyFault;
    case FaultOf::kMachine: return Code::kMachineFault;
    case FaultOf::kPlace: return Code::kPlaceFault;
  }
  return Code::kPolicyFault;
}

Told told(const Policy& policy, const Error& fault, FaultOf of) {
  const auto [source, line] = place(policy, fault);
  return {code_of(of), source, line, source < policy.sources.size() ? policy.sources[source].shown : fault.where, text({fault.what, {}, fault.os_error}), {}};
}

Told told(const Policy& policy, Finding finding) {
  const std::size_t source = finding.origin.file;
  return {finding.code, source, finding.origin.line, source < policy.sources.size() ? policy.sources[source].shown : "", std::move(finding.message), std::move(finding.remedy)};
}

// All faults; of findings as many as are worth reading, warnings before notes.
void add_findings(Report& report, const Policy& policy, std::vector<Finding> findings) {
  for (const Finding& finding : findings) ++report.counts[static_cast<std::size_t>(code_info(finding.code).level)];
  std::size_t room[2] = {kMostTold - std::min(kMostTold, report.count(Level::kWarning)), kMostTold};
  for (Finding& finding : findings) {
    std::size_t& left = room[static_cast<std::size_t>(code_info(finding.code).level)];
    if (left == 0) {
      ++report.left_out;
      continue;
    }
    --left;
    report.told.push_back(told(policy, std::move(finding)));
  }
}

Report report_on(const Looked& looked) {
  const Look look = look_at(looked);
  Report report;
  report.file = looked.name;
  for (std::size_t i = 0; i < look.faults.size(); ++i) report.told.push_back(told(look.policy, look.faults[i], look.fault_of[i]));
  report.counts[static_cast<std::size_t>(Level::kError)] = look.faults.size();
  add_findings(report, look.policy, lint(look.policy, look.plan, look.surveys, facts_of(looked, look), !look.faults.empty()));
  for (Told& one : report.told)
    if (one.file.empty()) one.file = report.file;
  std::stable_sort(report.told.begin(), report.told.end(), [](const Told& a, const Told& b) { return a.source != b.source ? a.source < b.source : a.line < b.line; });
  return report;
}

std::string counted(std::size_t count, const char* word) { return std::to_string(count) + " " + word + (count == 1 ? "" : "s"); }

bool say_report(const Report& report) {
  for (const Told& one : report.told) {
    const std::string where = one.file + (one.line == 0 ? "" : ":" + std::to_string(one.line));
    const std::string kind = one.level() == Level::kError ? "" : std::string(level_name(one.level())) + " " + code_name(one.code) + ": ";
    say(text({kind + one.message + (one.remedy.empty() ? "" : "; " + one.remedy), where, 0}));
  }
  if (report.left_out != 0) say(text({counted(report.left_out, "finding") + " more, not shown", report.file, 0}));
  if (report.told.empty()) return print(printable(report.file) + ": good\n");
  std::string summary;
  for (const Level level : {Level::kError, Level::kWarning, Level::kNote})
    if (report.count(level) != 0) summary += (summary.empty() ? "" : ", ") + counted(report.count(level), level_name(level).data());
  // Faults alone speak for themselves.
  return report.count(Level::kWarning) + report.count(Level::kNote) == 0 || print(printable(report.file) + ": " + summary + "\n");
}

Json json_of(const Report& report) {
  Json findings = Json::array();
  for (const Told& one : report.told)
    findings.push_back({{"code", code_name(one.code)}, {"level", level_name(one.level())}, {"file", one.file}, {"line", one.line}, {"message", one.message}, {"remedy", one.remedy}});
  return {{"file", report.file}, {"findings", findings}, {"counts", {{"error", report.count(Level::kError)}, {"warning", report.count(Level::kWarning)}, {"note", report.count(Level::kNote)}, {"left_out", report.left_out}}}};
}

// At most one byte more than a policy may have: load_text() refuses that.
Result<std::string> standard_input() {
  std::string out(kMaxFile + 1, '\0');
  std::size_t used = 0;
  while (used < out.size()) {
    const ssize_t got = read(STDIN_FILENO, out.data() + used, out.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error{"standard input cannot be read", {}, errno};
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  out.resize(used);
  return out;
}

int check(const Options& options, Level threshold) {
  int status = 0;
  Json policies = Json::array();
  for (const std::string& name : options.names) {
    Looked looked{name, {}, {}};
    if (name == "-") {
      Result<std::string> text = standard_input();
      if (!text) {
        say(landshim::text(text.error()));
        return 1;
      }
      looked = {"stdin", std::move(*text), {}};
    }
    const Report report = report_on(looked);
    for (const Level level : {Level::kNote, Level::kWarning, Level::kError})
      if (level >= threshold && report.count(level) != 0) status = 1;
    if (options.json) policies.push_back(json_of(report));
    else if (!options.quiet && !say_report(report)) return 1;
  }
  if (options.json && !print_json({{"policies", policies}})) return 1;
  return status;
}

std::string indented(std::string_view text) {
  std::string out = "  ";
  for (const char c : text) out += c == '\n' ? "\n  " : std::string(1, c);
  return out + "\n";
}

int explain(const std::string& name) {
  const std::optional<Code> code = find_code(name);
  if (!code) {
    Nearest nearest(name);
    std::vector<std::string> names;
    for (const CodeInfo& info : all_codes()) names.push_back(code_name(info.code));
    for (const std::string& one : names) nearest.offer(one);
    return misused("check: --explain " + name + ": no such code; " + (nearest.best().empty() ? "landshim check --list has them" : "did you mean '" + std::string(nearest.best()) + "'?"));
  }
  const CodeInfo& info = code_info(*code);
  const std::string head = code_name(*code) + " (" + std::string(level_name(info.level)) + "): " + info.title + "\n\n";
  return print(head + info.meaning + "\n\nExample:\n\n" + indented(info.example) + "\nWhat to do:\n\n" + indented(info.remedy)) ? 0 : 1;
}

int list() {
  std::string out;
  for (const CodeInfo& info : all_codes()) {
    std::string level(level_name(info.level));
    level.resize(9, ' ');
    out += code_name(info.code) + "  " + level + info.title + "\n";
  }
  return print(out) ? 0 : 1;
}

int act(const Options& options) {
  const bool tells = options.list || options.explain;
  if (tells && !options.names.empty()) return misused("check: --list and --explain take no policy");
  if (options.list) return list();
  if (tells) return explain(*options.explain);
  if (options.names.empty()) return misused("check: POLICY is missing");
  if (std::count(options.names.begin(), options.names.end(), "-") > 1) return misused("check: -: standard input can be read once");
  for (const Level level : {Level::kNote, Level::kWarning, Level::kError})
    if (options.level == level_name(level)) return check(options, level);
  return misused("check: --level " + options.level + ": expected error, warning or note");
}

}  // namespace

void add_check(CLI::App& app, int& status) {
  Subcommand words = add_subcommand(app, "check", "tell every fault of each policy, and what is seldom meant; exit status 1 if there is a fault");
  auto options = std::make_shared<Options>();
  words.add_options("POLICY", options->names, "policies to check; - is standard input");
  words.add_option("--level", options->level, "exit status 1 from this level on: error, warning or note").help_text("LEVEL");
  const Option json = words.add_flag("--json", options->json, "print one JSON document");
  words.add_flag("--quiet", options->quiet, "say nothing: the exit status tells").excludes(json);
  words.add_option("--explain", options->explain, "tell what a code means").help_text("CODE");
  words.add_flag("--list", options->list, "print all codes");
  words.action(status, [options] { return act(*options); });
}

}  // namespace landshim::command
