// Each check alone: what it refuses, of whom, and whom it lets by.
#include "net/pipeline/checks.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/app_fixture.hpp"

namespace portcullis::test {
namespace {

using policies::Caller;
using Verdict = std::optional<errc>;
constexpr std::nullopt_t passes = std::nullopt;

/// A guest's call of a project that is like a new one.
struct Checked : AppFixture {
  Checked() {
    live->project.id = "shop";
    live->project.number = ProjectNo{7};
    call.route = &route;
    call.live_project = call.home = live;
    call.now = clock.now();
    request.peer = boost::asio::ip::make_address("198.51.100.7");
  }
  [[nodiscard]] Verdict verdict(checks::Check check) const {
    const result<void> passed = check(checks::Facts{services, request, call});
    return passed ? Verdict{} : Verdict{passed.error().code};
  }
  /// Somebody with a session that one factor opened.
  void sign_in_somebody() {
    profile->session.emplace();
    profile->session->factors = {"password"};
    call.principal.profile = profile;
    call.principal.caller = Caller::user;
  }
  void at_console() { call.live_project = call.home = services.projects.find(console_id); }
  void from_page(std::string_view origin) {
    request.headers = {};
    request.headers.emplace_back("Origin", std::string(origin));
  }
  ProjectSettings& settings() { return live->project.settings; }

