// SPDX-License-Identifier: MIT
#include "shim/command/diagnosis.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace landshim::command {

namespace {

constexpr std::size_t kNameWidth = 46;
constexpr std::size_t kSectionWidth = 15;
constexpr std::size_t kKeysWidth = 62;

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size() + 1, width), ' ');
  return text;
}

std::string in_list(const std::string& list, const std::string& more) { return list.empty() ? more : list + ", " + more; }

std::string section_name(Section section) {
  for (const SectionInfo& info : all_sections())
    if (info.section == section) return "[" + std::string(info.word) + "]";
  return {};
}

class Doctor {
 public:
  explicit Doctor(const Machine& machine) : machine_(machine), host_(machine.host) {}

  Diagnosis run() {
    facts();
    out_.features = features(host_);
    for (Feature& feature : out_.features) {
      namespaces(feature);
      if (!feature.refused.empty() && !feature.by_start) out_.missing.push_back(section_name(feature.section) + " " + feature.demand);
    }
    out_.hardening = missing_hardening(host_);
    if (!machine_.library_fault.empty()) out_.missing.push_back("LD_PRELOAD: liblandshim.so");
    advice();
    return std::move(out_);
  }

 private:
  // --- the facts in words ---

  void fact(std::string name, std::string value) { out_.machine.push_back({std::move(name), std::move(value)}); }

  void facts() {
    fact("Linux", unknown_if_empty(machine_.kernel) + ", " + unknown_if_empty(machine_.architecture));
    fact("C library of this command", machine_.c_library);
    fact("Landlock", landlock());
    fact("security modules, in order", machine_.modules ? *machine_.modules : "cannot be read (/sys/kernel/security/lsm)");
    fact("seccomp filters", host_.seccomp ? "yes" : "no: " + os_words(host_.seccomp_error));
    fact("seccomp actions", actions());
    for (std::size_t i = 0; i < kNamespaceCount; ++i) fact(namespace_name(i) + " namespace", machine_.namespace_faults[i].empty() ? "can be entered" : "cannot be entered: " + machine_.namespace_faults[i]);
    fact("control group (cgroup 2)", host_.group_parent.empty() ? "none: " + host_.group_error : "beneath " + host_.group_parent);
    fact("io_uring", machine_.io_uring == 0 ? "can be set up; closed under most policies" : "cannot be set up: " + os_words(machine_.io_uring));
    fact("audit of the kernel", audit());
    for (const Sysctl& one : kSysctls) {
      const std::optional<std::string>& value = sysctl(one.name);
      fact(one.name, value ? *value + " (" + one.about + ")" : "not there");
    }
    fact("in force for this process", in_force());
    fact("liblandshim.so", machine_.library.empty() ? "not found: " + machine_.library_fault : machine_.library + (machine_.library_fault.empty() ? ", loads" : ": " + machine_.library_fault));
  }

  static std::string unknown_if_empty(const std::string& text) { return text.empty() ? "unknown" : text; }

  std::string landlock() const {
    if (host_.abi <= 0) {
      switch (host_.landlock_error) {
        case ENOSYS: return "not in this kernel";
        case EOPNOTSUPP: return "in this kernel, and off since boot";
        default: return "blocked by an outer sandbox: " + os_words(host_.landlock_error);
      }
    }
    std::string out = "ABI " + std::to_string(host_.abi) + ", as of Linux " + abi_row(host_.abi).linux_version;
    if (host_.abi > kNewestAbi) out += " or newer; used as " + std::to_string(kNewestAbi);
    else if (host_.abi < kNewestAbi) out += "; the newest known is " + std::to_string(kNewestAbi);
    if (machine_.errata < 0) return out + "; errata are not told";
    std::string mended;
    for (int i = 0; i < 31; ++i)
      if (((machine_.errata >> i) & 1) != 0) mended = in_list(mended, std::to_string(i + 1));
    return out + "; errata mended: " + (mended.empty() ? "none" : mended);
  }

  std::string actions() const {
    std::string there;
    std::string lacking;
    for (const auto& [name, error] : machine_.actions) (error == 0 ? there : lacking) = in_list(error == 0 ? there : lacking, name);
    if (lacking.empty()) return there;
    return (there.empty() ? "none" : there) + "; not " + lacking;
  }

  static std::string namespace_name(std::size_t which) {
    for (const KeyInfo& key : all_keys())
      if (key.key == Key::kNamespace && key.detail == which) return key.word;
    return {};
  }

