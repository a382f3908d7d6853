// SPDX-License-Identifier: MIT
#include "config/keys.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace landshim {

namespace {

template <class T>
constexpr std::uint8_t detail(T value) {
  return static_cast<std::uint8_t>(value);
}

// Fixed-size words, so that the table needs no relocation in the host process.
constexpr KeyInfo kKeys[] = {
    {"version", Section::kPolicy, Key::kVersion, true, 0},
    {"name", Section::kPolicy, Key::kName, true, 0},
    {"include", Section::kPolicy, Key::kInclude, false, 0},
    {"mode", Section::kPolicy, Key::kMode, true, 0},
    {"workspace", Section::kPolicy, Key::kWorkspace, false, 0},
    {"unsupported", Section::kPolicy, Key::kUnsupported, true, 0},
    {"abi", Section::kPolicy, Key::kAbi, true, 0},

    {"read", Section::kFilesystem, Key::kPaths, false, 0},
    {"read_exec", Section::kFilesystem, Key::kPaths, false, 0},
    {"write", Section::kFilesystem, Key::kPaths, false, 0},
    {"read_write", Section::kFilesystem, Key::kPaths, false, 0},
    {"read_write_exec", Section::kFilesystem, Key::kPaths, false, 0},
    {"device", Section::kFilesystem, Key::kPaths, false, 0},
    {"except", Section::kFilesystem, Key::kExcept, false, 0},
    {"runtime", Section::kFilesystem, Key::kRuntime, true, 0},
    {"access", Section::kFilesystem, Key::kAccess, true, 0},
    {"metadata", Section::kFilesystem, Key::kMetadata, true, 0},

    {"access", Section::kNetwork, Key::kNetworkAccess, true, 0},
    {"connect_tcp", Section::kNetwork, Key::kConnectTcpPorts, false, 0},
    {"bind_tcp", Section::kNetwork, Key::kBindTcpPorts, false, 0},
    {"udp", Section::kNetwork, Key::kUdp, true, 0},
    {"connect_udp", Section::kNetwork, Key::kConnectUdpPorts, false, 0},
    {"bind_udp", Section::kNetwork, Key::kBindUdpPorts, false, 0},
    {"listen", Section::kNetwork, Key::kListen, true, 0},
    {"unix", Section::kNetwork, Key::kUnix, true, 0},
    {"connect_unix", Section::kNetwork, Key::kConnectUnix, false, 0},
    {"netlink", Section::kNetwork, Key::kFamily, true, detail(Family::kNetlink)},
    {"packet", Section::kNetwork, Key::kFamily, true, detail(Family::kPacket)},
    {"raw", Section::kNetwork, Key::kFamily, true, detail(Family::kRaw)},
    {"vsock", Section::kNetwork, Key::kFamily, true, detail(Family::kVsock)},
    {"xdp", Section::kNetwork, Key::kFamily, true, detail(Family::kXdp)},
    {"alg", Section::kNetwork, Key::kFamily, true, detail(Family::kAlg)},
    {"bluetooth", Section::kNetwork, Key::kFamily, true, detail(Family::kBluetooth)},
    {"can", Section::kNetwork, Key::kFamily, true, detail(Family::kCan)},
    {"tipc", Section::kNetwork, Key::kFamily, true, detail(Family::kTipc)},
    {"smc", Section::kNetwork, Key::kFamily, true, detail(Family::kSmc)},
    {"rds", Section::kNetwork, Key::kFamily, true, detail(Family::kRds)},
    {"qipcrtr", Section::kNetwork, Key::kFamily, true, detail(Family::kQipcrtr)},
    {"nfc", Section::kNetwork, Key::kFamily, true, detail(Family::kNfc)},
    {"kcm", Section::kNetwork, Key::kFamily, true, detail(Family::kKcm)},
    {"icmp", Section::kNetwork, Key::kFamily, true, detail(Family::kIcmp)},
    {"udplite", Section::kNetwork, Key::kFamily, true, detail(Family::kUdplite)},
    {"sctp", Section::kNetwork, Key::kFamily, true, detail(Family::kSctp)},
    {"dccp", Section::kNetwork, Key::kFamily, true, detail(Family::kDccp)},
    {"mptcp", Section::kNetwork, Key::kFamily, true, detail(Family::kMptcp)},

    {"abstract_unix", Section::kIpc, Key::kAbstractUnix, true, 0},
    {"signals", Section::kIpc, Key::kSignals, true, 0},
    {"sysv", Section::kIpc, Key::kSysv, true, 0},
    {"mqueue", Section::kIpc, Key::kMqueue, true, 0},
    {"keyring", Section::kIpc, Key::kKeyring, true, 0},
    {"scheduling", Section::kIpc, Key::kScheduling, true, 0},

    {"profile", Section::kSyscalls, Key::kProfile, true, 0},
    {"default", Section::kSyscalls, Key::kDefault, true, 0},
    {"architectures", Section::kSyscalls, Key::kArchitectures, true, 0},

    {"capabilities", Section::kProcess, Key::kCapabilities, true, 0},
    {"memfd", Section::kProcess, Key::kMemfd, true, 0},
    {"user", Section::kProcess, Key::kUser, true, 0},
    {"group", Section::kProcess, Key::kGroup, true, 0},
    {"groups", Section::kProcess, Key::kGroups, true, 0},
    {"inherit_fds", Section::kProcess, Key::kInheritFds, true, 0},
    {"umask", Section::kProcess, Key::kUmask, true, 0},
    {"nice", Section::kProcess, Key::kNice, true, 0},
    {"oom_score_adj", Section::kProcess, Key::kOomScoreAdj, true, 0},
    {"dumpable", Section::kProcess, Key::kDumpable, true, 0},
    {"parent_death_signal", Section::kProcess, Key::kParentDeathSignal, true, 0},
    {"write_execute", Section::kProcess, Key::kWriteExecute, true, 0},
    {"execve", Section::kProcess, Key::kExecve, true, 0},

    {"address_space", Section::kLimits, Key::kLimit, true, detail(Limit::kAddressSpace)},
    {"data", Section::kLimits, Key::kLimit, true, detail(Limit::kData)},
    {"stack", Section::kLimits, Key::kLimit, true, detail(Limit::kStack)},
    {"file_size", Section::kLimits, Key::kLimit, true, detail(Limit::kFileSize)},
    {"core", Section::kLimits, Key::kLimit, true, detail(Limit::kCore)},
    {"locked_memory", Section::kLimits, Key::kLimit, true, detail(Limit::kLockedMemory)},
    {"cpu_time", Section::kLimits, Key::kLimit, true, detail(Limit::kCpuTime)},
    {"open_files", Section::kLimits, Key::kLimit, true, detail(Limit::kOpenFiles)},
    {"processes", Section::kLimits, Key::kLimit, true, detail(Limit::kProcesses)},
    {"memory_max", Section::kLimits, Key::kMemoryMax, true, 0},
    {"cpu_quota", Section::kLimits, Key::kCpuQuota, true, 0},
    {"tasks_max", Section::kLimits, Key::kTasksMax, true, 0},

    {"user", Section::kNamespaces, Key::kNamespace, true, detail(Namespace::kUser)},
    {"network", Section::kNamespaces, Key::kNamespace, true, detail(Namespace::kNetwork)},
    {"ipc", Section::kNamespaces, Key::kNamespace, true, detail(Namespace::kIpc)},
    {"uts", Section::kNamespaces, Key::kNamespace, true, detail(Namespace::kUts)},
    {"mount", Section::kNamespaces, Key::kNamespace, true, detail(Namespace::kMount)},
    {"pid", Section::kNamespaces, Key::kNamespace, true, detail(Namespace::kPid)},
    {"cgroup", Section::kNamespaces, Key::kNamespace, true, detail(Namespace::kCgroup)},
    {"hide", Section::kNamespaces, Key::kHide, false, 0},
    {"private_tmp", Section::kNamespaces, Key::kPrivateTmp, true, 0},

    {"keep", Section::kEnvironment, Key::kKeep, false, 0},
    {"unset", Section::kEnvironment, Key::kUnset, false, 0},
    {"set", Section::kEnvironment, Key::kSet, false, 0},

    {"file", Section::kAudit, Key::kAuditFile, true, 0},
    {"events", Section::kAudit, Key::kAuditEvents, true, 0},
    {"format", Section::kAudit, Key::kAuditFormat, true, 0},
    {"level", Section::kAudit, Key::kAuditLevel, true, 0},
    {"on_error", Section::kAudit, Key::kAuditOnError, true, 0},

    {"match", Section::kCommand, Key::kMatch, true, 0},
    {"action", Section::kCommand, Key::kAction, true, 0},
    {"network", Section::kCommand, Key::kNoNetwork, true, 0},
    {"filesystem", Section::kCommand, Key::kReadonlyFiles, true, 0},
    {"destructive", Section::kCommand, Key::kDestructive, true, 0},
};

constexpr std::size_t kSectionCount = static_cast<std::size_t>(Section::kCommand) + 1;

// Where the keys of each section begin in kKeys, and behind the last one where they end.
constexpr std::array<std::uint8_t, kSectionCount + 1> kBegins = [] {
  static_assert(std::is_sorted(std::begin(kKeys), std::end(kKeys), [](const KeyInfo& a, const KeyInfo& b) { return a.section < b.section; }));
  static_assert(std::size(kKeys) < 256);
  std::array<std::uint8_t, kSectionCount + 1> out{};
  for (const KeyInfo& key : kKeys) ++out[static_cast<std::size_t>(key.section) + 1];
  for (std::size_t i = 1; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(out[i] + out[i - 1]);
  return out;
}();

std::span<const KeyInfo> keys_of(Section section) {
  const auto at = static_cast<std::size_t>(section);
  return std::span(kKeys).subspan(kBegins[at], kBegins[at + 1] - kBegins[at]);
}

constexpr SectionInfo kSections[] = {
    {"policy", Section::kPolicy},         {"filesystem", Section::kFilesystem},
    {"network", Section::kNetwork},       {"ipc", Section::kIpc},
    {"syscalls", Section::kSyscalls},     {"process", Section::kProcess},
    {"limits", Section::kLimits},        {"namespaces", Section::kNamespaces},
    {"environment", Section::kEnvironment}, {"audit", Section::kAudit},
    {"command", Section::kCommand},
};

struct Foreign {
  char word[12];
  char own[16];
};

constexpr Foreign kForeign[] = {
    // sections
    {"net", "network"}, {"fs", "filesystem"}, {"file", "filesystem"}, {"files", "filesystem"}, {"paths", "filesystem"}, {"landlock", "filesystem"},
    {"seccomp", "syscalls"}, {"env", "environment"}, {"rlimit", "limits"}, {"rlimits", "limits"}, {"ulimit", "limits"}, {"general", "policy"}, {"landshim", "policy"}, {"log", "audit"}, {"logging", "audit"},
    // keys
    {"exec", "read_exec"}, {"rx", "read_exec"}, {"rox", "read_exec"}, {"ro", "read"}, {"read_only", "read"}, {"readonly", "read"}, {"rw", "read_write"}, {"readwrite", "read_write"},
    {"rwx", "read_write_exec"}, {"deny", "except"}, {"exclude", "except"}, {"connect", "connect_tcp"}, {"tcp", "connect_tcp"}, {"ports", "connect_tcp"}, {"port", "connect_tcp"},
    {"bind", "bind_tcp"}, {"caps", "capabilities"}, {"nofile", "open_files"}, {"nproc", "processes"}, {"as", "address_space"}, {"memory", "memory_max"},
};

// Levenshtein's distance with swaps of neighbours counted once; `limit` is all that matters to the caller.
std::size_t distance(std::string_view a, std::string_view b) {
  constexpr std::size_t kMax = 48;
  if (a.size() > kMax || b.size() > kMax) return SIZE_MAX;
  std::array<std::array<std::uint8_t, kMax + 1>, 3> rows{};
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = static_cast<std::uint8_t>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    const auto& two_above = rows[(i + 1) % 3];
    row[0] = static_cast<std::uint8_t>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int change = a[i - 1] == b[j - 1] ? 0 : 1;
      int best = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) best = std::min(best, two_above[j - 2] + 1);
      row[j] = static_cast<std::uint8_t>(best);
    }
  }
  return rows[a.size() % 3][b.size()];
}

}  // namespace

std::span<const KeyInfo> all_keys() { return kKeys; }

bool is(std::string_view word, const char* known) {
  for (const char c : word)
    if (c != *known++) return false;
  return *known == '\0';
}

const KeyInfo* find_key(Section section, std::string_view word) {
  for (const KeyInfo& key : keys_of(section))
    if (is(word, key.word)) return &key;
  return nullptr;
}

std::span<const SectionInfo> all_sections() { return kSections; }

const SectionInfo* find_section(std::string_view word) {
  for (const SectionInfo& section : kSections)
    if (is(word, section.word)) return &section;
  return nullptr;
}

std::string_view own_word(std::string_view foreign) {
  for (const Foreign& one : kForeign)
    if (foreign == one.word) return one.own;
  return {};
}

void Nearest::offer(std::string_view candidate) {
  const std::size_t near = std::max<std::size_t>(1, std::min(word_.size(), candidate.size()) / 3);
  if (std::max(word_.size(), candidate.size()) - std::min(word_.size(), candidate.size()) > near) return;
  const std::size_t found = distance(word_, candidate);
  if (found > near || found >= distance_) return;
  best_ = candidate;
  distance_ = found;
}

}  // namespace landshim
