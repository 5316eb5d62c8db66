#include "net/changes/identities.hpp"

#include "storage/counters.hpp"
#include "storage/identities.hpp"
#include "tests/net/changes/found_rows.hpp"

namespace portcullis::changes {
namespace {

namespace keys = storage::keys;
using test::in_project;
using test::noon;

struct Identities : test::OneUser {
  [[nodiscard]] static Identity identity(std::string id, std::string uid) {
    Identity made;
    made.id = std::move(id);
    made.user_id = "ada";
    made.provider = "github";
    made.provider_uid = std::move(uid);
    made.created_at = made.updated_at = noon;
    return made;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(change_identities, Identities)

BOOST_AUTO_TEST_CASE(an_identity_is_numbered_and_counted) {
  for (const char* id : {"a", "b"}) BOOST_REQUIRE(rows.commit(create_identity(in_project, identity(id, id))));
  BOOST_TEST(rows.read<Identity>(keys::identity(in_project, "ada", "b")).sequence == 2U);
  BOOST_TEST(stored_counters().identities == 2U);
  BOOST_TEST(stored_counters().next_identity == 3U);
}

BOOST_AUTO_TEST_CASE(an_id_and_a_providers_user_have_one_and_nobody_has_none) {
  BOOST_REQUIRE(rows.commit(create_identity(in_project, identity("a", "1"))));
  BOOST_TEST((rows.refusal(create_identity(in_project, identity("a", "2"))) == errc::user_already_exists));
  BOOST_TEST((rows.refusal(create_identity(in_project, identity("b", "1"))) == errc::user_already_exists));
  Identity stray = identity("b", "2");
  BOOST_TEST((rows.refusal(create_identity(in_project, stray)) == std::nullopt));
  stray.user_id = "eve";
  BOOST_TEST((rows.refusal(create_identity(in_project, stray)) == errc::user_not_found));
}

BOOST_AUTO_TEST_CASE(one_that_goes_is_counted_no_longer_and_its_number_is_not_used_again) {
  const test::FoundRows before = rows;
  BOOST_REQUIRE(rows.commit(create_identity(in_project, identity("a", "1"))));
  BOOST_REQUIRE(rows.commit(delete_identity(in_project, "ada", "a", noon)));
  BOOST_TEST(stored_counters().identities == 0U);
  BOOST_TEST(stored_counters().next_identity == 2U);
  rows.add(keys::counters(in_project), before.read<storage::Counters>(keys::counters(in_project)));
  BOOST_TEST((rows == before));
  BOOST_TEST((rows.refusal(delete_identity(in_project, "ada", "a", noon)) == errc::user_identity_not_found));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::changes
