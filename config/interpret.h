// SPDX-License-Identifier: MIT
// Statements -> Policy: what each value means. Includes are already in place; knows no file and no kernel.
#pragma once

#include <vector>

#include "config/parse.h"
#include "config/policy.h"

namespace landshim {

/// Adds to `policy` what the statements say, in order: lists add up, a later file's single value wins, a single value
/// given twice in one file is a fault. Every fault found is added to `faults`.
void interpret(const std::vector<Statement>& statements, Policy& policy, std::vector<Fault>& faults);

}  // namespace landshim
