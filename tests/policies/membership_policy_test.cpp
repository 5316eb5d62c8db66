#include "policies/membership_policy.hpp"

#include <boost/test/unit_test.hpp>

namespace portcullis::policies {
namespace {

Membership with_roles(std::vector<std::string> roles, bool confirmed = true) {
  Membership membership;
  membership.team_id = "team";
  membership.roles = std::move(roles);
  membership.confirmed = confirmed;
  return membership;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(membership_policy)

BOOST_AUTO_TEST_CASE(some_roles_administer_every_project_of_the_team) {
  for (const char* role : {"owner", "developer", "admin"}) {
    BOOST_TEST(administers(with_roles({role}), "team", "shop"));
    BOOST_TEST(administers(with_roles({"cook", role}), "team", ""));
    BOOST_TEST(!administers(with_roles({role}), "other", "shop"));
    BOOST_TEST(!administers(with_roles({role}, false), "team", "shop"));
  }
  for (const char* role : {"Owner", "cook", "", "owners"}) BOOST_TEST(!administers(with_roles({role}), "team", "shop"));
  BOOST_TEST(!administers(with_roles({}), "team", "shop"));
}

BOOST_AUTO_TEST_CASE(a_role_for_one_project_counts_for_that_one_only) {
  const Membership membership = with_roles({"project-shop-developer"});
  BOOST_TEST(administers(membership, "team", "shop"));
  BOOST_TEST(!administers(membership, "team", "sho"));
  BOOST_TEST(!administers(membership, "team", "shop-2"));
  BOOST_TEST(!administers(membership, "team", ""));
  BOOST_TEST(!administers(with_roles({"project-shop-cook"}), "team", "shop"));
  BOOST_TEST(!administers(with_roles({"project--owner"}), "team", ""));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::policies
