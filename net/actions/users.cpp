#include "net/actions/users.hpp"

#include <memory>
#include <utility>

#include "net/actions/commit.hpp"
#include "net/actions/retry_stale.hpp"
#include "net/changes/users.hpp"

namespace portcullis {
namespace {

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

awaitable<result<bool>> delete_whole_user(storage::Store& store, ProjectNo project, std::string user_id) {
  auto attempt = [&store, project, &user_id] { return try_deletion(store, project, user_id); };
  co_return co_await retry_stale<bool>(std::move(attempt));
}

}  // namespace portcullis
