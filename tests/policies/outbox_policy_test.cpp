#include "policies/outbox_policy.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace portcullis;
using namespace portcullis::policies;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const Time now = from_millis(1'800'000'000'000);

BOOST_AUTO_TEST_SUITE(outbox_policy)

BOOST_AUTO_TEST_CASE(waits_double_from_five_seconds_to_a_quarter_of_an_hour) {
  constexpr std::int64_t middle[] = {5, 10, 20, 40, 80, 160, 320, 640, 900, 900};
  std::uint32_t failures = 0;
  for (const std::int64_t wait : middle) {
    ++failures;
    const std::int64_t ms = wait * 1000;
    BOOST_TEST(back_off(failures, 0).count() == ms - ms / 5);
    BOOST_TEST(back_off(failures, static_cast<std::uint32_t>(ms / 5)).count() == ms);
  }
}

BOOST_AUTO_TEST_CASE(jitter_moves_a_wait_by_a_fifth_at_most_and_never_beyond_the_longest) {
  for (std::uint32_t jitter : {0U, 1U, 999U, 1000U, 2000U, 2001U, 123456789U, 4294967295U}) {
    BOOST_TEST(back_off(1, jitter).count() >= 4000);
    BOOST_TEST(back_off(1, jitter).count() <= 6000);
    BOOST_TEST(back_off(40, jitter).count() <= milliseconds(minutes(15)).count());
    BOOST_TEST(back_off(4000000000U, jitter).count() >= milliseconds(minutes(12)).count());
  }
}

BOOST_AUTO_TEST_CASE(what_was_accepted_is_sent_and_what_was_refused_is_dead) {
  const Time end = now + gives_up_after;
  BOOST_TEST((after_try(TryResult::accepted, 7, end, now, 1).what == AfterTry::sent));
  BOOST_TEST((after_try(TryResult::accepted, 7, now, now, 1).what == AfterTry::sent));
  BOOST_TEST((after_try(TryResult::refused, 0, end, now, 1).what == AfterTry::dead));
}

BOOST_AUTO_TEST_CASE(a_failed_try_is_followed_by_another_until_the_day_is_over) {
  const Time end = now + gives_up_after;
  const NextStep next = after_try(TryResult::failed, 0, end, now, 1000);
  BOOST_TEST((next.what == AfterTry::again));
  BOOST_TEST((next.at == now + seconds(5)));
  BOOST_TEST((after_try(TryResult::failed, 99, end, end, 0).what == AfterTry::dead));
  const NextStep last = after_try(TryResult::failed, 99, end, end - seconds(1), 0);
  BOOST_TEST((last.what == AfterTry::again));
  BOOST_TEST((last.at == end));
}

BOOST_AUTO_TEST_CASE(a_host_that_fails_is_left_alone_for_longer_and_longer) {
  for (std::uint32_t failures : {0U, 1U, 2U, 3U}) BOOST_TEST(host_pause(failures).count() == 0);
  BOOST_TEST(host_pause(4).count() == 1000);
  BOOST_TEST(host_pause(5).count() == 2000);
  BOOST_TEST(host_pause(10).count() == 60000);
  BOOST_TEST(host_pause(4000000000U).count() == 60000);
}

BOOST_AUTO_TEST_CASE(a_host_that_fails_holds_one_place) {
  BOOST_TEST(tries_at_once_to(0) == 8U);
  BOOST_TEST(tries_at_once_to(1) == 1U);
  BOOST_TEST(tries_at_once_to(100) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
