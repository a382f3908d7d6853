// SPDX-License-Identifier: MIT
// What `landshim ask` is asked, as words: nothing is looked up.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/result.h"

namespace landshim::command {

enum class Verb : std::uint8_t { kRead, kWrite, kExec, kCreate, kRemove, kList, kTruncate, kConnect, kBind, kUnix, kCall };

struct Question {
  Verb verb{};
  std::string target{};                    ///< a path, @NAME, or the name of a call
  std::uint16_t port = 0;
  bool udp = false;
  std::vector<std::uint64_t> arguments{};  ///< of a call, none: asked of it as such
  std::string shown{};                     ///< as it was asked
};

/// Takes the next question from `words`, starting at `at`, and moves `at` behind it. A call takes all that is left.
Result<Question> take_question(const std::vector<std::string>& words, std::size_t& at);

/// One line of a file: the rest of it after the verb is the path, blanks inside it too.
Result<Question> parse_question(std::string_view line);

}  // namespace landshim::command
