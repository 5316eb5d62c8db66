#include "bench/load/schedule.hpp"

#include <boost/test/unit_test.hpp>

namespace portcullis::bench {

BOOST_AUTO_TEST_SUITE(bench_schedule)

BOOST_AUTO_TEST_CASE(the_first_is_due_at_the_start) {
  const Schedule::Time start{std::chrono::seconds(5)};
  BOOST_TEST((Schedule(start, 100).due() == start));
}

BOOST_AUTO_TEST_CASE(the_rate_holds_over_an_hour_without_drift) {
  const Schedule::Time start{std::chrono::seconds(5)};
  Schedule schedule(start, 3);  // a third of a second has no exact count of nanoseconds
  for (int i = 0; i < 3 * 3600; ++i) schedule.take();
  const auto error = schedule.due() - (start + std::chrono::hours(1));
  BOOST_TEST((error < std::chrono::microseconds(1) && error > std::chrono::microseconds(-1)));
  BOOST_TEST(schedule.number() == 3U * 3600);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::bench
