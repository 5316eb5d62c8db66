// Pauses inside work that knows nothing of them.

#include "core/processor_slices.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstdint>

#include "core/scheduling.hpp"

using namespace portcullis;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::nanoseconds enough = 5s;  // of a processor, also on a machine with much else to do

}  // namespace

BOOST_AUTO_TEST_SUITE(processor_slices)

BOOST_AUTO_TEST_CASE(a_thread_is_stopped_after_each_slice_for_as_long_as_makes_its_share) {
  std::atomic<std::uint32_t> others{0};
  for (const std::uint32_t crowd : {0U, 1U}) {
    others = crowd;
    const auto began = std::chrono::steady_clock::now();
    const std::chrono::nanoseconds used_before = processor_time();
    const ProcessorSlices slices(0.5, 0.25, others);
    while (slices.pauses() < 4 && processor_time() < used_before + enough) {
    }
    const std::chrono::nanoseconds used = processor_time() - used_before;
    BOOST_TEST(slices.pauses() == 4U);
    // What it used after the last pause has none yet.
    BOOST_TEST((std::chrono::steady_clock::now() - began >= (crowd == 0 ? 2 : 4) * (used - 1ms)));
  }
  std::uint32_t seen = 0;
  { const ProcessorSlices slices(1, 1, others); }
  const std::chrono::nanoseconds end = processor_time() + 50ms;
  while (processor_time() < end) ++seen;
  BOOST_TEST(seen > 0U);  // nobody stops it, nor ends it, any more
}

BOOST_AUTO_TEST_SUITE_END()
