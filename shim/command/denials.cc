// SPDX-License-Identifier: MIT
#include "shim/command/denials.h"

#include <algorithm>

namespace landshim::command {

// One call is denied for several reasons.
Denials::Key Denials::key_of(const Denial& denial) {
  const DeniedEvent& event = denial.event;
  return {event.program, event.what, event.target, event.what == "call" ? denial.why : ""};
}

bool Denials::add(const Denial& denial) {
  ++count_;
  const Key key = key_of(denial);
  if (const auto at = known_.find(key); at != known_.end()) {
    ++all_[at->second].event.again;
    return false;
  }
  if (all_.size() == kMaxDenials) {
    ++dropped_;
    return false;
  }
  known_.emplace(key, all_.size());
  all_.push_back(denial);
  return true;
}

std::optional<std::size_t> Denials::find(const Denial& denial) const {
  const auto at = known_.find(key_of(denial));
  return at == known_.end() ? std::nullopt : std::optional(at->second);
}

void Denials::repeat(std::size_t at) {
  ++count_;
  ++all_[at].event.again;
}

std::vector<std::string> Denials::lines() const {
  std::vector<std::string> out;
  const std::size_t told = std::min(all_.size(), kMaxTold);
  for (std::size_t i = 0; i < told; ++i) {
    const DeniedEvent& event = all_[i].event;
    const std::string program = event.program.substr(event.program.rfind('/') + 1);
    const std::string times = event.again == 0 ? "" : ", " + std::to_string(event.again + 1) + " times";
    const std::string alone = !event.followed ? ", seen by the kernel alone" : event.kernel == false ? ", the kernel denied nothing" : "";
    const std::string pid = event.pid == 0 ? "" : ", pid " + std::to_string(event.pid);
    out.push_back("denied " + event.what + " " + event.target + " (" + (program.empty() ? "some program" : program) + pid + times + alone + "): " + all_[i].why);
  }
  if (const std::uint64_t more = all_.size() - told + dropped_; more > 0) out.push_back((dropped_ > 0 ? "and at most " : "and ") + std::to_string(more) + " more");
  return out;
}

}  // namespace landshim::command
