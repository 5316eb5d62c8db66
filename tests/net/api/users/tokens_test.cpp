#include <boost/test/unit_test.hpp>

#include "core/crypto/digest.hpp"
#include "net/changes/tokens.hpp"
#include "tests/support/app_fixture.hpp"
#include "tests/support/run.hpp"

namespace portcullis::test {
namespace {

using http::Method;

struct Tokens : AppFixture {
  Headers key{{"X-Appwrite-Key", make_key({"users.read", "users.write"})}};
  std::string user = sign_up("a@example.com").text("$id");

  Reply create(std::string body = "{}") {
    return call(Method::post, "/v1/users/" + user + "/tokens", std::move(body), key);
  }
  Reply redeem(const std::string& id, const std::string& secret) {
    return call(Method::post, "/v1/account/sessions/token", R"({"userId":")" + id + R"(","secret":")" + secret + "\"}");
  }
  /// A token of any type, as the flow that sends it would make it.
  void plant(TokenType type, const std::string& secret) {
    Services& services = app().services();
    Token token;
    token.id = unique_id(clock.now(), services.random);
    token.created_at = clock.now();
    token.user_id = user;
    token.type = type;
    token.expires_at = clock.now() + std::chrono::seconds(60);
    token.secret_hash = crypto::sha256(secret);
    const ProjectNo p = services.projects.find("p1")->number();
    BOOST_REQUIRE(run(storage::submit(app().engine(), changes::create_token(p, token))));
  }
  Reply shown() { return call(Method::get, "/v1/users/" + user, {}, key); }
  bool flag(const Reply& reply, std::string_view name) {
    const json::Value* const value = json::find(*reply.body.object(), name);
    return value != nullptr && value->boolean() != nullptr && *value->boolean();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(app_tokens, Tokens)

BOOST_AUTO_TEST_CASE(a_token_opens_one_session_and_no_second) {
  const std::string secret = create().text("secret");
  BOOST_TEST(secret.size() == 6U);
  const Reply opened = redeem(user, secret);
  BOOST_TEST(opened.status() == 201);
  BOOST_TEST(opened.text("provider") == "token");
  BOOST_TEST(call(Method::get, "/v1/account", {}, with_session(opened.session())).text("$id") == user);
  BOOST_TEST(redeem(user, secret).type() == "user_invalid_token");
}

BOOST_AUTO_TEST_CASE(unknown_user_wrong_secret_and_used_secret_answer_the_same_bytes) {
  const std::string used = create().text("secret");
  redeem(user, used);
  create();
  const Reply wrong = redeem(user, "zzzzzz");
  BOOST_TEST(wrong.status() == 401);
  BOOST_TEST(redeem("nobody", "zzzzzz").response.body == wrong.response.body);
  BOOST_TEST(redeem("unique()", "zzzzzz").response.body == wrong.response.body);
  BOOST_TEST(redeem(user, used).response.body == wrong.response.body);
}

BOOST_AUTO_TEST_CASE(a_token_lives_as_long_as_it_was_given_and_survives_a_restart) {
  const std::string first = create(R"({"expire":60})").text("secret");
  const std::string second = create(R"({"expire":60})").text("secret");
  clock.advance(std::chrono::seconds(60));
  restart();
  BOOST_TEST(redeem(user, first).status() == 201);
  clock.advance(std::chrono::milliseconds(1));
  BOOST_TEST(redeem(user, second).type() == "user_invalid_token");
}

BOOST_AUTO_TEST_CASE(sixteen_tokens_stand_side_by_side_and_the_oldest_goes) {
  std::vector<std::string> secrets;
  for (int i = 0; i < 17; ++i) {
    clock.advance(std::chrono::milliseconds(1));
    secrets.push_back(create(R"({"length":32})").text("secret"));
  }
  BOOST_TEST(redeem(user, secrets[0]).type() == "user_invalid_token");
  BOOST_TEST(redeem(user, secrets[1]).status() == 201);
  BOOST_TEST(redeem(user, secrets[16]).status() == 201);
}

BOOST_AUTO_TEST_CASE(an_expired_token_leaves_the_store_when_another_is_made) {
  create(R"({"expire":60})");
  clock.advance(std::chrono::seconds(61));
  create();
  const ProjectNo p = app().services().projects.find("p1")->number();
  const result<std::vector<Token>> left = run(app().services().store.tokens(p, user));
  BOOST_REQUIRE(left);
  BOOST_TEST(left->size() == 1U);
}

BOOST_AUTO_TEST_CASE(each_type_opens_its_session_and_proves_its_address) {
  struct Row {
    TokenType type;
    const char* provider;
    const char* factor;
    const char* proved;
  };
  const Row rows[] = {{TokenType::generic, "token", "token", nullptr},
                      {TokenType::phone, "phone", "phone", "phoneVerification"},
                      {TokenType::email_otp, "token", "email", "emailVerification"},
                      {TokenType::magic_url, "magic-url", "email", "emailVerification"}};
  for (const Row& row : rows) {
    plant(row.type, "0123456789");
    const Reply opened = redeem(user, "0123456789");
    BOOST_TEST(opened.status() == 201);
    BOOST_TEST(opened.text("provider") == row.provider);
    const json::Value* const factors = json::find(*opened.body.object(), "factors");
    BOOST_REQUIRE(factors != nullptr && factors->array()->size() == 1U);
    BOOST_TEST(*factors->array()->front().string() == row.factor);
    for (const char* name : {"emailVerification", "phoneVerification"})
      if (row.proved == nullptr || std::string_view(name) == row.proved)
        BOOST_TEST(flag(shown(), name) == (row.proved != nullptr));
  }
}

BOOST_AUTO_TEST_CASE(verification_recovery_and_unknown_types_open_no_session) {
  for (const std::uint32_t number : {2U, 3U, 4U, 7U, 99U}) {
    plant(TokenType{number}, "secret-" + std::to_string(number));
    BOOST_TEST(redeem(user, "secret-" + std::to_string(number)).type() == "user_invalid_token");
  }
}

BOOST_AUTO_TEST_CASE(a_change_of_the_password_ends_the_tokens) {
  const auto by_key = [&](const char* password) {
    const std::string body = R"({"password":")" + std::string(password) + "\"}";
    return call(Method::patch, "/v1/users/" + user + "/password", body, key).status();
  };
  std::string secret = create().text("secret");
  const Headers own = with_session(sign_in("a@example.com").session());
  const std::string wrong = R"({"password":"password-2","oldPassword":"wrong-password"})";
  BOOST_TEST(call(Method::patch, "/v1/account/password", wrong, own).status() == 401);
  BOOST_TEST(redeem(user, secret).status() == 201);

  secret = create().text("secret");
  plant(TokenType::magic_url, "of-a-link");
  const std::string right = R"({"password":"password-2","oldPassword":"password-1"})";
  BOOST_TEST(call(Method::patch, "/v1/account/password", right, own).status() == 200);
  BOOST_TEST(redeem(user, secret).type() == "user_invalid_token");
  BOOST_TEST(redeem(user, "of-a-link").type() == "user_invalid_token");
  BOOST_TEST(redeem(user, create().text("secret")).status() == 201);

  for (const char* password : {"password-3", ""}) {
    secret = create().text("secret");
    BOOST_TEST(by_key(password) == 200);
    BOOST_TEST(redeem(user, secret).type() == "user_invalid_token");
  }
}

BOOST_AUTO_TEST_CASE(codes_that_open_no_session_outlive_the_password) {
  plant(TokenType::verification, "verification");
  plant(TokenType::recovery, "recovery");
  plant(TokenType::generic, "generic");
  call(Method::patch, "/v1/users/" + user + "/password", R"({"password":"password-2"})", key);
  const ProjectNo p = app().services().projects.find("p1")->number();
  const result<std::vector<Token>> left = run(app().services().store.tokens(p, user));
  BOOST_REQUIRE(left);
  BOOST_TEST(left->size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_blocked_user_gets_the_session_and_is_refused_with_it) {
  const std::string secret = create().text("secret");
  call(Method::patch, "/v1/users/" + user + "/status", R"({"status":false})", key);
  const Reply opened = redeem(user, secret);
  BOOST_TEST(opened.status() == 201);
  BOOST_TEST(call(Method::get, "/v1/account", {}, with_session(opened.session())).type() == "user_blocked");
}

BOOST_AUTO_TEST_CASE(the_session_limit_holds_and_the_tokens_go_with_their_user) {
  set([](ProjectSettings& s) { s.max_sessions = 2; });
  std::vector<std::string> sessions;
  for (int i = 0; i < 3; ++i) {
    clock.advance(std::chrono::seconds(1));
    sessions.push_back(redeem(user, create().text("secret")).session());
  }
  for (std::size_t i = 0; i < sessions.size(); ++i)
    BOOST_TEST(call(Method::get, "/v1/account", {}, with_session(sessions[i])).status() == (i == 0 ? 401 : 200));
  const std::string secret = create().text("secret");
  call(Method::del, "/v1/users/" + user, {}, key);
  BOOST_TEST(redeem(user, secret).type() == "user_invalid_token");
  BOOST_TEST(create().type() == "user_not_found");
}

BOOST_AUTO_TEST_CASE(ten_wrong_secrets_an_hour_and_a_right_one_sets_them_back) {
  for (int i = 0; i < 9; ++i) BOOST_TEST(redeem(user, "zzzzzz").status() == 401);
  BOOST_TEST(redeem(user, create().text("secret")).status() == 201);
  for (int i = 0; i < 10; ++i) BOOST_TEST(redeem(user, "zzzzzz").status() == 401);
  const std::string secret = create().text("secret");
  BOOST_TEST(redeem(user, secret).type() == "general_rate_limit_exceeded");
  clock.advance(std::chrono::hours(1));
  BOOST_TEST(redeem(user, create().text("secret")).status() == 201);
}

BOOST_AUTO_TEST_CASE(wrong_secrets_count_as_failed_password_checks_of_the_network) {
  for (int i = 0; i < 100; ++i) BOOST_TEST(redeem("user" + std::to_string(i), "zzzzzz").status() == 401);
  BOOST_TEST(redeem("another", "zzzzzz").type() == "general_rate_limit_exceeded");
  BOOST_TEST(sign_in("a@example.com").type() == "general_rate_limit_exceeded");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::test
