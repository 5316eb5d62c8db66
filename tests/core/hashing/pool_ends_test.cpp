// The hash pool at its ends: the extra memory slot, work that fails, callers that resume, stopping.

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <memory>
#include <semaphore>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/hashing/pool.hpp"
#include "tests/core/hashing/pool_fixture.hpp"

using namespace portcullis;
using namespace portcullis::hash_pool_testing;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(hash_pool_ends)

BOOST_AUTO_TEST_CASE(jobs_larger_than_an_arena_run_one_at_a_time_beside_the_others) {
  Fixture f(small_options(2));
  std::atomic<int> inside{0}, most{0};
  std::atomic<std::size_t> smallest{SIZE_MAX};
  std::binary_semaphore small_ran{0};
  const auto foreign_work = [&](HashArena arena) {
    most = std::max(most.load(), ++inside);
    smallest = std::min(smallest.load(), arena.size);
    static_cast<char*>(arena.data)[arena.size - 1] = 1;
    --inside;
  };
  std::vector<Fixture::Outcome> outcomes;
  Gate gate;
  outcomes.push_back(f.start(gate.work(), f.ticket(1h), large));
  gate.wait_until_entered();
  for (int i = 0; i < 4; ++i) outcomes.push_back(f.start(foreign_work, f.ticket(1h), large));
  outcomes.push_back(f.start([&](HashArena) { small_ran.release(); }, f.ticket(1h)));
  BOOST_TEST(small_ran.try_acquire_for(20s));  // not behind the large ones, although they came first
  BOOST_TEST(inside == 0);
  gate.opened.release();
  f.wait();
  for (const auto& each : outcomes) BOOST_TEST(is_fine(each));
  BOOST_TEST(most == 1);
  BOOST_TEST(smallest >= 1024U * 1024U);
}

BOOST_AUTO_TEST_CASE(what_takes_long_holds_no_thread_that_others_share) {
  for (const std::uint32_t threads : {1U, 2U}) {
    HashPoolOptions options = small_options(threads);
    options.first_guess = [](const CostClass& cost) { return cost.kind == 0 ? 10ms : 2000ms; };
    Fixture f(options);
    std::atomic<int> inside{0}, most{0};
    std::atomic<std::size_t> arena{0};
    const auto long_work = [&](HashArena lent) {
      most = std::max(most.load(), ++inside);
      arena = lent.size;
      --inside;
    };
    // Neither their number, nor another project's, nor their kind opens more threads to them.
    std::vector<Fixture::Outcome> outcomes;
    Gate gate;
    outcomes.push_back(f.start(gate.work(), f.ticket(1h, 1), CostClass{3, 0, 16, 1}));
    gate.wait_until_entered();
    for (std::uint32_t i = 0; i < 4; ++i) {
      HashTicket ticket = f.ticket(1h, 1 + i % 2, i, i);
      ticket.then = usual;
      outcomes.push_back(f.start(long_work, ticket, CostClass{static_cast<std::uint8_t>(3 + i % 2), 0, 16, 1}));
    }
    // All of the others meet on as many threads as there are.
    std::counting_semaphore<> came(0), go(0);
    std::atomic<std::uint32_t> met{0};
    std::vector<HashWork> works(threads, [&](HashArena) {
      came.release();
      met += go.try_acquire_for(20s) ? 1 : 0;
    });
    const auto others = f.start(usual, std::move(works), f.ticket(1h, 3));
    for (std::uint32_t i = 0; i < threads; ++i) BOOST_TEST(came.try_acquire_for(20s));
    go.release(threads);
    while (!others->has_value()) f.context.run_one();
    BOOST_TEST(is_fine(others));
    BOOST_TEST(met == threads);
    BOOST_TEST(most == 0);
    gate.opened.release();
    f.wait();
    for (const auto& each : outcomes) BOOST_TEST(is_fine(each));
    BOOST_TEST(most == 1);
    BOOST_TEST(arena == 64U * 1024U);  // enough for the hash that may follow
  }
}

BOOST_AUTO_TEST_CASE(a_hash_that_may_follow_is_admitted_with_the_first) {
  constexpr CostClass foreign{3, 0, 10, 1};
  Fixture f;
  f.teach(100ms);
  f.teach(50ms, foreign);
  HashTicket alone = f.ticket(120ms), both = alone;
  both.then = usual;
  BOOST_TEST(f.pool.admits(foreign, 1, alone).has_value());
  BOOST_TEST(f.pool.admits(foreign, 1, both).has_error());
  both.deadline += 40ms;
  BOOST_TEST(f.pool.admits(foreign, 1, both).has_value());
  // What followed is no part of what the class is said to take.
  both.deadline += 1h;
  const auto done = f.start(
      [&f](HashArena arena) {
        *arena.followed = true;
        f.clock.advance(150ms);
      },
      both, foreign);
  f.wait();
  BOOST_TEST(is_fine(done));
  BOOST_TEST((f.pool.predicted(foreign) == 50ms));
}

BOOST_AUTO_TEST_CASE(a_full_account_hears_when_its_own_next_hash_has_run) {
  HashPoolOptions options = small_options();
  options.account_limit = 2;
  Fixture f(options);
  f.teach(1s);
  Gate gate;
  f.start(gate.work(), f.ticket(1h));
  gate.wait_until_entered();
  for (int i = 0; i < 100; ++i) f.start(f.note("others"), f.ticket(1h, 2));
  for (int i = 0; i < 2; ++i) f.start(f.note("account"), f.ticket(1h, 1, 1, 77));
  const result<void> refused = f.pool.admits(usual, 1, f.ticket(1h, 1, 1, 77));
  BOOST_REQUIRE(refused.has_error());
  BOOST_TEST(refused.error().retry_after_s == 2U);  // one of the others, and its own
  gate.opened.release();
  f.wait();
}

