// SPDX-License-Identifier: MIT
// The words of the language: sections and keys, one table for reading, for "did you mean" and for the man page's test.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "config/policy.h"

namespace landshim {

enum class Section : std::uint8_t {
  kPolicy, kFilesystem, kNetwork, kIpc, kSyscalls, kProcess, kLimits, kNamespaces, kEnvironment, kAudit, kCommand,
};

enum class Key : std::uint8_t {
  kVersion, kName, kInclude, kMode, kWorkspace, kUnsupported, kAbi,
  kPaths, kRuntime, kAccess, kMetadata,
  kNetworkAccess, kConnectTcpPorts, kBindTcpPorts, kUdp, kConnectUdpPorts, kBindUdpPorts, kListen, kUnix, kConnectUnix, kFamily,
  kAbstractUnix, kSignals, kSysv, kMqueue, kKeyring, kScheduling,
  kProfile, kDefault, kArchitectures,
  kCapabilities, kMemfd, kUser, kGroup, kGroups, kInheritFds, kUmask, kNice, kOomScoreAdj, kDumpable, kParentDeathSignal, kWriteExecute, kExecve,
  kLimit, kMemoryMax, kCpuQuota, kTasksMax,
  kNamespace, kHide, kPrivateTmp,
  kKeep, kUnset, kSet,
  kAuditFile, kAuditEvents, kAuditFormat, kAuditLevel, kAuditOnError,
  kExcept,
  kMatch, kAction, kNoNetwork, kReadonlyFiles, kDestructive,
};

struct KeyInfo {
  char word[24];
  Section section;
  Key key;
  bool single;           ///< may be given once in a file
  std::uint8_t detail;   ///< kFamily: the Family, kLimit: the Limit, kNamespace: the Namespace
};

/// Every key, but the right names of [filesystem] (all_rights()) and the call names of [syscalls].
std::span<const KeyInfo> all_keys();
/// word == known, told at the first letter that differs: most words of a table are another.
bool is(std::string_view word, const char* known);

const KeyInfo* find_key(Section section, std::string_view word);

struct SectionInfo {
  char word[16];
  Section section;
};

std::span<const SectionInfo> all_sections();
const SectionInfo* find_section(std::string_view word);

/// The word of this language for what other sandboxes, and guesses, call a key or a section: rw -> read_write,
/// net -> network. Empty: none is known.
std::string_view own_word(std::string_view foreign);

/// The candidate nearest to a mistyped word, empty when none is near. Feed candidates one by one.
class Nearest {
 public:
  explicit Nearest(std::string_view word) : word_(word) {}
  void offer(std::string_view candidate);
  std::string_view best() const { return best_; }

 private:
  std::string_view word_;
  std::string_view best_{};
  std::size_t distance_ = SIZE_MAX;
};

}  // namespace landshim
