// Opening sessions: e-mail and password, anonymous, tokens. Source: docs/contract/account.md 5.9 and 6.9.

#include "core/crypto/digest.hpp"
#include "net/actions/commit.hpp"
#include "net/actions/retry_stale.hpp"
#include "net/actions/users.hpp"
#include "net/api/routes.hpp"
#include "net/api/support.hpp"
#include "net/changes/sessions.hpp"
#include "net/changes/tokens.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/pipeline/rate_limits.hpp"
#include "policies/sign_in_policy.hpp"
#include "policies/token_policy.hpp"

namespace portcullis::api {
namespace {

using http::Method;
namespace r = rules;

struct EmailLogin {
  std::string email;
  Secret password;

  static Inputs params() {
    return inputs<EmailLogin>(
        {required("email", r::email, &EmailLogin::email), required("password", r::password, &EmailLogin::password)});
  }
};

struct TokenLogin {
  std::string user_id;
  Secret secret;

  static Inputs params() {
    return inputs<TokenLogin>({required("userId", r::custom_id, &TokenLogin::user_id),
                               required("secret", r::token_secret, &TokenLogin::secret)});
  }
};

/// 401 alike for an unknown e-mail, a user without password and a wrong one, after the same work.
awaitable<result<Verdict>> prove_sign_in(Services& svc, const Call& call, const EmailLogin& login,
                                         const storage::SignInPremise& premise, HashTicket ticket) {
  const std::optional<storage::Account>& found = premise.account;
  const bool known = found && policies::has_password(found->credential);
  // The decoy is made for everybody: making it takes time too.
  const PasswordHash decoy = svc.hasher.decoy(call.live_project->decoy_key, premise.hash_classes, login.email);
  ReadHash expected = svc.hasher.read(known ? found->credential.hash : decoy);
  Secret password = login.password.clone();
  constexpr OnMatch then = OnMatch::hash_anew;
  result<Verdict> proved =
      co_await check_password(svc, call, std::move(expected), std::move(password), std::move(ticket), then);
  if (proved && !known) co_return error(errc::user_invalid_credentials);
  const result<void> allowed = proved ? policies::may_sign_in(found->user) : result<void>{};
  if (!allowed) co_return allowed.error();
  co_return proved;
}

/// The new hash goes into the commit that opens the session; a current one has none.
std::optional<changes::Renewal> renewal_of(const storage::Account& account, Verdict& proved) {
  if (!proved.fresh) return std::nullopt;
  return changes::Renewal{account.credential.hash, std::move(*proved.fresh)};
}

/// Against the user as it is read here. Errors: again, and those of the sign-in.
awaitable<result<Answer>> try_sign_in(Services& svc, const Call& call, const EmailLogin& login, HashTicket ticket) {
  std::string email = login.email;
  const result<storage::SignInPremise> premise = co_await svc.store.sign_in_premise(call.project(), std::move(email));
  if (!premise) co_return premise.error();
  const std::optional<storage::Account>& found = premise->account;
  result<Verdict> proved = co_await prove_sign_in(svc, call, login, *premise, std::move(ticket));
  if (!proved) {
    const std::string_view who = found ? std::string_view(found->user.id) : std::string_view{};
    log_security(svc, call, "sign_in", "failed", who, describe(proved.error().code).type);
    co_return proved.error();
  }
  const storage::Account& account = *found;
  const Grant grant = grant_session(svc, call, account.user.id, "email", account.user.email, "password");
  auto make = [p = call.project(), session = grant.session, revision = account.credential.password_revision,
               max = call.settings().max_sessions, renewal = renewal_of(account, *proved)] {
    return changes::open_session(p, changes::OpenSession{session, revision, max, false, renewal});
  };
  const result<Session> session = co_await commit<Session>(svc.store.engine(), std::move(make));
  if (!session) co_return session.error();
  log_security(svc, call, "sign_in", "ok", session->user_id);
  co_return session_created(*session, grant, call);
}

/// The frame of a whole sign-in takes 4 KiB, which a storm's refusals do without.
awaitable<result<Answer>> create_email_session(Services& svc, const Call& call, const EmailLogin& login) {
  HashTicket ticket = call.ticket(svc, login.email);
  const result<void> admitted = svc.hasher.admit(ticket);
  if (!admitted) co_return admitted.error();
  auto attempt = [&svc, &call, &login, &ticket] { return try_sign_in(svc, call, login, ticket); };
  co_return co_await retry_stale<Answer>(std::move(attempt));
}

awaitable<result<Answer>> create_anonymous_session(Services& svc, const Call& call) {
  if (call.is_console()) co_return error(errc::user_anonymous_console_prohibited);
  changes::NewUser made;
  made.user = new_user(unique_id(call.now, svc.random), call.now);
  made.user_limit = call.settings().user_limit;
  made.accessed_at = call.now;
  const Grant grant = grant_session(svc, call, made.user.id, "anonymous", "", "anonymous");
  made.session = grant.session;
  FirstPassword none;
  const result<changes::CreatedUser> created =
      co_await make_user(svc, *call.live_project, std::move(made), std::move(none));
  if (!created) co_return created.error();
  log_security(svc, call, "sign_in", "ok", created->user.id, "anonymous");
  co_return session_created(grant.session, grant, call);
}

/// The token's session; 401 alike for an unknown user and for a secret that is wrong, used or expired.
awaitable<result<Answer>> redeem_token(Services& svc, const Call& call, const TokenLogin& login) {
  std::string user_id = login.user_id;
  const result<std::vector<Token>> tokens = co_await svc.store.tokens(call.project(), std::move(user_id));
  if (!tokens) co_return tokens.error();
  const crypto::Sha256 hash = crypto::sha256(login.secret.view());
  const Token* const token = changes::find_sign_in_token(*tokens, hash, call.now);
  if (token == nullptr) co_return error(errc::user_invalid_token);
  const policies::TokenKind& kind = *policies::token_kind(token->type);
  const Grant grant = grant_session(svc, call, login.user_id, kind.provider, "", kind.factor);
  auto make = [p = call.project(), id = token->id, hash, session = grant.session, max = call.settings().max_sessions,
               now = call.now] {
    return changes::redeem_token(p, changes::Redemption{id, hash, session, max, now});
  };
  const result<Session> session = co_await commit<Session>(svc.store.engine(), std::move(make));
  if (!session) co_return session.error();
  log_security(svc, call, "sign_in", "ok", session->user_id, "token");
  co_return session_created(*session, grant, call);
}

/// Blocked users get their session too, and are refused with it.
awaitable<result<Answer>> create_token_session(Services& svc, const Call& call, const TokenLogin& input) {
  const std::string_view user_id = input.user_id;
  const result<FailureCharges> charged = charge_token_check(svc, call, user_id);
  if (!charged) co_return charged.error();
  result<Answer> answer = co_await redeem_token(svc, call, input);
  const bool failed = !answer && answer.error().code == errc::user_invalid_token;
  settle_check(svc, *charged, failed ? CheckOutcome::failed : CheckOutcome::passed_or_not_made);
  if (failed) log_security(svc, call, "sign_in", "failed", user_id, "user_invalid_token");
  co_return answer;
}

RateRule by_email_until_success(std::uint32_t count) {
  return {.rule = {count, 3600},
          .keys = {"url:{url},email:{param-email}"},
          .reset_on_created = true,
          .known_network_share = true};
}

/// Shared by all that sign in with a token.
RateRule by_user_until_success(std::uint32_t count) {
  return {.rule = {count, 3600}, .keys = {"ip:{ip},userId:{param-userId}"}, .reset_on_created = true};
}

}  // namespace

std::vector<Route> sign_in_rows() {
  std::vector<Route> routes{
      {.method = Method::post,
       .path = "/v1/account/sessions/email",
       .aliases = {"/v1/account/sessions"},
       .name = "accountCreateEmailPasswordSession",
       .scopes = {"sessions.write"},
       .answers = {201, "Session"},
       .handler = operation<create_email_session>(),
       .rate = by_email_until_success(10),
       .auth_method = AuthMethod::email_password,
       .opens_session = true},
      {.method = Method::post,
       .path = "/v1/account/sessions/anonymous",
       .name = "accountCreateAnonymousSession",
       .scopes = {"sessions.write"},
       .answers = {201, "Session"},
       .handler = operation<create_anonymous_session>(),
       .rate = RateRule{.rule = {50, 3600}, .keys = {"ip:{ip}"}},
       .auth_method = AuthMethod::anonymous,
       .opens_session = true},
      {.method = Method::post,
       .path = "/v1/account/sessions/token",
       .name = "accountCreateSession",
       .scopes = {"sessions.write"},
       .answers = {201, "Session"},
       .handler = operation<create_token_session>(),
       .rate = by_user_until_success(10),
       .opens_session = true},
  };
  return of_service(Service::account, std::move(routes));
}

}  // namespace portcullis::api
