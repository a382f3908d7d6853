// SPDX-License-Identifier: MIT
#include "shim/walk.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

namespace landshim {

namespace {

constexpr int kMaxLinks = 40;   // path_resolution(7)
constexpr int kMaxDepth = 4096;

int open_root(Descriptor& out, FileId& id) {
  out.reset(kernel::open_entry(AT_FDCWD, "/"));
  kernel::PathInfo info;
  const int result = out.get() < 0 ? out.get() : kernel::describe(out.get(), info);
  id = info.id;
  return std::min(result, 0);
}

int climb_to(FileId root, int directory, std::vector<FileId>& chain) {
  kernel::PathInfo info;
  if (const int result = kernel::describe(directory, info); result < 0) return result;
  chain.push_back(info.id);
  Descriptor at;
  for (int depth = 0; depth < kMaxDepth; ++depth) {
    Descriptor parent(kernel::open_entry(at.get() < 0 ? directory : at.get(), ".."));
    if (const int result = parent.get() < 0 ? parent.get() : kernel::describe(parent.get(), info); result < 0) return result;
    // "/" is its own parent; a mount of a directory over one of its own is that as well.
    if (info.id == root && info.id == chain.back()) return 0;
    chain.push_back(info.id);
    at = std::move(parent);
  }
  return -ELOOP;
}

class Walker {
 public:
  explicit Walker(const std::string& path) : rest_(path) {}

  Walk run() {
    out_.error = to_root();
    while (out_.error == 0 && !rest_.empty()) out_.error = step(next_name());
    if (out_.error == 0) end();
    else out_.real = joined(out_.real, rest_);
    return std::move(out_);
  }

 private:
  static std::string joined(const std::string& directory, const std::string& name) {
    if (name.empty()) return directory;
    return (directory == "/" ? "" : directory) + "/" + name;
  }

  std::string next_name() {
    const std::size_t slash = std::min(rest_.find('/'), rest_.size());
    std::string name = rest_.substr(0, slash);
    rest_.erase(0, slash + 1);
    return name;
  }

  int to_root() {
    out_.real = "/";
    file_.reset();
    directory_.reset();
    at_root_ = true;
    const int result = root_.get() < 0 ? open_root(root_, root_id_) : 0;
    passed_ = {root_id_};
    out_.id = root_id_;
    return result;
  }

  int here() const { return at_root_ ? root_.get() : directory_.get(); }

  int step(const std::string& name) {
    if (name.empty() || name == ".") return 0;
    Descriptor next(file_.get() < 0 ? kernel::open_entry(here(), name.c_str()) : -ENOTDIR);
    kernel::PathInfo info;
    const int result = next.get() < 0 ? next.get() : kernel::describe(next.get(), info);
    if (result < 0) {
      rest_ = rest_.empty() ? name : name + "/" + rest_;
      return result;
    }
    if (info.link) return follow(next, name);
    out_.real = name == ".." ? out_.real.substr(0, std::max<std::size_t>(1, out_.real.rfind('/'))) : joined(out_.real, name);
    if (name == "..") passed_.clear();
    else if (info.directory && !passed_.empty()) passed_.push_back(info.id);
    take(std::move(next), info);
    return 0;
  }

  void take(Descriptor next, const kernel::PathInfo& info) {
    out_.id = info.id;
    if (info.directory) at_root_ = false;
    (info.directory ? directory_ : file_) = std::move(next);
  }

  int follow(const Descriptor& link, const std::string& name) {
    if (++followed_ > kMaxLinks) return -ELOOP;
    std::string text;
    if (const int result = read_link(link.get(), text); result < 0) return result;
    if (kernel::is_of_proc(link.get())) return jump(name, text);
    Link found{joined(out_.real, name), {}};
    if (!passed_.empty()) found.above.assign(passed_.rbegin(), passed_.rend());
    else if (const int result = climb_to(root_id_, here(), found.above); result < 0) return result;
    out_.links.push_back(std::move(found));
    rest_ = rest_.empty() ? text : text + "/" + rest_;
    return text.starts_with('/') ? to_root() : 0;
  }

  // Not inlined: the buffer would lie on the stack of all that is called meanwhile.
  [[gnu::noinline]] static int read_link(int link, std::string& text) {
    char buffer[PATH_MAX];
    const int size = kernel::read_link(link, buffer);
    if (size >= 0) text.assign(buffer, static_cast<std::size_t>(size));
    return std::min(size, 0);
  }

  int jump(const std::string& name, const std::string& text) {
    Descriptor next(kernel::open_behind(here(), name.c_str()));
    kernel::PathInfo info;
    if (const int result = next.get() < 0 ? next.get() : kernel::describe(next.get(), info); result < 0) return result;
    out_.real = text.starts_with('/') ? text : joined(out_.real, text);
    // No directory is known to hold such a file.
    at_root_ = false;
    passed_.clear();
    directory_.reset();
    take(std::move(next), info);
    return 0;
  }

  void end() {
    const bool file = file_.get() >= 0;
    Descriptor& directory = at_root_ ? root_ : directory_;
    out_.end = std::move(file ? file_ : directory);
    if (file) out_.holder = std::move(directory);
  }

  Walk out_{};
  std::string rest_;
  Descriptor root_{};            // as this process opened it; another root may be called "/" as well
  FileId root_id_{};
  Descriptor directory_{};       // as far as the walk has come, unless that is root_
  Descriptor file_{};            // in it, when that is no directory: the end
  bool at_root_ = true;
  std::vector<FileId> passed_{};  // from root_ down to there, each in the one before; empty: by other ways
  int followed_ = 0;
};

}  // namespace

Walk walk(const std::string& path) { return Walker(path).run(); }

std::vector<FileId> chain_of(const Walk& walked) {
  std::vector<FileId> out;
  kernel::PathInfo info;
  if (kernel::describe(walked.end.get(), info) < 0) return out;
  if (!info.directory) out.push_back(info.id);
  const int directory = info.directory ? walked.end.get() : walked.holder.get();
  if (directory >= 0 && climb(directory, out) < 0 && out.empty()) out.push_back(info.id);
  return out;
}

int climb(int directory, std::vector<FileId>& chain) {
  Descriptor top;
  FileId root;
  const int result = open_root(top, root);
  return result < 0 ? result : climb_to(root, directory, chain);
}

}  // namespace landshim