BOOST_AUTO_TEST_CASE(a_hash_thread_without_memory_fails_its_job_and_lives_on) {
  for (const CostClass cost : {CostClass{0, 32, 1, 1}, CostClass{0, 512, 1, 1}}) {
    Fixture f;
    const auto failed = f.start(
        [](HashArena) {
          allocations_left = 0;
          throw std::bad_alloc();
        },
        f.ticket(1h), cost);
    f.wait();
    BOOST_TEST(is_busy(failed));
    // No memory for what the pool learns of a class either.
    const auto done = f.start([](HashArena) {}, f.ticket(1h), cost);
    f.wait();
    BOOST_TEST(is_fine(done));
    const auto later = f.start([](HashArena) { allocations_left = -1; }, f.ticket(1h), cost);
    f.wait();
    BOOST_TEST(is_fine(later));
  }
}

BOOST_AUTO_TEST_CASE(a_job_that_no_memory_fits_is_an_error_at_once) {
  Fixture f;
  BOOST_TEST(f.pool.largest_kib() == 2048U);
  const auto outcome = f.start(f.note("giant"), f.ticket(1h), CostClass{0, 2049, 1, 1});
  f.wait();
  BOOST_TEST((outcome->value().error() == error(errc::general_server_error)));
}

BOOST_AUTO_TEST_CASE(work_that_throws_fails_its_caller_and_no_other) {
  Fixture f;
  const auto broken = f.start([](HashArena) { throw std::runtime_error("broken"); }, f.ticket(1h));
  const auto sound = f.start(f.note("sound"), f.ticket(1h));
  f.wait();
  BOOST_TEST((broken->value().error() == error(errc::general_server_error)));
  BOOST_TEST(is_fine(sound));
}

BOOST_AUTO_TEST_CASE(works_are_destroyed_before_their_caller_resumes) {
  Fixture f;
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = held;
  bool was_destroyed = false;
  std::vector<HashWork> works(1, [held](HashArena) {});
  held.reset();
  auto done = [&](const std::exception_ptr&, const result<void>&) { was_destroyed = watched.expired(); };
  boost::asio::co_spawn(f.context, f.pool.run(usual, std::move(works), f.ticket(1h)), done);
  f.wait();
  BOOST_TEST(was_destroyed);
}

BOOST_AUTO_TEST_CASE(stopping_without_grace_fails_what_is_queued_and_finishes_what_runs) {
  Fixture f;
  Gate gate;
  const auto running = f.start(gate.work(), f.ticket(1h));
  gate.wait_until_entered();
  const auto queued = f.start(f.note("queued"), f.ticket(1h));
  std::thread stopper([&f] { f.pool.stop(0ms); });
  while (f.pool.queued() > 0) std::this_thread::yield();
  gate.opened.release();
  stopper.join();
  f.wait();
  BOOST_TEST(is_fine(running));
  BOOST_TEST(is_busy(queued));
  const auto later = f.start(f.note("later"), f.ticket(1h));
  f.wait();
  BOOST_TEST(is_busy(later));
  BOOST_TEST(f.pool.admits(usual, 1, f.ticket(1h)).has_error());
  f.pool.stop(0ms);
}

BOOST_AUTO_TEST_CASE(stopping_with_grace_drains_the_queue) {
  Fixture f;
  f.teach(1ms);
  std::vector<Fixture::Outcome> outcomes;
  for (int i = 0; i < 20; ++i) outcomes.push_back(f.start(f.note("queued"), f.ticket(1h)));
  f.pool.stop(20s);
  f.wait();
  for (const auto& each : outcomes) BOOST_TEST(is_fine(each));
  BOOST_TEST(f.order.size() == 20U);
}

BOOST_AUTO_TEST_CASE(stopping_does_not_wait_for_a_pause_between_hashes) {
  HashPoolOptions options = small_options();
  options.cpu_share = 0.01;
  Fixture f(options);
  const auto spins = [](HashArena) {
    for (const std::clock_t end = std::clock() + CLOCKS_PER_SEC / 2; std::clock() < end;) continue;
  };
  const auto outcome = f.start(spins, f.ticket(1h));
  f.wait();
  BOOST_TEST(is_fine(outcome));
  const auto began = std::chrono::steady_clock::now();
  f.pool.stop(10s);
  BOOST_TEST((std::chrono::steady_clock::now() - began < 20s));  // of a pause of 50 s
}

BOOST_AUTO_TEST_CASE(a_pool_that_goes_away_answers_everybody_who_waits) {
  ManualClock clock;
  boost::asio::io_context context;
  int answered = 0;
  {
    HashPool pool(small_options(), clock);
    HashTicket ticket;
    ticket.deadline = clock.steady() + 1h;
    auto done = [&answered](const std::exception_ptr&, const result<void>&) { ++answered; };
    for (int i = 0; i < 10; ++i) {
      std::vector<HashWork> works(1, [](HashArena) {});
      boost::asio::co_spawn(context, pool.run(usual, std::move(works), ticket), done);
    }
    context.poll();
  }
  context.restart();
  context.run();
  BOOST_TEST(answered == 10);
}

BOOST_AUTO_TEST_SUITE_END()
