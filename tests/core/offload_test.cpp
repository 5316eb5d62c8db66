#include "core/offload.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/handful.hpp"

namespace portcullis {
namespace {

using namespace std::chrono_literals;
using Waiting = std::vector<Completion<int>>;

/// Waits for an answer and notes it.
awaitable<void> wait_for(Waiting& waiting, std::vector<int>& answers) {
  auto start = [&waiting](Completion<int> done) { waiting.push_back(std::move(done)); };
  const int answer = co_await offload<int>(std::move(start));
  answers.push_back(answer);
}

/// Coroutines of one thread that wait for their answers.
struct Place {
  explicit Place(int count) {
    for (int i = 0; i < count; ++i) boost::asio::co_spawn(context, wait_for(waiting, answers), boost::asio::detached);
    context.poll();
  }
  boost::asio::io_context context;
  Waiting waiting;
  std::vector<int> answers;
};

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
    notify_after_handful(wake_);
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

std::vector<int> up_to(int count) {
  std::vector<int> out;
  for (int i = 0; i < count; ++i) out.push_back(i);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(offloading)

BOOST_AUTO_TEST_CASE(one_answer_resumes_one_coroutine) {
  Place place(2);
  place.waiting[1](7);
  place.context.restart();
  place.context.poll();
  BOOST_TEST(place.answers == std::vector<int>{7}, boost::test_tools::per_element());
  place.waiting[0](3);
  place.context.run();
  BOOST_TEST(place.answers == (std::vector<int>{7, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(those_that_resume_together_wait_for_it_and_keep_their_order) {
  Place place(50);
  Resumptions together;
  for (int i = 0; i < 50; ++i) place.waiting[static_cast<std::size_t>(i)](i, together);
  place.context.restart();
  place.context.poll();
  BOOST_TEST(place.answers.empty());
  together.post();
  place.context.run();
  BOOST_TEST(place.answers == up_to(50), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(others_have_a_turn_between_a_few) {
  Place place(50);
  Resumptions together;
  for (int i = 0; i < 50; ++i) place.waiting[static_cast<std::size_t>(i)](i, together);
  together.post();
  std::size_t before = 0;
  boost::asio::post(place.context, [&] { before = place.answers.size(); });
  place.context.restart();
  place.context.run();
  BOOST_TEST(before > 0U);
  BOOST_TEST(before < 50U);
  BOOST_TEST(place.answers.size() == 50U);
}

BOOST_AUTO_TEST_CASE(each_resumes_on_its_own_thread) {
  Place here(3), there(3);
  Resumptions together;
  for (int i = 0; i < 3; ++i) {
    here.waiting[static_cast<std::size_t>(i)](i, together);
    there.waiting[static_cast<std::size_t>(i)](i, together);
  }
  together.post();
  here.context.restart();
  here.context.run();
  BOOST_TEST(here.answers == up_to(3), boost::test_tools::per_element());
  BOOST_TEST(there.answers.empty());
  there.context.restart();
  there.context.run();
  BOOST_TEST(there.answers == up_to(3), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_never_posted_goes_with_its_coroutines) {
  Place place(3);
  {
    Resumptions together;
    for (Completion<int>& each : place.waiting) each(1, together);
  }
  place.context.restart();
  place.context.run();
  BOOST_TEST(place.answers.empty());
}

BOOST_AUTO_TEST_CASE(an_exception_of_one_leaves_the_others_to_resume) {
  boost::asio::io_context context;
  Waiting waiting;
  std::vector<int> answers;
  const auto raise = [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  };
  for (int i = 0; i < 10; ++i) {
    auto one = [](Waiting& all, std::vector<int>& got) -> awaitable<void> {
      co_await wait_for(all, got);
      if (got.size() == 1) throw std::runtime_error("the first");
    };
    boost::asio::co_spawn(context, one(waiting, answers), raise);
  }
  context.poll();
  Resumptions together;
  for (int i = 0; i < 10; ++i) waiting[static_cast<std::size_t>(i)](i, together);
  together.post();
  context.restart();
  BOOST_CHECK_THROW(context.run(), std::runtime_error);
  BOOST_TEST(answers.size() < 10U);
  context.run();
  BOOST_TEST(answers == up_to(10), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(within_a_handful_a_sleeper_is_notified_at_its_end) {
  Sleeper other;
  {
    const Handful outer;
    for (int i = 0; i < 3; ++i) {
      const Handful inner;
      other.hand_over();
    }
    BOOST_TEST(!other.is_awake_within(20ms));
  }
  BOOST_TEST(other.seen() == 3);
}

BOOST_AUTO_TEST_CASE(outside_a_handful_a_sleeper_is_notified_at_once) {
  Sleeper other;
  other.hand_over();
  BOOST_TEST(other.seen() == 1);
}

BOOST_AUTO_TEST_CASE(more_sleepers_than_a_handful_remembers_are_all_notified) {
  std::array<Sleeper, 7> others;
  {
    const Handful handful;
    for (Sleeper& each : others) each.hand_over();
  }
  for (Sleeper& each : others) BOOST_TEST(each.seen() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis
