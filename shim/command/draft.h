// SPDX-License-Identifier: MIT
// A policy that is being written: sections and keys in the order of the language, with comments for what was lost.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/keys.h"
#include "shim/command/convert.h"

namespace landshim::command {

/// A path as an item of the language: nothing in it is a variable or a pattern any more, and a relative one begins in
/// the working directory, as it does for other tools. Errors (at `where`): empty, longer than any path, not text.
Result<std::string> literal_path(std::string_view path, const std::string& where);

/// In quotes where something in it would end an item or begin a comment.
std::string quoted_item(const std::string& item);

/// The same for a part of a path.
std::string escaped_path(std::string_view part);

/// A name that stands for itself where the language takes patterns: fnmatch(3).
std::string escaped_pattern(std::string_view name);

/// Why text cannot stand in a policy: not UTF-8, or with control characters. Empty: it can.
std::string unfit(std::string_view text);

class Draft {
 public:
  explicit Draft(const Foreign& foreign) : foreign_(foreign) {}

  /// A paragraph of the comment on top.
  void about(std::string text);

  /// Something that the policy does not say, with its place.
  void lost(const std::string& where, const std::string& what);

  /// A comment on top of a section.
  void remark(Section section, std::string text);

  /// A single value, in the words of the language.
  void set(Section section, const std::string& key, const std::string& value);

  /// An item of a list, taken literally.
  void add(Section section, const std::string& key, const std::string& item);

  /// Rights on a path (an item of the language); rights on one path add up.
  void grant(const std::string& item, Rights rights, bool missing_ok);

  /// The rights that were granted, of all paths together.
  bool grants_anything() const { return !grants_.empty(); }

  std::string text() const;

 private:
  struct Line {
    std::string key;
    std::vector<std::string> items;   ///< as they are written
  };
  struct Grant {
    std::string item;
    Rights rights = 0;
    bool missing_ok = false;
  };
  struct Part {
    std::vector<std::string> remarks;
    std::vector<Line> lines;
  };

  void write_grants(Part& part) const;
  Kind kind(const Grant& grant) const;

  const Foreign& foreign_;
  std::vector<std::string> about_{};
  std::vector<std::string> lost_{};
  std::map<Section, Part> parts_{};
  std::vector<Grant> grants_{};
};

}  // namespace landshim::command
