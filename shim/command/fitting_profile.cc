// SPDX-License-Identifier: MIT
#include "shim/command/fitting_profile.h"

#include <algorithm>

namespace landshim::command {

namespace {

struct Fitting {
  const char* path;
  const char* profile;
};

// Files whose reading tells what a program is about to do. Each is in its profile.
constexpr Fitting kTelling[] = {
    {"/etc/resolv.conf", "dns"}, {"/etc/hosts", "dns"}, {"/etc/host.conf", "dns"}, {"/etc/gai.conf", "dns"}, {"/etc/services", "dns"}, {"/run/systemd/resolve", "dns"},
    {"/etc/ssl/certs", "tls"}, {"/etc/ssl/openssl.cnf", "tls"}, {"/usr/share/ca-certificates", "tls"}, {"/etc/ca-certificates", "tls"},
    {"/etc/passwd", "base"}, {"/etc/group", "base"}, {"/etc/localtime", "base"}, {"/usr/share", "base"},
};

constexpr FittingProfile kPurposes[] = {{"dns", "for looking up names, over TCP"}, {"tls", "for checking certificates"}, {"base", "for what most programs read"}, {"tmp", "for temporary files"}};

bool beneath(std::string_view path, std::string_view directory) { return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/'); }

std::string_view profile_for(const Access& access, const Verdict& verdict) {
  constexpr std::uint16_t kDomain = 53;
  if (access.net == kConnectSendUdp && access.port == kDomain) return "dns";
  const auto refused = std::find_if(access.files.begin(), access.files.end(), [&](const Wanted& wanted) { return wanted.path == verdict.path; });
  if (verdict.path.empty() || refused == access.files.end()) return {};
  // Where no line could grant it, neither would the profile.
  if (refused->path == "/tmp" && (refused->rights & kChanging) != 0) return verdict.to_allow.size() == 1 ? "tmp" : "";
  if ((refused->rights & ~kRead) != 0) return {};
  for (const Fitting& one : kTelling)
    if (beneath(refused->path, one.path)) return one.profile;
  return {};
}

}  // namespace

FittingProfile fitting_profile(const Access& access, const Verdict& verdict) {
  const std::string_view name = verdict.allowed ? std::string_view() : profile_for(access, verdict);
  for (const FittingProfile& one : kPurposes)
    if (one.name == name) return one;
  return {};
}

}  // namespace landshim::command
