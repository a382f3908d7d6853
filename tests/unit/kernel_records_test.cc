// SPDX-License-Identifier: MIT
#include "shim/command/kernel_records.h"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace landshim;
using namespace landshim::command;

namespace {

// As Linux 6.18 writes them.
const std::string kAt = "audit(1795397292.048:6168): ";
const std::string kReadText = kAt + R"(domain=1d80d7197 blockers=fs.read_file path="/srv/app/secret" dev="vda" ino=11558930)";
const std::string kDomainText = kAt + R"(domain=1d80d7197 status=allocated mode=enforcing pid=5245 uid=0 exe="/usr/bin/landshim" comm="landshim")";
const std::string kCallText = kAt + R"(arch=c000003e syscall=257 success=no exit=-13 a0=ffffff9c a1=7fff86f9581b a2=0 a3=0 items=0 ppid=5245 pid=5246 auid=4294967295 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) ses=4294967295 comm="cat" exe="/usr/bin/cat" key=(null))";

KernelDenial denial(const std::string& rest) {
  const std::optional<KernelRecord> record = parse_record(kDenialRecord, kAt + "domain=1d80d7197 " + rest);
  INFO(rest);
  REQUIRE(record);
  return std::get<KernelDenial>(record->of);
}

bool is_denial(const std::string& rest) { return parse_record(kDenialRecord, kAt + rest).has_value(); }

}  // namespace

TEST_CASE("a record of the kernel says which domain denied what of which file", "[follow]") {
  const std::optional<KernelRecord> record = parse_record(kDenialRecord, kReadText);
  REQUIRE(record);
  CHECK(record->serial == 6168);
  CHECK(record->milliseconds == 1795397292048);
  CHECK(std::get<KernelDenial>(record->of) == KernelDenial{.domain = 0x1d80d7197, .fs = kReadFile, .blockers = "fs.read_file", .path = "/srv/app/secret", .inode = 11558930});
  // A zero may end it.
  CHECK(parse_record(kDenialRecord, kReadText + std::string(1, '\0')));
  const KernelDenial many = denial(R"(blockers=fs.make_reg,fs.refer,fs.nobody_knows path="/usr/local" dev="vda2" ino=365)");
  CHECK(many.fs == (kMakeReg | kRefer));
  CHECK(many.blockers == "fs.make_reg,fs.refer,fs.nobody_knows");
  CHECK(denial(R"(blockers=fs.ioctl_dev path="/dev/zero" dev="devtmpfs" ino=4 ioctlcmd=0x5413)").fs == kIoctlDev);
}

TEST_CASE("a record of the kernel says who made a domain, and in which call something was denied", "[follow]") {
  const std::optional<KernelRecord> domain = parse_record(kDomainRecord, kDomainText);
  REQUIRE(domain);
  CHECK(std::get<KernelDomain>(domain->of) == KernelDomain{0x1d80d7197, 5245, "/usr/bin/landshim"});
  CHECK_FALSE(parse_record(kDomainRecord, kAt + "domain=1d80d7197 status=deallocated denials=3"));
  const std::optional<KernelRecord> call = parse_record(kCallRecord, kCallText);
  REQUIRE(call);
  CHECK(std::get<KernelCall>(call->of) == KernelCall{0xc000003e, 257, 13, 5246, "/usr/bin/cat"});
  const std::optional<KernelRecord> without = parse_record(kCallRecord, kAt + "arch=c000003e syscall=62 success=yes exit=0 ppid=1 pid=7 comm=\"x\" exe=(null) key=(null)");
  REQUIRE(without);
  CHECK(std::get<KernelCall>(without->of) == KernelCall{0xc000003e, 62, 0, 7, ""});
}

TEST_CASE("ports, sockets and processes stand in a record of the kernel", "[follow]") {
  const KernelDenial connect = denial("blockers=net.connect_tcp daddr=127.0.0.1 dest=9");
  CHECK(connect.net == kConnectTcp);
  CHECK(connect.port == 9);
  CHECK(denial("blockers=net.connect_tcp daddr=::1 dest=9").port == 9);
  const KernelDenial bound = denial("blockers=net.bind_tcp saddr=127.0.0.1 src=4444 dest=1");
  CHECK(bound.net == kBindTcp);
  CHECK(bound.port == 4444);
  CHECK(denial("blockers=net.bind_tcp").port == 0);
  const KernelDenial abstract = denial("blockers=scope.abstract_unix_socket path=00686B002D74");
  CHECK(abstract.scopes == kScopeAbstractUnix);
  CHECK(abstract.path == "@hk@-t");
  const KernelDenial signal = denial("blockers=scope.signal opid=1 ocomm=\"init\"");
  CHECK(signal.scopes == kScopeSignal);
  CHECK(signal.process == 1);
  const KernelDenial other = denial("blockers=ptrace opid=9 ocomm=\"x\"");
  CHECK((other.fs | other.net | other.scopes) == 0);
  CHECK(other.process == 9);
}

