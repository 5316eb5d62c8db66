#include <boost/test/unit_test.hpp>

#include "tests/support/app_fixture.hpp"

namespace portcullis::test {
namespace {

using http::Method;

std::size_t session_count(AppFixture& app, const Headers& caller) {
  const Reply list = app.call(Method::get, "/v1/account/sessions", {}, caller);
  const json::Value* sessions = list.body.object() ? json::find(*list.body.object(), "sessions") : nullptr;
  return sessions && sessions->array() ? sessions->array()->size() : 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(app_account)

BOOST_AUTO_TEST_CASE(a_user_signs_up_signs_in_and_is_recognised) {
  AppFixture app;
  const Reply made = app.sign_up("Ada@Example.com");
  BOOST_TEST(made.status() == 201);
  BOOST_TEST(made.text("email") == "ada@example.com");
  const Reply opened = app.sign_in("ADA@example.com");
  BOOST_TEST(opened.status() == 201);
  BOOST_TEST(opened.text("secret").empty());
  const Reply shown = app.call(Method::get, "/v1/account", {}, AppFixture::with_session(opened.session()));
  BOOST_TEST(shown.status() == 200);
  BOOST_TEST(shown.text("$id") == made.text("$id"));
  BOOST_TEST(app.call(Method::get, "/v1/account").type() == "general_unauthorized_scope");
}

BOOST_AUTO_TEST_CASE(wrong_password_unknown_email_and_no_password_answer_the_same_401) {
  AppFixture app;
  app.sign_up("a@example.com");
  const Reply wrong = app.sign_in("a@example.com", "password-2");
  const Reply unknown = app.sign_in("b@example.com", "password-2");
  BOOST_TEST(wrong.status() == 401);
  BOOST_TEST(wrong.type() == "user_invalid_credentials");
  BOOST_TEST(wrong.response.body == unknown.response.body);
}

BOOST_AUTO_TEST_CASE(the_oldest_session_goes_in_the_commit_that_adds_one_too_many) {
  AppFixture app;
  app.set([](ProjectSettings& s) { s.max_sessions = 3; });
  app.sign_up("a@example.com");
  std::vector<std::string> sessions;
  for (int i = 0; i < 5; ++i) {
    app.clock.advance(std::chrono::seconds(1));
    sessions.push_back(app.sign_in("a@example.com").session());
  }
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    const Reply shown = app.call(Method::get, "/v1/account", {}, AppFixture::with_session(sessions[i]));
    BOOST_TEST(shown.status() == (i < 2 ? 401 : 200));
  }
  BOOST_TEST(session_count(app, AppFixture::with_session(sessions[4])) == 3U);
}

BOOST_AUTO_TEST_CASE(an_expired_session_makes_a_guest) {
  AppFixture app;
  app.set([](ProjectSettings& s) { s.session_duration_s = 60; });
  app.sign_up("a@example.com");
  const Headers caller = AppFixture::with_session(app.sign_in("a@example.com").session());
  app.clock.advance(std::chrono::seconds(60));
  BOOST_TEST(app.call(Method::get, "/v1/account", {}, caller).status() == 200);
  app.clock.advance(std::chrono::milliseconds(1));
  BOOST_TEST(app.call(Method::get, "/v1/account", {}, caller).status() == 401);
}

BOOST_AUTO_TEST_CASE(a_session_just_checked_ends_with_the_answer_that_ends_it) {
  AppFixture app;
  app.sign_up("a@example.com");
  const Headers first = AppFixture::with_session(app.sign_in("a@example.com").session());
  const Headers second = AppFixture::with_session(app.sign_in("a@example.com").session());
  const auto status = [&](const Headers& caller) { return app.call(Method::get, "/v1/account", {}, caller).status(); };
  const auto name = [&](const Headers& caller) {
    return app.call(Method::get, "/v1/account", {}, caller).text("name");
  };
  for (const Headers* caller : {&first, &second, &first, &second}) BOOST_TEST(status(*caller) == 200);
  BOOST_TEST(app.call(Method::patch, "/v1/account/name", R"({"name":"Changed"})", first).status() == 200);
  BOOST_TEST(name(second) == "Changed");
  BOOST_TEST(app.call(Method::del, "/v1/account/sessions/current", {}, second).status() == 204);
  BOOST_TEST(status(second) == 401);
  BOOST_TEST(status(first) == 200);
  BOOST_TEST(app.call(Method::patch, "/v1/account/status", {}, first).status() == 200);
  BOOST_TEST(status(first) != 200);
}

BOOST_AUTO_TEST_CASE(a_password_change_closes_other_sessions_and_the_old_password_stops_working) {
  AppFixture app;
  app.sign_up("a@example.com");
  const Headers other = AppFixture::with_session(app.sign_in("a@example.com").session());
  const Headers own = AppFixture::with_session(app.sign_in("a@example.com").session());
  const std::string body = R"({"password":"password-2","oldPassword":"password-1"})";
  BOOST_TEST(app.call(Method::patch, "/v1/account/password", R"({"password":"password-2"})", own).status() == 401);
  BOOST_TEST(app.call(Method::patch, "/v1/account/password", body, own).status() == 200);
  BOOST_TEST(app.call(Method::get, "/v1/account", {}, other).status() == 401);
  BOOST_TEST(app.call(Method::get, "/v1/account", {}, own).status() == 200);
  BOOST_TEST(app.sign_in("a@example.com", "password-1").status() == 401);
  BOOST_TEST(app.sign_in("a@example.com", "password-2").status() == 201);
}

BOOST_AUTO_TEST_CASE(remembered_passwords_and_the_current_one_are_refused_when_history_is_on) {
  AppFixture app;
  app.sign_up("a@example.com", "password-1");
  app.set([](ProjectSettings& s) { s.password_history = 2; });
  const Headers own = AppFixture::with_session(app.sign_in("a@example.com").session());
  const auto change = [&](int from, int to) {
    const std::string body = R"({"oldPassword":"password-)" + std::to_string(from) + R"(","password":"password-)" +
                             std::to_string(to) + "\"}";
    return app.call(Method::patch, "/v1/account/password", body, own).type();
  };
  BOOST_TEST(change(1, 1) == "password_recently_used");
  BOOST_TEST(change(1, 2).empty());
  BOOST_TEST(change(2, 1) == "password_recently_used");
  BOOST_TEST(change(2, 3).empty());
  BOOST_TEST(change(3, 2) == "password_recently_used");
  BOOST_TEST(change(3, 1).empty());
}

BOOST_AUTO_TEST_CASE(a_full_history_is_compared_as_twenty_hashes_the_current_one_among_them) {
  AppFixture app;
  app.set([](ProjectSettings& s) { s.password_history = 20; });
  app.sign_up("a@example.com", "password-1");
  const Headers key{{"X-Appwrite-Key", app.make_key({"users.read", "users.write"})}};
  const std::string id = app.call(Method::get, "/v1/users?search=a@example.com", {}, key).response.body;
  const std::size_t at = id.find(R"("$id":")") + 7;
  const std::string path = "/v1/users/" + id.substr(at, id.find('"', at) - at) + "/password";
  const auto hashes = [&app] { return app.app().services().pool.stats().service.total(); };
  const auto set = [&](int to) {
    return app.call(Method::patch, path, R"({"password":"password-)" + std::to_string(to) + "\"}", key).type();
  };
  for (int i = 2; i <= 20; ++i) BOOST_TEST_REQUIRE(set(i).empty());
  const std::uint64_t before = hashes();
  BOOST_TEST(set(20) == "password_recently_used");
  BOOST_TEST(hashes() - before == 20U);
  BOOST_TEST(set(1) == "password_recently_used");
  BOOST_TEST(set(21).empty());
  BOOST_TEST(hashes() - before == 61U);  // and one that was made
  BOOST_TEST(set(1).empty());            // twenty newer ones pushed it out
}

