#pragma once
// The store's key grammar (docs/storage.md): 4-byte big-endian project number, kind byte, NUL-ended parts. A text part
// over 64 bytes is its first 48 plus a 16-byte hash. A user's rows sit together, sessions last. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage::keys {

// System space (project number 0)
[[nodiscard]] std::string meta();                            ///< store format and the next project number
[[nodiscard]] std::string project(std::string_view project_id);
[[nodiscard]] Range projects(std::uint32_t limit);
[[nodiscard]] std::string saved_limits(std::uint32_t chunk);  ///< rate-limit windows kept over a restart
[[nodiscard]] Range all_saved_limits();

// One project
[[nodiscard]] std::string api_key(ProjectNo p, std::string_view key_id);
[[nodiscard]] Range api_keys(ProjectNo p, std::uint32_t limit);
[[nodiscard]] std::string counters(ProjectNo p);  ///< users alive, next user sequence
[[nodiscard]] std::string email_index(ProjectNo p, std::string_view email);            ///< -> user id
[[nodiscard]] std::string phone_index(ProjectNo p, std::string_view phone);            ///< -> user id
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
[[nodiscard]] Range user_profile(ProjectNo p, std::string_view user_id);   ///< user, accessed, prefs, targets: not credential, not sessions
[[nodiscard]] Range user_targets(ProjectNo p, std::string_view user_id);
[[nodiscard]] Range user_sessions(ProjectNo p, std::string_view user_id);
[[nodiscard]] Range whole_user(ProjectNo p, std::string_view user_id);     ///< every row of the user, credential and sessions included

/// Which row of a user a key names; the last character class of the grammar.
enum class UserRow : char { user = 'a', accessed = 'b', prefs = 'c', target = 'e', credential = 'p', session = 's' };
/// The kind of a key inside a user's rows; `none` for any other key.
[[nodiscard]] bool is_user_row(std::string_view key, UserRow row) noexcept;

}  // namespace portcullis::storage::keys
