// dev-key create, list, update and delete. The secret can be read again by administrators, over HTTP.

#include <utility>

#include "core/json/writer.hpp"
#include "net/actions/commit.hpp"
#include "net/actions/keys.hpp"
#include "net/changes/keys.hpp"
#include "net/commands/arguments.hpp"
#include "net/commands/command.hpp"
#include "net/commands/replace_key.hpp"

namespace portcullis::commands {
namespace {

ApiKey read_dev_key(Arguments& arguments, Services& services) {
  ApiKey key;
  key.created_at = key.updated_at = services.clock.now();
  key.id = unique_id(key.created_at, services.random);
  key.name = arguments.ruled("name", rules::name);
  key.expires_at = parse_iso8601(arguments.required("expire"));
  if (!key.expires_at) arguments.refuse("expire must be an ISO 8601 time, for example 2030-01-31T12:00:00Z");
  return key;
}

void write_dev_key(json::Writer& out, const ApiKey& key) {
  out.field("id", key.id);
  out.field("name", key.name);
  out.field("createdAt", format_iso8601(key.created_at));
  out.field("expire", key.expires_at ? format_iso8601(*key.expires_at) : std::string());
}

void read_replacement(Arguments& arguments, changes::KeyChange& wanted) {
  wanted.expires_at = arguments.ruled("expire", rules::date);
}

constexpr ReplacedKey dev_key{KeyKind::dev, "dev_key_change", read_replacement, write_dev_key};

awaitable<Outcome> create_dev_key(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.required("project");
  ApiKey made = read_dev_key(arguments, services);
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  const Secret secret = draw_key_secret(services, project->number(), made, KeyKind::dev);
  auto make = [p = project->number(), id, key = made] { return changes::create_key(p, id, key, KeyKind::dev); };
  const result<ApiKey> stored = co_await commit<ApiKey>(services.store.engine(), std::move(make));
  if (!stored) co_return refused(stored.error(), made.id);
  log_security(services, "dev_key_create", id, "", "key " + stored->id);
  std::string body;
  json::Writer out(body);
  out.begin_object();
  write_dev_key(out, *stored);
  out.field("secret", secret.view());
  out.end_object();
  co_return answered(std::move(body));
}

awaitable<Outcome> list_dev_keys(Job job) {
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.required("project");
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = job.services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  std::string body;
  json::Writer out(body);
  out.begin_object();
  out.field("total", static_cast<std::int64_t>(project->dev_keys.size()));
  out.key("devKeys");
  out.begin_array();
  for (const ApiKey& key : project->dev_keys) {
    out.begin_object();
    write_dev_key(out, key);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  co_return answered(std::move(body));
}

awaitable<Outcome> update_dev_key(Job job) { co_return co_await replace_key(std::move(job), dev_key); }

awaitable<Outcome> delete_dev_key(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.required("project");
  const std::string key = arguments.required("key");
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  auto make = [p = project->number(), key] { return changes::revoke_key(p, key, KeyKind::dev); };
  const result<bool> revoked = co_await commit<bool>(services.store.engine(), std::move(make));
  if (!revoked) co_return refused(revoked.error(), key);
  log_security(services, "dev_key_delete", id, "", "key " + key);
  co_return answer_deleted("id", key);
}

}  // namespace

CommandGroup dev_key_commands() {
  return {
      .word = "dev-key",
      .what = "Create, list, change and delete keys for applications being built",
      .commands = {
          {.name = "dev-key.create",
           .what = "Create a dev key: no rate limits, and pages of any host may call",
           .options = {named_project,
                       {.flags = "--name", .member = "name", .type = "TEXT", .what = "Its name", .required = true},
                       {.flags = "--expire",
                        .member = "expire",
                        .type = "TIME",
                        .what = "When it stops working, as ISO 8601",
                        .required = true}},
           .run = create_dev_key},
          {.name = "dev-key.list",
           .what = "List dev keys, without their secrets",
           .options = {named_project},
           .run = list_dev_keys},
          {.name = "dev-key.update",
           .what = "Replace a dev key's name and end; its secret stays",
           .options =
               {named_project,
                {.flags = "id,--id", .member = "key", .type = "ID", .what = "The key's id", .required = true},
                {.flags = "--name", .member = "name", .type = "TEXT", .what = "Its name from now on", .required = true},
                {.flags = "--expire",
                 .member = "expire",
                 .type = "TIME",
                 .what = "When it stops working, as ISO 8601",
                 .required = true}},
           .run = update_dev_key},
          {.name = "dev-key.delete",
           .what = "Delete a dev key; it stops working at once",
           .options = {named_project,
                       {.flags = "id,--id", .member = "key", .type = "ID", .what = "The key's id", .required = true}},
           .run = delete_dev_key}}};
}

}  // namespace portcullis::commands
