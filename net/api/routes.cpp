#include "net/api/routes.hpp"

#include "net/api/handlers.hpp"

namespace portcullis::api {
namespace {

using http::Method;
namespace r = rules;

RateRule limit(std::uint32_t count, std::uint32_t window_s, std::vector<std::string_view> keys) {
  return RateRule{LimitRule{count, window_s}, std::move(keys), false, false};
}

/// The contract's default key.
RateRule by_address(std::uint32_t count) { return limit(count, 3600, {"url:{url},ip:{ip}"}); }

RateRule by_email_until_success(std::uint32_t count) {
  RateRule rule = limit(count, 3600, {"url:{url},email:{param-email}"});
  rule.reset_on_created = true;
  rule.known_network_share = true;
  return rule;
}

/// Shared by all that sign in with a token.
RateRule by_user_until_success(std::uint32_t count) {
  RateRule rule = limit(count, 3600, {"ip:{ip},userId:{param-userId}"});
  rule.reset_on_created = true;
  return rule;
}

Inputs session_id() { return inputs<SessionInput>({optional("sessionId", r::uid, &SessionInput::session_id)}); }

std::vector<Route> account_routes() {
  std::vector<Route> rows{
      {Method::post,
       "/v1/account",
       {},
       "accountCreate",
       {"sessions.write"},
       Service::account,
       201,
       "User",
       create_account,
       inputs<CreateAccount>({required("userId", r::custom_id, &CreateAccount::user_id),
                              required("email", r::email, &CreateAccount::email),
                              required("password", r::new_password, &CreateAccount::password),
                              optional("name", r::name, &CreateAccount::name),
                              optional("signupCode", r::any_password, &CreateAccount::signup_code)}),
       by_address(10),
       AuthMethod::email_password},
      {Method::get, "/v1/account", {}, "accountGet", {"account"}, Service::account, 200, "User", show_account},
      {Method::del, "/v1/account", {}, "accountDelete", {"account"}, Service::account, 204, "", delete_account},
      {Method::get,
       "/v1/account/prefs",
       {},
       "accountGetPrefs",
       {"account"},
       Service::account,
       200,
       "Preferences",
       show_prefs},
      {Method::patch,
       "/v1/account/prefs",
       {},
       "accountUpdatePrefs",
       {"account"},
       Service::account,
       200,
       "User",
       update_prefs,
       inputs<PrefsInput>({required("prefs", r::prefs, &PrefsInput::prefs)})},
      {Method::patch,
       "/v1/account/name",
       {},
       "accountUpdateName",
       {"account"},
       Service::account,
       200,
       "User",
       update_name,
       inputs<NameInput>({required("name", r::name, &NameInput::name)})},
      {Method::patch,
       "/v1/account/email",
       {},
       "accountUpdateEmail",
       {"account"},
       Service::account,
       200,
       "User",
       update_email,
       inputs<EmailInput>(
           {required("email", r::email, &EmailInput::email), required("password", r::password, &EmailInput::password)}),
       by_address(10)},
      {Method::patch,
       "/v1/account/password",
       {},
       "accountUpdatePassword",
       {"account"},
       Service::account,
       200,
       "User",
       update_password,
       inputs<PasswordInput>({required("password", r::new_password, &PasswordInput::password),
                              optional("oldPassword", r::any_password, &PasswordInput::old_password)}),
       by_address(10)},
      {Method::patch,
       "/v1/account/phone",
       {},
       "accountUpdatePhone",
       {"account"},
       Service::account,
       200,
       "User",
       update_phone,
       inputs<PhoneInput>(
           {required("phone", r::phone, &PhoneInput::phone), required("password", r::password, &PhoneInput::password)}),
       by_address(10)},
      {Method::patch,
       "/v1/account/status",
       {},
       "accountUpdateStatus",
       {"account"},
       Service::account,
       200,
       "User",
       block_account},
  };
  for (Route& row : rows) {
    row.reads_timestamp =
        row.path == "/v1/account/email" || (row.path == "/v1/account/prefs" && row.method == Method::patch);
    row.tells_of_others =
        row.name == "accountCreate" || row.path == "/v1/account/email" || row.path == "/v1/account/phone";
  }
  return rows;
}

std::vector<Route> session_routes() {
  std::vector<Route> rows{
      {Method::get,
       "/v1/account/sessions",
       {},
       "accountListSessions",
       {"account"},
       Service::account,
       200,
       "SessionList",
       list_sessions},
      {Method::del,
       "/v1/account/sessions",
       {},
       "accountDeleteSessions",
       {"account"},
       Service::account,
       204,
       "",
       delete_sessions,
       {},
       by_address(100)},
      {Method::get,
       "/v1/account/sessions/:sessionId",
       {},
       "accountGetSession",
       {"account"},
       Service::account,
       200,
       "Session",
       show_session,
       session_id()},
      {Method::patch,
       "/v1/account/sessions/:sessionId",
       {},
       "accountUpdateSession",
       {"account"},
       Service::account,
       200,
       "Session",
       extend_session,
       session_id(),
       by_address(10)},
      {Method::del,
       "/v1/account/sessions/:sessionId",
       {},
       "accountDeleteSession",
       {"account"},
       Service::account,
       204,
       "",
       delete_session,
       session_id(),
       by_address(100)},
      {Method::post,
       "/v1/account/sessions/email",
       {"/v1/account/sessions"},
       "accountCreateEmailPasswordSession",
       {"sessions.write"},
       Service::account,
       201,
       "Session",
       create_email_session,
       inputs<EmailLogin>(
           {required("email", r::email, &EmailLogin::email), required("password", r::password, &EmailLogin::password)}),
       by_email_until_success(10),
       AuthMethod::email_password},
      {Method::post,
       "/v1/account/sessions/anonymous",
       {},
       "accountCreateAnonymousSession",
       {"sessions.write"},
       Service::account,
       201,
       "Session",
       create_anonymous_session,
       {},
       limit(50, 3600, {"ip:{ip}"}),
       AuthMethod::anonymous},
      {Method::post,
       "/v1/account/sessions/token",
       {},
       "accountCreateSession",
       {"sessions.write"},
       Service::account,
       201,
       "Session",
       create_token_session,
       inputs<TokenLogin>({required("userId", r::custom_id, &TokenLogin::user_id),
                           required("secret", r::token_secret, &TokenLogin::secret)}),
       by_user_until_success(10)},
      {Method::post,
       "/v1/account/jwts",
       {"/v1/account/jwt"},
       "accountCreateJWT",
       {"account"},
       Service::account,
       201,
       "JWT",
       create_jwt,
       inputs<JwtInput>({optional("duration", r::jwt_duration, &JwtInput::duration_s)}),
       limit(120, 60, {"url:{url},userId:{userId}"}),
       AuthMethod::jwt},
  };
  for (Route& row : rows) {
    const bool opens = row.method == Method::post && row.answers.model == "Session";
    const bool deletes_one = row.method == Method::del && row.path.ends_with(":sessionId");
    row.opens_session = opens;
    row.mfa_exempt = deletes_one;
    row.reads_timestamp = deletes_one;
  }
  return rows;
}

std::vector<Route> service_routes() {
  std::vector<Route> rows{
      {Method::get, "/v1/ping", {}, "ping", {"global"}, Service::none, 200, "", ping},
      {Method::get, "/v1/health", {}, "healthGet", {"health.read"}, Service::health, 200, "HealthStatus", health},
      {Method::get,
       "/v1/health/version",
       {},
       "healthGetVersion",
       {"public"},
       Service::health,
       200,
       "HealthVersion",
       health_version},
      {Method::get,
       "/v1/health/db",
       {},
       "healthGetDB",
       {"health.read"},
       Service::health,
       200,
       "HealthStatusList",
       health_db},
      {Method::get, "/live", {}, "live", {}, Service::none, 200, "", live},
      {Method::get, "/ready", {}, "ready", {}, Service::none, 200, "", ready},
  };
  for (Route& row : rows) row.bare = row.path == "/live" || row.path == "/ready";
  return rows;
}

}  // namespace

const std::vector<Route>& routes() {
  static const std::vector<Route> all = [] {
    std::vector<Route> rows = account_routes();
    for (std::vector<Route> more :
         {session_routes(), service_routes(), user_creation_rows(), user_list_rows(), user_rows(), user_session_rows(),
          user_target_rows(), user_identity_rows(), project_setting_rows(), project_platform_rows(),
          project_platform_rows_old(), project_phone_rows(), project_key_rows(), project_dev_key_rows(),
          console_project_rows(), console_team_rows()})
      rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    for (Route& row : rows) row.older = older_params_of(row.name);
    return rows;
  }();
  return all;
}

}  // namespace portcullis::api
