// Users found by an address, as Store reads them.

#include <utility>

#include "storage/store.hpp"

namespace portcullis::storage {

awaitable<result<std::unique_ptr<Profile>>> Store::profile_at(ProjectNo p, std::string index_key) {
  Reads reads;
  reads.keys.push_back(index_key);
  const result<Rows> rows = co_await engine_.read(std::move(reads));
  if (!rows) co_return rows.error();
  const std::optional<std::string_view> value = rows->view().values[0];
  if (!value) co_return std::unique_ptr<Profile>{};
  result<std::string> user_id = codec::read<std::string>(Row{index_key, *value});
  if (!user_id) co_return user_id.error();
  std::string no_selector;
  co_return co_await profile(p, std::move(*user_id), std::move(no_selector));
}

// Between the two trips an address may have moved on; a long one shares its index entry's key by hash only.

awaitable<result<std::unique_ptr<Profile>>> Store::profile_by_email(ProjectNo p, std::string email) {
  std::string key = keys::email_index(p, email);
  result<std::unique_ptr<Profile>> found = co_await profile_at(p, std::move(key));
  if (found && *found && (*found)->user.email != email) found->reset();
  co_return std::move(found);
}

awaitable<result<std::unique_ptr<Profile>>> Store::profile_by_phone(ProjectNo p, std::string phone) {
  std::string key = keys::phone_index(p, phone);
  result<std::unique_ptr<Profile>> found = co_await profile_at(p, std::move(key));
  if (found && *found && (*found)->user.phone != phone) found->reset();
  co_return std::move(found);
}

}  // namespace portcullis::storage
