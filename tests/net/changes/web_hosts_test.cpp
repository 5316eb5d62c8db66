#include "net/changes/web_hosts.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "core/random.hpp"
#include "storage/platforms.hpp"

namespace portcullis::test {
namespace {

constexpr ProjectNo project{7};
constexpr std::size_t most = 10;
using Hosts = std::vector<std::string>;

Platform platform(std::string id, std::string type, std::string identifier, int age) {
  return Platform{std::move(id), from_millis(age), from_millis(age), "Named", std::move(type), std::move(identifier)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(web_hosts)

BOOST_AUTO_TEST_CASE(are_those_of_web_platforms_oldest_first_and_once) {
  const std::vector<Platform> platforms{platform("a", "web", "young.example", 3),
                                        platform("b", "web", "old.example", 1), platform("c", "linux", "tool", 2),
                                        platform("d", "web", "old.example", 2)};
  BOOST_TEST((changes::web_hosts(platforms) == Hosts{"old.example", "young.example"}));
}

BOOST_AUTO_TEST_CASE(that_are_named_keep_their_platforms_and_the_others_lose_them) {
  const std::vector<Platform> platforms{platform("a", "web", "kept.example", 1),
                                        platform("b", "web", "gone.example", 1),
                                        platform("c", "linux", "gone.example", 1)};
  const auto change =
      changes::match_hosts(project, platforms, {"kept.example", "new.example"}, from_millis(2), {"n"}, most);
  BOOST_REQUIRE(change);
  BOOST_TEST((change->edits.erase == Hosts{storage::keys::platform(project, "b")}));
  BOOST_REQUIRE(change->edits.put.size() == 1U);
  BOOST_TEST((change->edits.put[0].key == storage::keys::platform(project, "n")));
  BOOST_REQUIRE(change->platforms.size() == 3U);
  BOOST_TEST((change->platforms[0] == platforms[0]));
  BOOST_TEST((change->platforms[1] == platforms[2]));
}

BOOST_AUTO_TEST_CASE(that_are_as_they_were_change_nothing) {
  const std::vector<Platform> platforms{platform("a", "web", "a.example", 1), platform("b", "web", "a.example", 2)};
  const auto change = changes::match_hosts(project, platforms, {"a.example"}, from_millis(3), {}, 1);
  BOOST_REQUIRE(change);
  BOOST_TEST(change->edits.erase.empty());
  BOOST_TEST(change->edits.put.empty());
}

BOOST_AUTO_TEST_CASE(longer_than_a_name_may_be_are_named_by_their_beginning) {
  const std::string host = std::string(60, 'a') + "." + std::string(60, 'b') + "." + std::string(60, 'c');
  const auto change = changes::match_hosts(project, {}, {host}, from_millis(1), {"n"}, most);
  BOOST_REQUIRE(change);
  BOOST_TEST(change->platforms.front().identifier == host);
  BOOST_TEST(change->platforms.front().name == host.substr(0, 128));
}

BOOST_AUTO_TEST_CASE(beyond_the_limit_or_the_ids_are_refused) {
  const std::vector<Platform> platforms{platform("a", "linux", "tool", 1)};
  const auto full = changes::match_hosts(project, platforms, {"a.example"}, from_millis(1), {"n"}, 1);
  BOOST_TEST((!full && full.error().code == errc::general_bad_request));
  const auto nameless = changes::match_hosts(project, {}, {"a.example", "b.example"}, from_millis(1), {"n"}, most);
  BOOST_TEST((!nameless && nameless.error().code == errc::again));
}

BOOST_AUTO_TEST_CASE(get_ids_that_keep_their_order) {
  SystemRandom random;
  const Hosts ids = changes::platform_ids(50, from_millis(5), random);
  BOOST_TEST(std::is_sorted(ids.begin(), ids.end()));
  BOOST_TEST(ids.size() == 50U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::test
