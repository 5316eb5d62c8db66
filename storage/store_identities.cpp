// Identities, as Store reads them.

#include <algorithm>
#include <utility>

#include "storage/store.hpp"

namespace portcullis::storage {

result<bool> another_has(const std::vector<Row>& entries, std::string_view user_id) {
  for (const Row& row : entries) {
    const result<codec::IdentityRef> ref = codec::read<codec::IdentityRef>(row);
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

awaitable<result<std::optional<codec::IdentityRef>>> Store::identity_ref(ProjectNo p, std::string id) {
  const std::string key = keys::identity_id_index(p, id);
  Reads reads;
  reads.keys.push_back(key);
  const result<Rows> rows = co_await engine_.read(std::move(reads));
  if (!rows) co_return rows.error();
  const std::optional<std::string_view> value = rows->view().values[0];
  if (!value) co_return std::optional<codec::IdentityRef>{};
  result<codec::IdentityRef> ref = codec::read<codec::IdentityRef>(Row{key, *value});
  if (!ref) co_return ref.error();
  co_return std::optional<codec::IdentityRef>(std::move(*ref));
}

}  // namespace portcullis::storage
