// SPDX-License-Identifier: MIT
#include "shim/command/features.h"

#include <algorithm>

#include "config/load.h"

namespace landshim::command {

namespace {

/// A key tried: what stands in its section with it and, for comparison, without it.
struct Trial {
  Section section;
  const char* key;
  const char* with;
  const char* without;
  const char* demand;  ///< null: `with`
};

// Everything open, so that each trial changes one thing. A line is left out where the trial writes its key.
struct Open {
  Section section;
  const char* key;
  const char* line;
};
constexpr Open kOpen[] = {
    {Section::kPolicy, "unsupported", "unsupported = warn"},
    {Section::kPolicy, "mode", "mode = full-access"},
    {Section::kFilesystem, "metadata", "metadata = allow"},
    {Section::kNetwork, "access", "access = all"},
    {Section::kIpc, "abstract_unix", "abstract_unix = allow"},
    {Section::kIpc, "signals", "signals = allow"},
    {Section::kIpc, "sysv", "sysv = allow"},
    {Section::kIpc, "mqueue", "mqueue = allow"},
    {Section::kIpc, "keyring", "keyring = allow"},
    {Section::kSyscalls, "profile", "profile = none"},
    {Section::kProcess, "capabilities", "capabilities = all"},
};

// No path of these needs to exist: plans are made, and nothing is opened.
constexpr Trial kTrials[] = {
    {Section::kPolicy, "version", "version = 1", "", nullptr},
    {Section::kPolicy, "name", "name = trial", "", "name"},
    {Section::kPolicy, "include", "include = -/nonexistent/trial.ini", "", "include"},
    {Section::kPolicy, "mode", "mode = strict", "mode = full-access", nullptr},
    {Section::kPolicy, "mode", "mode = readonly", "mode = full-access", nullptr},
    {Section::kPolicy, "workspace", "mode = workspace-write\nworkspace = /nonexistent", "mode = full-access", "mode = workspace-write, workspace"},
    {Section::kPolicy, "unsupported", "unsupported = warn", "", nullptr},
    {Section::kPolicy, "abi", "abi = auto", "", nullptr},

    {Section::kFilesystem, "read", "read = /nonexistent", "", "read"},
    {Section::kFilesystem, "read_exec", "read_exec = /nonexistent", "", "read_exec"},
    {Section::kFilesystem, "write", "write = /nonexistent", "", "write"},
    {Section::kFilesystem, "read_write", "read_write = /nonexistent", "", "read_write"},
    {Section::kFilesystem, "read_write_exec", "read_write_exec = /nonexistent", "", "read_write_exec"},
    {Section::kFilesystem, "device", "device = /dev/null", "", "device"},
    {Section::kFilesystem, "except", "read = /\nexcept = -/nonexistent/trial", "", "except"},
    {Section::kFilesystem, "runtime", "runtime = host", "", "runtime"},
    {Section::kFilesystem, "access", "access = rules", "access = all", nullptr},
    {Section::kFilesystem, "metadata", "metadata = deny", "metadata = allow", nullptr},

    {Section::kNetwork, "access", "access = none", "access = all", nullptr},
    {Section::kNetwork, "access", "access = rules\nconnect_tcp =\nbind_tcp =", "access = all", "access = rules without TCP"},
    {Section::kNetwork, "connect_tcp", "connect_tcp = 80\nbind_tcp = *", "connect_tcp = *\nbind_tcp = *", "connect_tcp"},
    {Section::kNetwork, "bind_tcp", "connect_tcp = *\nbind_tcp = 80", "connect_tcp = *\nbind_tcp = *", "bind_tcp"},
    {Section::kNetwork, "udp", "access = rules\nudp = deny", "access = rules\nudp = allow", "udp = deny"},
    {Section::kNetwork, "connect_udp", "connect_udp = 53\nbind_udp = *", "connect_udp = *\nbind_udp = *", "connect_udp"},
    {Section::kNetwork, "bind_udp", "connect_udp = *\nbind_udp = 53", "connect_udp = *\nbind_udp = *", "bind_udp"},
    {Section::kNetwork, "listen", "access = all\nlisten = deny", "access = all\nlisten = allow", "listen = deny"},
    {Section::kNetwork, "unix", "access = all\nunix = deny", "access = all\nunix = allow", "unix = deny"},
    {Section::kNetwork, "unix", "access = all\nunix = own", "access = all\nunix = allow", "unix = own"},
    {Section::kNetwork, "connect_unix", "access = all\nconnect_unix = /nonexistent", "access = all\nunix = allow", "connect_unix"},

    {Section::kIpc, "abstract_unix", "abstract_unix = deny", "abstract_unix = allow", nullptr},
    {Section::kIpc, "signals", "signals = deny", "signals = allow", nullptr},
    {Section::kIpc, "sysv", "sysv = deny", "sysv = allow", nullptr},
    {Section::kIpc, "mqueue", "mqueue = deny", "mqueue = allow", nullptr},
    {Section::kIpc, "keyring", "keyring = deny", "keyring = allow", nullptr},
    {Section::kIpc, "scheduling", "scheduling = deny", "scheduling = allow", nullptr},

    {Section::kSyscalls, "profile", "profile = default", "profile = none", nullptr},
    {Section::kSyscalls, "profile", "profile = strict", "profile = none", nullptr},
    {Section::kSyscalls, "default", "profile = none\ndefault = deny", "profile = none", "default"},
    {Section::kSyscalls, "architectures", "architectures = native, compat", "", nullptr},
    {Section::kSyscalls, "NAME", "profile = none\nswapon = deny", "profile = none", "NAME, @group"},

    {Section::kProcess, "capabilities", "capabilities = none", "capabilities = all", "capabilities"},
    {Section::kProcess, "memfd", "memfd = noexec", "", nullptr},
    {Section::kProcess, "memfd", "memfd = deny", "", nullptr},
    {Section::kProcess, "user", "user = 65534", "", "user"},
    {Section::kProcess, "group", "group = 65534", "", "group"},
    {Section::kProcess, "groups", "groups = 65534", "", "groups"},
    {Section::kProcess, "inherit_fds", "inherit_fds = 0-2", "", "inherit_fds"},
    {Section::kProcess, "umask", "umask = 077", "", "umask"},
    {Section::kProcess, "nice", "nice = 19", "", "nice"},
    {Section::kProcess, "oom_score_adj", "oom_score_adj = 1000", "", "oom_score_adj"},
    {Section::kProcess, "dumpable", "dumpable = no", "", "dumpable"},
    {Section::kProcess, "parent_death_signal", "parent_death_signal = KILL", "", "parent_death_signal"},
    {Section::kProcess, "write_execute", "write_execute = deny", "", nullptr},
    {Section::kProcess, "execve", "execve = deny", "", nullptr},

    {Section::kLimits, "address_space", "address_space = 1G", "", "address_space"},
    {Section::kLimits, "data", "data = 1G", "", "data"},
    {Section::kLimits, "stack", "stack = 1M", "", "stack"},
    {Section::kLimits, "file_size", "file_size = 1G", "", "file_size"},
    {Section::kLimits, "core", "core = 0", "", "core"},
    {Section::kLimits, "locked_memory", "locked_memory = 0", "", "locked_memory"},
    {Section::kLimits, "cpu_time", "cpu_time = 1h", "", "cpu_time"},
    {Section::kLimits, "open_files", "open_files = 64", "", "open_files"},
    {Section::kLimits, "processes", "processes = 64", "", "processes"},
    {Section::kLimits, "memory_max", "memory_max = 1G", "", "memory_max"},
    {Section::kLimits, "cpu_quota", "cpu_quota = 100%", "", "cpu_quota"},
    {Section::kLimits, "tasks_max", "tasks_max = 64", "", "tasks_max"},

    {Section::kNamespaces, "hide", "hide = -/nonexistent", "", "hide"},
    {Section::kNamespaces, "private_tmp", "private_tmp = yes", "", "private_tmp"},

    {Section::kEnvironment, "keep", "keep = PATH", "", "keep"},
    {Section::kEnvironment, "unset", "unset = TRIAL", "", "unset"},
    {Section::kEnvironment, "set", "set = TRIAL=1", "", "set"},

    {Section::kAudit, "file", "file = stderr", "", "file"},
    {Section::kAudit, "events", "file = stderr\nevents = exec", "file = stderr", "events"},
    {Section::kAudit, "format", "file = stderr\nformat = text", "file = stderr", "format"},
    {Section::kAudit, "level", "file = stderr\nlevel = all", "file = stderr", "level"},
    {Section::kAudit, "on_error", "file = stderr\non_error = continue", "file = stderr", "on_error"},

    {Section::kCommand, "match", "match = ^trial\naction = deny", "", "match"},
    {Section::kCommand, "action", "match = ^trial\naction = deny", "", "action = deny"},
    {Section::kCommand, "network", "match = ^trial\nnetwork = none", "", "network = none"},
    {Section::kCommand, "filesystem", "match = ^trial\nfilesystem = readonly", "", "filesystem = readonly"},
    {Section::kCommand, "destructive", "match = ^trial\ndestructive = yes", "", "destructive = yes"},
};

std::string_view section_word(Section section) {
  for (const SectionInfo& info : all_sections())
    if (info.section == section) return info.word;
  return {};
}

bool writes(const std::string& lines, std::string_view key) {
  const std::string beginning = std::string(key) + " =";
  return lines.starts_with(beginning) || lines.find("\n" + beginning) != std::string::npos;
}

std::string policy_with(Section section, const std::string& lines) {
  std::string out;
  for (const Open& open : kOpen) {
    // Path rules contradict a mode that leaves files alone, and ports a network that is left alone.
    if (open.key == std::string_view("mode") && section == Section::kFilesystem) continue;
    if (open.section == Section::kNetwork && section == Section::kNetwork) continue;
    if (open.section == section && writes(lines, open.key)) continue;
    out += "[" + std::string(section_word(open.section)) + "]\n" + open.line + "\n";
  }
  if (lines.empty()) return out;
  return out + "[" + std::string(section_word(section)) + (section == Section::kCommand ? " trial" : "") + "]\n" + lines + "\n";
}

Compiled compiled(const std::string& text, const Host& host) {
  Surroundings surroundings;
  surroundings.at_start = false;
  Loaded loaded = load_text(text, "trial", surroundings);
  if (loaded.faults.empty()) expand(loaded, surroundings);
  if (!loaded.faults.empty()) return {{}, std::move(loaded.faults)};
  // The identity stands for the text, not for what it asks.
  loaded.policy.identity = 1;
  return compile(loaded.policy, host);
}

// Trials accept losses: a loss is told without the words on how to accept it.
std::string fault(const Compiled& compiled) {
  if (!compiled.refused.empty()) return compiled.refused.front().what;
  return compiled.plan.given_up.empty() ? "" : compiled.plan.given_up.front().what;
}

void compare(const Plan& with, const Plan& without, Feature& out) {
  const auto held = [&](Holder holder, bool changed) { out.held_by[static_cast<std::size_t>(holder)] = changed; };
  const auto without_origins = [](Plan plan) {
    for (PlannedPath& path : plan.ruleset.paths) path.origin = {};
    for (PlannedPort& port : plan.ruleset.ports) port.origin = {};
    plan.log.file.origin = plan.log.events.origin = plan.log.format.origin = plan.log.level.origin = plan.log.on_error.origin = {};
    return plan;
  };
  const Plan a = without_origins(with);
  const Plan b = without_origins(without);
  held(Holder::kLandlock, a.ruleset != b.ruleset);
  held(Holder::kSeccomp, a.filter != b.filter);
  held(Holder::kProcess, a.process != b.process);
  held(Holder::kGroup, a.group != b.group);
  held(Holder::kNamespaces, a.namespaces != b.namespaces);
  held(Holder::kEnvironment, a.environment != b.environment);
  held(Holder::kFollower, a.log != b.log);
}

Host with_abi(Host host, int abi) {
  host.abi = abi;
  host.landlock_error = 0;
  return host;
}

Feature tried(Section section, const std::string& key, const std::string& demand, const std::string& with, const std::string& without, const Host& host) {
  Feature out{section, key, demand, {}, false, {}, false, 0, {}};
  const std::string text = policy_with(section, with);
  Compiled here = compiled(text, host);
  out.refused = fault(here);
  out.plan = std::move(here.plan);
  if (out.refused.empty()) {
    compare(out.plan, compiled(policy_with(section, without), host).plan, out);
    const Compiled newest = compiled(text, with_abi(host, kNewestAbi));
    out.stand_in = out.held_by[static_cast<std::size_t>(Holder::kSeccomp)] && newest.plan.filter != out.plan.filter;
    return out;
  }
  Host privileged = host;
  privileged.capabilities = ~std::uint64_t{0};
  out.by_start = fault(compiled(text, privileged)).empty();
  for (int abi = host.abi + 1; abi <= kNewestAbi && out.first_abi == 0; ++abi)
    if (fault(compiled(text, with_abi(host, abi))).empty()) out.first_abi = abi;
  return out;
}

void add_tables(std::vector<Feature>& out, Section section, const Host& host) {
  if (section == Section::kFilesystem)
    for (const RightName& right : all_rights()) out.push_back(tried(section, right.word, right.word, std::string(right.word) + " = /nonexistent", "", host));
  for (const KeyInfo& key : all_keys()) {
    if (key.section != section || (key.key != Key::kFamily && key.key != Key::kNamespace)) continue;
    const std::string word = key.word;
    if (key.key == Key::kNamespace) out.push_back(tried(section, word, word, word + " = yes", "", host));
    else out.push_back(tried(section, word, word, "access = rules\n" + word + " = deny", "access = rules\n" + word + " = allow", host));
  }
}

}  // namespace

std::vector<Feature> features(const Host& host) {
  std::vector<Feature> out;
  for (const SectionInfo& section : all_sections()) {
    for (const Trial& trial : kTrials)
      if (trial.section == section.section) out.push_back(tried(trial.section, trial.key, trial.demand == nullptr ? trial.with : trial.demand, trial.with, trial.without, host));
    add_tables(out, section.section, host);
  }
  return out;
}

std::vector<std::string> missing_hardening(const Host& host) {
  std::vector<std::string> out;
  for (Loss& loss : compiled("[policy]\nmode = strict\n[network]\naccess = rules\n", host).plan.missing) out.push_back(std::move(loss.what));
  return out;
}

Result<Plan> plan_to_enter(Namespace which, const Host& host) {
  for (const KeyInfo& key : all_keys()) {
    if (key.key != Key::kNamespace || key.detail != static_cast<std::uint8_t>(which)) continue;
    Compiled plan = compiled(policy_with(Section::kNamespaces, std::string(key.word) + " = yes"), host);
    if (const std::string why = fault(plan); !why.empty()) return Error{why};
    return std::move(plan.plan);
  }
  return Error{"no such namespace"};
}

}  // namespace landshim::command
