#include "core/offload.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/handful.hpp"

namespace portcullis {
namespace {

using Waiting = std::vector<Completion<int>>;

/// Waits for an answer and notes it.
awaitable<void> wait_for(Waiting& waiting, std::vector<int>& answers) {
  auto start = [&waiting](Completion<int> done) { waiting.push_back(std::move(done)); };
  answers.push_back(co_await offload<int>(std::move(start)));
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
  for (int i = 0; i < 3; ++i) {
    auto one = [](Waiting& all, std::vector<int>& got) -> awaitable<void> {
      co_await wait_for(all, got);
      if (got.size() == 1) throw std::runtime_error("the first");
    };
    boost::asio::co_spawn(context, one(waiting, answers), raise);
  }
  context.poll();
  Resumptions together;
  for (int i = 0; i < 3; ++i) waiting[static_cast<std::size_t>(i)](i, together);
  together.post();
  context.restart();
  BOOST_CHECK_THROW(context.run(), std::runtime_error);
  context.run();
  BOOST_TEST(answers == up_to(3), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(within_a_handful_a_sleeper_is_notified_once_at_its_end) {
  std::mutex mutex;
  std::condition_variable sleeper;
  int handed = 0, seen = 0;
  std::thread other([&] {
    std::unique_lock lock(mutex);
    sleeper.wait(lock, [&] { return handed > 0; });
    seen = handed;
  });
  {
    const Handful outer;
    for (int i = 0; i < 3; ++i) {
      const Handful inner;
      const std::lock_guard lock(mutex);
      ++handed;
      notify_after_handful(sleeper);
    }
  }
  other.join();
  BOOST_TEST(seen > 0);
  // Outside, at once: nobody else would notify this one.
  std::thread another([&] {
    std::unique_lock lock(mutex);
    sleeper.wait(lock, [&] { return handed == 0; });
  });
  {
    const std::lock_guard lock(mutex);
    handed = 0;
  }
  notify_after_handful(sleeper);
  another.join();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis
