#include "net/changes/teams.hpp"

#include "net/changes/users.hpp"
#include "storage/teams.hpp"
#include "tests/net/changes/found_rows.hpp"

namespace portcullis::changes {
namespace {

namespace keys = storage::keys;
using test::in_project;
using test::noon;

struct Teams : test::OneUser {
  [[nodiscard]] static Team named_team(std::string id) {
    Team team;
    team.id = std::move(id);
    return team;
  }
  [[nodiscard]] static Membership of_ada(std::string id, std::string team) {
    return make_membership(std::move(id), "ada", std::move(team), {"owner"}, noon);
  }
  void join(const Membership& membership) {
    storage::Edits edits;
    put_membership(edits, in_project, membership);
    rows.apply(edits);
  }
  [[nodiscard]] std::uint64_t total(const char* team) const {
    return rows.read<Team>(keys::team(in_project, team)).total;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(change_teams, Teams)

BOOST_AUTO_TEST_CASE(a_team_begins_with_its_creator_or_empty) {
  BOOST_REQUIRE(rows.commit(create_team(in_project, named_team("cooks"), of_ada("m", "cooks"))));
  BOOST_TEST(total("cooks") == 1U);
  BOOST_TEST(rows.read<Membership>(keys::membership(in_project, "ada", "m")).confirmed);
  BOOST_TEST(rows.read<std::string>(keys::member(in_project, "cooks", "m")) == "ada");
  BOOST_REQUIRE(rows.commit(create_team(in_project, named_team("empty"), std::nullopt)));
  BOOST_TEST(total("empty") == 0U);
  BOOST_TEST((rows.refusal(create_team(in_project, named_team("cooks"), std::nullopt)) == errc::team_already_exists));
}

BOOST_AUTO_TEST_CASE(a_user_is_in_so_many_at_most) {
  for (std::size_t i = 1; i < most_memberships; ++i) join(of_ada("m" + std::to_string(i), "other"));
  const auto refusal = [&] { return rows.refusal(create_team(in_project, named_team("cooks"), of_ada("m", "cooks"))); };
  BOOST_TEST((refusal() == std::nullopt));
  join(of_ada("last", "other"));
  BOOST_TEST((refusal() == errc::general_bad_request));
}

BOOST_AUTO_TEST_CASE(who_leaves_for_good_is_counted_in_no_team) {
  BOOST_REQUIRE(rows.commit(create_team(in_project, named_team("cooks"), of_ada("m", "cooks"))));
  Membership invited = of_ada("n", "waiters");
  invited.confirmed = false;
  Team waiters = named_team("waiters");
  waiters.total = 4;
  rows.add(keys::team(in_project, "waiters"), waiters);
  join(invited);
  BOOST_REQUIRE(rows.commit(delete_user(in_project, "ada", {"cooks", "waiters"})));
  BOOST_TEST(total("cooks") == 0U);
  BOOST_TEST(total("waiters") == 4U);  // an invitation is no member
  BOOST_TEST(!rows.holds(keys::member(in_project, "cooks", "m")));
  BOOST_TEST(!rows.holds(keys::member(in_project, "waiters", "n")));
}

BOOST_AUTO_TEST_CASE(who_has_joined_another_team_meanwhile_is_looked_at_again) {
  BOOST_REQUIRE(rows.commit(create_team(in_project, named_team("cooks"), of_ada("m", "cooks"))));
  BOOST_TEST((rows.refusal(delete_user(in_project, "ada", {})) == errc::again));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::changes
