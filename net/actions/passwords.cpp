#include "net/actions/passwords.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "policies/password_policy.hpp"
#include "policies/sign_in_policy.hpp"

namespace portcullis {
namespace {

/// password_recently_used when the password is the current one or a remembered one, where the project remembers any.
/// All hashes are compared as one bundle.
awaitable<result<void>> not_recently_used(Hasher& hasher, const ProjectSettings& settings, const Credential& credential,
                                          const Secret& password, HashTicket ticket) {
  if (settings.password_history == 0) co_return result<void>{};
  std::vector<PasswordHash> remembered = credential.history;
  const bool holds_current = std::find(remembered.begin(), remembered.end(), credential.hash) != remembered.end();
  if (policies::has_password(credential) && !holds_current) remembered.push_back(credential.hash);
  if (remembered.empty()) co_return result<void>{};
  Secret candidate = password.clone();
  const result<std::optional<std::size_t>> match =
      co_await hasher.matches_any(std::move(remembered), std::move(candidate), std::move(ticket));
  if (!match) co_return match.error();
  if (*match) co_return error(errc::password_recently_used);
  co_return result<void>{};
}

}  // namespace

result<void> check_personal_data(const ProjectSettings& settings, const BorrowedUser& user, const Secret& password) {
  if (!settings.personal_data_check) return {};
  const policies::PersonalData data{user.id, user.email, user.name, user.phone};
  if (policies::contains_personal_data(password.view(), data)) return errc::password_personal_data;
  return {};
}

awaitable<result<changes::NewPassword>> new_password(Hasher& hasher, const ProjectSettings& settings,
                                                     const BorrowedUser& user, const Credential& credential,
                                                     const Secret& password, HashTicket ticket) {
  HashTicket comparing = ticket;
  const result<void> fresh = co_await not_recently_used(hasher, settings, credential, password, std::move(comparing));
  if (!fresh) co_return fresh.error();
  const result<void> impersonal = check_personal_data(settings, user, password);
  if (!impersonal) co_return impersonal.error();
  Secret text = password.clone();
  result<PasswordHash> hash = co_await hasher.hash(std::move(text), std::move(ticket));
  if (!hash) co_return hash.error();
  changes::NewPassword made;
  made.hash = std::move(*hash);
  made.expected_revision = credential.password_revision;
  made.history = settings.password_history;
  made.closes_sessions = settings.invalidate_sessions;
  co_return made;
}

}  // namespace portcullis
