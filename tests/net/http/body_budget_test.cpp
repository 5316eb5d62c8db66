// The room that large request bodies share: what counts, and who loses when there is none left.
#include "net/http/body_budget.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <string>

#include "tests/support/manual_clock.hpp"

namespace portcullis::http {
namespace {

using namespace std::chrono_literals;

using portcullis::test::ManualClock;

/// A reader that waits for the rest of a body of so many bytes.
struct Reader {
  Reader(BodyBudget& budget, std::size_t bytes) : share(budget) {
    BOOST_REQUIRE(share.hold(bytes));
    body.assign(bytes, 'b');
    share.lend(body);
  }
  std::string body;
  BodyShare share;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_body_budget)

BOOST_AUTO_TEST_CASE(small_bodies_count_nowhere_and_large_ones_by_what_is_there) {
  ManualClock clock;
  BodyBudget budget(100'000, clock);
  BodyShare small(budget), large(budget);
  BOOST_TEST(small.hold(BodyBudget::small_body));
  BOOST_TEST(budget.free() == 100'000U);
  BOOST_TEST(large.hold(60'000));
  BOOST_TEST(large.hold(50'000));  // it has that much
  BOOST_TEST(budget.free() == 40'000U);
  BOOST_TEST(!small.hold(40'001));
  BOOST_TEST(small.hold(40'000));
  large.give_back();
  BOOST_TEST(budget.free() == 60'000U);
}

BOOST_AUTO_TEST_CASE(of_the_slow_who_has_held_most_for_longest_makes_way) {
  ManualClock clock;
  BodyBudget budget(100'000, clock);
  Reader old_and_small(budget, 10'000);
  clock.advance(1s);
  Reader large(budget, 60'000);
  clock.advance(1s);
  Reader young(budget, 30'000);
  clock.advance(10ms);
  Reader newcomer(budget, 20'000);
  BOOST_TEST(large.share.was_taken());
  BOOST_TEST(large.body.empty());
  BOOST_TEST(!large.share.hold(1));  // for good
  BOOST_TEST(!old_and_small.share.was_taken());
  BOOST_TEST(!young.share.was_taken());
  BOOST_TEST(budget.free() == 40'000U);
}

BOOST_AUTO_TEST_CASE(as_many_make_way_as_the_newcomer_needs) {
  ManualClock clock;
  BodyBudget budget(100'000, clock);
  Reader first(budget, 40'000), second(budget, 40'000), third(budget, 20'000);
  clock.advance(1s);
  Reader newcomer(budget, 70'000);
  BOOST_TEST(first.share.was_taken());
  BOOST_TEST(second.share.was_taken());
  BOOST_TEST(!third.share.was_taken());
  BOOST_TEST(budget.free() == 10'000U);
}

BOOST_AUTO_TEST_CASE(nobody_makes_way_for_one_who_has_held_more_for_longer) {
  ManualClock clock;
  BodyBudget budget(100'000, clock);
  Reader slow(budget, 80'000);
  clock.advance(1s);
  Reader quick(budget, 20'000);
  clock.advance(1ms);
  BOOST_TEST(!slow.share.hold(90'000));
  BOOST_TEST(!quick.share.was_taken());
}

BOOST_AUTO_TEST_CASE(a_body_that_comes_in_time_makes_way_for_nobody) {
  ManualClock clock;
  BodyBudget budget(2'000'000, clock);
  Reader timely(budget, 1'000'000);
  clock.advance(1200ms);
  BodyShare newcomer(budget);
  BOOST_TEST(!newcomer.hold(1'500'000));
  BOOST_TEST(timely.share.hold(2'000'000));
  timely.share.lend(timely.body);
  clock.advance(900ms);
  BOOST_TEST(newcomer.hold(1'500'000) == false);
  clock.advance(1s);
  BOOST_TEST(newcomer.hold(1'500'000));
  BOOST_TEST(timely.share.was_taken());
}

BOOST_AUTO_TEST_CASE(a_body_that_is_whole_makes_way_for_nobody) {
  ManualClock clock;
  BodyBudget budget(100'000, clock);
  Reader whole(budget, 90'000);
  whole.share.keep();
  clock.advance(10s);
  BodyShare newcomer(budget);
  BOOST_TEST(!newcomer.hold(20'000));
  BOOST_TEST(whole.body.size() == 90'000U);
  BOOST_TEST(whole.share.resize(80'001));  // what is made of it
  BOOST_TEST(newcomer.hold(19'999));
  BOOST_TEST(!newcomer.hold(20'000));
  BOOST_TEST(whole.share.resize(BodyBudget::small_tree));
  BOOST_TEST(whole.share.size() == 0U);
}

BOOST_AUTO_TEST_CASE(what_a_body_becomes_takes_room_too) {
  ManualClock clock;
  BodyBudget budget(1'000'000, clock);
  Reader waiting(budget, 900'000);
  clock.advance(2s);
  BodyShare share(budget);
  BOOST_TEST(share.hold(10'000));
  BOOST_TEST(share.resize(500'000));
  BOOST_TEST(waiting.share.was_taken());
  BOOST_TEST(!share.resize(1'000'001));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::http
