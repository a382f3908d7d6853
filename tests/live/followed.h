// SPDX-License-Identifier: MIT
// What the tests of followed runs share.
#pragma once

#include <map>
#include <string>

#include "tests/live/files.h"
#include "tests/victims/witness.h"

namespace landshim::tests {

/// The text of a policy, and commands under it, followed or not.
class Held {
 public:
  explicit Held(const std::string& policy) : file_(place_.file("policy.ini", policy)) {}

  const std::string& policy() const { return file_; }
  std::string operator/(const std::string& name) const { return place_ / name; }
  void set(const std::string& policy) const { place_.file("policy.ini", policy); }

  Start start(const Words& options, const Words& command, const std::string& directory = "/") const {
    Start out{{built("landshim"), "run", "-p", file_}, {{"HOME", "/nonexistent"}, {"LC_ALL", "C"}}, {}, directory};
    out.command.insert(out.command.end(), options.begin(), options.end());
    out.command.push_back("--");
    out.command.insert(out.command.end(), command.begin(), command.end());
    out.seconds = 60;
    return out;
  }
  Outcome plain(const Words& command, const std::string& directory = "/") const { return run(start({}, command, directory)); }
  Outcome followed(const Words& command, const std::string& directory = "/") const { return run(start({"--explain-denials"}, command, directory)); }

 private:
  Scratch place_;
  std::string file_;
};

/// Of the victim, with its name.
inline Words victim_words(Words words, const std::string& name = "tests/victim") {
  words.insert(words.begin(), built(name));
  return words;
}

/// The lines of landshim, without its name.
inline Words told(const Outcome& outcome) {
  Words out;
  const std::string own = "landshim: ";
  for (const std::string& line : lines_of(outcome.err))
    if (line.starts_with(own)) out.push_back(line.substr(own.size()));
  return out;
}

inline std::string everything(const Outcome& outcome) { return "status " + std::to_string(outcome.status) + " signal " + std::to_string(outcome.signal) + "\nstdout: " + outcome.out + "\nstderr: " + outcome.err; }

}  // namespace landshim::tests
