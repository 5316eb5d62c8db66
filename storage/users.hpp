#pragma once
// The entries that a user is found by: addresses, creation order, the orders and words of lists. Every change of a
// user's row goes through here, so that row and entries never part. Pure; any thread.

#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/user.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

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
