// SPDX-License-Identifier: MIT
#include "shim/command/command.h"
#include "shim/command/look.h"
#include "shim/command/options.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

int check(const std::vector<std::string>& names) {
  int status = 0;
  for (const std::string& name : names) {
    const Look look = look_at({name, {}, {}});
    for (const Error& fault : look.faults) {
      say(text(fault));
      status = 1;
    }
    if (look.faults.empty() && !print(printable(name) + ": good\n")) return 1;
  }
  return status;
}

}  // namespace

void add_check(CLI::App& app, int& status) {
  CLI::App* const words = app.add_subcommand("check", "tell every fault of each policy; exit status 1 if there is one");
  auto names = std::make_shared<std::vector<std::string>>();
  words->add_option("POLICY", *names, "policies to check")->required();
  words->callback([names, &status] { status = check(*names); });
}

}  // namespace landshim::command
