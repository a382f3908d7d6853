// SPDX-License-Identifier: MIT
#include "config/accounts.h"

#include <algorithm>
#include <cerrno>
#include <optional>

#include "config/raw_call.h"
#include "config/values.h"

namespace landshim {

namespace {

constexpr std::uint64_t kHighestId = 0xffff'fffe;  // -1 means "leave it": setresuid(2)

// Field `index` of a line with colons.
std::string_view field(std::string_view line, int index) {
  for (; index > 0; --index) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return {};
    line.remove_prefix(colon + 1);
  }
  return line.substr(0, line.find(':'));
}

// Calls `use` for each line until it answers true.
template <class Use>
void each_line(std::string_view text, Use use) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (use(text.substr(0, end))) return;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

struct User {
  std::string name;
  std::uint32_t uid;
  std::optional<std::uint32_t> gid;
};

std::optional<std::uint32_t> id(std::string_view text) {
  const std::optional<std::uint64_t> value = whole_number(text, kHighestId);
  return value ? std::optional<std::uint32_t>(static_cast<std::uint32_t>(*value)) : std::nullopt;
}

std::optional<User> find_user(std::string_view passwd, std::string_view wanted) {
  std::optional<User> out;
  const std::optional<std::uint32_t> number = id(wanted);
  if (number) out = User{{}, *number, std::nullopt};
  each_line(passwd, [&](std::string_view line) {
    const std::optional<std::uint32_t> uid = id(field(line, 2));
    if (!uid || (number ? *uid != *number : field(line, 0) != wanted)) return false;
    out = User{std::string(field(line, 0)), *uid, id(field(line, 3))};
    return true;
  });
  return out;
}

std::optional<std::uint32_t> find_group(std::string_view group, std::string_view wanted) {
  if (const std::optional<std::uint32_t> number = id(wanted)) return number;
  std::optional<std::uint32_t> out;
  each_line(group, [&](std::string_view line) {
    if (field(line, 0) == wanted) out = id(field(line, 2));
    return out.has_value();
  });
  return out;
}

// As initgroups(3): the groups whose member list has the name.
std::vector<std::uint32_t> groups_of(std::string_view group, std::string_view name) {
  std::vector<std::uint32_t> out;
  each_line(group, [&](std::string_view line) {
    std::string_view members = field(line, 3);
    while (!members.empty()) {
      const std::size_t end = std::min(members.find(','), members.size());
      if (members.substr(0, end) == name)
        if (const std::optional<std::uint32_t> gid = id(field(line, 2))) out.push_back(*gid);
      members.remove_prefix(std::min(end + 1, members.size()));
    }
    return false;
  });
  return out;
}

Result<std::string> whole_file(const char* path) {
  const auto unreadable = [&](long result) { return Error{std::string(path) + " cannot be read; name accounts by number", {}, static_cast<int>(-result)}; };
  const int fd = raw_open(path, O_RDONLY);
  if (fd < 0) return unreadable(fd);
  std::string out;
  char buffer[4096];
  long got = 0;
  while ((got = raw_call(SYS_read, fd, buffer, sizeof buffer)) > 0 || got == -EINTR)
    if (got > 0) out.append(buffer, static_cast<std::size_t>(got));
  raw_close(fd);
  if (got < 0) return unreadable(got);
  return out;
}

}  // namespace

void find_accounts(Policy& policy, std::string_view passwd, std::string_view group, std::vector<Fault>& faults) {
  const auto fault = [&](Origin origin, const std::string& what) { faults.push_back({origin, what, 0}); };
  std::optional<User> user;
  if (policy.user.written()) {
    user = find_user(passwd, policy.user.value.text);
    if (!user) return fault(policy.user.origin, "user = " + policy.user.value.text + ": no such user in /etc/passwd; name it by number");
    policy.uid = {user->uid, policy.user.origin};
  }
  if (policy.group.written()) {
    const std::optional<std::uint32_t> gid = find_group(group, policy.group.value.text);
    if (!gid) return fault(policy.group.origin, "group = " + policy.group.value.text + ": no such group in /etc/group; name it by number");
    policy.gid = {*gid, policy.group.origin};
  } else if (user) {
    // To become a user and keep root's group would keep half of root.
    if (!user->gid) return fault(policy.user.origin, "user = " + policy.user.value.text + ": /etc/passwd does not know its group; write group as well");
    policy.gid = {*user->gid, policy.user.origin};
  }
  if (policy.groups_origin.written()) {
    for (const Account& account : policy.groups) {
      const std::optional<std::uint32_t> gid = find_group(group, account.text);
      if (!gid) return fault(policy.groups_origin, "groups = " + account.text + ": no such group in /etc/group; name it by number");
      policy.gids.value.push_back(*gid);
    }
    policy.gids.origin = policy.groups_origin;
  } else if (user) {
    policy.gids = {user->name.empty() ? std::vector<std::uint32_t>{} : groups_of(group, user->name), policy.user.origin};
  }
}

void find_accounts(Policy& policy, std::vector<Fault>& faults) {
  if (!policy.user.written() && !policy.group.written() && !policy.groups_origin.written()) return;
  const Result<std::string> passwd = whole_file("/etc/passwd");
  const Result<std::string> group = whole_file("/etc/group");
  for (const Result<std::string>* file : {&passwd, &group})
    if (!*file) return faults.push_back({policy.user.origin, file->error().what, file->error().os_error});
  find_accounts(policy, *passwd, *group, faults);
}

}  // namespace landshim
