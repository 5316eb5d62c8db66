#include "net/changes/user_addresses.hpp"

#include "storage/identities.hpp"
#include "storage/targets.hpp"
#include "storage/users.hpp"
#include "tests/net/changes/found_rows.hpp"

namespace portcullis::changes {
namespace {

namespace keys = storage::keys;
using test::in_project;
using test::named_user;
using test::noon;

struct Addresses : test::OneUser {
  Addresses() {
    User bob = named_user("bob");
    bob.phone = "+15550100";
    bob.sequence = 2;
    add_user(bob, {});
  }
  [[nodiscard]] std::optional<errc> refusal(const char* email) const {
    return rows.refusal(replace_email(in_project, "ada", noon, Address{email, "made"}));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(change_user_addresses, Addresses)

BOOST_AUTO_TEST_CASE(an_address_of_another_their_identity_or_any_target_is_refused_and_ones_own_is_not) {
  BOOST_TEST((refusal("bob@example.com") == errc::user_email_already_exists));
  BOOST_TEST((refusal("ada@example.com") == std::nullopt));
  add_target("t", "extra@example.com");
  BOOST_TEST((refusal("extra@example.com") == errc::user_target_already_exists));
  rows.add(keys::identities_with_email(in_project, "known@example.com").first, storage::IdentityRef{"bob", "i"});
  BOOST_TEST((refusal("known@example.com") == errc::user_email_already_exists));
  const Address phone{"+15550100", "made"};
  BOOST_TEST((rows.refusal(replace_phone(in_project, "ada", noon, phone)) == errc::user_phone_already_exists));
  BOOST_TEST((rows.refusal(replace_phone(in_project, "eve", noon, phone)) == errc::user_not_found));
}

BOOST_AUTO_TEST_CASE(the_target_moves_with_the_address_that_is_unverified_then) {
  ada.email_verified = true;
  store(ada);
  add_target("t", "ada@example.com");
  BOOST_REQUIRE(rows.commit(replace_email(in_project, "ada", noon, Address{"new@example.com", "made"})));
  BOOST_TEST(stored().email == "new@example.com");
  BOOST_TEST(!stored().email_verified);
  BOOST_TEST(rows.read<Target>(keys::target(in_project, "ada", "t")).identifier == "new@example.com");
  BOOST_TEST(!rows.holds(keys::target(in_project, "ada", "made")));
  BOOST_TEST(!rows.holds(keys::identifier_index(in_project, "ada@example.com")));
}

BOOST_AUTO_TEST_CASE(a_target_is_made_where_none_had_the_address) {
  BOOST_REQUIRE(rows.commit(replace_phone(in_project, "ada", noon, Address{"+15550101", "made"})));
  BOOST_TEST(rows.read<Target>(keys::target(in_project, "ada", "made")).provider_type == "sms");
}

BOOST_AUTO_TEST_CASE(an_address_goes_with_its_target) {
  add_target("t", "ada@example.com");
  BOOST_REQUIRE(rows.commit(replace_email(in_project, "ada", noon, Address{"", "made"})));
  BOOST_TEST(stored().email.empty());
  BOOST_TEST(!rows.holds(keys::email_index(in_project, "ada@example.com")));
  BOOST_TEST(!rows.holds(keys::target(in_project, "ada", "t")));
  BOOST_TEST(!rows.holds(keys::target(in_project, "ada", "made")));
}

BOOST_AUTO_TEST_CASE(a_password_that_is_cleared_is_remembered_where_there_is_a_history) {
  BOOST_REQUIRE(rows.commit(clear_password(in_project, "ada", noon, false, 3)));
  BOOST_TEST(stored_password().hash.encoded.empty());
  BOOST_TEST(stored_password().password_revision == 3U);
  BOOST_TEST((stored_password().history == std::vector{password.hash}));
  BOOST_TEST((stored().password_updated_at == noon));
}

BOOST_AUTO_TEST_CASE(a_password_that_is_cleared_closes_the_sessions_where_it_is_to) {
  add_session("one", 1, noon);
  BOOST_REQUIRE(rows.commit(clear_password(in_project, "ada", noon, false, 0)));
  BOOST_TEST(stored_password().history.empty());
  BOOST_TEST(has_session("one"));
  BOOST_REQUIRE(rows.commit(clear_password(in_project, "ada", noon, true, 0)));
  BOOST_TEST(!has_session("one"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::changes
