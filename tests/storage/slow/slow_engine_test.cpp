#include "storage/slow/slow_engine.hpp"

#include "storage/store.hpp"
#include "storage/users.hpp"
#include "tests/storage/fixture.hpp"

namespace portcullis::storage {
namespace {

struct Slow {
  TemporaryFolder folder;
  std::unique_ptr<Engine> engine;
  void open(SlowOptions options) { engine = make_slow(open_lmdb(options_for(folder.path())), options); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(slow_engine, Slow)

BOOST_AUTO_TEST_CASE(a_trip_takes_its_time) {
  open({std::chrono::milliseconds(5), 0, 1});
  Store store(*engine);
  const auto start = std::chrono::steady_clock::now();
  BOOST_TEST(test::run(store.counters(ProjectNo{1})).has_value());
  BOOST_TEST((std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(5)));
}

BOOST_AUTO_TEST_CASE(a_conflict_leaves_no_trace_and_those_who_try_again_get_through) {
  open({std::chrono::microseconds(1), 100, 1});
  for (int i = 0; i < 3; ++i) {
    const result<void> first = submit_now(*engine, increments("count"));
    BOOST_REQUIRE(!first);
    BOOST_TEST(first.error().code == errc::again);
    for (int n = 0; n < 32; ++n) BOOST_TEST(submit_now(*engine, increments("count")).has_value());
  }
  BOOST_TEST((value_of(*engine, "count") == "96"));
}

BOOST_AUTO_TEST_CASE(about_the_asked_share_conflicts) {
  open({std::chrono::microseconds(1), 20, 7});
  int conflicts = 0;
  for (int i = 0; i < 500; ++i)
    conflicts += submit_now(*engine, puts_when_absent(keys::prefs(ProjectNo{1}, std::to_string(i)), "x")) ? 0 : 1;
  BOOST_TEST(conflicts > 60);
  BOOST_TEST(conflicts < 140);
}

BOOST_AUTO_TEST_CASE(decisions_run_twice_and_must_agree) {
  open({std::chrono::microseconds(1), 0, 1});
  int runs = 0;
  EngineChange steady;
  steady.decide = [&runs](const View&) -> result<Edits> {
    ++runs;
    return Edits{{}, {Put{"k", "same"}}};
  };
  BOOST_TEST(submit_now(*engine, std::move(steady)).has_value());
  BOOST_TEST(runs == 2);
  EngineChange moody;
  moody.decide = [n = 0](const View&) mutable -> result<Edits> { return Edits{{}, {Put{"k", std::to_string(++n)}}}; };
  const result<void> answer = submit_now(*engine, std::move(moody));
  BOOST_REQUIRE(!answer);
  BOOST_TEST(answer.error().code == errc::general_unknown);
  BOOST_TEST((value_of(*engine, "k") == "same"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage
