// What threads learn of their processors.
#include "core/scheduling.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <thread>

using namespace portcullis;
using namespace std::chrono_literals;

namespace {

std::chrono::nanoseconds since(std::chrono::steady_clock::time_point start) {
  return std::chrono::steady_clock::now() - start;
}

void run_for(std::chrono::nanoseconds time) {
  const auto start = std::chrono::steady_clock::now();
  while (since(start) < time) {
  }
}

/// Another process, or the host of a virtual machine, may take the processor during one look, but not during all of
/// them; the deadline only bounds a failing test.
template <class Fact>
bool eventually(Fact fact) {
  const auto start = std::chrono::steady_clock::now();
  while (!fact())
    if (since(start) > 30s) return false;
  return true;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scheduling)

BOOST_AUTO_TEST_CASE(processors_have_rising_numbers) {
  const std::vector<unsigned> numbers = processor_numbers();
  BOOST_TEST(numbers.size() == usable_processors());
  BOOST_TEST(std::is_sorted(numbers.begin(), numbers.end()));
}

BOOST_AUTO_TEST_CASE(a_thread_at_rest_wants_no_processor) {
  ProcessorDemand demand;
  BOOST_TEST(eventually([&] {
    const auto start = std::chrono::steady_clock::now();
    const auto before = demand.total();
    std::this_thread::sleep_for(50ms);
    return demand.total() - before < since(start) / 3;
  }));
}

/// Two threads that run on one processor: each wants it all the time and has it for half of that.
BOOST_AUTO_TEST_CASE(a_thread_wants_a_processor_while_it_waits_for_one) {
  const bool tells = ::access("/proc/thread-self/schedstat", R_OK) == 0;
  if (!tells) BOOST_TEST_MESSAGE("waiting for a processor: NOT TESTED, this kernel does not tell");
  std::atomic<bool> ended{false};
  std::thread other([&ended] {
    keep_to_processor(0);
    while (!ended) {
    }
  });
  bool waited = false, wanted = false;
  std::thread([&] {
    keep_to_processor(0);
    ProcessorDemand demand;
    waited = eventually([&] {
      const auto start = std::chrono::steady_clock::now();
      const auto wanted_before = demand.total(), ran_before = processor_time();
      run_for(200ms);
      const auto all = demand.total() - wanted_before, ran = processor_time() - ran_before, passed = since(start);
      wanted = all > passed * 17 / 20 && all < passed * 21 / 20;
      return ran < passed * 3 / 4 && (wanted || !tells);
    });
  }).join();
  ended = true;
  other.join();
  BOOST_TEST(waited);
  BOOST_TEST((wanted || !tells));
}

BOOST_AUTO_TEST_SUITE_END()
