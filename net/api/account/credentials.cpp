// Changes of what signs a user in: password, e-mail, phone. Source: docs/contract/account.md 6.4-6.6.

#include "net/actions/commit.hpp"
#include "net/actions/passwords.hpp"
#include "net/actions/retry_stale.hpp"
#include "net/api/routes.hpp"
#include "net/api/support.hpp"
#include "net/changes/users.hpp"
#include "net/pipeline/endpoint.hpp"
#include "policies/sign_in_policy.hpp"

namespace portcullis::api {
namespace {

using http::Method;
namespace r = rules;

struct EmailInput {
  std::string email;
  Secret password;

  static Inputs params() {
    return inputs<EmailInput>(
        {required("email", r::email, &EmailInput::email), required("password", r::password, &EmailInput::password)});
  }
};

struct PasswordInput {
  Secret password;
  Secret old_password;

  static Inputs params() {
    return inputs<PasswordInput>({required("password", r::new_password, &PasswordInput::password),
                                  optional("oldPassword", r::any_password, &PasswordInput::old_password)});
  }
};

struct PhoneInput {
  std::string phone;
  Secret password;

  static Inputs params() {
    return inputs<PhoneInput>(
        {required("phone", r::phone, &PhoneInput::phone), required("password", r::password, &PhoneInput::password)});
  }
};

awaitable<result<storage::Account>> own_account(Services& svc, const Call& call) {
  std::string id = call.user_id();
  const result<std::optional<storage::Account>> found = co_await svc.store.account(call.project(), std::move(id));
  if (!found) co_return found.error();
  if (!*found) co_return error(errc::user_not_found);
  co_return **found;
}

/// 401 unless `sent` is the user's password; a user without one passes.
awaitable<result<void>> prove_password(Services& svc, const Call& call, const storage::Account& account,
                                       const Secret& sent) {
  if (!policies::has_password(account.credential)) co_return result<void>{};
  ReadHash expected = svc.hasher.read(account.credential.hash);
  Secret password = sent.clone();
  HashTicket ticket = call.ticket(svc, account.user.id);
  const result<Verdict> proved =
      co_await check_password(svc, call, std::move(expected), std::move(password), std::move(ticket));
  if (!proved && proved.error().code == errc::user_invalid_credentials)
    log_security(svc, call, "password_check", "failed", account.user.id, "wrong password");
  if (!proved) co_return proved.error();
  co_return result<void>{};
}

/// A first password set beside an address follows the same policies as any other.
result<void> check_new_password(const Call& call, const Secret& password) {
  const RuleContext context{call.settings()};
  if (!rules::may_be_password(password.view(), context))
    return error(errc::general_argument_invalid, "password", rules::new_password.words);
  return {};
}

/// The address change of a user (`with_address` already has it), with the first password when there is none yet.
awaitable<result<changes::NewAddress>> new_address(Services& svc, const Call& call, const storage::Account& account,
                                                   const User& with_address, const Secret& password) {
  const result<void> proved = co_await prove_password(svc, call, account, password);
  if (!proved) co_return proved.error();
  changes::NewAddress made;
  made.expected_revision = account.credential.password_revision;
  if (!policies::has_password(account.credential)) {
    const result<void> strong = check_new_password(call, password);
    if (!strong) co_return strong.error();
    const result<void> impersonal = check_personal_data(call, borrow(with_address), password);
    if (!impersonal) co_return impersonal.error();
    Secret first = password.clone();
    HashTicket ticket = call.ticket(svc, account.user.id);
    result<PasswordHash> hash = co_await svc.hasher.hash(std::move(first), std::move(ticket));
    if (!hash) co_return hash.error();
    made.first_password = std::move(*hash);
  }
  co_return made;
}

using AddressChange = storage::Change<User> (*)(ProjectNo, std::string, Time, changes::NewAddress);

/// What e-mail and phone changes differ in.
struct AddressOrder {
  std::string User::*field;
  const std::string& value;
  const Secret& password;
  AddressChange change;
};

/// Against the account as it is read here. Errors: again, and those of the change.
awaitable<result<Answer>> try_address(Services& svc, const Call& call, const AddressOrder& order) {
  const result<storage::Account> account = co_await own_account(svc, call);
  if (!account) co_return account.error();
  User with_address = account->user;
  with_address.*order.field = order.value;
  result<changes::NewAddress> made = co_await new_address(svc, call, *account, with_address, order.password);
  if (!made) co_return made.error();
  made->old_value = account->user.*order.field;
  made->new_value = order.value;
  auto make = [p = call.project(), id = account->user.id, now = call.now, made = *made, change = order.change] {
    return change(p, id, now, made);
  };
  const result<User> user = co_await commit<User>(svc.store.engine(), std::move(make));
  if (!user) co_return user.error();
  co_return co_await answer_user_anew(svc, call);
}

/// The same of a password.
awaitable<result<User>> try_password(Services& svc, const Call& call, const PasswordInput& input) {
  const result<storage::Account> account = co_await own_account(svc, call);
  if (!account) co_return account.error();
  const result<void> proved = co_await prove_password(svc, call, *account, input.old_password);
  if (!proved) co_return proved.error();
  HashTicket ticket = ticket_beside(svc, call, account->credential, account->user.id);
  const BorrowedUser user = borrow(account->user);
  result<changes::NewPassword> made =
      co_await new_password(svc.hasher, call.settings(), user, account->credential, input.password, std::move(ticket));
  if (!made) co_return made.error();
  if (call.session()) made->kept_selector = std::string(call.session()->selector);  // with a JWT no session stays
  auto make = [p = call.project(), id = account->user.id, now = call.now, made = *made] {
    return changes::set_password(p, id, now, made);
  };
  co_return co_await commit<User>(svc.store.engine(), std::move(make));
}

awaitable<result<Answer>> update_email(Services& svc, const Call& call, const EmailInput& input) {
  const AddressOrder order{&User::email, input.email, input.password, changes::change_email};
  auto attempt = [&svc, &call, &order] { return try_address(svc, call, order); };
  result<Answer> answer = co_await retry_stale<Answer>(std::move(attempt));
  if (answer) log_security(svc, call, "email_change", "ok", call.user().id);
  co_return answer;
}

awaitable<result<Answer>> update_phone(Services& svc, const Call& call, const PhoneInput& input) {
  const AddressOrder order{&User::phone, input.phone, input.password, changes::change_phone};
  auto attempt = [&svc, &call, &order] { return try_address(svc, call, order); };
  result<Answer> answer = co_await retry_stale<Answer>(std::move(attempt));
  if (answer) log_security(svc, call, "phone_change", "ok", call.user().id);
  co_return answer;
}

awaitable<result<Answer>> update_password(Services& svc, const Call& call, const PasswordInput& input) {
  auto attempt = [&svc, &call, &input] { return try_password(svc, call, input); };
  const result<User> user = co_await retry_stale<User>(std::move(attempt));
  if (!user) co_return user.error();
  log_security(svc, call, "password_change", "ok", user->id);
  co_return answer_user(call, *user);
}

}  // namespace

std::vector<Route> account_credential_rows() {
  std::vector<Route> routes{
      {.method = Method::patch,
       .path = "/v1/account/email",
       .name = "accountUpdateEmail",
       .scopes = {"account"},
       .answers = {200, "User"},
       .handler = operation<update_email>(),
       .rate = by_address(10),
       .reads_timestamp = true,
       .tells_of_others = true},
      {.method = Method::patch,
       .path = "/v1/account/password",
       .name = "accountUpdatePassword",
       .scopes = {"account"},
       .answers = {200, "User"},
       .handler = operation<update_password>(),
       .rate = by_address(10)},
      {.method = Method::patch,
       .path = "/v1/account/phone",
       .name = "accountUpdatePhone",
       .scopes = {"account"},
       .answers = {200, "User"},
       .handler = operation<update_phone>(),
       .rate = by_address(10),
       .tells_of_others = true},
  };
  return of_service(Service::account, std::move(routes));
}

}  // namespace portcullis::api
