// SPDX-License-Identifier: MIT
#include "config/interpret.h"

#include <algorithm>
#include <optional>
#include <span>

#include "config/call_line.h"
#include "config/command_rules.h"
#include "config/items.h"
#include "config/syscalls.h"
#include "config/values.h"

namespace landshim {

namespace {

template <class T>
struct Choice {
  char word[16];
  T value;
};

constexpr Choice<Mode> kModes[] = {{"strict", Mode::kStrict}, {"readonly", Mode::kReadonly}, {"workspace-write", Mode::kWorkspaceWrite}, {"full-access", Mode::kFullAccess}};
constexpr Choice<Unsupported> kUnsupportedChoices[] = {{"fail", Unsupported::kFail}, {"warn", Unsupported::kWarn}};
constexpr Choice<Runtime> kRuntimes[] = {{"none", Runtime::kNone}, {"program", Runtime::kProgram}, {"host", Runtime::kHost}};
constexpr Choice<FileAccess> kFileAccesses[] = {{"rules", FileAccess::kRules}, {"all", FileAccess::kAll}};
constexpr Choice<Metadata> kMetadataLevels[] = {{"deny", Metadata::kDeny}, {"modes", Metadata::kModes}, {"allow", Metadata::kAllow}};
constexpr Choice<NetworkAccess> kNetworkAccesses[] = {{"none", NetworkAccess::kNone}, {"rules", NetworkAccess::kRules}, {"all", NetworkAccess::kAll}};
constexpr Choice<Permission> kPermissions[] = {{"deny", Permission::kDeny}, {"allow", Permission::kAllow}};
constexpr Choice<UnixAccess> kUnixAccesses[] = {{"deny", UnixAccess::kDeny}, {"own", UnixAccess::kOwn}, {"allow", UnixAccess::kAllow}};
constexpr Choice<Memfd> kMemfds[] = {{"allow", Memfd::kAllow}, {"noexec", Memfd::kNoexec}, {"deny", Memfd::kDeny}};
constexpr Choice<bool> kYesNo[] = {{"yes", true}, {"no", false}};
constexpr Choice<LogFormat> kLogFormats[] = {{"json", LogFormat::kJson}, {"text", LogFormat::kText}};
constexpr Choice<LogLevel> kLogLevels[] = {{"distinct", LogLevel::kDistinct}, {"all", LogLevel::kAll}};
constexpr Choice<OnError> kOnErrors[] = {{"stop", OnError::kStop}, {"continue", OnError::kContinue}};
constexpr Choice<LogEvents> kLogEvents[] = {{"policy", kLogPolicy}, {"exec", kLogExec}, {"file", kLogFile}, {"network", kLogNetwork}, {"denial", kLogDenial}};
constexpr Choice<bool> kNoNetworkChoices[] = {{"none", true}};
constexpr Choice<bool> kReadonlyChoices[] = {{"readonly", true}};
constexpr Choice<CallProfile> kCallProfiles[] = {{"default", CallProfile::kDefault}, {"strict", CallProfile::kStrict}, {"none", CallProfile::kNone}};

class Interpreter {
 public:
  Interpreter(Policy& policy, std::vector<Fault>& faults) : policy_(policy), faults_(faults) {}

  void read(const Statement& statement) {
    at_ = &statement;
    if (statement.section == Section::kCommand && statement.key.empty()) return open_command();
    if (const KeyInfo* key = find_key(statement.section, statement.key)) {
      if (key->single && !first_in_file(*key)) return;
      return read_key(*key);
    }
    if (statement.section == Section::kSyscalls) return read_call();
    if (statement.section == Section::kFilesystem && find_right(statement.key)) return read_paths(*find_right(statement.key));
    unknown_key();
  }

