// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <cstdlib>
#include <memory>

#include "shim/command/command.h"
#include "shim/command/diagnosis.h"
#include "shim/command/json.h"
#include "shim/command/options.h"

namespace landshim::command {

namespace {

Json json(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }

std::string namespace_name(std::size_t which) {
  for (const KeyInfo& key : all_keys())
    if (key.key == Key::kNamespace && key.detail == which) return key.word;
  return {};
}

Json json(const Machine& machine) {
  Json out;
  out["kernel"] = machine.kernel;
  out["architecture"] = machine.architecture;
  out["c_library"] = machine.c_library;
  out["landlock"] = {{"abi", machine.host.abi}, {"errno", machine.host.landlock_error}, {"errata", machine.errata < 0 ? Json(nullptr) : Json(machine.errata)}};
  out["security_modules"] = json(machine.modules);
  out["seccomp"] = {{"filters", machine.host.seccomp}, {"errno", machine.host.seccomp_error}, {"actions", Json::object()}};
  for (const auto& [name, error] : machine.actions) out["seccomp"]["actions"][name] = error == 0;
  out["namespaces"] = Json::object();
  for (std::size_t i = 0; i < kNamespaceCount; ++i)
    out["namespaces"][namespace_name(i)] = {{"enter", machine.namespace_faults[i].empty()}, {"fault", machine.namespace_faults[i]}};
  out["cgroup"] = {{"parent", machine.host.group_parent}, {"fault", machine.host.group_error}};
  out["io_uring"] = {{"usable", machine.io_uring == 0}, {"errno", machine.io_uring}};
  out["audit"] = {{"enabled", machine.audit == 0 ? Json(machine.audit_enabled) : Json(nullptr)}, {"errno", machine.audit}, {"cap_audit_read", machine.audit_read}};
  out["sysctl"] = Json::object();
  for (const Sysctl& one : kSysctls) {
    const auto found = machine.sysctls.find(one.name);
    out["sysctl"][one.name] = found == machine.sysctls.end() ? Json(nullptr) : json(found->second);
  }
  out["in_force"] = {{"landshim", machine.policy_in_force}, {"no_new_privs", machine.no_new_privs}, {"seccomp_mode", machine.seccomp_mode}};
  out["library"] = {{"path", machine.library}, {"loads", machine.library_fault.empty()}, {"fault", machine.library_fault}};
  return out;
}

Json json(const Feature& feature) {
  static constexpr const char* kHolderWords[kHolders] = {"landlock", "seccomp", "process", "cgroup", "namespaces", "environment", "follower"};
  std::string_view section;
  for (const SectionInfo& info : all_sections())
    if (info.section == feature.section) section = info.word;
  Json held_by = Json::array();
  for (std::size_t i = 0; i < kHolders; ++i)
    if (feature.held_by[i]) held_by.push_back(kHolderWords[i]);
  Json out = {{"section", section}, {"key", feature.key}, {"demand", feature.demand}, {"held_by", feature.refused.empty() ? held_by : Json::array()}, {"stand_in", feature.stand_in}};
  out["refused"] = feature.refused.empty() ? Json(nullptr) : Json(feature.refused);
  out["by_start"] = feature.by_start;
  out["first_abi"] = feature.first_abi == 0 ? Json(nullptr) : Json(feature.first_abi);
  return out;
}

bool colour_is_wanted() {
  const char* no_colour = getenv("NO_COLOR");
  const char* terminal = getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0') && (terminal == nullptr || std::string_view(terminal) != "dumb");
}

int doctor(bool as_json) {
  const Machine machine = look_at_machine();
  const Diagnosis diagnosis = diagnose(machine);
  const int status = diagnosis.missing.empty() ? 0 : 1;
  if (!as_json) return print(words(diagnosis, colour_is_wanted())) ? status : 1;
  Json out = {{"machine", json(machine)}, {"features", Json::array()}};
  for (const Feature& feature : diagnosis.features) out["features"].push_back(json(feature));
  out["hardening_missing"] = diagnosis.hardening;
  out["advice"] = diagnosis.advice;
  out["missing"] = diagnosis.missing;
  return print_json(out) ? status : 1;
}

}  // namespace

void add_doctor(CLI::App& app, int& status) {
  Subcommand words = add_subcommand(app, "doctor", "tell what this machine can hold, and what would gain more; exit status 1 if something is missing");
  auto as_json = std::make_shared<bool>(false);
  words.add_flag("--json", *as_json, "as JSON");
  words.action(status, [as_json] { return doctor(*as_json); });
}

}  // namespace landshim::command
