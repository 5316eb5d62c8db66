#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "net/commands/commands.hpp"
#include "storage/format.hpp"
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

BOOST_AUTO_TEST_CASE(hosts_that_were_kept_with_the_settings_become_web_platforms_once) {
  const std::optional<json::Value> made =
      json::parse(R"({"project":"p1","type":"web","name":"Mine","identifier":"b.example"})");
  BOOST_REQUIRE(commands::run_now(app().services(), "platform.create", *made).ok);
  set([](ProjectSettings& s) { s.web_hosts = {"a.example", "b.example", "*.c.example"}; });
  for (int start = 0; start < 2; ++start) {
    restart();
    const std::shared_ptr<const LiveProject> project = app().services().projects.find("p1");
    BOOST_TEST(project->platforms.size() == 3U);
    std::vector<std::string> hosts = project->settings().web_hosts;
    std::sort(hosts.begin(), hosts.end());
    BOOST_TEST((hosts == std::vector<std::string>{"*.c.example", "a.example", "b.example"}));
    for (const Platform& platform : project->platforms)
      BOOST_TEST(platform.name == (platform.identifier == "b.example" ? "Mine" : platform.identifier));
    const Headers from_page{{"Origin", "https://x.c.example"}};
    BOOST_TEST(call(http::Method::get, "/v1/ping", {}, from_page).status() == 200);
    const result<std::vector<Project>> stored = app().services().store.all_projects_now();
    BOOST_REQUIRE(stored);
    for (const Project& each : *stored) BOOST_TEST(each.settings.web_hosts.empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::test
