// SPDX-License-Identifier: MIT
#include "shim/command/json.h"

#include "shim/command/command.h"

namespace landshim::command {

bool print_json(const Json& document) { return print(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"); }

}  // namespace landshim::command
