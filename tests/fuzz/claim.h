// SPDX-License-Identifier: MIT
// What a fuzz target demands of every input: a claim that does not hold ends the run, and the fuzzer keeps the input.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

/// The rest is words for people: what was claimed, of which text.
#define CLAIM(holds, about)                                                                                  \
  do {                                                                                                       \
    if (!(holds)) {                                                                                          \
      std::fprintf(stderr, "%s:%d: claim: %s\nabout: %s\n", __FILE__, __LINE__, #holds, std::string(about).c_str()); \
      std::abort();                                                                                          \
    }                                                                                                        \
  } while (false)

namespace landshim::fuzz {

/// The text up to the next newline, which is taken away.
inline std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return line;
}

}  // namespace landshim::fuzz
