// SPDX-License-Identifier: MIT
#include "shim/filter.h"

#include <unistd.h>

#include <memory>

#include "shim/command/command.h"
#include "shim/command/disassembly.h"
#include "shim/command/look.h"
#include "shim/command/options.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

struct Request {
  std::string policy;
  std::optional<int> abi;
  bool bpf = false;
  bool disassemble = false;
  bool pseudo = false;
};

int filter(const Request& request) {
  if (request.bpf && isatty(STDOUT_FILENO) == 1) return misused("filter: --bpf writes bytes, and standard output is a terminal; send it to a file");
  const Look look = look_at({request.policy, {}, request.abi});
  for (const Error& fault : look.faults) say(text(fault));
  if (!look.faults.empty()) return 1;
  const Filter& filter = look.plan.filter;
  if (!filter.used) {
    say(text({"this policy becomes no filter here", request.policy, 0}));
    return 1;
  }
  if (!request.bpf && !request.disassemble) return print(pseudo_code(filter)) ? 0 : 1;
  const Result<std::vector<sock_filter>> program = assemble(filter);
  if (!program) {
    say(text(program.error()));
    return 1;
  }
  if (request.disassemble) return print(disassembly(*program)) ? 0 : 1;
  const auto* bytes = reinterpret_cast<const char*>(program->data());
  return print(std::string(bytes, program->size() * sizeof(sock_filter))) ? 0 : 1;
}

}  // namespace

void add_filter(CLI::App& app, int& status) {
  Subcommand words = add_subcommand(app, "filter", "print the seccomp filter of a policy");
  auto request = std::make_shared<Request>();
  words.add_option("POLICY", request->policy, "the policy").required();
  const Option bpf = words.add_flag("--bpf", request->bpf, "the bytes that the kernel is given");
  const Option disassemble = words.add_flag("--disassemble", request->disassemble, "its instructions");
  const Option pseudo = words.add_flag("--pseudo", request->pseudo, "its rules; the default");
  bpf.excludes(disassemble).excludes(pseudo);
  disassemble.excludes(pseudo);
  words.add_option("--abi", request->abi, "as a kernel with this Landlock ABI would have it").value_name("N").between(0, kNewestAbi);
  words.action(status, [request] { return filter(*request); });
}

}  // namespace landshim::command
