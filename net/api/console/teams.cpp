// Teams of administrators. Source: docs/contract/teams.md 3; invitations come with the teams of other projects.

#include <algorithm>
#include <tuple>

#include "net/actions/commit.hpp"
#include "net/api/lists/short_lists.hpp"
#include "net/api/routes.hpp"
#include "net/api/support.hpp"
#include "net/changes/teams.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/pipeline/viewer.hpp"
#include "net/wire/models/teams.hpp"
#include "storage/query/search.hpp"

namespace portcullis::api {
namespace {

using http::Method;
using storage::query::Shown;
using storage::query::Type;
namespace r = rules;

struct NewTeam {
  std::string team_id, name;
  std::vector<std::string> roles{"owner"};

  static Inputs params() {
    using In = NewTeam;
    return inputs<In>({required("teamId", r::custom_id, &In::team_id), required("name", r::name, &In::name),
                       optional("roles", r::roles, &In::roles)});
  }
};
struct OneTeam {
  std::string team_id;

  static Inputs params() { return inputs<OneTeam>({required("teamId", r::uid, &OneTeam::team_id)}); }
};

constexpr ListField<Team> team_fields[] = {
    {{"$id", Type::exact}, [](const Team& t) -> Shown { return t.id; }},
    {{"$createdAt", Type::time}, [](const Team& t) { return short_lists::shown(t.created_at); }},
    {{"$updatedAt", Type::time}, [](const Team& t) { return short_lists::shown(t.updated_at); }},
    {{"name", Type::text}, [](const Team& t) -> Shown { return t.name; }},
    {{"total", Type::number}, [](const Team& t) -> Shown { return static_cast<std::int64_t>(t.total); }},
};

/// The teams that the caller is a confirmed member of.
std::vector<std::string> own_teams(const Call& call) {
  std::vector<std::string> ids;
  for (const BorrowedMembership& membership : call.profile().memberships)
    if (membership.confirmed) ids.emplace_back(membership.team_id);
  return ids;
}

awaitable<result<Answer>> create_team(Services& svc, const Call& call, const NewTeam& input) {
  Team made;
  made.id = input.team_id == "unique()" ? unique_id(call.now, svc.random) : input.team_id;
  if (made.id == administrators) co_return error(errc::team_already_exists);  // comes with the first of them
  made.created_at = made.updated_at = call.now;
  made.name = input.name;
  std::vector<std::string> roles = input.roles;
  if (std::find(roles.begin(), roles.end(), owner_role) == roles.end()) roles.emplace_back(owner_role);
  Membership creator =
      changes::make_membership(unique_id(call.now, svc.random), call.user_id(), made.id, std::move(roles), call.now);
  auto make = [p = call.project(), made = std::move(made), creator = std::move(creator)] {
    return changes::create_team(p, made, creator);
  };
  const result<Team> team = co_await commit<Team>(svc.store.engine(), std::move(make));
  if (!team) co_return team.error();
  log_security(svc, call, "team_create", "ok", call.user().id, "team " + team->id);
  Answer answer;
  answer.body = models::team(*team, viewer_of(call));
  co_return answer;
}

awaitable<result<Answer>> list_teams(Services& svc, const Call& call, const ListInput& input) {
  std::vector<std::string> ids = own_teams(call);
  result<std::vector<Team>> teams = co_await svc.store.teams(call.project(), std::move(ids));
  if (!teams) co_return teams.error();
  if (!input.search.empty()) {
    const storage::query::Search search = storage::query::read_search(input.search);
    std::erase_if(*teams, [&](const Team& t) { return !storage::query::finds(search, t.id + " " + t.name); });
  }
  const auto older = [](const Team& a, const Team& b) {
    return std::tie(a.created_at, a.id) < std::tie(b.created_at, b.id);
  };
  std::sort(teams->begin(), teams->end(), older);
  const std::span<const ListField<Team>> fields(team_fields);
  const auto page = slice_of(svc, input, fields, *teams, storage::query::default_limit);
  if (!page) co_return page.error();
  Answer answer;
  answer.body = models::team_list(picked(*teams, page->positions), page->total, viewer_of(call));
  co_return answer;
}

awaitable<result<Answer>> show_team(Services& svc, const Call& call, const OneTeam& input) {
  std::string id = input.team_id;
  const std::vector<std::string> own = own_teams(call);
  if (std::find(own.begin(), own.end(), id) == own.end()) co_return error(errc::team_not_found);
  const result<std::optional<Team>> team = co_await svc.store.team(call.project(), std::move(id));
  if (!team) co_return team.error();
  if (!*team) co_return error(errc::team_not_found);
  Answer answer;
  answer.body = models::team(**team, viewer_of(call));
  co_return answer;
}

}  // namespace

std::vector<Route> console_team_rows() {
  std::vector<Route> routes{
      {.method = Method::post,
       .path = "/v1/teams",
       .name = "teamsCreate",
       .scopes = {"teams.write"},
       .answers = {201, "Team"},
       .handler = operation<create_team>(),
       .rate = RateRule{.rule = {100, 3600}, .keys = {"url:{url},userId:{userId}"}},
       .tells_of_others = true},
      {.path = "/v1/teams",
       .name = "teamsList",
       .scopes = {"teams.read"},
       .answers = {200, "TeamList"},
       .handler = operation<list_teams>(list_inputs())},
      {.path = "/v1/teams/:teamId",
       .name = "teamsGet",
       .scopes = {"teams.read"},
       .answers = {200, "Team"},
       .handler = operation<show_team>()},
  };
  for (Route& route : routes) {
    route.callers = Callers::users;
    route.console_only = true;
  }
  return of_service(Service::teams, std::move(routes));
}

}  // namespace portcullis::api
