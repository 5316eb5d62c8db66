#include <boost/test/unit_test.hpp>

#include "net/commands/commands.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/pipeline/pipeline.hpp"
#include "tests/support/app_fixture.hpp"
#include "tests/support/run.hpp"

namespace portcullis::test {

using http::Method;

namespace {

struct Looked {
  std::string name;

  static Inputs params() { return inputs<Looked>({optional("name", rules::name, &Looked::name)}); }
};

/// What a handler finds of its request.
struct Found {
  std::vector<std::string> members;
  std::size_t budget = 1;
  std::string name;
} found;

awaitable<result<Answer>> look(Services&, const Call& call, const Looked& input) {
  found = {};
  for (const auto& member : call.bag) found.members.push_back(member.first);
  found.budget = call.body->size();
  found.name = input.name;
  Answer answer;
  answer.body = "{}";
  co_return answer;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(app_pipeline)

BOOST_AUTO_TEST_CASE(unknown_routes_and_projects_answer_json_errors_of_the_one_shape) {
  AppFixture app;
  const Reply missing = app.call(Method::get, "/v1/nothing");
  BOOST_TEST(missing.status() == 404);
  BOOST_TEST(missing.type() == "general_route_not_found");
  BOOST_TEST(missing.text("version") == "1.9.6");
  BOOST_TEST(missing.response.header("Cache-Control") == "no-cache, no-store, must-revalidate");
  BOOST_TEST(app.call(Method::get, "/v1/account?project=unknown").type() == "project_not_found");
}

BOOST_AUTO_TEST_CASE(a_foreign_origin_is_refused_unless_it_only_asks_first) {
  AppFixture app;
  const Headers foreign{{"Origin", "https://evil.example"}};
  const Reply refused = app.call(Method::get, "/v1/ping", {}, foreign);
  BOOST_TEST(refused.type() == "general_unknown_origin");
  BOOST_TEST(refused.response.header("Access-Control-Allow-Origin").empty());
  const Reply preflight = app.call(Method::options, "/v1/account", {}, foreign);
  BOOST_TEST(preflight.status() == 204);
  BOOST_TEST(preflight.response.header("Access-Control-Allow-Origin") == "https://evil.example");
  for (const Reply* reply : {&refused, &preflight}) BOOST_TEST(reply->response.header("Vary") == "Origin");
  const std::optional<json::Value> hosts = json::parse(R"({"project":"p1","settings":{"webHosts":"*.example"}})");
  BOOST_TEST(commands::run_now(app.app().services(), "project.set", *hosts).ok);
  BOOST_TEST(app.call(Method::get, "/v1/ping", {}, foreign).status() == 200);
  BOOST_TEST(app.call(Method::get, "/v1/ping", {}, {{"Origin", "null"}}).type() == "general_unknown_origin");
}

BOOST_AUTO_TEST_CASE(no_answer_is_kept_by_a_cache) {
  AppFixture app;
  const Reply made = app.sign_up("a@example.com");
  const Reply session = app.sign_in("a@example.com");
  const Reply shown = app.call(Method::get, "/v1/account", {}, AppFixture::with_session(session.session()));
  for (const Reply* reply : {&made, &session, &shown})
    BOOST_TEST(reply->response.header("Cache-Control") == "no-store");
}

BOOST_AUTO_TEST_CASE(newer_formats_that_sdks_were_seen_to_read_bring_no_warning) {
  AppFixture app;
  const auto warned = [&](const char* format) {
    const Reply reply = app.call(Method::get, "/v1/ping", {}, {{"X-Appwrite-Response-Format", format}});
    return !reply.response.header("X-Appwrite-Warning").empty();
  };
  for (const char* spoken : {"1.8.0", "1.9.6", "2.3.0", "2.5.0"}) BOOST_TEST(!warned(spoken), spoken);
  for (const char* newer : {"1.9.7", "2.3.1", "2.6.0", "3.0.0"}) BOOST_TEST(warned(newer), newer);
}

BOOST_AUTO_TEST_CASE(sign_up_with_an_address_that_is_another_users_target_tells_nothing_of_it) {
  AppFixture app;
  const std::string owner = app.sign_up("owner@example.com").text("$id");
  const std::string key = app.make_key({"users.write", "users.read"});
  const Reply target = app.call(Method::post, "/v1/users/" + owner + "/targets",
                                R"({"targetId":"secretid","providerType":"email","identifier":"extra@example.com",)"
                                R"("name":"A private name"})",
                                {{"X-Appwrite-Key", key}});
  BOOST_TEST(target.status() == 201);
  const Reply made = app.sign_up("extra@example.com");
  BOOST_TEST(made.status() == 201);
  for (const std::string_view theirs :
       {std::string_view(owner), std::string_view("secretid"), std::string_view("private")})
    BOOST_TEST(made.response.body.find(theirs) == std::string::npos, theirs);
}

BOOST_AUTO_TEST_CASE(a_handler_begins_without_the_body_and_the_bag) {
  AppFixture app;
  const std::vector<Route> routes{{.method = Method::post,
                                   .path = "/v1/look",
                                   .name = "look",
                                   .handler = operation<look>(),
                                   .rate = RateRule{.rule = {10, 60}, .keys = {"url:{url},email:{param-email}"}}}};
  Pipeline pipeline(app.app().services(), routes);
  const SystemClock clock;
  http::BodyBudget budget(1 << 20, clock);
  http::BodyShare share(budget);
  http::Request request;
  request.method = Method::post;
  request.target = "/v1/look";
  request.peer = boost::asio::ip::make_address("203.0.113.9");
  for (const auto& line : Headers{{"X-Appwrite-Project", "p1"}, {"Content-Type", "application/json"}})
    request.headers.emplace_back(line.first, line.second);
  request.body = R"({"name":"Ada","email":"a@example.com","filler":")" + std::string(100'000, 'x') + "\"}";
  BOOST_REQUIRE(share.hold(request.body.size()));
  http::Exchange exchange;
  exchange.body = &share;
  const http::Response response = run(pipeline.run(request, std::move(exchange)));
  BOOST_TEST(response.status == 200);
  BOOST_TEST(found.name == "Ada");
  BOOST_TEST(found.members.empty());
  BOOST_TEST(found.budget == 0U);
  BOOST_TEST(budget.free() == std::size_t{1} << 20);
}

BOOST_AUTO_TEST_CASE(keys_are_checked_against_their_project_and_scopes) {
  AppFixture app;
  const std::string secret = app.make_key({"sessions.write"});
  BOOST_TEST(app.call(Method::get, "/v1/health", {}, {{"X-Appwrite-Key", secret}}).status() == 200);
  BOOST_TEST(app.call(Method::get, "/v1/health").type() == "general_unauthorized_scope");
  BOOST_TEST(app.call(Method::get, "/v1/health", {}, {{"X-Appwrite-Key", secret + "0"}}).type() == "user_unauthorized");
  BOOST_TEST(app.call(Method::get, "/v1/health?project=console", {}, {{"X-Appwrite-Key", secret}}).type() ==
             "project_id_missing");
  app.sign_up("a@example.com");
  const Reply opened = app.call(Method::post, "/v1/account/sessions/email",
                                R"({"email":"a@example.com","password":"password-1"})", {{"X-Appwrite-Key", secret}});
  BOOST_TEST(opened.status() == 201);
  BOOST_TEST(!opened.text("secret").empty());
  const Headers caller = AppFixture::with_session(opened.text("secret"));
  BOOST_TEST(app.call(Method::get, "/v1/account", {}, caller).status() == 200);
}

BOOST_AUTO_TEST_CASE(a_signed_in_caller_opens_no_second_session) {
  AppFixture app;
  app.sign_up("a@example.com");
  const Headers own = AppFixture::with_session(app.sign_in("a@example.com").session());
  const std::string body = R"({"email":"a@example.com","password":"password-1"})";
  BOOST_TEST(app.call(Method::post, "/v1/account/sessions/email", body, own).type() == "user_session_already_exists");
}

BOOST_AUTO_TEST_CASE(switched_off_methods_and_services_refuse_clients) {
  AppFixture app;
  app.set([](ProjectSettings& s) { s.email_password = false; });
  BOOST_TEST(app.sign_up("a@example.com").type() == "user_auth_method_unsupported");
  app.set([](ProjectSettings& s) { s.services.account = false; });
  BOOST_TEST(app.sign_up("a@example.com").type() == "general_service_disabled");
  app.set([](ProjectSettings& s) {
    s.protocols.rest = false;
    s.services.account = true;
  });
  BOOST_TEST(app.sign_up("a@example.com").type() == "general_api_disabled");
}

BOOST_AUTO_TEST_CASE(ten_failures_close_an_email_for_strangers_and_a_success_resets_the_count) {
  AppFixture app;
  app.sign_up("a@example.com");
  for (int i = 0; i < 20; ++i) BOOST_TEST(app.sign_in("a@example.com").status() == 201);
  app.peer = "198.51.100.7";
  for (int i = 0; i < 10; ++i) BOOST_TEST(app.sign_in("A@Example.com ", "wrong-password").status() == 401);
  const Reply limited = app.sign_in("a@example.com", "wrong-password");
  BOOST_TEST(limited.status() == 429);
  BOOST_TEST(limited.response.header("X-RateLimit-Remaining") == "0");
  BOOST_TEST(app.sign_in("a@example.com").status() == 429);
  app.peer = "192.0.2.99";  // nor for a stranger elsewhere
  BOOST_TEST(app.sign_in("a@example.com").status() == 429);
  app.peer = "203.0.113.200";  // the network of a live session keeps its own share
  BOOST_TEST(app.sign_in("a@example.com").status() == 201);
  app.peer = "192.0.2.5";  // which sets the e-mail's window back
  BOOST_TEST(app.sign_in("a@example.com").status() == 201);
  app.peer = "198.51.100.7";  // but not the share of those who failed
  BOOST_TEST(app.sign_in("a@example.com").status() == 429);
}

BOOST_AUTO_TEST_CASE(a_request_whose_parameters_are_wrong_counts_for_no_account) {
  AppFixture app;
  app.sign_up("a@example.com");
  for (int i = 0; i < 20; ++i) {
    const Reply wrong = app.sign_in("a@example.com", "");
    BOOST_TEST(wrong.status() == 400);
    BOOST_TEST(wrong.response.header("X-RateLimit-Remaining") == "9");
  }
  BOOST_TEST(app.sign_in("a@example.com", "wrong-password").response.header("X-RateLimit-Remaining") == "9");
}

BOOST_AUTO_TEST_CASE(the_remaining_attempts_tell_nobody_of_a_success) {
  AppFixture app;
  app.sign_up("a@example.com");
  for (int failures = 0; failures < 9; ++failures) {
    app.peer = "198.51.100.7";
    const Reply failed = app.sign_in("a@example.com", "wrong-password");
    BOOST_TEST(failed.response.header("X-RateLimit-Remaining") == std::to_string(9 - failures));
    app.peer = "203.0.113.9";
    BOOST_TEST(app.sign_in("a@example.com").status() == 201);
  }
}

BOOST_AUTO_TEST_CASE(another_text_with_the_same_marks_reaches_nobodys_share) {
  AppFixture app;
  app.sign_up("a@example.com");
  BOOST_TEST(app.sign_in("a@example.com").status() == 201);
  app.peer = "198.51.100.7";
  for (const char* marks : {"|", ":", ",", "/", "\u0000"})
    for (int i = 0; i < 12; ++i) app.sign_in("a@example.com" + std::string(marks) + "203.0.113.0/24", "wrong-password");
  for (int i = 0; i < 10; ++i) app.sign_in("a@example.com", "wrong-password");
  app.peer = "203.0.113.9";
  BOOST_TEST(app.sign_in("a@example.com").status() == 201);
}

BOOST_AUTO_TEST_CASE(the_share_of_a_known_network_is_no_second_helping) {
  AppFixture app;
  app.sign_up("a@example.com");
  BOOST_TEST(app.sign_in("a@example.com").status() == 201);
  for (int i = 0; i < 10; ++i) BOOST_TEST(app.sign_in("a@example.com", "wrong-password").status() == 401);
  BOOST_TEST(app.sign_in("a@example.com").status() == 429);
  app.clock.advance(std::chrono::hours(1));
  BOOST_TEST(app.sign_in("a@example.com").status() == 201);
}

BOOST_AUTO_TEST_CASE(one_network_may_fail_only_so_often_whatever_the_email) {
  AppFixture app([](Config& config) { config.network_limit = 5; });
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(app.sign_in("u" + std::to_string(i) + "@example.com", "wrong-password").status() == 401);
  const Reply refused = app.sign_in("u9@example.com", "wrong-password");
  BOOST_TEST(refused.status() == 429);
  BOOST_TEST(!refused.response.header("Retry-After").empty());
  app.peer = "198.51.100.7";
  BOOST_TEST(app.sign_in("u9@example.com", "wrong-password").status() == 401);
}

BOOST_AUTO_TEST_CASE(exhausted_windows_survive_a_restart) {
  AppFixture app;
  app.sign_up("a@example.com");
  for (int i = 0; i < 10; ++i) app.sign_in("a@example.com", "wrong-password");
  app.restart();
  BOOST_TEST(app.sign_in("a@example.com").status() == 429);
}

BOOST_AUTO_TEST_CASE(cookies_carry_the_contracts_attributes) {
  AppFixture app;
  app.sign_up("a@example.com");
  const Reply opened = app.sign_in("a@example.com");
  const std::vector<std::string_view> cookies = opened.response.all("Set-Cookie");
  BOOST_REQUIRE(cookies.size() == 2U);
  for (const std::string_view cookie : cookies) {
    const bool legacy = cookie.starts_with("a_session_p1_legacy=");
    BOOST_TEST((legacy || cookie.starts_with("a_session_p1=")));
    BOOST_TEST((cookie.find("HttpOnly") != std::string_view::npos));
    BOOST_TEST((cookie.find("SameSite=None") != std::string_view::npos) == !legacy);
    BOOST_TEST((cookie.find("Secure") == std::string_view::npos));
    BOOST_TEST((cookie.find("omain=") == std::string_view::npos));
  }
}

BOOST_AUTO_TEST_CASE(a_newer_format_is_warned_of_and_an_older_one_leaves_fields_out) {
  AppFixture app;
  app.sign_up("a@example.com");
  Headers own = AppFixture::with_session(app.sign_in("a@example.com").session());
  own.emplace_back("X-Appwrite-Response-Format", "2.4.0");
  const Reply newer = app.call(Method::get, "/v1/account", {}, own);
  BOOST_TEST(!newer.response.header("X-Appwrite-Warning").empty());
  own.back().second = "1.8.0";
  const Reply older = app.call(Method::get, "/v1/account", {}, own);
  BOOST_TEST(older.response.header("X-Appwrite-Warning").empty());
  BOOST_TEST((json::find(*older.body.object(), "impersonator") == nullptr));
  BOOST_TEST((json::find(*newer.body.object(), "impersonator") != nullptr));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::test
