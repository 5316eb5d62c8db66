// project create, list, set and delete.

#include <algorithm>
#include <utility>

#include "core/json/writer.hpp"
#include "core/validators.hpp"
#include "net/actions/commit.hpp"
#include "net/changes/projects.hpp"
#include "net/changes/web_hosts.hpp"
#include "net/commands/arguments.hpp"
#include "net/commands/command.hpp"
#include "net/wire/project_settings.hpp"

namespace portcullis::commands {
namespace {

constexpr std::string_view built_in = "console";

void write_project(json::Writer& out, const Project& project) {
  out.begin_object();
  out.field("id", project.id);
  out.field("createdAt", format_iso8601(project.created_at));
  out.field("updatedAt", format_iso8601(project.updated_at));
  out.key("settings");
  wire::write_project_settings(out, project.settings);
  out.end_object();
}

Outcome answer_project(const Project& project) {
  std::string body;
  json::Writer out(body);
  write_project(out, project);
  return answered(std::move(body));
}

std::string setting_names() {
  std::string names;
  for (const wire::ProjectSetting& setting : wire::project_settings())
    names += (names.empty() ? "" : ", ") + std::string(setting.name);
  return names;
}

using Settings = std::vector<std::pair<std::string, std::string>>;

/// Applies every assignment to a copy first, so that a mistake in a later one changes nothing.
void assign_all(Arguments& arguments, ProjectSettings& settings, const Settings& assignments) {
  for (const auto& [name, text] : assignments) {
    const wire::ProjectSetting* const setting = wire::find_project_setting(name);
    if (setting == nullptr) arguments.refuse("there is no setting " + name + "; there are " + setting_names());
    if (setting == nullptr) return;
    if (!wire::assign(*setting, settings, text)) arguments.refuse(std::string(setting->name) + " " + setting->rule);
  }
}

awaitable<Outcome> create_project(Job job) {
  Arguments arguments(std::move(job.arguments));
  std::string id = arguments.required("project");
  ProjectSettings settings;
  settings.name = arguments.optional("name");
  if (settings.name.empty()) settings.name = id;
  const Settings assignments = arguments.pairs("settings");
  assign_all(arguments, settings, assignments);
  if (!arguments.wrong() && !validators::is_project_id(id))
    arguments.refuse("project must be at most 36 of a-z, 0-9 and -, not starting with -, or unique()");
  if (!arguments.wrong() && id == built_in) arguments.refuse("console is the built-in project's id");
  if (arguments.wrong()) co_return arguments.refusal();

  Services& services = job.services;
  const Time now = services.clock.now();
  if (id == "unique()") id = unique_id(now, services.random);
  auto make = [project = changes::new_project(id, settings, now, services.sealer, services.random),
               ids = changes::platform_ids(settings.web_hosts.size(), now, services.random)] {
    return changes::create_project(project, ids);
  };
  const result<Project> made = co_await commit<Project>(services.store.engine(), std::move(make));
  if (!made) co_return refused(made.error(), id);
  log_security(services, "project_create", made->id, "", "");
  co_return answer_project(*made);
}

awaitable<Outcome> list_projects(Job job) {
  const std::shared_ptr<const ProjectSnapshot> snapshot = job.services.projects.load();
  std::vector<const Project*> projects;
  for (const auto& [id, live] : snapshot->by_id)
    if (id != built_in) projects.push_back(&live->project);
  std::sort(projects.begin(), projects.end(), [](const Project* a, const Project* b) { return a->id < b->id; });
  std::string body;
  json::Writer out(body);
  out.begin_object();
  out.field("total", static_cast<std::int64_t>(projects.size()));
  out.key("projects");
  out.begin_array();
  for (const Project* const project : projects) write_project(out, *project);
  out.end_array();
  out.end_object();
  co_return answered(std::move(body));
}

awaitable<Outcome> set_project(Job job) {
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.required("project");
  const Settings assignments = arguments.pairs("settings");
  ProjectSettings tried;
  assign_all(arguments, tried, assignments);
  if (!arguments.wrong() && id == built_in) arguments.refuse("console is the built-in project, which has no settings");
  if (arguments.wrong()) co_return arguments.refusal();

  Services& services = job.services;
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  const Time now = services.clock.now();
  auto make = [id, assignments, now, p = project->number(),
               ids = changes::platform_ids(tried.web_hosts.size(), now, services.random)] {
    auto edit = [assignments](ProjectSettings& settings) -> result<void> {
      for (const auto& [name, text] : assignments) {
        const result<void> done = wire::assign(*wire::find_project_setting(name), settings, text);
        if (!done) return done.error();
      }
      return {};
    };
    return changes::set_project(id, p, now, std::move(edit), ids);
  };
  const result<Project> changed = co_await commit<Project>(services.store.engine(), std::move(make));
  if (!changed) co_return refused(changed.error(), id);
  std::string names;
  for (const auto& [name, text] : assignments) names += (names.empty() ? "" : ",") + name;
  log_security(services, "project_set", id, "", names);
  co_return answer_project(*changed);
}

awaitable<Outcome> delete_project(Job job) {
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.required("project");
  if (!arguments.wrong() && id == built_in) arguments.refuse("console is the built-in project, which stays");
  if (arguments.wrong()) co_return arguments.refusal();

  Services& services = job.services;
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  auto make = [id, p = project->number(), now = services.clock.now()] { return changes::remove_project(id, p, now); };
  const result<bool> removed = co_await commit<bool>(services.store.engine(), std::move(make));
  if (!removed) co_return refused(removed.error(), id);
  log_security(services, "project_delete", id, "", "");
  co_return answer_deleted("id", id);
}

}  // namespace

CommandGroup project_commands() {
  using Kind = CommandOption::Kind;
  return {.word = "project",
          .what = "Create, list, set and delete projects",
          .commands = {
              {.name = "project.create",
               .what = "Create a project",
               .options = {{.flags = "--id",
                            .member = "project",
                            .type = "ID",
                            .what = "At most 36 of a-z, 0-9 and -, or unique()",
                            .required = true},
                           {.flags = "--name", .member = "name", .type = "TEXT", .what = "Its name"},
                           {.flags = "settings",
                            .member = "settings",
                            .type = "NAME=VALUE ...",
                            .what = "Settings by their contract names",
                            .kind = Kind::settings}},
               .creates_store = true,
               .run = create_project},
              {.name = "project.list", .what = "List projects; with --json also their settings", .run = list_projects},
              {.name = "project.set",
               .what = "Change settings, for example maxSessions=5 passwordDictionary=true",
               .options = {named_project,
                           {.flags = "settings",
                            .member = "settings",
                            .type = "NAME=VALUE ...",
                            .what = "Settings by their contract names",
                            .kind = Kind::settings,
                            .required = true}},
               .run = set_project},
              {.name = "project.delete",
               .what = "Delete a project with everything in it",
               .options = {named_project},
               .erases = true,
               .run = delete_project}}};
}

}  // namespace portcullis::commands