 private:
  void read_key(const KeyInfo& key) {
    switch (key.key) {
      case Key::kVersion: return read_version();
      case Key::kName: return read_name();
      case Key::kInclude: return;  // load() has put the file's statements in its place
      case Key::kMode: return choose(policy_.mode, kModes);
      case Key::kWorkspace: return read_items(policy_.workspace, 0);
      case Key::kUnsupported: return choose(policy_.unsupported, kUnsupportedChoices);
      case Key::kAbi: return read_abi();
      case Key::kPaths: return read_paths(*find_right(key.word));
      case Key::kRuntime: return choose(policy_.runtime, kRuntimes);
      case Key::kAccess: return choose(policy_.file_access, kFileAccesses);
      case Key::kMetadata: return choose(policy_.metadata, kMetadataLevels);
      case Key::kNetworkAccess: return choose(policy_.network, kNetworkAccesses);
      case Key::kConnectTcpPorts: return read_ports(policy_.connect_tcp, 1);
      case Key::kBindTcpPorts: return read_ports(policy_.bind_tcp, 0);
      case Key::kUdp: return choose(policy_.udp, kPermissions);
      case Key::kConnectUdpPorts: return read_ports(policy_.connect_udp, 1);
      case Key::kBindUdpPorts: return read_ports(policy_.bind_udp, 0);
      case Key::kListen: return choose(policy_.listen, kPermissions);
      case Key::kUnix: return choose(policy_.unix_sockets, kUnixAccesses);
      case Key::kConnectUnix: return read_paths(kResolveUnix);
      case Key::kFamily: return choose(policy_.families[key.detail], kPermissions);
      case Key::kAbstractUnix: return choose(policy_.abstract_unix, kPermissions);
      case Key::kSignals: return choose(policy_.signals, kPermissions);
      case Key::kSysv: return choose(policy_.sysv, kPermissions);
      case Key::kMqueue: return choose(policy_.mqueue, kPermissions);
      case Key::kKeyring: return choose(policy_.keyring, kPermissions);
      case Key::kScheduling: return choose(policy_.scheduling, kPermissions);
      case Key::kProfile: return choose(policy_.call_profile, kCallProfiles);
      case Key::kDefault: return read_default();
      case Key::kArchitectures: return read_architectures();
      case Key::kCapabilities: return read_capabilities();
      case Key::kMemfd: return choose(policy_.memfd, kMemfds);
      case Key::kUser: return read_account(policy_.user);
      case Key::kGroup: return read_account(policy_.group);
      case Key::kGroups: return read_groups();
      case Key::kInheritFds: return read_descriptors();
      case Key::kUmask: return read_umask();
      case Key::kNice: return read_number(policy_.nice, -20, 19);
      case Key::kOomScoreAdj: return read_number(policy_.oom_score_adj, -1000, 1000);
      case Key::kDumpable: return choose(policy_.dumpable, kYesNo);
      case Key::kParentDeathSignal: return read_value(policy_.parent_death_signal, parse_signal);
      case Key::kWriteExecute: return choose(policy_.write_execute, kPermissions);
      case Key::kExecve: return choose(policy_.execve, kPermissions);
      case Key::kLimit: return read_limit(static_cast<Limit>(key.detail));
      case Key::kMemoryMax: return read_value(policy_.memory_max, parse_size);
      case Key::kCpuQuota: return read_value(policy_.cpu_quota, parse_percent);
      case Key::kTasksMax: return read_value(policy_.tasks_max, parse_count);
      case Key::kNamespace: return choose(policy_.namespaces[key.detail], kYesNo);
      case Key::kHide: return read_items(policy_.hide_items, 0);
      case Key::kPrivateTmp: return choose(policy_.private_tmp, kYesNo);
      case Key::kKeep: return read_variables(policy_.keep_variables, false);
      case Key::kUnset: return read_variables(policy_.unset_variables, false);
      case Key::kSet: return read_variables(policy_.set_variables, true);
      case Key::kAuditFile: return read_log_file();
      case Key::kAuditEvents: return read_log_events();
      case Key::kAuditFormat: return choose(policy_.log.format, kLogFormats);
      case Key::kAuditLevel: return choose(policy_.log.level, kLogLevels);
      case Key::kAuditOnError: return choose(policy_.log.on_error, kOnErrors);
      case Key::kExcept: return read_items(policy_.except_items, 0);
      case Key::kMatch: return read_match();
      case Key::kAction: return choose(rule().action, kPermissions);
      case Key::kNoNetwork: return choose(rule().no_network, kNoNetworkChoices);
      case Key::kReadonlyFiles: return choose(rule().readonly, kReadonlyChoices);
      case Key::kDestructive: return choose(rule().destructive, kYesNo);
    }
  }

  // Across files the later value wins; within one file two values contradict each other.
  bool first_in_file(const KeyInfo& key) {
    for (const Seen& seen : seen_) {
      if (seen.key != &key || seen.origin.file != at_->origin.file) continue;
      fault(at_->key + " was given already, in line " + std::to_string(seen.origin.line) + "; keep one of the two lines");
      return false;
    }
    seen_.push_back({&key, at_->origin});
    return true;
  }

  template <class T, std::size_t N>
  void choose(Setting<T>& setting, const Choice<T> (&choices)[N]) {
    Result<std::string> word = single_item(at_->value);
    if (!word) return fault(at_->key + ": " + word.error().what);
    for (const Choice<T>& choice : choices) {
      if (*word != choice.word) continue;
      setting = {choice.value, at_->origin};
      return;
    }
    not_among(*word, choices);
  }

  template <class T, std::size_t N>
  void not_among(const std::string& word, const Choice<T> (&choices)[N]) {
    std::string what = at_->key + " = " + word + ": expected ";
    Nearest nearest(word);
    for (std::size_t i = 0; i < N; ++i) {
      what += (i == 0 ? "" : i + 1 == N ? " or " : ", ") + std::string(choices[i].word);
      nearest.offer(choices[i].word);
    }
    if (!nearest.best().empty()) what += "; did you mean '" + std::string(nearest.best()) + "'?";
    fault(std::move(what));
  }

  void read_version() {
    Result<std::string> word = single_item(at_->value);
    if (!word) return fault("version: " + word.error().what);
    const std::optional<std::uint64_t> number = whole_number(*word, 0xffff'ffff);
    if (!number || *number == 0) return fault("version = " + *word + ": expected 1");
    if (*number != 1) fault("version " + *word + " of the policy language needs a newer landshim; this one reads version 1");
  }

  void read_name() {
    Result<std::string> word = single_item(at_->value);
    if (!word) return fault("name: " + word.error().what);
    policy_.name = {std::move(*word), at_->origin};
  }

  void read_abi() {
    Result<std::string> word = single_item(at_->value);
    if (!word) return fault("abi: " + word.error().what);
    if (*word == "auto") {
      policy_.abi = {0, at_->origin};
      return;
    }
    const std::optional<std::uint64_t> number = whole_number(*word, kHighestAbi);
    if (!number || *number == 0) return fault("abi = " + *word + ": expected auto, or a Landlock ABI from 1 to " + std::to_string(kHighestAbi));
    policy_.abi = {static_cast<int>(*number), at_->origin};
  }

  void read_paths(Rights rights) {
    if (rights == kResolveUnix && !policy_.connect_unix.written()) policy_.connect_unix = at_->origin;
    read_items(policy_.path_items, rights);
  }

  void read_items(std::vector<PathItem>& out, Rights rights) {
    Result<std::vector<std::string>> list = items(at_->value);
    if (!list) return fault(at_->key + ": " + list.error().what);
    for (std::string& item : *list) {
      if (out.size() == kMaxPathRules) return fault("more than " + std::to_string(kMaxPathRules) + " paths; grant a directory instead of its files");
      out.push_back({std::move(item), rights, at_->key, at_->origin});
    }
  }

  void read_ports(Ports& ports, std::uint64_t lowest) {
    if (!ports.written()) ports.origin = at_->origin;
    if (at_->value.empty()) return;  // none
    Result<std::vector<std::string>> list = items(at_->value);
    if (!list) return fault(at_->key + ": " + list.error().what);
    for (const std::string& item : *list) {
      if (item == "*") {
        ports.any = true;
        continue;
      }
      const std::string_view text = item;
      const std::size_t dash = text.find('-');
      const std::optional<std::uint64_t> first = whole_number(text.substr(0, dash), 65535);
      const std::optional<std::uint64_t> last = dash == std::string_view::npos ? first : whole_number(text.substr(dash + 1), 65535);
      if (!first || !last || *first < lowest || *first > *last) {
        fault(at_->key + " = " + item + ": expected a port from " + std::to_string(lowest) + " to 65535, a range such as 8000-8010, or *");
        continue;
      }
      ports_ += *last - *first + 1;
      if (ports_ > kMaxPorts) return fault(at_->key + ": more than " + std::to_string(kMaxPorts) + " ports; write * for any port");
      ports.ranges.push_back({static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last), at_->origin});
    }
  }

