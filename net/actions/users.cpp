#include "net/actions/users.hpp"

#include <memory>
#include <utility>

#include "net/actions/commit.hpp"
#include "net/actions/passwords.hpp"
#include "net/actions/retry_stale.hpp"

namespace portcullis {
namespace {

bool is_hashed(const FirstPassword& password) { return !password.text.empty() && !password.imported; }

/// Has a user the e-mail already? Only before a hash, which would be in vain.
awaitable<result<void>> is_free(Services& services, ProjectNo project, std::string email) {
  const result<std::optional<storage::Account>> taken =
      co_await services.store.account_by_email(project, std::move(email));
  if (!taken) co_return taken.error();
  if (*taken) co_return error(errc::user_already_exists);
  co_return result<void>{};
}

/// What can be refused before any hashing.
awaitable<result<void>> may_be_made(Services& services, const LiveProject& project, const changes::NewUser& made,
                                    const FirstPassword& password) {
  const std::string& email = made.user.email;
  if (!email.empty()) {
    std::string known = email;
    const result<bool> identified = co_await services.store.any_identity_has(project.number(), std::move(known));
    if (!identified) co_return identified.error();
    if (*identified) co_return error(made.identity_clash);
  }
  const result<void> impersonal = check_personal_data(project.settings(), borrow(made.user), password.text);
  if (!impersonal) co_return impersonal.error();
  if (email.empty() || !is_hashed(password)) co_return result<void>{};
  std::string wanted = email;
  co_return co_await is_free(services, project.number(), std::move(wanted));
}

/// The user's teams as they are read here. Errors: again.
awaitable<result<bool>> try_deletion(storage::Store& store, ProjectNo project, const std::string& user_id) {
  std::string id = user_id;
  std::string no_selector;
  const result<std::unique_ptr<storage::Profile>> profile =
      co_await store.profile(project, std::move(id), std::move(no_selector));
  if (!profile) co_return profile.error();
  if (!*profile) co_return error(errc::user_not_found);
  std::vector<std::string> teams;
  for (const BorrowedMembership& membership : (*profile)->memberships) teams.emplace_back(membership.team_id);
  auto make = [project, user_id, teams = std::move(teams)] { return changes::delete_user(project, user_id, teams); };
  co_return co_await commit<bool>(store.engine(), std::move(make));
}

}  // namespace

std::string stored_id(std::string id, Time now, Random& random) {
  return id == "unique()" ? unique_id(now, random) : std::move(id);
}

User new_user(std::string id, Time now) {
  User user;
  user.id = std::move(id);
  user.created_at = user.updated_at = user.registered_at = now;
  return user;
}

awaitable<result<changes::CreatedUser>> make_user(Services& services, const LiveProject& project, changes::NewUser made,
                                                  FirstPassword password) {
  const result<void> allowed = co_await may_be_made(services, project, made, password);
  if (!allowed) co_return allowed.error();
  if (is_hashed(password)) {
    Secret text = std::move(password.text);
    HashTicket ticket = std::move(password.ticket);
    result<PasswordHash> hash = co_await services.hasher.hash(std::move(text), std::move(ticket));
    if (!hash) co_return hash.error();
    password.imported = std::move(*hash);
  }
  const Time now = made.user.created_at;
  if (password.imported)
    changes::give_password(made, std::move(*password.imported), now, project.settings().password_history);
  made.user.id = stored_id(std::move(made.user.id), now, services.random);
  made.email_target_id = unique_id(now, services.random);
  made.phone_target_id = unique_id(now, services.random);
  auto make = [p = project.number(), made = std::move(made)] { return changes::create_user(p, made); };
  co_return co_await commit<changes::CreatedUser>(services.store.engine(), std::move(make));
}

awaitable<result<bool>> delete_whole_user(storage::Store& store, ProjectNo project, std::string user_id) {
  auto attempt = [&store, project, &user_id] { return try_deletion(store, project, user_id); };
  co_return co_await retry_stale<bool>(std::move(attempt));
}

}  // namespace portcullis
