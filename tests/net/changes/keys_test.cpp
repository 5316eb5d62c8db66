#include "net/changes/keys.hpp"

#include "storage/api_keys.hpp"
#include "storage/projects.hpp"
#include "tests/net/changes/found_rows.hpp"

namespace portcullis::changes {
namespace {

namespace keys = storage::keys;
using std::chrono::hours;
using std::chrono::milliseconds;
using test::before_noon;
using test::in_project;
using test::noon;

struct Keys {
  Keys() {
    Project shop;
    shop.number = in_project;
    shop.id = "shop";
    rows.add(keys::project("shop"), shop);
  }
  [[nodiscard]] static ApiKey named(std::string id) {
    ApiKey key;
    key.id = std::move(id);
    key.created_at = key.updated_at = before_noon;
    return key;
  }
  [[nodiscard]] std::optional<errc> refusal(const char* project, const char* id, KeyKind kind) const {
    return rows.refusal(create_key(in_project, project, named(id), kind));
  }
  [[nodiscard]] ApiKey stored() const { return rows.read<ApiKey>(keys::api_key(in_project, "a")); }
  std::size_t note_use(Time now, const char* sdk) {
    const storage::EngineChange change = note_key_use(in_project, "a", now, sdk);
    const storage::Edits edits = change.decide(rows.view(change.reads)).value();
    rows.apply(edits);
    return edits.put.size();
  }
  test::FoundRows rows;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(change_keys, Keys)

BOOST_AUTO_TEST_CASE(a_key_needs_a_project_and_a_fresh_id) {
  BOOST_REQUIRE(rows.commit(create_key(in_project, "shop", named("a"))));
  BOOST_TEST((refusal("gone", "b", KeyKind::api) == errc::project_not_found));
  BOOST_TEST((refusal("shop", "a", KeyKind::api) == errc::key_already_exists));
  BOOST_TEST((refusal("shop", "a", KeyKind::dev) == std::nullopt));
}

BOOST_AUTO_TEST_CASE(a_project_has_so_many_of_a_kind_at_most) {
  for (std::uint32_t i = 1; i < keys::api_keys_limit; ++i) {
    const std::string id = std::to_string(i);
    rows.add(keys::api_key(in_project, id), named(id));
  }
  BOOST_TEST((refusal("shop", "a", KeyKind::api) == std::nullopt));
  rows.add(keys::api_key(in_project, "last"), named("last"));
  BOOST_TEST((refusal("shop", "a", KeyKind::api) == errc::general_bad_request));
  BOOST_TEST((refusal("shop", "a", KeyKind::dev) == std::nullopt));
}

BOOST_AUTO_TEST_CASE(an_update_replaces_what_may_change_and_takes_effect_at_once) {
  BOOST_REQUIRE(rows.commit(create_key(in_project, "shop", named("a"))));
  const Change<ApiKey> change = update_key(in_project, "a", noon, KeyChange{"new", {"users.read"}, noon});
  BOOST_TEST(change.refreshes_projects);
  BOOST_REQUIRE(rows.commit(change));
  BOOST_TEST(stored().name == "new");
  BOOST_TEST((stored().scopes == std::vector<std::string>{"users.read"}));
  BOOST_TEST((stored().expires_at == noon));
  BOOST_TEST((stored().updated_at == noon));
  BOOST_TEST((rows.refusal(update_key(in_project, "b", noon, {})) == errc::key_not_found));
}

BOOST_AUTO_TEST_CASE(a_use_is_noted_once_a_day_and_for_each_new_sdk) {
  BOOST_TEST(note_use(noon, "node") == 0U);  // revoked meanwhile
  BOOST_REQUIRE(rows.commit(create_key(in_project, "shop", named("a"))));
  BOOST_TEST(note_use(noon, "") == 1U);
  BOOST_TEST(note_use(noon + hours(24) - milliseconds(1), "") == 0U);
  BOOST_TEST(note_use(noon, "node") == 1U);
  BOOST_TEST(note_use(noon, "node") == 0U);
  BOOST_TEST(note_use(noon + hours(24), "node") == 1U);
  BOOST_TEST((stored().sdks == std::vector<std::string>{"node"}));
  BOOST_TEST((stored().accessed_at == noon + hours(24)));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_revoked_is_gone_at_once) {
  BOOST_REQUIRE(rows.commit(create_key(in_project, "shop", named("a"))));
  const Change<bool> change = revoke_key(in_project, "a");
  BOOST_TEST(change.refreshes_projects);
  BOOST_REQUIRE(rows.commit(change));
  BOOST_TEST((rows.refusal(change) == errc::key_not_found));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::changes
