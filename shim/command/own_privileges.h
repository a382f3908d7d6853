// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace landshim::command {

/// What would give a program privileges of its own when this process starts it: "the set-user-ID bit", ... Empty:
/// nothing, or nothing that has an effect here.
std::string own_privileges(const std::string& program);

/// Whether the file of a program names capabilities: security.capability, capabilities(7).
bool has_file_capabilities(const std::string& program);

}  // namespace landshim::command
