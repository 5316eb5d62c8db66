#pragma once
// What the hash pool's tests share: a clock of their own, gates where threads meet, and a pool whose answers are kept.

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>
#include <utility>
#include <vector>

#include "core/hashing/pool.hpp"
#include "tests/support/manual_clock.hpp"

namespace portcullis::hash_pool_testing {

using namespace std::chrono_literals;

using test::ManualClock;

/// How many allocations of a thread succeed from now on; -1 = all. hash_pool_queue_test.cpp has the allocator.
inline thread_local int allocations_left = -1;

inline constexpr CostClass usual{0, 64, 1, 1};
inline constexpr CostClass large{0, 1024, 1, 1};

inline HashPoolOptions small_options(std::uint32_t threads = 1) {
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
  /// Takes in the outcomes that are there by now.
  void poll() {
    context.restart();
    context.poll();
  }
  /// Work that takes so long by the test's clock.
  HashWork lasts(std::chrono::nanoseconds time) {
    return [this, time](HashArena) { clock.advance(time); };
  }
  /// Runs one hash that takes `time`, so that the pool knows.
  void teach(std::chrono::nanoseconds time, CostClass cost = usual) {
    const Outcome taught = start(lasts(time), ticket(1h), cost);
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
  [[nodiscard]] std::size_t position_of(const std::string& name) {
    const std::lock_guard lock(mutex);
    return static_cast<std::size_t>(std::find(order.begin(), order.end(), name) - order.begin());
  }

  ManualClock clock;
  boost::asio::io_context context;
  std::mutex mutex;
  std::vector<std::string> order;
  HashPool pool;
};

inline bool is_busy(const Fixture::Outcome& outcome) {
  return outcome->has_value() && outcome->value().has_error() && outcome->value().error() == error(errc::server_busy);
}
inline bool is_fine(const Fixture::Outcome& outcome) { return outcome->has_value() && outcome->value().has_value(); }

}  // namespace portcullis::hash_pool_testing
