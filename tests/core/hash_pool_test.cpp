// The hash pool: admission, order, bounds and stopping. Time is the test's own; threads meet at gates, not at sleeps.

#include "core/hash_pool.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace portcullis;
using namespace std::chrono_literals;

namespace {

class ManualClock final : public Clock {
 public:
  Time now() const override { return Time{}; }
  Steady steady() const override { return Steady{std::chrono::nanoseconds(nanoseconds_.load())}; }
  void advance(std::chrono::nanoseconds by) { nanoseconds_ += by.count(); }

 private:
  std::atomic<std::int64_t> nanoseconds_{3'600'000'000'000};
};

constexpr CostClass usual{0, 64, 1, 1};
constexpr CostClass large{0, 1024, 1, 1};

HashPoolOptions small_options(std::uint32_t threads = 1) {
  HashPoolOptions options;
  options.threads = threads;
  options.arena_kib = 64;
  options.foreign_kib = 2048;
  return options;
}

/// Holds a hash thread until the test opens it. A gate that never opens fails the test instead of hanging it.
struct Gate {
  std::binary_semaphore entered{0}, opened{0};
  std::atomic<bool> gave_up{false};
  ~Gate() { BOOST_TEST(!gave_up); }
  HashWork work() {
    return [this](HashArena) {
      entered.release();
      gave_up = !opened.try_acquire_for(20s);
    };
  }
  void wait_until_entered() { BOOST_REQUIRE(entered.try_acquire_for(20s)); }
};

/// A pool, an executor to come back to, and what came back.
struct Fixture {
  explicit Fixture(HashPoolOptions options = small_options()) : pool(options, clock) {}
  ~Fixture() { context.run(); }

  HashTicket ticket(std::chrono::nanoseconds patience, std::uint32_t project = 1, std::uint64_t network = 0,
                    std::uint64_t account = 0) const {
    HashTicket made;
    made.deadline = clock.steady() + patience;
    made.project = ProjectNo{project};
    made.network = network;
    made.account = account;
    return made;
  }
  using Outcome = std::shared_ptr<std::optional<result<void>>>;
  /// Submits at once; the outcome is there after wait().
  Outcome start(CostClass cost, std::vector<HashWork> works, HashTicket with) {
    auto outcome = std::make_shared<std::optional<result<void>>>();
    auto done = [outcome](const std::exception_ptr& thrown, result<void> ended) {
      BOOST_TEST(!thrown);
      *outcome = ended;
    };
    boost::asio::co_spawn(context, pool.run(cost, std::move(works), std::move(with)), done);
    context.restart();
    context.poll();
    return outcome;
  }
  Outcome start(HashWork work, HashTicket with, CostClass cost = usual) {
    return start(cost, std::vector<HashWork>(1, std::move(work)), std::move(with));
  }
  void wait() {
    context.restart();
    context.run();
  }
  /// Runs one hash that takes `time`, so that the pool knows.
  void teach(std::chrono::nanoseconds time, CostClass cost = usual) {
    const Outcome taught = start([this, time](HashArena) { clock.advance(time); }, ticket(1h), cost);
    wait();
    BOOST_REQUIRE(taught->value().has_value());
  }
  /// Work that writes down its name.
  HashWork note(std::string name) {
    return [this, name](HashArena) {
      const std::lock_guard lock(mutex);
      order.push_back(name);
    };
  }
  [[nodiscard]] std::size_t place_of(const std::string& name) {
    const std::lock_guard lock(mutex);
    return static_cast<std::size_t>(std::find(order.begin(), order.end(), name) - order.begin());
  }

  ManualClock clock;
  boost::asio::io_context context;
  std::mutex mutex;
  std::vector<std::string> order;
  HashPool pool;
};

bool is_busy(const Fixture::Outcome& outcome) {
  return outcome->has_value() && outcome->value().has_error() && outcome->value().error() == error(errc::server_busy);
}
bool is_fine(const Fixture::Outcome& outcome) { return outcome->has_value() && outcome->value().has_value(); }

}  // namespace

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
  BOOST_TEST(niceness == std::min(19, ::getpriority(PRIO_PROCESS, 0) + 10));
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
  BOOST_TEST(f.pool.admits(usual, 1, f.ticket(250ms)).has_error());
  gone->store(true);
  f.clock.advance(20ms);
  const auto joined = f.start(f.note("joined"), f.ticket(250ms));
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
  BOOST_TEST(f.place_of("victim") <= 1U);
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
  BOOST_TEST(f.place_of("neighbour") <= 2U);
  BOOST_TEST(f.place_of("same network") <= 5U);
  BOOST_TEST(f.place_of("quiet account") <= 7U);
}

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
