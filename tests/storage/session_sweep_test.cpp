#include "storage/session_sweep.hpp"
#include "storage/api_keys.hpp"
#include "storage/projects.hpp"

#include "storage/check.hpp"
#include "storage/sessions.hpp"
#include "storage/slow/slow_engine.hpp"
#include "tests/storage/fixture.hpp"

namespace portcullis::storage {
namespace {

constexpr ProjectNo p{1};
constexpr std::uint32_t users = 300;                     // some 3,300 rows under the users: more than one step
const Time before_end = from_millis(1'800'000'000'000);  // the millisecond that sample sessions expire in
const Time after_end = before_end + std::chrono::milliseconds(1);

struct Filled {
  TemporaryFolder folder;
  std::unique_ptr<Engine> engine = open_lmdb(options_for(folder.path()));
  Filled() { fill(*engine, users); }

  CheckReport report(Time now) {
    const result<CheckReport> checked = check(*engine, {}, now);
    BOOST_REQUIRE(checked);
    BOOST_TEST(checked->problem_count == 0U);
    return *checked;
  }
  SessionSweep::Step step(SessionSweep& sweep, Time now) {
    const result<SessionSweep::Step> done = test::run(sweep.step(now));
    BOOST_REQUIRE(done);
    return *done;
  }
  /// How many steps a round took, and what it erased.
  std::pair<int, std::size_t> round(SessionSweep& sweep, Time now) {
    std::size_t erased = 0;
    for (int steps = 1; steps < 1000; ++steps) {
      const SessionSweep::Step done = step(sweep, now);
      BOOST_TEST(done.erased <= SessionSweep::step_rows);
      erased += done.erased;
      if (done.round_over) return {steps, erased};
    }
    BOOST_FAIL("the round is never over");
    return {};
  }
  /// A session of its own that lives longer than the others.
  void put_longer(const std::string& user, ProjectNo project = p) {
    Session session = sample_session(user, "cccc", 3);
    session.expires_at = after_end + std::chrono::hours(1);
    BOOST_REQUIRE(submit_now(*engine, writes({codec::put(keys::session(project, user, "cccc"), session)})));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(session_sweep, Filled)

BOOST_AUTO_TEST_CASE(a_round_erases_what_has_expired_and_nothing_else_in_bounded_steps) {
  put_longer("user7");
  const std::uint64_t records = report(before_end).records;
  SessionSweep sweep(*engine);
  BOOST_TEST(round(sweep, before_end).second == 0U);
  BOOST_TEST(report(after_end).expired_sessions == 2U * users);
  BOOST_TEST(report(after_end).sessions == 1U);
  const auto [steps, erased] = round(sweep, after_end);
  BOOST_TEST(steps > 2);
  BOOST_TEST(erased == 2U * users);
  const CheckReport end = report(after_end);
  BOOST_TEST(end.records == records - 2U * users);
  BOOST_TEST(end.sessions == 1U);
  BOOST_TEST(end.expired_sessions == 0U);
  BOOST_TEST(value_of(*engine, keys::session(p, "user7", "cccc")).has_value());
}

BOOST_AUTO_TEST_CASE(what_expired_before_a_restart_is_found_after_it) {
  {
    SessionSweep sweep(*engine);
    BOOST_TEST(step(sweep, after_end).erased > 0U);
  }
  engine.reset();
  engine = open_lmdb(options_for(folder.path()));
  SessionSweep sweep(*engine);
  round(sweep, after_end);
  BOOST_TEST(report(after_end).expired_sessions == 0U);
}

BOOST_AUTO_TEST_CASE(all_projects_are_swept_whatever_else_they_hold) {
  const ProjectNo far{0x01000000};
  const auto session_in = [](ProjectNo project) {
    return codec::put(keys::session(project, "ann", "aaaa"), sample_session("ann", "aaaa", 1));
  };
  std::vector<Put> puts{session_in(far), codec::put(keys::api_key(far, "k3"), sample_api_key("k3")),
                        codec::put(keys::project("far"), sample_project("far", 0x01000000))};
  for (std::uint32_t number = 2; number < 40; ++number) puts.push_back(session_in(ProjectNo{number}));
  BOOST_REQUIRE(submit_now(*engine, writes(std::move(puts))));
  SessionSweep sweep(*engine);
  BOOST_TEST(round(sweep, after_end).second == 2U * users + 39U);
  BOOST_TEST(value_of(*engine, keys::api_key(far, "k3")).has_value());
  BOOST_TEST(round(sweep, after_end).first == 6);  // those without users are passed by
}

BOOST_AUTO_TEST_CASE(a_store_without_users_is_one_step) {
  engine.reset();
  const TemporaryFolder other;
  engine = open_lmdb(options_for(other.path()));
  SessionSweep sweep(*engine);
  BOOST_TEST(step(sweep, after_end).round_over);
  fill(*engine, 1);
  BOOST_TEST(round(sweep, after_end).second == 2U);
}

BOOST_AUTO_TEST_CASE(a_damaged_row_stays_for_check_to_report) {
  BOOST_REQUIRE(submit_now(*engine, writes({Put{keys::session(p, "user1", "aaaa"), "damaged"}})));
  SessionSweep sweep(*engine);
  BOOST_TEST(round(sweep, after_end).second == 2U * users - 1U);
  const result<CheckReport> checked = check(*engine, {}, after_end);
  BOOST_REQUIRE(checked);
  BOOST_TEST(checked->problem_count == 1U);
}

BOOST_AUTO_TEST_CASE(conflicts_only_delay_it) {
  const std::unique_ptr<Engine> slow = make_slow(std::move(engine), SlowOptions{});
  SessionSweep sweep(*slow);
  round(sweep, after_end);
  const result<CheckReport> checked = check(*slow, {}, after_end);
  BOOST_REQUIRE(checked);
  BOOST_TEST(checked->expired_sessions == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage
