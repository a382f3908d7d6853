// SPDX-License-Identifier: MIT
// What lint() is told of this machine: links, kinds, homes, sockets, loaders. Looks, and changes nothing.
#pragma once

#include "shim/command/look.h"
#include "shim/lint.h"

namespace landshim::command {

/// Of this user, real paths.
std::vector<std::string> home_directories();

Facts facts_of(const Looked& looked, const Look& look);

}  // namespace landshim::command
