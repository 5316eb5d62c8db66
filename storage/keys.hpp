#pragma once
// The store's key grammar (docs/storage.md): 4-byte big-endian project number, kind byte, NUL-ended parts. A text part
// over 64 bytes is its first 48 plus 16 bytes of its SHA-256. A user's rows sit together, sessions last. Pure; any
// thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage::keys {

/// The most rows of one user that a bounded range answers; policy keeps users far below it.
inline constexpr std::uint32_t user_rows_limit = 4096;

/// The byte after the project number.
enum Kind : char {
  kind_meta = 'm',
  kind_project = 'p',
  kind_limits = 'l',
  kind_api_key = 'k',
  kind_counters = 'c',
  kind_email = 'e',
  kind_phone = 'h',
  kind_identifier = 'i',
  kind_order = 'o',
  kind_user = 'u'
};

// System space (project number 0)
[[nodiscard]] std::string meta();  ///< store format and the next project number
[[nodiscard]] std::string project(std::string_view project_id);
[[nodiscard]] Range projects(std::uint32_t limit);
[[nodiscard]] std::string saved_limits(std::uint32_t chunk);  ///< rate-limit windows kept over a restart
[[nodiscard]] Range all_saved_limits();

// One project
[[nodiscard]] std::string api_key(ProjectNo p, std::string_view key_id);
[[nodiscard]] Range api_keys(ProjectNo p, std::uint32_t limit);
[[nodiscard]] std::string counters(ProjectNo p);                             ///< users alive, next user sequence
[[nodiscard]] std::string email_index(ProjectNo p, std::string_view email);  ///< -> user id
[[nodiscard]] std::string phone_index(ProjectNo p, std::string_view phone);  ///< -> user id
[[nodiscard]] std::string identifier_index(ProjectNo p, std::string_view identifier);  ///< -> user id, target id
[[nodiscard]] std::string order_index(ProjectNo p, std::uint64_t sequence);            ///< -> user id
[[nodiscard]] Range users_in_order(ProjectNo p, std::uint64_t after_sequence, std::uint32_t limit);

// One user
[[nodiscard]] std::string user(ProjectNo p, std::string_view user_id);
[[nodiscard]] std::string accessed(ProjectNo p, std::string_view user_id);
[[nodiscard]] std::string prefs(ProjectNo p, std::string_view user_id);
[[nodiscard]] std::string credential(ProjectNo p, std::string_view user_id);
[[nodiscard]] std::string target(ProjectNo p, std::string_view user_id, std::string_view target_id);
[[nodiscard]] std::string session(ProjectNo p, std::string_view user_id, std::string_view selector);
/// user, accessed, prefs, targets: not credential, not sessions
[[nodiscard]] Range user_profile(ProjectNo p, std::string_view user_id);
[[nodiscard]] Range user_targets(ProjectNo p, std::string_view user_id);
[[nodiscard]] Range user_sessions(ProjectNo p, std::string_view user_id);
/// Every row of the user, credential and sessions included; unlimited, because nothing may stay behind.
[[nodiscard]] Range whole_user(ProjectNo p, std::string_view user_id);

/// Which row of a user a key names; the last character class of the grammar.
enum class UserRow : char { user = 'a', accessed = 'b', prefs = 'c', target = 'e', credential = 'p', session = 's' };
/// The kind of a key inside a user's rows; false for any other key.
[[nodiscard]] bool is_user_row(std::string_view key, UserRow row) noexcept;

/// The sequence at the end of an order_index key; 0 for any other key.
[[nodiscard]] std::uint64_t sequence_of(std::string_view key) noexcept;

/// What a key of this grammar is made of. Views point into the key; parts are as stored (long texts hashed).
struct Parsed {
  ProjectNo project{};
  char kind = 0;
  std::string_view text;    ///< the first part: an id, an address; the number's 8 or 4 bytes for `o` and `l`
  char user_row = 0;        ///< a UserRow when the kind is `u`
  std::string_view detail;  ///< target id or selector
};
/// Empty when the key is not of the grammar.
[[nodiscard]] std::optional<Parsed> parse(std::string_view key) noexcept;

}  // namespace portcullis::storage::keys
