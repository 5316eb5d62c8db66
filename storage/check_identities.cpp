// What check() holds of identities: their rows and the entries that they are found by.

#include <algorithm>
#include <vector>

#include "core/identity.hpp"
#include "storage/check_walk.hpp"
#include "storage/codec.hpp"
#include "storage/identities.hpp"

namespace portcullis::storage {

void CheckWalk::identity(const Row& row, ProjectNo p) {
  Tally& tally = tallies_[p];
  ++tally.identities;
  const std::optional<Identity> identity = decode<Identity>(row, codec::read<Identity>);
  if (!identity) return;
  tally.highest_identity = std::max(tally.highest_identity, identity->sequence);
  expect(keys::identity(p, identity->user_id, identity->id) == row.key, row,
         "the identity inside has another user or id");
  for (const Put& entry : identity_entries(p, *identity))
    if (snapshot_.find(entry.key) != std::optional<std::string_view>(entry.value))
      problem(row, "the identity's entry " + readable(entry.key) + " is missing or names another");
}

void CheckWalk::identity_entry(const Row& row, ProjectNo p) {
  const std::optional<IdentityRef> ref = decode<IdentityRef>(row, codec::read<IdentityRef>);
  if (!ref) return;
  const std::optional<Identity> identity =
      look_up<Identity>(keys::identity(p, ref->user_id, ref->identity_id), codec::read<Identity>);
  const std::vector<Put> due = identity ? identity_entries(p, *identity) : std::vector<Put>{};
  const auto is_this = [&](const Put& entry) { return entry.key == row.key; };
  expect(std::any_of(due.begin(), due.end(), is_this), row, "the entry describes no identity");
}

}  // namespace portcullis::storage
