// The account itself: sign-up, read, preferences, name, self-block, delete. Source: docs/contract/account.md 6.1-6.3
// and 6.7.

#include <algorithm>

#include "core/json/writer.hpp"
#include "net/actions/commit.hpp"
#include "net/actions/signup_code.hpp"
#include "net/actions/users.hpp"
#include "net/api/routes.hpp"
#include "net/api/support.hpp"
#include "net/changes/users.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/pipeline/viewer.hpp"
#include "net/wire/models/users.hpp"
#include "storage/counters.hpp"

namespace portcullis::api {
namespace {

using http::Method;
namespace r = rules;

struct CreateAccount {
  std::string user_id, email;
  Secret password;
  std::string name;
  Secret signup_code;  ///< at the console: what lets the first administrator in

  static Inputs params() {
    return inputs<CreateAccount>({required("userId", r::custom_id, &CreateAccount::user_id),
                                  required("email", r::email, &CreateAccount::email),
                                  required("password", r::new_password, &CreateAccount::password),
                                  optional("name", r::name, &CreateAccount::name),
                                  optional("signupCode", r::any_password, &CreateAccount::signup_code)});
  }
};

struct PrefsInput {
  std::string prefs;

  static Inputs params() { return inputs<PrefsInput>({required("prefs", r::prefs, &PrefsInput::prefs)}); }
};

struct NameInput {
  std::string name;

