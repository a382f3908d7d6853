// SPDX-License-Identifier: MIT
#include "shim/command/denial.h"
#include "shim/command/events.h"

namespace landshim::command {

namespace {

std::string joined(const std::vector<std::string>& words, const char* between) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : between) + word;
  return out;
}

std::string by(int pid) { return " (pid " + std::to_string(pid) + ")"; }

std::string came_to(const std::optional<int>& result) { return !result ? "" : *result == 0 ? ": done" : ": " + error_word(*result); }

std::string end_words(const std::optional<int>& status, const std::optional<int>& signal) {
  if (status) return "exit " + std::to_string(*status);
  return signal ? "signal " + std::to_string(*signal) : "nobody saw how";
}

struct Words {
  std::string operator()(const PolicyEvent& event) const {
    std::string out = "policy " + event.policy + " in force (identity " + event.identity + ", Landlock ABI " + std::to_string(event.abi) + ", uid " + std::to_string(event.uid) + "): " + joined(event.command, " ");
    if (!event.given_up.empty()) out += "; given up: " + joined(event.given_up, "; ");
    return out;
  }
  std::string operator()(const StartEvent& event) const {
    return "start " + event.program + " (pid " + std::to_string(event.pid) + ", parent " + std::to_string(event.parent) + ") in " + event.directory + ": " + joined(event.arguments, " ") + (event.rules.empty() ? "" : " [" + joined(event.rules, ", ") + "]") + (event.destructive ? " destructive" : "");
  }
  std::string operator()(const EndEvent& event) const { return "end" + by(event.pid) + ": " + end_words(event.status, event.signal); }
  std::string operator()(const OpenEvent& event) const { return "open " + event.access + " " + event.path + by(event.pid) + came_to(event.result); }
  std::string operator()(const ChangeEvent& event) const { return event.what + " " + event.path + (event.to.empty() ? "" : " to " + event.to) + by(event.pid) + came_to(event.result); }
  std::string operator()(const NetworkEvent& event) const {
    std::string out = event.what + " " + event.family;
    if (!event.address.empty()) out += " " + event.address;
    if (event.port) out += " port " + std::to_string(*event.port);
    if (!event.path.empty()) out += " " + event.path;
    return out + by(event.pid) + came_to(event.result);
  }
  std::string operator()(const DeniedEvent& event) const {
    const std::string program = event.program.substr(event.program.rfind('/') + 1);
    std::string out = "denied " + event.what + " " + event.target + " (" + program + ", pid " + std::to_string(event.pid) + (event.again == 0 ? "" : ", " + std::to_string(event.again + 1) + " times") + "): " + error_word(event.error);
    if (event.rule) out += "; " + *event.rule + (event.where.empty() ? "" : " (" + event.where + ")");
    if (!event.to_allow.empty()) out += "; to allow: " + joined(event.to_allow, "; ");
    return out;
  }
  std::string operator()(const LostEvent& event) const { return "lost " + std::to_string(event.events) + " events: " + event.why; }
  std::string operator()(const SummaryEvent& event) const {
    return "summary: " + end_words(event.status, event.signal) + ", " + std::to_string(event.denials) + " denials, " + std::to_string(event.events) + " events";
  }
};

}  // namespace

std::string event_text(const Moment& moment, const Event& event, std::size_t longest) {
  std::string line = printable(time_of(moment) + " " + run_of(moment) + " " + std::visit(Words{}, event));
  constexpr std::string_view kCut = "...";
  if (line.size() >= longest) line = line.substr(0, longest - kCut.size() - 1).append(kCut);
  return line + "\n";
}

}  // namespace landshim::command
