// SPDX-License-Identifier: MIT
// What was denied in a run, each once. Pure; bounded, whatever a program asks for.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
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
  /// The number in all() of one like it, if it is kept.
  std::optional<std::size_t> find(const Denial& denial) const;
  /// It happened once more.
  void repeat(std::size_t at);
  /// What the kernel's audit says of it.
  void settle(std::size_t at, bool kernel) { all_[at].event.kernel = kernel; }
  /// The program was seen to be about to ask for it.
  void follow(std::size_t at) { all_[at].event.followed = true; }

  const std::vector<Denial>& all() const { return all_; }
  /// All of them, repetitions too; those that are not kept.
  std::uint64_t count() const { return count_; }
  std::uint64_t dropped() const { return dropped_; }

  /// A line for each that is told, in the order in which they came, and how many are not told.
  std::vector<std::string> lines() const;

 private:
  using Key = std::tuple<std::string, std::string, std::string, std::string>;
  static Key key_of(const Denial& denial);

  std::vector<Denial> all_{};
  std::map<Key, std::size_t> known_{};
  std::uint64_t count_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace landshim::command
