// What follows from a measured hash rate, and that the measurement measures.

#include "core/password/capacity.hpp"

#include <algorithm>
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

BOOST_AUTO_TEST_CASE(pauses_leave_their_time_to_the_other_work_of_sign_ins) {
  // 10 ms of a core a hash; what the threads leave of the quota is enough for the rest.
  for (const HashRate& paused : {HashRate{85, 1, 1, 0.85}, HashRate{35, 1, 0.5, 0.35}, HashRate{85, 2, 1, 0.425}})
    BOOST_TEST(forecast_sign_ins(paused) == paused.per_second);
  // The pause comes after the answer.
  BOOST_TEST(forecast_answer_time(HashRate{85, 1, 1, 0.85}, 0) == 0.010, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(a_share_of_a_core_is_about_that_share_of_the_rate) {
  const argon2::Kernel kernel = argon2::select_kernel().kernel;
  double all = 0;  // the best of three: others slow down a thread that takes all, not one that mostly pauses
  for (int attempt = 0; attempt < 3; ++attempt)
    all = std::max(all, measure_hash_rate(kernel, Argon2Cost{1024, 4}, 1, 60ms));
  const double tenth = measure_hash_rate(kernel, Argon2Cost{1024, 4}, 1, 60ms, 0.1);
  BOOST_TEST(tenth > 0);
  BOOST_TEST(all > 2 * tenth);
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
