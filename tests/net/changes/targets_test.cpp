#include "net/changes/targets.hpp"

#include "storage/targets.hpp"
#include "tests/net/changes/found_rows.hpp"

namespace portcullis::changes {
namespace {

namespace keys = storage::keys;
using test::in_project;
using test::noon;

struct Targets : test::OneUser {
  Targets() { add_target("t", "one@example.com"); }
  [[nodiscard]] std::optional<errc> refusal(const char* user, const char* id, const char* identifier) const {
    return rows.refusal(create_target(in_project, make_target(user, id, "email", identifier, noon)));
  }
  [[nodiscard]] static TargetUpdate identifier(std::string value) {
    TargetUpdate made;
    made.type = "email";
    made.identifier = std::move(value);
    return made;
  }
  [[nodiscard]] Target stored_target() const { return rows.read<Target>(keys::target(in_project, "ada", "t")); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(change_targets, Targets)

BOOST_AUTO_TEST_CASE(ids_and_identifiers_are_used_once) {
  BOOST_TEST((refusal("ada", "t", "two@example.com") == errc::user_target_already_exists));
  BOOST_TEST((refusal("ada", "u", "one@example.com") == errc::user_target_already_exists));
  BOOST_TEST((refusal("eve", "u", "two@example.com") == errc::user_not_found));
  BOOST_TEST((refusal("ada", "u", "two@example.com") == std::nullopt));
}

BOOST_AUTO_TEST_CASE(a_user_has_so_many_at_most) {
  for (std::size_t i = 1; i + 1 < most_targets; ++i)
    add_target("t" + std::to_string(i), std::to_string(i) + "@example.com");
  BOOST_TEST((refusal("ada", "u", "two@example.com") == std::nullopt));
  add_target("last", "last@example.com");
  BOOST_TEST((refusal("ada", "u", "two@example.com") == errc::general_bad_request));
}

BOOST_AUTO_TEST_CASE(a_new_identifier_revives_and_the_old_one_is_free) {
  Target tired = stored_target();
  tired.expired = true;
  rows.add(keys::target(in_project, "ada", "t"), tired);
  BOOST_REQUIRE(rows.commit(update_target(in_project, "ada", "t", noon, identifier("two@example.com"))));
  BOOST_TEST(!stored_target().expired);
  BOOST_TEST(!rows.holds(keys::identifier_index(in_project, "one@example.com")));
  BOOST_TEST(rows.holds(keys::identifier_index(in_project, "two@example.com")));
}

BOOST_AUTO_TEST_CASE(a_name_alone_keeps_the_identifier) {
  TargetUpdate named;
  named.type = "email";
  named.name = "mine";
  BOOST_REQUIRE(rows.commit(update_target(in_project, "ada", "t", noon, named)));
  BOOST_TEST(stored_target().name == "mine");
  BOOST_TEST(rows.holds(keys::identifier_index(in_project, "one@example.com")));
}

BOOST_AUTO_TEST_CASE(an_update_is_refused_for_another_type_or_an_identifier_that_is_taken) {
  add_target("u", "two@example.com");
  const auto update = [&](const char* id, const TargetUpdate& made) {
    return rows.refusal(update_target(in_project, "ada", id, noon, made));
  };
  BOOST_TEST((update("t", identifier("two@example.com")) == errc::user_target_already_exists));
  BOOST_TEST((update("t", identifier("one@example.com")) == std::nullopt));  // its own
  TargetUpdate other = identifier("+15550100");
  other.type = "sms";
  BOOST_TEST((update("t", other) == errc::again));
  BOOST_TEST((update("x", identifier("three@example.com")) == errc::user_target_not_found));
}

BOOST_AUTO_TEST_CASE(one_that_goes_leaves_nothing) {
  BOOST_REQUIRE(rows.commit(delete_target(in_project, "ada", "t", noon)));
  BOOST_TEST(!rows.holds(keys::target(in_project, "ada", "t")));
  BOOST_TEST(!rows.holds(keys::target_index(in_project, "t")));
  BOOST_TEST(!rows.holds(keys::identifier_index(in_project, "one@example.com")));
  BOOST_TEST((rows.refusal(delete_target(in_project, "ada", "t", noon)) == errc::user_target_not_found));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::changes
