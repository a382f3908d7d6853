// SPDX-License-Identifier: MIT
// Follows a command that is held by a policy, and tells what the policy denied it. What the command may do and what it
// is answered are those of an unfollowed run: each call goes on to the kernel, or fails as the policy's filter says.
#pragma once

#include <optional>
#include <string>

#include "config/load.h"
#include "shim/command/denials.h"
#include "shim/command/handover.h"
#include "shim/command/stand_by.h"
#include "shim/command/wishes.h"
#include "shim/restrict.h"

namespace landshim::command {

/// Where denials are told.
struct Telling {
  bool lines = false;      ///< on standard error, once the command has ended
  Descriptor events{};     ///< as events, when they happen; negative: nowhere
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
  void note(const Asking& asking, Denial denial, const Verdict& verdict);
  bool waits(std::uint64_t id) const;
  bool inside(pid_t process) const;
  bool granted(const std::string& path, Rights rights) const;
  void write(const Event& event);
  bool someone_left() const;
  [[noreturn]] void stay();

  Handover& handover_;
  Telling telling_;
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
  std::uint64_t unseen_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t run_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace landshim::command
