#include "storage/identities.hpp"

#include <iterator>
#include <utility>

#include "storage/codec.hpp"
#include "storage/keys.hpp"

namespace portcullis::storage {

std::vector<Put> identity_entries(ProjectNo p, const Identity& identity) {
  const codec::IdentityRef ref{identity.user_id, identity.id};
  std::vector<Put> entries;
  const auto add = [&](std::string key) { entries.push_back(codec::put(std::move(key), ref)); };
  add(keys::identity_id_index(p, identity.id));
  add(keys::identity_order_index(p, identity.sequence));
  add(keys::identity_provider_index(p, identity.provider, identity.provider_uid));
  add(keys::entry(keys::identity_user_group(p, identity.user_id), identity.sequence));
  if (!identity.provider_email.empty())
    add(keys::entry(keys::identity_email_group(p, identity.provider_email), identity.sequence));
  return entries;
}

void put_identity(Edits& edits, ProjectNo p, const Identity& identity) {
  edits.put.push_back(codec::put(keys::identity(p, identity.user_id, identity.id), identity));
  std::vector<Put> entries = identity_entries(p, identity);
  std::move(entries.begin(), entries.end(), std::back_inserter(edits.put));
}

void erase_identity(Edits& edits, ProjectNo p, const Identity& identity) {
  edits.erase.push_back(keys::identity(p, identity.user_id, identity.id));
  for (Put& entry : identity_entries(p, identity)) edits.erase.push_back(std::move(entry.key));
}

}  // namespace portcullis::storage
