// The hash pool: threads and arenas, admission, order and bounds. Time is the test's own; threads meet at gates, not at
// sleeps.

#include "core/hashing/pool.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <semaphore>
#include <thread>
#include <vector>

#include "core/scheduling.hpp"
#include "tests/core/hashing/pool_fixture.hpp"

using namespace portcullis;
using namespace portcullis::hash_pool_testing;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(hash_pool)

BOOST_AUTO_TEST_CASE(work_runs_on_another_thread_with_an_aligned_arena_and_lower_priority) {
  Fixture f;
  std::thread::id ran_on;
  HashArena lent;
  int niceness = 0;
  const auto outcome = f.start(
      [&](HashArena arena) {
        ran_on = std::this_thread::get_id();
        lent = arena;
        niceness = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
      },
      f.ticket(1s));
  f.wait();
  BOOST_TEST(is_fine(outcome));
  BOOST_TEST((ran_on != std::this_thread::get_id()));
  BOOST_TEST(lent.size == 64U * 1024U);
  BOOST_TEST(reinterpret_cast<std::uintptr_t>(lent.data) % 64 == 0U);
  BOOST_TEST(niceness == std::min(19, ::getpriority(PRIO_PROCESS, 0) + 15));
}

BOOST_AUTO_TEST_CASE(every_hash_of_a_thread_gets_the_same_arena) {
  Fixture f;
  std::vector<void*> seen;
  for (int i = 0; i < 3; ++i) {
    f.start([&seen](HashArena arena) { seen.push_back(arena.data); }, f.ticket(1s));
    f.wait();
  }
  BOOST_REQUIRE(seen.size() == 3U);
  BOOST_TEST((seen[0] == seen[1] && seen[1] == seen[2]));
}

BOOST_AUTO_TEST_CASE(a_bundle_runs_side_by_side_and_resumes_its_caller_once_all_have_run) {
  Fixture f(small_options(2));
  std::binary_semaphore first{0}, second{0};
  std::atomic<int> met{0};
  std::vector<HashWork> works;
  works.emplace_back([&](HashArena) {
    first.release();
    met += second.try_acquire_for(20s) ? 1 : 0;
  });
  works.emplace_back([&](HashArena) {
    second.release();
    met += first.try_acquire_for(20s) ? 1 : 0;
  });
  const auto outcome = f.start(usual, std::move(works), f.ticket(1s));
  f.wait();
  BOOST_TEST(is_fine(outcome));
  BOOST_TEST(met == 2);
}

BOOST_AUTO_TEST_CASE(an_empty_bundle_succeeds) {
  Fixture f;
  const auto outcome = f.start(usual, {}, f.ticket(1s));
  f.wait();
  BOOST_TEST(is_fine(outcome));
}

