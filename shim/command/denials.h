// SPDX-License-Identifier: MIT
// What was denied in a run, each once. Pure; bounded, whatever a program asks for.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "shim/command/events.h"

namespace landshim::command {

/// As many are told, and kept.
constexpr std::size_t kMaxTold = 100;
constexpr std::size_t kMaxDenials = 1000;

/// A denial as an event tells it, and why, in the words of `landshim ask`.
struct Denial {
  DeniedEvent event;
  std::string why;
};

class Denials {
 public:
  /// Whether it is a new one, and kept: of a program, what and target, the first.
  bool add(const Denial& denial);

  const std::vector<Denial>& all() const { return all_; }
  /// All of them, repetitions too; those that are not kept.
  std::uint64_t count() const { return count_; }
  std::uint64_t dropped() const { return dropped_; }

  /// A line for each that is told, in the order in which they came, and how many are not told.
  std::vector<std::string> lines() const;

 private:
  std::vector<Denial> all_{};
  std::map<std::tuple<std::string, std::string, std::string, std::string>, std::size_t> known_{};
  std::uint64_t count_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace landshim::command
