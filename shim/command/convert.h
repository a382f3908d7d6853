// SPDX-License-Identifier: MIT
// Policies of other tools, as policies of landshim. Each function is pure but for one question, whether a path names a
// file here: the tools give files fewer rights than directories. What a tool grants is granted exactly, or less with a
// comment that says so; never more without one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/policy.h"
#include "config/surroundings.h"

namespace landshim::command {

/// A word of a command line, or a variable NAME=value, and where it stands: "landrun.txt:1", "argument 3".
struct Word {
  std::string text;
  std::string where;
};

/// What a path leads to here.
enum class Kind : std::uint8_t { kNothing, kFile, kDirectory };

/// What is to be converted: a text, or words.
struct Foreign {
  std::string name;                            ///< as messages name it
  std::string text;
  std::vector<Word> words;                     ///< instead of a text
  Surroundings surroundings;                   ///< only to find out which paths are files
  Kind (*look)(const std::string& path);
};

/// The policy as text, or why there is none.
Result<std::string> convert_landrun(const Foreign& foreign);
Result<std::string> convert_sandboxec(const Foreign& foreign);
Result<std::string> convert_sandboxer(const Foreign& foreign);
Result<std::string> convert_landlockconfig(const Foreign& foreign);

/// The words of a shell's command line, over as many lines as it has. What a shell would expand is an error: only the shell
/// that starts the line knows what becomes of it.
Result<std::vector<Word>> shell_words(const std::string& text, const std::string& name);

/// Words as a shell would read them back.
std::string shell_quoted(const std::vector<std::string>& words);

}  // namespace landshim::command
