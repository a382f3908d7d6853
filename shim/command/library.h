// SPDX-License-Identifier: MIT
// The libraries that belong to this command: where they are, and whether the loader takes them in.
#pragma once

#include <string>

#include "config/result.h"

namespace landshim::command {

enum class Library { kPreload, kAudit };

/// "liblandshim.so", "liblandshim-audit.so".
std::string library_name(Library library);

/// The variable of the loader that names it: "LD_PRELOAD", "LD_AUDIT".
std::string library_variable(Library library);

/// Absolute path of a library: beside this command, or in ../lib as `make install` lays it. Errors: there is none, or
/// somebody else than root and this user could change it.
Result<std::string> find_library(Library library);

/// Starts this command with the library and a policy that does not exist. A library that is loaded refuses; the loader
/// ignores one that it cannot load, and the command would start. Error: it is not loaded.
Result<Done> prove_library(Library library, const std::string& path);

/// Whether the loader reads this path as one: it ends a name in LD_PRELOAD at a blank or colon, and expands `$`. Error:
/// why not.
Result<Done> check_loader_path(const std::string& path);

}  // namespace landshim::command