TEST_CASE("a path that a program chose is nothing but a path", "[follow]") {
  // /a "b" ino=1
  CHECK(denial("blockers=fs.read_file path=2F612022622220696E6F3D31 dev=\"vda\" ino=5").path == "/a \"b\" ino=1");
  CHECK(denial("blockers=fs.read_file path=2F612022622220696E6F3D31 dev=\"vda\" ino=5").inode == 5);
  CHECK(denial("blockers=fs.read_file path=2fff0a dev=\"vda\" ino=5").path == "/\xff\n");
  CHECK(denial("blockers=fs.read_file path=\"/a=b,blockers=fs.execute\" dev=\"vda\" ino=5").path == "/a=b,blockers=fs.execute");
  CHECK(denial("blockers=fs.read_file path=\"/a=b,blockers=fs.execute\" dev=\"vda\" ino=5").fs == kReadFile);
  CHECK(denial("blockers=fs.read_file path=\"\" ino=5").path.empty());
  // What comes twice counts once.
  CHECK(denial("blockers=fs.read_file path=\"/first\" path=\"/second\" ino=5").path == "/first");
}

TEST_CASE("a text that is no record of the kernel tells nothing", "[follow]") {
  for (std::size_t size = 0; size <= kReadText.find("fs.read_file"); ++size) CHECK_FALSE(parse_record(kDenialRecord, kReadText.substr(0, size)));
  for (const char* rest : {
           "", "domain=", "domain=x blockers=fs.read_file", "blockers=fs.read_file", "domain=1d", "domain=1 blockers=", "domain=1 blockers=\"fs.read_file\"", "domain=-1 blockers=fs.read_file",
           "domain=1ffffffffffffffff blockers=fs.read_file", "domain=1 blockers=fs.read_file path=\"/open", "domain=1 blockers=fs.read_file path=\"/a\"b ino=1", "domain=1 blockers=fs.read_file path=2F6",
           "domain=1 blockers=fs.read_file path=2G", "domain=1 blockers=fs.read_file path= ino=1", "domain=1 blockers=fs.read_file path=(null)", "domain=1 blockers=fs.read_file path=\"/a\" ino=x",
           "domain=1 blockers=net.connect_tcp dest=65536", "domain=1 blockers=net.connect_tcp dest=-1", "domain=1 blockers=scope.signal opid=99999999999", " domain=1 blockers=fs.read_file", "junk domain=1 blockers=fs.read_file",
       }) {
    INFO(rest);
    CHECK_FALSE(is_denial(rest));
  }
  for (const char* head : {"audit(): ", "audit(1:1): ", "audit(1.1:): ", "audit(1.1000:5): ", "audit(-1.1:5): ", "audit(99999999999999.1:5): ", "audit(1.1:5) ", "audit(1.1:5):", "udit(1.1:5): ", "audit(1.1:-5): ", "audit(1.1:99999999999999999999): "}) {
    INFO(head);
    CHECK_FALSE(parse_record(kDenialRecord, head + std::string("domain=1 blockers=fs.read_file")));
  }
  CHECK_FALSE(parse_record(1327, kReadText));
  CHECK_FALSE(parse_record(kDomainRecord, kReadText));
  CHECK_FALSE(parse_record(kCallRecord, kReadText));
  CHECK_FALSE(parse_record(kDenialRecord, kCallText));
}

TEST_CASE("bytes turned over in a record of the kernel do no harm", "[follow]") {
  std::mt19937 random(7);
  int good = 0;
  for (int i = 0; i < 30000; ++i) {
    const std::string* const texts[] = {&kReadText, &kDomainText, &kCallText};
    const int types[] = {kDenialRecord, kDomainRecord, kCallRecord};
    const std::size_t which = random() % 3;
    std::string text = *texts[which];
    for (std::size_t turned = random() % 4; turned > 0; --turned) text[random() % text.size()] = static_cast<char>(random());
    text.resize(text.size() - std::min<std::size_t>(text.size(), random() % 5 == 0 ? random() % text.size() : 0));
    if (parse_record(types[which], text)) ++good;
  }
  CHECK(good > 0);
  CHECK(good < 30000);
}
