#include "bench/load/histogram.hpp"

#include <boost/test/unit_test.hpp>

namespace portcullis::bench {

BOOST_AUTO_TEST_SUITE(bench_histogram)

BOOST_AUTO_TEST_CASE(an_empty_one_answers_zero) {
  const Histogram none;
  BOOST_TEST(none.count() == 0U);
  BOOST_TEST(none.percentile_us(50) == 0U);
  BOOST_TEST(none.max_us() == 0U);
}

BOOST_AUTO_TEST_CASE(values_below_two_milliseconds_are_exact) {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 2047; ++value) histogram.record(value);
  BOOST_TEST(histogram.percentile_us(0) == 1U);
  BOOST_TEST(histogram.percentile_us(50) == 1024U);
  BOOST_TEST(histogram.percentile_us(100) == 2047U);
}

BOOST_AUTO_TEST_CASE(larger_values_keep_three_digits_and_are_never_told_too_small) {
  for (std::uint64_t value = 2048; value < Histogram::largest_us; value += value / 3 + 1) {
    Histogram histogram;
    histogram.record(value);
    histogram.record(Histogram::largest_us);  // so that the maximum does not tell the smaller value exactly
    const std::uint64_t told = histogram.percentile_us(50);
    BOOST_TEST(told >= value);
    BOOST_TEST(told - value <= value / 1000);
  }
}

BOOST_AUTO_TEST_CASE(the_next_bucket_begins_where_one_ends) {
  Histogram histogram;
  histogram.record(4095);
  histogram.record(4096);
  histogram.record(100'000);
  BOOST_TEST(histogram.percentile_us(30) == 4095U);
  BOOST_TEST(histogram.percentile_us(60) == 4099U);
}

BOOST_AUTO_TEST_CASE(a_percentile_is_the_least_value_that_so_many_do_not_exceed) {
  Histogram histogram;
  for (int i = 0; i < 990; ++i) histogram.record(10);
  for (int i = 0; i < 10; ++i) histogram.record(1000);
  BOOST_TEST(histogram.percentile_us(99) == 10U);
  BOOST_TEST(histogram.percentile_us(99.1) == 1000U);
}

BOOST_AUTO_TEST_CASE(what_is_too_large_counts_as_the_largest) {
  Histogram histogram;
  histogram.record(Histogram::largest_us * 10);
  BOOST_TEST(histogram.count() == 1U);
  BOOST_TEST(histogram.max_us() == Histogram::largest_us);
  BOOST_TEST(histogram.percentile_us(99.9) == Histogram::largest_us);
}

BOOST_AUTO_TEST_CASE(a_sum_holds_the_values_of_both) {
  Histogram low, high;
  low.record(5);
  high.record(7'000'000);
  low.add(high);
  BOOST_TEST(low.count() == 2U);
  BOOST_TEST(low.percentile_us(50) == 5U);
  BOOST_TEST(low.percentile_us(100) == 7'000'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::bench
