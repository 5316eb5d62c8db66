#include "net/changes/mock_phones.hpp"

#include <boost/test/unit_test.hpp>

#include "storage/codec.hpp"
#include "storage/projects.hpp"

namespace portcullis::changes {
namespace {

constexpr ProjectNo p{1};

/// What the commit finds: no such number, and that many others.
storage::View others(std::size_t count) { return {{std::nullopt}, {std::vector<storage::Row>(count)}}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(mock_phones)

BOOST_AUTO_TEST_CASE(a_project_has_five_thousand_of_them_at_most) {
  const MockPhone made{"+15550100", from_millis(1), from_millis(1), "sealed"};
  const Change<MockPhone> change = create_mock_phone(p, made);
  BOOST_REQUIRE(change.reads.ranges.size() == 1U);
  BOOST_TEST(change.reads.ranges[0].limit >= 5000U);
  BOOST_TEST(change.decide(others(4999)).has_value());
  const auto refused = change.decide(others(5000));
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error() == error(errc::mock_number_limit_exceeded)));
}

BOOST_AUTO_TEST_CASE(a_list_of_them_is_for_the_project_that_had_the_id_when_it_was_asked_for) {
  const Change<Project> change = replace_mock_phones(p, "shop", from_millis(2), {});
  Project project;
  project.id = "shop";
  const auto found_as = [&](ProjectNo number) {
    project.number = number;
    const storage::Put row = storage::codec::put(storage::keys::project("shop"), project);
    return change.decide(storage::View{{row.value}, {{}}});
  };
  BOOST_TEST(found_as(p).has_value());
  const auto refused = found_as(ProjectNo{2});
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error() == error(errc::project_not_found)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::changes
