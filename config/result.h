// SPDX-License-Identifier: MIT
// What every stage gives back: a value, or the one reason why there is none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace landshim {

/// Where a rule was written: an index into Policy::sources, and a line counted from 1. Line 0: written nowhere, a default.
struct Origin {
  std::uint16_t file = 0;
  std::uint32_t line = 0;
  bool written() const { return line != 0; }
  bool operator==(const Origin&) const = default;
};

/// Why something could not be done, made once, where it is known. `where` is FILE:LINE, FILE or empty;
/// `os_error` is the errno behind it, 0 when there is none.
struct Error {
  std::string what;
  std::string where = {};
  int os_error = 0;
  bool operator==(const Error&) const = default;
};

/// One line for people, without "landshim: " and without a newline: `where: what: errno`. Control characters and what is
/// no UTF-8 are escaped, so that no file name or value can forge a second line or drive a terminal.
std::string text(const Error& error);

/// The same escaping for a name or value on its own.
std::string printable(std::string_view bytes);

/// What an errno means, with its name: "no such file or directory (ENOENT)".
std::string os_words(int os_error);

/// Nothing, successfully.
struct Done {
  bool operator==(const Done&) const = default;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Error error) : error_(std::move(error)) {}
  explicit operator bool() const { return value_.has_value(); }
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return std::move(*value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  const Error& error() const { return error_; }

 private:
  std::optional<T> value_;
  Error error_;
};

}  // namespace landshim
