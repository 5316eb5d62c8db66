// Users with their password rows, as sign-ins begin with them: records of users and credentials read together.

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "storage/codec.hpp"
#include "storage/counters.hpp"
#include "storage/credentials.hpp"
#include "storage/store.hpp"
#include "storage/users.hpp"

namespace portcullis::storage {
namespace {

result<std::optional<Account>> decode_account(const Reads& reads, const View& view) {
  if (!view.values[0]) return std::optional<Account>{};
  if (!view.values[1]) return errc::record_corrupt;  // every user has a credential row, if an empty one
  result<User> user = codec::read<User>(Row{reads.keys[0], *view.values[0]});
  if (!user) return user.error();
  result<Credential> credential = codec::read<Credential>(Row{reads.keys[1], *view.values[1]});
  if (!credential) return credential.error();
  return std::optional<Account>{Account{std::move(*user), std::move(*credential)}};
}

/// Decoding is most of what finding an account costs: where there is none, rows of the usual size are decoded all the
/// same, so that time does not tell.
void decode_nobody() {
  static const auto rows = [] {
    User user;
    user.id = std::string(20, '0');
    user.name = "Nobody";
    user.email = std::string(24, '0');
    user.password_updated_at = Time{};
    Credential credential;
    credential.hash = {"argon2", std::string(97, '0'), std::string(64, '0')};
    return std::pair(codec::put(keys::user({}, user.id), user), codec::put(keys::credential({}, user.id), credential));
  }();
  const Reads reads{{rows.first.key, rows.second.key}, {}};
  const View view{{std::string_view(rows.first.value), std::string_view(rows.second.value)}, {}};
  static_cast<void>(decode_account(reads, view));
}

}  // namespace

awaitable<result<std::optional<Account>>> Store::account(ProjectNo p, std::string user_id) {
  Reads reads;
  reads.keys.push_back(keys::user(p, user_id));
  reads.keys.push_back(keys::credential(p, user_id));
  Reads declared = reads;
  const result<Rows> rows = co_await engine_.read(std::move(declared));
  if (!rows) co_return rows.error();
  co_return decode_account(reads, rows->view());
}

awaitable<result<std::optional<Account>>> Store::account_by_email(ProjectNo p, std::string email) {
  result<SignInPremise> premise = co_await sign_in_premise(p, std::move(email));
  if (!premise) co_return premise.error();
  co_return std::move(premise->account);
}

awaitable<result<SignInPremise>> Store::sign_in_premise(ProjectNo p, std::string email) {
  const std::string index = keys::email_index(p, email);
  const std::string counters_key = keys::counters(p);
  Reads reads;
  reads.keys = {index, counters_key};
  const result<Rows> rows = co_await engine_.read(std::move(reads));
  if (!rows) co_return rows.error();
  const std::optional<std::string_view> value = rows->view().values[0];
  std::string user_id =
      "-";  // no id begins with `-`: an unknown address makes the second trip as well and costs the same
  if (value) {
    result<std::string> stored = codec::read<std::string>(Row{index, *value});
    if (!stored) co_return stored.error();
    user_id = std::move(*stored);
  }
  result<Counters> counters = read_counters(counters_key, rows->view().values[1]);
  if (!counters) co_return counters.error();
  result<std::optional<Account>> found = co_await account(p, std::move(user_id));
  if (!found) co_return found.error();
  if (!*found) decode_nobody();
  SignInPremise premise;
  premise.hash_classes = std::move(counters->hash_classes);
  // Between the two trips the address may have moved on; a long one shares its index entry's key by hash only.
  if (*found && (*found)->user.email == email) premise.account = std::move(*found);
  co_return std::move(premise);
}

}  // namespace portcullis::storage
