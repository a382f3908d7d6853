// SPDX-License-Identifier: MIT
// The value of a line of [syscalls]: ACTION [if COND [and COND]...].
#pragma once

#include <string_view>

#include "config/policy.h"

namespace landshim {

/// `allow`, `deny`, `deny EACCES`, `kill`, `kill-thread`, `trap`, `log`, `trace 7`.
Result<Action> parse_action(std::string_view text);

/// The whole value, for one call: its conditions look at 32 or 64 bits as the kernel does for that call.
Result<CallLine> parse_call_line(std::string_view call, std::string_view text);

/// The value of an argument: a number, a constant, or several joined by '|'.
Result<std::uint64_t> parse_argument(std::string_view text);

/// An action in the language's words.
std::string words(Action action);

/// A condition in the language's words.
std::string words(const Condition& condition);

}  // namespace landshim
