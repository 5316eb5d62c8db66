#include "storage/upgrade.hpp"
#include "storage/counters.hpp"
#include "storage/credentials.hpp"
#include "storage/format.hpp"
#include "storage/keys.hpp"
#include "storage/targets.hpp"

#include "storage/check.hpp"
#include "storage/store.hpp"
#include "storage/users.hpp"
#include "tests/storage/fixture.hpp"

namespace portcullis::storage {
namespace {

constexpr ProjectNo p{1};

/// What format 2 added.
std::vector<std::string> entries_of(Engine& engine) {
  std::vector<std::string> found;
  const result<Rows> rows = engine.read_now(Reads{{}, {keys::list_entries(p, 1000000), keys::target_ids(p, 1000000)}});
  BOOST_REQUIRE(rows);
  for (const std::vector<Row>& range : rows->view().ranges)
    for (const Row& row : range) found.emplace_back(row.key);
  return found;
}

/// A store as a program of format 1 left it.
struct Old {
  TemporaryFolder folder;
  std::unique_ptr<Engine> engine = open_lmdb(options_for(folder.path()));
  std::vector<std::string> entries;
  Old() {
    fill(*engine, 600);
    entries = entries_of(*engine);
    BOOST_REQUIRE(!entries.empty());
    put_uncounted(1, entries);
  }
  /// Counters without hashes and a head of that format.
  void put_uncounted(std::uint32_t format, std::vector<std::string> erasures = {}) {
    BOOST_REQUIRE(submit_now(*engine, writes({codec::put(keys::counters(p), Counters{600, 601, 600, 601}),
                                              codec::put(keys::meta(), Meta{format, 2})},
                                             std::move(erasures))));
  }
  Counters counters() {
    const std::string key = keys::counters(p);
    return *codec::read<Counters>(Row{key, *value_of(*engine, key)});
  }
  std::uint32_t format() {
    const std::string key = keys::meta();
    return codec::read<Meta>(Row{key, *value_of(*engine, key)})->format;
  }
  std::uint64_t problems() {
    const result<CheckReport> report = check(*engine, {});
    BOOST_REQUIRE(report);
    return report->problem_count;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(upgrades, Old)

BOOST_AUTO_TEST_CASE(a_store_of_format_one_gets_what_format_two_added) {
  BOOST_TEST(problems() == 0U);
  std::uint64_t users = 0;
  BOOST_REQUIRE(upgrade(*engine, [&](std::uint64_t done) { users = done; }));
  BOOST_TEST(users == 600U);
  BOOST_TEST(format() == store_format);
  BOOST_TEST((entries_of(*engine) == entries));
  BOOST_TEST(problems() == 0U);
  std::uint64_t calls = 0;
  BOOST_REQUIRE(upgrade(*engine, [&](std::uint64_t) { ++calls; }));
  BOOST_TEST(calls == 0U);
}

BOOST_AUTO_TEST_CASE(a_store_of_format_two_or_three_gets_its_hashes_counted) {
  BOOST_REQUIRE(upgrade(*engine, {}));
  const HashClasses right = counters().hash_classes;
  for (const std::uint32_t old : {2U, 3U}) {
    put_uncounted(old);
    BOOST_TEST(problems() == 0U);
    BOOST_REQUIRE(upgrade(*engine, {}));
    BOOST_TEST(format() == store_format);
    BOOST_TEST((entries_of(*engine) == entries));
    BOOST_TEST(counters().users == 600U);
    BOOST_TEST(counters().next_identity == 601U);
    BOOST_TEST((counters().hash_classes == right));
    BOOST_TEST(right.users_of(*class_of(sample_credential().hash)) == 600U);
    BOOST_TEST(problems() == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_store_of_format_four_gets_a_new_head_alone) {
  BOOST_REQUIRE(upgrade(*engine, {}));
  BOOST_REQUIRE(submit_now(*engine, writes({codec::put(keys::meta(), Meta{4, 2})})));
  std::uint64_t calls = 0;
  BOOST_REQUIRE(upgrade(*engine, [&](std::uint64_t) { ++calls; }));
  BOOST_TEST(calls == 0U);
  BOOST_TEST(format() == store_format);
  BOOST_TEST(problems() == 0U);
}

BOOST_AUTO_TEST_CASE(a_damaged_password_row_stops_the_upgrade_and_the_counters_stay) {
  BOOST_REQUIRE(upgrade(*engine, {}));
  put_uncounted(3);
  BOOST_REQUIRE(submit_now(*engine, writes({Put{keys::credential(p, "user400"), "damaged"}})));
  const result<void> done = upgrade(*engine, {});
  BOOST_REQUIRE(!done);
  BOOST_TEST(done.error().code == errc::record_corrupt);
  BOOST_TEST(format() == 3U);
  BOOST_TEST(counters().hash_classes.counted.empty());
}

BOOST_AUTO_TEST_CASE(entries_made_by_other_unicode_tables_are_made_again) {
  BOOST_REQUIRE(upgrade(*engine, {}));
  const std::vector<Put> made_by_others{codec::put_text(keys::unicode(), "1.0.0"),
                                        codec::put_mark(keys::entry(keys::word_group(p, "folded"), 1))};
  BOOST_REQUIRE(submit_now(*engine, writes(made_by_others, {entries.front()})));
  BOOST_TEST(problems() == 0U);  // until they are made again nothing can be said of them
  std::uint64_t users = 0;
  BOOST_REQUIRE(upgrade(*engine, [&](std::uint64_t done) { users = done; }));
  BOOST_TEST(users == 600U);
  BOOST_TEST((entries_of(*engine) == entries));
  BOOST_TEST(problems() == 0U);
  BOOST_REQUIRE(submit_now(*engine, writes({}, {keys::unicode()})));  // a program that did not write it
  users = 0;
  BOOST_REQUIRE(upgrade(*engine, [&](std::uint64_t done) { users = done; }));
  BOOST_TEST(users == 600U);
  BOOST_TEST(value_of(*engine, keys::unicode()).has_value());
}

BOOST_AUTO_TEST_CASE(what_an_interrupted_upgrade_made_is_no_problem_of_an_old_store) {
  BOOST_REQUIRE(submit_now(*engine, writes({codec::put(keys::target_index(p, "gone"), TargetRef{"user1", "gone"}),
                                            codec::put_mark(keys::entry(keys::word_group(p, "old"), 1))})));
  BOOST_TEST(problems() == 0U);
}

BOOST_AUTO_TEST_CASE(what_an_interrupted_upgrade_left_is_forgotten) {
  std::vector<Put> left;
  for (std::uint64_t i = 0; i < 5000; ++i)
    left.push_back(codec::put_mark(keys::entry(keys::word_group(p, "old"), i + 1)));
  left.push_back(codec::put(keys::target_index(p, "gone"), TargetRef{"user1", "gone"}));
  BOOST_REQUIRE(submit_now(*engine, writes(std::move(left))));
  BOOST_REQUIRE(upgrade(*engine, {}));
  BOOST_TEST((entries_of(*engine) == entries));
}

BOOST_AUTO_TEST_CASE(a_damaged_user_stops_the_upgrade_and_the_format_stays) {
  BOOST_REQUIRE(submit_now(*engine, writes({Put{keys::user(p, "user400"), "damaged"}})));
  const result<void> done = upgrade(*engine, {});
  BOOST_REQUIRE(!done);
  BOOST_TEST(done.error().code == errc::record_corrupt);
  BOOST_TEST(format() == 1U);
}

BOOST_AUTO_TEST_CASE(a_damaged_entry_stops_the_upgrade_and_the_format_stays) {
  BOOST_REQUIRE(submit_now(*engine, writes({Put{keys::identifier_index(p, "u7@example.com"), "damaged"}})));
  const result<void> done = upgrade(*engine, {});
  BOOST_REQUIRE(!done);
  BOOST_TEST(done.error().code == errc::record_corrupt);
  BOOST_TEST(format() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage
