// SPDX-License-Identifier: MIT
// Addresses, for the attempts and for the servers that they try to reach.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

#include "tests/escape/suite/attempts.h"

namespace landshim::escape {

Address loopback(Internet family, long port) {
  Address out;
  const std::uint16_t net_port = htons(static_cast<std::uint16_t>(port));
  if (family == Internet::kFour) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = net_port;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::memcpy(&out.storage, &to, out.size = sizeof to);
  } else {
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_port = net_port;
    inet_pton(AF_INET6, family == Internet::kSix ? "::1" : "::ffff:127.0.0.1", &to.sin6_addr);
    std::memcpy(&out.storage, &to, out.size = sizeof to);
  }
  return out;
}

Address local(const char* path) {
  Address out;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::strncpy(to.sun_path, path, sizeof to.sun_path - 1);
  out.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(to.sun_path) + (path[0] == '@' ? 0 : 1));
  if (path[0] == '@') to.sun_path[0] = '\0';
  std::memcpy(&out.storage, &to, sizeof to);
  return out;
}

}  // namespace landshim::escape
