// SPDX-License-Identifier: MIT
// What is allowed and yet seldom meant: findings about a policy that has no fault. Pure: asks nobody.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shim/survey.h"
#include "shim/plan.h"

namespace landshim {

enum class Level : std::uint8_t { kNote, kWarning, kError };

/// Kinds of faults and findings. A number stays with its meaning for ever: kWriteExecute is LS012.
enum class Code : std::uint8_t {
  kPolicyFault = 1, kMachineFault = 2, kPlaceFault = 3, kUnknownAllow = 4, kIdleAllow = 5,
  kWritesStarted = 11, kWriteExecute = 12, kProc = 13, kSys = 14, kDev = 15, kRun = 16, kHome = 17, kSecret = 18, kWritesLandshim = 19,
  kWritesPolicies = 20, kConnectsService = 21, kReachesService = 22, kPlantedLink = 23, kRepository = 24, kReadsAll = 25, kReplacesSocket = 26,
  kShadowed = 30, kNearlyThere = 31, kTwice = 32, kIdleLine = 33, kHidden = 34, kLowPort = 35,
  kLoader = 40, kNothingStarts = 41, kThroughLink = 42, kReplacedFile = 43, kOwnProc = 44,
  kUnsupportedWarn = 50, kNoProfile = 51, kMetadata = 52, kFilesAlone = 53, kNetworkAlone = 54, kListens = 55, kKeptSecrets = 56, kCapabilities = 57,
  kStaysRoot = 58, kOpensCalls = 59, kUmask = 60,
};

struct CodeInfo {
  Code code;
  Level level;
  bool of_machine;        ///< what it finds depends on the machine that looks
  const char* title;
  const char* meaning;
  const char* example;    ///< a policy, or a part of one, that has it
  const char* remedy;     ///< how to mend it
};

/// Sorted by number.
std::span<const CodeInfo> all_codes();
const CodeInfo& code_info(Code code);
/// "LS012".
std::string code_name(Code code);
std::optional<Code> find_code(std::string_view name);
std::string_view level_name(Level level);

struct Finding {
  Code code{};
  Origin origin{};        ///< unwritten: the policy as a whole
  std::string message;
  std::string remedy;     ///< empty: the message has it
  bool operator==(const Finding&) const = default;
};

enum class Kind : std::uint8_t { kMissing, kFile, kDirectory, kSocket, kOther };

/// A program that a rule lets start, and what the kernel executes with it: interpreters and loader, real paths.
struct Program {
  std::string path;
  std::vector<std::string> needs;
};

/// What a path of the plan is on the machine.
struct PathFacts {
  std::string real;               ///< links followed, but /proc/self stays; of a missing path, that path
  std::string entry;              ///< where the path itself lies: links followed but for its last part
  Kind kind = Kind::kDirectory;
  bool link = false;              ///< the last part of the path is a link
  bool repository = false;        ///< its .git has hooks
  std::string near;               ///< missing: an entry beside it that differs by one letter
  std::vector<Program> programs;  ///< itself or its entries, as far as somebody looked
};

/// A socket of a service that this user may connect to.
struct ServiceSocket {
  std::string path;
  std::string service;
  bool replaceable = false;       ///< its directory lets this user remove it
};

/// What lint() is told of the machine.
struct Facts {
  std::vector<PathFacts> paths;             ///< one for each path of the plan
  std::vector<std::string> homes;           ///< of this user, real paths
  std::vector<std::string> secrets;         ///< secret_places() that are there
  std::vector<ServiceSocket> sockets;
  std::vector<std::string> landshim;        ///< the command, the libraries, and what they are loaded with
  std::vector<std::string> policy_places;   ///< directories in which profiles are looked for
  std::vector<std::string> search_path;     ///< PATH
  std::vector<std::string> variables;       ///< names of the environment
  std::vector<std::string> texts;           ///< of Policy::sources, for the comments in them
  std::vector<bool> packaged;               ///< of Policy::sources: a profile as it comes with landshim
  std::uint32_t first_free_port = 1024;     ///< ip_unprivileged_port_start, ip(7)
};

/// Findings of a policy, in the order of its lines, those left out that comments of the policy allow, and notes on
/// profiles that come with landshim, which serve many and are nobody's to mend. `faults`: the policy has some, so that what is absent may only be mistyped. `surveys` as for explain().
std::vector<Finding> lint(const Policy& policy, const Plan& plan, const std::vector<Result<Survey>>& surveys, const Facts& facts, bool faults);

/// Where keys, tokens and passwords lie in these home directories.
std::vector<std::string> secret_places(const std::vector<std::string>& homes);

/// Sockets of services that act for whoever connects. `pattern` as for glob(3); "~/" begins in a home directory.
struct Service {
  const char* pattern;
  const char* name;
};
std::span<const Service> services();

}  // namespace landshim
