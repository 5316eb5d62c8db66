// API keys of a project. A key may read, change and end others, and make ones that live for a while.
// Source: docs/contract/project.md 2.

#include <algorithm>

#include "core/crypto/jwt.hpp"
#include "core/json/writer.hpp"
#include "net/actions/commit.hpp"
#include "net/actions/keys.hpp"
#include "net/api/lists/short_lists.hpp"
#include "net/api/routes.hpp"
#include "net/api/support.hpp"
#include "net/changes/keys.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/pipeline/viewer.hpp"
#include "net/wire/models/keys.hpp"

namespace portcullis::api {
namespace {

using http::Method;
using storage::query::Shown;
using storage::query::Type;
namespace r = rules;

struct NamedKey {
  std::string key_id, name;
  std::vector<std::string> scopes;
  std::optional<Time> expires_at;

  static InputsOf<NamedKey> of(const Rule<std::string>& id) {
    using In = NamedKey;
    return inputs<In>({required("keyId", id, &In::key_id), required("name", r::name, &In::name),
                       required("scopes", r::scopes, &In::scopes), optional("expire", r::date, &In::expires_at)});
  }
};
struct OneKey {
  std::string key_id;

  static Inputs params() { return inputs<OneKey>({required("keyId", r::uid, &OneKey::key_id)}); }
};
struct EphemeralKey {
  std::vector<std::string> scopes;
  std::int64_t duration_s = 0;

