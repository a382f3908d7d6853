// SPDX-License-Identifier: MIT
// What tests of the pure stages stand on: made-up policies and hosts, and a plan as stable text.
#pragma once

#include <string>
#include <string_view>

#include "shim/plan.h"

namespace landshim::tests {

/// The policy that this text makes, as the file "made-up.ini", paths expanded. Throws when the text has a fault.
Policy made_up_policy(const std::string& text);

/// A host with this Landlock ABI (0: none, ENOSYS), seccomp, one thread, no capability.
Host made_up_host(int abi);

/// The plan of a made-up policy that must not be refused; throws when it is.
Plan made_up_plan(const std::string& text, const Host& host);

/// The message of the one refusal, as the doors print it; empty: none; all of them joined by newlines when there are several.
std::string refusal(const std::string& text, const Host& host);

/// What becomes of one call in a filter, `calls` or default.
const PlannedCall* find_call(const Filter& filter, std::string_view call);
Action decided(const Filter& filter, std::string_view call, const std::uint64_t (&arguments)[6]);

/// Every part of a plan but what differs from machine to machine (identity, absolute paths of the policy files).
std::string print_ruleset(const Plan& plan);
std::string print_filter(const Plan& plan);
std::string print_losses(const Plan& plan);

}  // namespace landshim::tests