  Services& services = app().services();
  std::shared_ptr<LiveProject> live = std::make_shared<LiveProject>();
  std::shared_ptr<storage::Profile> profile = std::make_shared<storage::Profile>();
  Route route;
  http::Request request;
  Call call;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pipeline_checks, Checked)

BOOST_AUTO_TEST_CASE(nobody_administers_the_console_itself) {
  call.admin_mode = true;
  BOOST_TEST((verdict(checks::admin_mode) == passes));
  at_console();
  BOOST_TEST((verdict(checks::admin_mode) == errc::general_bad_request));
  call.admin_mode = false;
  BOOST_TEST((verdict(checks::admin_mode) == passes));
}

BOOST_AUTO_TEST_CASE(a_page_calls_from_a_host_of_the_project) {
  BOOST_TEST((verdict(checks::origin) == passes));  // no page
  live->allowed_hosts = {"shop.example"};
  from_page("https://shop.example");
  BOOST_TEST((verdict(checks::origin) == passes));
  from_page("https://evil.example");
  BOOST_TEST((verdict(checks::origin) == errc::general_unknown_origin));
  call.principal.caller = Caller::key;
  BOOST_TEST((verdict(checks::origin) == passes));
}

BOOST_AUTO_TEST_CASE(a_page_of_the_project_does_not_act_as_its_administrator) {
  live->allowed_hosts = {"shop.example"};
  from_page("https://shop.example");
  call.admin_mode = true;
  BOOST_TEST((verdict(checks::origin) == errc::general_unknown_origin));
  call.principal.dev_key_id = "dev";
  BOOST_TEST((verdict(checks::origin) == errc::general_unknown_origin));
}

BOOST_AUTO_TEST_CASE(a_dev_key_lets_any_page_in_that_says_where_it_is) {
  call.principal.dev_key_id = "dev";
  from_page("https://any.example");
  BOOST_TEST((verdict(checks::origin) == passes));
  from_page("null");
  BOOST_TEST((verdict(checks::origin) == errc::general_unknown_origin));
}

BOOST_AUTO_TEST_CASE(localhost_is_for_those_who_are_there) {
  from_page("http://localhost:3000");
  BOOST_TEST((verdict(checks::origin) == errc::general_unknown_origin));
  request.peer = boost::asio::ip::make_address("127.0.0.1");
  request.loopback_listener = true;
  request.headers.emplace_back("Host", "localhost");
  BOOST_TEST((verdict(checks::origin) == passes));
}

BOOST_AUTO_TEST_CASE(who_asks_to_administer_must_be_an_administrator) {
  call.admin_mode = true;
  BOOST_TEST((verdict(checks::admin_membership) == errc::user_unauthorized));
  call.principal.caller = Caller::admin;
  BOOST_TEST((verdict(checks::admin_membership) == passes));
  call.team_standing = TeamStanding::stranger;
  BOOST_TEST((verdict(checks::admin_membership) == errc::user_unauthorized));
  call.team_standing = TeamStanding::member;
  BOOST_TEST((verdict(checks::admin_membership) == passes));
}

BOOST_AUTO_TEST_CASE(a_service_that_is_off_is_off_for_clients) {
  struct Row {
    Service service;
    bool ServiceSwitches::*on;
  };
  const Row rows[] = {{Service::account, &ServiceSwitches::account},
                      {Service::health, &ServiceSwitches::health},
                      {Service::users, &ServiceSwitches::users},
                      {Service::project, &ServiceSwitches::project},
                      {Service::teams, &ServiceSwitches::teams}};
  for (const Row& row : rows) {
    route.service = row.service;
    BOOST_TEST((verdict(checks::service_enabled) == passes));
    settings().services.*row.on = false;
    BOOST_TEST((verdict(checks::service_enabled) == errc::general_service_disabled));
    settings().services.*row.on = true;
  }
  settings().services.teams = false;
  call.principal.caller = Caller::admin;
  BOOST_TEST((verdict(checks::service_enabled) == passes));
}

BOOST_AUTO_TEST_CASE(an_api_that_is_off_is_off_for_clients) {
  BOOST_TEST((verdict(checks::api_enabled) == passes));
  settings().protocols.rest = false;
  BOOST_TEST((verdict(checks::api_enabled) == errc::general_api_disabled));
  call.principal.caller = Caller::key;
  BOOST_TEST((verdict(checks::api_enabled) == passes));
}

BOOST_AUTO_TEST_CASE(one_scope_of_a_route_suffices) {
  route.scopes = {"users.read", "account"};
  BOOST_TEST((verdict(checks::scope) == errc::general_unauthorized_scope));
  sign_in_somebody();
  BOOST_TEST((verdict(checks::scope) == passes));
  call.principal.caller = Caller::key;
  BOOST_TEST((verdict(checks::scope) == errc::general_unauthorized_scope));
  call.principal.key_scopes = {"users.read"};
  BOOST_TEST((verdict(checks::scope) == passes));
}

BOOST_AUTO_TEST_CASE(a_route_for_keys_is_for_keys_administrators_and_impersonators_where_it_says_so) {
  route.callers = Callers::keys;
  sign_in_somebody();
  profile->user.impersonator = true;
  BOOST_TEST((verdict(checks::scope) == errc::general_unauthorized_scope));
  route.callers = Callers::keys_and_impersonators;
  BOOST_TEST((verdict(checks::scope) == passes));
  profile->user.impersonator = false;
  BOOST_TEST((verdict(checks::scope) == errc::general_unauthorized_scope));
  for (const Caller caller : {Caller::key, Caller::admin}) {
    call.principal.caller = caller;
    BOOST_TEST((verdict(checks::scope) == passes));
  }
}

BOOST_AUTO_TEST_CASE(routes_of_people_are_not_for_keys_and_guests) {
  for (const Callers callers : {Callers::users, Callers::team_administrators}) {
    route.callers = callers;
    for (const Caller caller : {Caller::guest, Caller::key, Caller::admin}) {
      call.principal.caller = caller;
      BOOST_TEST((verdict(checks::scope) == errc::general_unauthorized_scope));
    }
  }
  sign_in_somebody();
  BOOST_TEST((verdict(checks::scope) == passes));
}

BOOST_AUTO_TEST_CASE(who_administers_the_team_that_decides_needs_no_scope) {
  at_console();
  sign_in_somebody();
  route.callers = Callers::team_administrators;
  route.scopes = {"projects.write"};
  call.team_standing = TeamStanding::member;
  BOOST_TEST((verdict(checks::scope) == errc::general_unauthorized_scope));
  call.team_standing = TeamStanding::administrator;
  BOOST_TEST((verdict(checks::scope) == passes));
}

BOOST_AUTO_TEST_CASE(services_of_projects_and_of_the_console_keep_to_their_place) {
  route.service = Service::projects;
  BOOST_TEST((verdict(checks::scope) == errc::general_access_forbidden));
  route.service = Service::none;
  route.console_only = true;
  BOOST_TEST((verdict(checks::scope) == errc::general_route_not_found));
  at_console();
  BOOST_TEST((verdict(checks::scope) == passes));
  route.service = Service::project;
  BOOST_TEST((verdict(checks::scope) == errc::general_access_forbidden));
}

BOOST_AUTO_TEST_CASE(a_blocked_user_and_one_who_must_reset_go_no_further) {
  for (const checks::Check check : {checks::not_blocked, checks::no_reset_pending})
    BOOST_TEST((verdict(check) == passes));  // nobody
  sign_in_somebody();
  for (const checks::Check check : {checks::not_blocked, checks::no_reset_pending})
    BOOST_TEST((verdict(check) == passes));
  profile->user.status = false;
  BOOST_TEST((verdict(checks::not_blocked) == errc::user_blocked));
  profile->user.reset = true;
  BOOST_TEST((verdict(checks::no_reset_pending) == errc::user_password_reset_required));
}

BOOST_AUTO_TEST_CASE(a_session_of_one_factor_is_not_enough_where_two_are_needed) {
  sign_in_somebody();
  BOOST_TEST((verdict(checks::enough_factors) == passes));
  profile->user.mfa = profile->user.email_verified = true;
  BOOST_TEST((verdict(checks::enough_factors) == errc::user_more_factors_required));
  route.mfa_exempt = true;
  BOOST_TEST((verdict(checks::enough_factors) == passes));
  route.mfa_exempt = false;
  profile->session->factors = {"password", "totp"};
  BOOST_TEST((verdict(checks::enough_factors) == passes));
}

BOOST_AUTO_TEST_CASE(somebody_who_is_nobody_cannot_be_acted_as) {
  BOOST_TEST((verdict(checks::impersonation) == passes));
  call.principal.impersonation_fault = error(errc::user_not_found);
  BOOST_TEST((verdict(checks::impersonation) == errc::user_not_found));
}

BOOST_AUTO_TEST_CASE(a_way_to_sign_in_that_is_off_is_off_for_clients) {
  struct Row {
    AuthMethod method;
    bool ProjectSettings::*on;
  };
  const Row rows[] = {{AuthMethod::email_password, &ProjectSettings::email_password},
                      {AuthMethod::anonymous, &ProjectSettings::anonymous},
                      {AuthMethod::jwt, &ProjectSettings::jwt}};
  for (const Row& row : rows) {
    route.auth_method = row.method;
    call.principal.caller = Caller::guest;
    BOOST_TEST((verdict(checks::auth_method) == passes));
    settings().*row.on = false;
    BOOST_TEST((verdict(checks::auth_method) == errc::user_auth_method_unsupported));
    call.principal.caller = Caller::key;
    BOOST_TEST((verdict(checks::auth_method) == passes));
  }
}

BOOST_AUTO_TEST_CASE(who_is_signed_in_opens_no_second_session) {
  call.principal.session_sent = true;
  BOOST_TEST((verdict(checks::no_session_yet) == passes));
  route.opens_session = true;
  BOOST_TEST((verdict(checks::no_session_yet) == errc::user_session_already_exists));
  call.principal.session_sent = false;
  BOOST_TEST((verdict(checks::no_session_yet) == passes));
  sign_in_somebody();  // also by a JWT
  BOOST_TEST((verdict(checks::no_session_yet) == errc::user_session_already_exists));
}

BOOST_AUTO_TEST_CASE(some_routes_want_a_challenge_that_was_passed_lately) {
  sign_in_somebody();
  BOOST_TEST((verdict(checks::recent_mfa) == passes));
  route.recent_mfa = true;
  BOOST_TEST((verdict(checks::recent_mfa) == errc::user_challenge_required));
  profile->session->mfa_updated_at = call.now;
  BOOST_TEST((verdict(checks::recent_mfa) == passes));
  call.principal.profile.reset();
  BOOST_TEST((verdict(checks::recent_mfa) == errc::user_challenge_required));
}

BOOST_AUTO_TEST_CASE(a_timestamp_is_read_where_the_route_reads_one) {
  request.headers.emplace_back("X-Appwrite-Timestamp", "yesterday");
  BOOST_TEST((verdict(checks::timestamp) == passes));
  route.reads_timestamp = true;
  BOOST_TEST((verdict(checks::timestamp) == errc::general_argument_invalid));
  request.headers = {};
  BOOST_TEST((verdict(checks::timestamp) == passes));
  request.headers.emplace_back("X-Appwrite-Timestamp", "2026-01-02T03:04:05.000+00:00");
  BOOST_TEST((verdict(checks::timestamp) == passes));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::test