  // One item, read by `parse`.
  template <class T>
  void read_value(Setting<T>& setting, Result<T> (*parse)(std::string_view)) {
    Result<std::string> word = single_item(at_->value);
    if (!word) return fault(at_->key + ": " + word.error().what);
    Result<T> value = parse(*word);
    if (!value) return fault(at_->key + " = " + value.error().what);
    setting = {*value, at_->origin};
  }

  void read_number(Setting<int>& setting, int lowest, int highest) {
    Result<std::string> word = single_item(at_->value);
    if (!word) return fault(at_->key + ": " + word.error().what);
    const bool negative = word->starts_with('-');
    const std::optional<std::uint64_t> size = whole_number(std::string_view(*word).substr(negative ? 1 : 0), 100'000);
    const int value = size ? (negative ? -static_cast<int>(*size) : static_cast<int>(*size)) : 0;
    if (!size || value < lowest || value > highest)
      return fault(at_->key + " = " + *word + ": expected a number from " + std::to_string(lowest) + " to " + std::to_string(highest));
    setting = {value, at_->origin};
  }

  void read_umask() {
    Result<std::string> word = single_item(at_->value);
    if (!word) return fault("umask: " + word.error().what);
    int value = 0;
    for (const char c : *word) value = c < '0' || c > '7' || value > 0777 ? 01000 : value * 8 + (c - '0');
    if (value > 0777) return fault("umask = " + *word + ": expected an octal number from 0 to 777");
    policy_.umask = {value, at_->origin};
  }

  void read_limit(Limit limit) {
    Setting<std::uint64_t>& setting = policy_.limits[static_cast<std::size_t>(limit)];
    switch (limit) {
      case Limit::kAddressSpace:
      case Limit::kData:
      case Limit::kStack:
      case Limit::kFileSize:
      case Limit::kCore:
      case Limit::kLockedMemory: return read_value(setting, parse_size);
      case Limit::kCpuTime: return read_value(setting, parse_duration);
      case Limit::kOpenFiles:
      case Limit::kProcesses: return read_value(setting, parse_count);
    }
  }

  void read_capabilities() {
    Result<std::vector<std::string>> list = items(at_->value);
    if (!list) return fault("capabilities: " + list.error().what);
    const std::string& first = list->front();
    if (list->size() == 1 && (first == "none" || first == "all")) {
      policy_.capabilities = {first == "none" ? Keep::kNone : Keep::kAll, at_->origin};
      return;
    }
    std::uint64_t kept = 0;
    for (const std::string& item : *list) {
      const std::optional<int> number = find_capability(item);
      if (!number) {
        Nearest nearest(item);
        for (int i = 0; i < kCapabilityCount; ++i) nearest.offer(capability_name(i));
        return fault("capabilities = " + item + ": expected none, all, or capabilities such as net_bind_service" +
                     (nearest.best().empty() ? "" : "; did you mean '" + std::string(nearest.best()) + "'?"));
      }
      kept |= std::uint64_t{1} << *number;
    }
    policy_.capabilities = {Keep::kListed, at_->origin};
    policy_.kept_capabilities = kept;
  }

  void read_account(Setting<Account>& setting) {
    Result<std::string> word = single_item(at_->value);
    if (!word) return fault(at_->key + ": " + word.error().what);
    setting = {{std::move(*word)}, at_->origin};
  }

  void read_groups() {
    Result<std::vector<std::string>> list = items(at_->value);
    if (!list) return fault("groups: " + list.error().what);
    policy_.groups.clear();
    for (std::string& item : *list) policy_.groups.push_back({std::move(item)});
    policy_.groups_origin = at_->origin;
  }

  void read_descriptors() {
    Result<std::vector<std::string>> list = items(at_->value);
    if (!list) return fault("inherit_fds: " + list.error().what);
    policy_.inherit_fds.clear();
    policy_.inherit_fds_origin = {};
    if (list->size() == 1 && list->front() == "all") return;
    for (const std::string& item : *list) {
      Result<DescriptorRange> range = parse_descriptors(item);
      if (!range) return fault("inherit_fds = " + range.error().what + ", or all");
      policy_.inherit_fds.push_back(*range);
    }
    policy_.inherit_fds_origin = at_->origin;
  }

  void read_variables(std::vector<VariableItem>& out, bool with_value) {
    Result<std::vector<std::string>> list = items(at_->value);
    if (!list) return fault(at_->key + ": " + list.error().what);
    for (std::string& item : *list) {
      const std::size_t equals = item.find('=');
      if (with_value ? equals == std::string::npos || equals == 0 : equals != std::string::npos) {
        fault(at_->key + " = " + item + (with_value ? ": expected NAME=value" : ": expected the name of a variable, or a pattern"));
        continue;
      }
      if (out.size() == kMaxPathRules) return fault(at_->key + ": too many variables");
      out.push_back({std::move(item), at_->origin});
    }
  }

  void read_log_file() {
    Result<std::string> word = single_item(at_->value);
    if (!word) return fault("file: " + word.error().what);
    Log& log = policy_.log;
    log.to = *word == "stderr" ? LogTo::kStandardError : *word == "syslog" ? LogTo::kSyslog : LogTo::kFile;
    if (word->starts_with("fd:")) {
      const std::optional<std::uint64_t> number = whole_number(std::string_view(*word).substr(3), 1'000'000);
      if (!number) return fault("file = " + *word + ": expected the number of an open descriptor, such as fd:3");
      log.to = LogTo::kDescriptor;
      log.descriptor = static_cast<int>(*number);
    }
    log.file = {std::move(*word), at_->origin};
  }

  void read_log_events() {
    Result<std::vector<std::string>> list = items(at_->value);
    if (!list) return fault("events: " + list.error().what);
    LogEvents events = 0;
    for (const std::string& item : *list) {
      LogEvents one = 0;
      for (const Choice<LogEvents>& choice : kLogEvents)
        if (item == choice.word) one = choice.value;
      if (one == 0) return not_among(item, kLogEvents);
      events |= one;
    }
    policy_.log.events = {events, at_->origin};
  }

  // Each rule has keys of its own.
  void open_command() {
    std::erase_if(seen_, [](const Seen& seen) { return seen.key->section == Section::kCommand; });
    for (const CommandRule& rule : policy_.commands) {
      if (rule.name != at_->value) continue;
      fault("[command " + at_->value + "] stands in " + (rule.origin.file == at_->origin.file ? "line " + std::to_string(rule.origin.line) : where(policy_, rule.origin)) + " already; give one of the two another name");
      break;
    }
    if (policy_.commands.size() == kMaxCommands) return fault("more than " + std::to_string(kMaxCommands) + " sections [command NAME]; join expressions with |");
    policy_.commands.emplace_back();
    policy_.commands.back().name = at_->value;
    policy_.commands.back().origin = at_->origin;
  }

  CommandRule& rule() {
    policy_.commands.back().does = true;
    return policy_.commands.back();
  }

  // As it stands: an expression has signs of its own.
  void read_match() {
    Setting<std::string>& match = policy_.commands.back().match;
    match.origin = at_->origin;
    if (const std::string why = expression_fault(at_->value); !why.empty()) return fault("match = " + at_->value + ": " + why);
    match.value = at_->value;
  }

  void read_default() {
    Result<Action> action = parse_action(at_->value);
    if (!action) return fault("default: " + action.error().what);
    if (action->kind != ActionKind::kAllow && action->kind != ActionKind::kDeny && action->kind != ActionKind::kKill)
      return fault("default: expected allow, deny, deny ERRNO or kill");
    policy_.call_default = {*action, at_->origin};
  }

  void read_architectures() {
    Result<std::vector<std::string>> list = items(at_->value);
    if (!list) return fault("architectures: " + list.error().what);
    bool native = false;
    bool compat = false;
    for (const std::string& item : *list) {
      if (item == "native") native = true;
      else if (item == "compat") compat = true;
      else return fault("architectures = " + item + ": expected native, or native, compat");
    }
    if (!native) return fault("architectures: native is always among them; write native, compat");
    policy_.compat = {compat, at_->origin};
  }

  void read_call() {
    std::string_view word = at_->key;
    const bool missing_ok = word.starts_with('-');
    if (missing_ok) word.remove_prefix(1);
    std::vector<std::string_view> calls;
    if (word.starts_with('@')) calls = group_members(word);
    else if (find_syscall(word) != nullptr) calls.push_back(word);
    if (calls.empty()) return unknown_call(word);
    for (const std::string_view call : calls) {
      Result<CallLine> line = parse_call_line(call, at_->value);
      if (!line) return fault(std::string(word) + ": " + line.error().what);
      line->word = word;
      line->missing_ok = missing_ok || calls.size() > 1 || word.starts_with('@');
      line->origin = at_->origin;
      policy_.call_lines.push_back(std::move(*line));
    }
  }

  void unknown_call(std::string_view word) {
    Nearest nearest(word);
    if (word.starts_with('@')) {
      for (const std::string_view group : all_groups()) nearest.offer(group);
    } else {
      for (const SyscallName& call : all_syscalls()) nearest.offer(call.name);
      for (const KeyInfo& key : all_keys())
        if (key.section == Section::kSyscalls) nearest.offer(key.word);
    }
    std::string what = std::string(word) + (word.starts_with('@') ? ": no such group of system calls" : ": no such system call");
    if (!nearest.best().empty()) what += "; did you mean '" + std::string(nearest.best()) + "'?";
    fault(std::move(what));
  }

  void unknown_key() {
    std::string_view section;
    for (const SectionInfo& info : all_sections())
      if (info.section == at_->section) section = info.word;
    Nearest nearest(at_->key);
    std::string_view elsewhere;
    for (const KeyInfo& key : all_keys()) {
      if (key.section == at_->section) nearest.offer(key.word);
      else if (at_->key == key.word && (elsewhere.empty() || key.section != Section::kCommand))
        for (const SectionInfo& info : all_sections())
          if (info.section == key.section) elsewhere = key.section == Section::kCommand ? "command NAME" : info.word;
    }
    if (at_->section == Section::kFilesystem)
      for (const RightName& right : all_rights()) nearest.offer(right.word);
    else if (find_right(at_->key))
      elsewhere = "filesystem";
    const bool in_command = at_->section == Section::kCommand;
    std::string what = at_->key + ": no such key in [" + std::string(section) + (in_command ? " " + policy_.commands.back().name : "") + "]";
    if (in_command) what += ", which can only narrow";
    if (!elsewhere.empty()) what += "; it belongs to [" + std::string(elsewhere) + "]";
    else if (const std::string_view best = find_key(at_->section, own_word(at_->key)) != nullptr ? own_word(at_->key) : nearest.best(); !best.empty()) what += "; did you mean '" + std::string(best) + "'?";
    fault(std::move(what));
  }

  void fault(std::string what) { faults_.push_back({at_->origin, std::move(what), 0}); }

  struct Seen {
    const KeyInfo* key;
    Origin origin;
  };

  Policy& policy_;
  std::vector<Fault>& faults_;
  const Statement* at_ = nullptr;
  std::vector<Seen> seen_{};
  std::size_t ports_ = 0;
};

}  // namespace

void interpret(const std::vector<Statement>& statements, Policy& policy, std::vector<Fault>& faults) {
  policy.path_items.reserve(static_cast<std::size_t>(std::count_if(statements.begin(), statements.end(), [](const Statement& statement) { return statement.section == Section::kFilesystem; })));
  Interpreter interpreter(policy, faults);
  for (const Statement& statement : statements) interpreter.read(statement);
}

}  // namespace landshim
