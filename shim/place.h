// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "shim/plan.h"

namespace landshim {

/// FILE:LINE of a rule of a plan; the policy's file for a default.
std::string place(const Plan& plan, Origin origin);

}  // namespace landshim
