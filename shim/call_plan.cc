// SPDX-License-Identifier: MIT
#include "shim/call_plan.h"

#include <sys/socket.h>

#include <algorithm>
#include <bitset>
#include <cerrno>

#include "config/syscall_table.h"
#include "shim/filter.h"
#include "shim/strict_calls.h"

namespace landshim {

namespace {

constexpr std::uint64_t kLow32 = 0xffff'ffff;
constexpr std::uint32_t kTypeMask = 0xf;  // socket(2): SOCK_CLOEXEC and SOCK_NONBLOCK stand above it
constexpr std::uint32_t kTcp = 6;
constexpr std::uint32_t kUdp = 17;
constexpr std::uint32_t kMultipathTcp = 262;

constexpr Action kAllowed{ActionKind::kAllow, 0};

constexpr std::size_t kSocket = syscall_place("socket");
constexpr std::size_t kSocketPair = syscall_place("socketpair");

Action denied(int error) { return {ActionKind::kDeny, static_cast<std::uint16_t>(error)}; }

Action stricter(Action a, Action b) { return b.kind > a.kind ? b : a; }

// The calls of one author (a section, the profile), by their place in all_syscalls().
class Calls {
 public:
  void expect_many() { calls_.reserve(kMany); }

  std::size_t size() const { return calls_.size(); }

  PlannedCall* find(std::size_t place) { return at_[place] == 0 ? nullptr : &calls_[at_[place] - 1U]; }

  PlannedCall& get(std::size_t place, Action otherwise) {
    if (at_[place] == 0) {
      calls_.push_back({all_syscalls()[place].name, {}, otherwise});
      at_[place] = static_cast<std::uint16_t>(calls_.size());
    }
    return calls_[at_[place] - 1U];
  }

  // What a row of the closure table says, on top of what rows before it said.
  void close(const ClosureRow& row, Action otherwise) {
    PlannedCall& call = get(place(row), otherwise);
    if (row.tests == 0) {
      call.rules.clear();
      call.otherwise = denied(row.error);
      return;
    }
    if (call.rules.empty() && call.otherwise.kind >= ActionKind::kDeny && call.otherwise != otherwise) return;  // closed whole
    CallRule& rule = call.rules.emplace_back(CallRule{denied(row.error), {}});
    rule.all_of.reserve(row.tests);
    for (int i = 0; i < row.tests; ++i) rule.all_of.push_back(condition(row.all_of[i]));
  }

 private:
  static constexpr std::size_t kMany = 96;  // most authors close fewer
  std::vector<PlannedCall> calls_{};
  std::uint16_t at_[kSyscallCount] = {};  // 0: none, else 1 more than where it stands in calls_
};

struct FamilyNumber {
  Family family;
  std::uint8_t number;
};
constexpr FamilyNumber kFamilyNumbers[] = {  // <linux/socket.h>
    {Family::kNetlink, 16}, {Family::kPacket, 17}, {Family::kVsock, 40}, {Family::kXdp, 44}, {Family::kAlg, 38}, {Family::kBluetooth, 31}, {Family::kCan, 29},
    {Family::kTipc, 30},    {Family::kSmc, 43},    {Family::kRds, 21},   {Family::kQipcrtr, 42}, {Family::kNfc, 39}, {Family::kKcm, 41},
};

struct InternetType {
  Family family;
  std::uint8_t type;
  std::uint16_t protocol;
};
constexpr InternetType kInternetTypes[] = {  // <linux/in.h>
    {Family::kIcmp, SOCK_DGRAM, 1},      {Family::kIcmp, SOCK_DGRAM, 58},       {Family::kUdplite, SOCK_DGRAM, 136}, {Family::kSctp, SOCK_STREAM, 132},
    {Family::kSctp, SOCK_SEQPACKET, 132}, {Family::kDccp, SOCK_DCCP, 33},       {Family::kMptcp, SOCK_STREAM, kMultipathTcp},
};

class FilterPlanner {
 public:
  FilterPlanner(const Policy& policy, const NetworkChoice& network, const StandIns& stand_ins, bool may_chown, Filter& out, std::vector<Error>& refused)
      : policy_(policy), network_(network), stand_ins_(stand_ins), may_chown_(may_chown), out_(out), refused_(refused) {}

