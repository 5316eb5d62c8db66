#include "net/pipeline/console_team.hpp"

#include <algorithm>
#include <utility>

#include "core/validators.hpp"
#include "policies/membership_policy.hpp"

namespace portcullis {
namespace {

/// Empty when the request names none that could be.
std::string named_team(const Services& services, const Call& call) {
  const std::string project_id = call.path_param("projectId");
  if (!project_id.empty()) {
    const std::shared_ptr<const LiveProject> project = services.projects.find(project_id);
    return project && project_id != console_id ? project->project.team_id : std::string();
  }
  const json::Value* const sent = json::find(call.bag, "teamId");
  return sent && sent->string() && validators::is_uid(*sent->string()) ? *sent->string() : std::string();
}

}  // namespace

bool team_decides(const Call& call) {
  return call.route->service == Service::projects && call.is_console() &&
         call.principal.caller == policies::Caller::user;
}

awaitable<result<void>> resolve_team(Services& services, Call& call) {
  call.deciding_team = named_team(services, call);
  if (call.deciding_team.empty()) co_return result<void>{};
  const std::vector<BorrowedMembership>& memberships = call.profile().memberships;
  const std::string project_id = call.path_param("projectId");
  const auto administers = [&](const BorrowedMembership& each) {
    return policies::administers(each, call.deciding_team, project_id);
  };
  const auto joined = [&](const BorrowedMembership& each) {
    return each.confirmed && each.team_id == call.deciding_team;
  };
  if (std::any_of(memberships.begin(), memberships.end(), joined)) {
    const bool may = std::any_of(memberships.begin(), memberships.end(), administers);
    call.team_standing = may ? TeamStanding::administrator : TeamStanding::member;
    co_return result<void>{};
  }
  std::string team_id = call.deciding_team;
  const result<std::optional<Team>> team = co_await services.store.team(call.project(), std::move(team_id));
  if (!team) co_return team.error();
  // A project may outlive its team; it is still somebody else's.
  if (*team || !project_id.empty()) call.team_standing = TeamStanding::stranger;
  co_return result<void>{};
}

}  // namespace portcullis
