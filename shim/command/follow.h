// SPDX-License-Identifier: MIT
// Follows a command that is held by a policy, and tells what the policy denied it. What the command may do and what it
// is answered are those of an unfollowed run: each call goes on to the kernel, or fails as the policy's filter says.
#pragma once

#include <optional>
#include <string>

#include "config/load.h"
#include "shim/command/denials.h"
#include "shim/command/handover.h"
#include "shim/command/needs.h"
#include "shim/command/stand_by.h"
#include "shim/command/wishes.h"
#include "shim/restrict.h"

namespace landshim::command {

/// Where denials are told.
struct Telling {
  bool lines = false;      ///< on standard error, once the command has ended
  Descriptor events{};     ///< as events, when they happen; negative: nowhere
  /// Nothing is in force, and what a policy would deny goes here, as needs, once the command has ended; negative: the
  /// command is held.
  Descriptor needs{};
};

class Follower : public Companion {
 public:
  /// `loaded` and `surroundings`: those of which the plan of the command is made.
  Follower(Handover& handover, Telling telling, Loaded loaded, const Surroundings& surroundings);

  void begin(pid_t command) override;
  int descriptor() const override;
  void serve() override;
  void finish(int status) override;
  void leave() override;

 private:
  struct Asking;
  void answer(bool look);
  void look(const Asking& asking);
  void look_at_denied(const Asking& asking, const Called& call, int error);
  void look_at_wishes(const Asking& asking, const Called& call);
  void gather(const Wish& wish, const std::string& program);
  bool free() const { return free_; }
  void note(const Asking& asking, Denial denial, const Verdict& verdict);
  bool waits(std::uint64_t id) const;
  bool inside(pid_t process) const;
  bool granted(const std::string& path, Rights rights) const;
  void write(const Event& event);
  bool someone_left() const;
  [[noreturn]] void stay();

  Handover& handover_;
  Telling telling_;
  const bool free_;                          // see Telling
  Policy policy_;
  std::optional<Loaded> loaded_;
  const Surroundings& surroundings_;
  pid_t own_ = 0;
  pid_t command_ = 0;
  Descriptor listener_{};
  bool over_ = false;                        // no call will come any more
  bool started_ = false;                     // the command's program is being executed, or was
  std::vector<sock_filter> truth_{};
  std::optional<Plan> plan_{};
  std::vector<Ground> grounds_{};
  std::map<int, std::string_view> names_[2]{};
  std::vector<char> asked_{};
  std::vector<char> answered_{};
  Denials denials_{};
  Needs needs_{};
  std::uint64_t unseen_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t run_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace landshim::command
