// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace landshim::tests {

/// Says why a test cannot run here, counts it as skipped, and fails it when LANDSHIM_MUST_RUN is set. Return after it.
void skip(const std::string& reason);

/// Why the running test was skipped; empty: it was not.
std::string& skipped_because();

}  // namespace landshim::tests
