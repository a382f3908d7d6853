// SPDX-License-Identifier: MIT
// Single values of the language: numbers with units, names of signals and capabilities, ranges of descriptors.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "config/policy.h"

namespace landshim {

/// A decimal number from 0 to `highest`; nothing else before or after it.
std::optional<std::uint64_t> whole_number(std::string_view text, std::uint64_t highest);

/// `64K`, `1.5G`, `4096`, `unlimited` (kUnlimited): bytes, with K, M, G, T of 1024.
Result<std::uint64_t> parse_size(std::string_view text);

/// `90s`, `5m`, `2h`, `90`, `unlimited`: seconds.
Result<std::uint64_t> parse_duration(std::string_view text);

/// A count, or `unlimited`.
Result<std::uint64_t> parse_count(std::string_view text);

/// `150%`: 150. At least 1.
Result<std::uint64_t> parse_percent(std::string_view text);

/// `0-2`, `5`: both ends included.
Result<DescriptorRange> parse_descriptors(std::string_view text);

/// `SIGTERM`, `TERM` or `15`.
Result<int> parse_signal(std::string_view text);

/// `net_bind_service`, with or without cap_, in any case: its number, capabilities(7).
std::optional<int> find_capability(std::string_view word);
std::string_view capability_name(int number);
constexpr int kCapabilityCount = 41;

}  // namespace landshim
