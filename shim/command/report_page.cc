// SPDX-License-Identifier: MIT
#include "shim/command/report_page.h"

#include <algorithm>
#include <map>

#include "config/result.h"
#include "config/utf8.h"
#include "shim/command/json.h"

namespace landshim::command {

namespace {

// Soft hyphen, Arabic letter mark, what has no width, line and paragraph separators, tags: none of them is seen, and some
// turn or break a line.
bool is_unseen(char32_t c) {
  return c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xe0000 && c <= 0xe007f);
}

char32_t character_of(std::string_view bytes) {
  if (bytes.size() == 1) return static_cast<unsigned char>(bytes[0]);
  char32_t out = static_cast<unsigned char>(bytes[0]) & (0x7fU >> bytes.size());
  for (const char c : bytes.substr(1)) out = (out << 6) | (static_cast<unsigned char>(c) & 0x3fU);
  return out;
}

std::string shown(std::string_view bytes) {
  constexpr char kHex[] = "0123456789abcdef";
  const std::string text = printable(bytes);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view character = std::string_view(text).substr(at, utf8_length(text, at));
    at += character.size();
    if (!is_unseen(character_of(character))) {
      out += character;
      continue;
    }
    for (const char c : character) {
      const auto byte = static_cast<unsigned char>(c);
      out += std::string("\\x") + kHex[byte >> 4] + kHex[byte & 15];
    }
  }
  return out;
}

Json shown(const std::vector<std::string>& texts) {
  Json out = Json::array();
  for (const std::string& text : texts) out.push_back(shown(text));
  return out;
}

/// Texts that are said once and named by their number; 0 is the empty one.
class Texts {
 public:
  std::size_t number(std::string_view bytes) {
    const auto [found, is_new] = numbers_.try_emplace(shown(bytes), numbers_.size());
    if (is_new) all_.push_back(found->first);
    return found->second;
  }
  Json all() && { return std::move(all_); }

 private:
  std::map<std::string, std::size_t> numbers_{{"", 0}};
  Json all_ = Json::array({""});
};

// So that what lies in a directory follows it at once: '/' before every other byte.
struct BeforeInTree {
  bool operator()(const std::string& a, const std::string& b) const {
    const auto rank = [](char c) { return c == '/' ? 0U : static_cast<unsigned char>(c) + 1U; };
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return rank(x) < rank(y); });
  }
};

// What no kernel takes as a path is not taken apart, and neither are more than a page could show.
constexpr std::size_t kMostPath = 4096;
constexpr std::size_t kMostNames = 2'000'000;

/// All paths as a tree, each directory before what lies in it, and names in their order. A path that does not begin at the
/// root is one name beside it.
class Paths {
 public:
  void add(std::string_view path) { numbers_.try_emplace(normal(path), 0); }

  /// Once all are added.
  void number_all() {
    add_node(-1, "/");
    std::vector<std::pair<std::string, std::size_t>> above;  // the names from the root down to the path before
    for (auto& [path, number] : numbers_) {
      if (!path.starts_with('/') || path.size() > kMostPath || names_.size() > kMostNames) {
        number = add_node(-1, path);
        continue;
      }
      std::size_t depth = 0;
      for (std::size_t at = 1; at < path.size(); ++depth) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        std::string name = path.substr(at, end - at);
        at = end + 1;
        if (depth < above.size() && above[depth].first == name) continue;
        above.resize(depth);
        const std::size_t node = add_node(depth == 0 ? 0 : static_cast<std::int64_t>(above.back().second), name);
        above.emplace_back(std::move(name), node);
      }
      above.resize(depth);
      number = depth == 0 ? 0 : above.back().second;
    }
  }

  std::size_t number(std::string_view path) const { return numbers_.at(normal(path)); }
  Json names() && { return std::move(names_); }
  Json parents() && { return std::move(parents_); }

 private:
  static std::string normal(std::string_view bytes) {
    std::string out;
    for (const char c : shown(bytes))
      if (c != '/' || !out.ends_with('/')) out += c;
    if (out.size() > 1 && out.ends_with('/')) out.pop_back();
    return out;
  }

  std::size_t add_node(std::int64_t parent, const std::string& name) {
    parents_.push_back(parent);
    names_.push_back(name);
    return names_.size() - 1;
  }

  std::map<std::string, std::size_t, BeforeInTree> numbers_{};
  Json names_ = Json::array();
  Json parents_ = Json::array();
};

bool is_of_network(Deed deed) { return deed >= Deed::kConnect; }
bool has_second_path(Deed deed) { return deed == Deed::kRename || deed == Deed::kLink; }
bool is_of_path(const std::string& what, const std::string& target) { return target.starts_with('/') && what != "call"; }

Json or_null(const std::optional<std::uint64_t>& number) { return number ? Json(*number) : Json(nullptr); }
Json or_null(const End& end) { return end.status ? Json(*end.status) : end.signal.empty() ? Json(nullptr) : Json(shown(end.signal)); }

/// The record with everything named by numbers, processes in an order in which parents come first.
class Packer {
 public:
  explicit Packer(const Record& record) : record_(record) {
    for (const Process& process : record.processes) {
      paths_.add(process.program);
      paths_.add(process.directory);
    }
    for (const auto& [key, times] : record.deeds) {
      const auto& [process, deed, target, more, result] = key;
      if (!is_of_network(deed)) paths_.add(target);
      if (has_second_path(deed)) paths_.add(more);
    }
    for (const auto& [key, denial] : record.denials)
      if (is_of_path(std::get<3>(key), std::get<4>(key))) paths_.add(std::get<4>(key));
    paths_.number_all();
    order_processes();
  }

