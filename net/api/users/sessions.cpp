// Sessions, tokens and JWTs that a key makes and ends for a user. Source: docs/contract/users.md 7.

#include <algorithm>

#include "core/crypto/digest.hpp"
#include "net/actions/commit.hpp"
#include "net/api/routes.hpp"
#include "net/api/support.hpp"
#include "net/api/users/support.hpp"
#include "net/changes/sessions.hpp"
#include "net/changes/tokens.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/pipeline/viewer.hpp"
#include "net/wire/models/sessions.hpp"
#include "net/wire/models/tokens.hpp"
#include "policies/session_policy.hpp"

namespace portcullis::api {
namespace {

using http::Method;
namespace r = rules;

struct NewSession {
  std::string user_id;

  static Inputs params() { return inputs<NewSession>({required("userId", r::custom_id, &NewSession::user_id)}); }
};
struct AllSessions {
  std::string user_id;
  bool total = true;

  static Inputs params() { return of_user<AllSessions>({optional("total", r::loose_boolean, &AllSessions::total)}); }
};
struct OneSession {
  std::string user_id, session_id;

  static Inputs params() { return of_user<OneSession>({required("sessionId", r::uid, &OneSession::session_id)}); }
};
struct NewJwt {
  std::string user_id;
  std::string session_id = "recent";
  std::int64_t duration_s = 900;

  static Inputs params() {
    return of_user<NewJwt>({optional("sessionId", r::uid, &NewJwt::session_id),
                            optional("duration", r::jwt_duration, &NewJwt::duration_s)});
  }
};
struct NewToken {
  std::string user_id;
  std::int64_t length = 6;
  std::int64_t lifetime_s = 900;

