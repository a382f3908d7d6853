// SPDX-License-Identifier: MIT
// The follower and the kernel's own records: each denial is told once, and where one side alone has it, that is said.
#include "shim/command/follow.h"

#include <ctime>
#include <utility>

#include "shim/filter.h"

namespace landshim::command {

// The kernel has not decided yet: the event waits for its record.
void Follower::tell(const Denial& denial, const std::vector<KernelDenial>& records) {
  const bool fresh = denials_.add(denial);
  const std::optional<std::size_t> at = denials_.find(denial);
  const bool compared = kernel_ && at && !records.empty();
  if (compared) kernel_->expect(*at, denial.event.program, records);
  if (compared) denials_.follow(*at);
  if (!fresh) return;
  if (compared && kernel_->whole()) held_.emplace(*at, now());
  else write(kLogDenial, denial.event, now());
}

// As it was when it was seen: how often it came again is told at the end.
void Follower::write_held(std::size_t told, const timespec& when) {
  DeniedEvent event = denials_.all()[told].event;
  event.again = 0;
  write(kLogDenial, event, when);
}

void Follower::confirm(std::size_t told) {
  // Each of its records stands for itself.
  if (!denials_.all()[told].event.followed) return denials_.repeat(told);
  denials_.settle(told, true);
  const auto held = held_.find(told);
  if (held == held_.end()) return;
  write_held(told, held->second);
  held_.erase(held);
}

void Follower::take(const KernelNews& news) {
  for (const std::size_t told : news.confirmed) confirm(told);
  for (const KernelEvent& event : news.untold) take_untold(event);
  if (!kernel_->whole()) release_held();
}

void Follower::take_untold(const KernelEvent& event) {
  if (!plan_) return;
  const auto& names = names_[event.call.arch == audit_arch(CallTable::kNative) ? 0 : 1];
  const auto known = names.find(event.call.number);
  for (const Untold& one : untold(event, known == names.end() ? std::string_view() : known->second, policy_, *plan_, grounds_)) {
    const bool fresh = denials_.add(one.denial);
    if (const std::optional<std::size_t> at = denials_.find(one.denial); at && one.record != KernelDenial{}) kernel_->expect(*at, one.denial.event.program, {one.record});
    if (fresh) write(kLogDenial, one.denial.event, now());
  }
}

void Follower::release_held() {
  for (const auto& [told, when] : held_) write_held(told, when);
  held_.clear();
}

void Follower::agree() {
  if (!kernel_) return;
  take(kernel_->finish(!held_.empty()));
  if (kernel_->whole())
    for (const auto& [told, when] : held_) denials_.settle(told, false);
  release_held();
  if (kernel_->lost() > 0) write(kAllLogEvents, LostEvent{kernel_->lost(), "records of the kernel"}, now());
  kernel_.reset();
}

}  // namespace landshim::command
