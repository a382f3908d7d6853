// SPDX-License-Identifier: MIT
#include "config/values.h"

#include <signal.h>

#include <charconv>

#include "config/keys.h"

namespace landshim {

namespace {

// <linux/capability.h>, by number.
constexpr char kCapabilityNames[kCapabilityCount][20] = {
    "chown",       "dac_override",  "dac_read_search", "fowner",         "fsetid",        "kill",          "setgid",
    "setuid",      "setpcap",       "linux_immutable", "net_bind_service", "net_broadcast", "net_admin",   "net_raw",
    "ipc_lock",    "ipc_owner",     "sys_module",      "sys_rawio",      "sys_chroot",    "sys_ptrace",    "sys_pacct",
    "sys_admin",   "sys_boot",      "sys_nice",        "sys_resource",   "sys_time",      "sys_tty_config", "mknod",
    "lease",       "audit_write",   "audit_control",   "setfcap",        "mac_override",  "mac_admin",     "syslog",
    "wake_alarm",  "block_suspend", "audit_read",      "perfmon",        "bpf",           "checkpoint_restore",
};

struct SignalName {
  char name[8];
  int number;
};
constexpr SignalName kSignals[] = {
    {"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT}, {"ABRT", SIGABRT}, {"KILL", SIGKILL}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2},
    {"PIPE", SIGPIPE}, {"ALRM", SIGALRM}, {"TERM", SIGTERM}, {"CONT", SIGCONT}, {"STOP", SIGSTOP}, {"TSTP", SIGTSTP},
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

Error not_a(std::string_view text, const char* expected) { return Error{std::string(text) + ": expected " + expected}; }

}  // namespace

std::optional<std::uint64_t> whole_number(std::string_view text, std::uint64_t highest) {
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || value > highest) return std::nullopt;
  return value;
}

Result<std::uint64_t> parse_size(std::string_view text) {
  constexpr const char* kExpected = "a size such as 64K, 1.5G or unlimited";
  if (text == "unlimited") return kUnlimited;
  unsigned shift = 0;
  std::string_view digits = text;
  if (!digits.empty()) {
    switch (digits.back()) {
      case 'K': shift = 10; break;
      case 'M': shift = 20; break;
      case 'G': shift = 30; break;
      case 'T': shift = 40; break;
      default: break;
    }
    if (shift != 0) digits.remove_suffix(1);
  }
  const std::size_t point = digits.find('.');
  const std::optional<std::uint64_t> whole = whole_number(digits.substr(0, point), (std::uint64_t{1} << 62) >> shift);
  if (!whole) return not_a(text, kExpected);
  std::uint64_t bytes = *whole << shift;
  if (point == std::string_view::npos) return bytes;
  // Three digits are as fine as anyone writes; 1.5 of a byte means nothing.
  const std::string_view fraction = digits.substr(point + 1);
  const std::optional<std::uint64_t> parts = whole_number(fraction, 999);
  if (!parts || fraction.size() > 3 || shift == 0) return not_a(text, kExpected);
  std::uint64_t scale = 1;
  for (std::size_t i = 0; i < fraction.size(); ++i) scale *= 10;
  return bytes + ((*parts << shift) / scale);
}

Result<std::uint64_t> parse_duration(std::string_view text) {
  constexpr const char* kExpected = "a time such as 90s, 5m, 2h or unlimited";
  if (text == "unlimited") return kUnlimited;
  std::uint64_t unit = 1;
  std::string_view digits = text;
  if (!digits.empty() && (digits.back() == 's' || digits.back() == 'm' || digits.back() == 'h')) {
    unit = digits.back() == 's' ? 1 : digits.back() == 'm' ? 60 : 3600;
    digits.remove_suffix(1);
  }
  const std::optional<std::uint64_t> number = whole_number(digits, std::uint64_t{1} << 40);
  if (!number) return not_a(text, kExpected);
  return *number * unit;
}

Result<std::uint64_t> parse_count(std::string_view text) {
  if (text == "unlimited") return kUnlimited;
  const std::optional<std::uint64_t> number = whole_number(text, std::uint64_t{1} << 40);
  if (!number) return not_a(text, "a number or unlimited");
  return *number;
}

Result<std::uint64_t> parse_percent(std::string_view text) {
  const std::optional<std::uint64_t> number = text.ends_with('%') ? whole_number(text.substr(0, text.size() - 1), 1'000'000) : std::nullopt;
  if (!number || *number == 0) return not_a(text, "a share of one processor such as 150%");
  return *number;
}

Result<DescriptorRange> parse_descriptors(std::string_view text) {
  constexpr std::uint64_t kHighest = 0x7fff'ffff;
  const std::size_t dash = text.find('-');
  const std::optional<std::uint64_t> first = whole_number(text.substr(0, dash), kHighest);
  const std::optional<std::uint64_t> last = dash == std::string_view::npos ? first : whole_number(text.substr(dash + 1), kHighest);
  if (!first || !last || *first > *last) return not_a(text, "a descriptor or a range such as 0-2");
  return DescriptorRange{static_cast<std::uint32_t>(*first), static_cast<std::uint32_t>(*last)};
}

Result<int> parse_signal(std::string_view text) {
  if (const std::optional<std::uint64_t> number = whole_number(text, 64); number && *number > 0) return static_cast<int>(*number);
  const std::string_view name = text.starts_with("SIG") ? text.substr(3) : text;
  for (const SignalName& row : kSignals)
    if (name == row.name) return row.number;
  return not_a(text, "a signal such as SIGTERM or 15");
}

std::optional<int> find_capability(std::string_view word) {
  std::string name;
  for (const char c : word) name += lower(c);
  const std::string_view bare = std::string_view(name).starts_with("cap_") ? std::string_view(name).substr(4) : std::string_view(name);
  for (int i = 0; i < kCapabilityCount; ++i)
    if (bare == kCapabilityNames[i]) return i;
  return std::nullopt;
}

std::string_view capability_name(int number) { return number >= 0 && number < kCapabilityCount ? kCapabilityNames[number] : ""; }

}  // namespace landshim
