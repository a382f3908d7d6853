// SPDX-License-Identifier: MIT
// Rules beside each other: what they come to together, and those that come to nothing.
#include "shim/lint_parts.h"

#include <algorithm>

namespace landshim {

namespace {

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

class Rules {
 public:
  explicit Rules(Lint& lint) : lint_(lint) {}

  void run() {
    for (const Rule& rule : lint_.rules) {
      write_execute(rule);
      if (!rule.written || rule.planned->beside) continue;
      if (!repeated(rule) && planted_in(*rule.planned, *rule.facts) == nullptr) shadowed(rule);
      out_of_sight(rule);
      through_link(rule);
      replaced_file(rule);
    }
    for (const std::pair<const Rule*, const Rule*>& pair : shadowed_) tell_shadowed(*pair.first, *pair.second);
    for (std::size_t i = 0; i < lint_.plan.ruleset.paths.size() && i < lint_.facts.paths.size(); ++i) {
      planted_link(lint_.plan.ruleset.paths[i], lint_.facts.paths[i]);
      nearly_there(lint_.plan.ruleset.paths[i], lint_.facts.paths[i]);
    }
    if (!lint_.faults) starts();
  }

 private:
  static Origin origin(const Rule& rule) { return rule.planned->origin; }
  static std::string_view unwritten(const Rule& rule) { return rule.planned->key; }

  void write_execute(const Rule& rule) {
    constexpr const char* kRemedy = "grant read_exec and write on different trees";
    const std::string& path = rule.planned->path;
    if (rule.writes() && rule.executes()) {
      if (!rule.by_mode) lint_.found(Code::kWriteExecute, origin(rule), "write and execute on " + path + ": what is written there can be run", kRemedy);
      return;
    }
    if (!rule.writes() && !rule.executes()) return;
    for (const Rule* const wider : lint_.at_or_above(rule.real())) {
      if (wider == &rule || (wider->real() == rule.real() && !rule.writes())) continue;
      // The wider rule alone has both, and was told of.
      if (wider->writes() && wider->executes()) return;
      if (!(rule.writes() ? wider->executes() : wider->writes()) || (rule.by_mode && wider->by_mode)) continue;
      const Rule& writing = rule.writes() ? rule : *wider;
      const Rule& executing = rule.writes() ? *wider : rule;
      const Origin at = writing.by_mode ? origin(executing) : origin(writing);
      if (&writing == &rule && !writing.by_mode)
        lint_.found(Code::kWriteExecute, at, "write on " + path + ", where " + lint_.line(origin(*wider), at, unwritten(*wider)) + " grants execute on " + wider->planned->path + ": what is written there can be run", kRemedy);
      else if (!writing.by_mode)
        lint_.found(Code::kWriteExecute, at, "write on " + wider->planned->path + ", and execute on " + path + " in it (" + lint_.line(origin(rule), at, unwritten(rule)) + "): what is written there can be run", kRemedy);
      else
        lint_.found(Code::kWriteExecute, at, "execute on " + executing.planned->path + ", where the mode grants write on " + writing.planned->path + ": what is written there can be run", kRemedy);
      return;
    }
  }

  // Whether the line has a pattern, whose matches nobody wrote one by one.
  bool by_pattern(const Rule& rule) const {
    return std::any_of(lint_.policy.path_items.begin(), lint_.policy.path_items.end(), [&](const PathItem& item) {
      return item.origin == rule.planned->origin && item.key == rule.planned->key && item.text.find_first_of("*?[") != std::string::npos;
    });
  }

  // Told at the later of the two.
  bool repeated(const Rule& rule) {
    for (const Rule* const other : lint_.at_or_above(rule.real())) {
      if (other->real() != rule.real()) return false;
      if (other >= &rule || !other->written || other->planned->beside || other->rights != rule.rights) continue;
      // Links to one target, say.
      if (origin(*other) == origin(rule) && by_pattern(rule)) return true;
      lint_.found(Code::kTwice, origin(rule), Lint::words(rule) + " was granted already, in " + lint_.line(origin(*other), origin(rule), ""), "remove one of the two");
      return true;
    }
    return false;
  }

  void shadowed(const Rule& rule) {
    for (const Rule* const wider : lint_.at_or_above(rule.real())) {
      const bool same = wider->real() == rule.real() && wider->rights == rule.rights;
      if (wider == &rule || wider->planned->beside || (same && wider->written) || (rule.rights & ~wider->planned->rights) != 0) continue;
      shadowed_.emplace_back(&rule, wider);
      return;
    }
  }

