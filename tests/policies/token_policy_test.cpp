#include "policies/token_policy.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace portcullis;
using namespace portcullis::policies;
using std::chrono::milliseconds;
using Indices = std::vector<std::size_t>;

const Time now = from_millis(1'800'000'000'000);

Token live(TokenType type) {
  Token token;
  token.type = type;
  token.expires_at = now;
  return token;
}

Token expired(TokenType type) {
  Token token = live(type);
  token.expires_at = now - milliseconds{1};
  return token;
}

BOOST_AUTO_TEST_SUITE(token_policy)

BOOST_AUTO_TEST_CASE(each_type_opens_the_session_of_its_row_and_proves_what_it_was_sent_to) {
  struct Row {
    TokenType type;
    std::string_view provider, factor;
    bool User::*proves;
  };
  const Row rows[] = {{TokenType::magic_url, "magic-url", "email", &User::email_verified},
                      {TokenType::email_otp, "token", "email", &User::email_verified},
                      {TokenType::phone, "phone", "phone", &User::phone_verified},
                      {TokenType::generic, "token", "token", nullptr}};
  for (const Row& row : rows) {
    const TokenKind* const kind = token_kind(row.type);
    BOOST_REQUIRE(kind != nullptr);
    BOOST_TEST(kind->provider == row.provider);
    BOOST_TEST(kind->factor == row.factor);
    BOOST_TEST((kind->proves == row.proves));
  }
}

BOOST_AUTO_TEST_CASE(verification_and_recovery_open_no_session_and_unknown_types_have_no_row) {
  for (const TokenType type : {TokenType::verification, TokenType::recovery}) {
    BOOST_REQUIRE(token_kind(type) != nullptr);
    BOOST_TEST(token_kind(type)->provider == nullptr);
  }
  for (const std::uint32_t number : {0U, 1U, 4U, 7U, 10U, ~0U}) BOOST_TEST(token_kind(TokenType{number}) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_token_lives_through_the_millisecond_it_expires_in) {
  BOOST_TEST(is_live(live(TokenType::generic), now));
  BOOST_TEST(!is_live(expired(TokenType::generic), now));
}

BOOST_AUTO_TEST_CASE(a_new_code_takes_the_place_of_the_one_before_and_other_types_stay) {
  const std::vector<Token> tokens = {live(TokenType::email_otp), live(TokenType::phone), live(TokenType::generic)};
  BOOST_TEST(tokens_to_drop(tokens, TokenType::email_otp, now) == Indices{0}, boost::test_tools::per_element());
  BOOST_TEST(tokens_to_drop(tokens, TokenType::magic_url, now).empty());
}

BOOST_AUTO_TEST_CASE(sixteen_tokens_of_a_server_stand_side_by_side_and_the_oldest_goes_for_the_next) {
  std::vector<Token> tokens(15, live(TokenType::generic));
  BOOST_TEST(tokens_to_drop(tokens, TokenType::generic, now).empty());
  tokens.push_back(live(TokenType::generic));
  BOOST_TEST(tokens_to_drop(tokens, TokenType::generic, now) == Indices{0}, boost::test_tools::per_element());
  tokens.insert(tokens.begin(), 3, live(TokenType::generic));
  BOOST_TEST(tokens_to_drop(tokens, TokenType::generic, now) == (Indices{0, 1, 2, 3}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_has_expired_goes_whatever_its_type_and_counts_for_nothing) {
  std::vector<Token> tokens(15, live(TokenType::generic));
  tokens.insert(tokens.begin(), expired(TokenType::generic));
  tokens.push_back(expired(TokenType::recovery));
  BOOST_TEST(tokens_to_drop(tokens, TokenType::generic, now) == (Indices{0, 16}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
