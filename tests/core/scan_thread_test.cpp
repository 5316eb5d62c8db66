#include "core/scan_thread.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <future>
#include <stdexcept>
#include <vector>

#include "tests/support/run.hpp"

namespace portcullis {
namespace {

constexpr ProjectNo one{1};
constexpr ProjectNo two{2};

errc outcome(const result<void>& done) { return done ? errc::again : done.error().code; }

/// Starts the work and remembers how it ended.
void start(boost::asio::io_context& context, ScanThread& scans, ProjectNo p, ScanThread::Step step,
           std::vector<errc>& ends) {
  auto take = [&ends](const std::exception_ptr&, const result<void>& done) { ends.push_back(outcome(done)); };
  boost::asio::co_spawn(context, scans.run(p, std::move(step)), std::move(take));
}

/// A step that keeps the thread until it is let go.
struct Gate {
  std::promise<void> entered;
  std::promise<void> opened;
  ScanThread::Step step() {
    return [this]() -> result<bool> {
      entered.set_value();
      opened.get_future().wait();
      return true;
    };
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(scan_thread)

BOOST_AUTO_TEST_CASE(work_runs_step_by_step_until_it_says_so) {
  SystemClock clock;
  ScanThread scans(clock);
  int steps = 0;
  ScanThread::Step step = [&steps]() -> result<bool> { return ++steps == 5; };
  BOOST_TEST(test::run(scans.run(one, std::move(step))).has_value());
  BOOST_TEST(steps == 5);
}

BOOST_AUTO_TEST_CASE(errors_and_exceptions_end_the_work) {
  SystemClock clock;
  ScanThread scans(clock);
  ScanThread::Step fails = []() -> result<bool> { return errc::record_corrupt; };
  ScanThread::Step throws = []() -> result<bool> { throw std::runtime_error("x"); };
  BOOST_TEST((outcome(test::run(scans.run(one, std::move(fails)))) == errc::record_corrupt));
  BOOST_TEST((outcome(test::run(scans.run(one, std::move(throws)))) == errc::general_unknown));
}

BOOST_AUTO_TEST_CASE(work_that_takes_too_long_ends_with_a_timeout) {
  SystemClock clock;
  ScanThread scans(clock, ScanLimits{std::chrono::milliseconds(20), 4, 8});
  ScanThread::Step endless = []() -> result<bool> { return false; };
  BOOST_TEST((outcome(test::run(scans.run(one, std::move(endless)))) == errc::database_timeout));
}

BOOST_AUTO_TEST_CASE(projects_take_turns) {
  SystemClock clock;
  ScanThread scans(clock);
  boost::asio::io_context context(1);
  std::vector<errc> ends;
  std::string order;
  Gate gate;
  start(context, scans, one, gate.step(), ends);
  const auto three_steps = [&order](char name) {
    return [&order, name, left = 3]() mutable -> result<bool> {
      order.push_back(name);
      return --left == 0;
    };
  };
  context.poll();
  gate.entered.get_future().wait();
  for (const char name : {'a', 'b', 'c'}) start(context, scans, one, three_steps(name), ends);
  start(context, scans, two, three_steps('z'), ends);
  context.poll();
  gate.opened.set_value();
  context.run();
  BOOST_TEST(order == "zazbzcabcabc");
  BOOST_TEST(ends.size() == 5U);
}

BOOST_AUTO_TEST_CASE(too_much_work_is_refused_to_those_who_have_some_waiting) {
  SystemClock clock;
  ScanThread scans(clock, ScanLimits{std::chrono::milliseconds(60000), 2, 3, 3});
  boost::asio::io_context context(1);
  std::vector<errc> ends;
  Gate gate;
  start(context, scans, one, gate.step(), ends);
  context.poll();
  gate.entered.get_future().wait();
  const auto nothing = []() -> result<bool> { return true; };
  for (int i = 0; i < 3; ++i) start(context, scans, one, nothing, ends);
  for (int i = 0; i < 2; ++i) start(context, scans, two, nothing, ends);
  context.poll();
  BOOST_TEST(ends.size() == 2U);  // the third of the one, the second of the other: three wait
  start(context, scans, ProjectNo{3}, nothing, ends);
  context.poll();
  BOOST_TEST(ends.size() == 2U);  // its first has a place
  start(context, scans, ProjectNo{4}, nothing, ends);
  context.poll();
  BOOST_TEST((ends == std::vector<errc>(3, errc::server_busy)));  // there are projects enough
  gate.opened.set_value();
  context.run();
  BOOST_TEST(ends.size() == 8U);
}

BOOST_AUTO_TEST_CASE(several_may_stop_it_at_once) {
  SystemClock clock;
  for (int i = 0; i < 200; ++i) {
    ScanThread scans(clock);
    std::vector<std::thread> stopping;
    for (int each = 0; each < 4; ++each) stopping.emplace_back([&scans] { scans.stop(); });
    for (std::thread& each : stopping) each.join();
  }
}

BOOST_AUTO_TEST_CASE(what_waits_at_the_end_is_refused) {
  SystemClock clock;
  ScanThread scans(clock, ScanLimits{std::chrono::milliseconds(60000), 100000, 100000});
  boost::asio::io_context context(1);
  std::vector<errc> ends;
  Gate gate;
  start(context, scans, one, gate.step(), ends);
  context.poll();
  gate.entered.get_future().wait();
  std::thread stopping([&scans] { scans.stop(); });
  while (ends.empty()) {  // until one is refused at once: all before it wait, for the gate is closed
    start(
        context, scans, two, []() -> result<bool> { return true; }, ends);
    context.poll();
    context.restart();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  gate.opened.set_value();
  stopping.join();
  context.run();
  BOOST_TEST(std::count(ends.begin(), ends.end(), errc::again) == 1);  // the one that ran
  BOOST_TEST(static_cast<std::size_t>(std::count(ends.begin(), ends.end(), errc::server_busy)) == ends.size() - 1);
  ScanThread::Step late = []() -> result<bool> { return true; };
  BOOST_TEST((outcome(test::run(scans.run(one, std::move(late)))) == errc::server_busy));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis
