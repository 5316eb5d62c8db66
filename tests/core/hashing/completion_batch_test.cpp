// When the hash pool's callers are resumed: at once, or together with those of the next hashes.

#include <boost/test/unit_test.hpp>
#include <vector>

#include "tests/core/hashing/pool_fixture.hpp"

using namespace portcullis;
using namespace portcullis::hash_pool_testing;

namespace {

constexpr CostClass dear{0, 64, 50, 1};

/// One thread that knows how long a hash takes, held at its first gate while the test fills the queue.
struct Crowd : Fixture {
  explicit Crowd(std::chrono::nanoseconds time = 10ms) : each(time) {
    teach(each);
    teach(1s, dear);
    first = start(
        [this, gate = before.work()](HashArena arena) {
          gate(arena);
          clock.advance(each);
        },
        ticket(1h));
    before.wait_until_entered();
  }
  /// `count` hashes, one after the other.
  void join(std::size_t count, std::chrono::nanoseconds patience = 1h) {
    for (std::size_t i = 0; i < count; ++i) crowd.push_back(start(lasts(each), ticket(patience)));
  }
  /// Lets everything run that joined before the gate `at`, which is the crowd's last but what joins after it.
  void run_up_to(Gate& at) {
    before.opened.release();
    at.wait_until_entered();
    poll();
  }

  const std::chrono::nanoseconds each;
  Gate before;
  Outcome first;
  std::vector<Outcome> crowd;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(hash_pool_answers)

BOOST_AUTO_TEST_CASE(who_waited_long_is_answered_with_the_next_ones) {
  Crowd f;
  f.join(5);
  Gate gate;
  const auto held_by_gate = f.start(gate.work(), f.ticket(1h));
  const auto last = f.start(f.lasts(10ms), f.ticket(1h));
  f.run_up_to(gate);
  // The fourth may wait 25 ms, so that it leaves with the sixth.
  BOOST_TEST(is_fine(f.first));
  BOOST_TEST(is_fine(f.crowd[2]));
  BOOST_TEST(!f.crowd[3]->has_value());
  BOOST_TEST(!f.crowd[4]->has_value());
  gate.opened.release();
  f.wait();
  for (const auto& each : f.crowd) BOOST_TEST(is_fine(each));
  BOOST_TEST(is_fine(held_by_gate));
  BOOST_TEST(is_fine(last));
}

BOOST_AUTO_TEST_CASE(a_full_batch_leaves) {
  Crowd f(1ms);
  f.join(40);
  Gate gate;
  f.start(gate.work(), f.ticket(1h));
  f.start(f.lasts(10ms), f.ticket(1h));
  f.run_up_to(gate);
  std::size_t waiting = 0;
  for (const auto& each : f.crowd) waiting += each->has_value() ? 0U : 1U;
  BOOST_TEST(waiting < 4U);
  gate.opened.release();
  f.wait();
}

BOOST_AUTO_TEST_CASE(the_last_of_the_queue_is_answered_at_once_with_all_who_waited) {
  Crowd f;
  f.join(6);
  f.before.opened.release();
  f.wait();  // would not end otherwise
  for (const auto& each : f.crowd) BOOST_TEST(is_fine(each));
}

BOOST_AUTO_TEST_CASE(who_waited_for_one_hash_only_is_answered_at_once) {
  Crowd f;
  f.join(1);
  Gate gate;
  f.start(gate.work(), f.ticket(1h));
  f.start(f.lasts(10ms), f.ticket(1h));
  f.run_up_to(gate);
  BOOST_TEST(is_fine(f.first));
  BOOST_TEST(is_fine(f.crowd.front()));
  gate.opened.release();
  f.wait();
}

BOOST_AUTO_TEST_CASE(no_answer_waits_beyond_its_deadline) {
  Crowd f;
  f.join(3);
  f.join(1, 55ms);  // ends after 50 ms
  Gate gate;
  f.start(gate.work(), f.ticket(1h));
  f.start(f.lasts(10ms), f.ticket(1h));
  f.run_up_to(gate);
  for (const auto& each : f.crowd) BOOST_TEST(is_fine(each));
  gate.opened.release();
  f.wait();
}

BOOST_AUTO_TEST_CASE(a_failure_waits_for_nobody) {
  Crowd f;
  f.join(3);
  const auto failed = f.start([](HashArena) { throw 1; }, f.ticket(1h));
  Gate gate;
  f.start(gate.work(), f.ticket(1h));
  f.start(f.lasts(10ms), f.ticket(1h));
  f.run_up_to(gate);
  BOOST_TEST(failed->has_value());
  BOOST_TEST(is_fine(f.crowd.back()));
  gate.opened.release();
  f.wait();
}

BOOST_AUTO_TEST_CASE(no_answer_waits_for_a_dear_hash) {
  Crowd f;
  f.join(4);
  Gate gate;
  f.start(gate.work(), f.ticket(1h), dear);
  f.start(f.lasts(10ms), f.ticket(1h));
  f.run_up_to(gate);
  for (const auto& each : f.crowd) BOOST_TEST(is_fine(each));
  gate.opened.release();
  f.wait();
}

BOOST_AUTO_TEST_CASE(stopping_answers_those_who_wait) {
  Crowd f;
  f.join(5);
  Gate gate;
  f.start(gate.work(), f.ticket(1h));
  const auto last = f.start(f.lasts(10ms), f.ticket(1h));
  f.run_up_to(gate);
  BOOST_TEST(!f.crowd.back()->has_value());
  gate.opened.release();
  f.pool.stop(0ms);
  f.wait();
  for (const auto& each : f.crowd) BOOST_TEST(is_fine(each));
}

BOOST_AUTO_TEST_SUITE_END()
