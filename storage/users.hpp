#pragma once
// The row of a user and the entries that they are found by: addresses, creation order, the orders and words of lists.
// Every change of a user's row goes through here, so that row and entries never part. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/time.hpp"
#include "core/user.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

namespace keys {

[[nodiscard]] std::string email_index(ProjectNo p, std::string_view email);  ///< -> user id
[[nodiscard]] std::string phone_index(ProjectNo p, std::string_view phone);  ///< -> user id
[[nodiscard]] std::string order_index(ProjectNo p, std::uint64_t sequence);  ///< -> user id
[[nodiscard]] Range users_in_order(ProjectNo p, std::uint64_t after_sequence, std::uint32_t limit);

// What lists are read from. An entry's key is that of its group and the user's sequence, 8 bytes; groups end in NUL, in
// 8 bytes of time, or are one letter. Its value says nothing.
/// By the letter: time of creation, of registration, name, users without an e-mail, without a phone.
enum class Sorted : char { created = 'c', registered = 'r', name = 'n', no_email = 'e', no_phone = 'h' };
/// At most this much of a name, in bytes of its folded text, decides its place.
inline constexpr std::size_t sorted_text_bytes = 64;
[[nodiscard]] std::string word_group(ProjectNo p, std::string_view word);  ///< 1 to 64 bytes, as words_of() gives them
[[nodiscard]] std::string sorted_group(ProjectNo p, Sorted by);            ///< also the beginning of all of that letter
[[nodiscard]] std::string sorted_group(ProjectNo p, Sorted by, Time time);
[[nodiscard]] std::string name_group(ProjectNo p, std::string_view name);
/// The folded beginning of a name that name_group() keys, without its end.
[[nodiscard]] std::string sorted_text(std::string_view name);
/// Every entry of these kinds in the project.
[[nodiscard]] Range list_entries(ProjectNo p, std::uint32_t limit);

// One user's rows.
[[nodiscard]] std::string user(ProjectNo p, std::string_view user_id);
[[nodiscard]] std::string accessed(ProjectNo p, std::string_view user_id);
[[nodiscard]] std::string prefs(ProjectNo p, std::string_view user_id);
/// user, accessed, prefs, targets, memberships: not identities, credential, sessions, tokens
[[nodiscard]] Range user_profile(ProjectNo p, std::string_view user_id);
/// Every row of the user, credential and sessions included; unlimited, because nothing may stay behind.
[[nodiscard]] Range whole_user(ProjectNo p, std::string_view user_id);

}  // namespace keys

/// What `search` looks at: id, e-mail, name, phone and `label:` with each label, one after the other.
[[nodiscard]] std::string search_text(const BorrowedUser& user);

/// Every entry of the user, sorted by key.
[[nodiscard]] std::vector<Put> user_entries(ProjectNo p, const User& user);
/// Those of them that lists are read from: the store's kinds `w` and `x`.
[[nodiscard]] std::vector<Put> list_entries(ProjectNo p, const User& user);

/// The row of a new user and its entries.
void put_new_user(Edits& edits, ProjectNo p, const User& user);
/// The row of a user that was `before` in the same commit: entries that are no longer right go, new ones come.
void put_changed_user(Edits& edits, ProjectNo p, const User& before, const User& after);
/// All entries go; rows are the caller's.
void erase_user_entries(Edits& edits, ProjectNo p, const User& user);

}  // namespace portcullis::storage
