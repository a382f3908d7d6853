// SPDX-License-Identifier: MIT
// Alone sees yaml-cpp, toml++ and the reading half of nlohmann::json.
#include "shim/command/tree.h"

#include <stdexcept>

namespace landshim::command {
// What toml++ 3.3 takes for impossible, and some texts bring about all the same: one more text that is no TOML.
[[noreturn]] static void not_toml(const char* what) { throw std::logic_error(what); }
}  // namespace landshim::command
#define TOML_ASSERT(expr) (static_cast<bool>(expr) ? static_cast<void>(0) : landshim::command::not_toml(#expr))
// It goes as deep as values nest, and as deep as dots in keys say.
#define TOML_MAX_NESTED_VALUES 16
#include <toml++/toml.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "config/parse.h"
#include "config/utf8.h"
#include "config/values.h"
#include "shim/command/json.h"

namespace landshim::command {

namespace {

constexpr int kDeepest = 16;
constexpr std::ptrdiff_t kMostDots = 1000;

struct Broken {
  Error error;
};

// Throws: caught where a reader ends.
[[noreturn]] void broken(std::string what, std::string where) { throw Broken{{std::move(what), std::move(where)}}; }

std::string line_of(const std::string& name, std::size_t line) { return line == 0 ? name : name + ":" + std::to_string(line); }

// What none of the three languages takes outside of an escape, and size.
void check_bytes(const std::string& text, const std::string& name) {
  if (text.size() > kMaxFile) broken("the text is larger than 1 MiB", name);
  std::size_t line = 1;
  for (std::size_t at = 0; at < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view row = std::string_view(text).substr(at, end - at);
    if (!is_utf8(row)) broken("the line is not UTF-8", line_of(name, line));
    for (const char c : row)
      if ((static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r') || c == 0x7f) broken("a control character stands in this line", line_of(name, line));
    at = end + 1;
  }
}

void check_key(std::set<std::string>& seen, const std::string& key, const std::string& where) {
  if (!seen.insert(key).second) broken(key + ": the key was given already", where);
}

template <class Reader>
Result<Tree> guarded(const Reader& read) {
  try {
    return read();
  } catch (const Broken& broken) {
    return broken.error;
  }
}

// --- YAML ---

class Yaml {
 public:
  explicit Yaml(const std::string& name) : name_(name) {}

  Tree read(const YAML::Node& node, int depth) const {
    Tree out;
    out.where = place(node);
    if (depth > kDeepest) broken("nested more than " + std::to_string(kDeepest) + " deep", out.where);
    if (node.IsScalar()) return scalar(node, std::move(out));
    if (node.IsNull()) return out;
    // An alias may repeat a list as often as it likes.
    if (++nodes_ > 100'000) broken("more than 100000 values", out.where);
    if (node.IsSequence()) {
      out.kind = Tree::Kind::kList;
      for (const YAML::Node& item : node) out.inside.push_back(read(item, depth + 1));
      return out;
    }
    out.kind = Tree::Kind::kTable;
    std::set<std::string> seen;
    for (const auto& pair : node) {
      const YAML::Node& key = pair.first;
      const YAML::Node& value = pair.second;
      if (!key.IsScalar()) broken("a key that is no word", place(key));
      check_key(seen, key.Scalar(), place(key));
      Tree item = read(value, depth + 1);
      item.name = key.Scalar();
      if (item.where.empty() || value.IsNull()) item.where = place(key);
      out.inside.push_back(std::move(item));
    }
    return out;
  }

 private:
  std::string place(const YAML::Node& node) const { return node.Mark().is_null() ? name_ : line_of(name_, static_cast<std::size_t>(node.Mark().line) + 1); }

  // The words of YAML 1.2's core schema; quoted, everything is text.
  static Tree scalar(const YAML::Node& node, Tree out) {
    out.text = node.Scalar();
    out.kind = Tree::Kind::kText;
    if (node.Tag() == "!") return out;
    for (const char* yes : {"true", "True", "TRUE"})
      if (out.text == yes) out.kind = Tree::Kind::kTruth, out.truth = true;
    for (const char* no : {"false", "False", "FALSE"})
      if (out.text == no) out.kind = Tree::Kind::kTruth;
    if (const auto number = whole_number(out.text, INT64_MAX)) {
      out.kind = Tree::Kind::kNumber;
      out.number = static_cast<std::int64_t>(*number);
    }
    return out;
  }

  const std::string& name_;
  mutable std::size_t nodes_ = 0;
};

// --- TOML ---

// Each dot of a key is a table within a table, and a line may hold hundreds of thousands: more than a stack does.
void check_dots(const std::string& text, const std::string& name) {
  std::size_t line = 1;
  for (std::size_t at = 0; at < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const auto begin = text.begin();
    if (std::count(begin + static_cast<std::ptrdiff_t>(at), begin + static_cast<std::ptrdiff_t>(end), '.') > kMostDots)
      broken("more than " + std::to_string(kMostDots) + " dots in one line; divide it", line_of(name, line));
    at = end + 1;
  }
}

class Toml {
 public:
  explicit Toml(const std::string& name) : name_(name) {}

  Tree read(const toml::node& node, int depth) const {
    Tree out;
    out.where = line_of(name_, node.source().begin.line);
    if (depth > kDeepest) broken("nested more than " + std::to_string(kDeepest) + " deep", out.where);
    if (const auto* text = node.as_string()) {
      out.kind = Tree::Kind::kText;
      out.text = text->get();
    } else if (const auto* number = node.as_integer()) {
      out.kind = Tree::Kind::kNumber;
      out.number = number->get();
    } else if (const auto* truth = node.as_boolean()) {
      out.kind = Tree::Kind::kTruth;
      out.truth = truth->get();
    } else if (const auto* list = node.as_array()) {
      out.kind = Tree::Kind::kList;
      for (const toml::node& item : *list) out.inside.push_back(read(item, depth + 1));
    } else if (const auto* table = node.as_table()) {
      out.kind = Tree::Kind::kTable;
      for (const auto& [key, value] : *table) {
        Tree item = read(value, depth + 1);
        item.name = std::string(key.str());
        item.where = line_of(name_, key.source().begin.line);
        out.inside.push_back(std::move(item));
      }
      // By name is how toml++ keeps them; as they are written is how people read them.
      std::stable_sort(out.inside.begin(), out.inside.end(), [&](const Tree& a, const Tree& b) { return line(a) < line(b); });
    } else {
      broken("a time or a number with a fraction has no meaning here", out.where);
    }
    return out;
  }

 private:
  unsigned long line(const Tree& tree) const { return tree.where.size() > name_.size() ? strtoul(tree.where.c_str() + name_.size() + 1, nullptr, 10) : 0; }

  const std::string& name_;
};

// --- JSON ---

// nlohmann's parser keeps the last of two equal keys and nests without end: this looks on while it reads.
class JsonGuard {
 public:
  JsonGuard(const std::string& name) : name_(name) {}

  bool operator()(int depth, Json::parse_event_t event, const Json& value) {
    if (depth > kDeepest) broken("nested more than " + std::to_string(kDeepest) + " deep", name_);
    if (event == Json::parse_event_t::object_start) open_.emplace_back();
    if (event == Json::parse_event_t::object_end) open_.pop_back();
    if (event == Json::parse_event_t::key) check_key(open_.back(), value.get<std::string>(), name_);
    return true;
  }

 private:
  const std::string& name_;
  std::vector<std::set<std::string>> open_{};
};

Tree read_json_value(const Json& value, const std::string& where, const std::string& way) {
  Tree out;
  out.where = way.empty() ? where : where + ": " + way;
  switch (value.type()) {
    case Json::value_t::null: break;
    case Json::value_t::string:
      out.kind = Tree::Kind::kText;
      out.text = value.get<std::string>();
      break;
    case Json::value_t::boolean:
      out.kind = Tree::Kind::kTruth;
      out.truth = value.get<bool>();
      break;
    case Json::value_t::number_unsigned:
      if (value.get<std::uint64_t>() > INT64_MAX) broken("the number is too large", out.where);
      [[fallthrough]];
    case Json::value_t::number_integer:
      out.kind = Tree::Kind::kNumber;
      out.number = value.get<std::int64_t>();
      break;
    case Json::value_t::array:
      out.kind = Tree::Kind::kList;
      for (std::size_t i = 0; i < value.size(); ++i) out.inside.push_back(read_json_value(value[i], where, way + "[" + std::to_string(i) + "]"));
      break;
    case Json::value_t::object:
      out.kind = Tree::Kind::kTable;
      for (const auto& [key, item] : value.items()) {
        out.inside.push_back(read_json_value(item, where, way.empty() ? key : way + "." + key));
        out.inside.back().name = key;
      }
      break;
    case Json::value_t::number_float:
    case Json::value_t::binary:
    case Json::value_t::discarded: broken("a number with a fraction has no meaning here", out.where);
  }
  return out;
}

}  // namespace

Result<Tree> read_yaml(const std::string& text, const std::string& name) {
  return guarded([&]() -> Result<Tree> {
    check_bytes(text, name);
    try {
      const std::vector<YAML::Node> documents = YAML::LoadAll(text);
      if (documents.size() > 1) return Error{"more than one document; divide the file", name};
      return documents.empty() ? Tree{} : Yaml(name).read(documents[0], 0);
    } catch (const YAML::Exception& error) {
      return Error{"this is no YAML: " + error.msg, error.mark.is_null() ? name : line_of(name, static_cast<std::size_t>(error.mark.line) + 1)};
    }
  });
}

Result<Tree> read_toml(const std::string& text, const std::string& name) {
  return guarded([&]() -> Result<Tree> {
    check_bytes(text, name);
    try {
      check_dots(text, name);
      const toml::table table = toml::parse(text);
      return Toml(name).read(table, 0);
    } catch (const toml::parse_error& error) {
      return Error{"this is no TOML: " + std::string(error.description()), line_of(name, error.source().begin.line)};
    } catch (const std::logic_error&) {
      return Error{"this is no TOML", name};
    }
  });
}

Result<Tree> read_json(const std::string& text, const std::string& name) {
  return guarded([&]() -> Result<Tree> {
    check_bytes(text, name);
    try {
      return read_json_value(json_of(text, JsonGuard(name)), name, {});
    } catch (const Json::out_of_range&) {
      return Error{"a number is too large", name};
    } catch (const Json::parse_error& error) {
      const std::size_t at = std::min(error.byte, text.size());
      return Error{"this is no JSON", line_of(name, static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) + 1)};
    }
  });
}

const char* kind_words(Tree::Kind kind) {
  switch (kind) {
    case Tree::Kind::kNothing: return "nothing";
    case Tree::Kind::kText: return "a text";
    case Tree::Kind::kNumber: return "a number";
    case Tree::Kind::kTruth: return "true or false";
    case Tree::Kind::kList: return "a list";
    case Tree::Kind::kTable: return "a table";
  }
  return "";
}

}  // namespace landshim::command
