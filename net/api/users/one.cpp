// One user through the users service: read, delete, and every field that a key may set. Source: docs/contract/users.md
// 6, 11.

#include "net/actions/commit.hpp"
#include "net/actions/passwords.hpp"
#include "net/actions/retry_stale.hpp"
#include "net/actions/users.hpp"
#include "net/api/routes.hpp"
#include "net/api/support.hpp"
#include "net/api/users/support.hpp"
#include "net/changes/user_addresses.hpp"
#include "net/changes/users.hpp"
#include "net/pipeline/endpoint.hpp"

namespace portcullis::api {
namespace {

using http::Method;
namespace r = rules;

struct Flag {
  std::string user_id;
  bool value = false;

  static InputsOf<Flag> of(const char* name, const Rule<bool>& rule) {
    return of_user<Flag>({required(name, rule, &Flag::value)});
  }
};
struct Text {
  std::string user_id, value;

  static InputsOf<Text> of(const char* name, const Rule<std::string>& rule) {
    return of_user<Text>({required(name, rule, &Text::value)});
  }
};
struct Labels {
  std::string user_id;
  std::vector<std::string> labels;

  static Inputs params() { return of_user<Labels>({required("labels", r::labels, &Labels::labels)}); }
};
struct Password {
  std::string user_id;
  Secret password;  ///< empty = none from now on

