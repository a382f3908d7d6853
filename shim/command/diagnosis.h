// SPDX-License-Identifier: MIT
// What the facts of a Machine mean: for policies, and for whoever wants more of it. Pure.
#pragma once

#include <string>
#include <vector>

#include "shim/command/features.h"
#include "shim/command/machine.h"

namespace landshim::command {

struct Finding {
  std::string name;
  std::string value;
};

struct Diagnosis {
  std::vector<Finding> machine;        ///< the facts in words
  std::vector<Feature> features;       ///< those of a namespace that cannot be entered are refused here
  std::vector<std::string> hardening;  ///< what landshim adds unasked, and cannot here
  std::vector<std::string> missing;    ///< what policies may demand and this machine lacks; empty: all that matters is there
  std::vector<std::string> advice;     ///< what to change to gain more, one line each
};

Diagnosis diagnose(const Machine& machine);

/// "Landlock", "seccomp in place of Landlock", "refused: ...".
std::string what_holds(const Feature& feature);

/// The table for people. `colour`: escape sequences for a terminal.
std::string words(const Diagnosis& diagnosis, bool colour);

}  // namespace landshim::command
