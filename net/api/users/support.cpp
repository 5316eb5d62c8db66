#include "net/api/users/support.hpp"

#include "net/pipeline/viewer.hpp"
#include "net/wire/models/users.hpp"

namespace portcullis::api {

Inputs OneUser::params() { return of_user<OneUser>({}); }

awaitable<result<std::unique_ptr<storage::ServedUser>>> named_user(Services& svc, const Call& call, std::string id) {
  result<std::unique_ptr<storage::ServedUser>> found = co_await svc.store.served_user(call.project(), std::move(id));
  if (!found) co_return found.error();
  if (!*found) co_return error(errc::user_not_found);
  co_return std::move(found);
}

awaitable<result<Answer>> answer_served_user(Services& svc, const Call& call, std::string id) {
  const result<std::unique_ptr<storage::ServedUser>> user = co_await named_user(svc, call, std::move(id));
  if (!user) co_return user.error();
  Answer answer;
  answer.body = models::served_user(**user, viewer_of(call));
  co_return answer;
}

}  // namespace portcullis::api
