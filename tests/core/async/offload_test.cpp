#include "core/async/offload.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace portcullis {
namespace {

using Waiting = std::vector<Completion<int>>;

/// Waits for an answer and notes it.
awaitable<void> wait_for(Waiting& waiting, std::vector<int>& answers) {
  auto start = [&waiting](Completion<int> done) { waiting.push_back(std::move(done)); };
  const int answer = co_await offload<int>(std::move(start));
  answers.push_back(answer);
}

/// Coroutines of one thread that wait for their answers.
struct Waiters {
  explicit Waiters(int count) {
    for (int i = 0; i < count; ++i) boost::asio::co_spawn(context, wait_for(waiting, answers), boost::asio::detached);
    context.poll();
  }
  boost::asio::io_context context;
  Waiting waiting;
  std::vector<int> answers;
};

std::vector<int> up_to(int count) {
  std::vector<int> out(static_cast<std::size_t>(count));
  std::iota(out.begin(), out.end(), 0);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(offloading)

BOOST_AUTO_TEST_CASE(one_answer_resumes_one_coroutine) {
  Waiters waiters(2);
  waiters.waiting[1](7);
  waiters.context.restart();
  waiters.context.poll();
  BOOST_TEST(waiters.answers == std::vector<int>{7}, boost::test_tools::per_element());
  waiters.waiting[0](3);
  waiters.context.run();
  BOOST_TEST(waiters.answers == (std::vector<int>{7, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(those_that_resume_together_wait_for_it_and_keep_their_order) {
  Waiters waiters(50);
  Completions together;
  for (int i = 0; i < 50; ++i) waiters.waiting[static_cast<std::size_t>(i)](i, together);
  waiters.context.restart();
  waiters.context.poll();
  BOOST_TEST(waiters.answers.empty());
  together.post();
  waiters.context.run();
  BOOST_TEST(waiters.answers == up_to(50), boost::test_tools::per_element());
}

/// How many were resumed between two turns of another handler that is always ready.
std::vector<std::size_t> resumed_between_turns(int count) {
  Waiters waiters(count);
  Completions together;
  for (int i = 0; i < count; ++i) waiters.waiting[static_cast<std::size_t>(i)](i, together);
  together.post();
  std::vector<std::size_t> between;
  std::size_t before = 0;
  std::function<void()> turn = [&] {
    if (waiters.answers.size() > before) between.push_back(waiters.answers.size() - before);
    before = waiters.answers.size();
    if (before < static_cast<std::size_t>(count)) boost::asio::post(waiters.context, turn);
  };
  boost::asio::post(waiters.context, turn);
  waiters.context.restart();
  waiters.context.run();
  return between;
}

BOOST_AUTO_TEST_CASE(others_have_a_turn_after_each) {
  BOOST_TEST(resumed_between_turns(8) == std::vector<std::size_t>(8, 1), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_a_long_row_others_have_a_turn_after_a_few) {
  const std::vector<std::size_t> between = resumed_between_turns(80);
  BOOST_TEST(between.front() == 10U);
  BOOST_TEST(*std::max_element(between.begin(), between.end()) == 10U);
  BOOST_TEST(between.back() == 1U);
}

BOOST_AUTO_TEST_CASE(what_comes_later_resumes_after_those_who_are_there) {
  Waiters waiters(20);
  for (int batch = 0; batch < 20; batch += 5) {
    Completions together;
    for (int i = batch; i < batch + 5; ++i) waiters.waiting[static_cast<std::size_t>(i)](i, together);
    together.post();
  }
  waiters.context.restart();
  waiters.context.run();
  BOOST_TEST(waiters.answers == up_to(20), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(many_threads_post_to_one_context) {
  constexpr int threads = 4, each = 200;
  Waiters waiters(threads * each);
  std::vector<std::thread> posting;
  posting.reserve(threads);
  for (int t = 0; t < threads; ++t)
    posting.emplace_back([&, t] {
      for (int i = t; i < threads * each; i += threads) waiters.waiting[static_cast<std::size_t>(i)](i);
    });
  waiters.context.restart();
  waiters.context.run();
  for (std::thread& thread : posting) thread.join();
  BOOST_TEST(waiters.answers.size() == static_cast<std::size_t>(threads * each));
  std::array<int, threads> last{-1, -1, -1, -1};
  bool in_order = true;
  for (const int answer : waiters.answers) {
    int& former = last.at(static_cast<std::size_t>(answer % threads));
    in_order = in_order && answer > former;
    former = answer;
  }
  BOOST_TEST(in_order);  // of each thread
}

BOOST_AUTO_TEST_CASE(a_context_that_nobody_waits_on_ends_and_may_run_again) {
  Waiters waiters(1);
  for (int round = 0; round < 3; ++round) {
    std::thread other([done = std::move(waiters.waiting.back())]() mutable { done(1); });
    waiters.context.restart();
    waiters.context.run();  // returns, though it listens for more
    other.join();
    BOOST_TEST(waiters.answers.size() == static_cast<std::size_t>(round + 1));
    boost::asio::co_spawn(waiters.context, wait_for(waiters.waiting, waiters.answers), boost::asio::detached);
    waiters.context.restart();
    waiters.context.poll();
  }
}

BOOST_AUTO_TEST_CASE(who_answers_at_once_needs_no_other_thread) {
  boost::asio::io_context context;
  int answered = 0;
  auto one = [](int& sum) -> awaitable<void> {
    for (int i = 0; i < 100; ++i) {
      auto start = [](Completion<int> done) { done(3); };
      const int answer = co_await offload<int>(std::move(start));
      sum += answer;
    }
  };
  boost::asio::co_spawn(context, one(answered), boost::asio::detached);
  context.run();
  BOOST_TEST(answered == 300);
}

BOOST_AUTO_TEST_CASE(a_context_that_ends_takes_what_has_arrived_with_it) {
  auto one = [](Waiting& all, std::shared_ptr<int> held) -> awaitable<void> {
    auto start = [&all](Completion<int> done) { all.push_back(std::move(done)); };
    const int answer = co_await offload<int>(std::move(start));
    *held += answer;
  };
  for (const int turns : {0, 1, 4}) {
    const auto held = std::make_shared<int>(0);
    Waiting waiting;
    {
      boost::asio::io_context context;
      for (int i = 0; i < 10; ++i) boost::asio::co_spawn(context, one(waiting, held), boost::asio::detached);
      context.poll();
      for (Completion<int>& each : waiting) each(1);
      context.restart();
      for (int i = 0; i < turns; ++i) context.run_one();
    }
    BOOST_TEST(*held < 10);
    BOOST_TEST(held.use_count() == 1);
  }
}

BOOST_AUTO_TEST_CASE(each_resumes_on_its_own_thread) {
  Waiters here(3), there(3);
  Completions together;
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
  Waiters waiters(3);
  {
    Completions together;
    for (Completion<int>& each : waiters.waiting) each(1, together);
  }
  waiters.context.restart();
  waiters.context.run();
  BOOST_TEST(waiters.answers.empty());
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
  Completions together;
  for (int i = 0; i < 10; ++i) waiting[static_cast<std::size_t>(i)](i, together);
  together.post();
  context.restart();
  BOOST_CHECK_THROW(context.run(), std::runtime_error);
  BOOST_TEST(answers.size() < 10U);
  context.run();
  BOOST_TEST(answers == up_to(10), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis
