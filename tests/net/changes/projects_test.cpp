#include "net/changes/projects.hpp"

#include "net/changes/pings.hpp"
#include "net/changes/web_hosts.hpp"
#include "storage/platforms.hpp"
#include "storage/projects.hpp"
#include "tests/net/changes/found_rows.hpp"

namespace portcullis::changes {
namespace {

namespace keys = storage::keys;
using test::in_project;
using test::noon;

struct ProjectRows {
  [[nodiscard]] static Project named(std::string id) {
    Project project;
    project.id = std::move(id);
    return project;
  }
  [[nodiscard]] Project stored() const { return rows.read<Project>(keys::project("shop")); }
  test::FoundRows rows;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(change_projects, ProjectRows)

BOOST_AUTO_TEST_CASE(projects_get_rising_numbers_that_nobody_had) {
  BOOST_TEST((rows.commit(create_project(named("shop"))).value().number == ProjectNo{1}));
  BOOST_REQUIRE(rows.commit(remove_project("shop", ProjectNo{1}, noon)));
  BOOST_TEST((rows.commit(create_project(named("shop"))).value().number == ProjectNo{2}));
  BOOST_TEST((rows.refusal(create_project(named("shop"))) == errc::project_already_exists));
}

BOOST_AUTO_TEST_CASE(web_hosts_become_platforms_and_are_not_stored_with_the_settings) {
  Project made = named("shop");
  made.settings.web_hosts = {"a.example", "b.example"};
  BOOST_TEST((rows.refusal(create_project(made, {"1"})) == errc::again));  // an id for each
  const result<Project> created = rows.commit(create_project(made, {"1", "2"}));
  BOOST_REQUIRE(created);
  BOOST_TEST((created->settings.web_hosts == made.settings.web_hosts));
  BOOST_TEST(stored().settings.web_hosts.empty());
  BOOST_TEST(rows.read<Platform>(keys::platform(ProjectNo{1}, "1")).identifier == "a.example");
}

BOOST_AUTO_TEST_CASE(an_edit_is_dated_and_one_that_refuses_changes_nothing) {
  BOOST_REQUIRE(rows.commit(create_project(named("shop"))));
  const auto rename = [](ProjectSettings& settings) -> result<void> {
    settings.name = "New";
    return {};
  };
  const Change<Project> change = update_project("shop", noon, rename);
  BOOST_TEST(change.refreshes_projects);
  BOOST_REQUIRE(rows.commit(change));
  BOOST_TEST(stored().settings.name == "New");
  BOOST_TEST((stored().updated_at == noon));
  const auto refuse = [](ProjectSettings&) -> result<void> { return errc::general_bad_request; };
  BOOST_TEST((rows.refusal(update_project("shop", noon, refuse)) == errc::general_bad_request));
  BOOST_TEST((rows.refusal(update_project("gone", noon, rename)) == errc::project_not_found));
}

BOOST_AUTO_TEST_CASE(settings_with_hosts_are_of_the_project_that_had_the_id_when_they_were_asked_for) {
  BOOST_REQUIRE(rows.commit(create_project(named("shop"))));
  std::vector<std::string> seen{"something"};
  const auto add_host = [&seen](ProjectSettings& settings) -> result<void> {
    seen = settings.web_hosts;
    settings.web_hosts.push_back("new.example");
    return {};
  };
  BOOST_TEST((rows.refusal(set_project("shop", ProjectNo{2}, noon, add_host, {"1"})) == errc::project_not_found));
  BOOST_REQUIRE(rows.commit(set_project("shop", ProjectNo{1}, noon, add_host, {"1"})));
  BOOST_TEST(seen.empty());
  BOOST_TEST(rows.holds(keys::platform(ProjectNo{1}, "1")));
  BOOST_REQUIRE(rows.commit(set_project("shop", ProjectNo{1}, noon, add_host, {"2"})));
  BOOST_TEST((seen == std::vector<std::string>{"new.example"}));
  BOOST_TEST(!rows.holds(keys::platform(ProjectNo{1}, "2")));
}

BOOST_AUTO_TEST_CASE(a_project_is_removed_by_its_number_and_waits_to_be_erased) {
  BOOST_REQUIRE(rows.commit(create_project(named("shop"))));
  BOOST_TEST((rows.refusal(remove_project("shop", ProjectNo{2}, noon)) == errc::project_not_found));
  BOOST_REQUIRE(rows.commit(remove_project("shop", ProjectNo{1}, noon)));
  BOOST_TEST(!rows.holds(keys::project("shop")));
  BOOST_TEST(rows.read<storage::RemovedProject>(keys::removed_project(ProjectNo{1})).id == "shop");
}

BOOST_AUTO_TEST_CASE(counts_of_pings_are_stored_as_they_are) {
  BOOST_REQUIRE(rows.commit(put_pings(in_project, Pings{1, noon})));
  BOOST_TEST((rows.read<Pings>(keys::pings(in_project)).last == noon));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::changes
