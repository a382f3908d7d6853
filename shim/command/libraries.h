// SPDX-License-Identifier: MIT
// Which libraries the loader will map for a program, by the rules of ld.so(8): found by reading files. Asking a loader
// (`--list`, ldd(1)) would run code that the file names, before any policy.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/result.h"
#include "shim/command/object.h"

namespace landshim::command {

/// Absolute paths, in the order of the loader; those that are nowhere are left out, since the loader will say so.
/// `file`: absolute, the program that `program` was read from; `search`: the value of LD_LIBRARY_PATH. Error: more
/// places than any honest program names.
Result<std::vector<std::string>> find_libraries(const std::string& file, const Object& program, std::string_view search);

}  // namespace landshim::command
