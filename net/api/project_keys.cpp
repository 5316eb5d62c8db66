// API keys of a project. A key may read, change and end others, and make ones that live for a while.
// Contract project.md 2.

#include <algorithm>
#include <tuple>

#include "core/crypto/jwt.hpp"
#include "core/json/writer.hpp"
#include "net/api/project_handlers.hpp"
#include "net/api/support.hpp"
#include "net/api_key_secret.hpp"
#include "net/changes/keys.hpp"
#include "net/commit.hpp"
#include "net/project_models.hpp"
#include "net/short_lists.hpp"
#include "storage/keys.hpp"

namespace portcullis::api {
namespace {

using storage::query::Shown;
using storage::query::Type;

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

/// Errors: record_corrupt when the secret cannot be unsealed.
result<Secret> open_secret(const Services& svc, const Call& call, const ApiKey& key) {
  std::optional<Secret> secret = svc.sealer.open(key.sealed_secret, storage::keys::api_key(call.project(), key.id));
  if (!secret) return errc::record_corrupt;
  return std::move(*secret);
}

result<Answer> answer_key(const Services& svc, const Call& call, const ApiKey& key) {
  const result<Secret> secret = open_secret(svc, call, key);
  if (!secret) return secret.error();
  Answer answer;
  answer.body = models::key({key, secret->view()}, models::viewer_of(call));
  return answer;
}

std::string ephemeral_claims(const Call& call, const EphemeralKeyInput& input) {
  std::string claims;
  json::Writer writer(claims);
  writer.begin_object();
  writer.field("projectId", call.live_project->project.id);
  writer.key("scopes");
  writer.begin_array();
  for (const std::string& scope : input.scopes) writer.string(scope);
  writer.end_array();
  writer.field("exp", to_millis(call.now) / 1000 + input.duration_s);
  writer.end_object();
  return claims;
}

}  // namespace

/// Only administrators make keys, and a key is none: what it can reach stays what it was given.
awaitable<result<Answer>> create_key(Services& svc, const Call& call) {
  if (call.is_key()) co_return error(errc::key_creation_denied);
  const KeyInput& input = call.input<KeyInput>();
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
  answer.body = models::key({*key, secret.view()}, models::viewer_of(call));
  co_return answer;
}

awaitable<result<Answer>> create_ephemeral_key(Services& svc, const Call& call) {
  const EphemeralKeyInput& input = call.input<EphemeralKeyInput>();
  std::string text =
      "ephemeral_" + crypto::sign_jwt(ephemeral_claims(call, input), call.live_project->ephemeral_key.view());
  const Secret secret = Secret::take(text);
  ApiKey key;
  key.id = unique_id(call.now, svc.random);
  key.created_at = key.updated_at = call.now;
  key.expires_at = call.now + std::chrono::seconds(input.duration_s);
  key.scopes = input.scopes;
  log_security(svc, call, "ephemeral_key_create", "ok", {}, call.by());
  Answer answer;
  answer.body = models::ephemeral_key({key, secret.view()}, call.live_project->project.id, models::viewer_of(call));
  co_return answer;
}

awaitable<result<Answer>> list_keys(Services& svc, const Call& call) {
  std::vector<ApiKey> keys = call.live_project->keys;
  const auto older = [](const ApiKey& a, const ApiKey& b) {
    return std::tie(a.created_at, a.id) < std::tie(b.created_at, b.id);
  };
  std::sort(keys.begin(), keys.end(), older);
  const std::span<const ListField<ApiKey>> fields(key_fields);
  const auto page = slice_of(svc, call.input<ListInput>(), fields, keys, keys_page);
  if (!page) co_return page.error();
  keys = picked(keys, page->places);
  std::vector<Secret> secrets;
  for (const ApiKey& key : keys) {
    result<Secret> secret = open_secret(svc, call, key);
    if (!secret) co_return secret.error();
    secrets.push_back(std::move(*secret));
  }
  std::vector<models::KeyView> shown;
  for (std::size_t i = 0; i < keys.size(); ++i) shown.push_back({keys[i], secrets[i].view()});
  Answer answer;
  answer.body = models::key_list(shown, page->total, models::viewer_of(call));
  co_return answer;
}

awaitable<result<Answer>> show_key(Services& svc, const Call& call) {
  for (const ApiKey& key : call.live_project->keys)
    if (key.id == call.input<KeyInput>().key_id) co_return answer_key(svc, call, key);
  co_return error(errc::key_not_found);
}

awaitable<result<Answer>> update_key(Services& svc, const Call& call) {
  const KeyInput& input = call.input<KeyInput>();
  changes::KeyChange wanted{input.name, input.scopes, input.expires_at};
  auto make = [p = call.project(), id = input.key_id, now = call.now, wanted = std::move(wanted)] {
    return changes::update_key(p, id, now, wanted);
  };
  const result<ApiKey> key = co_await commit<ApiKey>(svc.store.engine(), std::move(make));
  if (!key) co_return key.error();
  log_security(svc, call, "key_change", "ok", {}, "key " + key->id + " " + call.by());
  co_return answer_key(svc, call, *key);
}

awaitable<result<Answer>> delete_key(Services& svc, const Call& call) {
  const std::string id = call.input<KeyInput>().key_id;
  auto make = [p = call.project(), id] { return changes::revoke_key(p, id); };
  const result<bool> revoked = co_await commit<bool>(svc.store.engine(), std::move(make));
  if (!revoked) co_return revoked.error();
  log_security(svc, call, "key_revoke", "ok", {}, "key " + id + " " + call.by());
  co_return Answer{};
}

}  // namespace portcullis::api
