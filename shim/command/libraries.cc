// SPDX-License-Identifier: MIT
#include "shim/command/libraries.h"

#include <algorithm>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "config/surroundings.h"

namespace landshim::command {

namespace {

using Names = std::vector<std::string>;

constexpr std::size_t kMaxTries = 1'000'000;  // a file can name directories without end

std::string absolute(const std::string& path) { return path.starts_with('/') ? path : working_directory() + "/" + path; }

std::string directory_of(const std::string& path) { return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1)); }

// Empty: the working directory.
Names split(std::string_view list, const char* separators) {
  Names out;
  for (std::size_t at = 0; !list.empty() && at <= list.size();) {
    const std::size_t end = std::min(list.find_first_of(separators, at), list.size());
    out.push_back(end == at ? "." : std::string(list.substr(at, end - at)));
    at = end + 1;
  }
  return out;
}

std::string replaced(std::string text, std::string_view token, const std::string& value) {
  for (const std::string& written : {"${" + std::string(token) + "}", "$" + std::string(token)})
    for (std::size_t at = 0; (at = text.find(written, at)) != text.npos; at += value.size()) text.replace(at, written.size(), value);
  return text;
}

// What /etc/ld.so.cache knows, by name: the format of glibc 2.2 and later, "glibc-ld.so.cache1.1".
std::multimap<std::string, std::string> read_cache() {
  struct Head {
    char magic[20];
    std::uint32_t count, strings, flags, extensions, unused[3];
  };
  struct Entry {
    std::int32_t flags;
    std::uint32_t name, path, kernel;
    std::uint64_t variant;
  };
  constexpr std::string_view kMagic = "glibc-ld.so.cache1.1";
  std::ifstream file("/etc/ld.so.cache", std::ios::binary);
  const std::string all((std::istreambuf_iterator<char>(file)), {});
  const std::string cache = all.substr(std::min(all.find(kMagic), all.size()));
  std::multimap<std::string, std::string> out;
  if (cache.size() < sizeof(Head)) return out;
  Head head;
  std::memcpy(&head, cache.data(), sizeof head);
  const auto text = [&](std::uint32_t at) { return at < cache.size() ? std::string(cache.c_str() + at) : std::string(); };
  for (std::size_t i = 0; i < head.count && cache.size() - sizeof head >= (i + 1) * sizeof(Entry); ++i) {
    Entry entry;
    std::memcpy(&entry, cache.data() + sizeof head + i * sizeof entry, sizeof entry);
    out.emplace(text(entry.name), text(entry.path));
  }
  return out;
}

class Search {
 public:
  Search(const std::string& file, const Object& program, std::string_view search) : environment_(split(search, ":;")), musl_(base_of(program.loader).starts_with("ld-musl-")) {
    objects_.push_back({program, file, 0});
    // $ORIGIN of the program, and where the loader's own library lies, are real paths.
    char real[PATH_MAX];
    if (realpath(file.c_str(), real) != nullptr) objects_.front().path = real;
    if (realpath(program.loader.c_str(), real) != nullptr) defaults_.push_back(directory_of(real));
    if (!musl_) cache_ = read_cache();
    for (const char* directory : {"/lib64", "/lib", "/usr/local/lib", "/usr/lib64", "/usr/lib"}) defaults_.push_back(directory);
  }

  Result<Names> run() {
    Names out;
    std::set<std::string> known;
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      const Names needed = objects_[i].object.needed;
      for (const std::string& name : needed) {
        if (!known.insert(name).second) continue;
        for (Found& found : find(i, name)) {
          known.insert(found.object.name);
          out.push_back(found.path);
          objects_.push_back(std::move(found));
        }
        if (tries_ > kMaxTries) return Error{"its libraries are named in more than " + std::to_string(kMaxTries) + " places"};
      }
    }
    return out;
  }

 private:
  struct Found {
    Object object;
    std::string path;
    std::size_t by;  // the object that needs it
  };

  static std::string base_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

  std::vector<Found> find(std::size_t by, const std::string& name) {
    std::vector<Found> out;
    if (name.find('/') != name.npos) {
      take(filled_in(name, by), by, out);
      return out;
    }
    const Names first = rpaths(by);
    const Names own = musl_ ? Names{} : filled_in(split(objects_[by].object.runpath, ":"), by);
    tries_ += first.size() + own.size();
    const Names& outer = musl_ ? environment_ : first;
    const Names& inner = musl_ ? first : environment_;
    for (const Names* directories : {&outer, &inner, &own})
      if (take(beneath(*directories, name), by, out)) return out;
    // It has a variant of a library for each kind of processor: whichever the loader takes is among them.
    for (auto [at, end] = cache_.equal_range(name); at != end; ++at) take({at->second}, by, out);
    if (out.empty()) take(beneath(defaults_, name), by, out);
    return out;
  }

  // The first of these files that the loader would take.
  bool take(const Names& files, std::size_t by, std::vector<Found>& out) {
    for (const std::string& file : files) {
      if (tries_ > kMaxTries) return false;
      std::optional<Object> object = read_object(file);
      if (!object || !object->shared || object->word != program().word || object->machine != program().machine) continue;
      out.push_back({std::move(*object), absolute(file), by});
      return true;
    }
    return false;
  }

  const Object& program() const { return objects_.front().object; }

  static Names beneath(const Names& directories, const std::string& name) {
    Names out;
    for (const std::string& directory : directories) out.push_back(directory + "/" + name);
    return out;
  }

  // DT_RPATH counts for what an object needs, and for what that needs in turn; where an object has DT_RUNPATH its
  // DT_RPATH is nothing. To musl the two are one.
  Names rpaths(std::size_t by) const {
    Names out;
    if (!musl_ && !objects_[by].object.runpath.empty()) return out;
    for (std::size_t i = by;; i = objects_[i].by) {
      const Object& object = objects_[i].object;
      const std::string& list = object.runpath.empty() ? object.rpath : musl_ ? object.runpath : "";
      const Names directories = filled_in(split(list, ":"), i);
      out.insert(out.end(), directories.begin(), directories.end());
      if (i == 0 || out.size() > kMaxTries) return out;
    }
  }

  Names filled_in(const Names& places, std::size_t by) const {
    Names out;
    for (const std::string& place : places)
      for (std::string& one : filled_in(place, by)) out.push_back(std::move(one));
    return out;
  }

  // $LIB is one of these, as the distribution built its loader. What has other tokens is left out.
  Names filled_in(const std::string& place, std::size_t by) const {
    if (place.find('$') == place.npos) return {place};
    Names out;
    const std::string multiarch = defaults_.front().substr(1);
    for (const std::string& library : {multiarch.substr(multiarch.starts_with("usr/") ? 4 : 0), std::string("lib64"), std::string("lib")}) {
      const std::string text = replaced(place, "LIB", library);
      if (replaced(text, "ORIGIN", "").find('$') != text.npos) continue;
      const std::string one = replaced(text, "ORIGIN", directory_of(objects_[by].path));
      if (one.size() < PATH_MAX && std::find(out.begin(), out.end(), one) == out.end()) out.push_back(one);
    }
    return out;
  }

  Names environment_;
  bool musl_;
  Names defaults_{};
  std::multimap<std::string, std::string> cache_{};
  std::vector<Found> objects_{};
  std::size_t tries_ = 0;
};

}  // namespace

Result<std::vector<std::string>> find_libraries(const std::string& file, const Object& program, std::string_view search) { return Search(file, program, search).run(); }

}  // namespace landshim::command
