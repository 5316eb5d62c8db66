#include "net/api/support.hpp"

#include <algorithm>

#include "core/crypto/digest.hpp"
#include "core/crypto/jwt.hpp"
#include "core/json/writer.hpp"
#include "core/user_agent.hpp"
#include "net/actions/passwords.hpp"
#include "net/pipeline/rate_limits.hpp"
#include "net/pipeline/viewer.hpp"
#include "net/wire/models/sessions.hpp"
#include "net/wire/models/tokens.hpp"
#include "net/wire/models/users.hpp"
#include "net/wire/session_text.hpp"

namespace portcullis::api {
namespace {

constexpr std::size_t secret_bytes = 128;  // 256 hexadecimal digits on the wire

/// Waits as long as the slowest check may.
HashTicket patient(const Services& svc, const Call& call, HashTicket ticket) {
  ticket.deadline = call.hashed_by(svc.config.admin_hash_deadline);
  return ticket;
}

}  // namespace

HashTicket ticket_beside(const Services& svc, const Call& call, const Credential& credential,
                         std::string_view account) {
  const auto is_slow = [&svc](const PasswordHash& hash) { return svc.hasher.is_slow(svc.hasher.read(hash)); };
  const bool any =
      is_slow(credential.hash) || std::any_of(credential.history.begin(), credential.history.end(), is_slow);
  HashTicket ticket = call.ticket(svc, account);
  return any ? patient(svc, call, std::move(ticket)) : ticket;
}

awaitable<result<Verdict>> check_password(Services& svc, const Call& call, ReadHash expected, Secret password,
                                          HashTicket ticket, OnMatch then) {
  const result<FailureCharges> charged = charge_password_check(svc, call);
  if (!charged) co_return charged.error();
  if (svc.hasher.is_slow(expected)) ticket = patient(svc, call, std::move(ticket));
  result<Verdict> verdict =
      co_await svc.hasher.verify(std::move(expected), std::move(password), std::move(ticket), then);
  const bool failed = verdict && !verdict->matches;
  settle_check(svc, *charged, failed ? CheckOutcome::failed : CheckOutcome::passed_or_not_made);
  if (!verdict) co_return verdict.error();
  if (failed) co_return error(errc::user_invalid_credentials);
  co_return std::move(*verdict);
}

Grant grant_session(Services& svc, const Call& call, std::string user_id, std::string provider,
                    std::string provider_uid, std::string factor) {
  Grant grant;
  std::string secret = svc.random.hex(secret_bytes);
  Session& session = grant.session;
  session.id = unique_id(call.now, svc.random);
  session.created_at = session.updated_at = call.now;
  session.user_id = std::move(user_id);
  session.expires_at = call.now + std::chrono::seconds(call.settings().session_duration_s);
  session.provider = std::move(provider);
  session.provider_uid = std::move(provider_uid);
  session.factors = {std::move(factor)};
  session.ip = call.client.ip();
  session.country_code = "--";
  session.user_agent = call.client.user_agent.empty() ? "UNKNOWN" : call.client.user_agent;
  session.client = read_user_agent(call.client.user_agent);
  session.selector = secret.substr(0, selector_digits);
  session.secret_hash = crypto::sha256(secret);
  grant.encoded = encode_session(session.user_id, secret);
  wipe(secret);
  return grant;
}

std::string sent_session(const Call& call) {
  if (!call.session()) return {};
  const Principal& principal = call.principal;
  if (!principal.fallback_secret.empty()) return encode_session(call.user().id, principal.fallback_secret.view());
  const std::optional<SessionText> sent = decode_sent_session(principal.session_text);
  return sent ? encode_session(sent->user_id, sent->secret.view()) : std::string();
}

Answer session_created(const Session& session, const Grant& grant, const Call& call) {
  Answer answer;
  const models::SessionView view{session, true, models::country_name(session.country_code), grant.encoded};
  answer.body = models::session(view, viewer_of(call));
  answer.opened_session = Answer::OpenedSession{grant.encoded, session.expires_at};
  return answer;
}

result<Answer> answer_jwt(const Call& call, std::string_view user_id, std::string_view session_id,
                          std::int64_t duration_s) {
  if (duration_s == 0) return error(errc::general_argument_invalid, "duration", "more than 0 seconds");
  std::string claims;
  json::Writer writer(claims);
  writer.begin_object();
  writer.field("userId", user_id);
  writer.field("sessionId", session_id);
  writer.field("exp", to_millis(call.now) / 1000 + duration_s);
  writer.end_object();
  Answer answer;
  answer.body = models::jwt(crypto::sign_jwt(claims, call.live_project->jwt_key.view()));
  return answer;
}

Answer answer_user(const Call& call, const User& user) {
  storage::Profile profile = call.profile().shown();
  profile.user = borrow(user);
  Answer answer;
  answer.body = models::user(profile, viewer_of(call));
  return answer;
}

awaitable<result<Answer>> answer_user_anew(Services& svc, const Call& call) {
  std::string user_id = call.user_id();
  std::string no_selector;
  const result<std::unique_ptr<storage::Profile>> profile =
      co_await svc.store.profile(call.project(), std::move(user_id), std::move(no_selector));
  if (!profile) co_return profile.error();
  if (!*profile) co_return error(errc::user_not_found);
  Answer answer;
  answer.body = models::user(**profile, viewer_of(call));
  co_return answer;
}

void log_security(Services& svc, const Call& call, std::string_view event, std::string_view outcome,
                  std::string_view user_id, std::string_view reason) {
  const std::string network = call.client.network();
  SecurityLine line{event, outcome, call.live_project->project.id, user_id, network, reason, call.request_id};
  if (call.principal.impersonated && user_id == call.subject().user.id) line.actor = call.user().id;
  svc.log.security(line);
}

result<void> check_personal_data(const Call& call, const BorrowedUser& user, const Secret& password) {
  return portcullis::check_personal_data(call.settings(), user, password);
}

}  // namespace portcullis::api
