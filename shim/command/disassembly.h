// SPDX-License-Identifier: MIT
// A filter for people: the instructions that the kernel gets, or the plan that they come from. Pure.
#pragma once

#include <linux/filter.h>

#include <span>
#include <string>

#include "shim/plan.h"

namespace landshim::command {

/// One line for each instruction: its number, what it does, where it goes, and which calls come by.
std::string disassembly(std::span<const sock_filter> program);

/// The rules of a filter, calls with the same rules together.
std::string pseudo_code(const Filter& filter);

}  // namespace landshim::command