  std::string audit() const {
    const std::string reads = machine_.audit_read ? "; CAP_AUDIT_READ is there" : "; no CAP_AUDIT_READ";
    if (machine_.audit != 0) return "its state cannot be read: " + os_words(machine_.audit) + reads;
    return (machine_.audit_enabled == 0 ? "off" : machine_.audit_enabled == 1 ? "on" : "on, and locked") + reads;
  }

  std::string in_force() const {
    std::string out;
    if (machine_.policy_in_force) out = "a policy of landshim";
    if (machine_.no_new_privs) out = in_list(out, "no_new_privs");
    if (machine_.seccomp_mode != 0) out = in_list(out, machine_.seccomp_mode < 0 ? "an unknown seccomp mode" : "seccomp filters");
    return out.empty() ? "nothing" : out;
  }

  const std::optional<std::string>& sysctl(const char* name) const {
    static const std::optional<std::string> kNone;
    const auto found = machine_.sysctls.find(name);
    return found == machine_.sysctls.end() ? kNone : found->second;
  }

  bool sysctl_is(const char* name, std::string_view value) const {
    const std::optional<std::string>& found = sysctl(name);
    return found && *found == value;
  }

  // --- what they mean ---

  // compile() knows no more than the privileges; whether a namespace can be entered was tried.
  void namespaces(Feature& feature) const {
    if (!feature.refused.empty() || !feature.held_by[static_cast<std::size_t>(Holder::kNamespaces)]) return;
    for (std::size_t i = 0; i < kNamespaceCount; ++i)
      if (feature.plan.namespaces.enter[i] && feature.refused.empty()) feature.refused = machine_.namespace_faults[i];
  }

  bool namespaces_are_there() const {
    return std::all_of(std::begin(machine_.namespace_faults), std::end(machine_.namespace_faults), [](const std::string& fault) { return fault.empty(); });
  }

  void advice() {
    kernel_advice();
    if (!host_.seccomp) advise("seccomp filters: use a kernel with CONFIG_SECCOMP_FILTER (4.14 or newer), outside a sandbox that blocks seccomp(2)");
    if (!namespaces_are_there()) namespace_advice();
    if (host_.group_parent.empty()) advise("memory_max, cpu_quota, tasks_max: start landshim by systemd-run --user --scope -p Delegate=yes, or in another delegated cgroup 2");
    if (!machine_.library_fault.empty()) advise("LD_PRELOAD: install liblandshim.so beside the command or in ../lib (make install), where the loader takes it in");
    if (host_.capabilities != 0) advise("less to lose: start programs as an ordinary user; this start has capabilities");
    if (sysctl_is("dev.tty.legacy_tiocsti", "1")) advise("terminals of programs that are not held: sysctl dev.tty.legacy_tiocsti=0 ends injection for all of them");
    if (sysctl_is("kernel.yama.ptrace_scope", "0")) advise("programs that are not held: sysctl kernel.yama.ptrace_scope=1 lets a program trace only what it started");
    if (sysctl_is("kernel.unprivileged_bpf_disabled", "0")) advise("programs that are not held: sysctl kernel.unprivileged_bpf_disabled=2 closes bpf(2) to ordinary users");
    if (sysctl("kernel.core_pattern") && sysctl("kernel.core_pattern")->starts_with('|'))
      advise("core dumps go to a program outside of any policy (kernel.core_pattern): dumpable = no in [process], or sysctl kernel.core_pattern=core with core = 0 in [limits]");
  }

  void advise(std::string line) { out_.advice.push_back(std::move(line)); }

  void kernel_advice() {
    if (host_.abi <= 0 && host_.landlock_error == EOPNOTSUPP) {
      const std::string others = machine_.modules ? *machine_.modules : "the modules that are on now";
      return advise("Landlock: boot with lsm=landlock," + others + " on the kernel's command line");
    }
    if (host_.abi <= 0 && host_.landlock_error != ENOSYS) return advise("Landlock: start outside of the sandbox that blocks landlock_create_ruleset(2)");
    if (host_.abi <= 0 && at_least_5_13()) advise("Landlock: this kernel is new enough, and was built without CONFIG_SECURITY_LANDLOCK");
    for (int abi = std::max(host_.abi, 0) + 1; abi <= kNewestAbi; ++abi) {
      std::string gained;
      for (const Feature& feature : out_.features)
        if (feature.first_abi == abi && !feature.refused.empty()) gained = in_list(gained, feature.demand);
      if (!gained.empty()) advise("Linux " + std::string(abi_row(abi).linux_version) + " (Landlock ABI " + std::to_string(abi) + ") or newer: " + gained);
    }
  }

