// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

namespace landshim {

/// The bytes of the well-formed character that begins there; 0: none does.
std::size_t utf8_length(std::string_view text, std::size_t at);

/// Whether bytes are well-formed UTF-8.
bool is_utf8(std::string_view text);

}  // namespace landshim
