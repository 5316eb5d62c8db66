// Projects as their administrators see them from the console project. Source: docs/contract/project.md 8.

#include <algorithm>

#include "net/actions/commit.hpp"
#include "net/api/lists/short_lists.hpp"
#include "net/api/project/answers.hpp"
#include "net/api/routes.hpp"
#include "net/api/support.hpp"
#include "net/changes/projects.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/wire/models/projects.hpp"
#include "policies/membership_policy.hpp"
#include "storage/query/search.hpp"

namespace portcullis::api {
namespace {

using http::Method;
using storage::query::Shown;
using storage::query::Type;
namespace r = rules;

struct NewProject {
  std::string project_id, name, team_id, region;

  static Inputs params() {
    using In = NewProject;
    return inputs<In>({required("projectId", r::project_id, &In::project_id), required("name", r::name, &In::name),
                       required("teamId", r::uid, &In::team_id), optional("region", r::region, &In::region)});
  }
};
struct Description : BasicProjectNotes<std::optional<std::string>> {
  std::string project_id, name;

  static Inputs params() {
    using In = Description;
    return inputs<In>(
        {required("projectId", r::uid, &In::project_id), required("name", r::name, &In::name),
         optional("description", r::note, &In::description), optional("logo", r::long_note, &In::logo),
         optional("url", r::url_or_empty, &In::url), optional("legalName", r::note, &In::legal_name),
         optional("legalCountry", r::note, &In::legal_country), optional("legalState", r::note, &In::legal_state),
         optional("legalCity", r::note, &In::legal_city), optional("legalAddress", r::note, &In::legal_address),
         optional("legalTaxId", r::note, &In::legal_tax_id)});
  }
};
struct Transfer {
  std::string project_id, team_id;