  void run() {
    out_.identity = policy_.identity;
    out_.compat = policy_.compat.value;
    choose_closures();
    out_.choices = {out_.closures.to_ullong(), sockets()};
    place_lines();
    lines_alone_ = stand_ins_.ready && !policy_.call_default.written() && !out_.compat && few_lines() && find_ready();
    if (lines_alone_ && lines_.empty()) return;
    if (!lines_alone_) {
      sections_.expect_many();
      profile_.expect_many();
    }
    plan_sections();
    plan_profile();
    merge();
  }

 private:
  // --- which demands close calls ---

  void choose_closures() {
    const auto close = [&](Closure closure, bool closed) { out_.closures[static_cast<std::size_t>(closure)] = closed; };
    const bool ruled = network_.access != NetworkAccess::kAll;
    const Metadata metadata = metadata_choice(policy_);
    close(Closure::kFastOpen, ruled && !policy_.connect_tcp.any);
    close(Closure::kUpperLayers, ruled && !granted(Family::kSmc));
    close(Closure::kIoUringNetwork, ruled);
    close(Closure::kIoUringUnix, !ruled && network_.unix_sockets == UnixAccess::kDeny);
    close(Closure::kListen, !network_.listen);
    close(Closure::kSysv, policy_.sysv.value == Permission::kDeny);
    close(Closure::kMqueue, policy_.mqueue.value == Permission::kDeny);
    close(Closure::kKeyring, policy_.keyring.value == Permission::kDeny);
    close(Closure::kScheduling, policy_.scheduling.value == Permission::kDeny);
    close(Closure::kLimitsOfOthers, true);
    close(Closure::kModesAndTimes, metadata == Metadata::kDeny);
    close(Closure::kOwner, metadata == Metadata::kDeny || (metadata == Metadata::kModes && (policy_.metadata.written() || !may_chown_)));
    close(Closure::kAttributes, metadata != Metadata::kAllow);
    close(Closure::kIoUringMetadata, metadata != Metadata::kAllow);
    close(Closure::kSubvolumes, restricts_files(policy_));
    close(Closure::kSetId, true);
    close(Closure::kTruncation, stand_ins_.truncate);
    close(Closure::kMemfd, policy_.memfd.value == Memfd::kDeny);
    close(Closure::kMemfdExec, policy_.memfd.value == Memfd::kNoexec);
    close(Closure::kWriteExecute, policy_.write_execute.value == Permission::kDeny);
    close(Closure::kExecve, policy_.execve.value == Permission::kDeny && !stand_ins_.starts);
    const bool profile = policy_.call_profile.value != CallProfile::kNone;
    for (std::size_t i = static_cast<std::size_t>(kFirstOfProfile); i < kClosures; ++i) out_.closures[i] = profile;
  }

  // What plan_socket() and plan_socketpair() look at, and plan_profile().
  std::uint32_t sockets() const {
    std::uint32_t out = 0;
    const auto add = [&](std::uint32_t value, int bits) { out = (out << bits) | value; };
    add(static_cast<std::uint32_t>(network_.access), 2);
    add(network_.unix_sockets == UnixAccess::kDeny, 1);
    add(network_.udp, 1);
    add(stand_ins_.tcp, 1);
    add(setting(Family::kNetlink).written(), 1);
    add(static_cast<std::uint32_t>(policy_.call_profile.value), 2);
    for (std::size_t i = 0; i < kFamilies; ++i) add(granted(static_cast<Family>(i)), 1);
    return out;
  }

  bool find_ready() {
    const std::span<const ReadyFilter> all = made::ready_filters();
    const auto found = std::lower_bound(all.begin(), all.end(), out_.choices, [](const ReadyFilter& a, const FilterChoices& b) { return a.choices < b; });
    if (found == all.end() || found->choices != out_.choices) return false;
    out_.ready = &*found;
    return true;
  }

  // --- the lines of [syscalls], by the calls that they speak of ---

  struct PlacedLine {
    std::size_t place;
    const CallLine* line;
  };

  void place_lines() {
    for (const CallLine& line : policy_.call_lines) {
      const std::size_t place = place_of(line.call);
      if (line.missing_ok || made::numbers(CallTable::kNative)[place] >= 0) lines_.push_back({place, &line});
      else refuse(line.origin, line.call + ": this architecture has no such system call; write -" + line.call + " where it may be missing");
    }
    std::stable_sort(lines_.begin(), lines_.end(), [](const PlacedLine& a, const PlacedLine& b) { return a.place < b.place; });
    for (const PlacedLine& line : lines_) has_line_.set(line.place);
  }

