#pragma once
// Response formats: the version of the API that a client speaks, which it names in X-Appwrite-Response-Format. Answers
// and parameters of older ones are declared beside those of the current one (models/fields.hpp, older_requests.hpp).
// Source: docs/contract/account.md 1.2. Pure; any thread.

#include <cstdint>
#include <string_view>

namespace portcullis {

/// A version as a number that compares as versions do; parts end at 99.
constexpr std::uint32_t format_number(std::uint32_t major, std::uint32_t minor, std::uint32_t patch) noexcept {
  return major * 10000 + minor * 100 + patch;
}

/// The wire version this server speaks, and the same as a number.
inline constexpr std::string_view wire_version = "1.9.6";
inline constexpr std::uint32_t current_format = format_number(1, 9, 6);
/// Is the format the current one or older, or a newer one that is answered as the current one and that an official SDK
/// can read (tests/sdk: shapes.test.mjs, python_sdk.test.mjs)?
[[nodiscard]] bool is_spoken(std::uint32_t format) noexcept;

/// The number of `1`, `1.9`, `1.9.6` or `1.9.6-rc.1`, whose suffix is ignored; parts above 99 count as 99. The current
/// format for anything else, and for a client that names none.
[[nodiscard]] std::uint32_t read_format(std::string_view text) noexcept;

}  // namespace portcullis
