// SPDX-License-Identifier: MIT
// The test runner, and its count for tests/run: passed, failed and skipped test cases in the file LANDSHIM_COUNTS.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

#include "tests/support/skip.h"

namespace {

struct Count : Catch::TestEventListenerBase {
  using TestEventListenerBase::TestEventListenerBase;

  void testCaseStarting(const Catch::TestCaseInfo&) override { landshim::tests::skipped_because().clear(); }

  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    if (stats.totals.assertions.failed > 0) ++failed_;
    else if (!landshim::tests::skipped_because().empty()) ++skipped_;
    else if (stats.totals.assertions.total() == 0) ++failed_;  // a test that asserts nothing proves nothing
    else ++passed_;
  }

  void testRunEnded(const Catch::TestRunStats&) override {
    if (const char* file = std::getenv("LANDSHIM_COUNTS")) std::ofstream(file, std::ios::app) << passed_ << ' ' << failed_ << ' ' << skipped_ << '\n';
  }

 private:
  int passed_ = 0;
  int failed_ = 0;
  int skipped_ = 0;
};

CATCH_REGISTER_LISTENER(Count)

}  // namespace

std::string& landshim::tests::skipped_because() {
  static std::string reason;
  return reason;
}

void landshim::tests::skip(const std::string& reason) {
  if (std::getenv("LANDSHIM_MUST_RUN") != nullptr) FAIL("skipped, and LANDSHIM_MUST_RUN is set: " << reason);
  skipped_because() = reason;
  WARN("skipped: " << reason);
}
