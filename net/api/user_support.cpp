#include "net/api/user_support.hpp"

#include "net/models.hpp"
#include "policies/sign_in_policy.hpp"

namespace portcullis::api {

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
  answer.body = models::served_user(**user, models::viewer_of(call));
  co_return answer;
}

awaitable<result<void>> not_recently_used(Services& svc, const Call& call, const Credential& credential,
                                          const std::string& user_id, const Secret& password) {
  if (call.settings().password_history == 0) co_return result<void>{};
  std::vector<PasswordHash> remembered = credential.history;
  if (policies::has_password(credential)) remembered.push_back(credential.hash);
  if (remembered.empty()) co_return result<void>{};
  Secret candidate = password.clone();
  HashTicket ticket = call.ticket(svc, user_id);
  const result<std::optional<std::size_t>> match =
      co_await svc.hasher.matches_any(std::move(remembered), std::move(candidate), std::move(ticket));
  if (!match) co_return match.error();
  if (*match) co_return error(errc::password_recently_used);
  co_return result<void>{};
}

}  // namespace portcullis::api
