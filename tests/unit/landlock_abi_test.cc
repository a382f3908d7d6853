// SPDX-License-Identifier: MIT
#include "shim/landlock_abi.h"

#include <linux/landlock.h>

#include <catch2/catch.hpp>
#include <string>

using namespace landshim;

TEST_CASE("each row of the ABI table has what landlock(7) says that version brought", "[landlock]") {
  struct Expected {
    const char* linux_version;
    Rights fs;
    NetRights net;
    Scopes scopes;
  };
  constexpr Rights kFirst = kExecute | kWriteFile | kReadFile | kReadDir | kRemoveDir | kRemoveFile | kMakeChar | kMakeDir | kMakeReg | kMakeSock | kMakeFifo | kMakeBlock | kMakeSym;
  constexpr NetRights kTcp = kBindTcp | kConnectTcp;
  constexpr Scopes kBoth = kScopeAbstractUnix | kScopeSignal;
  const Expected rows[] = {
      {"none", 0, 0, 0},
      {"5.13", kFirst, 0, 0},
      {"5.19", kFirst | kRefer, 0, 0},
      {"6.2", kFirst | kRefer | kTruncate, 0, 0},
      {"6.7", kFirst | kRefer | kTruncate, kTcp, 0},
      {"6.10", kFirst | kRefer | kTruncate | kIoctlDev, kTcp, 0},
      {"6.12", kFirst | kRefer | kTruncate | kIoctlDev, kTcp, kBoth},
      {"6.15", kFirst | kRefer | kTruncate | kIoctlDev, kTcp, kBoth},
      {"7.0", kFirst | kRefer | kTruncate | kIoctlDev, kTcp, kBoth},
      {"7.1", kFirst | kRefer | kTruncate | kIoctlDev | kResolveUnix, kTcp, kBoth},
      {"7.2", kFirst | kRefer | kTruncate | kIoctlDev | kResolveUnix, kTcp | kBindUdp | kConnectSendUdp, kBoth},
  };
  REQUIRE(std::size(rows) == std::size(kAbiRows));
  for (int abi = 0; abi <= kNewestAbi; ++abi) {
    INFO("ABI " << abi);
    const AbiRow& row = abi_row(abi);
    CHECK(row.abi == abi);
    CHECK(std::string(row.linux_version) == rows[abi].linux_version);
    CHECK(row.fs == rows[abi].fs);
    CHECK(row.net == rows[abi].net);
    CHECK(row.scopes == rows[abi].scopes);
  }
}

TEST_CASE("no newer Landlock lacks what an older one has", "[landlock]") {
  for (int abi = 1; abi <= kNewestAbi; ++abi) {
    CHECK((abi_row(abi - 1).fs & ~abi_row(abi).fs) == 0);
    CHECK((abi_row(abi - 1).net & ~abi_row(abi).net) == 0);
    CHECK((abi_row(abi - 1).scopes & ~abi_row(abi).scopes) == 0);
  }
}

TEST_CASE("a kernel newer than the table is used as the newest that the table knows", "[landlock]") {
  CHECK(&abi_row(kNewestAbi + 1) == &abi_row(kNewestAbi));
  CHECK(&abi_row(1000) == &abi_row(kNewestAbi));
  CHECK(&abi_row(-1) == &abi_row(0));
}

TEST_CASE("the first ABI with a right is the one that brought it", "[landlock]") {
  CHECK(first_abi_with(0) == 0);
  CHECK(first_abi_with(kExecute) == 1);
  CHECK(first_abi_with(kMakeSym) == 1);
  CHECK(first_abi_with(kRefer) == 2);
  CHECK(first_abi_with(kTruncate) == 3);
  CHECK(first_abi_with(kWrite) == 3);
  CHECK(first_abi_with(0, kBindTcp) == 4);
  CHECK(first_abi_with(0, kConnectTcp) == 4);
  CHECK(first_abi_with(kIoctlDev) == 5);
  CHECK(first_abi_with(0, 0, kScopeAbstractUnix) == 6);
  CHECK(first_abi_with(0, 0, kScopeSignal) == 6);
  CHECK(first_abi_with(kResolveUnix) == 9);
  CHECK(first_abi_with(0, kBindUdp) == 10);
  CHECK(first_abi_with(0, kConnectSendUdp) == 10);
  CHECK(first_abi_with(kExecute, kConnectTcp, kScopeSignal) == 6);
}

TEST_CASE("the numbers are those of the system's header, as far as it has them", "[landlock]") {
  CHECK(kExecute == LANDLOCK_ACCESS_FS_EXECUTE);
  CHECK(kWriteFile == LANDLOCK_ACCESS_FS_WRITE_FILE);
  CHECK(kReadFile == LANDLOCK_ACCESS_FS_READ_FILE);
  CHECK(kReadDir == LANDLOCK_ACCESS_FS_READ_DIR);
  CHECK(kRemoveDir == LANDLOCK_ACCESS_FS_REMOVE_DIR);
  CHECK(kRemoveFile == LANDLOCK_ACCESS_FS_REMOVE_FILE);
  CHECK(kMakeChar == LANDLOCK_ACCESS_FS_MAKE_CHAR);
  CHECK(kMakeDir == LANDLOCK_ACCESS_FS_MAKE_DIR);
  CHECK(kMakeReg == LANDLOCK_ACCESS_FS_MAKE_REG);
  CHECK(kMakeSock == LANDLOCK_ACCESS_FS_MAKE_SOCK);
  CHECK(kMakeFifo == LANDLOCK_ACCESS_FS_MAKE_FIFO);
  CHECK(kMakeBlock == LANDLOCK_ACCESS_FS_MAKE_BLOCK);
  CHECK(kMakeSym == LANDLOCK_ACCESS_FS_MAKE_SYM);
#ifdef LANDLOCK_ACCESS_FS_REFER
  CHECK(kRefer == LANDLOCK_ACCESS_FS_REFER);
#endif
#ifdef LANDLOCK_ACCESS_FS_TRUNCATE
  CHECK(kTruncate == LANDLOCK_ACCESS_FS_TRUNCATE);
#endif
#ifdef LANDLOCK_ACCESS_NET_BIND_TCP
  CHECK(kBindTcp == LANDLOCK_ACCESS_NET_BIND_TCP);
  CHECK(kConnectTcp == LANDLOCK_ACCESS_NET_CONNECT_TCP);
#endif
#ifdef LANDLOCK_ACCESS_FS_IOCTL_DEV
  CHECK(kIoctlDev == LANDLOCK_ACCESS_FS_IOCTL_DEV);
#endif
#ifdef LANDLOCK_SCOPE_SIGNAL
  CHECK(kScopeAbstractUnix == LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET);
  CHECK(kScopeSignal == LANDLOCK_SCOPE_SIGNAL);
#endif
}