BOOST_AUTO_TEST_CASE(personal_data_in_a_password_is_refused_where_the_project_asks) {
  AppFixture app;
  app.set([](ProjectSettings& s) { s.personal_data_check = true; });
  BOOST_TEST(app.sign_up("lovelace@example.com", "my-LoveLace-1").type() == "password_personal_data");
  BOOST_TEST(app.sign_up("lovelace@example.com", "unrelated-words").status() == 201);
}

BOOST_AUTO_TEST_CASE(an_anonymous_user_becomes_one_with_email_and_password) {
  AppFixture app;
  const Reply opened = app.call(Method::post, "/v1/account/sessions/anonymous");
  BOOST_TEST(opened.status() == 201);
  const Headers own = AppFixture::with_session(opened.session());
  const std::string body = R"({"email":"new@example.com","password":"password-1"})";
  BOOST_TEST(app.call(Method::patch, "/v1/account/email", body, own).status() == 200);
  BOOST_TEST(app.sign_in("new@example.com").status() == 201);
}

BOOST_AUTO_TEST_CASE(emails_are_taken_and_freed_with_their_user) {
  AppFixture app;
  BOOST_TEST(app.sign_up("a@example.com").status() == 201);
  BOOST_TEST(app.sign_up("a@example.com").type() == "user_already_exists");
  const Headers own = AppFixture::with_session(app.sign_in("a@example.com").session());
  const std::string moved = R"({"email":"b@example.com","password":"password-1"})";
  BOOST_TEST(app.call(Method::patch, "/v1/account/email", moved, own).status() == 200);
  BOOST_TEST(app.call(Method::patch, "/v1/account/email", moved, own).type() == "user_target_already_exists");
  BOOST_TEST(app.sign_up("a@example.com").status() == 201);
  BOOST_TEST(app.call(Method::del, "/v1/account", {}, own).status() == 204);
  BOOST_TEST(app.sign_up("b@example.com").status() == 201);
}