  // In front of a ready filter each line costs instructions that it does not where all is planned: many would make a
  // filter too long that is not.
  bool few_lines() const {
    constexpr std::size_t kFew = 96;
    std::size_t words = 0;
    for (const PlacedLine& line : lines_) words += 1 + line.line->all_of.size();
    return words <= kFew;
  }

  // Of all other calls a filter decides that was made beforehand.
  bool planned_here(std::size_t place) const { return !lines_alone_ || has_line_[place]; }

  // --- what the sections close; no line of [syscalls] can undo it ---

  void plan_sections() {
    for (const ClosureRow& row : closure_rows())
      if (row.closure < kFirstOfProfile && out_.closures[static_cast<std::size_t>(row.closure)] && planned_here(place(row))) sections_.close(row, kAllowed);
    if (planned_here(kSocket)) plan_socket();
    if (planned_here(kSocketPair)) plan_socketpair();
  }

  void plan_socket() {
    PlannedCall call{all_syscalls()[kSocket].name, {}, kAllowed};
    const auto decides = [&](Action action, std::vector<Condition> all_of) { call.rules.push_back({action, std::move(all_of)}); };
    const auto allow = [&](std::vector<Condition> all_of) { decides(kAllowed, std::move(all_of)); };
    if (network_.access == NetworkAccess::kAll) {
      if (network_.unix_sockets != UnixAccess::kDeny) return;
      decides(denied(EACCES), {is(0, AF_UNIX)});
    } else {
      call.otherwise = denied(EACCES);
      if (network_.unix_sockets != UnixAccess::kDeny) allow({is(0, AF_UNIX)});
      if (network_.access == NetworkAccess::kRules) {
        // A kernel without Multipath TCP answers so, and programs go on with TCP.
        if (!granted(Family::kMptcp)) decides(denied(EPROTONOSUPPORT), {is(2, kMultipathTcp)});
        for (const std::uint32_t family : {std::uint32_t{AF_INET}, std::uint32_t{AF_INET6}}) {
          const auto internet = [&](std::uint32_t type, std::uint32_t protocol) { allow({is(0, family), type_is(type), is(2, protocol)}); };
          if (!stand_ins_.tcp) {
            internet(SOCK_STREAM, 0);
            internet(SOCK_STREAM, kTcp);
          }
          if (network_.udp) {
            internet(SOCK_DGRAM, 0);
            internet(SOCK_DGRAM, kUdp);
          }
          for (const InternetType& row : kInternetTypes)
            if (granted(row.family)) internet(row.type, row.protocol);
          if (granted(Family::kRaw)) allow({is(0, family), type_is(SOCK_RAW)});
        }
        // NETLINK_ROUTE, protocol 0, is how programs list addresses: on by default.
        const Setting<Permission>& netlink = setting(Family::kNetlink);
        if (!netlink.written()) allow({is(0, AF_NETLINK), is(2, 0)});
        for (const FamilyNumber& row : kFamilyNumbers)
          if (granted(row.family)) allow({is(0, row.number)});
      }
    }
    if (call.rules.empty() && call.otherwise == kAllowed) return;
    sections_.get(kSocket, kAllowed) = std::move(call);
  }

  // A datagram pair can be connected and sent to a socket on the disk: no way round unix = deny. unix(7) makes SOCK_RAW a datagram.
  void plan_socketpair() {
    PlannedCall call{all_syscalls()[kSocketPair].name, {}, network_.access == NetworkAccess::kAll ? kAllowed : denied(EACCES)};
    if (network_.unix_sockets == UnixAccess::kDeny) {
      call.rules.push_back({kAllowed, {is(0, AF_UNIX), type_is(SOCK_STREAM)}});
      call.rules.push_back({kAllowed, {is(0, AF_UNIX), type_is(SOCK_SEQPACKET)}});
      call.rules.push_back({denied(EACCES), {is(0, AF_UNIX)}});
    } else {
      call.rules.push_back({kAllowed, {is(0, AF_UNIX)}});
    }
    tidy(call);
    if (call.rules.empty() && call.otherwise == kAllowed) return;
    sections_.get(kSocketPair, kAllowed) = std::move(call);
  }

  const Setting<Permission>& setting(Family family) const { return policy_.families[static_cast<std::size_t>(family)]; }
  bool granted(Family family) const { return setting(family).value == Permission::kAllow; }

