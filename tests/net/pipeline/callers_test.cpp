// Who may come in: pages by their origin, sessions by any of the texts that a request carries, proxies by their word.
#include <boost/test/unit_test.hpp>

#include "net/wire/session_text.hpp"
#include "tests/support/app_fixture.hpp"

namespace portcullis::test {

using http::Method;

namespace {

const std::string login = R"({"email":"a@example.com","password":"password-1"})";

struct Callers : AppFixture {
  explicit Callers(void (*configure)(Config&) = nullptr) : AppFixture(configure) {}
  std::string user_id = sign_up("a@example.com").text("$id");
  std::string live = sign_in_text();
  /// Looks like a session of that user, and is none.
  [[nodiscard]] std::string dead(char digit = '0') const { return encode_session(user_id, std::string(256, digit)); }
  std::string sign_in_text() { return sign_in("a@example.com").session(); }
  int status(Headers headers) { return call(Method::get, "/v1/account", {}, std::move(headers)).status(); }
};

struct Proxied : Callers {
  Proxied() : Callers([](Config& c) { c.trusted_proxies = http::TrustedProxies("203.0.113.0/24"); }) {}
  Reply from(std::string name, std::string value, std::string forwarded_for = "198.51.100.1") {
    Headers headers{{"X-Forwarded-For", std::move(forwarded_for)}, {std::move(name), std::move(value)}};
    return call(Method::post, "/v1/account/sessions/email", login, std::move(headers));
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(app_callers)

BOOST_FIXTURE_TEST_CASE(only_a_key_that_is_one_needs_no_origin, Callers) {
  const std::string key = make_key({"sessions.write"});
  for (const char* origin : {"https://evil.example", "null"}) {
    const auto sign_in_from = [&](const std::string& shown) {
      return call(Method::post, "/v1/account/sessions/email", login, {{"Origin", origin}, {"X-Appwrite-Key", shown}});
    };
    BOOST_TEST(sign_in_from(key).status() == 201);
    for (const char* forged : {"x_y", "_", "standard", "other_key", "ephemeral_", "ephemeral_a.b.c", "dynamic_x"}) {
      const Reply reply = sign_in_from(forged);
      BOOST_TEST((reply.status() == 401 || reply.status() == 403), forged);
      BOOST_TEST(reply.response.header("Set-Cookie").empty());
      BOOST_TEST(reply.response.header("Access-Control-Allow-Origin").empty());
    }
    for (const char* id : {"standard_00", "organization_x", "account_x", ""})
      BOOST_TEST(sign_in_from(id).status() >= 401, id);
  }
  for (const char* forged : {"x_y", "other_key", "ephemeral_a.b.c", "00"})
    BOOST_TEST(call(Method::get, "/v1/users", {}, {{"X-Appwrite-Key", forged}}).status() == 401, forged);
}

BOOST_FIXTURE_TEST_CASE(a_preflight_says_nothing_to_a_page_that_hides, Callers) {
  BOOST_TEST(call(Method::options, "/v1/account", {}, {{"Origin", "null"}})
                 .response.header("Access-Control-Allow-Origin")
                 .empty());
}

BOOST_FIXTURE_TEST_CASE(a_dead_session_hides_no_live_one, Callers) {
  const std::string cookie = "a_session_p1=";
  BOOST_TEST(status({{"Cookie", cookie + dead() + "; " + cookie + live}}) == 200);
  BOOST_TEST(status({{"Cookie", cookie + live + "; " + cookie + dead()}}) == 200);
  BOOST_TEST(status({{"Cookie", cookie + "deleted; " + cookie + live}}) == 200);
  BOOST_TEST(status({{"Cookie", cookie + dead() + "; a_session_p1_legacy=" + live}}) == 200);
  BOOST_TEST(status({{"Cookie", cookie + dead()}, {"X-Appwrite-Session", live}}) == 200);
  BOOST_TEST(status({{"Cookie", cookie + dead()}, {"X-Fallback-Cookies", R"({"a_session_p1":")" + live + "\"}"}}) ==
             200);
  BOOST_TEST(status({{"X-Appwrite-Session", dead()}, {"X-Appwrite-Session", live}}) == 200);
  BOOST_TEST(status({{"Cookie", cookie + dead()}, {"X-Appwrite-Session", dead('1')}}) == 401);
  for (int i = 0; i < 3; ++i)  // from memory, too
    BOOST_TEST(status({{"Cookie", cookie + dead() + "; " + cookie + live}}) == 200);
}

BOOST_FIXTURE_TEST_CASE(seven_dead_sessions_are_passed_and_eight_are_not, Callers) {
  std::string cookies;
  for (char digit = '1'; digit < '8'; ++digit) cookies += "a_session_p1=" + dead(digit) + "; ";
  BOOST_TEST(status({{"Cookie", cookies + "a_session_p1=" + live}}) == 200);
  BOOST_TEST(status({{"Cookie", cookies + "a_session_p1=" + dead('8') + "; a_session_p1=" + live}}) == 401);
}

BOOST_FIXTURE_TEST_CASE(the_first_live_session_wins, Callers) {
  sign_up("b@example.com");
  const std::string other = sign_in("b@example.com").session();
  const auto email = [&](const std::string& cookies) {
    return call(Method::get, "/v1/account", {}, {{"Cookie", cookies}}).text("email");
  };
  BOOST_TEST(email("a_session_p1=" + live + "; a_session_p1=" + other) == "a@example.com");
  BOOST_TEST(email("a_session_p1=" + other + "; a_session_p1=" + live) == "b@example.com");
  const Headers ended{{"Cookie", "a_session_p1=" + other}};
  BOOST_TEST(call(Method::del, "/v1/account/sessions/current", {}, ended).status() == 204);
  BOOST_TEST(email("a_session_p1=" + other + "; a_session_p1=" + live) == "a@example.com");
}

BOOST_FIXTURE_TEST_CASE(a_list_of_protocols_is_secure_by_its_outermost_proxy, Proxied) {
  const auto secure = [](const Reply& reply) {
    const bool cookie = reply.response.header("Set-Cookie").find("; Secure") != std::string_view::npos;
    BOOST_TEST(cookie == !reply.response.header("Strict-Transport-Security").empty());
    return cookie;
  };
  for (const char* value : {"https", "HTTPS", "https, http", "Https,http"})
    BOOST_TEST(secure(from("X-Forwarded-Proto", value, "198.51.100.1, 203.0.113.50")), value);
  BOOST_TEST(secure(from("X-Forwarded-Proto", "https, http", "")));
  BOOST_TEST(!secure(from("X-Forwarded-Proto", "https, http")));
  BOOST_TEST(!secure(from("X-Forwarded-Proto", "http, https", "198.51.100.1, 203.0.113.50")));
  for (const char* value : {"javascript", "https;", "https http"})
    BOOST_TEST(from("X-Forwarded-Proto", value).type() == "general_bad_request", value);
  peer = "192.0.2.1";
  BOOST_TEST(!secure(from("X-Forwarded-Proto", "https")));
}

BOOST_FIXTURE_TEST_CASE(a_host_is_one_or_the_request_is_refused, Proxied) {
  const auto domain = [&](std::string value, std::string forwarded_for) {
    const std::string line(
        from("X-Forwarded-Host", std::move(value), std::move(forwarded_for)).response.header("Set-Cookie"));
    const std::size_t at = line.find("Domain=");
    return at == std::string::npos ? std::string("none") : line.substr(at + 7, line.find(';', at) - at - 7);
  };
  const std::string two = "198.51.100.1, 203.0.113.50";
  BOOST_TEST(domain("Shop.example", two) == ".shop.example");
  BOOST_TEST(domain("shop.example, inner.example", two) == ".shop.example");
  BOOST_TEST(domain("shop.example:8443,inner.example", "") == ".shop.example");
  BOOST_TEST(domain("evil.example, shop.example", "198.51.100.1") == ".shop.example");
  for (const char* bad :
       {"shop.example; Secure", "shop.example/x", "a@shop.example", "shop example", "[::1", "shop.example:x"}) {
    const Reply reply = from("X-Forwarded-Host", bad);
    BOOST_TEST(reply.type() == "general_bad_request", bad);
    BOOST_TEST(reply.response.header("Set-Cookie").empty());
  }
  peer = "192.0.2.1";  // nobody believes it there
  BOOST_TEST(from("X-Forwarded-Host", "shop.example; Secure").status() == 201);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::test
