// SPDX-License-Identifier: MIT
#include "shim/open_rules.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "shim/kernel.h"
#include "shim/place.h"

namespace landshim {

namespace {

bool is_missing(int result) { return result == -ENOENT || result == -ENOTDIR; }

bool holds(const std::vector<FileId>& ids, FileId id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

bool changes_names(const PlannedPath& path) { return path.makes_writable && (path.rights & kNaming) != 0; }

Error cannot_open(const Plan& plan, const PlannedPath& path, int result) {
  std::string what = words(path);
  if (is_missing(result))
    what += path.pattern ? ": the pattern matches nothing; correct it, or write -" + path.path + " if that is fine"
                         : ": there is no such path; correct it, or write -" + path.path + " if it may be missing";
  else
    what += ": the path cannot be opened";
  return {std::move(what), place(plan, path.origin), is_missing(result) ? 0 : -result};
}

std::string can_turn(const Link& link, const std::string& real) {
  return ": the program that is held can turn the link " + link.path + ", which leads to " + real + " now; if that is meant, name " + real + " itself, else mend the link or grant less";
}

}  // namespace

RuleOpener::RuleOpener(const Plan& plan) : plan_(plan), changes_names_(std::any_of(plan.ruleset.paths.begin(), plan.ruleset.paths.end(), changes_names)) {}

// Links count only where the program can change names. One call then, where none is on the way.
int RuleOpener::open_end(const PlannedPath& path, Walk& walked) const {
  if (path.pattern) return -ENOENT;
  if (!changes_names_) return kernel::open_path(path.path.c_str());
  const int fd = kernel::open_without_links(path.path.c_str());
  if (fd != -ELOOP && fd != -ENOSYS && fd != -EPERM) return fd;
  // The kernel's own walk mounts what is mounted on demand, and is the measure of ours.
  const Descriptor direct(kernel::open_path(path.path.c_str()));
  if (direct.get() < 0) return direct.get();
  walked = walk(path.path);
  if (walked.error < 0) return walked.error;
  kernel::PathInfo ours;
  kernel::PathInfo theirs;
  const bool same = kernel::describe(walked.end.get(), ours) == 0 && kernel::describe(direct.get(), theirs) == 0 && ours.id == theirs.id;
  return same ? walked.end.release() : -EAGAIN;
}

// Why the program that is held would have a say in its policy; empty: it has none.
std::string RuleOpener::writable_policy(const PlannedPath& path, FileId id) const {
  for (const Source& source : plan_.sources)
    if (holds(source.chain, id)) return ": this makes the policy " + source.path + " writable for the program that it holds; move the policy elsewhere, or grant less";
  for (const Source& absent : plan_.absent)
    if (holds(absent.chain, id))
      return ": this lets the program that is held create " + absent.path + ", and so choose what " + absent.shown + " means at its next start; name a file elsewhere by its path, " +
             (path.key == "mode" ? "start in another directory, " : "") + "or grant less";
  return {};
}

Result<OpenedRule> RuleOpener::open(const PlannedPath& path) {
  Seen seen{&path, {}, 0, {}};
  Descriptor fd(open_end(path, seen.walked));
  // What the host lists and this user cannot reach, such as another home in PATH, is no use to the program either.
  const bool out_of_reach = fd.get() == -EACCES && path.key == "runtime";
  if ((is_missing(fd.get()) || out_of_reach) && path.missing_ok) return OpenedRule{};
  if (fd.get() < 0) return cannot_open(plan_, path, fd.get());
  kernel::PathInfo info;
  if (const int result = kernel::describe(fd.get(), info); result < 0) return Error{words(path) + ": the path cannot be looked at", place(plan_, path.origin), -result};
  if (path.makes_writable)
    if (std::string why = writable_policy(path, info.id); !why.empty()) return Error{words(path) + why, place(plan_, path.origin), 0};
  const Rights rights = info.directory ? path.rights : path.rights & kOnFiles;
  if (rights == 0) return Error{words(path) + ": this right means nothing on a file; name its directory", place(plan_, path.origin), 0};
  if (changes_names_) {
    if (info.directory && changes_names(path) && !holds(naming_, info.id)) naming_.push_back(info.id);
    seen.id = info.id;
    seen.rights = rights;
    seen_.push_back(std::move(seen));
  }
  return OpenedRule{std::move(fd), info.directory, rights};
}

bool RuleOpener::changeable(const std::vector<FileId>& directories) const {
  return std::any_of(directories.begin(), directories.end(), [this](FileId id) { return holds(naming_, id); });
}

const Link* RuleOpener::changeable_link(const std::vector<Link>& links) const {
  const auto found = std::find_if(links.begin(), links.end(), [this](const Link& link) { return changeable(link.above); });
  return found == links.end() ? nullptr : &*found;
}

// Whether a rule gives more at its end than the rules that no link of the program leads to. Not execution of what may be
// read and written: the program could copy it to where it may be executed.
bool RuleOpener::gains(const Seen& seen) const {
  constexpr Rights kCopying = kReadFile | kWriteFile;
  Rights given = 0;
  for (const Seen& other : seen_)
    if (holds(seen.walked.chain, other.id) && changeable_link(other.walked.links) == nullptr) given |= other.rights;
  const Rights more = seen.rights & ~given;
  return more != 0 && !(more == kExecute && (given & kCopying) == kCopying);
}

// What rules were taken from must be what it was, and stay so.
void RuleOpener::judge_followed(const Followed& followed, std::vector<Lever>& out) const {
  const std::string named = followed.key + " = " + followed.path;
  const Walk walked = walk(followed.path);
  const bool unreachable = walked.error < 0 && !is_missing(walked.error);
  if (const Link* link = changeable_link(walked.links)) out.push_back({nullptr, {named + can_turn(*link, walked.real), place(plan_, followed.origin), 0}});
  else if (unreachable || walked.real != followed.real) out.push_back({nullptr, {named + ": this led to " + followed.real + " when the policy was read, and does no more; name " + followed.real + " itself", place(plan_, followed.origin), 0}});
}

// A mount goes with a directory that is renamed. What is mounted on itself cannot be: a hidden path in the very directory
// that the program may change stays in its place.
void RuleOpener::judge_hidden(const PlannedPath& path, std::vector<Lever>& out) const {
  std::string directory = path.path.substr(0, path.path.rfind('/'));
  if (directory.empty()) return;
  const Descriptor fd(kernel::open_path(directory.c_str()));
  std::vector<FileId> above;
  const int result = fd.get() < 0 ? fd.get() : climb(fd.get(), above);
  if (is_missing(result)) return;
  if (result < 0) return out.push_back({nullptr, {words(path) + ": what lies above it cannot be looked at", place(plan_, path.origin), -result}});
  std::size_t highest = 0;
  for (std::size_t i = 1; i < above.size(); ++i)
    if (holds(naming_, above[i])) highest = i;
  if (highest == 0) return;
  for (std::size_t i = 1; i < highest; ++i) directory.erase(directory.rfind('/'));
  out.push_back({nullptr, {words(path) + ": the program that is held can rename " + directory + ", and what is hidden beneath it shows at its next start; hide " + directory + " itself, or grant less", place(plan_, path.origin), 0}});
}

std::vector<Lever> RuleOpener::levers() const {
  std::vector<Lever> out;
  if (!changes_names_) return out;
  for (const Seen& seen : seen_)
    if (const Link* link = changeable_link(seen.walked.links))
      if (gains(seen)) out.push_back({seen.path, {words(*seen.path) + can_turn(*link, seen.walked.real), place(plan_, seen.path->origin), 0}});
  for (const Followed& followed : plan_.followed) judge_followed(followed, out);
  for (const PlannedPath& path : plan_.namespaces.hide) judge_hidden(path, out);
  return out;
}

std::string words(const PlannedPath& path) {
  const bool implied = path.key == "mode" || path.key == "runtime" || path.key == "always";
  return path.key + (implied ? ": " : " = ") + path.path;
}

}  // namespace landshim
