// SPDX-License-Identifier: MIT
// What doctor says of machines that are made up.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cerrno>
#include <string>

#include "shim/command/diagnosis.h"

using namespace landshim;
using namespace landshim::command;

namespace {

Machine good_machine() {
  Machine out;
  out.host.abi = kNewestAbi;
  out.host.seccomp = true;
  out.host.threads_known = true;
  out.host.may_fork = true;
  out.host.uid = 1000;
  out.host.group_parent = "/sys/fs/cgroup/own";
  out.kernel = "7.2.0";
  out.architecture = "x86_64";
  out.c_library = "glibc 2.41";
  out.errata = 5;
  out.modules = "capability,landlock,yama";
  out.actions = {{"kill_process", 0}, {"errno", 0}};
  out.sysctls = {{"user.max_user_namespaces", "1000"}, {"dev.tty.legacy_tiocsti", "0"}, {"kernel.yama.ptrace_scope", "1"}, {"kernel.core_pattern", "core"}};
  out.library = "/usr/lib/liblandshim.so";
  return out;
}

bool advises(const Machine& machine, const std::string& words) {
  const Diagnosis diagnosis = diagnose(machine);
  return std::any_of(diagnosis.advice.begin(), diagnosis.advice.end(), [&](const std::string& line) { return line.find(words) != std::string::npos; });
}

std::string fact(const Machine& machine, const std::string& name) {
  for (const Finding& finding : diagnose(machine).machine)
    if (finding.name == name) return finding.value;
  FAIL("no fact " << name);
  return {};
}

bool misses(const Machine& machine, const std::string& what) {
  const std::vector<std::string> missing = diagnose(machine).missing;
  return std::find(missing.begin(), missing.end(), what) != missing.end();
}

}  // namespace

TEST_CASE("a machine that has everything lacks nothing, and nothing is advised", "[doctor]") {
  const Diagnosis diagnosis = diagnose(good_machine());
  for (const std::string& missing : diagnosis.missing) FAIL_CHECK(missing);
  for (const std::string& line : diagnosis.advice) FAIL_CHECK(line);
  CHECK(diagnosis.hardening.empty());
  CHECK(words(diagnosis, false).find("All that policies may demand is there\n") != std::string::npos);
}

TEST_CASE("doctor says why there is no Landlock, and what would bring it", "[doctor]") {
  Machine machine = good_machine();
  machine.host.abi = 0;
  machine.host.landlock_error = EOPNOTSUPP;
  machine.modules = "capability,yama";
  CHECK(fact(machine, "Landlock") == "in this kernel, and off since boot");
  CHECK(advises(machine, "boot with lsm=landlock,capability,yama"));
  machine.modules.reset();
  CHECK(advises(machine, "boot with lsm=landlock,"));
  machine.host.landlock_error = EPERM;
  CHECK(fact(machine, "Landlock").find("blocked by an outer sandbox") == 0);
  CHECK(advises(machine, "outside of the sandbox"));
  machine.host.landlock_error = ENOSYS;
  CHECK(fact(machine, "Landlock") == "not in this kernel");
  CHECK(advises(machine, "CONFIG_SECURITY_LANDLOCK"));
  CHECK(advises(machine, "Linux 5.13 (Landlock ABI 1) or newer: "));
  machine.kernel = "4.19.0";
  CHECK_FALSE(advises(machine, "CONFIG_SECURITY_LANDLOCK"));
  CHECK(misses(machine, "[filesystem] read"));
}

TEST_CASE("doctor names the kernels that would gain more, with what they gain", "[doctor]") {
  Machine machine = good_machine();
  machine.host.abi = 7;
  const Diagnosis diagnosis = diagnose(machine);
  std::string gained;
  for (const std::string& line : diagnosis.advice) gained += line + "\n";
  CHECK(gained == "Linux 7.1 (Landlock ABI 9) or newer: resolve_unix, unix = own, connect_unix\nLinux 7.2 (Landlock ABI 10) or newer: connect_udp, bind_udp\n");
  CHECK(diagnosis.missing == std::vector<std::string>{"[filesystem] resolve_unix", "[network] connect_udp", "[network] bind_udp", "[network] unix = own", "[network] connect_unix"});
  CHECK(diagnosis.hardening.size() == 1);
}

TEST_CASE("a namespace that cannot be entered refuses the keys that need it, and its switch is named", "[doctor]") {
  Machine machine = good_machine();
  machine.namespace_faults[static_cast<std::size_t>(Namespace::kMount)] = "the namespaces cannot be entered: not permitted (EPERM)";
  for (const char* key : {"mount", "hide", "private_tmp"}) CHECK(misses(machine, std::string("[namespaces] ") + key));
  for (const char* key : {"network", "uts"}) CHECK_FALSE(misses(machine, std::string("[namespaces] ") + key));
  CHECK(advises(machine, "no switch of the kernel forbids them"));
  const std::pair<const char*, const char*> kSwitches[] = {{"user.max_user_namespaces", "0"}, {"kernel.unprivileged_userns_clone", "0"}, {"kernel.apparmor_restrict_unprivileged_userns", "1"}};
  for (const auto& [name, value] : kSwitches) {
    Machine switched = machine;
    switched.sysctls[name] = value;
    CHECK(advises(switched, name));
    CHECK_FALSE(advises(switched, "no switch of the kernel forbids them"));
  }
  // A switch matters only where something cannot be entered: root may enter all the same.
  Machine root = good_machine();
  root.sysctls["user.max_user_namespaces"] = "0";
  CHECK_FALSE(advises(root, "user.max_user_namespaces"));
}

