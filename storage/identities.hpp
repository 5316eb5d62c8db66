#pragma once
// The rows of an identity: its own and the entries that it is found by. Every change of an identity goes through here,
// so that they never part. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/identity.hpp"
#include "core/ids.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

namespace keys {

// Entries, by which identities are found. Those of a group end in the identity's sequence, 8 bytes.
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
[[nodiscard]] std::string identity(ProjectNo p, std::string_view user_id, std::string_view identity_id);

}  // namespace keys

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
