// SPDX-License-Identifier: MIT
// A denial in words: the same for whoever asks before and whoever looks on.
#pragma once

#include <string>
#include <vector>

#include "shim/command/events.h"
#include "shim/verdict.h"

namespace landshim::command {

/// "EACCES"; "error 4000" where the number has no name.
std::string error_word(int error);

/// The answer that a program sees: an errno, "SIGSYS", "hidden".
std::string answer_word(int error, int signal, bool hidden);

/// FILE:LINE of what decides; empty: a default.
std::string where_written(const Plan& plan, const Reason& reason);

/// "read = /usr (policy.ini:3)", "[network] access = none (a default)".
std::string decided(const Plan& plan, const Reason& reason);

/// A verdict's lines as they stand in a policy: what a path would be read as otherwise is in quotes. None where a path is one
/// that no line can hold.
std::vector<std::string> lines_to_write(const Verdict& verdict);

/// "nearest rule read = /usr (policy.ini:3); to allow: [filesystem] write = /usr/share". The path that was asked for is
/// not named again.
std::string why_denied(const Plan& plan, const Verdict& verdict, const Access& access);

/// A signal to a process outside.
Verdict denied_signal(const Policy& policy);

/// Puts into an event which line decides, and which would allow it.
void add_verdict(DeniedEvent& event, const Plan& plan, const Verdict& verdict);

}  // namespace landshim::command
