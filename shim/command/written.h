// SPDX-License-Identifier: MIT
// A policy that stands on the command line: options -> text of the language, each line with the option that wrote it.
// Pure: looks at no file.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/keys.h"

namespace landshim::command {

/// What messages call such a text.
constexpr const char* kCommandLine = "command line";

/// How the value of an option becomes that of its key.
enum class ValueKind : std::uint8_t {
  kPath,     ///< a path that means itself, whatever signs it holds
  kPolicy,   ///< a policy by its name: a file or a profile
  kLiteral,  ///< written as it is
};

struct PolicyOption {
  const char* word;
  const char* value_word;
  Section section;
  const char* key;
  ValueKind kind;
  const char* help;
};

/// The options that write one key each. `--set` writes any.
std::span<const PolicyOption> policy_options();

/// An option as it was given. "-p" stands for the policy that the others are added to; an empty option writes the line
/// without being named in a fault.
struct Given {
  std::string option;
  std::string value;
};

struct Written {
  std::string text;
  std::vector<std::string> from;  ///< for each line what wrote it, "--read notes"; empty: no option
};

/// The text. Relative paths and files are completed by `directory`, that of the caller. `host_runtime`: runtime = host
/// is added. Errors: a value that no line can hold, a key that no section or more than one has.
Result<Written> write_policy(std::span<const Given> given, const std::string& directory, bool host_runtime);

/// The same error with the option that wrote its line.
Error with_option(const Written& written, Error error);

}  // namespace landshim::command