BOOST_AUTO_TEST_CASE(a_request_whose_predicted_end_passes_its_deadline_is_refused_before_hashing) {
  Fixture f;
  f.teach(100ms);
  Gate gate;
  f.start(gate.work(), f.ticket(1h));
  gate.wait_until_entered();
  const auto second = f.start(f.note("second"), f.ticket(250ms));  // ends after 200 ms
  const auto third = f.start(f.note("third"), f.ticket(250ms));    // would end after 300 ms
  BOOST_TEST(f.pool.queued() == 1U);
  BOOST_TEST(f.pool.admits(usual, 1, f.ticket(250ms)).has_error());
  BOOST_TEST(f.pool.admits(usual, 1, f.ticket(350ms)).has_value());
  BOOST_TEST(f.pool.admits(usual, 2, f.ticket(350ms)).has_error());
  gate.opened.release();
  f.wait();
  BOOST_TEST(is_fine(second));
  BOOST_TEST(is_busy(third));
  BOOST_TEST(f.order.size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_admission_holds_until_somebody_joins) {
  Fixture f;
  f.teach(100ms);
  Gate gate;
  f.start(gate.work(), f.ticket(1h));
  gate.wait_until_entered();
  HashTicket first = f.ticket(250ms), second = f.ticket(250ms);
  for (HashTicket* const each : {&first, &second}) {
    BOOST_TEST(f.pool.admit(usual, *each).has_value());  // each would end after 200 ms
    BOOST_REQUIRE(each->admitted.has_value());
  }
  const auto joins = f.start(f.note("first"), first);
  BOOST_TEST(f.pool.queued() == 1U);
  const auto behind = f.start(f.note("second"), second);  // would end after 300 ms now
  BOOST_TEST(f.pool.queued() == 1U);
  gate.opened.release();
  f.wait();
  BOOST_TEST(is_fine(joins));
  BOOST_TEST(is_busy(behind));
  BOOST_TEST(f.order.size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_admission_is_for_one_hash_of_its_class_while_time_allows) {
  Fixture f;
  f.teach(100ms);
  f.teach(400ms, large);
  const auto admitted = [&f] {
    HashTicket made = f.ticket(250ms);
    BOOST_TEST(f.pool.admit(usual, made).has_value());
    return made;
  };
  const auto dearer = f.start(f.note("dearer"), admitted(), large);
  HashTicket with_another = admitted();
  with_another.then = large;
  const auto followed = f.start(f.note("followed"), with_another);
  HashTicket waited = admitted();
  f.clock.advance(160ms);
  const auto slow = f.start(f.note("slow"), waited);
  f.wait();
  BOOST_TEST(is_busy(dearer));
  BOOST_TEST(is_busy(followed));
  BOOST_TEST(is_busy(slow));
  HashTicket gone = admitted();
  gone.gone = std::make_shared<std::atomic<bool>>(true);
  const auto left = f.start(f.note("gone"), gone);
  f.wait();
  BOOST_TEST(is_busy(left));
  const auto plain = f.start(f.note("plain"), admitted());
  f.wait();
  BOOST_TEST(is_fine(plain));
  BOOST_TEST(f.order.size() == 1U);
}

BOOST_AUTO_TEST_CASE(retry_after_is_when_the_same_request_would_be_admitted) {
  Fixture f;
  f.teach(100ms);
  Gate gate;
  f.start(gate.work(), f.ticket(1h));
  gate.wait_until_entered();
  for (int i = 0; i < 38; ++i) f.start(f.note("waiting"), f.ticket(1h));
  const result<void> refused = f.pool.admits(usual, 1, f.ticket(500ms));  // would end after 4.0 s
  BOOST_REQUIRE(refused.has_error());
  BOOST_TEST(refused.error().retry_after_s == 4U);
  gate.opened.release();
  f.wait();
}

BOOST_AUTO_TEST_CASE(the_wait_is_spread_over_the_threads) {
  Fixture f(small_options(2));
  f.teach(100ms);
  Gate one, two;
  f.start(one.work(), f.ticket(1h));
  f.start(two.work(), f.ticket(1h));
  one.wait_until_entered();
  two.wait_until_entered();
  BOOST_TEST(f.pool.admits(usual, 1, f.ticket(210ms)).has_value());
  BOOST_TEST(f.pool.admits(usual, 1, f.ticket(190ms)).has_error());
  one.opened.release();
  two.opened.release();
  f.wait();
}

BOOST_AUTO_TEST_CASE(an_idle_pool_tries_a_class_again_that_it_remembers_as_too_slow) {
  Fixture f;
  f.teach(10s);
  BOOST_TEST(f.pool.admits(usual, 1, f.ticket(1s)).has_error());
  f.clock.advance(1min);
  const auto outcome = f.start([&f](HashArena) { f.clock.advance(10ms); }, f.ticket(1s));
  f.wait();
  BOOST_TEST(is_fine(outcome));
}

BOOST_AUTO_TEST_CASE(a_deadline_in_the_past_is_refused_even_by_an_idle_pool) {
  Fixture f;
  const auto outcome = f.start(f.note("late"), f.ticket(0s));
  f.wait();
  BOOST_TEST(is_busy(outcome));
  BOOST_TEST(f.order.empty());
}

BOOST_AUTO_TEST_CASE(a_job_whose_deadline_passed_while_queued_is_not_hashed) {
  Fixture f;
  f.teach(1ms);
  Gate gate;
  f.start(gate.work(), f.ticket(1h));
  gate.wait_until_entered();
  const auto late = f.start(f.note("late"), f.ticket(1s));
  const auto patient = f.start(f.note("patient"), f.ticket(1h));
  f.clock.advance(2s);
  gate.opened.release();
  f.wait();
  BOOST_TEST(is_busy(late));
  BOOST_TEST(late->value().error().retry_after_s >= 1U);
  BOOST_TEST(is_fine(patient));
  BOOST_TEST(f.order.size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_came_too_late_hears_when_there_is_room_again) {
  Fixture f;
  f.teach(1s);
  Gate gate;
  f.start(gate.work(), f.ticket(1h));
  gate.wait_until_entered();
  for (int i = 0; i < 4; ++i) f.start(f.note("patient"), f.ticket(1h));
  const auto late = f.start(f.note("late"), f.ticket(10s));
  f.clock.advance(20s);
  gate.opened.release();
  f.wait();
  BOOST_TEST_REQUIRE(is_busy(late));
  // A hash takes 10.5 s on average by now, the queue before it 4 s, and 10 s of it would be waited for.
  BOOST_TEST(late->value().error().retry_after_s == 5U);
}

BOOST_AUTO_TEST_CASE(a_job_whose_client_has_gone_is_not_hashed) {
  Fixture f;
  f.teach(1ms);
  Gate gate;
  f.start(gate.work(), f.ticket(1h));
  gate.wait_until_entered();
  const auto gone = std::make_shared<std::atomic<bool>>(false);
  HashTicket ticket = f.ticket(1h);
  ticket.gone = gone;
  const auto outcome = f.start(f.note("gone"), ticket);
  gone->store(true);
  gate.opened.release();
  f.wait();
  BOOST_TEST(is_busy(outcome));
  BOOST_TEST(f.order.empty());
}

BOOST_AUTO_TEST_CASE(a_client_that_has_gone_gives_its_place_to_one_who_would_be_refused) {
  Fixture f;
  f.teach(100ms);
  Gate gate;
  f.start(gate.work(), f.ticket(1h));
  gate.wait_until_entered();
  const auto gone = std::make_shared<std::atomic<bool>>(false);
  HashTicket leaving = f.ticket(1h);
  leaving.gone = gone;
  const auto left = f.start(f.note("gone"), leaving);
  BOOST_TEST(f.pool.admits(usual, 1, f.ticket(200ms)).has_error());
  gone->store(true);
  f.clock.advance(60ms);
  const auto joined = f.start(f.note("joined"), f.ticket(200ms));
  BOOST_TEST(f.pool.queued() == 1U);
  gate.opened.release();
  f.wait();
  BOOST_TEST(is_busy(left));
  BOOST_TEST(is_fine(joined));
}

BOOST_AUTO_TEST_CASE(one_account_cannot_have_more_than_its_bound_in_flight) {
  HashPoolOptions options = small_options();
  options.account_limit = 2;
  Fixture f(options);
  f.teach(1ms);
  Gate gate;
  f.start(gate.work(), f.ticket(1h, 1, 1, 77));
  gate.wait_until_entered();
  const auto second = f.start(f.note("second"), f.ticket(1h, 1, 2, 77));
  const auto third = f.start(f.note("third"), f.ticket(1h, 1, 3, 77));
  const auto other = f.start(f.note("other"), f.ticket(1h, 1, 3, 78));
  const auto same_number = f.start(f.note("same number"), f.ticket(1h, 2, 3, 77));
  HashTicket key = f.ticket(1h, 1, 0, 77);
  key.privileged = true;
  const auto administrator = f.start(f.note("administrator"), key);
  gate.opened.release();
  f.wait();
  BOOST_TEST(is_busy(third));
  for (const auto& each : {second, other, same_number, administrator}) BOOST_TEST(is_fine(each));
  const auto later = f.start(f.note("later"), f.ticket(1h, 1, 1, 77));
  f.wait();
  BOOST_TEST(is_fine(later));
}

BOOST_AUTO_TEST_CASE(a_full_queue_refuses_but_keeps_places_for_administrators) {
  HashPoolOptions options = small_options();
  options.queue_limit = 8;
  Fixture f(options);
  f.teach(1ms);
  Gate gate;
  f.start(gate.work(), f.ticket(1h));
  gate.wait_until_entered();
  for (int i = 0; i < 10; ++i) f.start(f.note("queued"), f.ticket(1h));
  BOOST_TEST(f.pool.queued() == 7U);
  HashTicket key = f.ticket(1h);
  key.privileged = true;
  for (int i = 0; i < 3; ++i) f.start(f.note("administrator"), key);
  BOOST_TEST(f.pool.queued() == 8U);
  gate.opened.release();
  f.wait();
}

BOOST_AUTO_TEST_CASE(a_flood_from_one_project_does_not_delay_another) {
  Fixture f;
  f.teach(10ms);
  Gate gate;
  f.start(gate.work(), f.ticket(1h));
  gate.wait_until_entered();
  for (int i = 0; i < 100; ++i) f.start(f.note("flood"), f.ticket(1h, 1));
  BOOST_TEST(f.pool.admits(usual, 1, f.ticket(100ms, 1)).has_error());
  const auto victim = f.start(f.note("victim"), f.ticket(100ms, 2));
  gate.opened.release();
  f.wait();
  BOOST_TEST(is_fine(victim));
  BOOST_TEST(f.position_of("victim") <= 1U);
}

BOOST_AUTO_TEST_CASE(within_a_project_networks_and_accounts_take_turns) {
  Fixture f;
  f.teach(10ms);
  Gate gate;
  f.start(gate.work(), f.ticket(1h));
  gate.wait_until_entered();
  for (std::uint64_t i = 0; i < 50; ++i) f.start(f.note("spray"), f.ticket(1h, 1, 666, 1000 + i));
  f.start(f.note("neighbour"), f.ticket(1h, 1, 7, 1));
  f.start(f.note("same network"), f.ticket(1h, 1, 7, 2));
  for (int i = 0; i < 10; ++i) f.start(f.note("busy account"), f.ticket(1h, 1, 8, 3));
  f.start(f.note("quiet account"), f.ticket(1h, 1, 8, 4));
  gate.opened.release();
  f.wait();
  BOOST_TEST(f.position_of("neighbour") <= 2U);
  BOOST_TEST(f.position_of("same network") <= 5U);
  BOOST_TEST(f.position_of("quiet account") <= 7U);
}

BOOST_AUTO_TEST_CASE(a_thread_with_a_share_of_a_processor_pauses_between_hashes) {
  HashPoolOptions options = small_options();
  options.cpu_share = 0.25;
  const SystemClock clock;
  HashPool pool(options, clock);
  boost::asio::io_context context;
  const auto spin = [](HashArena) {
    const auto until = processor_time() + 10ms;  // which the pause is measured by
    while (processor_time() < until) {
    }
  };
  HashTicket ticket;
  ticket.deadline = clock.steady() + 1h;
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 2; ++i) {
    std::vector<HashWork> works(1, spin);
    boost::asio::co_spawn(context, pool.run(usual, std::move(works), ticket),
                          [](const std::exception_ptr&, const result<void>& ran) { BOOST_TEST(ran.has_value()); });
  }
  context.run();
  // Two hashes and the pause between them, three times the first one's processor time. Whatever else runs only makes
  // it longer.
  BOOST_TEST((std::chrono::steady_clock::now() - began >= 10ms + 30ms + 10ms));
}

BOOST_AUTO_TEST_CASE(what_ran_waited_and_was_refused_is_counted) {
  Fixture f;
  f.teach(10ms);
  Gate gate;
  const auto held = f.start(gate.work(), f.ticket(1h));
  gate.wait_until_entered();
  const auto waiting = f.start(f.note("waiting"), f.ticket(1h));
  const auto refused = f.start(f.note("refused"), f.ticket(5ms));
  BOOST_TEST(is_busy(refused));
  HashPoolStats stats = f.pool.stats();
  BOOST_TEST(stats.threads == 1U);
  BOOST_TEST(stats.running == 1U);
  BOOST_TEST(stats.queued == 1U);
  BOOST_TEST((stats.in_flight == std::vector<std::pair<CostClass, std::uint32_t>>{{usual, 2}}));
  BOOST_TEST(stats.refusals[static_cast<std::size_t>(HashRefusal::predicted_late)] == 1U);
  BOOST_TEST((f.pool.predicted(usual) == 30ms));  // what runs, what waits, and itself
  f.clock.advance(10ms);
  gate.opened.release();
  f.wait();
  stats = f.pool.stats();
  BOOST_TEST(stats.in_flight.empty());
  BOOST_TEST(stats.service.total() == 3U);
  BOOST_TEST(stats.wait.total() == 3U);
  BOOST_TEST(stats.wait.sum == 10'000U);
  BOOST_TEST(stats.predicted_wait.sum == 10'000U);  // microseconds: the second one's, behind the first
}

BOOST_AUTO_TEST_SUITE_END()
