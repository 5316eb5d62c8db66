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

/// Until the thread has used so much of a processor.
void use(std::chrono::nanoseconds time) {
  const std::chrono::nanoseconds end = processor_time() + time;
  while (processor_time() < end) {
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(processor_slices)

BOOST_AUTO_TEST_CASE(a_thread_is_stopped_after_each_slice_for_as_long_as_makes_its_share) {
  std::atomic<std::uint32_t> others{0};
  for (const std::uint32_t crowd : {0U, 1U}) {
    others = crowd;
    const auto began = std::chrono::steady_clock::now();
    const ProcessorSlices slices(0.5, 0.25, others);
    use(100ms);
    const auto paused = slices.pauses() * (crowd == 0 ? 5ms : 15ms);
    BOOST_TEST(slices.pauses() >= 5U);  // a slice takes two ticks of the slowest kernel
    BOOST_TEST((std::chrono::steady_clock::now() - began >= 100ms + paused));
  }
  const auto none = [&others] {
    use(20ms);
    const ProcessorSlices slices(1, 1, others);
    return slices.pauses();
  };
  BOOST_TEST(none() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
