// SPDX-License-Identifier: MIT
#include "shim/command/needs.h"

#include "shim/command/json.h"

namespace landshim::command {

namespace {

// Names and paths are bytes; JSON has text alone. One byte, one character up to U+00FF.
std::string widened(const std::string& bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) out += c;
    else (out += static_cast<char>(0xc0 | byte >> 6)) += static_cast<char>(0x80 | (byte & 0x3f));
  }
  return out;
}

std::string narrowed(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80 || at + 1 == text.size()) out += text[at];
    else out += static_cast<char>((byte & 3) << 6 | (static_cast<unsigned char>(text[++at]) & 0x3f));
  }
  return out;
}

template <typename Words>
Json written(const Words& words) {
  Json out = Json::array();
  for (const std::string& word : words) out.push_back(widened(word));
  return out;
}

template <typename Words = std::set<std::string>>
Words read(const Json& words) {
  Words out;
  for (const Json& word : words) out.insert(out.end(), narrowed(word.get<std::string>()));
  return out;
}

Json written(const FileNeed& need) {
  Json chain = Json::array();
  for (const FileId& id : need.wanted.chain) chain.push_back({id.device, id.inode});
  return {{"rights", need.wanted.rights}, {"changes", need.wanted.changes}, {"device", need.wanted.device}, {"chain", std::move(chain)}, {"directory", need.directory}, {"names", written(need.names)}, {"programs", written(need.programs)}};
}

FileNeed file_need(const std::string& path, const Json& from) {
  FileNeed out;
  out.wanted = {.rights = from.at("rights"), .changes = from.at("changes"), .device = from.at("device"), .path = path};
  for (const Json& id : from.at("chain")) out.wanted.chain.push_back({id.at(0), id.at(1)});
  out.directory = from.at("directory");
  out.names = read(from.at("names"));
  out.programs = read(from.at("programs"));
  return out;
}

}  // namespace

void Needs::add_file(const Wanted& wanted, bool directory, const std::string& name, const std::string& program) {
  if (files.size() >= kMostFiles && files.count(wanted.path) == 0) {
    ++unseen;
    return;
  }
  FileNeed& need = files[wanted.path];
  const Rights rights = need.wanted.rights | wanted.rights;
  const bool changes = need.wanted.changes || wanted.changes;
  // The last that stood there: a file may be replaced by another of its name.
  need.wanted = wanted;
  need.wanted.rights = rights;
  need.wanted.changes = changes;
  need.wanted.grants.clear();
  need.directory = directory;
  if (!name.empty() && need.names.size() < kMostNames) need.names.insert(name);
  need.programs.insert(program);
}

void Needs::add_port(NetRights right, std::uint16_t port, const std::string& program) { ports[{right, port}].programs.insert(program); }

void Needs::add_lines(const std::vector<std::string>& wanted, const std::string& what, const std::string& program) {
  LineNeed& need = lines[wanted];
  if (need.what.empty()) need.what = what;
  need.programs.insert(program);
}

void Needs::add_impossible(const std::string& what, const std::string& program) { impossible[what].insert(program); }

void Needs::add(const Needs& other) {
  for (const auto& [path, need] : other.files) {
    add_file(need.wanted, need.directory, "", "");
    FileNeed& own = files[path];
    own.names.insert(need.names.begin(), need.names.end());
    own.programs.insert(need.programs.begin(), need.programs.end());
    own.programs.erase("");
  }
  for (const auto& [port, need] : other.ports) ports[port].programs.insert(need.programs.begin(), need.programs.end());
  for (const auto& [wanted, need] : other.lines)
    for (const std::string& program : need.programs) add_lines(wanted, need.what, program);
  for (const auto& [what, programs] : other.impossible) impossible[what].insert(programs.begin(), programs.end());
  unseen += other.unseen;
}

std::string as_text(const Needs& needs) {
  Json files = Json::array();
  for (const auto& [path, need] : needs.files) files.push_back({widened(path), written(need)});
  Json ports = Json::array();
  for (const auto& [port, need] : needs.ports) ports.push_back({port.first, port.second, written(need.programs)});
  Json lines = Json::array();
  for (const auto& [wanted, need] : needs.lines) lines.push_back({written(wanted), widened(need.what), written(need.programs)});
  Json impossible = Json::array();
  for (const auto& [what, programs] : needs.impossible) impossible.push_back({widened(what), written(programs)});
  return json_text(Json({{"files", std::move(files)}, {"ports", std::move(ports)}, {"lines", std::move(lines)}, {"impossible", std::move(impossible)}, {"unseen", needs.unseen}}));
}

Result<Needs> needs_of(const std::string& text) {
  try {
    const Json all = json_of(text);
    Needs out;
    for (const Json& file : all.at("files")) {
      const std::string path = narrowed(file.at(0).get<std::string>());
      out.files[path] = file_need(path, file.at(1));
    }
    for (const Json& port : all.at("ports")) out.ports[{port.at(0), port.at(1)}].programs = read(port.at(2));
    for (const Json& line : all.at("lines")) out.lines[read<std::vector<std::string>>(line.at(0))] = {narrowed(line.at(1).get<std::string>()), read(line.at(2))};
    for (const Json& one : all.at("impossible")) out.impossible[narrowed(one.at(0).get<std::string>())] = read(one.at(1));
    out.unseen = all.at("unseen");
    return out;
  } catch (const Json::exception&) {
    return Error{"what the run needed did not arrive whole"};
  }
}

}  // namespace landshim::command