  static Inputs params() {
    return of_user<NewToken>({optional("length", r::token_length, &NewToken::length),
                              optional("expire", r::token_lifetime, &NewToken::lifetime_s)});
  }
};

awaitable<result<Answer>> create_user_session(Services& svc, const Call& call, const NewSession& input) {
  const Grant grant = grant_session(svc, call, input.user_id, "server", "", "server");
  auto make = [p = call.project(), session = grant.session] {
    changes::OpenSession made;
    made.session = session;
    made.max_sessions = policies::most_sessions;
    made.by_key = true;
    return changes::open_session(p, made);
  };
  const result<Session> session = co_await commit<Session>(svc.store.engine(), std::move(make));
  if (!session) co_return session.error();
  log_security(svc, call, "sign_in", "ok", session->user_id, call.by());
  const models::SessionView view{*session, false, models::country_name(session->country_code), grant.encoded};
  Answer answer;
  answer.body = models::session(view, viewer_of(call));
  co_return answer;
}

awaitable<result<Answer>> list_user_sessions(Services& svc, const Call& call, const AllSessions& input) {
  std::string id = input.user_id;
  const result<std::unique_ptr<storage::ServedUser>> user = co_await named_user(svc, call, id);
  if (!user) co_return user.error();
  const result<std::vector<Session>> sessions = co_await svc.store.sessions(call.project(), std::move(id), call.now);
  if (!sessions) co_return sessions.error();
  Answer answer;
  const std::size_t total = input.total ? sessions->size() : 0;
  answer.body = models::session_list(*sessions, total, "", viewer_of(call));
  co_return answer;
}

awaitable<result<Answer>> delete_user_session(Services& svc, const Call& call, const OneSession& input) {
  std::string id = input.user_id;
  const result<std::unique_ptr<storage::ServedUser>> user = co_await named_user(svc, call, std::move(id));
  if (!user) co_return user.error();
  auto make = [p = call.project(), user_id = input.user_id, session_id = input.session_id, now = call.now] {
    return changes::delete_session(p, user_id, session_id, now);
  };
  const result<Session> deleted = co_await commit<Session>(svc.store.engine(), std::move(make));
  if (!deleted) co_return deleted.error();
  log_security(svc, call, "session_delete", "ok", input.user_id, call.by());
  co_return Answer{};
}

awaitable<result<Answer>> delete_user_sessions(Services& svc, const Call& call, const OneUser& input) {
  const std::string& id = input.user_id;
  std::string user_id = id;
  const result<std::unique_ptr<storage::ServedUser>> user = co_await named_user(svc, call, std::move(user_id));
  if (!user) co_return user.error();
  auto make = [p = call.project(), user_id = id, now = call.now] { return changes::delete_sessions(p, user_id, now); };
  const result<std::size_t> deleted = co_await commit<std::size_t>(svc.store.engine(), std::move(make));
  if (!deleted) co_return deleted.error();
  log_security(svc, call, "session_delete", "ok", id, "all, " + call.by());
  co_return Answer{};
}

/// Bound to the newest session with `recent`; an unknown id is no error and binds to none.
awaitable<result<Answer>> create_user_jwt(Services& svc, const Call& call, const NewJwt& input) {
  std::string id = input.user_id;
  const result<std::unique_ptr<storage::ServedUser>> user = co_await named_user(svc, call, id);
  if (!user) co_return user.error();
  const result<std::vector<Session>> sessions = co_await svc.store.sessions(call.project(), std::move(id), call.now);
  if (!sessions) co_return sessions.error();
  std::string bound;
  for (const Session& session : *sessions)  // oldest first
    if (input.session_id == "recent" || session.id == input.session_id) bound = session.id;
  co_return answer_jwt(call, input.user_id, bound, input.duration_s);
}

/// The one moment the secret is known.
awaitable<result<Answer>> create_user_token(Services& svc, const Call& call, const NewToken& input) {
  const auto digits = static_cast<std::size_t>(input.length);
  std::string text = svc.random.hex((digits + 1) / 2);
  text.resize(digits);
  const Secret secret = Secret::take(text);
  Token made;
  made.id = unique_id(call.now, svc.random);
  made.created_at = call.now;
  made.user_id = input.user_id;
  made.type = TokenType::generic;
  made.expires_at = call.now + std::chrono::seconds(input.lifetime_s);
  made.secret_hash = crypto::sha256(secret.view());
  auto make = [p = call.project(), made = std::move(made)] { return changes::create_token(p, made); };
  const result<Token> token = co_await commit<Token>(svc.store.engine(), std::move(make));
  if (!token) co_return token.error();
  log_security(svc, call, "token_create", "ok", token->user_id, call.by());
  Answer answer;
  answer.body = models::token(*token, secret.view(), viewer_of(call));
  co_return answer;
}

}  // namespace

std::vector<Route> user_session_rows() {
  std::vector<Route> routes{
      {.method = Method::post,
       .path = "/v1/users/:userId/sessions",
       .name = "usersCreateSession",
       .scopes = {"users.write", "sessions.write"},
       .answers = {201, "Session"},
       .handler = operation<create_user_session>(),
       .callers = Callers::keys},
      {.path = "/v1/users/:userId/sessions",
       .name = "usersListSessions",
       .scopes = {"users.read", "sessions.read"},
       .answers = {200, "SessionList"},
       .handler = operation<list_user_sessions>(),
       .callers = Callers::keys_and_impersonators},
      {.method = Method::del,
       .path = "/v1/users/:userId/sessions",
       .name = "usersDeleteSessions",
       .scopes = {"users.write", "sessions.write"},
       .answers = {204},
       .handler = operation<delete_user_sessions>(),
       .callers = Callers::keys},
      {.method = Method::del,
       .path = "/v1/users/:userId/sessions/:sessionId",
       .name = "usersDeleteSession",
       .scopes = {"users.write", "sessions.write"},
       .answers = {204},
       .handler = operation<delete_user_session>(),
       .callers = Callers::keys},
      {.method = Method::post,
       .path = "/v1/users/:userId/jwts",
       .name = "usersCreateJWT",
       .scopes = {"users.write"},
       .answers = {201, "JWT"},
       .handler = operation<create_user_jwt>(),
       .callers = Callers::keys},
      {.method = Method::post,
       .path = "/v1/users/:userId/tokens",
       .name = "usersCreateToken",
       .scopes = {"users.write"},
       .answers = {201, "Token"},
       .handler = operation<create_user_token>(),
       .callers = Callers::keys},
  };
  return of_service(Service::users, std::move(routes));
}

}  // namespace portcullis::api