BOOST_AUTO_TEST_CASE(a_blocked_user_sees_403_with_the_right_password_and_401_with_a_wrong_one) {
  AppFixture app;
  app.sign_up("a@example.com");
  const Headers own = AppFixture::with_session(app.sign_in("a@example.com").session());
  const Reply blocked = app.call(Method::patch, "/v1/account/status", {}, own);
  BOOST_TEST(blocked.status() == 200);
  BOOST_TEST(blocked.response.header("X-Fallback-Cookies") == "[]");
  BOOST_TEST(app.call(Method::get, "/v1/account", {}, own).type() == "user_blocked");
  BOOST_TEST(app.sign_in("a@example.com").type() == "user_blocked");
  BOOST_TEST(app.sign_in("a@example.com", "wrong-password").type() == "user_invalid_credentials");
}

BOOST_AUTO_TEST_CASE(a_jwt_lives_as_long_as_its_session) {
  AppFixture app;
  app.sign_up("a@example.com");
  const Headers own = AppFixture::with_session(app.sign_in("a@example.com").session());
  const Headers by_jwt{{"X-Appwrite-JWT", app.call(Method::post, "/v1/account/jwts", {}, own).text("jwt")}};
  BOOST_TEST(app.call(Method::get, "/v1/account", {}, by_jwt).status() == 200);
  Headers both = own;
  both.push_back(by_jwt.front());
  BOOST_TEST(app.call(Method::get, "/v1/account", {}, both).type() == "user_jwt_and_cookie_set");
  BOOST_TEST(app.call(Method::post, "/v1/account/jwts", {}, by_jwt).type() == "user_jwt_creation_denied");
  BOOST_TEST(app.call(Method::del, "/v1/account/sessions/current", {}, own).status() == 204);
  BOOST_TEST(app.call(Method::get, "/v1/account", {}, by_jwt).type() == "general_unauthorized_scope");
  BOOST_TEST(app.call(Method::get, "/v1/account", {}, {{"X-Appwrite-JWT", "a.b.c"}}).type() == "user_jwt_invalid");
}

BOOST_AUTO_TEST_CASE(everything_survives_a_restart) {
  AppFixture app;
  app.sign_up("a@example.com");
  const Headers own = AppFixture::with_session(app.sign_in("a@example.com").session());
  app.call(Method::patch, "/v1/account/prefs", R"({"prefs":{"theme":"dark"}})", own);
  app.restart();
  BOOST_TEST(app.call(Method::get, "/v1/account/prefs", {}, own).response.body == R"({"theme":"dark"})");
  BOOST_TEST(app.sign_in("a@example.com").status() == 201);
}

BOOST_AUTO_TEST_CASE(a_full_disk_refuses_writes_clearly_and_reads_go_on) {
  static bool full = false;
  full = false;
  storage::FaultHooks faults;
  faults.before_commit = [] { return full ? ENOSPC : 0; };
  AppFixture app(nullptr, faults);
  app.sign_up("a@example.com");
  const Headers own = AppFixture::with_session(app.sign_in("a@example.com").session());
  full = true;
  const Reply refused = app.sign_in("a@example.com");
  BOOST_TEST(refused.type() == "storage_full");
  BOOST_TEST(refused.text("message").find("must make room") != std::string::npos);
  BOOST_TEST(app.call(Method::get, "/v1/account", {}, own).status() == 200);
  full = false;
  BOOST_TEST(app.sign_in("a@example.com").status() == 201);
}

BOOST_AUTO_TEST_CASE(a_failed_flush_stops_writes_until_restart_and_loses_nothing_acknowledged) {
  static bool broken = false;
  broken = false;
  storage::FaultHooks faults;
  faults.before_flush = [] { return broken ? EIO : 0; };
  AppFixture app(nullptr, faults);
  app.sign_up("a@example.com");
  const Headers own = AppFixture::with_session(app.sign_in("a@example.com").session());
  broken = true;
  const Reply refused = app.sign_in("a@example.com");
  BOOST_TEST(refused.status() == 503);
  BOOST_TEST(refused.text("message").find("then restart the server") != std::string::npos);
  broken = false;
  BOOST_TEST(app.sign_in("a@example.com").status() == 503);
  BOOST_TEST(app.call(Method::get, "/ready").status() == 503);
  BOOST_TEST(app.call(Method::get, "/v1/account", {}, own).status() == 200);
  app.restart();
  BOOST_TEST(app.call(Method::get, "/v1/account", {}, own).status() == 200);
  BOOST_TEST(app.sign_in("a@example.com").status() == 201);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::test
