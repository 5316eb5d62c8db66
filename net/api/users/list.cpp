// The list of users. Source: docs/contract/users.md 5.

#include "net/api/lists/lists.hpp"
#include "net/api/routes.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/pipeline/viewer.hpp"
#include "net/wire/models/users.hpp"
#include "storage/query/users.hpp"

namespace portcullis::api {
namespace {

awaitable<result<Answer>> list_users(Services& svc, const Call& call, const ListInput& input) {
  List list;
  list.source = std::make_shared<const storage::query::Users>(call.project());
  list.member = "users";
  list.write = [&store = svc.store, p = call.project(), viewer = viewer_of(call)](
                   std::span<const storage::query::Ref> refs, std::string& body) -> result<void> {
    const result<std::vector<std::string>> ids = storage::query::user_ids(store.engine(), p, refs);
    if (!ids) return ids.error();
    const result<std::vector<storage::ServedUser>> users = store.served_users_now(p, *ids);
    if (!users) return users.error();
    for (const storage::ServedUser& user : *users) {
      if (!body.empty()) body.push_back(',');
      body.append(models::served_user(user, viewer));
    }
    return {};
  };
  co_return co_await answer_list(svc, call, input, std::move(list));
}

}  // namespace

std::vector<Route> user_list_rows() {
  std::vector<Route> routes{
      {.path = "/v1/users",
       .name = "usersList",
       .scopes = {"users.read"},
       .answers = {200, "UserList"},
       .handler = operation<list_users>(list_inputs()),
       .callers = Callers::keys_and_impersonators},
  };
  return of_service(Service::users, std::move(routes));
}

}  // namespace portcullis::api
