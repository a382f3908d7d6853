// SPDX-License-Identifier: MIT
// The TOML and JSON of landlockconfig (https://github.com/landlock-lsm/landlockconfig, schema/landlockconfig.json): the
// same tables, with names in snake_case there and in camelCase here.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "config/values.h"
#include "shim/command/convert.h"
#include "shim/command/draft.h"
#include "shim/command/tree.h"
#include "shim/landlock_abi.h"

namespace landshim::command {

namespace {

// What AccessFs::from_all and its groups hold, for an ABI: landlock_abi.h has the same numbers.
constexpr Rights kReadExecuteGroup = kReadExec | kRefer;

struct Names {
  const char* path_beneath;
  const char* net_port;
  const char* handled_fs;
  const char* handled_net;
  const char* allowed;
};
constexpr Names kTomlNames{"path_beneath", "net_port", "handled_access_fs", "handled_access_net", "allowed_access"};
constexpr Names kJsonNames{"pathBeneath", "netPort", "handledAccessFs", "handledAccessNet", "allowedAccess"};

constexpr NetRights kPortRights = kBindTcp | kConnectTcp;

class Landlockconfig {
 public:
  Landlockconfig(const Foreign& foreign, bool json) : foreign_(foreign), json_(json), names_(json ? kJsonNames : kTomlNames), draft_(foreign) {}

  Result<std::string> run() {
    Result<Tree> tree = json_ ? read_json(foreign_.text, foreign_.name) : read_toml(foreign_.text, foreign_.name);
    if (!tree) return tree.error();
    if (tree->kind != Tree::Kind::kTable) return Error{"expected the tables of landlockconfig, found " + std::string(kind_words(tree->kind)), foreign_.name};
    for (const auto step : {&Landlockconfig::first_pass, &Landlockconfig::second_pass})
      if (Result<Done> done = (this->*step)(*tree); !done) return done.error();
    write();
    return draft_.text();
  }

 private:
  // Groups need the ABI, paths the variables, wherever in the file they stand.
  Result<Done> first_pass(const Tree& tree) {
    bool says_something = false;
    for (const Tree& item : tree.inside) {
      says_something = says_something || item.name != "abi";
      Result<Done> done = Done{};
      if (item.name == "abi") done = read_abi(item);
      else if (item.name == "variable") done = each(item, &Landlockconfig::read_variable);
      else if (item.name != "ruleset" && item.name != names_.path_beneath && item.name != names_.net_port)
        return Error{item.name + ": no such table; landlockconfig has abi, variable, ruleset, " + names_.path_beneath + " and " + names_.net_port, item.where};
      if (!done) return done;
    }
    if (!says_something) return Error{"the configuration says nothing", foreign_.name};
    return Done{};
  }

  Result<Done> second_pass(const Tree& tree) {
    for (const Tree& item : tree.inside) {
      Result<Done> done = Done{};
      if (item.name == "ruleset") done = each(item, &Landlockconfig::read_ruleset);
      else if (item.name == names_.path_beneath) done = each(item, &Landlockconfig::read_paths);
      else if (item.name == names_.net_port) done = each(item, &Landlockconfig::read_ports);
      if (!done) return done;
    }
    return Done{};
  }

  Result<Done> read_abi(const Tree& item) {
    if (item.kind != Tree::Kind::kNumber || item.number < 1 || item.number > INT32_MAX) return Error{"abi: expected a Landlock ABI, from 1", item.where};
    if (item.number > static_cast<std::int64_t>(kHighestAbi)) return Error{"abi " + std::to_string(item.number) + " is newer than this landshim, which knows ABI " + std::to_string(kHighestAbi), item.where};
    abi_ = static_cast<int>(item.number);
    return Done{};
  }

  using Reader = Result<Done> (Landlockconfig::*)(const Tree&);
  Result<Done> each(const Tree& list, Reader read) {
    if (list.kind != Tree::Kind::kList || list.inside.empty()) return Error{list.name + ": expected a list of tables", list.where};
    for (const Tree& item : list.inside) {
      if (item.kind != Tree::Kind::kTable) return Error{list.name + ": expected a table, found " + std::string(kind_words(item.kind)), item.where};
      if (Result<Done> done = (this->*read)(item); !done) return done;
    }
    return Done{};
  }

