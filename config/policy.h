// SPDX-License-Identifier: MIT
// Policy: what was asked, every rule with the file and line it came from. Plain data, filled by load().
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/result.h"
#include "config/rights.h"

namespace landshim {

/// Most rules of one kind that a policy may hold, patterns expanded.
constexpr std::size_t kMaxPathRules = 4096;
constexpr std::size_t kMaxPorts = 4096;

/// The newest Landlock ABI that the language speaks of; shim/landlock_abi.h has a row for each.
constexpr unsigned kHighestAbi = 10;

/// A single-valued key: its value, and where it was written (nowhere: the default).
template <class T>
struct Setting {
  T value{};
  Origin origin{};
  bool written() const { return origin.written(); }
  bool operator==(const Setting&) const = default;
};

enum class Mode : std::uint8_t { kStrict, kReadonly, kWorkspaceWrite, kFullAccess };
enum class Unsupported : std::uint8_t { kFail, kWarn };
enum class FileAccess : std::uint8_t { kRules, kAll };
enum class Runtime : std::uint8_t { kNone, kProgram, kHost };
enum class Metadata : std::uint8_t { kDeny, kModes, kAllow };
enum class NetworkAccess : std::uint8_t { kNone, kRules, kAll };
enum class UnixAccess : std::uint8_t { kDeny, kOwn, kAllow };
enum class Permission : std::uint8_t { kDeny, kAllow };
enum class CallProfile : std::uint8_t { kDefault, kStrict, kNone };

/// What decides that two files are one: stat(2).
struct FileId {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  bool operator==(const FileId&) const = default;
};

/// A policy file that was read.
struct Source {
  std::string path;            ///< absolute, as it was named; empty: the text stands in no file
  std::string shown;           ///< as messages name it
  std::vector<FileId> chain;   ///< the file and every directory above it, real path
  bool operator==(const Source&) const = default;
};

/// A path whose links expand() has followed, since rules were taken from where it leads.
struct Followed {
  std::string path;            ///< absolute, as it was named
  std::string real;            ///< without links
  std::string key;
  Origin origin{};
  bool operator==(const Followed&) const = default;
};

/// One path item as it stands in a policy, quotes removed, nothing expanded.
struct PathItem {
  std::string text;
  Rights rights = 0;
  std::string key;             ///< the word that granted it
  Origin origin{};
  bool operator==(const PathItem&) const = default;
};

/// One path that rules speak of, after expansion.
struct PathRule {
  std::string path;            ///< absolute
  Rights rights = 0;
  bool missing_ok = false;
  bool pattern = false;        ///< `path` is a pattern that matched nothing
  bool beside = false;         ///< granted in place of a wider rule, out of which `except` took something
  std::string key;
  Origin origin{};
  bool operator==(const PathRule&) const = default;
};

/// Ports `first` to `last`, both included, 0 to 65535.
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  Origin origin{};
  bool operator==(const PortRange&) const = default;
};

/// The value of a port key. Neither written nor any: none.
struct Ports {
  std::vector<PortRange> ranges;
  bool any = false;            ///< `*`
  Origin origin{};             ///< the first line that wrote it
  bool written() const { return origin.written(); }
  bool granted() const { return any || !ranges.empty(); }
  bool operator==(const Ports&) const = default;
};

/// Address families and socket types that are closed unless a key of [network] allows them.
enum class Family : std::uint8_t {
  kNetlink, kPacket, kRaw, kVsock, kXdp, kAlg, kBluetooth, kCan, kTipc, kSmc, kRds, kQipcrtr, kNfc, kKcm,
  kIcmp, kUdplite, kSctp, kDccp, kMptcp,
};
constexpr std::size_t kFamilies = 19;

/// What a filter answers, from the most generous to the strictest: the kernel's own order, seccomp(2).
enum class ActionKind : std::uint8_t { kAllow, kLog, kTrace, kDeny, kTrap, kKillThread, kKill };

