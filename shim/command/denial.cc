// SPDX-License-Identifier: MIT
#include "shim/command/denial.h"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "config/syscalls.h"
#include "shim/command/draft.h"
#include "shim/command/fitting_profile.h"
#include "shim/place.h"

namespace landshim::command {

std::string error_word(int error) {
  const std::string_view name = errno_name(error);
  return name.empty() ? "error " + std::to_string(error) : std::string(name);
}

std::string answer_word(int error, int signal, bool hidden) {
  if (signal == SIGSYS) return "SIGSYS";
  if (signal != 0) return "signal " + std::to_string(signal);
  return hidden ? "hidden" : error_word(error);
}

std::string where_written(const Plan& plan, const Reason& reason) { return reason.origin.written() ? place(plan, reason.origin) : ""; }

std::string decided(const Plan& plan, const Reason& reason) {
  if (reason.words.starts_with("always")) return reason.words;
  return reason.words + " (" + (reason.origin.written() ? where_written(plan, reason) : "a default") + ")";
}

std::vector<std::string> lines_to_write(const Verdict& verdict) {
  std::vector<std::string> out;
  for (const std::string& line : verdict.to_allow) {
    const std::size_t value = line.find(" = ") + 3;
    // Paths alone begin so.
    if (value >= line.size() || line[value] != '/') {
      out.push_back(line);
      continue;
    }
    const std::string path = line.substr(value);
    if (!unfit(path).empty()) return {};
    out.push_back(line.substr(0, value) + quoted_item(escaped_path(path)));
  }
  return out;
}

std::string why_denied(const Plan& plan, const Verdict& verdict, const Access& access) {
  const std::string asked = access.files.empty() ? "" : access.files.front().path;
  std::string out;
  // What refuses a program may be its interpreter or loader.
  if (!verdict.path.empty() && verdict.path != asked) out += verdict.path + ": ";
  if (verdict.reasons.empty()) out += "no rule covers it";
  else out += (verdict.nearest ? "nearest rule " : "") + decided(plan, verdict.reasons.front());
  std::vector<std::string> lines = lines_to_write(verdict);
  // Shown otherwise than it has to be written, a line would name another path.
  if (std::any_of(lines.begin(), lines.end(), [](const std::string& line) { return printable(line) != line; })) lines.clear();
  for (std::size_t i = 0; i < lines.size(); ++i) out += (i == 0 ? "; to allow: " : " and ") + lines[i];
  if (const FittingProfile profile = fitting_profile(access, verdict); !profile.name.empty()) out.append("; ").append(profile.purpose).append(": [policy] include = ").append(profile.name);
  return out;
}

Verdict denied_signal(const Policy& policy) {
  Verdict out;
  out.error = EPERM;
  out.reasons = {{"[ipc] signals = deny", policy.signals.origin}};
  out.to_allow = {"[ipc] signals = allow"};
  return out;
}

void add_verdict(DeniedEvent& event, const Plan& plan, const Verdict& verdict) {
  if (!verdict.reasons.empty()) event.rule = verdict.reasons.front().words;
  if (!verdict.reasons.empty()) event.where = where_written(plan, verdict.reasons.front());
  event.to_allow = lines_to_write(verdict);
}

}  // namespace landshim::command
