// SPDX-License-Identifier: MIT
// Single values of [process], [limits], [namespaces] and [environment]: each word that is read, and those that are not.
#include "config/values.h"

#include <signal.h>

#include <catch2/catch.hpp>

#include "config/interpret.h"

namespace landshim {
namespace {

using Lines = std::vector<std::string>;

template <class T>
std::string wrong(const Result<T>& result) {
  return result ? "no fault" : result.error().what;
}

struct Read {
  Policy policy;
  Lines faults;  // "p.ini:LINE: what"
};

Read read(std::string_view text) {
  Read out;
  out.policy.sources.push_back({"/etc/p.ini", "p.ini", {}});
  std::vector<Fault> faults;
  interpret(parse(text, 0, faults), out.policy, faults);
  for (const Fault& fault : faults) out.faults.push_back("p.ini:" + std::to_string(fault.origin.line) + ": " + fault.what);
  return out;
}

Policy good(std::string_view text) {
  Read out = read(text);
  INFO(text);
  for (const std::string& fault : out.faults) FAIL_CHECK(fault);
  return std::move(out.policy);
}

Lines faults_of(const std::string& text) { return read(text).faults; }

const std::string kBinary[] = {"yes", "no"};

}  // namespace

TEST_CASE("a whole number is decimal digits and nothing else", "[values]") {
  CHECK(whole_number("0", 9) == 0);
  CHECK(whole_number("007", 9) == 7);
  CHECK(whole_number("9", 9) == 9);
  CHECK(whole_number("18446744073709551615", ~std::uint64_t{0}) == ~std::uint64_t{0});
  for (const char* text : {"", "10", "-1", "+1", " 1", "1 ", "0x1", "1.0", "one", "18446744073709551616"}) {
    INFO(text);
    CHECK_FALSE(whole_number(text, 9));
  }
}

TEST_CASE("a size is bytes, with K, M, G and T of 1024 and up to three digits behind a point", "[values]") {
  const std::pair<const char*, std::uint64_t> sizes[] = {
      {"0", 0},          {"1", 1},           {"4096", 4096},          {"64K", 65536},           {"1M", 1 << 20},
      {"1.5G", 3ULL << 29}, {"2T", 2ULL << 40}, {"0.5K", 512},           {"0.001K", 1},            {"1.125M", (1 << 20) + (1 << 17)},
      {"unlimited", kUnlimited}, {"4194304T", std::uint64_t{1} << 62}, {"4611686018427387904", std::uint64_t{1} << 62},
  };
  for (const auto& [text, bytes] : sizes) {
    INFO(text);
    const Result<std::uint64_t> size = parse_size(text);
    REQUIRE(size);
    CHECK(*size == bytes);
  }
  for (const char* text : {"", "K", "64k", "64KB", "64 K", "-1", "1.5", "1.5.5G", ".5G", "1.G", "1.2345G", "0x10", "many", "Unlimited", "4194305T", "4611686018427387905", "99999999999999999999"})
    CHECK(wrong(parse_size(text)) == std::string(text) + ": expected a size such as 64K, 1.5G or unlimited");
}

TEST_CASE("a time is seconds, minutes or hours", "[values]") {
  const std::pair<const char*, std::uint64_t> times[] = {{"90", 90}, {"90s", 90}, {"5m", 300}, {"2h", 7200}, {"0", 0}, {"unlimited", kUnlimited}};
  for (const auto& [text, seconds] : times) {
    INFO(text);
    const Result<std::uint64_t> time = parse_duration(text);
    REQUIRE(time);
    CHECK(*time == seconds);
  }
  for (const char* text : {"", "s", "1d", "1.5h", "-1s", "90 s", "5M", "1h30m", "2000000000000"})
    CHECK(wrong(parse_duration(text)) == std::string(text) + ": expected a time such as 90s, 5m, 2h or unlimited");
}

TEST_CASE("a count is a number or unlimited", "[values]") {
  CHECK(*parse_count("0") == 0);
  CHECK(*parse_count("1024") == 1024);
  CHECK(*parse_count("unlimited") == kUnlimited);
  for (const char* text : {"", "-1", "1K", "1.5", "all", "2000000000000"}) CHECK(wrong(parse_count(text)) == std::string(text) + ": expected a number or unlimited");
}

TEST_CASE("a share of a processor is a percentage above 0", "[values]") {
  CHECK(*parse_percent("1%") == 1);
  CHECK(*parse_percent("150%") == 150);
  for (const char* text : {"", "%", "150", "0%", "-1%", "1.5%", "150 %", "1000001%"}) CHECK(wrong(parse_percent(text)) == std::string(text) + ": expected a share of one processor such as 150%");
}

TEST_CASE("descriptors are one, or a range with both its ends", "[values]") {
  CHECK(*parse_descriptors("5") == DescriptorRange{5, 5});
  CHECK(*parse_descriptors("0-2") == DescriptorRange{0, 2});
  CHECK(*parse_descriptors("3-2147483647") == DescriptorRange{3, 0x7fff'ffff});
  for (const char* text : {"", "-", "5-3", "-1", "1-", "-2-3", "1-2-3", "a", "2147483648", "0 - 2"}) CHECK(wrong(parse_descriptors(text)) == std::string(text) + ": expected a descriptor or a range such as 0-2");
}

TEST_CASE("a signal has a name, with or without SIG, or a number", "[values]") {
  const std::pair<const char*, int> names[] = {{"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT}, {"ABRT", SIGABRT}, {"KILL", SIGKILL}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2},
                                               {"PIPE", SIGPIPE}, {"ALRM", SIGALRM}, {"TERM", SIGTERM}, {"CONT", SIGCONT}, {"STOP", SIGSTOP}, {"TSTP", SIGTSTP}};
  for (const auto& [name, number] : names) {
    INFO(name);
    CHECK(*parse_signal(name) == number);
    CHECK(*parse_signal("SIG" + std::string(name)) == number);
    CHECK(*parse_signal(std::to_string(number)) == number);
  }
  CHECK(*parse_signal("1") == 1);
  CHECK(*parse_signal("64") == 64);
  for (const char* text : {"", "0", "65", "-9", "term", "SIGNOTHING", "SIG"}) CHECK(wrong(parse_signal(text)) == std::string(text) + ": expected a signal such as SIGTERM or 15");
}

TEST_CASE("capabilities are found by name in any case, with or without cap_", "[values]") {
  CHECK(find_capability("chown") == 0);
  CHECK(find_capability("CAP_NET_BIND_SERVICE") == 10);
  CHECK(find_capability("cap_sys_admin") == 21);
  CHECK(find_capability("Checkpoint_Restore") == 40);
  for (const char* word : {"", "cap_", "cap_cap_chown", "cap chown", "sysadmin", "41"}) {
    INFO(word);
    CHECK_FALSE(find_capability(word));
  }
  for (int i = 0; i < kCapabilityCount; ++i) CHECK(find_capability(capability_name(i)) == i);
  CHECK(capability_name(-1).empty());
  CHECK(capability_name(kCapabilityCount).empty());
}

TEST_CASE("capabilities are none, all, or a list", "[values]") {
  CHECK(good("[policy]\n").capabilities == Setting<Keep>{Keep::kDefault, {}});
  CHECK(good("[process]\ncapabilities = none\n").capabilities == Setting<Keep>{Keep::kNone, {0, 2}});
  CHECK(good("[process]\ncapabilities = all\n").capabilities == Setting<Keep>{Keep::kAll, {0, 2}});
  const Policy listed = good("[process]\ncapabilities = chown, CAP_SETUID, net_bind_service\n");
  CHECK(listed.capabilities == Setting<Keep>{Keep::kListed, {0, 2}});
  CHECK(listed.kept_capabilities == (1ULL << 0 | 1ULL << 7 | 1ULL << 10));
  CHECK(faults_of("[process]\ncapabilities = net_bind_servce\n") ==
        Lines{"p.ini:2: capabilities = net_bind_servce: expected none, all, or capabilities such as net_bind_service; did you mean 'net_bind_service'?"});
  CHECK(faults_of("[process]\ncapabilities = chown, none\n") == Lines{"p.ini:2: capabilities = none: expected none, all, or capabilities such as net_bind_service"});
  CHECK(faults_of("[process]\ncapabilities = all, chown\n") == Lines{"p.ini:2: capabilities = all: expected none, all, or capabilities such as net_bind_service"});
  CHECK(faults_of("[process]\ncapabilities = 10\n") == Lines{"p.ini:2: capabilities = 10: expected none, all, or capabilities such as net_bind_service"});
  CHECK(faults_of("[process]\ncapabilities =\n") == Lines{"p.ini:2: capabilities: the value is empty; remove the line or give it a value"});
}

TEST_CASE("the choices of [process] take their words alone", "[values]") {
  CHECK(good("[process]\nmemfd = allow\n").memfd == Setting<Memfd>{Memfd::kAllow, {0, 2}});
  CHECK(good("[process]\nmemfd = noexec\n").memfd == Setting<Memfd>{Memfd::kNoexec, {0, 2}});
  CHECK(good("[process]\nmemfd = deny\n").memfd == Setting<Memfd>{Memfd::kDeny, {0, 2}});
  CHECK(faults_of("[process]\nmemfd = yes\n") == Lines{"p.ini:2: memfd = yes: expected allow, noexec or deny"});
  for (const auto& [key, setting] : {std::pair{"write_execute", &Policy::write_execute}, {"execve", &Policy::execve}}) {
    const std::string head = "[process]\n" + std::string(key) + " = ";
    CHECK((good("[policy]\n").*setting).value == Permission::kAllow);
    CHECK(good(head + "allow\n").*setting == Setting<Permission>{Permission::kAllow, {0, 2}});
    CHECK(good(head + "deny\n").*setting == Setting<Permission>{Permission::kDeny, {0, 2}});
    CHECK(faults_of(head + "no\n") == Lines{"p.ini:2: " + std::string(key) + " = no: expected deny or allow"});
    CHECK(faults_of(head + "dney\n") == Lines{"p.ini:2: " + std::string(key) + " = dney: expected deny or allow; did you mean 'deny'?"});
  }
  CHECK(good("[process]\ndumpable = yes\n").dumpable == Setting<bool>{true, {0, 2}});
  CHECK(good("[process]\ndumpable = no\n").dumpable == Setting<bool>{false, {0, 2}});
  CHECK(faults_of("[process]\ndumpable = 1\n") == Lines{"p.ini:2: dumpable = 1: expected yes or no"});
}

TEST_CASE("numbers of [process] have their bounds", "[values]") {
  const struct {
    const char* key;
    Setting<int> Policy::*setting;
    int lowest, highest;
  } rows[] = {{"nice", &Policy::nice, -20, 19}, {"oom_score_adj", &Policy::oom_score_adj, -1000, 1000}};
  for (const auto& row : rows) {
    const std::string head = "[process]\n" + std::string(row.key) + " = ";
    for (const int value : {row.lowest, -1, 0, 1, row.highest}) CHECK(good(head + std::to_string(value) + "\n").*row.setting == Setting<int>{value, {0, 2}});
    for (const std::string& text : {std::to_string(row.lowest - 1), std::to_string(row.highest + 1), std::string("--1"), std::string("+1"), std::string("-"), std::string("1.5"), std::string("high"), std::string("99999999999999999999")})
      CHECK(faults_of(head + text + "\n") == Lines{"p.ini:2: " + std::string(row.key) + " = " + text + ": expected a number from " + std::to_string(row.lowest) + " to " + std::to_string(row.highest)});
  }
}

TEST_CASE("umask is octal", "[values]") {
  const std::pair<const char*, int> masks[] = {{"0", 0}, {"077", 077}, {"22", 022}, {"777", 0777}, {"0027", 027}};
  for (const auto& [text, mask] : masks) CHECK(good("[process]\numask = " + std::string(text) + "\n").umask == Setting<int>{mask, {0, 2}});
  for (const char* text : {"888", "8", "1000", "7777", "-1", "0x1f", "rwx", "77777777777777777777777"})
    CHECK(faults_of("[process]\numask = " + std::string(text) + "\n") == Lines{"p.ini:2: umask = " + std::string(text) + ": expected an octal number from 0 to 777"});
}

TEST_CASE("parent_death_signal is a signal", "[values]") {
  CHECK(good("[process]\nparent_death_signal = SIGTERM\n").parent_death_signal == Setting<int>{SIGTERM, {0, 2}});
  CHECK(good("[process]\nparent_death_signal = 9\n").parent_death_signal == Setting<int>{9, {0, 2}});
  CHECK(faults_of("[process]\nparent_death_signal = no\n") == Lines{"p.ini:2: parent_death_signal = no: expected a signal such as SIGTERM or 15"});
}

TEST_CASE("inherit_fds is all, or the descriptors to keep", "[values]") {
  CHECK_FALSE(good("[process]\ninherit_fds = all\n").inherit_fds_origin.written());
  const Policy kept = good("[process]\ninherit_fds = 0-2, 5\n");
  CHECK(kept.inherit_fds == std::vector<DescriptorRange>{{0, 2}, {5, 5}});
  CHECK(kept.inherit_fds_origin == Origin{0, 2});
  CHECK(faults_of("[process]\ninherit_fds = none\n") == Lines{"p.ini:2: inherit_fds = none: expected a descriptor or a range such as 0-2, or all"});
  CHECK(faults_of("[process]\ninherit_fds = 0-2, all\n") == Lines{"p.ini:2: inherit_fds = all: expected a descriptor or a range such as 0-2, or all"});
  CHECK(faults_of("[process]\ninherit_fds = 5-3\n") == Lines{"p.ini:2: inherit_fds = 5-3: expected a descriptor or a range such as 0-2, or all"});
}

TEST_CASE("user, group and groups are kept as they are written", "[values]") {
  const Policy policy = good("[process]\nuser = nobody\ngroup = 65534\ngroups = audio, 7\n");
  CHECK(policy.user == Setting<Account>{{"nobody"}, {0, 2}});
  CHECK(policy.group == Setting<Account>{{"65534"}, {0, 3}});
  CHECK(policy.groups == std::vector<Account>{{"audio"}, {"7"}});
  CHECK(policy.groups_origin == Origin{0, 4});
}

TEST_CASE("each limit takes its kind of value", "[values]") {
  const struct {
    const char* key;
    Limit limit;
    const char* value;
    std::uint64_t number;
    const char* expected;
  } rows[] = {
      {"address_space", Limit::kAddressSpace, "1.5G", 3ULL << 29, "a size such as 64K, 1.5G or unlimited"},
      {"data", Limit::kData, "64K", 65536, "a size such as 64K, 1.5G or unlimited"},
      {"stack", Limit::kStack, "8M", 8 << 20, "a size such as 64K, 1.5G or unlimited"},
      {"file_size", Limit::kFileSize, "100", 100, "a size such as 64K, 1.5G or unlimited"},
      {"core", Limit::kCore, "0", 0, "a size such as 64K, 1.5G or unlimited"},
      {"locked_memory", Limit::kLockedMemory, "1T", 1ULL << 40, "a size such as 64K, 1.5G or unlimited"},
      {"cpu_time", Limit::kCpuTime, "5m", 300, "a time such as 90s, 5m, 2h or unlimited"},
      {"open_files", Limit::kOpenFiles, "64", 64, "a number or unlimited"},
      {"processes", Limit::kProcesses, "10", 10, "a number or unlimited"},
  };
  CHECK(std::size(rows) == kLimitCount);
  for (const auto& row : rows) {
    INFO(row.key);
    const auto at = static_cast<std::size_t>(row.limit);
    const std::string head = "[limits]\n" + std::string(row.key) + " = ";
    CHECK(good(head + row.value + "\n").limits[at] == Setting<std::uint64_t>{row.number, {0, 2}});
    CHECK(good(head + "unlimited\n").limits[at] == Setting<std::uint64_t>{kUnlimited, {0, 2}});
    CHECK(faults_of(head + "lots\n") == Lines{"p.ini:2: " + std::string(row.key) + " = lots: expected " + row.expected});
    CHECK(faults_of(head + "-1\n") == Lines{"p.ini:2: " + std::string(row.key) + " = -1: expected " + row.expected});
    CHECK(faults_of(head + row.value + "\n" + row.key + " = " + row.value + "\n") == Lines{"p.ini:3: " + std::string(row.key) + " was given already, in line 2; keep one of the two lines"});
  }
  CHECK(good("[limits]\nmemory_max = 1G\n").memory_max == Setting<std::uint64_t>{1 << 30, {0, 2}});
  CHECK(good("[limits]\ncpu_quota = 150%\n").cpu_quota == Setting<std::uint64_t>{150, {0, 2}});
  CHECK(good("[limits]\ntasks_max = 20\n").tasks_max == Setting<std::uint64_t>{20, {0, 2}});
  CHECK(faults_of("[limits]\nmemory_max = 1 GB\n") == Lines{"p.ini:2: memory_max = 1 GB: expected a size such as 64K, 1.5G or unlimited"});
  CHECK(faults_of("[limits]\ncpu_quota = 1.5\n") == Lines{"p.ini:2: cpu_quota = 1.5: expected a share of one processor such as 150%"});
  CHECK(faults_of("[limits]\ntasks_max = 20%\n") == Lines{"p.ini:2: tasks_max = 20%: expected a number or unlimited"});
  CHECK(faults_of("[limits]\nopen_file = 20\n") == Lines{"p.ini:2: open_file: no such key in [limits]; did you mean 'open_files'?"});
}

TEST_CASE("each namespace is yes or no", "[values]") {
  const std::pair<const char*, Namespace> names[] = {{"user", Namespace::kUser},   {"network", Namespace::kNetwork}, {"ipc", Namespace::kIpc},      {"uts", Namespace::kUts},
                                                     {"mount", Namespace::kMount}, {"pid", Namespace::kPid},         {"cgroup", Namespace::kCgroup}};
  CHECK(std::size(names) == kNamespaceCount);
  for (const auto& [key, which] : names) {
    INFO(key);
    const auto at = static_cast<std::size_t>(which);
    CHECK_FALSE(good("[policy]\n").namespaces[at].value);
    for (const std::string& word : kBinary) CHECK(good("[namespaces]\n" + std::string(key) + " = " + word + "\n").namespaces[at] == Setting<bool>{word == "yes", {0, 2}});
    CHECK(faults_of("[namespaces]\n" + std::string(key) + " = true\n") == Lines{"p.ini:2: " + std::string(key) + " = true: expected yes or no"});
  }
  for (const std::string& word : kBinary) CHECK(good("[namespaces]\nprivate_tmp = " + word + "\n").private_tmp == Setting<bool>{word == "yes", {0, 2}});
  CHECK(faults_of("[namespaces]\nprivate_tmp = /tmp\n") == Lines{"p.ini:2: private_tmp = /tmp: expected yes or no"});
  const Policy hidden = good("[namespaces]\nhide = /a, -/b\nhide = \"/c d\"\n");
  CHECK(hidden.hide_items == std::vector<PathItem>{{"/a", 0, "hide", {0, 2}}, {"-/b", 0, "hide", {0, 2}}, {"/c d", 0, "hide", {0, 3}}});
  CHECK(faults_of("[namespaces]\nnet = yes\n") == Lines{"p.ini:2: net: no such key in [namespaces]; did you mean 'network'?"});
}

TEST_CASE("variables are patterns to keep or unset, and names with values to set", "[values]") {
  const Policy policy = good("[environment]\nkeep = PATH, LC_*\nkeep = HOME\nunset = *_TOKEN\nset = A=1, \"B=x, y\", C=\nset = D=a=b\n");
  const auto texts = [](const std::vector<VariableItem>& items) {
    Lines out;
    for (const VariableItem& item : items) out.push_back(item.text);
    return out;
  };
  CHECK(texts(policy.keep_variables) == Lines{"PATH", "LC_*", "HOME"});
  CHECK(texts(policy.unset_variables) == Lines{"*_TOKEN"});
  CHECK(texts(policy.set_variables) == Lines{"A=1", "B=x, y", "C=", "D=a=b"});
  CHECK(policy.set_variables.back().origin == Origin{0, 6});
  CHECK(faults_of("[environment]\nset = A\n") == Lines{"p.ini:2: set = A: expected NAME=value"});
  CHECK(faults_of("[environment]\nset = =1\n") == Lines{"p.ini:2: set = =1: expected NAME=value"});
  CHECK(faults_of("[environment]\nkeep = A=1\n") == Lines{"p.ini:2: keep = A=1: expected the name of a variable, or a pattern"});
  CHECK(faults_of("[environment]\nunset = A=1\n") == Lines{"p.ini:2: unset = A=1: expected the name of a variable, or a pattern"});
}

}  // namespace landshim
