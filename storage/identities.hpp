#pragma once
// The rows of an identity: its own and the entries that it is found by. Every change of an identity goes through here,
// so that they never part. Pure; any thread.

#include <vector>

#include "core/identity.hpp"
#include "core/ids.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

/// Every entry of the identity.
[[nodiscard]] std::vector<Put> identity_entries(ProjectNo p, const Identity& identity);

/// Its row and its entries.
void put_identity(Edits& edits, ProjectNo p, const Identity& identity);
/// Takes away what put_identity puts.
void erase_identity(Edits& edits, ProjectNo p, const Identity& identity);

}  // namespace portcullis::storage
