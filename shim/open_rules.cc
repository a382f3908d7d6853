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

std::string can_turn(const Link& link, const std::string& real) {
  return ": the program that is held can turn the link " + link.path + ", which leads to " + real + " now; if that is meant, name " + real + " itself, else mend the link or grant less";
}

}  // namespace

RuleOpener::RuleOpener(const Plan& plan) : plan_(plan), changes_names_(std::any_of(plan.ruleset.paths.begin(), plan.ruleset.paths.end(), changes_names)) {
  if (changes_names_) seen_.reserve(plan.ruleset.paths.size());
}

Error RuleOpener::fault(const PlannedPath& path, const std::string& why, int os_error) const { return {words(path) + why, place(plan_, path.origin), os_error}; }

Error RuleOpener::cannot_open(const PlannedPath& path, int result) const {
  if (!is_missing(result)) return fault(path, ": the path cannot be opened", -result);
  if (path.pattern) return fault(path, ": the pattern matches nothing; correct it, or write -" + path.path + " if that is fine");
  return fault(path, ": there is no such path; correct it, or write -" + path.path + " if it may be missing");
}

// Links count only where the program can change names. One call then, where none is on the way.
int RuleOpener::open_end(const PlannedPath& path, bool& linked) const {
  if (path.pattern) return -ENOENT;
  const int fd = changes_names_ ? kernel::open_without_links(path.path.c_str()) : -ELOOP;
  if (fd != -ELOOP && fd != -ENOSYS && fd != -EPERM) return fd;
  linked = changes_names_;
  return kernel::open_path(path.path.c_str());
}

// Why the program that is held would have a say in its policy; empty: it has none.
std::string RuleOpener::writable_policy(const PlannedPath& path, FileId id) const {
  for (const Source& source : plan_.sources)
    if (holds(source.chain, id)) return ": this makes the policy " + source.path + " writable for the program that it holds; move the policy elsewhere, or grant less";
  if (holds(plan_.log.target.chain, id)) return ": this lets the program that is held write the log " + plan_.log.target.path + " of [audit], or put another in its place; move the log elsewhere, or grant less";
  for (const Source& absent : plan_.absent)
    if (holds(absent.chain, id))
      return ": this lets the program that is held create " + absent.path + ", and so choose what " + absent.shown + " means at its next start; name a file elsewhere by its path, " +
             (path.key == "mode" ? "start in another directory, " : "") + "or grant less";
  return {};
}

Result<OpenedRule> RuleOpener::open(const PlannedPath& path) {
  bool linked = false;
  Descriptor fd(open_end(path, linked));
  // What the host lists and this user cannot reach, such as another home in PATH, is no use to the program either.
  const bool out_of_reach = fd.get() == -EACCES && path.key == "runtime";
  if ((is_missing(fd.get()) || out_of_reach) && path.missing_ok) return OpenedRule{};
  if (fd.get() < 0) return cannot_open(path, fd.get());
  kernel::PathInfo info;
  if (const int result = kernel::describe(fd.get(), info); result < 0) return fault(path, ": the path cannot be looked at", -result);
  if (path.makes_writable)
    if (std::string why = writable_policy(path, info.id); !why.empty()) return fault(path, why);
  const Rights rights = info.directory ? path.rights : path.rights & kOnFiles;
  if (rights == 0) return fault(path, ": this right means nothing on a file; name its directory");
  if (changes_names_) {
    if (info.directory && changes_names(path) && !holds(naming_, info.id)) naming_.push_back(info.id);
    seen_.push_back({&path, info.id, rights, linked, {}, nullptr, {}});
  }
  return OpenedRule{std::move(fd), info.directory, rights, info.id};
}

bool RuleOpener::changeable(const std::vector<FileId>& directories) const {
  return std::any_of(directories.begin(), directories.end(), [this](FileId id) { return holds(naming_, id); });
}

const Link* RuleOpener::changeable_link(const std::vector<Link>& links) const {
  const auto found = std::find_if(links.begin(), links.end(), [this](const Link& link) { return changeable(link.above); });
  return found == links.end() ? nullptr : &*found;
}

// As /bin, where it leads to /usr/bin, beside a rule on that.
bool RuleOpener::given_without_links(const Seen& seen) const {
  Rights given = 0;
  for (const Seen& other : seen_)
    if (!other.linked && other.id == seen.id) given |= other.rights;
  return (seen.rights & ~given) == 0;
}

// The rule is bound already: that the walk ends there shows how one comes to it.
void RuleOpener::walk_links(std::vector<Lever>& out) {
  for (Seen& seen : seen_) {
    if (!seen.linked || given_without_links(seen)) continue;
    seen.walked = walk(seen.path->path);
    if (seen.walked.error < 0) out.push_back({seen.path, fault(*seen.path, ": the way there cannot be looked at", -seen.walked.error)});
    else if (seen.walked.id != seen.id) out.push_back({seen.path, fault(*seen.path, ": this leads elsewhere from one look to the next; end the program that changes it, and start again")});
    seen.turned = changeable_link(seen.walked.links);
    if (seen.turned != nullptr) seen.chain = chain_of(seen.walked);
    seen.walked.end.reset();
    seen.walked.holder.reset();
  }
}

// Whether a rule gives more at its end than the rules that no link of the program leads to. Not execution of what may be
// read and written: the program could copy it to where it may be executed.
bool RuleOpener::gains(const Seen& seen) const {
  constexpr Rights kCopying = kReadFile | kWriteFile;
  Rights given = 0;
  for (const Seen& other : seen_)
    if (other.turned == nullptr && holds(seen.chain, other.id)) given |= other.rights;
  const Rights more = seen.rights & ~given;
  return more != 0 && !(more == kExecute && (given & kCopying) == kCopying);
}

// What rules were taken from must be what it was, and stay so.
void RuleOpener::judge_followed(const Followed& followed, std::vector<Lever>& out) const {
  const PlannedPath path{followed.path, 0, false, false, false, false, followed.key, followed.origin};
  const Walk walked = walk(followed.path);
  const bool unreachable = walked.error < 0 && !is_missing(walked.error);
  if (const Link* link = changeable_link(walked.links)) out.push_back({nullptr, fault(path, can_turn(*link, walked.real))});
  else if (unreachable || walked.real != followed.real) out.push_back({nullptr, fault(path, ": this led to " + followed.real + " when the policy was read, and does no more; name " + followed.real + " itself")});
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
  if (result < 0) return out.push_back({nullptr, fault(path, ": what lies above it cannot be looked at", -result)});
  std::size_t highest = 0;
  for (std::size_t i = 1; i < above.size(); ++i)
    if (holds(naming_, above[i])) highest = i;
  if (highest == 0) return;
  for (std::size_t i = 1; i < highest; ++i) directory.erase(directory.rfind('/'));
  out.push_back({nullptr, fault(path, ": the program that is held can rename " + directory + ", and what is hidden beneath it shows at its next start; hide " + directory + " itself, or grant less")});
}

std::vector<Lever> RuleOpener::levers() {
  std::vector<Lever> out;
  if (!changes_names_) return out;
  walk_links(out);
  for (const Seen& seen : seen_)
    if (seen.turned != nullptr && gains(seen)) out.push_back({seen.path, fault(*seen.path, can_turn(*seen.turned, seen.walked.real))});
  for (const Followed& followed : plan_.followed) judge_followed(followed, out);
  for (const PlannedPath& path : plan_.namespaces.hide) judge_hidden(path, out);
  return out;
}

}  // namespace landshim
