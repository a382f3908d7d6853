// SPDX-License-Identifier: MIT
// What the rules of a plan name, opened; and what of it the program that is held could use to prepare its next start.
#pragma once

#include <string>
#include <vector>

#include "shim/descriptor.h"
#include "shim/plan.h"
#include "shim/walk.h"

namespace landshim {

struct OpenedRule {
  Descriptor fd{};          ///< the very file or directory that the rule will bind to; negative: missing, and that is fine
  bool directory = false;
  Rights rights = 0;        ///< what remains of the rights there
  FileId id{};
};

/// A way for the program to widen the policy for its next start.
struct Lever {
  const PlannedPath* path = nullptr;  ///< the rule; null: `except` or `hide`
  Error error;
};

class RuleOpener {
 public:
  explicit RuleOpener(const Plan& plan);
  /// Errors: missing, out of reach, a policy made writable.
  Result<OpenedRule> open(const PlannedPath& path);
  /// Once all rules are open: each link on the way to one that the program could turn, each hidden path that it could
  /// move away.
  std::vector<Lever> levers();

 private:
  struct Seen {
    const PlannedPath* path = nullptr;
    FileId id{};
    Rights rights = 0;
    bool linked = false;  // by links, as far as is known
    Walk walked{};        // then, unless another rule gives the same; its descriptors are closed
    const Link* turned = nullptr;  // the first of them that the program can turn, and then
    std::vector<FileId> chain{};   // what lies above the end
  };

  Error fault(const PlannedPath& path, const std::string& why, int os_error = 0) const;
  Error cannot_open(const PlannedPath& path, int result) const;
  int open_end(const PlannedPath& path, bool& linked) const;
  std::string writable_policy(const PlannedPath& path, FileId id) const;
  bool changeable(const std::vector<FileId>& directories) const;
  const Link* changeable_link(const std::vector<Link>& links) const;
  bool given_without_links(const Seen& seen) const;
  bool gains(const Seen& seen) const;
  void walk_links(std::vector<Lever>& out);
  void judge_followed(const Followed& followed, std::vector<Lever>& out) const;
  void judge_hidden(const PlannedPath& path, std::vector<Lever>& out) const;

  const Plan& plan_;
  bool changes_names_ = false;
  std::vector<Seen> seen_{};
  std::vector<FileId> naming_{};  // directories beneath which the program can change names
};

}  // namespace landshim
