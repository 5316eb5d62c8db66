// Identities of all users: their list, and ending one. Source: docs/contract/users.md 9.

#include "net/changes/identities.hpp"
#include "net/actions/commit.hpp"
#include "net/actions/sealed.hpp"
#include "net/api/lists/lists.hpp"
#include "net/api/routes.hpp"
#include "net/api/support.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/pipeline/viewer.hpp"
#include "net/wire/models/identities.hpp"
#include "storage/identities.hpp"
#include "storage/query/identities.hpp"

namespace portcullis::api {
namespace {

using http::Method;

struct OneIdentity {
  std::string identity_id;

  static Inputs params() {
    return inputs<OneIdentity>({required("identityId", rules::uid, &OneIdentity::identity_id)});
  }
};

result<std::string> shown(const crypto::Sealer& sealer, ProjectNo p, const Identity& identity,
                          const models::Viewer& viewer) {
  if (!viewer.privileged) return models::identity({identity, {}, {}}, viewer);
  const std::string key = storage::keys::identity(p, identity.user_id, identity.id);
  const result<Secret> access = unseal(sealer, identity.sealed_access_token, key);
  if (!access) return access.error();
  const result<Secret> refresh = unseal(sealer, identity.sealed_refresh_token, key);
  if (!refresh) return refresh.error();
  return models::identity({identity, access->view(), refresh->view()}, viewer);
}

/// Nothing of an identity can be searched.
awaitable<result<Answer>> list_identities(Services& svc, const Call& call, const ListInput& input) {
  if (!input.search.empty()) co_return error(errc::general_query_invalid);
  List list;
  list.source = std::make_shared<const storage::query::Identities>(call.project());
  list.member = "identities";
  list.write = [&svc, p = call.project(), viewer = viewer_of(call)](std::span<const storage::query::Ref> refs,
                                                                    std::string& body) -> result<void> {
    const auto found = storage::query::identities(svc.store.engine(), p, refs);
    if (!found) return found.error();
    for (const std::optional<Identity>& identity : *found) {
      if (!identity) continue;
      result<std::string> text = shown(svc.sealer, p, *identity, viewer);
      if (!text) return text.error();
      if (!body.empty()) append_secret(body, ",");
      append_secret(body, *text);
      wipe(*text);
    }
    return {};
  };
  co_return co_await answer_list(svc, call, input, std::move(list));
}

awaitable<result<Answer>> delete_user_identity(Services& svc, const Call& call, const OneIdentity& input) {
  std::string id = input.identity_id;
  const result<std::optional<storage::IdentityRef>> ref =
      co_await svc.store.identity_ref(call.project(), std::move(id));
  if (!ref) co_return ref.error();
  if (!*ref) co_return error(errc::user_identity_not_found);
  auto make = [p = call.project(), named = **ref, now = call.now] {
    return changes::delete_identity(p, named.user_id, named.identity_id, now);
  };
  const result<Identity> deleted = co_await commit<Identity>(svc.store.engine(), std::move(make));
  if (!deleted) co_return deleted.error();
  log_security(svc, call, "identity_delete", "ok", deleted->user_id, call.by());
  co_return Answer{};
}

}  // namespace

std::vector<Route> user_identity_rows() {
  std::vector<Route> routes{
      {.path = "/v1/users/identities",
       .name = "usersListIdentities",
       .scopes = {"users.read"},
       .answers = {200, "IdentityList"},
       .handler = operation<list_identities>(list_inputs()),
       .callers = Callers::keys_and_impersonators},
      {.method = Method::del,
       .path = "/v1/users/identities/:identityId",
       .name = "usersDeleteIdentity",
       .scopes = {"users.write"},
       .answers = {204},
       .handler = operation<delete_user_identity>(),
       .callers = Callers::keys},
  };
  return of_service(Service::users, std::move(routes));
}

}  // namespace portcullis::api
