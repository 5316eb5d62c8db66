// One user through the users service: read, delete, and every field that a key may set. Source: docs/contract/users.md
// 6, 11.

#include <algorithm>

#include "net/actions/commit.hpp"
#include "net/actions/passwords.hpp"
#include "net/actions/users.hpp"
#include "net/api/support.hpp"
#include "net/api/users/handlers.hpp"
#include "net/api/users/support.hpp"
#include "net/changes/user_addresses.hpp"
#include "net/changes/users.hpp"

namespace portcullis::api {
namespace {

constexpr int premise_attempts = 3;

/// Commits what `make` builds and answers the user as it is then.
template <class Make>
awaitable<result<Answer>> change_user(Services& svc, const Call& call, Make make) {
  const result<User> user = co_await commit<User>(svc.store.engine(), std::move(make));
  if (!user) co_return user.error();
  std::string id = user->id;
  co_return co_await answer_served_user(svc, call, std::move(id));
}

/// The same for one member.
template <class T>
awaitable<result<Answer>> set_member(Services& svc, const Call& call, T User::*member, T value) {
  auto make = [p = call.project(), id = call.path_param("userId"), now = call.now, member, value] {
    auto edit = [member, value](User& user) -> result<void> {
      user.*member = value;
      return {};
    };
    return changes::update_user(p, id, now, std::move(edit));
  };
  co_return co_await change_user(svc, call, std::move(make));
}

using AddressChange = storage::Change<User> (*)(ProjectNo, std::string, Time, changes::Address);

awaitable<result<Answer>> set_address(Services& svc, const Call& call, AddressChange change, std::string_view event) {
  const UserTextInput& input = call.input<UserTextInput>();
  changes::Address made{input.value, unique_id(call.now, svc.random)};
  auto make = [p = call.project(), id = input.user_id, now = call.now, made = std::move(made), change] {
    return change(p, id, now, made);
  };
  result<Answer> answer = co_await change_user(svc, call, std::move(make));
  if (answer) log_security(svc, call, event, "ok", input.user_id, call.by());
  co_return answer;
}

awaitable<result<Answer>> clear_password(Services& svc, const Call& call) {
  const UserPasswordInput& input = call.input<UserPasswordInput>();
  auto make = [p = call.project(), id = input.user_id, now = call.now, closes = call.settings().invalidate_sessions,
               history = call.settings().password_history] {
    return changes::clear_password(p, id, now, closes, history);
  };
  result<Answer> answer = co_await change_user(svc, call, std::move(make));
  if (answer) log_security(svc, call, "password_change", "ok", input.user_id, "cleared " + call.by());
  co_return answer;
}

/// The checks and the hash against the user as it was read.
awaitable<result<changes::NewPassword>> new_password(Services& svc, const Call& call,
                                                     const storage::ServedUser& served) {
  const UserPasswordInput& input = call.input<UserPasswordInput>();
  const result<void> impersonal = check_personal_data(call, served.profile.user, input.password);
  if (!impersonal) co_return impersonal.error();
  HashTicket comparing = call.ticket(svc, input.user_id);
  const result<void> fresh =
      co_await not_recently_used(svc.hasher, call.settings(), served.credential, input.password, std::move(comparing));
  if (!fresh) co_return fresh.error();
  Secret password = input.password.clone();
  HashTicket ticket = call.ticket(svc, input.user_id);
  result<PasswordHash> hash = co_await svc.hasher.hash(std::move(password), std::move(ticket));
  if (!hash) co_return hash.error();
  changes::NewPassword made;
  made.hash = std::move(*hash);
  made.expected_revision = served.credential.password_revision;
  made.history = call.settings().password_history;
  made.closes_sessions = call.settings().invalidate_sessions;
  co_return made;
}

}  // namespace

awaitable<result<Answer>> show_user(Services& svc, const Call& call) {
  std::string id = call.path_param("userId");
  co_return co_await answer_served_user(svc, call, std::move(id));
}

awaitable<result<Answer>> delete_user(Services& svc, const Call& call) {
  const std::string id = call.path_param("userId");
  std::string user_id = id;
  const result<bool> deleted = co_await delete_whole_user(svc.store, call.project(), std::move(user_id));
  if (!deleted) co_return deleted.error();
  log_security(svc, call, "user_delete", "ok", id, call.by());
  co_return Answer{};
}

awaitable<result<Answer>> set_user_status(Services& svc, const Call& call) {
  const UserFlagInput& input = call.input<UserFlagInput>();
  result<Answer> answer = co_await set_member(svc, call, &User::status, input.value);
  if (answer) log_security(svc, call, input.value ? "user_unblock" : "user_block", "ok", input.user_id, call.by());
  co_return answer;
}

awaitable<result<Answer>> set_user_impersonator(Services& svc, const Call& call) {
  const UserFlagInput& input = call.input<UserFlagInput>();
  result<Answer> answer = co_await set_member(svc, call, &User::impersonator, input.value);
  const std::string_view event = input.value ? "impersonator_grant" : "impersonator_revoke";
  if (answer) log_security(svc, call, event, "ok", input.user_id, call.by());
  co_return answer;
}

awaitable<result<Answer>> set_user_labels(Services& svc, const Call& call) {
  std::vector<std::string> labels = call.input<UserLabelsInput>().labels;
  co_return co_await set_member(svc, call, &User::labels, std::move(labels));
}

awaitable<result<Answer>> set_user_name(Services& svc, const Call& call) {
  std::string name = call.input<UserTextInput>().value;
  co_return co_await set_member(svc, call, &User::name, std::move(name));
}

awaitable<result<Answer>> set_user_email(Services& svc, const Call& call) {
  co_return co_await set_address(svc, call, changes::replace_email, "email_change");
}

awaitable<result<Answer>> set_user_phone(Services& svc, const Call& call) {
  co_return co_await set_address(svc, call, changes::replace_phone, "phone_change");
}

awaitable<result<Answer>> set_user_password(Services& svc, const Call& call) {
  const UserPasswordInput& input = call.input<UserPasswordInput>();
  if (input.password.empty()) co_return co_await clear_password(svc, call);
  for (int attempt = 0; attempt < premise_attempts; ++attempt) {
    std::string id = input.user_id;
    const result<std::unique_ptr<storage::ServedUser>> served = co_await named_user(svc, call, std::move(id));
    if (!served) co_return served.error();
    const result<changes::NewPassword> made = co_await new_password(svc, call, **served);
    if (!made) co_return made.error();
    auto make = [p = call.project(), user_id = input.user_id, now = call.now, made = *made] {
      return changes::set_password(p, user_id, now, made);
    };
    result<Answer> answer = co_await change_user(svc, call, std::move(make));
    if (!answer && answer.error().code == errc::again) continue;
    if (answer) log_security(svc, call, "password_change", "ok", input.user_id, call.by());
    co_return answer;
  }
  co_return error(errc::server_busy);
}

awaitable<result<Answer>> set_email_verified(Services& svc, const Call& call) {
  const bool value = call.input<UserFlagInput>().value;
  co_return co_await set_member(svc, call, &User::email_verified, value);
}

awaitable<result<Answer>> set_phone_verified(Services& svc, const Call& call) {
  const bool value = call.input<UserFlagInput>().value;
  co_return co_await set_member(svc, call, &User::phone_verified, value);
}

awaitable<result<Answer>> show_user_prefs(Services& svc, const Call& call) {
  std::string id = call.path_param("userId");
  const result<std::unique_ptr<storage::ServedUser>> served = co_await named_user(svc, call, std::move(id));
  if (!served) co_return served.error();
  Answer answer;
  answer.body = std::string((*served)->profile.prefs);
  co_return answer;
}

awaitable<result<Answer>> set_user_prefs(Services& svc, const Call& call) {
  const UserTextInput& input = call.input<UserTextInput>();
  auto make = [p = call.project(), id = input.user_id, now = call.now, prefs = input.value] {
    return changes::put_prefs(p, id, now, prefs);
  };
  const result<User> user = co_await commit<User>(svc.store.engine(), std::move(make));
  if (!user) co_return user.error();
  Answer answer;
  answer.body = input.value;
  co_return answer;
}

}  // namespace portcullis::api
