// SPDX-License-Identifier: MIT
#include "shim/layer.h"

namespace landshim {

namespace {

// Told apart from the policy and from each other; another policy has either by chance alone.
std::uint64_t layer_identity(std::uint64_t policy, Layer layer) { return policy ^ (layer == Layer::kReadonly ? 0x7265'6164'6f6e'6c79 : 0x6e6f'2d6e'6574'776b); }

// What leaves everything alone: written, where a default would not.
Policy open_policy(const Policy& policy, Origin origin) {
  Policy out;
  out.name = policy.name;
  // Their lines are told. The files themselves are in the care of the policy.
  for (const Source& source : policy.sources) out.sources.push_back({{}, source.shown, {}});
  out.unsupported = policy.unsupported;
  out.abi = policy.abi;
  out.compat = policy.compat;
  out.file_access.value = FileAccess::kAll;
  out.metadata = {Metadata::kAllow, origin};
  out.network = {NetworkAccess::kAll, origin};
  out.unix_sockets = {UnixAccess::kAllow, origin};
  for (Setting<Permission>* setting : {&out.abstract_unix, &out.signals, &out.sysv, &out.mqueue, &out.keyring}) setting->value = Permission::kAllow;
  out.call_profile.value = CallProfile::kNone;
  out.capabilities.value = Keep::kAll;
  return out;
}

}  // namespace

Policy layer_policy(const Policy& policy, const CommandRule& rule, Layer layer) {
  Policy out = open_policy(policy, rule.origin);
  out.identity = layer_identity(policy.identity, layer);
  if (layer == Layer::kReadonly) {
    out.mode = {Mode::kReadonly, rule.readonly.origin};
    out.file_access.value = FileAccess::kRules;
    out.metadata = {Metadata::kDeny, rule.readonly.origin};
  } else {
    // With what it says of UNIX sockets where nothing else does.
    out.network = {NetworkAccess::kNone, rule.no_network.origin};
    out.unix_sockets = {};
  }
  return out;
}

}  // namespace landshim
