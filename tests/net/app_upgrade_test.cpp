#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "storage/keys.hpp"
#include "tests/support/app_fixture.hpp"
#include "tests/support/run.hpp"

namespace portcullis::test {

BOOST_FIXTURE_TEST_SUITE(app_upgrade, AppFixture)

BOOST_AUTO_TEST_CASE(a_damaged_record_that_stops_an_upgrade_is_for_the_check_command_to_name) {
  storage::EngineChange change;
  change.decide = [](const storage::View&) -> result<storage::Edits> {
    return storage::Edits{{}, {storage::Put{storage::keys::unicode(), "damaged"}}};
  };
  BOOST_REQUIRE(run(app().engine().submit(std::move(change))));
  const auto names_the_command = [](const std::runtime_error& why) {
    return std::string_view(why.what()).find("portcullis check") != std::string_view::npos;
  };
  BOOST_CHECK_EXCEPTION(restart(), std::runtime_error, names_the_command);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::test
