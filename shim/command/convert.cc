// SPDX-License-Identifier: MIT
#include "shim/command/convert.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>
#include <optional>

#include "config/load.h"
#include "config/parse.h"
#include "shim/command/command.h"
#include "shim/command/draft.h"
#include "shim/command/options.h"
#include "shim/command/output.h"
#include "shim/command/profiles.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

struct Format {
  const char* word;
  Result<std::string> (*convert)(const Foreign&);
};
constexpr Format kFormats[] = {
    {"landrun", convert_landrun}, {"sandboxec", convert_sandboxec}, {"sandboxer", convert_sandboxer}, {"landlockconfig", convert_landlockconfig},
};

struct Request {
  std::string format;
  std::string file;
  std::optional<std::string> output;
};

int failed(const Error& error) {
  say(text(error));
  return 1;
}

Result<std::string> read_all(const std::string& name) {
  const bool standard = name == "-";
  const int fd = standard ? STDIN_FILENO : open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return Error{"the file cannot be read", name, errno};
  std::string out;
  char buffer[16384];
  ssize_t got = 0;
  while (out.size() <= kMaxFile && ((got = read(fd, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR)))
    if (got > 0) out.append(buffer, static_cast<std::size_t>(got));
  const int error = got < 0 ? errno : 0;
  if (!standard) close(fd);
  if (error != 0) return Error{"the file cannot be read", standard ? "standard input" : name, error};
  if (out.size() > kMaxFile) return Error{"the file is larger than 1 MiB", standard ? "standard input" : name};
  return out;
}

// What is no file, a pipe or a terminal, takes the text as it comes; a file is whole or as it was.
Result<Done> write_policy(const std::string& name, const std::string& text) {
  struct stat there {};
  const bool exists = stat(name.c_str(), &there) == 0;
  if (!exists || S_ISREG(there.st_mode)) {
    const mode_t mask = umask(0);
    umask(mask);
    char real[PATH_MAX];
    NewFile file(exists && realpath(name.c_str(), real) != nullptr ? real : name);
    if (Result<Done> done = file.write_text(text, exists ? there.st_mode & 0777 : 0666 & ~mask); !done) return done;
    return file.place(true);
  }
  const int fd = open(name.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return Error{"the file cannot be written", name, errno};
  int error = write_all(fd, text);
  if (close(fd) != 0 && error == 0) error = errno;
  if (error != 0) return Error{"the file cannot be written", name, error};
  return Done{};
}

Kind look(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return Kind::kNothing;
  return S_ISDIR(info.st_mode) ? Kind::kDirectory : Kind::kFile;
}

// What stands after "--", and for the sandboxer what the environment has.
Result<std::vector<Word>> words_of(const std::string& format, const std::vector<std::string>& arguments) {
  std::vector<Word> out;
  for (std::size_t i = 0; i < arguments.size(); ++i) out.push_back({arguments[i], "argument " + std::to_string(i + 1)});
  if (format == "sandboxer")
    for (const char* const* entry = environ; *entry != nullptr; ++entry)
      if (const std::string_view variable = *entry; variable.starts_with("LL_")) out.push_back({std::string(variable), "the environment"});
  for (const Word& word : out)
    if (const std::string why = unfit(word.text); !why.empty()) return Error{word.text.substr(0, 60) + ": " + why, word.where};
  return out;
}

// What was made is read as any policy is: a fault here would be one at its first start.
int check(const std::string& policy, const Surroundings& surroundings) {
  const Loaded loaded = load_text(policy, "the converted policy", surroundings);
  return loaded.faults.empty() ? 0 : failed(loaded.faults.front());
}

int convert(const Request& request, const std::vector<std::string>& arguments) {
  const Format* format = nullptr;
  std::string known;
  Nearest nearest(request.format);
  for (const Format& one : kFormats) {
    if (request.format == one.word) format = &one;
    known += (known.empty() ? "" : ", ") + std::string(one.word);
    nearest.offer(one.word);
  }
  if (format == nullptr)
    return misused("convert: " + printable(request.format) + ": no such format; there are " + known + (nearest.best().empty() ? "" : "; did you mean '" + std::string(nearest.best()) + "'?"));
  if (request.output && request.output->empty()) return misused("convert: --output: the name is empty");
  const bool from_words = request.file.empty() && (request.format == "landrun" || request.format == "sandboxer");
  if (!from_words && !arguments.empty()) return misused("convert: " + (request.file.empty() ? request.format + " is read from a file" : "a file or words after --, not both"));
  if (!from_words && request.file.empty()) return misused("convert: FILE is missing");
  if (request.format == "sandboxer" && !arguments.empty()) return misused("convert: sandboxer is read from the environment or a file, not from words after --");
  if (request.format == "landrun" && from_words && arguments.empty()) return misused("convert: the command line of landrun is missing; give it after --, or in a file");

  Surroundings surroundings;
  surroundings.environment = environ;
  surroundings.at_start = false;
  surroundings.own_profile = own_profile;
  Foreign foreign{request.file == "-" ? "standard input" : from_words ? "the environment" : request.file, {}, {}, surroundings, look};
  if (from_words) {
    Result<std::vector<Word>> words = words_of(request.format, arguments);
    if (!words) return failed(words.error());
    foreign.words = std::move(*words);
  } else {
    Result<std::string> text = read_all(request.file);
    if (!text) return failed(text.error());
    foreign.text = std::move(*text);
  }
  const Result<std::string> policy = format->convert(foreign);
  if (!policy) return failed(policy.error());
  if (const int status = check(*policy, surroundings); status != 0) return status;
  if (!request.output) return print(*policy) ? 0 : 1;
  const Result<Done> done = write_policy(*request.output, *policy);
  return done ? 0 : failed(done.error());
}

}  // namespace

void add_convert(CLI::App& app, const std::vector<std::string>& arguments, int& status) {
  Subcommand words = add_subcommand(app, "convert", "make a policy of another tool's: landrun, sandboxec, sandboxer, landlockconfig");
  auto request = std::make_shared<Request>();
  words.add_option("FORMAT", request->format, "landrun, sandboxec, sandboxer (the kernel's sample) or landlockconfig").required();
  words.add_option("FILE", request->file, "what to convert; - is standard input. landrun: else the words after --; sandboxer: else the environment");
  words.add_option("-o,--output", request->output, "write the policy to this file").value_name("FILE");
  words.action(status, [request, &arguments] { return convert(*request, arguments); });
}

}  // namespace landshim::command