  // The lists of a table, each with its place; other keys are errors.
  static Result<std::map<std::string, const Tree*>> lists(const Tree& table, std::initializer_list<std::string_view> known) {
    std::map<std::string, const Tree*> out;
    for (const Tree& item : table.inside) {
      if (std::find(known.begin(), known.end(), item.name) == known.end()) return Error{item.name + ": no such key here", item.where};
      if (item.name != "name" && (item.kind != Tree::Kind::kList || item.inside.empty())) return Error{item.name + ": expected a list that is not empty", item.where};
      out[item.name] = &item;
    }
    return out;
  }

  static Result<std::string> text_of(const Tree& item) {
    if (item.kind != Tree::Kind::kText) return Error{"expected a text, found " + std::string(kind_words(item.kind)), item.where};
    return item.text;
  }

  static bool is_name(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return !name.empty() && letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || c == '_' || (c >= '0' && c <= '9'); });
  }

  Result<Done> read_variable(const Tree& table) {
    const Result<std::map<std::string, const Tree*>> found = lists(table, {"name", "literal"});
    if (!found) return found.error();
    if (!found->contains("name")) return Error{"variable: name is missing", table.where};
    const Result<std::string> name = text_of(*found->at("name"));
    if (!name) return name.error();
    if (!is_name(*name)) return Error{*name + ": no name of a variable", found->at("name")->where};
    std::set<std::string>& values = variables_[*name];
    if (!found->contains("literal")) return Done{};
    for (const Tree& item : found->at("literal")->inside) {
      const Result<std::string> value = text_of(item);
      if (!value) return value.error();
      values.insert(*value);
    }
    return Done{};
  }

  // "abi.all", and "v5.all" as earlier versions wrote it: the group, and the ABI that it is of.
  Result<std::optional<std::pair<std::string, int>>> group(const std::string& word, const std::string& where) const {
    using Found = std::optional<std::pair<std::string, int>>;
    const std::size_t dot = word.find('.');
    if (dot == std::string::npos) return Found();
    const std::string prefix = word.substr(0, dot);
    const std::string name = word.substr(dot + 1);
    if (prefix == "abi") {
      if (abi_ == 0) return Error{word + ": the configuration has no abi", where};
      return Found({name, abi_});
    }
    const std::optional<std::uint64_t> number = prefix.starts_with('v') ? whole_number(prefix.substr(1), kHighestAbi) : std::nullopt;
    if (!number || *number == 0) return Found();
    return Found({name, static_cast<int>(*number)});
  }

  Result<Rights> file_rights(const Tree& list) const {
    Rights out = 0;
    for (const Tree& item : list.inside) {
      const Result<std::string> word = text_of(item);
      if (!word) return word.error();
      const auto named = group(*word, item.where);
      if (!named) return named.error();
      std::optional<Rights> rights;
      if (*named) {
        const Rights all = abi_row((*named)->second).fs;
        if ((*named)->first == "all") rights = all;
        if ((*named)->first == "read_execute") rights = all & kReadExecuteGroup;
        if ((*named)->first == "read_write") rights = all & ~kExecute;
      } else {
        for (const RightName& one : all_rights())
          if (*word == one.word) rights = one.right;
      }
      if (!rights) return Error{*word + ": no right of files", item.where};
      out |= *rights;
    }
    return out;
  }

  Result<NetRights> port_rights(const Tree& list) const {
    NetRights out = 0;
    for (const Tree& item : list.inside) {
      const Result<std::string> word = text_of(item);
      if (!word) return word.error();
      const auto named = group(*word, item.where);
      if (!named) return named.error();
      if (*named && (*named)->first == "all") out |= abi_row((*named)->second).net & kPortRights;
      else if (*word == "bind_tcp") out |= kBindTcp;
      else if (*word == "connect_tcp") out |= kConnectTcp;
      else return Error{*word + ": no right of ports that landshim knows of landlockconfig", item.where};
    }
    return out;
  }