  static Condition is(std::uint8_t arg, std::uint32_t value) { return {arg, Compare::kEqual, true, value, 0}; }
  static Condition type_is(std::uint32_t type) { return {1, Compare::kMaskedEqual, true, type, kTypeMask}; }

  // --- what the profile says; lines of [syscalls] come before it ---

  void plan_profile() {
    const bool strict = policy_.call_profile.value == CallProfile::kStrict;
    out_.otherwise = policy_.call_default.written() ? policy_.call_default.value : strict ? denied(EPERM) : kAllowed;
    Action otherwise = out_.otherwise;
    if (strict) {
      otherwise = kAllowed;
      for (const StrictCall& call : strict_calls())
        if (planned_here(place(call))) profile_.get(place(call), kAllowed);
    }
    if (policy_.call_profile.value == CallProfile::kNone) return;
    for (const ClosureRow& row : closure_rows())
      if (row.closure >= kFirstOfProfile && planned_here(place(row)) && (!strict || profile_.find(place(row)) != nullptr)) profile_.close(row, otherwise);
  }

  // --- all of it together ---

  void merge() {
    out_.calls.reserve(sections_.size() + profile_.size() + lines_.size());
    auto line = lines_.begin();
    for (std::size_t place = 0; place < kSyscallCount; ++place) {
      if (!planned_here(place)) continue;
      PlannedCall* const profile = profile_.find(place);
      PlannedCall* const section = sections_.find(place);
      if (profile == nullptr && section == nullptr && (line == lines_.end() || line->place != place)) continue;
      std::vector<const CallLine*> own;
      for (; line != lines_.end() && line->place == place; ++line) own.push_back(line->line);
      PlannedCall call{all_syscalls()[place].name, {}, out_.otherwise};
      if (profile != nullptr) call = std::move(*profile);
      if (!own.empty()) call = with_lines(own, std::move(call));
      if (section != nullptr) {
        if (closed_whole(*section)) contradict(own, call.call);
        call = combined(std::move(*section), std::move(call));
      }
      tidy(call);
      // What is made beforehand may answer otherwise.
      if (lines_alone_ || !call.rules.empty() || call.otherwise != out_.otherwise) out_.calls.push_back(std::move(call));
    }
  }

  // Lines decide before the profile, the strictest that fits first; where none fits, the profile does.
  static PlannedCall with_lines(std::vector<const CallLine*> lines, PlannedCall profile) {
    std::stable_sort(lines.begin(), lines.end(), [](const CallLine* a, const CallLine* b) { return a->action.kind > b->action.kind; });
    PlannedCall out{profile.call, {}, profile.otherwise};
    for (const CallLine* line : lines) {
      if (line->all_of.empty()) {
        out.otherwise = line->action;
        return out;
      }
      out.rules.push_back({line->action, line->all_of});
    }
    for (CallRule& rule : profile.rules) out.rules.push_back(std::move(rule));
    return out;
  }

  static bool closed_whole(const PlannedCall& call) { return call.rules.empty() && call.otherwise.kind >= ActionKind::kDeny; }

  // A line that allows by name what a section closes whole can never have its effect. A group may hold such calls.
  void contradict(const std::vector<const CallLine*>& lines, std::string_view name) {
    for (const CallLine* line : lines) {
      if (line->word != line->call || line->action.kind >= ActionKind::kDeny) continue;
      std::string closer = "[network] access = none";
      Origin other = policy_.network.origin;
      for (const ClosureRow& row : closure_rows()) {
        if (row.closure >= kFirstOfProfile || !out_.closures[static_cast<std::size_t>(row.closure)] || name != row.call || row.tests != 0) continue;
        closer = row.closure == Closure::kSetId || row.closure == Closure::kLimitsOfOthers ? "landshim always" : words(row.closure).demand;
        other = origin_of(policy_, row.closure);
        break;
      }
      const std::string at = other.written() ? (other.file == line->origin.file ? "line " + std::to_string(other.line) : where(policy_, other)) : "a default";
      refuse(line->origin, std::string(name) + " = " + words_of(*line) + " cannot undo what " + closer + " closes (" + at + "); " + (closer == "landshim always" ? "" : "change that key, or ") + "remove this line");
    }
  }

  static std::string words_of(const CallLine& line) { return line.action.kind == ActionKind::kAllow ? "allow" : line.action.kind == ActionKind::kLog ? "log" : "trace"; }

