// SPDX-License-Identifier: MIT
// The value of a key -> its items: commas separate, blanks around them go, "..." protects.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/result.h"

namespace landshim {

/// The items of a list, quotes taken away. Errors (without a place): an open quote, an unknown escape, an empty item,
/// a ` ;` or ` #` outside quotes, which people mean as a comment and other readers drop.
Result<std::vector<std::string>> items(std::string_view value);

/// The same for a value that must be one item, in which a comma is text.
Result<std::string> single_item(std::string_view value);

}  // namespace landshim
