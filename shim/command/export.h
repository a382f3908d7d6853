// SPDX-License-Identifier: MIT
// A policy in the words of other sandboxes, from the same plan that landshim would enforce. What a target cannot say is in
// the list of losses, with the line that asked for it; nothing becomes wider without standing there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shim/command/look.h"

namespace landshim::command {

enum class Effect : std::uint8_t { kWider, kNarrower };
const char* word_of(Effect effect);

/// Something that comes out otherwise than the policy has it.
struct Lost {
  Effect effect = Effect::kWider;
  std::string what;
  std::string where;   ///< FILE:LINE of the policy; its file for a default
  bool operator==(const Lost&) const = default;
};

struct Exported {
  std::string text;
  std::vector<Lost> losses;
};

class Losses {
 public:
  explicit Losses(const Look& look) : look_(look) {}
  void wider(Origin origin, std::string what) { add(Effect::kWider, origin, std::move(what)); }
  void narrower(Origin origin, std::string what) { add(Effect::kNarrower, origin, std::move(what)); }
  std::vector<Lost>& all() { return all_; }

 private:
  void add(Effect effect, Origin origin, std::string what);
  const Look& look_;
  std::vector<Lost> all_{};
};

/// The losses as lines of a comment: "wider: notes.ini:3: ...".
std::vector<std::string> loss_lines(const std::vector<Lost>& losses);

/// What all targets lose alike: what the kernel could not enforce here, and what only the start of a program decides.
/// `own_filter`: the target takes landshim's filter as it is.
void common_losses(const Look& look, bool own_filter, Losses& losses);

/// Whether the program sees no processes but its own: what is not there can be neither signalled nor traced.
bool own_processes(const Look& look);

/// Whether it sees no network but its own.
bool own_network(const Look& look);

/// What reaches processes and sockets outside in a sandbox that has no Landlock.
void outside_losses(const Look& look, bool own_processes, Losses& losses);

/// Whether [environment] unset takes this variable away.
bool is_unset(const Look& look, const std::string& name);

/// Whether execve = deny closes this call: what starts the program in a sandbox needs it after the filter is in force.
bool starts_programs(const Look& look, std::string_view call);

Exported export_oci(const Look& look);
Exported export_systemd(const Look& look);
Exported export_seatbelt(const Look& look);

/// As a script for sh(1), or as words for `bwrap --args`, each ended by a NUL.
Exported export_bubblewrap(const Look& look, bool words);

}  // namespace landshim::command
