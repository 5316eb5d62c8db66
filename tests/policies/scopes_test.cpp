#include "policies/scopes.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

#include "policies/permission_roles.hpp"

namespace {

using namespace portcullis;
using namespace portcullis::policies;
using Texts = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(scopes)

BOOST_AUTO_TEST_CASE(who_holds_what) {
  struct Row {
    std::string_view scope;
    bool guest, user, bare_key, granted_key;
  };
  const Texts granted{"users.read", "sessions.write", "account", "public", "no.such"};
  const Row rows[] = {
      {"public", true, true, false, false},    // not grantable
      {"account", false, true, false, false},  // not grantable
      {"global", true, true, true, true},
      {"sessions.write", true, true, false, true},
      {"users.read", false, false, false, true},
      {"users.write", false, false, false, false},
      {"health.read", false, false, true, true},
      {"graphql", true, true, true, true},
      {"targets.write", false, true, false, false},
      {"documents.write", true, true, false, false},
      {"teams.read", false, true, false, false},
      {"no.such", false, false, false, false},
      {"", false, false, false, false},
  };
  for (const Row& row : rows) {
    BOOST_TEST(holds_scope(Caller::guest, {}, row.scope) == row.guest, "guest " << row.scope);
    BOOST_TEST(holds_scope(Caller::user, {}, row.scope) == row.user, "user " << row.scope);
    BOOST_TEST(holds_scope(Caller::key, {}, row.scope) == row.bare_key, "bare key " << row.scope);
    BOOST_TEST(holds_scope(Caller::key, granted, row.scope) == row.granted_key, "granted key " << row.scope);
  }
}

BOOST_AUTO_TEST_CASE(a_key_s_scopes_do_not_leak_to_other_callers) {
  BOOST_TEST(!holds_scope(Caller::guest, {"users.read"}, "users.read"));
  BOOST_TEST(!holds_scope(Caller::user, {"users.read"}, "users.read"));
}

BOOST_AUTO_TEST_CASE(grantable_scopes_are_the_contract_s) {
  const std::vector<std::string_view>& all = grantable_key_scopes();
  BOOST_TEST(std::set<std::string_view>(all.begin(), all.end()).size() == all.size());
  for (const std::string_view scope : all) BOOST_TEST(is_grantable(scope), scope);
  for (const std::string_view scope :
       {"account", "public", "home", "console", "root", "global", "graphql", "users", ""})
    BOOST_TEST(!is_grantable(scope), scope);
}

BOOST_AUTO_TEST_CASE(roles_of_callers) {
  User user;
  user.id = "u1";
  BOOST_TEST(roles_of(nullptr, false) == (Texts{"any", "guests"}));
  BOOST_TEST(roles_of(nullptr, true) == (Texts{"any", "keys"}));
  BOOST_TEST(roles_of(&user, true) == (Texts{"any", "keys"}));
  BOOST_TEST(roles_of(&user, false) == (Texts{"any", "users", "user:u1", "users/unverified", "user:u1/unverified"}));
  user.phone_verified = true;
  user.labels = {"vip", "beta"};
  BOOST_TEST(roles_of(&user, false) ==
             (Texts{"any", "users", "user:u1", "users/verified", "user:u1/verified", "label:vip", "label:beta"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
