#pragma once
// The rows of an identity: its own and the entries that it is found by. Every change of an identity goes through here,
// so that they never part. Pure; any thread.

#include <string>
#include <string_view>
#include <vector>

#include "core/identity.hpp"
#include "core/ids.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

/// What an entry says.
struct IdentityRef {
  std::string user_id;
  std::string identity_id;
};

/// Every entry of the identity.
[[nodiscard]] std::vector<Put> identity_entries(ProjectNo p, const Identity& identity);

/// Its row and its entries.
void put_identity(Edits& edits, ProjectNo p, const Identity& identity);
/// Takes away what put_identity puts.
void erase_identity(Edits& edits, ProjectNo p, const Identity& identity);

/// Of entries of identities with one e-mail: is one of them another user's? Anybody's is where `user_id` is empty.
/// Errors: record_corrupt.
[[nodiscard]] result<bool> another_has(const std::vector<Row>& entries, std::string_view user_id);

}  // namespace portcullis::storage
