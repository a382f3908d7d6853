// SPDX-License-Identifier: MIT
// User and group names -> numbers, from /etc/passwd and /etc/group alone: the name service of libc would load
// libraries into the host process. Accounts kept elsewhere (LDAP) are named by number.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "config/parse.h"
#include "config/policy.h"

namespace landshim {

/// Fills policy.uid, policy.gid and policy.gids from what is written: passwd(5), group(5).
void find_accounts(Policy& policy, std::vector<Fault>& faults);

/// The same, from the texts of both files.
void find_accounts(Policy& policy, std::string_view passwd, std::string_view group, std::vector<Fault>& faults);

}  // namespace landshim
