// Sessions that exist: list, show, extend, delete, and the tokens made of them. Source: docs/contract/account.md 6.8,
// 6.12 and 9.

#include <algorithm>

#include "net/actions/commit.hpp"
#include "net/api/routes.hpp"
#include "net/api/support.hpp"
#include "net/changes/sessions.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/pipeline/viewer.hpp"
#include "net/wire/models/sessions.hpp"

namespace portcullis::api {
namespace {

using http::Method;
namespace r = rules;

struct SessionInput {
  std::string session_id = "current";

  static Inputs params() { return inputs<SessionInput>({optional("sessionId", r::uid, &SessionInput::session_id)}); }
};

struct JwtInput {
  std::int64_t duration_s = 900;

  static Inputs params() { return inputs<JwtInput>({optional("duration", r::jwt_duration, &JwtInput::duration_s)}); }
};

std::string_view current_id(const Call& call) { return call.session() ? call.session()->id : std::string_view{}; }

/// The id a path names: `current` is the caller's session. Errors: user_session_not_found (no current session).
result<std::string> named_session(const Call& call, const SessionInput& input) {
  const std::string& id = input.session_id;
  if (id != "current") return id;
  if (!call.session()) return errc::user_session_not_found;
  return std::string(call.session()->id);
}

awaitable<result<Answer>> list_sessions(Services& svc, const Call& call) {
  std::string user_id = call.user_id();
  const result<std::vector<Session>> sessions =
      co_await svc.store.sessions(call.project(), std::move(user_id), call.now);
  if (!sessions) co_return sessions.error();
  Answer answer;
  answer.body = models::session_list(*sessions, sessions->size(), current_id(call), viewer_of(call));
  co_return answer;
}

awaitable<result<Answer>> show_session(Services& svc, const Call& call, const SessionInput& input) {
  const result<std::string> id = named_session(call, input);
  if (!id) co_return id.error();
  std::string user_id = call.user_id();
  const result<std::vector<Session>> sessions =
      co_await svc.store.sessions(call.project(), std::move(user_id), call.now);
  if (!sessions) co_return sessions.error();
  const auto found = std::find_if(sessions->begin(), sessions->end(), [&](const Session& s) { return s.id == *id; });
  if (found == sessions->end()) co_return error(errc::user_session_not_found);
  const models::SessionView view{*found, found->id == current_id(call), models::country_name(found->country_code), {}};
  Answer answer;
  answer.body = models::session(view, viewer_of(call));
  co_return answer;
}

awaitable<result<Answer>> extend_session(Services& svc, const Call& call, const SessionInput& input) {
  const result<std::string> id = named_session(call, input);
  if (!id) co_return id.error();
  const Time expires_at = call.now + std::chrono::seconds(call.settings().session_duration_s);
  auto make = [p = call.project(), user = call.user_id(), id = *id, now = call.now, expires_at] {
    return changes::extend_session(p, user, id, now, expires_at);
  };
  const result<Session> session = co_await commit<Session>(svc.store.engine(), std::move(make));
  if (!session) co_return session.error();
  Answer answer;
  answer.body = models::session(models::SessionView{*session, false, "", {}}, viewer_of(call));
  // Browsers forget a cookie at the time that it was set with.
  std::string encoded = session->id == current_id(call) ? sent_session(call) : std::string();
  if (!encoded.empty()) answer.opened_session = Answer::OpenedSession{std::move(encoded), session->expires_at};
  co_return answer;
}

awaitable<result<Answer>> delete_session(Services& svc, const Call& call, const SessionInput& input) {
  const result<std::string> id = named_session(call, input);
  if (!id) co_return id.error();
  auto make = [p = call.project(), user = call.user_id(), id = *id, now = call.now] {
    return changes::delete_session(p, user, id, now);
  };
  const result<Session> deleted = co_await commit<Session>(svc.store.engine(), std::move(make));
  if (!deleted) co_return deleted.error();
  log_security(svc, call, "session_delete", "ok", deleted->user_id);
  Answer answer;
  answer.clears_session = deleted->id == current_id(call);
  co_return answer;
}

awaitable<result<Answer>> delete_sessions(Services& svc, const Call& call) {
  auto make = [p = call.project(), user = call.user_id(), now = call.now] {
    return changes::delete_sessions(p, user, now);
  };
  const result<std::size_t> deleted = co_await commit<std::size_t>(svc.store.engine(), std::move(make));
  if (!deleted) co_return deleted.error();
  log_security(svc, call, "session_delete", "ok", call.user().id, "all");
  Answer answer;
  answer.clears_session = call.session() != nullptr;
  co_return answer;
}

awaitable<result<Answer>> create_jwt(Services&, const Call& call, const JwtInput& input) {
  if (call.jwt_sent) co_return error(errc::user_jwt_creation_denied);
  if (!call.session()) co_return error(errc::user_session_not_found);
  co_return answer_jwt(call, call.user().id, call.session()->id, input.duration_s);
}

}  // namespace

std::vector<Route> account_session_rows() {
  std::vector<Route> routes{
      {.path = "/v1/account/sessions",
       .name = "accountListSessions",
       .scopes = {"account"},
       .answers = {200, "SessionList"},
       .handler = operation<list_sessions>()},
      {.method = Method::del,
       .path = "/v1/account/sessions",
       .name = "accountDeleteSessions",
       .scopes = {"account"},
       .answers = {204},
       .handler = operation<delete_sessions>(),
       .rate = by_address(100)},
      {.path = "/v1/account/sessions/:sessionId",
       .name = "accountGetSession",
       .scopes = {"account"},
       .answers = {200, "Session"},
       .handler = operation<show_session>()},
      {.method = Method::patch,
       .path = "/v1/account/sessions/:sessionId",
       .name = "accountUpdateSession",
       .scopes = {"account"},
       .answers = {200, "Session"},
       .handler = operation<extend_session>(),
       .rate = by_address(10)},
      {.method = Method::del,
       .path = "/v1/account/sessions/:sessionId",
       .name = "accountDeleteSession",
       .scopes = {"account"},
       .answers = {204},
       .handler = operation<delete_session>(),
       .rate = by_address(100),
       .mfa_exempt = true,
       .reads_timestamp = true},
      {.method = Method::post,
       .path = "/v1/account/jwts",
       .aliases = {"/v1/account/jwt"},
       .name = "accountCreateJWT",
       .scopes = {"account"},
       .answers = {201, "JWT"},
       .handler = operation<create_jwt>(),
       .rate = RateRule{.rule = {120, 60}, .keys = {"url:{url},userId:{userId}"}},
       .auth_method = AuthMethod::jwt},
  };
  return of_service(Service::account, std::move(routes));
}

}  // namespace portcullis::api
