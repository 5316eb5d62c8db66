#include "net/actions/users.hpp"

#include <memory>
#include <utility>

#include "net/actions/commit.hpp"
#include "net/changes/users.hpp"

namespace portcullis {

awaitable<result<bool>> delete_whole_user(storage::Store& store, ProjectNo project, std::string user_id) {
  constexpr int premise_attempts = 3;
  for (int attempt = 1;; ++attempt) {
    std::string id = user_id;
    std::string no_selector;
    const result<std::unique_ptr<storage::Profile>> profile =
        co_await store.profile(project, std::move(id), std::move(no_selector));
    if (!profile) co_return profile.error();
    if (!*profile) co_return error(errc::user_not_found);
    std::vector<std::string> teams;
    for (const BorrowedMembership& membership : (*profile)->memberships) teams.emplace_back(membership.team_id);
    auto make = [project, user_id, teams = std::move(teams)] { return changes::delete_user(project, user_id, teams); };
    const result<bool> deleted = co_await commit<bool>(store.engine(), std::move(make));
    if (deleted || deleted.error().code != errc::again || attempt == premise_attempts) co_return deleted;
  }
}

}  // namespace portcullis
