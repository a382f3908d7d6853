// SPDX-License-Identifier: MIT
// How tests start the witness (witness.cc) and read what it says.
#pragma once

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "tests/support/world.h"

namespace landshim::tests {

inline std::string shim() { return built("liblandshim.so"); }
inline std::string witness() { return built("tests/witness"); }

/// The shim in LD_PRELOAD, and `policy` as LANDSHIM_POLICY.
inline Start with_shim(std::vector<std::string> command, const std::string& policy) {
  Start start{std::move(command), {}, {}};
  start.environment = {{"LD_PRELOAD", shim()}, {"LANDSHIM_POLICY", policy}};
  return start;
}

/// A script of sh that finds $SHIM, $POLICY, $WITNESS and $VICTIMS (their directory), itself without the shim. In it
/// `$SHIMMED PROGRAM` starts PROGRAM with the shim.
inline Start script(const std::string& text, const std::string& policy) {
  Start start{{"/bin/sh", "-c", text}, {}, {}};
  start.environment = {{"SHIM", shim()}, {"POLICY", policy}, {"WITNESS", witness()}, {"VICTIMS", built("tests")}};
  start.environment["SHIMMED"] = "env LD_PRELOAD=" + shim() + " LANDSHIM_POLICY=" + policy;
  return start;
}

inline bool one_line(const std::string& text, const std::string& beginning) {
  return text.rfind(beginning, 0) == 0 && std::count(text.begin(), text.end(), '\n') == 1 && text.back() == '\n';
}

/// Exit status 125, main never ran, and one line that holds `words`.
inline void check_refused(const Outcome& outcome, const std::string& words) {
  INFO("status " << outcome.status << " signal " << outcome.signal << "\nstdout: " << outcome.out << "\nstderr: " << outcome.err);
  CHECK_FALSE(outcome.timed_out);
  CHECK(outcome.status == 125);
  CHECK(outcome.out.empty());
  CHECK(one_line(outcome.err, "landshim: "));
  CHECK(outcome.err.find(words) != std::string::npos);
}

/// The witness ran, said exactly this after "main", and nothing stood on standard error.
inline void check_said(const Outcome& outcome, const std::string& said) {
  INFO("status " << outcome.status << " signal " << outcome.signal << "\nstderr: " << outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.out == "main\n" + said);
  CHECK(outcome.err.empty());
}

/// A line of what the witness says: a word, and the errno of the attempt.
inline std::string said_of(const std::string& word, int error) { return word + " " + std::to_string(error) + "\n"; }

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

}  // namespace landshim::tests