  Json pack() && {
    Json out;
    out["runs"] = runs();
    out["events"] = record_.events;
    out["left_out"] = record_.left_out;
    out["unread"] = record_.unread.all();
    out["unread_words"] = unread_words(record_.unread);
    Json words = Json::array();
    for (std::size_t i = 0; i < kDeeds; ++i) words.push_back(deed_word(static_cast<Deed>(i)));
    out["words"] = std::move(words);
    out["processes"] = processes();
    out["arguments"] = std::move(arguments_);
    out["deeds"] = deeds();
    out["denials"] = denials();
    out["groups"] = std::move(groups_);
    out["texts"] = std::move(texts_).all();
    out["names"] = std::move(paths_).names();
    out["parents"] = std::move(paths_).parents();
    return out;
  }

 private:
  void order_processes() {
    std::vector<std::vector<std::size_t>> children(record_.processes.size());
    std::vector<std::size_t> next;
    for (std::size_t i = record_.processes.size(); i-- > 0;) {
      const std::optional<std::size_t> parent = record_.processes[i].parent;
      if (parent) children[*parent].push_back(i);
      else next.push_back(i);
    }
    numbers_.resize(record_.processes.size());
    while (!next.empty()) {
      const std::size_t at = next.back();
      next.pop_back();
      numbers_[at] = order_.size();
      order_.push_back(at);
      next.insert(next.end(), children[at].begin(), children[at].end());
    }
  }

  Json runs() const {
    Json out = Json::array();
    for (const Run& run : record_.runs)
      out.push_back({{"id", shown(run.id)}, {"policy", shown(run.policy)}, {"identity", shown(run.identity)}, {"abi", or_null(run.abi)}, {"uid", or_null(run.uid)}, {"given_up", shown(run.given_up)},
                     {"command", shown(run.command)}, {"first", run.first}, {"last", run.last}, {"end", or_null(run.end)},
                     {"told_events", or_null(run.told_events)}, {"events", run.events}, {"lost", run.lost}, {"lost_why", shown(run.lost_why)}});
    return out;
  }

  // Times are microseconds since the run's first event; -1: not known.
  Json processes() {
    Json out = Json::array();
    for (const std::size_t i : order_) {
      const Process& process = record_.processes[i];
      const std::int64_t first = record_.runs[process.run].first;
      const auto since = [&](const std::optional<std::int64_t>& time) { return time ? *time - first : -1; };
      const std::int64_t parent = process.parent ? static_cast<std::int64_t>(numbers_[*process.parent]) : -1;
      out.push_back({process.run, process.pid, parent, process.replaced ? 1 : 0, paths_.number(process.program), paths_.number(process.directory), since(process.start), since(process.stop), or_null(process.end)});
      Json words = shown(process.arguments);
      if (process.cut) words.push_back("…");
      arguments_.push_back(std::move(words));
    }
    return out;
  }

  // One after the other: process, deed, what, second path or family, errno, times.
  Json deeds() {
    Json out = Json::array();
    for (const auto& [key, times] : record_.deeds) {
      const auto& [process, deed, target, more, result] = key;
      out.push_back(numbers_[process]);
      out.push_back(static_cast<unsigned>(deed));
      out.push_back(is_of_network(deed) ? texts_.number(target) : paths_.number(target));
      out.push_back(has_second_path(deed) ? paths_.number(more) : texts_.number(more));
      out.push_back(texts_.number(result));
      out.push_back(times);
    }
    return out;
  }

  // Each: process, program, what, target, its path or -1, error, rule, where, group, times.
  Json denials() {
    Json out = Json::array();
    for (const auto& [key, denial] : record_.denials) {
      const auto& [run, pid, program, what, target, error] = key;
      const std::int64_t path = is_of_path(what, target) ? static_cast<std::int64_t>(paths_.number(target)) : -1;
      out.push_back({numbers_[denial.process], texts_.number(program), texts_.number(what), texts_.number(target), path, texts_.number(error), texts_.number(denial.rule), texts_.number(denial.where),
                     group(denial.to_allow), denial.times()});
    }
    return out;
  }

  std::size_t group(const std::vector<std::string>& lines) {
    const auto [found, is_new] = group_numbers_.try_emplace(lines, group_numbers_.size());
    if (is_new) groups_.push_back(shown(lines));
    return found->second;
  }

  const Record& record_;
  Paths paths_{};
  Texts texts_{};
  std::vector<std::size_t> order_{};
  std::vector<std::size_t> numbers_{};
  Json arguments_ = Json::array();
  std::map<std::vector<std::string>, std::size_t> group_numbers_{};
  Json groups_ = Json::array();
};

std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t found = std::min(text.find(what, at), text.size());
    out.append(text.substr(at, found - at));
    if (found < text.size()) out += by;
    at = found + what.size();
  }
  return out;
}

}  // namespace

// A '<' could end the element that it stands in, or begin a comment there.
std::string record_json(const Record& record) { return replaced(json_text(Packer(record).pack()), "<", "\\u003c"); }

std::string page_of(const Record& record, const PageParts& parts) {
  const std::pair<std::string_view, std::string> fillings[] = {{"{{style-hash}}", std::string(parts.style_hash)}, {"{{script-hash}}", std::string(parts.script_hash)}, {"{{style}}", std::string(parts.style)},
                                                               {"{{record}}", record_json(record)}, {"{{script}}", std::string(parts.script)}};
  std::string out;
  std::string_view rest = parts.html;
  // In the order of the page: what has been filled in is not looked at again.
  for (const auto& [place, filling] : fillings) {
    const std::size_t at = rest.find(place);
    if (at == rest.npos) continue;
    out.append(rest.substr(0, at)).append(filling);
    rest.remove_prefix(at + place.size());
  }
  return out.append(rest);
}

}  // namespace landshim::command
