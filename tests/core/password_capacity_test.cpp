// What follows from a measured hash rate, and that the measurement measures.

#include "core/password/capacity.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>

using namespace portcullis;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(password_capacity)

BOOST_AUTO_TEST_CASE(sign_ins_leave_room_for_their_other_work_only_where_hashing_takes_all_cores) {
  const double all = forecast_sign_ins(HashRate{200, 2, 2});  // 10 ms a hash
  BOOST_TEST(all < 200);
  BOOST_TEST(all > 180);
  BOOST_TEST(forecast_sign_ins(HashRate{200, 2, 4}) == 200);
  BOOST_TEST(forecast_sign_ins(HashRate{0, 2, 2}) == 0);
}

BOOST_AUTO_TEST_CASE(a_quota_slows_hashing_once_not_also_by_what_it_slowed_the_measurement) {
  const auto close = boost::test_tools::tolerance(1e-9);
  // A thread of its own core does 100 a second; the measurement got the quota's part of that, hashing its share.
  BOOST_TEST(with_pauses(HashRate{100, 1, 4}, 1).per_second == 100, close);
  BOOST_TEST(with_pauses(HashRate{100, 1, 1}, 0.85).per_second == 85, close);
  BOOST_TEST(with_pauses(HashRate{50, 1, 0.5}, 0.35).per_second == 35, close);
  BOOST_TEST(with_pauses(HashRate{100, 2, 1}, 0.425).per_second == 85, close);
  BOOST_TEST(with_pauses(HashRate{200, 2, 2}, 0.925).per_second == 185, close);
  BOOST_TEST(with_pauses(HashRate{100, 1, 1.5}, 1).per_second == 100, close);  // a thread takes a core at most
}

BOOST_AUTO_TEST_CASE(pauses_leave_their_time_to_the_other_work_of_sign_ins) {
  for (const HashRate& measured : {HashRate{100, 1, 1}, HashRate{50, 1, 0.5}, HashRate{100, 2, 1}}) {
    const double share = (measured.cores - 0.15) / measured.threads;
    const HashRate paused = with_pauses(measured, share);
    BOOST_TEST(forecast_sign_ins(paused) == paused.per_second);
  }
  // The pause comes after the answer.
  BOOST_TEST(forecast_answer_time(with_pauses(HashRate{100, 1, 1}, 0.85), 0) == 0.010,
             boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(an_answer_takes_its_hash_and_a_wait_that_grows_without_bound) {
  const HashRate rate{100, 1, 4};
  // One server: the approximation is exact, M/D/1. At half load it waits half a hash on average.
  BOOST_TEST(forecast_answer_time(rate, 50) == 0.015, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(forecast_answer_time(rate, 0) == 0.010, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(forecast_answer_time(rate, 99) > 0.4);
  BOOST_TEST(std::isinf(forecast_answer_time(rate, 100)));
  const HashRate four{400, 4, 8};  // the same hash, four threads
  BOOST_TEST(forecast_answer_time(four, 200) < forecast_answer_time(rate, 50));
}

BOOST_AUTO_TEST_CASE(twice_the_passes_are_about_half_the_rate) {
  const argon2::Kernel kernel = argon2::select_kernel().kernel;
  const double once = measure_hash_rate(kernel, Argon2Cost{1024, 1}, 1, 60ms);
  const double twice = measure_hash_rate(kernel, Argon2Cost{1024, 8}, 1, 60ms);
  BOOST_TEST(once > 0);
  BOOST_TEST(twice > 0);
  BOOST_TEST(once > 2 * twice);  // eight times the work; the machine may be busy
}

BOOST_AUTO_TEST_SUITE_END()
