// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>

#include "shim/command/command.h"
#include "shim/command/options.h"
#include "shim/command/output.h"
#include "shim/command/report_page.h"
#include "shim/descriptor.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

struct Request {
  std::vector<std::string> records;
  std::string out;
  bool force = false;
};

Result<Done> read_record(const std::string& name, RecordReader& reader) {
  const bool standard = name == "-";
  const std::string shown = standard ? "standard input" : name;
  const Descriptor fd(standard ? dup(STDIN_FILENO) : open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (fd.get() < 0) return Error{"the record cannot be read", shown, errno};
  char buffer[65536];
  for (ssize_t got; (got = read(fd.get(), buffer, sizeof buffer)) != 0;) {
    if (got > 0) reader.feed({buffer, static_cast<std::size_t>(got)});
    else if (errno != EINTR) return Error{"the record cannot be read", shown, errno};
  }
  if (reader.end_file() == 0) return Error{"no line of it is an event of version 1; a record has a JSON object on each line", shown, 0};
  return Done{};
}

Result<Done> write_page(const Request& request, const std::string& page) {
  std::error_code ignored;
  for (const std::string& record : request.records)
    if (std::filesystem::equivalent(record, request.out, ignored)) return Error{"the report would take the place of its record; give another name", request.out, 0};
  const mode_t mask = umask(0);
  umask(mask);
  NewFile file(request.out);
  if (Result<Done> done = file.write_text(page, 0666 & ~mask); !done) return done;
  return file.place(request.force);
}

int report(const Request& request) {
  if (request.out.empty()) return misused("report: --output: the name is empty");
  RecordReader reader;
  for (const std::string& name : request.records)
    if (const Result<Done> done = read_record(name, reader); !done) {
      say(text(done.error()));
      return 1;
    }
  const Record record = std::move(reader).finish();
  if (const Result<Done> done = write_page(request, page_of(record, page_parts())); !done) {
    say(text(done.error()));
    return 1;
  }
  if (const std::string unread = unread_words(record.unread); !unread.empty()) say(text({"lines that are no event were left out, and the report says so: " + unread, {}, 0}));
  return 0;
}

}  // namespace

void add_report(CLI::App& app, int& status) {
  Subcommand words = add_subcommand(app, "report", "make a page of what was run, from its event lines");
  auto request = std::make_shared<Request>();
  words.add_options("RECORD", request->records, "event lines; - is standard input").required();
  words.add_option("-o,--output", request->out, "the page").value_name("OUT").required();
  words.add_flag("--force", request->force, "write over a file that exists");
  words.action(status, [request] { return report(*request); });
}

}  // namespace landshim::command
