// key create, list, update and revoke. A secret is shown only once, in the answer of create.

#include <algorithm>
#include <utility>

#include "core/json/writer.hpp"
#include "core/validators.hpp"
#include "net/actions/commit.hpp"
#include "net/actions/keys.hpp"
#include "net/changes/keys.hpp"
#include "net/commands/arguments.hpp"
#include "net/commands/command.hpp"
#include "net/commands/replace_key.hpp"
#include "policies/scopes.hpp"

namespace portcullis::commands {
namespace {

/// `all`, or a list of grantable scopes without repetitions.
std::vector<std::string> read_scopes(Arguments& arguments) {
  std::vector<std::string> scopes;
  for (const std::string& scope : arguments.texts("scopes")) {
    if (scope == "all") {
      for (const std::string_view each : policies::grantable_key_scopes()) scopes.emplace_back(each);
    } else if (!policies::is_grantable(scope)) {
      arguments.refuse("scopes has no scope " + scope);
    } else {
      scopes.push_back(scope);
    }
  }
  std::sort(scopes.begin(), scopes.end());
  scopes.erase(std::unique(scopes.begin(), scopes.end()), scopes.end());
  return scopes;
}

std::optional<Time> read_expire(Arguments& arguments) {
  const std::string expire = arguments.optional("expire");
  if (expire.empty()) return std::nullopt;
  const std::optional<Time> at = parse_iso8601(expire);
  if (!at) arguments.refuse("expire must be an ISO 8601 time, for example 2030-01-31T12:00:00Z");
  return at;
}

ApiKey read_key(Arguments& arguments, Services& services) {
  ApiKey key;
  key.created_at = key.updated_at = services.clock.now();
  key.id = arguments.optional("key");
  if (!key.id.empty() && !validators::is_custom_id(key.id)) arguments.refuse("key must be a valid id or unique()");
  if (key.id.empty() || key.id == "unique()") key.id = unique_id(key.created_at, services.random);
  const bool is_named = !arguments.optional("name").empty();
  key.name = is_named ? arguments.ruled("name", rules::name) : "Key " + key.id;
  key.scopes = read_scopes(arguments);
  key.expires_at = read_expire(arguments);
  return key;
}

void write_key(json::Writer& out, const ApiKey& key) {
  out.field("id", key.id);
  out.field("name", key.name);
  out.field("createdAt", format_iso8601(key.created_at));
  out.field("expire", key.expires_at ? format_iso8601(*key.expires_at) : std::string());
  out.key("scopes");
  out.begin_array();
  for (const std::string& scope : key.scopes) out.string(scope);
  out.end_array();
}

void read_replacement(Arguments& arguments, changes::KeyChange& wanted) {
  wanted.scopes = read_scopes(arguments);
  wanted.expires_at = read_expire(arguments);
}

constexpr ReplacedKey standard_key{KeyKind::api, "key_change", read_replacement, write_key};

awaitable<Outcome> create_key(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.required("project");
  ApiKey made = read_key(arguments, services);
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  const Secret secret = draw_key_secret(services, project->number(), made);

  auto make = [p = project->number(), id, key = made] { return changes::create_key(p, id, key); };
  const result<ApiKey> stored = co_await commit<ApiKey>(services.store.engine(), std::move(make));
  if (!stored) co_return refused(stored.error(), made.id);
  log_security(services, "key_create", id, "", "key " + stored->id);
  std::string body;
  json::Writer out(body);
  out.begin_object();
  write_key(out, *stored);
  out.field("secret", secret.view());
  out.end_object();
  co_return answered(std::move(body));
}

awaitable<Outcome> list_keys(Job job) {
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.required("project");
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = job.services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  std::string body;
  json::Writer out(body);
  out.begin_object();
  out.field("total", static_cast<std::int64_t>(project->keys.size()));
  out.key("keys");
  out.begin_array();
  for (const ApiKey& key : project->keys) {
    out.begin_object();
    write_key(out, key);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  co_return answered(std::move(body));
}

awaitable<Outcome> update_key(Job job) { co_return co_await replace_key(std::move(job), standard_key); }

awaitable<Outcome> revoke_key(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.required("project");
  const std::string key = arguments.required("key");
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  auto make = [p = project->number(), key] { return changes::revoke_key(p, key); };
  const result<bool> revoked = co_await commit<bool>(services.store.engine(), std::move(make));
  if (!revoked) co_return refused(revoked.error(), key);
  log_security(services, "key_revoke", id, "", "key " + key);
  std::string body;
  json::Writer out(body);
  out.begin_object();
  out.field("id", key);
  out.field("revoked", true);
  out.end_object();
  co_return answered(std::move(body));
}

}  // namespace

CommandGroup key_commands() {
  using Kind = CommandOption::Kind;
  return {
      .word = "key",
      .what = "Create, list, change and revoke API keys",
      .commands = {
          {.name = "key.create",
           .what = "Create a key; its secret is shown only now",
           .options = {named_project,
                       {.flags = "--scopes",
                        .member = "scopes",
                        .type = "all|LIST",
                        .what = "Scopes separated by commas, or all",
                        .kind = Kind::list,
                        .required = true},
                       {.flags = "--name", .member = "name", .type = "TEXT", .what = "Its name"},
                       {.flags = "--id", .member = "key", .type = "ID", .what = "Its id; a new one when not given"},
                       {.flags = "--expire",
                        .member = "expire",
                        .type = "TIME",
                        .what = "When it stops working, as ISO 8601"}},
           .run = create_key},
          {.name = "key.list",
           .what = "List keys, without their secrets",
           .options = {named_project},
           .run = list_keys},
          {.name = "key.update",
           .what = "Replace what a key may do; its secret stays",
           .options =
               {named_project,
                {.flags = "id,--id", .member = "key", .type = "ID", .what = "The key's id", .required = true},
                {.flags = "--name", .member = "name", .type = "TEXT", .what = "Its name from now on", .required = true},
                {.flags = "--scopes",
                 .member = "scopes",
                 .type = "all|LIST",
                 .what = "Scopes from now on, separated by commas, or all",
                 .kind = Kind::list,
                 .required = true},
                {.flags = "--expire",
                 .member = "expire",
                 .type = "TIME",
                 .what = "When it stops working, as ISO 8601; never when not given"}},
           .run = update_key},
          {.name = "key.revoke",
           .what = "Delete a key; it stops working at once",
           .options = {named_project,
                       {.flags = "id,--id", .member = "key", .type = "ID", .what = "The key's id", .required = true}},
           .run = revoke_key}}};
}

}  // namespace portcullis::commands