  Result<Scopes> scopes(const Tree& list) const {
    Scopes out = 0;
    for (const Tree& item : list.inside) {
      const Result<std::string> word = text_of(item);
      if (!word) return word.error();
      const auto named = group(*word, item.where);
      if (!named) return named.error();
      if (*named && (*named)->first == "all") out |= abi_row((*named)->second).scopes;
      else if (*word == "abstract_unix_socket") out |= kScopeAbstractUnix;
      else if (*word == "signal") out |= kScopeSignal;
      else return Error{*word + ": no such scope", item.where};
    }
    return out;
  }

  Result<Done> read_ruleset(const Tree& table) {
    const Result<std::map<std::string, const Tree*>> found = lists(table, {names_.handled_fs, names_.handled_net, "scoped"});
    if (!found) return found.error();
    if (found->empty()) return Error{"ruleset: the table is empty", table.where};
    for (const auto& [name, list] : *found) {
      if (name == names_.handled_fs) {
        const Result<Rights> rights = file_rights(*list);
        if (!rights) return rights.error();
        handled_fs_ |= *rights;
      } else if (name == names_.handled_net) {
        const Result<NetRights> rights = port_rights(*list);
        if (!rights) return rights.error();
        handled_net_ |= *rights;
      } else {
        const Result<Scopes> scoped = scopes(*list);
        if (!scoped) return scoped.error();
        scoped_ |= *scoped;
      }
    }
    return Done{};
  }

  Result<Done> read_paths(const Tree& table) {
    const Result<std::map<std::string, const Tree*>> found = lists(table, {names_.allowed, "parent"});
    if (!found) return found.error();
    if (found->size() != 2) return Error{std::string(names_.path_beneath) + ": expected " + names_.allowed + " and parent", table.where};
    const Result<Rights> rights = file_rights(*found->at(names_.allowed));
    if (!rights) return rights.error();
    handled_fs_ |= *rights;
    for (const Tree& item : found->at("parent")->inside) {
      const Result<std::string> text = text_of(item);
      if (!text) return text.error();
      const Result<std::vector<std::string>> paths = resolved(*text, item.where);
      if (!paths) return paths.error();
      for (const std::string& one : *paths) {
        Result<std::string> path = literal_path(one, item.where);
        if (!path) return path.error();
        draft_.grant(*path, *rights, true);
        if (++paths_ > kMaxPathRules) return Error{"more than " + std::to_string(kMaxPathRules) + " paths once the variables are filled in", item.where};
      }
    }
    return Done{};
  }

