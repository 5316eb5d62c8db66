#include "net/changes/platforms.hpp"

#include "storage/platforms.hpp"
#include "storage/projects.hpp"
#include "tests/net/changes/found_rows.hpp"

namespace portcullis::changes {
namespace {

namespace keys = storage::keys;
using test::before_noon;
using test::in_project;
using test::noon;

Platform platform(std::string id, std::string type, std::string identifier) {
  return Platform{std::move(id), before_noon, before_noon, "Named", std::move(type), std::move(identifier)};
}

struct Platforms {
  Platforms() {
    Project shop;
    shop.number = in_project;
    shop.id = "shop";
    rows.add(keys::project("shop"), shop);
    add(platform("page", "web", "shop.example"));
    add(platform("tool", "linux", "tool"));
  }
  void add(const Platform& made) { rows.add(keys::platform(in_project, made.id), made); }
  [[nodiscard]] Platform stored(const char* id) const { return rows.read<Platform>(keys::platform(in_project, id)); }
  [[nodiscard]] std::optional<errc> refusal(const char* project, const char* id) const {
    return rows.refusal(create_platform(in_project, project, platform(id, "web", "new.example")));
  }
  test::FoundRows rows;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(change_platforms, Platforms)

BOOST_AUTO_TEST_CASE(a_platform_needs_a_project_a_fresh_id_and_room) {
  BOOST_TEST((refusal("gone", "new") == errc::project_not_found));
  BOOST_TEST((refusal("shop", "page") == errc::platform_already_exists));
  for (std::uint32_t i = 3; i < keys::platforms_limit; ++i) add(platform(std::to_string(i), "linux", "x"));
  BOOST_TEST((refusal("shop", "new") == std::nullopt));
  add(platform("last", "linux", "x"));
  BOOST_TEST((refusal("shop", "new") == errc::general_bad_request));
}

BOOST_AUTO_TEST_CASE(an_update_is_of_the_platforms_own_type) {
  Platform wanted = platform("page", "web", "new.example");
  wanted.name = "New";
  wanted.updated_at = noon;
  BOOST_REQUIRE(rows.commit(update_platform(in_project, wanted)));
  BOOST_TEST(stored("page").identifier == "new.example");
  BOOST_TEST(stored("page").name == "New");
  BOOST_TEST((stored("page").updated_at == noon));
  wanted.type = "linux";
  BOOST_TEST((rows.refusal(update_platform(in_project, wanted)) == errc::platform_method_unsupported));
  wanted.id = "gone";
  BOOST_TEST((rows.refusal(update_platform(in_project, wanted)) == errc::platform_not_found));
}

BOOST_AUTO_TEST_CASE(the_old_way_takes_the_identifier_of_the_type_and_keeps_one_that_is_not_named) {
  BOOST_REQUIRE(rows.commit(update_any_platform(in_project, noon, {"page", "New", "host.example", "key"})));
  BOOST_REQUIRE(rows.commit(update_any_platform(in_project, noon, {"tool", "New", "host.example", "key"})));
  BOOST_TEST(stored("page").identifier == "host.example");
  BOOST_TEST(stored("tool").identifier == "key");
  BOOST_REQUIRE(rows.commit(update_any_platform(in_project, noon, {"page", "Newer", "", "key"})));
  BOOST_TEST(stored("page").identifier == "host.example");
  BOOST_TEST(stored("page").name == "Newer");
}

BOOST_AUTO_TEST_CASE(one_that_goes_is_gone_at_once) {
  const Change<bool> change = delete_platform(in_project, "page");
  BOOST_TEST(change.refreshes_projects);
  BOOST_REQUIRE(rows.commit(change));
  BOOST_TEST((rows.refusal(change) == errc::platform_not_found));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::changes
