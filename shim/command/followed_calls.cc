// SPDX-License-Identifier: MIT
// Of several filters the strictest answer counts, and an errno is stricter than asking: seccomp(2). So the policy's own
// filter has to ask in place of its errnos.
#include "shim/command/followed_calls.h"

#include <linux/bpf_common.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "shim/call_plan.h"
#include "shim/filter.h"
#include "shim/identity.h"

namespace landshim::command {

namespace {

// Stands for "ask" until the program is assembled: no policy denies with an errno of 0.
constexpr Action kAsk{ActionKind::kDeny, 0};

enum class When : std::uint8_t { kAlways, kFiles, kConnect, kBind, kSend, kSignal };

struct FollowedCall {
  char name[20];
  When when;
};

// What Landlock can refuse; openat2 is closed in every policy. socketcall is all of those of sockets in the 32-bit table.
constexpr FollowedCall kFollowed[] = {
    {"open", When::kFiles},       {"openat", When::kFiles},     {"creat", When::kFiles},        {"execve", When::kFiles},
    {"execveat", When::kFiles},   {"mkdir", When::kFiles},      {"mkdirat", When::kFiles},   {"mknod", When::kFiles},        {"mknodat", When::kFiles},
    {"symlink", When::kFiles},    {"symlinkat", When::kFiles},  {"link", When::kFiles},      {"linkat", When::kFiles},       {"rename", When::kFiles},
    {"renameat", When::kFiles},   {"renameat2", When::kFiles},  {"unlink", When::kFiles},    {"unlinkat", When::kFiles},     {"rmdir", When::kFiles},
    {"truncate", When::kFiles},   {"truncate64", When::kFiles}, {"connect", When::kConnect}, {"socketcall", When::kConnect}, {"bind", When::kBind},
    {"sendto", When::kSend},      {"sendmsg", When::kSend},     {"sendmmsg", When::kSend},   {"kill", When::kSignal},        {"tkill", When::kSignal},
    {"tgkill", When::kSignal},    {"rt_sigqueueinfo", When::kSignal}, {"rt_tgsigqueueinfo", When::kSignal}, {"pidfd_send_signal", When::kSignal}, {"seccomp", When::kAlways},
};

bool can_be_refused(const Plan& plan, When when) {
  const Ruleset& rules = plan.ruleset;
  const bool reaches_unix = (rules.scoped & kScopeAbstractUnix) != 0 || (rules.handled_fs & kResolveUnix) != 0;
  switch (when) {
    case When::kAlways: return true;
    // The right to link and rename across directories alone is handled to be granted everywhere.
    case When::kFiles: return (rules.handled_fs & ~(kResolveUnix | kRefer)) != 0 || plan.namespaces.read_only;
    case When::kConnect: return reaches_unix || rules.handled_net != 0;
    case When::kBind: return (rules.handled_net & (kBindTcp | kBindUdp)) != 0;
    case When::kSend: return reaches_unix || (rules.handled_net & kConnectSendUdp) != 0;
    case When::kSignal: return (rules.scoped & kScopeSignal) != 0;
  }
  return true;
}

// Which arguments are worth asking for; none: all of them.
std::vector<Condition> worth_asking(std::string_view call) {
  // A destination is given.
  if (call == "sendto") return {{4, Compare::kNotEqual, false, 0, 0}};
  // SECCOMP_SET_MODE_FILTER with a listener, of which there can be one alone.
  if (call == "seccomp") return {{0, Compare::kEqual, true, SECCOMP_SET_MODE_FILTER, 0}, {1, Compare::kAnyBit, false, 0, SECCOMP_FILTER_FLAG_NEW_LISTENER}};
  return {};
}

PlannedCall asking(const PlannedCall& call, const std::vector<Condition>& conditions) {
  PlannedCall out{call.call, {}, call.otherwise};
  const auto add = [&](const CallRule& rule) {
    if (rule.action.kind != ActionKind::kAllow) return;
    CallRule asked{kAsk, rule.all_of};
    asked.all_of.insert(asked.all_of.end(), conditions.begin(), conditions.end());
    out.rules.push_back(std::move(asked));
  };
  for (const CallRule& rule : call.rules) {
    add(rule);
    if (rule.action.kind != ActionKind::kAllow || !conditions.empty()) out.rules.push_back(rule);
  }
  if (!conditions.empty()) add({call.otherwise, {}});
  else if (call.otherwise.kind == ActionKind::kAllow) out.otherwise = kAsk;
  return out;
}

Filter with_followed_calls(const Plan& plan, Filter filter, Following following) {
  for (const FollowedCall& followed : kFollowed) {
    if (following == Following::kHeld && !can_be_refused(plan, followed.when)) continue;
    const auto at = std::lower_bound(filter.calls.begin(), filter.calls.end(), followed.name, [](const PlannedCall& a, std::string_view b) { return a.call < b; });
    const bool planned = at != filter.calls.end() && at->call == followed.name;
    PlannedCall call = asking(planned ? *at : PlannedCall{followed.name, {}, filter.otherwise}, worth_asking(followed.name));
    if (planned) *at = std::move(call);
    else filter.calls.insert(at, std::move(call));
  }
  return filter;
}

bool is_return(const sock_filter& op) { return BPF_CLASS(op.code) == BPF_RET; }

}  // namespace

Result<FollowedFilter> followed_filter(const Plan& plan, Following following) {
  if (!plan.filter.used) return Error{"a followed run needs a kernel with seccomp filters"};
  FollowedFilter out;
  Result<std::vector<sock_filter>> truth = assemble(plan.filter);
  if (!truth) return truth.error();
  out.truth = std::move(*truth);
  Result<std::vector<sock_filter>> loaded = assemble(with_followed_calls(plan, plan.filter, following));
  if (!loaded) return Error{"a followed run: " + loaded.error().what};
  out.loaded = std::move(*loaded);
  for (sock_filter& op : out.loaded) {
    const std::uint32_t action = op.k & SECCOMP_RET_ACTION_FULL;
    if (!is_return(op) || action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG) continue;
    if (following == Following::kFree && action != SECCOMP_RET_ERRNO) op.k = SECCOMP_RET_USER_NOTIF;
    if (action != SECCOMP_RET_ERRNO) continue;
    const std::uint32_t error = op.k & SECCOMP_RET_DATA;
    const bool identity = error == kAnswerSome || error == kAnswerThis;
    // In the 32-bit table a followed call may close the multiplexer before it, with ENOSYS too.
    const bool absent = error == ENOSYS && !plan.filter.compat;
    if (following == Following::kFree ? !absent : !identity && !absent) op.k = SECCOMP_RET_USER_NOTIF;
  }
  return out;
}

std::uint32_t run_filter(std::span<const sock_filter> program, const seccomp_data& call) {
  std::uint32_t loaded = 0;
  for (std::size_t at = 0; at < program.size(); ++at) {
    const sock_filter& op = program[at];
    switch (op.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        if (op.k > sizeof call - sizeof loaded) return SECCOMP_RET_KILL_PROCESS;
        std::memcpy(&loaded, reinterpret_cast<const char*>(&call) + op.k, sizeof loaded);
        break;
      case BPF_ALU | BPF_AND | BPF_K: loaded &= op.k; break;
      case BPF_JMP | BPF_JA: at += op.k; break;
      case BPF_JMP | BPF_JEQ | BPF_K: at += loaded == op.k ? op.jt : op.jf; break;
      case BPF_JMP | BPF_JGT | BPF_K: at += loaded > op.k ? op.jt : op.jf; break;
      case BPF_JMP | BPF_JGE | BPF_K: at += loaded >= op.k ? op.jt : op.jf; break;
      case BPF_JMP | BPF_JSET | BPF_K: at += (loaded & op.k) != 0 ? op.jt : op.jf; break;
      case BPF_RET | BPF_K: return op.k;
      default: return SECCOMP_RET_KILL_PROCESS;
    }
  }
  return SECCOMP_RET_KILL_PROCESS;
}

}  // namespace landshim::command
