// Sessions that exist: list, show, extend, delete, and the tokens made of them. Source: docs/contract/account.md 6.8,
// 6.12 and 9.

#include <algorithm>

#include "net/actions/commit.hpp"
#include "net/api/handlers.hpp"
#include "net/api/support.hpp"
#include "net/changes/sessions.hpp"
#include "net/pipeline/viewer.hpp"
#include "net/wire/models/models.hpp"

namespace portcullis::api {
namespace {

std::string_view current_id(const Call& call) { return call.session() ? call.session()->id : std::string_view{}; }

/// The id a path names: `current` is the caller's session. Errors: user_session_not_found (no current session).
result<std::string> named_session(const Call& call) {
  const std::string& id = call.input<SessionInput>().session_id;
  if (id != "current") return id;
  if (!call.session()) return errc::user_session_not_found;
  return std::string(call.session()->id);
}

}  // namespace

awaitable<result<Answer>> list_sessions(Services& svc, const Call& call) {
  std::string user_id = call.user_id();
  const result<std::vector<Session>> sessions =
      co_await svc.store.sessions(call.project(), std::move(user_id), call.now);
  if (!sessions) co_return sessions.error();
  Answer answer;
  answer.body = models::session_list(*sessions, sessions->size(), current_id(call), viewer_of(call));
  co_return answer;
}

awaitable<result<Answer>> show_session(Services& svc, const Call& call) {
  const result<std::string> id = named_session(call);
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

awaitable<result<Answer>> extend_session(Services& svc, const Call& call) {
  const result<std::string> id = named_session(call);
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

awaitable<result<Answer>> delete_session(Services& svc, const Call& call) {
  const result<std::string> id = named_session(call);
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

awaitable<result<Answer>> create_jwt(Services&, const Call& call) {
  if (call.jwt_sent) co_return error(errc::user_jwt_creation_denied);
  if (!call.session()) co_return error(errc::user_session_not_found);
  co_return answer_jwt(call, call.user().id, call.session()->id, call.input<JwtInput>().duration_s);
}

}  // namespace portcullis::api