struct Action {
  ActionKind kind = ActionKind::kAllow;
  std::uint16_t data = 0;      ///< kDeny: the errno, 1 to 4095; kTrace: the message
  bool operator==(const Action&) const = default;
};

enum class Compare : std::uint8_t {
  kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual,
  kMaskedEqual,                ///< (arg & mask) == value
  kAnyBit,                     ///< (arg & mask) != 0
};

/// A comparison with one argument of a system call, unsigned.
struct Condition {
  std::uint8_t arg = 0;        ///< 0 to 5
  Compare op = Compare::kEqual;
  bool narrow = false;         ///< only the low 32 bits count, as in the kernel
  std::uint64_t value = 0;
  std::uint64_t mask = 0;
  bool operator==(const Condition&) const = default;
};

/// One line of [syscalls], groups already taken apart.
struct CallLine {
  std::string call;
  std::string word;            ///< the key as written: the call, or its group
  bool missing_ok = false;     ///< this architecture may lack it
  Action action{};
  std::vector<Condition> all_of;
  Origin origin{};
  bool operator==(const CallLine&) const = default;
};

/// Most sections [command NAME] of a policy, and the longest expression of one, in bytes.
constexpr std::size_t kMaxCommands = 4096;
constexpr std::size_t kMaxExpression = 1024;

/// A section [command NAME]: what becomes of a program whose command line it matches.
struct CommandRule {
  std::string name;
  Setting<std::string> match;                              ///< a POSIX extended regular expression
  Setting<Permission> action{Permission::kAllow, {}};      ///< written allow: no later rule is looked at
  Setting<bool> no_network;
  Setting<bool> readonly;
  Setting<bool> destructive;                               ///< a mark, for whoever keeps a log
  bool does = false;                                       ///< a key beside `match` is written
  Origin origin{};                                         ///< of the section
  bool operator==(const CommandRule&) const = default;
};

/// No limit at all.
constexpr std::uint64_t kUnlimited = ~std::uint64_t{0};

/// Which capabilities are kept.
enum class Keep : std::uint8_t { kDefault, kNone, kAll, kListed };

enum class Memfd : std::uint8_t { kAllow, kNoexec, kDeny };

/// Descriptors `first` to `last`, both included.
struct DescriptorRange {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  bool operator==(const DescriptorRange&) const = default;
};

/// Limits of getrlimit(2) that [limits] knows.
enum class Limit : std::uint8_t { kAddressSpace, kData, kStack, kFileSize, kCore, kLockedMemory, kCpuTime, kOpenFiles, kProcesses };
constexpr std::size_t kLimitCount = 9;

enum class Namespace : std::uint8_t { kUser, kNetwork, kIpc, kUts, kMount, kPid, kCgroup };
constexpr std::size_t kNamespaceCount = 7;

/// A user or group as written: a name or a number.
struct Account {
  std::string text;
  bool operator==(const Account&) const = default;
};

/// What a log is told of, as bits: [audit] events.
using LogEvents = std::uint8_t;
constexpr LogEvents kLogPolicy = 1;    ///< the policy in force, and what was given up
constexpr LogEvents kLogExec = 2;      ///< programs started, and how they ended
constexpr LogEvents kLogFile = 4;      ///< files opened and changed
constexpr LogEvents kLogNetwork = 8;   ///< addresses asked for
constexpr LogEvents kLogDenial = 16;
constexpr LogEvents kAllLogEvents = kLogPolicy | kLogExec | kLogFile | kLogNetwork | kLogDenial;

enum class LogTo : std::uint8_t { kNowhere, kFile, kStandardError, kSyslog, kDescriptor };
enum class LogFormat : std::uint8_t { kJson, kText };
enum class LogLevel : std::uint8_t { kDistinct, kAll };
enum class OnError : std::uint8_t { kStop, kContinue };

