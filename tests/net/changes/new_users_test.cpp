#include "core/random.hpp"
#include "net/changes/users.hpp"
#include "storage/identities.hpp"
#include "storage/sessions.hpp"
#include "storage/targets.hpp"
#include "storage/teams.hpp"
#include "storage/users.hpp"
#include "tests/net/changes/found_rows.hpp"

namespace portcullis::changes {
namespace {

namespace keys = storage::keys;
using test::before_noon;
using test::in_project;
using test::named_user;
using test::noon;

struct NewUsers : test::OneUser {
  [[nodiscard]] static NewUser named(const std::string& id) {
    NewUser made;
    made.user = named_user(id);
    made.user.sequence = 0;
    made.email_target_id = "email-of-" + id;
    made.phone_target_id = "phone-of-" + id;
    return made;
  }
  [[nodiscard]] std::optional<errc> refusal(const NewUser& made) const {
    return rows.refusal(create_user(in_project, made));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(change_new_users, NewUsers)

BOOST_AUTO_TEST_CASE(a_user_is_numbered_counted_and_reachable) {
  const result<CreatedUser> made = rows.commit(create_user(in_project, named("bob")));
  BOOST_REQUIRE(made);
  BOOST_TEST(made->user.sequence == 2U);
  BOOST_TEST(stored_counters().users == 2U);
  BOOST_TEST(stored_counters().next_sequence == 3U);
  BOOST_REQUIRE(made->targets.size() == 1U);
  BOOST_TEST(made->targets[0].identifier == "bob@example.com");
  BOOST_TEST(rows.holds(keys::target(in_project, "bob", "email-of-bob")));
  BOOST_TEST(rows.holds(keys::email_index(in_project, "bob@example.com")));
}

BOOST_AUTO_TEST_CASE(an_id_an_email_or_a_phone_that_is_taken_is_refused) {
  ada.phone = "+15550100";
  add_user(ada, password);
  NewUser made = named("ada");
  made.user.email = "other@example.com";
  BOOST_TEST((refusal(made) == errc::user_already_exists));
  made = named("bob");
  made.user.email = "ada@example.com";
  BOOST_TEST((refusal(made) == errc::user_already_exists));
  made = named("bob");
  made.user.phone = "+15550100";
  BOOST_TEST((refusal(made) == errc::user_already_exists));
  made.user.phone = "+15550101";
  BOOST_TEST((refusal(made) == std::nullopt));
}

BOOST_AUTO_TEST_CASE(an_email_of_anybodys_identity_is_refused_as_it_is_asked_for) {
  rows.add(keys::identities_with_email(in_project, "bob@example.com").first, storage::IdentityRef{"ada", "i"});
  NewUser made = named("bob");
  made.identity_clash = errc::general_bad_request;
  BOOST_TEST((refusal(made) == errc::general_bad_request));
}

BOOST_AUTO_TEST_CASE(a_full_project_takes_no_more) {
  NewUser made = named("bob");
  made.user_limit = 1;
  BOOST_TEST((refusal(made) == errc::user_count_exceeded));
  made.user_limit = 2;
  BOOST_TEST((refusal(made) == std::nullopt));
}

BOOST_AUTO_TEST_CASE(an_address_that_is_somebodys_target_stays_theirs) {
  add_target("t", "bob@example.com");
  const result<CreatedUser> made = rows.commit(create_user(in_project, named("bob")));
  BOOST_REQUIRE(made);
  BOOST_TEST(made->targets.empty());
  const auto holder = rows.read<storage::TargetRef>(keys::identifier_index(in_project, "bob@example.com"));
  BOOST_TEST(holder.user_id == "ada");
}

BOOST_AUTO_TEST_CASE(a_session_opens_with_its_user) {
  NewUser made = named("bob");
  made.session.emplace();
  made.session->user_id = "bob";
  made.session->selector = "first";
  BOOST_REQUIRE(rows.commit(create_user(in_project, made)));
  BOOST_TEST(rows.read<Session>(keys::session(in_project, "bob", "first")).sequence == 1U);
}

BOOST_AUTO_TEST_CASE(the_code_for_the_first_administrator_is_asked_for_and_spent_once) {
  NewUser made = named("bob");
  made.signup_code = SignupCode::is_needed;
  made.signup_code_hash = "right";
  BOOST_TEST((refusal(made) == errc::user_invalid_token));  // there is none
  rows.add(keys::signup_code(), std::string("other"));
  BOOST_TEST((refusal(made) == errc::user_invalid_token));
  rows.add(keys::signup_code(), std::string("right"));
  BOOST_REQUIRE(rows.commit(create_user(in_project, made)));
  BOOST_TEST(!rows.holds(keys::signup_code()));
  NewUser next = named("eve");
  next.signup_code = SignupCode::ends;
  rows.add(keys::signup_code(), std::string("right"));
  BOOST_REQUIRE(rows.commit(create_user(in_project, next)));
  BOOST_TEST(!rows.holds(keys::signup_code()));
}

BOOST_AUTO_TEST_CASE(an_administrator_owns_the_team_that_is_there_or_made_now) {
  SystemRandom random;
  for (const char* id : {"bob", "eve"}) {
    NewUser made = named(id);
    made.team = first_team(noon, random);
    BOOST_REQUIRE(rows.commit(create_user(in_project, made)));
    const auto membership = rows.read<Membership>(keys::membership(in_project, id, made.team->membership_id));
    BOOST_TEST(membership.confirmed);
    BOOST_TEST((membership.roles == std::vector<std::string>{std::string(owner_role)}));
  }
  BOOST_TEST(rows.read<Team>(keys::team(in_project, administrators)).total == 2U);
}

BOOST_AUTO_TEST_CASE(of_many_each_sees_those_before_it) {
  auto many = std::make_shared<std::vector<NewUser>>();
  for (const char* id : {"bob", "ada", "bob", "eve"}) many->push_back(named(id));
  many->push_back(named("joe"));
  many->back().user.email = "bob@example.com";
  many->push_back(named("zoe"));
  many->back().user.phone = "+15550100";
  many->push_back(named("kim"));
  many->back().user.phone = "+15550100";
  rows.add(keys::identities_with_email(in_project, "eve@example.com").first, storage::IdentityRef{"ada", "i"});
  const result<std::vector<Imported>> verdicts = rows.commit(import_users(in_project, many));
  BOOST_REQUIRE(verdicts);
  const std::vector<Imported> expected{Imported::taken,           Imported::id_exists,    Imported::id_exists,
                                       Imported::identity_exists, Imported::email_exists, Imported::taken,
                                       Imported::phone_exists};
  BOOST_TEST((*verdicts == expected));
  BOOST_TEST(stored_counters().users == 3U);
  BOOST_TEST(rows.read<User>(keys::user(in_project, "zoe")).sequence == 3U);
  BOOST_TEST(rows.holds(keys::target(in_project, "bob", "email-of-bob")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::changes
