#include <boost/test/unit_test.hpp>
#include <functional>

#include "storage/sessions.hpp"
#include "tests/support/app_fixture.hpp"
#include "tests/support/run.hpp"

namespace portcullis::test {
namespace {

using http::Method;
using std::chrono::seconds;

/// Sessions of a minute.
struct Sessions : AppFixture {
  std::string user = sign_up("a@example.com").text("$id");
  Headers key{{"X-Appwrite-Key", make_key({"users.read", "users.write", "targets.read", "targets.write"})}};

  Sessions() {
    set([](ProjectSettings& s) { s.session_duration_s = 60; });
  }

  struct Opened {
    std::string id;
    Headers headers;
  };
  Opened open() {
    const Reply reply = sign_in("a@example.com");
    BOOST_REQUIRE(reply.status() == 201);
    return {reply.text("$id"), with_session(reply.session())};
  }
  /// A session that has expired beside one that lives.
  struct Two {
    Opened dead, live;
  };
  Two expired_and_live() {
    Two two;
    two.dead = open();
    clock.advance(seconds(30));
    two.live = open();
    clock.advance(seconds(31));
    return two;
  }
  bool works(const Opened& session) { return call(Method::get, "/v1/account", {}, session.headers).status() == 200; }
  /// Rows in the store, whatever they are worth.
  std::size_t rows() {
    const ProjectNo p = app().services().projects.find("p1")->number();
    const result<storage::Rows> found =
        app().engine().read_now(storage::Reads{{}, {storage::keys::user_sessions(p, user)}});
    BOOST_REQUIRE(found);
    return found->view().ranges[0].size();
  }
  static std::int64_t total(const Reply& reply) {
    const json::Value* const value = json::find(*reply.body.object(), "total");
    return value != nullptr && value->integer() ? *value->integer() : -1;
  }
  static std::vector<std::string> cookies(const Reply& reply) {
    std::vector<std::string> found;
    for (const std::string_view line : reply.response.all("Set-Cookie")) found.emplace_back(line);
    return found;
  }
  std::string jwt(const Opened& session) {
    return call(Method::post, "/v1/account/jwts", "{}", session.headers).text("jwt");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(app_sessions, Sessions)

BOOST_AUTO_TEST_CASE(an_expired_session_is_found_by_no_id_and_nothing_brings_it_back) {
  const Two two = expired_and_live();
  for (const Method method : {Method::get, Method::patch, Method::del}) {
    const Reply reply = call(method, "/v1/account/sessions/" + two.dead.id, {}, two.live.headers);
    BOOST_TEST(reply.status() == 404);
    BOOST_TEST(reply.type() == "user_session_not_found");
  }
  const std::string served = "/v1/users/" + user + "/sessions/" + two.dead.id;
  BOOST_TEST(call(Method::del, served, {}, key).type() == "user_session_not_found");
  BOOST_TEST(!works(two.dead));
  BOOST_TEST(works(two.live));
}

BOOST_AUTO_TEST_CASE(lists_and_their_totals_hold_live_sessions_only) {
  const Two two = expired_and_live();
  const Reply own = call(Method::get, "/v1/account/sessions", {}, two.live.headers);
  BOOST_TEST(total(own) == 1);
  BOOST_TEST(own.response.body.find(two.dead.id) == std::string::npos);
  const Reply served = call(Method::get, "/v1/users/" + user + "/sessions", {}, key);
  BOOST_TEST(total(served) == 1);
  BOOST_TEST(served.response.body.find(two.dead.id) == std::string::npos);
  clock.advance(seconds(60));
  BOOST_TEST(total(call(Method::get, "/v1/users/" + user + "/sessions", {}, key)) == 0);
}

BOOST_AUTO_TEST_CASE(an_expired_session_takes_no_place_of_a_live_one) {
  set([](ProjectSettings& s) { s.max_sessions = 2; });
  const Opened oldest = open();
  const Opened dead = open();
  clock.advance(seconds(50));
  BOOST_TEST(call(Method::patch, "/v1/account/sessions/current", {}, oldest.headers).status() == 200);
  clock.advance(seconds(11));
  const Opened third = open();
  BOOST_TEST(works(oldest));
  BOOST_TEST(works(third));
  BOOST_TEST(rows() == 2U);
}

BOOST_AUTO_TEST_CASE(any_change_of_a_user_erases_what_has_expired) {
  const std::string of_user = "/v1/users/" + user;
  const std::function<Reply()> changes[] = {
      [&] { return call(Method::patch, of_user + "/name", R"({"name":"Bea"})", key); },
      [&] { return call(Method::patch, of_user + "/prefs", R"({"prefs":{"a":1}})", key); },
      [&] { return call(Method::patch, of_user + "/email", R"({"email":"b@example.com"})", key); },
      [&] { return call(Method::patch, of_user + "/phone", R"({"number":"+4930123456"})", key); },
      [&] { return call(Method::put, of_user + "/labels", R"({"labels":["x"]})", key); },
      [&] { return call(Method::patch, of_user + "/status", R"({"status":true})", key); },
      [&] { return call(Method::patch, of_user + "/password", R"({"password":"password-1"})", key); },
      [&] { return call(Method::post, of_user + "/tokens", "{}", key); },
      [&] { return call(Method::del, of_user + "/sessions", {}, key); },
      [&] {
        return call(Method::post, of_user + "/targets",
                    R"({"targetId":"t","providerType":"email","identifier":"c@example.com"})", key);
      },
      [&] { return call(Method::del, of_user + "/targets/t", {}, key); },
  };
  set([](ProjectSettings& s) { s.invalidate_sessions = false; });
  for (const std::function<Reply()>& change : changes) {
    const std::size_t before = rows();
    const std::string opened = call(Method::post, of_user + "/sessions", "{}", key).text("$id");
    BOOST_TEST(rows() == before + 1U);
    clock.advance(seconds(61));
    const Reply reply = change();
    BOOST_TEST(reply.status() < 300, reply.response.body);
    const ProjectNo p = app().services().projects.find("p1")->number();
    const result<std::vector<Session>> stored = run(app().services().store.sessions(p, user, Time{}));
    BOOST_REQUIRE(stored);
    for (const Session& session : *stored) BOOST_TEST(session.id != opened);
  }
}

BOOST_AUTO_TEST_CASE(the_sweep_erases_what_nobody_asks_for_any_more) {
  open();
  clock.advance(seconds(61));
  BOOST_TEST(rows() == 1U);
  restart();
  bool over = false;
  for (int steps = 0; !over && steps < 100; ++steps) over = run(app().sweep_sessions());
  BOOST_TEST(over);
  BOOST_TEST(rows() == 0U);
}

BOOST_AUTO_TEST_CASE(a_jwt_is_bound_to_a_live_session_or_to_none) {
  const Two two = expired_and_live();
  const auto made = [&](const std::string& session) {
    const std::string body = R"({"sessionId":")" + session + R"(","duration":3600})";
    return call(Method::post, "/v1/users/" + user + "/jwts", body, key).text("jwt");
  };
  const std::string bound = made("recent");
  clock.advance(seconds(60));
  const std::string free = made("recent");
  const auto status = [&](const std::string& jwt) {
    return call(Method::get, "/v1/account", {}, {{"X-Appwrite-JWT", jwt}}).status();
  };
  BOOST_TEST(status(bound) == 401);
  BOOST_TEST(status(free) == 200);
}

BOOST_AUTO_TEST_CASE(a_password_change_by_jwt_ends_all_sessions) {
  const Opened first = open();
  const Opened second = open();
  const Headers by_jwt{{"X-Appwrite-JWT", jwt(first)}};
  const std::string body = R"({"password":"password-2","oldPassword":"password-1"})";
  BOOST_TEST(call(Method::patch, "/v1/account/password", body, by_jwt).status() == 200);
  BOOST_TEST(!works(first));
  BOOST_TEST(!works(second));
  BOOST_TEST(call(Method::get, "/v1/account", {}, by_jwt).status() == 401);
  BOOST_TEST(rows() == 0U);
}

BOOST_AUTO_TEST_CASE(a_password_change_by_session_keeps_that_one) {
  const Opened first = open();
  const Opened second = open();
  const std::string body = R"({"password":"password-2","oldPassword":"password-1"})";
  BOOST_TEST(call(Method::patch, "/v1/account/password", body, first.headers).status() == 200);
  BOOST_TEST(works(first));
  BOOST_TEST(!works(second));
}

BOOST_AUTO_TEST_CASE(without_invalidation_a_password_change_by_jwt_ends_none) {
  set([](ProjectSettings& s) { s.invalidate_sessions = false; });
  const Opened first = open();
  const Headers by_jwt{{"X-Appwrite-JWT", jwt(first)}};
  const std::string body = R"({"password":"password-2","oldPassword":"password-1"})";
  BOOST_TEST(call(Method::patch, "/v1/account/password", body, by_jwt).status() == 200);
  BOOST_TEST(works(first));
}

BOOST_AUTO_TEST_CASE(extending_the_own_session_sets_its_cookies_anew) {
  const Reply opened = sign_in("a@example.com");
  const std::string id = opened.text("$id");
  const std::vector<std::string> first = cookies(opened);
  BOOST_REQUIRE(first.size() == 2U);
  const std::string encoded = opened.session();
  const auto extend = [&](const std::string& which, const Headers& headers) {
    return call(Method::patch, "/v1/account/sessions/" + which, {}, headers);
  };
  const Headers ways[] = {with_session(encoded),
                          {{"Cookie", "a_session_p1=" + encoded}},
                          {{"X-Fallback-Cookies", R"({"a_session_p1":")" + encoded + "\"}"}}};
  clock.advance(seconds(30));
  std::vector<std::string> anew;
  for (const Headers& way : ways)
    for (const std::string& which : {std::string("current"), id}) {
      const Reply extended = extend(which, way);
      BOOST_TEST(extended.status() == 200);
      if (anew.empty()) anew = cookies(extended);
      BOOST_TEST(cookies(extended) == anew);
      BOOST_TEST(extended.session() == encoded);
    }
  BOOST_REQUIRE(anew.size() == 2U);
  for (std::size_t i = 0; i < anew.size(); ++i) {
    BOOST_TEST(anew[i] != first[i]);  // another time to forget it
    BOOST_TEST(anew[i].substr(0, anew[i].find(';')) == first[i].substr(0, first[i].find(';')));
  }
}

BOOST_AUTO_TEST_CASE(extending_another_session_sets_no_cookies) {
  const Opened own = open();
  const Opened other = open();
  const Reply by_session = call(Method::patch, "/v1/account/sessions/" + other.id, {}, own.headers);
  BOOST_TEST(by_session.status() == 200);
  BOOST_TEST(cookies(by_session).empty());
  const Headers by_jwt{{"X-Appwrite-JWT", jwt(own)}};
  const Reply blind = call(Method::patch, "/v1/account/sessions/" + own.id, {}, by_jwt);
  BOOST_TEST(blind.status() == 200);
  BOOST_TEST(cookies(blind).empty());
  BOOST_TEST(blind.session().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::test