/// [audit].
struct Log {
  Setting<std::string> file;           ///< as written
  LogTo to = LogTo::kNowhere;          ///< what that means
  int descriptor = -1;                 ///< with kDescriptor
  Source target{};                     ///< with kFile: filled by expand(); the chain as of a policy that is absent
  Setting<LogEvents> events{kLogPolicy | kLogDenial, {}};
  Setting<LogFormat> format;
  Setting<LogLevel> level;
  Setting<OnError> on_error;
  bool used() const { return to != LogTo::kNowhere; }
  bool operator==(const Log&) const = default;
};

/// An item of [environment].
struct VariableItem {
  std::string text;  ///< a pattern, or NAME=value
  Origin origin{};
  bool operator==(const VariableItem&) const = default;
};

struct Policy {
  std::vector<Source> sources;      ///< the files read, the first is the one that was named
  std::vector<Source> absent;       ///< where one was looked for in vain; `shown` is what would be found, the chain as much of it as exists
  std::uint64_t identity = 0;       ///< of the names and texts of all of them: the same files, the same policy

  Setting<std::string> name;
  Setting<Mode> mode;
  Setting<Unsupported> unsupported;
  Setting<int> abi;                 ///< 0: auto
  std::vector<PathItem> workspace;  ///< empty: ${PWD}

  std::vector<PathItem> path_items;
  std::vector<PathRule> path_rules; ///< filled by expand()
  Setting<FileAccess> file_access;
  Setting<Runtime> runtime;
  Setting<Metadata> metadata;

  Setting<NetworkAccess> network;
  Ports connect_tcp, bind_tcp, connect_udp, bind_udp;
  Setting<Permission> udp;
  Setting<Permission> listen;
  Setting<UnixAccess> unix_sockets;
  Origin connect_unix{};            ///< the first line of connect_unix or resolve_unix; its paths are among path_items
  Setting<Permission> families[kFamilies];

  Setting<Permission> abstract_unix, signals, sysv, mqueue, keyring;
  Setting<Permission> scheduling{Permission::kAllow, {}};

  Setting<CallProfile> call_profile;
  Setting<Action> call_default;
  Setting<bool> compat;             ///< 32-bit call tables too
  std::vector<CallLine> call_lines;

  std::vector<CommandRule> commands;           ///< in the order in which they are looked at

  std::vector<PathItem> except_items;
  std::vector<std::string> except_losses;      ///< filled by expand(): what taking a path out of a wider rule loses
  std::vector<Followed> followed;              ///< filled by expand()

  Setting<Keep> capabilities;
  std::uint64_t kept_capabilities = 0;         ///< with kListed; bit N is capability N
  Setting<Memfd> memfd;
  Setting<Account> user, group;
  std::vector<Account> groups;
  Origin groups_origin{};
  Setting<std::uint32_t> uid, gid;             ///< filled by expand()
  Setting<std::vector<std::uint32_t>> gids;
  std::vector<DescriptorRange> inherit_fds;    ///< to keep; only when inherit_fds_origin is written
  Origin inherit_fds_origin{};
  Setting<int> umask, nice, oom_score_adj, parent_death_signal;
  Setting<bool> dumpable;
  Setting<Permission> write_execute{Permission::kAllow, {}};
  Setting<Permission> execve{Permission::kAllow, {}};

  Setting<std::uint64_t> limits[kLimitCount];      ///< in bytes, seconds or as a number, by Limit
  Setting<std::uint64_t> memory_max, cpu_quota, tasks_max;  ///< bytes, percent of one processor, number

  Setting<bool> namespaces[kNamespaceCount];       ///< by Namespace
  std::vector<PathItem> hide_items;
  std::vector<PathRule> hidden;                ///< filled by expand(); rights are 0
  Setting<bool> private_tmp;

  std::vector<VariableItem> keep_variables, unset_variables, set_variables;

  Log log;

  bool operator==(const Policy&) const = default;
};

/// FILE:LINE of a rule; empty for a default.
std::string where(const Policy& policy, Origin origin);

}  // namespace landshim
