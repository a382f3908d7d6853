// SPDX-License-Identifier: MIT
#include "shim/command/agreement.h"

#include <algorithm>
#include <cerrno>
#include <variant>

namespace landshim::command {

namespace {

constexpr std::size_t kMaxEarly = 64;
constexpr std::int64_t kCallComesWithin = 500;  // milliseconds; else the kernel records no calls

std::string last_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// A file without a name has one in a record: "/dir/#12 (deleted)".
std::string holder_of_nameless(const std::string& path) {
  constexpr std::string_view kDeleted = " (deleted)";
  const std::size_t slash = path.rfind('/');
  if (!path.ends_with(kDeleted) || slash == path.npos) return {};
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool same(const KernelDenial& told, const KernelDenial& seen) {
  if ((told.fs & seen.fs) != 0) return told.path == seen.path || (told.inode != 0 && told.inode == seen.inode) || told.path == holder_of_nameless(seen.path);
  if ((told.net & seen.net) != 0) return told.port == seen.port;
  if ((told.scopes & seen.scopes & kScopeSignal) != 0) return told.process == seen.process;
  return (told.scopes & seen.scopes) != 0 && told.path == seen.path;
}

}  // namespace

void Agreement::made_by(int process, std::string program) {
  process_ = process;
  program_ = std::move(program);
  for (const KernelDomain& domain : std::exchange(early_, {})) look_at(domain);
}

void Agreement::look_at(const KernelDomain& domain) {
  if (known() || nested_) return;
  if (domain.process == process_ && last_name(domain.program) == program_) domain_ = domain.domain;
}

void Agreement::expect(std::size_t told, const std::string& program, const std::vector<KernelDenial>& records) {
  for (const KernelDenial& record : records) {
    const auto known = [&](const Expected& expected) { return expected.told == told && expected.record == record; };
    if (expected_.size() < kMaxExpected && std::none_of(expected_.begin(), expected_.end(), known)) expected_.push_back({told, program, record});
  }
}

void Agreement::add(KernelRecord record) {
  newest_ = std::max(newest_, record.milliseconds);
  if (const auto* domain = std::get_if<KernelDomain>(&record.of)) {
    if (process_ != 0) look_at(*domain);
    else if (early_.size() < kMaxEarly) early_.push_back(*domain);
    return;
  }
  const auto at = open_.find(record.serial);
  if (auto* const call = std::get_if<KernelCall>(&record.of)) {
    if (at == open_.end()) return;
    at->second.event.call = std::move(*call);
    at->second.complete = true;
    return;
  }
  auto& denial = std::get<KernelDenial>(record.of);
  if (known() && denial.domain != domain_) return;
  Open& open = at != open_.end() ? at->second : open_[record.serial];
  open.milliseconds = record.milliseconds;
  // A call for many processes at once is one event.
  if (open.event.denials.size() < kMaxOpenEvents) open.event.denials.push_back(std::move(denial));
  else ++lost_;
  bound();
}

void Agreement::bound() {
  if (open_.size() <= kMaxOpenEvents) return;
  open_.erase(open_.begin());
  ++lost_;
}

std::vector<KernelEvent> Agreement::take(bool all) {
  std::vector<KernelEvent> out;
  if (!known()) {
    if (all) open_.clear();
    return out;
  }
  for (auto at = open_.begin(); at != open_.end();) {
    Open& open = at->second;
    std::erase_if(open.event.denials, [&](const KernelDenial& denial) { return denial.domain != domain_; });
    const bool over = all || open.complete || newest_ - open.milliseconds > kCallComesWithin;
    if (over && !open.event.denials.empty()) out.push_back(std::move(open.event));
    at = over || open.event.denials.empty() ? open_.erase(at) : std::next(at);
  }
  return out;
}

std::vector<std::size_t> Agreement::match(KernelEvent& event) const {
  std::vector<std::size_t> out;
  std::vector<KernelDenial> left;
  // A rename or link that fails so is denied for the right to do it across directories, or for what the file would gain.
  const bool moves = event.call.error == EXDEV;
  for (KernelDenial& denial : event.denials) {
    std::vector<std::size_t> exactly;
    std::vector<std::size_t> by_others;
    for (const Expected& expected : expected_)
      if ((!moves || expected.record.fs == kRefer) && same(expected.record, denial)) (expected.program == event.call.program ? exactly : by_others).push_back(expected.told);
    // Seen from elsewhere a program can have another path.
    const std::vector<std::size_t>& found = exactly.empty() ? by_others : exactly;
    if (found.empty()) left.push_back(std::move(denial));
    out.insert(out.end(), found.begin(), found.end());
  }
  // The follower tells of it once, and only where nothing else is missing. Without calls each record is an event.
  if (!out.empty() || event.call.process == 0) std::erase_if(left, [&](const KernelDenial& denial) { return moves || denial.fs == kRefer; });
  event.denials = std::move(left);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  std::erase(out, kNotTold);
  return out;
}

}  // namespace landshim::command
