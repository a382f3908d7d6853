// SPDX-License-Identifier: MIT
#include <memory>

#include "shim/command/command.h"
#include "shim/command/held_start.h"
#include "shim/command/json.h"
#include "shim/command/options.h"
#include "shim/command/quoting.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

struct Request {
  std::string policy;
  std::string place = "shell";
  bool audit = false;
};

int refused(const Error& error) {
  say(text(error));
  return kRefused;
}

int env(const Request& request) {
  const Library library = request.audit ? Library::kAudit : Library::kPreload;
  const std::optional<GoodPolicy> policy = good_policy(request.policy);
  if (!policy) return kRefused;
  if (const Result<Done> fits = fits_library(*policy, library); !fits) return refused(fits.error());
  if (!is_plain_line(policy->path)) return refused({"its path has control characters or is no UTF-8, and cannot stand in a line; give it another name", policy->path, 0});
  const Result<std::string> path = proved_library(library);
  if (!path) return refused(path.error());
  if (!is_plain_line(*path)) return refused({"its path has control characters or is no UTF-8, and cannot stand in a line; move it", *path, 0});
  const std::string variable = library_variable(library);
  if (request.place == "json") return print_json({{"LANDSHIM_POLICY", policy->path}, {variable, *path}}) ? 0 : 1;
  std::string out;
  for (const auto& [name, value] : {std::pair<std::string, std::string>{"LANDSHIM_POLICY", policy->path}, {variable, *path}}) {
    if (request.place == "shell") out += "export " + name + "=" + shell_quoted(value) + "\n";
    if (request.place == "systemd") out += "Environment=" + systemd_assignment(name, value) + "\n";
    if (request.place == "docker" || request.place == "github") out += name + "=" + value + "\n";
    if (request.place != "cron") continue;
    const std::optional<std::string> quoted = cron_value(value);
    if (!quoted) return refused({"a crontab cannot say a path with both kinds of quotes; give it another name", value, 0});
    out += name + "=" + *quoted + "\n";
  }
  return print(out) ? 0 : 1;
}

}  // namespace

void add_env(CLI::App& app, int& status) {
  Subcommand words = add_subcommand(app, "env", "print the variables that hold a program by the library, for a shell, a unit, a crontab ...");
  auto request = std::make_shared<Request>();
  words.add_option("POLICY", request->policy, "the policy").required();
  words.add_option("--for", request->place, "who reads the lines").value_name("PLACE").one_of({"shell", "systemd", "docker", "cron", "github", "json"});
  words.add_flag("--audit", request->audit, "LD_AUDIT in place of LD_PRELOAD");
  words.action(status, [request] { return env(*request); });
}

}  // namespace landshim::command
