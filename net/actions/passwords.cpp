#include "net/actions/passwords.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "policies/sign_in_policy.hpp"

namespace portcullis {

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

}  // namespace portcullis