  // Rules at the end that answer as the rest does say nothing.
  static void tidy(PlannedCall& call) {
    while (!call.rules.empty() && call.rules.back().action == call.otherwise) call.rules.pop_back();
  }

  void refuse(Origin origin, std::string what) { refused_.push_back({std::move(what), where(policy_, origin), 0}); }

  const Policy& policy_;
  const NetworkChoice& network_;
  const StandIns& stand_ins_;
  bool may_chown_;
  Filter& out_;
  std::vector<Error>& refused_;
  std::vector<PlacedLine> lines_{};
  std::bitset<kSyscallCount> has_line_{};
  bool lines_alone_ = false;
  Calls sections_{};
  Calls profile_{};
};

// Rules that only close, in a call that is otherwise open: they can stand before any others that are no stricter.
bool only_closes(const PlannedCall& call) {
  if (call.otherwise.kind != ActionKind::kAllow) return false;
  for (const CallRule& rule : call.rules)
    if (rule.action.kind != ActionKind::kDeny) return false;
  return true;
}

bool nothing_above_deny(const PlannedCall& call) {
  if (call.otherwise.kind > ActionKind::kDeny) return false;
  for (const CallRule& rule : call.rules)
    if (rule.action.kind > ActionKind::kDeny) return false;
  return true;
}

PlannedCall before(PlannedCall first, PlannedCall then) {
  first.otherwise = then.otherwise;
  for (CallRule& rule : then.rules) first.rules.push_back(std::move(rule));
  return first;
}

}  // namespace

Origin origin_of(const Policy& policy, Closure closure) {
  switch (closure) {
    case Closure::kFastOpen: return policy.connect_tcp.origin;
    case Closure::kUpperLayers: return policy.families[static_cast<std::size_t>(Family::kSmc)].origin;
    case Closure::kIoUringNetwork: return policy.network.origin;
    case Closure::kIoUringUnix: return policy.unix_sockets.origin;
    case Closure::kListen: return policy.listen.origin;
    case Closure::kSysv: return policy.sysv.origin;
    case Closure::kMqueue: return policy.mqueue.origin;
    case Closure::kKeyring: return policy.keyring.origin;
    case Closure::kScheduling: return policy.scheduling.origin;
    case Closure::kModesAndTimes:
    case Closure::kOwner:
    case Closure::kAttributes:
    case Closure::kIoUringMetadata: return policy.metadata.origin;
    case Closure::kMemfd:
    case Closure::kMemfdExec: return policy.memfd.origin;
    case Closure::kWriteExecute: return policy.write_execute.origin;
    case Closure::kExecve: return policy.execve.origin;
    case Closure::kLimitsOfOthers:
    case Closure::kSubvolumes:
    case Closure::kSetId:
    case Closure::kTruncation: break;
    case Closure::kModules:
    case Closure::kBoot:
    case Closure::kClocks:
    case Closure::kMounts:
    case Closure::kNamespaces:
    case Closure::kTracing:
    case Closure::kIoUring:
    case Closure::kTerminal:
    case Closure::kHandles:
    case Closure::kPersonality:
    case Closure::kMachine:
    case Closure::kObsolete: return policy.call_profile.origin;
  }
  return {};
}

bool holds(const Condition& condition, const std::uint64_t (&arguments)[6]) {
  const std::uint64_t width = condition.narrow ? kLow32 : ~std::uint64_t{0};
  const std::uint64_t argument = arguments[condition.arg] & width;
  switch (condition.op) {
    case Compare::kEqual: return argument == condition.value;
    case Compare::kNotEqual: return argument != condition.value;
    case Compare::kLess: return argument < condition.value;
    case Compare::kLessEqual: return argument <= condition.value;
    case Compare::kGreater: return argument > condition.value;
    case Compare::kGreaterEqual: return argument >= condition.value;
    case Compare::kMaskedEqual: return (argument & condition.mask) == condition.value;
    case Compare::kAnyBit: return (argument & condition.mask) != 0;
  }
  return false;
}

namespace {

// Whether some arguments may meet all of these at once. Where it cannot be told: yes.
bool may_meet(const std::vector<Condition>& conditions) {
  std::uint64_t known[6] = {};  // bits that are fixed, and what they are
  std::uint64_t arguments[6] = {};
  for (const Condition& condition : conditions) {
    if (condition.op != Compare::kEqual && condition.op != Compare::kMaskedEqual) continue;
    const std::uint64_t mask = (condition.op == Compare::kEqual ? ~std::uint64_t{0} : condition.mask) & (condition.narrow ? kLow32 : ~std::uint64_t{0});
    std::uint64_t& fixed = known[condition.arg];
    if (((arguments[condition.arg] ^ condition.value) & fixed & mask) != 0) return false;
    fixed |= mask;
    arguments[condition.arg] |= condition.value & mask;
  }
  for (const Condition& condition : conditions) {
    const std::uint64_t width = condition.narrow ? kLow32 : ~std::uint64_t{0};
    const std::uint64_t read = condition.op == Compare::kAnyBit ? condition.mask & width : width;
    if ((read & ~known[condition.arg]) == 0 && !holds(condition, arguments)) return false;
  }
  return true;
}

bool denies(const PlannedCall& call, const ClosureRow& row) {
  std::vector<Condition> tests;
  for (int i = 0; i < row.tests; ++i) tests.push_back(condition(row.all_of[i]));
  for (const CallRule& rule : call.rules) {
    std::vector<Condition> both = tests;
    both.insert(both.end(), rule.all_of.begin(), rule.all_of.end());
    if (!may_meet(both)) continue;
    if (rule.action.kind < ActionKind::kDeny) return false;
    const auto asked = [&](const Condition& one) { return std::find(tests.begin(), tests.end(), one) != tests.end(); };
    if (std::all_of(rule.all_of.begin(), rule.all_of.end(), asked)) return true;
  }
  return call.otherwise.kind >= ActionKind::kDeny;
}

}  // namespace

std::vector<std::string_view> open_calls(const Filter& filter, Closure closure) {
  std::vector<std::string_view> out;
  for (const ClosureRow& row : closure_rows()) {
    if (row.closure != closure || (!filter.compat && !native_has(row.call))) continue;
    if (!denies(planned_call(filter, row.call), row) && std::find(out.begin(), out.end(), row.call) == out.end()) out.push_back(row.call);
  }
  return out;
}

PlannedCall combined(PlannedCall a, PlannedCall b) {
  if (only_closes(a) && nothing_above_deny(b)) return before(std::move(a), std::move(b));
  if (only_closes(b) && nothing_above_deny(a)) return before(std::move(b), std::move(a));
  // The first rule of a and the first of b that fit are the first pair that fits.
  PlannedCall out{a.call, {}, stricter(a.otherwise, b.otherwise)};
  for (std::size_t i = 0; i <= a.rules.size(); ++i)
    for (std::size_t j = 0; j <= b.rules.size(); ++j) {
      if (i == a.rules.size() && j == b.rules.size()) break;
      CallRule rule{stricter(i < a.rules.size() ? a.rules[i].action : a.otherwise, j < b.rules.size() ? b.rules[j].action : b.otherwise), {}};
      if (i < a.rules.size()) rule.all_of = a.rules[i].all_of;
      if (j < b.rules.size()) rule.all_of.insert(rule.all_of.end(), b.rules[j].all_of.begin(), b.rules[j].all_of.end());
      out.rules.push_back(std::move(rule));
    }
  return out;
}

Family socket_family(const std::uint64_t (&arguments)[6]) {
  const auto low = [&](int i) { return static_cast<std::uint32_t>(arguments[i]); };
  for (const FamilyNumber& row : kFamilyNumbers)
    if (row.number == low(0)) return row.family;
  for (const InternetType& row : kInternetTypes)
    if (row.protocol == low(2) && row.type == (low(1) & kTypeMask)) return row.family;
  return Family::kRaw;
}

Action decide(const PlannedCall& call, const std::uint64_t (&arguments)[6]) {
  for (const CallRule& rule : call.rules) {
    bool all = true;
    for (const Condition& condition : rule.all_of) all = all && holds(condition, arguments);
    if (all) return rule.action;
  }
  return call.otherwise;
}

PlannedCall planned_call(const Filter& filter, std::string_view call) {
  const auto at = std::lower_bound(filter.calls.begin(), filter.calls.end(), call, [](const PlannedCall& a, std::string_view b) { return a.call < b; });
  return at != filter.calls.end() && at->call == call ? *at : PlannedCall{call, {}, filter.otherwise};
}

void plan_filter(const Policy& policy, const NetworkChoice& network, const StandIns& stand_ins, bool may_chown, Filter& out, std::vector<Error>& refused) {
  FilterPlanner(policy, network, stand_ins, may_chown, out, refused).run();
}

}  // namespace landshim
