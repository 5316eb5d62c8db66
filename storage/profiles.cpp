// Users as session checks and answers need them: a user's rows of several nouns, read in one trip.

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/codec.hpp"
#include "storage/credentials.hpp"
#include "storage/keys.hpp"
#include "storage/sessions.hpp"
#include "storage/store.hpp"
#include "storage/users.hpp"

namespace portcullis::storage {
namespace {

/// One row of a user's profile range into its place.
bool place_row(const Row& row, keys::UserRow kind, Profile& profile) {
  switch (kind) {
    case keys::UserRow::target:
      return codec::borrow_from(row, profile.targets.emplace_back());
    case keys::UserRow::membership:
      return codec::borrow_from(row, profile.memberships.emplace_back());
    case keys::UserRow::accessed: {
      const result<Time> accessed = codec::read<Time>(row);
      if (accessed) profile.accessed_at = *accessed;
      return static_cast<bool>(accessed);
    }
    case keys::UserRow::prefs:
      return codec::borrow_from(row, profile.prefs);
    default:
      return false;
  }
}

/// Copies values into a block one after the other.
class Block {
 public:
  explicit Block(std::size_t size) : bytes_(std::make_unique_for_overwrite<char[]>(size)), at_(bytes_.get()) {}
  std::string_view keep(std::string_view value) {
    const std::string_view kept(at_, value.size());
    at_ = std::copy(value.begin(), value.end(), at_);
    return kept;
  }
  [[nodiscard]] std::unique_ptr<const char[]> take() { return std::move(bytes_); }

 private:
  std::unique_ptr<char[]> bytes_;
  char* at_;
};

/// What Store::profile declared: the profile's range and perhaps a session's key. user_not_found: no user row.
result<void> read_profile(const Reads& reads, const View& view, Profile& profile) {
  const std::vector<Row>& rows = view.ranges[0];
  if (rows.empty() || !keys::is_user_row(rows.front().key, keys::UserRow::user)) return errc::user_not_found;
  const std::optional<std::string_view> session = view.values.empty() ? std::nullopt : view.values[0];
  std::size_t size = session ? session->size() : 0;
  for (const Row& row : rows) size += row.value.size();
  Block block(size);
  if (!codec::borrow_from(Row{rows.front().key, block.keep(rows.front().value)}, profile.user))
    return errc::record_corrupt;
  // The range holds rows of this one user only: the byte that names the kind is where the user row's key ends.
  const std::size_t kind_at = rows.front().key.size() - 1;
  for (auto row = rows.begin() + 1; row != rows.end(); ++row) {
    if (row->key.size() <= kind_at) return errc::record_corrupt;
    if (!place_row(Row{row->key, block.keep(row->value)}, keys::UserRow{row->key[kind_at]}, profile))
      return errc::record_corrupt;
  }
  if (session && !codec::borrow_from(Row{reads.keys[0], block.keep(*session)}, profile.session.emplace()))
    return errc::record_corrupt;
  profile.bytes = block.take();
  return {};
}

/// The declared profile range and password row at that place.
result<void> read_served(const Reads& reads, const View& view, std::size_t at, ServedUser& served) {
  const View profile_only{{}, {view.ranges[at]}};
  const result<void> read = read_profile(reads, profile_only, served.profile);
  if (!read) return read;
  if (!view.values[at]) return errc::record_corrupt;  // every user has a credential row, if an empty one
  result<Credential> credential = codec::read<Credential>(Row{reads.keys[at], *view.values[at]});
  if (!credential) return credential.error();
  served.credential = std::move(*credential);
  return {};
}

}  // namespace

Profile Profile::shown() const {
  Profile out;
  out.user = user;
  out.accessed_at = accessed_at;
  out.prefs = prefs;
  out.targets = targets;
  return out;
}

awaitable<result<std::unique_ptr<Profile>>> Store::profile(ProjectNo p, std::string user_id, std::string selector) {
  Reads reads;
  reads.ranges.push_back(keys::user_profile(p, user_id));
  if (!selector.empty()) reads.keys.push_back(keys::session(p, user_id, selector));
  result<std::unique_ptr<Profile>> found{std::make_unique<Profile>()};
  Visit look = [profile = found->get()](const Reads& declared, const View& view) {
    return read_profile(declared, view, *profile);
  };
  const result<void> done = co_await engine_.visit(std::move(reads), std::move(look));
  if (!done && done.error().code != errc::user_not_found) co_return done.error();
  if (!done) found->reset();
  co_return std::move(found);
}

awaitable<result<std::unique_ptr<ServedUser>>> Store::served_user(ProjectNo p, std::string user_id) {
  Reads reads;
  reads.ranges.push_back(keys::user_profile(p, user_id));
  reads.keys.push_back(keys::credential(p, user_id));
  result<std::unique_ptr<ServedUser>> found{std::make_unique<ServedUser>()};
  Visit look = [served = found->get()](const Reads& declared, const View& view) {
    return read_served(declared, view, 0, *served);
  };
  const result<void> done = co_await engine_.visit(std::move(reads), std::move(look));
  if (!done && done.error().code != errc::user_not_found) co_return done.error();
  if (!done) found->reset();
  co_return std::move(found);
}

result<std::vector<ServedUser>> Store::served_users_now(ProjectNo p, const std::vector<std::string>& ids) {
  Reads reads;
  for (const std::string& id : ids) {
    reads.ranges.push_back(keys::user_profile(p, id));
    reads.keys.push_back(keys::credential(p, id));
  }
  const result<Rows> rows = engine_.read_now(reads);
  if (!rows) return rows.error();
  std::vector<ServedUser> users;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ServedUser served;
    const result<void> read = read_served(reads, rows->view(), i, served);
    if (!read && read.error().code == errc::user_not_found) continue;
    if (!read) return read.error();
    users.push_back(std::move(served));
  }
  return users;
}

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
