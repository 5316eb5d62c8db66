#include "storage/erasure.hpp"
#include "storage/api_keys.hpp"

#include "storage/check.hpp"
#include "storage/format.hpp"
#include "storage/projects.hpp"
#include "storage/slow/slow_engine.hpp"
#include "tests/storage/fixture.hpp"

namespace portcullis::storage {
namespace {

constexpr ProjectNo p{1};
constexpr std::uint32_t users = 300;  // some 9,000 rows: more than one piece

struct Filled {
  TemporaryFolder folder;
  std::unique_ptr<Engine> engine = open_lmdb(options_for(folder.path()));
  const Time removed_at = from_millis(1'000'000);
  Filled() { fill(*engine, users); }

  /// As the change that removes a project leaves it.
  void remove() {
    const RemovedProject mark{p, "shop", removed_at};
    BOOST_REQUIRE(submit_now(*engine, writes({codec::put(keys::removed_project(p), mark)}, {keys::project("shop")})));
  }
  CheckReport report() {
    const result<CheckReport> checked = check(*engine, {});
    BOOST_REQUIRE(checked);
    for (const std::string& problem : checked->problems) BOOST_TEST_MESSAGE(problem);
    return *checked;
  }
  Erasure::Step step(Erasure& erasure, Time now) {
    const result<Erasure::Step> done = test::run(erasure.step(now));
    BOOST_REQUIRE(done);
    return *done;
  }
  /// How many steps it took until one says what is finished.
  int steps_to_the_end(Erasure& erasure) {
    for (int steps = 1; steps < 1000; ++steps)
      if (step(erasure, removed_at).finished == "shop") return steps;
    BOOST_FAIL("the project is never erased");
    return 0;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(erasure, Filled)

BOOST_AUTO_TEST_CASE(rows_of_a_removed_project_leave_in_pieces_and_the_store_is_sound_between_any_two) {
  const std::uint64_t before = report().records;
  remove();
  BOOST_TEST(report().removed_rows == before - 2U);
  Erasure erasure(*engine);
  std::uint64_t left = before - 2U;
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(step(erasure, removed_at).more);
    const CheckReport now = report();
    BOOST_TEST(now.problem_count == 0U);
    BOOST_TEST(now.removed_rows < left);
    BOOST_TEST(now.removed_rows > 0U);
    left = now.removed_rows;
  }
  BOOST_TEST(steps_to_the_end(erasure) > 1);
  const CheckReport end = report();
  BOOST_TEST(end.problem_count == 0U);
  BOOST_TEST(end.records == 2U);  // the head record and the mark
}

BOOST_AUTO_TEST_CASE(another_process_goes_on_where_one_ended) {
  remove();
  {
    Erasure erasure(*engine);
    BOOST_TEST(step(erasure, removed_at).more);
  }
  engine.reset();
  engine = open_lmdb(options_for(folder.path()));
  Erasure erasure(*engine);
  steps_to_the_end(erasure);
  BOOST_TEST(report().removed_rows == 0U);
}

BOOST_AUTO_TEST_CASE(neighbours_are_not_touched) {
  const ProjectNo neighbour{2};
  const ProjectNo far{0x01000000};
  BOOST_REQUIRE(submit_now(*engine, writes({codec::put(keys::meta(), Meta{store_format, 0x01000001}),
                                            codec::put(keys::project("next"), sample_project("next", 2)),
                                            codec::put(keys::api_key(neighbour, "k2"), sample_api_key("k2")),
                                            codec::put(keys::project("far"), sample_project("far", 0x01000000)),
                                            codec::put(keys::api_key(far, "k3"), sample_api_key("k3"))})));
  remove();
  Erasure erasure(*engine);
  steps_to_the_end(erasure);
  BOOST_TEST(value_of(*engine, keys::api_key(neighbour, "k2")).has_value());
  BOOST_TEST(value_of(*engine, keys::api_key(far, "k3")).has_value());
  BOOST_TEST(report().problem_count == 0U);
}

BOOST_AUTO_TEST_CASE(nothing_can_be_put_where_a_project_was_not_even_by_the_same_commit) {
  const Put late = codec::put(keys::api_key(p, "late"), sample_api_key("late"));
  const RemovedProject mark{p, "shop", removed_at};
  std::vector<EngineChange> together;
  together.push_back(writes({codec::put(keys::api_key(p, "early"), sample_api_key("early"))}));
  together.push_back(writes({codec::put(keys::removed_project(p), mark)}, {keys::project("shop")}));
  together.push_back(writes({late}));
  const std::vector<result<void>> answers = submit_together(*engine, std::move(together));
  BOOST_TEST(answers[0].has_value());
  BOOST_TEST(answers[1].has_value());
  BOOST_REQUIRE(!answers[2]);
  BOOST_TEST(answers[2].error().code == errc::project_not_found);
  Erasure erasure(*engine);
  steps_to_the_end(erasure);
  const result<void> after = submit_now(*engine, writes({late}));
  BOOST_REQUIRE(!after);
  BOOST_TEST(after.error().code == errc::project_not_found);
}

BOOST_AUTO_TEST_CASE(the_mark_outlives_the_rows_by_an_hour) {
  remove();
  Erasure erasure(*engine);
  steps_to_the_end(erasure);
  BOOST_TEST(!step(erasure, removed_at + std::chrono::hours(1)).more);
  BOOST_TEST(value_of(*engine, keys::removed_project(p)).has_value());
  BOOST_TEST(!step(erasure, removed_at + std::chrono::hours(1) + std::chrono::seconds(1)).more);
  BOOST_TEST(!value_of(*engine, keys::removed_project(p)).has_value());
  BOOST_TEST(report().problem_count == 0U);
}

BOOST_AUTO_TEST_CASE(conflicts_only_delay_it) {
  remove();
  const std::unique_ptr<Engine> slow = make_slow(std::move(engine), SlowOptions{});
  Erasure erasure(*slow);
  steps_to_the_end(erasure);
}

BOOST_AUTO_TEST_CASE(check_finds_what_should_be_erased_and_numbers_used_twice) {
  const RemovedProject erased{p, "shop", removed_at, true};
  BOOST_REQUIRE(submit_now(*engine, writes({codec::put(keys::removed_project(p), erased)})));
  const CheckReport twice = report();
  BOOST_TEST(twice.problem_count > 0U);
  BOOST_REQUIRE(submit_now(*engine, writes({}, {keys::project("shop")})));
  BOOST_TEST(report().problem_count > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage
