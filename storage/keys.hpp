#pragma once
// The store's key grammar (docs/storage.md): 4-byte big-endian project number, kind byte, NUL-ended parts. A text part
// over 64 bytes is its first 48 plus 16 bytes of its SHA-256. A user's rows sit together, sessions and tokens last. The
// keys of a noun are in its header. Pure; any thread.

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

// Of the system's space (project number 0), of no noun:
[[nodiscard]] std::string saved_limits(std::uint32_t chunk);  ///< rate-limit windows kept over a restart
[[nodiscard]] Range all_saved_limits();
[[nodiscard]] std::string signup_code();  ///< SHA-256 in hex of the code that the first administrator needs

/// The key of an entry: that of its group and a sequence, 8 bytes.
[[nodiscard]] std::string entry(std::string group, std::uint64_t sequence);

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