  // Of a pattern that matches much, some may well be granted elsewhere.
  void tell_shadowed(const Rule& rule, const Rule& wider) {
    const auto same_line = [&](const Rule& other) { return other.planned->origin == rule.planned->origin && other.planned->key == rule.planned->key; };
    const auto count = [&](const auto& range, const auto& get) { return std::count_if(range.begin(), range.end(), [&](const auto& one) { return same_line(get(one)); }); };
    if (by_pattern(rule) && count(lint_.rules, [](const Rule& one) -> const Rule& { return one; }) != count(shadowed_, [](const auto& one) -> const Rule& { return *one.first; })) return;
    lint_.found(Code::kShadowed, origin(rule), Lint::words(rule) + " does nothing: " + lint_.line(origin(wider), origin(rule), unwritten(wider)) + " grants as much on " + wider.planned->path, "remove it");
  }

  void out_of_sight(const Rule& rule) {
    if (!lint_.hidden(rule.real())) return;
    lint_.found(Code::kHidden, origin(rule), Lint::words(rule) + " is hidden by [namespaces]: the program finds nothing there, or does not start", "remove the rule, or hide less");
  }

  void through_link(const Rule& rule) {
    const PathFacts& facts = *rule.facts;
    // Where /bin is a link to usr/bin, both are meant.
    if (!facts.link || directory_of(facts.entry) == directory_of(facts.real) || facts.real == "/usr" + facts.entry || by_pattern(rule)) return;
    lint_.found(Code::kThroughLink, origin(rule), Lint::words(rule) + " is a link to " + facts.real + ", and the rule is on that, as it is at start", "name the target, or its directory if the link changes");
  }

  // rename(2) needs make_reg and remove_file on the directory; the rule stays with the old file.
  void replaced_file(const Rule& rule) {
    const std::string& real = rule.real();
    if (rule.facts->kind != Kind::kFile || (rule.rights & kWriteFile) == 0 || real.ends_with(".log")) return;
    for (const char* tree : {"/dev", "/proc", "/sys"})
      if (covers(tree, real)) return;
    Rights beside = 0;
    for (const Rule* const wider : lint_.at_or_above(directory_of(real))) beside |= wider->rights;
    if ((beside & kMakeReg) != 0 && (beside & kRemoveFile) != 0) return;
    lint_.found(Code::kReplacedFile, origin(rule), Lint::words(rule) + " is a file: a program that writes a new one and renames it, or keeps a journal beside it, is refused", "grant its directory, if the program does so");
  }

  // The rule that lets the program put a link in the place of this path.
  const Rule* planted_in(const PlannedPath& path, const PathFacts& facts) const {
    const bool asked = path.key != "mode" && path.key != "runtime" && path.key != "always" && !path.beside && path.origin.written();
    if (!asked || facts.entry.size() <= 1) return nullptr;
    for (const Rule* const wider : lint_.at_or_above(directory_of(facts.entry)))
      if ((wider->rights & kMakeSym) != 0 && (wider->rights & (kRemoveFile | kRemoveDir)) != 0) return wider;
    return nullptr;
  }

  // What a link names is looked up at every start, so whoever can put one here chooses what is granted next time.
  void planted_link(const PlannedPath& path, const PathFacts& facts) {
    const Rule* const wider = planted_in(path, facts);
    if (wider == nullptr) return;
    lint_.found(Code::kPlantedLink, path.origin, path.key + " = " + path.path + " lies in " + wider->planned->path + ", which " + lint_.line(wider->planned->origin, path.origin, unwritten(*wider)) +
                " makes writable: the program can put a link in its place, and the next start is refused",
                (path.rights & ~wider->planned->rights) == 0 ? "remove it: the wider rule grants as much" : "keep it out of what the program writes");
  }

  void nearly_there(const PlannedPath& path, const PathFacts& facts) {
    if (facts.kind != Kind::kMissing || facts.near.empty()) return;
    lint_.found(Code::kNearlyThere, path.origin, path.key + " = " + path.path + " is missing, and " + facts.near + " is there", "correct the name, if that was meant");
  }

  bool executable(std::string_view path) const {
    for (const Rule* const rule : lint_.at_or_above(path))
      if (rule->executes()) return true;
    return false;
  }

  void starts() {
    if (lint_.policy.runtime.value == Runtime::kProgram || !restricts_files(lint_.policy)) return;
    bool any = false;
    for (const Rule& rule : lint_.rules) {
      if (!rule.executes()) continue;
      any = true;
      for (const Program& program : rule.facts->programs)
        for (const std::string& need : program.needs)
          if (!executable(need))
            lint_.found(Code::kLoader, origin(rule), program.path + " needs " + need + " to start, which no line makes executable", "write runtime = program or host, or read_exec = " + need);
    }
    if (!any && lint_.policy.runtime.value == Runtime::kNone && lint_.plan.ruleset.handled_fs != 0)
      lint_.found(Code::kNothingStarts, {}, "no line makes a program executable: landshim run starts nothing, and what a preload holds starts nothing else", "write runtime = program or host, or name programs and their loader in read_exec");
  }

  Lint& lint_;
  std::vector<std::pair<const Rule*, const Rule*>> shadowed_{};
};

}  // namespace

void lint_rules(Lint& lint) { Rules(lint).run(); }

}  // namespace landshim