  static Inputs params() { return inputs<NameInput>({required("name", r::name, &NameInput::name)}); }
};

/// The hash of the code that a sign-up at the console shows; empty without one.
std::string shown_code(const Call& call, const CreateAccount& input) {
  if (!call.is_console()) return {};
  const std::string_view code = call.signup_code.empty() ? input.signup_code.view() : call.signup_code;
  return code.empty() ? std::string{} : signup_code_hash(code);
}

constexpr error code_needed{errc::user_console_count_exceeded, "signupCode",
                            "the code that the server's first start or `portcullis admin code` printed"};

/// Errors: user_console_count_exceeded (closed, or no code), user_email_not_whitelisted, user_invalid_token.
awaitable<result<void>> may_sign_up_as_administrator(Services& svc, const Call& call, const CreateAccount& input) {
  const ConsoleSignup signup = svc.config.console_signup;
  if (signup == ConsoleSignup::closed) co_return error(errc::user_console_count_exceeded);
  const std::vector<std::string>& listed = svc.config.console_emails;
  if (!listed.empty() && std::find(listed.begin(), listed.end(), input.email) == listed.end())
    co_return error(errc::user_email_not_whitelisted);
  std::string hash = shown_code(call, input);
  if (hash.empty() && signup == ConsoleSignup::first) co_return code_needed;
  if (hash.empty()) co_return result<void>{};
  const result<bool> right = co_await is_signup_code(svc.store.engine(), std::move(hash));
  if (!right) co_return right.error();
  if (!*right) co_return error(errc::user_invalid_token);
  co_return result<void>{};
}

/// How many users there may be; 0 = any number.
std::uint32_t limit_of(const Services& svc, const Call& call) {
  if (!call.is_console()) return call.settings().user_limit;
  return svc.config.console_signup == ConsoleSignup::first ? 1 : 0;
}
errc too_many(const Call& call) {
  return call.is_console() ? errc::user_console_count_exceeded : errc::user_count_exceeded;
}

/// What is refused before anything else: the user limit, and what the console asks for. Re-checked in the commit.
awaitable<result<void>> may_sign_up(Services& svc, const Call& call, const CreateAccount& input) {
  const result<storage::Counters> counters = co_await svc.store.counters(call.project());
  if (!counters) co_return counters.error();
  const std::uint32_t limit = limit_of(svc, call);
  if (limit > 0 && counters->users >= limit) co_return error(too_many(call));
  if (!call.is_console()) co_return result<void>{};
  co_return co_await may_sign_up_as_administrator(svc, call, input);
}

Answer answer_created(const Call& call, const User& user, const std::vector<Target>& targets) {
  storage::Profile profile;
  profile.user = borrow(user);
  profile.accessed_at = call.now;
  for (const Target& target : targets) profile.targets.push_back(borrow(target));
  Answer answer;
  answer.body = models::user(profile, viewer_of(call));
  return answer;
}

awaitable<result<Answer>> create_account(Services& svc, const Call& call, const CreateAccount& input) {
  const result<void> allowed = co_await may_sign_up(svc, call, input);
  if (!allowed) co_return allowed.error();
  changes::NewUser made;
  made.user = new_user(input.user_id, call.now);
  made.user.name = input.name;
  made.user.email = input.email;
  made.user_limit = limit_of(svc, call);
  made.signup_code_hash = shown_code(call, input);
  if (!made.signup_code_hash.empty()) {
    made.signup_code = changes::SignupCode::is_needed;  // and who has it owns what is there
    made.team = changes::first_team(call.now, svc.random);
  }
  made.identity_clash = errc::general_bad_request;
  made.accessed_at = call.now;
  FirstPassword password{input.password.clone(), std::nullopt, call.ticket(svc, input.email)};
  const result<changes::CreatedUser> created =
      co_await make_user(svc, *call.live_project, std::move(made), std::move(password));
  if (!created && created.error().code == errc::user_count_exceeded) co_return error(too_many(call));
  if (!created) co_return created.error();
  log_security(svc, call, "sign_up", "ok", created->user.id);
  co_return answer_created(call, created->user, created->targets);
}

awaitable<result<Answer>> show_account(Services& svc, const Call& call) {
  Answer answer;
  const storage::Profile& shown = call.subject();
  const bool as_another = call.principal.impersonated != nullptr;
  if (as_another) log_security(svc, call, "impersonation", "ok", shown.user.id);
  answer.body = models::user(shown, viewer_of(call), as_another ? call.user().id : std::string_view{});
  co_return answer;
}

awaitable<result<Answer>> delete_account(Services& svc, const Call& call) {
  const std::string_view id = call.subject().user.id;
  std::string user_id(id);
  const result<bool> deleted = co_await delete_whole_user(svc.store, call.project(), std::move(user_id));
  if (!deleted) co_return deleted.error();
  log_security(svc, call, "user_delete", "ok", id);
  co_return Answer{};
}

awaitable<result<Answer>> show_prefs(Services&, const Call& call) {
  Answer answer;
  answer.body = std::string(call.profile().prefs);
  co_return answer;
}

awaitable<result<Answer>> update_prefs(Services& svc, const Call& call, const PrefsInput& input) {
  const std::string& prefs = input.prefs;
  auto make = [p = call.project(), id = call.user_id(), now = call.now, prefs] {
    return changes::put_prefs(p, id, now, prefs);
  };
  const result<User> user = co_await commit<User>(svc.store.engine(), std::move(make));
  if (!user) co_return user.error();
  storage::Profile profile = call.profile().shown();
  profile.user = borrow(*user);
  profile.prefs = prefs;
  Answer answer;
  answer.body = models::user(profile, viewer_of(call));
  co_return answer;
}

awaitable<result<Answer>> update_name(Services& svc, const Call& call, const NameInput& input) {
  const std::string& name = input.name;
  auto make = [p = call.project(), id = call.user_id(), now = call.now, name] {
    auto edit = [name](User& user) -> result<void> {
      user.name = name;
      return {};
    };
    return changes::update_user(p, id, now, std::move(edit));
  };
  const result<User> user = co_await commit<User>(svc.store.engine(), std::move(make));
  if (!user) co_return user.error();
  co_return answer_user(call, *user);
}

awaitable<result<Answer>> block_account(Services& svc, const Call& call) {
  auto make = [p = call.project(), id = call.user_id(), now = call.now] {
    return changes::set_status(p, id, now, false);
  };
  const result<User> user = co_await commit<User>(svc.store.engine(), std::move(make));
  if (!user) co_return user.error();
  log_security(svc, call, "user_block", "ok", user->id, "by the user");
  Answer answer = answer_user(call, *user);
  answer.clears_session = true;
  co_return answer;
}

}  // namespace

std::vector<Route> account_rows() {
  std::vector<Route> routes{
      {.method = Method::post,
       .path = "/v1/account",
       .name = "accountCreate",
       .scopes = {"sessions.write"},
       .answers = {201, "User"},
       .handler = operation<create_account>(),
       .rate = by_address(10),
       .auth_method = AuthMethod::email_password,
       .tells_of_others = true},
      {.path = "/v1/account",
       .name = "accountGet",
       .scopes = {"account"},
       .answers = {200, "User"},
       .handler = operation<show_account>()},
      {.method = Method::del,
       .path = "/v1/account",
       .name = "accountDelete",
       .scopes = {"account"},
       .answers = {204},
       .handler = operation<delete_account>()},
      {.path = "/v1/account/prefs",
       .name = "accountGetPrefs",
       .scopes = {"account"},
       .answers = {200, "Preferences"},
       .handler = operation<show_prefs>()},
      {.method = Method::patch,
       .path = "/v1/account/prefs",
       .name = "accountUpdatePrefs",
       .scopes = {"account"},
       .answers = {200, "User"},
       .handler = operation<update_prefs>(),
       .reads_timestamp = true},
      {.method = Method::patch,
       .path = "/v1/account/name",
       .name = "accountUpdateName",
       .scopes = {"account"},
       .answers = {200, "User"},
       .handler = operation<update_name>()},
      {.method = Method::patch,
       .path = "/v1/account/status",
       .name = "accountUpdateStatus",
       .scopes = {"account"},
       .answers = {200, "User"},
       .handler = operation<block_account>()},
  };
  return of_service(Service::account, std::move(routes));
}

}  // namespace portcullis::api
