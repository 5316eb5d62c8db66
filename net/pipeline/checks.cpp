#include "net/pipeline/checks.hpp"

#include <algorithm>

#include "net/http/forwarded.hpp"
#include "net/pipeline/impersonation.hpp"
#include "policies/origin_policy.hpp"
#include "policies/session_policy.hpp"
#include "policies/sign_in_policy.hpp"

namespace portcullis::checks {
namespace {

bool service_is_on(Service service, const ServiceSwitches& switches) {
  switch (service) {
    case Service::none:
      return true;
    case Service::account:
      return switches.account;
    case Service::health:
      return switches.health;
    case Service::users:
      return switches.users;
    case Service::project:
      return switches.project;
    case Service::projects:
      return true;
    case Service::teams:
      return switches.teams;
  }
  return true;
}

}  // namespace

bool origin_is_allowed(const Facts& f) {
  // An unknown project has no hosts of its own, but its 404 must reach the page: the server's own hosts decide. So they
  // do for administrators: a page of the project must not act on it with their cookies.
  const bool as_administrator = f.call.admin_mode && !f.call.is_key();
  const std::shared_ptr<const LiveProject> project =
      f.call.live_project && !as_administrator ? f.call.live_project : f.services.projects.find(console_id);
  const std::string_view page = f.request.header("Origin");
  // With a dev key any page may call, but not one that hides where it is from, and not as an administrator.
  if (!f.call.principal.dev_key_id.empty() && !as_administrator) return policies::names_a_page(page);
  const bool localhost = f.services.config.allow_localhost_origin || http::is_near(f.request);
  const policies::OriginFacts facts{page, localhost, &project->allowed_hosts, project->project.id, &project->app_types};
  return policies::origin_allowed(facts);
}

result<void> admin_mode(const Facts& f) {
  if (f.call.admin_mode && f.call.is_console()) return errc::general_bad_request;
  return {};
}

result<void> admin_membership(const Facts& f) {
  if (f.call.admin_mode && !f.call.is_privileged()) return errc::user_unauthorized;
  if (f.call.team_standing == TeamStanding::stranger) return errc::user_unauthorized;
  return {};
}

result<void> origin(const Facts& f) {
  // A page cannot know a key of its visitor's; that one was sent proves nothing.
  if (f.request.header("Origin").empty() || f.call.is_key()) return {};
  if (!origin_is_allowed(f)) return errc::general_unknown_origin;
  return {};
}

result<void> service_enabled(const Facts& f) {
  if (f.call.is_privileged() || service_is_on(f.call.route->service, f.call.settings().services)) return {};
  return errc::general_service_disabled;
}

result<void> api_enabled(const Facts& f) {
  if (!f.call.is_privileged() && !f.call.settings().protocols.rest) return errc::general_api_disabled;
  return {};
}

result<void> scope(const Facts& f) {
  const Route& route = *f.call.route;
  // `sessions.write`, which guests hold for their own sign-in, is among the scopes of these routes.
  const bool wants_key = route.callers == Callers::keys || route.callers == Callers::keys_and_impersonators;
  if (wants_key && !f.call.is_privileged()) {
    if (reads_users_as_impersonator(f.call)) return {};
    return errc::general_unauthorized_scope;
  }
  if (route.service == Service::project && f.call.is_console())
    return errc::general_access_forbidden;  // the built-in project is set by flags, not by callers
  if (route.service == Service::projects && !f.call.is_console()) return errc::general_access_forbidden;
  if (route.callers == Callers::team_administrators && f.call.team_standing == TeamStanding::administrator) return {};
  const Principal& who = f.call.principal;
  const auto held = [&](std::string_view name) { return policies::holds_scope(who.caller, who.key_scopes, name); };
  if (!route.scopes.empty() && std::none_of(route.scopes.begin(), route.scopes.end(), held))
    return errc::general_unauthorized_scope;
  if (route.console_only && !f.call.is_console()) return errc::general_route_not_found;
  const bool wants_user = route.callers == Callers::users || route.callers == Callers::team_administrators;
  if (wants_user && who.caller != policies::Caller::user) return errc::general_unauthorized_scope;
  return {};
}

result<void> not_blocked(const Facts& f) {
  if (!f.call.principal.profile) return {};
  return policies::may_sign_in(f.call.user());
}

result<void> no_reset_pending(const Facts& f) {
  if (f.call.principal.profile && f.call.user().reset) return errc::user_password_reset_required;
  return {};
}

result<void> enough_factors(const Facts& f) {
  if (f.call.route->mfa_exempt) return {};
  const BorrowedSession* session = f.call.session();
  if (session && session->factors.size() < policies::needed_factors(f.call.user()))
    return errc::user_more_factors_required;
  return {};
}

result<void> impersonation(const Facts& f) {
  if (f.call.principal.impersonation_fault) return *f.call.principal.impersonation_fault;
  return {};
}

result<void> auth_method(const Facts& f) {
  if (f.call.is_privileged()) return {};
  const ProjectSettings& settings = f.call.settings();
  bool on = true;
  switch (f.call.route->auth_method) {
    case AuthMethod::none:
      break;
    case AuthMethod::email_password:
      on = settings.email_password;
      break;
    case AuthMethod::anonymous:
      on = settings.anonymous;
      break;
    case AuthMethod::jwt:
      on = settings.jwt;
      break;
  }
  if (!on) return errc::user_auth_method_unsupported;
  return {};
}

result<void> no_session_yet(const Facts& f) {
  if (!f.call.route->opens_session) return {};
  if (f.call.principal.profile || f.call.principal.session_sent) return errc::user_session_already_exists;
  return {};
}

result<void> recent_mfa(const Facts& f) {
  if (!f.call.route->recent_mfa) return {};
  const BorrowedSession* session = f.call.session();
  if (!session || !policies::recent_mfa(*session, f.call.now)) return errc::user_challenge_required;
  return {};
}

result<void> timestamp(const Facts& f) {
  const std::string_view text = f.request.header("X-Appwrite-Timestamp");
  if (!f.call.route->reads_timestamp || text.empty() || parse_iso8601(text)) return {};
  return error(errc::general_argument_invalid, "X-Appwrite-Timestamp", "an ISO 8601 date");
}

}  // namespace portcullis::checks
