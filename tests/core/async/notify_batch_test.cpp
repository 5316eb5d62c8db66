#include "core/async/notify_batch.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "core/async/offload.hpp"

namespace portcullis {
namespace {

using namespace std::chrono_literals;

/// A thread that sleeps until something is handed over; it is asleep before the constructor ends.
class Sleeper {
 public:
  Sleeper() : thread_([this] { sleep(); }) {
    std::unique_lock lock(mutex_);
    slept_.wait(lock, [this] { return asleep_; });
  }
  ~Sleeper() { thread_.join(); }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;

  void hand_over() {
    const std::lock_guard lock(mutex_);
    ++handed_;
    notify_after_batch(wake_);
  }
  [[nodiscard]] bool is_awake_within(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return slept_.wait_for(lock, time, [this] { return seen_ > 0; });
  }
  /// What had been handed over when it woke; waits for that.
  [[nodiscard]] int seen() {
    std::unique_lock lock(mutex_);
    slept_.wait(lock, [this] { return seen_ > 0; });
    return seen_;
  }

 private:
  void sleep() {
    std::unique_lock lock(mutex_);
    asleep_ = true;
    slept_.notify_all();
    wake_.wait(lock, [this] { return handed_ > 0; });
    seen_ = handed_;
    slept_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable wake_, slept_;
  bool asleep_ = false;
  int handed_ = 0, seen_ = 0;
  std::thread thread_;  ///< last: starts when everything else is there
};

/// So many coroutines resume together and each hands something to a sleeper: what is there when it wakes?
int seen_after(int count) {
  Sleeper sleeper;
  boost::asio::io_context context;
  std::vector<Completion<int>> waiting;
  auto one = [](std::vector<Completion<int>>& all, Sleeper& other) -> awaitable<void> {
    auto start = [&all](Completion<int> done) { all.push_back(std::move(done)); };
    co_await offload<int>(std::move(start));
    other.hand_over();
  };
  for (int i = 0; i < count; ++i) boost::asio::co_spawn(context, one(waiting, sleeper), boost::asio::detached);
  context.poll();
  Completions together;
  for (Completion<int>& each : waiting) each(1, together);
  together.post();
  context.restart();
  context.run();
  return sleeper.seen();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(notify_batches)

BOOST_AUTO_TEST_CASE(within_a_batch_a_sleeper_is_notified_by_it) {
  Sleeper other;
  NotifyBatch outer;
  {
    const NotifyBatch::Within within(outer);
    for (int i = 0; i < 3; ++i) {
      NotifyBatch inner;
      const NotifyBatch::Within nested(inner);
      other.hand_over();
    }
  }
  BOOST_TEST(!other.is_awake_within(20ms));
  outer.notify();
  BOOST_TEST(other.seen() == 3);
}

BOOST_AUTO_TEST_CASE(outside_a_batch_a_sleeper_is_notified_at_once) {
  Sleeper other;
  other.hand_over();
  BOOST_TEST(other.seen() == 1);
}

BOOST_AUTO_TEST_CASE(in_a_pause_of_a_batch_a_sleeper_is_notified_at_once) {
  Sleeper owed, other;
  NotifyBatch batch;
  {
    const NotifyBatch::Within within(batch);
    owed.hand_over();
  }
  other.hand_over();
  BOOST_TEST(other.seen() == 1);
  BOOST_TEST(!owed.is_awake_within(20ms));
  {
    const NotifyBatch::Within within(batch);
    owed.hand_over();
  }
  batch.notify();
  BOOST_TEST(owed.seen() == 2);
}

BOOST_AUTO_TEST_CASE(more_sleepers_than_a_batch_remembers_are_all_notified) {
  std::array<Sleeper, 7> others;
  NotifyBatch batch;
  {
    const NotifyBatch::Within within(batch);
    for (Sleeper& each : others) each.hand_over();
  }
  batch.notify();
  for (Sleeper& each : others) BOOST_TEST(each.seen() == 1);
}

BOOST_AUTO_TEST_CASE(coroutines_that_resume_together_wake_a_sleeper_together) {
  BOOST_TEST(seen_after(1) == 1);
  BOOST_TEST(seen_after(3) == 3);
  const int of_seven = seen_after(7);  // the first four at least
  BOOST_TEST((of_seven >= 4 && of_seven <= 7));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis
