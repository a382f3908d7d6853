// SPDX-License-Identifier: MIT
// How compile() says no: what a policy writes is a demand, refused or given up; the rest is listed as missing.
#pragma once

#include <string>
#include <vector>

#include "shim/plan.h"

namespace landshim {

class Demands {
 public:
  Demands(const Policy& policy, Plan& plan, std::vector<Error>& refused) : policy_(policy), plan_(plan), refused_(refused) {}

  /// A demand that this host cannot meet: refused, with both ways out, or with unsupported = warn given up.
  void demand(Origin origin, std::string what) {
    if (policy_.unsupported.value == Unsupported::kWarn) {
      plan_.given_up.push_back({std::move(what), origin});
      return;
    }
    refuse(origin, std::move(what) + "; or accept the loss with unsupported = warn in [policy]");
  }

  /// What no switch softens.
  void refuse(Origin origin, std::string what) {
    std::string at = where(policy_, origin);
    if (at.empty() && !policy_.sources.empty()) at = policy_.sources.front().shown;
    refused_.push_back({std::move(what), std::move(at), 0});
  }

  /// Hardening that nobody asked for and this host lacks.
  void missing(std::string what) { plan_.missing.push_back({std::move(what), {}}); }

 private:
  const Policy& policy_;
  Plan& plan_;
  std::vector<Error>& refused_;
};

}  // namespace landshim
