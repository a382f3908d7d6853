// SPDX-License-Identifier: MIT
#include "shim/command/export.h"

#include <algorithm>
#include <memory>

#include "config/keys.h"
#include "shim/command/command.h"
#include "shim/command/json.h"
#include "shim/command/options.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

struct Request {
  std::string format;
  std::string policy;
  bool lossy = false;
  bool json = false;
  bool words = false;
};

constexpr const char* kFormats[] = {"oci", "systemd", "bubblewrap", "seatbelt"};

Exported made(const Request& request, const Look& look) {
  if (request.format == "oci") return export_oci(look);
  if (request.format == "systemd") return export_systemd(look);
  if (request.format == "seatbelt") return export_seatbelt(look);
  return export_bubblewrap(look, request.words);
}

bool print_losses(const Request& request, const Exported& exported) {
  Json losses = Json::array();
  for (const Lost& lost : exported.losses) losses.push_back({{"effect", word_of(lost.effect)}, {"what", lost.what}, {"where", lost.where}});
  return print_json({{"policy", request.policy}, {"format", request.format}, {"losses", std::move(losses)}});
}

int export_policy(const Request& request) {
  Nearest nearest(request.format);
  for (const char* format : kFormats) nearest.offer(format);
  if (std::find(std::begin(kFormats), std::end(kFormats), request.format) == std::end(kFormats))
    return misused("export: " + printable(request.format) + ": no such format; there are oci, systemd, bubblewrap, seatbelt" + (nearest.best().empty() ? "" : "; did you mean '" + std::string(nearest.best()) + "'?"));
  if (request.words && request.format != "bubblewrap") return misused("export: --null is for bubblewrap");
  const Look look = look_at({request.policy, {}, {}});
  for (const Error& fault : look.faults) say(text(fault));
  if (!look.faults.empty()) return 1;
  const Exported exported = made(request, look);
  if (request.json ? !print_losses(request, exported) : !print(exported.text)) return 1;
  // Words for a program have no place for comments.
  if (request.words && !request.json)
    for (const std::string& line : loss_lines(exported.losses)) say(line);
  return exported.losses.empty() || request.lossy ? 0 : 1;
}

}  // namespace

void add_export(CLI::App& app, int& status) {
  Subcommand words = add_subcommand(app, "export", "put a policy into the words of oci, systemd, bubblewrap or seatbelt, and tell what they cannot say");
  auto request = std::make_shared<Request>();
  words.add_option("FORMAT", request->format, "oci, systemd, bubblewrap or seatbelt").required();
  words.add_option("POLICY", request->policy, "the policy").required();
  words.add_flag("--lossy", request->lossy, "exit status 0 even if something was lost");
  words.add_flag("--json", request->json, "print the list of losses instead, as JSON");
  words.add_flag("--null", request->words, "bubblewrap: words for its --args, each ended by a NUL");
  words.action(status, [request] { return export_policy(*request); });
}

}  // namespace landshim::command
