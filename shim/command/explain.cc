// SPDX-License-Identifier: MIT
#include "shim/explain.h"

#include "shim/command/command.h"
#include "shim/command/look.h"
#include "shim/command/options.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

int explain(const std::string& name) {
  const Look look = look_at({name, {}, {}});
  for (const Error& fault : look.faults) say(text(fault));
  if (!look.faults.empty()) return 1;
  return print(landshim::explain(look.policy, look.plan, look.surveys)) ? 0 : 1;
}

}  // namespace

void add_explain(CLI::App& app, int& status) {
  CLI::App* const words = app.add_subcommand("explain", "tell what a policy becomes on this machine, and what it leaves open");
  auto name = std::make_shared<std::string>();
  words->add_option("POLICY", *name, "the policy")->required();
  words->callback([name, &status] { status = explain(*name); });
}

}  // namespace landshim::command
