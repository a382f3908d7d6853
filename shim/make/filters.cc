// SPDX-License-Identifier: MIT
// Prints the source of the filters that most policies come to, so that a start loads what was made before. They are
// assemble()'s own, for the policies written below.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "config/load.h"
#include "shim/call_plan.h"
#include "shim/filter.h"
#include "shim/made.h"

namespace landshim::made {

// What this program makes cannot be linked to it.
std::span<const ReadyFilter> ready_filters() { return {}; }
std::span<const sock_filter> instructions() { return {}; }

}  // namespace landshim::made

namespace {

using namespace landshim;

// What a policy says of files, each of which closes other calls.
constexpr const char* kFiles[] = {
    "[filesystem]\nread = /usr\n",
    "[filesystem]\nread_write = /usr\n",
    "[filesystem]\nread_write = /usr\nmetadata = deny\n",
    "[filesystem]\nread_write = /usr\nmetadata = modes\n",
    "[filesystem]\nread_write = /usr\nmetadata = allow\n",
    "[filesystem]\naccess = all\n",
};

// And of the network.
constexpr const char* kNetworks[] = {
    "",
    "[network]\naccess = all\n",
    "[network]\naccess = rules\n",
    "[network]\naccess = none\nunix = allow\n",
    "[network]\naccess = none\nunix = allow\nlisten = deny\n",
    "[network]\nunix = deny\n",
    "[network]\nlisten = deny\n",
    "[network]\nudp = allow\n",
    "[network]\nudp = allow\nlisten = deny\n",
    "[network]\nudp = allow\nunix = deny\n",
    "[network]\nunix = deny\nlisten = allow\n",
    "[network]\nunix = deny\nlisten = allow\nudp = allow\n",
    "[network]\nconnect_tcp = *\n",
    "[network]\nconnect_tcp = *\nudp = allow\n",
    "[network]\nconnect_tcp = *\nunix = deny\n",
    "[network]\nconnect_tcp = *\nunix = deny\nudp = allow\n",
};

constexpr const char* kProfiles[] = {"", "[syscalls]\nprofile = strict\n"};

[[noreturn]] void end(const std::string& why) {
  std::fprintf(stderr, "filters: %s\n", why.c_str());
  std::exit(1);
}

Host host(bool root) {
  Host out;
  out.abi = kNewestAbi;
  out.seccomp = true;
  out.threads_known = true;
  out.capabilities = root ? ~std::uint64_t{0} : 0;
  return out;
}

struct Made {
  std::vector<sock_filter> program;
  std::uint16_t low = 0, high = 0;
};

// Where two programs differ that differ in half of the identity alone.
std::uint16_t difference(const std::vector<sock_filter>& a, const std::vector<sock_filter>& b) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < a.size() && a.size() == b.size(); ++i)
    if (a[i].k != b[i].k) found.push_back(i);
  if (found.size() != 1) end("the identity stands in another number of instructions than one for each half");
  return static_cast<std::uint16_t>(found.front());
}

std::vector<sock_filter> program_of(Filter filter, std::uint64_t identity) {
  filter.identity = identity;
  Result<std::vector<sock_filter>> out = assemble(filter);
  if (!out) end(out.error().what);
  return std::move(*out);
}

void add(Loaded loaded, std::map<FilterChoices, Made>& out) {
  Surroundings surroundings;
  surroundings.at_start = false;
  surroundings.directory = "/usr";
  if (loaded.faults.empty()) expand(loaded, surroundings);
  if (!loaded.faults.empty()) end(text(loaded.faults.front()));
  for (const bool root : {false, true}) {
    const Compiled compiled = compile(loaded.policy, host(root));
    if (!compiled.refused.empty()) end(text(compiled.refused.front()));
    const Filter& filter = compiled.plan.filter;
    Made made{program_of(filter, 1), 0, 0};
    made.low = difference(made.program, program_of(filter, 2));
    made.high = difference(made.program, program_of(filter, (std::uint64_t{1} << 32) | 1));
    out.emplace(filter.choices, std::move(made));
  }
}

}  // namespace

int main() {
  Surroundings surroundings;
  surroundings.at_start = false;
  surroundings.directory = "/usr";
  std::map<FilterChoices, Made> made;
  for (const char* files : kFiles)
    for (const char* network : kNetworks)
      for (const char* profile : kProfiles) add(load_text(std::string(files) + network + profile, "a policy", surroundings), made);
  std::printf("#include \"shim/made.h\"\nnamespace landshim::made {\nnamespace {\nconstexpr ReadyFilter kFilters[] = {");
  std::size_t first = 0;
  for (const auto& [choices, one] : made) {
    std::printf("{{0x%llxU,0x%xU},%zu,%zu,%u,%u},\n", static_cast<unsigned long long>(choices.closures), choices.sockets, first, one.program.size(), one.low, one.high);
    first += one.program.size();
  }
  std::printf("};\nconstexpr sock_filter kInstructions[] = {");
  for (const auto& [choices, one] : made)
    for (const sock_filter& each : one.program) std::printf("{%u,%u,%u,0x%xU},", each.code, each.jt, each.jf, each.k);
  std::printf("};\n}\nstd::span<const ReadyFilter> ready_filters() { return kFilters; }\nstd::span<const sock_filter> instructions() { return kInstructions; }\n}\n");
}
