// The rows of the route table that only the console project has. Source: docs/contract/project.md 8,
// docs/contract/teams.md 2.

#include "net/api/routes.hpp"
#include "net/api/console/handlers.hpp"

namespace portcullis::api {
namespace {

using http::Method;
namespace r = rules;

Route row(Service service, Method method, std::string_view path, std::string_view name, std::string_view scope,
          std::string_view model, Handler handler, Inputs inputs, int status = 200) {
  return Route{method, path, {}, name, {scope}, service, status, model, handler, std::move(inputs)};
}

/// Who asks learns which ids are taken, also by others.
Route tells_of_others(Route row) {
  row.rate = RateRule{LimitRule{100, 3600}, {"url:{url},userId:{userId}"}};
  row.tells_of_others = true;
  return row;
}

}  // namespace

std::vector<Route> console_routes() {
  using New = NewProjectInput;
  using Update = ProjectUpdateInput;
  using Move = ProjectTeamInput;
  using NewTeam = NewTeamInput;
  constexpr Service projects = Service::projects;
  constexpr Service teams = Service::teams;
  const Inputs team = inputs<TeamInput>({required("teamId", r::uid, &TeamInput::team_id)});
  return {
      row(projects, Method::post, "/v1/projects", "projectsCreate", "projects.write", "Project", create_project,
          inputs<New>({required("projectId", r::project_id, &New::project_id), required("name", r::name, &New::name),
                       required("teamId", r::uid, &New::team_id), optional("region", r::region, &New::region)}),
          201),
      row(projects, Method::get, "/v1/projects", "projectsList", "projects.read", "ProjectList", list_projects,
          list_inputs()),
      row(projects, Method::patch, "/v1/projects/:projectId", "projectsUpdate", "projects.write", "Project",
          describe_project,
          inputs<Update>({required("projectId", r::uid, &Update::project_id), required("name", r::name, &Update::name),
                          optional("description", r::note, &Update::description),
                          optional("logo", r::long_note, &Update::logo), optional("url", r::url_or_empty, &Update::url),
                          optional("legalName", r::note, &Update::legal_name),
                          optional("legalCountry", r::note, &Update::legal_country),
                          optional("legalState", r::note, &Update::legal_state),
                          optional("legalCity", r::note, &Update::legal_city),
                          optional("legalAddress", r::note, &Update::legal_address),
                          optional("legalTaxId", r::note, &Update::legal_tax_id)})),
      row(projects, Method::patch, "/v1/projects/:projectId/team", "projectsUpdateTeam", "projects.write", "Project",
          move_project,
          inputs<Move>({required("projectId", r::uid, &Move::project_id), required("teamId", r::uid, &Move::team_id)})),
      tells_of_others(row(
          teams, Method::post, "/v1/teams", "teamsCreate", "teams.write", "Team", create_team,
          inputs<NewTeam>({required("teamId", r::custom_id, &NewTeam::team_id),
                           required("name", r::name, &NewTeam::name), optional("roles", r::roles, &NewTeam::roles)}),
          201)),
      row(teams, Method::get, "/v1/teams", "teamsList", "teams.read", "TeamList", list_teams, list_inputs()),
      row(teams, Method::get, "/v1/teams/:teamId", "teamsGet", "teams.read", "Team", show_team, team),
  };
}

}  // namespace portcullis::api
