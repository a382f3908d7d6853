// SPDX-License-Identifier: MIT
// What each door holds of the code that runs before main, or is no ordinary program: doors_test.cc tries every row, and
// the table of README.md is held to it.
#pragma once

#include <span>
#include <string_view>

namespace landshim::tests {

enum class Answer {
  kHeld,
  kFree,
  kRefused,     ///< the program is not started: one of its threads would run free. From Landlock ABI 8 on it is held
};

/// The doors in the order of the columns.
enum class DoorKind { kPreload, kCarrier, kAudit, kCommand };
constexpr int kDoorKinds = 4;

struct DoorRow {
  std::string_view words;    ///< the first column of README.md; empty: not shown, as it follows from another row
  std::string_view program;  ///< how doors_test.cc starts it
  std::string_view code;     ///< what this code calls itself (tests/victims/herald.cc)
  Answer answers[kDoorKinds];
};

namespace rows {

using enum Answer;
constexpr Answer H = kHeld;
constexpr Answer F = kFree;

constexpr DoorRow kAll[] = {
    {"`main`", "herald", "main", {H, H, H, H}},
    {"constructors, `DT_PREINIT_ARRAY`", "herald", "constructor", {H, H, H, H}},
    {"constructors, `DT_PREINIT_ARRAY`", "herald", "library-constructor", {H, H, H, H}},
    {"constructors, `DT_PREINIT_ARRAY`", "herald", "preinit", {H, H, H, H}},
    {"IFUNC resolvers", "herald", "resolver", {F, H, H, H}},
    {"IFUNC resolvers", "herald", "library-resolver", {F, H, H, H}},
    {"a library linked `-z initfirst`", "herald-first", "first", {F, H, H, H}},
    {"beside it: constructors of libraries, `DT_PREINIT_ARRAY`", "herald-first", "library-constructor", {F, H, H, H}},
    {"beside it: constructors of libraries, `DT_PREINIT_ARRAY`", "herald-first", "preinit", {F, H, H, H}},
    {"", "herald-first", "constructor", {H, H, H, H}},
    {"", "herald-first", "resolver", {F, H, H, H}},
    {"", "herald-first", "library-resolver", {F, H, H, H}},
    {"", "herald-first", "main", {H, H, H, H}},
    {"beside it: a thread that it started", "herald-thread", "thread", {kRefused, H, H, H}},
    {"", "herald-thread", "constructor", {kRefused, H, H, H}},
    {"", "herald-thread", "preinit", {F, H, H, H}},
    {"", "herald-thread", "resolver", {F, H, H, H}},
    {"", "herald-thread", "main", {kRefused, H, H, H}},
    {"its functions with names of the C library", "herald-namesake", "function", {F, H, H, H}},
    {"", "herald-namesake", "main", {H, H, H, H}},
    {"", "herald-namesake", "constructor", {H, H, H, H}},
    {"", "herald-namesake", "preinit", {H, H, H, H}},
    {"", "herald-namesake", "resolver", {F, H, H, H}},
    {"static programs, static PIE", "herald-static", "main", {F, H, F, H}},
    {"static programs, static PIE", "herald-static", "constructor", {F, H, F, H}},
    {"static programs, static PIE", "herald-static", "preinit", {F, H, F, H}},
    {"static programs, static PIE", "herald-static", "resolver", {F, H, F, H}},
    {"static programs, static PIE", "herald-static-pie", "main", {F, H, F, H}},
    {"static programs, static PIE", "herald-static-pie", "constructor", {F, H, F, H}},
    {"static programs, static PIE", "herald-static-pie", "preinit", {F, H, F, H}},
    {"static programs, static PIE", "herald-static-pie", "resolver", {F, H, F, H}},
    {"set-user-ID programs", "set-user-ID", "main", {F, H, F, H}},
    {"set-user-ID programs", "set-user-ID", "constructor", {F, H, F, H}},
    {"set-user-ID programs", "set-user-ID", "preinit", {F, H, F, H}},
    {"set-user-ID programs", "set-user-ID", "resolver", {F, H, F, H}},
    {"programs of musl", "herald-musl", "main", {H, H, F, H}},
    {"programs of musl", "herald-musl", "constructor", {H, H, F, H}},
    {"scripts (`#!`)", "script", "main", {H, H, H, H}},
    {"", "script", "constructor", {H, H, H, H}},
    {"", "script", "library-constructor", {H, H, H, H}},
    {"", "script", "preinit", {H, H, H, H}},
    {"", "script", "resolver", {F, H, H, H}},
    {"", "script", "library-resolver", {F, H, H, H}},
    {"what a held program starts, whatever it is", "child", "main", {H, H, H, H}},
    {"what a held program starts, whatever it is", "child", "constructor", {H, H, H, H}},
    {"what a held program starts, whatever it is", "child", "library-constructor", {H, H, H, H}},
    {"what a held program starts, whatever it is", "child", "preinit", {H, H, H, H}},
    {"what a held program starts, whatever it is", "child", "resolver", {H, H, H, H}},
    {"what a held program starts, whatever it is", "child", "library-resolver", {H, H, H, H}},
    {"what a held program starts, whatever it is", "static child", "main", {H, H, H, H}},
    {"what a held program starts, whatever it is", "static child", "constructor", {H, H, H, H}},
    {"what a held program starts, whatever it is", "static child", "preinit", {H, H, H, H}},
    {"what a held program starts, whatever it is", "static child", "resolver", {H, H, H, H}},
    {"what a held program starts, whatever it is", "musl child", "main", {H, H, H, H}},
    {"what a held program starts, whatever it is", "musl child", "constructor", {H, H, H, H}},
};

}  // namespace rows

constexpr std::span<const DoorRow> door_rows() { return rows::kAll; }

}  // namespace landshim::tests