  static Inputs params() {
    using In = Transfer;
    return inputs<In>({required("projectId", r::uid, &In::project_id), required("teamId", r::uid, &In::team_id)});
  }
};

constexpr ListField<Project> project_fields[] = {
    {{"$id", Type::exact}, [](const Project& p) -> Shown { return p.id; }},
    {{"$createdAt", Type::time}, [](const Project& p) { return short_lists::shown(p.created_at); }},
    {{"$updatedAt", Type::time}, [](const Project& p) { return short_lists::shown(p.updated_at); }},
    {{"name", Type::text}, [](const Project& p) -> Shown { return p.settings.name; }},
    {{"teamId", Type::exact}, [](const Project& p) -> Shown { return p.team_id; }},
    {{"accessedAt", Type::time}, [](const Project&) { return Shown{}; }},
    {{"labels", Type::list},
     [](const Project& p) -> Shown {
       return std::vector<std::string_view>(p.settings.labels.begin(), p.settings.labels.end());
     }},
};

/// What was said takes the place of what was noted.
void note(const BasicProjectNotes<std::optional<std::string>>& said, ProjectNotes& notes) {
  const auto put = [](const std::optional<std::string>& from, std::string& to) {
    if (from) to = *from;
  };
  put(said.description, notes.description);
  put(said.logo, notes.logo);
  put(said.url, notes.url);
  put(said.legal_name, notes.legal_name);
  put(said.legal_country, notes.legal_country);
  put(said.legal_state, notes.legal_state);
  put(said.legal_city, notes.legal_city);
  put(said.legal_address, notes.legal_address);
  put(said.legal_tax_id, notes.legal_tax_id);
}

/// May the caller act on projects of that team, or on that one?
bool administers(const Call& call, std::string_view team_id, std::string_view project_id) {
  const std::vector<BorrowedMembership>& memberships = call.profile().memberships;
  return std::any_of(memberships.begin(), memberships.end(), [&](const BorrowedMembership& membership) {
    return policies::administers(membership, team_id, project_id);
  });
}

/// Commits an edit of a project that the caller administers.
awaitable<result<Answer>> edit_project(Services& svc, const Call& call, std::string id,
                                       std::function<result<void>(Project&)> edit, std::string what) {
  const std::shared_ptr<const LiveProject> project = svc.projects.find(id);
  if (!project || id == console_id || !administers(call, project->project.team_id, id))
    co_return error(errc::project_not_found);
  // The right is the team's: it is gone when the project has another one by the time of the commit.
  std::function<result<void>(Project&)> still = [team = project->project.team_id,
                                                 edit = std::move(edit)](Project& now) -> result<void> {
    if (now.team_id != team) return errc::project_not_found;
    return edit(now);
  };
  auto make = [id, now = call.now, still = std::move(still)] { return changes::edit_project(id, now, still); };
  const result<Project> changed = co_await commit<Project>(svc.store.engine(), std::move(make));
  if (!changed) co_return changed.error();
  log_security(svc, call, "project_change", "ok", call.user().id, id + ": " + what);
  co_return co_await answer_project(svc, call, *changed);
}

awaitable<result<Answer>> create_project(Services& svc, const Call& call, const NewProject& input) {
  if (!administers(call, input.team_id, {})) co_return error(errc::user_unauthorized);
  if (input.project_id == console_id) co_return error(errc::project_reserved_project);
  if (!input.region.empty() && input.region != "default") co_return error(errc::project_region_unsupported);
  ProjectSettings settings;
  settings.name = input.name;
  std::string id = input.project_id == "unique()" ? unique_id(call.now, svc.random) : input.project_id;
  Project made = changes::new_project(std::move(id), std::move(settings), call.now, svc.sealer, svc.random);
  made.team_id = input.team_id;
  auto make = [made = std::move(made)] { return changes::create_project(made); };
  const result<Project> created = co_await commit<Project>(svc.store.engine(), std::move(make));
  if (!created) co_return created.error();
  log_security(svc, call, "project_create", "ok", call.user().id, created->id);
  co_return co_await answer_project(svc, call, *created);
}

awaitable<result<Answer>> list_projects(Services& svc, const Call& call, const ListInput& input) {
  const storage::query::Search search = storage::query::read_search(input.search);
  const std::shared_ptr<const ProjectSnapshot> snapshot = svc.projects.load();
  std::vector<Project> projects;
  for (const auto& [id, live] : snapshot->by_id) {
    const Project& project = live->project;
    if (id == console_id || !administers(call, project.team_id, id)) continue;
    if (!call.deciding_team.empty() && project.team_id != call.deciding_team) continue;
    if (input.search.empty() || storage::query::finds(search, id + " " + project.settings.name))
      projects.push_back(project);
  }
  const auto older = [](const Project& a, const Project& b) { return a.number < b.number; };
  std::sort(projects.begin(), projects.end(), older);
  const std::span<const ListField<Project>> fields(project_fields);
  const auto page = slice_of(svc, input, fields, projects, storage::query::default_limit, models::project_names());
  if (!page) co_return page.error();
  std::vector<std::string> shown;
  std::size_t bytes = 0;
  for (const std::size_t position : page->positions) {
    const Project& project = projects[position];
    result<ProjectText> text = co_await project_text(svc, call, project, page->selected);
    if (!text) co_return text.error();
    bytes += text->whole_bytes;
    if (bytes > largest_page) co_return page_too_large;
    shown.push_back(std::move(text->text));
  }
  Answer answer;
  answer.body = models::project_list(shown, page->total);
  co_return answer;
}

awaitable<result<Answer>> describe_project(Services& svc, const Call& call, const Description& input) {
  std::string id = input.project_id;
  std::function<result<void>(Project&)> edit = [said = input](Project& project) -> result<void> {
    project.settings.name = said.name;
    note(said, project.notes);
    return {};
  };
  std::string what = "name and notes";
  co_return co_await edit_project(svc, call, std::move(id), std::move(edit), std::move(what));
}

awaitable<result<Answer>> move_project(Services& svc, const Call& call, const Transfer& input) {
  if (!administers(call, input.team_id, {})) co_return error(errc::team_not_found);
  std::string id = input.project_id;
  std::function<result<void>(Project&)> edit = [team = input.team_id](Project& project) -> result<void> {
    project.team_id = team;
    return {};
  };
  std::string what = "team " + input.team_id;
  co_return co_await edit_project(svc, call, std::move(id), std::move(edit), std::move(what));
}

}  // namespace

std::vector<Route> console_project_rows() {
  std::vector<Route> routes{
      {.method = Method::post,
       .path = "/v1/projects",
       .name = "projectsCreate",
       .scopes = {"projects.write"},
       .answers = {201, "Project"},
       .handler = operation<create_project>(),
       .callers = Callers::team_administrators},
      {.path = "/v1/projects",
       .name = "projectsList",
       .scopes = {"projects.read"},
       .answers = {200, "ProjectList"},
       .handler = operation<list_projects>(list_inputs()),
       .callers = Callers::users},
      {.method = Method::patch,
       .path = "/v1/projects/:projectId",
       .name = "projectsUpdate",
       .scopes = {"projects.write"},
       .answers = {200, "Project"},
       .handler = operation<describe_project>(),
       .callers = Callers::team_administrators},
      {.method = Method::patch,
       .path = "/v1/projects/:projectId/team",
       .name = "projectsUpdateTeam",
       .scopes = {"projects.write"},
       .answers = {200, "Project"},
       .handler = operation<move_project>(),
       .callers = Callers::team_administrators},
  };
  for (Route& route : routes) route.console_only = true;
  return of_service(Service::projects, std::move(routes));
}

}  // namespace portcullis::api