  static Inputs params() {
    return of_user<Password>({required("password", r::new_password_or_empty, &Password::password)});
  }
};

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
awaitable<result<Answer>> set_member(Services& svc, const Call& call, std::string user_id, T User::*member, T value) {
  auto make = [p = call.project(), id = std::move(user_id), now = call.now, member, value] {
    auto edit = [member, value](User& user) -> result<void> {
      user.*member = value;
      return {};
    };
    return changes::update_user(p, id, now, std::move(edit));
  };
  co_return co_await change_user(svc, call, std::move(make));
}

using AddressChange = storage::Change<User> (*)(ProjectNo, std::string, Time, changes::Address);

awaitable<result<Answer>> set_address(Services& svc, const Call& call, const Text& input, AddressChange change,
                                      std::string_view event) {
  changes::Address made{input.value, unique_id(call.now, svc.random)};
  auto make = [p = call.project(), id = input.user_id, now = call.now, made = std::move(made), change] {
    return change(p, id, now, made);
  };
  result<Answer> answer = co_await change_user(svc, call, std::move(make));
  if (answer) log_security(svc, call, event, "ok", input.user_id, call.by());
  co_return answer;
}

awaitable<result<Answer>> clear_password(Services& svc, const Call& call, const Password& input) {
  auto make = [p = call.project(), id = input.user_id, now = call.now, closes = call.settings().invalidate_sessions,
               history = call.settings().password_history] {
    return changes::clear_password(p, id, now, closes, history);
  };
  result<Answer> answer = co_await change_user(svc, call, std::move(make));
  if (answer) log_security(svc, call, "password_change", "ok", input.user_id, "cleared " + call.by());
  co_return answer;
}

/// Against the user as it is read here. Errors: again, those of new_password().
awaitable<result<Answer>> try_password(Services& svc, const Call& call, const Password& input) {
  std::string id = input.user_id;
  const result<std::unique_ptr<storage::ServedUser>> served = co_await named_user(svc, call, std::move(id));
  if (!served) co_return served.error();
  HashTicket ticket = call.ticket(svc, input.user_id);
  const result<changes::NewPassword> made = co_await new_password(
      svc.hasher, call.settings(), (*served)->profile.user, (*served)->credential, input.password, std::move(ticket));
  if (!made) co_return made.error();
  auto make = [p = call.project(), user_id = input.user_id, now = call.now, made = *made] {
    return changes::set_password(p, user_id, now, made);
  };
  co_return co_await change_user(svc, call, std::move(make));
}

awaitable<result<Answer>> show_user(Services& svc, const Call& call, const OneUser& input) {
  std::string id = input.user_id;
  co_return co_await answer_served_user(svc, call, std::move(id));
}

awaitable<result<Answer>> delete_user(Services& svc, const Call& call, const OneUser& input) {
  const std::string& id = input.user_id;
  std::string user_id = id;
  const result<bool> deleted = co_await delete_whole_user(svc.store, call.project(), std::move(user_id));
  if (!deleted) co_return deleted.error();
  log_security(svc, call, "user_delete", "ok", id, call.by());
  co_return Answer{};
}

awaitable<result<Answer>> set_user_status(Services& svc, const Call& call, const Flag& input) {
  std::string id = input.user_id;
  result<Answer> answer = co_await set_member(svc, call, std::move(id), &User::status, input.value);
  if (answer) log_security(svc, call, input.value ? "user_unblock" : "user_block", "ok", input.user_id, call.by());
  co_return answer;
}

awaitable<result<Answer>> set_user_impersonator(Services& svc, const Call& call, const Flag& input) {
  std::string id = input.user_id;
  result<Answer> answer = co_await set_member(svc, call, std::move(id), &User::impersonator, input.value);
  const std::string_view event = input.value ? "impersonator_grant" : "impersonator_revoke";
  if (answer) log_security(svc, call, event, "ok", input.user_id, call.by());
  co_return answer;
}

awaitable<result<Answer>> set_user_labels(Services& svc, const Call& call, const Labels& input) {
  std::string id = input.user_id;
  std::vector<std::string> labels = input.labels;
  co_return co_await set_member(svc, call, std::move(id), &User::labels, std::move(labels));
}

awaitable<result<Answer>> set_user_name(Services& svc, const Call& call, const Text& input) {
  std::string id = input.user_id;
  std::string name = input.value;
  co_return co_await set_member(svc, call, std::move(id), &User::name, std::move(name));
}

awaitable<result<Answer>> set_user_email(Services& svc, const Call& call, const Text& input) {
  co_return co_await set_address(svc, call, input, changes::replace_email, "email_change");
}

awaitable<result<Answer>> set_user_phone(Services& svc, const Call& call, const Text& input) {
  co_return co_await set_address(svc, call, input, changes::replace_phone, "phone_change");
}

awaitable<result<Answer>> set_user_password(Services& svc, const Call& call, const Password& input) {
  if (input.password.empty()) co_return co_await clear_password(svc, call, input);
  auto attempt = [&svc, &call, &input] { return try_password(svc, call, input); };
  result<Answer> answer = co_await retry_stale<Answer>(std::move(attempt));
  if (answer) log_security(svc, call, "password_change", "ok", input.user_id, call.by());
  co_return answer;
}

awaitable<result<Answer>> set_email_verified(Services& svc, const Call& call, const Flag& input) {
  std::string id = input.user_id;
  co_return co_await set_member(svc, call, std::move(id), &User::email_verified, input.value);
}

awaitable<result<Answer>> set_phone_verified(Services& svc, const Call& call, const Flag& input) {
  std::string id = input.user_id;
  co_return co_await set_member(svc, call, std::move(id), &User::phone_verified, input.value);
}

awaitable<result<Answer>> show_user_prefs(Services& svc, const Call& call, const OneUser& input) {
  std::string id = input.user_id;
  const result<std::unique_ptr<storage::ServedUser>> served = co_await named_user(svc, call, std::move(id));
  if (!served) co_return served.error();
  Answer answer;
  answer.body = std::string((*served)->profile.prefs);
  co_return answer;
}

awaitable<result<Answer>> set_user_prefs(Services& svc, const Call& call, const Text& input) {
  auto make = [p = call.project(), id = input.user_id, now = call.now, prefs = input.value] {
    return changes::put_prefs(p, id, now, prefs);
  };
  const result<User> user = co_await commit<User>(svc.store.engine(), std::move(make));
  if (!user) co_return user.error();
  Answer answer;
  answer.body = input.value;
  co_return answer;
}

}  // namespace

std::vector<Route> user_rows() {
  std::vector<Route> routes{
      {.path = "/v1/users/:userId",
       .name = "usersGet",
       .scopes = {"users.read"},
       .answers = {200, "User"},
       .handler = operation<show_user>(),
       .callers = Callers::keys_and_impersonators},
      {.method = Method::del,
       .path = "/v1/users/:userId",
       .name = "usersDelete",
       .scopes = {"users.write"},
       .answers = {204},
       .handler = operation<delete_user>(),
       .callers = Callers::keys},
      {.method = Method::patch,
       .path = "/v1/users/:userId/status",
       .name = "usersUpdateStatus",
       .scopes = {"users.write"},
       .answers = {200, "User"},
       .handler = operation<set_user_status>(Flag::of("status", r::loose_boolean)),
       .callers = Callers::keys},
      {.method = Method::put,
       .path = "/v1/users/:userId/labels",
       .name = "usersUpdateLabels",
       .scopes = {"users.write"},
       .answers = {200, "User"},
       .handler = operation<set_user_labels>(),
       .callers = Callers::keys},
      {.method = Method::patch,
       .path = "/v1/users/:userId/impersonator",
       .name = "usersUpdateImpersonator",
       .scopes = {"users.write"},
       .answers = {200, "User"},
       .handler = operation<set_user_impersonator>(Flag::of("impersonator", r::loose_boolean)),
       .callers = Callers::keys},
      {.method = Method::patch,
       .path = "/v1/users/:userId/name",
       .name = "usersUpdateName",
       .scopes = {"users.write"},
       .answers = {200, "User"},
       .handler = operation<set_user_name>(Text::of("name", r::name_or_empty)),
       .callers = Callers::keys},
      {.method = Method::patch,
       .path = "/v1/users/:userId/password",
       .name = "usersUpdatePassword",
       .scopes = {"users.write"},
       .answers = {200, "User"},
       .handler = operation<set_user_password>(),
       .callers = Callers::keys},
      {.method = Method::patch,
       .path = "/v1/users/:userId/email",
       .name = "usersUpdateEmail",
       .scopes = {"users.write"},
       .answers = {200, "User"},
       .handler = operation<set_user_email>(Text::of("email", r::email_or_empty)),
       .callers = Callers::keys},
      {.method = Method::patch,
       .path = "/v1/users/:userId/phone",
       .name = "usersUpdatePhone",
       .scopes = {"users.write"},
       .answers = {200, "User"},
       .handler = operation<set_user_phone>(Text::of("number", r::phone_or_empty)),
       .callers = Callers::keys},
      {.method = Method::patch,
       .path = "/v1/users/:userId/verification",
       .name = "usersUpdateEmailVerification",
       .scopes = {"users.write"},
       .answers = {200, "User"},
       .handler = operation<set_email_verified>(Flag::of("emailVerification", r::strict_boolean)),
       .callers = Callers::keys},
      {.method = Method::patch,
       .path = "/v1/users/:userId/verification/phone",
       .name = "usersUpdatePhoneVerification",
       .scopes = {"users.write"},
       .answers = {200, "User"},
       .handler = operation<set_phone_verified>(Flag::of("phoneVerification", r::strict_boolean)),
       .callers = Callers::keys},
      {.path = "/v1/users/:userId/prefs",
       .name = "usersGetPrefs",
       .scopes = {"users.read"},
       .answers = {200, "Preferences"},
       .handler = operation<show_user_prefs>(),
       .callers = Callers::keys_and_impersonators},
      {.method = Method::patch,
       .path = "/v1/users/:userId/prefs",
       .name = "usersUpdatePrefs",
       .scopes = {"users.write"},
       .answers = {200, "Preferences"},
       .handler = operation<set_user_prefs>(Text::of("prefs", r::prefs)),
       .callers = Callers::keys},
  };
  return of_service(Service::users, std::move(routes));
}

}  // namespace portcullis::api
