#pragma once
// Wall-clock instants with millisecond precision, and their wire text. Pure; any thread.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace portcullis {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

[[nodiscard]] constexpr std::int64_t to_millis(Time t) noexcept { return t.time_since_epoch().count(); }
[[nodiscard]] constexpr Time from_millis(std::int64_t ms) noexcept { return Time{std::chrono::milliseconds{ms}}; }

/// `2026-08-21T12:34:56.789+00:00` (29 characters). Source: docs/contract/account.md 8.
[[nodiscard]] std::string format_iso8601(Time t);
/// The same 29 characters, without an allocation.
[[nodiscard]] std::array<char, 29> iso8601(Time t) noexcept;
/// Reads ISO 8601: a date (`2024-01-31`, `20240131`, `2024-031`, `2024-W05-3`), alone or followed by `T` or a space, a
/// time of the day (hours, minutes, seconds, a fraction of any length; with colons or without) and an offset (`Z`,
/// `+hh`, `+hhmm`, `+hh:mm`; nothing = UTC). Empty on anything else and outside the years 0 to 9999; linear.
[[nodiscard]] std::optional<Time> parse_iso8601(std::string_view text) noexcept;
/// `Thu, 01 Jan 1970 00:00:00 GMT` for cookies. Source: RFC 9110 section 5.6.7.
[[nodiscard]] std::string format_http_date(Time t);

}  // namespace portcullis
