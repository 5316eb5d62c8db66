// A thread that works claims its processor, and one that computes there notices.
#include "core/processor_claim.hpp"

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <span>
#include <thread>
#include <vector>

#include "core/password/argon2.hpp"
#include "core/scheduling.hpp"

using namespace portcullis;
using namespace std::chrono_literals;

namespace {

/// An io_context on a thread that claims the first processor.
class Claimer {
 public:
  Claimer() {
    thread_ = std::thread([this] {
      const ProcessorClaim claim(keep_to_processor(0).value());
      io_.run();
    });
  }
  ~Claimer() {
    work_.reset();
    thread_.join();
  }
  Claimer(const Claimer&) = delete;
  Claimer& operator=(const Claimer&) = delete;

  /// Runs something there to its end.
  template <class Task>
  void run(Task task) {
    std::promise<void> ended;
    boost::asio::post(io_, [&] {
      task();
      ended.set_value();
    });
    ended.get_future().wait();
  }

 private:
  boost::asio::io_context io_{1};
  boost::asio::steady_timer timer_{io_};  ///< with a timer or a socket a context sleeps in epoll_wait
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::thread thread_;
};

/// What a thread on the first processor sees; on a thread of its own.
bool is_held_up_there() {
  bool seen = false;
  std::thread([&seen] {
    keep_to_processor(0);
    seen = is_held_up();
  }).join();
  return seen;
}

/// The claimer goes to sleep in its own time; the deadline only bounds a failing test.
bool soon_free() {
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (is_held_up_there()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

/// One pass, on the calling thread.
bool hash_16_mib() {
  struct alignas(64) Line {
    std::array<std::byte, 64> bytes;
  };
  std::vector<Line> memory(std::size_t{16} * 1024 * 1024 / sizeof(Line));
  argon2::Params params;
  params.memory_kib = 16 * 1024;
  std::array<std::uint8_t, 32> tag{};
  const std::array<std::uint8_t, 16> salt{};
  const argon2::Inputs inputs{tag, salt, {}, {}};
  return argon2::hash(argon2::Kernel::portable, params, inputs, std::as_writable_bytes(std::span(memory)), tag);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(processor_claim)

BOOST_AUTO_TEST_CASE(without_a_claim_nobody_is_held_up) {
  BOOST_TEST(!is_held_up_there());
  yield_to_claimer();
}

BOOST_AUTO_TEST_CASE(a_claimer_holds_while_it_works_and_not_while_it_sleeps) {
  {
    Claimer claimer;
    claimer.run([] {});
    BOOST_TEST(soon_free());  // it sleeps in epoll_wait
    std::promise<void> begun, end;
    std::thread asking([&] {
      claimer.run([&] {
        begun.set_value();
        end.get_future().wait();
      });
    });
    begun.get_future().wait();
    BOOST_TEST(is_held_up_there());
    end.set_value();
    asking.join();
    BOOST_TEST(soon_free());
    for (int i = 0; i < 3; ++i) {  // it is its own
      bool own = true;
      claimer.run([&own] { own = is_held_up(); });
      BOOST_TEST(!own);
    }
  }
  BOOST_TEST(!is_held_up_there());
}

BOOST_AUTO_TEST_CASE(a_processor_beyond_those_that_can_be_asked_about_is_not_claimed) {
  bool held = true;
  std::thread([&held] {
    const ProcessorClaim claim(100'000);
    held = is_held_up();
  }).join();
  BOOST_TEST(!held);
}

/// A claimer that works as long as the hash takes; what it does with its turns is the kernel's business.
BOOST_AUTO_TEST_CASE(a_hash_yields_to_the_claimer_again_and_again) {
  std::uint64_t yields = 0;
  bool hashed = false;
  {
    Claimer claimer;
    claimer.run([&] {
      std::thread([&] {
        keep_to_processor(0);
        hashed = hash_16_mib();
        yields = yields_to_claimers();
      }).join();
    });
  }
  BOOST_TEST(hashed);
  BOOST_TEST(yields > 100U);  // 16 MiB in one pass: 124 looks
  BOOST_TEST(yields_to_claimers() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
