#pragma once
// The contract's value rules as pure predicates over text. Source: docs/contract/account.md 3. Any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace portcullis::validators {

/// 1..36 characters of A-Za-z0-9._- not starting with `_ . -`.
[[nodiscard]] bool is_uid(std::string_view text) noexcept;
/// `unique()` or a UID.
[[nodiscard]] bool is_custom_id(std::string_view text) noexcept;
/// RFC-style address as the contract describes (local <= 64, labelled domain with a dot, at most 320 bytes); expects
/// normalised text.
[[nodiscard]] bool is_email(std::string_view text) noexcept;
/// The text without ASCII blanks and NULs at either end.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;
/// Trimmed and ASCII-lowercased.
[[nodiscard]] std::string normalise_email(std::string_view text);
/// E.164 with a known ITU calling code.
[[nodiscard]] bool is_phone(std::string_view text) noexcept;
/// Number of Unicode code points; empty when the text is not valid UTF-8.
[[nodiscard]] std::optional<std::size_t> utf8_length(std::string_view text) noexcept;
/// 8..256 bytes.
[[nodiscard]] bool is_password(std::string_view text) noexcept;
/// A label of a user or a project: 1 to 36 ASCII letters and digits.
[[nodiscard]] bool is_label(std::string_view text) noexcept;
/// A host name pattern: DNS labels, at most 253 bytes, optionally `*` alone or a leading `*.`.
[[nodiscard]] bool is_host_pattern(std::string_view text) noexcept;
/// `unique()` or `^[a-z0-9][a-z0-9-]*$`, at most 36.
[[nodiscard]] bool is_project_id(std::string_view text) noexcept;
/// `http://host...` or `https://host...` in visible ASCII.
[[nodiscard]] bool is_url(std::string_view text) noexcept;
[[nodiscard]] std::string ascii_lower(std::string_view text);

}  // namespace portcullis::validators
