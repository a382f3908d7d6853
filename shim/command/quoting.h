// SPDX-License-Identifier: MIT
// Values as the files of others read them: each gives text that its reader turns back into exactly the value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace landshim::command {

/// One word of sh(1), in single quotes.
std::string shell_quoted(std::string_view value);

/// The argument of Environment= in a unit of systemd: "NAME=value" with its escapes and specifiers.
std::string systemd_assignment(std::string_view name, std::string_view value);

/// The value of an assignment in a crontab, crontab(5): it knows quotes and no escapes. None: it cannot say it.
std::optional<std::string> cron_value(std::string_view value);

/// Whether the value is UTF-8 without control characters: fit for a line of text that others read.
bool is_plain_line(const std::string& value);

}  // namespace landshim::command