  // Every combination of what the variables in it stand for. "$$" is a dollar sign.
  Result<std::vector<std::string>> resolved(const std::string& text, const std::string& where) const {
    std::vector<std::string> out{""};
    const auto append = [&](std::string_view part) {
      for (std::string& one : out) one += part;
    };
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t dollar = std::min(text.find('$', at), text.size());
      append(std::string_view(text).substr(at, dollar - at));
      at = dollar;
      if (at == text.size()) break;
      if (text.compare(at, 2, "${") != 0) {
        append("$");
        at += text.compare(at, 2, "$$") == 0 ? 2 : 1;
        continue;
      }
      const std::size_t end = text.find('}', at);
      if (end == std::string::npos) return Error{text + ": '${' has no '}'", where};
      const std::string name = text.substr(at + 2, end - at - 2);
      const auto variable = variables_.find(name);
      if (variable == variables_.end()) return Error{"${" + name + "}: no such variable", where};
      if (out.size() * variable->second.size() > kMaxPathRules) return Error{"more than " + std::to_string(kMaxPathRules) + " paths once the variables are filled in", where};
      std::vector<std::string> next;
      for (const std::string& one : out)
        for (const std::string& value : variable->second) next.push_back(one + value);
      out = std::move(next);
      at = end + 1;
    }
    return out;
  }

  Result<Done> read_ports(const Tree& table) {
    const Result<std::map<std::string, const Tree*>> found = lists(table, {names_.allowed, "port"});
    if (!found) return found.error();
    if (found->size() != 2) return Error{std::string(names_.net_port) + ": expected " + names_.allowed + " and port", table.where};
    const Result<NetRights> rights = port_rights(*found->at(names_.allowed));
    if (!rights) return rights.error();
    handled_net_ |= *rights;
    for (const Tree& item : found->at("port")->inside) {
      if (item.kind != Tree::Kind::kNumber || item.number < 0 || item.number > 65535) return Error{"port: expected a number from 0 to 65535", item.where};
      const std::string port = std::to_string(item.number);
      if ((*rights & kConnectTcp) != 0 && item.number == 0) draft_.lost(item.where, "connect_tcp 0: nothing can be reached at port 0");
      else if ((*rights & kConnectTcp) != 0) connects_.push_back(port);
      if ((*rights & kBindTcp) != 0) binds_.push_back(port);
    }
    return Done{};
  }

  void write() {
    draft_.about("From a configuration of landlockconfig in " + foreign_.name + ".");
    draft_.about("What it does not rule (UDP, UNIX sockets, modes of files, system calls) is ruled here by landshim's defaults, which are narrower: landshim explain lists them.");
    draft_.remark(Section::kPolicy, "landlockconfig enforces what the kernel can, and passes over missing paths.");
    draft_.set(Section::kPolicy, "version", "1");
    draft_.set(Section::kPolicy, "unsupported", "warn");
    write_files();
    write_ports();
    draft_.set(Section::kIpc, "abstract_unix", (scoped_ & kScopeAbstractUnix) != 0 ? "deny" : "allow");
    draft_.set(Section::kIpc, "signals", (scoped_ & kScopeSignal) != 0 ? "deny" : "allow");
  }

  // landshim handles every right. One that the configuration does not handle is free everywhere there, but for refer, which
  // the kernel then denies everywhere.
  void write_files() {
    if (handled_fs_ == 0) {
      draft_.remark(Section::kFilesystem, "No right of files is handled: they are left alone.");
      draft_.set(Section::kFilesystem, "access", "all");
      return;
    }
    const Rights free = abi_row(kNewestAbi).fs & ~handled_fs_ & ~(kRefer | kResolveUnix);
    if (free == 0) return;
    draft_.remark(Section::kFilesystem, "Not handled, and so granted everywhere: " + words(free) + ".");
    draft_.grant("/", free, false);
  }

  void write_ports() {
    if (handled_net_ == 0) {
      draft_.remark(Section::kNetwork, "No right of ports is handled: the network is left alone.");
      draft_.set(Section::kNetwork, "access", "all");
      return;
    }
    draft_.remark(Section::kNetwork, "Landlock closes TCP alone. Programs that ask a name server need UDP: add udp = allow.");
    for (const auto& [right, key, ports] : {std::tuple{kConnectTcp, "connect_tcp", &connects_}, {kBindTcp, "bind_tcp", &binds_}}) {
      if ((handled_net_ & right) == 0) draft_.set(Section::kNetwork, key, "*");
      else if (ports->empty()) draft_.set(Section::kNetwork, key, "");
      else
        for (const std::string& port : *ports) draft_.add(Section::kNetwork, key, port);
    }
  }

  const Foreign& foreign_;
  bool json_;
  const Names& names_;
  Draft draft_;
  int abi_ = 0;
  std::map<std::string, std::set<std::string>> variables_{};
  Rights handled_fs_ = 0;
  NetRights handled_net_ = 0;
  Scopes scoped_ = 0;
  std::size_t paths_ = 0;
  std::vector<std::string> connects_{}, binds_{};
};

}  // namespace

Result<std::string> convert_landlockconfig(const Foreign& foreign) {
  const std::size_t first = foreign.text.find_first_not_of(" \t\r\n");
  const bool json = foreign.name.ends_with(".json") || (!foreign.name.ends_with(".toml") && first != std::string::npos && foreign.text[first] == '{');
  return Landlockconfig(foreign, json).run();
}

}  // namespace landshim::command
