// platform create, list and delete: the same changes as over HTTP, by the same rules. Source: docs/contract/project.md
// 4.

#include <algorithm>
#include <array>
#include <utility>

#include "core/json/writer.hpp"
#include "net/actions/commit.hpp"
#include "net/api/lists/short_lists.hpp"
#include "net/changes/platforms.hpp"
#include "net/commands/arguments.hpp"
#include "net/commands/command.hpp"

namespace portcullis::commands {
namespace {

constexpr std::array<std::string_view, 5> types{"web", "apple", "android", "windows", "linux"};

Platform read_platform(Arguments& arguments, Services& services) {
  Platform platform;
  platform.created_at = platform.updated_at = services.clock.now();
  platform.type = arguments.required("type");
  if (std::find(types.begin(), types.end(), platform.type) == types.end())
    arguments.refuse("type must be web, apple, android, windows or linux");
  platform.name = arguments.ruled("name", rules::visible_name);
  const Rule<std::string>& rule = platform.type == "web" ? rules::host_pattern : rules::app_identifier;
  platform.identifier = arguments.ruled("identifier", rule);
  if (!arguments.optional("platform").empty()) platform.id = arguments.ruled("platform", rules::custom_id);
  if (platform.id.empty() || platform.id == "unique()") platform.id = unique_id(platform.created_at, services.random);
  return platform;
}

void write_platform(json::Writer& out, const Platform& platform) {
  out.begin_object();
  out.field("id", platform.id);
  out.field("type", platform.type);
  out.field("identifier", platform.identifier);
  out.field("name", platform.name);
  out.field("createdAt", format_iso8601(platform.created_at));
  out.field("updatedAt", format_iso8601(platform.updated_at));
  out.end_object();
}

awaitable<Outcome> create_platform(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.own_project();
  const Platform made = read_platform(arguments, services);
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  auto make = [p = project->number(), id, made] { return changes::create_platform(p, id, made); };
  const result<Platform> stored = co_await commit<Platform>(services.store.engine(), std::move(make));
  if (!stored) co_return refused(stored.error(), made.id);
  log_security(services, "platform_create", id, "", "platform " + stored->id);
  std::string body;
  json::Writer out(body);
  write_platform(out, *stored);
  co_return answered(std::move(body));
}

awaitable<Outcome> list_platforms(Job job) {
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.own_project();
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = job.services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  std::string body;
  json::Writer out(body);
  out.begin_object();
  out.field("total", static_cast<std::int64_t>(project->platforms.size()));
  out.key("platforms");
  out.begin_array();
  for (const Platform& platform : oldest_first(project->platforms)) write_platform(out, platform);
  out.end_array();
  out.end_object();
  co_return answered(std::move(body));
}

awaitable<Outcome> delete_platform(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.own_project();
  const std::string platform = arguments.required("platform");
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  auto make = [p = project->number(), platform] { return changes::delete_platform(p, platform); };
  const result<bool> deleted = co_await commit<bool>(services.store.engine(), std::move(make));
  if (!deleted) co_return refused(deleted.error(), platform);
  log_security(services, "platform_delete", id, "", "platform " + platform);
  co_return answer_deleted("id", platform);
}

}  // namespace

CommandGroup platform_commands() {
  return {
      .word = "platform",
      .what = "Create, list and delete the places that applications run at",
      .commands = {
          {.name = "platform.create",
           .what = "Let the pages of a host, or an application, call the project",
           .options =
               {named_project,
                {.flags = "--type",
                 .member = "type",
                 .type = "TYPE",
                 .what = "web, apple, android, windows or linux",
                 .required = true},
                {.flags = "--identifier",
                 .member = "identifier",
                 .type = "HOST|TEXT",
                 .what = "Of a web platform a host name or *. and one; of others the application's own name for itself",
                 .required = true},
                {.flags = "--name",
                 .member = "name",
                 .type = "TEXT",
                 .what = "Its name, shown to people",
                 .required = true},
                {.flags = "--id", .member = "platform", .type = "ID", .what = "Its id; a new one when not given"}},
           .run = create_platform},
          {.name = "platform.list",
           .what = "List platforms, oldest first",
           .options = {named_project},
           .run = list_platforms},
          {.name = "platform.delete",
           .what = "Delete a platform; what it opened is closed at once",
           .options = {named_project,
                       {.flags = "id,--id",
                        .member = "platform",
                        .type = "ID",
                        .what = "The platform's id",
                        .required = true}},
           .run = delete_platform}}};
}

}  // namespace portcullis::commands
