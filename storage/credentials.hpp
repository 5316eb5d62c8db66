#pragma once
// The password rows of users, and the project's counts of what their hashes cost. Every change of such a row goes
// through here, so that row and counts never part. Pure; any thread.

#include <optional>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "core/user.hpp"
#include "storage/counters.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

namespace keys {

[[nodiscard]] std::string credential(ProjectNo p, std::string_view user_id);

}  // namespace keys

/// The row of a new user; the row of `counters` is the caller's.
void put_new_credential(Edits& edits, ProjectNo p, std::string_view user_id, const Credential& made,
                        Counters& counters);
/// The row of a user whose hash was `before` in the same commit, and the counters' row when that changes them.
/// `counters` is what was read under keys::counters(). Errors: record_corrupt.
[[nodiscard]] result<void> put_changed_credential(Edits& edits, ProjectNo p, std::string_view user_id,
                                                  const PasswordHash& before, const Credential& after,
                                                  const std::optional<std::string_view>& counters);
/// A row that goes; the row of `counters` is the caller's. Errors: record_corrupt.
[[nodiscard]] result<void> erase_credential(Edits& edits, const Row& row, Counters& counters);

}  // namespace portcullis::storage
