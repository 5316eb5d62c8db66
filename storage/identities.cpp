#include "storage/identities.hpp"

#include <iterator>
#include <utility>

#include "storage/codec_layout.hpp"
#include "storage/key_parts.hpp"
#include "storage/keys.hpp"
#include "storage/store.hpp"

namespace portcullis::storage::keys {

namespace {

/// Entries by the letter: id, creation order, provider, e-mail, user.
std::string group_of(ProjectNo p, char by) {
  std::string key = start(p, kind_identity);
  key.push_back(by);
  return key;
}

std::string text_of(ProjectNo p, char by, std::string_view text) {
  std::string key = group_of(p, by);
  append_text(key, text);
  return key;
}

}  // namespace

std::string identity_id_index(ProjectNo p, std::string_view identity_id) { return text_of(p, 'i', identity_id); }

std::string identity_order_index(ProjectNo p, std::uint64_t sequence) {
  return entry(identities_in_order(p), sequence);
}

std::string identity_provider_index(ProjectNo p, std::string_view provider, std::string_view uid) {
  std::string key = text_of(p, 'p', provider);
  append_text(key, uid);
  return key;
}

std::string identity_email_group(ProjectNo p, std::string_view email) { return text_of(p, 'e', email); }
std::string identity_user_group(ProjectNo p, std::string_view user_id) { return text_of(p, 'u', user_id); }
std::string identity_ids(ProjectNo p) { return group_of(p, 'i'); }
std::string identities_in_order(ProjectNo p) { return group_of(p, 'o'); }

Range identities_with_email(ProjectNo p, std::string_view email) {
  const std::string group = identity_email_group(p, email);
  return {group, beyond(group), user_rows_limit};
}

std::string identity(ProjectNo p, std::string_view user_id, std::string_view identity_id) {
  return user_key(p, user_id, UserRow::identity, identity_id);
}

}  // namespace portcullis::storage::keys

namespace portcullis::storage::codec {

template <class Io, Of<IdentityRef> V>
void fields(Io& io, V& v) {
  io(v.user_id, v.identity_id);
}

template <class Io, Of<Identity> V>
void fields(Io& io, V& v) {
  io(v.id, v.sequence, v.created_at, v.updated_at, v.user_id, v.provider, v.provider_uid, v.provider_email,
     v.sealed_access_token, v.sealed_refresh_token, v.access_token_expires_at);
}

template Put put(std::string, const IdentityRef&);
template result<IdentityRef> read(const Row&);
template Put put(std::string, const Identity&);
template result<Identity> read(const Row&);

}  // namespace portcullis::storage::codec

namespace portcullis::storage {

std::vector<Put> identity_entries(ProjectNo p, const Identity& identity) {
  const IdentityRef ref{identity.user_id, identity.id};
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

result<bool> another_has(const std::vector<Row>& entries, std::string_view user_id) {
  for (const Row& row : entries) {
    const result<IdentityRef> ref = codec::read<IdentityRef>(row);
    if (!ref) return ref.error();
    if (ref->user_id != user_id) return true;
  }
  return false;
}

awaitable<result<bool>> Store::any_identity_has(ProjectNo p, std::string email) {
  Reads reads;
  reads.ranges.push_back(keys::identities_with_email(p, email));
  const result<Rows> rows = co_await engine_.read(std::move(reads));
  if (!rows) co_return rows.error();
  co_return another_has(rows->view().ranges[0], {});
}

awaitable<result<std::optional<IdentityRef>>> Store::identity_ref(ProjectNo p, std::string id) {
  const std::string key = keys::identity_id_index(p, id);
  Reads reads;
  reads.keys.push_back(key);
  const result<Rows> rows = co_await engine_.read(std::move(reads));
  if (!rows) co_return rows.error();
  const std::optional<std::string_view> value = rows->view().values[0];
  if (!value) co_return std::optional<IdentityRef>{};
  result<IdentityRef> ref = codec::read<IdentityRef>(Row{key, *value});
  if (!ref) co_return ref.error();
  co_return std::optional<IdentityRef>(std::move(*ref));
}

}  // namespace portcullis::storage
