// SPDX-License-Identifier: MIT
#include "shim/command/ground.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>

#include "config/syscalls.h"
#include "shim/command/target.h"
#include "shim/walk.h"

namespace landshim::command {

namespace {

constexpr std::uint64_t kHere = static_cast<std::uint64_t>(AT_FDCWD);
// Where a path or an address may stand in memory: a filter sees no more of it.
constexpr std::uint64_t kPointer = 0x7f00'0000'0000;
constexpr std::uint64_t kDescriptor = 3;
// O_NONBLOCK: a question never waits for the other end of a pipe.
constexpr std::uint64_t kOpened = O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
constexpr std::uint64_t kStream = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
constexpr std::uint64_t kDatagram = SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK;

FileId id_of(const struct stat& info) { return {info.st_dev, info.st_ino}; }

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Appends a directory and all above it. By descriptors, as the kernel goes; where a directory may not be searched, by
// the names in its path.
Result<Done> climb_from(std::string path, std::vector<FileId>& chain) {
  for (;;) {
    const Descriptor fd(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    std::vector<FileId> above;
    const int result = fd.get() < 0 ? -errno : climb(fd.get(), above);
    chain.insert(chain.end(), above.begin(), above.end());
    if (result == 0) return Done{};
    if (result != -EACCES || above.empty() || path == "/") return Error{path + ": the path cannot be looked at", {}, -result};
    for (std::size_t i = 0; i < above.size(); ++i) path = parent_of(path);
  }
}

// A rule on the root or on a home directory as a whole would be too much to propose.
bool too_wide(const std::string& path) {
  const char* home = getenv("HOME");
  return path == "/" || path == "/root" || path == "/home" || parent_of(path) == "/home" || (home != nullptr && path == home);
}

// Of what lies side by side there, one file says nothing of the next: /etc, /dev, /var.
bool is_mixed(const std::string& path) { return parent_of(path) == "/"; }

Error not_found(const Question& question, int error) {
  const std::string what = question.shown + ": ";
  switch (error) {
    case ENOENT: return {what + "there is no such path"};
    case ENOTDIR: return {what + "something on the way is no directory"};
    case ELOOP: return {what + "the links on the way form a loop"};
    case ENAMETOOLONG: return {what + "the path is too long"};
    default: return {what + "the path cannot be looked at", {}, error};
  }
}

// As open(2) finds it.
Result<Found> find(const Question& question, const std::string& path) {
  const Descriptor opened(open(path.c_str(), O_PATH | O_CLOEXEC));
  if (opened.get() < 0) return not_found(question, errno);
  Result<Found> found = found_at(opened.get(), path.c_str());
  if (!found) return Error{question.shown + ": " + found.error().what};
  return found;
}

Error wrong_kind(const Question& question, const char* what) { return {question.shown + ": " + what}; }

std::uint64_t access_mode(Verb verb) { return verb == Verb::kWrite ? O_WRONLY : O_RDONLY; }

Result<Access> ask_file(const Question& question) {
  const Result<Found> found = find(question, question.target);
  if (!found) return found.error();
  const bool directory = S_ISDIR(found->info.st_mode);
  if (question.verb == Verb::kList && !directory) return wrong_kind(question, "this is no directory; ask read");
  const bool changes = question.verb == Verb::kWrite || question.verb == Verb::kTruncate;
  if (changes && directory) return wrong_kind(question, "this is a directory; ask create or remove for a path in it");
  if (question.verb == Verb::kTruncate && !S_ISREG(found->info.st_mode)) return wrong_kind(question, "this is no regular file");
  const Rights rights = question.verb == Verb::kTruncate ? kTruncate : question.verb == Verb::kWrite ? kWriteFile : directory ? kReadDir : kReadFile;
  Result<Wanted> wanted = wanted_of(*found, rights);
  if (!wanted) return wanted.error();
  wanted->changes = changes && S_ISREG(found->info.st_mode);
  CallMade call{.name = "truncate", .arguments = {kPointer}};
  if (question.verb != Verb::kTruncate) call = {.name = "openat", .arguments = {kHere, kPointer, access_mode(question.verb) | kOpened | (directory ? O_DIRECTORY : 0U)}};
  return Access{.calls = {call}, .files = {*wanted}};
}

// The directory that holds the last name of a path. `name` comes without the slashes behind it.
Result<Found> find_parent(const Question& question, std::string& name) {
  std::string path = question.target;
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  name = path.substr(path.rfind('/') + 1);
  if (name.empty() || name == "." || name == "..") return wrong_kind(question, "the last name of the path must be that of a file");
  if (name.size() > NAME_MAX) return not_found(question, ENAMETOOLONG);
  const std::string directory = path.substr(0, path.size() - name.size());
  Result<Found> parent = find(question, directory.empty() ? "." : directory);
  if (parent && !S_ISDIR(parent->info.st_mode)) return not_found(question, ENOTDIR);
  return parent;
}

Result<Access> ask_entry(const Question& question) {
  std::string name;
  const Result<Found> parent = find_parent(question, name);
  if (!parent) return parent.error();
  const std::string path = (parent->path == "/" ? "" : parent->path) + "/" + name;
  bool directory = question.target.ends_with('/');
  if (question.verb == Verb::kRemove) {
    struct stat info {};
    if (lstat(path.c_str(), &info) != 0) return not_found(question, errno);
    if (directory && !S_ISDIR(info.st_mode)) return not_found(question, ENOTDIR);
    directory = S_ISDIR(info.st_mode);
  }
  const bool create = question.verb == Verb::kCreate;
  const Rights rights = create ? (directory ? kMakeDir : kMakeReg | kWriteFile) : directory ? kRemoveDir : kRemoveFile;
  Result<Wanted> wanted = wanted_of(*parent, rights);
  if (!wanted) return wanted.error();
  wanted->changes = true;
  CallMade call{.name = "unlinkat", .arguments = {kHere, kPointer, directory ? std::uint64_t{AT_REMOVEDIR} : 0}};
  if (create && directory) call = {.name = "mkdirat", .arguments = {kHere, kPointer, 0700}};
  if (create && !directory) call = {.name = "openat", .arguments = {kHere, kPointer, O_WRONLY | O_CREAT | O_EXCL | kOpened, 0600}};
  return Access{.calls = {call}, .files = {*wanted}};
}

Result<Access> ask_program(const Question& question) {
  const Result<Found> named = find(question, question.target);
  if (!named) return named.error();
  if (!S_ISREG(named->info.st_mode)) return wrong_kind(question, "this is no regular file");
  Access access{.calls = {{.name = "execve", .arguments = {kPointer, kPointer, kPointer}}}};
  for (const std::string& file : started_files(question.target)) {
    const Result<Found> found = find(question, file);
    if (!found) return Error{question.shown + ": its interpreter or loader " + file + " cannot be found", {}, found.error().os_error};
    Result<Wanted> wanted = wanted_of(*found, kExecute | kReadFile);
    if (!wanted) return wanted.error();
    access.files.push_back(std::move(*wanted));
  }
  return access;
}

Result<Access> ask_unix(const Question& question) {
  Access access{.calls = {{.name = "socket", .arguments = {AF_UNIX, kStream, 0}}, {.name = "connect", .arguments = {kDescriptor, kPointer, sizeof(sockaddr_un)}}}};
  access.abstract_unix = question.target.starts_with('@');
  if (access.abstract_unix) return access;
  const Result<Found> found = find(question, question.target);
  if (!found) return found.error();
  if (!S_ISSOCK(found->info.st_mode)) return wrong_kind(question, "this is no socket");
  Result<Wanted> wanted = wanted_of(*found, kResolveUnix);
  if (!wanted) return wanted.error();
  access.files.push_back(std::move(*wanted));
  return access;
}

Access ask_port(const Question& question) {
  const bool connect = question.verb == Verb::kConnect;
  Access access{.calls = {{.name = "socket", .arguments = {AF_INET, question.udp ? kDatagram : kStream, 0}}, {.name = connect ? "connect" : "bind", .arguments = {kDescriptor, kPointer, sizeof(sockaddr_in)}}}};
  access.port = question.port;
  access.net = question.udp ? (connect ? kConnectSendUdp : kBindUdp) : connect ? kConnectTcp : kBindTcp;
  return access;
}

Access ask_call(const Question& question) {
  CallMade call{.name = find_syscall(question.target)->name, .any_arguments = question.arguments.empty()};
  for (std::size_t i = 0; i < question.arguments.size(); ++i) call.arguments[i] = question.arguments[i];
  return Access{.calls = {call}};
}

}  // namespace

Result<Found> found_at(int opened, const char* path) {
  Found found;
  char buffer[PATH_MAX];
  const std::string link = "/proc/self/fd/" + std::to_string(opened);
  const ssize_t size = fstat(opened, &found.info) != 0 ? -1 : readlink(link.c_str(), buffer, sizeof buffer);
  if (size > 0 && static_cast<std::size_t>(size) < sizeof buffer) found.path.assign(buffer, static_cast<std::size_t>(size));
  else if (path != nullptr && realpath(path, buffer) != nullptr) found.path = buffer;
  struct stat again {};
  if (!found.path.starts_with('/') || lstat(found.path.c_str(), &again) != 0 || id_of(again) != id_of(found.info)) return Error{"this lies in no directory, and no rule can speak of it"};
  return found;
}

Result<Wanted> wanted_of(const Found& found, Rights rights) {
  Wanted out{.rights = rights, .path = found.path};
  const bool directory = S_ISDIR(found.info.st_mode);
  if (!directory) out.chain.push_back(id_of(found.info));
  if (const Result<Done> done = climb_from(directory ? found.path : parent_of(found.path), out.chain); !done) return done.error();
  const std::string above = directory ? found.path : parent_of(found.path);
  out.device = S_ISCHR(found.info.st_mode) || S_ISBLK(found.info.st_mode);
  const bool by_name = rights == kResolveUnix || out.device;
  if (!by_name && !too_wide(above) && (directory || !is_mixed(above))) out.grants.push_back({out.chain[directory ? 0 : 1], above});
  if (!directory) out.grants.push_back({out.chain[0], found.path});
  const std::string own = "/proc/" + std::to_string(getpid()) + "/";
  if (out.path.starts_with(own)) {
    out.path = "/proc/self/" + out.path.substr(own.size());
    out.grants.clear();
  }
  return out;
}

std::vector<Ground> grounds_of(const Plan& plan, const std::vector<Result<Survey>>& surveys) {
  std::vector<Ground> out;
  const auto real = [](const std::string& path) {
    char buffer[PATH_MAX];
    return realpath(path.c_str(), buffer) == nullptr ? std::string() : std::string(buffer);
  };
  for (std::size_t i = 0; i < surveys.size(); ++i) {
    const Result<Survey>& survey = surveys[i];
    const bool bound = survey && !survey->missing && survey->id != FileId{};
    out.push_back(bound ? Ground{survey->id, survey->rights, real(plan.ruleset.paths[i].path)} : Ground{});
  }
  const auto cover = [&](const std::string& path) { out.push_back({{}, 0, real(path)}); };
  for (const PlannedPath& path : plan.namespaces.hide) cover(path.path);
  if (plan.namespaces.private_tmp)
    for (const char* path : kCoveredByPrivateTmp) cover(path);
  return out;
}

Result<Access> access_of(const Question& question) {
  switch (question.verb) {
    case Verb::kRead:
    case Verb::kWrite:
    case Verb::kList:
    case Verb::kTruncate: return ask_file(question);
    case Verb::kCreate:
    case Verb::kRemove: return ask_entry(question);
    case Verb::kExec: return ask_program(question);
    case Verb::kUnix: return ask_unix(question);
    case Verb::kConnect:
    case Verb::kBind: return ask_port(question);
    case Verb::kCall: return ask_call(question);
  }
  return Error{question.shown + ": no such question"};
}

}  // namespace landshim::command
