// SPDX-License-Identifier: MIT
// Puts a question on the ground of this machine: which files, links followed, and which directories above them.
#pragma once

#include <string>
#include <vector>

#include "shim/command/question.h"
#include "shim/survey.h"
#include "shim/verdict.h"

namespace landshim::command {

/// Where the rules of a plan and what its namespaces cover lie, from the surveys of its paths.
std::vector<Ground> grounds_of(const Plan& plan, const std::vector<Result<Survey>>& surveys);

/// What a program that does the asked would want. Errors: no such path, or one of the wrong kind.
Result<Access> access_of(const Question& question);

}  // namespace landshim::command
