// SPDX-License-Identifier: MIT
// What the parts of lint() share: the rules of a plan as they lie on the machine, and a place for findings.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "shim/lint.h"

namespace landshim {

/// A path of the plan that is there.
struct Rule {
  const PlannedPath* planned;
  const PathFacts* facts;
  Rights rights;                 ///< what is left of them there
  bool by_mode;                  ///< not written as a rule: mode and its workspace
  bool written;                  ///< by a key that names this path
  const std::string& real() const { return facts->real; }
  bool directory() const { return facts->kind == Kind::kDirectory; }
  /// Whether it lets files be written; devices are none.
  bool writes() const { return facts->kind != Kind::kOther && planned->rights != kDevice && (rights & (kChanging & ~kRefer)) != 0; }
  bool executes() const { return facts->kind != Kind::kOther && (rights & kExecute) != 0; }
};

/// Whether `path` is `tree` or lies beneath it.
bool covers(std::string_view tree, std::string_view path);

/// What all checks look at, and where they put what they find.
class Lint {
 public:
  Lint(const Policy& policy, const Plan& plan, const std::vector<Result<Survey>>& surveys, const Facts& facts, bool faults);

  void found(Code code, Origin origin, std::string message, std::string remedy);
  /// `read = /srv`, as the policy has it.
  static std::string words(const Rule& rule);
  /// "line 5", "this line", or "other.ini:5", seen from `from`; what wrote nothing is called by `unwritten`.
  std::string line(Origin origin, Origin from, std::string_view unwritten) const;
  /// Whether [namespaces] takes the path out of sight.
  bool hidden(std::string_view path) const;
  /// Rules on `path` or above it, the nearest first.
  std::vector<const Rule*> at_or_above(std::string_view path) const;

  const Policy& policy;
  const Plan& plan;
  const Facts& facts;
  const bool faults;
  const NetworkChoice network;
  std::vector<Rule> rules;
  std::vector<Finding> findings;

 private:
  std::multimap<std::string_view, std::size_t> by_path_;
};

/// The first line that opens the network; unwritten: none does.
Origin network_line(const Policy& policy);

void lint_places(Lint& lint);
void lint_rules(Lint& lint);
void lint_sockets(Lint& lint);
void lint_settings(Lint& lint);

}  // namespace landshim
