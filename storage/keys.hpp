#pragma once
// The store's key grammar (docs/storage.md): 4-byte big-endian project number, kind byte, NUL-ended parts. A text part
// over 64 bytes is its first 48 plus 16 bytes of its SHA-256. A user's rows sit together, sessions and tokens last.
// Pure; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "core/project.hpp"
#include "core/time.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage::keys {

/// The most rows of one user that a bounded range answers; policy keeps users far below it.
inline constexpr std::uint32_t user_rows_limit = 4096;
/// The most mock phone numbers, API keys and platforms of one project. The last two are held in memory.
inline constexpr std::uint32_t mock_phones_limit = 5000;
inline constexpr std::uint32_t api_keys_limit = 1000;
inline constexpr std::uint32_t platforms_limit = 1000;

/// The byte after the project number.
enum Kind : char {
  kind_meta = 'm',
  kind_project = 'p',
  kind_limits = 'l',
  kind_removed = 'r',
  kind_unicode = 'y',
  kind_signup = 's',
  kind_api_key = 'k',
  kind_dev_key = 'v',
  kind_pings = 'q',
  kind_platform = 'f',
  kind_mock_phone = 'n',
  kind_counters = 'c',
  kind_identity = 'd',
  kind_email = 'e',
  kind_phone = 'h',
  kind_identifier = 'i',
  kind_order = 'o',
  kind_target = 't',
  kind_team = 'g',
  kind_member = 'j',
  kind_user = 'u',
  kind_word = 'w',
  kind_sorted = 'x'
};

// System space (project number 0)
[[nodiscard]] std::string meta();  ///< store format and the next project number
[[nodiscard]] std::string project(std::string_view project_id);
[[nodiscard]] Range projects(std::uint32_t limit);
[[nodiscard]] std::string saved_limits(std::uint32_t chunk);  ///< rate-limit windows kept over a restart
[[nodiscard]] Range all_saved_limits();
[[nodiscard]] std::string unicode();      ///< the version of the tables that the entries of lists were made by
[[nodiscard]] std::string signup_code();  ///< SHA-256 in hex of the code that the first administrator needs
[[nodiscard]] std::string removed_project(ProjectNo p);
[[nodiscard]] Range removed_projects(std::uint32_t limit);

// One project
[[nodiscard]] Range whole_project(ProjectNo p, std::uint32_t limit);  ///< every row of it
[[nodiscard]] std::string api_key(ProjectNo p, std::string_view key_id);
[[nodiscard]] std::string dev_key(ProjectNo p, std::string_view key_id);
[[nodiscard]] std::string key_of(ProjectNo p, KeyKind kind, std::string_view key_id);  ///< one of these two
[[nodiscard]] Range dev_keys(ProjectNo p, std::uint32_t limit);
[[nodiscard]] Range api_keys(ProjectNo p, std::uint32_t limit);
[[nodiscard]] std::string platform(ProjectNo p, std::string_view platform_id);
[[nodiscard]] Range platforms(ProjectNo p, std::uint32_t limit);
[[nodiscard]] std::string mock_phone(ProjectNo p, std::string_view number);
[[nodiscard]] Range mock_phones(ProjectNo p, std::uint32_t limit);
[[nodiscard]] std::string pings(ProjectNo p);
[[nodiscard]] std::string counters(ProjectNo p);  ///< users alive, next user sequence, hashes by what they cost
[[nodiscard]] std::string email_index(ProjectNo p, std::string_view email);            ///< -> user id
[[nodiscard]] std::string phone_index(ProjectNo p, std::string_view phone);            ///< -> user id
[[nodiscard]] std::string identifier_index(ProjectNo p, std::string_view identifier);  ///< -> user id, target id
[[nodiscard]] Range identifiers(ProjectNo p, std::uint32_t limit);
[[nodiscard]] std::string target_index(ProjectNo p, std::string_view target_id);  ///< -> user id, target id
[[nodiscard]] Range target_ids(ProjectNo p, std::uint32_t limit);
[[nodiscard]] std::string order_index(ProjectNo p, std::uint64_t sequence);  ///< -> user id
[[nodiscard]] Range users_in_order(ProjectNo p, std::uint64_t after_sequence, std::uint32_t limit);

[[nodiscard]] std::string team(ProjectNo p, std::string_view team_id);
[[nodiscard]] std::string member(ProjectNo p, std::string_view team_id,
                                 std::string_view membership_id);  ///< -> user id
// Identities are found by these entries -> user id, identity id. Entries of a group end in the identity's sequence, 8
// bytes.
[[nodiscard]] std::string identity_id_index(ProjectNo p, std::string_view identity_id);
[[nodiscard]] std::string identity_order_index(ProjectNo p, std::uint64_t sequence);
[[nodiscard]] std::string identity_provider_index(ProjectNo p, std::string_view provider, std::string_view uid);
[[nodiscard]] std::string identity_email_group(ProjectNo p, std::string_view email);
[[nodiscard]] std::string identity_user_group(ProjectNo p, std::string_view user_id);
/// What the keys of the first two begin with.
[[nodiscard]] std::string identity_ids(ProjectNo p);
[[nodiscard]] std::string identities_in_order(ProjectNo p);
/// The entries of those with that e-mail address, at most user_rows_limit of them.
[[nodiscard]] Range identities_with_email(ProjectNo p, std::string_view email);

// What lists of users are read from (storage/users.hpp). An entry's key is that of its group and the user's
// sequence, 8 bytes; groups end in NUL, in 8 bytes of time, or are one letter. Its value says nothing.
/// By the letter: time of creation, of registration, name, users without an e-mail, without a phone.
enum class Sorted : char { created = 'c', registered = 'r', name = 'n', no_email = 'e', no_phone = 'h' };
/// At most this much of a name, in bytes of its folded text, decides its place.
inline constexpr std::size_t sorted_text_bytes = 64;
[[nodiscard]] std::string word_group(ProjectNo p, std::string_view word);  ///< 1 to 64 bytes, as words_of() gives them
[[nodiscard]] std::string sorted_group(ProjectNo p, Sorted by);            ///< also the beginning of all of that letter
[[nodiscard]] std::string sorted_group(ProjectNo p, Sorted by, Time time);
[[nodiscard]] std::string name_group(ProjectNo p, std::string_view name);
[[nodiscard]] std::string entry(std::string group, std::uint64_t sequence);
/// The folded beginning of a name that name_group() keys, without its end.
[[nodiscard]] std::string sorted_text(std::string_view name);
/// Every entry of these kinds in the project.
[[nodiscard]] Range list_entries(ProjectNo p, std::uint32_t limit);

/// A text as keys have it, without its end: one over 64 bytes by its head and hash.
[[nodiscard]] std::string part_of(std::string_view text);
/// Eight bytes that compare as the number does.
[[nodiscard]] std::string big_endian(std::uint64_t number);
/// The smallest key that is beyond all keys with this beginning.
[[nodiscard]] std::string beyond(std::string prefix);
/// The key right after this one.
[[nodiscard]] std::string behind(std::string_view key);
/// The first bytes of every key of the kind.
[[nodiscard]] std::string prefix_of(ProjectNo p, Kind kind);

// One user
[[nodiscard]] std::string user(ProjectNo p, std::string_view user_id);
[[nodiscard]] std::string accessed(ProjectNo p, std::string_view user_id);
[[nodiscard]] std::string prefs(ProjectNo p, std::string_view user_id);
[[nodiscard]] std::string credential(ProjectNo p, std::string_view user_id);
[[nodiscard]] std::string target(ProjectNo p, std::string_view user_id, std::string_view target_id);
[[nodiscard]] std::string membership(ProjectNo p, std::string_view user_id, std::string_view membership_id);
[[nodiscard]] std::string session(ProjectNo p, std::string_view user_id, std::string_view selector);
[[nodiscard]] std::string token(ProjectNo p, std::string_view user_id, std::string_view token_id);
[[nodiscard]] std::string identity(ProjectNo p, std::string_view user_id, std::string_view identity_id);
/// user, accessed, prefs, targets, memberships: not identities, credential, sessions, tokens
[[nodiscard]] Range user_profile(ProjectNo p, std::string_view user_id);
[[nodiscard]] Range user_targets(ProjectNo p, std::string_view user_id);
[[nodiscard]] Range user_memberships(ProjectNo p, std::string_view user_id);
/// Unlimited: who ends all sessions must leave none behind.
[[nodiscard]] Range user_sessions(ProjectNo p, std::string_view user_id);
[[nodiscard]] Range user_tokens(ProjectNo p, std::string_view user_id);
/// Every row of the user, credential and sessions included; unlimited, because nothing may stay behind.
[[nodiscard]] Range whole_user(ProjectNo p, std::string_view user_id);

/// Which row of a user a key names; the last character class of the grammar.
enum class UserRow : char {
  user = 'a',
  accessed = 'b',
  prefs = 'c',
  target = 'e',
  membership = 'f',
  identity = 'i',
  credential = 'p',
  session = 's',
  token = 't'
};
/// The kind of a key inside a user's rows; false for any other key.
[[nodiscard]] bool is_user_row(std::string_view key, UserRow row) noexcept;

/// The project whose space a key lies in; the system's for what is no key of the grammar.
[[nodiscard]] ProjectNo project_of(std::string_view key) noexcept;

/// The sequence at the end of an order_index key or of an entry's; 0 for any other key.
[[nodiscard]] std::uint64_t sequence_of(std::string_view key) noexcept;

/// What a key of this grammar is made of. Views point into the key; parts are as stored (long texts hashed).
struct Parsed {
  ProjectNo project{};
  char kind = 0;
  std::string_view text;  ///< the first part: an id, an address, a word; the number's 8 or 4 bytes for `o`, `l` and `r`
  std::string_view sequence;  ///< the 8 bytes at the end of an entry (`w`, `x`, some of `d`)
  char user_row = 0;          ///< a UserRow when the kind is `u`
  std::string_view detail;    ///< id of a target, membership, identity or token; selector; a provider's user id
};
/// Empty when the key is not of the grammar.
[[nodiscard]] std::optional<Parsed> parse(std::string_view key) noexcept;

}  // namespace portcullis::storage::keys