TEST_CASE("doctor advises what makes the rest of the machine narrower", "[doctor]") {
  Machine machine = good_machine();
  machine.sysctls["dev.tty.legacy_tiocsti"] = "1";
  machine.sysctls["kernel.yama.ptrace_scope"] = "0";
  machine.sysctls["kernel.unprivileged_bpf_disabled"] = "0";
  machine.sysctls["kernel.core_pattern"] = "|/usr/lib/handler %p";
  machine.host.capabilities = 1;
  for (const char* words : {"dev.tty.legacy_tiocsti=0", "kernel.yama.ptrace_scope=1", "kernel.unprivileged_bpf_disabled=2", "kernel.core_pattern=core", "ordinary user"}) CHECK(advises(machine, words));
  // None of it is anything that a policy demands.
  CHECK(diagnose(machine).missing.empty());
}

TEST_CASE("a library that is not there or does not load is missing", "[doctor]") {
  Machine machine = good_machine();
  machine.library_fault = "the loader ignores it";
  CHECK(fact(machine, "liblandshim.so") == "/usr/lib/liblandshim.so: the loader ignores it");
  CHECK(misses(machine, "LD_PRELOAD: liblandshim.so"));
  machine.library.clear();
  CHECK(fact(machine, "liblandshim.so") == "not found: the loader ignores it");
  CHECK(advises(machine, "make install"));
}

TEST_CASE("doctor puts facts into words", "[doctor]") {
  Machine machine = good_machine();
  CHECK(fact(machine, "Landlock") == "ABI 10, as of Linux 7.2; errata mended: 1, 3");
  machine.host.abi = kNewestAbi + 5;
  machine.errata = -EINVAL;
  CHECK(fact(machine, "Landlock") == "ABI 15, as of Linux 7.2 or newer; used as 10; errata are not told");
  machine.actions = {{"errno", 0}, {"user_notif", EOPNOTSUPP}};
  CHECK(fact(machine, "seccomp actions") == "errno; not user_notif");
  CHECK(fact(machine, "security modules, in order") == "capability,landlock,yama");
  machine.modules.reset();
  CHECK(fact(machine, "security modules, in order") == "cannot be read (/sys/kernel/security/lsm)");
  CHECK(fact(machine, "in force for this process") == "nothing");
  machine.policy_in_force = machine.no_new_privs = true;
  machine.seccomp_mode = 2;
  CHECK(fact(machine, "in force for this process") == "a policy of landshim, no_new_privs, seccomp filters");
  CHECK(fact(machine, "audit of the kernel") == "off; no CAP_AUDIT_READ");
  machine.audit = EPERM;
  machine.audit_read = true;
  CHECK(fact(machine, "audit of the kernel") == "its state cannot be read: not permitted (EPERM); CAP_AUDIT_READ is there");
  CHECK(fact(machine, "io_uring") == "can be set up; closed under most policies");
  CHECK(fact(machine, "kernel.io_uring_disabled") == "not there");
}

TEST_CASE("what a machine says of itself cannot drive the terminal, and colours are asked for", "[doctor]") {
  Machine machine = good_machine();
  machine.host.abi = 7;
  machine.kernel = "6.1\033[2J";
  machine.modules = "a\nb";
  machine.sysctls["kernel.core_pattern"] = "|/bin/\033]0;x\a";
  const std::string plain = words(diagnose(machine), false);
  CHECK(plain.find('\033') == std::string::npos);
  CHECK(plain.find('\a') == std::string::npos);
  CHECK(plain.find("6.1\\x1b[2J") != std::string::npos);
  const std::string coloured = words(diagnose(machine), true);
  CHECK(coloured.find("\033[1mThis machine\033[0m") != std::string::npos);
  CHECK(coloured.find("\033[2J") == std::string::npos);
  std::size_t lines = 0;
  for (const char c : plain) lines += c == '\n' ? 1 : 0;
  CHECK(static_cast<std::size_t>(std::count(coloured.begin(), coloured.end(), '\n')) == lines);
}

TEST_CASE("keys with one answer share lines, and every key is in the table", "[doctor]") {
  Machine machine = good_machine();
  machine.host.abi = 3;
  const Diagnosis diagnosis = diagnose(machine);
  const std::string table = words(diagnosis, false);
  for (const Feature& feature : diagnosis.features) {
    INFO(feature.demand);
    CHECK((" " + table).find(feature.demand) != std::string::npos);
  }
  CHECK(table.find("  [network]      access = none") != std::string::npos);
  CHECK(table.find("refused: connect_tcp by port needs Landlock ABI 4 (Linux 6.7); this kernel has Landlock ABI 3") != std::string::npos);
  CHECK(table.find("seccomp in place of a newer Landlock") != std::string::npos);
}
