// SPDX-License-Identifier: MIT
// Whole plans of whole policies, kept beside them: what a change of the engine changes is seen here.
// LANDSHIM_UPDATE_GOLDEN=1 writes the files anew.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "config/load.h"
#include "tests/support/print_plan.h"

using namespace landshim;
using namespace landshim::tests;

namespace {

constexpr const char* kGolden = "tests/golden";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

// "- " what the file has, "+ " what the engine says now, in the order of both.
std::string difference(const std::string& old_text, const std::string& new_text) {
  const std::vector<std::string> a = lines_of(old_text);
  const std::vector<std::string> b = lines_of(new_text);
  std::vector<std::vector<std::size_t>> common(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;)
    for (std::size_t j = b.size(); j-- > 0;) common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
  std::string out;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      ++i;
      ++j;
    } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
      out += std::to_string(i + 1) + " - " + a[i] + "\n";
      ++i;
    } else {
      out += std::to_string(i + 1) + " + " + b[j] + "\n";
      ++j;
    }
  }
  return out;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

struct NamedHost {
  const char* what;
  Host host;
};

std::vector<NamedHost> hosts() {
  Host root = made_up_host(10);
  root.capabilities = 1;  // CAP_CHOWN
  Host threads = made_up_host(8);
  threads.many_threads = true;
  return {{"no Landlock", made_up_host(0)}, {"Landlock ABI 2", made_up_host(2)}, {"Landlock ABI 5", made_up_host(5)}, {"Landlock ABI 8, many threads", threads}, {"Landlock ABI 10, may chown", root}};
}

// The filter is long and changes little from host to host: it is told again only where it differs.
std::string rendered(const std::filesystem::path& ini) {
  // What a machine lends to a policy must not be seen in its plan.
  static const char* const environment[] = {"HOME=/nonexistent", "TMPDIR=/tmp", nullptr};
  Surroundings surroundings;
  surroundings.environment = environment;
  surroundings.at_start = false;
  Loaded loaded = load(ini.string(), surroundings);
  if (loaded.faults.empty()) expand(loaded, surroundings);
  std::string out;
  for (const Error& fault : loaded.faults) out += "fault: " + text(fault) + "\n";
  if (!loaded.faults.empty()) return out;
  std::string filter_before;
  std::string host_before;
  for (const NamedHost& named : hosts()) {
    Compiled compiled = compile(loaded.policy, named.host);
    out += std::string(out.empty() ? "" : "\n") + "=== " + named.what + "\n";
    for (const Error& error : compiled.refused) out += "refused: " + text(error) + "\n";
    if (!compiled.refused.empty()) continue;
    out += print_losses(compiled.plan) + print_ruleset(compiled.plan);
    const std::string filter = print_filter(compiled.plan);
    out += filter == filter_before ? "filter: as with " + host_before + "\n" : filter;
    if (filter != filter_before) host_before = named.what;
    filter_before = filter;
  }
  return out;
}

}  // namespace

TEST_CASE("the plan of every golden policy is the one kept beside it", "[golden]") {
  const bool update = std::getenv("LANDSHIM_UPDATE_GOLDEN") != nullptr;
  std::size_t policies = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kGolden)) {
    if (entry.path().extension() != ".ini") continue;
    ++policies;
    std::filesystem::path kept = entry.path();
    kept.replace_extension(".plan");
    const std::string now = rendered(entry.path());
    if (update) std::ofstream(kept, std::ios::binary | std::ios::trunc) << now;
    const std::string before = contents(kept);
    INFO(kept.string() << " has changed; if that is right: LANDSHIM_UPDATE_GOLDEN=1\n" << difference(before, now));
    CHECK((before == now));
  }
  CHECK(policies >= 12);
}

TEST_CASE("no kept plan has lost its policy", "[golden]") {
  std::size_t plans = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kGolden)) {
    if (entry.path().extension() != ".plan") continue;
    ++plans;
    std::filesystem::path policy = entry.path();
    policy.replace_extension(".ini");
    INFO(entry.path().string());
    CHECK(std::filesystem::exists(policy));
  }
  CHECK(plans >= 12);
}

TEST_CASE("a difference of plans tells the lines that went and came", "[golden]") {
  CHECK(difference("a\nb\nc\n", "a\nx\nc\nd\n") == "2 - b\n3 + x\n4 + d\n");
  CHECK(difference("same\n", "same\n").empty());
  CHECK(difference("", "new\n") == "1 + new\n");
}
