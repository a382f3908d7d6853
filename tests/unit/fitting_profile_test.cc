// SPDX-License-Identifier: MIT
#include "shim/command/fitting_profile.h"

#include <catch2/catch.hpp>

#include "tests/support/world.h"

namespace landshim::command {
namespace {

using tests::contents;

std::string fitting(const std::string& path, Rights rights, std::vector<std::string> to_allow = {"[filesystem] read = /x"}) {
  Access access;
  access.files = {Wanted{.rights = rights, .path = path}};
  Verdict verdict;
  verdict.path = path;
  verdict.to_allow = std::move(to_allow);
  return std::string(fitting_profile(access, verdict).name);
}

TEST_CASE("a file that only one kind of work reads leads to the profile that grants it", "[profiles]") {
  for (const auto& [path, profile] : {std::pair<const char*, const char*>{"/etc/resolv.conf", "dns"}, {"/etc/hosts", "dns"}, {"/etc/services", "dns"}, {"/run/systemd/resolve", "dns"}, {"/etc/ssl/certs", "tls"},
                                      {"/etc/ssl/openssl.cnf", "tls"}, {"/usr/share/ca-certificates", "tls"}, {"/etc/passwd", "base"}, {"/etc/localtime", "base"}, {"/usr/share", "base"}}) {
    INFO(path);
    CHECK(fitting(path, kReadFile) == profile);
    CHECK(contents("config/profiles/" + std::string(profile) + ".ini").find("-" + std::string(path)) != std::string::npos);
    CHECK(fitting(path, kWriteFile).empty());
    CHECK(fitting("/srv" + std::string(path), kReadFile).empty());
  }
  CHECK(fitting("/etc/ssl/certs/one.pem", kReadFile) == "tls");
  CHECK(fitting("/usr/share/ca-certificates/one.pem", kReadFile) == "tls");
  CHECK(fitting("/etc/hosts-other", kReadFile).empty());
  CHECK(fitting("/etc/shadow", kReadFile).empty());
}

TEST_CASE("temporary files lead to tmp, where a line could grant it", "[profiles]") {
  CHECK(fitting("/tmp", kMakeReg | kWriteFile) == "tmp");
  CHECK(fitting("/tmp", kMakeReg | kWriteFile, {"[filesystem] read_write = /tmp", "[namespaces] private_tmp = yes"}).empty());
  CHECK(fitting("/tmp", kMakeReg | kWriteFile, {}).empty());
  CHECK(fitting("/tmp/mine", kMakeReg | kWriteFile).empty());
}

TEST_CASE("UDP to port 53 leads to dns, and what is allowed to nothing", "[profiles]") {
  Access access;
  access.net = kConnectSendUdp;
  access.port = 53;
  Verdict verdict;
  CHECK(fitting_profile(access, verdict).name == "dns");
  CHECK_FALSE(fitting_profile(access, verdict).purpose.empty());
  verdict.allowed = true;
  CHECK(fitting_profile(access, verdict).name.empty());
  verdict.allowed = false;
  access.net = kConnectTcp;
  CHECK(fitting_profile(access, verdict).name.empty());
  access.net = kConnectSendUdp;
  access.port = 54;
  CHECK(fitting_profile(access, verdict).name.empty());
}

}  // namespace
}  // namespace landshim::command
