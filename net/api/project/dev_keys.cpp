// Dev keys of a project, which lift limits for applications that are being built. Source: docs/contract/project.md 3.

#include <algorithm>
#include <tuple>

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

struct OneKey {
  std::string key_id;

  static Inputs params() { return inputs<OneKey>({required("keyId", r::uid, &OneKey::key_id)}); }
};
struct NamedKey {
  std::string key_id, name;
  std::optional<Time> expires_at;

  static Inputs params() {
    using In = NamedKey;
    return inputs<In>({required("keyId", r::uid, &In::key_id), required("name", r::name, &In::name),
                       required("expire", r::date, &In::expires_at)});
  }
};

constexpr std::uint64_t keys_page = 5000;

constexpr ListField<ApiKey> dev_key_fields[] = {
    {{"$id", Type::exact}, [](const ApiKey& k) -> Shown { return k.id; }},
    {{"$createdAt", Type::time}, [](const ApiKey& k) { return short_lists::shown(k.created_at); }},
    {{"$updatedAt", Type::time}, [](const ApiKey& k) { return short_lists::shown(k.updated_at); }},
    {{"name", Type::text}, [](const ApiKey& k) -> Shown { return k.name; }},
    {{"expire", Type::time}, [](const ApiKey& k) { return short_lists::shown(k.expires_at); }},
    {{"accessedAt", Type::time}, [](const ApiKey& k) { return short_lists::shown(k.accessed_at); }},
};

result<Answer> answer_key(const Services& svc, const Call& call, const ApiKey& key) {
  const result<Secret> secret = open_key_secret(svc, call.project(), key, KeyKind::dev);
  if (!secret) return secret.error();
  Answer answer;
  answer.body = models::dev_key({key, secret->view()}, viewer_of(call));
  return answer;
}

/// They are made by the command line alone.
awaitable<result<Answer>> create_dev_key(Services&, const Call&) { co_return error(errc::dev_key_gone); }

awaitable<result<Answer>> list_dev_keys(Services& svc, const Call& call, const ListInput& input) {
  std::vector<ApiKey> keys = call.live_project->dev_keys;
  const auto older = [](const ApiKey& a, const ApiKey& b) {
    return std::tie(a.created_at, a.id) < std::tie(b.created_at, b.id);
  };
  std::sort(keys.begin(), keys.end(), older);
  const std::span<const ListField<ApiKey>> fields(dev_key_fields);
  const auto page = slice_of(svc, input, fields, keys, keys_page);
  if (!page) co_return page.error();
  keys = picked(keys, page->positions);
  std::vector<Secret> secrets;
  std::vector<models::DevKeyView> shown;
  secrets.reserve(keys.size());
  for (const ApiKey& key : keys) {
    result<Secret> secret = open_key_secret(svc, call.project(), key, KeyKind::dev);
    if (!secret) co_return secret.error();
    secrets.push_back(std::move(*secret));
    shown.push_back({key, secrets.back().view()});
  }
  Answer answer;
  answer.body = models::dev_key_list(shown, page->total, viewer_of(call));
  co_return answer;
}

awaitable<result<Answer>> show_dev_key(Services& svc, const Call& call, const OneKey& input) {
  for (const ApiKey& key : call.live_project->dev_keys)
    if (key.id == input.key_id) co_return answer_key(svc, call, key);
  co_return error(errc::key_not_found);
}

awaitable<result<Answer>> update_dev_key(Services& svc, const Call& call, const NamedKey& input) {
  changes::KeyChange wanted{input.name, {}, input.expires_at};
  auto make = [p = call.project(), id = input.key_id, now = call.now, wanted = std::move(wanted)] {
    return changes::update_key(p, id, now, wanted, KeyKind::dev);
  };
  const result<ApiKey> key = co_await commit<ApiKey>(svc.store.engine(), std::move(make));
  if (!key) co_return key.error();
  log_security(svc, call, "dev_key_change", "ok", {}, "key " + key->id + " " + call.by());
  co_return answer_key(svc, call, *key);
}

awaitable<result<Answer>> delete_dev_key(Services& svc, const Call& call, const OneKey& input) {
  const std::string& id = input.key_id;
  auto make = [p = call.project(), id] { return changes::revoke_key(p, id, KeyKind::dev); };
  const result<bool> revoked = co_await commit<bool>(svc.store.engine(), std::move(make));
  if (!revoked) co_return revoked.error();
  log_security(svc, call, "dev_key_delete", "ok", {}, "key " + id + " " + call.by());
  co_return Answer{};
}

}  // namespace

std::vector<Route> project_dev_key_rows() {
  constexpr std::string_view all = "/v1/projects/:projectId/dev-keys";
  constexpr std::string_view one = "/v1/projects/:projectId/dev-keys/:keyId";
  std::vector<Route> routes{
      {.method = Method::post,
       .path = all,
       .name = "projectsCreateDevKey",
       .scopes = {"devKeys.write"},
       .answers = {201, "DevKey"},
       .handler = operation<create_dev_key>()},
      {.path = all,
       .name = "projectsListDevKeys",
       .scopes = {"devKeys.read"},
       .answers = {200, "DevKeyList"},
       .handler = operation<list_dev_keys>(short_list_inputs())},
      {.path = one,
       .name = "projectsGetDevKey",
       .scopes = {"devKeys.read"},
       .answers = {200, "DevKey"},
       .handler = operation<show_dev_key>()},
      {.method = Method::put,
       .path = one,
       .name = "projectsUpdateDevKey",
       .scopes = {"devKeys.write"},
       .answers = {200, "DevKey"},
       .handler = operation<update_dev_key>()},
      {.method = Method::del,
       .path = one,
       .name = "projectsDeleteDevKey",
       .scopes = {"devKeys.write"},
       .answers = {204},
       .handler = operation<delete_dev_key>()},
  };
  return of_service(Service::project, std::move(routes));
}

}  // namespace portcullis::api
