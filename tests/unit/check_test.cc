// SPDX-License-Identifier: MIT
// Contradictions inside a policy: each names both lines, and what does not contradict is left alone.
#include "config/check.h"

#include <catch2/catch.hpp>

#include "config/interpret.h"

namespace landshim {
namespace {

using Lines = std::vector<std::string>;

// "LINE: what" of every fault that check() adds to a policy that is otherwise good.
Lines clashes(std::string_view text) {
  Policy policy;
  policy.sources.push_back({"/etc/p.ini", "p.ini", {}});
  std::vector<Fault> faults;
  interpret(parse(text, 0, faults), policy, faults);
  INFO(text);
  for (const Fault& fault : faults) FAIL_CHECK(fault.what);
  faults.clear();
  const Policy before = policy;
  check(policy, faults);
  CHECK(policy == before);
  Lines out;
  for (const Fault& fault : faults) out.push_back(std::to_string(fault.origin.line) + ": " + fault.what);
  return out;
}

TEST_CASE("a policy that says nothing, or one thing, contradicts nothing", "[check]") {
  CHECK(clashes("").empty());
  for (const char* mode : {"strict", "readonly", "workspace-write", "full-access"}) CHECK(clashes("[policy]\nmode = " + std::string(mode) + "\n").empty());
  for (const char* access : {"none", "rules", "all"}) CHECK(clashes("[network]\naccess = " + std::string(access) + "\n").empty());
  for (const char* access : {"rules", "all"}) CHECK(clashes("[filesystem]\naccess = " + std::string(access) + "\n").empty());
}

TEST_CASE("a workspace needs the mode that writes it", "[check]") {
  CHECK(clashes("[policy]\nmode = workspace-write\nworkspace = a\n").empty());
  CHECK(clashes("[policy]\nworkspace = a\n") == Lines{"2: workspace has an effect only with mode = workspace-write"});
  CHECK(clashes("[policy]\nmode = readonly\nworkspace = a\n") == Lines{"3: workspace has an effect only with mode = workspace-write; see mode in line 2; keep one of the two"});
}

TEST_CASE("path rules contradict a mode or an access that leaves files alone", "[check]") {
  CHECK(clashes("[policy]\nmode = full-access\n[filesystem]\nread = /a\nwrite = /b\n") ==
        Lines{"4: read contradicts mode = full-access, which leaves files alone; see mode = full-access in line 2; keep one of the two"});
  CHECK(clashes("[filesystem]\nmake_dir = /a\naccess = all\n") == Lines{"2: make_dir contradicts access = all, which leaves files alone; see access = all in line 3; keep one of the two"});
  CHECK(clashes("[policy]\nmode = full-access\n[filesystem]\nruntime = host\n") ==
        Lines{"4: runtime contradicts mode = full-access, which leaves files alone; see mode = full-access in line 2; keep one of the two"});
  CHECK(clashes("[filesystem]\naccess = all\nruntime = program\n") == Lines{"3: runtime contradicts access = all, which leaves files alone; see access = all in line 2; keep one of the two"});
  CHECK(clashes("[filesystem]\naccess = all\nruntime = none\nmetadata = deny\n").empty());
}

TEST_CASE("sockets by path go with files left alone", "[check]") {
  CHECK(clashes("[policy]\nmode = full-access\n[network]\nconnect_unix = /run/a\n").empty());
  CHECK(clashes("[filesystem]\naccess = all\n[network]\nconnect_unix = /run/a\n").empty());
}

TEST_CASE("a mode that restricts files contradicts an access that does not, and the other way round", "[check]") {
  for (const char* mode : {"readonly", "workspace-write"})
    CHECK(clashes("[policy]\nmode = " + std::string(mode) + "\n[filesystem]\naccess = all\n") ==
          Lines{"2: this mode restricts files, and access = all leaves them alone; see access = all in line 4; keep one of the two"});
  CHECK(clashes("[policy]\nmode = full-access\n[filesystem]\naccess = rules\n") == Lines{"4: access = rules contradicts mode = full-access; see mode = full-access in line 2; keep one of the two"});
  CHECK(clashes("[policy]\nmode = full-access\n[filesystem]\naccess = all\n").empty());
  CHECK(clashes("[policy]\nmode = readonly\n[filesystem]\nread_write = /a\naccess = rules\n").empty());
}

TEST_CASE("no network means that nothing of it is granted", "[check]") {
  for (const char* word : {"connect_tcp", "bind_tcp", "connect_udp", "bind_udp"}) {
    const std::string key = word;
    CHECK(clashes("[network]\naccess = none\n" + key + " = 80\n") == Lines{"3: " + key + " contradicts access = none; see access = none in line 2; keep one of the two"});
    CHECK(clashes("[network]\n" + key + " = *\naccess = none\n") == Lines{"2: " + key + " contradicts access = none; see access = none in line 3; keep one of the two"});
    CHECK(clashes("[network]\naccess = none\n" + key + " =\n").empty());
    CHECK(clashes("[network]\naccess = rules\n" + key + " = 80\n").empty());
  }
  CHECK(clashes("[network]\naccess = none\nudp = allow\n") == Lines{"3: udp = allow contradicts access = none; see access = none in line 2; keep one of the two"});
  CHECK(clashes("[network]\naccess = none\nudp = deny\nlisten = deny\nunix = own\n").empty());
}

TEST_CASE("no network means no socket of another family either", "[check]") {
  for (const KeyInfo& key : all_keys()) {
    if (key.key != Key::kFamily) continue;
    const std::string word = key.word;
    CHECK(clashes("[network]\naccess = none\n" + word + " = allow\n") == Lines{"3: this socket family contradicts access = none; see access = none in line 2; keep one of the two"});
    CHECK(clashes("[network]\naccess = none\n" + word + " = deny\n").empty());
    CHECK(clashes("[network]\naccess = rules\n" + word + " = allow\n").empty());
    CHECK(clashes("[network]\naccess = all\n" + word + " = allow\n").empty());
    CHECK(clashes("[network]\naccess = all\n" + word + " = deny\n") == Lines{"3: this line contradicts access = all; see access = all in line 2; keep one of the two"});
  }
}

TEST_CASE("the network left alone takes no rules", "[check]") {
  for (const char* word : {"connect_tcp", "bind_tcp", "connect_udp", "bind_udp"})
    for (const char* value : {"80", "*", ""})
      CHECK(clashes("[network]\naccess = all\n" + std::string(word) + " = " + value + "\n") ==
            Lines{"3: " + std::string(word) + " contradicts access = all, which leaves the network alone; see access = all in line 2; keep one of the two"});
  CHECK(clashes("[network]\naccess = all\nudp = deny\n") == Lines{"3: udp = deny contradicts access = all; see access = all in line 2; keep one of the two"});
  CHECK(clashes("[network]\naccess = all\nudp = allow\nunix = deny\nlisten = deny\n").empty());
}

TEST_CASE("UDP is ruled as a whole or by port", "[check]") {
  for (const char* word : {"connect_udp", "bind_udp"})
    for (const char* value : {"allow", "deny"})
      CHECK(clashes("[network]\nudp = " + std::string(value) + "\n" + word + " = 53\n") ==
            Lines{"3: UDP by port contradicts udp, which rules all ports at once; see udp in line 2; keep one of the two"});
  CHECK(clashes("[network]\nudp = allow\nconnect_tcp = 80\n").empty());
}

TEST_CASE("sockets by path go with unix = own only", "[check]") {
  for (const char* value : {"deny", "allow"}) {
    const Lines found = clashes("[network]\nunix = " + std::string(value) + "\nconnect_unix = /run/a\n");
    REQUIRE(found.size() == 1);
    CHECK(found[0].starts_with("3: "));
    CHECK(found[0].ends_with(" writes unix = own; see unix in line 2; keep one of the two"));
  }
  CHECK(clashes("[network]\nunix = own\nconnect_unix = /run/a\n").empty());
}

TEST_CASE("every contradiction is found", "[check]") {
  CHECK(clashes("[policy]\nworkspace = x\n[network]\naccess = none\nconnect_tcp = 80\nbind_tcp = 80\nudp = allow\nvsock = allow\nunix = allow\nconnect_unix = /a\n").size() == 6);
}

TEST_CASE("a contradiction across files names the other file", "[check]") {
  Policy policy;
  policy.sources.push_back({"/etc/p.ini", "p.ini", {}});
  policy.sources.push_back({"/etc/q.ini", "/etc/q.ini", {}});
  policy.network = {NetworkAccess::kNone, {0, 7}};
  policy.udp = {Permission::kAllow, {1, 3}};
  std::vector<Fault> faults;
  check(policy, faults);
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].origin == Origin{1, 3});
  CHECK(faults[0].what == "udp = allow contradicts access = none; see access = none in p.ini:7; keep one of the two");
}

}  // namespace
}  // namespace landshim
