// SPDX-License-Identifier: MIT
#include "config/utf8.h"

namespace landshim {

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  if (at >= text.size()) return 0;
  const unsigned lead = byte(at);
  std::size_t more = 0;
  unsigned low = 0x80;
  unsigned high = 0xbf;
  if (lead < 0x80) more = 0;
  else if (lead >= 0xc2 && lead <= 0xdf) more = 1;
  else if (lead >= 0xe0 && lead <= 0xef) more = 2;
  else if (lead >= 0xf0 && lead <= 0xf4) more = 3;
  else return 0;
  if (lead == 0xe0) low = 0xa0;
  if (lead == 0xed) high = 0x9f;
  if (lead == 0xf0) low = 0x90;
  if (lead == 0xf4) high = 0x8f;
  for (std::size_t k = 1; k <= more; ++k) {
    if (byte(at + k) < low || byte(at + k) > high) return 0;
    low = 0x80;
    high = 0xbf;
  }
  return more + 1;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = utf8_length(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

}  // namespace landshim
