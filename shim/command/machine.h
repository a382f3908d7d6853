// SPDX-License-Identifier: MIT
// Machine: all that `landshim doctor` asks of this machine. Facts alone; diagnosis.h says what they mean.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "shim/host.h"

namespace landshim::command {

/// A setting of the kernel, by the name that sysctl(8) has for it.
struct Sysctl {
  const char* name;
  const char* about;  ///< what its values mean
};
constexpr Sysctl kSysctls[] = {
    {"user.max_user_namespaces", "how many user namespaces there may be"},
    {"kernel.unprivileged_userns_clone", "1: ordinary users may make user namespaces"},
    {"kernel.apparmor_restrict_unprivileged_userns", "1: with an AppArmor profile alone"},
    {"kernel.io_uring_disabled", "0: io_uring for all, 1: for a group, 2: for nobody"},
    {"dev.tty.legacy_tiocsti", "1: programs may type into their terminal"},
    {"kernel.yama.ptrace_scope", "0: programs may trace any other of the user, 1: what they started"},
    {"kernel.unprivileged_bpf_disabled", "0: ordinary users may use bpf(2)"},
    {"kernel.core_pattern", "where core dumps go; |: to a program"},
};

struct Machine {
  Host host;
  std::string kernel;                     ///< uname(2): release
  std::string architecture;
  std::string c_library;                  ///< "glibc 2.36", "musl": of this command
  int errata = 0;                         ///< of Landlock, a bit for each that is mended; negative: an errno
  std::optional<std::string> modules;     ///< /sys/kernel/security/lsm; none: it cannot be read
  std::vector<std::pair<std::string, int>> actions;  ///< of seccomp: 0, or the errno of the question
  std::map<std::string, std::optional<std::string>> sysctls;  ///< by name; none: it is not there, or cannot be read
  std::string namespace_faults[kNamespaceCount];     ///< why it cannot be entered, really tried; empty: it can
  int io_uring = 0;                       ///< errno of setting one up
  int audit = 0;                          ///< errno of asking the kernel for the state of its audit
  int audit_enabled = 0;                  ///< 1, 2 (locked): audit is on
  bool audit_read = false;                ///< CAP_AUDIT_READ
  bool no_new_privs = false;
  int seccomp_mode = 0;                   ///< of this process: 0 none, 2 filters; negative: an errno
  bool policy_in_force = false;           ///< one of landshim
  std::string library;                    ///< liblandshim.so of this command; empty: not found
  std::string library_fault;              ///< why it is not found, or does not load
};

/// Asks. Children are started for what cannot be taken back; nothing is changed here.
Machine look_at_machine();

}  // namespace landshim::command
