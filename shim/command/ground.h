// SPDX-License-Identifier: MIT
// Puts a question on the ground of this machine: which files, links followed, and which directories above them.
#pragma once

#include <sys/stat.h>

#include <string>
#include <vector>

#include "shim/command/question.h"
#include "shim/survey.h"
#include "shim/verdict.h"

namespace landshim::command {

/// Where the rules of a plan and what its namespaces cover lie, from the surveys of its paths.
std::vector<Ground> grounds_of(const Plan& plan, const std::vector<Result<Survey>>& surveys);

/// A file or directory that is there.
struct Found {
  std::string path;    ///< real, absolute
  struct stat info {};
};

/// By the name that the kernel has for what was opened, or where there is no /proc, of `path`. Errors: it lies in no
/// directory, as a pipe or what was deleted.
Result<Found> found_at(int opened, const char* path = nullptr);

/// The wanted rights on it, and which rules could name it. Errors: a directory above it cannot be looked at.
Result<Wanted> wanted_of(const Found& found, Rights rights);

/// What a program that does the asked would want. Errors: no such path, or one of the wrong kind.
Result<Access> access_of(const Question& question);

}  // namespace landshim::command
