// SPDX-License-Identifier: MIT
// Follows a command that is held by a policy, and tells what the policy denied it. What the command may do and what it
// is answered are those of an unfollowed run: each call goes on to the kernel, or fails as the policy's filter says.
#pragma once

#include <ctime>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/load.h"
#include "shim/command/denials.h"
#include "shim/command/kernel_denials.h"
#include "shim/command/kernel_view.h"
#include "shim/command/log.h"
#include "shim/command/needs.h"
#include "shim/command/processes.h"
#include "shim/command/receiver.h"
#include "shim/command/stand_by.h"
#include "shim/command/wishes.h"
#include "shim/restrict.h"

namespace landshim::command {

/// Where a run is told of.
struct Telling {
  bool lines = false;                ///< denials on standard error, once the command has ended
  std::vector<Log> logs{};           ///< events, when they happen
  /// Nothing is in force, and what a policy would deny goes here, as needs, once the command has ended; negative: the
  /// command is held.
  Descriptor needs{};
  std::vector<std::string> command{};

  /// Of which events.
  LogEvents told() const;
  /// The log that the policy asks for, if it asks for one. Errors: it cannot be opened.
  Result<Done> add_log(const Policy& policy);
};

class Follower : public Companion {
 public:
  /// `sides`: of this run, before the fork. `loaded` and `surroundings`: those of which the plan of the command is made.
  Follower(Sides& sides, Telling telling, Loaded loaded, const Surroundings& surroundings);
  /// The kernel's own records, which have to agree; before begin().
  void compare_with(AuditSocket records) { kernel_.emplace(std::move(records)); }

  void begin(pid_t command) override;
  int descriptor() const override;
  bool serve() override;
  bool finish(int status) override;
  void leave() override;

 private:
  struct Asking;
  void answer();
  void take_listener();
  void give_up();
  void begin_within();
  void end_of(pid_t process);
  void tell_start(const StartEvent& start);
  void forget(pid_t process);
  bool wait_for(int fd, std::uint64_t what = 0);
  void look(const Asking& asking);
  void look_at_denied(const Asking& asking, const Called& call, int error);
  void look_at_wishes(const Asking& asking, const Called& call);
  void tell(const std::vector<Deed>& deeds, const Credentials& who);
  void gather(const Wish& wish, const std::string& program);
  bool free() const { return free_; }
  void note(const Asking& asking, Denial denial, const Verdict& verdict, const std::vector<KernelDenial>& records = {});
  bool waits(std::uint64_t id) const;
  bool inside(pid_t process) const;
  bool granted(const std::string& path, Rights rights) const;
  static timespec now();
  void write(LogEvents kind, const Event& event, const timespec& when, bool repeated = false);
  StartEvent marked(StartEvent start) const;
  bool is_repeated(const Event& event);
  void take_last();
  void close_logs();
  // follow_kernel.cc
  void tell(const Denial& denial, const std::vector<KernelDenial>& records);
  void take(const KernelNews& news);
  void take_untold(const KernelEvent& event);
  void confirm(std::size_t told);
  void write_held(std::size_t told, const timespec& when);
  void release_held();
  void agree();
  bool someone_left() const;
  [[noreturn]] void stay();

  Sides& sides_;
  Telling telling_;
  const bool free_;                          // see Telling
  Policy policy_;
  std::optional<Loaded> loaded_;
  const Surroundings& surroundings_;
  pid_t own_ = 0;
  pid_t command_ = 0;
  Descriptor waiting_{};                     // epoll(7): what is asked, which processes end
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
  Processes processes_{};
  std::map<pid_t, std::set<std::string>> told_of_{};
  std::size_t remembered_ = 0;               // bytes of that
  int status_ = 0;                           // of the command
  bool failed_ = false;                      // a log that stops the command
  std::optional<KernelView> kernel_{};
  std::map<std::size_t, timespec> held_{};   // denials whose events wait for the kernel's record, and when they were seen
  std::uint64_t unseen_ = 0;
  std::uint64_t starved_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t run_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace landshim::command