  bool at_least_5_13() const {
    char* end = nullptr;
    const long major = strtol(machine_.kernel.c_str(), &end, 10);
    const long minor = *end == '.' ? strtol(end + 1, nullptr, 10) : 0;
    return major > 5 || (major == 5 && minor >= 13);
  }

  void namespace_advice() {
    bool named = false;
    const auto switch_on = [&](const std::string& line) {
      advise("[namespaces]: " + line);
      named = true;
    };
    if (sysctl_is("user.max_user_namespaces", "0")) switch_on("sysctl user.max_user_namespaces=10000 allows user namespaces");
    if (sysctl_is("kernel.unprivileged_userns_clone", "0")) switch_on("sysctl kernel.unprivileged_userns_clone=1 opens them to ordinary users");
    if (sysctl_is("kernel.apparmor_restrict_unprivileged_userns", "1"))
      switch_on("an AppArmor profile for landshim with the rule userns, or sysctl kernel.apparmor_restrict_unprivileged_userns=0 for all programs");
    if (!named) switch_on("no switch of the kernel forbids them; start outside of the container or sandbox, or with a kernel that has CONFIG_USER_NS");
  }

  const Machine& machine_;
  const Host& host_;
  Diagnosis out_{};
};

class Table {
 public:
  explicit Table(bool colour) : colour_(colour) {}

  std::string run(const Diagnosis& diagnosis) {
    title("This machine");
    for (const Finding& finding : diagnosis.machine) line("  " + padded(finding.name, kNameWidth) + printable(finding.value));
    title("What a line of a policy becomes here");
    for (std::size_t i = 0; i < diagnosis.features.size();) i = group(diagnosis.features, i);
    if (!diagnosis.hardening.empty()) title("Added unasked where the kernel can, and missing here");
    for (const std::string& lost : diagnosis.hardening) line("  " + printable(lost));
    if (!diagnosis.advice.empty()) title("What would gain more");
    for (const std::string& advice : diagnosis.advice) line("  " + printable(advice));
    title(diagnosis.missing.empty() ? "All that policies may demand is there" : "Policies may demand what is not to be had here");
    std::string list;
    for (const std::string& missing : diagnosis.missing) list = in_list(list, missing);
    if (!list.empty()) line("  " + marked(list, 31));
    return std::move(out_);
  }

 private:
  // Neighbours of one section with one answer share a line. Gives where the next group begins.
  std::size_t group(const std::vector<Feature>& features, std::size_t first) {
    const std::string answer = what_holds(features[first]);
    std::string keys;
    std::size_t at = first;
    for (; at < features.size() && features[at].section == features[first].section && what_holds(features[at]) == answer; ++at) {
      const std::string more = in_list(keys, features[at].demand);
      if (!keys.empty() && more.size() >= kKeysWidth) break;
      keys = more;
    }
    const std::string shown = printable(answer);
    line("  " + padded(section_name(features[first].section), kSectionWidth) + padded(keys, kKeysWidth) + (features[first].refused.empty() ? shown : marked(shown, 31)));
    return at;
  }

  void title(const std::string& text) {
    if (!out_.empty()) line("");
    line(marked(text, 1));
  }

  std::string marked(const std::string& text, int how) const { return colour_ ? "\033[" + std::to_string(how) + "m" + text + "\033[0m" : text; }

  void line(const std::string& text) { out_ += text + "\n"; }

  bool colour_;
  std::string out_{};
};

}  // namespace

Diagnosis diagnose(const Machine& machine) { return Doctor(machine).run(); }

std::string what_holds(const Feature& feature) {
  if (!feature.refused.empty()) return (feature.by_start ? "refused in this start: " : "refused: ") + feature.refused;
  static constexpr const char* kWords[kHolders] = {"Landlock", "seccomp", "the process (limits, identity, descriptors)", "a control group", "namespaces", "the environment", "a follower"};
  std::string out;
  for (std::size_t i = 0; i < kHolders; ++i) {
    if (!feature.held_by[i]) continue;
    const bool instead = feature.stand_in && static_cast<Holder>(i) == Holder::kSeccomp;
    out = in_list(out, kWords[i]);
    if (instead) out += " in place of a newer Landlock";
  }
  return out.empty() ? "landshim itself" : out;
}

std::string words(const Diagnosis& diagnosis, bool colour) { return Table(colour).run(diagnosis); }

}  // namespace landshim::command
