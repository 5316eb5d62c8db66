#include "net/changes/tokens.hpp"

#include "storage/tokens.hpp"
#include "storage/users.hpp"
#include "tests/net/changes/found_rows.hpp"

namespace portcullis::changes {
namespace {

namespace keys = storage::keys;
using std::chrono::milliseconds;
using std::chrono::minutes;
using test::in_project;
using test::noon;

struct Tokens : test::OneUser {
  [[nodiscard]] Token token(std::string id, TokenType type = TokenType::email_otp) const {
    Token made;
    made.id = std::move(id);
    made.user_id = ada.id;
    made.type = type;
    made.created_at = noon;
    made.expires_at = noon;
    made.secret_hash.fill(5);
    return made;
  }
  void add_token(const Token& made) { rows.add(keys::token(in_project, ada.id, made.id), made); }
  [[nodiscard]] Redemption redemption(std::string id, Time now = noon) const {
    Redemption made;
    made.token_id = std::move(id);
    made.secret_hash.fill(5);
    made.session.user_id = ada.id;
    made.session.selector = "fresh";
    made.session.created_at = now;
    made.session.expires_at = now + minutes(10);
    made.now = now;
    return made;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(change_tokens, Tokens)

BOOST_AUTO_TEST_CASE(a_sign_in_token_is_found_by_its_secret_while_it_lives) {
  const std::vector<Token> tokens{token("v", TokenType::verification), token("a")};
  std::array<std::uint8_t, 32> secret{};
  secret.fill(5);
  BOOST_TEST(find_sign_in_token(tokens, secret, noon) == &tokens[1]);
  BOOST_TEST((find_sign_in_token(tokens, secret, noon + milliseconds(1)) == nullptr));
  BOOST_TEST((find_sign_in_token({tokens[0]}, secret, noon) == nullptr));  // it opens none
  secret[31] = 6;
  BOOST_TEST((find_sign_in_token(tokens, secret, noon) == nullptr));
}

BOOST_AUTO_TEST_CASE(a_new_code_replaces_the_one_before_and_an_id_is_used_once) {
  add_token(token("old"));
  BOOST_TEST((rows.refusal(create_token(in_project, token("old"))) == errc::again));
  BOOST_REQUIRE(rows.commit(create_token(in_project, token("new"))));
  BOOST_TEST(!rows.holds(keys::token(in_project, "ada", "old")));
  BOOST_TEST(rows.holds(keys::token(in_project, "ada", "new")));
  Token stray = token("stray");
  stray.user_id = "eve";
  BOOST_TEST((rows.refusal(create_token(in_project, stray)) == errc::user_not_found));
}

BOOST_AUTO_TEST_CASE(a_token_opens_one_session_and_proves_the_address_it_was_sent_to) {
  add_token(token("a"));
  BOOST_REQUIRE(rows.commit(redeem_token(in_project, redemption("a"))));
  BOOST_TEST(has_session("fresh"));
  BOOST_TEST(stored().email_verified);
  BOOST_TEST((stored().updated_at == noon));
  BOOST_TEST((rows.refusal(redeem_token(in_project, redemption("a"))) == errc::user_invalid_token));
}

BOOST_AUTO_TEST_CASE(a_token_of_a_server_proves_nothing) {
  add_token(token("a", TokenType::generic));
  BOOST_REQUIRE(rows.commit(redeem_token(in_project, redemption("a"))));
  BOOST_TEST(!stored().email_verified);
}

BOOST_AUTO_TEST_CASE(a_token_that_has_ended_or_another_secret_opens_none) {
  add_token(token("a"));
  BOOST_TEST(
      (rows.refusal(redeem_token(in_project, redemption("a", noon + milliseconds(1)))) == errc::user_invalid_token));
  Redemption wrong = redemption("a");
  wrong.secret_hash[0] = 6;
  BOOST_TEST((rows.refusal(redeem_token(in_project, wrong)) == errc::user_invalid_token));
  rows.apply({{keys::user(in_project, "ada")}, {}});
  BOOST_TEST((rows.refusal(redeem_token(in_project, redemption("a"))) == errc::user_invalid_token));
}

BOOST_AUTO_TEST_CASE(a_token_finds_a_place_among_the_sessions) {
  add_token(token("a"));
  add_session("fresh", 1, noon);
  BOOST_TEST((rows.refusal(redeem_token(in_project, redemption("a"))) == errc::again));
  Redemption made = redemption("a");
  made.session.selector = "second";
  made.max_sessions = 1;
  BOOST_REQUIRE(rows.commit(redeem_token(in_project, made)));
  BOOST_TEST(!has_session("fresh"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::changes
