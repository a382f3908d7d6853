// SPDX-License-Identifier: MIT
// Documentation/admin-guide/LSM/landlock.rst. Texts that a program chooses stand in quotes, or in hexadecimal digits where
// they have a quote, a space or what is not ASCII: audit_log_untrustedstring().
#include "shim/command/kernel_records.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

namespace landshim::command {

namespace {

constexpr std::size_t kMaxFields = 64;

struct NetWord {
  char word[24];
  NetRights right;
};
constexpr NetWord kNetWords[] = {{"bind_tcp", kBindTcp}, {"connect_tcp", kConnectTcp}, {"bind_udp", kBindUdp}, {"connect_send_udp", kConnectSendUdp}};

template <class Number>
bool read_number(std::string_view text, Number& out, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  return error == std::errc() && end == text.data() + text.size();
}

// A number, and what has to stand behind it.
template <class Number>
bool cut_number(std::string_view& text, char behind, Number& out) {
  const std::size_t end = text.find(behind);
  if (end == text.npos || !read_number(text.substr(0, end), out)) return false;
  text.remove_prefix(end + 1);
  return true;
}

bool from_hex(std::string_view digits, std::string& out) {
  if (digits.empty() || digits.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    unsigned char byte = 0;
    if (!read_number(digits.substr(i, 2), byte, 16)) return false;
    out += static_cast<char>(byte);
  }
  return true;
}

// KEY=VALUE, separated by spaces; of a key that comes twice the first counts.
class Fields {
 public:
  explicit Fields(std::string_view text) {
    while (good_ && !text.empty()) {
      const std::size_t equals = text.find('=');
      const bool quoted = equals != text.npos && text.substr(equals + 1).starts_with('"');
      const std::size_t end = quoted ? text.find('"', equals + 2) : std::min(text.find(' '), text.size());
      good_ = equals != text.npos && end != text.npos && equals < end && all_.size() < kMaxFields;
      if (!good_) return;
      const std::size_t behind = quoted ? end + 1 : end;
      all_.emplace_back(text.substr(0, equals), text.substr(equals + 1, behind - equals - 1));
      text.remove_prefix(behind);
      good_ = text.empty() || text.front() == ' ';
      while (text.starts_with(' ')) text.remove_prefix(1);
    }
  }

  bool good() const { return good_; }

  // The value as it stands there.
  std::optional<std::string_view> raw(std::string_view key) const {
    const auto at = std::find_if(all_.begin(), all_.end(), [&](const auto& field) { return field.first == key; });
    return at == all_.end() ? std::nullopt : std::optional(at->second);
  }

  template <class Number>
  bool number(std::string_view key, Number& out, int base = 10) const {
    const std::optional<std::string_view> value = raw(key);
    return value && read_number(*value, out, base);
  }

  bool text(std::string_view key, std::string& out) const {
    const std::optional<std::string_view> value = raw(key);
    if (!value) return false;
    if (!value->starts_with('"')) return from_hex(*value, out);
    out = value->substr(1, value->size() - 2);
    return true;
  }

 private:
  std::vector<std::pair<std::string_view, std::string_view>> all_{};
  bool good_ = true;
};

// "fs.make_reg,fs.refer": a word that is not known is left in the text alone.
bool read_blockers(std::string_view list, KernelDenial& out) {
  if (list.empty() || list.front() == '"') return false;
  out.blockers = list;
  while (!list.empty()) {
    const std::string_view word = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), word.size() + 1));
    if (word.starts_with("fs.")) out.fs |= find_right(word.substr(3)).value_or(0);
    for (const NetWord& net : kNetWords)
      if (word.starts_with("net.") && word.substr(4) == net.word) out.net |= net.right;
    if (word == "scope.abstract_unix_socket") out.scopes |= kScopeAbstractUnix;
    if (word == "scope.signal") out.scopes |= kScopeSignal;
  }
  return true;
}

std::optional<KernelDenial> denial_of(const Fields& fields) {
  KernelDenial out;
  const std::optional<std::string_view> blockers = fields.raw("blockers");
  if (!fields.number("domain", out.domain, 16) || !blockers || !read_blockers(*blockers, out)) return std::nullopt;
  if (fields.raw("path") && !fields.text("path", out.path)) return std::nullopt;
  // Mounts are named by their name alone.
  if (!fields.raw("path") && fields.raw("name") && !fields.text("name", out.path)) return std::nullopt;
  if (out.scopes != 0) std::replace(out.path.begin(), out.path.end(), '\0', '@');
  if (fields.raw("ino") && !fields.number("ino", out.inode)) return std::nullopt;
  const char* const port = (out.net & (kBindTcp | kBindUdp)) != 0 ? "src" : "dest";
  if (out.net != 0 && fields.raw(port) && !fields.number(port, out.port)) return std::nullopt;
  if (fields.raw("opid") && !fields.number("opid", out.process)) return std::nullopt;
  return out;
}

std::optional<KernelDomain> domain_of(const Fields& fields) {
  KernelDomain out;
  if (fields.raw("status") != "allocated" || !fields.number("domain", out.domain, 16) || !fields.number("pid", out.process) || !fields.text("exe", out.program)) return std::nullopt;
  return out;
}

std::optional<KernelCall> call_of(const Fields& fields) {
  KernelCall out;
  if (!fields.number("arch", out.arch, 16) || !fields.number("syscall", out.number) || !fields.number("pid", out.process)) return std::nullopt;
  int result = 0;
  if (fields.raw("success") == "no" && fields.number("exit", result) && result < 0 && result > -4096) out.error = -result;
  // A process without a program has "(null)".
  if (!fields.text("exe", out.program)) out.program.clear();
  return out;
}

template <class Told>
std::optional<KernelRecord> whole(KernelRecord record, std::optional<Told> told) {
  if (!told) return std::nullopt;
  record.of = std::move(*told);
  return record;
}

}  // namespace

std::optional<KernelRecord> parse_record(int type, std::string_view text) {
  // audit(SECONDS.MILLISECONDS:SERIAL): KEY=VALUE ...
  constexpr std::string_view kBegin = "audit(";
  constexpr std::int64_t kLatest = 1'000'000'000'000;
  KernelRecord record;
  std::int64_t seconds = 0;
  if (!text.starts_with(kBegin)) return std::nullopt;
  text.remove_prefix(kBegin.size());
  if (!cut_number(text, '.', seconds) || !cut_number(text, ':', record.milliseconds) || !cut_number(text, ')', record.serial) || !text.starts_with(": ")) return std::nullopt;
  if (seconds < 0 || seconds > kLatest || record.milliseconds < 0 || record.milliseconds > 999) return std::nullopt;
  record.milliseconds += seconds * 1000;
  // With its zero, or without.
  const Fields fields(text.substr(2, text.find('\0') == text.npos ? text.npos : text.find('\0') - 2));
  if (!fields.good()) return std::nullopt;
  switch (type) {
    case kCallRecord: return whole(record, call_of(fields));
    case kDenialRecord: return whole(record, denial_of(fields));
    case kDomainRecord: return whole(record, domain_of(fields));
    default: return std::nullopt;
  }
}

}  // namespace landshim::command
