// SPDX-License-Identifier: MIT
#include "config/interpret.h"

#include <charconv>
#include <optional>
#include <span>

#include "config/call_line.h"
#include "config/items.h"
#include "config/syscalls.h"

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
constexpr Choice<CallProfile> kCallProfiles[] = {{"default", CallProfile::kDefault}, {"strict", CallProfile::kStrict}, {"none", CallProfile::kNone}};

std::optional<unsigned> whole_number(std::string_view text, unsigned highest) {
  unsigned value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || value > highest) return std::nullopt;
  return value;
}

class Interpreter {
 public:
  Interpreter(Policy& policy, std::vector<Fault>& faults) : policy_(policy), faults_(faults) {}

  void read(const Statement& statement) {
    at_ = &statement;
    if (const KeyInfo* key = find_key(statement.section, statement.key)) {
      if (key->key == Key::kLater) return fault(statement.key + " is not in this version of landshim; remove the line");
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
      case Key::kConnectTcp: return read_ports(policy_.connect_tcp, 1);
      case Key::kBindTcp: return read_ports(policy_.bind_tcp, 0);
      case Key::kUdp: return choose(policy_.udp, kPermissions);
      case Key::kConnectUdp: return read_ports(policy_.connect_udp, 1);
      case Key::kBindUdp: return read_ports(policy_.bind_udp, 0);
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
      case Key::kLater: return;
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
    std::string what = at_->key + " = " + *word + ": expected ";
    Nearest nearest(*word);
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
    const std::optional<unsigned> number = whole_number(*word, 0xffff'ffff);
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
    const std::optional<unsigned> number = whole_number(*word, kHighestAbi);
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

  void read_ports(Ports& ports, unsigned lowest) {
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
      const std::optional<unsigned> first = whole_number(text.substr(0, dash), 65535);
      const std::optional<unsigned> last = dash == std::string_view::npos ? first : whole_number(text.substr(dash + 1), 65535);
      if (!first || !last || *first < lowest || *first > *last) {
        fault(at_->key + " = " + item + ": expected a port from " + std::to_string(lowest) + " to 65535, a range such as 8000-8010, or *");
        continue;
      }
      ports_ += *last - *first + 1;
      if (ports_ > kMaxPorts) return fault(at_->key + ": more than " + std::to_string(kMaxPorts) + " ports; write * for any port");
      ports.ranges.push_back({static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last), at_->origin});
    }
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
      else if (at_->key == key.word)
        for (const SectionInfo& info : all_sections())
          if (info.section == key.section) elsewhere = info.word;
    }
    if (at_->section == Section::kFilesystem)
      for (const RightName& right : all_rights()) nearest.offer(right.word);
    else if (find_right(at_->key))
      elsewhere = "filesystem";
    std::string what = at_->key + ": no such key in [" + std::string(section) + "]";
    if (!elsewhere.empty()) what += "; it belongs to [" + std::string(elsewhere) + "]";
    else if (!nearest.best().empty()) what += "; did you mean '" + std::string(nearest.best()) + "'?";
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
  Interpreter interpreter(policy, faults);
  for (const Statement& statement : statements) interpreter.read(statement);
}

}  // namespace landshim