  static Inputs params() {
    using In = EphemeralKey;
    return inputs<In>(
        {required("scopes", r::scopes, &In::scopes), required("duration", r::ephemeral_duration, &In::duration_s)});
  }
};

constexpr std::uint64_t keys_page = 5000;

constexpr ListField<ApiKey> key_fields[] = {
    {{"$id", Type::exact}, [](const ApiKey& k) -> Shown { return k.id; }},
    {{"$createdAt", Type::time}, [](const ApiKey& k) { return short_lists::shown(k.created_at); }},
    {{"$updatedAt", Type::time}, [](const ApiKey& k) { return short_lists::shown(k.updated_at); }},
    {{"name", Type::text}, [](const ApiKey& k) -> Shown { return k.name; }},
    {{"expire", Type::time}, [](const ApiKey& k) { return short_lists::shown(k.expires_at); }},
    {{"accessedAt", Type::time}, [](const ApiKey& k) { return short_lists::shown(k.accessed_at); }},
    {{"scopes", Type::list},
     [](const ApiKey& k) -> Shown { return std::vector<std::string_view>(k.scopes.begin(), k.scopes.end()); }},
};

result<Answer> answer_key(const Services& svc, const Call& call, const ApiKey& key) {
  const result<Secret> secret = open_key_secret(svc, call.project(), key);
  if (!secret) return secret.error();
  Answer answer;
  answer.body = models::key({key, secret->view()}, viewer_of(call));
  return answer;
}

/// An ephemeral key makes none that outlives it: otherwise it could renew itself for ever, and nothing ends it.
Time ephemeral_end(const Call& call, const EphemeralKey& input) {
  const Time wanted = call.now + std::chrono::seconds(input.duration_s);
  return std::min(wanted, call.principal.key_ends.value_or(wanted));
}

std::string ephemeral_claims(const Call& call, const EphemeralKey& input) {
  std::string claims;
  json::Writer writer(claims);
  writer.begin_object();
  writer.field("projectId", call.live_project->project.id);
  writer.key("scopes");
  writer.begin_array();
  for (const std::string& scope : input.scopes) writer.string(scope);
  writer.end_array();
  writer.field("exp", to_millis(ephemeral_end(call, input)) / 1000);
  writer.end_object();
  return claims;
}

/// Only administrators make stored keys; a key may make ephemeral ones, and change those that are there.
awaitable<result<Answer>> create_key(Services& svc, const Call& call, const NamedKey& input) {
  if (call.is_key()) co_return error(errc::key_creation_denied);
  ApiKey made;
  made.id = input.key_id == "unique()" ? unique_id(call.now, svc.random) : input.key_id;
  made.created_at = made.updated_at = call.now;
  made.name = input.name;
  made.scopes = input.scopes;
  made.expires_at = input.expires_at;
  const Secret secret = draw_key_secret(svc, call.project(), made);
  auto make = [p = call.project(), id = call.live_project->project.id, made = std::move(made)] {
    return changes::create_key(p, id, made);
  };
  const result<ApiKey> key = co_await commit<ApiKey>(svc.store.engine(), std::move(make));
  if (!key) co_return key.error();
  log_security(svc, call, "key_create", "ok", {}, "key " + key->id + " " + call.by());
  Answer answer;
  answer.body = models::key({*key, secret.view()}, viewer_of(call));
  co_return answer;
}

awaitable<result<Answer>> create_ephemeral_key(Services& svc, const Call& call, const EphemeralKey& input) {
  std::string token = crypto::sign_jwt(ephemeral_claims(call, input), call.live_project->ephemeral_key.view());
  std::string text("ephemeral_");
  append_secret(text, token);
  wipe(token);
  const Secret secret = Secret::take(text);
  ApiKey key;
  key.id = unique_id(call.now, svc.random);
  key.created_at = key.updated_at = call.now;
  key.expires_at = ephemeral_end(call, input);
  key.scopes = input.scopes;
  log_security(svc, call, "ephemeral_key_create", "ok", {}, call.by());
  Answer answer;
  answer.body = models::ephemeral_key({key, secret.view()}, call.live_project->project.id, viewer_of(call));
  co_return answer;
}

awaitable<result<Answer>> list_keys(Services& svc, const Call& call, const ListInput& input) {
  std::function<result<std::string>()> write = [&svc, project = call.live_project, input,
                                                viewer = viewer_of(call)]() -> result<std::string> {
    const std::vector<ApiKey> keys = oldest_first(project->keys);
    const std::span<const ListField<ApiKey>> fields(key_fields);
    const auto page = slice_of(svc, input, fields, keys, keys_page);
    if (!page) return page.error();
    std::vector<Secret> secrets;
    std::vector<models::KeyView> shown;
    secrets.reserve(page->positions.size());
    for (const std::size_t position : page->positions) {
      result<Secret> secret = open_key_secret(svc, project->number(), keys[position]);
      if (!secret) return secret.error();
      secrets.push_back(std::move(*secret));
      shown.push_back({keys[position], secrets.back().view()});
    }
    return models::key_list(shown, page->total, viewer);
  };
  const std::size_t records = call.live_project->keys.size();
  co_return co_await answer_whole(svc, call, records, std::move(write));
}

awaitable<result<Answer>> show_key(Services& svc, const Call& call, const OneKey& input) {
  for (const ApiKey& key : call.live_project->keys)
    if (key.id == input.key_id) co_return answer_key(svc, call, key);
  co_return error(errc::key_not_found);
}

awaitable<result<Answer>> update_key(Services& svc, const Call& call, const NamedKey& input) {
  changes::KeyChange wanted{input.name, input.scopes, input.expires_at};
  auto make = [p = call.project(), id = input.key_id, now = call.now, wanted = std::move(wanted)] {
    return changes::update_key(p, id, now, wanted);
  };
  const result<ApiKey> key = co_await commit<ApiKey>(svc.store.engine(), std::move(make));
  if (!key) co_return key.error();
  log_security(svc, call, "key_change", "ok", {}, "key " + key->id + " " + call.by());
  co_return answer_key(svc, call, *key);
}

awaitable<result<Answer>> delete_key(Services& svc, const Call& call, const OneKey& input) {
  const std::string& id = input.key_id;
  auto make = [p = call.project(), id] { return changes::revoke_key(p, id); };
  const result<bool> revoked = co_await commit<bool>(svc.store.engine(), std::move(make));
  if (!revoked) co_return revoked.error();
  log_security(svc, call, "key_revoke", "ok", {}, "key " + id + " " + call.by());
  co_return Answer{};
}

}  // namespace

std::vector<Route> project_key_rows() {
  std::vector<Route> routes{
      {.method = Method::post,
       .path = "/v1/project/keys",
       .aliases = {"/v1/projects/:projectId/keys"},
       .name = "projectCreateKey",
       .scopes = {"keys.write"},
       .answers = {201, "Key"},
       .handler = operation<create_key>(NamedKey::of(r::custom_id)),
       .older = older::key_creation},
      {.method = Method::post,
       .path = "/v1/project/keys/ephemeral",
       .aliases = {"/v1/projects/:projectId/jwts"},
       .name = "projectCreateEphemeralKey",
       .scopes = {"keys.write"},
       .answers = {201, "EphemeralKey"},
       .handler = operation<create_ephemeral_key>()},
      {.path = "/v1/project/keys",
       .aliases = {"/v1/projects/:projectId/keys"},
       .name = "projectListKeys",
       .scopes = {"keys.read"},
       .answers = {200, "KeyList"},
       .handler = operation<list_keys>(short_list_inputs())},
      {.path = "/v1/project/keys/:keyId",
       .aliases = {"/v1/projects/:projectId/keys/:keyId"},
       .name = "projectGetKey",
       .scopes = {"keys.read"},
       .answers = {200, "Key"},
       .handler = operation<show_key>()},
      {.method = Method::put,
       .path = "/v1/project/keys/:keyId",
       .aliases = {"/v1/projects/:projectId/keys/:keyId"},
       .name = "projectUpdateKey",
       .scopes = {"keys.write"},
       .answers = {200, "Key"},
       .handler = operation<update_key>(NamedKey::of(r::uid)),
       .older = older::key_update},
      {.method = Method::del,
       .path = "/v1/project/keys/:keyId",
       .aliases = {"/v1/projects/:projectId/keys/:keyId"},
       .name = "projectDeleteKey",
       .scopes = {"keys.write"},
       .answers = {204},
       .handler = operation<delete_key>()},
  };
  return of_service(Service::project, std::move(routes));
}

}  // namespace portcullis::api
