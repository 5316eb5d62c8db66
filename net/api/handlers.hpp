#pragma once
// Every handler of the route table, by resource, with the inputs that routes.cpp declares for them. A handler has no
// HTTP and no parsing in it.

#include <string>

#include "net/pipeline/call.hpp"

namespace portcullis::api {

struct CreateAccount {
  std::string user_id, email;
  Secret password;
  std::string name;
  Secret signup_code;  ///< at the console: what lets the first administrator in
};
struct EmailLogin {
  std::string email;
  Secret password;
};
struct TokenLogin {
  std::string user_id;
  Secret secret;
};
struct NameInput {
  std::string name;
};
struct PrefsInput {
  std::string prefs;
};
struct EmailInput {
  std::string email;
  Secret password;
};
struct PhoneInput {
  std::string phone;
  Secret password;
};
struct PasswordInput {
  Secret password;
  Secret old_password;
};
struct SessionInput {
  std::string session_id = "current";
};
struct JwtInput {
  std::int64_t duration_s = 900;
};

// account/account.cpp
awaitable<result<Answer>> create_account(Services& svc, const Call& call);
awaitable<result<Answer>> show_account(Services& svc, const Call& call);
awaitable<result<Answer>> delete_account(Services& svc, const Call& call);
awaitable<result<Answer>> show_prefs(Services& svc, const Call& call);
awaitable<result<Answer>> update_prefs(Services& svc, const Call& call);
awaitable<result<Answer>> update_name(Services& svc, const Call& call);
awaitable<result<Answer>> block_account(Services& svc, const Call& call);
// account/credentials.cpp
awaitable<result<Answer>> update_email(Services& svc, const Call& call);
awaitable<result<Answer>> update_phone(Services& svc, const Call& call);
awaitable<result<Answer>> update_password(Services& svc, const Call& call);
// account/sign_in.cpp
awaitable<result<Answer>> create_email_session(Services& svc, const Call& call);
awaitable<result<Answer>> create_anonymous_session(Services& svc, const Call& call);
awaitable<result<Answer>> create_token_session(Services& svc, const Call& call);
// account/sessions.cpp
awaitable<result<Answer>> list_sessions(Services& svc, const Call& call);
awaitable<result<Answer>> show_session(Services& svc, const Call& call);
awaitable<result<Answer>> extend_session(Services& svc, const Call& call);
awaitable<result<Answer>> delete_session(Services& svc, const Call& call);
awaitable<result<Answer>> delete_sessions(Services& svc, const Call& call);
awaitable<result<Answer>> create_jwt(Services& svc, const Call& call);
// health/health.cpp
awaitable<result<Answer>> ping(Services& svc, const Call& call);
awaitable<result<Answer>> health(Services& svc, const Call& call);
awaitable<result<Answer>> health_version(Services& svc, const Call& call);
awaitable<result<Answer>> health_db(Services& svc, const Call& call);
awaitable<result<Answer>> live(Services& svc, const Call& call);
awaitable<result<Answer>> ready(Services& svc, const Call& call);

}  // namespace portcullis::api
